package pipeline

import (
	"context"
	"fmt"

	"dragoman/content"
	"dragoman/glossary"
	"dragoman/internal/edition"
)

// document is one revision cut into segments, with what every stage needs to
// know of them.
type document struct {
	rev    edition.Revision
	doc    *content.Document
	units  []edition.Unit
	segs   []edition.Segment
	stored bool // the segments are in the database, with their numbers
	// cand are the places where concepts may stand, lic those that count in
	// this document, both by segment.
	cand, lic [][]glossary.Occurrence
	// joins is set where an edition says segments together (see with), base
	// is then the document as it is by itself.
	joins map[int]int
	base  *document
	// spoken are the quotations that were first spoken in a locale, in words
	// that nobody has.
	spoken map[quoteKey]bool
	heard  []edition.Wording  // what the desk says of quotations, the oldest first
	given  []content.Original // what the release's file says of them
	// gathered are the codes of segments that were gathered from several
	// documents.
	gathered [][]content.Code
}

// open cuts a revision, or takes its segments from the database where it has
// been cut before.
func (p *Pipeline) open(ctx context.Context, g *terms, rev edition.Revision) (*document, error) {
	d, err := p.cutDocument(rev)
	if err != nil {
		return nil, err
	}
	if rev.Parser != 0 {
		if err := d.take(ctx, p.store); err != nil {
			now, nerr := p.store.Revision(ctx, rev.ID)
			if nerr == nil && len(now.Cuts) > len(rev.Cuts) { // somebody has just cut a segment in two
				return p.open(ctx, g, now)
			}
			return nil, err
		}
	}
	ws, err := p.store.Wordings(ctx, rev.Release)
	if err != nil {
		return nil, err
	}
	d.hear(ws)
	d.find(g)
	return d, nil
}

// cutDocument cuts a revision into segments that the database knows nothing of
// yet.
func (p *Pipeline) cutDocument(rev edition.Revision) (*document, error) {
	doc, err := p.cut(rev)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", edition.ErrGiveUp, err)
	}
	d := &document{rev: rev, doc: doc}
	for i := range d.doc.Units {
		u := &d.doc.Units[i]
		d.units = append(d.units, edition.Unit{Position: i, Kind: u.Kind, Level: u.Level})
		for j := range u.Segments {
			text := u.Segments[j].Text
			d.segs = append(d.segs, edition.Segment{
				Position: len(d.segs), Unit: i, Kind: u.Kind, Level: u.Level, Source: text,
				Exact: content.ExactHash(text), Norm: content.NormalisedHash(text),
			})
		}
	}
	return d, nil
}

// cut reads the text of a revision.
func (p *Pipeline) cut(rev edition.Revision) (*content.Document, error) {
	docs, err := content.Load(rev.Bytes, content.Options{Format: rev.Format, Path: rev.Path, Location: p.cfg.Location})
	if err != nil {
		return nil, err
	}
	if len(docs) != 1 {
		return nil, fmt.Errorf("%s: the text of one release reads as %d", rev.Path, len(docs))
	}
	docs[0].Cut(rev.Cuts)
	return docs[0], nil
}

// fits reports whether targets are those of the document's segments, and not
// of what it was before one of them was cut in two.
func (d *document) fits(ts []*edition.Target) bool {
	if len(ts) != len(d.segs) {
		return false
	}
	for _, t := range ts {
		if !d.holds(t) {
			return false
		}
	}
	return true
}

// holds reports whether a target stands where the document has its segment.
func (d *document) holds(t *edition.Target) bool {
	if d.base != nil {
		d = d.base // its segments have their numbers once they are saved
	}
	return t.Position >= 0 && t.Position < len(d.segs) && d.segs[t.Position].ID == t.Segment
}

// take puts the database's numbers on the segments. It fails where this
// program cuts the text otherwise than the one that saved it.
func (d *document) take(ctx context.Context, s Reader) error {
	saved, err := s.Segments(ctx, d.rev.ID)
	if err != nil {
		return err
	}
	if len(saved) != len(d.segs) {
		return fmt.Errorf("%w: %s: the text is cut into %d segments now and was into %d: dragoman run has it drafted anew, or a change of the file", edition.ErrGiveUp, d.rev.Path, len(d.segs), len(saved))
	}
	for i := range saved {
		if saved[i].Exact != d.segs[i].Exact {
			return fmt.Errorf("%w: %s: segment %d is cut otherwise than before: dragoman run has it drafted anew, or a change of the file", edition.ErrGiveUp, d.rev.Path, i+1)
		}
		d.segs[i].ID, d.segs[i].SourceID = saved[i].ID, saved[i].SourceID
	}
	d.stored = true
	return nil
}

func (d *document) find(g *terms) {
	run := g.NewDocument(d.doc.Meta.Source, d.doc.Meta.Date)
	d.cand = make([][]glossary.Occurrence, len(d.segs))
	d.lic = make([][]glossary.Occurrence, len(d.segs))
	for i := range d.segs {
		d.cand[i] = g.Find(nil, d.segs[i].Source)
		d.lic[i] = g.License(run, d.cand[i], d.segs[i].Source)
	}
}

// neighbours are the normalised hashes of the segments around one.
func (d *document) neighbours(i int) (prev, next content.Hash) {
	if i > 0 {
		prev = d.segs[i-1].Norm
	}
	if i+1 < len(d.segs) {
		next = d.segs[i+1].Norm
	}
	return prev, next
}

// finder gives candidate occurrences with the database's concept numbers.
func (d *document) finder(g *terms) edition.Finder {
	bySource := make(map[string][]glossary.Occurrence, len(d.segs))
	for i := range d.segs {
		bySource[d.segs[i].Source] = d.cand[i]
	}
	return edition.Finder{Version: g.version, Find: func(text string) []edition.Occurrence {
		var out []edition.Occurrence
		for _, o := range bySource[text] {
			out = append(out, edition.Occurrence{Concept: g.ids[o.Concept], Start: o.Start, End: o.End, Nested: o.Nested})
		}
		return out
	}}
}

// licences are the occurrences whose concept needs its document's licence.
func (d *document) licences(g *terms) []edition.Licence {
	var out []edition.Licence
	for i := range d.segs {
		for _, o := range d.lic[i] {
			if len(g.Concept(o.Concept).Rule.Licence) > 0 {
				out = append(out, edition.Licence{Segment: d.segs[i].ID, Concept: g.ids[o.Concept], Start: o.Start, End: o.End})
			}
		}
	}
	return out
}
