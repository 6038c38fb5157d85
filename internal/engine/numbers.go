package engine

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"dragoman/locales"
)

// number is a number of the source in the forms in which a translation may
// show it: digits alone, without separators.
type number struct {
	shown string
	forms []string
}

// half finds what makes a number of an hour: "3 p.m.", "3:30 PM".
var half = regexp.MustCompile(`(?i)^(:\d\d)?\s*([ap])\.?m\b`)

// numbers looks for every number of the source in the reply, in any script's
// digits and with any separators, or in words. Only what is lost counts: a translation may
// well write "two hundred" as 200. Not counted are ordinals (they become words,
// or Roman numerals for centuries) and a lone 1 or 2, which Arabic says by the
// form of the noun.
func numbers(src, dst, target string) (vs []Violation) {
	wanted := sourceNumbers(src)
	if len(wanted) == 0 {
		return nil
	}
	pieces := digitPieces(dst)
	// What has one form is looked for first, so that nothing takes it away.
	slices.SortStableFunc(wanted, func(a, b number) int { return len(a.forms) - len(b.forms) })
	for _, n := range wanted {
		if !takeNumber(pieces, n.forms) && !inWords(n, dst, target) {
			vs = append(vs, Violation{RuleNumbers, n.shown})
		}
	}
	return vs
}

// inWords reports whether the reply says a whole number in the words of a
// language that we know: 3 as ثلاثة, 25,000 as 25 ألف.
func inWords(n number, dst, target string) bool {
	if strings.Contains(n.shown, ".") {
		return false
	}
	value, err := strconv.ParseInt(n.forms[0], 10, 64)
	profile, unknown := locales.Get(target)
	if err != nil || unknown != nil {
		return false
	}
	for _, said := range profile.Numbers(nil, dst) {
		if said.Means(locales.Decimal{Int: value}) {
			return true
		}
	}
	return false
}

func sourceNumbers(src string) (ns []number) {
	if !strings.ContainsFunc(src, unicode.IsDigit) {
		return nil
	}
	src = asciiDigits(src)
	for at := 0; ; {
		start := strings.IndexAny(src[at:], "0123456789")
		if start < 0 {
			return ns
		}
		start += at
		var found []number
		found, at = numberAt(src, start)
		ns = append(ns, found...)
	}
}

// numberAt reads the number that begins at start: with separators inside, as a
// time with its half of the day, or as an ordinal, which does not count.
func numberAt(src string, start int) (ns []number, end int) {
	whole := start + digitRun(src[start:])
	if whole-start <= 2 {
		if m := half.FindStringSubmatch(src[whole:]); m != nil {
			return timeAt(src, start, whole, m)
		}
	}
	end = whole
	for end+1 < len(src) && (src[end] == '.' || src[end] == ',') {
		n := digitRun(src[end+1:])
		if n == 0 {
			break
		}
		end += 1 + n
	}
	shown := src[start:end]
	if ordinal(src[end:]) || shown == "1" || shown == "2" {
		return nil, end
	}
	digits := onlyDigits(shown)
	forms := []string{digits}
	if trimmed := strings.TrimLeft(digits, "0"); trimmed != digits && trimmed != "" {
		forms = append(forms, trimmed)
	}
	return []number{{shown, forms}}, end
}

// timeAt gives the hour and the minutes of a time whose hour ends at whole; m
// is what half found there.
func timeAt(src string, start, whole int, m []string) (ns []number, end int) {
	end = whole + len(m[0])
	shown := src[start:end]
	ns = []number{{shown, hourForms(src[start:whole], m[2])}}
	if m[1] != "" && m[1] != ":00" {
		ns = append(ns, number{shown, []string{m[1][1:]}})
	}
	return ns, end
}

func digitRun(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

// ordinal reports whether what follows a number makes it an ordinal.
func ordinal(s string) bool {
	if len(s) < 2 {
		return false
	}
	switch strings.ToLower(s[:2]) {
	case "st", "nd", "rd", "th":
		return len(s) == 2 || !startsWord(s[2:])
	}
	return false
}

func startsWord(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r)
}

// hourForms gives the hour of the day, and that of a twelve-hour clock.
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
	return []string{two, strings.TrimLeft(two, "0"), hour, strings.TrimLeft(hour, "0")}
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
		if classOf(r).is(decimal) {
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
		if classOf(r).is(decimal) {
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
