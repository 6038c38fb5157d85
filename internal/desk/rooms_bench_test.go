package desk_test

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"
)

// BenchmarkRooms measures the rooms' pages as a browser on the same machine
// gets them, in a house in which one name stands in every sentence;
// DRAGOMAN_BENCH_RELEASES says over how many releases of 18 sentences in two
// locales.
func BenchmarkRooms(b *testing.B) {
	n := 200
	if s := os.Getenv("DRAGOMAN_BENCH_RELEASES"); s != "" {
		if _, err := fmt.Sscan(s, &n); err != nil {
			b.Fatal(err)
		}
	}
	files := map[string]string{}
	for i := range n {
		text := fmt.Sprintf("---\ntitle: Release %d on Maasran\nslug: r%d\n---\n\n", i, i)
		for j := range 18 {
			text += fmt.Sprintf("%d civilians were injured in Maasran.\n\n", 100+18*i+j) // the memory repairs it in Arabic
		}
		files[fmt.Sprintf("r%d.md", i)] = text
	}
	h := build(b, options{files: files})
	who := h.as("admin")
	for _, path := range []string{"/glossary?q=maas", "/concepts/loc.maasran?locale=ar", "/glossary/proposed", "/glossary/history", "/batches", "/memory", "/published", "/dashboard", "/engines"} {
		start := time.Now()
		who.get(path)
		first := time.Since(start)
		b.Run(path, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				start := time.Now()
				if a := who.get(path); a.Status != 200 {
					b.Fatal(a.Status)
				}
				took = append(took, time.Since(start))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
			b.ReportMetric(float64(first.Microseconds())/1000, "first-ms")
		})
	}
}
