package desk_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"dragoman/internal/edition"
)

// An admin invites somebody, who comes in by the link in another browser;
// changes what they may do, by language; signs them out everywhere; cannot
// take the last admin away; and finds all of it in the audit log.
func TestAnAdminRunsTheUsers(t *testing.T) {
	perform(t, task{
		who: "admin", options: options{files: map[string]string{"towns.md": town}},
		do: func(b *tab) {
			h := b.h
			name := map[string]string{"en": "Salma", "ar": "سلمى"}[b.lang]
			b.room("/users")
			b.look("users")
			b.fillIn(`main [name="name"]`, name)
			b.tick("reviewer:*", "reviewer:ar")
			b.click(`main form[action="/users"][method="post"] button`)
			b.look("user-invited")
			link, page := eval[string](b, `document.querySelector('.link').value`), "/users/"+itoa(h.person(name).ID)
			if !strings.HasPrefix(link, h.server.URL+"/sign-in?token=") {
				b.t.Fatalf("the link is %q", link)
			}
			salma := h.window(b.t, b.lang, b.size)
			comes := func(link string) {
				b.t.Helper()
				salma.open(link)
				salma.look("door-link")
				salma.click(`main button`)
				salma.see(`.top .who`)
				if b.lang != "en" {
					salma.speak(b.lang)
				}
				salma.open("/")
			}
			comes(link)
			salma.wait(`document.querySelectorAll('.line').length === 1`)
			salma.look("queue-of-one-language")
			// The link works once.
			other := h.window(b.t, b.lang, b.size)
			other.open(link)
			other.click(`main button`)
			other.see(`main a[href="/sign-in"]`)
			other.look("door-link-again")

			// Other roles end the sessions of the old ones.
			b.open(page)
			b.tick("reviewer:ar", "translator:fr", "viewer:*")
			b.click(`form[action$="/roles"] button`)
			b.see(`.said.done`)
			if got := edition.FormatGrants(h.person(name).Grants); got != "viewer translator:fr" {
				b.t.Errorf("the roles are %q", got)
			}
			salma.open("/")
			salma.wait(`location.pathname === '/sign-in'`)
			b.click(`form[action$="/link"] button`)
			comes(eval[string](b, `document.querySelector('.link').value`))
			salma.wait(`document.querySelectorAll('.line').length === 2 && document.querySelectorAll('.take button').length === 1`)

			// Signed out everywhere, what she does next leads to the door.
			b.open(page)
			b.see(`.session`)
			b.look("user-sessions")
			b.click(`main form[action$="/sign-out"] button`)
			b.see(`.said.done`)
			salma.open("/")
			salma.wait(`location.pathname === '/sign-in'`)
			salma.look("door")

			// The last admin stays one.
			b.open("/users/" + itoa(h.person("admin").ID))
			b.tick("admin:*")
			b.click(`form[action$="/roles"] button`)
			b.see(`.said.error`)
			b.look("users-last-admin")
			b.click(`form[action$="/disable"] button`)
			b.see(`.said.error`)
			if p := h.person("admin"); p.Disabled || !p.RunsTheHouse() {
				b.t.Fatal("the last admin is gone")
			}

			b.room("/audit")
			b.choose(`[name="subject"]`, "person")
			b.fillIn(`[name="who"]`, "admin")
			b.leaving(func() { b.press(kb.Enter) })
			// Added, two links, other roles, signed out.
			if n := eval[int](b, `[...document.querySelectorAll('.acts tbody tr a')].filter(a => a.getAttribute('href') === '`+page+`').length`); n < 5 {
				b.t.Errorf("the log has %d acts about %s:\n%s", n, name, b.text())
			}
			b.look("audit")
		},
	})
}

// tick ticks boxes of roles, or takes the ticks away.
func (b *tab) tick(grants ...string) {
	b.t.Helper()
	for _, g := range grants {
		box := `[name="grant"][value="` + g + `"]`
		was := eval[bool](b, "document.querySelector(`"+box+"`).checked")
		b.hit(box)
		b.wait("document.querySelector(`" + box + "`).checked === " + map[bool]string{true: "false", false: "true"}[was])
	}
}

