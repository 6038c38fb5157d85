package pipeline

import (
	"context"
	"fmt"
	"slices"

	"dragoman/content"
	"dragoman/internal/edition"
)

// cutWriter changes where a revision's segments begin.
type cutWriter interface {
	// Recut puts parts in the place of a revision's segment; see the store.
	Recut(ctx context.Context, revision int64, old edition.Segment, parts []edition.Segment, cuts []content.Cut, found edition.Finder) error
	Cuts(ctx context.Context, revision int64) ([]content.Cut, error)
}

// CutPlaces gives the places where the source of a row can be cut in two, as
// bytes of its coded text at which the second part begins: between two words,
// outside the pairs of codes and outside the names of the glossary. None where
// it cannot be cut: a title or heading, one that is merged or left out.
func (p *Pipeline) CutPlaces(v *View, position int) []int {
	if position < 0 || position >= len(v.Rows) {
		return nil
	}
	r := &v.Rows[position]
	if r.Target.Joined != 0 || r.Target.Omitted != "" || r.Segment.Kind.Whole() {
		return nil
	}
	g := p.terms.Load()
	found := g.Find(nil, r.Segment.Source)
	return slices.DeleteFunc(content.CutPlaces(r.Segment.Source), func(at int) bool {
		for _, o := range found {
			if o.Start < at && at < o.End {
				return true
			}
		}
		return false
	})
}

// SplitSource cuts the source of a target in two at a byte of its coded text,
// one of CutPlaces, for a segment that was never merged. text is where the
// standing words are cut, in bytes; below 0 they are cut where they have two
// sentences, else they stay with the first part. The other editions of the
// release say both parts together, as before, with their words and approvals.
// version is the standing version that the person saw, and source the exact
// hash of what they saw it translate.
func (p *Pipeline) SplitSource(ctx context.Context, who string, target, version int64, source content.Hash, at, text int) (*edition.Target, error) {
	return p.change(ctx, target, func(tx Tx, dr *drafter, t *edition.Target, e *edition.Edition) error {
		if t.Standing.ID != version || dr.d.segs[t.Position].Exact != source {
			return dr.stale(t, "")
		}
		if err := dr.canSplit(t, at); err != nil {
			return err
		}
		if err := dr.cutSource(ctx, tx, t, e, at); err != nil {
			return err
		}
		all, err := dr.all(ctx, tx, t)
		if err != nil {
			return err
		}
		dr.d = dr.d.with(joinsOf(all))
		if t.Joined == 0 { // there are no words to part
			return changed(ctx, tx, e, splitAct(who, t, t.Position+1))
		}
		return dr.splitOff(ctx, tx, all, t, e, who, 1, text)
	})
}

// canSplit says whether the source of a target can be cut at a byte, or
// returns a *edition.Refusal.
func (dr *drafter) canSplit(t *edition.Target, at int) error {
	seg := &dr.d.segs[t.Position]
	switch {
	case t.Joined > 0:
		return &edition.Refusal{Rule: "split-joined", Text: "this segment is said together with another: split that off first"}
	case t.Omitted != "":
		return &edition.Refusal{Rule: "split-omitted", Text: "this segment is left out: take it in again before it is split"}
	case seg.Kind.Whole():
		return &edition.Refusal{Rule: "split-whole", Text: "a title or heading is one segment: it cannot be split"}
	}
	if !slices.Contains(content.CutPlaces(seg.Source), at) {
		return splitPlace()
	}
	for _, o := range dr.d.cand[t.Position] {
		if o.Start < at && at < o.End {
			return &edition.Refusal{Rule: "split-name", Text: "that is in the middle of a name: split before or after it"}
		}
	}
	return nil
}

func splitPlace() error {
	return &edition.Refusal{Rule: "split-place", Text: "the text cannot be cut there: put the cut between two words"}
}

