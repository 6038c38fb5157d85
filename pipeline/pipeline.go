package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"dragoman/glossary"
	"dragoman/internal/edition"
	"dragoman/internal/engine"
	"dragoman/internal/publish"
)

// Kinds of jobs.
const (
	draftJob     = "draft"     // a revision: segment, find terms, recall, local engines, check
	translateJob = "translate" // an edition: ask engines
	publishJob   = "publish"   // an edition: write it to the public place
	eraseJob     = "erase"     // a withdrawn edition: take its files away
	showJob      = "show"      // a release: write what is recorded as public of it
)

// Config is what a house decides.
type Config struct {
	// Content is the folder of the English releases.
	Content string
	// Locales are the target locales, in the order they are shown.
	Locales []string
	// Routes are the engines of each locale after the memory, in order.
	Routes map[string][]engine.Engine
	// Engines are the choices about single engines, by their names; LocalOnly
	// are the locales whose texts only engines in the house may see.
	Engines   map[string]EngineRule
	LocalOnly []string
	Rules     edition.Rules
	// Threshold is the least score at which a fuzzy match is taken, Thresholds
	// the same for the locales that have their own.
	Threshold  int
	Thresholds map[string]int
	// Penalties are taken off the score of the memory's matches by the origin
	// of their entries, such as "import old.tmx".
	Penalties map[string]int
	// OldPenalty is taken off the score of what was approved OldYears ago or
	// longer; none where OldYears is 0.
	OldPenalty, OldYears int
	// LateMemory builds the index of the memory when it is first needed, not
	// at once.
	LateMemory bool
	// FuzzyBeforeEngine is the least score at which a fuzzy match is
	// preferred to an engine.
	FuzzyBeforeEngine int
	Site              publish.Site
	// Public writes published editions; nil where nothing may be published.
	Public Publisher
	// CorrectByHand leaves it to people to publish corrections that came of a
	// change of the glossary; CorrectionNotes tells readers of them.
	CorrectByHand, CorrectionNotes bool
	// Location is the time zone of dates that name none.
	Location *time.Location
	Log      *slog.Logger
	// Sliced, where set, is told how long each transaction of a batch took.
	Sliced func(time.Duration)
}

// Pipeline moves editions from stage to stage. It is safe for concurrent use.
type Pipeline struct {
	store  Store
	cfg    Config
	log    *slog.Logger
	terms  atomic.Pointer[terms]
	memory *recall
	// changes are the change sets that were prepared last.
	changes preparedSets

	refreshing sync.Mutex
	candidates candidates
	figures    figures
}

// terms is the glossary under one version, with the database's numbers.
type terms struct {
	*glossary.Glossary
	ids     []int64 // by the glossary's index
	version int64
	history map[int64]edition.TermHistory // by the database's numbers
	// exceptions are sentences in which people let another rendering stand.
	exceptions map[exceptionKey]bool
	// secrets are the sensitive names, by locale (*secrets).
	secrets sync.Map
}

// errMoved says that what a step read has changed before it could save.
var errMoved = errors.New("changed while the step was at work")

