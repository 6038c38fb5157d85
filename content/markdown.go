package content

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	xast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"golang.org/x/net/html"
)

// maxDepth is how many quotes and lists may lie in each other. Nobody writes
// so many; what has more is an attack or a broken export.
const maxDepth = 100

// maxBrackets is how many brackets may open in one paragraph: the time that
// looking for links takes grows with their square.
const maxBrackets = 10_000

// The parsers: CommonMark with tables, strikethrough, footnotes and task lists.
// Bare addresses cost a third of the time, so they are looked for only where
// there are any.
var (
	plainParser = newMarkdown().Parser()
	linkParser  = newMarkdown(extension.Linkify).Parser()
)

func newMarkdown(more ...goldmark.Extender) goldmark.Markdown {
	return goldmark.New(goldmark.WithExtensions(append([]goldmark.Extender{
		extension.Table, extension.Strikethrough, extension.Footnote, extension.TaskList}, more...)...))
}

// parseMarkdown gives the syntax tree of Markdown without front matter.
func parseMarkdown(body []byte) ast.Node {
	p := plainParser
	if bytes.IndexByte(body, '@') >= 0 || bytes.Contains(body, []byte("www.")) || bytes.Contains(body, []byte("://")) {
		p = linkParser
	}
	return p.Parse(text.NewReader(body), parser.WithContext(parser.NewContext()))
}

// markdownReader walks the syntax tree and gathers the units. All offsets are
// of body; base is where body begins in the document.
type markdownReader struct {
	doc   *Document
	body  []byte
	base  int
	units []Unit
	err   *Problem
	// suspect tells of a shape so rare that the document must prove that it
	// can take translations.
	suspect bool
	// skeleton gathers the document's.
	skeleton []byte
}

// container is what a block lies in.
type container struct {
	kind  UnitKind // KindItem, KindQuote or KindFootnote; "" for none
	level int      // how many lists
	depth int      // how many containers of any kind
}

// readMarkdown adds the units of the document's bytes from base on. It tells
// whether the document has a shape so rare that it must prove itself.
func readMarkdown(d *Document, base int) (suspect bool, p *Problem) {
	r := &markdownReader{doc: d, body: d.Source[base:], base: base}
	if p := tooDeep(d, base); p != nil {
		return false, p
	}
	r.blocks(parseMarkdown(r.body), container{})
	if r.err != nil {
		return false, r.err
	}
	d.Units = append(d.Units, r.units...)
	d.skeleton = string(r.skeleton)
	return r.suspect, nil
}

// tooDeep looks for lines that open more containers than maxDepth, before the
// parser walks into them.
func tooDeep(d *Document, base int) *Problem {
	brackets := 0
	for at := base; at < len(d.Source); {
		end := bytes.IndexByte(d.Source[at:], '\n')
		if end < 0 {
			end = len(d.Source) - at
		}
		line := d.Source[at : at+end]
		if brackets += bytes.Count(line, []byte("[")); len(bytes.TrimSpace(line)) == 0 {
			brackets = 0
		}
		if brackets > maxBrackets {
			return d.problem(at, fmt.Sprintf("A paragraph has more than %d brackets", maxBrackets), "Part it with empty lines, or take the brackets out")
		}
		if openers(line) > maxDepth {
			return d.problem(at, "Quotes or lists lie more than 100 deep in each other", "Take the marks away that begin this line (> or -)")
		}
		at += end + 1
	}
	return nil
}

// openers counts the quote and list marks at the head of a line.
func openers(line []byte) int {
	n := 0
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == ' ' || c == '\t':
		case c == '>':
			n++
		case (c == '-' || c == '+' || c == '*') && i+1 < len(line) && (line[i+1] == ' ' || line[i+1] == '\t'):
			n++
		case c >= '0' && c <= '9' || c == '.' || c == ')':
			if c == '.' || c == ')' {
				n++
			}
		default:
			return n
		}
	}
	return n
}

