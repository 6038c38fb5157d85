package memory

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"dragoman/locales"
)

// russianFree are words that may follow a counted noun and do not agree with
// it (Russian and Ukrainian).
var russianFree = set(`
	в во на из из-за от до при под над с со к ко по у о об и а но или во время после перед около среди включая
	через без для за между против через когда что где как том также
	у в на із від до при під над з зі по та і й а але або після перед серед під час`)

// freeSlavic reports whether a noun after a number may go from the form after
// two to four to that after five, or back: no adjective or participle follows,
// and an animate noun is certain to stand in the nominative (its accusative
// is another: убиты три жителя, but убили трёх жителей).
func (s *site) freeSlavic(n *locales.Noun, have string, start, end int) bool {
	if n.Animate && fold(have) == fold(n.Many) && !s.subject(start) {
		return false
	}
	w, at := s.wordAfter(end)
	if w != "" {
		return russianFree[fold(w)]
	}
	rest := strings.TrimLeft(s.text[end:], spaces)
	if strings.HasPrefix(rest, ",") {
		w, _ = s.wordAfter(at + strings.Index(s.text[at:], ",") + 1)
		return russianFree[fold(w)]
	}
	return s.closes(end)
}

// subject reports whether the number at byte i stands after a verb that takes
// it as its subject.
func (s *site) subject(i int) bool {
	w, at := s.wordBefore(i)
	for range 3 { // adverbs between: погибли по меньшей мере шесть
		if russianPassive[fold(w)] {
			return true
		}
		w, at = s.wordBefore(at)
	}
	return false
}

// russianPassive are verbs of which the counted are the subject.
var russianPassive = set(`
	убиты убито убит погибли погибло ранены ранено пострадали пострадало скончались умерли умерло
	вбито загинули загинуло поранено постраждали`)

// governedSlavic reports whether a preposition stands before byte i.
func (s *site) governedSlavic(i int) bool {
	w, _ := s.wordBefore(i)
	return slavicPrepositions[fold(w)]
}

var slavicPrepositions = set(`
	в во на из от до при под над с со к ко по у о об за для без через между против после перед около среди близ
	із від з зі під біля серед навколо`)

// slavicGender guesses the gender of a name by its ending, 0 where that does
// not tell.
func slavicGender(name string) rune {
	first, _, _ := strings.Cut(name, " ")
	r, _ := lastRune(fold(first))
	switch {
	case strings.ContainsRune("ая", r):
		return 'f'
	case strings.ContainsRune("ое", r):
		return 'n'
	case strings.ContainsRune("ыиіїьую", r) || r == utf8.RuneError:
		return 0
	}
	return 'm'
}

// indeclinable reports whether a name may stand in any case as it is, so that
// its case cannot be told from its form.
func indeclinable(name string) bool {
	last := name[strings.LastIndexAny(name, " -")+1:]
	r, _ := lastRune(fold(last))
	return strings.ContainsRune("оеиуюэыії", r) || strings.HasSuffix(fold(last), "аа") || strings.ToUpper(last) == last
}

// fitSlavic refuses a value before which a preposition would change its form
// (в and во, с and со, о and об).
func (s *site) fitSlavic(start int, have, text string) error {
	w, _ := s.wordBefore(start)
	word := fold(w)
	for _, forms := range [][2]string{{"в", "во"}, {"с", "со"}, {"о", "об"}, {"к", "ко"}} {
		if word != forms[0] && word != forms[1] {
			continue
		}
		if longPreposition(forms[0], have) != longPreposition(forms[0], text) || longPreposition(forms[0], have) != (word == forms[1]) {
			return fmt.Errorf("the form of %q before %q is not certain", w, text)
		}
	}
	return nil
}

// longPreposition reports whether a preposition takes its longer form before
// a word.
func longPreposition(p, word string) bool {
	rs := []rune(fold(word))
	if len(rs) < 2 {
		return false
	}
	vowel := func(r rune) bool { return strings.ContainsRune("аэоуиыеюя", r) }
	switch p {
	case "в":
		return strings.ContainsRune("вф", rs[0]) && !vowel(rs[1])
	case "с":
		return strings.ContainsRune("сзшж", rs[0]) && !vowel(rs[1]) || rs[0] == 'щ'
	case "о":
		return strings.ContainsRune("аэоуи", rs[0])
	}
	return false
}

// russianDays are the weekdays in the accusative, Sunday first, as they stand
// after в.
var russianDays = [7]string{"воскресенье", "понедельник", "вторник", "среду", "четверг", "пятницу", "субботу"}

// russianWeekday replaces a weekday after в: "в понедельник", "во вторник".
// Elsewhere its case and what agrees with it are not certain; before a date
// with a comma it stands in the nominative.
func (s *site) russianWeekday(start, end int, old, to locales.Date) error {
	have := fold(s.text[start:end])
	word, at := s.wordBefore(start)
	if have == russianDays[old.Weekday] && (fold(word) == "в" || fold(word) == "во") {
		prep := "в"
		if to.Weekday == time.Tuesday {
			prep = "во"
		}
		s.put(at, at+len(word), capitalLike(prep, word))
		s.put(start, end, russianDays[to.Weekday])
		return nil
	}
	alone := word == "" || slices.Contains([]string{"дамаск", "стамбул"}, fold(word))
	if alone && have == fold(s.p.Weekday(old.Weekday)) && strings.HasPrefix(s.text[end:], ",") {
		s.put(start, end, capitalLike(s.p.Weekday(to.Weekday), s.text[start:end]))
		return nil
	}
	return fmt.Errorf("the form of the weekday in place of %q is not certain", s.text[start:end])
}
