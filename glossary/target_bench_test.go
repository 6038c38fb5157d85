package glossary

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"unicode"
)

// manyConcepts makes n concepts with terms in lang like those of the starter
// glossary: its terms with made-up letters in the place of their own, so that
// kinds, lengths and numbers of words are those of real terms.
func manyConcepts(tb testing.TB, lang string, n int) []Concept {
	base := starter(tb)
	letters := []rune(alphabets[lang])[:22]
	var out []Concept
	for k := 0; len(out) < n; k++ {
		c := base[k%len(base)]
		ts, ok := c.Targets[lang]
		if !ok {
			continue
		}
		shift := k / len(base)
		mutate := func(list []Term) []Term {
			var mutated []Term
			for _, t := range list {
				t.Text = mutateTerm(t.Text, letters, shift)
				mutated = append(mutated, t)
			}
			return mutated
		}
		c.ID = fmt.Sprintf("%s.%d", c.ID, shift)
		c.Targets = map[string]Terms{lang: {
			Preferred: mutate(ts.Preferred), Accepted: mutate(ts.Accepted), Derived: mutate(ts.Derived), Forbidden: mutate(ts.Forbidden),
		}}
		c.Rule.Licence, c.Rule.BlockedBy = nil, nil
		out = append(out, c)
	}
	return out
}

// mutateTerm changes two letters in the middle of every long word.
func mutateTerm(text string, letters []rune, shift int) string {
	if shift == 0 {
		return text
	}
	words := strings.Split(text, " ")
	for i, w := range words {
		rs := []rune(w)
		if len(rs) < 5 || !unicode.IsLetter(rs[2]) || !unicode.IsLetter(rs[3]) {
			continue
		}
		rs[2] = letters[shift%len(letters)]
		rs[3] = letters[shift/len(letters)%len(letters)]
		words[i] = string(rs)
	}
	return strings.Join(words, " ")
}

// BenchmarkReady is the time until a glossary of 10,000 concepts can verify in
// a language: forms are made when first needed.
func BenchmarkReady(b *testing.B) {
	for _, lang := range []string{"ar", "tr", "ru", "fr"} {
		b.Run(lang, func(b *testing.B) {
			concepts := manyConcepts(b, lang, 10000)
			g := compiled(b, concepts...)
			occ := []Occurrence{{Concept: 17}, {Concept: 4000}}
			b.ResetTimer()
			for range b.N {
				g.targets = targetSet{}
				g.Verify(nil, lang, "x", occ, concepts[17].Targets[lang].Preferred[0].Text)
			}
		})
	}
}

// BenchmarkAllForms is the time and memory once the forms of all 10,000
// concepts have been used, with the index that finds them all in a text.
func BenchmarkAllForms(b *testing.B) {
	for _, lang := range []string{"ar", "tr", "ru", "fr"} {
		b.Run(lang, func(b *testing.B) {
			g := compiled(b, manyConcepts(b, lang, 10000)...)
			for range b.N {
				g.targets = targetSet{}
				before := heap()
				g.FindTarget(lang, "x")
				b.ReportMetric(float64(heap()-before)/1e6, "MB")
			}
		})
	}
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// BenchmarkVerify is one segment with five concepts, all rendered properly.
func BenchmarkVerify(b *testing.B) {
	g := compiled(b, starter(b)...)
	segments := []struct{ lang, source, target string }{
		{"ar", "The Syrian Coalition called on the UN Security Council to condemn the airstrikes on civilians in Sarqib.",
			"دعا الائتلاف الوطني السوري مجلس الأمن الدولي إلى إدانة الغارات الجوية على المدنيين في مدينة سراقب بريف إدلب أمس الأحد."},
		{"tr", "The Syrian Coalition called on the UN Security Council to condemn the airstrikes on civilians in Sarqib.",
			"Suriye Ulusal Koalisyonu, BM Güvenlik Konseyi'ni Serakib'deki sivillere yönelik hava saldırılarını kınamaya çağırdı."},
		{"ru", "The Syrian Coalition called on the UN Security Council to condemn the airstrikes on civilians in Sarqib.",
			"Сирийская национальная коалиция призвала Совет Безопасности ООН осудить авиаудары по мирным жителям в Саракибе."},
		{"fr", "The Syrian Coalition called on the UN Security Council to condemn the airstrikes on civilians in Sarqib.",
			"La Coalition nationale syrienne a appelé le Conseil de sécurité de l’ONU à condamner les frappes aériennes contre les civils à Saraqeb."},
	}
	for _, s := range segments {
		b.Run(s.lang, func(b *testing.B) {
			occ := occurrences(g, s.source)
			var vs []Verdict
			for _, v := range g.Verify(nil, s.lang, s.source, occ, s.target) {
				if !v.Result.Passed() {
					b.Fatal(verdictLine(v))
				}
			}
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				vs = g.Verify(vs[:0], s.lang, s.source, occ, s.target)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "segments/s")
			b.ReportMetric(float64(len(vs)), "concepts")
		})
	}
}

// BenchmarkVerifyMissing is the same with nothing rendered: the slow way, with
// hints.
func BenchmarkVerifyMissing(b *testing.B) {
	g := compiled(b, starter(b)...)
	source := "The Syrian Coalition called on the UN Security Council to condemn the airstrikes on civilians in Sarqib."
	occ := occurrences(g, source)
	target := "دعت الهيئة العليا للمفاوضات المنظمات الدولية إلى إدانة القصف على السكان في مدينة سارقب بريف حلب أمس الأحد."
	var vs []Verdict
	for range b.N {
		vs = g.Verify(vs[:0], "ar", source, occ, target)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "segments/s")
}
