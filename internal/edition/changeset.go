package edition

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"dragoman/content"
	"dragoman/glossary"
)

// ChangeSetStatus is what became of a change set.
type ChangeSetStatus string

// The statuses of a change set. A draft may be changed, previewed, scheduled,
// applied or discarded; the others are final but for Scheduled, which becomes
// one of them.
const (
	DraftSet     ChangeSetStatus = "draft"
	ScheduledSet ChangeSetStatus = "scheduled" // ordered; waits for its date of effect
	AppliedSet   ChangeSetStatus = "applied"
	DiscardedSet ChangeSetStatus = "discarded"
)

// ChangeSet is a proposed set of glossary edits. Applied, it makes one new
// version of the glossary and one batch.
type ChangeSet struct {
	ID            int64
	Title, Reason string
	Author        string // who made it
	// Base is the glossary version that the edits were made against.
	Base    int64
	Created time.Time
	// Effective is when it is to be applied, zero for whenever it is.
	Effective time.Time
	Status    ChangeSetStatus
	Scope     Scope
	// Revision counts the times that its edits were changed, from 1. Size is
	// how many concepts they are of; Edits are filled for one change set, not
	// in lists.
	Revision, Size int
	Edits          []ConceptEdit
	// Cause says what it was made from: "desk", "file names.csv", "import
	// names.tbx", "corrections" (what reviewers changed by hand), "undo 12".
	Cause string
	// DecidedBy and Decided say who applied, scheduled or discarded it and
	// when. Version is the glossary version that it made, 0 before.
	DecidedBy string
	Decided   time.Time
	Version   int64
}

// ConceptEdit is what a change set does to one concept.
type ConceptEdit struct {
	ID string `json:"id"` // of the concept
	// Before is the concept as the author saw it, nil where it is new; After
	// is what it shall be, nil where it is retired.
	Before *glossary.Concept `json:"before,omitempty"`
	After  *glossary.Concept `json:"after,omitempty"`
}

// EditKind names what an edit does, for people.
type EditKind string

// The kinds of edits. Merged is one that another concept replaces. A concept is
// split where one is changed, or merged, in a set that adds others.
const (
	EditAdded   EditKind = "added"
	EditRetired EditKind = "retired"
	EditMerged  EditKind = "merged"
	EditChanged EditKind = "changed"
)

// Kind says what the edit does.
func (e *ConceptEdit) Kind() EditKind {
	switch {
	case e.After == nil:
		return EditRetired
	case e.Before == nil:
		return EditAdded
	case e.After.ReplacedBy != "" && e.Before.ReplacedBy != e.After.ReplacedBy:
		return EditMerged
	}
	return EditChanged
}

// RetireUnasked is how many concepts are retired together without asking
// whether so many are meant: a file that lacks half of them does it by a slip.
const RetireUnasked = 20

// Retired are the English names of the concepts that the set retires.
func (s *ChangeSet) Retired() (names []string) {
	for i := range s.Edits {
		if s.Edits[i].Kind() == EditRetired {
			names = append(names, s.Edits[i].Name())
		}
	}
	return names
}

// Name is the English name of the concept.
func (e *ConceptEdit) Name() string {
	if e.After != nil {
		return e.After.Source
	}
	if e.Before != nil {
		return e.Before.Source
	}
	return e.ID
}

// Inverse is the set of edits that takes these back.
func Inverse(edits []ConceptEdit) []ConceptEdit {
	out := make([]ConceptEdit, len(edits))
	for i, e := range edits {
		out[i] = ConceptEdit{ID: e.ID, Before: e.After, After: e.Before}
	}
	return out
}

