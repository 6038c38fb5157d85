package desk_test

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"dragoman/internal/edition"
	accounts "dragoman/internal/people"
	"dragoman/internal/people/peopletest"
	"dragoman/internal/store"
)

const goodPassword = "five words that she knows"

// person is somebody by name.
func (h *house) person(name string) edition.Person {
	h.t.Helper()
	p, err := h.store.Person(h.t.Context(), name)
	h.must(err)
	return p
}

func (h *house) grant(name, roles string) {
	h.t.Helper()
	gs, err := edition.ParseGrants(roles)
	h.must(err)
	p := edition.Person{Name: name}
	p.SetGrants(gs)
	h.must(h.store.InTx(h.t.Context(), func(tx *store.Tx) error { return tx.SavePerson(h.t.Context(), &p, "test") }))
}

// A link leads to a password, and the password to the desk; what is wrong is
// never said.
func TestPasswordAtTheDoor(t *testing.T) {
	t.Parallel()
	h := build(t, options{idle: true})
	b := h.as("Lina")
	if a := b.get("/me"); !strings.Contains(a.Body, "Set a password") || strings.Contains(a.Body, `name="old"`) {
		t.Error("who comes by a link is asked for a password that they do not have")
	}
	for _, c := range []struct{ one, again, want string }{{goodPassword, "other", "differ"}, {"short", "short", "at least 12 characters"}, {"aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa", "too easy to guess"}, {"", "", "at least 12"}} {
		if a := b.post("/me/password", "new", c.one, "again", c.again); !strings.Contains(a.Body, c.want) {
			t.Errorf("%q, %q: the page does not say %q", c.one, c.again, c.want)
		}
	}
	other := h.as("Lina")
	if a := b.post("/me/password", "new", goodPassword, "again", goodPassword); !strings.Contains(a.Body, "password is saved") {
		t.Fatalf("%d %s", a.Status, a.URL)
	}
	if a := other.get("/"); a.URL.Path != "/sign-in" {
		t.Error("the other browser is still signed in")
	}
	if a := b.get("/"); a.URL.Path != "/" {
		t.Error("the browser that set the password is signed out")
	}
	in := h.browser()
	if a := in.post("/sign-in", "name", "lina ", "password", goodPassword); a.URL.Path != "/" || a.Status != http.StatusOK {
		t.Errorf("signing in with the password led to %s, %d", a.URL, a.Status)
	}
	if a := in.get("/me"); !strings.Contains(a.Body, `name="old"`) {
		t.Error("the old password is not asked for")
	}
	if a := in.post("/me/password", "old", "wrong", "new", goodPassword+"!", "again", goodPassword+"!"); !strings.Contains(a.Body, "present password is not right") {
		t.Error("a wrong old password was taken")
	}
}

// The door answers the same to a wrong name, a wrong password, somebody
// without a password and somebody who is disabled.
func TestTheDoorDoesNotTellWhoExists(t *testing.T) {
	t.Parallel()
	h := build(t, options{idle: true})
	all := accounts.New(accounts.Bind(h.store), accounts.Options{Cost: cheap})
	for _, name := range []string{"Lina", "gone"} {
		_, err := all.SetPassword(t.Context(), "test", h.person(name).ID, goodPassword)
		h.must(err)
	}
	number := regexp.MustCompile(`data-at="\d+"|value="[^"]*"`)
	first := ""
	for _, c := range []struct{ name, password string }{{"Lina", "wrong"}, {"Omar", goodPassword}, {"gone", goodPassword}, {"nobody", goodPassword}, {"", ""}, {strings.Repeat("x", 3000), "x"}, {"Lina", strings.Repeat("x", 3000)}} {
		a := h.browser().post("/sign-in", "name", c.name, "password", c.password)
		text := number.ReplaceAllString(a.Body, "")
		if first == "" {
			first = text
		}
		if a.Status != http.StatusForbidden || text != first || !strings.Contains(text, "The name or the password is not right") {
			t.Errorf("%.20q, %.20q: %d, another answer than before", c.name, c.password, a.Status)
		}
	}
}

