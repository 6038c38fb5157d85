package desk_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// talks is a release with all that the page of an edition can do something
// about: a name spelled wrong, a number, codes, a quotation, a list.
const talks = `---
title: Talks on Maasran
slug: talks
---

The Syrian Coalition condemned the attack. Three civilians were injured in Maasran. Nobody had **seen** this coming.

“We will stay in Kafranbel,” said the mayor.

- Activists confirmed the report.
`

// at goes to a segment: with the mouse by its number, on a phone, where a
// sheet may lie over it, by its address.
func (b *tab) at(n string) {
	b.t.Helper()
	if b.phone() {
		b.open(eval[string](b, `location.pathname`) + "?segment=" + n)
	} else {
		b.hit(`#s` + n + ` .go`)
	}
	b.atSegment(n)
}

// because opens a choice that asks for a reason, gives it, and does it.
func (b *tab) because(details, why, button string) {
	b.t.Helper()
	b.hit(details + ` > summary`)
	b.wait(`document.activeElement.matches('` + details + ` :is(input, textarea)')`)
	b.write(why)
	b.hit(details + ` ` + button)
}

// quiet waits until the pane follows what was done.
func (b *tab) quiet() {
	b.t.Helper()
	b.wait(`!document.querySelector('.pane.late') && document.querySelector('.pane-body').dataset.for === document.querySelector('.seg.active').dataset.id && document.querySelector('.pane-body').dataset.base === document.querySelector('.seg.active').dataset.base`)
}

// A reviewer works through an edition with all that its page offers.
func TestAnEditionIsWorkedThrough(t *testing.T) {
	perform(t, task{
		who: "Lina", options: options{files: map[string]string{"talks.md": talks}, locales: []string{"ar"}},
		before: func(h *house) {
			tg := h.target("talks", "ar", 3)
			_, err := h.pipe.Edit(h.t.Context(), "Omar", tg.ID, tg.Standing.ID, "أصيب خمسة مدنيين في معسران.")
			h.must(err)
		},
		do: func(b *tab) {
			b.click(`.line .to`)
			b.atSegment("1")
			b.answerFindings()
			b.moveCodes()
			b.joinAndSplit()
			b.leaveOut()
			b.talk()
			b.giveOriginal()
			b.compareVersions()
			b.previewBeside()
			b.cutAndHeal()
			b.sendBack()
		},
	})
}

// answerFindings takes the fix of a name and dismisses what is left.
func (b *tab) answerFindings() {
	b.t.Helper()
	h := b.h
	b.at("3")
	b.pane()
	b.look("edition-findings")
	b.hit(`.pane [data-fix]`)
	h.until("the name is put right", func() bool { return strings.Contains(h.target("talks", "ar", 3).Standing.Text, "معصران") })
	b.wait(`!document.querySelector('#s3').textContent.includes('معسران')`)
	b.quiet()
	for h.target("talks", "ar", 3).Errors+h.target("talks", "ar", 3).Warnings > 0 {
		left := len(h.view("talks", "ar", "").Rows[2].Findings)
		b.pane()
		b.because(`.finding details.reason`, "عُدّوا من جديد", `button`)
		h.until("a finding is dismissed", func() bool { tg := h.target("talks", "ar", 3); return tg.Errors+tg.Warnings < left })
		b.wait(`!document.querySelector('.pane details.reason[open]')`)
		b.quiet()
		if left == 1 {
			break
		}
	}
	b.pane()
	b.look("edition-dismissed")
}

