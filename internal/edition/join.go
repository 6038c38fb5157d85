package edition

import "dragoman/content"

// MergedReason is the reason for which a segment is left out whose words its
// neighbour says (Target.Joined below zero).
const MergedReason = "merged"

// Merged reports whether the words of t are said by the target before it.
func (t *Target) Merged() bool { return t.Joined < 0 }

// Head gives the position of the target that says t's words: its own, unless
// it was merged into another.
func (t *Target) Head() int {
	if t.Joined < 0 {
		return t.Position + t.Joined
	}
	return t.Position
}

// Join makes parts, the targets that follow head without a gap, be said by
// it; whatever was joined to one of them before is among them.
func Join(head *Target, parts []*Target) {
	head.Joined = len(parts)
	for i, p := range parts {
		p.Joined, p.Omitted, p.State = -(i + 1), MergedReason, Reviewed
		p.ApprovedBy, p.ApprovedSource = "", content.Hash{}
	}
}

// Part takes a target that was merged out of its group again: it has the
// words that it had before, approved by nobody.
func (t *Target) Part() {
	t.Joined = 0
	if t.Omitted == MergedReason {
		t.Omitted = ""
	}
	t.ApprovedBy, t.ApprovedSource, t.State = "", content.Hash{}, Initial
	if t.Standing.ID != 0 {
		t.State = Translated
	}
}

// Unjoined lists the targets, by position, whose group cannot stand any more:
// a part is missing, out of place, or not among those that keep reports true
// for. ts is by position; entries may be nil.
func Unjoined(ts []*Target, keep func(position int) bool) []*Target {
	var out []*Target
	for i := 0; i < len(ts); {
		t := ts[i]
		if t == nil || t.Joined == 0 {
			i++
			continue
		}
		n := whole(ts, i, keep)
		if n == 0 {
			out = append(out, t)
			n = 1
		}
		i += n
	}
	return out
}

// whole gives the size of the group that begins at i, 0 where it is none.
func whole(ts []*Target, i int, keep func(int) bool) int {
	t := ts[i]
	if t.Joined < 0 || i+t.Joined >= len(ts) || !keep(i) {
		return 0
	}
	for k := 1; k <= t.Joined; k++ {
		if p := ts[i+k]; p == nil || p.Joined != -k || !keep(i+k) {
			return 0
		}
	}
	return t.Joined + 1
}
