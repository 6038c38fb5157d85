package pipeline

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"time"

	"dragoman/internal/check"
	"dragoman/internal/edition"
	"dragoman/locales"
)

// wholeItems is how many items of a batch have their editions looked at
// together.
const wholeItems = 60

// wholeSlice looks at the next editions that a batch, or its undoing, has
// changed as wholes.
func (p *Pipeline) wholeSlice(ctx context.Context, b *edition.Batch, c *Changes, begin time.Time) error {
	status, next := edition.ItemApplied, b.Phase.After()
	if b.State == edition.BatchUndoing {
		status, next = edition.ItemUndone, edition.PhaseRelook
	}
	items, err := p.store.ItemsAfter(ctx, b.ID, []edition.ItemStatus{status}, nil, b.Cursor.Source, wholeItems)
	if err != nil {
		return err
	}
	if len(items) == 0 {
		return p.turnTo(ctx, b, begin, next)
	}
	quoted, err := p.quotedIn(ctx, c.fresh, items)
	if err != nil {
		return err
	}
	return p.progress(ctx, b, begin, func(tx Tx, b *edition.Batch) error {
		s := newSaver(ctx, tx, b, c)
		var eds []int64
		for i := range items {
			eds = append(eds, items[i].Edition)
		}
		if err := s.lock(eds); err != nil {
			return err
		}
		if err := s.wholes(quoted); err != nil {
			return err
		}
		b.Cursor.Source = items[len(items)-1].Target
		return nil
	})
}

// quotedIn opens the documents of items' editions in which it is known how
// words were first spoken, by revision.
func (p *Pipeline) quotedIn(ctx context.Context, g *terms, items []edition.Item) (map[int64]*document, error) {
	out := map[int64]*document{}
	seen := map[int64]bool{}
	for i := range items {
		if seen[items[i].Edition] {
			continue
		}
		seen[items[i].Edition] = true
		e, err := p.store.Edition(ctx, items[i].Edition)
		if err != nil {
			return nil, err
		}
		if seen[-e.Revision] {
			continue
		}
		seen[-e.Revision] = true
		d, err := p.quoted(ctx, g, e.Revision)
		if err != nil {
			return nil, err
		}
		if d != nil {
			out[e.Revision] = d
		}
	}
	return out, nil
}

// quoted opens a revision if it is known of it how words were first spoken;
// nil where it is not, or where the text can no longer be cut as it was.
func (p *Pipeline) quoted(ctx context.Context, g *terms, revision int64) (*document, error) {
	rev, err := p.store.Revision(ctx, revision)
	if err != nil {
		return nil, err
	}
	if !bytes.Contains(rev.Bytes, []byte("originals")) {
		ws, err := p.store.Wordings(ctx, rev.Release)
		if err != nil || len(ws) == 0 {
			return nil, err
		}
	}
	d, err := p.open(ctx, g, rev)
	if err != nil && ctx.Err() == nil {
		p.log.Warn("quotations without their document", "revision", revision, "error", err)
		return nil, nil
	}
	return d, err
}

// wholes brings what is found in editions as wholes, and in their quotations,
// up to date: words of one segment can make another's wrong. What was answered
// stays answered, also where a batch has put other words there since.
func (s *saver) wholes(quoted map[int64]*document) error {
	var eds []int64
	for id := range s.editions {
		eds = append(eds, id)
	}
	slices.Sort(eds)
	said, err := s.tx.SaidIn(s.ctx, eds)
	if err != nil {
		return err
	}
	var versions []int64
	for i := range said {
		if v := &said[i].Standing; v.ID != 0 {
			versions = append(versions, v.ID)
			if v.Origin.Batch == s.batch.ID {
				versions = append(versions, v.Parent)
			}
		}
	}
	have, err := s.tx.FindingsOfAll(s.ctx, versions)
	if err != nil {
		return err
	}
	s.counts, s.revise = map[int64]*edition.CountChange{}, map[int64]bool{}
	s.findings, s.restands = map[int64][]edition.StandingFinding{}, nil
	for len(said) > 0 {
		n := slices.IndexFunc(said, func(x edition.Said) bool { return x.Edition != said[0].Edition })
		if n < 0 {
			n = len(said)
		}
		if err := s.whole(said[:n], have, quoted[said[0].Revision]); err != nil {
			return err
		}
		said = said[n:]
	}
	if len(s.restands) == 0 {
		return nil
	}
	if n, err := s.tx.Restand(s.ctx, s.restands); err != nil {
		return err
	} else if n != len(s.restands) {
		return errMoved
	}
	if err := s.tx.PutFindings(s.ctx, s.findings); err != nil {
		return err
	}
	return s.saveEditions()
}

