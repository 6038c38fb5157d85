package pipeline

import (
	"context"
	"slices"

	"dragoman/internal/edition"
)

// Since names what an edition is compared with.
type Since string

// What an edition can be compared with.
const (
	SinceDraft    Since = "draft"    // the machine's first wording
	SinceBefore   Since = "before"   // the wording before the one that stands
	SinceRevision Since = "revision" // how source and target stood before the source changed
	SinceApproved Since = "approved" // what a person approved last
)

// Change is one segment of an edition beside what it was.
type Change struct {
	// Position is the segment's, -1 for one that is gone from the source.
	Position int
	Link     edition.LinkKind // how it follows from the former source, "" if the source is not compared
	// Source and Target as they were and as they are, as coded text.
	SourceBefore, SourceAfter string
	Before, After             string
	// Fresh says that there were no words before.
	Fresh bool
}

// Changed reports whether anything of the segment changed.
func (c *Change) Changed() bool { return c.SourceBefore != c.SourceAfter || c.Before != c.After }

// Compare lists what every segment of an edition was and is, in the order of
// the source; what is gone from it comes last. who is the person whose
// approval counts. ok is false where there is nothing to compare with.
func (p *Pipeline) Compare(ctx context.Context, v *View, since Since, who string) (all []Change, ok bool, err error) {
	switch since {
	case SinceRevision:
		return p.sinceRevision(ctx, v)
	case SinceApproved:
		return p.sinceApproved(ctx, v, who)
	}
	for i := range v.Rows {
		r := &v.Rows[i]
		c := now(r)
		if r.OldSource != "" {
			c.SourceBefore = r.OldSource
		}
		versions, err := p.store.History(ctx, r.Target.ID)
		if err != nil {
			return nil, false, err
		}
		c.Before = baseOf(versions, r.Target.Standing, since)
		c.Fresh = c.Before == "" && c.After != ""
		all = append(all, c)
	}
	return all, true, nil
}

// now is a segment beside itself.
func now(r *Row) Change {
	t := r.Target
	c := Change{Position: t.Position, SourceBefore: r.Segment.Source, SourceAfter: r.Segment.Source}
	if t.Omitted == "" {
		c.After = t.Standing.Text
	}
	c.Before = c.After
	return c
}

// baseOf is the wording that a standing one is compared with: the first that
// the machine gave, or the one before it.
func baseOf(versions []edition.Version, standing edition.Version, since Since) string {
	if len(versions) == 0 || standing.ID == 0 {
		return ""
	}
	if since == SinceDraft {
		if versions[0].Author == "" {
			return versions[0].Text
		}
		return ""
	}
	for _, x := range versions {
		if x.ID == standing.Parent {
			return x.Text
		}
	}
	if standing.Author == "" {
		return standing.Text // the machine's first: nothing has changed
	}
	return ""
}

// sinceRevision compares an edition with what it was when the source had its
// former revision.
func (p *Pipeline) sinceRevision(ctx context.Context, v *View) (all []Change, ok bool, err error) {
	former, err := p.store.RevisionBefore(ctx, v.Edition.Release, v.Revision)
	if err != nil || former == 0 {
		return nil, false, err
	}
	rev, err := p.store.Revision(ctx, v.Revision)
	if err != nil {
		return nil, false, err
	}
	olds, err := p.store.Segments(ctx, former)
	if err != nil {
		return nil, false, err
	}
	news, err := p.store.Segments(ctx, v.Revision)
	if err != nil {
		return nil, false, err
	}
	before, err := p.store.VersionsBefore(ctx, v.ID, rev.Created)
	if err != nil {
		return nil, false, err
	}
	links, gone := edition.Align(alignUnits(olds), alignUnits(news))
	for i := range v.Rows {
		c := now(&v.Rows[i])
		if c.Position >= len(links) {
			continue
		}
		l := links[c.Position]
		c.Link, c.SourceBefore, c.SourceAfter = l.Kind, "", news[c.Position].Source
		for n, j := range l.Old {
			if n > 0 {
				c.SourceBefore += " "
			}
			c.SourceBefore += olds[j].Source
		}
		c.Before = before[v.Rows[i].Target.ID].Text
		c.Fresh = c.Before == "" && c.After != ""
		all = append(all, c)
	}
	retired, err := p.store.Retired(ctx, v.ID)
	if err != nil {
		return nil, false, err
	}
	for _, j := range gone {
		c := Change{Position: -1, SourceBefore: olds[j].Source}
		if t := retired[olds[j].Exact]; t != nil {
			c.Before = t.Standing.Text
		}
		all = append(all, c)
	}
	return all, true, nil
}

// sinceApproved compares an edition with what a person approved last.
func (p *Pipeline) sinceApproved(ctx context.Context, v *View, who string) (all []Change, ok bool, err error) {
	approved, err := p.store.Approvals(ctx, v.ID, who)
	if err != nil || len(approved) == 0 {
		return nil, false, err
	}
	for i := range v.Rows {
		r := &v.Rows[i]
		c := now(r)
		a, mine := approved[r.Target.ID]
		if !mine {
			continue // never approved by them: nothing to compare with
		}
		if a.Source != r.Segment.Exact {
			if c.SourceBefore, err = p.store.SourceText(ctx, a.Source); err != nil {
				return nil, false, err
			}
		}
		if a.Version != r.Target.Standing.ID {
			versions, err := p.store.History(ctx, r.Target.ID)
			if err != nil {
				return nil, false, err
			}
			if at := slices.IndexFunc(versions, func(x edition.Version) bool { return x.ID == a.Version }); at >= 0 {
				c.Before = versions[at].Text
			}
		}
		all = append(all, c)
	}
	return all, true, nil
}
