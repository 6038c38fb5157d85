package store_test

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"dragoman/content"
	"dragoman/internal/edition"
	"dragoman/internal/store"
	"dragoman/internal/store/storetest"
)

func call(chars int, price int64) *edition.EngineCall {
	return &edition.EngineCall{Engine: "mt", Locale: "ar", Release: 7, Edition: 8, Segments: 2, Characters: chars, Price: price, Currency: "EUR", Attempt: 1}
}

func begin(t *testing.T, s *store.Store, c *edition.EngineCall, keys ...content.Hash) {
	t.Helper()
	if err := s.BeginCall(t.Context(), c, keys, 0); err != nil {
		t.Fatal(err)
	}
}

func TestTheLedgerBooksIntentAndEnd(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		a, b := content.ExactHash("a"), content.ExactHash("b")
		c := call(100, 50)
		begin(t, s, c, b, a, b)
		if got, err := s.EngineReplies(t.Context(), []content.Hash{a, b}); err != nil || len(got) != 0 {
			t.Fatalf("%+v, %v", got, err)
		}
		if months, err := s.EngineMonths(t.Context(), edition.Month(c.Started)); err != nil || len(months) != 2 || months[0].Price != 50 || months[1].Calls != 1 {
			t.Errorf("while it is under way: %+v, %v", months, err)
		}
		c.Status, c.Price, c.CharactersOut = edition.CallDone, 40, 90
		replies := []edition.EngineReply{{Key: a, Text: "أ", Raw: "raw", Confidential: true}, {Key: b, Text: "bad"}}
		err := s.EndCall(t.Context(), c, replies, func() ([]edition.EngineReply, []edition.EngineTally) {
			replies := slices.Clone(replies)
			replies[1].Broken = 1
			return replies, []edition.EngineTally{
				{Engine: "mt", Locale: "ar", Month: "2026-11", Kind: edition.TallyBroke, Name: "script", N: 1},
				{Engine: "mt", Locale: "ar", Month: "2026-11", Kind: edition.TallyBroke, Name: "script", N: 2},
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.EngineReplies(t.Context(), []content.Hash{a, b})
		if err != nil || got[a].Text != "أ" || !got[a].Confidential || got[a].Broken != 0 || got[b].Broken != 1 || got[b].Confidential {
			t.Errorf("%+v, %v", got, err)
		}
		months, err := s.EngineMonths(t.Context(), edition.Month(c.Started))
		want := edition.EngineSum{Engine: "mt", Month: edition.Month(c.Started), Calls: 1, Characters: 100, CharactersOut: 90, Price: 40, Currency: "EUR"}
		inArabic := want
		inArabic.Locale = "ar"
		if d := cmp.Diff([]edition.EngineSum{want, inArabic}, months); d != "" || err != nil {
			t.Errorf("%v (-want +got)\n%s", err, d)
		}
		tallies, err := s.EngineTallies(t.Context(), "2026-11")
		if err != nil || len(tallies) != 1 || tallies[0].N != 3 {
			t.Errorf("%+v, %v", tallies, err)
		}
		sums, err := s.EngineReleases(t.Context(), c.Started.Add(-time.Hour), c.Started.Add(time.Hour), 10)
		if err != nil || len(sums) != 1 || sums[0].Release != 7 || sums[0].Price != 40 || sums[0].Characters != 100 {
			t.Errorf("%+v, %v", sums, err)
		}
		if calls, err := s.EngineCalls(t.Context(), 5); err != nil || len(calls) != 1 || calls[0].Status != edition.CallDone || calls[0].CharactersOut != 90 {
			t.Errorf("%+v, %v", calls, err)
		}
	})
}

func TestAFailedCallCostsNothing(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		c := call(100, 50)
		begin(t, s, c)
		c.Status, c.Price = edition.CallFailed, 0
		if err := s.EndCall(t.Context(), c, nil, nil); err != nil {
			t.Fatal(err)
		}
		months, err := s.EngineMonths(t.Context(), edition.Month(c.Started))
		if err != nil || len(months) != 2 || months[0].Price != 0 || months[0].Calls != 0 || months[0].Characters != 0 {
			t.Errorf("%+v, %v", months, err)
		}
	})
}

func TestABudgetIsNeverExceeded(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		begin := func(price int64) error {
			return s.BeginCall(t.Context(), call(10, price), nil, 100)
		}
		if err := begin(60); err != nil {
			t.Fatal(err)
		}
		var over *edition.OverBudget
		if err := begin(60); !errors.As(err, &over) || over.Spent != 60 || over.Budget != 100 {
			t.Errorf("%v", err)
		}
		if err := begin(40); err != nil { // what still fits is made
			t.Error(err)
		}
	})
}

// TestInterruptedCallsBecomeUnknown has a process die between the question and
// the answer: the next that works on the database says so, once.
func TestInterruptedCallsBecomeUnknown(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); interrupted(t, t.TempDir()+"/d.db") })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); interrupted(t, storetest.Postgres(t)) })
}

