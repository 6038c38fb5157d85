package glossary

import (
	"slices"
	"strings"
)

// slavic holds what Russian and Ukrainian share: names and words inflect by
// tables of paradigms (terminology rules, section 4), so that all forms of a
// word are generated and there are no shells.
type slavic struct {
	sp           *spelling
	nouns        map[string]paradigm
	adjectives   map[string][13][]string
	keepsVowel   map[string]bool
	particles    map[string]bool
	obliqueEnds  []string          // ends of adjectives in other cases than the nominative
	nounEnds     []string          // ends of neuters that look like adjectives
	initialisms  map[string]bool   // those that decline: МИД, МИДа
	genPlural    map[string]string // genitives of the plural that follow no rule
	indeclinable map[string]bool
	pluralPlaces map[string]bool
	irregular    map[string][]string
	// irregularNames are those of them that are names of persons.
	irregularNames map[string]bool
	// declinedNames are names in -о that decline (Дніпро, Петро).
	declinedNames map[string]bool
	// adjectiveStems are stems of adjectives that no end tells from nouns.
	adjectiveStems map[string]bool
	alternation    map[string]string
	// masculineSoft are masculines in -ь with the end of a feminine.
	masculineSoft map[string]bool
	prepositions  map[string]cases
	// nounClass gives the paradigm of a noun by its end; adjective the stem
	// and class of one that looks like an adjective.
	nounClass func(s *slavic, w *slavicWord) []nounClass
	adjective func(s *slavic, w *slavicWord) (stem, class string)
	variants  func(s *slavic, w *slavicWord, class nounClass, cells []inflectedForm) []inflectedForm
	// guesses is set where an adjective has the end of a noun (Ukrainian
	// східна), so that such words take both paradigms.
	guesses bool
	// participle and shortPlural are what a short participle takes.
	participle, shortPlural string
	notParticiples          map[string]bool
}

// cases is a set of cases: six of the singular, six of the plural.
type cases uint16

const (
	caseNom cases = 1 << iota
	caseGen
	caseDat
	caseAcc
	caseIns
	casePrp
	pluralShift = 6

	singularCases cases = 1<<pluralShift - 1
	pluralCases   cases = singularCases << pluralShift

	// The gender of a form in the singular; none = any.
	masculine cases = 1 << 12
	feminine  cases = 1 << 13
	neuter    cases = 1 << 14
	genders         = masculine | feminine | neuter

	// caseNoun marks a form that may be a noun's where the word may be an
	// adjective too: what follows may then depend on it.
	caseNoun cases = 1 << 15
)

// paradigm is a line of [nouns].
type paradigm struct {
	cut   int
	cells [12][]string
}

// nounClass is a paradigm applied to a stem.
type nounClass struct {
	name string
	stem string // with what the paradigm cuts off already gone
}

// inflectedForm is one form with the cases that it may be.
type inflectedForm struct {
	text  string
	cases cases
}

// slavicWord is one word of a term on its way to its forms.
type slavicWord struct {
	ctx   *termContext
	i     int
	text  string
	runes []rune
	// proper words are names of persons and places; common ones are nouns of
	// the language, also within a name (Временное правительство).
	proper  bool
	capital bool
	// afterPlural is set after an adjective in the plural.
	afterPlural bool
	final       bool
}

func (w *slavicWord) ends(suffix string) bool { return strings.HasSuffix(w.text, suffix) }

// before gives the nth letter from the end, 0 where there is none.
func (w *slavicWord) before(n int) rune {
	if len(w.runes) <= n {
		return 0
	}
	return w.runes[len(w.runes)-1-n]
}

func (w *slavicWord) cut(n int) string {
	return string(w.runes[:max(0, len(w.runes)-n)])
}

