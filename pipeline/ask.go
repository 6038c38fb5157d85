package pipeline

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"dragoman/content"
	"dragoman/glossary"
	"dragoman/internal/edition"
	"dragoman/internal/engine"
	"dragoman/internal/memory"
)

// EngineRule is what a house decides about one engine.
type EngineRule struct {
	// Wait has editions wait while the engine is down; else they go to the next
	// on the route, and wait only where that does not help either.
	Wait bool
	// Redact hides the names that the glossary marks sensitive from it.
	Redact bool
	// Budget is what it may cost in a calendar month, in millionths of its
	// currency's unit, 0 for no limit. It is for reports: the Ledger holds to it.
	Budget int64
}

// answer is an engine's translation of one segment.
type answer struct {
	text   string
	origin edition.Origin
}

// asked is what came of asking the engines of a route.
type asked struct {
	answers map[int]answer
	left    []int // segments without an answer
	// wait is why an engine that is worth waiting for is down, nil for none.
	wait *engine.Error
	// troubles are the errors of the segments that are left, the last of each.
	troubles map[int]*engine.Error
	// refused says that an engine did not take the credentials; worked, that
	// some engine gave something that could be used.
	refused *engine.Error
	worked  bool
	tallies []edition.EngineTally
}

// ask goes down the route until every segment has an answer: a segment that an
// engine cannot do, or that comes back unfit to use, goes to the next one. An
// engine that is down is waited for or passed over, as the house has decided.
// The error is one of this program or of its database, or ctx's.
//
// It ends before the step's own time does: what has been answered by then is
// in the ledger, and the error is an *edition.Later, so that the step goes on
// with the rest at once, as long as something was answered or did not get its
// turn with the engine.
func (dr *drafter) ask(ctx context.Context, open []int) (*asked, error) {
	whole := ctx
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Until(deadline)*4/5)
		defer cancel()
	}
	a, err := dr.askRoute(ctx, open)
	var cut *cutOff
	if errors.As(err, &cut) && (cut.answered > 0 || cut.queued) && whole.Err() == nil {
		return nil, &edition.Later{At: dr.p.store.Now()}
	}
	return a, err
}

// cutOff is the error of a question that ctx has ended, with how many of its
// segments had been answered anew by then, and kept, and whether some were
// still waiting for their turn.
type cutOff struct {
	error
	answered int
	queued   bool
}

func (c *cutOff) Unwrap() error { return c.error }

func (dr *drafter) askRoute(ctx context.Context, open []int) (*asked, error) {
	a := &asked{answers: map[int]answer{}, left: open, troubles: map[int]*engine.Error{}}
	var down *engine.Error
	for _, e := range dr.route {
		if len(a.left) == 0 {
			break
		}
		fault, err := dr.askOne(ctx, a, e)
		if err != nil {
			return nil, err
		}
		if fault == nil {
			continue
		}
		if dr.p.cfg.Engines[e.Name()].Wait {
			a.wait = fault
			return a, nil
		}
		if down == nil {
			down = fault
		}
	}
	if len(a.left) > 0 {
		a.wait = down
	}
	return a, nil
}

// askOne asks one engine for what is left. down is why it cannot be reached.
func (dr *drafter) askOne(ctx context.Context, a *asked, e engine.Engine) (down *engine.Error, err error) {
	q := dr.question(e, a.left)
	for _, i := range q.kept {
		a.troubles[i] = &engine.Error{Engine: e.Name(), Kind: engine.Permanent, What: "a name that must not leave the house cannot be hidden in the sentence (it has no term for this locale in the glossary, or is written in a way of its own)", Remedy: "translate the sentence by hand", Trouble: edition.Trouble{Reason: edition.TroubleNameKept}}
	}
	if len(q.at) == 0 {
		return nil, nil
	}
	replies, err := send(ctx, e, q.request)
	if err != nil {
		return nil, err
	}
	texts := map[int]string{}
	left := slices.Clone(q.kept)
	for n, i := range q.at {
		text, fault := q.read(n, replies[n])
		if fault == nil {
			texts[i] = text
			continue
		}
		left = append(left, i)
		a.troubles[i] = fault
		dr.p.log.Info("engine refused a segment", "engine", e.Name(), "segment", i, "error", fault)
		switch fault.Kind {
		case engine.Retryable:
			if down == nil {
				down = fault
			}
		case engine.Auth:
			a.refused = fault
		}
	}
	a.worked = a.worked || len(texts) > 0
	if err := dr.holdToTerms(ctx, a, e, texts); err != nil {
		return nil, err
	}
	for i, text := range texts {
		a.answers[i] = answer{text, edition.Origin{Kind: edition.FromEngine, Engine: e.Name()}}
		delete(a.troubles, i)
		dr.pseudo = dr.pseudo || !e.Info().Publishable
	}
	slices.Sort(left)
	a.left = left
	return down, nil
}

