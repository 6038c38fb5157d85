package glossary

import (
	"slices"
	"strings"
	"unicode"
)

// exactlyColliding is up to how many words Colliding is exact: of more, as
// those of a whole new glossary, it names all concepts that come into question.
const exactlyColliding = 200

// Colliding gives the concepts, by index and in order, of which one of some
// words in a language is a generated form: a word that becomes the base form of
// another concept is theirs no longer, and becomes so again when that goes
// (terminology rules, section 1). It may name some too many. What is more than
// one word is passed over: no generated form of a single word is like it.
func (g *Glossary) Colliding(lang string, words []string) []int {
	starts := g.startsIn(lang)
	alone := map[int]*Glossary{}
	hits := map[int]bool{}
	for _, w := range words {
		for part := range prefixesWithin(w) {
			for _, i := range starts[part] {
				if hits[i] || len(words) > exactlyColliding {
					hits[i] = true
					continue
				}
				if alone[i] == nil {
					alone[i] = g.alone(i, lang)
				}
				hits[i] = slices.ContainsFunc(alone[i].FindTarget(lang, w), func(o TargetOccurrence) bool { return o.Tier >= 2 && o.Class != "forbidden" })
			}
		}
	}
	out := make([]int, 0, len(hits))
	for i, hit := range hits {
		if hit {
			out = append(out, i)
		}
	}
	slices.Sort(out)
	return out
}

// alone is a glossary of one concept in one language, so that no other takes a
// form from it.
func (g *Glossary) alone(i int, lang string) *Glossary {
	c := &g.concepts[i]
	one, _ := Compile([]Concept{{ID: c.ID, Kind: c.Kind, Source: c.Source, Flags: c.Flags, LangFlags: c.LangFlags, Targets: map[string]Terms{lang: c.Targets[lang]}}}, Options{Trusted: true})
	return one
}

// startLetters is how many letters of a term stay as they are in its forms, at
// the beginning: endings change the third of the shortest.
const startLetters = 3

// startsIn gives the concepts by how their one-word terms in a language begin.
func (g *Glossary) startsIn(lang string) map[string][]int {
	out := map[string][]int{}
	for i := range g.concepts {
		ts, ok := g.concepts[i].Targets[lang]
		if !ok {
			continue
		}
		for _, list := range [][]Term{ts.Preferred, ts.Accepted, ts.Derived} {
			for k := range list {
				if text := list[k].Text; !strings.ContainsAny(text, " \u00a0") {
					l := plainLetters(text)
					for _, cut := range [][]rune{l, []rune(withoutArticle(l))} {
						out[startOf(cut)] = append(out[startOf(cut)], i)
					}
				}
			}
		}
	}
	return out
}

func startOf(l []rune) string {
	n := startLetters
	if len(l) <= startLetters {
		n = min(len(l), startLetters-1)
	}
	return string(l[:n])
}

// mostShell is how many letters may be joined to the front of a word.
const mostShell = 4

// prefixesWithin are the beginnings that a word may have behind what is joined
// to its front.
func prefixesWithin(word string) map[string]bool {
	out := map[string]bool{}
	l := plainLetters(word)
	if strings.ContainsAny(word, " \u00a0") {
		return out
	}
	for at := 0; at <= mostShell && at < len(l); at++ {
		for _, n := range []int{startLetters - 1, startLetters} {
			if at+n <= len(l) {
				out[string(l[at:at+n])] = true
			}
		}
	}
	return out
}

// plainLetters are the letters of a text without marks, seats of the hamza and
// capitals.
func plainLetters(text string) []rune {
	var out []rune
	for _, r := range text {
		switch r {
		case 'أ', 'إ', 'آ', 'ٱ':
			r = 'ا'
		case 'ى':
			r = 'ي'
		case 'İ', 'I', 'ı':
			r = 'i'
		case 'ё':
			r = 'е'
		case 'ـ':
			continue
		}
		if unicode.IsLetter(r) {
			out = append(out, unicode.ToLower(r))
		}
	}
	return out
}
