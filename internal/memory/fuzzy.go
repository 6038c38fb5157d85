package memory

import (
	"cmp"
	"encoding/binary"
	"slices"
	"sync"
)

// maxFuzzyTokens bounds the texts that are compared word by word; longer ones
// are found exactly or not at all. It is far beyond any sentence.
const maxFuzzyTokens = 2000

// hit is a source that is like the query.
type hit struct {
	source uint32
	score  int
	// values is set where source and query differ in values at most.
	values bool
}

// search is the state of one fuzzy look-up, kept for the next one.
type search struct {
	tokens []token
	query  []term
	weight int
	sign   brief

	classes []weighed
	seen    []uint32 // by source: the round in which it was looked at
	round   uint32
	terms   []term
	row     []int32
	hits    []hit
	best    []int // the best scores so far, ascending
	buf     []byte
}

var searches = sync.Pool{New: func() any { return new(search) }}

// weighed is a class of the query with all that it weighs there.
type weighed struct {
	class  termID
	weight int
	count  uint32 // sources that hold it
}

// fuzzy finds the sources that are like the query by threshold or better and
// that have an entry in the locale, best first; at least the keep best of
// them. The caller holds mu for reading.
func (c *core) fuzzy(s *search, text string, locale uint8, threshold, keep int) []hit {
	s.hits, s.best = s.hits[:0], s.best[:0]
	if !s.load(c, text) {
		return nil
	}
	lists := s.choose(c, threshold)
	s.begin(c.sources.n)
	gone := 0 // weight of the lists done: what a source found now has not
	for _, l := range lists {
		switch {
		case l.count == 0:
		case c.postings[l.class].common:
			for src := uint32(1); src < uint32(c.sources.n); src++ {
				c.look(s, src, locale, &threshold, keep, gone)
			}
		default:
			c.scan(s, l.class, locale, &threshold, keep, gone)
		}
		gone += l.weight
	}
	slices.SortFunc(s.hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.source, b.source))
	})
	return s.hits
}

// load cuts the query into terms.
func (s *search) load(c *core, text string) bool {
	s.tokens = tokenise(s.tokens[:0], text, c.names)
	s.query, s.weight, s.sign = s.query[:0], 0, brief{}
	if len(s.tokens) > maxFuzzyTokens {
		return false
	}
	for _, t := range s.tokens {
		var x term
		x, s.buf = c.dict.term(t, text, c.names, s.buf)
		s.query = append(s.query, x)
		s.weight += int(x.weight)
		if x.weight == fullWeight && x.class != unknown {
			s.sign.add(x.class)
		}
	}
	return s.weight > 0
}

// choose takes the query's rarest classes until they weigh more than a
// source at the threshold may lack: such a source has one of them. Words that
// the dictionary has not are the rarest of all. A common class has no list:
// where it takes part, all sources are looked at.
func (s *search) choose(c *core, threshold int) []weighed {
	s.classes = s.classes[:0]
	for _, t := range s.query {
		i := slices.IndexFunc(s.classes, func(w weighed) bool { return w.class == t.class })
		if i < 0 {
			i = len(s.classes)
			w := weighed{class: t.class}
			if t.class != unknown {
				w.count = c.postings[t.class].n
			}
			s.classes = append(s.classes, w)
		}
		s.classes[i].weight += int(t.weight)
	}
	slices.SortFunc(s.classes, func(a, b weighed) int {
		return cmp.Or(cmp.Compare(a.count, b.count), cmp.Compare(a.class, b.class))
	})
	need := allowance(threshold, s.weight, 0) + 1
	for i, w := range s.classes {
		if need -= w.weight; need <= 0 {
			return s.classes[:i+1]
		}
	}
	return s.classes
}

// begin opens a round over n sources.
func (s *search) begin(n int) {
	if len(s.seen) < n {
		s.seen = make([]uint32, n+n/8)
		s.round = 0
	}
	s.round++
	if s.round == 0 {
		clear(s.seen)
		s.round = 1
	}
}

// scan looks at all sources of a class's list.
func (c *core) scan(s *search, class termID, locale uint8, threshold *int, keep, gone int) {
	src := uint32(0)
	for data := c.postings[class].data; len(data) > 0; {
		step, n := uint64(data[0]), 1
		if step >= 0x80 {
			step, n = binary.Uvarint(data)
		}
		data = data[n:]
		src += uint32(step)
		c.look(s, src, locale, threshold, keep, gone)
	}
}

// look takes a source that is like the query and was not looked at before.
// threshold rises as soon as keep better ones are known.
func (c *core) look(s *search, src uint32, locale uint8, threshold *int, keep, gone int) {
	if !c.possible(s, src, *threshold, gone) || s.seen[src] == s.round {
		return
	}
	s.seen[src] = s.round
	score := c.compare(s, src, *threshold)
	if score < *threshold {
		return
	}
	worth := c.worth(src, locale, score)
	if worth < *threshold {
		return
	}
	s.hits = append(s.hits, hit{src, score, sameClasses(s.query, s.terms)})
	*threshold = max(*threshold, s.note(worth, keep))
}

// possible reports whether a source can reach the threshold at all. A source
// is like the query by T% at most where the two share T% of the heavier one's
// weight: so the lists that it is not in, the length and the classes that its
// signature lacks can rule it out.
func (c *core) possible(s *search, src uint32, threshold, gone int) bool {
	sign := c.briefs.at(src)
	w := sign.weight()
	if w == mostWeight {
		return true
	}
	heavier := max(s.weight, w)
	lack := allowance(threshold, s.weight, w) - (heavier - s.weight) // of the query's weight
	over := allowance(threshold, s.weight, w) - (heavier - w)        // of the source's
	if gone > lack || over < 0 {
		return false
	}
	return fullWeight*s.sign.without(sign) <= lack && fullWeight*sign.without(&s.sign) <= over
}

// compare gives the likeness of a source, or less than threshold.
func (c *core) compare(s *search, src uint32, threshold int) int {
	s.terms = c.terms(s.terms[:0], src)
	if len(s.terms) > maxFuzzyTokens {
		return -1
	}
	w := 0
	for _, t := range s.terms {
		w += int(t.weight)
	}
	limit := allowance(threshold, s.weight, w)
	var d int
	d, s.row = distance(s.query, s.terms, limit, s.row)
	if d > limit {
		return -1
	}
	return likeness(d, s.weight, w)
}

// sameClasses reports whether two lists of terms differ in values at most.
func sameClasses(a, b []term) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].class != b[i].class || a[i].class == unknown {
			return false
		}
	}
	return true
}

// worth gives the best score, less penalties, of a source's entries in the
// locale, -1 for none.
func (c *core) worth(src uint32, locale uint8, score int) int {
	best := -1
	for at := c.sources.at(src).first; at != 0; at = c.pairs.at(at).next {
		if p := c.pairs.at(at); p.locale == locale {
			best = max(best, score-c.penalty(p.birth))
		}
	}
	return best
}

// note keeps the best scores, in ascending order, and gives the one that a
// further hit must reach to be among the keep best, 0 while there are fewer.
func (s *search) note(score, keep int) int {
	i, _ := slices.BinarySearch(s.best, score)
	s.best = slices.Insert(s.best, i, score)
	if len(s.best) > keep {
		s.best = slices.Delete(s.best, 0, 1)
	}
	if len(s.best) < keep {
		return 0
	}
	return s.best[0]
}
