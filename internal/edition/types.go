package edition

import (
	"bytes"
	"reflect"
	"slices"
	"time"

	"dragoman/content"
)

// Release is one English text, through all its revisions.
type Release struct {
	ID int64
	// Key is unique: the file's path below the content folder, with "#2",
	// "#3" … behind it for the further releases of one page.
	Key     string
	Path    string // of the file, as in Key
	Slug    string // unique among the releases that are not removed
	Title   string // of the newest revision
	Created time.Time
	Removed time.Time // zero while its file is there
	// Revision is the newest one.
	Revision int64
}

// Revision is one state of a release's source.
type Revision struct {
	ID, Release int64
	Number      int // from 1
	Hash        content.Hash
	Format      content.Format
	Path        string // of the file it was read from, for messages
	Bytes       []byte // the original
	// Parser is the content.Version that cut it into segments, 0 before.
	Parser  int
	Created time.Time
	// Cuts are where people cut segments in two.
	Cuts []content.Cut
}

// Segment is a sentence of a revision's unit.
type Segment struct {
	ID       int64
	Position int // in the document, from 0
	Unit     int // position of its unit
	Kind     content.UnitKind
	Level    int
	Source   string // coded text
	SourceID int64  // the distinct source text
	Exact    content.Hash
	Norm     content.Hash
}

// Edition is a release in one locale.
type Edition struct {
	ID, Release int64
	Locale      string
	State       State
	// Revision is the source revision that its targets answer.
	Revision int64
	Reason   string // why it is Failed or was sent back
	// Hold says what of it engines have not done, and why.
	Hold     Hold
	Assignee string
	Due      time.Time
	Embargo  time.Time
	Updated  time.Time
	// Public is the time it was last published, zero if it is not public.
	Public time.Time
	Counts Counts
	// Publishable is false where an engine took part whose output must
	// never be published.
	Publishable bool
}

// Counts are an edition's targets by origin, state and findings. A segment
// counts once under its origin and, reviewed or not, once in Segments.
type Counts struct {
	Segments     int `json:"segments"`
	Exact        int `json:"exact"` // exact and normalised
	Context      int `json:"context"`
	Fuzzy        int `json:"fuzzy"`
	Repaired     int `json:"repaired"`
	Engine       int `json:"engine"`
	Human        int `json:"human"` // by a person here, or a quotation's own wording
	Untranslated int `json:"untranslated"`
	Reviewed     int `json:"reviewed"`
	Errors       int `json:"errors"`
	Warnings     int `json:"warnings"`
	Proposals    int `json:"proposals"`
}

// Count adds one target's origin to c.
func (c *Counts) Count(k OriginKind) {
	c.Segments++
	switch k {
	case FromExact, FromNormalised:
		c.Exact++
	case FromContext:
		c.Context++
	case FromFuzzy:
		c.Fuzzy++
	case FromRepaired:
		c.Repaired++
	case FromEngine:
		c.Engine++
	case FromHuman, FromOriginal:
		c.Human++
	default:
		c.Untranslated++
	}
}

// Target is the place of one segment's translation in an edition.
type Target struct {
	ID, Edition int64
	Segment     int64 // of the edition's revision
	Position    int   // the segment's, -1 once the source lost the segment
	State       TargetState
	// Standing is the version that counts; its ID is 0 while there is none.
	Standing Version
	// ApprovedBy is who approved Standing for ApprovedSource.
	ApprovedBy     string
	ApprovedSource content.Hash
	// Omitted is the reason for leaving the segment out, or "".
	Omitted string
	// Answered counts the errors of Standing that a person dismissed.
	Errors, Warnings int
	// Joined is how many segments after its own the target says too (above
	// 0), or how many before it the target stands that says it (below 0).
	Joined int
}

// Covered reports whether the approval covers the standing version for a
// segment whose exact hash is source.
func (t *Target) Covered(source content.Hash) bool {
	return t.ApprovedBy != "" && t.Standing.ID != 0 && t.ApprovedSource == source
}

// ByPerson reports whether a person wrote or approved what stands.
func (t *Target) ByPerson() bool {
	return t.ApprovedBy != "" || t.Standing.Origin.Kind == FromHuman || t.Omitted != ""
}

