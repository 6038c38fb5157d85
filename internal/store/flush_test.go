package store

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"
)

// slowDisk is a disk that is waited for as long as the test says.
type slowDisk struct {
	began chan string
	end   chan error
}

func openSlow(t *testing.T) (*Store, *slowDisk) {
	t.Helper()
	s, err := Open(context.Background(), filepath.Join(t.TempDir(), "house.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	d := &slowDisk{began: make(chan string, 10), end: make(chan error)}
	real := s.flushes.sync
	s.flushes.sync = func(file string) error {
		d.began <- file
		if err := <-d.end; err != nil {
			return err
		}
		return real(file)
	}
	t.Cleanup(func() { s.Close() })
	return s, d
}

func set(s *Store, lazy bool, name string) error {
	return s.inTx(context.Background(), lazy, func(t *Tx) error {
		_, err := t.exec(context.Background(), `INSERT INTO setting (name, value) VALUES ($1, '')`, name)
		return err
	})
}

// TestWhoeverSavesWaitsForTheDisk and for nobody else's wait: a transaction is
// over when its log is on the disk, others end meanwhile, and one wait does for
// all that ended before it.
func TestWhoeverSavesWaitsForTheDisk(t *testing.T) {
	t.Parallel()
	s, disk := openSlow(t)
	done := make(chan error, 3)
	save := func(name string) { done <- set(s, false, name) }
	go save("a")
	if file := <-disk.began; file != s.path+"-wal" {
		t.Errorf("waits for %s", file)
	}
	if err := set(s, true, "lazy"); err != nil { // does not wait, and is not kept waiting
		t.Error(err)
	}
	go save("b")
	go save("c")
	for n := 0; n < 4; time.Sleep(time.Millisecond) { // all four can be read
		if err := s.read.QueryRowContext(t.Context(), `SELECT count(*) FROM setting WHERE name IN ('a', 'b', 'c', 'lazy')`).Scan(&n); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case err := <-done:
		t.Fatal("a transaction did not wait for the disk:", err)
	default:
	}
	disk.end <- nil // a's
	if err := <-done; err != nil {
		t.Error(err)
	}
	for left := 2; left > 0; { // b's and c's: one wait, or two if c came after b's began
		<-disk.began
		disk.end <- nil
		for more := true; more && left > 0; {
			select {
			case err := <-done:
				if err != nil {
					t.Error(err)
				}
				left--
			case file := <-disk.began:
				disk.began <- file
				more = false
			}
		}
	}
}

// TestADiskThatFails is told to whoever saves.
func TestADiskThatFails(t *testing.T) {
	t.Parallel()
	s, disk := openSlow(t)
	done := make(chan error, 1)
	go func() { done <- set(s, false, "a") }()
	<-disk.began
	broken := errors.New("broken")
	disk.end <- broken
	if err := <-done; !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

// TestTheLogIsCarriedOver fills the log beyond what may stay there: it is
// carried over to the database though nobody who writes does so.
func TestTheLogIsCarriedOver(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s, err := Open(ctx, filepath.Join(t.TempDir(), "house.db"), Options{Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if _, err := s.write.ExecContext(ctx, `PRAGMA wal_autocheckpoint = 0`); err != nil {
		t.Fatal(err)
	}
	err = s.InTxLazily(ctx, func(tx *Tx) error {
		for range 2 * checkpointLook {
			if _, err := tx.exec(ctx, `INSERT INTO setting (name, value) SELECT hex(randomblob(8)), zeroblob(300000)`); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var busy, pages, over int
	for begin := time.Now(); time.Since(begin) < 2*time.Minute; time.Sleep(5 * time.Millisecond) {
		if err := s.read.QueryRowContext(ctx, "PRAGMA wal_checkpoint(NOOP)").Scan(&busy, &pages, &over); err != nil {
			t.Fatal(err)
		}
		if pages >= checkpointPages && pages == over {
			return
		}
	}
	t.Errorf("of %d pages of the log, %d were carried over", pages, over)
}
