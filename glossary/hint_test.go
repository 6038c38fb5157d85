package glossary_test

import (
	"testing"
	"time"

	"dragoman/glossary"
)

// TestHintIsNear: a name that nothing is near to gets no hint, however short
// it is.
func TestHintIsNear(t *testing.T) {
	t.Parallel()
	g, problems := glossary.Compile([]glossary.Concept{{
		ID: "loc.azaz", Kind: glossary.LOC, Source: "Azaz", Rule: glossary.Rule{CaseSensitive: true},
		Targets: map[string]glossary.Terms{"ru": {Preferred: []glossary.Term{{Text: "Азаз"}}}},
	}}, glossary.Options{})
	if g == nil {
		t.Fatal(problems)
	}
	source := "Families left Azaz."
	for target, want := range map[string]string{
		"Семьи ушли.":         "",
		"Семьи ушли из Азас.": "Азас",
	} {
		occ := g.License(g.NewDocument("", time.Time{}), g.Find(nil, source), source)
		vs := g.Verify(nil, "ru", source, occ, target)
		if len(vs) != 1 || vs[0].Hint != want {
			t.Errorf("%s: %+v, want the hint %q", target, vs, want)
		}
	}
}
