package glossary

import (
	"slices"
	"strings"
	"sync"
	"unicode"
)

// turkish is the grammar of Turkish (terminology rules, section 3).
type turkish struct {
	sp    *spelling
	chain *automaton
	deriv *automaton // a derivation, with or without a chain
	slots []morpheme
	// derivSlots are slots with the derivations before them.
	derivSlots []morpheme
	fleeting   map[string]bool
	doubling   map[string]bool
	letters    map[rune]string // names of letters
	parsed     kept[chainKey, [][]morpheme]
}

var turkishGrammar = sync.OnceValue(func() grammar {
	rules := loadRules("turkish")
	slots := morphemes(rules["chain"])
	derivSlots := morphemes(append(slices.Clone(rules["derivation"]), rules["chain"]...))
	t := &turkish{
		sp:         newSpelling(spelling{lower: lowerTurkish, fold: foldTurkish, joinsApostrophe: true}),
		chain:      buildAutomaton(slots),
		deriv:      buildAutomaton(derivSlots),
		slots:      slots,
		derivSlots: derivSlots,
		fleeting:   rules.words("fleeting"),
		doubling:   rules.words("doubling"),
		letters:    map[rune]string{},
	}
	names := rules.list("letters")
	for i := 0; i+1 < len(names); i += 2 {
		t.letters[[]rune(names[i])[0]] = names[i+1]
	}
	return t
})

func lowerLatin(r rune) rune {
	if r < 0x80 {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}
	return unicode.ToLower(r)
}

// lowerTurkish keeps dotted and dotless i apart.
func lowerTurkish(r rune) rune {
	switch r {
	case 'I':
		return 'ı'
	case 'İ':
		return 'i'
	}
	return lowerLatin(r)
}

// foldTurkish drops the circumflex, which writers may leave out.
func foldTurkish(r rune, _ int) rune {
	switch r {
	case 'â':
		return 'a'
	case 'î':
		return 'i'
	case 'û':
		return 'u'
	}
	return r
}

// Shells of a Turkish reading: how the suffixes are attached, and their class
// in the bits above.
const (
	trNone      uint16 = iota
	trCaps             // the whole word in capitals, I and İ not told apart
	trApos             // 'CHAIN
	trBare             // CHAIN
	trPossApos         // third person possessive, 'CHAIN: Kurulu'nda
	trAposDeriv        // 'lI
	trBareDeriv        // lI
	trShift     = 3
)

const trModeMask = 1<<trShift - 1

// What a core may stand in.
const (
	trAllowWhole    uint16 = 1 << iota // without a suffix
	trAllowApos                        // with one after an apostrophe
	trAllowBare                        // with one
	trAllowPossApos                    // with a possessive before the apostrophe
	trAllowDeriv                       // with a derivation: another word
	trOnlyPoss                         // stem of an izafet compound: only before plural and possessive
	trOnlyVowel                        // softened or shortened: only before a vowel
	trVowelEnd
	trCapital // listed in capitals
	trNoVowel // never before a vowel unsoftened: -lik, -mek
	trNative  // reads as it is written: harmony can be judged
)

func (t *turkish) spelling() *spelling { return t.sp }

func (t *turkish) read(r *reader, w *word) {
	l := r.lettersOf(w)
	r.readings = append(r.readings, r.plain(w, 0, len(l), trNone))
	caps := w.flags&wordCaps != 0 && hasI(l)
	if caps {
		t.capital(r, w, len(l), trNone)
	}
	if len(l) < 2 || len(l) > 40 {
		return
	}
	if w.apos > 0 {
		t.apostrophe(r, w, l, caps)
		return
	}
	for i := 2; i < len(l); i++ {
		if c := t.chain.match(l[i:]); c != 0 {
			t.add(r, w, i, trBare|uint16(c)<<trShift, caps)
		}
		if c := t.deriv.match(l[i:]); c&chainDeriv != 0 {
			t.add(r, w, i, trBareDeriv|uint16(c)<<trShift, caps)
		}
	}
}

func hasI(l []rune) bool {
	return slices.Contains(l, 'ı') || slices.Contains(l, 'i')
}

