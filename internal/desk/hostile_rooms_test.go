package desk_test

import (
	"net/url"
	"strings"
	"testing"

	"dragoman/glossary"
	"dragoman/internal/edition"
	"dragoman/internal/store"
)

// What a glossary, a memory, a user or a reason may hold stays text in the
// rooms beside the review too, and breaks none of them.
func TestHostileTextStaysTextInTheRooms(t *testing.T) {
	t.Parallel()
	oneByOne(t)
	h := build(t, options{files: map[string]string{"towns.md": town}})
	who := poison[:60] + bidi
	long := strings.Repeat("مدينة ", 1700) // some 10,000 characters
	bad := glossary.Concept{
		ID: "loc.bad", Kind: glossary.LOC, Source: "Kafr " + poison, Note: poison + bidi,
		Variants: []string{bidi, strings.Repeat("Town ", 2000)},
		Targets:  map[string]glossary.Terms{"ar": {Preferred: []glossary.Term{{Text: "كفر " + bidi + poison}}, Forbidden: []glossary.Term{{Text: long}}}},
	}
	cs := append([]glossary.Concept(nil), h.pipe.Glossary().Concepts()...)
	h.must(h.store.InTx(t.Context(), func(tx *store.Tx) error {
		if err := tx.SavePerson(t.Context(), &edition.Person{Name: who, Role: "admin"}, "test"); err != nil {
			return err
		}
		if err := tx.Remember(t.Context(), []edition.MemoryEntry{{Locale: "ar", Source: "Bad " + poison, Target: bidi + poison, Origin: poison, Approver: who}, {Locale: "ar", Source: "Long", Target: long, Origin: "desk"}}); err != nil {
			return err
		}
		_, err := tx.SaveGlossary(t.Context(), append(cs, bad), who, poison+bidi, "")
		return err
	}))
	h.must(h.pipe.Refresh(t.Context()))
	b := h.as(who)
	change := b.post("/concepts/loc.kafranbel/edit", "ar", "كفر نبل", "reason", poison+bidi)
	inspect(t, "the change", change.Body)
	for _, form := range [][]string{{"ar", poison, "reason", poison}, {"ar", long, "reason", bidi}, {"ar", bidi, "en.variants", poison, "note", poison, "reason", poison}} {
		inspect(t, "an edit", b.post("/concepts/loc.bad/edit", form...).Body)
		inspect(t, "its forms", b.post("/concepts/loc.bad/edit/forms", append(form, "show", "ar")...).Body)
	}
	inspect(t, "an import", b.upload("/glossary/import", poison[:40]+".csv", "id,kind,en,ar\n"+poison+",LOC,\""+bidi+"\",x\n", "reason", poison).Body)
	inspect(t, "a time", b.post(change.URL.Path+"/effect", "at", poison).Body)
	batch := b.post(change.URL.Path + "/apply")
	h.settle()
	q := url.QueryEscape(poison)
	pages := []string{change.URL.Path, batch.URL.Path, batch.URL.Path + "?status=" + q + "&locale=" + q, "/batches", "/glossary", "/glossary?q=" + q, "/glossary?q=kafr&without=" + q, "/concepts/loc.bad", "/concepts/loc.bad?locale=ar",
		"/concepts/loc.bad/edit", "/concepts/new", "/glossary/proposed", "/glossary/history", "/glossary/import", "/memory", "/memory?q=bad&locale=ar", "/memory?q=" + q + "&origin=" + q, "/memory?q=long", "/published", "/published?locale=" + q,
		"/dashboard", "/engines", "/engines?month=" + q, "/users", "/me", "/audit", "/audit?who=" + url.QueryEscape(who), "/audit?who=" + q + "&what=" + q}
	b.inspectAll(t, pages)
	if a := b.get("/concepts/loc.bad?locale=ar"); !strings.Contains(a.Body, "&lt;script&gt;alert(1)") {
		t.Errorf("the concept's page does not show its name: %d", a.Status)
	}
	if a := b.get("/users"); !strings.Contains(a.Body, "&lt;script&gt;") {
		t.Error("the users' page does not show the name")
	}
}
