package pipeline

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"dragoman/internal/edition"
)

// touch notes that an item of an edition was decided. text are the new words
// of its target, "" where the old ones stay.
func (s *saver) touch(m *edition.Item, t *edition.Target, text, who string) {
	if s.touched == nil {
		s.touched, s.said = map[int64]bool{}, map[int64]string{}
	}
	s.touched[m.Edition] = true
	if text == "" {
		return
	}
	if t.ApprovedBy != "" && s.wasApproved(m.Edition) {
		s.said[t.ID] = text
	}
	if e := s.editions[m.Edition]; !e.Public.IsZero() {
		s.corrected = append(s.corrected, correctedItem{edition: m.Edition, group: m.Group, who: who, back: m.Status == edition.ItemUndone})
	}
}

// keeps has the memory keep the words that stand in an approved target: the
// batch has put its pair right already, and a person has said that they stay.
func (s *saver) keeps(m *edition.Item, t *edition.Target) {
	if t.ApprovedBy != "" && s.wasApproved(m.Edition) {
		s.said[t.ID] = t.Standing.Text
	}
}

// correctedItem is a correction of a public edition, whose words the group
// has; back is one that is taken back.
type correctedItem struct {
	edition, group int64
	who            string
	back           bool
}

// wasApproved reports whether an edition is approved, or was until proposals
// of batches came in.
func (s *saver) wasApproved(ed int64) bool {
	_, held := s.held[ed]
	return held || approved(s.editions[ed].State)
}

// after is the version that stands in a target now, 0 where none was added.
func (s *saver) after(target int64) int64 {
	for _, v := range s.versions {
		if v.Target == target {
			return v.ID
		}
	}
	return 0
}

// remember puts new words of approved targets in the place of those that the
// memory has of them.
func (s *saver) remember() error {
	var ids []int64
	for id := range s.said {
		ids = append(ids, id)
	}
	have, err := s.tx.MemoryOfTargets(s.ctx, ids)
	if err != nil {
		return err
	}
	var ms []edition.MemoryEntry
	for _, id := range ids {
		m, ok := have[id]
		if !ok || !m.Removed && m.Target == s.said[id] {
			continue
		}
		ms = append(ms, edition.MemoryEntry{
			Locale: m.Locale, Source: m.Source, Target: s.said[id], Prev: m.Prev, Next: m.Next, Origin: m.Origin, TargetID: id, Approver: m.Approver,
			Release: m.Release, Edition: m.Edition, Engine: m.Engine, Glossary: s.g.version, Confidential: m.Confidential,
		})
	}
	return s.tx.Remember(s.ctx, ms)
}

