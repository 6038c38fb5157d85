package edition

import "slices"

// change is a replacement of bytes of a base text.
type change struct {
	start, end int
	text       string
}

// Merge joins two wordings that were made from the same base, word by word.
// Where both changed the same words to different ones, or words that touch,
// it gives false: a person must choose.
func Merge(base, mine, theirs string) (string, bool) {
	if mine == base || mine == theirs {
		return theirs, true
	}
	if theirs == base {
		return mine, true
	}
	all := append(changesOf(base, mine), changesOf(base, theirs)...)
	slices.SortStableFunc(all, func(a, b change) int {
		if a.start != b.start {
			return a.start - b.start
		}
		return a.end - b.end
	})
	all = slices.Compact(all)
	out, at := "", 0
	for i, c := range all {
		if i > 0 && c.start <= all[i-1].end {
			return "", false
		}
		out += base[at:c.start] + c.text
		at = c.end
	}
	return out + base[at:], true
}

// changesOf lists the replacements that lead from base to after.
func changesOf(base, after string) []change {
	var out []change
	at := 0
	for _, p := range Diff(base, after) {
		if p.Op == Keep {
			at += len(p.Text)
			continue
		}
		if n := len(out); n > 0 && out[n-1].end == at {
			c := &out[n-1]
			if p.Op == Delete {
				c.end += len(p.Text)
			} else {
				c.text += p.Text
			}
		} else if p.Op == Delete {
			out = append(out, change{at, at + len(p.Text), ""})
		} else {
			out = append(out, change{at, at, p.Text})
		}
		if p.Op == Delete {
			at += len(p.Text)
		}
	}
	return out
}
