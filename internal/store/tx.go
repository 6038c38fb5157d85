package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// Tx is a transaction. It is not safe for concurrent use and must not be kept
// after the function that it was given to has returned.
type Tx struct {
	s    *Store
	conn *sql.Conn // that tx runs on
	tx   *sql.Tx
	// fresh are statements to prepare once the connection is free again.
	fresh []string
	// reserved says that a block of numbers was taken inside it.
	reserved bool
	// wrote counts the statements that may have changed something.
	wrote int
	// moved says that editions came, went or changed their state.
	moved bool
}

// InTx runs f in a transaction that is committed if f returns nil. A deadlock
// is tried again, so f must have no other effect than on the transaction.
func (s *Store) InTx(ctx context.Context, f func(*Tx) error) error { return s.inTx(ctx, false, f) }

// InTxLazily is InTx for work that is begun again where the database says that
// it was left. It is lazy as together says: what it has done reaches the disk
// with the next transaction that is not, at the latest.
func (s *Store) InTxLazily(ctx context.Context, f func(*Tx) error) error { return s.inTx(ctx, true, f) }

// inTx is InTx; lazy as together says.
func (s *Store) inTx(ctx context.Context, lazy bool, f func(*Tx) error) error {
	var err error
	for range 5 {
		if err = s.once(ctx, lazy, f); err == nil || !passing(err) {
			break
		}
	}
	return s.sentinel(err)
}

func (s *Store) once(ctx context.Context, lazy bool, f func(*Tx) error) error {
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer conn.Close()
	t := &Tx{s: s, conn: conn}
	if err = t.run(ctx, lazy, f); err == nil && t.moved && !lazy {
		s.counts.forget() // a batch, which does so all the time, lets them grow old
	}
	conn.Close() // the pool has only this one
	if err != nil {
		return err
	}
	s.carried.wrote(t.wrote)
	s.stmts.prepare(ctx, s, t.fresh)
	if lazy {
		return nil
	}
	return s.flush()
}

func (t *Tx) run(ctx context.Context, lazy bool, f func(*Tx) error) (err error) {
	if t.tx, err = t.conn.BeginTx(ctx, nil); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	done := false
	defer func() {
		if !done {
			_ = t.tx.Rollback() // the first error is the one that counts
			if t.reserved {
				t.s.ids.drop()
			}
		}
	}()
	if lazy && t.s.dialect == postgres {
		if _, err := t.tx.ExecContext(ctx, "SET LOCAL synchronous_commit = off"); err != nil {
			return fmt.Errorf("begin: %w", err)
		}
	}
	if err := f(t); err != nil {
		return err
	}
	if err := t.tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	done = true
	return nil
}

// statements keeps prepared statements for SQLite's one writing connection.
// (pgx has a cache of its own.)
type statements struct {
	mu    sync.Mutex
	known map[string]*sql.Stmt
}

const maxStatements = 400

func (c *statements) get(q string) *sql.Stmt {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.known[q]
}

func (c *statements) full() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.known) >= maxStatements
}

// prepare makes statements ready for the next transactions. They are bound
// to the pool, which holds just the one connection.
func (c *statements) prepare(ctx context.Context, s *Store, queries []string) {
	if s.dialect != sqlite {
		return
	}
	for _, q := range queries {
		if c.full() || c.get(q) != nil {
			continue
		}
		stmt, err := s.write.PrepareContext(ctx, q)
		if err != nil {
			return // the statement goes on being used unprepared
		}
		c.mu.Lock()
		if c.known == nil {
			c.known = map[string]*sql.Stmt{}
		}
		if old := c.known[q]; old != nil || len(c.known) >= maxStatements {
			stmt.Close()
		} else {
			c.known[q] = stmt
		}
		c.mu.Unlock()
	}
}

func (t *Tx) stmt(ctx context.Context, q string) *sql.Stmt {
	if t.s.dialect != sqlite {
		return nil
	}
	if st := t.s.stmts.get(q); st != nil {
		return t.tx.StmtContext(ctx, st)
	}
	t.fresh = append(t.fresh, q)
	return nil
}

func (t *Tx) exec(ctx context.Context, q string, args ...any) (sql.Result, error) {
	t.wrote++
	if st := t.stmt(ctx, q); st != nil {
		return st.ExecContext(ctx, args...)
	}
	return t.tx.ExecContext(ctx, q, args...)
}

