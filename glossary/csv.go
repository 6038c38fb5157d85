package glossary

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// The native CSV has one concept a row and its columns by name. The fixed ones:
var fixedColumns = []string{"id", "kind", "flags", "valid_from", "valid_to", "replaced_by", "en", "en.variants", "rule", "note"}

// Each target language has four more: its tag alone for the preferred terms,
// and the tag with one of these.
var termColumns = []string{"", ".accepted", ".derived", ".forbidden"}

// maxFile is how large a glossary file may be, in bytes.
const maxFile = 256 << 20

// list gives the terms that stand in the column with this ending.
func (t *Terms) list(ending string) *[]Term {
	switch ending {
	case ".accepted":
		return &t.Accepted
	case ".derived":
		return &t.Derived
	case ".forbidden":
		return &t.Forbidden
	}
	return &t.Preferred
}

// ReadCSV reads a glossary in the native CSV: UTF-8 with or without a byte
// order mark, separated by commas or semicolons, as spreadsheets write it.
// name is what problems call the file. It gives all concepts or none: the
// error is then Problems, with line and column of each (up to 100). That ids
// which a concept refers to exist is left to Compile, since they may stand in
// another file.
func ReadCSV(r io.Reader, name string) ([]Concept, error) {
	s, err := readSheet(r, name)
	if err != nil {
		return nil, err
	}
	if err := checkRead(s.concepts, s.locate, false, s.bad, s.problems); err != nil {
		return nil, err
	}
	return s.concepts, nil
}

// sheet is a native CSV file that has been read but not checked: problems are
// those of single cells.
type sheet struct {
	name     string
	text     string
	comma    rune
	columns  []string // of the header; "" for an empty one
	concepts []Concept
	offsets  []int // by concept: where its row begins
	lines    lineStarts
	bad      map[int]bool // concepts with a cell that could not be read
	problems Problems
}

// readSheet reads the rows. Its error is Problems: the file is no table.
func readSheet(r io.Reader, name string) (*sheet, error) {
	text, err := readText(r, name)
	if err != nil {
		return nil, err
	}
	s := &sheet{name: name, text: text, bad: map[int]bool{}}
	offset, line := s.findComma()
	if len(s.problems) > 0 || !s.rows(offset, line) {
		return nil, s.problems.errOrNil()
	}
	return s, nil
}

// readText reads a whole file that has to be UTF-8, without its byte order
// mark.
func readText(r io.Reader, name string) (string, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return "", fmt.Errorf("reading %s: %w", name, err)
	}
	bad := func(rule, remedy, format string, args ...any) (string, error) {
		p := Problem{File: name, Line: 1, Column: 1, Severity: Error}
		p.say("", ruled(rule, remedy, format, args...))
		return "", Problems{p}
	}
	const save = "save it as UTF-8: in Excel “CSV UTF-8”, in LibreOffice character set “Unicode (UTF-8)”"
	switch {
	case len(data) > maxFile:
		return bad("file-large", "split it", "the file is larger than 256 MiB")
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}), bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		return bad("file-utf16", save, "the file is UTF-16")
	case bytes.IndexByte(data, 0) >= 0:
		return bad("file-zero", save, "a zero byte at offset %d: this is UTF-16 without a mark, or no text", bytes.IndexByte(data, 0))
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		return "", encodingProblems(data, name, save)
	}
	return string(data), nil
}

// encodingProblems lists the first broken byte of every line that has one.
func encodingProblems(data []byte, name, remedy string) Problems {
	var ps Problems
	offset, line := 0, 1
	for l := range bytes.Lines(data) {
		for i := 0; i < len(l); {
			r, size := utf8.DecodeRune(l[i:])
			if r == utf8.RuneError && size == 1 {
				p := Problem{File: name, Line: line, Column: utf8.RuneCount(l[:i]) + 1, Severity: Error}
				p.say("", ruled("byte-bad", remedy, "byte 0x%02X at offset %d is not UTF-8", l[i], offset+i))
				ps.add(p)
				break
			}
			i += size
		}
		offset += len(l)
		line++
	}
	return ps
}

// findComma decides by the first line what parts the cells, and gives where
// the rows begin. "sep=;", which Excel understands, is obeyed.
func (s *sheet) findComma() (offset, line int) {
	first, rest, _ := strings.Cut(s.text, "\n")
	first = strings.TrimRight(first, "\r")
	if v, ok := strings.CutPrefix(first, "sep="); ok && (v == "," || v == ";") {
		s.comma = rune(v[0])
		return len(s.text) - len(rest), 2
	}
	s.comma = ','
	commas, semicolons := strings.Count(first, ","), strings.Count(first, ";")
	switch {
	case semicolons > commas:
		s.comma = ';'
	case commas == 0 && strings.Contains(first, "\t"):
		s.problem(1, 1, "cells-tabs", "save it with commas or semicolons", "the cells are separated by tabs")
	case strings.Contains(first, "\r"):
		s.problem(1, 1, "lines-return", "save it with line ends of Unix or Windows", "the lines end with a bare carriage return")
	}
	return 0, 1
}

