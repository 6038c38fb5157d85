package segment

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// label is what numbers an item of a list: "1." "2)" "3.)" "a." "(b)".
type label struct {
	style string // "n." "n)" "n.)" "a." …
	value int
	end   int // where the item's text begins
}

// labelAt reads the label at i, behind a bullet if there is one.
func labelAt(text string, i int) (label, bool) {
	s := text[i:]
	if r, n := utf8.DecodeRuneInString(s); isBullet(r) {
		s = strings.TrimLeft(s[n:], " ")
	}
	l, n := label{}, 0
	switch {
	case s == "":
		return l, false
	case isDigit(s[0]):
		for n < len(s) && isDigit(s[n]) && n < 4 {
			l.value = l.value*10 + int(s[n]-'0')
			n++
		}
		l.style = "n"
		if n > 3 {
			return l, false
		}
	case s[0]|0x20 >= 'a' && s[0]|0x20 <= 'z':
		l.value, n = int(s[0]), 1
		l.style = "a"
	default:
		return l, false
	}
	rest := s[n:]
	for _, close := range []string{".)", ")", "."} {
		if strings.HasPrefix(rest, close) {
			after := rest[len(close):]
			if !strings.HasPrefix(after, " ") {
				return l, false
			}
			l.style += close
			l.end = len(text) - len(strings.TrimLeft(after, " "))
			return l, true
		}
	}
	return l, false
}

// follows tells whether l is the label that comes next in the list of prev.
func (l label) follows(prev label) bool {
	return l.style == prev.style && l.value == prev.value+1
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// capitalAt tells whether a capital letter, or one of a script without
// capitals, stands at i.
func (b *boundaries) capitalAt(i int) bool {
	r, _ := utf8.DecodeRuneInString(b.text[b.opened(i):])
	return unicode.IsLetter(r) && !unicode.IsLower(r)
}
