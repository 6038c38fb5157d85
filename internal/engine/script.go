package engine

import (
	"bufio"
	_ "embed"
	"fmt"
	"iter"
	"math/bits"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

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

// kept reports whether a word stays as it is in every translation: an address,
// a hashtag, or capitals (SDF, UNICEF).
func kept(word string) bool {
	if strings.ContainsAny(word, ":@#.") && handled.MatchString(word) {
		return true
	}
	capitals := false
	for _, r := range word {
		c := classOf(r)
		if c.is(lower) {
			return false
		}
		capitals = capitals || c.is(upper)
	}
	return capitals
}

var alphabetsOf sync.Map // BCP 47 tag -> []*unicode.RangeTable

// alphabetOf gives the tables of the script in which a tag is written, nil
// where nobody knows.
func alphabetOf(tag string) []*unicode.RangeTable {
	if known, ok := alphabetsOf.Load(tag); ok {
		return known.([]*unicode.RangeTable)
	}
	tables := alphabets[ScriptOf(tag)]
	alphabetsOf.Store(tag, tables)
	return tables
}

// few letters (a list's "(a)") say nothing of a script.
const few = 4

// script compares the letters of the reply with the target's script: most of
// them must be of it. Words that stay as they are do not count.
func script(_, dst, target string) []Violation {
	tables := alphabetOf(target)
	if tables == nil {
		return nil
	}
	var in, all int
	for word := range strings.FieldsSeq(dst) {
		if kept(word) {
			continue
		}
		for _, r := range word {
			if classOf(r).is(letter) {
				all++
				if unicode.In(r, tables...) {
					in++
				}
			}
		}
	}
	if all >= few && in*2 < all {
		return []Violation{{RuleScript, fmt.Sprintf("%d of %d letters are of the target's script", in, all)}}
	}
	return nil
}

//go:embed words.txt
var wordsText string

// smallWords says in which languages a word is frequent: bit i of words[w] is
// languages[i].
var smallWords = sync.OnceValue(func() (l struct {
	languages []string
	words     map[string]uint32
}) {
	l.words = map[string]uint32{}
	for key, rest := range keyed(wordsText) {
		for _, w := range strings.Fields(rest) {
			l.words[w] |= 1 << len(l.languages)
		}
		l.languages = append(l.languages, key)
	}
	return l
})

// otherLanguage looks for a reply in the right script and the wrong language:
// the small words of another language stand in it and those of the target do
// not; or it is the source again, more than names.
func otherLanguage(src, dst, target string) []Violation {
	if sameText(src, dst) && lowerCased(src) >= 3 {
		return []Violation{{RuleLanguage, "the source again"}}
	}
	small := smallWords()
	base, _, _ := strings.Cut(target, "-")
	own := slices.Index(small.languages, base)
	if own < 0 {
		return nil
	}
	var count [32]int
	words := 0
	for w := range lowerWords(dst) {
		words++
		for in := small.words[w]; in != 0; in &= in - 1 {
			count[bits.TrailingZeros32(in)]++
		}
	}
	best := 0
	for i := range small.languages {
		if count[i] > count[best] {
			best = i
		}
	}
	if words >= 6 && count[best] >= 3 && count[best] > 3*count[own] {
		return []Violation{{RuleLanguage, "it reads as " + small.languages[best]}}
	}
	return nil
}

func lowerWords(text string) iter.Seq[string] {
	return strings.FieldsFuncSeq(lowered(text), func(r rune) bool { return !classOf(r).is(letter | accent) })
}

func sameText(a, b string) bool {
	if len(a) > 2*len(b)+8 || len(b) > 2*len(a)+8 {
		return false
	}
	if first, second := firstWord(a), firstWord(b); !strings.EqualFold(first, second) {
		return false
	}
	return strings.EqualFold(strings.Join(strings.Fields(a), " "), strings.Join(strings.Fields(b), " "))
}

func firstWord(text string) string {
	for w := range strings.FieldsSeq(text) {
		return w
	}
	return ""
}

// lowerCased counts the words that begin with a small letter: not names.
func lowerCased(text string) (n int) {
	for w := range strings.FieldsSeq(text) {
		if r, _ := utf8.DecodeRuneInString(w); unicode.IsLower(r) && !handled.MatchString(w) {
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
