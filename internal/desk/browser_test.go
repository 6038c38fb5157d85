package desk_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	runtimes "runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// chromium is the one browser of the tests; each tab is a window of its own
// person.
var chromium struct {
	once   sync.Once
	ctx    context.Context
	cancel context.CancelFunc
	err    error
}

// together is how many tests run at once at the least: one with a browser waits
// for most of its time, for the browser, the disk or the other process.
const together = 4

func TestMain(m *testing.M) {
	flag.Parse()
	chosen := underRace // there they are all work and no waiting
	flag.Visit(func(f *flag.Flag) { chosen = chosen || f.Name == "test.parallel" })
	if !chosen && runtimes.GOMAXPROCS(0) < together {
		_ = flag.Set("test.parallel", strconv.Itoa(together))
	}
	code := m.Run()
	if chromium.cancel != nil {
		chromium.cancel()
	}
	if program.path != "" {
		_ = os.RemoveAll(filepath.Dir(program.path))
	}
	os.Exit(code)
}

func startChromium() {
	exe := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			exe = p
			break
		}
	}
	if exe == "" {
		chromium.err = fmt.Errorf("no chromium, chromium-browser or google-chrome is installed; on Debian: apt-get install chromium")
		return
	}
	chromium.ctx, chromium.cancel = chromedp.NewContext(context.Background(), chromedp.WithAllocatorOptions(
		chromedp.ExecPath(exe), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("lang", "en")))
	chromium.err = chromedp.Do(chromium.ctx)
}

// tab is a window of the browser in which one person works.
type tab struct {
	t    testing.TB
	h    *house
	ctx  context.Context
	lang string // of the desk
	size string // wide or phone
	// scriptless says that the window runs no scripts.
	scriptless bool
	mu         sync.Mutex
	said       []string // complaints of the browser, and requests that leave the desk
}

// phone says whether the window is a phone's.
func (b *tab) phone() bool { return b.size == "phone" }

// browsing starts the browser; the test is skipped where there is none, but
// not where the environment says that this is CI.
func browsing(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("browser tests are left out of short runs")
	}
	if underRace {
		t.Skip("browser tests are left out under the race detector; the plain run has them")
	}
	chromium.once.Do(startChromium)
	if chromium.err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(chromium.err)
		}
		t.Skip(chromium.err)
	}
}

// window opens a window of a named size for somebody who works in a language.
func (h *house) window(t testing.TB, lang, size string) *tab {
	t.Helper()
	for _, s := range sizes {
		if s.name != size {
			continue
		}
		var opts []chromedp.EmulateViewportOption
		if s.phone {
			opts = append(opts, chromedp.EmulateMobile, chromedp.EmulateTouch)
		}
		b := h.tab(t, s.width, s.height, opts...)
		b.lang, b.size = lang, size
		return b
	}
	t.Fatalf("no window is %s", size)
	return nil
}

// tab opens a window of a size.
func (h *house) tab(t testing.TB, width, height int64, opts ...chromedp.EmulateViewportOption) *tab {
	t.Helper()
	browsing(t)
	ctx, cancel := chromedp.NewContext(chromium.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(cancel)
	b := &tab{t: t, h: h, ctx: ctx, lang: "en"}
	b.do()
	h.must(chromedp.Listen(ctx, b.hear))
	b.do(chromedp.EmulateViewport(width, height, opts...))
	t.Cleanup(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		if len(b.said) > 0 {
			t.Errorf("the browser complained:\n%s", strings.Join(b.said, "\n"))
		}
	})
	return b
}

func (b *tab) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			text += " " + e.ExceptionDetails.Exception.Description
		}
		b.said = append(b.said, "exception: "+text)
	case *log.EventEntryAdded:
		// An answer of 409 or 422 is part of the desk's talk with its script,
		// and so is a connection that breaks.
		if e.Entry.Source != log.EntrySourceNetwork && (e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning) {
			b.said = append(b.said, string(e.Entry.Source)+": "+e.Entry.Text)
		}
	case *network.EventRequestWillBeSent:
		if u := e.Request.URL; !strings.HasPrefix(u, b.h.server.URL) && !strings.HasPrefix(u, "data:") && !strings.HasPrefix(u, "about:") {
			b.said = append(b.said, "asked for "+u)
		}
	}
}

