package memory

import (
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"dragoman/glossary"
)

// tokenKind says what a token is; it decides what it weighs and whether its
// value or only its class counts.
type tokenKind uint8

const (
	wordToken tokenKind = iota
	punctToken
	openToken   // ⟦1⟧
	closeToken  // ⟦/1⟧
	singleToken // ⟦1/⟧
	numberToken
	monthToken
	weekdayToken
	nameToken
)

// What tokens weigh in a likeness, and what another value of one class costs.
const (
	fullWeight  = 10
	punctWeight = 4
	valueCost   = 2
)

// token is a piece of an English source text.
type token struct {
	kind       tokenKind
	start, end int // bytes of the coded text
	// value is the month (1 to 12), the weekday (0 is Sunday), the value of a
	// number word, or the concept's index.
	value int
}

func (t token) weight() int {
	if t.kind == punctToken {
		return punctWeight
	}
	return fullWeight
}

// isCode reports whether t is an inline code.
func (t token) isCode() bool { return t.kind >= openToken && t.kind <= singleToken }

// isValue reports whether t has a class that others share.
func (t token) isValue() bool { return t.kind >= numberToken }

// tokenise appends the tokens of a coded English text to dst. Proper names of
// the glossary are one token each; names may be nil.
func tokenise(dst []token, text string, names Names) []token {
	s := scanner{text: text, out: dst}
	for s.pos < len(text) {
		s.next()
	}
	out := s.out
	settleMonths(out[len(dst):], text)
	if names == nil {
		return out
	}
	room := occurrences.Get().(*[]glossary.Occurrence)
	defer occurrences.Put(room)
	*room = names.Find((*room)[:0], text)
	return joinNames(out, len(dst), *room, names)
}

// occurrences is room for what is found in one text.
var occurrences = sync.Pool{New: func() any { return new([]glossary.Occurrence) }}

// joinNames puts one token in place of those that a proper name covers.
func joinNames(toks []token, from int, occ []glossary.Occurrence, names Names) []token {
	occ = slices.DeleteFunc(occ, func(o glossary.Occurrence) bool {
		return o.Nested || !names.Concept(o.Concept).Kind.Proper()
	})
	if len(occ) == 0 {
		return toks
	}
	slices.SortFunc(occ, func(a, b glossary.Occurrence) int { return a.Start - b.Start })
	out := toks[:from]
	for i := from; i < len(toks); {
		for len(occ) > 0 && occ[0].End <= toks[i].start {
			occ = occ[1:]
		}
		if len(occ) == 0 || toks[i].end <= occ[0].Start {
			out = append(out, toks[i])
			i++
			continue
		}
		o := occ[0]
		occ = occ[1:]
		j, codes := i, false
		for ; j < len(toks) && toks[j].start < o.End; j++ {
			codes = codes || toks[j].isCode()
		}
		if codes || toks[i].start < o.Start || toks[j-1].end > o.End {
			// A name with codes inside, or one that ends within a token
			// ("Idlib's" taken whole): its words stay words.
			if toks[i].start >= o.Start && !codes {
				out = append(out, token{nameToken, o.Start, toks[j-1].end, o.Concept})
			} else {
				out = append(out, toks[i:j]...)
			}
		} else {
			out = append(out, token{nameToken, o.Start, o.End, o.Concept})
		}
		i = j
	}
	return out
}

// scanner cuts a coded text into tokens.
type scanner struct {
	text string
	pos  int
	out  []token
}

func (s *scanner) next() {
	c := s.text[s.pos]
	switch {
	case c == ' ' || c == '\n' || c == '\t' || c == '\r':
		s.pos++
	case isASCIILetter(c):
		s.word()
	case isDigit(c):
		s.number()
	case c < utf8.RuneSelf:
		s.emit(punctToken, s.pos+1, 0)
	default:
		s.wide()
	}
}

// wide takes a token that begins with a character outside ASCII.
func (s *scanner) wide() {
	r, n := utf8.DecodeRuneInString(s.text[s.pos:])
	switch {
	case r == '⟦':
		s.code()
	case unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r):
		s.word()
	case unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || unicode.IsControl(r):
		s.pos += n
	default:
		s.emit(punctToken, s.pos+n, 0)
	}
}

