package pipeline

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"sync"
	"time"

	"dragoman/content"
	"dragoman/glossary"
	"dragoman/internal/edition"
)

// GlossaryVersion is the number of the glossary that counts.
func (p *Pipeline) GlossaryVersion() int64 { return p.terms.Load().version }

// GlossaryVersions are the glossary's versions, the newest first, and how many
// there are.
func (p *Pipeline) GlossaryVersions(ctx context.Context, limit, offset int) ([]edition.GlossaryVersion, int, error) {
	return p.store.GlossaryVersions(ctx, limit, offset)
}

// ConceptChange is what one version of the glossary made of a concept.
type ConceptChange struct {
	edition.ConceptVersion
	glossary.Change
}

// GlossaryChanges are the changes of one version, up to limit.
func (p *Pipeline) GlossaryChanges(ctx context.Context, version int64, limit int) ([]ConceptChange, error) {
	now, before, err := p.store.GlossaryChanges(ctx, version, limit)
	if err != nil {
		return nil, err
	}
	var out []ConceptChange
	for i := range now {
		if c, ok := changeOf(before[i], now[i]); ok {
			out = append(out, c)
		}
	}
	return out, nil
}

// ConceptHistory is what became of a concept, the newest first: who changed
// what, when and why. It is empty where there was never such a concept.
func (p *Pipeline) ConceptHistory(ctx context.Context, id string) ([]ConceptChange, error) {
	vs, err := p.store.ConceptHistory(ctx, id)
	if err != nil {
		return nil, err
	}
	var out []ConceptChange
	var before *edition.ConceptVersion
	for i := range vs {
		if c, ok := changeOf(before, vs[i]); ok {
			out = append(out, c)
		}
		before = &vs[i]
	}
	slices.Reverse(out)
	return out, nil
}

// changeOf gives the change between two versions of a concept; a concept that
// only moved in the list has none.
func changeOf(before *edition.ConceptVersion, now edition.ConceptVersion) (ConceptChange, bool) {
	var was, is []glossary.Concept
	if before != nil && !before.Retired {
		was = append(was, before.Concept)
	}
	if !now.Retired {
		is = append(is, now.Concept)
	}
	changes := glossary.Diff(was, is)
	if len(changes) != 1 {
		return ConceptChange{}, false
	}
	return ConceptChange{now, changes[0]}, true
}

// Rendered is a place where a concept is named, with what the verifier says.
type Rendered struct {
	edition.Use
	Verdict glossary.Verdict
}

// Renderings are how a name stands in the editions of a locale.
type Renderings struct {
	Entries []glossary.Rendering // the most frequent first
	Places  []Rendered           // the newest first
	// More says that only the newest places were looked at.
	More bool
}

// MaxRendered is how many places Renderings looks at.
const MaxRendered = 300

// Renderings reads how a concept (its id) stands in the editions of a locale,
// in the newest texts. It is not found where the glossary has none such.
func (p *Pipeline) Renderings(ctx context.Context, concept, locale string) (r Renderings, err error) {
	g := p.terms.Load()
	i, ok := g.ByID(concept)
	if !ok {
		return r, edition.ErrNotFound
	}
	uses, err := p.store.ConceptUses(ctx, g.ids[i], locale, MaxRendered)
	if err != nil {
		return r, err
	}
	n := &names{p: p, g: g, only: i, locale: locale, dateless: true, texts: map[string]string{}, docs: map[int64]docNames{}}
	r.More = len(uses) == MaxRendered
	for _, u := range uses {
		before := len(n.seen)
		if err := n.see(ctx, u.Release, u.Edition, u.Segment, &u.Target); err != nil {
			return r, err
		}
		if len(n.seen) == before {
			continue
		}
		for k := range n.verdicts {
			if v := n.verdicts[k]; v.Concept == i && v.Result != glossary.ResultInfo {
				r.Places = append(r.Places, Rendered{u, v})
				break
			}
		}
	}
	if es := glossary.Ledger(n.seen); len(es) > 0 {
		r.Entries = es[0].Renderings
	}
	return r, nil
}

// Candidates are names that recur in the texts and are in no glossary.
type Candidates struct {
	List []glossary.Candidate
	// Texts is how many distinct sentences were read; of a larger archive the
	// newest are.
	Texts int
	At    time.Time
}

// maxCandidateTexts bounds the sentences that are read for candidates, and
// candidatesKeep how long what was found is good while nothing else changes.
const (
	maxCandidateTexts = 200_000
	candidatesKeep    = 10 * time.Minute
	candidatesLeast   = 2 // times that a name was seen
)

