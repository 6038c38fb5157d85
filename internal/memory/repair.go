package memory

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"dragoman/internal/edition"
	"dragoman/locales"
)

// nearRepairs is how many fuzzy matches a repair is tried on that differ in
// more than values by the index: a name within a longer one, or a compound
// number word, can make the difference.
const nearRepairs = 3

// repairAll turns fuzzy matches into repaired ones where all that their
// sources differ in from the query are values, and each of them has one
// certain place and form in the target. The others stay fuzzy; where only
// values differ, NoRepair says why.
func (ix *Index) repairAll(q Query, ms []Match, onlyValues []bool) {
	profile, err := locales.Get(q.Locale)
	if err != nil || len(ms) == 0 {
		return
	}
	names := *ix.names.Load()
	query := newSide(names, q.Text)
	near := nearRepairs
	for i := range ms {
		m := &ms[i]
		if !onlyValues[i] {
			if near == 0 || m.Score < 80 {
				continue
			}
			near--
		}
		target, swaps, err := query.repair(q.Locale, profile, m.Entry.Source, m.Entry.Target)
		switch {
		case err != nil && err != errWords:
			m.NoRepair = err.Error()
			if onlyValues[i] && query.bare() {
				m.Score = 0 // two names, nothing that is alike
			}
		case err == nil && len(swaps) > 0:
			score := normalisedScore - len(swaps) - m.lost
			m.Kind, m.Target, m.Swaps = edition.FromRepaired, target, swaps
			m.Score = min(max(score, m.Score+1), bestFuzzy)
		}
	}
}

// repair puts the values of the query q in place of those of source into
// target, which says source in the locale: names by the glossary (where there
// is one), numbers, dates, months and weekdays by the locale's rules. The
// error says what is not certain; then nothing is repaired. Without a
// difference in values there are no swaps.
func (q *side) repair(locale string, profile *locales.Profile, source, target string) (string, []edition.Swap, error) {
	fitted, ok := fitCodes(source, q.coded, target)
	if !ok {
		return "", nil, errWords
	}
	changes, err := newSide(q.names, source).compare(q)
	if err != nil || len(changes) == 0 {
		return fitted, nil, err
	}
	s := &site{
		names: q.names, locale: locale, lang: profile.Tag, p: profile,
		text: masked(fitted), source: source, query: q.coded,
	}
	s.scan()
	for _, c := range changes {
		if err := s.change(c); err != nil {
			return "", nil, err
		}
	}
	repaired, err := s.apply(fitted)
	if err != nil {
		return "", nil, err
	}
	return repaired, s.swaps, s.readBack(repaired, changes)
}

// masked gives a coded text in which bytes that nothing reads stand in place
// of the codes, so that offsets hold and no code's number counts as one.
func masked(coded string) string {
	marks := codeMarks(coded)
	if len(marks) == 0 {
		return coded
	}
	b := []byte(coded)
	for _, m := range marks {
		for i := m.start; i < m.end; i++ {
			b[i] = 0x01
		}
	}
	return string(b)
}

// site is a target under repair.
type site struct {
	names         Names
	locale, lang  string
	p             *locales.Profile
	text          string // masked
	source, query string
	found         []value // what stands in the target
	edits         []edit
	swaps         []edition.Swap
}

// edit puts text in place of some bytes of the target.
type edit struct {
	start, end int
	text       string
}

// scan finds the names, dates and numbers of the target.
func (s *site) scan() {
	s.found = targetValues(s.names, s.locale, s.p, s.text)
}

func targetValues(names Names, locale string, p *locales.Profile, text string) []value {
	var out []value
	if names != nil {
		for _, o := range names.FindTarget(locale, text) {
			if names.Concept(o.Concept).Kind.Proper() && (o.Class == "preferred" || o.Class == "accepted") {
				out = append(out, value{class: nameValue, start: o.Start, end: o.End, concept: o.Concept, nested: o.Nested, term: o.Term})
			}
		}
	}
	named := len(out)
	for _, d := range p.Dates(nil, text) {
		if v := (value{class: dateValue, start: d.Start, end: d.End, date: d}); !within(out[:named], v) {
			out = append(out, v)
		}
	}
	dated := len(out)
	for _, n := range p.Numbers(nil, text) {
		v := value{class: numberValue, start: n.Start, end: n.End, num: n}
		if (n.Kind == locales.Digits || n.Kind == locales.Cardinal) && !within(out[:named], v) && !overlaps(out[named:dated], v) {
			out = append(out, v)
		}
	}
	return out
}

// within reports whether v stands inside one of vs.
func within(vs []value, v value) bool {
	return slices.ContainsFunc(vs, func(o value) bool { return o.start <= v.start && v.end <= o.end })
}

