package memory

import (
	"cmp"
	"slices"
)

// weighed is a class of the query with all that it weighs there.
type weighed struct {
	class  termID
	weight int
	count  uint32 // sources that hold it
}

// level are sources that share as much of the weight that was counted, so that
// they can be like the query by bound at most.
type level struct {
	ids   []uint32
	gone  int // the weight that was counted and that they lack
	bound int
}

// siftCost is about what looking at a candidate takes, in nanoseconds.
const siftCost = 30

// choose sorts the query's classes, the rarest first, and takes as many as
// must be looked at: together they weigh more than a source at the threshold
// may lack, so that it has one of them. need is what it has of their weight
// at least. Words that the dictionary has not are the rarest of all.
//
// More than these are taken while it costs less to read another list than to
// look at those that it rules out.
func (s *search) choose(c *core, threshold int) (lists []weighed, need int) {
	s.sortClasses(c)
	lack := allowance(threshold, s.weight, 0)
	total, read := 0, 0
	for i, w := range s.classes {
		if total > lack {
			now := byChance(c.sources.n, read, total-lack)
			then := byChance(c.sources.n, read+int(w.count), total+w.weight-lack)
			if siftCost*(now-then) < c.postings[w.class].cost(c.sources.n) {
				return s.classes[:i], total - lack
			}
		}
		total += w.weight
		read += int(w.count)
	}
	return s.classes, total - lack
}

// sortClasses collects the query's classes, the rarest first.
func (s *search) sortClasses(c *core) {
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
}

// byChance is about how many of n sources have words that weigh need, were
// the read entries of the lists strewn over them (Poisson's law).
func byChance(n, read, need int) float64 {
	out, rate := float64(n), float64(read)/float64(n)
	for i := 1; (i-1)*fullWeight < need; i++ {
		out *= rate / float64(i)
	}
	return out
}

// gather sorts the sources that are in lists of enough weight into s.levels,
// the most like the query first. Where the words are too many to be counted,
// all sources are one level.
func (s *search) gather(c *core, threshold int) {
	for i := range s.reach {
		s.reach[i] = s.reach[i][:0]
	}
	s.ids = s.ids[:0]
	lists, need := s.choose(c, threshold)
	unit, total := scale(lists)
	if unit == 0 {
		for src := range uint32(c.sources.n) - 1 {
			s.ids = append(s.ids, src+1)
		}
		s.levels = append(s.room[:0], level{ids: s.ids, bound: 100})
		return
	}
	s.countAll(c, lists, unit, (need+unit-1)/unit)
	s.sortLevels(total, unit)
	clear(s.shared[:c.sources.n])
}

// countAll counts what the sources share of the lists, and collects those that
// share need or more units in s.ids.
func (s *search) countAll(c *core, lists []weighed, unit, need int) {
	if len(s.shared) < c.sources.n+64 { // the bits come in words
		s.shared = make([]uint8, c.sources.n+c.sources.n/8+64)
	}
	common := slices.ContainsFunc(lists, func(w weighed) bool { return c.postings[w.class].common })
	collect := uint8(need)
	if common {
		collect = mostShared + 1 // none: they are collected at the end
	}
	for _, l := range lists {
		if l.count > 0 {
			s.ids = c.postings[l.class].count(s.shared, s.ids, uint8((l.weight+unit-1)/unit), collect)
		}
	}
	if common {
		s.ids = reaching(s.shared[:c.sources.n+7], s.ids, uint8(need))
	}
}

// mostShared is the most that is counted: what fits in seven bits.
const mostShared = 127

// scale gives the unit in which the lists' weights, each rounded up, add up
// to mostShared at most, 0 where they are too many, and the sum of the weights
// as they are.
func scale(lists []weighed) (unit, total int) {
	for _, l := range lists {
		total += l.weight
	}
	if len(lists) > mostShared {
		return 0, total
	}
	for unit = 2; ; unit *= 2 {
		sum := 0
		for _, l := range lists {
			sum += (l.weight + unit - 1) / unit
		}
		if sum <= mostShared {
			return unit, total
		}
	}
}

// sortLevels sorts s.ids by what they share of the counted weight. Of words
// that are not there none can be kept, so that a source is like the query by
// the rest at most; were it longer, it would be less like it still.
func (s *search) sortLevels(counted, unit int) {
	var start [257]int // by weight, where its sources begin, counted from the highest
	for _, src := range s.ids {
		start[256-int(s.shared[src])]++
	}
	for i := 1; i < len(start); i++ {
		start[i] += start[i-1]
	}
	begin := start
	s.ordered = slices.Grow(s.ordered[:0], len(s.ids))[:len(s.ids)]
	for _, src := range s.ids {
		at := &start[255-int(s.shared[src])]
		s.ordered[*at] = src
		*at++
	}
	s.levels = s.room[:0]
	for i := range 256 {
		if ids := s.ordered[begin[i]:begin[i+1]]; len(ids) > 0 {
			gone := max(0, counted-unit*(255-i))
			s.levels = append(s.levels, level{ids, gone, likeness(gone, s.weight, s.weight)})
		}
	}
}

// sift puts the sources of a level that can reach the threshold into s.reach.
// Two texts are alike by T% at most where they share T% of the heavier one's
// weight: so the length, and the classes that one of them has and the other
// has not by their briefs, rule most out without reading them.
//
// Most of the time goes into waiting for the briefs, so the loop does nothing
// else.
func (c *core) sift(s *search, l level, threshold int) {
	sign, weight := s.sign, s.weight
	for _, src := range l.ids {
		b := c.briefs.at(src)
		w := b.weight()
		heavier := max(weight, w)
		apart := heavier - min( // at least
			weight-max(l.gone, fullWeight*sign.without(b)),
			w-fullWeight*b.without(&sign))
		if w == mostWeight {
			apart = 0
		}
		if bound := min(l.bound, likeness(apart, weight, w)); bound >= threshold {
			s.reach[bound] = append(s.reach[bound], src)
		}
	}
}

// ahead is how many sources are fetched together.
const ahead = 16

// fetch reads a byte of each source's record, one after the other, so that the
// processor waits for all of them at once. The sum is of no use but to keep
// the reads.
func (c *core) fetch(some []uint32) (sum int) {
	for _, src := range some {
		sum += int(c.arena.at(c.sources.at(src).record)[0])
	}
	return sum
}
