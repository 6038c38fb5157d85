package deepl

import (
	"maps"
	"strings"
	"testing"

	"dragoman/internal/engine"
	"dragoman/internal/engine/enginetest"
	"dragoman/internal/engine/fake"
	"dragoman/internal/engine/fake/deeplfake"
)

// keeping starts a counterpart and an engine that keeps a glossary there.
func keeping(t *testing.T, o deeplfake.Options, s engine.Settings) (*Engine, *deeplfake.Server) {
	t.Helper()
	s.SyncGlossary = true
	if s.Notebook == nil {
		s.Notebook = &engine.MemoryNotebook{}
	}
	e, server := start(t, o, s)
	e.clock = &enginetest.Clock{}
	return e, server
}

func terms(target string, entries ...engine.Hint) engine.Glossary {
	return engine.NewGlossary("en", target, entries)
}

var (
	coalition = engine.Hint{Source: "Coalition", Target: "الائتلاف الوطني"}
	idlib     = engine.Hint{Source: "Idlib", Target: "إدلب"}
)

// synced syncs and holds the service's entries to what was wanted.
func synced(t *testing.T, e *Engine, server *deeplfake.Server, g engine.Glossary) engine.GlossaryReport {
	t.Helper()
	r, err := e.SyncGlossary(t.Context(), g)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for _, e := range g.Entries {
		want[e.Source] = e.Target
	}
	if got := server.Terms(r.ID, g.Target); !maps.Equal(got, want) {
		t.Fatalf("the service has %q, want %q", got, want)
	}
	return r
}

func oneReply(t *testing.T, e *Engine, target string) string {
	t.Helper()
	replies, err := e.Translate(t.Context(), ask(target, "The ⟦1⟧Coalition⟦/1⟧ met."))
	if err != nil || replies[0].Err != nil {
		t.Fatal(err, replies)
	}
	return replies[0].Text
}

func TestSyncGlossary(t *testing.T) {
	t.Parallel()
	e, server := keeping(t, deeplfake.Options{MaxGlossaries: 1}, engine.Settings{})
	if text := oneReply(t, e, "ar"); strings.Contains(text, coalition.Target) {
		t.Errorf("a glossary that is not there is used: %s", text)
	}
	first := synced(t, e, server, terms("ar", coalition))
	if !first.Created || first.Added != 1 || !e.Info().Glossaries {
		t.Errorf("%+v", first)
	}
	if fr := synced(t, e, server, terms("fr", engine.Hint{Source: "Coalition", Target: "Coalition nationale"})); fr.ID != first.ID || fr.Created {
		t.Errorf("a second locale is not put into the same glossary: %+v", fr)
	}
	if text := oneReply(t, e, "ar"); !strings.Contains(text, "⟦1⟧"+coalition.Target+"⟦/1⟧") {
		t.Errorf("the glossary is not used: %s", text)
	}
	if text := oneReply(t, e, "tr"); strings.Contains(text, coalition.Target) {
		t.Errorf("a locale without a dictionary: %s", text)
	}
	next := engine.Hint{Source: "Coalition", Target: "الائتلاف"}
	if r := synced(t, e, server, terms("ar", next, idlib)); r.Added != 1 || r.Changed != 1 || r.Removed != 0 {
		t.Errorf("changed: %+v", r)
	}
	if r := synced(t, e, server, terms("ar", next, idlib)); r.Added+r.Changed+r.Removed != 0 {
		t.Errorf("nothing to do: %+v", r)
	}
	if r, err := e.SyncGlossary(t.Context(), terms("ar")); err != nil || r.ID != "" || r.Removed != 2 || server.Terms(first.ID, "ar") != nil {
		t.Errorf("emptied: %+v, %v", r, err)
	}
	if text := oneReply(t, e, "ar"); strings.Contains(text, next.Target) {
		t.Errorf("what is gone is used: %s", text)
	}
}

