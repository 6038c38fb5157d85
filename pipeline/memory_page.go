package pipeline

import (
	"context"
	"fmt"
	"slices"
	"time"

	"dragoman/internal/edition"
	"dragoman/internal/memory"
)

// MemorySearch asks for entries of the memory. Empty fields ask for nothing.
type MemorySearch struct {
	Text           string // in the source or the target, whatever the capitals
	Locale, Origin string
	Release        int64
	Outdated       bool  // only those that break the glossary as it is now
	Before         int64 // Next of the page before, 0 for the first
	Limit          int   // entries a page; 0 for 50
}

// MemoryHit is an entry that was found.
type MemoryHit struct {
	edition.MemoryEntry
	// Outdated is set where a term has changed since the approval. Mended is
	// then what look-ups offer in place of the target, "" where that is not
	// certain; Swaps are what was put in, and Why says what was not.
	Outdated bool
	Mended   string
	Swaps    []edition.Swap
	Why      string
}

// MemoryPage is a page of entries, the newest first.
type MemoryPage struct {
	Hits []MemoryHit
	// Total counts what there is from this page on, -1 where that is not known.
	Total int
	// Next is the Before of the next page, 0 at the end. A page may be short,
	// even empty, and have a next one: the search for outdated entries stops
	// after a while.
	Next int64
}

// outdatedTime is how long a page waits for outdated entries.
const outdatedTime = time.Second

// SearchMemory gives a page of entries. It waits until the index is built.
func (p *Pipeline) SearchMemory(ctx context.Context, q MemorySearch) (MemoryPage, error) {
	if q.Limit <= 0 {
		q.Limit = 50
	}
	if err := p.Ready(ctx); err != nil {
		return MemoryPage{}, err
	}
	if q.Release != 0 {
		return p.searchRelease(ctx, q)
	}
	found := p.memory.index.Search(memory.Search{
		Text: q.Text, Locale: q.Locale, Origin: q.Origin, Outdated: q.Outdated,
		Before: q.Before, Limit: q.Limit, Until: time.Now().Add(outdatedTime),
	})
	ms, err := p.store.MemoryEntries(ctx, found.IDs)
	if err != nil {
		return MemoryPage{}, fmt.Errorf("search the memory: %w", err)
	}
	slices.Reverse(ms)
	page := MemoryPage{Total: found.Total, Next: found.Next}
	for _, m := range ms {
		if !m.Removed { // another process may have been quicker than the log
			page.Hits = append(page.Hits, p.memoryHit(m))
		}
	}
	return page, nil
}

// searchRelease searches what one release has given.
func (p *Pipeline) searchRelease(ctx context.Context, q MemorySearch) (MemoryPage, error) {
	page, finder := MemoryPage{Total: -1}, memory.NewFinder(q.Text)
	for before := q.Before; ; {
		ms, err := p.store.MemoryOfRelease(ctx, q.Release, before, memorySlice)
		if err != nil {
			return MemoryPage{}, fmt.Errorf("search the memory: %w", err)
		}
		for _, m := range ms {
			if q.Locale != "" && m.Locale != q.Locale || q.Origin != "" && m.Origin != q.Origin || !finder.In(m.Source) && !finder.In(m.Target) {
				continue
			}
			h := p.memoryHit(m)
			if q.Outdated && !h.Outdated {
				continue
			}
			if len(page.Hits) == q.Limit {
				page.Next = page.Hits[q.Limit-1].ID
				return page, nil
			}
			page.Hits = append(page.Hits, h)
		}
		if len(ms) < memorySlice {
			return page, nil
		}
		before = ms[len(ms)-1].ID
	}
}

// memoryHit holds an entry against the glossary.
func (p *Pipeline) memoryHit(m edition.MemoryEntry) MemoryHit {
	h := MemoryHit{MemoryEntry: m}
	if now, broken := p.memory.index.Standing(m.ID); broken {
		h.Outdated, h.Why = true, now.NoRepair
		if !now.Outdated {
			h.Mended, h.Swaps = now.Target, now.Swaps
		}
	}
	return h
}

// DeleteMemory takes entries out of the memory, audited as who's: all of
// them, or none and an error that wraps edition.ErrNotFound where one is not
// there.
func (p *Pipeline) DeleteMemory(ctx context.Context, who string, ids []int64) ([]edition.MemoryEntry, error) {
	return p.ForgetMemory(ctx, who, ids, "")
}

// MemoryEntry is one entry, or an error that wraps edition.ErrNotFound.
func (p *Pipeline) MemoryEntry(ctx context.Context, id int64) (edition.MemoryEntry, error) {
	ms, err := p.store.MemoryEntries(ctx, []int64{id})
	if err != nil || len(ms) == 1 && !ms[0].Removed {
		return append(ms, edition.MemoryEntry{})[0], err
	}
	return edition.MemoryEntry{}, fmt.Errorf("pair %d of the memory: %w", id, edition.ErrNotFound)
}

// ForgetMemory is DeleteMemory for a reason, which the audit keeps beside each
// entry.
func (p *Pipeline) ForgetMemory(ctx context.Context, who string, ids []int64, reason string) ([]edition.MemoryEntry, error) {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	ms, err := p.store.MemoryEntries(ctx, ids)
	if err != nil {
		return nil, err
	}
	ms = slices.DeleteFunc(ms, func(m edition.MemoryEntry) bool { return m.Removed })
	for i, id := range ids {
		if i >= len(ms) || ms[i].ID != id {
			return nil, fmt.Errorf("pair %d of the memory: %w", id, edition.ErrNotFound)
		}
	}
	err = p.store.InTx(ctx, func(tx Tx) error {
		for _, m := range ms {
			detail := m.Locale + ": " + m.Source + " = " + m.Target
			if reason != "" {
				detail = reason + " · " + detail
			}
			if _, err := tx.SetMemoryAside(ctx, m.ID, who, detail); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("delete from the memory: %w", err)
	}
	if p.isReady() {
		p.followed(ctx)
	}
	return ms, nil
}

// isReady reports whether the index is built.
func (p *Pipeline) isReady() bool {
	b := p.memory.now.Load()
	select {
	case <-b.ready:
		return b.err == nil
	default:
		return false
	}
}

// MemoryStats describe the memory.
type MemoryStats struct {
	Pairs  int
	Counts []memory.Count // by locale and origin
}

// MemoryStats counts the memory's entries. It waits until the index is built.
func (p *Pipeline) MemoryStats(ctx context.Context) (MemoryStats, error) {
	if err := p.Ready(ctx); err != nil {
		return MemoryStats{}, err
	}
	st := MemoryStats{Counts: p.memory.index.Counts()}
	for _, c := range st.Counts {
		st.Pairs += c.Entries
	}
	return st, nil
}
