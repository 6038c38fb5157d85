package glossary_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"dragoman/glossary"
)

// prose is the running text of the benchmarks: sentences of a press release,
// with %s where a name stands.
var prose = strings.Split(`Activists in rural Idlib on Sunday said that jets and helicopters had conducted no fewer than 50 airstrikes on the towns and villages of %s.
They confirmed that internationally banned weapons were used in the attacks, the second of their kind since the beginning of the month.
“The international community is obliged to condemn this criminal campaign and to work at all levels to stop it and protect civilians in %s,” the spokesman added.
The head of the delegation, who arrived in %s on Monday, met representatives of %s and of several humanitarian organisations working along the border.
In a press release issued on Tuesday, the department called on the guarantors to take immediate action and put an end to the suffering of more than 300,000 people.
Two more civilians were killed when warplanes bombed the outskirts of %s, and three others were injured while doing their duty.
The agreement, which was signed after eleven hours of talks, provides for a withdrawal of all heavy weapons from %s within ten days.
He pointed out that the road between %s and the coast had been cut since early morning, and that no aid had reached the area.
Residents described scenes of panic as hundreds of families fled towards the olive groves west of the town with nothing but the clothes they wore.
The hospital’s director said that he had recorded over 12 cases of suffocation, most of them women and children under the age of ten.`, "\n")

var syllables = strings.Fields("ba dar kaf ran sar qib ma rat nu man ha la id lib ho ms ra qqa du ma af rin man bij tel ab yad ja ra blus qa mish li si kan ne ru")

// names makes n different names of one to four words.
func names(n int) []string {
	r := rand.New(rand.NewPCG(1, 2))
	word := func() string {
		var b strings.Builder
		for range 2 + r.IntN(3) {
			b.WriteString(syllables[r.IntN(len(syllables))])
		}
		w := b.String()
		return strings.ToUpper(w[:1]) + w[1:]
	}
	heads := strings.Fields("province council brigade district hospital network army committee organisation movement")
	out := make([]string, 0, n)
	seen := map[string]bool{}
	for len(out) < n {
		name := word()
		switch r.IntN(5) {
		case 0:
			name += " al-" + word()
		case 1:
			name += " " + word() + " " + heads[r.IntN(len(heads))]
		case 2:
			name += " " + heads[r.IntN(len(heads))]
		case 3:
			name += " " + word()
		}
		if !seen[name] {
			seen[name] = true
			out = append(out, name)
		}
	}
	return out
}

// benchConcepts makes a glossary of n concepts with one term each.
func benchConcepts(n int) []glossary.Concept {
	concepts := make([]glossary.Concept, n)
	for i, name := range names(n) {
		concepts[i] = glossary.Concept{
			ID: fmt.Sprintf("loc.%d", i), Kind: glossary.LOC, Source: name,
			Rule:    glossary.Rule{CaseSensitive: true},
			Targets: map[string]glossary.Terms{"ar": {Preferred: []glossary.Term{{Text: "اسم"}}}},
		}
	}
	return concepts
}

// benchText makes about 64 KiB of sentences, one a segment, in which every
// tenth word or so belongs to a name of the glossary.
func benchText(concepts []glossary.Concept) (segments []string, size int) {
	r := rand.New(rand.NewPCG(3, 4))
	for i := 0; size < 64<<10; i++ {
		s := prose[i%len(prose)]
		for strings.Contains(s, "%s") {
			s = strings.Replace(s, "%s", concepts[r.IntN(len(concepts))].Source, 1)
		}
		segments = append(segments, s)
		size += len(s)
	}
	return segments, size
}

// commonConcepts makes a glossary of n terms of two to four of the words that
// the text is made of: the worst case, in which nearly every word may begin a
// term.
func commonConcepts(n int) []glossary.Concept {
	words := strings.Fields(strings.ToLower(strings.NewReplacer("%s", "", ",", "", ".", "", "“", "", "”", "").Replace(strings.Join(prose, " "))))
	r := rand.New(rand.NewPCG(5, 6))
	concepts := make([]glossary.Concept, 0, n)
	seen := map[string]bool{}
	for len(concepts) < n {
		name := words[r.IntN(len(words))]
		for range 1 + r.IntN(3) {
			name += " " + words[r.IntN(len(words))]
		}
		if !seen[name] {
			seen[name] = true
			concepts = append(concepts, glossary.Concept{ID: fmt.Sprintf("term.%d", len(concepts)), Kind: glossary.TERM, Source: name})
		}
	}
	return concepts
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// BenchmarkFind searches running text for the terms of a large glossary.
func BenchmarkFind(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		b.Run(fmt.Sprintf("terms=%d", n), func(b *testing.B) {
			concepts := benchConcepts(n)
			g, _ := glossary.Compile(concepts, glossary.Options{Trusted: true})
			segments, size := benchText(concepts)
			b.SetBytes(int64(size))
			b.ReportAllocs()
			var occ []glossary.Occurrence
			found := 0
			for b.Loop() {
				found = 0
				for _, s := range segments {
					occ = g.Find(occ[:0], s)
					found += len(occ)
				}
			}
			if found == 0 {
				b.Fatal("nothing found")
			}
			b.ReportMetric(float64(found)/float64(size)*1000, "occurrences/KB")
		})
	}
}

// BenchmarkFindCommon searches running text for 100,000 terms made of its own
// words.
func BenchmarkFindCommon(b *testing.B) {
	g, _ := glossary.Compile(commonConcepts(100_000), glossary.Options{Trusted: true})
	segments, size := benchText(benchConcepts(100))
	b.SetBytes(int64(size))
	b.ReportAllocs()
	var occ []glossary.Occurrence
	for b.Loop() {
		for _, s := range segments {
			occ = g.Find(occ[:0], s)
		}
	}
}

// BenchmarkCompile builds the source side of a glossary, with validation and
// without.
func BenchmarkCompile(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		for _, trusted := range []bool{false, true} {
			b.Run(fmt.Sprintf("terms=%d/trusted=%v", n, trusted), func(b *testing.B) {
				concepts := benchConcepts(n)
				before := heap()
				kept, _ := glossary.Compile(concepts, glossary.Options{Trusted: trusted})
				size := heap() - before
				for b.Loop() {
					g, problems := glossary.Compile(concepts, glossary.Options{Trusted: trusted})
					if g == nil {
						b.Fatal(problems)
					}
				}
				runtime.KeepAlive(kept)
				b.ReportMetric(float64(size)/(1<<20), "MB-heap")
			})
		}
	}
}
