package check

import (
	"fmt"
	"html"
	"strings"
	"unicode/utf8"
)

func code(r rune) string { return fmt.Sprintf("U+%04X", r) }

// characters finds what is not text: lost characters, broken encodings,
// control and private-use characters, HTML entities.
func (c *checker) characters() {
	if c.tgt.has&hasControl != 0 {
		c.control()
	}
	if c.tgt.has&hasLatin1 != 0 {
		c.mojibake()
	}
	if c.tgt.has&hasAmp != 0 {
		c.entities()
	}
}

func (c *checker) control() {
	s := c.tgt.plain
	for i := 0; i < len(s) && !c.full; {
		r, size := decode(s, i)
		switch {
		case r == utf8.RuneError:
			c.add("text.replacement", i, i+size)
		case r == object:
		case r < ' ' && r != '\n' && r != '\t' && r != '\r', r == 0x7F, r >= 0x80 && r < 0xA0, r == 0x2028, r == 0x2029:
			c.add("text.control", i, i+size, "Code", code(r))
			if r != 0x85 && r != 0x2028 && r != 0x2029 {
				c.fix(i, i+size, "")
			} else {
				c.fix(i, i+size, " ")
			}
		case isUnprintable(r):
			c.add("text.forbidden", i, i+size, "Code", code(r))
		}
		i += size
	}
}

// mojibake finds UTF-8 that was read as Windows-1252 or Latin-1: a capital
// that begins such a pair, followed by a character that only ends one.
func (c *checker) mojibake() {
	s := c.tgt.plain
	from, pairs := -1, 0
	for i := 0; i < len(s); {
		r, size := decode(s, i)
		if leadsMojibake(r) {
			if next := c.tgt.after(i + size); endsMojibake(next) && !(r == 'Â' && (next == '»' || next == '«')) {
				if from < 0 {
					from = i
				}
				if pairs++; r == 'Ã' || r == 'Ø' || r == 'Ù' || r == 'â' {
					pairs++ // these are never followed so in a word
				}
			}
		}
		i += size
	}
	if pairs >= 2 && !strings.Contains(c.src.plain, s[from:min(from+4, len(s))]) {
		c.add("text.mojibake", from, len(s), "Text", short(s[from:]))
		c.broken = true
	}
}

func leadsMojibake(r rune) bool {
	switch r {
	case 'â', 'Ã', 'Ø', 'Ù', 'Ð', 'Ñ', 'Â', 'Å', 'Ä':
		return true
	}
	return false
}

// endsMojibake reports what the second byte of a pair turns into.
func endsMojibake(r rune) bool {
	if r >= 0x80 && r <= 0xBF {
		return r != 0xA0 && r != '»' && r != '«' // these stand after words
	}
	switch r {
	case '€', '‚', 'ƒ', '„', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 'Ž', '˜', '™', 'š', '›', 'œ', 'ž', 'Ÿ', '•', '±', '§':
		return true
	}
	return false
}

// entities finds HTML entities that an engine or an import left over.
func (c *checker) entities() {
	s := c.tgt.plain
	for i := 0; i < len(s) && !c.full; i++ {
		if s[i] != '&' {
			continue
		}
		semi := strings.IndexByte(s[i:min(i+10, len(s))], ';')
		if semi < 2 {
			continue
		}
		entity := s[i : i+semi+1]
		plain := html.UnescapeString(entity)
		if plain == entity || strings.Contains(c.src.plain, entity) {
			continue
		}
		c.add("text.entity", i, i+len(entity), "Found", entity, "Expected", plain)
		c.fix(i, i+len(entity), plain)
	}
}
