package pipeline_test

import (
	"fmt"
	"strings"
	"testing"

	"dragoman/internal/edition"
)

// BenchmarkDraft takes releases of 20 segments from files to the review queue
// in five locales with the pseudo engine; ns/op is of one edition.
func BenchmarkDraft(b *testing.B) {
	locales := []string{"ar", "fr", "tr", "es", "ru"}
	h := build(b, options{locales: locales, routes: pseudoRoutes(b, locales...), idle: true})
	for i := range (b.N + 4) / 5 {
		var text strings.Builder
		fmt.Fprintf(&text, "---\ntitle: Attack number %d\nslug: attack-%d\n---\n\n", i, i)
		for n := range 19 {
			fmt.Fprintf(&text, "The Syrian Coalition said that %d civilians had been injured in Idlib.\n\n", i*20+n+3)
		}
		h.write(fmt.Sprintf("attack-%06d.md", i), text.String())
	}
	b.ResetTimer()
	h.work()
	if _, err := h.pipe.Load(b.Context(), nil, edition.Bulk, nil); err != nil {
		b.Fatal(err)
	}
	h.settle()
}