// loadSlavic reads the tables of a language.
func loadSlavic(name string) *slavic {
	rules := loadRules(name)
	s := &slavic{
		nouns:          map[string]paradigm{},
		adjectives:     map[string][13][]string{},
		keepsVowel:     rules.words("keeps-vowel"),
		particles:      rules.words("particles"),
		obliqueEnds:    rules.list("oblique-ends"),
		nounEnds:       rules.list("noun-ends"),
		irregularNames: rules.words("irregular-names"),
		masculineSoft:  rules.words("masculine-soft"),
		declinedNames:  rules.words("declined-names"),
		adjectiveStems: rules.words("adjective-stems"),
		initialisms:    rules.words("declined-initialisms"),
		genPlural:      map[string]string{},

		notParticiples: rules.words("not-participles"),
		indeclinable:   rules.words("indeclinable"),
		pluralPlaces:   rules.words("plural-places"),
		irregular:      map[string][]string{},
		alternation:    map[string]string{},
	}
	for _, f := range rules["nouns"] {
		p := paradigm{cut: int(f[1][0] - '0')}
		for i := range p.cells {
			p.cells[i] = cellForms(f[2+i])
		}
		s.nouns[f[0]] = p
	}
	for _, f := range rules["adjectives"] {
		var row [13][]string
		for i := range row {
			row[i] = cellForms(f[1+i])
		}
		s.adjectives[f[0]] = row
	}
	for _, f := range rules["irregular"] {
		s.irregular[f[0]] = f
	}
	plurals := rules.list("genitive-plural")
	for i := 0; i+1 < len(plurals); i += 2 {
		s.genPlural[plurals[i]] = plurals[i+1]
	}
	pairs := rules.list("alternation")
	for i := 0; i+1 < len(pairs); i += 2 {
		s.alternation[pairs[i]] = pairs[i+1]
	}
	return s
}

func cellForms(field string) []string {
	if field == "×" {
		return nil
	}
	forms := strings.Split(field, "/")
	for i, f := range forms {
		if f == "–" {
			forms[i] = ""
		}
	}
	return forms
}

func (s *slavic) spelling() *spelling { return s.sp }

func (s *slavic) read(r *reader, w *word) {
	r.readings = append(r.readings, r.plain(w, 0, int(w.r1-w.r0), 0))
}

// fits: a Slavic form is a whole word.
func (s *slavic) fits(r *reader, w *word, rd *reading, f *form) (fit, bool) {
	return fit{tier: f.tier, cases: cases(f.allow)}, r.exact(w, rd) == f.exact
}

// agree checks softly that there is a case in which all words of a term may
// stand. After a numeral from two to four the adjective is a plural and the
// noun a genitive of the singular: три военных преступления.
func (s *slavic) agree(_ *reader, t *term, m *match, fits []fit) {
	common, gender := singularCases|pluralCases, genders
	for k, f := range fits {
		if k > 0 && fits[k-1].cases&caseNoun != 0 {
			continue
		}
		if f.cases != 0 {
			common &= f.cases
		}
		if f.cases&genders != 0 {
			gender &= f.cases
		}
	}
	if common&pluralCases != 0 || common != 0 && (gender != 0 || t.kind == PER) || t.n == 1 {
		return
	}
	const counted = (caseNom | caseGen) << pluralShift
	head := s.head(t.ctx)
	paucal := head > 0 && fits[head].cases&caseGen != 0
	for k := range head {
		paucal = paucal && (fits[k].cases == 0 || fits[k].cases&counted != 0)
	}
	if !paucal {
		m.notes |= noteAgreement
	}
}

func (s *slavic) shells(_ *termContext, _ int, f *coreForm, _ bool) []wordForm {
	return []wordForm{{f.text, f.tier, f.why}}
}

// cores generates the forms of word i: the listed one, and its paradigm where
// it inflects.
func (s *slavic) cores(c *termContext, i int) []coreForm {
	text := string(c.words[i].letters)
	inflected := s.inflect(c, i)
	out := []coreForm{{text: text, why: "listed"}}
	switch {
	case len(inflected) == 0: // what never changes stands in every case
		out[0].cases = singularCases | pluralCases
	case !slices.ContainsFunc(inflected, func(f inflectedForm) bool { return f.text == text }):
		out[0].cases = caseNom
	}
	for _, f := range inflected {
		if f.text == text {
			out[0].cases |= f.cases
			continue
		}
		if k := indexCore(out, f.text); k >= 0 {
			out[k].cases |= f.cases
			continue
		}
		out = append(out, coreForm{text: f.text, tier: 3, why: caseNames(f.cases), cases: f.cases})
	}
	for k := range out {
		if out[k].tier == 3 {
			out[k].why = caseNames(out[k].cases)
		}
		out[k].allow = uint16(out[k].cases)
	}
	if c.kind != PER && i > s.head(c) || c.kind == PER && s.maybeUnchanged(c, i) {
		out[0].allow = 0 // any case: в провинции Идлиб, Ангелы Меркель
	}
	return out
}

