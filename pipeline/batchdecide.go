package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"dragoman/internal/check"
	"dragoman/internal/edition"
	"dragoman/locales"
)

const (
	// decideAtOnce is how many items are decided while the person waits; more
	// are decided by a job.
	decideAtOnce = 200
	// decideItems is how many are decided in one transaction.
	decideItems = 50
)

// Batches returns all batches, the newest first, without their counts; with
// states only those in one of them.
func (p *Pipeline) Batches(ctx context.Context, states ...edition.BatchState) ([]edition.Batch, error) {
	return p.store.Batches(ctx, states...)
}

// Batch returns a batch with its counts, or an error that wraps
// edition.ErrNotFound.
func (p *Pipeline) Batch(ctx context.Context, id int64) (edition.Batch, error) {
	return p.store.Batch(ctx, id)
}

// Groups returns groups of a batch, those with most items first, and how many
// match in all.
func (p *Pipeline) Groups(ctx context.Context, batch int64, f edition.GroupFilter) ([]edition.Group, int, error) {
	return p.store.Groups(ctx, batch, f)
}

// Items returns items of a batch, in the order of their targets.
func (p *Pipeline) Items(ctx context.Context, batch int64, f edition.ItemFilter) ([]edition.Item, error) {
	return p.store.Items(ctx, batch, f)
}

// Corrections is the log of what was put right in public editions, the newest
// first: by a batch, or in an edition, or all where both are 0.
func (p *Pipeline) Corrections(ctx context.Context, batch, ed int64, limit int) ([]edition.Correction, error) {
	return p.store.Corrections(ctx, batch, ed, limit)
}

// BatchMemory counts the entries of the memory that a batch corrected and
// those that it set aside.
func (p *Pipeline) BatchMemory(ctx context.Context, batch int64) (corrected, aside int, err error) {
	return p.store.CountBatchMemory(ctx, batch)
}

// Decision returns a decision with how far it has been carried out.
func (p *Pipeline) Decision(ctx context.Context, id int64) (edition.Decision, error) {
	return p.store.Decision(ctx, id)
}

// DecideGroup accepts or rejects what waits in whole groups of a batch, or,
// without groups, all that waits in it. See Resolve.
func (p *Pipeline) DecideGroup(ctx context.Context, who string, batch int64, groups []int64, accept bool, teach edition.Teach, reason string) (edition.Decision, error) {
	return p.Resolve(ctx, edition.Decision{Batch: batch, Who: who, Groups: groups, Accept: accept, Teach: teach, Reason: reason})
}

// DecideItems accepts or rejects single items of a batch. See Resolve.
func (p *Pipeline) DecideItems(ctx context.Context, who string, batch int64, targets []int64, accept bool, teach edition.Teach, reason string) (edition.Decision, error) {
	if len(targets) == 0 {
		return edition.Decision{}, &edition.Refusal{Rule: "batch-nothing", Text: "no item was chosen"}
	}
	return p.Resolve(ctx, edition.Decision{Batch: batch, Who: who, Targets: targets, Accept: accept, Teach: teach, Reason: reason})
}

