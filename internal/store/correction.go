package store

import "context"

// TroubleCorrections notes why an edition's corrections that are not public
// could not be published, and returns how many they are: also those that were
// recorded as public, but whose files were not written. With problem "" all are
// public by now.
func (t *Tx) TroubleCorrections(ctx context.Context, ed int64, problem string) (int, error) {
	cond := `published = 0 OR published > (SELECT e.public FROM edition e WHERE e.id = $2)`
	if problem == "" {
		cond = `problem <> ''`
	}
	res, err := t.exec(ctx, `UPDATE correction SET problem = $1 WHERE edition_id = $2 AND (`+cond+`)`, problem, ed)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	return int(n), err
}

// TroubledEditions returns the editions whose corrections by a batch could not
// be published.
func (t *Tx) TroubledEditions(ctx context.Context, batch int64) ([]int64, error) {
	rows, err := t.query(ctx, `SELECT DISTINCT edition_id FROM correction WHERE batch_id = $1 AND problem <> '' ORDER BY edition_id`, batch)
	return collect(rows, err, scanID)
}
