package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"dragoman/internal/edition"
	"dragoman/internal/engine"
)

// translate asks the engines of an edition's route, one after the other, for
// the segments that nothing was found for. What no engine can do stays
// untranslated and goes to a person.
func (p *Pipeline) translate(ctx context.Context, job edition.Job) error {
	e, err := p.store.Edition(ctx, job.Subject)
	if err != nil {
		return err
	}
	if !wantsAnswers(&e) {
		return nil // done before, or people have it
	}
	rev, err := p.store.Revision(ctx, e.Revision)
	if err != nil {
		return err
	}
	if err := p.Refresh(ctx); err != nil { // what must stay in the house since a moment ago stays there
		return err
	}
	g := p.terms.Load()
	d, err := p.open(ctx, g, rev)
	if err != nil {
		return err
	}
	dr, err := p.drafter(g, d, e)
	if err != nil {
		return err
	}
	open, err := p.openSegments(ctx, d, e)
	if err != nil {
		return err
	}
	a, err := dr.ask(ctx, open)
	if err != nil {
		return err
	}
	if a.wait == nil {
		dr.fallBack(a)
	}
	err = errMoved
	for n := 0; n < 8 && errors.Is(err, errMoved); n++ {
		err = p.store.InTx(ctx, func(tx Tx) error { return p.saveAnswers(ctx, tx, dr, e.ID, a) })
		if errors.Is(err, errMoved) { // the glossary changed: verify again under the new one
			if err := p.Refresh(ctx); err != nil {
				return err
			}
			dr.g = p.terms.Load()
			d.find(dr.g)
		}
	}
	switch {
	case err != nil:
		return err
	case a.wait != nil && !job.Last:
		return a.wait
	case a.wait != nil:
		return &edition.Later{At: p.store.Now().Add(lookAgain(a.wait))}
	case a.failed() != nil:
		return fmt.Errorf("%w: %w", edition.ErrGiveUp, a.failed())
	}
	return nil
}

// wantsAnswers reports whether an edition is a machine's to draft, or people
// have it already but engines were to give more.
func wantsAnswers(e *edition.Edition) bool {
	return e.State == edition.Drafting || e.State == edition.Revising || e.State == edition.InReview && e.Hold.Held()
}

// lookAgain is how long to leave an engine that is down alone.
func lookAgain(down *engine.Error) time.Duration {
	return min(max(down.After, 30*time.Second), 10*time.Minute)
}

// failed is why an edition cannot be drafted until somebody puts the settings
// right: no engine of the route gave anything, and one refused the credentials.
func (a *asked) failed() error {
	if len(a.left) == 0 || a.wait != nil || a.worked || a.refused == nil {
		return nil
	}
	return a.refused
}

// fallBack gives segments that no engine could do what the memory has that is
// like them, which an engine had been preferred to.
func (dr *drafter) fallBack(a *asked) {
	if a.failed() != nil {
		return
	}
	var left []int
	for _, i := range a.left {
		text, origin, ok := dr.recallFrom(i, false)
		if !ok {
			left = append(left, i)
			continue
		}
		a.answers[i] = answer{text, origin}
	}
	a.left = left
}

// holdOf says what stands between an edition and what engines have not given.
func (dr *drafter) holdOf(a *asked, before edition.Hold) edition.Hold {
	if len(a.left) == 0 {
		return edition.Hold{}
	}
	if a.wait != nil {
		since := dr.p.store.Now().Truncate(time.Second)
		if before.Kind == edition.HoldWaiting && before.Engine == a.wait.Engine {
			since = before.Since
		}
		return edition.Hold{Kind: edition.HoldWaiting, Engine: a.wait.Engine, Since: since, Detail: a.wait.What, Trouble: a.wait.Told(), Segments: len(a.left)}
	}
	h := dr.hold
	if !h.Held() || len(dr.route) > 0 {
		h = edition.Hold{Kind: edition.HoldUnable}
		var over *edition.OverBudget
		for _, i := range a.left {
			if e := a.troubles[i]; e != nil {
				if h.Detail == "" || errors.As(e, &over) {
					h.Engine, h.Detail, h.Trouble = e.Engine, e.Safe(), e.Told()
				}
			}
		}
		if over != nil {
			h.Kind = edition.HoldBudget
		}
		if h.Detail == "" {
			return edition.Hold{}
		}
	}
	h.Segments = len(a.left)
	return h
}

