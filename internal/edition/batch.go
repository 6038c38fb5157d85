package edition

import (
	"slices"
	"time"
)

// BatchState is where a batch stands.
type BatchState string

// The states of a batch. Running and Undoing have a job at work or in line;
// Undone is final.
const (
	BatchRunning   BatchState = "running"
	BatchPaused    BatchState = "paused"
	BatchDone      BatchState = "done"      // everything is applied, proposed or listed; proposals may wait
	BatchCancelled BatchState = "cancelled" // a person stopped it; what was done stays
	BatchUndoing   BatchState = "undoing"
	BatchUndone    BatchState = "undone"
)

// AtWork reports whether a batch in s has work to do by itself.
func (s BatchState) AtWork() bool { return s == BatchRunning || s == BatchUndoing }

// TakenBack reports whether a batch in s is being undone, or was.
func (s BatchState) TakenBack() bool { return s == BatchUndoing || s == BatchUndone }

// BatchPhase is what a batch at work does at the moment.
type BatchPhase string

// The phases, in their order. Undoing has the last two only.
const (
	PhaseIndex   BatchPhase = "index"   // where the changed names stand
	PhaseSync    BatchPhase = "sync"    // the engines' own glossaries, but for names of confidential releases
	PhaseTargets BatchPhase = "targets" // re-verify, swap, propose
	PhaseEngines BatchPhase = "engines" // translate again what no swap covers
	PhaseMemory  BatchPhase = "memory"  // correct the memory's entries
	PhaseSweep   BatchPhase = "sweep"   // what was saved meanwhile under the older glossary
	PhaseWhole   BatchPhase = "whole"   // what is found in the changed editions as wholes
	PhaseUndo    BatchPhase = "undo"
	PhaseRelook  BatchPhase = "relook" // undone: what had been found right is looked at again
)

// Phases lists the phases of applying, in their order.
func Phases() []BatchPhase {
	return []BatchPhase{PhaseIndex, PhaseSync, PhaseTargets, PhaseEngines, PhaseMemory, PhaseSweep, PhaseWhole}
}

// After is the phase that follows p, "" after the last.
func (p BatchPhase) After() BatchPhase {
	all := Phases()
	for i, q := range all[:len(all)-1] {
		if p == q {
			return all[i+1]
		}
	}
	return ""
}

// HeldEdition is an edition that is revising for proposals of batches only: the
// state that it was in, and when it was changed last.
type HeldEdition struct {
	Edition int64
	Was     State
	Stamp   time.Time
}

// Batch is a change set at work: one version of the glossary, and what it
// changes in editions and memory.
type Batch struct {
	ID, ChangeSet int64
	Title         string
	Author        string // of the change set
	By            string // who applied it
	State         BatchState
	Phase         BatchPhase // "" when there is nothing to do
	Scope         Scope
	// Before and After are the glossary versions that it leads from and to;
	// Restored is the one that its undoing made, 0 before.
	Before, After, Restored int64
	Cursor                  Cursor
	// Total is how many distinct sentences the change may make a difference
	// for, Done how many of them were looked at; in undoing both count items.
	Total, Done int
	// Problem is why the last try to go on failed, "" where none did.
	Problem        string
	Started, Ended time.Time
	// Worked is the time that it was at work, pauses left out.
	Worked   time.Duration
	UndoneBy string
	// Counts are filled for one batch, not in lists.
	Counts []BatchCount
	// Decisions are the decisions about groups that are being carried out.
	Decisions []Decision
}

// BatchCount is how many items of a batch are alike.
type BatchCount struct {
	Locale string     `json:"locale"`
	Class  Class      `json:"class"`
	Action Action     `json:"action"`
	Status ItemStatus `json:"status"`
	N      int        `json:"n"`
}

// Count adds up the counts that have a status.
func (b *Batch) Count(s ItemStatus) (n int) {
	for _, c := range b.Counts {
		if c.Status == s {
			n += c.N
		}
	}
	return n
}

// Accepted adds up, by locale, the items that people decided about: how many
// were accepted, rejected, and how many wait.
func (b *Batch) Accepted() map[string]Decided {
	out := map[string]Decided{}
	for _, c := range b.Counts {
		d := out[c.Locale]
		switch c.Status {
		case ItemAccepted:
			d.Accepted += c.N
		case ItemRejected:
			d.Rejected += c.N
		case ItemWaiting, ItemConflict:
			d.Waiting += c.N
		default:
			continue
		}
		out[c.Locale] = d
	}
	return out
}

// Decided is how far people have come with the proposals of a locale.
type Decided struct {
	Accepted int `json:"accepted"`
	Rejected int `json:"rejected"`
	Waiting  int `json:"waiting"`
}

// Rate is how many of Total are done in a second of work, and Left how long
// the rest will take; both are 0 while that cannot be said.
func (b *Batch) Rate() (perSecond float64, left time.Duration) {
	if b.Worked < time.Millisecond || b.Done == 0 {
		return 0, 0
	}
	perSecond = float64(b.Done) / b.Worked.Seconds()
	if b.State.AtWork() && b.Total > b.Done {
		left = time.Duration(float64(b.Total-b.Done) / perSecond * float64(time.Second))
	}
	return perSecond, left
}

// ItemStatus is what became of one target in a batch.
type ItemStatus string

