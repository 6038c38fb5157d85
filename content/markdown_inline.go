package content

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	xast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// inline follows the text of one block byte by byte. The syntax tree says what
// comes next and the bytes at hand must agree; so every code gets its exact
// bytes, although the tree keeps none for the marks of emphasis or the ends of
// links. Where they do not agree, the block has failed and stays as it is.
type inline struct {
	r *markdownReader
	// buf is the block's text without what its lines begin with. lines are
	// where its parts lie in body, and offs where they begin in buf.
	buf   []byte
	lines []Range
	offs  []int
	// pos is how far buf has been read; begin is where the text begins.
	pos, begin int
	out        strings.Builder
	codes      []Code
	nested     []Unit
	depth      int
	failed     bool
	cell       bool
	// stressed counts the pairs of emphasis that are open.
	stressed int
	// struck tells that a pair of ~ is open.
	struck bool
}

// maxStress is how many pairs of emphasis may lie in each other: there are two
// marks, * and _, to tell them apart by.
const maxStress = 2

// newInline lays the lines of a block end to end. It gives nil where a tab is
// cut in two, since then the text has bytes that the source has not.
func newInline(r *markdownReader, lines *text.Segments) *inline {
	in := &inline{r: r}
	n := lines.Len()
	if n == 1 {
		l := lines.At(0)
		if l.Padding != 0 {
			return nil
		}
		in.buf, in.lines, in.offs = r.body[l.Start:l.Stop], []Range{{l.Start, l.Stop}}, []int{0}
		return in
	}
	for i := 0; i < n; i++ {
		l := lines.At(i)
		if l.Padding != 0 {
			return nil
		}
		in.offs = append(in.offs, len(in.buf))
		in.lines = append(in.lines, Range{l.Start, l.Stop})
		in.buf = append(in.buf, r.body[l.Start:l.Stop]...)
	}
	return in
}

// line gives the index of the line that holds offset v of buf.
func (in *inline) line(v int) int {
	i := len(in.offs) - 1
	for i > 0 && in.offs[i] > v {
		i--
	}
	return i
}

// start gives the place in the document where what begins at v of buf begins.
func (in *inline) start(v int) int {
	i := in.line(v)
	return in.r.base + in.lines[i].Start + v - in.offs[i]
}

// end gives the place in the document where what ends at v of buf ends.
func (in *inline) end(v int) int {
	i := in.line(max(v-1, 0))
	return in.r.base + in.lines[i].Start + v - in.offs[i]
}

// at gives the offset in buf of a place in body, or -1.
func (in *inline) at(p int) int {
	for i, l := range in.lines {
		if p >= l.Start && p <= l.End {
			if p == l.End && i+1 < len(in.lines) && in.lines[i+1].Start == p {
				continue
			}
			return in.offs[i] + p - l.Start
		}
	}
	return -1
}

// ranges gives where buf[from:to] lies in the document, one range a line.
func (in *inline) ranges(from, to int) []Range {
	if len(in.lines) == 1 {
		return []Range{{in.start(from), in.end(to)}}
	}
	var out []Range
	for i, l := range in.lines {
		a, b := max(in.offs[i], from), min(in.offs[i]+l.End-l.Start, to)
		if a < b {
			p := in.r.base + l.Start - in.offs[i]
			out = append(out, Range{p + a, p + b})
		}
	}
	return out
}

func (in *inline) fail() { in.failed = true }

// code adds a code of the type that begins at from and ends at to of buf.
func (in *inline) code(typ string, from, to int) *Code {
	c := Code{ID: len(in.codes) + 1, Type: typ, start: in.start(from), end: in.end(to)}
	c.Open = string(in.r.doc.Source[c.start:c.end])
	in.codes = append(in.codes, c)
	return &in.codes[len(in.codes)-1]
}

// open begins a pair with n bytes at pos and gives its index.
func (in *inline) open(typ string, n int) int {
	c := in.code(typ, in.pos, in.pos+n)
	c.Paired = true
	in.pos += n
	writeCode(&in.out, Open, c.ID)
	return c.ID - 1
}

// close ends the pair with n bytes at pos.
func (in *inline) close(i, n int) {
	c := &in.codes[i]
	c.cstart, c.cend = in.start(in.pos), in.end(in.pos+n)
	c.Close = string(in.r.doc.Source[c.cstart:c.cend])
	in.pos += n
	writeCode(&in.out, Close, c.ID)
}

// single adds a standalone code of n bytes at pos.
func (in *inline) single(typ string, n int) *Code {
	c := in.code(typ, in.pos, in.pos+n)
	in.pos += n
	writeCode(&in.out, Single, c.ID)
	return c
}

