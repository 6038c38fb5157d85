package content

import "strings"

// maxTrials is how many units of a document may fail the proof one by one;
// after that the document is left as it is.
const maxTrials = 50

// proveUnits writes a trial into every unit of a document of a rare shape, and
// leaves those that would not come out right without translation: their bytes
// stay as they are. Documents of the usual shapes need no proof beforehand,
// since Splice reads again what it wrote.
func (d *Document) proveUnits() {
	sortUnits(d.Units)
	budget := rereads(len(d.Source))
	for n := 0; n < maxTrials && len(d.Units) > 0; n++ {
		s := &splice{doc: d, targets: map[int]string{}, tries: map[int]int{}}
		for i := range d.Units {
			s.targets[i] = trial(d.Units[i].coded)
			s.edits = append(s.edits, edit{Range: d.Units[i].span, unit: i})
		}
		s.add(d.mends, nil)
		bad := s.worst(&budget)
		if bad < 0 || bad >= len(d.Units) {
			return
		}
		d.Units = append(d.Units[:bad:bad], d.Units[bad+1:]...)
	}
	d.Units = nil
}

// rereads is how often a document of a size may be read again to prove it, so
// that no file can keep a machine busy for minutes.
func rereads(size int) int { return max(4, min(1000, 32<<20/max(size, 1))) }

// worst gives the first unit that comes out otherwise however it is written,
// or -1.
func (s *splice) worst(budget *int) int {
	for ; *budget > 0; *budget-- {
		bad, err := s.check([]byte(s.emit(0, len(s.doc.Source), -1)))
		switch {
		case err != nil:
			return len(s.doc.Units) - 1
		case bad < 0:
			return -1
		}
		next := s.toTighten(bad)
		if next < 0 {
			return bad
		}
		s.tries[next]++
	}
	return len(s.doc.Units) - 1
}

// trial gives coded text with the codes of a unit and words that are hard to
// write.
func trial(coded string) string {
	var b strings.Builder
	for _, t := range Tokens(coded) {
		if t.Kind != Text {
			b.WriteString(coded[t.Start:t.End])
		} else if strings.TrimSpace(t.Text) != "" {
			b.WriteString("1. *x_ [y] | # -z")
		}
	}
	return b.String()
}
