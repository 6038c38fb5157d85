package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dragoman/content"
	"dragoman/internal/edition"
	"dragoman/internal/store"
	"dragoman/internal/store/storetest"
)

// follower holds the memory as a process that follows the log has it.
type follower struct {
	t    *testing.T
	s    *store.Store
	mark edition.MemoryMark
	have map[int64]string
	took int // entries taken by the last look
}

func follow(t *testing.T, s *store.Store) *follower {
	t.Helper()
	f := &follower{t: t, s: s, have: map[int64]string{}}
	var err error
	if f.mark, err = s.EachMemory(t.Context(), f.take); err != nil {
		t.Fatal(err)
	}
	f.took = 0
	return f
}

func (f *follower) take(ms []edition.MemoryEntry) error {
	for _, m := range ms {
		f.took++
		if m.Removed {
			delete(f.have, m.ID)
		} else {
			f.have[m.ID] = m.Target
		}
	}
	return nil
}

// look follows the log and compares with what the database has.
func (f *follower) look() {
	f.t.Helper()
	f.took = 0
	if err := f.s.MemoryChanges(f.t.Context(), &f.mark, f.take); err != nil {
		f.t.Fatal(err)
	}
	want := map[int64]string{}
	if _, err := f.s.EachMemory(f.t.Context(), func(ms []edition.MemoryEntry) error {
		for _, m := range ms {
			want[m.ID] = m.Target
		}
		return nil
	}); err != nil {
		f.t.Fatal(err)
	}
	if d := cmp.Diff(want, f.have); d != "" {
		f.t.Errorf("the follower differs from the database (-database +follower):\n%s", d)
	}
}

func pairOf(target int64, text string) []edition.MemoryEntry {
	return []edition.MemoryEntry{{Locale: "ar", Source: "One.", Target: text, Origin: "desk", TargetID: target}}
}

func TestMemoryFollowsChanges(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		remember := func(ms []edition.MemoryEntry) {
			in(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Remember(ctx, ms) })
		}
		remember(pairOf(7, "واحد."))
		f := follow(t, s)
		if len(f.have) != 1 {
			t.Fatalf("the start holds %v", f.have)
		}
		remember(pairOf(7, "واحدة."))
		f.look()
		many := make([]edition.MemoryEntry, 5000)
		for i := range many {
			many[i] = edition.MemoryEntry{Locale: "ar", Source: fmt.Sprintf("Sentence %d.", i), Target: "جملة.", Origin: "import"}
		}
		remember(many)
		f.look()
		if f.took < 5000 {
			t.Errorf("an import of 5000 gave %d changes", f.took)
		}
		f.look()
		if f.took != 0 {
			t.Errorf("nothing changed, and %d entries came again", f.took)
		}
		in(t, s, func(ctx context.Context, tx *store.Tx) error {
			if err := tx.ForgetEntry(ctx, many[17].ID); err != nil {
				return err
			}
			return tx.ForgetTarget(ctx, 7)
		})
		f.look()
		if f.took != 2 {
			t.Errorf("two deletions gave %d changes", f.took)
		}
		n, err := s.MemoryCounts(t.Context())
		if want := []edition.MemoryCount{{Locale: "ar", Origin: "import", Pairs: 4999}}; err != nil || !cmp.Equal(n, want) {
			t.Fatalf("counts: %v, %v", n, err)
		}
	})
}

// TestMemoryFollowsLateCommits has a transaction that logs an addition and a
// deletion, and commits only after others were committed and read.
func TestMemoryFollowsLateCommits(t *testing.T) {
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
			in(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Remember(ctx, pairOf(1, "قديم.")) })
			f := follow(t, open()) // another process
			in(t, s, func(ctx context.Context, tx *store.Tx) error {
				if err := tx.Remember(ctx, pairOf(2, "متأخر.")); err != nil {
					return err
				}
				if err := tx.ForgetTarget(ctx, 1); err != nil {
					return err
				}
				at = at.Add(5 * time.Minute)
				if name == "postgres" { // SQLite has one writer at a time
					in(t, f.s, func(ctx context.Context, tx *store.Tx) error { return tx.Remember(ctx, pairOf(3, "سريع.")) })
				}
				f.look()
				at = at.Add(5 * time.Minute)
				f.look()
				return nil
			})
			f.look()
			if f.took != 2 {
				t.Errorf("the late commit gave %d changes, not an addition and a deletion", f.took)
			}
			at = at.Add(time.Hour)
			f.look()
			if f.took != 0 || len(f.mark.Seen) != 0 {
				t.Errorf("an hour later %d changes came again; %d rows of the log are kept", f.took, len(f.mark.Seen))
			}
		})
	}
}

