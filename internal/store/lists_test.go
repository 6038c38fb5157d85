package store_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"dragoman/content"
	"dragoman/internal/edition"
	"dragoman/internal/store"
)

// queueHouse has three releases in Arabic and French, in review.
func queueHouse(t *testing.T, s *store.Store) (es []edition.Edition) {
	t.Helper()
	for _, key := range []string{"a", "b", "c"} {
		rel, _, _ := addRelease(t, s, key, "One.")
		in(t, s, func(ctx context.Context, tx *store.Tx) error {
			both := []edition.Edition{{Release: rel.ID, Locale: "ar", State: edition.InReview}, {Release: rel.ID, Locale: "fr", State: edition.InReview}}
			err := tx.AddEditions(ctx, both)
			es = append(es, both...)
			return err
		})
	}
	return es
}

// queued are the numbers of the editions that a filter gives.
func queued(t *testing.T, s *store.Store, f edition.Filter) (ids []int64) {
	t.Helper()
	lines, total, err := s.Queue(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	if f.Limit == 0 && total != len(lines) {
		t.Errorf("%+v: %d lines, %d in all", f, len(lines), total)
	}
	for _, l := range lines {
		ids = append(ids, l.ID)
	}
	return ids
}

func TestTheQueueIsInTheOrderOfTurns(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		es := queueHouse(t, s)
		soon := es[4]
		soon.Due = es[0].Updated.Add(time.Hour)
		embargoed := es[3]
		embargoed.Embargo = es[0].Updated.Add(2 * time.Hour)
		approved := es[0]
		approved.State = edition.Approved
		in(t, s, func(ctx context.Context, tx *store.Tx) error {
			for _, e := range []*edition.Edition{&soon, &embargoed, &approved} {
				if err := tx.SaveEdition(ctx, e); err != nil {
					return err
				}
			}
			return nil
		})
		work := []edition.State{edition.InReview, edition.Approved}
		if got, want := queued(t, s, edition.Filter{States: work}), []int64{soon.ID, embargoed.ID, es[1].ID, es[2].ID, es[5].ID, approved.ID}; !slices.Equal(got, want) {
			t.Errorf("the order is %v, want %v", got, want)
		}
		if got, want := queued(t, s, edition.Filter{States: work, Limit: 2, Offset: 3}), []int64{es[2].ID, es[5].ID}; !slices.Equal(got, want) {
			t.Errorf("the second page is %v, want %v", got, want)
		}
		if got, want := queued(t, s, edition.Filter{Newest: true, Limit: 1}), []int64{approved.ID}; !slices.Equal(got, want) {
			t.Errorf("what changed last is %v, want %v", got, want)
		}
		for name, c := range map[string]struct {
			filter edition.Filter
			want   int
		}{
			"locale":    {edition.Filter{Locales: []string{"fr"}}, 3},
			"due":       {edition.Filter{DueBefore: soon.Due.Add(time.Second)}, 1},
			"not due":   {edition.Filter{DueBefore: soon.Due}, 0},
			"embargoed": {edition.Filter{Embargoed: es[0].Updated}, 1},
			"since":     {edition.Filter{Since: es[0].Updated}, 0},
			"nobody's":  {edition.Filter{Unassigned: true}, 6},
			"clean":     {edition.Filter{Clean: true}, 6},
			"proposals": {edition.Filter{Proposals: true}, 0},
			"batch":     {edition.Filter{Batch: 7}, 0},
		} {
			if got := queued(t, s, c.filter); len(got) != c.want {
				t.Errorf("%s: %v, want %d of them", name, got, c.want)
			}
		}
		counts, err := s.CountEditions(t.Context())
		if err != nil || counts["ar"][edition.InReview] != 2 || counts["ar"][edition.Approved] != 1 || counts["fr"][edition.InReview] != 3 {
			t.Errorf("counts: %v, %v", counts, err)
		}
	})
}

// Who has approved an edition sees it counted at once, though the counts are
// kept for a while.
func TestCountsFollowAChangeOfState(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		e := queueHouse(t, s)[0]
		for _, state := range []edition.State{edition.InReview, edition.Approved, edition.Published, edition.Withdrawn} {
			e.State = state
			in(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.SaveEdition(ctx, &e) })
			counts, err := s.CountEditions(t.Context())
			want := 1
			if state == edition.InReview {
				want = 3
			}
			if err != nil || counts["ar"][state] != want {
				t.Errorf("after a change to %s: %v, %v", state, counts, err)
			}
		}
	})
}

