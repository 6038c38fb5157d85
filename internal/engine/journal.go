package engine

import (
	"context"
	"time"

	"dragoman/content"
)

// Journal is told of every call to an engine before it is made and of what came
// of it before it is used: the ledger of what was sent and paid for, and the
// keeper of raw replies. Its methods are safe to call at once.
//
// Intent may refuse the call (a budget is spent): it then gives an *Error,
// which is the call's. Outcome follows every Intent that did not refuse, with a
// context that the caller's end does not cancel; its error fails the call,
// since a reply that could not be recorded must not be used.
type Journal interface {
	Intent(ctx context.Context, c Call) (receipt int64, err error)
	Outcome(ctx context.Context, receipt int64, o Outcome) error
}

// Call is one call that is about to be made.
type Call struct {
	Engine, Model string
	Info          Info
	Request       Request
	// Size is what is sent and, as a rule, billed.
	Size Size
	// Attempt counts from 1 for one batch.
	Attempt int
	At      time.Time
}

// Keys are what the replies to the segments are kept under, see Key.
func (c *Call) Keys() []content.Hash {
	if c.Request.keys == nil {
		c.Request.keys = make([]content.Hash, len(c.Request.Segments))
		for i := range c.Request.keys {
			c.Request.keys[i] = Key(c.Engine, c.Info, c.Request, i)
		}
	}
	return c.Request.keys
}

// Outcome is what came of a call.
type Outcome struct {
	// Replies as the engine gave them, one for each segment, before they were
	// held to the contract; nil where the call failed.
	Replies []Reply
	// Held gives the same replies as they will be used: cleaned and held to the
	// contract, with an Err of Kind Broken where they break it. That is found out
	// while the replies are being written down; Held waits for it.
	Held func() []Reply
	// Err is the call's error; with MayBeBilled set it is not known whether
	// the service did the work.
	Err  error
	Took time.Duration
}

// Unknown reports whether the call may have been carried out without a reply.
func (o Outcome) Unknown() bool {
	return o.Err != nil && (KindOf(o.Err) == "" || asError("", o.Err).MayBeBilled)
}
