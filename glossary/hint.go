package glossary

import (
	"math/bits"
	"strings"
)

// hintDistance is the greatest number of changed letters at which words of a
// target are shown as a hint.
const hintDistance = 2

// hint gives the words of the target nearest to a term of the concept: the
// same number of words, at most two letters changed, with or without what may
// be affixes. It is "" where nothing is near.
func (t *target) hint(r *reader, n *need) string {
	best, from, to := hintDistance+1, 0, 0
	for i := range n.e.terms {
		tm := &n.e.terms[i]
		if tm.class > classDerived {
			continue
		}
		want := joinLetters(tm.ctx.words)
		limit := hintDistance
		if len(want) < 5 {
			limit = 1
		}
		for w := 0; w+tm.n <= len(r.words); w++ {
			within := min(limit, best-1)
			if d := t.nearest(r, w, tm.n, want, within); d <= within {
				best, from, to = d, int(r.words[w].start), int(r.words[w+tm.n-1].end)
			}
		}
	}
	return r.text[from:to]
}

// joinLetters joins the words of a term by spaces.
func joinLetters(words []termWord) []rune {
	var out []rune
	for i := range words {
		if i > 0 {
			out = append(out, ' ')
		}
		out = append(out, words[i].letters...)
	}
	return out
}

// nearest gives the distance of n words from w on, over the readings of the
// first and the last one; limit+1 where it is more than limit.
func (t *target) nearest(r *reader, w, n int, want []rune, limit int) int {
	if limit < 0 {
		return limit + 1
	}
	first, last := &r.words[w], &r.words[w+n-1]
	if length := int(last.r1-first.r0) + n - 1; length < len(want)-limit || n > 1 && length > len(want)+limit+8 {
		return limit + 1
	}
	window := r.bag[:0]
	for k := w; k < w+n; k++ {
		if k > w {
			window = append(window, ' ')
		}
		window = append(window, r.lettersOf(&r.words[k])...)
	}
	r.bag = window
	best := limit + 1
	lastLength := int(last.r1 - last.r0)
	for a := first.n0; a < first.n1; a++ {
		from := int(r.readings[a].from)
		if n > 1 && a > first.n0 && from == 0 {
			continue
		}
		for b := last.n0; b < last.n1; b++ {
			if n == 1 && a != b {
				continue
			}
			got := window[from : len(window)-lastLength+int(r.readings[b].to)]
			best = min(best, r.editDistance(got, want, best-1))
		}
	}
	return best
}

// editDistance is the number of letters put in, left out, changed or swapped
// with their neighbour (optimal string alignment); limit+1 where it is more.
func (r *reader) editDistance(a, b []rune, limit int) int {
	if limit < 0 || len(a)-len(b) > limit || len(b)-len(a) > limit || bits.OnesCount64(letterSet(a)^letterSet(b)) > 2*limit {
		return limit + 1
	}
	for i := range r.rows {
		r.rows[i] = append(r.rows[i][:0], make([]int, len(b)+1)...)
	}
	prev2, prev, cur := r.rows[0], r.rows[1], r.rows[2]
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		low := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], prev2[j-2]+1)
			}
			low = min(low, cur[j])
		}
		if low > limit {
			return limit + 1
		}
		prev2, prev, cur = prev, cur, prev2
	}
	return min(prev[len(b)], limit+1)
}

// letterSet is a set of letters; one edit changes two bits of it at most.
func letterSet(l []rune) (set uint64) {
	for _, c := range l {
		set |= 1 << (uint(c) & 63)
	}
	return set
}

// finalHa recognises ه written for a final ة in words of five letters or more
// where all else fits: never a match, but a certain correction.
func (t *target) finalHa(r *reader, n *need, v *Verdict) bool {
	if _, ok := t.grammar.(*arabic); !ok || !strings.Contains(r.text, "ه") {
		return false
	}
	fixed, changed := r.withTaMarbuta()
	if !changed {
		return false
	}
	r2 := readers.Get().(*reader)
	defer readers.Put(r2)
	t.readAll(r2, fixed)
	t.find(r2, n.e, 0)
	for i := range r2.matches {
		m := &r2.matches[i]
		if m.class > classAccepted || m.tier >= 3 && m.notes&noteAgreement != 0 {
			continue
		}
		// ه and ة are two bytes each: offsets are those of the target.
		start, end := r2.span(m)
		if r.text[start:end] == fixed[start:end] {
			continue
		}
		v.Reason, v.Start, v.End, v.Text = ReasonOrthography, start, end, r.text[start:end]
		v.Term, v.Hint = n.e.terms[m.term].listed.Text, v.Text
		v.Fix = &Fix{Start: start, End: end, Text: fixed[start:end], Certain: true}
		return true
	}
	return false
}

// withTaMarbuta writes ة for the final ه of words of five letters or more.
func (r *reader) withTaMarbuta() (string, bool) {
	b := []byte(r.text)
	changed := false
	for i := range r.words {
		w := &r.words[i]
		l := r.lettersOf(w)
		if len(l) < 5 || l[len(l)-1] != 'ه' {
			continue
		}
		if at := strings.LastIndex(r.text[w.start:w.end], "ه"); at >= 0 {
			copy(b[int(w.start)+at:], "ة")
			changed = true
		}
	}
	return string(b), changed
}