func (b *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// eval gives the value of a JavaScript expression.
func eval[T any](b *tab, expression string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// wait waits until a JavaScript expression is true.
func (b *tab) wait(expression string) {
	b.t.Helper()
	end := time.Now().Add(time.Minute)
	tick := time.NewTicker(15 * time.Millisecond)
	defer tick.Stop()
	for {
		v, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool]("Boolean("+expression+")"))
		if err == nil && v {
			return
		}
		if time.Now().After(end) {
			b.shot("stuck")
			b.t.Fatalf("waited in vain for %s (%v); the page is\n%s", expression, err, eval[string](b, `location.href + ' ' + document.activeElement.outerHTML.slice(0, 300) + ' ' + (document.querySelector('#say')?.textContent ?? '') + ' ' + (document.querySelector('.seg.active')?.outerHTML ?? '').slice(0, 300)`))
		}
		<-tick.C
	}
}

func (b *tab) open(path string) {
	b.t.Helper()
	if !strings.HasPrefix(path, "http") {
		path = b.h.server.URL + path
	}
	b.do(chromedp.Navigate(path))
	b.ready()
}

// ready waits until the page and its script are there.
func (b *tab) ready() {
	b.t.Helper()
	if b.scriptless {
		b.wait(`document.readyState === 'complete'`)
		return
	}
	b.wait(`document.readyState === 'complete' && (document.documentElement.classList.contains('ready') || !document.querySelector('script[src$="queue.js"], script[src$="edition.js"]'))`)
}

// signIn signs somebody in by the button of their link.
func (b *tab) signIn(name string) {
	b.t.Helper()
	b.open(b.h.link(name))
	b.do(chromedp.Click(chromedp.CSS("main button")))
	b.wait(`document.querySelector('#list')`)
	b.ready()
}

// speak chooses the desk's language in the menu.
func (b *tab) speak(lang string) {
	b.t.Helper()
	b.hit(`[popovertarget="menu"]`)
	b.click(`#menu [name="language"][value="` + lang + `"]`)
	b.wait(`document.documentElement.lang === '` + lang + `'`)
}

// press presses a key as a keyboard does: a page that takes the key for
// itself keeps it from writing.
func (b *tab) press(key string, with ...chromedp.Modifier) {
	b.t.Helper()
	for _, r := range key {
		events := kb.Encode(r)
		down, up := events[0], events[len(events)-1]
		down.Type, up.Type = input.DispatchKeyEventTypeKeyDown, input.DispatchKeyEventTypeKeyUp
		for _, m := range with {
			down.Modifiers |= int64(m)
			up.Modifiers |= int64(m)
			down.Text = ""
		}
		if len(with) == 0 && len(events) == 3 {
			down.Text = events[1].Text
		}
		for _, e := range []*input.DispatchKeyEventParams{down, up} {
			_, err := chromedp.Call(b.ctx, input.DispatchKeyEvent, *e)
			b.h.must(err)
		}
	}
}

// pressAt presses the key at a place of the keyboard whose layout writes
// something else there.
func (b *tab) pressAt(code, writes string) {
	b.t.Helper()
	for _, kind := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeRawKeyDown, input.DispatchKeyEventTypeKeyUp} {
		_, err := chromedp.Call(b.ctx, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: kind, Code: code, Key: writes})
		b.h.must(err)
	}
}

// tap clicks what may be replaced at any moment.
func (b *tab) tap(selector string) {
	b.t.Helper()
	b.wait("document.querySelector(`" + selector + "`)?.checkVisibility()")
	eval[chromedp.Void](b, "document.querySelector(`"+selector+"`).click()")
}

// write types text into what has the focus, as a keyboard of any language.
func (b *tab) write(text string) {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, input.InsertText, input.InsertTextParams{Text: text})
	b.h.must(err)
}

// rewrite replaces all that stands in the field.
func (b *tab) rewrite(text string) {
	b.t.Helper()
	eval[chromedp.Void](b, `document.activeElement.field ? document.activeElement.field.selectAll() : document.activeElement.select()`)
	b.write(text)
}

// shot keeps a picture where DRAGOMAN_SCREENSHOTS names a folder.
func (b *tab) shot(name string) {
	b.t.Helper()
	dir := os.Getenv("DRAGOMAN_SCREENSHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	b.h.must(err)
	b.h.must(os.MkdirAll(dir, 0o755))
	b.h.must(os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644))
}

