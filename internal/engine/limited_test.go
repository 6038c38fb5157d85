package engine_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"dragoman/internal/edition"
	"dragoman/internal/engine"
	"dragoman/internal/engine/enginetest"
)

// scripted is an engine that does as each case says. Where answer is nil it
// translates "en N" to "xx N".
type scripted struct {
	info   engine.Info
	answer func(call int, r engine.Request) ([]engine.Reply, error)
	takes  time.Duration
	// hangs says, where it is set, whether a question for a sign of life gets no
	// answer. signs counts those; they are not among the calls.
	hangs func() bool

	mu    sync.Mutex
	calls []engine.Request
	signs int
	now   int
	peak  int
}

func (s *scripted) Name() string      { return "scripted" }
func (s *scripted) Info() engine.Info { return s.info }

func (s *scripted) Translate(ctx context.Context, r engine.Request) ([]engine.Reply, error) {
	if r.Trial && r.Segments[0].Text == engine.SignOfLife {
		s.mu.Lock()
		s.signs++
		s.mu.Unlock()
		if s.hangs != nil && s.hangs() {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		return translated(r), nil
	}
	s.mu.Lock()
	s.calls = append(s.calls, r)
	call := len(s.calls)
	s.now++
	s.peak = max(s.peak, s.now)
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.now--
	}()
	if err := (engine.SystemClock{}).Sleep(ctx, s.takes); err != nil {
		return nil, err
	}
	if s.answer != nil {
		return s.answer(call, r)
	}
	return translated(r), nil
}

func translated(r engine.Request) []engine.Reply {
	replies := make([]engine.Reply, len(r.Segments))
	for i, seg := range r.Segments {
		replies[i].Text = strings.Replace(seg.Text, "en ", "xx ", 1)
	}
	return replies
}

func numbered(n int) engine.Request {
	r := engine.Request{Source: "en", Target: "zu"}
	for i := range n {
		r.Segments = append(r.Segments, engine.Segment{Text: fmt.Sprintf("en %d", 1000+i)})
	}
	return r
}

func retryable(after time.Duration) error {
	return &engine.Error{Engine: "scripted", Kind: engine.Retryable, After: after, What: "busy"}
}

func kinds(replies []engine.Reply) string {
	var list []string
	for _, r := range replies {
		k := string(engine.KindOf(r.Err))
		if k == "" {
			k = "ok"
		}
		list = append(list, k)
	}
	return strings.Join(slices.Compact(list), " ")
}

func TestBatchesKeepOrder(t *testing.T) {
	t.Parallel()
	e := &scripted{info: engine.Info{Limits: engine.Limits{Items: 3, CodePoints: 100, Concurrency: 2}}}
	r := numbered(20)
	r.Segments[4].Text = "  "
	r.Segments[9].Text = "en " + strings.Repeat("9", 200)
	replies, err := engine.Limited(e, engine.Config{}).Translate(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	for i, got := range replies {
		want := strings.Replace(r.Segments[i].Text, "en ", "xx ", 1)
		switch {
		case i == 9:
			if engine.KindOf(got.Err) != engine.Permanent || !strings.Contains(got.Err.Error(), "203 characters, of 100 allowed") {
				t.Errorf("too long: %v", got.Err)
			}
		case got.Text != want || got.Err != nil:
			t.Errorf("segment %d: %q, %v; want %q", i, got.Text, got.Err, want)
		}
	}
	if len(e.calls) != 6 {
		t.Errorf("%d calls for 18 sentences, 3 at once", len(e.calls))
	}
}

func TestRetriesWaitAsAsked(t *testing.T) {
	t.Parallel()
	clock := &enginetest.Clock{}
	e := &scripted{answer: func(call int, r engine.Request) ([]engine.Reply, error) {
		if call < 3 {
			return nil, retryable(7 * time.Second)
		}
		return translated(r), nil
	}}
	l := engine.Limited(e, engine.Config{Clock: clock})
	replies, err := l.Translate(t.Context(), numbered(2))
	if err != nil || kinds(replies) != "ok" {
		t.Fatalf("%v, %v", replies, err)
	}
	if clock.Slept < 14*time.Second || clock.Slept > 20*time.Second {
		t.Errorf("waited %v for twice 7 s", clock.Slept)
	}
	if s := l.Status().Stats; s.Calls != 3 || s.Retries != 2 || s.Failures != 2 || s.Translated != 2 || s.LastError == "" {
		t.Errorf("%+v", s)
	}
}

func TestWhatIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		err   error
		calls int
		want  string
	}{
		{"quota ends the request", &engine.Error{Kind: engine.Quota}, 1, "quota"},
		{"auth ends the request", &engine.Error{Kind: engine.Auth}, 1, "auth"},
		{"unsupported ends the request", &engine.Error{Kind: engine.Unsupported}, 1, "unsupported"},
		{"the engine asks for more patience than there is", retryable(time.Hour), 2, "retryable"},
		{"retried as often as configured", retryable(0), 8, "retryable"},
		{"refused batches are asked for one by one, three times", &engine.Error{Kind: engine.Permanent}, 8, "permanent"},
		{"an error that no adapter decided about", errors.New("boom"), 8, "permanent"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e := &scripted{
				info:   engine.Info{Limits: engine.Limits{Items: 5, Concurrency: 1}},
				answer: func(int, engine.Request) ([]engine.Reply, error) { return nil, c.err },
			}
			replies, err := engine.Limited(e, engine.Config{Clock: &enginetest.Clock{}}).Translate(t.Context(), numbered(10))
			if err != nil || kinds(replies) != c.want || len(e.calls) != c.calls {
				t.Errorf("%v, %v in %d calls; want %s in %d", kinds(replies), err, len(e.calls), c.want, c.calls)
			}
		})
	}
}

