package check

import (
	"strings"
	"unicode/utf8"

	"dragoman/content"
	"dragoman/internal/edition"
)

// quoteMark is one quotation mark; pairs are found by direction, whatever
// sign a mark is.
type quoteMark struct {
	start, end int
	open       bool
	depth      int
	partner    int // index of the other half, -1 for none
}

const maxQuotes = 64

// pairQuotes finds the quotation marks of a text and pairs them.
func pairQuotes(t *text, marks []quoteMark) []quoteMark {
	var stack [maxQuotes]int
	depth, straight := 0, 0
	for i := 0; i < len(t.plain) && len(marks) < maxQuotes; {
		r, size := decode(t.plain, i)
		if !isQuote(r) || r == '"' && isDigit(t.before(i)) && straight == 0 {
			i += size
			continue
		}
		m := quoteMark{start: i, end: i + size, partner: -1, open: opens(t, i, r, depth, straight)}
		if r == '"' {
			if m.open {
				straight++
			} else {
				straight--
			}
		}
		m.depth = depth
		if m.open {
			stack[depth] = len(marks)
			depth++
		} else if depth > 0 {
			depth--
			m.depth = depth
			m.partner = stack[depth]
			marks[m.partner].partner = len(marks)
		}
		marks = append(marks, m)
		i += size
	}
	return marks
}

// opens reports whether the mark at byte i opens a quotation.
func opens(t *text, i int, r rune, depth, straight int) bool {
	switch r {
	case '«', '„', '‟', '‹':
		return true
	case '»', '”', '›':
		return false
	case '“':
		// Russian and Ukrainian close „ with it.
		return !(depth > 0 && strings.LastIndex(t.plain[:i], "„") > strings.LastIndex(t.plain[:i], "“"))
	}
	return straight == 0
}

// quotes holds the house's quotation marks (AR-P3), their balance and their
// direction, and reports a quotation that lost its marks (AR-A1).
func (c *checker) quotes() {
	if c.tgt.has&hasQuote == 0 {
		c.lostQuotes()
		return
	}
	var room, sourceRoom [maxQuotes]quoteMark
	marks := pairQuotes(&c.tgt, room[:0])
	source := pairQuotes(&c.src, sourceRoom[:0])
	if c.mirroredQuotes(marks) {
		return
	}
	c.unpaired(marks, source)
	for i := range marks {
		if m := &marks[i]; m.open && m.partner >= 0 && m.depth < 2 {
			c.quoteStyle(m, &marks[m.partner])
		}
	}
}

// lostQuotes reports a target without quotation marks where the source
// quotes somebody: a mark that opens or closes elsewhere, or three words or
// more between marks. A single word in marks may rightly lose them.
func (c *checker) lostQuotes() {
	if c.src.has&hasQuote == 0 || c.in.Joined || c.otherQuotes() {
		return
	}
	var room [maxQuotes]quoteMark
	marks := pairQuotes(&c.src, room[:0])
	for _, m := range marks {
		if m.partner < 0 {
			c.addSource("quotes.missing", m.start, m.end)
			return
		}
		if m.open {
			end := marks[m.partner].start
			if len(strings.Fields(c.src.plain[m.end:end])) >= 3 {
				c.addSource("quotes.missing", m.start, end)
				return
			}
		}
	}
}

// otherQuotes reports a target that quotes with single marks or, as French
// and Spanish dialogues do, with a dash at the start.
func (c *checker) otherQuotes() bool {
	s := strings.TrimLeft(c.tgt.plain, " ")
	return strings.HasPrefix(s, "—") || strings.HasPrefix(s, "–") || strings.HasPrefix(s, "'") || strings.Contains(s, "‘") || strings.Contains(s, " '")
}

// unpaired reports marks without a partner, unless the source has as many:
// a quotation may go over several sentences.
func (c *checker) unpaired(marks, source []quoteMark) {
	var loose [2]int // opening, closing, in the source
	for _, m := range source {
		if m.partner < 0 {
			loose[side(m)]++
		}
	}
	if c.in.Joined {
		return
	}
	for _, m := range marks {
		if m.partner >= 0 {
			continue
		}
		if loose[side(m)] > 0 {
			loose[side(m)]--
			continue
		}
		c.add("quotes.unbalanced", m.start, m.end, "Mark", c.tgt.plain[m.start:m.end])
	}
}

