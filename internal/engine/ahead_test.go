package engine_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"dragoman/internal/engine"
	"dragoman/internal/engine/enginetest"
)

// slowJournal takes its time to write an intent down.
type slowJournal struct {
	*enginetest.Journal
	takes time.Duration
}

func (j slowJournal) Intent(ctx context.Context, c engine.Call) (int64, error) {
	time.Sleep(j.takes)
	return j.Journal.Intent(ctx, c)
}

// TestCallsAreWrittenDownWhileOthersAreUnderWay: only the first of many waits
// for the journal before it is made.
func TestCallsAreWrittenDownWhileOthersAreUnderWay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := &scripted{takes: time.Second, info: engine.Info{Limits: engine.Limits{Items: 1, Concurrency: 2}}}
		j := slowJournal{&enginetest.Journal{}, 100 * time.Millisecond}
		begin := time.Now()
		replies, err := engine.Limited(e, engine.Config{Journal: j}).Translate(t.Context(), numbered(10))
		if took := time.Since(begin); err != nil || kinds(replies) != "ok" || took != 5*time.Second+100*time.Millisecond {
			t.Errorf("%v, %v, %v for ten calls of a second, two at once", kinds(replies), err, took)
		}
		if n := len(j.Records()); n != 10 {
			t.Errorf("%d calls in the journal", n)
		}
	})
}

// TestWhatWasWrittenDownAndNotSent is written down as that: it was not billed,
// and can be sent later.
func TestWhatWasWrittenDownAndNotSent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := &scripted{takes: time.Minute, info: engine.Info{Limits: engine.Limits{Items: 1, Concurrency: 1}}}
		j := &enginetest.Journal{}
		l := engine.Limited(e, engine.Config{Timeout: time.Hour, Journal: j})
		go func() { _, _ = l.Translate(t.Context(), numbered(1)) }()
		synctest.Wait() // it has the only place
		for range 2 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			replies, err := l.Translate(ctx, numbered(1))
			if cancel(); !errors.Is(err, context.DeadlineExceeded) || !errors.Is(replies[0].Err, engine.ErrQueued) {
				t.Errorf("%v, %v", replies, err)
			}
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		rs := j.Records()
		if len(rs) != 3 || len(e.calls) != 1 || rs[0].Outcome.Err != nil {
			t.Fatalf("%+v, %d calls", rs, len(e.calls))
		}
		for _, r := range rs[1:] {
			if !r.Ended || r.Outcome.Unknown() || r.Outcome.Err == nil {
				t.Errorf("%+v", r)
			}
		}
		if replies, err := l.Translate(t.Context(), numbered(1)); err != nil || kinds(replies) != "ok" {
			t.Errorf("%v, %v", replies, err)
		}
	})
}

// TestABudgetIsNotRefusedAhead: a call that the journal refuses while others are
// under way is asked for again when it has its place.
func TestABudgetIsNotRefusedAhead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := &scripted{takes: time.Second, info: engine.Info{Limits: engine.Limits{Items: 1, Concurrency: 1}}}
		var asked atomic.Int32
		j := &enginetest.Journal{}
		j.Refuse = func(engine.Call) error { // the second, while what the first comes to is not known
			if asked.Add(1) == 2 {
				return &engine.Error{Kind: engine.Quota, What: "the budget is spent"}
			}
			return nil
		}
		l := engine.Limited(e, engine.Config{Journal: j})
		done := make(chan string, 2)
		for range 2 {
			go func() {
				replies, _ := l.Translate(t.Context(), numbered(1))
				done <- kinds(replies)
			}()
		}
		if a, b := <-done, <-done; a != "ok" || b != "ok" || asked.Load() != 3 {
			t.Errorf("%s, %s, asked %d times", a, b, asked.Load())
		}
	})
}
