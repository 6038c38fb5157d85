package glossary

import (
	"slices"
	"strings"
	"sync"
)

// arabic is the grammar of Arabic (terminology rules, section 2).
type arabic struct {
	sp            *spelling
	enclitics     [][]rune
	shortEnclitic map[string]bool
	endings       map[string][]arabicEnding
	particles     map[string]bool
	beforePlace   map[string]bool
	adverbs       map[string]bool
}

// arabicEnding is one line of [endings].
type arabicEnding struct {
	cut  int
	add  string
	host bool
	why  string
	mark uint8 // kind of ending and its length
}

// Kinds of endings, for the agreement of the words of a term.
const (
	arBaseForm uint8 = iota
	arAccusative
	arFeminine
	arDual
	arPlural
	arDualPlural // ين is either
	arFeminines
	arConstruct
	arPronoun
	arDualConstruct // ا without fathatan: the accusative, or a dual before a genitive
)

// The mark of a core: how many letters its ending has, and the kind above.
const (
	arEndLetters = 3
	arEndShift   = 2
)

// endingMark codes an ending.
func endingMark(e arabicEnding) uint8 {
	kinds := map[string]uint8{
		"accusative": arAccusative, "feminine": arFeminine, "dual": arDual, "dual/plural": arDualPlural,
		"plural": arPlural, "construct": arConstruct,
	}
	kind := kinds[e.why]
	switch {
	case e.host:
		kind = arPronoun
	case e.why == "plural" && strings.HasSuffix(e.add, "ات"):
		kind = arFeminines
	}
	return kind<<arEndShift | uint8(min(len([]rune(e.add)), arEndLetters))
}

var arabicGrammar = sync.OnceValue(func() grammar {
	rules := loadRules("arabic")
	a := &arabic{
		sp:            newSpelling(spelling{lower: arabicLetter, fold: arabicFold}),
		shortEnclitic: rules.words("enclitics-short"),
		endings:       map[string][]arabicEnding{},
		particles:     normalWords(rules.words("particles")),
		beforePlace:   normalWords(rules.words("before-place")),
		adverbs:       normalWords(rules.words("adverbs")),
	}
	for _, e := range rules.list("enclitics") {
		a.enclitics = append(a.enclitics, []rune(e))
	}
	for _, f := range rules["endings"] {
		e := arabicEnding{cut: int(f[1][0] - '0'), add: f[2], host: f[3] == "host", why: f[4]}
		e.mark = endingMark(e)
		if e.add != "" {
			e.why += " ـ" + e.add
		}
		a.endings[f[0]] = append(a.endings[f[0]], e)
	}
	return a
})

func normalWords(set map[string]bool) map[string]bool {
	out := make(map[string]bool, len(set))
	for w := range set {
		out[foldArabic(w)] = true
	}
	return out
}

// foldArabic gives the tier 1 form of a word.
func foldArabic(w string) string {
	rs := []rune(w)
	for i, r := range rs {
		rs[i] = arabicFold(r, len(rs))
	}
	return string(rs)
}

// arabicLetter maps letters of Persian keyboards and alef wasla to the Arabic
// ones (L0).
func arabicLetter(r rune) rune {
	switch r {
	case 'ک', 'ڪ':
		return 'ك'
	case 'ی':
		return 'ي'
	case 'ھ', 'ہ', 'ە':
		return 'ه'
	case 'ٱ':
		return 'ا'
	}
	if r < 0x0600 {
		return lowerLatin(r)
	}
	return r
}

// arabicFold is L1: hamza seats, and alef maqsura in words of more than three
// letters. ة is never folded to ه.
func arabicFold(r rune, n int) rune {
	switch r {
	case 'أ', 'إ', 'آ':
		return 'ا'
	case 'ؤ', 'ئ':
		return 'ء'
	case 'ى':
		if n > 3 {
			return 'ي'
		}
	}
	return r
}

// Shells: the affixes around a core.
const (
	arConj  uint16 = 1 << iota
	arPrepB        // ب
	arPrepK        // ك
	arPrepL        // ل
	arArticle
	arEnclitic
	arWrong // لالX, لللX
	arConjF // the conjunction is ف
)