// send asks an engine; the error of a call that failed as a whole is that of
// each segment. The error is ctx's, or no engine's.
func send(ctx context.Context, e engine.Engine, r engine.Request) ([]engine.Reply, error) {
	replies, err := e.Translate(ctx, r)
	if ctx.Err() != nil {
		cut := &cutOff{error: ctx.Err()}
		for _, r := range replies {
			if r.Err == nil && r.Text != "" && !r.Cached {
				cut.answered++
			}
			cut.queued = cut.queued || errors.Is(r.Err, engine.ErrQueued)
		}
		return nil, cut
	}
	for _, r := range replies {
		if errors.Is(r.Err, engine.ErrJournal) && engine.KindOf(r.Err) != engine.Quota {
			return nil, r.Err // the database's fault, not the engine's
		}
	}
	if err == nil {
		return replies, nil
	}
	var ee *engine.Error
	if !errors.As(err, &ee) {
		return nil, err
	}
	replies = make([]engine.Reply, len(r.Segments))
	for i := range replies {
		replies[i].Err = ee
	}
	return replies, nil
}

// holdToTerms verifies what an engine gave, asks again for the segments that
// miss a term, and repairs by rule what is certain. It puts the best wording of
// each segment into texts and counts the terms by the step that won them; what
// is missed still is found by the checks, and a person's.
func (dr *drafter) holdToTerms(ctx context.Context, a *asked, e engine.Engine, texts map[int]string) error {
	won := map[string]int{}
	missed := map[int]map[int]bool{}
	for i, text := range texts {
		required, miss := dr.terms(i, text)
		won[edition.TermByEngine] += required - len(miss)
		if len(miss) > 0 {
			missed[i] = miss
		}
	}
	better := func(step string, i int, text string) {
		_, miss := dr.terms(i, text)
		if len(miss) >= len(missed[i]) {
			return
		}
		won[step] += len(missed[i]) - len(miss)
		texts[i], missed[i] = text, miss
		if len(miss) == 0 {
			delete(missed, i)
		}
	}
	if err := dr.askAgain(ctx, e, missed, func(i int, text string) { better(edition.TermAgain, i, text) }); err != nil {
		return err
	}
	for _, i := range sortedKeys(missed) {
		text, _ := dr.g.Repair(dr.locale.Tag, dr.d.segs[i].Source, dr.d.lic[i], texts[i])
		if text != texts[i] && len(engine.Contract(engine.Segment{Text: dr.d.segs[i].Source}, text, dr.locale.Tag)) == 0 {
			better(edition.TermRepaired, i, text)
		}
	}
	for _, miss := range missed {
		won[edition.TermByPerson] += len(miss)
	}
	for _, step := range edition.TermSteps() {
		if won[step] > 0 {
			a.tallies = append(a.tallies, edition.EngineTally{
				Engine: e.Name(), Locale: dr.locale.Tag, Month: dr.p.month(dr.p.store.Now()), Kind: edition.TallyTerm, Name: step, N: won[step],
			})
		}
	}
	return nil
}

// askAgain asks an engine that takes hints once more for the segments that miss
// terms, and says which. What comes back unfit is as if nothing had.
func (dr *drafter) askAgain(ctx context.Context, e engine.Engine, missed map[int]map[int]bool, f func(i int, text string)) error {
	if len(missed) == 0 || !e.Info().Hints {
		return nil
	}
	q := dr.question(e, sortedKeys(missed))
	for n, i := range q.at {
		q.request.Segments[n].Missed = dr.hintsOf(e, i, func(concept int) bool { return missed[i][concept] })
	}
	q.drop(func(n int) bool { return len(q.request.Segments[n].Missed) == 0 })
	if len(q.at) == 0 {
		return nil
	}
	replies, err := send(ctx, e, q.request)
	if err != nil {
		return err
	}
	for n, i := range q.at {
		if text, fault := q.read(n, replies[n]); fault == nil {
			f(i, text)
		}
	}
	return nil
}

