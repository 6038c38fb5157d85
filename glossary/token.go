package glossary

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// This file cuts English text into words and folds them, so that every
// spelling of a name that means the same has the same words: marks and
// apostrophes go, letters become small, dotted initials are glued, possessives
// and the Arabic article are recognised. It runs over every text of the
// archive, so plain ASCII words take a short way and nothing is allocated.

// token is one word of a text.
type token struct {
	start, end int32  // bytes in the text, without a possessive 's
	id         uint32 // number of the folded word in the dictionary, 0 = none
	flags      uint16
	size       uint8   // bytes of the folded word, at most maxWord + 1
	head       [3]byte // the first of them
	mark       byte    // the one mark between the token before and this, or 0
}

// Properties of a token.
const (
	tokCapital    uint16 = 1 << iota // begins with a capital
	tokAllCaps                       // two letters or more, all of them capitals
	tokJoined                        // only spaces, hyphens or codes since the token before
	tokHyphen                        // joined to the token before by a hyphen, no space
	tokStart                         // the first of a sentence, a line or a quotation
	tokPossessive                    // was followed by 's or '
	tokArticle                       // al-, el-, ez- ...: the Arabic article
	tokDotted                        // initials with points: U.N.
)

// What kind of byte may follow; everything above ASCII is classHigh.
const (
	classOther byte = iota
	classWord
	classSpace
	classHyphen
	classApostrophe
	classHigh
)

var class = func() (t [256]byte) {
	for c := range t {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
			t[c] = classWord
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			t[c] = classSpace
		case c == '-':
			t[c] = classHyphen
		case c == '\'' || c == '`':
			t[c] = classApostrophe
		case c >= utf8.RuneSelf:
			t[c] = classHigh
		}
	}
	return t
}()

// fold turns an ASCII capital into its small letter.
var fold = func() (t [256]byte) {
	for c := range t {
		t[c] = byte(c)
		if 'A' <= c && c <= 'Z' {
			t[c] = byte(c) + 'a' - 'A'
		}
	}
	return t
}()

const (
	hashSeed  uint64 = 0x9e3779b97f4a7c15
	hashPrime uint64 = 0x100000001b3
	// maxWord is how many folded bytes of a word are compared; nothing
	// longer is a word of a name.
	maxWord = 128
)

// scanner cuts one text into tokens. It is kept in a pool.
type scanner struct {
	toks  []token
	words *dictionary
	grow  bool // put unknown words into the dictionary
	buf   [maxWord]byte
	n     int // bytes in buf; more than maxWord means too long
	hash  uint64
}

// scan fills s.toks with the words of text.
func (s *scanner) scan(text string) {
	s.toks = s.toks[:0]
	g := gap{stop: true}
	i := 0
	for i < len(text) {
		c := text[i]
		if class[c] == classWord {
			i = s.asciiWord(text, i, g)
			g = gap{}
			// The commonest gap by far.
			if i+1 < len(text) && text[i] == ' ' && class[text[i+1]] == classWord {
				g.space = true
				i++
				continue
			}
		} else if c >= utf8.RuneSelf {
			if r, _ := utf8.DecodeRuneInString(text[i:]); isWordRune(r) {
				i = s.slowWord(text, i, g)
				g = gap{}
			}
		}
		i = s.gap(text, i, &g)
	}
}

