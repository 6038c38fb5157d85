package pipeline

import (
	"context"
	"fmt"
	"slices"
	"unicode/utf8"

	"dragoman/content"
	"dragoman/content/segment"
	"dragoman/glossary"
	"dragoman/internal/edition"
)

// joinsOf gives, by position, how many segments after it a target says too.
func joinsOf(ts []*edition.Target) map[int]int {
	joins := map[int]int{}
	for _, t := range ts {
		if t.Joined > 0 {
			joins[t.Position] = t.Joined
		}
	}
	return joins
}

// with is the document as an edition sees it that says some segments together:
// the first of them has the source, the terms and the codes of all.
func (d *document) with(joins map[int]int) *document {
	if d.base != nil {
		d = d.base
	}
	if len(joins) == 0 {
		return d
	}
	c := *d
	c.base, c.joins = d, joins
	c.segs, c.cand, c.lic = slices.Clone(d.segs), slices.Clone(d.cand), slices.Clone(d.lic)
	for i, n := range joins {
		if i+n >= len(d.segs) {
			continue
		}
		text := d.segs[i].Source
		c.cand[i], c.lic[i] = slices.Clone(d.cand[i]), slices.Clone(d.lic[i])
		for k := i + 1; k <= i+n; k++ {
			text += " "
			c.cand[i] = shifted(c.cand[i], d.cand[k], len(text))
			c.lic[i] = shifted(c.lic[i], d.lic[k], len(text))
			text += d.segs[k].Source
		}
		c.segs[i].Source, c.segs[i].Exact, c.segs[i].Norm = text, content.ExactHash(text), content.NormalisedHash(text)
	}
	return &c
}

// shifted adds occurrences that stand by bytes further on.
func shifted(to, add []glossary.Occurrence, by int) []glossary.Occurrence {
	for _, o := range add {
		o.Start, o.End = o.Start+by, o.End+by
		to = append(to, o)
	}
	return to
}

// codes are those of a segment and of what is joined to it.
func (d *document) codes(i int) []content.Code {
	if d.gathered != nil {
		return d.gathered[i]
	}
	segs := d.doc.Segments()
	if d.joins[i] == 0 {
		return segs[i].Codes
	}
	var out []content.Code
	for k := i; k <= i+d.joins[i] && k < len(segs); k++ {
		for _, c := range segs[k].Codes {
			if !slices.ContainsFunc(out, func(have content.Code) bool { return have.ID == c.ID }) {
				out = append(out, c)
			}
		}
	}
	return out
}

// joinSources gives segments that are said together the source of all.
func joinSources(segs []edition.Segment, joins map[int]int) {
	for i, n := range joins {
		text := segs[i].Source
		for k := i + 1; k <= i+n && k < len(segs); k++ {
			text += " " + segs[k].Source
		}
		segs[i].Source, segs[i].Exact, segs[i].Norm = text, content.ExactHash(text), content.NormalisedHash(text)
	}
}

// Merge has a target say the next segment too, with the words of both; the
// next one is left out as merged. version is the standing version that the
// person saw.
func (p *Pipeline) Merge(ctx context.Context, who string, target, version int64) (*edition.Target, error) {
	return p.change(ctx, target, func(tx Tx, dr *drafter, t *edition.Target, e *edition.Edition) error {
		if t.Standing.ID != version {
			return dr.stale(t, "")
		}
		all, err := dr.all(ctx, tx, t)
		if err != nil {
			return err
		}
		at := t.Position + 1 + max(t.Joined, 0)
		if at >= len(all) {
			return &edition.Refusal{Rule: "merge-last", Text: "there is no segment after this one to merge it with"}
		}
		next := all[at]
		if err := dr.canMerge(at-1, next); err != nil {
			return err
		}
		touched := all[t.Position : at+1+max(next.Joined, 0)]
		dr.did(who, "merge", touched...)
		text, _ := joinTexts([]*edition.Target{t, next})
		if err := stale(ctx, tx, next); err != nil {
			return err
		}
		edition.Join(t, touched[1:])
		if err := dr.say(ctx, tx, all, t, text, who); err != nil {
			return err
		}
		for _, part := range touched[1:] {
			if err := tx.SaveTarget(ctx, part); err != nil {
				return err
			}
		}
		return changed(ctx, tx, e, edition.Act{Who: who, What: "merge", Subject: "target", SubjectID: target, Detail: fmt.Sprintf("%d + %d", t.Position+1, at+1)})
	})
}

// all are the targets of t's edition by position, t itself among them.
func (dr *drafter) all(ctx context.Context, tx Tx, t *edition.Target) ([]*edition.Target, error) {
	all, err := tx.Targets(ctx, t.Edition)
	if err != nil {
		return nil, err
	}
	if !dr.d.fits(all) {
		return nil, errMoved
	}
	all[t.Position] = t
	return all, nil
}

// canMerge says whether the segment of next can be said with the one at a
// position before it, or returns a *edition.Refusal.
func (dr *drafter) canMerge(before int, next *edition.Target) error {
	base := dr.d.with(nil)
	return canMerge(base.segs[before], base.segs[next.Position], len(base.codes(next.Position)) > 0, next)
}

// canMerge says whether segment b, which has codes or not and whose target is
// next, can be said with the one before it.
func canMerge(a, b edition.Segment, codes bool, next *edition.Target) error {
	if next.Omitted != "" {
		return &edition.Refusal{Rule: "merge-omitted", Args: posArg(next), Text: fmt.Sprintf("segment %d is left out: take it in again before it is merged", next.Position+1)}
	}
	flows := a.Kind == content.KindParagraph || a.Kind == content.KindItem || a.Kind == content.KindQuote
	if a.Unit != b.Unit && (a.Kind != b.Kind || !flows || codes) {
		return &edition.Refusal{Rule: "merge-kind", Args: posArg(next), Text: fmt.Sprintf("segment %d stands in another part of the page: only sentences of one paragraph, or plain neighbouring paragraphs, can be merged", next.Position+1)}
	}
	return nil
}

