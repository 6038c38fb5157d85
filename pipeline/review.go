package pipeline

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"dragoman/content"
	"dragoman/glossary"
	"dragoman/internal/edition"
)

// View is an edition as a reviewer sees it.
type View struct {
	edition.Edition
	Release  edition.Release
	Meta     content.Meta
	Rows     []Row
	Siblings []edition.Edition // the release's editions, this one too
	Acts     []edition.Act     // the newest first
	Remarks  []edition.Remark  // the oldest first
}

// Row is one segment with its target.
type Row struct {
	Segment   edition.Segment
	Codes     []content.Code
	Target    *edition.Target
	Findings  []edition.StandingFinding
	Proposals []edition.Proposal
	Draft     *edition.Typed // what this person was typing, or nil
	Terms     []Term
	// Quotations are what can have an original wording.
	Quotations []Quotation
	// OldSource is the segment as it read when the standing words were made,
	// "" where it is the same.
	OldSource string
}

// Term is a glossary term of a segment with what became of it.
type Term struct {
	glossary.Verdict
	Expected string // the preferred rendering
}

// View returns an edition with all that a reviewer needs; who is the person
// whose unfinished typing is shown.
func (p *Pipeline) View(ctx context.Context, id int64, who string) (*View, error) {
	e, err := p.store.Edition(ctx, id)
	if err != nil {
		return nil, err
	}
	v := &View{Edition: e}
	if v.Release, err = p.store.Release(ctx, e.Release); err != nil {
		return nil, err
	}
	if v.Siblings, err = p.store.Editions(ctx, e.Release); err != nil {
		return nil, err
	}
	if v.Acts, err = p.store.Acts(ctx, "edition", id, 50); err != nil {
		return nil, err
	}
	if v.Remarks, err = p.store.Remarks(ctx, id); err != nil {
		return nil, err
	}
	if e.Revision == 0 {
		return v, nil // nothing is drafted yet
	}
	return v, p.viewRows(ctx, v, who)
}

func (p *Pipeline) viewRows(ctx context.Context, v *View, who string) error {
	rev, err := p.store.Revision(ctx, v.Revision)
	if err != nil {
		return err
	}
	g := p.terms.Load()
	d, err := p.open(ctx, g, rev)
	if err != nil {
		return err
	}
	v.Meta = d.doc.Meta
	ts, err := p.store.Targets(ctx, v.ID)
	if err != nil {
		return err
	}
	d = d.with(joinsOf(ts))
	found, err := p.store.Findings(ctx, v.ID)
	if err != nil {
		return err
	}
	ps, err := p.store.Proposals(ctx, v.ID)
	if err != nil {
		return err
	}
	typed, err := p.store.Drafts(ctx, v.ID, who)
	if err != nil {
		return err
	}
	olds, err := p.oldSources(ctx, d, ts)
	if err != nil {
		return err
	}
	for _, t := range ts {
		if t.Position >= len(d.segs) {
			continue
		}
		r := Row{Segment: d.segs[t.Position], Codes: d.codes(t.Position), Target: t, Findings: found[t.Standing.ID], OldSource: olds[t.ID]}
		for _, pr := range ps {
			if pr.Target == t.ID {
				r.Proposals = append(r.Proposals, pr)
			}
		}
		if d, ok := typed[t.ID]; ok {
			r.Draft = &d
		}
		r.Quotations = d.quotations(v.Locale, &r.Segment)
		if t.Merged() {
			r.Findings, r.Proposals = nil, nil
			v.Rows = append(v.Rows, r)
			continue
		}
		for _, vd := range g.Verify(nil, v.Locale, r.Segment.Source, d.lic[t.Position], t.Standing.Text) {
			r.Terms = append(r.Terms, Term{vd, g.Preferred(v.Locale, vd.Concept)})
		}
		v.Rows = append(v.Rows, r)
	}
	return nil
}

// oldSources finds how segments read when their standing words were made,
// for those whose source has changed since.
func (p *Pipeline) oldSources(ctx context.Context, d *document, ts []*edition.Target) (map[int64]string, error) {
	out := map[int64]string{}
	for _, t := range ts {
		if t.Standing.ID == 0 || t.Position >= len(d.segs) || t.Merged() || t.Standing.Source == d.segs[t.Position].Exact {
			continue
		}
		text, err := p.store.SourceText(ctx, t.Standing.Source)
		if err != nil {
			return nil, err
		}
		out[t.ID] = text
	}
	return out, nil
}