func (in *inline) children(parent ast.Node) {
	in.depth++
	defer func() { in.depth-- }()
	if in.depth > maxDepth {
		in.fail()
	}
	var pairs map[ast.Node]int
	for n := parent.FirstChild(); n != nil && !in.failed; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			in.text(n)
		case *ast.Emphasis:
			in.emphasis(n, n.Level)
		case *xast.Strikethrough:
			in.strike(n)
		case *ast.CodeSpan:
			in.codeSpan(n)
		case *ast.Link:
			in.link(n)
		case *ast.Image:
			in.image(n)
		case *ast.AutoLink:
			in.autoLink(n)
		case *ast.RawHTML:
			if pairs == nil {
				pairs = in.pairTags(parent)
			}
			in.rawHTML(n, pairs)
		case *xast.FootnoteLink:
			in.footnoteLink()
		case *xast.FootnoteBacklink:
		case *xast.TaskCheckBox:
			in.checkBox()
		default:
			in.fail()
		}
	}
}

// text reads a run of text. The tree gives its place; only the rest of a run of
// emphasis marks may be said to lie before where it lies.
func (in *inline) text(n *ast.Text) {
	seg := n.Segment
	if seg.Padding != 0 {
		in.fail()
		return
	}
	v, size := in.at(seg.Start), seg.Stop-seg.Start
	if size == 0 && v < in.pos {
		v = in.pos
	}
	if v < in.pos {
		v = in.pos
	}
	if v+size > len(in.buf) || !isSpace(in.buf[in.pos:v]) || !bytes.Equal(in.buf[v:v+size], in.r.body[seg.Start:seg.Stop]) {
		in.fail()
		return
	}
	in.pos = v + size
	s := string(in.buf[v:in.pos])
	if !n.IsRaw() {
		s = decodeMarkdown(s)
	}
	in.out.WriteString(Escape(s))
	in.lineBreak(n)
}

// lineBreak reads the end of a line: a space where it only wraps the text, a
// code where it breaks the line for the reader.
func (in *inline) lineBreak(n *ast.Text) {
	if !n.SoftLineBreak() && !n.HardLineBreak() {
		return
	}
	nl := bytes.IndexByte(in.buf[in.pos:], '\n')
	if nl < 0 {
		return
	}
	if n.HardLineBreak() {
		next := in.pos + nl + 1
		if next >= len(in.buf) {
			return
		}
		c := in.code("br", in.pos, next)
		c.end = in.start(next)
		c.Open = string(in.r.doc.Source[c.start:c.end])
		c.Display = "↵"
		writeCode(&in.out, Single, c.ID)
		in.pos = next
		return
	}
	if strings.TrimSpace(string(in.buf[in.pos:in.pos+nl])) != "" {
		in.fail()
		return
	}
	in.pos += nl + 1
	in.out.WriteByte(' ')
}

func isSpace(b []byte) bool {
	for _, c := range b {
		if !util.IsSpace(c) {
			return false
		}
	}
	return true
}

// emphasis reads a pair of n marks.
func (in *inline) emphasis(node ast.Node, n int) {
	if !in.marks(n, "*_") {
		in.fail()
		return
	}
	mark := in.buf[in.pos]
	typ := "em"
	if n == 2 {
		typ = "strong"
	}
	// Marks that wrap nothing but the same marks are one code.
	size := n
	for inner := sameInside(node, n); inner != nil; inner = sameInside(node, n) {
		node, size = inner, size+n
	}
	in.stressed++
	if runOf(in.buf[in.pos:], mark) < size || in.stressed > maxStress {
		in.fail()
		return
	}
	i := in.open(typ, size)
	in.children(node)
	in.stressed--
	if in.failed || runOf(in.buf[in.pos:], mark) < size {
		in.fail()
		return
	}
	in.close(i, size)
}

// sameInside gives the only child of emphasis, if that has as many marks.
func sameInside(n ast.Node, level int) ast.Node {
	c, ok := n.FirstChild().(*ast.Emphasis)
	if !ok || c.Level != level || n.LastChild() != n.FirstChild() {
		return nil
	}
	return c
}

// marks tells whether n equal marks of the set stand at pos.
func (in *inline) marks(n int, set string) bool {
	if in.pos+n > len(in.buf) || strings.IndexByte(set, in.buf[in.pos]) < 0 {
		return false
	}
	return n == 1 || in.buf[in.pos] == in.buf[in.pos+1]
}

