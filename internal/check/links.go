package check

import (
	"strings"
	"unicode"
)

// findLinks marks web addresses, e-mail addresses and @names, and the words
// in them.
func (t *text) findLinks() {
	s := t.plain
	for i := 0; i < len(s); {
		start := i
		for i < len(s) {
			r, size := decode(s, i)
			if !linkRune(r) {
				break
			}
			i += size
		}
		if i == start {
			_, size := decode(s, i)
			i += size
			continue
		}
		if from, to, ok := linkIn(s[start:i]); ok {
			t.links = append(t.links, span{start + from, start + to})
		}
	}
	for i := range t.words {
		t.words[i].link = t.inLink(t.words[i].start)
	}
}

// linkRune reports characters that an address may hold; beyond ASCII only
// letters, as in the paths of Arabic addresses.
func linkRune(r rune) bool {
	if r < 0x80 {
		return r > ' ' && !strings.ContainsRune("<>\"()[]{}|\\^`", r)
	}
	return unicode.IsLetter(r) && scriptOf(r) != arabicScript || r == '%'
}

// linkIn finds the address within a run without spaces.
func linkIn(run string) (from, to int, ok bool) {
	from = -1
	for _, mark := range [...]string{"https://", "http://", "www."} {
		if i := strings.Index(run, mark); i >= 0 && (from < 0 || i < from) {
			from = i
		}
	}
	if from < 0 {
		at := strings.IndexByte(run, '@')
		if at < 0 || at+2 >= len(run) {
			return 0, 0, false
		}
		from = at
		for from > 0 && isAddressByte(run[from-1]) {
			from--
		}
		if from < at && !strings.Contains(run[at:], ".") {
			return 0, 0, false
		}
		to = at + 1
		for to < len(run) && isAddressByte(run[to]) {
			to++
		}
	} else {
		to = len(run)
	}
	trimmed := strings.TrimRight(run[from:to], ".,;:!?'*_")
	return from, from + len(trimmed), len(trimmed) > 3
}

func isAddressByte(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '.' || b == '_' || b == '-' || b == '+'
}

// links compares the addresses of source and target; they must be the same.
func (c *checker) links() {
	if len(c.src.links) == 0 && len(c.tgt.links) == 0 {
		return
	}
	for _, l := range c.src.links {
		address := c.src.plain[l.start:l.end]
		if strings.Contains(c.tgt.plain, address) {
			continue
		}
		if strings.Contains(address, "@") && !strings.Contains(address, "//") {
			c.addSource("links.email", l.start, l.end, "Address", address)
		} else {
			c.addSource("links.url", l.start, l.end, "URL", address)
		}
	}
	for _, l := range c.tgt.links {
		if address := c.tgt.plain[l.start:l.end]; !strings.Contains(c.src.plain, address) {
			c.add("links.extra", l.start, l.end, "URL", address)
		}
	}
}
