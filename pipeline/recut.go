package pipeline

import (
	"context"
	"fmt"

	"dragoman/content"
	"dragoman/internal/edition"
)

// recut looks at the releases that another version of this program cut into
// segments. Those that this one cuts otherwise get a revision with the same
// bytes, so that their editions are aligned and carried over as with any
// other; the rest are noted as looked at.
func (l *loader) recut(ctx context.Context) error {
	rels, err := l.p.store.Outdated(ctx, content.Version)
	if err != nil {
		return err
	}
	for _, rel := range rels {
		if err := ctx.Err(); err != nil {
			return err
		}
		rev, err := l.p.store.Revision(ctx, rel.Revision)
		if err != nil {
			return err
		}
		doc, err := l.p.cut(rev)
		if err != nil {
			l.report.Problems = append(l.report.Problems, fmt.Errorf("%s: this version of Dragoman reads it otherwise than the one before: %w", rel.Key, err))
			continue
		}
		saved, err := l.p.store.Segments(ctx, rev.ID)
		if err != nil {
			return err
		}
		err = l.p.store.InTx(ctx, func(tx Tx) error { return l.saveCut(ctx, tx, rev, doc, cutAlike(saved, doc)) })
		if err != nil {
			return fmt.Errorf("%s: %w", rel.Key, err)
		}
	}
	return nil
}

// cutAlike reports whether a document is cut into the segments that were saved.
func cutAlike(saved []edition.Segment, doc *content.Document) bool {
	segs := doc.Segments()
	if len(segs) != len(saved) {
		return false
	}
	for i, s := range segs {
		if content.ExactHash(s.Text) != saved[i].Exact {
			return false
		}
	}
	return true
}

func (l *loader) saveCut(ctx context.Context, tx Tx, rev edition.Revision, doc *content.Document, same bool) error {
	if same {
		return tx.SetParser(ctx, rev.ID, content.Version)
	}
	if newest, err := tx.NewestRevision(ctx, rev.Release); err != nil || newest != rev.ID {
		return err // a newer one has come, which this version cuts
	}
	rel, err := tx.Release(ctx, rev.Release)
	if err != nil {
		return err
	}
	w := &want{read: &read{source: source{path: rev.Path}}, doc: doc, hash: rev.Hash}
	return l.newRevision(ctx, tx, w, &rel, false)
}
