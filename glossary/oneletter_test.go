package glossary

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

// alphabets are the letters that are put into words and in the place of others.
var alphabets = map[string]string{
	"ar":  "ابتثجحخدذرزسشصضطظعغفقكلمنهويةىءأإؤئآ",
	"tr":  "abcçdefgğhıijklmnoöprsştuüvyzqwxâîû",
	"ru":  "абвгдежзийклмнопрстуфхцчшщъыьэюя",
	"uk":  "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
	"fr":  "abcdefghijklmnopqrstuvwxyzàâçéèêëîïôùûü",
	"es":  "abcdefghijklmnñopqrstuvwxyzáéíóúü",
	"kmr": "abcçdeêfghiîjklmnopqrsştuûvwxyz",
	"ckb": "ئابپتجچحخدرڕزژسشعغفڤقکگلڵمنوۆهەیێ",
}

// kurdishAndUkrainian are terms of languages that the starter glossary lacks.
var kurdishAndUkrainian = map[string][]struct {
	kind Kind
	text string
}{
	"uk": {
		{LOC, "Сирія"}, {LOC, "Дамаск"}, {LOC, "Алеппо"}, {LOC, "Ідліб"}, {LOC, "Східна Гута"}, {LOC, "Київ"},
		{PER, "Башар Асад"}, {ORG, "Рада Безпеки ООН"}, {ORG, "Організація Об'єднаних Націй"}, {ORG, "Вільна сирійська армія"},
		{TERM, "бочкова бомба"}, {TERM, "воєнний злочин"}, {GROUP, "активіст"}, {ORG, "Білі шоломи"},
	},
	"kmr": {
		{LOC, "Sûriye"}, {LOC, "Heleb"}, {LOC, "Efrîn"}, {LOC, "Îdlib"}, {LOC, "Tirkiye"}, {LOC, "Şam"},
		{PER, "Beşar Esed"}, {ORG, "Neteweyên Yekbûyî"}, {ORG, "Konseya Ewlehiyê"}, {COMMON, "bombe"},
	},
	"ckb": {
		{LOC, "سوریا"}, {LOC, "حەلەب"}, {LOC, "ئیدلب"}, {LOC, "عێراق"}, {LOC, "دیمەشق"},
		{PER, "بەشار ئەسەد"}, {PER, "تڕەمپ"}, {ORG, "نەتەوە یەکگرتووەکان"}, {ORG, "ئەنجومەنی ئاسایش"}, {COMMON, "فڕۆکە"},
	},
}

// starter gives the concepts of the starter glossary, and those above.
func starter(t testing.TB) []Concept {
	t.Helper()
	f, err := os.Open("testdata/starter.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	concepts, err := ReadCSV(f, "starter.csv")
	if err != nil {
		t.Fatal(err)
	}
	for lang, terms := range kurdishAndUkrainian {
		for i, x := range terms {
			concepts = append(concepts, Concept{
				ID: fmt.Sprintf("%s.%d", lang, i), Kind: x.kind, Source: "Test",
				Targets: map[string]Terms{lang: {Preferred: []Term{{Text: x.text}}}},
			})
		}
	}
	return concepts
}

// edits gives every string that differs from text by one letter put in, left
// out, changed, or swapped with its neighbour.
func edits(text, alphabet string) []string {
	rs := []rune(text)
	set := map[string]bool{}
	for i := range rs {
		if rs[i] == ' ' {
			continue
		}
		set[string(rs[:i])+string(rs[i+1:])] = true
		if i+1 < len(rs) && rs[i+1] != ' ' {
			s := slices.Clone(rs)
			s[i], s[i+1] = s[i+1], s[i]
			set[string(s)] = true
		}
		for _, c := range alphabet {
			s := slices.Clone(rs)
			s[i] = c
			set[string(s)] = true
		}
	}
	for i := 0; i <= len(rs); i++ {
		for _, c := range alphabet {
			set[string(rs[:i])+string(c)+string(rs[i:])] = true
		}
	}
	out := make([]string, 0, len(set))
	for s := range set {
		if lettersOnly(s) != lettersOnly(text) {
			out = append(out, s)
		}
	}
	slices.Sort(out)
	return out
}

// lettersOnly drops what is no letter: capitals, hyphens, apostrophes, marks.
func lettersOnly(s string) string {
	var b strings.Builder
	for _, r := range norm.NFC.String(strings.ToLower(s)) {
		switch {
		case r == 'ё':
			b.WriteRune('е')
		case r == '-' || r == '‑':
			b.WriteByte(' ')
		case strings.ContainsRune("'’«»\u0640", r), 0x064b <= r && r <= 0x0652:
		default:
			b.WriteRune(r)
		}
	}
	words := strings.Split(b.String(), " ")
	if strings.ContainsAny(s, "ەیێۆ") { // Sorani: a final ه is a vowel
		for i, w := range words {
			if strings.HasSuffix(w, "ه") {
				words[i] = strings.TrimSuffix(w, "ه") + "ە"
			}
		}
	}
	return strings.Join(words, " ")
}

// sameSpelling is the tier 1 equivalence of a language, written down once
// more and apart from the program: hamza seats and alef maqsura, accents left
// out, and so on. ة and ه are never the same.
func sameSpelling(lang, a, b string) bool {
	a, b = lettersOnly(a), lettersOnly(b)
	fold := func(pairs ...string) bool {
		r := strings.NewReplacer(pairs...)
		return r.Replace(a) == r.Replace(b)
	}
	switch lang {
	case "ar":
		return fold("أ", "ا", "إ", "ا", "آ", "ا", "ؤ", "ء", "ئ", "ء", "ى", "ي")
	case "kmr":
		return fold("ê", "e", "î", "i", "û", "u")
	case "ckb":
		return fold("ڕ", "ر", "ڵ", "ل", "وو", "و", "ي", "ی", "ك", "ک")
	case "fr", "es", "tr":
		return accentsLeftOut(a, b)
	}
	return false
}

// accentsLeftOut reports texts whose words are the same, or without accents in
// the second, or differ in the accent of the first letter only.
func accentsLeftOut(a, b string) bool {
	x, y := strings.Fields(a), strings.Fields(b)
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		rx, ry := []rune(x[i]), []rune(y[i])
		first := string(rx[1:]) == string(ry[1:]) && stripAccents(string(rx[0])) == stripAccents(string(ry[0]))
		if x[i] != y[i] && stripAccents(x[i]) != y[i] && !first {
			return false
		}
	}
	return true
}

