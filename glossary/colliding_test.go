package glossary

import (
	"strings"
	"testing"
)

func TestColliding(t *testing.T) {
	t.Parallel()
	cs, err := ReadCSV(strings.NewReader(`id,kind,en,ar,ru
nisba.republican,NISBA,republican,جمهوري,республиканский
loc.syria,LOC,Syria,سوريا,Сирия
loc.prague,LOC,Prague,براغ,Прага
com.shell,COMMON,shell,قذيفة,снаряд
org.council,ORG,Idlib Council,مجلس إدلب,Совет Идлиба
`), "test.csv")
	if err != nil {
		t.Fatal(err)
	}
	g, problems := Compile(cs, Options{})
	if g == nil {
		t.Fatal(problems)
	}
	for _, c := range []struct{ lang, word, want string }{
		{"ar", "جمهورية", "nisba.republican"},
		{"ar", "بالجمهورية", "nisba.republican"},
		{"ar", "قذيفتان", "com.shell"},
		{"ar", "قذيفة", ""}, // as it is listed
		{"ar", "حلب", ""},
		{"ar", "مجلس الأمن", ""},
		{"ru", "Прагой", "loc.prague"},
		{"ru", "снаряды", "com.shell"},
		{"fr", "Prague", ""},
	} {
		var got []string
		for _, i := range g.Colliding(c.lang, []string{c.word}) {
			got = append(got, g.Concept(i).ID)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s %s: %v, want %q", c.lang, c.word, got, c.want)
		}
	}
}
