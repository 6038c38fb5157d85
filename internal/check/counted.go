package check

import (
	"slices"
	"strings"

	"dragoman/locales"
)

// counted finds nouns that do not agree with the number before them: AR-N3
// in Arabic, the Slavic plural classes, singulars after a number in French
// and Spanish, plurals in Turkish. Only nouns of the locale's lexicon are
// looked at, and only right after the number.
func (c *checker) counted() {
	if len(c.p.Nouns()) == 0 {
		return
	}
	nums := c.tgt.numbers()
	for i := range nums {
		n := &nums[i]
		if n.Kind > locales.Cardinal || n.Percent || n.Clock || n.End != n.FigureEnd || n.Value.Scale > 0 || n.Value.Int < 2 || n.Value.Int > 1_000_000 {
			continue
		}
		w, ok := c.nounAfter(n)
		if !ok || c.labelled(n) {
			continue
		}
		c.agree(n, w)
	}
}

// nounAfter is the word right after a number.
func (c *checker) nounAfter(n *locales.Number) (word, bool) {
	i := c.tgt.wordAt(n.End)
	if i == len(c.tgt.words) {
		return word{}, false
	}
	w := c.tgt.words[i]
	gap := c.tgt.plain[n.End:w.start]
	return w, gap == " " || gap == "\u00a0" || gap == "\u202f"
}

// labels are words after which a number is a name, not a count.
var labels = map[string]bool{
	"رقم": true, "الرقم": true, "المادة": true, "القرار": true, "القانون": true, "المرسوم": true, "الفقرة": true, "البند": true, "الفصل": true,
	"الساعة": true, "الصفحة": true, "الدورة": true, "الجلسة": true, "العدد": true, "الفوج": true, "الفرقة": true, "اللواء": true, "الكتيبة": true,
	"عام": true, "سنة": true, "لعام": true, "يوم": true, "جنيف": true, "أستانا": true, "للقرار": true, "بالقرار": true, "والقرار": true,
	"article": true, "résolution": true, "page": true, "numéro": true, "n°": true, "le": true, "en": true,
	"artículo": true, "resolución": true, "página": true, "número": true, "el": true, "año": true,
	"резолюция": true, "резолюции": true, "статья": true, "статьи": true, "номер": true, "№": true, "году": true, "года": true,
	"madde": true, "karar": true, "sayılı": true, "no": true, "saat": true,
}

// labelled reports a number that counts nothing: a year, the number of a
// resolution, an hour, part of a date.
func (c *checker) labelled(n *locales.Number) bool {
	if n.Kind != locales.Digits {
		return false
	}
	if n.Attached || !n.Grouped && n.Value.Int >= 1900 && n.Value.Int < 2100 {
		return true
	}
	i := c.tgt.wordAt(n.Start) - 1
	if i >= 0 && n.Start-c.tgt.words[i].end <= 3 {
		s := c.tgt.word(c.tgt.words[i])
		if labels[c.p.Lower(s)] {
			return true
		}
	}
	for _, d := range c.tgt.dates() {
		if n.Start >= d.Start && n.Start < d.End {
			return true
		}
	}
	return false
}

// agree looks up the noun and reports a form that the number does not ask for.
func (c *checker) agree(n *locales.Number, w word) {
	s := c.tgt.word(w)
	if c.p.Tag == "tr" {
		c.turkishNoun(n, w)
		return
	}
	noun, ok := c.p.Counted(s)
	if !ok {
		return
	}
	if c.p.Tag == "ar" {
		if n.Kind == locales.Cardinal && (c.definite(n) || c.polarity(n, noun, w)) {
			return
		}
		c.arabicNoun(n, noun, w)
		return
	}
	want, wrong := "", ""
	switch c.p.CountClass(int(n.Value.Int)) {
	case locales.CountMany:
		want, wrong = noun.Many, noun.Few
	case locales.CountPlural:
		want, wrong = noun.Plural, noun.Lemma
	}
	if wrong == "" || want == wrong || !c.alike(s, wrong) || slices.ContainsFunc(noun.More, func(m string) bool { return c.alike(m, s) }) {
		return
	}
	c.reportNoun(n, w, want)
}

func (c *checker) alike(a, b string) bool { return c.p.Lower(a) == c.p.Lower(b) }

// definite reports a number word with the article, after which a noun is
// not counted (مجموعة السبع).
func (c *checker) definite(n *locales.Number) bool {
	s := strings.TrimLeft(c.tgt.plain[n.Start:n.End], "وفبك")
	return strings.HasPrefix(s, "ال") || strings.HasPrefix(s, "لل")
}

// reportNoun reports a phrase and fixes its noun where nothing after it
// would have to change too.
func (c *checker) reportNoun(n *locales.Number, w word, want string) {
	c.add("count.noun", n.Start, w.end, "Found", c.tgt.plain[n.Start:w.end], "Expected", c.tgt.plain[n.Start:n.End]+" "+want)
	if c.closes(w) {
		c.fix(w.start, w.end, want)
	}
}

// turkishNoun reports a plural after a number.
func (c *checker) turkishNoun(n *locales.Number, w word) {
	s := c.tgt.word(w)
	for _, plural := range [...]string{"lar", "ler"} {
		if base, ok := strings.CutSuffix(s, plural); ok {
			if _, ok := c.p.Counted(base); ok && !w.upper {
				c.reportNoun(n, w, base)
			}
		}
	}
}

