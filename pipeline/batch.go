package pipeline

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"dragoman/internal/check"
	"dragoman/internal/edition"
	"dragoman/locales"
)

// Kinds of jobs of batches.
const (
	batchJob  = "batch"  // a batch at work: slices until it is done, paused or cancelled
	decideJob = "decide" // a decision about many items
)

const (
	// batchTurn is how long one job of a batch works before it gives its place
	// in the queue to another.
	batchTurn = 20 * time.Second
	// sliceSegments is how many segments are looked at together, and
	// sliceTargets how many targets are saved in one transaction: some tens of
	// milliseconds.
	sliceSegments = 512
	sliceTargets  = 400
	// sliceTime is how long such a transaction may hold the database before
	// fewer are saved in the next, down to sliceLeast.
	sliceTime  = 40 * time.Millisecond
	sliceLeast = 80
	// planTogether is how many targets, those of one sentence after the other,
	// are planned on one core before it takes more.
	planTogether = 50
)

// Apply applies a change set: the new version of the glossary, the batch and
// its first job are saved in one transaction. The errors are those of
// SaveChangeSet where the glossary has moved on, in the same concepts or so that
// it would have mistakes now, and *edition.Refusal where the set has been
// decided already.
func (p *Pipeline) Apply(ctx context.Context, who string, changeSet int64) (b edition.Batch, err error) {
	err = errMoved
	for n := 0; n < 8 && errors.Is(err, errMoved); n++ {
		if err := p.Refresh(ctx); err != nil {
			return b, err
		}
		g := p.terms.Load()
		revision, notFit := p.proven(ctx, changeSet, g)
		if notFit != nil {
			return b, notFit
		}
		err = p.store.InTx(ctx, func(tx Tx) error {
			set, err := p.enact(ctx, tx, who, changeSet, revision, g)
			if err != nil {
				return err
			}
			b, err = begin(ctx, tx, &set, who)
			return err
		})
	}
	if err != nil {
		return b, err
	}
	return b, p.Refresh(ctx)
}

// begin saves the batch of an applied change set and its first job.
func begin(ctx context.Context, tx Tx, set *edition.ChangeSet, who string) (edition.Batch, error) {
	b := edition.Batch{
		ChangeSet: set.ID, Title: set.Title, Author: set.Author, By: who, State: edition.BatchRunning, Phase: edition.Phases()[0],
		Scope: set.Scope, Before: set.Version - 1, After: set.Version,
	}
	if err := tx.AddBatch(ctx, &b); err != nil {
		return b, err
	}
	if err := tx.Enqueue(ctx, edition.Job{Kind: batchJob, Subject: b.ID, Urgency: edition.InBatch}); err != nil {
		return b, err
	}
	return b, tx.Audit(ctx, edition.Act{Who: who, What: "apply", Subject: "batch", SubjectID: b.ID, Detail: set.Title})
}

// applyScheduled applies a change set whose date has come.
func (p *Pipeline) applyScheduled(ctx context.Context, job edition.Job) error {
	set, err := p.store.ChangeSet(ctx, job.Subject)
	if err != nil {
		return err
	}
	if set.Status != edition.ScheduledSet {
		return nil // applied, discarded or unscheduled by hand
	}
	if set.Effective.After(p.store.Now()) {
		return &edition.Later{At: set.Effective}
	}
	_, err = p.Apply(ctx, set.DecidedBy, set.ID)
	var conflict *ChangeConflict
	var bad *BadChangeSet
	var no *edition.Refusal
	if errors.As(err, &conflict) || errors.As(err, &bad) || errors.As(err, &no) {
		return fmt.Errorf("%w: change set %d: %w", edition.ErrGiveUp, set.ID, err) // a person has to change it
	}
	return err
}

// batch works on a batch for a turn. Every slice is a transaction of its own
// that saves what it did together with how far the batch has come, so that the
// process may be killed at any point. A slice that another worker has done
// meanwhile, or whose batch was paused, is left.
func (p *Pipeline) batch(ctx context.Context, job edition.Job) error {
	begin, run := time.Now(), &batchRun{}
	for {
		b, err := p.store.BatchAlone(ctx, job.Subject)
		if err != nil {
			return err
		}
		if !b.State.AtWork() {
			return nil
		}
		if time.Since(begin) > batchTurn {
			return p.store.InTx(ctx, func(tx Tx) error {
				return tx.Enqueue(ctx, edition.Job{Kind: batchJob, Subject: b.ID, Urgency: edition.InBatch})
			})
		}
		err = p.batchSlice(ctx, &b, run)
		if errors.Is(err, errMoved) {
			*run = batchRun{}
			err = p.Refresh(ctx)
		}
		if err != nil {
			return p.batchProblem(ctx, b.ID, job, err)
		}
	}
}

