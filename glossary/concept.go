package glossary

import "time"

// Kind says what a concept is; it decides how its terms may inflect
// (terminology rules, section 0).
type Kind string

// The kinds. PER, LOC, ORG and FIXED are proper names whose form is frozen;
// the others inflect as words of their language do.
const (
	PER    Kind = "PER"
	LOC    Kind = "LOC"
	ORG    Kind = "ORG"
	FIXED  Kind = "FIXED"
	NISBA  Kind = "NISBA"
	GROUP  Kind = "GROUP"
	COMMON Kind = "COMMON"
	TERM   Kind = "TERM"
)

// Proper reports whether k is a kind of proper name.
func (k Kind) Proper() bool { return k == PER || k == LOC || k == ORG || k == FIXED }

// Concept is one thing that has a name, with its names in every language.
type Concept struct {
	// ID is unique in a glossary and never re-used, such as "loc.sarqib".
	ID   string
	Kind Kind
	// Flags hold for the concept in every language; LangFlags for one.
	Flags     Flags
	LangFlags map[string]Flags
	// ValidFrom and ValidTo bound the dates of the releases for which the
	// concept counts (both days included); zero means no bound.
	ValidFrom, ValidTo time.Time
	// ReplacedBy is the ID of the concept that took this one's place.
	ReplacedBy string
	// Source is the English name, Variants its other spellings.
	Source   string
	Variants []string
	Rule     Rule
	// Targets holds the terms by BCP 47 language ("ar", "fr", "kmr", ...).
	Targets map[string]Terms
	Note    string
	// Exceptions are sentences in which another rendering than those listed is
	// right. No sheet has a column for them: they come of what reviewers decide.
	Exceptions []Exception `json:",omitempty"`
	// File and Line say where the concept was read from, "" and 0 where it
	// was not; they are no part of its content.
	File string
	Line int
}

// Exception is an English sentence, as coded text, in which a concept may be
// rendered otherwise in a language.
type Exception struct {
	Language, Source string
}

// Flags are properties of a concept, a concept in one language, or one term.
type Flags struct {
	Article      string // "fixed", "free" or "" for the kind's own rule
	Triptote     bool   // the name may take the accusative alef
	PluralOK     bool   // a person's name may stand in the plural (Асадов)
	Indeclinable bool
	Short        bool // three letters or fewer: tiers 0 to 2 only
	Sensitive    bool // to be hidden from external engines
	DNT          bool // do not translate: stays as in the source
}

// Rule is how a concept is found in the source.
type Rule struct {
	// CaseSensitive requires the capitals of the variant.
	CaseSensitive bool
	// BlockedBy are concepts that win wherever they also match.
	BlockedBy []string
	// Licence are concepts one of which must have occurred before, in the
	// same document, for this one to count.
	Licence []string
	// KeepCase are words whose capital is required though the rest is free.
	KeepCase []string
	// WarnOnly makes a missing rendering a warning, never an error.
	WarnOnly bool
}

// Terms are the ways to say a concept in one language.
type Terms struct {
	Preferred []Term // the first is what Dragoman writes
	Accepted  []Term
	Derived   []Term // adjectives and nisbas: right in attributive place only
	Forbidden []Term
}

// Term is one way to say a concept.
type Term struct {
	Text  string
	Flags Flags
}
