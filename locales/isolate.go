package locales

import (
	"html"
	"strings"
	"unicode/utf8"
)

// First strong isolate and its end (UAX #9); stored text never holds them
// (house rule AR-B1), they are put in where text is shown.
const (
	FSI = "\u2068"
	PDI = "\u2069"
)

// Isolate keeps the direction of s from acting on what stands around it: in
// plain text by FSI and PDI, otherwise (HTML) by <bdi>, with s escaped.
func Isolate(s string, plain bool) string {
	if plain {
		return FSI + s + PDI
	}
	return "<bdi>" + html.EscapeString(s) + "</bdi>"
}

// IsolateRuns isolates every run of the other direction in s: in
// right-to-left text Latin and Cyrillic words, web addresses, and numbers
// with signs in them; in left-to-right text runs of Arabic letters. With
// plain false the whole of s is escaped for HTML.
func (p *Profile) IsolateRuns(s string, plain bool) string {
	var b strings.Builder
	done := 0
	write := func(text string) {
		if !plain {
			text = html.EscapeString(text)
		}
		b.WriteString(text)
	}
	for i := 0; i < len(s); {
		end := p.foreignRun(s, i)
		if end == i {
			_, size := utf8.DecodeRuneInString(s[i:])
			i += size
			continue
		}
		write(s[done:i])
		b.WriteString(Isolate(s[i:end], plain))
		i, done = end, end
	}
	write(s[done:])
	return b.String()
}

// foreignRun returns the end of the run of the other direction that begins
// at i, or i where none does.
func (p *Profile) foreignRun(s string, i int) int {
	end, signs, letters := i, false, false
	for j := i; j < len(s); {
		r, size := utf8.DecodeRuneInString(s[j:])
		_, digit := DigitValue(r)
		switch {
		case p.foreignLetter(r):
			letters, end = true, j+size
		case p.RTL() && digit:
			end = j + size
		case p.RTL() && strings.ContainsRune("+-%/:.,@#_=&?$€£–", r) && j+size < len(s):
			// Inside a run only; a sign at its end counts where it belongs
			// to a number ("50%").
			next, _ := utf8.DecodeRuneInString(s[j+size:])
			_, nextDigit := DigitValue(next)
			if j == i && !(nextDigit && strings.ContainsRune("+-$€£#@", r)) {
				return i
			}
			if !p.foreignLetter(next) && !nextDigit && !(r == ':' && next == '/') && !(r == '/' && next == '/') {
				if r == '%' {
					end, signs = j+size, true
				}
				return finish(i, end, letters || signs)
			}
			signs = true
		case p.RTL() && r == '%':
			return finish(i, j+size, end > i)
		case r == ' ' && letters && j+size < len(s):
			next, _ := utf8.DecodeRuneInString(s[j+size:])
			if !p.foreignLetter(next) {
				return finish(i, end, letters || signs)
			}
		default:
			return finish(i, end, letters || signs)
		}
		j += size
	}
	return finish(i, end, letters || signs)
}

func finish(start, end int, isolate bool) int {
	if isolate {
		return end
	}
	return start
}

func (p *Profile) foreignLetter(r rune) bool {
	switch ScriptOf(r) {
	case "":
		return false
	case "Arab":
		return !p.RTL()
	}
	return p.RTL()
}