func TestOneRefusedSentenceFailsAlone(t *testing.T) {
	t.Parallel()
	e := &scripted{answer: func(_ int, r engine.Request) ([]engine.Reply, error) {
		if slices.ContainsFunc(r.Segments, func(s engine.Segment) bool { return s.Text == "en 1004" }) {
			return nil, &engine.Error{Kind: engine.Permanent, What: "it will not have it"}
		}
		return translated(r), nil
	}}
	replies, err := engine.Limited(e, engine.Config{}).Translate(t.Context(), numbered(9))
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range replies {
		if (r.Err != nil) != (i == 4) {
			t.Errorf("segment %d: %v", i, r.Err)
		}
	}
}

func TestBrokenReplyIsAskedForOnceMore(t *testing.T) {
	t.Parallel()
	e := &scripted{answer: func(call int, r engine.Request) ([]engine.Reply, error) {
		replies := translated(r)
		if call == 1 {
			replies[1].Text, replies[3].Text = "xx", "<script>"
		} else if r.Segments[0].Text == "en 1003" {
			replies[0].Text = "xx"
		}
		return replies, nil
	}}
	l := engine.Limited(e, engine.Config{})
	replies, err := l.Translate(t.Context(), numbered(5))
	if err != nil || len(e.calls) != 3 || replies[1].Text != "xx 1001" {
		t.Fatalf("%v, %v, %d calls", replies, err, len(e.calls))
	}
	var broken *engine.Error
	if !errors.As(replies[3].Err, &broken) || broken.Kind != engine.Broken || broken.Violations[0].Rule != engine.RuleNumbers {
		t.Errorf("broken twice: %v", replies[3].Err)
	}
	if b := l.Status().Stats.Broken; b[engine.RuleNumbers] != 3 || b[engine.RuleMarkup] != 1 {
		t.Errorf("counted %v", b)
	}
}

func TestWrongNumberOfReplies(t *testing.T) {
	t.Parallel()
	e := &scripted{answer: func(_ int, r engine.Request) ([]engine.Reply, error) {
		if len(r.Segments) > 1 {
			return translated(r)[1:], nil
		}
		return translated(r), nil
	}}
	replies, err := engine.Limited(e, engine.Config{}).Translate(t.Context(), numbered(4))
	if err != nil || kinds(replies) != "ok" || replies[0].Text != "xx 1000" {
		t.Errorf("%v, %v", replies, err)
	}
}

