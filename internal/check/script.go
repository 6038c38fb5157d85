package check

import (
	"strconv"
	"strings"
)

// script finds text that is not of the locale's script: a target in another
// language altogether, words left in Latin letters, words of a third script,
// and words that mix letters that look alike.
func (c *checker) script() {
	own, foreign := 0, 0
	for _, w := range c.tgt.words {
		switch {
		case c.ownScript(w):
			own += w.letters
		case w.link || w.capitals == w.letters && w.letters <= 6 || c.keeps(c.tgt.word(w)):
		default:
			foreign += w.letters
		}
		if w.latin > 0 && w.cyrillic > 0 {
			c.add("script.mixed-word", w.start, w.end, "Word", c.tgt.word(w))
		}
	}
	if foreign > 0 && own < foreign && c.wholly(own+foreign) {
		c.add("script.wrong", 0, 0, "Share", strconv.Itoa(100*own/(own+foreign)))
		return
	}
	if foreign > 0 {
		c.foreignWords()
	}
	if c.p.Script == "Latn" && c.src.p.Script == "Latn" && c.p.Tag != c.src.p.Tag {
		c.leftOver()
	}
}

// wholly reports whether so many letters say something about a whole target:
// a name or two within quotation marks do not.
func (c *checker) wholly(letters int) bool {
	return letters >= 3 && c.src.letters > 0
}

func (c *checker) ownScript(w word) bool {
	switch c.p.Script {
	case "Latn":
		return w.latin == w.letters
	case "Cyrl":
		return w.cyrillic == w.letters
	}
	return w.arabic == w.letters
}

// foreignWords reports words in another script. In Arabic a Latin word is
// reported unless brackets or quotation marks set it apart; Russian and
// Ukrainian keep Latin names, so only words in small letters count there.
func (c *checker) foreignWords() {
	for _, w := range c.tgt.words {
		s := c.tgt.word(w)
		if c.ownScript(w) || w.link || w.letters < 3 || w.latin > 0 && w.cyrillic > 0 || c.keeps(s) || c.setApart(w) {
			continue
		}
		switch {
		case w.latin == w.letters && c.p.Script != "Latn":
			if w.capitals >= w.letters-1 || c.beside(w) || c.p.Script == "Cyrl" && w.upper {
				continue
			}
			c.add("script.latin-word", w.start, w.end, "Word", s)
		case !strings.Contains(c.src.plain, s):
			c.add("script.foreign", w.start, w.end, "Word", s)
		}
	}
}

// setApart reports a word within brackets or quotation marks.
func (c *checker) setApart(w word) bool {
	open := strings.LastIndexAny(c.tgt.plain[:w.start], "([«“\"„‘")
	if open < 0 {
		return false
	}
	r := c.tgt.after(open)
	closer := map[rune]string{'(': ")", '[': "]", '«': "»", '“': "”", '"': "\"", '„': "“”", '‘': "’"}[r]
	if strings.ContainsAny(c.tgt.plain[open+1:w.start], closer) && r != '"' {
		return false
	}
	return strings.ContainsAny(c.tgt.plain[w.end:], closer)
}

// beside reports a word with a digit or sign at it: a model, a file, a handle.
func (c *checker) beside(w word) bool {
	b, a := c.tgt.before(w.start), c.tgt.after(w.end)
	return isDigit(b) || isDigit(a) || strings.ContainsRune("@#_/\\<>", b) && b != 0 || strings.ContainsRune("_/\\<>", a) && a != 0 ||
		(a == '-' || b == '-') && (isDigit(c.tgt.after(w.end+1)) || isDigit(c.tgt.before(w.start-1)))
}

// leftOver reports a run of the source's own words in the target: five words
// or more of which three begin with a small letter.
func (c *checker) leftOver() {
	const least = 5
	if len(c.tgt.words) > 500 || len(c.src.words) > 500 {
		return // no sentence; comparing each word with each would take long
	}
	for i := 0; i+least <= len(c.tgt.words); i++ {
		for j := 0; j+least <= len(c.src.words); j++ {
			n, small := c.common(i, j)
			if n < least || small < 3 {
				continue
			}
			start, end := c.tgt.words[i].start, c.tgt.words[i+n-1].end
			c.add("untranslated.part", start, end, "Text", short(c.tgt.plain[start:end]))
			return
		}
	}
}

// common is how many words run alike from target word i and source word j,
// and how many of them begin with a small letter and are no particles.
func (c *checker) common(i, j int) (n, small int) {
	for i+n < len(c.tgt.words) && j+n < len(c.src.words) {
		t, s := c.tgt.words[i+n], c.src.words[j+n]
		if t.end-t.start != s.end-s.start || t.link || c.tgt.word(t) != c.src.word(s) {
			break
		}
		if w := c.tgt.word(t); !t.upper && t.letters > 1 && !particles[w] && !c.keeps(w) {
			small++
		}
		n++
	}
	return n, small
}

// short cuts a text to what a message can hold.
func short(s string) string {
	const most = 40
	n := 0
	for i := range s {
		if n == most {
			return s[:i] + "…"
		}
		n++
	}
	return s
}
