package edition

import (
	"maps"
	"slices"
	"strings"

	"dragoman/glossary"
)

// OldTerms says what becomes of a preferred term when another takes its
// place.
type OldTerms string

// What becomes of old preferred terms.
const (
	// OldForbidden makes it forbidden, so that it is swapped wherever it
	// stands and never comes back. It is the choice where none is made.
	OldForbidden OldTerms = ""
	OldAccepted  OldTerms = "accepted" // right as well: what stands stays
	OldDropped   OldTerms = "dropped"  // swapped, but not listed
)

// Outdate adds the old preferred terms to the edits of concepts that have
// others now, as old says. A term that is listed for the concept still, or that
// is another concept's right one in concepts, is not forbidden.
func Outdate(edits []ConceptEdit, old OldTerms, concepts []glossary.Concept) []ConceptEdit {
	if old == OldDropped {
		return edits
	}
	out := make([]ConceptEdit, len(edits))
	var right map[[2]string][]string
	for i, e := range edits {
		out[i] = e
		if e.Before == nil || e.After == nil {
			continue
		}
		for lang, was := range e.Before.Targets {
			for _, t := range was.Preferred {
				if _, listed := e.After.Targets[lang]; !listed || lists(e.After.Targets[lang], t.Text) {
					continue
				}
				if right == nil {
					right = rightTerms(ApplyEdits(concepts, edits))
				}
				if old == OldForbidden && slices.ContainsFunc(right[[2]string{lang, t.Text}], func(id string) bool { return id != e.ID }) {
					continue
				}
				out[i].After = withOld(out[i].After, lang, t, old)
			}
		}
	}
	return out
}

// lists reports whether a term is listed in any class.
func lists(ts glossary.Terms, text string) bool {
	return listsTerm(ts.Preferred, text) || listsTerm(ts.Accepted, text) || listsTerm(ts.Derived, text) || listsTerm(ts.Forbidden, text)
}

// rightTerms gives the concepts for which a term is right, by language and
// text.
func rightTerms(concepts []glossary.Concept) map[[2]string][]string {
	out := map[[2]string][]string{}
	for i := range concepts {
		for lang, ts := range concepts[i].Targets {
			for _, list := range [][]glossary.Term{ts.Preferred, ts.Accepted} {
				for _, t := range list {
					key := [2]string{lang, t.Text}
					out[key] = append(out[key], concepts[i].ID)
				}
			}
		}
	}
	return out
}

// withOld gives a copy of a concept that lists an old term.
func withOld(c *glossary.Concept, lang string, t glossary.Term, old OldTerms) *glossary.Concept {
	fresh := *c
	fresh.Targets = maps.Clone(c.Targets)
	ts := fresh.Targets[lang]
	if old == OldAccepted {
		ts.Accepted = append(slices.Clip(ts.Accepted), t)
	} else {
		ts.Forbidden = append(slices.Clip(ts.Forbidden), glossary.Term{Text: t.Text})
	}
	fresh.Targets[lang] = ts
	return &fresh
}

// AnotherThing reports whether a concept has become another one under the same
// id: no English name is the same, and either the kind is another one or no
// term is the same in any language.
func AnotherThing(was, is *glossary.Concept) bool {
	names := map[string]bool{}
	for _, n := range append([]string{was.Source}, was.Variants...) {
		names[strings.Join(glossary.Key(n), " ")] = true
	}
	for _, n := range append([]string{is.Source}, is.Variants...) {
		if names[strings.Join(glossary.Key(n), " ")] {
			return false
		}
	}
	if was.Kind != is.Kind {
		return true
	}
	for lang, ts := range is.Targets {
		for _, list := range [][]glossary.Term{ts.Preferred, ts.Accepted} {
			for _, t := range list {
				if lists(was.Targets[lang], t.Text) {
					return false
				}
			}
		}
	}
	return len(was.Targets) > 0
}
