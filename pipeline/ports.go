package pipeline

import (
	"context"
	"time"

	"dragoman/content"
	"dragoman/glossary"
	"dragoman/internal/edition"
)

// Reader reads the database outside a transaction. All methods are safe to
// call at once; what is not there gives an error that wraps the store's
// ErrNotFound.
type Reader interface {
	Now() time.Time
	Zone() *time.Location
	Files(ctx context.Context) (map[string]edition.File, error)
	LiveReleases(ctx context.Context) ([]edition.Release, error)
	// Outdated are the live releases whose newest revision another version of
	// the program has cut.
	Outdated(ctx context.Context, parser int) ([]edition.Release, error)
	MissingLocales(ctx context.Context, locale string) ([]edition.Release, error)
	Release(ctx context.Context, id int64) (edition.Release, error)
	Revision(ctx context.Context, id int64) (edition.Revision, error)
	SourceText(ctx context.Context, exact content.Hash) (string, error)
	Segments(ctx context.Context, revision int64) ([]edition.Segment, error)
	Editions(ctx context.Context, release int64) ([]edition.Edition, error)
	Edition(ctx context.Context, id int64) (edition.Edition, error)
	Targets(ctx context.Context, ed int64) ([]*edition.Target, error)
	// Retired returns the targets of an edition whose segment is gone, by
	// the exact hash of what it said.
	Retired(ctx context.Context, ed int64) (map[content.Hash]*edition.Target, error)
	Target(ctx context.Context, id int64) (*edition.Target, error)
	Findings(ctx context.Context, ed int64) (map[int64][]edition.StandingFinding, error)
	History(ctx context.Context, target int64) ([]edition.Version, error)
	Proposals(ctx context.Context, ed int64) ([]edition.Proposal, error)
	Drafts(ctx context.Context, ed int64, who string) (map[int64]edition.Typed, error)
	Sums(ctx context.Context) ([]edition.Sum, error)
	CountEditions(ctx context.Context) (map[string]map[edition.State]int, error)
	ChangedSince(ctx context.Context, since time.Time, limit int) ([]edition.Edition, error)
	Queue(ctx context.Context, f edition.Filter) ([]edition.Line, int, error)
	Acts(ctx context.Context, subject string, id int64, limit int) ([]edition.Act, error)
	Glossary(ctx context.Context) ([]glossary.Concept, []int64, int64, error)
	GlossaryVersion(ctx context.Context) (int64, error)
	EachMemory(ctx context.Context, f func([]edition.MemoryEntry) error) (edition.MemoryMark, error)
	MemoryChanges(ctx context.Context, mark *edition.MemoryMark, f func([]edition.MemoryEntry) error) error
	MemoryExact(ctx context.Context, source string) ([]edition.MemoryEntry, error)
	TermHistories(ctx context.Context) (map[int64]edition.TermHistory, error)
	PublicPages(ctx context.Context, release int64) ([]edition.PublicPage, error)
	PublicCounts(ctx context.Context) (map[string]int, error)
	PublicList(ctx context.Context, locale string) ([]edition.PublicPage, error)

	// Engines' glossaries.
	privacyReader
	// Memory: what a change of the glossary and the memory's page read.
	MemoryAfter(ctx context.Context, after int64, limit int) ([]edition.MemoryEntry, error)
	MemoryOfRelease(ctx context.Context, release, before int64, limit int) ([]edition.MemoryEntry, error)
	MemoryEntries(ctx context.Context, ids []int64) ([]edition.MemoryEntry, error)
	MemoryCounts(ctx context.Context) ([]edition.MemoryCount, error)

	// Batches.
	batchReader

	// Engines: the cache of replies, the ledger and its sums.
	EngineReplies(ctx context.Context, keys []content.Hash) (map[content.Hash]edition.EngineReply, error)
	EngineMonths(ctx context.Context, month string) ([]edition.EngineSum, error)
	EngineReleases(ctx context.Context, from, to time.Time, limit int) ([]edition.EngineSum, error)
	EngineTallies(ctx context.Context, month string) ([]edition.EngineTally, error)
	EngineCalls(ctx context.Context, limit int) ([]edition.EngineCall, error)
	// A call is booked before it is made and when it has ended, outside of other
	// transactions. BeginCall fails with an *edition.OverBudget where the month's
	// budget (millionths, 0 for none) would be exceeded. EndCall is given the
	// replies as they came, and asks for them again with what was found of them.
	BeginCall(ctx context.Context, c *edition.EngineCall, keys []content.Hash, budget int64) error
	EndCall(ctx context.Context, c *edition.EngineCall, replies []edition.EngineReply, judged func() ([]edition.EngineReply, []edition.EngineTally)) error
	HeldEditions(ctx context.Context, limit int) ([]edition.Line, error)

	// Change sets.
	changeReader

	// Review.
	reviewReader
	// The desk's rooms.
	roomReader
}