func (s *scanner) emit(k tokenKind, end, value int) {
	s.out = append(s.out, token{k, s.pos, end, value})
	s.pos = end
}

// code takes ⟦1⟧, ⟦/1⟧ or ⟦1/⟧; anything else that begins with ⟦, so the
// escaped ⟦⟦ too, is a mark.
func (s *scanner) code() {
	kind, _, n := parseCode(s.text[s.pos:])
	if n == 0 {
		n = len("⟦")
		if strings.HasPrefix(s.text[s.pos:], "⟦⟦") {
			n = len("⟦⟦")
		}
		s.emit(punctToken, s.pos+n, 0)
		return
	}
	s.emit(kind, s.pos+n, 0)
}

// word takes letters, marks and digits with apostrophes between them, and
// initials with their stops (U.S.).
func (s *scanner) word() {
	end := s.pos
	for end < len(s.text) {
		n := wordRune(s.text[end:])
		if n == 0 {
			n = s.joint(end)
		}
		if n == 0 {
			break
		}
		end += n
	}
	end = s.initials(end)
	w := s.text[s.pos:end]
	if v, ok := numberWord(w); ok {
		s.emit(numberToken, end, v)
		return
	}
	if w[0] >= 'A' && w[0] <= 'Z' {
		if m, ok := monthNames[w]; ok {
			s.emit(monthToken, end, m)
			return
		}
		if d, ok := weekdayNames[w]; ok {
			s.emit(weekdayToken, end, d)
			return
		}
	}
	s.emit(wordToken, end, 0)
}

// joint gives the length of an apostrophe between two letters at i, but not
// of a possessive's, 0 for none.
func (s *scanner) joint(i int) int {
	n := apostrophe(s.text[i:])
	if n == 0 || i == s.pos {
		return 0
	}
	rest := s.text[i+n:]
	m := wordRune(rest)
	if m == 0 || (rest[0] == 's' || rest[0] == 'S') && wordRune(rest[1:]) == 0 {
		return 0
	}
	return n
}

// initials lengthens a one-letter word ending at end over ".S." and the like.
func (s *scanner) initials(end int) int {
	if end-s.pos != 1 || !isASCIILetter(s.text[s.pos]) {
		return end
	}
	last := end
	for i := end; i+1 < len(s.text) && s.text[i] == '.' && isASCIILetter(s.text[i+1]) && wordRune(s.text[i+2:]) == 0; i += 2 {
		last = i + 2
	}
	if last > end && last < len(s.text) && s.text[last] == '.' {
		last++
	}
	return last
}

// number takes digits with separators between them; digits that letters
// follow (5th, 10km) are a word.
func (s *scanner) number() {
	end := s.pos
	for end < len(s.text) && (isDigit(s.text[end]) ||
		(s.text[end] == ',' || s.text[end] == '.') && end+1 < len(s.text) && isDigit(s.text[end+1])) {
		end++
	}
	if wordRune(s.text[end:]) > 0 {
		s.word()
		return
	}
	s.emit(numberToken, end, -1)
}

func isASCIILetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isDigit(c byte) bool       { return c >= '0' && c <= '9' }

// wordRune gives the length of the letter, mark or digit that s begins with,
// 0 where it begins with something else.
func wordRune(s string) int {
	if s == "" {
		return 0
	}
	if c := s[0]; c < utf8.RuneSelf {
		if isASCIILetter(c) || isDigit(c) {
			return 1
		}
		return 0
	}
	r, n := utf8.DecodeRuneInString(s)
	if unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r) || r == '\u00ad' {
		return n
	}
	return 0
}

// apostrophe gives the length of the apostrophe that s begins with, or 0.
func apostrophe(s string) int {
	switch {
	case s == "":
		return 0
	case s[0] == '\'':
		return 1
	case strings.HasPrefix(s, "’"), strings.HasPrefix(s, "‘"):
		return len("’")
	case strings.HasPrefix(s, "ʼ"):
		return len("ʼ")
	}
	return 0
}