// apostrophe reads a word with suffixes behind an apostrophe.
func (t *turkish) apostrophe(r *reader, w *word, l []rune, caps bool) {
	at := int(w.apos)
	if c := t.deriv.match(l[at:]); c&chainDeriv != 0 {
		t.add(r, w, at, trAposDeriv|uint16(c)<<trShift, caps)
	}
	c := t.chain.match(l[at:])
	if c == 0 {
		return
	}
	t.add(r, w, at, trApos|uint16(c)<<trShift, caps)
	if at < 4 || !strings.ContainsRune("ıiuü", l[at-1]) {
		return
	}
	t.add(r, w, at-1, trPossApos|uint16(chainC)<<trShift, caps)
	if l[at-2] == 's' {
		t.add(r, w, at-2, trPossApos|uint16(chainV)<<trShift, caps)
	}
}

// add appends a reading, and the one that does not tell I from İ.
func (t *turkish) add(r *reader, w *word, to int, shell uint16, caps bool) {
	r.readings = append(r.readings, r.plain(w, 0, to, shell))
	if caps {
		t.capital(r, w, to, shell)
	}
}

// capital appends the reading of a word in capitals in which I may stand for
// İ: names are often set that way (IDLIB).
func (t *turkish) capital(r *reader, w *word, to int, shell uint16) {
	h := hashCaps(r.lettersOf(w)[:to])
	r.readings = append(r.readings, reading{core: h, shell: shell, to: int16(to), caps: true})
}

// capsSeed keeps the readings of words in capitals apart from the others.
const capsSeed = letterSeed ^ 0xc0ffee

func hashCaps(l []rune) uint64 {
	h := capsSeed
	for _, c := range l {
		h = hashRune(h, foldCaps(c))
	}
	return h
}

func foldCaps(c rune) rune {
	if c == 'ı' {
		return 'i'
	}
	return foldTurkish(c, 0)
}

// cores generates the stems of word i. Only the last word takes suffixes.
func (t *turkish) cores(c *termContext, i int) []coreForm {
	out := t.plainCores(c, i)
	if !c.proper() {
		return out
	}
	for _, f := range out {
		if strings.ContainsAny(f.text, "ıi") {
			f.mark, f.tier, f.why = markCaps, max(f.tier, 1), "in capitals"
			out = append(out, f)
		}
	}
	return out
}

func (t *turkish) plainCores(c *termContext, i int) []coreForm {
	w := &c.words[i]
	text := string(w.letters)
	base := coreForm{text: text, allow: trAllowWhole, why: "listed"}
	if w.flags&wordCaps != 0 {
		base.allow |= trCapital
	}
	if i < c.last() {
		return []coreForm{base}
	}
	if isVowel(w.letters[len(w.letters)-1]) {
		base.allow |= trVowelEnd
	}
	if t.native(c) {
		base.allow |= trNative
	}
	base.allow |= trAllowApos
	acronym := w.flags&wordCaps != 0 && len(w.letters) <= 6
	institution := !acronym && (c.kind != PER && c.kind != LOC || w.flags&wordCapital == 0)
	if c.kind != NISBA && c.kind != COMMON && c.kind != TERM && c.kind != GROUP && c.class != classDerived {
		base.allow |= trAllowDeriv
	}
	if c.kind == PER && c.flags.PluralOK { // Esedler: the family
		lar := spell("lAr", lastVowel(w.letters), w.letters[len(w.letters)-1])[0].text
		return []coreForm{base, {text: text + lar, allow: trAllowWhole | trAllowBare | base.allow&trNative, tier: 3, why: "plural"}}
	}
	if c.flags.Indeclinable && !c.flags.DNT || !institution {
		return []coreForm{base}
	}
	base.allow |= trAllowBare | trAllowPossApos
	if t.mustSoften(text) {
		base.allow |= trNoVowel
	}
	return append([]coreForm{base}, t.stems(c, i, base)...)
}

// mustSoften reports words whose last k is always softened before a vowel:
// abstract nouns and infinitives.
func (t *turkish) mustSoften(w string) bool {
	for _, end := range []string{"lik", "lık", "luk", "lük", "mek", "mak", "cek", "cak"} {
		if strings.HasSuffix(w, end) && len(w) > len(end)+2 {
			return true
		}
	}
	return false
}

