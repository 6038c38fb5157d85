package store

import (
	"context"
	"fmt"
	"sync"
)

// joint is one caller's part of a transaction that it shares.
type joint struct {
	f    func(*Tx) error
	lazy bool
	done chan error
}

// joints are the parts that wait for the next shared transaction.
type joints struct {
	mu      sync.Mutex
	waiting []*joint
	led     bool // somebody is at work on a shared transaction
}

// together runs f in a transaction that it shares with whatever else comes
// while the one before is being written, so that the disk is waited for once
// for all of them. Where one part fails, each is run again on its own.
//
// A lazy one is committed and seen by everybody, and survives the end of this
// process, but reaches the disk with the next that is not: should the power
// fail before, it and everything after it are as if they had not been.
func (s *Store) together(ctx context.Context, lazy bool, f func(*Tx) error) error {
	j := &joint{f: f, lazy: lazy, done: make(chan error, 1)}
	s.joints.mu.Lock()
	s.joints.waiting = append(s.joints.waiting, j)
	lead := !s.joints.led
	s.joints.led = true
	s.joints.mu.Unlock()
	if lead {
		s.lead(context.WithoutCancel(ctx))
	}
	return <-j.done
}

// lead runs what waits in one transaction, and leaves what has come meanwhile
// to another goroutine.
func (s *Store) lead(ctx context.Context) {
	s.joints.mu.Lock()
	now := s.joints.waiting
	s.joints.waiting = nil
	s.joints.mu.Unlock()
	s.share(ctx, now)
	s.joints.mu.Lock()
	defer s.joints.mu.Unlock()
	if s.joints.led = len(s.joints.waiting) > 0; s.joints.led {
		go s.lead(ctx)
	}
}

func (s *Store) share(ctx context.Context, parts []*joint) {
	lazy := true
	for _, j := range parts {
		lazy = lazy && j.lazy
	}
	err := s.guarded(ctx, lazy, func(t *Tx) error {
		for _, j := range parts {
			if err := j.f(t); err != nil {
				return err
			}
		}
		return nil
	})
	for _, j := range parts {
		if err != nil && len(parts) > 1 {
			j.done <- s.guarded(ctx, j.lazy, j.f)
			continue
		}
		j.done <- err
	}
}

// guarded makes an error of a panic, so that nobody waits for ever for a part
// of what was shared with it.
func (s *Store) guarded(ctx context.Context, lazy bool, f func(*Tx) error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("a fault of this program: %v", r)
		}
	}()
	return s.inTx(ctx, lazy, f)
}
