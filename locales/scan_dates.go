package locales

import (
	"strings"
	"time"
	"unicode/utf8"
)

// Date is a mention of a date, a month or a weekday in a text.
type Date struct {
	// Start and End are bytes of the text.
	Start, End int
	// HasWeekday: Weekday is given. Weak: the word also means something else.
	HasWeekday, Weak bool
	Weekday          time.Weekday
	// Day, Month and Year are 0 where they are not given. Numeric dates
	// (05/02/2018) may mean the other order of day and month too.
	Day, Year int
	Month     time.Month
	Numeric   bool
	// MonthStart and MonthEnd are the bytes of the month's name (prefixes not
	// included); Foreign: it is a name of another region.
	MonthStart, MonthEnd int
	Foreign              bool
}

// Time returns the day at midnight UTC where day, month and year are given.
func (d *Date) Time() (time.Time, bool) {
	if d.Day == 0 || d.Month == 0 || d.Year == 0 {
		return time.Time{}, false
	}
	t := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
	return t, t.Day() == d.Day
}

// Dates appends to dst the dates, months and weekdays that text mentions, in
// order. Day, month, year and weekday that belong together make one.
func (p *Profile) Dates(dst []Date, text string) []Date {
	_, dst = p.Scan(nil, dst, text)
	return dst
}

// dateScan collects dates while Scan goes over the words.
type dateScan struct {
	p     *Profile
	text  string
	out   []Date
	first int // where this text's dates begin in out
	done  int // what stands before this byte has been read
}

// word takes what a word may be and adds the month or weekday that it is.
func (s *dateScan) word(found []reading, start, end int) {
	if start < s.done {
		return
	}
	for _, f := range found {
		if len(f.months) > 0 {
			if d, ok := s.p.monthAt(s.text, start, end, f); ok {
				s.join(d)
				s.done = d.End
				return
			}
		}
		if f.isDay && f.cut <= 4 {
			if c := s.text[start]; (s.p.Tag == "en" || s.p.Tag == "tr") && c >= 'a' && c <= 'z' {
				continue
			}
			s.join(Date{Start: start, End: end, HasWeekday: true, Weekday: f.weekday.day, Weak: f.weekday.weak})
			return
		}
	}
}

// figures takes the digits at i and adds the numeric date that begins there.
func (s *dateScan) figures(i int) {
	if i < s.done {
		return
	}
	d, end := numericDate(s.text, i)
	if d.Month != 0 {
		s.join(d)
	}
	s.done = end
}

// join appends d, or makes one of it and a weekday beside it.
func (s *dateScan) join(d Date) {
	if len(s.out) == s.first {
		s.out = append(s.out, d)
		return
	}
	last := &s.out[len(s.out)-1]
	if last.End > d.Start || !dateGap(s.text[last.End:d.Start]) {
		s.out = append(s.out, d)
		return
	}
	switch {
	case last.HasWeekday && last.Month == 0 && d.Month != 0 && d.Day != 0:
		d.HasWeekday, d.Weekday, d.Weak, d.Start = true, last.Weekday, false, last.Start
		*last = d
	case d.HasWeekday && d.Month == 0 && last.Month != 0 && last.Year != 0 && !last.HasWeekday && s.p.Tag == "tr":
		last.HasWeekday, last.Weekday, last.End = true, d.Weekday, d.End
	default:
		s.out = append(s.out, d)
	}
}

// dateGap reports whether a weekday and a date with gap between them belong
// together.
func dateGap(gap string) bool {
	gap = strings.TrimSpace(strings.Trim(gap, " ,،(\u00a0\u202f"))
	switch gap {
	case "", "الموافق", "في", "the", "le", "el", "day", "günü":
		return true
	}
	return false
}

// monthAt reads the month whose name begins with the word given, with the
// day and the year that stand beside it.
func (p *Profile) monthAt(text string, start, end int, f reading) (Date, bool) {
	name, nameEnd := p.monthName(text, start, end, f.months)
	if name == nil {
		return Date{}, false
	}
	cut := p.rawPrefix(text[start:end], f.cut)
	d := Date{Start: start, End: nameEnd, Month: name.month, Foreign: name.foreign, MonthStart: start + cut, MonthEnd: nameEnd}
	if v, at, ok := numberBefore(text, start); ok && v >= 1 && v <= 31 {
		d.Day, d.Start = v, at
	}
	if v, to, ok := numberAfter(text, nameEnd); ok {
		switch {
		case v >= 1000 && v < 3000:
			d.Year, d.End = v, to
		case d.Day == 0 && v >= 1 && v <= 31:
			d.Day, d.End = v, to
			if y, to, ok := numberAfter(text, to); ok && y >= 1000 && y < 3000 {
				d.Year, d.End = y, to
			}
		}
	}
	if name.needNumber && d.Day == 0 && d.Year == 0 && !p.cueBefore(text, start) {
		return Date{}, false
	}
	return d, true
}

// monthName finds the month among names whose first word stands at start.
func (p *Profile) monthName(text string, start, end int, names []monthName) (found *monthName, nameEnd int) {
	for i := range names {
		n := &names[i]
		if n.spelled != "" && n.spelled != text[start:end] {
			continue
		}
		if n.rest == "" {
			return n, end
		}
		if to, ok := p.followed(text, end, n.rest); ok {
			return n, to
		}
	}
	return nil, 0
}

