package segment

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// isStop tells whether a rune can end a sentence: the terms of UAX #29 that
// the rules know, and the ellipsis sign, which it leaves out.
func isStop(r rune) bool {
	switch r {
	case '.', '!', '?', '…', '؟', '۔', '。', '！', '？', '‼', '⁇', '⁈', '⁉':
		return true
	}
	return false
}

// isCloser tells whether a rune closes a quotation or a bracket.
func isCloser(r rune) bool {
	switch r {
	case '"', '\'', '”', '’', '»', '›', ')', ']', '}', '“', '‘', '`', '」', '』', '）', '\u0002', '*', '_':
		return true
	}
	return false
}

// isOpener tells whether a rune opens one.
func isOpener(r rune) bool {
	switch r {
	case '"', '\'', '“', '‘', '„', '‚', '«', '‹', '(', '[', '{', '¿', '¡', '`', '「', '『', '（', '*', '_':
		return true
	}
	return false
}

// footnote gives the length of a footnote's mark at the head of s: [12] or
// figures that are raised.
func footnote(s string) int {
	if strings.HasPrefix(s, "[") {
		n := 1
		for n < len(s) && n < 5 && isDigit(s[n]) {
			n++
		}
		if n > 1 && n < len(s) && s[n] == ']' {
			return n + 1
		}
		return 0
	}
	n := 0
	for n < len(s) {
		r, w := utf8.DecodeRuneInString(s[n:])
		if !strings.ContainsRune("⁰¹²³⁴⁵⁶⁷⁸⁹", r) {
			break
		}
		n += w
	}
	return n
}

// uncloser goes back from end over what closes after a stop. Where no stop
// stands before it, there is nothing to skip.
func (b *boundaries) uncloser(end int) int {
	i := end
	for i > b.start {
		r, n := utf8.DecodeLastRuneInString(b.text[b.start:i])
		switch {
		case r == ']' && b.reference(i) > 0:
			i -= b.reference(i)
		case isCloser(r):
			i -= n
		case strings.ContainsRune("⁰¹²³⁴⁵⁶⁷⁸⁹", r):
			i -= n
		case unicode.IsSpace(r):
			i -= n
		default:
			return i
		}
	}
	return i
}

// reference gives the length of the mark [12] that ends at i.
func (b *boundaries) reference(i int) int {
	open := strings.LastIndexByte(b.text[b.start:i], '[')
	if open < 0 {
		return 0
	}
	if n := footnote(b.text[b.start+open : i]); b.start+open+n == i {
		return n
	}
	return 0
}

// unstop goes back from end over the stop: one mark, several, or dots that are
// spaced.
func (b *boundaries) unstop(end int) int {
	i := end
	for i > b.start {
		r, n := utf8.DecodeLastRuneInString(b.text[b.start:i])
		if isStop(r) {
			i -= n
			continue
		}
		if i < end && unicode.IsSpace(r) {
			if r2, _ := utf8.DecodeLastRuneInString(b.text[b.start : i-n]); isStop(r2) {
				i -= n
				continue
			}
		}
		return i
	}
	return i
}

// unword goes back from end over a word and the marks within it.
func (b *boundaries) unword(end int) int {
	i := end
	for i > b.start {
		r, n := utf8.DecodeLastRuneInString(b.text[b.start:i])
		if unicode.IsSpace(r) || isOpener(r) && r != '\'' || isBullet(r) || r == '”' || r == '»' || r == '—' || r == '–' || r == ')' || r == ']' || r == ',' || r == ':' && !isDigitRune(b.text, i) {
			return i
		}
		i -= n
	}
	return i
}

func isDigitRune(s string, i int) bool { return i < len(s) && isDigit(s[i]) }

// opened skips what opens at i, and a space behind a guillemet.
func (b *boundaries) opened(i int) int {
	for i < len(b.text) {
		r, n := utf8.DecodeRuneInString(b.text[i:])
		if !isOpener(r) {
			return i
		}
		i += n
		if r == '«' {
			i = b.over(i)
		}
	}
	return i
}

// wordAt gives the word at i: letters, figures and apostrophes.
func wordAt(s string, i int) string {
	end := i
	for end < len(s) {
		r, n := utf8.DecodeRuneInString(s[end:])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r) && r != '\'' && r != '’' && r != '-' {
			break
		}
		end += n
	}
	return s[i:end]
}

// cased tells whether a rune is of a script with capitals.
func cased(r rune) bool { return unicode.IsUpper(r) || unicode.IsLower(r) || unicode.IsTitle(r) }

// letters counts the letters of a word.
func letters(w string) int {
	n := 0
	for _, r := range w {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}

// isNumber tells whether a word is made of figures and the marks that stand in
// numbers.
func isNumber(w string) bool {
	digits := false
	for _, r := range w {
		switch {
		case unicode.IsDigit(r):
			digits = true
		case strings.ContainsRune(".,:'’$€£%-–/ \u00a0\u202f٬٫", r):
		default:
			return false
		}
	}
	return digits
}

// roman tells whether a word is a Roman numeral.
func roman(w string) bool { return w != "" && strings.Trim(w, "IVXLCDM") == "" }

// numberAt tells whether a number follows: figures, a Roman numeral, a sign
// for one.
func (b *boundaries) numberAt(p place) bool {
	if unicode.IsDigit(p.first) || p.first == '#' || p.first == '§' || p.first == '+' || strings.HasPrefix(b.text[p.nextAt:], "??") {
		return true
	}
	if p.first == '$' || p.first == '€' || p.first == '£' {
		return false
	}
	return len(p.next) > 1 && roman(strings.SplitN(p.next, "-", 2)[0])
}

// initial tells whether a word is one letter, or several that hyphens join:
// "J", "J.-P".
func initial(w string) bool {
	n := 0
	for _, part := range strings.Split(w, "-") {
		part = strings.TrimSuffix(part, ".")
		if letters(part) != 1 || utf8.RuneCountInString(part) > 2 {
			return false
		}
		n++
	}
	return n > 0
}

// acronym tells whether a word is letters with stops between them: "U.S",
// "a.m", "у.е", "ج.م.ع".
func acronym(w string) bool {
	if !strings.Contains(w, ".") {
		return false
	}
	for _, part := range strings.Split(w, ".") {
		if n := letters(part); n < 1 || n > 2 || utf8.RuneCountInString(part) > 2 {
			return false
		}
	}
	return true
}

// initialAt tells whether a single letter with a stop stands at i.
func (b *boundaries) initialAt(i int) bool {
	r, n := utf8.DecodeRuneInString(b.text[i:])
	return unicode.IsLetter(r) && strings.HasPrefix(b.text[i+n:], ".")
}