// asciiWord reads the word at text[i], and leaves it to slowWord where it is
// more than ASCII letters and digits.
func (s *scanner) asciiWord(text string, i int, g gap) int {
	start, h := i, hashSeed
	var caps int
	for ; i < len(text); i++ {
		c := text[i]
		if class[c] != classWord {
			break
		}
		f := fold[c]
		if f != c {
			caps++
		}
		h = (h ^ uint64(f)) * hashPrime
	}
	n := i - start
	if i < len(text) {
		switch c := text[i]; {
		case c >= utf8.RuneSelf, class[c] == classApostrophe, c == '.' && n == 1:
			return s.slowWord(text, start, g)
		}
	}
	t := token{start: int32(start), end: int32(i), size: uint8(min(n, maxWord+1))}
	t.head[0] = fold[text[start]]
	if 1 < n && n <= len(t.head) { // as long as an article
		for k := 1; k < n; k++ {
			t.head[k] = fold[text[start+k]]
		}
	}
	if caps > 0 {
		if text[start] != t.head[0] {
			t.flags = tokCapital
		}
		if n > 1 && (caps == n || allCaps(text[start:i])) {
			t.flags |= tokAllCaps
		}
	}
	if s.grow {
		s.n = min(n, maxWord+1)
		for k := 0; k < s.n && k < maxWord; k++ {
			s.buf[k] = fold[text[start+k]]
		}
		t.id = s.intern(h)
	} else {
		t.id = s.words.findASCII(h, text[start:i])
	}
	s.put(text, t, g)
	return i
}

// allCaps reports whether the ASCII word w has no small letter, and two
// capitals or a capital and a digit.
func allCaps(w string) bool {
	for i := range len(w) {
		if 'a' <= w[i] && w[i] <= 'z' {
			return false
		}
	}
	return true
}

// slowWord reads a word with marks, apostrophes, points or letters beyond
// ASCII, and gives where reading goes on.
func (s *scanner) slowWord(text string, i int, g gap) int {
	w := slowWord{token: token{start: int32(i)}, last: i}
	s.n, s.hash = 0, hashSeed
	for more := true; more && i < len(text); {
		i, more = s.slowRune(&w, text, i)
	}
	if w.capitals > 0 && w.small == 0 && w.letters > 1 {
		w.flags |= tokAllCaps
	}
	w.end = int32(w.last)
	if s.n > 0 {
		w.size = uint8(s.n)
		copy(w.head[:], s.buf[:min(s.n, maxWord)])
		if s.grow {
			w.id = s.intern(s.hash)
		} else {
			w.id = s.words.find(s.hash, s.buf[:min(s.n, maxWord)], s.n > maxWord)
		}
	}
	s.put(text, w.token, g)
	return i
}

// slowWord is a word while it is read.
type slowWord struct {
	token
	last                     int // where its last letter ends
	letters, capitals, small int
	since                    int // letters since the last point
}

// slowRune reads the character at text[i]. It gives where reading goes on,
// and whether the word does.
func (s *scanner) slowRune(w *slowWord, text string, i int) (next int, more bool) {
	r, size := utf8.DecodeRuneInString(text[i:])
	switch {
	case isWordRune(r):
		s.add(r)
		w.count(r)
		w.last = i + size
		return i + size, true
	case unicode.Is(unicode.M, r):
		w.last = i + size
		return i + size, true
	case isApostrophe(r):
		next, possessive := afterApostrophe(text, i, i+size, s.last())
		if possessive {
			w.flags |= tokPossessive
			return next, false
		}
		return next, wordAt(text, next)
	case r == '.' && w.since == 1 && (w.letters == 1 || w.flags&tokDotted != 0):
		if afterPoint(text, i+1, w.flags&tokDotted != 0) == pointNone {
			return i, false
		}
		w.flags |= tokDotted
		w.since = 0
		w.last = i + 1
		return i + 1, true
	case r == codeOpen || isInvisible(r):
		next = skipHidden(text, i)
		r, _ := utf8.DecodeRuneInString(text[next:])
		return next, next > i && (isWordRune(r) || isApostrophe(r))
	}
	return i, false
}

// count notes what kind of letter r is.
func (w *slowWord) count(r rune) {
	if unicode.IsUpper(r) || unicode.IsTitle(r) {
		w.capitals++
		if w.letters == 0 {
			w.flags |= tokCapital
		}
	} else if unicode.IsLower(r) {
		w.small++
	}
	w.letters++
	w.since++
}

