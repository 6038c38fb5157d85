package engine

import (
	"regexp"
	"strings"
	"unicode"
)

// number is a number of the source in the forms in which a translation may
// show it: digits alone, without separators.
type number struct {
	shown string
	forms []string
}

// numeral finds the numbers of an English text: with separators inside, a time
// with its half of the day, an ordinal.
var numeral = regexp.MustCompile(`(?i)(\d{1,2})(:\d\d)?\s*([ap])\.?m\b|\d+(?:[.,]\d+)*(st|nd|rd|th)?`)

// numbers looks for every number of the source in the reply, in any script's
// digits and with any separators. Only what is lost counts: a translation may
// well write "two hundred" as 200. Not counted are ordinals (they become words,
// or Roman numerals for centuries) and a lone 1 or 2, which Arabic says by the
// form of the noun.
func numbers(src, dst, _ string) (vs []Violation) {
	wanted := sourceNumbers(src)
	if len(wanted) == 0 {
		return nil
	}
	pieces := digitPieces(dst)
	for _, n := range wanted {
		if !takeNumber(pieces, n.forms) {
			vs = append(vs, Violation{RuleNumbers, n.shown})
		}
	}
	return vs
}

func sourceNumbers(src string) (ns []number) {
	src = asciiDigits(src)
	for _, m := range numeral.FindAllStringSubmatch(src, -1) {
		n := number{shown: m[0]}
		switch {
		case m[4] != "", m[0] == "1", m[0] == "2":
			continue
		case m[3] != "":
			ns = append(ns, number{m[0], hourForms(m[1], m[3])})
			if m[2] != "" && m[2] != ":00" {
				ns = append(ns, number{m[0], []string{m[2][1:]}})
			}
			continue
		}
		digits := onlyDigits(m[0])
		n.forms = []string{digits}
		if trimmed := strings.TrimLeft(digits, "0"); trimmed != digits && trimmed != "" {
			n.forms = append(n.forms, trimmed)
		}
		ns = append(ns, n)
	}
	return ns
}

// hourForms gives the hour of a twelve-hour clock and of the day.
func hourForms(hour, half string) []string {
	h := int(hour[len(hour)-1] - '0')
	if len(hour) == 2 {
		h += 10 * int(hour[0]-'0')
	}
	day := h % 12
	if strings.EqualFold(half, "p") {
		day += 12
	}
	two := string([]byte{byte('0' + day/10), byte('0' + day%10)})
	return []string{strings.TrimLeft(hour, "0"), hour, strings.TrimLeft(two, "0"), two}
}

// piece is a run of digits of a reply.
type piece struct {
	digits string
	joined bool // only one separator stands between this piece and the next
	used   bool
}

// separators may stand inside one number: 25,000 25.000 25 000 ٢٥٬٠٠٠ 25'000.
const separators = ".,٫٬'’ \u00A0\u202F\u2009"

func digitPieces(text string) []piece {
	var ps []piece
	var run []rune
	gap := 2 // characters since the last digit; 1 = a separator
	for _, r := range text {
		if unicode.Is(unicode.Nd, r) {
			if len(run) == 0 && gap == 1 && len(ps) > 0 {
				ps[len(ps)-1].joined = true
			}
			run = append(run, digitOf(r))
			continue
		}
		if len(run) > 0 {
			ps, run, gap = append(ps, piece{digits: string(run)}), nil, 0
		}
		gap += 2
		if gap == 2 && strings.ContainsRune(separators, r) {
			gap = 1
		}
	}
	if len(run) > 0 {
		ps = append(ps, piece{digits: string(run)})
	}
	return ps
}

// takeNumber marks as used the unused pieces that, joined, are one of forms.
func takeNumber(ps []piece, forms []string) bool {
	for _, form := range forms {
		for i := range ps {
			if n := matchAt(ps[i:], form); n > 0 {
				for k := range ps[i : i+n] {
					ps[i+k].used = true
				}
				return true
			}
		}
	}
	return false
}

// matchAt gives how many of the first pieces make up form, 0 where they do not.
func matchAt(ps []piece, form string) int {
	for n, p := range ps {
		rest, ok := strings.CutPrefix(form, p.digits)
		if !ok || p.used {
			return 0
		}
		if rest == "" {
			return n + 1
		}
		if !p.joined {
			return 0
		}
		form = rest
	}
	return 0
}

func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

func asciiDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Nd, r) {
			return digitOf(r)
		}
		return r
	}, s)
}

// digitOf gives the ASCII digit of a decimal digit in any script: Unicode keeps
// each script's ten digits together, from zero up.
func digitOf(r rune) rune {
	if r <= '9' {
		return r
	}
	zero := r
	for zero > 0 && r-zero < 9 && unicode.Is(unicode.Nd, zero-1) {
		zero--
	}
	return '0' + (r - zero)
}
