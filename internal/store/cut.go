package store

import (
	"context"

	"dragoman/content"
	"dragoman/internal/edition"
)

// Recut puts two segments in the place of one of a revision, which was cut in
// two: those after it move on by one, in every edition that answers the
// revision. cuts are all cuts of the revision from now on. The segments'
// numbers are filled in; targets of the old one are left for the caller to
// place, and the licences of all segments for it to save.
func (t *Tx) Recut(ctx context.Context, revision int64, old edition.Segment, parts []edition.Segment, cuts []content.Cut, found edition.Finder) error {
	if err := t.sourceTexts(ctx, parts, found); err != nil {
		return err
	}
	more := len(parts) - 1
	for _, q := range []struct {
		text string
		args []any
	}{
		{`DELETE FROM licence WHERE segment_id IN (SELECT id FROM segment WHERE revision_id = $1)`, []any{revision}},
		{`DELETE FROM segment WHERE id = $1`, []any{old.ID}},
		{`UPDATE segment SET position = position + $1 WHERE revision_id = $2 AND position > $3`, []any{more, revision, old.Position}},
		{`UPDATE target SET position = position + $1 WHERE position > $2 AND edition_id IN (SELECT id FROM edition WHERE revision_id = $3)`, []any{more, old.Position, revision}},
		{`UPDATE revision SET cuts = $1 WHERE id = $2`, []any{content.CutsString(cuts), revision}},
	} {
		if _, err := t.exec(ctx, q.text, q.args...); err != nil {
			return err
		}
	}
	first, err := t.ids(ctx, len(parts))
	if err != nil {
		return err
	}
	rows := make([]any, 0, 5*len(parts))
	for i := range parts {
		parts[i].ID = first + int64(i)
		rows = append(rows, parts[i].ID, revision, parts[i].Position, parts[i].Unit, parts[i].SourceID)
	}
	return t.insert(ctx, "segment", "id, revision_id, position, unit, source_id", rows, "")
}

// Cuts returns where people cut segments of a revision in two.
func (t *Tx) Cuts(ctx context.Context, revision int64) ([]content.Cut, error) {
	var text string
	if err := t.queryRow(ctx, `SELECT cuts FROM revision WHERE id = $1`, revision).Scan(&text); err != nil {
		return nil, one(err, "revision %d", revision)
	}
	return content.ParseCuts(text)
}