// candidates keeps the last list, since reading the archive takes seconds.
type candidates struct {
	mu      sync.Mutex
	busy    chan struct{} // closed when the list that is being made is there
	last    *Candidates
	version int64
	newest  int64
	err     error
}

// Candidates gives the names that the glossary may want. The first call reads
// the archive in the background: where that takes longer than wait, ok is
// false and the caller asks again later.
func (p *Pipeline) Candidates(ctx context.Context, wait time.Duration) (list *Candidates, ok bool, err error) {
	c := &p.candidates
	newest, from, err := p.store.NewestTexts(ctx, maxCandidateTexts)
	if err != nil {
		return nil, false, err
	}
	g := p.terms.Load()
	c.mu.Lock()
	fresh := c.last != nil && c.version == g.version && (c.newest == newest || p.store.Now().Sub(c.last.At) < candidatesKeep)
	if !fresh && c.busy == nil {
		c.busy = make(chan struct{})
		go p.collectCandidates(context.WithoutCancel(ctx), g, from, newest)
	}
	busy, last := c.busy, c.last
	c.mu.Unlock()
	if fresh || last != nil && c.version == g.version {
		return last, true, nil
	}
	select {
	case <-busy:
	case <-time.After(wait):
		return nil, false, nil
	case <-ctx.Done():
		return nil, false, ctx.Err()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.last, c.last != nil, c.err
}

func (p *Pipeline) collectCandidates(ctx context.Context, g *terms, from, newest int64) {
	found := g.NewCandidates()
	n := 0
	err := error(nil)
	for after := max(from-1, 0); err == nil; {
		before := after
		err = p.store.EachSourceText(ctx, after, 2000, func(id int64, text string) error {
			found.Add(strconv.FormatInt(id, 10), text)
			after, n = id, n+1
			return nil
		})
		if after == before {
			break
		}
	}
	list := &Candidates{List: found.List(candidatesLeast), Texts: n, At: p.store.Now()}
	c := &p.candidates
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err = err; err == nil {
		c.last, c.version, c.newest = list, g.version, newest
	} else {
		p.log.Warn("looking for names that the glossary may want", "error", err)
	}
	close(c.busy)
	c.busy = nil
}

// TextPlace is an edition, in one of some locales, and the position of a
// segment where a distinct source text (its number, as in a candidate's
// context) stands.
func (p *Pipeline) TextPlace(ctx context.Context, text int64, locales []string) (ed int64, position int, title string, err error) {
	return p.store.TextPlace(ctx, text, locales)
}

// Lesson is a rendering that reviewers let stand against the glossary, in the
// same way: what the glossary may learn.
type Lesson struct {
	Concept, Locale string
	Source          string // the English name
	Expected, Found string
	Count           int
	By              []string
	Examples        []edition.Dismissal // the newest first, three at most
}

// maxDismissals is how many dismissals Lessons looks at: the newest.
const maxDismissals = 2000

// Lessons gathers what people answered when the verifier found a name wrong
// and they let it stand, the most frequent first. What the glossary accepts by
// now is left out.
func (p *Pipeline) Lessons(ctx context.Context, locales []string) ([]Lesson, error) {
	ds, err := p.store.TermDismissals(ctx, locales, maxDismissals)
	if err != nil {
		return nil, err
	}
	g := p.terms.Load()
	at := map[[3]string]int{}
	var out []Lesson
	for _, d := range ds {
		i, ok := g.ByID(d.Concept)
		if d.Found = content.Plain(d.Found); !ok || d.Found == "" || listedIn(g.Concept(i), d.Locale, d.Found) {
			continue
		}
		key := [3]string{d.Concept, d.Locale, d.Found}
		k, known := at[key]
		if !known {
			k = len(out)
			at[key] = k
			out = append(out, Lesson{Concept: d.Concept, Locale: d.Locale, Source: g.Concept(i).Source, Expected: d.Expected, Found: d.Found})
		}
		l := &out[k]
		l.Count++
		if !slices.Contains(l.By, d.By) {
			l.By = append(l.By, d.By)
		}
		if len(l.Examples) < 3 {
			l.Examples = append(l.Examples, d)
		}
	}
	slices.SortStableFunc(out, func(a, b Lesson) int { return cmp.Compare(b.Count, a.Count) })
	return out, nil
}

// listedIn reports whether the glossary lists a rendering as right.
func listedIn(c *glossary.Concept, locale, text string) bool {
	ts := c.Targets[locale]
	for _, list := range [][]glossary.Term{ts.Preferred, ts.Accepted, ts.Derived} {
		for _, t := range list {
			if t.Text == text {
				return true
			}
		}
	}
	return false
}
