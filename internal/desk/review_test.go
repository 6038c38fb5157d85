package desk_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// atSegment waits until a segment is active and its pane is there.
func (b *tab) atSegment(n string) {
	b.t.Helper()
	b.wait(`document.querySelector('.seg.active')?.dataset.n === '` + n + `' && document.querySelector('.pane-body')?.dataset.for === document.querySelector('.seg.active').dataset.id`)
}

// Merging, taking back with Ctrl+Z, splitting at the caret; in English on a
// wide screen and in Arabic on a phone.
func TestABrowserMergesAndTakesBack(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lang  string
		width int64
	}{{"en", 1280}, {"ar", 360}} {
		t.Run(c.lang, func(t *testing.T) {
			t.Parallel()
			h := build(t, options{locales: []string{"ar"}})
			b := h.tab(t, c.width, 800)
			b.signIn("Lina")
			if c.lang != "en" {
				b.speak(c.lang)
			}
			b.open("/editions/" + itoa(h.view("attack", "ar", "").ID) + "?segment=2")
			b.atSegment("2")
			sheet := func() {
				if c.width < 1000 {
					b.wait(`(p => p.classList.contains('open') || (p.querySelector('[data-sheet]')?.click(), p.classList.contains('open')))(document.querySelector('.pane'))`)
				}
			}
			sheet()
			b.tap(`[data-merge]`)
			h.until("the second and third are one", func() bool { return h.target("attack", "ar", 2).Joined == 1 })
			b.wait(`document.querySelector('#s3 .left a') && document.querySelector('#s2 .src').textContent.includes('Maasran')`)
			b.inspect(c.lang + " with merged segments")
			b.shot("merged-" + c.lang)
			b.wait(`!document.querySelector('.pane.late')`)
			eval[chromedp.Void](b, `document.activeElement.blur()`)
			b.press("z", chromedp.ModifierCtrl)
			h.until("they are two again", func() bool { return h.target("attack", "ar", 2).Joined == 0 && !h.target("attack", "ar", 3).Merged() })
			b.wait(`!document.querySelector('#s3 .left')`)
			sheet()
			b.tap(`[data-merge]`)
			h.until("they are one again", func() bool { return h.target("attack", "ar", 2).Joined == 1 })
			b.wait(`document.querySelector('form[data-split]')`)
			b.tap("#s2 .tgt .text")
			b.wait(`document.activeElement.field`)
			text := h.target("attack", "ar", 2).Standing.Text
			first := strings.Index(text, ".") + 1
			eval[chromedp.Void](b, `(f => f.caret(f.value.indexOf('.') + 1))(document.activeElement.field)`)
			eval[chromedp.Void](b, `document.querySelector('form[data-split]').requestSubmit()`)
			h.until("they are split where the caret was", func() bool {
				a, c := h.target("attack", "ar", 2), h.target("attack", "ar", 3)
				return a.Joined == 0 && a.Standing.Text == text[:first] && c.Standing.Text == strings.TrimSpace(text[first:])
			})
		})
	}
}

