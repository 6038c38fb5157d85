package pipeline_test

import (
	"errors"
	"testing"

	"dragoman/internal/edition"
	"dragoman/internal/store"
	"dragoman/pipeline"
)

// TestTwoPeopleSaveAtOnce: of two who change the same version, the later is
// told of the other's words.
func TestTwoPeopleSaveAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		h := build(t, options{postgres: postgres})
		h.write("rev.md", first)
		h.run()
		for range 8 {
			r := h.row(h.view("rev", "ar"), "Three people came to see.")
			before, err := h.pipe.History(t.Context(), r.Target.ID)
			if err != nil {
				t.Fatal(err)
			}
			done := make(chan error)
			for _, who := range []string{"Lina", "Omar"} {
				go func() {
					_, err := h.pipe.Edit(t.Context(), who, r.Target.ID, r.Target.Standing.ID, "كلمات "+who+" "+r.Target.Standing.Text)
					done <- err
				}()
			}
			refused := 0
			for range 2 {
				var stale *pipeline.Stale
				if err := <-done; errors.As(err, &stale) {
					refused++
				} else if err != nil {
					t.Fatal(err)
				}
			}
			after, err := h.pipe.History(t.Context(), r.Target.ID)
			if err != nil {
				t.Fatal(err)
			}
			if refused != 1 || len(after) != len(before)+1 {
				t.Fatalf("%d of two saves were refused, %d versions were made", refused, len(after)-len(before))
			}
		}
	})
}

// revised is a house in which a person saw words for one source, and another
// came since.
func revised(t *testing.T, text string) (h *house, seen pipeline.Row) {
	h = reviewed(t)
	seen = h.row(h.view("rev", "ar"), "Three people came to see.")
	h.write("rev.md", body(text))
	h.run()
	return h, seen
}

const nearRevision = "One thing happened in the north. Two things were said about it. Three people came here to see. Four of them stayed for the night."

// TestWhoSawTheOldSourceApprovesNothing: the page that a person has open may
// be older than the newest revision.
func TestWhoSawTheOldSourceApprovesNothing(t *testing.T) {
	t.Parallel()
	h, seen := revised(t, nearRevision)
	var stale *pipeline.Stale
	if _, err := h.pipe.ApproveTarget(t.Context(), "Omar", seen.Target.ID, seen.Target.Standing.ID); !errors.As(err, &stale) {
		t.Errorf("approved for a source that was not seen: %v", err)
	}
	if _, err := h.pipe.Edit(t.Context(), "Lina", seen.Target.ID, seen.Target.Standing.ID, "كلمات أخرى."); !errors.As(err, &stale) {
		t.Errorf("changed for a source that was not seen: %v", err)
	}
	r := h.row(h.view("rev", "ar"), "Three people came here to see.")
	wantRow(t, r, words["Three people came to see."], edition.Translated)
	if r.OldSource != "Three people came to see." || r.Target.Standing.Author != "Lina" {
		t.Errorf("%q %+v", r.OldSource, r.Target.Standing)
	}
	h.approve("Omar", r.Target)
}

// TestAnAnswerToAFindingIsKept: it was given for the old source.
func TestAnAnswerToAFindingIsKept(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	h.write("rev.md", body("The 12 men were seen there."))
	h.run()
	tg := h.say("Lina", h.row(h.view("rev", "ar"), "The 12 men were seen there."), "شوهد الرجال هناك.")
	if tg.Errors == 0 {
		t.Fatalf("a missing number passed: %+v", tg.Standing.Findings)
	}
	if _, err := h.pipe.Dismiss(t.Context(), "Omar", tg.ID, tg.Standing.ID, 0, "the caption has it"); err != nil {
		t.Fatal(err)
	}
	h.write("rev.md", body("The 13 men were seen there."))
	h.run()
	if r := h.row(h.view("rev", "ar"), "The 13 men were seen there."); r.Target.Errors == 0 {
		t.Error("the answer is taken for one to the new source")
	}
	err := h.store.InTx(t.Context(), func(tx *store.Tx) error {
		fs, err := tx.FindingsOf(t.Context(), tg.Standing.ID)
		if err == nil && (len(fs) == 0 || fs[0].DismissedWhy != "the caption has it") {
			t.Errorf("what a person answered is gone: %+v", fs)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestALeftOutSegmentThatReadsOtherwise must be decided anew.
func TestALeftOutSegmentThatReadsOtherwise(t *testing.T) {
	t.Parallel()
	h := reviewed(t)
	r := h.row(h.view("rev", "ar"), "Three people came to see.")
	if _, err := h.pipe.Omit(t.Context(), "Lina", r.Target.ID, "of no interest"); err != nil {
		t.Fatal(err)
	}
	h.write("rev.md", body("Two things were said about it. Three people came to see. One thing happened in the north. Four of them stayed for the night."))
	h.run()
	if r = h.row(h.view("rev", "ar"), "Three people came to see."); r.Target.Omitted == "" || r.Target.State != edition.Reviewed {
		t.Errorf("moved, it is %s %q", r.Target.State, r.Target.Omitted)
	}
	h.write("rev.md", body("Two things were said about it. Three people came to be killed. One thing happened in the north. Four of them stayed for the night."))
	h.run()
	v := h.view("rev", "ar")
	r = h.row(v, "Three people came to be killed.")
	wantRow(t, r, words["Three people came to see."], edition.Translated)
	if r.Target.Omitted != "" || v.Counts.Reviewed != 4 {
		t.Errorf("left out: %q; %d reviewed", r.Target.Omitted, v.Counts.Reviewed)
	}
	_, err := h.pipe.Approve(t.Context(), "Omar", v.ID)
	refusal(t, err, "unreviewed")
}

// TestApprovingWhatIsCleanLeavesChangedSources to be looked at one by one.
func TestApprovingWhatIsCleanLeavesChangedSources(t *testing.T) {
	t.Parallel()
	h, _ := revised(t, nearRevision)
	v := h.view("rev", "ar")
	if n, err := h.pipe.ApproveClean(t.Context(), "Omar", v.ID); n != 0 || err != nil {
		t.Errorf("approved %d, %v", n, err)
	}
}