// arabicNoun applies AR-N3: after 3 to 10 the plural, after 11 to 99 the
// singular accusative, after hundreds and thousands the singular genitive.
func (c *checker) arabicNoun(n *locales.Number, noun locales.Noun, w word) {
	s := foldTanwin(c.tgt.word(w))
	is := func(forms ...string) bool {
		return slices.ContainsFunc(forms, func(f string) bool { return f != "" && foldTanwin(f) == s })
	}
	plural := is(noun.Plural) || is(noun.More...)
	switch c.p.CountClass(int(n.Value.Int)) {
	case locales.CountPlural:
		if !plural && is(noun.Lemma, noun.Accusative, noun.Singular) {
			c.reportNoun(n, w, noun.Plural)
		}
	case locales.CountAccusative:
		switch {
		case is(noun.Accusative):
		case plural, is(noun.Dual[:]...):
			c.reportNoun(n, w, noun.Accusative)
		case is(noun.Lemma) && c.closes(w) && c.nothingAfter(w):
			c.reportNoun(n, w, noun.Accusative)
		}
	case locales.CountGenitive:
		if !is(noun.Singular) && (plural || is(noun.Accusative)) {
			c.reportNoun(n, w, noun.Singular)
		}
	}
}

// foldTanwin drops vowel marks, so that a noun with or without its tanwin is
// the same form.
func foldTanwin(s string) string {
	if !strings.ContainsRune(s, '\u064B') && !strings.ContainsRune(s, '\u0651') && !strings.ContainsRune(s, '\u064D') {
		return s
	}
	return strings.Map(func(r rune) rune {
		if locales.IsArabicMark(r) {
			return -1
		}
		return r
	}, s)
}

// prepositions are words before which a counted noun has no adjective after
// it that would have to change too.
var prepositions = map[string]bool{
	"في": true, "من": true, "على": true, "إلى": true, "عن": true, "خلال": true, "بينهم": true, "بينها": true, "منذ": true, "بعد": true, "قبل": true, "حتى": true,
	"dans": true, "à": true, "de": true, "en": true, "sur": true, "et": true, "par": true, "pour": true, "a": true, "y": true, "por": true, "con": true,
	"в": true, "на": true, "с": true, "и": true, "из": true, "от": true, "за": true, "ve": true,
}

// closes reports that nothing stands after the word that would agree with it.
func (c *checker) closes(w word) bool {
	if c.nothingAfter(w) {
		return true
	}
	i := c.tgt.wordAt(w.end)
	return i < len(c.tgt.words) && prepositions[c.p.Lower(c.tgt.word(c.tgt.words[i]))]
}

func (c *checker) nothingAfter(w word) bool {
	rest := strings.TrimLeft(c.tgt.plain[w.end:], " ")
	return rest == "" || strings.ContainsAny(rest[:1], ".,;:!?)") || strings.HasPrefix(rest, "،") || strings.HasPrefix(rest, "؛") ||
		strings.HasPrefix(rest, "»") || strings.HasPrefix(rest, "؟") || prepositions[firstWord(rest)]
}

func firstWord(s string) string {
	w, _, _ := strings.Cut(s, " ")
	return w
}

// polarity applies the gender rule to number words: three to ten take the
// ending opposite to the noun's, eleven and twelve agree in both parts, and
// in 13 to 19 the first part is opposed and the ten agrees. It reports
// whether it found something.
func (c *checker) polarity(n *locales.Number, noun locales.Noun, w word) bool {
	if noun.Gender == locales.AnyGender {
		return false
	}
	parts := strings.Fields(c.tgt.plain[n.Start:n.End])
	if len(parts) > 2 {
		return false
	}
	unit, prefix, gender, ok := c.unit(parts[0])
	if !ok {
		return false
	}
	want, ok := c.p.NumberWord(unit, noun.Gender)
	if !ok {
		return false
	}
	switch {
	case len(parts) == 1 && n.Value.Int >= 3 && n.Value.Int <= 10:
		if gender == noun.Gender {
			return false
		}
	case len(parts) == 2 && n.Value.Int > 10 && n.Value.Int < 20:
		ten := "عشر"
		if noun.Gender == locales.Feminine {
			ten = "عشرة"
		}
		if gender == noun.Gender && parts[1] == ten {
			return false
		}
		want = teen(want, unit, noun.Gender, parts[0]) + " " + ten
	default:
		return false
	}
	want = prefix + want
	c.add("count.gender", n.Start, w.end, "Found", c.tgt.plain[n.Start:w.end], "Expected", want+" "+c.tgt.word(w))
	c.fix(n.Start, n.End, want)
	return true
}

// teen is the first part of eleven to nineteen; one and two have forms of
// their own there, two by case.
func teen(unitWord string, unit int, g locales.Gender, found string) string {
	feminine := g == locales.Feminine
	oblique := strings.HasSuffix(found, "ي") || strings.HasSuffix(found, "ين")
	switch {
	case unit == 1 && feminine:
		return "إحدى"
	case unit == 1:
		return "أحد"
	case unit == 2 && feminine && oblique:
		return "اثنتي"
	case unit == 2 && feminine:
		return "اثنتا"
	case unit == 2 && oblique:
		return "اثني"
	case unit == 2:
		return "اثنا"
	}
	return unitWord
}

// unit reads a number word, with the conjunction and preposition before it.
func (c *checker) unit(s string) (n int, prefix string, g locales.Gender, ok bool) {
	for _, p := range [...]string{"", "و", "ف", "ب", "ل", "ك", "وب", "ول"} {
		if rest, found := strings.CutPrefix(s, p); found {
			if n, g, ok = c.p.ParseNumberWord(rest); ok {
				return n, p, g, true
			}
		}
	}
	return 0, "", 0, false
}
