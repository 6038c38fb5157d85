package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
	"golang.org/x/sync/errgroup"

	"dragoman/internal/edition"
)

// Config is how Limited treats an engine. The zero value is good.
type Config struct {
	// Limits narrow the engine's own.
	Limits Limits
	// Timeout bounds one call; DefaultTimeout where it is 0.
	Timeout time.Duration
	// Attempts is how often one call is made at most, 4 where it is 0, and
	// Patience how long its waits may last together, 2 minutes where it is 0.
	Attempts int
	Patience time.Duration
	// BreakAfter failures in a row the engine is left alone for Cooldown; 8 and
	// 30 seconds where they are 0. As many more are forgiven as calls may be
	// under way at once, since one cut connection fails them all.
	BreakAfter int
	Cooldown   time.Duration
	// Clock is SystemClock where it is nil, Journal may be nil.
	Clock   Clock
	Journal Journal
	// KeyFrom says in messages where the credentials come from that the engine
	// refused.
	KeyFrom string
	// Price is the engine's where it is not zero.
	Price Price
}

func (c Config) withDefaults() Config {
	if c.Timeout == 0 {
		c.Timeout = DefaultTimeout
	}
	if c.Attempts == 0 {
		c.Attempts = 4
	}
	if c.Patience == 0 {
		c.Patience = 2 * time.Minute
	}
	if c.BreakAfter == 0 {
		c.BreakAfter = 8
	}
	if c.Cooldown == 0 {
		c.Cooldown = 30 * time.Second
	}
	if c.Clock == nil {
		c.Clock = SystemClock{}
	}
	return c
}

// LimitedEngine is an engine within its limits, whose replies keep the contract.
type LimitedEngine struct {
	engine  Engine
	cfg     Config
	limits  Limits
	slots   chan struct{}
	early   chan struct{} // calls in the journal that have no slot yet
	pace    *pace
	breaker *breaker
	signs   *signs

	mu    sync.Mutex
	stats Stats
}

// Stats count what an engine was asked and what became of it, since the start.
type Stats struct {
	Calls, Retries, Failures int
	// Characters are the code points sent, failed calls included.
	Characters int
	// Translated and Failed count segments; Broken counts replies that broke
	// the contract, by rule, though a second try may have mended them.
	Translated, Failed int
	Broken             map[string]int
	// LastError is the last call's that failed, "" where none has.
	LastError string
	LastAt    time.Time
	// Last is LastError for readers of other languages.
	Last edition.Trouble
}

// Status is how an engine does.
type Status struct {
	Breaker BreakerState
	// Until is when a breaker that is not closed tries again.
	Until time.Time
	Stats Stats
}

// Limited puts e within its limits: requests of any size are cut into batches,
// paced, given a deadline, tried again where that can help, and every reply is
// held to the contract. A reply that breaks it, and a batch that the engine
// refuses as such, is asked for once more segment by segment.
//
// Its Translate differs from the port's in two ways. Errors of single calls
// are in the replies of their segments, so that what was paid for is never
// lost. When ctx ends, it gives the replies that it has together with ctx's
// error; those without a translation have an Err.
func Limited(e Engine, c Config) *LimitedEngine {
	c = c.withDefaults()
	limits := c.Limits.Within(e.Info().Limits).Or(Limits{Concurrency: 4})
	return &LimitedEngine{
		engine:  e,
		cfg:     c,
		limits:  limits,
		slots:   make(chan struct{}, limits.Concurrency),
		early:   make(chan struct{}, limits.Concurrency),
		pace:    newPace(c.Clock, limits),
		breaker: &breaker{threshold: c.BreakAfter + limits.Concurrency - 1, cooldown: c.Cooldown},
		signs:   newSigns(),
		stats:   Stats{Broken: map[string]int{}},
	}
}

// Name is the engine's name.
func (l *LimitedEngine) Name() string { return l.engine.Name() }

