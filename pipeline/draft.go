package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"dragoman/content"
	"dragoman/internal/edition"
)

// draft takes a revision through the pure stages for all locales that wait
// for it: segment, find terms, recall, engines of this machine that need no
// waiting, verify and check. What is left goes to the engines in jobs.
func (p *Pipeline) draft(ctx context.Context, job edition.Job) error {
	err := errMoved
	for n := 0; n < 8 && errors.Is(err, errMoved); n++ {
		if n > 0 {
			if err := p.Refresh(ctx); err != nil {
				return err
			}
		}
		err = p.draftOnce(ctx, job)
	}
	return err
}

func (p *Pipeline) draftOnce(ctx context.Context, job edition.Job) error {
	rev, err := p.store.Revision(ctx, job.Subject)
	if err != nil {
		return err
	}
	rel, err := p.store.Release(ctx, rev.Release)
	if err != nil {
		return err
	}
	es, err := p.store.Editions(ctx, rel.ID)
	if err != nil {
		return err
	}
	var work []edition.Edition
	for _, e := range es {
		if e.Revision != rev.ID && wants(job, e.Locale) && (e.State == edition.Drafting || e.State == edition.Revising) {
			work = append(work, e)
		}
	}
	if rel.Revision != rev.ID || len(work) == 0 {
		return nil // overtaken by a newer revision, or done before
	}
	g := p.terms.Load()
	d, err := p.open(ctx, g, rev)
	if err != nil {
		return err
	}
	plans := make([]*plan, len(work))
	for i, e := range work {
		if plans[i], err = p.plan(ctx, g, d, e); err != nil {
			return fmt.Errorf("%s: %w", e.Locale, err)
		}
		plans[i].urgency = cmp.Or(job.Urgency, edition.Today)
	}
	return p.store.InTx(ctx, func(tx Tx) error { return p.savePlans(ctx, tx, g, d, plans) })
}

// plan is what the draft of one edition will change.
type plan struct {
	edition   edition.Edition
	drafter   *drafter
	added     []*edition.Target   // new targets, with what stands
	kept      []*edition.Target   // targets that stay, in their new place
	fresh     []*edition.Version  // new standing versions of kept targets
	proposals []*edition.Proposal // beside what people wrote
	segment   map[*edition.Target]int
	counts    edition.Counts
	waiting   bool            // segments are left for engines
	urgency   edition.Urgency // of the draft, and so of what engines are asked for
	hold      edition.Hold
}

// savePlans saves the drafts of one revision in one transaction, unless what
// they were made from has changed.
func (p *Pipeline) savePlans(ctx context.Context, tx Tx, g *terms, d *document, plans []*plan) error {
	if newest, err := tx.NewestRevision(ctx, d.rev.Release); err != nil || newest != d.rev.ID {
		return err // overtaken: the newer revision has a job of its own
	}
	if v, err := tx.GlossaryVersion(ctx); err != nil {
		return err
	} else if v != g.version {
		return errMoved
	}
	now, err := tx.Editions(ctx, d.rev.Release)
	if err != nil {
		return err
	}
	for _, pl := range plans {
		if !unmoved(now, pl.edition) {
			return errMoved
		}
	}
	if err := saveSegments(ctx, tx, g, d); err != nil {
		return err
	}
	for _, pl := range plans {
		if err := p.savePlan(ctx, tx, d, pl); err != nil {
			return fmt.Errorf("%s: %w", pl.edition.Locale, err)
		}
	}
	return nil
}

func unmoved(now []edition.Edition, e edition.Edition) bool {
	for _, n := range now {
		if n.ID == e.ID {
			return n.Updated.Equal(e.Updated)
		}
	}
	return false
}

func saveSegments(ctx context.Context, tx Tx, g *terms, d *document) error {
	if d.stored {
		return nil
	}
	if parser, err := tx.RevisionParser(ctx, d.rev.ID); err != nil {
		return err
	} else if parser != 0 {
		return errMoved // another worker was first; take its numbers
	}
	if err := tx.SaveSegments(ctx, d.rev.ID, content.Version, d.units, d.segs, d.finder(g)); err != nil {
		return err
	}
	if err := tx.SetPrivacy(ctx, map[int64]bool{d.rev.ID: d.doc.Meta.Confidential}); err != nil {
		return err
	}
	return tx.SaveLicences(ctx, d.licences(g))
}

func (p *Pipeline) savePlan(ctx context.Context, tx Tx, d *document, pl *plan) error {
	for t, i := range pl.segment {
		t.Segment, t.Position = d.segs[i].ID, i
	}
	if err := tx.AddVersions(ctx, pl.fresh); err != nil {
		return err
	}
	byTarget := map[int64]*edition.Version{}
	for _, v := range pl.fresh {
		byTarget[v.Target] = v
	}
	for _, t := range pl.kept {
		if v := byTarget[t.ID]; v != nil {
			t.Standing = *v
		}
		if err := tx.SaveTarget(ctx, t); err != nil {
			return err
		}
		if byTarget[t.ID] == nil && t.Position >= 0 {
			continue // as it was: its proposals answer its source still
		}
		if err := p.staleProposals(ctx, tx, t); err != nil {
			return err
		}
	}
	if err := tx.AddTargets(ctx, pl.added); err != nil {
		return err
	}
	for _, pr := range pl.proposals {
		pr.Base = byTarget[pr.Target].ID
	}
	if err := tx.AddProposals(ctx, pl.proposals); err != nil {
		return err
	}
	e := pl.edition
	if err := saveCounts(ctx, tx, d, pl); err != nil {
		return err
	}
	if e.Revision != 0 {
		if err := pl.drafter.settleTerms(ctx, tx, e.ID); err != nil {
			return err
		}
		if err := pl.drafter.settleWhole(ctx, tx, e.ID); err != nil {
			return err
		}
	}
	e.Revision = d.rev.ID
	if pl.waiting {
		if err := tx.SaveEdition(ctx, &e); err != nil {
			return err
		}
		return tx.Enqueue(ctx, edition.Job{Kind: translateJob, Subject: e.ID, Urgency: pl.urgency, Engine: true})
	}
	return stepHeld(ctx, tx, &e, edition.Drafted, edition.Machine, "", pl.hold)
}

