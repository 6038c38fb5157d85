package desk_test

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// In an Arabic desk an English title or line begins where the page's lines
// begin, on a small phone the name of the product stays in one line, and no
// figure's words are cut.
func TestLinesBeginWhereThePagesDo(t *testing.T) {
	t.Parallel()
	h := build(t, options{files: map[string]string{"towns.md": town}, locales: []string{"ar"}})
	set := h.as("terminologist").post("/concepts/loc.kafranbel/edit", "ar", "كفر نبل", "reason", "as the town writes itself").URL.Path
	b := h.sitDown(t, "admin", "ar", "phone")
	// far is how far the words of an element end from its right edge.
	const far = `(e => { const r = document.createRange(); r.selectNodeContents(e); const s = getComputedStyle(e); return Math.round(e.getBoundingClientRect().right - parseFloat(s.paddingRight) - Math.max(...[...r.getClientRects()].map(x => x.right))) })`
	for _, line := range []struct{ page, words string }{
		{"/concepts/loc.kafranbel?locale=ar", `document.querySelector('.room-head h1')`},
		{set, `document.querySelector('.room-head p[dir=auto]')`},
		{"/batches", `document.querySelector('.rows p[dir=auto]')`},
		{"/audit", `[...document.querySelectorAll('td.detail')].find(d => d.textContent === 'as the town writes itself')`},
	} {
		b.open(line.page)
		if got := eval[int](b, far+"("+line.words+")"); got > 2 || got < -2 {
			t.Errorf("%s: the line begins %d points off", line.page, got)
		}
		b.shot("lines-" + line.page[1:4])
	}
	b.open("/published")
	if n := eval[int](b, `(() => { const r = document.createRange(); r.selectNodeContents(document.querySelector('.brand span')); return new Set([...r.getClientRects()].map(x => Math.round(x.top))).size })()`); n != 1 {
		t.Errorf("the product's name stands in %d lines", n)
	}
	b.shot("lines-brand")
	b.open("/dashboard")
	if cut := eval[string](b, `[...document.querySelectorAll('.chart text')].filter(x => x.checkVisibility() && getComputedStyle(x.ownerSVGElement).overflow !== 'visible').map(x => x.textContent).join()`); cut != "" {
		t.Errorf("cut: %s", cut)
	}
	eval[chromedp.Void](b, `document.querySelectorAll('.chart')[1]?.scrollIntoView({ block: 'center' })`)
	b.shot("lines-chart")
}