func side(m quoteMark) int {
	if m.open {
		return 0
	}
	return 1
}

// mirroredQuotes reports »text«: one closing mark before one opening mark of
// the same kind, and none else.
func (c *checker) mirroredQuotes(marks []quoteMark) bool {
	if len(marks) != 2 || marks[0].open || !marks[1].open {
		return false
	}
	a, b := c.tgt.plain[marks[0].start:marks[0].end], c.tgt.plain[marks[1].start:marks[1].end]
	if !(a == "»" && b == "«" || a == "”" && b == "“" || a == "›" && b == "‹") {
		return false
	}
	c.mirrored = true
	c.add("quotes.mirrored", marks[0].start, marks[1].end)
	c.wrapFix(&marks[0], &marks[1], b, a)
	return true
}

// quoteStyle reports a pair that is not the house's for its depth.
func (c *checker) quoteStyle(open, closing *quoteMark) {
	at := 2 * min(open.depth, 1)
	wantOpen, wantClose := c.p.Quotes[at], c.p.Quotes[at+1]
	haveOpen, haveClose := c.tgt.plain[open.start:open.end], c.tgt.plain[closing.start:closing.end]
	if haveOpen == wantOpen && haveClose == wantClose {
		return
	}
	if open.depth > 0 && c.tgt.plain[open.start:open.end] != `"` && haveOpen != c.p.Quotes[0] {
		return // nested marks of another tradition are left to taste
	}
	c.add("quotes.style", open.start, closing.end, "Found", haveOpen+haveClose, "Expected", wantOpen+wantClose)
	c.wrapFix(open, closing, wantOpen, wantClose)
}

// wrapFix replaces two marks and leaves what stands between as it is, codes
// included; French pads go with the marks.
func (c *checker) wrapFix(open, closing *quoteMark, newOpen, newClose string) {
	start, innerStart := c.tgt.span(open.start, open.end)
	innerEnd, end := c.tgt.span(closing.start, closing.end)
	inner := c.tgt.coded[innerStart:innerEnd]
	if pad := c.p.QuotePad; pad != "" && open.depth == 0 {
		inner = pad + strings.TrimFunc(inner, isSpace) + pad
	}
	if c.full {
		return
	}
	c.out[len(c.out)-1].Fix = &edition.Fix{Start: start, End: end, Text: content.Escape(newOpen) + inner + content.Escape(newClose)}
}

// brackets holds the balance and the direction of brackets.
func (c *checker) brackets() {
	if c.tgt.has&hasBracket == 0 {
		return
	}
	for _, pair := range [...]string{"()", "[]", "{}"} {
		c.bracketPair(pair[0], pair[1])
	}
}

func (c *checker) bracketPair(open, closing byte) {
	looseOpen, looseClose, lastOpen, firstClose := unmatched(c.tgt.plain, open, closing)
	if looseOpen == 0 && looseClose == 0 || c.in.Joined {
		return
	}
	sourceOpen, sourceClose, _, _ := unmatched(c.src.plain, open, closing)
	if looseOpen > 0 && looseClose > 0 && firstClose < lastOpen && sourceOpen+sourceClose == 0 {
		c.mirrored = true
		c.add("brackets.mirrored", firstClose, lastOpen+1)
		return
	}
	if looseOpen > sourceOpen {
		c.add("brackets.unbalanced", lastOpen, lastOpen+1, "Mark", string(rune(open)))
	}
	if looseClose > sourceClose && !listMark(c.tgt.plain[:firstClose]) {
		c.add("brackets.unbalanced", firstClose, firstClose+1, "Mark", string(rune(closing)))
	}
}

// unmatched counts brackets without a partner and gives the last opening and
// the first closing one.
func unmatched(s string, open, closing byte) (opens, closes, lastOpen, firstClose int) {
	firstClose = -1
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case open:
			opens++
			lastOpen = i
		case closing:
			if opens > 0 {
				opens--
			} else {
				if closes++; firstClose < 0 {
					firstClose = i
				}
			}
		}
	}
	return opens, closes, lastOpen, firstClose
}

// listMark reports what stands before the bracket of "1)" or "أ)".
func listMark(before string) bool {
	before = strings.TrimLeft(before, " ")
	return utf8.RuneCountInString(before) <= 3 && !strings.ContainsRune(before, ' ') && before != ""
}
