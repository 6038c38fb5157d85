// Package segment cuts text into sentences, the pieces that are translated,
// reviewed and remembered. The default boundaries of Unicode (UAX #29)
// propose, and rules of each language dispose: plain-text files in rules/ that
// a linguist can edit hold the abbreviations, the words that begin sentences
// and the names with a mark in them.
//
//	for _, s := range segment.Split("en", text) {
//		fmt.Println(text[s.Start:s.End])
//	}
package segment

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/sentences"
)

// Span bounds one sentence by byte offsets: Start is in, End is not. No white
// space stands at its edges.
type Span struct{ Start, End int }

// Split gives the sentences of a text in order. lang is a BCP 47 tag; only its
// language counts, and one that has no rules of its own gets those that hold
// in all. A blank line ends a sentence, and so does a line that begins with a
// bullet; any other single line break is taken as a space, as in text that is
// wrapped by hand. Everything that is not white space is in exactly one span.
// The text should be UTF-8; bytes that are not are kept as they are.
func Split(lang, text string) []Span {
	r := rulesFor(lang)
	var out []Span
	for at := 0; at < len(text); {
		end, next := block(text, at)
		out = r.splitBlock(out, text, at, end)
		at = next
	}
	return out
}

// block finds the end of the lines that begin at start and belong together,
// and where the next ones begin.
func block(text string, start int) (end, next int) {
	lines := 0
	for at := start; ; lines++ {
		nl := strings.IndexByte(text[at:], '\n')
		if nl < 0 {
			return len(text), len(text)
		}
		at += nl + 1
		line := text[at:]
		if e := strings.IndexByte(line, '\n'); e >= 0 {
			line = line[:e]
		}
		if blank(line) || bulleted(line) || continues(text[start:at], line) {
			return at, at
		}
	}
}

func blank(line string) bool { return strings.TrimSpace(line) == "" }

// bulleted tells whether a line is an item of a list that is marked by bullets
// or hyphens.
func bulleted(line string) bool {
	line = strings.TrimLeft(line, " \t")
	r, n := utf8.DecodeRuneInString(line)
	if isBullet(r) {
		return true
	}
	if r != '-' && r != '*' && r != '+' && r != '–' && r != '—' {
		return false
	}
	return strings.HasPrefix(line[n:], " ") || strings.HasPrefix(line[n:], "\t")
}

func isBullet(r rune) bool {
	switch r {
	case '•', '⁃', '◦', '▪', '●', '‣', '○', '■', '·', '►':
		return true
	}
	return false
}

// continues tells whether line has the label that comes after the label at the
// head of the block, as 2. after 1.
func continues(block, line string) bool {
	head, ok := labelAt(block, 0)
	if !ok {
		return false
	}
	next, ok := labelAt(line, 0)
	return ok && next.style == head.style && next.value == head.value+1
}

// splitBlock appends the sentences of text[start:end], in which every line
// break counts as a space.
func (r *rules) splitBlock(out []Span, text string, start, end int) []Span {
	part := text[start:end]
	if strings.ContainsAny(part, "\n\r\t\u0085\u2028\u2029") {
		part = oneLine(part)
	}
	b := boundaries{rules: r, text: part}
	b.skip()
	if b.start == len(part) {
		return out
	}
	var proposals [64]int
	for _, at := range b.proposals(proposals[:0]) {
		if at <= b.start || at >= len(part) {
			continue
		}
		if b.ends(at) {
			out = append(out, Span{start + b.start, start + trimRight(part, b.start, at)})
			b.start = at
		}
	}
	return append(out, Span{start + b.start, start + trimRight(part, b.start, len(part))})
}

// oneLine gives the text with a space for every byte of white space that
// breaks lines, so that offsets stay.
func oneLine(s string) string {
	b := []byte(s)
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] == '\n' || b[i] == '\r' || b[i] == '\t':
			b[i] = ' '
		case b[i] == 0xC2 && i+1 < len(b) && b[i+1] == 0x85:
			b[i], b[i+1] = ' ', ' '
		case b[i] == 0xE2 && i+2 < len(b) && b[i+1] == 0x80 && (b[i+2] == 0xA8 || b[i+2] == 0xA9):
			b[i], b[i+1], b[i+2] = ' ', ' ', ' '
		}
	}
	return string(b)
}