// batchProblem notes why a batch does not go on. After its last try it is
// paused, so that a person can have it go on.
func (p *Pipeline) batchProblem(ctx context.Context, id int64, job edition.Job, problem error) error {
	if ctx.Err() != nil {
		return problem
	}
	err := p.store.InTx(ctx, func(tx Tx) error {
		b, err := tx.Batch(ctx, id)
		if err != nil || !b.State.AtWork() {
			return err
		}
		b.Problem = plainReason(problem)
		if waits(problem) {
			b.Problem = "an engine is waited for"
		}
		if job.Last && !waits(problem) && b.State == edition.BatchRunning {
			b.State = edition.BatchPaused
		}
		return tx.SaveBatch(ctx, &b)
	})
	return errors.Join(problem, err)
}

// batchSlice does the next slice of a batch.
func (p *Pipeline) batchSlice(ctx context.Context, b *edition.Batch, run *batchRun) error {
	begin := time.Now()
	if b.Phase == edition.PhaseUndo {
		return p.undoSlice(ctx, b, run, begin)
	}
	switch b.Phase {
	case edition.PhaseRelook:
		return p.relookSlice(ctx, b, begin)
	case edition.PhaseSync:
		if err := p.syncForBatch(ctx, b.ID); err != nil {
			return err
		}
		return p.turnTo(ctx, b, begin, b.Phase.After())
	case edition.PhaseEngines:
		return p.engineSlice(ctx, b, begin)
	}
	c, err := p.changesFor(ctx, b, run)
	if err != nil {
		return err
	}
	switch b.Phase {
	case edition.PhaseIndex:
		return p.indexSlice(ctx, b, c, begin)
	case edition.PhaseTargets, edition.PhaseSweep:
		return p.targetSlice(ctx, b, run, begin)
	case edition.PhaseMemory:
		return p.memorySlice(ctx, b, c, begin)
	case edition.PhaseWhole:
		return p.wholeSlice(ctx, b, c, begin)
	}
	return p.turnTo(ctx, b, begin, edition.Phases()[0])
}

// batchRun is what one turn of a batch keeps from slice to slice.
type batchRun struct {
	changes *Changes
	// What comes next, at a cursor, worked out while this is saved: ahead when
	// the batch is applied, undo when it is undone.
	ahead chan plannedPage
	undo  chan undoPage
	from  edition.Cursor
	// groups are the numbers of the batch's groups by their keys, as far as
	// they have been saved.
	groups map[string]int64
	// fewer is how many targets less than sliceTargets are saved together, since
	// it took too long: in a large archive they are far apart.
	fewer int
}

// targets is how many targets are saved in the next transaction.
func (r *batchRun) targets() int { return sliceTargets - r.fewer }

// took notes how long a transaction held the database.
func (r *batchRun) took(d time.Duration) {
	switch {
	case d > sliceTime:
		r.fewer += (r.targets() - sliceLeast) / 4
	case d < sliceTime/2:
		r.fewer -= r.fewer / 4
	}
}

// saved notes the numbers of groups that a transaction has saved.
func (r *batchRun) saved(groups map[string]*edition.Group) {
	if r.groups == nil {
		r.groups = map[string]int64{}
	}
	for key, g := range groups {
		r.groups[key] = g.ID
	}
}

// changesFor gives the prepared change set of a batch, the last slice's where
// the same glossary counts.
func (p *Pipeline) changesFor(ctx context.Context, b *edition.Batch, run *batchRun) (*Changes, error) {
	if c := run.changes; c != nil {
		if v, err := p.store.GlossaryVersion(ctx); err != nil || v == c.fresh.version {
			return c, err
		}
	}
	c, err := p.Changes(ctx, b.ChangeSet)
	*run = batchRun{changes: c}
	return c, err
}

// progress runs f in a transaction on a batch that is still where it was read,
// and saves how far it has come then. Where it is elsewhere by now, nothing
// happens: another worker, or a person, was first.
func (p *Pipeline) progress(ctx context.Context, b *edition.Batch, begin time.Time, f func(tx Tx, b *edition.Batch) error) error {
	if _, err := p.proceed(ctx, b, begin, f); !errors.Is(err, errOvertaken) {
		return err
	}
	return nil
}