// surely reports a word whose end is surely that of an adjective where others
// are guessed: східна, but not права.
func (s *slavic) surely(w *slavicWord) bool {
	switch w.before(0) {
	case 'а', 'е', 'і':
	default:
		return true
	}
	stem := w.cut(1)
	if s.adjectiveStems[stem] {
		return true
	}
	for _, end := range []string{"ськ", "цьк", "зьк", "ов", "ев"} {
		if strings.HasSuffix(stem, end) {
			return true
		}
	}
	return w.before(1) == 'н' && !isCyrillicVowel(w.before(2))
}

// maybeUnchanged reports a name of a person that women keep in all cases: one
// that ends in a consonant beside one in -а or -я.
func (s *slavic) maybeUnchanged(c *termContext, i int) bool {
	if w := s.word(c, i); !isCyrillicConsonant(w.before(0)) && w.before(0) != 'ь' && w.before(0) != 'й' {
		return false
	}
	for k := range c.words {
		if w := s.word(c, k); k != i && (w.ends("а") || w.ends("я")) {
			return true
		}
	}
	return false
}

func indexCore(cores []coreForm, text string) int {
	for i := range cores {
		if cores[i].text == text {
			return i
		}
	}
	return -1
}

// caseNames spells out a set of cases for the listing.
func caseNames(c cases) string {
	names := [...]string{"nominative", "genitive", "dative", "accusative", "instrumental", "prepositional"}
	var parts []string
	for i, n := range names {
		if c&(1<<i) != 0 {
			parts = append(parts, n)
		}
	}
	for i, n := range names {
		if c&(1<<(i+pluralShift)) != 0 {
			parts = append(parts, n+" plural")
		}
	}
	if len(parts) > 3 {
		parts = append(parts[:3], "…")
	}
	return strings.Join(parts, ", ")
}

// frozen reports whether word i never changes: initialisms, foreign scripts,
// parts before a hyphen, particles of names, indeclinables, and genitives
// that depend on the head before them.
func (s *slavic) frozen(c *termContext, i int) bool {
	w := &c.words[i]
	switch {
	case c.flags.Indeclinable,
		scriptOf(w.letters[0]) != scriptCyrillic,
		len(w.letters) < 3 && w.flags&wordCapital == 0,
		w.flags&wordCaps != 0 && len(w.letters) <= 6 && !s.initialisms[string(w.letters)],
		s.particles[string(w.letters)],
		i < c.last() && c.words[i+1].flags&wordHyphen != 0 && !s.bothParts(c, i),
		i > 1 && string(c.words[i-1].letters) == "на" && c.words[i-1].flags&wordHyphen != 0, // Ростов-на-Дону
		s.indeclinable[string(w.letters)]:
		return true
	}
	return s.dependent(c, i)
}

// bothParts reports a word before a hyphen that inflects all the same: before
// на (Ростов-на-Дону), and a noun in -а or with irregular forms before another
// noun (Братья-мусульмане, школа-интернат).
func (s *slavic) bothParts(c *termContext, i int) bool {
	next := c.words[i+1].letters
	if string(next) == "на" {
		return true
	}
	if c.kind == PER || c.kind == LOC || len(next) < 4 {
		return false
	}
	w := s.word(c, i)
	return len(w.runes) >= 4 && (s.irregular[w.text] != nil || w.ends("а") || w.ends("я"))
}

// dependent reports a word in the genitive after the head of a term: режим
// Асада, Корпус стражей. A capitalised noun may stand in apposition and
// inflect by itself (terminology rules: frozen form or own paradigm).
func (s *slavic) dependent(c *termContext, i int) bool {
	head := s.head(c)
	if i <= head || c.kind == PER {
		return false
	}
	if c.words[i].flags&wordHyphen != 0 && i == head+1 {
		return false
	}
	w := s.word(c, i)
	if _, class := s.adjective(s, w); class != "" {
		return w.ends("ой") || w.ends("ої") || w.ends("ого")
	}
	return c.words[i].flags&wordCapital == 0 || !isCyrillicConsonant(w.before(0)) && !w.ends("а") && !w.ends("я")
}

// head is the first word that is no adjective.
func (s *slavic) head(c *termContext) int {
	for i := range c.words {
		if i < c.last() && c.words[i+1].flags&wordHyphen != 0 {
			continue
		}
		_, class := s.adjective(s, s.word(c, i))
		if class == "" && i > 0 && s.oblique(c, i) {
			return i - 1 // запрещенный международным правом
		}
		if class == "" || i == c.last() || s.nounInIe(c, i) {
			return i
		}
	}
	return c.last()
}