var sizes = []struct {
	name          string
	width, height int64
	phone         bool
}{{"wide", 1280, 860, false}, {"phone", 360, 740, true}}

// A reviewer takes a release from the queue to the public page with keyboard
// and mouse, in English and Arabic, on a laptop and on a phone.
func TestABrowserReviews(t *testing.T) {
	perform(t, task{who: "Lina", options: options{locales: []string{"ar"}}, do: func(b *tab) { review(b, b.phone()) }})
}

func review(b *tab, phone bool) {
	t, h := b.t, b.h
	b.press(kb.Enter) // the first of the queue
	b.wait(`document.querySelector('.seg.active')`)
	b.ready()
	if got := eval[string](b, `document.querySelector('.seg.active').dataset.n`); got != "1" {
		t.Fatalf("segment %s is active", got)
	}
	// The title has no words yet: write some; they are kept while typed.
	b.press(kb.Enter)
	b.wait(`document.activeElement.field`)
	b.write("هجوم على")
	b.wait(`/\d\d:\d\d:\d\d/.test(document.querySelector('.editing .saved').textContent)`)
	if d := h.view("attack", "ar", "Lina").Rows[0].Draft; d == nil || d.Text != "هجوم على" {
		t.Fatalf("the draft is %+v", d)
	}
	b.write(" معصران")
	b.press(kb.Enter, chromedp.ModifierCtrl)
	b.wait(`document.querySelector('.seg.active').dataset.n === '2' && document.activeElement.field`)
	h.until("the title is approved", func() bool { return h.target("attack", "ar", 1).ApprovedBy == "Lina" })
	// Leaving saves; nothing was changed, so no version is made.
	b.press(kb.Escape)
	b.wait(`!document.querySelector('.editing') && document.activeElement.closest('.seg').dataset.n === '2'`)
	b.press(kb.ArrowDown)
	b.wait(`document.querySelector('.seg.active').dataset.n === '3' && document.querySelector('.pane-body').dataset.for === document.querySelector('.seg.active').dataset.id`)
	b.press(kb.ArrowUp)
	b.wait(`document.querySelector('.seg.active').dataset.n === '2'`)
	b.press(kb.Enter, chromedp.ModifierCtrl) // approve without editing
	b.wait(`document.querySelector('.seg.active').dataset.n === '3' && !document.querySelector('.editing')`)
	// By touch or mouse: open the fourth, insert its codes by their button.
	if phone {
		b.hit("#s4 .tgt")
	}
	b.hit("#s4 .tgt")
	b.wait(`document.querySelector('#s4.editing') && document.activeElement.field`)
	b.write("لم ")
	b.tap("#s4 .codes button")
	b.write("يتوقع")
	eval[chromedp.Void](b, `(f => f.caret(f.value.length))(document.activeElement.field)`)
	b.write(" أحد ذلك")
	b.tap(`#s4 [data-mark="؟"]`)
	b.press(kb.Backspace)
	b.write(".")
	if got := eval[string](b, `document.activeElement.field.value`); got != "لم ⟦1⟧يتوقع⟦/1⟧ أحد ذلك." {
		t.Fatalf("the editor holds %q", got)
	}
	b.shot("flow-edit-" + eval[string](b, `document.documentElement.lang`) + map[bool]string{true: "-phone"}[phone])
	b.tap(`#s4 [name="then"][value="approve"]`)
	h.until("the fourth segment is approved", func() bool { return h.target("attack", "ar", 4).ApprovedBy == "Lina" })
	b.wait(`document.querySelector('.seg.active').dataset.n === '5'`)
	if got := eval[bool](b, `document.querySelector('#s4 .tgt b')?.textContent === 'يتوقع'`); !got {
		t.Error("the code is not shown as what it does")
	}
	b.press(kb.Escape)
	b.wait(`!document.querySelector('.editing')`)
	// The rest, then the edition, then the public page.
	for n := 3; n <= 5; n++ {
		if h.target("attack", "ar", n).ApprovedBy != "" {
			continue
		}
		b.wait(fmt.Sprintf(`document.querySelector('#s%d')`, n))
		b.tap(fmt.Sprintf("#s%d .go", n))
		b.wait(fmt.Sprintf(`document.querySelector('.seg.active').dataset.n === '%d' && document.querySelector('.pane-body').dataset.for === document.querySelector('.seg.active').dataset.id`, n))
		b.press(kb.Enter, chromedp.ModifierCtrl)
		h.until(fmt.Sprintf("segment %d is approved", n), func() bool { return h.target("attack", "ar", n).ApprovedBy == "Lina" })
	}
	b.wait(`document.querySelector('#bar button.main:not(:disabled)')`)
	b.tap("#bar form[action$='/approve'] button")
	b.wait(`document.querySelector('.edition').dataset.state === 'approved'`)
	b.ready()
	b.tap(`[popovertarget="d-publish"]`)
	b.wait(`document.querySelector('#d-publish').matches(':popover-open')`)
	b.tap("#d-publish button.main")
	b.wait(`document.querySelector('.edition').dataset.state === 'published'`) // comes by itself
	if _, err := os.Stat(filepath.Join(h.pub, "ar", "attack.html")); err != nil {
		t.Error(err)
	}
}

