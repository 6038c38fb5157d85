package store

import (
	"context"
	"strconv"
)

// FillUp makes an SQLite database behave as if its disk were full, until free
// is called. For tests and fault drills.
func (s *Store) FillUp(ctx context.Context) (free func() error, err error) {
	var pages int64
	if err := s.write.QueryRowContext(ctx, `PRAGMA page_count`).Scan(&pages); err != nil {
		return nil, err
	}
	limit := func(n int64) error {
		_, err := s.write.ExecContext(ctx, `PRAGMA max_page_count = `+strconv.FormatInt(n, 10))
		return err
	}
	return func() error { return limit(1 << 30) }, limit(pages)
}