// One name is not guessed at from many addresses, and whoever is held up can
// still come by a link.
func TestGuessingIsLimitedByName(t *testing.T) {
	t.Parallel()
	h := build(t, options{idle: true})
	w := &walk{house: h, t: t}
	held := 0
	for range 15 { // each from an address of its own
		if a := w.raw(ask{method: "POST", path: "/sign-in", body: "name=LINA&password=guess"}, nil); a.Status == http.StatusTooManyRequests {
			held++
		}
	}
	if held != 5 {
		t.Errorf("%d of 15 guesses were not heard, want 5", held)
	}
	if a := w.raw(ask{method: "POST", path: "/sign-in", body: "name=Omar&password=guess"}, nil); a.Status != http.StatusForbidden {
		t.Errorf("another name: %d", a.Status)
	}
	w.signIn("Lina")
}

func TestSessionsAreListedAndEnd(t *testing.T) {
	t.Parallel()
	h := build(t, options{idle: true})
	one, two, three := h.as("Lina"), h.as("Lina"), h.as("Lina")
	names := regexp.MustCompile(`name="session" value="([A-Z0-9]+)"`)
	page := one.get("/me").Body
	listed := names.FindAllStringSubmatch(page, -1)
	if len(listed) != 3 || strings.Index(page, "this browser") > strings.Index(page, listed[1][1]) {
		t.Fatalf("%d sessions are listed, or not the present one first", len(listed))
	}
	if a := h.as("Omar").post("/me/sign-out", "session", listed[1][1]); a.Status != http.StatusNotFound {
		t.Errorf("Omar ended Lina's session: %d", a.Status)
	}
	one.post("/me/sign-out", "session", listed[1][1])
	alive := 0
	for _, b := range []*browser{two, three} {
		if b.get("/").URL.Path == "/" {
			alive++
		}
	}
	if alive != 1 {
		t.Errorf("%d of the other two are signed in, want one", alive)
	}
	one.post("/me/sign-out")
	for i, b := range []*browser{one, two, three} {
		if in := b.get("/").URL.Path == "/"; in != (i == 0) {
			t.Errorf("browser %d signed in: %v", i, in)
		}
	}
}

// An admin invites somebody, changes their roles, shuts them out; each is
// felt at once and stands in the audit log.
func TestUsersPage(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	boss := h.as("admin")
	a := boss.post("/users", "name", "سلمى", "grant", "reviewer:ar", "grant", "viewer:*")
	link := regexp.MustCompile(`value="(http://[^"]*/sign-in\?token=[A-Z0-9]+)"`).FindStringSubmatch(a.Body)
	if a.Status != http.StatusOK || link == nil || !strings.Contains(a.Body, "A link for") {
		t.Fatalf("%d %.2000s", a.Status, a.Body)
	}
	p := h.person("سلمى")
	if got := edition.FormatGrants(p.Grants); got != "viewer reviewer:ar" {
		t.Errorf("the roles are %q", got)
	}
	if b := boss.get("/users/" + itoa(p.ID)); strings.Contains(b.Body, "token=") {
		t.Error("the link is shown a second time")
	}
	u, _ := url.Parse(link[1])
	salma := h.browser()
	if a := salma.post("/sign-in", "token", u.Query().Get("token")); !strings.Contains(a.Body, "no password yet") {
		t.Errorf("the link led to %s, %d", a.URL, a.Status)
	}
	if a := salma.get("/users"); a.Status != http.StatusForbidden || strings.Contains(salma.get("/").Body, `href="/audit"`) {
		t.Errorf("a reviewer sees the users: %d", a.Status)
	}
	ar, fr := h.view("attack", "ar", ""), h.view("attack", "fr", "")
	if a := salma.get("/editions/" + itoa(fr.ID)); a.Status != http.StatusOK || strings.Contains(a.Body, "/approve-clean") {
		t.Errorf("French for a viewer: %d", a.Status)
	}
	if a := salma.get("/editions/" + itoa(ar.ID)); a.Status != http.StatusOK || !strings.Contains(a.Body, "/approve-clean") {
		t.Errorf("Arabic for a reviewer: %d", a.Status)
	}
	path := "/users/" + itoa(p.ID)
	boss.post(path+"/roles", "grant", "translator:fr")
	if a := salma.get("/"); a.URL.Path != "/sign-in" {
		t.Error("the session outlived the role")
	}
	for what, fields := range map[string][]string{"no role": nil, "a role that is none": {"grant", "king:*"}, "a locale that is none": {"grant", "viewer:xx"}, "nothing": {"grant", ""}} {
		boss.post(path+"/roles", fields...)
		if got := edition.FormatGrants(h.person("سلمى").Grants); got != "translator:fr" {
			t.Fatalf("%s: the roles are %q", what, got)
		}
	}
	boss.post(path + "/disable")
	if !h.person("سلمى").Disabled {
		t.Error("she is not disabled")
	}
	if a := boss.post(path + "/link"); !strings.Contains(a.Body, "Enable the account first") {
		t.Error("a link was made for a disabled account")
	}
	boss.post(path + "/enable")
	acts, err := h.store.AuditLog(t.Context(), edition.ActFilter{Subject: "person", SubjectID: p.ID, Limit: 50})
	h.must(err)
	var whats []string
	for _, a := range acts {
		whats = append(whats, a.Who+" "+a.What)
	}
	if got := strings.Join(whats, ", "); got != "admin user-enabled, admin user-disabled, admin user-changed, سلمى sign-in, admin sign-in-link, admin user-added" {
		t.Errorf("the audit log says %s", got)
	}
}

