package desk_test

import (
	"strings"
	"testing"
)

// A wording of the release's own file is not the desk's to take back: whoever
// empties the form is told that it counts.
func TestAWordingOfTheFileCounts(t *testing.T) {
	t.Parallel()
	const file = "---\ntitle: Talks\nslug: talks\noriginals:\n  - quote: \"We will stay in Kafranbel,\"\n    wording:\n      ar: سنبقى في كفرنبل\n---\n\n“We will stay in Kafranbel,” said the mayor.\n"
	h := build(t, options{files: map[string]string{"talks.md": file}, locales: []string{"ar"}})
	row := h.view("talks", "ar", "").Rows[1]
	if len(row.Quotations) != 1 || row.Quotations[0].Wording == "" {
		t.Fatalf("the file's wording is not known: %+v", row.Quotations)
	}
	b := h.as("Lina")
	at := "/targets/" + itoa(row.Target.ID) + "/original"
	quote := row.Quotations[0].Quote
	version := func() string { return itoa(h.view("talks", "ar", "").Rows[1].Target.Standing.ID) }
	if text := said(b.post(at, "version", version(), "quote", quote, "wording", "")); !strings.Contains(text, "own file counts") {
		t.Errorf("emptied, it says %q", text)
	}
	b.post(at, "version", version(), "quote", quote, "wording", "لن نرحل عن كفرنبل")
	if text := said(b.post(at, "version", version(), "quote", quote, "wording", "")); !strings.Contains(text, "own file counts") {
		t.Errorf("taken back, it says %q", text)
	}
}

// On the edition's page with scripts a reviewer says that a quotation was
// spoken in this language and its wording is not at hand, and takes that back;
// a form with neither is refused with a sentence, and nothing is kept.
func TestAQuotationSpokenInThisLanguage(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ar"} {
		for _, size := range []string{"wide", "phone"} {
			t.Run(lang+" "+size, func(t *testing.T) {
				t.Parallel()
				h := build(t, options{files: map[string]string{"talks.md": talks}, locales: []string{"ar"}})
				tg := h.target("talks", "ar", 5)
				_, err := h.pipe.Edit(t.Context(), "Omar", tg.ID, tg.Standing.ID, "قال رئيس البلدية: «سنظل في كفرنبل».")
				h.must(err)
				b := h.sitDown(t, "Lina", lang, size)
				b.open("/editions/" + itoa(h.view("talks", "ar", "").ID) + "?segment=5")
				b.atSegment("5")
				spoken := func() bool { return h.view("talks", "ar", "").Rows[4].Quotations[0].Spoken }
				form := func() {
					b.quiet()
					b.pane()
					b.hit(`details:has([name="wording"]) > summary`)
					b.wait(`document.activeElement.name === 'wording'`)
				}
				form()
				b.hit(`form:has([name="wording"]) button`)
				b.wait(`document.querySelector('#say.on.error')?.textContent`)
				if spoken() {
					t.Error("an empty form says that it was spoken in Arabic")
				}
				b.open("/editions/" + itoa(h.view("talks", "ar", "").ID) + "?segment=5")
				b.atSegment("5")
				form()
				b.hit(`[name="spoken"]`)
				b.wait(`document.querySelector('[name="spoken"]').checked`)
				b.look("quotation-spoken")
				b.hit(`form:has([name="wording"]) button`)
				h.until("it was spoken in Arabic", spoken)
				said := map[string]string{"en": "spoken in this language", "ar": "قيل بهذه اللغة"}[lang]
				b.reads(`#say`, said)
				b.wait(`document.querySelector('.pane .finding.warning')`) // a translation back
				b.quiet()
				b.look("quotation-translated-back")
				form()
				b.wait(`document.querySelector('[name="spoken"]').checked`)
				b.hit(`[name="spoken"]`)
				b.wait(`!document.querySelector('[name="spoken"]').checked`)
				b.hit(`form:has([name="wording"]) button`)
				h.until("that is taken back", func() bool { return !spoken() })
				b.wait(`!document.querySelector('.pane .finding.warning')`)
			})
		}
	}
}
