package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"

	"dragoman/internal/edition"
)

// Handler does one job. A nil error ends it; an error has it tried again
// after a while, unless it wraps edition.ErrGiveUp or the job was on its last try.
type Handler func(ctx context.Context, job edition.Job) error

const (
	// maxAttempts is how often a step is tried until it has failed.
	maxAttempts = 4
	// queueAttempts is how often the queue hands a job out. It is more, since
	// a process that is killed uses up an attempt, and a job that the queue
	// gave up by itself would leave its edition waiting for ever.
	queueAttempts = 100
	jobTimeout    = 5 * time.Minute
	// pollEvery is how soon a job written by another process is seen.
	pollEvery = 100 * time.Millisecond
	cooldown  = 5 * time.Millisecond
)

// stepArgs is a job as River keeps it.
type stepArgs struct {
	edition.Job
	// Again tells a job from the equal ones that it follows.
	Again int `json:"again,omitempty"`
}

func (stepArgs) Kind() string { return "step" }

// riverClient is what we use of a river.Client of either database.
type riverClient interface {
	Start(context.Context) error
	Stop(context.Context) error
	StopAndCancel(context.Context) error
}

type queue struct {
	insert func(ctx context.Context, t *Tx, params []river.InsertManyParams) ([]*rivertype.JobInsertResult, error)
	client func(cfg *river.Config) (riverClient, error)

	mu      sync.Mutex
	running riverClient
	unlock  func()
}

func (s *Store) newQueue() error {
	cfg := &river.Config{Logger: s.log}
	if s.dialect == postgres {
		c, err := river.NewClient(riverpgxv5.New(s.pool), cfg)
		if err != nil {
			return err
		}
		s.queue = &queue{
			insert: func(ctx context.Context, t *Tx, ps []river.InsertManyParams) (out []*rivertype.JobInsertResult, err error) {
				err = t.joined(func(tx pgx.Tx) error {
					out, err = c.InsertManyTx(ctx, tx, ps)
					return err
				})
				return out, err
			},
			client: func(cfg *river.Config) (riverClient, error) {
				return asClient(river.NewClient[pgx.Tx](riverpgxv5.New(s.pool), cfg))
			},
		}
		return nil
	}
	c, err := river.NewClient(riversqlite.New(s.write), cfg)
	if err != nil {
		return err
	}
	s.queue = &queue{
		insert: func(ctx context.Context, t *Tx, ps []river.InsertManyParams) ([]*rivertype.JobInsertResult, error) {
			return c.InsertManyTx(ctx, t.tx, ps)
		},
		client: func(cfg *river.Config) (riverClient, error) {
			return asClient(river.NewClient[*sql.Tx](riversqlite.New(s.write), cfg))
		},
	}
	return nil
}

// asClient keeps a nil *river.Client from becoming a non-nil interface.
func asClient[T any](c *river.Client[T], err error) (riverClient, error) {
	if err != nil {
		return nil, err
	}
	return c, nil
}

// Enqueue writes jobs in the transaction, so that they exist exactly if what
// they follow from does. One that already waits, and is due as soon, is not
// doubled. One that runs is: it may have read what has changed since.
func (t *Tx) Enqueue(ctx context.Context, jobs ...edition.Job) error {
	var wanted []stepArgs
	seen := map[string]bool{} // PostgreSQL takes no job twice in one statement
	for _, j := range jobs {
		a := stepArgs{Job: j}
		if !seen[a.key()] {
			seen[a.key()] = true
			wanted = append(wanted, a)
		}
	}
	for len(wanted) > 0 {
		left, err := t.enqueue(ctx, wanted)
		if err != nil {
			return fmt.Errorf("enqueue %s: %w", jobs[0].Kind, err)
		}
		for i := range left {
			left[i].Again++
		}
		wanted = left
	}
	return nil
}

func (a stepArgs) key() string { return fmt.Sprint(a.Job.Kind, a.Subject, a.Locales) }

// enqueue writes jobs and returns those that equal ones stand in the way of
// which do not do for them.
func (t *Tx) enqueue(ctx context.Context, wanted []stepArgs) (left []stepArgs, err error) {
	params := make([]river.InsertManyParams, 0, len(wanted))
	for _, a := range wanted {
		params = append(params, river.InsertManyParams{Args: a, InsertOpts: &river.InsertOpts{
			MaxAttempts: queueAttempts,
			Queue:       queueName(a.Job),
			ScheduledAt: a.NotBefore,
			UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
				rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning,
				rivertype.JobStateRetryable, rivertype.JobStateScheduled,
			}},
		}})
	}
	results, err := t.s.queue.insert(ctx, t, params)
	if err != nil {
		return nil, err
	}
	standing := map[string]*rivertype.JobRow{}
	for _, r := range results {
		var a stepArgs
		if err := json.Unmarshal(r.Job.EncodedArgs, &a); err != nil {
			return nil, err
		}
		if r.UniqueSkippedAsDuplicate {
			standing[a.key()] = r.Job
		}
	}
	for _, a := range wanted {
		if j := standing[a.key()]; j != nil && !doesFor(j, a) {
			left = append(left, a)
		}
	}
	return left, nil
}

// doesFor reports whether a job of the queue will do what an equal one is
// wanted for: it begins after this transaction, and not much later.
func doesFor(j *rivertype.JobRow, a stepArgs) bool {
	switch j.State {
	case rivertype.JobStateRunning:
		return false
	case rivertype.JobStateRetryable:
		return true
	}
	due := a.NotBefore
	if now := time.Now(); due.Before(now) {
		due = now
	}
	return !j.ScheduledAt.After(due.Add(time.Second))
}

