package desk_test

import (
	"html"
	"net/http"
	"strings"
	"testing"

	"dragoman/internal/edition"
)

// Who reviews one language sees what waits in it and decides about all of it
// at once, not about another's; what has moved on since is shown as it stands.
func TestABatchIsDecidedAtOncePerLanguage(t *testing.T) {
	t.Parallel()
	h := build(t, options{files: map[string]string{"towns.md": town}, locales: []string{"ar", "fr"}})
	for _, x := range []struct {
		locale string
		no     int
		words  string
	}{{"ar", 2, "أُصيب ستة مدنيين في كفرنبل."}, {"ar", 3, "قُصفت كفرنبل مجددًا."}, {"fr", 2, "Six civils ont été blessés à Kafranbel."}} {
		tg := h.target("towns", x.locale, x.no)
		saved, err := h.pipe.Edit(t.Context(), "Omar", tg.ID, tg.Standing.ID, x.words)
		h.must(err)
		_, err = h.pipe.ApproveTarget(t.Context(), "Lina", tg.ID, saved.Standing.ID)
		h.must(err)
	}
	keeper := h.as("terminologist")
	batch := keeper.post(keeper.post("/concepts/loc.kafranbel/edit", "ar", "كفر نبل", "fr", "Kafr Nabil", "reason", "as the town writes itself").URL.Path + "/apply").URL.Path
	h.settle()
	waiting := func(locale string) (n int) {
		bs, err := h.pipe.Batches(t.Context())
		h.must(err)
		b, err := h.pipe.Batch(t.Context(), bs[0].ID)
		h.must(err)
		for _, c := range b.Counts {
			if c.Locale == locale && c.Status == edition.ItemWaiting {
				n += c.N
			}
		}
		return n
	}
	if waiting("ar") != 2 || waiting("fr") != 1 {
		t.Fatalf("%d and %d wait: the test is void", waiting("ar"), waiting("fr"))
	}
	reads := func(b *browser, path string) string { return html.UnescapeString(b.get(path).Body) }
	farah := h.as("Farah")
	page := reads(farah, batch)
	for _, want := range []string{"2 of 2 English sentences looked at", "All at once: 1 sentence", "waiting for a person <span class=\"count\">1</span>"} {
		if !strings.Contains(page, want) {
			t.Errorf("Farah, for French, does not read %q", want)
		}
	}
	for _, locale := range []string{"", "ar"} {
		if a := farah.post(batch+"/decide", "all", "1", "locale", locale, "accept", "yes"); a.Status != http.StatusForbidden {
			t.Errorf("Farah, for French, may decide all of %q: %d", locale, a.Status)
		}
	}
	reviewer := h.as("reviewer")
	reviewer.post(batch+"/decide", "all", "1", "locale", "ar", "accept", "yes")
	h.settle()
	if waiting("ar") != 0 || waiting("fr") != 1 {
		t.Errorf("all of Arabic accepted, %d and %d wait", waiting("ar"), waiting("fr"))
	}
	if page := reads(reviewer, batch+"?locale=ar"); strings.Contains(page, `id="many"`) || strings.Contains(page, "All at once") {
		t.Error("nothing waits in Arabic, and a choice is offered")
	}

	tg := h.target("towns", "ar", 3)
	_, err := h.pipe.Edit(t.Context(), "Omar", tg.ID, tg.Standing.ID, tg.Standing.Text+" ليلًا")
	h.must(err)
	keeper.post(batch + "/undo")
	h.settle()
	bs, err := h.pipe.Batches(t.Context())
	h.must(err)
	items, err := h.pipe.Items(t.Context(), bs[0].ID, edition.ItemFilter{Status: edition.ItemMoved})
	h.must(err)
	if len(items) != 1 || !strings.HasSuffix(items[0].Now, " ليلًا") {
		t.Fatalf("what has moved on: %+v", items)
	}
	keeper.lang = "ar"
	if page := reads(keeper, batch+"/groups/"+itoa(items[0].Group)+"?status=moved"); !strings.Contains(page, "كما هو الآن") || !strings.Contains(page, "ليلًا") {
		t.Errorf("what stands now is not shown: %s", page)
	}
	if text := said(keeper.post(batch + "/pause")); !strings.Contains(text, "جرى التراجع عنها") || strings.Contains(text, "undone") {
		t.Errorf("a batch that is undone is refused a pause with %q", text)
	}
}

// A concept that is new has nothing crossed out, and its kind is a word.
func TestANewConceptHasNothingCrossedOut(t *testing.T) {
	t.Parallel()
	h := build(t, options{files: map[string]string{"towns.md": town}})
	b := h.as("terminologist")
	a := b.post("/concepts", "id", "loc.hass", "kind", "LOC", "en", "Hass", "rule", "cs", "ar", "حاس", "reason", "a town of Idlib")
	if a.Status != http.StatusOK || !strings.HasPrefix(a.URL.Path, "/changes/") {
		t.Fatalf("%d at %s: %s", a.Status, a.URL, said(a))
	}
	edits, _, _ := strings.Cut(a.Body, `id="list"`)
	if strings.Contains(edits, "<del") || !strings.Contains(edits, "with these capitals") || strings.Contains(edits, ">LOC<") {
		t.Error("what was not there is crossed out, or codes are shown")
	}
}

// A sheet of many concepts leaves room for what it touches: the first are
// named, and all else is there when it is asked for.
func TestALongChangeIsFolded(t *testing.T) {
	t.Parallel()
	h := build(t, options{files: map[string]string{"towns.md": town}})
	b := h.as("terminologist")
	sheet := "id,kind,en,ar\n"
	for i := range 12 {
		sheet += "loc.new" + itoa(int64(i)) + ",LOC,Newtown" + string(rune('a'+i)) + ",بلدة" + string("ابتثجحخدذرزس"[2*i:2*i+2]) + "\n"
	}
	a := b.upload("/glossary/import", "towns.csv", sheet, "reason", "new towns")
	if a.Status != http.StatusOK || !strings.HasPrefix(a.URL.Path, "/changes/") {
		t.Fatalf("%d at %s: %s", a.Status, a.URL, said(a))
	}
	first, rest, ok := strings.Cut(html.UnescapeString(a.Body), "2 more concepts")
	if !ok || strings.Count(first, "loc.new") < 10 || !strings.Contains(rest, "Newtownl") {
		t.Errorf("12 concepts are not folded after the first 10: %s", first)
	}
}
