package check

import (
	"strings"
	"time"

	"dragoman/internal/edition"
	"dragoman/locales"
)

// dates compares months and weekdays, holds the house's month names
// (AR-D1), and works out whether a date falls on the weekday it names.
func (c *checker) dates() {
	src, tgt := c.src.dates(), c.tgt.dates()
	for i := range tgt {
		c.foreignMonth(&tgt[i], tgt)
		c.weekdayOf(&tgt[i], src)
	}
	if c.in.Joined || len(src) == 0 {
		return
	}
	c.months(src, tgt)
	c.weekdays(src, tgt)
}

// foreignMonth replaces the month names of other regions.
func (c *checker) foreignMonth(d *locales.Date, all []locales.Date) {
	if !d.Foreign {
		return
	}
	for i := range all {
		// شباط/فبراير: the house name stands beside it.
		if o := &all[i]; !o.Foreign && !o.Numeric && o.Month == d.Month && (d.Start-o.End <= 2 && d.Start >= o.End || o.Start-d.End <= 2 && o.Start >= d.End) {
			return
		}
	}
	found, expected := c.tgt.plain[d.MonthStart:d.MonthEnd], c.p.Month(d.Month)
	c.add("ar.month", d.MonthStart, d.MonthEnd, "Found", found, "Expected", expected)
	c.fix(d.MonthStart, d.MonthEnd, expected)
}

// weekdayOf reports a full date with the wrong weekday. Where the source has
// the same mistake it only warns.
func (c *checker) weekdayOf(d *locales.Date, src []locales.Date) {
	if !d.HasWeekday || d.Weak {
		return
	}
	day, ok := d.Time()
	if !ok || day.Weekday() == d.Weekday || d.Year < 1900 {
		return
	}
	f := c.add("date.mismatch", d.Start, d.End, "Date", c.p.FormatDate(day, false), "Weekday", c.p.Weekday(day.Weekday()))
	for i := range src {
		if s, ok := src[i].Time(); ok && s.Equal(day) && src[i].HasWeekday && src[i].Weekday == d.Weekday {
			f.Severity = edition.Warning
		}
	}
}

// months reports a month of the source that the target does not name.
func (c *checker) months(src, tgt []locales.Date) {
	for i := range src {
		s := &src[i]
		if s.Month == 0 || s.Numeric {
			continue
		}
		if c.namesMonth(s, tgt) {
			continue
		}
		f := c.addSource("date.month", s.Start, s.End, "Month", c.p.Month(s.Month))
		for j := range tgt {
			if tgt[j].Month != 0 && !tgt[j].Numeric && !sourceHasMonth(src, tgt[j].Month) {
				f.Severity = edition.Error // another month stands there
			}
		}
	}
}

func sourceHasMonth(src []locales.Date, m time.Month) bool {
	for i := range src {
		if src[i].Month == m {
			return true
		}
	}
	return false
}

// namesMonth reports whether the target names a month, by name or in
// figures, or by a form of the name that the profile does not list.
func (c *checker) namesMonth(s *locales.Date, tgt []locales.Date) bool {
	for i := range tgt {
		d := &tgt[i]
		// 02/05/2018 for 5 February has day and month the wrong way round.
		if d.Month == s.Month || d.Numeric && d.Day == int(s.Month) && s.Day != int(d.Month) {
			return true
		}
	}
	name := c.p.Lower(c.p.Month(s.Month))
	if len(name) > 5 && c.p.Script != "Arab" {
		name = name[:len(name)-len(lastRune(name))]
	}
	return strings.Contains(c.p.Lower(c.tgt.plain), name)
}

func lastRune(s string) string {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i]&0xC0 != 0x80 {
			return s[i:]
		}
	}
	return s
}

// weekdays reports a weekday of the source where the target has another one
// instead.
func (c *checker) weekdays(src, tgt []locales.Date) {
	var want, have [7]int
	countWeekdays(src, &want)
	countWeekdays(tgt, &have)
	for day, n := range want {
		if n == 0 || have[day] > 0 {
			continue
		}
		for j := len(tgt) - 1; j >= 0; j-- {
			if t := &tgt[j]; t.HasWeekday && !t.Weak && have[t.Weekday] > want[t.Weekday] {
				c.add("date.weekday", t.Start, t.End, "Weekday", c.p.Weekday(time.Weekday(day)))
				return
			}
		}
	}
}

func countWeekdays(dates []locales.Date, count *[7]int) {
	for i := range dates {
		if dates[i].HasWeekday {
			count[dates[i].Weekday]++
		}
	}
}
