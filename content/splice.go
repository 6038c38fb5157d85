package content

import (
	"bytes"
	"fmt"
	"slices"
	"sort"
	"strings"
)

// edit replaces a range of the source.
type edit struct {
	Range
	text string
	// unit is the index of the unit whose target this is, -1 for text.
	unit int
}

// splice is one writing of a document.
type splice struct {
	doc   *Document
	edits []edit // in order; one may lie within another
	// targets are the coded text of the units that differ from the source, by
	// index.
	targets map[int]string
	// tries counts how often a unit came out otherwise. From the first time on
	// it is written strictly, from the second on with other marks of emphasis
	// each time.
	tries map[int]int
}

// Splice writes the document in its own format, with the targets in the place
// of the segments. Where no target differs from its segment the result is the
// source, byte for byte; otherwise units without a target that differs keep
// their bytes, and addresses that nothing may lead to (javascript:, data: …)
// are put out of action. White space around a target is left off; codes that
// do not fit are left out.
//
// A target can change no structure: the result is read again and compared. The
// error says which segment could not be written, and then nothing is.
func (d *Document) Splice(t TargetFunc) ([]byte, error) {
	s := d.newSplice(t)
	if len(s.targets) == 0 {
		return bytes.Clone(d.Source), nil
	}
	s.add(d.mends, nil)
	return s.proved()
}

// newSplice gathers the targets that differ.
func (d *Document) newSplice(t TargetFunc) *splice {
	s := &splice{doc: d, targets: map[int]string{}, tries: map[int]int{}}
	for i := range d.Units {
		if target, ok := d.Units[i].target(t); ok {
			s.targets[i] = target
			s.edits = append(s.edits, edit{Range: d.Units[i].span, unit: i})
		}
	}
	return s
}

// add adds edits that are no targets and puts all in order.
func (s *splice) add(edits []edit, drops []Range) {
	s.edits = append(s.edits, edits...)
	for _, r := range drops {
		s.edits = append(s.edits, edit{Range: r, unit: -1})
	}
	sort.SliceStable(s.edits, func(i, j int) bool {
		if s.edits[i].Start != s.edits[j].Start {
			return s.edits[i].Start < s.edits[j].Start
		}
		return s.edits[i].End > s.edits[j].End
	})
}

// target gives the coded text of the unit with its targets, and whether it
// differs from the source.
func (u *Unit) target(t TargetFunc) (string, bool) {
	if t == nil {
		return u.coded, false
	}
	differs := false
	parts := make([]string, len(u.Segments))
	for i, seg := range u.Segments {
		parts[i] = seg.Text
		if text, ok := t(seg.Index); ok && text != seg.Text {
			parts[i] = strings.TrimSpace(text)
			differs = true
		}
	}
	if !differs {
		return u.coded, false
	}
	var b strings.Builder
	for i, p := range parts {
		if p != "" && b.Len() > 0 {
			b.WriteString(u.coded[u.Segments[i-1].End:u.Segments[i].Start])
		}
		b.WriteString(p)
	}
	return b.String(), true
}

// emit gives the bytes of a range with the edits in it, except that of the unit
// that asks.
func (s *splice) emit(from, to, asks int) string {
	src := s.doc.Source
	i := sort.Search(len(s.edits), func(i int) bool { return s.edits[i].Start >= from })
	var b strings.Builder
	at := from
	for ; i < len(s.edits) && s.edits[i].Start < to; i++ {
		e := s.edits[i]
		if e.Start < at || e.End > to || e.unit >= 0 && e.unit == asks {
			continue
		}
		b.Write(src[at:e.Start])
		b.WriteString(s.text(e))
		at = e.End
	}
	if at == from {
		return string(src[from:to])
	}
	b.Write(src[at:to])
	return b.String()
}

// text gives what stands in the place of an edit's range.
func (s *splice) text(e edit) string {
	if e.unit < 0 {
		return e.text
	}
	u := &s.doc.Units[e.unit]
	pl := u.place
	pl.strict, pl.variant = s.tries[e.unit] > 0, max(s.tries[e.unit]-1, 0)
	source := s.bytesOf(e.unit)
	target := s.targets[e.unit]
	switch pl.kind {
	case placeMarkdown:
		return writeMarkdown(pieces(target, u.Codes), pl, source) + pl.suffix
	case placeLinkTitle:
		return writeLinkTitle(Plain(target), pl)
	case placeYAML:
		return s.doc.front.encode(pl.key, Plain(target))
	case placeHTML:
		return writeHTML(pieces(target, u.Codes), source)
	case placeAttribute:
		return writeAttribute(Plain(target), pl.quote)
	}
	return oneParagraph(Plain(target))
}

// bytesOf gives the bytes of a unit's codes, with what stands within them
// spliced.
func (s *splice) bytesOf(unit int) bytesFunc {
	return func(c *Code, end bool) string {
		switch {
		case c.label != "" && end == c.Paired:
			return c.label
		case !end:
			return s.emit(c.start, c.end, unit)
		}
		return s.emit(c.cstart, c.cend, unit)
	}
}

// oneParagraph gives text for a format whose only mark is the blank line.
func oneParagraph(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' }), " ")
}

// proved writes the document and reads it again. A unit that came out otherwise
// is written once more, with every mark as a character reference, and then with
// other marks of emphasis.
func (s *splice) proved() ([]byte, error) {
	for range rereads(len(s.doc.Source)) {
		out := []byte(s.emit(0, len(s.doc.Source), -1))
		bad, err := s.check(out)
		if err != nil {
			return nil, err
		}
		if bad < 0 {
			return out, nil
		}
		if bad = s.toTighten(bad); bad < 0 {
			return nil, s.failure()
		}
		s.tries[bad]++
	}
	return nil, s.failure()
}

