package locales

import (
	"strconv"
	"strings"
	"time"
)

// Month returns a month's name in the form that a date takes.
func (p *Profile) Month(m time.Month) string { return p.Months[m-1] }

// Weekday returns a weekday's name.
func (p *Profile) Weekday(d time.Weekday) string { return p.Weekdays[d] }

// FormatDate writes the day of t in its own time zone, as running text of
// the locale does: "5 شباط 2018", with the weekday "الاثنين 5 شباط 2018".
func (p *Profile) FormatDate(t time.Time, withWeekday bool) string {
	pattern := p.DatePattern
	if withWeekday {
		pattern = p.WeekdayDatePattern
	}
	day := p.localDigits(strconv.Itoa(t.Day()))
	if t.Day() == 1 && p.FirstDay != "" {
		day = p.FirstDay
	}
	return strings.NewReplacer(
		"{day}", day,
		"{month}", p.Month(t.Month()),
		"{year}", p.localDigits(strconv.Itoa(t.Year())),
		"{weekday}", p.Weekday(t.Weekday()),
	).Replace(pattern)
}

// FormatTime writes the time of day as HH:MM in the locale's digits.
func (p *Profile) FormatTime(t time.Time) string {
	return p.localDigits(t.Format("15:04"))
}
