package pipeline

import (
	"context"
	"slices"

	"dragoman/glossary"
	"dragoman/internal/edition"
)

// settleTerms brings up to date what is found of names that count in some
// documents only, where an edition's sentences have stayed as they were: what
// licenses such a name may have come or gone in another sentence. What was
// answered stays answered.
func (dr *drafter) settleTerms(ctx context.Context, tx Tx, ed int64) error {
	conditional := func(o glossary.Occurrence) bool { return dr.g.Conditional(o.Concept) }
	if !slices.ContainsFunc(dr.d.cand, func(in []glossary.Occurrence) bool { return slices.ContainsFunc(in, conditional) }) {
		return nil
	}
	all, err := tx.Targets(ctx, ed)
	if err != nil {
		return err
	}
	if !dr.d.fits(all) {
		return errMoved
	}
	d := dr.d.with(joinsOf(all))
	have, err := tx.StandingFindings(ctx, ed)
	if err != nil {
		return err
	}
	put := refound{}
	for _, t := range all {
		i := t.Position
		if t.Standing.ID == 0 || t.Omitted != "" || t.Merged() || !slices.ContainsFunc(d.cand[i], conditional) {
			continue
		}
		old := have[t.Standing.ID]
		others := slices.DeleteFunc(plain(old), func(f edition.Finding) bool { return isTermRule(f.Rule) })
		now := carried(append(others, termFindings(dr.g, dr.locale.Tag, d.segs[i].Source, d.lic[i], t.Standing.Text)...), old)
		if slices.EqualFunc(now, old, sameFinding) {
			continue
		}
		if err := put.find(ctx, tx, t, now); err != nil {
			return err
		}
	}
	return put.save(ctx, tx, ed)
}
