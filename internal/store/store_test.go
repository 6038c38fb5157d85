package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dragoman/content"
	"dragoman/glossary"
	"dragoman/internal/edition"
	"dragoman/internal/store"
	"dragoman/internal/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// everywhere runs a test with the address of an empty database of each kind.
func everywhere(t *testing.T, f func(t *testing.T, where string)) {
	t.Parallel()
	for name, where := range map[string]func(testing.TB) string{
		"sqlite":   func(t testing.TB) string { return filepath.Join(t.TempDir(), "d.db") },
		"postgres": storetest.Postgres,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(t, where(t))
		})
	}
}

// each runs a test of the port on every database: the conformance suite.
func each(t *testing.T, f func(t *testing.T, s *store.Store)) {
	everywhere(t, func(t *testing.T, where string) {
		s, err := store.Open(t.Context(), where, store.Options{Unsafe: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		f(t, s)
	})
}

func in(t *testing.T, s *store.Store, f func(ctx context.Context, tx *store.Tx) error) {
	t.Helper()
	if err := s.InTx(t.Context(), func(tx *store.Tx) error { return f(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

// addRelease saves a release of one revision with these sentences.
func addRelease(t *testing.T, s *store.Store, key string, texts ...string) (edition.Release, edition.Revision, []edition.Segment) {
	t.Helper()
	rel := edition.Release{Key: key, Slug: key, Title: key}
	var rev edition.Revision
	var segs []edition.Segment
	for i, text := range texts {
		segs = append(segs, edition.Segment{Position: i, Unit: i, Kind: content.KindParagraph, Source: text, Exact: content.ExactHash(text), Norm: content.NormalisedHash(text)})
	}
	var units []edition.Unit
	for i := range segs {
		units = append(units, edition.Unit{Position: i, Kind: content.KindParagraph})
	}
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.SaveRelease(ctx, &rel); err != nil {
			return err
		}
		rev = edition.Revision{Release: rel.ID, Hash: content.ExactHash(key), Format: content.FormatText, Path: key, Bytes: []byte(key)}
		if err := tx.AddRevision(ctx, &rev); err != nil {
			return err
		}
		rel.Revision = rev.ID
		if err := tx.SaveRelease(ctx, &rel); err != nil {
			return err
		}
		return tx.SaveSegments(ctx, rev.ID, 1, units, segs, edition.Finder{Version: 1, Find: func(string) []edition.Occurrence {
			return []edition.Occurrence{{Concept: 1, Start: 0, End: 3}}
		}})
	})
	return rel, rev, segs
}

func TestSegmentsShareTheirTexts(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		_, rev1, segs1 := addRelease(t, s, "a", "One.", "Two.", "One.")
		_, rev2, segs2 := addRelease(t, s, "b", "Two.", "Three.")
		if segs1[0].SourceID != segs1[2].SourceID || segs1[1].SourceID != segs2[0].SourceID {
			t.Errorf("equal texts are stored more than once: %v %v", segs1, segs2)
		}
		for _, want := range []struct {
			rev  int64
			segs []edition.Segment
		}{{rev1.ID, segs1}, {rev2.ID, segs2}} {
			got, err := s.Segments(t.Context(), want.rev)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want.segs, got); d != "" {
				t.Errorf("segments (-want +got):\n%s", d)
			}
		}
	})
}

func TestManyRowsInOneSave(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		var texts []string
		for i := range 1500 {
			texts = append(texts, fmt.Sprintf("Sentence %d.", i))
		}
		_, rev, _ := addRelease(t, s, "long", texts...)
		got, err := s.Segments(t.Context(), rev.ID)
		if err != nil || len(got) != len(texts) {
			t.Fatalf("got %d segments, %v", len(got), err)
		}
		for i := range got {
			if got[i].Source != texts[i] {
				t.Fatalf("segment %d is %q", i, got[i].Source)
			}
		}
	})
}

