package desk_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"dragoman/internal/edition"
	"dragoman/internal/engine/fake/librefake"
)

// dialog opens the box that a button names, and waits until it is there.
func (b *tab) dialog(id string) {
	b.t.Helper()
	b.hit(`[popovertarget="` + id + `"]`)
	b.wait(`document.querySelector('#` + id + `').matches(':popover-open')`)
}

// A publisher looks at the page as it will be, publishes it, corrects it and
// takes it back; the log has each of its states.
func TestAPublisherPublishes(t *testing.T) {
	perform(t, task{
		who: "Lina", options: options{files: map[string]string{"camps.md": camps}, locales: []string{"ar"}},
		before: func(h *house) { h.finish("camps", "ar", campsInArabic...) },
		do: func(b *tab) {
			h := b.h
			page := filepath.Join(h.pub, "ar", "camps.html")
			b.click(`.tabs .t-approved`)
			b.click(`.line .to`)
			ed := eval[string](b, `location.pathname`)
			b.click(`a.tab[href$="/preview"]`)
			b.wait(`document.querySelector('iframe')?.contentDocument?.body?.textContent.includes('أطمة')`)
			b.hit(`label[for="w-phone"]`)
			b.look("preview")
			b.click(`a.tab[href="` + ed + `"]`)
			b.dialog("d-publish")
			b.look("publish")
			b.hit(`#d-publish button.main`)
			b.wait(`document.querySelector('.edition')?.dataset.state === 'published'`)
			b.ready()
			b.look("edition-published")
			if text, err := os.ReadFile(page); err != nil || !strings.Contains(string(text), "أطمة") {
				b.t.Fatalf("the public page: %v\n%s", err, text)
			}
			b.room("/published")
			b.fillIn(`[name="q"]`, "camps")
			b.wait(`location.search.includes('q=camps')`) // the list has followed
			b.reads(`#list`, "المخيمات")
			b.look("published")
			// A correction: the public page stays as it is until the new words are published.
			b.hit(`details:has(form[action$="/reopen"]) > summary`)
			b.see(`form[action$="/reopen"] input`)
			b.look("published-correct")
			b.fillIn(`form[action$="/reopen"] input`, "ليست ممتلئة كلها")
			b.click(`form[action$="/reopen"] button`)
			b.wait(`document.querySelector('.edition')?.dataset.state !== 'published'`)
			b.open(ed + "?segment=3")
			b.edit("3", "المخيمات القريبة من أطمة تكاد تمتلئ.")
			b.hit(`#s3 [value="approve"]`)
			h.until("the sentence is approved", func() bool { return h.target("camps", "ar", 3).ApprovedBy == "Lina" })
			b.wait(`!document.querySelector('.editing')`)
			b.click(`#bar form[action$="/approve"] button`)
			b.wait(`document.querySelector('.edition')?.dataset.state === 'approved'`)
			b.dialog("d-publish")
			b.hit(`#d-publish button.main`)
			b.wait(`document.querySelector('.edition')?.dataset.state === 'published'`)
			if text, err := os.ReadFile(page); err != nil || !strings.Contains(string(text), "تكاد تمتلئ") {
				b.t.Errorf("the corrected page: %v\n%s", err, text)
			}
			b.open("/published")
			b.click(`#list a[href^="/published/"]`)
			b.wait(`document.querySelectorAll('.timeline > li').length === 2`)
			b.hit(`.timeline details summary`)
			b.see(`.timeline ins`)
			b.look("published-log")
			b.open("/published")
			b.hit(`details:has(form[action$="/withdraw"]) > summary`)
			b.hit(`form[action$="/withdraw"] button`) // the browser asks for the reason
			b.wait(`document.activeElement.matches('form[action$="/withdraw"] [name="reason"]:invalid')`)
			b.look("published-withdraw")
			b.write("طلب من المكتب")
			b.click(`form[action$="/withdraw"] button`)
			b.see(`.said.done`)
			b.wait(`!document.querySelector('#list form')`)
			b.look("published-withdrawn")
			h.until("the page is gone", func() bool { _, err := os.Stat(page); return os.IsNotExist(err) })
		},
	})
}

