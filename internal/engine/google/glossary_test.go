package google

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"dragoman/internal/engine"
	"dragoman/internal/engine/enginetest"
	"dragoman/internal/engine/fake/googlefake"
)

// keeping starts a counterpart and an engine that keeps glossaries there.
func keeping(t testing.TB, o googlefake.Options, s engine.Settings) (*Engine, *googlefake.Server) {
	t.Helper()
	s.SyncGlossary, s.Location = true, "us-central1"
	e, server := overTCP(t, o, s)
	e.clock = &enginetest.Clock{}
	return e, server
}

// again is the same engine after a restart.
func again(t testing.TB, e *Engine) *Engine {
	t.Helper()
	next, err := WithOptions(e.s)
	if err != nil {
		t.Fatal(err)
	}
	next.clock = &enginetest.Clock{}
	t.Cleanup(func() { _ = next.Close() })
	return next
}

// words are a glossary of n invented terms and those given.
func words(n int, more ...engine.Hint) engine.Glossary {
	for i := range n {
		more = append(more, engine.Hint{Source: fmt.Sprintf("Town %d", i), Target: fmt.Sprintf("بلدة %d", i)})
	}
	return engine.NewGlossary("en", "ar", more)
}

var coalition = engine.Hint{Source: "Coalition", Target: "الائتلاف الوطني"}

func said(g engine.Glossary) map[string]string {
	m := map[string]string{}
	for _, e := range g.Entries {
		m[e.Source] = e.Target
	}
	return m
}

// synced syncs and holds the service's entries to what was wanted.
func synced(t *testing.T, e *Engine, server *googlefake.Server, g engine.Glossary) engine.GlossaryReport {
	t.Helper()
	r, err := e.SyncGlossary(t.Context(), g)
	if err != nil {
		t.Fatal(err)
	}
	if got := server.Terms(e.syncedName("en", g.Target), "en", g.Target); !maps.Equal(got, said(g)) {
		t.Fatalf("the service's glossary has %d entries, want %d", len(got), len(g.Entries))
	}
	return r
}

func oneReply(t *testing.T, e *Engine, target string) string {
	t.Helper()
	r := engine.Request{Source: "en", Target: target, Segments: []engine.Segment{{Text: "The ⟦1⟧Coalition⟦/1⟧ met."}}}
	replies, err := e.Translate(t.Context(), r)
	if err != nil || replies[0].Err != nil {
		t.Fatal(err, replies)
	}
	return replies[0].Text
}

func TestSyncGlossary(t *testing.T) {
	t.Parallel()
	e, server := keeping(t, googlefake.Options{OperationPolls: 2, Buckets: []string{"desk"}}, engine.Settings{GlossaryBucket: "gs://desk/glossaries", Notebook: &engine.MemoryNotebook{}})
	if text := oneReply(t, e, "ar"); strings.Contains(text, coalition.Target) {
		t.Errorf("a glossary that is not there is used: %s", text)
	}
	g := words(150, coalition)
	if r := synced(t, e, server, g); !r.Created || r.Added != 151 || r.Version != g.Version() || !strings.HasSuffix(r.ID, "/glossaries/dragoman-google-en-ar") {
		t.Errorf("created: %+v", r)
	}
	for _, e := range []*Engine{e, again(t, e)} {
		if text := oneReply(t, e, "ar"); !strings.Contains(text, "⟦1⟧"+coalition.Target+"⟦/1⟧") {
			t.Errorf("the glossary's results are not used: %s", text)
		}
	}
	if text := oneReply(t, e, "fr"); strings.Contains(text, coalition.Target) {
		t.Errorf("another locale: %s", text)
	}
	if r := synced(t, again(t, e), server, g); r.Created || r.Replaced || r.Added+r.Changed+r.Removed != 0 {
		t.Errorf("nothing to do: %+v", r)
	}

	// Entry by entry: one more, one less, one otherwise.
	g = words(149, engine.Hint{Source: "Coalition", Target: "الائتلاف"}, engine.Hint{Source: "Idlib", Target: "إدلب"})
	if r := synced(t, e, server, g); r.Replaced || r.Added != 1 || r.Changed != 1 || r.Removed != 1 {
		t.Errorf("a few changes: %+v", r)
	}
	if s, err := again(t, e).SyncedGlossary(t.Context(), "en", "ar"); err != nil || s.Version != g.Version() || s.VersionFor([]engine.Hint{coalition}) == s.VersionFor([]engine.Hint{{Source: "Coalition", Target: "الائتلاف"}}) {
		t.Errorf("what is synced: %+v, %v", s, err)
	}
	if r := synced(t, e, server, words(20)); !r.Replaced || r.Removed != 131 {
		t.Errorf("many changes: %+v", r)
	}
	if r, err := e.SyncGlossary(t.Context(), words(0)); err != nil || r.ID != "" || r.Removed != 20 {
		t.Errorf("emptied: %+v, %v", r, err)
	}
	if text := oneReply(t, e, "ar"); strings.Contains(text, "الائتلاف") {
		t.Errorf("a glossary that is empty is used: %s", text)
	}
}

