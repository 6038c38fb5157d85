package pipeline_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dragoman/glossary"
	"dragoman/internal/edition"
	"dragoman/internal/engine"
	"dragoman/internal/engine/enginetest"
	"dragoman/internal/store"
	"dragoman/pipeline"
)

// mt is an engine whose answers and nature a test gives. It counts the
// segments that it was sent.
type mt struct {
	name string
	info engine.Info
	say  func(s engine.Segment) (string, error)
	fail func() error // of a whole call

	calls, segments atomic.Int32 // but for questions whether it answers
	last            atomic.Pointer[engine.Request]
	hangs           atomic.Bool // it takes calls and answers none in time
}

func (m *mt) Name() string      { return m.name }
func (m *mt) Info() engine.Info { i := m.info; i.Publishable = true; return i }

func (m *mt) Translate(_ context.Context, r engine.Request) ([]engine.Reply, error) {
	if r.Trial && r.Segments[0].Text == engine.SignOfLife {
		if m.hangs.Load() {
			return nil, context.DeadlineExceeded
		}
		return []engine.Reply{{Text: "نعم."}}, nil
	}
	m.calls.Add(1)
	m.last.Store(&r)
	if m.hangs.Load() {
		return nil, context.DeadlineExceeded
	}
	if m.fail != nil {
		if err := m.fail(); err != nil {
			return nil, err
		}
	}
	out := make([]engine.Reply, len(r.Segments))
	for i, s := range r.Segments {
		m.segments.Add(1)
		text, err := m.say(s)
		out[i] = engine.Reply{Text: text, Raw: text, Err: err}
	}
	return out, nil
}

// fixed answers every segment with the same words.
func fixed(text string) func(engine.Segment) (string, error) {
	return func(engine.Segment) (string, error) { return text, nil }
}

// booked puts engines on the route of Arabic, their calls booked.
func booked(es ...*mt) func(*pipeline.Ledger) map[string][]engine.Engine {
	return func(l *pipeline.Ledger) map[string][]engine.Engine {
		var route []engine.Engine
		for _, e := range es {
			route = append(route, engine.Limited(e, engine.Config{Journal: l, Attempts: 1}))
		}
		return map[string][]engine.Engine{"ar": route}
	}
}

func down(name string) func() error {
	return func() error {
		return &engine.Error{Engine: name, Kind: engine.Retryable, What: "it cannot be reached", Remedy: "check the network"}
	}
}

const secret = "---\ntitle: The third thing\nslug: rev\nconfidential: true\n---\n\nNobody had seen this coming.\n"

func TestAConfidentialReleaseStaysInTheHouse(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		outside := &mt{name: "outside", say: fixed("نص من خارج البيت.")}
		inside := &mt{name: "inside", info: engine.Info{Local: true}, say: fixed("نص من داخل البيت.")}
		h := build(t, options{postgres: postgres, ledger: booked(outside, inside)})
		h.write("a.md", secret)
		h.run()
		v := h.view("rev", "ar")
		if outside.calls.Load() != 0 || v.State != edition.InReview || v.Hold.Held() {
			t.Errorf("%d calls outside, %s, %v", outside.calls.Load(), v.State, v.Hold)
		}
		if got := h.row(v, "Nobody had seen this coming.").Target.Standing; got.Origin.Engine != "inside" {
			t.Errorf("%+v", got)
		}
	})
}

func TestAConfidentialReleaseWithoutAnEngineInTheHouseIsAPersons(t *testing.T) {
	t.Parallel()
	outside := &mt{name: "outside", say: fixed("نص من خارج البيت.")}
	h := build(t, options{ledger: booked(outside)})
	h.write("a.md", secret)
	h.run()
	v := h.view("rev", "ar")
	if outside.calls.Load() != 0 || v.State != edition.InReview || v.Counts.Untranslated != 2 {
		t.Errorf("%d calls, %s, %+v", outside.calls.Load(), v.State, v.Counts)
	}
	if v.Hold.Kind != edition.HoldConfidential || v.Hold.Segments != 2 || !strings.Contains(v.Hold.String(), "outside") {
		t.Errorf("%+v", v.Hold)
	}
}

