package desk_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Whoever gave a key to something before another act came with it as its usual
// one keeps what they chose; the new act has none until they give it one.
func TestAChosenKeyStays(t *testing.T) {
	t.Parallel()
	h := build(t, options{locales: []string{"ar"}, idle: true})
	p, err := h.store.Person(t.Context(), "Lina")
	h.must(err)
	h.must(h.pipe.SavePreference(t.Context(), p.ID, "keys", `{"leader":"Period","codes":{"next":"KeyS","fix":"KeyA"}}`))
	page := h.as("Lina").get("/keyboard").Body
	for act, code := range map[string]string{"next": "KeyS", "fix": "KeyA", "split": "", "take": "", "merge": "KeyM"} {
		_, list, _ := strings.Cut(page, `name="key-`+act+`"`)
		list, _, _ = strings.Cut(list, `</select>`)
		if got := strings.Contains(list, " selected>"); got != (code != "") || code != "" && !strings.Contains(list, `value="`+code+`" selected>`) {
			t.Errorf("the key of %s is not %q: %s", act, code, list)
		}
	}
}

// An edition is taken and released with one key, in the queue and on its
// page; the line stays chosen, and nothing is taken from anybody by a slip.
func TestAKeyTakes(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ar"} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			h := build(t, options{locales: []string{"ar"}, files: map[string]string{"attack.md": attack, "towns.md": town, "camps.md": camps}})
			b := h.sitDown(t, "Lina", lang, "wide")
			b.wait(`document.querySelectorAll('.line').length === 3`)
			chosen := func() string { return eval[string](b, `document.querySelector('.line.chosen').dataset.id`) }
			b.press(kb.ArrowDown)
			b.press(kb.ArrowDown)
			b.wait(`document.querySelectorAll('.line')[1].contains(document.activeElement)`)
			id := chosen()
			who := func() string {
				for _, slug := range []string{"attack", "towns", "camps"} {
					if v := h.view(slug, "ar", ""); itoa(v.ID) == id {
						return v.Assignee
					}
				}
				return "?"
			}
			b.pressAt("KeyA", "ش")
			h.until("it is taken", func() bool { return who() == "Lina" })
			b.wait(`document.querySelector('.line.chosen .person.me') && document.activeElement.closest('.line.chosen')`)
			if chosen() != id {
				t.Error("another line is chosen")
			}
			b.shot("keys-queue-" + lang)
			b.pressAt("KeyA", "ش")
			h.until("it is released", func() bool { return who() == "" })
			b.wait(`!document.querySelector('.line .person') && document.activeElement.closest('.line.chosen')`)
			h.as("Omar").post("/editions/"+id+"/assign", "to", "me")
			b.wait(`document.querySelector('.line.chosen .person')?.textContent === 'Omar'`)
			b.pressAt("KeyA", "ش")
			b.wait(`document.activeElement.matches('.line.chosen [data-take]')`)
			if who() != "Omar" {
				t.Error("one key took it from Omar")
			}
			b.press(kb.Enter)
			h.until("it is taken over", func() bool { return who() == "Lina" })
			// Where the filter drops what is released, the next is chosen.
			b.open("/?who=me")
			b.pressAt("KeyA", "ش")
			b.wait(`!document.querySelector('.line')`)
			b.open("/editions/" + id + "?segment=2")
			b.atSegment("2")
			b.leaving(func() { b.pressAt("KeyA", "ش") })
			b.atSegment("2")
			if who() != "Lina" {
				t.Errorf("it is %q's", who())
			}
			b.press("?")
			b.wait(`document.querySelector('#keys').open`)
			b.inspect("the keys in " + lang)
			b.shot("keys-help-" + lang)
			if n := eval[int](b, `[...document.querySelectorAll('#keys kbd')].filter(k => k.textContent === 'A').length`); n != 2 {
				t.Errorf("the help names the key %d times, not for the queue and the edition", n)
			}
			h.as("Lina").post("/keyboard", "leader", "Period", "key-take", "KeyA", "key-split", "KeyS")
			b.open("/editions/" + id + "?segment=1")
			b.atSegment("1")
			for _, key := range []string{"KeyA", "KeyS", "Slash"} {
				b.pressAt(key, "ش")
			}
			b.press("?")
			b.press(kb.ArrowDown) // answers after the keys would have
			b.atSegment("2")
			if who() != "Lina" || eval[bool](b, `Boolean(document.querySelector('.cut-here[open], #keys[open]'))`) {
				t.Error("a single key acts though they are switched off")
			}
			b.open("/keyboard")
			b.inspect("the page of the keys in " + lang)
			b.shot("keys-off-" + lang)
		})
	}
}

// A segment is split with the keyboard alone, from outside a field and from
// inside, and what was merged is split off by the same key.
func TestAKeySplits(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ar"} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			h := build(t, options{locales: []string{"ar"}})
			b := h.sitDown(t, "Lina", lang, "wide")
			b.open("/editions/" + itoa(h.view("attack", "ar", "").ID) + "?segment=3")
			b.atSegment("3")
			focused := `document.activeElement.closest('.cut-words') && document.activeElement.textContent`
			b.pressAt("KeyS", "س")
			b.wait(`document.querySelector('.cut-here').open && document.activeElement.matches('.cut-words button')`)
			b.press(kb.Home)
			b.wait(focused + `.includes('civilians')`)
			b.press(kb.ArrowRight) // the source runs from left to right in every desk
			b.press(kb.ArrowRight)
			b.wait(focused + `.includes('injured')`)
			b.shot("keys-split-" + lang)
			b.leaving(func() { b.press(kb.Enter) })
			h.until("it is split", func() bool { return len(h.view("attack", "ar", "").Rows) == 6 })
			b.open("/editions/" + itoa(h.view("attack", "ar", "").ID) + "?segment=2")
			b.atSegment("2")
			b.pressAt("KeyM", "م")
			h.until("two are merged", func() bool { return h.target("attack", "ar", 2).Joined == 1 })
			b.quiet()
			b.openEditor("2")
			b.press(".", chromedp.ModifierCtrl)
			b.pressAt("KeyS", "س")
			h.until("it is split off", func() bool { return h.target("attack", "ar", 2).Joined == 0 })
		})
	}
}
