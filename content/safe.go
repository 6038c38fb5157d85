package content

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// schemes are those that an output may lead to. Everything else with a scheme
// (javascript:, vbscript:, data:, file: …) is put out of action.
var schemes = map[string]bool{"http": true, "https": true, "mailto": true, "tel": true, "ftp": true, "sms": true, "geo": true}

// safeURL tells whether an address, with its escapes and references resolved,
// may stand in an output: it has no scheme, or one of those above. Browsers
// skip control characters and white space in a scheme (WHATWG URL, section
// 4.4), and so does this.
func safeURL(url string) bool {
	url = strings.Map(func(r rune) rune {
		if r <= ' ' || r == 0x7f || unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, url[:min(len(url), 256)])
	end := strings.IndexAny(url, ":/?#")
	if end <= 0 || url[end] != ':' {
		return true
	}
	return schemes[strings.ToLower(url[:end])]
}

// mend notes that an output has text in the place of a range, and warns of it:
// what is the address, the tag or the name of the attribute there.
func (d *Document) mend(at Range, text, what string) {
	if d.mended.covers(at) {
		return
	}
	d.mended.add(at)
	d.mends = append(d.mends, edit{Range: at, text: text, unit: -1})
	what = shorten(strings.Join(strings.Fields(what), " "), 60)
	switch {
	case strings.HasPrefix(what, "<"):
		d.warn(at.Start, "The tag "+what+" does more than mark text", "It is left out of everything that is published; take it away")
	case text == "":
		d.warn(at.Start, "The attribute "+what+" runs a program", "It is left out of everything that is published; take it away")
	default:
		d.warn(at.Start, "The address "+what+" is not one that readers may be led to",
			"It is left out of everything that is published; give a web or mail address")
	}
}

// spans are ranges by their beginnings, each with how far it or one before it
// reaches: it costs little to ask whether one of them covers a range, nor to
// add one behind all others.
type spans []Range

func (s spans) covers(r Range) bool {
	i, found := slices.BinarySearchFunc(s, r.Start, func(m Range, at int) int { return cmp.Compare(m.Start, at) })
	if !found {
		i--
	}
	return i >= 0 && r.End <= s[i].End
}

func (s *spans) add(r Range) {
	i, found := slices.BinarySearchFunc(*s, r.Start, func(m Range, at int) int { return cmp.Compare(m.Start, at) })
	if !found {
		if i > 0 {
			r.End = max(r.End, (*s)[i-1].End)
		}
		*s = slices.Insert(*s, i, r)
		i++
	}
	for ; i < len(*s) && (*s)[i].End < r.End; i++ {
		(*s)[i].End = r.End
	}
}

// manyWarnings is how many warnings of one document a person is given.
const manyWarnings = 200

// warn keeps a problem that does not stop the release.
func (d *Document) warn(at int, what, remedy string) {
	switch {
	case len(d.Warnings) < manyWarnings:
		d.Warnings = append(d.Warnings, *d.problem(at, what, remedy))
	case len(d.Warnings) == manyWarnings:
		d.Warnings = append(d.Warnings, *d.problem(at, "From here on no more is said of this text", "Put right what is said above, and load it again"))
	}
}

// problem gives a problem at a byte of the document.
func (d *Document) problem(at int, what, remedy string) *Problem {
	line, column := position(d.whole, d.offset+at)
	return &Problem{Path: d.path, Line: line, Column: column, What: what, Remedy: remedy}
}
