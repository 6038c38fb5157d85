package edition

// Severity says how much a finding weighs. An edition with an error that
// nobody answered cannot be approved.
type Severity string

// The three severities, heaviest first.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Info    Severity = "info"
)

// Finding is what a quality rule or the term verifier found in one target.
// It carries no prose: Rule names a message of the catalogues ("finding." +
// Rule) and Args fills it, so that each person reads it in their language.
type Finding struct {
	Rule     string            `json:"rule"`
	Severity Severity          `json:"severity"`
	Args     map[string]string `json:"args,omitempty"`
	// Start and End are byte offsets into the target's coded text; both are
	// zero where the finding is of the target as a whole.
	Start int `json:"start"`
	End   int `json:"end"`
	// SourceStart and SourceEnd are byte offsets into the source's coded text.
	SourceStart int `json:"source_start"`
	SourceEnd   int `json:"source_end"`
	// Fix is a certain correction, or nil.
	Fix *Fix `json:"fix,omitempty"`
}

// Fix replaces bytes Start to End of the target's coded text by Text.
type Fix struct {
	Start int    `json:"start"`
	End   int    `json:"end"`
	Text  string `json:"text"`
}
