package glossary_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dragoman/glossary"
)

// readTBX reads text, which has to be good.
func readTBX(t testing.TB, text string) []glossary.Concept {
	t.Helper()
	concepts, err := glossary.ReadTBX(strings.NewReader(text), "test.tbx")
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return concepts
}

func writeTBX(t testing.TB, concepts []glossary.Concept, style glossary.TBXStyle) string {
	t.Helper()
	var b bytes.Buffer
	if err := glossary.WriteTBX(&b, concepts, style); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTBXRoundTrip(t *testing.T) {
	t.Parallel()
	for name, concepts := range map[string][]glossary.Concept{"starter": starterConcepts(t), "nasty": {nasty()}} {
		for _, style := range []glossary.TBXStyle{glossary.DCA, glossary.DCT} {
			text := writeTBX(t, concepts, style)
			got := readTBX(t, text)
			if d := cmp.Diff(concepts, got, sameContent); d != "" {
				t.Errorf("%s %s (-want +got):\n%s", name, style, d)
			}
			if again := writeTBX(t, got, style); again != text {
				t.Errorf("%s %s: written again it differs", name, style)
			}
		}
	}
}

// TestTBXForeign reads the same entries, as another tool would write them, in
// both styles. What Dragoman does not use stays, and is written back in its
// own elements.
func TestTBXForeign(t *testing.T) {
	t.Parallel()
	want, err := os.ReadFile("testdata/foreign.csv")
	if err != nil {
		t.Fatal(err)
	}
	expected := readCSV(t, string(want))
	texts := map[glossary.TBXStyle]string{}
	for _, style := range []glossary.TBXStyle{glossary.DCA, glossary.DCT} {
		data, err := os.ReadFile("testdata/foreign_" + string(style) + ".tbx")
		if err != nil {
			t.Fatal(err)
		}
		got := readTBX(t, string(data))
		if d := cmp.Diff(expected, got, sameContent); d != "" {
			t.Errorf("%s (-want +got):\n%s", style, d)
		}
		texts[style] = writeTBX(t, got, style)
	}
	for style, text := range texts {
		if d := cmp.Diff(expected, readTBX(t, text), sameContent); d != "" {
			t.Errorf("%s read again (-want +got):\n%s", style, d)
		}
	}
	for _, element := range []string{
		`<descrip type="definition">A city in the north of Syria.</descrip>`,
		`<admin type="source">Atlas, p. 7</admin>`,
		`<transac type="transactionType">origination</transac>`,
		`<date>2010-04-17</date>`,
		`<transacNote type="responsibility" target="p1">Jane</transacNote>`,
		`<xref type="xGraphic" target="https://example.org/map.png">map</xref>`,
		`<termNote type="partOfSpeech">noun</termNote>`,
		`<termNote type="administrativeStatus">supersededTerm-admn-sts</termNote>`,
		`<descrip type="context">He left Aleppo.</descrip>`,
	} {
		if !strings.Contains(texts[glossary.DCA], element) {
			t.Errorf("written again it has no %s", element)
		}
	}
	if !strings.Contains(texts[glossary.DCT], `<basic:responsibility target="p1">Jane</basic:responsibility>`) {
		t.Error("DCT has lost who was responsible")
	}
}

func FuzzReadTBX(f *testing.F) {
	for _, style := range []glossary.TBXStyle{glossary.DCA, glossary.DCT} {
		f.Add(writeTBX(f, []glossary.Concept{nasty()}, style))
		data, err := os.ReadFile("testdata/foreign_" + string(style) + ".tbx")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data))
	}
	f.Add(`<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>`)
	f.Fuzz(func(t *testing.T, text string) {
		concepts, err := glossary.ReadTBX(strings.NewReader(text), "fuzz.tbx")
		if err != nil {
			if concepts != nil {
				t.Fatal("an error and concepts")
			}
			return
		}
		again := writeTBX(t, concepts, glossary.DCT)
		if d := cmp.Diff(concepts, readTBX(t, again), sameContent); d != "" {
			t.Fatalf("%s\n%s", d, again)
		}
	})
}
