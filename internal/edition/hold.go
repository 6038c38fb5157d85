package edition

import (
	"fmt"
	"time"
)

// HoldKind says why engines have not given an edition all that they were asked
// for.
type HoldKind string

// The kinds of hold. Waiting is the only one that ends by itself; with all
// others the segments that are left are a person's.
const (
	HoldWaiting      HoldKind = "waiting"      // the engine is down, and is asked again until it is back
	HoldConfidential HoldKind = "confidential" // no engine on the route may see a confidential text
	HoldLocal        HoldKind = "local"        // no engine on the route may see texts for this locale
	HoldBudget       HoldKind = "budget"       // the engine's budget for the month is spent
	HoldUnable       HoldKind = "unable"       // no engine on the route gave a translation that can be used
)

// Hold is what stands between an edition and its engines. The zero value means
// nothing.
type Hold struct {
	Kind HoldKind `json:"kind,omitempty"`
	// Engine is the one that it is about, or several on the route with commas.
	Engine string `json:"engine,omitempty"`
	// Since is when the waiting began.
	Since time.Time `json:"since,omitzero"`
	// Detail says what happened and what to do, in the engine's own words.
	Detail string `json:"detail,omitempty"`
	// Trouble is the same for the desk, which says it in its reader's language.
	Trouble Trouble `json:"trouble,omitzero"`
	// Segments is how many were left.
	Segments int `json:"segments,omitempty"`
}

// Held reports whether anything stands in the way.
func (h Hold) Held() bool { return h.Kind != "" }

// String is the hold for a person at the command line, "" for none.
func (h Hold) String() string {
	switch h.Kind {
	case "":
		return ""
	case HoldWaiting:
		return fmt.Sprintf("waiting for engine %s since %s (%s)", h.Engine, h.Since.Format("2006-01-02 15:04 MST"), h.Detail)
	}
	return fmt.Sprintf("%d segment(s) left to people: %s", h.Segments, h.Why())
}

// Why is the reason alone.
func (h Hold) Why() string {
	switch h.Kind {
	case HoldConfidential:
		return fmt.Sprintf("the release is confidential, and no engine on the route is in the house (%s)", h.Engine)
	case HoldLocal:
		return fmt.Sprintf("texts for this locale stay in the house, and no engine on the route is there (%s)", h.Engine)
	}
	return h.Detail
}
