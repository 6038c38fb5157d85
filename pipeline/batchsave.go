package pipeline

import (
	"cmp"
	"context"
	"reflect"
	"slices"
	"strconv"

	"dragoman/content"
	"dragoman/internal/edition"
	"dragoman/internal/engine"
)

// WhyNoEngine is why a target that no swap covers goes to a person at once.
const WhyNoEngine = "no-engine"

// planned is one affected target with what becomes of it.
type planned struct {
	*edition.Affected
	plan edition.Plan
	// found is what there is to say of the new wording of a swap, terms gives
	// what the term verifier does not pass in the words that stand.
	found []edition.Finding
	terms func() []edition.Finding
}

// saver saves a part of a batch in one transaction.
type saver struct {
	ctx   context.Context
	tx    Tx
	batch *edition.Batch
	g     *terms
	// spares reports whether another batch's proposal still counts beside a plan.
	spares func(p *planned, text string) bool

	editions map[int64]*edition.Edition
	counts   map[int64]*edition.CountChange
	held     map[int64]edition.State // editions that revise for proposals of batches only
	revise   map[int64]bool          // approved editions in which a proposal waits now
	standing map[int64][]edition.StandingFinding
	done     map[int64]edition.Item // what the batch has proposed already, by target

	versions  []*edition.Version
	answers   [][]edition.StandingFinding // of versions, by their place
	restands  []edition.Restand
	proposals []*edition.Proposal
	findings  map[int64][]edition.StandingFinding // to replace, by version
	items     []edition.Item
	keys      []string                  // of the items' groups
	version   map[int]*edition.Version  // by item
	proposal  map[int]*edition.Proposal // by item
	groups    map[string]*edition.Group
	numbers   map[string]int64 // of groups that were saved before, by key

	rules     edition.Rules
	routes    map[string][]engine.Engine
	byHand    bool             // people publish corrections
	touched   map[int64]bool   // editions of which something was decided
	said      map[int64]string // new words of approved targets
	corrected []correctedItem
}

func newSaver(ctx context.Context, tx Tx, b *edition.Batch, c *Changes) *saver {
	return &saver{
		ctx: ctx, tx: tx, batch: b, g: c.fresh, spares: c.spares, rules: c.p.cfg.Rules, routes: c.p.cfg.Routes, byHand: c.p.cfg.CorrectByHand, editions: map[int64]*edition.Edition{}, counts: map[int64]*edition.CountChange{},
		revise: map[int64]bool{}, findings: map[int64][]edition.StandingFinding{},
		version: map[int]*edition.Version{}, proposal: map[int]*edition.Proposal{}, groups: map[string]*edition.Group{},
	}
}

// plans saves what becomes of affected targets. What somebody has changed
// since it was read gives errMoved.
func (s *saver) plans(ps []planned) error {
	if err := s.open(ps); err != nil {
		return err
	}
	typed, open, err := s.beside(ps)
	if err != nil {
		return err
	}
	if err := s.known(ps); err != nil {
		return err
	}
	for i := range ps {
		p := &ps[i]
		if p.plan.Action == edition.ActSwap && typed[p.Target] {
			p.plan.Action, p.plan.Class = edition.ActPropose, edition.ClassPerson // somebody is at it
		}
		if m, ok := s.done[p.Target]; ok && m.Before == p.Standing.ID && m.Status != edition.ItemStale {
			continue // it was there already: what was done and decided then, stays
		}
		switch p.plan.Action {
		case edition.ActNone:
			s.right(p)
			err = s.overtake(p, open[p.Target])
		case edition.ActSwap:
			s.swap(p)
		case edition.ActPropose:
			err = s.propose(p, open[p.Target])
		case edition.ActRetranslate:
			if len(s.routes[p.Locale]) == 0 {
				p.plan.Why = WhyNoEngine
				s.list(p, edition.ItemTask)
				break
			}
			s.list(p, edition.ItemPending)
		default:
			s.list(p, edition.ItemTask)
		}
		if err != nil {
			return err
		}
	}
	return s.save()
}

// open reads the editions, which it locks, and what stands found.
func (s *saver) open(ps []planned) error {
	var eds, versions []int64
	for i := range ps {
		eds, versions = append(eds, ps[i].Edition), append(versions, ps[i].Standing.ID)
	}
	if err := s.lock(eds); err != nil {
		return err
	}
	var err error
	s.standing, err = s.tx.FindingsOfAll(s.ctx, versions)
	return err
}