func TestTargetsKeepTheirHistory(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		rel, rev, segs := addRelease(t, s, "a", "One.")
		es := []edition.Edition{{Release: rel.ID, Locale: "ar", State: edition.Drafting}}
		tg := &edition.Target{Position: 0, State: edition.Translated, Warnings: 1}
		tg.Standing = edition.Version{Text: "واحد.", Source: segs[0].Exact, Origin: edition.Origin{Kind: edition.FromFuzzy, Score: 80},
			Findings: []edition.Finding{{Rule: "numbers.missing", Severity: edition.Warning, Args: map[string]string{"Number": "1"}}}}
		in(t, s, func(ctx context.Context, tx *store.Tx) error {
			if err := tx.AddEditions(ctx, es); err != nil {
				return err
			}
			tg.Edition, tg.Segment = es[0].ID, segs[0].ID
			es[0].Revision = rev.ID
			if err := tx.AddTargets(ctx, []*edition.Target{tg}); err != nil {
				return err
			}
			return tx.SaveEdition(ctx, &es[0])
		})
		first := tg.Standing
		in(t, s, func(ctx context.Context, tx *store.Tx) error {
			v := &edition.Version{Target: tg.ID, Parent: first.ID, Text: "واحد!", Author: "Lina", Source: segs[0].Exact, Origin: edition.Origin{Kind: edition.FromHuman}}
			if err := tx.AddVersions(ctx, []*edition.Version{v}); err != nil {
				return err
			}
			tg.Stand(*v)
			if err := tx.SaveTarget(ctx, tg); err != nil {
				return err
			}
			return tx.Recount(ctx, es[0].ID)
		})
		vs, err := s.History(t.Context(), tg.ID)
		if err != nil || len(vs) != 2 || vs[0].Text != "واحد." || vs[1].Author != "Lina" || vs[1].Parent != vs[0].ID {
			t.Fatalf("history: %v, %v", vs, err)
		}
		ts, err := s.Targets(t.Context(), es[0].ID)
		if err != nil || len(ts) != 1 || ts[0].Standing.Text != "واحد!" || ts[0].Warnings != 0 {
			t.Fatalf("targets: %+v, %v", ts, err)
		}
		e, err := s.Edition(t.Context(), es[0].ID)
		if err != nil || e.Counts.Human != 1 || e.Counts.Segments != 1 {
			t.Fatalf("edition: %+v, %v", e, err)
		}
	})
}

func TestGlossaryVersionsKeepWhatDiffers(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		a := glossary.Concept{ID: "loc.a", Kind: glossary.LOC, Source: "A", Targets: map[string]glossary.Terms{"ar": {Preferred: []glossary.Term{{Text: "ا"}}}}}
		b := glossary.Concept{ID: "loc.b", Kind: glossary.LOC, Source: "B"}
		save := func(cs ...glossary.Concept) (n int64) {
			in(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
				n, err = tx.SaveGlossary(ctx, cs, "Lina", "why", "")
				return err
			})
			return n
		}
		if n := save(a, b); n != 1 {
			t.Errorf("first version is %d", n)
		}
		if n := save(a, b); n != 1 {
			t.Errorf("an equal glossary made version %d", n)
		}
		a.Source = "AA"
		if n := save(a); n != 2 {
			t.Errorf("a changed glossary made version %d", n)
		}
		cs, ids, v, err := s.Glossary(t.Context())
		if err != nil || v != 2 || len(cs) != 1 || len(ids) != 1 {
			t.Fatalf("%v %v %d %v", cs, ids, v, err)
		}
		if d := cmp.Diff(a, cs[0]); d != "" {
			t.Error(d)
		}
	})
}

func TestJobsComeWithTheirTransaction(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		job := edition.Job{Kind: "draft", Subject: 3, Urgency: edition.Today}
		refused := errors.New("no")
		err := s.InTx(t.Context(), func(tx *store.Tx) error {
			return errors.Join(tx.Enqueue(t.Context(), job), refused)
		})
		if !errors.Is(err, refused) {
			t.Fatal(err)
		}
		if n, err := s.Pending(t.Context()); n != 0 || err != nil {
			t.Fatalf("a job of a transaction that was rolled back waits: %d, %v", n, err)
		}
		in(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Enqueue(ctx, job, job) })
		if n, err := s.Pending(t.Context()); n != 1 || err != nil {
			t.Fatalf("%d jobs wait, %v; want 1, since equal ones are one", n, err)
		}
		done := make(chan edition.Job, 1)
		var tries atomic.Int32
		err = s.Work(t.Context(), func(_ context.Context, j edition.Job) error {
			if tries.Add(1) == 1 {
				return errors.New("try again")
			}
			done <- j
			return nil
		}, store.Slots{edition.Today: 1})
		if err != nil {
			t.Fatal(err)
		}
		select {
		case j := <-done:
			if j.Subject != 3 || j.Attempt != 2 || j.Urgency != edition.Today {
				t.Errorf("job %+v", j)
			}
		case <-time.After(3 * time.Minute):
			t.Fatal("the job was not tried again")
		}
		if err := s.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestNumbersAreNotGivenTwiceAfterARollback(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		refused := errors.New("no")
		_ = s.InTx(t.Context(), func(tx *store.Tx) error {
			rel := edition.Release{Key: "x", Slug: "x"}
			return errors.Join(tx.SaveRelease(t.Context(), &rel), refused)
		})
		seen := map[int64]bool{}
		for i := range 3 {
			rel, rev, segs := addRelease(t, s, fmt.Sprint("r", i), fmt.Sprintf("Text %d.", i))
			for _, id := range []int64{rel.ID, rev.ID, segs[0].ID} {
				if seen[id] {
					t.Fatalf("number %d was given twice", id)
				}
				seen[id] = true
			}
		}
	})
}

