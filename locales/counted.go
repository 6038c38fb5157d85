package locales

import (
	"fmt"
	"strings"
)

// Case is the grammatical case in which a counted phrase stands.
type Case byte

// The cases that change a counted phrase.
const (
	Nominative Case = iota
	Accusative
	Genitive
)

// Class says which form of the noun a number asks for.
type Class byte

// The classes. Arabic (house rule AR-N3) uses all but CountFew and CountMany;
// Russian and Ukrainian CountSingular, CountFew and CountMany; the others
// CountSingular and CountPlural.
const (
	// CountPerson: no rule covers the number; a person rephrases (101, 102).
	CountPerson Class = iota
	CountSingular
	CountDual
	// CountPlural is the plural, in Arabic its genitive after 3 to 10.
	CountPlural
	// CountAccusative is the Arabic singular accusative after 11 to 99.
	CountAccusative
	// CountGenitive is the Arabic singular genitive after 100, 1000, ….
	CountGenitive
	// CountFew and CountMany are the Slavic forms after 2 to 4 and 5 to 20.
	CountFew
	CountMany
)

// CountClass returns the form that n asks for in this language.
func (p *Profile) CountClass(n int) Class {
	if n < 0 {
		return CountPerson
	}
	switch p.Tag {
	case "ar":
		return arabicClass(n)
	case "ru", "uk":
		switch p.Plural(n) {
		case One:
			return CountSingular
		case Few:
			return CountFew
		}
		return CountMany
	case "tr", "kmr", "ckb":
		return CountSingular
	case "fr":
		if n < 2 {
			return CountSingular
		}
		return CountPlural
	}
	if n == 1 {
		return CountSingular
	}
	return CountPlural
}

func arabicClass(n int) Class {
	switch last := n % 100; {
	case n == 0:
		return CountPerson
	case n == 1:
		return CountSingular
	case n == 2:
		return CountDual
	case last >= 3 && last <= 10:
		return CountPlural
	case last >= 11:
		return CountAccusative
	case last == 0:
		return CountGenitive
	}
	return CountPerson
}

// Noun is a counted noun with the forms that numbers ask for. Forms may be
// of several words (برميل متفجر, мирный житель).
type Noun struct {
	Lang    string
	Lemma   string
	Gender  Gender
	Animate bool // Slavic languages
	// Dual has the nominative and the oblique form (Arabic), or "".
	Dual [2]string
	// Plural is what stands after 3 to 10 in Arabic, after 2 in fr and es.
	Plural string
	// Accusative and Singular stand after 11 to 99 and after 100 (Arabic).
	Accusative, Singular string
	// Few and Many stand after 2 to 4 and 5 to 20 (Slavic languages).
	Few, Many string
	// More are further forms by which the noun is recognised.
	More []string

	profile *Profile
}

// Counted finds a counted noun of the locale's lexicon by any of its forms;
// ok is false where it is not there or where the form is of two nouns.
func Counted(tag, noun string) (n Noun, ok bool) {
	p, err := Get(tag)
	if err != nil {
		return Noun{}, false
	}
	return p.Counted(noun)
}

// Counted finds a counted noun by any of its forms; see the function.
func (p *Profile) Counted(noun string) (n Noun, ok bool) {
	found := p.nouns[p.key(strings.TrimSpace(noun))]
	if len(found) != 1 {
		return Noun{}, false
	}
	return *found[0], true
}

// Nouns returns the lexicon of counted nouns in the order of its file.
func (p *Profile) Nouns() []*Noun { return p.allNouns }

// Phrase is a number and a noun that agree.
type Phrase struct {
	// Numeral is a word or figures; "" where the noun says it (the dual).
	Numeral string
	Noun    string
	// After: the numeral follows the noun (مدني واحد).
	After bool
}

// String writes the phrase.
func (f Phrase) String() string {
	switch {
	case f.Numeral == "":
		return f.Noun
	case f.After:
		return f.Noun + " " + f.Numeral
	}
	return f.Numeral + " " + f.Noun
}

// For returns the phrase for count things in house style: words to ten,
// figures from eleven on. ok is false where no rule is certain: Arabic 101
// and 102, zero, a case that the lexicon has no forms for.
func (n Noun) For(count int, c Case) (f Phrase, ok bool) {
	noun, ok := n.Form(count, c)
	if !ok {
		return Phrase{}, false
	}
	f = Phrase{Noun: noun, Numeral: n.profile.FormatInt(int64(count))}
	if n.Lang == "ar" && count <= 2 {
		return n.arabicSmall(f, count, c)
	}
	if count >= 1 && count <= 10 {
		if c != Nominative && count == 1 {
			return Phrase{}, false
		}
		f.Numeral, ok = n.profile.NumberWord(count, n.Gender)
	}
	return f, ok
}