// Info is the engine's, with the limits that hold here.
func (l *LimitedEngine) Info() Info {
	info := l.engine.Info()
	info.Limits = l.limits
	if l.cfg.Price != (Price{}) {
		info.Price = l.cfg.Price
	}
	return info
}

// named adds to the refusal of credentials where they come from.
func (l *LimitedEngine) named(err error) error {
	var e *Error
	if l.cfg.KeyFrom == "" || !errors.As(err, &e) || e.Kind != Auth || strings.Contains(e.Safe(), l.cfg.KeyFrom) {
		return err
	}
	told := *e
	told.What += " (from the " + l.cfg.KeyFrom + ")"
	told.Trouble.See = bareName(l.cfg.KeyFrom)
	return &told
}

// Status says how the engine does.
func (l *LimitedEngine) Status() Status {
	state, until := l.breaker.state(l.cfg.Clock.Now())
	l.mu.Lock()
	defer l.mu.Unlock()
	stats := l.stats
	stats.Broken = maps.Clone(stats.Broken)
	return Status{Breaker: state, Until: until, Stats: stats}
}

// Check asks the engine whether it works, where it can be asked.
func (l *LimitedEngine) Check(ctx context.Context) error {
	if c, ok := l.engine.(Checker); ok {
		ctx, cancel := context.WithTimeout(ctx, l.cfg.Timeout)
		defer cancel()
		return l.named(c.Check(ctx))
	}
	return nil
}

// Languages asks the engine which languages it has, where it can be asked.
func (l *LimitedEngine) Languages(ctx context.Context) (Languages, error) {
	if c, ok := l.engine.(Lister); ok {
		ctx, cancel := context.WithTimeout(ctx, l.cfg.Timeout)
		defer cancel()
		return c.Languages(ctx)
	}
	return l.engine.Info().Languages, nil
}

// Measure gives the sizes in which the engine sends the segments of r.
func (l *LimitedEngine) Measure(r Request) []Size { return measure(l.engine, r) }

