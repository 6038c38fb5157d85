package check_test

import (
	"testing"

	"dragoman/internal/check"
)

// BenchmarkRun runs all rules over the golden cases of correct text: short
// segments of every locale. It reports segments a second.
func BenchmarkRun(b *testing.B) {
	var inputs []check.Input
	for _, c := range readCases(b) {
		if len(c.want) == 0 {
			inputs = append(inputs, c.in)
		}
	}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		check.Run(inputs[n%len(inputs)])
		n++
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "segments/s")
}
