package content

import (
	"bytes"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// htmlToken is a token of HTML with its place in the document.
type htmlToken struct {
	kind       html.TokenType
	start, end int
	name       string
}

// htmlReader gathers the text of HTML: block by block, with what marks the
// text within a block as codes.
type htmlReader struct {
	doc    *Document
	tokens []htmlToken
	units  []Unit
	blocks []block
	// markdown tells that the HTML stands in Markdown, where a script is
	// taken out of every output.
	markdown bool

	run   *htmlRun
	stack []htmlElement
	lists int
	// skip counts the open elements whose text is not the release's.
	skip int
}

// htmlElement is an open element that is a block.
type htmlElement struct {
	name  string
	start int
	box   box
	skips bool
}

// newHTMLReader cuts a range of the document into tokens.
func newHTMLReader(d *Document, r Range) *htmlReader {
	h := &htmlReader{doc: d}
	z := html.NewTokenizer(bytes.NewReader(d.Source[r.Start:r.End]))
	at := r.Start
	for at < r.End {
		kind := z.Next()
		n := len(z.Raw())
		if kind == html.ErrorToken && n == 0 {
			break
		}
		t := htmlToken{kind: kind, start: at, end: min(at+n, r.End)}
		if kind == html.StartTagToken || kind == html.EndTagToken || kind == html.SelfClosingTagToken {
			name, _ := z.TagName()
			t.name = string(name)
		}
		h.tokens = append(h.tokens, t)
		at = t.end
		if kind == html.ErrorToken {
			break
		}
	}
	return h
}

// fragment reads HTML that stands in Markdown.
func (h *htmlReader) fragment() {
	h.markdown = true
	h.read(h.tokens)
}

// read walks over tokens and gathers units.
func (h *htmlReader) read(tokens []htmlToken) {
	for i := 0; i < len(tokens); i++ {
		t := tokens[i]
		switch t.kind {
		case html.TextToken:
			if h.skip == 0 {
				h.begin().text(t.start, t.end)
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			h.start(t)
		case html.EndTagToken:
			h.end(t)
		case html.CommentToken:
			if h.skip == 0 && h.run != nil {
				h.run.single("html", t.start, t.end)
			}
		default:
			h.flush()
		}
	}
	h.flush()
}

func (h *htmlReader) begin() *htmlRun {
	if h.run == nil {
		h.run = &htmlRun{h: h, src: h.doc.Source, from: -1}
	}
	return h.run
}

func (h *htmlReader) start(t htmlToken) {
	attrs := attributes(h.doc.Source, t.start, t.end)
	h.doc.mendTag(t.name, Range{t.start, t.end}, attrs, h.markdown)
	if inlineTag(t.name) {
		if h.skip == 0 {
			h.begin().openTag(t, attrs)
		}
		return
	}
	h.flush()
	h.imply(t.name)
	if voidTag(t.name) {
		if t.name == "hr" && h.skip == 0 {
			h.blocks = append(h.blocks, block{rule: true, path: h.path()})
		}
		return
	}
	e := htmlElement{name: t.name, start: t.start, skips: skippedTag(t.name)}
	if e.skips {
		h.skip++
	}
	if h.skip == 0 {
		h.titles(attrs)
	}
	e.box = h.boxOf(t, attrs)
	h.stack = append(h.stack, e)
}

// imply ends the elements whose end tags may be left out before a start tag
// (HTML, section 13.1.2.4).
func (h *htmlReader) imply(name string) {
	ends, within := "p", ""
	switch name {
	case "li":
		ends, within = "li", "ul ol"
	case "dt", "dd":
		ends, within = "dt dd", "dl"
	case "tr":
		ends, within = "tr", "table"
	case "td", "th":
		ends, within = "td th", "tr table"
	}
	for i := len(h.stack) - 1; i >= 0; i-- {
		switch n := h.stack[i].name; {
		case listed(ends, n):
			h.end(htmlToken{kind: html.EndTagToken, name: n, start: h.stack[i].start, end: h.stack[i].start})
			return
		case ends == "p" || listed(within, n):
			return
		}
	}
}

func listed(names, name string) bool { return slices.Contains(strings.Fields(names), name) }

// titles adds the title attributes of a block as units.
func (h *htmlReader) titles(attrs []attribute) {
	for _, a := range attrs {
		if a.name == "title" {
			h.attributeUnit(KindLinkTitle, a)
		}
	}
}

// attributeUnit adds the value of an attribute as a unit.
func (h *htmlReader) attributeUnit(kind UnitKind, a attribute) {
	if u, ok := attributeUnit(h.doc.Source, kind, a); ok {
		h.units = append(h.units, u)
	}
}

func attributeUnit(src []byte, kind UnitKind, a attribute) (Unit, bool) {
	u := Unit{Kind: kind, span: a.value, Ranges: []Range{a.value}}
	u.place = place{kind: placeAttribute, quote: a.quote}
	u.coded = Escape(html.UnescapeString(string(src[a.value.Start:a.value.End])))
	return u, translatable(u.coded)
}

func (h *htmlReader) end(t htmlToken) {
	if inlineTag(t.name) {
		if h.skip == 0 {
			h.begin().closeTag(t)
		}
		return
	}
	h.flush()
	for i := len(h.stack) - 1; i >= 0; i-- {
		if h.stack[i].name != t.name {
			continue
		}
		for _, e := range h.stack[i:] {
			if e.skips {
				h.skip--
			}
			if e.name == "ul" || e.name == "ol" {
				h.lists--
			}
		}
		if h.stack[i].skips && t.end > h.stack[i].start {
			h.doc.drops = append(h.doc.drops, Range{h.stack[i].start, t.end})
		}
		h.stack = h.stack[:i]
		return
	}
}

// flush ends the run of text at hand and makes a unit of it.
func (h *htmlReader) flush() {
	run := h.run
	h.run = nil
	if run == nil {
		return
	}
	u, ok := run.unit()
	if ok {
		u.Kind, u.Level = h.kind()
		h.units = append(h.units, u)
		h.blocks = append(h.blocks, block{at: u.span.Start, path: h.path()})
	} else if run.images() {
		h.blocks = append(h.blocks, block{at: -1, codes: run.codes, path: h.path()})
	}
	if h.skip == 0 {
		h.units = append(h.units, run.nested...)
	}
}

// kind tells what the text at hand is, by the elements it lies in.
func (h *htmlReader) kind() (UnitKind, int) {
	for i := len(h.stack) - 1; i >= 0; i-- {
		switch name := h.stack[i].name; name {
		case "h1", "h2", "h3", "h4", "h5", "h6":
			return KindHeading, int(name[1] - '0')
		case "li", "dd", "dt":
			return KindItem, max(h.lists, 1)
		case "blockquote":
			return KindQuote, 0
		case "td", "th":
			return KindCell, 0
		case "figcaption", "caption":
			return KindCaption, 0
		}
	}
	return KindParagraph, 0
}

// boxOf gives what a block element is in Markdown.
func (h *htmlReader) boxOf(t htmlToken, attrs []attribute) box {
	b := box{id: t.start}
	switch t.name {
	case "ul", "ol":
		h.lists++
	case "li":
		b.kind = boxItem
		for i := len(h.stack) - 1; i >= 0; i-- {
			if n := h.stack[i].name; n == "ol" || n == "ul" {
				b.ordered = n == "ol"
				b.list = h.stack[i].start
				break
			}
		}
	case "blockquote":
		b.kind = boxQuote
	case "table":
		b.kind = boxTable
	case "tr":
		b.kind = boxRow
	case "td", "th":
		b.kind = boxCell
	case "h1", "h2", "h3", "h4", "h5", "h6":
		b.kind, b.level = boxHeading, int(t.name[1]-'0')
	}
	return b
}

// path gives the boxes that the text at hand lies in.
func (h *htmlReader) path() []box {
	var out []box
	for _, e := range h.stack {
		if e.box.kind != 0 {
			out = append(out, e.box)
		}
	}
	return out
}

// inlineTag tells of elements that mark text within a block (HTML, section 4.5
// and the embedded ones that stand in a line).
func inlineTag(name string) bool {
	switch name {
	case "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "br", "cite", "code", "data", "del", "dfn", "em", "font",
		"i", "img", "ins", "kbd", "label", "mark", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike",
		"strong", "sub", "sup", "time", "tt", "u", "var", "wbr":
		return true
	}
	return false
}

// voidTag tells of elements without an end tag (HTML, section 13.1.2).
func voidTag(name string) bool {
	switch name {
	case "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr":
		return true
	}
	return false
}

// skippedTag tells of elements that are the page's and not the release's.
func skippedTag(name string) bool {
	switch name {
	case "script", "style", "nav", "footer", "form", "noscript", "template", "iframe", "object", "svg", "math", "pre",
		"textarea", "select", "button", "audio", "video", "canvas", "map", "title", "head", "noembed", "noframes", "plaintext", "xmp", "menu", "dialog":
		return true
	}
	return false
}

// attribute is one attribute of a tag.
type attribute struct {
	name  string
	all   Range // with the white space before it
	value Range
	quote byte // " or ' or 0
}

// attributes reads the attributes of the tag in src[start:end], as HTML,
// section 13.2.5.32 on, has it.
func attributes(src []byte, start, end int) []attribute {
	var out []attribute
	i := start + 1
	for i < end && !tagSpace(src[i]) && src[i] != '/' && src[i] != '>' {
		i++
	}
	for i < end {
		from := i
		for i < end && (tagSpace(src[i]) || src[i] == '/') {
			i++
		}
		if i >= end || src[i] == '>' {
			break
		}
		name := i
		for i++; i < end && !tagSpace(src[i]) && src[i] != '/' && src[i] != '>' && src[i] != '='; i++ {
		}
		a := attribute{name: strings.ToLower(string(src[name:i]))}
		i = attributeValue(src, i, end, &a)
		a.all = Range{from, i}
		out = append(out, a)
	}
	return out
}

// attributeValue reads = and a value at i, if they are there, and gives what
// comes after.
func attributeValue(src []byte, i, end int, a *attribute) int {
	j := i
	for j < end && tagSpace(src[j]) {
		j++
	}
	a.value = Range{i, i}
	if j >= end || src[j] != '=' {
		return i
	}
	for j++; j < end && tagSpace(src[j]); j++ {
	}
	if j < end && (src[j] == '"' || src[j] == '\'') {
		a.quote = src[j]
		close := bytes.IndexByte(src[j+1:end], src[j])
		if close < 0 {
			close = end - j - 1
		}
		a.value = Range{j + 1, j + 1 + close}
		return min(j+2+close, end)
	}
	from := j
	for j < end && !tagSpace(src[j]) && src[j] != '>' {
		j++
	}
	a.value = Range{from, j}
	return j
}

func tagSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r' }

// tagName gives the name of the tag that a text begins with.
func tagName(s string) string {
	s = strings.TrimLeft(s, "</")
	end := strings.IndexFunc(s, func(r rune) bool { return !alnum(byte(r)) && r != '-' })
	if end >= 0 {
		s = s[:end]
	}
	return strings.ToLower(s)
}

// mendTag puts out of action what a tag could do besides marking text.
func (d *Document) mendTag(name string, at Range, attrs []attribute, markdown bool) {
	if markdown && activeTag(name) {
		d.mend(at, "<!-- -->", "<"+name+">")
		return
	}
	for _, a := range attrs {
		switch {
		case strings.HasPrefix(a.name, "on"):
			d.mend(a.all, "", a.name)
		case urlAttribute(a.name):
			v := html.UnescapeString(string(d.Source[a.value.Start:a.value.End]))
			if !safeURL(v) {
				d.mend(a.value, "#", v)
			} else if name == "img" && a.name == "src" {
				d.picture(a.value, v)
			}
		}
	}
}

// activeTag tells of elements that run, fetch or redirect.
func activeTag(name string) bool {
	switch name {
	case "script", "style", "iframe", "object", "embed", "base", "meta", "link", "frame", "frameset", "applet", "form", "svg", "math":
		return true
	}
	return false
}

func urlAttribute(name string) bool {
	switch name {
	case "href", "src", "action", "formaction", "xlink:href", "poster", "cite", "data", "background", "longdesc", "ping":
		return true
	}
	return false
}
