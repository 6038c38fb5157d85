package edition

import (
	"fmt"
	"strings"
	"time"

	"dragoman/content"
)

// CallStatus is what came of a call to an engine.
type CallStatus string

// The statuses of a call. One that stays CallIntended while nobody works on it
// was interrupted, and becomes CallUnknown.
const (
	CallIntended CallStatus = "intent"  // about to be made
	CallDone     CallStatus = "done"    // answered, and billed
	CallFailed   CallStatus = "failed"  // refused, and not billed
	CallUnknown  CallStatus = "unknown" // nobody knows whether it was carried out and billed
)

// EngineCall is one line of the ledger: a call to an engine, written before it
// is made and again when it has ended.
type EngineCall struct {
	ID            int64
	Engine, Model string
	Locale        string
	Release       int64 // 0 where it was for none
	Edition       int64
	Confidential  bool
	Segments      int
	// Characters are the code points sent, CharactersOut those that came back.
	Characters, CharactersOut int
	Attempt                   int
	Status                    CallStatus
	// Price is in millionths of the currency's unit: what the call may cost at
	// most before it has ended, then what it cost.
	Price    int64
	Currency string
	Started  time.Time
	Ended    time.Time
	// Detail says why it failed, to a person.
	Detail string
}

// Month is the month of the ledger that a time falls in, such as "2026-11", on
// the clocks of the time's own zone: the house's, by which its budgets run.
func Month(t time.Time) string { return t.Format("2006-01") }

// EngineReply is an engine's reply to one segment, as the cache keeps it.
type EngineReply struct {
	Key content.Hash
	// Text is coded text as the engine gave it, "" where none arrived; Raw is
	// what the service sent.
	Text, Raw      string
	Engine, Locale string
	// Confidential replies were made from text that must not leave the house.
	Confidential bool
	// Broken is how often in a row it broke the contract, Lost how often the
	// program ended before it came.
	Broken, Lost int
	Created      time.Time
}

// Kinds of EngineTally.
const (
	TallyTerm  = "term"  // by the step that won it: engine, again, repair, person
	TallyBroke = "broke" // replies that broke the contract, by rule
)

// The steps by which a term comes to be right, in their order.
const (
	TermByEngine = "engine" // the engine rendered it at once
	TermAgain    = "again"  // when it was asked again
	TermRepaired = "repair" // by rule, where that is certain
	TermByPerson = "person" // not at all: a person has to
)

// TermSteps lists the steps in their order.
func TermSteps() []string { return []string{TermByEngine, TermAgain, TermRepaired, TermByPerson} }

// EngineTally counts something of an engine's work in a locale and month.
type EngineTally struct {
	Engine, Locale, Month string
	Kind, Name            string
	N                     int
}

// EngineSum is what an engine was sent in a locale and month, or for a release
// in a locale.
type EngineSum struct {
	Engine        string `json:"engine"`
	Locale        string `json:"locale"`
	Month         string `json:"month,omitempty"`
	Release       int64  `json:"release,omitempty"` // 0 in sums by month, and for trials
	Title         string `json:"title,omitempty"`
	Calls         int    `json:"calls"`
	Unknown       int    `json:"unknown"`
	Characters    int    `json:"characters"`
	CharactersOut int    `json:"characters_out"`
	Price         int64  `json:"price_millionths"`
	Currency      string `json:"currency,omitempty"`
}

// OverBudget is the error of a call that would exceed a month's budget; nothing
// was written. The amounts are in millionths of the currency's unit.
type OverBudget struct {
	Engine, Month, Currency string
	Spent, Budget           int64
}

func (o *OverBudget) Error() string {
	return fmt.Sprintf("the budget of engine %s for %s, %s, is spent (%s so far)", o.Engine, o.Month, Money(o.Budget, o.Currency), Money(o.Spent, o.Currency))
}

// Money writes an amount in millionths of a currency's unit, such as
// "12.50 USD"; parts below a hundredth are rounded up.
func Money(millionths int64, currency string) string {
	cents := (millionths + 9_999) / 10_000
	return strings.TrimSpace(fmt.Sprintf("%d.%02d %s", cents/100, cents%100, currency))
}
