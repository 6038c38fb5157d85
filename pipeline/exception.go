package pipeline

import (
	"context"
	"slices"

	"dragoman/content"
	"dragoman/glossary"
	"dragoman/internal/edition"
)

// exceptionKey names a concept in one sentence and locale.
type exceptionKey struct {
	locale, concept string
	source          content.Hash
}

// loadExceptions reads the sentences in which people let another rendering
// stand.
func (p *Pipeline) loadExceptions(ctx context.Context) (map[exceptionKey]bool, error) {
	xs, err := p.store.TermExceptions(ctx)
	if err != nil || len(xs) == 0 {
		return nil, err
	}
	out := make(map[exceptionKey]bool, len(xs))
	for _, x := range xs {
		out[exceptionKey{x.Locale, x.Concept, x.Source}] = true
	}
	return out, nil
}

// excepted reports whether people let a concept be rendered otherwise in a
// sentence.
func (t *terms) excepted(locale, source, concept string) bool {
	return len(t.exceptions) > 0 && t.exceptions[exceptionKey{locale, concept, content.ExactHash(source)}]
}

// required leaves out the occurrences of concepts that are excepted.
func (t *terms) required(locale, source string, occ []glossary.Occurrence) []glossary.Occurrence {
	if len(t.exceptions) == 0 || !slices.ContainsFunc(occ, func(o glossary.Occurrence) bool { return t.excepted(locale, source, o.ID) }) {
		return occ
	}
	return slices.DeleteFunc(slices.Clone(occ), func(o glossary.Occurrence) bool { return t.excepted(locale, source, o.ID) })
}

// except lets the renderings that a decision has kept stand in their
// sentences.
func (p *Pipeline) except(ctx context.Context, b *edition.Batch, d edition.Decision) error {
	groups, err := p.rejectedGroups(ctx, b, d)
	if err != nil {
		return err
	}
	concepts, ids := map[int64][]string{}, []int64(nil)
	for i := range groups {
		g := &groups[i]
		ids = append(ids, g.ID)
		concepts[g.ID] = append(concepts[g.ID], g.Concept)
		for _, r := range g.Replaced {
			concepts[g.ID] = append(concepts[g.ID], r.Concept)
		}
	}
	for after := int64(0); ; {
		items, err := p.store.ItemsAfter(ctx, b.ID, []edition.ItemStatus{edition.ItemRejected}, ids, after, 200)
		if err != nil || len(items) == 0 {
			if err == nil {
				err = p.loadGlossary(ctx)
			}
			return err
		}
		after = items[len(items)-1].Target
		items = slices.DeleteFunc(items, func(m edition.Item) bool {
			return m.By != d.Who || len(d.Targets) > 0 && !slices.Contains(d.Targets, m.Target)
		})
		if err := p.exceptItems(ctx, b, d, items, concepts); err != nil {
			return err
		}
	}
}

func (p *Pipeline) exceptItems(ctx context.Context, b *edition.Batch, d edition.Decision, items []edition.Item, concepts map[int64][]string) error {
	targets := map[int64]int64{}
	var ids []int64
	for _, m := range items {
		targets[m.Target] = m.Group
		ids = append(ids, m.Target)
	}
	as, err := p.store.AffectedByTarget(ctx, ids)
	if err != nil {
		return err
	}
	var xs []edition.TermException
	for i := range as {
		a := &as[i]
		names := slices.Clone(concepts[targets[a.Target]])
		slices.Sort(names)
		for _, c := range slices.Compact(names) {
			xs = append(xs, edition.TermException{Locale: a.Locale, Source: content.ExactHash(a.Source), Concept: c, Batch: b.ID, Who: d.Who, Why: d.Reason})
		}
	}
	return p.store.InTx(ctx, func(tx Tx) error { return tx.AddTermExceptions(ctx, xs) })
}