func sortedKeys[V any](m map[int]V) []int {
	keys := make([]int, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// terms says how many concepts a wording of a segment has to render, and which
// of them it does not.
func (dr *drafter) terms(i int, text string) (required int, missed map[int]bool) {
	all := map[int]bool{}
	missed = map[int]bool{}
	for _, v := range dr.g.Verify(nil, dr.locale.Tag, dr.d.segs[i].Source, dr.d.lic[i], text) {
		all[v.Concept] = true
		if v.Result == glossary.ResultFail {
			missed[v.Concept] = true
		}
	}
	return len(all), missed
}

// question is what one engine is asked for some segments.
type question struct {
	dr      *drafter
	request engine.Request
	at      []int     // the segment of each in the request
	hidden  [][]alias // the names taken out of each
	kept    []int     // segments that must not be sent
}

// question makes the request to an engine for some segments, with their terms,
// the memory's best examples, and without the names that it must not see.
func (dr *drafter) question(e engine.Engine, segs []int) *question {
	meta := &dr.d.doc.Meta
	q := &question{dr: dr, request: engine.Request{
		Source: sourceLocale, Target: dr.locale.Tag, Confidential: meta.Confidential,
		Account:  engine.Account{Release: dr.d.rev.Release, Edition: dr.edition},
		Document: engine.Document{Title: meta.Title, Labels: map[string]string{"locale": dr.locale.Tag, "release": meta.Slug}},
	}}
	redact := dr.redacts(e)
	if redact {
		delete(q.request.Document.Labels, "release") // its address is made of its title
		if dr.mustStay(content.Escape(meta.Title)) {
			q.request.Document.Title = ""
		}
	}
	for _, i := range segs {
		s := engine.Segment{Text: dr.d.segs[i].Source, Codes: dr.codes(i)}
		var hidden []alias
		if redact {
			var ok bool
			if s.Text, hidden, ok = dr.hide(i); !ok {
				q.kept = append(q.kept, i)
				continue
			}
		}
		s.Terms = dr.hintsOf(e, i, nil)
		s.Examples = dr.examples(e, i)
		q.at, q.hidden = append(q.at, i), append(q.hidden, hidden)
		q.request.Segments = append(q.request.Segments, s)
	}
	return q
}

// drop takes out the segments for which f holds.
func (q *question) drop(f func(n int) bool) {
	var at []int
	var hidden [][]alias
	var segs []engine.Segment
	for n := range q.at {
		if !f(n) {
			at, hidden, segs = append(at, q.at[n]), append(hidden, q.hidden[n]), append(segs, q.request.Segments[n])
		}
	}
	q.at, q.hidden, q.request.Segments = at, hidden, segs
}

// read gives the words of a reply, with the names that were hidden put back.
func (q *question) read(n int, r engine.Reply) (string, *engine.Error) {
	if r.Err != nil {
		var e *engine.Error
		if !errors.As(r.Err, &e) {
			e = &engine.Error{Kind: engine.Permanent, What: "the call failed", Err: r.Err}
		}
		return "", e
	}
	if len(q.hidden[n]) == 0 {
		return r.Text, nil
	}
	text, err := q.dr.unhide(q.at[n], r.Text, q.hidden[n])
	if err != nil {
		return "", &engine.Error{Engine: r.Engine, Kind: engine.Broken, What: err.Error(), Remedy: "translate the sentence by hand, or with an engine in the house", Trouble: edition.Trouble{Reason: unhidden(err)}}
	}
	return text, nil
}

// hintsOf are the terms that a segment requires, as an engine may know them.
// want, unless nil, chooses among the concepts.
func (dr *drafter) hintsOf(e engine.Engine, i int, want func(concept int) bool) []engine.Hint {
	var hs []engine.Hint
	for _, o := range dr.d.lic[i] {
		if o.Nested || want != nil && !want(o.Concept) || dr.redacts(e) && dr.isSensitive(o.Concept) {
			continue
		}
		name := dr.d.segs[i].Source[o.Start:o.End]
		t := dr.g.Preferred(dr.locale.Tag, o.Concept)
		if t == "" || dr.redacts(e) && (dr.mustStay(name) || dr.sensitiveTarget(t)) {
			continue
		}
		hs = append(hs, engine.Hint{Source: content.Plain(name), Target: t})
	}
	return hs
}

// mostExamples and leastLike bound the memory's sentences that go along.
const (
	mostExamples = 3
	leastLike    = 50
)

// examples are approved translations of similar sentences, for an engine that
// makes use of them. What is confidential stays in the house.
func (dr *drafter) examples(e engine.Engine, i int) []engine.Example {
	info := e.Info()
	if !info.Examples {
		return nil
	}
	var out []engine.Example
	for _, m := range dr.p.memory.index.Lookup(memory.Query{
		Locale: dr.locale.Tag, Text: dr.d.segs[i].Source, Terms: listed(dr.d.lic[i]), Threshold: leastLike, Limit: 4 * mostExamples, All: true,
	}) {
		if m.Outdated || m.Entry.Confidential && !info.Local || len(out) == mostExamples {
			continue
		}
		if dr.redacts(e) && (dr.mustStay(m.Entry.Source) || dr.sensitiveTarget(m.Entry.Target)) {
			continue
		}
		out = append(out, engine.Example{Source: content.Plain(m.Entry.Source), Target: content.Plain(m.Entry.Target)})
	}
	return out
}

// permitted are the engines on a locale's route that may see a document, and
// what keeps the others from it.
func (p *Pipeline) permitted(locale string, confidential bool) (route []engine.Engine, hold edition.Hold) {
	local := slices.Contains(p.cfg.LocalOnly, locale)
	var outside []string
	for _, e := range p.cfg.Routes[locale] {
		if (confidential || local) && !e.Info().Local {
			outside = append(outside, e.Name())
			continue
		}
		route = append(route, e)
	}
	if len(outside) == 0 {
		return route, hold
	}
	hold = edition.Hold{Kind: edition.HoldLocal, Engine: strings.Join(outside, ", ")}
	if confidential {
		hold.Kind = edition.HoldConfidential
	}
	return route, hold
}
