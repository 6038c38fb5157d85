package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"dragoman/glossary"
	"dragoman/internal/store"
	"dragoman/internal/store/storetest"
)

// TestANewGlossaryWaitsForWhatGoesByTheOld: a transaction that has read the
// version of the glossary holds up the next version until it has ended, and
// what it wrote is there by then.
func TestANewGlossaryWaitsForWhatGoesByTheOld(t *testing.T) {
	t.Parallel()
	where := storetest.Postgres(t)
	s, err := store.Open(t.Context(), where, store.Options{Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	saved(t, s, []glossary.Concept{place("a", "ا")})
	var at, seen int64
	var g errgroup.Group
	in(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
		if at, err = tx.GlossaryVersion(ctx); err != nil {
			return err
		}
		g.Go(func() error {
			return s.InTx(ctx, func(tx *store.Tx) (err error) {
				if seen, err = tx.SaveGlossary(ctx, []glossary.Concept{place("a", "ب")}, "Lina", "anew", ""); err != nil {
					return err
				}
				claimed, err := tx.ClaimSetting(ctx, "written by the old", "no")
				if err == nil && claimed {
					t.Error("the new version is saved before what goes by the old has ended")
				}
				return err
			})
		})
		waiting(t, where)
		_, err = tx.ClaimSetting(ctx, "written by the old", "yes")
		return err
	})
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	if at != 1 || seen != 2 {
		t.Errorf("version %d was read, %d saved", at, seen)
	}
}

// waiting waits until a transaction waits for an advisory lock.
func waiting(t *testing.T, where string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), where)
	if err != nil {
		t.Error(err)
		return
	}
	defer conn.Close(context.Background())
	for end := time.Now().Add(3 * time.Minute); time.Now().Before(end); {
		var n int
		err := conn.QueryRow(t.Context(), `SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
			AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`).Scan(&n)
		if err != nil || n > 0 {
			if err != nil {
				t.Error(err)
			}
			return
		}
	}
	t.Error("no transaction waits for the glossary")
}