func TestDeadlineOfACall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := &scripted{takes: time.Minute}
		start := time.Now()
		l := engine.Limited(e, engine.Config{Timeout: 5 * time.Second, Attempts: 1})
		replies, err := l.Translate(t.Context(), numbered(1))
		if err != nil || kinds(replies) != "retryable" {
			t.Errorf("%v, %v", replies, err)
		}
		if d := time.Since(start); d != 5*time.Second {
			t.Errorf("a call of 5 s took %v", d)
		}
	})
}

// TestWhatMayBeBilledIsRepeatedOnce, however often a call may be tried that
// certainly was not carried out.
func TestWhatMayBeBilledIsRepeatedOnce(t *testing.T) {
	t.Parallel()
	cut := &engine.Error{Engine: "scripted", Kind: engine.Retryable, What: "the connection was cut", MayBeBilled: true}
	busy := &engine.Error{Engine: "scripted", Kind: engine.Retryable, What: "busy"}
	for _, c := range []struct {
		name  string
		ends  []error // of the calls, in order; nil is an answer
		kinds string
		calls int
	}{
		{"once", []error{cut, nil}, "ok", 2},
		{"twice", []error{cut, cut, nil}, "permanent", 2},
		{"between others", []error{busy, cut, busy, nil}, "ok", 4},
		{"twice, between others", []error{cut, busy, cut, nil}, "permanent", 3},
		{"never", []error{busy, busy, busy, nil}, "ok", 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := &scripted{answer: func(call int, r engine.Request) ([]engine.Reply, error) {
					if err := c.ends[call-1]; err != nil {
						return nil, err
					}
					return translated(r), nil
				}}
				replies, err := engine.Limited(e, engine.Config{}).Translate(t.Context(), numbered(3))
				if err != nil || kinds(replies) != c.kinds || len(e.calls) != c.calls {
					t.Errorf("%v, %v, %d calls", replies, err, len(e.calls))
				}
			})
		})
	}
}

// TestWhatGotLostBeforeIsRepeatedOnce: what the cache says counts, for each
// sentence.
func TestWhatGotLostBeforeIsRepeatedOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := &scripted{answer: func(_ int, r engine.Request) ([]engine.Reply, error) {
			return nil, &engine.Error{Engine: "scripted", Kind: engine.Retryable, What: "the connection was cut", MayBeBilled: true}
		}}
		j := remembered{known: []engine.Known{{Lost: 1}, {}, {Lost: 2}}}
		replies, err := engine.Limited(e, engine.Config{Journal: j, Limits: engine.Limits{Concurrency: 1}}).Translate(t.Context(), numbered(3))
		var asked []int
		for _, c := range e.calls {
			asked = append(asked, len(c.Segments))
		}
		if err != nil || kinds(replies) != "permanent" || !slices.Equal(asked, []int{1, 1, 1}) {
			t.Errorf("%v, %v, %v", replies, err, asked)
		}
	})
}

// TestWhatDidNotGetItsTurnSaysSo, so that it can be asked for later.
func TestWhatDidNotGetItsTurnSaysSo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := &scripted{takes: time.Minute}
		l := engine.Limited(e, engine.Config{Timeout: time.Hour, Limits: engine.Limits{Concurrency: 1}})
		go func() { _, _ = l.Translate(t.Context(), numbered(1)) }()
		synctest.Wait() // it has the only slot
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		replies, err := l.Translate(ctx, numbered(2))
		if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(replies[0].Err, engine.ErrQueued) || len(e.calls) != 1 {
			t.Errorf("%v, %v, %d calls", replies, err, len(e.calls))
		}
		time.Sleep(time.Minute)
	})
}

func TestCancellationKeepsWhatIsDone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := &scripted{takes: 2 * time.Second, info: engine.Info{Limits: engine.Limits{Items: 1, Concurrency: 1}}}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		replies, err := engine.Limited(e, engine.Config{}).Translate(ctx, numbered(10))
		if !errors.Is(err, context.DeadlineExceeded) || len(replies) != 10 {
			t.Fatalf("%v, %v", replies, err)
		}
		for i, r := range replies {
			if (r.Err == nil) != (i < 2) {
				t.Errorf("segment %d: %q, %v", i, r.Text, r.Err)
			}
		}
	})
}

