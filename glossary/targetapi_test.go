package glossary

import (
	"strings"
	"sync"
	"testing"
)

func TestInflect(t *testing.T) {
	t.Parallel()
	g := worldGlossary(t)
	for _, c := range []struct{ lang, concept, like, likeConcept, want string }{
		{"ar", "iq", "بلبنان", "lb", "بالعراق"},
		{"ar", "lb", "للعراق", "iq", "للبنان"},
		{"ar", "us", "وروسيا", "ru", ""}, // what agrees with a plural head may have to change
		{"tr", "ir", "Rusya'nın", "ru", "İran'ın"},
		{"tr", "ru", "İran'dan", "ir", "Rusya'dan"},
		{"tr", "tr", "Irak’a", "iq", "Türkiye’ye"},
		{"tr", "us", "İran'da", "ir", ""}, // how an initialism with vowels is read is not certain
		{"ru", "ir", "Ираке", "iq", "Иране"},
		{"ru", "moscow", "Каиром", "cairo", ""}, // another gender
		{"ru", "putin", "Трампом", "trump", "Владимиром Путиным"},
		{"uk", "ir", "Іраком", "iq", "Іраном"},
		{"fr", "ir", "Russie", "ru", "Iran"},
		{"es", "ru", "Ucrania", "ua", "Rusia"},
		{"kmr", "ru", "Tirkiyeyê", "tr", "Rûsyayê"},
		{"ar", "iq", "كلام آخر", "lb", ""},
		{"ar", "un", "لبنان", "lb", ""}, // another kind
	} {
		concept, _ := g.ByID(c.concept)
		like, _ := g.ByID(c.likeConcept)
		got, ok := g.Inflect(c.lang, concept, c.like, like)
		if got != c.want || ok != (c.want != "") {
			t.Errorf("%s: %s like %s: %q %v, want %q", c.lang, c.concept, c.like, got, ok, c.want)
		}
	}
}

func TestSwapConcept(t *testing.T) {
	t.Parallel()
	g := worldGlossary(t)
	for _, c := range []struct{ lang, from, to, target, at, want string }{
		{"fr", "ir", "ru", "l’armée d’Iran avance", "Iran", "l’armée de Russie avance"},
		{"fr", "cairo", "moscow", "près du Caire", "du Caire", "près de Moscou"},
		{"fr", "moscow", "cairo", "de Moscou", "Moscou", "du Caire"},
		{"es", "ru", "ir", "Rusia y Rusia", "Rusia", "Irán y Rusia"},
		{"tr", "ru", "ir", "dün Rusya'dan", "Rusya'dan", "dün İran'dan"},
		{"ar", "lb", "iq", "إلى لبنان وللبنان", "وللبنان", "إلى لبنان وللعراق"},
		{"ar", "lb", "iq", "إلى سوريا", "سوريا", ""},
	} {
		from, _ := g.ByID(c.from)
		to, _ := g.ByID(c.to)
		at := strings.Index(c.target, c.at)
		got, swap, ok := g.SwapConcept(c.lang, c.target, at, at+len(c.at), from, to)
		if ok != (c.want != "") || ok && (got != c.want || !swap.Certain) {
			t.Errorf("%s %q: %q %v %+v, want %q", c.lang, c.target, got, ok, swap, c.want)
		}
	}
}

// TestRepairSpelling: a spelling slip of the right name is put right in its
// place, with codes, suffixes and capitals as they are.
func TestRepairSpelling(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ lang, term, target, want string }{
		{"ar", "إدلب", "⟦1⟧وبادلب⟦/1⟧", "⟦1⟧وبإدلب⟦/1⟧"},
		{"ar", "الاتحاد الأوروبي", "للإتحاد الاوروبي", "للاتحاد الأوروبي"},
		{"fr", "États-Unis", "aux Etats-Unis", "aux États-Unis"},
		{"fr", "États-Unis", "ETATS-UNIS", "ETATS-UNIS"},
		{"es", "Afrín", "en Afrin", "en Afrín"},
		{"kmr", "Sûriye", "li Suriye'yê", "li Sûriye'yê"},
		{"ckb", "سوریا", "وسووریا", "وسوریا"},
		{"tr", "Hakkâri", "Hakkari'de", "Hakkâri'de"},
		{"tr", "İdlib", "İDLİB'DE", "İDLİB'DE"},
	} {
		g := compiled(t, Concept{ID: "c", Kind: LOC, Source: "Test", Targets: map[string]Terms{c.lang: {Preferred: []Term{{Text: c.term}}}}})
		got, _ := g.Repair(c.lang, "Test", []Occurrence{{Concept: 0, End: 4}}, c.target)
		if got != c.want {
			t.Errorf("%s %q: %q, want %q", c.lang, c.target, got, c.want)
		}
	}
}

