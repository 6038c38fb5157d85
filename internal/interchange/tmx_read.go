package interchange

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"runtime"
	"strings"
	"time"
)

// TMXOptions are the choices of ReadTMX.
type TMXOptions struct {
	// Source is the language wanted as the source, by default the file's own.
	// A unit's text counts whatever its region: "en" takes "en-US".
	Source string
	// MaxUnit is the most bytes of one unit, by default 1 MiB.
	MaxUnit int
}

const (
	defaultMaxUnit = 1 << 20
	maxDepth       = 100 // nested elements in a unit
	maxVariants    = 1000
)

// ReadTMX reads a TMX 1.4b file (levels 1 and 2, UTF-8 or UTF-16) and calls
// each for every unit, in order; the unit is the caller's to keep. A unit that
// is broken, too long or without the source language is reported and skipped.
// The error is of the file as a whole: it is not TMX, it has a document type
// of its own or another encoding, r failed, or each did (its error is
// returned as it is). A file that ends too early is no error:
// Report.Truncated.
func ReadTMX(r io.Reader, o TMXOptions, each func(Unit) error) (Report, error) {
	var rep Report
	c, err := newCutter(r, cmp.Or(o.MaxUnit, defaultMaxUnit))
	if err != nil {
		return rep, fmt.Errorf("tmx: %w", err)
	}
	head, err := c.head()
	if err == nil {
		rep.Header, err = readHead(head)
	}
	if err != nil {
		return rep, fmt.Errorf("tmx: %w", err)
	}
	stop := make(chan struct{})
	batches := parseAll(c, cmp.Or(o.Source, rep.Header.Source), stop)
	defer func() {
		close(stop)
		for range batches { // r is not read any more when we return
		}
	}()
	for done := range batches {
		for _, p := range <-done {
			for _, problem := range p.problems {
				rep.add(problem)
			}
			rep.Truncated = rep.Truncated || p.truncated
			if p.err != nil {
				return rep, fmt.Errorf("tmx: %w", p.err)
			}
			if p.unit == nil {
				continue
			}
			rep.Units++
			if err := each(*p.unit); err != nil {
				return rep, err
			}
		}
	}
	return rep, nil
}

// parsed is what came of one piece of the file.
type parsed struct {
	unit      *Unit // nil where it was skipped
	problems  []Problem
	truncated bool
	err       error // of the file
}

// parseBatch is how many units are parsed by one goroutine at a time.
const parseBatch = 64

// parseAll cuts the file and parses its units on all cores. What comes of each
// batch is sent on a channel of its own; these channels come in order. It ends
// when stop is closed.
func parseAll(c *cutter, source string, stop <-chan struct{}) <-chan chan []parsed {
	out := make(chan chan []parsed, runtime.GOMAXPROCS(0))
	go func() {
		defer close(out)
		for more := true; more; {
			var batch []func() parsed
			for more && len(batch) < parseBatch {
				var p func() parsed
				p, more = nextPiece(c, source)
				batch = append(batch, p)
			}
			done := make(chan []parsed, 1)
			select {
			case out <- done:
			case <-stop:
				return
			}
			go func() {
				results := make([]parsed, len(batch))
				for i, p := range batch {
					results[i] = p()
				}
				done <- results
			}()
		}
	}()
	return out
}

// nextPiece cuts the next unit and gives what parses it; more is false after
// the last one.
func nextPiece(c *cutter, source string) (parse func() parsed, more bool) {
	is := func(p parsed) func() parsed { return func() parsed { return p } }
	problem := func(p Problem) func() parsed { return is(parsed{problems: []Problem{p}}) }
	piece, line, last, err := c.unit()
	switch {
	case err == io.EOF && last:
		return is(parsed{}), false
	case err == io.EOF:
		p := Problem{Line: line, What: "the file ends before </body>", Remedy: "it may be cut off: get it again"}
		return is(parsed{truncated: true, problems: []Problem{p}}), false
	case err == errTooLong:
		return problem(Problem{Line: line, Skipped: true, What: fmt.Sprintf("the unit is longer than %d bytes", c.max)}), true
	case err == errUnclosed:
		return problem(Problem{Line: line, Unit: unitID(piece), Skipped: true, What: "the unit does not close"}), true
	case err != nil:
		return is(parsed{err: err}), false
	}
	piece = bytes.Clone(piece)
	return func() parsed {
		u, problems := readUnit(piece, line, source)
		return parsed{unit: u, problems: problems}
	}, true
}

var tuid = regexp.MustCompile(`^<tu\s[^>]*?tuid\s*=\s*["']([^"'<>]*)`)

// unitID finds the id of a unit that cannot be parsed.
func unitID(piece []byte) string {
	if m := tuid.FindSubmatch(piece[:min(len(piece), 1000)]); m != nil {
		return string(m[1])
	}
	return ""
}

