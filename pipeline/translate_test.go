package pipeline_test

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"dragoman/internal/edition"
	"dragoman/internal/engine"
	"dragoman/internal/engine/fake/googlefake"
	"dragoman/internal/engine/google"
)

// googleRoute is the real client of Google Translation against a local server
// that behaves like it.
func googleRoute(t *testing.T, locales ...string) map[string][]engine.Engine {
	t.Helper()
	srv, err := googlefake.Start("127.0.0.1:0", googlefake.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(srv.Stop)
	e, err := google.New(engine.Settings{Name: "google", Kind: "google", Project: "test", Location: "global", Endpoint: srv.Addr(), Insecure: true})
	if err != nil {
		t.Fatal(err)
	}
	limited := engine.Limited(e, engine.Config{})
	t.Cleanup(func() { limited.Close() })
	routes := map[string][]engine.Engine{}
	for _, l := range locales {
		routes[l] = []engine.Engine{limited}
	}
	return routes
}

func TestAnEngineIsAskedForWhatTheMemoryLacks(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		h := build(t, options{postgres: postgres, routes: googleRoute(t, "ar")})
		h.write("attack.md", attack)
		h.run()
		v := h.view("attack", "ar")
		if v.State != edition.InReview || v.Counts.Engine != 2 || v.Counts.Exact != 2 || v.Counts.Untranslated != 0 {
			t.Fatalf("%s %s %+v", v.State, v.Reason, v.Counts)
		}
		got := h.row(v, "Nobody had seen this coming.").Target.Standing
		if got.Origin.Engine != "google" || got.Text == "" {
			t.Errorf("%+v", got)
		}
	})
}

// stub is an engine whose answer a test gives.
type stub struct {
	name  string
	calls atomic.Int32
	say   func(r engine.Request) ([]engine.Reply, error)
}

func (s *stub) Name() string      { return s.name }
func (s *stub) Info() engine.Info { return engine.Info{Local: true, Publishable: true} }
func (s *stub) Translate(_ context.Context, r engine.Request) ([]engine.Reply, error) {
	s.calls.Add(1)
	return s.say(r)
}

// answer gives the same text for every segment.
func answerAll(text string) func(engine.Request) ([]engine.Reply, error) {
	return func(r engine.Request) ([]engine.Reply, error) {
		out := make([]engine.Reply, len(r.Segments))
		for i := range out {
			out[i].Text = text
		}
		return out, nil
	}
}

func route(es ...engine.Engine) map[string][]engine.Engine {
	return map[string][]engine.Engine{"ar": es}
}

func TestAnEngineThatRefusesGivesWayToTheNext(t *testing.T) {
	t.Parallel()
	bad := &stub{name: "bad", say: func(r engine.Request) ([]engine.Reply, error) {
		out := make([]engine.Reply, len(r.Segments))
		for i := range out {
			out[i].Err = &engine.Error{Engine: "bad", Kind: engine.Broken, What: "not a translation"}
		}
		return out, nil
	}}
	good := &stub{name: "good", say: answerAll("نص من المحرك.")}
	h := build(t, options{routes: route(bad, good)})
	h.write("attack.md", attack)
	h.run()
	v := h.view("attack", "ar")
	if got := h.row(v, "Nobody had seen this coming.").Target.Standing; got.Origin.Engine != "good" || got.Text != "نص من المحرك." {
		t.Errorf("%+v", got)
	}
}

func TestWhatNoEngineCanDoGoesToAPerson(t *testing.T) {
	t.Parallel()
	bad := &stub{name: "bad", say: func(r engine.Request) ([]engine.Reply, error) {
		out := make([]engine.Reply, len(r.Segments))
		for i := range out {
			out[i].Err = &engine.Error{Engine: "bad", Kind: engine.Broken, What: "not a translation"}
		}
		return out, nil
	}}
	h := build(t, options{routes: route(bad)})
	h.write("attack.md", attack)
	h.run()
	if v := h.view("attack", "ar"); v.State != edition.InReview || v.Counts.Untranslated != 2 {
		t.Errorf("%s %+v", v.State, v.Counts)
	}
}

func TestAnEngineThatIsDownFailsTheEditionAndRetryTakesItUp(t *testing.T) {
	t.Parallel()
	var up atomic.Bool
	e := &stub{name: "flaky"}
	e.say = func(r engine.Request) ([]engine.Reply, error) {
		if !up.Load() {
			return nil, &engine.Error{Engine: "flaky", Kind: engine.Auth, What: "the key is not accepted", Remedy: "check api_key"}
		}
		return answerAll("نص من المحرك.")(r)
	}
	h := build(t, options{routes: route(e)})
	h.write("attack.md", attack)
	h.run()
	v := h.view("attack", "ar")
	if v.State != edition.Failed || !strings.Contains(v.Reason, "the key is not accepted") {
		t.Fatalf("%s %q", v.State, v.Reason)
	}
	up.Store(true)
	if n, err := h.pipe.Retry(t.Context(), "Lina"); n != 1 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	h.settle()
	if v := h.view("attack", "ar"); v.State != edition.InReview || v.Counts.Untranslated != 0 {
		t.Errorf("%s %q %+v", v.State, v.Reason, v.Counts)
	}
}