// Stale says that a target has moved on since a person began to change it.
type Stale struct {
	Mine   string
	Theirs edition.Version
	// Source says that the source reads otherwise than Theirs was made for.
	Source bool
}

func (s *Stale) Error() string {
	if s.Source {
		return "the source of this segment has changed meanwhile: look at it, then do it again"
	}
	who := s.Theirs.Author
	if who == "" {
		who = "the machine"
	}
	return fmt.Sprintf("%s changed this segment meanwhile to %q: compare, and save again over the new text", who, content.Plain(s.Theirs.Text))
}

// stale is what a person is told who saw another version than stands.
func (dr *drafter) stale(t *edition.Target, mine string) *Stale {
	return &Stale{Mine: mine, Theirs: t.Standing, Source: t.Standing.Source != dr.d.segs[t.Position].Exact}
}

// atWork opens a target's edition for a person's change. The edition is
// locked first, so that what is read of the target holds.
func atWork(ctx context.Context, tx Tx, target int64) (*edition.Target, edition.Edition, error) {
	t, err := tx.Target(ctx, target)
	if err != nil {
		return nil, edition.Edition{}, err
	}
	e, err := tx.Edition(ctx, t.Edition)
	if err != nil {
		return nil, e, err
	}
	if t, err = tx.Target(ctx, target); err != nil {
		return nil, e, err
	}
	if !e.State.AtWork() {
		return nil, e, &edition.Refusal{Rule: "state", Args: map[string]string{"State": string(e.State)},
			Text: fmt.Sprintf("this edition is %s: only one that is in review can be changed; send it back to review first", e.State)}
	}
	if t.Position < 0 {
		return nil, e, &edition.Refusal{Rule: "gone", Text: "the source no longer has this segment: load the page again"}
	}
	return t, e, nil
}

// changed saves an edition's counts and stamp after a change of a target.
func changed(ctx context.Context, tx Tx, e *edition.Edition, acts ...edition.Act) error {
	if err := tx.Recount(ctx, e.ID); err != nil {
		return err
	}
	if err := tx.SaveEdition(ctx, e); err != nil {
		return err
	}
	return tx.Audit(ctx, acts...)
}

// maxTarget is the longest target taken, in bytes.
const maxTarget = 64 << 10

// cleanText checks what a person typed.
func cleanText(text string) (string, error) {
	text = strings.TrimSpace(strings.NewReplacer("\r\n", " ", "\n", " ", "\u00a0\u00a0", "\u00a0").Replace(text))
	switch {
	case !utf8.ValidString(text):
		return "", &edition.Refusal{Rule: "utf8", Text: "the text is not valid UTF-8: type or paste it again"}
	case len(text) > maxTarget:
		return "", &edition.Refusal{Rule: "long", Text: "the text is longer than 64 KB: a segment is a sentence or a few"}
	case strings.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\t' || r == utf8.RuneError }):
		return "", &edition.Refusal{Rule: "control", Text: "the text holds control characters: remove them"}
	}
	return text, nil
}

// drafterOf opens the document of a target for examining words in it.
func (p *Pipeline) drafterOf(ctx context.Context, target int64) (*drafter, error) {
	t, err := p.store.Target(ctx, target)
	if err != nil {
		return nil, err
	}
	e, err := p.store.Edition(ctx, t.Edition)
	if err != nil {
		return nil, err
	}
	rev, err := p.store.Revision(ctx, e.Revision)
	if err != nil {
		return nil, err
	}
	g := p.terms.Load()
	d, err := p.open(ctx, g, rev)
	if err != nil {
		return nil, err
	}
	ts, err := p.store.Targets(ctx, e.ID)
	if err != nil {
		return nil, err
	}
	return p.drafter(g, d.with(joinsOf(ts)), e)
}

