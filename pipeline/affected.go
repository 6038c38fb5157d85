package pipeline

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"dragoman/glossary"
	"dragoman/internal/edition"
)

// Changes is a change set with all that is needed to see what it touches: the
// glossaries that it leads from and to, and the source texts in which it may
// make a difference. It is safe for concurrent use. It is right for as long as
// the same glossary counts; Pipeline.Changes gives one that is.
type Changes struct {
	Set edition.ChangeSet
	// Planner plans targets and memory entries.
	Planner *edition.Planner

	p          *Pipeline
	old, fresh *terms
	sources    atomic.Pointer[[]int64] // that it may make a difference for, in order
	locales    []string                // that it may touch, nil for all
	// moved are the concepts, by id, of which stored licences do not tell
	// whether they count, since how they are found or licensed has changed.
	moved map[string]bool
	// names finds the names of the changed concepts alone, as they were and as
	// they shall be.
	names [2]*glossary.Glossary
	// known are the database's numbers of the concepts that matter; added says
	// that one has a name which the index does not know.
	known []int64
	added bool
	// excepted are the source texts in which it makes or unmakes exceptions.
	excepted []int64

	memory sync.Once
	within []int64 // entries of the memory that may be touched, in order

	mu   sync.Mutex
	docs map[int64]*licensed // by revision
}

// Changes prepares a change set: of a draft, from the glossary that counts to
// the one that it would make; of an applied one, from the glossary before it
// to the one that counts now. What has been prepared is kept for the next call.
func (p *Pipeline) Changes(ctx context.Context, id int64) (*Changes, error) {
	set, err := p.store.ChangeSet(ctx, id)
	if err != nil {
		return nil, err
	}
	return p.changesOf(ctx, set)
}

// changesOf is Changes of a set that has been read.
func (p *Pipeline) changesOf(ctx context.Context, set edition.ChangeSet) (*Changes, error) {
	if err := p.Refresh(ctx); err != nil {
		return nil, err
	}
	key := fmt.Sprint(set.ID, set.Revision, set.Status, set.Version, set.Scope, p.terms.Load().version)
	if c := p.changes.get(key); c != nil {
		return c, nil
	}
	c, err := p.prepare(ctx, set)
	if err != nil {
		return nil, fmt.Errorf("change set %d: %w", set.ID, err)
	}
	p.changes.put(key, c)
	return c, nil
}

// preparedSets keeps the change sets that were prepared last.
type preparedSets struct {
	mu   sync.Mutex
	keys []string
	sets map[string]*Changes
}

// keepPrepared is how many are kept: a batch at work, one that is undone, and
// what somebody looks at. Each may hold two glossaries.
const keepPrepared = 4

func (ps *preparedSets) get(key string) *Changes {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	return ps.sets[key]
}

func (ps *preparedSets) put(key string, c *Changes) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if ps.sets == nil {
		ps.sets = map[string]*Changes{}
	}
	if ps.sets[key] == nil {
		ps.keys = append(ps.keys, key)
	}
	ps.sets[key] = c
	if len(ps.keys) > keepPrepared {
		delete(ps.sets, ps.keys[0])
		ps.keys = ps.keys[1:]
	}
}

// prepare loads the glossaries of a change set and looks for the source texts
// that it may make a difference for.
func (p *Pipeline) prepare(ctx context.Context, set edition.ChangeSet) (*Changes, error) {
	c := &Changes{Set: set, p: p, docs: map[int64]*licensed{}, moved: map[string]bool{}}
	now := p.terms.Load()
	if set.Status == edition.AppliedSet {
		before, err := p.termsAt(ctx, set.Version-1)
		if err != nil {
			return nil, err
		}
		c.old, c.fresh = before, now
	} else {
		after, err := p.termsAfter(now, set.Edits)
		if err != nil {
			return nil, err
		}
		c.old, c.fresh = now, after
	}
	c.Planner = edition.NewPlanner(c.old.Glossary, c.fresh.Glossary, set.Edits, now.former())
	c.locales = touchedLocales(p.cfg.Locales, set)
	if err := c.gather(ctx); err != nil {
		return nil, err
	}
	return c, c.search(ctx)
}

