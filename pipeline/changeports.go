package pipeline

import (
	"context"
	"time"

	"dragoman/glossary"
	"dragoman/internal/edition"
)

// changeReader is what change sets read outside a transaction.
type changeReader interface {
	ChangeSets(ctx context.Context, statuses []edition.ChangeSetStatus, limit int) ([]edition.ChangeSet, error)
	ChangeSet(ctx context.Context, id int64) (edition.ChangeSet, error)
	GlossaryAt(ctx context.Context, version int64) ([]glossary.Concept, []int64, error)
	ConceptIDs(ctx context.Context, ids []string) (map[string]int64, error)
	RetiredConcepts(ctx context.Context, ids []string) (map[string]*glossary.Concept, error)
	SourcesWith(ctx context.Context, concepts []int64) ([]int64, error)
	FoundSince(ctx context.Context, concepts []int64) (int64, error)
	SourceSpan(ctx context.Context) (first, last int64, err error)
	EachSource(ctx context.Context, first, last int64, f func(id int64, text string) error) error
	EachOldSource(ctx context.Context, version int64, f func(id int64, text string) error) error
	SourceTexts(ctx context.Context, ids []int64) (map[int64]string, error)
	SegmentsOf(ctx context.Context, sources []int64, after int64, limit int) ([]edition.Cursor, error)
	// AffectedTargets leaves out words that are older than a time, unless they
	// say several segments; the zero time leaves out none.
	AffectedTargets(ctx context.Context, segments []int64, locales []string, since time.Time) ([]edition.Affected, error)
	EachHandEdit(ctx context.Context, since time.Time, f func(*edition.HandEdit) error) error
	ChangeSetBy(ctx context.Context, cause string) (int64, error)
	LicencesOf(ctx context.Context, segments []int64) ([]edition.Licence, error)
}

// changeWriter is what change sets do in a transaction.
type changeWriter interface {
	ChangeSet(ctx context.Context, id int64) (edition.ChangeSet, error)
	SaveChangeSet(ctx context.Context, c *edition.ChangeSet, edits bool) error
	SaveEdits(ctx context.Context, edits []edition.ConceptEdit, author, reason, fingerprint string) (int64, error)
	AddOccurrences(ctx context.Context, bySource map[int64][]edition.Occurrence) error
	SetLicences(ctx context.Context, segments []int64, ls []edition.Licence) error
	Indexed(ctx context.Context, concepts []int64, version int64) error
}
