package pipeline_test

import (
	"context"
	"errors"
	"testing"

	"dragoman/internal/edition"
	"dragoman/pipeline"
)

// ending is a store of which the process is killed before one of its
// transactions.
type ending struct {
	pipeline.Store
	left int // transactions before the end; below 0 it has no end
}

var errKilled = errors.New("killed")

func (e *ending) InTx(ctx context.Context, f func(pipeline.Tx) error) error {
	if e.left == 0 {
		return errKilled
	}
	e.left--
	return e.Store.InTx(ctx, f)
}

// TestARejectionTeachesOnce wherever the process that carries it out is killed:
// it goes on afterwards, and makes one draft.
func TestARejectionTeachesOnce(t *testing.T) {
	t.Parallel()
	p := newPress(t, options{})
	p.release("human", "Maasran was hit.")
	p.run()
	p.say("Omar", p.view("human", "ar").Rows[1], "قصفت معصران.")
	b := p.apply("Lina", p.prefer("loc.maasran", "معر شمارين"))
	if err := p.store.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	cfg := p.pipe.Config()
	store := &ending{Store: pipeline.Bind(p.store), left: 1} // the decision itself
	pipe, err := pipeline.New(t.Context(), store, cfg)
	if err != nil {
		t.Fatal(err)
	}
	d, err := pipe.DecideItems(t.Context(), "Omar", b.ID, []int64{p.at("human", 2).Target.ID}, false, edition.TeachVariant, "both are said")
	if !errors.Is(err, errKilled) || d.ID == 0 {
		t.Fatalf("%+v, %v", d, err)
	}
	kills := 0
	for ; err != nil; kills++ {
		store.left = kills
		if err = pipe.Handle(t.Context(), edition.Job{Kind: "decide", Subject: d.ID}); err != nil && !errors.Is(err, errKilled) {
			t.Fatal(err)
		}
	}
	d, err = p.pipe.Decision(t.Context(), d.ID)
	if err != nil || d.Ended.IsZero() || d.Rejected != 1 || d.Taught == 0 || kills < 3 {
		t.Errorf("after %d kills %+v, %v", kills, d, err)
	}
	sets, err := p.pipe.ChangeSets(t.Context(), 10, edition.DraftSet)
	if err != nil || len(sets) != 1 || sets[0].ID != d.Taught {
		t.Errorf("%+v, %v", sets, err)
	}
}