// Codes are chips: deleting one half takes the other with it, a button moves
// them, undo brings them back, and nothing that is typed breaks them.
func TestChips(t *testing.T) {
	t.Parallel()
	h := build(t, options{locales: []string{"ar"}})
	b := h.tab(t, 1280, 860)
	b.signIn("Lina")
	b.open("/editions/" + itoa(h.view("attack", "ar", "").ID) + "?segment=4")
	b.atSegment("4")
	b.tap("#s4 .tgt")
	b.wait(`document.activeElement.field`)
	is := func(want string) {
		t.Helper()
		b.wait("document.activeElement.field.value === '" + want + "'")
	}
	b.write("لم يتوقع أحد ذلك.")
	eval[chromedp.Void](b, `document.activeElement.field.caret(3, 8)`)
	b.tap("#s4 .codes button")
	is("لم ⟦1⟧يتوقع⟦/1⟧ أحد ذلك.")
	b.shot("chips")
	if n := eval[int](b, `document.activeElement.querySelectorAll('.chip[contenteditable=false]').length`); n != 2 {
		t.Errorf("%d chips", n)
	}
	// Backspace behind a chip takes it whole, and its partner with it.
	eval[chromedp.Void](b, `document.activeElement.field.caret(6)`)
	b.press(kb.Backspace)
	is("لم يتوقع أحد ذلك.")
	b.press("z", chromedp.ModifierCtrl)
	is("لم ⟦1⟧يتوقع⟦/1⟧ أحد ذلك.")
	// The button moves the pair around what is selected now.
	eval[chromedp.Void](b, `(f => { const at = f.value.indexOf('ذلك'); f.caret(at, at + 3) })(document.activeElement.field)`)
	b.tap("#s4 .codes button")
	is("لم يتوقع أحد ⟦1⟧ذلك⟦/1⟧.")
	// What looks like a code and is none is text; one that is there moves.
	eval[chromedp.Void](b, `(f => { f.caret(f.value.length); f.insert(f.clean(' ⟦9⟧')) })(document.activeElement.field)`)
	is("لم يتوقع أحد ⟦1⟧ذلك⟦/1⟧. ⟦⟦9⟧")
	b.press("z", chromedp.ModifierCtrl)
	is("لم يتوقع أحد ⟦1⟧ذلك⟦/1⟧.")
	// Selecting across one half and writing over it repairs the other.
	eval[chromedp.Void](b, `(f => { const at = f.value.indexOf('⟦1⟧'); f.caret(at - 4, at + 4) })(document.activeElement.field)`)
	b.write("X")
	b.wait("!document.activeElement.field.value.includes('⟦')")
	b.press("z", chromedp.ModifierCtrl)
	is("لم يتوقع أحد ⟦1⟧ذلك⟦/1⟧.")
	b.press(kb.Enter) // a segment is one line
	is("لم يتوقع أحد ⟦1⟧ذلك⟦/1⟧.")
	b.press(kb.Escape)
	h.until("it is saved", func() bool {
		return h.target("attack", "ar", 4).Standing.Text == "لم يتوقع أحد ⟦1⟧ذلك⟦/1⟧."
	})
	// What cannot be seen shows on demand, and saves as it was.
	b.wait(`!document.querySelector('.editing')`)
	b.tap(`.do [data-marks]`)
	b.wait(`document.querySelector('.edition.show-marks')`)
	b.tap("#s4 .tgt .text")
	b.wait(`document.activeElement.field`)
	b.tap("#s4 [data-mark=\"\u200f\"]")
	b.wait(`document.activeElement.querySelector('.ghost[data-g=RLM]')`)
	b.shot("marks")
	b.press("z", chromedp.ModifierCtrl)
	is("لم يتوقع أحد ⟦1⟧ذلك⟦/1⟧.")
}

// A comment names somebody, who is told on every page, reads it, and closes it.
func TestABrowserComments(t *testing.T) {
	t.Parallel()
	h := build(t, options{locales: []string{"ar"}})
	v := h.view("attack", "ar", "")
	ed := "/editions/" + itoa(v.ID)
	lina, omar := h.tab(t, 1280, 860), h.tab(t, 360, 780)
	lina.signIn("Lina")
	lina.open(ed + "?segment=3")
	lina.atSegment("3")
	eval[chromedp.Void](lina, `document.activeElement.blur()`)
	lina.pressAt("KeyC", "ؤ")
	lina.wait(`document.activeElement.name === 'text' && document.activeElement.tagName === 'TEXTAREA'`)
	lina.write("هل هذا اسمه يا @Om")
	lina.wait(`document.querySelector('.people button')`)
	lina.tap(`.people button`)
	lina.wait(`document.activeElement.value.includes('@Omar ')`)
	lina.tap(`.pane .say-it button:not([type=button])`)
	lina.wait(`document.querySelector('.pane .remark .at')?.textContent === '@Omar'`)
	omar.signIn("Omar")
	omar.wait(`document.querySelector('.named')`)
	omar.inspect("the queue of somebody who is named")
	omar.tap(".named")
	omar.wait(`document.querySelector('.talk-page .remark.to-me')`)
	omar.inspect("the comments")
	omar.open("/")
	omar.wait(`!document.querySelector('.named')`)
	// Both are in the edition: each sees the other, and where.
	omar.open(ed + "?segment=2")
	lina.wait(`document.querySelector('#present').textContent.includes('Omar')`)
	omar.wait(`document.querySelector('#s3 .at-work')?.textContent === 'Lina'`)
	lina.shot("presence")
	// The preview beside the text follows an edit.
	lina.tap(`button[data-beside]`)
	lina.wait(`document.querySelector('#beside iframe')?.contentDocument?.body?.textContent.includes('أدان')`)
	tg := h.target("attack", "ar", 2)
	h.as("Omar").ask("/targets/"+itoa(tg.ID)+"/edit", "base", itoa(tg.Standing.ID), "text", "دان الائتلاف الوطني السوري الهجوم بشدة.")
	lina.wait(`document.querySelector('#beside iframe')?.contentDocument?.body?.textContent.includes('بشدة')`)
	lina.shot("beside")
	omar.open("/")
	lina.wait(`!document.querySelector('#present').textContent.includes('Omar')`)
}

