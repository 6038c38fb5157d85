package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"dragoman/glossary"
	"dragoman/internal/edition"
	"dragoman/internal/store"
)

// applyBench is what applying a change of many names took.
type applyBench struct {
	Names    int    `json:"names"`
	Scope    string `json:"scope"` // which editions it reaches
	Swapped  int    `json:"swapped"`
	Proposed int    `json:"proposed"`
	Others   int    `json:"others"` // for an engine or a person
	// Seconds is the time from the order to the end of the batch, Walk the part
	// of it in which targets were verified and swapped.
	Seconds      float64 `json:"seconds"`
	Walk         float64 `json:"walk_seconds"`
	WalkCPU      float64 `json:"walk_cpu_seconds"`   // on all cores, the desk's part too
	PerSecond    float64 `json:"swapped_per_second"` // in the walk
	AllPerSecond float64 `json:"targets_per_second"` // of all kinds
	// RawPerSecond is how many targets a second could be changed if there was
	// nothing to do but to insert their rows, three each.
	RawPerSecond float64 `json:"raw_targets_per_second"`
	// What a person at the desk waits for meanwhile, 95 of 100 times.
	QueueMillis float64 `json:"queue_ms"`
	ViewMillis  float64 `json:"view_ms"`
	TypeMillis  float64 `json:"type_ms"`
	UndoSeconds float64 `json:"undo_seconds"`
	UndoCPU     float64 `json:"undo_cpu_seconds"`
	// How long a transaction of the batch holds the database, 99 of 100 times.
	SliceMillis     float64 `json:"slice_ms"`
	UndoSliceMillis float64 `json:"undo_slice_ms"`
}

// sliceTimes gathers how long transactions of batches took.
type sliceTimes struct {
	mu   sync.Mutex
	took []time.Duration
}

func (s *sliceTimes) add(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.took = append(s.took, d)
}

// p99 gives the time in ms that 99 of 100 stayed below, and begins anew.
func (s *sliceTimes) p99() float64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer func() { s.took = nil }()
	return slowest(s.took, 99)
}

// apply gives names other forms in every language, applies that as a batch,
// looks at the desk meanwhile, and undoes it.
func (b *batchBench) apply(ctx context.Context, a *app) error {
	var edits []edition.ConceptEdit
	g := a.pipe.Glossary()
	for _, name := range sortedNames(newArchive(g, "ar", nil), glossary.LOC) {
		i := slices.IndexFunc(g.Concepts(), func(c glossary.Concept) bool { return c.Source == name })
		if i >= 0 && len(edits) < b.o.names {
			edits = append(edits, renamedEverywhere(g.Concept(i)))
		}
	}
	scope, err := edition.ParseScope(b.o.scope)
	if err != nil {
		return usageError{err}
	}
	set, _, err := a.pipe.SaveChangeSet(ctx, "bench", edition.ChangeSet{Title: "bench", Edits: edits, Scope: scope}, edition.OldDropped)
	if err != nil {
		return err
	}
	r := &applyBench{Names: len(edits), Scope: scope.String()}
	b.report.Apply = r
	begin := time.Now()
	batch, err := a.pipe.Apply(ctx, "bench", set.ID)
	if err != nil {
		return err
	}
	if err := a.store.Work(ctx, a.handle(), store.DefaultSlots()); err != nil {
		return err
	}
	desk, stop := context.WithCancel(ctx)
	looked := make(chan error, 1)
	go func() { looked <- r.look(desk, a) }()
	err = b.watch(ctx, a, batch.ID, r)
	stop()
	if lerr := <-looked; err == nil {
		err = lerr
	}
	if err != nil {
		return err
	}
	r.Seconds = time.Since(begin).Seconds()
	if batch, err = a.pipe.Batch(ctx, batch.ID); err != nil {
		return err
	}
	if batch.State != edition.BatchDone {
		return fmt.Errorf("the batch is %s: %s", batch.State, batch.Problem)
	}
	for _, c := range batch.Counts {
		switch {
		case c.Action == edition.ActSwap:
			r.Swapped += c.N
		case c.Status == edition.ItemWaiting:
			r.Proposed += c.N
		default:
			r.Others += c.N
		}
	}
	r.PerSecond = float64(r.Swapped) / max(r.Walk, 0.001)
	r.AllPerSecond = float64(r.Swapped+r.Proposed+r.Others) / max(r.Walk, 0.001)
	r.SliceMillis = b.slices.p99()
	begin, cpu := time.Now(), cpuSeconds()
	if _, err := a.pipe.UndoBatch(ctx, "bench", batch.ID); err != nil {
		return err
	}
	if err := a.settle(ctx, newProgress(b.stderr, "Undoing:")); err != nil {
		return err
	}
	r.UndoSeconds, r.UndoCPU = time.Since(begin).Seconds(), cpuSeconds()-cpu
	r.UndoSliceMillis = b.slices.p99()
	if err := a.store.Stop(ctx); err != nil {
		return err
	}
	rows := 3 * max(r.Swapped, 10_000)
	took, err := a.store.RawInserts(ctx, rows, 1200)
	r.RawPerSecond = float64(rows) / 3 / took.Seconds()
	return err
}

