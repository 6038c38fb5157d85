package pipeline

import (
	"dragoman/content"
	"dragoman/content/segment"
	"dragoman/internal/edition"
)

// carrier carries an edition's targets from one revision to the next.
type carrier struct {
	*drafter
	plan    *plan
	old     []*edition.Target // by old position, nil where there is none
	retired map[content.Hash]*edition.Target
	links   []edition.Link
	placed  map[int]bool // old positions whose target has found its place
	open    []int        // segments that nothing was found for
	slots   []slot       // by segment
}

// slot is what becomes of one segment.
type slot struct {
	target *edition.Target // a former one, or nil
	// stands says that target keeps its standing words.
	stands bool
	// text and origin are what the machine offers: as the new standing words
	// or, where a person's words stand, as a proposal.
	text   string
	origin edition.Origin
	author string // of words that a person wrote for a part or a copy
	same   bool   // the source is the exact same: approvals hold
	back   bool   // target was gone and stands again
}

func (c *carrier) place(i int) {
	l := c.links[i]
	var s slot
	first := len(l.Old) > 0 && !c.placed[l.Old[0]] && l.Kind != edition.Repeated
	if first {
		s.target = c.old[l.Old[0]]
		c.placed[l.Old[0]] = true
		if l.Kind != edition.Same {
			takeIn(s.target)
		}
	}
	switch {
	case l.Kind == edition.Same:
		s.stands, s.same = s.target != nil, true
	case s.target == nil && c.comesBack(&s, c.d.segs[i].Exact):
	case l.Kind == edition.Repeated:
		c.copyOf(&s, c.old[l.Old[0]])
	case l.Kind == edition.Split:
		c.partOf(&s, i)
	case l.Kind == edition.Merged:
		c.joined(&s, l.Old)
	default: // Folded, Near, New
		s.stands = s.target != nil && s.target.ByPerson()
	}
	c.slots = append(c.slots, s)
	if s.text == "" && (!s.same || s.empty()) {
		c.recallInto(i)
	}
}

// empty reports whether a slot has no words and nobody has left it out.
func (s *slot) empty() bool {
	return s.target == nil || s.target.Standing.ID == 0 && s.target.Omitted == ""
}

// comesBack gives a segment the target that an earlier revision had for the
// exact same text: it was cut, and stands there again.
func (c *carrier) comesBack(s *slot, source content.Hash) bool {
	s.target = c.retired[source]
	delete(c.retired, source)
	s.same, s.stands, s.back = s.target != nil, s.target != nil, s.target != nil
	return s.same
}

// keepJoins keeps the groups of segments that are said together and stand in
// the new revision as they did; the others are taken apart, to be looked at.
func (c *carrier) keepJoins() {
	ts := make([]*edition.Target, len(c.slots))
	for i := range c.slots {
		if s := &c.slots[i]; s.same && s.stands {
			ts[i] = s.target
		}
	}
	at := map[*edition.Target]int{}
	for i, t := range ts {
		if t != nil {
			at[t] = i
		}
	}
	for _, t := range edition.Unjoined(ts, func(int) bool { return true }) {
		i := at[t]
		head := t.Joined > 0
		t.Part()
		c.slots[i].same = !head // its words say another source now
		if t.Standing.ID == 0 {
			c.recallInto(i)
		}
	}
	joins := map[int]int{}
	for i, t := range ts {
		if t != nil && t.Joined > 0 {
			joins[i] = t.Joined
		}
	}
	c.d = c.d.with(joins)
}

// takeIn ends the leaving out of a target, which was for other words.
func takeIn(t *edition.Target) {
	if t != nil && t.Joined != 0 {
		t.Part()
	}
	if t == nil || t.Omitted == "" {
		return
	}
	t.Omitted, t.ApprovedBy, t.ApprovedSource, t.State = "", "", content.Hash{}, edition.Initial
	if t.Standing.ID != 0 {
		t.State = edition.Translated
	}
}