// termsAt is the glossary as it was under a version.
func (p *Pipeline) termsAt(ctx context.Context, version int64) (*terms, error) {
	if now := p.terms.Load(); now.version == version {
		return now, nil
	}
	concepts, ids, err := p.store.GlossaryAt(ctx, version)
	if err != nil {
		return nil, fmt.Errorf("load version %d of the glossary: %w", version, err)
	}
	g, problems := glossary.Compile(concepts, glossary.Options{Trusted: true})
	if g == nil {
		return nil, fmt.Errorf("version %d of the glossary cannot be used: %w", version, problems)
	}
	return &terms{Glossary: g, ids: ids, version: version, exceptions: exceptionsOf(g)}, nil
}

// termsAfter is the glossary that edits would make. What is new has the
// number 0.
func (p *Pipeline) termsAfter(now *terms, edits []edition.ConceptEdit) (*terms, error) {
	g, problems := glossary.Compile(edition.ApplyEdits(now.Concepts(), edits), glossary.Options{Trusted: true})
	if g == nil {
		return nil, problems
	}
	t := &terms{Glossary: g, version: now.version, ids: make([]int64, g.Len()), exceptions: exceptionsOf(g)}
	for i := range t.ids {
		if k, ok := now.ByID(g.Concept(i).ID); ok {
			t.ids[i] = now.ids[k]
		}
	}
	return t, nil
}

// former are the terms that were preferred before, by concept and language.
func (t *terms) former() map[string]map[string][]string {
	out := map[string]map[string][]string{}
	for i, id := range t.ids {
		if h, ok := t.history[id]; ok && len(h.Former) > 0 {
			out[t.Concept(i).ID] = h.Former
		}
	}
	return out
}

// touchedLocales are the locales whose translations may have to change, nil
// for all: a term in one language is of no concern to the others.
func touchedLocales(all []string, set edition.ChangeSet) []string {
	langs := map[string]bool{}
	for i := range set.Edits {
		e := &set.Edits[i]
		if e.Before == nil || e.After == nil {
			return set.Scope.Locales
		}
		for _, c := range glossary.Diff([]glossary.Concept{*e.Before}, []glossary.Concept{*e.After}) {
			if len(c.AddedKeys)+len(c.RemovedKeys) > 0 || c.Rescan || slices.Contains(c.Verify, "*") {
				return set.Scope.Locales
			}
			for _, lang := range c.Verify {
				langs[lang] = true
			}
		}
	}
	for lang := range langs {
		if !slices.Contains(all, lang) {
			all = append(slices.Clip(all), lang) // editions may be left in a locale that is no longer set
		}
	}
	var out []string
	for _, l := range all {
		base, _, _ := strings.Cut(l, "-")
		if (langs[l] || langs[base]) && (len(set.Scope.Locales) == 0 || slices.Contains(set.Scope.Locales, l)) {
			out = append(out, l)
		}
	}
	if out == nil {
		out = []string{"none"} // a change of notes touches nobody
	}
	return out
}

// gather works out which names have to be looked for.
func (c *Changes) gather(ctx context.Context) error {
	var ids []string
	var wanted [2][]glossary.Concept
	var alone map[string]bool
	var err error
	if c.excepted, alone, err = c.exceptedSources(ctx); err != nil {
		return err
	}
	found := map[string]bool{}
	for i := range c.Set.Edits {
		e := &c.Set.Edits[i]
		if alone[e.ID] {
			continue
		}
		ids = append(ids, e.ID)
		added, otherwise := otherNames(e)
		c.added = c.added || added
		if otherwise {
			found[e.ID], c.moved[e.ID] = true, true
		}
		if e.After != nil {
			wanted[1] = append(wanted[1], *e.After)
		}
		if e.Before != nil {
			wanted[0] = append(wanted[0], *e.Before)
		}
	}
	ids = append(ids, c.dependents(found)...)
	collided := c.collisions()
	ids = append(ids, collided...)
	for _, id := range collided {
		k, _ := c.fresh.ByID(id)
		wanted[1] = append(wanted[1], *c.fresh.Concept(k))
	}
	for i, cs := range wanted {
		c.names[i], _ = glossary.Compile(cs, glossary.Options{Trusted: true})
	}
	numbers, err := c.p.store.ConceptIDs(ctx, ids)
	if err != nil {
		return err
	}
	c.known = slices.Sorted(maps.Values(numbers))
	return nil
}

