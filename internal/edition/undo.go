package edition

import (
	"time"

	"dragoman/content"
)

// Moment is what counted for a target at one time.
type Moment struct {
	Target         int64        `json:"target"`
	Version        int64        `json:"version"`
	Text           string       `json:"text"`
	State          TargetState  `json:"state"`
	ApprovedBy     string       `json:"approved_by,omitempty"`
	ApprovedSource content.Hash `json:"approved_source"`
	Omitted        string       `json:"omitted,omitempty"`
	Joined         int          `json:"joined,omitempty"`
}

// Moment is what counts for t now.
func (t *Target) Moment() Moment {
	return Moment{t.ID, t.Standing.ID, t.Standing.Text, t.State, t.ApprovedBy, t.ApprovedSource, t.Omitted, t.Joined}
}

// Alike reports whether two moments say the same, in whichever version.
func (m Moment) Alike(n Moment) bool {
	m.Version, n.Version = 0, 0
	return m == n
}

// Answer is a finding or a proposal that an act answered.
type Answer struct {
	Version  int64 `json:"version,omitempty"` // of the finding
	Seq      int   `json:"seq,omitempty"`
	Proposal int64 `json:"proposal,omitempty"`
}

// Undo is what an act of a person changed, so that they can take it back.
type Undo struct {
	ID, Edition int64
	Who, What   string // as in the audit log
	At          time.Time
	Before      []Moment
	After       []Moment
	Answered    *Answer
}

// Touches reports whether the act changed a target.
func (u *Undo) Touches(target int64) bool {
	for _, m := range u.Before {
		if m.Target == target {
			return true
		}
	}
	return false
}

// Approval is who approved which words for which source, and when.
type Approval struct {
	Edition, Target, Version int64
	Who                      string
	Source                   content.Hash
	At                       time.Time
}

// Wording is how a quotation was first spoken in a locale. Wording is "" where
// it is only known that it was spoken in that language, a space where that was
// taken back.
type Wording struct {
	ID, Release            int64
	Locale, Quote, Wording string
	Who                    string
	Created                time.Time
}