// Edit makes text a person's new standing version of a target. base is the
// version that they saw; a *Stale error says that another stands now, and a
// *edition.Refusal that the edition cannot be changed.
func (p *Pipeline) Edit(ctx context.Context, who string, target, base int64, text string) (*edition.Target, error) {
	text, err := cleanText(text)
	if err != nil {
		return nil, err
	}
	if text == "" {
		return nil, &edition.Refusal{Rule: "empty", Text: "an empty translation cannot be saved: to leave the segment out, say so with a reason"}
	}
	return p.change(ctx, target, func(tx Tx, dr *drafter, t *edition.Target, e *edition.Edition) error {
		if t.Standing.ID != base {
			return dr.stale(t, text)
		}
		if err := tx.DropDraft(ctx, target, who); err != nil {
			return err
		}
		if text == t.Standing.Text && t.Omitted == "" {
			return nil
		}
		dr.did(who, "edit")
		v := dr.version(t, text, edition.Origin{Kind: edition.FromHuman}, who)
		if err := saveStanding(ctx, tx, []*edition.Target{t}, []*edition.Version{v}); err != nil {
			return err
		}
		if err := settleProposals(ctx, tx, t, who); err != nil {
			return err
		}
		return changed(ctx, tx, e, edition.Act{Who: who, What: "edit", Subject: "target", SubjectID: target})
	})
}

// act is what a person does to a target, in a transaction.
type act func(Tx, *drafter, *edition.Target, *edition.Edition) error

// change is changeAny for a target that says its own segment.
func (p *Pipeline) change(ctx context.Context, target int64, f act) (*edition.Target, error) {
	return p.changeAny(ctx, target, func(tx Tx, dr *drafter, t *edition.Target, e *edition.Edition) error {
		if t.Merged() {
			return &edition.Refusal{Rule: "merged", Args: map[string]string{"Segment": fmt.Sprint(t.Head() + 1)},
				Text: fmt.Sprintf("segment %d says this one too: split it off there first", t.Head()+1)}
		}
		return f(tx, dr, t, e)
	})
}

// changeAny runs f in a transaction on a target of an edition at work, with
// the document opened beforehand, and again if the edition moved to another
// revision meanwhile, or another glossary counts. What f did can be undone,
// and what is found in the edition as a whole follows it.
func (p *Pipeline) changeAny(ctx context.Context, target int64, f act) (t *edition.Target, err error) {
	err = errMoved
	for n := 0; n < 3 && errors.Is(err, errMoved); n++ {
		if n > 0 {
			if err := p.Refresh(ctx); err != nil {
				return nil, err
			}
		}
		var dr *drafter
		if dr, err = p.drafterOf(ctx, target); err != nil {
			return nil, err
		}
		err = p.store.InTx(ctx, func(tx Tx) error {
			var e edition.Edition
			if t, e, err = atWork(ctx, tx, target); err != nil {
				return err
			}
			v, err := tx.GlossaryVersion(ctx)
			if err != nil {
				return err
			}
			if e.Revision != dr.d.rev.ID || v != dr.g.version || !dr.d.holds(t) || t.Joined > 0 && dr.d.joins[t.Position] != t.Joined {
				return errMoved
			}
			return dr.change(ctx, tx, t, &e, f)
		})
	}
	return t, err
}

// change does what f does to t, with what follows from it.
func (dr *drafter) change(ctx context.Context, tx Tx, t *edition.Target, e *edition.Edition, f act) error {
	before := t.Moment()
	dr.undo, dr.touched = &edition.Undo{Edition: e.ID, Before: []edition.Moment{before}}, []*edition.Target{t}
	if err := f(tx, dr, t, e); err != nil {
		return err
	}
	if err := dr.keepUndo(ctx, tx); err != nil {
		return err
	}
	if t.Moment().Version == before.Version && t.Omitted == before.Omitted && t.Joined == before.Joined {
		return nil
	}
	if err := dr.settleWhole(ctx, tx, e.ID); err != nil {
		return err
	}
	fs, err := tx.FindingsOf(ctx, t.Standing.ID)
	if err != nil {
		return err
	}
	t.Standing.Findings = nil
	for _, f := range fs {
		t.Standing.Findings = append(t.Standing.Findings, f.Finding)
	}
	t.Errors, t.Warnings = edition.Weigh(open(fs))
	return nil
}

// settleProposals answers the proposals of a target that has new words: those
// with the very same text are accepted, the others are made again, against the
// new words (those of batches are joined with them). They have new numbers, so that nobody accepts one on a page that
// shows the words before.
func settleProposals(ctx context.Context, tx Tx, t *edition.Target, who string) error {
	ps, err := tx.ProposalsOf(ctx, t.ID)
	if err != nil {
		return err
	}
	var again []*edition.Proposal
	for _, pr := range ps {
		if pr.Cause == edition.ByBatch {
			if _, err := rebaseProposal(ctx, tx, t, &pr, who); err != nil {
				return err
			}
			continue
		}
		status, by := edition.Accepted, who
		if pr.Text != t.Standing.Text {
			status, by = edition.Stale, edition.Machine
			pr.Base = t.Standing.ID
			again = append(again, &pr)
		}
		if err := tx.DecideProposal(ctx, pr.ID, status, by); err != nil {
			return err
		}
	}
	return tx.AddProposals(ctx, again)
}

