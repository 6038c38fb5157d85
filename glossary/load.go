package glossary

import (
	"fmt"
	"io/fs"
	"strings"
)

// Load reads every *.csv in the top folder of fsys, in the order of their
// names, as one glossary. It gives all concepts or none: the error is then
// Problems of all files (up to 100), with file, line and column of each. Ids
// may refer to concepts of another file. Hidden files and the lock files of
// spreadsheets are left alone.
func Load(fsys fs.FS) ([]Concept, error) {
	names, err := fs.Glob(fsys, "*.csv")
	if err != nil {
		return nil, fmt.Errorf("listing glossary files: %w", err)
	}
	var all Problems
	var sheets []*sheet
	for _, name := range names {
		if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~") {
			continue
		}
		s, err := loadSheet(fsys, name)
		if err != nil {
			for _, p := range asProblems(err) {
				all.add(p)
			}
			continue
		}
		sheets = append(sheets, s)
	}
	concepts, locate, bad := join(sheets)
	for _, s := range sheets {
		for _, p := range s.problems {
			all.add(p)
		}
	}
	if err := checkRead(concepts, locate, true, bad, all); err != nil {
		return nil, err
	}
	return concepts, nil
}

func loadSheet(fsys fs.FS, name string) (*sheet, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, fmt.Errorf("opening glossary: %w", err)
	}
	defer f.Close()
	return readSheet(f, name)
}

// join makes one list of the concepts of several sheets.
func join(sheets []*sheet) ([]Concept, locator, map[int]bool) {
	var concepts []Concept
	var ends []int
	bad := map[int]bool{}
	for _, s := range sheets {
		for i := range s.bad {
			bad[len(concepts)+i] = true
		}
		concepts = append(concepts, s.concepts...)
		ends = append(ends, len(concepts))
	}
	locate := func(i int, field string) (string, int, int) {
		begin := 0
		for n, end := range ends {
			if i < end {
				return sheets[n].locate(i-begin, field)
			}
			begin = end
		}
		return "", 0, 0
	}
	return concepts, locate, bad
}
