package desk_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	downloads "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// spot finds where the middle of an element is, once nothing lies over it;
// else it says why it cannot be hit.
const spot = `(which => {
	const e = document.querySelector(which)
	if (!e) return 'it is not there'
	if (!e.checkVisibility({ visibilityProperty: true })) return 'it is not shown'
	if (e.disabled) return 'it is disabled'
	e.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' })
	const box = [...e.getClientRects()].find(r => r.width > 1 && r.height > 1)
	if (!box) return 'it has no size'
	const x = box.left + box.width / 2, y = box.top + box.height / 2, at = document.elementFromPoint(x, y)
	const on = n => { const e = document.querySelector(which); return e?.contains(n) || e && n.closest?.('label')?.control === e }
	if (!at || !on(at)) return 'it lies under ' + at?.outerHTML.slice(0, 120)
	removeEventListener('click', window.aim, true)
	delete sessionStorage.struck
	sessionStorage.aimed = true
	addEventListener('click', window.aim = c => { sessionStorage.struck = on(c.target) }, { capture: true, once: true })
	return JSON.stringify([x, y])
})(%s)`

// struck says whether what was aimed at by spot was hit, null while nothing
// was. The page can be another since: because it was hit, or by itself.
const struck = `sessionStorage.struck ? sessionStorage.struck === 'true' : sessionStorage.aimed ? window.aim ? null : false : true`

// hit clicks the middle of an element with the mouse, or on a phone touches
// it with a finger: what is covered, off the page or disabled cannot be hit.
func (b *tab) hit(selector string) {
	b.t.Helper()
	end := time.Now().Add(time.Minute)
	tick := time.NewTicker(15 * time.Millisecond)
	defer tick.Stop()
	for last := ""; ; <-tick.C {
		at, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](fmt.Sprintf(spot, "`"+selector+"`")))
		if err == nil && at == last && strings.HasPrefix(at, "[") { // it rests
			var x, y float64
			_, err := fmt.Sscanf(at, "[%g,%g]", &x, &y)
			b.h.must(err)
			b.pointAt(x, y)
			if b.scriptless || b.struck() {
				return
			}
		}
		if last = at; time.Now().After(end) {
			b.shot("stuck")
			b.t.Fatalf("%s cannot be hit: %s (%v); the page is %s", selector, at, err, eval[string](b, `location.href + ' ' + document.body.innerText.slice(0, 400)`))
		}
	}
}

// struck waits for the click to arrive, and says whether it met what it was
// meant for: news from elsewhere can move a row between the look and the hand.
func (b *tab) struck() bool {
	b.t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		hit, err := chromedp.Run(b.ctx, chromedp.Evaluate[*bool](struck))
		if err == nil && hit != nil {
			return *hit
		}
	}
	return false
}

func (b *tab) pointAt(x, y float64) {
	b.t.Helper()
	if b.phone() {
		_, err := chromedp.Call(b.ctx, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: input.DispatchTouchEventTypeTouchStart, TouchPoints: []*input.TouchPoint{{X: x, Y: y}}})
		b.h.must(err)
		_, err = chromedp.Call(b.ctx, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: input.DispatchTouchEventTypeTouchEnd, TouchPoints: []*input.TouchPoint{}})
		b.h.must(err)
		return
	}
	b.do(chromedp.MouseClickXY(x, y))
}

// click hits what leads to another page, and waits for it.
func (b *tab) click(selector string) {
	b.t.Helper()
	b.leaving(func() { b.hit(selector) })
}

// leaving does what leads to another page, and waits for it.
func (b *tab) leaving(act func()) {
	b.t.Helper()
	eval[chromedp.Void](b, "window.old = true")
	act()
	b.wait("!window.old")
	b.ready()
}

// fillIn types into a field of a form, in the place of what stands there.
func (b *tab) fillIn(selector, text string) {
	b.t.Helper()
	b.hit(selector)
	b.wait("document.activeElement === document.querySelector(`" + selector + "`)")
	b.rewrite(text)
}