// recallInto asks the memory for a segment; what it does not know stays open.
func (c *carrier) recallInto(i int) {
	s := &c.slots[i]
	text, origin, ok := c.recall(i)
	if ok {
		s.text, s.origin = text, origin
		return
	}
	c.open = append(c.open, i)
}

// copyOf gives a further copy of a sentence the first one's words.
func (c *carrier) copyOf(s *slot, t *edition.Target) {
	if t == nil || t.Standing.ID == 0 {
		return
	}
	s.text, s.author = t.Standing.Text, t.Standing.Author
	s.origin = edition.Origin{Kind: edition.FromExact, Score: 100}
	if t.Standing.Origin.Kind == edition.FromEngine {
		s.origin = t.Standing.Origin
	}
}

// partOf gives a piece of a cut sentence its part of the translation, where
// that has as many sentences as the source now has.
func (c *carrier) partOf(s *slot, i int) {
	j := c.links[i].Old[0]
	t := c.old[j]
	if t == nil || t.Standing.ID == 0 {
		return
	}
	first, n := i, 0
	for first > 0 && c.isPart(first-1, j) {
		first--
	}
	for c.isPart(first+n, j) {
		n++
	}
	spans := segment.Split(c.locale.Tag, t.Standing.Text)
	if len(spans) != n || t.Omitted != "" {
		s.stands = s.target != nil && t.ByPerson() // the whole stays with the first piece
		return
	}
	sp := spans[i-first]
	s.text, s.author = t.Standing.Text[sp.Start:sp.End], t.Standing.Author
	s.origin = t.Standing.Origin
	s.origin.Entry, s.origin.Swaps = 0, nil
}

func (c *carrier) isPart(i, j int) bool {
	return i >= 0 && i < len(c.links) && c.links[i].Kind == edition.Split && c.links[i].Old[0] == j
}

// joined gives a joined sentence what a person said of its parts, with what
// stood of the others.
func (c *carrier) joined(s *slot, old []int) {
	var ts []*edition.Target
	for n, j := range old {
		ts = append(ts, c.old[j])
		if n > 0 && !c.placed[j] {
			c.placed[j] = true
			c.plan.retire(c.old[j])
		}
	}
	text, byPerson := joinTexts(ts)
	if !byPerson {
		return // a machine's words are drafted anew
	}
	s.text, s.origin = text, edition.Origin{Kind: edition.FromHuman}
	for _, t := range ts {
		if t != nil && t.Standing.Author != "" {
			s.author = t.Standing.Author
		}
	}
}

// finish turns the slots into targets, versions and proposals, and counts.
func (c *carrier) finish() {
	for i := range c.slots {
		s := &c.slots[i]
		t := s.target
		if t == nil {
			t = &edition.Target{Edition: c.plan.edition.ID, State: edition.Initial}
			c.plan.added = append(c.plan.added, t)
		} else {
			c.plan.kept = append(c.plan.kept, t)
		}
		c.plan.segment[t] = i
		s.target = t
		c.settle(i, s, t)
	}
	c.findWhole()
	for i := range c.slots {
		s, t := &c.slots[i], c.slots[i].target
		kind := t.Standing.Origin.Kind
		if t.Omitted != "" {
			kind = edition.FromHuman
		}
		c.plan.counts.Count(kind)
		if t.State == edition.Reviewed || t.State == edition.Final || t.Omitted != "" {
			c.plan.counts.Reviewed++
		}
		c.plan.counts.Errors += t.Errors
		c.plan.counts.Warnings += t.Warnings
		if c.canAsk() && s.text == "" && wantsEngine(t, c.d.segs[i].Exact) {
			c.plan.waiting = true
		}
	}
	c.plan.counts.Proposals = len(c.plan.proposals)
}

