package memory

import (
	"math"
	"slices"

	"dragoman/glossary"
	"dragoman/internal/edition"
)

// Change is a change of the glossary: which concepts are others than before,
// and what they were called.
type Change struct {
	now    *glossary.Glossary
	find   *glossary.Glossary  // the concepts that changed, before and after
	former map[string][]string // by language and concept, see formerKey
	ids    map[string]bool
}

// NewChange describes a change from the concepts before to those after, which
// are the changed ones only, under the glossary now, which has them all. A
// concept that is new is in after only, one that is gone in before only.
func NewChange(before, after []glossary.Concept, now *glossary.Glossary) *Change {
	c := &Change{now: now, former: map[string][]string{}, ids: map[string]bool{}}
	all := slices.Concat(before, after)
	for i := range all {
		c.ids[all[i].ID] = true
	}
	for i := range before {
		for lang, terms := range before[i].Targets {
			key := formerKey(lang, before[i].ID)
			for _, t := range slices.Concat(terms.Preferred, terms.Accepted) {
				c.former[key] = append(c.former[key], t.Text)
			}
		}
	}
	// The same id stands for the old and the new concept here; that is no
	// matter to a search, which only asks whether anything is found.
	c.find, _ = glossary.Compile(all, glossary.Options{Trusted: true})
	return c
}

func formerKey(lang, id string) string { return lang + "\x00" + id }

// Renewal is what a change of the glossary means to a pair that breaks it.
type Renewal struct {
	// Terms are the English names whose terms are wrong now.
	Terms []string
	// Target is the pair's target under the new glossary, "" where the terms
	// cannot be put in with certainty: then the pair is of no use any more.
	Target string
	Swaps  []edition.Swap
}

// Touches reports whether a source text names a concept that changed.
func (c *Change) Touches(source string) bool {
	var room [8]glossary.Occurrence
	return c.find != nil && len(c.find.Find(room[:0], source)) > 0
}

// Renew holds a pair against the change. False means that it breaks nothing
// that has changed.
func (c *Change) Renew(locale, source, target string) (Renewal, bool) {
	if !c.Touches(source) {
		return Renewal{}, false
	}
	names := changedNames{c.now, c}
	j := judge{names: names, history: names, lang: locale, source: source}
	j.occ = names.License(nil, names.Find(nil, source), source)
	broken := j.broken(target)
	if len(broken) == 0 {
		return Renewal{}, false
	}
	var r Renewal
	for _, v := range broken {
		if name := source[v.Source.Start:v.Source.End]; !slices.Contains(r.Terms, name) {
			r.Terms = append(r.Terms, name)
		}
	}
	text, swaps := j.mend(target, broken)
	if len(j.broken(text)) == 0 {
		r.Target, r.Swaps = text, swaps
	}
	return r, true
}

// changedNames is a glossary in which only what a Change names is newer than
// any approval.
type changedNames struct {
	*glossary.Glossary
	c *Change
}

func (n changedNames) Version() int64 { return math.MaxInt64 }

func (n changedNames) Changed(concept int) int64 {
	if n.c.ids[n.Concept(concept).ID] {
		return math.MaxInt64
	}
	return 0
}

func (n changedNames) Former(lang string, concept int) []string {
	return n.c.former[formerKey(lang, n.Concept(concept).ID)]
}