const arPrep = arPrepB | arPrepK | arPrepL

// What a core may stand in.
const (
	arBare      uint16 = 1 << iota // without the article
	arDefinite                     // with it
	arProclitic                    // after conjunction and preposition
	arHost                         // only before an enclitic
	arTanwin                       // only with fathatan
	arNoTanwin                     // never with it
	arStored                       // the listed word has the article
	arShortWord                    // three letters or fewer
)

func (*arabic) isArabic(l []rune) bool { return len(l) > 0 && scriptOf(l[0]) == scriptArabic }

func (a *arabic) spelling() *spelling { return a.sp }

// read takes a word apart: conjunction, preposition, article, core, enclitic.
func (a *arabic) read(r *reader, w *word) {
	l := r.lettersOf(w)
	if !a.isArabic(l) || len(l) > 60 {
		r.readings = append(r.readings, r.plain(w, 0, len(l), 0))
		return
	}
	a.afterConj(r, w, l, 0, 0)
	if len(l) >= 3 && (l[0] == 'و' || l[0] == 'ف') {
		conj := arConj
		if l[0] == 'ف' {
			conj |= arConjF
		}
		a.afterConj(r, w, l, 1, conj)
	}
}

// afterConj reads on after the conjunction, with and without a preposition.
func (a *arabic) afterConj(r *reader, w *word, l []rune, at int, shell uint16) {
	a.article(r, w, l, at, shell)
	if len(l)-at < 3 {
		return
	}
	switch l[at] {
	case 'ب':
		a.article(r, w, l, at+1, shell|arPrepB)
	case 'ك':
		a.article(r, w, l, at+1, shell|arPrepK)
	case 'ل':
		a.article(r, w, l, at+1, shell|arPrepL)
		a.lam(r, w, l, at, shell|arPrepL)
	}
}

// article reads on with and without the article.
func (a *arabic) article(r *reader, w *word, l []rune, at int, shell uint16) {
	a.enclitic(r, w, l, at, shell)
	if len(l)-at < 4 || l[at] != 'ا' || l[at+1] != 'ل' {
		return
	}
	shell |= arArticle
	if shell&arPrepL != 0 {
		shell |= arWrong // لالX for للX
	}
	a.enclitic(r, w, l, at+2, shell)
}

// lam reads لل: the preposition and the article in one. A word in ل has lost
// one lam.
func (a *arabic) lam(r *reader, w *word, l []rune, at int, shell uint16) {
	if l[at+1] != 'ل' || len(l)-at < 3 {
		return
	}
	shell |= arArticle
	if len(l)-at >= 4 {
		whole := shell
		if l[at+2] == 'ل' {
			whole |= arWrong // لللX
		}
		a.enclitic(r, w, l, at+2, whole)
	}
	a.enclitic(r, w, l, at+1, shell)
}

// enclitic ends a reading, with and without a pronoun.
func (a *arabic) enclitic(r *reader, w *word, l []rune, at int, shell uint16) {
	if len(l)-at < 2 && at > 0 {
		return
	}
	r.readings = append(r.readings, r.plain(w, at, len(l), shell))
	if shell&arArticle != 0 || len(l)-at < 4 {
		return
	}
	for _, e := range a.enclitics {
		n := len(l) - len(e)
		if n-at >= 3 && slices.Equal(l[n:], e) {
			r.readings = append(r.readings, r.plain(w, at, n, shell|arEnclitic))
		}
	}
}

// hasArticle is decided on the unfolded letters: ألمانيا has none.
func hasArticle(l []rune) bool {
	return len(l) >= 4 && l[0] == 'ا' && l[1] == 'ل'
}

// cores generates the forms of word i (terminology rules, section 2).
func (a *arabic) cores(c *termContext, i int) []coreForm {
	l := c.words[i].letters
	allow := uint16(0)
	if i == 0 {
		allow = arProclitic
	}
	if !a.isArabic(l) {
		return []coreForm{{text: string(l), allow: allow | arBare, why: "listed"}}
	}
	free := a.free(c, i)
	stem := l
	if hasArticle(l) {
		stem = l[2:]
		allow |= arStored | arDefinite
		if free {
			allow |= arBare
		}
	} else {
		allow |= arBare
		if free {
			allow |= arDefinite
		}
	}
	if len(stem) <= 3 || c.flags.Short {
		allow |= arShortWord
	}
	if c.proper() {
		return a.properCores(c, i, stem, allow)
	}
	return a.commonCores(c, i, stem, allow)
}

