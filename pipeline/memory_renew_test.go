package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"dragoman/glossary"
	"dragoman/internal/edition"
	"dragoman/internal/memory"
	"dragoman/pipeline"
)

func readConcepts(t *testing.T, csv string) []glossary.Concept {
	t.Helper()
	cs, err := glossary.ReadCSV(strings.NewReader(csv), "test.csv")
	if err != nil {
		t.Fatal(err)
	}
	return cs
}

// renamed is the glossary of the tests with another name for Kafranbel.
func renamed() string { return strings.Replace(concepts, ",كفرنبل,", ",كفر نبل,", 1) }

// changeOf is the change from one glossary file to another.
func changeOf(t *testing.T, before, after string) *memory.Change {
	t.Helper()
	old, fresh := readConcepts(t, before), readConcepts(t, after)
	g, problems := glossary.Compile(fresh, glossary.Options{})
	if g == nil {
		t.Fatal(problems)
	}
	var was, is []glossary.Concept
	for i := range fresh {
		if fmt.Sprint(old[i].Targets) != fmt.Sprint(fresh[i].Targets) {
			was, is = append(was, old[i]), append(is, fresh[i])
		}
	}
	return memory.NewChange(was, is, g)
}

// TestPairsThatAChangeBreaks: of a change's concepts, the pairs that now say
// it wrongly are found, slice by slice; one that a person approved since, or
// that a former mistake makes wrong, is none of them.
func TestPairsThatAChangeBreaks(t *testing.T) {
	t.Parallel()
	h := build(t, options{idle: true})
	err := pipeline.Bind(h.store).InTx(t.Context(), func(tx pipeline.Tx) error {
		return tx.Remember(t.Context(), []edition.MemoryEntry{
			{Locale: "ar", Source: "The road to Kafranbel is open.", Target: "الطريق مفتوح.", Origin: "import"},     // not said at all
			{Locale: "ar", Source: "The road to Idlib is open.", Target: "الطريق مفتوح.", Origin: "import"},         // wrong before, too
			{Locale: "ar", Source: "Kafranbel was bombed.", Target: "قصفت كفر نبل.", Origin: "import"},              // right already
			{Locale: "fr", Source: "Kafranbel was bombed.", Target: "Kafranbel a été bombardée.", Origin: "import"}, // another locale
			{Locale: "ar", Source: "The people of Kafranbel left.", Target: "غادر أهالي كفرنبل.", Origin: "import"}, // mended
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	c := changeOf(t, concepts, renamed())
	var got []string
	for after, more := int64(0), true; more; more = after != 0 {
		var found []pipeline.BrokenPair
		if found, after, err = h.pipe.BrokenPairs(t.Context(), c, nil, after, 2); err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			got = append(got, fmt.Sprintf("%s %q -> %q %v", f.Entry.Source, f.Terms, f.Target, len(f.Swaps)))
		}
	}
	want := []string{
		`Six civilians were injured in Kafranbel. ["Kafranbel"] -> "أصيب ستة مدنيين في كفر نبل." 1`,
		`The road to Kafranbel is open. ["Kafranbel"] -> "" 0`,
		`The people of Kafranbel left. ["Kafranbel"] -> "غادر أهالي كفر نبل." 1`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("found\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if found, _, err := h.pipe.BrokenPairs(t.Context(), c, []string{"fr"}, 0, 100); err != nil || len(found) != 0 {
		t.Errorf("in French: %v, %v", found, err)
	}
}

// TestARenewedPairIsExactAgain: a batch puts the new term into a pair; look-up
// and draft have it as an exact match, and what has no certain words is gone.
func TestARenewedPairIsExactAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		h := build(t, options{postgres: postgres})
		h.saveConcepts(renamed())
		ctx := t.Context()
		found, _, err := h.pipe.BrokenPairs(ctx, changeOf(t, concepts, renamed()), nil, 0, 1000)
		if err != nil || len(found) != 1 {
			t.Fatalf("%d pairs break, %v", len(found), err)
		}
		var fresh int64
		err = pipeline.Bind(h.store).InTx(ctx, func(tx pipeline.Tx) (err error) {
			fresh, err = tx.RenewMemory(ctx, found[0].Entry.ID, found[0].Target, 2, "Lina", "a new name")
			return err
		})
		if err = errors.Join(err, h.pipe.Refresh(ctx)); err != nil {
			t.Fatal(err)
		}
		const source, want = "Six civilians were injured in Kafranbel.", "أصيب ستة مدنيين في كفر نبل."
		ms, err := h.pipe.Lookup(ctx, memory.Query{Locale: "ar", Text: source})
		if err != nil || len(ms) != 1 || ms[0].Kind != edition.FromExact || ms[0].Target != want || ms[0].Entry.ID != fresh {
			t.Fatalf("the memory gives %+v, %v", ms, err)
		}
		h.write("report.md", report)
		h.run()
		if st := h.row(h.view("report", "ar"), source).Target.Standing; st.Text != want || st.Origin.Kind != edition.FromExact {
			t.Errorf("drafted %q, %s", st.Text, st.Origin.Kind)
		}
	})
}

// TestAnOutdatedPairIsNoDraft: where the new term cannot be put in with
// certainty, people see the pair, marked; no draft is made of it.
func TestAnOutdatedPairIsNoDraft(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	const source = "The road to Kafranbel is open."
	ctx := t.Context()
	err := pipeline.Bind(h.store).InTx(ctx, func(tx pipeline.Tx) error {
		return tx.Remember(ctx, []edition.MemoryEntry{{Locale: "ar", Source: source, Target: "الطريق إليها مفتوح.", Origin: "desk", Glossary: 1}})
	})
	if err != nil {
		t.Fatal(err)
	}
	look := func() memory.Match {
		t.Helper()
		if err := h.pipe.Refresh(ctx); err != nil {
			t.Fatal(err)
		}
		ms, err := h.pipe.Lookup(ctx, memory.Query{Locale: "ar", Text: source})
		if err != nil || len(ms) != 1 {
			t.Fatalf("the memory gives %+v, %v", ms, err)
		}
		return ms[0]
	}
	if m := look(); m.Kind != edition.FromExact || m.Outdated {
		t.Errorf("what was approved under this glossary counts as %s, outdated %v", m.Kind, m.Outdated)
	}
	h.saveConcepts(renamed())
	if m := look(); m.Kind != edition.FromFuzzy || !m.Outdated {
		t.Errorf("after the change it counts as %s, outdated %v", m.Kind, m.Outdated)
	}
	h.write("road.md", strings.Replace(strings.Replace(report, "slug: report", "slug: road", 1), "Six civilians were injured in Kafranbel.", source, 1))
	h.run()
	if st := h.row(h.view("road", "ar"), source).Target.Standing; st.ID != 0 {
		t.Errorf("drafted %q, %s", st.Text, st.Origin.Kind)
	}
}

// TestAProcessThatSleptReadsTheMemoryAgain: what it has missed is not kept in
// the log any more, and it has all the same what the database has.
func TestAProcessThatSleptReadsTheMemoryAgain(t *testing.T) {
	t.Parallel()
	h := build(t, options{idle: true})
	ctx := t.Context()
	other, err := pipeline.New(ctx, pipeline.Bind(h.store), pipeline.Config{Threshold: 70})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Stop()
	for _, p := range []*pipeline.Pipeline{h.pipe, other} {
		if err := p.Ready(ctx); err != nil {
			t.Fatal(err)
		}
	}
	change := func(f func(context.Context, pipeline.Tx) error) {
		t.Helper()
		if err := pipeline.Bind(h.store).InTx(ctx, func(tx pipeline.Tx) error { return f(ctx, tx) }); err != nil {
			t.Fatal(err)
		}
	}
	change(func(ctx context.Context, tx pipeline.Tx) error {
		return tx.Remember(ctx, []edition.MemoryEntry{{Locale: "ar", Source: "A new one.", Target: "جديد.", Origin: "import"}})
	})
	have, err := h.store.MemoryExact(ctx, pairs[0][0])
	if err != nil || len(have) != 1 {
		t.Fatal(have, err)
	}
	change(func(ctx context.Context, tx pipeline.Tx) error {
		_, err := tx.SetMemoryAside(ctx, have[0].ID, "Lina", "wrong")
		return err
	})
	for range 24 {
		h.clock.forward(time.Hour + time.Minute)
		if err := h.pipe.Refresh(ctx); err != nil { // it tidies up
			t.Fatal(err)
		}
	}
	if err := other.Refresh(ctx); err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]*pipeline.Pipeline{"awake": h.pipe, "asleep": other} {
		_, gone := p.Memory().Get(have[0].ID)
		if ms, _ := p.Lookup(ctx, memory.Query{Locale: "ar", Text: "A new one."}); gone || len(ms) != 1 || p.Memory().Len() != len(pairs) {
			t.Errorf("%s: the removed one is there: %v; of the new one %d; %d in all", name, gone, len(ms), p.Memory().Len())
		}
	}
}
