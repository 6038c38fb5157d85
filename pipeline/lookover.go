package pipeline

import (
	"context"
	"slices"

	"dragoman/internal/edition"
)

// lookOver looks for names that are wrong under the glossary that counts in
// words which were verified under another one, and which no batch has come by:
// what it finds has to be answered before the edition is approved.
func (p *Pipeline) lookOver(ctx context.Context, e *edition.Edition, d *document) error {
	if d == nil || !e.State.AtWork() {
		return nil
	}
	ts, err := p.store.Targets(ctx, e.ID)
	if err != nil {
		return err
	}
	found, err := p.store.Findings(ctx, e.ID)
	if err != nil {
		return err
	}
	g := p.terms.Load()
	d = d.with(joinsOf(ts))
	for _, t := range ts {
		if t.Omitted != "" || t.Standing.ID == 0 || t.Standing.Glossary == g.version || t.Position >= len(d.segs) {
			continue
		}
		now := termFindings(g, e.Locale, d.segs[t.Position].Source, d.lic[t.Position], t.Standing.Text)
		if !slices.ContainsFunc(now, func(f edition.Finding) bool { return f.Severity == edition.Error && !known(found[t.Standing.ID], f) }) {
			continue
		}
		_, err := p.change(ctx, t.ID, func(tx Tx, dr *drafter, t *edition.Target, e *edition.Edition) error {
			return dr.tell(ctx, tx, t, e)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// known reports whether a finding is among those that a version has.
func known(have []edition.StandingFinding, f edition.Finding) bool {
	return slices.ContainsFunc(have, func(b edition.StandingFinding) bool { return sameMatter(f, b.Finding) })
}

// tell adds to a target's findings what the glossary that counts does not pass
// and nobody has been told of.
func (dr *drafter) tell(ctx context.Context, tx Tx, t *edition.Target, e *edition.Edition) error {
	have, err := tx.FindingsOf(ctx, t.Standing.ID)
	if err != nil {
		return err
	}
	i := t.Position
	for _, f := range termFindings(dr.g, dr.locale.Tag, dr.d.segs[i].Source, dr.d.lic[i], t.Standing.Text) {
		if f.Severity == edition.Error && !known(have, f) {
			have = append(have, edition.StandingFinding{Finding: f, Seq: len(have)})
		}
	}
	if err := tx.PutFindings(ctx, map[int64][]edition.StandingFinding{t.Standing.ID: have}); err != nil {
		return err
	}
	if err := weigh(ctx, tx, t); err != nil {
		return err
	}
	return changed(ctx, tx, e)
}
