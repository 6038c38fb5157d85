package edition

import (
	"strings"

	"github.com/clipperhouse/uax29/v2/words"
)

// Op is what a piece of a difference is.
type Op string

// The operations of a difference.
const (
	Keep   Op = "keep"
	Delete Op = "delete"
	Insert Op = "insert"
)

// Piece is a run of text that was kept, deleted or inserted.
type Piece struct {
	Op   Op     `json:"op"`
	Text string `json:"text"`
}

// Diff compares two texts word by word (UAX #29 words, codes whole) and
// returns the pieces in reading order, deletions before the insertions that
// take their place. Works the same for both writing directions.
func Diff(before, after string) []Piece {
	a, b := diffWords(before), diffWords(after)
	pre := 0
	for pre < len(a) && pre < len(b) && a[pre] == b[pre] {
		pre++
	}
	post := 0
	for post < len(a)-pre && post < len(b)-pre && a[len(a)-1-post] == b[len(b)-1-post] {
		post++
	}
	d := &differ{}
	d.add(Keep, a[:pre]...)
	d.middle(a[pre:len(a)-post], b[pre:len(b)-post])
	d.add(Keep, a[len(a)-post:]...)
	return d.pieces
}

type differ struct{ pieces []Piece }

func (d *differ) add(op Op, ws ...string) {
	if len(ws) == 0 {
		return
	}
	text := strings.Join(ws, "")
	if n := len(d.pieces); n > 0 && d.pieces[n-1].Op == op {
		d.pieces[n-1].Text += text
		return
	}
	d.pieces = append(d.pieces, Piece{op, text})
}

// maxDiff bounds the table of a comparison; longer texts show as replaced.
const maxDiff = 4 << 20

func (d *differ) middle(a, b []string) {
	if len(a)*len(b) > maxDiff {
		d.add(Delete, a...)
		d.add(Insert, b...)
		return
	}
	w := len(b) + 1
	t := make([]int32, (len(a)+1)*w) // t[i][j]: common words of a[i:] and b[j:]
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				t[i*w+j] = t[(i+1)*w+j+1] + 1
			} else {
				t[i*w+j] = max(t[(i+1)*w+j], t[i*w+j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		var del, ins []string
		for (i < len(a) || j < len(b)) && !(i < len(a) && j < len(b) && a[i] == b[j]) {
			if j == len(b) || i < len(a) && t[(i+1)*w+j] >= t[i*w+j+1] {
				del = append(del, a[i])
				i++
			} else {
				ins = append(ins, b[j])
				j++
			}
		}
		d.add(Delete, del...)
		d.add(Insert, ins...)
		if i < len(a) {
			d.add(Keep, a[i])
			i, j = i+1, j+1
		}
	}
}

// diffWords cuts coded text into words, spaces and whole codes.
func diffWords(s string) []string {
	var out []string
	for s != "" {
		start := strings.Index(s, "⟦")
		if start < 0 {
			start = len(s)
		}
		for seg := words.FromString(s[:start]); seg.Next(); {
			out = append(out, seg.Value())
		}
		s = s[start:]
		if s == "" {
			break
		}
		end := strings.Index(s, "⟧")
		if strings.HasPrefix(s, "⟦⟦") {
			end = len("⟦⟦")
		} else if end < 0 {
			end = len(s)
		} else {
			end += len("⟧")
		}
		out = append(out, s[:end])
		s = s[end:]
	}
	return out
}