// lock reads editions and those that are held.
func (s *saver) lock(ids []int64) error {
	slices.Sort(ids)
	ids = slices.Compact(ids)
	es, err := s.tx.EditionsByID(s.ctx, ids)
	if err != nil {
		return err
	}
	var revising []int64
	for i := range es {
		e := &es[i]
		s.editions[e.ID] = e
		if e.State == edition.Revising {
			revising = append(revising, e.ID)
		}
	}
	s.held, err = s.tx.Held(s.ctx, revising)
	return err
}

// beside finds where people are typing, and what is proposed already.
func (s *saver) beside(ps []planned) (typed map[int64]bool, open map[int64][]edition.Proposal, err error) {
	var swaps, all []int64
	for i := range ps {
		if ps[i].plan.Action == edition.ActSwap {
			swaps = append(swaps, ps[i].Target)
		}
		if ps[i].ByPerson || ps[i].plan.Action == edition.ActPropose {
			all = append(all, ps[i].Target)
		}
	}
	if typed, err = s.tx.Typed(s.ctx, swaps); err != nil {
		return nil, nil, err
	}
	for _, id := range swaps {
		if typed[id] {
			all = append(all, id)
		}
	}
	open, err = s.tx.ProposalsOfAll(s.ctx, all)
	return typed, open, err
}

// known reads what the batch has done with these targets before. It gives
// errMoved where other words stand by now in one that gets no new ones itself.
func (s *saver) known(ps []planned) error {
	var ids []int64
	var looked []*edition.Affected
	for i := range ps {
		switch ps[i].plan.Action {
		case edition.ActPropose, edition.ActRetranslate, edition.ActTask:
			ids, looked = append(ids, ps[i].Target), append(looked, ps[i].Affected)
		}
	}
	now, err := s.tx.StandingIn(s.ctx, ids)
	if err != nil {
		return err
	}
	for _, a := range looked {
		if now[a.Target] != [2]int64{a.Segment, a.Standing.ID} {
			return errMoved
		}
	}
	items, err := s.tx.ItemsOf(s.ctx, s.batch.ID, ids)
	s.done = make(map[int64]edition.Item, len(items))
	for _, m := range items {
		s.done[m.Target] = m
	}
	return err
}

// count is what changes in the counts of an edition.
func (s *saver) count(ed int64) *edition.CountChange {
	c := s.counts[ed]
	if c == nil {
		c = &edition.CountChange{Edition: ed}
		s.counts[ed] = c
	}
	return c
}

// right is a target that complies: an error that says otherwise goes.
func (s *saver) right(p *planned) {
	if slices.ContainsFunc(s.standing[p.Standing.ID], isTerm) {
		s.refind(p)
	}
}

// refind puts what the new glossary has to say of the words that stand in the
// place of what the old one had.
func (s *saver) refind(p *planned) {
	if p.terms == nil {
		return
	}
	old := s.standing[p.Standing.ID]
	merged := carried(append(slices.DeleteFunc(plain(old), func(f edition.Finding) bool { return isTermRule(f.Rule) }), p.terms()...), old)
	if slices.EqualFunc(merged, old, sameFinding) {
		return
	}
	errs, warns := edition.Weigh(open(merged))
	wasErrs, wasWarns := edition.Weigh(open(old))
	c := s.count(p.Edition)
	c.Errors += errs - wasErrs
	c.Warnings += warns - wasWarns
	s.findings[p.Standing.ID] = merged
	s.restands = append(s.restands, edition.Restand{Target: p.Target, From: p.Standing.ID, To: p.Standing.ID, Errors: errs, Warnings: warns})
}

// next is the version that takes the place of what stands, in other words.
func (s *saver) next(was *edition.Version, target int64, source string, text string, found []edition.StandingFinding) *edition.Version {
	v := &edition.Version{
		Target: target, Parent: was.ID, Text: text, Origin: was.Origin, Author: was.Author,
		Source: was.Source, Glossary: s.g.version,
	}
	if v.Source == (content.Hash{}) {
		v.Source = content.ExactHash(source)
	}
	v.Origin.Batch = s.batch.ID
	s.versions, s.answers = append(s.versions, v), append(s.answers, found)
	return v
}

