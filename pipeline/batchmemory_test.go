package pipeline_test

import (
	"slices"
	"testing"

	"dragoman/internal/edition"
	"dragoman/internal/store"
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

// TestARefusedChangeLeavesTheMemory: where a person says that approved words
// stay, so do they in the memory, now and when the name changes again.
func TestARefusedChangeLeavesTheMemory(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		p := newPress(t, options{postgres: postgres})
		p.release("song", "People fled to Maasran.", "Maasran was hit.")
		p.run()
		p.approveAll("Omar", "song", "ar")
		b := p.apply("Lina", p.prefer("loc.maasran", "معر شمارين"))
		if got := p.remembered("People fled to Maasran."); !slices.Equal(got, []string{"فر الناس إلى معر شمارين."}) {
			t.Fatal(got)
		}
		d, err := p.pipe.DecideItems(t.Context(), "Omar", b.ID, []int64{p.at("song", 2).Target.ID}, false, edition.TeachException, "an old song")
		if err != nil || d.Taught == 0 {
			t.Fatalf("%+v, %v", d, err)
		}
		kept := []string{"فر الناس إلى معصران."}
		if got := p.remembered("People fled to Maasran."); !slices.Equal(got, kept) {
			t.Errorf("refused: %q", got)
		}
		if got := p.remembered("Maasran was hit."); !slices.Equal(got, []string{"تعرضت معر شمارين للقصف."}) {
			t.Errorf("another sentence: %q", got)
		}
		p.apply("Lina", p.prefer("loc.idlib", "ادلب")) // the batch has to look anew
		p.lookThroughMemory(b.ID)
		if got := p.remembered("People fled to Maasran."); !slices.Equal(got, kept) {
			t.Errorf("refused before the batch came to the memory: %q", got)
		}
		if _, err := p.pipe.Apply(t.Context(), "Lina", d.Taught); err != nil {
			t.Fatal(err)
		}
		p.settle()
		again := p.apply("Lina", p.prefer("loc.maasran", "معرشورين"))
		if got := p.remembered("People fled to Maasran."); !slices.Equal(got, kept) {
			t.Errorf("excepted: %q", got)
		}
		if got := p.remembered("Maasran was hit."); !slices.Equal(got, []string{"تعرضت معرشورين للقصف."}) {
			t.Errorf("changed again: %q", got)
		}
		if _, err := p.pipe.UndoBatch(t.Context(), "Lina", again.ID); err != nil {
			t.Fatal(err)
		}
		p.settle()
		if got := p.remembered("People fled to Maasran."); !slices.Equal(got, kept) {
			t.Errorf("undone: %q", got)
		}
		_, err = p.pipe.DecideItems(t.Context(), "Omar", b.ID, []int64{p.at("song", 2).Target.ID, 1 << 40}, true, edition.TeachNothing, "")
		refusal(t, err, "batch-nothing")
	})
}

// lookThroughMemory has a batch that is done look through the memory again.
func (p *press) lookThroughMemory(id int64) {
	p.t.Helper()
	err := p.store.InTx(p.t.Context(), func(tx *store.Tx) error {
		b, err := tx.Batch(p.t.Context(), id)
		if err != nil {
			return err
		}
		b.State, b.Phase, b.Cursor = edition.BatchRunning, edition.PhaseMemory, edition.Cursor{}
		if err := tx.SaveBatch(p.t.Context(), &b); err != nil {
			return err
		}
		return tx.Enqueue(p.t.Context(), edition.Job{Kind: "batch", Subject: id, Urgency: edition.InBatch})
	})
	if err != nil {
		p.t.Fatal(err)
	}
	p.settle()
}
