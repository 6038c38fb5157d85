package main

import (
	"context"
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"dragoman/internal/edition"
	"dragoman/internal/engine"
	"dragoman/internal/engine/fake"
	"dragoman/internal/store"
)

// drillReport is what became of every segment in the drill.
type drillReport struct {
	Faults     string  `json:"faults"`
	Seconds    float64 `json:"seconds"`
	Editions   int     `json:"editions"`
	Segments   int     `json:"segments"`
	ByEngine   int     `json:"by_engine"`
	FromMemory int     `json:"from_memory"`
	// ToPeople are those that stay untranslated in an edition which people
	// have, Reasons why, as the edition says.
	ToPeople int            `json:"to_people"`
	Reasons  map[string]int `json:"reasons"`
	// Lost have no target, Twice more than one version or a proposal as well,
	// Unfit break the contract, NotReady are editions that nobody has.
	Lost     int `json:"lost"`
	Twice    int `json:"stored_twice"`
	Unfit    int `json:"unfit"`
	NotReady int `json:"editions_not_ready"`
}

// ledgerReport holds the ledger against the bill.
type ledgerReport struct {
	Calls    int `json:"ledger_calls"`
	Requests int `json:"bill_calls"`
	Billed   int `json:"billed_calls"`
	// Characters are those of calls whose end is known.
	Characters       int `json:"ledger_characters"`
	CharactersBilled int `json:"billed_characters"`
	// Unknown are calls of which the ledger says so: they were cut off, and the
	// service may have billed them.
	Unknown       int      `json:"unknown_calls"`
	UnknownBilled int      `json:"unknown_billed"`
	Differences   []string `json:"differences"`
}

// drafting is a Dragoman that has drafted releases with a counterpart.
type drafting struct {
	*app
	service started
	took    time.Duration
}

// close ends both.
func (d *drafting) close() {
	_ = d.app.close() // what it wrote is a scratch database's
	d.service.Stop()
}

// draft drafts releases in five locales through the whole pipeline, with a
// counterpart of Google for the engine.
func (b *engineBench) draft(ctx context.Context, name, faults string, timeout time.Duration) (*drafting, error) {
	fmt.Fprintf(b.stderr, "Drafting %d releases (%s)…\n", b.o.releases, name)
	s, err := startFake("google", fakeOptions{listen: "127.0.0.1:0", delay: b.o.delay, faults: faults})
	if err != nil {
		return nil, err
	}
	a, err := b.scratch(ctx, name, strings.TrimSuffix(s.engine, "}")+fmt.Sprintf(", timeout: %s}", timeout), "fake-google")
	if err != nil {
		s.Stop()
		return nil, err
	}
	d := &drafting{app: a, service: s}
	if err := d.work(ctx, filepath.Join(b.dir, name, "en"), b.o.releases); err != nil {
		d.close()
		return nil, err
	}
	return d, nil
}

func (d *drafting) work(ctx context.Context, content string, releases int) error {
	for i := range releases {
		if err := writeBenchRelease(content, i); err != nil {
			return err
		}
	}
	// The files come to a Dragoman that is up.
	if err := d.pipe.Ready(ctx); err != nil {
		return err
	}
	if err := d.store.Work(ctx, d.handle(), store.DefaultSlots()); err != nil {
		return err
	}
	begin := time.Now()
	if _, err := d.pipe.Load(ctx, nil, edition.Bulk, nil); err != nil {
		return err
	}
	bar := newProgress(d.stderr, "Steps left:")
	defer bar.end()
	for {
		if err := d.settle(ctx, bar); err != nil {
			return err
		}
		d.took = time.Since(begin)
		waiting, err := d.waiting(ctx)
		if err != nil || waiting == 0 || d.took > mostWaited {
			return err // what waits still is counted as not ready
		}
		if err := (engine.SystemClock{}).Sleep(ctx, lookEvery); err != nil {
			return err
		}
	}
}

// mostWaited is how long a drill goes on at most for editions that wait for an
// engine which failed so often in a row that it is left alone for a while. They
// go on by themselves: a command ends before, a desk does not.
const mostWaited = 15 * time.Minute

// waiting counts the editions that wait for an engine.
func (d *drafting) waiting(ctx context.Context) (n int, err error) {
	releases, err := d.store.LiveReleases(ctx)
	if err != nil {
		return 0, err
	}
	for _, rel := range releases {
		es, err := d.store.Editions(ctx, rel.ID)
		if err != nil {
			return 0, err
		}
		for _, e := range es {
			if e.Hold.Kind == edition.HoldWaiting {
				n++
			}
		}
	}
	return n, nil
}

// whole measures throughput through the whole pipeline: an edition's sentences
// are one call.
func (b *engineBench) whole(ctx context.Context) error {
	d, err := b.draft(ctx, "undisturbed", "", engine.DefaultTimeout)
	if err != nil {
		return err
	}
	defer d.close()
	bill, calls := d.service.Bill(), 8.0
	f := engineFlow{Engine: "google", Bound: "calls at once, releases", Calls: bill.Requests, Characters: bill.Characters, Seconds: d.took.Seconds()}
	f.Ideal = math.Ceil(float64(f.Calls)/calls) * b.o.delay.Seconds()
	err = f.share(ctx, d.app, time.Time{})
	b.report.Whole = f
	return err
}

