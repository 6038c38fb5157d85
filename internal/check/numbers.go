package check

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"dragoman/internal/edition"
	"dragoman/locales"
)

// numbers compares the numbers of source and target (AR-N2). Figures of the
// source must be in the target as figures, as a number word, or, for two, as
// an Arabic dual; number words from two on likewise, but more gently. What
// the target has beyond that is reported where it is in figures.
func (c *checker) numbers() {
	if c.in.Joined {
		return
	}
	src, tgt := c.src.numbers(), c.tgt.numbers()
	if len(src) > 0 {
		c.signs(src)
	}
	const most = 500 // numbers; no sentence has as many
	if len(src) == 0 && c.tgt.has&hasDigit == 0 || len(src) > most || len(tgt) > most {
		return
	}
	changed := c.unexplained(src, tgt)
	missing := false
	for i := range src {
		n := &src[i]
		if !c.required(n) || c.answered(n, tgt) {
			continue
		}
		missing = true
		f := c.addSource("numbers.missing", n.Start, n.End, "Number", c.src.plain[n.Start:n.FigureEnd])
		if (n.Kind != locales.Digits || n.Attached) && !changed {
			f.Severity = edition.Warning
		}
	}
	c.extra(src, tgt, missing)
	c.separators(src, tgt)
}

// required reports a number that the target must have.
func (c *checker) required(n *locales.Number) bool {
	if n.Kind == locales.Cardinal {
		return n.Value.Int >= 2 || n.Value.Scale > 0
	}
	if n.Kind != locales.Digits || n.Suffixed || c.src.inLink(n.Start) {
		return false
	}
	if n.Clock && n.Value.Int == 0 {
		return false
	}
	if n.Value == (locales.Decimal{Int: 1}) && c.p.Script == "Arab" {
		return false // the singular says it
	}
	return !decade(c.src.plain[n.FigureEnd:])
}

// decade reports what follows the figures of "the 1990s".
func decade(after string) bool {
	after = strings.TrimLeft(after, "’'")
	return strings.HasPrefix(after, "s") && (len(after) == 1 || scriptOf(rune(after[1])) == noScript)
}

// answered reports whether the target has the number in some way.
func (c *checker) answered(n *locales.Number, tgt []locales.Number) bool {
	for i := range tgt {
		if tgt[i].Agrees(n) || c.partAgrees(&tgt[i], n) {
			return true
		}
		if n.Clock && (afternoon(n, &tgt[i]) || c.clockPart(n, &tgt[i])) {
			return true
		}
	}
	if h, m, ok := stopClock(n, c.src.plain); ok && (meant(tgt, h) || meant(tgt, (h+12)%24)) && (m == 0 || meant(tgt, m)) {
		return true
	}
	if n.Value == (locales.Decimal{Int: 2}) && c.p.Tag == "ar" && !c.inDate(n) && c.hasDual() {
		return true
	}
	return n.Kind == locales.Digits && (c.monthAnswers(n) || standsIn(c.src.plain[n.Start:n.FigureEnd], c.tgt.plain))
}

// afternoon reports the hour of a twelve-hour clock by that of the other.
func afternoon(n, t *locales.Number) bool {
	return n.Value.Scale == 0 && n.Value.Int <= 12 && t.Means(locales.Decimal{Int: (n.Value.Int + 12) % 24})
}

// clockPart reports hours or minutes that the target writes with a stop
// between them (10.30).
func (c *checker) clockPart(n, t *locales.Number) bool {
	if t.Kind != locales.Digits || !t.Grouped {
		return false
	}
	hours, minutes, ok := strings.Cut(c.tgt.plain[t.Start:t.FigureEnd], ".")
	if !ok || len(minutes) != 2 {
		return false
	}
	for _, part := range [...]string{hours, minutes} {
		if v, err := strconv.ParseInt(part, 10, 64); err == nil && (v == n.Value.Int || v == n.Value.Int+12) {
			return true
		}
	}
	return false
}

