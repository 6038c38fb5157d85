package pipeline

import (
	"context"
	"slices"

	"dragoman/internal/edition"
)

// heads puts those that say them in the place of targets that another says.
func (c *Changes) heads(ctx context.Context, as []edition.Affected) ([]edition.Affected, error) {
	said := func(a edition.Affected) bool { return a.Joined < 0 }
	if !slices.ContainsFunc(as, said) {
		return as, nil
	}
	var ids []int64
	for i := range as {
		a := &as[i]
		if !said(*a) {
			continue
		}
		ts, err := c.p.store.Targets(ctx, a.Edition)
		if err != nil {
			return nil, err
		}
		for _, t := range ts {
			there := slices.ContainsFunc(as, func(b edition.Affected) bool { return b.Target == t.ID })
			if t.Position == a.Position+a.Joined && !there && !slices.Contains(ids, t.ID) {
				ids = append(ids, t.ID)
			}
		}
	}
	as = slices.DeleteFunc(as, said)
	more, err := c.p.store.AffectedByTarget(ctx, ids)
	return append(as, more...), err
}

// together gives a target that says several segments the source of all, and
// what counts in it.
func (c *Changes) together(ctx context.Context, a *edition.Affected) error {
	rev, err := c.p.store.Revision(ctx, a.Revision)
	if err != nil {
		return err
	}
	a.Occ, a.Was = nil, nil
	d, err := c.p.open(ctx, c.old, rev)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil || a.Position+a.Joined >= len(d.segs) {
		c.p.log.Warn("a change set without a document", "revision", a.Revision, "error", err)
		return nil // it can no longer be cut as it was, and is drafted anew
	}
	joins := map[int]int{a.Position: a.Joined}
	was := d.with(joins)
	a.Source, a.Was = was.segs[a.Position].Source, was.lic[a.Position]
	d.find(c.fresh)
	a.Occ = d.with(joins).lic[a.Position]
	return nil
}
