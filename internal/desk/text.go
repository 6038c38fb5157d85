package desk

import (
	"cmp"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"dragoman/content"
	"dragoman/internal/edition"
	"dragoman/locales"
)

// mark is something that lies on a part of a text: a term, a finding.
type mark struct {
	Start, End int    // bytes of the coded text
	Class      string // of the span
	Key        string // what ties it to its partner in the other column, or ""
	Concept    string // the concept's id, or ""
}

// setter writes coded text as HTML for one locale. Marks may overlap each
// other and the codes: the text is cut wherever one begins or ends.
type setter struct {
	script
	codes []content.Code
	b     strings.Builder
	open  []int // ids of the pairs whose emphasis is open
}

// setText gives coded text as HTML: codes as chips, emphasis shown, runs of
// the other direction isolated. Everything that is not ours is escaped.
func setText(s script, coded string, codes []content.Code, marks []mark) template.HTML {
	set := &setter{script: s, codes: codes}
	cuts := cutsOf(marks, len(coded))
	for _, t := range content.Tokens(coded) {
		if t.Kind == content.Text {
			set.run(coded, t.Start, t.End, cuts, marks)
		} else {
			set.code(t)
		}
	}
	set.closeTo(0)
	return template.HTML(set.b.String())
}

// cutsOf lists the places where marks begin or end, in order.
func cutsOf(marks []mark, length int) []int {
	var cuts []int
	for _, m := range marks {
		if m.Start >= 0 && m.Start < m.End && m.End <= length {
			cuts = append(cuts, m.Start, m.End)
		}
	}
	slices.Sort(cuts)
	return slices.Compact(cuts)
}

func (s *setter) run(coded string, start, end int, cuts []int, marks []mark) {
	for start < end {
		stop := end
		for _, c := range cuts {
			if c > start && c < end {
				stop = c
				break
			}
		}
		s.piece(strings.ReplaceAll(coded[start:stop], "⟦⟦", "⟦"), start, stop, marks)
		start = stop
	}
}

func (s *setter) piece(text string, start, end int, marks []mark) {
	var classes []string
	var key, concept string
	for _, m := range marks {
		if m.Start <= start && end <= m.End && m.Start < m.End {
			classes = append(classes, m.Class)
			if m.Key != "" {
				key, concept = m.Key, m.Concept
			}
		}
	}
	set := s.profile.IsolateRuns(text, false)
	if classes == nil {
		s.b.WriteString(set)
		return
	}
	s.b.WriteString(`<span class="` + template.HTMLEscapeString(strings.Join(classes, " ")) + `"`)
	if key != "" {
		s.b.WriteString(` data-k="` + template.HTMLEscapeString(key) + `"`)
	}
	if concept != "" {
		s.b.WriteString(` data-concept="` + template.HTMLEscapeString(concept) + `"`)
	}
	s.b.WriteString(">" + set + "</span>")
}

// code writes a code's chip, and shows what emphasis does.
func (s *setter) code(t content.Token) {
	if t.Kind == content.Close {
		if i := slices.Index(s.open, t.ID); i >= 0 {
			s.closeTo(i)
		}
	}
	c := codeOf(s.codes, t.ID)
	s.b.WriteString(`<bdi class="chip" data-c="` + template.HTMLEscapeString(t.Text) + `" title="` + template.HTMLEscapeString(codeTitle(c, t)) + `">` +
		template.HTMLEscapeString(chipLabel(c, t)) + `</bdi>`)
	if t.Kind == content.Open && emphatic(c.Type) {
		s.b.WriteString("<b>")
		s.open = append(s.open, t.ID)
	}
}

func (s *setter) closeTo(n int) {
	for len(s.open) > n {
		s.b.WriteString("</b>")
		s.open = s.open[:len(s.open)-1]
	}
}

func emphatic(kind string) bool { return kind == "strong" || kind == "em" }

func codeOf(codes []content.Code, id int) content.Code {
	for _, c := range codes {
		if c.ID == id {
			return c
		}
	}
	return content.Code{ID: id}
}