// oblique reports the end of an adjective in another case than the nominative:
// a word that depends on the participle before it.
func (s *slavic) oblique(c *termContext, i int) bool {
	return len(c.words[i].letters) >= 5 && slices.ContainsFunc(s.obliqueEnds, s.word(c, i).ends)
}

// nounInIe reports a neuter in -ение and the like, the head of a term whatever
// follows: преступление против…, прекращение огня; not последние события.
func (s *slavic) nounInIe(c *termContext, i int) bool {
	w := s.word(c, i)
	return slices.ContainsFunc(s.nounEnds, w.ends)
}

func (s *slavic) word(c *termContext, i int) *slavicWord {
	w := &c.words[i]
	sw := &slavicWord{ctx: c, i: i, text: string(w.letters), runes: w.letters, final: i == c.last()}
	capital := w.flags&wordCapital != 0
	sw.capital = capital
	sw.proper = capital && (c.kind == PER || c.kind == LOC || c.kind == ORG && len(c.words) == 1)
	if i > 0 {
		prev := string(c.words[i-1].letters)
		sw.afterPlural = strings.HasSuffix(prev, "ые") || strings.HasSuffix(prev, "ие") || strings.HasSuffix(prev, "і")
	}
	return sw
}

// inflect gives the forms of word i with their cases.
func (s *slavic) inflect(c *termContext, i int) []inflectedForm {
	if s.frozen(c, i) {
		return nil
	}
	w := s.word(c, i)
	if forms := s.irregular[w.text]; forms != nil && (!w.proper || c.kind == PER && s.irregularNames[w.text]) {
		return irregularForms(forms)
	}
	var out []inflectedForm
	stem, class := s.adjective(s, w)
	if p := s.shortParticiple(w); p != "" {
		out = append(out, inflectedForm{text: w.text + "а"}, inflectedForm{text: w.text + "о"}, inflectedForm{text: w.text + s.shortPlural})
		return append(out, s.adjectiveForms(w, p, "hard")...)
	}
	if class != "" {
		out = s.adjectiveForms(w, stem, class)
	}
	if class == "" || s.both(w) {
		for _, n := range s.nounClass(s, w) {
			for _, f := range s.nounForms(w, n) {
				if class != "" && s.guesses {
					f.cases |= caseNoun
				}
				out = append(out, f)
			}
		}
	}
	return out
}

// shortParticiple gives the stem of the full forms of a participle that begins
// a term: выведен из строя, выведенная из строя; "" where it is none.
func (s *slavic) shortParticiple(w *slavicWord) string {
	if w.ctx.kind != TERM || w.i > 0 || w.final || len(w.runes) < 6 || !w.ends("ен") || s.notParticiples[w.text] {
		return ""
	}
	return w.text + s.participle
}

// irregularForms takes a line of [irregular]; cases are not told apart there.
func irregularForms(forms []string) []inflectedForm {
	var out []inflectedForm
	for _, f := range forms {
		out = append(out, inflectedForm{f, 0})
	}
	return out
}

// both reports words with the end of an adjective that may be nouns too: a
// neuter in -ие before another word (подтверждение), and -ой (герой).
func (s *slavic) both(w *slavicWord) bool {
	switch {
	case w.ends("ие"):
		return true
	case w.ends("ой"):
		return len(w.runes) <= 6
	case w.ends("ний"), w.ends("ій"):
		return w.final
	}
	return s.guesses && (w.ends("а") || w.ends("е") || w.ends("і") || w.ends("ня")) && !s.surely(w)
}

// nounForms applies a paradigm; names take the singular only, unless they are
// listed in the plural or may stand in it.
func (s *slavic) nounForms(w *slavicWord, n nounClass) []inflectedForm {
	p, ok := s.nouns[n.name]
	if !ok {
		return nil
	}
	listedPlural := strings.HasSuffix(n.name, "-")
	number := singularCases | pluralCases
	if w.ctx.proper() && !listedPlural && !(w.ctx.kind == PER && w.ctx.flags.PluralOK) {
		number = singularCases
	}
	var out []inflectedForm
	for k, endings := range p.cells {
		if 1<<k&number == 0 {
			continue
		}
		for _, e := range accusative(k, endings, w.ctx.kind) {
			c := cases(1 << k)
			if k < pluralShift {
				c |= genderOf(n.name)
			}
			out = append(out, inflectedForm{n.stem + e, c})
		}
	}
	if g := s.genPlural[w.text]; g != "" && number&pluralCases != 0 {
		out = append(out, inflectedForm{g, (caseGen | caseAcc) << pluralShift})
	}
	return s.variants(s, w, n, out)
}

