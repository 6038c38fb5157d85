package desk_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Who goes on before the answer to what they did has come stays where they
// are.
func TestWhoMovesOnIsNotTakenBack(t *testing.T) {
	t.Parallel()
	h := build(t, options{locales: []string{"ar"}})
	b := h.tab(t, 1280, 860)
	b.signIn("Lina")
	b.open("/editions/" + itoa(h.view("attack", "ar", "").ID) + "?segment=2")
	active := func(n string) string {
		return `document.querySelector('.seg.active').dataset.n === '` + n + `' && document.querySelector('.pane-body').dataset.for === document.querySelector('.seg.active').dataset.id`
	}
	b.wait(active("2"))
	// The answers to acts are held back until the test lets them through.
	eval[chromedp.Void](b, `(() => {
		const send = window.fetch
		window.fetch = async (...a) => {
			const answer = await send(...a)
			if (a[1]?.method === 'POST' && /\/(edit|take|approve)$/.test(new URL(a[0], location).pathname)) await new Promise(go => { window.through = go })
			return answer
		}
	})()`)
	for _, act := range []struct {
		what string
		do   func()
		done func() bool
	}{
		{"the offer is taken", func() { b.pressAt("Digit2", "٢") }, func() bool {
			return h.target("attack", "ar", 2).Standing.Text == "أدان الائتلاف الوطني السوري الهجمات."
		}},
		{"the segment is approved", func() { b.press(kb.Enter, chromedp.ModifierCtrl) }, func() bool { return h.target("attack", "ar", 2).ApprovedBy == "Lina" }},
	} {
		eval[chromedp.Void](b, `window.through = null, document.querySelector('#say').textContent = ''`)
		act.do()
		h.until(act.what, act.done)
		b.wait(`window.through`)
		b.press(kb.ArrowDown)
		b.wait(active("3"))
		b.press(kb.ArrowDown)
		b.wait(active("4"))
		eval[chromedp.Void](b, `window.through()`)
		b.wait(`document.querySelector('#say').textContent`) // the answer has been shown
		if got := eval[string](b, `document.querySelector('.seg.active').dataset.n`); got != "4" {
			t.Errorf("%s: the page went to segment %s", act.what, got)
		}
		b.press(kb.ArrowUp)
		b.wait(active("3"))
		b.press(kb.ArrowUp)
		b.wait(active("2"))
	}
}
