package glossary_test

import (
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"dragoman/glossary"
)

// TestDecomposedText: a text in which hamza, madda and accents are characters
// of their own, as some systems write it, says the same as any other.
func TestDecomposedText(t *testing.T) {
	t.Parallel()
	const sheet = "id,kind,en,rule,ar,ckb,ru,fr\n" +
		"org.a,ORG,Alpha Council,cs,المجلس الأعلى للآثار والمؤسسات الإغاثية وشؤون اللاجئين,,,\n" +
		"org.b,ORG,Beta Council,cs,,ئەنجوومەنی ئاسایش,,\n" +
		"org.c,ORG,Gamma Council,cs,,,Йодный совет,\n" +
		"org.d,ORG,Delta Council,cs,,,,Conseil d’État\n"
	concepts, err := glossary.ReadCSV(strings.NewReader(sheet), "sheet.csv")
	if err != nil {
		t.Fatal(err)
	}
	g, problems := glossary.Compile(concepts, glossary.Options{})
	if g == nil {
		t.Fatal(problems)
	}
	for locale, c := range map[string]struct{ source, text string }{
		"ar":  {"The Alpha Council met.", "اجتمع المجلس الأعلى للآثار والمؤسسات الإغاثية وشؤون اللاجئين."},
		"ckb": {"The Beta Council met.", "ئەنجوومەنی ئاسایش کۆبووەوە."},
		"ru":  {"The Gamma Council met.", "Йодный совет собрался."},
		"fr":  {"The Delta Council met.", "Le Conseil d’État s’est réuni."},
	} {
		for name, text := range map[string]string{"composed": norm.NFC.String(c.text), "decomposed": norm.NFD.String(c.text)} {
			vs := g.Verify(nil, locale, c.source, g.Find(nil, c.source), text)
			if len(vs) != 1 || vs[0].Tier != 0 {
				t.Errorf("%s, %s: %+v", locale, name, vs)
			}
		}
	}
}