// findWhole adds what is found in the edition as a whole to what is saved
// with its new words; the rest is brought up to date by settleWhole.
func (c *carrier) findWhole() {
	ts := make([]*edition.Target, len(c.slots))
	for i := range c.slots {
		ts[i] = c.slots[i].target
	}
	for i, found := range c.whole(ts) {
		if t := ts[i]; len(found) > 0 && t.Standing.ID == 0 && t.Standing.Text != "" {
			t.Standing.Findings = append(t.Standing.Findings, found...)
			t.Errors, t.Warnings = edition.Weigh(t.Standing.Findings)
		}
	}
}

// settle decides what stands in one target.
func (c *carrier) settle(i int, s *slot, t *edition.Target) {
	source := c.d.segs[i].Exact
	if s.same && s.stands {
		if t.State == edition.Final {
			t.State = edition.Reviewed
		}
		if s.back && t.Standing.ID != 0 && t.Standing.Glossary != c.g.version { // changes of the glossary have passed it by
			if c.recheck(i, t); t.Errors > 0 && t.State == edition.Reviewed {
				t.State = edition.Translated
			}
		}
		if t.Standing.ID == 0 && s.text != "" {
			c.standing(i, s, t)
		}
		return
	}
	if t.ID != 0 && t.ApprovedBy != "" && !t.Covered(source) {
		t.State = edition.Translated // the approval was for other words
	}
	if s.stands {
		if s.text != "" && s.text != t.Standing.Text && s.author == "" {
			c.plan.proposals = append(c.plan.proposals, &edition.Proposal{
				Target: t.ID, Text: s.text, Origin: s.origin,
				Cause: edition.ByRevision, CauseID: c.d.rev.ID, Status: edition.Waiting,
			})
		}
		back := t.Covered(source) // the source is again what was approved
		if c.recheck(i, t); back && t.Errors == 0 {
			t.State = edition.Reviewed
		}
		return
	}
	if s.text != "" {
		c.standing(i, s, t)
		return
	}
	if c.links[i].Kind != edition.Folded && c.canAsk() { // an engine's turn
		t.Standing, t.State, t.Errors, t.Warnings = edition.Version{}, edition.Initial, 0, 0
		return
	}
	c.recheck(i, t)
}

// standing makes what the machine offers the standing version.
func (c *carrier) standing(i int, s *slot, t *edition.Target) {
	v := edition.Version{
		Target: t.ID, Parent: t.Standing.ID, Text: s.text, Origin: s.origin, Author: s.author,
		Source: c.d.segs[i].Exact, Glossary: c.g.version,
	}
	v.Findings = c.examine(i, v.Text, v.Origin)
	omitted := t.Omitted
	t.Stand(v)
	t.Omitted = omitted
	if t.ID != 0 {
		c.plan.fresh = append(c.plan.fresh, &t.Standing)
	}
}

// recheck looks at standing words again under a changed source, as a new
// version: whoever saw the old one saw another source, and what they answered
// to its findings was for that. The version goes on naming the source that its
// words were made for.
func (c *carrier) recheck(i int, t *edition.Target) {
	if t.Standing.ID == 0 {
		return
	}
	old := t.Standing
	t.Standing = edition.Version{
		Target: t.ID, Parent: old.ID, Text: old.Text, Origin: old.Origin, Author: old.Author,
		Source: old.Source, Glossary: c.g.version, Findings: c.examine(i, old.Text, old.Origin),
	}
	t.Errors, t.Warnings = edition.Weigh(t.Standing.Findings)
	c.plan.fresh = append(c.plan.fresh, &t.Standing)
}

// wantsEngine reports whether an engine should be asked for a segment: it has
// no words, or a person's words that were made for another source.
func wantsEngine(t *edition.Target, source content.Hash) bool {
	if t.Omitted != "" || t.Joined != 0 {
		return false
	}
	return t.Standing.Text == "" || t.ByPerson() && t.Standing.Source != source && !t.Covered(source)
}