// Resolve carries out a decision about items of a batch. Accepting an item
// accepts the change and nothing else: the target keeps the standing that it
// had, approved by whom it was. Where four eyes hold, the author of the change
// set may not decide. Few items are decided when it returns; many are left to a
// job, and Decision says how far it is.
func (p *Pipeline) Resolve(ctx context.Context, d edition.Decision) (edition.Decision, error) {
	targets := d.Targets
	err := p.store.InTx(ctx, func(tx Tx) error {
		b, err := tx.Batch(ctx, d.Batch)
		if err != nil {
			return err
		}
		switch {
		case b.State.TakenBack():
			return batchRefusal(&b, "there is nothing to decide any more")
		case p.cfg.Rules.FourEyes && d.Who == b.Author:
			return &edition.Refusal{Rule: "batch-four-eyes", Text: "this change set is yours: another person must decide about it"}
		case d.Accept && d.Teach != edition.TeachNothing:
			return &edition.Refusal{Rule: "batch-teach", Text: "only a rejection can teach the glossary something"}
		}
		d.Cursor, d.Done = 0, 0
		if d.Locale != "" && len(targets) == 0 {
			in, err := tx.GroupsIn(ctx, b.ID, d.Locale)
			if err != nil {
				return err
			}
			if len(d.Groups) > 0 {
				in = slices.DeleteFunc(in, func(id int64) bool { return !slices.Contains(d.Groups, id) })
			}
			d.Groups = in
			if len(in) == 0 {
				return &edition.Refusal{Rule: "batch-nothing", Text: "nothing waits there"}
			}
		}
		if len(targets) > 0 {
			d.Targets, err = decidable(ctx, tx, &d, targets)
			d.Total = len(d.Targets)
		} else {
			d.Total, err = tx.CountItems(ctx, b.ID, deciding, d.Groups, "")
		}
		if err != nil {
			return err
		}
		if d.Total == 0 {
			return &edition.Refusal{Rule: "batch-nothing", Text: "nothing waits there: somebody may have decided it already"}
		}
		if err := tx.AddDecision(ctx, &d); err != nil {
			return err
		}
		what := "reject-change"
		if d.Accept {
			what = "accept-change"
		}
		if err := tx.Audit(ctx, edition.Act{Who: d.Who, What: what, Subject: "batch", SubjectID: b.ID, Detail: d.Reason}); err != nil {
			return err
		}
		// The job is there even if the few are decided at once: should this
		// process end in between, it goes on.
		return tx.Enqueue(ctx, edition.Job{Kind: decideJob, Subject: d.ID, Urgency: edition.Urgent, NotBefore: p.later(d.Total)})
	})
	if err != nil || d.Total > decideAtOnce {
		return d, err
	}
	return p.carryOut(ctx, d.ID, time.Minute)
}

// decidable gives those of targets about which there is something to decide,
// in the decision's locale.
func decidable(ctx context.Context, tx Tx, d *edition.Decision, targets []int64) (out []int64, err error) {
	items, err := tx.ItemsOf(ctx, d.Batch, targets)
	if err != nil {
		return nil, err
	}
	var in []int64
	if d.Locale != "" {
		if in, err = tx.GroupsIn(ctx, d.Batch, d.Locale); err != nil {
			return nil, err
		}
	}
	for _, m := range items {
		open := m.Status == edition.ItemWaiting || m.Status == edition.ItemConflict
		if open && (d.Locale == "" || slices.Contains(in, m.Group)) {
			out = append(out, m.Target)
		}
	}
	return out, nil
}

// later is when the job of a decision begins that is carried out at once: by
// then it should have nothing to do.
func (p *Pipeline) later(items int) time.Time {
	if items > decideAtOnce {
		return time.Time{}
	}
	return time.Now().Add(time.Minute)
}

// deciding are the statuses of items that a person can decide about.
var deciding = []edition.ItemStatus{edition.ItemWaiting}

// decide carries out a decision as a job.
func (p *Pipeline) decideMany(ctx context.Context, job edition.Job) error {
	d, err := p.carryOut(ctx, job.Subject, batchTurn)
	if err != nil || !d.Ended.IsZero() {
		return err
	}
	return p.store.InTx(ctx, func(tx Tx) error {
		return tx.Enqueue(ctx, edition.Job{Kind: decideJob, Subject: job.Subject, Urgency: edition.Urgent})
	})
}

// carryOut goes on with a decision for some time, slice by slice.
func (p *Pipeline) carryOut(ctx context.Context, id int64, turn time.Duration) (d edition.Decision, err error) {
	begin := time.Now()
	for time.Since(begin) < turn {
		if d, err = p.store.Decision(ctx, id); err != nil || !d.Ended.IsZero() {
			break
		}
		if err = p.decideSlice(ctx, d); errors.Is(err, errMoved) {
			err = p.Refresh(ctx)
		}
		if err != nil {
			return d, err
		}
	}
	if err == nil && !d.Ended.IsZero() {
		p.followed(ctx)
	}
	return d, err
}

