package pipeline_test

import (
	"testing"
	"time"

	"dragoman/internal/edition"
)

// What is asked for after a while is what is so by then.
func TestFiguresFollow(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	count := func() (n int) {
		t.Helper()
		h.clock.forward(3 * time.Minute)
		f, err := h.pipe.Figures(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		_, days := f.StatesByDay(func(string) bool { return true })
		return days[len(days)-1][edition.InReview]
	}
	if n := count(); n != 0 {
		t.Errorf("%d editions in review before anything was there", n)
	}
	h.write("one.md", body("Nobody came."))
	h.run()
	if n := count(); n != 1 {
		t.Errorf("%d editions in review, want 1", n)
	}
}
