package memory

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"dragoman/glossary"
)

// fakeNames knows a few names, each with its one form per language.
type fakeNames struct{ concepts []glossary.Concept }

func newFakeNames() *fakeNames {
	f := &fakeNames{}
	for _, line := range strings.Split(strings.TrimSpace(`
loc.idlib LOC Idlib إدلب
loc.aleppo LOC Aleppo حلب
loc.homs LOC Homs حمص
loc.kafranbel LOC Kafranbel كفرنبل
loc.maasran LOC Maasran معصران
loc.khan LOC Khan-Sheikhoun خان-شيخون
org.coalition ORG Syrian-Coalition الائتلاف-الوطني-السوري
org.helmets ORG White-Helmets الخوذ-البيضاء
per.meslet PER Salem-al=Meslet سالم-المسلط
group.civil GROUP civilians مدنيون`), "\n") {
		f1 := strings.Fields(line)
		clean := strings.NewReplacer("-", " ", "=", "-")
		f.concepts = append(f.concepts, glossary.Concept{
			ID: f1[0], Kind: glossary.Kind(f1[1]), Source: clean.Replace(f1[2]),
			Targets: map[string]glossary.Terms{"ar": {Preferred: []glossary.Term{{Text: clean.Replace(f1[3])}}}},
		})
	}
	return f
}

func (f *fakeNames) Concept(i int) *glossary.Concept { return &f.concepts[i] }

func (f *fakeNames) Find(dst []glossary.Occurrence, text string) []glossary.Occurrence {
	for i, c := range f.concepts {
		for from := 0; ; {
			at := strings.Index(text[from:], c.Source)
			if at < 0 {
				break
			}
			at += from
			from = at + len(c.Source)
			dst = append(dst, glossary.Occurrence{Concept: i, ID: c.ID, Start: at, End: from})
		}
	}
	return dst
}

func (f *fakeNames) FindTarget(lang, target string) []glossary.TargetOccurrence {
	var out []glossary.TargetOccurrence
	for i := range f.concepts {
		w := f.Preferred(lang, i)
		if at := strings.Index(target, w); w != "" && at >= 0 {
			out = append(out, glossary.TargetOccurrence{Concept: i, Start: at, End: at + len(w), Class: "preferred", Term: w})
		}
	}
	return out
}

func (f *fakeNames) Inflect(lang string, concept int, like string, likeConcept int) (string, bool) {
	w := f.Preferred(lang, concept)
	return w, w != "" && like == f.Preferred(lang, likeConcept)
}

func (f *fakeNames) SwapTerm(_, target, _, _ string, _ int) (string, []glossary.Swap, bool) {
	return target, nil, false
}

func (f *fakeNames) Preferred(lang string, concept int) string {
	if ts := f.concepts[concept].Targets[lang].Preferred; len(ts) > 0 {
		return ts[0].Text
	}
	return ""
}

func (f *fakeNames) License(_ *glossary.Document, occ []glossary.Occurrence, _ string) []glossary.Occurrence {
	return occ
}

func (f *fakeNames) Verify(dst []glossary.Verdict, _, _ string, _ []glossary.Occurrence, _ string) []glossary.Verdict {
	return dst
}

func (f *fakeNames) Repair(_, _ string, _ []glossary.Occurrence, target string) (string, []glossary.Swap) {
	return target, nil
}

// writer makes sentences as an archive has them: frames that recur with other
// words, names and numbers.
type writer struct {
	r      *rand.Rand
	words  []string
	frames [][]string
}

func newWriter(seed uint64, vocabulary, frames int) *writer {
	w := &writer{r: rand.New(rand.NewPCG(seed, 1))}
	for i := range vocabulary {
		w.words = append(w.words, fmt.Sprintf("%c%s", 'a'+i%26, strings.Repeat("eo", i/7%3)+fmt.Sprint(i)[:1]+letters(i)))
	}
	for range frames {
		var f []string
		for range 6 + w.r.IntN(24) {
			switch w.r.IntN(12) {
			case 0:
				f = append(f, "{name}")
			case 1:
				f = append(f, "{number}")
			case 2:
				f = append(f, "{word}")
			case 3:
				f = append(f, ",")
			default:
				f = append(f, w.word())
			}
		}
		w.frames = append(w.frames, append(f, "."))
	}
	return w
}

func letters(i int) string {
	s := ""
	for ; i > 0; i /= 26 {
		s += string(rune('a' + i%26))
	}
	return s
}

// word takes a word of the vocabulary, the first ones most often (Zipf).
func (w *writer) word() string {
	u := w.r.Float64()
	return w.words[int(float64(len(w.words))*u*u*u*u)]
}

var fakePlaces = []string{"Idlib", "Aleppo", "Homs", "Kafranbel", "Maasran", "Khan Sheikhoun", "White Helmets", "Salem al-Meslet"}

func (w *writer) sentence() string {
	var b strings.Builder
	for i, x := range w.frames[w.r.IntN(len(w.frames))] {
		switch x {
		case "{name}":
			x = fakePlaces[w.r.IntN(len(fakePlaces))]
		case "{number}":
			x = fmt.Sprint(w.r.IntN(2000))
		case "{word}":
			x = w.word()
		}
		if i > 0 && x != "," && x != "." {
			b.WriteByte(' ')
		}
		b.WriteString(x)
	}
	return b.String()
}

// mutate changes a few words, as the next release does.
func (w *writer) mutate(s string, n int) string {
	f := strings.Fields(s)
	for range n {
		i := w.r.IntN(len(f))
		switch w.r.IntN(4) {
		case 0:
			f[i] = w.word()
		case 1:
			f = append(f[:i], f[i+1:]...)
		case 2:
			f = append(f[:i], append([]string{w.word()}, f[i:]...)...)
		case 3:
			f[i] = fakePlaces[w.r.IntN(len(fakePlaces))]
		}
		if len(f) == 0 {
			return s
		}
	}
	return strings.Join(f, " ")
}
