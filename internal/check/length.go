package check

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"dragoman/content"
)

// ratios are the bounds of target length by source length (AR-S3 for Arabic;
// the others by what a press translation needs).
var ratios = map[string][2]float64{
	"ar": {0.6, 1.4}, "ckb": {0.6, 1.6}, "fr": {0.75, 1.9}, "es": {0.75, 1.8},
	"tr": {0.6, 1.6}, "kmr": {0.6, 1.7}, "ru": {0.65, 1.7}, "uk": {0.65, 1.7},
}

// length compares the length and the number of sentences of source and
// target, and holds the limit of a short post.
func (c *checker) length() {
	if c.in.Limit > 0 {
		if n := utf8.RuneCountInString(strings.TrimSpace(c.tgt.plain)); n > c.in.Limit {
			c.add("post.length", 0, 0, "Length", strconv.Itoa(n), "Limit", strconv.Itoa(c.in.Limit))
		}
	}
	if c.in.Joined {
		return
	}
	c.ratio()
	if source, target := sentences(c.src.plain), sentences(c.tgt.plain); source-target > 1 || target-source > 1 {
		c.add("sentences.count", 0, 0, "Source", strconv.Itoa(source), "Target", strconv.Itoa(target))
	}
}

func (c *checker) ratio() {
	bounds, ok := ratios[c.p.Tag]
	const least = 25 // characters; below, a word more or less decides
	if !ok || c.src.runes < least || c.src.letters < least/2 {
		return
	}
	target := c.tgt.runes
	if c.tgt.has&hasArabicMark != 0 {
		target = c.withoutMarks()
	}
	ratio := float64(target) / float64(c.src.runes)
	// A short sentence may rightly be much shorter or longer; the bounds are
	// wider by up to 30 and 40 per cent below 240 characters.
	wider := min(max(float64(240-c.src.runes)/200, 0), 1)
	bounds[0] *= 1 - 0.3*wider
	bounds[1] *= 1 + 0.4*wider
	if ratio < bounds[0] || ratio > bounds[1] {
		c.add("length.ratio", 0, 0, "Percent", strconv.Itoa(int(ratio*100)))
	}
}

func (c *checker) withoutMarks() int {
	n := 0
	for _, r := range c.tgt.plain {
		if !isMark(r) {
			n++
		}
	}
	return n
}

// sentences counts the ends of sentences: a mark, perhaps closing quotes,
// and a space or the end. A stop after a short word, a capital or a figure
// is taken for an abbreviation.
func sentences(s string) int {
	n, open := 0, false
	for i := 0; i < len(s); {
		r, size := decode(s, i)
		switch r {
		case '.', '!', '?', '؟', '…':
			end := i + size
			for end < len(s) {
				next, step := decode(s, end)
				if !isCloser(next) && !strings.ContainsRune(".!?؟…", next) {
					break
				}
				end += step
			}
			next := rune(' ')
			if end < len(s) {
				next, _ = decode(s, end)
			}
			if open && isSpace(next) && (end >= len(s) || r != '.' || endsSentence(s, i, end)) {
				n++
				open = false
			}
			i = end
			continue
		}
		if unicode.IsLetter(r) {
			open = true
		}
		i += size
	}
	if open {
		n++
	}
	return n
}

// endsSentence reports whether the stop at byte i ends a sentence: a word of
// three letters or more stands before it and no small letter after it.
func endsSentence(s string, i, end int) bool {
	letters := 0
	for j := i; j > 0; {
		r, size := utf8.DecodeLastRuneInString(s[:j])
		if !unicode.IsLetter(r) {
			if r == '.' {
				return false
			}
			break
		}
		letters++
		j -= size
	}
	next := strings.TrimLeft(s[end:], " \u00a0\u202f\n«“\"(¿¡")
	r, _ := utf8.DecodeRuneInString(next)
	return letters >= 3 && !unicode.IsLower(r)
}

// bodyKind reports kinds whose text is made of sentences.
func bodyKind(k content.UnitKind) bool {
	switch k {
	case content.KindTitle, content.KindHeading, content.KindTag, content.KindCategory, content.KindCell, content.KindAlt, content.KindSocial:
		return false
	}
	return true
}