// native reports whether a term reads as it is written, so that the harmony
// of its suffixes can be judged: a common word, a name with letters that only
// Turkish has, or a place or institution whose Turkish spelling differs from
// the English one (Halep, but not Washington). Names of persons are pronounced
// as abroad (Trump'ın).
func (t *turkish) native(c *termContext) bool {
	if !c.proper() {
		return true
	}
	w := &c.words[c.last()]
	turkishLetters := strings.ContainsAny(w.surface, "şğıİöüçŞĞÖÜÇ")
	switch {
	case w.flags&wordCaps != 0:
		return false
	case turkishLetters:
		return true
	case c.kind == PER:
		return false
	}
	for i := range c.words {
		if strings.Contains(c.source, c.words[i].surface) {
			return false
		}
	}
	return true
}

// stems gives the stems to which suffixes are joined directly: softened,
// shortened, doubled, and without the possessive of an izafet compound.
func (t *turkish) stems(c *termContext, i int, base coreForm) []coreForm {
	var out []coreForm
	l := c.words[i].letters
	only := base.allow&(trNative|trAllowDeriv|trCapital) | trAllowBare | trOnlyVowel
	for _, s := range t.vowelStems(l) {
		out = append(out, coreForm{text: s, allow: only, tier: 3, why: "before a vowel"})
	}
	if i == 0 || c.kind == NISBA {
		return out
	}
	for _, s := range izafetStems(l) {
		f := coreForm{text: string(s), allow: base.allow&trNative | trAllowBare | trOnlyPoss | trAllowDeriv, tier: 3, why: "without the possessive"}
		if isVowel(s[len(s)-1]) {
			f.allow |= trVowelEnd
		}
		out = append(out, f)
	}
	return out
}

// vowelStems gives the stems of a word that stand only before a vowel.
func (t *turkish) vowelStems(l []rune) []string {
	n := len(l)
	var out []string
	if n >= 3 {
		if soft := soften(l[n-1], l[n-2]); soft != 0 {
			out = append(out, string(l[:n-1])+string(soft))
		}
	}
	word := string(l)
	if t.fleeting[word] {
		out = append(out, string(l[:n-2])+string(l[n-1]))
	}
	if t.doubling[word] {
		last := l[n-1]
		switch last {
		case 't':
			if word == "ret" {
				last = 'd'
			}
		case 'p':
			last = 'b'
		}
		out = append(out, string(l[:n-1])+string(last)+string(last))
	}
	return out
}

// soften gives the letter that a final consonant becomes before a vowel.
func soften(last, before rune) rune {
	switch last {
	case 'p':
		return 'b'
	case 'ç':
		return 'c'
	case 't':
		return 'd'
	case 'k':
		if before == 'n' {
			return 'g'
		}
		return 'ğ'
	}
	return 0
}

// izafetStems takes the possessive of the third person off the last word of a
// compound: bombası, bomba; Birliği, Birlik and Birliğ.
func izafetStems(l []rune) [][]rune {
	n := len(l)
	if n < 4 || !strings.ContainsRune("ıiuü", l[n-1]) {
		return nil
	}
	if l[n-2] == 's' && isVowel(l[n-3]) {
		return [][]rune{l[:n-2], l[:n-1]} // bomba-sı, ofis-i
	}
	if isVowel(l[n-2]) {
		return nil
	}
	out := [][]rune{l[:n-1]}
	if l[n-2] == l[n-3] { // hakkı, hak
		out = append(out, l[:n-2])
	} else if !isVowel(l[n-3]) { // şehri, şehir
		out = append(out, append(slices.Clone(l[:n-2]), harmonyI(lastVowel(l[:n-2])), l[n-2]))
	}
	hard := map[rune]rune{'ğ': 'k', 'b': 'p', 'c': 'ç', 'd': 't'}
	if h := hard[l[n-2]]; h != 0 {
		out = append(out, append(slices.Clone(l[:n-2]), h))
	}
	return out
}

