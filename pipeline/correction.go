package pipeline

import (
	"context"

	"dragoman/internal/edition"
)

// troubled notes, where the publication of an edition has failed for good, why
// its corrections are not public. An edition that was public before stays so
// with its older words: nobody would see it otherwise.
func (p *Pipeline) troubled(ctx context.Context, ed int64, reason error) error {
	return p.store.InTx(ctx, func(tx Tx) error {
		n, err := tx.TroubleCorrections(ctx, ed, plainReason(reason))
		if err != nil || n == 0 {
			return err
		}
		return tx.Audit(ctx, edition.Act{Who: edition.Machine, What: "correction failed", Subject: "edition", SubjectID: ed, Detail: plainReason(reason)})
	})
}

// PublishCorrections has the editions published again whose corrections by a
// batch could not be, and returns how many they are. It is refused where there
// are none.
func (p *Pipeline) PublishCorrections(ctx context.Context, who string, batch int64) (n int, err error) {
	b, err := p.store.BatchAlone(ctx, batch)
	if err != nil {
		return 0, err
	}
	err = p.store.InTx(ctx, func(tx Tx) error {
		eds, err := tx.TroubledEditions(ctx, b.ID)
		if err != nil {
			return err
		}
		if n = len(eds); n == 0 {
			return &edition.Refusal{Rule: "correction-none", Text: "no correction of this batch waits for another try"}
		}
		for _, id := range eds {
			if err := p.publishCorrected(ctx, tx, who, id); err != nil {
				return err
			}
		}
		return tx.Audit(ctx, edition.Act{Who: who, What: "publish corrections", Subject: "batch", SubjectID: b.ID})
	})
	return n, err
}

// publishCorrected takes an edition on whose correction could not be published.
func (p *Pipeline) publishCorrected(ctx context.Context, tx Tx, who string, id int64) error {
	e, err := tx.Edition(ctx, id)
	if err != nil {
		return err
	}
	job := edition.Job{Kind: publishJob, Subject: id, Urgency: edition.InBatch}
	if e.State == edition.Failed {
		newest, err := tx.NewestRevision(ctx, e.Release)
		if err != nil {
			return err
		}
		ts, err := tx.Targets(ctx, id)
		if err != nil {
			return err
		}
		var ev edition.Event
		ev, job = p.resume(e, newest, ts)
		if err := step(ctx, tx, &e, ev, who, e.Reason); err != nil {
			return err
		}
	}
	if job.Kind == publishJob && !approved(e.State) {
		return nil // people have it: it is published when they have approved it
	}
	return tx.Enqueue(ctx, job)
}