func (in *inline) strike(node ast.Node) {
	if in.struck || !in.marks(1, "~") {
		in.fail()
		return
	}
	n := 1
	if in.marks(2, "~") {
		n = 2
	}
	in.struck = true
	i := in.open("strike", n)
	in.children(node)
	in.struck = false
	if in.failed || !in.marks(n, "~") {
		in.fail()
		return
	}
	in.close(i, n)
}

func (in *inline) codeSpan(node *ast.CodeSpan) {
	n := runOf(in.buf[in.pos:], '`')
	if n == 0 {
		in.fail()
		return
	}
	for i := in.pos + n; i < len(in.buf); {
		m := runOf(in.buf[i:], '`')
		if m == n {
			whole, content := string(in.buf[in.pos:i+n]), string(in.buf[in.pos+n:i])
			c := in.single("code", i+n-in.pos)
			c.Display = strings.Join(strings.Fields(content), " ")
			if strings.Contains(whole, "\n") {
				c.label = strings.NewReplacer("\r\n", " ", "\n", " ").Replace(whole)
			}
			return
		}
		i += max(m, 1)
	}
	in.fail()
}

func runOf(b []byte, c byte) int {
	n := 0
	for n < len(b) && b[n] == c {
		n++
	}
	return n
}

func (in *inline) link(n *ast.Link) {
	if in.pos >= len(in.buf) || in.buf[in.pos] != '[' {
		in.fail()
		return
	}
	i := in.open("link", 1)
	label := in.pos
	in.children(n)
	if in.failed {
		return
	}
	t, ok := in.tail(n.Destination, n.Title, n.Reference)
	if !ok {
		in.fail()
		return
	}
	if n.Reference != nil && n.Reference.Type != ast.ReferenceLinkFull {
		in.codes[i].label = "][" + in.label(label, in.pos) + "]"
		in.r.suspect = true
	}
	in.codes[i].Href = decodeMarkdown(string(n.Destination))
	in.codes[i].Display = in.codes[i].Href
	in.close(i, t.end-in.pos)
	in.nested = append(in.nested, t.units...)
}

// label gives the text between brackets as it must stand in a full reference.
func (in *inline) label(from, to int) string {
	return strings.Join(strings.Fields(string(in.buf[from:to])), " ")
}

func (in *inline) image(n *ast.Image) {
	if !bytes.HasPrefix(in.buf[in.pos:], []byte("![")) {
		in.fail()
		return
	}
	start := in.pos
	alt := &inline{r: in.r, buf: in.buf, lines: in.lines, offs: in.offs, pos: start + 2, depth: in.depth, cell: in.cell}
	alt.children(n)
	if alt.failed {
		in.fail()
		return
	}
	in.pos = alt.pos
	t, ok := in.tail(n.Destination, n.Title, n.Reference)
	if !ok {
		in.fail()
		return
	}
	u := Unit{Kind: KindAlt, coded: alt.out.String(), Codes: alt.codes, span: Range{in.start(start + 2), in.start(in.pos)}}
	u.Ranges = alt.ranges(start+2, in.pos)
	u.place = place{kind: placeMarkdown, label: true, cell: in.cell}
	if n.Reference != nil && n.Reference.Type != ast.ReferenceLinkFull {
		in.r.suspect = true
		u.place.suffix = "][" + in.label(start+2, in.pos) + "]"
		u.span.End = in.end(t.end)
	}
	in.pos = start
	c := in.single("image", t.end-start)
	c.Href = decodeMarkdown(string(n.Destination))
	c.Display = Plain(u.coded)
	if n.Reference == nil {
		in.r.doc.picture(t.dest, c.Href)
	}
	if translatable(u.coded) && in.start(start+2) < u.span.End {
		in.nested = append(in.nested, u)
	}
	in.nested = append(in.nested, alt.nested...)
	in.nested = append(in.nested, t.units...)
}

// tail is what follows the text of a link or image: ](address "title"),
// ][label], ][] or ].
type tail struct {
	end   int
	units []Unit
	dest  Range // of the address, zero where a label stands for it
}

func (in *inline) tail(dest, title []byte, ref *ast.ReferenceLink) (tail, bool) {
	if in.pos >= len(in.buf) || in.buf[in.pos] != ']' {
		return tail{}, false
	}
	p := in.pos + 1
	if ref != nil {
		if ref.Type == ast.ReferenceLinkShortcut {
			return tail{end: p}, true
		}
		end := closing(in.buf, p+1, ']')
		return tail{end: end + 1}, p < len(in.buf) && in.buf[p] == '[' && end > 0
	}
	if p >= len(in.buf) || in.buf[p] != '(' {
		return tail{}, false
	}
	return in.address(p+1, dest, title)
}

