package check

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"dragoman/content"
	"dragoman/locales"
)

// traits are what a text holds, so that a rule can leave early.
type traits uint32

const (
	hasDigit        traits = 1 << iota // a digit of any system
	hasForeignDigit                    // a digit that is not 0-9
	hasQuote
	hasBracket
	hasArabicMark // vowel marks
	hasOddArabic  // presentation forms and Persian letters
	hasInvisible
	hasBidi
	hasControl // control, private use, non-characters, U+FFFD
	hasLatin1  // letters in which mojibake shows
	hasSpaceRun
	hasLineBreak
	hasAngle
	hasAmp
	hasMarkup // * _ ` { } % # |
	hasLink
	hasPercent
	hasCurrency
	hasHyphenSpaced
)

// word is a run of letters of one script (Latin and Cyrillic are one here,
// so that look-alikes show).
type word struct {
	start, end int
	letters    int
	latin      int // letters by script
	cyrillic   int
	arabic     int
	upper      bool // the first letter is a capital
	capitals   int
	link       bool // part of an address
}

type span struct{ start, end int }

// object stands in plain text where a standalone code does.
const object = '\uFFFC'

// text is one side of a segment, read once for all rules. All offsets are of
// plain, the text without codes; span turns them into the coded text's.
type text struct {
	coded, plain string
	p            *locales.Profile
	pieces       []piece
	has          traits
	words        []word
	links        []span
	nums         []locales.Number
	days         []locales.Date
	scanned      bool
	runes        int // characters
	letters      int
	buf          []byte
}

// piece is a run of plain text that stands unbroken in the coded text.
type piece struct{ plain, coded, size int }

func (t *text) read(coded string, p *locales.Profile) {
	*t = text{coded: coded, plain: coded, p: p, pieces: t.pieces[:0], words: t.words[:0],
		links: t.links[:0], nums: t.nums[:0], days: t.days[:0], buf: t.buf[:0]}
	if strings.Contains(coded, "⟦") {
		t.stripCodes()
	}
	t.survey()
	if t.has&hasLink != 0 || strings.Contains(t.plain, "www.") {
		t.findLinks()
	}
}

// stripCodes makes plain of coded, with the pieces that lead back.
func (t *text) stripCodes() {
	for _, tok := range content.Tokens(t.coded) {
		switch tok.Kind {
		case content.Text:
			t.literal(tok.Start, tok.End)
		case content.Single:
			t.pieces = append(t.pieces, piece{len(t.buf), tok.Start, utf8.RuneLen(object)})
			t.buf = utf8.AppendRune(t.buf, object)
		}
	}
	t.plain = string(t.buf)
}

// literal copies a run of text, in which ⟦⟦ is one ⟦.
func (t *text) literal(start, end int) {
	for start < end {
		stop := end
		if i := strings.Index(t.coded[start:end], "⟦⟦"); i >= 0 {
			stop = start + i + len("⟦")
		}
		t.pieces = append(t.pieces, piece{len(t.buf), start, stop - start})
		t.buf = append(t.buf, t.coded[start:stop]...)
		if start = stop; stop < end {
			start += len("⟦")
		}
	}
}

// span turns plain bytes start to end into bytes of the coded text: codes
// before the first character and after the last one are left out.
func (t *text) span(start, end int) (int, int) {
	if len(t.pieces) == 0 {
		return start, end
	}
	s, e := len(t.coded), 0
	for _, p := range t.pieces {
		if start >= p.plain && start < p.plain+p.size {
			s = p.coded + start - p.plain
		}
		if end > p.plain && end <= p.plain+p.size {
			e = p.coded + end - p.plain
		}
	}
	if start == end {
		return e, e
	}
	return s, max(s, e)
}