// The single keys act by their place, on an Arabic layout too; they can be
// switched off, and never act while somebody types.
func TestKeys(t *testing.T) {
	t.Parallel()
	h := build(t, options{locales: []string{"ar"}})
	b := h.tab(t, 1280, 860)
	b.signIn("Lina")
	b.pressAt("Slash", "ظ")
	b.wait(`document.activeElement.name === 'q'`)
	b.press(kb.Escape)
	b.press(kb.Enter)
	b.wait(`document.querySelector('.seg.active')`)
	b.ready()
	b.press("?")
	b.wait(`document.querySelector('#keys').open`)
	b.press(kb.Escape)
	b.wait(`!document.querySelector('#keys').open && !document.activeElement.closest('dialog')`)
	active := func(n string) string {
		return `document.querySelector('.seg.active').dataset.n === '` + n + `' && document.querySelector('.pane-body').dataset.for === document.querySelector('.seg.active').dataset.id`
	}
	b.press(kb.ArrowDown)
	b.wait(active("2"))
	b.pressAt("Digit2", "٢") // the second offer: "the attacks"
	h.until("the offer is taken", func() bool {
		return h.target("attack", "ar", 2).Standing.Text == "أدان الائتلاف الوطني السوري الهجمات."
	})
	b.pressAt("KeyH", "ا")
	b.wait(`document.querySelector('.versions li')`)
	b.pressAt("KeyN", "ى")
	b.wait(active("3"))
	b.press(kb.ArrowUp)
	b.wait(active("2"))
	top := `Math.round(document.querySelector('#s2 .tgt').firstElementChild.getBoundingClientRect().top)`
	before := eval[int](b, top)
	b.press(kb.Enter)
	b.wait(`document.querySelector('#s2.editing')`)
	if after := eval[int](b, `Math.round(document.querySelector('#s2 .field').getBoundingClientRect().top)`); after != before {
		t.Errorf("the text jumped from %d to %d when it was opened", before, after)
	}
	b.pressAt("KeyN", "ى") // typed, not obeyed
	b.press(".", chromedp.ModifierCtrl)
	b.pressAt("Digit1", "١") // the leader key lets it be obeyed
	b.wait(`document.querySelector('#s2.editing .field')?.field.value === 'أدان الائتلاف الوطني السوري الهجوم.'`)
	b.tap(`#s2 [data-discard]`)
	b.wait(`!document.querySelector('.editing')`)
	if got := h.target("attack", "ar", 2).Standing.Text; got != "أدان الائتلاف الوطني السوري الهجمات." {
		t.Errorf("discarded, and %q stands", got)
	}
	h.as("Lina").post("/keyboard", "leader", "Period") // no single keys
	b.open("/editions/" + itoa(h.view("attack", "ar", "").ID) + "?segment=2")
	b.wait(active("2"))
	b.pressAt("KeyN", "ى")
	b.press(kb.ArrowDown) // answers after the key would have
	b.wait(active("3"))
}

