package locales

import (
	"fmt"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// The CLDR plural categories.
const (
	Zero  = "zero"
	One   = "one"
	Two   = "two"
	Few   = "few"
	Many  = "many"
	Other = "other"
)

var pluralNames = map[plural.Form]string{
	plural.Zero: Zero, plural.One: One, plural.Two: Two,
	plural.Few: Few, plural.Many: Many, plural.Other: Other,
}

// Plural returns the CLDR category of a whole number: zero, one, two, few,
// many or other.
func (p *Profile) Plural(n int) string {
	if n < 0 {
		n = -n
	}
	return p.pluralForm(n%10_000_000, 0, 0, 0, 0)
}

// PluralDecimal returns the CLDR category of a decimal written in ASCII with
// a full stop, such as "1.5"; trailing zeros count, as CLDR's v and f do.
func (p *Profile) PluralDecimal(s string) (string, error) {
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	i, ok1 := atoi(whole)
	f, ok2 := atoi(fraction)
	if !ok1 || !ok2 && fraction != "" {
		return "", fmt.Errorf("%q is not a decimal number in ASCII digits", s)
	}
	trimmed := strings.TrimRight(fraction, "0")
	t, _ := atoi(trimmed)
	return p.pluralForm(i%10_000_000, len(fraction), len(trimmed), f, t), nil
}

func atoi(s string) (int, bool) {
	if s == "" || len(s) > 15 {
		return 0, false
	}
	n := 0
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

func (p *Profile) pluralForm(i, v, w, f, t int) string {
	return pluralNames[plural.Cardinal.MatchPlural(p.language(), i, v, w, f, t)]
}

// language is the tag for x/text: CLDR knows Kurmanji as "ku".
func (p *Profile) language() language.Tag { return p.tag }
