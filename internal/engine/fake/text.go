package fake

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"

	"dragoman/internal/engine"
)

// Text passes for a translation of plain text into target: every word becomes
// an invented one of the target's script, always the same; numbers, addresses
// and sentences stay. Of terms, words of the text are put in verbatim.
func Text(text, target string, terms map[string]string) string {
	alphabet, ok := syllables[engine.ScriptOf(target)]
	if !ok {
		alphabet = syllables["Latn"]
	}
	var b strings.Builder
	for len(text) > 0 {
		n, out := next(text, alphabet, terms)
		b.WriteString(out)
		text = text[n:]
	}
	return b.String()
}

// verbatim is what translations keep: addresses.
var verbatim = regexp.MustCompile(`^(?:https?://|www\.)[^\s<>]+|^[\w.]+@[\w.]+`)

// next translates what stands at the beginning of text, n bytes of it.
func next(text string, a *script, terms map[string]string) (n int, out string) {
	if strings.ContainsAny(text, "@:") || strings.HasPrefix(text, "www.") {
		if m := verbatim.FindString(text); m != "" {
			return len(m), m
		}
	}
	for term, rendering := range terms {
		if rest, ok := strings.CutPrefix(text, term); ok && n < len(term) && !startsWithLetter(rest) {
			n, out = len(term), rendering
		}
	}
	if n > 0 {
		return n, out
	}
	r, size := utf8.DecodeRuneInString(text)
	if !unicode.IsLetter(r) {
		if p, ok := a.marks[r]; ok {
			return size, string(p)
		}
		return size, text[:size]
	}
	n = strings.IndexFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) && r != '\'' && r != '’' })
	if n < 0 {
		n = len(text)
	}
	out = a.word(text[:n])
	if strings.HasPrefix(text[n:], ".") && n+1 < len(text) && abbreviation(text[:n]) {
		n++
	}
	return n, out
}

// abbreviation reports whether a stop after word may be part of it; invented
// words have none, and a stop after one of them would end a sentence.
func abbreviation(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	n := utf8.RuneCountInString(word)
	return n == 1 || n <= 3 && unicode.IsUpper(r)
}

func startsWithLetter(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r)
}

// script has what invented words are made of.
type script struct {
	syllables []string
	marks     map[rune]rune
}

var syllables = map[string]*script{
	"Latn": {syllables: strings.Fields("za ke vi mo ra lu ni to")},
	"Cyrl": {syllables: strings.Fields("за ке ви мо ра лу ни то")},
	"Grek": {syllables: strings.Fields("ζα κε βι μο ρα λυ νι το")},
	"Hebr": {syllables: strings.Fields("זא קה וי מו רא לו ני תו")},
	"Arab": {
		syllables: strings.Fields("زا كي بي مو را لو ني تو"),
		marks:     map[rune]rune{',': '،', ';': '؛', '?': '؟'},
	},
}

// word invents a word: two syllables, three for a long one, a capital where
// there was one.
func (s *script) word(word string) string {
	const eight = 8
	h := hash(0, strings.ToLower(word))
	n := 2
	if utf8.RuneCountInString(word) > 5 {
		n = 3
	}
	var b strings.Builder
	for i := range n {
		b.WriteString(s.syllables[h>>(8*i)%eight])
	}
	out := b.String()
	if first, _ := utf8.DecodeRuneInString(word); unicode.IsUpper(first) {
		r, size := utf8.DecodeRuneInString(out)
		out = string(unicode.ToUpper(r)) + out[size:]
	}
	return out
}

var tag = regexp.MustCompile(`<[^<>]*>`)

// HTML is Text for text/html: tags stay, entities are undone, translated and
// written again as services do, apostrophes included.
func HTML(text, target string, terms map[string]string) string {
	var b strings.Builder
	at := 0
	run := func(s string) { b.WriteString(html.EscapeString(Text(html.UnescapeString(s), target, terms))) }
	for _, t := range tag.FindAllStringIndex(text, -1) {
		run(text[at:t[0]])
		b.WriteString(text[t[0]:t[1]])
		at = t[1]
	}
	run(text[at:])
	return b.String()
}

// Mark is what stands before every fake translation into target, so that
// nobody takes it for a real one.
func Mark(target string) string {
	if m, ok := markWords[engine.ScriptOf(target)]; ok {
		return m
	}
	return "‹*› "
}

var markWords = map[string]string{
	"Latn": "‹fake› ", "Arab": "‹زائف› ", "Cyrl": "‹фейк› ", "Grek": "‹ψευδο› ", "Hebr": "‹מזויף› ",
}

// Unsettle does to the tags of a reply what services do: some get spaces
// around them, and a pair at the beginning moves to the end. The text decides
// which.
func Unsettle(text string) string {
	h := hash(1, text)
	if h%3 == 0 {
		text = tag.ReplaceAllString(text, " $0 ")
	}
	if m := leadingPair.FindStringSubmatch(text); h%5 == 0 && m != nil && !tag.MatchString(m[2]) {
		text = strings.TrimLeft(m[3], " ") + " " + m[1]
	}
	return text
}

var leadingPair = regexp.MustCompile(`^\s*(<span[^<>]*>([^<>]*)</span>)(.*[^\s.!?؟])$`)

var digits = regexp.MustCompile(`\p{Nd}+`)

// Damage breaks a reply to source in the way of f.
func Damage(f Fault, source, reply, target string) string {
	switch f {
	case DropPlaceholder:
		if at := tag.FindStringIndex(reply); at != nil {
			return reply[:at[0]] + reply[at[1]:]
		}
	case DropDigit:
		if at := digits.FindStringIndex(reply); at != nil {
			return reply[:at[0]] + reply[at[1]:]
		}
	case WrongScript:
		other := "en"
		if engine.ScriptOf(target) == "Latn" {
			other = "ru"
		}
		if tag.MatchString(source) {
			return HTML(source, other, nil)
		}
		return Text(source, other, nil)
	case ExtraSentences:
		more := Text(" Then came another. And one more followed it.", target, nil)
		return reply + more
	case AddTag:
		return reply + "<script>alert(1)</script>"
	case AddHTML:
		return "<p class=\"t\"><b>" + reply + "</b></p>"
	case Untranslated:
		return source
	case AddBidi:
		return "\u202E" + reply
	case Chatter:
		return "Here is the translation: " + reply
	case Empty:
		return ""
	case Huge:
		return strings.Repeat(reply+" ", 1+(64<<10)/(len(reply)+1))
	}
	return reply
}
