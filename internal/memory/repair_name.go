package memory

import (
	"fmt"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"dragoman/glossary"
)

// name puts one name in another's place, in its case and with its clitics.
func (s *site) name(at value, c change) (was, is string, err error) {
	start, end := at.start, at.end
	have := s.text[start:end]
	if err := s.fits(at, c, have); err != nil {
		return "", "", err
	}
	text, ok := s.names.Inflect(s.locale, c.new.concept, have, c.old.concept)
	if !ok && (s.lang == "ru" || s.lang == "uk") {
		start, end, text, ok = s.inCase(at, c)
		have = s.text[start:end]
	}
	if !ok || text == "" {
		return "", "", fmt.Errorf("the form of %s in place of %q is not certain", s.names.Concept(c.new.concept).Source, have)
	}
	if s.lang == "tr" && !fitsTurkish(have, text) {
		return "", "", fmt.Errorf("the ending of %q is not certain", text)
	}
	if text == have {
		return have, text, nil // two names that this language has one word for
	}
	if err := s.fitBefore(start, have, text); err != nil {
		return "", "", err
	}
	s.put(start, end, text)
	return have, text, nil
}

// inCase writes a Slavic name in the case that its place asks for: the
// preposition before it decides where its form alone does not. Where the
// glossary is not certain because something might have to agree, fits has the
// last word: nothing agrees with an oblique case.
func (s *site) inCase(at value, c change) (start, end int, text string, ok bool) {
	_, swaps, _ := s.names.SwapTerm(s.locale, s.text, at.term, s.names.Preferred(s.locale, c.new.concept), c.old.concept)
	for _, w := range swaps {
		if w.Start == at.start && w.End == at.end {
			return w.Start, w.End, w.New, w.Certain || w.Reason == glossary.SwapAgreement
		}
	}
	return at.start, at.end, "", false
}

// fits reports what beside the name might have to agree with it.
func (s *site) fits(at value, c change, have string) error {
	a, b := s.names.Concept(c.old.concept), s.names.Concept(c.new.concept)
	wordA, wordB := s.names.Preferred(s.locale, c.old.concept), s.names.Preferred(s.locale, c.new.concept)
	if a.Kind == glossary.LOC && isCountry(a) != isCountry(b) {
		return fmt.Errorf("%s and %s are not both countries", a.Source, b.Source)
	}
	genders := func() error {
		return fmt.Errorf("a verb or adjective may have to agree with %s", b.Source)
	}
	known := s.genderFromSource()
	switch s.lang {
	case "ar":
		if s.governedArabic(at.start) || joinedPreposition(have, wordA) || a.Kind == glossary.PER && known {
			return nil
		}
		if a.Kind == glossary.PER || arabicFeminine(wordA, a.Kind) != arabicFeminine(wordB, b.Kind) {
			return genders()
		}
	case "ru", "uk":
		if described(wordA) || described(wordB) || indeclinable(at.term) && !indeclinable(wordB) {
			return fmt.Errorf("the case of %q is not certain", have)
		}
		if s.governedSlavic(at.start) || fold(have) != fold(at.term) || known && a.Kind == glossary.PER {
			return nil
		}
		if g := slavicGender(wordA); a.Kind == glossary.PER || g == 0 || g != slavicGender(wordB) {
			return genders()
		}
	case "fr", "es":
		return s.fitsRomance(at, a, wordA, wordB, known)
	}
	return nil
}

// genderFromSource reports whether the words that both texts share tell the
// gender of the person spoken of, so that it does not change.
func (s *site) genderFromSource() bool {
	he, she := false, false
	for _, t := range tokenise(nil, s.source, nil) {
		switch strings.ToLower(s.source[t.start:t.end]) {
		case "he", "his", "him", "himself", "spokesman", "chairman", "mr", "mr.":
			he = true
		case "she", "her", "hers", "herself", "spokeswoman", "chairwoman", "ms", "mrs", "ms.", "mrs.":
			she = true
		}
	}
	return he != she
}

// isCountry reports whether a place is a country by its English name (CLDR):
// other prepositions stand before it than before a town.
func isCountry(c *glossary.Concept) bool {
	names := countries()
	if names[c.Source] {
		return true
	}
	for _, v := range c.Variants {
		if names[v] {
			return true
		}
	}
	return false
}

var countries = sync.OnceValue(func() map[string]bool {
	names := map[string]bool{"United States": true, "US": true, "U.S.": true, "UK": true, "Türkiye": true, "Turkey": true, "Ivory Coast": true}
	in := display.English.Regions()
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			r, err := language.ParseRegion(string(a) + string(b))
			if err == nil && r.IsCountry() {
				names[in.Name(r)] = true
			}
		}
	}
	return names
})

// fitBefore fits the word before a value to it, where a language does so: French
// de and d’, Spanish y and e, Russian в and во. An error means that the form
// is not certain.
func (s *site) fitBefore(start int, have, text string) error {
	switch s.lang {
	case "fr":
		return s.elide(start, have, text)
	case "es":
		return s.fitSpanish(start, have, text)
	case "ru", "uk":
		return s.fitSlavic(start, have, text)
	}
	return nil
}

// described reports whether common words are part of a name (la campagne
// d’Idlib, Ghouta orientale, провинция Идлиб): they inflect, and take articles,
// as words do.
func described(name string) bool {
	for w := range strings.FieldsFuncSeq(name, func(r rune) bool { return r == ' ' || r == '’' || r == '\'' || r == '-' }) {
		r, _ := firstRune(w)
		if unicode.IsLower(r) && !particles[w] {
			return true
		}
	}
	return false
}

// particles are the small words within proper names, in all scripts.
var particles = set(`
	al el ul an as ash ar at az ad en es ez ed er et eş ech ash ibn bin ben abu de d di da du del la von van
	аль эль ан ас аш ар ат аз ад эн эс эш эр эт эз эд ибн бен бин абу де ди да дю ван фон`)