// CanMerge reports whether the segment after a position can be said with it.
func (p *Pipeline) CanMerge(v *View, position int) bool {
	if position < 0 || position+1 >= len(v.Rows) {
		return false
	}
	a, b := &v.Rows[position], &v.Rows[position+1]
	return b.Target.Position == position+1 && canMerge(a.Segment, b.Segment, len(b.Codes) > 0, b.Target) == nil
}

func posArg(t *edition.Target) map[string]string {
	return map[string]string{"Segment": fmt.Sprint(t.Position + 1)}
}

// say makes text a person's standing version of t among all the targets of
// its edition, whose joins have just changed; "" leaves it without words.
func (dr *drafter) say(ctx context.Context, tx Tx, all []*edition.Target, t *edition.Target, text, who string) error {
	dr.d = dr.d.with(joinsOf(all))
	if t.Joined > 0 {
		if err := tx.KeepSource(ctx, dr.d.segs[t.Position].Source); err != nil {
			return err
		}
	}
	if text == "" {
		t.Standing, t.State = edition.Version{}, edition.Initial
		t.ApprovedBy, t.ApprovedSource, t.Omitted, t.Errors, t.Warnings = "", content.Hash{}, "", 0, 0
		return tx.SaveTarget(ctx, t)
	}
	v := dr.version(t, text, edition.Origin{Kind: edition.FromHuman}, who)
	if err := saveStanding(ctx, tx, []*edition.Target{t}, []*edition.Version{v}); err != nil {
		return err
	}
	return settleProposals(ctx, tx, t, who)
}

// stale closes what was proposed for a target that says nothing any more.
func stale(ctx context.Context, tx Tx, t *edition.Target) error {
	ps, err := tx.ProposalsOf(ctx, t.ID)
	if err != nil {
		return err
	}
	for _, pr := range ps {
		if err := tx.DecideProposal(ctx, pr.ID, edition.Stale, edition.Machine); err != nil {
			return err
		}
	}
	return nil
}

// SplitOff gives the segments from the part-th that was merged into a target
// on (1 is the first) back their own place. at is where their words begin in
// the standing text, in bytes; below 0 the text is cut where it has as many
// sentences as there are segments, else its words stay and the part has those
// that it had before.
func (p *Pipeline) SplitOff(ctx context.Context, who string, target, version int64, part, at int) (*edition.Target, error) {
	return p.change(ctx, target, func(tx Tx, dr *drafter, t *edition.Target, e *edition.Edition) error {
		if t.Standing.ID != version {
			return dr.stale(t, "")
		}
		if part < 1 || part > t.Joined {
			return &edition.Refusal{Rule: "split", Text: "this segment is not merged with another any more: load the page again"}
		}
		all, err := dr.all(ctx, tx, t)
		if err != nil {
			return err
		}
		return dr.splitOff(ctx, tx, all, t, e, who, part, at)
	})
}

// splitOff is SplitOff once the target is open; all are the targets of its
// edition.
func (dr *drafter) splitOff(ctx context.Context, tx Tx, all []*edition.Target, t *edition.Target, e *edition.Edition, who string, part, at int) error {
	first, second, err := dr.cut(t, part, at)
	if err != nil {
		return err
	}
	dr.did(who, "split", all[t.Position:t.Position+t.Joined+1]...)
	freed := all[t.Position+part : t.Position+t.Joined+1]
	t.Joined = part - 1
	for _, f := range freed {
		f.Part()
	}
	if len(freed) > 1 {
		if second == "" {
			second, _ = joinTexts(freed)
		}
		edition.Join(freed[0], freed[1:])
	}
	if err := dr.say(ctx, tx, all, t, first, who); err != nil {
		return err
	}
	for _, f := range freed {
		if err := tx.SaveTarget(ctx, f); err != nil {
			return err
		}
		if err := dr.lookAgain(ctx, tx, f); err != nil {
			return err
		}
	}
	if second != "" {
		if err := dr.say(ctx, tx, all, freed[0], second, who); err != nil {
			return err
		}
	}
	return changed(ctx, tx, e, splitAct(who, t, freed[0].Position))
}

// cut gives the words that stay and those that go with the part-th segment.
func (dr *drafter) cut(t *edition.Target, part, at int) (first, second string, err error) {
	text := t.Standing.Text
	if at < 0 {
		spans := segment.Split(dr.locale.Tag, text)
		if len(spans) != t.Joined+1 {
			return text, "", nil
		}
		at = spans[part].Start
	}
	if !canCut(text, at) {
		return "", "", splitPlace()
	}
	trim := func(s string) (string, error) { return cleanText(s) }
	if first, err = trim(text[:at]); err != nil {
		return "", "", err
	}
	second, err = trim(text[at:])
	return first, second, err
}

// canCut reports whether coded text can be cut at a byte: not within a
// letter or a code, nor between the two halves of a pair.
func canCut(text string, at int) bool {
	if at < 0 || at > len(text) || at < len(text) && !utf8.RuneStart(text[at]) {
		return false
	}
	open := map[int]bool{}
	for _, tok := range content.Tokens(text) {
		if tok.Kind != content.Text && tok.Start < at && at < tok.End {
			return false
		}
		if tok.End > at {
			break
		}
		switch tok.Kind {
		case content.Open:
			open[tok.ID] = true
		case content.Close:
			delete(open, tok.ID)
		}
	}
	return len(open) == 0
}
