package edition

// OriginKind says where the words of a target came from.
type OriginKind string

// The kinds of origin. Context, Exact, Normalised, Fuzzy and Repaired are the
// memory's; Original is a quotation's own wording, given with the release.
const (
	FromContext    OriginKind = "context"
	FromExact      OriginKind = "exact"
	FromNormalised OriginKind = "normalised"
	FromFuzzy      OriginKind = "fuzzy"
	FromRepaired   OriginKind = "repaired"
	FromEngine     OriginKind = "engine"
	FromHuman      OriginKind = "human"
	FromOriginal   OriginKind = "original"
	Untranslated   OriginKind = "untranslated"
)

// Origin is the provenance of one version of a target.
type Origin struct {
	Kind OriginKind `json:"kind"`
	// Engine names the engine where Kind is FromEngine.
	Engine string `json:"engine,omitempty"`
	// Score is the memory's likeness to the source, 0 to 100.
	Score int `json:"score,omitempty"`
	// Entry is the memory entry that was used, 0 for none.
	Entry int64 `json:"entry,omitempty"`
	// Swaps are what a repair put in place of what the memory held.
	Swaps []Swap `json:"swaps,omitempty"`
	// Batch is the batch that changed a rendering in words that came from
	// where the rest says, 0 for none.
	Batch int64 `json:"batch,omitempty"`
}

// Swap is one value that a repair replaced: in the source From stands in the
// memory's sentence and To in the one asked for; TargetFrom and TargetTo are
// the same in the translation.
type Swap struct {
	Class      string `json:"class"` // name, number, date, month, weekday, percent, currency, title
	From       string `json:"from"`
	To         string `json:"to"`
	TargetFrom string `json:"target_from"`
	TargetTo   string `json:"target_to"`
}
