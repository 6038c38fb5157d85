package desk_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"dragoman/internal/edition"
	"dragoman/internal/store"
)

func TestALinkSignsInOnce(t *testing.T) {
	t.Parallel()
	h := build(t, options{idle: true})
	link := strings.TrimPrefix(h.link("Lina"), h.server.URL)
	u, _ := url.Parse(link)
	token := u.Query().Get("token")
	b := h.browser()
	for range 3 { // what looks at links does not spend them
		if a := b.get(link); a.Status != http.StatusOK || !strings.Contains(a.Body, `value="`+token+`"`) {
			t.Fatalf("the page of the link: %d\n%s", a.Status, a.Body)
		}
	}
	if a := b.get("/"); a.URL.Path != "/sign-in" {
		t.Errorf("reading the link signed in: at %s", a.URL)
	}
	a := b.post("/sign-in", "token", token)
	if a.Status != http.StatusOK || a.URL.Path != "/" || !strings.Contains(a.Body, "Signed in as Lina") {
		t.Errorf("signing in led to %s, %d", a.URL, a.Status)
	}
	if a := h.browser().post("/sign-in", "token", token); a.Status != http.StatusForbidden || !strings.Contains(a.Body, "expired or was used already") {
		t.Errorf("the link a second time: %d", a.Status)
	}
	if a := b.get("/sign-in"); a.URL.Path != "/" {
		t.Errorf("who is signed in needs no link, and was led to %s", a.URL)
	}
}

func TestSessionCookie(t *testing.T) {
	t.Parallel()
	h := build(t, options{idle: true})
	jar := func(b *browser) *http.Cookie {
		u, _ := url.Parse(h.server.URL)
		for _, c := range b.c.Jar.Cookies(u) {
			if c.Name == "dragoman" {
				return c
			}
		}
		return nil
	}
	b := h.as("Lina")
	before := jar(b)
	set := ""
	for _, line := range b.get("/").Header.Values("Set-Cookie") {
		set += line
	}
	for _, want := range []string{"HttpOnly", "SameSite=Lax", "Path=/"} {
		if !strings.Contains(set, want) {
			t.Errorf("the cookie lacks %s: %s", want, set)
		}
	}
	b.post("/sign-in", "token", strings.Split(h.link("Omar"), "token=")[1])
	if after := jar(b); after.Value == before.Value {
		t.Error("another sign-in kept the session's token")
	}
	old := h.browser()
	u, _ := url.Parse(h.server.URL)
	old.c.Jar.SetCookies(u, []*http.Cookie{before})
	if a := old.get("/"); a.URL.Path != "/sign-in" {
		t.Error("the old token still holds")
	}
	b.post("/sign-out")
	if a := b.get("/"); a.URL.Path != "/sign-in" {
		t.Errorf("signed out, and still at %s", a.URL)
	}
}

// A person who is disabled, or whose role changes, feels it at once.
func TestRightsAreLookedAtEachTime(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	b := h.as("translator")
	v := h.view("attack", "ar", "")
	path := "/targets/" + itoa(v.Rows[0].Target.ID) + "/edit"
	save := func(p edition.Person) {
		h.must(h.store.InTx(t.Context(), func(tx *store.Tx) error { return tx.SavePerson(t.Context(), &p, "test") }))
	}
	if a := b.ask(path, "base", itoa(v.Rows[0].Target.Standing.ID), "text", "هجوم"); a.Status != http.StatusOK {
		t.Fatalf("a translator cannot edit: %d %s", a.Status, a.Body)
	}
	save(edition.Person{Name: "translator", Role: "viewer"})
	if a := b.ask(path, "text", "x"); a.Status != http.StatusUnauthorized {
		t.Errorf("the session outlived the role: %d", a.Status)
	}
	b = h.as("translator")
	if a := b.ask(path, "text", "x"); a.Status != http.StatusForbidden {
		t.Errorf("a viewer edited: %d", a.Status)
	}
	save(edition.Person{Name: "translator", Role: "translator", Disabled: true})
	if a := b.ask(path, "text", "x"); a.Status != http.StatusUnauthorized {
		t.Errorf("a disabled person edited: %d", a.Status)
	}
}

