package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"dragoman/internal/store"
)

// handle is the pipeline as the store's handler.
func (a *app) handle() store.Handler { return a.pipe.Handle }

// lookEvery is how often settle looks at what is left.
const lookEvery = 50 * time.Millisecond

// settle works until no job is left or, where another process holds the
// database's lock, watches that process do it, and takes over should it end.
// It returns at once where nothing waits.
func (a *app) settle(ctx context.Context, bar *progress) error {
	watching := false
	for try := 0; ; try++ {
		left, err := a.store.Pending(ctx)
		if err != nil {
			return err
		}
		bar.left(left)
		if left == 0 {
			return nil
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