func (s *sheet) problem(line, column int, rule, remedy, format string, args ...any) {
	s.wrong(line, column, ruled(rule, remedy, format, args...))
}

// wrong lists an error of a cell.
func (s *sheet) wrong(line, column int, err error) {
	p := Problem{File: s.name, Line: line, Column: column, Severity: Error}
	p.say("", err)
	s.problems.add(p)
}

// rows reads the header and the concepts, and reports whether it came to the
// end of the file.
func (s *sheet) rows(offset, line int) bool {
	s.lines = lineIndex(s.text)
	r := s.reader(offset)
	base := line - 1
	for {
		at := offset + int(r.InputOffset())
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			s.broken(err, base)
			return false
		}
		place := func(field int) (int, int) {
			l, c := r.FieldPos(field)
			return l + base, s.lines.column(l+base, c)
		}
		if blank(record) {
			continue
		}
		if s.columns == nil {
			s.header(record, place)
			if len(s.problems) > 0 {
				return false
			}
			continue
		}
		l, _ := place(0)
		if s.fits(record, place) {
			before := len(s.problems)
			s.offsets = append(s.offsets, at)
			s.concepts = append(s.concepts, s.concept(record, l, place))
			if len(s.problems) > before {
				s.bad[len(s.concepts)-1] = true
			}
		}
		if len(s.problems) >= maxProblems {
			return false
		}
	}
	if s.columns == nil {
		s.problem(1, 1, "file-empty", "its first row names the columns: id,kind,en,ar,…", "the file is empty")
	}
	return s.columns != nil
}

// reader reads the rows from offset on.
func (s *sheet) reader(offset int) *csv.Reader {
	r := csv.NewReader(strings.NewReader(s.text[offset:]))
	r.Comma = s.comma
	r.FieldsPerRecord = -1
	return r
}

// broken reports a row that is no CSV. What follows it cannot be told apart.
func (s *sheet) broken(err error, base int) {
	var p *csv.ParseError
	if !errors.As(err, &p) {
		s.wrong(0, 0, err)
		return
	}
	line, column := p.Line+base, s.lines.column(p.Line+base, p.Column)
	switch {
	case errors.Is(p.Err, csv.ErrBareQuote):
		s.problem(line, column, "quote-bare", `put the whole cell in quotes and double the quote in it: "a ""word"" here"`, `a " in a cell that does not begin with one`)
	case p.StartLine != p.Line:
		s.problem(p.StartLine+base, 1, "quote-broken", `close it, and double every " inside a cell`, `a quote opened in the row that begins here is broken in line %d`, line)
	default:
		s.problem(line, column, "quote-open", `close the quote, and double every " inside a cell`, `a closing " is missing or stands inside a cell`)
	}
}

func blank(record []string) bool {
	return !slices.ContainsFunc(record, func(cell string) bool { return strings.TrimSpace(cell) != "" })
}

// header reads the names of the columns.
func (s *sheet) header(record []string, place func(int) (int, int)) {
	seen := map[string]bool{}
	languages := 0
	s.columns = make([]string, len(record))
	for i, name := range record {
		line, column := place(i)
		name = strings.TrimSpace(name)
		if name == "" {
			if slices.ContainsFunc(record[i:], func(n string) bool { return strings.TrimSpace(n) != "" }) {
				s.problem(line, column, "column-unnamed", "name it or delete it", "a column has no name")
			}
			continue
		}
		col, err := columnName(name)
		if err != nil {
			s.wrong(line, column, err)
			continue
		}
		if seen[col] {
			s.problem(line, column, "column-twice", "delete one of the two", "column %q stands twice", name)
		}
		seen[col] = true
		s.columns[i] = col
		if !slices.Contains(fixedColumns, col) && !strings.Contains(col, ".") {
			languages++
		}
	}
	for _, need := range []string{"id", "kind", "en"} {
		if !seen[need] {
			s.problem(1, 1, "column-missing", "add it; the first row names the columns: id,kind,en,ar,…", "column %q is missing", need)
		}
	}
	if languages == 0 {
		s.problem(1, 1, "column-no-language", "add one, such as ar", "there is no column for a target language")
	}
}

