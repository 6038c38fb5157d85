package desk

import (
	"cmp"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

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
	set := ghosts(s.profile.IsolateRuns(text, false))
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
	ps := edition.WordDiff(s.Lang, before, after)
	for i, p := range ps {
		text := string(setText(s, shaped(ps, i), codes, nil))
		switch p.Op {
		case edition.Delete:
			b.WriteString(`<del><span class="sr">` + w.heard("desk.deleted") + `</span>` + text + `</del>`)
			if i+1 < len(ps) && ps[i+1].Op == edition.Insert {
				b.WriteString(apart)
			}
		case edition.Insert:
			b.WriteString(`<ins><span class="sr">` + w.heard("desk.inserted") + `</span>` + text + `</ins>`)
		default:
			b.WriteString(text)
		}
	}
	return template.HTML(b.String())
}

// apart keeps the letters of what goes from joining those of what comes.
const apart = "\u200c"

// joiner makes an Arabic letter at the edge of a piece keep the shape that it
// has within its word.
const joiner = "\u200d"

// shaped is a piece with joiners where its word goes on in its neighbours.
func shaped(ps []edition.Piece, i int) string {
	text := ps[i].Text
	if text == "" {
		return text
	}
	if before := neighbour(ps, i, -1); joins(before) && arabicLetter(firstRune(text)) {
		text = joiner + text
	}
	if after := neighbour(ps, i, 1); joins(lastRune(ps[i].Text)) && arabicLetter(after) {
		text += joiner
	}
	return text
}

// neighbour is the letter that stands beside a piece in the text of which it
// is a part: what goes does not stand beside what comes.
func neighbour(ps []edition.Piece, i, step int) rune {
	for k := i + step; k >= 0 && k < len(ps); k += step {
		if ps[k].Op != edition.Keep && ps[i].Op != edition.Keep && ps[k].Op != ps[i].Op {
			continue
		}
		if step < 0 {
			return lastRune(ps[k].Text)
		}
		return firstRune(ps[k].Text)
	}
	return 0
}

func firstRune(s string) rune { r, _ := utf8.DecodeRuneInString(s); return r }
func lastRune(s string) rune  { r, _ := utf8.DecodeLastRuneInString(s); return r }

func arabicLetter(r rune) bool { return unicode.Is(unicode.Arabic, r) && unicode.IsLetter(r) }

// joins reports whether a letter is joined to the one behind it (Unicode's
// joining type D).
func joins(r rune) bool {
	return arabicLetter(r) && !strings.ContainsRune("اأإآٱدذرزوؤءةىژڑۆ", r)
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

// unseen are the characters that cannot be seen, with the names by which they
// are known.
var unseen = []struct {
	Char rune
	Name string // also of the message, in small letters: "review.mark."
}{
	{0x200e, "LRM"}, {0x200f, "RLM"}, {0x061c, "ALM"}, {0x2066, "LRI"}, {0x2067, "RLI"}, {0x2068, "FSI"}, {0x2069, "PDI"},
	{0x202a, "LRE"}, {0x202b, "RLE"}, {0x202d, "LRO"}, {0x202e, "RLO"}, {0x202c, "PDF"},
	{0x200c, "ZWNJ"}, {0x200d, "ZWJ"}, {0x200b, "ZWSP"}, {0x00ad, "SHY"}, {0x00a0, "NBSP"}, {0x202f, "NNBSP"},
}

var ghostly = func() *strings.Replacer {
	var pairs []string
	for _, u := range unseen {
		pairs = append(pairs, string(u.Char), `<span class="ghost" data-g="`+u.Name+`">`+string(u.Char)+`</span>`)
	}
	return strings.NewReplacer(pairs...)
}()

// ghosts marks the characters of escaped text that cannot be seen, so that the
// page can show them on demand.
func ghosts(html string) string { return ghostly.Replace(html) }
