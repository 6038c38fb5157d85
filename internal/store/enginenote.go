package store

import (
	"context"
	"database/sql"
	"errors"
)

// EngineNote reads what an engine noted under a name, "" for nothing.
func (s *Store) EngineNote(ctx context.Context, engine, name string) (value string, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT value FROM engine_note WHERE engine = $1 AND name = $2`, engine, name).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return value, s.sentinel(err)
}

// SetEngineNote writes what an engine notes under a name.
func (s *Store) SetEngineNote(ctx context.Context, engine, name, value string) error {
	return s.InTx(ctx, func(t *Tx) error {
		_, err := t.exec(ctx, `INSERT INTO engine_note (engine, name, value, changed) VALUES ($1, $2, $3, $4)
			ON CONFLICT (engine, name) DO UPDATE SET value = excluded.value, changed = excluded.changed`,
			engine, name, value, micros(t.s.now()))
		return err
	})
}