// rawPrefix turns a length of key bytes that were taken off into bytes of
// the word itself, which may hold vowel marks.
func (p *Profile) rawPrefix(word string, cut int) int {
	if cut == 0 {
		return 0
	}
	var buf [maxKey * 2]byte
	for i := range word {
		if i > 0 && len(p.appendKey(buf[:0], word[:i])) == cut {
			r, _ := utf8.DecodeRuneInString(word[i:])
			if !IsArabicMark(r) && r != 0x0640 {
				return i
			}
		}
	}
	return cut
}

// followed reports whether the words of rest stand after byte i of text.
func (p *Profile) followed(text string, i int, rest string) (end int, ok bool) {
	for rest != "" {
		var want string
		want, rest, _ = strings.Cut(rest, " ")
		start, to := p.nextWord(text, i)
		if start == to || start-i > 4 || to-start > maxKey || strings.Trim(text[i:start], " \u00a0\u202f") != "" {
			return 0, false
		}
		var buf [maxKey * 2]byte
		if string(p.appendKey(buf[:0], text[start:to])) != want {
			return 0, false
		}
		i = to
	}
	return i, true
}

// numberBefore reads the figures that end shortly before byte i, with only
// an ordinal's ending or a connecting word between.
func numberBefore(text string, i int) (v, start int, ok bool) {
	j := i
	for steps := 0; j > 0 && steps < 8; steps++ {
		r, size := utf8.DecodeLastRuneInString(text[:j])
		if _, digit := DigitValue(r); digit {
			break
		}
		if strings.ContainsRune(".;:!?()«»“”\n", r) || r == ',' || r == '،' {
			return 0, 0, false
		}
		j -= size
	}
	end := j
	for j > 0 {
		r, size := utf8.DecodeLastRuneInString(text[:j])
		if _, digit := DigitValue(r); !digit {
			break
		}
		j -= size
	}
	if j == end || end-j > 8 {
		return 0, 0, false
	}
	gap := strings.Trim(text[end:i], " \u00a0\u202f-‑'’")
	switch gap {
	case "", "de", "er", "ê", "ی", "th", "st", "nd", "rd", "th of", "st of", "nd of", "rd of", "of", "го", "ого", "من", "º", "º de", "e", "è":
		return figureValue(text[j:end]), j, true
	}
	return 0, 0, false
}

// numberAfter reads the figures that begin shortly after byte i.
func numberAfter(text string, i int) (v, end int, ok bool) {
	j := i
	for steps := 0; j < len(text) && steps < 6; steps++ {
		r, size := decode(text, j)
		if _, digit := DigitValue(r); digit {
			break
		}
		if !strings.ContainsRune(" ,،\u00a0\u202fdeliی'’", r) {
			return 0, 0, false
		}
		j += size
	}
	start := j
	for j < len(text) && isDigitAt(text, j) {
		_, size := decode(text, j)
		j += size
	}
	if j == start || j-start > 8 {
		return 0, 0, false
	}
	return figureValue(text[start:j]), j, true
}

func figureValue(s string) int {
	v := 0
	for _, r := range s {
		d, _ := DigitValue(r)
		v = v*10 + d
	}
	return v
}

// numericDate reads 05/02/2018, 5.2.2018, 2018-02-05 at i; Month is 0 where
// no date stands there. It returns the end of what it read.
func numericDate(text string, i int) (Date, int) {
	var part, width [3]int
	start, n := i, 0
	var sep byte
	for n < 3 {
		from := i
		for i < len(text) && isDigitAt(text, i) {
			_, size := decode(text, i)
			i += size
		}
		if i == from || i-from > 8 {
			break
		}
		part[n], width[n] = figureValue(text[from:i]), utf8.RuneCountInString(text[from:i])
		n++
		if n == 3 || i+1 >= len(text) || !strings.ContainsRune("/.-", rune(text[i])) || !isDigitAt(text, i+1) || sep != 0 && text[i] != sep {
			break
		}
		sep = text[i]
		i++
	}
	d := Date{Start: start, End: i, Numeric: true}
	switch {
	case n < 3:
	case width[0] == 4 && part[1] >= 1 && part[1] <= 12 && part[2] >= 1 && part[2] <= 31:
		d.Year, d.Month, d.Day = part[0], time.Month(part[1]), part[2]
	case width[2] != 4 && width[2] != 2:
	case part[0] >= 1 && part[0] <= 31 && part[1] >= 1 && part[1] <= 12:
		d.Day, d.Month, d.Year = part[0], time.Month(part[1]), part[2]
	case part[0] >= 1 && part[0] <= 12 && part[1] >= 1 && part[1] <= 31:
		d.Day, d.Month, d.Year = part[1], time.Month(part[0]), part[2]
	}
	return d, i
}

// cueBefore reports whether the word before byte i says that a month follows
// ("in May", شهر مارس).
func (p *Profile) cueBefore(text string, i int) bool {
	end := len(strings.TrimRight(text[:i], " \u00a0"))
	start := end
	for start > 0 {
		r, size := utf8.DecodeLastRuneInString(text[:start])
		if !isWordRune(r) {
			break
		}
		start -= size
	}
	return p.cues[p.key(text[start:end])]
}
