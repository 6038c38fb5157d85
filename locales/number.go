package locales

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// FormatInt writes n with the locale's digits and thousands separator.
func (p *Profile) FormatInt(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if s[0] == '-' {
		sign, s = "-", s[1:]
	}
	return sign + p.localDigits(p.grouped(s))
}

// FormatNumber writes a number with exactly decimals digits after the
// decimal separator, or as many as it needs where decimals is negative.
func (p *Profile) FormatNumber(f float64, decimals int) string {
	s := strconv.FormatFloat(f, 'f', decimals, 64)
	sign := ""
	if s[0] == '-' {
		sign, s = "-", s[1:]
	}
	whole, fraction, _ := strings.Cut(s, ".")
	out := sign + p.localDigits(p.grouped(whole))
	if fraction != "" {
		out += p.Decimal + p.localDigits(fraction)
	}
	return out
}

// FormatPercent writes f (12.5 for 12.5 %) with the sign where the locale
// puts it.
func (p *Profile) FormatPercent(f float64, decimals int) string {
	return strings.Replace(p.PercentPattern, "{n}", p.FormatNumber(f, decimals), 1)
}

// FormatDecimal writes an exact decimal, grouped, as FormatNumber would.
func (p *Profile) FormatDecimal(d Decimal) string {
	whole, fraction, _ := strings.Cut(d.String(), ".")
	out := p.localDigits(p.grouped(whole))
	if fraction != "" {
		out += p.Decimal + p.localDigits(fraction)
	}
	return out
}

// grouped puts the thousands separator into ASCII digits.
func (p *Profile) grouped(s string) string {
	if p.Group == "" || len(s) < 3+max(p.MinGroup, 1) {
		return s
	}
	var b strings.Builder
	for i := range len(s) {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteString(p.Group)
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// localDigits replaces ASCII digits by the locale's own.
func (p *Profile) localDigits(s string) string {
	if p.digits[0] == "0" {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if r >= '0' && r <= '9' {
			b.WriteString(p.digits[r-'0'])
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// DigitValue returns the value of a decimal digit in ASCII, Arabic-Indic or
// Extended Arabic-Indic (Persian) form.
func DigitValue(r rune) (int, bool) {
	switch {
	case r >= '0' && r <= '9':
		return int(r - '0'), true
	case r >= 0x0660 && r <= 0x0669:
		return int(r - 0x0660), true
	case r >= 0x06F0 && r <= 0x06F9:
		return int(r - 0x06F0), true
	}
	return 0, false
}

// ParseNumber reads a number written with the locale's separators, in any
// digit system; a percent sign is ignored. Spaces of any kind may group.
func (p *Profile) ParseNumber(s string) (float64, error) {
	var b strings.Builder
	t := strings.TrimSpace(s)
	t = strings.TrimSpace(strings.Trim(t, "%٪"))
	for i := 0; i < len(t); {
		r, size := utf8.DecodeRuneInString(t[i:])
		switch d, digit := DigitValue(r); {
		case digit:
			b.WriteByte(byte('0' + d))
		case (r == '-' || r == '−' || r == '+') && i == 0:
			if r != '+' {
				b.WriteByte('-')
			}
		case string(r) == p.Decimal || r == '٫':
			b.WriteByte('.')
		case string(r) == p.Group || r == '٬' || isGroupSpace(r):
		default:
			return 0, fmt.Errorf("%q is not a number in %s: %q at byte %d is neither a digit nor one of its separators (%q, %q)",
				s, p.EnglishName, r, i, p.Decimal, p.Group)
		}
		i += size
	}
	f, err := strconv.ParseFloat(b.String(), 64)
	if err != nil {
		return 0, fmt.Errorf("%q is not a number in %s", s, p.EnglishName)
	}
	return f, nil
}

func isGroupSpace(r rune) bool {
	return r == ' ' || r == 0x00A0 || r == 0x202F || r == 0x2009
}

// Decimal is an exact decimal number: Int / 10^Scale, without trailing zeros
// in the fraction, so that equal numbers are equal values.
type Decimal struct {
	Int   int64
	Scale uint8
}

// String writes d in ASCII digits with a full stop.
func (d Decimal) String() string {
	s := strconv.FormatInt(d.Int, 10)
	if d.Scale == 0 {
		return s
	}
	for len(s) <= int(d.Scale) {
		s = "0" + s
	}
	cut := len(s) - int(d.Scale)
	return s[:cut] + "." + s[cut:]
}

// Times multiplies d by a power of ten or another whole number.
func (d Decimal) Times(n int64) Decimal {
	for d.Scale > 0 && n%10 == 0 {
		d.Scale--
		n /= 10
	}
	d.Int *= n
	return d.reduced()
}

func (d Decimal) reduced() Decimal {
	for d.Scale > 0 && d.Int%10 == 0 {
		d.Int /= 10
		d.Scale--
	}
	return d
}
