package pipeline_test

import (
	"context"
	"strings"
	"testing"

	"dragoman/glossary"
	"dragoman/internal/edition"
	"dragoman/internal/memory"
	"dragoman/pipeline"
)

const report = "---\ntitle: Activists confirmed the report.\nslug: report\n---\n\nSix civilians were injured in Kafranbel.\n"

// saveConcepts makes a glossary file the one that counts.
func (h *house) saveConcepts(csv string) {
	h.t.Helper()
	cs, err := glossary.ReadCSV(strings.NewReader(csv), "test.csv")
	if err != nil {
		h.t.Fatal(err)
	}
	err = pipeline.Bind(h.store).InTx(h.t.Context(), func(tx pipeline.Tx) error {
		_, err := tx.SaveGlossary(h.t.Context(), cs, "Lina", "a new name", "")
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// TestAnOutdatedTermDoesNotComeBackFromTheMemory: the town has a new name;
// the pair that was approved under the old one is mended, and is left to be
// looked at.
func TestAnOutdatedTermDoesNotComeBackFromTheMemory(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		h := build(t, options{postgres: postgres})
		h.saveConcepts(strings.Replace(concepts, ",كفرنبل,", ",كفر نبل,", 1))
		h.write("report.md", report)
		h.run()
		v := h.view("report", "ar")
		st := h.row(v, "Six civilians were injured in Kafranbel.").Target.Standing
		if st.Text != "أصيب ستة مدنيين في كفر نبل." || st.Origin.Kind != edition.FromRepaired {
			t.Errorf("drafted %q, %s", st.Text, st.Origin.Kind)
		}
		if st := h.row(v, "Activists confirmed the report.").Target.Standing; st.Origin.Kind != edition.FromExact {
			t.Errorf("what did not change is %s", st.Origin.Kind)
		}
	})
}

// TestACorrectedPairIsNotGivenAgain: an editor puts other words in place of
// those that the memory gave; the next release gets the editor's.
func TestACorrectedPairIsNotGivenAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		h := build(t, options{postgres: postgres})
		h.write("report.md", report)
		h.run()
		const source, better = "Six civilians were injured in Kafranbel.", "جرح ستة مدنيين في كفرنبل."
		h.say("Lina", h.row(h.view("report", "ar"), source), better)
		h.approveAll("Omar", "report", "ar")
		ms, err := h.pipe.Lookup(t.Context(), memory.Query{Locale: "ar", Text: source})
		if err != nil || len(ms) != 1 || ms[0].Target != better || ms[0].Ambiguous {
			t.Fatalf("the memory gives %+v, %v", ms, err)
		}
		have, err := h.store.MemoryEntries(t.Context(), []int64{ms[0].Entry.ID})
		if err != nil || len(have) != 1 || have[0].Edition == 0 || have[0].Release == 0 || have[0].Approver != "Omar" || have[0].Glossary != 1 {
			t.Errorf("the entry does not know where it comes from: %+v, %v", have, err)
		}
	})
}

// slowStore lets nothing of the memory be read until it is told to.
type slowStore struct {
	pipeline.Store
	begin chan struct{}
}

func (s slowStore) EachMemory(ctx context.Context, f func([]edition.MemoryEntry) error) (edition.MemoryMark, error) {
	select {
	case <-s.begin:
	case <-ctx.Done():
		return edition.MemoryMark{}, ctx.Err()
	}
	return s.Store.EachMemory(ctx, f)
}

// TestLookUpsBeforeTheIndexIsReady: an exact text is found while the index is
// being built; another one waits for it.
func TestLookUpsBeforeTheIndexIsReady(t *testing.T) {
	t.Parallel()
	h := build(t, options{idle: true})
	slow := slowStore{pipeline.Bind(h.store), make(chan struct{})}
	p, err := pipeline.New(t.Context(), slow, pipeline.Config{Threshold: 70})
	if err != nil {
		t.Fatal(err)
	}
	exact := memory.Query{Locale: "ar", Text: "Activists confirmed the report."}
	ms, err := p.Lookup(t.Context(), exact)
	if err != nil || len(ms) != 1 || ms[0].Kind != edition.FromExact {
		t.Fatalf("before the index is ready: %+v, %v", ms, err)
	}
	if n := p.Memory().Len(); n != 0 {
		t.Fatalf("the index holds %d entries already", n)
	}
	if err := p.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	repaired := make(chan []memory.Match)
	go func() {
		ms, err := p.Lookup(t.Context(), memory.Query{Locale: "ar", Text: "Three civilians were injured in Maasran."})
		if err != nil {
			t.Error(err)
		}
		repaired <- ms
	}()
	close(slow.begin)
	if ms := <-repaired; len(ms) == 0 || ms[0].Kind != edition.FromRepaired {
		t.Errorf("after it: %+v", ms)
	}
	p.Stop()
	p.Stop()
}

// TestStopEndsTheBuilding: a pipeline that ends early waits for nothing.
func TestStopEndsTheBuilding(t *testing.T) {
	t.Parallel()
	h := build(t, options{idle: true})
	for _, late := range []bool{false, true} {
		p, err := pipeline.New(t.Context(), slowStore{pipeline.Bind(h.store), nil}, pipeline.Config{LateMemory: late})
		if err != nil {
			t.Fatal(err)
		}
		p.Stop()
	}
}