// blocks reads the children of a block that holds blocks.
func (r *markdownReader) blocks(parent ast.Node, in container) {
	if in.depth > maxDepth && r.err == nil {
		r.err = r.doc.problem(r.base+max(parent.Pos(), 0), "Quotes or lists lie more than 100 deep in each other", "Take some of the marks away that begin these lines (> or -)")
	}
	r.skeleton = append(r.skeleton, '(')
	for n := parent.FirstChild(); n != nil && r.err == nil; n = n.NextSibling() {
		r.skeleton = append(r.skeleton, bone(n))
		r.block(n, in)
	}
	r.skeleton = append(r.skeleton, ')')
}

// bone gives the letter of a block.
func bone(n ast.Node) byte {
	switch n := n.(type) {
	case *ast.Paragraph:
		return 'p'
	case *ast.TextBlock:
		return 't'
	case *ast.Heading:
		return byte('0' + n.Level)
	case *ast.List:
		switch {
		case n.IsTight:
			return n.Marker
		case n.IsOrdered():
			return 'O'
		}
		return 'L'
	}
	return byte('A' + n.Kind()%26)
}

func (r *markdownReader) block(n ast.Node, in container) {
	switch n := n.(type) {
	case *ast.Paragraph, *ast.TextBlock:
		kind := in.kind
		if kind == "" {
			kind = KindParagraph
		}
		level := 0
		if kind == KindItem {
			level = in.level
		}
		r.leaf(n, Unit{Kind: kind, Level: level})
	case *ast.Heading:
		u := Unit{Kind: KindHeading, Level: n.Level}
		u.place.atx = r.isATX(n)
		r.suspect = r.suspect || !u.place.atx && n.Lines().Len() > 1
		if n.Parent().Kind() == ast.KindDocument {
			u.lines = r.headingLines(n, u.place.atx)
		}
		r.leaf(n, u)
	case *ast.Blockquote:
		in.kind = KindQuote
		in.depth++
		r.blocks(n, in)
	case *ast.List:
		in.level++
		r.blocks(n, in)
	case *ast.ListItem:
		in.kind = KindItem
		in.depth++
		r.blocks(n, in)
	case *xast.Table:
		r.table(n)
	case *xast.FootnoteList:
		r.suspect = true
		r.blocks(n, container{})
	case *xast.Footnote:
		r.blocks(n, container{kind: KindFootnote, depth: in.depth})
	case *ast.HTMLBlock:
		r.htmlBlock(n)
	case *ast.LinkReferenceDefinition:
		r.definition(n)
	}
}

// isATX tells a heading that # marks from one that is underlined.
func (r *markdownReader) isATX(n *ast.Heading) bool {
	p := n.Pos()
	return p >= 0 && p < len(r.body) && r.body[p] == '#' && (n.Lines().Len() == 0 || n.Lines().At(0).Start > p)
}

// headingLines gives the lines of a heading, with the line under it where that
// marks it.
func (r *markdownReader) headingLines(n *ast.Heading, atx bool) Range {
	lines := n.Lines()
	if lines.Len() == 0 {
		return Range{}
	}
	start := bytes.LastIndexByte(r.body[:lines.At(0).Start], '\n') + 1
	end := lineAfter(r.body, max(lines.At(lines.Len()-1).Stop-1, start))
	if !atx {
		end = lineAfter(r.body, end)
	}
	return Range{r.base + start, r.base + end}
}

// lineAfter gives where the line after that of byte i begins.
func lineAfter(b []byte, i int) int {
	if nl := bytes.IndexByte(b[min(i, len(b)):], '\n'); nl >= 0 {
		return i + nl + 1
	}
	return len(b)
}

// placeTitle finds the title where the front matter has none: in the first
// heading. A heading at the head of the text that is the title, or repeats it,
// is no part of the body.
func (d *Document) placeTitle() {
	named := d.Meta.Title != ""
	first := true
	for i := range d.Units {
		u := &d.Units[i]
		if u.span.Start < d.body.Start || u.Kind.nested() {
			continue
		}
		if u.lines.End == 0 {
			first = false
			continue
		}
		if !named {
			u.Kind, u.title = KindTitle, true
		}
		if first && (!named || u.Level == 1 && Normalise(Plain(u.coded)) == Normalise(d.Meta.Title)) {
			d.drops = append(d.drops, u.lines)
		}
		return
	}
}