// moveCodes puts the codes in by their button, takes them out with one key,
// and puts them elsewhere.
func (b *tab) moveCodes() {
	b.t.Helper()
	h := b.h
	is := func(want string) {
		b.t.Helper()
		b.wait("document.activeElement.field?.value === '" + want + "'")
	}
	b.at("4")
	b.openEditor("4")
	b.rewrite("لم يتوقع أحد ذلك.")
	eval[chromedp.Void](b, `document.activeElement.field.caret(3, 8)`)
	b.hit(`#s4 .codes button`)
	is("لم ⟦1⟧يتوقع⟦/1⟧ أحد ذلك.")
	b.look("edition-codes")
	eval[chromedp.Void](b, `document.activeElement.field.caret(6)`)
	b.press(kb.Backspace)
	is("لم يتوقع أحد ذلك.")
	eval[chromedp.Void](b, `(f => { const at = f.value.indexOf('ذلك'); f.caret(at, at + 3) })(document.activeElement.field)`)
	b.hit(`#s4 .codes button`)
	is("لم يتوقع أحد ⟦1⟧ذلك⟦/1⟧.")
	eval[chromedp.Void](b, `document.activeElement.field.caret(3, 8)`)
	b.hit(`#s4 .codes button`)
	is("لم ⟦1⟧يتوقع⟦/1⟧ أحد ذلك.")
	b.hit(`#s4 [value="save"]`)
	b.wait(`!document.querySelector('.editing')`)
	if got := h.target("talks", "ar", 4).Standing.Text; got != "لم ⟦1⟧يتوقع⟦/1⟧ أحد ذلك." {
		b.t.Errorf("saved is %q", got)
	}
}

// joinAndSplit says two segments in one, and in two again.
func (b *tab) joinAndSplit() {
	b.t.Helper()
	h := b.h
	b.at("2")
	b.pane()
	b.hit(`[data-merge]`)
	h.until("the second and third are one", func() bool { return h.target("talks", "ar", 2).Joined == 1 })
	b.wait(`document.querySelector('#s3 .left a') && document.querySelector('form[data-split]')`)
	b.quiet()
	b.look("edition-merged")
	b.pane()
	b.hit(`form[data-split] button`)
	h.until("they are two again", func() bool { return h.target("talks", "ar", 2).Joined == 0 && !h.target("talks", "ar", 3).Merged() })
	b.wait(`!document.querySelector('#s3 .left')`)
}

// cutAndHeal splits a segment that is one in the source, and says both parts
// together again.
func (b *tab) cutAndHeal() {
	b.t.Helper()
	h := b.h
	b.at("6")
	b.pane()
	b.hit(`.cut-here > summary`)
	b.see(`.cut-words button`)
	b.look("edition-cut")
	b.hit(`.cut-words button:nth-of-type(2)`)
	h.until("the sixth is two", func() bool { return len(h.view("talks", "ar", "").Rows) == 7 })
	b.wait(`document.querySelector('#s6 .src')?.textContent.trim() === 'Activists confirmed' && document.querySelector('#s7 .src')?.textContent.trim() === 'the report.'`)
	b.look("edition-was-cut")
	b.at("6")
	b.pane()
	b.hit(`[data-merge]`)
	h.until("they are said together", func() bool { return h.target("talks", "ar", 6).Joined == 1 })
	b.see(`#s7 .left a`)
}

// leaveOut leaves a segment out, for a reason, and takes it in again.
func (b *tab) leaveOut() {
	b.t.Helper()
	b.at("6")
	b.pane()
	b.because(`.acts details.reason`, "ليس لهؤلاء القراء", `button`)
	b.wait(`document.querySelector('#s6').classList.contains('g-omitted')`)
	b.quiet()
	b.look("edition-left-out")
	b.pane()
	b.because(`.acts details.reason`, "بل لهم", `button`)
	b.wait(`!document.querySelector('#s6').classList.contains('g-omitted')`)
}

// talk names somebody in a comment, who is told, and closes it.
func (b *tab) talk() {
	b.t.Helper()
	b.at("2")
	b.pane()
	b.hit(`summary[data-comment]`)
	b.wait(`document.activeElement.matches('.pane textarea[name="text"]')`)
	b.write("هل هذا اسمه يا @Om")
	b.hit(`.people button`)
	b.wait(`document.activeElement.value?.includes('@Omar ')`)
	b.look("edition-comment")
	b.hit(`.pane .say-it button:not([type="button"])`)
	b.wait(`document.querySelector('.pane .remark .at')?.textContent === '@Omar'`)
	omar := b.beside("Omar")
	omar.click(`.top .named`)
	omar.see(`.remark.to-me`)
	omar.look("comments")
	omar.click(`.remark.to-me button`)
	omar.see(`.said.done`)
}

