package edition_test

import (
	"fmt"
	"testing"

	"dragoman/glossary"
	"dragoman/internal/edition"
)

// TestFindCorrections runs testdata/corrections.txt.
func TestFindCorrections(t *testing.T) {
	t.Parallel()
	for _, c := range readPlans(t, "testdata/corrections.txt") {
		g := planGlossary(t, c.old)
		got := "nothing"
		for _, k := range edition.FindCorrections(g, &edition.HandEdit{Locale: c.locale, Source: c.source, Before: c.target, After: c.text}) {
			got = k.Old + " > " + k.New
		}
		if got != c.why {
			t.Errorf("%s (line %d): got %s, want %s", c.name, c.line, got, c.why)
		}
	}
}

func TestOnlyWhatIsCorrectedOftenIsLearnt(t *testing.T) {
	t.Parallel()
	var cs []edition.NameCorrection
	add := func(target, ed int64, locale, name, by string) {
		cs = append(cs, edition.NameCorrection{Concept: "c", Locale: locale, Old: "a", New: name, HandEdit: edition.HandEdit{Target: target, Edition: ed, By: by}})
	}
	for i := range int64(3) {
		add(i, i/2, "ar", "b", fmt.Sprint("p", i%2))  // three targets of two editions
		add(10+i, 9, "ar", "x", "p")                  // one edition only
		add(20+i, 20+i, "fr", fmt.Sprint("y", i), "") // another name each time
	}
	add(0, 0, "ar", "b", "p0") // the same target again
	got := edition.Learn(cs)
	if len(got) != 1 || got[0].New != "b" || got[0].Targets != 3 || got[0].Editions != 2 || len(got[0].People) != 2 {
		t.Errorf("got %+v", got)
	}
}

func TestALessonMakesTheNewNameThePreferredOne(t *testing.T) {
	t.Parallel()
	term := func(s string) []glossary.Term { return []glossary.Term{{Text: s}} }
	c := &glossary.Concept{ID: "c", Targets: map[string]glossary.Terms{"ar": {Preferred: term("a"), Accepted: term("z"), Forbidden: term("b")}}}
	e := (&edition.Learnt{Concept: "c", Locale: "ar", Old: "a", New: "b"}).Edit(c)
	ts := e.After.Targets["ar"]
	if len(ts.Preferred) != 1 || ts.Preferred[0].Text != "b" || len(ts.Forbidden) != 0 || len(ts.Accepted) != 1 || c.Targets["ar"].Preferred[0].Text != "a" {
		t.Errorf("got %+v, the concept is %+v", ts, c.Targets["ar"])
	}
}