// saveCounts saves what a first draft has counted; a later one may keep
// proposals that it knows nothing of.
func saveCounts(ctx context.Context, tx Tx, d *document, pl *plan) error {
	if pl.edition.Revision != 0 {
		return tx.Recount(ctx, pl.edition.ID)
	}
	var title *edition.Target
	for _, t := range pl.added {
		if t.Position >= 0 && d.segs[t.Position].Kind == content.KindTitle && (title == nil || t.Position < title.Position) {
			title = t
		}
	}
	return tx.SaveCounts(ctx, pl.edition.ID, pl.counts, title)
}

// staleProposals closes what a former revision proposed for a target: the
// newest proposal answers the newest source.
func (p *Pipeline) staleProposals(ctx context.Context, tx Tx, t *edition.Target) error {
	if !t.ByPerson() {
		return nil // only people's words have proposals beside them
	}
	ps, err := tx.ProposalsOf(ctx, t.ID)
	if err != nil {
		return err
	}
	for _, pr := range ps {
		if pr.Cause == edition.ByRevision || pr.Cause == edition.ByBatch && t.Position < 0 {
			if err := tx.DecideProposal(ctx, pr.ID, edition.Stale, edition.Machine); err != nil {
				return err
			}
		}
	}
	return nil
}

// plan works out an edition's draft for a revision: what of the former
// revision's targets stays, and what is drafted anew.
func (p *Pipeline) plan(ctx context.Context, g *terms, d *document, e edition.Edition) (*plan, error) {
	pl := &plan{edition: e, segment: map[*edition.Target]int{}}
	dr, err := p.drafter(g, d, e)
	if err != nil {
		return nil, err
	}
	links := make([]edition.Link, len(d.segs))
	for i := range links {
		links[i].Kind = edition.New
	}
	var old []*edition.Target
	var retired map[content.Hash]*edition.Target
	if e.Revision != 0 {
		var gone []int
		if old, links, gone, err = p.follow(ctx, d, e); err != nil {
			return nil, err
		}
		for _, j := range gone {
			pl.retire(old[j])
		}
		if retired, err = p.store.Retired(ctx, e.ID); err != nil {
			return nil, err
		}
	}
	c := &carrier{drafter: dr, plan: pl, old: old, retired: retired, links: links, placed: map[int]bool{}}
	for i := range d.segs {
		c.place(i)
	}
	c.keepJoins()
	c.askInstant(ctx)
	c.finish()
	pl.drafter = dr
	pl.edition.Publishable = e.Publishable && !dr.pseudo
	if pl.hold = dr.hold; pl.counts.Untranslated > 0 {
		pl.hold.Segments = pl.counts.Untranslated
	} else {
		pl.hold = edition.Hold{}
	}
	return pl, nil
}

// follow aligns a new revision with the one that an edition answers now, and
// returns the edition's targets by the old positions.
func (p *Pipeline) follow(ctx context.Context, d *document, e edition.Edition) (old []*edition.Target, links []edition.Link, gone []int, err error) {
	oldSegs, err := p.store.Segments(ctx, e.Revision)
	if err != nil {
		return nil, nil, nil, err
	}
	ts, err := p.store.Targets(ctx, e.ID)
	if err != nil {
		return nil, nil, nil, err
	}
	old = make([]*edition.Target, len(oldSegs))
	for _, t := range ts {
		if t.Position < len(old) {
			old[t.Position] = t
		}
	}
	links, gone = edition.Align(alignUnits(oldSegs), alignUnits(d.segs))
	return old, links, gone, nil
}

func alignUnits(segs []edition.Segment) []edition.AlignUnit {
	us := make([]edition.AlignUnit, len(segs))
	for i, s := range segs {
		us[i] = edition.AlignUnit{Exact: s.Exact, Norm: s.Norm, Text: s.Source}
	}
	return us
}

// retire keeps a target whose segment is gone for its history.
func (pl *plan) retire(t *edition.Target) {
	if t != nil {
		if t.Joined != 0 {
			t.Part()
		}
		t.Position = -1
		pl.kept = append(pl.kept, t)
	}
}

// joinTexts joins what several targets say.
func joinTexts(ts []*edition.Target) (text string, byPerson bool) {
	for _, t := range ts {
		if t == nil || t.Standing.Text == "" {
			continue
		}
		if text != "" {
			text += " "
		}
		text += t.Standing.Text
		byPerson = byPerson || t.ByPerson()
	}
	return text, byPerson
}