func TestALocaleKeptInTheHouse(t *testing.T) {
	t.Parallel()
	outside := &mt{name: "outside", say: fixed("نص من خارج البيت.")}
	h := build(t, options{ledger: booked(outside), pipeline: func(c *pipeline.Config) { c.LocalOnly = []string{"ar"} }})
	h.write("a.md", body("Nobody had seen this coming."))
	h.run()
	if v := h.view("rev", "ar"); outside.calls.Load() != 0 || v.State != edition.InReview || v.Hold.Kind != edition.HoldLocal {
		t.Errorf("%d calls, %s, %+v", outside.calls.Load(), v.State, v.Hold)
	}
}

// TestTheMemorysExamples go along, but those made from confidential text to
// engines in the house only.
func TestTheMemorysExamples(t *testing.T) {
	t.Parallel()
	for _, local := range []bool{false, true} {
		e := &mt{name: "llm", info: engine.Info{Examples: true, Local: local}, say: fixed("أصيب عشرون مدنيا في إدلب.")}
		h := build(t, options{ledger: booked(e)})
		err := h.store.InTx(t.Context(), func(tx *store.Tx) error {
			return tx.Remember(t.Context(), []edition.MemoryEntry{{
				Locale: "ar", Source: "Some soldiers were hurt near Kafranbel.", Target: "أصيب بعض الجنود قرب كفرنبل.", Origin: "desk", Confidential: true,
			}})
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := h.pipe.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		h.write("a.md", body("Some civilians were injured near Kafranbel."))
		h.run()
		var all []string
		for _, s := range e.last.Load().Segments {
			for _, x := range s.Examples {
				all = append(all, x.Source)
			}
		}
		said := strings.Join(all, "|")
		if !strings.Contains(said, "Six civilians were injured in Kafranbel.") {
			t.Errorf("local %v: examples %q", local, said)
		}
		if got := strings.Contains(said, "soldiers"); got != local {
			t.Errorf("local %v: the confidential sentence went along: %v", local, got)
		}
	}
}

func TestAnEngineThatIsDownIsWaitedFor(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		var up atomic.Bool
		first := &mt{name: "first", say: fixed("نص من الأول.")}
		first.fail = func() error {
			if up.Load() {
				return nil
			}
			return down("first")()
		}
		second := &mt{name: "second", say: fixed("نص من الثاني.")}
		h := build(t, options{postgres: postgres, idle: true, ledger: booked(first, second), pipeline: func(c *pipeline.Config) {
			c.Engines = map[string]pipeline.EngineRule{"first": {Wait: true}}
		}})
		h.write("a.md", body("Nobody had seen this coming."))
		h.load()
		if err := h.step(t.Context(), "draft", h.newest()); err != nil {
			t.Fatal(err)
		}
		v := h.view("rev", "ar")
		var later *edition.Later
		if err := h.step(t.Context(), "translate", v.ID); !errors.As(err, &later) || !later.At.After(h.store.Now()) {
			t.Fatalf("%v", err)
		}
		since := h.view("rev", "ar").Hold
		if v = h.view("rev", "ar"); v.State != edition.Drafting || since.Kind != edition.HoldWaiting || since.Engine != "first" || since.Since.IsZero() || second.calls.Load() != 0 {
			t.Fatalf("%s, %+v, %d calls of the second", v.State, v.Hold, second.calls.Load())
		}
		h.clock.forward(time.Hour)
		if err := h.step(t.Context(), "translate", v.ID); !errors.As(err, &later) {
			t.Fatalf("%v", err)
		}
		if now := h.view("rev", "ar").Hold; !now.Since.Equal(since.Since) {
			t.Errorf("waits since %v, then since %v", since.Since, now.Since)
		}
		up.Store(true)
		if err := h.step(t.Context(), "translate", v.ID); err != nil {
			t.Fatal(err)
		}
		if v = h.view("rev", "ar"); v.State != edition.InReview || v.Hold.Held() || v.Counts.Engine == 0 {
			t.Errorf("%s, %+v, %+v", v.State, v.Hold, v.Counts)
		}
	})
}

