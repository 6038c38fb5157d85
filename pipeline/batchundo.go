package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"dragoman/glossary"
	"dragoman/internal/check"
	"dragoman/internal/edition"
	"dragoman/locales"
)

// PauseBatch has a batch stop after the slice at hand; ResumeBatch has it go on.
func (p *Pipeline) PauseBatch(ctx context.Context, who string, batch int64) (edition.Batch, error) {
	return p.move(ctx, who, batch, "pause", func(tx Tx, b *edition.Batch) error {
		if b.State == edition.BatchPaused {
			return nil
		}
		if b.State != edition.BatchRunning {
			return batchRefusal(b, "only a running batch can be paused")
		}
		b.State = edition.BatchPaused
		return nil
	})
}

// ResumeBatch has a paused batch go on where it was.
func (p *Pipeline) ResumeBatch(ctx context.Context, who string, batch int64) (edition.Batch, error) {
	return p.move(ctx, who, batch, "resume", func(tx Tx, b *edition.Batch) error {
		if b.State != edition.BatchPaused && !b.State.AtWork() {
			return batchRefusal(b, "only a paused batch can go on")
		}
		if b.State == edition.BatchPaused {
			b.State = edition.BatchRunning
		}
		b.Problem = ""
		return tx.Enqueue(ctx, edition.Job{Kind: batchJob, Subject: b.ID, Urgency: edition.InBatch})
	})
}

// CancelBatch ends a batch before it is done. What it has done stays, and so does
// the new glossary: UndoBatch takes both back.
func (p *Pipeline) CancelBatch(ctx context.Context, who string, batch int64) (edition.Batch, error) {
	return p.move(ctx, who, batch, "cancel", func(tx Tx, b *edition.Batch) error {
		switch b.State {
		case edition.BatchCancelled:
			return nil
		case edition.BatchRunning, edition.BatchPaused:
		default:
			return batchRefusal(b, "there is nothing to cancel")
		}
		b.State, b.Ended = edition.BatchCancelled, p.store.Now()
		return nil
	})
}

// UndoBatch takes a batch back, item by item, by appending: the glossary and the
// memory go back as a new version, targets get the words that they had, waiting
// proposals are withdrawn. What somebody has changed since is listed (status
// moved) and stays. The errors are *edition.Refusal: where a later change set
// has changed one of its concepts, that one has to be undone first.
func (p *Pipeline) UndoBatch(ctx context.Context, who string, batch int64) (edition.Batch, error) {
	b, err := p.move(ctx, who, batch, "undo", func(tx Tx, b *edition.Batch) error {
		if b.State.TakenBack() {
			return nil // it is being done, or was
		}
		if err := tx.LockGlossary(ctx); err != nil {
			return err
		}
		set, err := tx.ChangeSet(ctx, b.ChangeSet)
		if err != nil {
			return err
		}
		back := edition.Inverse(set.Edits)
		v, err := tx.GlossaryVersion(ctx)
		if err != nil {
			return err
		}
		g := p.terms.Load()
		if g.version != v {
			return errMoved
		}
		if err := undoable(g, back); err != nil {
			return err
		}
		if b.Restored, err = tx.SaveEdits(ctx, back, who, fmt.Sprintf("batch %d undone", b.ID), ""); err != nil {
			return err
		}
		if b.Total, err = tx.CountItems(ctx, b.ID, undoStatuses, nil, ""); err != nil {
			return err
		}
		b.State, b.Phase, b.Cursor, b.Done, b.UndoneBy, b.Ended, b.Worked = edition.BatchUndoing, edition.PhaseUndo, edition.Cursor{}, 0, who, time.Time{}, 0
		return tx.Enqueue(ctx, edition.Job{Kind: batchJob, Subject: b.ID, Urgency: edition.InBatch})
	})
	if err != nil {
		return b, err
	}
	return b, p.Refresh(ctx)
}

