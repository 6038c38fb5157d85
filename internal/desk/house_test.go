package desk_test

import (
	"crypto/rand"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	starter "dragoman/content/memory"
	"dragoman/glossary"
	"dragoman/glossary/terms"
	"dragoman/internal/desk"
	"dragoman/internal/edition"
	"dragoman/internal/interchange"
	accounts "dragoman/internal/people"
	"dragoman/internal/publish"
	"dragoman/internal/store"
	"dragoman/pipeline"
)

// house is a whole Dragoman for a test: content, database, pipeline, workers,
// and the desk behind a real server.
type house struct {
	t      testing.TB
	store  *store.Store
	pipe   *pipeline.Pipeline
	desk   *desk.Desk
	server *httptest.Server
	dir    string // of the content
	pub    string // of the published files
	log    *strings.Builder

	home    string   // the folder of the program, where it is a process of its own
	program *process // that process
	held    bool     // as the options say

	options  desk.Options
	patience time.Duration // how long until waits
}

// options change a house from the usual.
type options struct {
	files    map[string]string // content, by name; nil for the release below
	samples  bool              // the samples of the tree, with the starter glossary and memory
	locales  []string          // ar and fr if nil
	rules    edition.Rules
	idle     bool // no workers: nothing is drafted or published
	poll     time.Duration
	provider *accounts.Provider
	settings string // more lines of dragoman.yaml, for the real program
	held     bool   // an engine is down in the settings: editions wait for it
}

// attack is the release of most tests: a title, two paragraphs, a list.
const attack = `---
title: Attack on Maasran
slug: attack
---

The Syrian Coalition condemned the attack. Three civilians were injured in Maasran. Nobody had **seen** this coming.

- Activists confirmed the report.
`

// concepts are the glossary of the tests.
const concepts = `id,kind,en,en.variants,rule,ar,ar.accepted,ar.forbidden,fr,note
loc.maasran,LOC,Maasran,Ma’saran,cs,معصران,,معسران|ماسران,Maasran,A town in Idlib province
loc.kafranbel,LOC,Kafranbel,,cs,كفرنبل,,,Kafranbel,
org.coalition,ORG,Syrian Coalition,,cs,الائتلاف الوطني السوري,,,Coalition nationale syrienne,
`

// pairs are the memory of the tests, all Arabic.
var pairs = [][2]string{
	{"Activists confirmed the report.", "أكد ناشطون التقرير."},
	{"Six civilians were injured in Kafranbel.", "أصيب ستة مدنيين في كفرنبل."},
	{"The Syrian Coalition condemned the attack.", "أدان الائتلاف الوطني السوري الهجوم."},
	{"The Syrian Coalition condemned the attacks.", "أدان الائتلاف الوطني السوري الهجمات."},
}

// people of the tests, by name; each has the role of that name, and Farah is
// a reviewer for French alone.
var people = []edition.Person{
	{Name: "viewer", Role: "viewer"}, {Name: "translator", Role: "translator"}, {Name: "reviewer", Role: "reviewer"},
	{Name: "terminologist", Role: "terminologist"}, {Name: "publisher", Role: "publisher"}, {Name: "admin", Role: "admin"},
	{Name: "Lina", Role: "publisher"}, {Name: "Omar", Role: "publisher"}, {Name: "Farah", Role: "reviewer", Locales: []string{"fr"}},
	{Name: "gone", Role: "admin", Disabled: true},
}

func build(t testing.TB, o options) *house {
	t.Helper()
	h := &house{t: t, dir: t.TempDir(), pub: filepath.Join(t.TempDir(), "public"), log: &strings.Builder{}, patience: 3 * time.Minute}
	if _, bench := t.(*testing.B); bench {
		h.patience = time.Hour
	}
	if o.locales == nil {
		o.locales = []string{"ar", "fr"}
	}
	h.openStore(o)
	h.fill(o)
	out, err := publish.Open(h.pub)
	h.must(err)
	h.pipe, err = pipeline.New(t.Context(), pipeline.Bind(h.store), pipeline.Config{
		Content: h.dir, Locales: o.locales, Rules: o.rules, Threshold: 70, FuzzyBeforeEngine: 85, Location: time.UTC,
		Public: out, Site: publish.Site{Name: "Syrian Coalition", Locales: o.locales},
	})
	h.must(err)
	if !o.idle {
		h.must(h.store.Work(t.Context(), h.pipe.Handle, store.DefaultSlots()))
	}
	_, err = h.pipe.Load(t.Context(), nil, edition.Urgent, func(int, int) {})
	h.must(err)
	if !o.idle {
		h.settle()
	}
	h.serve(o)
	return h
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) openStore(o options) {
	h.t.Helper()
	var err error
	h.store, err = store.Open(h.t.Context(), filepath.Join(h.t.TempDir(), "d.db"), store.Options{Unsafe: true})
	h.must(err)
	h.t.Cleanup(func() {
		if err := h.store.Close(); err != nil {
			h.t.Error(err)
		}
	})
}