// TestAnEngineThatHangsIsWaitedFor: it takes questions and answers none, from
// the first on. No edition goes to people because of it, nothing is asked for a
// second time before it answers again, and then nothing is lost.
func TestAnEngineThatHangsIsWaitedFor(t *testing.T) {
	t.Parallel()
	for _, wait := range []bool{true, false} {
		first, second := &mt{name: "first", say: fixed("نص من الأول.")}, &mt{name: "second", say: fixed("نص من الثاني.")}
		h := build(t, options{idle: true, pipeline: func(c *pipeline.Config) {
			c.Engines = map[string]pipeline.EngineRule{"first": {Wait: wait}}
		}, ledger: func(l *pipeline.Ledger) map[string][]engine.Engine {
			es := route(engine.Limited(first, engine.Config{Journal: l, Clock: &enginetest.Clock{}}))
			if !wait {
				es["ar"] = append(es["ar"], engine.Limited(second, engine.Config{Journal: l}))
			}
			return es
		}})
		first.hangs.Store(true)
		h.write("a.md", body("Nobody had seen this coming."))
		h.write("b.md", strings.Replace(body("Two things were said about it."), "slug: rev", "slug: other", 1))
		h.load()
		rels, err := h.store.LiveReleases(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, rel := range rels {
			if err := h.step(t.Context(), "draft", rel.Revision); err != nil {
				t.Fatal(err)
			}
		}
		both := []string{"rev", "other"}
		for range 3 { // the first look, and two more
			for _, slug := range both {
				err := h.step(t.Context(), "translate", h.view(slug, "ar").ID)
				if later := (*edition.Later)(nil); wait != errors.As(err, &later) {
					t.Fatalf("%v", err)
				}
			}
		}
		for _, slug := range both {
			v := h.view(slug, "ar")
			switch {
			case wait && (v.State != edition.Drafting || v.Hold.Kind != edition.HoldWaiting || v.Hold.Engine != "first"):
				t.Errorf("%s is %s, %+v", slug, v.State, v.Hold)
			case !wait && (v.State != edition.InReview || v.Hold.Held() || v.Counts.Untranslated > 0):
				t.Errorf("%s is %s, %+v, %+v", slug, v.State, v.Hold, v.Counts)
			}
		}
		if n := first.calls.Load(); n != 2 {
			t.Errorf("asked %d times for two editions", n)
		}
		first.hangs.Store(false)
		for _, slug := range both {
			if err := h.step(t.Context(), "translate", h.view(slug, "ar").ID); err != nil {
				t.Fatal(err)
			}
			if v := h.view(slug, "ar"); v.State != edition.InReview || v.Hold.Held() || v.Counts.Untranslated > 0 {
				t.Errorf("%s is %s, %+v, %+v", slug, v.State, v.Hold, v.Counts)
			}
		}
	}
}

func TestAnEngineThatIsDownGivesWayToTheNext(t *testing.T) {
	t.Parallel()
	first := &mt{name: "first", fail: down("first")}
	second := &mt{name: "second", say: fixed("نص من الثاني.")}
	h := build(t, options{ledger: booked(first, second)})
	h.write("a.md", body("Nobody had seen this coming."))
	h.run()
	if v := h.view("rev", "ar"); v.State != edition.InReview || v.Hold.Held() || v.Counts.Untranslated != 0 {
		t.Errorf("%s, %+v, %+v", v.State, v.Hold, v.Counts)
	}
}

// TestWhatSomeEnginesGaveStaysWhileOthersAreDown: nothing is asked for twice.
func TestWhatSomeEnginesGaveStaysWhileOthersAreDown(t *testing.T) {
	t.Parallel()
	first := &mt{name: "first", say: func(s engine.Segment) (string, error) {
		if strings.HasPrefix(s.Text, "Nobody") {
			return "", &engine.Error{Engine: "first", Kind: engine.Permanent, What: "not this one"}
		}
		return "نص من الأول.", nil
	}}
	var up atomic.Bool
	second := &mt{name: "second", say: fixed("نص من الثاني.")}
	second.fail = func() error {
		if up.Load() {
			return nil
		}
		return down("second")()
	}
	h := build(t, options{idle: true, ledger: booked(first, second)})
	h.write("a.md", body("Nobody had seen this coming. Two things were said about it."))
	h.load()
	if err := h.step(t.Context(), "draft", h.newest()); err != nil {
		t.Fatal(err)
	}
	id := h.view("rev", "ar").ID
	_ = h.step(t.Context(), "translate", id)
	v := h.view("rev", "ar")
	if r := h.row(v, "Two things were said about it."); r.Target.Standing.Text != "نص من الأول." || v.Hold.Engine != "second" || v.Hold.Segments != 1 {
		t.Fatalf("%+v, %+v", r.Target.Standing, v.Hold)
	}
	up.Store(true)
	before := first.segments.Load()
	if err := h.step(t.Context(), "translate", id); err != nil {
		t.Fatal(err)
	}
	if v = h.view("rev", "ar"); v.State != edition.InReview || v.Counts.Untranslated != 0 || first.segments.Load() != before+1 {
		t.Errorf("%s, %+v, %d segments more to the first", v.State, v.Counts, first.segments.Load()-before)
	}
}

func TestABudgetThatIsSpentLeavesTheRestToPeople(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		e := &mt{name: "dear", info: engine.Info{Price: engine.Price{Currency: "EUR", In: 1_000_000}}, say: fixed("نص من المحرك.")}
		h := build(t, options{postgres: postgres, ledger: booked(e), budgets: map[string]int64{"dear": 10}})
		h.write("a.md", body("Nobody had seen this coming."))
		h.run()
		v := h.view("rev", "ar")
		if e.calls.Load() != 0 || v.State != edition.InReview || v.Hold.Kind != edition.HoldBudget || !strings.Contains(v.Hold.String(), "budget of 0.01 EUR is spent") {
			t.Errorf("%d calls, %s, %s", e.calls.Load(), v.State, v.Hold)
		}
	})
}

