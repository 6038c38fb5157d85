package pipeline

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
	"unicode/utf8"

	"dragoman/content"
	"dragoman/internal/edition"
	"dragoman/internal/engine"
)

// Ledger books every call to an engine before it is made and what came of it
// before that is used, apart from all other transactions; it keeps the raw
// replies, so that nothing is paid for twice, and holds the engines to
// their budgets. It is the journal and the cache of all engines of a process.
type Ledger struct {
	store Store
	// budgets are what engines may cost in a month, in millionths of their
	// currency's unit.
	budgets map[string]int64

	mu   sync.Mutex
	open map[int64]*openCall
}

// openCall is a call between its intent and its outcome.
type openCall struct {
	edition.EngineCall
	keys []content.Hash // nil for a trial
	info engine.Info
}

var (
	_ engine.Journal = (*Ledger)(nil)
	_ engine.Cache   = (*Ledger)(nil)
)

// NewLedger makes the ledger over a store. budgets are what engines, by name,
// may cost in a calendar month (of the database's zone), in millionths of the currency's unit;
// those not named have no limit.
func NewLedger(s Store, budgets map[string]int64) *Ledger {
	return &Ledger{store: s, budgets: budgets, open: map[int64]*openCall{}}
}

// forgetAfter is how long broken and lost replies count against an engine: the
// engine may have been put right since.
const forgetAfter = 24 * time.Hour

// Known gives what the cache has of the segments of c. Replies made from
// confidential text are for engines in the house only.
func (l *Ledger) Known(ctx context.Context, c engine.Call) ([]engine.Known, error) {
	keys := c.Keys()
	have, err := l.store.EngineReplies(ctx, keys)
	if err != nil {
		return nil, err
	}
	known := make([]engine.Known, len(keys))
	for i, k := range keys {
		r, ok := have[k]
		if !ok || r.Confidential && !c.Info.Local {
			continue
		}
		if r.Text != "" {
			known[i].Reply = &engine.Reply{Text: r.Text, Raw: r.Raw, Engine: r.Engine}
		}
		if l.store.Now().Sub(r.Created) < forgetAfter {
			known[i].Broken, known[i].Lost = r.Broken, r.Lost
		}
	}
	return known, nil
}

// Intent books a call that is about to be made, at what it may cost, and
// refuses it where that would exceed the engine's budget.
func (l *Ledger) Intent(ctx context.Context, c engine.Call) (int64, error) {
	o := &openCall{info: c.Info}
	if !c.Request.Trial {
		o.keys = c.Keys()
	}
	o.EngineCall = edition.EngineCall{
		Engine: c.Engine, Model: c.Model, Locale: c.Request.Target, Release: c.Request.Account.Release, Edition: c.Request.Account.Edition,
		Confidential: c.Request.Confidential, Segments: len(c.Request.Segments), Characters: c.Size.CodePoints, Attempt: c.Attempt,
		Price: c.Info.Price.Cost(c.Size.CodePoints, c.Size.CodePoints*5/4), Currency: c.Info.Price.Currency,
	}
	err := l.store.BeginCall(ctx, &o.EngineCall, o.keys, l.budgets[c.Engine])
	var over *edition.OverBudget
	if errors.As(err, &over) {
		return 0, &engine.Error{
			Engine: c.Engine, Kind: engine.Quota, Err: over,
			What:   fmt.Sprintf("this month's budget of %s is spent", edition.Money(over.Budget, over.Currency)),
			Remedy: "raise the engine's budget in the settings, or wait for the next month", Trouble: edition.Trouble{Reason: edition.TroubleBudget},
		}
	}
	if err != nil {
		return 0, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open[o.ID] = o
	return o.ID, nil
}

// Outcome books what came of a call, and keeps its replies.
func (l *Ledger) Outcome(ctx context.Context, receipt int64, o engine.Outcome) error {
	l.mu.Lock()
	c := l.open[receipt]
	delete(l.open, receipt)
	l.mu.Unlock()
	if c == nil {
		return fmt.Errorf("the ledger has no open call %d", receipt)
	}
	c.close(o)
	return l.store.EndCall(ctx, &c.EngineCall, c.replied(o), func() ([]edition.EngineReply, []edition.EngineTally) { return c.judged(o) })
}

// close works out what a call has come to.
func (c *openCall) close(o engine.Outcome) {
	switch {
	case o.Err == nil || engine.KindOf(o.Err) == engine.Broken: // it answered, however badly
		c.Status = edition.CallDone
		for _, r := range o.Replies {
			if r.Raw == "" {
				r.Raw = r.Text
			}
			c.CharactersOut += utf8.RuneCountInString(r.Raw)
		}
		c.Price = c.info.Price.Cost(c.Characters, c.CharactersOut)
	case o.Unknown():
		c.Status = edition.CallUnknown
	default:
		c.Status, c.Price = edition.CallFailed, 0
	}
	if o.Err != nil {
		c.Detail = safe(o.Err)
	}
}

// safe is an error as a person may read it, without what a service quoted.
func safe(err error) string {
	var e *engine.Error
	if errors.As(err, &e) {
		return e.Safe()
	}
	return err.Error()
}

// mostRaw bounds what is kept of what a service sent for one segment, in
// bytes; the contract's size rule bounds what is used.
const mostRaw = 64 << 10

// replied are the replies of a call for the cache, as they came.
func (c *openCall) replied(o engine.Outcome) (replies []edition.EngineReply) {
	if o.Unknown() {
		for _, k := range c.keys {
			replies = append(replies, edition.EngineReply{Key: k, Confidential: c.Confidential, Lost: 1})
		}
		return replies
	}
	for i, r := range o.Replies {
		if i >= len(c.keys) || r.Err != nil && engine.KindOf(r.Err) != engine.Broken {
			continue
		}
		kept := edition.EngineReply{Key: c.keys[i], Text: r.Text, Raw: r.Raw, Confidential: c.Confidential}
		if len(kept.Raw) > mostRaw || kept.Raw == kept.Text {
			kept.Raw = ""
		}
		replies = append(replies, kept)
	}
	return replies
}

// judged are the replies of a call for the cache with what they turned out to
// be, and the counts of the rules that they broke.
func (c *openCall) judged(o engine.Outcome) (replies []edition.EngineReply, tallies []edition.EngineTally) {
	count := func(err error) {
		var e *engine.Error
		if !errors.As(err, &e) {
			return
		}
		for _, v := range e.Violations {
			tallies = append(tallies, edition.EngineTally{Engine: c.Engine, Locale: c.Locale, Month: edition.Month(c.Started), Kind: edition.TallyBroke, Name: v.Rule, N: 1})
		}
	}
	count(o.Err)
	replies = c.replied(o)
	broken := map[content.Hash]bool{}
	for i, held := range o.Held() {
		count(held.Err)
		if i < len(c.keys) {
			broken[c.keys[i]] = engine.KindOf(held.Err) == engine.Broken // the same sentence twice: the later reply
		}
	}
	for i := range replies {
		if r := &replies[i]; broken[r.Key] {
			if r.Broken = 1; len(r.Text) > mostRaw {
				r.Text = ""
			}
		}
	}
	return replies, tallies
}
