package check

import (
	"strings"

	"dragoman/internal/edition"
)

// spaces finds white space at the ends, runs of spaces, line breaks within a
// sentence, and characters that take no room.
func (c *checker) spaces() {
	s := c.tgt.plain
	trimmed := strings.TrimRightFunc(s, isSpace)
	lead := len(trimmed) - len(strings.TrimLeftFunc(trimmed, isSpace))
	if lead > 0 {
		c.add("space.ends", 0, lead)
		c.fix(0, lead, "")
	}
	if len(trimmed) < len(s) {
		c.add("space.ends", len(trimmed), len(s))
		c.fix(len(trimmed), len(s), "")
	}
	if c.tgt.has&hasSpaceRun != 0 {
		c.spaceRuns(lead, len(trimmed))
	}
	if c.tgt.has&hasLineBreak != 0 && c.src.has&hasLineBreak == 0 {
		if i := strings.IndexAny(trimmed[lead:], "\n\r"); i >= 0 {
			c.add("space.line-break", lead+i, lead+i+1)
			c.fix(lead+i, lead+i+1, " ")
		}
	}
	if c.tgt.has&hasInvisible != 0 {
		c.invisible()
	}
}

// spaceRuns reports several spaces in a row within the text; a no-break one
// among them is what stays.
func (c *checker) spaceRuns(from, to int) {
	for i := from; i < to; {
		r, size := decode(c.tgt.plain, i)
		if !isSpace(r) || r == '\n' || r == '\r' {
			i += size
			continue
		}
		start, keep, n := i, " ", 0
		for i < to {
			r, size := decode(c.tgt.plain, i)
			if !isSpace(r) || r == '\n' || r == '\r' {
				break
			}
			if r == 0xA0 || r == 0x202F {
				keep = string(r)
			}
			i += size
			n++
		}
		if n > 1 && i < to {
			c.add("space.doubled", start, i)
			c.fix(start, i, keep)
		}
	}
}

// invisible reports zero-width characters. Kurdish writes with the joiners;
// elsewhere a non-joiner may hold a word together, so it has no fix.
func (c *checker) invisible() {
	for i := 0; i < len(c.tgt.plain); {
		r, size := decode(c.tgt.plain, i)
		switch r {
		case 0x200B, 0xFEFF, 0x2060, 0x00AD, 0x180E:
			c.add("space.zero-width", i, i+size, "Code", code(r))
			c.fix(i, i+size, "")
		case 0x200C:
			if c.p.Tag != "ckb" {
				f := c.add("space.zero-width", i, i+size, "Code", code(r))
				f.Severity = edition.Info
			}
		}
		i += size
	}
}

// bidi reports direction controls that are stored in the text (AR-B1); they
// are put in where the text is shown.
func (c *checker) bidi() {
	if c.tgt.has&hasBidi == 0 {
		return
	}
	isolates, balanced := 0, true
	for _, r := range c.tgt.plain {
		if r >= 0x2066 && r <= 0x2068 {
			isolates++
		} else if r == 0x2069 {
			if isolates--; isolates < 0 {
				balanced = false
			}
		}
	}
	balanced = balanced && isolates == 0
	for i := 0; i < len(c.tgt.plain); {
		r, size := decode(c.tgt.plain, i)
		if isBidi(r) {
			c.bidiControl(i, i+size, r, balanced)
		}
		i += size
	}
}

func (c *checker) bidiControl(start, end int, r rune, balanced bool) {
	if r >= 0x2066 && !balanced {
		c.add("bidi.unbalanced", start, end)
	} else if f := c.add("bidi.control", start, end, "Code", code(r)); r >= 0x2066 {
		f.Severity = edition.Warning
	}
	c.fix(start, end, "")
}
