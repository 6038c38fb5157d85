package memory

import (
	"cmp"
	"fmt"
	"slices"

	"dragoman/glossary"
	"dragoman/internal/edition"
)

// History is what a glossary that knows its own past can tell besides Names.
// Without it every entry is held against the glossary as it is, and a term
// can only be mended where the old one is listed as forbidden.
type History interface {
	// Version is the number of the glossary, above 0.
	Version() int64
	// Changed is the version in which a concept became what it is.
	Changed(concept int) int64
	// Former gives the renderings that were preferred once and are not legal
	// any more, the newest first.
	Former(lang string, concept int) []string
}

// outdatedLoss is what a match loses that breaks the glossary.
const outdatedLoss = 10

// current holds the words that a match offers against the glossary. Words
// that a change of it has made wrong are mended where that is certain: an
// exact match then counts as repaired. Where it is not certain the match is
// marked Outdated and counts as a fuzzy one that comes last. A person's
// choice stands: what was approved under the terms as they are is not judged.
func (ix *Index) current(q Query, m *Match) {
	names := m.core.names
	if names == nil {
		return
	}
	j := judge{names: names, lang: q.Locale, approved: m.Entry.Glossary}
	j.history, _ = names.(History)
	if j.history != nil && j.approved >= j.history.Version() {
		return
	}
	j.source, j.occ = q.Text, q.Terms
	if m.Kind == edition.FromFuzzy {
		j.source, j.occ = m.Entry.Source, nil // the target says what the entry's source says
	}
	own := j.occ == nil && m.Kind != edition.FromRepaired // the entry's text, and nothing but it
	if own && m.sound {
		return
	}
	if j.occ == nil {
		j.occ = names.License(nil, names.Find(nil, j.source), j.source)
	}
	broken := j.broken(m.Target)
	if len(broken) == 0 {
		if own {
			m.core.markSound(m.pair, m.Entry.ID)
		}
		return
	}
	text, swaps := j.mend(m.Target, broken)
	if left := j.broken(text); len(left) > 0 {
		m.Outdated = true
		m.NoRepair = fmt.Sprintf("the term for %q has changed", j.source[left[0].Source.Start:left[0].Source.End])
		m.Kind = edition.FromFuzzy
		m.Score = max(1, min(m.Score, bestFuzzy)-outdatedLoss)
		return
	}
	m.Target, m.Swaps = text, append(slices.Clip(m.Swaps), swaps...)
	if m.Kind != edition.FromFuzzy {
		m.Kind = edition.FromRepaired
		m.Score = min(m.Score, max(1, normalisedScore-len(m.Swaps)))
	}
}

// judge is one target held against the glossary.
type judge struct {
	names    Names
	history  History // nil where there is none
	lang     string
	source   string
	occ      []glossary.Occurrence
	approved int64
}

// broken gives the terms that are wrong in target because they have changed
// since it was approved.
func (j *judge) broken(target string) []glossary.Verdict {
	var out []glossary.Verdict
	for _, v := range j.names.Verify(nil, j.lang, j.source, j.occ, target) {
		if v.Result == glossary.ResultFail && (j.history == nil || j.history.Changed(v.Concept) > j.approved) {
			out = append(out, v)
		}
	}
	return out
}

// mend puts the terms as they are now in place of what they were, by swaps
// that are certain.
func (j *judge) mend(target string, broken []glossary.Verdict) (string, []edition.Swap) {
	var done []edition.Swap
	note := func(v *glossary.Verdict, was, is string) {
		from := j.source[v.Source.Start:v.Source.End]
		done = append(done, edition.Swap{Class: "term", From: from, To: from, TargetFrom: was, TargetTo: is})
	}
	for i := range broken {
		v := &broken[i]
		for _, old := range j.former(v.Concept) {
			text, swaps, certain := j.names.SwapTerm(j.lang, target, old, j.names.Preferred(j.lang, v.Concept), v.Concept)
			if !certain || len(swaps) == 0 {
				continue
			}
			target = text
			note(v, swaps[0].Old, swaps[0].New)
			break
		}
	}
	fixed, swaps := j.names.Repair(j.lang, j.source, j.occ, target)
	for _, s := range swaps {
		at := slices.IndexFunc(broken, func(v glossary.Verdict) bool { return v.Concept == s.Concept })
		if s.Certain && at >= 0 {
			note(&broken[at], s.Old, s.New)
		}
	}
	if len(swaps) > 0 && fixed != target {
		target = fixed
	}
	return target, done
}

func (j *judge) former(concept int) []string {
	if j.history == nil {
		return nil
	}
	return j.history.Former(j.lang, concept)
}

// offer sorts matches, holds the best of them against the glossary and keeps
// limit of them. The outdated come last.
func (ix *Index) offer(q Query, ms []Match) []Match {
	ms = best(ms, q.Limit+spareOffers)
	for i := range ms {
		if !ms[i].judged {
			ix.current(q, &ms[i])
		}
	}
	ms = best(ms, len(ms))
	slices.SortStableFunc(ms, func(a, b Match) int { return cmp.Compare(flag(a.Outdated), flag(b.Outdated)) })
	return ms[:min(len(ms), q.Limit)]
}

// spareOffers are looked at besides those asked for, in case that some of
// these turn out to be outdated.
const spareOffers = 3

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}