// stopClock reads a time of day that has a stop between hours and minutes
// (7.30 a.m.).
func stopClock(n *locales.Number, plain string) (hours, minutes int64, ok bool) {
	if !n.Clock || n.Kind != locales.Digits {
		return 0, 0, false
	}
	h, m, cut := strings.Cut(plain[n.Start:n.FigureEnd], ".")
	if !cut || len(m) != 2 {
		return 0, 0, false
	}
	hours, err1 := strconv.ParseInt(h, 10, 64)
	minutes, err2 := strconv.ParseInt(m, 10, 64)
	return hours, minutes, err1 == nil && err2 == nil && hours < 24 && minutes < 60
}

// meant reports whether one of the numbers is v.
func meant(ns []locales.Number, v int64) bool {
	return slices.ContainsFunc(ns, func(n locales.Number) bool { return n.Means(locales.Decimal{Int: v}) })
}

// partAgrees looks at the single words of a compound: "three and five" read
// as one must not hide either.
func (c *checker) partAgrees(t, n *locales.Number) bool {
	if t.Kind != locales.Cardinal || n.Value.Scale > 0 || n.Value.Int > 1000 {
		return false
	}
	text := c.tgt.plain[t.Start:t.End]
	if strings.IndexByte(text, ' ') < 0 && strings.IndexByte(text, '-') < 0 {
		return false
	}
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '-' || r == 0xA0 }) {
		for w != "" {
			if v, _, ok := c.p.ParseNumberWord(w); ok && int64(v) == n.Value.Int {
				return true
			}
			if c.p.Tag != "ar" || !strings.HasPrefix(w, "و") {
				break
			}
			w = w[len("و"):]
		}
	}
	return false
}

// inDate reports a number that is part of a date of the source.
func (c *checker) inDate(n *locales.Number) bool {
	for _, d := range c.src.dates() {
		if d.Month != 0 && n.Start >= d.Start && n.Start < d.End {
			return true
		}
	}
	return false
}

// hasDual reports an Arabic word that may be a dual.
func (c *checker) hasDual() bool {
	for _, w := range c.tgt.words {
		if w.arabic < 4 {
			continue
		}
		s := c.tgt.word(w)
		for _, end := range [...]string{"ان", "ين", "تا", "تي", "هما"} {
			if strings.HasSuffix(s, end) {
				return true
			}
		}
	}
	return false
}

// monthAnswers reports a number that is the month of a date in figures
// (05/02/2018, 9/11) and stands in the target by its name.
func (c *checker) monthAnswers(n *locales.Number) bool {
	if n.Value.Scale > 0 || n.Value.Int < 1 || n.Value.Int > 12 {
		return false
	}
	b, a := c.src.before(n.Start), c.src.after(n.End)
	if !strings.ContainsRune("/.-", b) && !strings.ContainsRune("/.-", a) || b == 0 && a == 0 {
		return false
	}
	for _, d := range c.tgt.dates() {
		if d.Month == time.Month(n.Value.Int) {
			return true
		}
	}
	return false
}

// unexplained reports whether the target has a number, in figures or words,
// that the source does not: then one that is missing was changed.
func (c *checker) unexplained(src, tgt []locales.Number) bool {
	for i := range tgt {
		if t := &tgt[i]; t.Kind <= locales.Cardinal && (t.Value.Int > 2 || t.Value.Scale > 0) && !c.explained(t, src) {
			return true
		}
	}
	return false
}

