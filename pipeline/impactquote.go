package pipeline

import (
	"context"
	"slices"
	"strings"

	"dragoman/content"
	"dragoman/internal/edition"
	"dragoman/internal/engine"
)

// askings are the wordings that a change set would ask engines for, each once
// with the places that it stands in.
type askings map[askingKey]*asking

// askingKey is all that an engine's answer depends on.
type askingKey struct {
	locale, source string
	terms          uint64 // what counts there
	codes          string
	confidential   bool
}

type asking struct {
	affected *edition.Affected
	codes    []content.Code
	times    int
}

// add notes targets that would be translated again.
func (w askings) add(ctx context.Context, c *Changes, as []*edition.Affected) error {
	private, err := c.confidential(ctx, as)
	if err != nil {
		return err
	}
	for _, a := range as {
		key := askingKey{locale: a.Locale, source: a.Source, terms: edition.SumOccurrences(a.Occ), confidential: private[a.Revision]}
		var codes []content.Code
		if strings.Contains(a.Source, "⟦") {
			if codes, err = c.codesOf(ctx, a); err != nil {
				return err
			}
			key.codes = codeKey(codes)
		}
		if w[key] == nil {
			kept := *a // not the page that it stands in
			w[key] = &asking{affected: &kept, codes: codes}
		}
		w[key].times++
	}
	return nil
}

// codeKey tells lists of codes apart.
func codeKey(codes []content.Code) string {
	var b strings.Builder
	for _, c := range codes {
		b.WriteString(c.Type)
		b.WriteByte(0)
	}
	return b.String()
}

func (w askings) join(o askings) {
	for key, x := range o {
		if to := w[key]; to != nil {
			to.times += x.times
		} else {
			w[key] = x
		}
	}
}

// codesOf reads the codes of a target's segment from its document; none where
// that can no longer be cut as it was.
func (c *Changes) codesOf(ctx context.Context, a *edition.Affected) ([]content.Code, error) {
	rev, err := c.p.store.Revision(ctx, a.Revision)
	if err != nil {
		return nil, err
	}
	doc, err := c.p.cut(rev)
	if err != nil {
		return nil, nil //nolint:nilerr // it is drafted anew anyway
	}
	d := &document{rev: rev, doc: doc}
	if a.Joined > 0 {
		d.joins = map[int]int{a.Position: a.Joined}
	}
	if a.Position >= len(doc.Segments()) {
		return nil, nil
	}
	return d.codes(a.Position), nil
}

// confidential says which revisions are, of targets whose locale has an engine
// on its route for which that makes a difference.
func (c *Changes) confidential(ctx context.Context, as []*edition.Affected) (map[int64]bool, error) {
	var ids []int64
	for _, a := range as {
		if slices.ContainsFunc(c.p.cfg.Routes[a.Locale], func(e engine.Engine) bool { return !e.Info().Local }) {
			ids = append(ids, a.Revision)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	known, err := c.p.store.Privacy(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if _, ok := known[id]; ok {
			continue
		}
		rev, err := c.p.store.Revision(ctx, id)
		if err != nil {
			return nil, err
		}
		doc, err := c.p.cut(rev)
		known[id] = err != nil || doc.Meta.Confidential
	}
	return known, nil
}

// quoteAtOnce is how many wordings are asked about together.
const quoteAtOnce = 512

// quote says what engines would be sent for what is wanted, after what they
// have replied before, and what that costs.
func (w askings) quote(ctx context.Context, c *Changes) ([]edition.EngineImpact, error) {
	q := newQuotes()
	groups := map[askingGroup][]*asking{}
	for key, x := range w {
		g := askingGroup{key.locale, key.confidential}
		groups[g] = append(groups[g], x)
	}
	for g, all := range groups {
		for part := range slices.Chunk(all, quoteAtOnce) {
			dr, at, err := c.gathered(g, part)
			if err != nil {
				return nil, err
			}
			if err := q.addEach(ctx, dr, at, func(i int) int { return part[i].times }); err != nil {
				return nil, err
			}
		}
	}
	out := []edition.EngineImpact{}
	for _, line := range q.list() {
		e := edition.EngineImpact{
			Engine: line.Engine, Why: line.Why, Locale: line.Locale, Segments: line.Segments, Known: line.Known,
			Characters: line.Characters, Cost: line.Price, Currency: line.Currency,
		}
		for _, x := range c.p.cfg.Routes[line.Locale] {
			if x.Name() == line.Engine && line.Engine != "" {
				e.Seconds = engineSeconds(x.Info().Limits, e.Segments, e.Characters)
			}
		}
		out = append(out, e)
	}
	return out, nil
}

// askingGroup are wordings that go down the same route.
type askingGroup struct {
	locale       string
	confidential bool
}

// gathered is a drafter of wordings from several documents, with their places
// in it.
func (c *Changes) gathered(g askingGroup, ws []*asking) (*drafter, []int, error) {
	d := &document{doc: &content.Document{Meta: content.Meta{Confidential: g.confidential}}}
	at := make([]int, len(ws))
	for i, w := range ws {
		at[i] = i
		d.segs = append(d.segs, edition.Segment{Position: i, Source: w.affected.Source, Kind: w.affected.Kind})
		d.lic = append(d.lic, w.affected.Occ)
		d.gathered = append(d.gathered, w.codes)
	}
	dr, err := c.p.drafter(c.fresh, d, edition.Edition{Locale: g.locale})
	return dr, at, err
}
