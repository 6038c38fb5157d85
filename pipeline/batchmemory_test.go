package pipeline_test

import (
	"slices"
	"testing"

	"dragoman/internal/edition"
)

// remembered are the Arabic words that the memory has for a sentence.
func (h *house) remembered(source string) (out []string) {
	h.t.Helper()
	ms, err := h.store.MemoryExact(h.t.Context(), source)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, m := range ms {
		out = append(out, m.Target)
	}
	slices.Sort(out)
	return out
}

// TestUndoingBringsBackNoMemoryThatHasBeenOvertaken: the target has given a
// newer entry since its first one was set aside, or corrected.
func TestUndoingBringsBackNoMemoryThatHasBeenOvertaken(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		p := newPress(t, options{postgres: postgres})
		p.release("rev", "The road to Maasran closed.", "People fled to Maasran.")
		p.run()
		p.approveAll("Omar", "rev", "ar")
		if got := p.remembered("The road to Maasran closed."); !slices.Equal(got, []string{"أغلق طريق المدينة."}) {
			t.Fatal(got)
		}
		b := p.apply("Lina", p.prefer("loc.maasran", "معر شمارين"))
		if got := p.remembered("The road to Maasran closed."); len(got) != 0 {
			t.Fatalf("not set aside: %q", got)
		}
		p.say("Omar", p.at("rev", 2), "أغلق الطريق إلى معر شمارين.")
		p.say("Omar", p.at("rev", 3), "هرب الناس إلى معر شمارين.")
		for _, r := range p.view("rev", "ar").Rows {
			for _, pr := range r.Proposals {
				if _, err := p.pipe.DecideItems(t.Context(), "Omar", pr.CauseID, []int64{r.Target.ID}, true, edition.TeachNothing, ""); err != nil {
					t.Fatal(err)
				}
			}
		}
		p.approveAll("Omar", "rev", "ar")
		p.settle()
		if got := p.remembered("The road to Maasran closed."); !slices.Equal(got, []string{"أغلق الطريق إلى معر شمارين."}) {
			t.Fatal(got)
		}
		if _, err := p.pipe.UndoBatch(t.Context(), "Lina", b.ID); err != nil {
			t.Fatal(err)
		}
		p.settle()
		if got := p.remembered("The road to Maasran closed."); !slices.Equal(got, []string{"أغلق الطريق إلى معر شمارين."}) {
			t.Errorf("set aside, and overtaken: %q", got)
		}
		if got := p.remembered("People fled to Maasran."); !slices.Equal(got, []string{"هرب الناس إلى معر شمارين."}) {
			t.Errorf("corrected, and overtaken: %q", got)
		}
	})
}
