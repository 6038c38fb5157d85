package pipeline_test

import (
	"testing"

	"dragoman/glossary"
	"dragoman/internal/edition"
)

// TestALicenceComesAndGoesWithARevision: a sentence that stays as it is names
// the Coalition only where the document does before it.
func TestALicenceComesAndGoesWithARevision(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		p := newPress(t, options{postgres: postgres})
		p.change(edition.ConceptEdit{ID: "org.ana", After: &glossary.Concept{ID: "org.ana", Kind: glossary.ORG, Source: "the Coalition",
			Rule: glossary.Rule{CaseSensitive: true, Licence: []string{"org.coalition"}}, Targets: map[string]glossary.Terms{"ar": preferring("الائتلاف")}}})
		p.words["The Syrian Coalition met."] = "اجتمع الائتلاف الوطني السوري."
		p.words["The Coalition was glad."] = "سر التحالف."
		for _, c := range []struct {
			sentences []string
			errors    int
		}{
			{[]string{"Nobody came.", "The Coalition was glad."}, 0},
			{[]string{"The Syrian Coalition met.", "Nobody came.", "The Coalition was glad."}, 1},
			{[]string{"Nobody came.", "The Coalition was glad."}, 0},
		} {
			p.release("one", c.sentences...)
			p.run()
			v := p.view("one", "ar")
			if row := p.row(v, "The Coalition was glad."); row.Target.Errors != c.errors || v.Counts.Errors != c.errors {
				t.Errorf("%q: %d errors in the sentence, %d in the edition: %+v", c.sentences, row.Target.Errors, v.Counts.Errors, row.Findings)
			}
		}
	})
}
