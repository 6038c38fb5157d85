package content

import (
	"sort"
	"strings"
	"unicode"

	"dragoman/content/segment"
)

// sourceLanguage is what releases are written in.
const sourceLanguage = "en"

// finish puts the units in the order of the source, cuts them into segments
// and numbers those.
func (d *Document) finish() {
	sortUnits(d.Units)
	for i := range d.Units {
		u := &d.Units[i]
		u.cut()
		if u.title && d.title < 0 {
			d.title = i
		}
	}
	d.number()
}

// number numbers the segments through the document.
func (d *Document) number() {
	n := 0
	for i := range d.Units {
		for j := range d.Units[i].Segments {
			s := &d.Units[i].Segments[j]
			s.Unit, s.Index = i, n
			n++
		}
	}
	d.segments = make([]*Segment, 0, n)
	for i := range d.Units {
		for j := range d.Units[i].Segments {
			d.segments = append(d.segments, &d.Units[i].Segments[j])
		}
	}
}

func sortUnits(units []Unit) {
	if !sort.SliceIsSorted(units, func(i, j int) bool { return units[i].span.Start < units[j].span.Start }) {
		sort.SliceStable(units, func(i, j int) bool { return units[i].span.Start < units[j].span.Start })
	}
}

// translatable tells whether coded text has a letter or a figure.
func translatable(coded string) bool {
	for i := 0; i < len(coded) && i < 16; i++ {
		if c := coded[i]; c|0x20 >= 'a' && c|0x20 <= 'z' {
			return true
		}
	}
	for _, r := range Plain(coded) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return true
		}
	}
	return false
}

// Whole tells of kinds that are one segment, however many stops they have:
// cutting a headline gives nobody a better translation.
func (k UnitKind) Whole() bool {
	switch k {
	case KindTitle, KindHeading, KindCategory, KindTag, KindLinkTitle, KindDateline, KindAttribution:
		return true
	}
	return false
}

// cut makes the segments of a unit.
func (u *Unit) cut() {
	if u.Kind.Whole() {
		u.Segments = u.segments(nil)
		return
	}
	if len(u.Codes) == 0 {
		u.Segments = u.segments(segment.Split(sourceLanguage, u.coded))
		return
	}
	u.Segments = u.segments(u.spans())
}

// segments makes segments of spans of the coded text; of none, one.
func (u *Unit) segments(spans []segment.Span) []Segment {
	if len(spans) < 2 {
		start := len(u.coded) - len(strings.TrimLeftFunc(u.coded, unicode.IsSpace))
		end := len(strings.TrimRightFunc(u.coded, unicode.IsSpace))
		return []Segment{{Text: u.coded[start:end], Codes: u.Codes, Start: start, End: end}}
	}
	out := make([]Segment, len(spans))
	for i, s := range spans {
		out[i] = Segment{Text: u.coded[s.Start:s.End], Start: s.Start, End: s.End}
		out[i].Codes = u.codesIn(out[i].Text)
	}
	return out
}

// codesIn gives the codes whose ids stand in a part of the unit.
func (u *Unit) codesIn(text string) []Code {
	if len(u.Codes) == 0 || !strings.Contains(text, codeOpen) {
		return nil
	}
	var out []Code
	has := make([]bool, len(u.Codes)+1)
	for _, t := range Tokens(text) {
		if t.Kind != Text && t.ID <= len(u.Codes) {
			has[t.ID] = true
		}
	}
	for i := range u.Codes {
		if has[i+1] {
			out = append(out, u.Codes[i])
		}
	}
	return out
}

// spans cuts coded text with codes: the cutting sees words where a code stands
// for words, a space where it breaks the line and nothing where it only marks
// text. A code that closes, or marks a footnote, right after a sentence belongs
// to that sentence; one that opens before a sentence belongs to that.
func (u *Unit) spans() []segment.Span {
	var flat strings.Builder
	tokens := Tokens(u.coded)
	at := make([]int, len(tokens)) // where each token stands in flat
	for i, t := range tokens {
		at[i] = flat.Len()
		if t.Kind == Text {
			flat.WriteString(u.coded[t.Start:t.End])
		} else {
			flat.WriteString(u.standIn(t))
		}
	}
	spans := segment.Split(sourceLanguage, flat.String())
	if len(spans) < 2 {
		return nil
	}
	out := make([]segment.Span, len(spans))
	k := 0
	for i := 0; i+1 < len(spans); i++ {
		end, first := coded(tokens, at, spans[i].End, &k, false), 0
		first = coded(tokens, at, spans[i+1].Start, &k, true)
		end, first = divide(tokens, end, first)
		out[i].End, out[i+1].Start = end, first
	}
	all := u.segments(nil)[0]
	out[0].Start, out[len(out)-1].End = all.Start, all.End
	return out
}

// standIn is what the cutting sees in place of a code.
func (u *Unit) standIn(t Token) string {
	if t.Kind != Single {
		return ""
	}
	switch u.Codes[t.ID-1].Type {
	case "br":
		return " "
	case "code", "image", "url":
		return "Xx"
	}
	return ""
}

// coded gives the place in coded text of an offset of flat: of the character
// that begins there, or (before false) of what ends there. k remembers the
// token, since offsets only grow.
func coded(tokens []Token, at []int, off int, k *int, begins bool) int {
	for *k+1 < len(tokens) && (at[*k+1] < off || begins && at[*k+1] == off) {
		*k++
	}
	t := tokens[*k]
	if t.Kind == Text {
		return t.Start + off - at[*k]
	}
	if begins {
		return t.Start
	}
	return t.End
}

// divide gives the codes between two sentences to one of them.
func divide(tokens []Token, end, first int) (int, int) {
	for _, t := range tokens {
		if t.Start < end || t.Kind == Text {
			continue
		}
		if t.Start >= first {
			break
		}
		if t.Kind == Open {
			return end, t.Start
		}
		end = t.End
	}
	return end, first
}
