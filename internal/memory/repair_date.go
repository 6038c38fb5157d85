package memory

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"dragoman/locales"
)

// date puts the parts of the new date in place of those of the old one.
func (s *site) date(at value, c change) (was, is string, err error) {
	old, to := at.date, c.new.date
	if old.Numeric {
		return "", "", errors.New("the order of day and month in figures is not certain")
	}
	first := len(s.edits)
	for _, part := range []func(old, to locales.Date) error{s.weekday, s.day, s.month, s.year} {
		if err := part(old, to); err != nil {
			return "", "", err
		}
	}
	if len(s.edits) == first {
		return "", "", errors.New("no part of the date was found in the target")
	}
	return s.text[at.start:at.end], s.preview(at.start, at.end, s.edits[first:]), nil
}

// preview gives a part of the text with some edits made; those that lie
// outside of it are left out.
func (s *site) preview(start, end int, edits []edit) string {
	edits = slices.Clone(edits)
	slices.SortFunc(edits, func(a, b edit) int { return a.start - b.start })
	var b strings.Builder
	for _, e := range edits {
		if e.start >= start && e.end <= end {
			b.WriteString(s.text[start:e.start])
			b.WriteString(e.text)
			start = e.end
		}
	}
	b.WriteString(s.text[start:end])
	return b.String()
}

// day replaces the figures before the month.
func (s *site) day(old, to locales.Date) error {
	if old.Day == to.Day {
		return nil
	}
	from, until := s.figureIn(old.Start, old.MonthStart, old.Day)
	if from < 0 {
		return fmt.Errorf("the day %d is not in the target's date", old.Day)
	}
	text := s.digits(s.text[from:until], to.Day)
	ending := "" // French 1er
	if s.p.FirstDay != "" {
		ending = strings.TrimPrefix(s.p.FirstDay, "1")
		if old.Day == 1 && strings.HasPrefix(s.text[until:], ending) {
			until += len(ending)
		}
		if to.Day == 1 {
			text += ending
		}
	}
	if r, _ := firstRune(s.text[until:]); isLetter(r) || r == '-' || r == 'º' {
		return errors.New("an ending hangs on the day")
	}
	s.put(from, until, text)
	return nil
}

// year replaces the figures after the month, with an ending that hangs on
// them.
func (s *site) year(old, to locales.Date) error {
	if old.Year == to.Year {
		return nil
	}
	from, until := s.figureIn(old.MonthEnd, old.End, old.Year)
	if from < 0 {
		return fmt.Errorf("the year %d is not in the target's date", old.Year)
	}
	text := s.digits(s.text[from:until], to.Year)
	until, text, err := s.suffix(until, s.text[from:until], text)
	if err == nil {
		s.put(from, until, text)
	}
	return err
}

// figureIn finds n in figures between two bytes of the text.
func (s *site) figureIn(start, end, n int) (from, until int) {
	for i := start; i < end; {
		from, v := i, 0
		for i < end {
			r, size := utf8.DecodeRuneInString(s.text[i:])
			d, ok := locales.DigitValue(r)
			if !ok {
				break
			}
			v, i = v*10+d, i+size
		}
		if i > from && v == n {
			return from, i
		}
		if i == from {
			_, size := utf8.DecodeRuneInString(s.text[i:])
			i += size
		}
	}
	return -1, -1
}

// digits writes n as the figures like are written: their digits, and their
// leading zero.
func (s *site) digits(like string, n int) string {
	text := strconv.Itoa(n)
	r, _ := firstRune(like)
	if d, _ := locales.DigitValue(r); d == 0 && len(text) < utf8.RuneCountInString(like) {
		text = "0" + text
	}
	if r < utf8.RuneSelf {
		return text
	}
	zero := r - '٠'
	if zero >= 0 && zero < 10 {
		return strings.Map(func(d rune) rune { return d - '0' + '٠' }, text)
	}
	return strings.Map(func(d rune) rune { return d - '0' + '۰' }, text)
}