// swap gives a machine's target its new words.
func (s *saver) swap(p *planned) {
	old := s.standing[p.Standing.ID]
	found := carried(p.found, old)
	v := s.next(&p.Standing, p.Target, p.Source, p.plan.Text, found)
	errs, warns := edition.Weigh(open(found))
	wasErrs, wasWarns := edition.Weigh(open(old))
	c := s.count(p.Edition)
	c.Errors += errs - wasErrs
	c.Warnings += warns - wasWarns
	n := s.item(p, edition.ItemApplied)
	s.version[n] = v
	s.restands = append(s.restands, edition.Restand{Target: p.Target, From: p.Standing.ID, Errors: errs, Warnings: warns, Untouched: true})
}

// propose offers the new words beside a person's.
func (s *saver) propose(p *planned, there []edition.Proposal) error {
	s.refind(p)
	if err := s.overtake(p, there); err != nil {
		return err
	}
	origin := p.Standing.Origin
	origin.Batch = s.batch.ID
	pr := &edition.Proposal{
		Target: p.Target, Base: p.Standing.ID, Text: p.plan.Text, Origin: origin,
		Cause: edition.ByBatch, CauseID: s.batch.ID, Status: edition.Waiting,
	}
	s.proposals = append(s.proposals, pr)
	s.proposal[s.item(p, edition.ItemWaiting)] = pr
	s.count(p.Edition).Proposals++
	switch e := s.editions[p.Edition]; e.State {
	case edition.Approved, edition.Scheduled, edition.Published:
		s.revise[p.Edition] = true
	}
	return nil
}

// overtake closes what this batch has proposed for a target before, and what
// others have that gives the names at hand otherwise than the new glossary.
func (s *saver) overtake(p *planned, there []edition.Proposal) error {
	for _, pr := range there {
		if pr.Cause != edition.ByBatch || pr.CauseID != s.batch.ID && s.spares(p, pr.Text) {
			continue
		}
		if err := s.tx.DecideProposal(s.ctx, pr.ID, edition.Stale, edition.Machine); err != nil {
			return err
		}
		if pr.Status == edition.Waiting {
			s.count(p.Edition).Proposals--
		}
	}
	return nil
}

// list leaves a target to an engine or a person.
func (s *saver) list(p *planned, status edition.ItemStatus) {
	s.refind(p)
	s.item(p, status)
}

// item adds the row of a target and returns its place.
func (s *saver) item(p *planned, status edition.ItemStatus) int {
	s.items = append(s.items, edition.Item{
		Batch: s.batch.ID, Target: p.Target, Edition: p.Edition, Release: p.Release, Class: p.plan.Class, Action: p.plan.Action,
		Status: status, Before: p.Standing.ID, Why: p.plan.Why,
	})
	s.keys = append(s.keys, p.plan.Group)
	if s.groups[p.plan.Group] == nil {
		s.groups[p.plan.Group] = &edition.Group{
			Batch: s.batch.ID, Key: p.plan.Group, Locale: p.Locale, Concept: p.plan.Concept, Old: p.plan.Old, New: p.plan.New,
			Replaced: p.plan.Replaced, Certain: p.plan.Certain, Why: p.plan.Why,
		}
	}
	return len(s.items) - 1
}

// save writes all that was gathered.
func (s *saver) save() error {
	if err := s.saveVersions(); err != nil {
		return err
	}
	if n, err := s.tx.Restand(s.ctx, s.restands); err != nil {
		return err
	} else if n != len(s.restands) {
		return errMoved
	}
	if err := s.tx.AddProposals(s.ctx, s.proposals); err != nil {
		return err
	}
	if err := s.tx.PutFindings(s.ctx, s.findings); err != nil {
		return err
	}
	if err := s.numberGroups(); err != nil {
		return err
	}
	for i := range s.items {
		m := &s.items[i]
		if g := s.groups[s.keys[i]]; g != nil {
			m.Group = g.ID
		}
		if v := s.version[i]; v != nil {
			m.After = v.ID
		}
		if pr := s.proposal[i]; pr != nil {
			m.Proposal = pr.ID
		}
	}
	if err := s.tx.SaveItems(s.ctx, s.items); err != nil {
		return err
	}
	return s.saveEditions()
}

// numberGroups gives the groups their numbers; those that are new are saved.
func (s *saver) numberGroups() error {
	fresh := map[string]*edition.Group{}
	for key, g := range s.groups {
		if g.ID = s.numbers[key]; g.ID == 0 {
			fresh[key] = g
		}
	}
	return s.tx.NumberGroups(s.ctx, s.batch.ID, fresh)
}