// A reviewer finds what to do next in the queue, with the keyboard alone:
// narrows it, takes an edition, gives it back, and gives one to somebody.
func TestTheQueueIsWorkedWithTheKeyboard(t *testing.T) {
	perform(t, task{
		who: "Lina", options: options{files: map[string]string{"attack.md": attack, "towns.md": town, "camps.md": camps}},
		do: func(b *tab) {
			h := b.h
			b.wait(`document.querySelectorAll('.line').length === 6`)
			b.look("queue")
			b.pressAt("Slash", "ظ")
			b.wait(`document.activeElement.name === 'q'`)
			b.write("towns")
			b.leaving(func() { b.press(kb.Enter) })
			b.wait(`document.querySelectorAll('.line').length === 2 && location.search.includes('q=towns')`)
			b.leaving(func() { b.choose(`[name="locale"]`, "ar") })
			b.wait(`document.querySelectorAll('.line').length === 1 && location.search.includes('locale=ar')`)
			b.look("queue-filtered")
			who := func() string { return h.view("towns", "ar", "").Assignee }
			b.press(kb.ArrowDown)
			b.wait(`document.activeElement.matches('.line .to')`)
			b.press(kb.Tab)
			b.wait(`document.activeElement.matches('.take button')`)
			b.press(kb.Enter)
			h.until("it is taken", func() bool { return who() == "Lina" })
			b.reads(`.line .person.me`, "Lina")
			b.wait(`document.activeElement.matches('.line .to')`)
			b.look("queue-taken")
			b.press(kb.Tab)
			b.wait(`document.activeElement.matches('.take button')`)
			b.press(kb.Enter)
			h.until("it is released", func() bool { return who() == "" })
			b.wait(`!document.querySelector('.line .person') && document.activeElement.matches('.line .to')`)
			b.leaving(func() { b.press(kb.Enter) })
			b.see(`.edition`)
			b.dialog("d-more")
			b.look("edition-more")
			b.fillIn(`#d-more [name="to"]`, "Omar")
			b.leaving(func() { b.press(kb.Enter) })
			h.until("it is Omar's", func() bool { return who() == "Omar" })
			b.reads(`.facts`, "Omar")
			b.dialog("d-more")
			b.fillIn(`#d-more [name="to"]`, "Nobody")
			b.leaving(func() { b.press(kb.Enter) })
			b.see(`.said.error`)
			b.look("edition-assign-refused")
			b.dialog("d-more")
			eval[chromedp.Void](b, `document.querySelector('#d-more [name="due"]').value = '2030-01-02T14:00'`)
			b.click(`#d-more form[action$="/due"] button`)
			b.open("/?who=nobody")
			b.wait(`document.querySelectorAll('.line').length === 5`)
			b.open("/?found=errors&wait=week")
			b.see(`.empty`)
			b.look("queue-empty")
			b.click(`.empty a.button`)
			b.wait(`document.querySelectorAll('.line').length === 6`)
		},
	})
}

// Who runs the house sees what waits and what engines cost, drawn, with the
// numbers beside, and what is held because an engine cannot be reached.
func TestTheHouseIsLookedAt(t *testing.T) {
	near, err := librefake.Start("127.0.0.1:0", librefake.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(near.Stop)
	perform(t, task{
		who: "admin",
		options: options{
			files:   map[string]string{"attack.md": attack, "camps.md": camps},
			locales: []string{"ar", "fr", "es"},
			held:    true,
			settings: "engines:\n  - {name: near, kind: libretranslate, endpoint: \"" + near.URL() + "\", price: {currency: EUR, in: 20000}, budget: 500}\n" +
				"  - {name: far, kind: libretranslate, endpoint: \"http://127.0.0.1:1\", insecure: true, when_down: wait, timeout: 2s}\n" +
				"  - {name: dear, kind: libretranslate, endpoint: \"" + near.URL() + "\", price: {currency: USD, in: 20000}, budget: 3}\n" +
				"routes:\n  - {locale: ar, engines: [near]}\n  - {locale: fr, engines: [far]}\n  - {locale: es, engines: [dear]}\n",
		},
		do: func(b *tab) {
			b.h.until("each edition is in review, or waits for its engine", func() bool {
				lines, _, err := b.h.pipe.Queue(b.t.Context(), edition.Filter{})
				b.h.must(err)
				return len(lines) == 6 && !slices.ContainsFunc(lines, func(l edition.Line) bool { return l.State == edition.Drafting && !l.Hold.Held() })
			})
			b.room("/dashboard")
			b.wait(`document.querySelectorAll('svg.chart rect').length > 4`)
			b.look("dashboard")
			b.hit(`figure details summary`)
			b.see(`figure details[open] table`)
			b.look("dashboard-table")
			if got := eval[bool](b, `[...document.querySelectorAll('#f-cost-name, .figure')].some(f => f.textContent.includes('EUR'))`); !got {
				b.t.Errorf("no figure names the currency:\n%s", b.text())
			}
			b.room("/engines")
			b.reads(`main`, "EUR")
			b.reads(`main`, "near")
			b.look("engines")
			b.h.until("what waits for an engine is named, and whose budget is spent", func() bool {
				b.open("/engines")
				return eval[bool](b, `document.querySelector('main a[href^="/editions/"]') !== null && document.querySelector('progress + .why') !== null`)
			})
			b.look("engines-held")
			b.choose(`[name="month"]`, eval[string](b, `document.querySelector('[name="month"]').options[0].value`))
			b.click(`.room-head button`)
			b.click(`main a[href^="/editions/"]`)
			b.see(`.edition`)
		},
	})
}

// edit opens a segment and writes a text in the place of its own.
func (b *tab) edit(n, text string) {
	b.t.Helper()
	b.openEditor(n)
	b.rewrite(text)
}

// openEditor opens a segment to be written in: a finger's first touch chooses
// it, the second opens it.
func (b *tab) openEditor(n string) {
	b.t.Helper()
	b.atSegment(n)
	b.hit(`#s` + n + ` .tgt`)
	if b.phone() && !eval[bool](b, `document.querySelector('#s`+n+`.editing') !== null`) {
		b.wait(`document.querySelector('#s` + n + `.editing') || document.querySelector('#s` + n + `.active')`)
	}
	b.wait(`document.querySelector('#s` + n + `.editing') && document.activeElement.field`)
}
