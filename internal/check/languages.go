package check

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"dragoman/locales"
)

// french holds the no-break spaces of French: before ; : ! ? and %, inside
// guillemets. Either no-break space is accepted; the fix writes the locale's.
func (c *checker) french() {
	if c.p.Tag != "fr" {
		return
	}
	s := c.tgt.plain
	for i := 0; i < len(s); {
		r, size := decode(s, i)
		switch r {
		case ';', ':', '!', '?', '%':
			c.frenchMark(i, r)
		case '»':
			c.padBefore(i, r, c.p.QuotePad)
		case '«':
			c.padAfter(i+size, r)
		}
		i += size
	}
}

func (c *checker) frenchMark(i int, r rune) {
	before, after := c.tgt.before(i), c.tgt.after(i+1)
	switch {
	case i == 0 || c.tgt.inLink(i) || before == '(' || before == '[':
		return
	case r == ':' && (isDigit(before) && isDigit(after) || after == '/' || unicode.IsLetter(after)):
		return
	case (r == '!' || r == '?') && (before == '!' || before == '?'):
		return
	case r == ';' && c.entityBefore(i):
		return
	case r == '%' && !isDigit(before) && !isSpace(before):
		return
	}
	pad := c.p.SpaceBefore[string(r)]
	if r == '%' {
		pad = "\u202f"
	}
	c.padBefore(i, r, pad)
}

// padBefore wants a no-break space that ends at byte i.
func (c *checker) padBefore(i int, r rune, pad string) {
	before := c.tgt.before(i)
	if before == 0xA0 || before == 0x202F || before == 0 || before == object {
		return
	}
	start := len(strings.TrimRightFunc(c.tgt.plain[:i], isSpace))
	c.add("fr.space", i, i+utf8.RuneLen(r), "Mark", string(r))
	c.fix(start, i, pad)
}

func (c *checker) padAfter(i int, r rune) {
	after := c.tgt.after(i)
	if after == 0xA0 || after == 0x202F || after == 0 || after == object {
		return
	}
	end := i + len(c.tgt.plain[i:]) - len(strings.TrimLeftFunc(c.tgt.plain[i:], isSpace))
	c.add("fr.space", i-utf8.RuneLen(r), i, "Mark", string(r))
	c.fix(i, end, c.p.QuotePad)
}

// spanish wants an opening mark for every question and exclamation.
func (c *checker) spanish() {
	if c.p.OpeningQuestion == "" {
		return
	}
	for _, m := range [...]struct {
		closing byte
		opening string
		other   string
	}{{'?', c.p.OpeningQuestion, c.p.OpeningExclamation}, {'!', c.p.OpeningExclamation, c.p.OpeningQuestion}} {
		last, closed := -1, 0
		for i := 0; i < len(c.tgt.plain); i++ {
			if c.tgt.plain[i] != m.closing || c.tgt.before(i) == '(' || c.tgt.inLink(i) {
				continue
			}
			if next := c.tgt.after(i + 1); next == '?' || next == '!' {
				continue
			}
			last, closed = i, closed+1
		}
		opened := strings.Count(c.tgt.plain, m.opening)
		if closed > opened && closed > opened+strings.Count(c.tgt.plain, m.other) {
			c.add("es.opening", last, last+1, "Mark", string(rune(m.closing)), "Expected", m.opening)
		}
	}
}

// turkish wants the percent sign before the number.
func (c *checker) turkish() {
	if c.p.Tag != "tr" || c.tgt.has&hasPercent == 0 {
		return
	}
	nums := c.tgt.numbers()
	for i := range nums {
		n := &nums[i]
		if n.Kind != locales.Digits || c.tgt.before(n.Start) == '%' {
			continue
		}
		rest := strings.TrimLeft(c.tgt.plain[n.FigureEnd:], " \u00a0\u202f")
		if !strings.HasPrefix(rest, "%") || isDigit(c.tgt.after(len(c.tgt.plain)-len(rest)+1)) {
			continue
		}
		end := len(c.tgt.plain) - len(rest) + 1
		figures := c.tgt.plain[n.Start:n.FigureEnd]
		c.add("tr.percent", n.Start, end, "Expected", "%"+figures)
		c.fix(n.Start, end, "%"+figures)
	}
}

// russian wants a dash where a hyphen stands between spaces; so does
// Ukrainian.
func (c *checker) russian() {
	if c.p.Script != "Cyrl" || c.tgt.has&hasHyphenSpaced == 0 {
		return
	}
	s := c.tgt.plain
	for i := 1; i+1 < len(s); i++ {
		if s[i] != '-' || s[i-1] != ' ' || s[i+1] != ' ' {
			continue
		}
		if before := c.tgt.before(i - 1); unicode.IsLetter(before) || isCloser(before) || before == ',' {
			c.add("dash.hyphen", i, i+1)
			c.fix(i, i+1, "—")
		}
	}
}
