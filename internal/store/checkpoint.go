package store

import (
	"context"
	"sync/atomic"
)

const (
	// checkpointPages is how many pages of SQLite's write-ahead log are carried
	// over to the database at a time, of 4 KB each.
	checkpointPages = 4000
	// lastPages is how many may be there before who writes has to carry them
	// over, which the log needs now and then to begin again at its beginning.
	lastPages = "16000"
	// checkpointLook is after how many statements the log is looked at.
	checkpointLook = 32
)

// checkpoints carries what is in SQLite's write-ahead log over to the database
// file beside the work, so that who writes does not wait for that. The log
// keeps everything until it has been carried over and is on the disk: see
// https://sqlite.org/wal.html.
type checkpoints struct {
	written atomic.Int64 // statements since the log was looked at
	look    chan struct{}
	stop    func()
	ended   chan struct{}
}

// begin carries over until end is called.
func (c *checkpoints) begin(s *Store) {
	ctx, stop := context.WithCancel(context.Background())
	c.look, c.stop, c.ended = make(chan struct{}, 1), stop, make(chan struct{})
	go func() {
		defer close(c.ended)
		for {
			select {
			case <-ctx.Done():
				return
			case <-c.look:
			}
			if err := s.checkpoint(ctx); err != nil && ctx.Err() == nil {
				s.log.Debug("carrying over the write-ahead log", "error", err) // who writes does it then
			}
		}
	}()
}

// wrote counts the statements of a transaction that is over.
func (c *checkpoints) wrote(statements int) {
	if c.look == nil || c.written.Add(int64(statements)) < checkpointLook {
		return
	}
	c.written.Store(0)
	select {
	case c.look <- struct{}{}:
	default: // it is at it
	}
}

func (c *checkpoints) end() {
	if c.look != nil {
		c.stop()
		<-c.ended
	}
}

// checkpoint carries over what is in the log if it is enough.
func (s *Store) checkpoint(ctx context.Context) error {
	var busy, pages, over int
	if err := s.read.DB.QueryRowContext(ctx, "PRAGMA wal_checkpoint(NOOP)").Scan(&busy, &pages, &over); err != nil || pages-over < checkpointPages {
		return err
	}
	return s.read.DB.QueryRowContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)").Scan(&busy, &pages, &over)
}