func TestRepair(t *testing.T) {
	t.Parallel()
	g := compiled(t, readConcepts(t, "testdata/starter.csv")...)
	for _, c := range []struct{ lang, source, target, want string }{
		{"ar", "The Syrian Coalition condemned the shelling of Sarqib.", "أدان ⟦1⟧التحالف السوري⟦/1⟧ قصف مدينة سرقيب ومحيطها.", "أدان ⟦1⟧الائتلاف الوطني السوري⟦/1⟧ قصف مدينة سراقب ومحيطها."},
		{"ar", "Sarqib and Kafranbel", "بسرقيب ولكفرانبل", "بسراقب ولكفرنبل"},
		{"ar", "Eastern Ghouta", "للغوطه الشرقيه", "للغوطة الشرقية"},
		{"ar", "Hama", "في حماه", "في حماة"},
		{"ar", "a press release", "في إصدار صحفي", "في إصدار صحفي"}, // a common noun is only proposed
		{"ar", "the Security Council", "مجلسالأمن الدولي", "مجلس الأمن الدولي"},
		{"ar", "Idlib", "قصف ادلب", "قصف إدلب"},
		{"ar", "Civil Defense", "لالدفاع المدني", "للدفاع المدني"},
		{"ar", "Sarqib", "سراقب", "سراقب"},
	} {
		got, swaps := g.Repair(c.lang, c.source, occurrences(g, c.source), c.target)
		if got != c.want {
			t.Errorf("%s %q: %q, want %q (%+v)", c.lang, c.target, got, c.want, swaps)
		}
		again, _ := g.Repair(c.lang, c.source, occurrences(g, c.source), got)
		if again != got {
			t.Errorf("%s: repairing twice gives %q after %q", c.lang, again, got)
		}
	}
}

