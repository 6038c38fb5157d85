package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"

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
	if e.State != edition.Drafting && e.State != edition.Revising {
		return nil // done before, or people have it
	}
	rev, err := p.store.Revision(ctx, e.Revision)
	if err != nil {
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
	answers, err := dr.ask(ctx, open)
	if err != nil {
		return err
	}
	err = errMoved
	for n := 0; n < 8 && errors.Is(err, errMoved); n++ {
		err = p.store.InTx(ctx, func(tx Tx) error { return p.saveAnswers(ctx, tx, dr, e.ID, answers) })
		if errors.Is(err, errMoved) { // the glossary changed: verify again under the new one
			if err := p.Refresh(ctx); err != nil {
				return err
			}
			dr.g = p.terms.Load()
			d.find(dr.g)
		}
	}
	return err
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

// answer is an engine's translation of one segment.
type answer struct {
	text   string
	origin edition.Origin
}

// ask goes down the route until every segment has an answer. An engine that
// cannot be reached makes the step fail, to be tried again; segments that an
// engine refuses go to the next.
func (dr *drafter) ask(ctx context.Context, open []int) (map[int]answer, error) {
	answers := map[int]answer{}
	var failed error
	for _, e := range dr.route {
		if len(open) == 0 {
			break
		}
		replies, err := e.Translate(ctx, dr.request(open))
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("engine %s: %w", e.Name(), err))
			continue
		}
		var left []int
		for n, i := range open {
			if replies[n].Err != nil {
				dr.p.log.Info("engine refused a segment", "engine", e.Name(), "segment", i, "error", replies[n].Err)
				if engine.KindOf(replies[n].Err) == engine.Retryable {
					failed = errors.Join(failed, replies[n].Err)
				}
				left = append(left, i)
				continue
			}
			answers[i] = answer{replies[n].Text, edition.Origin{Kind: edition.FromEngine, Engine: e.Name()}}
			dr.pseudo = dr.pseudo || !e.Info().Publishable
		}
		open = left
	}
	if len(open) == 0 || failed == nil {
		return answers, nil
	}
	if engine.KindOf(failed) != engine.Retryable {
		return nil, fmt.Errorf("%w: %w", edition.ErrGiveUp, failed)
	}
	return nil, failed
}

// saveAnswers puts engines' answers where nothing stands, and beside what
// people wrote; then the edition goes to review.
func (p *Pipeline) saveAnswers(ctx context.Context, tx Tx, dr *drafter, ed int64, answers map[int]answer) error {
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
	if newest != dr.d.rev.ID || e.Revision != newest || e.State != edition.Drafting && e.State != edition.Revising {
		return nil // a newer revision has taken over
	}
	ts, err := tx.Targets(ctx, ed)
	if err != nil {
		return err
	}
	var vs []*edition.Version
	var ps []*edition.Proposal
	for _, t := range ts {
		a, ok := answers[t.Position]
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
	e.Publishable = e.Publishable && !dr.pseudo
	return step(ctx, tx, &e, edition.Drafted, edition.Machine, "")
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
