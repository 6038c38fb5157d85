package memory

import (
	"cmp"
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
	ids     []uint32
	shared  []uint8 // by source: the weight of the lists that it is in; zero between look-ups
	ordered []uint32
	levels  []level
	room    [256]level
	reach   [101][]uint32 // by likeness: the sources that can reach it and no more
	fetched int
	terms   []term
	row     []int32
	hits    []hit
	best    []int // the best scores so far, ascending
	buf     []byte
}

var searches = sync.Pool{New: func() any { return new(search) }}

// fuzzy finds the sources that are like the query by threshold or better and
// that have an entry in the locale, best first; at least the keep best of
// them. The caller holds mu for reading.
func (c *core) fuzzy(s *search, text string, locale uint8, threshold, keep int) []hit {
	s.hits, s.best = s.hits[:0], s.best[:0]
	if !s.load(c, text) {
		return nil
	}
	c.pass(s, locale, threshold, keep)
	slices.SortFunc(s.hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.source, b.source))
	})
	return s.hits
}

// pass finds the sources above a threshold, at least the keep best of them.
// What can be the most like the query is compared first: soon the keep best are
// known, and the threshold rises above all that is left.
func (c *core) pass(s *search, locale uint8, threshold, keep int) {
	s.gather(c, threshold)
	for bound := 100; bound >= threshold; bound-- {
		for len(s.levels) > 0 && s.levels[0].bound >= bound {
			c.sift(s, s.levels[0], threshold)
			s.levels = s.levels[1:]
		}
		some := s.reach[bound]
		for i, src := range some {
			if i%ahead == 0 {
				s.fetched += c.fetch(some[i:min(i+ahead, len(some))])
			}
			if threshold = c.look(s, src, locale, threshold, keep); threshold > bound {
				return
			}
		}
	}
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

// look compares a source, and gives the threshold for the next.
func (c *core) look(s *search, src uint32, locale uint8, threshold, keep int) int {
	score := c.compare(s, src, threshold)
	if score < threshold {
		return threshold
	}
	worth := c.worth(src, locale, score)
	if worth < threshold {
		return threshold
	}
	s.hits = append(s.hits, hit{src, score, sameClasses(s.query, s.terms)})
	return max(threshold, s.note(worth, keep))
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
			best = max(best, score-c.penalty(p))
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
	return s.best[0] + 1
}
