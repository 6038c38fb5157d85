package pipeline

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"dragoman/content"
	"dragoman/glossary"
	"dragoman/internal/edition"
	"dragoman/internal/engine"
)

// EngineAnswer is what the engines of a route gave for one target.
type EngineAnswer struct {
	Target   int64
	Position int
	// Text is coded text, "" where no engine could do it; Why then says why.
	Text   string
	Origin edition.Origin
	Why    string
	// Trouble is Why for the desk's catalogues.
	Trouble edition.Trouble
	// Source is the exact hash of the segment that it answers, of Revision, and
	// Findings are what the checks found in it under the glossary version
	// Glossary: all that a version of the target needs.
	Source   content.Hash
	Revision int64
	Glossary int64
	Findings []edition.Finding
}

// AskEngines asks the engines of an edition's route for new words for some of
// its targets, whatever stands in them, under the glossary that counts: through
// the cache, the ledger and its budgets, and held to the terms. It writes
// nothing to the edition; a batch saves what it wants of the answers in a
// transaction of its own, after seeing there that target, revision and
// glossary version are still those of the answer. Asking twice for the same is
// answered from the cache and costs nothing. There is one answer for each
// target that still has its segment, in the order of the document.
//
// The error is an *edition.Later where an engine that is waited for is down: a
// job returns it, and is done again then. Do not call it in a transaction.
func (p *Pipeline) AskEngines(ctx context.Context, ed int64, targets []int64) ([]EngineAnswer, error) {
	if err := p.Refresh(ctx); err != nil {
		return nil, err
	}
	dr, at, err := p.places(ctx, p.terms.Load(), ed, targets)
	if err != nil {
		return nil, err
	}
	a, err := dr.ask(ctx, sortedKeys(at))
	if err != nil {
		return nil, err
	}
	if len(a.tallies) > 0 {
		if err := p.store.InTx(ctx, func(tx Tx) error { return tx.AddTallies(ctx, a.tallies) }); err != nil {
			return nil, err
		}
	}
	if a.wait != nil {
		p.log.Warn("an engine is waited for", "edition", ed, "error", a.wait)
		return nil, &edition.Later{At: p.store.Now().Add(lookAgain(a.wait))}
	}
	var out []EngineAnswer
	for _, i := range sortedKeys(at) {
		seg := &dr.d.segs[i]
		ans := EngineAnswer{Target: at[i], Position: i, Source: seg.Exact, Revision: dr.d.rev.ID, Glossary: dr.g.version}
		if got, ok := a.answers[i]; ok {
			ans.Text, ans.Origin = got.text, got.origin
			ans.Findings = dr.examine(i, got.text, got.origin)
		} else if e := a.troubles[i]; e != nil {
			ans.Why, ans.Trouble = e.Safe(), e.Told()
			ans.Trouble.Where, ans.Trouble.See = cmp.Or(ans.Trouble.Where, e.Engine), cmp.Or(ans.Trouble.See, e.Engine)
		} else if ans.Why = dr.hold.Why(); ans.Why != "" {
			ans.Trouble = edition.Trouble{Reason: edition.TroubleOutside}
		} else {
			ans.Why, ans.Trouble = "no engine is on the route of "+dr.locale.Tag, edition.Trouble{Reason: edition.TroubleNoEngine}
		}
		out = append(out, ans)
	}
	return out, nil
}

// places opens an edition and gives the segments of some of its targets, by
// position.
func (p *Pipeline) places(ctx context.Context, g *terms, ed int64, targets []int64) (*drafter, map[int]int64, error) {
	e, err := p.store.Edition(ctx, ed)
	if err != nil {
		return nil, nil, err
	}
	rev, err := p.store.Revision(ctx, e.Revision)
	if err != nil {
		return nil, nil, err
	}
	d, err := p.open(ctx, g, rev)
	if err != nil {
		return nil, nil, err
	}
	dr, err := p.drafter(g, d, e)
	if err != nil {
		return nil, nil, err
	}
	ts, err := p.store.Targets(ctx, ed)
	if err != nil {
		return nil, nil, err
	}
	at := map[int]int64{}
	for _, t := range ts {
		if t.Position >= 0 && t.Position < len(d.segs) && slices.Contains(targets, t.ID) {
			at[t.Position] = t.ID
		}
	}
	return dr, at, nil
}

// EngineAsk are targets of an edition that engines may be asked for.
type EngineAsk struct {
	Edition int64
	Targets []int64
}

// EngineQuote is what an engine would be sent for one locale, and what that
// would cost, if it answered everything.
type EngineQuote struct {
	Locale string `json:"locale"`
	// Engine is "" for segments that no engine on the route may be asked for;
	// Why then says why.
	Engine string `json:"engine"`
	Why    string `json:"why,omitempty"`
	Local  bool   `json:"local"`
	// Segments are those that would be sent, Known those whose reply is in the
	// cache and costs nothing.
	Segments int `json:"segments"`
	Known    int `json:"known"`
	// Characters are code points as they would be sent, mark-up included.
	Characters int `json:"characters"`
	// Price is in millionths of the currency's unit.
	Price    int64  `json:"price_millionths"`
	Currency string `json:"currency,omitempty"`
	// Takes is the least time that the engine's rate of characters allows, 0
	// where it has none (nanoseconds).
	Takes time.Duration `json:"takes"`
}

