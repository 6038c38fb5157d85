package memory

import (
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"
)

// archive is 100,000 synthetic pairs in an index, with queries that are one
// of them with up to three words changed, as a new release has them.
func archive(b *testing.B, n int) (*Index, []Entry, []string) {
	b.Helper()
	w := newWriter(42, 20_000, n/20)
	es := make([]Entry, n)
	for i := range es {
		es[i] = Entry{ID: int64(i + 1), Locale: "ar", Source: w.sentence(), Target: w.sentence()}
	}
	ix := NewIndex(Options{Names: newFakeNames()})
	must(b, ix.AddAll(es))
	qs := make([]string, 1000)
	for i := range qs {
		qs[i] = w.mutate(es[w.r.IntN(n)].Source, 1+w.r.IntN(3))
	}
	return ix, es, qs
}

func BenchmarkExact(b *testing.B) {
	ix, es, _ := archive(b, 100_000)
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		ix.Lookup(Query{Locale: "ar", Text: es[i*7919%len(es)].Source})
		i++
	}
}

// BenchmarkFuzzy reports the median and the 99th percentile besides the mean.
func BenchmarkFuzzy(b *testing.B) {
	for _, n := range []int{100_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			if n > 100_000 && testing.Short() {
				b.Skip("a million pairs take a while")
			}
			ix, _, qs := archive(b, n)
			var took []time.Duration
			i := 0
			for b.Loop() {
				start := time.Now()
				ix.Lookup(Query{Locale: "ar", Text: qs[i%len(qs)]})
				took = append(took, time.Since(start))
				i++
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Nanoseconds()), "median-ns")
			b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds()), "p99-ns")
		})
	}
}

func BenchmarkFuzzyParallel(b *testing.B) {
	ix, _, qs := archive(b, 100_000)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for i := 0; pb.Next(); i++ {
			ix.Lookup(Query{Locale: "ar", Text: qs[i%len(qs)]})
		}
	})
}

// BenchmarkBuild reports the index's own bytes a segment: the heap that it
// takes, less the texts.
func BenchmarkBuild(b *testing.B) {
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		w := newWriter(42, 20_000, 5_000)
		ix := NewIndex(Options{})
		const n = 100_000
		es := make([]Entry, 0, 1000)
		for i := range n {
			es = append(es, Entry{ID: int64(i + 1), Locale: "ar", Source: w.sentence(), Target: w.sentence()})
			if len(es) == cap(es) {
				must(b, ix.AddAll(es))
				es = es[:0]
			}
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		st := ix.Stats()
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc-uint64(st.TextBytes))/n, "B/segment")
		b.ReportMetric(float64(st.Bytes-st.TextBytes)/n, "counted-B/segment")
		b.ReportMetric(float64(st.TextBytes)/n, "text-B/segment")
		runtime.KeepAlive(w)
	}
}
