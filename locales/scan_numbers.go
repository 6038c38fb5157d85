package locales

import (
	"hash/fnv"
	"strings"
	"unicode/utf8"
)

// NumberKind says how a number stands in a text.
type NumberKind byte

// The kinds. Digits are figures; Cardinal is a number word; Ordinal a word
// such as "third"; Related a word that says the number in another way
// ("both", "twice", двухдневный).
const (
	Digits NumberKind = iota
	Cardinal
	Ordinal
	Related
)

// Number is a number that stands in a text.
type Number struct {
	// Start and End are bytes of the text; a scale word belongs to it.
	Start, End int
	// FigureEnd is the end of the figures themselves where Kind is Digits.
	FigureEnd int
	Kind      NumberKind
	// Value is the number by the locale's own separators, before a scale word
	// ("3" of "3 million"); Other is the other reading where the separators
	// allow two; Scaled is with the scale word. Other and Scaled equal Value
	// where there is nothing else to say.
	Value, Other, Scaled Decimal
	// Alternatives are further values of an ambiguous word.
	Alternatives []int64
	Gender       Gender
	// Grouped: a separator stands in the figures.
	Grouped bool
	// Percent: a percent sign or word belongs to it.
	Percent bool
	// Clock: part of a time of day (10:30, 5 p.m.); PM with an afternoon sign.
	Clock, PM bool
	// Suffixed: figures with an ordinal's ending (2nd); Attached: letters
	// stand right before it (F-16, S400).
	Suffixed, Attached bool
}

// Means reports whether d is one of the readings of n.
func (n *Number) Means(d Decimal) bool {
	if n.Value == d || n.Other == d || n.Scaled == d {
		return true
	}
	for _, a := range n.Alternatives {
		if d == (Decimal{Int: a}) {
			return true
		}
	}
	return false
}

// Agrees reports whether two numbers have a reading in common.
func (n *Number) Agrees(m *Number) bool {
	if n.Means(m.Value) || n.Means(m.Other) || n.Means(m.Scaled) {
		return true
	}
	for _, a := range m.Alternatives {
		if n.Means(Decimal{Int: a}) {
			return true
		}
	}
	return false
}

// Numbers appends to dst the numbers that stand in text, in order: figures
// in any digit system and number words of the locale, compound ones
// ("twenty-five thousand", مئة وخمسة وعشرون) as one.
func (p *Profile) Numbers(dst []Number, text string) []Number {
	dst, _ = p.Scan(dst, nil, text)
	return dst
}

type numberScan struct {
	p    *Profile
	text string
	out  []Number

	// The compound number word that is being read.
	open       bool
	start, end int
	total, cur int64
	gender     Gender
	alts       []int64
	joined     bool
	and        bool // a connecting word stands after end

	// apart is the end of a run of figures that are numbers of their own.
	apart int

	buf [maxKey * 2]byte
}

// flush ends the compound that is being read.
func (s *numberScan) flush() {
	if !s.open {
		return
	}
	v := Decimal{Int: s.total + s.cur}
	n := Number{Start: s.start, End: s.end, FigureEnd: s.end, Kind: Cardinal, Value: v, Other: v, Scaled: v, Gender: s.gender}
	if !s.joined {
		n.Alternatives = s.alts
	}
	n.Percent = s.p.percentAfter(s.text, s.end)
	s.out = append(s.out, n)
	s.open, s.total, s.cur, s.joined, s.and, s.alts = false, 0, 0, false, false, nil
}

// word takes what a word may be and adds it as a number, if it is one.
func (s *numberScan) word(found []reading, start, end int) {
	for _, f := range found {
		if f.percent {
			s.flush()
			return
		}
		if len(f.numbers) == 0 {
			continue
		}
		w := f.numbers[0]
		if w.kind == Cardinal {
			s.cardinal(w, others(f.numbers), start, end, f.cut)
			return
		}
		s.flush()
		v := Decimal{Int: w.value}
		s.out = append(s.out, Number{Start: start, End: end, FigureEnd: end, Kind: w.kind, Value: v, Other: v, Scaled: v, Alternatives: others(f.numbers)})
		return
	}
	if s.open && len(found) > 0 && found[0].connects {
		s.and = true
		return
	}
	s.flush()
	if len(s.p.prefixes) > 0 {
		s.beginning(s.text[start:end], start, end)
	}
}

// beginning finds a number at the front of a word (двухдневный).
func (s *numberScan) beginning(word string, start, end int) {
	if len(word) > maxKey {
		return
	}
	k := s.p.appendKey(s.buf[:0], word)
	r, _ := utf8.DecodeRune(k)
	for _, pre := range s.p.prefixes[r] {
		if len(k) > len(pre.text) && string(k[:len(pre.text)]) == pre.text {
			v := Decimal{Int: pre.value}
			s.out = append(s.out, Number{Start: start, End: end, FigureEnd: end, Kind: Related, Value: v, Other: v, Scaled: v})
			return
		}
	}
}