// The pane: a concept's card, a finding dismissed with a reason, a segment
// left out and taken back in, an edition sent back.
func TestThePane(t *testing.T) {
	t.Parallel()
	h := build(t, options{locales: []string{"ar"}})
	v := h.view("attack", "ar", "")
	_, err := h.pipe.Edit(t.Context(), "Omar", v.Rows[2].Target.ID, v.Rows[2].Target.Standing.ID, "أصيب 5 مدنيين في معصران.")
	h.must(err)
	b := h.tab(t, 1280, 860)
	b.signIn("Lina")
	b.open("/editions/" + itoa(v.ID) + "?segment=3")
	b.do(chromedp.ScrollIntoView(chromedp.CSS("#s3")))
	eval[chromedp.Void](b, `document.querySelector('#s3 .src .term').dispatchEvent(new PointerEvent('pointerover', { bubbles: true, pointerType: 'mouse' }))`)
	b.wait(`document.querySelectorAll('#s3 .lit').length === 2`)
	b.wait(`document.querySelector('#card').matches(':popover-open') && document.querySelector('#card').textContent.includes('معصران')`)
	b.shot("card-en")
	b.press(kb.Escape)
	b.wait(`!document.querySelector('#card').matches(':popover-open')`)
	b.tap(`.terms a[data-concept]`)
	b.wait(`document.querySelector('#card').matches(':popover-open')`)
	b.press(kb.Escape)
	for h.target("attack", "ar", 3).Errors > 0 {
		left := h.target("attack", "ar", 3).Errors
		eval[chromedp.Void](b, `document.activeElement.blur()`)
		b.pressAt("KeyD", "ي")
		b.wait(`document.activeElement.name === 'reason'`)
		b.write("عُدّوا من جديد")
		b.press(kb.Enter)
		h.until("the finding is dismissed", func() bool { return h.target("attack", "ar", 3).Errors < left })
		b.wait(`document.querySelector('.pane-body').dataset.for === '` + itoa(v.Rows[2].Target.ID) + `' && !document.querySelector('details.reason[open]')`)
	}
	b.tap(`.acts details summary`)
	b.wait(`document.activeElement.name === 'reason'`)
	b.write("ليس لهؤلاء القراء")
	b.press(kb.Enter)
	b.wait(`document.querySelector('#s3').classList.contains('g-omitted')`)
	b.tap(`.acts details summary`)
	b.wait(`document.activeElement.name === 'reason'`)
	b.write("بل لهم")
	b.press(kb.Enter)
	b.wait(`!document.querySelector('#s3').classList.contains('g-omitted')`)
	b.tap(`[popovertarget="d-more"]`)
	b.tap(`#d-more [popovertarget="d-reopen"]`)
	b.wait(`document.activeElement.name === 'reason'`)
	b.write("راجع الاسم")
	b.tap(`#d-reopen button.main`)
	b.wait(`document.querySelector('.note.warn')?.textContent.includes('راجع الاسم')`)
}

// Two people in the same segment: neither loses a word.
func TestTwoBrowsers(t *testing.T) {
	perform(t, task{who: "Lina", options: options{locales: []string{"ar"}}, do: func(b *tab) { writeAtOnce(b, b.beside("Omar")) }})
}

func writeAtOnce(lina, omar *tab) {
	t, h := lina.t, lina.h
	for _, b := range []*tab{lina, omar} {
		b.open("/editions/" + itoa(h.view("attack", "ar", "").ID) + "?segment=2")
		b.openEditor("2")
	}
	omar.rewrite("دان الائتلاف الوطني السوري الهجوم.")
	lina.rewrite("أدان الائتلاف الوطني السوري الهجوم بشدة.")
	lina.press(kb.Escape)
	h.until("Lina's text stands", func() bool { return h.target("attack", "ar", 2).Standing.Author == "Lina" })
	// Omar hears of it without losing what he typed.
	omar.wait(`document.querySelector('#s2 .saved').textContent === document.querySelector('#texts').dataset.elsewhere`)
	if got := eval[string](omar, `document.activeElement.field.value`); got != "دان الائتلاف الوطني السوري الهجوم." {
		t.Fatalf("Omar's editor holds %q", got)
	}
	omar.press(kb.Enter, chromedp.ModifierCtrl)
	omar.wait(`document.querySelector('#s2 .conflict') && document.activeElement.field`)
	omar.look("conflict")
	if got := eval[string](omar, `document.activeElement.field.value`); got != "دان الائتلاف الوطني السوري الهجوم بشدة." {
		t.Fatalf("the merged text is %q", got)
	}
	if got := h.target("attack", "ar", 2).Standing.Author; got != "Lina" {
		t.Fatalf("%s's text stands", got)
	}
	omar.tap("#s2 .conflict .use") // his own
	omar.wait(`document.activeElement.field?.value === 'دان الائتلاف الوطني السوري الهجوم.'`)
	omar.press("z", chromedp.ModifierCtrl) // and the browser's undo brings both back
	omar.wait(`document.activeElement.field?.value === 'دان الائتلاف الوطني السوري الهجوم بشدة.'`)
	omar.press(kb.Enter, chromedp.ModifierCtrl)
	h.until("the merged text is approved", func() bool {
		got := h.target("attack", "ar", 2)
		return got.ApprovedBy == "Omar" && got.Standing.Text == "دان الائتلاف الوطني السوري الهجوم بشدة."
	})
	// Lina's page shows it without being loaded again.
	lina.wait(`document.querySelector('#s2 .tgt .text').textContent.startsWith('دان ') && document.querySelector('#s2').classList.contains('g-reviewed')`)
}

