package content

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/util"
)

// markdownWriter writes the pieces of one unit as Markdown, so that they are
// read back as the same text and codes.
type markdownWriter struct {
	place  place
	bytes  bytesFunc
	chunks []chunk
	// lines tells that the bytes of some code break the line, pairs how many
	// pairs of marks there are.
	lines bool
	pairs int
}

// chunkKind is what a chunk of the output is.
type chunkKind uint8

const (
	textChunk chunkKind = iota
	markChunk           // the marks of emphasis, which look at their neighbours
	rawChunk            // any other bytes
)

type chunk struct {
	kind chunkKind
	s    string
	code *Code
	open bool
	// pair is the index of the other mark's chunk.
	pair int
	// first and last ask for the outermost character of a text to be written
	// as a character reference, which marks of emphasis take for punctuation.
	first, last bool
}

// bytesFunc gives what stands in the output for a code, or for its end.
type bytesFunc func(c *Code, end bool) string

// writeMarkdown gives the Markdown of a target.
func writeMarkdown(ps []piece, pl place, bytes bytesFunc) string {
	w := &markdownWriter{place: pl, bytes: bytes}
	w.gather(ps)
	w.partCode()
	w.guardLines()
	w.chooseMarks()
	for w.flank() {
		// A reference that one mark asked for is a neighbour of the next.
	}
	var b strings.Builder
	for i := range w.chunks {
		w.write(&b, i)
	}
	if b.Len() == 0 && !pl.label {
		return "&#32;"
	}
	return b.String()
}

// gather makes chunks of pieces. Marks that strike text through have no other
// form that could touch them, so a space parts them.
func (w *markdownWriter) gather(ps []piece) {
	at := make([]int, len(ps))
	for _, p := range ps {
		if p.kind == Open && isMark(p.code) {
			w.pairs++
		}
	}
	for i, p := range ps {
		if w.touches(p) {
			w.chunks = append(w.chunks, chunk{kind: rawChunk, s: " ", pair: -1})
		}
		at[i] = len(w.chunks)
		c := chunk{code: p.code, open: p.kind == Open, pair: -1}
		switch {
		case p.kind == Text:
			c.s = p.text
		case isMark(p.code):
			c.kind, c.s = markChunk, p.code.Open
			if p.kind == Close {
				c.s, c.pair = p.code.Close, at[p.pair]
				w.chunks[c.pair].pair = len(w.chunks)
			}
		default:
			c.kind, c.s = rawChunk, w.bytes(p.code, p.kind == Close)
			w.lines = w.lines || strings.Contains(c.s, "\n")
		}
		w.chunks = append(w.chunks, c)
	}
	for i := range w.chunks {
		if c := &w.chunks[i]; c.code != nil && c.code.Type == "url" && c.code.Open[0] != '<' && !w.bareURL(i) {
			c.s = explicitURL(c.s, c.code.Href)
		}
	}
}

// touches tells whether marks that open would touch marks that close so that a
// space has to part them.
func (w *markdownWriter) touches(p piece) bool {
	n := len(w.chunks)
	if n == 0 || p.kind != Open || !isMark(p.code) || w.chunks[n-1].kind != markChunk || w.chunks[n-1].open {
		return false
	}
	if w.place.variant > 1<<min(w.pairs, maxVaried) {
		return true
	}
	return p.code.Open[0] == '~' && w.chunks[n-1].s[0] == '~'
}

// isMark tells whether a code is marks of emphasis.
func isMark(c *Code) bool {
	return c.Open != "" && strings.Trim(c.Open, "*_~") == ""
}

// bareURL tells whether an address without brackets may stand as it is: with a
// space or nothing on either side.
func (w *markdownWriter) bareURL(i int) bool {
	if i > 0 {
		p := w.chunks[i-1]
		if p.kind != textChunk || !strings.HasSuffix(p.s, " ") {
			return false
		}
	}
	if i+1 < len(w.chunks) {
		n := w.chunks[i+1]
		if n.kind != textChunk || !strings.HasPrefix(n.s, " ") {
			return n.kind == textChunk && (strings.HasPrefix(n.s, ". ") || strings.HasPrefix(n.s, ", ") || n.s == "." && i+2 == len(w.chunks))
		}
	}
	return !w.place.label
}

// explicitURL writes a bare address with brackets, which need no space around.
func explicitURL(label, href string) string {
	if strings.HasPrefix(href, "mailto:") || strings.HasPrefix(label, href[:min(len(href), 6)]) {
		if !strings.ContainsAny(label, "<> ") {
			return "<" + label + ">"
		}
	}
	return "[" + escapeAll(label) + "](" + destination(href) + ")"
}

