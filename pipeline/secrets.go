package pipeline

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"dragoman/content"
	"dragoman/glossary"
)

// secrets finds the names that the glossary marks sensitive wherever a reader
// would know them: whatever capitals, accents, dashes and invisible characters
// they are written with, in the possessive and the plural, in codes, as a
// hashtag or in an address, in any of the glossary's languages, and a person's
// family name alone. It is for keeping them in the house; where a name stands
// so that it can be hidden, the glossary's Find says.
type secrets struct {
	names  map[string][]secretName // by their first word
	joined []string                // names of several words, written as one
	family map[string]bool         // last words of persons' names
}

// sensitiveIn reports whether a concept is hidden from engines outside the
// house that translate into a locale.
func sensitiveIn(c *glossary.Concept, locale string) bool {
	return c.Flags.Sensitive || c.LangFlags[locale].Sensitive || c.LangFlags[sourceLocale].Sensitive || termSensitive(c, locale)
}

// secretsOf gives the sensitive names for a locale.
func (g *terms) secretsOf(locale string) *secrets {
	if s, ok := g.secrets.Load(locale); ok {
		return s.(*secrets)
	}
	s := &secrets{names: map[string][]secretName{}, family: map[string]bool{}}
	for i := range g.Len() {
		if c := g.Concept(i); sensitiveIn(c, locale) {
			s.add(c)
		}
	}
	g.secrets.Store(locale, s)
	return s
}

// shortest is how many letters a word has at least that stands for a person
// alone, or may be part of a longer word.
const shortest = 3

func (s *secrets) add(c *glossary.Concept) {
	names := append([]string{c.Source}, c.Variants...)
	for _, ts := range c.Targets {
		for _, list := range [][]glossary.Term{ts.Preferred, ts.Accepted, ts.Forbidden} {
			for _, t := range list {
				names = append(names, t.Text)
			}
		}
	}
	for n, name := range names {
		var words []string
		for _, w := range foldedWords(name) {
			words = append(words, w.text)
		}
		if len(words) == 0 {
			continue
		}
		s.names[words[0]] = append(s.names[words[0]], secretName{words, c.Rule.CaseSensitive && len(words) == 1 && unicode.IsUpper([]rune(name)[0])})
		if len(words) == 1 {
			continue
		}
		if all := strings.Join(words, ""); len(all) >= 2*shortest {
			s.joined = append(s.joined, all)
		}
		if last := words[len(words)-1]; n <= len(c.Variants) && c.Kind == glossary.PER && len([]rune(last)) >= shortest {
			s.family[last] = true
		}
	}
}

// none reports whether there is nothing to hide.
func (s *secrets) none() bool { return len(s.names) == 0 }

// in reports whether a sensitive name stands in a coded text.
func (s *secrets) in(text string) bool {
	if s.none() {
		return false
	}
	words := foldedWords(content.Plain(text))
	for i, w := range words {
		for _, first := range []string{w.text, strings.TrimSuffix(w.text, "s"), strings.TrimSuffix(w.text, "es")} {
			if slices.ContainsFunc(s.names[first], func(n secretName) bool { return n.begins(words[i:]) }) {
				return true
			}
		}
		if slices.ContainsFunc(s.joined, func(n string) bool { return strings.Contains(w.text, n) }) {
			return true
		}
	}
	return false
}

// secretName is a sensitive name: its words, folded. One word that has to have
// a capital (Hope) is no name without.
type secretName struct {
	words   []string
	capital bool
}

// begins reports whether words begin with the name, the last word of which may
// have the ending of a plural.
func (n secretName) begins(words []folded) bool {
	if len(words) < len(n.words) || n.capital && !words[0].capital {
		return false
	}
	for k, w := range n.words {
		have := words[k].text
		if have != w && (k < len(n.words)-1 || have != w+"s" && have != w+"es") {
			return false
		}
	}
	return true
}

// byFamilyName reports whether a person is named by the family name alone in a
// coded text. Names that the glossary has for others (other) do not count.
func (s *secrets) byFamilyName(text string, other []glossary.Occurrence) bool {
	if len(s.family) == 0 {
		return false
	}
	bytes := []byte(text)
	for _, o := range other {
		for k := o.Start; k < o.End; k++ {
			bytes[k] = ' '
		}
	}
	for _, w := range foldedWords(content.Plain(string(bytes))) {
		bare := strings.TrimSuffix(w.text, "s")
		if w.capital && (s.family[w.text] || s.family[bare]) {
			return true
		}
	}
	return false
}

// folded is a word without what may differ in how it is written.
type folded struct {
	text    string
	capital bool
}

// foldedWords cuts a plain text into words of letters and digits: small ones,
// without accents, marks and invisible characters.
func foldedWords(text string) []folded {
	var out []folded
	var b strings.Builder
	capital := false
	end := func() {
		if b.Len() > 0 {
			out = append(out, folded{b.String(), capital})
		}
		b.Reset()
		capital = false
	}
	for _, r := range norm.NFKD.String(text) {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) || r == 'ـ':
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			capital = capital || b.Len() == 0 && unicode.IsUpper(r)
			b.WriteRune(foldedRune(r))
		default:
			end()
		}
	}
	end()
	return out
}

// foldedRune makes one of letters that writers exchange.
func foldedRune(r rune) rune {
	switch r {
	case 'ı', 'İ':
		return 'i'
	case 'ى':
		return 'ي'
	case 'ة':
		return 'ه'
	case 'ٱ':
		return 'ا'
	}
	return unicode.ToLower(r)
}