// Keys can be changed and switched off, for a person, on the page that needs
// no script.
func TestKeysOfOnesOwn(t *testing.T) {
	t.Parallel()
	h := build(t, options{locales: []string{"ar"}})
	b := h.as("Lina")
	fields := []string{"single", "1", "leader", "Semicolon", "key-next", "KeyJ", "key-fix", "KeyF"}
	b.post("/keyboard", fields...)
	page := b.get("/keyboard").Body
	if !strings.Contains(page, `<option value="KeyJ" selected>`) || !strings.Contains(page, `<option value="Semicolon" selected>`) {
		t.Error("the chosen keys are not shown")
	}
	if a := b.post("/keyboard", append(fields, "key-merge", "KeyJ")...); !strings.Contains(a.Body, "given twice") {
		t.Error("one key does two things")
	}
	for _, code := range []string{"Tab", "F5", "Slash", "Escape", "<script>"} {
		if a := b.post("/keyboard", "key-next", code, "leader", "Period"); !strings.Contains(a.Body, "cannot be chosen") {
			t.Errorf("%s was taken", code)
		}
	}
	tb := h.tab(t, 1280, 860)
	tb.signIn("Lina")
	tb.open("/editions/" + itoa(h.view("attack", "ar", "").ID) + "?segment=2")
	tb.atSegment("2")
	tb.pressAt("KeyN", "ى") // nothing any more
	tb.pressAt("KeyJ", "ت")
	tb.atSegment("3")
	if other := h.as("Omar").get("/keyboard").Body; strings.Contains(other, `<option value="KeyJ" selected>`) {
		t.Error("one person's keys are another's")
	}
}

// Without JavaScript too: comments, merging, taking back, and what changed
// since one approved.
func TestReviewWithoutJavaScript(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	b := h.as("Lina")
	v := h.view("attack", "ar", "")
	ed := "/editions/" + itoa(v.ID)
	at := func(n int) string { return "/targets/" + itoa(h.target("attack", "ar", n).ID) }
	base := func(n int) string { return itoa(h.target("attack", "ar", n).Standing.ID) }
	b.post(ed+"/comments", "target", "0", "text", "For noon, @Omar <b>", "back", ed+"/comments")
	if a := h.as("Omar").get("/"); strings.Count(a.Body, `class="named" href="`+ed+`/comments"`) != 2 { // in the header and on the edition's line
		t.Error("Omar is not told")
	}
	if a := b.get(ed + "/comments"); !strings.Contains(a.Body, `<bdi class="at">@Omar</bdi> &lt;b&gt;`) {
		t.Error("the comment is not there")
	}
	b.post(at(2)+"/approve", "version", base(2))
	if a := b.get(ed + "/diff?base=approved"); !strings.Contains(a.Body, "Nothing has changed") {
		t.Error("something changed at once")
	}
	h.as("Omar").post(at(2)+"/edit", "base", base(2), "text", "دان الائتلاف الوطني السوري الهجوم.")
	for _, mode := range []string{"", "&mode=side"} {
		if a := b.get(ed + "/diff?base=approved" + mode); !strings.Contains(a.Body, "دان") || !strings.Contains(a.Body, `class="change"`) {
			t.Errorf("what changed since Lina approved is not shown%s", mode)
		}
	}
	if a := b.get(ed + "/diff?base=revision"); !strings.Contains(a.Body, "The source has not changed yet") {
		t.Error("there is a former revision")
	}
	b.post(at(2)+"/merge", "version", base(2))
	if h.target("attack", "ar", 2).Joined != 1 {
		t.Fatal("not merged")
	}
	if a := b.get(ed + "?segment=2"); !strings.Contains(a.Body, "Split off segment 3") || !strings.Contains(a.Body, "Translated together with segment 2") {
		t.Error("the merged segments are not shown as such")
	}
	b.post(at(2)+"/split", "version", base(2), "part", "1")
	if h.target("attack", "ar", 3).Merged() {
		t.Error("not split")
	}
	b.post(at(2) + "/undo")
	if h.target("attack", "ar", 2).Joined != 1 {
		t.Error("the splitting was not taken back")
	}
}
