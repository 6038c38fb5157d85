package memory

import (
	"bytes"
	"cmp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"dragoman/content"
	"dragoman/glossary"
	"dragoman/internal/edition"
)

// Finder finds a text in others, whatever the capitals, the vowel
// signs, the forms of letters (as glossary.FoldName has them) and the codes.
type Finder struct {
	want  string
	bytes []byte // want too
}

// NewFinder gives a finder of a plain text; an empty one is in every text.
func NewFinder(text string) Finder {
	want := glossary.FoldName(text)
	return Finder{want, []byte(want)}
}

// In reports whether the text stands in a coded one.
func (f Finder) In(coded string) bool {
	if f.want == "" {
		return true
	}
	if strings.Contains(coded, "⟦") {
		coded = content.Plain(coded)
	}
	return strings.Contains(glossary.FoldName(coded), f.want)
}

// in is In without a copy of the text; room is scratch.
func (f Finder) in(coded []byte, room *[]byte) bool {
	if f.want == "" {
		return true
	}
	// Few texts have a character that begins as ⟦ does.
	if bytes.IndexByte(coded, "⟦"[0]) >= 0 && bytes.Contains(coded, []byte("⟦")) {
		return f.In(string(coded))
	}
	*room = glossary.AppendFold((*room)[:0], coded)
	return bytes.Contains(*room, f.bytes)
}

// Search asks for entries by what they say and where they come from. Empty
// fields ask for nothing.
type Search struct {
	Text           string // in the source or the target, as people read it
	Locale, Origin string
	// Outdated asks for those that break the glossary because a term has
	// changed since their approval.
	Outdated bool
	// Before is the number below which to look, 0 for all; Limit the most
	// entries to give.
	Before int64
	Limit  int
	// Until is when a search for outdated entries stops, the zero time for
	// never: holding a million of them against the glossary takes a while.
	Until time.Time
}

// Found is what a Search gives.
type Found struct {
	IDs []int64 // the newest first
	// Total counts all that were found below Before, -1 where that is not known.
	Total int
	// Next is the Before to go on with, 0 at the end.
	Next int64
}

// Search finds entries. It reads and folds all texts on all cores, a million
// pairs in about a second of work, and lets writers in between.
func (ix *Index) Search(q Search) Found {
	c := ix.core.Load()
	ids := c.matching(q)
	if q.Outdated {
		return ix.outdated(q, newest(ids, len(ids)))
	}
	f := Found{IDs: newest(ids, q.Limit), Total: len(ids)}
	if n := len(f.IDs); n > 0 && n < len(ids) {
		f.Next = f.IDs[n-1]
	}
	return f
}

// newest gives the highest numbers, limit at most, the highest first, without
// sorting all.
func newest(ids []int64, limit int) []int64 {
	limit = min(limit, len(ids))
	if limit <= 0 {
		return nil
	}
	var best []int64
	for _, id := range slices.Backward(ids) { // the high ones are mostly last
		if len(best) >= limit && id < best[limit-1] {
			continue
		}
		if best = append(best, id); len(best) >= 2*limit || len(best) == limit {
			slices.SortFunc(best, func(a, b int64) int { return cmp.Compare(b, a) })
			best = best[:limit]
		}
	}
	slices.SortFunc(best, func(a, b int64) int { return cmp.Compare(b, a) })
	return best[:limit]
}

// matching gives the numbers of the entries that have the text, locale and
// origin that are asked for, in no order.
func (c *core) matching(q Search) []int64 {
	finder := NewFinder(q.Text)
	workers := runtime.GOMAXPROCS(0)
	found := make([][]int64, workers)
	var part atomic.Uint32
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			var room []byte
			for more := true; more; {
				found[w], room, more = c.matchingPart(found[w], q, finder, room, part.Add(1)-1)
			}
		})
	}
	wg.Wait()
	return slices.Concat(found...)
}

// matchingPart looks at the rows of a part; false means that there is none.
func (c *core) matchingPart(ids []int64, q Search, finder Finder, room []byte, part uint32) ([]int64, []byte, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	from := max(1, part*rowsChunk)
	end := min(part*rowsChunk+rowsChunk, uint32(c.pairs.n))
	for r := from; r < end; r++ {
		p := c.pairs.at(r)
		switch {
		case p.id == 0, q.Before != 0 && p.id >= q.Before:
		case q.Locale != "" && c.locales[p.locale] != q.Locale:
		case q.Origin != "" && c.births[p.birth].origin != q.Origin:
		case finder.in(c.text(p.source), &room), finder.in(c.arena.bytes(p.target), &room):
			ids = append(ids, p.id)
		}
	}
	return ids, room, from < end
}

// outdated gives those of some entries, the newest first, that break the
// glossary, as many as are wanted and as there is time for.
func (ix *Index) outdated(q Search, ids []int64) Found {
	f := Found{Total: -1}
	for i, id := range ids {
		if len(f.IDs) == q.Limit || i%64 == 63 && !q.Until.IsZero() && time.Now().After(q.Until) {
			f.Next = ids[i-1]
			return f
		}
		if _, broken := ix.Standing(id); broken {
			f.IDs = append(f.IDs, id)
		}
	}
	return f
}

// Standing holds an entry against the glossary as it is now. False means that
// its terms are right; else the match says what a look-up of its own source
// makes of it: a repaired one, or an outdated one with the reason in NoRepair.
func (ix *Index) Standing(id int64) (Match, bool) {
	c := ix.core.Load()
	c.mu.RLock()
	at := c.pairByID(id)
	if at == 0 {
		c.mu.RUnlock()
		return Match{}, false
	}
	m := Match{Entry: c.entry(at), Kind: edition.FromExact, Score: exactScore, core: c, pair: at, sound: c.isSound(at)}
	c.mu.RUnlock()
	m.Target = m.Entry.Target
	ix.current(Query{Locale: m.Entry.Locale, Text: m.Entry.Source}, &m)
	return m, m.Kind != edition.FromExact
}

// Count is how many entries of a locale come from an origin.
type Count struct {
	Locale, Origin        string
	Entries, Confidential int
}

// Counts counts the entries, in the order of locale and origin.
func (ix *Index) Counts() []Count {
	c := ix.core.Load()
	type born struct {
		locale uint8
		birth  uint16
	}
	n, private := map[born]int{}, map[born]int{}
	c.mu.RLock()
	defer c.mu.RUnlock()
	for r := uint32(1); r < uint32(c.pairs.n); r++ {
		if p := c.pairs.at(r); p.id != 0 {
			n[born{p.locale, p.birth}]++
			if p.private {
				private[born{p.locale, p.birth}]++
			}
		}
	}
	sums := map[[2]string]*Count{}
	for b, k := range n {
		key := [2]string{c.locales[b.locale], c.births[b.birth].origin}
		if sums[key] == nil {
			sums[key] = &Count{Locale: key[0], Origin: key[1]}
		}
		sums[key].Entries += k
		sums[key].Confidential += private[b]
	}
	out := make([]Count, 0, len(sums))
	for _, s := range sums {
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b Count) int {
		return cmp.Or(strings.Compare(a.Locale, b.Locale), strings.Compare(a.Origin, b.Origin))
	})
	return out
}
