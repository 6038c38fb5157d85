package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"dragoman/glossary"
	"dragoman/internal/edition"
	"dragoman/internal/memory"
)

// recall is the memory's index with how far it follows the database.
type recall struct {
	index *memory.Index
	ctx   context.Context // of the building, which outlives the call that begins it
	stop  context.CancelFunc
	now   atomic.Pointer[building]
	mark  edition.MemoryMark // Pipeline.refreshing guards it, and trimmed

	patterns patterns

	trimmed time.Time // when this process last tidied up the log
}

// memoryOptions are the house's choices for look-ups.
func (p *Pipeline) memoryOptions() memory.Options {
	o := memory.Options{Names: p.terms.Load().names(), Penalties: p.cfg.Penalties, OldPenalty: p.cfg.OldPenalty}
	if p.cfg.OldYears > 0 {
		o.OldBefore = p.store.Now().AddDate(-p.cfg.OldYears, 0, 0).UnixMicro()
	}
	return o
}

// building is one try to build the index.
type building struct {
	start sync.Once
	ready chan struct{} // closed when the index holds all, or err says why not
	err   error
}

// startMemory prepares the index and, unless it may come late, begins to
// build it in the background.
func (p *Pipeline) startMemory(ctx context.Context) {
	m := &recall{}
	m.index = memory.NewIndex(p.memoryOptions())
	m.ctx, m.stop = context.WithCancel(ctx)
	m.now.Store(&building{ready: make(chan struct{})})
	p.memory = m
	if !p.cfg.LateMemory {
		p.building()
	}
}

// building is the try to build the index that is going on, or has ended; it
// begins one where none has begun.
func (p *Pipeline) building() *building {
	b := p.memory.now.Load()
	b.start.Do(func() { go p.buildMemory(b) })
	return b
}

// buildMemory fills the index and then takes up what changed meanwhile. Should
// that fail, whoever waits is told, and the next who asks has it tried again.
func (p *Pipeline) buildMemory(b *building) {
	m, ctx := p.memory, p.memory.ctx
	defer close(b.ready)
	mark, err := p.store.EachMemory(ctx, func(part []edition.MemoryEntry) error {
		p.addEntries(part)
		return ctx.Err()
	})
	if err == nil {
		p.refreshing.Lock()
		defer p.refreshing.Unlock()
		m.mark = mark
		err = p.store.MemoryChanges(ctx, &m.mark, p.takeEntries)
	}
	if err != nil {
		b.err = fmt.Errorf("load the memory: %w", err)
		m.now.Store(&building{ready: make(chan struct{})})
	}
}

// addEntries puts entries into the index. One that it cannot hold is left
// out, with a line in the log.
func (p *Pipeline) addEntries(part []edition.MemoryEntry) {
	es := make([]memory.Entry, len(part))
	for i, m := range part {
		es[i] = memoryEntry(m)
	}
	if p.memory.index.AddAll(es) == nil {
		return
	}
	for _, e := range es {
		if err := p.memory.index.Add(e); err != nil {
			p.log.Warn("memory entry left out", "entry", e.ID, "error", err)
		}
	}
}

// takeEntries takes up changes: entries that were added or removed.
func (p *Pipeline) takeEntries(part []edition.MemoryEntry) error {
	var added []edition.MemoryEntry
	for _, m := range part {
		if m.Removed {
			p.memory.index.Remove(m.ID)
		} else {
			added = append(added, m)
		}
	}
	p.addEntries(added)
	return nil
}

// followMemory takes up what other processes changed. While the index is
// still being built there is nothing to do: the builder does it at its end.
// The caller holds refreshing.
func (p *Pipeline) followMemory(ctx context.Context) error {
	b := p.memory.now.Load()
	select {
	case <-b.ready:
	default:
		return nil
	}
	if b.err != nil {
		return b.err
	}
	err := p.store.MemoryChanges(ctx, &p.memory.mark, p.takeEntries)
	if errors.Is(err, edition.ErrBehind) {
		err = p.reloadMemory(ctx)
	}
	if err != nil {
		return fmt.Errorf("follow the memory: %w", err)
	}
	return p.trimMemoryLog(ctx)
}