func (c *checker) explained(t *locales.Number, src []locales.Number) bool {
	for i := range src {
		n := &src[i]
		if n.Agrees(t) || c.partAgrees(t, n) {
			return true
		}
		if n.Clock && (afternoon(n, t) || c.clockPart(n, t)) {
			return true
		}
		if h, m, ok := stopClock(n, c.src.plain); ok && t.Value.Scale == 0 && (t.Value.Int == h || t.Value.Int == (h+12)%24 || t.Value.Int == m) {
			return true
		}
		// 1990s: les années 90
		if n.Kind == locales.Digits && n.Value.Int > 1000 && n.Value.Int%10 == 0 && t.Means(locales.Decimal{Int: n.Value.Int % 100}) {
			return true
		}
	}
	for _, d := range c.src.dates() {
		if d.Month != 0 && t.Means(locales.Decimal{Int: int64(d.Month)}) {
			return true
		}
	}
	return false
}

// extra reports figures of the target that the source does not have.
func (c *checker) extra(src, tgt []locales.Number, missing bool) {
	for i := range tgt {
		t := &tgt[i]
		if t.Kind != locales.Digits || t.Value.Int <= 1 && t.Value.Scale == 0 || c.tgt.inLink(t.Start) || c.tgt.before(t.Start) == '#' {
			continue
		}
		if c.explained(t, src) || standsIn(c.tgt.plain[t.Start:t.FigureEnd], c.src.plain) || c.roman(t) {
			continue
		}
		f := c.add("numbers.extra", t.Start, t.End, "Number", c.tgt.plain[t.Start:t.FigureEnd])
		if missing {
			f.Severity = edition.Error
		}
	}
}

// standsIn reports figures of three digits or more that stand in text as
// they are: a telephone number, a name.
func standsIn(figures, text string) bool {
	if len(figures) < 3 {
		return false
	}
	for from := 0; ; {
		i := strings.Index(text[from:], figures)
		if i < 0 {
			return false
		}
		start, end := from+i, from+i+len(figures)
		before, _ := utf8.DecodeLastRuneInString(text[:start])
		after, _ := utf8.DecodeRuneInString(text[end:])
		if !isDigit(before) && !isDigit(after) {
			return true
		}
		from = end
	}
}

var romans = [...]string{"I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV", "XVI", "XVII", "XVIII", "XIX", "XX", "XXI"}

// roman reports a number that the source has in Roman numerals (World War II).
func (c *checker) roman(t *locales.Number) bool {
	if t.Value.Scale > 0 || t.Value.Int > int64(len(romans)) {
		return false
	}
	for _, w := range c.src.words {
		if w.capitals == w.letters && c.src.word(w) == romans[t.Value.Int-1] {
			return true
		}
	}
	return false
}

// signs compares percentages and currencies.
func (c *checker) signs(src []locales.Number) {
	for i := range src {
		n := &src[i]
		if n.Percent && n.Kind == locales.Digits && !c.saysPercent() {
			c.addSource("numbers.percent", n.Start, n.End, "Number", c.src.plain[n.Start:n.FigureEnd])
			break
		}
	}
	if c.src.has&hasCurrency == 0 {
		return
	}
	for _, sign := range [...]string{"$", "€", "£"} {
		i := strings.Index(c.src.plain, sign)
		if i < 0 || strings.Contains(c.tgt.plain, sign) || c.saysCurrency(sign) || c.src.inLink(i) {
			continue
		}
		c.addSource("numbers.currency", i, i+len(sign), "Sign", sign)
	}
}

func (c *checker) saysPercent() bool {
	if c.tgt.has&hasPercent != 0 {
		return true
	}
	lower := c.p.Lower(c.tgt.plain)
	for _, w := range c.p.PercentWords {
		if strings.Contains(lower, w) {
			return true
		}
	}
	for i := range c.tgt.numbers() {
		if c.tgt.numbers()[i].Percent {
			return true
		}
	}
	return false
}

func (c *checker) saysCurrency(sign string) bool {
	lower := c.p.Lower(c.tgt.plain)
	for _, w := range c.p.Currencies[sign] {
		if strings.Contains(lower, c.p.Lower(w)) {
			return true
		}
	}
	return false
}