func (t *turkish) fits(r *reader, w *word, rd *reading, f *form) (fit, bool) {
	out := fit{tier: f.tier}
	if (f.mark != 0) != rd.caps {
		return out, false
	}
	if rd.caps || r.exact(w, rd) != f.exact {
		if !rd.caps && w.flags&wordAccent != 0 {
			return out, false // a circumflex may be left out, not put in
		}
		out.tier = max(out.tier, 1)
		out.notes |= noteOrthography
	}
	if w.flags&wordCaps != 0 && f.allow&trCapital == 0 && hasI(r.lettersOf(w)) {
		out.tier = max(out.tier, 1) // set in capitals, where I and İ get mixed up
	}
	class := chainClass(rd.shell >> trShift)
	switch rd.shell & trModeMask {
	case trNone:
		return out, f.allow&trAllowWhole != 0
	case trApos:
		out.tier = max(out.tier, 2)
		return t.shell(r, w, rd, f, out), f.allow&trAllowApos != 0
	case trPossApos:
		out.tier = 3
		ok := f.allow&trAllowPossApos != 0 && t.attaches(class, f)
		out = t.shell(r, w, rd, f, out)
		return out, ok && out.notes&noteHarmony == 0
	case trBare:
		out.tier = 3
		out = t.shell(r, w, rd, f, out)
		ok := f.allow&trAllowBare != 0 && t.attaches(class, f) && !singleConsonant(r.lettersOf(w)[rd.to:])
		return out, ok && (out.notes&noteHarmony == 0 || loanHarmony(r.lettersOf(w)[:rd.to], r.lettersOf(w)[rd.to:]))
	}
	out.tier = 3
	out.notes |= noteDerived
	initials := rd.shell&trModeMask == trBareDeriv && f.allow&trCapital != 0 // ABD'li needs its apostrophe
	return t.shell(r, w, rd, f, out), f.allow&trAllowDeriv != 0 && !initials
}

// attaches reports whether a chain of this class may be joined to the stem.
func (t *turkish) attaches(class chainClass, f *form) bool {
	switch {
	case f.allow&trOnlyVowel != 0 && class&chainVowel == 0,
		f.allow&trNoVowel != 0 && class&chainVowel != 0,
		f.allow&trOnlyPoss != 0 && class&(chainPoss|chainPlural) != chainPoss|chainPlural,
		f.allow&trVowelEnd != 0 && class&chainV == 0,
		f.allow&trVowelEnd == 0 && class&chainC == 0:
		return false
	}
	return true
}

// shell notes the suffix, and where it does not fit the stem.
func (t *turkish) shell(r *reader, w *word, rd *reading, f *form, out fit) fit {
	out.notes |= noteShell
	l := r.lettersOf(w)
	if f.allow&trNative != 0 && (!harmonious(l[:rd.to], l[rd.to:]) || !buffered(rd, f)) {
		out.notes |= noteHarmony
	}
	return out
}

// buffered reports whether a suffix after an apostrophe has the buffer
// consonant that the end of the stem asks for.
func buffered(rd *reading, f *form) bool {
	if rd.shell&trModeMask != trApos {
		return true
	}
	want := chainC
	if f.allow&trVowelEnd != 0 {
		want = chainV
	}
	return chainClass(rd.shell>>trShift)&want != 0
}

// harmonious reports whether the first vowel and a first d or t of a suffix
// follow from the stem. Words may break the rule (saatler), so that a
// mismatch is only worth a warning.
func harmonious(stem, suffix []rune) bool {
	if len(stem) == 0 || len(suffix) == 0 {
		return true
	}
	last := stem[len(stem)-1]
	if (suffix[0] == 'd' || suffix[0] == 't') && !isVowel(last) && voicing(last, 'd', 't')[0] != suffix[0] {
		return false
	}
	v := lastVowel(stem)
	if v == 0 {
		return true
	}
	for _, c := range suffix {
		if isVowel(c) {
			return c == harmonyA(v) || c == harmonyI(v)
		}
	}
	return true
}

func lastVowel(l []rune) rune {
	for i := len(l) - 1; i >= 0; i-- {
		if isVowel(l[i]) {
			return l[i]
		}
	}
	return 0
}

