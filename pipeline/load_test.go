package pipeline_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dragoman/internal/edition"
	"dragoman/internal/engine"
	"dragoman/internal/engine/pseudo"
)

func pseudoRoutes(t testing.TB, locales ...string) map[string][]engine.Engine {
	t.Helper()
	e, err := pseudo.New(engine.Settings{Name: "pseudo"})
	if err != nil {
		t.Fatal(err)
	}
	routes := map[string][]engine.Engine{}
	for _, l := range locales {
		routes[l] = []engine.Engine{e}
	}
	return routes
}

const attack = `---
title: Attack on Maasran
slug: attack
---

The Syrian Coalition condemned the attack. Three civilians were injured in Maasran. Nobody had seen this coming.

Activists confirmed the report.
`

func TestEveryOriginOfADraft(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		h := build(t, options{postgres: postgres})
		h.write("attack.md", attack)
		if r := h.run(); r.New != 1 || len(r.Problems) != 0 {
			t.Fatalf("report %+v", r)
		}
		v := h.view("attack", "ar")
		if v.State != edition.InReview {
			t.Errorf("state %s", v.State)
		}
		for _, want := range []struct {
			source string
			kind   edition.OriginKind
			text   string
		}{
			{"The Syrian Coalition condemned the attack.", edition.FromExact, "أدان الائتلاف الوطني السوري الهجوم."},
			{"Three civilians were injured in Maasran.", edition.FromRepaired, "أصيب ثلاثة مدنيين في معصران."},
			{"Nobody had seen this coming.", "", ""},
			{"Activists confirmed the report.", edition.FromExact, "أكد ناشطون التقرير."},
		} {
			got := h.row(v, want.source).Target
			if got.Standing.Origin.Kind != want.kind || got.Standing.Text != want.text {
				t.Errorf("%s\n got %s %q\nwant %s %q", want.source, got.Standing.Origin.Kind, got.Standing.Text, want.kind, want.text)
			}
		}
		c := v.Counts
		if c.Segments != 5 || c.Exact != 2 || c.Repaired != 1 || c.Untranslated != 2 {
			t.Errorf("counts %+v", c)
		}
	})
}

func TestRunningAgainDoesNothing(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	h.write("attack.md", attack)
	h.run()
	before := h.view("attack", "ar")
	if r := h.run(); r.New+r.Changed != 0 || r.Unchanged != 1 {
		t.Errorf("report %+v", r)
	}
	if after := h.view("attack", "ar"); after.Updated != before.Updated {
		t.Error("the edition was touched")
	}
}

func TestPseudoIsNeverPublishable(t *testing.T) {
	t.Parallel()
	h := build(t, options{routes: pseudoRoutes(t, "ar")})
	h.write("attack.md", attack)
	h.run()
	v := h.view("attack", "ar")
	if v.Counts.Untranslated != 0 || v.Counts.Engine != 2 || v.Publishable {
		t.Errorf("counts %+v, publishable %v", v.Counts, v.Publishable)
	}
	_, err := h.pipe.Approve(t.Context(), "Lina", v.ID)
	refusal(t, err, "pseudo")
}

