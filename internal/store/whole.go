package store

import (
	"context"
	"encoding/json"
	"fmt"

	"dragoman/internal/edition"
)

// SaidIn returns all segments of editions with what stands in them, edition by
// edition, in the order of the document.
func (t *Tx) SaidIn(ctx context.Context, eds []int64) ([]edition.Said, error) {
	if len(eds) == 0 {
		return nil, nil
	}
	list, args := in(1, eds, nil)
	rows, err := t.query(ctx, `SELECT e.id, e.release_id, e.revision_id, e.locale, t.id, t.position, t.joined, t.omitted, t.n_errors, t.n_warnings,
			x.text, u.kind, coalesce(v.id, 0), coalesce(v.parent_id, 0), coalesce(v.text, ''), coalesce(v.origin, '{}')
		FROM target t JOIN edition e ON e.id = t.edition_id JOIN segment g ON g.id = t.segment_id JOIN source_text x ON x.id = g.source_id
		JOIN unit u ON u.revision_id = g.revision_id AND u.position = g.unit LEFT JOIN version v ON v.id = t.standing_id
		WHERE t.position >= 0 AND t.edition_id IN `+list+` ORDER BY t.edition_id, t.position`, args...)
	return collect(rows, err, func(row scanner) (s edition.Said, err error) {
		var omitted, origin string
		v := &s.Standing
		err = row.Scan(&s.Edition, &s.Release, &s.Revision, &s.Locale, &s.Target, &s.Position, &s.Joined, &omitted, &s.Errors, &s.Warnings,
			&s.Source, &s.Kind, &v.ID, &v.Parent, &v.Text, &origin)
		if err != nil {
			return s, err
		}
		if err := json.Unmarshal([]byte(origin), &v.Origin); err != nil {
			return s, fmt.Errorf("the origin of version %d: %w", v.ID, err)
		}
		v.Target, s.LeftOut = s.Target, omitted != ""
		return s, nil
	})
}
