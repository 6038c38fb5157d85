package memory

import (
	"cmp"
	"iter"
	"slices"
	"strconv"
	"strings"

	"dragoman/content"
	"dragoman/glossary"
	"dragoman/locales"
)

// Template is a pattern that recurs in approved pairs.
type Template struct {
	Locale string `json:"locale"`
	// Source and Target are plain text with slots such as {place},
	// {number2} or {date}; an opening ends in {…}, which stands for all that
	// follows.
	Source string `json:"source"`
	Target string `json:"target"`
	// Count is how many different sources have the pattern (of an opening: how
	// many different patterns begin so), and Agree how many of their targets
	// are as Target is.
	Count int `json:"count"`
	Agree int `json:"agree"`
}

// rest is the slot at the end of an opening.
const rest = "{…}"

// The bounds of an opening, in words.
const (
	leastOpening = 3
	mostOpening  = 10
)

// Templates learns the patterns of pairs, source to target in coded text, of
// one locale: whole sentences that differ in names, numbers and dates only,
// and openings with which several sentences begin, and their translations
// too. A pattern counts where at least least different sources have it and
// more than half of their targets agree. The most frequent come first.
// Names may be nil.
func Templates(names Names, locale string, pairs iter.Seq2[string, string], least int) ([]Template, error) {
	l, err := newLearner(names, locale, pairs)
	if err != nil {
		return nil, err
	}
	return l.templates(least), nil
}

func newLearner(names Names, locale string, pairs iter.Seq2[string, string]) (*learner, error) {
	profile, err := locales.Get(locale)
	if err != nil {
		return nil, err
	}
	l := &learner{
		names: names, locale: locale, profile: profile, seen: map[string]bool{}, whole: map[string]map[string]int{},
		openings: map[string]map[string]string{}, examples: map[string][]example{},
	}
	for source, target := range pairs {
		if !l.seen[source] { // the first of several translations
			l.seen[source] = true
			l.learn(content.Plain(source), content.Plain(target))
		}
	}
	return l, nil
}

// templates gives the patterns that at least least sources have, the most
// frequent first.
func (l *learner) templates(least int) []Template {
	least = max(least, 2)
	out := append(l.sentences(least), l.begun(least)...)
	slices.SortFunc(out, func(a, b Template) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Source, b.Source))
	})
	return out
}

// learner collects what pairs have in common.
type learner struct {
	names    Names
	locale   string
	profile  *locales.Profile
	seen     map[string]bool
	whole    map[string]map[string]int    // by the source's pattern, the targets' with their counts
	openings map[string]map[string]string // by the source's first words, the patterns that go on from there, each with a target
	examples map[string][]example         // by the source's pattern, some pairs that have it
}

func (l *learner) learn(source, target string) {
	x := l.pattern(source, target)
	s, t, slots := x.from.text(), x.to.text(), len(x.from.slots)
	if len(l.examples[s]) < mostExamples {
		l.examples[s] = append(l.examples[s], x)
	}
	if slots > 0 && strings.ContainsFunc(strings.ReplaceAll(s, "{", " {"), isLetter) {
		if l.whole[s] == nil {
			l.whole[s] = map[string]int{}
		}
		l.whole[s][t]++
	}
	words := strings.Fields(s)
	for n := leastOpening; n <= mostOpening && n < len(words); n++ {
		head := strings.Join(words[:n], " ")
		if l.openings[head] == nil {
			l.openings[head] = map[string]string{}
		}
		if _, known := l.openings[head][s]; !known {
			l.openings[head][s] = t
		}
	}
}

// pattern puts slots in place of the values of a pair that have their certain
// places in both texts; others stay as they are.
func (l *learner) pattern(source, target string) example {
	var from, to []edit
	found := targetValues(l.names, l.locale, l.profile, target)
	count := map[string]int{}
	values := newSide(l.names, source).values(false)
	for i := range values {
		count[l.slot(&values[i])]++
	}
	number := map[string]int{}
	for i := range values {
		v := &values[i]
		place := -1
		for j := range found {
			if found[j].means(v) {
				if place >= 0 {
					place = -2
					break
				}
				place = j
			}
		}
		if place < 0 {
			continue
		}
		name := l.slot(v)
		if count[name] > 1 {
			number[name]++
			name += strconv.Itoa(number[name])
		}
		name = "{" + name + "}"
		at := edit{found[place].start, found[place].end, name}
		if slices.ContainsFunc(to, func(e edit) bool { return e.start < at.end && at.start < e.end }) {
			continue
		}
		from, to = append(from, edit{v.start, v.end, name}), append(to, at)
	}
	return example{slotted{source, from}, slotted{target, to}}
}

// slot names what stands in a slot.
func (l *learner) slot(v *value) string { return slotName(l.names, v) }

func slotName(names Names, v *value) string {
	switch v.class {
	case numberValue:
		if v.num.Percent {
			return "percent"
		}
		return "number"
	case dateValue:
		return "date"
	}
	switch names.Concept(v.concept).Kind {
	case glossary.PER:
		return "person"
	case glossary.LOC:
		return "place"
	case glossary.ORG:
		return "organisation"
	}
	return "name"
}

// filled makes edits that do not overlap.
func filled(text string, edits []edit) string {
	slices.SortFunc(edits, func(a, b edit) int { return cmp.Compare(a.start, b.start) })
	var b strings.Builder
	at := 0
	for _, e := range edits {
		b.WriteString(text[at:e.start])
		b.WriteString(e.text)
		at = e.end
	}
	b.WriteString(text[at:])
	return b.String()
}

// sentences gives the patterns of whole sentences.
func (l *learner) sentences(least int) []Template {
	var out []Template
	for s, targets := range l.whole {
		x := Template{Locale: l.locale, Source: s}
		for t, n := range targets {
			x.Count += n
			if n > x.Agree || n == x.Agree && t < x.Target {
				x.Target, x.Agree = t, n
			}
		}
		if x.Count >= least && 2*x.Agree > x.Count {
			out = append(out, x)
		}
	}
	return out
}

// begun gives the openings, of those that the same sentences have only the
// longest. Sentences of one pattern count once: what they say after the
// opening is no part of it.
func (l *learner) begun(least int) []Template {
	var out []Template
	longer := map[string]int{} // by an opening, the most sentences that one longer by a word has
	for s, ts := range l.openings {
		if i := strings.LastIndexByte(s, ' '); i > 0 {
			longer[s[:i]] = max(longer[s[:i]], len(ts))
		}
	}
	for s, ts := range l.openings {
		if len(ts) < least || longer[s] == len(ts) || closes(s) {
			continue
		}
		if head, agree := commonHead(ts); head != "" && 2*agree > len(ts) {
			out = append(out, Template{Locale: l.locale, Source: s + " " + rest, Target: head + " " + rest, Count: len(ts), Agree: agree})
		}
	}
	return out
}

// closes reports whether an opening is a sentence of its own.
func closes(s string) bool { return strings.HasSuffix(s, ".") || strings.HasSuffix(s, "!") }

// commonHead gives the longest run of first words, two at least, that more
// than half of the texts begin with, and how many do.
func commonHead(texts map[string]string) (head string, agree int) {
	count := map[string]int{}
	for _, t := range texts {
		words := strings.Fields(t)
		for n := 2; n <= min(mostOpening, len(words)-1); n++ {
			count[strings.Join(words[:n], " ")]++
		}
	}
	for h, n := range count {
		if 2*n > len(texts) && (len(h) > len(head) || len(h) == len(head) && h < head) {
			head, agree = h, n
		}
	}
	return head, agree
}
