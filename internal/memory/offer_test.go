package memory

import (
	"fmt"
	"iter"
	"strings"
	"testing"
)

// TestOffersOfTemplates reads testdata/offers/*.txt, whose last part are
// queries with what is offered ("query = kind score target", "query =
// nothing").
func TestOffersOfTemplates(t *testing.T) {
	t.Parallel()
	patternCases(t, "offers", func(t *testing.T, names Names, locale string, pairs iter.Seq2[string, string], want string) string {
		p, err := Learn(names, locale, pairs, 2)
		if err != nil {
			t.Fatal(err)
		}
		var got strings.Builder
		for line := range strings.Lines(want) {
			query, _, _ := strings.Cut(line, " = ")
			offer := "nothing"
			if m, ok := p.Offer(query); ok {
				offer = fmt.Sprintf("%s %d %s", m.Kind, m.Score, m.Target)
			}
			fmt.Fprintf(&got, "%s = %s\n", query, offer)
		}
		return got.String()
	})
}
