package pipeline_test

import (
	"sync"
	"testing"

	"dragoman/internal/edition"
	"dragoman/internal/engine"
)

// TestTwoWorkersAskForTheSame: where two workers have asked an engine for the
// same items, what the first has saved stays the batch's, to be undone by it.
func TestTwoWorkersAskForTheSame(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		p := newPress(t, options{postgres: postgres, idle: true})
		p.release("draft", "The road to Maasran closed.")
		p.release("other", "The road to Maasran closed.")
		p.load()
		for _, slug := range []string{"draft", "other"} {
			v := p.view(slug, "ar")
			if err := p.step(t.Context(), "draft", v.Release.Revision); err != nil {
				t.Fatal(err)
			}
			if err := p.step(t.Context(), "translate", v.ID); err != nil {
				t.Fatal(err)
			}
		}
		p.words["The road to Maasran closed."] = "أغلق طريق معر شمارين."
		b, err := p.pipe.Apply(t.Context(), "Lina", p.draft(p.prefer("loc.maasran", "معر شمارين")).ID)
		if err != nil {
			t.Fatal(err)
		}
		var done sync.WaitGroup
		var mu sync.Mutex
		calls, say := 0, p.mt.say
		both := [2]sync.WaitGroup{} // neither goes on before the other has asked, too
		both[0].Add(2)
		both[1].Add(2)
		p.mt.say = func(r engine.Request) ([]engine.Reply, error) {
			mu.Lock()
			n := calls / 2
			calls++
			mu.Unlock()
			if n < len(both) {
				both[n].Done()
				both[n].Wait()
			}
			return say(r)
		}
		for range 2 {
			done.Go(func() {
				if err := p.step(t.Context(), "batch", b.ID); err != nil {
					t.Error(err)
				}
			})
		}
		done.Wait()
		if b = p.batch(b.ID); b.State != edition.BatchDone || b.Count(edition.ItemApplied) != 4 || b.Count(edition.ItemStale) != 0 {
			t.Errorf("%+v", b)
		}
		if _, err := p.pipe.UndoBatch(t.Context(), "Lina", b.ID); err != nil {
			t.Fatal(err)
		}
		if err := p.step(t.Context(), "batch", b.ID); err != nil {
			t.Fatal(err)
		}
		p.same("undone", p.standing("draft")[2:], "translated أغلق طريق المدينة. 1!")
	})
}

// TestAnEngineLeavesAPersonAtWorkAlone: what it says where somebody is typing
// is proposed.
func TestAnEngineLeavesAPersonAtWorkAlone(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		p := newPress(t, options{postgres: postgres})
		p.release("draft", "The road to Maasran closed.")
		p.run()
		p.words["The road to Maasran closed."] = "أغلق طريق معر شمارين."
		typing := p.row(p.view("draft", "ar"), "The road to Maasran closed.").Target
		if err := p.pipe.Type(t.Context(), "Omar", typing.ID, typing.Standing.ID, "أغلق"); err != nil {
			t.Fatal(err)
		}
		b := p.apply("Lina", p.prefer("loc.maasran", "معر شمارين"))
		p.same("proposed", p.standing("draft")[2:], "translated أغلق طريق المدينة. [waiting أغلق طريق معر شمارين.] 1!")
		if b.Count(edition.ItemWaiting) != 1 || p.view("draft", "ar").Counts.Proposals != 1 {
			t.Errorf("%+v", b.Counts)
		}
		if _, err := p.pipe.DecideGroup(t.Context(), "Omar", b.ID, nil, true, "", ""); err != nil {
			t.Fatal(err)
		}
		p.settle()
		p.same("accepted", p.standing("draft")[2:], "translated أغلق طريق معر شمارين.")
		if _, err := p.pipe.UndoBatch(t.Context(), "Lina", b.ID); err != nil {
			t.Fatal(err)
		}
		p.settle()
		p.same("undone", p.standing("draft")[2:], "translated أغلق طريق المدينة. 1!")
	})
}