func TestAPassingFaultIsTriedAgain(t *testing.T) {
	t.Parallel()
	e := &stub{name: "flaky"}
	e.say = func(r engine.Request) ([]engine.Reply, error) {
		if e.calls.Load() == 1 {
			return nil, &engine.Error{Engine: "flaky", Kind: engine.Retryable, What: "busy"}
		}
		return answerAll("نص من المحرك.")(r)
	}
	h := build(t, options{routes: route(e)})
	h.write("attack.md", attack)
	h.run()
	if v := h.view("attack", "ar"); v.State != edition.InReview || e.calls.Load() != 2 {
		t.Errorf("%s after %d calls", v.State, e.calls.Load())
	}
}

func TestAnEngineProposesBesideAPersonsWords(t *testing.T) {
	t.Parallel()
	e := &stub{name: "mt", say: answerAll("نص من المحرك.")}
	h := build(t, options{routes: route(e)})
	h.write("rev.md", body("Nobody had seen this coming at all."))
	h.run()
	h.approve("Omar", h.say("Lina", h.row(h.view("rev", "ar"), "Nobody had seen this coming at all."), "لم يتوقع أحد ذلك قط."))
	h.write("rev.md", body("Nobody had ever seen this coming at all."))
	h.run()
	r := h.row(h.view("rev", "ar"), "Nobody had ever seen this coming at all.")
	if r.Target.Standing.Text != "لم يتوقع أحد ذلك قط." || len(r.Proposals) != 1 || r.Proposals[0].Text != "نص من المحرك." {
		t.Errorf("%+v %+v", r.Target.Standing, r.Proposals)
	}
}

// TestTheGlossaryThatCountsWhenSaved changes the glossary while a release is
// being drafted under the older one: what is saved was verified under the new.
func TestTheGlossaryThatCountsWhenSaved(t *testing.T) {
	t.Parallel()
	e := &stub{name: "slow"}
	h := build(t, options{routes: route(e)})
	e.say = func(r engine.Request) ([]engine.Reply, error) {
		if e.calls.Load() == 1 {
			h.changeGlossary()
		}
		return answerAll("شوهدوا في معصران قبل ذلك.")(r)
	}
	h.write("rev.md", body("They were seen in Maasran before that."))
	h.run()
	v := h.view("rev", "ar")
	r := h.row(v, "They were seen in Maasran before that.")
	if r.Target.Standing.Glossary != 2 {
		t.Errorf("saved under glossary version %d", r.Target.Standing.Glossary)
	}
	if r.Target.Errors == 0 {
		t.Errorf("the new name is not asked for: %+v", r.Findings)
	}
}

// TestAStepOfAPublicEditionRunTwiceAtOnce proposes once.
func TestAStepOfAPublicEditionRunTwiceAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		var both sync.WaitGroup
		e := &stub{name: "mt", say: answerAll("نص من المحرك.")}
		h := build(t, options{postgres: postgres, routes: route(e)})
		h.write("rev.md", first)
		h.run()
		h.translate("rev")
		h.publish("rev")
		if err := h.store.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		h.write("rev.md", body(nearRevision))
		h.load()
		if err := h.step(t.Context(), "draft", h.newest()); err != nil {
			t.Fatal(err)
		}
		both.Add(2)
		e.say = func(r engine.Request) ([]engine.Reply, error) {
			both.Done()
			both.Wait()
			return answerAll("نص من المحرك.")(r)
		}
		v := h.view("rev", "ar")
		done := make(chan error)
		for range 2 {
			go func() { done <- h.step(t.Context(), "translate", v.ID) }()
		}
		for range 2 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		v = h.view("rev", "ar")
		if r := h.row(v, "Three people came here to see."); len(r.Proposals) != 1 {
			t.Errorf("proposals %+v", r.Proposals)
		}
		h.counted(v)
	})
}

// TestAPersonsWordsAreVerifiedUnderTheGlossaryThatCounts, whichever program
// changed it.
func TestAPersonsWordsAreVerifiedUnderTheGlossaryThatCounts(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	h.write("rev.md", body("They were seen in Maasran before that."))
	h.run()
	r := h.row(h.view("rev", "ar"), "They were seen in Maasran before that.")
	h.changeGlossary()
	if tg := h.say("Lina", r, "شوهدوا في معصران قبل ذلك."); tg.Standing.Glossary != 2 || tg.Errors == 0 {
		t.Errorf("verified under version %d: %+v", tg.Standing.Glossary, tg.Standing.Findings)
	}
}
