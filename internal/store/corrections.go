package store

import (
	"context"
	"time"

	"dragoman/internal/edition"
)

// EachHandEdit calls f for every wording that a person wrote since a time and
// that stands, with the machine's last wording before it.
func (s *Store) EachHandEdit(ctx context.Context, since time.Time, f func(*edition.HandEdit) error) error {
	rows, err := s.read.QueryContext(ctx, `SELECT r.id, r.slug, e.id, e.locale, t.id, t.position, x.id, x.text, m.text, v.text, v.author
		FROM version v JOIN target t ON t.standing_id = v.id
		JOIN version m ON m.id = (SELECT max(o.id) FROM version o WHERE o.target_id = v.target_id AND o.id < v.id AND o.author = '')
		JOIN segment g ON g.id = t.segment_id JOIN source_text x ON x.id = g.source_id
		JOIN edition e ON e.id = t.edition_id JOIN release r ON r.id = e.release_id
		WHERE v.origin_kind = 'human' AND v.created >= $1 AND v.author <> '' AND v.source_hash = m.source_hash ORDER BY v.created, v.id`, micros(since))
	return s.sentinel(each(rows, err, func(row scanner) error {
		var h edition.HandEdit
		err := row.Scan(&h.Release, &h.Slug, &h.Edition, &h.Locale, &h.Target, &h.Position, &h.SourceID, &h.Source, &h.Before, &h.After, &h.By)
		if err != nil {
			return err
		}
		return f(&h)
	}))
}

// ChangeSetBy returns the newest change set of a cause, 0 for none.
func (s *Store) ChangeSetBy(ctx context.Context, cause string) (id int64, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT coalesce(max(id), 0) FROM change_set WHERE cause = $1`, cause).Scan(&id)
	return id, s.sentinel(err)
}
