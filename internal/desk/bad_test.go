package desk_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"dragoman/internal/desk"
	accounts "dragoman/internal/people"
)

// spills are what no answer may hold.
var spills = []string{"goroutine", ".go:", "panic", "SELECT ", "sql:", "internal/", "&{", "%!", "<no value>"}

// spilled is what an answer tells of the program's inside, "" for nothing.
func spilled(body string) string {
	for _, s := range spills {
		if strings.Contains(body, s) {
			return s
		}
	}
	return ""
}

func sentence(t *testing.T, where string, a answer, status int) {
	t.Helper()
	if a.Status != status {
		t.Errorf("%s: %d, want %d", where, a.Status, status)
	}
	if m := spilled(a.Body); m != "" {
		t.Errorf("%s: the answer spills %q", where, m)
	}
	if a.Body == "" || strings.Contains(a.Body, "[desk.") || strings.Contains(a.Body, "[error.") {
		t.Errorf("%s: no sentence: %.300s", where, a.Body)
	}
}

func TestBadAddresses(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	b := h.as("admin")
	b.lang = "ar"
	for _, path := range []string{
		"/no/such", "/editions", "/editions/", "/editions/abc", "/editions/0", "/editions/-1", "/editions/999999999", "/editions/99999999999999999999", "/editions/1e3",
		"/editions/999999/diff", "/editions/999999/history", "/editions/999999/preview", "/editions/999999/page", "/editions/999999/rows",
		"/targets/1x", "/targets/999999", "/targets/999999/history", "/concepts/none?locale=ar", "/concepts/%00?locale=ar", "/concepts/..%2f..?locale=ar",
		"/static/x/../../desk.go", "/static/x/none.js", "/static/x", "/public/", "/public/none.html", "/public/../go.mod", "/public/%2e%2e/%2e%2e/etc/passwd", "/public/..%2f..%2fdesk.go", "/public/ar",
	} {
		a := b.get(path)
		sentence(t, path, a, http.StatusNotFound)
		if strings.Contains(a.Body, "<html") && !strings.Contains(a.Body, "لا شيء هنا") {
			t.Errorf("%s does not speak Arabic", path)
		}
	}
	for _, path := range []string{"/targets/999999/edit", "/targets/999999/type", "/targets/x/approve", "/editions/999999/approve", "/editions/999999/publish", "/editions/x/withdraw"} {
		sentence(t, path, b.post(path, "text", "x", "reason", "x"), http.StatusNotFound)
		sentence(t, path, b.ask(path, "text", "x", "reason", "x"), http.StatusNotFound)
	}
}

func TestWrongMethods(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	b := h.as("admin")
	id := itoa(h.view("attack", "ar", "").ID)
	for _, c := range []struct{ method, path, allow string }{
		{"POST", "/", "GET"}, {"POST", "/queue", "GET"}, {"DELETE", "/editions/" + id, "GET"}, {"PUT", "/editions/" + id, "GET"}, {"GET", "/editions/" + id + "/approve", "POST"},
		{"GET", "/targets/1/edit", "POST"}, {"GET", "/sign-out", "POST"}, {"PATCH", "/sign-in", "GET, POST"}, {"POST", "/static/x/desk.css", "GET"},
	} {
		a := b.do(c.method, c.path, strings.NewReader("x=1"), "Sec-Fetch-Site", "same-origin")
		sentence(t, c.method+" "+c.path, a, http.StatusMethodNotAllowed)
		if a.Header.Get("Allow") != c.allow {
			t.Errorf("%s %s: Allow %q, want %q", c.method, c.path, a.Header.Get("Allow"), c.allow)
		}
	}
	if a := b.do("HEAD", "/", nil); a.Status != http.StatusOK || a.Body != "" {
		t.Errorf("HEAD /: %d", a.Status)
	}
}

