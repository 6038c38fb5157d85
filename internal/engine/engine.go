// Package engine is the port to everything that machine-translates, and what
// all engines have in common: what an error means, how a request is cut to an
// engine's limits, when a call is tried again, and the contract that every
// reply has to keep before anybody sees it. An adapter (engine/google,
// engine/pseudo, …) speaks one service's language and decides nothing else;
// Limited puts the common part around it.
//
//	e, err := engine.Open(engine.Settings{Kind: "pseudo"}, engine.Config{})
//	replies, err := e.Translate(ctx, engine.Request{
//		Source: "en", Target: "ar",
//		Segments: []engine.Segment{{Text: "The ⟦1⟧Coalition⟦/1⟧ met."}},
//	})
package engine

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"dragoman/content"
)

// Engine machine-translates. An implementation speaks to one service and
// neither cuts requests, nor retries, nor waits: Limited does that.
//
// Translate sends r in at most one call and gives exactly one reply for each
// segment, in their order. A blank segment comes back as it is and is not
// sent; a request with nothing to send makes no call. It is idempotent as to
// its result (it changes nothing at the service) but not as to money: every
// call may be billed.
//
// An error means that no reply counts. It is an *Error, whose Kind says
// whether the same request can succeed later; what concerns one segment only
// (it is too long, its reply cannot be read) is in that segment's Reply.Err,
// an *Error too. Where ctx was cancelled, errors.Is(err, context.Canceled)
// holds; where its deadline passed, the error is of Kind Retryable.
//
// All methods are safe to call at once. Name and Info do no I/O.
type Engine interface {
	// Name is what people call this engine in the configuration, such as
	// "google" or "google-llm"; it stands in origins, ledgers and messages.
	Name() string
	Info() Info
	Translate(ctx context.Context, r Request) ([]Reply, error)
}

// Checker is an Engine that can be asked whether it works, at no cost: that it
// is reached, accepts the credentials, and knows what it was configured with.
// The error is as Translate's.
type Checker interface {
	Check(ctx context.Context) error
}

// Lister is an Engine that asks its service which languages it has. What it
// answers stands in Info.Languages from then on.
type Lister interface {
	Languages(ctx context.Context) (Languages, error)
}

// Measurer is an Engine that can tell how large segments become in the form in
// which they are sent, which is what limits and bills count. The result has one
// entry for each segment, as it would be sent within r; no I/O.
type Measurer interface {
	Measure(r Request) []Size
}

// Instant is an Engine that answers at once, out of itself: it can be asked
// within another step and needs no limits.
type Instant interface {
	Instant() bool
}

// Info is what an engine is, without asking it.
type Info struct {
	// Local means that the text does not leave the house: a confidential
	// release may go to a local engine only.
	Local bool
	// Publishable is false for engines whose output is for testing only; a
	// target from such an engine must never be approved or published.
	Publishable bool
	// Glossaries means that the engine has a glossary of its own in use, Hints
	// that it takes Segment.Terms, Examples that it takes Segment.Examples.
	Glossaries, Hints, Examples bool
	// Model is the model's short name, "" where there is only one; Variant names
	// what else decides the answers: a prompt's version, options, a glossary. A
	// reply may be used again while name, Model and Variant are the same.
	Model, Variant string
	// Limits are the service's own.
	Limits Limits
	Price  Price
	// Languages are those that it has; the zero value where that is not known.
	Languages Languages
}

// Limits bound one request and the flow of requests. Zero means no bound.
type Limits struct {
	// Items, CodePoints and Bytes bound what one request may hold, of the text
	// as it is sent.
	Items, CodePoints, Bytes int
	// Recommended is how many code points a request had better not exceed,
	// unless a single segment does.
	Recommended int
	// Concurrency is how many calls may be under way at once.
	Concurrency int
	// RequestsPerMinute and CharactersPerMinute (code points) bound the flow.
	RequestsPerMinute, CharactersPerMinute int
}

// Within gives the bounds of one request that keep both l and base, and for
// the flow of requests those of l, where it has any, else those of base.
func (l Limits) Within(base Limits) Limits {
	least := func(v *int, b int) {
		if b > 0 && *v > b {
			*v = b
		}
	}
	l = l.Or(base)
	least(&l.Items, base.Items)
	least(&l.CodePoints, base.CodePoints)
	least(&l.Bytes, base.Bytes)
	return l
}

// Or gives l with what it leaves open taken from base.
func (l Limits) Or(base Limits) Limits {
	pick := func(v *int, b int) {
		if *v == 0 {
			*v = b
		}
	}
	pick(&l.Items, base.Items)
	pick(&l.CodePoints, base.CodePoints)
	pick(&l.Bytes, base.Bytes)
	pick(&l.Recommended, base.Recommended)
	pick(&l.Concurrency, base.Concurrency)
	pick(&l.RequestsPerMinute, base.RequestsPerMinute)
	pick(&l.CharactersPerMinute, base.CharactersPerMinute)
	return l
}

