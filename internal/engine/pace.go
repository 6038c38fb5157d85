package engine

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// pace keeps an engine's calls under its rates in requests and characters a
// minute, and away from it for as long as it asked for.
type pace struct {
	clock                Clock
	requests, characters *rate.Limiter // nil where there is no bound

	mu        sync.Mutex
	notBefore time.Time
}

func newPace(clock Clock, l Limits) *pace {
	p := &pace{clock: clock}
	if l.RequestsPerMinute > 0 {
		p.requests = rate.NewLimiter(rate.Limit(float64(l.RequestsPerMinute)/60), 1)
	}
	if l.CharactersPerMinute > 0 {
		// A burst of one second keeps within the minute's quota by 2%.
		burst := max(1, l.CharactersPerMinute/60)
		p.characters = rate.NewLimiter(rate.Limit(float64(l.CharactersPerMinute)/60), burst)
	}
	return p
}

// wait returns when a call with so many characters may be made, or with ctx's
// error when ctx ends first; the call then takes nothing from the rates.
func (p *pace) wait(ctx context.Context, characters int) error {
	p.mu.Lock()
	now := p.clock.Now()
	delay := max(0, p.notBefore.Sub(now))
	held, d := reserve(p.requests, now, 1)
	delay = max(delay, d)
	more, d := reserve(p.characters, now, characters)
	delay = max(delay, d)
	p.mu.Unlock()
	if delay == 0 {
		return ctx.Err()
	}
	err := p.clock.Sleep(ctx, delay)
	if err != nil {
		now = p.clock.Now()
		for _, r := range append(held, more...) {
			r.CancelAt(now)
		}
	}
	return err
}

// free reports whether a call with so many characters could be made at now.
func (p *pace) free(now time.Time, characters int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !now.Before(p.notBefore) &&
		(p.requests == nil || p.requests.TokensAt(now) >= 1) &&
		(p.characters == nil || p.characters.TokensAt(now) >= float64(min(characters, p.characters.Burst())))
}

// reserve takes n from l, in pieces of its burst, and gives how long to wait.
func reserve(l *rate.Limiter, now time.Time, n int) (held []*rate.Reservation, delay time.Duration) {
	if l == nil {
		return nil, 0
	}
	for n > 0 {
		piece := min(n, l.Burst())
		r := l.ReserveN(now, piece)
		held = append(held, r)
		delay = max(delay, r.DelayFrom(now))
		n -= piece
	}
	return held, delay
}

// pause keeps every call from the engine for d.
func (p *pace) pause(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if t := p.clock.Now().Add(d); t.After(p.notBefore) {
		p.notBefore = t
	}
}
