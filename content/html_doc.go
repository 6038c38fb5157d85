package content

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// loadHTML reads a page: the title and the description of its head, and the
// text of its article.
func (d *Document) loadHTML(o Options) *Problem {
	h := newHTMLReader(d, d.body)
	from, to := h.scope()
	if p := h.head(h.tokens[:from], o); p != nil {
		return p
	}
	h.read(h.tokens[from:to])
	h.rest(h.tokens[to:])
	if n := h.deepest(); n > maxDepth {
		return d.problem(0, "Quotes or lists lie more than 100 deep in each other", "Take some of the elements away")
	}
	d.Units = append(d.Units, h.units...)
	d.blocks = h.blocks
	if from > 0 {
		d.body.Start = h.tokens[from-1].end
	}
	if to < len(h.tokens) {
		d.body.End = h.tokens[to].start
	}
	d.headline()
	return nil
}

// scope gives the tokens that hold the release: those within the article, else
// within the main part, else within the body, else all.
func (h *htmlReader) scope() (from, to int) {
	for _, name := range []string{"article", "main", "body"} {
		depth := 0
		for i, t := range h.tokens {
			if t.name != name {
				continue
			}
			switch t.kind {
			case html.StartTagToken:
				if depth == 0 {
					from = i + 1
				}
				depth++
			case html.EndTagToken:
				if depth--; depth == 0 {
					return from, i
				}
			}
		}
		if depth > 0 {
			return from, len(h.tokens)
		}
	}
	return h.afterHead(), len(h.tokens)
}

// afterHead gives the first token behind the head of a page without a body tag.
func (h *htmlReader) afterHead() int {
	last := 0
	for i, t := range h.tokens {
		switch t.name {
		case "head", "title", "meta", "link", "html":
			last = i + 1
		}
	}
	return last
}

// head reads what stands before the release: what the page says of itself, and
// its links, which an output must not lead astray.
func (h *htmlReader) head(tokens []htmlToken, o Options) *Problem {
	d := h.doc
	for i, t := range tokens {
		if t.kind != html.StartTagToken && t.kind != html.SelfClosingTagToken {
			continue
		}
		attrs := attributes(d.Source, t.start, t.end)
		d.mendTag(t.name, Range{t.start, t.end}, attrs, false)
		switch {
		case t.name == "title" && i+1 < len(tokens) && tokens[i+1].kind == html.TextToken:
			run := &htmlRun{h: h, src: d.Source, from: -1}
			run.text(tokens[i+1].start, tokens[i+1].end)
			if u, ok := run.unit(); ok {
				u.Kind, u.title = KindTitle, true
				h.units = append(h.units, u)
			}
		case t.name == "meta":
			if p := h.meta(t, attrs, o); p != nil {
				return p
			}
		}
	}
	return nil
}

// rest looks at the tags behind the release.
func (h *htmlReader) rest(tokens []htmlToken) {
	for _, t := range tokens {
		if t.kind == html.StartTagToken || t.kind == html.SelfClosingTagToken {
			h.doc.mendTag(t.name, Range{t.start, t.end}, attributes(h.doc.Source, t.start, t.end), false)
		}
	}
}

// meta reads a meta element.
func (h *htmlReader) meta(t htmlToken, attrs []attribute, o Options) *Problem {
	d := h.doc
	value := func(names ...string) (string, attribute) {
		for _, a := range attrs {
			if slices.Contains(names, a.name) {
				return strings.TrimSpace(html.UnescapeString(string(d.Source[a.value.Start:a.value.End]))), a
			}
		}
		return "", attribute{}
	}
	name, _ := value("name", "property", "itemprop")
	content, at := value("content")
	if content == "" {
		return nil
	}
	switch strings.ToLower(name) {
	case "description":
		d.Meta.Summary = content
		h.attributeUnit(KindSummary, at)
	case "author":
		d.Meta.Author = content
	case "keywords":
		for _, k := range strings.Split(content, ",") {
			if k = strings.TrimSpace(k); k != "" {
				d.Meta.Tags = append(d.Meta.Tags, k)
			}
		}
	case "date", "article:published_time", "datepublished", "dc.date", "pubdate":
		date, day, err := parseDate(content, o.Location)
		if err != nil {
			return d.problem(t.start, "The date "+content+" of this page is no date", dateForms)
		}
		d.Meta.Date, d.Meta.DateOnly = date, day
	}
	return nil
}

// headline makes the first heading of the first level the title; it then is no
// part of the body.
func (d *Document) headline() {
	for i := range d.Units {
		u := &d.Units[i]
		if u.Kind != KindHeading || u.Level != 1 {
			continue
		}
		for j := range d.Units {
			d.Units[j].title = false
		}
		u.Kind, u.title = KindTitle, true
		d.drops = append(d.drops, d.element(u.span, "h1"))
		return
	}
}

// element widens a range to the tags around it.
func (d *Document) element(r Range, name string) Range {
	src := strings.ToLower(string(d.Source))
	if i := strings.LastIndex(src[:r.Start], "<"+name); i >= 0 {
		r.Start = i
	}
	if i := strings.Index(src[r.End:], "</"+name); i >= 0 {
		if j := strings.IndexByte(src[r.End+i:], '>'); j >= 0 {
			r.End += i + j + 1
		}
	}
	return r
}

// deepest gives how many quotes and lists lie in each other at most.
func (h *htmlReader) deepest() int {
	most, depth := 0, 0
	for _, t := range h.tokens {
		if t.name != "blockquote" && t.name != "ul" && t.name != "ol" {
			continue
		}
		switch t.kind {
		case html.StartTagToken:
			depth++
		case html.EndTagToken:
			depth = max(depth-1, 0)
		}
		most = max(most, depth)
	}
	return most
}
