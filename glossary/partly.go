package glossary

import "io"

// ReadCSVPartly reads what is sound of a native CSV file: the concepts of the
// rows without an error, beside the problems of all. It is for looking at a
// file; what is to become the glossary is read by ReadCSV, which takes all of a
// file or nothing.
func ReadCSVPartly(r io.Reader, name string) ([]Concept, Problems) {
	s, err := readSheet(r, name)
	if err != nil {
		return nil, asProblems(err)
	}
	seen := map[string]bool{}
	var sound []Concept
	for i := range s.concepts {
		c := &s.concepts[i]
		own := []Concept{*c}
		if s.bad[i] || seen[c.ID] || check(own, byPlace(own), false).HasErrors() {
			continue
		}
		seen[c.ID] = true
		sound = append(sound, *c)
	}
	if err := checkRead(s.concepts, s.locate, false, s.bad, s.problems); err != nil {
		return sound, asProblems(err)
	}
	return sound, nil
}