// wordAt reports whether text[i] is a letter or digit.
func wordAt(text string, i int) bool {
	r, _ := utf8.DecodeRuneInString(text[i:])
	return i < len(text) && isWordRune(r)
}

// add folds one letter into the word.
func (s *scanner) add(r rune) {
	if r < utf8.RuneSelf {
		s.addByte(fold[byte(r)])
		return
	}
	var b [utf8.UTFMax]byte
	size := utf8.EncodeRune(b[:], unicode.ToLower(r))
	d := norm.NFD.Properties(b[:size]).Decomposition()
	if d == nil {
		d = b[:size]
	}
	for len(d) > 0 {
		r, size := utf8.DecodeRune(d)
		if !unicode.Is(unicode.M, r) {
			for _, c := range d[:size] {
				s.addByte(c)
			}
		}
		d = d[size:]
	}
}

func (s *scanner) addByte(c byte) {
	if s.n < maxWord {
		s.buf[s.n] = c
	}
	s.n = min(s.n+1, maxWord+1)
	s.hash = (s.hash ^ uint64(c)) * hashPrime
}

// last gives the last folded byte of the word so far.
func (s *scanner) last() byte {
	if s.n == 0 || s.n > maxWord {
		return 0
	}
	return s.buf[s.n-1]
}

// intern gives the number of the word in buf, a new one if need be; 0 for a
// word too long to be compared.
func (s *scanner) intern(h uint64) uint32 {
	if s.n > maxWord {
		return 0
	}
	return s.words.intern(h, s.buf[:s.n])
}

// put appends t, joined to the token before it as the gap says.
func (s *scanner) put(text string, t token, g gap) {
	if g.stop || g.quote && g.comma {
		t.flags |= tokStart
	}
	if g.marks == 1 {
		t.mark = g.mark
	}
	if !g.hard && len(s.toks) > 0 {
		t.flags |= tokJoined
		if g.hyphen && !g.space {
			t.flags |= tokHyphen
			p := &s.toks[len(s.toks)-1]
			if isArticle(p, t.head[0]) {
				p.flags |= tokArticle
				p.id = s.words.article
			}
		}
	}
	s.toks = append(s.toks, t)
}

// isArticle reports whether the word t, standing before a hyphen, is the
// Arabic article before a word that begins with the folded byte next: al, el,
// ul before any, the assimilated forms before their own sun letter.
func isArticle(t *token, next byte) bool {
	vowel, sun, h := t.head[0], t.head[1], t.head[2]
	switch {
	case vowel != 'a' && vowel != 'e' && vowel != 'u' || t.size < 2 || t.size > 3:
		return false
	case t.size == 2 && sun == 'l':
		return true
	case sun != next || vowel == 'u':
		return false
	case t.size == 3:
		return h == 'h' && strings.IndexByte("std", sun) >= 0
	}
	return strings.IndexByte("dnrstz", sun) >= 0
}

// gap is what stands between two tokens.
type gap struct {
	hard   bool // more than spaces and hyphens
	space  bool
	hyphen bool
	stop   bool // the end of a sentence or paragraph
	comma  bool
	quote  bool
	lines  uint8
	marks  uint8 // how many marks part the words
	mark   byte  // the last of them if it is ASCII
}