// arabicSmall puts "one" after the noun and leaves "two" out.
func (n Noun) arabicSmall(f Phrase, count int, c Case) (Phrase, bool) {
	if count == 2 {
		f.Numeral = ""
		return f, true
	}
	word, ok := n.profile.NumberWord(1, n.Gender)
	if c == Accusative && n.Gender == Masculine {
		word += "ًا"
	}
	f.Numeral, f.After = word, true
	return f, ok
}

// Form returns the form of the noun that stands with count, without the
// number; ok is false as for For.
func (n Noun) Form(count int, c Case) (form string, ok bool) {
	switch n.profile.CountClass(count) {
	case CountSingular:
		form = n.Lemma
		if n.Lang == "ar" && c == Accusative {
			form = n.Accusative
		}
		if n.slavic() && c != Nominative {
			return "", false
		}
	case CountDual:
		form = n.Dual[0]
		if c != Nominative {
			form = n.Dual[1]
		}
	case CountPlural:
		form = n.Plural
	case CountAccusative:
		form = n.Accusative
	case CountGenitive:
		form = n.Singular
	case CountFew:
		if c == Genitive || c == Accusative && n.Animate {
			return "", false
		}
		form = n.Few
	case CountMany:
		if c == Genitive {
			return "", false
		}
		form = n.Many
	}
	return form, form != ""
}

func (n Noun) slavic() bool { return n.Lang == "ru" || n.Lang == "uk" }

// CountedPhrase writes count things called noun (any form that the lexicon
// has) in the locale's house style; ok is false where that is not certain.
func CountedPhrase(tag, noun string, count int, c Case) (phrase string, ok bool) {
	n, ok := Counted(tag, noun)
	if !ok {
		return "", false
	}
	f, ok := n.For(count, c)
	if !ok {
		return "", false
	}
	return f.String(), true
}

func (p *Profile) loadNouns() error {
	p.nouns = make(map[string][]*Noun)
	return dataLines("data/nouns/"+p.Tag+".txt", func(line string) error {
		n, err := p.parseNoun(line)
		if err != nil {
			return err
		}
		p.allNouns = append(p.allNouns, n)
		for _, form := range n.forms() {
			p.addForm(p.key(form), n)
		}
		return nil
	})
}

func (p *Profile) addForm(key string, n *Noun) {
	for _, have := range p.nouns[key] {
		if have == n {
			return
		}
	}
	p.nouns[key] = append(p.nouns[key], n)
}

// columns are how many columns a line of the lexicon has, without the last,
// optional one of further forms.
var columns = map[string]int{"ar": 7, "ru": 5, "uk": 5, "fr": 3, "es": 3, "en": 3, "tr": 1, "kmr": 1, "ckb": 1}

func (p *Profile) parseNoun(line string) (*Noun, error) {
	f := strings.Split(line, "|")
	for i := range f {
		if f[i] = strings.TrimSpace(f[i]); f[i] == "-" && i > 1 {
			f[i] = ""
		}
	}
	want := columns[p.Tag]
	if len(f) != want && len(f) != want+1 {
		return nil, fmt.Errorf("%q has %d columns; want %d and further forms", line, len(f), want)
	}
	n := &Noun{Lang: p.Tag, Lemma: f[0], Singular: f[0], profile: p}
	if want > 1 {
		g, ok := genderCodes[f[1]]
		if !ok {
			return nil, fmt.Errorf("gender %q: want m, f, n or -", f[1])
		}
		n.Gender = g
	}
	switch p.Tag {
	case "ar":
		n.Dual = [2]string{f[2], f[3]}
		n.Plural, n.Accusative, n.Singular = f[4], f[5], f[6]
	case "ru", "uk":
		n.Animate, n.Few, n.Many = f[2] == "a", f[3], f[4]
	case "fr", "es", "en":
		n.Plural = f[2]
	}
	if len(f) == want+1 && f[want] != "" {
		for form := range strings.SplitSeq(f[want], ",") {
			n.More = append(n.More, strings.TrimSpace(form))
		}
	}
	return n, nil
}

// forms returns every form of the noun that is not empty.
func (n *Noun) forms() []string {
	all := append([]string{n.Lemma, n.Dual[0], n.Dual[1], n.Plural, n.Accusative, n.Singular, n.Few, n.Many}, n.More...)
	out := all[:0]
	for _, f := range all {
		if f != "" {
			out = append(out, f)
		}
	}
	return out
}
