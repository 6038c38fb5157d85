package content

import (
	"strconv"
	"strings"
)

// boxKind is what a block lies in, where that shows in Markdown.
type boxKind uint8

const (
	boxItem boxKind = iota + 1
	boxQuote
	boxTable
	boxRow
	boxCell
	boxHeading
)

// box is a list item, a quote, a part of a table or a heading.
type box struct {
	kind boxKind
	// id tells one from another.
	id int
	// list is the id of an item's list.
	list    int
	ordered bool
	level   int
}

// block is one block of a document that is not Markdown, for writing it as
// Markdown.
type block struct {
	// at is where the block's unit begins, -1 for one without.
	at   int
	path []box
	// codes are the images of a block without text.
	codes []Code
	rule  bool
}

// blockWriter writes blocks as Markdown.
type blockWriter struct {
	s    *splice
	b    strings.Builder
	prev []box
	// numbers counts the items of each list.
	numbers map[int]int
	table   *tableWriter
}

// markdownOfBlocks gives the body of a document that is not Markdown as
// Markdown.
func (s *splice) markdownOfBlocks() string {
	w := &blockWriter{s: s, numbers: map[int]int{}}
	units := map[int]int{}
	for i := len(s.doc.Units) - 1; i >= 0; i-- {
		if !s.doc.Units[i].Kind.nested() {
			units[s.doc.Units[i].span.Start] = i
		}
	}
	for _, b := range s.doc.blocks {
		unit, ok := units[b.at]
		switch {
		case b.rule:
			w.block(b.path, "***")
		case b.at < 0:
			w.block(b.path, s.asMarkdown(codesOnly(b.codes), b.codes, place{}))
		case ok && !s.doc.Units[unit].title:
			w.unit(b, unit)
		}
	}
	w.endTable()
	return w.b.String()
}

func codesOnly(codes []Code) string {
	var b strings.Builder
	for i := range codes {
		if codes[i].Type == "image" {
			writeCode(&b, Single, codes[i].ID)
		}
	}
	return b.String()
}

// unit writes the block of a unit.
func (w *blockWriter) unit(b block, unit int) {
	u := &w.s.doc.Units[unit]
	coded, ok := w.s.targets[unit]
	if !ok {
		coded = u.coded
	}
	pl := place{}
	if i := boxIn(b.path, boxTable); i >= 0 && u.Kind == KindCell {
		pl.cell = true
		w.cell(b.path[i:], w.s.asMarkdown(coded, u.Codes, pl))
		return
	} else if i >= 0 {
		b.path = b.path[:i]
	}
	if u.Kind == KindHeading {
		pl.atx = true
		w.block(b.path, strings.Repeat("#", max(u.Level, 1))+" "+w.s.asMarkdown(coded, u.Codes, pl))
		return
	}
	text := w.s.asMarkdown(coded, u.Codes, pl)
	if u.Kind == KindCaption {
		text = w.s.asMarkdown(caption(coded, u.Codes))
	}
	w.block(b.path, text)
}

// caption gives the arguments that write a caption in emphasis.
func caption(coded string, codes []Code) (string, []Code, place) {
	c := Code{ID: len(codes) + 1, Type: "em", Paired: true}
	var b strings.Builder
	writeCode(&b, Open, c.ID)
	b.WriteString(coded)
	writeCode(&b, Close, c.ID)
	return b.String(), append(codes[:len(codes):len(codes)], c), place{}
}

func boxIn(path []box, kind boxKind) int {
	for i, b := range path {
		if b.kind == kind {
			return i
		}
	}
	return -1
}

// block writes a block behind the marks of the boxes that it lies in.
func (w *blockWriter) block(path []box, text string) {
	w.endTable()
	w.open(path)
	prefix := w.prefix(path, len(path))
	w.b.WriteString(strings.ReplaceAll(text, "\n", "\n"+prefix))
	w.b.WriteByte('\n')
}

// open writes the empty line between blocks, where one belongs, and the marks
// before the first line.
func (w *blockWriter) open(path []box) {
	common := 0
	for common < len(path) && common < len(w.prev) && path[common].id == w.prev[common].id {
		common++
	}
	if w.b.Len() > 0 && !w.tight(path, common) {
		w.b.WriteString(strings.TrimRight(w.prefix(w.prev[:common], common), " "))
		w.b.WriteByte('\n')
	}
	w.b.WriteString(w.prefix(path, common))
	for _, b := range path[common:] {
		w.b.WriteString(w.mark(b))
	}
	w.prev = path
}

// tight tells whether a block is the next item of a list, or the first of a
// list within an item.
func (w *blockWriter) tight(path []box, common int) bool {
	if common >= len(path) || path[common].kind != boxItem || boxIn(path[common:], boxQuote) >= 0 {
		return false
	}
	next := path[common]
	if common < len(w.prev) {
		return w.prev[common].kind == boxItem && w.prev[common].list == next.list
	}
	return common > 0 && w.prev[common-1].kind == boxItem
}

// mark gives what begins a box, and counts it.
func (w *blockWriter) mark(b box) string {
	switch b.kind {
	case boxQuote:
		return "> "
	case boxItem:
		if !b.ordered {
			return "- "
		}
		w.numbers[b.list]++
		return strconv.Itoa(w.numbers[b.list]) + ". "
	}
	return ""
}