// The last admin can be neither disabled nor demoted, by nobody.
func TestTheLastAdminAtTheDesk(t *testing.T) {
	t.Parallel()
	h := build(t, options{idle: true})
	boss := h.as("admin")
	path := "/users/" + itoa(h.person("admin").ID)
	for _, c := range [][]string{{path + "/disable"}, {path + "/roles", "grant", "viewer:*"}, {path + "/roles", "grant", "admin:ar"}} {
		a := boss.post(c[0], c[1:]...)
		if !strings.Contains(a.Body, "last admin") || !h.person("admin").RunsTheHouse() {
			t.Errorf("%v: %d", c, a.Status)
		}
	}
	h.grant("Omar", "admin")
	if a := boss.post(path+"/roles", "grant", "viewer:*"); a.URL.Path != "/sign-in" {
		t.Errorf("with another admin: led to %s", a.URL)
	}
	h.grant("Lina", "admin:ar,fr")
	if a := h.as("Lina").get("/users"); a.Status != http.StatusForbidden {
		t.Errorf("an admin for some languages sees the users: %d", a.Status)
	}
}

func TestAuditPage(t *testing.T) {
	t.Parallel()
	h := build(t, options{idle: true})
	h.must(h.store.InTx(t.Context(), func(tx *store.Tx) error {
		for i := range 230 {
			err := tx.Audit(t.Context(), edition.Act{At: time.Date(2026, 1, 1, 0, 0, i, 0, time.UTC), Who: "=Lina", What: "edit", Subject: "target", SubjectID: 9, Locale: "ar", Detail: "act " + itoa(int64(i)) + " <b>"})
			if err != nil {
				return err
			}
		}
		return nil
	}))
	b := h.as("admin")
	older := regexp.MustCompile(`href="(/audit\?[^"]*after=[^"]*)"`)
	seen, pages := map[string]bool{}, 0
	for path := "/audit?who=%3DLina&from=2026-01-01&to=2026-01-01"; path != ""; pages++ {
		a := b.get(path)
		inspect(t, path, a.Body)
		for _, m := range regexp.MustCompile(`>act (\d+) `).FindAllStringSubmatch(a.Body, -1) {
			if seen[m[1]] {
				t.Fatalf("act %s twice", m[1])
			}
			seen[m[1]] = true
		}
		path = ""
		if m := older.FindStringSubmatch(a.Body); m != nil {
			path = strings.ReplaceAll(m[1], "&amp;", "&")
		}
	}
	if len(seen) != 230 || pages != 3 {
		t.Errorf("%d acts on %d pages", len(seen), pages)
	}
	for _, empty := range []string{"/audit?who=nobody", "/audit?what=none", "/audit?locale=fr&who=%3DLina", "/audit?from=2030-01-01", "/audit?to=2001-01-01", "/audit?subject=target+8"} {
		if a := b.get(empty); a.Status != http.StatusOK || !strings.Contains(a.Body, "Nothing of that kind") {
			t.Errorf("%s: %d, or not empty", empty, a.Status)
		}
	}
	file := b.get("/audit/acts.csv?who=%3DLina")
	rows, err := csv.NewReader(strings.NewReader(file.Body)).ReadAll()
	if err != nil || len(rows) != 231 || rows[1][2] != "'=Lina" || rows[1][7] != "act 229 <b>" || !strings.Contains(file.Header.Get("Content-Disposition"), "audit.csv") {
		t.Errorf("%d rows, %v, %v", len(rows), err, rows[:min(2, len(rows))])
	}
	lines := strings.Split(strings.TrimSpace(b.get("/audit/acts.jsonl?who=%3DLina").Body), "\n")
	var one struct{ Who, Detail string }
	if err := json.Unmarshal([]byte(lines[0]), &one); err != nil || len(lines) != 230 || one.Who != "=Lina" {
		t.Errorf("%d lines, %+v, %v", len(lines), one, err)
	}
}

