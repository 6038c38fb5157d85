package glossary

// Occurrence is a place in a source text where a concept stands.
type Occurrence struct {
	Concept    int    // index in the glossary
	ID         string // of the concept
	Start, End int    // bytes of the text given
	// Nested is set where a longer occurrence covers this one: it is shown,
	// not required.
	Nested bool
	// Attributive is set where the name stands before a noun ("U.S.
	// officials", "UN envoy") or is a possessive: an adjective is then a
	// proper rendering.
	Attributive bool
	// Coordinated is set where the name shares its head with another one
	// ("the Russian and Assad regimes"): the target need not keep the words
	// together.
	Coordinated bool
}

type sourceIndex struct{}
