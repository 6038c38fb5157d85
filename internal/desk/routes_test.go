package desk_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"dragoman/internal/desk"
	"dragoman/internal/edition"
	"dragoman/internal/store"
)

// openTo everybody are these routes and no others.
var openToAll = []string{
	"GET /sign-in", "POST /sign-in", "POST /sign-out", "GET /sign-in/provider", "GET /sign-in/back", "POST /preferences", "GET /static/{hash}/{file}", "GET /favicon.ico", "GET /robots.txt",
}

// knownRights are the rights that a route may ask for; "enter" is for one's
// own things.
var knownRights = []edition.Right{"enter", edition.MayRead, edition.MayWrite, edition.MayReview, edition.MayPublish, edition.MayKeep, edition.MayRun}

// walk is a house whose every route is tried with everything that is bad.
// Requests go straight to the desk, each from an address of its own, so that
// no limit of attempts is met.
type walk struct {
	*house
	t       *testing.T
	from    int
	routes  []desk.Route
	fields  []string // of all forms
	queries []string // of all addresses
	arabic  *edition.Edition
	target  int64 // a target of the Arabic edition
	secret  []string
	open    map[string][]*http.Cookie // sessions, by name
}

// secretText is what nobody sees who has no right to the Arabic editions.
var secretText = []string{"أدان الائتلاف", "أكد ناشطون"}

func newWalk(t *testing.T) *walk {
	t.Helper()
	oneByOne(t)
	h := build(t, options{})
	v := h.view("attack", "ar", "")
	w := &walk{house: h, t: t, routes: h.desk.Known(), arabic: &v.Edition, target: v.Rows[1].Target.ID, secret: secretText}
	w.fields = namesIn(t, "templates/*.html", `name="([\w-]+)"`)
	w.fields = append(w.fields, namesIn(t, "*.go", `(?:PostForm\.|Form\.|number\(|file\()(?:Get\(|Has\()?"([\w-]+)"`)...)
	w.queries = namesIn(t, "*.go", `(?:Query\(\)\.|\bq\.)(?:Get|Has)\("([\w-]+)"`)
	slices.Sort(w.fields)
	w.fields = slices.Compact(w.fields)
	if len(w.fields) < 12 || len(w.queries) < 5 || len(w.routes) < 30 {
		t.Fatalf("only %d fields, %d query names and %d routes were found: the patterns of this test are out of date", len(w.fields), len(w.queries), len(w.routes))
	}
	return w
}

