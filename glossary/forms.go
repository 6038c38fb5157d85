package glossary

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Form is one surface that is accepted for a concept.
type Form struct {
	Text  string
	Tier  int
	Class string // preferred, accepted, derived or forbidden
	Term  string // the listed term that it is a form of
	Why   string // how it was made: "listed", "accusative", "article, proclitic"
}

var classNames = [...]string{"preferred", "accepted", "derived", "forbidden"}

// formsOfTerm bounds what is listed for one term.
const formsOfTerm = 2000

// Forms lists what is accepted for a concept in a language, by term, then
// tier. Where suffixes may be chained only the usual chains are listed, and in
// a term of several words clitics and endings are shown on all words that take
// the same ones; orthographic variants (tier 1) are not listed. The error
// names an unknown concept, a language without rules, or one without terms.
func (g *Glossary) Forms(id, lang string) ([]Form, error) {
	concept, ok := g.ByID(id)
	if !ok {
		return nil, fmt.Errorf("glossary: no concept %q", id)
	}
	t := g.target(lang)
	if t == nil {
		return nil, fmt.Errorf("glossary: no rules for language %q: its terms cannot be verified", lang)
	}
	e := t.entry(concept)
	if e == nil {
		return nil, fmt.Errorf("glossary: concept %q has no term in %q", id, lang)
	}
	var out []Form
	for i := range e.terms {
		out = append(out, t.formsOf(e, i)...)
	}
	return out, nil
}

// formsOf lists the forms of one term, each once, at its lowest tier.
func (t *target) formsOf(e *entry, number int) []Form {
	tm := &e.terms[number]
	words := make([][]wordForm, tm.n)
	for i := range words {
		cores := t.grammar.cores(tm.ctx, i)
		for k := range cores {
			words[i] = append(words[i], t.grammar.shells(tm.ctx, i, &cores[k], i == 0 || i == tm.n-1)...)
		}
	}
	if p, ok := t.grammar.(phraser); ok && tm.n > 1 {
		words = [][]wordForm{p.phrases(tm.ctx)}
	}
	var out []Form
	add := func(text string, tier int8, why string) {
		if len(out) < formsOfTerm && !t.deleted(e, number, text, tier) {
			out = append(out, Form{text, int(tier), classNames[tm.class], tm.listed.Text, why})
		}
	}
	for i := range words {
		for k := range words[i] {
			if i > 0 && words[i][k].tier == 0 {
				continue
			}
			text, tier := words[i][k].text, words[i][k].tier
			if len(words) == tm.n {
				text, tier = t.vary(tm, words, i, k, true)
				if alone, low := t.vary(tm, words, i, k, false); alone != text && t.passes(e, number, alone) {
					add(alone, low, words[i][k].why)
				}
				if tm.n > 1 && tier >= 2 && !t.passes(e, number, text) {
					continue
				}
			}
			add(text, tier, words[i][k].why)
		}
	}
	slices.SortStableFunc(out, func(a, b Form) int {
		return cmp.Or(a.Tier-b.Tier, strings.Compare(a.Text, b.Text))
	})
	return slices.CompactFunc(out, func(a, b Form) bool { return a.Text == b.Text })
}

// phraser is a grammar in which the words of a term inflect together.
type phraser interface {
	phrases(c *termContext) []wordForm
}

// passes reports whether a text is this term, without any remark.
func (t *target) passes(e *entry, number int, text string) bool {
	r := readers.Get().(*reader)
	defer readers.Put(r)
	t.readAll(r, text)
	t.find(r, e, 0)
	for i := range r.matches {
		m := &r.matches[i]
		if int(m.term) == number && m.first == 0 && int(m.after) == len(r.words) && m.notes&(noteAgreement|noteHarmony) == 0 {
			return true
		}
	}
	return false
}

// vary spells a term with form k of word i. The other words are as listed or,
// together, take the form made in the same way where they have one.
func (t *target) vary(tm *term, words [][]wordForm, i, k int, together bool) (string, int8) {
	chosen := words[i][k]
	tier := chosen.tier
	var b strings.Builder
	for j := range words {
		f := words[j][0]
		if j == i {
			f = chosen
		} else if chosen.tier >= 3 && together {
			for _, alt := range words[j] {
				if alt.why == chosen.why && alt.tier >= 3 {
					f = alt
					break
				}
			}
		}
		tier = max(tier, f.tier)
		if j > 0 {
			b.WriteString(tm.ctx.words[j].lead)
		}
		b.WriteString(likeSurface(&tm.ctx.words[j], f.text))
	}
	return b.String(), tier
}

// likeSurface gives a form the capitals of the listed word.
func likeSurface(w *termWord, form string) string {
	if form == string(w.letters) {
		return w.surface
	}
	if w.flags&wordCapital == 0 {
		return form
	}
	return likeListed(w, form)
}

// deleted reports a form that belongs to another concept.
func (t *target) deleted(e *entry, number int, text string, tier int8) bool {
	if tier < 2 || e.terms[number].n > 1 {
		return false
	}
	for i := range e.collided {
		if c := &e.collided[i]; int(c.term) == number && !c.capital && !c.related && c.text == text {
			return true
		}
	}
	return false
}

