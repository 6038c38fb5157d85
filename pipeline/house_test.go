package pipeline_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dragoman/glossary"
	"dragoman/internal/edition"
	"dragoman/internal/engine"
	"dragoman/internal/publish"
	"dragoman/internal/store"
	"dragoman/internal/store/storetest"
	"dragoman/pipeline"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// house is a small Dragoman for a test: a content folder, a database, a
// pipeline and workers.
type house struct {
	t     testing.TB
	store *store.Store
	pipe  *pipeline.Pipeline
	dir   string // of the content
	pub   string // the public folder
	where string // the database is
	clock *clock
}

// clock is a clock that tests set; it moves by a second each time it is read.
type clock struct{ at atomic.Int64 }

func (c *clock) now() time.Time { return time.Unix(c.at.Add(1), 0).UTC() }

// forward sets the clock on.
func (c *clock) forward(d time.Duration) { c.at.Add(int64(d / time.Second)) }

// concepts are the glossary of the tests.
const concepts = `id,kind,en,en.variants,rule,ar,ar.accepted,ar.forbidden,fr,note
loc.idlib,LOC,Idlib,,cs,إدلب,,ادلب الخضراء,Idlib,
loc.maasran,LOC,Maasran,Ma’saran,cs,معصران,,معسران|ماسران,Maasran,
loc.kafranbel,LOC,Kafranbel,,cs,كفرنبل,,,Kafranbel,
org.coalition,ORG,Syrian Coalition,,cs,الائتلاف الوطني السوري,,,Coalition nationale syrienne,
`

// pairs are the memory of the tests, all Arabic.
var pairs = [][2]string{
	{"Activists confirmed the report.", "أكد ناشطون التقرير."},
	{"Six civilians were injured in Kafranbel.", "أصيب ستة مدنيين في كفرنبل."},
	{"The Syrian Coalition condemned the attack.", "أدان الائتلاف الوطني السوري الهجوم."},
}

// options change a house from the usual.
type options struct {
	postgres bool
	locales  []string
	routes   map[string][]engine.Engine
	rules    edition.Rules
	idle     bool // no workers
	pipeline func(*pipeline.Config)
	// ledger makes the routes of engines whose calls are booked, within budgets.
	ledger  func(*pipeline.Ledger) map[string][]engine.Engine
	budgets map[string]int64
}

func build(t testing.TB, o options) *house {
	t.Helper()
	h := &house{t: t, dir: t.TempDir(), pub: filepath.Join(t.TempDir(), "public"), clock: &clock{}}
	h.clock.at.Store(1_520_000_000)
	where := filepath.Join(t.TempDir(), "d.db")
	if o.postgres {
		where = storetest.Postgres(t)
	}
	h.where = where
	var err error
	if h.store, err = store.Open(t.Context(), where, store.Options{Now: h.clock.now, Unsafe: true}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.store.Close(); err != nil {
			t.Error(err)
		}
	})
	cs, err := glossary.ReadCSV(strings.NewReader(concepts), "test.csv")
	if err != nil {
		t.Fatal(err)
	}
	bound := pipeline.Bind(h.store)
	_, err = pipeline.Setup(t.Context(), bound, h.store, pipeline.Starter{Concepts: cs, Memory: func() ([]edition.MemoryEntry, error) {
		var ms []edition.MemoryEntry
		for _, p := range pairs {
			ms = append(ms, edition.MemoryEntry{Locale: "ar", Source: p[0], Target: p[1], Origin: "starter"})
		}
		return ms, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	if o.locales == nil {
		o.locales = []string{"ar"}
	}
	out, err := publish.Open(h.pub)
	if err != nil {
		t.Fatal(err)
	}
	cfg := pipeline.Config{
		Content: h.dir, Locales: o.locales, Routes: o.routes, Rules: o.rules, Threshold: 70, FuzzyBeforeEngine: 85,
		Public: out, Site: publish.Site{Name: "Test desk", Locales: o.locales},
	}
	if o.ledger != nil {
		cfg.Routes = o.ledger(pipeline.NewLedger(bound, o.budgets))
	}
	if o.pipeline != nil {
		o.pipeline(&cfg)
	}
	if h.pipe, err = pipeline.New(t.Context(), bound, cfg); err != nil {
		t.Fatal(err)
	}
	if !o.idle {
		h.work()
	}
	return h
}

func (h *house) work() {
	h.t.Helper()
	if err := h.store.Work(h.t.Context(), h.pipe.Handle, store.DefaultSlots()); err != nil {
		h.t.Fatal(err)
	}
}

// reopen makes another pipeline over the same database, with workers.
func (h *house) reopen(cfg pipeline.Config) {
	h.t.Helper()
	var err error
	if h.pipe, err = pipeline.New(h.t.Context(), pipeline.Bind(h.store), cfg); err != nil {
		h.t.Fatal(err)
	}
	h.work()
}

// onBoth runs a test on both databases.
func onBoth(t *testing.T, f func(t *testing.T, postgres bool)) {
	t.Parallel()
	for _, postgres := range []bool{false, true} {
		name := "sqlite"
		if postgres {
			name = "postgres"
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(t, postgres)
		})
	}
}

// write puts a release in the content folder. Its time differs from that of
// any version before, as a file's does that a person saves.
func (h *house) write(name, text string) {
	h.t.Helper()
	path := filepath.Join(h.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		h.t.Fatal(err)
	}
	at := h.clock.now()
	if err := os.Chtimes(path, at, at); err != nil {
		h.t.Fatal(err)
	}
}

// run loads what changed and waits until it is drafted.
func (h *house) run(paths ...string) pipeline.LoadReport {
	h.t.Helper()
	r, err := h.pipe.Load(h.t.Context(), paths, edition.Today, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	h.settle()
	return r
}

// settle waits until no job is left.
func (h *house) settle() {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), 5*time.Minute)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		n, err := h.store.Pending(ctx)
		if err != nil {
			h.t.Fatal(err)
		}
		if n == 0 {
			return
		}
		<-tick.C
	}
}