// search finds the source texts that the change set may make a difference for.
func (c *Changes) search(ctx context.Context) error {
	sources, err := c.p.store.SourcesWith(ctx, c.known)
	if err != nil {
		return err
	}
	more, err := c.searchTexts(ctx)
	if err != nil {
		return err
	}
	sources = append(append(sources, more...), c.excepted...)
	slices.Sort(sources)
	sources = slices.Compact(sources)
	c.sources.Store(&sources)
	return nil
}

// otherNames reports whether a concept is found otherwise after an edit, and
// whether in texts that the index does not have it for.
func otherNames(e *edition.ConceptEdit) (added, otherwise bool) {
	if e.Before == nil || e.After == nil {
		return e.After != nil, true
	}
	for _, c := range glossary.Diff([]glossary.Concept{*e.Before}, []glossary.Concept{*e.After}) {
		added = added || len(c.AddedKeys) > 0 || c.Rescan
		otherwise = otherwise || added || len(c.RemovedKeys) > 0
	}
	return added, otherwise
}

// dependents are the concepts that one of the changed ones licenses: where
// that one is found otherwise, they count otherwise.
func (c *Changes) dependents(changed map[string]bool) []string {
	var out []string
	for _, g := range []*terms{c.old, c.fresh} {
		for i := range g.Len() {
			k := g.Concept(i)
			if len(k.Rule.Licence) > 0 && !c.moved[k.ID] && slices.ContainsFunc(k.Rule.Licence, func(id string) bool { return changed[id] }) {
				c.moved[k.ID] = true
				out = append(out, k.ID)
			}
		}
	}
	return out
}

// searchTexts looks for the names of the changed concepts in the texts
// themselves: in all where a name is new, else in those that have not been
// searched for the concept as it is.
func (c *Changes) searchTexts(ctx context.Context) ([]int64, error) {
	var before int64
	if c.Set.Status == edition.AppliedSet || !c.added {
		since, err := c.p.store.FoundSince(ctx, c.known)
		if err != nil || since == 0 {
			return nil, err
		}
		before = since
	}
	return c.p.searchAll(ctx, before, c.names[:])
}

