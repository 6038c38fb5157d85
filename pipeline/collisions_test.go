package pipeline_test

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"dragoman/glossary"
	"dragoman/internal/edition"
)

// arabic is a concept with an Arabic term.
func arabic(id string, kind glossary.Kind, source, term string) *glossary.Concept {
	return &glossary.Concept{ID: id, Kind: kind, Source: source, Targets: map[string]glossary.Terms{"ar": {Preferred: []glossary.Term{{Text: term}}}}}
}

// TestANewConceptTakesAFormFromAnother: جمهورية is a form of جمهوري until the
// republic is a concept of its own; what relied on it is looked at again, and
// nothing else of that concept.
func TestANewConceptTakesAFormFromAnother(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		h := build(t, options{postgres: postgres})
		h.change(edition.ConceptEdit{ID: "nisba.republican", After: arabic("nisba.republican", glossary.NISBA, "Republican", "جمهوري")})
		h.write("one.md", "---\ntitle: One\nslug: one\n---\n\nRepublican troops came. A Republican officer came. The Republican left. Nobody came.\n")
		h.run()
		v := h.view("one", "ar")
		h.say("Lina", v.Rows[1], "جاءت قوات جمهورية.")
		h.say("Lina", v.Rows[2], "جاء ضابط جمهوري.")
		h.say("Lina", v.Rows[3], "غادر الرجل.") // wrong before as well
		set := h.draft(edition.ConceptEdit{ID: "com.republic", After: arabic("com.republic", glossary.COMMON, "republic", "جمهورية")})
		want := []string{"one ar 1: person task", "one ar 2: right none", "one ar 3: right none"}
		if d := gocmp.Diff(want, h.touched(set.ID)); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
		b, err := h.pipe.Apply(t.Context(), "Lina", set.ID)
		if err != nil {
			t.Fatal(err)
		}
		h.settle()
		if b = h.batch(b.ID); b.Count(edition.ItemTask) != 1 || h.at("one", 2).Target.Errors != 1 || h.at("one", 3).Target.Errors != 0 {
			t.Errorf("%+v: %+v", b.Counts, h.at("one", 2).Findings)
		}
		// Gone again, the form is the nisba's again.
		if _, err := h.pipe.UndoBatch(t.Context(), "Lina", b.ID); err != nil {
			t.Fatal(err)
		}
		h.settle()
		if h.at("one", 2).Target.Errors != 0 {
			t.Errorf("%+v", h.at("one", 2).Findings)
		}
		if set, _, err = h.pipe.SaveChangeSet(t.Context(), "Lina", edition.ChangeSet{Edits: []edition.ConceptEdit{{ID: "com.republic", After: arabic("com.republic", glossary.COMMON, "republic", "جمهورية")}}}, ""); err != nil {
			t.Fatal(err)
		}
		if _, err := h.pipe.Apply(t.Context(), "Lina", set.ID); err != nil {
			t.Fatal(err)
		}
		h.settle()
		gone := h.draft(edition.ConceptEdit{ID: "com.republic"})
		if _, err := h.pipe.Apply(t.Context(), "Lina", gone.ID); err != nil {
			t.Fatal(err)
		}
		h.settle()
		if h.at("one", 2).Target.Errors != 0 {
			t.Errorf("retired: %+v", h.at("one", 2).Findings)
		}
	})
}