// month replaces the month's name by the new one's in the same form.
func (s *site) month(old, to locales.Date) error {
	if old.Month == to.Month {
		return nil
	}
	have := s.text[old.MonthStart:old.MonthEnd]
	name, ok := s.monthLike(have, old.Month, to.Month)
	if !ok || old.Foreign {
		return fmt.Errorf("the form of the month in place of %q is not certain", have)
	}
	if err := s.fitBefore(old.MonthStart, have, name); err != nil {
		return err
	}
	until, name, err := s.suffix(old.MonthEnd, have, name)
	if err == nil {
		s.put(old.MonthStart, until, name)
	}
	return err
}

// monthLike gives a month in the form in which have names another.
func (s *site) monthLike(have string, old, to time.Month) (string, bool) {
	if fold(have) == fold(s.p.Month(old)) {
		return likeCase(s.p.Month(to), have, s.p.Month(old)), true
	}
	if s.lang != "ru" {
		return "", false
	}
	// The other forms of a Russian month are listed case by case, spellings
	// of the last one at the end.
	for i, form := range s.p.MonthForms[old-1] {
		if fold(form) == fold(have) {
			return s.p.MonthForms[to-1][min(i, 3)], true
		}
	}
	return "", false
}

// likeCase gives w a small first letter where have has one and the listed form
// of the same word has not.
func likeCase(w, have, listed string) string {
	a, _ := firstRune(have)
	b, _ := firstRune(listed)
	f, n := firstRune(w)
	switch {
	case unicode.IsLower(a) && unicode.IsUpper(b):
		return string(unicode.ToLower(f)) + w[n:]
	case unicode.IsUpper(a) && unicode.IsLower(b):
		return string(unicode.ToUpper(f)) + w[n:]
	}
	return w
}

// weekday replaces the weekday's name.
func (s *site) weekday(old, to locales.Date) error {
	if !old.HasWeekday || old.Weekday == to.Weekday {
		return nil
	}
	start, end := s.weekdayIn(old)
	if start < 0 {
		return fmt.Errorf("the weekday is not certain in the target's date")
	}
	have := s.text[start:end]
	if s.lang == "ru" {
		return s.russianWeekday(start, end, old, to)
	}
	if s.lang == "uk" || s.lang == "kmr" || s.lang == "ckb" {
		return fmt.Errorf("the form of the weekday in place of %q is not certain", have)
	}
	if w, _ := s.wordBefore(start); w == "los" || w == "les" {
		return fmt.Errorf("%q may stand in the plural", have)
	}
	name := likeCase(s.p.Weekday(to.Weekday), have, s.p.Weekday(old.Weekday))
	end, name, err := s.suffix(end, have, name)
	if err == nil {
		s.put(start, end, name)
	}
	return err
}

// weekdayIn finds the weekday's name in a date, without joined prepositions.
func (s *site) weekdayIn(d locales.Date) (start, end int) {
	for i := d.Start; i < d.End; {
		w, at := s.wordAfter(i)
		if w == "" {
			_, n := firstRune(s.text[i:])
			i += n
			continue
		}
		for cut := 0; cut < len(w) && cut <= 4; cut += 2 {
			if s.isWeekday(w[cut:], d.Weekday) {
				return at + cut, at + len(w)
			}
			if s.lang != "ar" {
				break
			}
		}
		i = at + len(w)
	}
	return -1, -1
}

// isWeekday reports whether w names the day: in Arabic in any spelling, in
// Russian in any case, else in the one form that Dragoman writes.
func (s *site) isWeekday(w string, day time.Weekday) bool {
	same := func(form string) bool { return fold(form) == fold(w) }
	if same(s.p.Weekday(day)) {
		return true
	}
	return (s.lang == "ar" || s.lang == "ru") && slices.ContainsFunc(s.p.WeekdayForms[day], same)
}
