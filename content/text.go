package content

import (
	"bytes"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// textBlock is the lines between two blank lines, each without the white space
// around it.
type textBlock []Range

// textBlocks cuts a range of the document at blank lines.
func (d *Document) textBlocks(r Range) []textBlock {
	var out []textBlock
	var block textBlock
	for at := r.Start; at < r.End; {
		line := firstLine(d.Source[at:r.End])
		if t := trimRange(d.Source, Range{at, at + len(line)}); t.Start < t.End {
			block = append(block, t)
		} else if len(block) > 0 {
			out = append(out, block)
			block = nil
		}
		at += len(line)
		at += max(lineEnd(d.Source[at:r.End]), 1)
	}
	if len(block) > 0 {
		out = append(out, block)
	}
	return out
}

// trimRange leaves out the white space at the edges of a range.
func trimRange(src []byte, r Range) Range {
	b := src[r.Start:r.End]
	r.Start += len(b) - len(bytes.TrimLeftFunc(b, unicode.IsSpace))
	r.End = r.Start + len(bytes.TrimSpace(b))
	return r
}

// loadText reads plain text: blocks between blank lines, items of lists, and a
// title where the first block looks like one.
func (d *Document) loadText() *Problem {
	for i, b := range d.textBlocks(d.body) {
		if i == 0 && d.looksLikeTitle(b) {
			d.textUnit(KindTitle, b)
			continue
		}
		d.bodyBlock(b)
	}
	return nil
}

// bodyBlock adds a block of the body: items where its lines have marks of a
// list, else a paragraph; a source at its end is a unit of its own.
func (d *Document) bodyBlock(b textBlock) {
	list := b[0].Start
	for len(b) > 0 {
		n := 1
		mark := d.listMark(b[0])
		for n < len(b) && d.listMark(b[n]) == 0 {
			n++
		}
		part := b[:n:n]
		if mark > 0 {
			first := d.Source[part[0].Start]
			part[0].Start += mark
			d.textUnit(KindItem, part)
			d.inList(part[0].Start, list, first >= '0' && first <= '9')
		} else {
			d.paragraph(part)
		}
		b = b[n:]
	}
}

// paragraph adds lines as a paragraph, and the source that they end with as an
// attribution.
func (d *Document) paragraph(b textBlock) {
	last := len(b) - 1
	line := d.Source[b[last].Start:b[last].End]
	if m := sourceTail.FindIndex(line); m != nil {
		at := b[last].Start + m[0]
		tail := trimRange(d.Source, Range{at, b[last].End})
		head := append(textBlock{}, b[:last]...)
		if r := trimRange(d.Source, Range{b[last].Start, at}); r.Start < r.End {
			head = append(head, r)
		}
		d.textUnit(KindParagraph, head)
		d.textUnit(KindAttribution, textBlock{tail})
		return
	}
	d.textUnit(KindParagraph, b)
}

var listMark = regexp.MustCompile(`^(?:[-*+•⁃◦▪●‣–][ \t]+|(?:\d{1,3}|[a-z])(?:\.\)|[.)])[ \t]+)`)

// listMark gives the length of the mark of a list that a line begins with.
func (d *Document) listMark(r Range) int {
	line := d.Source[r.Start:r.End]
	if n := len(listMark.Find(line)); n < len(line) {
		return n
	}
	return 0
}

// textUnit adds lines as a unit.
func (d *Document) textUnit(kind UnitKind, b textBlock) {
	if len(b) == 0 {
		return
	}
	var s strings.Builder
	for i, r := range b {
		if i > 0 {
			s.WriteByte(' ')
		}
		s.Write(d.Source[r.Start:r.End])
	}
	u := Unit{Kind: kind, coded: Escape(s.String()), Ranges: b, span: Range{b[0].Start, b[len(b)-1].End}}
	u.place.kind = placeText
	u.title = kind == KindTitle
	if !translatable(u.coded) {
		return
	}
	bl := block{at: u.span.Start}
	if kind == KindItem {
		u.Level = 1
	}
	if kind != KindTitle && kind != KindCategory {
		d.blocks = append(d.blocks, bl)
	}
	d.Units = append(d.Units, u)
}

// inList says of the block that begins at a place that it is an item of a list.
func (d *Document) inList(at, list int, ordered bool) {
	if n := len(d.blocks); n > 0 && d.blocks[n-1].at == at {
		d.blocks[n-1].path = []box{{kind: boxItem, id: at + 1, list: list + 1, ordered: ordered}}
	}
}

// The most that a title in plain text has.
const (
	titleLines = 2
	titleRunes = 160
)

// looksLikeTitle tells whether a block is a title: one or two short lines
// without a stop at the end.
func (d *Document) looksLikeTitle(b textBlock) bool {
	if len(b) > titleLines || d.listMark(b[0]) > 0 {
		return false
	}
	n := 0
	for _, r := range b {
		n += utf8.RuneCount(d.Source[r.Start:r.End])
	}
	last := bytes.TrimRightFunc(d.Source[b[len(b)-1].Start:b[len(b)-1].End], func(r rune) bool {
		return strings.ContainsRune("\"'”’»)]", r)
	})
	end, _ := utf8.DecodeLastRune(last)
	return n <= titleRunes && !strings.ContainsRune(".!?…:;,؟؛،", end)
}
