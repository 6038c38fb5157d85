package glossary

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestSwapTerm runs testdata/target_repair.tsv: the old rendering in the text
// is swapped for the new one.
func TestSwapTerm(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/target_repair.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(strings.TrimRight(string(data), "\n"), "\n") {
		if i == 0 || strings.HasPrefix(line, "#") || line == "" {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 8 {
			t.Fatalf("testdata/target_repair.tsv:%d: %d columns, want 8", i+1, len(f))
		}
		lang, kind, oldTerm, newTerm, text, expect, want, trap := f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7]
		t.Run(fmt.Sprintf("%d_%s", i+1, lang), func(t *testing.T) {
			t.Parallel()
			c := Concept{ID: "c.test", Kind: Kind(kind), Source: "Test", Targets: map[string]Terms{
				lang: {Preferred: termsOf(newTerm)},
			}}
			g := compiled(t, c)
			got, swaps, certain := g.SwapTerm(lang, text, termOf(oldTerm).Text, termOf(newTerm).Text, 0)
			result := "propose"
			if certain {
				result = "certain"
			}
			if len(swaps) == 0 {
				result = "none"
			}
			if result != expect || got != want && want != "*" {
				t.Errorf("line %d (%s): %s -> %s\n in %s\ngot  %s %s %+v\nwant %s %s", i+1, trap, oldTerm, newTerm, text, result, got, swaps, expect, want)
			}
		})
	}
}
