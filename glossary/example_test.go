package glossary_test

import (
	"fmt"
	"os"
	"strings"
	"time"

	"dragoman/glossary"
)

const exampleCSV = `id,kind,en,en.variants,rule,ar,ar.forbidden
org.coalition,ORG,Syrian Coalition,SOC,cs,الائتلاف الوطني السوري,التحالف السوري
org.coalition.ana,ORG,the Coalition,,cs; licence=org.coalition,الائتلاف,التحالف
loc.sarqib,LOC,Sarqib,Saraqib|Saraqeb,cs,سراقب,سرقيب
term.barrel,TERM,barrel bomb,barrel bombs,ci,برميل متفجر,
`

func exampleGlossary() *glossary.Glossary {
	concepts, err := glossary.ReadCSV(strings.NewReader(exampleCSV), "example.csv")
	if err != nil {
		panic(err)
	}
	g, problems := glossary.Compile(concepts, glossary.Options{})
	if g == nil {
		panic(problems)
	}
	return g
}

// Names are found by their words, however they are written; a name such as
// "the Coalition" counts once the document has said which one.
func Example() {
	g := exampleGlossary()
	doc := g.NewDocument("", time.Date(2018, 2, 5, 0, 0, 0, 0, time.UTC))
	for _, text := range []string{
		"The Coalition spoke too early to count.",
		"The Syrian Coalition condemned the attack on Saraqib’s hospital.",
		"Barrel bombs were used, the Coalition said.",
	} {
		for _, o := range g.License(doc, g.Find(nil, text), text) {
			if !o.Nested {
				fmt.Printf("%s: %s\n", text[o.Start:o.End], o.ID)
			}
		}
	}
	// Output:
	// Syrian Coalition: org.coalition
	// Saraqib: loc.sarqib
	// Barrel bombs: term.barrel
	// Coalition: org.coalition.ana
}

// What is wrong with a file is said with its place and a remedy, all at once;
// nothing of the file is used.
func ExampleReadCSV() {
	_, err := glossary.ReadCSV(strings.NewReader("id,kind,en,ar\nloc.homs,PLACE,Homs,حمص\nloc.homs,LOC,Hims,\n"), "names.csv")
	fmt.Println(err)
	// Output:
	// names.csv:2:10: loc.homs: unknown kind "PLACE" (use PER, LOC, ORG, FIXED, NISBA, GROUP, COMMON or TERM)
	// names.csv:3:1: loc.homs: the id stands already in line 2 (an id names one concept: give this one another, or merge the two)
	// names.csv:3:14: loc.homs: the concept has no preferred term in any language (add a term in one language, or the flag dnt where the English name is used everywhere)
}

func ExampleWriteTBX() {
	concepts := []glossary.Concept{{
		ID: "loc.homs", Kind: glossary.LOC, Source: "Homs",
		Rule:    glossary.Rule{CaseSensitive: true},
		Targets: map[string]glossary.Terms{"ar": {Preferred: []glossary.Term{{Text: "حمص"}}}},
	}}
	if err := glossary.WriteTBX(os.Stdout, concepts, glossary.DCT); err != nil {
		fmt.Println(err)
	}
	// Output:
	// <?xml version="1.0" encoding="UTF-8"?>
	// <tbx type="TBX-Basic" style="dct" xml:lang="en" xmlns="urn:iso:std:iso:30042:ed-2" xmlns:min="http://www.tbxinfo.net/ns/min" xmlns:basic="http://www.tbxinfo.net/ns/basic">
	//   <tbxHeader>
	//     <fileDesc>
	//       <sourceDesc>
	//         <p>Dragoman glossary</p>
	//       </sourceDesc>
	//     </fileDesc>
	//   </tbxHeader>
	//   <text>
	//     <body>
	//       <conceptEntry id="loc.homs">
	//         <note>dragoman.kind: LOC</note>
	//         <note>dragoman.rule: cs</note>
	//         <langSec xml:lang="en">
	//           <termSec>
	//             <term>Homs</term>
	//             <min:administrativeStatus>preferredTerm-admn-sts</min:administrativeStatus>
	//           </termSec>
	//         </langSec>
	//         <langSec xml:lang="ar">
	//           <termSec>
	//             <term>حمص</term>
	//             <min:administrativeStatus>preferredTerm-admn-sts</min:administrativeStatus>
	//           </termSec>
	//         </langSec>
	//       </conceptEntry>
	//     </body>
	//   </text>
	// </tbx>
}

// The key is what two spellings have in common when they are the same name.
func ExampleKey() {
	fmt.Println(glossary.Key("Ma’arrat an-Nu’man"))
	fmt.Println(glossary.Key("the U.N.’s envoy"))
	// Output:
	// [maarrat al numan]
	// [un envoy]
}

// A spelling that is not listed is never a match, but suggested.
func ExampleGlossary_Suggest() {
	g := exampleGlossary()
	for _, s := range g.Suggest("Airstrikes hit Sarakeb at noon.") {
		fmt.Printf("%s: %s (%d)\n", s.Text, s.Names[0].ID, s.Names[0].Score)
	}
	// Output:
	// Sarakeb: loc.sarqib (86)
}

func ExampleCandidates() {
	g := exampleGlossary()
	c := g.NewCandidates()
	c.Add("one.md", "The mayor of Binnish met Sarqib’s council.")
	c.Add("two.md", "A hospital in Binnish was hit.")
	for _, name := range c.List(2) {
		fmt.Println(name.Text, name.Count, name.Sources)
	}
	// Output:
	// Binnish 2 2
}

func ExampleDiff() {
	read := func(csv string) []glossary.Concept {
		concepts, err := glossary.ReadCSV(strings.NewReader(csv), "example.csv")
		if err != nil {
			panic(err)
		}
		return concepts
	}
	changed := strings.NewReplacer(",سرقيب", ",سرقيب|سراكب", "barrel bombs", "barrel bombs|explosive barrel").Replace(exampleCSV)
	for _, c := range glossary.Diff(read(exampleCSV), read(changed)) {
		fmt.Println(c.ID, c.Kind, "verify:", c.Verify, "search for:", c.AddedKeys)
	}
	// Output:
	// loc.sarqib changed verify: [ar] search for: []
	// term.barrel changed verify: [] search for: [explosive barrel]
}

func ExampleFindDrift() {
	rows := []glossary.Seen{
		{Concept: "loc.sarqib", Locale: "fr", Release: "r1", Segment: 3, Term: "Saraqeb", Text: "à Saraqeb"},
		{Concept: "loc.sarqib", Locale: "fr", Release: "r1", Segment: 9, Term: "Saraqib", Text: "Saraqib"},
	}
	for _, d := range glossary.FindDrift(rows) {
		fmt.Print(d.Concept, " in ", d.Release, ":")
		for _, r := range d.Renderings {
			fmt.Print(" ", r.Text, " ", r.Count)
		}
		fmt.Println()
	}
	// Output:
	// loc.sarqib in r1: Saraqeb 1 Saraqib 1
}