// genderOf gives the gender of a paradigm.
func genderOf(name string) cases {
	switch {
	case name == "ь":
		return masculine | feminine
	case name == "ость":
		return feminine
	case name == "ко":
		return masculine
	case strings.HasSuffix(name, "а"), strings.HasSuffix(name, "я") && name != "ння":
		return feminine
	case strings.HasSuffix(name, "о"), strings.HasSuffix(name, "е"), name == "ння":
		return neuter
	}
	return masculine
}

// accusative chooses between the two accusatives that a cell may hold: that of
// things, like the nominative, first; then that of persons.
func accusative(k int, endings []string, kind Kind) []string {
	if 1<<k&(caseAcc|caseAcc<<pluralShift) == 0 || len(endings) < 2 {
		return endings
	}
	if kind == PER || kind == GROUP {
		return endings[1:]
	}
	return endings[:1]
}

// adjectiveForms lists the forms of an adjective with their cases.
func (s *slavic) adjectiveForms(w *slavicWord, stem, class string) []inflectedForm {
	row := s.adjectives[class]
	things, persons := caseAcc, cases(0)
	if w.ctx.kind == PER || w.ctx.kind == GROUP {
		things, persons = 0, caseAcc
	}
	const m, n, f = masculine, neuter, feminine
	where := [13]cases{
		caseNom | things | m, caseGen | persons | m | n, caseDat | m | n, caseIns | m | n, casePrp | m | n,
		caseNom | caseAcc | n,
		caseNom | f, caseGen | caseDat | caseIns | casePrp | f, caseAcc | f,
		(caseNom | things) << pluralShift, (caseGen | casePrp | persons) << pluralShift,
		caseDat << pluralShift, caseIns << pluralShift,
	}
	var out []inflectedForm
	stressed := w.ends("ой")
	woman := w.ends("ая") || w.ends("а") || w.ends("яя")
	for i, endings := range row {
		if w.ctx.kind == PER && (woman != (i >= 6 && i <= 8)) && !w.ctx.flags.PluralOK {
			continue // a person has one gender
		}
		for _, e := range endings {
			if i == 0 && stressed != (e == "ой") {
				continue // Большой, Западный
			}
			if w.ends("ий") && class == "sibilant" && strings.HasPrefix(e, "о") && i != 5 {
				continue // рабочий, рабочего
			}
			out = append(out, inflectedForm{stem + e, where[i]})
		}
	}
	return out
}

// phrases lists a term of several words case by case.
func (s *slavic) phrases(c *termContext) []wordForm {
	words := make([][]coreForm, len(c.words))
	for i := range words {
		words[i] = s.cores(c, i)
	}
	var out []wordForm
	for bit := caseNom; bit <= casePrp<<pluralShift; bit <<= 1 {
		for _, g := range []cases{masculine, feminine, neuter} {
			out = append(out, s.inCaseAll(c, words, bit, g)...)
		}
	}
	return out
}

// inCaseAll gives every way to write a term in one case and gender.
func (s *slavic) inCaseAll(c *termContext, words [][]coreForm, bit, gender cases) []wordForm {
	out := []wordForm{{why: caseNames(bit)}}
	for i, forms := range words {
		var grown []wordForm
		for _, f := range forms {
			can := cases(f.allow)
			if can != 0 && (can&bit == 0 || c.kind != PER && bit&singularCases != 0 && can&genders != 0 && can&gender == 0) {
				continue
			}
			for _, o := range out {
				join := ""
				if i > 0 {
					join = c.words[i].lead
				}
				grown = append(grown, wordForm{o.text + join + likeSurface(&c.words[i], f.text), max(o.tier, f.tier), o.why})
			}
		}
		out = grown
	}
	return out
}

