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

// Names calls f for each locale with every rendering of the glossary's names
// that stands in its editions, or with those of one concept (an id) only.
// Dates are those of the releases; without a concept, where they would have to
// be looked up in every document, those on which the releases were first read.
func (p *Pipeline) Names(ctx context.Context, r NameReader, locales []string, concept string, f func(locale string, seen []glossary.Seen) error) error {
	n := &names{p: p, g: p.terms.Load(), only: -1, texts: map[string]string{}, docs: map[int64]docNames{}}
	number := int64(0)
	if concept != "" {
		i, ok := n.g.ByID(concept)
		if !ok {
			return fmt.Errorf("the glossary in the database has no concept %q", concept)
		}
		n.only, number = i, n.g.ids[i]
	}
	for _, locale := range locales {
		n.locale, n.seen = locale, nil
		err := r.EachStanding(ctx, locale, number, func(rel edition.Release, e edition.Edition, s edition.Segment, t *edition.Target) error {
			return n.see(ctx, rel, e, s, t)
		})
		if err != nil {
			return fmt.Errorf("read the names of %s: %w", locale, err)
		}
		if err := f(locale, n.seen); err != nil {
			return err
		}
	}
	return nil
}

// names collects the renderings of a locale.
type names struct {
	p      *Pipeline
	g      *terms
	locale string
	only   int // index of the concept wanted, or -1
	// dateless leaves documents closed that would be opened for their date.
	dateless bool
	seen     []glossary.Seen
	texts    map[string]string  // each wording once
	docs     map[int64]docNames // by revision, the same for all locales

	occ      []glossary.Occurrence
	verdicts []glossary.Verdict
}

// docNames is what has to be known of a document.
type docNames struct {
	date time.Time
	// at are the occurrences that count, by segment, where that depends on
	// the document.
	at map[int][]glossary.Occurrence
}

// see notes the names of one segment.
func (n *names) see(ctx context.Context, rel edition.Release, e edition.Edition, s edition.Segment, t *edition.Target) error {
	n.occ = n.g.Find(n.occ[:0], s.Source)
	if !n.wanted(n.occ) {
		return nil
	}
	occ, date := n.occ, rel.Created
	conditional := n.conditional(n.occ)
	if n.only >= 0 && !n.dateless || conditional {
		d, err := n.document(ctx, e.Revision)
		if err != nil {
			return err
		}
		if conditional {
			occ = d.at[s.Position]
		}
		if n.only >= 0 && !n.dateless && !d.date.IsZero() {
			date = d.date
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

// document reads what has to be known of a revision. Of one that can no
// longer be cut as it was, the names that depend on it are left out.
func (n *names) document(ctx context.Context, revision int64) (docNames, error) {
	if l, ok := n.docs[revision]; ok {
		return l, nil
	}
	rev, err := n.p.store.Revision(ctx, revision)
	if err != nil {
		return docNames{}, err
	}
	l := docNames{at: map[int][]glossary.Occurrence{}}
	if d, err := n.p.open(ctx, n.g, rev); err == nil {
		l.date = d.doc.Meta.Date
		for i, occ := range d.cand {
			if n.conditional(occ) {
				l.at[i] = d.lic[i]
			}
		}
	} else if ctx.Err() != nil {
		return l, ctx.Err()
	} else {
		n.p.log.Warn("names without their document", "revision", revision, "error", err)
	}
	n.docs[revision] = l
	return l, nil
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
