package glossary

import (
	"slices"
	"strings"
	"sync"
)

// kurdish is the grammar of Kurmanji (Latin letters) and Sorani (Arabic
// letters); both attach chains of suffixes (terminology rules, section 6).
type kurdish struct {
	sp     *spelling
	chain  *automaton
	sorani bool
}

var kurmanjiGrammar = sync.OnceValue(func() grammar {
	return &kurdish{
		sp:    newSpelling(spelling{lower: lowerLatin, fold: foldKurmanji, joinsApostrophe: true}),
		chain: buildAutomaton(morphemes(loadRules("kurmanji")["chain"])),
	}
})

var soraniGrammar = sync.OnceValue(func() grammar {
	return &kurdish{
		sp:     newSpelling(spelling{lower: soraniLetter, fold: foldSorani, collapse: 'و', sorani: true}),
		chain:  buildAutomaton(morphemes(loadRules("sorani")["chain"])),
		sorani: true,
	}
})

// foldKurmanji: writers confuse ê and e, î and i, û and u.
func foldKurmanji(r rune, _ int) rune {
	switch r {
	case 'ê':
		return 'e'
	case 'î':
		return 'i'
	case 'û':
		return 'u'
	}
	return r
}

// soraniLetter maps Arabic code points to the Kurdish ones.
func soraniLetter(r rune) rune {
	switch r {
	case 'ك', 'ڪ':
		return 'ک'
	case 'ي', 'ى':
		return 'ی'
	case 'ھ', 'ہ':
		return 'ه'
	}
	if r < 0x0600 {
		return lowerLatin(r)
	}
	return r
}

// foldSorani: ڕ and ر, ڵ and ل vary within one newspaper.
func foldSorani(r rune, _ int) rune {
	switch r {
	case 'ڕ':
		return 'ر'
	case 'ڵ':
		return 'ل'
	}
	return r
}

// Shells of a Kurdish reading, with the class of the chain in the bits above.
const (
	kuNone uint16 = iota
	kuApos
	kuBare
	kuConj     uint16 = 1 << 2 // و joined at the front
	kuShift           = 3
	kuModeMask        = 3
)

// What a core may stand in.
const (
	kuWhole    uint16 = 1 << iota // without a suffix
	kuSuffix                      // with one
	kuOnlyC                       // its vowel is absorbed: only with a suffix that begins with one
	kuFirst                       // after و
	kuVowelEnd                    //
)

func (k *kurdish) spelling() *spelling { return k.sp }

func (k *kurdish) read(r *reader, w *word) {
	l := r.lettersOf(w)
	k.suffixes(r, w, l, 0, 0)
	if k.sorani && len(l) > 3 && l[0] == 'و' {
		k.suffixes(r, w, l, 1, kuConj)
	}
}

func (k *kurdish) suffixes(r *reader, w *word, l []rune, from int, shell uint16) {
	r.readings = append(r.readings, r.plain(w, from, len(l), shell))
	if len(l) > 40 {
		return
	}
	if w.apos > 0 {
		if c := k.chain.match(l[w.apos:]); c != 0 {
			r.readings = append(r.readings, r.plain(w, from, int(w.apos), shell|kuApos|uint16(c)<<kuShift))
		}
		return
	}
	for i := from + 2; i < len(l); i++ {
		if c := k.chain.match(l[i:]); c != 0 {
			r.readings = append(r.readings, r.plain(w, from, i, shell|kuBare|uint16(c)<<kuShift))
		}
	}
}

// cores gives the stem, and in Kurmanji the stem whose last vowel a suffix
// has absorbed: Tirkiye, Tirkiyê.
func (k *kurdish) cores(c *termContext, i int) []coreForm {
	w := &c.words[i]
	base := coreForm{text: string(w.letters), allow: kuWhole, why: "listed"}
	if i == 0 {
		base.allow |= kuFirst
	}
	n := len(w.letters)
	if isVowel(w.letters[n-1]) {
		base.allow |= kuVowelEnd
	}
	if c.flags.Indeclinable || c.proper() && i < c.last() {
		return []coreForm{base}
	}
	base.allow |= kuSuffix
	out := []coreForm{base}
	absorbed := "eaî"
	if c.last() > 0 {
		absorbed = "ea" // î is the end of an adjective there
	}
	if !k.sorani && n >= 4 && strings.ContainsRune(absorbed, w.letters[n-1]) {
		out = append(out, coreForm{text: string(w.letters[:n-1]), allow: base.allow&^(kuWhole|kuVowelEnd) | kuOnlyC, tier: 3, why: "vowel absorbed"})
	}
	return out
}

