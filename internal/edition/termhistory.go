package edition

import (
	"encoding/json"
	"slices"

	"dragoman/glossary"
)

// TermHistory is what a glossary's former versions tell of one concept.
type TermHistory struct {
	// Changed is the version in which the concept became what it is.
	Changed int64
	// Former are the terms that were preferred before, by language, the
	// newest first.
	Former map[string][]string
}

// AddFormer adds the preferred terms of an older version of the concept, as
// the database keeps it.
func (h *TermHistory) AddFormer(body string) error {
	var c glossary.Concept
	if err := json.Unmarshal([]byte(body), &c); err != nil {
		return err
	}
	if h.Former == nil {
		h.Former = map[string][]string{}
	}
	for lang, ts := range c.Targets {
		for _, t := range ts.Preferred {
			if !slices.Contains(h.Former[lang], t.Text) {
				h.Former[lang] = append(h.Former[lang], t.Text)
			}
		}
	}
	return nil
}