func TestBadBodies(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	b := h.as("admin")
	tg := h.target("attack", "ar", 2)
	path := "/targets/" + itoa(tg.ID) + "/edit"
	base := itoa(tg.Standing.ID)
	sentence(t, "a huge body", b.post(path, "base", base, "text", strings.Repeat("x", 400<<10)), http.StatusRequestEntityTooLarge)
	sentence(t, "a long text", b.post(path, "base", base, "text", strings.Repeat("ص", 33<<10)), http.StatusUnprocessableEntity)
	sentence(t, "not a form", b.do("POST", path, strings.NewReader("%zz=;")), http.StatusBadRequest)
	sentence(t, "not UTF-8", b.post(path, "base", base, "text", "a\xff\xfe"), http.StatusUnprocessableEntity)
	sentence(t, "control characters", b.post(path, "base", base, "text", "a\x01b"), http.StatusUnprocessableEntity)
	sentence(t, "nothing", b.ask(path, "base", base, "text", "  "), http.StatusUnprocessableEntity)
	sentence(t, "no base", b.ask(path, "text", "x"), http.StatusConflict)
	sentence(t, "a base that is no number", b.ask(path, "base", "<b>", "text", "x"), http.StatusConflict)
	for _, act := range []string{"reject", "omit", "dismiss"} {
		sentence(t, act+" without a reason", b.ask("/targets/"+itoa(tg.ID)+"/"+act, "version", base, "reason", "  "), http.StatusUnprocessableEntity)
		sentence(t, act+" with a long reason", b.ask("/targets/"+itoa(tg.ID)+"/"+act, "version", base, "reason", strings.Repeat("x", 9000)), http.StatusUnprocessableEntity)
	}
	if a := b.post(path, "base", base, "text", strings.Repeat("ص", 33<<10)); !strings.Contains(a.Body, "صصص") {
		t.Error("what was typed is lost with the refusal")
	}
	if got := h.target("attack", "ar", 2); got.Standing.ID != tg.Standing.ID {
		t.Errorf("one of them was saved: %q", got.Standing.Text)
	}
}

func TestOtherSitesCannotAct(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	b := h.as("admin")
	tg := h.target("attack", "ar", 2)
	path := "/targets/" + itoa(tg.ID) + "/approve"
	body := "version=" + itoa(tg.Standing.ID)
	for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Sec-Fetch-Site", "", "Origin", "https://evil.example"}, {"Sec-Fetch-Site", "", "Origin", "null"}} {
		a := b.do("POST", path, strings.NewReader(body), header...)
		sentence(t, strings.Join(header, " "), a, http.StatusForbidden)
	}
	if h.target("attack", "ar", 2).ApprovedBy != "" {
		t.Error("another site approved a segment")
	}
}

// Targets and editions of one another cannot be mixed up by their numbers.
func TestForeignNumbersInForms(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	b := h.as("admin")
	one, other := h.target("attack", "ar", 2), h.target("attack", "ar", 3)
	id := itoa(one.ID)
	for path, fields := range map[string][]string{
		"/targets/" + id + "/restore": {"base", itoa(one.Standing.ID), "version", itoa(other.Standing.ID)},
		"/targets/" + id + "/dismiss": {"version", itoa(other.Standing.ID), "seq", "0", "reason", "x"},
		"/targets/" + id + "/fix":     {"version", itoa(other.Standing.ID), "seq", "0"},
		"/targets/" + id + "/decide":  {"proposal", "77", "accept", "yes"},
		"/targets/" + id + "/approve": {"version", itoa(other.Standing.ID)},
	} {
		if a := b.ask(path, fields...); a.Status < 400 || a.Status >= 500 {
			t.Errorf("%s: %d %s", path, a.Status, a.Body)
		}
	}
}

// failing is a database of users that has gone.
type failing struct {
	accounts.Store
	broken bool
}

func (f failing) InTx(context.Context, func(accounts.Tx) error) error {
	if f.broken {
		panic("a secret in a panic")
	}
	return errors.New("a secret of the database")
}

var reference = regexp.MustCompile(`logged as \W?([A-Z0-9]{8})`)

// What goes wrong inside is told as a sentence with a reference, under which
// the log has the cause.
func TestWhatGoesWrongInside(t *testing.T) {
	t.Parallel()
	h := build(t, options{idle: true})
	for _, broken := range []bool{false, true} {
		log := &strings.Builder{}
		o := h.options
		o.People, o.Log = accounts.New(failing{broken: broken}, accounts.Options{Cost: cheap}), slog.New(slog.NewTextHandler(log, nil))
		d, err := desk.New(o)
		h.must(err)
		rec := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodPost, "/sign-in", strings.NewReader("token=x"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		d.ServeHTTP(rec, r)
		sentence(t, "a broken database", answer{Status: rec.Code, Body: rec.Body.String()}, http.StatusInternalServerError)
		ref := reference.FindStringSubmatch(rec.Body.String())
		if ref == nil || !strings.Contains(log.String(), "reference="+ref[1]) || !strings.Contains(log.String(), "a secret") {
			t.Errorf("the page says %v, the log %s", ref, log)
		}
		if strings.Contains(rec.Body.String(), "secret") {
			t.Error("the page tells the cause")
		}
	}
}

func TestOptionsThatMustBeGiven(t *testing.T) {
	t.Parallel()
	if _, err := desk.New(desk.Options{}); err == nil {
		t.Error("a desk over nothing")
	}
}
