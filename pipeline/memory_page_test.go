package pipeline_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"dragoman/internal/edition"
	"dragoman/internal/memory"
	"dragoman/pipeline"
)

func (h *house) remember(ms ...edition.MemoryEntry) {
	h.t.Helper()
	ctx := h.t.Context()
	err := pipeline.Bind(h.store).InTx(ctx, func(tx pipeline.Tx) error { return tx.Remember(ctx, ms) })
	if err = errors.Join(err, h.pipe.Ready(ctx), h.pipe.Refresh(ctx)); err != nil {
		h.t.Fatal(err)
	}
}

// TestTheMemorysPage: what the page of the memory asks for, page by page.
func TestTheMemorysPage(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		h := build(t, options{postgres: postgres, idle: true})
		h.remember(
			edition.MemoryEntry{Locale: "fr", Source: "Kafranbel was bombed.", Target: "Kafranbel a été bombardée.", Origin: "import old.tmx", Release: 9},
			edition.MemoryEntry{Locale: "ar", Source: "The road to KAFRANBEL is open.", Target: "الطريق مفتوح.", Origin: "desk", Release: 9},
			edition.MemoryEntry{Locale: "ar", Source: "Go ⟦1⟧to Kafr⟦/1⟧anbel.", Target: "اذهب إلى كفرنبل.", Origin: "desk", Release: 9},
		)
		h.saveConcepts(renamed())
		if err := h.pipe.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			q    pipeline.MemorySearch
			want string
		}{
			"source":   {pipeline.MemorySearch{Text: " kafranbel"}, "Go to Kafranbel. | The road to KAFRANBEL is open. | Kafranbel was bombed. | Six civilians were injured in Kafranbel. | of 4"},
			"target":   {pipeline.MemorySearch{Text: "الطريق"}, "The road to KAFRANBEL is open. | of 1"},
			"locale":   {pipeline.MemorySearch{Text: "Kafranbel", Locale: "fr"}, "Kafranbel was bombed. | of 1"},
			"origin":   {pipeline.MemorySearch{Origin: "import old.tmx"}, "Kafranbel was bombed. | of 1"},
			"release":  {pipeline.MemorySearch{Release: 9, Locale: "ar", Text: "road"}, "The road to KAFRANBEL is open. | of -1"},
			"outdated": {pipeline.MemorySearch{Outdated: true}, "Go to Kafranbel. (mended) | The road to KAFRANBEL is open. (outdated) | Six civilians were injured in Kafranbel. (mended) | of -1"},
			"nothing":  {pipeline.MemorySearch{Text: "nowhere"}, "of 0"},
		} {
			for _, limit := range []int{100, 1} {
				q, got, total := c.q, "", 0
				for first := true; first || q.Before != 0; first = false {
					q.Limit = limit
					page, err := h.pipe.SearchMemory(t.Context(), q)
					if err != nil {
						t.Fatal(err)
					}
					if len(page.Hits) > limit {
						t.Errorf("%s: a page of %d has %d", name, limit, len(page.Hits))
					}
					if first {
						total = page.Total
					}
					for _, hit := range page.Hits {
						got += strings.NewReplacer("⟦1⟧", "", "⟦/1⟧", "").Replace(hit.Source)
						switch {
						case name != "outdated":
						case hit.Mended != "":
							got += " (mended)"
						case hit.Outdated:
							got += " (outdated)"
						}
						got += " | "
					}
					q.Before = page.Next
				}
				if got += fmt.Sprint("of ", total); got != c.want {
					t.Errorf("%s, %d a page:\n%s\nwant\n%s", name, limit, got, c.want)
				}
			}
		}
		st, err := h.pipe.MemoryStats(t.Context())
		if err != nil || st.Pairs != 6 || len(st.Counts) != 3 || st.Counts[0].Entries != 2 {
			t.Errorf("stats: %+v, %v", st, err)
		}
	})
}

// TestDeletingPairs: all that are named or none, with who did it.
func TestDeletingPairs(t *testing.T) {
	t.Parallel()
	h := build(t, options{idle: true})
	have, err := h.store.MemoryExact(t.Context(), pairs[1][0])
	if err != nil || len(have) != 1 {
		t.Fatal(have, err)
	}
	id := have[0].ID
	if err := h.pipe.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := h.pipe.DeleteMemory(t.Context(), "Lina", []int64{id, 1 << 40}); !errors.Is(err, edition.ErrNotFound) {
		t.Errorf("one that is not there: %v", err)
	}
	if _, err := h.pipe.DeleteMemory(t.Context(), "Lina", []int64{id, id}); err != nil {
		t.Fatal(err)
	}
	if _, ok := h.pipe.Memory().Get(id); ok {
		t.Error("look-ups have it still")
	}
	acts, err := h.store.Acts(t.Context(), "memory", id, 10)
	if err != nil || len(acts) != 1 || acts[0].Who != "Lina" || !strings.Contains(acts[0].Detail, pairs[1][1]) {
		t.Errorf("audit: %+v, %v", acts, err)
	}
}

// TestTemplatesAreOffered: three sentences of a pattern make a template; a
// fourth is drafted from it where its slots are filled with certainty, else it
// is offered with them and is no draft.
func TestTemplatesAreOffered(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	h.remember(
		edition.MemoryEntry{Locale: "ar", Source: "In a statement, the Syrian Coalition thanked the doctors.", Target: "وفي بيان، شكر الائتلاف الوطني السوري الأطباء."},
		edition.MemoryEntry{Locale: "ar", Source: "In a statement, the Syrian Coalition called for help.", Target: "وفي بيان، طلب الائتلاف الوطني السوري العون."},
		edition.MemoryEntry{Locale: "ar", Source: "In a statement, the Syrian Coalition asked for calm.", Target: "وفي بيان، دعا الائتلاف الوطني السوري إلى الهدوء."},
		edition.MemoryEntry{Locale: "ar", Source: "He added that the road was closed.", Target: "وأضاف أن الطريق مغلق."},
		edition.MemoryEntry{Locale: "ar", Source: "He added that nobody came.", Target: "وأضاف أن أحدًا لم يأت."},
		edition.MemoryEntry{Locale: "ar", Source: "He added that winter was near.", Target: "وأضاف أن الشتاء قريب."},
	)
	const source = "He added that schools, markets and hospitals in every town and village would have to shut their doors."
	ms, err := h.pipe.Lookup(t.Context(), memory.Query{Locale: "ar", Text: source})
	if err != nil || len(ms) != 1 || ms[0].Template == nil || ms[0].Target != "وأضاف أن {…}" || len(ms[0].OpenSlots()) != 1 {
		t.Fatalf("offered %+v, %v", ms, err)
	}
	h.write("said.md", strings.Replace(report, "Six civilians were injured in Kafranbel.", source, 1))
	h.run()
	if st := h.row(h.view("report", "ar"), source).Target.Standing; st.ID != 0 {
		t.Errorf("an opening became the draft %q", st.Text)
	}
	ts, err := h.pipe.Templates(t.Context(), "ar", 3)
	if err != nil || len(ts) == 0 {
		t.Errorf("templates: %v, %v", ts, err)
	}
}
