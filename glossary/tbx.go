package glossary

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// TBX version 3 (ISO 30042:2019), dialect TBX-Basic, in both of its styles:
// data categories as attributes (DCA) and as tags (DCT).
//
// What Dragoman knows and TBX-Basic has no category for stands in core <note>
// elements, which every tool keeps, as "dragoman.NAME: VALUE":
//
//	of a concept  dragoman.kind, .flags, .rule, .valid_from, .valid_to,
//	              .replaced_by (as the columns of the native CSV), .id (where
//	              the id is no XML name), .note (a note with line breaks)
//	of a term     dragoman.status (derived), .flags
//
// What TBX-Basic has and Dragoman does not use (definitions, contexts, parts
// of speech, history ...) stands in the note of the concept, one a line, after
// what a person wrote there, and becomes TBX again when it is written:
//
//	[definition] A city in the north of Syria.
//	[fr «Alep» partOfSpeech] noun

// The namespaces of TBX. Early files of the standard use ed:3.0.
const (
	nsTBX      = "urn:iso:std:iso:30042:ed-2"
	nsTBXDraft = "urn:iso:std:iso:30042:ed:3.0"
	nsMin      = "http://www.tbxinfo.net/ns/min"
	nsBasic    = "http://www.tbxinfo.net/ns/basic"
	nsXML      = "http://www.w3.org/XML/1998/namespace"
)

// tbxPrefix begins a note that holds one of our own fields.
const tbxPrefix = "dragoman."

// maxDepth is how deep elements may be nested; TBX needs nine.
const maxDepth = 24

// ReadTBX reads a glossary in TBX version 3, dialects TBX-Core, TBX-Min and
// TBX-Basic, style DCA or DCT. name is what problems call the file. It gives
// all concepts or none: the error is then Problems, with line and column of
// each (up to 100).
//
// English is the source language: its preferred term (or first one) is the
// name, the others are variants. In the other languages a term without a
// status is preferred if it is the first, else accepted; deprecated and
// superseded terms are forbidden. An entry that does not come from Dragoman
// has no kind: it is a FIXED name if the English begins with a capital, a TERM
// otherwise.
//
// A document type declaration is refused, and with it every entity.
func ReadTBX(r io.Reader, name string) ([]Concept, error) {
	text, err := readText(r, name)
	if err != nil {
		return nil, err
	}
	t := &tbxReader{name: name, bad: map[int]bool{}, lines: lineIndex(text), dec: xml.NewDecoder(strings.NewReader(text))}
	t.dec.CharsetReader = func(charset string, _ io.Reader) (io.Reader, error) {
		t.charset = charset
		return nil, fmt.Errorf("the encoding %s is not supported: save the file as UTF-8", charset)
	}
	if !t.read() {
		return nil, t.problems.errOrNil()
	}
	if err := checkRead(t.concepts, t.locate, false, t.bad, t.problems); err != nil {
		return nil, err
	}
	return t.concepts, nil
}

// tbxReader reads one file.
type tbxReader struct {
	name     string
	lines    lineStarts
	dec      *xml.Decoder
	charset  string // an encoding that the file names and that is not read
	concepts []Concept
	places   []map[string][2]int // by concept: field -> line and column
	bad      map[int]bool        // concepts with a part that could not be read
	problems Problems
}

// errStop ends the reading after a problem that leaves nothing to read.
var errStop = errors.New("stop")

// node is an element of a concept entry.
type node struct {
	name     xml.Name
	attrs    []xml.Attr
	text     string // all character data, in order
	children []*node
	line     int
	column   int
}

// is reports a core element.
func (n *node) is(local string) bool {
	return n.name.Local == local && (n.name.Space == nsTBX || n.name.Space == nsTBXDraft)
}

func (n *node) attr(local string) string {
	for _, a := range n.attrs {
		if a.Name.Local == local && (a.Name.Space == "" || a.Name.Space == nsXML) {
			return a.Value
		}
	}
	return ""
}

