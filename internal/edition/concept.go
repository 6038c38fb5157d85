package edition

import (
	"time"

	"dragoman/glossary"
)

// GlossaryVersion is one state of the glossary: who made it, when and why.
type GlossaryVersion struct {
	Number         int64
	Created        time.Time
	Author, Reason string
	Concepts       int // that it changed
}

// ConceptVersion is what a concept was from one version of the glossary on.
type ConceptVersion struct {
	GlossaryVersion
	Concept glossary.Concept
	Retired bool
}

// Use is a place where a concept may stand: a segment of an edition with the
// words that translate it. Of the target, what approval needs is filled.
type Use struct {
	Release Release // number, slug, title, time
	Edition Edition // number, locale, state, revision, publication
	Segment Segment
	Target  Target
}

// Dismissal is a name that a reviewer judged otherwise than the glossary:
// a finding of the term verifier that was dismissed.
type Dismissal struct {
	Concept, Locale string
	Source          string // as it stands in the English
	Expected, Found string // what the glossary wants; what stands there, or the nearest words
	By, Why         string
	At              time.Time
	Edition         int64
	Position        int // of the segment
	Text            string
}
