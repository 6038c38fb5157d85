package check_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"dragoman/content"
	"dragoman/internal/check"
	"dragoman/internal/edition"
	"dragoman/locales"
)

func pairs(t *testing.T, tag string, texts ...string) []check.Input {
	t.Helper()
	p, err := locales.Get(tag)
	if err != nil {
		t.Fatal(err)
	}
	var in []check.Input
	for i := 0; i+1 < len(texts); i += 2 {
		in = append(in, check.Input{Locale: p, Source: texts[i], Target: texts[i+1]})
	}
	return in
}

func TestRunDocument(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		in   []check.Input
		want string // the rules by segment
	}{
		{"clean", pairs(t, "ar",
			"Six civilians were killed.", "قُتل ستة مدنيين.",
			"Jets conducted 50 airstrikes.", "شنت الطائرات 50 غارة.",
			"Six civilians were killed.", "قُتل ستة مدنيين."), "||"},
		{"two systems of digits", pairs(t, "ar",
			"Jets conducted 50 airstrikes.", "شنت الطائرات 50 غارة.",
			"The centre recorded 40 shells.", "سجّل المركز ٤٠ قذيفة و٣ غارات."), "|digits.document"},
		{"other digits throughout are the segments' own matter", pairs(t, "ar",
			"Jets conducted 50 airstrikes.", "شنت الطائرات ٥٠ غارة.",
			"The centre recorded 40 shells.", "سجّل المركز ٤٠ قذيفة."), "|"},
		{"figures of a Latin name are no system", pairs(t, "ar",
			"An F-16 jet came.", "جاءت طائرة F-16.",
			"The centre recorded 40 shells.", "سجّل المركز ٤٠ قذيفة."), "|"},
		{"one source, two translations", pairs(t, "fr",
			"Six civilians were killed.", "Six civils ont été tués.",
			"Nobody helped them.", "Personne ne les a aidés.",
			"Six civilians were killed.", "Six civils sont morts."), "||consistency.source"},
		{"two sources, one translation", pairs(t, "fr",
			"Six civilians were killed.", "Six civils ont été tués.",
			"Seven civilians were killed.", "Six civils ont été tués."), "|consistency.target"},
		{"a mark or capital more is no other source", pairs(t, "fr",
			"Six civilians were killed", "Six civils ont été tués",
			"Six Civilians were killed.", "Six civils ont été tués."), "|"},
		{"short segments may differ", pairs(t, "fr", "Read more", "Lire la suite", "Read more", "Plus"), "|"},
	} {
		var got []string
		for _, found := range check.RunDocument(c.in) {
			got = append(got, strings.Join(ids(found), " "))
		}
		if s := strings.Join(got, "|"); s != c.want {
			t.Errorf("%s: %q, want %q", c.name, s, c.want)
		}
	}
}

func TestFixedTakesTheFirstOfTwoThatOverlap(t *testing.T) {
	t.Parallel()
	target := "abcdef"
	fix := func(start, end int, text string) edition.Finding {
		return edition.Finding{Fix: &edition.Fix{Start: start, End: end, Text: text}}
	}
	for _, c := range []struct {
		want     string
		findings []edition.Finding
	}{
		{"abcdef", nil},
		{"aXdef", []edition.Finding{fix(1, 3, "X"), fix(2, 4, "Y")}},
		{"aXdYf", []edition.Finding{fix(4, 5, "Y"), fix(1, 3, "X")}},
		{"Xabcdef", []edition.Finding{fix(0, 0, "X"), fix(0, 0, "X")}},
		{"bcdef", []edition.Finding{fix(0, 1, "")}},
		{"abcdef", []edition.Finding{fix(4, 9, "Y"), fix(-1, 2, "Y"), fix(3, 2, "Y")}},
	} {
		if got := check.Fixed(target, c.findings); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// Whatever the texts, offsets stay in them, fixes keep the codes, and fixing
// comes to an end.
func FuzzRun(f *testing.F) {
	for _, c := range readCases(f) {
		f.Add(c.in.Locale.Tag, c.in.Source, c.in.Target)
	}
	f.Fuzz(func(t *testing.T, tag, source, target string) {
		p, err := locales.Get(tag)
		if err != nil || !utf8.ValidString(source) || !utf8.ValidString(target) {
			return
		}
		in := check.Input{Locale: p, Source: source, Target: target}
		for range 12 {
			found := check.Run(in)
			for _, r := range found {
				inside(t, r.Start, r.End, in.Target, r.Rule)
				inside(t, r.SourceStart, r.SourceEnd, in.Source, r.Rule)
			}
			fixed := check.Fixed(in.Target, found)
			if fixed == in.Target {
				check.RunDocument([]check.Input{in, in})
				return
			}
			if !slices.Equal(codesOf(fixed), codesOf(in.Target)) {
				t.Fatalf("%q: fixes change the codes: %q", in.Target, fixed)
			}
			in.Target = fixed
		}
		t.Fatalf("%s: %q: fixing does not end: %q", tag, target, in.Target)
	})
}

func codesOf(coded string) []string {
	var out []string
	for _, tok := range content.Tokens(coded) {
		if tok.Kind != content.Text {
			out = append(out, tok.Text)
		}
	}
	return out
}

func inside(t *testing.T, start, end int, text, rule string) {
	t.Helper()
	if start < 0 || end < start || end > len(text) || start < len(text) && !utf8.RuneStart(text[start]) || end < len(text) && !utf8.RuneStart(text[end]) {
		t.Fatalf("%s: %d to %d in %q", rule, start, end, text)
	}
}