func (r *markdownReader) table(t *xast.Table) {
	for row := t.FirstChild(); row != nil; row = row.NextSibling() {
		for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
			if cell.Lines().Len() > 0 {
				u := Unit{Kind: KindCell}
				u.place.cell = true
				r.leaf(cell, u)
			}
		}
	}
}

// leaf reads a block that holds text. What cannot be followed byte by byte is
// left as it is, without a unit.
func (r *markdownReader) leaf(n ast.Node, u Unit) {
	lines := n.Lines()
	if lines.Len() == 0 {
		return
	}
	in := newInline(r, lines)
	if in == nil {
		return
	}
	first := in.pos
	u.place.kind = placeMarkdown
	in.cell = u.place.cell
	if prev := n.PreviousSibling(); prev != nil && n.Type() == ast.TypeBlock && u.Kind != KindCell {
		u.place.afterLink = prev.Kind() == ast.KindLinkReferenceDefinition
		if prev.Kind() == xast.KindTable && !n.HasBlankPreviousLines() {
			// Other words could make it a row of the table.
			return
		}
	}
	in.children(n)
	if in.failed || strings.TrimSpace(string(in.buf[in.pos:])) != "" {
		r.suspect = true
		return
	}
	if in.begin > first {
		first = in.begin
	}
	u.span = Range{in.start(first), in.end(in.pos)}
	u.Ranges = in.ranges(first, in.pos)
	u.coded, u.Codes = in.out.String(), in.codes
	if u.Kind == KindParagraph && sourceLine(Plain(u.coded)) != "" {
		u.Kind = KindAttribution
	}
	if captioned(n, in) {
		u.Kind = KindCaption
	}
	r.add(u)
	r.units = append(r.units, in.nested...)
}

// captioned tells whether a paragraph is the caption of an image: the image
// and emphasised words in one paragraph, or emphasised words alone in the
// paragraph after the image.
func captioned(n ast.Node, in *inline) bool {
	if n.Kind() != ast.KindParagraph {
		return false
	}
	last := n.LastChild()
	if last == nil || last.Kind() != ast.KindEmphasis || last.(*ast.Emphasis).Level != 1 {
		return false
	}
	if first := n.FirstChild(); first != last {
		return first.Kind() == ast.KindImage && blankBetween(first.NextSibling(), last, in)
	}
	prev := n.PreviousSibling()
	return prev != nil && prev.Kind() == ast.KindParagraph && prev.FirstChild() == prev.LastChild() &&
		prev.FirstChild() != nil && prev.FirstChild().Kind() == ast.KindImage
}

func blankBetween(n, end ast.Node, in *inline) bool {
	for ; n != end; n = n.NextSibling() {
		t, ok := n.(*ast.Text)
		if !ok || len(bytes.TrimSpace(t.Segment.Value(in.r.body))) > 0 {
			return false
		}
	}
	return true
}

// add keeps a unit that has something to translate.
func (r *markdownReader) add(u Unit) {
	u.bone = len(r.skeleton)
	if translatable(u.coded) {
		r.units = append(r.units, u)
	}
}

