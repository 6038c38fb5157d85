package desk_test

import "testing"

// What is being typed is saved before a button of the pane does its work, and
// the save does not stand in the way of it.
func TestThePaneWhileTyping(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ar"} { // on a phone the pane is away meanwhile
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			h := build(t, options{locales: []string{"ar"}})
			tg := h.target("attack", "ar", 3)
			_, err := h.pipe.Edit(t.Context(), "Omar", tg.ID, tg.Standing.ID, "أصيب خمسة مدنيين في معصران.")
			h.must(err)
			b := h.sitDown(t, "Lina", lang, "wide")
			b.open("/editions/" + itoa(h.view("attack", "ar", "").ID))
			b.at("2")
			const said = "دان الائتلاف الوطني السوري الهجوم بشدة."
			b.edit("2", said)
			b.pane()
			b.hit(`.pane form[action$="/approve"] button`)
			h.until("the second is approved", func() bool { return h.target("attack", "ar", 2).ApprovedBy == "Lina" })
			if got := h.target("attack", "ar", 2).Standing; got.Text != said || got.Author != "Lina" {
				t.Errorf("%q of %s stands", got.Text, got.Author)
			}
			b.wait(`!document.querySelector('.editing') && !document.querySelector('#say.error')`)
			// A finding was of the words before: they are saved, and what is found
			// in them is shown.
			b.at("3")
			b.edit("3", "أصيب ثلاثة مدنيين في معسران.")
			b.pane()
			b.because(`.finding details.reason`, "عُدّوا من جديد", `button`)
			h.until("the third is saved", func() bool {
				return h.target("attack", "ar", 3).Standing.Text == "أصيب ثلاثة مدنيين في معسران."
			})
			b.wait(`!document.querySelector('.editing') && !document.querySelector('#say.error') && document.querySelector('#s3').textContent.includes('معسران')`)
			b.quiet()
			if tg := h.target("attack", "ar", 3); tg.Errors == 0 {
				t.Error("nothing is found in the new words")
			}
		})
	}
}