// here gives line and column of what the decoder reads next.
func (t *tbxReader) here() (line, column int) {
	line, column = t.dec.InputPos()
	return line, t.lines.column(line, column)
}

func (t *tbxReader) problem(line, column int, rule, remedy, format string, args ...any) {
	t.wrong(line, column, "", ruled(rule, remedy, format, args...))
}

// wrong lists an error of a field; before goes before its sentence.
func (t *tbxReader) wrong(line, column int, before string, err error) {
	p := Problem{File: t.name, Line: line, Column: column, Severity: Error}
	p.say("", err)
	p.What = before + p.What
	t.problems.add(p)
}

// locate gives the place of a field, or of the entry where it has none.
func (t *tbxReader) locate(i int, field string) (string, int, int) {
	p, ok := t.places[i][field]
	if !ok {
		p = t.places[i][""]
	}
	return t.name, p[0], p[1]
}

// read reads the whole file: tbx, text, body, and the entries in it. It
// reports whether it came to the end.
func (t *tbxReader) read() bool {
	var path []string
	began := false
	for {
		line, column := t.here()
		tok, err := t.token()
		if err != nil {
			if errors.Is(err, io.EOF) && !began {
				t.problem(1, 1, "tbx-none", "a TBX file begins with <tbx>", "the file holds no TBX")
			}
			return errors.Is(err, io.EOF)
		}
		switch tok := tok.(type) {
		case xml.EndElement:
			path = path[:len(path)-1]
		case xml.StartElement:
			began = true
			path = append(path, tok.Name.Local)
			down, err := t.open(tok, strings.Join(path, "/"), line, column)
			if err != nil || len(t.problems) >= maxProblems {
				return false
			}
			if !down {
				path = path[:len(path)-1]
			}
		}
	}
}

// open handles an element outside the entries; down tells that its children
// are to be read by read.
func (t *tbxReader) open(e xml.StartElement, path string, line, column int) (down bool, err error) {
	n := &node{name: e.Name, attrs: e.Attr, line: line, column: column}
	if path == "tbx" || !strings.Contains(path, "/") {
		return true, t.root(n)
	}
	switch {
	case !n.is(e.Name.Local):
		t.foreign(n)
		return false, t.skip()
	case path == "tbx/text", path == "tbx/text/body":
		return true, nil
	case path == "tbx/tbxHeader", path == "tbx/text/back":
		return false, t.skip()
	case path == "tbx/text/body/conceptEntry":
		if err := t.fill(n, 1); err != nil {
			return false, err
		}
		t.entry(n)
		return false, nil
	}
	t.problem(line, column, "tbx-place", "TBX has tbx, then tbxHeader and text, body, conceptEntry", "<%s> is out of place", e.Name.Local)
	return false, t.skip()
}

// root checks the outermost element.
func (t *tbxReader) root(n *node) error {
	const remedy = "export it again as TBX version 3, dialect TBX-Basic"
	switch {
	case n.name.Local == "martif":
		t.problem(n.line, n.column, "tbx-old", remedy, "this is TBX version 2")
	case !n.is("tbx"):
		t.problem(n.line, n.column, "tbx-root", remedy, "the root <%s> of namespace %q is not TBX", n.name.Local, n.name.Space)
	default:
		switch dialect := n.attr("type"); dialect {
		case "TBX-Core", "TBX-Min", "TBX-Basic", "":
			return nil
		default:
			t.problem(n.line, n.column, "tbx-dialect", remedy, "the dialect %.40q is not supported", dialect)
		}
	}
	return errStop
}

func (t *tbxReader) foreign(n *node) {
	t.problem(n.line, n.column, "tbx-foreign", "take it out: TBX-Basic has elements of TBX and its modules min and basic only",
		"<%s> is of the foreign namespace %.80q", n.name.Local, n.name.Space)
}

