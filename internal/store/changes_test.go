package store_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dragoman/glossary"
	"dragoman/internal/edition"
	"dragoman/internal/store"
)

func place(id, ar string) glossary.Concept {
	return glossary.Concept{ID: id, Kind: glossary.LOC, Source: "Town " + id, Rule: glossary.Rule{CaseSensitive: true},
		Targets: map[string]glossary.Terms{"ar": {Preferred: []glossary.Term{{Text: ar}}}}}
}

// saved saves a glossary and returns its version and the ids of its concepts
// in their order.
func saved(t *testing.T, s *store.Store, cs []glossary.Concept) (version int64, ids []string) {
	t.Helper()
	in(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
		version, err = tx.SaveGlossary(ctx, cs, "Lina", "test", "")
		return err
	})
	got, _, _, err := s.Glossary(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range got {
		ids = append(ids, c.ID)
	}
	return version, ids
}

func TestAGlossaryKeepsItsOrder(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		a, b, c, d := place("a", "ا"), place("b", "ب"), place("c", "ج"), place("d", "د")
		for _, want := range [][]glossary.Concept{{a, b, c}, {a, c}, {a, d, c}, {c, a, d}, {c, b, a, d}, {d}} {
			_, got := saved(t, s, want)
			var ids []string
			for _, k := range want {
				ids = append(ids, k.ID)
			}
			if d := cmp.Diff(ids, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		}
		if v, _ := saved(t, s, []glossary.Concept{d}); v != 6 {
			t.Errorf("saving the same again made version %d", v)
		}
	})
}

func TestSaveEditsWritesWhatChanges(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		a, b, c := place("a", "ا"), place("b", "ب"), place("c", "ج")
		saved(t, s, []glossary.Concept{a, b, c})
		numbers, err := s.ConceptIDs(t.Context(), []string{"a", "b", "c", "x"})
		if err != nil || len(numbers) != 3 {
			t.Fatalf("numbers %v, %v", numbers, err)
		}
		since := func(id string) int64 {
			v, err := s.FoundSince(t.Context(), []int64{numbers[id]})
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		b2, c2, d := place("b", "بب"), place("c", "ج"), place("d", "د")
		c2.Variants = []string{"Other"}
		var version int64
		in(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			version, err = tx.SaveEdits(ctx, []edition.ConceptEdit{
				{ID: "a", Before: &a}, {ID: "b", Before: &b, After: &b2}, {ID: "c", Before: &c, After: &c2}, {ID: "d", After: &d},
			}, "Lina", "test", "")
			return err
		})
		got, _, now, err := s.Glossary(t.Context())
		if err != nil || version != 2 || now != 2 {
			t.Fatalf("version %d, %d, %v", version, now, err)
		}
		if d := cmp.Diff([]glossary.Concept{b2, c2, d}, got); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
		before, _, err := s.GlossaryAt(t.Context(), 1)
		if d := cmp.Diff([]glossary.Concept{a, b, c}, before); d != "" || err != nil {
			t.Errorf("the version before: %v (-want +got):\n%s", err, d)
		}
		if since("b") != 1 || since("c") != 2 {
			t.Errorf("texts are to be searched again since %d for another term, since %d for another name", since("b"), since("c"))
		}
		in(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Indexed(ctx, []int64{numbers["c"]}, 1) })
		if since("c") != 2 {
			t.Error("a search under an older version counts as one")
		}
		in(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Indexed(ctx, []int64{numbers["c"]}, 2) })
		if since("c") != 0 {
			t.Error("a search is not noted")
		}
		gone, err := s.RetiredConcepts(t.Context(), []string{"a", "b"})
		if err != nil || len(gone) != 1 || gone["a"].Source != a.Source {
			t.Errorf("retired: %v, %v", gone, err)
		}
	})
}

func TestChangeSetsKeepTheirEdits(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		a, b := place("a", "ا"), place("b", "ب")
		set := edition.ChangeSet{
			Title: "t", Reason: "r", Author: "Lina", Cause: "desk", Base: 3, Status: edition.DraftSet, Effective: time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC),
			Scope: edition.Scope{Drafts: true, Locales: []string{"ar"}}, Edits: []edition.ConceptEdit{{ID: "a", Before: &a, After: &b}, {ID: "b", Before: &b}},
		}
		in(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.SaveChangeSet(ctx, &set, true) })
		got, err := s.ChangeSet(t.Context(), set.ID)
		if err != nil {
			t.Fatal(err)
		}
		set.Created = got.Created
		if d := cmp.Diff(set, got); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
		set.Status, set.Version, set.Edits = edition.AppliedSet, 4, set.Edits[:1]
		in(t, s, func(ctx context.Context, tx *store.Tx) error {
			if err := tx.SaveChangeSet(ctx, &set, true); err != nil {
				return err
			}
			got, err = tx.ChangeSet(ctx, set.ID)
			return err
		})
		if d := cmp.Diff(set, got); d != "" {
			t.Errorf("edited (-want +got):\n%s", d)
		}
		for _, c := range []struct {
			statuses []edition.ChangeSetStatus
			want     int
		}{{nil, 1}, {[]edition.ChangeSetStatus{edition.DraftSet, edition.ScheduledSet}, 0}, {[]edition.ChangeSetStatus{edition.AppliedSet}, 1}} {
			if list, err := s.ChangeSets(t.Context(), c.statuses, 5); err != nil || len(list) != c.want {
				t.Errorf("%v: %v, %v", c.statuses, list, err)
			}
		}
	})
}

// Segments come page by page by source and number, however many say the same.
func TestSegmentsOfSourcesComeInPages(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		var want []edition.Cursor
		var sources []int64
		for i := range 5 {
			_, _, segs := addRelease(t, s, fmt.Sprint("r", i), "One.", "Two.", "One.", fmt.Sprint("Own ", i))
			for _, g := range segs {
				want = append(want, edition.Cursor{Source: g.SourceID, Segment: g.ID})
				sources = append(sources, g.SourceID)
			}
		}
		slices.SortFunc(want, func(a, b edition.Cursor) int {
			if a.Source != b.Source {
				return int(a.Source - b.Source)
			}
			return int(a.Segment - b.Segment)
		})
		slices.Sort(sources)
		sources = slices.Compact(sources)
		for _, limit := range []int{1, 3, 7, 100} {
			var got []edition.Cursor
			for from := (edition.Cursor{}); ; {
				i, _ := slices.BinarySearch(sources, from.Source)
				page, err := s.SegmentsOf(t.Context(), sources[i:], from.Segment, limit)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, page...)
				if len(page) < limit {
					break
				}
				from = page[len(page)-1]
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("pages of %d (-want +got):\n%s", limit, d)
			}
		}
	})
}
