package memory

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestOffersOfTemplates reads testdata/offers/*.txt: a locale and the pairs
// that templates are learned from, a line of dashes, and queries with what is
// offered ("query = kind score target", "query = nothing").
func TestOffersOfTemplates(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/offers/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	names := starterNames(t)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			pairs, want, _ := strings.Cut(string(data), "---\n")
			locale, pairs, _ := strings.Cut(pairs, "\n")
			p, err := Learn(names, locale, linePairs(pairs), 2)
			if err != nil {
				t.Fatal(err)
			}
			var got strings.Builder
			for line := range strings.Lines(want) {
				query, _, _ := strings.Cut(line, " = ")
				offer := "nothing"
				if m, ok := p.Offer(query); ok {
					offer = fmt.Sprintf("%s %d %s", m.Kind, m.Score, m.Target)
				}
				fmt.Fprintf(&got, "%s = %s\n", query, offer)
			}
			if d := cmp.Diff(want, got.String()); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}
