package memory

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"dragoman/glossary"
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
			score := normalisedScore - len(swaps) - ix.opt.Penalties[m.Entry.Origin]
			m.Kind, m.Target, m.Swaps = edition.FromRepaired, target, swaps
			m.Score = min(max(score, m.Score+1), bestFuzzy)
		}
	}
}

// Repair puts the values of query in place of those of source into target,
// which says source in the locale: names by the glossary (which may be nil),
// numbers, dates, months and weekdays by the locale's rules. The error says
// what is not certain; then nothing is repaired. Without a difference in
// values there are no swaps.
func Repair(names Names, locale, source, target, query string) (string, []edition.Swap, error) {
	profile, err := locales.Get(locale)
	if err != nil {
		return "", nil, fmt.Errorf("no number and date rules: %w", err)
	}
	return newSide(names, query).repair(locale, profile, source, target)
}

// repair fits target, which says source, to the query q.
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
		if err := c.possible(s.names, s.coded[c.old.start:c.old.end], q.coded[c.new.start:c.new.end]); err != nil {
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
func (c *change) possible(names Names, from, to string) error {
	switch c.old.class {
	case nameValue:
		a, b := names.Concept(c.old.concept), names.Concept(c.new.concept)
		switch {
		case a.Kind != b.Kind:
			return fmt.Errorf("%s and %s are of different kinds", a.Source, b.Source)
		case saysMore(a, from) || saysMore(b, to):
			return fmt.Errorf("%q or %q says more than the name", from, to)
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

// saysMore reports whether a source variant has a common word that the name
// has not ("Civil Defense teams"): a translation may say that word beside it.
func saysMore(c *glossary.Concept, surface string) bool {
	for w := range strings.FieldsFuncSeq(surface, func(r rune) bool { return !isLetter(r) && r != '\'' && r != '’' }) {
		r, _ := firstRune(w)
		if unicode.IsLower(r) && !sourceParticles[w] && !strings.Contains(strings.ToLower(c.Source), w) {
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
