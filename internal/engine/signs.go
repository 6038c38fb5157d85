package engine

import (
	"context"
	"errors"
	"sync"
)

// SignOfLife is the sentence that an engine is asked for to see whether it
// answers at all, before it is asked once more for what it may have been paid
// for already.
const SignOfLife = "Good morning."

// signs tell whether an engine answers: a call that ended without anybody
// knowing whether it was carried out (it hangs, it cuts connections) must be
// repeated once only, so that is not wasted on an engine which is silent.
type signs struct {
	one chan struct{} // who asks for a sign

	mu      sync.Mutex
	heard   int   // calls that ended with an answer, be it a refusal
	silent  bool  // the last call ended without one, or there was none
	misses  int   // questions for a sign that were in vain
	missing error // the last one's
}

func newSigns() *signs { return &signs{one: make(chan struct{}, 1), silent: true} }

// end notes how a call has ended.
func (s *signs) end(answered bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.silent = !answered; answered {
		s.heard++
	}
}

// since is what a later sign is measured by: what has been heard so far, or,
// where the engine is not silent now, what had been before that.
func (s *signs) since() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.silent {
		return s.heard
	}
	return s.heard - 1
}

// count is what has been heard so far.
func (s *signs) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.heard
}

func (s *signs) missed(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.misses, s.missing = s.misses+1, err
}

// after reports whether the engine has answered since, and how often it was
// asked for a sign in vain, with the last error of that.
func (s *signs) after(since int) (answers bool, misses int, missing error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.heard > since, s.misses, s.missing
}

// answers returns nil once the engine has answered anybody since; if it has
// not, it is asked for a short sentence, by one at a time for all. That is a call
// like others, in the journal and within the limits, whose reply nobody uses. The
// error says why the engine cannot be asked.
func (l *LimitedEngine) answers(ctx context.Context, r Request, since int) error {
	alive, before, _ := l.signs.after(since)
	if alive {
		return nil
	}
	select {
	case l.signs.one <- struct{}{}:
		defer func() { <-l.signs.one }()
	case <-ctx.Done():
		return ctx.Err()
	}
	alive, misses, missing := l.signs.after(since)
	switch {
	case alive:
		return nil
	case misses > before: // another has asked meanwhile
		return missing
	}
	_, err := l.attempt(ctx, Request{
		Source: r.Source, Target: r.Target, Segments: []Segment{{Text: SignOfLife}},
		Confidential: r.Confidential, Account: r.Account, Trial: true,
	}, 1)
	if alive, _, _ = l.signs.after(since); alive {
		return nil
	}
	if ctx.Err() == nil && (!errors.Is(err, ErrJournal) || KindOf(err) == Quota) {
		l.signs.missed(err)
	}
	return err
}