// TestSyncMendsWhatOthersDid: someone deleted the glossary in the console, or
// an entry of it.
func TestSyncMendsWhatOthersDid(t *testing.T) {
	t.Parallel()
	e, server := keeping(t, googlefake.Options{}, engine.Settings{GlossaryBucket: "gs://desk"})
	synced(t, e, server, words(3))
	client, err := e.connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	other := &glossarySync{e: e, client: client, g: words(0), id: e.syncedName("en", "ar")}
	if err := other.change(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r := synced(t, e, server, words(3)); r.Added != 3 || r.Created {
		t.Errorf("entries were deleted: %+v", r)
	}
	there, err := other.glossary(t.Context())
	if err != nil || other.remove(t.Context(), there) != nil {
		t.Fatal(err)
	}
	if r := synced(t, e, server, words(3)); !r.Created {
		t.Errorf("the glossary was deleted: %+v", r)
	}
}

// stopping is a clock that ends the context instead of sleeping for the n-th time.
type stopping struct {
	enginetest.Clock
	n    int
	stop func()
}

func (c *stopping) Sleep(ctx context.Context, d time.Duration) error {
	if c.n--; c.n < 0 {
		c.stop()
		return context.Canceled
	}
	return c.Clock.Sleep(ctx, d)
}

// TestSyncIsResumed: the process ends while the service is at work; the next one
// waits for the same operation.
func TestSyncIsResumed(t *testing.T) {
	t.Parallel()
	e, server := keeping(t, googlefake.Options{OperationPolls: 5}, engine.Settings{GlossaryBucket: "gs://desk", Notebook: &engine.MemoryNotebook{}})
	ctx, cancel := context.WithCancel(t.Context())
	e.clock = &stopping{n: 2, stop: cancel}
	if _, err := e.SyncGlossary(ctx, words(3)); !errors.Is(err, context.Canceled) {
		t.Fatalf("not interrupted: %v", err)
	}
	if s, err := e.SyncedGlossary(t.Context(), "en", "ar"); s != nil || err != nil {
		t.Errorf("used before it is there: %v, %v", s, err)
	}
	if r := synced(t, again(t, e), server, words(3)); !r.Resumed || r.Created {
		t.Errorf("not resumed: %+v", r)
	}
	// The glossary that was wanted meanwhile is another.
	if r := synced(t, again(t, e), server, words(4)); r.Added != 1 || r.Resumed {
		t.Errorf("%+v", r)
	}
}

// forgetful is a notebook that loses its first note: the process was killed
// between the call and the note.
type forgetful struct {
	engine.MemoryNotebook
	lost bool
}

func (f *forgetful) SetEngineNote(ctx context.Context, e, name, value string) error {
	if !f.lost {
		f.lost = true
		return errors.New("killed")
	}
	return f.MemoryNotebook.SetEngineNote(ctx, e, name, value)
}

func TestSyncFindsWhatNobodyNoted(t *testing.T) {
	t.Parallel()
	e, server := keeping(t, googlefake.Options{OperationPolls: 3}, engine.Settings{GlossaryBucket: "gs://desk", Notebook: &forgetful{}})
	if _, err := e.SyncGlossary(t.Context(), words(3)); engine.KindOf(err) != engine.Retryable {
		t.Fatalf("got %v", err)
	}
	if r := synced(t, again(t, e), server, words(3)); !r.Resumed || r.Created {
		t.Errorf("not found again: %+v", r)
	}
}

func TestSyncGoesOnEntryByEntry(t *testing.T) {
	t.Parallel()
	e, server := keeping(t, googlefake.Options{}, engine.Settings{GlossaryBucket: "gs://desk", Notebook: &engine.MemoryNotebook{}})
	synced(t, e, server, words(2))
	server.FailEntries(3)
	if _, err := e.SyncGlossary(t.Context(), words(10)); engine.KindOf(err) != engine.Auth {
		t.Fatalf("got %v", err)
	}
	if s, err := e.SyncedGlossary(t.Context(), "en", "ar"); err != nil || s.Version != words(2).Version() {
		t.Errorf("half a sync counts: %+v, %v", s, err)
	}
	server.FailEntries(0)
	if r := synced(t, again(t, e), server, words(10)); r.Added != 6 {
		t.Errorf("what was done is done again: %+v", r)
	}
}

func TestSyncSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		o    googlefake.Options
		s    engine.Settings
		kind engine.Kind
		says string
	}{
		"no bucket set": {kind: engine.Permanent, says: "glossary_bucket"},
		"no bucket":     {o: googlefake.Options{Buckets: []string{"other"}}, s: engine.Settings{GlossaryBucket: "gs://desk"}, kind: engine.Permanent, says: "no bucket desk"},
		"too slow":      {o: googlefake.Options{OperationPolls: 1000}, s: engine.Settings{GlossaryBucket: "gs://desk"}, kind: engine.Retryable, says: "engine sync"},
		"credentials":   {o: googlefake.Options{Token: "x"}, s: engine.Settings{GlossaryBucket: "gs://desk"}, kind: engine.Auth, says: "gcloud auth"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, _ := keeping(t, c.o, c.s)
			_, err := e.SyncGlossary(t.Context(), words(1))
			if engine.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want %q", err, c.says)
			}
		})
	}
}