// Version is one wording of a target. Versions are appended, never changed.
type Version struct {
	ID, Target int64
	Parent     int64 // the version it was made from, 0 for the first
	Text       string
	Origin     Origin
	Author     string // the person's name, "" for the machine
	// Source is the exact hash of the segment it was made for.
	Source content.Hash
	// Glossary is the glossary version that it was verified under.
	Glossary int64
	Created  time.Time
	Findings []Finding
}

// ProposalStatus is what became of a proposal.
type ProposalStatus string

// The statuses of a proposal.
const (
	Waiting  ProposalStatus = "waiting"
	Accepted ProposalStatus = "accepted"
	Rejected ProposalStatus = "rejected"
	Stale    ProposalStatus = "stale"    // what stands has become the same, or the segment is gone
	Conflict ProposalStatus = "conflict" // what stands has moved so that it cannot be rebased
)

// Cause says why a proposal was made.
type Cause string

// The causes of a proposal.
const (
	ByRevision Cause = "revision" // the source changed
	ByBatch    Cause = "batch"    // the glossary changed
	ByImport   Cause = "import"
	ByMemory   Cause = "memory"
)

// Proposal is a wording offered in place of the standing one.
type Proposal struct {
	ID, Target int64
	Base       int64 // the version it was made against
	Text       string
	Origin     Origin
	Cause      Cause
	CauseID    int64
	Status     ProposalStatus
	Created    time.Time
}

// Act is one line of the audit log.
type Act struct {
	ID        int64
	At        time.Time
	Who       string // a person's name, "machine" for the pipeline
	What      string // an Event's name or another act: "edit", "dismiss", "sign-in" …
	Subject   string // "edition", "target", "release", "person", "glossary"
	SubjectID int64
	Detail    string
	Locale    string // "" where it is about none
}

// ActFilter asks for acts of the audit log, the newest first. What is empty
// does not limit; all that is given must hold.
type ActFilter struct {
	Who, What, Locale string
	Subject           string
	SubjectID         int64
	From, Before      time.Time // at or after From, before Before
	// After is the last act of the page before: only older ones follow.
	After ActKey
	Limit int
}

// ActKey is an act's place in the audit log.
type ActKey struct{ At, ID int64 } // At in µs

// Key is the act's place in the audit log.
func (a Act) Key() ActKey { return ActKey{a.At.UnixMicro(), a.ID} }

// Machine is the name under which the pipeline acts.
const Machine = "machine"

// StandingFinding is a finding with what a person answered to it.
type StandingFinding struct {
	Finding
	Seq          int
	DismissedBy  string
	DismissedWhy string
}

// Typed is what a person was typing and has not left yet.
type Typed struct {
	Base  int64 // the version that it was typed over
	Text  string
	Saved time.Time
}

// Filter chooses editions for a queue. Its zero value means all of releases
// that are not removed. What is set must hold together.
type Filter struct {
	States     []State
	Locales    []string
	Release    int64
	Assignee   string
	Unassigned bool
	Search     string    // part of the title, in English or in the edition's language, or of the slug
	Errors     bool      // only those where errors stand
	Warnings   bool      // only those where errors or warnings stand
	Clean      bool      // only those where neither stands
	Proposals  bool      // only those where something is proposed
	Embargoed  time.Time // only those that are under embargo at this time
	DueBefore  time.Time // only those that are due before
	Since      time.Time // only those that have been in their state since before
	Batch      int64     // only those where items of this batch wait for a person
	Removed    bool      // also those of removed releases
	Newest     bool      // what changed last first, not the one whose turn it is
	ByLocale   bool      // locale by locale, each in its order
	Limit      int       // 0 for no limit
	Offset     int
}

// ByState reports whether the filter looks at states and locales alone.
func (f Filter) ByState() bool {
	f.States, f.Locales, f.Newest, f.ByLocale, f.Limit, f.Offset = nil, nil, false, false, 0, 0
	return reflect.ValueOf(f).IsZero()
}

// Order is the queue's order in the words of SQL: by the time by which
// somebody should look, or what changed last first.
func (f Filter) Order() string {
	if f.Newest {
		return "updated DESC, id DESC"
	}
	if f.ByLocale {
		return "locale, turn, id"
	}
	return "turn, id"
}

