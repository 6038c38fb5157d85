package pipeline

import (
	"context"
	"time"

	"dragoman/internal/edition"
)

// reviewReader reads what people say to each other, approved, and heard.
type reviewReader interface {
	Remarks(ctx context.Context, ed int64) ([]edition.Remark, error)
	Mentions(ctx context.Context, who string) (edition.Mentions, error)
	Approvals(ctx context.Context, ed int64, who string) (map[int64]edition.Approval, error)
	Wordings(ctx context.Context, release int64) ([]edition.Wording, error)
	Preference(ctx context.Context, person int64, name string) (string, error)
	RevisionBefore(ctx context.Context, release, revision int64) (int64, error)
	VersionsBefore(ctx context.Context, ed int64, at time.Time) (map[int64]edition.Version, error)
}

// reviewWriter keeps it.
type reviewWriter interface {
	AddRemark(ctx context.Context, r *edition.Remark) error
	Remark(ctx context.Context, ed, id int64) (edition.Remark, error)
	ResolveRemark(ctx context.Context, id int64, who string) error
	SeeMentions(ctx context.Context, who string, ed, target int64) (bool, error)
	AddUndo(ctx context.Context, u *edition.Undo) error
	Undos(ctx context.Context, ed int64, who string, limit int) ([]edition.Undo, error)
	Undone(ctx context.Context, id int64) error
	AddApprovals(ctx context.Context, as []edition.Approval) error
	AddWording(ctx context.Context, w *edition.Wording) error
	SavePreference(ctx context.Context, person int64, name, value string) error
	// KeepSource keeps a text that no segment has by itself; one that is
	// there already stays as it is.
	KeepSource(ctx context.Context, coded string) error
	StandingFindings(ctx context.Context, ed int64) (map[int64][]edition.StandingFinding, error)
}