// columnName gives the canonical name of a column.
func columnName(name string) (string, error) {
	if low := strings.ToLower(name); slices.Contains(fixedColumns, low) {
		return low, nil
	}
	lang, ending, dotted := strings.Cut(name, ".")
	if dotted {
		ending = "." + strings.ToLower(ending)
	}
	tag, err := parseLanguage(lang)
	if err != nil || tag == "en" || !slices.Contains(termColumns, ending) {
		return "", badCell("column-unknown", "use "+strings.Join(fixedColumns, ", ")+", or for a language L: L, L.accepted, L.derived, L.forbidden", "unknown column %q", name)
	}
	return languageColumn(tag) + ending, nil
}

// languageColumn gives the name of the column for a language. Indonesian goes
// by its three letters: id is taken.
func languageColumn(tag string) string {
	if tag == "id" {
		return "ind"
	}
	return tag
}

// columnLanguage undoes languageColumn.
func columnLanguage(column string) string {
	if column == "ind" {
		return "id"
	}
	return column
}

// fits checks the number of cells. Empty cells beyond the header, as
// spreadsheets leave them, do no harm; a short row may have lost any cell.
func (s *sheet) fits(record []string, place func(int) (int, int)) bool {
	switch n := len(s.columns); {
	case len(record) < n:
		line, column := place(len(record) - 1)
		s.problem(line, column, "row-short", "a separator is missing; empty cells at the end need theirs too",
			"the row has %d cells, the header %d", len(record), n)
		return false
	case !blank(record[n:]):
		line, column := place(n)
		s.problem(line, column, "row-long", fmt.Sprintf("put cells that hold a %q in quotes", s.comma),
			"the row has %[1]d cells, the header %[2]d", len(record), n, string(s.comma))
		return false
	}
	return true
}

// concept reads one row.
func (s *sheet) concept(record []string, line int, place func(int) (int, int)) Concept {
	c := Concept{File: s.name, Line: line}
	kind := ""
	for i, col := range s.columns {
		if col == "kind" {
			kind = strings.TrimSpace(record[i])
		}
	}
	c.Kind = Kind(kind)
	ruled := false
	for i, col := range s.columns {
		ruled = ruled || col == "rule"
		if err := c.setCell(col, strings.TrimSpace(record[i])); err != nil {
			l, column := place(i)
			s.wrong(l, column, err)
		}
	}
	if !ruled {
		c.Rule, _ = parseRule("", c.Kind)
	}
	return c
}

// setCell reads one cell into the concept.
func (c *Concept) setCell(col, cell string) (err error) {
	switch col {
	case "", "kind":
	case "id":
		c.ID = unescape(cell)
	case "flags":
		c.Flags, c.LangFlags, err = parseFlags(unescape(cell))
	case "valid_from":
		c.ValidFrom, err = parseDate(cell)
	case "valid_to":
		c.ValidTo, err = parseDate(cell)
	case "replaced_by":
		c.ReplacedBy = unescape(cell)
	case "en":
		var names []string
		if names, err = parseNames(cell); len(names) > 1 {
			return badCell("name-many", "move the other spellings to en.variants", "en has %d names", len(names))
		} else if len(names) == 1 {
			c.Source = names[0]
		}
	case "en.variants":
		c.Variants, err = parseNames(cell)
	case "rule":
		c.Rule, err = parseRule(unescape(cell), c.Kind)
	case "note":
		c.Note = unescape(cell)
	default:
		return c.setTerms(col, cell)
	}
	return err
}

// parseNames reads English names, which take no flags.
func parseNames(cell string) ([]string, error) {
	var names []string
	for _, v := range splitList(cell) {
		t, err := parseTerm(v)
		if err != nil {
			return nil, err
		}
		if t.Flags != (Flags{}) {
			return nil, badCell("name-flags", "move the flags to the column flags", "an English name has flags: %q", v)
		}
		names = append(names, t.Text)
	}
	return names, nil
}

// setTerms reads a cell of terms.
func (c *Concept) setTerms(col, cell string) error {
	values := splitList(cell)
	if len(values) == 0 {
		return nil
	}
	tag, ending, dotted := strings.Cut(col, ".")
	if dotted {
		ending = "." + ending
	}
	tag = columnLanguage(tag)
	terms := c.Targets[tag]
	list := terms.list(ending)
	for _, v := range values {
		t, err := parseTerm(v)
		if err != nil {
			return err
		}
		*list = append(*list, t)
	}
	if c.Targets == nil {
		c.Targets = map[string]Terms{}
	}
	c.Targets[tag] = terms
	return nil
}

