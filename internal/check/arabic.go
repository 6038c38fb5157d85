package check

import (
	"bufio"
	_ "embed"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"dragoman/locales"
)

//go:embed data/ar-spelling.txt
var spellingText string

// spelling is one entry of the list of common misspellings.
type spelling struct {
	right   string
	clitics bool // also with prefixes and the article
	sure    bool // the correction is certain
	next    string
}

// spellings maps a wrong form to what it should be; a form of two words is
// under its first.
var spellings = sync.OnceValue(func() map[string][]spelling {
	m := make(map[string][]spelling)
	s := bufio.NewScanner(strings.NewReader(spellingText))
	for s.Scan() {
		f := strings.Split(s.Text(), "|")
		if len(f) < 2 || strings.HasPrefix(f[0], "#") {
			continue
		}
		flags := ""
		if len(f) > 2 {
			flags = f[2]
		}
		wrong, next, _ := strings.Cut(strings.TrimSpace(f[0]), " ")
		m[wrong] = append(m[wrong], spelling{
			right: strings.TrimSpace(f[1]), next: next,
			clitics: strings.Contains(flags, "p"), sure: !strings.Contains(flags, "?"),
		})
	}
	return m
})

// arabic holds the house's orthography of Arabic: AR-P4, AR-P5, AR-P6.
func (c *checker) arabic() {
	if c.p.Tag != "ar" {
		return
	}
	if c.tgt.has&hasOddArabic != 0 {
		c.oddLetters()
	}
	list := spellings()
	for _, w := range c.tgt.words {
		if w.arabic > 0 {
			c.glued(w)
			c.spelled(w, list)
		}
	}
	if c.tgt.has&hasArabicMark != 0 {
		c.fathatan()
	}
}

// persian maps letters of Persian, Urdu and Kurdish to the Arabic ones.
var persian = map[rune]string{'ک': "ك", 'ڪ': "ك", 'ی': "ي", 'ہ': "ه", 'ھ': "ه", 'ە': "ه"}

// oddLetters reports presentation forms, which fonts use and no text should
// hold, and letters of other languages that look like Arabic ones.
func (c *checker) oddLetters() {
	s := c.tgt.plain
	for i := 0; i < len(s); {
		r, size := decode(s, i)
		switch {
		case isPresentation(r):
			end := i + size
			for end < len(s) {
				next, step := decode(s, end)
				if !isPresentation(next) {
					break
				}
				end += step
			}
			plain := norm.NFKC.String(s[i:end])
			c.add("ar.presentation", i, end, "Found", s[i:end], "Expected", plain)
			c.fix(i, end, plain)
			i = end
			continue
		case persian[r] != "":
			c.add("ar.persian", i, i+size, "Found", string(r), "Expected", persian[r])
			if r != 'ی' || locales.IsArabicLetter(c.tgt.after(i+size)) {
				c.fix(i, i+size, persian[r]) // a final ی may stand for ى
			}
		}
		i += size
	}
}

func isPresentation(r rune) bool {
	if r == 0xFD3E || r == 0xFD3F || r >= 0xFDFA && r <= 0xFDFD {
		return false // ornate brackets, the honorific, the rial
	}
	return r >= 0xFB50 && r <= 0xFDFF || r >= 0xFE70 && r <= 0xFEFC
}

// longest is how many letters an Arabic word may have before it looks like
// two (AR-P5).
const longest = 16

// glued reports words that stick together: sixteen letters and more, a word
// at a closing quote or bracket, a figure at a word.
func (c *checker) glued(w word) {
	s := c.tgt.word(w)
	if w.arabic >= longest {
		c.add("ar.glued", w.start, w.end, "Word", s)
	}
	before, after := c.tgt.before(w.start), c.tgt.after(w.end)
	switch {
	case c.mirrored && (isQuote(before) || isCloser(before)):
	case (before == '»' || before == ')' || before == ']' || before == '”') && w.arabic >= 2,
		isDigit(before) && w.arabic >= 3 && !c.figureInWord(w.start):
		c.add("ar.glued", w.start, w.end, "Word", string(before)+s)
		c.fix(w.start, w.start, " ")
	}
	if (after == '«' || after == '(' || after == '“' || isDigit(after)) && w.arabic >= 3 && !strings.HasSuffix(s, "ـ") && (isDigit(after) || !c.mirrored) {
		c.add("ar.glued", w.start, w.end, "Word", s+string(after))
		c.fix(w.end, w.end, " ")
	}
}