// Type keeps what a person is typing, so that a closed browser loses nothing.
// It makes no version.
func (p *Pipeline) Type(ctx context.Context, who string, target, base int64, text string) error {
	if !utf8.ValidString(text) || len(text) > maxTarget {
		return &edition.Refusal{Rule: "long", Text: "this text cannot be kept: it is too long or not valid UTF-8"}
	}
	return p.store.InTx(ctx, func(tx Tx) error {
		if _, _, err := atWork(ctx, tx, target); err != nil {
			return err
		}
		return tx.SaveDraft(ctx, target, who, base, text)
	})
}

// ApproveTarget approves a target's standing version, which must be the one
// that the person saw, for the source as it is.
func (p *Pipeline) ApproveTarget(ctx context.Context, who string, target, version int64) (*edition.Target, error) {
	return p.change(ctx, target, func(tx Tx, dr *drafter, t *edition.Target, e *edition.Edition) error {
		if t.Standing.ID != version {
			return dr.stale(t, "")
		}
		if t.State == edition.Reviewed && t.Covered(dr.d.segs[t.Position].Exact) {
			return nil
		}
		dr.did(who, "approve")
		if err := p.approve(ctx, tx, dr, t, who); err != nil {
			return err
		}
		return changed(ctx, tx, e, edition.Act{Who: who, What: "approve", Subject: "target", SubjectID: target})
	})
}

func (p *Pipeline) approve(ctx context.Context, tx Tx, dr *drafter, t *edition.Target, who string) error {
	if err := p.cfg.Rules.CanApproveTarget(t, who); err != nil {
		return err
	}
	t.State, t.ApprovedBy, t.ApprovedSource = edition.Reviewed, who, dr.d.segs[t.Position].Exact
	if err := tx.AddApprovals(ctx, []edition.Approval{approvalOf(t, who)}); err != nil {
		return err
	}
	return tx.SaveTarget(ctx, t)
}

// approvalOf is the evidence that somebody approved what stands in t.
func approvalOf(t *edition.Target, who string) edition.Approval {
	return edition.Approval{Edition: t.Edition, Target: t.ID, Version: t.Standing.ID, Who: who, Source: t.ApprovedSource}
}

// ApproveClean approves every target of an edition that has words and
// nothing found in them, and returns how many. Fuzzy and repaired matches, and
// words that were made for another source, are left to be looked at one by one.
func (p *Pipeline) ApproveClean(ctx context.Context, who string, ed int64) (int, error) {
	e, err := p.store.Edition(ctx, ed)
	if err != nil {
		return 0, err
	}
	segs, err := p.store.Segments(ctx, e.Revision)
	if err != nil {
		return 0, err
	}
	ts, err := p.store.Targets(ctx, ed)
	if err != nil {
		return 0, err
	}
	joinSources(segs, joinsOf(ts))
	n := 0
	for _, t := range ts {
		if t.Position >= len(segs) || !clean(t, segs[t.Position].Exact) {
			continue
		}
		_, err := p.ApproveTarget(ctx, who, t.ID, t.Standing.ID)
		var no *edition.Refusal
		var stale *Stale
		switch {
		case errors.As(err, &no) && no.Rule == "state":
			return n, err
		case errors.As(err, &no) || errors.As(err, &stale):
			continue
		case err != nil:
			return n, err
		}
		n++
	}
	return n, nil
}

// clean reports whether nothing in a target asks to be looked at, where its
// source has the exact hash.
func clean(t *edition.Target, source content.Hash) bool {
	k := t.Standing.Origin.Kind
	return t.State == edition.Translated && t.Errors+t.Warnings == 0 && t.Standing.Source == source && k != edition.FromFuzzy && k != edition.FromRepaired
}

