package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"dragoman/internal/edition"
	"dragoman/internal/engine"
)

// PreviewOptions bound what a preview shows; its counts are always whole.
type PreviewOptions struct {
	Groups  int // at most, 50 for 0
	Samples int // of each group, 3 for 0
}

// PreviewChanges works out what a change set would do, or for one that is applied
// what is left for it to do. It writes nothing.
func (p *Pipeline) PreviewChanges(ctx context.Context, id int64, o PreviewOptions) (edition.Impact, error) {
	c, err := p.Changes(ctx, id)
	if err != nil {
		return edition.Impact{}, err
	}
	return c.Preview(ctx, o)
}

// PreviewEdits is PreviewChanges of a change set that is not stored.
func (p *Pipeline) PreviewEdits(ctx context.Context, set edition.ChangeSet, o PreviewOptions) (edition.Impact, error) {
	if err := p.Refresh(ctx); err != nil {
		return edition.Impact{}, err
	}
	set.Status = edition.DraftSet
	c, err := p.prepare(ctx, set)
	if err != nil {
		return edition.Impact{}, err
	}
	return c.Preview(ctx, o)
}

// Impact counts where a concept (an id) is named, and how: what a change of it
// would have to look at. What is not right under the glossary as it is counts
// by what would be done about it.
func (p *Pipeline) Impact(ctx context.Context, concept string, o PreviewOptions) (edition.Impact, error) {
	g := p.terms.Load()
	i, ok := g.ByID(concept)
	if !ok {
		return edition.Impact{}, fmt.Errorf("the glossary in the database has no concept %q: %w", concept, edition.ErrNotFound)
	}
	c := g.Concept(i)
	ch, err := p.prepare(ctx, edition.ChangeSet{Status: edition.DraftSet, Base: g.version, Edits: []edition.ConceptEdit{{ID: concept, Before: c, After: c}}})
	if err != nil {
		return edition.Impact{}, err
	}
	ch.locales = nil
	return ch.Preview(ctx, o)
}

// previewWorkers is how many readers a preview has: while one waits for the
// disk, others count.
const previewWorkers = 4

// pageOfPreview is how many segments a preview reads at once.
const pageOfPreview = 512

