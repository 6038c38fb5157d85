package glossary

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// TBXStyle is how TBX writes data categories.
type TBXStyle string

// The styles of ISO 30042:2019.
const (
	DCA TBXStyle = "dca" // as attributes: <termNote type="partOfSpeech">noun</termNote>
	DCT TBXStyle = "dct" // as tags: <min:partOfSpeech>noun</min:partOfSpeech>
)

// WriteTBX writes a glossary in TBX version 3, dialect TBX-Basic. ReadTBX
// gives back the same concepts. Concepts that are not valid are refused, with
// Problems: a part of them could not be written in XML.
func WriteTBX(w io.Writer, concepts []Concept, style TBXStyle) error {
	if style != DCA && style != DCT {
		return fmt.Errorf("writing TBX: unknown style %q: use dca or dct", style)
	}
	if err := check(concepts, byPlace(concepts), false).errOrNil(); err != nil {
		return fmt.Errorf("writing TBX: %w", err)
	}
	x := &tbxWriter{w: bufio.NewWriter(w), style: style}
	x.raw(xml.Header)
	modules := ""
	if style == DCT {
		modules = ` xmlns:min="` + nsMin + `" xmlns:basic="` + nsBasic + `"`
	}
	x.raw(`<tbx type="TBX-Basic" style="` + string(style) + `" xml:lang="en" xmlns="` + nsTBX + `"` + modules + ">\n")
	x.raw("  <tbxHeader>\n    <fileDesc>\n      <sourceDesc>\n        <p>Dragoman glossary</p>\n      </sourceDesc>\n    </fileDesc>\n  </tbxHeader>\n")
	x.raw("  <text>\n    <body>\n")
	for i := range concepts {
		x.concept(&concepts[i])
	}
	x.raw("    </body>\n  </text>\n</tbx>\n")
	if err := x.w.Flush(); err != nil {
		return fmt.Errorf("writing TBX: %w", err)
	}
	return nil
}

// tbxWriter writes one file. Errors of the writer underneath stay with it
// until Flush.
type tbxWriter struct {
	w      *bufio.Writer
	style  TBXStyle
	extras []extra // of the concept, those not written yet
}

func (x *tbxWriter) raw(s string) { x.w.WriteString(s) }

// element writes <tag attributes>text</tag> on a line of its own.
func (x *tbxWriter) element(indent int, tag, attributes, text string) {
	x.raw(strings.Repeat("  ", indent) + "<" + tag + attributes + ">")
	xml.EscapeText(x.w, []byte(text))
	x.raw("</" + tag + ">\n")
}

// attribute writes an attribute for element.
func attribute(name, value string) string {
	if value == "" {
		return ""
	}
	var b strings.Builder
	xml.EscapeText(&b, []byte(value))
	return " " + name + `="` + b.String() + `"`
}

// own writes one of our fields as a note.
func (x *tbxWriter) own(indent int, name, value string) {
	if value != "" {
		x.element(indent, "note", "", tbxPrefix+name+": "+value)
	}
}

func (x *tbxWriter) concept(c *Concept) {
	id := c.ID
	if r, _ := utf8.DecodeRuneInString(id); unicode.IsDigit(r) {
		id = "_" + id
	}
	x.raw("      <conceptEntry" + attribute("id", id) + ">\n")
	note, extras := splitNote(c)
	x.extras = extras
	x.info(4, "", "")
	if id != c.ID {
		x.own(4, "id", c.ID)
	}
	x.own(4, "kind", string(c.Kind))
	for _, field := range []string{"flags", "rule", "valid_from", "valid_to", "replaced_by"} {
		x.own(4, field, c.cell(field))
	}
	if note != "" && note == squeeze(note) && !strings.HasPrefix(note, tbxPrefix) {
		x.element(4, "note", "", note)
	} else {
		x.own(4, "note", note)
	}
	x.open(4, "en")
	for i, name := range append([]string{c.Source}, c.Variants...) {
		status := "admittedTerm-admn-sts"
		if i == 0 {
			status = "preferredTerm-admn-sts"
		}
		x.term("en", Term{Text: name}, status, "")
	}
	x.raw("        </langSec>\n")
	for _, lang := range sortedKeys(c.Targets) {
		x.language(lang, c.Targets[lang])
	}
	x.raw("      </conceptEntry>\n")
}

// open begins a language section.
func (x *tbxWriter) open(indent int, lang string) {
	x.raw(strings.Repeat("  ", indent) + "<langSec" + attribute("xml:lang", lang) + ">\n")
	x.info(indent+1, lang, "")
}

func (x *tbxWriter) language(lang string, terms Terms) {
	statuses := map[string]string{"": "preferredTerm-admn-sts", ".forbidden": "deprecatedTerm-admn-sts"}
	began := false
	for _, ending := range termColumns {
		for _, t := range *terms.list(ending) {
			if !began {
				x.open(4, lang)
				began = true
			}
			status, ok := statuses[ending]
			if !ok {
				status = "admittedTerm-admn-sts"
			}
			x.term(lang, t, status, ending)
		}
	}
	if began {
		x.raw("        </langSec>\n")
	}
}

// term writes a term section.
func (x *tbxWriter) term(lang string, t Term, status, ending string) {
	x.raw("          <termSec>\n")
	x.element(6, "term", "", t.Text)
	for i := range x.extras { // a finer status that was read
		if e := &x.extras[i]; e.lang == lang && e.term == t.Text && e.category == "administrativeStatus" && !e.part {
			status = ""
		}
	}
	if status != "" {
		x.category(6, &extra{category: "administrativeStatus", value: status})
	}
	x.info(6, lang, t.Text)
	if ending == ".derived" {
		x.own(6, "status", "derived")
	}
	x.own(6, "flags", strings.Join(t.Flags.names(), ","))
	x.raw("          </termSec>\n")
}

// info writes the extras of a concept, a language or a term, which stand at
// the head of those not written yet.
func (x *tbxWriter) info(indent int, lang, term string) {
	for len(x.extras) > 0 && x.extras[0].lang == lang && x.extras[0].term == term {
		n := 1
		for n < len(x.extras) && x.extras[n].part {
			n++
		}
		group := x.extras[:n]
		x.extras = x.extras[n:]
		meta := dataCategories[group[0].category].meta
		if n == 1 && meta != "transac" {
			x.category(indent, &group[0])
			continue
		}
		tag := groupOf(meta)
		x.raw(strings.Repeat("  ", indent) + "<" + tag + ">\n")
		for i := range group {
			x.category(indent+1, &group[i])
		}
		x.raw(strings.Repeat("  ", indent) + "</" + tag + ">\n")
	}
}

// groupOf gives the element that holds a category with what belongs to it.
func groupOf(meta string) string {
	switch meta {
	case "admin", "termNote", "transac":
		return meta + "Grp"
	case "transacNote", "date":
		return "transacGrp"
	}
	return "descripGrp"
}

// category writes one data category in the style of the file.
func (x *tbxWriter) category(indent int, e *extra) {
	cat := dataCategories[e.category]
	target := attribute("target", e.target)
	switch {
	case cat.module == "":
		x.element(indent, cat.meta, target, e.value)
	case x.style == DCT:
		x.element(indent, cat.module+":"+e.category, target, e.value)
	default:
		x.element(indent, cat.meta, attribute("type", e.category)+target, e.value)
	}
}
