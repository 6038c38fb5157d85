package edition

import "time"

// Flow is how many editions of a locale went from one state to another on one
// day (UTC). Was is "" for editions that came into being.
type Flow struct {
	Day      time.Time
	Locale   string
	Was, Now State
	Editions int
}

// Wait are editions that wait for people, by how long.
type Wait struct {
	Locale   string
	State    State
	Since    time.Time // the start of the day on which they came into the state
	Editions int
}

// ReviewTime is one approval and how long the edition had been in review.
type ReviewTime struct {
	Locale string
	At     time.Time
	Took   time.Duration
}

// FindingSum is how often a rule found something in what stands.
type FindingSum struct {
	Locale    string
	Rule      string
	Severity  Severity
	Count     int
	Dismissed int // of these
}

// OriginTerms is how many standing words of one origin, and how many of these
// have a name that is not right.
type OriginTerms struct {
	Locale  string
	Kind    OriginKind
	Engine  string
	Targets int
	Wrong   int
}
