package glossary_test

import (
	"testing"
	"time"

	"dragoman/glossary"
)

// TestRepairOfASpelling: a rendering whose spelling alone is forbidden is found
// as the right one, too, and does not stand beside it.
func TestRepairOfASpelling(t *testing.T) {
	t.Parallel()
	for _, x := range []struct{ preferred, forbidden, target, want string }{
		{"إدلب", "ادلب", "بلدة قرب ادلب.", "بلدة قرب إدلب."},
		{"ادلب", "إدلب", "وبإدلب", "وبادلب"},
		{"إدلب", "ادلب", "ادلب قرب ادلب", "إدلب قرب إدلب"},
	} {
		g, problems := glossary.Compile([]glossary.Concept{{
			ID: "loc.idlib", Kind: glossary.LOC, Source: "Idlib", Rule: glossary.Rule{CaseSensitive: true},
			Targets: map[string]glossary.Terms{"ar": {Preferred: []glossary.Term{{Text: x.preferred}}, Forbidden: []glossary.Term{{Text: x.forbidden}}}},
		}}, glossary.Options{})
		if g == nil {
			t.Fatal(problems)
		}
		source := "A town near Idlib."
		occ := g.License(g.NewDocument("", time.Time{}), g.Find(nil, source), source)
		if got, swaps := g.Repair("ar", source, occ, x.target); got != x.want {
			t.Errorf("%s became %s, want %s: %+v", x.target, got, x.want, swaps)
		}
	}
}

// TestRepairHoldsBackBesideTheRightName: where the name already has its
// rendering, a forbidden one may be the name of something else, and only a
// person can say.
func TestRepairHoldsBackBesideTheRightName(t *testing.T) {
	t.Parallel()
	g, problems := glossary.Compile([]glossary.Concept{{
		ID: "loc.damascus", Kind: glossary.LOC, Source: "Damascus", Rule: glossary.Rule{CaseSensitive: true},
		Targets: map[string]glossary.Terms{"ar": {Preferred: []glossary.Term{{Text: "دمشق"}}, Forbidden: []glossary.Term{{Text: "الشام"}}}},
	}}, glossary.Options{})
	if g == nil {
		t.Fatal(problems)
	}
	source := "Ahrar al-Sham left Damascus."
	for target, want := range map[string]string{
		"غادرت أحرار الشام دمشق.": "غادرت أحرار الشام دمشق.",
		"غادروا الشام.":           "غادروا دمشق.",
	} {
		occ := g.License(g.NewDocument("", time.Time{}), g.Find(nil, source), source)
		if got, _ := g.Repair("ar", source, occ, target); got != want {
			t.Errorf("%s became %s, want %s", target, got, want)
		}
		if vs := g.Verify(nil, "ar", source, occ, target); len(vs) == 0 || vs[0].Reason != glossary.ReasonForbidden {
			t.Errorf("%s: %+v, want it told as forbidden", target, vs)
		}
	}
}