// free reports whether word i of a term may stand with and without article.
func (a *arabic) free(c *termContext, i int) bool {
	switch c.flags.Article {
	case "free":
		return !a.frozen(c, i)
	case "fixed":
		return false
	}
	return !c.proper() && !a.frozen(c, i)
}

// frozen reports words within a term that neither inflect nor agree:
// particles, adverbs in ـًا, and words with a preposition of their own.
func (a *arabic) frozen(c *termContext, i int) bool {
	w := &c.words[i]
	if !a.isArabic(w.letters) {
		return true
	}
	s := foldArabic(string(w.letters))
	if a.particles[s] {
		return true
	}
	if i == 0 {
		return false
	}
	if w.flags&wordTanwin != 0 || strings.HasSuffix(s, "يا") && len(w.letters) >= 5 {
		return true
	}
	return strings.HasPrefix(s, "بال") || strings.HasPrefix(s, "لل")
}

// properCores are the forms of a name: frozen, with the few changes that case
// makes to some of them.
func (a *arabic) properCores(c *termContext, i int, stem []rune, allow uint16) []coreForm {
	base := coreForm{text: string(stem), allow: allow, why: "listed"}
	if stem[len(stem)-1] == 'ا' {
		base.allow |= arNoTanwin
	}
	out := []coreForm{base}
	add := func(text, why string) {
		out = append(out, coreForm{text: text, allow: allow, tier: 3, why: why})
	}
	s := string(stem)
	switch {
	case c.flags.Triptote && !c.flags.Indeclinable:
		add(s+"ا", "accusative")
	case c.kind == ORG && len(stem) >= 5 && strings.HasSuffix(s, "ون"):
		add(strings.TrimSuffix(s, "ون")+"ين", "case")
	case c.kind == ORG && len(stem) >= 5 && strings.HasSuffix(s, "ين"):
		add(strings.TrimSuffix(s, "ين")+"ون", "case")
	}
	if i < c.last() {
		switch f := foldArabic(s); f {
		case "ابو", "ابا", "ابي":
			for _, v := range []string{"أبو", "أبا", "أبي"} {
				if foldArabic(v) != f {
					add(v, "case")
				}
			}
		}
	}
	return out
}

// commonCores are the forms of a word that inflects.
func (a *arabic) commonCores(c *termContext, i int, stem []rune, allow uint16) []coreForm {
	out := []coreForm{{text: string(stem), allow: allow, why: "listed"}}
	if c.flags.Indeclinable || a.frozen(c, i) {
		return out
	}
	nisba := c.kind == NISBA || stem[len(stem)-1] == 'ي' && len(stem) >= 4
	if allow&arShortWord != 0 {
		if last := stem[len(stem)-1]; last != 'ة' && last != 'ا' && last != 'ى' {
			out = append(out, coreForm{text: string(stem) + "ا", allow: allow | arTanwin, tier: 2, why: "accusative", mark: arAccusative<<arEndShift | 1})
		}
		if !nisba && len(stem) >= 3 {
			out = append(out, coreForm{text: hostStem(stem), allow: allow | arHost, tier: 2, why: "pronoun", mark: arPronoun << arEndShift})
		}
		return out
	}
	if strings.HasSuffix(c.words[i].surface, "ٍ") { // محامٍ, المحامي
		out = append(out, coreForm{text: string(stem) + "ي", allow: allow, tier: 3, why: "definite", mark: 1})
	}
	if defective(c.kind, stem) { // قاضي, قاضٍ
		out = append(out, coreForm{text: string(stem[:len(stem)-1]), allow: allow &^ arDefinite, tier: 3, why: "indefinite"})
	}
	for _, class := range a.endingClasses(c, stem) {
		for _, e := range a.endings[class] {
			if e.host && nisba {
				continue
			}
			f := coreForm{text: string(stem[:len(stem)-e.cut]) + e.add, allow: allow, tier: 3, why: e.why, mark: e.mark}
			if e.host {
				f.allow |= arHost
			}
			out = append(out, f)
		}
	}
	return out
}