// The statuses of an item.
const (
	ItemApplied  ItemStatus = "applied"  // a machine's words were changed
	ItemWaiting  ItemStatus = "waiting"  // proposed beside a person's words
	ItemAccepted ItemStatus = "accepted" // a person took the proposal
	ItemRejected ItemStatus = "rejected" // a person refused it
	ItemConflict ItemStatus = "conflict" // what stands has moved so that the proposal does not fit
	ItemPending  ItemStatus = "pending"  // an engine is to be asked
	ItemTask     ItemStatus = "task"     // only a person can decide
	ItemStale    ItemStatus = "stale"    // people, a revision or a later batch have settled it otherwise
	ItemUndone   ItemStatus = "undone"
	ItemMoved    ItemStatus = "moved" // could not be undone: somebody has changed it since
)

// ItemStatuses lists them in the order they are shown.
func ItemStatuses() []ItemStatus {
	return []ItemStatus{ItemApplied, ItemWaiting, ItemAccepted, ItemRejected, ItemConflict, ItemPending, ItemTask, ItemStale, ItemUndone, ItemMoved}
}

// ItemOf gives the status of an item whose proposal has a status.
func ItemOf(s ProposalStatus) ItemStatus {
	switch s {
	case Accepted:
		return ItemAccepted
	case Rejected:
		return ItemRejected
	case Conflict:
		return ItemConflict
	case Waiting:
		return ItemWaiting
	}
	return ItemStale
}

// Item is one target in a batch. Batch and Target together name it.
type Item struct {
	Batch, Target, Edition, Release int64
	Locale                          string
	Group                           int64
	Class                           Class
	Action                          Action
	Status                          ItemStatus
	// Before and After are versions: what stood and what was put in its
	// place, 0 where nothing was. Proposal is what waits beside it.
	Before, After, Proposal int64
	Why                     string  // of the plan, or of the engines
	Trouble                 Trouble // what an engine failed with
	By                      string  // who decided, "" for the batch itself
	At                      time.Time
	// The rest is filled for looking at, not for writing.
	Slug         string
	Position     int
	Source       string // coded text
	Stood, Stand string // the words of Before, and of After or the proposal
	Now          string // the words that stand now, whoever put them there
}

// Group is the same replacement in many targets of one locale.
type Group struct {
	ID, Batch int64
	Key       string // of the plans
	Locale    string
	Concept   string // ID
	Old, New  string // renderings, without clitics and endings
	Replaced  []Replacement
	Certain   bool
	Why       string
	Counts    []BatchCount
	Items     int // in all
	Releases  int // how many releases they are spread over
	Examples  []Item
}

// Count adds up the group's items of a status; "" means all.
func (g *Group) Count(s ItemStatus) (n int) {
	for _, c := range g.Counts {
		if s == "" || c.Status == s {
			n += c.N
		}
	}
	return n
}

// GroupFilter chooses groups of a batch.
type GroupFilter struct {
	Locale string
	Status ItemStatus // only groups with an item of it, and only these are counted
	Class  Class
	Limit  int // 0 for all
	Offset int
}

// ItemFilter chooses items of a batch, in the order of their targets.
type ItemFilter struct {
	Group   int64
	Locale  string
	Status  ItemStatus
	Class   Class
	Edition int64
	After   int64 // only targets with a greater number: the page that follows
	Limit   int   // 0 for 50
}

// Teach is what is learnt from a rejection.
type Teach string

// What a rejection can teach. A variant comes as a draft change set, since it
// is of consequence for the whole archive; an exception holds at once, for its
// sentences alone.
const (
	TeachNothing   Teach = ""
	TeachVariant   Teach = "variant"   // the rendering that stands is right as well
	TeachException Teach = "exception" // it is right in these sentences
)

// Decision is what a person decided about items of a batch: carried out at
// once where they are few, else by a job.
type Decision struct {
	ID, Batch int64
	Who       string
	Accept    bool
	Teach     Teach
	Reason    string
	Groups    []int64 // whole groups; none and no Targets means all that wait
	Targets   []int64 // single items
	Locale    string  // only of this locale, "" for all
	Cursor    int64   // the last target that was dealt with
	Total     int     // how many waited when it was made
	Done      int     // dealt with
	// Accepted, Rejected and Left say what came of it: Left were conflicts, or
	// had been settled meanwhile.
	Accepted, Rejected, Left int
	Made, Ended              time.Time // Ended is zero while it is carried out
	// Taught is the draft change set that was made, 0 for none.
	Taught int64
}

// Correction is what was put right in an edition that was public.
type Correction struct {
	ID, Edition, Batch int64
	Release            int64
	Locale, Slug       string
	Old, New           string // renderings
	By                 string // who accepted it
	At                 time.Time
	Published          time.Time // zero while it is not public yet
	State              State     // of the edition
	Problem            string    // why the files that tell of it could not be written, "" for nothing known
}

// Restand is a target that gets another standing version and keeps its state
// and approval.
type Restand struct {
	Target           int64
	From, To         int64 // versions
	Errors, Warnings int   // of To, that nobody answered
	Untouched        bool  // only while nobody has approved it or left it out
}

// CountChange is what a change of targets adds to the counts of their edition.
type CountChange struct {
	Edition                     int64
	Errors, Warnings, Proposals int
	Updated                     time.Time
}

// Readable leaves out of an edition's corrections, the newest first, those that
// were taken back before they were public, or in the same publication.
func Readable(cs []Correction) []Correction {
	var out []Correction
	for i := len(cs) - 1; i >= 0; i-- { // the oldest first
		c := cs[i]
		n := len(out)
		if n > 0 && out[n-1].Old == c.New && out[n-1].New == c.Old && out[n-1].Published.Equal(c.Published) {
			out = out[:n-1]
			continue
		}
		out = append(out, c)
	}
	slices.Reverse(out)
	return out
}