// QuoteEngines says what asking engines for some targets would send and cost,
// by locale and engine, after the cache, under a glossary that may not count
// yet (nil for the one that does). It asks nobody and writes nothing.
func (p *Pipeline) QuoteEngines(ctx context.Context, g *glossary.Glossary, asks []EngineAsk) ([]EngineQuote, error) {
	under := p.terms.Load()
	if g != nil {
		under = &terms{Glossary: g, ids: make([]int64, g.Len()), version: under.version, exceptions: exceptionsOf(g)}
	}
	q := newQuotes()
	for _, ask := range asks {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		dr, at, err := p.places(ctx, under, ask.Edition, ask.Targets)
		if err != nil {
			return nil, fmt.Errorf("edition %d: %w", ask.Edition, err)
		}
		if err := q.add(ctx, dr, sortedKeys(at)); err != nil {
			return nil, err
		}
	}
	return q.list(), nil
}

// quotes add up what engines would be sent.
type quotes struct {
	lines map[[2]string]*EngineQuote
	paid  map[paidFor]bool // what an engine that keeps its replies is sent once
}

type paidFor struct {
	engine string
	key    content.Hash
}

func newQuotes() quotes {
	return quotes{map[[2]string]*EngineQuote{}, map[paidFor]bool{}}
}

// unpaid is an engine that can say what it would be sent.
type unpaid interface {
	Unpaid(ctx context.Context, r engine.Request) ([]engine.Due, error)
}

// add counts segments of one document on the first engine of the route that
// has the language, and those that it must not see on the next; an engine that
// answers at once costs nothing.
func (q quotes) add(ctx context.Context, dr *drafter, segs []int) error {
	return q.addEach(ctx, dr, segs, func(int) int { return 1 })
}

// addEach is add of segments that each stand for some, by position.
func (q quotes) addEach(ctx context.Context, dr *drafter, segs []int, times func(i int) int) error {
	if len(segs) == 0 {
		return nil
	}
	all := func(of []int) (n int) {
		for _, i := range of {
			n += times(i)
		}
		return n
	}
	why := cmp.Or(dr.hold.Why(), "no engine is on the route")
	for _, e := range dr.route {
		info := e.Info()
		if !info.Languages.Has(sourceLocale, dr.locale.Tag) {
			continue
		}
		ask := dr.question(e, segs)
		line := q.line(dr.locale.Tag, e.Name())
		line.Local, line.Currency = info.Local, info.Price.Currency
		sent, characters, err := q.due(ctx, e, ask, times)
		if err != nil {
			return err
		}
		line.Segments += sent
		line.Known += all(ask.at) - sent
		line.Characters += characters
		line.Price += info.Price.Cost(characters, characters*5/4)
		if rate := info.Limits.CharactersPerMinute; rate > 0 {
			line.Takes = time.Duration(float64(line.Characters) / float64(rate) * float64(time.Minute))
		}
		if segs = ask.kept; len(segs) == 0 { // else the next one may see them
			return nil
		}
		why = "a name that must not leave the house cannot be hidden in the sentence"
	}
	q.nobody(dr, all(segs), why)
	return nil
}

// due counts the segments of a question that an engine would be sent, and their
// characters. What it keeps the reply of counts once, in all that is quoted.
func (q quotes) due(ctx context.Context, e engine.Engine, ask *question, times func(i int) int) (segments, characters int, err error) {
	u, ok := e.(unpaid)
	if !ok {
		for n, s := range ask.request.Segments {
			segments += times(ask.at[n])
			characters += times(ask.at[n]) * engine.SizeOf(s.Text).CodePoints
		}
		return segments, characters, nil
	}
	dues, err := u.Unpaid(ctx, ask.request)
	for _, d := range dues {
		n := times(ask.at[d.At])
		if d.Key != (content.Hash{}) {
			if key := (paidFor{e.Name(), d.Key}); q.paid[key] {
				continue
			} else {
				q.paid[key], n = true, 1
			}
		}
		segments += n
		characters += n * d.Size.CodePoints
	}
	return segments, characters, err
}

func (q quotes) line(locale, name string) *EngineQuote {
	key := [2]string{locale, name}
	if q.lines[key] == nil {
		q.lines[key] = &EngineQuote{Locale: locale, Engine: name}
	}
	return q.lines[key]
}

func (q quotes) nobody(dr *drafter, n int, why string) {
	line := q.line(dr.locale.Tag, "")
	line.Segments += n
	line.Why = why
}

// list gives the quotes by locale and engine.
func (q quotes) list() []EngineQuote {
	out := make([]EngineQuote, 0, len(q.lines))
	for _, line := range q.lines {
		out = append(out, *line)
	}
	slices.SortFunc(out, func(a, b EngineQuote) int {
		return cmp.Or(cmp.Compare(a.Locale, b.Locale), cmp.Compare(a.Engine, b.Engine))
	})
	return out
}