// defective reports a noun in -ي whose ي goes in the indefinite: قاضي,
// أراضي. A nisba keeps it.
func defective(kind Kind, stem []rune) bool {
	n := len(stem)
	if kind != COMMON && kind != TERM || n < 4 || n > 5 || stem[n-1] != 'ي' {
		return false
	}
	return stem[n-3] == 'ا'
}

// hostStem is the stem before a pronoun: ة becomes ت, ى becomes ا.
func hostStem(stem []rune) string {
	n := len(stem) - 1
	switch stem[n] {
	case 'ة':
		return string(stem[:n]) + "ت"
	case 'ى':
		return string(stem[:n]) + "ا"
	}
	return string(stem)
}

// endingClasses gives the sections of [endings] that hold for a stem. A word
// in ون or ين may be a sound plural or no plural at all (قانون), so that it
// takes the general endings as well.
func (a *arabic) endingClasses(c *termContext, stem []rune) []string {
	s, n := string(stem), len(stem)
	people := c.kind == GROUP || c.kind == NISBA
	switch {
	case strings.HasSuffix(s, "ة"):
		return []string{"ة"}
	case strings.HasSuffix(s, "ى"):
		return []string{"ى"}
	case strings.HasSuffix(s, "اء"):
		return []string{"اء"}
	case strings.HasSuffix(s, "ات") && n >= 5:
		return []string{"ات"}
	case strings.HasSuffix(s, "تان") && n >= 6:
		return []string{"تان"}
	case strings.HasSuffix(s, "تين") && n >= 6:
		return []string{"تين"}
	case strings.HasSuffix(s, "ون") && people && n >= 5:
		return []string{"ون"}
	case strings.HasSuffix(s, "ون") && n >= 6:
		return []string{"ون", "*"}
	case strings.HasSuffix(s, "ين") && people && n >= 6:
		return []string{"ين"}
	}
	return []string{"*"}
}

// fits checks the shell of a reading against what the form allows.
func (a *arabic) fits(r *reader, w *word, rd *reading, f *form) (fit, bool) {
	var out fit
	shell, ending := rd.shell, f.mark>>arEndShift
	encl, art := shell&arEnclitic != 0, shell&arArticle != 0
	switch {
	case encl != (f.allow&arHost != 0),
		art && (f.allow&arDefinite == 0 || ending == arAccusative || ending == arConstruct),
		!art && f.allow&arBare == 0 && !encl,
		shell&(arConj|arPrep) != 0 && f.allow&arProclitic == 0,
		f.allow&arNoTanwin != 0 && w.flags&wordTanwin != 0,
		f.allow&arTanwin != 0 && w.flags&wordTanwin == 0:
		return out, false
	}
	if encl && f.allow&arShortWord != 0 && !a.shortEnclitic[string(r.lettersOf(w)[rd.to:])] {
		return out, false
	}
	exact := r.exact(w, rd) == f.exact
	if !exact && refolded(r.lettersOf(w)[:rd.to], int(f.mark&arEndLetters)) {
		return out, false
	}
	out.tier, out.cases = f.tier, cases(ending)
	if ending == arAccusative && w.flags&wordTanwin == 0 {
		out.cases = cases(arDualConstruct)
	}
	if shell&(arConj|arPrep) != 0 {
		out.tier = max(out.tier, 2)
		out.notes |= noteShell
	}
	if art || encl {
		out.notes |= noteDefinite
	}
	if art != (f.allow&arStored != 0) && !encl {
		out.tier = max(out.tier, 3)
		if f.allow&arShortWord != 0 {
			out.tier = 2
		}
	}
	if !exact {
		out.tier = max(out.tier, 1)
		if f.tier < 3 || !hasHamzaSeat(r.lettersOf(w)[rd.from:rd.to]) {
			out.notes |= noteOrthography
		}
	}
	if shell&arWrong != 0 {
		out.notes |= noteMisspelled
		out.tier = max(min(out.tier, f.tier), 1)
	}
	return out, true
}