// decideSlice decides the next items of a decision.
func (p *Pipeline) decideSlice(ctx context.Context, d edition.Decision) error {
	items, err := p.decided(ctx, d)
	if err != nil {
		return err
	}
	b, err := p.store.BatchAlone(ctx, d.Batch)
	if err != nil {
		return err
	}
	if len(items) == 0 || b.State.TakenBack() {
		return p.endDecision(ctx, &b, d)
	}
	c, err := p.Changes(ctx, b.ChangeSet)
	if err != nil {
		return err
	}
	rows, err := c.affectedItems(ctx, items)
	if err != nil {
		return err
	}
	revisions, err := p.revisionsOf(ctx, items)
	if err != nil {
		return err
	}
	quoted, err := p.quotedIn(ctx, c.fresh, revisions)
	if err != nil {
		return err
	}
	return p.store.InTx(ctx, func(tx Tx) error {
		now, err := tx.Decision(ctx, d.ID)
		if err != nil || now.Cursor != d.Cursor || !now.Ended.IsZero() {
			return err // another worker was first
		}
		if b, err = tx.Batch(ctx, d.Batch); err != nil {
			return err
		}
		if v, err := tx.GlossaryVersion(ctx); err != nil {
			return err
		} else if v != c.fresh.version {
			return errMoved
		}
		w := &decider{saver: newSaver(ctx, tx, &b, c), p: p, d: &now, rows: rows, quoted: quoted}
		if err := w.items(items); err != nil {
			return err
		}
		now.Cursor = items[len(items)-1].Target
		now.Done += len(items)
		return tx.SaveDecision(ctx, &now)
	})
}

// decided gives the next items of a decision.
func (p *Pipeline) decided(ctx context.Context, d edition.Decision) ([]edition.Item, error) {
	if len(d.Targets) == 0 {
		return p.store.ItemsAfter(ctx, d.Batch, deciding, d.Groups, d.Cursor, decideItems)
	}
	var items []edition.Item
	for _, t := range slices.Sorted(slices.Values(d.Targets)) {
		if t <= d.Cursor || len(items) == decideItems {
			continue
		}
		one, err := p.store.ItemsAfter(ctx, d.Batch, edition.ItemStatuses(), nil, t-1, 1)
		if err != nil {
			return nil, err
		}
		if len(one) == 1 && one[0].Target == t {
			items = append(items, one[0])
		}
	}
	return items, nil
}

// endDecision closes a decision, together with the draft change set where it
// teaches.
func (p *Pipeline) endDecision(ctx context.Context, b *edition.Batch, d edition.Decision) error {
	if d.Rejected > 0 && d.Teach != edition.TeachNothing {
		learn := p.teach
		if d.Teach == edition.TeachException {
			learn = p.except
		}
		set, err := learn(ctx, b, d)
		if errors.Is(err, errOvertaken) || err == nil && set != 0 {
			return nil // it is closed
		}
		if err != nil {
			return err
		}
	}
	d.Ended = p.store.Now()
	return p.store.InTx(ctx, func(tx Tx) error { return tx.SaveDecision(ctx, &d) })
}

// taught closes a decision with the change set that was made of it, unless
// another worker has closed it.
func (p *Pipeline) taught(ctx context.Context, d edition.Decision) func(Tx, *edition.ChangeSet) error {
	return func(tx Tx, set *edition.ChangeSet) error {
		now, err := tx.Decision(ctx, d.ID)
		if err != nil {
			return err
		}
		if !now.Ended.IsZero() {
			return errOvertaken
		}
		now.Taught, now.Ended = set.ID, p.store.Now()
		return tx.SaveDecision(ctx, &now)
	}
}

// decider decides items in one transaction.
type decider struct {
	*saver
	p       *Pipeline
	d       *edition.Decision
	rows    map[int64]*edition.Affected // by target
	targets map[int64]*edition.Target
	open    map[int64][]edition.Proposal
	quoted  map[int64]*document // by revision
	acts    []edition.Act
}

func (w *decider) items(items []edition.Item) error {
	var eds, ids, versions []int64
	for _, m := range items {
		eds, ids = append(eds, m.Edition), append(ids, m.Target)
	}
	if err := w.lock(eds); err != nil {
		return err
	}
	var err error
	if w.targets, err = w.tx.TargetsByID(w.ctx, ids); err != nil {
		return err
	}
	for _, t := range w.targets {
		versions = append(versions, t.Standing.ID)
	}
	if w.standing, err = w.tx.FindingsOfAll(w.ctx, versions); err != nil {
		return err
	}
	if w.open, err = w.tx.ProposalsOfAll(w.ctx, ids); err != nil {
		return err
	}
	now, err := w.tx.ItemsOf(w.ctx, w.batch.ID, ids)
	if err != nil {
		return err
	}
	fresh := map[int64]edition.Item{}
	for _, m := range now {
		fresh[m.Target] = m
	}
	for i := range items {
		items[i] = fresh[items[i].Target] // as the transaction sees it
		if err := w.item(&items[i]); err != nil {
			return err
		}
	}
	if err := w.save(); err != nil {
		return err
	}
	for i := range items {
		if v := w.after(items[i].Target); v != 0 {
			items[i].After = v
		}
	}
	if err := w.tx.SaveItems(w.ctx, items); err != nil {
		return err
	}
	if err := w.remember(); err != nil {
		return err
	}
	if err := w.wholes(w.quoted); err != nil {
		return err
	}
	if err := w.tx.Audit(w.ctx, w.acts...); err != nil {
		return err
	}
	return w.settleAll(w.d.Who)
}

