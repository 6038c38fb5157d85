package pipeline

import (
	"context"
	"maps"
	"slices"

	"dragoman/internal/check"
	"dragoman/internal/edition"
)

// wholeRules are the rules that need all of an edition.
var wholeRules = func() map[string]bool {
	m := map[string]bool{}
	for _, r := range check.Rules() {
		if r.Document {
			m[r.ID] = true
		}
	}
	return m
}()

// whole runs the rules that need all of an edition over targets; the result
// is by position.
func (dr *drafter) whole(ts []*edition.Target) [][]edition.Finding {
	in := make([]check.Input, len(dr.d.segs))
	for i := range in {
		in[i] = check.Input{Locale: dr.locale, Source: dr.d.segs[i].Source, Kind: dr.d.segs[i].Kind, LeftOut: true}
	}
	for i, t := range ts {
		if t == nil || i >= len(in) || t.Omitted != "" {
			continue
		}
		in[i].Target, in[i].Origin, in[i].LeftOut = t.Standing.Text, t.Standing.Origin, false
	}
	return check.RunDocument(in)
}

// settleWhole brings what the rules found that need all of an edition up to
// date: words of one segment can make another's wrong. What was answered
// stays answered.
func (dr *drafter) settleWhole(ctx context.Context, tx Tx, ed int64) error {
	all, err := tx.Targets(ctx, ed)
	if err != nil {
		return err
	}
	if !dr.d.fits(all) {
		return errMoved
	}
	ts := make([]*edition.Target, len(dr.d.segs))
	for _, t := range all {
		if t.Position < len(ts) {
			ts[t.Position] = t
		}
	}
	dr.d = dr.d.with(joinsOf(all))
	have, err := tx.StandingFindings(ctx, ed)
	if err != nil {
		return err
	}
	put := refound{}
	found := dr.whole(ts)
	for i, t := range ts {
		if t == nil || t.Standing.ID == 0 {
			continue
		}
		fs, moved := mixed(have[t.Standing.ID], found[i])
		if !moved {
			continue
		}
		if err := put.find(ctx, tx, t, fs); err != nil {
			return err
		}
	}
	return put.save(ctx, tx, ed)
}

// refound is what was found anew in the words that stand, by version.
type refound map[int64][]edition.StandingFinding

// find notes what was found in a target, and saves its counts.
func (r refound) find(ctx context.Context, tx Tx, t *edition.Target, fs []edition.StandingFinding) error {
	r[t.Standing.ID] = fs
	t.Errors, t.Warnings = edition.Weigh(open(fs))
	return tx.SaveTarget(ctx, t)
}

// save saves the findings, and counts in their edition again.
func (r refound) save(ctx context.Context, tx Tx, ed int64) error {
	if len(r) == 0 {
		return nil
	}
	if err := tx.PutFindings(ctx, r); err != nil {
		return err
	}
	return tx.Recount(ctx, ed)
}

// mixed puts what was found in the whole in the place of what had been,
// beside a segment's own findings; moved is false where nothing changed.
func mixed(have []edition.StandingFinding, found []edition.Finding) (fs []edition.StandingFinding, moved bool) {
	var before []edition.StandingFinding
	for _, f := range have {
		if wholeRules[f.Rule] {
			before = append(before, f)
		} else {
			fs = append(fs, f)
		}
	}
	moved = len(before) != len(found)
	for _, f := range found {
		sf := edition.StandingFinding{Finding: f}
		at := slices.IndexFunc(before, func(b edition.StandingFinding) bool {
			return b.Rule == f.Rule && b.Start == f.Start && b.End == f.End && maps.Equal(b.Args, f.Args)
		})
		if at >= 0 {
			sf.DismissedBy, sf.DismissedWhy = before[at].DismissedBy, before[at].DismissedWhy
		} else {
			moved = true
		}
		fs = append(fs, sf)
	}
	for i := range fs {
		fs[i].Seq = i
	}
	return fs, moved
}
