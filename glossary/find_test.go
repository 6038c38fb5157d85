package glossary_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"dragoman/glossary"
)

// compile makes a glossary of native CSV.
func compile(t testing.TB, csv string) *glossary.Glossary {
	t.Helper()
	g, problems := glossary.Compile(readCSV(t, csv), glossary.Options{})
	if g == nil {
		t.Fatal(problems)
	}
	return g
}

// required lists what is required in text, as "id" or "id(a)" attributive,
// "id(c)" coordinated; nested ones in brackets.
func required(occ []glossary.Occurrence) string {
	var out []string
	for _, o := range occ {
		s := o.ID
		if o.Attributive {
			s += "(a)"
		}
		if o.Coordinated {
			s += "(c)"
		}
		if o.Nested {
			s = "[" + s + "]"
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

// TestOccurrences: order, nesting, attributive and coordinated places.
func TestOccurrences(t *testing.T) {
	t.Parallel()
	g := starter(t)
	for text, want := range map[string]string{
		"the UN Security Council resolution":          "org.unsc(a) [org.un(a)] [term.resolution] term.resolution",
		"a UN envoy":                                  "org.un(a)",
		"the UN said":                                 "org.un",
		"the UN has condemned":                        "org.un",
		"the UN condemned it":                         "org.un",
		"the UN, officials say":                       "org.un",
		"Syria’s coast":                               "loc.syria(a)",
		"in Syria":                                    "loc.syria",
		"UN-backed talks":                             "org.un(a)",
		"Assad regime officials":                      "org.regime(a) [per.assad(a)] [term.regime(a)]",
		"the Russian and Assad regimes":               "org.regime(c) [per.assad(a)] [term.regime]",
		"Russian and Assad regime jets":               "org.regime(a)(c) [per.assad(a)] [term.regime(a)]",
		"Russia and Syria signed":                     "loc.russia loc.syria",
		"rural Idlib province":                        "loc.ruralidlib(a) [loc.idlibprov] [loc.idlib(a)]",
		"Syrian Coalition President Mustafa":          "org.coalition.short(a) [adj.syrian(a)] [org.coalition.ana(a)]",
		"the al-Assad regime":                         "org.regime [per.assad(a)] [term.regime]",
		"near al-Raqqa":                               "loc.raqqa",
		"at www.Syria.org/Homs, Aleppo":               "loc.aleppo",
		"https://en.example.org/Syria-Homs said Homs": "loc.homs",
		"mail Homs@Syria.net.":                        "",
		"on Syria.tv and Syria.The":                   "loc.syria",
		"Syria/Iraq border":                           "loc.syria",
		"the Assad regime and the Assad regime’s":     "org.regime [per.assad(a)] [term.regime] org.regime(a) [per.assad(a)] [term.regime(a)]",
		"":        "",
		"⟦1⟧⟦/1⟧": "",
	} {
		if got := required(g.Find(nil, text)); got != want {
			t.Errorf("%q:\n got %s\nwant %s", text, got, want)
		}
	}
}

// TestSpans: spans are bytes of the coded text, without a possessive and
// without quotes around.
func TestSpans(t *testing.T) {
	t.Parallel()
	g := starter(t)
	for text, want := range map[string]string{
		"“Ma’arat al-Nu’man’s” people":  "Ma’arat al-Nu’man",
		"the ⟦1⟧Syrian⟦/1⟧ Coalition’s": "Syrian⟦/1⟧ Coalition",
		"(the U.N.)":                          "U.N.",
		"‘Sarqib’":                            "Sarqib",
		"Sar⟦1⟧qib⟦/1⟧ was":                   "Sar⟦1⟧qib",
		"Ma‘arrat an-Nu‘ma\u0301n":            "Ma‘arrat an-Nu‘ma\u0301n",
		"of the United Nations,":              "United Nations",
		"\u200fDouma\u200f":                   "Douma",
		"Deir\u00a0ez\u2011Zor’s ⟦2/⟧ people": "Deir\u00a0ez\u2011Zor",
	} {
		occ := g.Find(nil, text)
		if len(occ) == 0 || text[occ[0].Start:occ[0].End] != want {
			t.Errorf("%q: %+v, want %q", text, occ, want)
		}
	}
}

// TestFindAppends: what is in dst stays, and the same text gives the same.
func TestFindAppends(t *testing.T) {
	t.Parallel()
	g := starter(t)
	first := g.Find(nil, "Sarqib and Homs")
	both := g.Find(first[:1:1], "Sarqib and Homs")
	if len(both) != 3 || both[0] != first[0] || both[1] != first[0] || both[2] != first[1] {
		t.Errorf("%+v", both)
	}
}

// TestLicence: a name that needs an antecedent, by document and by source.
func TestLicence(t *testing.T) {
	t.Parallel()
	g := starter(t)
	const said = "In Geneva, the Coalition said"
	required := func(doc *glossary.Document, text string) string {
		return required(g.License(doc, g.Find(nil, text), text))
	}
	for _, c := range []struct{ source, first, want string }{
		{"", "", ""},
		{"", "The meeting ended.", ""},
		{"", "The Syrian Coalition met.", "org.coalition.ana"},
		{"", "The National Coalition for Syrian Revolutionary and Opposition Forces met.", "org.coalition.ana"},
		{"", "The Syrian Coalition’s Media Department spoke.", "org.coalition.ana"},
		{"", "The international coalition bombed.", ""},
		{"Syrian Coalition’s Media Department", "", "org.coalition.ana"},
		{"Syrian Coalition", "", "org.coalition.ana"},
		{"Agencies", "", ""},
	} {
		doc := g.NewDocument(c.source, time.Time{})
		if c.first != "" {
			required(doc, c.first)
		}
		if got := required(doc, said); got != c.want {
			t.Errorf("source %q, first %q: %q, want %q", c.source, c.first, got, c.want)
		}
	}
}

// TestLicenceUncovers: where a name does not count, what it covered does.
func TestLicenceUncovers(t *testing.T) {
	t.Parallel()
	g := compile(t, `id,kind,valid_from,valid_to,en,rule,ar
a,ORG,2018-01-01,2018-12-31,Idlib Front,cs,ا
b,LOC,,,Idlib,cs,ب
c,ORG,,,Front Command,cs,ج
d,ORG,,,Gate,cs; blocked-by=e,د
e,ORG,2018-01-01,,North Gate,cs,ه
`)
	for date, want := range map[string]string{
		"2018-01-01": "a [b(a)] [c] | e",
		"2018-12-31": "a [b(a)] [c] | e",
		"2017-12-31": "b(a) c | d",
		"2019-01-01": "b(a) c | e",
		"":           "a [b(a)] [c] | e",
	} {
		day, _ := time.Parse("2006-01-02", date)
		doc := g.NewDocument("", day)
		const one, two = "the Idlib Front Command", "at the North Gate"
		occ := g.Find(nil, one)
		before := fmt.Sprint(occ)
		got := required(g.License(doc, occ, one)) + " | " + required(g.License(doc, g.Find(nil, two), two))
		got = strings.ReplaceAll(got, "a(a)", "a")
		if got != want {
			t.Errorf("%s: %s, want %s", date, got, want)
		}
		if fmt.Sprint(occ) != before {
			t.Error("License has changed what it was given")
		}
	}
}

// TestDates: a day counts in the time zone of the release.
func TestDates(t *testing.T) {
	t.Parallel()
	g := compile(t, "id,kind,valid_to,en,ar\na,LOC,2018-12-31,Xabc,ا\n")
	damascus := time.FixedZone("Damascus", 2*60*60)
	for _, c := range []struct {
		date time.Time
		want int
	}{
		{time.Date(2018, 12, 31, 23, 59, 0, 0, damascus), 1},
		{time.Date(2019, 1, 1, 0, 30, 0, 0, damascus), 0},
	} {
		if got := len(g.License(g.NewDocument("", c.date), g.Find(nil, "Xabc"), "Xabc")); got != c.want {
			t.Errorf("%v: %d", c.date, got)
		}
	}
}

// TestPriority: of two concepts with one name the first of the glossary
// counts, unless its dates or its licence say otherwise.
func TestPriority(t *testing.T) {
	t.Parallel()
	g := compile(t, `id,kind,valid_to,replaced_by,en,en.variants,ar
old,ORG,,new,Old Name,Shared,ا
first,ORG,2017-12-31,,Xone,Shared,ا
second,ORG,,,Xtwo,Shared|SHARED,ب
third,ORG,,,Xthree,Shared,ج
new,ORG,,,New Name,,د
`)
	if got := required(g.Find(nil, "the Shared")); got != "first [second] [third]" {
		t.Error(got)
	}
	doc := g.NewDocument("", time.Date(2018, 5, 1, 0, 0, 0, 0, time.UTC))
	if got := required(g.License(doc, g.Find(nil, "the Shared"), "the Shared")); got != "second [third]" {
		t.Error(got)
	}
	if got := required(g.Find(nil, "the Old Name")); got != "" {
		t.Errorf("a replaced concept is found: %s", got)
	}
}

// TestPronouns: acronyms that are small words.
func TestPronouns(t *testing.T) {
	t.Parallel()
	g := compile(t, "id,kind,en,ar\nus,LOC,United States,و\n"+"usa,LOC,US,و\nwho,ORG,WHO,ص\n")
	for text, want := range map[string]string{
		"the US said":                   "usa",
		"tell us":                       "",
		"TELL US WHO DID IT":            "",
		"WHO IS IT":                     "",
		"the WHO said":                  "who",
		"The WHO and the US":            "who usa",
		"US":                            "usa",
		"U.S. TROOPS LEAVE":             "usa(a)",
		"Who is it?":                    "",
		"said the WHO. TELL US NOTHING": "who",
	} {
		if got := required(g.Find(nil, text)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestMarks: a name with a mark between its words is found with that mark.
func TestMarks(t *testing.T) {
	t.Parallel()
	g := compile(t, "id,kind,en,en.variants,ar\na,ORG,\"International, Impartial and Independent Mechanism\",,ا\nb,ORG,Radio & TV,AFP/Getty|Yahoo! News,ب\nc,LOC,Impartial,,ج\n")
	for text, want := range map[string]string{
		"the International, Impartial and Independent Mechanism":    "a [c(a)]",
		"the International , Impartial and Independent Mechanism’s": "a(a) [c(a)]",
		"the International Impartial and Independent Mechanism":     "c(a)",
		"the International; Impartial and Independent Mechanism":    "c(a)",
		"the International, “Impartial and Independent Mechanism":   "c(a)",
		"Radio & TV":       "b",
		"Radio&TV":         "b",
		"Radio TV":         "",
		"AFP/Getty":        "b",
		"AFP//Getty":       "",
		"Yahoo! News said": "b",
	} {
		got := strings.ReplaceAll(required(g.Find(nil, text)), "c(a)", "c")
		if want = strings.ReplaceAll(want, "c(a)", "c"); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestKey(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Ma’arat al-Nu’man":  "maarat al numan",
		"Maarrat an-Numan":   "maarrat al numan",
		"Deir ez-Zor":        "deir al zor",
		"the U.N.":           "un",
		"U.S.-led coalition": "us led coalition",
		"Assad’s regime":     "assad regime",
		"The Hague":          "hague",
		"Kobanî":             "kobani",
		"‘Ayn al-‘Arab":      "ayn al arab",
		"Ayn al-ʿArab":       "ayn al arab",
		"St. Simeon":         "st simeon",
		"as-Suwayda":         "al suwayda",
		"as-Zor":             "as zor",
		"ash-Sham":           "al sham",
		"ath-Thawrah":        "al thawrah",
		"B52":                "b52",
		"Şam":                "sam",
		"2118":               "2118",
		"—":                  "",
		"":                   "",
		"the":                "the",
		"Левант":             "левант",
	} {
		if got := strings.Join(glossary.Key(name), " "); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

// TestVariantsAreFound: every listed variant is found in a neutral sentence,
// with a possessive, an article, other apostrophes, hyphens, spaces, codes and
// in capitals.
func TestVariantsAreFound(t *testing.T) {
	t.Parallel()
	g := starter(t)
	other := []*strings.Replacer{
		strings.NewReplacer(),
		strings.NewReplacer("’", "'"),
		strings.NewReplacer("’", "ʿ", "-", "\u2011"),
		strings.NewReplacer("’s", "’s", "’", "", " ", "\u00a0"),
		strings.NewReplacer(" ", "\n", "-", "‐"),
		strings.NewReplacer(" ", " ⟦7⟧"),
		strings.NewReplacer("a", "a\u0304", "o", "ō"),
	}
	frames := []string{"yesterday %s", "near the %s, which", "of %s’s", "of %s's", "see (%s)", "a “%s”", "and ⟦1⟧%s⟦/1⟧ was", "anti-%s"}
	for i := range g.Len() {
		c := g.Concept(i)
		for _, v := range append([]string{c.Source}, c.Variants...) {
			v = strings.TrimPrefix(v, "the ")
			for _, o := range other {
				for _, f := range frames {
					for _, text := range []string{fmt.Sprintf(f, o.Replace(v)), strings.ToUpper(fmt.Sprintf(f, v))} {
						if !hasWhole(g, text, i) {
							t.Fatalf("%s: %q is not found in %q: %s", c.ID, v, text, required(g.Find(nil, text)))
						}
					}
				}
			}
		}
	}
}

// hasWhole reports whether the concept is found in text, at first rank or
// under another concept with the same name.
func hasWhole(g *glossary.Glossary, text string, concept int) bool {
	occ := g.Find(nil, text)
	for _, o := range occ {
		if o.Concept != concept {
			continue
		}
		for _, p := range occ {
			if !p.Nested && p.Start <= o.Start && p.End >= o.End {
				return true
			}
		}
	}
	return false
}

// TestChangedLetters: a name with one letter changed is another name.
func TestChangedLetters(t *testing.T) {
	t.Parallel()
	g := starter(t)
	keys := map[string]bool{}
	for i := range g.Len() {
		c := g.Concept(i)
		for _, v := range append([]string{c.Source}, c.Variants...) {
			keys[strings.Join(glossary.Key(v), " ")] = true
		}
	}
	r := rand.New(rand.NewPCG(9, 10))
	for i := range g.Len() {
		c := g.Concept(i)
		if strings.ContainsAny(c.Source, " -’") {
			continue
		}
		for k := range c.Source {
			changed := c.Source[:k] + string(rune('a'+r.IntN(26))) + c.Source[k+1:]
			if keys[strings.Join(glossary.Key(changed), " ")] {
				continue
			}
			if occ := g.Find(nil, "near "+changed); len(occ) > 0 {
				t.Errorf("%q is taken for %s", changed, occ[0].ID)
			}
		}
	}
}

// TestConcurrent: a glossary may be used by many at once (with -race).
func TestConcurrent(t *testing.T) {
	t.Parallel()
	g := starter(t)
	want := g.Find(nil, prose[0])
	done := make(chan string)
	for range 8 {
		go func() {
			for range 50 {
				if d := cmp.Diff(want, g.Find(nil, prose[0])); d != "" {
					done <- d
					return
				}
				g.Suggest(prose[0])
				g.Fingerprint()
			}
			done <- ""
		}()
	}
	for range 8 {
		if d := <-done; d != "" {
			t.Error(d)
		}
	}
}

func FuzzFind(f *testing.F) {
	for _, s := range append(prose, "the ⟦1⟧U.N.⟦/1⟧’s ⟦2/⟧Deir ez-\u00adZor ⟦⟦x U.S.-led", "Ma’arat al‑Nu’man’’s", "a\u0301\u0302 Sar\u200cqib \xff\xfe", "U.N.U.N.. ..A.B'S'S", "the Russian and Assad regimes", "⟦99999999999999999999⟧") {
		f.Add(s)
	}
	g := starter(f)
	f.Fuzz(func(t *testing.T, text string) {
		occ := g.Find(nil, text)
		checkOccurrences(t, g, text, occ)
		doc := g.NewDocument(text, time.Date(2018, 2, 5, 0, 0, 0, 0, time.UTC))
		checkOccurrences(t, g, text, g.License(doc, occ, text))
		for _, s := range g.Suggest(text) {
			if s.Start < 0 || s.Start >= s.End || s.End > len(text) || len(s.Names) == 0 {
				t.Fatalf("%+v", s)
			}
		}
		c := g.NewCandidates()
		c.Add("fuzz", text)
		c.List(1)
		glossary.Key(text)
	})
}

// checkOccurrences: spans are in the text, on the borders of characters,
// sorted, and required ones apart.
func checkOccurrences(t *testing.T, g *glossary.Glossary, text string, occ []glossary.Occurrence) {
	t.Helper()
	end, last := 0, glossary.Occurrence{Start: -1}
	for _, o := range occ {
		switch {
		case o.Start < 0 || o.Start >= o.End || o.End > len(text):
			t.Fatalf("%+v is no span of %q", o, text)
		case utf8.ValidString(text) && (!utf8.RuneStart(text[o.Start]) || o.End < len(text) && !utf8.RuneStart(text[o.End])):
			t.Fatalf("%+v cuts a character of %q", o, text)
		case o.Start < last.Start || o.Start == last.Start && o.End > last.End:
			t.Fatalf("%+v after %+v", o, last)
		case g.Concept(o.Concept).ID != o.ID:
			t.Fatalf("%+v: wrong id", o)
		case !o.Nested && o.Start < end:
			t.Fatalf("%+v overlaps a required one", o)
		}
		if !o.Nested {
			end = o.End
		}
		last = o
	}
}
