package pipeline

import (
	"context"
	"runtime"
	"sync"

	"dragoman/internal/check"
	"dragoman/internal/edition"
	"dragoman/locales"
)

// undoPage is what of a batch is taken back next, with what can be worked out
// before the transaction.
type undoPage struct {
	all     []edition.Item
	changes *Changes
	rows    map[int64]*edition.Affected // by target
	// before are the versions before the items, by number: versions never
	// change.
	before map[int64]edition.Version
	looked map[lookedAt][]edition.Finding
	err    error
}

// lookedAt names a version in a target that was looked at: with all rules, or
// with the term verifier only.
type lookedAt struct {
	target, version int64
	all             bool
}

// nextUndo gives the items at a batch's cursor, and begins with those after
// them, so that reading and saving do not wait for each other.
func (p *Pipeline) nextUndo(ctx context.Context, b *edition.Batch, run *batchRun) undoPage {
	c, err := p.changesFor(ctx, b, run)
	if err != nil {
		return undoPage{err: err}
	}
	var pg undoPage
	if run.undo != nil && run.from == b.Cursor {
		pg = <-run.undo
	} else {
		pg = p.undoPage(ctx, c, b.ID, b.Cursor.Source)
	}
	run.undo = nil
	if pg.err != nil || len(pg.all) == 0 {
		return pg
	}
	next, ahead := edition.Cursor{Source: pg.all[len(pg.all)-1].Target}, make(chan undoPage, 1)
	run.undo, run.from = ahead, next
	go func() { ahead <- p.undoPage(ctx, c, b.ID, next.Source) }()
	return pg
}

// undoPage reads the items of a batch after a target, and looks at the words
// that are to stand again.
func (p *Pipeline) undoPage(ctx context.Context, c *Changes, batch, after int64) (pg undoPage) {
	pg.changes = c
	if pg.all, pg.err = p.store.ItemsAfter(ctx, batch, undoStatuses, nil, after, sliceTargets); pg.err != nil || len(pg.all) == 0 {
		return pg
	}
	if pg.rows, pg.err = c.affectedItems(ctx, pg.all); pg.err != nil {
		return pg
	}
	var ids []int64
	for i := range pg.all {
		if restores(pg.all[i].Status) {
			ids = append(ids, pg.all[i].Before)
		}
	}
	if pg.before, pg.err = p.store.VersionsByID(ctx, ids); pg.err == nil {
		pg.err = pg.look(ctx)
	}
	return pg
}

// look looks at the words that are likely to stand after the undoing, on all
// cores.
func (pg *undoPage) look(ctx context.Context) error {
	n := min(runtime.GOMAXPROCS(0), 4)
	parts := make([]map[lookedAt][]edition.Finding, n)
	var all sync.WaitGroup
	for k := range n {
		parts[k] = map[lookedAt][]edition.Finding{}
		all.Go(func() {
			for i := k; i < len(pg.all) && ctx.Err() == nil; i += n {
				pg.lookAt(parts[k], &pg.all[i])
			}
		})
	}
	all.Wait()
	pg.looked = make(map[lookedAt][]edition.Finding, len(pg.all))
	for _, part := range parts {
		for at, found := range part {
			pg.looked[at] = found
		}
	}
	return ctx.Err()
}

func (pg *undoPage) lookAt(into map[lookedAt][]edition.Finding, m *edition.Item) {
	a := pg.rows[m.Target]
	if a == nil {
		return
	}
	g := pg.changes.fresh
	if !restores(m.Status) {
		into[lookedAt{m.Target, a.Standing.ID, false}] = termFindings(g, a.Locale, a.Source, a.Occ, a.Standing.Text)
		return
	}
	v, ok := pg.before[m.Before]
	l, err := locales.Get(a.Locale)
	if !ok || err != nil {
		return // the transaction sees to it
	}
	into[lookedAt{m.Target, v.ID, true}] = examineText(g, check.Input{Locale: l, Source: a.Source, Target: v.Text, Kind: a.Kind, Origin: v.Origin}, a.Occ)
}

// restores reports whether undoing an item gives its target other words.
func restores(s edition.ItemStatus) bool {
	return s == edition.ItemApplied || s == edition.ItemAccepted
}
