package locales

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Upper writes s in capitals by the locale's rules (Turkish i gives İ).
func (p *Profile) Upper(s string) string {
	if p.Tag == "tr" {
		return strings.ToUpperSpecial(unicode.TurkishCase, s)
	}
	return strings.ToUpper(s)
}

// Lower writes s in small letters by the locale's rules (Turkish I gives ı).
func (p *Profile) Lower(s string) string {
	if p.Tag == "tr" {
		return strings.ToLowerSpecial(unicode.TurkishCase, s)
	}
	return strings.ToLower(s)
}

// Title gives each word of s a capital and leaves its other letters alone.
func (p *Profile) Title(s string) string {
	return cases.Title(p.tag, cases.NoLower).String(s)
}

// Fold reduces s to what a person means who types it into a search box:
// small letters without accents, one form of each Arabic letter, ASCII
// digits, no vowel marks, tatweel or direction marks. It is for finding
// only: "حماة" and "حماه" fold alike, so nothing may be verified by it.
func (p *Profile) Fold(s string) string {
	if isLowerASCII(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFKC.String(s) {
		foldRune(&b, r)
	}
	return b.String()
}

func isLowerASCII(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf || c >= 'A' && c <= 'Z' {
			return false
		}
	}
	return true
}

// foldTable holds the letters that decomposition alone does not fold.
var foldTable = map[rune]string{
	'أ': "ا", 'إ': "ا", 'آ': "ا", 'ٱ': "ا", 'ى': "ي", 'ی': "ي", 'ې': "ي", 'ێ': "ي", 'ئ': "ي", 'ؤ': "و", 'ۆ': "و",
	'ة': "ه", 'ە': "ه", 'ہ': "ه", 'ھ': "ه", 'ۀ': "ه", 'ک': "ك", 'ڪ': "ك", 'ڵ': "ل", 'ڕ': "ر",
	'ı': "i", 'İ': "i", 'I': "i", 'œ': "oe", 'Œ': "oe", 'æ': "ae", 'Æ': "ae", 'ß': "ss", 'ø': "o", 'Ø': "o", 'ł': "l", 'Ł': "l", 'đ': "d", 'Đ': "d",
	'ё': "е", 'Ё': "е",
	'’': "'", '‘': "'", 'ʼ': "'", 'ʿ': "'", 'ʾ': "'", '`': "'", '´': "'",
	'‐': "-", '‑': "-", '–': "-", '—': "-", '−': "-",
	'٫': ".", '٬': ",", '٪': "%", '،': ",", '؛': ";", '؟': "?",
}

func foldRune(b *strings.Builder, r rune) {
	if r < utf8.RuneSelf && r != 'I' {
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		b.WriteRune(r)
		return
	}
	if s, ok := foldTable[r]; ok {
		b.WriteString(s)
		return
	}
	if d, ok := DigitValue(r); ok {
		b.WriteByte(byte('0' + d))
		return
	}
	switch {
	case IsInvisible(r), r == 0x0640, unicode.Is(unicode.Mn, r):
		return
	case unicode.IsSpace(r):
		b.WriteByte(' ')
		return
	}
	r = unicode.ToLower(r)
	if unicode.Is(unicode.Latin, r) {
		if base, _ := utf8.DecodeRuneInString(norm.NFD.String(string(r))); base != utf8.RuneError {
			r = base
		}
	}
	b.WriteRune(r)
}

// IsInvisible reports characters that take no room in print: zero-width
// space and joiners, direction controls, word joiner, soft hyphen, BOM.
func IsInvisible(r rune) bool {
	switch {
	case r == 0x00AD, r == 0x061C, r == 0xFEFF, r == 0x180E:
		return true
	case r >= 0x200B && r <= 0x200F, r >= 0x202A && r <= 0x202E, r >= 0x2060 && r <= 0x206F:
		return true
	}
	return false
}

// IsArabicLetter reports letters of the Arabic blocks, presentation forms
// included (digits, marks and punctuation are not letters).
func IsArabicLetter(r rune) bool {
	switch {
	case r < 0x0620:
		return false
	case r <= 0x064A:
		return r != 0x0640
	case r <= 0x066D:
		return false
	case r <= 0x06D3:
		return r != 0x0670
	case r <= 0x06FF:
		return r == 0x06D5 || r == 0x06EE || r == 0x06EF || r >= 0x06FA && r != 0x06FD && r != 0x06FE
	case r >= 0x0750 && r <= 0x077F:
		return true
	case r >= 0xFB50 && r <= 0xFDFB:
		return unicode.IsLetter(r)
	case r >= 0xFE70 && r <= 0xFEFC:
		return true
	}
	return false
}

// IsArabicMark reports vowel signs and the like that sit on Arabic letters.
func IsArabicMark(r rune) bool {
	return r >= 0x0610 && r <= 0x061A || r >= 0x064B && r <= 0x065F || r == 0x0670 || r >= 0x06D6 && r <= 0x06ED && r != 0x06DD && r != 0x06DE && r != 0x06E9
}

// ScriptOf returns the ISO 15924 code of a letter's script (Arab, Latn,
// Cyrl), "Zyyy" for a letter of another script, "" for what is no letter.
func ScriptOf(r rune) string {
	switch {
	case r < utf8.RuneSelf:
		if r|0x20 >= 'a' && r|0x20 <= 'z' {
			return "Latn"
		}
		return ""
	case IsArabicLetter(r):
		return "Arab"
	case r >= 0x0400 && r <= 0x052F && unicode.IsLetter(r):
		return "Cyrl"
	case !unicode.IsLetter(r):
		return ""
	case unicode.Is(unicode.Latin, r):
		return "Latn"
	}
	return "Zyyy"
}

// HasScript counts the letters of s and returns the share of them that are
// of the locale's script (1 where there are none).
func (p *Profile) HasScript(s string) (share float64, letters int) {
	own := 0
	for _, r := range s {
		switch ScriptOf(r) {
		case "":
		case p.Script:
			own++
			letters++
		default:
			letters++
		}
	}
	if letters == 0 {
		return 1, 0
	}
	return float64(own) / float64(letters), letters
}