// Where four eyes hold nobody approves what they wrote: the desk says so, and
// somebody else can.
func TestFourEyesInABrowser(t *testing.T) {
	perform(t, task{
		who: "Omar", options: options{locales: []string{"ar"}, rules: edition.Rules{FourEyes: true}},
		do: func(b *tab) {
			h := b.h
			ed := "/editions/" + itoa(h.view("attack", "ar", "").ID)
			b.open(ed + "?segment=2")
			b.edit("2", "دان الائتلاف الوطني السوري الهجوم.")
			b.hit(`#s2 [value="approve"]`)
			b.wait(`document.querySelector('#say.error.on')`)
			b.look("four-eyes")
			h.until("it is saved", func() bool { return h.target("attack", "ar", 2).Standing.Author == "Omar" })
			if by := h.target("attack", "ar", 2).ApprovedBy; by != "" {
				b.t.Fatalf("%s approved it", by)
			}
			lina := b.beside("Lina")
			lina.open(ed + "?segment=2")
			lina.atSegment("2")
			lina.pane()
			lina.hit(`.acts form[action$="/approve"] button`)
			h.until("Lina has approved it", func() bool { return h.target("attack", "ar", 2).ApprovedBy == "Lina" })
		},
	})
}

// Without JavaScript somebody signs in, reads, writes, approves and publishes
// in a browser all the same.
func TestWithoutScripts(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ar"} {
		for _, size := range sizes {
			t.Run(lang+" "+size.name, func(t *testing.T) {
				t.Parallel()
				h := live(t, options{files: map[string]string{"camps.md": camps}, locales: []string{"ar"}})
				b := h.window(t, lang, size.name)
				b.withoutScripts()
				b.plainly()
			})
		}
	}
}

func (b *tab) plainly() {
	h := b.h
	b.open(h.link("Lina"))
	b.click(`main button`)
	if b.lang != "en" {
		b.hit(`[popovertarget="menu"]`)
		b.click(`#menu [name="language"][value="` + b.lang + `"]`)
	}
	b.see(`.line`)
	b.look("plain-queue")
	b.click(`.line .to`)
	to := func(n string) {
		b.t.Helper()
		if !eval[bool](b, `document.querySelector('#s`+n+` textarea[name="text"]') !== null`) {
			b.click(`#s` + n + ` .go`)
		}
		b.see(`#s` + n + ` textarea[name="text"]`)
	}
	for i, text := range campsInArabic[:2] {
		n := itoa(int64(i + 1))
		to(n)
		b.look("plain-edition")
		b.fillIn(`#s`+n+` textarea[name="text"]`, text)
		b.click(`#s` + n + ` button[value="save"]`)
		b.see(`.said.done`)
		to(n)
		b.click(`.acts form[action$="/approve"] button`)
	}
	// Somebody else was faster: both texts are shown.
	to("3")
	tg := h.target("camps", "ar", 3)
	_, err := h.pipe.Edit(h.t.Context(), "Omar", tg.ID, tg.Standing.ID, "المخيمات قرب أطمة ممتلئة.")
	h.must(err)
	b.fillIn(`#s3 textarea[name="text"]`, campsInArabic[2])
	b.click(`#s3 button[value="approve"]`)
	b.see(`#s3 .conflict`)
	b.look("plain-conflict")
	b.fillIn(`#s3 textarea[name="text"]`, campsInArabic[2])
	b.click(`#s3 button[value="approve"]`)
	h.until("all is approved", func() bool {
		v := h.view("camps", "ar", "")
		return v.Rows[0].Target.ApprovedBy == "Lina" && v.Rows[1].Target.ApprovedBy == "Lina" && v.Rows[2].Target.ApprovedBy == "Lina"
	})
	b.click(`#bar form[action$="/approve"] button`)
	b.wait(`document.querySelector('.edition')?.dataset.state === 'approved'`)
	b.dialog("d-publish")
	b.click(`#d-publish button.main`)
	h.until("it is published", func() bool { return h.view("camps", "ar", "").State == edition.Published })
	for _, page := range []string{"diff", "history", "comments"} {
		b.open("/editions/" + itoa(h.view("camps", "ar", "").ID) + "/" + page)
		b.look("plain-" + page)
	}
	for _, page := range []string{"/glossary?q=kafr", "/memory", "/published", "/dashboard", "/batches"} {
		b.open(page)
		b.look("plain" + strings.ReplaceAll(strings.ReplaceAll(page, "/", "-"), "?", "-"))
	}
	if eval[bool](b, `document.documentElement.classList.contains('js')`) {
		b.t.Error("scripts ran")
	}
}
