package memory

import (
	"fmt"
	"slices"
	"testing"
)

// TestAFinderFoldsAsTheOtherSearchesDo: what a hurried person types is found.
func TestAFinderFoldsAsTheOtherSearchesDo(t *testing.T) {
	t.Parallel()
	var room []byte
	for _, typed := range []string{"أطمة", "اطمة", "أطمه", "أَطْمَة"} {
		for text, want := range map[string]bool{"قصف على أطمة": true, "قصف على ⟦1⟧أط⟦/1⟧مة اليوم": true, "قصف على حماة": false} {
			f := NewFinder(typed)
			if f.In(text) != want || f.in([]byte(text), &room) != want {
				t.Errorf("%q in %q: want %v", typed, text, want)
			}
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
