package interchange

import (
	"encoding/xml"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"dragoman/content"
)

// run is a piece of a <seg>: text, or an inline element.
type run struct {
	text string // literal text where element is ""
	// element is bpt, ept, ph, it, ut, or hi with open set for its start tag.
	element string
	open    bool   // begins a pair: bpt, <hi>, it pos="begin"
	i, x    string // pairs bpt with ept; joins elements of several languages
	kind    string // the type attribute
	native  string // the code's own bytes
}

// single reports whether r stands alone.
func (r run) single() bool { return r.element == "ph" || r.element == "ut" }

// segment reads the content of a <seg> or <hi> up to its end.
func (r *unitReader) segment(name string, runs []run) ([]run, error) {
	for {
		t, err := r.next()
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case xml.CharData:
			runs = append(runs, run{text: string(t)})
		case xml.StartElement:
			if runs, err = r.inline(t, runs); err != nil {
				return nil, err
			}
		case xml.EndElement:
			if t.Name.Local != name {
				return nil, fmt.Errorf("<%s> is closed by </%s>", name, t.Name.Local)
			}
			return runs, nil
		}
	}
}

// inline reads one inline element.
func (r *unitReader) inline(s xml.StartElement, runs []run) ([]run, error) {
	el := run{element: s.Name.Local, i: attr(s, "i"), x: attr(s, "x"), kind: attr(s, "type")}
	var err error
	switch el.element {
	case "hi":
		el.open = true
		runs, err = r.segment("hi", append(runs, el))
		el.open = false
		return append(runs, el), err
	case "bpt":
		el.open = true
	case "it":
		el.open = attr(s, "pos") != "end"
	case "ept", "ph", "ut":
	default:
		r.lose(fmt.Sprintf("<%s> is not an element of TMX: its text was taken", el.element))
		return r.segment(el.element, runs)
	}
	el.native, err = r.text(el.element)
	return append(runs, el), err
}

// codeMap numbers the inline elements of one unit: those of the source in the
// order of their begin, those of a target as their partners in the source.
type codeMap struct {
	unit   *Unit
	x      []string // the x attribute of unit.Codes[k]
	losses []string
}

func (m *codeMap) source(v rawVariant) Variant { return m.variant(v, nil) }

func (m *codeMap) target(v rawVariant) Variant {
	return m.variant(v, make([]bool, len(m.unit.Codes)))
}

// variant turns runs into coded text. taken says which of the unit's codes
// the variant has used; it is nil for the source, whose codes are all new.
func (m *codeMap) variant(v rawVariant, taken []bool) Variant {
	out := v.Variant
	var b strings.Builder
	pairs := map[string]int{} // open pairs: "i" of bpt to id
	var open []int            // open <hi>
	for _, r := range v.runs {
		id := 0
		switch {
		case r.element == "":
			b.WriteString(content.Escape(r.text))
			continue
		case r.element == "hi" && !r.open:
			id = open[len(open)-1]
			open = open[:len(open)-1]
		case r.element == "ept" && pairs[r.i] != 0:
			id = pairs[r.i]
			delete(pairs, r.i)
			m.unit.Codes[id-1].Close = firstOf(m.unit.Codes[id-1].Close, r.native)
		default:
			if r.element == "ept" {
				m.losses = append(m.losses, fmt.Sprintf("<ept i=%q> in %s ends what did not begin: taken as half of a pair", r.i, v.Lang))
			}
			id, taken = m.code(r, taken)
			if r.element == "hi" {
				open = append(open, id)
			}
			if r.element == "bpt" {
				if pairs[r.i] != 0 {
					m.losses = append(m.losses, unended(r.i, v.Lang))
				}
				pairs[r.i] = id
			}
		}
		writeCode(&b, r, id)
	}
	for i := range pairs {
		m.losses = append(m.losses, unended(i, v.Lang))
	}
	slices.Sort(m.losses)
	out.Text = b.String()
	return out
}

func unended(i, lang string) string {
	return fmt.Sprintf("<bpt i=%q> in %s does not end: taken as half of a pair", i, lang)
}

func writeCode(b *strings.Builder, r run, id int) {
	b.WriteString("⟦")
	if !r.open && !r.single() {
		b.WriteByte('/')
	}
	b.WriteString(strconv.Itoa(id))
	if r.single() {
		b.WriteByte('/')
	}
	b.WriteString("⟧")
}

// code gives the id of an element that begins something: in a target that of
// the source's element with the same x, or with the same bytes, or of the
// same kind; else a new one.
func (m *codeMap) code(r run, taken []bool) (int, []bool) {
	if taken != nil {
		tests := []func(k int) bool{
			func(k int) bool { return r.x != "" && m.x[k] == r.x },
			func(k int) bool { return r.native != "" && native(m.unit.Codes[k], r) == r.native },
			func(k int) bool { return m.unit.Codes[k].Type == codeType(r) },
			func(k int) bool { return true },
		}
		for _, test := range tests {
			for k, used := range taken {
				if !used && m.unit.Codes[k].Paired == !r.single() && test(k) {
					taken[k] = true
					return k + 1, taken
				}
			}
		}
		taken = append(taken, true)
	}
	c := content.Code{ID: len(m.unit.Codes) + 1, Type: codeType(r), Paired: !r.single()}
	if r.open || r.single() {
		c.Open = r.native
	} else {
		c.Close = r.native
	}
	m.unit.Codes = append(m.unit.Codes, c)
	m.x = append(m.x, r.x)
	return c.ID, taken
}

func native(c content.Code, r run) string {
	if r.open || r.single() {
		return c.Open
	}
	return c.Close
}

// codeTypes are the names that TMX recommends for what content calls
// otherwise.
var codeTypes = map[string]string{"bold": "strong", "italic": "em", "lb": "br"}

func codeType(r run) string {
	if t, ok := codeTypes[r.kind]; ok {
		return t
	}
	if r.element == "hi" && r.kind == "" {
		return "mark"
	}
	return r.kind
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
