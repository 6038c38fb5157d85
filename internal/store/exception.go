package store

import (
	"context"

	"dragoman/internal/edition"
)

// TermExceptions returns the sentences in which people let another rendering
// of a concept stand.
func (s *Store) TermExceptions(ctx context.Context) ([]edition.TermException, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT locale, exact, concept, batch_id, who, why, at FROM term_exception`)
	out, err := collect(rows, err, func(row scanner) (x edition.TermException, err error) {
		var exact []byte
		var at int64
		err = row.Scan(&x.Locale, &exact, &x.Concept, &x.Batch, &x.Who, &x.Why, &at)
		x.Source, x.At = hash(exact), fromMicros(at)
		return x, err
	})
	return out, s.sentinel(err)
}

// CountTermExceptions tells whether there are others than were read.
func (s *Store) CountTermExceptions(ctx context.Context) (n int, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT count(*) FROM term_exception`).Scan(&n)
	return n, s.sentinel(err)
}

// AddTermExceptions adds exceptions; one that is there stays.
func (t *Tx) AddTermExceptions(ctx context.Context, xs []edition.TermException) error {
	now := micros(t.s.now())
	var rows []any
	for i := range xs {
		x := &xs[i]
		rows = append(rows, x.Locale, x.Source[:], x.Concept, x.Batch, x.Who, x.Why, now)
	}
	return t.insert(ctx, "term_exception", "locale, exact, concept, batch_id, who, why, at", rows, "ON CONFLICT (locale, exact, concept) DO NOTHING")
}
