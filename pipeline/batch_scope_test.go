package pipeline_test

import (
	"testing"

	"dragoman/internal/edition"
)

// TestAScopeReachesWhatAnotherBatchHolds: an approved edition that revises for
// a batch's proposals alone is still one of the archive, and no draft, also for
// the batch that has begun with it.
func TestAScopeReachesWhatAnotherBatchHolds(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		p := newPress(t, options{postgres: postgres})
		p.words["Maasran and Idlib."] = "معصران وإدلب."
		p.release("kept", "Maasran and Idlib.", "Idlib was calm.")
		p.run()
		p.approveAll("Omar", "kept", "ar")
		p.apply("Lina", p.prefer("loc.maasran", "معر شمارين"))
		if v := p.view("kept", "ar"); v.State != edition.Revising {
			t.Fatalf("the edition is %s", v.State)
		}
		scoped := func(name string, scope edition.Scope) edition.Batch {
			set, _, err := p.pipe.SaveChangeSet(t.Context(), "Lina", edition.ChangeSet{Title: name, Edits: []edition.ConceptEdit{p.prefer("loc.idlib", name)}, Scope: scope}, edition.OldForbidden)
			if err != nil {
				t.Fatal(err)
			}
			b, err := p.pipe.Apply(t.Context(), "Lina", set.ID)
			if err != nil {
				t.Fatal(err)
			}
			p.settle()
			return p.batch(b.ID)
		}
		if b := scoped("سلقين", edition.Scope{Drafts: true}); len(b.Counts) != 0 {
			t.Errorf("a batch for drafts reached it: %+v", b.Counts)
		}
		if b := scoped("أريحا", edition.Scope{Archive: true}); b.Count(edition.ItemWaiting) != 2 {
			t.Errorf("a batch for the archive did not reach it: %+v", b.Counts)
		}
	})
}
