package memory

import (
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// patternCases runs the cases of a folder: a locale, the pairs ("source =
// target", one a line), a line of dashes, and what learning from them must
// give, which run works out and cmp compares as text.
func patternCases(t *testing.T, folder string, run func(t *testing.T, names Names, locale string, pairs iter.Seq2[string, string], want string) (got string)) {
	t.Helper()
	files, err := filepath.Glob("testdata/" + folder + "/*.txt")
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
			if d := cmp.Diff(want, run(t, names, locale, linePairs(pairs), want)); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

// TestTemplates reads testdata/templates/*.txt, whose last part are the
// patterns that are learned ("count/agree source = target").
func TestTemplates(t *testing.T) {
	t.Parallel()
	patternCases(t, "templates", func(t *testing.T, names Names, locale string, pairs iter.Seq2[string, string], _ string) string {
		learned, err := Templates(names, locale, pairs, 2)
		if err != nil {
			t.Fatal(err)
		}
		var got strings.Builder
		for _, x := range learned {
			fmt.Fprintf(&got, "%d/%d %s = %s\n", x.Count, x.Agree, x.Source, x.Target)
		}
		return got.String()
	})
}

func linePairs(text string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for line := range strings.Lines(text) {
			if s, t, ok := strings.Cut(strings.TrimSpace(line), " = "); ok && !yield(s, t) {
				return
			}
		}
	}
}
