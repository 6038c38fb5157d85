package content

import (
	"bytes"
	"regexp"
	"strings"
)

// The lines that the old site puts around a release.
var (
	dateLine = regexp.MustCompile(`^(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,? )?(\d{1,2} [A-Z][a-z]+ \d{4})(?: \d{1,2}:\d{2})? In (\S.*)$`)
	navLine  = regexp.MustCompile(`^(?:Home Media Cent(?:er|re)\b.*|Home\s*[>»/›].*|.*\bItems filtered by date: .*|Read more\W*|Tagged under\b.*|Published in\b.*|Be the first to comment\W*|Page \d+ of \d+|Start Prev\b.*|back to top|Print|Email|Tweet)$`)
)

// dateOf gives the date and the section that a date line names.
func dateOf(line string) (date, section string, ok bool) {
	if !strings.Contains(line, " In ") {
		return "", "", false
	}
	m := dateLine.FindStringSubmatch(line)
	if m == nil {
		return "", "", false
	}
	return m[1], strings.TrimSpace(m[2]), true
}

// navigation tells whether a line is the site's.
func navigation(line string) bool {
	if line == "" || strings.IndexByte("HRTPBSE", line[0]) < 0 && line[0] != 'b' {
		return strings.Contains(line, "Items filtered by date: ")
	}
	return navLine.MatchString(line)
}

// isPage tells whether a text has the marks of a page of the old site.
func isPage(text []byte) bool {
	if bytes.Contains(text, []byte("Items filtered by date: ")) {
		return true
	}
	for _, line := range bytes.Split(text, []byte("\n")) {
		if _, _, ok := dateOf(string(bytes.TrimSpace(line))); ok {
			return true
		}
	}
	return false
}

// pageLine is a line of a page without the white space around it.
type pageLine struct {
	Range
	text string
}

func pageLines(src []byte, r Range) []pageLine {
	var out []pageLine
	for at := r.Start; at < r.End; {
		line := firstLine(src[at:r.End])
		t := trimRange(src, Range{at, at + len(line)})
		out = append(out, pageLine{t, string(src[t.Start:t.End])})
		at += len(line)
		at += max(lineEnd(src[at:r.End]), 1)
	}
	return out
}

// splitPage cuts a page where a release begins: at its date line, or at the
// lines right above that name the section and the title. The parts touch and
// together are the page.
func splitPage(data []byte) []Range {
	lines := pageLines(data, Range{0, len(data)})
	var starts []int
	for i, l := range lines {
		if _, _, ok := dateOf(l.text); !ok {
			continue
		}
		for n := 0; n < 2 && i > 0 && headLine(lines[i-1].text); n++ {
			i--
		}
		at := bytes.LastIndexByte(data[:lines[i].Start], '\n') + 1
		starts = append(starts, at)
	}
	if len(starts) == 0 {
		return []Range{{0, len(data)}}
	}
	starts[0] = 0
	out := make([]Range, len(starts))
	for i, s := range starts {
		out[i] = Range{s, len(data)}
		if i > 0 {
			out[i-1].End = s
		}
	}
	return out
}

// headLine tells whether a line above a date line can be a section or a title.
func headLine(s string) bool {
	_, _, dated := dateOf(s)
	return s != "" && len(s) <= 2*titleRunes && !navigation(s) && !dated &&
		!strings.ContainsAny(s[len(s)-1:], ".!?:;,)\"")
}

// loadPage reads one release of a page.
func (d *Document) loadPage(o Options) *Problem {
	lines := pageLines(d.Source, d.body)
	date := -1
	for i, l := range lines {
		if when, section, ok := dateOf(l.text); ok {
			t, day, err := parseDate(when, o.Location)
			if err != nil {
				return d.problem(l.Start, "The date line "+when+" names no day of the calendar", dateForms)
			}
			d.Meta.Date, d.Meta.DateOnly, d.Meta.Category = t, day, section
			date = i
			break
		}
	}
	d.pageHead(lines[:max(date, 0)], lines, date)
	first := true
	for _, b := range d.textBlocks(d.bodyAfter(lines, date)) {
		if b = d.withoutNavigation(b); len(b) == 0 {
			continue
		}
		if first && !d.hasTitle() && d.looksLikeTitle(b) {
			d.textUnit(KindTitle, b)
		} else {
			d.bodyBlock(b)
		}
		first = false
	}
	return nil
}

// pageHead reads the lines above the date: the section, which the date line
// names too, and the title. Where no line names the section, the date line's
// words are the unit.
func (d *Document) pageHead(head, lines []pageLine, date int) {
	section := false
	for _, l := range head {
		switch {
		case l.text == "" || navigation(l.text):
		case strings.EqualFold(l.text, d.Meta.Category) && !section:
			d.textUnit(KindCategory, textBlock{l.Range})
			section = true
		case !d.hasTitle():
			d.textUnit(KindTitle, textBlock{l.Range})
		}
	}
	if !section && date >= 0 {
		l := lines[date]
		at := l.Start + len(l.text) - len(d.Meta.Category)
		d.textUnit(KindCategory, textBlock{{at, l.End}})
	}
}

func (d *Document) hasTitle() bool {
	for i := range d.Units {
		if d.Units[i].title {
			return true
		}
	}
	return false
}

// bodyAfter gives the range behind the date line.
func (d *Document) bodyAfter(lines []pageLine, date int) Range {
	if date < 0 {
		return d.body
	}
	return Range{lines[date].End, d.body.End}
}

// withoutNavigation drops the lines that are the site's.
func (d *Document) withoutNavigation(b textBlock) textBlock {
	out := b[:0]
	for _, r := range b {
		if !navigation(string(d.Source[r.Start:r.End])) {
			out = append(out, r)
		}
	}
	return out
}
