package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"dragoman/internal/edition"
	"dragoman/internal/store"
)

// handle is the pipeline as the store's handler.
//
// A full disk, with which no step can end, is noted for settle and said to a
// person, at most once a minute.
func (a *app) handle() store.Handler {
	return func(ctx context.Context, job edition.Job) error {
		err := a.pipe.Handle(ctx, job)
		if errors.Is(err, store.ErrFull) {
			a.noteFull(err)
		} else if err == nil {
			a.full.Store(nil)
		}
		return err
	}
}

// fullDisk is when a full disk was last told of, and the error.
type fullDisk struct {
	at  time.Time
	err error
}

func (a *app) noteFull(err error) {
	was := a.full.Load()
	if was != nil && time.Since(was.at) < time.Minute {
		return
	}
	if a.full.CompareAndSwap(was, &fullDisk{time.Now(), err}) && !a.settling.Load() {
		fmt.Fprintln(a.stderr, "dragoman:", err)
	}
}

// lookEvery is how often settle looks at what is left.
const lookEvery = 50 * time.Millisecond

// settle works until no job is left or, where another process holds the
// database's lock, watches that process do it, and takes over should it end.
// It returns at once where nothing waits.
// With a full disk it gives up.
func (a *app) settle(ctx context.Context, bar *progress) error {
	a.settling.Store(true)
	defer a.settling.Store(false)
	watching, before := false, 0
	for try := 0; ; try++ {
		left, err := a.store.Pending(ctx)
		if err != nil {
			return err
		}
		bar.left(left)
		if left == 0 {
			return nil
		}
		if full := a.full.Load(); full != nil {
			return full.err
		}
		if try%100 == 99 && left == before { // the queue itself may be what cannot write
			if err := a.store.CanWrite(ctx); errors.Is(err, store.ErrFull) {
				return err
			}
		}
		if try%100 == 0 {
			before = left
		}
		if !a.store.Working() && try%20 == 0 {
			switch err := a.store.Work(ctx, a.handle(), store.DefaultSlots()); {
			case errors.Is(err, store.ErrLocked) && !watching:
				watching = true
				fmt.Fprintln(a.stderr, "Another Dragoman process works on this database; watching it.")
			case err != nil && !errors.Is(err, store.ErrLocked):
				return err
			}
		}
		select {
		case <-ctx.Done():
			return errStopped
		case <-time.After(lookEvery):
		}
	}
}

// errStopped ends a command that a person stopped.
var errStopped = errors.New("stopped; nothing is lost, run again to go on")