// settleAll records corrections, and moves on the editions for which nothing
// is left to decide.
func (s *saver) settleAll(who string) error {
	if err := s.correct(); err != nil {
		return err
	}
	var eds []int64
	for id := range s.touched {
		eds = append(eds, id)
	}
	slices.Sort(eds)
	ready, err := s.settled(eds)
	if err != nil {
		return err
	}
	if err := s.settle(ready, who); err != nil {
		return err
	}
	for _, id := range eds {
		e := s.editions[id]
		was, ok := ready[id]
		switch {
		case e.State == edition.Published || ok && was == edition.Published:
			err = s.publishAgain(e)
		case ok && was == edition.Scheduled:
			err = s.schedule(e, who)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// correct records what was put right in public editions, each replacement once
// an edition.
func (s *saver) correct() error {
	var ids []int64
	for _, c := range s.corrected {
		ids = append(ids, c.group)
	}
	names, err := s.tx.GroupNames(s.ctx, ids)
	if err != nil {
		return err
	}
	seen := map[correctedItem]bool{}
	var cs []edition.Correction
	for _, c := range s.corrected {
		n := names[c.group]
		if seen[c] || n[0] == "" {
			continue
		}
		seen[c] = true
		if c.back {
			n[0], n[1] = n[1], n[0]
		}
		cs = append(cs, edition.Correction{Edition: c.edition, Batch: s.batch.ID, Old: n[0], New: n[1], By: c.who})
	}
	return s.tx.AddCorrections(s.ctx, cs)
}

// settled finds, of editions, those that were revising for proposals of batches
// alone, which are decided, with the states that they were in. One that a
// person has touched otherwise meanwhile, or has to look at, is left to people.
func (s *saver) settled(eds []int64) (map[int64]edition.State, error) {
	var held []int64
	for _, id := range eds {
		if _, ok := s.held[id]; ok && s.editions[id].State == edition.Revising {
			held = append(held, id)
		}
	}
	waiting, err := s.tx.OpenProposals(s.ctx, held)
	if err != nil {
		return nil, err
	}
	held = slices.DeleteFunc(held, func(id int64) bool { return waiting[id] > 0 })
	ts, err := s.tx.TargetsIn(s.ctx, held)
	if err != nil {
		return nil, err
	}
	out := map[int64]edition.State{}
	for _, id := range held {
		if s.rules.CanApproveEdition(s.editions[id], ts[id]) == nil {
			out[id] = s.held[id]
		}
	}
	return out, nil
}

// settle approves editions as they were before.
func (s *saver) settle(ready map[int64]edition.State, who string) error {
	var es []*edition.Edition
	for _, id := range slices.Sorted(maps.Keys(ready)) {
		es = append(es, s.editions[id])
		delete(s.held, id)
	}
	ids := idsOf(es)
	if err := s.tx.SetFinal(s.ctx, ids, true); err != nil {
		return err
	}
	if err := s.steps(es, edition.Settle, who); err != nil {
		return err
	}
	return s.tx.Unhold(s.ctx, ids)
}

// publishAgain has an edition published that was public before. Where the
// house wants to publish corrections by hand, only one that has none is: its
// words are the same.
func (s *saver) publishAgain(e *edition.Edition) error {
	if s.byHand {
		cs, err := s.tx.CorrectionsOf(s.ctx, e.ID)
		if err != nil || slices.ContainsFunc(cs, func(c edition.Correction) bool { return c.Published.IsZero() }) {
			return err
		}
	}
	return s.tx.Enqueue(s.ctx, edition.Job{Kind: publishJob, Subject: e.ID, Urgency: edition.InBatch})
}

// schedule has an edition published when its embargo ends, as was agreed.
func (s *saver) schedule(e *edition.Edition, who string) error {
	if err := step(s.ctx, s.tx, e, edition.Schedule, who, fmt.Sprintf("batch %d", s.batch.ID)); err != nil {
		return err
	}
	return s.tx.Enqueue(s.ctx, edition.Job{Kind: publishJob, Subject: e.ID, Urgency: edition.Urgent, NotBefore: e.Embargo})
}

// rebaseProposal follows a person's new words with what a batch has proposed:
// what they have done themselves is settled, the rest is joined with their
// words, and what cannot be joined is a conflict.
func rebaseProposal(ctx context.Context, tx Tx, t *edition.Target, pr *edition.Proposal, who string) (again *edition.Proposal, err error) {
	if pr.Text == t.Standing.Text {
		return nil, tx.DecideProposal(ctx, pr.ID, edition.Accepted, who)
	}
	if termErrors(t.Standing.Findings) == 0 { // said in other words, and right
		return nil, tx.DecideProposal(ctx, pr.ID, edition.Stale, edition.Machine)
	}
	text, ok, err := rebasedText(ctx, tx, t, pr)
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return nil, tx.DecideProposal(ctx, pr.ID, edition.Conflict, edition.Machine)
	}
	if err := tx.DecideProposal(ctx, pr.ID, edition.Stale, edition.Machine); err != nil || text == t.Standing.Text {
		return nil, err
	}
	again = &edition.Proposal{Target: t.ID, Base: t.Standing.ID, Text: text, Origin: pr.Origin, Cause: pr.Cause, CauseID: pr.CauseID, Status: edition.Waiting}
	if err := tx.AddProposals(ctx, []*edition.Proposal{again}); err != nil {
		return nil, err
	}
	return again, tx.MoveItem(ctx, pr.ID, again.ID)
}
