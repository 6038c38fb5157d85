package check

import (
	"strings"
	"unicode/utf8"
)

// unsafe finds mark-up that the source does not have: tags, and the schemes
// by which a link runs a script.
func (c *checker) unsafe() {
	s := c.tgt.plain
	if c.tgt.has&hasAngle != 0 {
		for i := 0; i+1 < len(s) && !c.full; i++ {
			if s[i] == '<' {
				c.tag(i)
			}
		}
	}
	if strings.IndexByte(s, ':') < 0 {
		return
	}
	for _, scheme := range [...]string{"javascript:", "vbscript:", "data:text/html"} {
		if i := indexFold(s, scheme); i >= 0 && indexFold(c.src.plain, scheme) < 0 {
			c.add("unsafe.html", i, i+len(scheme), "Text", s[i:i+len(scheme)])
		}
	}
}

// longestTag is how far the end of a tag is looked for, in bytes.
const longestTag = 400

// wholeRunes cuts off a character that was cut in two at the end.
func wholeRunes(s string) string {
	for s != "" && !utf8.ValidString(s) {
		s = s[:len(s)-1]
	}
	return s
}

func (c *checker) tag(i int) {
	s := c.tgt.plain
	next := s[i+1]
	if next|0x20 < 'a' || next|0x20 > 'z' {
		if next != '/' && next != '!' && next != '?' {
			return
		}
	}
	tag := s[i:min(i+longestTag, len(s))]
	if end := strings.IndexByte(tag, '>'); end >= 0 {
		tag = tag[:end+1]
	} else {
		tag = wholeRunes(tag[:min(len(tag), 20)])
	}
	if !strings.Contains(c.src.plain, tag) {
		c.add("unsafe.html", i, i+len(tag), "Text", short(tag))
	}
}

// indexFold is strings.Index for a needle of small ASCII letters in text
// that may have capitals.
func indexFold(s, needle string) int {
	first := needle[0]
	for i := 0; i+len(needle) <= len(s); i++ {
		if s[i]|0x20 == first && strings.EqualFold(s[i:i+len(needle)], needle) {
			return i
		}
	}
	return -1
}
