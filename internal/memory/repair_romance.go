package memory

import (
	"fmt"
	"strings"
	"unicode"

	"dragoman/glossary"
)

// fitsRomance reports what might have to agree with a name in French and
// Spanish: an article or a preposition of countries before it, a participle.
func (s *site) fitsRomance(at value, a *glossary.Concept, wordA, wordB string, known bool) error {
	head := strings.TrimRight(s.text[:at.start], "’'")
	before, _ := s.wordBefore(len(head))
	if len(head) < at.start {
		before += "’"
	}
	if romanceArticles[s.lang][fold(before)] {
		return fmt.Errorf("the article %q before %q may not fit %s", before, wordA, wordB)
	}
	if s.lang == "fr" && isCountry(a) {
		return fmt.Errorf("prepositions of French before a country go by its gender")
	}
	if described(wordA) || described(wordB) {
		return fmt.Errorf("%s may need an article", wordB)
	}
	if a.Kind != glossary.LOC && !known && !romanceFree[fold(before)] && s.hasParticiple() {
		return fmt.Errorf("a participle may have to agree with %s", wordB)
	}
	return nil
}

var (
	romanceArticles = map[string]map[string]bool{
		"fr": set("le la les l’ du des au aux en un une"),
		"es": set("el la los las al del un una"),
	}
	romanceFree = set("de d’ avec par pour contre à chez con por para contra a según selon")
	// romanceToBe are the verbs after which a participle agrees with the
	// subject.
	romanceToBe = set("est sont était étaient fut furent été sera seront es son fue fueron ha han sido será está estaba estuvo")
)

// hasParticiple reports whether a participle with être or ser may stand in
// the text.
func (s *site) hasParticiple() bool {
	for w := range strings.FieldsFuncSeq(s.text, func(r rune) bool { return !unicode.IsLetter(r) }) {
		if romanceToBe[strings.ToLower(w)] {
			return true
		}
	}
	return false
}

// elide makes d’ of de before a vowel and back, que and jusque alike.
func (s *site) elide(start int, have, text string) error {
	head := s.text[:start]
	vowel := opensWithVowel(text)
	for _, w := range []string{"de", "que", "puisque", "lorsque", "jusque"} {
		short := w[:len(w)-1]
		for _, mark := range []string{"’", "'"} {
			if from := start - len(short+mark); endsInWord(head, short+mark) && !vowel {
				s.put(from, start, capitalLike(w, head[from:])+" ")
				return nil
			}
		}
		if from := start - len(w+" "); endsInWord(head, w+" ") && vowel && !opensWithVowel(have) {
			s.put(from, start, capitalLike(short, head[from:])+"’")
			return nil
		}
	}
	if (strings.HasSuffix(head, "’") || strings.HasSuffix(head, "'")) && opensWithVowel(have) != vowel {
		return fmt.Errorf("the elision before %q is not certain", text)
	}
	return nil
}

// endsInWord reports whether head ends in tail as a word of its own.
func endsInWord(head, tail string) bool {
	if len(head) < len(tail) || !strings.EqualFold(head[len(head)-len(tail):], tail) {
		return false
	}
	r, _ := lastRune(head[:len(head)-len(tail)])
	return !isLetter(r)
}

// opensWithVowel reports whether French elides before a word: before a vowel,
// not before figures, onze, huit or the h of foreign names.
func opensWithVowel(text string) bool {
	r, _ := firstRune(text)
	return strings.ContainsRune("aeiouâàéèêëîïôöûüAEIOUÂÀÉÈÊËÎÏÔÖÛÜ", r) && !strings.HasPrefix(text, "onze") && !strings.HasPrefix(text, "oui")
}

// fitSpanish makes e of y before the sound i, u of o before o, and back.
func (s *site) fitSpanish(start int, have, text string) error {
	w, at := s.wordBefore(start)
	to := ""
	switch strings.ToLower(w) {
	case "y", "e":
		to = "y"
		if soundsI(text) {
			to = "e"
		}
	case "o", "u":
		to = "o"
		if soundsO(text) {
			to = "u"
		}
	default:
		return nil
	}
	if to != strings.ToLower(w) {
		s.put(at, at+len(w), capitalLike(to, w))
	}
	return nil
}

func soundsI(text string) bool {
	t := strings.ToLower(text)
	return strings.HasPrefix(t, "i") || strings.HasPrefix(t, "í") ||
		strings.HasPrefix(t, "hi") && !strings.HasPrefix(t, "hia") && !strings.HasPrefix(t, "hie")
}

// soundsO is of words and figures: ocho, once, 8, 80, 11.
func soundsO(text string) bool {
	t := strings.ToLower(text)
	if strings.HasPrefix(t, "o") || strings.HasPrefix(t, "ho") || strings.HasPrefix(t, "ó") || strings.HasPrefix(t, "8") {
		return true
	}
	digits := len(t) - len(strings.TrimLeft(t, "0123456789"))
	return strings.HasPrefix(t, "11") && (digits == 2 || digits == 5)
}