// undoable says whether edits fit the glossary that counts.
func undoable(g *terms, back []edition.ConceptEdit) error {
	for i := range back {
		e := &back[i]
		var now *glossary.Concept
		if k, ok := g.ByID(e.ID); ok {
			now = g.Concept(k)
		}
		if !sameConcept(now, e.Before) {
			return &edition.Refusal{Rule: "batch-concept-moved", Args: map[string]string{"Concept": e.ID},
				Text: fmt.Sprintf("%s has been changed again since: undo the later change first, or make a new change set", e.ID)}
		}
	}
	if fresh, problems := glossary.Compile(edition.ApplyEdits(g.Concepts(), back), glossary.Options{}); fresh == nil {
		return &edition.Refusal{Rule: "batch-glossary", Args: map[string]string{"Problem": problems.Error()},
			Text: "the glossary would hold errors after the undoing: " + problems.Error()}
	}
	return nil
}

func batchRefusal(b *edition.Batch, why string) error {
	return &edition.Refusal{Rule: "batch-state", Args: map[string]string{"State": string(b.State)},
		Text: fmt.Sprintf("batch %d is %s: %s", b.ID, b.State, why)}
}

// move changes a batch for a person, again where the glossary moved meanwhile.
func (p *Pipeline) move(ctx context.Context, who string, batch int64, what string, f func(Tx, *edition.Batch) error) (b edition.Batch, err error) {
	err = errMoved
	for n := 0; n < 8 && errors.Is(err, errMoved); n++ {
		if err := p.Refresh(ctx); err != nil {
			return b, err
		}
		err = p.store.InTx(ctx, func(tx Tx) (err error) {
			if b, err = tx.Batch(ctx, batch); err != nil {
				return err
			}
			if err := f(tx, &b); err != nil {
				return err
			}
			if err := tx.SaveBatch(ctx, &b); err != nil {
				return err
			}
			return tx.Audit(ctx, edition.Act{Who: who, What: what, Subject: "batch", SubjectID: b.ID})
		})
	}
	return b, err
}

// undoStatuses are those of items that are taken back.
var undoStatuses = []edition.ItemStatus{
	edition.ItemApplied, edition.ItemWaiting, edition.ItemAccepted, edition.ItemRejected, edition.ItemConflict, edition.ItemPending, edition.ItemTask,
}

// undoSlice takes back the next items, and then what became of the memory.
func (p *Pipeline) undoSlice(ctx context.Context, b *edition.Batch, run *batchRun, begin time.Time) error {
	pg := p.nextUndo(ctx, b, run)
	if pg.err != nil {
		return pg.err
	}
	if len(pg.all) == 0 {
		return p.undoEnd(ctx, b, begin)
	}
	return p.progress(ctx, b, begin, func(tx Tx, b *edition.Batch) error {
		if v, err := tx.GlossaryVersion(ctx); err != nil {
			return err
		} else if v != pg.changes.fresh.version {
			return errMoved
		}
		u := &undoer{saver: newSaver(ctx, tx, b, pg.changes), p: p, undoPage: &pg}
		if err := u.take(); err != nil {
			return err
		}
		b.Cursor.Source = pg.all[len(pg.all)-1].Target
		b.Done += len(pg.all)
		return nil
	})
}

// undoEnd takes back what became of the memory.
func (p *Pipeline) undoEnd(ctx context.Context, b *edition.Batch, begin time.Time) error {
	ended := false
	err := p.progress(ctx, b, begin, func(tx Tx, b *edition.Batch) error {
		done, err := p.undoMemory(ctx, tx, b)
		if err != nil || !done {
			return err
		}
		ended = true
		return p.turn(ctx, tx, b, edition.PhaseWhole)
	})
	if err == nil && ended {
		p.followed(ctx)
	}
	return err
}