// whole looks at one edition. Where its document is not at hand there is
// nothing to say of quotations.
func (s *saver) whole(said []edition.Said, have map[int64][]edition.StandingFinding, d *document) error {
	l, err := locales.Get(said[0].Locale)
	if err != nil {
		return err
	}
	found := check.RunDocument(inputsOf(l, said))
	if d != nil {
		joins := map[int]int{}
		for i := range said {
			if said[i].Joined > 0 {
				joins[said[i].Position] = said[i].Joined
			}
		}
		d = d.with(joins)
	}
	for i := range said {
		t := &said[i]
		if t.Standing.ID == 0 || t.LeftOut {
			continue
		}
		if d != nil && t.Position < len(d.segs) {
			dr := &drafter{g: s.g, d: d, locale: l}
			found[i] = append(found[i], dr.quotation(t.Position, t.Standing.Text)...)
		}
		var before []edition.StandingFinding
		if t.Standing.Origin.Batch == s.batch.ID {
			before = have[t.Standing.Parent]
		}
		fs, moved := inWhole(have[t.Standing.ID], before, found[i], d != nil)
		if !moved {
			continue
		}
		errs, warns := edition.Weigh(open(fs))
		c := s.count(t.Edition)
		c.Errors += errs - t.Errors
		c.Warnings += warns - t.Warnings
		s.findings[t.Standing.ID] = fs
		s.restands = append(s.restands, edition.Restand{Target: t.Target, From: t.Standing.ID, To: t.Standing.ID, Errors: errs, Warnings: warns})
	}
	return nil
}

// inputsOf are the segments of an edition as the rules take them; what is said
// together is one.
func inputsOf(l *locales.Profile, said []edition.Said) []check.Input {
	in := make([]check.Input, len(said))
	for i := range said {
		t := &said[i]
		in[i] = check.Input{Locale: l, Source: t.Source, Kind: t.Kind, LeftOut: true}
		for k := i + 1; k <= i+t.Joined && k < len(said); k++ {
			in[i].Source += " " + said[k].Source
		}
		if !t.LeftOut {
			in[i].Target, in[i].Origin, in[i].LeftOut = t.Standing.Text, t.Standing.Origin, false
		}
	}
	return in
}

// inWhole puts what was found now in the place of what had been found in the
// whole, beside a segment's own findings. before are those of the words that
// stood before, whose answers count for the same matter.
func inWhole(have, before []edition.StandingFinding, found []edition.Finding, quotations bool) (fs []edition.StandingFinding, moved bool) {
	ofWhole := func(rule string) bool {
		return wholeRules[rule] || quotations && strings.HasPrefix(rule, "quotation.")
	}
	var had []edition.StandingFinding
	for _, f := range have {
		if ofWhole(f.Rule) {
			had = append(had, f)
		} else {
			fs = append(fs, f)
		}
	}
	for _, f := range carried(found, slices.Concat(had, before)) {
		moved = moved || !slices.ContainsFunc(had, func(h edition.StandingFinding) bool { return sameFinding(f, h) })
		fs = append(fs, f)
	}
	for i := range fs {
		fs[i].Seq = i
	}
	return fs, moved || len(had) != len(found)
}
