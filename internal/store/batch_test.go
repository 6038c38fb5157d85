package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dragoman/internal/edition"
	"dragoman/internal/store"
)

// TestOriginsComeBack writes origins of every shape and reads them again.
func TestOriginsComeBack(t *testing.T) {
	origins := []edition.Origin{
		{Kind: edition.FromEngine, Engine: "deepl"},
		{Kind: edition.FromEngine, Engine: "deepl", Batch: 4711},
		{Kind: edition.FromEngine, Engine: `a "quoted" name`, Batch: 3},
		{Kind: edition.FromEngine, Engine: `back\slash`},
		{Kind: edition.FromEngine, Engine: "a <name>"},
		{Kind: edition.FromEngine, Engine: "deepl", Score: 80, Batch: 5},
		{Kind: edition.FromEngine, Engine: "deepl", Entry: 12},
		{Kind: edition.FromHuman},
		{Kind: edition.FromHuman, Batch: 9},
		{Kind: edition.FromExact, Entry: 12, Score: 100, Batch: 7},
	}
	each(t, func(t *testing.T, s *store.Store) {
		_, ts := targets(t, s, len(origins), func(n int) edition.Version {
			return edition.Version{Text: "words", Origin: origins[n]}
		})
		ids := make([]int64, len(ts))
		for i := range ts {
			ids[i] = ts[i].Standing.ID
		}
		got, err := s.VersionsByID(t.Context(), ids)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range origins {
			if d := cmp.Diff(want, got[ids[i]].Origin); d != "" {
				t.Errorf("origin %d (-want +got):\n%s", i, d)
			}
		}
	})
}

// TestAffectedTargetsSince leaves out words that are older than a time, unless
// they say several segments.
func TestAffectedTargetsSince(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		segs, ts := targets(t, s, 4, func(n int) edition.Version {
			return edition.Version{Text: "words", Origin: edition.Origin{Kind: edition.FromHuman}, Created: at.Add(time.Duration(n) * time.Hour)}
		})
		ts[0].Joined = 1
		in(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.SaveTarget(ctx, ts[0]) })
		for _, c := range []struct {
			since time.Time
			want  []int64
		}{
			{time.Time{}, []int64{ts[0].ID, ts[1].ID, ts[2].ID, ts[3].ID}},
			{at.Add(2 * time.Hour), []int64{ts[0].ID, ts[2].ID, ts[3].ID}},
			{at.Add(9 * time.Hour), []int64{ts[0].ID}},
		} {
			as, err := s.AffectedTargets(t.Context(), segs, nil, c.since)
			if err != nil {
				t.Fatal(err)
			}
			var got []int64
			for _, a := range as {
				got = append(got, a.Target)
				if !a.ByPerson || a.Omitted {
					t.Errorf("target %d: by a person %v, left out %v", a.Target, a.ByPerson, a.Omitted)
				}
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("since %v (-want +got):\n%s", c.since, d)
			}
		}
	})
}

// TestEndItems writes how items ended, and drops what was proposed for them.
func TestEndItems(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		_, ts := targets(t, s, 3, func(int) edition.Version {
			return edition.Version{Text: "words", Origin: edition.Origin{Kind: edition.FromHuman}}
		})
		var items []edition.Item
		pr := &edition.Proposal{Target: ts[0].ID, Base: ts[0].Standing.ID, Text: "others", Cause: edition.ByBatch, Status: edition.Waiting}
		in(t, s, func(ctx context.Context, tx *store.Tx) error {
			for _, g := range ts {
				items = append(items, edition.Item{Batch: 7, Target: g.ID, Group: 1, Class: edition.ClassPerson, Action: edition.ActPropose, Status: edition.ItemWaiting})
			}
			if err := tx.AddProposals(ctx, []*edition.Proposal{pr}); err != nil {
				return err
			}
			items[1].Trouble = edition.Trouble{Reason: edition.TroubleRefused, Where: "mt", Detail: "HTTP 400"}
			return tx.SaveItems(ctx, items)
		})
		items[0].Status, items[0].By = edition.ItemUndone, "Lina"
		items[1].Status, items[1].By = edition.ItemMoved, "Lina"
		in(t, s, func(ctx context.Context, tx *store.Tx) error {
			if err := tx.EndItems(ctx, 7, items[:2]); err != nil {
				return err
			}
			return tx.DropProposals(ctx, []int64{pr.ID}, "Lina")
		})
		in(t, s, func(ctx context.Context, tx *store.Tx) error {
			got, err := tx.ItemsOf(ctx, 7, []int64{ts[0].ID, ts[1].ID, ts[2].ID})
			for i := range got {
				if got[i].Status != items[i].Status || got[i].By != items[i].By || got[i].Trouble != items[i].Trouble {
					t.Errorf("item %d is %s by %q (%v), wanted %s by %q (%v)", i, got[i].Status, got[i].By, got[i].Trouble, items[i].Status, items[i].By, items[i].Trouble)
				}
			}
			if len(got) != 3 {
				t.Errorf("%d items", len(got))
			}
			open, perr := tx.ProposalsOfAll(ctx, []int64{ts[0].ID})
			if perr != nil || len(open) > 0 {
				t.Errorf("open proposals %v, %v", open, perr)
			}
			return err
		})
	})
}

// targets saves a release of n segments with one edition, whose versions make
// gives.
func targets(t *testing.T, s *store.Store, n int, version func(n int) edition.Version) (segs []int64, ts []*edition.Target) {
	t.Helper()
	texts := make([]string, n)
	for i := range texts {
		texts[i] = "Sentence " + string(rune('a'+i)) + "."
	}
	rel, rev, segments := addRelease(t, s, "one", texts...)
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		es := []edition.Edition{{Release: rel.ID, Locale: "ar", State: edition.InReview, Revision: rev.ID}}
		if err := tx.AddEditions(ctx, es); err != nil {
			return err
		}
		for i := range segments {
			segs = append(segs, segments[i].ID)
			ts = append(ts, &edition.Target{Edition: es[0].ID, Segment: segments[i].ID, Position: i, State: edition.Translated, Standing: version(i)})
		}
		return tx.AddTargets(ctx, ts)
	})
	return segs, ts
}
