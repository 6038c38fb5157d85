package pipeline

import (
	"context"
	"slices"
	"time"

	"dragoman/internal/edition"
	"dragoman/internal/publish"
)

// corrections are what a public edition tells of what was put right in it, the
// newest first. Those that were not public yet are from now on; what was taken
// back before anybody could read it is left out.
func (p *Pipeline) corrections(ctx context.Context, tx Tx, e edition.Edition, at time.Time) ([]publish.Correction, error) {
	cs, err := tx.CorrectionsOf(ctx, e.ID)
	if err != nil || len(cs) == 0 {
		return nil, err
	}
	var out []publish.Correction
	for _, c := range edition.Readable(cs) {
		when := c.Published
		if when.IsZero() {
			when = at
		}
		out = append(out, publish.Correction{Date: when.UTC().Truncate(time.Second), Old: c.Old, New: c.New})
	}
	if slices.ContainsFunc(cs, func(c edition.Correction) bool { return c.Published.IsZero() }) {
		return out, tx.PublishCorrections(ctx, e.ID, at)
	}
	return out, nil
}