// partCode keeps the marks of inline code from touching those of other code,
// and a backslash from the one that breaks the line.
func (w *markdownWriter) partCode() {
	for i := range w.chunks {
		c := &w.chunks[i]
		if i == 0 || c.kind != rawChunk {
			continue
		}
		if p := &w.chunks[i-1]; endsLine(*c) && p.kind == textChunk && strings.HasSuffix(p.s, `\`) {
			// Goldmark does not see the backslash that breaks the line behind
			// one that is escaped.
			p.last = true
		}
		if c.s == "" || c.s[0] != '`' {
			continue
		}
		switch p := &w.chunks[i-1]; {
		case p.kind == rawChunk && strings.HasSuffix(p.s, "`"):
			c.s = " " + c.s
		case p.kind == textChunk:
			// A mail address may begin with letters and go on with code.
			p.last = strings.HasSuffix(p.s, "`") || strings.Contains(c.s, "@")
		}
	}
}

// guardLines puts a space, written as a character reference, where a line would
// be empty or would begin with something that begins a block.
func (w *markdownWriter) guardLines() {
	guard := chunk{kind: rawChunk, s: "&#32;", pair: -1}
	var out []chunk
	shift := make([]int, len(w.chunks))
	for i, c := range w.chunks {
		if w.needsGuard(i, out) {
			out = append(out, guard)
		}
		shift[i] = len(out)
		out = append(out, c)
	}
	for i := range out {
		if out[i].pair >= 0 {
			out[i].pair = shift[out[i].pair]
		}
	}
	if n := len(out); n > 0 && endsLine(out[n-1]) {
		out = append(out, guard)
	}
	w.chunks = out
}

func (w *markdownWriter) needsGuard(i int, out []chunk) bool {
	c := w.chunks[i]
	head := len(out) == 0 || endsLine(out[len(out)-1])
	if !head || c.kind != rawChunk || w.place.label {
		return false
	}
	if endsLine(c) {
		return true
	}
	if w.place.cell || w.place.atx {
		return false
	}
	alone := i+1 == len(w.chunks) || endsLine(w.chunks[i+1])
	return strings.HasPrefix(c.s, "```") || strings.HasPrefix(c.s, "[^") || strings.HasPrefix(c.s, "<") && (alone || beginsBlock(c.s))
}

func endsLine(c chunk) bool {
	return c.kind == rawChunk && strings.Contains(c.s, "\n") && c.code.Type == "br"
}

// beginsBlock tells whether a tag at the head of a line begins a block of HTML
// (CommonMark 0.31, section 4.6).
func beginsBlock(s string) bool {
	return strings.HasPrefix(s, "<!") || strings.HasPrefix(s, "<?") || !inlineTag(tagName(s))
}

// chooseMarks picks * or _ for every pair of emphasis marks: the one that the
// source has, unless it would touch or enclose the same one.
func (w *markdownWriter) chooseMarks() {
	if w.place.variant > 0 {
		w.vary(w.place.variant - 1)
		return
	}
	var open []int
	for i := range w.chunks {
		c := &w.chunks[i]
		if c.kind != markChunk {
			continue
		}
		if !c.open {
			open = open[:len(open)-1]
			continue
		}
		if c.s[0] != '~' && (w.clashes(i, open, c.s[0]) || c.s[0] == '_' && w.inWord(i)) {
			other := byte('*')
			if c.s[0] == '*' {
				other = '_'
			}
			if !w.clashes(i, open, other) {
				s := strings.Repeat(string(other), len(c.s))
				c.s, w.chunks[c.pair].s = s, s
			}
		}
		open = append(open, i)
	}
}

// vary gives the pairs of emphasis marks by the bits of a number.
func (w *markdownWriter) vary(bits int) {
	for i := range w.chunks {
		c := &w.chunks[i]
		if c.kind != markChunk || !c.open || c.s[0] == '~' {
			continue
		}
		s := strings.Repeat("*_"[bits&1:][:1], len(c.s))
		c.s, w.chunks[c.pair].s = s, s
		bits >>= 1
	}
}

// clashes tells whether the pair that opens at chunk i cannot have the mark:
// a neighbour that is settled has it, or a pair around it with as many marks.
func (w *markdownWriter) clashes(i int, open []int, mark byte) bool {
	c := w.chunks[i]
	touches := func(j int) bool {
		return j >= 0 && j < len(w.chunks) && w.chunks[j].kind == markChunk && w.chunks[j].s[0] == mark
	}
	if touches(i - 1) {
		return true
	}
	// What follows the pair's end belongs to a pair around it (settled) or to
	// one that opens later, and then that one gives way.
	if j := c.pair + 1; j < len(w.chunks) && w.chunks[j].kind == markChunk && !w.chunks[j].open && w.chunks[j].s[0] == mark {
		return true
	}
	for _, o := range open {
		if w.chunks[o].s[0] == mark && len(w.chunks[o].s) == len(c.s) {
			return true
		}
	}
	return false
}

