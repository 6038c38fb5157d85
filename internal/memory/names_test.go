package memory

import (
	"strings"
	"testing"

	"dragoman/glossary"
	"dragoman/glossary/terms"
)

// interim adaptor
type adaptor struct{ *glossary.Glossary }

func starterNames(t *testing.T) Names {
	t.Helper()
	concepts, err := glossary.Load(terms.FS())
	if err != nil {
		t.Fatal(err)
	}
	g, problems := glossary.Compile(concepts, glossary.Options{})
	if g == nil {
		t.Fatal(problems)
	}
	return adaptor{g}
}

func (a adaptor) FindTarget(lang, text string) []glossary.TargetOccurrence {
	var out []glossary.TargetOccurrence
	for i, c := range a.Concepts() {
		if !c.Kind.Proper() {
			continue
		}
		for _, tm := range append(c.Targets[lang].Preferred, c.Targets[lang].Accepted...) {
			at := strings.Index(text, tm.Text)
			n := len(tm.Text)
			if at < 0 && lang == "ar" && strings.HasPrefix(tm.Text, "ال") {
				at = strings.Index(text, "لل"+strings.TrimPrefix(tm.Text, "ال"))
			}
			if at >= 0 {
				out = append(out, glossary.TargetOccurrence{Concept: i, Start: at, End: at + n})
				break
			}
		}
	}
	return out
}

func (a adaptor) Inflect(lang string, concept int, like string, likeConcept int) (string, bool) {
	w := a.Preferred(lang, concept)
	if lang == "ar" && strings.HasPrefix(like, "لل") {
		if strings.HasPrefix(w, "الل") {
			return "ل" + strings.TrimPrefix(w, "ال"), true
		}
		return "لل" + strings.TrimPrefix(w, "ال"), strings.HasPrefix(w, "ال")
	}
	return w, w != ""
}
