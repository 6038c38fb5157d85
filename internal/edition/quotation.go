package edition

import (
	"strings"
	"unicode/utf8"

	"dragoman/content"
)

// Span is a run of bytes of a text.
type Span struct{ Start, End int }

// closing gives the mark that closes a quotation that another opens. Single
// marks are left out: they are apostrophes too.
var closing = map[rune]string{'“': "”", '«': "»", '„': "“”", '"': "\""}

// Quotations finds the words between quotation marks in coded text, without
// the marks; one that is not closed, since it goes on in the next segment,
// ends with the text. Quotations of fewer than three words are names and
// turns of phrase, not what somebody said, and are left out.
func Quotations(coded string) []Span {
	var out []Span
	for i := 0; i < len(coded); {
		r, size := utf8.DecodeRuneInString(coded[i:])
		i += size
		ends, ok := closing[r]
		if !ok {
			continue
		}
		start, end, next := i, len(coded), len(coded)
		if n := strings.IndexAny(coded[i:], ends); n >= 0 {
			_, size := utf8.DecodeRuneInString(coded[i+n:])
			end, next = i+n, i+n+size
		}
		if len(strings.Fields(content.Plain(coded[start:end]))) >= 3 {
			out = append(out, Span{start, end})
		}
		i = next
	}
	return out
}