// Preview is Pipeline.PreviewChanges of a set that has been prepared.
func (c *Changes) Preview(ctx context.Context, o PreviewOptions) (edition.Impact, error) {
	o.Groups, o.Samples = cmp.Or(o.Groups, 50), cmp.Or(o.Samples, 3)
	parts := split(*c.sources.Load(), previewWorkers)
	works := make([]*previewer, len(parts)+1)
	errs := make([]error, len(works))
	var wg sync.WaitGroup
	for i := range works {
		works[i] = &previewer{c: c, tally: edition.NewTally(o.Samples), asked: askings{}}
		wg.Go(func() {
			if i == len(parts) {
				errs[i] = works[i].memory(ctx)
				return
			}
			errs[i] = works[i].targets(ctx, parts[i])
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return edition.Impact{}, err
	}
	for _, w := range works[1:] {
		works[0].join(w)
	}
	im := works[0].tally.Impact(o.Groups)
	im.ChangeSet, im.Concepts, im.Sources = c.Set.ID, len(c.Set.Edits), c.Sources()
	var err error
	if im.Engines, err = works[0].asked.quote(ctx, c); err != nil {
		return edition.Impact{}, err
	}
	im.Seconds = expected(&im)
	im.Echoes = c.echoes()
	return im, nil
}

// split cuts a list into parts of about the same length.
func split(ids []int64, n int) [][]int64 {
	if len(ids) < 2*chunkOfSources || n < 2 {
		return [][]int64{ids}
	}
	return slices.Collect(slices.Chunk(ids, (len(ids)+n-1)/n))
}

// previewer counts a part of what is touched.
type previewer struct {
	c     *Changes
	tally *edition.Tally
	asked askings
}

func (w *previewer) targets(ctx context.Context, sources []int64) error {
	for from, done := (edition.Cursor{}), len(sources) == 0; !done; {
		var page []edition.Affected
		var err error
		if page, from, done, err = w.c.page(ctx, sources, from, pageOfPreview, time.Time{}); err != nil {
			return err
		}
		var again []*edition.Affected
		for i := range page {
			pl := w.c.Planner.PlanTarget(&page[i])
			w.tally.Add(&page[i], &pl)
			if pl.Action == edition.ActRetranslate {
				again = append(again, &page[i])
			}
		}
		if err := w.asked.add(ctx, w.c, again); err != nil {
			return err
		}
	}
	return nil
}

func (w *previewer) memory(ctx context.Context) error {
	for after, done := int64(0), false; !done; {
		var page []edition.AffectedMemory
		var err error
		if page, after, done, err = w.c.Memory(ctx, after, 4096); err != nil {
			return err
		}
		for i := range page {
			pl := w.c.Planner.PlanMemory(&page[i])
			w.tally.AddMemory(&page[i], &pl)
		}
	}
	return nil
}

// engineSeconds is about how long an engine takes: what its own limits allow,
// else requests of ten segments that take two seconds each.
func engineSeconds(l engine.Limits, segments, characters int) float64 {
	s := float64(segments) / 10 * 2 / float64(max(l.Concurrency, 1))
	if l.CharactersPerMinute > 0 {
		s = max(s, float64(characters)/float64(l.CharactersPerMinute)*60)
	}
	return s
}

func (w *previewer) join(o *previewer) {
	w.tally.Join(o.tally)
	w.asked.join(o.asked)
}

// targetsPerSecond is how fast a batch goes through targets, about.
const targetsPerSecond = 10_000

// expected is about how long applying takes: the engines work beside each
// other.
func expected(im *edition.Impact) float64 {
	s := 0.0
	for _, e := range im.Engines {
		s = max(s, e.Seconds)
	}
	return s + float64(im.Targets)/targetsPerSecond
}

// Limits of the search for echoes: a whole new glossary has none to tell.
const (
	mostEchoing = 50 // edits
	mostEchoes  = 50
)

// echoes finds the terms of other concepts in which an old preferred term
// stands: مشفى سرقب, where سرقب becomes سراقب.
func (c *Changes) echoes() []edition.Echo {
	if len(c.Set.Edits) > mostEchoing {
		return nil
	}
	var out []edition.Echo
	for i := range c.Set.Edits {
		e := &c.Set.Edits[i]
		k, ok := c.fresh.ByID(e.ID)
		if !ok || e.Before == nil || e.After == nil {
			continue
		}
		for lang, was := range e.Before.Targets {
			is := e.After.Targets[lang]
			if len(was.Preferred) > 0 && len(is.Preferred) > 0 && was.Preferred[0].Text != is.Preferred[0].Text && len(out) < mostEchoes {
				out = c.echoesOf(out, lang, k, was.Preferred[0].Text, is.Preferred[0].Text)
			}
		}
	}
	slices.SortFunc(out, func(a, b edition.Echo) int {
		return cmp.Or(cmp.Compare(a.Concept, b.Concept), cmp.Compare(a.Locale, b.Locale), cmp.Compare(a.Term, b.Term))
	})
	return out
}

func (c *Changes) echoesOf(out []edition.Echo, lang string, concept int, old, fresh string) []edition.Echo {
	stem := []rune(old)
	part := string(stem[:min(len(stem), 4)])
	for i := range c.fresh.Len() {
		if i == concept {
			continue
		}
		ts := c.fresh.Concept(i).Targets[lang]
		for _, t := range slices.Concat(ts.Preferred, ts.Accepted) {
			if !strings.Contains(t.Text, part) {
				continue
			}
			if text, swaps, _ := c.fresh.SwapTerm(lang, t.Text, old, fresh, concept); len(swaps) > 0 && text != t.Text {
				out = append(out, edition.Echo{Concept: c.fresh.Concept(i).ID, Locale: lang, Term: t.Text, Old: old, New: text})
			}
		}
		if len(out) >= mostEchoes {
			return out
		}
	}
	return out
}