// Ready waits until the memory's index holds all that the memory held at the
// start. An error means that it could not be read, or that ctx has ended.
func (p *Pipeline) Ready(ctx context.Context) error {
	b := p.building()
	select {
	case <-b.ready:
		return b.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Stop ends the building of the index if it is still going on, and waits
// until it has ended. It may be called more than once.
func (p *Pipeline) Stop() {
	p.memory.stop()
	b := p.memory.now.Load()
	b.start.Do(func() {
		b.err = context.Canceled
		close(b.ready)
	})
	<-b.ready
}

// Memory is the index that look-ups ask; it may still be filling, see Ready.
func (p *Pipeline) Memory() *memory.Index {
	p.building()
	return p.memory.index
}

// Lookup asks the memory for one text. While the index is being built an
// exact text is looked up in the database; only what is not there waits. A
// query without a threshold has its locale's.
func (p *Pipeline) Lookup(ctx context.Context, q memory.Query) ([]memory.Match, error) {
	q.Threshold = cmp.Or(q.Threshold, p.threshold(q.Locale))
	select {
	case <-p.building().ready:
	default:
		ms, err := p.lookupExact(ctx, q)
		if err != nil || len(ms) > 0 && !q.All {
			return ms, err
		}
	}
	if err := p.Ready(ctx); err != nil {
		return nil, err
	}
	return p.find(q), nil
}

// lookupExact asks the database for the very text, and a small index of what
// it has for the rest.
func (p *Pipeline) lookupExact(ctx context.Context, q memory.Query) ([]memory.Match, error) {
	have, err := p.store.MemoryExact(ctx, q.Text)
	if err != nil {
		return nil, err
	}
	ix := memory.NewIndex(p.memoryOptions())
	for _, m := range have {
		if m.Locale == q.Locale {
			if err := ix.Add(memoryEntry(m)); err != nil {
				return nil, err
			}
		}
	}
	return ix.Lookup(q), nil
}

// threshold is the least score of a fuzzy match in a locale.
func (p *Pipeline) threshold(locale string) int {
	return cmp.Or(p.cfg.Thresholds[locale], p.cfg.Threshold)
}

func memoryEntry(m edition.MemoryEntry) memory.Entry {
	return memory.Entry{
		ID: m.ID, Locale: m.Locale, Source: m.Source, Target: m.Target, Prev: m.Prev, Next: m.Next,
		Origin: m.Origin, Created: m.Created.UnixMicro(), Confidential: m.Confidential, Glossary: m.Glossary,
	}
}

// datedNames is the glossary with its past.
type datedNames struct {
	*glossary.Glossary
	t *terms
}

var _ memory.History = datedNames{}

// names is the glossary as the memory needs it.
func (t *terms) names() memory.Names { return datedNames{t.Glossary, t} }

func (d datedNames) Version() int64 { return d.t.version }

func (d datedNames) Changed(concept int) int64 {
	if concept < len(d.t.ids) {
		if h, ok := d.t.history[d.t.ids[concept]]; ok {
			return h.Changed
		}
	}
	return 1
}

func (d datedNames) Former(lang string, concept int) []string {
	if concept < len(d.t.ids) {
		return d.t.history[d.t.ids[concept]].Former[lang]
	}
	return nil
}

// listed makes of no terms an empty list: none at all, not those that the
// text has by itself.
func listed(occ []glossary.Occurrence) []glossary.Occurrence {
	if occ == nil {
		return []glossary.Occurrence{}
	}
	return occ
}

// pairs are what an approved edition adds to the memory. What was left out,
// or merged with a neighbour that was, is no pair.
func pairs(e edition.Edition, segs []edition.Segment, ts []*edition.Target, who string, confidential bool) []edition.MemoryEntry {
	var ms []edition.MemoryEntry
	for _, t := range ts {
		if t.Omitted != "" || t.Position < 0 || t.Position >= len(segs) || t.Standing.Origin.Kind == edition.FromOriginal {
			continue
		}
		m := edition.MemoryEntry{
			Locale: e.Locale, Source: segs[t.Position].Source, Target: t.Standing.Text, Origin: "desk",
			TargetID: t.ID, Approver: cmp.Or(t.ApprovedBy, who), Confidential: confidential,
			Release: e.Release, Edition: e.ID, Engine: t.Standing.Origin.Engine, Glossary: t.Standing.Glossary,
		}
		if t.Position > 0 {
			m.Prev = segs[t.Position-1].Norm
		}
		if t.Position+1 < len(segs) {
			m.Next = segs[t.Position+1].Norm
		}
		ms = append(ms, m)
	}
	return ms
}

// remember puts pairs into the memory. Of targets that give none any more it
// forgets what they gave.
func remember(ctx context.Context, tx Tx, ts []*edition.Target, ms []edition.MemoryEntry) error {
	gives := map[int64]bool{}
	for _, m := range ms {
		gives[m.TargetID] = true
	}
	for _, t := range ts {
		if !gives[t.ID] {
			if err := tx.ForgetTarget(ctx, t.ID); err != nil {
				return err
			}
		}
	}
	return tx.Remember(ctx, ms)
}