// signInBy walks to the provider and back as a browser does.
func signInBy(h *house, b *browser) answer { return b.get("/sign-in/provider") }

func providerHouse(t *testing.T, claims map[string]any) (*house, *peopletest.Provider) {
	t.Helper()
	at := peopletest.New(t, claims)
	h := build(t, options{idle: true})
	p, err := accounts.NewProvider(accounts.ProviderConfig{
		Issuer: at.URL, ClientID: at.ID, Secret: at.Secret, Name: "Press login", Redirect: h.server.URL + "/sign-in/back", Domains: []string{"press.example"},
		Groups: []accounts.GroupRole{{Group: "arabic", Grant: edition.Grant{Role: "reviewer", Locales: []string{"ar"}}}, {Group: "chiefs", Grant: edition.Grant{Role: "admin"}}},
	})
	h.must(err)
	h.options.People.Provider = p
	return h, at
}

func TestSignInWithAProvider(t *testing.T) {
	t.Parallel()
	claims := map[string]any{"sub": "17", "name": "Lina", "email": "l@press.example", "email_verified": true, "groups": []string{"arabic"}}
	h, at := providerHouse(t, claims)
	b := h.browser()
	if a := b.get("/sign-in"); !strings.Contains(a.Body, "Sign in with Press login") {
		t.Error("the door does not offer the provider")
	}
	a := signInBy(h, b)
	// There is a Lina already: the provider's is somebody else until they are linked.
	if a.Status != http.StatusOK || a.URL.Path != "/" || !strings.Contains(a.Body, "Signed in as Lina 2") || edition.FormatGrants(h.person("Lina 2").Grants) != "reviewer:ar" {
		t.Fatalf("%d at %s: %.300s", a.Status, a.URL, a.Body)
	}
	at.Be(map[string]any{"sub": "17", "name": "Other", "email": "l@press.example", "email_verified": true, "groups": []string{"chiefs"}})
	if a := signInBy(h, h.browser()); !strings.Contains(a.Body, "Signed in as Lina 2") || !h.person("Lina 2").RunsTheHouse() {
		t.Errorf("the second time: %d at %s", a.Status, a.URL)
	}
	if a := b.get("/"); a.URL.Path != "/sign-in" {
		t.Error("the session outlived the roles")
	}
	at.Be(map[string]any{"sub": "17", "email": "l@press.example", "email_verified": true})
	if a := signInBy(h, h.browser()); a.Status != http.StatusForbidden || !strings.Contains(a.Body, "not let in") {
		t.Errorf("out of all groups: %d", a.Status)
	}
	at.Be(map[string]any{"sub": "18", "email": "x@evil.example", "email_verified": true, "groups": []string{"chiefs"}})
	if a := signInBy(h, h.browser()); a.Status != http.StatusForbidden {
		t.Errorf("another domain: %d", a.Status)
	}
	at.Down(true)
	var err error
	h.options.People.Provider, err = accounts.NewProvider(h.options.People.Provider.ProviderConfig)
	h.must(err)
	sentence(t, "the provider is down", signInBy(h, h.browser()), http.StatusBadGateway)
}

