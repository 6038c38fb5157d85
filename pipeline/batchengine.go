package pipeline

import (
	"context"
	"errors"
	"slices"
	"time"

	"dragoman/internal/edition"
)

// engineTargets is how many targets an engine is asked for together; they are
// of one edition.
const engineTargets = 200

// engineSlice asks the engines of an edition's route for the targets of it
// that nobody touched and that no swap covers. What no engine gives in the
// right words becomes a task.
func (p *Pipeline) engineSlice(ctx context.Context, b *edition.Batch, begin time.Time) error {
	items, err := p.store.ItemsAfter(ctx, b.ID, []edition.ItemStatus{edition.ItemPending}, nil, 0, engineTargets)
	if err != nil {
		return err
	}
	if len(items) == 0 {
		return p.turnTo(ctx, b, begin, b.Phase.After())
	}
	ed := items[0].Edition
	items = slices.DeleteFunc(items, func(m edition.Item) bool { return m.Edition != ed })
	ask, err := p.untouched(ctx, ed, items)
	if err != nil {
		return err
	}
	var answers []EngineAnswer
	if len(ask) > 0 {
		if answers, err = p.AskEngines(ctx, ed, ask); err != nil {
			return err
		}
	}
	s := &answerSaver{p: p, batch: b, items: items, answers: map[int64]*EngineAnswer{}}
	for i := range answers {
		s.answers[answers[i].Target] = &answers[i]
	}
	return p.progress(ctx, b, begin, func(tx Tx, b *edition.Batch) error {
		if v, err := tx.GlossaryVersion(ctx); err != nil {
			return err
		} else if len(answers) > 0 && v != answers[0].Glossary {
			return errMoved
		}
		return s.save(ctx, tx, ed)
	})
}

// untouched are the targets of items that still stand as the batch found them.
func (p *Pipeline) untouched(ctx context.Context, ed int64, items []edition.Item) ([]int64, error) {
	ts, err := p.store.Targets(ctx, ed)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, m := range items {
		if slices.ContainsFunc(ts, func(t *edition.Target) bool { return standsFor(t, &m) }) {
			ids = append(ids, m.Target)
		}
	}
	return ids, nil
}

// standsFor reports whether a target is as an item found it.
func standsFor(t *edition.Target, m *edition.Item) bool {
	return t != nil && t.ID == m.Target && t.Standing.ID == m.Before && t.Position >= 0 && !t.ByPerson()
}

// answerSaver saves what engines gave for one edition.
type answerSaver struct {
	p       *Pipeline
	batch   *edition.Batch
	items   []edition.Item
	answers map[int64]*EngineAnswer // by target
}

func (s *answerSaver) save(ctx context.Context, tx Tx, ed int64) error {
	e, err := tx.Edition(ctx, ed)
	if err != nil {
		return err
	}
	if err := s.pending(ctx, tx); err != nil || len(s.items) == 0 {
		return err
	}
	ts, err := tx.Targets(ctx, ed)
	if err != nil {
		return err
	}
	standing := map[int64]*edition.Target{}
	for _, t := range ts {
		standing[t.ID] = t
	}
	typed, err := tx.Typed(ctx, targetsOf(s.items))
	if err != nil {
		return err
	}
	var vs []*edition.Version
	after := map[int64]*edition.Version{}
	for i := range s.items {
		m := &s.items[i]
		v := s.version(&e, standing[m.Target], m)
		switch {
		case v == nil:
		case typed[m.Target]: // somebody is at it
			if err := s.propose(ctx, tx, m, v); err != nil {
				return err
			}
		default:
			vs = append(vs, v)
			after[m.Target] = v
		}
	}
	if err := saveStanding(ctx, tx, ts, vs); err != nil {
		return err
	}
	for i := range s.items {
		if v := after[s.items[i].Target]; v != nil {
			s.items[i].After = v.ID
		}
	}
	if err := tx.SaveItems(ctx, s.items); err != nil {
		return err
	}
	held, err := tx.Held(ctx, []int64{ed})
	if err != nil {
		return err
	}
	if err := changed(ctx, tx, &e); err != nil {
		return err
	}
	if was, ok := held[ed]; ok {
		return tx.Hold(ctx, edition.HeldEdition{Edition: ed, Was: was, Stamp: e.Updated})
	}
	return nil
}

// pending leaves the items that wait for an engine still: nothing else says
// whether another worker has asked for the same ones meanwhile.
func (s *answerSaver) pending(ctx context.Context, tx Tx) error {
	now, err := tx.ItemsOf(ctx, s.batch.ID, targetsOf(s.items))
	s.items = slices.DeleteFunc(now, func(m edition.Item) bool { return m.Status != edition.ItemPending })
	return err
}

func targetsOf(items []edition.Item) []int64 {
	ids := make([]int64, len(items))
	for i := range items {
		ids[i] = items[i].Target
	}
	return ids
}

// propose offers an engine's words beside those that stand.
func (s *answerSaver) propose(ctx context.Context, tx Tx, m *edition.Item, v *edition.Version) error {
	pr := &edition.Proposal{Target: v.Target, Base: v.Parent, Text: v.Text, Origin: v.Origin, Cause: edition.ByBatch, CauseID: s.batch.ID, Status: edition.Waiting}
	if err := tx.AddProposals(ctx, []*edition.Proposal{pr}); err != nil {
		return err
	}
	m.Status, m.Proposal = edition.ItemWaiting, pr.ID
	return nil
}

// version gives a target the words of an engine, if there are any that comply
// with the glossary, and says in its item what became of it.
func (s *answerSaver) version(e *edition.Edition, t *edition.Target, m *edition.Item) *edition.Version {
	a := s.answers[m.Target]
	switch {
	case !standsFor(t, m) || a != nil && a.Revision != e.Revision:
		m.Status = edition.ItemStale
		return nil
	case a == nil || a.Text == "":
		m.Status = edition.ItemTask
		if a != nil {
			m.Why, m.Trouble = a.Why, a.Trouble
		}
		return nil
	case termErrors(a.Findings) > 0:
		m.Status, m.Why = edition.ItemTask, edition.WhyNotClear
		return nil
	}
	m.Status = edition.ItemApplied
	e.Publishable = e.Publishable && s.p.publishable(e.Locale, a.Origin.Engine)
	v := &edition.Version{
		Target: t.ID, Parent: t.Standing.ID, Text: a.Text, Origin: a.Origin, Source: a.Source, Glossary: a.Glossary, Findings: a.Findings,
	}
	v.Origin.Batch = s.batch.ID
	return v
}

// publishable reports whether what an engine of a route says may be published.
func (p *Pipeline) publishable(locale, name string) bool {
	for _, e := range p.cfg.Routes[locale] {
		if e.Name() == name {
			return e.Info().Publishable
		}
	}
	return true
}

// waits reports whether err says that something is waited for.
func waits(err error) bool {
	var later *edition.Later
	return errors.As(err, &later)
}
