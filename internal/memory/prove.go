package memory

import (
	"cmp"
	"runtime"
	"slices"
	"sync"
)

// Prove compares fuzzy look-ups with a full scan, which reads every source
// and compares it word by word: of the keep best scores that the scan finds
// for each text, want in all, it counts those that the look-up found too.
// Writers wait meanwhile. It is slow by nature, and uses all cores.
func (ix *Index) Prove(locale string, texts []string, threshold, keep int) (found, want int) {
	c := ix.core.Load()
	c.mu.RLock()
	defer c.mu.RUnlock()
	number, ok := c.locale(locale)
	if !ok {
		return 0, 0
	}
	scores := c.scanAll(number, texts, threshold, keep)
	s := new(search)
	for i, text := range texts {
		hits := c.fuzzy(s, text, number, threshold, keep)
		want += len(scores[i])
		for n, score := range scores[i] {
			if n < len(hits) && hits[n].score == score {
				found++
			}
		}
	}
	return found, want
}

// scanAll gives the keep best scores of each text, the highest first.
func (c *core) scanAll(locale uint8, texts []string, threshold, keep int) [][]int {
	workers := runtime.GOMAXPROCS(0)
	parts := make([][][]int, workers)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() { parts[w] = c.scanPart(locale, texts, threshold, w, workers) })
	}
	wg.Wait()
	out := make([][]int, len(texts))
	for i := range texts {
		for _, p := range parts {
			out[i] = append(out[i], p[i]...)
		}
		slices.SortFunc(out[i], func(a, b int) int { return cmp.Compare(b, a) })
		out[i] = out[i][:min(keep, len(out[i]))]
	}
	return out
}

// scanPart compares every text with every source whose row is from, from+step
// and so on.
func (c *core) scanPart(locale uint8, texts []string, threshold, from, step int) [][]int {
	queries := make([]*search, len(texts))
	for i, text := range texts {
		queries[i] = new(search)
		queries[i].load(c, text)
	}
	out := make([][]int, len(texts))
	var terms []term
	var row []int32
	for r := uint32(1 + from); r < uint32(c.sources.n); r += uint32(step) {
		if c.worth(r, locale, 0) < 0 {
			continue
		}
		terms = c.terms(terms[:0], r)
		weight := 0
		for _, t := range terms {
			weight += int(t.weight)
		}
		for i, q := range queries {
			limit := allowance(threshold, q.weight, weight)
			if q.weight == 0 || max(q.weight-weight, weight-q.weight) > limit || len(terms) > maxFuzzyTokens {
				continue
			}
			var d int
			if d, row = distance(q.query, terms, limit, row); d <= limit {
				out[i] = append(out[i], likeness(d, q.weight, weight))
			}
		}
	}
	return out
}
