package pipeline

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"sync"

	"dragoman/internal/edition"
	"dragoman/internal/memory"
)

// leastTemplate is how many different sentences must have a pattern before it
// is offered, and mostLearned how many of the newest pairs of a locale
// patterns are learned from: some seconds of work.
const (
	leastTemplate = 3
	mostLearned   = 50_000
)

// patterns are the templates of each locale, learned when they are first
// asked for and again when the memory or the glossary has changed a good deal.
type patterns struct {
	mu     sync.Mutex
	byName map[string]*learned
}

type learned struct {
	once    sync.Once
	at      int   // entries in the memory
	version int64 // of the glossary
	found   *memory.Patterns
}

// stale reports whether it is time to learn again: the glossary is another,
// or a twentieth of the memory has come or gone.
func (l *learned) stale(entries int, version int64) bool {
	gap := entries - l.at
	return l.version != version || max(gap, -gap) > 20+l.at/20
}

// Patterns gives the templates of a locale. The index must be ready.
func (p *Pipeline) patterns(locale string) *memory.Patterns {
	ps, g, n := &p.memory.patterns, p.terms.Load(), p.memory.index.Len()
	ps.mu.Lock()
	if ps.byName == nil {
		ps.byName = map[string]*learned{}
	}
	l := ps.byName[locale]
	if l == nil || l.stale(n, g.version) {
		l = &learned{at: n, version: g.version}
		ps.byName[locale] = l
	}
	ps.mu.Unlock()
	l.once.Do(func() {
		var err error
		if l.found, err = memory.Learn(g.names(), locale, p.newestPairs(locale), leastTemplate); err != nil {
			p.log.Warn("no templates", "locale", locale, "error", err)
			l.found = &memory.Patterns{}
		}
	})
	return l.found
}

// newestPairs gives the newest pairs of a locale, oldest first. Those of
// confidential releases are no patterns for others.
func (p *Pipeline) newestPairs(locale string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		ids := p.memory.index.Search(memory.Search{Locale: locale, Limit: mostLearned}).IDs
		for _, id := range slices.Backward(ids) {
			if e, ok := p.memory.index.Get(id); ok && !e.Confidential && !yield(e.Source, e.Target) {
				return
			}
		}
	}
}

// Templates gives the patterns that recur in approved pairs, of which at
// least least sources have each, the most frequent first. It waits until the
// index is built, and learns from the newest 50,000 pairs of the locale.
func (p *Pipeline) Templates(ctx context.Context, locale string, least int) ([]memory.Template, error) {
	if err := p.Ready(ctx); err != nil {
		return nil, err
	}
	ts, err := memory.Templates(p.terms.Load().names(), locale, p.newestPairs(locale), least)
	if err != nil {
		return nil, fmt.Errorf("templates of %s: %w", locale, err)
	}
	return ts, nil
}

// find asks the index, and the templates where it has nothing that can be
// taken: a template that is filled with certainty comes first, another one,
// with its slots, last. The index must be ready.
func (p *Pipeline) find(q memory.Query) []memory.Match {
	ms := p.memory.index.Lookup(q)
	sure := func(m memory.Match) bool { return !m.Outdated && m.Kind != edition.FromFuzzy }
	if slices.ContainsFunc(ms, sure) {
		return ms
	}
	m, ok := p.patterns(q.Locale).Offer(q.Text)
	if !ok {
		return ms
	}
	limit := q.Limit
	if limit <= 0 {
		limit = memory.DefaultLimit
	}
	if sure(m) {
		ms = slices.Insert(ms, 0, m)
		return ms[:min(len(ms), limit)]
	}
	if limit == 1 && len(ms) > 0 {
		return ms
	}
	return append(ms[:min(len(ms), max(0, limit-1))], m)
}