// searchAll finds the source texts that hold a name of one of the glossaries:
// of those searched before a version, or of all where before is 0.
func (p *Pipeline) searchAll(ctx context.Context, before int64, gs []*glossary.Glossary) (found []int64, err error) {
	if before > 0 {
		err := p.store.EachOldSource(ctx, before, collectNamed(&found, gs))
		return found, err
	}
	first, last, err := p.store.SourceSpan(ctx)
	if err != nil || last == 0 {
		return nil, err
	}
	n := int64(min(runtime.GOMAXPROCS(0), 4))
	parts, errs := make([][]int64, n), make([]error, n)
	var wg sync.WaitGroup
	step := (last-first)/n + 1
	for i := range n {
		wg.Go(func() {
			from := first + i*step
			errs[i] = p.store.EachSource(ctx, from, min(last, from+step-1), collectNamed(&parts[i], gs))
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("search the source texts: %w", err)
	}
	return slices.Concat(parts...), nil
}

// collectNamed gives a function that notes the texts which hold a name of one
// of the glossaries.
func collectNamed(into *[]int64, gs []*glossary.Glossary) func(id int64, text string) error {
	var occ []glossary.Occurrence
	return func(id int64, text string) error {
		for _, g := range gs {
			if g == nil || g.Len() == 0 {
				continue
			}
			if occ = g.Find(occ[:0], text); len(occ) > 0 {
				*into = append(*into, id)
				break
			}
		}
		return nil
	}
}

// Sources is how many distinct source texts have to be looked at.
func (c *Changes) Sources() int { return len(*c.sources.Load()) }

// walk gives the source texts for a page of a walk. One that begins looks for
// them anew where the change set has been applied, so that it meets what was
// saved since the last one.
func (c *Changes) walk(ctx context.Context, from edition.Cursor) ([]int64, error) {
	if from == (edition.Cursor{}) && c.Set.Status == edition.AppliedSet {
		if err := c.search(ctx); err != nil {
			return nil, err
		}
	}
	return *c.sources.Load(), nil
}

// chunkOfSources is how many source texts are looked at together.
const chunkOfSources = 256

// Affected gives the next targets that the change set touches, those of up to
// limit segments: pages follow each other by the cursor that the one before
// gave, from the zero cursor on, until done. Targets whose source the change
// makes no difference for, and those outside its scope, are not among them; a
// page may be empty. Its order depends on nothing but the database's numbers,
// so that a walk may go on at a kept cursor in another process. What is saved
// while a walk goes on comes if it comes after the cursor: another walk from
// the beginning finds the rest.
func (c *Changes) Affected(ctx context.Context, from edition.Cursor, limit int) (page []edition.Affected, next edition.Cursor, done bool, err error) {
	return c.affectedSince(ctx, from, limit, time.Time{})
}

// affectedSince is Affected without most of the targets whose words are older
// than a time.
func (c *Changes) affectedSince(ctx context.Context, from edition.Cursor, limit int, since time.Time) (page []edition.Affected, next edition.Cursor, done bool, err error) {
	sources, err := c.walk(ctx, from)
	if err != nil {
		return nil, from, false, err
	}
	return c.page(ctx, sources, from, limit, since)
}

// page is affectedSince for some of the source texts.
func (c *Changes) page(ctx context.Context, sources []int64, from edition.Cursor, limit int, since time.Time) (page []edition.Affected, next edition.Cursor, done bool, err error) {
	i, _ := slices.BinarySearch(sources, from.Source)
	end := min(len(sources), i+chunkOfSources)
	part := sources[i:end]
	texts, err := c.texts(ctx, part)
	if err != nil {
		return nil, from, false, err
	}
	var touched []int64
	for _, id := range part {
		if t := texts[id]; t != nil && t.relevant {
			touched = append(touched, id)
		}
	}
	after := int64(0)
	if from.Segment > 0 && len(touched) > 0 && touched[0] == from.Source {
		after = from.Segment
	}
	segs, err := c.p.store.SegmentsOf(ctx, touched, after, limit)
	if err != nil {
		return nil, from, false, err
	}
	if page, err = c.targets(ctx, segs, texts, since); err != nil {
		return nil, from, false, err
	}
	if len(segs) == limit {
		return page, segs[len(segs)-1], false, nil
	}
	if end == len(sources) {
		return page, edition.Cursor{}, true, nil
	}
	return page, edition.Cursor{Source: sources[end]}, false, nil
}

// EachAffected is Changes and Affected in one call, for a walk in slices.
func (p *Pipeline) EachAffected(ctx context.Context, set int64, from edition.Cursor, limit int) (page []edition.Affected, next edition.Cursor, done bool, err error) {
	c, err := p.Changes(ctx, set)
	if err != nil {
		return nil, from, false, err
	}
	return c.Affected(ctx, from, limit)
}

// sourceText is a source text with where concepts may stand in it.
type sourceText struct {
	text       string
	occ, was   []glossary.Occurrence // candidates under the new and the old glossary
	relevant   bool                  // it may make a difference
	excepted   bool                  // an exception is made for it, or unmade
	byDocument bool                  // documents decide which of the candidates count
	unsure     bool                  // and have to be opened for that
}

// texts reads source texts and finds what stands in them.
func (c *Changes) texts(ctx context.Context, ids []int64) (map[int64]*sourceText, error) {
	read, err := c.p.store.SourceTexts(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]*sourceText, len(read))
	for id, text := range read {
		t := &sourceText{text: text, occ: c.fresh.Find(nil, text), was: c.old.Find(nil, text)}
		c.conditions(c.fresh, t, t.occ)
		c.conditions(c.old, t, t.was)
		_, t.excepted = slices.BinarySearch(c.excepted, id)
		t.relevant = t.byDocument || t.excepted || c.Planner.Relevant(t.occ, t.was)
		out[id] = t
	}
	return out, nil
}

// conditions notes whether documents decide about occurrences.
func (c *Changes) conditions(g *terms, t *sourceText, occ []glossary.Occurrence) {
	for i := range occ {
		if !g.Conditional(occ[i].Concept) {
			continue
		}
		k := g.Concept(occ[i].Concept)
		t.byDocument = true
		if !k.ValidFrom.IsZero() || !k.ValidTo.IsZero() || c.moved[k.ID] {
			t.unsure = true
		}
	}
}

// targets reads the targets of segments and puts to them what counts there.
func (c *Changes) targets(ctx context.Context, segs []edition.Cursor, texts map[int64]*sourceText, since time.Time) ([]edition.Affected, error) {
	if len(segs) == 0 {
		return nil, nil
	}
	ids := make([]int64, len(segs))
	source := make(map[int64]int64, len(segs))
	var licensed []int64
	for i, s := range segs {
		ids[i] = s.Segment
		source[s.Segment] = s.Source
		if t := texts[s.Source]; t.byDocument && !t.unsure {
			licensed = append(licensed, s.Segment)
		}
	}
	as, err := c.p.store.AffectedTargets(ctx, ids, c.locales, since)
	if err != nil {
		return nil, err
	}
	if as, err = c.heads(ctx, as); err != nil {
		return nil, err
	}
	stored, err := c.licences(ctx, licensed)
	if err != nil {
		return nil, err
	}
	page := as[:0]
	for i := range as {
		a := &as[i]
		t := texts[source[a.Segment]]
		if !c.Set.Scope.Wants(a.Locale, a.EditionState, a.Public, a.Removed) {
			continue
		}
		if a.Joined > 0 {
			if err := c.together(ctx, a); err != nil {
				return nil, err
			}
			if c.Planner.RelevantIn(a.Locale, a.Occ, a.Was) {
				page = append(page, *a)
			}
			continue
		}
		a.SourceID, a.Source = source[a.Segment], t.text
		a.Occ, a.Was = c.fresh.required(a.Locale, t.text, t.occ), c.fresh.required(a.Locale, t.text, t.was)
		if t.byDocument {
			if err := c.license(ctx, a, t, stored[a.Segment]); err != nil {
				return nil, err
			}
		}
		if !t.excepted && !c.Planner.RelevantIn(a.Locale, a.Occ, a.Was) {
			continue
		}
		page = append(page, *a)
	}
	return page, nil
}

// place is an occurrence as it is stored.
type place struct {
	concept int64
	start   int
}

// licences reads the stored licences of segments.
func (c *Changes) licences(ctx context.Context, segs []int64) (map[int64]map[place]bool, error) {
	ls, err := c.p.store.LicencesOf(ctx, segs)
	if err != nil {
		return nil, err
	}
	out := map[int64]map[place]bool{}
	for _, l := range ls {
		if out[l.Segment] == nil {
			out[l.Segment] = map[place]bool{}
		}
		out[l.Segment][place{l.Concept, l.Start}] = true
	}
	return out, nil
}

// license sets what counts in a target's document: by the stored licences
// where the change set has nothing to do with them, else by reading it.
func (c *Changes) license(ctx context.Context, a *edition.Affected, t *sourceText, stored map[place]bool) error {
	if !t.unsure {
		by := func(g *terms) func(glossary.Occurrence) bool {
			return func(o glossary.Occurrence) bool { return stored[place{g.ids[o.Concept], o.Start}] }
		}
		a.Occ, a.Was = c.fresh.LicenseBy(t.occ, by(c.fresh)), c.old.LicenseBy(t.was, by(c.old))
		return nil
	}
	d, err := c.document(ctx, a.Revision)
	if err != nil {
		return err
	}
	if a.Position >= len(d.occ) {
		a.Occ, a.Was = nil, nil // it can no longer be cut as it was
		return nil
	}
	a.Occ, a.Was = d.occ[a.Position], d.was[a.Position]
	return nil
}

// licensed is what counts in a document, by segment.
type licensed struct {
	segs     []int64
	occ, was [][]glossary.Occurrence
}

// keepDocuments is how many documents are kept open.
const keepDocuments = 512

// document reads a revision under both glossaries. One that can no longer be
// cut as it was gives nothing: its release is drafted anew anyway.
func (c *Changes) document(ctx context.Context, revision int64) (*licensed, error) {
	c.mu.Lock()
	l := c.docs[revision]
	c.mu.Unlock()
	if l != nil {
		return l, nil
	}
	rev, err := c.p.store.Revision(ctx, revision)
	if err != nil {
		return nil, err
	}
	l = &licensed{}
	if d, err := c.p.open(ctx, c.old, rev); err == nil {
		l.was = d.lic
		d.find(c.fresh)
		l.occ = d.lic
		for i := range d.segs {
			l.segs = append(l.segs, d.segs[i].ID)
		}
	} else if ctx.Err() != nil {
		return nil, ctx.Err()
	} else {
		c.p.log.Warn("a change set without a document", "revision", revision, "error", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.docs) >= keepDocuments {
		clear(c.docs)
	}
	c.docs[revision] = l
	return l, nil
}

// Memory gives the next entries of the memory that the change set touches, by
// number, after one of them: up to limit are looked at.
func (c *Changes) Memory(ctx context.Context, after int64, limit int) (page []edition.AffectedMemory, next int64, done bool, err error) {
	if err := c.p.Ready(ctx); err != nil {
		return nil, after, false, err
	}
	c.memory.Do(c.searchMemory)
	i, _ := slices.BinarySearch(c.within, after+1)
	part := c.within[i:min(len(c.within), i+limit)]
	for _, id := range part {
		next = id
		e, ok := c.p.memory.index.Get(id)
		if !ok {
			continue // it was taken out meanwhile
		}
		m := edition.AffectedMemory{Entry: id, Locale: e.Locale, Source: e.Source, Target: e.Target}
		m.Occ = c.fresh.required(e.Locale, e.Source, c.fresh.License(nil, c.fresh.Find(nil, e.Source), e.Source))
		m.Was = c.fresh.required(e.Locale, e.Source, c.old.License(nil, c.old.Find(nil, e.Source), e.Source))
		if c.Planner.Relevant(m.Occ, m.Was) {
			page = append(page, m)
		}
	}
	return page, next, i+limit >= len(c.within), nil
}

// searchMemory lists the entries whose source may name a changed concept.
func (c *Changes) searchMemory() {
	var occ []glossary.Occurrence
	var last string
	hit := false
	for e := range c.p.memory.index.All() {
		if len(c.locales) > 0 && !slices.Contains(c.locales, e.Locale) {
			continue
		}
		if e.Source != last {
			last, hit = e.Source, false
			for _, g := range c.names {
				if g != nil && g.Len() > 0 && !hit {
					occ = g.Find(occ[:0], e.Source)
					hit = len(occ) > 0
				}
			}
		}
		if hit {
			c.within = append(c.within, e.ID)
		}
	}
	slices.Sort(c.within)
}

// Reindex brings the index of occurrences and licences up to date for an
// applied change set, some source texts at a time; it goes on where next says
// until done. It only adds to where concepts may stand, so that a walk before
// or after it meets the same targets.
func (c *Changes) Reindex(ctx context.Context, from edition.Cursor) (next edition.Cursor, done bool, err error) {
	sources, err := c.walk(ctx, from)
	if err != nil {
		return from, false, err
	}
	i, _ := slices.BinarySearch(sources, from.Source)
	end := min(len(sources), i+chunkOfSources)
	texts, err := c.texts(ctx, sources[i:end])
	if err != nil {
		return from, false, err
	}
	places := make(map[int64][]edition.Occurrence, len(texts))
	for id, t := range texts {
		for _, o := range t.occ {
			places[id] = append(places[id], edition.Occurrence{Concept: c.fresh.ids[o.Concept], Start: o.Start, End: o.End, Nested: o.Nested})
		}
	}
	segs, ls, err := c.freshLicences(ctx, sources[i:end], texts)
	if err != nil {
		return from, false, err
	}
	done = end == len(sources)
	err = c.p.store.InTx(ctx, func(tx Tx) error {
		if err := tx.AddOccurrences(ctx, places); err != nil {
			return err
		}
		if err := tx.SetLicences(ctx, segs, ls); err != nil || !done {
			return err
		}
		return c.indexed(ctx, tx)
	})
	if err != nil || done {
		return from, err == nil, err
	}
	return edition.Cursor{Source: sources[end]}, false, nil
}

// indexed notes that all texts have been searched for the changed concepts.
func (c *Changes) indexed(ctx context.Context, tx Tx) error {
	var numbers []int64
	for i := range c.Set.Edits {
		if k, ok := c.fresh.ByID(c.Set.Edits[i].ID); ok {
			numbers = append(numbers, c.fresh.ids[k])
		}
	}
	return tx.Indexed(ctx, numbers, c.Set.Version)
}

// freshLicences works out the licences of the segments for which the change
// set may have changed them.
func (c *Changes) freshLicences(ctx context.Context, sources []int64, texts map[int64]*sourceText) (segs []int64, ls []edition.Licence, err error) {
	var unsure []int64
	for _, id := range sources {
		if t := texts[id]; t != nil && t.unsure {
			unsure = append(unsure, id)
		}
	}
	for after, part := int64(0), unsure; len(part) > 0; {
		found, err := c.p.store.SegmentsOf(ctx, part, after, chunkOfSources)
		if err != nil {
			return nil, nil, err
		}
		more, lic, err := c.licencesOf(ctx, found)
		if err != nil {
			return nil, nil, err
		}
		segs, ls = append(segs, more...), append(ls, lic...)
		if len(found) < chunkOfSources {
			break
		}
		at := found[len(found)-1]
		i, _ := slices.BinarySearch(part, at.Source)
		part, after = part[i:], at.Segment
	}
	return segs, ls, nil
}

// licencesOf works out the licences of segments from their documents.
func (c *Changes) licencesOf(ctx context.Context, found []edition.Cursor) (segs []int64, ls []edition.Licence, err error) {
	ids := make([]int64, len(found))
	for i := range found {
		ids[i] = found[i].Segment
	}
	as, err := c.p.store.AffectedTargets(ctx, ids, nil, time.Time{})
	if err != nil {
		return nil, nil, err
	}
	seen := map[int64]bool{}
	for i := range as {
		a := &as[i]
		if seen[a.Segment] {
			continue
		}
		seen[a.Segment] = true
		d, err := c.document(ctx, a.Revision)
		if err != nil {
			return nil, nil, err
		}
		if a.Position >= len(d.occ) || d.segs[a.Position] != a.Segment {
			continue
		}
		segs = append(segs, a.Segment)
		for _, o := range d.occ[a.Position] {
			if len(c.fresh.Concept(o.Concept).Rule.Licence) > 0 {
				ls = append(ls, edition.Licence{Segment: a.Segment, Concept: c.fresh.ids[o.Concept], Start: o.Start, End: o.End})
			}
		}
	}
	return segs, ls, nil
}
