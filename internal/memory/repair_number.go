package memory

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"dragoman/locales"
)

// number puts the new number in place of the old one at a place of the
// target, with the form of the noun that it counts.
func (s *site) number(at value, c change) (was, is string, err error) {
	old, new := at.num, c.new.num
	from, to := c.old.num, c.new.num
	uncertain := fmt.Errorf("the form of %s for %s is not certain", to.Scaled, from.Scaled)
	cut := s.proclitic(old)
	if old.Clock || old.Attached && !s.clitic(old.Start) || old.Value != from.Value || old.Percent != from.Percent || cut < 0 ||
		!scalesAlike(from, to) || !scalesAlike(from, old) {
		return "", "", uncertain
	}
	start, end := old.Start+cut, old.FigureEnd
	shape, err := s.agree(old, to, end)
	if err != nil {
		return "", "", err
	}
	text, ok := s.numeral(old, new, shape)
	if !ok {
		return "", "", uncertain
	}
	if err := s.fitBefore(start, s.text[start:end], text); err != nil {
		return "", "", err
	}
	end, text, err = s.suffix(end, s.text[start:end], text)
	if err != nil {
		return "", "", err
	}
	if s.lang == "ar" {
		text = s.detach(start, text)
	}
	was, is = s.text[start:end], text
	s.put(start, end, text)
	if shape.noun != "" {
		s.put(shape.start, shape.end, shape.noun)
		was, is = was+" "+s.text[shape.start:shape.end], is+" "+shape.noun
	}
	return was, is, nil
}

// clitic reports whether what stands right before byte i is an Arabic
// conjunction or preposition that is joined to figures (و25, لـ25).
func (s *site) clitic(i int) bool {
	w, at := s.wordBefore(i)
	return s.lang == "ar" && at+len(w) == i && strings.Trim(w, "وفبلكـ") == "" && len(w) <= 6
}

// scalesAlike reports whether both numbers have the same scale word or none,
// and, but for percentages, both a fraction or none.
func scalesAlike(a, b locales.Number) bool {
	return ratio(a) == ratio(b) && (a.Percent || (a.Value.Scale == 0) == (b.Value.Scale == 0))
}

// ratio is what a scale word multiplies a number by.
func ratio(n locales.Number) int64 {
	for _, scale := range []int64{1, 1e2, 1e3, 1e6, 1e9, 1e12} {
		if n.Value.Times(scale) == n.Scaled {
			return scale
		}
	}
	return 0
}

// agreement is what a number asks of what it counts.
type agreement struct {
	gender     locales.Gender
	known      bool // the gender is
	start, end int  // of the noun that changes
	noun       string
}

// agree finds the noun that a number counts and its form with the new one. An
// error means that the form, or that of a verb or adjective, is not certain.
func (s *site) agree(old, to locales.Number, end int) (agreement, error) {
	a := agreement{gender: old.Gender, known: old.Kind == locales.Cardinal && old.Gender != locales.AnyGender}
	noun, from, until := s.noun(end)
	if !a.known && noun != nil {
		a.gender, a.known = noun.Gender, true
	}
	if old.Percent && s.percentSign(end) {
		return a, nil
	}
	before, after := s.count(old.Value), s.count(to.Value)
	if old.Value.Scale > 0 && to.Value.Scale > 0 {
		// Fractions ask for one form: 2.5 مليون, 2,5 миллиона.
		return a, nil
	}
	if small(s.lang, before) || small(s.lang, after) {
		return a, fmt.Errorf("from %s to %s the noun changes its number, and a verb may", old.Value, to.Value)
	}
	if s.p.CountClass(before) == s.p.CountClass(after) {
		return a, nil
	}
	if s.labels(old, to) {
		return a, nil
	}
	if noun == nil {
		if w, _ := s.wordAfter(end); w == "" && s.closes(end) || s.unbound(w) {
			return a, nil
		}
		return a, fmt.Errorf("what %s counts is not in the lexicon", old.Value)
	}
	have, ok1 := noun.Form(before, locales.Nominative)
	want, ok2 := noun.Form(after, locales.Nominative)
	if !ok1 || !ok2 || fold(s.text[from:until]) != fold(have) {
		return a, fmt.Errorf("the form of %q with %s is not certain", s.text[from:until], to.Value)
	}
	if !s.free(noun, have, want, old.Start, until) {
		return a, fmt.Errorf("words beside %q may have to agree", s.text[from:until])
	}
	a.start, a.end, a.noun = from, until, want
	return a, nil
}

// count gives the whole number that decides the form, 0 for a fraction.
func (s *site) count(d locales.Decimal) int {
	if d.Scale > 0 {
		return 0
	}
	return int(d.Int)
}

