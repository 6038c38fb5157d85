package glossary_test

import (
	"errors"
	"testing"
	"testing/fstest"

	"dragoman/glossary"
)

// TestLoad: several files are one glossary, in the order of their names, and
// ids may refer from one to another.
func TestLoad(t *testing.T) {
	t.Parallel()
	concepts, err := glossary.Load(fstest.MapFS{
		"b.csv":         {Data: []byte("id;kind;en;fr;rule\nb;LOC;Xb;Bé;cs\n")},
		"a.csv":         {Data: []byte("id,kind,en,ar,rule\na,LOC,Xa,ا,cs; licence=b\n")},
		"~$b.csv":       {Data: []byte("lock")},
		".hidden.csv":   {Data: []byte("hidden")},
		"notes.txt":     {Data: []byte("text")},
		"sub/other.csv": {Data: []byte("not read")},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(concepts) != 2 || concepts[0].ID != "a" || concepts[1].File != "b.csv" || concepts[1].Line != 2 {
		t.Errorf("%+v", concepts)
	}
}

// TestLoadProblems: problems of all files come together, and nothing is
// loaded.
func TestLoadProblems(t *testing.T) {
	t.Parallel()
	concepts, err := glossary.Load(fstest.MapFS{
		"a.csv": {Data: []byte("id,kind,en,ar\na,LOC,Xa,ا\nx,LOCUS,Xx,ا\n")},
		"b.csv": {Data: []byte("id,kind,en,ar\nb,LOC,Xb,ا\na,LOC,Xa,\"ا\n")},
		"c.csv": {Data: []byte("id,kind,en,ar\nc,LOC,Xc,ا\na,LOC,Xa,ا\n")},
	})
	want := `a.csv:3:3: x: unknown kind "LOCUS" (use PER, LOC, ORG, FIXED, NISBA, GROUP, COMMON or TERM)
b.csv:3:13: a closing " is missing or stands inside a cell (close the quote, and double every " inside a cell)
c.csv:3:1: a: the id stands already in a.csv, line 2 (an id names one concept: give this one another, or merge the two)`
	if concepts != nil || err == nil || err.Error() != want {
		t.Errorf("%v\n%v\nwant\n%s", concepts, err, want)
	}
	var p glossary.Problem
	if !errors.As(err, &p) || p.File != "a.csv" || p.Line != 3 || p.Column != 3 {
		t.Errorf("%+v is not the first problem", p)
	}
	if concepts, err := glossary.Load(fstest.MapFS{}); err != nil || len(concepts) != 0 {
		t.Errorf("an empty folder: %v %v", concepts, err)
	}
}