// ApplyEdits gives the concepts that edits lead to: changed ones stay in their
// place, new ones come behind all others.
func ApplyEdits(concepts []glossary.Concept, edits []ConceptEdit) []glossary.Concept {
	byID := make(map[string]*ConceptEdit, len(edits))
	for i := range edits {
		byID[edits[i].ID] = &edits[i]
	}
	out := make([]glossary.Concept, 0, len(concepts)+len(edits))
	for i := range concepts {
		e, ok := byID[concepts[i].ID]
		switch {
		case !ok:
			out = append(out, concepts[i])
		case e.After != nil:
			out = append(out, *e.After)
		}
		if ok {
			delete(byID, concepts[i].ID)
		}
	}
	for i := range edits {
		if e := byID[edits[i].ID]; e != nil && e.After != nil {
			out = append(out, *e.After)
			delete(byID, e.ID)
		}
	}
	return out
}

// EditsOf gives the edits that lead from one list of concepts to another.
func EditsOf(old, fresh []glossary.Concept) []ConceptEdit {
	changes := glossary.Diff(old, fresh)
	out := make([]ConceptEdit, len(changes))
	for i, c := range changes {
		out[i] = ConceptEdit{ID: c.ID, Before: c.Old, After: c.New}
	}
	return out
}

// Scope says which editions a change set reaches. Its zero value is all of
// them in all locales.
type Scope struct {
	// Drafts are editions that are not approved and not public, Published
	// those that are public, Archive all others: approved but not public,
	// withdrawn, or of releases that were removed.
	Drafts    bool     `json:"drafts,omitempty"`
	Archive   bool     `json:"archive,omitempty"`
	Published bool     `json:"published,omitempty"`
	Locales   []string `json:"locales,omitempty"` // none means all
}

// All reports whether every edition of a locale is in the scope.
func (s Scope) All() bool {
	return !s.Drafts && !s.Archive && !s.Published || s.Drafts && s.Archive && s.Published
}

// String names the scope as the command line takes it: "drafts,published".
func (s Scope) String() string {
	if s.All() {
		return "all"
	}
	var out []string
	for _, p := range []struct {
		in   bool
		name string
	}{{s.Drafts, "drafts"}, {s.Archive, "archive"}, {s.Published, "published"}} {
		if p.in {
			out = append(out, p.name)
		}
	}
	return strings.Join(out, ",")
}

// ParseScope reads what String writes, in any order.
func ParseScope(text string) (Scope, error) {
	var s Scope
	for _, name := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		switch name {
		case "all":
			s.Drafts, s.Archive, s.Published = true, true, true
		case "drafts":
			s.Drafts = true
		case "archive":
			s.Archive = true
		case "published":
			s.Published = true
		default:
			return Scope{}, fmt.Errorf("there is no scope %q: name drafts, archive or published, several with commas, or all", name)
		}
	}
	return s, nil
}

// Wants reports whether an edition in this state is in the scope. removed says
// that its release is gone.
func (s Scope) Wants(locale string, state State, public, removed bool) bool {
	if len(s.Locales) > 0 && !slices.Contains(s.Locales, locale) {
		return false
	}
	switch {
	case s.All():
		return true
	case removed || state == Withdrawn:
		return s.Archive
	case public || state == Published:
		return s.Published
	case state == Approved || state == Scheduled:
		return s.Archive
	}
	return s.Drafts
}

// Class says whose words a change touches.
type Class string

// The classes. What is right already, or has no words, needs nothing.
const (
	ClassRight     Class = "right"
	ClassMachine   Class = "machine"   // nobody wrote or approved it
	ClassPerson    Class = "person"    // a person wrote or approved it, and it is not public
	ClassPublished Class = "published" // the same, and its edition is public
	ClassMemory    Class = "memory"    // an entry of the translation memory
)

// Classes lists them in the order they are shown.
func Classes() []Class {
	return []Class{ClassRight, ClassMachine, ClassPerson, ClassPublished, ClassMemory}
}

// Action is what a batch does with a target.
type Action string

// The actions, in the order they are tried. Swap and Retranslate are for
// ClassMachine alone, Propose for people's words; a memory entry is swapped or,
// as a Task, set aside.
const (
	ActNone        Action = "none"
	ActSwap        Action = "swap"        // Plan.Text becomes what stands
	ActPropose     Action = "propose"     // Plan.Text is offered beside what stands
	ActRetranslate Action = "retranslate" // an engine is asked again
	ActTask        Action = "task"        // only a person can decide
)

