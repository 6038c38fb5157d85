package desk_test

import "testing"

// BenchmarkInteractive measures in Chromium how long it takes from asking for
// a page until it can be used: its scripts have run. The same for a page
// without data stands beside it as the limit.
func BenchmarkInteractive(b *testing.B) {
	h := build(b, options{samples: true, locales: []string{"ar", "fr"}})
	tab := h.tab(b, 1280, 860)
	tab.signIn("Lina")
	for _, page := range []struct{ name, path string }{
		{"limit", "/keyboard"},
		{"queue", "/"},
		{"edition", "/editions/" + itoa(h.view("security-council-urged", "ar", "").ID)},
		{"long-edition", "/editions/" + itoa(h.view("weekly-digest", "ar", "").ID)},
	} {
		b.Run(page.name, func(b *testing.B) {
			ms := 0.0
			for b.Loop() {
				tab.open(page.path)
				ms += eval[float64](tab, `performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd`)
			}
			b.ReportMetric(ms/float64(b.N), "ms-to-interactive")
			b.ReportMetric(0, "ns/op")
		})
	}
}
