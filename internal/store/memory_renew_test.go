package store_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dragoman/content"
	"dragoman/internal/edition"
	"dragoman/internal/store"
	"dragoman/internal/store/storetest"
)

// TestEntriesAreRenewedSetAsideAndRestored holds what a change of the
// glossary does to entries, that it does it once, and that followers see it.
func TestEntriesAreRenewedSetAsideAndRestored(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		ms := []edition.MemoryEntry{
			{Locale: "ar", Source: "One.", Target: "قديم.", Prev: content.NormalisedHash("Zero."), Origin: "desk", TargetID: 7, Approver: "Lina", Release: 3, Edition: 4, Engine: "google", Glossary: 1, Confidential: true, Created: time.Unix(1_520_000_000, 0).UTC()},
			{Locale: "ar", Source: "Two.", Target: "اثنان.", Origin: "import"},
		}
		in(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Remember(ctx, ms) })
		f := follow(t, s)
		var fresh int64
		in(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			fresh, err = tx.RenewMemory(ctx, ms[0].ID, "جديد.", 2, "Omar", "batch 5")
			return err
		})
		f.look()
		got, err := s.MemoryEntries(t.Context(), []int64{fresh})
		want := ms[0]
		want.ID, want.Target, want.Glossary = fresh, "جديد.", 2
		if len(got) == 1 {
			want.Created = got[0].Created
		}
		if d := cmp.Diff([]edition.MemoryEntry{want}, got); err != nil || d != "" {
			t.Errorf("renewed: %v\n%s", err, d)
		}
		in(t, s, func(ctx context.Context, tx *store.Tx) error {
			again, err := tx.RenewMemory(ctx, ms[0].ID, "جديد.", 2, "Omar", "batch 5")
			if again != 0 {
				t.Errorf("renewed twice, as %d", again)
			}
			return err
		})
		for _, act := range []struct {
			name string
			do   func(tx *store.Tx) func(context.Context, int64, string, string) (bool, error)
			want bool
		}{
			{"aside", func(tx *store.Tx) func(context.Context, int64, string, string) (bool, error) {
				return tx.SetMemoryAside
			}, true},
			{"aside again", func(tx *store.Tx) func(context.Context, int64, string, string) (bool, error) {
				return tx.SetMemoryAside
			}, false},
			{"back", func(tx *store.Tx) func(context.Context, int64, string, string) (bool, error) { return tx.RestoreMemory }, true},
			{"back again", func(tx *store.Tx) func(context.Context, int64, string, string) (bool, error) { return tx.RestoreMemory }, false},
		} {
			in(t, s, func(ctx context.Context, tx *store.Tx) error {
				done, err := act.do(tx)(ctx, ms[1].ID, "Omar", "batch 5")
				if done != act.want {
					t.Errorf("%s: %v", act.name, done)
				}
				return err
			})
			f.look()
		}
		if acts, err := s.Acts(t.Context(), "memory", ms[1].ID, 10); err != nil || len(acts) != 2 {
			t.Errorf("audit: %+v, %v", acts, err)
		}
		page, err := s.MemoryAfter(t.Context(), ms[0].ID, 10)
		if err != nil || len(page) != 2 || page[0].ID != ms[1].ID || page[1].ID != fresh {
			t.Errorf("after the first: %+v, %v", page, err)
		}
		page, err = s.MemoryOfRelease(t.Context(), 3, 0, 10)
		if err != nil || len(page) != 1 || page[0].ID != fresh {
			t.Errorf("of the release: %+v, %v", page, err)
		}
	})
}

// TestTheMemoryLogIsTrimmed: what is a day old goes; whoever has looked
// meanwhile loses nothing by it, late commits included, and whoever has not
// is told to begin again.
func TestTheMemoryLogIsTrimmed(t *testing.T) {
	t.Parallel()
	for name, where := range map[string]func(testing.TB) string{
		"sqlite":   func(t testing.TB) string { return filepath.Join(t.TempDir(), "d.db") },
		"postgres": storetest.Postgres,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := time.Unix(1_520_000_000, 0).UTC()
			url := where(t)
			open := func() *store.Store {
				s, err := store.Open(t.Context(), url, store.Options{Unsafe: true, Now: func() time.Time { return at }})
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { s.Close() })
				return s
			}
			s := open()
			trim := func() {
				in(t, s, func(ctx context.Context, tx *store.Tx) error {
					more, err := tx.TrimMemoryLog(ctx)
					if more {
						t.Error("a few rows are too many for one go")
					}
					return err
				})
			}
			awake, asleep := follow(t, open()), follow(t, open())
			in(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Remember(ctx, pairOf(1, "واحد.")) })
			trim()
			awake.look()
			asleep.look() // nothing was old enough
			in(t, s, func(ctx context.Context, tx *store.Tx) error {
				if err := tx.Remember(ctx, pairOf(2, "متأخر.")); err != nil { // stamped now, there in ten minutes
					return err
				}
				at = at.Add(10 * time.Minute)
				awake.look()
				return nil
			})
			at = at.Add(4 * time.Minute)
			awake.look()
			if awake.took != 1 {
				t.Errorf("the late commit gave %d changes", awake.took)
			}
			at = at.Add(24 * time.Hour)
			in(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Remember(ctx, pairOf(3, "جديد.")) })
			awake.look()
			trim()
			awake.look()
			if awake.took != 0 {
				t.Errorf("a trim gave %d changes", awake.took)
			}
			if err := s.MemoryChanges(t.Context(), &asleep.mark, asleep.take); !errors.Is(err, edition.ErrBehind) {
				t.Errorf("who slept for a day is told %v", err)
			}
			follow(t, s).look() // who begins now is not behind
		})
	}
}