// toTighten gives the unit to write otherwise next: the one that came out
// wrong, or any other that was not yet written strictly, or -1.
func (s *splice) toTighten(bad int) int {
	if _, ok := s.targets[bad]; ok && s.tries[bad] < s.doc.Units[bad].maxTries() {
		return bad
	}
	for i := range s.doc.Units {
		if _, ok := s.targets[i]; ok && s.tries[i] == 0 {
			return i
		}
	}
	return -1
}

// maxVaried is how many pairs of emphasis are written in every way there is,
// should the usual way not do.
const maxVaried = 6

// maxTries is how many ways there are to write a unit besides the usual one.
func (u *Unit) maxTries() int {
	pairs := 0
	for i := range u.Codes {
		if isMark(&u.Codes[i]) {
			pairs++
		}
	}
	return 1 + 2<<min(pairs, maxVaried)
}

func (s *splice) failure() error {
	for i := range s.doc.Units {
		if _, ok := s.targets[i]; ok {
			u := &s.doc.Units[i]
			line, _ := position(s.doc.Source, u.span.Start)
			return fmt.Errorf("content: splice: the targets do not fit the document (segment %d on, line %d): its mark-up would change", u.Segments[0].Index, line)
		}
	}
	return nil
}

// check reads a written document and gives the first unit that is not what it
// should be, or -1.
func (s *splice) check(out []byte) (int, error) {
	if s.doc.Format != FormatMarkdown {
		return -1, nil
	}
	back, err := reread(s.doc, out)
	if err != nil {
		return -1, fmt.Errorf("content: splice: %w", err)
	}
	want, within := s.expected()
	got := make([]string, 0, len(want))
	var gotWithin []string
	for i := range back.Units {
		u := &back.Units[i]
		if u.Kind.nested() {
			gotWithin = append(gotWithin, u.shape(u.coded))
		} else {
			got = append(got, u.shape(u.coded))
		}
	}
	for i, w := range want {
		if i >= len(got) || got[i] != w.shape {
			return w.unit, nil
		}
	}
	sort.Strings(within)
	sort.Strings(gotWithin)
	if len(got) != len(want) || !slices.Equal(within, gotWithin) {
		return len(s.doc.Units) - 1, nil
	}
	if back.skeleton != s.doc.skeleton {
		return s.doc.unitAt(back.skeleton), nil
	}
	return -1, nil
}

// unitAt gives the last unit before the place where another skeleton differs.
func (d *Document) unitAt(other string) int {
	i := 0
	for i < len(other) && i < len(d.skeleton) && other[i] == d.skeleton[i] {
		i++
	}
	for n := len(d.Units) - 1; n > 0; n-- {
		if d.Units[n].bone <= i {
			return n
		}
	}
	return 0
}

// expectation is what a unit should be read back as.
type expectation struct {
	unit  int
	shape string
}

// expected gives what should be read back: the units in order, and those that
// stand within codes, whose order a target may change. Codes that a target
// leaves out take with them what stands within.
func (s *splice) expected() (want []expectation, within []string) {
	var gone []Range
	for i := range s.doc.Units {
		u := &s.doc.Units[i]
		coded, changed := s.targets[i]
		if !changed {
			coded = u.coded
		}
		if slices.ContainsFunc(gone, func(r Range) bool { return r.Start <= u.span.Start && u.span.End <= r.End }) {
			continue
		}
		if changed {
			gone = append(gone, u.lost(coded)...)
		}
		switch {
		case !translatable(coded):
		case u.Kind.nested():
			within = append(within, u.shape(coded))
		default:
			want = append(want, expectation{i, u.shape(coded)})
		}
	}
	return want, within
}

// nested tells of kinds that stand within the codes of another unit.
func (k UnitKind) nested() bool { return k == KindAlt || k == KindLinkTitle }

// lost gives the ranges of the codes that a target leaves out.
func (u *Unit) lost(coded string) []Range {
	kept := make([]bool, len(u.Codes)+1)
	for _, p := range pieces(coded, u.Codes) {
		if p.code != nil {
			kept[p.code.ID] = true
		}
	}
	var out []Range
	for i := range u.Codes {
		if c := &u.Codes[i]; !kept[c.ID] {
			out = append(out, Range{c.start, c.end}, Range{c.cstart, c.cend})
		}
	}
	return out
}

// shape gives a unit's kind and coded text with the types of its codes in place
// of their ids and without white space, to compare what was written with what
// is read. Kinds that only the words tell apart count as one.
func (u *Unit) shape(coded string) string {
	var b strings.Builder
	kind := u.Kind
	if kind == KindAttribution || kind == KindCaption {
		kind = KindParagraph
	}
	fmt.Fprintf(&b, "%s %d ", kind, u.Level)
	for _, p := range pieces(coded, u.Codes) {
		switch {
		case p.kind == Text:
			b.WriteString(strings.Join(strings.Fields(p.text), ""))
		case p.code.Type == "url" && !safeURL(p.code.Href):
			b.WriteString("\x00html")
		case p.code.Type == "url":
			b.WriteString("\x00link" + p.code.Display + "\x00/link")
		case p.kind == Close:
			b.WriteString("\x00/" + p.code.Type)
		default:
			b.WriteString("\x00" + p.code.Type)
		}
	}
	return b.String()
}