// small reports whether verbs, adjectives or the noun itself take another
// number beside n: one, in Arabic two, and what no rule covers.
func small(lang string, n int) bool {
	if n < 2 {
		return true
	}
	return lang == "ar" && (n == 2 || n > 100 && (n%100 == 1 || n%100 == 2))
}

// noun finds the counted noun of the lexicon that begins after byte i, the
// longest one.
func (s *site) noun(i int) (n *locales.Noun, start, end int) {
	word, first := s.wordAfter(i)
	to := first + len(word)
	for k := 0; word != "" && k < 4; k++ {
		if found, ok := s.p.Counted(s.text[first:to]); ok {
			n, start, end = &found, first, to
		}
		w, at := s.wordAfter(to)
		if s.text[to:at] == "’" || w == "" && strings.HasPrefix(s.text[to:], "’") {
			w, at = s.wordAfter(to + len("’"))
		}
		word, to = w, at+len(w)
	}
	return n, start, end
}

// percentSign reports a percent sign, not a word, beside the figures.
func (s *site) percentSign(end int) bool {
	t := strings.TrimLeft(s.text[end:], spaces)
	return strings.HasPrefix(t, "%") || strings.HasPrefix(t, "٪") || s.lang != "ru" && s.lang != "uk"
}

// labels reports whether the figures name something and count nothing: a year
// or the number of a resolution.
func (s *site) labels(old, to locales.Number) bool {
	if old.Kind != locales.Digits || to.Kind != locales.Digits || old.Grouped || to.Grouped {
		return false
	}
	before, _ := s.wordBefore(old.Start)
	after, _ := s.wordAfter(old.FigureEnd)
	switch year := isYear(old) && isYear(to); s.lang {
	case "ar":
		return labelWords[strings.TrimLeft(before, "وبل")] || labelWords[before] ||
			year && (yearWords[before] || yearWords[strings.TrimPrefix(before, "ل")])
	case "ru", "uk":
		return labelWords[fold(before)] || year && (strings.HasPrefix(fold(after), "год") || strings.HasPrefix(fold(after), "р"))
	}
	return false
}

func isYear(n locales.Number) bool {
	return n.Value.Scale == 0 && n.Value.Int >= 1900 && n.Value.Int < 2100
}

// labelWords stand before figures that name something.
var labelWords = set("رقم القرار قرار المادة الفقرة البند الفصل البيان резолюция резолюции резолюцию резолюцией номер статья статьи статье")

var yearWords = set("عام العام سنة السنة لعام")

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

// closes reports whether the sentence or clause ends at byte i.
func (s *site) closes(i int) bool {
	r, _ := firstRune(strings.TrimLeft(s.text[i:], spaces))
	return r == utf8.RuneError || strings.ContainsRune(".،,;؛:)]»”\"!?؟", r)
}

// unbound reports whether a word cannot be counted, nor an adjective: a
// preposition or a conjunction.
func (s *site) unbound(word string) bool {
	switch s.lang {
	case "ar":
		return arabicFree[word]
	case "ru", "uk":
		return russianFree[fold(word)]
	}
	return false
}

// free reports whether a noun can take another form without any word beside
// it doing so too.
func (s *site) free(n *locales.Noun, have, want string, start, end int) bool {
	switch s.lang {
	case "ar":
		return s.freeArabic(n, end)
	case "ru", "uk":
		return s.freeSlavic(n, have, start, end)
	}
	return have == want
}

// numeral writes the new number as the target has written the old one: words
// to ten where it had a word, figures in its own digits from eleven on.
func (s *site) numeral(old, new locales.Number, a agreement) (string, bool) {
	n := new.Value
	words := old.Kind == locales.Cardinal
	if old.Kind == locales.Digits && old.Value.Int > 10 && old.Value.Scale == 0 {
		words = new.Kind == locales.Cardinal
	}
	if words && n.Scale == 0 && n.Int >= 2 && n.Int <= 10 && !old.Percent {
		if w, ok := s.word(old, int(n.Int), a); ok {
			return w, true
		}
		if old.Kind == locales.Cardinal {
			return "", false
		}
	}
	if old.Kind == locales.Cardinal && (old.Value.Int > 10 || !s.plainWord(old, a)) {
		return "", false // a compound number in words, or one in another case
	}
	return s.figures(old, new), true
}

