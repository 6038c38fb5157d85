package content

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// htmlRun is the text of one block of HTML on its way to a unit.
type htmlRun struct {
	h   *htmlReader
	src []byte
	out strings.Builder
	// from and to bound what was read without the white space around it; from
	// is -1 before anything was.
	from, to int
	// space tells that white space waits to be written before what comes.
	space bool
	codes []Code
	// open are the indexes of the codes that wait for their end tag, and tags
	// the names of all codes' elements.
	open   []int
	tags   []string
	nested []Unit
}

// text reads text: white space collapses, as a browser has it.
func (r *htmlRun) text(start, end int) {
	for i := start; i < end; {
		if tagSpace(r.src[i]) {
			for i < end && tagSpace(r.src[i]) {
				i++
			}
			r.spaceUpTo(i)
			continue
		}
		j := i
		for j < end && !tagSpace(r.src[j]) {
			j++
		}
		r.put(i, j)
		r.out.WriteString(Escape(html.UnescapeString(string(r.src[i:j]))))
		i = j
	}
}

// spaceUpTo notes white space; after a line break it is part of the code.
func (r *htmlRun) spaceUpTo(i int) {
	if n := len(r.codes); n > 0 && r.codes[n-1].Type == "br" && r.codes[n-1].end == r.to && !r.space {
		r.codes[n-1].end = i
		r.codes[n-1].Open = string(r.src[r.codes[n-1].start:i])
		r.to = i
		return
	}
	r.space = r.from >= 0
}

// put notes that something other than white space stands at start to end.
func (r *htmlRun) put(start, end int) {
	if r.from < 0 {
		r.from = start
	}
	if r.space {
		r.out.WriteByte(' ')
		r.space = false
	}
	r.to = end
}

// add adds a code for the tag at start to end.
func (r *htmlRun) add(typ, tag string, start, end int) *Code {
	if typ == "br" && r.space {
		// The white space before a line break is part of it.
		r.space = false
		start = r.to
	}
	r.put(start, end)
	r.codes = append(r.codes, Code{ID: len(r.codes) + 1, Type: typ, Open: string(r.src[start:end]), start: start, end: end})
	r.tags = append(r.tags, tag)
	return &r.codes[len(r.codes)-1]
}

// single adds a standalone code.
func (r *htmlRun) single(typ string, start, end int) *Code {
	c := r.add(typ, "", start, end)
	writeCode(&r.out, Single, c.ID)
	return c
}

// openTag reads the start tag of an element that marks text.
func (r *htmlRun) openTag(t htmlToken, attrs []attribute) {
	c := r.add(codeType(t.name), t.name, t.start, t.end)
	c.Display = "<" + t.name + ">"
	r.describe(c, t.name, attrs)
	if voidTag(t.name) || t.kind == html.SelfClosingTagToken && t.name == "img" {
		writeCode(&r.out, Single, c.ID)
		return
	}
	c.Paired = true
	r.open = append(r.open, len(r.codes)-1)
	writeCode(&r.out, Open, c.ID)
}

// describe reads what a tag says of its element.
func (r *htmlRun) describe(c *Code, name string, attrs []attribute) {
	for _, a := range attrs {
		v := html.UnescapeString(string(r.src[a.value.Start:a.value.End]))
		switch {
		case a.name == "href" && name == "a", a.name == "src" && name == "img":
			c.Href = v
			if name == "a" {
				c.Display = v
			}
		case a.name == "alt" && name == "img":
			c.Display = v
			r.attribute(KindAlt, a)
		case a.name == "title":
			r.attribute(KindLinkTitle, a)
		}
	}
}

func (r *htmlRun) attribute(kind UnitKind, a attribute) {
	if u, ok := attributeUnit(r.src, kind, a); ok {
		r.nested = append(r.nested, u)
	}
}

// closeTag reads an end tag: of the innermost open element of that name, or of
// none, and then it is a code by itself.
func (r *htmlRun) closeTag(t htmlToken) {
	for i := len(r.open) - 1; i >= 0; i-- {
		at := r.open[i]
		if r.tags[at] != t.name {
			continue
		}
		r.put(t.start, t.end)
		c := &r.codes[at]
		c.Close, c.cstart, c.cend = string(r.src[t.start:t.end]), t.start, t.end
		writeCode(&r.out, Close, c.ID)
		r.open = append(r.open[:i:i], r.open[i+1:]...)
		for _, j := range r.open[i:] {
			r.codes[j].Paired = false
		}
		r.open = r.open[:i]
		return
	}
	r.single("html", t.start, t.end).Display = "</" + t.name + ">"
}