// TestLongTermsStayOut: the service takes terms of up to 1,024 bytes.
func TestLongTermsStayOut(t *testing.T) {
	t.Parallel()
	e, server := keeping(t, googlefake.Options{}, engine.Settings{GlossaryBucket: "gs://desk"})
	g := words(1, engine.Hint{Source: "long", Target: strings.Repeat("ط", 513)})
	if r, err := e.SyncGlossary(t.Context(), g); err != nil || r.Entries != 1 || len(server.Terms(r.ID, "en", "ar")) != 1 {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestGlossaryThatIsGone: the message says what to do.
func TestGlossaryThatIsGone(t *testing.T) {
	t.Parallel()
	e, _ := keeping(t, googlefake.Options{}, engine.Settings{Name: "g2"})
	if err := e.notes.Use(t.Context(), e.syncedName("en", "ar"), words(1)); err != nil {
		t.Fatal(err)
	}
	_, err := e.Translate(t.Context(), engine.Request{Source: "en", Target: "ar", Segments: enginetest.Sentences(1)})
	if engine.KindOf(err) != engine.Permanent || !strings.Contains(err.Error(), "dragoman engine sync g2") {
		t.Errorf("got %v", err)
	}
}

// TestNoContextualGlossary: where the service does not inflect terms, it is asked
// without that, and only once with it.
func TestNoContextualGlossary(t *testing.T) {
	t.Parallel()
	e, server := keeping(t, googlefake.Options{NoContext: []string{"ar"}}, engine.Settings{GlossaryBucket: "gs://desk"})
	synced(t, e, server, words(0, coalition))
	l := engine.Limited(e, engine.Config{Clock: &enginetest.Clock{}})
	for range 2 {
		replies, err := l.Translate(t.Context(), engine.Request{Source: "en", Target: "ar", Segments: []engine.Segment{{Text: "The Coalition met."}}})
		if err != nil || !strings.Contains(replies[0].Text, coalition.Target) {
			t.Errorf("%v, %v", replies, err)
		}
	}
	if s := l.Status().Stats; s.Calls != 3 || s.Retries != 1 {
		t.Errorf("%+v", s)
	}
}

func TestAdaptive(t *testing.T) {
	t.Parallel()
	e, server := keeping(t, googlefake.Options{}, engine.Settings{GlossaryBucket: "gs://desk", Model: "adaptive"})
	if i := e.Info(); !i.Examples || i.Model != "adaptive" || i.Price.Out == 0 {
		t.Errorf("%+v", i)
	}
	synced(t, e, server, words(0, coalition))
	examples := make([]engine.Example, 7)
	for i := range examples {
		examples[i] = engine.Example{Source: "The Coalition met ⟦1⟧yesterday⟦/1⟧.", Target: "اجتمع الائتلاف ⟦1⟧أمس⟦/1⟧."}
	}
	r := engine.Request{Source: "en", Target: "ar", Segments: []engine.Segment{
		{Text: "The ⟦1⟧Coalition⟦/1⟧ met.", Examples: examples}, {Text: " "}, {Text: "It was calm.", Examples: examples[:1]}, {Text: "Nobody came."},
	}}
	replies, err := e.Translate(t.Context(), r)
	if err != nil || !strings.Contains(replies[0].Text, "⟦1⟧"+coalition.Target+"⟦/1⟧") || replies[3].Text == "" {
		t.Fatalf("%v, %v", replies, err)
	}
	for i := range r.Segments {
		r.Segments[i].Examples = nil
	}
	if _, err := e.Translate(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	bill := server.Ledger()
	if bill[0].Model != "adaptive" || bill[0].References != 5+1+5 || bill[0].Contents != 3 {
		t.Errorf("with examples: %+v", bill[0])
	}
	if !strings.HasSuffix(bill[1].Model, "/general/translation-llm") {
		t.Errorf("without examples: %+v", bill[1])
	}
}

// exemplary gives every segment an example, as the memory does.
type exemplary struct{ *Engine }

func (e exemplary) Translate(ctx context.Context, r engine.Request) ([]engine.Reply, error) {
	r.Segments = append([]engine.Segment(nil), r.Segments...)
	for i := range r.Segments {
		r.Segments[i].Examples = []engine.Example{{Source: "Nobody came.", Target: "لم يأت أحد."}}
	}
	return e.Engine.Translate(ctx, r)
}

func TestAdaptiveConformance(t *testing.T) {
	t.Parallel()
	enginetest.Run(t, func(t *testing.T) enginetest.Harness {
		e, server := overTCP(t, googlefake.Options{}, engine.Settings{Model: "adaptive", Location: "us-central1"})
		h := harness(e, server)
		h.Engine = exemplary{e}
		return h
	})
}
