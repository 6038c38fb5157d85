package pipeline_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"dragoman/internal/edition"
	"dragoman/pipeline"
)

// TestReopenedAfterTheSourceHasChanged: what was withdrawn follows no
// revision, until somebody wants it back.
func TestReopenedAfterTheSourceHasChanged(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		h := build(t, options{postgres: postgres})
		h.write("rev.md", first)
		h.run()
		h.translate("rev")
		v := h.view("rev", "ar")
		if _, err := h.pipe.Withdraw(t.Context(), "Omar", v.ID, "not ours"); err != nil {
			t.Fatal(err)
		}
		h.write("rev.md", body("One thing happened in the north. Five things were said about it."))
		h.run()
		if _, err := h.pipe.Reopen(t.Context(), "Omar", v.ID, "ours after all"); err != nil {
			t.Fatal(err)
		}
		h.settle()
		v = h.view("rev", "ar")
		if v.State != edition.InReview || len(v.Rows) != 3 {
			t.Errorf("%s with %d segments", v.State, len(v.Rows))
		}
		wantRow(t, h.row(v, "One thing happened in the north."), words["One thing happened in the north."], edition.Translated)
		h.translate("rev")
		h.approveAll("Omar", "rev", "ar")
	})
}

func TestReopenedBeforeAnythingWasDrafted(t *testing.T) {
	t.Parallel()
	h := build(t, options{idle: true})
	h.write("rev.md", first)
	h.load()
	v := h.view("rev", "ar")
	if _, err := h.pipe.Withdraw(t.Context(), "Omar", v.ID, "not ours"); err != nil {
		t.Fatal(err)
	}
	h.work()
	h.settle()
	if _, err := h.pipe.Reopen(t.Context(), "Omar", v.ID, "ours after all"); err != nil {
		t.Fatal(err)
	}
	h.settle()
	if v = h.view("rev", "ar"); v.State != edition.InReview || len(v.Rows) != 5 {
		t.Errorf("%s with %d segments", v.State, len(v.Rows))
	}
}

// meanwhile is a store in which something happens before a transaction.
type meanwhile struct {
	pipeline.Store
	once   sync.Once
	before func()
}

func (m *meanwhile) InTx(ctx context.Context, f func(pipeline.Tx) error) error {
	m.once.Do(m.before)
	return m.Store.InTx(ctx, f)
}

// TestANewLocaleWhileARevisionComes: a program that does not know the locale
// takes in and drafts a revision while another adds the locale's editions.
func TestANewLocaleWhileARevisionComes(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		h := build(t, options{postgres: postgres})
		h.write("rev.md", first)
		h.run()
		cfg := h.pipe.Config()
		cfg.Locales = []string{"ar", "fr"}
		other, err := pipeline.New(t.Context(), &meanwhile{Store: pipeline.Bind(h.store), before: func() {
			h.write("rev.md", body("One thing happened in the north."))
			h.run()
		}}, cfg)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := other.AddLocales(t.Context()); n != 1 || err != nil {
			t.Fatalf("%d, %v", n, err)
		}
		h.settle()
		if v := h.view("rev", "fr"); v.State != edition.InReview || len(v.Rows) != 2 {
			t.Errorf("%s with %d segments", v.State, len(v.Rows))
		}
	})
}

// TestWithdrawingTakesAllOutOfTheMemory: also what later revisions had no more.
func TestWithdrawingTakesAllOutOfTheMemory(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		h := build(t, options{postgres: postgres})
		if err := h.pipe.Ready(t.Context()); err != nil {
			t.Fatal(err)
		}
		size := h.pipe.Memory().Len()
		h.write("rev.md", first)
		h.run()
		h.translate("rev")
		h.approveAll("Omar", "rev", "ar")
		h.write("rev.md", body("One thing happened in the north."))
		h.run()
		v := h.view("rev", "ar")
		if _, err := h.pipe.Approve(t.Context(), "Omar", v.ID); err != nil {
			t.Fatal(err)
		}
		if got := h.pipe.Memory().Len(); got != size+5 {
			t.Errorf("%d entries were added", got-size)
		}
		if _, err := h.pipe.Withdraw(t.Context(), "Omar", v.ID, "not ours"); err != nil {
			t.Fatal(err)
		}
		if got := h.pipe.Memory().Len(); got != size {
			t.Errorf("%d entries are left", got-size)
		}
	})
}

