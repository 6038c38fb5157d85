package desk_test

import "testing"

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
