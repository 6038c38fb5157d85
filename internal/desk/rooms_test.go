package desk_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/chromedp/chromedp"
)

// roomPages are the pages of the rooms, by the name of their picture.
func roomPages(h *house) map[string]string {
	return map[string]string{
		"glossary":          "/glossary",
		"glossary-concept":  "/concepts/loc.maasran?locale=ar",
		"glossary-proposed": "/glossary/proposed",
		"glossary-history":  "/glossary/history?version=1",
	}
}

// Every room is there in English and Arabic, on a laptop and a phone, is
// mirrored, sticks out nowhere and keeps nobody from using it.
func TestABrowserSeesTheRooms(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	for _, lang := range []string{"en", "ar"} {
		for _, size := range []struct {
			name          string
			width, height int64
			phone         bool
		}{{"wide", 1280, 860, false}, {"phone", 360, 740, true}} {
			t.Run(lang+" "+size.name, func(t *testing.T) {
				t.Parallel()
				var opts []chromedp.EmulateViewportOption
				if size.phone {
					opts = append(opts, chromedp.EmulateMobile, chromedp.EmulateTouch)
				}
				b := h.tab(t, size.width, size.height, opts...)
				b.signIn("admin")
				if lang != "en" {
					b.speak(lang)
				}
				for name, path := range roomPages(h) {
					b.open(path)
					if dir := eval[string](b, `document.documentElement.dir`); (dir == "rtl") != (lang == "ar") {
						t.Errorf("%s in %s runs %s", path, lang, dir)
					}
					b.inspect(path)
					b.shot(fmt.Sprintf("room-%s-%s-%s", name, lang, size.name))
				}
			})
		}
	}
}

// A room's page is small, in every language, and has no holes.
func TestRoomsAreSmall(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	b := h.as("admin")
	for _, lang := range []string{"en", "ar", "fr"} {
		b.lang = lang
		for _, path := range roomPages(h) {
			a := b.get(path)
			if a.Status != http.StatusOK || len(a.Body) > maxPage {
				t.Errorf("%s in %s: %d, %d bytes", path, lang, a.Status, len(a.Body))
			}
			if m := hole.FindString(a.Body); m != "" {
				t.Errorf("%s in %s: %s", path, lang, m)
			}
			inspect(t, path, a.Body)
		}
	}
}

// roomWords are the sentences of the rooms whose names are made at run time.
func roomWords() (ids []string) {
	add := func(prefix string, names ...string) {
		for _, n := range names {
			ids = append(ids, prefix+n)
		}
	}
	add("desk.glossary.list.", "preferred", "accepted", "derived", "forbidden")
	add("desk.glossary.class.", "preferred", "accepted", "derived", "forbidden", "unlisted", "none")
	add("desk.glossary.change.", "added", "removed", "changed")
	add("desk.glossary.column.", "number", "kind", "flags", "valid-from", "valid-to", "replaced-by", "en", "en-variants", "rule", "note")
	add("desk.glossary.rule.", "blocked", "licence", "keep-case", "warn-only")
	return ids
}