func (t *Tx) query(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	if st := t.stmt(ctx, q); st != nil {
		return st.QueryContext(ctx, args...)
	}
	return t.tx.QueryContext(ctx, q, args...)
}

func (t *Tx) queryRow(ctx context.Context, q string, args ...any) *sql.Row {
	if st := t.stmt(ctx, q); st != nil {
		return st.QueryRowContext(ctx, args...)
	}
	return t.tx.QueryRowContext(ctx, q, args...)
}

// ids reserves n consecutive numbers and returns the first. On SQLite the
// block is taken inside the transaction; should that be rolled back, numbers
// of the block could be given twice, so a rollback drops the block.
func (t *Tx) ids(ctx context.Context, n int) (int64, error) {
	return t.s.ids.take(int64(n), func(want int64) (int64, error) {
		const q = `UPDATE id_block SET next = next + $1 WHERE name = 'all' RETURNING next`
		var next int64
		var err error
		if t.s.dialect == postgres {
			// Outside the transaction, so that others do not wait for it.
			err = t.s.numbers.QueryRow(ctx, q, want).Scan(&next)
		} else {
			t.reserved = true
			err = t.queryRow(ctx, q, want).Scan(&next)
		}
		if err != nil {
			return 0, fmt.Errorf("reserve numbers: %w", err)
		}
		return next - want, nil
	})
}

// maxRows is how many rows one statement inserts or changes at most.
const maxRows = 64

// piece is how many of so many rows the next statement takes: statements are
// few, and their sizes repeat, so that they stay prepared.
func piece(rows int) int {
	n := maxRows
	for n > rows {
		n /= 2
	}
	return n
}

// insert writes rows, given one after the other in flat, into the columns of
// table, a piece at a time.
func (t *Tx) insert(ctx context.Context, table, columns string, flat []any, tail string) error {
	width := strings.Count(columns, ",") + 1
	for len(flat) > 0 {
		n := piece(len(flat) / width)
		if _, err := t.exec(ctx, insertText(t.s.dialect, table, columns, width, n, tail), flat[:n*width]...); err != nil {
			return fmt.Errorf("insert into %s: %w", table, err)
		}
		flat = flat[n*width:]
	}
	return nil
}

type insertKey struct {
	dialect              dialect
	table, columns, tail string
	rows                 int
}

var insertTexts sync.Map // insertKey -> string

// insertText gives the text of an insert of so many rows. SQLite gets plain
// question marks: it looks the names of numbered ones up in a list, for each
// of them from its beginning.
func insertText(d dialect, table, columns string, width, rows int, tail string) string {
	key := insertKey{d, table, columns, tail, rows}
	if q, ok := insertTexts.Load(key); ok {
		return q.(string)
	}
	var b strings.Builder
	b.WriteString("INSERT INTO " + table + " (" + columns + ") VALUES ")
	for r := range rows {
		if r > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		for c := range width {
			if c > 0 {
				b.WriteByte(',')
			}
			if d == sqlite {
				b.WriteByte('?')
				continue
			}
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(r*width + c + 1))
		}
		b.WriteByte(')')
	}
	b.WriteString(" " + tail)
	q := b.String()
	insertTexts.Store(key, q)
	return q
}

// in gives "($from,$from+1,…)" for n values; sizes are rounded up to a power
// of two, the last value being repeated, so that few statements are known.
func in[T any](from int, values []T, args []any) (string, []any) {
	n := 1
	for n < len(values) {
		n *= 2
	}
	var b strings.Builder
	b.WriteByte('(')
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(from + i))
		args = append(args, any(values[min(i, len(values)-1)]))
	}
	b.WriteByte(')')
	return b.String(), args
}

// ids is in for numbers of rows, in any number. SQLite gets them as one value:
// the names of hundreds of parameters take it longer than the look-ups.
func (d dialect) ids(from int, ids []int64, args []any) (string, []any) {
	if d != sqlite {
		return in(from, ids, args)
	}
	list := make([]byte, 0, 12*len(ids)+2)
	list = append(list, '[')
	for i, id := range ids {
		if i > 0 {
			list = append(list, ',')
		}
		list = strconv.AppendInt(list, id, 10)
	}
	list = append(list, ']')
	return "(SELECT value FROM json_each($" + strconv.Itoa(from) + "))", append(args, string(list))
}

// one maps "no row" to ErrNotFound, with what was sought.
func one(err error, what string, args ...any) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("%s: %w", fmt.Sprintf(what, args...), ErrNotFound)
	}
	return err
}
