package memory

// never is more than any distance.
const never = 1 << 30

// distance gives the weighted edit distance of two lists of terms, or any
// number above limit where it is above limit. row is scratch, returned to be
// used again.
func distance(a, b []term, limit int, row []int32) (int, []int32) {
	for len(a) > 0 && len(b) > 0 && same(a[0], b[0]) {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && same(a[len(a)-1], b[len(b)-1]) {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	if cap(row) < len(b)+1 {
		row = make([]int32, len(b)+1)
	}
	row = row[:len(b)+1]
	row[0] = 0
	for j, t := range b {
		row[j+1] = row[j] + int32(t.weight)
	}
	// Cells above limit are never of use: each row computes only from the
	// first cell within the limit to one past the last (Ukkonen's cut-off).
	lo, hi := 0, len(b)
	for hi > 0 && row[hi] > int32(limit) {
		hi--
	}
	for _, t := range a {
		lo, hi = advance(row, b, t, lo, hi, int32(limit))
		if lo > hi {
			return never, row
		}
	}
	if hi < len(b) {
		return never, row
	}
	return int(row[len(b)]), row
}

// advance turns the row of the terms before t into the row with t. Before,
// the cells from lo to hi count and all others are above limit; the new
// bounds are returned.
func advance(row []int32, b []term, t term, lo, hi int, limit int32) (int, int) {
	diag := row[lo]
	row[lo] += int32(t.weight)
	left := row[lo]
	j := lo + 1
	for ; j <= len(b); j++ {
		up := int32(never)
		if j <= hi {
			up = row[j]
		} else if left > limit && diag > limit {
			break
		}
		u := b[j-1]
		best := diag + int32(substitution(t, u))
		best = min(best, left+int32(u.weight), up+int32(t.weight))
		diag, left, row[j] = up, best, best
	}
	hi = j - 1
	for hi >= lo && row[hi] > limit {
		hi--
	}
	for lo <= hi && row[lo] > limit {
		lo++
	}
	return lo, hi
}

func same(a, b term) bool { return a.id == b.id && a.id != unknown }

// substitution is the cost of one term in another's place.
func substitution(a, b term) int {
	switch {
	case same(a, b):
		return 0
	case a.class == b.class && a.class != unknown:
		return valueCost
	}
	return int(max(a.weight, b.weight))
}

// likeness turns a distance into a score: 100 for none, 0 where all of the
// heavier text would have to go. Rounded down.
func likeness(dist, weightA, weightB int) int {
	w := max(weightA, weightB)
	if w == 0 {
		return 0
	}
	return max(0, 100-(100*dist+w-1)/w)
}

// allowance is the greatest distance at which the likeness is still score.
func allowance(score, weightA, weightB int) int {
	return (100 - score) * max(weightA, weightB) / 100
}
