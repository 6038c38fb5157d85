package desk_test

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// accessible is a script that gives, as JSON, a list of what is wrong with
// the page: the rules of WCAG 2.2 AA that can be seen in a page's structure
// and computed styles.
//
//go:embed testdata/accessible.js
var accessible string

// pageProblems lists what keeps people from using the page that a tab shows:
// controls without a name, labels or languages that are missing, headings and
// landmarks out of order, references that lead nowhere, text without enough
// contrast, a focus that cannot be seen, what is too small to be hit, and
// what sticks out of the window. It leaves the page as it was, but for the
// focus, which comes back to where it was.
func pageProblems(ctx context.Context) ([]string, error) {
	// A browser shows the focus once somebody works with the keyboard.
	for _, kind := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeRawKeyDown, input.DispatchKeyEventTypeKeyUp} {
		if _, err := chromedp.Call(ctx, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: kind, Code: "F16", Key: "F16"}); err != nil {
			return nil, err
		}
	}
	// What is just fading in is looked at as it will be.
	const settle = `document.getAnimations().forEach(a => { try { a.finish() } catch { /* it has no end */ } })`
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[chromedp.Void](settle)); err != nil {
		return nil, err
	}
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](accessible))
	if err != nil {
		return nil, err
	}
	var found []string
	if err := json.Unmarshal([]byte(text), &found); err != nil {
		return nil, fmt.Errorf("what the page's check gave: %w: %s", err, text)
	}
	return found, nil
}

// inspect fails the test for each problem of the page that the tab shows.
func (b *tab) inspect(where string) {
	b.t.Helper()
	found, err := pageProblems(b.ctx)
	b.h.must(err)
	for _, f := range found {
		b.t.Errorf("%s: %s", where, f)
	}
}

// faulty is a page with one fault for each rule that must be found.
const faulty = `<!doctype html><html lang="en" dir="ltr"><title>Faulty</title><style>.pale{color:#bbb}.bare:focus{outline:none}</style>
<body><nav><a href="/">Home</a></nav><nav><a href="/x">X</a></nav>
<main><h1>One</h1><h3>Three</h3><p id="a" class="pale">Too pale to read</p><p id="a">Twice</p>
<p>In English: معصران is a town</p><div class="text">no direction</div>
<button style="width:40px;height:30px"></button><button style="width:10px;height:10px;padding:0;border:0" aria-label="tiny"></button>
<button class="bare" style="width:90px;height:40px">Unseen</button><button aria-label="Other" style="height:40px;width:90px">Words</button>
<input style="height:40px" placeholder="only this"><span aria-describedby="none">x</span><div role="nonsense">r</div><table><tr><td>1</td></tr></table>
<div style="width:4000px">wide</div><span tabindex="3">t</span><img src="data:,"></main></body></html>`

// What keeps people from using a page is found, each of it by its rule.
func TestPageProblems(t *testing.T) {
	t.Parallel()
	h := build(t, options{idle: true})
	b := h.tab(t, 1280, 860)
	b.do(chromedp.Navigate("data:text/html;charset=utf-8," + url.PathEscape(faulty)))
	found, err := pageProblems(b.ctx)
	h.must(err)
	text := strings.Join(found, "\n")
	for _, want := range []string{
		"a navigation without a label", "level 3 after one of level 1", "the id a stands there 2 times", "a contrast of", "Arabic words that no language is said of",
		"a text without a direction", "no name: <button", "too small to hit (10×10)", "its focus cannot be seen", "lacks the words that are seen", "no name: <input",
		"aria-describedby leads nowhere", "an unknown role", "a table without headings", "wide in a window of", "the order of the Tab key", "a picture without a text",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("not found: %s", want)
		}
	}
	if t.Failed() {
		t.Log(text)
	}
}
