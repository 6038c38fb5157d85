package edition

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"dragoman/glossary"
)

// Planner works out what a change of the glossary does to wordings. It is a
// function of its two glossaries and holds nothing else but a cache; it is
// safe for concurrent use.
type Planner struct {
	old, fresh *glossary.Glossary
	changed    map[string]bool // ids of the concepts that differ
	former     map[string]map[string][]string
	// collided are concepts that do not differ, by language and id, of which a
	// form has become another concept's word, or is so no longer.
	collided map[string]map[string]bool

	mu    sync.Mutex
	known map[wording]outcome
}

// NewPlanner plans the way from one compiled glossary to another, which differ
// in the concepts of edits. former are terms that were preferred before the
// old glossary, by concept ID and language: what an earlier change has left
// behind is swapped as well. It may be nil.
func NewPlanner(old, fresh *glossary.Glossary, edits []ConceptEdit, former map[string]map[string][]string) *Planner {
	p := &Planner{old: old, fresh: fresh, changed: map[string]bool{}, former: former, known: map[wording]outcome{}}
	for i := range edits {
		p.changed[edits[i].ID] = true
	}
	return p
}

// Collide adds concepts, by language and id, of which forms have become words
// of changed ones, or are so no longer: what was right by such a form may be so
// no longer. It is called before anything is planned.
func (p *Planner) Collide(byLanguage map[string]map[string]bool) { p.collided = byLanguage }

// touches reports whether the change may make a difference for a concept in a
// language, "" for any.
func (p *Planner) touches(locale, id string) bool {
	return p.changed[id] || p.collides(locale, id)
}

func (p *Planner) collides(locale, id string) bool {
	if p.changed[id] || len(p.collided) == 0 {
		return false
	}
	base, _, _ := strings.Cut(locale, "-")
	for lang, ids := range p.collided {
		if (locale == "" || lang == locale || lang == base) && ids[id] {
			return true
		}
	}
	return false
}

// PlanTarget decides what becomes of one target: nothing where it complies
// with the new glossary; else the outdated renderings swapped where the
// grammar vouches for that; else another translation where nobody touched the
// machine's words; else a task for a person. People's words are never
// swapped: they get the same wording as a proposal. To rebase a plan on words
// that have moved, plan again with them.
func (p *Planner) PlanTarget(a *Affected) Plan {
	switch {
	case a.Omitted:
		return Plan{Class: ClassRight, Action: ActNone, Why: WhyOmitted}
	case a.Standing.ID == 0 || a.Standing.Text == "":
		return Plan{Class: ClassRight, Action: ActNone, Why: WhyEmpty}
	}
	o := p.work(a.Locale, a.Source, a.Standing.Text, a.Occ, a.Was)
	if o.right {
		return Plan{Class: ClassRight, Action: ActNone, Why: WhyRight, Faults: o.faults}
	}
	pl := o.plan(a.Locale, a.Class())
	switch {
	case pl.Class == ClassMachine && o.certain && o.complies:
		pl.Action, pl.Text = ActSwap, o.text
	case pl.Class == ClassMachine:
		pl.Action = ActRetranslate
	case o.text != "":
		pl.Action, pl.Text = ActPropose, o.text
	default:
		pl.Action = ActTask
	}
	return pl
}

// PlanMemory does so for an entry of the memory: ActNone, ActSwap, or ActTask
// where it has to be set aside.
func (p *Planner) PlanMemory(m *AffectedMemory) Plan {
	o := p.work(m.Locale, m.Source, m.Target, m.Occ, m.Was)
	pl := o.plan(m.Locale, ClassMemory)
	switch {
	case o.right:
		return Plan{Class: ClassMemory, Action: ActNone, Why: WhyRight}
	case o.certain && o.complies:
		pl.Action, pl.Text = ActSwap, o.text
	default:
		pl.Action = ActTask
	}
	return pl
}