// address reads what stands between the round brackets of a link.
func (in *inline) address(p int, dest, title []byte) (tail, bool) {
	p = skipSpaces(in.buf, p)
	angle := p < len(in.buf) && in.buf[p] == '<' && (len(dest) == 0 || dest[0] != '<')
	if angle {
		p++
	}
	if !bytes.HasPrefix(in.buf[p:], dest) {
		return tail{}, false
	}
	where := Range{in.start(p), in.end(p + len(dest))}
	if len(dest) > 0 && !safeURL(decodeMarkdown(string(dest))) {
		in.r.doc.mend(where, "#", string(dest))
	}
	p += len(dest)
	if angle {
		if p >= len(in.buf) || in.buf[p] != '>' {
			return tail{}, false
		}
		p++
	}
	p = skipSpaces(in.buf, p)
	if p >= len(in.buf) {
		return tail{}, false
	}
	if in.buf[p] == ')' {
		return tail{end: p + 1, dest: where}, len(title) == 0
	}
	quote, end := in.buf[p], p+1+len(title)
	if end >= len(in.buf) || !bytes.Equal(in.buf[p+1:end], title) || !pairedQuotes(quote, in.buf[end]) {
		return tail{}, false
	}
	t := tail{end: skipSpaces(in.buf, end+1) + 1, dest: where}
	if t.end > len(in.buf) || in.buf[t.end-1] != ')' {
		return tail{}, false
	}
	at := Range{in.start(p+1) - in.r.base, in.end(end) - in.r.base}
	if u, ok := in.r.titleUnit(quote, at, in.cell); ok {
		t.units = append(t.units, u)
	}
	return t, true
}

func skipSpaces(b []byte, i int) int {
	for i < len(b) && util.IsSpace(b[i]) {
		i++
	}
	return i
}

// closing finds the first c from i on that no backslash escapes, or -1.
func closing(b []byte, i int, c byte) int {
	for ; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case c:
			return i
		}
	}
	return -1
}

func (in *inline) autoLink(n *ast.AutoLink) {
	label := n.Label(in.r.body)
	size, whole := len(label), label
	if in.pos < len(in.buf) && in.buf[in.pos] == '<' {
		whole = append(append([]byte{'<'}, label...), '>')
		size += 2
	}
	if !bytes.HasPrefix(in.buf[in.pos:], whole) {
		in.fail()
		return
	}
	href := string(n.URL(in.r.body))
	if n.AutoLinkType == ast.AutoLinkEmail {
		href = "mailto:" + href
	}
	at := Range{in.start(in.pos), in.end(in.pos + size)}
	if !safeURL(href) {
		in.r.doc.mend(at, in.comment(), href)
	}
	c := in.single("url", size)
	c.Href, c.Display = href, string(label)
}

// comment is what stands in the place of a tag or an address that must not be
// published: an empty comment, which at the head of a line would begin a block
// if nothing stood before it.
func (in *inline) comment() string {
	if in.pos == 0 || in.buf[in.pos-1] == '\n' {
		return "&#32;<!-- -->"
	}
	return "<!-- -->"
}

func (in *inline) footnoteLink() {
	if !bytes.HasPrefix(in.buf[in.pos:], []byte("[^")) {
		in.fail()
		return
	}
	end := closing(in.buf, in.pos, ']')
	if end < 0 {
		in.fail()
		return
	}
	in.r.suspect = true
	label := string(in.buf[in.pos+2 : end])
	in.single("footnote", end+1-in.pos).Display = label
}

// checkBox skips the box of a task, which is the item's and not the text's.
func (in *inline) checkBox() {
	if in.out.Len() > 0 || in.pos+3 > len(in.buf) || in.buf[in.pos] != '[' || in.buf[in.pos+2] != ']' {
		in.fail()
		return
	}
	in.pos = skipSpaces(in.buf, in.pos+3)
	in.begin = in.pos
}

// decodeMarkdown resolves backslash escapes and entities, as CommonMark 0.31
// sections 2.4 and 2.5 have it.
func decodeMarkdown(s string) string {
	i := strings.IndexAny(s, "\\&\x00")
	if i < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	b = append(b, s[:i]...)
	for i < len(s) {
		c := s[i]
		switch {
		case c == '\\' && i+1 < len(s) && util.IsPunct(s[i+1]):
			b = append(b, s[i+1])
			i += 2
			continue
		case c == '&':
			if v, n := entity(s[i:]); n > 0 {
				b = append(b, v...)
				i += n
				continue
			}
		}
		b = append(b, c)
		i++
	}
	return string(b)
}

