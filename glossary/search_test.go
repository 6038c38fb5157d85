package glossary_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"dragoman/glossary"
)

// A name is found however a hurried person types it, in any language.
func TestSearch(t *testing.T) {
	t.Parallel()
	g := compile(t, `id,kind,en,en.variants,rule,ar,ar.accepted,ar.forbidden,fr,tr,ru
loc.sarqib,LOC,Sarqib,Saraqib,cs,سراقب,,سرقب,Saraqib,Serakib,Саракиб
loc.idlib,LOC,Idlib,,cs,إدلب,,ادلب,Idleb,İdlib,Идлиб
loc.idlib.north,LOC,northern Idlib,,cs,شمال إدلب,,,nord d’Idleb,kuzey İdlib,север Идлиба
org.un,ORG,United Nations,U.N.,cs,الأمم المتحدة,,,Nations unies,Birleşmiş Milletler,ООН
loc.salqin,LOC,Salqin,,cs,سلقين,,,Salqin,Selkin,Салкин
`)
	for query, want := range map[string]string{
		"sarq":           "loc.sarqib",
		"SARAQIB":        "loc.sarqib",
		"سراقب":          "loc.sarqib",
		"سَرَاقِب":       "loc.sarqib",
		"سرقب":           "loc.sarqib", // forbidden names lead to what is right
		"ادلب":           "loc.idlib loc.idlib.north",
		"إدلب":           "loc.idlib loc.idlib.north",
		"idlib":          "loc.idlib loc.idlib.north",
		"İDLİB":          "loc.idlib loc.idlib.north",
		"nord d'idleb":   "loc.idlib.north",
		"birlesmis":      "org.un",
		"الامم المتحده":  "org.un",
		"саракиб":        "loc.sarqib",
		"loc.sal":        "loc.salqin",
		"idlib شمال":     "loc.idlib.north",
		"nothing at all": "",
	} {
		var got []string
		for _, i := range g.Search(query, nil) {
			got = append(got, g.Concept(i).ID)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", query, got, want)
		}
	}
	if got := g.Search("", func(c *glossary.Concept) bool { return c.Kind == glossary.ORG }); !slices.Equal(got, []int{3}) {
		t.Errorf("only organisations: %v", got)
	}
	if n := len(g.Search("", nil)); n != 5 {
		t.Errorf("an empty query gives %d concepts", n)
	}
}

// A cell holds what the sheet would, so that it can be edited and read back.
func TestCell(t *testing.T) {
	t.Parallel()
	g := compile(t, "id,kind,flags,en,en.variants,rule,ar,ar.forbidden,note\nper.m,PER,ru:indeclinable,Mohammad,Muhammad|Mohamad,cs,محمد{triptote},محمّد,a note\n")
	c := g.Concept(0)
	for column, want := range map[string]string{"id": "per.m", "kind": "PER", "flags": "ru:indeclinable", "en.variants": "Muhammad|Mohamad", "ar": "محمد{triptote}", "fr": "", "note": "a note"} {
		if got := c.Cell(column); got != want {
			t.Errorf("%s: %q, want %q", column, got, want)
		}
	}
	if got := glossary.Columns("ar"); !slices.Contains(got, "ar.forbidden") || !slices.Contains(got, "replaced_by") || slices.Contains(got, "fr") {
		t.Errorf("columns %v", got)
	}
}

func BenchmarkSearch(b *testing.B) {
	cs := make([]glossary.Concept, 25_000)
	for i := range cs {
		cs[i] = glossary.Concept{ID: fmt.Sprintf("loc.n%d", i), Kind: glossary.LOC, Source: fmt.Sprintf("Town %d of Idlib", i), Targets: map[string]glossary.Terms{
			"ar": {Preferred: []glossary.Term{{Text: fmt.Sprintf("بلدة %d في إدلب", i)}}}, "fr": {Preferred: []glossary.Term{{Text: fmt.Sprintf("ville %d d’Idleb", i)}}},
		}}
	}
	g, _ := glossary.Compile(cs, glossary.Options{Trusted: true})
	start := time.Now()
	g.Search("x", nil)
	b.Logf("index: %v", time.Since(start))
	for b.Loop() {
		g.Search("ادلب 24", nil)
	}
}

// A sheet with few columns changes those and leaves the rest alone.
func TestUpdate(t *testing.T) {
	t.Parallel()
	old := readCSV(t, "id,kind,en,rule,ar,ar.forbidden,fr,note\nloc.a,LOC,Alpha,cs,ألفا,الفا,Alpha,keep me\nloc.b,LOC,Beta,cs,بيتا,,Bêta,\n")
	u, err := glossary.ReadUpdate([]byte("\ufeffid;kind;en;ar\nloc.a;LOC;Alpha;آلفا\nloc.c;LOC;Gamma;غاما\n"), "../up/sheet.csv")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range u.Merge(old, false) {
		got = append(got, c.ID+" "+c.Cell("ar")+" "+c.Cell("ar.forbidden")+" "+c.Cell("fr")+" "+c.Cell("note"))
	}
	want := "loc.a آلفا الفا Alpha keep me/loc.b بيتا  Bêta /loc.c غاما   "
	if strings.Join(got, "/") != want {
		t.Errorf("%s\nwant %s", strings.Join(got, "/"), want)
	}
	if n := len(u.Merge(old, true)); n != 2 {
		t.Errorf("replaced, the glossary has %d concepts", n)
	}
	var tbx strings.Builder
	if err := glossary.WriteTBX(&tbx, old, glossary.DCA); err != nil {
		t.Fatal(err)
	}
	u, err = glossary.ReadUpdate([]byte(tbx.String()), "names.tbx")
	if err != nil || len(glossary.Diff(old, u.Merge(old, false))) != 0 {
		t.Errorf("a TBX of the same glossary changes it: %v", err)
	}
	for name, text := range map[string]string{"x.csv": "id,kind,en\n", "y.csv": "\x00\x01", "z.tbx": `<!DOCTYPE x [<!ENTITY a "b">]><tbx/>`, "w.xlsx": "PK\x03\x04rubbish"} {
		if _, err := glossary.ReadUpdate([]byte(text), name); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}
