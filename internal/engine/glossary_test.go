package engine_test

import (
	"context"
	"testing"

	"dragoman/internal/engine"
)

func TestNewGlossary(t *testing.T) {
	t.Parallel()
	g := engine.NewGlossary("en", "ar", []engine.Hint{
		{Source: " Idlib  City ", Target: "مدينة إدلب"}, {Source: "", Target: "x"}, {Source: "Homs", Target: " "},
		{Source: "Idlib City", Target: "second"}, {Source: "Aleppo", Target: "حلب"},
	})
	want := []engine.Hint{{Source: "Aleppo", Target: "حلب"}, {Source: "Idlib City", Target: "مدينة إدلب"}}
	if len(g.Entries) != 2 || g.Entries[0] != want[0] || g.Entries[1] != want[1] {
		t.Errorf("entries %q", g.Entries)
	}
	if other := engine.NewGlossary("en", "ar", []engine.Hint{want[1], want[0]}); other.Version() != g.Version() {
		t.Error("the order of the entries makes another version")
	}
	if g.Version() == engine.NewGlossary("en", "ar", want[:1]).Version() {
		t.Error("fewer entries have the same version")
	}
}

// TestVersionFor: what a segment does not require changes nothing for it.
func TestVersionFor(t *testing.T) {
	t.Parallel()
	book := &engine.MemoryNotebook{}
	notes := engine.NewGlossaryNotes("g", book)
	idlib, homs := engine.Hint{Source: "Idlib", Target: "إدلب"}, engine.Hint{Source: "Homs", Target: "حمص"}
	version := func(terms ...engine.Hint) string {
		t.Helper()
		// Other notes on the same book are another process.
		g, err := engine.NewGlossaryNotes("g", book).Synced(t.Context(), "en", "ar")
		if err != nil {
			t.Fatal(err)
		}
		if here, err := notes.Synced(t.Context(), "en", "ar"); err != nil || here.VersionFor(terms) != g.VersionFor(terms) {
			t.Errorf("two processes see different things: %v", err)
		}
		return g.VersionFor(terms)
	}
	use := func(entries ...engine.Hint) {
		t.Helper()
		if err := notes.Use(t.Context(), "id", engine.NewGlossary("en", "ar", entries)); err != nil {
			t.Fatal(err)
		}
	}
	if version(idlib) != "" {
		t.Error("a glossary that is not there has a version")
	}
	use(idlib)
	first, other := version(idlib), version(homs)
	use(idlib, homs)
	if version(idlib) != first {
		t.Error("an entry that the segment does not require changes its version")
	}
	if version(homs) == other {
		t.Error("an entry that the segment requires does not")
	}
	if version(homs, idlib) != version(idlib, homs, idlib) {
		t.Error("the order of the terms counts")
	}
	if g, err := notes.Synced(t.Context(), "en", "fr"); g != nil || err != nil || g.VersionFor(nil) != "" {
		t.Errorf("another pair: %v, %v", g, err)
	}
}

func TestAs(t *testing.T) {
	t.Parallel()
	e := &stub{}
	if got, ok := engine.As[*stub](engine.Limited(engine.Limited(e, engine.Config{}), engine.Config{})); !ok || got != e {
		t.Error("the engine within is not found")
	}
	if _, ok := engine.As[engine.GlossarySyncer](engine.Limited(e, engine.Config{})); ok {
		t.Error("what is not there is found")
	}
}

type stub struct{ receipt int64 }

func (*stub) Name() string      { return "stub" }
func (*stub) Info() engine.Info { return engine.Info{} }
func (s *stub) Translate(ctx context.Context, r engine.Request) ([]engine.Reply, error) {
	s.receipt, _ = engine.ReceiptOf(ctx)
	return make([]engine.Reply, len(r.Segments)), nil
}
