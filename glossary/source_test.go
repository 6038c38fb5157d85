package glossary_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"dragoman/glossary"
)

// starterConcepts reads the 73 concepts for which the golden cases are
// written. The glossary of package terms grows; these stay.
func starterConcepts(t testing.TB) []glossary.Concept {
	t.Helper()
	f, err := os.Open("testdata/starter.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	concepts, err := glossary.ReadCSV(f, f.Name())
	if err != nil {
		t.Fatal(err)
	}
	return concepts
}

// starter compiles them.
func starter(t testing.TB) *glossary.Glossary {
	t.Helper()
	g, problems := glossary.Compile(starterConcepts(t), glossary.Options{})
	if g == nil {
		t.Fatal(problems)
	}
	return g
}

// TestSourcePairs runs the golden cases of testdata/source_pairs.tsv: a text,
// a concept, whether it is required there (1) or not (0), whether the document
// has named the Coalition before, and the trap.
func TestSourcePairs(t *testing.T) {
	t.Parallel()
	g := starter(t)
	data, err := os.ReadFile("testdata/source_pairs.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for n, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		f := strings.Split(line, "\t")
		if n == 0 || strings.HasPrefix(line, "#") {
			continue
		}
		if len(f) < 4 {
			t.Errorf("line %d: %q has too few columns", n+1, line)
			continue
		}
		if _, ok := g.ByID(f[1]); !ok {
			t.Errorf("line %d: no concept %s", n+1, f[1])
		}
		doc := g.NewDocument("", time.Time{})
		if f[3] == "1" {
			first := "The Syrian Coalition met."
			g.License(doc, g.Find(nil, first), first)
		}
		text := unescapeCase(f[0])
		occ := g.License(doc, g.Find(nil, text), text)
		got := "0"
		for _, o := range occ {
			if o.ID == f[1] && !o.Nested {
				got = "1"
			}
		}
		if got != f[2] {
			t.Errorf("line %d: %q: %s: required %s, want %s (%s)\nfound: %+v", n+1, text, f[1], got, f[2], f[len(f)-1], occ)
		}
	}
}

// unescapeCase turns \n and \u00ad of a golden case into what they stand for.
func unescapeCase(s string) string {
	return strings.NewReplacer(`\nbsp`, "\u00a0", `\n`, "\n", `\shy`, "\u00ad", `\zwnj`, "\u200c", `\lrm`, "\u200e").Replace(s)
}
