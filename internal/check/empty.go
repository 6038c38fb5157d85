package check

import (
	"strings"
)

// empty reports a target without any text where the source has some.
func (c *checker) empty() bool {
	if strings.TrimFunc(c.tgt.plain, func(r rune) bool { return isSpace(r) || r == object }) != "" {
		return false
	}
	if c.src.letters > 0 || c.src.has&hasDigit != 0 {
		c.add("empty", 0, 0)
	}
	return true
}

// particles stand in lower case inside names.
var particles = map[string]bool{
	"al": true, "el": true, "ul": true, "ad": true, "an": true, "ar": true, "as": true, "ash": true, "at": true, "az": true,
	"de": true, "der": true, "di": true, "da": true, "la": true, "le": true, "van": true, "von": true, "bin": true, "ibn": true,
	"bint": true, "abu": true, "y": true, "e": true, "s": true, "d": true, "du": true, "des": true, "del": true, "st": true,
}

// functionWords tell an English title from a name.
var functionWords = map[string]bool{
	"the": true, "of": true, "and": true, "in": true, "on": true, "for": true, "to": true, "with": true, "by": true, "from": true,
	"is": true, "are": true, "was": true, "were": true, "has": true, "have": true, "its": true, "their": true, "over": true, "after": true, "against": true,
	"calls": true, "says": true, "condemns": true, "under": true,
}

// same reports a target that is the source's text. Names, numbers, acronyms
// and addresses may rightly stay as they are in a language of the same
// script.
func (c *checker) same() bool {
	if strings.TrimSpace(c.src.plain) != strings.TrimSpace(c.tgt.plain) {
		return false
	}
	if c.p.Tag == c.src.p.Tag {
		return false
	}
	plain, names := 0, 0
	for _, w := range c.tgt.words {
		s := c.tgt.word(w)
		switch {
		case w.link || w.letters == 1 || w.capitals == w.letters || c.keeps(s):
		case functionWords[strings.ToLower(s)]:
			plain++
		case w.upper:
			names++
		case !particles[s]:
			plain++
		}
	}
	if plain == 0 && (names == 0 || c.p.Script == c.src.p.Script) {
		return false
	}
	c.add("same-as-source", 0, 0)
	return true
}

// keeps reports a word that rightly stays as it is in the source.
func (c *checker) keeps(s string) bool {
	for _, k := range c.in.Keep {
		if strings.EqualFold(k, s) {
			return true
		}
		if len(k) > len(s) && containsFold(k, s) {
			return true
		}
	}
	return false
}

func containsFold(s, sub string) bool {
	return strings.Contains(strings.ToLower(s), strings.ToLower(sub))
}
