package pipeline_test

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"dragoman/glossary"
	"dragoman/internal/store"
)

// seen lists what Names gives of a concept, a line each.
func (h *house) seen(locale, concept string) []string {
	h.t.Helper()
	var rows []glossary.Seen
	err := h.pipe.Names(h.t.Context(), h.store, []string{locale}, concept, func(_ string, seen []glossary.Seen) error {
		rows = seen
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	var out []string
	for _, r := range rows {
		approved := ""
		if r.Approved {
			approved = " approved by " + r.By
		}
		out = append(out, fmt.Sprintf("%s %s %d: %q of %q on %s%s", r.Concept, r.Release, r.Segment, r.Text, r.Term, r.Date.Format("2006-01-02"), approved))
	}
	slices.Sort(out)
	return out
}

func TestNamesAreSeenWhereTheyStand(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		h := build(t, options{postgres: postgres})
		h.write("one.md", "---\ntitle: Attack on Maasran\nslug: one\ndate: 2018-02-05\n---\n\nMaasran was hit. **Maasran** was hit again. Nobody came.\n")
		h.write("two.md", "---\ntitle: Two\nslug: two\ndate: 2018-03-07\n---\n\nMaasran was hit. Idlib was calm.\n")
		h.run()
		if got := h.seen("ar", "loc.maasran"); len(got) != 0 {
			t.Errorf("nothing is translated, but %v", got)
		}
		one, two := h.view("one", "ar"), h.view("two", "ar")
		h.approve("Omar", h.say("Lina", one.Rows[0], "هجوم على معصران"))
		h.say("Lina", one.Rows[1], "قصفت وبمعسران.")
		h.say("Lina", one.Rows[2], "قصفت ⟦1⟧معصران⟦/1⟧ ثانية.")
		h.say("Lina", two.Rows[1], "قصفت المعصرة.")
		h.say("Lina", two.Rows[2], "كانت إدلب هادئة.")
		want := []string{
			`loc.maasran one 0: "معصران" of "معصران" on 2018-02-05 approved by Omar`,
			`loc.maasran one 1: "وبمعسران" of "معسران" on 2018-02-05`,
			`loc.maasran one 2: "معصران" of "معصران" on 2018-02-05`,
			`loc.maasran two 1: "المعصرة" of "" on 2018-03-07`,
		}
		if d := gocmp.Diff(want, h.seen("ar", "loc.maasran")); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
		if got := h.seen("ar", ""); len(got) != 5 {
			t.Errorf("all names: %v", got)
		}
		if got := h.seen("fr", "loc.maasran"); len(got) != 0 {
			t.Errorf("there is no French edition, but %v", got)
		}
		if err := h.pipe.Names(t.Context(), h.store, []string{"ar"}, "loc.nowhere", nil); err == nil {
			t.Error("an unknown concept gave no error")
		}
		if _, err := h.pipe.Withdraw(t.Context(), "Omar", two.ID, "not ours"); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(filepath.Join(h.dir, "one.md")); err != nil {
			t.Fatal(err)
		}
		h.run()
		if got := h.seen("ar", ""); len(got) != 0 {
			t.Errorf("one is removed and two withdrawn, but %v", got)
		}
	})
}

func TestNamesThatAreNewAreSeenInOldTexts(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	h.write("one.md", "---\ntitle: One\nslug: one\n---\n\nThe mayor of Binnish met the council. Nobody came.\n")
	h.run()
	h.say("Lina", h.view("one", "ar").Rows[1], "التقى رئيس بلدية بنش المجلس.")
	cs, err := glossary.ReadCSV(strings.NewReader(concepts+"loc.binnish,LOC,Binnish,,cs,بنش,,,,\n"), "test.csv")
	if err != nil {
		t.Fatal(err)
	}
	err = h.store.InTx(t.Context(), func(tx *store.Tx) error {
		_, err := tx.SaveGlossary(t.Context(), cs, "Lina", "a new name", "")
		return err
	})
	if err := cmp.Or(err, h.pipe.Refresh(context.Background())); err != nil {
		t.Fatal(err)
	}
	if got := h.seen("ar", "loc.binnish"); len(got) != 1 || !strings.Contains(got[0], `one 1: "بنش"`) {
		t.Errorf("got %v", got)
	}
}

func TestALicensedNameIsSeenOnlyWhereItsDocumentSaysWhichOne(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	cs, err := glossary.ReadCSV(strings.NewReader(strings.Replace(concepts, "loc.idlib,", "org.ana,ORG,the Coalition,,cs; licence=org.coalition,الائتلاف,,,,\nloc.idlib,", 1)), "test.csv")
	if err != nil {
		t.Fatal(err)
	}
	err = h.store.InTx(t.Context(), func(tx *store.Tx) error {
		_, err := tx.SaveGlossary(t.Context(), cs, "Lina", "the Coalition", "")
		return err
	})
	if err := cmp.Or(err, h.pipe.Refresh(context.Background())); err != nil {
		t.Fatal(err)
	}
	h.write("one.md", "---\ntitle: One\nslug: one\n---\n\nThe Syrian Coalition met. The Coalition was glad.\n")
	h.write("two.md", "---\ntitle: Two\nslug: two\n---\n\nThe Coalition was glad.\n")
	h.run()
	h.say("Lina", h.view("one", "ar").Rows[2], "سر الائتلاف.")
	h.say("Lina", h.view("two", "ar").Rows[1], "سر التحالف.")
	for _, concept := range []string{"org.ana", ""} {
		if got := h.seen("ar", concept); len(got) != 1 || !strings.Contains(got[0], `org.ana one 2: "الائتلاف"`) {
			t.Errorf("%q: got %v", concept, got)
		}
	}
}