// openSegments are the positions of an edition that engines are asked for.
func (p *Pipeline) openSegments(ctx context.Context, d *document, e edition.Edition) ([]int, error) {
	ts, err := p.store.Targets(ctx, e.ID)
	if err != nil {
		return nil, err
	}
	ps, err := p.store.Proposals(ctx, e.ID)
	if err != nil {
		return nil, err
	}
	offered := map[int64]bool{}
	for _, pr := range ps {
		offered[pr.Target] = offered[pr.Target] || pr.Cause == edition.ByRevision
	}
	var open []int
	for _, t := range ts {
		if t.Position < len(d.segs) && wantsEngine(t, d.segs[t.Position].Exact) && !offered[t.ID] {
			open = append(open, t.Position)
		}
	}
	return open, nil
}

// saveAnswers puts engines' answers where nothing stands, and beside what
// people wrote; then the edition goes to review, unless an engine is waited
// for.
func (p *Pipeline) saveAnswers(ctx context.Context, tx Tx, dr *drafter, ed int64, asked *asked) error {
	if v, err := tx.GlossaryVersion(ctx); err != nil {
		return err
	} else if v != dr.g.version {
		return errMoved
	}
	newest, err := tx.NewestRevision(ctx, dr.d.rev.Release)
	if err != nil {
		return err
	}
	e, err := tx.Edition(ctx, ed)
	if err != nil {
		return err
	}
	if newest != dr.d.rev.ID || e.Revision != newest || !wantsAnswers(&e) {
		return nil // a newer revision has taken over
	}
	ts, err := tx.Targets(ctx, ed)
	if err != nil {
		return err
	}
	if !dr.d.fits(ts) {
		return errMoved // a segment was cut in two meanwhile: the step begins anew
	}
	var vs []*edition.Version
	var ps []*edition.Proposal
	for _, t := range ts {
		a, ok := asked.answers[t.Position]
		if !ok || !wantsEngine(t, dr.d.segs[t.Position].Exact) {
			continue
		}
		if t.Standing.ID != 0 {
			there, err := proposed(ctx, tx, t)
			if err != nil {
				return err
			}
			if there {
				continue // the step was run twice
			}
			ps = append(ps, &edition.Proposal{Target: t.ID, Base: t.Standing.ID, Text: a.text, Origin: a.origin, Cause: edition.ByRevision, CauseID: dr.d.rev.ID, Status: edition.Waiting})
			continue
		}
		vs = append(vs, dr.version(t, a.text, a.origin, ""))
	}
	if err := saveStanding(ctx, tx, ts, vs); err != nil {
		return err
	}
	if err := tx.AddProposals(ctx, ps); err != nil {
		return err
	}
	if err := tx.Recount(ctx, ed); err != nil {
		return err
	}
	if err := dr.settleWhole(ctx, tx, ed); err != nil {
		return err
	}
	if err := tx.AddTallies(ctx, asked.tallies); err != nil {
		return err
	}
	was := e
	e.Publishable = e.Publishable && !dr.pseudo
	e.Hold = dr.holdOf(asked, e.Hold)
	switch {
	case e.State != edition.InReview && asked.failed() == nil && asked.wait == nil:
		return stepHeld(ctx, tx, &e, edition.Drafted, edition.Machine, "", e.Hold)
	case len(vs)+len(ps) > 0 || e != was:
		return tx.SaveEdition(ctx, &e)
	}
	return nil
}

// proposed reports whether something is proposed for a target's source.
func proposed(ctx context.Context, tx Tx, t *edition.Target) (bool, error) {
	ps, err := tx.ProposalsOf(ctx, t.ID)
	return slices.ContainsFunc(ps, func(pr edition.Proposal) bool { return pr.Cause == edition.ByRevision }), err
}

// version makes the next version of a target and examines it.
func (dr *drafter) version(t *edition.Target, text string, origin edition.Origin, author string) *edition.Version {
	return &edition.Version{
		Target: t.ID, Parent: t.Standing.ID, Text: text, Origin: origin, Author: author,
		Source: dr.d.segs[t.Position].Exact, Glossary: dr.g.version,
		Findings: dr.examine(t.Position, text, origin),
	}
}

// saveStanding appends versions and makes them stand.
func saveStanding(ctx context.Context, tx Tx, ts []*edition.Target, vs []*edition.Version) error {
	if err := tx.AddVersions(ctx, vs); err != nil {
		return err
	}
	by := map[int64]*edition.Target{}
	for _, t := range ts {
		by[t.ID] = t
	}
	for _, v := range vs {
		t := by[v.Target]
		t.Stand(*v)
		if err := tx.SaveTarget(ctx, t); err != nil {
			return err
		}
	}
	return nil
}
