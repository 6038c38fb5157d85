package store

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
)

// TestReadsThatComeAgainAreKept reads in many places at once, also while rows
// of the same query are open, and more queries than are remembered.
func TestReadsThatComeAgainAreKept(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s, err := Open(ctx, filepath.Join(t.TempDir(), "house.db"), Options{Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	answer := func(q string, arg int) (n int) {
		if err := s.read.QueryRowContext(ctx, q, arg).Scan(&n); err != nil {
			t.Error(err)
		}
		return n
	}
	var all sync.WaitGroup
	for k := range 6 {
		all.Go(func() {
			for i := range 50 {
				if n := answer(`SELECT $1 + 1`, 100*k+i); n != 100*k+i+1 {
					t.Errorf("%d + 1 = %d", 100*k+i, n)
				}
			}
		})
	}
	all.Wait()
	if st, _ := s.read.get(`SELECT $1 + 1`); st == nil {
		t.Error("a query that came again is not kept")
	}
	var rows *sql.Rows
	for range 3 { // all open at once, the last two on kept statements
		if rows, err = s.read.QueryContext(ctx, `SELECT value FROM json_each($1)`, `[1,2,3]`); err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
	}
	var sum int
	err = each(rows, nil, func(row scanner) error {
		var n int
		err := row.Scan(&n)
		sum += n * answer(`SELECT $1 + 1`, n)
		return err
	})
	if err != nil || sum != 2+6+12 {
		t.Errorf("the sum is %d, %v", sum, err)
	}
	for i := range maxReads + 10 {
		q := fmt.Sprintf(`SELECT $1 + %d`, i)
		if answer(q, 1) != i+1 || answer(q, 2) != i+2 {
			t.Errorf("%s is wrong", q)
		}
	}
	if len(s.read.known) > maxReads {
		t.Errorf("%d queries are remembered", len(s.read.known))
	}
	if _, err := s.read.QueryContext(ctx, `SELECT nothing FROM nowhere`); err == nil {
		t.Error("a wrong query is answered")
	}
	if _, err := s.read.QueryContext(ctx, `SELECT nothing FROM nowhere`); err == nil {
		t.Error("a wrong query is answered when it comes again")
	}
}
