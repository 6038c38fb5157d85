package glossary_test

import (
	"testing"
	"time"

	"dragoman/glossary"
)

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