func TestFindTarget(t *testing.T) {
	t.Parallel()
	g := compiled(t, readConcepts(t, "testdata/starter.csv")...)
	text := "دعا الائتلاف الوطني السوري مجلس الأمن الدولي إلى حماية إدلب وبسرقيب."
	var got []string
	for _, o := range g.FindTarget("ar", text) {
		if text[o.Start:o.End] != o.Text {
			t.Errorf("text %q is not at %d:%d", o.Text, o.Start, o.End)
		}
		if !o.Nested {
			got = append(got, o.ID+" "+o.Class+" "+o.Text)
		}
	}
	want := []string{
		"org.coalition.short preferred الائتلاف الوطني السوري",
		"org.coalition.ana accepted الائتلاف الوطني السوري",
		"org.unsc preferred مجلس الأمن الدولي",
		"loc.idlib preferred إدلب",
		"loc.sarqib forbidden وبسرقيب",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if g.FindTarget("xx", text) != nil {
		t.Error("a language without rules has renderings")
	}
}

func TestCollisions(t *testing.T) {
	t.Parallel()
	terms := func(s string) map[string]Terms { return map[string]Terms{"ar": {Preferred: []Term{{Text: s}}}} }
	g := compiled(t,
		Concept{ID: "adj.republican", Kind: GROUP, Source: "Republican", Targets: terms("جمهوري")},
		Concept{ID: "term.republic", Kind: COMMON, Source: "republic", Targets: terms("جمهورية")},
		Concept{ID: "loc.syria", Kind: LOC, Source: "Syria", Targets: map[string]Terms{"ar": {
			Preferred: []Term{{Text: "سوريا"}}, Accepted: []Term{{Text: "سورية"}}, Derived: []Term{{Text: "سوري"}}}}},
		Concept{ID: "adj.syrian", Kind: NISBA, Source: "Syrian", Targets: terms("سوري")},
		Concept{ID: "loc.raqqa", Kind: LOC, Source: "Raqqa", Targets: map[string]Terms{"ar": {Preferred: []Term{{Text: "رقة"}}}}},
		Concept{ID: "term.paper", Kind: COMMON, Source: "paper", Targets: terms("ورقة")},
	)
	text := g.Collisions("ar").Error()
	for _, want := range []string{
		`adj.republican: "جمهورية" is a form of "جمهوري" but also a term of term.republic`,
		`adj.syrian: "سورية" is a form of "سوري" but also a term of loc.syria; it is accepted only where an adjective may stand`,
		`loc.raqqa: "ورقة" is a form of "رقة" but also a term of term.paper`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	occ := func(i int, attributive bool) []Occurrence {
		return []Occurrence{{Concept: i, Attributive: attributive}}
	}
	for _, c := range []struct {
		concept     int
		attributive bool
		target      string
		want        bool
	}{
		{0, true, "جمهورية مقدونيا", false},
		{0, true, "جمهوري", true},
		{3, true, "مدن سورية", true},        // Syrian cities
		{3, true, "في سورية", false},        // in Syria
		{3, true, "مواطنا سوريا", true},     // a Syrian citizen, accusative, no marks
		{3, true, "زار سوريا", false},       // he visited Syria
		{3, true, "مواطنًا سوريًا", true},   // marks tell
		{3, false, "مدن سورية", false},      // "Syrian" by itself is no adjective of a noun
		{2, false, "زار سوريا", true},       // the place
		{2, false, "مواطنًا سوريًا", false}, // never the place
		{4, false, "على ورقة بيضاء", false}, // wa + raqqa is a sheet of paper here
		{4, false, "إلى رقة", true},
	} {
		v := g.Verify(nil, "ar", "x", occ(c.concept, c.attributive), c.target)[0]
		if v.Result.Passed() != c.want {
			t.Errorf("%s in %q: %s %s, want %v", v.ID, c.target, v.Result, v.Reason, c.want)
		}
	}
}

// TestAssignment: spans are shared out so that most concepts are satisfied.
func TestAssignment(t *testing.T) {
	t.Parallel()
	ar := func(preferred string, accepted ...string) map[string]Terms {
		ts := Terms{Preferred: []Term{{Text: preferred}}}
		for _, a := range accepted {
			ts.Accepted = append(ts.Accepted, Term{Text: a})
		}
		return map[string]Terms{"ar": ts}
	}
	g := compiled(t,
		Concept{ID: "un", Kind: ORG, Source: "UN", Targets: ar("الأمم المتحدة")},
		Concept{ID: "unsc", Kind: ORG, Source: "Security Council", Targets: ar("مجلس الأمن", "مجلس الأمن التابع للأمم المتحدة")},
		Concept{ID: "ana", Kind: ORG, Source: "the Coalition", Targets: ar("الائتلاف", "الائتلاف الوطني")},
		Concept{ID: "full", Kind: ORG, Source: "Coalition", Targets: ar("الائتلاف الوطني")},
	)
	type o = Occurrence
	for _, c := range []struct {
		name, target string
		occ          []Occurrence
		want         string
	}{
		{"the longer term takes its words", "مجلس الأمن التابع للأمم المتحدة", []o{{Concept: 1}}, "unsc ok-accepted"},
		{"a shorter one where that satisfies both", "مجلس الأمن التابع للأمم المتحدة", []o{{Concept: 1}, {Concept: 0}}, "unsc ok; un ok"},
		{"one mention does not satisfy two", "قال الائتلاف الوطني", []o{{Concept: 2}, {Concept: 3}}, "ana fail; full ok"},
		{"two do", "الائتلاف الوطني ثم الائتلاف", []o{{Concept: 2}, {Concept: 3}}, "ana ok; full ok"},
		{"nested is not required", "مجلس الأمن", []o{{Concept: 1}, {Concept: 0, Nested: true}}, "unsc ok"},
		{"fewer mentions are information", "مجلس الأمن", []o{{Concept: 1}, {Concept: 1}}, "unsc ok; unsc info"},
		{"as many are nothing", "مجلس الأمن ومجلس الأمن", []o{{Concept: 1}, {Concept: 1}}, "unsc ok"},
	} {
		var got []string
		for _, v := range g.Verify(nil, "ar", "x", c.occ, c.target) {
			got = append(got, v.ID+" "+string(v.Result))
		}
		if strings.Join(got, "; ") != c.want {
			t.Errorf("%s: %v, want %s", c.name, got, c.want)
		}
	}
}

// TestDNT: what is not to be translated stands as in the source, with the
// clitics and suffixes that any name takes.
func TestDNT(t *testing.T) {
	t.Parallel()
	g := compiled(t, Concept{ID: "dnt", Kind: ORG, Source: "Bellingcat", Flags: Flags{DNT: true}})
	for lang, texts := range map[string][]string{
		"ar": {"موقع Bellingcat", "بـBellingcat"}, "tr": {"Bellingcat'in"}, "ru": {"проект Bellingcat"}, "fr": {"l’équipe de Bellingcat"},
	} {
		for _, text := range texts {
			if v := verifyOne(g, lang, text); v.Result != ResultOK {
				t.Errorf("%s %q: %s %s", lang, text, v.Result, v.Reason)
			}
		}
	}
	if v := verifyOne(g, "ar", "بيلينغكات"); v.Result != ResultFail {
		t.Errorf("a translation passes: %s", v.Result)
	}
}

func TestWarnOnly(t *testing.T) {
	t.Parallel()
	g := compiled(t, Concept{ID: "w", Kind: TERM, Source: "accountable", Rule: Rule{WarnOnly: true},
		Targets: map[string]Terms{"ar": {Preferred: []Term{{Text: "محاسبة"}}}}})
	if v := verifyOne(g, "ar", "يجب أن يحاسَبوا"); v.Result != ResultWarn || v.Reason != ReasonMissing {
		t.Errorf("%s %s, want a warning", v.Result, v.Reason)
	}
}

// TestVerifyConcurrently: languages and concepts are compiled when first
// needed, also by many at once.
func TestVerifyConcurrently(t *testing.T) {
	t.Parallel()
	g := worldGlossary(t)
	cases := readVerdicts(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for _, c := range cases {
				if c.glossary == "world" && len(c.want) == 0 {
					for _, v := range g.Verify(nil, c.lang, c.source, occurrences(g, c.source), c.target) {
						if v.Result == ResultFail {
							t.Errorf("%s: %s", c.target, verdictLine(v))
						}
					}
				}
			}
		})
	}
	wg.Wait()
}

