package edition

import (
	"errors"
	"time"
)

// Urgency is the queue that a job waits in. Each has worker slots of its own,
// so that a batch or an import never holds up a release of today.
type Urgency string

// The urgencies.
const (
	Urgent  Urgency = "urgent"  // a person waits for it
	Today   Urgency = "release" // a release that has just come in
	InBatch Urgency = "batch"   // a slice of a batch
	Bulk    Urgency = "import"  // one of many releases brought in together
)

// ErrNotFound says that what was asked for is not there.
var ErrNotFound = errors.New("not found")

// ErrBehind says that a follower has not looked for so long that what it has
// missed is not kept any more: it has to read all again.
var ErrBehind = errors.New("too far behind to follow")

// ErrGiveUp marks the error of a job that another attempt would meet again.
var ErrGiveUp = errors.New("it would fail again")

// Later is the error of a job that came too early: it is to be done at a time.
type Later struct{ At time.Time }

func (l *Later) Error() string { return "not before " + l.At.Format(time.RFC3339) }

// Job is one durable step of the pipeline. Running it twice has the effect
// of running it once.
type Job struct {
	Kind    string `json:"kind"`    // the step: "draft", "translate", "publish" …
	Subject int64  `json:"subject"` // the revision or edition that it is about
	// Locales limits a step to some locales; empty means all.
	Locales []string `json:"locales,omitempty"`
	Urgency Urgency  `json:"-"`
	// Engine says that the step asks engines, and waits most of its time: it
	// has worker slots of its own, so that it holds up nothing and more of them
	// can wait at once.
	Engine bool `json:"-"`
	// NotBefore delays the step, zero for at once.
	NotBefore time.Time `json:"-"`
	// Attempt counts from 1; Last says that no further one follows.
	Attempt int  `json:"-"`
	Last    bool `json:"-"`
}