func TestBadInputIsToldAndTheRestGoesOn(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	h.write("attack.md", attack)
	h.write("bad-utf8.md", "# Title\n\nNot \xff UTF-8.\n")
	h.write("nul.md", "# Title\n\nA \x00 byte.\n")
	h.write("endless.md", "---\ntitle: never ends\n\nText.\n")
	h.write("deep.md", "# Deep\n\n"+strings.Repeat("> ", 200)+"quote\n")
	h.write("twin.md", "---\ntitle: Twin\nslug: attack\n---\n\nText.\n")
	h.write("escape.md", "---\ntitle: Escape\nslug: ../escape\n---\n\nText.\n")
	h.write("empty.md", "")
	large := filepath.Join(h.dir, "large.md")
	if f, err := os.Create(large); err != nil {
		t.Fatal(err)
	} else if err := f.Truncate(100 << 20); err != nil {
		t.Fatal(err)
	} else {
		f.Close()
	}
	r := h.run()
	if r.New != 1 {
		t.Errorf("%d releases were taken, want the one that is right", r.New)
	}
	for _, name := range []string{"bad-utf8", "nul", "endless", "deep", "twin", "escape", "empty", "large"} {
		found := ""
		for _, p := range r.Problems {
			if strings.Contains(p.Error(), name+".md") {
				found = p.Error()
			}
		}
		if found == "" {
			t.Errorf("nothing is said of %s.md: %v", name, r.Problems)
		} else {
			t.Log(found)
		}
	}
	if v := h.view("attack", "ar"); v.State != edition.InReview {
		t.Errorf("the right one is %s", v.State)
	}
	// Put right, it is taken.
	h.write("twin.md", "---\ntitle: Twin\nslug: twin\n---\n\nText.\n")
	if r := h.run(); r.New != 1 {
		t.Errorf("report %+v", r)
	}
}

func TestRemovedMovedAndReturned(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	h.write("attack.md", attack)
	h.run()
	h.say("Lina", h.row(h.view("attack", "ar"), "Nobody had seen this coming."), "لم يتوقع أحد ذلك.")
	if err := os.Rename(filepath.Join(h.dir, "attack.md"), filepath.Join(h.dir, "moved.md")); err != nil {
		t.Fatal(err)
	}
	if r := h.run(); len(r.Moved) != 1 || len(r.Removed) != 0 || r.New != 0 {
		t.Fatalf("moving: %+v", r)
	}
	data, err := os.ReadFile(filepath.Join(h.dir, "moved.md"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(h.dir, "moved.md")); err != nil {
		t.Fatal(err)
	}
	if r := h.run(); len(r.Removed) != 1 || r.Removed[0].Key != "moved.md" {
		t.Fatalf("removing: %+v", r)
	}
	if lines, _, _ := h.pipe.Queue(t.Context(), edition.Filter{}); len(lines) != 0 {
		t.Errorf("the queue shows a removed release: %v", lines)
	}
	h.write("moved.md", string(data))
	if r := h.run(); r.New+r.Changed != 0 {
		t.Errorf("returning: %+v", r)
	}
	if got := h.row(h.view("attack", "ar"), "Nobody had seen this coming.").Target.Standing.Text; got != "لم يتوقع أحد ذلك." {
		t.Errorf("a person's words were lost: %q", got)
	}
}

func TestAPageWithSeveralReleases(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	h.write("page.txt", "Coalition News\n05 February 2018 In Coalition News\n\nThe Syrian Coalition condemned the attack. Activists confirmed the report.\n\nCoalition News\n06 February 2018 In Coalition News\n\nSix civilians were injured in Kafranbel. Activists confirmed the report.\n\nHome Media Center Coalition News Items filtered by date: Monday, 05 February 2018\n")
	r := h.run()
	if r.New != 2 || len(r.Problems) != 0 {
		t.Fatalf("report %+v", r)
	}
	lines, _, err := h.pipe.Queue(t.Context(), edition.Filter{})
	if err != nil || len(lines) != 2 || lines[0].Key == lines[1].Key {
		t.Fatalf("%+v, %v", lines, err)
	}
}

func TestANewLocaleGetsItsEditions(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	h.write("attack.md", attack)
	h.run()
	h2 := *h
	cfg := h.pipe.Config()
	cfg.Locales = []string{"ar", "fr"}
	if err := h.store.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	h2.reopen(cfg)
	if n, err := h2.pipe.AddLocales(t.Context()); n != 1 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	h2.settle()
	if v := h2.view("attack", "fr"); v.State != edition.InReview || v.Counts.Segments != 5 {
		t.Errorf("%s, %+v", v.State, v.Counts)
	}
}
