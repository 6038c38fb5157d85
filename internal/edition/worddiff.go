package edition

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// WordDiff compares two texts of a locale as a reader does: words that only a
// space parts and that changed together are one change, and of an Arabic word
// only that part is changed which is: the stem behind its conjunction,
// preposition and article, or these alone.
func WordDiff(tag, before, after string) []Piece {
	ps := calm(Diff(before, after))
	if base, _, _ := strings.Cut(tag, "-"); base != "ar" {
		return ps
	}
	d := &differ{}
	for i := 0; i < len(ps); i++ {
		if ps[i].Op == Delete && i+1 < len(ps) && ps[i+1].Op == Insert && d.inWords(ps[i].Text, ps[i+1].Text) {
			i++
			continue
		}
		d.add(ps[i].Op, ps[i].Text)
	}
	return d.pieces
}

// calm joins changes that only a space parts: a phrase that was replaced reads
// better whole than word by word.
func calm(ps []Piece) []Piece {
	var out []Piece
	for len(ps) > 0 {
		if ps[0].Op == Keep {
			out, ps = append(out, ps[0]), ps[1:]
			continue
		}
		var del, ins string
		del, ins, ps = phrase(ps)
		if del != "" {
			out = append(out, Piece{Delete, del})
		}
		if ins != "" {
			out = append(out, Piece{Insert, ins})
		}
	}
	return out
}

// phrase takes the changes that belong together off the front of ps.
func phrase(ps []Piece) (del, ins string, rest []Piece) {
	for i, p := range ps {
		switch {
		case p.Op == Delete:
			del += p.Text
		case p.Op == Insert:
			ins += p.Text
		case strings.TrimSpace(p.Text) == "" && i+1 < len(ps) && del != "" && ins != "":
			del, ins = del+p.Text, ins+p.Text
		default:
			return del, ins, ps[i:]
		}
	}
	return del, ins, nil
}

// inWords adds the replacement of some words by as many others part by part,
// if each of them has a part in common with the one that takes its place.
func (d *differ) inWords(del, ins string) bool {
	a, b := strings.Split(del, " "), strings.Split(ins, " ")
	if len(a) != len(b) {
		return false
	}
	var all [][]Piece
	for i := range a {
		ps := inWord(a[i], b[i])
		if ps == nil {
			return false
		}
		all = append(all, ps)
	}
	for i, ps := range all {
		if i > 0 {
			d.add(Keep, " ")
		}
		for _, p := range ps {
			d.add(p.Op, p.Text)
		}
	}
	return true
}

// proclitics are what may stand before an Arabic stem, the longest first.
var proclitics = func() []string {
	var out []string
	for _, conj := range []string{"", "و", "ف"} {
		for _, prep := range []string{"", "ب", "ك", "ل", "س"} {
			out = append(out, conj+prep, conj+prep+"ال")
		}
		out = append(out, conj+"لل")
	}
	slices.SortStableFunc(out, func(x, y string) int { return len(y) - len(x) })
	return slices.DeleteFunc(out, func(s string) bool {
		return s == "" || strings.HasSuffix(s, "لال") || strings.HasSuffix(s, "سال")
	})
}()

var enclitics = []string{"هما", "كما", "هم", "هن", "ها", "كم", "كن", "نا", "ني", "ه", "ك", "ي"}

// leastStem is how many letters a stem has at least.
const leastStem = 3

// parted is one way to cut a word.
type parted struct{ before, stem, after string }

// cuts lists the ways in which a word may be cut into what stands before the
// stem, the stem, and what stands behind it; the word as a whole comes last.
func cuts(word string) []parted {
	var out []parted
	for _, p := range append(slices.Clone(proclitics), "") {
		if !strings.HasPrefix(word, p) {
			continue
		}
		for _, e := range append(slices.Clone(enclitics), "") {
			if !strings.HasSuffix(word[len(p):], e) {
				continue
			}
			stem := strings.TrimSuffix(word[len(p):], e)
			if strings.HasSuffix(p, "س") && !strings.ContainsAny(stem[:min(2, len(stem))], "يتنأ") {
				continue // the future stands before a verb only
			}
			if letters(stem) >= leastStem {
				out = append(out, parted{p, stem, e})
			}
		}
	}
	return out
}

// letters counts the letters of an Arabic word, without vowel marks; 0 for
// what is not one.
func letters(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.Is(unicode.Arabic, r) && unicode.IsLetter(r):
			n++
		default:
			return 0
		}
	}
	return n
}

// inWord gives the difference of two words by their parts, nil where they have
// none in common.
func inWord(a, b string) []Piece {
	if a == b {
		return []Piece{{Keep, a}}
	}
	var best []Piece
	kept := 0
	for _, x := range cuts(a) {
		for _, y := range cuts(b) {
			if x.stem != y.stem && (x.before != y.before || x.after != y.after) {
				continue // one thing changes in a word, not all
			}
			d := &differ{}
			d.part(x.before, y.before)
			d.part(x.stem, y.stem)
			d.part(x.after, y.after)
			if n := keeps(d.pieces); n > kept {
				best, kept = d.pieces, n
			}
		}
	}
	return best
}

func (d *differ) part(a, b string) {
	switch {
	case a == b && a != "":
		d.add(Keep, a)
	case a != b:
		if a != "" {
			d.add(Delete, a)
		}
		if b != "" {
			d.add(Insert, b)
		}
	}
}

func keeps(ps []Piece) int {
	n := 0
	for _, p := range ps {
		if p.Op == Keep {
			n += utf8.RuneCountInString(p.Text)
		}
	}
	return n
}
