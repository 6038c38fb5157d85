package engine

import (
	"context"
	"fmt"
)

// turn waits for a place among the engine's calls and for its rates. Where all
// places are taken, the call is written into the journal meanwhile, so that the
// engine does not stand idle while the disk is waited for: booked then says so,
// and receipt is the journal's. No more are written down ahead than calls may be
// under way. After a nil error the place is the caller's.
func (l *LimitedEngine) turn(ctx context.Context, c *Call) (receipt int64, booked bool, err error) {
	select {
	case l.slots <- struct{}{}:
	default:
		receipt, booked = l.ahead(ctx, *c)
		select {
		case l.slots <- struct{}{}:
		case <-ctx.Done():
			err = fmt.Errorf("%w: %w", ErrQueued, ctx.Err())
		}
		if booked {
			<-l.early
		}
		if err != nil {
			return 0, false, l.unsent(ctx, receipt, booked, err)
		}
	}
	if err := l.pace.wait(ctx, c.Size.CodePoints); err != nil {
		<-l.slots
		return 0, false, l.unsent(ctx, receipt, booked, fmt.Errorf("%w: %w", ErrQueued, err))
	}
	return receipt, booked, nil
}

// ahead writes a call down before it has its place, if it is near: nothing but
// the place keeps it from being made. What the journal refuses now it may take
// later, when other calls have come to less than they might have.
func (l *LimitedEngine) ahead(ctx context.Context, c Call) (receipt int64, booked bool) {
	c.At = l.cfg.Clock.Now()
	if state, _ := l.breaker.state(c.At); l.cfg.Journal == nil || state != BreakerClosed || !l.pace.free(c.At, c.Size.CodePoints) {
		return 0, false
	}
	select {
	case l.early <- struct{}{}:
	default:
		return 0, false
	}
	receipt, err := l.cfg.Journal.Intent(ctx, c)
	if err != nil {
		<-l.early
		return 0, false
	}
	return receipt, true
}

// unsent writes down of a call that was booked that it was never made, and
// gives the error that it was not made for.
func (l *LimitedEngine) unsent(ctx context.Context, receipt int64, booked bool, err error) error {
	if !booked {
		return err
	}
	o := Outcome{Err: &Error{Engine: l.Name(), Kind: Retryable, What: "it was not sent"}, Held: func() []Reply { return nil }}
	if jerr := l.cfg.Journal.Outcome(context.WithoutCancel(ctx), receipt, o); jerr != nil {
		return fmt.Errorf("%w of a call that was not made: %w", ErrJournal, jerr)
	}
	return err
}