// view shows an edition by its slug and locale.
func (h *house) view(slug, locale string) *pipeline.View {
	h.t.Helper()
	lines, _, err := h.pipe.Queue(h.t.Context(), edition.Filter{Locales: []string{locale}, Removed: true})
	if err != nil {
		h.t.Fatal(err)
	}
	for _, l := range lines {
		if l.Slug == slug {
			v, err := h.pipe.View(h.t.Context(), l.ID, "Lina")
			if err != nil {
				h.t.Fatal(err)
			}
			return v
		}
	}
	h.t.Fatalf("no edition %s/%s", slug, locale)
	return nil
}

// row finds a segment by its source.
func (h *house) row(v *pipeline.View, source string) pipeline.Row {
	h.t.Helper()
	for _, r := range v.Rows {
		if r.Segment.Source == source {
			return r
		}
	}
	h.t.Fatalf("no segment %q in %s", source, v.Release.Slug)
	return pipeline.Row{}
}

// say gives a segment a person's words.
func (h *house) say(who string, r pipeline.Row, text string) *edition.Target {
	h.t.Helper()
	t, err := h.pipe.Edit(h.t.Context(), who, r.Target.ID, r.Target.Standing.ID, text)
	if err != nil {
		h.t.Fatal(err)
	}
	return t
}

func (h *house) approve(who string, t *edition.Target) {
	h.t.Helper()
	if _, err := h.pipe.ApproveTarget(h.t.Context(), who, t.ID, t.Standing.ID); err != nil {
		h.t.Fatal(err)
	}
}

// refusal expects a *edition.Refusal of a rule.
func refusal(t *testing.T, err error, rule string) {
	t.Helper()
	var r *edition.Refusal
	if !errors.As(err, &r) || r.Rule != rule {
		t.Errorf("got %v, want a refusal by the rule %q", err, rule)
	}
}

// approveAll approves an edition whatever its findings: it dismisses them.
func (h *house) approveAll(who, slug, locale string) {
	h.t.Helper()
	v := h.view(slug, locale)
	for _, r := range v.Rows {
		for _, f := range r.Findings {
			if f.Severity == edition.Error {
				if _, err := h.pipe.Dismiss(h.t.Context(), who, r.Target.ID, r.Target.Standing.ID, f.Seq, "right as it is"); err != nil {
					h.t.Fatal(err)
				}
			}
		}
		h.approve(who, r.Target)
	}
	if _, err := h.pipe.Approve(h.t.Context(), who, v.ID); err != nil {
		h.t.Fatal(err)
	}
}

// changeGlossary gives Maasran another name, as another process would.
func (h *house) changeGlossary() {
	cs, err := glossary.ReadCSV(strings.NewReader(strings.Replace(concepts, "معصران,,معسران|ماسران", "المعصرانية,,معصران", 1)), "test.csv")
	if err != nil {
		h.t.Error(err)
		return
	}
	err = h.store.InTx(h.t.Context(), func(tx *store.Tx) error {
		_, err := tx.SaveGlossary(h.t.Context(), cs, "Lina", "another name", "")
		return err
	})
	if err != nil {
		h.t.Error(err)
	}
}
