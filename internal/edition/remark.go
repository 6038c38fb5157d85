package edition

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Remark is what a person says to others about a segment, or about an edition
// as a whole.
type Remark struct {
	ID, Edition int64
	Target      int64 // 0 where it is about the edition
	Who         string
	Text        string
	Created     time.Time
	// ResolvedBy is who closed it, "" while it is open.
	ResolvedBy string
	Resolved   time.Time
	// Mentioned are the people it names with an @.
	Mentioned []string
	// Unseen are those of them who have not seen it yet.
	Unseen []string
}

// Mentions counts, by edition, the remarks that name a person who has not
// seen them yet.
type Mentions map[int64]int

// Total is the number of remarks in all editions.
func (m Mentions) Total() int {
	n := 0
	for _, k := range m {
		n += k
	}
	return n
}

// Mentioned finds the people whom a text names with an @ before their name,
// in any letter case: of names that begin alike, the longest. Each is given
// once, in the order of the text.
func Mentioned(text string, names []string) []string {
	longest := slices.Clone(names)
	slices.SortStableFunc(longest, func(a, b string) int { return len(b) - len(a) })
	var out []string
	for at := strings.IndexByte(text, '@'); at >= 0; {
		rest := text[at+1:]
		if before, _ := utf8.DecodeLastRuneInString(text[:at]); at == 0 || !wordRune(before) {
			for _, name := range longest {
				if !beginsWith(rest, name) {
					continue
				}
				if !slices.Contains(out, name) {
					out = append(out, name)
				}
				break
			}
		}
		next := strings.IndexByte(rest, '@')
		if next < 0 {
			break
		}
		at += 1 + next
	}
	return out
}

// beginsWith reports whether text begins with a name and the name ends there.
func beginsWith(text, name string) bool {
	if name == "" || len(text) < len(name) || !strings.EqualFold(text[:len(name)], name) {
		return false
	}
	after, size := utf8.DecodeRuneInString(text[len(name):])
	return size == 0 || !wordRune(after)
}

func wordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '_'
}