// proceed is progress that says how long it held the database, and by
// errOvertaken that somebody was first. It does not wait for the disk: what is
// lost with the power is done again, and what a person does on top of it is not
// on the disk before it.
func (p *Pipeline) proceed(ctx context.Context, b *edition.Batch, begin time.Time, f func(tx Tx, b *edition.Batch) error) (held time.Duration, err error) {
	var from time.Time
	inTx := p.store.InTxLazily
	if b.Phase == edition.PhaseEngines {
		inTx = p.store.InTx // it is paid for
	}
	err = inTx(ctx, func(tx Tx) error {
		from = time.Now()
		now, err := tx.Batch(ctx, b.ID)
		if err != nil {
			return err
		}
		if now.State != b.State || now.Phase != b.Phase || now.Cursor != b.Cursor || now.Done != b.Done {
			return errOvertaken
		}
		if err := f(tx, &now); err != nil {
			return err
		}
		now.Problem = ""
		now.Worked += time.Since(begin)
		return tx.SaveBatch(ctx, &now)
	})
	if err != nil {
		return 0, err
	}
	held = time.Since(from)
	if p.cfg.Sliced != nil {
		p.cfg.Sliced(held)
	}
	return held, nil
}

// errOvertaken says that a batch is not where it was read.
var errOvertaken = errors.New("the batch has moved on")

// turnTo begins the next phase of a batch, or ends it after the last.
func (p *Pipeline) turnTo(ctx context.Context, b *edition.Batch, begin time.Time, next edition.BatchPhase) error {
	return p.progress(ctx, b, begin, func(tx Tx, b *edition.Batch) error { return p.turn(ctx, tx, b, next) })
}

func (p *Pipeline) turn(ctx context.Context, tx Tx, b *edition.Batch, next edition.BatchPhase) error {
	b.Cursor, b.Phase = edition.Cursor{}, next
	if next != "" {
		return nil
	}
	b.State, b.Ended, b.Done = edition.BatchDone, p.store.Now(), b.Total
	return tx.Audit(ctx, edition.Act{Who: edition.Machine, What: "done", Subject: "batch", SubjectID: b.ID})
}

// indexSlice brings the index of occurrences up to date.
func (p *Pipeline) indexSlice(ctx context.Context, b *edition.Batch, c *Changes, begin time.Time) error {
	next, done, err := c.Reindex(ctx, b.Cursor)
	if err != nil {
		return err
	}
	return p.progress(ctx, b, begin, func(tx Tx, b *edition.Batch) error {
		b.Total = c.Sources()
		if done {
			return p.turn(ctx, tx, b, b.Phase.After())
		}
		b.Cursor = next
		return nil
	})
}

// targetSlice plans and saves the next affected targets. In the sweep only
// those are looked at that were saved since the batch began.
func (p *Pipeline) targetSlice(ctx context.Context, b *edition.Batch, run *batchRun, begin time.Time) error {
	pg := p.nextPage(ctx, b, run)
	if pg.err != nil {
		return pg.err
	}
	ps, next, done := pg.planned, pg.next, pg.done
	// A page is saved in several short transactions; only the last moves the
	// cursor, and what was done already is right when it is seen again.
	for n := run.targets(); len(ps) > n; n = run.targets() {
		if moved, err := p.savePart(ctx, b, run, ps[:n], nil, begin); err != nil || moved {
			return err
		}
		ps, begin = ps[n:], time.Now()
	}
	_, err := p.savePart(ctx, b, run, ps, func(tx Tx, b *edition.Batch) error {
		if done {
			return p.turnFrom(ctx, tx, b)
		}
		b.Cursor = next
		if b.Phase == edition.PhaseTargets {
			b.Done, _ = slices.BinarySearch(*run.changes.sources.Load(), next.Source)
		}
		return nil
	}, begin)
	return err
}

// plannedPage is a page of affected targets with what becomes of each.
type plannedPage struct {
	planned []planned
	next    edition.Cursor
	done    bool
	err     error
}

// nextPage gives the planned page at a batch's cursor, and begins with the one
// after it, so that planning and saving do not wait for each other.
func (p *Pipeline) nextPage(ctx context.Context, b *edition.Batch, run *batchRun) plannedPage {
	var pg plannedPage
	if run.ahead != nil && run.from == b.Cursor {
		pg = <-run.ahead
	} else {
		pg = p.planPage(ctx, run.changes, *b, b.Cursor)
	}
	run.ahead = nil
	if pg.err != nil || pg.done {
		return pg
	}
	c, ahead, head := run.changes, make(chan plannedPage, 1), *b
	run.ahead, run.from = ahead, pg.next
	go func() { ahead <- p.planPage(ctx, c, head, pg.next) }()
	return pg
}