// inWord tells whether a letter touches the pair from outside.
func (w *markdownWriter) inWord(i int) bool {
	before, after := w.edge(i-1, false), w.edge(w.chunks[i].pair+1, true)
	return wordRune(before) || wordRune(after)
}

func wordRune(r rune) bool { return r != 0 && !util.IsSpaceRune(r) && !util.IsPunctRune(r) }

// edge gives the first or last character of a chunk as it will be written, 0
// where there is none.
func (w *markdownWriter) edge(i int, first bool) rune {
	if i < 0 || i >= len(w.chunks) {
		return 0
	}
	c := w.chunks[i]
	alone := (c.first || c.last) && utf8.RuneCountInString(c.s) == 1
	if c.kind == textChunk && (alone || first && c.first || !first && c.last) {
		if first {
			return '&'
		}
		return ';'
	}
	var r rune
	if first {
		r, _ = utf8.DecodeRuneInString(c.s)
	} else {
		r, _ = utf8.DecodeLastRuneInString(c.s)
	}
	return r
}

// flank sees to it that marks of emphasis open and close (CommonMark 0.31,
// section 6.2: left- and right-flanking): where a mark stands between a letter
// and punctuation or a space, the characters beside it are written as
// references, which are punctuation on both sides. It tells whether it changed
// anything.
func (w *markdownWriter) flank() (changed bool) {
	for i := range w.chunks {
		c := w.chunks[i]
		if c.kind != markChunk {
			continue
		}
		inner, outer := i+1, i-1
		if !c.open {
			inner, outer = i-1, i+1
		}
		in := w.edge(inner, c.open)
		if util.IsSpaceRune(in) || in == 0 || in == rune(c.s[0]) && w.chunks[inner].kind == textChunk {
			changed = w.encode(inner, c.open) || changed
			in = '&'
		}
		out := w.edge(outer, !c.open)
		if out == rune(c.s[0]) && w.chunks[outer].kind == textChunk {
			changed = w.encode(outer, !c.open) || changed
			out = ';'
		}
		if out != 0 && wordRune(out) && (util.IsPunctRune(in) || c.s[0] == '_') {
			changed = w.encode(outer, !c.open) || changed
		}
	}
	return changed
}

// encode asks for a reference at the edge of a text.
func (w *markdownWriter) encode(i int, first bool) bool {
	if i < 0 || i >= len(w.chunks) || w.chunks[i].kind != textChunk {
		return false
	}
	flag := &w.chunks[i].last
	if first {
		flag = &w.chunks[i].first
	}
	changed := !*flag
	*flag = true
	return changed
}

// write appends chunk i.
func (w *markdownWriter) write(b *strings.Builder, i int) {
	c := w.chunks[i]
	if c.kind != textChunk {
		b.WriteString(c.s)
		return
	}
	e := escaper{place: w.place, s: c.s, first: c.first, last: c.last, lines: w.lines}
	e.head = i == 0 || endsLine(w.chunks[i-1])
	e.tail = i == len(w.chunks)-1 || endsLine(w.chunks[i+1])
	if i > 0 && w.chunks[i-1].kind == rawChunk {
		e.bracket = strings.HasSuffix(w.chunks[i-1].s, "]")
		e.label = w.chunks[i-1].s == "["
	}
	if w.place.label && i == 0 {
		e.label = true
	}
	if i+1 < len(w.chunks) && w.chunks[i+1].kind == rawChunk {
		e.image = strings.HasPrefix(w.chunks[i+1].s, "[")
		e.whole = e.label && w.chunks[i+1].s[0] == ']'
		e.glued = true
	}
	e.write(b)
}

// escaper writes a run of text so that Markdown takes none of it for marks.
type escaper struct {
	place
	s string
	// head and tail tell that the run begins or ends a line.
	head, tail bool
	// first and last ask for a character reference there.
	first, last bool
	// bracket tells that a ] stands before it, image that a [ follows, label
	// that it begins the text of a link, whole that it is all of that text,
	// glued that bytes of a code follow, lines that the unit has several
	// lines.
	bracket, image, label, whole, glued, lines bool
}

func (e *escaper) write(b *strings.Builder) {
	for i := 0; i < len(e.s); {
		r, n := utf8.DecodeRuneInString(e.s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			b.WriteRune(utf8.RuneError)
		case i == 0 && e.first || i+n == len(e.s) && e.last:
			reference(b, r)
		case r >= utf8.RuneSelf:
			b.WriteString(e.s[i : i+n])
		default:
			e.ascii(b, i, e.s[i])
		}
		i += n
	}
}

