package content

import (
	"os"
	"strings"
	"testing"
)

// release20 is a release of about twenty segments, as a desk writes them.
func release20(tb testing.TB) []byte {
	tb.Helper()
	data, err := os.ReadFile("testdata/shapes/release.md")
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

func BenchmarkLoad(b *testing.B) {
	data := release20(b)
	docs, err := Load(data, Options{Path: "release.md"})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(len(docs[0].Segments())), "segments")
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Load(data, Options{Path: "release.md"}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLoadPage(b *testing.B) {
	data, err := os.ReadFile("testdata/shapes/page.txt")
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Load(data, Options{Path: "page.txt"}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSplice(b *testing.B) {
	docs, err := Load(release20(b), Options{Path: "release.md"})
	if err != nil {
		b.Fatal(err)
	}
	d := docs[0]
	targets := make([]string, len(d.segments))
	for i, s := range d.segments {
		targets[i] = strings.ReplaceAll(s.Text, "e", "ا")
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := d.Splice(func(i int) (string, bool) { return targets[i], true }); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkHTML(b *testing.B) {
	docs, err := Load(release20(b), Options{Path: "release.md"})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := docs[0].HTML(nil); err != nil {
			b.Fatal(err)
		}
	}
}
