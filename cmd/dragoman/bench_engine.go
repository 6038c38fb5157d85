package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"dragoman/internal/engine"
)

// engineBenchOptions are what `bench engine` is asked for.
type engineBenchOptions struct {
	delay    time.Duration
	seconds  int
	batches  int
	releases int
	timeout  time.Duration
	faults   float64
	seed     uint64
	json     bool
}

func newBenchEngine(g *globals) *cobra.Command {
	var o engineBenchOptions
	c := &cobra.Command{
		Use:   "engine",
		Short: "Measure how engines are used, against counterparts on this machine",
		Long: `Serves counterparts of Google and DeepL that take --delay for each call, and measures,
in a scratch database, with the real ledger:
  - throughput, where the bound is how many calls may be under way, and where it is how
    many characters may go in a minute, beside the ideal that the bound allows;
  - what a batch costs beyond the engine's own time;
  - a drill in which a share of the calls goes wrong (429, 503, cut connections, slow and
    broken replies): whether every segment of every edition ends translated or with a
    person, none lost and none stored twice, and whether the ledger equals the bill,
    call by call.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			dir, err := os.MkdirTemp("", "dragoman-bench")
			if err != nil {
				return err
			}
			defer os.RemoveAll(dir)
			b := &engineBench{globals: g, o: o, dir: dir}
			return b.run(c.Context())
		},
	}
	f := c.Flags()
	f.DurationVar(&o.delay, "delay", 200*time.Millisecond, "how long a counterpart takes for a call")
	f.IntVar(&o.seconds, "seconds", 10, "how long each measurement of throughput should ideally take")
	f.IntVar(&o.batches, "batches", 40, "how many batches the overhead is measured with, in a row and with pauses")
	f.IntVar(&o.releases, "releases", 40, "how many releases of 20 segments the drill drafts in five locales")
	f.DurationVar(&o.timeout, "timeout", time.Second, "the engine's timeout in the drill; slow answers take three times as long")
	f.Float64Var(&o.faults, "faults", 0.2, "the share of calls that go wrong in the drill, 0 to 1")
	f.Uint64Var(&o.seed, "seed", 1, "decides which calls go wrong")
	f.BoolVar(&o.json, "json", false, "print one JSON object")
	return c
}

// engineBench is one measurement.
type engineBench struct {
	*globals
	o      engineBenchOptions
	dir    string
	next   int // sentence that was not used yet
	report engineReport
}

// engineReport is what was measured.
type engineReport struct {
	DelayMillis float64      `json:"delay_ms"`
	Flows       []engineFlow `json:"throughput"`
	// Whole is through the whole pipeline, from the files to the review queue.
	Whole    engineFlow   `json:"pipeline_throughput"`
	Overhead overhead     `json:"overhead"`
	Drill    drillReport  `json:"drill"`
	Ledger   ledgerReport `json:"ledger"`
}

// engineFlow is a measurement of throughput.
type engineFlow struct {
	Engine     string  `json:"engine"`
	Bound      string  `json:"bound"`
	Calls      int     `json:"calls"`
	Characters int     `json:"characters"`
	Seconds    float64 `json:"seconds"`
	Ideal      float64 `json:"ideal_seconds"`
	Share      float64 `json:"share_of_ideal"` // 0 to 1
	// Flowing is from when the first call was booked to the end of the last:
	// without what comes before (reading, looking up) and after (saving).
	Flowing      float64 `json:"seconds_of_calls"`
	FlowingShare float64 `json:"share_of_ideal_of_calls"`
	Failed       int     `json:"failed_segments"`
}

// overhead is what batches cost beyond the engine's own time, which is that of
// the adapter, the connection, and the counterpart with its delay. Everything
// else counts: look-ups, the ledger with its wait for the disk, the contract.
type overhead struct {
	Batches int `json:"batches"`
	// InARow is of batches that follow one another through a single place among
	// the engine's calls, from two editions in turns: how long the place stands
	// idle for a batch. What is done while another call is under way, as booking
	// the next one, costs no time here.
	InARow float64 `json:"ms_a_batch_in_a_row"`
	// Millis and Median are of single batches, each after a pause, in which
	// processor and disk have gone to sleep: nothing can be done beside another
	// call, and the wait for the disk counts whole.
	Millis float64 `json:"ms_a_batch_alone"`
	Median float64 `json:"median_ms_a_batch_alone"`
	// Ledger is how much of Millis the ledger takes. Durable is the least that it
	// can take: a transaction of one row that is on the disk when it ends, on the
	// same database and after as long a pause as between two batches.
	Ledger  float64 `json:"ledger_ms_a_batch_alone"`
	Durable float64 `json:"durable_row_ms"`
	Engine  float64 `json:"engine_ms_a_batch"`
}

// engineGoals are what the figures are held against.
const (
	goalShare  = 0.95
	goalMillis = 1.0
)

func (b *engineBench) run(ctx context.Context) error {
	b.report.DelayMillis = float64(b.o.delay.Microseconds()) / 1000
	for _, measure := range []func(context.Context) error{b.flows, b.overhead, b.whole, b.drill} {
		if err := measure(ctx); err != nil {
			return err
		}
	}
	return b.print()
}

// scratch opens a Dragoman in a folder of its own whose route is one engine.
func (b *engineBench) scratch(ctx context.Context, name, line, engineName string) (*app, error) {
	dir := filepath.Join(b.dir, name)
	if err := os.MkdirAll(filepath.Join(dir, "en"), 0o755); err != nil {
		return nil, err
	}
	settings := fmt.Sprintf("content: %s/en\npublic: %s/public\ndatabase: %s/dragoman.db\nengines:\n  - %s\nroutes:\n  - {locale: \"*\", engines: [%s]}\n", dir, dir, dir, line, engineName)
	file := filepath.Join(dir, "dragoman.yaml")
	if err := os.WriteFile(file, []byte(settings), 0o644); err != nil {
		return nil, err
	}
	g := &globals{config: file, flags: map[string]any{}, lateMemory: true, stdin: b.stdin, stdout: b.stdout, stderr: b.stderr}
	return g.open(ctx)
}

// flow is one measurement of throughput to be made.
type flow struct {
	kind   string
	bound  string
	limits engine.Limits // what is narrowed
	// ideal is the least time that calls and characters take within the limits.
	ideal func(l engine.Limits, calls, characters int) float64
	// characters is about how many fill the time.
	characters func(l engine.Limits) int
}

const (
	// burst is how much of a minute's characters may go at once: a second's.
	burst = 60
	// filled is how full a batch of whole sentences gets.
	filled = 0.98
)

func (b *engineBench) flowList() []flow {
	delay, seconds := b.o.delay.Seconds(), float64(b.o.seconds)
	paced := func(l engine.Limits, characters int) float64 {
		if l.CharactersPerMinute == 0 {
			return 0
		}
		return float64(characters-l.CharactersPerMinute/burst) / float64(l.CharactersPerMinute) * 60
	}
	ideal := func(l engine.Limits, calls, characters int) float64 {
		return max(math.Ceil(float64(calls)/float64(l.Concurrency))*delay, paced(l, characters))
	}
	fill := func(l engine.Limits) int {
		return int(seconds / delay * float64(l.Concurrency) * float64(l.Recommended) * filled)
	}
	slow := func(l engine.Limits) int { return int((seconds + 1) / burst * float64(l.CharactersPerMinute)) }
	const many, few = 1_000_000_000, 600_000
	return []flow{
		{kind: "google", bound: "calls at once", limits: engine.Limits{CharactersPerMinute: many}, ideal: ideal, characters: fill},
		{kind: "deepl", bound: "calls at once", ideal: ideal, characters: fill},
		{kind: "google", bound: "characters a minute", ideal: ideal, characters: slow},
		{kind: "google", bound: "few characters a minute", limits: engine.Limits{CharactersPerMinute: few}, ideal: ideal, characters: slow},
	}
}

// flows measures throughput.
func (b *engineBench) flows(ctx context.Context) error {
	for i, f := range b.flowList() {
		fmt.Fprintf(b.stderr, "Throughput of %s within its %s…\n", f.kind, f.bound)
		got, err := b.flow(ctx, fmt.Sprintf("flow%d", i), f)
		if err != nil {
			return err
		}
		b.report.Flows = append(b.report.Flows, got)
	}
	return nil
}

func (b *engineBench) flow(ctx context.Context, name string, f flow) (engineFlow, error) {
	s, err := startFake(f.kind, fakeOptions{listen: "127.0.0.1:0", delay: b.o.delay})
	if err != nil {
		return engineFlow{}, err
	}
	defer s.Stop()
	a, err := b.scratch(ctx, name, s.engine, "fake-"+f.kind)
	if err != nil {
		return engineFlow{}, err
	}
	defer a.close()
	e, err := a.bare("fake-" + f.kind)
	if err != nil {
		return engineFlow{}, err
	}
	l := engine.Limited(e, engine.Config{Limits: f.limits, Journal: a.journal})
	defer l.Close()
	if err := b.warm(ctx, l); err != nil {
		return engineFlow{}, err
	}
	before := s.Bill()
	r := b.request(f.characters(l.Info().Limits))
	begin := time.Now()
	replies, err := l.Translate(ctx, r)
	took := time.Since(begin).Seconds()
	if err != nil {
		return engineFlow{}, err
	}
	after := s.Bill()
	out := engineFlow{
		Engine: f.kind, Bound: f.bound, Seconds: took,
		Calls: after.Requests - before.Requests, Characters: after.Characters - before.Characters,
	}
	for _, reply := range replies {
		if reply.Err != nil {
			out.Failed++
		}
	}
	out.Ideal = f.ideal(l.Info().Limits, out.Calls, out.Characters)
	return out, out.share(ctx, a, begin)
}

// share works out the shares of the ideal, from the ledger's calls since begin.
func (f *engineFlow) share(ctx context.Context, a *app, begin time.Time) error {
	calls, err := a.store.EngineCalls(ctx, everyCall)
	if err != nil {
		return err
	}
	var first, last time.Time
	for _, c := range calls {
		if c.Started.Before(begin.Truncate(time.Microsecond)) {
			continue
		}
		if first.IsZero() || c.Started.Before(first) {
			first = c.Started
		}
		if c.Ended.After(last) {
			last = c.Ended
		}
	}
	f.Share = f.Ideal / f.Seconds
	if f.Flowing = last.Sub(first).Seconds(); f.Flowing > 0 {
		f.FlowingShare = f.Ideal / f.Flowing
	}
	return nil
}

// bare makes an engine without limits around it.
func (a *app) bare(name string) (engine.Engine, error) {
	s, err := a.engineSettings(name)
	if err != nil {
		return nil, err
	}
	return engine.New(s)
}

// warm makes the connection and the database's first pages.
func (b *engineBench) warm(ctx context.Context, l *engine.LimitedEngine) error {
	_, err := l.Translate(ctx, b.request(1))
	return err
}

// request is made of sentences that were not used before, of about so many
// characters.
func (b *engineBench) request(characters int) engine.Request {
	r := engine.Request{Source: "en", Target: "ar"}
	for n := 0; n < characters; b.next++ {
		text := fmt.Sprintf(benchSentences[b.next%len(benchSentences)], benchPlaces[b.next%len(benchPlaces)], b.next+1000)
		n += len(text)
		r.Segments = append(r.Segments, engine.Segment{Text: text})
	}
	return r
}

// timed is an engine that counts its own time.
type timed struct {
	engine.Engine
	spent atomic.Int64 // nanoseconds
}

func (t *timed) Unwrap() engine.Engine { return t.Engine }

func (t *timed) Translate(ctx context.Context, r engine.Request) ([]engine.Reply, error) {
	begin := time.Now()
	replies, err := t.Engine.Translate(ctx, r)
	t.spent.Add(int64(time.Since(begin)))
	return replies, err
}

// Measure is the engine's own.
func (t *timed) Measure(r engine.Request) []engine.Size {
	if m, ok := t.Engine.(engine.Measurer); ok {
		return m.Measure(r)
	}
	sizes := make([]engine.Size, len(r.Segments))
	for i, s := range r.Segments {
		sizes[i] = engine.SizeOf(s.Text)
	}
	return sizes
}

// timedJournal is a journal that counts its own time.
type timedJournal struct {
	engine.Journal
	spent atomic.Int64 // nanoseconds
}

func (t *timedJournal) count(begin time.Time) { t.spent.Add(int64(time.Since(begin))) }

func (t *timedJournal) Intent(ctx context.Context, c engine.Call) (int64, error) {
	defer t.count(time.Now())
	return t.Journal.Intent(ctx, c)
}

func (t *timedJournal) Outcome(ctx context.Context, receipt int64, o engine.Outcome) error {
	defer t.count(time.Now())
	return t.Journal.Outcome(ctx, receipt, o)
}

// Known is the journal's, where it has a cache.
func (t *timedJournal) Known(ctx context.Context, c engine.Call) ([]engine.Known, error) {
	defer t.count(time.Now())
	if cache, ok := t.Journal.(engine.Cache); ok {
		return cache.Known(ctx, c)
	}
	return make([]engine.Known, len(c.Request.Segments)), nil
}

// overheadBench is what the overhead is measured with.
type overheadBench struct {
	*app
	own    *timed
	ledger *timedJournal
	engine *engine.LimitedEngine
}

// overhead measures what a batch of 20 sentences, which is what an edition asks
// for, costs beyond the engine's own time.
func (b *engineBench) overhead(ctx context.Context) error {
	fmt.Fprintln(b.stderr, "Overhead of a batch…")
	s, err := startFake("google", fakeOptions{listen: "127.0.0.1:0", delay: b.o.delay})
	if err != nil {
		return err
	}
	defer s.Stop()
	a, err := b.scratch(ctx, "overhead", s.engine, "fake-google")
	if err != nil {
		return err
	}
	defer a.close()
	e, err := a.bare("fake-google")
	if err != nil {
		return err
	}
	o := &overheadBench{app: a, own: &timed{Engine: e}, ledger: &timedJournal{Journal: a.journal}}
	o.engine = engine.Limited(o.own, engine.Config{Journal: o.ledger, Limits: engine.Limits{Concurrency: 1}})
	defer o.engine.Close()
	if err := b.warm(ctx, o.engine); err != nil {
		return err
	}
	if err := b.alone(ctx, o); err != nil {
		return err
	}
	return b.inARow(ctx, o)
}

// alone measures batches one by one, each after a pause.
func (b *engineBench) alone(ctx context.Context, o *overheadBench) error {
	o.own.spent.Store(0)
	o.ledger.spent.Store(0)
	n := max(1, b.o.batches)
	each := make([]time.Duration, 0, n)
	var total, durable time.Duration
	for i := range n {
		before := o.own.spent.Load()
		r := b.request(1500)
		begin := time.Now()
		if _, err := o.engine.Translate(ctx, r); err != nil {
			return err
		}
		each = append(each, time.Since(begin)-time.Duration(o.own.spent.Load()-before))
		total += each[i]
		if err := (engine.SystemClock{}).Sleep(ctx, b.o.delay); err != nil {
			return err
		}
		begin = time.Now()
		if err := o.store.SetEngineNote(ctx, "bench", "row", fmt.Sprint(i)); err != nil {
			return err
		}
		durable += time.Since(begin)
		if err := (engine.SystemClock{}).Sleep(ctx, b.o.delay); err != nil {
			return err
		}
	}
	slices.Sort(each)
	mean := func(d time.Duration) float64 { return millis(d) / float64(n) }
	b.report.Overhead = overhead{
		Batches: n, Millis: mean(total), Median: millis(each[n/2]), Ledger: mean(time.Duration(o.ledger.spent.Load())),
		Durable: mean(durable), Engine: mean(time.Duration(o.own.spent.Load())),
	}
	return nil
}

// inARow measures batches of two editions that use one place in turns.
func (b *engineBench) inARow(ctx context.Context, o *overheadBench) error {
	o.own.spent.Store(0)
	const editions = 2
	n := max(1, b.o.batches/editions)
	requests := make([]engine.Request, editions*n)
	for i := range requests {
		requests[i] = b.request(1500)
	}
	begin := time.Now()
	var g errgroup.Group
	for e := range editions {
		g.Go(func() error {
			for i := e; i < len(requests); i += editions {
				if _, err := o.engine.Translate(ctx, requests[i]); err != nil {
					return err
				}
			}
			return nil
		})
	}
	err := g.Wait()
	b.report.Overhead.InARow = millis(time.Since(begin)-time.Duration(o.own.spent.Load())) / float64(len(requests))
	return err
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// spec are the drill's faults, as `engine fake` takes them: a fifth each of the
// share are 429, 503, cut connections, slow answers and broken replies.
func (b *engineBench) spec() string {
	return fmt.Sprintf("seed=%d,rate=%g,slow-for=%s,retry-after=1s", b.o.seed, b.o.faults, 3*b.o.timeout)
}

func (b *engineBench) print() error {
	r := b.report
	if b.o.json {
		return json.NewEncoder(b.stdout).Encode(r)
	}
	fmt.Fprintf(b.stdout, "Counterparts with a delay of %.0f ms\n\nThroughput\n", r.DelayMillis)
	for _, f := range r.Flows {
		fmt.Fprintf(b.stdout, "  %-7s bound by %-24s %d calls, %d characters in %.2f s; ideal %.2f s: %.1f%% (goal %.0f%%); from the first call to the last: %.1f%%\n",
			f.Engine, f.Bound+":", f.Calls, f.Characters, f.Seconds, f.Ideal, 100*f.Share, 100*goalShare, 100*f.FlowingShare)
	}
	w := r.Whole
	fmt.Fprintf(b.stdout, "  from the files to the review queue, an edition a call: %d calls in %.2f s; ideal %.2f s: %.1f%%; from the first call to the last: %.1f%% (goal %.0f%%)\n",
		w.Calls, w.Seconds, w.Ideal, 100*w.Share, 100*w.FlowingShare, 100*goalShare)
	o := r.Overhead
	fmt.Fprintf(b.stdout, `
A batch beyond the engine's own time
  in a row: %.2f ms (goal: under %.0f ms)
  alone, after a pause: %.2f ms, median %.2f, of it the ledger and cache %.2f ms; the least, one durable row after as long a pause: %.2f ms
  the engine's own time %.1f ms, ideal %.0f ms
`,
		o.InARow, goalMillis, o.Millis, o.Median, o.Ledger, o.Durable, o.Engine, r.DelayMillis)
	d, l := r.Drill, r.Ledger
	fmt.Fprintf(b.stdout, `
Drill with %.0f%% of the calls going wrong, %.1f s
  %d editions with %d segments: %d translated by the engine, %d from the memory, %d with a person (%s)
  lost %d, stored twice %d, not fit to use %d; editions not ready for review %d (ideal: 0 each)
Ledger and bill
  %d calls in the ledger, %d on the bill, %d of them billed; %d differ (ideal: 0)
  characters of known calls: ledger %d, bill %d; unknown calls: %d, of which the service billed %d
`, 100*b.o.faults, d.Seconds, d.Editions, d.Segments, d.ByEngine, d.FromMemory, d.ToPeople, reasons(d.Reasons), d.Lost, d.Twice, d.Unfit, d.NotReady,
		l.Calls, l.Requests, l.Billed, len(l.Differences), l.Characters, l.CharactersBilled, l.Unknown, l.UnknownBilled)
	for _, line := range l.Differences {
		fmt.Fprintln(b.stdout, "  "+line)
	}
	return nil
}
