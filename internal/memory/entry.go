package memory

import (
	"slices"
	"strings"

	"dragoman/content"
	"dragoman/glossary"
	"dragoman/internal/edition"
)

// Entry is one approved pair: a source segment and what it is in a locale.
type Entry struct {
	// ID is the caller's, unique in an index and positive.
	ID     int64
	Locale string // BCP 47
	// Source and Target are coded text.
	Source, Target string
	// Prev and Next are the normalised hashes of the source's neighbours in
	// its document, zero at the edges or where they are not known.
	Prev, Next content.Hash
	// Origin says where the pair comes from, such as "human" or "tmx:2015";
	// Options.Penalties are by it.
	Origin string
	// Created is the time of approval in microseconds since 1970, UTC.
	Created int64
	// Glossary is the version of the glossary under which the pair was
	// approved, 0 where it is not known: see History.
	Glossary int64
	// Confidential entries must not leave the house in a prompt or an export.
	Confidential bool
}

// Query asks what the memory knows of one source segment.
type Query struct {
	Locale string
	Text   string // coded text
	// Prev and Next are the normalised hashes of the neighbours, zero at the
	// edges. An entry with both the same is an in-context match; where both
	// are zero there is no context.
	Prev, Next content.Hash
	// Threshold is the least score of a fuzzy match, 1 to 100; 0 means
	// DefaultThreshold.
	Threshold int
	// Limit is the most matches to return; 0 means DefaultLimit.
	Limit int
	// Terms are the text's terms where the document's licences are known; nil
	// means those that it has by itself.
	Terms []glossary.Occurrence
	// All asks for fuzzy matches even where the very text is in the memory,
	// as a person choosing among offers wants.
	All bool
}

// The defaults of a Query.
const (
	DefaultThreshold = 70
	DefaultLimit     = 5
)

// Match is an entry that answers a query.
type Match struct {
	Entry Entry
	// Kind is FromContext, FromExact, FromNormalised, FromRepaired or
	// FromFuzzy.
	Kind edition.OriginKind
	// Score is the likeness, 0 to 100, less the penalties.
	Score int
	// Target is what is offered: Entry.Target with the query's codes, and in
	// a repaired match with the query's values.
	Target string
	// Swaps are what a repair replaced.
	Swaps []edition.Swap
	// NoRepair says why a fuzzy match that differs in values only was not
	// repaired, or an outdated one not mended ("" in all other cases).
	NoRepair string
	// Outdated is set where the target breaks the glossary because a term has
	// changed since its approval. Such a match is fuzzy, comes last, and must
	// not be taken without a person.
	Outdated bool
	// Ambiguous is set where the memory holds different translations of the
	// same text and nothing tells which is meant: all of them are returned.
	Ambiguous bool

	// Template is the pattern that the match was made from, nil for none, and
	// Slots are its places. Of a match that is not repaired the Target has
	// open slots, which people fill; no draft is made of it.
	Template *Template
	Slots    []Slot

	judged bool // held against the glossary
	core   *core
	pair   uint32 // row of core.pairs
	sound  bool   // core.isSound
	lost   int    // penalties
}

// OpenSlots are the slots that a person has to fill in the Target.
func (m Match) OpenSlots() []Slot {
	if m.Template == nil || m.Kind != edition.FromFuzzy {
		return nil
	}
	if strings.HasSuffix(m.Template.Source, rest) {
		return append(slices.Clip(m.Slots), Slot{Name: rest})
	}
	return m.Slots
}

// Origin gives the provenance of a target that was taken from m.
func (m Match) Origin() edition.Origin {
	return edition.Origin{Kind: m.Kind, Score: m.Score, Entry: m.Entry.ID, Swaps: m.Swaps}
}

// Names is what the memory asks of the glossary. *glossary.Glossary has it;
// all methods are safe for concurrent use.
type Names interface {
	// Concept gives the concept at an index.
	Concept(i int) *glossary.Concept
	// Find appends to dst the concepts' occurrences in an English text.
	Find(dst []glossary.Occurrence, text string) []glossary.Occurrence
	// FindTarget gives the concepts' occurrences in a translation, whatever
	// their form, with the clitics and endings that are joined to them.
	FindTarget(lang, target string) []glossary.TargetOccurrence
	// Inflect gives the concept's name in the form that like, a surface form
	// of likeConcept, has (case, suffix, clitics). False means that the form
	// is not certain.
	Inflect(lang string, concept int, like string, likeConcept int) (string, bool)
	// SwapTerm replaces oldTerm, a listed term of a concept, by newTerm
	// wherever it stands in target; each swap says whether it is certain.
	SwapTerm(lang, target, oldTerm, newTerm string, concept int) (text string, swaps []glossary.Swap, certain bool)
	// Preferred gives the concept's name in a language, "" for none.
	Preferred(lang string, concept int) string
	// License gives those of occ that count in a document, a nil one being of
	// this text only.
	License(doc *glossary.Document, occ []glossary.Occurrence, text string) []glossary.Occurrence
	// Verify judges the terms of a target and appends its verdicts to dst.
	Verify(dst []glossary.Verdict, lang, source string, occ []glossary.Occurrence, target string) []glossary.Verdict
	// Repair puts the terms of a target right by the swaps that are certain.
	Repair(lang, source string, occ []glossary.Occurrence, target string) (string, []glossary.Swap)
}

// Options are the choices of NewIndex.
type Options struct {
	// Names is the glossary; nil means that no names are known.
	Names Names
	// Penalties are taken off the score of every match by Entry.Origin.
	Penalties map[string]int
	// OldPenalty is taken off the score of every match approved before
	// OldBefore (microseconds since 1970), where that is known.
	OldPenalty int
	OldBefore  int64
	// AmbiguityPenalty is taken off an exact match that has rivals; 0 means
	// 5, below 0 none.
	AmbiguityPenalty int
	// NoRepair switches repair off.
	NoRepair bool
}
