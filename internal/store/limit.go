package store

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// counted are the tables whose rows a draft writes.
var counted = []string{"release", "revision", "unit", "segment", "source_text", "occurrence", "licence", "edition", "target", "version", "finding", "audit", "river_job"}

// Rows counts the rows that drafting has written, by table.
func (s *Store) Rows(ctx context.Context) (map[string]int64, error) {
	out := map[string]int64{}
	for _, table := range counted {
		var n int64
		if err := s.read.QueryRowContext(ctx, "SELECT count(*) FROM "+table).Scan(&n); err != nil {
			return nil, s.sentinel(err)
		}
		out[table] = n
	}
	return out, nil
}

// RawInserts writes n rows of a version's size into an empty table of this
// database, perTx in a transaction, by the same statements as everything
// else, and says how long it took: the limit that the database sets. The
// table is dropped afterwards.
func (s *Store) RawInserts(ctx context.Context, n, perTx int) (time.Duration, error) {
	err := s.InTx(ctx, func(t *Tx) error {
		_, err := t.tx.ExecContext(ctx, s.dialect.schema("CREATE TABLE raw_limit (id KEY, a BIGINT NOT NULL, b BIGINT NOT NULL, text TEXT NOT NULL, kind TEXT NOT NULL, h BYTES NOT NULL)"))
		return err
	})
	if err != nil {
		return 0, err
	}
	text, h := strings.Repeat("كلمة ", 16), make([]byte, 16)
	begin := time.Now()
	for id := 0; id < n; {
		part := min(perTx, n-id)
		rows := make([]any, 0, 6*part)
		for range part {
			id++
			rows = append(rows, id, id/20, id, text, "engine", h)
		}
		err := s.InTx(ctx, func(t *Tx) error {
			return t.insert(ctx, "raw_limit", "id, a, b, text, kind, h", rows, "")
		})
		if err != nil {
			return 0, fmt.Errorf("raw inserts: %w", err)
		}
	}
	took := time.Since(begin)
	return took, s.InTx(ctx, func(t *Tx) error {
		_, err := t.tx.ExecContext(ctx, "DROP TABLE raw_limit")
		return err
	})
}

// CountDrafted counts the editions that have left drafting.
func (s *Store) CountDrafted(ctx context.Context) (n int, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT count(*) FROM edition WHERE state <> 'drafting'`).Scan(&n)
	return n, s.sentinel(err)
}