func others(found []wordNumber) []int64 {
	var alts []int64
	for _, f := range found[1:] {
		if f.value != found[0].value {
			alts = append(alts, f.value)
		}
	}
	return alts
}

// cardinal adds a cardinal to the compound being read, or begins a new one.
// cut says how many bytes of prefixes stood before it (Arabic و joins).
func (s *numberScan) cardinal(w wordNumber, alts []int64, start, end, cut int) {
	joins := s.and || cut == 2 && strings.HasPrefix(s.text[start:], "و")
	if s.open && (cut == 0 || joins) && s.accept(w.value, joins) {
		s.end, s.joined, s.and = end, true, false
		return
	}
	if !s.open && w.value >= 1000 && s.scale(w, start, end) {
		return
	}
	s.flush()
	s.open, s.start, s.end, s.gender, s.alts = true, start, end, w.gender, alts
	s.total, s.cur = 0, w.value
	if w.value >= 1000 {
		s.total, s.cur = w.value, 0
	}
}

// scale takes a word such as "million" as the scale of the figures right
// before it.
func (s *numberScan) scale(w wordNumber, start, end int) bool {
	if len(s.out) == 0 {
		return false
	}
	last := &s.out[len(s.out)-1]
	if last.Kind != Digits || strings.TrimLeft(s.text[last.End:start], " -\u00a0\u202f‑") != "" {
		return false
	}
	last.Scaled = last.Scaled.Times(w.value)
	last.End = end
	last.Percent = last.Percent || s.p.percentAfter(s.text, end)
	return true
}

// accept adds v to the compound where the language can say so.
func (s *numberScan) accept(v int64, joins bool) bool {
	unit := s.cur % 100
	switch {
	case v >= 1000:
		if joins || s.cur == 0 {
			return false
		}
		s.total += s.cur * v
		s.cur = 0
	case v == 100 && !joins && s.cur > 0 && s.cur < 100:
		s.cur *= 100
	case v >= 100:
		if s.cur != 0 || s.total == 0 {
			return false
		}
		s.cur = v
	case s.p.Tag == "ar" && unit > 0 && unit < 10 && (v == 10 && !joins || v >= 20 && joins):
		s.cur += v
	case s.p.Tag == "fr" && unit == 4 && v == 20:
		s.cur += 76
	case s.p.Tag == "fr" && (unit == 60 || unit == 80) && v < 20:
		s.cur += v
	case unit >= 20 && unit%10 == 0 && v < 10 && s.p.Tag != "ar":
		s.cur += v
	case unit == 0 && (s.cur >= 100 || s.total > 0) && (joins || s.p.Tag != "ar"):
		s.cur += v
	default:
		return false
	}
	return true
}

// figures reads the digits at i, with their separators, and returns the end.
func (s *numberScan) figures(i int) int {
	f := figure{p: s.p, text: s.text}
	end := 0
	if i < s.apart {
		end = f.group(i)
	} else if end, s.apart = f.read(i); s.apart > end {
		f = figure{n: 1, groups: f.groups}
	}
	n := Number{Start: i, End: end, FigureEnd: end, Kind: Digits, Grouped: f.seps > 0}
	n.Value, n.Other = f.values()
	n.Scaled = n.Value
	n.Attached = attachedBefore(s.text, i)
	s.signs(&n)
	if s.p.Tag == "en" {
		n.Suffixed = ordinalSuffix(s.text[end:])
	}
	s.out = append(s.out, n)
	return end
}

// signs looks at what stands around figures: percent, time of day.
func (s *numberScan) signs(n *Number) {
	before, after := s.text[:n.Start], s.text[n.End:]
	n.Percent = strings.HasSuffix(before, "%") || strings.HasSuffix(before, "٪") || s.p.percentAfter(s.text, n.End) ||
		strings.HasSuffix(before, "yüzde ") || strings.HasSuffix(before, "Yüzde ")
	if len(after) > 1 && after[0] == ':' && isDigitAt(after, 1) {
		n.Clock = true
	}
	if strings.HasSuffix(before, ":") && n.Start > 1 && isDigitBefore(before[:len(before)-1]) {
		n.Clock = true
	}
	t := strings.TrimLeft(after, " \u00a0\u202f")
	if len(t) >= 2 && (t[0]|0x20 == 'a' || t[0]|0x20 == 'p') {
		u := strings.ToLower(t[:min(4, len(t))])
		if strings.HasPrefix(u, "pm") || strings.HasPrefix(u, "p.m") {
			n.Clock, n.PM = true, true
		}
		if strings.HasPrefix(u, "am") && (len(u) == 2 || !isWordRune(rune(u[2]))) || strings.HasPrefix(u, "a.m") {
			n.Clock = true
		}
	}
}

func isDigitAt(s string, i int) bool {
	r, _ := utf8.DecodeRuneInString(s[i:])
	_, ok := DigitValue(r)
	return ok
}

func isDigitBefore(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	_, ok := DigitValue(r)
	return ok
}