func TestMemoryFollowsAgainAfterAnError(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		f := follow(t, s)
		in(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Remember(ctx, pairOf(1, "واحد.")) })
		broken := errors.New("no room")
		if err := s.MemoryChanges(t.Context(), &f.mark, func([]edition.MemoryEntry) error { return broken }); !errors.Is(err, broken) {
			t.Fatalf("got %v", err)
		}
		f.look()
	})
}

func TestMemoryKnowsWhereEntriesComeFrom(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		m := edition.MemoryEntry{
			Locale: "ar", Source: "One.", Target: "واحد.", Prev: content.NormalisedHash("Zero."), Origin: "desk", TargetID: 7, Approver: "Lina",
			Release: 3, Edition: 4, Engine: "google", Glossary: 5, Confidential: true, Created: time.Unix(1_520_000_000, 0).UTC(),
		}
		ms := []edition.MemoryEntry{m, {Locale: "fr", Source: "One.", Target: "Un.", Origin: "import"}, {Locale: "ar", Source: "Two.", Target: "اثنان.", Origin: "import"}}
		in(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Remember(ctx, ms) })
		m.ID = ms[0].ID
		got, err := s.MemoryEntries(t.Context(), []int64{ms[0].ID, 1 << 40})
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff([]edition.MemoryEntry{m}, got); d != "" {
			t.Errorf("entry (-want +got):\n%s", d)
		}
		got, err = s.MemoryExact(t.Context(), "One.")
		if err != nil || len(got) != 2 || got[0].Target != "واحد." || got[1].Target != "Un." {
			t.Errorf("by the exact text: %+v, %v", got, err)
		}
		if got, err = s.MemoryExact(t.Context(), "Three."); err != nil || len(got) != 0 {
			t.Errorf("of an unknown text: %+v, %v", got, err)
		}
	})
}

// TestCorrectedPairs holds which entries an approval sets aside.
func TestCorrectedPairs(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		const source, old, fresh = "One.", "قديم.", "جديد."
		rel, rev, segs := addRelease(t, s, "a", source, source)
		es := []edition.Edition{{Release: rel.ID, Locale: "ar", State: edition.Drafting, Revision: rev.ID}}
		given := []edition.MemoryEntry{
			{Locale: "ar", Source: source, Target: old, Origin: "import"},                 // what the edition was given
			{Locale: "ar", Source: source, Target: "سواه.", Origin: "desk", TargetID: 99}, // another release's
			{Locale: "fr", Source: source, Target: "Ancien.", Origin: "import"},
			{Locale: "ar", Source: "Two.", Target: old, Origin: "import"},
		}
		target := func(entry int64, segment int) *edition.Target {
			tg := &edition.Target{Position: segment, State: edition.Translated, Edition: es[0].ID, Segment: segs[segment].ID}
			tg.Standing = edition.Version{Text: old, Source: segs[segment].Exact, Origin: edition.Origin{Kind: edition.FromExact, Entry: entry}}
			return tg
		}
		var ts []*edition.Target
		in(t, s, func(ctx context.Context, tx *store.Tx) error {
			if err := tx.Remember(ctx, given); err != nil {
				return err
			}
			if err := tx.AddEditions(ctx, es); err != nil {
				return err
			}
			ts = []*edition.Target{target(given[0].ID, 0), target(given[0].ID, 1)}
			return tx.AddTargets(ctx, ts)
		})
		approve := func(texts ...string) (left []string) {
			var ms []edition.MemoryEntry
			for i, text := range texts {
				ms = append(ms, edition.MemoryEntry{Locale: "ar", Source: source, Target: text, Origin: "desk", TargetID: ts[i].ID, Edition: es[0].ID, Approver: "Lina"})
			}
			in(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Remember(ctx, ms) })
			have, err := s.MemoryExact(t.Context(), source)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range have {
				left = append(left, m.Locale+" "+m.Target)
			}
			return left
		}
		for _, c := range []struct{ name, first, second, want string }{
			{"taken as it was given", old, old, "[ar قديم. ar سواه. fr Ancien. ar قديم. ar قديم.]"},
			{"one place keeps it", old, fresh, "[ar قديم. ar سواه. fr Ancien. ar قديم. ar جديد.]"},
			{"corrected", fresh, fresh, "[ar سواه. fr Ancien. ar جديد. ar جديد.]"},
		} {
			if got := fmt.Sprint(approve(c.first, c.second)); got != c.want {
				t.Errorf("%s: the memory has %s, want %s", c.name, got, c.want)
			}
		}
		acts, err := s.Acts(t.Context(), "memory", given[0].ID, 10)
		if err != nil || len(acts) != 1 || acts[0].Who != "Lina" || acts[0].What != "correct" {
			t.Errorf("audit: %+v, %v", acts, err)
		}
		if got := fmt.Sprint(approve("أحدث.")); got != "[ar سواه. fr Ancien. ar أحدث.]" { // the second segment is gone in a new revision
			t.Errorf("a former revision's words stay: %s", got)
		}
	})
}