func interrupted(t *testing.T, where string) {
	dies, err := store.Open(t.Context(), where, store.Options{Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	k := content.ExactHash("a")
	c := call(100, 50)
	begin(t, dies, c, k)
	if err := dies.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		s, err := store.Open(t.Context(), where, store.Options{Unsafe: true})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Work(t.Context(), func(context.Context, edition.Job) error { return nil }, store.DefaultSlots()); err != nil {
			t.Fatal(err)
		}
		if calls, err := s.EngineCalls(t.Context(), 5); err != nil || calls[0].Status != edition.CallUnknown || calls[0].Price != 50 {
			t.Errorf("%+v, %v", calls, err)
		}
		if got, err := s.EngineReplies(t.Context(), []content.Hash{k}); err != nil || got[k].Lost != 1 {
			t.Errorf("%+v, %v", got, err)
		}
		if months, err := s.EngineMonths(t.Context(), edition.Month(c.Started)); err != nil || months[0].Unknown != 1 || months[0].Price != 50 {
			t.Errorf("%+v, %v", months, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestAnsweredCallsArePostedAfterACrash has a process die after the answer was
// written down and before it stood in the cache and the sums.
func TestAnsweredCallsArePostedAfterACrash(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); answered(t, t.TempDir()+"/d.db") })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); answered(t, storetest.Postgres(t)) })
}

func answered(t *testing.T, where string) {
	dies, err := store.Open(t.Context(), where, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	a, b := content.ExactHash("a"), content.ExactHash("b")
	c := call(100, 50)
	begin(t, dies, c, a, b)
	c.Status, c.Price, c.CharactersOut = edition.CallDone, 40, 90
	if err := dies.EndCallAndDie(t.Context(), c, []edition.EngineReply{{Key: a, Text: "أ\x00", Raw: "raw"}, {Key: b, Text: "ب"}}); err != nil {
		t.Fatal(err)
	}
	sums := func(s *store.Store) {
		t.Helper()
		months, err := s.EngineMonths(t.Context(), edition.Month(c.Started))
		if err != nil || len(months) != 2 || months[0].Calls != 1 || months[0].Unknown != 0 || months[0].Price != 40 || months[1].CharactersOut != 90 {
			t.Errorf("%+v, %v", months, err)
		}
	}
	sums(dies)
	if err := dies.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		s, err := store.Open(t.Context(), where, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Work(t.Context(), func(context.Context, edition.Job) error { return nil }, store.DefaultSlots()); err != nil {
			t.Fatal(err)
		}
		got, err := s.EngineReplies(t.Context(), []content.Hash{a, b})
		if err != nil || got[a].Text != "أ�" || got[a].Raw != "raw" || got[b].Text != "ب" || got[b].Lost != 0 {
			t.Errorf("%+v, %v", got, err)
		}
		if calls, err := s.EngineCalls(t.Context(), 5); err != nil || len(calls) != 1 || calls[0].Status != edition.CallDone {
			t.Errorf("%+v, %v", calls, err)
		}
		sums(s)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestACallThatWasTakenForLostEndsAllTheSame has a process that others took for
// dead come back with the answer.
func TestACallThatWasTakenForLostEndsAllTheSame(t *testing.T) {
	t.Parallel()
	where := t.TempDir() + "/d.db"
	slow, err := store.Open(t.Context(), where, store.Options{Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	k := content.ExactHash("a")
	c := call(100, 50)
	begin(t, slow, c, k)
	worker, err := store.Open(t.Context(), where, store.Options{Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	defer worker.Close()
	if err := worker.Work(t.Context(), func(context.Context, edition.Job) error { return nil }, store.DefaultSlots()); err != nil {
		t.Fatal(err)
	}
	if months, err := worker.EngineMonths(t.Context(), edition.Month(c.Started)); err != nil || months[0].Unknown != 1 {
		t.Fatalf("%+v, %v", months, err)
	}
	c.Status, c.Price = edition.CallDone, 40
	if err := slow.EndCall(t.Context(), c, []edition.EngineReply{{Key: k, Text: "أ"}}, nil); err != nil {
		t.Fatal(err)
	}
	if got, err := slow.EngineReplies(t.Context(), []content.Hash{k}); err != nil || got[k].Text != "أ" || got[k].Lost != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	months, err := worker.EngineMonths(t.Context(), edition.Month(c.Started))
	if err != nil || len(months) != 2 || months[0].Unknown != 0 || months[0].Calls != 1 || months[0].Price != 40 || months[1].Characters != 100 {
		t.Errorf("%+v, %v", months, err)
	}
}

// TestCallsAtOnceAreBookedTogether: each gets a number of its own, the budget
// holds for all of them, and what is refused stands in nobody's way.
func TestCallsAtOnceAreBookedTogether(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		const calls, enough = 24, 10
		var g errgroup.Group
		var refused atomic.Int32
		ids := make([]int64, calls)
		for i := range calls {
			g.Go(func() error {
				c := call(10, 10)
				err := s.BeginCall(t.Context(), c, nil, 10*enough)
				var over *edition.OverBudget
				if errors.As(err, &over) {
					refused.Add(1)
					return nil
				}
				if err != nil {
					return err
				}
				ids[i], c.Status = c.ID, edition.CallDone
				return s.EndCall(t.Context(), c, nil, nil)
			})
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		ids = slices.DeleteFunc(ids, func(id int64) bool { return id == 0 })
		slices.Sort(ids)
		if n := len(slices.Compact(ids)); n != enough || refused.Load() != calls-enough {
			t.Errorf("%d booked, %d refused", n, refused.Load())
		}
		if months, err := s.EngineMonths(t.Context(), edition.Month(time.Now())); err != nil || len(months) == 0 || months[0].Price != 10*enough {
			t.Errorf("%+v, %v", months, err)
		}
	})
}