func TestForms(t *testing.T) {
	t.Parallel()
	g := compiled(t, readConcepts(t, "testdata/starter.csv")...)
	has := func(id, lang, text string, tier int) {
		t.Helper()
		forms, err := g.Forms(id, lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range forms {
			if f.Text == text {
				if f.Tier != tier {
					t.Errorf("%s: %q has tier %d, want %d", id, text, f.Tier, tier)
				}
				return
			}
		}
		t.Errorf("%s: %q is not among %d forms", id, text, len(forms))
	}
	has("loc.sarqib", "ar", "وبسراقب", 2)
	has("loc.latakia", "ar", "للاذقية", 2)
	has("org.un", "ar", "وللأمم المتحدة", 2)
	has("term.airstrike", "ar", "غارتين جويتين", 3)
	has("loc.manbij", "ru", "Манбиджем", 3)
	has("loc.eghouta", "ru", "Восточной Гуте", 3)
	has("loc.aleppo", "tr", "Halep'te", 2)
	has("term.airstrike", "fr", "frappes aériennes", 3)
	for _, c := range []struct{ id, lang, want string }{
		{"loc.nowhere", "ar", `no concept "loc.nowhere"`},
		{"loc.sarqib", "xx", `no rules for language "xx"`},
		{"loc.sarqib", "uk", `no term in "uk"`},
	} {
		if _, err := g.Forms(c.id, c.lang); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Forms(%s, %s): %v, want %q", c.id, c.lang, err, c.want)
		}
	}
}
