package memory

import (
	"cmp"
	"slices"

	"dragoman/internal/edition"
)

// The scores of matches that are not fuzzy. A fuzzy match has bestFuzzy at
// most: it does differ, if only in capitals.
const (
	exactScore      = 100
	normalisedScore = 99
	bestFuzzy       = 98
)

// repairPool is how many of the best fuzzy matches a repair is tried on.
const repairPool = 16

// Lookup gives what the memory knows of a text, best first. Where the very
// text is there (in-context, exact, or exact but for quotes, spaces and
// dashes), only such matches are returned unless q.All; else the fuzzy ones
// above the threshold, those first whose values could be repaired at the same
// score. An unknown locale gives none.
func (ix *Index) Lookup(q Query) []Match {
	q.Threshold = min(cmp.Or(max(q.Threshold, 0), DefaultThreshold), 100)
	q.Limit = cmp.Or(max(q.Limit, 0), DefaultLimit)
	found, fuzzy, onlyValues := ix.recall(q)
	ix.settle(q, found)
	if !q.All && len(found) > 0 && !slices.ContainsFunc(found, func(m Match) bool { return !m.Outdated }) {
		all := q // nothing that is there can be taken as it is
		all.All = true
		_, fuzzy, onlyValues = ix.recall(all)
	}
	for i := range fuzzy {
		m := &fuzzy[i]
		m.Target, _ = fitCodes(m.Entry.Source, q.Text, m.Entry.Target)
	}
	if !ix.opt.NoRepair {
		ix.repairAll(q, fuzzy, onlyValues)
	}
	fuzzy = slices.DeleteFunc(fuzzy, func(m Match) bool { return m.Score < q.Threshold })
	return ix.offer(q, append(found, fuzzy...))
}

// recall does what needs the index: the exact matches, and the fuzzy ones with
// what is known of their differences.
func (ix *Index) recall(q Query) (found, fuzzy []Match, onlyValues []bool) {
	c := ix.core.Load()
	hash := lookupHash(q.Text)
	c.mu.RLock()
	defer c.mu.RUnlock()
	locale, ok := c.locale(q.Locale)
	if !ok {
		return nil, nil, nil
	}
	k := c.findKey(hash)
	if k != 0 {
		found = c.exact(q, k, locale)
	}
	if len(found) > 0 && !q.All {
		return found, nil, nil
	}
	s := searches.Get().(*search)
	defer searches.Put(s)
	for _, h := range c.fuzzy(s, q.Text, locale, q.Threshold, max(q.Limit, repairPool)) {
		if c.sources.at(h.source).key != k || k == 0 {
			fuzzy = c.offers(fuzzy, h, locale, q.Threshold)
		}
		for len(onlyValues) < len(fuzzy) {
			onlyValues = append(onlyValues, h.values)
		}
		if len(fuzzy) >= 2*max(q.Limit, repairPool) {
			break
		}
	}
	return found, fuzzy, onlyValues
}

// exact gives the entries of the sources under a key.
func (c *core) exact(q Query, k uint32, locale uint8) []Match {
	var out []Match
	text := renumber(q.Text)
	for src := c.keys.at(k).first; src != 0; src = c.sources.at(src).next {
		kind := edition.OriginKind("")
		for at := c.sources.at(src).first; at != 0; at = c.pairs.at(at).next {
			if c.pairs.at(at).locale != locale {
				continue
			}
			e := c.entry(at)
			if kind == "" {
				kind = exactKind(e.Source, text)
			}
			out = append(out, Match{Entry: e, Kind: kind, Score: kindScore(kind) - c.penalty(c.pairs.at(at)), core: c, pair: at, sound: c.isSound(at)})
			if kind == edition.FromExact && sameContext(e, q) {
				out[len(out)-1].Kind = edition.FromContext
			}
		}
	}
	return out
}

func exactKind(source, renumbered string) edition.OriginKind {
	if source == renumbered || renumber(source) == renumbered {
		return edition.FromExact
	}
	return edition.FromNormalised
}

func kindScore(k edition.OriginKind) int {
	if k == edition.FromNormalised {
		return normalisedScore
	}
	return exactScore
}

// sameContext reports whether both neighbours are known and the same.
func sameContext(e Entry, q Query) bool {
	var none = Query{}.Prev
	return e.Prev == q.Prev && e.Next == q.Next && (q.Prev != none || q.Next != none)
}

// offers appends the entries of a fuzzy hit that are above the threshold.
func (c *core) offers(out []Match, h hit, locale uint8, threshold int) []Match {
	for at := c.sources.at(h.source).first; at != 0; at = c.pairs.at(at).next {
		p := c.pairs.at(at)
		score := min(h.score, bestFuzzy) - c.penalty(p)
		if p.locale == locale && score >= threshold {
			out = append(out, Match{Entry: c.entry(at), Kind: edition.FromFuzzy, Score: score, core: c, pair: at, sound: c.isSound(at), lost: c.penalty(p)})
		}
	}
	return out
}

// settle fits the codes of the exact matches to the query's, holds their terms
// against the glossary, and marks those that have rivals: other words for the same text, and nothing to choose by.
func (ix *Index) settle(q Query, found []Match) {
	for i := range found {
		m := &found[i]
		fitted, ok := fitCodes(m.Entry.Source, q.Text, m.Entry.Target)
		m.Target = fitted
		if !ok {
			// Another set of codes: words that a person has to mark up.
			m.Kind, m.Score = edition.FromFuzzy, min(m.Score, bestFuzzy)
			continue
		}
		m.judged = true
		ix.current(q, m)
	}
	for _, kind := range []edition.OriginKind{edition.FromContext, edition.FromExact, edition.FromNormalised} {
		if !slices.ContainsFunc(found, func(m Match) bool { return m.Kind == kind }) {
			continue
		}
		if rivals(found, kind) {
			for i := range found {
				if found[i].Kind == kind {
					found[i].Ambiguous = true
					found[i].Score -= max(0, ix.opt.AmbiguityPenalty)
				}
			}
		}
		return // lesser kinds are no rivals of a better one
	}
}

// rivals reports whether the matches of a kind say different things.
func rivals(ms []Match, kind edition.OriginKind) bool {
	first := -1
	for i := range ms {
		if ms[i].Kind != kind {
			continue
		}
		if first < 0 {
			first = i
		} else if ms[i].Target != ms[first].Target {
			return true
		}
	}
	return false
}

// rank orders the kinds of one score.
var rank = map[edition.OriginKind]int{
	edition.FromContext: 0, edition.FromExact: 1, edition.FromNormalised: 2, edition.FromRepaired: 3, edition.FromFuzzy: 4,
}

// best sorts matches, drops those that offer the same words as a better one
// and keeps limit of them.
func best(ms []Match, limit int) []Match {
	slices.SortFunc(ms, func(a, b Match) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(rank[a.Kind], rank[b.Kind]),
			cmp.Compare(b.Entry.Created, a.Entry.Created), cmp.Compare(a.Entry.ID, b.Entry.ID))
	})
	out := ms[:0]
	for _, m := range ms {
		same := func(o Match) bool { return o.Target == m.Target && o.Kind != edition.FromFuzzy }
		if m.Kind == edition.FromFuzzy {
			same = func(o Match) bool { return o.Entry.Target == m.Entry.Target && o.Entry.Source == m.Entry.Source }
		}
		if !slices.ContainsFunc(out, same) {
			if out = append(out, m); len(out) == limit {
				break
			}
		}
	}
	return out
}