// hasHamzaSeat reports a letter that changes by itself before an ending:
// شيء, شيئًا; أبناء, أبنائها.
func hasHamzaSeat(l []rune) bool {
	return slices.Contains(l, 'ئ') || slices.Contains(l, 'ؤ') || slices.Contains(l, 'ء')
}

// refolded reports a letter that folds to another one among the last n: the
// letters of an ending have no second spelling. ى stands only at the end.
func refolded(l []rune, n int) bool {
	for _, c := range l[len(l)-min(n, len(l)):] {
		if arabicFold(c, len(l)) != c {
			return true
		}
	}
	return slices.Contains(l[:len(l)-1], 'ى')
}

// agree checks softly that the words of a term agree in definiteness and in
// their endings, and marks a bare سوريا after an accusative noun, which may be the adjective.
func (a *arabic) agree(r *reader, t *term, m *match, fits []fit) {
	if t.ctx.proper() {
		if t.n == 1 {
			m.notes |= a.maybeAdjective(r, m)
		}
		return
	}
	head := fits[0].notes&noteDefinite != 0
	for k := 1; k < t.n; k++ {
		if a.frozen(t.ctx, k) || a.phrase(t.ctx, k) {
			return // what follows a particle is a phrase of its own
		}
		if !a.endingsAgree(t.ctx, k, uint8(fits[0].cases), uint8(fits[k].cases)) {
			m.notes |= noteAgreement
			return
		}
		def := fits[k].notes&noteDefinite != 0
		if def == head || a.frozen(t.ctx, 0) {
			continue
		}
		stored := hasArticle(t.ctx.words[0].letters) == hasArticle(t.ctx.words[k].letters)
		if head && stored || head && !def || !head && a.adjective(t.ctx, k) && stored {
			m.notes |= noteAgreement
			m.tier = 3
			return
		}
	}
}

// phrase guesses whether word k of a term begins with a preposition of its
// own: متحدث باسم.
func (a *arabic) phrase(c *termContext, k int) bool {
	return strings.ContainsRune("بلك", c.words[k].letters[0]) && !a.adjective(c, k)
}

// endingsAgree reports whether the ending of word k fits that of the head, as
// its adjective or as a noun in the genitive.
func (a *arabic) endingsAgree(c *termContext, k int, head, other uint8) bool {
	adjective := false
	if other == arDualConstruct {
		other = arAccusative
	}
	construct := head == arBaseForm || head == arFeminine || head == arFeminines || head == arConstruct || head == arDualConstruct
	if head == arDualConstruct {
		head = arAccusative
	}
	switch head {
	case arBaseForm, arFeminine, arAccusative:
		adjective = other == head
		if head == arAccusative && other == arBaseForm {
			l := c.words[k].letters
			adjective = strings.ContainsRune("ةىا", l[len(l)-1])
		}
	case arDual:
		adjective = other == arDual || other == arDualPlural
	case arPlural:
		adjective = other == arPlural || other == arDualPlural
	case arDualPlural:
		adjective = other == arDual || other == arPlural || other == arDualPlural
	case arFeminines:
		adjective = other == arFeminines || other == arFeminine || other == arBaseForm
	case arPronoun:
		if hasArticle(c.words[k].letters) && !hasArticle(c.words[0].letters) {
			return false // the noun of a genitive has no pronoun
		}
		adjective = other != arAccusative && other != arConstruct
	}
	genitive := hasArticle(c.words[k].letters) && !hasArticle(c.words[0].letters)
	if adjective || a.adjective(c, k) && !genitive {
		return adjective
	}
	return construct && other != arAccusative && other != arFeminine && other != arConstruct
}

// adjective guesses whether word k of a term is an adjective of the first
// one: a nisba, or feminine like it.
func (a *arabic) adjective(c *termContext, k int) bool {
	s := foldArabic(string(c.words[k].letters))
	head := string(c.words[0].letters)
	return strings.HasSuffix(s, "ية") || strings.HasSuffix(s, "ي") && len([]rune(s)) >= 4 ||
		strings.HasSuffix(s, "ة") && (strings.HasSuffix(head, "ة") || strings.HasSuffix(head, "ات"))
}