// token gives the next token, and refuses what no glossary needs.
func (t *tbxReader) token() (xml.Token, error) {
	line, column := t.here()
	tok, err := t.dec.Token()
	if errors.Is(err, io.EOF) {
		return nil, err
	}
	if err != nil {
		line, column := t.here()
		what := strings.TrimPrefix(err.Error(), "xml: ")
		var syntax *xml.SyntaxError
		if errors.As(err, &syntax) {
			what = syntax.Msg
		}
		rule, detail := "xml-broken", "the XML is broken: %[1]s"
		if t.charset != "" {
			rule = "xml-encoding"
		}
		t.problem(line, column, rule, "correct it there; nothing after it could be read", detail, what, t.charset)
		return nil, errStop
	}
	if _, is := tok.(xml.Directive); is {
		t.problem(line, column, "xml-doctype", "delete it: TBX version 3 needs no document type, and entities are refused", "the file has a document type declaration")
		return nil, errStop
	}
	return tok, nil
}

// skip reads to the end of the element just opened.
func (t *tbxReader) skip() error {
	for depth := 1; depth > 0; {
		tok, err := t.token()
		if err != nil {
			return err
		}
		switch tok.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		}
	}
	return nil
}

// fill reads the content of the element n.
func (t *tbxReader) fill(n *node, depth int) error {
	if depth > maxDepth {
		t.problem(n.line, n.column, "xml-deep", "TBX needs no more than nine levels", "elements are nested too deep")
		return errStop
	}
	var text strings.Builder
	for {
		line, column := t.here()
		tok, err := t.token()
		if err != nil {
			return err
		}
		switch tok := tok.(type) {
		case xml.CharData:
			text.Write(tok)
		case xml.StartElement:
			child := &node{name: tok.Name, attrs: tok.Attr, line: line, column: column}
			if err := t.fill(child, depth+1); err != nil {
				return err
			}
			if inline[child.name.Local] {
				text.WriteString(child.text)
			} else {
				n.children = append(n.children, child)
			}
		case xml.EndElement:
			n.text = text.String()
			return nil
		}
	}
}

// inline elements are part of the text that they stand in.
var inline = map[string]bool{"hi": true, "foreign": true, "sc": true, "ec": true, "ph": true}

// squeeze makes one space of every run of white space with a line break in
// it, as pretty-printed XML has them, and takes spaces off the ends.
func squeeze(s string) string {
	s = strings.TrimSpace(s)
	if !strings.ContainsAny(s, "\n\r\t") {
		return s
	}
	var b strings.Builder
	for s != "" {
		i := strings.IndexAny(s, " \n\r\t")
		if i < 0 {
			b.WriteString(s)
			break
		}
		rest := strings.TrimLeft(s[i:], " \n\r\t")
		run := s[i : len(s)-len(rest)]
		b.WriteString(s[:i])
		if strings.ContainsAny(run, "\n\r\t") {
			run = " "
		}
		b.WriteString(run)
		s = rest
	}
	return b.String()
}

// tbxEntry is one concept while it is read.
type tbxEntry struct {
	*tbxReader
	c      Concept
	fields map[string]string // our own, of the notes
	notes  []string
	names  []tbxTerm // English
	extras []extra
	place  map[string][2]int
}

// tbxTerm is one term section.
type tbxTerm struct {
	text   string
	status string // administrativeStatus
	fields map[string]string
	line   int
	column int
}