// The queue of an open page follows what others do.
func TestTheQueueFollows(t *testing.T) {
	t.Parallel()
	h := build(t, options{locales: []string{"ar"}})
	v := h.view("attack", "ar", "")
	b := h.tab(t, 1280, 860)
	b.signIn("Lina")
	b.wait(`document.querySelector('.line .to')`)
	h.as("Omar").post("/editions/"+itoa(v.ID)+"/assign", "to", "me")
	b.wait(`document.querySelector('.line .person')?.textContent === 'Omar'`)
}

// The server goes away in the middle of an edit and comes back: what was
// typed is sent then, and nobody has to sign in again.
func TestARestartInTheMiddleOfAnEdit(t *testing.T) {
	perform(t, task{who: "Lina", options: options{locales: []string{"ar"}}, do: writeOn})
}

func writeOn(b *tab) {
	t, h := b.t, b.h
	b.open("/editions/" + itoa(h.view("attack", "ar", "").ID) + "?segment=4")
	b.openEditor("4")
	address := h.kill()
	b.write("لم يتوقع أحد ذلك")
	b.wait(`document.querySelector('#s4 .saved').textContent === document.body.dataset.offline`)
	b.look("offline")
	h.up(address)
	b.wait(`/\d\d:\d\d:\d\d/.test(document.querySelector('#s4 .saved').textContent)`)
	if d := h.view("attack", "ar", "Lina").Rows[3].Draft; d == nil || d.Text != "لم يتوقع أحد ذلك" {
		t.Errorf("the draft is %+v", d)
	}
	if n := eval[int](b, `localStorage.length`); n != 0 {
		t.Errorf("%d things are left in the browser", n)
	}
	// The page is closed without leaving the field: the draft is there again.
	b.write(".")
	b.open("/")
	h.until("what was typed last is there", func() bool {
		d := h.view("attack", "ar", "Lina").Rows[3].Draft
		return d != nil && d.Text == "لم يتوقع أحد ذلك."
	})
	b.open("/editions/" + itoa(h.view("attack", "ar", "").ID) + "?segment=4")
	b.wait(`document.querySelector('#s4').dataset.typed === 'لم يتوقع أحد ذلك.'`)
}

// Every page fits its window, names its controls, and can be touched.
func TestPagesAreUsable(t *testing.T) {
	t.Parallel()
	h := build(t, options{samples: true, locales: []string{"ar", "fr"}})
	v := h.view("security-council-urged", "ar", "")
	digest := h.view("weekly-digest", "ar", "")
	ed := "/editions/" + itoa(v.ID)
	pages := []string{"/", "/?state=approved", "/keyboard", "/sign-in?token=x", ed, ed + "?segment=10", ed + "/diff", ed + "/diff?mode=side", ed + "/history", ed + "/preview", ed + "/comments", ed + "/diff?base=revision",
		"/editions/" + itoa(digest.ID) + "?segment=30", "/targets/" + itoa(v.Rows[9].Target.ID) + "/history", "/nowhere"}
	for _, lang := range []string{"en", "ar"} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			b := h.tab(t, 1280, 860)
			b.signIn(map[string]string{"en": "Lina", "ar": "Omar"}[lang])
			if lang != "en" {
				b.speak(lang)
			}
			for _, page := range pages {
				b.open(page)
				for _, width := range []int64{1280, 800, 360} {
					b.do(chromedp.EmulateViewport(width, 800))
					b.inspect(fmt.Sprintf("%s %s at %d", lang, page, width))
				}
			}
			b.open(ed + "?segment=8")
			b.wait(`document.querySelector('#s8.active')`)
			eval[chromedp.Void](b, `document.querySelector('#s8 .tgt').click()`)
			b.wait(`document.querySelector('.editing')`)
			b.inspect(lang + " while editing")
			b.press(kb.Escape)
			b.wait(`!document.querySelector('.editing')`)
			eval[chromedp.Void](b, `document.querySelector('[data-sheet]').click()`)
			b.inspect(lang + " with the sheet open")
		})
	}
}