// Cursor is how far a walk over affected targets has come: targets come by
// source text, then by segment, both by number, all targets of a segment at
// once. The zero value is the start. All that a walk needs to go on after a
// crash is here.
type Cursor struct {
	Source  int64 `json:"source"`
	Segment int64 `json:"segment"`
}

// Affected is one target that a change set touches, with all that decides
// what becomes of it.
type Affected struct {
	Release, Revision, Edition, Target, Segment int64
	SourceID                                    int64  // the distinct source text
	Slug                                        string // of the release
	Locale                                      string
	Position                                    int    // of the segment in the document
	Source                                      string // coded text
	Kind                                        content.UnitKind
	// Occ are the occurrences of concepts that count in its document under the
	// new glossary, Was those under the old one, with the index of the glossary
	// each belongs to.
	Occ, Was []glossary.Occurrence
	// State is the target's. Standing has all but its findings.
	State    TargetState
	Standing Version
	ByPerson bool // a person wrote or approved what stands (Target.ByPerson)
	Omitted  bool // the segment is left out
	Joined   int  // how many segments after its own it says too; below zero another says it
	// EditionState, Public and Removed (of the release) decide class and scope.
	// Where the edition is revising for proposals of batches alone, it is the
	// state that it was in.
	EditionState State
	Public       bool
	Removed      bool
}

// Class says whose words stand. A quotation's own wording is its speaker's.
func (a *Affected) Class() Class {
	approved := a.EditionState == Approved || a.EditionState == Scheduled || a.EditionState == Published
	switch {
	case !a.ByPerson && !approved && a.Standing.Origin.Kind != FromOriginal:
		return ClassMachine
	case a.Public || a.EditionState == Published:
		return ClassPublished
	}
	return ClassPerson
}

// AffectedMemory is an entry of the memory whose source names a concept that
// a change set touches. Occ and Was are as in Affected, but no document
// licenses them.
type AffectedMemory struct {
	Entry          int64
	Locale         string
	Source, Target string // coded text
	Occ, Was       []glossary.Occurrence
}

// Replacement is one rendering that a plan takes out for another: terms as
// the glossary lists them, without clitics and endings, so that the same
// change in all its forms is one.
type Replacement struct {
	Concept string `json:"concept"` // ID
	Old     string `json:"old"`
	New     string `json:"new"`
}

// The reasons of a plan, beside those of glossary.Verdict and glossary.Swap.
const (
	WhyOmitted  = "omitted"   // the segment is left out
	WhyEmpty    = "empty"     // there are no words yet
	WhyRight    = "right"     // it complies
	WhyNoSwap   = "no-swap"   // no outdated rendering stands there
	WhyOthers   = "others"    // the swap would break another name
	WhyNotClear = "not-clear" // after the swap it would still not comply
	WhyBeside   = "beside"    // the right rendering stands there already: the old one may mean something else
	WhyBefore   = "before"    // the name was not found before, either
)

// Plan is what a change set does to one target. It is worked out by Planner
// and nothing else, so that what a preview counts is what a batch does.
type Plan struct {
	Class  Class
	Action Action
	// Text is the new wording of ActSwap and ActPropose.
	Text string
	// Concept is the first concept whose rendering is not right (ID), Old and
	// New its Replacement; Replaced are all of them.
	Concept, Old, New string
	Replaced          []Replacement
	// Certain says that the grammar vouches for Text. What is not certain is
	// only proposed.
	Certain bool
	// Group is the key of what is reviewed together: locale, replacements and,
	// where it is not certain, why. Class is no part of it.
	Group string
	// Why is a reason of glossary.Verdict or glossary.Swap, or one above; ""
	// for a certain swap.
	Why string
	// Faults are what the new glossary does not pass, nil where nothing was
	// verified for the plan.
	Faults *Faults
}

// Faults are the warnings and failures of the verifier.
type Faults struct {
	Stands []glossary.Verdict // in the words that stand
	Text   []glossary.Verdict // in a plan's Text
}