// item decides one item.
func (w *decider) item(m *edition.Item) error {
	t := w.targets[m.Target]
	at := slices.IndexFunc(w.open[m.Target], func(pr edition.Proposal) bool { return pr.ID == m.Proposal })
	if t == nil || t.Position < 0 || at < 0 || w.d.Locale != "" && w.editions[m.Edition].Locale != w.d.Locale || m.Status != edition.ItemWaiting && m.Status != edition.ItemConflict {
		w.d.Left++
		return nil
	}
	pr := w.open[m.Target][at]
	if !w.d.Accept {
		return w.reject(m, t, &pr)
	}
	text, ok, err := rebasedText(w.ctx, w.tx, t, &pr)
	if err != nil {
		return err
	}
	if ok {
		ok, err = w.accept(m, t, &pr, text)
	}
	if err != nil || ok {
		return err
	}
	w.d.Left++
	if m.Status == edition.ItemWaiting {
		w.count(m.Edition).Proposals--
		m.Status = edition.ItemConflict
	}
	return w.tx.DecideProposal(w.ctx, pr.ID, edition.Conflict, edition.Machine)
}

// rebasedText is what a proposal says to the words that stand: its own words
// where it was made against them, else what both changes come to. It reports
// false where they cannot be joined.
func rebasedText(ctx context.Context, tx Tx, t *edition.Target, pr *edition.Proposal) (string, bool, error) {
	if pr.Base == t.Standing.ID {
		return pr.Text, true, nil
	}
	base, err := tx.Version(ctx, pr.Base)
	if err != nil {
		return "", false, err
	}
	text, ok := edition.Merge(base.Text, t.Standing.Text, pr.Text)
	return text, ok, nil
}

// accept puts a proposal in the place of what stands. The other proposals of
// the target stay as they are: each says against which version it was made, and
// is joined with what stands when it is decided. It reports false where
// that would be worse than what stands, under the glossary that counts by now.
func (w *decider) accept(m *edition.Item, t *edition.Target, pr *edition.Proposal, text string) (bool, error) {
	a := w.rows[t.ID]
	if a == nil {
		return false, nil
	}
	if a.Segment != t.Segment || a.Joined != t.Joined {
		return false, errMoved // it says another source than was read
	}
	l, err := locales.Get(a.Locale)
	if err != nil {
		return false, err
	}
	found := examineText(w.g, check.Input{Locale: l, Source: a.Source, Target: text, Kind: a.Kind, Origin: t.Standing.Origin}, a.Occ)
	old := w.standing[t.Standing.ID]
	if termErrors(found) > termErrors(termFindings(w.g, l.Tag, a.Source, a.Occ, t.Standing.Text)) {
		return false, nil
	}
	answers := carried(found, old)
	w.next(&t.Standing, t.ID, a.Source, text, answers)
	errs, warns := edition.Weigh(open(answers))
	c := w.count(m.Edition)
	c.Errors += errs - t.Errors
	c.Warnings += warns - t.Warnings
	if pr.Status == edition.Waiting {
		c.Proposals--
	}
	w.restands = append(w.restands, edition.Restand{Target: t.ID, From: t.Standing.ID, Errors: errs, Warnings: warns})
	m.Status, m.By, m.Before = edition.ItemAccepted, w.d.Who, t.Standing.ID
	w.d.Accepted++
	w.touch(m, t, text, w.d.Who)
	w.acts = append(w.acts, edition.Act{Who: w.d.Who, What: "accept-change", Subject: "target", SubjectID: t.ID, Detail: "batch " + strconv.FormatInt(w.batch.ID, 10)})
	return true, w.tx.DecideProposal(w.ctx, pr.ID, edition.Accepted, w.d.Who)
}

