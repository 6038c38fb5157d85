package pipeline_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dragoman/internal/edition"
	"dragoman/pipeline"
)

// shown is a public page of a locale, or "" where there is none.
func (h *house) shown(name string) string {
	h.t.Helper()
	data, err := os.ReadFile(filepath.Join(h.pub, filepath.FromSlash(name)))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		h.t.Fatal(err)
	}
	return string(data)
}

// listed says whether the Arabic index, feed and sitemap name a slug.
func (h *house) listed(slug string) bool {
	h.t.Helper()
	var in []string
	for name := range h.files() {
		if base := filepath.Base(name); strings.HasPrefix(base, slug+".") {
			continue
		}
		if strings.Contains(h.files()[name], "/"+slug+".html") || strings.Contains(h.files()[name], `"`+slug+".html") {
			in = append(in, name)
		}
	}
	return len(in) > 0
}

// TestSentBackWhileItIsPublished has a person send an edition back, change it,
// approve and publish it again while the files are being written.
func TestSentBackWhileItIsPublished(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		out := &hooked{}
		h := build(t, options{postgres: postgres, pipeline: hook(out)})
		h.write("rev.md", first)
		h.run()
		h.translate("rev")
		v := h.view("rev", "ar")
		var once sync.Once
		out.before = func() error {
			once.Do(func() {
				if _, err := h.pipe.Reopen(t.Context(), "Omar", v.ID, "a word is wrong"); err != nil {
					t.Error(err)
				}
				h.approve("Omar", h.say("Lina", h.row(h.view("rev", "ar"), "Two things were said about it."), "قيل عنه شيئان."))
				if _, err := h.pipe.Approve(t.Context(), "Omar", v.ID); err != nil {
					t.Error(err)
				}
				if _, err := h.pipe.Publish(t.Context(), "Omar", v.ID); err != nil {
					t.Error(err)
				}
			})
			return nil
		}
		h.publish("rev")
		if page := h.read("ar/rev.html"); !strings.Contains(page, "قيل عنه شيئان.") {
			t.Error("the page does not say what was approved last")
		}
		if v = h.view("rev", "ar"); v.Public.IsZero() {
			t.Error("it is not called public")
		}
	})
}

// TestSentBackOnceItIsPublic: the first publication was recorded when a
// person sent the edition back.
func TestSentBackOnceItIsPublic(t *testing.T) {
	t.Parallel()
	out := &hooked{}
	h := build(t, options{pipeline: hook(out), idle: true})
	h.write("rev.md", first)
	h.load()
	if err := h.step(t.Context(), "draft", h.newest()); err != nil {
		t.Fatal(err)
	}
	h.translate("rev")
	h.approveAll("Omar", "rev", "ar")
	v := h.view("rev", "ar")
	var once sync.Once
	out.before = func() (err error) {
		once.Do(func() { _, err = h.pipe.Reopen(t.Context(), "Omar", v.ID, "a word is wrong") })
		return err
	}
	if err := h.step(t.Context(), "publish", v.ID); err != nil {
		t.Fatal(err)
	}
	v = h.view("rev", "ar")
	if page := h.shown("ar/rev.html"); v.State != edition.InReview || (page != "") == v.Public.IsZero() {
		t.Errorf("%s, page of %d bytes, public %v", v.State, len(page), v.Public)
	}
}

// TestWithdrawnWhileItIsPublished leaves nothing public.
func TestWithdrawnWhileItIsPublished(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		out := &hooked{}
		h := build(t, options{postgres: postgres, pipeline: hook(out)})
		h.write("rev.md", first)
		h.run()
		h.translate("rev")
		h.approveAll("Omar", "rev", "ar")
		v := h.view("rev", "ar")
		var once sync.Once
		out.before = func() error {
			once.Do(func() {
				if _, err := h.pipe.Withdraw(t.Context(), "Omar", v.ID, "not ours"); err != nil {
					t.Error(err)
				}
			})
			return nil
		}
		if _, err := h.pipe.Publish(t.Context(), "Omar", v.ID); err != nil {
			t.Fatal(err)
		}
		h.settle()
		if h.shown("ar/rev.html") != "" || h.listed("rev") {
			t.Errorf("it is still there: %v", slices.Sorted(maps.Keys(h.files())))
		}
		if v = h.view("rev", "ar"); v.State != edition.Withdrawn || !v.Public.IsZero() {
			t.Errorf("%s, public %v", v.State, v.Public)
		}
	})
}

// published is a house with one public release and no workers.
func published(t *testing.T, out *hooked) *house {
	h := build(t, options{pipeline: hook(out)})
	h.write("rev.md", first)
	h.run()
	h.translate("rev")
	h.publish("rev")
	if err := h.store.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	return h
}