// planPage reads and plans the affected targets at a cursor.
func (p *Pipeline) planPage(ctx context.Context, c *Changes, b edition.Batch, from edition.Cursor) (pg plannedPage) {
	var page []edition.Affected
	var since time.Time
	if b.Phase == edition.PhaseSweep {
		since = b.Started.Add(-sweepBack)
	}
	if page, pg.next, pg.done, pg.err = c.affectedSince(ctx, from, sliceSegments, since); pg.err != nil {
		return pg
	}
	if b.Phase == edition.PhaseSweep {
		page = slices.DeleteFunc(page, func(a edition.Affected) bool {
			return a.Standing.Created.Before(since) || a.Standing.Origin.Batch == b.ID
		})
	}
	pg.planned, pg.err = p.planAll(ctx, c, page)
	return pg
}

// turnFrom ends a walk over the targets. Where the sweep has found some for
// the engines, they are asked once more, and there is another sweep.
func (p *Pipeline) turnFrom(ctx context.Context, tx Tx, b *edition.Batch) error {
	if b.Phase == edition.PhaseSweep {
		n, err := tx.CountItems(ctx, b.ID, []edition.ItemStatus{edition.ItemPending}, nil, "")
		if err != nil {
			return err
		}
		if n > 0 {
			return p.turn(ctx, tx, b, edition.PhaseEngines)
		}
	}
	return p.turn(ctx, tx, b, b.Phase.After())
}

// sweepBack is how much earlier than a batch something may have been dated
// that was saved after it began.
const sweepBack = 15 * time.Minute

// savePart saves planned targets in one transaction, unless the batch or the
// glossary has moved on.
func (p *Pipeline) savePart(ctx context.Context, b *edition.Batch, run *batchRun, ps []planned, then func(Tx, *edition.Batch) error, begin time.Time) (moved bool, err error) {
	c := run.changes
	var s *saver
	held, err := p.proceed(ctx, b, begin, func(tx Tx, now *edition.Batch) error {
		if v, err := tx.GlossaryVersion(ctx); err != nil {
			return err
		} else if v != c.fresh.version {
			return errMoved
		}
		s = newSaver(ctx, tx, now, c)
		s.numbers = run.groups
		if err := s.plans(ps); err != nil {
			return err
		}
		if then != nil {
			return then(tx, now)
		}
		return nil
	})
	if errors.Is(err, errOvertaken) {
		return true, nil
	}
	if err == nil {
		run.saved(s.groups)
		run.took(held)
	}
	return false, err
}

// planAll plans affected targets and looks at their new words, on all cores.
func (p *Pipeline) planAll(ctx context.Context, c *Changes, page []edition.Affected) ([]planned, error) {
	ps := make([]planned, len(page))
	segs := make([]int64, len(page))
	for i := range page {
		segs[i] = page[i].Segment
	}
	slices.Sort(segs)
	kinds, err := p.store.SegmentKinds(ctx, slices.Compact(segs))
	if err != nil {
		return nil, err
	}
	var all sync.WaitGroup
	var next atomic.Int64
	for range min(runtime.GOMAXPROCS(0), 4) {
		all.Go(func() {
			for ctx.Err() == nil {
				from := int(next.Add(planTogether)) - planTogether
				if from >= len(page) {
					return
				}
				for i := from; i < min(from+planTogether, len(page)); i++ {
					page[i].Kind = kinds[page[i].Segment]
					ps[i] = c.planned(&page[i])
				}
			}
		})
	}
	all.Wait()
	return ps, ctx.Err()
}

// planned plans one target and looks at its words.
func (c *Changes) planned(a *edition.Affected) planned {
	p := planned{Affected: a, plan: c.Planner.PlanTarget(a)}
	l, err := locales.Get(a.Locale)
	if err != nil || a.Omitted || a.Standing.ID == 0 {
		return p
	}
	faults := p.plan.Faults
	if l.Tag != a.Locale {
		faults = nil // the rules are those of another language
	}
	p.terms = func() []edition.Finding {
		if faults != nil {
			return faultFindings(c.fresh, l.Tag, a.Source, faults.Stands)
		}
		return termFindings(c.fresh, l.Tag, a.Source, a.Occ, a.Standing.Text)
	}
	if p.plan.Action == edition.ActSwap {
		in := check.Input{Locale: l, Source: a.Source, Target: p.plan.Text, Kind: a.Kind, Origin: a.Standing.Origin}
		if faults != nil {
			p.found = append(check.Run(in), faultFindings(c.fresh, l.Tag, a.Source, faults.Text)...)
		} else {
			p.found = examineText(c.fresh, in, a.Occ)
		}
	}
	return p
}

// spares reports whether what another batch proposes for a target still counts
// beside the plan for it: it complies with the change, or leaves alone what the
// change puts right, so that the two can be joined when they are accepted.
func (c *Changes) spares(p *planned, text string) bool {
	a := *p.Affected
	a.Standing.Text = text
	other := c.Planner.PlanTarget(&a)
	return other.Class == edition.ClassRight || len(p.plan.Replaced) > 0 && other.Group == p.plan.Group
}
