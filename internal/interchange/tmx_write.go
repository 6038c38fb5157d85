package interchange

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"dragoman/content"
)

// WriteTMX writes a TMX 1.4b file in UTF-8. Empty fields of the header get the
// values that Dragoman's own files have. The first error of w or of units
// ends it. Reading the file gives the same units; characters that XML cannot
// hold are written as U+FFFD.
func WriteTMX(w io.Writer, h Header, units iter.Seq2[Unit, error]) error {
	t := &tmxWriter{w: bufio.NewWriterSize(w, 64<<10)}
	t.header(h)
	for u, err := range units {
		if err != nil {
			return err
		}
		t.unit(u)
		if t.err != nil {
			break
		}
	}
	t.put("  </body>\n</tmx>\n")
	if t.err == nil {
		t.err = t.w.Flush()
	}
	if t.err != nil {
		return fmt.Errorf("tmx: %w", t.err)
	}
	return nil
}

type tmxWriter struct {
	w   *bufio.Writer
	err error
}

func (t *tmxWriter) put(parts ...string) {
	for _, s := range parts {
		if t.err != nil {
			return
		}
		_, t.err = t.w.WriteString(s)
	}
}

// escape writes text so that a reader gets it back as it is: a carriage
// return too, and line breaks and tabs in attributes.
func (t *tmxWriter) escape(s string, attribute bool) {
	last := 0
	for i := 0; i < len(s); {
		r, n := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(s[i:])
		}
		if e := entity(r, n, attribute); e != "" {
			t.put(s[last:i], e)
			last = i + n
		}
		i += n
	}
	t.put(s[last:])
}

func entity(r rune, n int, attribute bool) string {
	switch {
	case r == '&':
		return "&amp;"
	case r == '<':
		return "&lt;"
	case r == '>':
		return "&gt;"
	case r == '\r':
		return "&#13;"
	case attribute && r == '"':
		return "&quot;"
	case attribute && (r == '\n' || r == '\t'):
		return "&#" + strconv.Itoa(int(r)) + ";"
	case r == utf8.RuneError && n == 1, r < ' ' && r != '\n' && r != '\t', r == 0xfffe, r == 0xffff:
		return "\ufffd"
	}
	return ""
}

// attrs writes name, value, name, value …, without those that are empty.
func (t *tmxWriter) attrs(pairs ...string) {
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			t.put(" ", pairs[i], `="`)
			t.escape(pairs[i+1], true)
			t.put(`"`)
		}
	}
}

func (t *tmxWriter) provenance(p Provenance) {
	t.attrs("creationdate", stamp(p.Created), "creationid", p.Author, "changedate", stamp(p.Changed), "changeid", p.Editor)
}

func stamp(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(tmxTime)
}

func (t *tmxWriter) header(h Header) {
	t.put(`<?xml version="1.0" encoding="UTF-8"?>`, "\n", `<tmx version="1.4">`, "\n  <header")
	t.attrs(
		"creationtool", cmp.Or(h.Tool, "dragoman"), "creationtoolversion", cmp.Or(h.ToolVersion, "1"),
		"segtype", cmp.Or(h.Segment, "sentence"), "o-tmf", cmp.Or(h.Format, "dragoman"),
		"adminlang", cmp.Or(h.Admin, "en"), "srclang", cmp.Or(h.Source, "en"), "datatype", cmp.Or(h.DataType, "plaintext"))
	t.provenance(h.Provenance)
	if len(h.Props)+len(h.Notes) == 0 {
		t.put("/>\n  <body>\n")
		return
	}
	t.put(">\n")
	t.propsAndNotes("    ", h.Props, h.Notes)
	t.put("  </header>\n  <body>\n")
}

func (t *tmxWriter) propsAndNotes(indent string, props []Prop, notes []string) {
	for _, n := range notes {
		t.put(indent, "<note>")
		t.escape(n, false)
		t.put("</note>\n")
	}
	for _, p := range props {
		t.put(indent, `<prop type="`)
		t.escape(p.Type, true)
		t.put(`">`)
		t.escape(p.Value, false)
		t.put("</prop>\n")
	}
}

func (t *tmxWriter) unit(u Unit) {
	t.put("    <tu")
	t.attrs("tuid", u.ID)
	t.provenance(u.Provenance)
	t.put(">\n")
	t.propsAndNotes("      ", u.Props, u.Notes)
	t.variant(u.Source, u.Codes)
	for _, v := range u.Targets {
		t.variant(v, u.Codes)
	}
	t.put("    </tu>\n")
}

func (t *tmxWriter) variant(v Variant, codes []content.Code) {
	t.put(`      <tuv xml:lang="`)
	t.escape(v.Lang, true)
	t.put(`"`)
	t.provenance(v.Provenance)
	t.put(">")
	if len(v.Props)+len(v.Notes) > 0 {
		t.put("\n")
		t.propsAndNotes("        ", v.Props, v.Notes)
		t.put("        ")
	}
	t.put("<seg>")
	t.segment(v.Text, codes)
	t.put("</seg></tuv>\n")
}

// segment writes coded text with its codes as inline elements: bpt and ept
// where both halves stand in the text in order, else it; x joins the same
// code in several languages.
func (t *tmxWriter) segment(coded string, codes []content.Code) {
	tokens := content.Tokens(coded)
	whole := wholePairs(tokens)
	for _, tok := range tokens {
		c := codeByID(codes, tok.ID)
		id, kind := strconv.Itoa(tok.ID), tmxType(c.Type)
		switch {
		case tok.Kind == content.Text:
			t.escape(tok.Text, false)
		case tok.Kind == content.Single:
			t.element("ph", c.Open, "x", id, "type", kind)
		case tok.Kind == content.Open && whole[tok.ID]:
			t.element("bpt", c.Open, "i", id, "x", id, "type", kind)
		case tok.Kind == content.Close && whole[tok.ID]:
			t.element("ept", c.Close, "i", id)
		case tok.Kind == content.Open:
			t.element("it", c.Open, "pos", "begin", "x", id, "type", kind)
		default:
			t.element("it", c.Close, "pos", "end", "x", id, "type", kind)
		}
	}
}

func (t *tmxWriter) element(name, native string, attrs ...string) {
	t.put("<", name)
	t.attrs(attrs...)
	if native == "" {
		t.put("/>")
		return
	}
	t.put(">")
	t.escape(native, false)
	t.put("</", name, ">")
}

// wholePairs gives the ids that open once and then close once.
func wholePairs(tokens []content.Token) map[int]bool {
	state := map[int]int{}
	for _, tok := range tokens {
		switch {
		case tok.Kind == content.Open && state[tok.ID] == 0:
			state[tok.ID] = 1
		case tok.Kind == content.Close && state[tok.ID] == 1:
			state[tok.ID] = 2
		case tok.Kind == content.Open || tok.Kind == content.Close:
			state[tok.ID] = 3
		}
	}
	whole := map[int]bool{}
	for id, s := range state {
		whole[id] = s == 2
	}
	return whole
}

func codeByID(codes []content.Code, id int) content.Code {
	for _, c := range codes {
		if c.ID == id {
			return c
		}
	}
	return content.Code{ID: id}
}

// tmxType is the type attribute of a kind of code.
func tmxType(kind string) string {
	for tmx, ours := range codeTypes {
		if ours == kind {
			return tmx
		}
	}
	return strings.TrimSpace(kind)
}
