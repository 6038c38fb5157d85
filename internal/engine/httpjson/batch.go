package httpjson

import (
	"fmt"
	"slices"

	"dragoman/content"
	"dragoman/internal/engine"
	"dragoman/internal/engine/transport"
)

// Batch is a request as services take it that translate an array of texts:
// without the blank segments, as HTML where any segment has codes, since one
// request has one format.
type Batch struct {
	Texts []string
	HTML  bool

	r       engine.Request
	at      []int // the segments of Texts
	replies []engine.Reply
}

// NewBatch prepares r.
func NewBatch(r engine.Request) *Batch {
	b := &Batch{r: r, replies: make([]engine.Reply, len(r.Segments))}
	write := writer(r)
	for i, s := range r.Segments {
		if s.Blank() {
			b.replies[i].Text = s.Text
			continue
		}
		b.HTML = b.HTML || s.Coded()
		b.at, b.Texts = append(b.at, i), append(b.Texts, write(s.Text))
	}
	return b
}

// writer gives how the segments of r are written.
func writer(r engine.Request) func(string) string {
	coded := func(s engine.Segment) bool { return !s.Blank() && s.Coded() }
	if slices.ContainsFunc(r.Segments, coded) {
		return transport.HTML
	}
	return content.Plain
}

// Sizes gives how large the segments of r are within its body, tags and
// escapes included; code points are those of the texts, which services count.
func Sizes(r engine.Request) []engine.Size {
	write := writer(r)
	sizes := make([]engine.Size, len(r.Segments))
	for i, s := range r.Segments {
		sizes[i] = sizeOf(write(s.Text))
	}
	return sizes
}

func sizeOf(text string) engine.Size {
	const comma = 1
	size := engine.SizeOf(text)
	if data, err := Marshal(text); err == nil { // a string can always be written
		size.Bytes = len(data) + comma
	}
	return size
}

// Fits refuses a request that is over the limits.
func (b *Batch) Fits(name string, l engine.Limits) error {
	var sum engine.Size
	for _, t := range b.Texts {
		size := sizeOf(t)
		sum.CodePoints += size.CodePoints
		sum.Bytes += size.Bytes
	}
	over := l.CodePoints > 0 && sum.CodePoints > l.CodePoints || l.Bytes > 0 && sum.Bytes > l.Bytes
	switch {
	case over && len(b.Texts) == 1:
		return engine.TooLong(name, sum, l)
	case over || l.Items > 0 && len(b.Texts) > l.Items:
		return &engine.Error{
			Engine: name, Kind: engine.Permanent,
			What: fmt.Sprintf("a request of %d texts, %d characters and %d bytes is over the service's limits", len(b.Texts), sum.CodePoints, sum.Bytes),
		}
	}
	return nil
}

// Replies reads what came back, one result for each of Texts.
func (b *Batch) Replies(name string, results []string) ([]engine.Reply, error) {
	if len(results) != len(b.Texts) {
		return nil, engine.WrongCount(name, len(b.Texts), len(results))
	}
	for n, i := range b.at {
		b.replies[i] = b.read(name, b.r.Segments[i], results[n])
	}
	return b.replies, nil
}

func (b *Batch) read(name string, s engine.Segment, raw string) engine.Reply {
	if !b.HTML {
		return engine.Reply{Text: transport.FromPlain(raw), Raw: raw}
	}
	text, err := transport.FromHTML(s.Text, raw)
	if err != nil {
		return engine.Reply{Raw: raw, Err: engine.Unreadable(name, err)}
	}
	return engine.Reply{Text: text, Raw: raw}
}
