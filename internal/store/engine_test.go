package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dragoman/content"
	"dragoman/internal/edition"
	"dragoman/internal/store"
	"dragoman/internal/store/storetest"
)

func call(chars int, price int64) *edition.EngineCall {
	return &edition.EngineCall{Engine: "mt", Locale: "ar", Release: 7, Edition: 8, Segments: 2, Characters: chars, Price: price, Currency: "EUR", Attempt: 1}
}

func TestTheLedgerBooksIntentAndEnd(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		a, b := content.ExactHash("a"), content.ExactHash("b")
		c := call(100, 50)
		in(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.BeginCall(ctx, c, []content.Hash{b, a, b}, 0)
		})
		if got, err := s.EngineReplies(t.Context(), []content.Hash{a, b}); err != nil || len(got) != 0 {
			t.Fatalf("%+v, %v", got, err)
		}
		c.Status, c.Price, c.CharactersOut = edition.CallDone, 40, 90
		in(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.EndCall(ctx, c, 50, []edition.EngineReply{
				{Key: a, Text: "أ", Raw: "raw", Confidential: true}, {Key: b, Text: "bad", Broken: 1},
			}, []edition.EngineTally{
				{Engine: "mt", Locale: "ar", Month: "2026-11", Kind: edition.TallyBroke, Name: "script", N: 1},
				{Engine: "mt", Locale: "ar", Month: "2026-11", Kind: edition.TallyBroke, Name: "script", N: 2},
			})
		})
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
		in(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.BeginCall(ctx, c, nil, 0) })
		c.Status, c.Price = edition.CallFailed, 0
		in(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.EndCall(ctx, c, 50, nil, nil) })
		months, err := s.EngineMonths(t.Context(), edition.Month(c.Started))
		if err != nil || len(months) != 2 || months[0].Price != 0 || months[0].Calls != 0 || months[0].Characters != 0 {
			t.Errorf("%+v, %v", months, err)
		}
	})
}

func TestABudgetIsNeverExceeded(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		begin := func(price int64) error {
			return s.InTx(t.Context(), func(tx *store.Tx) error { return tx.BeginCall(t.Context(), call(10, price), nil, 100) })
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
	in(t, dies, func(ctx context.Context, tx *store.Tx) error { return tx.BeginCall(ctx, c, []content.Hash{k}, 0) })
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
