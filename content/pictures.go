package content

import (
	"bytes"
	"slices"
)

// picture is where a document gives the address of a picture, or, where it is
// a definition ([label]: address), of what may be one.
type picture struct {
	Range
	href string // with its escapes resolved
}

// WithPictures gives the document with other addresses for its pictures, in
// everything that is written of it. to says where the picture at an address,
// as it is meant, stands now; an address that it does not know stays. What it
// gives must be plain ASCII without spaces or marks of HTML and Markdown.
func (d *Document) WithPictures(to func(href string) (address string, ok bool)) *Document {
	moved := *d
	moved.mends = slices.Clone(d.mends)
	for _, p := range d.pictures {
		if address, ok := to(p.href); ok {
			moved.mends = append(moved.mends, edit{Range: p.Range, text: address, unit: -1})
		}
	}
	moved.moved = to
	return &moved
}

// picture notes where a picture's address stands.
func (d *Document) picture(at Range, href string) {
	if href != "" && safeURL(href) {
		d.pictures = append(d.pictures, picture{Range: at, href: href})
	}
}

// destinationOf finds the address in a link's definition, which begins at the
// first of its lines; at is the range of body that holds it.
func (r *markdownReader) destinationOf(dest []byte, at Range) (Range, bool) {
	text := r.body[at.Start:at.End]
	label := closing(text, bytes.IndexByte(text, '[')+1, ']')
	if len(dest) == 0 || label < 0 {
		return Range{}, false
	}
	i := bytes.Index(text[label:], dest)
	if i < 0 {
		return Range{}, false
	}
	start := r.base + at.Start + label + i
	return Range{start, start + len(dest)}, true
}