// stripAccents takes accents off, but for ñ and the Turkish letters.
func stripAccents(s string) string {
	return strings.NewReplacer("à", "a", "â", "a", "ç", "c", "é", "e", "è", "e", "ê", "e", "ë", "e", "î", "i", "ï", "i",
		"ô", "o", "ù", "u", "û", "u", "ü", "u", "á", "a", "í", "i", "ó", "o", "ú", "u").Replace(s)
}

// TestOneLetterChanged changes every term of the starter glossary by one
// letter in every way. Nothing that comes of it may pass, but for spelling
// variants and for strings that are legal forms themselves; these are listed
// in testdata/target_oneletter.txt for a linguist to read.
func TestOneLetterChanged(t *testing.T) {
	t.Parallel()
	concepts := starter(t)
	type result struct {
		tried int
		legal []string
	}
	langs := []string{"ar", "tr", "ru", "uk", "fr", "es", "kmr", "ckb"}
	results := make([]result, len(langs))
	t.Run("languages", func(t *testing.T) {
		for i, lang := range langs {
			t.Run(lang, func(t *testing.T) {
				t.Parallel()
				for _, c := range concepts {
					ts := c.Targets[lang]
					for _, term := range slices.Concat(ts.Preferred, ts.Accepted) {
						tried, legal := changeOneLetter(t, lang, c, term)
						results[i].tried += tried
						results[i].legal = append(results[i].legal, legal...)
					}
				}
			})
		}
	})
	var b strings.Builder
	for i, lang := range langs {
		slices.Sort(results[i].legal)
		legal := slices.Compact(results[i].legal)
		t.Logf("%s: %d changed strings, %d are legal forms", lang, results[i].tried, len(legal))
		for _, l := range legal {
			b.WriteString(l + "\n")
		}
	}
	golden(t, "testdata/target_oneletter.txt", b.String())
}

// rendering is verifyOne without a search for hints, which takes most of the
// time where nothing is found.
func rendering(g *Glossary, lang, target string) (v Verdict) {
	t := g.target(lang)
	r := readers.Get().(*reader)
	defer readers.Put(r)
	t.readAll(r, target)
	t.collect(r, []Occurrence{{Concept: 0, End: 4}})
	t.find(r, r.needs[0].e, 0)
	r.assign(t)
	n := &r.needs[0]
	if n.best < 0 {
		return Verdict{Result: ResultFail}
	}
	t.describe(r, n, &r.matches[n.best], &v)
	v.Result, v.Reason = t.result(n, &r.matches[n.best])
	return v
}

// changeOneLetter gives the number of changed strings tried, and those that
// are legal forms.
func changeOneLetter(t *testing.T, lang string, c Concept, term Term) (tried int, legal []string) {
	c.Rule.WarnOnly = false
	c.Targets = map[string]Terms{lang: {Preferred: []Term{term}}}
	g := compiled(t, c)
	forms, err := g.Forms(c.ID, lang)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]string{}
	for _, f := range forms {
		known[lettersOnly(f.Text)] = f.Why
	}
	for _, changed := range edits(strings.Trim(term.Text, "«»"), alphabets[lang]) {
		tried++
		v := rendering(g, lang, changed)
		wrongLam := lang == "ar" && v.Reason == ReasonOrthography && (strings.HasPrefix(changed, "لال") || strings.HasPrefix(changed, "لل"))
		if !v.Result.Passed() || v.Tier == 1 && (sameSpelling(lang, term.Text, changed) || wrongLam) {
			continue
		}
		why, ok := known[lettersOnly(changed)]
		if v.Tier >= 2 && ok {
			legal = append(legal, fmt.Sprintf("%s\t%s\t%s\t%s\t%d\t%s", lang, c.Kind, term.Text, changed, v.Tier, why))
			continue
		}
		t.Errorf("%s %s %q: %q passes as %s at tier %d (%s)", lang, c.Kind, term.Text, changed, v.Result, v.Tier, v.Reason)
	}
	return tried, legal
}

// golden compares text with a file; UPDATE_GOLDEN=1 writes it.
func golden(t *testing.T, path, text string) {
	t.Helper()
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != text {
		t.Errorf("%s has changed; look at the difference, then run the test with UPDATE_GOLDEN=1", path)
	}
}