// gap reads on from text[i] to the next word, and gives where it begins.
func (s *scanner) gap(text string, i int, g *gap) int {
	for i < len(text) {
		c := text[i]
		switch class[c] {
		case classWord:
			return i
		case classSpace:
			g.space = true
			if c == '\n' {
				if g.lines++; g.lines == 2 {
					g.stop = true
					g.part(0)
				}
			}
			i++
			continue
		case classHyphen:
			g.addHyphen()
			i++
			continue
		case classApostrophe:
			i++
			continue
		case classOther:
			i = s.punctuation(text, i, g)
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if isWordRune(r) {
			return i
		}
		i = g.high(text, i, r, size)
	}
	return i
}

// addHyphen notes a hyphen; one with a space before it is a dash.
func (g *gap) addHyphen() {
	if g.space {
		g.part(0)
	}
	g.hyphen = true
}

// part notes something that only a name with the same mark goes across.
func (g *gap) part(mark byte) {
	g.hard, g.mark = true, mark
	g.marks = min(g.marks+1, 2)
}

// punctuation notes the ASCII mark at text[i], and gives where reading goes
// on: after the mark, or after the address that it shows to stand here.
func (s *scanner) punctuation(text string, i int, g *gap) int {
	next := i + 1
	switch text[i] {
	case '.':
		if end := s.address(text, i); end > i {
			next = end
			break
		}
		if s.abbreviated(text) {
			return next
		}
		g.stop = true
	case '@':
		next = max(next, s.address(text, i))
	case ':':
		g.stop, g.comma = true, true
		if strings.HasPrefix(text[i:], "://") {
			next = addressEnd(text, i)
		}
	case '!', '?', '*', '|', '>':
		g.stop, g.comma = true, true
	case ',':
		g.comma = true
	case '"':
		g.quote = true
	}
	g.part(text[i])
	return next
}

// address gives where an address ends whose first point or @ is at text[i]
// (www.example.org, Syria.tv, name@example.org), or i. The word before it is
// a part of it, and no name.
func (s *scanner) address(text string, i int) int {
	if len(s.toks) == 0 || i+1 == len(text) || class[text[i+1]] != classWord {
		return i
	}
	last := &s.toks[len(s.toks)-1]
	if int(last.end) != i {
		return i
	}
	if text[i] == '.' && text[last.start:last.end] != "www" {
		end := i + 1
		for end < len(text) && 'a' <= text[end] && text[end] <= 'z' {
			end++
		}
		if !domains[text[i+1:end]] || end < len(text) && class[text[end]] == classWord {
			return i
		}
	}
	last.id = 0
	return addressEnd(text, i)
}

// addressEnd gives where the address with text[i] in it ends: at a space, a
// quote or a bracket.
func addressEnd(text string, i int) int {
	for i < len(text) && text[i] < utf8.RuneSelf && class[text[i]] != classSpace && strings.IndexByte("\"'<>()[]{}|", text[i]) < 0 {
		i++
	}
	for text[i-1] == '.' || text[i-1] == ',' { // the sentence's own
		i--
	}
	return i
}

// high notes the mark beyond ASCII at text[i], and gives where it ends.
func (g *gap) high(text string, i int, r rune, size int) int {
	switch {
	case isApostrophe(r):
	case r == codeOpen:
		end, single := codeEnd(text, i)
		if end == i { // not a code
			g.part(0)
			break
		}
		g.space = g.space || single
		return end
	case isHyphen(r):
		g.addHyphen()
	case isInvisible(r):
	case unicode.IsSpace(r) || r == '\u200b':
		g.space = true
	case r == '…' || r == '•' || r == '\u2028' || r == '\u2029':
		g.stop = true
		g.part(0)
	case r == '“' || r == '«' || r == '„':
		g.quote = true
		g.part(0)
	case unicode.Is(unicode.M, r):
	default:
		g.part(0)
	}
	return i + size
}

// abbreviated reports whether the point now read ends an abbreviation or an
// initial ("Gen. Idris", "George W. Bush") and no sentence.
func (s *scanner) abbreviated(text string) bool {
	if len(s.toks) == 0 {
		return false
	}
	t := s.toks[len(s.toks)-1]
	w := text[t.start:t.end]
	if len(w) == 1 {
		return t.flags&tokCapital != 0
	}
	return len(w) <= 4 && t.flags&tokCapital != 0 && abbreviations[w]
}

// What the point inside initials is.
const (
	pointNone  = iota
	pointInner // another initial follows
	pointLast
)

// afterPoint says what the point before text[i] is, of initials such as U.N.;
// dotted tells whether a point went before it.
func afterPoint(text string, i int, dotted bool) int {
	r, size := utf8.DecodeRuneInString(text[i:])
	if i < len(text) && unicode.IsLetter(r) {
		if next, _ := utf8.DecodeRuneInString(text[i+size:]); i+size < len(text) && isWordRune(next) {
			return pointNone
		}
		return pointInner
	}
	if dotted && (i >= len(text) || !isWordRune(r)) {
		return pointLast
	}
	return pointNone
}

// afterApostrophe looks at what follows an apostrophe at text[at:i] in a word
// that ends so far with the byte last. It gives where reading goes on, and
// whether the apostrophe makes a possessive.
func afterApostrophe(text string, at, i int, last byte) (next int, possessive bool) {
	j := skipHidden(text, i)
	if j >= len(text) {
		return i, false
	}
	r, size := utf8.DecodeRuneInString(text[j:])
	if r == 's' || r == 'S' {
		k := skipHidden(text, j+size)
		if k >= len(text) {
			return j + size, true
		}
		if r, _ := utf8.DecodeRuneInString(text[k:]); !isWordRune(r) && !isApostrophe(r) {
			return j + size, true
		}
	}
	if isWordRune(r) {
		return j, false
	}
	return i, last == 's' && r == ' ' && text[at] != '`'
}

// The marks of inline codes in coded text, such as ⟦1⟧, ⟦/1⟧ and ⟦2/⟧.
const (
	codeOpen  = '⟦'
	codeClose = "⟧"
)

// codeEnd gives where the inline code at text[i] ends, or i if there is none;
// single tells a standalone code, which parts words as a space does.
func codeEnd(text string, i int) (end int, single bool) {
	j := i + utf8.RuneLen(codeOpen)
	if j < len(text) && text[j] == '/' {
		j++
	}
	digits := j
	for j < len(text) && '0' <= text[j] && text[j] <= '9' {
		j++
	}
	if j == digits {
		return i, false
	}
	if j < len(text) && text[j] == '/' {
		single = true
		j++
	}
	if !strings.HasPrefix(text[j:], codeClose) {
		return i, false
	}
	return j + len(codeClose), single
}

// skipHidden gives where the invisible characters and paired codes at
// text[i] end.
func skipHidden(text string, i int) int {
	for i < len(text) && text[i] >= utf8.RuneSelf {
		r, size := utf8.DecodeRuneInString(text[i:])
		if r == codeOpen {
			end, single := codeEnd(text, i)
			if end == i || single {
				return i
			}
			i = end
			continue
		}
		if !isInvisible(r) {
			return i
		}
		i += size
	}
	return i
}

func isWordRune(r rune) bool {
	return (unicode.IsLetter(r) || unicode.IsDigit(r)) && !isApostrophe(r)
}

// isApostrophe reports the class of marks that are deleted inside a word:
// they all stand for ʿayn, hamza or elision.
func isApostrophe(r rune) bool {
	switch r {
	case '\'', '`', '´', '‘', '’', '‛', '′', 'ʼ', 'ʻ', 'ʾ', 'ʿ', '＇':
		return true
	}
	return false
}

// isHyphen reports the class of marks at which a word is split.
func isHyphen(r rune) bool {
	switch r {
	case '-', '‐', '‑', '‒', '–', '−', '\u00ad':
		return true
	}
	return false
}

// isInvisible reports characters that leave no trace in print: joiners, marks
// of direction, the byte order mark.
func isInvisible(r rune) bool {
	switch {
	case r == '\u200c', r == '\u200d', r == '\u200e', r == '\u200f', r == '\u061c', r == '\ufeff':
		return true
	case '\u202a' <= r && r <= '\u202e', '\u2060' <= r && r <= '\u2069':
		return true
	}
	return false
}