// prefix gives what the following lines in the first n boxes begin with.
func (w *blockWriter) prefix(path []box, n int) string {
	var b strings.Builder
	for _, x := range path[:n] {
		switch {
		case x.kind == boxQuote:
			b.WriteString("> ")
		case x.kind == boxItem && x.ordered:
			b.WriteString(strings.Repeat(" ", len(strconv.Itoa(max(w.numbers[x.list], 1)))+2))
		case x.kind == boxItem:
			b.WriteString("  ")
		}
	}
	return b.String()
}

// tableWriter gathers the cells of a table.
type tableWriter struct {
	id   int
	rows [][]string
	row  int
	cell int
}

func (w *blockWriter) cell(path []box, text string) {
	if w.table == nil || w.table.id != path[0].id {
		w.endTable()
		w.table = &tableWriter{id: path[0].id, row: -1, cell: -1}
	}
	t := w.table
	row, cell := boxIn(path, boxRow), boxIn(path, boxCell)
	if row < 0 || cell < 0 {
		t.row = -1
		t.rows = append(t.rows, []string{text})
		return
	}
	if t.row != path[row].id {
		t.row, t.cell = path[row].id, -1
		t.rows = append(t.rows, nil)
	}
	last := len(t.rows) - 1
	if t.cell != path[cell].id {
		t.cell = path[cell].id
		t.rows[last] = append(t.rows[last], text)
		return
	}
	t.rows[last][len(t.rows[last])-1] += " " + text
}

// endTable writes the table at hand; its first row is the head, since Markdown
// has no table without one.
func (w *blockWriter) endTable() {
	t := w.table
	w.table = nil
	if t == nil {
		return
	}
	columns := 0
	for _, r := range t.rows {
		columns = max(columns, len(r))
	}
	w.open(nil)
	for i, r := range t.rows {
		for len(r) < columns {
			r = append(r, "")
		}
		w.b.WriteString("| " + strings.Join(r, " | ") + " |\n")
		if i == 0 {
			w.b.WriteString(strings.Repeat("| --- ", columns) + "|\n")
		}
	}
}

// asMarkdown gives a unit's target as Markdown, with its codes in Markdown's
// own marks.
func (s *splice) asMarkdown(coded string, codes []Code, pl place) string {
	own := make([]Code, len(codes))
	for i := range codes {
		own[i] = s.markdownCode(codes[i])
	}
	return writeMarkdown(marked(pieces(coded, own)), pl, func(c *Code, end bool) string {
		if end {
			return c.Close
		}
		return c.Open
	})
}

// marked leaves out the codes that Markdown has no marks for.
func marked(ps []piece) []piece {
	drop := make([]bool, len(ps))
	for i, p := range ps {
		drop[i] = p.code != nil && p.code.Open == ""
	}
	return compact(ps, drop)
}

// markdownCode gives a code of HTML as Markdown has it; what Markdown has no
// marks for is left out, or stays the bare element where it carries meaning.
func (s *splice) markdownCode(c Code) Code {
	out := Code{ID: c.ID, Type: c.Type, Paired: c.Paired, Href: c.Href, Display: c.Display}
	switch c.Type {
	case "strong":
		out.Open, out.Close = "**", "**"
	case "em":
		out.Open, out.Close = "*", "*"
	case "strike":
		out.Open, out.Close = "~~", "~~"
	case "br":
		out.Open = "\\\n"
	case "link":
		href := c.Href
		if !safeURL(href) {
			href = "#"
		}
		out.Open, out.Close = "[", "]("+destination(href)+")"
	case "image":
		out.Open = s.image(c)
	case "sub", "sup", "u", "mark", "bdi", "q", "small", "ins":
		out.Open, out.Close = "<"+c.Type+">", "</"+c.Type+">"
	}
	if !c.Paired {
		out.Close = ""
		if c.Type != "br" && c.Type != "image" {
			out.Open = ""
		}
	}
	return out
}

// image writes an image with its alt text and title, as translated.
func (s *splice) image(c Code) string {
	alt, title := "", ""
	for i := range s.doc.Units {
		u := &s.doc.Units[i]
		if u.span.Start < c.start || u.span.End > c.end {
			continue
		}
		coded, ok := s.targets[i]
		if !ok {
			coded = u.coded
		}
		switch u.Kind {
		case KindAlt:
			alt = writeMarkdown(pieces(coded, nil), place{label: true}, nil)
		case KindLinkTitle:
			title = ` "` + writeLinkTitle(Plain(coded), place{quote: '"'}) + `"`
		}
	}
	href := c.Href
	if !safeURL(href) {
		href = "#"
	} else if s.doc.moved != nil {
		if to, ok := s.doc.moved(href); ok {
			href = to
		}
	}
	return "![" + alt + "](" + destination(href) + title + ")"
}

// destination writes an address so that Markdown reads it as one.
func destination(href string) string {
	var b strings.Builder
	for _, r := range href {
		switch {
		case r == '(' || r == ')':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r <= ' ' || r == '<' || r == '>' || r == '\\' || r == '|' || r == '`' || r == 0x7f || r == '"':
			b.WriteString("%" + strings.ToUpper(strconv.FormatInt(int64(r)+0x100, 16)[1:]))
		default:
			b.WriteRune(r)
		}
	}
	return strings.ReplaceAll(b.String(), "&", "&amp;")
}