// Reject takes a target's approval back, or sends its words back as wrong,
// with a reason that the log keeps.
func (p *Pipeline) Reject(ctx context.Context, who string, target int64, reason string) (*edition.Target, error) {
	return p.change(ctx, target, func(tx Tx, dr *drafter, t *edition.Target, e *edition.Edition) error {
		dr.did(who, "reject")
		if t.Omitted != "" {
			if err := dr.lookAgain(ctx, tx, t); err != nil {
				return err
			}
		}
		t.ApprovedBy, t.ApprovedSource, t.Omitted = "", content.Hash{}, ""
		t.State = edition.Initial
		if t.Standing.ID != 0 {
			t.State = edition.Translated
		}
		if err := tx.SaveTarget(ctx, t); err != nil {
			return err
		}
		return changed(ctx, tx, e, edition.Act{Who: who, What: "reject", Subject: "target", SubjectID: target, Detail: reason})
	})
}

// Omit leaves a segment out of the edition, for a reason.
func (p *Pipeline) Omit(ctx context.Context, who string, target int64, reason string) (*edition.Target, error) {
	if strings.TrimSpace(reason) == "" {
		return nil, &edition.Refusal{Rule: "reason", Text: "leaving a segment out needs a reason"}
	}
	return p.change(ctx, target, func(tx Tx, dr *drafter, t *edition.Target, e *edition.Edition) error {
		dr.did(who, "omit")
		t.Omitted, t.State = strings.TrimSpace(reason), edition.Reviewed
		t.ApprovedBy, t.ApprovedSource = who, dr.d.segs[t.Position].Exact
		if err := tx.SaveTarget(ctx, t); err != nil {
			return err
		}
		return changed(ctx, tx, e, edition.Act{Who: who, What: "omit", Subject: "target", SubjectID: target, Detail: reason})
	})
}

// Dismiss answers a finding of a target's standing version: it is right as it
// is, for a reason.
func (p *Pipeline) Dismiss(ctx context.Context, who string, target, version int64, seq int, why string) (*edition.Target, error) {
	return p.change(ctx, target, func(tx Tx, dr *drafter, t *edition.Target, e *edition.Edition) error {
		if t.Standing.ID != version {
			return dr.stale(t, "")
		}
		dr.did(who, "dismiss")
		dr.undo.Answered = &edition.Answer{Version: version, Seq: seq}
		if err := tx.Dismiss(ctx, version, seq, who, why); err != nil {
			return err
		}
		if err := weigh(ctx, tx, t); err != nil {
			return err
		}
		return changed(ctx, tx, e, edition.Act{Who: who, What: "dismiss", Subject: "target", SubjectID: target, Detail: why})
	})
}

// Fix applies the certain correction of a finding as the person's edit.
func (p *Pipeline) Fix(ctx context.Context, who string, target, version int64, seq int) (*edition.Target, error) {
	var text string
	err := p.store.InTx(ctx, func(tx Tx) error {
		t, err := tx.Target(ctx, target)
		if err != nil {
			return err
		}
		if t.Standing.ID != version {
			return &Stale{Theirs: t.Standing}
		}
		fs, err := tx.FindingsOf(ctx, version)
		if err != nil {
			return err
		}
		for _, f := range fs {
			if f.Seq == seq && f.Fix != nil && f.Fix.Start <= f.Fix.End && f.Fix.End <= len(t.Standing.Text) {
				text = t.Standing.Text[:f.Fix.Start] + f.Fix.Text + t.Standing.Text[f.Fix.End:]
				return nil
			}
		}
		return &edition.Refusal{Rule: "no-fix", Text: "this finding has no certain correction: edit the text by hand"}
	})
	if err != nil {
		return nil, err
	}
	return p.Edit(ctx, who, target, version, text)
}

// Decide accepts or rejects a proposal. Accepted, its words become the
// person's standing version, to be approved like any other; those of a batch
// leave the target in the standing that it had.
func (p *Pipeline) Decide(ctx context.Context, who string, target, proposal int64, accept bool) (*edition.Target, error) {
	if t, done, err := p.decideOfBatch(ctx, who, target, proposal, accept); done || err != nil {
		return t, err
	}
	return p.change(ctx, target, func(tx Tx, dr *drafter, t *edition.Target, e *edition.Edition) error {
		ps, err := tx.ProposalsOf(ctx, target)
		if err != nil {
			return err
		}
		for _, pr := range ps {
			if pr.ID != proposal {
				continue
			}
			dr.did(who, "proposal")
			dr.undo.Answered = &edition.Answer{Proposal: pr.ID}
			status := edition.Rejected
			if accept {
				status = edition.Accepted
				v := dr.version(t, pr.Text, pr.Origin, who)
				if err := saveStanding(ctx, tx, []*edition.Target{t}, []*edition.Version{v}); err != nil {
					return err
				}
			}
			if err := tx.DecideProposal(ctx, pr.ID, status, who); err != nil {
				return err
			}
			if accept {
				if err := settleProposals(ctx, tx, t, who); err != nil {
					return err
				}
			}
			return changed(ctx, tx, e, edition.Act{Who: who, What: "proposal " + string(status), Subject: "target", SubjectID: target})
		}
		return &edition.Refusal{Rule: "proposal", Text: "this proposal has been decided already: load the page again"}
	})
}