// survey goes over the text once: traits, words, letters.
func (t *text) survey() {
	s := t.plain
	var w word
	inWord := false
	prev := rune(0)
	for i := 0; i < len(s); {
		r, size := decode(s, i)
		script := scriptOf(r)
		if script == noScript && inWord && isMark(r) {
			w.end = i + size
			t.note(s, i, r, prev)
			i += size
			continue
		}
		if inWord && (script == noScript || (script == arabicScript) != (w.arabic > 0)) {
			t.words = append(t.words, w)
			inWord = false
		}
		if script != noScript {
			if !inWord {
				w = word{start: i, upper: unicode.IsUpper(r)}
				inWord = true
			}
			w.count(script, r)
			w.end = i + size
			t.letters++
			if r >= 0x80 {
				t.noteLetter(r)
			}
		} else if r >= 0x80 || !asciiQuiet[r] {
			t.note(s, i, r, prev)
		}
		t.runes++
		prev = r
		i += size
	}
	if inWord {
		t.words = append(t.words, w)
	}
}

func (w *word) count(script script, r rune) {
	w.letters++
	switch script {
	case latinScript:
		w.latin++
	case cyrillicScript:
		w.cyrillic++
	case arabicScript:
		w.arabic++
	}
	if script != arabicScript && unicode.IsUpper(r) {
		w.capitals++
	}
}

type script uint8

const (
	noScript script = iota
	latinScript
	cyrillicScript
	arabicScript
	otherScript
)

func scriptOf(r rune) script {
	if r < utf8.RuneSelf {
		if r|0x20 >= 'a' && r|0x20 <= 'z' {
			return latinScript
		}
		return noScript
	}
	if r >= 0x0620 && r <= 0x064A && r != 0x0640 {
		return arabicScript
	}
	if r >= 0x0400 && r <= 0x0481 {
		return cyrillicScript
	}
	switch locales.ScriptOf(r) {
	case "":
		return noScript
	case "Latn":
		return latinScript
	case "Cyrl":
		return cyrillicScript
	case "Arab":
		return arabicScript
	}
	return otherScript
}

// isMark reports what may stand inside a word without being a letter.
func isMark(r rune) bool {
	if r < 0x0300 {
		return r == 0x00AD
	}
	return r == 0x0640 || locales.IsArabicMark(r) || r == 0x200C || r == 0x200D || unicode.Is(unicode.Mn, r)
}

// asciiQuiet are the ASCII characters of which note has nothing to say.
var asciiQuiet = func() (quiet [utf8.RuneSelf]bool) {
	for c := range quiet {
		quiet[c] = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == ',' || c == '.' || c == '\''
	}
	return quiet
}()

// noteLetter records the traits of a letter beyond ASCII.
func (t *text) noteLetter(r rune) {
	switch {
	case r >= 0xFB50 || r >= 0x06A9 && isPersian(r):
		t.has |= hasOddArabic
	case r < 0x100:
		switch r {
		case 'â', 'Ã', 'Ø', 'Ù', 'Ð', 'Ñ', 'Â', 'Å', 'Ä':
			t.has |= hasLatin1
		}
	}
}

// note records the traits of a character that is no letter.
func (t *text) note(s string, i int, r, prev rune) {
	if r < utf8.RuneSelf {
		t.noteASCII(s, i, r, prev)
		return
	}
	switch {
	case locales.IsArabicMark(r):
		t.has |= hasArabicMark
	case r >= 0x0660 && r <= 0x0669 || r >= 0x06F0 && r <= 0x06F9:
		t.has |= hasDigit | hasForeignDigit
	case r == '٪':
		t.has |= hasPercent
	case r == '€' || r == '£':
		t.has |= hasCurrency
	case isQuote(r):
		t.has |= hasQuote
	case isBidi(r):
		t.has |= hasBidi
	case locales.IsInvisible(r):
		t.has |= hasInvisible
	case isSpace(r):
		if isSpace(prev) {
			t.has |= hasSpaceRun
		}
		if r == 0x2028 || r == 0x2029 || r == 0x85 {
			t.has |= hasControl
		}
	case isUnprintable(r):
		t.has |= hasControl
	}
}

func (t *text) noteASCII(s string, i int, r, prev rune) {
	switch r {
	case ' ', '\t':
		if isSpace(prev) {
			t.has |= hasSpaceRun
		}
	case '\n', '\r':
		t.has |= hasLineBreak
	case '"':
		t.has |= hasQuote
	case '(', ')', '[', ']', '{', '}':
		t.has |= hasBracket | hasMarkup
	case '<', '>':
		t.has |= hasAngle
	case '&':
		t.has |= hasAmp
	case '%':
		t.has |= hasPercent | hasMarkup
	case '*', '_', '`', '#', '|':
		t.has |= hasMarkup
	case '$':
		t.has |= hasCurrency
	case '/':
		if i+1 < len(s) && s[i+1] == '/' {
			t.has |= hasLink
		}
	case '@':
		t.has |= hasLink
	case '-':
		if prev == ' ' {
			t.has |= hasHyphenSpaced
		}
	default:
		if r >= '0' && r <= '9' {
			t.has |= hasDigit
		} else if r < ' ' || r == 0x7F {
			t.has |= hasControl
		}
	}
}

