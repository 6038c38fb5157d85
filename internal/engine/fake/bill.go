package fake

// Bill is what a counterpart was asked and what the real service would charge;
// every counterpart shows its own at GET /bill.
type Bill struct {
	// Fake is the service that it stands for.
	Fake string `json:"fake"`
	// Requests counts all calls to translate; Billed those that cost something,
	// Characters what they cost.
	Requests   int        `json:"requests"`
	Billed     int        `json:"billed"`
	Characters int        `json:"characters"`
	Calls      []BillLine `json:"calls"`
}

// BillLine is one call.
type BillLine struct {
	// Call is the caller's own number of it (X-Dragoman-Call), 0 for none.
	Call       int64  `json:"call,omitempty"`
	Target     string `json:"target"`
	Items      int    `json:"items"`
	Characters int    `json:"characters"`
	Billed     bool   `json:"billed"`
	Fault      Fault  `json:"fault,omitempty"`
}

// Add puts a line on the bill.
func (b *Bill) Add(l BillLine) {
	b.Requests++
	if l.Billed {
		b.Billed++
		b.Characters += l.Characters
	}
	b.Calls = append(b.Calls, l)
}