func attachedBefore(text string, i int) bool {
	r, size := utf8.DecodeLastRuneInString(text[:i])
	if r == '-' || r == '‑' || r == '–' {
		r, _ = utf8.DecodeLastRuneInString(text[:i-size])
	}
	return isWordRune(r)
}

func ordinalSuffix(after string) bool {
	if len(after) < 2 {
		return false
	}
	switch after[:2] {
	case "st", "nd", "rd", "th":
		return len(after) == 2 || !isWordRune(rune(after[2]))
	}
	return false
}

// percentAfter reports a percent sign or word after byte i of text.
func (p *Profile) percentAfter(text string, i int) bool {
	t := strings.TrimLeft(text[i:], " \u00a0\u202f-")
	if t == "" {
		return false
	}
	if t[0] == '%' || strings.HasPrefix(t, "٪") {
		return true
	}
	if r, _ := decode(t, 0); !isWordRune(r) {
		return false
	}
	t = strings.TrimPrefix(t, "في ")
	for _, w := range p.percents {
		if strings.HasPrefix(t, w) || len(t) >= len(w) && strings.EqualFold(t[:len(w)], w) {
			return true
		}
	}
	return false
}

// figure reads one run of digits with separators. Up to eight groups are
// kept; a longer run is no number that anyone writes.
type figure struct {
	p      *Profile
	text   string
	groups [8]Decimal // Int = value, Scale = how many digits
	sep    [8]rune    // sep[i] stands before groups[i]
	n      int
	seps   int
}

// read consumes the run at i and returns the ends of the number and of the
// run. They differ where the run is no number: the date 02.05.2018 is three.
func (f *figure) read(i int) (end, run int) {
	i = f.group(i)
	first := i
	for f.n < len(f.groups) && i < len(f.text) {
		r, size := decode(f.text, i)
		if !isSeparator(r) || i+size >= len(f.text) || !isDigitAt(f.text, i+size) {
			break
		}
		if isGroupSpace(r) && !f.spaceGroups(i+size) {
			break
		}
		f.sep[f.n] = r
		i = f.group(i + size)
	}
	if f.n > 1 && !f.plausible() {
		return first, i
	}
	f.seps = f.n - 1
	return i, i
}

func isSeparator(r rune) bool {
	return r == '.' || r == ',' || r == '٫' || r == '٬' || r == '\'' || r == '’' || isGroupSpace(r)
}

// spaceGroups reports whether a space groups digits here: exactly three must
// follow it, at most three stand before, and the language must write so.
func (f *figure) spaceGroups(i int) bool {
	if f.groups[0].Scale > 3 {
		return false
	}
	if !isGroupSpace([]rune(f.p.Group + "x")[0]) && f.text[i-1] == ' ' {
		return false
	}
	digits := 0
	for i < len(f.text) && isDigitAt(f.text, i) {
		_, size := decode(f.text, i)
		i += size
		digits++
	}
	return digits == 3
}

func (f *figure) group(i int) int {
	var v int64
	digits := 0
	start := i
	for i < len(f.text) {
		r, size := decode(f.text, i)
		d, ok := DigitValue(r)
		if !ok {
			break
		}
		if digits < 18 {
			v = v*10 + int64(d)
		}
		digits++
		i += size
	}
	if digits > 18 {
		h := fnv.New64a()
		h.Write([]byte(f.text[start:i]))
		v = int64(h.Sum64() >> 2)
	}
	f.groups[f.n] = Decimal{Int: v, Scale: uint8(min(digits, 255))}
	f.n++
	return i
}

// plausible reports whether the groups make one number: all groups but the
// first of three digits and one separator throughout, the last possibly a
// fraction after another separator.
func (f *figure) plausible() bool {
	for i := 1; i < f.n-1; i++ {
		if f.groups[i].Scale != 3 || f.sep[i] != f.sep[1] {
			return false
		}
	}
	last := f.n - 1
	if last == 1 {
		return f.groups[0].Scale <= 15 && f.groups[1].Scale <= 6
	}
	if f.groups[0].Scale > 3 {
		return false
	}
	return f.groups[last].Scale == 3 || f.sep[last] != f.sep[1]
}

// values gives the reading by the locale's separators and the other one.
func (f *figure) values() (value, other Decimal) {
	if f.n == 1 {
		v := Decimal{Int: f.groups[0].Int}
		return v, v
	}
	whole := Decimal{}
	for i := range f.n {
		whole.Int = whole.Int*pow10(f.groups[i].Scale) + f.groups[i].Int
	}
	last := f.n - 1
	fraction := Decimal{Int: whole.Int, Scale: f.groups[last].Scale}.reduced()
	sep := f.sep[last]
	switch {
	case f.groups[last].Scale != 3 || last > 1 && sep != f.sep[1]:
		return fraction, fraction
	case last > 1 || isGroupSpace(sep) || sep == '٬' || sep == '\'' || sep == '’':
		return whole, whole
	case string(sep) == f.p.Decimal || sep == '٫':
		return fraction, whole
	default:
		return whole, fraction
	}
}

func pow10(n uint8) int64 {
	v := int64(1)
	for range n {
		v *= 10
	}
	return v
}
