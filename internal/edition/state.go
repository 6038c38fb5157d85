package edition

import (
	"fmt"
	"slices"
)

// State is where an edition stands on its way from draft to publication.
type State string

// The states of an edition.
const (
	Drafting  State = "drafting"  // the machine is at work
	InReview  State = "in_review" // people are at work
	Approved  State = "approved"
	Scheduled State = "scheduled" // approved, waits for its embargo
	Published State = "published"
	Revising  State = "revising" // a new source revision or a proposal waits; what is public stays public
	Failed    State = "failed"   // a step gave up; Edition.Reason says why
	Withdrawn State = "withdrawn"
)

// States lists every state in the order of the work.
func States() []State {
	return []State{Drafting, InReview, Revising, Approved, Scheduled, Published, Failed, Withdrawn}
}

// Event is a named reason for an edition to change its state.
type Event string

// The events. Their names stand in the audit log.
const (
	Drafted  Event = "drafted"  // every segment has what the machine can give
	Approve  Event = "approve"  // a person approved the edition
	Schedule Event = "schedule" // an embargo keeps an approved edition back
	Publish  Event = "publish"  // the edition was written to the public place
	Reopen   Event = "reopen"   // a person sends it back to review
	Revise   Event = "revise"   // the source changed, or a proposal waits
	Fail     Event = "fail"     // a step gave up after its retries
	Retry    Event = "retry"    // a person asks for another attempt at drafting
	Again    Event = "again"    // a person asks for another attempt at publishing what was approved
	Withdraw Event = "withdraw" // a person takes it out
	Settle   Event = "settle"   // the proposals of a glossary change are decided; approved as before
)

// transitions is the one table of an edition's life: for each event, the
// states it may happen in and the state it leads to.
var transitions = map[Event]map[State]State{
	Drafted:  {Drafting: InReview, Revising: Revising},
	Approve:  {InReview: Approved, Revising: Approved},
	Schedule: {Approved: Scheduled},
	Publish:  {Approved: Published, Scheduled: Published},
	Reopen:   {Drafting: InReview, Approved: InReview, Scheduled: InReview, Published: Revising, Withdrawn: InReview, Failed: InReview},
	Revise: {
		Drafting: Drafting, InReview: Drafting, Failed: Drafting, Withdrawn: Withdrawn,
		Approved: Revising, Scheduled: Revising, Published: Revising, Revising: Revising,
	},
	Fail:     {Drafting: Failed, Revising: Failed, Approved: Failed, Scheduled: Failed},
	Retry:    {Failed: Drafting},
	Again:    {Failed: Approved},
	Settle:   {Revising: Approved},
	Withdraw: {Drafting: Withdrawn, InReview: Withdrawn, Revising: Withdrawn, Approved: Withdrawn, Scheduled: Withdrawn, Published: Withdrawn, Failed: Withdrawn},
}

// TransitionError says that an event cannot happen in a state.
type TransitionError struct {
	From  State
	Event Event
}

func (e *TransitionError) Error() string {
	return fmt.Sprintf("an edition that is %s cannot take the step %q; that step needs one that is %v", e.From, e.Event, e.Event.From())
}

// From lists the states in which e may happen, in the order of the work.
func (e Event) From() []State {
	var from []State
	for _, s := range States() {
		if _, ok := transitions[e][s]; ok {
			from = append(from, s)
		}
	}
	return from
}

// After gives the state that e leads to from s, or a *TransitionError.
func (s State) After(e Event) (State, error) {
	next, ok := transitions[e][s]
	if !ok {
		return s, &TransitionError{From: s, Event: e}
	}
	return next, nil
}

// AtWork reports whether people may change targets of an edition in s.
func (s State) AtWork() bool { return s == InReview || s == Revising }

// Valid reports whether s is one of the states.
func (s State) Valid() bool { return slices.Contains(States(), s) }

// TargetState is the state of one target (XLIFF 2.1, section 4.3.1.31).
type TargetState string

// The states of a target.
const (
	Initial    TargetState = "initial"    // nothing to show yet
	Translated TargetState = "translated" // a version stands, nobody approved it for this source
	Reviewed   TargetState = "reviewed"   // a person approved the standing version for this exact source
	Final      TargetState = "final"      // its edition is approved
)
