package engine

import (
	"strings"
	"unicode"
)

// class says what a character is, as far as the contract asks.
type class uint8

const (
	letter class = 1 << iota
	upper
	lower
	accent  // category M
	decimal // category Nd
	blank   // white space
	bidi    // Bidi_Control
	capital // it has another small form, or may have
)

var classTables = []struct {
	class
	table *unicode.RangeTable
}{
	{letter, unicode.Letter}, {upper, unicode.Upper}, {lower, unicode.Lower}, {accent, unicode.Mark},
	{decimal, unicode.Nd}, {blank, unicode.White_Space}, {bidi, unicode.Bidi_Control},
}

// plane has the classes of the Basic Multilingual Plane. Every character of
// every reply is asked for several of them: one look into a table is a tenth
// of a search in package unicode's.
var plane = func() (p [1 << 16]class) {
	for _, t := range classTables {
		for _, r := range t.table.R16 {
			for c := int(r.Lo); c <= int(r.Hi); c += int(r.Stride) {
				p[c] |= t.class
			}
		}
	}
	for _, r := range unicode.CaseRanges {
		for c := int(r.Lo); r.Delta[unicode.LowerCase] != 0 && c <= min(int(r.Hi), len(p)-1); c++ {
			p[c] |= capital
		}
	}
	return p
}()

// classOf gives all classes of a character.
func classOf(r rune) (c class) {
	if uint32(r) < uint32(len(plane)) {
		return plane[r]
	}
	for _, t := range classTables {
		if unicode.Is(t.table, r) {
			c |= t.class
		}
	}
	if unicode.ToLower(r) != r {
		c |= capital
	}
	return c
}

// is reports whether a character is of any of the classes.
func (c class) is(any class) bool { return c&any != 0 }

// lowered is strings.ToLower; most scripts have no capitals, and then it is
// the text itself.
func lowered(s string) string {
	for _, r := range s {
		if classOf(r).is(capital) {
			return strings.ToLower(s)
		}
	}
	return s
}
