package engine

import (
	"sync"
	"time"
)

// BreakerState says whether an engine is being asked at all.
type BreakerState string

// The states of a breaker.
const (
	BreakerClosed  BreakerState = "closed"    // calls go through
	BreakerOpen    BreakerState = "open"      // calls are refused until the cool-down ends
	BreakerProbing BreakerState = "half-open" // one call is let through to see
)

// breaker stops asking an engine that is down: after threshold failures in a
// row it refuses calls for cooldown, then lets one through, whose end decides.
// (sony/gobreaker reads the machine's clock, so it cannot be tested without
// waiting.)
type breaker struct {
	threshold int
	cooldown  time.Duration

	mu       sync.Mutex
	failures int
	until    time.Time // when open: refuse before
	probing  bool
	cut      time.Time // when a call's connection was last cut
}

// burst is how long after one another calls end that one cut connection ends.
const burst = 100 * time.Millisecond

// allow reports whether a call may be made at now; if not, how long to wait.
// Every allowed call must be followed by one done.
func (b *breaker) allow(now time.Time) (wait time.Duration, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.until.IsZero():
		return 0, true
	case now.Before(b.until):
		return b.until.Sub(now), false
	case b.probing:
		return b.cooldown, false
	}
	b.probing = true
	return 0, true
}

// ending is how a call has ended. One that says nothing about the engine's
// health (it was cancelled) is neither ok nor failed; cut says that it failed
// with its connection, which takes all the calls on it along.
type ending struct{ ok, failed, cut bool }

// done tells the breaker how an allowed call ended. Calls that were cut
// together count as one.
func (b *breaker) done(now time.Time, e ending) {
	b.mu.Lock()
	defer b.mu.Unlock()
	probe := b.probing
	b.probing = false
	if e.cut {
		with := !b.cut.IsZero() && now.Sub(b.cut) < burst
		b.cut = now
		if with && !probe {
			return
		}
	}
	switch {
	case e.ok:
		b.failures, b.until = 0, time.Time{}
	case e.failed:
		if b.failures++; b.failures >= b.threshold || probe {
			b.until = now.Add(b.cooldown)
		}
	}
}

// state gives the state at now and, where calls are refused, until when.
func (b *breaker) state(now time.Time) (BreakerState, time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.until.IsZero():
		return BreakerClosed, time.Time{}
	case now.Before(b.until):
		return BreakerOpen, b.until
	}
	return BreakerProbing, b.until
}