// Whoever is signed in links their account, which is theirs alone then.
func TestLinkingAnAccount(t *testing.T) {
	t.Parallel()
	h, _ := providerHouse(t, map[string]any{"sub": "99", "name": "whoever"})
	b := h.as("Lina")
	if a := signInBy(h, b); a.URL.Path != "/me" || !strings.Contains(a.Body, "Your account is linked") {
		t.Fatalf("%d at %s", a.Status, a.URL)
	}
	in := h.browser()
	if a := signInBy(h, in); !strings.Contains(a.Body, "Signed in as Lina<") {
		t.Errorf("%d at %s", a.Status, a.URL)
	}
	if a := signInBy(h, h.as("Omar")); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "another user already") {
		t.Errorf("Omar linked Lina's account: %d", a.Status)
	}
	if a := in.post("/me/unlink"); !strings.Contains(a.Body, "Set a password first") {
		t.Error("the only way in was taken away")
	}
	boss := h.as("admin")
	boss.post("/users/" + itoa(h.person("Lina").ID) + "/unlink")
	if a := signInBy(h, h.browser()); a.Status != http.StatusForbidden {
		t.Errorf("after unlinking: %d", a.Status)
	}
	for _, back := range []string{"/sign-in/back", "/sign-in/back?code=x&state=y", "/sign-in/back?error=access_denied"} {
		sentence(t, back, h.browser().get(back), http.StatusForbidden)
	}
}

// A disabled person gets in by no door.
func TestDisabledByEveryDoor(t *testing.T) {
	t.Parallel()
	h, _ := providerHouse(t, map[string]any{"sub": "99"})
	signInBy(h, h.as("Lina"))
	_, err := h.options.People.SetPassword(t.Context(), "test", h.person("Lina").ID, goodPassword)
	h.must(err)
	_, err = h.options.People.Disable(t.Context(), "test", h.person("Lina").ID, true)
	h.must(err)
	if a := signInBy(h, h.browser()); a.Status != http.StatusForbidden {
		t.Errorf("by the provider: %d", a.Status)
	}
	if a := h.browser().post("/sign-in", "name", "Lina", "password", goodPassword); a.Status != http.StatusForbidden {
		t.Errorf("by password: %d", a.Status)
	}
}

// The accounts' pages speak every language, without holes.
func TestAccountPagesInEveryLanguage(t *testing.T) {
	t.Parallel()
	h, _ := providerHouse(t, map[string]any{"sub": "1"})
	b := h.as("admin")
	hole := regexp.MustCompile(`\[[a-z-]+\.[a-z.-]+\]|<no value>|%!`)
	for lang, dir := range map[string]string{"en": "ltr", "ar": "rtl", "fr": "ltr"} {
		b.lang = lang
		for _, path := range []string{"/me", "/users", "/users?q=none", "/users/" + itoa(h.person("Lina").ID), "/users/" + itoa(h.person("admin").ID), "/users/" + itoa(h.person("gone").ID), "/audit", "/audit?who=none"} {
			a := b.get(path)
			if a.Status != http.StatusOK || !strings.Contains(a.Body, `<html lang="`+lang+`" dir="`+dir+`"`) {
				t.Errorf("%s in %s: %d %.80s", path, lang, a.Status, a.Body)
			}
			if m := hole.FindString(a.Body); m != "" {
				t.Errorf("%s in %s: %s", path, lang, m)
			}
			inspect(t, path, a.Body)
		}
	}
}
