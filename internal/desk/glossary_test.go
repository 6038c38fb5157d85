package desk_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"dragoman/glossary"
)

// The glossary is searched in any language, and a concept's page says all that
// is known of it.
func TestGlossaryPages(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	b := h.as("viewer")
	for query, want := range map[string]string{"kafr": "loc.kafranbel", "الائتلاف": "org.coalition", "مَعصران": "loc.maasran", "ماسران": "loc.maasran", "nationale": "org.coalition"} {
		a := b.get("/glossary?"+form([]string{"q", query}), "Accept", "application/json")
		var reply struct{ List string }
		if err := json.Unmarshal([]byte(a.Body), &reply); err != nil || strings.Count(reply.List, `class="entry"`) != 1 || !strings.Contains(reply.List, `href="/concepts/`+want+`"`) {
			t.Errorf("%s: %v %s", query, err, reply.List)
		}
	}
	if a := b.get("/glossary?kind=LOC"); strings.Count(a.Body, `class="entry"`) != 2 {
		t.Errorf("places: %d entries", strings.Count(a.Body, `class="entry"`))
	}
	if a := b.get("/glossary?lacks=fr"); strings.Count(a.Body, `class="entry"`) != 0 {
		t.Error("every concept has a French term")
	}
	a := b.get("/concepts/loc.maasran?locale=ar")
	for _, want := range []string{"Maasran", "A town in Idlib province", "معصران", "ماسران", "وبمعصران", "Three civilians were injured in", "as preferred", "Version 1"} {
		if !strings.Contains(a.Body, want) {
			t.Errorf("the concept's page lacks %q", want)
		}
	}
	if a := b.get("/concepts/loc.nowhere"); a.Status != http.StatusNotFound {
		t.Errorf("an unknown concept: %d", a.Status)
	}
	if a := b.get("/glossary/history?version=1"); !strings.Contains(a.Body, "loc.kafranbel") || !strings.Contains(a.Body, "الائتلاف الوطني السوري") {
		t.Error("the first version does not list what it added")
	}
	for format, read := range map[string]func(string) ([]glossary.Concept, error){
		"csv":       func(s string) ([]glossary.Concept, error) { return glossary.ReadCSV(strings.NewReader(s), "x") },
		"semicolon": func(s string) ([]glossary.Concept, error) { return glossary.ReadCSV(strings.NewReader(s), "x") },
		"tbx":       func(s string) ([]glossary.Concept, error) { return glossary.ReadTBX(strings.NewReader(s), "x") },
	} {
		a := b.get("/glossary/export?format=" + format)
		cs, err := read(a.Body)
		if err != nil || len(cs) != 3 || !strings.HasPrefix(a.Header.Get("Content-Disposition"), "attachment") {
			t.Errorf("%s: %d concepts, %v", format, len(cs), err)
		}
	}
}

// A role for French alone sees no Arabic names.
func TestTheGlossaryHoldsToLocales(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	b := h.as("Farah")
	for _, path := range []string{"/glossary", "/concepts/loc.maasran", "/glossary/history?version=1", "/glossary/export", "/glossary/export?format=tbx", "/glossary/proposed"} {
		if a := b.get(path); a.Status != http.StatusOK || strings.Contains(a.Body, "معصران") {
			t.Errorf("%s: %d, or it holds Arabic\n%s", path, a.Status, h.log.String())
		}
	}
	for _, path := range []string{"/concepts/loc.maasran?locale=ar", "/glossary?lacks=ar"} {
		if a := b.get(path); a.Status != http.StatusForbidden {
			t.Errorf("%s: %d", path, a.Status)
		}
	}
}

// Names that recur are proposed with where they stand, and so is what reviewers
// let stand against the glossary.
func TestTheGlossaryLearns(t *testing.T) {
	t.Parallel()
	h := build(t, options{files: map[string]string{"a.md": "---\ntitle: Camps\nslug: camps\n---\n\nPeople fled to Atmeh from Maasran. The camps near Atmeh are full. Aid reached Atmeh.\n"}})
	lina := h.as("Lina")
	v := h.view("camps", "ar", "")
	tg := v.Rows[1].Target
	lina.ask("/targets/"+itoa(tg.ID)+"/edit", "base", itoa(tg.Standing.ID), "text", "فر الناس إلى أطمة من معسران.")
	now := h.view("camps", "ar", "").Rows[1]
	for _, f := range now.Findings {
		if strings.HasPrefix(f.Rule, "term.") {
			lina.ask("/targets/"+itoa(tg.ID)+"/dismiss", "version", itoa(now.Target.Standing.ID), "seq", itoa(int64(f.Seq)), "reason", "as the town writes itself")
		}
	}
	b := h.as("terminologist")
	a := b.get("/glossary/proposed")
	for _, want := range []string{"Atmeh", "3 times", "The camps near Atmeh are full.", "/editions/", "معسران", "Lina", "/concepts/new?en=Atmeh", "accept="} {
		if !strings.Contains(a.Body, want) {
			t.Errorf("the proposals lack %q", want)
		}
	}
	if a := h.as("viewer").get("/glossary/proposed"); strings.Contains(a.Body, "/concepts/new") {
		t.Error("a viewer is offered to add concepts")
	}
}

// A name that reviewers write otherwise again and again is proposed, and makes
// a change whose impact is shown.
func TestTheGlossaryLearnsFromEdits(t *testing.T) {
	t.Parallel()
	text := "---\ntitle: Town\nslug: SLUG\n---\n\nSix civilians were injured in Kafranbel.\n\nThree civilians were injured in Kafranbel.\n"
	h := build(t, options{locales: []string{"ar"}, files: map[string]string{"a.md": strings.ReplaceAll(text, "SLUG", "one"), "b.md": strings.ReplaceAll(text, "SLUG", "two")}})
	for _, slug := range []string{"one", "two"} {
		for _, r := range h.view(slug, "ar", "").Rows[1:] {
			if !strings.Contains(r.Target.Standing.Text, "كفرنبل") {
				t.Fatalf("%s: %q", slug, r.Target.Standing.Text)
			}
			_, err := h.pipe.Edit(t.Context(), "Lina", r.Target.ID, r.Target.Standing.ID, strings.ReplaceAll(r.Target.Standing.Text, "كفرنبل", "كفروما"))
			h.must(err)
		}
	}
	b := h.as("terminologist")
	a := b.get("/glossary/proposed")
	if !strings.Contains(a.Body, "كفروما") || !strings.Contains(a.Body, `action="/glossary/learnt"`) {
		t.Fatalf("nothing was learnt: %s", a.Body)
	}
	a = b.post("/glossary/learnt", "concept", "loc.kafranbel", "locale", "ar", "old", "كفرنبل", "new", "كفروما")
	if !strings.HasPrefix(a.URL.Path, "/changes/") || !strings.Contains(a.Body, "كفروما") {
		t.Errorf("%d at %s", a.Status, a.URL)
	}
	if a := h.as("Lina").post("/glossary/learnt", "locale", "ar"); a.Status != http.StatusForbidden {
		t.Errorf("a publisher may propose: %d", a.Status)
	}
}