func TestARemovedReleaseIsInNoList(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		es := queueHouse(t, s)
		rel, err := s.Release(t.Context(), es[0].Release)
		if err != nil {
			t.Fatal(err)
		}
		for _, removed := range []time.Time{es[0].Updated, {}} {
			rel.Removed = removed
			in(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.SaveRelease(ctx, &rel) })
			want := 6
			if !removed.IsZero() {
				want = 4
			}
			counts, err := s.CountEditions(t.Context())
			if got := queued(t, s, edition.Filter{}); len(got) != want || counts["ar"][edition.InReview] != want/2 || err != nil {
				t.Errorf("removed %v: %v, %v, %v", removed, got, counts, err)
			}
			if got := queued(t, s, edition.Filter{Removed: true}); len(got) != 6 {
				t.Errorf("removed %v: %v with the removed ones", removed, got)
			}
		}
	})
}

// A title is found in the edition's language however it is written, and by
// its newest words.
func TestTitlesAreFoundInTheirLanguage(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		rel, rev, _ := addRelease(t, s, "a")
		seg := edition.Segment{Position: 0, Kind: content.KindTitle, Source: "Attack on Saraqib", Exact: content.ExactHash("x"), Norm: content.NormalisedHash("x")}
		es := []edition.Edition{{Release: rel.ID, Locale: "ar", State: edition.InReview, Revision: rev.ID}}
		tg := &edition.Target{State: edition.Translated, Standing: edition.Version{Text: "هجومٌ على ⟦1⟧سرقب⟦/1⟧"}}
		in(t, s, func(ctx context.Context, tx *store.Tx) error {
			segs := []edition.Segment{seg}
			err := tx.SaveSegments(ctx, rev.ID, 1, []edition.Unit{{Kind: content.KindTitle}}, segs, edition.Finder{Find: func(string) []edition.Occurrence { return nil }})
			if err != nil {
				return err
			}
			if err := tx.AddEditions(ctx, es); err != nil {
				return err
			}
			tg.Edition, tg.Segment = es[0].ID, segs[0].ID
			if err := tx.AddTargets(ctx, []*edition.Target{tg}); err != nil {
				return err
			}
			return tx.SaveCounts(ctx, es[0].ID, edition.Counts{Segments: 1}, tg)
		})
		finds := func(words string, want int) {
			t.Helper()
			if got := queued(t, s, edition.Filter{Search: words}); len(got) != want {
				t.Errorf("%q finds %v, want %d", words, got, want)
			}
		}
		finds("هجوم على سرقب", 1)
		finds("سراقب", 0)
		in(t, s, func(ctx context.Context, tx *store.Tx) error {
			v := &edition.Version{Target: tg.ID, Parent: tg.Standing.ID, Text: "هجوم على ⟦1⟧سراقب⟦/1⟧"}
			if err := tx.AddVersions(ctx, []*edition.Version{v}); err != nil {
				return err
			}
			_, err := tx.Restand(ctx, []store.Restand{{Target: tg.ID, From: tg.Standing.ID, To: v.ID}})
			return err
		})
		finds("سَراقِب", 1)
		finds("سرقب", 0)
		if lines, _, err := s.Queue(t.Context(), edition.Filter{}); err != nil || lines[0].TargetTitle != "هجوم على ⟦1⟧سراقب⟦/1⟧" {
			t.Errorf("the title shown is %+v, %v", lines, err)
		}
	})
}

// TestASearchGivesTheSamePages: whether it finds few or many, a search gives
// the lines and the count that the same filter gives without it.
func TestASearchGivesTheSamePages(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		for key, n := range map[string]int{"few": 6, "many": 2100} {
			rel, _, _ := addRelease(t, s, key, "One.")
			es := make([]edition.Edition, n)
			for i := range es {
				es[i] = edition.Edition{Release: rel.ID, Locale: fmt.Sprintf("l%04d", i), State: []edition.State{edition.InReview, edition.Published, edition.Failed}[i%3]}
			}
			in(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.AddEditions(ctx, es) })
			for _, f := range []edition.Filter{
				{},
				{Limit: 4},
				{Limit: 4, Offset: 3, Newest: true},
				{Limit: 4, Offset: 1, ByLocale: true, Locales: []string{"l0001", "l0003", "l0004"}},
				{Limit: 4, States: []edition.State{edition.Published, edition.Failed}},
				{Limit: 4, Offset: 1 << 20},
				{Errors: true},
			} {
				f.Release = rel.ID
				want, all, err := s.Queue(t.Context(), f)
				if err != nil {
					t.Fatal(err)
				}
				f.Search, f.Release = key, 0
				got, found, err := s.Queue(t.Context(), f)
				if err != nil || found != all || !reflect.DeepEqual(got, want) {
					t.Errorf("%+v: %d lines of %d, want %d of %d, %v", f, len(got), found, len(want), all, err)
				}
			}
		}
	})
}
