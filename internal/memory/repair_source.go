package memory

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"dragoman/glossary"
	"dragoman/locales"
)

// errWords is of sources that differ in more than values.
var errWords = errors.New("the texts differ in words")

// valueClass is what a value is.
type valueClass uint8

const (
	noValue valueClass = iota
	nameValue
	numberValue
	dateValue
)

// value is a name, a number or a date in a text.
type value struct {
	class      valueClass
	start, end int
	concept    int
	nested     bool   // a name within a longer one
	term       string // the listed term of a name in a target
	num        locales.Number
	date       locales.Date
}

// same reports whether two values of a class are equal.
func (v *value) same(w *value) bool {
	switch {
	case v.class != w.class:
		return false
	case v.class == nameValue:
		return v.concept == w.concept
	case v.class == numberValue:
		return v.num.Scaled == w.num.Scaled && v.num.Percent == w.num.Percent
	}
	return sameDate(v.date, w.date)
}

func sameDate(a, b locales.Date) bool {
	return a.HasWeekday == b.HasWeekday && (!a.HasWeekday || a.Weekday == b.Weekday) &&
		a.Day == b.Day && a.Month == b.Month && a.Year == b.Year
}

// sameShape reports whether two dates give the same parts.
func sameShape(a, b locales.Date) bool {
	return a.HasWeekday == b.HasWeekday && (a.Day == 0) == (b.Day == 0) &&
		(a.Month == 0) == (b.Month == 0) && (a.Year == 0) == (b.Year == 0) && a.Numeric == b.Numeric
}

// change is a value of the entry's source for which the query has another.
type change struct {
	old, new value
	count    int // how often the old value stands in the source
}

// item is a value, or a word, mark or code, of a source text.
type item struct {
	value
	key string // of what is no value
}

// compare gives the values in which an entry's source differs from a query;
// errWords where anything else does.
func (s *side) compare(q *side) ([]change, error) {
	changes, err := s.compareItems(q, false)
	if err == errWords && (s.nested || q.nested) {
		return s.compareItems(q, true)
	}
	return changes, err
}

func (s *side) compareItems(q *side, deep bool) ([]change, error) {
	a, b := s.items(deep), q.items(deep)
	if len(a) != len(b) {
		return nil, errWords
	}
	for i := range a {
		if a[i].class != b[i].class || a[i].key != b[i].key {
			return nil, errWords
		}
	}
	var out []change
	for i := range a {
		if a[i].class == noValue || a[i].same(&b[i].value) {
			continue
		}
		c := change{old: a[i].value, new: b[i].value}
		if err := c.possible(s, q); err != nil {
			return nil, err
		}
		if slices.ContainsFunc(out, func(o change) bool { return o.old.sameThing(&c.old) }) {
			continue
		}
		for j := range a {
			if !a[j].sameThing(&c.old) {
				continue
			}
			if !b[j].value.same(&c.new) {
				return nil, errors.New("one of two equal values changes and not the other")
			}
			c.count++
		}
		out = append(out, c)
	}
	return out, nil
}

// sameThing is same, but a number and as many percent are one thing too: in
// a translation they look alike.
func (v *value) sameThing(w *value) bool {
	if v.class == numberValue && w.class == numberValue {
		return v.num.Scaled == w.num.Scaled
	}
	return v.same(w)
}

// possible refuses the changes that no rule covers.
func (c *change) possible(s, q *side) error {
	switch c.old.class {
	case nameValue:
		a, b := s.names.Concept(c.old.concept), s.names.Concept(c.new.concept)
		switch {
		case a.Kind != b.Kind:
			return fmt.Errorf("%s and %s are of different kinds", a.Source, b.Source)
		case s.saysMore(c.old, a):
			return fmt.Errorf("%q says more than the name", s.coded[c.old.start:c.old.end])
		case q.saysMore(c.new, b):
			return fmt.Errorf("%q says more than the name", q.coded[c.new.start:c.new.end])
		}
	case numberValue:
		a, b := c.old.num, c.new.num
		if a.Percent != b.Percent || a.Clock || b.Clock || a.Suffixed || b.Suffixed || a.Attached || b.Attached {
			return errors.New("a time of day, an ordinal or part of a name")
		}
	case dateValue:
		if !sameShape(c.old.date, c.new.date) || c.old.date.Numeric {
			return errors.New("the dates are of different shapes")
		}
	}
	return nil
}

