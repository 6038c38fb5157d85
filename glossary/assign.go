package glossary

import (
	"cmp"
	"slices"
)

// This file shares the words of a target among the concepts that need them:
// spans are disjoint, as many concepts as possible are satisfied, and longer
// spans go first (terminology rules, "EXCLUSIVITY").

// assign chooses a match for each need and counts its mentions.
func (r *reader) assign(t *target) {
	r.order = r.order[:0]
	for i := range r.matches {
		if t.usable(r, &r.matches[i]) {
			r.order = append(r.order, int32(i))
		}
	}
	slices.SortFunc(r.order, func(a, b int32) int { return r.longer(&r.matches[a], &r.matches[b]) })
	r.taken = append(r.taken[:0], make([]bool, len(r.words))...)
	missed := false
	for _, i := range r.order {
		m := &r.matches[i]
		if n := &r.needs[m.need]; n.best < 0 {
			if r.free(m) {
				r.take(m, true)
				n.best, n.found = i, 1
			} else {
				missed = true
			}
		}
	}
	if missed && r.unsatisfied() {
		r.search()
	}
	r.count()
}

// longer orders matches: more words, more bytes, better class, lower tier,
// earlier.
func (r *reader) longer(a, b *match) int {
	if c := (b.after - b.first) - (a.after - a.first); c != 0 {
		return int(c)
	}
	as, ae := r.span(a)
	bs, be := r.span(b)
	if a.first == b.first { // the same words: the better spelt term
		return cmp.Or((be-bs)-(ae-as), a.cost()-b.cost(), int(a.class)-int(b.class))
	}
	return cmp.Or((be-bs)-(ae-as), int(a.class)-int(b.class), a.cost()-b.cost(), int(a.first)-int(b.first))
}

func (r *reader) free(m *match) bool {
	for i := m.first; i < m.after; i++ {
		if r.taken[i] {
			return false
		}
	}
	return true
}

func (r *reader) take(m *match, taken bool) {
	for i := m.first; i < m.after; i++ {
		r.taken[i] = taken
	}
}

// unsatisfied reports a need that has usable matches but got none.
func (r *reader) unsatisfied() bool {
	for _, i := range r.order {
		if r.needs[r.matches[i].need].best < 0 {
			return true
		}
	}
	return false
}

// searchLimit bounds the steps of search; a segment that needs more keeps the
// best assignment found till then.
const searchLimit = 20000

// search looks for the assignment that satisfies most needs, then covers most
// words. It starts from the greedy one.
func (r *reader) search() {
	s := searching{r: r, best: make([]int32, len(r.needs)), now: make([]int32, len(r.needs))}
	for i := range r.needs {
		s.best[i], s.now[i] = r.needs[i].best, -1
		if s.best[i] >= 0 {
			s.count++
			s.words += r.matches[s.best[i]].after - r.matches[s.best[i]].first
		}
	}
	clear(r.taken)
	s.step(0, 0, 0)
	clear(r.taken)
	for i := range r.needs {
		r.needs[i].best = s.best[i]
		if s.best[i] >= 0 {
			r.needs[i].found = 1
			r.take(&r.matches[s.best[i]], true)
		} else {
			r.needs[i].found = 0
		}
	}
}

type searching struct {
	r     *reader
	best  []int32
	now   []int32
	count int
	words int32
	steps int
}

// step decides about need i and those after it.
func (s *searching) step(i, count int, words int32) {
	if s.steps++; s.steps > searchLimit || count+len(s.now)-i < s.count {
		return
	}
	if i == len(s.now) {
		if count > s.count || count == s.count && words > s.words {
			copy(s.best, s.now)
			s.count, s.words = count, words
		}
		return
	}
	for _, k := range s.r.order {
		m := &s.r.matches[k]
		if int(m.need) != i || !s.r.free(m) {
			continue
		}
		s.r.take(m, true)
		s.now[i] = k
		s.step(i+1, count+1, words+m.after-m.first)
		s.now[i] = -1
		s.r.take(m, false)
	}
	s.step(i+1, count, words)
}

// count gives the words that are left to further mentions, and makes the best
// mention of a concept the one that is reported.
func (r *reader) count() {
	for _, i := range r.order {
		m := &r.matches[i]
		n := &r.needs[m.need]
		if n.best < 0 || n.best == i || !r.free(m) {
			continue
		}
		r.take(m, true)
		n.found++
		b := &r.matches[n.best]
		if m.class < b.class || m.class == b.class && m.cost() < b.cost() {
			n.best = i
		}
	}
}
