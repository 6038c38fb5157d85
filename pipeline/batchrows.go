package pipeline

import (
	"context"

	"dragoman/internal/edition"
)

// affectedItems reads the targets of items with what counts in them, whether
// they are in the change set's scope or not, by target.
func (c *Changes) affectedItems(ctx context.Context, items []edition.Item) (map[int64]*edition.Affected, error) {
	ids := make([]int64, len(items))
	for i := range items {
		ids[i] = items[i].Target
	}
	as, err := c.p.store.AffectedByTarget(ctx, ids)
	if err != nil {
		return nil, err
	}
	segs := make([]int64, len(as))
	for i := range as {
		segs[i] = as[i].Segment
	}
	kinds, err := c.p.store.SegmentKinds(ctx, segs)
	if err != nil {
		return nil, err
	}
	stored, err := c.licences(ctx, segs)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]*edition.Affected, len(as))
	for i := range as {
		a := &as[i]
		t := &sourceText{text: a.Source, occ: c.fresh.Find(nil, a.Source), was: c.old.Find(nil, a.Source)}
		c.conditions(c.fresh, t, t.occ)
		c.conditions(c.old, t, t.was)
		a.Kind, a.Occ, a.Was = kinds[a.Segment], t.occ, t.was
		if t.byDocument {
			if err := c.license(ctx, a, t, stored[a.Segment]); err != nil {
				return nil, err
			}
		}
		if a.Joined > 0 {
			if err := c.together(ctx, a); err != nil {
				return nil, err
			}
		}
		out[a.Target] = a
	}
	return out, nil
}