// Approve approves an edition: all its targets become final and its pairs
// enter the memory.
func (p *Pipeline) Approve(ctx context.Context, who string, ed int64) (edition.Edition, error) {
	e, err := p.store.Edition(ctx, ed)
	if err != nil {
		return e, err
	}
	var d *document
	if e.Revision != 0 {
		rev, err := p.store.Revision(ctx, e.Revision)
		if err != nil {
			return e, err
		}
		if d, err = p.open(ctx, p.terms.Load(), rev); err != nil {
			return e, err
		}
	}
	if err := p.lookOver(ctx, &e, d); err != nil {
		return e, err
	}
	revision := e.Revision
	err = p.store.InTx(ctx, func(tx Tx) error {
		newest, err := tx.NewestRevision(ctx, e.Release)
		if err != nil {
			return err
		}
		if e, err = tx.Edition(ctx, ed); err != nil {
			return err
		}
		ts, err := tx.Targets(ctx, ed)
		if err != nil {
			return err
		}
		if err := p.cfg.Rules.CanApproveEdition(&e, ts); err != nil {
			return err
		}
		if newest != e.Revision || e.Revision != revision {
			return &edition.Refusal{Rule: "revision", Text: "the source has a new revision that is being drafted: wait for it, then approve"}
		}
		if !d.fits(ts) {
			return &edition.Refusal{Rule: "revision", Text: "a segment was split this moment: load the page again"}
		}
		if d.doc.Title(standingTexts(ts)) == "" {
			return &edition.Refusal{Rule: "title", Text: "this edition would have no title: take the title in again"}
		}
		var approvals []edition.Approval
		for _, t := range ts {
			t.State = edition.Final
			if err := tx.SaveTarget(ctx, t); err != nil {
				return err
			}
			if t.Omitted == "" {
				approvals = append(approvals, approvalOf(t, who))
			}
		}
		if err := tx.AddApprovals(ctx, approvals); err != nil {
			return err
		}
		if err := remember(ctx, tx, ts, pairs(e, d.with(joinsOf(ts)).segs, ts, who, d.doc.Meta.Confidential)); err != nil {
			return err
		}
		if err := step(ctx, tx, &e, edition.Approve, who, ""); err != nil {
			return err
		}
		return tx.Recount(ctx, ed)
	})
	if err != nil {
		return e, err
	}
	p.followed(ctx)
	return e, nil
}

// standingTexts gives what stands in targets, nothing for those left out.
func standingTexts(ts []*edition.Target) content.TargetFunc {
	by := map[int]string{}
	for _, t := range ts {
		if t.Omitted == "" {
			by[t.Position] = t.Standing.Text
		}
	}
	return func(i int) (string, bool) { return by[i], true }
}

// Reopen sends an edition back to review, for a reason; one that waits for an
// engine is taken over by people. What is public stays public until it is approved and published again.
func (p *Pipeline) Reopen(ctx context.Context, who string, ed int64, reason string) (e edition.Edition, err error) {
	if e, err = p.store.Edition(ctx, ed); err != nil {
		return e, err
	}
	err = p.store.InTx(ctx, func(tx Tx) error {
		newest, err := tx.NewestRevision(ctx, e.Release)
		if err != nil {
			return err
		}
		if e, err = tx.Edition(ctx, ed); err != nil {
			return err
		}
		if e.State.AtWork() { // already there: the reason is what is new
			e.Reason = reason
			return changed(ctx, tx, &e, edition.Act{Who: who, What: "reject", Subject: "edition", SubjectID: ed, Detail: reason})
		}
		hold := e.Hold
		if hold.Kind != edition.HoldWaiting { // else its engines go on beside the people
			if hold = (edition.Hold{}); e.State == edition.Drafting {
				return refusal(&edition.TransitionError{From: e.State, Event: edition.Reopen})
			}
		}
		if err := stepHeld(ctx, tx, &e, edition.Reopen, who, reason, hold); err != nil {
			return refusal(err)
		}
		if err := unfinal(ctx, tx, ed); err != nil || e.Revision == newest {
			return err
		}
		// What was withdrawn has followed no revision.
		if err := step(ctx, tx, &e, edition.Revise, edition.Machine, "the source has a new revision"); err != nil {
			return err
		}
		return tx.Enqueue(ctx, edition.Job{Kind: draftJob, Subject: newest, Locales: []string{e.Locale}, Urgency: edition.Urgent})
	})
	return e, err
}

