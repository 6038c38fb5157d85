package pipeline

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"dragoman/internal/edition"
)

// memoryEntries is how many entries of the memory are looked at in one slice.
const memoryEntries = 400

// memorySlice corrects the entries of the memory that break the new glossary,
// or sets them aside where that cannot be done with certainty.
func (p *Pipeline) memorySlice(ctx context.Context, b *edition.Batch, c *Changes, begin time.Time) error {
	page, next, done, err := c.Memory(ctx, b.Cursor.Source, memoryEntries)
	if err != nil {
		return err
	}
	plans := make([]edition.Plan, len(page))
	for i := range page {
		plans[i] = c.Planner.PlanMemory(&page[i])
	}
	why := fmt.Sprintf("batch %d", b.ID)
	err = p.progress(ctx, b, begin, func(tx Tx, b *edition.Batch) error {
		if v, err := tx.GlossaryVersion(ctx); err != nil {
			return err
		} else if v != c.fresh.version {
			return errMoved
		}
		kept, err := p.keptPairs(ctx, tx, b.ID, page, plans)
		if err != nil {
			return err
		}
		var changed [][2]int64
		for i := range page {
			m := &page[i]
			switch {
			case kept[m.Entry]: // a person has said that these words stay
			case plans[i].Action == edition.ActSwap:
				id, err := tx.RenewMemory(ctx, m.Entry, plans[i].Text, c.fresh.version, edition.Machine, why)
				if err != nil {
					return err
				}
				if id != 0 {
					changed = append(changed, [2]int64{m.Entry, id})
				}
			case plans[i].Action == edition.ActTask:
				was, err := tx.SetMemoryAside(ctx, m.Entry, edition.Machine, why)
				if err != nil {
					return err
				}
				if was {
					changed = append(changed, [2]int64{m.Entry, 0})
				}
			}
		}
		if err := tx.AddBatchMemory(ctx, b.ID, changed); err != nil {
			return err
		}
		if done {
			return p.turn(ctx, tx, b, b.Phase.After())
		}
		b.Cursor = edition.Cursor{Source: next}
		return nil
	})
	if err == nil && done {
		p.followed(ctx)
	}
	return err
}

// keptPairs are the entries of a page that stay as they are: a person has
// refused already what the batch proposes for the targets that gave them.
func (p *Pipeline) keptPairs(ctx context.Context, tx Tx, batch int64, page []edition.AffectedMemory, plans []edition.Plan) (map[int64]bool, error) {
	var ids []int64
	for i := range page {
		if plans[i].Action != edition.ActNone {
			ids = append(ids, page[i].Entry)
		}
	}
	ms, err := p.store.MemoryEntries(ctx, ids)
	if err != nil {
		return nil, err
	}
	from, out := map[int64][]int64{}, map[int64]bool{}
	for _, m := range ms {
		if m.TargetID != 0 {
			from[m.TargetID] = append(from[m.TargetID], m.ID)
		}
	}
	items, err := tx.ItemsOf(ctx, batch, slices.Collect(maps.Keys(from)))
	for _, m := range items {
		if m.Status == edition.ItemRejected {
			for _, id := range from[m.Target] {
				out[id] = true
			}
		}
	}
	return out, err
}

// restorable reports whether an entry that was set aside may count again: its
// edition has not been withdrawn, nor have other words been approved since.
func (p *Pipeline) restorable(ctx context.Context, tx Tx, id int64) (bool, error) {
	ms, err := p.store.MemoryEntries(ctx, []int64{id})
	if err != nil || len(ms) == 0 || ms[0].TargetID == 0 {
		return err == nil, err
	}
	newest, err := tx.MemoryOfTargets(ctx, []int64{ms[0].TargetID})
	if err != nil || newest[ms[0].TargetID].ID != id {
		return false, err
	}
	e, err := tx.Edition(ctx, ms[0].Edition)
	if errors.Is(err, edition.ErrNotFound) {
		return true, nil
	}
	return e.State != edition.Withdrawn, err
}

// undoMemory brings back, as new entries of the log, what a batch has put
// right or set aside in the memory. Where somebody has changed an entry since,
// it stays. It reports whether there is nothing left.
func (p *Pipeline) undoMemory(ctx context.Context, tx Tx, b *edition.Batch) (done bool, err error) {
	pairs, err := tx.BatchMemory(ctx, b.ID, memoryEntries)
	if err != nil {
		return false, err
	}
	why := fmt.Sprintf("batch %d undone", b.ID)
	for _, pr := range pairs {
		back := pr[1] == 0
		if back {
			back, err = p.restorable(ctx, tx, pr[0])
			if err != nil {
				return false, err
			}
		} else {
			if back, err = tx.SetMemoryAside(ctx, pr[1], edition.Machine, why); err != nil {
				return false, err
			}
		}
		if back {
			if _, err := tx.RestoreMemory(ctx, pr[0], edition.Machine, why); err != nil {
				return false, err
			}
		}
		if err := tx.UndoneBatchMemory(ctx, b.ID, pr[0]); err != nil {
			return false, err
		}
	}
	return len(pairs) < memoryEntries, nil
}