// Price is what a million characters (code points) cost, in millionths of the
// currency's unit: In for what is sent, Out for what comes back. The zero
// value costs nothing.
type Price struct {
	Currency string // ISO 4217
	In, Out  int64
}

// Cost is the price in millionths of the currency's unit, rounded up.
func (p Price) Cost(charactersIn, charactersOut int) int64 {
	const million = 1_000_000
	return (int64(charactersIn)*p.In + int64(charactersOut)*p.Out + million - 1) / million
}

// Languages are the BCP 47 tags that an engine has: every source to every
// target, or single pairs where it has no more than those.
type Languages struct {
	Sources, Targets []string
	Pairs            [][2]string // source, target
}

// Known reports whether l says anything.
func (l Languages) Known() bool { return len(l.Targets) > 0 || len(l.Pairs) > 0 }

// Has reports whether source can be translated to target. A tag with a region
// or script is had where its language is ("pt-BR" by "pt"). What is not known
// is taken to be had: the service will say.
func (l Languages) Has(source, target string) bool {
	if !l.Known() {
		return true
	}
	for _, p := range l.Pairs {
		if covers(p[0], source) && covers(p[1], target) {
			return true
		}
	}
	return len(l.Targets) > 0 && anyCovers(l.Sources, source) && anyCovers(l.Targets, target)
}

func anyCovers(tags []string, tag string) bool {
	for _, t := range tags {
		if covers(t, tag) {
			return true
		}
	}
	return false
}

// covers reports whether the language had also serves want.
func covers(had, want string) bool {
	if strings.EqualFold(had, want) {
		return true
	}
	base, _, _ := strings.Cut(want, "-")
	return strings.EqualFold(had, base)
}

// Request is one thing to translate: segments of one document, in the
// document's order, from one language to another.
type Request struct {
	Source, Target string // BCP 47
	Segments       []Segment
	Document       Document
	// Confidential text must not leave the house: Limited refuses it to engines
	// that are not local.
	Confidential bool
	// Account is what the ledger books the call on; it is not sent.
	Account Account
	// Trial asks the engine anew whatever was replied before, and the reply is
	// not used again.
	Trial bool

	// glossary is what the engine's own glossary says of the pair.
	glossary *SyncedGlossary
	// keys are those of the segments' replies, nil where nobody asked for them.
	keys []content.Hash
}

// Account is the release and edition that a call is made for, 0 for none.
type Account struct{ Release, Edition int64 }

// Document is what an engine may know of the whole.
type Document struct {
	// Title is the document's title in the source language, for engines that
	// make use of context.
	Title string
	// Labels go with the call to the ledger and, where the service has such a
	// thing, to its bill: "release", "locale", "batch".
	Labels map[string]string
}

// Segment is one sentence to translate.
type Segment struct {
	// Text is coded text (package content).
	Text string
	// Codes say what the codes in Text stand for.
	Codes []content.Code
	// Terms are the terms that this segment requires.
	Terms []Hint
	// Missed are those of Terms that the engine's last reply did not render: it
	// is asked again because of them, and should be told so.
	Missed []Hint
	// Examples are approved translations of similar sentences, best first.
	Examples []Example
}

// Blank reports whether there is nothing in s to translate.
func (s Segment) Blank() bool { return strings.TrimSpace(content.Plain(s.Text)) == "" }

// Coded reports whether the text of s has codes.
func (s Segment) Coded() bool {
	return slices.ContainsFunc(content.Tokens(s.Text), func(t content.Token) bool { return t.Kind != content.Text })
}

// Hint is how a term of the source is rendered, in its dictionary form.
type Hint struct{ Source, Target string }

// Example is a sentence with its approved translation, both plain text.
type Example struct{ Source, Target string }

// Reply is the translation of one segment.
type Reply struct {
	// Text is coded text with the segment's codes; "" where Err is set.
	Text string
	// Engine is the name of the engine that gave it; Limited fills it in.
	Engine string
	// Raw is what the service sent for this segment, before anything was read
	// from it or put right.
	Raw string
	// Cached is set where the reply is a former one, used again.
	Cached bool
	// Err is of this segment alone, an *Error.
	Err error
}

// Size is how large something is on its way to a service.
type Size struct{ CodePoints, Bytes int }

// SizeOf is the size of text as it stands.
func SizeOf(text string) Size {
	return Size{CodePoints: utf8.RuneCountInString(text), Bytes: len(text)}
}

// measure gives the size of each segment of r as e sends it.
func measure(e Engine, r Request) []Size {
	if m, ok := e.(Measurer); ok {
		return m.Measure(r)
	}
	sizes := make([]Size, len(r.Segments))
	for i, s := range r.Segments {
		sizes[i] = SizeOf(s.Text)
	}
	return sizes
}

// DefaultTimeout is how long one call may take where nothing else is set.
const DefaultTimeout = 30 * time.Second