// Close releases what the engine holds.
func (l *LimitedEngine) Close() error {
	if c, ok := l.engine.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

// Translate translates r; see Limited.
func (l *LimitedEngine) Translate(ctx context.Context, r Request) ([]Reply, error) {
	replies := make([]Reply, len(r.Segments))
	if err := l.refusal(r); err != nil {
		return nil, err
	}
	r, err := l.withGlossary(ctx, r)
	if err != nil {
		return nil, err
	}
	known, err := l.recall(ctx, &r, replies)
	if err != nil {
		return nil, err
	}
	twins := l.twins(r, known.ask)
	t := &translation{l: l, r: r, replies: replies, lost: known.lost}
	runs := l.plan(r, known, replies)
	var g errgroup.Group
	g.SetLimit(l.workers())
	for _, run := range runs {
		g.Go(func() error { t.batch(ctx, run); return nil })
	}
	_ = g.Wait()
	for i, first := range twins {
		replies[i] = replies[first]
		replies[i].Cached = replies[i].Err == nil
	}
	l.count(replies)
	return replies, ctx.Err()
}

// workers is how many batches of a request are looked after at once: twice as
// many as calls may be under way, so that while one's reply is read and booked,
// the next one's call is. Where that is one, they keep their order.
func (l *LimitedEngine) workers() int {
	if l.limits.Concurrency == 1 {
		return 1
	}
	return 2 * l.limits.Concurrency
}

// refusal says why r is not for this engine.
func (l *LimitedEngine) refusal(r Request) error {
	info := l.engine.Info()
	switch {
	case r.Confidential && !info.Local:
		return &Error{
			Engine: l.Name(), Kind: Permanent, What: "a confidential text must not leave the house, and this engine is outside",
			Remedy:  "put a local engine on the route, or translate it by hand",
			Trouble: edition.Trouble{Reason: edition.TroubleOutside},
		}
	case !info.Languages.Has(r.Source, r.Target):
		return NoLanguage(l.Name(), r.Source, r.Target)
	}
	return nil
}

// plan answers what needs no call and cuts what is to be asked into batches.
// What got lost before is apart from the rest, since it is asked for less often.
func (l *LimitedEngine) plan(r Request, known recalled, replies []Reply) (runs [][]int) {
	sizes := measure(l.engine, r)
	var first, again []int
	for i := range r.Segments {
		switch {
		case r.Segments[i].Blank():
			replies[i].Text = r.Segments[i].Text
		case known.ask[i] && known.lost[i] > 0:
			again = append(again, i)
		case known.ask[i]:
			first = append(first, i)
		}
	}
	for _, todo := range [][]int{first, again} {
		asked := make([]Size, len(todo))
		for k, i := range todo {
			asked[k] = sizes[i]
		}
		cut, tooLong := Batch(asked, l.limits)
		for _, k := range tooLong {
			replies[todo[k]].Err = TooLong(l.Name(), asked[k], l.limits)
		}
		for _, run := range cut {
			for n, k := range run {
				run[n] = todo[k]
			}
		}
		runs = append(runs, cut...)
	}
	return runs
}

// translation is one request on its way.
type translation struct {
	l       *LimitedEngine
	r       Request
	replies []Reply // each batch writes its own
	lost    []int   // how often the question of each got lost, likewise

	mu    sync.Mutex
	fatal error // ends the batches that have not begun
}

// refusals is how many segments in a row an engine may refuse one by one
// before the rest of their batch is given up too.
const refusals = 3

// batch translates the segments at the given indexes.
func (t *translation) batch(ctx context.Context, run []int) {
	if err := t.ended(); err != nil {
		t.fail(run, err)
		return
	}
	err := t.ask(ctx, run)
	again := t.brokenOf(run)
	if err != nil {
		t.fail(run, err)
		t.end(err)
		again = apart(err, run)
	}
	refused := 0
	for _, i := range again {
		if refused == refusals || ctx.Err() != nil {
			return
		}
		if err := t.ask(ctx, []int{i}); err != nil {
			t.replies[i] = Reply{Err: err}
			refused++
			continue
		}
		refused = 0
	}
}

// brokenOf gives those of run whose reply broke the contract.
func (t *translation) brokenOf(run []int) (broken []int) {
	for _, i := range run {
		if KindOf(t.replies[i].Err) == Broken {
			broken = append(broken, i)
		}
	}
	return broken
}

// apart gives the segments that are worth asking for one by one after the call
// for all of run failed with err: one of them may be the reason.
func apart(err error, run []int) []int {
	switch {
	case errors.Is(err, errLost):
		return nil
	case KindOf(err) == Broken, KindOf(err) == Permanent && len(run) > 1 && !errors.Is(err, ErrJournal):
		return run
	}
	return nil
}

// ask makes one call for the segments at run, with its retries, and holds the
// replies to the contract.
func (t *translation) ask(ctx context.Context, run []int) error {
	sub := t.r
	sub.Segments = make([]Segment, len(run))
	sub.keys = nil
	lost := 0
	for n, i := range run {
		sub.Segments[n] = t.r.Segments[i]
		lost = max(lost, t.lost[i])
		if t.r.keys != nil {
			sub.keys = append(sub.keys, t.r.keys[i])
		}
	}
	got, lost, err := t.l.call(ctx, sub, lost)
	if err != nil {
		for _, i := range run {
			t.lost[i] = lost
		}
		return err
	}
	for n, i := range run {
		t.replies[i], t.lost[i] = got[n], 0
		if e := (*Error)(nil); errors.As(got[n].Err, &e) && e.Kind == Broken {
			t.l.broken(e.Violations)
		}
	}
	return nil
}

func (t *translation) fail(run []int, err error) {
	for _, i := range run {
		t.replies[i] = Reply{Err: err}
	}
}

// end stops the batches that have not begun where err would meet them all.
func (t *translation) end(err error) {
	k := KindOf(err)
	if k == Quota || k == Auth || k == Unsupported || errors.Is(err, errBreakerOpen) || errors.Is(err, ErrJournal) {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.fatal = err
	}
}

func (t *translation) ended() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.fatal
}

