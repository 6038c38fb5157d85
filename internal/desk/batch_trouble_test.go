package desk_test

import (
	"html"
	"net/http"
	"strings"
	"testing"

	"dragoman/internal/edition"
	"dragoman/internal/store"
	"dragoman/locales"
)

// Why an engine gave a batch nothing for a sentence is said on the batch's
// page in the reader's language, whatever it was; the engine's English words,
// which the batch keeps for its records, are not shown.
func TestABatchSaysItsTroublesInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	h := build(t, options{files: map[string]string{"towns.md": town}})
	keeper := h.as("terminologist")
	applied := keeper.post(keeper.post("/concepts/loc.kafranbel/edit", "ar", "كفر نبل", "reason", "as the town writes itself").URL.Path + "/apply")
	h.settle()
	bs, err := h.pipe.Batches(t.Context())
	h.must(err)
	if len(bs) != 1 {
		t.Fatalf("%d batches: %s", len(bs), said(applied))
	}
	items, err := h.pipe.Items(t.Context(), bs[0].ID, edition.ItemFilter{Limit: 1})
	h.must(err)
	if len(items) != 1 {
		t.Fatal("the batch has no item")
	}
	page := "/batches/" + itoa(bs[0].ID) + "/groups/" + itoa(items[0].Group) + "?status=task"
	b := h.as("reviewer")
	const english = "the engine said this in English"
	for _, reason := range edition.TroubleReasons() {
		x := items[0]
		x.Status, x.Why = edition.ItemTask, english
		x.Trouble = edition.Trouble{Reason: reason, Where: "llm.example", See: "engines.llm", Detail: "numbers"}
		h.must(h.store.InTx(t.Context(), func(tx *store.Tx) error { return tx.SaveItems(t.Context(), []edition.Item{x}) }))
		for _, lang := range []string{"en", "ar", "fr"} {
			b.lang = lang
			a := b.get(page)
			body := html.UnescapeString(a.Body)
			if a.Status != http.StatusOK || strings.Contains(body, english) {
				t.Errorf("%s, %s: %d, or the engine's own words are shown", lang, reason, a.Status)
			}
			for _, in := range []string{"en", "ar", "fr"} {
				if want := troubleIn(in, x.Trouble); strings.Contains(body, " · "+want) != (in == lang) {
					t.Errorf("%s, %s: that %q is shown is %v", lang, reason, want, in != lang)
				}
			}
		}
	}
}

// troubleIn is what the catalogue of a language says of a trouble.
func troubleIn(lang string, x edition.Trouble) string {
	l := locales.NewLocalizer(lang)
	args := map[string]any{"Where": x.Where, "See": x.See, "Detail": x.Detail}
	if x.Reason == edition.TroubleUnfit {
		args["Detail"] = l.T("desk.house.broken.numbers", nil)
	}
	return l.T("desk.trouble."+string(x.Reason), args)
}
