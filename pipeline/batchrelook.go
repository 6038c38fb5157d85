package pipeline

import (
	"context"
	"time"

	"dragoman/internal/edition"
)

// relookSlice looks, once a batch has been undone, at the next targets that its
// change set is about and that it had found right: under the glossary as it is
// again they may be wrong. At the end the engines' own glossaries go back, too.
func (p *Pipeline) relookSlice(ctx context.Context, b *edition.Batch, begin time.Time) error {
	c, err := p.changesBack(ctx, b)
	if err != nil {
		return err
	}
	page, next, done, err := c.Affected(ctx, b.Cursor, sliceSegments)
	if err != nil {
		return err
	}
	ps, err := p.planAll(ctx, c, page)
	if err != nil {
		return err
	}
	for i := range ps {
		if ps[i].terms != nil {
			found := ps[i].terms() // not in the transaction
			ps[i].terms = func() []edition.Finding { return found }
		}
	}
	for len(ps) > sliceTargets {
		if moved, err := p.saveRelook(ctx, b, c, ps[:sliceTargets], begin, nil); err != nil || moved {
			return err
		}
		ps, begin = ps[sliceTargets:], time.Now()
	}
	if done {
		if err := p.syncForBatch(ctx, b.ID); err != nil {
			return err
		}
	}
	_, err = p.saveRelook(ctx, b, c, ps, begin, func(tx Tx, b *edition.Batch) error {
		b.Cursor = next
		if !done {
			return nil
		}
		b.State, b.Phase, b.Ended, b.Done = edition.BatchUndone, "", p.store.Now(), b.Total
		return tx.Audit(ctx, edition.Act{Who: edition.Machine, What: "undone", Subject: "batch", SubjectID: b.ID})
	})
	return err
}

// changesBack is the change set that the undoing of a batch was: from the
// glossary that it found to the one that counts now.
func (p *Pipeline) changesBack(ctx context.Context, b *edition.Batch) (*Changes, error) {
	set, err := p.store.ChangeSet(ctx, b.ChangeSet)
	if err != nil {
		return nil, err
	}
	set.Edits, set.Version = edition.Inverse(set.Edits), b.Restored
	return p.changesOf(ctx, set)
}

func (p *Pipeline) saveRelook(ctx context.Context, b *edition.Batch, c *Changes, ps []planned, begin time.Time, then func(Tx, *edition.Batch) error) (moved bool, err error) {
	moved = true
	err = p.progress(ctx, b, begin, func(tx Tx, now *edition.Batch) error {
		if v, err := tx.GlossaryVersion(ctx); err != nil {
			return err
		} else if v != c.fresh.version {
			return errMoved
		}
		s := newSaver(ctx, tx, now, c)
		if err := s.open(ps); err != nil {
			return err
		}
		for i := range ps {
			s.refind(&ps[i])
		}
		if err := s.save(); err != nil {
			return err
		}
		moved = false
		if then != nil {
			return then(tx, now)
		}
		return nil
	})
	return moved, err
}