// Tx is a transaction. What it reads is what it will change; a job enqueued
// in it exists exactly if it commits. It must be short: no network, no
// translating, nothing that waits.
type Tx interface {
	SaveFile(ctx context.Context, f edition.File) error
	ForgetFile(ctx context.Context, path string) error
	ReleasesAt(ctx context.Context, path string) ([]edition.Release, error)
	MoveRelease(ctx context.Context, r *edition.Release, path string) error
	FreeKey(ctx context.Context, path string) (string, error)
	// SlugOwner gives the zero release where nobody has the slug.
	SlugOwner(ctx context.Context, slug string) (edition.Release, error)
	SaveRelease(ctx context.Context, r *edition.Release) error
	Release(ctx context.Context, id int64) (edition.Release, error)
	AddRevision(ctx context.Context, v *edition.Revision) error
	RevisionHash(ctx context.Context, id int64) (content.Hash, error)
	RevisionBytes(ctx context.Context, id int64) ([]byte, error)
	RevisionParser(ctx context.Context, id int64) (int, error)
	SetParser(ctx context.Context, id int64, parser int) error
	NewestRevision(ctx context.Context, release int64) (int64, error)
	SaveSegments(ctx context.Context, revision int64, parser int, units []edition.Unit, segs []edition.Segment, found edition.Finder) error
	SaveLicences(ctx context.Context, ls []edition.Licence) error
	Editions(ctx context.Context, release int64) ([]edition.Edition, error)
	Edition(ctx context.Context, id int64) (edition.Edition, error)
	AddEditions(ctx context.Context, es []edition.Edition) error
	SaveEdition(ctx context.Context, e *edition.Edition) error
	SaveCounts(ctx context.Context, id int64, c edition.Counts, title *edition.Target) error
	Recount(ctx context.Context, id int64) error
	Targets(ctx context.Context, ed int64) ([]*edition.Target, error)
	Target(ctx context.Context, id int64) (*edition.Target, error)
	AddTargets(ctx context.Context, ts []*edition.Target) error
	AddVersions(ctx context.Context, vs []*edition.Version) error
	SaveTarget(ctx context.Context, t *edition.Target) error
	FindingsOf(ctx context.Context, version int64) ([]edition.StandingFinding, error)
	SetFindings(ctx context.Context, version int64, fs []edition.Finding) error
	Dismiss(ctx context.Context, version int64, seq int, who, why string) error
	AddProposals(ctx context.Context, ps []*edition.Proposal) error
	ProposalsOf(ctx context.Context, target int64) ([]edition.Proposal, error)
	DecideProposal(ctx context.Context, id int64, status edition.ProposalStatus, who string) error
	SaveDraft(ctx context.Context, target int64, who string, base int64, text string) error
	DropDraft(ctx context.Context, target int64, who string) error
	// No newer version is saved until a transaction that has read it ends;
	// LockGlossary comes first in one that saves a newer version itself.
	GlossaryVersion(ctx context.Context) (int64, error)
	LockGlossary(ctx context.Context) error
	SaveGlossary(ctx context.Context, concepts []glossary.Concept, author, reason, fingerprint string) (int64, error)
	// ClaimSetting stores a setting that is not there yet, and reports
	// whether it was this transaction that did.
	ClaimSetting(ctx context.Context, name, value string) (bool, error)
	Remember(ctx context.Context, ms []edition.MemoryEntry) error
	ForgetTarget(ctx context.Context, target int64) error
	ForgetEdition(ctx context.Context, ed int64) error
	PublicPages(ctx context.Context, release int64) ([]edition.PublicPage, error)
	PublicAt(ctx context.Context, locale, slug string) ([]edition.PublicPage, error)
	SavePublic(ctx context.Context, p edition.PublicPage, act string) error
	RetirePublic(ctx context.Context, ed int64) error
	ClearPublic(ctx context.Context, p edition.PublicPage) error
	Enqueue(ctx context.Context, jobs ...edition.Job) error
	Audit(ctx context.Context, acts ...edition.Act) error

	// Engines' glossaries.
	privacyWriter
	// Memory: entries that a change of the glossary corrects, sets aside or
	// brings back. Each does nothing, and says so, where that is done.
	RenewMemory(ctx context.Context, old int64, target string, glossary int64, who, why string) (int64, error)
	SetMemoryAside(ctx context.Context, id int64, who, why string) (bool, error)
	RestoreMemory(ctx context.Context, id int64, who, why string) (bool, error)
	TrimMemoryLog(ctx context.Context) (more bool, err error)

	// Batches.
	batchWriter

	// Engines.
	AddTallies(ctx context.Context, tallies []edition.EngineTally) error

	// Change sets.
	changeWriter

	// Review.
	reviewWriter
	cutWriter
}

// Store is the database as the pipeline needs it.
type Store interface {
	Reader
	// InTx runs f in a transaction, perhaps more than once.
	InTx(ctx context.Context, f func(Tx) error) error
	// InTxLazily is InTx that does not wait for the disk: should the power fail,
	// it may be as if it had not been, and with it whatever came after it and
	// did not wait either. Nothing that a person has done or that costs money is
	// saved by it.
	InTxLazily(ctx context.Context, f func(Tx) error) error
	// Alone runs f while no other f runs in any process on this database.
	Alone(ctx context.Context, f func() error) error
}

// binder is a database whose transactions are of its own type.
type binder[T Tx] interface {
	Reader
	InTx(ctx context.Context, f func(T) error) error
	InTxLazily(ctx context.Context, f func(T) error) error
	Alone(ctx context.Context, f func() error) error
}

type bound[T Tx] struct {
	Reader
	db binder[T]
}

func (b bound[T]) InTx(ctx context.Context, f func(Tx) error) error {
	return b.db.InTx(ctx, func(t T) error { return f(t) })
}

func (b bound[T]) InTxLazily(ctx context.Context, f func(Tx) error) error {
	return b.db.InTxLazily(ctx, func(t T) error { return f(t) })
}

func (b bound[T]) Alone(ctx context.Context, f func() error) error { return b.db.Alone(ctx, f) }

// Bind makes a Store of a database whose transactions have a type of their
// own.
func Bind[T Tx](db binder[T]) Store { return bound[T]{db, db} }