// locate gives line and column of the cell of concept i in a column. Rows are
// read again for it: problems are few, and places of every cell are many.
func (s *sheet) locate(i int, field string) (file string, line, column int) {
	r := s.reader(s.offsets[i])
	if _, err := r.Read(); err != nil {
		return s.name, s.concepts[i].Line, 1
	}
	first, _ := r.FieldPos(0)
	l, c := r.FieldPos(max(0, slices.Index(s.columns, field)))
	line = s.concepts[i].Line + l - first
	return s.name, line, s.lines.column(line, c)
}

// lineStarts holds a text and where each of its lines begins.
type lineStarts struct {
	text   string
	starts []int
}

func lineIndex(text string) lineStarts {
	l := lineStarts{text: text, starts: []int{0}}
	for i := 0; ; {
		k := strings.IndexByte(text[i:], '\n')
		if k < 0 {
			return l
		}
		i += k + 1
		l.starts = append(l.starts, i)
	}
}

// column turns a column in bytes, from 1, into one in characters.
func (l lineStarts) column(line, bytes int) int {
	if line < 1 || line > len(l.starts) {
		return bytes
	}
	rest := l.text[l.starts[line-1]:]
	return utf8.RuneCountInString(rest[:min(max(bytes-1, 0), len(rest))]) + 1
}

// CSVOptions are the choices of a native CSV file to be written.
type CSVOptions struct {
	// NoBOM leaves the byte order mark out, without which Excel takes UTF-8
	// for the encoding of the country.
	NoBOM bool
	// Semicolon separates cells as Excel expects it in countries with a
	// decimal comma.
	Semicolon bool
}

// WriteCSV writes a glossary in the native CSV as spreadsheets like it best:
// with a byte order mark and commas.
func WriteCSV(w io.Writer, concepts []Concept) error {
	return CSVOptions{}.Write(w, concepts)
}

// Write writes a glossary in the native CSV; ReadCSV gives back the same
// concepts. No cell begins with a character at which a spreadsheet would
// begin a formula: such a character gets a backslash.
func (o CSVOptions) Write(w io.Writer, concepts []Concept) error {
	if !o.NoBOM {
		if _, err := io.WriteString(w, "\ufeff"); err != nil {
			return fmt.Errorf("writing CSV: %w", err)
		}
	}
	out := csv.NewWriter(w)
	if o.Semicolon {
		out.Comma = ';'
	}
	last := len(fixedColumns) - 1 // the note comes after the languages
	columns := slices.Clone(fixedColumns[:last])
	languages := termLanguages(concepts)
	if len(languages) == 0 {
		languages = []string{"ar"} // a file has to have one
	}
	for _, lang := range languages {
		for _, ending := range termColumns {
			columns = append(columns, languageColumn(lang)+ending)
		}
	}
	columns = append(columns, fixedColumns[last])
	record := slices.Clone(columns)
	for i := -1; i < len(concepts); i++ {
		if i >= 0 {
			for k, col := range columns {
				record[k] = guard(concepts[i].cell(col))
			}
		}
		if err := out.Write(record); err != nil {
			return fmt.Errorf("writing CSV: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("writing CSV: %w", err)
	}
	return nil
}

// termLanguages gives the languages in which some concept has terms, sorted.
func termLanguages(concepts []Concept) []string {
	seen := map[string]bool{}
	for i := range concepts {
		for lang := range concepts[i].Targets {
			seen[lang] = true
		}
	}
	return sortedKeys(seen)
}

// cell writes what stands in a column, as setCell reads it.
func (c *Concept) cell(col string) string {
	switch col {
	case "id":
		return c.ID
	case "kind":
		return string(c.Kind)
	case "flags":
		return formatFlags(c.Flags, c.LangFlags)
	case "valid_from":
		return formatDate(c.ValidFrom)
	case "valid_to":
		return formatDate(c.ValidTo)
	case "replaced_by":
		return c.ReplacedBy
	case "en":
		return escapeTerm.Replace(c.Source)
	case "en.variants":
		return formatNames(c.Variants)
	case "rule":
		return formatRule(c.Rule)
	case "note":
		return escapeNote.Replace(c.Note)
	}
	tag, ending, dotted := strings.Cut(col, ".")
	if dotted {
		ending = "." + ending
	}
	terms := c.Targets[columnLanguage(tag)]
	return formatTerms(*terms.list(ending))
}

func formatNames(names []string) string {
	cells := make([]string, len(names))
	for i, n := range names {
		cells[i] = escapeTerm.Replace(n)
	}
	return strings.Join(cells, "|")
}

func formatTerms(terms []Term) string {
	cells := make([]string, len(terms))
	for i, t := range terms {
		cells[i] = formatTerm(t)
	}
	return strings.Join(cells, "|")
}