// cutSource cuts the segment of t in two for every edition of the release that
// answers its revision. Each says both parts together where it has words for
// them. t and dr follow.
func (dr *drafter) cutSource(ctx context.Context, tx Tx, t *edition.Target, e *edition.Edition, at int) error {
	rev := dr.d.rev
	newest, err := tx.NewestRevision(ctx, e.Release)
	if err != nil {
		return err
	}
	if newest != rev.ID {
		return &edition.Refusal{Rule: "revision", Text: "the source has a new revision that is being drafted: wait for it, then split"}
	}
	es, err := tx.Editions(ctx, e.Release)
	if err != nil {
		return err
	}
	have, err := tx.Cuts(ctx, rev.ID)
	if err != nil {
		return err
	}
	if !slices.Equal(have, rev.Cuts) {
		return errMoved
	}
	d, err := dr.recut(t.Position, at)
	if err != nil {
		return err
	}
	old, parts := dr.d.with(nil).segs[t.Position], d.segs[t.Position:t.Position+2]
	if err := tx.Recut(ctx, rev.ID, old, parts, d.rev.Cuts, d.finder(dr.g)); err != nil {
		return err
	}
	d.stored = true
	if err := tx.SaveLicences(ctx, d.licences(dr.g)); err != nil {
		return err
	}
	for i := range es {
		if es[i].Revision != rev.ID {
			continue
		}
		mine := es[i].ID == e.ID
		if err := placeParts(ctx, tx, &es[i], parts); err != nil {
			return err
		}
		if !mine {
			if err := changed(ctx, tx, &es[i]); err != nil {
				return err
			}
		}
	}
	fresh, err := tx.Target(ctx, t.ID)
	if err != nil {
		return err
	}
	*t = *fresh
	dr.d = d
	return nil
}

// recut is the document with one segment more: that at a position cut in two.
// What was known of the others is kept.
func (dr *drafter) recut(position, at int) (*document, error) {
	was := dr.d.with(nil)
	rev := was.rev
	c := content.Cut{Text: was.segs[position].Exact, At: at}
	for _, s := range was.segs[:position] {
		if s.Exact == c.Text {
			c.Nth++
		}
	}
	rev.Cuts = append(slices.Clip(rev.Cuts), c)
	d, err := dr.p.cutDocument(rev)
	if err != nil {
		return nil, err
	}
	if len(d.segs) != len(was.segs)+1 {
		return nil, splitPlace()
	}
	for i := range was.segs {
		switch {
		case i < position:
			d.segs[i].ID, d.segs[i].SourceID = was.segs[i].ID, was.segs[i].SourceID
		case i > position:
			d.segs[i+1].ID, d.segs[i+1].SourceID = was.segs[i].ID, was.segs[i].SourceID
		}
	}
	d.spoken = was.spoken
	d.find(dr.g)
	return d, nil
}

// placeParts gives an edition's target of a segment that was cut in two its
// new place and adds one for the second part.
func placeParts(ctx context.Context, tx Tx, e *edition.Edition, parts []edition.Segment) error {
	ts, err := tx.Targets(ctx, e.ID)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(ts, func(t *edition.Target) bool { return t.Position == parts[0].Position })
	if at < 0 {
		return errMoved
	}
	t := ts[at]
	t.Segment = parts[0].ID
	second := &edition.Target{Edition: e.ID, Segment: parts[1].ID, Position: parts[1].Position, State: edition.Initial}
	if err := tx.AddTargets(ctx, []*edition.Target{second}); err != nil {
		return err
	}
	touched := edition.CutInTwo(ts, t, second)
	for _, x := range append(touched, t, second) {
		if err := tx.SaveTarget(ctx, x); err != nil {
			return err
		}
	}
	return nil
}

func splitAct(who string, t *edition.Target, n int) edition.Act {
	return edition.Act{Who: who, What: "split", Subject: "target", SubjectID: t.ID, Detail: fmt.Sprint(n + 1)}
}