// outcome is what can be said of a wording, whoever wrote it.
type outcome struct {
	right   bool
	concept string // the first that is not right
	// text is the wording with what could be swapped, "" where nothing could;
	// certain that the grammar vouches for it, complies that it is right then.
	text     string
	replaced []Replacement
	certain  bool
	complies bool
	why      string
	faults   *Faults
}

// plan puts an outcome in the words of a plan.
func (o *outcome) plan(locale string, class Class) Plan {
	pl := Plan{Class: class, Concept: o.concept, Replaced: o.replaced, Certain: o.certain, Why: o.why, Faults: o.faults}
	if len(o.replaced) > 0 {
		pl.Concept, pl.Old, pl.New = o.replaced[0].Concept, o.replaced[0].Old, o.replaced[0].New
	}
	pl.Group = groupKey(locale, o)
	return pl
}

// groupKey names what is the same change: "ar|loc.sarqib|سرقب>سراقب". Where a
// person has to look at each, the reason makes a group of its own.
func groupKey(locale string, o *outcome) string {
	var b strings.Builder
	b.WriteString(locale)
	for _, r := range o.replaced {
		b.WriteString("|" + r.Concept + "|" + r.Old + ">" + r.New)
	}
	if len(o.replaced) == 0 {
		b.WriteString("|" + o.concept)
	}
	if !o.certain {
		b.WriteString("|?" + o.why)
	}
	return b.String()
}

// wording is what an outcome depends on.
type wording struct {
	locale, source, text string
	occ                  uint64
}

// maxKnown bounds the cache; the same sentence comes in one walk one after
// the other.
const maxKnown = 1 << 14

// work gives the outcome for a wording, from the cache where it is there.
func (p *Planner) work(locale, source, text string, occ, was []glossary.Occurrence) outcome {
	key := wording{locale, source, text, SumOccurrences(occ)*31 + SumOccurrences(was)}
	p.mu.Lock()
	o, ok := p.known[key]
	p.mu.Unlock()
	if ok {
		return o
	}
	w := &weighing{p: p, locale: locale, source: source, text: text, occ: occ, was: was}
	o = w.outcome()
	p.mu.Lock()
	if len(p.known) >= maxKnown {
		clear(p.known)
	}
	p.known[key] = o
	p.mu.Unlock()
	return o
}

// SumOccurrences tells lists of occurrences apart. For the same text they
// differ by whether a document licenses some, so little is enough.
func SumOccurrences(occ []glossary.Occurrence) uint64 {
	sum := uint64(1469598103934665603)
	for i := range occ {
		o := &occ[i]
		for _, v := range [...]int{o.Concept, o.Start, o.End} {
			sum = (sum ^ uint64(v)) * 1099511628211
		}
		if o.Nested {
			sum = (sum ^ 1) * 1099511628211
		}
	}
	return sum
}

// weighing is the work on one wording.
type weighing struct {
	p                    *Planner
	locale, source, text string
	occ, was             []glossary.Occurrence

	// relevant are the concepts that the change makes a difference for, by
	// index in the new glossary, with how often the source names them.
	relevant map[int]int
	// earlier are the verdicts under the old glossary, see before.
	earlier map[string]glossary.Verdict
}

// verdicts are buffers for what the verifier says of one wording.
var verdicts = sync.Pool{New: func() any { return new([]glossary.Verdict) }}

// before gives the worst verdict of each concept under the old glossary. It is
// worked out when first asked for: most certain swaps go without it.
func (w *weighing) before() map[string]glossary.Verdict {
	if w.earlier == nil {
		buf := verdicts.Get().(*[]glossary.Verdict)
		defer verdicts.Put(buf)
		*buf = w.p.old.Verify((*buf)[:0], w.locale, w.source, w.was, w.text)
		w.earlier = verdictsByID(*buf)
	}
	return w.earlier
}

