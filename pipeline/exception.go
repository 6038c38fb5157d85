package pipeline

import (
	"context"
	"fmt"
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

// exceptionsOf are the sentences in which a glossary lets other renderings of
// its concepts stand.
func exceptionsOf(g *glossary.Glossary) map[exceptionKey]bool {
	out := map[exceptionKey]bool{}
	for i := range g.Len() {
		c := g.Concept(i)
		for _, x := range c.Exceptions {
			out[exceptionKey{x.Language, c.ID, content.ExactHash(x.Source)}] = true
		}
	}
	return out
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

// except makes of a rejection a draft change set in which the renderings that
// stand are right in their very sentences, and returns its number; 0 where
// there is nothing to teach.
func (p *Pipeline) except(ctx context.Context, b *edition.Batch, d edition.Decision) (int64, error) {
	groups, err := p.rejectedGroups(ctx, b, d)
	if err != nil {
		return 0, err
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
	learnt := map[string][]glossary.Exception{}
	for after := int64(0); ; {
		items, err := p.store.ItemsAfter(ctx, b.ID, []edition.ItemStatus{edition.ItemRejected}, ids, after, 200)
		if err != nil {
			return 0, err
		}
		if len(items) == 0 {
			break
		}
		after = items[len(items)-1].Target
		items = slices.DeleteFunc(items, func(m edition.Item) bool {
			return m.By != d.Who || len(d.Targets) > 0 && !slices.Contains(d.Targets, m.Target)
		})
		if err := p.sentencesOf(ctx, items, concepts, learnt); err != nil {
			return 0, err
		}
	}
	return p.proposeExceptions(ctx, b, d, learnt)
}

// sentencesOf adds the sentences of items as exceptions, by concept.
func (p *Pipeline) sentencesOf(ctx context.Context, items []edition.Item, concepts map[int64][]string, into map[string][]glossary.Exception) error {
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
	for i := range as {
		x := glossary.Exception{Language: as[i].Locale, Source: as[i].Source}
		for _, c := range concepts[targets[as[i].Target]] {
			if !slices.Contains(into[c], x) {
				into[c] = append(into[c], x)
			}
		}
	}
	return nil
}

// proposeExceptions saves the draft change set that adds exceptions.
func (p *Pipeline) proposeExceptions(ctx context.Context, b *edition.Batch, d edition.Decision, learnt map[string][]glossary.Exception) (int64, error) {
	if err := p.Refresh(ctx); err != nil {
		return 0, err
	}
	g := p.terms.Load()
	var edits []edition.ConceptEdit
	for _, id := range sortedKeysOf(learnt) {
		k, ok := g.ByID(id)
		if !ok {
			continue
		}
		before := g.Concept(k)
		after := *before
		after.Exceptions = slices.Clone(before.Exceptions)
		for _, x := range learnt[id] {
			if !slices.Contains(after.Exceptions, x) {
				after.Exceptions = append(after.Exceptions, x)
			}
		}
		if len(after.Exceptions) > len(before.Exceptions) {
			edits = append(edits, edition.ConceptEdit{ID: id, Before: before, After: &after})
		}
	}
	if len(edits) == 0 {
		return 0, nil
	}
	set, _, err := p.saveChangeSet(ctx, d.Who, edition.ChangeSet{
		Title: fmt.Sprintf("Exceptions that were made in batch %d", b.ID), Reason: d.Reason, Cause: fmt.Sprintf("batch %d", b.ID), Edits: edits,
	}, edition.OldTerms(""), p.taught(ctx, d))
	return set.ID, err
}

func sortedKeysOf[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// exceptedSources are the source texts in which the change set makes an
// exception, or unmakes one. The concepts that it changes in nothing else are
// given by their ids: nothing of other texts is touched.
func (c *Changes) exceptedSources(ctx context.Context) (sources []int64, alone map[string]bool, err error) {
	alone = map[string]bool{}
	var hashes []content.Hash
	for i := range c.Set.Edits {
		e := &c.Set.Edits[i]
		if e.Before == nil || e.After == nil || len(e.Before.Exceptions)+len(e.After.Exceptions) == 0 {
			continue
		}
		both := glossary.Change{Kind: glossary.Changed, Old: e.Before, New: e.After}
		xs, _ := both.OnlyExceptions()
		for _, x := range xs {
			hashes = append(hashes, content.ExactHash(x.Source))
		}
		for _, ch := range glossary.Diff([]glossary.Concept{*e.Before}, []glossary.Concept{*e.After}) {
			if _, only := ch.OnlyExceptions(); only {
				alone[e.ID] = true
			}
		}
	}
	sources, err = c.p.store.SourcesByHash(ctx, hashes)
	return sources, alone, err
}