// change finds the places of one change and makes its edits.
func (s *site) change(c change) error {
	var places []value
	for _, v := range s.found {
		if v.means(&c.old) {
			places = append(places, v)
		}
	}
	from := s.source[c.old.start:c.old.end]
	switch {
	case len(places) == 0:
		return fmt.Errorf("%q has no certain place in the target", from)
	case len(places) > c.count || c.old.class != nameValue && len(places) != c.count:
		return fmt.Errorf("%q has more than one place in the target", from)
	}
	for i, at := range places {
		var was, is string
		var err error
		switch c.old.class {
		case nameValue:
			was, is, err = s.name(at, c)
		case numberValue:
			was, is, err = s.number(at, c)
		case dateValue:
			was, is, err = s.date(at, c)
		}
		if err != nil {
			return err
		}
		if i == 0 {
			s.swaps = append(s.swaps, edition.Swap{
				Class: s.class(c), From: from, To: s.query[c.new.start:c.new.end],
				TargetFrom: was, TargetTo: is,
			})
		}
	}
	return nil
}

// means reports whether a value of a target says what one of the source does.
// A name within a longer one counts where it stands so in the source too.
func (v *value) means(src *value) bool {
	if v.nested && !src.nested {
		return false
	}
	if v.class == numberValue && src.class == numberValue {
		return v.num.Means(src.num.Scaled)
	}
	return v.same(src)
}

// class names a change for a person.
func (s *site) class(c change) string {
	switch c.old.class {
	case nameValue:
		return "name"
	case numberValue:
		before := strings.TrimRight(s.source[:c.old.start], " ")
		after := strings.ToLower(strings.TrimLeft(s.source[c.old.end:], " "))
		switch {
		case c.old.num.Percent:
			return "percent"
		case strings.HasSuffix(before, "$"), strings.HasSuffix(before, "€"), strings.HasSuffix(before, "£"),
			strings.HasPrefix(after, "dollar"), strings.HasPrefix(after, "euro"), strings.HasPrefix(after, "us dollar"):
			return "currency"
		}
		return "number"
	}
	d := c.old.date
	switch {
	case d.Day == 0 && d.Month == 0:
		return "weekday"
	case d.Day == 0:
		return "month"
	}
	return "date"
}

// put notes an edit.
func (s *site) put(start, end int, text string) {
	s.edits = append(s.edits, edit{start, end, text})
}

// apply makes the edits in the coded text.
func (s *site) apply(coded string) (string, error) {
	slices.SortFunc(s.edits, func(a, b edit) int { return cmp.Compare(a.start, b.start) })
	s.edits = slices.Compact(s.edits)
	var b strings.Builder
	last := 0
	for _, e := range s.edits {
		if e.start < last {
			return "", errors.New("two changes meet in one place")
		}
		if strings.Contains(s.text[e.start:e.end], "\x01") {
			return "", errors.New("a code stands within the value")
		}
		b.WriteString(coded[last:e.start])
		b.WriteString(e.text)
		last = e.end
	}
	b.WriteString(coded[last:])
	return b.String(), nil
}

// readBack reads the repaired target as a reader would: every value must be
// there as often as the changes say. It guards against a value that runs
// together with its surroundings.
func (s *site) readBack(repaired string, changes []change) error {
	got := targetValues(s.names, s.locale, s.p, masked(repaired))
	if places(got) != places(s.found) {
		return errors.New("the repaired target does not read back")
	}
	for _, c := range changes {
		want := 0
		for _, v := range s.found {
			if v.means(&c.old) || v.means(&c.new) && !slices.ContainsFunc(changes, func(o change) bool { return v.means(&o.old) }) {
				want++
			}
		}
		have := 0
		for _, v := range got {
			if v.means(&c.new) {
				have++
			}
		}
		if have < want {
			return errors.New("the repaired target does not read back")
		}
	}
	return nil
}

// places counts the places of values; a name that two concepts have is one,
// and so is one with all that it holds.
func places(vs []value) int {
	seen := map[[2]int]bool{}
	for _, v := range vs {
		if !v.nested {
			seen[[2]int{v.start, v.end}] = true
		}
	}
	return len(seen)
}

// wordBefore gives the word that ends before byte i, with only spaces
// between, and where it begins.
func (s *site) wordBefore(i int) (word string, start int) {
	end := len(strings.TrimRight(s.text[:i], spaces))
	start = end
	for start > 0 {
		r, n := lastRune(s.text[:start])
		if !isLetter(r) {
			break
		}
		start -= n
	}
	return s.text[start:end], start
}

// wordAfter gives the word that begins after byte i, with only spaces
// between; both are i and "" where a mark or the end comes first.
func (s *site) wordAfter(i int) (word string, start int) {
	start = i + len(s.text[i:]) - len(strings.TrimLeft(s.text[i:], spaces))
	end := start
	for end < len(s.text) {
		r, n := firstRune(s.text[end:])
		if !isLetter(r) {
			break
		}
		end += n
	}
	if end == start {
		return "", i
	}
	return s.text[start:end], start
}

const spaces = " \u00a0\u202f\u2009"