// entry reads a concept entry.
func (t *tbxReader) entry(n *node) {
	e := &tbxEntry{tbxReader: t, fields: map[string]string{}, place: map[string][2]int{"": {n.line, n.column}}}
	e.c = Concept{ID: n.attr("id"), File: t.name, Line: n.line}
	languages := map[string]*node{}
	before := len(t.problems)
	for _, child := range n.children {
		if !child.is("langSec") {
			e.info(child, "", "", e.fields)
			continue
		}
		lang, err := parseLanguage(child.attr("lang"))
		if err != nil {
			t.wrong(child.line, child.column, "xml:lang: ", err)
			continue
		}
		if base, _, _ := strings.Cut(lang, "-"); base == "en" {
			lang = "en"
		}
		if languages[lang] != nil && lang != "en" { // en-GB and en-US are one
			t.problem(child.line, child.column, "tbx-language-twice", "put its terms into one langSec", "the language %s has two sections", lang)
			continue
		}
		languages[lang] = child
		e.language(child, lang)
	}
	e.finish()
	if len(t.problems) > before {
		t.bad[len(t.concepts)] = true
	}
	t.concepts = append(t.concepts, e.c)
	t.places = append(t.places, e.place)
}

// language reads a language section.
func (e *tbxEntry) language(n *node, lang string) {
	e.place[languageColumn(lang)] = [2]int{n.line, n.column}
	var terms []tbxTerm
	for _, child := range n.children {
		if child.is("termSec") {
			if term, ok := e.term(child, lang); ok {
				terms = append(terms, term)
			}
			continue
		}
		e.info(child, lang, "", nil)
	}
	if lang == "en" {
		e.names = append(e.names, terms...)
	} else {
		e.targets(lang, terms)
	}
}

// term reads a term section.
func (e *tbxEntry) term(n *node, lang string) (tbxTerm, bool) {
	t := tbxTerm{fields: map[string]string{}, line: n.line, column: n.column}
	for _, child := range n.children {
		if child.is("term") {
			t.text = squeeze(child.text)
		}
	}
	if t.text == "" {
		e.problem(n.line, n.column, "tbx-term-missing", "add <term> with its text", "a term section has no term")
		return t, false
	}
	for _, child := range n.children {
		if child.is("termNoteGrp") {
			for _, part := range child.children {
				e.termInfo(part, lang, &t)
			}
		} else if !child.is("term") {
			e.termInfo(child, lang, &t)
		}
	}
	return t, true
}

// termInfo reads what a term section says of its term.
func (e *tbxEntry) termInfo(n *node, lang string, t *tbxTerm) {
	if category(n) == "administrativeStatus" {
		t.status = squeeze(n.text)
		if plainStatus[t.status] {
			return
		}
	}
	e.info(n, lang, t.text, t.fields)
}

// plainStatus are the statuses that our own lists of terms say already.
var plainStatus = map[string]bool{"preferredTerm-admn-sts": true, "admittedTerm-admn-sts": true, "deprecatedTerm-admn-sts": true}

// category gives the data category of an element in either style, or "".
func category(n *node) string {
	switch n.name.Space {
	case nsTBX, nsTBXDraft:
		switch n.name.Local {
		case "date", "note":
			return n.name.Local
		case "descrip", "descripNote", "admin", "adminNote", "termNote", "transac", "transacNote", "ref", "xref":
			return n.attr("type")
		}
	case nsMin, nsBasic:
		return n.name.Local
	}
	return ""
}

// info reads an element with a data category, or a group of them. fields
// takes our own notes.
func (e *tbxEntry) info(n *node, lang, term string, fields map[string]string) {
	if strings.HasSuffix(n.name.Local, "Grp") && n.is(n.name.Local) {
		first := len(e.extras)
		for _, child := range n.children {
			e.info(child, lang, term, nil)
		}
		for i := first + 1; i < len(e.extras); i++ {
			e.extras[i].part = true
		}
		return
	}
	cat := category(n)
	if cat == "" {
		if !n.is(n.name.Local) {
			e.foreign(n)
		} else {
			e.problem(n.line, n.column, "tbx-element", "see TBX-Basic for what may stand here", "<%s> is out of place or has no type", n.name.Local)
		}
		return
	}
	if cat == "note" && fields != nil && strings.HasPrefix(n.text, tbxPrefix) {
		if name, value, ok := strings.Cut(n.text[len(tbxPrefix):], ": "); ok {
			fields[name] = value
			e.place[name] = [2]int{n.line, n.column}
			return
		}
	}
	value := squeeze(n.text)
	switch {
	case value == "" && n.attr("target") == "":
		return
	case cat == "note" && lang == "":
		e.notes = append(e.notes, value)
		return
	}
	e.extras = append(e.extras, extra{lang: lang, term: term, category: cat, target: n.attr("target"), value: value})
}