// singleConsonant reports the possessives -m and -n by themselves, which news
// does not put on terms: one letter is more often a slip.
func singleConsonant(suffix []rune) bool {
	return len(suffix) == 1 && !isVowel(suffix[0])
}

// loanHarmony reports the loan words that take front suffixes after a back
// vowel: işgali, kontrolü, saatler.
func loanHarmony(stem, suffix []rune) bool {
	last := stem[len(stem)-1]
	if last != 'l' && last != 't' || !strings.ContainsRune("aou", lastVowel(stem)) {
		return false
	}
	for _, c := range suffix {
		if isVowel(c) {
			return strings.ContainsRune("eiü", c) && (suffix[0] != 'd' || last != 't')
		}
	}
	return true
}

// agree: the harmony of a suffix that is joined directly has been settled.
func (t *turkish) agree(_ *reader, tm *term, m *match, _ []fit) {
	if !tm.ctx.proper() {
		m.notes &^= noteHarmony
	}
}

// turkishSamples are chains for listing: plural, possessive and case, in the
// harmony of the stem.
var turkishSamples = []struct{ after, form, why string }{
	{"C", "I", "accusative"}, {"V", "yI", "accusative"}, {"C", "A", "dative"}, {"V", "yA", "dative"},
	{"CV", "DA", "locative"}, {"CV", "DAn", "ablative"}, {"C", "In", "genitive"}, {"V", "nIn", "genitive"},
	{"C", "lA", "with"}, {"V", "ylA", "with"}, {"CV", "DAki", "which is in"}, {"CV", "DAkilAr", "those in"},
	{"C", "DIr", "is"}, {"V", "ydI", "was"}, {"V", "nA", "dative"}, {"V", "nDA", "locative"}, {"V", "nDAn", "ablative"},
}

// turkishPlurals are chains that only bare suffixes have.
var turkishPlurals = []struct{ after, form, why string }{
	{"CV", "lAr", "plural"}, {"CV", "lArI", "plural, possessive"}, {"CV", "lArInA", "plural, possessive, dative"},
	{"CV", "lArA", "plural, dative"}, {"CV", "lArIn", "plural, genitive"}, {"CV", "lArIylA", "plural, possessive, with"},
	{"CV", "lArdAn", "plural, ablative"}, {"C", "ImIz", "our"}, {"V", "mIz", "our"}, {"C", "I", "possessive"},
	{"V", "sI", "possessive"}, {"V", "sInA", "possessive, dative"}, {"C", "InA", "possessive, dative"},
}

// sampleFits reports whether a suffix may be joined to the stem as regards its
// first letter.
func (t *turkish) sampleFits(f *coreForm, form string) bool {
	if vowel := strings.ContainsAny(form[:1], "AI"); vowel {
		return f.allow&trNoVowel == 0
	}
	return f.allow&trOnlyVowel == 0
}

func (t *turkish) shells(c *termContext, i int, f *coreForm, full bool) []wordForm {
	var out []wordForm
	if f.allow&trAllowWhole != 0 {
		out = append(out, wordForm{f.text, f.tier, f.why})
	}
	if !full || f.mark != 0 {
		return out
	}
	l := []rune(f.text)
	after := "C"
	if f.allow&trVowelEnd != 0 {
		after = "V"
	}
	add := func(form, why, join string, tier int8) {
		for _, s := range spell(form, lastVowel(l), l[len(l)-1]) {
			out = append(out, wordForm{f.text + join + s.text, tier, why})
		}
	}
	for _, s := range turkishSamples {
		if !strings.Contains(s.after, after) {
			continue
		}
		if f.allow&trAllowApos != 0 {
			add(s.form, s.why, "'", max(f.tier, 2))
		}
		if f.allow&trAllowBare != 0 && f.allow&trOnlyPoss == 0 && t.sampleFits(f, s.form) {
			add(s.form, s.why, "", 3)
		}
	}
	for _, s := range turkishPlurals {
		possessive := strings.HasPrefix(s.why, "plural, possessive")
		if f.allow&trAllowBare == 0 || !strings.Contains(s.after, after) || f.allow&trOnlyPoss != 0 && !possessive ||
			!t.sampleFits(f, s.form) {
			continue
		}
		add(s.form, s.why, "", 3)
	}
	if f.allow&trAllowDeriv != 0 && f.allow&trAllowApos != 0 {
		add("lI", "derived", "", 3)
		add("lI", "derived", "'", 3)
	}
	return out
}

