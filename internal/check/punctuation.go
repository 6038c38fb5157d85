package check

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"dragoman/locales"
)

// mark is what a sentence ends with, whatever sign its language has for it.
type mark uint8

const (
	noMark mark = iota
	stopMark
	questionMark
	exclamationMark
	ellipsisMark
	colonMark
	semicolonMark
	commaMark
)

func markOf(r rune) mark {
	switch r {
	case '.', '。', '۔':
		return stopMark
	case '?', '؟':
		return questionMark
	case '!':
		return exclamationMark
	case '…':
		return ellipsisMark
	case ':':
		return colonMark
	case ';', '؛':
		return semicolonMark
	case ',', '،':
		return commaMark
	}
	return noMark
}

// sign is the locale's own sign for a mark.
func sign(p *locales.Profile, m mark) string {
	switch m {
	case stopMark:
		return p.Stop
	case questionMark:
		return p.Question
	case exclamationMark:
		return p.Exclamation
	case ellipsisMark:
		return p.Ellipsis
	case colonMark:
		return p.Colon
	case semicolonMark:
		return p.Semicolon
	case commaMark:
		return p.Comma
	}
	return ""
}

// lastMark is the mark that a text ends with and the bytes where it stands,
// closing quotes, brackets and codes after it left out.
func lastMark(t *text) (m mark, start, end int) {
	end = len(t.plain)
	for end > 0 {
		r, size := utf8.DecodeLastRuneInString(t.plain[:end])
		if !isSpace(r) && !isCloser(r) && !isBidi(r) {
			start = end - size
			m = markOf(r)
			break
		}
		end -= size
	}
	if m == stopMark && strings.HasSuffix(t.plain[:end], "..") {
		return ellipsisMark, len(strings.TrimRight(t.plain[:end], ".")), end
	}
	if m == stopMark && isCloser(t.before(start)) {
		// «…؟». asks: the stop is that of the sentence around the question.
		inner := strings.TrimRightFunc(t.plain[:start], isCloser)
		if r, size := utf8.DecodeLastRuneInString(inner); markOf(r) == questionMark || markOf(r) == exclamationMark {
			return markOf(r), len(inner) - size, end
		}
	}
	if m == exclamationMark && start > 0 && markOf(t.before(start)) == questionMark {
		return questionMark, start, end // ?! and ؟!
	}
	return m, start, end
}

// endMark compares the marks at the ends of source and target.
func (c *checker) endMark() {
	if c.in.Joined || c.src.letters == 0 || c.tgt.letters == 0 {
		return
	}
	want, sourceStart, _ := lastMark(&c.src)
	have, start, end := lastMark(&c.tgt)
	if want == have || want == commaMark {
		return
	}
	if want == stopMark && (abbreviated(&c.src, sourceStart) || have == noMark && !bodyKind(c.in.Kind)) {
		return
	}
	if want == noMark {
		if have == commaMark || have == stopMark && abbreviated(&c.tgt, start) || len(c.tgt.links) > 0 || len(c.src.links) > 0 {
			return
		}
		c.add("punctuation.end-extra", start, end, "Found", c.tgt.plain[start:end])
		return
	}
	expected := sign(c.p, want)
	if have == noMark {
		c.add("punctuation.end-missing", end, end, "Expected", expected)
		if (want == stopMark || want == questionMark && c.p.OpeningQuestion == "") && end == len(c.tgt.plain) {
			c.fix(end, end, c.p.SpaceBefore[expected]+expected)
		}
		return
	}
	c.add("punctuation.end", start, end, "Expected", expected, "Found", c.tgt.plain[start:end])
}

// abbreviated reports whether the stop at byte i may belong to a shortened
// word: U.S., etc., EE. UU., и др.
func abbreviated(t *text, i int) bool {
	w, ok := t.wordBefore(i)
	if !ok {
		return false
	}
	if w.letters <= 2 || w.capitals == w.letters && w.letters <= 4 && w.latin > 0 {
		return true
	}
	switch strings.ToLower(t.word(w)) {
	case "etc", "inc", "corp", "ltd", "est", "dept", "gov", "gen", "col", "prof", "др", "тыс", "млн", "vb", "vs":
		return true
	}
	return t.before(w.start) == '.'
}