func TestErasingGoesOnWhereItWasCutOff(t *testing.T) {
	t.Parallel()
	out := &hooked{}
	h := published(t, out)
	v := h.view("rev", "ar")
	if _, err := h.pipe.Withdraw(t.Context(), "Omar", v.ID, "not ours"); err != nil {
		t.Fatal(err)
	}
	out.before = func() error { return errors.New("cut off") }
	if err := h.step(t.Context(), "erase", v.ID); err == nil {
		t.Fatal("no error")
	}
	out.before = nil
	if err := h.step(t.Context(), "erase", v.ID); err != nil {
		t.Fatal(err)
	}
	if h.shown("ar/rev.html") != "" || h.listed("rev") {
		t.Errorf("it is still there: %v", slices.Sorted(maps.Keys(h.files())))
	}
}

// TestReopenedBeforeItWasErased: what was withdrawn goes from the site, even
// if somebody wants to work on it again by then.
func TestReopenedBeforeItWasErased(t *testing.T) {
	t.Parallel()
	h := published(t, &hooked{})
	v := h.view("rev", "ar")
	if _, err := h.pipe.Withdraw(t.Context(), "Omar", v.ID, "not ours"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.pipe.Reopen(t.Context(), "Omar", v.ID, "ours after all"); err != nil {
		t.Fatal(err)
	}
	h.work()
	h.settle()
	if h.shown("ar/rev.html") != "" || h.listed("rev") {
		t.Error("it is still there")
	}
	h.publish("rev")
	if h.shown("ar/rev.html") == "" || !h.listed("rev") {
		t.Error("it is not there again")
	}
}

// release is a release of one sentence.
func release(slug, text string) string {
	return fmt.Sprintf("---\ntitle: The %s report\nslug: %s\n---\n\n%s\n", text, slug, "It is about "+text+".")
}

// publishAs says, approves and publishes a release with words that a page is
// known by.
func (h *house) publishAs(slug, text string) {
	h.t.Helper()
	for _, r := range h.view(slug, "ar").Rows {
		h.say("Lina", r, text)
	}
	h.publish(slug)
}

// TestAnAddressPassesToAnotherRelease while the page that had it is public
// there still.
func TestAnAddressPassesToAnotherRelease(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		h := build(t, options{postgres: postgres})
		h.write("a.md", release("north", "snow"))
		h.write("b.md", release("south", "sand"))
		h.run()
		h.publishAs("north", "ثلج")
		h.publishAs("south", "رمل")
		h.write("a.md", release("west", "snow"))
		h.run()
		h.write("b.md", release("north", "sand"))
		h.run()
		h.publishAs("north", "رمل أبيض")
		h.settle()
		for name, want := range map[string]string{"ar/north.html": "رمل أبيض", "ar/west.html": "ثلج", "ar/south.html": ""} {
			if got := h.shown(name); (got == "") != (want == "") || !strings.Contains(got, want) {
				t.Errorf("%s is to say %q: %q", name, want, got)
			}
		}
		h.publishAs("west", "ثلج أبيض")
		for name, want := range map[string]string{"ar/north.html": "رمل أبيض", "ar/west.html": "ثلج أبيض", "ar/south.html": ""} {
			if got := h.shown(name); (got == "") != (want == "") || !strings.Contains(got, want) {
				t.Errorf("in the end %s is to say %q: %q", name, want, got)
			}
		}
		if h.listed("south") || !h.listed("north") || !h.listed("west") {
			t.Error("the lists are wrong")
		}
	})
}

// TestANewAddressTakesTheOldOneAway, also where the first try was cut off.
func TestANewAddressTakesTheOldOneAway(t *testing.T) {
	t.Parallel()
	out := &hooked{}
	h := build(t, options{pipeline: hook(out)})
	h.write("a.md", release("north", "snow"))
	h.run()
	h.publishAs("north", "ثلج")
	h.write("a.md", release("west", "snow"))
	h.run()
	if h.shown("ar/north.html") == "" {
		t.Error("it went before anybody approved it")
	}
	var once sync.Once
	out.before = func() (err error) {
		once.Do(func() { err = errors.New("cut off") })
		return err
	}
	h.publish("west")
	if h.shown("ar/north.html") != "" || h.shown("ar/west.html") == "" || h.listed("north") {
		t.Errorf("there is %v", slices.Sorted(maps.Keys(h.files())))
	}
}