// word gives the word for n in the place of the old number.
func (s *site) word(old locales.Number, n int, a agreement) (string, bool) {
	if old.Kind == locales.Cardinal && !s.plainWord(old, a) {
		return "", false
	}
	g := a.gender
	w, ok := s.p.NumberWord(n, g)
	if !ok || !a.known && (s.lang == "ar" || (s.lang == "ru" || s.lang == "uk") && n == 2) {
		return "", false
	}
	return capitalLike(w, s.text[old.Start:old.End]), true
}

// plainWord reports whether the old number stands in the one form that the
// locale's rules write: in Russian the nominative.
func (s *site) plainWord(old locales.Number, a agreement) bool {
	if old.Value.Scale > 0 || old.Value.Int < 2 || old.Value.Int > 10 {
		return false
	}
	have := s.text[old.Start+max(0, s.proclitic(old)) : old.End]
	n, g, ok := s.p.ParseNumberWord(have)
	if !ok || n != int(old.Value.Int) {
		return false
	}
	if s.lang == "ar" {
		return g == a.gender
	}
	for _, try := range []locales.Gender{locales.AnyGender, locales.Masculine, locales.Feminine, locales.Neuter} {
		if w, ok := s.p.NumberWord(n, try); ok && fold(w) == fold(have) {
			return true
		}
	}
	return false
}

// figures writes a number in the digits and with the separators that the
// target and the query have.
func (s *site) figures(old, new locales.Number) string {
	p := s.p
	if r, _ := firstRune(s.text[old.Start+max(0, s.proclitic(old)):]); r >= 0x0660 && r <= 0x0669 {
		if arab, err := p.WithDigits("arab"); err == nil {
			p = arab
		}
	}
	out := p.FormatDecimal(new.Value)
	if !new.Grouped && !old.Grouped || isYear(new) && !new.Grouped {
		out = strings.ReplaceAll(out, p.Group, "")
		if new.Value.Scale > 0 { // the decimal comma may be the group's sign
			whole, frac, _ := strings.Cut(p.FormatDecimal(new.Value), p.Decimal)
			out = strings.ReplaceAll(whole, p.Group, "") + p.Decimal + frac
		}
	}
	return out
}

// proclitic gives how many bytes of joined prepositions and conjunctions the
// number word begins with (Arabic), -1 where the article is among them.
func (s *site) proclitic(n locales.Number) int {
	if s.lang != "ar" || n.Kind != locales.Cardinal {
		return 0
	}
	w, _ := s.wordAfter(n.Start)
	for i := 0; i < len(w) && i <= 4; i += 2 {
		if _, _, ok := s.p.ParseNumberWord(w[i:]); ok {
			return i
		}
		if !strings.HasPrefix(w[i:], "و") && !strings.HasPrefix(w[i:], "ف") && !strings.HasPrefix(w[i:], "ب") &&
			!strings.HasPrefix(w[i:], "ل") && !strings.HasPrefix(w[i:], "ك") {
			break
		}
	}
	if n.Value.Int > 10 {
		return 0
	}
	return -1
}

// suffix fits an ending that hangs on the number by an apostrophe (Turkish).
func (s *site) suffix(end int, old, new string) (int, string, error) {
	rest := s.text[end:]
	n := apostrophe(rest)
	if n == 0 || wordRune(rest[n:]) == 0 {
		return end, new, nil
	}
	if s.lang != "tr" {
		return 0, "", fmt.Errorf("an ending hangs on %q", old)
	}
	ending, _ := s.wordAfter(end + n)
	fitted, ok := harmonise(turkishSpoken(old), turkishSpoken(new), ending)
	if !ok {
		return 0, "", fmt.Errorf("the ending of %q is not certain", new)
	}
	return end + n + len(ending), new + rest[:n] + fitted, nil
}

// fold reduces a word so that spellings of one form are equal: small letters,
// no vowel marks, one alef.
func fold(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == 'أ' || r == 'إ' || r == 'آ':
			r = 'ا'
		case r == 0x0640 || locales.IsArabicMark(r) || r == 0x0301:
			continue
		case r == 'ё' || r == 'Ё':
			r = 'е'
		case r == '\u00a0' || r == '\u202f':
			r = ' '
		default:
			r = unicode.ToLower(r)
		}
		b.WriteRune(r)
	}
	return b.String()
}

// capitalLike gives w a capital where like begins with one.
func capitalLike(w, like string) string {
	r, _ := firstRune(like)
	f, n := firstRune(w)
	if unicode.IsUpper(r) && unicode.IsLower(f) {
		return string(unicode.ToUpper(f)) + w[n:]
	}
	return w
}

func firstRune(s string) (rune, int) { return utf8.DecodeRuneInString(s) }
func lastRune(s string) (rune, int)  { return utf8.DecodeLastRuneInString(s) }

func isLetter(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsMark(r) || r == 0x0640
}