// readHead reads all before the first unit.
func readHead(head []byte) (Header, error) {
	if i := badUTF8(head); i >= 0 {
		return Header{}, fmt.Errorf("line %d: not UTF-8: save the file as UTF-8 or UTF-16", 1+bytes.Count(head[:i], []byte("\n")))
	}
	d := xml.NewDecoder(bytes.NewReader(head))
	d.CharsetReader = func(label string, in io.Reader) (io.Reader, error) {
		switch strings.ToLower(label) {
		case "utf-16", "utf-16le", "utf-16be", "us-ascii", "ascii": // decoded already
			return in, nil
		}
		return nil, fmt.Errorf("the encoding %q is not TMX: save the file as UTF-8 or UTF-16", label)
	}
	var h Header
	for root := false; ; {
		t, err := d.RawToken()
		line, _ := d.InputPos()
		var syntax *xml.SyntaxError
		switch {
		case err == io.EOF && root:
			return h, nil
		case err == io.EOF || errors.As(err, &syntax) && !root:
			return h, errors.New("this is not a TMX file: there is no <tmx> in it")
		case errors.As(err, &syntax):
			return h, fmt.Errorf("line %d: the file breaks off, or is broken, before its first unit (%s): get it again, or correct it there", syntax.Line, syntax.Msg)
		case err != nil:
			return h, fmt.Errorf("line %d: %w", line, err)
		}
		switch t := t.(type) {
		case xml.Directive:
			if err := plainDoctype(string(t)); err != nil {
				return h, fmt.Errorf("line %d: %w", line, err)
			}
		case xml.StartElement:
			if !root && t.Name.Local != "tmx" {
				return h, fmt.Errorf("line %d: this is not a TMX file: it begins with <%s>", line, t.Name.Local)
			}
			root = true
			if t.Name.Local == "header" {
				if err := readHeader(&unitReader{d: d}, t, &h); err != nil {
					return h, fmt.Errorf("line %d: %w", line, err)
				}
			}
		}
	}
}

var tmxDoctype = regexp.MustCompile(`^DOCTYPE\s+tmx(\s+(SYSTEM|PUBLIC)(\s+("[^"<>]*"|'[^'<>]*'))+)?\s*$`)

// plainDoctype refuses document types that declare anything themselves; the
// external one is never fetched.
func plainDoctype(directive string) error {
	if tmxDoctype.MatchString(directive) {
		return nil
	}
	return errors.New("a document type with declarations of its own is not read: remove the DOCTYPE")
}

func readHeader(r *unitReader, start xml.StartElement, h *Header) error {
	for _, a := range start.Attr {
		switch a.Name.Local {
		case "creationtool":
			h.Tool = a.Value
		case "creationtoolversion":
			h.ToolVersion = a.Value
		case "srclang":
			h.Source = a.Value
		case "adminlang":
			h.Admin = a.Value
		case "datatype":
			h.DataType = a.Value
		case "o-tmf":
			h.Format = a.Value
		case "segtype":
			h.Segment = a.Value
		default:
			h.attr(a)
		}
	}
	return r.children("header", func(s xml.StartElement) error {
		return r.propOrNote(s, &h.Props, &h.Notes)
	})
}

// attr takes an attribute that says when or by whom.
func (p *Provenance) attr(a xml.Attr) {
	switch a.Name.Local {
	case "creationdate":
		p.Created = readTime(a.Value)
	case "changedate":
		p.Changed = readTime(a.Value)
	case "creationid":
		p.Author = a.Value
	case "changeid":
		p.Editor = a.Value
	}
}

// readTime reads TMX's time, and the forms that tools write instead; what is
// none of them counts as not known.
func readTime(s string) time.Time {
	for _, layout := range []string{tmxTime, time.RFC3339, "20060102", "2006-01-02"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// readUnit parses one <tu>. A nil unit is skipped; problems say why, or what
// was lost of a unit that is taken.
func readUnit(piece []byte, line int, source string) (*Unit, []Problem) {
	u := &Unit{Line: line}
	r := &unitReader{}
	fail := func(at int, what, remedy string) (*Unit, []Problem) {
		id := u.ID
		if id == "" {
			id = unitID(piece)
		}
		return nil, []Problem{{Line: at, Unit: id, What: what, Remedy: remedy, Skipped: true}}
	}
	if i := badUTF8(piece); i >= 0 {
		return fail(line+bytes.Count(piece[:i], []byte("\n")), "the text is not UTF-8", "")
	}
	r.d = xml.NewDecoder(bytes.NewReader(piece))
	variants, err := r.unit(u, &source)
	if err != nil {
		at, _ := r.d.InputPos()
		return fail(line+at-1, cause(err), "")
	}
	from := pick(variants, source)
	if from < 0 {
		return fail(line, fmt.Sprintf("the unit has no text in %s", source), "")
	}
	if len(variants) == 1 {
		return fail(line, "the unit has no translation", "")
	}
	m := &codeMap{unit: u}
	u.Source = m.source(variants[from])
	for i, v := range variants {
		if i != from {
			u.Targets = append(u.Targets, m.target(v))
		}
	}
	var problems []Problem
	for _, what := range append(r.losses, m.losses...) {
		problems = append(problems, Problem{Line: line, Unit: u.ID, What: what})
	}
	return u, problems
}

// cause says an XML error in words without Go's prefix.
func cause(err error) string {
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) {
		return "the XML is broken: " + syntax.Msg
	}
	return err.Error()
}

// pick gives the variant that is the source: the same tag, else the same
// language, else (where the file says *all*) the first.
func pick(vs []rawVariant, source string) int {
	found := -1
	for i, v := range vs {
		if strings.EqualFold(v.Lang, source) {
			return i
		}
		if found < 0 && SameLanguage(v.Lang, source) {
			found = i
		}
	}
	if found < 0 && len(vs) > 0 && (source == "*all*" || source == "") {
		return 0
	}
	return found
}

// unitReader walks through the elements of one unit.
type unitReader struct {
	d      *xml.Decoder
	depth  int
	losses []string
}

func (r *unitReader) lose(what string) {
	for _, l := range r.losses {
		if l == what {
			return
		}
	}
	r.losses = append(r.losses, what)
}

// next gives the next token and holds the limit of depth.
func (r *unitReader) next() (xml.Token, error) {
	t, err := r.d.RawToken()
	if err == io.EOF {
		err = errors.New("the unit ends within an element")
	}
	switch t.(type) {
	case xml.StartElement:
		if r.depth++; r.depth > maxDepth {
			return nil, fmt.Errorf("more than %d elements within each other", maxDepth)
		}
	case xml.EndElement:
		r.depth--
	case xml.Directive:
		return nil, errors.New("a declaration does not belong in a unit")
	}
	return t, err
}

// children calls each for the elements in the one that was opened last, up to
// its end; each has to read its element to the end.
func (r *unitReader) children(name string, each func(xml.StartElement) error) error {
	for {
		t, err := r.next()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if err := each(t); err != nil {
				return err
			}
		case xml.EndElement:
			if t.Name.Local != name {
				return fmt.Errorf("<%s> is closed by </%s>", name, t.Name.Local)
			}
			return nil
		}
	}
}