// chipLabel is the short text of a chip.
func chipLabel(c content.Code, t content.Token) string {
	label := map[string]string{
		"strong": "B", "em": "I", "strike": "S", "link": "link", "url": "url", "code": "code", "image": "img",
		"br": "↵", "footnote": "note",
	}[c.Type]
	if label == "" {
		label = cmp.Or(c.Type, strconv.Itoa(t.ID))
	}
	switch t.Kind {
	case content.Open:
		return label + "‹"
	case content.Close:
		return "›" + label
	}
	return label
}

// codeTitle says what a code is, for a tooltip.
func codeTitle(c content.Code, t content.Token) string {
	parts := []string{t.Text, c.Type}
	for _, p := range []string{c.Display, c.Href} {
		if p != "" && !slices.Contains(parts, p) {
			parts = append(parts, clip(p, 120))
		}
	}
	return strings.TrimSpace(strings.Join(parts, " "))
}

// clip shortens a text to n runes at most.
func clip(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}

// setDiff gives the difference of two coded texts as HTML: what was deleted
// struck through, what was inserted underlined, each named for those who
// hear the page.
func (w *words) setDiff(s script, codes []content.Code, before, after string) template.HTML {
	var b strings.Builder
	for _, p := range calm(edition.Diff(before, after)) {
		text := string(setText(s, p.Text, codes, nil))
		switch p.Op {
		case edition.Delete:
			b.WriteString(`<del><span class="sr">` + w.heard("desk.deleted") + `</span>` + text + `</del>`)
		case edition.Insert:
			b.WriteString(`<ins><span class="sr">` + w.heard("desk.inserted") + `</span>` + text + `</ins>`)
		default:
			b.WriteString(text)
		}
	}
	return template.HTML(b.String())
}

// calm joins changes that only a space parts: a phrase that was replaced reads
// better whole than word by word.
func calm(ps []edition.Piece) []edition.Piece {
	var out []edition.Piece
	for len(ps) > 0 {
		if ps[0].Op == edition.Keep {
			out, ps = append(out, ps[0]), ps[1:]
			continue
		}
		var del, ins string
		del, ins, ps = phrase(ps)
		if del != "" {
			out = append(out, edition.Piece{Op: edition.Delete, Text: del})
		}
		if ins != "" {
			out = append(out, edition.Piece{Op: edition.Insert, Text: ins})
		}
	}
	return out
}

// phrase takes the changes that belong together off the front of ps.
func phrase(ps []edition.Piece) (del, ins string, rest []edition.Piece) {
	for i, p := range ps {
		switch {
		case p.Op == edition.Delete:
			del += p.Text
		case p.Op == edition.Insert:
			ins += p.Text
		case strings.TrimSpace(p.Text) == "" && i+1 < len(ps) && del != "" && ins != "":
			del, ins = del+p.Text, ins+p.Text
		default:
			return del, ins, ps[i:]
		}
	}
	return del, ins, nil
}

// heard is a word for a screen reader, escaped, in the desk's language.
func (w *words) heard(id string) string {
	return `<bdi lang="` + w.Lang + `">` + template.HTMLEscapeString(w.T(id)) + ` </bdi>`
}

// quoted sets a sentence of the catalogues that quotes words: each is isolated,
// and says its language where its script tells it from the source's.
func quoted(s script, text string) template.HTML {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, locales.FSI)
		b.WriteString(template.HTMLEscapeString(before))
		if !ok {
			return template.HTML(b.String())
		}
		var said string
		said, text, _ = strings.Cut(rest, locales.PDI)
		lang := ""
		if s.Dir == "rtl" {
			lang = "en"
			if strings.ContainsFunc(said, func(r rune) bool { return unicode.Is(unicode.Arabic, r) }) {
				lang = s.Lang
			}
			lang = ` lang="` + template.HTMLEscapeString(lang) + `"`
		}
		b.WriteString("<bdi" + lang + ">" + template.HTMLEscapeString(said) + "</bdi>")
	}
}
