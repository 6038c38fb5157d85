package desk_test

import (
	"html"
	"regexp"
	"strings"
	"testing"

	"dragoman/internal/edition"
)

// What the program itself writes into its records, in English or in the
// language of whoever acted, is read in the reader's; what people wrote stays.
func TestRecordsAreReadInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	h := build(t, options{files: map[string]string{"towns.md": town}, locales: []string{"ar"}})
	for i, words := range []string{"أُصيب ستة مدنيين في كفرنبل.", "قُصفت كفرنبل مجددًا."} {
		tg := h.target("towns", "ar", i+2)
		saved, err := h.pipe.Edit(t.Context(), "Omar", tg.ID, tg.Standing.ID, words)
		h.must(err)
		_, err = h.pipe.ApproveTarget(t.Context(), "Lina", tg.ID, saved.Standing.ID)
		h.must(err)
	}
	keeper := h.as("terminologist") // works in English
	const why = "as the town writes itself"
	batch := keeper.post(keeper.post("/concepts/loc.kafranbel/edit", "ar", "كفر نبل", "reason", why).URL.Path + "/apply").URL.Path
	h.settle()
	bs, err := h.pipe.Batches(t.Context())
	h.must(err)
	items, err := h.pipe.Items(t.Context(), bs[0].ID, edition.ItemFilter{Status: edition.ItemWaiting})
	h.must(err)
	if len(items) != 2 {
		t.Fatalf("%d wait: the test is void", len(items))
	}
	for i, teach := range []string{"variant", "exception"} {
		h.as("reviewer").post(batch+"/decide", "target", itoa(items[i].Target), "accept", "no", "teach", teach)
	}
	h.settle()
	keeper.post(batch + "/undo")
	h.settle()
	keeper.post(keeper.post("/concepts/loc.maasran/edit", "ar", "معصرين", "reason", why).URL.Path+"/effect", "at", "2030-01-02T09:00")

	admin := h.as("admin")
	admin.lang = "ar"
	english := regexp.MustCompile(`Change Kafranbel|[Bb]atch \d|Renderings|Exceptions that|glossary version|starter glossary|2030-01-02T`)
	for path, wants := range map[string][]string{
		"/batches":                         {"تعديل \u2068Kafranbel\u2069", "مقابلات أُبقي عليها في الدفعة", "استثناءات سُجّلت في الدفعة", why},
		batch:                              {"تعديل \u2068Kafranbel\u2069"},
		"/concepts/loc.kafranbel":          {"التراجع عن الدفعة", "المسرد الأولي من", why},
		"/audit":                           {"إصدار المسرد"},
		"/audit?what=change+set+scheduled": {"2 كانون الثاني 2030"},
	} {
		body := html.UnescapeString(admin.get(path).Body)
		main := body[strings.Index(body, "<main"):]
		for _, want := range wants {
			if !strings.Contains(main, want) {
				t.Errorf("%s lacks %q", path, want)
			}
		}
		if m := english.FindString(regexp.MustCompile(`<option.*?</option>`).ReplaceAllString(main, "")); m != "" {
			t.Errorf("%s says %q in Arabic", path, m)
		}
	}
}
