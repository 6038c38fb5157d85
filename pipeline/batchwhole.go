package pipeline

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"dragoman/internal/check"
	"dragoman/internal/edition"
	"dragoman/locales"
)

const (
	// wholeItems is how many items of a batch have their editions looked at
	// together, and wholeEditions how many editions are read at once, or saved
	// in one transaction.
	wholeItems    = 400
	wholeEditions = 40
)

// wholeSlice looks at the next editions that a batch, or its undoing, has
// changed as wholes. Most are right as they are, which is seen without a
// transaction; the others are looked at again in one.
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
	eds := make([]int64, len(items))
	for i := range items {
		eds[i] = items[i].Edition
	}
	slices.Sort(eds)
	moved, quoted, err := p.lookAtWholes(ctx, b.ID, c.fresh, slices.Compact(eds))
	if err != nil {
		return err
	}
	for len(moved) > wholeEditions {
		if over, err := p.saveWholes(ctx, b, c, moved[:wholeEditions], quoted, begin, nil); err != nil || over {
			return err
		}
		moved, begin = moved[wholeEditions:], time.Now()
	}
	_, err = p.saveWholes(ctx, b, c, moved, quoted, begin, func(b *edition.Batch) { b.Cursor.Source = items[len(items)-1].Target })
	return err
}

// saveWholes brings editions up to date in one transaction, unless the batch
// has moved on.
func (p *Pipeline) saveWholes(ctx context.Context, b *edition.Batch, c *Changes, eds []int64, quoted map[int64]*document, begin time.Time, then func(*edition.Batch)) (over bool, err error) {
	_, err = p.proceed(ctx, b, begin, func(tx Tx, b *edition.Batch) error {
		if then != nil {
			then(b)
		}
		s := newSaver(ctx, tx, b, c)
		if err := s.lock(eds); err != nil {
			return err
		}
		return s.wholes(quoted)
	})
	if errors.Is(err, errOvertaken) {
		return true, nil
	}
	return false, err
}

// lookAtWholes finds, on all cores, the editions of which something else is to
// be said as wholes than has been, in their order, with the documents that
// quotedIn gives. Who saves words after they were read here looks at them.
func (p *Pipeline) lookAtWholes(ctx context.Context, batch int64, g *terms, eds []int64) (moved []int64, quoted map[int64]*document, err error) {
	n := min(runtime.GOMAXPROCS(0), 4)
	parts, docs, errs := make([][]int64, n), make([]map[int64]*document, n), make([]error, n)
	var all sync.WaitGroup
	for k := range n {
		docs[k] = map[int64]*document{}
		all.Go(func() {
			for part := range slices.Chunk(eds[k*len(eds)/n:(k+1)*len(eds)/n], wholeEditions) {
				more, err := p.movedWholes(ctx, batch, g, part, docs[k])
				if err != nil {
					errs[k] = err
					return
				}
				parts[k] = append(parts[k], more...)
			}
		})
	}
	all.Wait()
	quoted = map[int64]*document{}
	for k := range n {
		maps.Copy(quoted, docs[k])
	}
	return slices.Concat(parts...), quoted, errors.Join(errs...)
}

// movedWholes is lookAtWholes for some editions.
func (p *Pipeline) movedWholes(ctx context.Context, batch int64, g *terms, eds []int64, quoted map[int64]*document) (moved []int64, err error) {
	said, err := p.store.SaidIn(ctx, eds)
	if err != nil {
		return nil, err
	}
	var revisions []int64
	for i := range said {
		revisions = append(revisions, said[i].Revision)
	}
	docs, err := p.quotedIn(ctx, g, revisions)
	if err != nil {
		return nil, err
	}
	maps.Copy(quoted, docs)
	have, err := p.store.FindingsByRule(ctx, versionsOf(said, batch), wholeRuleNames, quotationRules)
	if err != nil {
		return nil, err
	}
	for own := range eachEdition(said) {
		d := quoted[own[0].Revision]
		found, err := foundInWhole(g, own, d)
		if err != nil {
			return nil, err
		}
		for i := range own {
			t := &own[i]
			if !looked(t) {
				continue
			}
			if _, other := inWhole(have[t.Standing.ID], beforeOf(t, have, batch), found[i], d != nil); other {
				moved = append(moved, t.Edition)
				break
			}
		}
	}
	return moved, nil
}