// unfinal takes the approval of an edition back from its targets; each keeps
// its own.
func unfinal(ctx context.Context, tx Tx, ed int64) error {
	ts, err := tx.Targets(ctx, ed)
	if err != nil {
		return err
	}
	for _, t := range ts {
		if t.State == edition.Final {
			t.State = edition.Reviewed
			if err := tx.SaveTarget(ctx, t); err != nil {
				return err
			}
		}
	}
	return nil
}

// refusal puts a transition that cannot be as a sentence for a person.
func refusal(err error) error {
	var te *edition.TransitionError
	if errors.As(err, &te) {
		return &edition.Refusal{Rule: "state", Args: map[string]string{"State": string(te.From)}, Text: te.Error()}
	}
	return err
}

// Assign gives an edition to a person, or to nobody.
func (p *Pipeline) Assign(ctx context.Context, who string, ed int64, to string) (e edition.Edition, err error) {
	err = p.store.InTx(ctx, func(tx Tx) error {
		if e, err = tx.Edition(ctx, ed); err != nil {
			return err
		}
		held, err := tx.Held(ctx, []int64{ed})
		if err != nil {
			return err
		}
		e.Assignee = to
		err = changed(ctx, tx, &e, edition.Act{Who: who, What: "assign", Subject: "edition", SubjectID: ed, Detail: to})
		if was, ok := held[ed]; ok && err == nil {
			err = tx.Hold(ctx, edition.HeldEdition{Edition: ed, Was: was, Stamp: e.Updated}) // who is to look at it changes nothing of it
		}
		return err
	})
	return e, err
}

// SetDue says by when an edition is to be ready, the zero time for whenever.
func (p *Pipeline) SetDue(ctx context.Context, who string, ed int64, due time.Time) (e edition.Edition, err error) {
	err = p.store.InTx(ctx, func(tx Tx) error {
		if e, err = tx.Edition(ctx, ed); err != nil {
			return err
		}
		if e.Due.Equal(due) {
			return nil
		}
		e.Due = due
		detail := ""
		if !due.IsZero() {
			detail = due.UTC().Format(time.RFC3339)
		}
		return changed(ctx, tx, &e, edition.Act{Who: who, What: "due", Subject: "edition", SubjectID: ed, Detail: detail})
	})
	return e, err
}

// Queue returns the editions that match a filter and how many there are.
func (p *Pipeline) Queue(ctx context.Context, f edition.Filter) ([]edition.Line, int, error) {
	return p.store.Queue(ctx, f)
}

// Edition returns an edition, or an error that wraps edition.ErrNotFound.
func (p *Pipeline) Edition(ctx context.Context, id int64) (edition.Edition, error) {
	return p.store.Edition(ctx, id)
}

// Counts counts the editions of releases that are not removed, by locale and
// state.
func (p *Pipeline) Counts(ctx context.Context) (map[string]map[edition.State]int, error) {
	return p.store.CountEditions(ctx)
}

// ChangedSince returns editions that were changed after a time, the oldest
// change first.
func (p *Pipeline) ChangedSince(ctx context.Context, since time.Time, limit int) ([]edition.Edition, error) {
	return p.store.ChangedSince(ctx, since, limit)
}

// Now is the database's clock.
func (p *Pipeline) Now() time.Time { return p.store.Now() }

// Zone is the house's time zone, by which the months of budgets run.
func (p *Pipeline) Zone() *time.Location { return p.store.Zone() }

// History returns a target's versions, the oldest first.
func (p *Pipeline) History(ctx context.Context, target int64) ([]edition.Version, error) {
	return p.store.History(ctx, target)
}

// Target returns a target with what stands.
func (p *Pipeline) Target(ctx context.Context, id int64) (*edition.Target, error) {
	return p.store.Target(ctx, id)
}