// hold cleans a reply and holds it to the contract.
func (l *LimitedEngine) hold(s Segment, r Reply, target string) (held Reply) {
	if r.Err != nil {
		return r
	}
	defer caught(func(p any) { held = Reply{Raw: r.Raw, Err: faulty(l.Name(), p)} })
	r.Text, r.Engine = Clean(s.Text, r.Text), l.Name()
	if v := Contract(s, r.Text, target); len(v) > 0 {
		return Reply{Raw: r.Raw, Err: BrokenReply(l.Name(), v)}
	}
	return r
}

// call makes one call and, where that can help, makes it again; the replies
// are held to the contract. lost is how often it got lost before, and again in
// the end: a call that may have been carried out is repeated once and no more,
// and only when the engine has shown that it answers. Until then the error is
// one of an engine that is down.
func (l *LimitedEngine) call(ctx context.Context, r Request, lost int) ([]Reply, int, error) {
	wait := backoff.NewExponentialBackOff()
	wait.MaxInterval = 30 * time.Second
	var waited time.Duration
	since := l.signs.since()
	for attempt := 1; ; attempt++ {
		if lost > 0 {
			if err := l.answers(ctx, r, since); err != nil {
				return nil, lost, l.silence(ctx, err)
			}
		}
		since = l.signs.count()
		replies, err := l.attempt(ctx, r, attempt)
		if err == nil {
			return replies, 0, nil
		}
		if errors.Is(err, ErrQueued) {
			return nil, lost, err
		}
		if ctx.Err() != nil {
			return nil, lost, ctx.Err()
		}
		e := asError(l.Name(), l.named(err))
		if e.MayBeBilled {
			if lost++; lost >= mostLost && !errors.Is(err, errFault) {
				return nil, lost, lostTwice(l.Name(), e)
			}
		}
		if e.Kind != Retryable || attempt >= l.cfg.Attempts || errors.Is(err, errBreakerOpen) {
			return nil, lost, e
		}
		// The jitter comes on top of what the service asked for, never below.
		delay := wait.NextBackOff()
		if e.After > 0 {
			delay += e.After
		}
		if waited += delay; waited > l.cfg.Patience {
			return nil, lost, e
		}
		l.tally(func(s *Stats) { s.Retries++ })
		if err := l.cfg.Clock.Sleep(ctx, delay); err != nil {
			return nil, lost, err
		}
	}
}