// undoer takes items back in one transaction.
type undoer struct {
	*saver
	*undoPage
	p       *Pipeline
	targets map[int64]*edition.Target
	recount map[int64]bool // editions with words of another origin
	// approvals are the versions that somebody has approved at some time.
	approvals map[int64]bool
	// stale are proposals that nobody has to decide any more.
	stale []int64
}

// seen reports whether somebody has approved a version, or the one that a
// batch made it of.
func (u *undoer) seen(version int64) (bool, error) {
	for version != 0 && !u.approvals[version] {
		v, err := u.tx.Version(u.ctx, version)
		if err != nil || v.Origin.Batch == 0 {
			return false, err
		}
		version = v.Parent
	}
	return version != 0, nil
}

// take takes the items of the page back.
func (u *undoer) take() error {
	items, err := u.now()
	if err != nil {
		return err
	}
	u.recount = map[int64]bool{}
	taken := items[:0]
	for i := range items {
		if !slices.Contains(undoStatuses, items[i].Status) {
			continue // a person was first
		}
		if err := u.item(&items[i]); err != nil {
			return err
		}
		taken = append(taken, items[i])
	}
	if err := u.tx.DropProposals(u.ctx, u.stale, u.batch.UndoneBy); err != nil {
		return err
	}
	if err := u.save(); err != nil {
		return err
	}
	for ed, other := range u.recount {
		if !other {
			continue
		}
		if err := u.tx.Recount(u.ctx, ed); err != nil {
			return err
		}
	}
	if err := u.remember(); err != nil {
		return err
	}
	if err := u.tx.EndItems(u.ctx, u.batch.ID, taken); err != nil {
		return err
	}
	return u.settleAll(u.batch.UndoneBy)
}

// now reads the items and what they are of as the transaction sees them.
func (u *undoer) now() ([]edition.Item, error) {
	var eds, ids, versions, approved []int64
	for i := range u.all {
		m := &u.all[i]
		eds, ids = append(eds, m.Edition), append(ids, m.Target)
		versions = append(versions, m.Before, m.After)
	}
	if err := u.lock(eds); err != nil {
		return nil, err
	}
	items, err := u.tx.ItemsOf(u.ctx, u.batch.ID, ids)
	if err != nil {
		return nil, err
	}
	if u.targets, err = u.tx.TargetsByID(u.ctx, ids); err != nil {
		return nil, err
	}
	for id, t := range u.targets {
		if a := u.rows[id]; a != nil && t.Position >= 0 && (a.Segment != t.Segment || a.Joined != t.Joined) {
			return nil, errMoved // it says another sentence by now
		}
		if t.ApprovedBy != "" {
			approved = append(approved, id)
		}
	}
	if u.standing, err = u.tx.FindingsOfAll(u.ctx, versions); err != nil {
		return nil, err
	}
	u.approvals, err = u.tx.ApprovedVersions(u.ctx, eds, approved)
	return items, err
}

// item takes one item back.
func (u *undoer) item(m *edition.Item) error {
	t := u.targets[m.Target]
	was := m.Status
	m.Status, m.By = edition.ItemUndone, u.batch.UndoneBy
	if t == nil || t.Position < 0 {
		m.Status = edition.ItemMoved
		return nil
	}
	switch was {
	case edition.ItemWaiting, edition.ItemConflict:
		u.stale = append(u.stale, m.Proposal)
		if was == edition.ItemWaiting {
			u.count(m.Edition).Proposals--
		}
		u.touch(m, t, "", u.batch.UndoneBy)
	case edition.ItemApplied, edition.ItemAccepted:
		return u.restore(m, t, was)
	}
	return u.look(t)
}