// quotedIn opens the documents of revisions in which it is known how words were
// first spoken, by revision.
func (p *Pipeline) quotedIn(ctx context.Context, g *terms, revisions []int64) (map[int64]*document, error) {
	out := map[int64]*document{}
	slices.Sort(revisions)
	for _, rev := range slices.Compact(revisions) {
		d, err := p.quoted(ctx, g, rev)
		if err != nil {
			return nil, err
		}
		if d != nil {
			out[rev] = d
		}
	}
	return out, nil
}

// revisionsOf are the revisions of items' editions.
func (p *Pipeline) revisionsOf(ctx context.Context, items []edition.Item) ([]int64, error) {
	var out []int64
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
		out = append(out, e.Revision)
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
	have, err := s.tx.FindingsOfAll(s.ctx, versionsOf(said, s.batch.ID))
	if err != nil {
		return err
	}
	s.counts, s.revise = map[int64]*edition.CountChange{}, map[int64]bool{}
	s.findings, s.restands = map[int64][]edition.StandingFinding{}, nil
	for own := range eachEdition(said) {
		if err := s.whole(own, have, quoted[own[0].Revision]); err != nil {
			return err
		}
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

// whole looks at one edition.
func (s *saver) whole(said []edition.Said, have map[int64][]edition.StandingFinding, d *document) error {
	found, err := foundInWhole(s.g, said, d)
	if err != nil {
		return err
	}
	for i := range said {
		t := &said[i]
		if !looked(t) {
			continue
		}
		fs, moved := inWhole(have[t.Standing.ID], beforeOf(t, have, s.batch.ID), found[i], d != nil)
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

// foundInWhole gives what there is to say of the segments of one edition as a
// whole. Where its document is not at hand there is nothing to say of
// quotations.
func foundInWhole(g *terms, said []edition.Said, d *document) ([][]edition.Finding, error) {
	l, err := locales.Get(said[0].Locale)
	if err != nil {
		return nil, err
	}
	found := check.RunDocument(inputsOf(l, said))
	if d == nil {
		return found, nil
	}
	joins := map[int]int{}
	for i := range said {
		if said[i].Joined > 0 {
			joins[said[i].Position] = said[i].Joined
		}
	}
	dr := &drafter{g: g, d: d.with(joins), locale: l}
	for i := range said {
		if t := &said[i]; looked(t) && t.Position < len(dr.d.segs) {
			found[i] = append(found[i], dr.quotation(t.Position, t.Standing.Text)...)
		}
	}
	return found, nil
}

// looked reports whether a segment has words to look at.
func looked(t *edition.Said) bool { return t.Standing.ID != 0 && !t.LeftOut }

// beforeOf gives the findings of the words that stood before a batch put
// others there.
func beforeOf(t *edition.Said, have map[int64][]edition.StandingFinding, batch int64) []edition.StandingFinding {
	if t.Standing.Origin.Batch != batch {
		return nil
	}
	return have[t.Standing.Parent]
}

// versionsOf are the versions that stand in segments, and those before the
// ones of a batch.
func versionsOf(said []edition.Said, batch int64) (versions []int64) {
	for i := range said {
		if v := &said[i].Standing; v.ID != 0 {
			versions = append(versions, v.ID)
			if v.Origin.Batch == batch {
				versions = append(versions, v.Parent)
			}
		}
	}
	return versions
}

// eachEdition gives the segments of one edition after the other.
func eachEdition(said []edition.Said) iter.Seq[[]edition.Said] {
	return func(yield func([]edition.Said) bool) {
		for len(said) > 0 {
			n := slices.IndexFunc(said, func(x edition.Said) bool { return x.Edition != said[0].Edition })
			if n < 0 {
				n = len(said)
			}
			if !yield(said[:n]) {
				return
			}
			said = said[n:]
		}
	}
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

// quotationRules begins the names of the rules that need the document;
// wholeRuleNames are those that need all of an edition.
const quotationRules = "quotation."

var wholeRuleNames = slices.Sorted(maps.Keys(wholeRules))

// inWhole puts what was found now in the place of what had been found in the
// whole, beside a segment's own findings. before are those of the words that
// stood before, whose answers count for the same matter.
func inWhole(have, before []edition.StandingFinding, found []edition.Finding, quotations bool) (fs []edition.StandingFinding, moved bool) {
	ofWhole := func(rule string) bool {
		return wholeRules[rule] || quotations && strings.HasPrefix(rule, quotationRules)
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
