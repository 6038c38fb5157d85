package store

import (
	"context"
	"fmt"
	"os"
	"sync"
)

// flushes has those who wait for the disk wait together. SQLite appends what a
// transaction has changed to its write-ahead log, and the transaction lasts
// when that is on the disk. To wait for it is left to whoever made the
// transaction, after the end of it: the next one need not wait too, and one
// wait does for all that have ended before it.
type flushes struct {
	// log is the file of the log, "" where SQLite itself waits for the disk, or
	// nobody does.
	log  string
	sync func(file string) error

	mu   sync.Mutex
	next *flush // of those who have come since the last one began
	busy bool
}

// flush is one wait for the disk.
type flush struct {
	done chan struct{}
	err  error
}

// openLog leaves the waiting to flush where SQLite keeps a write-ahead log. On
// some network file systems it cannot: then it waits itself, as each connection
// does at first.
func (s *Store) openLog(ctx context.Context, o Options) error {
	var mode string
	if err := s.write.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode); err != nil || mode != "wal" || o.Unsafe {
		return err
	}
	s.flushes.log, s.flushes.sync = s.path+"-wal", syncFile
	_, err := s.write.ExecContext(ctx, "PRAGMA synchronous = NORMAL")
	return err
}

// flush waits until everything that has been committed is on the disk. On
// PostgreSQL the end of a transaction does so.
func (s *Store) flush() error {
	c := &s.flushes
	if c.log == "" {
		return nil
	}
	c.mu.Lock()
	if c.next == nil {
		c.next = &flush{done: make(chan struct{})}
	}
	f := c.next
	if !c.busy {
		c.busy = true
		go c.all()
	}
	c.mu.Unlock()
	<-f.done
	return f.err
}

// all flushes for as long as somebody waits for it.
func (c *flushes) all() {
	for {
		c.mu.Lock()
		f := c.next
		c.next = nil
		c.busy = f != nil
		c.mu.Unlock()
		if f == nil {
			return
		}
		f.err = c.sync(c.log)
		close(f.done)
	}
}

// syncFile brings what has been written to a file to the disk.
func syncFile(name string) error {
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err == nil {
		err = f.Sync()
		f.Close()
	}
	if err != nil {
		return fmt.Errorf("what was saved may be lost if the power fails: %w", err)
	}
	return nil
}
