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
	ids     []uint32
	shared  []uint8 // by source: the weight of the lists that it is in; zero between look-ups
	found   []candidate
	order   []candidate
	fetched int
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
	c.pass(s, locale, threshold, keep)
	slices.SortFunc(s.hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.source, b.source))
	})
	return s.hits
}

// pass finds the sources above a threshold, at least the keep best of them.
func (c *core) pass(s *search, locale uint8, threshold, keep int) {
	s.hits, s.best = s.hits[:0], s.best[:0]
	s.begin(c.sources.n)
	s.gather(c, threshold)
	ranked := s.ranked()
	for i, x := range ranked {
		if int(x.bound) < threshold {
			break
		}
		if i%ahead == 0 {
			s.fetched += c.fetch(ranked[i:min(i+ahead, len(ranked))])
		}
		threshold = c.look(s, x.source, locale, threshold, keep)
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

// choose sorts the query's classes, the rarest first, and takes as many as
// must be looked at: together they weigh more than a source at the threshold
// may lack, so that it has one of them. need is what it has of their weight
// at least. Words that the dictionary has not are the rarest of all.
//
// More than these are taken where that is cheap: then a source must have
// several, and most are ruled out by counting alone.
func (s *search) choose(c *core, threshold int) (lists []weighed, need int) {
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
	lack := allowance(threshold, s.weight, 0)
	total, cost := 0, uint32(0)
	for i, w := range s.classes {
		if total > lack && (total > lack+lack/2 || c.isCommon(w.class) || w.count > max(cost, 4096)) {
			return s.classes[:i], total - lack
		}
		total += w.weight
		cost += w.count
	}
	return s.classes, total - lack
}

// ahead is how many sources are fetched together.
const ahead = 16

// fetch reads a byte of each source's record, one after the other, so that the
// processor waits for all of them at once. The sum is of no use but to keep
// the reads.
func (c *core) fetch(some []candidate) (sum int) {
	for _, x := range some {
		sum += int(c.arena.at(c.sources.at(x.source).record)[0])
	}
	return sum
}

// isCommon reports whether a class has no list.
func (c *core) isCommon(class termID) bool { return class != unknown && c.postings[class].common }

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

// candidate is a source that may be like the query, by bound at most.
type candidate struct{ source, bound uint32 }

// gather collects the sources that can reach the threshold in s.found: those
// that are in lists of enough weight, and that their briefs do not rule out.
// A common class has no list: where it takes part, all sources are looked at.
func (s *search) gather(c *core, threshold int) {
	s.found = s.found[:0]
	lists, need := s.choose(c, threshold)
	unit, total := scale(lists)
	if unit == 0 || slices.ContainsFunc(lists, func(w weighed) bool { return c.isCommon(w.class) }) {
		for first := uint32(1); first < uint32(c.sources.n); first += blockSize {
			s.ids = s.ids[:0]
			for i := range min(blockSize, uint32(c.sources.n)-first) {
				s.ids = append(s.ids, first+i)
			}
			c.sift(s, threshold, 0, 0)
		}
		return
	}
	if len(s.shared) < c.sources.n {
		s.shared = make([]uint8, c.sources.n+c.sources.n/8)
	}
	s.ids = s.ids[:0]
	for _, l := range lists {
		if l.count > 0 {
			s.count(&c.postings[l.class], uint8((l.weight+unit-1)/unit), uint8((need+unit-1)/unit))
		}
	}
	c.sift(s, threshold, total, unit)
	clear(s.shared[:c.sources.n])
}

// blockSize is how many sources are looked at together.
const blockSize = 256

// scale gives the unit in which the lists' weights, each rounded up, add up
// to what a byte holds, 0 where they are too many, and the sum of the weights
// as they are.
func scale(lists []weighed) (unit, total int) {
	for _, l := range lists {
		total += l.weight
	}
	if len(lists) > 255 {
		return 0, total
	}
	for unit = 2; ; unit *= 2 {
		sum := 0
		for _, l := range lists {
			sum += (l.weight + unit - 1) / unit
		}
		if sum <= 255 {
			return unit, total
		}
	}
}

// count adds weight to what each source of a list shares with the query. The
// sources that reach need by it are added to s.ids.
func (s *search) count(l *posting, weight, need uint8) {
	shared, ids, src := s.shared, s.ids, uint32(0)
	below := need - min(weight, need) // from here on weight is enough
	for data := l.data; len(data) > 0; {
		step, n := uint32(data[0]), 1
		if step >= 0x80 {
			if len(data) > 1 && data[1] < 0x80 {
				step, n = step&0x7f|uint32(data[1])<<7, 2
			} else {
				wide, k := binary.Uvarint(data)
				step, n = uint32(wide), k
			}
		}
		data = data[n:]
		src += step
		was := shared[src]
		shared[src] = was + weight
		if was < need && was >= below {
			ids = append(ids, src)
		}
	}
	s.ids = ids
}

// sift adds those of s.ids to s.found that can reach the threshold. A source
// is like the query by T% at most where the two share T% of the heavier one's
// weight: so the lists that it is not in, of all that were counted, the length
// and the classes that its signature lacks can rule it out.
//
// Most of the time of a look-up goes into waiting for the briefs, so the loop
// does nothing else.
func (c *core) sift(s *search, threshold, counted, unit int) {
	sign, weight, room := s.sign, s.weight, 100-threshold
	for _, src := range s.ids {
		gone := 0
		if counted > 0 {
			gone = counted - unit*int(s.shared[src])
		}
		b := c.briefs.at(src)
		w := b.weight()
		heavier := max(weight, w)
		apart := heavier - min( // at least
			weight-max(gone, fullWeight*sign.without(b)),
			w-fullWeight*b.without(&sign))
		if w == mostWeight {
			apart = 0
		}
		if 100*apart <= room*heavier {
			s.found = append(s.found, candidate{src, uint32(likeness(apart, weight, w))})
		}
	}
}

// ranked gives s.found in the order of the bounds, the highest first.
func (s *search) ranked() []candidate {
	var start [102]int // by bound, where its candidates begin, counted from the highest
	for _, x := range s.found {
		start[100-x.bound+1]++
	}
	for i := 1; i < len(start); i++ {
		start[i] += start[i-1]
	}
	s.order = slices.Grow(s.order[:0], len(s.found))[:len(s.found)]
	for _, x := range s.found {
		at := &start[100-x.bound]
		s.order[*at] = x
		*at++
	}
	return s.order
}

// look compares a source that was not compared before, and gives the
// threshold for the next.
func (c *core) look(s *search, src uint32, locale uint8, threshold, keep int) int {
	if s.seen[src] == s.round {
		return threshold
	}
	s.seen[src] = s.round
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
