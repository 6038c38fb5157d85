package pipeline_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"dragoman/internal/edition"
)

// TestACorrectionThatCannotBePublishedIsSeen, by whoever looks at its batch,
// and tried again when they say so; also where the edition is public already,
// as when a batch is undone.
func TestACorrectionThatCannotBePublishedIsSeen(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		var full atomic.Bool
		out := &hooked{before: func() error {
			if full.Load() {
				return fmt.Errorf("%w: the disk is full", edition.ErrGiveUp)
			}
			return nil
		}}
		p := newPress(t, options{postgres: postgres, pipeline: hook(out)})
		p.release("rev", "Maasran was hit.")
		p.run()
		p.bringOut("Omar", "rev")
		b := p.apply("Lina", p.prefer("loc.maasran", "معر شمارين"))
		troubled := func() (problems []string) {
			t.Helper()
			cs, err := p.pipe.Corrections(t.Context(), b.ID, 0, 10)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range cs {
				if c.Problem != "" || c.Published.IsZero() {
					problems = append(problems, c.Problem)
				}
			}
			return problems
		}
		shows := func(want string) {
			t.Helper()
			if page := p.shown("ar/rev.html"); !strings.Contains(page, want) {
				t.Errorf("the page does not say %q", want)
			}
		}
		full.Store(true)
		if _, err := p.pipe.DecideGroup(t.Context(), "Omar", b.ID, nil, true, edition.TeachNothing, ""); err != nil {
			t.Fatal(err)
		}
		p.settle()
		if got := troubled(); len(got) != 1 || !strings.Contains(got[0], "the disk is full") {
			t.Errorf("problems %q", got)
		}
		full.Store(false)
		if n, err := p.pipe.PublishCorrections(t.Context(), "Lina", b.ID); err != nil || n != 1 {
			t.Errorf("%d, %v", n, err)
		}
		p.settle()
		if got := troubled(); len(got) != 0 {
			t.Errorf("problems %q", got)
		}
		shows("تعرضت معر شمارين للقصف.")
		_, err := p.pipe.PublishCorrections(t.Context(), "Lina", b.ID)
		refusal(t, err, "correction-none")

		full.Store(true)
		if _, err := p.pipe.UndoBatch(t.Context(), "Lina", b.ID); err != nil {
			t.Fatal(err)
		}
		p.settle()
		if got := troubled(); len(got) != 1 || !strings.Contains(got[0], "the disk is full") {
			t.Errorf("undone: problems %q", got)
		}
		full.Store(false)
		if n, err := p.pipe.PublishCorrections(t.Context(), "Lina", b.ID); err != nil || n != 1 {
			t.Errorf("%d, %v", n, err)
		}
		p.settle()
		if got := troubled(); len(got) != 0 {
			t.Errorf("undone: problems %q", got)
		}
		shows("تعرضت معصران للقصف.")
	})
}