// htmlBlock reads the text in a block of HTML and mends its tags. Text in lines
// that something else interrupts (a quote's marks) is left alone.
func (r *markdownReader) htmlBlock(n *ast.HTMLBlock) {
	r.suspect, r.doc.raw = true, true
	lines := n.Lines()
	if lines.Len() == 0 {
		return
	}
	span := Range{lines.At(0).Start, lines.At(lines.Len() - 1).Stop}
	if n.ClosureLine.Stop > span.End {
		span.End = n.ClosureLine.Stop
	}
	if r.mendBlock(span); n.HTMLBlockType != ast.HTMLBlockType6 && n.HTMLBlockType != ast.HTMLBlockType7 {
		return
	}
	at := span.Start
	for i := 0; i < lines.Len(); i++ {
		l := lines.At(i)
		if l.Start != at || l.Padding != 0 {
			return
		}
		at = l.Stop
	}
	if n.HTMLBlockType == ast.HTMLBlockType7 {
		// It began with a tag that is alone on its line and has to stay so.
		span.Start = lines.At(0).Stop
	}
	h := newHTMLReader(r.doc, Range{r.base + span.Start, r.base + span.End})
	h.fragment()
	r.units = append(r.units, h.units...)
}

// mendBlock takes out of a block of HTML what runs or leads astray: all of a
// block that begins with a script or a style, else tag by tag.
func (r *markdownReader) mendBlock(span Range) {
	block := r.body[span.Start:span.End]
	start := span.Start + len(block) - len(bytes.TrimLeft(block, " "))
	end := span.Start + len(bytes.TrimRight(block, " \t\r\n"))
	switch name := tagName(string(r.body[start:end])); name {
	case "script", "style":
		r.doc.mend(Range{r.base + start, r.base + end}, "<!-- -->", "<"+name+">")
		return
	}
	for _, t := range newHTMLReader(r.doc, Range{r.base + span.Start, r.base + span.End}).tokens {
		at := Range{t.start, t.end}
		switch t.kind {
		case html.StartTagToken, html.SelfClosingTagToken:
			r.doc.mendTag(t.name, at, attributes(r.doc.Source, t.start, t.end), true)
		case html.EndTagToken:
			if activeTag(t.name) {
				r.doc.mend(at, "<!-- -->", "</"+t.name+">")
			}
		}
	}
}

// definition reads the title of a link's definition: [label]: address "title".
func (r *markdownReader) definition(n *ast.LinkReferenceDefinition) {
	r.suspect = true
	lines := n.Lines()
	if lines.Len() == 0 {
		return
	}
	r.checkURL(n.Destination, Range{lines.At(0).Start, lines.At(lines.Len() - 1).Stop})
	if len(n.Title) == 0 {
		return
	}
	last := lines.At(lines.Len() - 1)
	value := bytes.TrimRight(r.body[last.Start:last.Stop], " \t\r\n")
	if len(value) < len(n.Title)+2 {
		return
	}
	end := last.Start + len(value) - 1
	start := end - len(n.Title)
	if !bytes.Equal(r.body[start:end], n.Title) || !pairedQuotes(r.body[start-1], r.body[end]) {
		return
	}
	r.linkTitle(r.body[start-1], Range{start, end}, false)
}

func pairedQuotes(open, end byte) bool {
	return open == end && (open == '"' || open == '\'') || open == '(' && end == ')'
}

// linkTitle adds the title of a link or image as a unit of its own.
func (r *markdownReader) linkTitle(quote byte, at Range, cell bool) {
	if u, ok := r.titleUnit(quote, at, cell); ok {
		r.units = append(r.units, u)
	}
}

func (r *markdownReader) titleUnit(quote byte, at Range, cell bool) (Unit, bool) {
	u := Unit{Kind: KindLinkTitle, span: Range{r.base + at.Start, r.base + at.End}}
	u.place = place{kind: placeLinkTitle, quote: quote, cell: cell}
	u.Ranges = []Range{u.span}
	value := r.body[at.Start:at.End]
	if bytes.IndexByte(value, '\n') >= 0 {
		return u, false
	}
	u.coded = Escape(decodeMarkdown(string(value)))
	return u, translatable(u.coded)
}

// checkURL mends an address that no output may lead to. at is the range of
// body that holds its definition.
func (r *markdownReader) checkURL(dest []byte, at Range) {
	where, ok := r.destinationOf(dest, at)
	href := decodeMarkdown(string(dest))
	switch {
	case !ok:
	case safeURL(href):
		r.doc.picture(where, href)
	default:
		r.doc.mend(where, "#", string(dest))
	}
}
