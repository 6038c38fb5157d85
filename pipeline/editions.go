package pipeline

import (
	"context"
	"time"

	"dragoman/internal/edition"
)

// editionsFor gives a release with a new revision an edition in each locale:
// new ones begin drafting, others are revised.
func (p *Pipeline) editionsFor(ctx context.Context, tx Tx, rel *edition.Release, embargo time.Time, fresh bool) error {
	var have []edition.Edition
	var err error
	if !fresh {
		if have, err = tx.Editions(ctx, rel.ID); err != nil {
			return err
		}
	}
	done := map[string]bool{}
	for i := range have {
		e := &have[i]
		done[e.Locale] = true
		e.Embargo = embargo
		if err := step(ctx, tx, e, edition.Revise, edition.Machine, "the source has a new revision"); err != nil {
			return err
		}
	}
	var add []edition.Edition
	for _, loc := range p.cfg.Locales {
		if !done[loc] {
			add = append(add, edition.Edition{Release: rel.ID, Locale: loc, State: edition.Drafting, Embargo: embargo})
		}
	}
	return tx.AddEditions(ctx, add)
}

// AddLocales gives every release an edition in each configured locale that
// it lacks, and returns how many were added.
func (p *Pipeline) AddLocales(ctx context.Context) (int, error) {
	added := 0
	for _, loc := range p.cfg.Locales {
		rels, err := p.store.MissingLocales(ctx, loc)
		if err != nil {
			return added, err
		}
		for len(rels) > 0 {
			part := rels[:min(len(rels), loadSlice)]
			rels = rels[len(part):]
			err := p.store.InTx(ctx, func(tx Tx) error { return addLocale(ctx, tx, part, loc) })
			if err != nil {
				return added, err
			}
			added += len(part)
		}
	}
	return added, nil
}

func addLocale(ctx context.Context, tx Tx, rels []edition.Release, loc string) error {
	var add []edition.Edition
	var jobs []edition.Job
	for _, r := range rels {
		newest, err := tx.NewestRevision(ctx, r.ID) // which may have come since rels were read
		if err != nil {
			return err
		}
		have, err := tx.Editions(ctx, r.ID)
		if err != nil {
			return err
		}
		var embargo time.Time
		there := false
		for _, e := range have {
			embargo = e.Embargo
			there = there || e.Locale == loc
		}
		if there {
			continue
		}
		add = append(add, edition.Edition{Release: r.ID, Locale: loc, State: edition.Drafting, Embargo: embargo})
		jobs = append(jobs, edition.Job{Kind: draftJob, Subject: newest, Locales: []string{loc}, Urgency: edition.Bulk})
	}
	if err := tx.AddEditions(ctx, add); err != nil {
		return err
	}
	return tx.Enqueue(ctx, jobs...)
}

// Retry takes up every failed edition again, has the engines asked for what
// they have left of others, and returns how many there were.
func (p *Pipeline) Retry(ctx context.Context, who string) (int, error) {
	lines, _, err := p.store.Queue(ctx, edition.Filter{States: []edition.State{edition.Failed}})
	if err != nil {
		return 0, err
	}
	n, err := p.retryHeld(ctx, who)
	if err != nil {
		return n, err
	}
	for _, l := range lines {
		err := p.store.InTx(ctx, func(tx Tx) error {
			rev, err := tx.NewestRevision(ctx, l.Release)
			if err != nil {
				return err
			}
			e, err := tx.Edition(ctx, l.ID)
			if err != nil || e.State != edition.Failed {
				return err
			}
			ts, err := tx.Targets(ctx, e.ID)
			if err != nil {
				return err
			}
			n++
			ev, job := p.resume(e, rev, ts)
			if err := step(ctx, tx, &e, ev, who, l.Reason); err != nil {
				return err
			}
			return tx.Enqueue(ctx, job)
		})
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// retryHeld has the engines asked at once for what editions wait for, or what
// was left to people though an engine could have done it.
func (p *Pipeline) retryHeld(ctx context.Context, who string) (n int, err error) {
	held, err := p.store.HeldEditions(ctx, 10_000)
	if err != nil {
		return 0, err
	}
	for _, l := range held {
		err := p.store.InTx(ctx, func(tx Tx) error {
			e, err := tx.Edition(ctx, l.ID)
			if err != nil || !e.Hold.Held() || !wantsAnswers(&e) {
				return err
			}
			n++
			if err := tx.Audit(ctx, edition.Act{Who: who, What: string(edition.Retry), Subject: "edition", SubjectID: e.ID, Detail: e.Hold.String()}); err != nil {
				return err
			}
			return tx.Enqueue(ctx, edition.Job{Kind: translateJob, Subject: e.ID, Urgency: edition.Urgent, Engine: true})
		})
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// resume is the job that takes a failed edition on from where it stands: the
// draft of a newer revision, the engines' turn, or the publication of what
// was approved.
func (p *Pipeline) resume(e edition.Edition, newest int64, ts []*edition.Target) (edition.Event, edition.Job) {
	if e.Revision != newest {
		return edition.Retry, edition.Job{Kind: draftJob, Subject: newest, Locales: []string{e.Locale}, Urgency: edition.Urgent}
	}
	for _, t := range ts {
		if t.State != edition.Final && t.Omitted == "" {
			return edition.Retry, edition.Job{Kind: translateJob, Subject: e.ID, Urgency: edition.Urgent, Engine: true}
		}
	}
	return edition.Again, edition.Job{Kind: publishJob, Subject: e.ID, Urgency: edition.Urgent}
}
