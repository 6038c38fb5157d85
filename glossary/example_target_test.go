package glossary_test

import (
	"fmt"
	"time"

	"dragoman/glossary"
)

// targetNames is a small glossary of the examples.
func targetNames() *glossary.Glossary {
	g, problems := glossary.Compile([]glossary.Concept{
		{ID: "loc.sarqib", Kind: glossary.LOC, Source: "Sarqib", Variants: []string{"Saraqib"}, Rule: glossary.Rule{CaseSensitive: true},
			Targets: map[string]glossary.Terms{
				"ar": {Preferred: []glossary.Term{{Text: "سراقب"}}, Forbidden: []glossary.Term{{Text: "سرقيب"}, {Text: "ساراقب"}}},
				"tr": {Preferred: []glossary.Term{{Text: "Serakib"}}},
			}},
		{ID: "loc.kafranbel", Kind: glossary.LOC, Source: "Kafranbel", Rule: glossary.Rule{CaseSensitive: true},
			Targets: map[string]glossary.Terms{"ar": {Preferred: []glossary.Term{{Text: "كفرنبل"}}}}},
		{ID: "org.unsc", Kind: glossary.ORG, Source: "Security Council", Rule: glossary.Rule{CaseSensitive: true},
			Targets: map[string]glossary.Terms{
				"ar": {Preferred: []glossary.Term{{Text: "مجلس الأمن"}}},
				"tr": {Preferred: []glossary.Term{{Text: "Güvenlik Konseyi"}}},
			}},
	}, glossary.Options{})
	if g == nil {
		panic(problems)
	}
	return g
}

// find gives the concepts that a source text requires.
func find(g *glossary.Glossary, source string) []glossary.Occurrence {
	return g.License(g.NewDocument("", time.Time{}), g.Find(nil, source), source)
}

// Verify says for every name of the source how it fared in the translation.
func ExampleGlossary_Verify() {
	g := targetNames()
	source := "The Security Council met after the attack on Sarqib."
	target := "اجتمع مجلس الأمن بعد الهجوم على سارقب."
	for _, v := range g.Verify(nil, "ar", source, find(g, source), target) {
		fmt.Printf("%s %s %q %q %q\n", v.ID, v.Result, v.Reason, v.Text, v.Hint)
	}
	// Output:
	// org.unsc ok "" "مجلس الأمن" ""
	// loc.sarqib fail "missing" "" "سارقب"
}

// Repair writes the right name in the clitic shell of the forbidden one.
func ExampleGlossary_Repair() {
	g := targetNames()
	source := "An attack on Sarqib"
	fixed, swaps := g.Repair("ar", source, find(g, source), "وقع هجوم في المنطقة وبسرقيب")
	fmt.Println(fixed)
	fmt.Println(swaps[0].Old, "->", swaps[0].New, swaps[0].Certain)
	// Output:
	// وقع هجوم في المنطقة وبسراقب
	// وبسرقيب -> وبسراقب true
}

// SwapTerm carries a suffix over to the new name: its vowels and consonants
// follow from the new stem.
func ExampleGlossary_SwapTerm() {
	g := targetNames()
	text, _, certain := g.SwapTerm("tr", "Sarakip'ten ayrılıp Sarakip'e döndüler", "Sarakip", "Serakib", 0)
	fmt.Println(text, certain)
	// Output:
	// Serakib'den ayrılıp Serakib'e döndüler true
}

// Inflect puts one name in the grammatical place of another.
func ExampleGlossary_Inflect() {
	g := targetNames()
	surface, ok := g.Inflect("ar", 0, "وبكفرنبل", 1)
	fmt.Println(surface, ok)
	// Output:
	// وبسراقب true
}

// Forms lists what will be accepted.
func ExampleGlossary_Forms() {
	g := targetNames()
	forms, err := g.Forms("org.unsc", "tr")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range forms[:4] {
		fmt.Println(f.Tier, f.Text, "-", f.Why)
	}
	// Output:
	// 0 Güvenlik Konseyi - listed
	// 2 Güvenlik Konseyi'de - locative
	// 2 Güvenlik Konseyi'deki - which is in
	// 2 Güvenlik Konseyi'dekiler - those in
}