// drill drafts with an engine that fails, and looks what became of everything.
func (b *engineBench) drill(ctx context.Context) error {
	spec := b.spec()
	d, err := b.draft(ctx, "drill", spec, b.o.timeout)
	if err != nil {
		return err
	}
	defer d.close()
	b.report.Drill = drillReport{Faults: spec, Seconds: d.took.Seconds(), Reasons: map[string]int{}}
	if err := b.report.Drill.look(ctx, d.app); err != nil {
		return err
	}
	calls, err := d.store.EngineCalls(ctx, everyCall)
	b.report.Ledger = compareBill(calls, d.service.Bill())
	return err
}

// everyCall is more calls than a scratch database has.
const everyCall = 1 << 20

// look counts what became of every segment.
func (d *drillReport) look(ctx context.Context, a *app) error {
	releases, err := a.store.LiveReleases(ctx)
	if err != nil {
		return err
	}
	for _, rel := range releases {
		es, err := a.store.Editions(ctx, rel.ID)
		if err != nil {
			return err
		}
		for _, e := range es {
			if err := d.edition(ctx, a, e); err != nil {
				return err
			}
		}
		d.Lost += (len(a.cfg.Locales) - len(es)) * benchSegments
	}
	return nil
}

func (d *drillReport) edition(ctx context.Context, a *app, e edition.Edition) error {
	d.Editions++
	if e.State != edition.InReview {
		d.NotReady++
	}
	segs, err := a.store.Segments(ctx, e.Revision)
	if err != nil {
		return err
	}
	ts, err := a.store.Targets(ctx, e.ID)
	if err != nil {
		return err
	}
	ps, err := a.store.Proposals(ctx, e.ID)
	if err != nil {
		return err
	}
	proposed := map[int64]bool{}
	for _, p := range ps {
		proposed[p.Target] = true
	}
	d.Segments += len(segs)
	at := map[int]*edition.Target{}
	for _, t := range ts {
		if at[t.Position] != nil {
			d.Twice++
		}
		at[t.Position] = t
	}
	for i, s := range segs {
		if err := d.segment(ctx, a, e, s, at[i], proposed); err != nil {
			return err
		}
	}
	return nil
}

func (d *drillReport) segment(ctx context.Context, a *app, e edition.Edition, s edition.Segment, t *edition.Target, proposed map[int64]bool) error {
	if t == nil {
		d.Lost++
		return nil
	}
	versions, err := a.store.History(ctx, t.ID)
	if err != nil {
		return err
	}
	if len(versions) > 1 || proposed[t.ID] {
		d.Twice++
	}
	switch {
	case t.Standing.ID == 0:
		d.ToPeople++
		d.Reasons[reason(e)]++
	case t.Standing.Origin.Kind != edition.FromEngine:
		d.FromMemory++
	default:
		d.ByEngine++
		if engine.Contract(engine.Segment{Text: s.Source}, t.Standing.Text, e.Locale) != nil {
			d.Unfit++
		}
	}
	return nil
}

// reason is why an edition has untranslated segments, as it says itself.
func reason(e edition.Edition) string {
	switch {
	case e.Hold.Held():
		return string(e.Hold.Kind)
	case e.State == edition.Failed:
		return "failed"
	}
	return "untranslated"
}

func reasons(by map[string]int) string {
	if len(by) == 0 {
		return "none"
	}
	var parts []string
	for _, why := range slices.Sorted(maps.Keys(by)) {
		parts = append(parts, fmt.Sprintf("%s %d", why, by[why]))
	}
	return strings.Join(parts, ", ")
}

// compareBill holds the ledger against the bill, call by call: what is done was
// billed, with as many characters, what failed was not, and nothing was billed
// that is not in the ledger. What the ledger calls unknown may be either.
func compareBill(calls []edition.EngineCall, bill fake.Bill) ledgerReport {
	r := ledgerReport{Calls: len(calls), Requests: bill.Requests, Billed: bill.Billed, Differences: []string{}}
	differ := func(format string, args ...any) { r.Differences = append(r.Differences, fmt.Sprintf(format, args...)) }
	lines := map[int64]fake.BillLine{}
	for _, l := range bill.Calls {
		if old, twice := lines[l.Call]; twice && old.Billed && l.Billed {
			differ("call %d was billed twice", l.Call)
		}
		if l.Billed || lines[l.Call].Call == 0 {
			lines[l.Call] = l
		}
	}
	for _, c := range calls {
		l, known := lines[c.ID]
		delete(lines, c.ID)
		switch c.Status {
		case edition.CallDone:
			r.Characters += c.Characters
			if l.Billed {
				r.CharactersBilled += l.Characters
			}
			if !known || !l.Billed || l.Characters != c.Characters {
				differ("call %d is done with %d characters in the ledger; on the bill: %+v", c.ID, c.Characters, l)
			}
		case edition.CallFailed:
			if l.Billed {
				r.CharactersBilled += l.Characters
				differ("call %d failed in the ledger, and was billed: %+v", c.ID, l)
			}
		case edition.CallUnknown:
			r.Unknown++
			if l.Billed {
				r.UnknownBilled++
			}
		default:
			differ("call %d has no end in the ledger (%s)", c.ID, c.Status)
		}
	}
	for id, l := range lines {
		differ("call %d is on the bill and not in the ledger: %+v", id, l)
	}
	slices.Sort(r.Differences)
	return r
}