// TestSyncFindsItsGlossary: the answer to its creation was lost, or the notes are.
func TestSyncFindsItsGlossary(t *testing.T) {
	t.Parallel()
	e, server := keeping(t, deeplfake.Options{}, engine.Settings{})
	first := synced(t, e, server, terms("ar", coalition))
	e.notes = engine.NewGlossaryNotes("deepl", nil)
	if r := synced(t, e, server, terms("ar", coalition)); r.ID != first.ID || r.Created {
		t.Errorf("made a second time: %+v", r)
	}
	if _, err := e.Translate(t.Context(), ask("ar", "x")); err != nil {
		t.Error(err)
	}
}

// TestRegionalTargets: DeepL's glossaries know no regions, so two locales of one
// language have a glossary each.
func TestRegionalTargets(t *testing.T) {
	t.Parallel()
	e, server := keeping(t, deeplfake.Options{}, engine.Settings{})
	br := synced(t, e, server, terms("pt-BR", engine.Hint{Source: "Coalition", Target: "Coalizão"}))
	pt := synced(t, e, server, terms("pt-PT", engine.Hint{Source: "Coalition", Target: "Coligação"}))
	if br.ID == pt.ID {
		t.Error("the two share a glossary")
	}
	if text := oneReply(t, e, "pt-BR"); !strings.Contains(text, "Coalizão") {
		t.Error(text)
	}
	if text := oneReply(t, e, "pt-PT"); !strings.Contains(text, "Coligação") {
		t.Error(text)
	}
}

func TestSyncSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	e, _ := keeping(t, deeplfake.Options{MaxGlossaries: 1, Glossaries: map[string]map[string]map[string]string{"other": {}}}, engine.Settings{})
	if _, err := e.SyncGlossary(t.Context(), terms("ar", coalition)); engine.KindOf(err) != engine.Quota || !strings.Contains(err.Error(), "no more glossaries") {
		t.Errorf("no room: %v", err)
	}
	e, _ = keeping(t, deeplfake.Options{}, engine.Settings{})
	if _, err := e.SyncGlossary(t.Context(), terms("ckb", coalition)); engine.KindOf(err) != engine.Permanent || !strings.Contains(err.Error(), "ckb") {
		t.Errorf("a language without: %v", err)
	}
	e, server := keeping(t, deeplfake.Options{}, engine.Settings{})
	long := engine.Hint{Source: "long", Target: strings.Repeat("ط", 513)}
	if r, err := e.SyncGlossary(t.Context(), terms("ar", coalition, long)); err != nil || r.Entries != 1 || len(server.Terms(r.ID, "ar")) != 1 {
		t.Errorf("a term that is too long: %+v, %v", r, err)
	}
	if _, err := made(t, engine.Settings{Glossary: "g", SyncGlossary: true}); err == nil || !strings.Contains(err.Error(), "sync_glossary") {
		t.Errorf("both: %v", err)
	}
}

func made(t *testing.T, s engine.Settings) (engine.Engine, error) {
	t.Helper()
	s.APIKey = "k"
	return New(s)
}

// TestTooManyIsNotUsedUp: 429 passes, 456 does not.
func TestTooManyIsNotUsedUp(t *testing.T) {
	t.Parallel()
	e, server := start(t, deeplfake.Options{}, engine.Settings{})
	l := engine.Limited(e, engine.Config{Clock: &enginetest.Clock{}})
	for fault, want := range map[fake.Fault]engine.Kind{fake.RateLimited: "", fake.QuotaUsed: engine.Quota} {
		before := len(server.Ledger())
		server.Force(fault, 1)
		replies, err := l.Translate(t.Context(), ask("ar", "Nobody came."))
		if err != nil || engine.KindOf(replies[0].Err) != want {
			t.Errorf("%s: %v, %v", fault, replies, err)
		}
		if calls := len(server.Ledger()) - before; (calls == 2) != (want == "") {
			t.Errorf("%s: %d calls", fault, calls)
		}
	}
}