func (k *kurdish) fits(r *reader, w *word, rd *reading, f *form) (fit, bool) {
	out := fit{tier: f.tier}
	if r.exact(w, rd) != f.exact {
		if k.oblique(r, w, rd, f) {
			return fit{tier: 3, notes: noteShell}, true
		}
		out.tier = max(out.tier, 1)
		out.notes |= noteOrthography
	}
	if rd.shell&kuConj != 0 {
		if f.allow&kuFirst == 0 {
			return out, false
		}
		out.tier = max(out.tier, 2)
		out.notes |= noteShell
	}
	class := chainClass(rd.shell >> kuShift)
	switch rd.shell & kuModeMask {
	case kuNone:
		return out, f.allow&kuWhole != 0
	case kuApos:
		out.tier = max(out.tier, 2)
		out.notes |= noteShell
		return out, f.allow&(kuSuffix|kuOnlyC) == kuSuffix
	}
	out.tier = 3
	out.notes |= noteShell
	return out, f.allow&kuSuffix != 0 && k.attaches(class, f)
}

// oblique reports a word whose last letter alone is not the listed one and is
// the ending ê or î that has absorbed it: Tirkiyê is no misspelt Tirkiye.
func (k *kurdish) oblique(r *reader, w *word, rd *reading, f *form) bool {
	l := r.lettersOf(w)
	n := len(l) - 1
	if k.sorani || rd.shell != kuNone || f.allow&kuSuffix == 0 || l[n] != 'ê' && l[n] != 'î' {
		return false
	}
	h := letterSeed
	for i, c := range l {
		if i == n {
			c = foldKurmanji(c, 0)
		}
		h = hashRune(h, c)
	}
	return short(h) == f.exact
}

// attaches: after a vowel a Kurmanji suffix needs its buffer.
func (k *kurdish) attaches(class chainClass, f *form) bool {
	switch {
	case k.sorani:
		return true
	case f.allow&kuVowelEnd != 0:
		return class&chainV != 0
	}
	return class&chainC != 0
}

func (k *kurdish) agree(*reader, *term, *match, []fit) {}

// shells spells out a stem with its suffixes.
func (k *kurdish) shells(c *termContext, i int, f *coreForm, full bool) []wordForm {
	var out []wordForm
	if f.allow&kuWhole != 0 {
		out = append(out, wordForm{f.text, f.tier, f.why})
		if k.sorani && f.allow&kuFirst != 0 && full {
			out = append(out, wordForm{"و" + f.text, max(f.tier, 2), "conjunction"})
		}
	}
	if !full || f.allow&kuSuffix == 0 {
		return out
	}
	for _, s := range k.samples(f) {
		out = append(out, wordForm{f.text + s, 3, "suffix"})
		if !k.sorani && f.allow&kuOnlyC == 0 {
			out = append(out, wordForm{f.text + "'" + s, max(f.tier, 2), "apostrophe and suffix"})
		}
	}
	return out
}

// samples gives the single suffixes that may follow a stem.
func (k *kurdish) samples(f *coreForm) []string {
	name, after := "kurmanji", byte(ctxC)
	if k.sorani {
		name = "sorani"
	} else if f.allow&kuVowelEnd != 0 {
		after = ctxV
	}
	var out []string
	for _, m := range morphemes(loadRules(name)["chain"]) {
		if slices.Contains([]byte(m.after), after) {
			out = append(out, m.form)
		}
	}
	return out
}

// recast writes the new term with the suffix of the old one; in Kurmanji the
// buffer follows from the new stem.
func (k *kurdish) recast(s *swap) (recasting, bool) {
	out := recasting{core: s.build(s.surfaces()), certain: true}
	if s.first.shell&kuConj != 0 {
		out.prefix = "و"
	}
	for i := 0; i < s.old.n-1; i++ {
		if rd := s.reading(i); rd.shell&kuModeMask != kuNone {
			out.certain, out.why = false, SwapInflected
		}
	}
	w := s.word(s.old.n - 1)
	l := s.r.lettersOf(w)
	old := s.old.ctx.words[s.old.ctx.last()].letters
	suffix := l[s.last.to:]
	if s.last.shell&kuModeMask == kuNone {
		if k.sorani || len(l) != len(old) || l[len(l)-1] == old[len(old)-1] {
			return out, true
		}
		suffix = l[len(l)-1:] // ê that has absorbed the last vowel
	}
	stem := s.fresh.words[s.fresh.last()].letters
	if k.sorani {
		out.suffix = string(suffix)
		if k.open(old) != k.open(stem) {
			out.certain, out.why = false, SwapInflected
		}
		return out, true
	}
	if isVowel(l[s.last.to-1]) && len(suffix) > 1 && strings.ContainsRune("ywh", suffix[0]) {
		suffix = suffix[1:]
	}
	out.suffix = string(suffix)
	if isVowel(stem[len(stem)-1]) {
		out.suffix = "y" + out.suffix
	}
	return out, true
}

// open reports a Sorani word that ends in a vowel.
func (k *kurdish) open(l []rune) bool {
	return strings.ContainsRune("اەۆێیو", l[len(l)-1])
}
