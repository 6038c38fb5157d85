package pipeline

import (
	"context"
	"time"

	"dragoman/internal/edition"
)

// roomReader reads what the desk's rooms show: the glossary's past and its
// uses, what is public, and figures.
type roomReader interface {
	GlossaryVersions(ctx context.Context, limit, offset int) ([]edition.GlossaryVersion, int, error)
	GlossaryChanges(ctx context.Context, version int64, limit int) (now []edition.ConceptVersion, before []*edition.ConceptVersion, err error)
	ConceptHistory(ctx context.Context, id string) ([]edition.ConceptVersion, error)
	ConceptUses(ctx context.Context, concept int64, locale string, limit int) ([]edition.Use, error)
	EachSourceText(ctx context.Context, after int64, limit int, f func(id int64, text string) error) error
	NewestTexts(ctx context.Context, most int) (newest, from int64, err error)
	TextPlace(ctx context.Context, text int64, locales []string) (ed int64, position int, title string, err error)
	TermDismissals(ctx context.Context, locales []string, limit int) ([]edition.Dismissal, error)
	PublicLines(ctx context.Context, f edition.PublicFilter) ([]edition.PublicLine, int, error)
	PublicLog(ctx context.Context, ed int64) ([]edition.Publication, error)
	Flows(ctx context.Context, since time.Time) ([]edition.Flow, error)
	WaitingSince(ctx context.Context) ([]edition.Wait, error)
	ReviewTimes(ctx context.Context, since time.Time) ([]edition.ReviewTime, error)
	FindingSums(ctx context.Context) ([]edition.FindingSum, error)
	WrongNames(ctx context.Context) ([]edition.OriginTerms, error)
}