// parseCode reads the inline code that s begins with: its kind, its number
// and its length in bytes, 0 where there is none (content.Tokens' rules; here
// without its allocations).
func parseCode(s string) (kind tokenKind, id, n int) {
	if !strings.HasPrefix(s, "⟦") {
		return 0, 0, 0
	}
	kind, n = openToken, len("⟦")
	if n < len(s) && s[n] == '/' {
		kind, n = closeToken, n+1
	}
	from := n
	for n < len(s) && isDigit(s[n]) && n-from <= 6 {
		id = id*10 + int(s[n]-'0')
		n++
	}
	if n == from || n-from > 6 || s[from] == '0' {
		return 0, 0, 0
	}
	if n < len(s) && s[n] == '/' && kind == openToken {
		kind, n = singleToken, n+1
	}
	if !strings.HasPrefix(s[n:], "⟧") {
		return 0, 0, 0
	}
	return kind, id, n + len("⟧")
}

// settleMonths makes words again of those tokens that only look like a month:
// "May" and "March" are one beside a number, after a preposition of time or
// before a year, not at the start of "May they …".
func settleMonths(toks []token, text string) {
	for i := range toks {
		t := &toks[i]
		if t.kind != monthToken {
			continue
		}
		if w := text[t.start:t.end]; w != "May" && w != "March" && w != "Mar" && w != "Dec" && w != "Jan" {
			continue
		}
		beside := i > 0 && toks[i-1].kind == numberToken || i+1 < len(toks) && toks[i+1].kind == numberToken
		after := i > 0 && toks[i-1].kind == wordToken && beforeMonth[lowerShort(text[toks[i-1].start:toks[i-1].end])]
		if !beside && !after {
			t.kind, t.value = wordToken, 0
		}
	}
}

// beforeMonth are the words after which "May" is the month.
var beforeMonth = map[string]bool{
	"in": true, "since": true, "until": true, "till": true, "by": true, "last": true, "next": true,
	"this": true, "early": true, "late": true, "mid": true, "of": true, "from": true, "during": true,
}

// numberWord gives the value of an English number word. Most words are told
// from one by their length or first letter.
func numberWord(w string) (int, bool) {
	if len(w) < 3 || len(w) > 9 {
		return 0, false
	}
	switch w[0] | 0x20 {
	case 'z', 'o', 't', 'f', 's', 'e', 'n':
		v, ok := numberWords[lowerShort(w)]
		return v, ok
	}
	return 0, false
}

// numberWords are the English number words that are one token.
var numberWords = map[string]int{
	"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
	"nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
	"sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30,
	"forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}

var monthNames = map[string]int{
	"January": 1, "February": 2, "March": 3, "April": 4, "May": 5, "June": 6, "July": 7, "August": 8,
	"September": 9, "October": 10, "November": 11, "December": 12,
	"Jan": 1, "Feb": 2, "Mar": 3, "Apr": 4, "Jun": 6, "Jul": 7, "Aug": 8, "Sep": 9, "Sept": 9,
	"Oct": 10, "Nov": 11, "Dec": 12,
}

var weekdayNames = map[string]int{
	"Sunday": 0, "Monday": 1, "Tuesday": 2, "Wednesday": 3, "Thursday": 4, "Friday": 5, "Saturday": 6,
}

// lowerShort lower-cases an ASCII word of up to 12 bytes without allocating
// where it is lower-case already; longer words come back as they are.
func lowerShort(w string) string {
	if len(w) > 12 {
		return w
	}
	return strings.ToLower(w)
}

// canonicalNumber gives digits in one form: no grouping commas, no leading
// zeros ("1,200" is 1200, "05" is 5).
func canonicalNumber(dst []byte, s string) []byte {
	start := len(dst)
	for i := 0; i < len(s); i++ {
		if s[i] == ',' {
			continue
		}
		if s[i] == '0' && len(dst) == start && i+1 < len(s) && s[i+1] != '.' {
			continue
		}
		dst = append(dst, s[i])
	}
	return dst
}