func trimRight(s string, start, end int) int {
	return start + len(strings.TrimRightFunc(s[start:end], unicode.IsSpace))
}

// boundaries decides where the sentences of one block end.
type boundaries struct {
	*rules
	text string
	// start is where the sentence at hand begins.
	start int
}

// skip moves the start over white space.
func (b *boundaries) skip() { b.start = b.over(b.start) }

// over gives the first place from i on that is not white space.
func (b *boundaries) over(i int) int {
	for i < len(b.text) {
		c := b.text[i]
		if c == ' ' {
			i++
			continue
		}
		if c < utf8.RuneSelf {
			if c >= '\t' && c <= '\r' {
				i++
				continue
			}
			return i
		}
		r, n := utf8.DecodeRuneInString(b.text[i:])
		if !unicode.IsSpace(r) {
			return i
		}
		i += n
	}
	return i
}

// proposals appends, in ascending order, every place where a sentence might
// begin: those of UAX #29, and those that it cannot see (see scan).
func (b *boundaries) proposals(dst []int) []int {
	scanned := b.scan(nil)
	it := sentences.FromString(b.text)
	add := func(at int) {
		if len(dst) == 0 || dst[len(dst)-1] < at {
			dst = append(dst, at)
		}
	}
	for it.Next() {
		at := b.over(it.End())
		for len(scanned) > 0 && scanned[0] <= at {
			add(scanned[0])
			scanned = scanned[1:]
		}
		add(at)
	}
	for _, at := range scanned {
		add(at)
	}
	return dst
}

// scan finds where UAX #29 proposes nothing and a sentence may begin all the
// same: after a stop before a figure, a small letter or, without a space, a
// capital; after the ellipsis sign, after a closing mark that a space divides from its stop, at a bullet
// within the line, and at the next label of a list that runs on in one line.
func (b *boundaries) scan(dst []int) []int {
	label, listed := labelAt(b.text, b.start)
	for i := b.start; i < len(b.text); {
		c := b.text[i]
		if !mark[c] {
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(b.text[i:])
		switch {
		case isStop(r):
			if at := b.over(i + n); at > i+n && b.omission(at) {
				dst = append(dst, at)
			}
			if at := b.over(b.closers(i + n)); at < len(b.text) && (at > i+n || b.capitalAt(at)) {
				dst = append(dst, at)
			}
		case isBullet(r) && r != '·' && i > b.start && b.text[i-1] == ' ':
			dst = append(dst, i)
		case listed && c == ' ':
			if next, ok := labelAt(b.text, i+1); ok && i+1 > label.end && next.follows(label) && b.capitalAt(next.end) {
				dst = append(dst, i+1)
				label = next
			}
		}
		i += n
	}
	return dst
}

// mark has the first bytes of all that scan looks at.
var mark = func() (t [256]bool) {
	for _, c := range []byte{' ', '.', '!', '?', 0xC2, 0xD8, 0xDB, 0xE2, 0xE3, 0xEF} {
		t[c] = true
	}
	return t
}()

// closers skips what closes after a stop: quotation marks, brackets, marks of
// footnotes, and a closing guillemet that a space sets off.
func (b *boundaries) closers(i int) int {
	for i < len(b.text) {
		if n := footnote(b.text[i:]); n > 0 {
			i += n
			continue
		}
		r, n := utf8.DecodeRuneInString(b.text[i:])
		if isCloser(r) || isStop(r) {
			i += n
			continue
		}
		if j := b.over(i); j > i && j < len(b.text) {
			if r, n := utf8.DecodeRuneInString(b.text[j:]); r == '»' || r == '›' {
				i = j + n
				continue
			}
			if footnote(b.text[j:]) > 0 {
				i = j
				continue
			}
		}
		return i
	}
	return i
}