// maybeAdjective judges a bare name in -يا after a noun in -ا, which may be the
// adjective: surely doubtful where the noun carries fathatan, else hardly.
func (a *arabic) maybeAdjective(r *reader, m *match) notes {
	w := &r.words[m.first]
	l := r.lettersOf(w)
	if m.tier > 1 || m.first == 0 || w.flags&wordBreak != 0 || len(l) < 4 || string(l[len(l)-2:]) != "يا" {
		return 0
	}
	prev := &r.words[m.first-1]
	pl := r.lettersOf(prev)
	switch {
	case len(pl) < 4 || pl[len(pl)-1] != 'ا' || a.adverbs[foldArabic(string(pl))]:
		return 0
	case prev.flags&wordTanwin != 0:
		return noteAmbiguous
	case strings.HasSuffix(string(pl), "يا"):
		return 0 // a row of places: تركيا سوريا
	}
	return noteUnsure
}

// asAdjective reports whether a form that is also the name of a place
// (سورية, سوريا) stands where an adjective may: bare, after a word that is
// not a preposition, and in ـا only after another word in ـا.
func (a *arabic) asAdjective(r *reader, m *match) bool {
	w := &r.words[m.first]
	if m.first == 0 || w.flags&wordBreak != 0 || m.notes&noteShell != 0 {
		return false
	}
	l := r.lettersOf(w)
	prev := r.lettersOf(&r.words[m.first-1])
	if a.beforePlace[foldArabic(string(prev))] || hasArticle(prev) {
		return false
	}
	return l[len(l)-1] != 'ا' || prev[len(prev)-1] == 'ا'
}

// arabicWord spells a core in a shell.
func arabicWord(shell uint16, core, enclitic string) string {
	var b strings.Builder
	if shell&arConj != 0 {
		if shell&arConjF != 0 {
			b.WriteString("ف")
		} else {
			b.WriteString("و")
		}
	}
	switch {
	case shell&arPrepB != 0:
		b.WriteString("ب")
	case shell&arPrepK != 0:
		b.WriteString("ك")
	case shell&arPrepL != 0:
		b.WriteString("ل")
	}
	if shell&arArticle != 0 {
		switch {
		case shell&arPrepL != 0 && strings.HasPrefix(core, "ل"):
		case shell&arPrepL != 0:
			b.WriteString("ل")
		default:
			b.WriteString("ال")
		}
	}
	b.WriteString(core)
	b.WriteString(enclitic)
	return b.String()
}

// shells spells out a core with its shells.
func (a *arabic) shells(c *termContext, i int, f *coreForm, full bool) []wordForm {
	if f.allow&arHost != 0 {
		return a.hostShells(c, f, full)
	}
	ending := f.mark >> arEndShift
	var articles []bool
	if f.allow&arBare != 0 {
		articles = append(articles, false)
	}
	if f.allow&arDefinite != 0 && ending != arAccusative && ending != arConstruct {
		articles = append(articles, true)
	}
	if f.allow&arStored != 0 {
		slices.Reverse(articles)
	}
	var out []wordForm
	for _, art := range articles {
		for _, p := range a.proclitics(f, full) {
			shell, tier, why := p, f.tier, []string{f.why}
			if art {
				shell |= arArticle
			}
			if art != (f.allow&arStored != 0) {
				why = append(why, "article")
				tier = max(tier, 3)
				if f.allow&arShortWord != 0 {
					tier = 2
				}
			}
			if p != 0 {
				why = append(why, "proclitic")
				tier = max(tier, 2)
			}
			text := arabicWord(shell, f.text, "")
			if f.allow&arTanwin != 0 {
				text = strings.TrimSuffix(text, "ا") + "ًا"
			}
			out = append(out, wordForm{text, tier, strings.Join(why, ", ")})
		}
	}
	return out
}

// proclitics lists the conjunctions and prepositions before a first word.
func (a *arabic) proclitics(f *coreForm, full bool) []uint16 {
	if f.allow&arProclitic == 0 || !full {
		return []uint16{0}
	}
	var out []uint16
	for _, conj := range []uint16{0, arConj, arConj | arConjF} {
		for _, prep := range []uint16{0, arPrepB, arPrepK, arPrepL} {
			out = append(out, conj|prep)
		}
	}
	return out
}