// Collisions reports the generated forms of a language that were deleted
// because they are terms of other concepts, or forbidden ones (terminology
// rules, section 1). They need no action unless a form is wanted: list it as
// accepted then.
func (g *Glossary) Collisions(lang string) Problems {
	t := g.target(lang)
	if t == nil {
		return nil
	}
	var out Problems
	for i := range g.concepts {
		e := t.entry(i)
		if e == nil {
			continue
		}
		for k := range e.collided {
			out = append(out, t.collisionProblem(i, e, &e.collided[k]))
		}
	}
	out.Sort()
	return out
}

func (t *target) collisionProblem(concept int, e *entry, c *collision) Problem {
	own, term, other := &t.g.concepts[concept], e.terms[c.term].listed.Text, t.g.concepts[c.concept].ID
	rule, format := "collision", "%[1]q is a form of %[2]q but also a term of %[4]s; it is not accepted"
	switch {
	case c.capital:
		rule, format = "collision-capital", "%[1]q is a form of %[2]q but also a term of %[4]s; it is not accepted with a capital"
	case int(c.concept) == concept:
		rule, format = "collision-forbidden", "%[1]q is a form of %[2]q but forbidden; it is not accepted"
	case c.related:
		rule, format = "collision-adjective", "%[1]q is a form of %[2]q but also a term of %[4]s; it is accepted only where an adjective may stand"
	}
	p := Problem{Line: own.Line, Severity: Info}
	p.say(own.ID, ruled(rule, fmt.Sprintf("list %q as accepted in %s if it must pass", c.text, t.lang), format, c.text, term, t.lang, other))
	return p
}

// TargetOccurrence is a place in a target where a rendering of a concept
// stands.
type TargetOccurrence struct {
	Concept    int
	ID         string
	Start, End int // bytes of the target
	Text       string
	Term       string // the listed term
	Class      string // preferred, accepted, derived or forbidden
	Tier       int
	// Nested is set where a longer rendering covers this one.
	Nested bool
}

// FindTarget finds the renderings of all concepts in a target, in order, the
// longer of two at the same place first.
func (g *Glossary) FindTarget(lang, target string) []TargetOccurrence {
	t := g.target(lang)
	if t == nil {
		return nil
	}
	rows := t.allHeads()
	r := readers.Get().(*reader)
	defer readers.Put(r)
	t.readAll(r, target)
	for wi := range r.words {
		w := &r.words[wi]
		from := len(r.matches)
		for ri := w.n0; ri < w.n1; ri++ {
			t.extendAll(r, rows, wi, &r.readings[ri], from)
		}
	}
	return t.occurrences(r)
}

// extendAll tries all concepts with a form of this core.
func (t *target) extendAll(r *reader, rows []indexRow, wi int, rd *reading, from int) {
	i, _ := slices.BinarySearchFunc(rows, rd.core, func(row indexRow, c uint64) int { return cmp.Compare(row.core, c) })
	for ; i < len(rows) && rows[i].core == rd.core; i++ {
		e := t.entry(int(rows[i].at))
		heads := e.head(rd.core)
		for k := range heads {
			t.extend(r, e, rows[i].at, wi, rd, &heads[k], from)
		}
	}
}

// allHeads indexes the first words of all concepts.
func (t *target) allHeads() []indexRow {
	t.all.once.Do(func() {
		var rows []indexRow
		for c := range t.entries {
			e := t.entry(c)
			if e == nil {
				continue
			}
			for k := range e.heads {
				if k == 0 || e.heads[k].core != e.heads[k-1].core {
					rows = append(rows, indexRow{core: e.heads[k].core, at: int32(c)})
				}
			}
		}
		slices.SortFunc(rows, func(a, b indexRow) int { return cmp.Or(cmp.Compare(a.core, b.core), int(a.at-b.at)) })
		t.all.rows = slices.Clip(rows)
	})
	return t.all.rows
}

// occurrences turns the matches of r into occurrences. Of one concept and
// place the best match is kept; generated derivations are no renderings.
func (t *target) occurrences(r *reader) []TargetOccurrence {
	ms := r.matches
	slices.SortFunc(ms, func(a, b match) int {
		return cmp.Or(int(a.first-b.first), int(b.after-a.after), a.cost()-b.cost(), int(a.class)-int(b.class), int(a.need-b.need))
	})
	var out []TargetOccurrence
	reach := int32(0)
	for i := range ms {
		m := &ms[i]
		if m.notes&noteDerived != 0 || m.notes&noteAmbiguous != 0 && m.tier >= 2 || i > 0 && sameOccurrence(ms[:i], m) {
			continue
		}
		start, end := r.span(m)
		e := t.entry(int(m.need))
		out = append(out, TargetOccurrence{
			Concept: int(m.need), ID: t.g.concepts[m.need].ID, Start: start, End: end, Text: r.text[start:end],
			Term: e.terms[m.term].listed.Text, Class: classNames[m.class], Tier: int(m.tier), Nested: m.after <= reach && t.inside(ms, m),
		})
		reach = max(reach, m.after)
	}
	return out
}

// sameOccurrence reports an earlier match of the same concept and words.
func sameOccurrence(ms []match, m *match) bool {
	for i := len(ms) - 1; i >= 0 && ms[i].first == m.first; i-- {
		if ms[i].after == m.after && ms[i].need == m.need {
			return true
		}
	}
	return false
}

// inside reports a longer match around m.
func (t *target) inside(ms []match, m *match) bool {
	for i := range ms {
		o := &ms[i]
		if o.first <= m.first && o.after >= m.after && o.after-o.first > m.after-m.first {
			return true
		}
	}
	return false
}