// TestScreenshots keeps pictures of the main pages over the samples.
func TestScreenshots(t *testing.T) {
	if os.Getenv("DRAGOMAN_SCREENSHOTS") == "" {
		t.Skip("DRAGOMAN_SCREENSHOTS names no folder to keep pictures in")
	}
	h := build(t, options{samples: true, locales: []string{"ar", "fr", "tr", "es", "ru"}})
	h.liven()
	ed := "/editions/" + itoa(h.view("security-council-urged", "ar", "").ID)
	for _, lang := range []string{"en", "ar"} {
		for _, size := range sizes {
			var opts []chromedp.EmulateViewportOption
			if size.phone {
				opts = append(opts, chromedp.EmulateScale(2))
			}
			b := h.tab(t, size.width, size.height, opts...)
			b.signIn("Lina")
			if lang != "en" {
				b.speak(lang)
			}
			for _, theme := range []string{"light", "dark"} {
				_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}}})
				h.must(err)
				as := func(page string) string { return strings.Join([]string{page, lang, size.name, theme}, "-") }
				b.open("/")
				b.shot(as("queue"))
				b.open(ed + "?segment=9")
				b.wait(`document.querySelector('#s9.active')`)
				b.shot(as("edition"))
				eval[chromedp.Void](b, `document.querySelector('#s10 .tgt').click()`)
				b.wait(`document.querySelector('#s10.editing') && document.querySelector('.pane-body').dataset.for === document.querySelector('#s10').dataset.id`)
				b.shot(as("editor"))
				b.press(kb.Escape)
				b.wait(`!document.querySelector('.editing')`)
				if size.phone {
					eval[chromedp.Void](b, `document.querySelector('[data-sheet]').click()`)
					b.shot(as("sheet"))
				}
				b.open(ed + "/diff")
				b.shot(as("diff"))
				b.open(ed + "/preview")
				b.shot(as("preview"))
				b.open(ed + "/history")
				b.shot(as("history"))
				b.open("/editions/" + itoa(h.view("weekly-digest", "ar", "").ID) + "?segment=14#s14")
				b.wait(`document.querySelector('#s14.active')`)
				b.shot(as("table"))
			}
		}
	}
}

// liven does some of the work that a newsroom does in a morning.
func (h *house) liven() {
	h.t.Helper()
	v := h.view("security-council-urged", "ar", "Omar")
	for i, text := range map[int]string{
		0: "الائتلاف الوطني السوري يحث مجلس الأمن الدولي على التحرك إزاء الهجمات على ريف إدلب",
		8: "دعا الائتلاف الوطني السوري مجلس الأمن الدولي إلى إصدار قرار يضع حدًا فوريًا للهجمات على بلدات وقرى ريف إدلب ويحمي سكانها.",
	} {
		t := v.Rows[i].Target
		saved, err := h.pipe.Edit(h.t.Context(), "Omar", t.ID, t.Standing.ID, text)
		h.must(err)
		if _, err := h.pipe.ApproveTarget(h.t.Context(), "Omar", t.ID, saved.Standing.ID); err != nil {
			h.t.Logf("segment %d: %v", i+1, err)
		}
	}
	_, err := h.pipe.ApproveClean(h.t.Context(), "Omar", v.ID)
	h.must(err)
	_, err = h.pipe.Assign(h.t.Context(), "Lina", v.ID, "Lina")
	h.must(err)
	_, err = h.pipe.Assign(h.t.Context(), "Omar", h.view("aid-convoy", "fr", "").ID, "Omar")
	h.must(err)
}
