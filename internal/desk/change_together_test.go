package desk_test

import (
	"strings"
	"testing"
)

// Two drafts may each be right, and a mistake together: the second is refused
// in the words of the rule, and stays a draft.
func TestADraftThatAnotherHasMadeAMistake(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	b := h.as("terminologist")
	upload := func(rows string) string {
		return b.upload("/glossary/import", "two.csv", "id,kind,replaced_by,en,ar\n"+rows).URL.Path
	}
	b.post(upload("loc.one,LOC,,Town One,بلدة\nloc.two,LOC,,Town Two,قرية\n") + "/apply")
	h.settle()
	first := upload("loc.one,LOC,loc.two,Town One,بلدة\n")
	second := upload("loc.two,LOC,loc.one,Town Two,قرية\n")
	if a := b.post(first + "/apply"); !strings.HasPrefix(a.URL.Path, "/batches/") {
		t.Fatal(said(a))
	}
	if a := b.post(second + "/apply"); a.URL.Path != second || !strings.Contains(said(a), "said error") || !strings.Contains(said(a), "circle") {
		t.Errorf("%s: %s", a.URL.Path, said(a))
	}
}