func TestConcurrencyIsTheEngines(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := &scripted{takes: time.Second, info: engine.Info{Limits: engine.Limits{Items: 1, Concurrency: 3}}}
		l := engine.Limited(e, engine.Config{})
		start := time.Now()
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() { _, _ = l.Translate(t.Context(), numbered(3)) })
		}
		wg.Wait()
		if e.peak != 3 || time.Since(start) != 4*time.Second {
			t.Errorf("%d at once, 12 calls of 1 s in %v", e.peak, time.Since(start))
		}
	})
}

// TestThroughput: the rates are kept, and at least 95% of what they and the
// concurrency allow is used.
func TestThroughput(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		limits engine.Limits
		ideal  func(calls, characters int) time.Duration
	}{
		"characters": {
			engine.Limits{Items: 10, Concurrency: 8, CharactersPerMinute: 6_000},
			func(_, characters int) time.Duration { return time.Duration(characters) * time.Minute / 6_000 },
		},
		"requests": {
			engine.Limits{Items: 10, Concurrency: 8, RequestsPerMinute: 120},
			func(calls, _ int) time.Duration { return time.Duration(calls) * time.Minute / 120 },
		},
		"concurrency": {
			engine.Limits{Items: 10, Concurrency: 4},
			func(calls, _ int) time.Duration { return time.Duration(calls) * 200 * time.Millisecond / 4 },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := &scripted{takes: 200 * time.Millisecond, info: engine.Info{Limits: c.limits}}
				l := engine.Limited(e, engine.Config{})
				start := time.Now()
				if _, err := l.Translate(t.Context(), numbered(2000)); err != nil {
					t.Fatal(err)
				}
				took, s := time.Since(start), l.Status().Stats
				ideal := c.ideal(s.Calls, s.Characters)
				if took < ideal*98/100 || took > ideal*100/95 {
					t.Errorf("%v for %d calls and %d characters; ideal is %v", took, s.Calls, s.Characters, ideal)
				}
			})
		})
	}
}

func TestBreaker(t *testing.T) {
	t.Parallel()
	clock := &enginetest.Clock{}
	down := true
	e := &scripted{
		info: engine.Info{Limits: engine.Limits{Items: 1, Concurrency: 1}},
		answer: func(_ int, r engine.Request) ([]engine.Reply, error) {
			if down {
				return nil, retryable(0)
			}
			return translated(r), nil
		},
	}
	l := engine.Limited(e, engine.Config{Clock: clock, Attempts: 1, BreakAfter: 3, Cooldown: time.Minute})
	replies, err := l.Translate(t.Context(), numbered(10))
	if err != nil || kinds(replies) != "retryable" || len(e.calls) != 3 {
		t.Fatalf("%v, %v, %d calls", replies, err, len(e.calls))
	}
	var refused *engine.Error
	if !errors.As(replies[9].Err, &refused) || refused.After != time.Minute {
		t.Errorf("says when to come back: %v", replies[9].Err)
	}
	if s := l.Status(); s.Breaker != engine.BreakerOpen || !s.Until.Equal(clock.Now().Add(time.Minute)) {
		t.Errorf("%+v", s)
	}
	_ = clock.Sleep(t.Context(), time.Minute)
	if s := l.Status(); s.Breaker != engine.BreakerProbing {
		t.Errorf("after the cool-down: %+v", s)
	}
	_, _ = l.Translate(t.Context(), numbered(10))
	if len(e.calls) != 4 || l.Status().Breaker != engine.BreakerOpen {
		t.Errorf("one call to see, then open again: %d calls, %+v", len(e.calls), l.Status())
	}
	_ = clock.Sleep(t.Context(), time.Minute)
	down = false
	replies, _ = l.Translate(t.Context(), numbered(10))
	if kinds(replies) != "ok" || l.Status().Breaker != engine.BreakerClosed {
		t.Errorf("up again: %v, %+v", kinds(replies), l.Status())
	}
}

