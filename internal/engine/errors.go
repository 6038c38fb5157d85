package engine

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"dragoman/internal/edition"
	"dragoman/internal/engine/transport"
)

// Kind says what an engine's error means for the request. It is decided once,
// by the adapter.
type Kind string

// The kinds of error.
const (
	// Permanent: the same request will fail again.
	Permanent Kind = "permanent"
	// Retryable: the same request can succeed later, not before After.
	Retryable Kind = "retryable"
	// Quota: what was allotted or paid for is used up; waiting for minutes
	// does not help, another engine does.
	Quota Kind = "quota"
	// Auth: the credentials are missing, wrong or lack a right.
	Auth Kind = "auth"
	// Unsupported: the engine does not have the language pair.
	Unsupported Kind = "unsupported"
	// Broken: there was a reply and it breaks the contract (func Contract).
	Broken Kind = "contract"
)

// Error is what an engine fails with.
type Error struct {
	Engine string
	Kind   Kind
	// After is how long the service asks to wait, 0 where it does not say.
	After time.Duration
	// What says what happened and Remedy what to do about it, to a person; they
	// hold nothing of the text and no secret.
	What, Remedy string
	// Trouble is the same for readers of other languages; what it leaves out is
	// told by Kind (see Told).
	Trouble edition.Trouble
	// MayBeBilled means that it is not known whether the service did the work.
	MayBeBilled bool
	// Violations are set where Kind is Broken.
	Violations []Violation
	// Err is the cause, for the log: it may quote the service.
	Err error
}

// Error is the safe message with the cause.
func (e *Error) Error() string {
	if e.Err == nil {
		return e.Safe()
	}
	return e.Safe() + ": " + e.Err.Error()
}

// Safe is the message for a person: which engine, what happened, what to do.
func (e *Error) Safe() string {
	var b strings.Builder
	if e.Engine != "" {
		fmt.Fprintf(&b, "engine %s: ", e.Engine)
	}
	b.WriteString(e.What)
	if e.What == "" {
		b.WriteString(string(e.Kind))
	}
	if e.Remedy != "" {
		b.WriteString("; " + e.Remedy)
	}
	return b.String()
}

// reasons are what the kinds of error mean where an adapter says no more.
var reasons = map[Kind]edition.TroubleReason{
	Retryable: edition.TroubleFault, Quota: edition.TroubleQuota, Auth: edition.TroubleCredentials,
	Unsupported: edition.TroubleLanguage, Broken: edition.TroubleUnfit,
}

// Told is what happened, for readers of any language.
func (e *Error) Told() edition.Trouble {
	t := e.Trouble
	if t.Reason == "" {
		if t.Reason = reasons[e.Kind]; t.Reason == "" {
			t.Reason = edition.TroubleRefused
		}
	}
	if t.Reason == edition.TroubleUnfit && t.Detail == "" {
		var rules []string
		for _, v := range e.Violations {
			if !slices.Contains(rules, v.Rule) {
				rules = append(rules, v.Rule)
			}
		}
		t.Detail = strings.Join(rules, ",")
	}
	return t
}

// bareName is the variable, file or setting that a description of where a key
// comes from names, without the words around it.
func bareName(from string) string {
	for _, what := range []string{"environment variable ", "file ", "setting "} {
		from = strings.TrimPrefix(from, what)
	}
	name, _, _ := strings.Cut(from, " of engine ")
	return name
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is lets errors.Is compare by kind: errors.Is(err, &engine.Error{Kind: engine.Quota}).
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Kind == e.Kind && t.What == "" && t.Err == nil
}

// KindOf gives the kind of err, "" where err is nil or ctx's own end.
func KindOf(err error) Kind {
	if err == nil || errors.Is(err, context.Canceled) {
		return ""
	}
	return asError("", err).Kind
}

// asError gives err as an *Error. An adapter that returns anything else has
// forgotten to decide: a passed deadline can be tried again, the rest cannot.
func asError(name string, err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return &Error{Engine: name, Kind: Retryable, What: "no answer in time", MayBeBilled: true, Err: err, Trouble: edition.Trouble{Reason: edition.TroubleLate}}
	}
	return &Error{Engine: name, Kind: Permanent, What: "the call failed", Err: err}
}

// BrokenReply is the error of a reply that breaks the contract.
func BrokenReply(name string, vs []Violation) *Error {
	what := make([]string, len(vs))
	for i, v := range vs {
		what[i] = v.String()
	}
	return &Error{
		Engine: name, Kind: Broken, Violations: vs,
		What:   "its translation is not fit to use (" + strings.Join(what, "; ") + ")",
		Remedy: "translate the sentence by hand, or with another engine",
	}
}

// TooLarge is the error of an answer of more than most bytes, of which the rest
// was not read.
func TooLarge(name string, most int) *Error {
	return BrokenReply(name, []Violation{{Rule: RuleSize, Detail: fmt.Sprintf("an answer of more than %d MB", most>>20)}})
}

// Unreadable is the error of a reply from which no coded text can be made, or
// of an answer in which no replies can be found.
func Unreadable(name string, cause error) *Error {
	rule := RuleItems
	switch {
	case errors.Is(cause, transport.ErrMarkup):
		rule = RuleMarkup
	case errors.Is(cause, transport.ErrCodes):
		rule = RuleCodes
	}
	return BrokenReply(name, []Violation{{Rule: rule, Detail: cause.Error()}})
}

// WrongCount is the error of an answer with another number of replies than
// there were segments, of which none can be trusted to be in its place.
func WrongCount(name string, want, got int) *Error {
	return BrokenReply(name, []Violation{{Rule: RuleItems, Detail: fmt.Sprintf("%d replies to %d sentences", got, want)}})
}

// TooLong is the error of a segment that alone is over the limits of a request.
func TooLong(name string, size Size, l Limits) *Error {
	var limit string
	switch {
	case l.CodePoints > 0 && size.CodePoints > l.CodePoints:
		limit = fmt.Sprintf("%d characters, of %d allowed", size.CodePoints, l.CodePoints)
	default:
		limit = fmt.Sprintf("%d bytes, of %d allowed", size.Bytes, l.Bytes)
	}
	return &Error{
		Engine: name, Kind: Permanent,
		What:   "a sentence is too long for one request (" + limit + ")",
		Remedy: "split the sentence, or translate it by hand", Trouble: edition.Trouble{Reason: edition.TroubleLong},
	}
}

// errFault is in the chain of an error that is this program's own.
var errFault = errors.New("a fault of this program")

// caught is deferred where a panic is to become an error: one answer that
// nobody thought of must not end the process, with everything it has at hand.
func caught(as func(p any)) {
	if p := recover(); p != nil {
		as(p)
	}
}

// faulty is the error of a call in which this program panicked, with the stack
// for the log.
func faulty(name string, p any) *Error {
	return &Error{
		Engine: name, Kind: Permanent, MayBeBilled: true,
		What: "Dragoman has a fault in how it asks this engine or reads its answer", Remedy: "translate the sentence by hand, or with another engine, and report the fault",
		Trouble: edition.Trouble{Reason: edition.TroubleOwn},
		Err:     fmt.Errorf("%w: %v\n%s", errFault, p, debug.Stack()),
	}
}

// NoLanguage is the error of a language pair that an engine does not have.
func NoLanguage(name, source, target string) *Error {
	return &Error{
		Engine: name, Kind: Unsupported,
		What:   fmt.Sprintf("it cannot translate from %s to %s", source, target),
		Remedy: "name another engine for this locale", Trouble: edition.Trouble{Reason: edition.TroubleLanguage, Detail: source + " → " + target},
	}
}
