package memory

import (
	"fmt"
	"strings"
	"sync"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"dragoman/glossary"
)

// name puts one name in another's place, in its case and with its clitics.
func (s *site) name(at value, c change) (was, is string, err error) {
	start, end := at.start, at.end
	have := s.text[start:end]
	text, ok := s.names.Inflect(s.locale, c.new.concept, have, c.old.concept)
	if !ok || text == "" {
		return "", "", fmt.Errorf("the form of %s in place of %q is not certain", s.names.Concept(c.new.concept).Source, have)
	}
	if err := s.fits(at, c, have); err != nil {
		return "", "", err
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
	case "tr", "kmr", "ckb":
		return nil
	case "ar":
		if s.governedArabic(at.start) || a.Kind == glossary.PER && known {
			return nil
		}
		if a.Kind == glossary.PER || arabicFeminine(wordA, a.Kind) != arabicFeminine(wordB, b.Kind) {
			return genders()
		}
	case "ru", "uk":
		if s.governedSlavic(at.start) || fold(have) != fold(wordA) || known && a.Kind == glossary.PER {
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