// figureInWord reports a figure that stands within a name (a letter or a
// hyphen before it).
func (c *checker) figureInWord(i int) bool {
	for i > 0 {
		r, size := utf8.DecodeLastRuneInString(c.tgt.plain[:i])
		if !isDigit(r) {
			return r == '-' || scriptOf(r) == latinScript
		}
		i -= size
	}
	return false
}

// prefixes are what may stand before a word in one token: a conjunction, a
// preposition, the article, in this order; li and the article make لل.
var prefixes = func() (all []string) {
	for _, conjunction := range [...]string{"", "و", "ف"} {
		for _, rest := range [...]string{"", "ب", "ك", "ل", "ال", "بال", "كال", "لل"} {
			if prefix := conjunction + rest; prefix != "" {
				all = append(all, prefix)
			}
		}
	}
	return all
}()

// spelled looks a word up in the list of common misspellings and holds two
// rules of the article (AR-P6).
func (c *checker) spelled(w word, list map[string][]spelling) {
	s := c.tgt.word(w)
	if strings.HasPrefix(s, "اا") || strings.HasPrefix(s, "للل") {
		right := s[2:]
		c.add("ar.spelling", w.start, w.end, "Found", s, "Expected", right)
		c.fix(w.start, w.end, right)
		return
	}
	if right, ok := articleAfterLi(s); ok {
		c.add("ar.spelling", w.start, w.end, "Found", s, "Expected", right)
		c.fix(w.start, w.end, right)
		return
	}
	if entries, ok := list[s]; ok && c.misspelled(w, s, "", entries) {
		return
	}
	if w.arabic < 4 || !strings.ContainsAny(s[:2], "وفبكلا") {
		return
	}
	for _, prefix := range prefixes {
		core, ok := strings.CutPrefix(s, prefix)
		if !ok {
			continue
		}
		if entries, ok := list[core]; ok && c.misspelled(w, core, prefix, entries) {
			return
		}
	}
}

// liWords begin with لال rightly: li before a verbal noun in الت…, or before
// a name or verbal noun whose hamza is missing.
var liWords = [...]string{"لالت", "لالمان", "لالبان", "لالغاء", "لالقاء", "لالحاق", "لالزام", "لالهام", "لالهاء", "لالئ"}

// articleAfterLi corrects لالX to للX.
func articleAfterLi(s string) (right string, ok bool) {
	rest, ok := strings.CutPrefix(strings.TrimPrefix(s, "و"), "لال")
	if !ok || len(rest) < 6 {
		return "", false
	}
	for _, w := range liWords {
		if strings.HasPrefix("لال"+rest, w) {
			return "", false
		}
	}
	right = "لل" + rest
	if strings.HasPrefix(rest, "ل") {
		right = "ل" + rest // للجنة: one lam is lost
	}
	if strings.HasPrefix(s, "و") {
		right = "و" + right
	}
	return right, true
}

// misspelled reports the entry that fits the word, if one does.
func (c *checker) misspelled(w word, core, prefix string, entries []spelling) bool {
	for _, e := range entries {
		if prefix != "" && !e.clitics && prefix != "و" || e.next != "" && !c.followedBy(w, e.next) {
			continue
		}
		right := e.right
		if e.next != "" {
			right, _, _ = strings.Cut(right, " ")
		}
		c.add("ar.spelling", w.start, w.end, "Found", prefix+core, "Expected", prefix+right)
		if e.sure {
			c.fix(w.end-len(core), w.end, right)
		}
		return true
	}
	return false
}

// followedBy reports whether the next word begins as given.
func (c *checker) followedBy(w word, next string) bool {
	i := c.tgt.wordAt(w.end)
	if i == len(c.tgt.words) || c.tgt.plain[w.end:c.tgt.words[i].start] != " " {
		return false
	}
	have := c.tgt.word(c.tgt.words[i])
	if start, ok := strings.CutSuffix(next, "*"); ok {
		return strings.HasPrefix(have, start)
	}
	return have == next
}

// fathatan reports a tanwin after the alef; the house writes it before.
func (c *checker) fathatan() {
	const wrong, right = "ا\u064B", "\u064Bا"
	s := c.tgt.plain
	for i := 0; ; {
		at := strings.Index(s[i:], wrong)
		if at < 0 {
			return
		}
		at += i
		i = at + len(wrong)
		start := at
		if w := c.tgt.wordAt(at) - 1; w >= 0 {
			start = c.tgt.words[w].start
		}
		c.add("ar.fathatan", start, i, "Expected", s[start:at]+right)
		c.fix(at, i, right)
	}
}