// text gives the characters in the element that was opened last, up to its
// end; elements in it are passed over.
func (r *unitReader) text(name string) (string, error) {
	var b strings.Builder
	for {
		t, err := r.next()
		if err != nil {
			return "", err
		}
		switch t := t.(type) {
		case xml.CharData:
			b.Write(t)
		case xml.StartElement:
			if name != "prop" && name != "note" {
				r.lose(fmt.Sprintf("<%s> in <%s> was left out", t.Name.Local, name))
			}
			if _, err := r.text(t.Name.Local); err != nil {
				return "", err
			}
		case xml.EndElement:
			if t.Name.Local != name {
				return "", fmt.Errorf("<%s> is closed by </%s>", name, t.Name.Local)
			}
			return b.String(), nil
		}
	}
}

// propOrNote reads a <prop> or <note>; anything else is passed over.
func (r *unitReader) propOrNote(s xml.StartElement, props *[]Prop, notes *[]string) error {
	text, err := r.text(s.Name.Local)
	if err != nil {
		return err
	}
	switch s.Name.Local {
	case "prop":
		*props = append(*props, Prop{attr(s, "type"), text})
	case "note":
		*notes = append(*notes, text)
	}
	return nil
}

func attr(s xml.StartElement, name string) string {
	for _, a := range s.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// rawVariant is a <tuv> whose inline elements are not yet numbered.
type rawVariant struct {
	Variant
	runs []run
}

// unit reads the <tu> and gives its variants; source is replaced by the
// unit's own srclang only where the caller asked for none.
func (r *unitReader) unit(u *Unit, source *string) ([]rawVariant, error) {
	t, err := r.next()
	if err != nil {
		return nil, err
	}
	start, ok := t.(xml.StartElement)
	if !ok {
		return nil, errors.New("the unit does not begin with <tu>")
	}
	for _, a := range start.Attr {
		switch a.Name.Local {
		case "tuid":
			u.ID = a.Value
		case "srclang":
			if *source == "" || *source == "*all*" {
				*source = a.Value
			}
		default:
			u.attr(a)
		}
	}
	var vs []rawVariant
	err = r.children("tu", func(s xml.StartElement) error {
		if s.Name.Local != "tuv" {
			return r.propOrNote(s, &u.Props, &u.Notes)
		}
		if len(vs) == maxVariants {
			return fmt.Errorf("more than %d languages", maxVariants)
		}
		v, err := r.variant(s)
		if err == nil {
			vs = append(vs, v)
		}
		return err
	})
	return vs, err
}

func (r *unitReader) variant(s xml.StartElement) (rawVariant, error) {
	v := rawVariant{}
	for _, a := range s.Attr {
		if a.Name.Local == "lang" {
			v.Lang = a.Value
		} else {
			v.attr(a)
		}
	}
	if v.Lang == "" {
		return v, errors.New("a <tuv> without xml:lang")
	}
	segs := 0
	err := r.children("tuv", func(s xml.StartElement) (err error) {
		if s.Name.Local != "seg" {
			return r.propOrNote(s, &v.Props, &v.Notes)
		}
		segs++
		v.runs, err = r.segment("seg", nil)
		return err
	})
	if err == nil && segs != 1 {
		err = fmt.Errorf("a <tuv> with %d <seg>", segs)
	}
	return v, err
}
