package terms_test

import (
	"testing"

	"dragoman/glossary"
	"dragoman/glossary/terms"
)

// TestTerms: what the binary carries is a valid glossary.
func TestTerms(t *testing.T) {
	t.Parallel()
	concepts, err := glossary.Load(terms.FS())
	if err != nil {
		t.Fatal(err)
	}
	g, problems := glossary.Compile(concepts, glossary.Options{})
	if g == nil {
		t.Fatal(problems)
	}
	for _, p := range problems {
		if p.Severity == glossary.Warning {
			t.Error(p)
		}
	}
	if g.Len() < 73 {
		t.Errorf("only %d concepts", g.Len())
	}
}