func TestSignInIsRateLimited(t *testing.T) {
	t.Parallel()
	h := build(t, options{idle: true})
	b := h.browser()
	limited := false
	for range 12 {
		a := b.post("/sign-in", "token", "guess")
		limited = a.Status == http.StatusTooManyRequests && a.Header.Get("Retry-After") != ""
	}
	if !limited {
		t.Error("twelve guesses in a row were all heard")
	}
}

func TestSignedOutNothingIsTold(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	b := h.browser()
	v := h.view("attack", "ar", "")
	for _, path := range []string{"/", "/queue", "/events", "/keyboard", "/concepts/loc.maasran", "/public/ar/index.html", "/editions/" + itoa(v.ID), "/editions/" + itoa(v.ID) + "/page", "/targets/" + itoa(v.Rows[0].Target.ID)} {
		if a := b.get(path); a.URL.Path != "/sign-in" {
			t.Errorf("%s led to %s", path, a.URL)
		}
		if a := b.get(path, "Accept", "application/json"); a.Status != http.StatusUnauthorized || !strings.Contains(a.Body, "signedOut") {
			t.Errorf("%s as JSON: %d %s", path, a.Status, a.Body)
		}
	}
	a := b.post("/targets/"+itoa(v.Rows[0].Target.ID)+"/edit", "text", "ما كتبته")
	if a.Status != http.StatusUnauthorized || !strings.Contains(a.Body, "ما كتبته") {
		t.Errorf("a save with an ended session: %d, and what was typed is lost", a.Status)
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	h := build(t, options{idle: true})
	a := h.as("Lina").get("/")
	for name, want := range map[string]string{
		"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self';",
		"X-Content-Type-Options":  "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin", "Cache-Control": "no-store",
	} {
		if got := strings.Join(a.Header.Values(name), ", "); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q", name, got)
		}
	}
	if strings.Contains(a.Header.Get("Content-Security-Policy"), "unsafe") {
		t.Error("the policy allows something unsafe")
	}
	i := strings.Index(a.Body, "/static/")
	css := a.Body[i : i+strings.Index(a.Body[i:], `"`)]
	if a := h.browser().get(css); a.Status != http.StatusOK || !strings.Contains(a.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("%s: %d, %s", css, a.Status, a.Header.Get("Cache-Control"))
	}
	if a := h.browser().get("/static/other/desk.css"); a.Status != http.StatusOK || strings.Contains(a.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("a file under another hash: %d, %s", a.Status, a.Header.Get("Cache-Control"))
	}
}

func TestPreferencesAreKept(t *testing.T) {
	t.Parallel()
	h := build(t, options{idle: true})
	b := h.browser()
	for _, c := range []struct{ asked, chosen, want, dir string }{
		{"ar-SY,en;q=0.8", "", "ar", "rtl"}, {"fr-CA", "", "fr", "ltr"}, {"tr", "", "en", "ltr"}, {"", "", "en", "ltr"}, {"en", "ar", "ar", "rtl"}, {"ar", "xx", "ar", "rtl"},
	} {
		b.lang = c.asked
		if c.chosen != "" {
			b.post("/preferences", "language", c.chosen, "theme", "dark", "back", "/sign-in")
		}
		a := b.get("/sign-in")
		if !strings.Contains(a.Body, `<html lang="`+c.want+`" dir="`+c.dir+`"`) {
			t.Errorf("asked for %q, chose %q: %.120s", c.asked, c.chosen, a.Body)
		}
	}
	if a := b.get("/sign-in"); !strings.Contains(a.Body, `data-theme="dark"`) {
		t.Error("the look was not kept")
	}
	for _, back := range []string{"https://evil.example/", "//evil.example", `/\evil.example`, "/\tx", "javascript:alert(1)", ""} {
		if a := b.post("/preferences", "back", back); a.URL.Host != strings.TrimPrefix(h.server.URL, "http://") {
			t.Errorf("back to %q led to %s", back, a.URL)
		}
	}
}