func reference(b *strings.Builder, r rune) { fmt.Fprintf(b, "&#%d;", r) }

// ascii writes the character at i.
func (e *escaper) ascii(b *strings.Builder, i int, c byte) {
	edge := e.head && i == 0 || e.tail && i == len(e.s)-1
	switch {
	case c == '\n' || c == '\r' || c < ' ' && edge || c == ' ' && edge || c == 0x7f:
		reference(b, rune(c))
	case e.strict && !alnum(c) && c != ' ':
		reference(b, rune(c))
	case c == '\\' && e.cell:
		b.WriteString("&#92;")
	case e.whole && len(e.s) == 1:
		reference(b, rune(c))
	case strings.IndexByte("\\`*[]<~", c) >= 0,
		c == '_' && !(e.beside(i, -1) && e.beside(i, 1)),
		c == '|' && (e.cell || e.lines || e.head && i == 0),
		c == '!' && i == len(e.s)-1 && e.image,
		c == '#' && e.atx && e.tail && i == len(e.s)-1,
		c == '^' && e.label && i == 0,
		(c == '(' || c == ':') && e.bracket && i == 0,
		e.head && !e.atx && e.beginsBlock(i, c),
		e.linkifies(i, c):
		b.WriteByte('\\')
		b.WriteByte(c)
	case c == '&' && (i+1 < len(e.s) && (e.s[i+1] == '#' || alnum(e.s[i+1])) || i+1 == len(e.s) && e.glued):
		b.WriteString("&amp;")
	default:
		b.WriteByte(c)
	}
}

// beside tells whether a letter or figure stands beside i.
func (e *escaper) beside(i, by int) bool {
	if by < 0 {
		r, _ := utf8.DecodeLastRuneInString(e.s[:i])
		return i > 0 && (unicode.IsLetter(r) || unicode.IsDigit(r))
	}
	r, _ := utf8.DecodeRuneInString(e.s[i+1:])
	return i+1 < len(e.s) && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

func alnum(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

// beginsBlock tells whether the character at i, at or near the head of a line,
// would begin a heading, a quote, a list, a rule or the underline of a heading
// or table.
func (e *escaper) beginsBlock(i int, c byte) bool {
	after := func(set string) bool {
		return i+1 >= len(e.s) || strings.IndexByte(set, e.s[i+1]) >= 0
	}
	if i == 0 {
		switch c {
		case '>':
			return true
		case '"', '\'', '(':
			return e.afterLink
		case '-':
			return after(" \t-|:\n\r")
		case '+':
			return after(" \t\n\r")
		case '=':
			return after("= \t\n\r")
		case ':':
			return after("-")
		case '#':
			return e.hashes()
		}
		return false
	}
	return (c == '.' || c == ')') && i <= 9 && strings.Trim(e.s[:i], "0123456789") == "" && after(" \t\n\r")
}

// hashes tells whether the line begins with the marks of a heading.
func (e *escaper) hashes() bool {
	rest := strings.TrimLeft(e.s, "#")
	return len(e.s)-len(rest) <= 6 && (rest == "" || strings.IndexByte(" \t\n\r", rest[0]) >= 0)
}

// linkifies tells whether the character at i would make an address clickable.
func (e *escaper) linkifies(i int, c byte) bool {
	switch c {
	case ':':
		before := strings.ToLower(e.s[:i])
		return strings.HasPrefix(e.s[i:], "://") &&
			(strings.HasSuffix(before, "http") || strings.HasSuffix(before, "https") || strings.HasSuffix(before, "ftp"))
	case '.':
		return strings.HasSuffix(strings.ToLower(e.s[:i]), "www")
	case '@':
		return i > 0 && e.s[i-1] > ' '
	}
	return false
}

// escapeAll writes every mark of a text that Markdown could take for its own.
func escapeAll(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if c := s[i]; util.IsPunct(c) {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// writeLinkTitle gives the text of a title as it stands between its marks.
func writeLinkTitle(s string, pl place) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case pl.strict && c < utf8.RuneSelf && !alnum(c) && c != ' ',
			c == '\n', c == '\r', c == '`', c == '<', c == '\\' && pl.cell, c == 0x7f:
			reference(&b, rune(c))
		case c == '\\', c == pl.quote, c == ')' && pl.quote == '(', c == '|' && pl.cell:
			b.WriteByte('\\')
			b.WriteByte(c)
		case c == '&' && i+1 < len(s) && (s[i+1] == '#' || alnum(s[i+1])):
			b.WriteString("&amp;")
		default:
			b.WriteByte(c)
		}
	}
	return strings.ToValidUTF8(b.String(), "\ufffd")
}