// saysMore reports whether a source variant has a common word or another name
// within it that the name itself has not ("Civil Defense teams", "Syrian
// Coalition’s Media Department"): a translation may say that beside it.
func (s *side) saysMore(v value, c *glossary.Concept) bool {
	surface := s.coded[v.start:v.end]
	for w := range strings.FieldsFuncSeq(surface, func(r rune) bool { return !isLetter(r) && r != '\'' && r != '’' }) {
		r, _ := firstRune(w)
		if unicode.IsLower(r) && !sourceParticles[w] && !strings.Contains(strings.ToLower(c.Source), w) {
			return true
		}
	}
	var own []glossary.Occurrence
	for _, o := range s.found {
		if o.Concept == v.concept || o.Start < v.start || o.End > v.end {
			continue
		}
		if own == nil {
			own = s.names.Find(nil, c.Source)
		}
		if !slices.ContainsFunc(own, func(n glossary.Occurrence) bool { return n.Concept == o.Concept }) {
			return true
		}
	}
	return false
}

var sourceParticles = set("the of for and al el an ar as ash at az ad de du in s")

// side is one of the two English texts.
type side struct {
	names  Names
	coded  string
	tokens []token
	found  []glossary.Occurrence
	others []value // dates and numbers
	nested bool    // a name stands within another
	made   [2][]item
}

var english = func() *locales.Profile {
	p, err := locales.Get("en")
	if err != nil {
		panic(err) // part of the program
	}
	return p
}()

func newSide(names Names, coded string) *side {
	s := &side{names: names, coded: coded, tokens: tokenise(nil, coded, nil)}
	if names != nil {
		s.found = slices.DeleteFunc(names.Find(nil, coded), func(o glossary.Occurrence) bool {
			return !names.Concept(o.Concept).Kind.Proper() || strings.Contains(coded[o.Start:o.End], "⟦")
		})
		s.nested = slices.ContainsFunc(s.found, func(o glossary.Occurrence) bool { return o.Nested })
	}
	// Ordinals, articles and the like are words.
	text := masked(coded)
	for _, d := range english.Dates(nil, text) {
		if !d.Weak {
			s.others = append(s.others, value{class: dateValue, start: d.Start, end: d.End, date: d})
		}
	}
	for _, n := range english.Numbers(nil, text) {
		v := value{class: numberValue, start: n.Start, end: n.End, num: n}
		if (n.Kind == locales.Digits || n.Kind == locales.Cardinal) && !overlaps(s.others, v) {
			s.others = append(s.others, v)
		}
	}
	return s
}

// values gives the names (with deep those within others), dates and numbers
// in order.
func (s *side) values(deep bool) []value {
	out := pickNames(s.found, deep)
	for _, v := range s.others {
		if !overlaps(out, v) {
			out = append(out, v)
		}
	}
	slices.SortFunc(out, func(a, b value) int { return cmp.Compare(a.start, b.start) })
	return out
}

// bare reports whether a text is values alone, as a dateline is.
func (s *side) bare() bool {
	for _, i := range s.items(false) {
		r, _ := firstRune(i.key)
		if i.class == noValue && (isLetter(r) || unicode.IsDigit(r)) {
			return false
		}
	}
	return true
}

// pickNames takes the longest names, or with deep those within them where
// there are any.
func pickNames(occ []glossary.Occurrence, deep bool) []value {
	var out []value
	for _, o := range occ {
		covers := slices.ContainsFunc(occ, func(n glossary.Occurrence) bool {
			return n.Nested && !o.Nested && o.Start <= n.Start && n.End <= o.End
		})
		if deep && covers || !deep && o.Nested {
			continue
		}
		v := value{class: nameValue, start: o.Start, end: o.End, concept: o.Concept, nested: o.Nested}
		if !overlaps(out, v) {
			out = append(out, v)
		}
	}
	return out
}

func overlaps(vs []value, v value) bool {
	return slices.ContainsFunc(vs, func(o value) bool { return v.start < o.end && o.start < v.end })
}

// items gives the text as a list of values and of the words between them.
func (s *side) items(deep bool) []item {
	made := &s.made[0]
	if deep {
		made = &s.made[1]
	}
	if *made != nil {
		return *made
	}
	values := s.values(deep)
	var out []item
	var key []byte
	for _, t := range s.tokens {
		for len(values) > 0 && values[0].end <= t.start {
			out = append(out, item{value: values[0]})
			values = values[1:]
		}
		if len(values) > 0 && t.start < values[0].end && values[0].start < t.end {
			continue
		}
		key = appendKey(key[:0], t, s.coded, nil)
		out = append(out, item{key: string(key)})
	}
	for _, v := range values {
		out = append(out, item{value: v})
	}
	*made = out
	return out
}
