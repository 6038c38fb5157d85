package pipeline_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"dragoman/glossary"
	"dragoman/internal/edition"
	"dragoman/internal/engine"
)

// keeping is an engine that keeps a glossary, and cannot be reached at times.
type keeping struct {
	*mt
	mu    sync.Mutex
	down  int // how often it still cannot be reached
	terms map[string]string
	ever  map[string]bool // all names that it was ever told of
}

func (e *keeping) KeepsGlossaries() bool { return true }

func (e *keeping) SyncGlossary(_ context.Context, g engine.Glossary) (engine.GlossaryReport, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.down > 0 {
		e.down--
		return engine.GlossaryReport{}, &engine.Error{Engine: e.name, Kind: engine.Retryable, What: "out of reach"}
	}
	e.terms = map[string]string{}
	for _, t := range g.Entries {
		e.terms[t.Source] = t.Target
		if e.ever == nil {
			e.ever = map[string]bool{}
		}
		e.ever[t.Source] = true
	}
	return engine.GlossaryReport{ID: "kept", Entries: len(g.Entries)}, nil
}

func (e *keeping) SyncedGlossary(context.Context, string, string) (*engine.SyncedGlossary, error) {
	return nil, nil
}

// waitFor waits until the engine says a name so.
func (e *keeping) waitFor(t *testing.T, name, want string) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(5 * time.Minute); ; <-tick.C {
		e.mu.Lock()
		got := e.terms[name]
		e.mu.Unlock()
		switch {
		case got == want:
			return
		case time.Now().After(end):
			t.Fatalf("the engine says %q for %s, not %q", got, name, want)
		}
	}
}

func (e *keeping) goDown(times int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.down = times
}

// TestTheEnginesGlossariesFollowABatchAndItsUndoing, also where the engine
// cannot be reached the first time.
func TestTheEnginesGlossariesFollowABatchAndItsUndoing(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		e := &keeping{mt: &mt{name: "kept", info: engine.Info{Glossaries: true, Publishable: true}, say: func(g engine.Segment) (string, error) { return strings.ToUpper(g.Text), nil }}}
		h := build(t, options{postgres: postgres, routes: map[string][]engine.Engine{"ar": {e}}})
		for _, down := range []int{0, 1} {
			e.goDown(down)
			b := h.apply("Lina", h.prefer("loc.maasran", "معر شمارين"))
			if b.State != edition.BatchDone {
				t.Errorf("down %d times: %s", down, b.State)
			}
			e.waitFor(t, "Maasran", "معر شمارين")
			e.goDown(down)
			if _, err := h.pipe.UndoBatch(t.Context(), "Lina", b.ID); err != nil {
				t.Fatal(err)
			}
			h.settle()
			if b = h.batch(b.ID); b.State != edition.BatchUndone {
				t.Errorf("down %d times, undone: %s", down, b.State)
			}
			e.waitFor(t, "Maasran", "معصران")
		}
	})
}

// TestANewNameOfAConfidentialReleaseStaysInTheHouse: a concept that comes with
// a batch is kept from the engines' glossaries where only confidential releases
// name it.
func TestANewNameOfAConfidentialReleaseStaysInTheHouse(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		e := &keeping{mt: &mt{name: "kept", info: engine.Info{Glossaries: true, Publishable: true}, say: func(g engine.Segment) (string, error) { return strings.ToUpper(g.Text), nil }}}
		h := build(t, options{postgres: postgres, routes: map[string][]engine.Engine{"ar": {e}}})
		h.write("secret.md", "---\ntitle: Plan\nslug: secret\nconfidential: true\n---\n\nThey meet in Hidden Valley.\n")
		h.write("open.md", "---\ntitle: Market\nslug: open\n---\n\nThe market of Binnish opened.\n")
		h.run()
		for _, c := range []glossary.Concept{
			{ID: "loc.valley", Kind: glossary.LOC, Source: "Hidden Valley", Targets: map[string]glossary.Terms{"ar": preferring("الوادي الخفي")}},
			{ID: "loc.binnish", Kind: glossary.LOC, Source: "Binnish", Targets: map[string]glossary.Terms{"ar": preferring("بنش")}},
		} {
			h.apply("Lina", edition.ConceptEdit{ID: c.ID, After: &c})
		}
		e.waitFor(t, "Binnish", "بنش")
		e.mu.Lock()
		defer e.mu.Unlock()
		if e.ever["Hidden Valley"] {
			t.Error("the service was told of Hidden Valley")
		}
	})
}
