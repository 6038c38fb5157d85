package store_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"dragoman/internal/edition"
	"dragoman/internal/store"
	"dragoman/internal/store/storetest"
)

// within fails a test that waits too long for a signal.
func within[T any](t *testing.T, what string, c <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-c:
	case <-time.After(3 * time.Minute):
		t.Fatal("waited in vain: " + what)
	}
	return v
}

func enqueue(t *testing.T, s *store.Store, jobs ...edition.Job) {
	t.Helper()
	in(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Enqueue(ctx, jobs...) })
}

// TestAJobAskedForWhileAnEqualOneRuns: what runs may have read what the new
// one is about before it changed.
func TestAJobAskedForWhileAnEqualOneRuns(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		job := edition.Job{Kind: "publish", Subject: 3, Urgency: edition.Urgent}
		enqueue(t, s, job)
		began, goOn := make(chan int, 9), make(chan struct{})
		var runs atomic.Int32
		err := s.Work(t.Context(), func(context.Context, edition.Job) error {
			n := int(runs.Add(1))
			began <- n
			if n == 1 {
				<-goOn
			}
			return nil
		}, store.Slots{edition.Urgent: 1})
		if err != nil {
			t.Fatal(err)
		}
		within(t, "the first run", began)
		enqueue(t, s, job)
		enqueue(t, s, job) // one more run does for both
		if n, err := s.Pending(t.Context()); n != 2 || err != nil {
			t.Errorf("%d jobs run or wait, %v; want 2", n, err)
		}
		close(goOn)
		if n := within(t, "the second run", began); n != 2 {
			t.Errorf("run %d", n)
		}
	})
}

func TestAJobDueSoonerDoesNotWaitForAScheduledOne(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		job := edition.Job{Kind: "publish", Subject: 3, Urgency: edition.Urgent}
		later := job
		later.NotBefore = time.Now().Add(time.Hour)
		enqueue(t, s, later)
		enqueue(t, s, job)
		done := make(chan edition.Job, 9)
		if err := s.Work(t.Context(), func(_ context.Context, j edition.Job) error { done <- j; return nil }, store.Slots{edition.Urgent: 1}); err != nil {
			t.Fatal(err)
		}
		within(t, "the job that is due", done)
	})
}

// TestAStepCutOffOnItsLastTryIsNotLost stops the workers in the middle of the
// last try: the step was not at fault.
func TestAStepCutOffOnItsLastTryIsNotLost(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		enqueue(t, s, edition.Job{Kind: "draft", Subject: 3, Urgency: edition.Today})
		if err := s.UseUpTries(t.Context()); err != nil {
			t.Fatal(err)
		}
		slots := store.Slots{edition.Today: 1}
		began := make(chan edition.Job, 9)
		err := s.Work(t.Context(), func(ctx context.Context, j edition.Job) error {
			began <- j
			<-ctx.Done()
			return ctx.Err()
		}, slots)
		if err != nil {
			t.Fatal(err)
		}
		if j := within(t, "the last try", began); !j.Last {
			t.Fatalf("job %+v", j)
		}
		hurry, cancel := context.WithCancel(t.Context())
		cancel()
		_ = s.Stop(hurry) // it says that the steps had to be cut off
		if err := s.Work(t.Context(), func(_ context.Context, j edition.Job) error { began <- j; return nil }, slots); err != nil {
			t.Fatal(err)
		}
		if j := within(t, "the step again", began); !j.Last {
			t.Errorf("job %+v", j)
		}
	})
}

// TestAKilledProcessDoesNotUseUpAJob: whatever the number of tries that were
// cut off, the queue must hand the job out again, or nobody learns of it.
func TestAKilledProcessDoesNotUseUpAJob(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		enqueue(t, s, edition.Job{Kind: "draft", Subject: 3, Urgency: edition.Today})
		if err := s.UseUpTries(t.Context()); err != nil {
			t.Fatal(err)
		}
		if left, err := s.TriesLeft(t.Context()); err != nil || left < 2 {
			t.Errorf("after a kill in the last try the queue would drop the job: %d left, %v", left, err)
		}
		done := make(chan edition.Job, 9)
		fault := errors.New("still at fault")
		if err := s.Work(t.Context(), func(_ context.Context, j edition.Job) error { done <- j; return fault }, store.Slots{edition.Today: 1}); err != nil {
			t.Fatal(err)
		}
		within(t, "the last try", done)
		if err := s.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n, err := s.Pending(t.Context()); n != 0 || err != nil {
			t.Errorf("%d jobs wait after the last try has failed, %v", n, err)
		}
	})
}

// TestNoJobOutlivesItsTransaction ends a transaction by its context and goes
// on writing a job in it.
func TestNoJobOutlivesItsTransaction(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		err := s.InTx(ctx, func(tx *store.Tx) error {
			cancel()
			for tx.SaveFile(t.Context(), edition.File{Path: "a.md"}) == nil { // until it is rolled back
			}
			return tx.Enqueue(t.Context(), edition.Job{Kind: "draft", Subject: 3, Urgency: edition.Today})
		})
		if err == nil {
			t.Error("the transaction was committed")
		}
		if n, err := s.Pending(t.Context()); n != 0 || err != nil {
			t.Errorf("%d jobs wait, %v", n, err)
		}
		if fs, err := s.Files(t.Context()); len(fs) != 0 || err != nil {
			t.Errorf("files %v, %v", fs, err)
		}
	})
}

