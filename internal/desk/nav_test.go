package desk_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/chromedp/chromedp/kb"
)

// On a phone all rooms are behind one button, in reach of the keyboard, and
// nothing is wider than the page, in any language.
func TestTheRoomsOnAPhone(t *testing.T) {
	t.Parallel()
	h := build(t, options{locales: []string{"ar"}})
	for _, lang := range []string{"en", "ar", "fr"} {
		b := h.tab(t, 360, 780)
		b.signIn("admin")
		if lang != "en" {
			b.speak(lang)
		}
		b.open("/glossary")
		b.wait(`!document.getElementById('rooms').checkVisibility() && document.documentElement.scrollWidth <= innerWidth`)
		if word := eval[string](b, `document.querySelector('.rooms-open').innerText.trim()`); word != eval[string](b, `document.querySelector('#rooms [aria-current]').textContent.trim()`) {
			t.Errorf("%s: the button says %q", lang, word)
		}
		eval[bool](b, `document.querySelector('.rooms-open').focus(), true`)
		b.press(kb.Enter)
		b.wait(`document.getElementById('rooms').matches(':popover-open')`)
		b.shot("rooms-" + lang)
		if out := eval[int](b, `[...document.querySelectorAll('#rooms a')].filter(a => { const r = a.getBoundingClientRect(); return r.left < 0 || r.right > innerWidth || r.bottom > innerHeight || r.height < 44 }).length`); out != 0 {
			t.Errorf("%s: %d rooms are out of reach", lang, out)
		}
		b.press(kb.Tab)
		b.wait(`document.activeElement.closest('#rooms')`)
		b.press(kb.Escape)
		b.wait(`!document.getElementById('rooms').checkVisibility()`)
	}
	wide := h.tab(t, 1280, 800)
	wide.signIn("admin")
	wide.open("/")
	wide.wait(`document.getElementById('rooms').checkVisibility() && !document.querySelector('.rooms-open').checkVisibility()`)
	wide.shot("rooms-wide")
}

// unsaved are sessions that can be read and not be saved.
type unsaved struct{ scs.CtxStore }

func (unsaved) CommitCtx(context.Context, string, []byte, time.Time) error {
	return errors.New("the disk is full")
}

// Where a session cannot be saved there is one answer, not the error with the
// page after it.
func TestOneAnswerWhereASessionIsNotSaved(t *testing.T) {
	t.Parallel()
	h := build(t, options{idle: true})
	b := h.as("Lina")
	h.options.Sessions = unsaved{h.options.Sessions}
	h.start(h.stop())
	for _, path := range []string{"/", "/keyboard", "/nowhere"} {
		if a := b.get(path); a.Status != http.StatusInternalServerError || strings.Count(a.Body, "<!doctype html>") != 1 || strings.Contains(a.Body, "disk is full") {
			t.Errorf("%s: %d with %d pages", path, a.Status, strings.Count(a.Body, "<!doctype html>"))
		}
	}
}
