package glossary

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// searchIndex holds, for each concept, all that it may be looked up by: its
// id and its names in every language, folded, each on a line of its own.
type searchIndex struct {
	once  sync.Once
	lines []string // by concept: "\nname\nname\n"
}

// Search gives the indexes of the concepts that a person may mean who types
// query, the best first: by id, English name or variant, or a term in any
// language. Every word of the query has to stand somewhere in the concept; a
// part of a word is enough. Letters are compared as a hurried person types
// them: without capitals, accents, vowel signs, hamzas and apostrophes. keep
// leaves concepts out, nil keeps all; an empty query gives all of them in the
// glossary's order.
func (g *Glossary) Search(query string, keep func(*Concept) bool) []int {
	g.search.once.Do(g.makeSearch)
	q := FoldName(query)
	words := strings.Fields(q)
	type hit struct{ at, rank, length int }
	var hits []hit
	for i, line := range g.search.lines {
		if !hasAll(line, words) || keep != nil && !keep(&g.concepts[i]) {
			continue
		}
		hits = append(hits, hit{i, rankOf(line, q), len(g.concepts[i].Source)})
	}
	if q != "" {
		slices.SortStableFunc(hits, func(a, b hit) int {
			return cmp.Or(a.rank-b.rank, a.length-b.length)
		})
	}
	out := make([]int, len(hits))
	for i := range hits {
		out[i] = hits[i].at
	}
	return out
}

func hasAll(line string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(line, w) {
			return false
		}
	}
	return true
}

// rankOf says how well a concept's lines answer a folded query, 0 being best:
// a whole name, the beginning of one, the beginning of a word, anything else.
func rankOf(line, q string) int {
	switch {
	case strings.Contains(line, "\n"+q+"\n"):
		return 0
	case strings.Contains(line, "\n"+q):
		return 1
	case strings.Contains(line, " "+q):
		return 2
	case strings.Contains(line, q):
		return 3
	}
	return 4
}

func (g *Glossary) makeSearch() {
	g.search.lines = make([]string, len(g.concepts))
	var b strings.Builder
	for i := range g.concepts {
		c := &g.concepts[i]
		b.Reset()
		b.WriteByte('\n')
		add := func(name string) {
			b.WriteString(FoldName(name))
			b.WriteByte('\n')
		}
		add(c.ID)
		for name := range c.names() {
			add(name)
		}
		for _, ts := range c.Targets {
			for _, list := range [][]Term{ts.Preferred, ts.Accepted, ts.Derived, ts.Forbidden} {
				for _, t := range list {
					add(t.Text)
				}
			}
		}
		g.search.lines[i] = b.String()
	}
}

// FoldName folds a name of any language for looking it up: small letters, no
// accents, vowel signs, tatweel, apostrophes or invisible marks, one letter
// for the forms of alef, yeh and heh, spaces for hyphens. It is coarser than
// what Verify compares by, and good for looking up only.
func FoldName(s string) string { return string(AppendFold(make([]byte, 0, len(s)), []byte(s))) }

// AppendFold appends what FoldName makes of a text to dst, fast enough for
// reading millions of texts.
func AppendFold(dst, text []byte) []byte {
	from, space := len(dst), false
	for i := 0; i < len(text); {
		r, n := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRune(text[i:])
		}
		if r >= foldLetters {
			if r -= foldMarks - foldLetters; r < foldLetters || int(r) >= len(foldTable) {
				return appendFoldSlow(dst[:from], text)
			}
		}
		i += n
		f := &foldTable[r]
		if f.n == 0 {
			continue
		}
		if f.b[0] == ' ' && f.n == 1 {
			space = len(dst) > from
			continue
		}
		if space {
			dst, space = append(dst, ' '), false
		}
		switch f.n {
		case 1:
			dst = append(dst, f.b[0])
		case 2:
			dst = append(dst, f.b[0], f.b[1])
		case foldsLong:
			return appendFoldSlow(dst[:from], text)
		default:
			dst = append(dst, f.b[:f.n]...)
		}
	}
	return dst
}

const (
	// foldLetters is the first letter that has no place of its own in
	// foldTable; after those before it come the dashes, quotes and marks of
	// printing from foldMarks on, which stand in most texts.
	foldLetters = 0x800
	foldMarks   = 0x2000
	foldsLong   = 0xFF // folds to more than there is room for
)

// foldTable holds what single letters, and the marks of printing, fold to.
var foldTable = func() (t [foldLetters + 0x70]struct {
	n uint8
	b [7]byte
}) {
	for i := range t {
		r := rune(i)
		if r >= foldLetters {
			r += foldMarks - foldLetters
		}
		var to []byte
		for _, d := range norm.NFKD.String(string(r)) {
			if d = foldLetter(d); d >= 0 {
				to = utf8.AppendRune(to, d)
			}
		}
		if t[i].n = uint8(copy(t[i].b[:], to)); len(to) > len(t[i].b) {
			t[i].n = foldsLong
		}
	}
	return t
}()

func appendFoldSlow(dst, text []byte) []byte {
	from, space := len(dst), false
	for _, r := range string(norm.NFKD.Bytes(text)) {
		r = foldLetter(r)
		switch {
		case r < 0:
			continue
		case r == ' ':
			space = len(dst) > from
			continue
		case space:
			dst, space = append(dst, ' '), false
		}
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}

// foldLetter gives the letter that a decomposed one is looked up by, a space
// for what parts words, -1 for what is left out.
func foldLetter(r rune) rune {
	switch r {
	case 'ٱ':
		return 'ا'
	case 'ى', 'ی', 'ې':
		return 'ي'
	case 'ة', 'ە', 'ه', 'ھ', 'ہ':
		return 'ه'
	case 'ک', 'ڪ':
		return 'ك'
	case 'ڕ':
		return 'ر'
	case 'ڵ':
		return 'ل'
	case 'ـ', '\'', '’', '‘', 'ʼ', 'ʿ', 'ʾ', '`', '´', 'ء':
		return -1
	case 'ı':
		return 'i'
	case 'ß':
		return 's'
	case 'ё':
		return 'е'
	}
	switch {
	case unicode.Is(unicode.Mn, r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Cc, r) && r != '\t':
		return -1
	case unicode.IsSpace(r), unicode.Is(unicode.Pd, r):
		return ' '
	}
	return unicode.ToLower(r)
}