// recast writes the new term with the suffixes of the old one: their vowels,
// consonants and buffers follow from the new stem.
func (t *turkish) recast(s *swap) (recasting, bool) {
	out := recasting{core: s.build(s.surfaces()), certain: true}
	mode := s.last.shell & trModeMask
	if mode == trNone || mode == trCaps {
		return out, true
	}
	w := s.word(s.old.n - 1)
	suffix := s.r.lettersOf(w)[s.last.to:]
	if mode == trPossApos {
		return recasting{}, false
	}
	stem := s.fresh.words[s.fresh.last()].letters
	texts := t.resuffix(s, suffix, stem)
	if len(texts) == 0 {
		return recasting{}, false
	}
	out.suffix = texts[0]
	if len(texts) > 1 {
		out.certain, out.why = false, SwapInflected
	}
	if !t.pronounced(s.fresh) {
		out.certain, out.why = false, SwapHarmony
	}
	if mode == trBare || mode == trBareDeriv {
		if soft := t.vowelStems(stem); len(soft) > 0 && isVowel([]rune(out.suffix)[0]) {
			out.certain, out.why = false, SwapInflected
		}
	}
	if w.flags&wordCaps != 0 && s.old.ctx.words[s.old.ctx.last()].flags&wordCaps == 0 {
		out.suffix = strings.ToUpperSpecial(unicode.TurkishCase, out.suffix)
	}
	return out, true
}

