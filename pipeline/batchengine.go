package pipeline

import (
	"context"
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
	targets := map[int64]edition.Item{}
	for _, m := range items {
		if m.Edition == ed {
			targets[m.Target] = m
		}
	}
	e, err := p.store.Edition(ctx, ed)
	if err != nil {
		return err
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
	answers, err := p.askAgain(ctx, dr, ed, targets)
	if err != nil {
		return err
	}
	return p.progress(ctx, b, begin, func(tx Tx, b *edition.Batch) error {
		if v, err := tx.GlossaryVersion(ctx); err != nil {
			return err
		} else if v != g.version {
			return errMoved
		}
		s := &answerSaver{dr: dr, tx: tx, batch: b, items: targets, answers: answers}
		return s.save(ctx, ed)
	})
}

// askAgain asks engines for the targets that still stand as the batch found
// them. An engine that cannot be reached is no reason to hold a batch up: its
// targets go to a person.
func (p *Pipeline) askAgain(ctx context.Context, dr *drafter, ed int64, items map[int64]edition.Item) (map[int]answer, error) {
	if len(dr.route) == 0 {
		return nil, nil
	}
	ts, err := p.store.Targets(ctx, ed)
	if err != nil {
		return nil, err
	}
	var open []int
	for _, t := range ts {
		if m, ok := items[t.ID]; ok && m.Before == t.Standing.ID && t.Position < len(dr.d.segs) && !t.ByPerson() {
			open = append(open, t.Position)
		}
	}
	if len(open) == 0 {
		return nil, nil
	}
	answers, err := dr.ask(ctx, open)
	if err != nil {
		if ctx.Err() != nil {
			return nil, err
		}
		p.log.Warn("a batch goes on without an engine's words", "edition", ed, "error", err)
	}
	return answers, nil
}

// answerSaver saves what engines gave for one edition.
type answerSaver struct {
	dr      *drafter
	tx      Tx
	batch   *edition.Batch
	items   map[int64]edition.Item
	answers map[int]answer
}

func (s *answerSaver) save(ctx context.Context, ed int64) error {
	e, err := s.tx.Edition(ctx, ed)
	if err != nil {
		return err
	}
	ts, err := s.tx.Targets(ctx, ed)
	if err != nil {
		return err
	}
	standing := map[int64]*edition.Target{}
	for _, t := range ts {
		standing[t.ID] = t
	}
	var vs []*edition.Version
	var done []edition.Item
	for id, m := range s.items {
		v := s.version(standing[id], &m)
		if v != nil {
			vs = append(vs, v)
		}
		done = append(done, m)
	}
	if err := saveStanding(ctx, s.tx, ts, vs); err != nil {
		return err
	}
	after := map[int64]int64{}
	for _, v := range vs {
		after[v.Target] = v.ID
	}
	for i := range done {
		done[i].After = after[done[i].Target]
	}
	if err := s.tx.SaveItems(ctx, done); err != nil {
		return err
	}
	if err := s.tx.Recount(ctx, ed); err != nil {
		return err
	}
	e.Publishable = e.Publishable && !s.dr.pseudo
	held, err := s.tx.Held(ctx, []int64{ed})
	if err != nil {
		return err
	}
	if err := s.tx.SaveEdition(ctx, &e); err != nil {
		return err
	}
	if was, ok := held[ed]; ok {
		return s.tx.Hold(ctx, ed, was, e.Updated)
	}
	return nil
}

// version gives a target the words of an engine, if there are any that comply
// with the glossary, and says in its item what became of it.
func (s *answerSaver) version(t *edition.Target, m *edition.Item) *edition.Version {
	switch {
	case t == nil || t.Standing.ID != m.Before || t.ByPerson():
		m.Status = edition.ItemStale
		return nil
	case t.Position >= len(s.dr.d.segs):
		m.Status = edition.ItemStale
		return nil
	}
	a, ok := s.answers[t.Position]
	if !ok || a.text == "" {
		m.Status = edition.ItemTask
		return nil
	}
	for _, v := range s.dr.g.Verify(nil, s.dr.locale.Tag, s.dr.d.segs[t.Position].Source, s.dr.d.lic[t.Position], a.text) {
		if f, ok := termFinding(s.dr.g, s.dr.locale.Tag, s.dr.d.segs[t.Position].Source, v); ok && f.Severity == edition.Error {
			m.Status, m.Why = edition.ItemTask, v.Reason
			return nil
		}
	}
	m.Status = edition.ItemApplied
	a.origin.Batch = s.batch.ID
	return s.dr.version(t, a.text, a.origin, "")
}
