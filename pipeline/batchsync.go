package pipeline

import (
	"context"
	"errors"
	"time"

	"dragoman/internal/edition"
	"dragoman/internal/engine"
)

// syncJob is the step by which the engines' own glossaries are brought up to
// date after a batch that could not do so.
const syncJob = "sync"

// syncLater is how long after a failure that may pass it is tried again.
const syncLater = 15 * time.Minute

// syncForBatch brings the engines' own glossaries up to date for a batch, or
// for its undoing. An engine that cannot be reached is in nobody's way: what it
// says is held to the terms all the same, and it is tried again later. The
// error is ctx's, or the database's.
func (p *Pipeline) syncForBatch(ctx context.Context, batch int64) error {
	_, err := p.SyncGlossaries(ctx)
	if err == nil || ctx.Err() != nil {
		return err
	}
	p.log.Warn("a batch goes on without an engine's glossary", "batch", batch, "error", err)
	if !mayPass(err) {
		return nil
	}
	return p.store.InTx(ctx, func(tx Tx) error {
		return tx.Enqueue(ctx, edition.Job{Kind: syncJob, Subject: batch, Urgency: edition.InBatch, NotBefore: p.store.Now().Add(syncLater)})
	})
}

// syncAgain is what comes of it later, until it succeeds or cannot.
func (p *Pipeline) syncAgain(ctx context.Context) error {
	_, err := p.SyncGlossaries(ctx)
	if err == nil || ctx.Err() != nil {
		return err
	}
	if mayPass(err) {
		return &edition.Later{At: p.store.Now().Add(syncLater)}
	}
	return errors.Join(edition.ErrGiveUp, err)
}

// mayPass reports whether one of the errors of a sync may be gone later.
func mayPass(err error) bool { return errors.Is(err, &engine.Error{Kind: engine.Retryable}) }