// watch waits for a batch and times its walk.
func (b *batchBench) watch(ctx context.Context, a *app, id int64, r *applyBench) error {
	bar := newProgress(b.stderr, "Applying:")
	defer bar.end()
	var from time.Time
	var cpu float64
	for {
		bs, err := a.pipe.Batches(ctx)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(bs, func(x edition.Batch) bool { return x.ID == id })
		now := &bs[at]
		switch {
		case now.Phase == edition.PhaseTargets && from.IsZero():
			from, cpu = time.Now(), cpuSeconds()
		case now.Phase != edition.PhaseTargets && !from.IsZero() && r.Walk == 0:
			r.Walk, r.WalkCPU = time.Since(from).Seconds(), cpuSeconds()-cpu
		}
		if !now.State.AtWork() {
			return nil
		}
		bar.show(now.Done, now.Total)
		select {
		case <-ctx.Done():
			return errStopped
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// look does what people at the desk do, again and again.
func (r *applyBench) look(ctx context.Context, a *app) error {
	lines, _, err := a.pipe.Queue(ctx, edition.Filter{States: []edition.State{edition.InReview}, Limit: 200})
	if err != nil || len(lines) == 0 {
		return err
	}
	var queue, view, typed []time.Duration
	for i := 0; ; i++ {
		ed := lines[i%len(lines)]
		begin := time.Now()
		if _, _, err = a.pipe.Queue(ctx, edition.Filter{States: []edition.State{edition.InReview}, Limit: 50}); err == nil {
			queue = append(queue, time.Since(begin))
			begin = time.Now()
			v, verr := a.pipe.View(ctx, ed.ID, "bench")
			if err = verr; err == nil && len(v.Rows) > 0 {
				view = append(view, time.Since(begin))
				begin = time.Now()
				t := v.Rows[len(v.Rows)-1].Target
				if err = a.pipe.Type(ctx, "bench", t.ID, t.Standing.ID, t.Standing.Text); err == nil {
					typed = append(typed, time.Since(begin))
				}
			}
		}
		if ctx.Err() != nil {
			r.QueueMillis, r.ViewMillis, r.TypeMillis = slowest(queue, 95), slowest(view, 95), slowest(typed, 95)
			return nil
		}
		if err != nil {
			return err
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// slowest is the time in ms that so many of 100 stay below.
func slowest(ds []time.Duration, of100 int) float64 {
	if len(ds) == 0 {
		return 0
	}
	slices.Sort(ds)
	return float64(ds[len(ds)*of100/100].Microseconds()) / 1000
}

// renamedEverywhere is the edit that exchanges the last two letters of a name
// in every language.
func renamedEverywhere(k *glossary.Concept) edition.ConceptEdit {
	after := *k
	after.Targets = map[string]glossary.Terms{}
	for lang, ts := range k.Targets {
		if len(ts.Preferred) > 0 {
			if letters := []rune(ts.Preferred[0].Text); len(letters) > 2 {
				n := len(letters)
				letters[n-1], letters[n-2] = letters[n-2], letters[n-1]
				ts = glossary.Terms{Preferred: []glossary.Term{{Text: string(letters), Flags: ts.Preferred[0].Flags}}}
			}
		}
		after.Targets[lang] = ts
	}
	return edition.ConceptEdit{ID: k.ID, Before: k, After: &after}
}

func (r *applyBench) print(w io.Writer) {
	fmt.Fprintf(w, `applying other forms of %s in all languages, scope %s: %.1f s, of it %.1f s to verify and swap (%.1f s of work on all cores)
  %s targets swapped, %s a second (raw inserts of their rows: %s targets a second); with %s proposed and %s for engines and people %s a second
  a transaction of it, 99 of 100: %.0f ms
  meanwhile at the desk, 95 of 100: the queue %.0f ms, an edition %.0f ms, keeping what is typed %.0f ms
undoing it: %.1f s (%.1f s of work on all cores); a transaction, 99 of 100: %.0f ms
`, plural(r.Names, "name"), r.Scope, r.Seconds, r.Walk, r.WalkCPU, grouped(r.Swapped), grouped(int(r.PerSecond)), grouped(int(r.RawPerSecond)), grouped(r.Proposed), grouped(r.Others), grouped(int(r.AllPerSecond)),
		r.SliceMillis, r.QueueMillis, r.ViewMillis, r.TypeMillis, r.UndoSeconds, r.UndoCPU, r.UndoSliceMillis)
}