// fill writes the content and gives the database glossary, memory and people.
func (h *house) fill(o options) {
	h.t.Helper()
	if o.files == nil && !o.samples {
		o.files = map[string]string{"attack.md": attack}
	}
	for name, text := range o.files {
		h.must(os.WriteFile(filepath.Join(h.dir, name), []byte(text), 0o644))
	}
	var cs []glossary.Concept
	var err error
	memory := func() ([]edition.MemoryEntry, error) { return memoryOf(pairs), nil }
	if o.samples {
		h.must(os.CopyFS(h.dir, os.DirFS("../../content/en")))
		cs, err = glossary.Load(terms.FS())
		memory = func() ([]edition.MemoryEntry, error) { return starterMemory(o.locales) }
	} else {
		cs, err = glossary.ReadCSV(strings.NewReader(concepts), "test.csv")
	}
	h.must(err)
	_, err = pipeline.Setup(h.t.Context(), pipeline.Bind(h.store), h.store, pipeline.Starter{Concepts: cs, Memory: memory})
	h.must(err)
	h.must(h.store.InTx(h.t.Context(), func(tx *store.Tx) error {
		for _, p := range people {
			if err := tx.SavePerson(h.t.Context(), &p, "test"); err != nil {
				return err
			}
		}
		return nil
	}))
}

func memoryOf(pairs [][2]string) (ms []edition.MemoryEntry) {
	for _, p := range pairs {
		ms = append(ms, edition.MemoryEntry{Locale: "ar", Source: p[0], Target: p[1], Origin: "starter"})
	}
	return ms
}

func starterMemory(locales []string) (ms []edition.MemoryEntry, err error) {
	names, err := fs.Glob(starter.FS(), "*.tmx")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		f, err := starter.FS().Open(name)
		if err != nil {
			return nil, err
		}
		_, err = interchange.ReadTMX(f, interchange.TMXOptions{Source: "en"}, func(u interchange.Unit) error {
			for _, t := range u.Targets {
				ms = append(ms, edition.MemoryEntry{Locale: t.Lang, Source: u.Source.Text, Target: t.Text, Origin: "starter"})
			}
			return nil
		})
		f.Close()
		if err != nil {
			return nil, err
		}
	}
	return ms, nil
}

// cheap is the cost of passwords in tests.
var cheap = accounts.Cost{Memory: 8, Passes: 1, Threads: 1}

func (h *house) serve(o options) {
	h.t.Helper()
	if o.poll == 0 {
		o.poll = 50 * time.Millisecond
	}
	var err error
	h.options = desk.Options{
		Pipeline: h.pipe, People: accounts.New(accounts.Bind(h.store), accounts.Options{Cost: cheap, Provider: o.provider}), Sessions: h.store.Sessions(), Locales: o.locales, Public: h.pub, Poll: o.poll,
		Log: slog.New(slog.NewTextHandler(&lockedWriter{to: h.log}, nil)),
	}
	h.desk, err = desk.New(h.options)
	h.must(err)
	h.server = httptest.NewServer(h.desk)
	h.t.Cleanup(func() {
		h.desk.Close()
		h.server.Close()
	})
}

// settle waits until no job waits or runs.
func (h *house) settle() {
	h.t.Helper()
	h.until("all jobs are done", func() bool {
		n, err := h.store.Pending(h.t.Context())
		h.must(err)
		return n == 0
	})
}

// until waits for something that workers or a browser do.
func (h *house) until(what string, ok func() bool) {
	h.t.Helper()
	end := time.Now().Add(h.patience)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		if time.Now().After(end) {
			h.t.Fatal("waited too long until " + what)
		}
		<-tick.C
	}
}

