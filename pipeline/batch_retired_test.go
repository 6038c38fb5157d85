package pipeline_test

import (
	"testing"

	"dragoman/internal/edition"
)

// TestWhatARetiredConceptFoundGoes: a name that the glossary asks for no more
// is no mistake any more, and is one again when the change is undone.
func TestWhatARetiredConceptFoundGoes(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		p := newPress(t, options{postgres: postgres})
		p.release("one", "The road to Maasran closed.", "Idlib was calm.")
		p.run()
		const source = "The road to Maasran closed."
		if n := p.row(p.view("one", "ar"), source).Target.Errors; n != 1 {
			t.Fatalf("%d errors to begin with", n)
		}
		merged := p.concept("loc.maasran")
		merged.ReplacedBy = "loc.idlib"
		for name, e := range map[string]edition.ConceptEdit{"retired": {ID: "loc.maasran"}, "replaced": {ID: "loc.maasran", After: merged}} {
			b := p.apply("Lina", e)
			v := p.view("one", "ar")
			if row := p.row(v, source); row.Target.Errors != 0 || len(row.Findings) != 0 || v.Counts.Errors != 0 {
				t.Errorf("%s: %+v", name, row.Findings)
			}
			if _, err := p.pipe.UndoBatch(t.Context(), "Lina", b.ID); err != nil {
				t.Fatal(err)
			}
			p.settle()
			if n := p.row(p.view("one", "ar"), source).Target.Errors; n != 1 {
				t.Errorf("%s and undone: %d errors", name, n)
			}
		}
	})
}