// TestAFaultOfOurOwn in asking an engine or reading its answer is an error of
// the sentences that it is about: the rest of the request goes on, the call is
// booked as one that may have been carried out, and the breaker learns nothing
// of the engine from it.
func TestAFaultOfOurOwn(t *testing.T) {
	t.Parallel()
	down, fault := true, true
	e := &scripted{
		info: engine.Info{Limits: engine.Limits{Items: 2, Concurrency: 1}},
		answer: func(_ int, r engine.Request) ([]engine.Reply, error) {
			switch {
			case down:
				return nil, retryable(0)
			case fault && slices.ContainsFunc(r.Segments, func(s engine.Segment) bool { return s.Text == "en 1003" }):
				panic("an answer that nobody thought of")
			}
			return translated(r), nil
		},
	}
	clock, j := &enginetest.Clock{}, &enginetest.Journal{}
	l := engine.Limited(e, engine.Config{Clock: clock, Attempts: 1, BreakAfter: 2, Cooldown: time.Minute, Journal: j})
	_, _ = l.Translate(t.Context(), numbered(4))
	if s := l.Status(); s.Breaker != engine.BreakerOpen {
		t.Fatalf("%+v", s)
	}
	_ = clock.Sleep(t.Context(), time.Minute)
	down = false
	r := numbered(4)
	r.Segments = r.Segments[2:] // the one call that sees whether the engine is up again
	replies, err := l.Translate(t.Context(), r)
	if err != nil || replies[0].Err != nil || engine.KindOf(replies[1].Err) != engine.Permanent {
		t.Fatalf("%+v, %v", replies, err)
	}
	var told *engine.Error
	if !errors.As(replies[1].Err, &told) || told.Told().Reason != edition.TroubleOwn || strings.Contains(told.Safe(), "nobody thought") || !strings.Contains(told.Error(), "nobody thought") {
		t.Errorf("told as %v", replies[1].Err)
	}
	if s := l.Status(); s.Breaker != engine.BreakerClosed {
		t.Errorf("the breaker is stuck: %+v", s)
	}
	unknown := 0
	for _, r := range j.Records() {
		if !r.Ended {
			t.Errorf("nobody heard what came of %+v", r.Call)
		}
		if r.Outcome.Unknown() {
			unknown++
		}
	}
	if unknown != 2 { // both sentences together, and the one alone
		t.Errorf("%d calls that may have been carried out", unknown)
	}
	fault = false
	if replies, err = l.Translate(t.Context(), numbered(4)); err != nil || kinds(replies) != "ok" {
		t.Errorf("%v, %v", kinds(replies), err)
	}
}

// TestACutConnectionIsOneFailure, however many calls were on it; one after the
// other they open the breaker.
func TestACutConnectionIsOneFailure(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cut := func(int, engine.Request) ([]engine.Reply, error) {
			return nil, &engine.Error{
				Engine: "scripted", Kind: engine.Retryable, What: "cut", MayBeBilled: true, Trouble: edition.Trouble{Reason: edition.TroubleCut},
			}
		}
		l := engine.Limited(&scripted{answer: cut}, engine.Config{BreakAfter: 2, Attempts: 1, Limits: engine.Limits{Items: 1, Concurrency: 4}})
		for n := range 5 { // 2 and three more, for the calls that may be under way
			if s := l.Status(); s.Breaker != engine.BreakerClosed {
				t.Fatalf("after %d cut connections: %+v", n, s)
			}
			if _, err := l.Translate(t.Context(), numbered(4)); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
		if s := l.Status(); s.Breaker != engine.BreakerOpen {
			t.Errorf("%+v", s)
		}
	})
}

// TestCancellationIsNoFailure: a person who interrupts does not open a breaker.
func TestCancellationIsNoFailure(t *testing.T) {
	t.Parallel()
	e := &scripted{}
	l := engine.Limited(e, engine.Config{BreakAfter: 1})
	ctx, cancel := context.WithCancel(t.Context())
	e.answer = func(int, engine.Request) ([]engine.Reply, error) {
		cancel()
		return nil, ctx.Err()
	}
	_, _ = l.Translate(ctx, numbered(1))
	if s := l.Status(); s.Breaker != engine.BreakerClosed {
		t.Errorf("%+v", s)
	}
}