// link is a fresh sign-in link for somebody.
func (h *house) link(name string) string {
	h.t.Helper()
	p, err := h.store.Person(h.t.Context(), name)
	h.must(err)
	token := rand.Text()
	h.must(h.store.InTx(h.t.Context(), func(tx *store.Tx) error {
		return tx.AddSignInLink(h.t.Context(), token, p.ID, time.Now().Add(time.Hour))
	}))
	return h.server.URL + "/sign-in?token=" + token
}

// view is an edition as the pipeline has it.
func (h *house) view(slug, locale, who string) *pipeline.View {
	h.t.Helper()
	lines, _, err := h.pipe.Queue(h.t.Context(), edition.Filter{Search: slug, Locales: []string{locale}})
	h.must(err)
	if len(lines) != 1 {
		h.t.Fatalf("%s in %s: %d editions", slug, locale, len(lines))
	}
	v, err := h.pipe.View(h.t.Context(), lines[0].ID, who)
	h.must(err)
	return v
}

func (h *house) target(slug, locale string, n int) *edition.Target {
	h.t.Helper()
	return h.view(slug, locale, "").Rows[n-1].Target
}

// browser is somebody's browser without JavaScript.
type browser struct {
	h    *house
	c    *http.Client
	lang string
}

// answer is what the browser got.
type answer struct {
	Status int
	URL    *url.URL // where redirects led
	Header http.Header
	Body   string
}

func (h *house) browser() *browser {
	jar, _ := cookiejar.New(nil)
	return &browser{h: h, c: &http.Client{Jar: jar, Timeout: 2 * time.Minute}, lang: "en"}
}

// as is a browser in which somebody has signed in.
func (h *house) as(name string) *browser {
	h.t.Helper()
	b := h.browser()
	u, err := url.Parse(h.link(name))
	h.must(err)
	if a := b.post("/sign-in", "token", u.Query().Get("token")); a.Status != http.StatusOK {
		h.t.Fatalf("%s cannot sign in: %d", name, a.Status)
	}
	return b
}

func (b *browser) do(method, path string, body io.Reader, header ...string) answer {
	b.h.t.Helper()
	req, err := http.NewRequestWithContext(b.h.t.Context(), method, b.h.server.URL+path, body)
	b.h.must(err)
	req.Header.Set("Accept-Language", b.lang)
	req.Header.Set("Accept", "text/html")
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := b.c.Do(req)
	b.h.must(err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	b.h.must(err)
	return answer{res.StatusCode, res.Request.URL, res.Header, string(text)}
}

func (b *browser) get(path string, header ...string) answer {
	b.h.t.Helper()
	return b.do(http.MethodGet, path, nil, header...)
}

// post sends a form of names and values in turn.
func (b *browser) post(path string, fields ...string) answer {
	b.h.t.Helper()
	return b.do(http.MethodPost, path, strings.NewReader(form(fields)))
}

// ask posts as the page's script does.
func (b *browser) ask(path string, fields ...string) answer {
	b.h.t.Helper()
	return b.do(http.MethodPost, path, strings.NewReader(form(fields)), "Accept", "application/json")
}

func form(fields []string) string {
	v := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		v.Add(fields[i], fields[i+1])
	}
	return v.Encode()
}

// oneByOne leaves a test out under the race detector that makes thousands of
// requests one after the other: there is nothing for it to find.
func oneByOne(t *testing.T) {
	t.Helper()
	if underRace {
		t.Skip("thousands of requests, one after the other, are left out under the race detector; the plain run has them")
	}
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// lockedWriter lets several goroutines log.
type lockedWriter struct {
	mu sync.Mutex
	to *strings.Builder
}

func (l *lockedWriter) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.to.Write(b)
}

// stop takes the server away and gives its address; start brings one back
// there.
func (h *house) stop() string {
	address := h.server.Listener.Addr().String()
	h.server.CloseClientConnections()
	h.server.Close()
	return address
}

func (h *house) start(address string) {
	h.t.Helper()
	var l net.Listener
	h.until("the address is free", func() (ok bool) {
		var err error
		l, err = net.Listen("tcp", address)
		return err == nil
	})
	d, err := desk.New(h.options)
	h.must(err)
	h.server = &httptest.Server{Listener: l, Config: &http.Server{Handler: d, ReadHeaderTimeout: time.Minute}}
	h.server.Start()
	h.t.Cleanup(func() {
		d.Close()
		h.server.Close()
	})
}