// TestAnAddressThatIsStillPublicIsNotTaken: nobody has withdrawn what was
// published of a release whose file is gone.
func TestAnAddressThatIsStillPublicIsNotTaken(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	h.write("a.md", release("north", "snow"))
	h.run()
	h.publishAs("north", "ثلج")
	old := h.view("north", "ar").ID
	if err := os.Remove(filepath.Join(h.dir, "a.md")); err != nil {
		t.Fatal(err)
	}
	h.run()
	h.write("b.md", release("north", "sand"))
	h.run()
	lines, _, err := h.pipe.Queue(t.Context(), edition.Filter{})
	if err != nil || len(lines) != 1 || lines[0].ID == old {
		t.Fatalf("%+v, %v", lines, err)
	}
	id := lines[0].ID
	v, err := h.pipe.View(t.Context(), id, "Lina")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range v.Rows {
		h.approve("Omar", h.say("Lina", r, "رمل"))
	}
	if _, err := h.pipe.Approve(t.Context(), "Omar", id); err != nil {
		t.Fatal(err)
	}
	if _, err := h.pipe.Publish(t.Context(), "Omar", id); err != nil {
		t.Fatal(err)
	}
	h.settle()
	e, err := h.pipe.Edition(t.Context(), id)
	if err != nil || e.State != edition.Failed || !strings.Contains(e.Reason, "north") {
		t.Errorf("%s %q, %v", e.State, e.Reason, err)
	}
	if !strings.Contains(h.shown("ar/north.html"), "ثلج") {
		t.Error("what was public has been written over")
	}
	if _, err := h.pipe.Withdraw(t.Context(), "Omar", old, "out of date"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.pipe.Retry(t.Context(), "Omar"); err != nil {
		t.Fatal(err)
	}
	h.settle()
	if !strings.Contains(h.shown("ar/north.html"), "رمل") {
		t.Error("the address is free, but the page is not there")
	}
}

// TestARemovedReleaseIsNotPublished when its embargo ends: somebody took the
// file away.
func TestARemovedReleaseIsNotPublished(t *testing.T) {
	t.Parallel()
	h := build(t, options{idle: true})
	until := time.Unix(h.clock.at.Load(), 0).UTC().Add(48 * time.Hour)
	text := strings.Replace(release("north", "snow"), "slug:", "embargo: "+until.Format(time.RFC3339)+"\nslug:", 1)
	h.write("a.md", text)
	h.load()
	if err := h.step(t.Context(), "draft", h.newest()); err != nil {
		t.Fatal(err)
	}
	h.translate("north")
	h.approveAll("Omar", "north", "ar")
	v := h.view("north", "ar")
	if _, err := h.pipe.Publish(t.Context(), "Omar", v.ID); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(h.dir, "a.md")); err != nil {
		t.Fatal(err)
	}
	h.load()
	h.clock.forward(49 * time.Hour)
	if err := h.step(t.Context(), "publish", v.ID); !errors.Is(err, edition.ErrGiveUp) {
		t.Errorf("got %v", err)
	}
	if v = h.view("north", "ar"); len(h.files()) != 0 || v.State != edition.Failed || !strings.Contains(v.Reason, "a.md") {
		t.Errorf("%s %q, %d files", v.State, v.Reason, len(h.files()))
	}
	h.write("a.md", text)
	h.load()
	if n, err := h.pipe.Retry(t.Context(), "Omar"); n != 1 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	if err := h.step(t.Context(), "publish", v.ID); err != nil {
		t.Fatal(err)
	}
	if v = h.view("north", "ar"); v.State != edition.Published {
		t.Errorf("%s %q", v.State, v.Reason)
	}
}

// TestASlugThatTheSiteNeedsItself is refused when it is read.
func TestASlugThatTheSiteNeedsItself(t *testing.T) {
	t.Parallel()
	h := build(t, options{idle: true})
	h.write("a.md", release("index", "snow"))
	if r := h.load(); r.New != 0 || len(r.Problems) != 1 || !strings.Contains(r.Problems[0].Error(), "a.md") || !strings.Contains(r.Problems[0].Error(), "slug") {
		t.Errorf("report %+v", r)
	}
}

// TestAPageThatCannotBeWrittenIsNotRecorded, so that no list leads to it.
func TestAPageThatCannotBeWrittenIsNotRecorded(t *testing.T) {
	t.Parallel()
	h := build(t, options{pipeline: func(c *pipeline.Config) { c.Site.BaseURL = "::no address::" }, idle: true})
	h.write("a.md", release("north", "snow"))
	h.load()
	if err := h.step(t.Context(), "draft", h.newest()); err != nil {
		t.Fatal(err)
	}
	h.translate("north")
	h.approveAll("Omar", "north", "ar")
	v := h.view("north", "ar")
	if err := h.step(t.Context(), "publish", v.ID); err == nil {
		t.Skip("such a site can be written")
	}
	if ps, err := h.store.PublicList(t.Context(), "ar"); len(ps) != 0 || err != nil {
		t.Errorf("recorded %+v, %v", ps, err)
	}
}
