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
// before that is used, each in a short transaction of its own; it keeps the
// raw replies, so that nothing is paid for twice, and holds the engines to
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
	keys     []content.Hash // nil for a trial
	estimate int64
	info     engine.Info
}

var (
	_ engine.Journal = (*Ledger)(nil)
	_ engine.Cache   = (*Ledger)(nil)
)

// NewLedger makes the ledger over a store. budgets are what engines, by name,
// may cost in a calendar month (UTC), in millionths of the currency's unit;
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
	keys := keysOf(c)
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

func keysOf(c engine.Call) []content.Hash {
	keys := make([]content.Hash, len(c.Request.Segments))
	for i := range keys {
		keys[i] = engine.Key(c.Engine, c.Info, c.Request, i)
	}
	return keys
}

// Intent books a call that is about to be made, at what it may cost, and
// refuses it where that would exceed the engine's budget.
func (l *Ledger) Intent(ctx context.Context, c engine.Call) (int64, error) {
	o := &openCall{info: c.Info, estimate: c.Info.Price.Cost(c.Size.CodePoints, c.Size.CodePoints*5/4)}
	if !c.Request.Trial {
		o.keys = keysOf(c)
	}
	o.EngineCall = edition.EngineCall{
		Engine: c.Engine, Model: c.Model, Locale: c.Request.Target, Release: c.Request.Account.Release, Edition: c.Request.Account.Edition,
		Confidential: c.Request.Confidential, Segments: len(c.Request.Segments), Characters: c.Size.CodePoints, Attempt: c.Attempt,
		Price: o.estimate, Currency: c.Info.Price.Currency,
	}
	err := l.store.InTx(ctx, func(tx Tx) error { return tx.BeginCall(ctx, &o.EngineCall, o.keys, l.budgets[c.Engine]) })
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
	replies, tallies := c.kept(o)
	return l.store.InTx(ctx, func(tx Tx) error { return tx.EndCall(ctx, &c.EngineCall, c.estimate, replies, tallies) })
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

// kept are the replies of a call for the cache, and the counts of the rules
// that they broke.
func (c *openCall) kept(o engine.Outcome) (replies []edition.EngineReply, tallies []edition.EngineTally) {
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
	for i, held := range o.Held {
		count(held.Err)
		if i >= len(c.keys) || held.Err != nil && engine.KindOf(held.Err) != engine.Broken {
			continue
		}
		r := edition.EngineReply{Key: c.keys[i], Text: o.Replies[i].Text, Raw: o.Replies[i].Raw, Confidential: c.Confidential}
		if len(r.Raw) > mostRaw || r.Raw == r.Text {
			r.Raw = ""
		}
		if held.Err != nil {
			if r.Broken = 1; len(r.Text) > mostRaw {
				r.Text = ""
			}
		}
		replies = append(replies, r)
	}
	if o.Err != nil && engine.KindOf(o.Err) == "" { // cut off, as by a crash
		for _, k := range c.keys {
			replies = append(replies, edition.EngineReply{Key: k, Confidential: c.Confidential, Lost: 1})
		}
	}
	return replies, tallies
}
