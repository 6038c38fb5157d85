package desk_test

import (
	"fmt"
	"strings"
	"testing"

	"dragoman/internal/edition"
)

// A file that lacks many concepts is not applied, nor ordered for a time, until
// somebody has ticked that so many are to be retired; few need no tick.
func TestAFileThatLacksMuchIsAskedAbout(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	b := h.as("terminologist")
	sheet := func(n int) string {
		s := "id,kind,en,ar\n"
		for i := range n {
			s += fmt.Sprintf("loc.m%02d,LOC,Many %c,كثير %c\n", i, 'A'+i, 'ا'+i)
		}
		return s
	}
	few := b.upload("/glossary/import", "many.csv", sheet(25)).URL.Path
	if a := b.post(few + "/apply"); !strings.HasPrefix(a.URL.Path, "/batches/") {
		t.Fatalf("what retires nothing is asked about: %s", said(a))
	}
	h.settle()
	page := b.upload("/glossary/import", "one.csv", sheet(1), "replace", "yes")
	set := page.URL.Path
	n := strings.Count(page.Body, `name="retire" value="`)
	if n != 2 || !strings.Contains(page.Body, "are missing from the file and will be retired") || !strings.Contains(page.Body, ">Many B<") {
		t.Fatalf("%d questions are at %s", n, set)
	}
	inspect(t, "the question", page.Body)
	_, count, _ := strings.Cut(page.Body, `name="retire" value="`)
	count, _, _ = strings.Cut(count, `"`)
	for _, wrong := range [][]string{nil, {"retire", "1"}} {
		if a := b.post(set+"/apply", wrong...); a.URL.Path != set || !strings.Contains(said(a), "said error") {
			t.Errorf("applied with %q: %s", wrong, said(a))
		}
		if a := b.post(set+"/effect", append(wrong, "at", "2199-12-01T09:00")...); !strings.Contains(said(a), "said error") {
			t.Errorf("ordered with %q: %s", wrong, said(a))
		}
	}
	if sets, err := h.pipe.ChangeSets(t.Context(), 10, edition.DraftSet); err != nil || len(sets) != 1 {
		t.Errorf("%d sets are drafts, %v", len(sets), err)
	}
	if a := b.post(set+"/apply", "retire", count); !strings.HasPrefix(a.URL.Path, "/batches/") {
		t.Errorf("what was ticked is refused: %s", said(a))
	}
	h.settle()
	if got := len(h.pipe.Glossary().Concepts()); got != 1 {
		t.Errorf("%d concepts are left", got)
	}
}
