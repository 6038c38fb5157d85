package memory

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"dragoman/content"
	"dragoman/internal/edition"
	"dragoman/locales"
)

// mostExamples is how many pairs of a pattern are kept to fill it from.
const mostExamples = 4

// slotted is a text with the places of its slots.
type slotted struct {
	raw   string
	slots []edit
}

// text is the pattern: the text with its slots named.
func (s slotted) text() string { return filled(s.raw, slices.Clone(s.slots)) }

// upTo gives the beginning of the text that is so many bytes of its pattern.
func (s slotted) upTo(n int) string {
	slots := slices.Clone(s.slots)
	slices.SortFunc(slots, func(a, b edit) int { return a.start - b.start })
	at, shift := 0, 0 // shift: bytes of the pattern less bytes of the text, so far
	for _, e := range slots {
		if e.start+shift+len(e.text) > n {
			break
		}
		shift += len(e.text) - (e.end - e.start)
		at = e.end
	}
	return s.raw[:max(at, min(len(s.raw), n-shift))]
}

// example is a pair that has a pattern.
type example struct{ from, to slotted }

// Patterns are the templates of a locale, ready to be offered. They are
// immutable and safe for concurrent use.
type Patterns struct {
	names    Names
	locale   string
	examples map[string][]example // by the source's pattern
	whole    map[string]Template
	openings map[string]Template // without the rest
	inside   map[string]example  // by opening, a pair that begins so
}

// Learn learns the patterns of pairs as Templates does, and keeps some of the
// pairs to fill the slots from.
func Learn(names Names, locale string, pairs iter.Seq2[string, string], least int) (*Patterns, error) {
	l, err := newLearner(names, locale, pairs)
	if err != nil {
		return nil, err
	}
	p := &Patterns{names: names, locale: locale, examples: map[string][]example{}, whole: map[string]Template{}, openings: map[string]Template{}, inside: map[string]example{}}
	for _, t := range l.templates(least) {
		head, opens := strings.CutSuffix(t.Source, " "+rest)
		if !opens {
			p.whole[t.Source] = t
			p.examples[t.Source] = slices.DeleteFunc(l.examples[t.Source], func(x example) bool { return x.to.text() != t.Target })
			continue
		}
		target := strings.TrimSuffix(t.Target, rest)
		for s := range l.openings[head] {
			for _, x := range l.examples[s] {
				old, known := p.inside[head]
				if strings.HasPrefix(x.to.text(), target) && (!known || x.from.raw < old.from.raw) { // always the same one
					p.openings[head], p.inside[head] = t, x
				}
			}
		}
	}
	return p, nil
}

// Len gives the number of patterns.
func (p *Patterns) Len() int { return len(p.whole) + len(p.openings) }

// Slot is a place of a template with what the query has there.
type Slot struct {
	Name string `json:"name"` // such as {place}
	From string `json:"from"` // the query's value
}

// Offer gives what the templates make of a text: a repaired match where the
// text is a template's and every slot is filled with certainty, from a pair
// of that template by the same rules as any repair. Else a fuzzy match whose
// Target has slots for a person to fill, or goes on with {…}: of a whole
// sentence, or of the longest opening, there filled where that is certain.
// Its score is the share of the text that the template covers. A text with
// codes is offered none.
func (p *Patterns) Offer(text string) (Match, bool) {
	if strings.Contains(text, "⟦") {
		return Match{}, false
	}
	profile, err := locales.Get(p.locale)
	if err != nil || p.Len() == 0 {
		return Match{}, false
	}
	q := newSide(p.names, text)
	query := slotted{text, q.slots()}
	pattern := query.text()
	if t, ok := p.whole[pattern]; ok && len(p.examples[pattern]) > 0 {
		return p.sentence(t, query, q, profile), true
	}
	return p.opening(query, pattern, profile)
}

// sentence fills a template whose pattern a text has.
func (p *Patterns) sentence(t Template, query slotted, q *side, profile *locales.Profile) Match {
	var m Match
	for _, x := range p.examples[t.Source] {
		m = p.match(t, x, query.slots, query.raw)
		target, swaps, err := q.repair(p.locale, profile, m.Entry.Source, m.Entry.Target)
		if err == nil {
			err = p.outdated(query.raw, target)
		}
		if err == nil {
			m.Kind, m.Target, m.Swaps = edition.FromRepaired, target, swaps
			m.Score = max(1, normalisedScore-max(1, len(swaps)))
			return m
		}
		m.NoRepair = err.Error()
	}
	m.Kind, m.Target, m.Score = edition.FromFuzzy, content.Escape(t.Target), wholeTemplate
	return m
}

// outdated says which term a target breaks as the glossary is now.
func (p *Patterns) outdated(source, target string) error {
	if p.names == nil {
		return nil
	}
	j := judge{names: p.names, lang: p.locale, source: source}
	j.history, _ = p.names.(History)
	j.occ = p.names.License(nil, p.names.Find(nil, source), source)
	if broken := j.broken(target); len(broken) > 0 {
		return fmt.Errorf("the term for %q is not in it", source[broken[0].Source.Start:broken[0].Source.End])
	}
	return nil
}

// wholeTemplate is the score of a template whose slots are open: its words
// are the text's, its values are not.
const wholeTemplate = 75

// opening offers the longest opening of a text.
func (p *Patterns) opening(query slotted, pattern string, profile *locales.Profile) (Match, bool) {
	words := strings.Fields(pattern)
	for n := min(mostOpening, len(words)-1); n >= leastOpening; n-- {
		head := strings.Join(words[:n], " ")
		t, ok := p.openings[head]
		if !ok || !strings.HasPrefix(pattern, head) {
			continue
		}
		x, begins := p.inside[head], query.upTo(len(head))
		m := p.match(t, x, query.slots, query.raw)
		m.Kind, m.Target = edition.FromFuzzy, content.Escape(t.Target)
		m.Score = max(1, min(bestFuzzy, 100*n/len(words)))
		source, target := x.from.upTo(len(head)), x.to.upTo(len(strings.TrimSuffix(t.Target, " "+rest)))
		filled, swaps, err := newSide(p.names, begins).repair(p.locale, profile, content.Escape(source), content.Escape(target))
		if err == nil {
			err = p.outdated(begins, filled)
		}
		if err == nil {
			m.Target, m.Swaps = filled+" "+rest, swaps
		} else {
			m.NoRepair = err.Error()
		}
		return m, true
	}
	return Match{}, false
}

func (p *Patterns) match(t Template, x example, slots []edit, text string) Match {
	m := Match{
		Entry:    Entry{Locale: p.locale, Source: content.Escape(x.from.raw), Target: content.Escape(x.to.raw), Origin: "template"},
		Template: &t, judged: true,
	}
	for _, s := range slots {
		if strings.Contains(t.Source, s.text) {
			m.Slots = append(m.Slots, Slot{s.text, text[s.start:s.end]})
		}
	}
	return m
}

// slots gives a slot for each value of a text, numbered as templates number
// theirs.
func (s *side) slots() []edit {
	values := s.values(false)
	count, number := map[string]int{}, map[string]int{}
	for i := range values {
		count[slotName(s.names, &values[i])]++
	}
	var out []edit
	for i := range values {
		name := slotName(s.names, &values[i])
		if count[name] > 1 {
			number[name]++
			name += strconv.Itoa(number[name])
		}
		out = append(out, edit{values[i].start, values[i].end, "{" + name + "}"})
	}
	return out
}