// marks looks at every punctuation mark of the target: doubled ones, spaces
// before and after, Latin marks in Arabic text, and a small letter at the
// start.
func (c *checker) marks() {
	s := c.tgt.plain
	for i := 0; i < len(s); {
		if s[i] >= utf8.RuneSelf && s[i] != 0xD8 && s[i] != 0xE2 || s[i] > '?' && s[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := decode(s, i)
		if m := markOf(r); m != noMark && !c.tgt.inLink(i) {
			c.mark(i, i+size, r, m)
		}
		i += size
	}
	c.capital()
}

func (c *checker) mark(i, end int, r rune, m mark) {
	before, after := c.tgt.before(i), c.tgt.after(end)
	if c.p.Script == "Arab" && m != stopMark && r < 0x80 && c.latinMark(i, end, r, m, before, after) {
		r, _ = utf8.DecodeRuneInString(sign(c.p, m))
	}
	if after == r && before != r && m != ellipsisMark {
		c.doubled(i, end, r, m)
	}
	c.spaceBefore(i, r, m, before, after)
	c.spaceAfter(i, end, r, m, before, after)
}

// latinMark reports a Latin comma, semicolon or question mark in Arabic text
// (AR-P1). Marks within Latin words, figures and addresses are left alone.
func (c *checker) latinMark(i, end int, r rune, m mark, before, after rune) bool {
	own := sign(c.p, m)
	if own == string(r) || isDigit(before) && isDigit(after) {
		return false
	}
	last := c.letterBefore(i)
	next := c.letterAfter(end)
	if last != arabicScript && next != arabicScript || last == latinScript && next != arabicScript && m != questionMark {
		return false
	}
	if last == noScript && next != arabicScript {
		return false
	}
	c.add("ar.punctuation.latin", i, end, "Found", string(r), "Expected", own)
	c.fix(i, end, own)
	return true
}

// letterBefore is the script of the last letter before byte i, letterAfter
// that of the next one from byte i on.
func (c *checker) letterBefore(i int) script {
	for i > 0 {
		r, size := utf8.DecodeLastRuneInString(c.tgt.plain[:i])
		if s := scriptOf(r); s != noScript {
			return s
		}
		i -= size
	}
	return noScript
}

func (c *checker) letterAfter(i int) script {
	for i < len(c.tgt.plain) {
		r, size := decode(c.tgt.plain, i)
		if s := scriptOf(r); s != noScript {
			return s
		}
		i += size
	}
	return noScript
}

// doubled reports a mark that stands twice by mistake; the source may double
// it too, three stops are an ellipsis, and ?.. is Russian.
func (c *checker) doubled(i, end int, r rune, m mark) {
	size := end - i
	third := c.tgt.after(end + size)
	before := c.tgt.before(i)
	if third == r || m == stopMark && (markOf(before) == questionMark || markOf(before) == exclamationMark) || m == colonMark {
		return
	}
	if own := string(r) + string(r); strings.Contains(c.src.plain, own) || m == questionMark && strings.Contains(c.src.plain, "??") {
		return
	}
	c.add("punctuation.doubled", i, end+size, "Found", string(r))
	if m == stopMark || m == commaMark || m == semicolonMark {
		c.fix(i, end+size, string(r))
	}
}

// spaceBefore reports a space before a mark, which only French has, and only
// before the high ones.
func (c *checker) spaceBefore(i int, r rune, m mark, before, after rune) {
	if !isSpace(before) || before == '\n' || i == 0 {
		return
	}
	if c.p.SpaceBefore[string(r)] != "" {
		return
	}
	if after != 0 && !isSpace(after) && !isCloser(after) || m == ellipsisMark || m == stopMark && after == '.' {
		return // .NET, :) and the like
	}
	start := i
	for start > 0 && isSpace(c.tgt.before(start)) {
		_, size := utf8.DecodeLastRuneInString(c.tgt.plain[:start])
		start -= size
	}
	if start == 0 || isQuote(c.tgt.before(start)) {
		return
	}
	f := c.add("punctuation.space-before", start, i, "Mark", string(r))
	if c.p.Script == "Arab" {
		f.Severity = ruleByID("ar.glued").Severity
	}
	c.fix(start, i, "")
}

// spaceAfter reports a mark that the next word sticks to.
func (c *checker) spaceAfter(i, end int, r rune, m mark, before, after rune) {
	if after == 0 || m == ellipsisMark {
		return
	}
	next := scriptOf(after)
	opener := after == '«' || after == '“' || after == '('
	switch {
	case c.p.Script == "Arab":
		if next != arabicScript && !opener && !(m == commaMark && r == '،' && isDigit(after) && !isDigit(before)) {
			return
		}
		if m == stopMark && (opener || !c.longWordBefore(i)) || isDigit(before) && m == stopMark {
			return
		}
	case next == noScript && !opener && !(m == commaMark && isDigit(after) && unicode.IsLetter(before)):
		return
	case m == commaMark || m == semicolonMark && !c.entityBefore(i):
	case m == questionMark || m == exclamationMark:
		if opener || !unicode.IsLetter(before) && !isSpace(before) && !isCloser(before) {
			return
		}
	case m == stopMark:
		if opener || !unicode.IsUpper(after) || !c.longWordBefore(i) || !c.plainWordAfter(end) {
			return
		}
	default:
		return
	}
	f := c.add("punctuation.space-after", i, end, "Mark", string(r))
	if c.p.Script == "Arab" {
		f.Severity = ruleByID("ar.glued").Severity
	}
	c.fix(end, end, " ")
}

// entityBefore reports the semicolon of an HTML entity, which has a rule of
// its own.
func (c *checker) entityBefore(i int) bool {
	amp := strings.LastIndexByte(c.tgt.plain[:i], '&')
	return amp >= 0 && i-amp < 10 && !strings.ContainsRune(c.tgt.plain[amp:i], ' ')
}

// longWordBefore reports a word of three letters or more in small letters at
// byte i, which is then no abbreviation.
func (c *checker) longWordBefore(i int) bool {
	w, ok := c.tgt.wordBefore(i)
	return ok && w.letters >= 3 && w.capitals <= 1
}

// plainWordAfter reports a word of two letters or more of which only the
// first is a capital, and which no further stop follows (not a file's name).
func (c *checker) plainWordAfter(i int) bool {
	j := c.tgt.wordAt(i)
	if j == len(c.tgt.words) || c.tgt.words[j].start != i {
		return false
	}
	w := c.tgt.words[j]
	return w.letters >= 2 && w.capitals == 1 && !w.link
}

// capital reports a small letter at the start where the source's sentence
// begins with a capital.
func (c *checker) capital() {
	if c.p.Script == "Arab" || len(c.tgt.words) == 0 || len(c.src.words) == 0 || c.in.Joined || !bodyKind(c.in.Kind) {
		return
	}
	s, t := c.src.words[0], c.tgt.words[0]
	if !s.upper || t.upper || t.link || t.capitals > 0 || c.src.has&hasDigit != 0 && isDigit(firstSign(c.src.plain)) || isDigit(firstSign(c.tgt.plain)) {
		return
	}
	if m, _, _ := lastMark(&c.src); m != stopMark && m != questionMark && m != exclamationMark {
		return
	}
	if c.keeps(c.tgt.word(t)) || c.src.word(s) == "I" || strings.HasPrefix(strings.TrimLeft(c.tgt.plain, " "), "…") || particles[c.tgt.word(t)] && c.p.Tag == "en" {
		return
	}
	first, size := utf8.DecodeRuneInString(c.tgt.plain[t.start:])
	upper := c.p.Upper(string(first))
	c.add("capital.start", t.start, t.end, "Found", string(first), "Expected", upper)
	c.fix(t.start, t.start+size, upper)
}

func firstSign(s string) rune {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, " «“\"(¿¡\u202f\u00a0"))
	return r
}
