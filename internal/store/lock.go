package store

import (
	"context"
	"fmt"
)

// lock takes the right to work on an SQLite file, held as an operating-system
// lock on a file beside it that dies with the process. PostgreSQL needs none.
func (s *Store) lock() (unlock func(), err error) {
	if s.path == "" {
		return func() {}, nil
	}
	return lockFile(s.path + ".lock")
}

// aloneKey is the number of PostgreSQL's advisory lock behind Alone.
const aloneKey = 8_741_873_218

// Alone runs f while no other f runs, here or in any other process that works
// on this database. f may use the store, but not call Alone.
func (s *Store) Alone(ctx context.Context, f func() error) error {
	s.alone.Lock()
	defer s.alone.Unlock()
	if s.dialect != postgres {
		return f() // one process works on a file
	}
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("wait for a turn: %w", err)
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock($1)`, int64(aloneKey)); err != nil {
		return fmt.Errorf("wait for a turn: %w", err)
	}
	defer func() {
		if _, err := conn.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, int64(aloneKey)); err != nil {
			_ = conn.Conn().Close(context.WithoutCancel(ctx)) // which ends the lock
		}
	}()
	return f()
}