// recast writes the new term in the case of the old one. Where the form may be
// several cases and these differ in the new term, the preposition before it
// decides; else the swap is only proposed.
func (s *slavic) recast(w *swap) (recasting, bool) {
	could := s.possibleCases(w)
	prep := w.before()
	governed := false
	if prep != nil {
		if c, ok := s.prepositions[string(w.r.lettersOf(prep))]; ok {
			governed = true
			if both := could & (c | c<<pluralShift); both != 0 {
				could = both
			}
		}
	}
	if !governed && could&^caseNom != 0 && could&caseNom != 0 && w.m.tier == 3 {
		could &^= caseNom
	}
	var texts []string
	for bit := caseNom; bit <= casePrp<<pluralShift; bit <<= 1 {
		if could&bit == 0 {
			continue
		}
		if text, ok := s.inCase(w, bit); ok && !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	if len(texts) == 0 {
		return recasting{}, false
	}
	out := recasting{core: texts[0], certain: true}
	if len(texts) > 1 {
		out.certain, out.why = false, SwapCase
	}
	if w.old.kind != PER && !governed && s.gender(w.old.ctx) != s.gender(w.fresh) {
		out.certain, out.why = false, SwapAgreement
	}
	return out, true
}

// possibleCases gives the cases in which all words of the match agree.
func (s *slavic) possibleCases(w *swap) cases {
	all := singularCases | pluralCases
	could := all
	for k := range w.old.ctx.words {
		text := string(w.r.lettersOf(w.word(k)))
		var here cases
		for _, f := range w.old.ctx.cores(s, k) {
			if f.text == text {
				here |= f.cases
			}
		}
		if here != 0 && could&here != 0 {
			could &= here
		}
	}
	if could == all { // nothing inflects: any case of the singular
		return singularCases
	}
	return could
}

// inCase writes the new term in one case; words that do not inflect stand as
// listed. A plural may stand for a singular where the new term has but one
// number.
func (s *slavic) inCase(w *swap, bit cases) (string, bool) {
	words := w.surfaces()
	gender := s.gender(w.fresh) & genders
	for k := range w.fresh.words {
		listed := &w.fresh.words[k]
		forms := w.fresh.cores(s, k)
		if forms[0].cases&bit != 0 {
			continue
		}
		at := w.formIn(forms, bit, gender)
		if at < 0 {
			other := bit << pluralShift
			if bit > casePrp {
				other = bit >> pluralShift
			}
			if forms[0].cases&other != 0 {
				continue
			}
			if at = w.formIn(forms, other, gender); at < 0 {
				return "", false
			}
		}
		words[k] = likeListed(listed, forms[at].text)
	}
	return w.build(words), true
}

// formIn finds the form in one case, of several the one that ends like the old
// rendering (Ukrainian Алепу, not Алепа); -1 where there is none.
func (w *swap) formIn(forms []coreForm, bit, gender cases) int {
	l := w.r.lettersOf(w.word(w.old.n - 1))
	found := -1
	for i := range forms {
		g := forms[i].cases & genders
		if forms[i].cases&bit == 0 || bit&singularCases != 0 && g != 0 && gender != 0 && g&gender == 0 {
			continue
		}
		if last(forms[i].text) == l[len(l)-1] {
			return i
		}
		if found < 0 {
			found = i
		}
	}
	return found
}

// likeListed writes a normalised form with the letters of the listed word as
// far as they are the same, so that capitals and ё stay.
func likeListed(listed *termWord, form string) string {
	surface := []rune(listed.surface)
	if len(surface) != len(listed.letters) {
		return form
	}
	out := []rune(form)
	for i := range min(len(out), len(surface)) {
		if out[i] != listed.letters[i] {
			break
		}
		out[i] = surface[i]
	}
	return string(out)
}

// gender gives the paradigm family of the head of a term: what agrees with it
// may have to change where it is another one.
func (s *slavic) gender(c *termContext) cases {
	h := s.head(c)
	w := s.word(c, h)
	if s.frozen(c, h) {
		return 0
	}
	classes := s.nounClass(s, w)
	if len(classes) == 0 {
		return 0
	}
	name := classes[0].name
	if strings.HasSuffix(name, "-") {
		return pluralCases
	}
	return genderOf(name)
}

// loadPrepositions reads the cases that prepositions govern.
func loadPrepositions(name string) map[string]cases {
	letters := map[rune]cases{'n': caseNom, 'g': caseGen, 'd': caseDat, 'a': caseAcc, 'i': caseIns, 'p': casePrp}
	out := map[string]cases{}
	fields := loadRules(name).list("cases")
	for i := 0; i+1 < len(fields); i += 2 {
		for _, c := range fields[i+1] {
			out[fields[i]] |= letters[c]
		}
	}
	return out
}
