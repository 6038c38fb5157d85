package pipeline_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"dragoman/internal/edition"
	"dragoman/internal/engine"
	"dragoman/internal/publish"
	"dragoman/pipeline"
)

// hooked is a public folder that calls a function before each write.
type hooked struct {
	*publish.Writer
	before func() error
}

func (h *hooked) WriteAll(files []publish.File) (int, error) {
	if h.before != nil {
		if err := h.before(); err != nil {
			return 0, err
		}
	}
	return h.Writer.WriteAll(files)
}

// hook puts a hooked public folder in a house's settings.
func hook(out *hooked) func(*pipeline.Config) {
	return func(c *pipeline.Config) {
		out.Writer = c.Public.(*publish.Writer)
		c.Public = out
	}
}

// step does one job there and then, as its last try.
func (h *house) step(ctx context.Context, kind string, subject int64) error {
	return h.pipe.Handle(ctx, edition.Job{Kind: kind, Subject: subject, Attempt: 4, Last: true})
}

// load takes in what changed without waiting, and drafts nothing.
func (h *house) load() pipeline.LoadReport {
	h.t.Helper()
	r, err := h.pipe.Load(h.t.Context(), nil, edition.Today, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return r
}

// newest is the newest revision of the only release.
func (h *house) newest() int64 {
	h.t.Helper()
	rels, err := h.store.LiveReleases(h.t.Context())
	if err != nil || len(rels) != 1 {
		h.t.Fatalf("%v, %v", rels, err)
	}
	return rels[0].Revision
}

// asking is an idle house with one release that waits for an engine.
func asking(t *testing.T, e *stub) *house {
	h := build(t, options{routes: route(e), idle: true})
	h.write("rev.md", first)
	h.load()
	if err := h.step(t.Context(), "draft", h.newest()); err != nil {
		t.Fatal(err)
	}
	return h
}

func TestAPanicOfAStepFailsTheEdition(t *testing.T) {
	t.Parallel()
	h := asking(t, &stub{name: "broken", say: func(engine.Request) ([]engine.Reply, error) { panic("index out of range") }})
	v := h.view("rev", "ar")
	if err := h.step(t.Context(), "translate", v.ID); err == nil {
		t.Error("no error")
	}
	if v = h.view("rev", "ar"); v.State != edition.Failed || !strings.Contains(v.Reason, "index out of range") {
		t.Errorf("%s %q", v.State, v.Reason)
	}
}

func TestAStepThatTakesTooLongFailsTheEdition(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	h := asking(t, &stub{name: "slow", say: func(engine.Request) ([]engine.Reply, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}})
	v := h.view("rev", "ar")
	if err := h.step(ctx, "translate", v.ID); err == nil {
		t.Error("no error")
	}
	if v = h.view("rev", "ar"); v.State != edition.Failed || v.Reason == "" {
		t.Errorf("%s %q", v.State, v.Reason)
	}
}

func TestAStepThatIsCutOffDoesNotFailTheEdition(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	h := asking(t, &stub{name: "slow", say: func(engine.Request) ([]engine.Reply, error) {
		cancel()
		return nil, ctx.Err()
	}})
	v := h.view("rev", "ar")
	if err := h.step(ctx, "translate", v.ID); err == nil {
		t.Error("no error")
	}
	if v = h.view("rev", "ar"); v.State != edition.Drafting {
		t.Errorf("%s %q", v.State, v.Reason)
	}
}

// TestAFailureOfTheOldRevisionLeavesTheNewOne has an engine fail while a new
// revision comes in, which is still to be drafted.
func TestAFailureOfTheOldRevisionLeavesTheNewOne(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		var h *house
		h = build(t, options{postgres: postgres, idle: true, routes: route(&stub{name: "down", say: func(engine.Request) ([]engine.Reply, error) {
			h.write("rev.md", body("One thing happened in the north. Two things were said about it."))
			h.load()
			return nil, &engine.Error{Engine: "down", Kind: engine.Auth, What: "the key is not accepted"}
		}})})
		h.write("rev.md", first)
		h.load()
		if err := h.step(t.Context(), "draft", h.newest()); err != nil {
			t.Fatal(err)
		}
		v := h.view("rev", "ar")
		if err := h.step(t.Context(), "translate", v.ID); err == nil {
			t.Fatal("no error")
		}
		if v = h.view("rev", "ar"); v.State != edition.Drafting {
			t.Errorf("the edition waits for its draft, but is %s %q", v.State, v.Reason)
		}
	})
}