func (w *weighing) outcome() outcome {
	if w.find(); len(w.relevant) == 0 {
		return outcome{right: true}
	}
	if !glossary.Verifiable(w.locale) {
		return w.unverified()
	}
	buf := verdicts.Get().(*[]glossary.Verdict)
	defer verdicts.Put(buf)
	*buf = w.p.fresh.Verify((*buf)[:0], w.locale, w.source, w.occ, w.text)
	now := *buf
	faults := &Faults{Stands: faulty(now)}
	wrong := w.wrong(now)
	if len(wrong) == 0 {
		return outcome{right: true, faults: faults}
	}
	o := w.swapAll(wrong)
	o.faults = faults
	o.concept = wrong[0].ID
	if o.text == "" {
		o.certain = false
		if o.why == "" {
			o.why = cmp.Or(wrong[0].Reason, WhyNoSwap)
			if was, ok := w.before()[wrong[0].ID]; ok && was.Reason == glossary.ReasonMissing && o.why == was.Reason {
				o.why = WhyBefore
			}
		}
		return o
	}
	w.prove(&o, now)
	return o
}

// Relevant reports whether the change makes a difference for a source text
// with these occurrences: where it does not, no translation of it is touched.
func (p *Planner) Relevant(occ, was []glossary.Occurrence) bool {
	return p.RelevantIn("", occ, was)
}

// RelevantIn is Relevant for the translations into one locale. A name that is
// required no more makes a difference, too: what was found of it goes.
func (p *Planner) RelevantIn(locale string, occ, was []glossary.Occurrence) bool {
	for i := range occ {
		if o := &occ[i]; !o.Nested && (p.touches(locale, o.ID) || !required(was, o.ID)) {
			return true
		}
	}
	return slices.ContainsFunc(was, func(o glossary.Occurrence) bool { return !o.Nested && !required(occ, o.ID) })
}

// find works out for which required concepts the change makes a difference:
// those that it edits, and those that are required only now because a name
// that covered them is gone.
func (w *weighing) find() {
	for i := range w.occ {
		o := &w.occ[i]
		if o.Nested {
			continue
		}
		if n, ok := w.relevant[o.Concept]; ok {
			w.relevant[o.Concept] = n + 1
			continue
		}
		if w.p.touches(w.locale, o.ID) || !required(w.was, o.ID) {
			if w.relevant == nil {
				w.relevant = map[int]int{}
			}
			w.relevant[o.Concept] = 1
		}
	}
}

func required(occ []glossary.Occurrence, id string) bool {
	return slices.ContainsFunc(occ, func(o glossary.Occurrence) bool { return !o.Nested && o.ID == id })
}

// wrong gives the verdicts of relevant concepts that want something done. A
// warning that stood before is nothing that the change has brought.
func (w *weighing) wrong(now []glossary.Verdict) []glossary.Verdict {
	var out []glossary.Verdict
	for _, v := range now {
		if _, ok := w.relevant[v.Concept]; !ok || v.Result.Passed() || v.Result == glossary.ResultInfo {
			continue
		}
		if v.Result == glossary.ResultWarn {
			if was, ok := w.before()[v.ID]; ok && was.Result == v.Result && was.Reason == v.Reason {
				continue
			}
		}
		if w.p.collides(w.locale, v.ID) && weight(v.Result) <= weight(w.before()[v.ID].Result) {
			continue // it was wrong before another concept took a form from it
		}
		out = append(out, v)
	}
	return out
}

// faulty gives the verdicts that are warnings or failures.
func faulty(vs []glossary.Verdict) []glossary.Verdict {
	var out []glossary.Verdict
	for i := range vs {
		if weight(vs[i].Result) > 0 {
			out = append(out, vs[i])
		}
	}
	return out
}

// verdictsByID gives the worst verdict of each concept.
func verdictsByID(vs []glossary.Verdict) map[string]glossary.Verdict {
	out := make(map[string]glossary.Verdict, len(vs))
	for _, v := range vs {
		if was, ok := out[v.ID]; !ok || weight(v.Result) > weight(was.Result) {
			out[v.ID] = v
		}
	}
	return out
}

