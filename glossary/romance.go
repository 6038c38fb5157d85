package glossary

import (
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// romance is the grammar of French and Spanish (terminology rules, section
// 5). Words are cut at apostrophes and hyphens, so that elided articles fall
// off by themselves; names do not change, other words take number and gender.
type romance struct {
	lang         string
	sp           *spelling
	function     map[string]bool
	contractions map[string][]string
	endings      []romanceEnding
	muteH        map[string]bool
	general      func(w string, gender bool) []string
	adjectives   []string // ends of adjectives
	participles  []string // ends of participles
}

type romanceEnding struct {
	end  string
	adds []string
}

var frenchGrammar = sync.OnceValue(func() grammar {
	r := loadRomance("french")
	r.lang = "fr"
	r.sp = newSpelling(spelling{lower: lowerLatin, fold: foldFrench})
	r.general = frenchEndings
	return r
})

var spanishGrammar = sync.OnceValue(func() grammar {
	r := loadRomance("spanish")
	r.lang = "es"
	r.sp = newSpelling(spelling{lower: lowerLatin, fold: foldSpanish, pairs: true})
	r.general = spanishEndings
	return r
})

func loadRomance(name string) *romance {
	rules := loadRules(name)
	r := &romance{
		function: rules.words("function"), muteH: rules.words("mute-h"), contractions: map[string][]string{},
		adjectives: rules.list("adjective-ends"), participles: rules.list("participle-ends"),
	}
	for _, f := range rules["contractions"] {
		r.contractions[f[0]] = append(r.contractions[f[0]], f[1])
	}
	for _, f := range rules["endings"] {
		r.endings = append(r.endings, romanceEnding{f[0], f[1:]})
	}
	return r
}

// foldFrench takes accents off; a missing one is a matter of orthography
// (Etats-Unis).
func foldFrench(r rune, _ int) rune {
	switch r {
	case 'à', 'â', 'ä', 'á':
		return 'a'
	case 'é', 'è', 'ê', 'ë':
		return 'e'
	case 'î', 'ï', 'í':
		return 'i'
	case 'ô', 'ö', 'ó':
		return 'o'
	case 'û', 'ù', 'ü', 'ú':
		return 'u'
	case 'ÿ':
		return 'y'
	case 'ç':
		return 'c'
	}
	return r
}

// foldSpanish takes accents off but keeps ñ, a letter of its own.
func foldSpanish(r rune, n int) rune {
	if r == 'ç' {
		return r
	}
	return foldFrench(r, n)
}

func (g *romance) spelling() *spelling { return g.sp }

func (g *romance) read(r *reader, w *word) {
	r.readings = append(r.readings, r.plain(w, 0, int(w.r1-w.r0), 0))
}

// fits allows accents to be missing, altogether or on the first letter, never
// to be others.
func (g *romance) fits(r *reader, w *word, rd *reading, f *form) (fit, bool) {
	switch {
	case r.exact(w, rd) == f.exact:
		return fit{tier: f.tier, cases: cases(f.mark)}, true
	case r.tail(w, rd) == f.tail && w.flags&wordCapital != 0, w.flags&wordAccent == 0:
		return fit{tier: max(f.tier, 1), notes: noteOrthography, cases: cases(f.mark)}, true
	}
	return fit{}, false
}

// agree checks softly that the words before a preposition agree in number. A
// noun in apposition may stay in the singular (attentats suicide), an
// adjective may not.
func (g *romance) agree(_ *reader, t *term, m *match, fits []fit) {
	if t.ctx.proper() || fits[0].tier == 2 {
		return
	}
	head := fits[0].cases&romancePlural != 0
	for k := 1; k < t.n; k++ {
		w := string(t.ctx.words[k].letters)
		if g.function[w] {
			return
		}
		if strings.HasSuffix(w, "mente") || strings.HasSuffix(w, "ment") && k > 0 && g.adjectival(string(t.ctx.words[k-1].letters)) {
			continue // an adverb
		}
		pl := fits[k].cases&romancePlural != 0
		if pl == head || strings.HasSuffix(w, "s") || strings.HasSuffix(w, "x") || strings.HasSuffix(string(t.ctx.words[0].letters), "s") {
			continue
		}
		if pl || g.adjectival(w) {
			m.notes |= noteAgreement
			m.tier = 3
			return
		}
	}
}

// romancePlural marks a form that is the plural of the listed word.
const romancePlural cases = 1

// adjectival guesses whether a word is an adjective by its end.
func (g *romance) adjectival(w string) bool {
	return slices.ContainsFunc(g.adjectives, func(end string) bool { return strings.HasSuffix(w, end) })
}

func (g *romance) shells(_ *termContext, _ int, f *coreForm, _ bool) []wordForm {
	return []wordForm{{f.text, f.tier, f.why}}
}

// cores gives the listed word, the contractions of an article that begins the
// term, and number and gender where the kind inflects.
func (g *romance) cores(c *termContext, i int) []coreForm {
	w := &c.words[i]
	text := string(w.letters)
	out := []coreForm{{text: text, why: "listed"}}
	if i == 0 && c.last() > 0 {
		for _, s := range g.contractions[text] {
			out = append(out, coreForm{text: s, tier: 2, why: "contraction"})
		}
	}
	if c.proper() || c.flags.Indeclinable || g.function[text] || len(w.letters) < 3 ||
		w.flags&(wordDigits|wordCaps) != 0 || scriptOf(w.letters[0]) != scriptLatin {
		return out
	}
	for _, s := range g.inflect(text, g.takesGender(c, i)) {
		if slices.ContainsFunc(out, func(f coreForm) bool { return f.text == s }) {
			continue
		}
		f := coreForm{text: s, tier: 3, why: "gender"}
		if strings.HasSuffix(s, "s") || strings.HasSuffix(s, "x") {
			f.mark, f.why = uint8(romancePlural), "plural"
		}
		out = append(out, f)
	}
	return out
}

// takesGender reports whether word i has two genders: people and adjectives
// have, and single words may be such. The head of a term of several words is a
// noun, whose gender and that of its adjectives is settled, unless it is a
// participle (interdit par le droit international).
func (g *romance) takesGender(c *termContext, i int) bool {
	if c.kind == NISBA || c.kind == GROUP || c.last() == 0 {
		return true
	}
	w := string(c.words[i].letters)
	return i == 0 && slices.ContainsFunc(g.participles, func(end string) bool { return strings.HasSuffix(w, end) })
}

// inflect gives the forms of a word in number, and in gender.
func (g *romance) inflect(w string, gender bool) []string {
	var out []string
	for _, e := range g.endings {
		if stem, ok := strings.CutSuffix(w, e.end); ok && len([]rune(stem)) >= 2 {
			for _, a := range e.adds {
				out = append(out, stem+a)
			}
			if !gender {
				out = out[:min(1, len(out))]
				if s := out[0]; !strings.HasSuffix(s, "s") && !strings.HasSuffix(s, "x") {
					out = nil
				}
			}
			break
		}
	}
	return append(out, g.general(w, gender)...)
}

// frenchEndings are the general endings s, e, es.
func frenchEndings(w string, gender bool) []string {
	var out []string
	silent := strings.HasSuffix(w, "s") || strings.HasSuffix(w, "x") || strings.HasSuffix(w, "z")
	if !silent {
		out = append(out, w+"s")
	}
	if gender && !strings.HasSuffix(w, "e") {
		out = append(out, w+"e", w+"es")
	}
	return out
}

// spanishEndings are the general plurals; a plural may need an accent that
// the singular has not: crimen, crímenes.
func spanishEndings(w string, _ bool) []string {
	rs := []rune(w)
	last := rs[len(rs)-1]
	switch {
	case strings.ContainsRune("aeioué", last):
		return []string{w + "s"}
	case strings.ContainsRune("íú", last):
		return []string{w + "s", w + "es"}
	case last == 's' && len(rs) <= 4: // mes, meses
		return []string{w + "es"}
	case last == 's', last == 'x', last == 'z':
		return nil
	}
	out := []string{w + "es"}
	if last == 'n' {
		if a := accented(rs); a != "" {
			out = append(out, a+"es")
		}
	}
	return out
}

// accented moves the accent to the last vowel but one.
func accented(rs []rune) string {
	out := slices.Clone(rs)
	for i, r := range out {
		out[i] = foldSpanish(r, 0)
	}
	accents := map[rune]rune{'a': 'á', 'e': 'é', 'i': 'í', 'o': 'ó', 'u': 'ú'}
	seen := 0
	for i := len(out) - 1; i >= 0; i-- {
		a := accents[out[i]]
		if a == 0 {
			continue
		}
		if seen++; seen == 2 {
			out[i] = a
			return string(out)
		}
	}
	return ""
}

// articles are words before a term that agree with it in gender and number.
var articles = map[string]bool{
	"le": true, "la": true, "les": true, "un": true, "une": true, "du": true, "des": true, "au": true, "aux": true,
	"ce": true, "cet": true, "cette": true, "ces": true, "son": true, "sa": true, "ses": true, "leur": true, "leurs": true,
	"el": true, "los": true, "las": true, "una": true, "unos": true, "unas": true, "del": true, "al": true,
	"este": true, "esta": true, "dicho": true, "dicha": true,
}

// recast writes the new term, with the elision or contraction that it asks of
// the word before: d'Alep, de Damas.
func (g *romance) recast(s *swap) (recasting, bool) {
	out := recasting{core: s.build(s.surfaces()), certain: true}
	if s.m.tier >= 3 {
		out.certain, out.why = false, SwapInflected
	}
	prep := g.contraction(s)
	if prep != "" {
		g.afterContraction(s, prep, &out)
		return out, true
	}
	before := s.before()
	if before == nil {
		return out, true
	}
	lead := s.r.text[before.start:int(s.word(0).start)]
	w := string(s.r.lettersOf(before))
	switch {
	case g.contract(s, w, lead, &out):
	case g.lang == "fr":
		g.elide(s, before, w, lead, &out)
	case w == "y" || w == "e" || w == "o" || w == "u":
		g.spanishAnd(s, w, lead, &out)
	}
	if articles[w] && s.old.kind != PER && s.old.kind != LOC && !sameHead(s) {
		out.certain, out.why = false, SwapAgreement
	}
	return out, true
}

// contraction gives the preposition (de, à, a) that the first word of the
// match has swallowed: du Caire.
func (g *romance) contraction(s *swap) string {
	if s.old.n < 2 {
		return ""
	}
	listed := string(s.old.ctx.words[0].letters)
	w := string(s.r.lettersOf(s.word(0)))
	if w == listed || !slices.Contains(g.contractions[listed], w) {
		return ""
	}
	switch w {
	case "du", "des", "del":
		return "de"
	case "al":
		return "a"
	}
	return "à"
}

// afterContraction writes the preposition again before the new term.
func (g *romance) afterContraction(s *swap, prep string, out *recasting) {
	words := s.surfaces()
	first := strings.ToLower(words[0])
	for _, c := range g.contractions[first] {
		if len(words) > 1 && (c[0] == 'd') == (prep == "de") {
			words[0] = c
			out.core = s.build(words)
			return
		}
	}
	out.prefix = prep + " "
	if prep == "de" && g.lang == "fr" && g.elides(s.fresh.words[0].letters) {
		out.prefix = "d’"
	}
}

// elidedWords are what is left of French words before an apostrophe.
var elidedWords = map[string]string{"d": "de", "qu": "que", "jusqu": "jusque", "lorsqu": "lorsque", "puisqu": "puisque"}

// elide settles the elision of the word before.
func (g *romance) elide(s *swap, before *word, w, lead string, out *recasting) {
	vowel := g.elides(s.fresh.words[0].letters)
	elided := before.flags&wordElided != 0
	if elided == vowel {
		return
	}
	length := int(before.end - before.start)
	space := strings.TrimSpace(lead[length:]) == ""
	switch {
	case onlyCodes(lead) != "":
		out.certain, out.why = false, SwapCodes
	case elided && w == "l":
		out.certain, out.why = false, SwapAgreement
	case elided && elidedWords[w] != "":
		out.cut, out.prefix = len(lead), likeCase(lead, elidedWords[w])+" "
	case !elided && space && (w == "de" || w == "que" || w == "le" || w == "la"):
		out.cut, out.prefix = len(lead), lead[:length-1]+"’"
	}
}

// contract joins de and à with an article that begins the new term: du Caire,
// del Cairo.
func (g *romance) contract(s *swap, w, lead string, out *recasting) bool {
	if w == "d" {
		w = "de"
	}
	if len(s.fresh.words) < 2 || w != "de" && w != "à" && w != "a" || onlyCodes(lead) != "" {
		return false
	}
	words := s.surfaces()
	for _, c := range g.contractions[strings.ToLower(words[0])] {
		if (c[0] == 'd') == (w == "de") {
			words[0] = likeCase(lead, c)
			out.core, out.cut = s.build(words), len(lead)
			return true
		}
	}
	return false
}

func likeCase(lead, word string) string {
	if lead[0] < utf8.RuneSelf && unicode.IsUpper(rune(lead[0])) {
		return strings.ToUpper(word[:1]) + word[1:]
	}
	return word
}

// elides reports whether de becomes d' before a word.
func (g *romance) elides(l []rune) bool {
	if l[0] == 'h' {
		return g.muteH[string(l)]
	}
	return strings.ContainsRune("aeiou", foldFrench(l[0], 0))
}

// spanishAnd writes y as e before an i, and o as u before an o.
func (g *romance) spanishAnd(s *swap, w, lead string, out *recasting) {
	l := s.fresh.words[0].letters
	if l[0] == 'h' && len(l) > 1 {
		l = l[1:]
	}
	sound := foldSpanish(l[0], 0)
	want := w
	switch w {
	case "y", "e":
		want = "y"
		if sound == 'i' {
			want = "e"
		}
	case "o", "u":
		want = "o"
		if sound == 'o' {
			want = "u"
		}
	}
	if want != w && len(lead) == 2 {
		out.cut, out.prefix = len(lead), want+" "
	}
}

// sameHead reports whether both terms begin with the same word, so that
// gender and number stay.
func sameHead(s *swap) bool {
	return string(s.old.ctx.words[0].letters) == string(s.fresh.words[0].letters)
}