// choose takes an option of a list.
func (b *tab) choose(selector, value string) {
	b.t.Helper()
	b.wait("document.querySelector(`" + selector + "`)?.checkVisibility()")
	if !eval[bool](b, fmt.Sprintf("(s => { s.value = `%s`; s.dispatchEvent(new Event('input', { bubbles: true })); s.dispatchEvent(new Event('change', { bubbles: true })); return s.value === `%[1]s` })(document.querySelector(`%s`))", value, selector)) {
		b.t.Fatalf("%s has no option %s", selector, value)
	}
}

// see waits until something is shown.
func (b *tab) see(selector string) {
	b.t.Helper()
	b.wait("document.querySelector(`" + selector + "`)?.checkVisibility()")
}

// reads waits until an element's text has some words.
func (b *tab) reads(selector, words string) {
	b.t.Helper()
	b.wait("document.querySelector(`" + selector + "`)?.textContent.includes(`" + words + "`)")
}

// attach chooses a file of this machine in a field for files.
func (b *tab) attach(selector, name, text string) {
	b.t.Helper()
	path := filepath.Join(b.t.TempDir(), name)
	b.h.must(os.WriteFile(path, []byte(text), 0o644))
	ids, err := chromedp.Run(b.ctx, chromedp.QueryNodeIDs(chromedp.CSS(selector)))
	b.h.must(err)
	_, err = chromedp.Call(b.ctx, dom.SetFileInputFiles, dom.SetFileInputFilesParams{NodeID: ids[0], Files: []string{path}})
	b.h.must(err)
}

// download hits a link and gives the file that comes.
func (b *tab) download(selector string) string {
	b.t.Helper()
	dir := b.t.TempDir()
	_, err := chromedp.Call(b.ctx, downloads.SetDownloadBehavior, downloads.SetDownloadBehaviorParams{Behavior: downloads.SetDownloadBehaviorBehaviorAllow, BrowserContextID: chromedp.FromContext(b.ctx).BrowserContextID, DownloadPath: dir})
	b.h.must(err)
	b.hit(selector)
	var text []byte
	b.h.until("the file has come", func() bool {
		files, err := filepath.Glob(filepath.Join(dir, "*"))
		b.h.must(err)
		if len(files) != 1 || strings.HasSuffix(files[0], ".crdownload") {
			return false
		}
		text, err = os.ReadFile(files[0])
		return err == nil
	})
	return string(text)
}

// look inspects the page as it is now, and keeps a picture of it.
func (b *tab) look(name string) {
	b.t.Helper()
	b.inspect(fmt.Sprintf("%s in %s, %s", name, b.lang, b.size))
	b.shot(fmt.Sprintf("act-%s-%s-%s", name, b.lang, b.size))
}

// withoutScripts switches JavaScript off in the window.
func (b *tab) withoutScripts() {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	b.h.must(err)
	b.scriptless = true
}

// pane shows what is said about the active segment; on a phone it is a sheet
// that is drawn up.
func (b *tab) pane() {
	b.t.Helper()
	b.wait(`document.querySelector('.pane-body')?.dataset.for === document.querySelector('.seg.active')?.dataset.id && !document.querySelector('.pane.late')`)
	if b.phone() && !eval[bool](b, `document.querySelector('.pane').classList.contains('open')`) {
		b.hit(`.pane [data-sheet]`)
		b.wait(`document.querySelector('.pane').classList.contains('open')`)
	}
}

// room goes to a room of the desk; in a small window the rooms are in a menu.
func (b *tab) room(path string) {
	b.t.Helper()
	link := `nav.rooms a[href="` + path + `"]`
	if !eval[bool](b, "document.querySelector(`"+link+"`).checkVisibility()") {
		b.hit(`.rooms-open`)
	}
	b.click(link)
}