func (a *arabic) hostShells(c *termContext, f *coreForm, full bool) []wordForm {
	var out []wordForm
	for _, p := range a.proclitics(f, full) {
		for _, e := range a.enclitics {
			if f.allow&arShortWord != 0 && !a.shortEnclitic[string(e)] {
				continue
			}
			out = append(out, wordForm{arabicWord(p, f.text, string(e)), max(f.tier, 2), f.why})
		}
	}
	return out
}

// recast writes the new term with the proclitics of the old one. Names keep
// their own article; other words keep the definiteness of the old form.
func (a *arabic) recast(s *swap) (recasting, bool) {
	words := s.surfaces()
	shell := s.first.shell &^ (arWrong | arEnclitic)
	first := s.fresh.words[0].letters
	out := recasting{certain: true, core: s.build(words)}
	article := shell&arArticle != 0
	if s.old.ctx.proper() {
		article = hasArticle(first)
	}
	if !a.isArabic(first) {
		if shell&(arPrep|arConj) != 0 {
			out.prefix = arabicWord(shell&^arArticle, "", "") + "ـ"
		}
		return out, true
	}
	if article {
		shell |= arArticle
	} else {
		shell &^= arArticle
	}
	if hasArticle(first) {
		words[0] = strings.TrimPrefix(words[0], "ال")
	}
	out.prefix = arabicPrefix(shell, words[0])
	out.core = s.build(words)
	a.judgeSwap(s, &out, words, article)
	return out, true
}

// arabicPrefix is what stands before a core.
func arabicPrefix(shell uint16, core string) string {
	return strings.TrimSuffix(arabicWord(shell, core, ""), core)
}

// judgeSwap settles the rest of the term, and whether the swap is certain.
func (a *arabic) judgeSwap(s *swap, out *recasting, words []string, article bool) {
	old, fresh := s.old.ctx, s.fresh
	if a.feminine(old) != a.feminine(fresh) && old.kind != PER && (old.kind != LOC || len(old.words)+len(fresh.words) > 2) {
		out.certain, out.why = false, SwapAgreement
	}
	if old.proper() {
		if s.m.tier >= 3 {
			out.certain, out.why = false, SwapInflected
		}
		return
	}
	changed := article != hasArticle(old.words[0].letters)
	for k := 1; k < len(words) && changed; k++ {
		w := fresh.words[k].letters
		article := article && (k >= s.old.n || s.reading(k).shell&arArticle != 0)
		switch {
		case a.frozen(fresh, k):
			changed = false
		case article && !hasArticle(w) && k < s.old.n && len(words) == s.old.n:
			words[k] = "ال" + words[k]
			if !a.adjective(fresh, k) && !a.adjective(old, k) {
				out.certain, out.why = false, SwapInflected
			}
		case article == hasArticle(w):
		case article && !hasArticle(w) && a.adjective(fresh, k):
			words[k] = "ال" + words[k]
		case !article && hasArticle(w):
			words[k] = strings.TrimPrefix(words[k], "ال")
		default:
			out.certain, out.why = false, SwapInflected
		}
	}
	out.core = s.build(words)
	if s.first.shell&arEnclitic != 0 || s.last.shell&arEnclitic != 0 || a.ended(s) {
		out.certain, out.why = false, SwapInflected
	}
}

// ended reports whether a word of the match has an ending of its own.
func (a *arabic) ended(s *swap) bool {
	for k := range s.old.ctx.words {
		listed := s.old.ctx.words[k].letters
		if hasArticle(listed) {
			listed = listed[2:]
		}
		w, rd := s.word(k), s.reading(k)
		got := s.r.lettersOf(w)[rd.from:rd.to]
		if foldArabic(string(got)) != foldArabic(string(listed)) {
			return true
		}
	}
	return false
}

// feminine guesses the gender of the head of a term.
func (a *arabic) feminine(c *termContext) bool {
	l := c.words[0].letters
	last := l[len(l)-1]
	return last == 'ة' || last == 'ه' && len(l) >= 5 || last == 'ى' || len(l) >= 5 && last == 'ت' && l[len(l)-2] == 'ا'
}
