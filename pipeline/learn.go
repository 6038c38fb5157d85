package pipeline

import (
	"context"
	"fmt"
	"time"

	"dragoman/internal/edition"
)

// Learnt tells which names reviewers have corrected by hand in the same way
// several times since a time, so that the glossary may want the change.
func (p *Pipeline) Learnt(ctx context.Context, since time.Time) ([]edition.Learnt, error) {
	if err := p.Refresh(ctx); err != nil {
		return nil, err
	}
	g := p.terms.Load()
	var found []edition.NameCorrection
	err := p.store.EachHandEdit(ctx, since, func(h *edition.HandEdit) error {
		found = append(found, edition.FindCorrections(g.Glossary, h)...)
		return ctx.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("look for names that were corrected by hand: %w", err)
	}
	learnt := edition.Learn(found)
	for i := range learnt {
		if learnt[i].ChangeSet, err = p.store.ChangeSetBy(ctx, learnt[i].Cause()); err != nil {
			return nil, err
		}
	}
	return learnt, nil
}

// ProposeLearnt makes a draft change set of a correction, in the name of who
// asks for it; one that is there already is given back, whatever has become of
// it.
func (p *Pipeline) ProposeLearnt(ctx context.Context, who string, l edition.Learnt) (edition.ChangeSet, error) {
	if id, err := p.store.ChangeSetBy(ctx, l.Cause()); err != nil || id != 0 {
		if err != nil {
			return edition.ChangeSet{}, err
		}
		return p.store.ChangeSet(ctx, id)
	}
	g := p.terms.Load()
	i, ok := g.ByID(l.Concept)
	if !ok {
		return edition.ChangeSet{}, fmt.Errorf("the glossary has no concept %q any more: %w", l.Concept, edition.ErrNotFound)
	}
	set := edition.ChangeSet{
		Title:  fmt.Sprintf("%s (%s): %s → %s", g.Concept(i).Source, l.Locale, l.Old, l.New),
		Reason: fmt.Sprintf("corrected by hand in %d segments of %d editions", l.Targets, l.Editions),
		Cause:  l.Cause(), Base: g.version, Edits: []edition.ConceptEdit{l.Edit(g.Concept(i))},
	}
	saved, _, err := p.SaveChangeSet(ctx, who, set, edition.OldForbidden)
	return saved, err
}
