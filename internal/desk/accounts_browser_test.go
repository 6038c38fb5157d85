package desk_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"dragoman/internal/edition"
	"dragoman/internal/store"
)

func (b *tab) text() string { return eval[string](b, `document.body.innerText`) }

// The whole life of an account in a browser: an admin invites somebody, who
// sets a password, signs out and in again, and is shut out; the log has it
// all. Each page can be used by everybody, in both directions, on both sizes.
func TestBrowserAccounts(t *testing.T) {
	for _, lang := range []string{"en", "ar"} {
		for _, size := range sizes {
			t.Run(lang+" "+size.name, func(t *testing.T) { liveAnAccount(t, lang, size.name, size.width, size.height) })
		}
	}
}

func liveAnAccount(t *testing.T, lang, size string, width, height int64) {
	h := build(t, options{idle: true})
	h.busyLog()
	name := map[string]string{"en": "Salma", "ar": "سلمى"}[lang]
	boss := h.tab(t, width, height)
	boss.signIn("admin")
	if lang != "en" {
		boss.speak(lang)
	}
	look := func(b *tab, page string) {
		t.Helper()
		b.inspect(page + " " + lang)
		b.shot(strings.Join([]string{page, lang, size}, "-"))
	}
	boss.room("/users")
	look(boss, "users")
	boss.fillIn(`input[name="name"]`, name)
	for _, box := range []string{"reviewer:*", "reviewer:ar", "viewer:*"} {
		eval[chromedp.Void](boss, `document.querySelector('[name="grant"][value="`+box+`"]').click()`)
	}
	boss.click(`main form[action="/users"][method="post"] button`)
	look(boss, "user")
	link := eval[string](boss, `document.querySelector('.link')?.value`)
	if got := edition.FormatGrants(h.person(name).Grants); got != "viewer reviewer:ar" || !strings.Contains(link, "token=") {
		t.Fatalf("the roles are %q, the link %q", got, link)
	}

	salma := h.tab(t, width, height)
	salma.open(link)
	salma.click(`main button`)
	salma.click(`.said a`)
	if lang != "en" {
		salma.click(`main [name="language"][value="` + lang + `"]`)
	}
	look(salma, "me")
	for _, field := range []string{"new", "again"} {
		salma.fillIn(`input[name="`+field+`"]`, goodPassword)
	}
	salma.click(`form[action="/me/password"] button`)
	salma.wait(`document.querySelector('.said.done')`)
	eval[chromedp.Void](salma, `document.querySelector('form[action="/sign-out"]').requestSubmit()`)
	salma.wait(`location.pathname === '/sign-in'`)
	look(salma, "sign-in")
	salma.fillIn(`input[name="name"]`, name)
	salma.fillIn(`input[name="password"]`, "not the password")
	salma.click(`main form button`)
	salma.wait(`document.querySelector('#wrong') && document.activeElement.name === 'password'`)
	look(salma, "sign-in-wrong")
	salma.rewrite(goodPassword)
	salma.click(`main form button`)
	salma.wait(`document.querySelector('#list')`)

	boss.click(`form[action$="/disable"] button`)
	boss.wait(`document.querySelector('form[action$="/enable"]')`)
	salma.open("/")
	salma.wait(`location.pathname === '/sign-in'`)
	boss.room("/audit")
	look(boss, "audit")
	boss.fillIn(`input[name="who"]`, name)
	boss.click(`.acts-filter button`)
	if n := eval[int](boss, `document.querySelectorAll('.acts tbody tr').length`); n < 4 {
		t.Errorf("the log has %d acts of hers: %s", n, boss.text())
	}
	look(boss, "audit-filtered")
}

// busyLog gives the audit log something to show.
func (h *house) busyLog() {
	h.t.Helper()
	h.must(h.store.InTx(h.t.Context(), func(tx *store.Tx) error {
		for i := range 140 {
			err := tx.Audit(h.t.Context(), edition.Act{At: time.Now().Add(-time.Duration(i) * time.Hour), Who: []string{"Lina", "machine", "Omar"}[i%3], What: []string{"edit", "approve", "dismiss", "publish"}[i%4],
				Subject: []string{"target", "edition"}[i%2], SubjectID: int64(100 + i), Locale: []string{"ar", "fr"}[i%2], Detail: []string{"", "term: Maasran", "embargo 2026-03-01"}[i%3]})
			if err != nil {
				return err
			}
		}
		return nil
	}))
}

// Signing in with the provider works in a browser too, whose policy lets it
// leave the desk for that.
func TestBrowserProvider(t *testing.T) {
	h, at := providerHouse(t, map[string]any{"sub": "17", "name": "Rasha", "email": "r@press.example", "email_verified": true, "groups": []string{"arabic"}})
	b := h.tab(t, 1280, 800)
	b.open("/sign-in")
	b.click(`a[href="/sign-in/provider"]`)
	b.wait(`document.querySelector('#list')`)
	if !regexp.MustCompile(`Rasha`).MatchString(b.text()) {
		t.Error(b.text())
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := len(b.said) - 1; i >= 0; i-- { // the one way out of the desk that is wanted
		if strings.HasPrefix(b.said[i], "asked for "+at.URL+"/authorize") {
			b.said = append(b.said[:i], b.said[i+1:]...)
		}
	}
}