// saveVersions appends the new versions and points their targets to them.
func (s *saver) saveVersions() error {
	if len(s.versions) == 0 {
		return nil
	}
	for i, v := range s.versions {
		v.Findings = nil
		if !slices.ContainsFunc(s.answers[i], func(f edition.StandingFinding) bool { return f.DismissedBy != "" }) {
			v.Findings = plain(s.answers[i])
		}
	}
	if err := s.tx.AddVersions(s.ctx, s.versions); err != nil {
		return err
	}
	byTarget := make(map[int64]int64, len(s.versions))
	for i, v := range s.versions {
		byTarget[v.Target] = v.ID
		if v.Findings == nil && len(s.answers[i]) > 0 {
			s.findings[v.ID] = s.answers[i]
		}
	}
	for i := range s.restands {
		if r := &s.restands[i]; r.To == 0 {
			r.To = byTarget[r.Target]
		}
	}
	return nil
}

// saveEditions adds to the counts of editions, and moves those on in which a
// proposal waits now: what is public of them stays public.
func (s *saver) saveEditions() error {
	var changes []edition.CountChange
	for _, c := range s.counts {
		e := s.editions[c.Edition]
		e.Updated = s.tx.Stamp(e.Updated)
		c.Updated = e.Updated
		changes = append(changes, *c)
	}
	slices.SortFunc(changes, func(a, b edition.CountChange) int { return cmp.Compare(a.Edition, b.Edition) })
	if err := s.tx.AddCounts(s.ctx, changes); err != nil {
		return err
	}
	var revise []*edition.Edition
	for _, c := range changes {
		if e := s.editions[c.Edition]; s.revise[e.ID] {
			s.held[e.ID] = e.State
			revise = append(revise, e)
		}
	}
	if err := s.steps(revise, edition.Revise, edition.Machine); err != nil {
		return err
	}
	if err := s.tx.SetFinal(s.ctx, idsOf(revise), false); err != nil {
		return err
	}
	var held []edition.HeldEdition
	for _, c := range changes {
		if was, ok := s.held[c.Edition]; ok {
			held = append(held, edition.HeldEdition{Edition: c.Edition, Was: was, Stamp: s.editions[c.Edition].Updated})
		}
	}
	return s.tx.Hold(s.ctx, held...)
}

// steps takes editions one step on for the batch.
func (s *saver) steps(es []*edition.Edition, ev edition.Event, who string) error {
	return steps(s.ctx, s.tx, es, ev, who, "batch "+strconv.FormatInt(s.batch.ID, 10))
}

func idsOf(es []*edition.Edition) []int64 {
	ids := make([]int64, len(es))
	for i, e := range es {
		ids[i] = e.ID
	}
	return ids
}

// isTerm reports whether the term verifier has found f.
func isTerm(f edition.StandingFinding) bool { return isTermRule(f.Rule) }

func isTermRule(rule string) bool { return len(rule) > 5 && rule[:5] == "term." }

func plain(fs []edition.StandingFinding) []edition.Finding {
	out := make([]edition.Finding, len(fs))
	for i := range fs {
		out[i] = fs[i].Finding
	}
	return out
}

// carried gives findings the answers that people gave to the same ones before:
// of the same rule, about the same place of the source and the same words,
// wherever in the translation these stand by now.
func carried(fs []edition.Finding, before []edition.StandingFinding) []edition.StandingFinding {
	out := make([]edition.StandingFinding, len(fs))
	for i, f := range fs {
		out[i] = edition.StandingFinding{Finding: f, Seq: i}
		for _, b := range before {
			if b.DismissedBy != "" && sameMatter(f, b.Finding) {
				out[i].DismissedBy, out[i].DismissedWhy = b.DismissedBy, b.DismissedWhy
				break
			}
		}
	}
	return out
}

func sameMatter(a, b edition.Finding) bool {
	if a.Rule != b.Rule || a.SourceStart != b.SourceStart || a.SourceEnd != b.SourceEnd {
		return false
	}
	for k, v := range a.Args {
		if k != "Hint" && b.Args[k] != v {
			return false
		}
	}
	return len(a.Args) == len(b.Args)
}

func sameFinding(a, b edition.StandingFinding) bool {
	return a.DismissedBy == b.DismissedBy && reflect.DeepEqual(a.Finding, b.Finding)
}