// TestAFailedPublicationLeavesWhatWasSentBack has a person send a published
// edition back while it is being written again, which fails.
func TestAFailedPublicationLeavesWhatWasSentBack(t *testing.T) {
	t.Parallel()
	out := &hooked{}
	h := build(t, options{pipeline: hook(out)})
	h.write("rev.md", first)
	h.run()
	h.translate("rev")
	h.publish("rev")
	v := h.view("rev", "ar")
	out.before = func() error {
		if _, err := h.pipe.Reopen(t.Context(), "Omar", v.ID, "a name is wrong"); err != nil {
			return err
		}
		return errors.New("the folder cannot be written")
	}
	if err := h.step(t.Context(), "publish", v.ID); err == nil {
		t.Error("no error")
	}
	if v = h.view("rev", "ar"); v.State != edition.Revising {
		t.Errorf("%s %q", v.State, v.Reason)
	}
}

// translate gives every segment of an Arabic edition a person's words.
func (h *house) translate(slug string) {
	h.t.Helper()
	for _, r := range h.view(slug, "ar").Rows {
		text := words[r.Segment.Source]
		if text == "" {
			text = "نص"
		}
		h.say("Lina", r, text)
	}
}

// publish approves an Arabic edition and publishes it.
func (h *house) publish(slug string) {
	h.t.Helper()
	h.approveAll("Omar", slug, "ar")
	if _, err := h.pipe.Publish(h.t.Context(), "Omar", h.view(slug, "ar").ID); err != nil {
		h.t.Fatal(err)
	}
	h.settle()
	if v := h.view(slug, "ar"); v.State != edition.Published {
		h.t.Fatalf("%s is %s %q", slug, v.State, v.Reason)
	}
}

// TestAnAnswerForTheOldRevisionChangesNothing: a new revision comes in while
// an engine is asked for the old one.
func TestAnAnswerForTheOldRevisionChangesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		var h *house
		e := &stub{name: "mt"}
		e.say = func(r engine.Request) ([]engine.Reply, error) {
			if e.calls.Load() == 1 {
				h.write("rev.md", body("One thing happened in the north."))
				h.load()
			}
			return answerAll("نص من المحرك.")(r)
		}
		h = build(t, options{postgres: postgres, idle: true, routes: route(e)})
		h.write("rev.md", first)
		h.load()
		if err := h.step(t.Context(), "draft", h.newest()); err != nil {
			t.Fatal(err)
		}
		if err := h.step(t.Context(), "translate", h.view("rev", "ar").ID); err != nil {
			t.Fatal(err)
		}
		h.work()
		h.settle()
		if v := h.view("rev", "ar"); v.State != edition.InReview || v.Revision != h.newest() || len(v.Rows) != 2 {
			t.Errorf("%s, revision %d of %d, %d segments", v.State, v.Revision, h.newest(), len(v.Rows))
		}
	})
}

// TestWhatFailedCanBeDoneByPeople: they need not wait for an engine.
func TestWhatFailedCanBeDoneByPeople(t *testing.T) {
	t.Parallel()
	h := build(t, options{routes: route(&stub{name: "down", say: func(engine.Request) ([]engine.Reply, error) {
		return nil, &engine.Error{Engine: "down", Kind: engine.Auth, What: "the key is not accepted"}
	}})})
	h.write("rev.md", first)
	h.run()
	v := h.view("rev", "ar")
	if v.State != edition.Failed {
		t.Fatalf("%s", v.State)
	}
	if e, err := h.pipe.Reopen(t.Context(), "Omar", v.ID, "we do it ourselves"); err != nil || e.State != edition.InReview {
		t.Fatalf("%s, %v", e.State, err)
	}
	h.translate("rev")
	h.publish("rev")
}

func TestAnEditionWithoutATitleIsNotApproved(t *testing.T) {
	t.Parallel()
	h := reviewed(t)
	v := h.view("rev", "ar")
	if _, err := h.pipe.Omit(t.Context(), "Omar", h.row(v, "Revisions").Target.ID, "too long"); err != nil {
		t.Fatal(err)
	}
	_, err := h.pipe.Approve(t.Context(), "Omar", v.ID)
	refusal(t, err, "title")
}