// DueWithin is how long after it came into its state an edition is due where
// nobody said otherwise: what counts for its turn in the queue.
const DueWithin = 24 * time.Hour

// Turn is the time by which somebody should look at an edition that has been
// in its state since a time: when it is due, or when its embargo ends where
// that is sooner.
func (e *Edition) Turn(since time.Time) time.Time {
	turn := e.Due
	if turn.IsZero() {
		turn = since.Add(DueWithin)
	}
	if !e.Embargo.IsZero() && e.Embargo.Before(turn) {
		return e.Embargo
	}
	return turn
}

// Line is one line of a queue.
type Line struct {
	Edition
	Title       string    // in English
	TargetTitle string    // coded text, "" while untranslated
	Since       time.Time // when it came into its state
	Slug        string
	Key         string
	Path        string // of the release's file
}

// File is what is known of a source file since it was last read.
type File struct {
	Path     string // below the content folder, with slashes
	Size     int64
	Modified int64 // µs
	Hash     content.Hash
	Problem  string // why it could not be taken, "" if it could
}

// MemoryEntry is an approved pair as the database keeps it.
type MemoryEntry struct {
	ID             int64
	Locale         string
	Source, Target string // coded text
	Prev, Next     content.Hash
	Origin         string // where it came from: "desk", "import starter" …
	TargetID       int64  // the target that it was approved in, 0 for imports
	Approver       string
	// Release and Edition are where it was approved, 0 for imports. Engine
	// made the words that were approved as they were, "" for none.
	Release, Edition int64
	Engine           string
	// Glossary is the version under which the words were found to be right,
	// 0 where it is not known.
	Glossary     int64
	Confidential bool
	Created      time.Time
	Removed      bool
}

// MemoryCount is how many pairs of a locale come from one origin.
type MemoryCount struct {
	Locale string `json:"locale"`
	Origin string `json:"origin"`
	Pairs  int    `json:"pairs"`
}

// MemoryMark is how far a process has followed the memory's log. A change is
// stamped before its transaction commits, so the log is read again over an
// overlap; Seen are the rows of it that were taken already, with their times
// in microseconds.
type MemoryMark struct {
	Since time.Time
	Seen  map[int64]int64
}

// Unit is a block of a revision: its position, kind and level.
type Unit struct {
	Position int
	Kind     content.UnitKind
	Level    int
}

// Occurrence is where a concept's name may stand in a source text. Concept
// is the database's number of the concept.
type Occurrence struct {
	Concept    int64
	Start, End int
	Nested     bool
}

// Finder finds candidate occurrences in a source text, under one version of
// the glossary.
type Finder struct {
	Version int64
	Find    func(text string) []Occurrence
}

// Licence is an occurrence that counts in one segment because its document
// licenses it.
type Licence struct {
	Segment, Concept int64
	Start, End       int
}

// SortByHash orders segments by their exact hash.
func SortByHash(segs []*Segment) {
	slices.SortFunc(segs, func(a, b *Segment) int { return bytes.Compare(a.Exact[:], b.Exact[:]) })
}

// PublicPage is what is public of an edition: the rendered page as it was
// when it was published, so that its neighbours and lists can be written
// again without touching newer, unapproved words.
type PublicPage struct {
	Edition, Release, Revision int64
	Locale, Slug               string
	At                         time.Time // first published
	Modified                   time.Time // last published
	Hash                       content.Hash
	Entry                      []byte // the page's line in lists (JSON)
	Body                       []byte // the whole page (JSON); nil in lists
	// Former are the addresses (slugs) that the page had before and that are
	// still to be taken away; Gone says that the page itself is.
	Former []string
	Gone   bool
}

// Sum is many editions of one locale in one state.
type Sum struct {
	Locale   string
	State    State
	Editions int
	Counts   Counts // of all of them together
}

// Add adds the counts of others.
func (c *Counts) Add(d Counts) {
	c.Segments += d.Segments
	c.Exact += d.Exact
	c.Context += d.Context
	c.Fuzzy += d.Fuzzy
	c.Repaired += d.Repaired
	c.Engine += d.Engine
	c.Human += d.Human
	c.Untranslated += d.Untranslated
	c.Reviewed += d.Reviewed
	c.Errors += d.Errors
	c.Warnings += d.Warnings
	c.Proposals += d.Proposals
}