// separators finds figures that were copied with the source's separators and
// mean another number here: 1,500 in French is one and a half.
func (c *checker) separators(src, tgt []locales.Number) {
	for i := range tgt {
		t := &tgt[i]
		if t.Kind != locales.Digits || !t.Grouped || t.Value == t.Other {
			continue
		}
		for j := range src {
			n := &src[j]
			if n.Kind != locales.Digits || n.Value == t.Value || n.Scaled == t.Scaled || n.Value != t.Other || c.src.plain[n.Start:n.FigureEnd] != c.tgt.plain[t.Start:t.FigureEnd] && n.Value != n.Other {
				continue
			}
			expected := c.p.FormatDecimal(n.Value)
			c.add("numbers.format", t.Start, t.FigureEnd, "Number", c.tgt.plain[t.Start:t.FigureEnd], "Expected", expected)
			c.fix(t.Start, t.FigureEnd, expected)
			break
		}
	}
}

// digits finds figures of another system than the house's (AR-N1). Figures
// in Latin words and addresses are left alone.
func (c *checker) digits() {
	if c.tgt.has&hasDigit == 0 {
		return
	}
	western := c.p.Digits[0] == '0'
	if western && c.tgt.has&hasForeignDigit == 0 {
		return
	}
	own := false
	c.eachFigures(func(r rune, _, _ int) { own = own || strings.ContainsRune(c.p.Digits, r) })
	c.eachFigures(func(r rune, start, end int) {
		if !strings.ContainsRune(c.p.Digits, r) {
			c.otherDigits(start, end, own)
		}
	})
}

// eachFigures calls f with the first digit and the bytes of every run of
// figures that does not belong to a Latin word or an address.
func (c *checker) eachFigures(f func(r rune, start, end int)) {
	for i := 0; i < len(c.tgt.plain); {
		r, size := decode(c.tgt.plain, i)
		if !isDigit(r) {
			i += size
			continue
		}
		end := c.digitRun(i)
		if r >= 0x80 || !c.latinFigures(i, end) {
			f(r, i, end)
		}
		i = end
	}
}

// otherDigits reports one run of figures of another system.
func (c *checker) otherDigits(i, end int, mixed bool) {
	rule := "digits.house"
	if mixed {
		rule = "digits.mixed"
	}
	found := c.tgt.plain[i:end]
	c.add(rule, i, end, "Found", found)
	c.fix(i, end, houseDigits(c.p, found))
}

// digitRun is the end of a run of digits with the separators within it and a
// percent sign of the same system after it.
func (c *checker) digitRun(i int) int {
	s := c.tgt.plain
	for i < len(s) {
		r, size := decode(s, i)
		next := c.tgt.after(i + size)
		if !isDigit(r) && !(strings.ContainsRune(".,٫٬", r) && isDigit(next)) {
			if r == '٪' {
				i += size
			}
			break
		}
		i += size
	}
	return i
}

// latinFigures reports figures that belong to a Latin word or an address.
func (c *checker) latinFigures(start, end int) bool {
	if c.tgt.inLink(start) {
		return true
	}
	b := c.tgt.before(start)
	if b == '-' || b == '‑' {
		_, size := utf8.DecodeLastRuneInString(c.tgt.plain[:start])
		b = c.tgt.before(start - size)
	}
	return unicode.Is(unicode.Latin, b) || unicode.Is(unicode.Latin, c.tgt.after(end))
}

// houseDigits writes figures in the locale's own digits and signs.
func houseDigits(p *locales.Profile, s string) string {
	own := []rune(p.Digits)
	var b strings.Builder
	for _, r := range s {
		switch d, ok := locales.DigitValue(r); {
		case ok:
			b.WriteRune(own[d])
		case r == '٫' || r == '.' && own[0] != '0':
			b.WriteString(p.Decimal)
		case r == '٬' || r == ',' && own[0] != '0':
			b.WriteString(p.Group)
		case r == '٪':
			b.WriteString(p.Percent)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
