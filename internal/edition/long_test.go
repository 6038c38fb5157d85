package edition_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"dragoman/content"
	"dragoman/internal/edition"
)

// many are segments with the texts that f gives.
func many(n int, f func(i int) string) []edition.AlignUnit {
	us := make([]edition.AlignUnit, n)
	for i := range us {
		text := f(i)
		us[i] = edition.AlignUnit{Exact: content.ExactHash(text), Norm: content.NormalisedHash(text), Text: text}
	}
	return us
}

// TestLongDocuments are aligned within bounds of time and memory, whatever
// they hold: five thousand cells that say the same, or five thousand lines of
// a list that are all alike and all changed.
func TestLongDocuments(t *testing.T) {
	const n = 5000
	line := func(month string) func(i int) string {
		return func(i int) string {
			return fmt.Sprintf("In the %s of 2018 the village number %d of the northern district was hit by %d shells.", month, i, i%7)
		}
	}
	for name, c := range map[string]struct {
		old, new []edition.AlignUnit
		same     int // at least
		near     int
	}{
		"all the same":     {many(n, func(int) string { return "none" }), many(n, func(int) string { return "none" }), n, 0},
		"the same, moved":  {many(n, func(i int) string { return fmt.Sprint("cell ", i%3) }), many(n, func(i int) string { return fmt.Sprint("cell ", (i+1)%3) }), n - 2, 0},
		"alike, all new":   {many(n, line("winter")), many(n, line("spring")), 0, n},
		"alike, and moved": {many(n, line("winter")), append(many(1, func(int) string { return "Another beginning." }), many(n, line("spring"))...), 0, n * 9 / 10},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			begin := time.Now()
			links, gone := edition.Align(c.old, c.new)
			took := time.Since(begin)
			runtime.ReadMemStats(&after)
			mb := (after.TotalAlloc - before.TotalAlloc) >> 20
			t.Logf("%v, %d MB", took.Round(time.Millisecond), mb)
			kinds := map[edition.LinkKind]int{}
			for _, l := range links {
				kinds[l.Kind]++
			}
			if mb > 200 { // in all, not at once
				t.Errorf("it takes %d MB", mb)
			}
			if kinds[edition.Same] < c.same || kinds[edition.Near] < c.near {
				t.Errorf("links %v, %d gone", kinds, len(gone))
			}
		})
	}
}