// TestWorkFromTwoPlaces starts and stops workers from two goroutines, as `up`
// does, for the race detector.
func TestWorkFromTwoPlaces(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		idle := func(context.Context, edition.Job) error { return nil }
		done := make(chan error, 2)
		for range 2 {
			go func() {
				err := s.Work(context.Background(), idle, store.DefaultSlots())
				if !s.Working() {
					err = errors.Join(err, errors.New("it does not work"))
				}
				done <- err
			}()
		}
		for range 2 {
			if err := within(t, "work", done); err != nil {
				t.Error(err)
			}
		}
		if err := s.Stop(t.Context()); err != nil {
			t.Error(err)
		}
		if s.Working() {
			t.Error("a second set of workers goes on")
		}
	})
}

// TestAloneIsAloneAmongProcesses has two programs on one database take turns.
func TestAloneIsAloneAmongProcesses(t *testing.T) {
	t.Parallel()
	where := storetest.Postgres(t)
	var inside, most atomic.Int32
	done := make(chan error, 8)
	for range 2 {
		s, err := store.Open(t.Context(), where, store.Options{Unsafe: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		for range 4 {
			go func() {
				done <- s.Alone(context.Background(), func() error {
					most.Store(max(most.Load(), inside.Add(1)))
					_, err := s.Files(context.Background()) // so that others get their chance
					inside.Add(-1)
					return err
				})
			}()
		}
	}
	for range 8 {
		if err := within(t, "a turn", done); err != nil {
			t.Error(err)
		}
	}
	if most.Load() != 1 {
		t.Errorf("%d were at work at once", most.Load())
	}
}

// TestJobsOfAKilledProcess are done by the next, those of a living one are
// left to it.
func TestJobsOfAKilledProcess(t *testing.T) {
	t.Parallel()
	where := storetest.Postgres(t)
	open := func() *store.Store {
		s, err := store.Open(t.Context(), where, store.Options{Unsafe: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		return s
	}
	living, next := open(), open()
	slots := store.Slots{edition.Today: 1}
	began, goOn := make(chan edition.Job, 9), make(chan struct{})
	enqueue(t, living, edition.Job{Kind: "draft", Subject: 1, Urgency: edition.Today})
	err := living.Work(t.Context(), func(_ context.Context, j edition.Job) error {
		began <- j
		<-goOn
		return nil
	}, slots)
	if err != nil {
		t.Fatal(err)
	}
	within(t, "the living one's job", began)
	enqueue(t, next, edition.Job{Kind: "draft", Subject: 2, Urgency: edition.Today})
	if err := next.LeaveRunning(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	done := make(chan edition.Job, 9)
	if err := next.Work(t.Context(), func(_ context.Context, j edition.Job) error { done <- j; return nil }, slots); err != nil {
		t.Fatal(err)
	}
	if j := within(t, "the dead one's job", done); j.Subject != 2 {
		t.Errorf("job %+v", j)
	}
	enqueue(t, next, edition.Job{Kind: "draft", Subject: 3, Urgency: edition.Today})
	if j := within(t, "one more job", done); j.Subject != 3 {
		t.Errorf("what the living one is doing was taken from it: %+v", j)
	}
	close(goOn)
}

// TestEnginesHaveSlotsOfTheirOwn: steps that wait for engines hold up no other
// step of their urgency, and more of them wait at once.
func TestEnginesHaveSlotsOfTheirOwn(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		const waiting = 8
		arrived, release, done := make(chan edition.Job, waiting), make(chan struct{}), make(chan edition.Job, 1)
		err := s.Work(t.Context(), func(_ context.Context, j edition.Job) error {
			if j.Engine {
				arrived <- j
				<-release
				return nil
			}
			done <- j
			return nil
		}, store.Slots{edition.Today: 1})
		if err != nil {
			t.Fatal(err)
		}
		defer close(release)
		var jobs []edition.Job
		for i := range waiting {
			jobs = append(jobs, edition.Job{Kind: "translate", Subject: int64(i + 1), Urgency: edition.Today, Engine: true})
		}
		jobs = append(jobs, edition.Job{Kind: "draft", Subject: 99, Urgency: edition.Today})
		if err := s.InTx(t.Context(), func(tx *store.Tx) error { return tx.Enqueue(t.Context(), jobs...) }); err != nil {
			t.Fatal(err)
		}
		for range waiting {
			if j := <-arrived; j.Urgency != edition.Today {
				t.Errorf("%+v", j)
			}
		}
		if j := <-done; j.Subject != 99 || j.Engine {
			t.Errorf("%+v", j)
		}
	})
}