func TestJournal(t *testing.T) {
	t.Parallel()
	e := &scripted{
		info: engine.Info{Model: "m1", Limits: engine.Limits{Items: 2, Concurrency: 1}},
		answer: func(call int, r engine.Request) ([]engine.Reply, error) {
			if call == 1 {
				return nil, &engine.Error{Kind: engine.Retryable, MayBeBilled: true}
			}
			return translated(r), nil
		},
	}
	j := &enginetest.Journal{}
	spent := 0
	j.Refuse = func(c engine.Call) error {
		if c.Request.Trial {
			return nil
		}
		if spent += c.Size.CodePoints; spent > 50 {
			return &engine.Error{Kind: engine.Quota, What: "the month's budget is spent"}
		}
		return nil
	}
	replies, err := engine.Limited(e, engine.Config{Journal: j, Clock: &enginetest.Clock{}}).Translate(t.Context(), numbered(12))
	if err != nil || kinds(replies) != "ok quota" || len(e.calls) != 3 {
		t.Fatalf("%v, %v, %d calls", kinds(replies), err, len(e.calls))
	}
	records := j.Records()
	if len(records) != 4 || !records[0].Outcome.Unknown() || !records[1].Call.Request.Trial || records[2].Outcome.Unknown() {
		t.Fatalf("%+v", records)
	}
	records = slices.Delete(records, 1, 2) // whether it answers
	if c := records[1].Call; c.Attempt != 2 || c.Size.CodePoints != 14 || c.Engine != "scripted" || c.Model != "m1" {
		t.Errorf("%+v", c)
	}
	if o := records[1].Outcome; !records[1].Ended || len(o.Replies) != 2 || o.Replies[0].Text != "xx 1000" {
		t.Errorf("%+v", o)
	}
}

// TestJournalThatFails: a reply that could not be recorded is not used.
func TestJournalThatFails(t *testing.T) {
	t.Parallel()
	e := &scripted{}
	l := engine.Limited(e, engine.Config{Journal: deafJournal{}})
	replies, err := l.Translate(t.Context(), numbered(3))
	if err != nil || kinds(replies) != "permanent" || len(e.calls) != 1 {
		t.Errorf("%v, %v, %d calls", replies, err, len(e.calls))
	}
}

type deafJournal struct{}

func (deafJournal) Intent(context.Context, engine.Call) (int64, error) { return 1, nil }
func (deafJournal) Outcome(context.Context, int64, engine.Outcome) error {
	return errors.New("disk full")
}

func TestUnsupportedPairIsNotSent(t *testing.T) {
	t.Parallel()
	e := &scripted{info: engine.Info{Languages: engine.Languages{Sources: []string{"en"}, Targets: []string{"ar"}}}}
	_, err := engine.Limited(e, engine.Config{}).Translate(t.Context(), numbered(1))
	if engine.KindOf(err) != engine.Unsupported || len(e.calls) != 0 {
		t.Errorf("%v, %d calls", err, len(e.calls))
	}
}

func TestConfidentialTextStaysInTheHouse(t *testing.T) {
	t.Parallel()
	r := numbered(2)
	r.Confidential = true
	outside, inside := &scripted{}, &scripted{info: engine.Info{Local: true}}
	_, err := engine.Limited(outside, engine.Config{}).Translate(t.Context(), r)
	if err == nil || !strings.Contains(err.Error(), "must not leave the house") || len(outside.calls) != 0 {
		t.Errorf("an engine outside: %v, %d calls", err, len(outside.calls))
	}
	replies, err := engine.Limited(inside, engine.Config{}).Translate(t.Context(), r)
	if err != nil || kinds(replies) != "ok" || replies[0].Engine != "scripted" {
		t.Errorf("a local engine: %v, %v", replies, err)
	}
}

func TestConfiguredLimitsCannotWidenTheServices(t *testing.T) {
	t.Parallel()
	e := &scripted{info: engine.Info{Limits: engine.Limits{Items: 10, CodePoints: 100, CharactersPerMinute: 5}}}
	l := engine.Limited(e, engine.Config{Limits: engine.Limits{Items: 50, CodePoints: 40, CharactersPerMinute: 9}})
	want := engine.Limits{Items: 10, CodePoints: 40, CharactersPerMinute: 9, Concurrency: 4}
	if got := l.Info().Limits; got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// BenchmarkOverhead is what Limited adds to a batch beyond the engine's time.
func BenchmarkOverhead(b *testing.B) {
	e := &scripted{}
	l := engine.Limited(e, engine.Config{})
	r := numbered(20)
	for b.Loop() {
		_, _ = l.Translate(b.Context(), r)
		e.calls = e.calls[:0]
	}
}
