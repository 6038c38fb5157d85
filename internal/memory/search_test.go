package memory

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestAppendLowerIsToLower: eight bytes at a time or a letter at a time, it
// comes to what strings.ToLower gives.
func TestAppendLowerIsToLower(t *testing.T) {
	t.Parallel()
	letters := []rune("AZaz@[`{ 09.İIıiKkÉéßẞŒœЖжЯяΣσςאبتجحكفرنبل،؟ߊ“”⟦⟧Ǆ𐐀𐐨文\u0301\u07ff\u0800")
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		var b strings.Builder
		few := letters
		if r.IntN(2) == 0 {
			few = []rune{letters[r.IntN(len(letters))], 'Q', letters[r.IntN(len(letters))]}
		}
		for range r.IntN(30) {
			b.WriteRune(few[r.IntN(len(few))])
		}
		if got, want := string(appendLower([]byte("x"), []byte(b.String()))), "x"+strings.ToLower(b.String()); got != want {
			t.Fatalf("%q becomes %q, want %q", b.String(), got, want)
		}
	}
}

// TestSearchFindsWhatEachTextSays: all cores together give what a look at one
// entry after the other gives, codes and capitals or not.
func TestSearchFindsWhatEachTextSays(t *testing.T) {
	t.Parallel()
	ix := NewIndex(Options{})
	var es []Entry
	w := newWriter(8, 100, 50)
	for id := range int64(3 * rowsChunk) {
		es = append(es, Entry{ID: id + 1, Locale: []string{"ar", "tr"}[id%2], Source: w.sentence(), Target: fmt.Sprint([]string{"كفرنبل", "İdlib’de", "К⟦1⟧афр⟦/1⟧анбель"}[id%3], " ", id)})
	}
	must(t, ix.AddAll(es))
	for _, text := range []string{"", "idlib", "İDLİB", "كفرنبل", "КАФР", "кафранбель", "1⟧", "12", "homs", "nowhere"} {
		finder := NewFinder(text)
		var want []int64
		for _, e := range slices.Backward(es) {
			if e.Locale == "tr" && e.ID < 9000 && (finder.In(e.Source) || finder.In(e.Target)) {
				want = append(want, e.ID)
			}
		}
		got := ix.Search(Search{Text: text, Locale: "tr", Before: 9000, Limit: 1 << 30})
		if !slices.Equal(got.IDs, want) || got.Total != len(want) {
			t.Errorf("%q: %d entries, want %d", text, len(got.IDs), len(want))
		}
		if (text == "nowhere" || text == "1⟧") != (len(want) == 0) {
			t.Errorf("%q is in %d entries", text, len(want))
		}
	}
}