// Slots is how many jobs of each urgency may run at once.
type Slots map[edition.Urgency]int

// DefaultSlots keeps places free for what people wait for.
func DefaultSlots() Slots {
	return Slots{edition.Urgent: 2, edition.Today: 3, edition.InBatch: 2, edition.Bulk: 4}
}

// engineSlots is how many steps of each urgency may ask engines at once: twice as
// many as keep an engine busy that takes eight calls at a time, so that while
// one step saves what it was answered another has its question ready.
const engineSlots = 16

const engineQueue = "-engines"

// queueName is the queue that a job waits in.
func queueName(j edition.Job) string {
	if j.Engine {
		return string(j.Urgency) + engineQueue
	}
	return string(j.Urgency)
}

// Work starts working on jobs in the background until Stop or Close. On an
// SQLite file it takes the file's lock first (ErrLocked if another process
// holds it). Jobs that a killed process left running are put back in line.
func (s *Store) Work(ctx context.Context, h Handler, slots Slots) error {
	s.queue.mu.Lock()
	defer s.queue.mu.Unlock()
	if s.queue.running != nil {
		return nil
	}
	unlock, err := s.lock()
	if err != nil {
		return err
	}
	if s.dialect == sqlite {
		if _, err := s.write.ExecContext(ctx, `UPDATE river_job SET state = 'available' WHERE state = 'running'`); err != nil {
			unlock()
			return fmt.Errorf("put interrupted jobs back: %w", s.sentinel(err))
		}
		if err := s.loseAbandoned(ctx); err != nil {
			unlock()
			return fmt.Errorf("mark interrupted calls: %w", err)
		}
	}
	workers := river.NewWorkers()
	river.AddWorker(workers, &stepWorker{handle: h})
	queues := map[string]river.QueueConfig{}
	for u, n := range slots {
		queues[string(u)] = river.QueueConfig{MaxWorkers: n, FetchCooldown: cooldown, FetchPollInterval: pollEvery}
		queues[queueName(edition.Job{Urgency: u, Engine: true})] = river.QueueConfig{MaxWorkers: engineSlots, FetchCooldown: cooldown, FetchPollInterval: pollEvery}
	}
	name := ""
	if s.dialect == postgres {
		p, err := s.appear(ctx)
		if err != nil {
			return s.sentinel(err)
		}
		name, unlock = p.name, p.leave
	}
	c, err := s.queue.client(&river.Config{
		ID:     name,
		Logger: s.log, Queues: queues, Workers: workers,
		JobTimeout:                  jobTimeout,
		RescueStuckJobsAfter:        jobTimeout + time.Minute,
		CompletedJobRetentionPeriod: time.Hour,
	})
	if err == nil {
		err = c.Start(context.WithoutCancel(ctx))
	}
	if err != nil {
		unlock()
		return fmt.Errorf("start workers: %w", err)
	}
	s.queue.running, s.queue.unlock = c, unlock
	return nil
}

// Working reports whether this process works on jobs.
func (s *Store) Working() bool {
	s.queue.mu.Lock()
	defer s.queue.mu.Unlock()
	return s.queue.running != nil
}

// Stop lets the steps at hand finish and stops working. It may be called
// twice. When ctx ends first, the steps are cancelled and start again later.
func (s *Store) Stop(ctx context.Context) error { return s.queue.stop(ctx) }

func (q *queue) stop(ctx context.Context) error {
	q.mu.Lock()
	c, unlock := q.running, q.unlock
	q.running = nil
	q.mu.Unlock()
	if c == nil {
		return nil
	}
	defer unlock()
	if err := c.Stop(ctx); err != nil {
		hard, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		return c.StopAndCancel(hard)
	}
	return nil
}

// Pending counts the jobs that wait, run, or will be tried again; scheduled
// ones are left out.
func (s *Store) Pending(ctx context.Context) (n int, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT count(*) FROM river_job WHERE state IN ('available', 'running', 'retryable', 'pending')`).Scan(&n)
	return n, s.sentinel(err)
}

type stepWorker struct {
	river.WorkerDefaults[stepArgs]
	handle Handler
}

func (w *stepWorker) Work(ctx context.Context, j *river.Job[stepArgs]) error {
	job := j.Args.Job
	urgency, engine := strings.CutSuffix(j.Queue, engineQueue)
	job.Urgency, job.Engine = edition.Urgency(urgency), engine
	job.Attempt, job.Last = j.Attempt, j.Attempt >= maxAttempts
	err := w.handle(ctx, job)
	var later *edition.Later
	switch {
	case err == nil:
		return nil
	case errors.As(err, &later):
		return river.JobSnooze(max(time.Until(later.At), time.Second))
	case errors.Is(ctx.Err(), context.Canceled): // cut off by Stop, not at fault
		return river.JobSnooze(0)
	case job.Last || errors.Is(err, edition.ErrGiveUp):
		return river.JobCancel(err)
	}
	return err
}

// NextRetry waits 1, 4 and 9 seconds.
func (w *stepWorker) NextRetry(j *river.Job[stepArgs]) time.Time {
	n := time.Duration(len(j.Errors) + 1)
	return time.Now().Add(n * n * time.Second)
}
