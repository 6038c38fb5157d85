package memory

import (
	"sync"
	"testing"

	"dragoman/glossary"
	"dragoman/glossary/terms"
)

var _ Names = (*glossary.Glossary)(nil)

// starterNames is the starter glossary, compiled once.
func starterNames(t testing.TB) Names {
	t.Helper()
	g, err := starter()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

var starter = sync.OnceValues(func() (*glossary.Glossary, error) {
	concepts, err := glossary.Load(terms.FS())
	if err != nil {
		return nil, err
	}
	g, problems := glossary.Compile(concepts, glossary.Options{})
	if g == nil {
		return nil, problems
	}
	return g, nil
})
