package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"dragoman/internal/engine"
)

// glossaryEngine is an engine that keeps glossaries.
type glossaryEngine struct {
	engine.Engine
	off  bool
	fail error
	got  map[string]engine.Glossary // by target
}

func (e *glossaryEngine) Name() string          { return "keeper" }
func (e *glossaryEngine) Info() engine.Info     { return engine.Info{} }
func (e *glossaryEngine) KeepsGlossaries() bool { return !e.off }

func (e *glossaryEngine) Translate(_ context.Context, r engine.Request) ([]engine.Reply, error) {
	return nil, engine.NoLanguage("keeper", r.Source, r.Target)
}

func (e *glossaryEngine) SyncGlossary(_ context.Context, g engine.Glossary) (engine.GlossaryReport, error) {
	if e.fail != nil && g.Target == "ar" {
		return engine.GlossaryReport{}, e.fail
	}
	e.got[g.Target] = g
	return engine.GlossaryReport{ID: "g", Entries: len(g.Entries)}, nil
}

func (e *glossaryEngine) SyncedGlossary(context.Context, string, string) (*engine.SyncedGlossary, error) {
	return nil, nil
}

const secretConcepts = `loc.secret,LOC,Hidden Valley,,cs,الوادي الخفي,,,Vallée cachée,,
loc.shelter,LOC,Shelter Nine,,cs,الملجأ التاسع,,,Abri neuf,sensitive,
org.shelter,ORG,Shelter Nine School,,cs,مدرسة الملجأ التاسع,,,École de l’Abri neuf,,
org.ana,ORG,the Coalition,,cs; licence=org.coalition,الائتلاف,,,la Coalition,,
per.one,PER,Salem Idris,,cs,سالم إدريس,,,Salim Idris,,
per.two,PER,Salem Idriss,Salem Idris,cs,سليم إدريس,,,Selim Idriss,,
`

func TestSyncGlossaries(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		e := &glossaryEngine{got: map[string]engine.Glossary{}}
		route := []engine.Engine{engine.Limited(e, engine.Config{})}
		h := build(t, options{postgres: postgres, locales: []string{"ar", "fr"}, routes: map[string][]engine.Engine{"fr": route, "ar": nil}})
		h.saveConcepts(strings.Replace(strings.ReplaceAll(concepts, ",\n", ",,\n"), ",note\n", ",flags,note\n", 1) + secretConcepts)
		h.write("open.md", "---\ntitle: Attack on Maasran\nslug: open\n---\n\nMaasran was hit.\n")
		h.write("secret.md", "---\ntitle: Plan\nslug: secret\nconfidential: true\n---\n\nThey meet in Hidden Valley near Maasran.\n")
		h.run()
		done, err := h.pipe.SyncGlossaries(t.Context())
		if err != nil || len(done) != 1 || done[0].Engine != "keeper" || done[0].Locale != "fr" {
			t.Fatalf("%+v, %v", done, err)
		}
		var got []string
		for _, e := range e.got["fr"].Entries {
			got = append(got, e.Source+" = "+e.Target)
		}
		want := []string{
			"Idlib = Idlib", "Kafranbel = Kafranbel", "Maasran = Maasran", "Ma’saran = Maasran",
			"Salem Idriss = Selim Idriss", "Syrian Coalition = Coalition nationale syrienne",
		}
		if !slices.Equal(got, want) {
			t.Errorf("sent %q, want %q", got, want)
		}
		held := done[0].Held
		if held.Sensitive != 2 || held.Confidential != 1 || held.Conditional != 1 || held.Ambiguous != 1 {
			t.Errorf("held back %+v", held)
		}

		h.write("secret.md", "---\ntitle: Plan\nslug: secret\n---\n\nThey meet in Hidden Valley near Maasran.\n")
		h.run()
		if done, err = h.pipe.SyncGlossaries(t.Context(), "keeper"); err != nil || done[0].Held.Confidential != 0 {
			t.Errorf("what is public now is still held back: %+v, %v", done, err)
		}
		if done, err = h.pipe.SyncGlossaries(t.Context(), "other"); len(done) != 0 || err != nil {
			t.Errorf("another engine: %+v, %v", done, err)
		}
		e.off = true
		if done, err = h.pipe.SyncGlossaries(t.Context()); len(done) != 0 || err != nil {
			t.Errorf("an engine that keeps none: %+v, %v", done, err)
		}
	})
}

// TestSyncFailsForOneLocale: the others are done all the same.
func TestSyncFailsForOneLocale(t *testing.T) {
	t.Parallel()
	e := &glossaryEngine{got: map[string]engine.Glossary{}, fail: &engine.Error{Engine: "keeper", Kind: engine.Quota}}
	h := build(t, options{locales: []string{"ar", "fr"}, routes: map[string][]engine.Engine{"ar": {e}, "fr": {e}}})
	done, err := h.pipe.SyncGlossaries(t.Context())
	if !errors.Is(err, &engine.Error{Kind: engine.Quota}) || len(done) != 2 || len(e.got["fr"].Entries) != 5 {
		t.Errorf("%+v, %v", done, err)
	}
}

// TestSyncBeforeTheIndex: a confidential release that is not drafted yet is
// confidential all the same.
func TestSyncBeforeTheIndex(t *testing.T) {
	t.Parallel()
	e := &glossaryEngine{got: map[string]engine.Glossary{}}
	h := build(t, options{idle: true, locales: []string{"fr"}, routes: map[string][]engine.Engine{"fr": {e}}})
	h.write("secret.md", "---\ntitle: Plan\nslug: secret\nconfidential: true\n---\n\nThey meet in Idlib.\n")
	h.load()
	done, err := h.pipe.SyncGlossaries(t.Context())
	if err != nil || done[0].Held.Confidential != 1 || strings.Contains(fmt.Sprint(e.got["fr"]), "Idlib") {
		t.Errorf("%+v, %v, sent %v", done, err, e.got["fr"])
	}
}