// giveOriginal gives the words in which a quotation was first spoken.
func (b *tab) giveOriginal() {
	b.t.Helper()
	h := b.h
	b.at("5")
	b.openEditor("5")
	b.rewrite("قال رئيس البلدية: «سنظل في كفرنبل».")
	b.hit(`#s5 [value="save"]`)
	b.wait(`!document.querySelector('.editing') && document.querySelector('#s5').textContent.includes('سنظل')`)
	b.quiet()
	b.pane()
	b.hit(`details:has([name="wording"]) > summary`)
	b.wait(`document.activeElement.name === 'wording'`)
	b.look("edition-original")
	b.rewrite("سنبقى في كفرنبل")
	b.hit(`form:has([name="wording"]) button`)
	b.wait(`document.querySelector('.pane').textContent.includes('سنبقى في كفرنبل')`)
	b.quiet()
	b.pane()
	b.look("edition-original-known")
	// What stands says it otherwise: there is a finding.
	h.until("the other wording is found", func() bool { return len(h.view("talks", "ar", "").Rows[4].Findings) > 0 })
}

// compareVersions shows what a segment was, with what changed.
func (b *tab) compareVersions() {
	b.t.Helper()
	b.at("3")
	b.pane()
	b.hit(`.history > summary`)
	b.see(`.versions ins`)
	b.look("edition-history")
	for _, page := range []string{"diff", "diff?mode=side", "history"} {
		b.open("/editions/" + itoa(b.h.view("talks", "ar", "").ID) + "/" + page)
		b.look("edition-" + strings.ReplaceAll(page, "?mode=", "-"))
	}
	b.click(`a.tab`)
}

// previewBeside shows the page as it will be beside the text, following it.
func (b *tab) previewBeside() {
	b.t.Helper()
	b.at("4")
	if !b.phone() {
		b.hit(`button[data-beside]`)
		b.wait(`document.querySelector('#beside iframe')?.contentDocument?.body?.textContent.includes('يتوقع')`)
		b.look("edition-beside")
	}
	b.openEditor("4")
	eval[chromedp.Void](b, `(f => { const at = f.value.indexOf('ذلك'); f.caret(at, at + 3) })(document.activeElement.field)`)
	b.write("شيئًا")
	b.hit(`#s4 [value="approve"]`)
	b.h.until("it is approved", func() bool { return b.h.target("talks", "ar", 4).ApprovedBy == "Lina" })
	if b.phone() {
		b.open("/editions/" + itoa(b.h.view("talks", "ar", "").ID) + "/preview")
		b.wait(`document.querySelector('iframe')?.contentDocument?.body?.textContent.includes('شيئًا')`)
		b.click(`a.tab`)
		return
	}
	b.wait(`document.querySelector('#beside iframe')?.contentDocument?.body?.textContent.includes('شيئًا')`)
	b.wait(`document.querySelector('.editing') && document.activeElement.field`) // the next that needs somebody
	b.press(kb.Escape)
	b.wait(`!document.querySelector('.editing')`)
	b.hit(`button[data-beside]`)
}

// sendBack takes one approval back, then sends the edition back, each with a
// reason that is shown.
func (b *tab) sendBack() {
	b.t.Helper()
	h := b.h
	b.at("4")
	b.pane()
	b.because(`.acts details.reason`, "الصياغة ركيكة", `button`)
	h.until("it is rejected", func() bool { return h.target("talks", "ar", 4).ApprovedBy == "" })
	b.quiet()
	b.look("edition-rejected")
	if b.phone() {
		b.at("4") // without the sheet
	}
	b.dialog("d-more")
	b.hit(`#d-more [popovertarget="d-reopen"]`)
	b.wait(`document.activeElement.matches('#d-reopen textarea')`)
	b.look("edition-send-back")
	b.write("راجعوا الأسماء")
	b.click(`#d-reopen button.main`)
	b.reads(`.note.warn`, "راجعوا الأسماء")
	b.look("edition-sent-back")
}
