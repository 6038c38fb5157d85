package pipeline

import (
	"context"
	"slices"

	"dragoman/internal/edition"
)

// did notes for the undo what a person is about to change: the target that
// the change was opened with, or those given.
func (dr *drafter) did(who, what string, touched ...*edition.Target) {
	u := dr.undo
	u.Who, u.What = who, what
	if touched == nil {
		return
	}
	dr.touched = touched
	u.Before = nil
	for _, t := range touched {
		u.Before = append(u.Before, t.Moment())
	}
}

// keepUndo keeps what a change did, if it did anything.
func (dr *drafter) keepUndo(ctx context.Context, tx Tx) error {
	u := dr.undo
	if u.Who == "" {
		return nil
	}
	u.After = nil
	for _, t := range dr.touched {
		u.After = append(u.After, t.Moment())
	}
	if u.Answered == nil && slices.Equal(u.Before, u.After) {
		return nil
	}
	return tx.AddUndo(ctx, u)
}

// maxUndo is how many acts of a person in one edition are looked through.
const maxUndo = 200

// Undo takes back the last act of a person on a segment, by appending: words
// come back as a new version, a state, an approval, a finding or a proposal
// as they were. It returns what was taken back. It is refused where there is
// nothing to take back, or somebody has changed the segment since.
func (p *Pipeline) Undo(ctx context.Context, who string, target int64) (what string, err error) {
	_, err = p.changeAny(ctx, target, func(tx Tx, dr *drafter, t *edition.Target, e *edition.Edition) error {
		us, err := tx.Undos(ctx, e.ID, who, maxUndo)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(us, func(u edition.Undo) bool { return u.Touches(target) })
		if at < 0 {
			return &edition.Refusal{Rule: "undo-none", Text: "there is nothing of yours to take back in this segment"}
		}
		u := &us[at]
		what = u.What
		all, err := dr.all(ctx, tx, t)
		if err != nil {
			return err
		}
		if err := dr.takeBack(ctx, tx, all, u); err != nil {
			return err
		}
		if err := tx.Undone(ctx, u.ID); err != nil {
			return err
		}
		return changed(ctx, tx, e, edition.Act{Who: who, What: "undo", Subject: "target", SubjectID: target, Detail: u.What})
	})
	return what, err
}

// takeBack puts the targets of an act back to what counted before it.
func (dr *drafter) takeBack(ctx context.Context, tx Tx, all []*edition.Target, u *edition.Undo) error {
	by := map[int64]*edition.Target{}
	for _, t := range all {
		by[t.ID] = t
	}
	for _, m := range u.After {
		if t := by[m.Target]; t == nil || !t.Moment().Alike(m) {
			return &edition.Refusal{Rule: "undo-moved", Text: "this segment was changed since: what you did cannot be taken back by itself; its history has the words"}
		}
	}
	for _, m := range u.Before {
		by[m.Target].Joined = m.Joined
	}
	dr.d = dr.d.with(joinsOf(all))
	for _, m := range u.Before {
		if err := dr.putBack(ctx, tx, by[m.Target], m, u.Who); err != nil {
			return err
		}
	}
	return dr.reopen(ctx, tx, by[u.Before[0].Target], u.Answered)
}

// putBack gives a target what counted at a moment.
func (dr *drafter) putBack(ctx context.Context, tx Tx, t *edition.Target, m edition.Moment, who string) error {
	approved := m.State == edition.Reviewed
	switch {
	case m.Version == 0:
		t.Standing, t.Errors, t.Warnings = edition.Version{}, 0, 0
	case m.Version != t.Standing.ID && (m.Text != t.Standing.Text || t.Standing.Source != dr.d.segs[t.Position].Exact):
		before, err := dr.versionOf(ctx, t.ID, m.Version)
		if err != nil {
			return err
		}
		v := dr.version(t, before.Text, before.Origin, before.Author)
		if err := saveStanding(ctx, tx, []*edition.Target{t}, []*edition.Version{v}); err != nil {
			return err
		}
		if err := settleProposals(ctx, tx, t, who); err != nil {
			return err
		}
		approved = approved && t.Errors == 0
	case m.Omitted == "" && t.Omitted != "":
		if err := dr.lookAgain(ctx, tx, t); err != nil {
			return err
		}
		approved = approved && t.Errors == 0
	}
	approved = approved && m.ApprovedSource == dr.d.segs[t.Position].Exact // else it was for another source
	t.State, t.ApprovedBy, t.ApprovedSource, t.Omitted = m.State, m.ApprovedBy, m.ApprovedSource, m.Omitted
	if m.State == edition.Reviewed && !approved && m.Omitted == "" {
		t.State, t.ApprovedBy = edition.Translated, ""
	}
	return tx.SaveTarget(ctx, t)
}

// lookAgain looks at words that were out of use, and which changes of the
// glossary have passed by, as a new version.
func (dr *drafter) lookAgain(ctx context.Context, tx Tx, t *edition.Target) error {
	old := t.Standing
	if old.ID == 0 || old.Glossary == dr.g.version || t.Joined < 0 {
		return nil
	}
	v := dr.version(t, old.Text, old.Origin, old.Author)
	v.Source = old.Source
	return saveStanding(ctx, tx, []*edition.Target{t}, []*edition.Version{v})
}

// versionOf finds a version in a target's history.
func (dr *drafter) versionOf(ctx context.Context, target, id int64) (edition.Version, error) {
	vs, err := dr.p.store.History(ctx, target)
	if err != nil {
		return edition.Version{}, err
	}
	at := slices.IndexFunc(vs, func(v edition.Version) bool { return v.ID == id })
	if at < 0 {
		return edition.Version{}, &edition.Refusal{Rule: "undo-none", Text: "the words that stood before are not there any more"}
	}
	return vs[at], nil
}

// reopen opens a finding or proposal again that an act had answered.
func (dr *drafter) reopen(ctx context.Context, tx Tx, t *edition.Target, a *edition.Answer) error {
	switch {
	case a == nil:
		return nil
	case a.Proposal != 0:
		return tx.DecideProposal(ctx, a.Proposal, edition.Waiting, "")
	case a.Version != t.Standing.ID:
		return nil
	}
	if err := tx.Dismiss(ctx, a.Version, a.Seq, "", ""); err != nil {
		return err
	}
	return weigh(ctx, tx, t)
}

// weigh counts the findings of a target's standing version that nobody has
// answered, and saves the target.
func weigh(ctx context.Context, tx Tx, t *edition.Target) error {
	fs, err := tx.FindingsOf(ctx, t.Standing.ID)
	if err != nil {
		return err
	}
	t.Errors, t.Warnings = edition.Weigh(open(fs))
	return tx.SaveTarget(ctx, t)
}

// open are the findings that nobody has answered.
func open(fs []edition.StandingFinding) []edition.Finding {
	var left []edition.Finding
	for _, f := range fs {
		if f.DismissedBy == "" {
			left = append(left, f.Finding)
		}
	}
	return left
}