// scan reads numbers and dates when a rule first asks.
func (t *text) scan() {
	if !t.scanned {
		t.nums, t.days = t.p.Scan(t.nums[:0], t.days[:0], t.plain)
		t.scanned = true
	}
}

func (t *text) numbers() []locales.Number {
	t.scan()
	return t.nums
}

func (t *text) dates() []locales.Date {
	t.scan()
	return t.days
}

func (t *text) word(w word) string { return t.plain[w.start:w.end] }

// before and after give the character that ends at byte i, or begins there;
// 0 at the ends of the text.
func (t *text) before(i int) rune {
	if i <= 0 {
		return 0
	}
	r, _ := utf8.DecodeLastRuneInString(t.plain[:i])
	return r
}

func (t *text) after(i int) rune {
	if i >= len(t.plain) {
		return 0
	}
	r, _ := decode(t.plain, i)
	return r
}

// wordBefore is the word that ends at byte i, with nothing between; ok is
// false where there is none.
func (t *text) wordBefore(i int) (word, bool) {
	if j := t.wordAt(i) - 1; j >= 0 && t.words[j].end == i {
		return t.words[j], true
	}
	return word{}, false
}

// wordAt is the index of the first word that begins at or after byte i.
func (t *text) wordAt(i int) int {
	lo, hi := 0, len(t.words)
	for lo < hi {
		if mid := (lo + hi) / 2; t.words[mid].start < i {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

func (t *text) inLink(i int) bool {
	if len(t.links) == 0 {
		return false
	}
	n, _ := slices.BinarySearchFunc(t.links, i, func(l span, i int) int { return l.end - i - 1 })
	return n < len(t.links) && i >= t.links[n].start
}

func decode(s string, i int) (rune, int) {
	if c := s[i]; c < utf8.RuneSelf {
		return rune(c), 1
	}
	return utf8.DecodeRuneInString(s[i:])
}

func isSpace(r rune) bool {
	switch r {
	case ' ', '\t', 0xA0, 0x202F, 0x2009, 0x3000, 0x2007, 0x200A, 0x2002, 0x2003:
		return true
	}
	return r == '\n' || r == '\r' || r == 0x85 || r >= 0x2000 && r <= 0x200A || r == 0x2028 || r == 0x2029
}

func isDigit(r rune) bool {
	_, ok := locales.DigitValue(r)
	return ok
}

func isQuote(r rune) bool {
	switch r {
	case '"', '«', '»', '“', '”', '„', '‟', '‹', '›':
		return true
	}
	return false
}

// isCloser reports marks that may stand after the end mark of a sentence.
func isCloser(r rune) bool {
	switch r {
	case '"', '»', '”', '’', '\'', '›', ')', ']', '}', '“', object, '*', '_':
		return true
	}
	return false
}

func isBidi(r rune) bool {
	return r == 0x200E || r == 0x200F || r == 0x061C || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069
}

func isPersian(r rune) bool {
	switch r {
	case 'ک', 'ی', 'ہ', 'ھ', 'ە', 'ڪ':
		return true
	}
	return false
}

// isUnprintable reports characters that are not for text: private use,
// non-characters, tags, interlinear marks, U+FFFD.
func isUnprintable(r rune) bool {
	switch {
	case r == utf8.RuneError:
		return true
	case r < 0xE000:
		return r >= 0x80 && r < 0xA0
	case r <= 0xF8FF, r >= 0xFDD0 && r <= 0xFDEF, r >= 0xFFF9 && r <= 0xFFFB:
		return true
	case r >= 0xE0000 && r <= 0xE007F, r >= 0xF0000:
		return true
	}
	return r&0xFFFE == 0xFFFE
}
