package content

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Cut is a place where a person cut a segment in two. It is for the text, not
// for a place in the document: it holds again wherever a later revision has
// the same sentence.
type Cut struct {
	// Text is the exact hash of the segment that is cut.
	Text Hash
	// Nth tells equal segments apart: which of them it is, from 0.
	Nth int
	// At is where the second part begins, in bytes of the segment's coded text.
	At int
}

// CutsString writes cuts as text, for ParseCuts to read.
func CutsString(cuts []Cut) string {
	parts := make([]string, len(cuts))
	for i, c := range cuts {
		parts[i] = fmt.Sprintf("%s:%d:%d", c.Text, c.Nth, c.At)
	}
	return strings.Join(parts, " ")
}

// ParseCuts reads what CutsString wrote.
func ParseCuts(s string) ([]Cut, error) {
	var out []Cut
	for _, part := range strings.Fields(s) {
		f := strings.Split(part, ":")
		if len(f) != 3 {
			return nil, fmt.Errorf("content: cut %q has %d fields, not 3", part, len(f))
		}
		h, err := ParseHash(f[0])
		if err != nil {
			return nil, err
		}
		nth, err := strconv.Atoi(f[1])
		if err != nil {
			return nil, fmt.Errorf("content: cut %q: %w", part, err)
		}
		at, err := strconv.Atoi(f[2])
		if err != nil {
			return nil, fmt.Errorf("content: cut %q: %w", part, err)
		}
		out = append(out, Cut{h, nth, at})
	}
	return out, nil
}

// CutPlaces gives the places where coded text can be cut in two, as the bytes
// at which the second part begins: after one space between two words, outside
// every pair of codes, with something to translate on either side. So both
// parts have their codes whole, and with one space between them they are the
// text again.
func CutPlaces(coded string) []int {
	var out []int
	depth := 0
	for _, t := range Tokens(coded) {
		switch t.Kind {
		case Open:
			depth++
		case Close:
			depth--
		case Text:
			for i := t.Start; depth == 0 && i < t.End; i++ {
				if coded[i] == ' ' && canCut(coded, i) {
					out = append(out, i+1)
				}
			}
		}
		if depth < 0 {
			return nil // the other half of a pair stands in another segment
		}
	}
	if depth != 0 {
		return nil
	}
	return out
}

// canCut reports whether the space at i stands alone between two parts.
func canCut(coded string, i int) bool {
	before, after := coded[:i], coded[i+1:]
	a, _ := utf8.DecodeLastRuneInString(before)
	b, _ := utf8.DecodeRuneInString(after)
	return !unicode.IsSpace(a) && !unicode.IsSpace(b) && translatable(before) && translatable(after)
}

// Cut cuts segments in two, one cut after the other, and numbers all of them
// anew. A cut whose sentence the document does not have, or that is no place
// to cut it, is left out. Titles, headings and the like stay whole. It is for
// a document that nobody else uses yet.
func (d *Document) Cut(cuts []Cut) {
	if len(cuts) == 0 {
		return
	}
	hashes := make([]Hash, len(d.segments))
	for i, s := range d.segments {
		hashes[i] = ExactHash(s.Text)
	}
	for _, c := range cuts {
		if i := nth(hashes, c.Text, c.Nth); i >= 0 && d.cutAt(d.segments[i], c.At) {
			hashes = slices.Insert(hashes, i+1, Hash{})
			for k := i; k <= i+1; k++ {
				hashes[k] = ExactHash(d.segments[k].Text)
			}
		}
	}
}

// nth gives the index of the n-th of equal hashes, from 0, or -1.
func nth(hashes []Hash, h Hash, n int) int {
	for i := range hashes {
		if hashes[i] != h {
			continue
		}
		if n == 0 {
			return i
		}
		n--
	}
	return -1
}

// cutAt cuts one segment, and reports whether it could.
func (d *Document) cutAt(s *Segment, at int) bool {
	u := &d.Units[s.Unit]
	if u.Kind.Whole() || !slices.Contains(CutPlaces(s.Text), at) {
		return false
	}
	k := slices.IndexFunc(u.Segments, func(x Segment) bool { return x.Index == s.Index })
	first := Segment{Text: s.Text[:at-1], Start: s.Start, End: s.Start + at - 1}
	second := Segment{Text: s.Text[at:], Start: s.Start + at, End: s.End}
	first.Codes, second.Codes = u.codesIn(first.Text), u.codesIn(second.Text)
	u.Segments = slices.Replace(slices.Clone(u.Segments), k, k+1, first, second)
	d.number()
	return true
}
