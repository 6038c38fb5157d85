package content

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Hash identifies a text: the first 16 bytes of its SHA-256. The zero Hash
// stands for no text, as before the first segment of a document.
type Hash [16]byte

// String gives the hash as 32 hexadecimal digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// IsZero tells whether the hash stands for no text.
func (h Hash) IsZero() bool { return h == Hash{} }

// ParseHash reads what String wrote.
func ParseHash(s string) (Hash, error) {
	var h Hash
	if len(s) != 2*len(h) {
		return h, fmt.Errorf("content: hash %q has %d characters, not %d", s, len(s), 2*len(h))
	}
	if _, err := hex.Decode(h[:], []byte(s)); err != nil {
		return Hash{}, fmt.Errorf("content: hash %q: %w", s, err)
	}
	return h, nil
}

// ExactHash identifies coded text as it stands, byte for byte: what an
// approval covers.
func ExactHash(coded string) Hash {
	sum := sha256.Sum256([]byte(coded))
	return Hash(sum[:16])
}

// NormalisedHash identifies coded text as the memory recalls it: Normalise,
// then ExactHash.
func NormalisedHash(coded string) Hash { return ExactHash(Normalise(coded)) }

// Normalise folds the differences in coded text that typing makes and meaning
// does not: every double quotation mark and guillemet is ", every single one
// and every apostrophe is ', every dash and hyphen is -, every run of white
// space is one space and none stands at the edges, invisible marks (soft
// hyphen, zero-width space, direction marks) are gone, and the rest is in NFC.
// Letters, digits, stops and codes stay as they are.
func Normalise(coded string) string {
	if isNormal(coded) {
		return coded
	}
	var b strings.Builder
	b.Grow(len(coded))
	space := false
	for _, r := range norm.NFC.String(coded) {
		r = foldRune(r)
		if r == ' ' {
			space = b.Len() > 0
			continue
		}
		if r < 0 {
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	// A mark that went may have stood between a letter and its accent.
	return norm.NFC.String(b.String())
}

// isNormal tells of most English sentences, at the cost of one look, that
// there is nothing to fold.
func isNormal(s string) bool {
	prev := byte(' ')
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= utf8.RuneSelf || c < ' ' || c == '`' || c == 0x7f || c == ' ' && prev == ' ' {
			return false
		}
		prev = c
	}
	return prev != ' '
}

// foldRune gives what a rune folds to, or -1 for nothing.
func foldRune(r rune) rune {
	switch r {
	case '“', '”', '„', '‟', '«', '»', '″', '＂':
		return '"'
	case '‘', '’', '‚', '‛', '‹', '›', '′', '`', '´', 'ʼ', 'ʹ', '＇':
		return '\''
	case '‐', '‑', '‒', '–', '—', '―', '−', '﹘', '﹣', '－':
		return '-'
	case '\u00ad', '\u200b', '\u2060', '\ufeff',
		'\u200e', '\u200f', '\u061c', '\u202a', '\u202b', '\u202c', '\u202d', '\u202e',
		'\u2066', '\u2067', '\u2068', '\u2069':
		return -1
	}
	if unicode.IsSpace(r) {
		return ' '
	}
	return r
}
