package pipeline

import (
	"context"
	"time"

	"dragoman/content"
	"dragoman/internal/edition"
)

// batchReader is what batches read outside a transaction.
type batchReader interface {
	Batches(ctx context.Context, states ...edition.BatchState) ([]edition.Batch, error)
	Batch(ctx context.Context, id int64) (edition.Batch, error)
	// BatchAlone leaves out counts and decisions.
	BatchAlone(ctx context.Context, id int64) (edition.Batch, error)
	Groups(ctx context.Context, batch int64, f edition.GroupFilter) ([]edition.Group, int, error)
	Items(ctx context.Context, batch int64, f edition.ItemFilter) ([]edition.Item, error)
	ItemsAfter(ctx context.Context, batch int64, statuses []edition.ItemStatus, groups []int64, after int64, limit int) ([]edition.Item, error)
	Decision(ctx context.Context, id int64) (edition.Decision, error)
	SourcesByHash(ctx context.Context, hashes []content.Hash) ([]int64, error)
	SegmentKinds(ctx context.Context, segments []int64) (map[int64]content.UnitKind, error)
	// VersionsByID leaves out findings.
	VersionsByID(ctx context.Context, ids []int64) (map[int64]edition.Version, error)
	AffectedByTarget(ctx context.Context, targets []int64) ([]edition.Affected, error)
	// Corrections are those of a batch, or of an edition, or all where both
	// are 0, the newest first.
	Corrections(ctx context.Context, batch, ed int64, limit int) ([]edition.Correction, error)
	CountBatchMemory(ctx context.Context, batch int64) (corrected, aside int, err error)
	// SaidIn is that of batchWriter. FindingsByRule has what rules, or those
	// whose name begins with prefix, found in versions.
	SaidIn(ctx context.Context, eds []int64) ([]edition.Said, error)
	FindingsByRule(ctx context.Context, versions []int64, rules []string, prefix string) (map[int64][]edition.StandingFinding, error)
}

// batchWriter is what batches do in a transaction.
type batchWriter interface {
	AddBatch(ctx context.Context, b *edition.Batch) error
	Batch(ctx context.Context, id int64) (edition.Batch, error)
	SaveBatch(ctx context.Context, b *edition.Batch) error
	// NumberGroups fills in the numbers of groups, by their keys.
	NumberGroups(ctx context.Context, batch int64, groups map[string]*edition.Group) error
	GroupsIn(ctx context.Context, batch int64, locale string) ([]int64, error)
	SaveItems(ctx context.Context, items []edition.Item) error
	ItemsAfter(ctx context.Context, batch int64, statuses []edition.ItemStatus, groups []int64, after int64, limit int) ([]edition.Item, error)
	ItemsOf(ctx context.Context, batch int64, targets []int64) ([]edition.Item, error)
	CountItems(ctx context.Context, batch int64, statuses []edition.ItemStatus, groups []int64, locale string) (int, error)
	// Restand returns how many of the targets were as they had been read.
	Restand(ctx context.Context, rs []edition.Restand) (int, error)
	EditionsByID(ctx context.Context, ids []int64) ([]edition.Edition, error)
	AddCounts(ctx context.Context, cs []edition.CountChange) error
	Stamp(before time.Time) time.Time
	SetFinal(ctx context.Context, eds []int64, final bool) error
	Typed(ctx context.Context, targets []int64) (map[int64]bool, error)
	TargetsByID(ctx context.Context, ids []int64) (map[int64]*edition.Target, error)
	// StandingIn gives the segments of targets, and the numbers of the versions
	// that stand in them; targets whose segment is gone are left out.
	StandingIn(ctx context.Context, targets []int64) (map[int64][2]int64, error)
	Version(ctx context.Context, id int64) (edition.Version, error)
	// DropProposals makes proposals stale; their items are for EndItems.
	DropProposals(ctx context.Context, ids []int64, who string) error
	// EndItems writes the status of items, and by whom they have it.
	EndItems(ctx context.Context, batch int64, items []edition.Item) error
	FindingsOfAll(ctx context.Context, versions []int64) (map[int64][]edition.StandingFinding, error)
	PutFindings(ctx context.Context, fs map[int64][]edition.StandingFinding) error
	ProposalsOfAll(ctx context.Context, targets []int64) (map[int64][]edition.Proposal, error)
	// OpenProposals counts those that nobody decided, by edition.
	OpenProposals(ctx context.Context, eds []int64) (map[int64]int, error)
	TargetsIn(ctx context.Context, eds []int64) (map[int64][]*edition.Target, error)
	SaveEditions(ctx context.Context, es []*edition.Edition) error
	Hold(ctx context.Context, es ...edition.HeldEdition) error
	Held(ctx context.Context, eds []int64) (map[int64]edition.State, error)
	Unhold(ctx context.Context, eds []int64) error
	AddDecision(ctx context.Context, d *edition.Decision) error
	SaveDecision(ctx context.Context, d *edition.Decision) error
	Decision(ctx context.Context, id int64) (edition.Decision, error)
	AddCorrections(ctx context.Context, cs []edition.Correction) error
	CorrectionsOf(ctx context.Context, ed int64) ([]edition.Correction, error)
	PublishCorrections(ctx context.Context, ed int64, at time.Time) error
	MemoryOfTargets(ctx context.Context, targets []int64) (map[int64]edition.MemoryEntry, error)
	AddBatchMemory(ctx context.Context, batch int64, pairs [][2]int64) error
	BatchMemory(ctx context.Context, batch int64, limit int) ([][2]int64, error)
	// MoveItem has the item of a proposal wait with another one.
	MoveItem(ctx context.Context, from, to int64) error
	GroupNames(ctx context.Context, groups []int64) (map[int64][2]string, error)
	UndoneBatchMemory(ctx context.Context, batch, before int64) error
	// ApprovedVersions are the versions of targets, in editions, that somebody
	// has approved at some time.
	ApprovedVersions(ctx context.Context, eds, targets []int64) (map[int64]bool, error)
	// SaidIn are all segments of editions with what stands in them, edition by
	// edition, in the order of the document.
	SaidIn(ctx context.Context, eds []int64) ([]edition.Said, error)
	// TroubleCorrections notes why corrections of an edition are not public yet,
	// or with "" that they are, and gives how many; TroubledEditions has the
	// editions of a batch's.
	TroubleCorrections(ctx context.Context, ed int64, problem string) (int, error)
	TroubledEditions(ctx context.Context, batch int64) ([]int64, error)
}
