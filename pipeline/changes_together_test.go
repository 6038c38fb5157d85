package pipeline_test

import (
	"errors"
	"testing"

	"dragoman/glossary"
	"dragoman/internal/edition"
	"dragoman/pipeline"
)

// TestDraftsThatAreRightAloneAreRefusedTogether: each was sound when it was
// made, and what another has done since makes it a mistake.
func TestDraftsThatAreRightAloneAreRefusedTogether(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		h := build(t, options{postgres: postgres})
		replaced := func(id, by string) edition.ChangeSet {
			c := h.concept(id)
			c.ReplacedBy = by
			return h.draft(edition.ConceptEdit{ID: id, After: c})
		}
		named := func(id string, terms glossary.Terms) edition.ChangeSet {
			return h.draft(edition.ConceptEdit{ID: id, After: &glossary.Concept{ID: id, Kind: glossary.LOC, Source: "Binnish", Targets: map[string]glossary.Terms{"ar": terms}}})
		}
		right := preferring("بنش")
		wrong := preferring("بنيش")
		wrong.Forbidden = right.Preferred
		for name, sets := range map[string][2]edition.ChangeSet{
			"a circle":          {replaced("loc.idlib", "loc.maasran"), replaced("loc.maasran", "loc.idlib")},
			"a forbidden term":  {named("loc.binnish", right), named("loc.other", wrong)},
			"a concept is gone": {h.draft(edition.ConceptEdit{ID: "org.coalition"}), replaced("loc.kafranbel", "org.coalition")},
		} {
			b, err := h.pipe.Apply(t.Context(), "Lina", sets[0].ID)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			version := h.pipe.GlossaryVersion()
			var bad *pipeline.BadChangeSet
			if _, err := h.pipe.Apply(t.Context(), "Lina", sets[1].ID); !errors.As(err, &bad) {
				t.Errorf("%s: applied, with %v", name, err)
			}
			if set, err := h.pipe.ChangeSet(t.Context(), sets[1].ID); err != nil || set.Status != edition.DraftSet || h.pipe.GlossaryVersion() != version {
				t.Errorf("%s: %+v, %v", name, set.Status, err)
			}
			h.settle()
			if _, err := h.pipe.UndoBatch(t.Context(), "Lina", b.ID); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			h.settle()
		}
	})
}
