package pipeline

import (
	"context"
	"fmt"
	"slices"
	"time"

	"dragoman/internal/edition"
	"dragoman/internal/memory"
)

// BrokenPair is an entry of the memory that a change of the glossary breaks.
type BrokenPair struct {
	Entry edition.MemoryEntry
	memory.Renewal
}

// memorySlice is how many entries BrokenPairs reads at a time: some 10 ms.
const memorySlice = 2000

// BrokenPairs gives the entries that a change of the glossary breaks, of the
// locales named (all where there are none), among the next rows entries after
// the number after, and the number to go on from, 0 at the end. So a batch
// goes through the memory in slices and goes on where it was after a stop. In
// a transaction, tx.RenewMemory puts the new words in place of an entry's,
// tx.SetMemoryAside takes out one that has no certain words (Target ""), and
// tx.RestoreMemory undoes the latter.
func (p *Pipeline) BrokenPairs(ctx context.Context, c *memory.Change, locales []string, after int64, rows int) (found []BrokenPair, next int64, err error) {
	for rows > 0 {
		part, err := p.store.MemoryAfter(ctx, after, min(rows, memorySlice))
		if err != nil {
			return nil, 0, fmt.Errorf("read the memory: %w", err)
		}
		if len(part) == 0 {
			return found, 0, nil
		}
		for _, m := range part {
			if len(locales) > 0 && !slices.Contains(locales, m.Locale) {
				continue
			}
			if r, broken := c.Renew(m.Locale, m.Source, m.Target); broken {
				found = append(found, BrokenPair{m, r})
			}
		}
		after, rows = part[len(part)-1].ID, rows-len(part)
	}
	return found, after, nil
}

// reloadMemory makes the index what the database has, after this process has
// not followed the log for longer than it is kept. An entry never changes, so
// only those are taken that are not there yet. The caller holds refreshing.
func (p *Pipeline) reloadMemory(ctx context.Context) error {
	ix, there := p.memory.index, map[int64]struct{}{}
	mark, err := p.store.EachMemory(ctx, func(part []edition.MemoryEntry) error {
		var fresh []edition.MemoryEntry
		for _, m := range part {
			there[m.ID] = struct{}{}
			if _, have := ix.Get(m.ID); !have {
				fresh = append(fresh, m)
			}
		}
		p.addEntries(fresh)
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	for e := range ix.All() {
		if _, have := there[e.ID]; !have {
			ix.Remove(e.ID)
		}
	}
	p.memory.mark = mark
	return p.store.MemoryChanges(ctx, &p.memory.mark, p.takeEntries)
}

// trimEvery is how often a process tidies up the memory's log.
const trimEvery = time.Hour

// trimMemoryLog forgets, once in a while, what all have followed of the log.
// The caller holds refreshing.
func (p *Pipeline) trimMemoryLog(ctx context.Context) error {
	now := p.store.Now()
	if now.Sub(p.memory.trimmed) < trimEvery {
		return nil
	}
	p.memory.trimmed = now
	for more := true; more; {
		err := p.store.InTx(ctx, func(tx Tx) (err error) {
			more, err = tx.TrimMemoryLog(ctx)
			return err
		})
		if err != nil {
			return fmt.Errorf("tidy up the memory's log: %w", err)
		}
	}
	return nil
}