func namesIn(t *testing.T, pattern, find string) (names []string) {
	t.Helper()
	files, _ := filepath.Glob(pattern)
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(find).FindAllStringSubmatch(string(b), -1) {
			names = append(names, m[1])
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// person adds somebody with one role and returns the name.
func (w *walk) person(role string, locales ...string) string {
	w.t.Helper()
	name := strings.TrimSpace(role + " of " + strings.Join(locales, " "))
	w.must(w.store.InTx(w.t.Context(), func(tx *store.Tx) error {
		return tx.SavePerson(w.t.Context(), &edition.Person{Name: name, Role: role, Locales: locales}, "test")
	}))
	return name
}

// ask is one request as somebody ("" for nobody). Whoever's session an act
// before has ended signs in again.
type ask struct {
	as, method, path, body string
	header                 []string
}

func (w *walk) send(a ask) answer {
	w.t.Helper()
	if a.as == "" {
		return w.raw(a, nil)
	}
	if w.open == nil {
		w.open = map[string][]*http.Cookie{}
	}
	if w.open[a.as] == nil {
		w.open[a.as] = w.signIn(a.as)
	}
	got := w.raw(a, w.open[a.as])
	if got.Status == http.StatusUnauthorized || got.Header.Get("Location") == "/sign-in" { // an act before ended the session
		w.open[a.as] = w.signIn(a.as)
		got = w.raw(a, w.open[a.as])
	}
	return got
}

func (w *walk) raw(a ask, cookies []*http.Cookie) answer {
	w.t.Helper()
	w.from++
	r := httptest.NewRequestWithContext(w.t.Context(), a.method, "http://desk.test/", strings.NewReader(a.body))
	u, err := url.ParseRequestURI(a.path)
	if err != nil { // a browser would never send it, but somebody may
		u = &url.URL{Path: a.path}
	}
	r.URL, r.RequestURI = u, a.path
	r.RemoteAddr = fmt.Sprintf("10.%d.%d.%d:1", w.from>>16, w.from>>8&255, w.from&255)
	r.Header.Set("Accept-Language", "en")
	r.Header.Set("Accept", "text/html")
	if a.method != http.MethodGet && a.method != http.MethodHead {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for i := 0; i+1 < len(a.header); i += 2 {
		r.Header.Set(a.header[i], a.header[i+1])
	}
	for _, k := range cookies {
		r.AddCookie(k)
	}
	if strings.HasSuffix(a.path, "/events") || a.path == "" {
		r.Header.Set("Accept", "application/json")
	}
	rec := httptest.NewRecorder()
	w.desk.ServeHTTP(rec, r)
	return answer{Status: rec.Code, URL: u, Header: rec.Header(), Body: rec.Body.String()}
}

// signIn gives the cookies of a fresh session.
func (w *walk) signIn(name string) []*http.Cookie {
	w.t.Helper()
	u, err := url.Parse(w.link(name))
	w.must(err)
	a := w.raw(ask{method: "POST", path: "/sign-in", body: "token=" + u.Query().Get("token")}, nil)
	if a.Status != http.StatusSeeOther {
		w.t.Fatalf("%s cannot sign in: %d", name, a.Status)
	}
	return (&http.Response{Header: a.Header}).Cookies()
}

var wildcard = regexp.MustCompile(`\{[^}]*\}`)

// fill puts a value into the wildcards of a route's address, of which those
// for editions and targets get the Arabic ones where the value is "".
func (w *walk) fill(r desk.Route, value string) (method, path string) {
	method, path, _ = strings.Cut(r.Pattern, " ")
	path = strings.ReplaceAll(path, "{$}", "")
	return method, wildcard.ReplaceAllStringFunc(path, func(string) string {
		switch {
		case value != "":
			return value
		case strings.Contains(r.Pattern, "/targets/"):
			return itoa(w.target)
		case strings.Contains(r.Pattern, "/concepts/{id}"):
			return "loc.maasran"
		default:
			return itoa(w.arabic.ID)
		}
	})
}

func endless(r desk.Route) bool { return strings.HasSuffix(r.Pattern, "/events") }

// each runs f for every route that is not open to all.
func (w *walk) each(f func(r desk.Route)) {
	for _, r := range w.routes {
		if r.Needs != "" {
			f(r)
		}
	}
}

// told checks an answer that refuses: a sentence, and nothing of what the
// person may not see or what the program looks like inside.
func (w *walk) told(what string, a answer, statuses ...int) {
	w.t.Helper()
	if !slices.Contains(statuses, a.Status) {
		w.t.Errorf("%s: %d, want one of %v: %.300s", what, a.Status, statuses, a.Body)
	}
	w.clean(what, a)
	if a.Status >= 400 && (a.Body == "" || strings.Contains(a.Body, "[desk.") || strings.Contains(a.Body, "[error.")) {
		w.t.Errorf("%s: no sentence: %.300s", what, a.Body)
	}
}

// clean checks that an answer spills nothing and holds no foreign mark-up.
func (w *walk) clean(what string, a answer) {
	w.t.Helper()
	if a.Status >= http.StatusInternalServerError {
		w.t.Errorf("%s: %d", what, a.Status)
	}
	kind := a.Header.Get("Content-Type")
	switch {
	case strings.HasPrefix(kind, "text/html") && !strings.Contains(a.Header.Get("Content-Security-Policy"), "sandbox"):
		if m := spilled(a.Body); m != "" {
			w.t.Errorf("%s: the answer spills %q", what, m)
		}
		inspect(w.t, what, a.Body)
	case strings.HasPrefix(kind, "application/json"):
		if m := spilled(a.Body); m != "" {
			w.t.Errorf("%s: the answer spills %q", what, m)
		}
	}
	if a.Header.Get("X-Content-Type-Options") != "nosniff" || a.Header.Get("Content-Security-Policy") == "" {
		w.t.Errorf("%s: the answer lacks its headers", what)
	}
}

// Every route says which right it needs, and asks for it.
func TestEveryRouteNeedsARight(t *testing.T) {
	t.Parallel()
	w := newWalk(t)
	for _, r := range w.routes {
		switch {
		case r.Needs == "" && !slices.Contains(openToAll, r.Pattern):
			t.Errorf("%s is open to everybody: register it with the right that it needs", r.Pattern)
		case r.Needs != "" && !slices.Contains(knownRights, r.Needs):
			t.Errorf("%s needs %q, which is no right", r.Pattern, r.Needs)
		}
	}
	for _, role := range edition.Roles() {
		name := w.person(role)
		p, err := w.store.Person(t.Context(), name)
		w.must(err)
		w.each(func(r desk.Route) {
			method, path := w.fill(r, "")
			has := r.Needs == "enter" || p.May(r.Needs, "")
			if has && endless(r) {
				return
			}
			what := role + ", " + r.Pattern
			a := w.send(ask{as: name, method: method, path: path})
			if !has {
				w.told(what, a, http.StatusForbidden)
			} else if a.Status == http.StatusForbidden || a.Status == http.StatusUnauthorized {
				t.Errorf("%s: %d, though the role has the right: %.200s", what, a.Status, a.Body)
			}
			w.clean(what, a)
		})
	}
}

// Nobody who is signed out, whose session has ended, or who has no role at
// all gets anything.
func TestEveryRouteIsShut(t *testing.T) {
	t.Parallel()
	w := newWalk(t)
	nobody := w.person("")
	ended := w.signIn("Lina")
	w.raw(ask{method: "POST", path: "/sign-out"}, ended)
	gone := w.signIn("translator")
	w.must(w.store.InTx(t.Context(), func(tx *store.Tx) error {
		return tx.SavePerson(t.Context(), &edition.Person{Name: "translator", Role: "translator", Disabled: true}, "test")
	}))
	w.each(func(r desk.Route) {
		method, path := w.fill(r, "")
		for what, cookies := range map[string][]*http.Cookie{"signed out": nil, "signed out before": ended, "disabled": gone, "a made-up session": {{Name: "dragoman", Value: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}, {Name: "dragoman", Value: "x"}}} {
			a := w.raw(ask{method: method, path: path, body: "text=x"}, cookies)
			if method == http.MethodGet && !endless(r) {
				if a.Status != http.StatusSeeOther || a.Header.Get("Location") != "/sign-in" {
					t.Errorf("%s, %s: %d to %s", what, r.Pattern, a.Status, a.Header.Get("Location"))
				}
			} else {
				w.told(what+", "+r.Pattern, a, http.StatusUnauthorized)
			}
			w.hides(what+", "+r.Pattern, a)
			a = w.raw(ask{method: method, path: path, header: []string{"Accept", "application/json"}}, cookies)
			w.told(what+", "+r.Pattern+" as JSON", a, http.StatusUnauthorized)
		}
		if r.Needs != "enter" {
			w.told("no role, "+r.Pattern, w.send(ask{as: nobody, method: method, path: path}), http.StatusForbidden)
		}
	})
}

// hides checks that an answer shows nothing of the Arabic editions.
func (w *walk) hides(what string, a answer) {
	w.t.Helper()
	for _, s := range w.secret {
		if strings.Contains(a.Body, s) {
			w.t.Errorf("%s: the answer shows an Arabic edition", what)
		}
	}
}

// Whoever works in one locale sees and changes nothing in another, whatever
// their role there.
func TestNoRouteShowsAnotherLocale(t *testing.T) {
	t.Parallel()
	w := newWalk(t)
	for _, role := range edition.Roles() {
		name := w.person(role, "fr")
		w.each(func(r desk.Route) {
			if endless(r) {
				return
			}
			method, path := w.fill(r, "")
			what := role + " of French, " + r.Pattern
			for _, query := range []string{"", "?locale=ar&state=all&edition=" + itoa(w.arabic.ID)} {
				body := url.Values{"locale": {"ar"}, "edition": {itoa(w.arabic.ID)}, "target": {itoa(w.target)}, "text": {"x"}, "reason": {"x"}, "to": {name}}.Encode()
				if method == http.MethodGet {
					body = ""
				}
				a := w.send(ask{as: name, method: method, path: path + query, body: body})
				w.clean(what, a)
				if strings.HasPrefix(path, "/public/") {
					continue // what is public is for everybody
				}
				w.hides(what, a)
				if (strings.HasPrefix(path, "/editions/") || strings.HasPrefix(path, "/targets/")) && a.Status != http.StatusForbidden {
					t.Errorf("%s: %d for an Arabic number", what, a.Status)
				}
			}
		})
	}
	if now := w.view("attack", "ar", ""); now.Assignee != "" || now.State != w.arabic.State || now.Counts != w.arabic.Counts {
		t.Error("something of the Arabic edition was changed")
	}
}

// badIDs are what may stand where a number or a name belongs.
var badIDs = []string{"999999999", "0", "-1", "1e3", "99999999999999999999", "abc", "%00", "%ff%fe", "..%2f..%2fetc%2fpasswd", "%3Cscript%3Ealert(1)%3C%2Fscript%3E", "%E2%80%AEcod", "1%20OR%201=1", "'%3B--", strings.Repeat("9", 4000)}

func TestEveryRouteWithBadNumbers(t *testing.T) {
	t.Parallel()
	w := newWalk(t)
	admin := w.signIn("admin")
	w.each(func(r desk.Route) {
		if !wildcard.MatchString(strings.ReplaceAll(r.Pattern, "{$}", "")) {
			return
		}
		for _, bad := range badIDs {
			method, path := w.fill(r, bad)
			what := method + " " + path[:min(len(path), 80)]
			a := w.raw(ask{method: method, path: path, body: "text=x&reason=x&version=1"}, admin)
			w.told(what, a, http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusBadRequest)
			a = w.raw(ask{method: method, path: path, body: "text=x&reason=x&version=1", header: []string{"Accept", "application/json"}}, admin)
			w.told(what+" as JSON", a, http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusBadRequest)
		}
	})
	w.quiet()
}

// quiet checks that nothing broke inside while all that was asked.
func (w *walk) quiet() {
	w.t.Helper()
	for _, bad := range []string{"handler broke", "request failed"} {
		if i := strings.Index(w.log.String(), bad); i >= 0 {
			w.t.Errorf("the log says: %.600s", w.log.String()[i:])
		}
	}
}

func TestEveryRouteWithBadRequests(t *testing.T) {
	t.Parallel()
	w := newWalk(t)
	for _, r := range w.routes {
		method, path := w.fill(r, "")
		if endless(r) || strings.HasPrefix(path, "/static/") {
			continue
		}
		if method == http.MethodPost {
			w.badBodies(r, path)
		}
		for _, wrong := range []string{"GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"} {
			if wrong == method || slices.ContainsFunc(w.routes, func(o desk.Route) bool { return o.Pattern == wrong+" "+strings.SplitN(r.Pattern, " ", 2)[1] }) {
				continue
			}
			if a := w.send(ask{as: "admin", method: wrong, path: path, body: "x=1"}); a.Status != http.StatusMethodNotAllowed || a.Header.Get("Allow") == "" {
				// Where the address is another route's with a wildcard, that one answers.
				if other := w.served(wrong, path); other == "" {
					t.Errorf("%s %s: %d, Allow %q", wrong, path, a.Status, a.Header.Get("Allow"))
				}
			}
		}
	}
	w.quiet()
}

// served is the route that answers an address.
func (w *walk) served(method, path string) string {
	mux := http.NewServeMux()
	for _, r := range w.routes {
		mux.HandleFunc(r.Pattern, func(http.ResponseWriter, *http.Request) {})
	}
	r := httptest.NewRequest(method, path, nil)
	_, pattern := mux.Handler(r)
	return pattern
}

func (w *walk) badBodies(r desk.Route, path string) {
	w.t.Helper()
	limit := 256 << 10
	if r.Upload {
		limit = 32 << 20
	}
	who := "admin"
	for what, a := range map[string]ask{
		"a huge body":       {body: "text=" + strings.Repeat("x", limit+1)},
		"half a form":       {body: "%zz=;"},
		"no form":           {body: `{"text":"x"}`, header: []string{"Content-Type", "application/json"}},
		"a broken type":     {body: "x", header: []string{"Content-Type", "multipart/form-data"}},
		"a lying type":      {body: "x", header: []string{"Content-Type", "multipart/form-data; boundary=y"}},
		"another site":      {body: "text=x", header: []string{"Sec-Fetch-Site", "cross-site"}},
		"a sister site":     {body: "text=x", header: []string{"Sec-Fetch-Site", "same-site"}},
		"another origin":    {body: "text=x", header: []string{"Sec-Fetch-Site", "", "Origin", "https://evil.example"}},
		"nowhere's origin":  {body: "text=x", header: []string{"Sec-Fetch-Site", "", "Origin", "null"}},
		"a file from hell":  w.fileFrom("../../etc/passwd\x00.csv", []byte("\x89PNG\r\n\x1a\n\x00\x00"+poison)),
		"a file of nothing": w.fileFrom("a.csv", nil),
		"a file not UTF-8":  w.fileFrom("a.csv", []byte("id,kind\n\xff\xfe,\x00")),
		"a page as a table": w.fileFrom("terms.csv", []byte("<!doctype html><script>alert(1)</script>")),
		"an endless entity": w.fileFrom("a.tmx", []byte(`<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><tmx><body>&b;</body></tmx>`)),
		"a foreign file":    w.fileFrom("a.tbx", []byte(`<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><tbx>&a;</tbx>`)),
	} {
		if what == "a huge body" && r.Upload && testing.Short() {
			continue
		}
		a.as, a.method, a.path = who, http.MethodPost, path
		got := w.send(a)
		what := what + ", " + r.Pattern
		w.clean(what, got)
		switch {
		case strings.HasPrefix(what, "a huge body"):
			w.told(what, got, http.StatusRequestEntityTooLarge)
		case strings.HasPrefix(what, "half a form"), strings.HasPrefix(what, "a broken type"), strings.HasPrefix(what, "a lying type"):
			w.told(what, got, http.StatusBadRequest)
		case slices.Contains(a.header, "Sec-Fetch-Site"):
			w.told(what, got, http.StatusForbidden)
		case !r.Upload && strings.Contains(a.body, "filename="):
			w.told(what, got, http.StatusBadRequest)
		case strings.Contains(a.body, "filename=") && got.Status < 300 && strings.Contains(got.Body, "root:"):
			w.t.Errorf("%s: a file of the machine was read", what)
		}
	}
}

// fileFrom is a form with the same file in every field that could hold one.
func (w *walk) fileFrom(name string, data []byte) ask {
	w.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for _, field := range append([]string{"file"}, w.fields...) {
		part, err := m.CreateFormFile(field, name)
		w.must(err)
		_, err = part.Write(data)
		w.must(err)
	}
	w.must(m.Close())
	return ask{body: b.String(), header: []string{"Content-Type", m.FormDataContentType()}}
}

// nasty are the values that every field of every form is given.
var nasty = map[string]string{
	"script": poison, "bidi": bidi, "not UTF-8": "a\xff\xfeb", "control": "a\x00\x01\x1b[2Jb", "long": strings.Repeat("ص", 40<<10), "spaces": " \u00a0\u2003\t\n", "number": "-9223372036854775809",
	"foreign number": "1", "address": "https://evil.example/", "header": "x\r\nSet-Cookie: a=b", "template": "{{.Me}} ${7*7} %s%n", "path": "../../../etc/passwd", "query": `' OR 1=1; DROP TABLE person; --`, "formula": `=HYPERLINK("http://evil.example","x")`,
}

// Every field of every form, and every name in an address's query, with all
// that is nasty: nothing breaks, nothing gets out, and all pages stay clean
// afterwards.
func TestEveryFieldWithBadText(t *testing.T) {
	t.Parallel()
	w := newWalk(t)
	filled := func(names []string, value string) string {
		v := url.Values{}
		for _, name := range names {
			v.Set(name, value)
		}
		return v.Encode()
	}
	for what, value := range nasty {
		body, query := filled(w.fields, value), filled(w.queries, value)
		for _, r := range w.routes {
			method, path := w.fill(r, "")
			if endless(r) || strings.HasPrefix(path, "/static/") {
				continue
			}
			a := ask{as: "admin", method: method, path: path}
			if method == http.MethodPost {
				a.body = body
			} else {
				a.path += "?" + query
			}
			name := what + ", " + r.Pattern
			got := w.send(a)
			w.clean(name, got)
			if to := got.Header.Get("Location"); to != "" && (!strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.HasPrefix(to, `/\`)) {
				t.Errorf("%s: leads out of the desk, to %s", name, to)
			}
			if got.Header.Get("Set-Cookie") != "" && strings.Contains(strings.Join(got.Header.Values("Set-Cookie"), "\n"), "a=b") {
				t.Errorf("%s: a header was smuggled in", name)
			}
			a.header = []string{"Accept", "application/json"}
			w.clean(name+" as JSON", w.send(a))
		}
	}
	admin := w.signIn("admin")
	for _, r := range w.routes {
		if method, path := w.fill(r, ""); method == http.MethodGet && !endless(r) {
			w.clean("afterwards, "+r.Pattern, w.raw(ask{method: method, path: path}, admin))
		}
	}
	w.quiet()
}

// The log says who was refused what, so that an attack can be seen.
func TestRefusalsAreLogged(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	log := &strings.Builder{}
	o := h.options
	o.Log = slog.New(slog.NewTextHandler(io.MultiWriter(log), nil))
	d, err := desk.New(o)
	h.must(err)
	h.desk = d
	w := &walk{house: h, t: t}
	ar := h.view("attack", "ar", "")
	w.send(ask{as: "Farah", method: "POST", path: "/editions/" + itoa(ar.ID) + "/approve"})
	if !strings.Contains(log.String(), "refused") || !strings.Contains(log.String(), "who=Farah") || !strings.Contains(log.String(), "/approve") {
		t.Errorf("the log says %q", log)
	}
	log.Reset()
	w.send(ask{as: "admin", method: "POST", path: "/retry", header: []string{"Sec-Fetch-Site", "cross-site"}})
	if !strings.Contains(log.String(), "refused") || !strings.Contains(log.String(), "/retry") {
		t.Errorf("the log says %q", log)
	}
}
