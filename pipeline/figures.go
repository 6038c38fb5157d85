package pipeline

import (
	"context"
	"sync"
	"time"

	"dragoman/internal/edition"
)

// Figures are what a dashboard is drawn from.
type Figures struct {
	At       time.Time
	Sums     []edition.Sum
	Flows    []edition.Flow // of the days from Since on
	Since    time.Time
	Waits    []edition.Wait
	Reviews  []edition.ReviewTime // since Since
	Findings []edition.FindingSum
	Wrong    []edition.OriginTerms
	// Months are what engines were sent, by month, the oldest first; Terms are
	// the steps that won the terms of the last one.
	Months []MonthSums
	Report *EngineReport
}

// MonthSums are the engines' sums of a month.
type MonthSums struct {
	Month   string
	Engines []edition.EngineSum // whole engines: without a locale
}

// figureDays and figureMonths are how far the figures look back. They are good
// for figuresShare times as long as it took to reckon them, for figuresKeep at
// most; where that takes less than figuresWait, who asks waits for new ones.
const (
	figureDays   = 30
	figureMonths = 6
	figuresShare = 100
	figuresKeep  = time.Minute
	figuresWait  = 100 * time.Millisecond
)

// figures keeps the last figures: of a large house they take some tenths of a
// second.
type figures struct {
	mu   sync.Mutex
	last *Figures
	took time.Duration
	busy bool
}

// keep is how long the last figures are good: the dearer they are the longer,
// so that those of a small house are those of now.
func (f *figures) keep() time.Duration { return min(figuresShare*f.took, figuresKeep) }

// Figures gives the house's figures, a minute old or little more; while newer
// ones are reckoned for the next who asks, those of before are given.
func (p *Pipeline) Figures(ctx context.Context) (*Figures, error) {
	f := &p.figures
	f.mu.Lock()
	last, now := f.last, p.store.Now()
	if last != nil && now.Sub(last.At) < f.keep() {
		f.mu.Unlock()
		return last, nil
	}
	wait := last == nil || f.took < figuresWait || now.Sub(last.At) > 2*figuresKeep
	reckon := wait || !f.busy
	f.busy = f.busy || reckon
	f.mu.Unlock()
	if wait {
		return p.reckon(ctx)
	}
	if reckon {
		go func() {
			if _, err := p.reckon(context.WithoutCancel(ctx)); err != nil {
				p.log.Warn("reckoning the figures", "error", err)
			}
		}()
	}
	return last, nil
}

// reckon works the figures out and keeps them.
func (p *Pipeline) reckon(ctx context.Context) (*Figures, error) {
	begin := time.Now()
	n, err := p.newFigures(ctx)
	p.figures.mu.Lock()
	defer p.figures.mu.Unlock()
	p.figures.busy = false
	if err == nil {
		p.figures.last, p.figures.took = n, time.Since(begin)
	}
	return n, err
}

func (p *Pipeline) newFigures(ctx context.Context) (n *Figures, err error) {
	now := p.store.Now().UTC()
	n = &Figures{At: now, Since: now.Truncate(24*time.Hour).AddDate(0, 0, 1-figureDays)}
	if n.Sums, err = p.store.Sums(ctx); err != nil {
		return nil, err
	}
	if n.Flows, err = p.store.Flows(ctx, n.Since); err != nil {
		return nil, err
	}
	if n.Waits, err = p.store.WaitingSince(ctx); err != nil {
		return nil, err
	}
	if n.Reviews, err = p.store.ReviewTimes(ctx, n.Since); err != nil {
		return nil, err
	}
	if n.Findings, err = p.store.FindingSums(ctx); err != nil {
		return nil, err
	}
	if n.Wrong, err = p.store.WrongNames(ctx); err != nil {
		return nil, err
	}
	local := now.In(p.store.Zone())
	first := time.Date(local.Year(), local.Month(), 1, 0, 0, 0, 0, p.store.Zone())
	for k := figureMonths - 1; k >= 0; k-- {
		m := MonthSums{Month: edition.Month(first.AddDate(0, -k, 0))}
		sums, err := p.store.EngineMonths(ctx, m.Month)
		if err != nil {
			return nil, err
		}
		for _, s := range sums {
			if s.Locale == "" {
				m.Engines = append(m.Engines, s)
			}
		}
		n.Months = append(n.Months, m)
	}
	n.Report, err = p.EngineReport(ctx, "")
	return n, err
}

// StatesByDay counts back from what stands now how many editions of some
// locales stood in each state at the end of each day; the last day is today.
func (f *Figures) StatesByDay(in func(locale string) bool) (days []time.Time, counts []map[edition.State]int) {
	now := map[edition.State]int{}
	for _, s := range f.Sums {
		if in(s.Locale) {
			now[s.State] += s.Editions
		}
	}
	moved := map[time.Time][]edition.Flow{}
	for _, x := range f.Flows {
		if in(x.Locale) {
			moved[x.Day] = append(moved[x.Day], x)
		}
	}
	today := f.At.UTC().Truncate(24 * time.Hour)
	for d := today; !d.Before(f.Since); d = d.AddDate(0, 0, -1) {
		at := map[edition.State]int{}
		for s, n := range now {
			at[s] = max(0, n) // what was before the first step is not known
		}
		days, counts = append([]time.Time{d}, days...), append([]map[edition.State]int{at}, counts...)
		for _, x := range moved[d] {
			now[x.Now] -= x.Editions
			if x.Was != "" {
				now[x.Was] += x.Editions
			}
		}
	}
	return days, counts
}

// PublicLines lists what is public, and how much there is of it.
func (p *Pipeline) PublicLines(ctx context.Context, f edition.PublicFilter) ([]edition.PublicLine, int, error) {
	return p.store.PublicLines(ctx, f)
}

// PublicLog is what was public of an edition when, the oldest first.
func (p *Pipeline) PublicLog(ctx context.Context, ed int64) ([]edition.Publication, error) {
	return p.store.PublicLog(ctx, ed)
}

// PublicCounts is how many pages are public, by locale.
func (p *Pipeline) PublicCounts(ctx context.Context) (map[string]int, error) {
	return p.store.PublicCounts(ctx)
}
