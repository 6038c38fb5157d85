package store

import (
	"context"
	"slices"
)

// UnknownPrivacy returns revisions of which it is not noted whether they are
// confidential, with numbers above after, in their order, at most limit.
func (s *Store) UnknownPrivacy(ctx context.Context, after int64, limit int) ([]int64, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT v.id FROM revision v WHERE v.id > $1
		AND NOT EXISTS (SELECT 1 FROM revision_privacy p WHERE p.revision_id = v.id) ORDER BY v.id LIMIT $2`, after, limit)
	out, err := collect(rows, err, scanID)
	return out, s.sentinel(err)
}

func scanID(row scanner) (id int64, err error) {
	err = row.Scan(&id)
	return id, err
}

// SetPrivacy notes which revisions are confidential.
func (t *Tx) SetPrivacy(ctx context.Context, confidential map[int64]bool) error {
	if len(confidential) == 0 {
		return nil
	}
	var rows []any
	for id, yes := range confidential {
		rows = append(rows, id, flag(yes))
	}
	return t.insert(ctx, "revision_privacy", "revision_id, confidential", rows, "ON CONFLICT (revision_id) DO UPDATE SET confidential = excluded.confidential")
}

// ConfidentialConcepts returns the concepts that occur in a confidential
// revision and in no release that is not confidential now.
func (s *Store) ConfidentialConcepts(ctx context.Context) ([]int64, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT DISTINCT o.concept_id FROM revision_privacy p
		JOIN segment g ON g.revision_id = p.revision_id JOIN occurrence o ON o.source_id = g.source_id
		WHERE p.confidential = 1 AND NOT EXISTS (
			SELECT 1 FROM occurrence o2 JOIN segment g2 ON g2.source_id = o2.source_id
			JOIN revision_privacy p2 ON p2.revision_id = g2.revision_id
			JOIN revision v2 ON v2.id = g2.revision_id JOIN release r2 ON r2.id = v2.release_id AND r2.revision_id = v2.id
			WHERE o2.concept_id = o.concept_id AND p2.confidential = 0)
		ORDER BY o.concept_id`)
	out, err := collect(rows, err, scanID)
	return out, s.sentinel(err)
}

// Privacy says of revisions whether they are confidential, where that is noted.
func (s *Store) Privacy(ctx context.Context, revisions []int64) (map[int64]bool, error) {
	out := make(map[int64]bool, len(revisions))
	for part := range slices.Chunk(revisions, 512) {
		list, args := in(1, part, nil)
		rows, err := s.read.QueryContext(ctx, `SELECT revision_id, confidential FROM revision_privacy WHERE revision_id IN `+list, args...)
		err = each(rows, err, func(row scanner) error {
			var id, yes int64
			err := row.Scan(&id, &yes)
			out[id] = yes != 0
			return err
		})
		if err != nil {
			return nil, s.sentinel(err)
		}
	}
	return out, nil
}

// HideMemory makes the memory's entries of a release confidential: it is now,
// whatever it was when they were approved.
func (t *Tx) HideMemory(ctx context.Context, release int64) error {
	rows, err := t.query(ctx, `SELECT id FROM memory_entry WHERE release_id = $1 AND release_id > 0 AND confidential = 0`, release)
	ids, err := collect(rows, err, scanID)
	if err != nil || len(ids) == 0 {
		return err
	}
	first, err := t.ids(ctx, len(ids))
	if err != nil {
		return err
	}
	logs := make([]any, 0, 4*len(ids))
	for i, id := range ids {
		if _, err := t.exec(ctx, `UPDATE memory_entry SET confidential = 1 WHERE id = $1`, id); err != nil {
			return err
		}
		logs = append(logs, first+int64(i), id, id, micros(t.s.now()))
	}
	return t.insert(ctx, "memory_log", "id, entry_id, last_id, at", logs, "")
}

// ConfidentialTexts gives f the sentences, in coded text, that stand in a
// confidential revision and in no release that is not confidential now.
func (s *Store) ConfidentialTexts(ctx context.Context, f func(text string) error) error {
	rows, err := s.read.QueryContext(ctx, `SELECT DISTINCT x.text FROM revision_privacy p
		JOIN segment g ON g.revision_id = p.revision_id JOIN source_text x ON x.id = g.source_id
		WHERE p.confidential = 1 AND NOT EXISTS (
			SELECT 1 FROM segment g2 JOIN revision_privacy p2 ON p2.revision_id = g2.revision_id
			JOIN revision v2 ON v2.id = g2.revision_id JOIN release r2 ON r2.id = v2.release_id AND r2.revision_id = v2.id
			WHERE g2.source_id = g.source_id AND p2.confidential = 0)`)
	return s.sentinel(each(rows, err, func(row scanner) error {
		var text string
		if err := row.Scan(&text); err != nil {
			return err
		}
		return f(text)
	}))
}