// restore appends the words that stood before an item, unless somebody has put
// others in the place of its own since.
func (u *undoer) restore(m *edition.Item, t *edition.Target, was edition.ItemStatus) error {
	before, err := u.version(m.Before)
	if err != nil {
		return err
	}
	text, ok, err := u.without(m, t, before)
	if err != nil {
		return err
	} else if !ok || t.Omitted != "" || was == edition.ItemApplied && t.ApprovedBy != "" {
		m.Status = edition.ItemMoved
		return nil
	}
	if t.ApprovedBy != "" {
		if seen, err := u.seen(m.Before); err != nil {
			return err
		} else if !seen { // what is approved is what the batch has made of it
			m.Status = edition.ItemMoved
			return u.look(t)
		}
	}
	found, err := u.examine(t, text, &before)
	if err != nil {
		return err
	}
	answers := carried(found, u.standing[m.Before])
	back := &edition.Version{
		Target: t.ID, Parent: t.Standing.ID, Text: text, Origin: before.Origin, Author: before.Author, Source: before.Source, Glossary: u.g.version,
	}
	back.Origin.Batch = u.batch.ID
	u.versions, u.answers = append(u.versions, back), append(u.answers, answers)
	errs, warns := edition.Weigh(open(answers))
	c := u.count(m.Edition)
	c.Errors += errs - t.Errors
	c.Warnings += warns - t.Warnings
	u.restands = append(u.restands, edition.Restand{Target: t.ID, From: t.Standing.ID, Errors: errs, Warnings: warns})
	u.recount[m.Edition] = u.recount[m.Edition] || before.Origin.Kind != t.Standing.Origin.Kind
	u.touch(m, t, text, u.batch.UndoneBy)
	return nil
}

// version gives a version before one of the items.
func (u *undoer) version(id int64) (edition.Version, error) {
	if v, ok := u.before[id]; ok {
		return v, nil
	}
	return u.tx.Version(u.ctx, id)
}

// without gives the words of a target without what an item did to them, the
// words before it where its own stand. Where other batches alone have changed
// those since, or have taken their changes back, their words are kept as far as
// they are elsewhere in the sentence. It reports false where a person has
// changed the words, or where the two cannot be told apart.
func (u *undoer) without(m *edition.Item, t *edition.Target, before edition.Version) (string, bool, error) {
	if t.Standing.ID == m.After {
		return before.Text, true, nil
	}
	if m.After == 0 {
		return "", false, nil
	}
	for v := t.Standing; v.ID != m.After; {
		if v.Origin.Batch == 0 || v.Parent == 0 {
			return "", false, nil
		}
		var err error
		if v, err = u.tx.Version(u.ctx, v.Parent); err != nil {
			return "", false, err
		}
	}
	after, err := u.tx.Version(u.ctx, m.After)
	if err != nil {
		return "", false, err
	}
	text, ok := edition.Merge(after.Text, t.Standing.Text, before.Text)
	return text, ok, nil
}

// look looks again, under the glossary that counts, at words that stand.
func (u *undoer) look(t *edition.Target) error {
	a := u.rows[t.ID]
	if t.Standing.ID == 0 || a == nil || u.standing[t.Standing.ID] == nil {
		return nil
	}
	u.refind(&planned{Affected: &edition.Affected{Edition: t.Edition, Target: t.ID, Standing: t.Standing}, terms: func() []edition.Finding {
		if found, ok := u.looked[lookedAt{t.ID, t.Standing.ID, false}]; ok {
			return found
		}
		return termFindings(u.g, a.Locale, a.Source, a.Occ, t.Standing.Text)
	}})
	return nil
}

// examine looks at the words of a target: those of the version before, or what
// is left of them.
func (u *undoer) examine(t *edition.Target, text string, before *edition.Version) ([]edition.Finding, error) {
	if found, ok := u.looked[lookedAt{t.ID, before.ID, true}]; ok && text == before.Text {
		return found, nil
	}
	a := u.rows[t.ID]
	if a == nil {
		return nil, nil // its source is gone
	}
	l, err := locales.Get(a.Locale)
	if err != nil {
		return nil, err
	}
	return examineText(u.g, check.Input{Locale: l, Source: a.Source, Target: text, Kind: a.Kind, Origin: before.Origin}, a.Occ), nil
}