func TestTheLedgerOfARelease(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		e := &mt{name: "dear", info: engine.Info{Price: engine.Price{Currency: "EUR", In: 1_000_000, Out: 2_000_000}}, say: fixed("نص من المحرك.")}
		h := build(t, options{postgres: postgres, ledger: booked(e), budgets: map[string]int64{"dear": 1_000}})
		h.write("a.md", "---\ntitle: Three people\nslug: rev\n---\n\nNobody had seen this coming.\n")
		h.run()
		in := len("Three people") + len("Nobody had seen this coming.")
		out := 2 * len([]rune("نص من المحرك."))
		calls, err := h.store.EngineCalls(t.Context(), 10)
		v := h.view("rev", "ar")
		if err != nil || len(calls) != 1 || calls[0].Status != edition.CallDone || calls[0].Characters != in || calls[0].CharactersOut != out ||
			calls[0].Price != int64(in+2*out) || calls[0].Release != v.Release.ID || calls[0].Edition != v.ID {
			t.Errorf("%v, %+v (want %d in, %d out)", err, calls, in, out)
		}
	})
}

// glossaryWith changes the glossary of a house, as another process would.
func (h *house) glossaryWith(old, new string) {
	h.t.Helper()
	cs, err := glossary.ReadCSV(strings.NewReader(strings.Replace(concepts, old, new, 1)), "test.csv")
	if err != nil {
		h.t.Fatal(err)
	}
	err = h.store.InTx(h.t.Context(), func(tx *store.Tx) error {
		_, err := tx.SaveGlossary(h.t.Context(), cs, "Lina", "a change", "")
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// TestAnUnrelatedChangeOfTheGlossaryKeepsEveryHit, and a related one none.
func TestAnUnrelatedChangeOfTheGlossaryKeepsEveryHit(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		e := &mt{name: "llm", info: engine.Info{Hints: true}, say: fixed("شوهدوا في معصران قبل ذلك.")}
		h := build(t, options{postgres: postgres, ledger: booked(e)})
		h.write("a.md", "---\ntitle: They were seen in Maasran before that.\nslug: rev\n---\n\nThey were seen in Maasran before that.\n")
		h.run()
		v := h.view("rev", "ar")
		var targets []int64
		for _, r := range v.Rows {
			targets = append(targets, r.Target.ID)
		}
		again := func() int32 {
			before := e.segments.Load()
			as, err := h.pipe.AskEngines(t.Context(), v.ID, targets)
			if err != nil || len(as) != 2 || as[0].Text == "" || as[0].Source != v.Rows[0].Segment.Exact {
				t.Fatalf("%+v, %v", as, err)
			}
			return e.segments.Load() - before
		}
		if n := again(); n != 0 {
			t.Errorf("asked for %d segments that it has answered", n)
		}
		h.glossaryWith("إدلب,,ادلب الخضراء", "إدلب الخضراء,,ادلب") // another name
		if n := again(); n != 0 {
			t.Errorf("asked for %d segments anew though their terms are the same", n)
		}
		quotes, err := h.pipe.QuoteEngines(t.Context(), nil, []pipeline.EngineAsk{{Edition: v.ID, Targets: targets}})
		if err != nil || len(quotes) != 1 || quotes[0].Segments != 0 || quotes[0].Known != 2 {
			t.Errorf("%+v, %v", quotes, err)
		}
		h.glossaryWith("معصران,,معسران|ماسران", "المعصرانية,,معصران") // this name
		if n := again(); n == 0 {
			t.Error("answered with the words of another term")
		}
	})
}

// TestRepliesMadeFromConfidentialText are not used by an engine of the same
// name that has moved outside.
func TestRepliesMadeFromConfidentialText(t *testing.T) {
	t.Parallel()
	e := &mt{name: "llm", info: engine.Info{Local: true}, say: fixed("نص من المحرك.")}
	h := build(t, options{ledger: booked(e)})
	h.write("a.md", secret)
	h.run()
	if n := e.segments.Load(); n != 2 {
		t.Fatalf("%d segments", n)
	}
	e.info.Local = false
	h.write("b.md", "---\ntitle: The fourth thing\nslug: fourth\n---\n\nNobody had seen this coming.\n")
	h.run()
	if n := e.segments.Load(); n < 3 {
		t.Errorf("a confidential reply was used again")
	}
}

// TestTermsAreWonStepByStep: the engine's first words, asking again, repair by
// rule, and what is left to a person.
func TestTermsAreWonStepByStep(t *testing.T) {
	t.Parallel()
	e := &mt{name: "llm", info: engine.Info{Hints: true, Local: true}}
	e.say = func(s engine.Segment) (string, error) {
		switch {
		case strings.Contains(s.Text, "one"):
			return "شوهدوا في معصران مرة واحدة.", nil
		case strings.Contains(s.Text, "two") && len(s.Missed) == 0:
			return "شوهدوا في مكان ما مرتين.", nil
		case strings.Contains(s.Text, "two"):
			return "شوهدوا في معصران مرتين.", nil
		case strings.Contains(s.Text, "three"):
			return "شوهدوا في معسران ثلاث مرات.", nil
		}
		return "شوهدوا في مكان ما مرات كثيرة.", nil
	}
	h := build(t, options{ledger: booked(e)})
	h.write("a.md", "---\ntitle: Seen\nslug: rev\n---\n\nThey were seen in Maasran for one time. They were seen in Maasran for two times. They were seen in Maasran for three times. They were seen in Maasran for so many times.\n")
	h.run()
	v := h.view("rev", "ar")
	for source, want := range map[string]string{
		"They were seen in Maasran for two times.":   "شوهدوا في معصران مرتين.",
		"They were seen in Maasran for three times.": "شوهدوا في معصران ثلاث مرات.",
	} {
		if got := h.row(v, source); got.Target.Standing.Text != want || got.Target.Errors != 0 {
			t.Errorf("%s: %s, %+v", source, got.Target.Standing.Text, got.Findings)
		}
	}
	if r := h.row(v, "They were seen in Maasran for so many times."); r.Target.Errors == 0 {
		t.Error("a missed name is not found")
	}
	tallies, err := h.store.EngineTallies(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	won := map[string]int{}
	for _, y := range tallies {
		if y.Kind == edition.TallyTerm {
			won[y.Name] = y.N
		}
	}
	for _, step := range edition.TermSteps() {
		if won[step] != 1 {
			t.Errorf("terms by step %v", won)
			break
		}
	}
}

// TestRepliesThatBreakTheContractAreCounted and not paid for without end.
func TestRepliesThatBreakTheContractAreCounted(t *testing.T) {
	t.Parallel()
	e := &mt{name: "llm", say: fixed("<script>alert(1)</script>")}
	h := build(t, options{ledger: booked(e)})
	h.write("a.md", body("Nobody had seen this coming."))
	h.run()
	v := h.view("rev", "ar")
	if v.State != edition.InReview || v.Hold.Kind != edition.HoldUnable || v.Counts.Untranslated == 0 {
		t.Errorf("%s, %+v", v.State, v.Hold)
	}
	tallies, err := h.store.EngineTallies(t.Context(), "")
	if err != nil || len(tallies) == 0 || tallies[0].Kind != edition.TallyBroke {
		t.Errorf("%+v, %v", tallies, err)
	}
	before := e.calls.Load()
	var targets []int64
	for _, r := range v.Rows {
		targets = append(targets, r.Target.ID)
	}
	as, err := h.pipe.AskEngines(t.Context(), v.ID, targets)
	if err != nil || as[0].Why == "" || as[0].Trouble.Reason != edition.TroubleUnfit || as[0].Trouble.Where != "llm" || e.calls.Load() != before {
		t.Errorf("%+v, %v, %d calls more", as, err, e.calls.Load()-before)
	}
}

// TestAProcessThatDiesWhileAnEngineAnswers: the call is recorded as unknown, is
// repeated once, and no more than that.
func TestAProcessThatDiesWhileAnEngineAnswers(t *testing.T) {
	t.Parallel()
	e := &mt{name: "llm", say: fixed("نص من المحرك.")}
	h := build(t, options{idle: true, ledger: booked(e)})
	h.write("a.md", body("Nobody had seen this coming."))
	h.load()
	if err := h.step(t.Context(), "draft", h.newest()); err != nil {
		t.Fatal(err)
	}
	id := h.view("rev", "ar").ID
	for death := 1; death <= 2; death++ {
		func() { // the process ends between the engine's answer and the database
			defer func() { _ = recover() }()
			dies := pipeline.NewLedger(pipeline.Bind(h.store), nil)
			l := engine.Limited(e, engine.Config{Journal: &deaf{Ledger: dies}, Attempts: 1})
			cfg := h.pipe.Config()
			cfg.Routes = map[string][]engine.Engine{"ar": {l}}
			p, err := pipeline.New(t.Context(), pipeline.Bind(h.store), cfg)
			if err != nil {
				t.Fatal(err)
			}
			_ = p.Handle(t.Context(), edition.Job{Kind: "translate", Subject: id, Attempt: 1})
		}()
		h.store = h.reopened()
		calls, err := h.store.EngineCalls(t.Context(), 10)
		lost := 0
		for _, c := range calls {
			if c.Status == edition.CallUnknown {
				lost++
			}
		}
		if err != nil || lost != death || int(e.calls.Load()) != death {
			t.Fatalf("%+v, %v", calls, err)
		}
	}
	before := e.calls.Load()
	l := engine.Limited(e, engine.Config{Journal: pipeline.NewLedger(pipeline.Bind(h.store), nil), Attempts: 1})
	cfg := h.pipe.Config()
	cfg.Routes = map[string][]engine.Engine{"ar": {l}}
	var err error
	if h.pipe, err = pipeline.New(t.Context(), pipeline.Bind(h.store), cfg); err != nil {
		t.Fatal(err)
	}
	if err := h.step(t.Context(), "translate", id); err != nil {
		t.Fatal(err)
	}
	v := h.view("rev", "ar")
	if v.State != edition.InReview || e.calls.Load() != before || !strings.Contains(v.Hold.String(), "twice") {
		t.Errorf("%s, %s, %d calls more", v.State, v.Hold, e.calls.Load()-before)
	}
}

// deaf is a ledger that never hears what came of a call, as when the process
// is killed before; it hears of questions whether the engine answers.
type deaf struct {
	*pipeline.Ledger
	signs sync.Map
}

func (d *deaf) Intent(ctx context.Context, c engine.Call) (int64, error) {
	id, err := d.Ledger.Intent(ctx, c)
	if c.Request.Trial {
		d.signs.Store(id, true)
	}
	return id, err
}

func (d *deaf) Outcome(ctx context.Context, id int64, o engine.Outcome) error {
	if _, ok := d.signs.Load(id); ok {
		return d.Ledger.Outcome(ctx, id, o)
	}
	return errors.New("killed")
}

// reopened opens a house's database as the next process does, and works on it
// for a moment.
func (h *house) reopened() *store.Store {
	h.t.Helper()
	s, err := store.Open(h.t.Context(), h.where, store.Options{Now: h.clock.now, Unsafe: true})
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { s.Close() })
	if err := s.Work(h.t.Context(), func(context.Context, edition.Job) error { return nil }, store.DefaultSlots()); err != nil {
		h.t.Fatal(err)
	}
	if err := s.Stop(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	return s
}

// TestEnginesAreAskedAgainForWhatTheyLeft once a person says so, and change
// nothing that a person wrote meanwhile.
func TestEnginesAreAskedAgainForWhatTheyLeft(t *testing.T) {
	t.Parallel()
	var able atomic.Bool
	e := &mt{name: "llm"}
	e.say = func(engine.Segment) (string, error) {
		if !able.Load() {
			return "", &engine.Error{Engine: "llm", Kind: engine.Quota, What: "the month's characters are used up"}
		}
		return "نص من المحرك.", nil
	}
	h := build(t, options{ledger: booked(e)})
	h.write("a.md", body("Nobody had seen this coming. Two things were said about it."))
	h.run()
	v := h.view("rev", "ar")
	if v.State != edition.InReview || v.Hold.Kind != edition.HoldUnable || !strings.Contains(v.Hold.Detail, "used up") {
		t.Fatalf("%s, %+v", v.State, v.Hold)
	}
	h.say("Lina", h.row(v, "Nobody had seen this coming."), "لم يتوقع أحد ذلك.")
	able.Store(true)
	if n, err := h.pipe.Retry(t.Context(), "Omar"); n != 1 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	h.settle()
	v = h.view("rev", "ar")
	if v.State != edition.InReview || v.Hold.Held() || v.Counts.Untranslated != 0 {
		t.Errorf("%s, %+v, %+v", v.State, v.Hold, v.Counts)
	}
	if r := h.row(v, "Nobody had seen this coming."); r.Target.Standing.Text != "لم يتوقع أحد ذلك." || len(r.Proposals) != 0 {
		t.Errorf("%+v, %+v", r.Target.Standing, r.Proposals)
	}
}

// TestAnEditionThatWaitsForAnEngineCanBeTakenOver by people; what the engine
// gives later fills only what is empty still.
func TestAnEditionThatWaitsForAnEngineCanBeTakenOver(t *testing.T) {
	t.Parallel()
	var up atomic.Bool
	e := &mt{name: "llm", say: fixed("نص من المحرك.")}
	e.fail = func() error {
		if up.Load() {
			return nil
		}
		return down("llm")()
	}
	h := build(t, options{idle: true, ledger: booked(e)})
	h.write("a.md", body("Nobody had seen this coming. Two things were said about it."))
	h.load()
	v := h.view("rev", "ar")
	_, err := h.pipe.Reopen(t.Context(), "Lina", v.ID, "at once") // it has not been drafted
	refusal(t, err, "state")
	if err := h.step(t.Context(), "draft", h.newest()); err != nil {
		t.Fatal(err)
	}
	_ = h.step(t.Context(), "translate", v.ID)
	if _, err := h.pipe.Reopen(t.Context(), "Lina", v.ID, "it cannot wait"); err != nil {
		t.Fatal(err)
	}
	v = h.view("rev", "ar")
	if v.State != edition.InReview || v.Hold.Kind != edition.HoldWaiting {
		t.Fatalf("%s, %+v", v.State, v.Hold)
	}
	h.say("Lina", h.row(v, "Nobody had seen this coming."), "لم يتوقع أحد ذلك.")
	up.Store(true)
	if err := h.step(t.Context(), "translate", v.ID); err != nil {
		t.Fatal(err)
	}
	v = h.view("rev", "ar")
	mine, its := h.row(v, "Nobody had seen this coming."), h.row(v, "Two things were said about it.")
	if mine.Target.Standing.Text != "لم يتوقع أحد ذلك." || its.Target.Standing.Text != "نص من المحرك." || v.State != edition.InReview || v.Hold.Held() {
		t.Errorf("%+v, %+v, %s, %+v", mine.Target.Standing, its.Target.Standing, v.State, v.Hold)
	}
}

// TestAStepThatHasNoTimeForAllGoesOn with what is left: what has been answered
// is not asked for again.
func TestAStepThatHasNoTimeForAllGoesOn(t *testing.T) {
	t.Parallel()
	e := &mt{name: "slow", info: engine.Info{Limits: engine.Limits{Items: 1, Concurrency: 1}}}
	e.say = func(engine.Segment) (string, error) { return "نص من المحرك.", nil }
	slow := &patient{mt: e, from: 3}
	h := build(t, options{idle: true, ledger: func(l *pipeline.Ledger) map[string][]engine.Engine {
		return route(engine.Limited(slow, engine.Config{Journal: l, Attempts: 1}))
	}})
	h.write("a.md", body("Nobody had seen this coming. Two things were said about it. Eight roads were closed by snow."))
	h.load()
	if err := h.step(t.Context(), "draft", h.newest()); err != nil {
		t.Fatal(err)
	}
	v := h.view("rev", "ar")
	var later *edition.Later
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
	defer cancel()
	if err := h.step(ctx, "translate", v.ID); !errors.As(err, &later) {
		t.Fatalf("%v", err)
	}
	if v = h.view("rev", "ar"); v.State != edition.Drafting {
		t.Fatalf("%s %q", v.State, v.Reason)
	}
	slow.from = 100
	before := e.segments.Load()
	if err := h.step(t.Context(), "translate", v.ID); err != nil {
		t.Fatal(err)
	}
	if v = h.view("rev", "ar"); v.State != edition.InReview || v.Counts.Untranslated != 0 || e.segments.Load()-before != 2 {
		t.Errorf("%s, %+v, %d segments more", v.State, v.Counts, e.segments.Load()-before)
	}
}

// patient is an engine whose calls from one on take until they are ended.
type patient struct {
	*mt
	from int32
}

func (p *patient) Translate(ctx context.Context, r engine.Request) ([]engine.Reply, error) {
	if p.calls.Load()+1 >= p.from {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return p.mt.Translate(ctx, r)
}

// TestALanguageThatNoEngineHasIsAPersons, and they read so.
func TestALanguageThatNoEngineHasIsAPersons(t *testing.T) {
	t.Parallel()
	e := &mt{name: "gist", info: engine.Info{Languages: engine.Languages{Sources: []string{"en"}, Targets: []string{"es"}}}, say: fixed("x")}
	h := build(t, options{ledger: booked(e)})
	h.write("a.md", body("Nobody had seen this coming."))
	h.run()
	if v := h.view("rev", "ar"); v.State != edition.InReview || e.calls.Load() != 0 || !strings.Contains(v.Hold.String(), "cannot translate from en to ar") {
		t.Errorf("%s, %s", v.State, v.Hold)
	}
}

// TestALocaleWithoutAnEngineSaysSo in a form that the desk says in every language.
func TestALocaleWithoutAnEngineSaysSo(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	h.write("a.md", body("Nobody had seen this coming."))
	h.run()
	v := h.view("rev", "ar")
	as, err := h.pipe.AskEngines(t.Context(), v.ID, []int64{v.Rows[0].Target.ID})
	if err != nil || len(as) != 1 || as[0].Trouble.Reason != edition.TroubleNoEngine || as[0].Text != "" {
		t.Errorf("%+v, %v", as, err)
	}
}

// TestTheReportOfEngines: what was spent of the budget, what was sent for which
// release, what was wrong, and what waits; an estimate before and after.
func TestTheReportOfEngines(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		e := &mt{name: "dear", info: engine.Info{Price: engine.Price{Currency: "EUR", In: 1_000_000}}}
		e.say = func(s engine.Segment) (string, error) {
			if strings.HasPrefix(s.Text, "Nobody") {
				return "", nil // nothing at all
			}
			return "نص من المحرك.", nil
		}
		h := build(t, options{postgres: postgres, ledger: booked(e), budgets: map[string]int64{"dear": 1_000}, pipeline: func(c *pipeline.Config) {
			c.Engines = map[string]pipeline.EngineRule{"dear": {Budget: 1_000}}
		}})
		h.write("a.md", body("Nobody had seen this coming. Two things were said about it. Activists confirmed the report."))
		estimate := func() (segments, characters int, price int64) {
			est, err := h.pipe.EstimateEngines(t.Context(), nil)
			if err != nil || est.Releases != 1 || len(est.Problems) > 0 {
				t.Fatalf("%+v, %v", est, err)
			}
			for _, q := range est.Quotes {
				segments, characters, price = segments+q.Segments, characters+q.Characters, price+q.Price
			}
			return segments, characters, price
		}
		want := len("Revisions") + len("Nobody had seen this coming.") + len("Two things were said about it.")
		if n, chars, price := estimate(); n != 3 || chars != want || price != int64(want) || e.calls.Load() != 0 {
			t.Errorf("estimate: %d segments, %d characters (want %d), %d, after %d calls", n, chars, want, price, e.calls.Load())
		}
		h.run()
		if n, _, _ := estimate(); n != 0 {
			t.Errorf("estimate: %d segments of a release that is drafted", n)
		}
		r, err := h.pipe.EngineReport(t.Context(), "")
		if err != nil || len(r.Engines) != 1 || len(r.Releases) != 1 || len(r.Held) != 1 {
			t.Fatalf("%+v, %v", r, err)
		}
		s := r.Engines[0]
		again := len("Nobody had seen this coming.")
		if s.Spent != int64(want+again) || s.Budget != 1_000 || s.Characters != want+again || s.Calls != 2 || len(s.Locales) != 1 || s.Locales[0].Broken["empty"] != 2 || s.Breaker == "" {
			t.Errorf("%+v", s)
		}
		if r.Releases[0].Title != "Revisions" || r.Releases[0].Price != s.Spent || r.Held[0].Hold.Kind != edition.HoldUnable || r.Held[0].Hold.Segments != 1 {
			t.Errorf("%+v, %+v", r.Releases, r.Held)
		}
	})
}