func TestSignInLinkWorksOnce(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		p := edition.Person{Name: "Lina", Role: "reviewer", Locales: []string{"ar", "fr"}}
		in(t, s, func(ctx context.Context, tx *store.Tx) error {
			if err := tx.SavePerson(ctx, &p, "admin"); err != nil {
				return err
			}
			if err := tx.AddSignInLink(ctx, "late", p.ID, time.Now().Add(-time.Minute)); err != nil {
				return err
			}
			return tx.AddSignInLink(ctx, "token", p.ID, time.Now().Add(time.Minute))
		})
		use := func(token string) (who edition.Person, err error) {
			err = s.InTx(t.Context(), func(tx *store.Tx) error { who, err = tx.UseSignInLink(t.Context(), token); return err })
			return who, err
		}
		who, err := use("token")
		if err != nil || cmp.Diff(p, who) != "" {
			t.Fatalf("%v, %v", who, err)
		}
		for _, token := range []string{"token", "late", "unknown"} {
			if _, err := use(token); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("link %q: %v", token, err)
			}
		}
	})
}

func TestSlugsAreUniqueAmongWhatIsThere(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		rel, _, _ := addRelease(t, s, "a", "One.")
		in(t, s, func(ctx context.Context, tx *store.Tx) error {
			if owner, err := tx.SlugOwner(ctx, "a"); err != nil || owner.Key != "a" {
				return fmt.Errorf("owner %q, %w", owner.Key, err)
			}
			rel.Removed = time.Now()
			if err := tx.SaveRelease(ctx, &rel); err != nil {
				return err
			}
			again := edition.Release{Key: "b", Slug: "a"}
			return tx.SaveRelease(ctx, &again)
		})
	})
}

func TestOnlyOneProcessWorksOnAFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "d.db")
	open := func() *store.Store {
		s, err := store.Open(t.Context(), path, store.Options{Unsafe: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		return s
	}
	a, b := open(), open()
	idle := func(context.Context, edition.Job) error { return nil }
	if err := a.Work(t.Context(), idle, store.DefaultSlots()); err != nil {
		t.Fatal(err)
	}
	if err := b.Work(t.Context(), idle, store.DefaultSlots()); !errors.Is(err, store.ErrLocked) {
		t.Fatalf("a second process may work: %v", err)
	}
	if err := a.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := b.Work(t.Context(), idle, store.DefaultSlots()); err != nil {
		t.Fatalf("the lock outlived its holder: %v", err)
	}
}

func TestDatabaseOfANewerVersionIsRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "d.db")
	s, err := store.Open(t.Context(), path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.PretendNewer(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.Close()
	if _, err = store.Open(t.Context(), path, store.Options{}); !errors.Is(err, store.ErrNewer) {
		t.Errorf("got %v", err)
	}
}

func TestAFileThatIsNoDatabaseSaysSo(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "notes.txt")
	if err := os.WriteFile(path, []byte("These are notes and no database, long enough to have a header of a hundred bytes, which is what is looked at first."), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := store.Open(t.Context(), path, store.Options{})
	if err == nil {
		t.Fatal("opened")
	}
	t.Log(err)
}

func TestAQueueIsSearchedInAnyCase(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		rel, _, _ := addRelease(t, s, "Of-Maasran", "One.")
		in(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.AddEditions(ctx, []edition.Edition{{Release: rel.ID, Locale: "ar", State: edition.InReview}})
		})
		in(t, s, func(ctx context.Context, tx *store.Tx) error {
			rel.Title = "A title"
			return tx.SaveRelease(ctx, &rel)
		})
		for _, search := range []string{"Of-Maasran", "of-maasran", "A TITLE", "maas"} {
			if lines, n, err := s.Queue(t.Context(), edition.Filter{Search: search}); n != 1 || len(lines) != 1 || err != nil {
				t.Errorf("%q finds %d, %v", search, n, err)
			}
		}
	})
}