// TestWhatIsLeftOutLaterIsForgotten: its words are approved no longer.
func TestWhatIsLeftOutLaterIsForgotten(t *testing.T) {
	t.Parallel()
	h := reviewed(t)
	v := h.view("rev", "ar")
	if _, err := h.pipe.Approve(t.Context(), "Omar", v.ID); err != nil {
		t.Fatal(err)
	}
	size := h.pipe.Memory().Len()
	if _, err := h.pipe.Reopen(t.Context(), "Omar", v.ID, "it was never said"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.pipe.Omit(t.Context(), "Omar", h.row(v, "Two things were said about it.").Target.ID, "it was never said"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.pipe.Approve(t.Context(), "Omar", v.ID); err != nil {
		t.Fatal(err)
	}
	if got := h.pipe.Memory().Len(); got != size-1 {
		t.Errorf("%d entries, had %d", got, size)
	}
}

// TestAProposalOverWordsThatNobodySaw: what a page offered was for other
// words than stand by now.
func TestAProposalOverWordsThatNobodySaw(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	h.write("rev.md", body("Six civilians were hurt in Kafranbel."))
	h.run()
	h.approve("Omar", h.say("Lina", h.row(h.view("rev", "ar"), "Six civilians were hurt in Kafranbel."), "تضرر ستة مدنيين في كفرنبل."))
	h.write("rev.md", body("Six civilians were injured in Kafranbel."))
	h.run()
	const source = "Six civilians were injured in Kafranbel."
	seen := h.row(h.view("rev", "ar"), source)
	h.say("Omar", seen, "جرح ستة مدنيين في كفرنبل.")
	_, err := h.pipe.Decide(t.Context(), "Lina", seen.Target.ID, seen.Proposals[0].ID, true)
	refusal(t, err, "proposal")
	v := h.view("rev", "ar")
	r := h.row(v, source)
	wantRow(t, r, "جرح ستة مدنيين في كفرنبل.", edition.Translated)
	if len(r.Proposals) != 1 || r.Proposals[0].Base != r.Target.Standing.ID || r.Proposals[0].Text != seen.Proposals[0].Text {
		t.Fatalf("proposals %+v", r.Proposals)
	}
	h.counted(v)
	if _, err := h.pipe.Decide(t.Context(), "Lina", r.Target.ID, r.Proposals[0].ID, true); err != nil {
		t.Fatal(err)
	}
	h.counted(h.view("rev", "ar"))
}

// flaky is a store whose memory cannot be read at first, and whose changes
// cannot be followed.
type flaky struct {
	pipeline.Store
	once sync.Once
	lost bool
}

func (f *flaky) MemoryChanges(ctx context.Context, mark *edition.MemoryMark, do func([]edition.MemoryEntry) error) error {
	if f.lost {
		return errors.New("the connection was lost")
	}
	return f.Store.MemoryChanges(ctx, mark, do)
}

// TestWhatIsApprovedIsApproved, even if the index cannot be brought up to date
// right then.
func TestWhatIsApprovedIsApproved(t *testing.T) {
	t.Parallel()
	h := reviewed(t)
	s := &flaky{Store: pipeline.Bind(h.store)}
	s.once.Do(func() {})
	p, err := pipeline.New(t.Context(), s, h.pipe.Config())
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.lost = true
	id := h.view("rev", "ar").ID
	if e, err := p.Approve(t.Context(), "Omar", id); err != nil || e.State != edition.Approved {
		t.Errorf("%s, %v", e.State, err)
	}
	if e, err := p.Withdraw(t.Context(), "Omar", id, "not ours"); err != nil || e.State != edition.Withdrawn {
		t.Errorf("%s, %v", e.State, err)
	}
}

func (f *flaky) EachMemory(ctx context.Context, do func([]edition.MemoryEntry) error) (m edition.MemoryMark, err error) {
	f.once.Do(func() { err = errors.New("the connection was lost") })
	if err != nil {
		return m, err
	}
	return f.Store.EachMemory(ctx, do)
}

// TestAMemoryThatCannotBeReadAtFirst is read when it is asked for again.
func TestAMemoryThatCannotBeReadAtFirst(t *testing.T) {
	t.Parallel()
	h := build(t, options{idle: true})
	p, err := pipeline.New(t.Context(), &flaky{Store: pipeline.Bind(h.store)}, h.pipe.Config())
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Ready(t.Context()); err == nil {
		t.Fatal("no error")
	}
	if err := p.Ready(t.Context()); err != nil || p.Memory().Len() != len(pairs) {
		t.Errorf("%d entries, %v", p.Memory().Len(), err)
	}
	p.Stop()
	if err := p.Ready(t.Context()); err != nil {
		t.Errorf("stopped: %v", err)
	}
}

// TestARestoredFileKeepsEverything, whatever stands in it meanwhile.
func TestARestoredFileKeepsEverything(t *testing.T) {
	t.Parallel()
	h := reviewed(t)
	v := h.view("rev", "ar")
	if _, err := h.pipe.Approve(t.Context(), "Omar", v.ID); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(h.dir, "rev.md")); err != nil {
		t.Fatal(err)
	}
	h.run()
	h.write("rev.md", first)
	told(t, "restored", h.run(), 0, 0, 0, 0, 0)
	if v = h.view("rev", "ar"); v.State != edition.Approved {
		t.Errorf("%s", v.State)
	}
	h.write("rev.md", "")
	told(t, "emptied", h.run(), 0, 0, 0, 0, 1)
	h.write("rev.md", first)
	told(t, "whole again", h.run(), 0, 0, 0, 0, 0)
	if v = h.view("rev", "ar"); v.State != edition.Approved {
		t.Errorf("%s", v.State)
	}
}