// worst gives the weight of the worst verdict of a concept.
func worst(vs []glossary.Verdict, concept int) int {
	n := 0
	for i := range vs {
		if vs[i].Concept == concept {
			n = max(n, weight(vs[i].Result))
		}
	}
	return n
}

// weight orders results, the worst last.
func weight(r glossary.Result) int {
	switch r {
	case glossary.ResultFail:
		return 2
	case glossary.ResultWarn:
		return 1
	}
	return 0
}

// pair is an outdated term and the one that takes its place.
type pair struct {
	old, fresh string
	sure       bool // the two are the same part of speech
}

// swapAll swaps the outdated terms of every wrong concept.
func (w *weighing) swapAll(wrong []glossary.Verdict) outcome {
	o := outcome{certain: true}
	text, done := w.text, map[int]bool{}
	for i := range wrong {
		c := wrong[i].Concept
		if done[c] {
			continue
		}
		done[c] = true
		text = w.swapConcept(&o, text, c)
	}
	if text != w.text {
		o.text = text
	}
	return o
}

// swapConcept swaps the outdated terms of one concept.
func (w *weighing) swapConcept(o *outcome, text string, c int) string {
	pairs := w.pairs(c)
	beside := w.count(text, c, nil) >= w.relevant[c] && w.count(text, c, pairs) >= w.relevant[c]
	for _, pr := range pairs {
		next, swaps, sure := w.p.fresh.SwapTerm(w.locale, text, pr.old, pr.fresh, c)
		if len(swaps) == 0 || next == text {
			continue
		}
		text = next
		o.replaced = append(o.replaced, Replacement{Concept: w.p.fresh.Concept(c).ID, Old: pr.old, New: pr.fresh})
		switch {
		case beside:
			o.doubt(WhyBeside)
		case !pr.sure:
			o.doubt(glossary.ReasonDerived)
		case !sure:
			o.doubt(swapReason(swaps))
		}
	}
	return text
}

// doubt takes the certainty from an outcome; the first reason counts.
func (o *outcome) doubt(why string) {
	o.certain = false
	o.why = cmp.Or(o.why, why)
}

func swapReason(swaps []glossary.Swap) string {
	for _, s := range swaps {
		if !s.Certain && s.Reason != "" {
			return s.Reason
		}
	}
	return glossary.SwapInflected
}

// count is how often the right renderings of a concept stand in a text, but
// for places of outdated terms: one that differs from a right one in its
// spelling alone (إدلب, ادلب) is found as both.
func (w *weighing) count(text string, c int, but []pair) int {
	n := 0
	outdated := map[[2]int]bool{}
	for _, pr := range but {
		_, old, _ := w.p.fresh.SwapTerm(w.locale, text, pr.old, pr.fresh, c)
		for _, s := range old {
			outdated[[2]int{s.Start, s.End}] = true
		}
	}
	ts := w.p.fresh.Concept(c).Targets[w.locale]
	for _, list := range [][]glossary.Term{ts.Preferred, ts.Accepted} {
		for _, t := range list {
			_, same, _ := w.p.fresh.SwapTerm(w.locale, text, t.Text, t.Text, c)
			for _, s := range same {
				if !outdated[[2]int{s.Start, s.End}] {
					n++
				}
			}
		}
	}
	return n
}