// silence is the error of an engine that did not give a sign.
func (l *LimitedEngine) silence(ctx context.Context, err error) error {
	switch {
	case errors.Is(err, ErrQueued):
		return err
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return asError(l.Name(), l.named(err))
}

var errBreakerOpen = errors.New("circuit breaker is open")

// ErrJournal is in the chain of an error that is the journal's: the call was
// refused by it, or what came of it could not be written down.
var ErrJournal = errors.New("the journal did not take it")

// ErrQueued is in the chain of the error of what was still waiting for its turn
// with the engine when ctx ended.
var ErrQueued = errors.New("still waiting for its turn")

// attempt makes one call: a slot, the rates, the breaker, the journal, and a
// deadline around it.
func (l *LimitedEngine) attempt(ctx context.Context, r Request, attempt int) ([]Reply, error) {
	c := Call{Engine: l.Name(), Model: l.engine.Info().Model, Info: l.Info(), Request: r, Attempt: attempt}
	for _, s := range measure(l.engine, r) {
		c.Size.CodePoints += s.CodePoints
		c.Size.Bytes += s.Bytes
	}
	receipt, booked, err := l.turn(ctx, &c)
	if err != nil {
		return nil, err
	}
	release := sync.OnceFunc(func() {
		<-l.slots
		runtime.Gosched() // who waits for the slot goes first: there is much to do with a reply
	})
	defer release()
	c.At = l.cfg.Clock.Now()
	if wait, ok := l.breaker.allow(c.At); !ok {
		return nil, l.unsent(ctx, receipt, booked, &Error{
			Engine: l.Name(), Kind: Retryable, After: wait, Err: errBreakerOpen,
			What:    "it failed too often in a row and is left alone for a while",
			Trouble: edition.Trouble{Reason: edition.TroubleResting},
		})
	}
	replies, err := l.recorded(ctx, c, receipt, booked, release)
	l.learn(ctx, c, err)
	return replies, err
}

// learn takes from the end of a call how the engine does.
func (l *LimitedEngine) learn(ctx context.Context, c Call, err error) {
	end := ending{ok: err == nil}
	if err == nil {
		l.signs.end(true)
	} else if ctx.Err() == nil && !errors.Is(err, ErrJournal) && !errors.Is(err, errFault) {
		e := asError(l.Name(), err)
		l.signs.end(!e.MayBeBilled)
		end.failed = e.Kind == Retryable
		end.ok = !end.failed
		reason := e.Told().Reason
		end.cut = end.failed && e.MayBeBilled && (reason == edition.TroubleCut || reason == edition.TroubleUnreachable)
		if end.failed && e.After > 0 {
			l.pace.pause(e.After)
		}
	}
	l.breaker.done(l.cfg.Clock.Now(), end)
	l.tally(func(s *Stats) {
		s.Calls++
		s.Characters += c.Size.CodePoints
		if err != nil {
			s.Failures++
			last := asError(l.Name(), l.named(err))
			s.LastError, s.LastAt, s.Last = last.Safe(), c.At, last.Told()
		}
	})
}

// recorded makes the call between the journal's intent, unless it is booked
// already, and its outcome; release lets the next call begin when this one has
// ended.
func (l *LimitedEngine) recorded(ctx context.Context, c Call, receipt int64, booked bool, release func()) ([]Reply, error) {
	if l.cfg.Journal == nil {
		replies, err := l.timed(ctx, c.Request)
		release()
		return l.held(c.Request, replies), err
	}
	if !booked {
		var err error
		if receipt, err = l.cfg.Journal.Intent(ctx, c); err != nil {
			return nil, fmt.Errorf("%w before the call: %w", ErrJournal, err)
		}
	}
	replies, err := l.timed(WithReceipt(ctx, receipt), c.Request)
	release()
	held := sync.OnceValue(func() []Reply { return l.held(c.Request, replies) })
	go held() // the journal waits for the database meanwhile
	o := Outcome{Replies: replies, Held: held, Err: err, Took: l.cfg.Clock.Now().Sub(c.At)}
	if jerr := l.cfg.Journal.Outcome(context.WithoutCancel(ctx), receipt, o); jerr != nil {
		return nil, fmt.Errorf("%w after the call: %w", ErrJournal, jerr)
	}
	return held(), err
}

// held holds each of an engine's replies to the contract.
func (l *LimitedEngine) held(r Request, replies []Reply) []Reply {
	out := make([]Reply, len(replies))
	for i := range replies {
		out[i] = l.hold(r.Segments[i], replies[i], r.Target)
	}
	return out
}

// timed makes the call within its deadline.
func (l *LimitedEngine) timed(ctx context.Context, r Request) (replies []Reply, err error) {
	ctx, cancel := context.WithTimeout(ctx, l.cfg.Timeout)
	defer cancel()
	defer caught(func(p any) { replies, err = nil, faulty(l.Name(), p) })
	replies, err = l.engine.Translate(ctx, r)
	if err == nil && len(replies) != len(r.Segments) {
		return nil, WrongCount(l.Name(), len(r.Segments), len(replies))
	}
	return replies, err
}

func (l *LimitedEngine) tally(f func(*Stats)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f(&l.stats)
}

func (l *LimitedEngine) broken(vs []Violation) {
	l.tally(func(s *Stats) {
		for _, v := range vs {
			s.Broken[v.Rule]++
		}
	})
}

func (l *LimitedEngine) count(replies []Reply) {
	l.tally(func(s *Stats) {
		for _, r := range replies {
			if r.Err != nil {
				s.Failed++
			} else {
				s.Translated++
			}
		}
	})
}
