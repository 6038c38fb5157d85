package transport

import (
	"fmt"
	"strings"

	"dragoman/content"
)

// Letters carries coded text through a service that takes text only: every code
// becomes a word of letters that looks like a name, such as "Zuxbadeq", which
// services leave alone far more often than brackets or digits.
type Letters struct {
	source string
	prefix string
}

// prefixes begin the words that stand for codes; the first that the text does
// not hold is used.
var prefixes = []string{"Zux", "Vexu", "Qoz", "Jyx", "Wuzo", "Xiq"}

const (
	consonants = "bdfgklmnprst"
	vowels     = "aeiou"
	// base is how many syllables there are; a word has three, the last one for
	// what the code does.
	base = len(consonants) * len(vowels)
	last = 'q'
)

// NewLetters prepares to carry coded text. It fails where the text holds every
// prefix, or an id that is too large for two syllables.
func NewLetters(coded string) (*Letters, error) {
	folded := strings.ToLower(coded)
	for _, p := range pieces(coded) {
		if p.id >= base*base {
			return nil, fmt.Errorf("%w: id %d is too large to be sent as letters", ErrCodes, p.id)
		}
	}
	for _, prefix := range prefixes {
		if !strings.Contains(folded, strings.ToLower(prefix)) {
			return &Letters{source: coded, prefix: prefix}, nil
		}
	}
	return nil, fmt.Errorf("%w: the text holds every word that could stand for a code", ErrCodes)
}

// Text is what to send. Words that stand for codes are set apart by spaces.
func (l *Letters) Text() string {
	var b strings.Builder
	ps := pieces(l.source)
	for i, p := range ps {
		if p.kind == content.Text {
			b.WriteString(p.text)
			continue
		}
		if before := lastOf(ps, i); i > 0 && (ps[i-1].kind != content.Text || tight(before)) {
			b.WriteByte(' ')
		}
		b.WriteString(l.word(p))
		if i+1 < len(ps) && ps[i+1].kind == content.Text && tight(firstOf(ps, i)) {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

func (l *Letters) word(p piece) string {
	return l.prefix + syllable(p.id/base) + syllable(p.id%base) + syllable(int(p.kind)) + string(last)
}

func syllable(n int) string {
	return string([]byte{consonants[n/len(vowels)], vowels[n%len(vowels)]})
}

// From reads the reply as coded text.
func (l *Letters) From(reply string) (string, error) {
	if err := checkSize(l.source, reply); err != nil {
		return "", err
	}
	var read []piece
	folded := asciiLower(reply)
	prefix := strings.ToLower(l.prefix)
	for start := 0; ; {
		at := strings.Index(folded[start:], prefix)
		if at < 0 {
			if start < len(reply) {
				read = append(read, piece{kind: content.Text, text: reply[start:]})
			}
			return l.finish(read)
		}
		at += start
		p, n, ok := parseWord(folded[at+len(prefix):])
		if !ok {
			return "", fmt.Errorf("%w: %s", ErrCodes, short(reply[at:]))
		}
		if at > start {
			read = append(read, piece{kind: content.Text, text: reply[start:at]})
		}
		read = append(read, p)
		start = at + len(prefix) + n
	}
}

// parseWord reads three syllables and the last letter.
func parseWord(s string) (p piece, n int, ok bool) {
	const length = 7
	if len(s) < length || s[length-1] != last {
		return piece{}, 0, false
	}
	var v [3]int
	for i := range v {
		c, w := strings.IndexByte(consonants, s[2*i]), strings.IndexByte(vowels, s[2*i+1])
		if c < 0 || w < 0 {
			return piece{}, 0, false
		}
		v[i] = c*len(vowels) + w
	}
	kind := content.TokenKind(v[2])
	if kind != content.Open && kind != content.Close && kind != content.Single {
		return piece{}, 0, false
	}
	return piece{kind: kind, id: v[0]*base + v[1]}, length, true
}

// finish takes out the spaces that Text put between codes.
func (l *Letters) finish(read []piece) (string, error) {
	beside := besides(pieces(l.source))
	kept := read[:0]
	for i, p := range read {
		between := i > 0 && i+1 < len(read) && p.kind == content.Text && strings.Trim(p.text, " ") == ""
		if between && beside[[2]piece{read[i-1], read[i+1]}] {
			continue
		}
		kept = append(kept, p)
	}
	return finish(l.source, kept)
}

// besides gives the pairs of codes that stand side by side.
func besides(ps []piece) map[[2]piece]bool {
	m := map[[2]piece]bool{}
	for i := 1; i < len(ps); i++ {
		if ps[i-1].kind != content.Text && ps[i].kind != content.Text {
			m[[2]piece{ps[i-1], ps[i]}] = true
		}
	}
	return m
}

// asciiLower keeps every byte offset, which strings.ToLower does not.
func asciiLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}