// pairs lists the outdated terms of a concept with what is to stand in their
// place, the longest first: what it said before, what a concept at the same
// place in the source said, what was preferred still earlier, and what is
// forbidden now.
func (w *weighing) pairs(c int) []pair {
	fresh := w.p.fresh.Concept(c)
	to := fresh.Targets[w.locale]
	if len(to.Preferred) == 0 {
		return nil
	}
	l := pairList{to: to}
	take := func(was glossary.Terms) {
		l.add(was.Preferred, to.Preferred, true)
		l.add(was.Accepted, to.Preferred, true)
		l.add(was.Derived, to.Derived, len(to.Derived) > 0)
	}
	if i, ok := w.p.old.ByID(fresh.ID); ok {
		take(w.p.old.Concept(i).Targets[w.locale])
	}
	for i := range w.occ {
		if o := &w.occ[i]; o.Concept == c && !o.Nested {
			for k := range w.was {
				if b := &w.was[k]; !b.Nested && b.Start == o.Start && b.End == o.End && b.ID != o.ID {
					take(w.p.old.Concept(b.Concept).Targets[w.locale])
				}
			}
		}
	}
	for _, text := range w.p.former[fresh.ID][w.locale] {
		l.add([]glossary.Term{{Text: text}}, to.Preferred, true)
	}
	l.add(to.Forbidden, to.Preferred, true)
	slices.SortStableFunc(l.pairs, func(a, b pair) int { return len(b.old) - len(a.old) })
	return l.pairs
}

// pairList collects outdated terms, each once and none that is right now.
type pairList struct {
	to    glossary.Terms
	pairs []pair
}

func (l *pairList) add(olds, news []glossary.Term, sure bool) {
	if len(news) == 0 {
		news, sure = l.to.Preferred, false
	}
	for _, t := range olds {
		right := listsTerm(l.to.Preferred, t.Text) || listsTerm(l.to.Accepted, t.Text) || listsTerm(l.to.Derived, t.Text)
		known := slices.ContainsFunc(l.pairs, func(p pair) bool { return p.old == t.Text })
		if !right && !known {
			l.pairs = append(l.pairs, pair{old: t.Text, fresh: news[0].Text, sure: sure})
		}
	}
}

func listsTerm(ts []glossary.Term, text string) bool {
	return slices.ContainsFunc(ts, func(t glossary.Term) bool { return t.Text == text })
}

// prove verifies what the swaps gave: the concepts that they were for have to
// be right, and no other name may have become worse.
func (w *weighing) prove(o *outcome, now []glossary.Verdict) {
	buf := verdicts.Get().(*[]glossary.Verdict)
	defer verdicts.Put(buf)
	*buf = w.p.fresh.Verify((*buf)[:0], w.locale, w.source, w.occ, o.text)
	after := *buf
	for i := range after {
		v := &after[i]
		if _, ok := w.relevant[v.Concept]; !ok && weight(v.Result) > worst(now, v.Concept) {
			o.text, o.replaced, o.certain, o.why = "", nil, false, WhyOthers
			return
		}
	}
	o.faults.Text = faulty(after)
	o.complies = true
	for _, v := range w.wrong(after) {
		o.complies = false
		if b := w.before()[v.ID]; v.Reason == glossary.ReasonMissing && b.Reason == v.Reason {
			o.why = cmp.Or(o.why, WhyBefore) // what was swapped beside it is right all the same
			continue
		}
		o.doubt(WhyNotClear)
	}
}

// unverified is the outcome in a language whose grammar Dragoman does not
// know: where the old term stands letter by letter a person has to look.
func (w *weighing) unverified() outcome {
	o := outcome{right: true}
	text := w.text
	for i := range w.occ {
		c := w.occ[i].Concept
		if _, ok := w.relevant[c]; !ok || w.occ[i].Nested {
			continue
		}
		for _, pr := range w.pairs(c) {
			if !strings.Contains(text, pr.old) || strings.Contains(pr.fresh, pr.old) && strings.Contains(text, pr.fresh) {
				continue
			}
			text = strings.ReplaceAll(text, pr.old, pr.fresh)
			o.replaced = append(o.replaced, Replacement{Concept: w.occ[i].ID, Old: pr.old, New: pr.fresh})
			o.right, o.text, o.why = false, text, glossary.SwapInflected
			o.concept = cmp.Or(o.concept, w.occ[i].ID)
		}
	}
	return o
}