// unit makes a unit of the run, if it has text.
func (r *htmlRun) unit() (Unit, bool) {
	u := Unit{coded: r.out.String(), Codes: r.codes, place: place{kind: placeHTML}}
	if r.from < 0 || !translatable(u.coded) {
		return u, false
	}
	for _, at := range r.open {
		r.codes[at].Paired = false
	}
	u.coded = alone(u.coded, u.Codes)
	u.span = Range{r.from, r.to}
	if r.h.markdown {
		u.trimCodes()
	}
	u.Ranges = []Range{u.span}
	return u, true
}

// trimCodes leaves standalone codes at the edges to the document: the ends of
// tags that were opened elsewhere.
func (u *Unit) trimCodes() {
	tokens := Tokens(u.coded)
	for len(tokens) > 1 && tokens[0].Kind == Single && u.Codes[tokens[0].ID-1].Type == "html" {
		u.span.Start = u.Codes[tokens[0].ID-1].end
		tokens = tokens[1:]
	}
	for len(tokens) > 1 && tokens[len(tokens)-1].Kind == Single && u.Codes[tokens[len(tokens)-1].ID-1].Type == "html" {
		u.span.End = u.Codes[tokens[len(tokens)-1].ID-1].start
		tokens = tokens[:len(tokens)-1]
	}
	u.coded = u.coded[tokens[0].Start:tokens[len(tokens)-1].End]
}

// alone writes the start of a pair that has no end as a standalone code.
func alone(coded string, codes []Code) string {
	lonely := false
	for i := range codes {
		lonely = lonely || !codes[i].Paired && strings.Contains(coded, fmt.Sprintf("⟦%d⟧", codes[i].ID))
	}
	if !lonely {
		return coded
	}
	var b strings.Builder
	for _, t := range Tokens(coded) {
		if t.Kind == Open && !codes[t.ID-1].Paired {
			writeCode(&b, Single, t.ID)
		} else {
			b.WriteString(coded[t.Start:t.End])
		}
	}
	return b.String()
}

// images tells whether the run holds images and nothing else to read.
func (r *htmlRun) images() bool {
	for i := range r.codes {
		if r.codes[i].Type == "image" {
			return true
		}
	}
	return false
}

// codeType gives the type of a code by the name of its element.
func codeType(name string) string {
	switch name {
	case "b", "strong":
		return "strong"
	case "i", "em", "cite", "dfn", "var":
		return "em"
	case "s", "strike", "del":
		return "strike"
	case "a":
		return "link"
	case "img":
		return "image"
	case "code", "kbd", "samp", "tt":
		return "code"
	case "br", "sub", "sup", "u", "mark", "bdi", "bdo", "q", "abbr", "small", "ins":
		return name
	}
	return "html"
}

// writeHTML gives the HTML of a target.
func writeHTML(ps []piece, bytes bytesFunc) string {
	var b strings.Builder
	for i, p := range ps {
		if p.kind != Text {
			b.WriteString(bytes(p.code, p.kind == Close))
			continue
		}
		escapeHTML(&b, p.text, i == 0, i == len(ps)-1)
	}
	return b.String()
}

// escapeHTML writes text; white space that HTML would fold is written as
// character references.
func escapeHTML(b *strings.Builder, s string, first, last bool) {
	for i, r := range s {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r < ' ' || r == 0x7f,
			r == ' ' && (first && i == 0 || last && i == len(s)-1 || i > 0 && s[i-1] == ' '):
			reference(b, r)
		case r == utf8.RuneError:
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
}

// writeAttribute gives the value of an attribute between its marks; where the
// source has none, with them.
func writeAttribute(s string, quote byte) string {
	var b strings.Builder
	if quote == 0 {
		b.WriteByte('"')
	}
	for _, r := range s {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '"':
			b.WriteString("&quot;")
		case r == '\'' && quote == '\'', r < ' ', r == 0x7f, r == '|', r == '\\', r == '`':
			reference(&b, r)
		default:
			b.WriteRune(r)
		}
	}
	if quote == 0 {
		b.WriteByte('"')
	}
	return b.String()
}