// entity reads the character reference that s begins with: its value and
// length, or 0.
func entity(s string) (string, int) {
	end := strings.IndexByte(s[:min(len(s), 40)], ';')
	if end < 2 {
		return "", 0
	}
	name := s[1:end]
	if name[0] != '#' {
		if e, ok := util.LookUpHTML5EntityByName(name); ok {
			return string(e.Characters), end + 1
		}
		return "", 0
	}
	return numeric(name[1:], end+1)
}

// numeric reads the digits of &#123; or &#x1F;.
func numeric(digits string, size int) (string, int) {
	base, limit := rune(10), 7
	if digits != "" && digits[0]|0x20 == 'x' {
		base, limit, digits = 16, 6, digits[1:]
	}
	if digits == "" || len(digits) > limit {
		return "", 0
	}
	var v rune
	for i := 0; i < len(digits); i++ {
		d := hexValue(digits[i])
		if d >= base {
			return "", 0
		}
		v = v*base + d
	}
	if v == 0 || !utf8.ValidRune(v) {
		v = utf8.RuneError
	}
	return string(v), size
}

func hexValue(c byte) rune {
	switch {
	case c >= '0' && c <= '9':
		return rune(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return rune(c|0x20-'a') + 10
	}
	return 99
}

// pairTags finds which inline tags of HTML among the children of a node belong
// together: 1 for a start tag that has an end, -1 for that end.
func (in *inline) pairTags(parent ast.Node) map[ast.Node]int {
	type open struct {
		node ast.Node
		name string
	}
	pairs := map[ast.Node]int{}
	var stack []open
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		raw, ok := n.(*ast.RawHTML)
		if !ok {
			continue
		}
		s := string(raw.Segments.Value(in.r.body))
		name := tagName(s)
		switch {
		case !inlineTag(name) || voidTag(name) || strings.HasSuffix(s, "/>"):
		case !strings.HasPrefix(s, "</"):
			stack = append(stack, open{n, name})
		default:
			for i := len(stack) - 1; i >= 0; i-- {
				if stack[i].name == name {
					pairs[stack[i].node], pairs[n] = 1, -1
					stack = stack[:i]
					break
				}
			}
		}
	}
	return pairs
}

// rawHTML reads an inline tag or comment.
func (in *inline) rawHTML(n *ast.RawHTML, pairs map[ast.Node]int) {
	size := 0
	for i := 0; i < n.Segments.Len(); i++ {
		s := n.Segments.At(i)
		if s.Padding != 0 {
			in.fail()
			return
		}
		size += s.Stop - s.Start
	}
	if size == 0 || in.at(n.Segments.At(0).Start) != in.pos || in.pos+size > len(in.buf) {
		in.fail()
		return
	}
	raw := string(in.buf[in.pos : in.pos+size])
	in.r.doc.raw = true
	name, role := tagName(raw), pairs[n]
	at := Range{in.start(in.pos), in.end(in.pos + size)}
	end := strings.HasPrefix(raw, "</")
	in.r.suspect = in.r.suspect || strings.Contains(raw, "\n")
	if activeTag(name) {
		in.r.doc.mend(at, in.comment(), raw)
	}
	typ := "html"
	if inlineTag(name) && (role != 0 || voidTag(name)) {
		typ = codeType(name)
	}
	switch {
	case role > 0:
		i := in.open(typ, size)
		in.codes[i].tag = name
		in.tagAttributes(i, name, at)
	case role < 0:
		for i := len(in.codes) - 1; i >= 0; i-- {
			if c := &in.codes[i]; c.tag == name && c.Close == "" {
				in.close(i, size)
				return
			}
		}
		in.fail()
	default:
		i := in.single(typ, size).ID - 1
		in.codes[i].Display = raw
		if !end && name != "" && !strings.HasPrefix(raw, "<!") && !strings.HasPrefix(raw, "<?") {
			in.tagAttributes(i, name, at)
		}
	}
}

// tagAttributes reads what an inline tag says: where it leads, its alt text.
func (in *inline) tagAttributes(i int, name string, at Range) {
	src := in.r.doc.Source
	attrs := attributes(src, at.Start, at.End)
	in.r.doc.mendTag(name, at, attrs, true)
	run := htmlRun{src: src}
	c := &in.codes[i]
	if c.Display == "" {
		c.Display = c.Open
	}
	run.describe(c, name, attrs)
	if bytes.IndexByte(src[at.Start:at.End], '\n') < 0 {
		in.nested = append(in.nested, run.nested...)
	}
}
