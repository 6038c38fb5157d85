package glossary

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// frames are texts around a term in which it must be found.
var frames = map[string][]string{
	"ar":  {"%s", "قال %s أمس", "«%s»،", "⟦1⟧%s⟦/1⟧.", "(%s)"},
	"tr":  {"%s", "Dün %s dedi", "“%s”,", "⟦1⟧%s⟦/1⟧."},
	"ru":  {"%s", "вчера %s сказал", "«%s»,", "⟦1⟧%s⟦/1⟧."},
	"uk":  {"%s", "учора %s сказав", "«%s»,", "⟦1⟧%s⟦/1⟧."},
	"fr":  {"%s", "hier %s a dit", "« %s »,", "⟦1⟧%s⟦/1⟧."},
	"es":  {"%s", "ayer %s dijo", "«%s»,", "⟦1⟧%s⟦/1⟧."},
	"kmr": {"%s", "do %s got", "“%s”,", "⟦1⟧%s⟦/1⟧."},
	"ckb": {"%s", "دوێنێ %s وتی", "«%s»،", "⟦1⟧%s⟦/1⟧."},
}

// TestListedFormsAreFound: every form that Forms lists is found, at its tier
// or a lower one, wherever it stands in a sentence.
func TestListedFormsAreFound(t *testing.T) {
	t.Parallel()
	for _, concepts := range [][]Concept{starter(t), readConcepts(t, "testdata/target_world.csv")} {
		for lang, frame := range frames {
			t.Run(lang, func(t *testing.T) {
				t.Parallel()
				tried := 0
				for _, c := range concepts {
					ts := c.Targets[lang]
					for _, term := range slices.Concat(ts.Preferred, ts.Accepted) {
						tried += findListed(t, lang, frame, c, term)
					}
				}
				t.Logf("%d forms", tried)
			})
		}
	}
}

func findListed(t *testing.T, lang string, frame []string, c Concept, term Term) int {
	c.Targets = map[string]Terms{lang: {Preferred: []Term{term}}}
	g := compiled(t, c)
	forms, err := g.Forms(c.ID, lang)
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range forms {
		if strings.Contains(f.Why, "derived") {
			continue
		}
		text := strings.Replace(frame[i%len(frame)], "%s", f.Text, 1)
		v := rendering(g, lang, text)
		agreement := v.Result == ResultWarn && v.Reason == ReasonAgreement
		if !v.Result.Passed() && !agreement || v.Tier > f.Tier {
			t.Errorf("%s %s %q: form %q (%s, tier %d) gives %s %s, tier %d in %q", lang, c.Kind, term.Text, f.Text, f.Why, f.Tier, v.Result, v.Reason, v.Tier, text)
		}
	}
	return len(forms)
}

// TestProclitics: every name of the starter glossary is found behind every
// conjunction and preposition, in all ways in which لل is written.
func TestProclitics(t *testing.T) {
	t.Parallel()
	for _, c := range starter(t) {
		if !c.Kind.Proper() {
			continue
		}
		ts := c.Targets["ar"]
		for _, term := range slices.Concat(ts.Preferred, ts.Accepted) {
			one := c
			one.Targets = map[string]Terms{"ar": {Preferred: []Term{term}}}
			g := compiled(t, one)
			for _, conj := range []string{"", "و", "ف"} {
				for _, prep := range []string{"", "ب", "ك", "ل"} {
					text := conj + prep + term.Text
					if rest, ok := strings.CutPrefix(term.Text, "ال"); ok && prep == "ل" {
						text = conj + "ل" + "ل" + strings.TrimPrefix(rest, "ل")
					}
					if v := rendering(g, "ar", text); !v.Result.Passed() || v.Tier > 2 {
						t.Errorf("%q in %q: %s %s tier %d", term.Text, text, v.Result, v.Reason, v.Tier)
					}
				}
			}
		}
	}
}

// FuzzVerify: whatever the texts are, spans and fixes lie within the target,
// on the boundaries of characters, and a certain repair leaves no failure of
// the same concept behind that it was to mend.
func FuzzVerify(f *testing.F) {
	for _, c := range readVerdicts(f) {
		f.Add(c.lang, c.source, c.target)
	}
	f.Add("ar", "Sarqib", "⟦1⟧بسرقيب⟦/1⟧⟦⟦\u200f\u064b،ﻻ")
	f.Add("tr", "Aleppo", "I\u0307dlib''ın’’")
	f.Add("fr", "Aleppo", "d'⟦1/⟧alep e\u0301œ")
	f.Add("ckb", "Iraq", "ه\u200cوووە")
	f.Add("es", "United States", "EE. UU. U.S.A. x.Y.")
	g := worldGlossary(f)
	s := compiled(f, readConcepts(f, "testdata/starter.csv")...)
	f.Fuzz(func(t *testing.T, lang, source, target string) {
		if len(target) > 2000 || len(source) > 2000 {
			return
		}
		for _, g := range []*Glossary{g, s} {
			occ := occurrences(g, source)
			for _, v := range g.Verify(nil, lang, source, occ, target) {
				checkSpan(t, target, v.Start, v.End)
				if v.Text != target[v.Start:v.End] {
					t.Fatalf("text %q is not what stands at the span: %q", v.Text, target[v.Start:v.End])
				}
				if v.Fix != nil {
					checkSpan(t, target, v.Fix.Start, v.Fix.End)
				}
			}
			_, swaps := g.Repair(lang, source, occ, target)
			for _, w := range swaps {
				checkSpan(t, target, w.Start, w.End)
			}
			for _, o := range g.FindTarget(lang, target) {
				checkSpan(t, target, o.Start, o.End)
			}
		}
	})
}

func checkSpan(t *testing.T, text string, start, end int) {
	t.Helper()
	if start < 0 || end < start || end > len(text) {
		t.Fatalf("span %d:%d of %d bytes", start, end, len(text))
	}
	if !utf8.ValidString(text) {
		return
	}
	if !utf8.ValidString(text[start:end]) {
		t.Fatalf("span %d:%d cuts a character of %q", start, end, text)
	}
}

// FuzzWords: words lie in order within the text, and their letters are there.
func FuzzWords(f *testing.F) {
	f.Add("İdlib'de ⟦1⟧x⟦/1⟧ بـYPG")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 400 {
			return // byteOf is asked for every letter
		}
		for _, lang := range []string{"ar", "tr", "ru", "uk", "fr", "es", "kmr", "ckb"} {
			gr := grammarFor(lang)
			var r reader
			r.scan(gr.spelling(), text)
			end := int32(0)
			for i := range r.words {
				w := &r.words[i]
				if w.start < end || w.end <= w.start || int(w.end) > len(text) || w.r1 <= w.r0 {
					t.Fatalf("%s: word %d at %d:%d of %q", lang, i, w.start, w.end, text)
				}
				end = w.end
				for n := range int(w.r1 - w.r0) {
					if at := r.byteOf(w, n); at < int(w.start) || at >= int(w.end) {
						t.Fatalf("%s: letter %d of word %d at %d, word is %d:%d of %q", lang, n, i, at, w.start, w.end, text)
					}
				}
				gr.read(&r, w)
			}
		}
	})
}