// New makes a pipeline over a store and loads its glossary. The memory's
// index is built in the background until ctx or Stop ends it.
func New(ctx context.Context, s Store, cfg Config) (*Pipeline, error) {
	p := &Pipeline{store: s, cfg: cfg, log: cfg.Log}
	if p.log == nil {
		p.log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	if err := p.loadGlossary(ctx); err != nil {
		return nil, err
	}
	p.startMemory(ctx)
	return p, nil
}

// Glossary is the glossary that counts, compiled.
func (p *Pipeline) Glossary() *glossary.Glossary { return p.terms.Load().Glossary }

// Config is what the pipeline was made with.
func (p *Pipeline) Config() Config { return p.cfg }

// Refresh takes up what other processes changed in the glossary and memory.
func (p *Pipeline) Refresh(ctx context.Context) error {
	p.refreshing.Lock()
	defer p.refreshing.Unlock()
	version, err := p.store.GlossaryVersion(ctx)
	if err != nil {
		return err
	}
	if now := p.terms.Load(); version != now.version {
		if err := p.loadGlossary(ctx); err != nil {
			return err
		}
		p.memory.index.SetNames(p.terms.Load().names())
	}
	return p.followMemory(ctx)
}

// followed takes up what a person's act has changed in the memory. The act is
// done, whether that works or not: the next Refresh makes up for it.
func (p *Pipeline) followed(ctx context.Context) {
	if err := p.Refresh(context.WithoutCancel(ctx)); err != nil {
		p.log.Warn("following the memory", "error", err)
	}
}

func (p *Pipeline) loadGlossary(ctx context.Context) error {
	concepts, ids, version, err := p.store.Glossary(ctx)
	if err != nil {
		return fmt.Errorf("load the glossary: %w", err)
	}
	g, problems := glossary.Compile(concepts, glossary.Options{Trusted: true})
	if g == nil {
		return fmt.Errorf("the glossary in the database cannot be used: %w", problems)
	}
	history, err := p.store.TermHistories(ctx)
	if err != nil {
		return fmt.Errorf("load the glossary: %w", err)
	}
	p.terms.Store(&terms{Glossary: g, ids: ids, version: version, history: history, exceptions: exceptionsOf(g)})
	return nil
}

// Handle does one job. It is the store's handler.
func (p *Pipeline) Handle(ctx context.Context, job edition.Job) error {
	err := p.do(ctx, job)
	var later *edition.Later
	if err == nil || errors.Is(ctx.Err(), context.Canceled) || errors.As(err, &later) {
		return err
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		err = fmt.Errorf("the step took too long and was ended: %w", err)
	}
	p.log.Warn("step failed", "step", job.Kind, "subject", job.Subject, "attempt", job.Attempt, "error", err)
	if job.Last || errors.Is(err, edition.ErrGiveUp) {
		if ferr := p.fail(context.WithoutCancel(ctx), job, err); ferr != nil {
			return errors.Join(err, ferr)
		}
	}
	return err
}

// do does a job's step. A panic in it is an error like others.
func (p *Pipeline) do(ctx context.Context, job edition.Job) (err error) {
	defer func() {
		if r := recover(); r != nil {
			p.log.Error("step panicked", "step", job.Kind, "subject", job.Subject, "panic", r, "stack", string(debug.Stack()))
			err = fmt.Errorf("a fault of this program: %v", r)
		}
	}()
	if err := p.Ready(ctx); err != nil { // so that what a step does never depends on how far the index is
		return err
	}
	switch job.Kind {
	case draftJob:
		return p.draft(ctx, job)
	case translateJob:
		return p.translate(ctx, job)
	case publishJob:
		return p.publish(ctx, job)
	case eraseJob:
		return p.eraseEdition(ctx, job)
	case showJob:
		return p.showRelease(ctx, job)
	case batchJob:
		return p.batch(ctx, job)
	case decideJob:
		return p.decideMany(ctx, job)
	case changeSetJob:
		return p.applyScheduled(ctx, job)
	case syncJob:
		return p.syncAgain(ctx)
	}
	return fmt.Errorf("%w: this version of Dragoman knows no step %q", edition.ErrGiveUp, job.Kind)
}

// fail marks the editions that wait for a job as failed, with the reason.
func (p *Pipeline) fail(ctx context.Context, job edition.Job, reason error) error {
	var release int64
	switch job.Kind {
	case draftJob:
		rev, err := p.store.Revision(ctx, job.Subject)
		if err != nil {
			return err
		}
		release = rev.Release
	case translateJob, publishJob:
		e, err := p.store.Edition(ctx, job.Subject)
		if err != nil {
			return err
		}
		release = e.Release
	default:
		return nil
	}
	if job.Kind == publishJob {
		if err := p.troubled(ctx, job.Subject, reason); err != nil {
			return err
		}
	}
	return p.store.InTx(ctx, func(tx Tx) error {
		newest, err := tx.NewestRevision(ctx, release)
		if err != nil {
			return err
		}
		es, err := tx.Editions(ctx, release)
		if err != nil {
			return err
		}
		for i := range es {
			if !awaits(&es[i], job, newest) {
				continue // people, or a new revision, have moved it on meanwhile
			}
			if err := step(ctx, tx, &es[i], edition.Fail, edition.Machine, plainReason(reason)); err != nil {
				return err
			}
		}
		return nil
	})
}

// awaits reports whether an edition stands where a job would take it on from.
func awaits(e *edition.Edition, job edition.Job, newest int64) bool {
	machine := e.State == edition.Drafting || e.State == edition.Revising
	switch job.Kind {
	case draftJob:
		return machine && job.Subject == newest && e.Revision != newest && wants(job, e.Locale)
	case translateJob:
		return machine && job.Subject == e.ID && e.Revision == newest
	}
	return job.Subject == e.ID && (e.State == edition.Approved || e.State == edition.Scheduled)
}

// plainReason is an error as a person should read it.
func plainReason(err error) string {
	var ee *engine.Error
	if errors.As(err, &ee) {
		return ee.Error()
	}
	return err.Error()
}

// step moves an edition by an event, saves and audits it.
func step(ctx context.Context, tx Tx, e *edition.Edition, ev edition.Event, who, detail string) error {
	return stepHeld(ctx, tx, e, ev, who, detail, edition.Hold{})
}

// steps is step for many editions.
func steps(ctx context.Context, tx Tx, es []*edition.Edition, ev edition.Event, who, detail string) error {
	if len(es) == 0 {
		return nil
	}
	acts := make([]edition.Act, len(es))
	for i, e := range es {
		next, err := e.State.After(ev)
		if err != nil {
			return err
		}
		e.State, e.Reason, e.Hold = next, "", edition.Hold{}
		acts[i] = edition.Act{Who: who, What: string(ev), Subject: "edition", SubjectID: e.ID, Locale: e.Locale, Detail: detail}
	}
	if err := tx.SaveEditions(ctx, es); err != nil {
		return err
	}
	return tx.Audit(ctx, acts...)
}

// stepHeld is step of an edition that engines have not given everything.
func stepHeld(ctx context.Context, tx Tx, e *edition.Edition, ev edition.Event, who, detail string, hold edition.Hold) error {
	next, err := e.State.After(ev)
	if err != nil {
		return err
	}
	e.State, e.Reason, e.Hold = next, "", hold
	if ev == edition.Fail || ev == edition.Reopen || ev == edition.Withdraw {
		e.Reason = detail
	}
	if err := tx.SaveEdition(ctx, e); err != nil {
		return err
	}
	return tx.Audit(ctx, edition.Act{Who: who, What: string(ev), Subject: "edition", SubjectID: e.ID, Locale: e.Locale, Detail: detail})
}

func wants(job edition.Job, locale string) bool {
	if len(job.Locales) == 0 {
		return true
	}
	for _, l := range job.Locales {
		if l == locale {
			return true
		}
	}
	return false
}