// resuffix takes a suffix chain apart and spells it after another stem. Where
// the chain has several readings of the fewest suffixes, each spelling is
// given.
func (t *turkish) resuffix(s *swap, suffix, stem []rune) []string {
	slots := t.slots
	if s.last.shell&trModeMask == trAposDeriv || s.last.shell&trModeMask == trBareDeriv {
		slots = t.derivSlots
	}
	oldStem := s.r.lettersOf(s.word(s.old.n - 1))[:s.last.to]
	var chains [][]morpheme
	for _, ctx := range t.contexts(s.old.ctx, oldStem) {
		chains = append(chains, t.chains(slots, ctx, string(suffix))...)
	}
	if len(chains) == 0 {
		for _, ctx := range []byte{ctxC, ctxV, ctxP} {
			chains = append(chains, t.chains(slots, ctx, string(suffix))...)
		}
	}
	name := s.old.kind == PER || s.old.kind == LOC
	fewest := 0
	for _, c := range chains {
		if fewest == 0 || chainCost(c, name) < fewest {
			fewest = chainCost(c, name)
		}
	}
	var out []string
	for _, c := range chains {
		if chainCost(c, name) > fewest {
			continue
		}
		ctx := t.contexts(s.fresh, stem)[0]
		if text, ok := spellChain(slots, c, ctx, t.spokenVowel(s.fresh), t.spokenLast(s.fresh)); ok && !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}

// chainCost prefers few suffixes, and case to possessive on a name.
func chainCost(c []morpheme, name bool) int {
	cost := 10 * len(c)
	for _, m := range c {
		if name && m.name == "poss" {
			cost++
		}
	}
	return cost
}

// contexts gives what a stem ends in, the likelier first: a compound or an
// institution that ends in a vowel ends in a possessive.
func (t *turkish) contexts(c *termContext, stem []rune) []byte {
	last := stem[len(stem)-1]
	if w := c.words[c.last()]; w.flags&wordCaps != 0 {
		name := []rune(t.spokenName(c))
		last = name[len(name)-1]
	}
	switch {
	case !isVowel(last):
		return []byte{ctxC}
	case len(c.words) > 1 && c.kind != PER && strings.ContainsRune("ıiuü", last):
		return []byte{ctxP, ctxV}
	}
	return []byte{ctxV, ctxP}
}

// chainKey is what the ways to take a suffix chain apart depend on.
type chainKey struct {
	slots *morpheme
	ctx   byte
	text  string
}

// chains gives every way to read text as a chain after some stem.
func (t *turkish) chains(slots []morpheme, ctx byte, text string) [][]morpheme {
	key := chainKey{&slots[0], ctx, text}
	out, ok := t.parsed.get(key)
	if !ok {
		out = parseChain(slots, 0, ctx, 0, 0, text)
		t.parsed.put(key, out)
	}
	return out
}

// parseChain gives every way to spell text as a chain.
func parseChain(slots []morpheme, slot int, ctx byte, vowel, last rune, text string) [][]morpheme {
	if text == "" {
		return [][]morpheme{nil}
	}
	var out [][]morpheme
	for _, m := range slots {
		if m.slot < slot || strings.IndexByte(m.after, ctx) < 0 {
			continue
		}
		for _, sp := range spell(m.form, vowel, last) {
			rest, ok := strings.CutPrefix(text, sp.text)
			if !ok {
				continue
			}
			for _, tail := range parseChain(slots, m.slot+1, contextAfter(sp.last, m.poss), sp.vowel, sp.last, rest) {
				out = append(out, append([]morpheme{m}, tail...))
			}
		}
	}
	return out
}

// spellChain spells the suffixes after another stem.
func spellChain(slots []morpheme, chain []morpheme, ctx byte, vowel, last rune) (string, bool) {
	var b strings.Builder
	for _, m := range chain {
		found := false
		for _, n := range slots {
			if n.slot != m.slot || strings.IndexByte(n.after, ctx) < 0 || suffixKey(n) != suffixKey(m) {
				continue
			}
			sp := spell(n.form, vowel, last)
			if len(sp) != 1 {
				return "", false
			}
			b.WriteString(sp[0].text)
			vowel, last, ctx, found = sp[0].vowel, sp[0].last, contextAfter(sp[0].last, n.poss), true
			break
		}
		if !found {
			return "", false
		}
	}
	return b.String(), true
}

// suffixKey names a suffix whatever stands before it: I, yI and nI are all
// the accusative.
func suffixKey(m morpheme) string {
	f := m.form
	if m.name == "poss" && !m.poss {
		return strings.TrimPrefix(f, "I")
	}
	for _, buffer := range []string{"y", "n", "s"} {
		if rest, ok := strings.CutPrefix(f, buffer); ok && rest != "" && strings.ContainsAny(rest[:1], "AIDKlms") {
			return rest
		}
	}
	return f
}

// spokenName gives the name of the last letter of an initialism that is read
// letter by letter, or the word itself.
func (t *turkish) spokenName(c *termContext) string {
	w := c.words[c.last()]
	if w.flags&wordCaps == 0 {
		return string(w.letters)
	}
	for _, r := range w.letters {
		if isVowel(r) {
			return string(w.letters)
		}
	}
	return t.letters[w.letters[len(w.letters)-1]]
}

func (t *turkish) spokenVowel(c *termContext) rune {
	if v := lastVowel([]rune(t.spokenName(c))); v != 0 {
		return v
	}
	return 'e'
}

func (t *turkish) spokenLast(c *termContext) rune {
	name := []rune(t.spokenName(c))
	return name[len(name)-1]
}

// pronounced reports whether the new name can be read off its spelling.
func (t *turkish) pronounced(c *termContext) bool {
	w := c.words[c.last()]
	if w.flags&wordCaps != 0 {
		vowels := 0
		for _, r := range w.letters {
			if isVowel(r) {
				vowels++
			}
		}
		last := w.letters[len(w.letters)-1]
		return vowels == 0 && last != 'k' && last != 'h'
	}
	s := string(w.letters)
	if strings.ContainsAny(s, "wqxáéíóúàèäëñ'") {
		return false
	}
	for _, cluster := range []string{"th", "sh", "ch", "ck", "ph", "oo", "ee", "ou", "ay", "ey", "eau", "mp", "gh"} {
		if strings.Contains(s, cluster) {
			return false
		}
	}
	return true
}