func termErrors(fs []edition.Finding) (n int) {
	for _, f := range fs {
		if isTermRule(f.Rule) && f.Severity == edition.Error {
			n++
		}
	}
	return n
}

// reject leaves what stands, and answers what the new glossary finds in it.
func (w *decider) reject(m *edition.Item, t *edition.Target, pr *edition.Proposal) error {
	if err := w.tx.DecideProposal(w.ctx, pr.ID, edition.Rejected, w.d.Who); err != nil {
		return err
	}
	c := w.count(m.Edition)
	if pr.Status == edition.Waiting {
		c.Proposals--
	}
	old := w.standing[t.Standing.ID]
	fresh := slices.Clone(old)
	changed := false
	about, err := w.about(t, pr)
	if err != nil {
		return err
	}
	for i := range fresh {
		if isTermRule(fresh[i].Rule) && fresh[i].DismissedBy == "" && about[fresh[i].Args["Concept"]] {
			fresh[i].DismissedBy, fresh[i].DismissedWhy = w.d.Who, cmp.Or(w.d.Reason, fmt.Sprintf("batch %d rejected", w.batch.ID))
			changed = true
		}
	}
	if changed {
		errs, warns := edition.Weigh(open(fresh))
		c.Errors += errs - t.Errors
		c.Warnings += warns - t.Warnings
		w.findings[t.Standing.ID] = fresh
		w.restands = append(w.restands, edition.Restand{Target: t.ID, From: t.Standing.ID, To: t.Standing.ID, Errors: errs, Warnings: warns})
	}
	m.Status, m.By = edition.ItemRejected, w.d.Who
	w.d.Rejected++
	w.touch(m, t, "", w.d.Who)
	w.keeps(m, t)
	w.acts = append(w.acts, edition.Act{Who: w.d.Who, What: "reject-change", Subject: "target", SubjectID: t.ID, Detail: w.d.Reason})
	return nil
}

// about gives the concepts that a proposal would have put right in the words
// that stand, none where it no longer fits these: whoever rejects it has
// answered for these alone.
func (w *decider) about(t *edition.Target, pr *edition.Proposal) (map[string]bool, error) {
	a := w.rows[t.ID]
	if a == nil {
		return nil, nil
	}
	text, ok, err := rebasedText(w.ctx, w.tx, t, pr)
	if err != nil || !ok {
		return nil, err
	}
	out := map[string]bool{}
	for _, f := range termFindings(w.g, a.Locale, a.Source, a.Occ, t.Standing.Text) {
		out[f.Args["Concept"]] = true
	}
	for _, f := range termFindings(w.g, a.Locale, a.Source, a.Occ, text) {
		delete(out, f.Args["Concept"])
	}
	return out, nil
}

// OfBatch reports whether a proposal that waits for a target is of a batch.
func (p *Pipeline) OfBatch(ctx context.Context, target, proposal int64) (bool, error) {
	t, err := p.store.Target(ctx, target)
	if err != nil {
		return false, err
	}
	ps, err := p.store.Proposals(ctx, t.Edition)
	return slices.ContainsFunc(ps, func(pr edition.Proposal) bool { return pr.ID == proposal && pr.Cause == edition.ByBatch }), err
}

// decideOfBatch decides a single proposal of a batch, if it is one.
func (p *Pipeline) decideOfBatch(ctx context.Context, who string, target, proposal int64, accept bool) (*edition.Target, bool, error) {
	t, err := p.store.Target(ctx, target)
	if err != nil {
		return nil, false, err
	}
	ps, err := p.store.Proposals(ctx, t.Edition)
	if err != nil {
		return nil, false, err
	}
	at := slices.IndexFunc(ps, func(pr edition.Proposal) bool { return pr.ID == proposal && pr.Cause == edition.ByBatch })
	if at < 0 {
		return nil, false, nil
	}
	d, err := p.DecideItems(ctx, who, ps[at].CauseID, []int64{target}, accept, edition.TeachNothing, "")
	if err != nil {
		return nil, true, err
	}
	if d.Accepted+d.Rejected == 0 {
		return nil, true, &edition.Refusal{Rule: "proposal-conflict", Text: "this proposal no longer fits the words that stand: change them by hand"}
	}
	t, err = p.store.Target(ctx, target)
	return t, true, err
}
