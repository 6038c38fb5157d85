package locales_test

import (
	"strings"
	"testing"
	"time"

	"dragoman/locales"
)

func TestGet(t *testing.T) {
	t.Parallel()
	for _, tag := range []string{"ar", "ar-SY", "AR", "ar_SY", "fr-FR", "kmr", "ku", "ckb", "ku-Arab-IQ", " tr "} {
		if _, err := locales.Get(tag); err != nil {
			t.Errorf("Get(%q): %v", tag, err)
		}
	}
	for _, tag := range []string{"", "xx", "english", "pt-BR", "../ar"} {
		_, err := locales.Get(tag)
		if err == nil {
			t.Fatalf("Get(%q): no error", tag)
		}
		for _, known := range locales.Known() {
			if !strings.Contains(err.Error(), known) {
				t.Errorf("Get(%q): the error does not name %s: %v", tag, known, err)
			}
		}
	}
}

// Every profile is whole: no mark, name or pattern is missing, and what it
// writes it also reads.
func TestProfilesAreWhole(t *testing.T) {
	t.Parallel()
	for _, tag := range locales.Known() {
		p, err := locales.Get(tag)
		if err != nil {
			t.Fatal(err)
		}
		for what, v := range map[string]string{
			"english name": p.EnglishName, "native name": p.NativeName, "decimal": p.Decimal, "group": p.Group,
			"percent": p.Percent, "stop": p.Stop, "comma": p.Comma, "semicolon": p.Semicolon, "colon": p.Colon,
			"question": p.Question, "exclamation": p.Exclamation, "ellipsis": p.Ellipsis,
			"quote": p.Quotes[0], "end quote": p.Quotes[1], "nested quote": p.Quotes[2], "nested end quote": p.Quotes[3],
		} {
			if v == "" {
				t.Errorf("%s: no %s", tag, what)
			}
		}
		if p.Dir != "ltr" && p.Dir != "rtl" || p.Script != "Arab" && p.Script != "Latn" && p.Script != "Cyrl" {
			t.Errorf("%s: direction %q, script %q", tag, p.Dir, p.Script)
		}
		if !strings.Contains(p.PercentPattern, "{n}") || !strings.Contains(p.PercentPattern, p.Percent) {
			t.Errorf("%s: percent pattern %q", tag, p.PercentPattern)
		}
		for m := time.January; m <= time.December; m++ {
			day := time.Date(2018, m, 5, 0, 0, 0, 0, time.UTC)
			found := p.Dates(nil, p.FormatDate(day, true))
			if len(found) != 1 || found[0].Month != m || found[0].Day != 5 || found[0].Year != 2018 || !found[0].HasWeekday || found[0].Weekday != day.Weekday() {
				t.Errorf("%s: %q is read as %+v", tag, p.FormatDate(day, true), found)
			}
		}
		for n := 1; n <= 10; n++ {
			if _, ok := p.NumberWord(n, locales.Masculine); !ok {
				t.Errorf("%s: no word for %d", tag, n)
			}
		}
	}
}

// A noun that is in a lexicon has all its forms, and each form is its own.
func TestNounsAreWhole(t *testing.T) {
	t.Parallel()
	least := map[string]int{"ar": 60, "ru": 60, "fr": 60, "es": 60, "tr": 60}
	for _, tag := range locales.Known() {
		p, err := locales.Get(tag)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(p.Nouns()); got < least[tag] {
			t.Errorf("%s: %d counted nouns, want %d", tag, got, least[tag])
		}
		for _, n := range p.Nouns() {
			found, ok := locales.Counted(tag, n.Lemma)
			if !ok || found.Lemma != n.Lemma {
				t.Errorf("%s: %q is not found by its lemma", tag, n.Lemma)
			}
			for _, count := range []int{1, 3, 5, 12, 100} {
				if f, ok := n.For(count, locales.Nominative); !ok || f.Noun == "" || f.Numeral == "" {
					t.Errorf("%s: %d %s: no phrase", tag, count, n.Lemma)
				}
			}
		}
	}
}

func TestWithDigits(t *testing.T) {
	t.Parallel()
	ar, _ := locales.Get("ar")
	arab, err := ar.WithDigits("arab")
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "number", arab.FormatNumber(1234.5, -1), "١٬٢٣٤٫٥")
	equal(t, "percent", arab.FormatPercent(50, 0), "٥٠٪")
	equal(t, "date", arab.FormatDate(time.Date(2018, 2, 5, 0, 0, 0, 0, time.UTC), false), "٥ شباط ٢٠١٨")
	equal(t, "unchanged", ar.FormatInt(1500), "1,500")
	if _, err := ar.WithDigits("deva"); err == nil {
		t.Error("deva: no error")
	}
}

func TestHasScript(t *testing.T) {
	t.Parallel()
	ar, _ := locales.Get("ar")
	if share, letters := ar.HasScript("قال Facebook"); letters != 11 || share < 0.27 || share > 0.28 {
		t.Errorf("share %v of %d letters", share, letters)
	}
	if share, letters := ar.HasScript("2018 …"); share != 1 || letters != 0 {
		t.Errorf("share %v of %d letters", share, letters)
	}
}

func TestIsolate(t *testing.T) {
	t.Parallel()
	equal(t, "plain", locales.Isolate("F-16", true), "\u2068F-16\u2069")
	equal(t, "html", locales.Isolate("<F>", false), "<bdi>&lt;F&gt;</bdi>")
	ar, _ := locales.Get("ar")
	equal(t, "runs", ar.IsolateRuns("قال F-16 & <", false), "قال <bdi>F-16</bdi> &amp; &lt;")
}

func TestCountClass(t *testing.T) {
	t.Parallel()
	ar, _ := locales.Get("ar")
	for n, want := range map[int]locales.Class{
		0: locales.CountPerson, 1: locales.CountSingular, 2: locales.CountDual, 3: locales.CountPlural, 10: locales.CountPlural,
		11: locales.CountAccusative, 99: locales.CountAccusative, 100: locales.CountGenitive, 101: locales.CountPerson,
		102: locales.CountPerson, 103: locales.CountPlural, 110: locales.CountPlural, 111: locales.CountAccusative, 200: locales.CountGenitive, 201: locales.CountPerson, 1000: locales.CountGenitive,
	} {
		if got := ar.CountClass(n); got != want {
			t.Errorf("CountClass(%d) = %d, want %d", n, got, want)
		}
	}
}

func FuzzScan(f *testing.F) {
	for _, s := range []string{"5 شباط 2018", "twenty-five thousand", "1.234.567,89", "02/05/2018", "كانون", "ستة و", "%٪"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, tag := range locales.Known() {
			p, _ := locales.Get(tag)
			last := 0
			for _, n := range p.Numbers(nil, text) {
				if n.Start < last || n.End <= n.Start || n.End > len(text) || n.FigureEnd > n.End {
					t.Fatalf("%s: %q: number at %d to %d after %d", tag, text, n.Start, n.End, last)
				}
				last = n.Start
			}
			for _, d := range p.Dates(nil, text) {
				if d.Start < 0 || d.End > len(text) || d.End <= d.Start || d.MonthEnd < d.MonthStart {
					t.Fatalf("%s: %q: date %+v", tag, text, d)
				}
			}
			p.IsolateRuns(text, true)
			p.Fold(text)
		}
	})
}
