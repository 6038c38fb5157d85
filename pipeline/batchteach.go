package pipeline

import (
	"context"
	"fmt"
	"slices"

	"dragoman/glossary"
	"dragoman/internal/edition"
)

// teach makes of a rejection a draft change set in which the renderings that
// stand are right as well, and returns its number; 0 where there is nothing
// to teach.
func (p *Pipeline) teach(ctx context.Context, b *edition.Batch, d edition.Decision) (int64, error) {
	groups, err := p.rejectedGroups(ctx, b, d)
	if err != nil {
		return 0, err
	}
	edits := p.acceptingEdits(groups)
	if len(edits) == 0 {
		return 0, nil
	}
	set, _, err := p.saveChangeSet(ctx, d.Who, edition.ChangeSet{
		Title: fmt.Sprintf("Renderings that were kept in batch %d", b.ID), Reason: d.Reason, Cause: fmt.Sprintf("batch %d", b.ID),
		Edits: edits, Scope: b.Scope,
	}, edition.OldTerms(""), p.taught(ctx, d))
	return set.ID, err
}

// rejectedGroups are the groups of the items that a decision rejected.
func (p *Pipeline) rejectedGroups(ctx context.Context, b *edition.Batch, d edition.Decision) ([]edition.Group, error) {
	all, _, err := p.store.Groups(ctx, b.ID, edition.GroupFilter{Status: edition.ItemRejected})
	if err != nil {
		return nil, err
	}
	wanted := map[int64]bool{}
	for _, id := range d.Groups {
		wanted[id] = true
	}
	if len(d.Targets) > 0 {
		items, err := p.itemsOf(ctx, b.ID, d.Targets)
		if err != nil {
			return nil, err
		}
		for _, m := range items {
			if m.Status == edition.ItemRejected {
				wanted[m.Group] = true
			}
		}
	}
	if len(wanted) == 0 {
		return all, nil
	}
	return slices.DeleteFunc(all, func(g edition.Group) bool { return !wanted[g.ID] }), nil
}

// itemsOf reads items by their targets.
func (p *Pipeline) itemsOf(ctx context.Context, batch int64, targets []int64) (items []edition.Item, err error) {
	err = p.store.InTx(ctx, func(tx Tx) error {
		items = nil
		for part := range slices.Chunk(targets, 500) {
			more, err := tx.ItemsOf(ctx, batch, part)
			if err != nil {
				return err
			}
			items = append(items, more...)
		}
		return nil
	})
	return items, err
}

// acceptingEdits make the old renderings of groups accepted ones.
func (p *Pipeline) acceptingEdits(groups []edition.Group) []edition.ConceptEdit {
	g := p.terms.Load()
	after := map[string]*glossary.Concept{}
	var order []string
	for i := range groups {
		for _, r := range groups[i].Replaced {
			k, ok := g.ByID(r.Concept)
			if !ok {
				continue
			}
			c := after[r.Concept]
			if c == nil {
				copied := *g.Concept(k)
				copied.Targets = map[string]glossary.Terms{}
				for lang, ts := range g.Concept(k).Targets {
					copied.Targets[lang] = ts
				}
				c = &copied
				after[r.Concept] = c
				order = append(order, r.Concept)
			}
			c.Targets[groups[i].Locale] = accepting(c.Targets[groups[i].Locale], r.Old)
		}
	}
	var edits []edition.ConceptEdit
	for _, id := range order {
		k, _ := g.ByID(id)
		if before := g.Concept(k); before.Fingerprint() != after[id].Fingerprint() {
			edits = append(edits, edition.ConceptEdit{ID: id, Before: before, After: after[id]})
		}
	}
	return edits
}

// accepting lists a term among the accepted ones, and no longer among the
// forbidden.
func accepting(ts glossary.Terms, text string) glossary.Terms {
	same := func(t glossary.Term) bool { return t.Text == text }
	if slices.ContainsFunc(ts.Preferred, same) || slices.ContainsFunc(ts.Accepted, same) {
		return ts
	}
	term := glossary.Term{Text: text}
	if at := slices.IndexFunc(ts.Forbidden, same); at >= 0 {
		term = ts.Forbidden[at]
	}
	ts.Forbidden = slices.DeleteFunc(slices.Clone(ts.Forbidden), same)
	ts.Accepted = append(slices.Clone(ts.Accepted), term)
	return ts
}
