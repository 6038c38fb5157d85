package pipeline

import (
	"context"
	"fmt"
	"strings"
	"time"

	"dragoman/content"
	"dragoman/glossary"
	"dragoman/internal/edition"
)

// NameReader reads what stands in the editions, segment by segment.
type NameReader interface {
	// EachStanding calls f with every standing wording of a locale, release by
	// release, in the order of each document; with a concept (the database's
	// number) only where that may be named. Of release, edition and target only
	// what a name needs is filled.
	EachStanding(ctx context.Context, locale string, concept int64, f func(edition.Release, edition.Edition, edition.Segment, *edition.Target) error) error
}

// Names gives every rendering of the glossary's names that stands in the
// editions of a locale; with a concept's id only its own. Dates are those of
// the releases; without a concept they are those on which the releases were
// first read, which is faster to know.
func (p *Pipeline) Names(ctx context.Context, r NameReader, locale, concept string) ([]glossary.Seen, error) {
	n := &names{p: p, g: p.terms.Load(), locale: locale, only: -1, texts: map[string]string{}}
	number := int64(0)
	if concept != "" {
		i, ok := n.g.ByID(concept)
		if !ok {
			return nil, fmt.Errorf("the glossary in the database has no concept %q", concept)
		}
		n.only, number = i, n.g.ids[i]
	}
	if err := r.EachStanding(ctx, locale, number, func(rel edition.Release, e edition.Edition, s edition.Segment, t *edition.Target) error {
		return n.see(ctx, rel, e, s, t)
	}); err != nil {
		return nil, fmt.Errorf("read the names of %s: %w", locale, err)
	}
	return n.seen, nil
}

// names collects renderings.
type names struct {
	p      *Pipeline
	g      *terms
	locale string
	only   int // index of the concept wanted, or -1
	seen   []glossary.Seen
	texts  map[string]string // each wording once

	occ      []glossary.Occurrence
	verdicts []glossary.Verdict

	revision int64 // that doc is of
	doc      *document
}

// see notes the names of one segment.
func (n *names) see(ctx context.Context, rel edition.Release, e edition.Edition, s edition.Segment, t *edition.Target) error {
	n.occ = n.g.Find(n.occ[:0], s.Source)
	if !n.wanted(n.occ) {
		return nil
	}
	occ, date := n.occ, rel.Created
	if n.only >= 0 || n.conditional(n.occ) {
		d, err := n.open(ctx, e.Revision)
		if err != nil {
			return err
		}
		if d != nil && s.Position < len(d.lic) {
			occ = d.lic[s.Position]
		}
		if d != nil && !d.doc.Meta.Date.IsZero() && n.only >= 0 {
			date = d.doc.Meta.Date
		}
	}
	n.verdicts = n.g.Verify(n.verdicts[:0], n.locale, s.Source, occ, t.Standing.Text)
	for i := range n.verdicts {
		v := &n.verdicts[i]
		if v.Result != glossary.ResultInfo && (n.only < 0 || v.Concept == n.only) {
			n.add(v, rel, s, t, date)
		}
	}
	return nil
}

// wanted reports whether a concept that is asked for is required.
func (n *names) wanted(occ []glossary.Occurrence) bool {
	for i := range occ {
		if !occ[i].Nested && (n.only < 0 || occ[i].Concept == n.only) {
			return true
		}
	}
	return false
}

// conditional reports whether it depends on the document if an occurrence
// counts.
func (n *names) conditional(occ []glossary.Occurrence) bool {
	for i := range occ {
		c := n.g.Concept(occ[i].Concept)
		if len(c.Rule.Licence) > 0 || !c.ValidFrom.IsZero() || !c.ValidTo.IsZero() {
			return true
		}
	}
	return false
}

// open cuts the document of a revision, once for all its segments; nil where
// it can no longer be cut as it was.
func (n *names) open(ctx context.Context, revision int64) (*document, error) {
	if n.revision == revision {
		return n.doc, nil
	}
	rev, err := n.p.store.Revision(ctx, revision)
	if err != nil {
		return nil, err
	}
	n.revision, n.doc = revision, nil
	d, err := n.p.open(ctx, n.g, rev)
	if err != nil {
		n.p.log.Warn("names without their document", "revision", revision, "error", err)
		return nil, ctx.Err()
	}
	n.doc = d
	return d, nil
}

// add notes one rendering. Where none was recognised the nearest words stand
// for it, if there are any.
func (n *names) add(v *glossary.Verdict, rel edition.Release, s edition.Segment, t *edition.Target, date time.Time) {
	row := glossary.Seen{
		Concept: v.ID, Locale: n.locale, Derived: v.Result == glossary.ResultDerived || v.Reason == glossary.ReasonDerived,
		Release: rel.Slug, Segment: s.Position, Date: date, Approved: t.Covered(s.Exact), By: t.Standing.Author,
	}
	text := v.Hint
	if v.Tier != glossary.NoTier || v.End > v.Start {
		row.Term, text = v.Term, v.Text
	}
	row.Text = n.once(content.Plain(text))
	if row.Approved {
		row.By = t.ApprovedBy
	}
	n.seen = append(n.seen, row)
}

// once keeps equal words once, and not the whole text that they stand in.
func (n *names) once(text string) string {
	if s, ok := n.texts[text]; ok {
		return s
	}
	text = strings.Clone(text)
	n.texts[text] = text
	return text
}
