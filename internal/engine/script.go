package engine

import (
	"bufio"
	_ "embed"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/language"
)

// alphabets are Unicode's tables for ISO 15924's scripts.
var alphabets = map[string][]*unicode.RangeTable{
	"Arab": {unicode.Arabic}, "Armn": {unicode.Armenian}, "Beng": {unicode.Bengali},
	"Cyrl": {unicode.Cyrillic}, "Deva": {unicode.Devanagari}, "Ethi": {unicode.Ethiopic},
	"Geor": {unicode.Georgian}, "Grek": {unicode.Greek}, "Hans": {unicode.Han},
	"Hant": {unicode.Han}, "Hebr": {unicode.Hebrew}, "Latn": {unicode.Latin},
	"Jpan": {unicode.Han, unicode.Hiragana, unicode.Katakana},
	"Kore": {unicode.Hangul, unicode.Han}, "Khmr": {unicode.Khmer}, "Mymr": {unicode.Myanmar},
	"Syrc": {unicode.Syriac}, "Taml": {unicode.Tamil}, "Thai": {unicode.Thai},
}

// ScriptOf gives the ISO 15924 code of the script in which a BCP 47 tag is
// written, "" where nobody knows. Kurdish has two: Kurmanji (kmr, ku) is taken
// as Latin, Sorani (ckb) as Arabic.
func ScriptOf(tag string) string {
	t, err := language.Parse(tag)
	if err != nil {
		return ""
	}
	base, _, _ := t.Raw()
	switch base.String() {
	case "kmr", "ku":
		if _, s, _ := t.Raw(); s.String() != "Zzzz" {
			return s.String()
		}
		return "Latn"
	}
	s, confidence := t.Script()
	if confidence == language.No {
		return ""
	}
	return s.String()
}

// handled are words that every translation keeps as they are.
var handled = regexp.MustCompile(`(?i)^(?:https?://|www\.|mailto:)|@|^#|\.(?:com|org|net|info)\b`)

// script compares the letters of the reply with the target's script: most of
// them must be of it. Addresses, hashtags and words in capitals (SDF, UNICEF)
// do not count.
func script(_, dst, target string) []Violation {
	tables, known := alphabets[ScriptOf(target)]
	if !known {
		return nil
	}
	var in, all int
	for _, word := range strings.Fields(dst) {
		if handled.MatchString(word) || word == strings.ToUpper(word) && word != strings.ToLower(word) {
			continue
		}
		for _, r := range word {
			if unicode.IsLetter(r) {
				all++
				if unicode.In(r, tables...) {
					in++
				}
			}
		}
	}
	if all > 0 && in*2 < all {
		return []Violation{{RuleScript, fmt.Sprintf("%d of %d letters are of the target's script", in, all)}}
	}
	return nil
}

//go:embed words.txt
var wordsText string

// smallWords are the most frequent words of some languages, in the order of
// the file.
var smallWords = sync.OnceValue(func() (list []languageWords) {
	for key, rest := range keyed(wordsText) {
		words := map[string]bool{}
		for _, w := range strings.Fields(rest) {
			words[w] = true
		}
		list = append(list, languageWords{key, words})
	}
	return list
})

type languageWords struct {
	language string
	words    map[string]bool
}

// otherLanguage looks for a reply in the right script and the wrong language:
// the small words of another language stand in it and those of the target do
// not; or it is the source again, more than names.
func otherLanguage(src, dst, target string) []Violation {
	base, _, _ := strings.Cut(target, "-")
	words := lowerWords(dst)
	if sameText(src, dst) && lowerCased(src) >= 3 {
		return []Violation{{RuleLanguage, "the source again"}}
	}
	own, best, bestLanguage := 0, 0, ""
	for _, l := range smallWords() {
		n := 0
		for _, w := range words {
			if l.words[w] {
				n++
			}
		}
		if l.language == base {
			own = n
		} else if n > best {
			best, bestLanguage = n, l.language
		}
	}
	if len(words) >= 6 && best >= 3 && best > 3*own && known(base) {
		return []Violation{{RuleLanguage, "it reads as " + bestLanguage}}
	}
	return nil
}

func known(base string) bool {
	for _, l := range smallWords() {
		if l.language == base {
			return true
		}
	}
	return false
}

func lowerWords(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) })
}

func sameText(a, b string) bool {
	return strings.EqualFold(strings.Join(strings.Fields(a), " "), strings.Join(strings.Fields(b), " "))
}

// lowerCased counts the words that begin with a small letter: not names.
func lowerCased(text string) (n int) {
	for _, w := range strings.Fields(text) {
		if r := []rune(w)[0]; unicode.IsLower(r) && !handled.MatchString(w) {
			n++
		}
	}
	return n
}

// keyed reads lines "key: rest"; blank lines and those that begin with # do
// not count.
func keyed(text string) func(yield func(key, rest string) bool) {
	return func(yield func(key, rest string) bool) {
		for lines := bufio.NewScanner(strings.NewReader(text)); lines.Scan(); {
			line := strings.TrimSpace(lines.Text())
			key, rest, ok := strings.Cut(line, ":")
			if !ok || strings.HasPrefix(line, "#") {
				continue
			}
			if !yield(strings.TrimSpace(key), strings.TrimSpace(rest)) {
				return
			}
		}
	}
}