// english makes names of the English terms.
func (e *tbxEntry) english(terms []tbxTerm) {
	first := 0
	for i, t := range terms {
		if statusList(t.status) == "" && t.status != "" {
			first = i
			break
		}
	}
	for i, t := range terms {
		if i == first {
			e.c.Source = t.text
			e.place["en"] = [2]int{t.line, t.column}
			continue
		}
		e.c.Variants = append(e.c.Variants, t.text)
		e.place["en.variants"] = [2]int{t.line, t.column}
		if statusList(t.status) == ".forbidden" && plainStatus[t.status] {
			e.extras = append(e.extras, extra{lang: "en", term: t.text, category: "administrativeStatus", value: t.status})
		}
	}
}

// statusList gives the list of terms that a status belongs to, by the ending
// of its column.
func statusList(status string) string {
	switch status {
	case "preferredTerm-admn-sts", "preferred", "standardizedTerm-admn-sts":
		return ""
	case "deprecatedTerm-admn-sts", "supersededTerm-admn-sts", "notRecommended", "obsolete":
		return ".forbidden"
	}
	return ".accepted"
}

// targets makes lists of the terms of a target language.
func (e *tbxEntry) targets(lang string, sections []tbxTerm) {
	var terms Terms
	open := true // no preferred term is named
	for _, s := range sections {
		if s.status != "" && statusList(s.status) == "" {
			open = false
		}
	}
	for _, s := range sections {
		t := Term{Text: s.text}
		for _, name := range fieldsOf(s.fields["flags"]) {
			if err := t.Flags.set(name); err != nil {
				e.wrong(s.line, s.column, "", err)
			}
		}
		ending := statusList(s.status)
		switch {
		case s.fields["status"] == "derived":
			ending = ".derived"
		case s.status == "" && open:
			ending, open = "", false
		}
		list := terms.list(ending)
		*list = append(*list, t)
		if column := languageColumn(lang) + ending; e.place[column] == [2]int{} || utf8.RuneCountInString(t.Text) > maxTermLength {
			e.place[column] = [2]int{s.line, s.column}
		}
	}
	if e.c.Targets == nil {
		e.c.Targets = map[string]Terms{}
	}
	e.c.Targets[lang] = terms
}

// finish takes our own fields, and puts the rest into the note.
func (e *tbxEntry) finish() {
	c := &e.c
	e.english(e.names)
	if id, ok := e.fields["id"]; ok {
		c.ID = id
	}
	c.Kind = TERM
	if r, _ := utf8.DecodeRuneInString(c.Source); unicode.IsUpper(r) {
		c.Kind = FIXED
	}
	if kind, ok := e.fields["kind"]; ok {
		c.Kind = Kind(strings.TrimSpace(kind))
	}
	c.Rule, _ = parseRule("", c.Kind)
	for _, field := range []string{"flags", "rule", "valid_from", "valid_to", "replaced_by"} {
		value, ok := e.fields[field]
		if !ok {
			continue
		}
		if err := c.setCell(field, strings.TrimSpace(value)); err != nil {
			p := e.place[field]
			e.wrong(p[0], p[1], "", err)
		}
	}
	if own, ok := e.fields["note"]; ok {
		e.notes = append([]string{own}, e.notes...)
	}
	c.Note = appendExtras(strings.Join(e.notes, "\n"), sortExtras(e.extras, c))
}
