package glossary

import (
	"slices"
	"strings"
	"sync"
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
	general      func(w string) []string
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
	r := &romance{function: rules.words("function"), muteH: rules.words("mute-h"), contractions: map[string][]string{}}
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
func (g *romance) fits(_ *reader, w *word, rd *reading, f *form) (fit, bool) {
	switch {
	case rd.exact == f.exact:
		return fit{tier: f.tier}, true
	case rd.tail == f.tail, w.flags&wordAccent == 0:
		return fit{tier: max(f.tier, 1), notes: noteOrthography}, true
	}
	return fit{}, false
}

func (g *romance) agree(*reader, *term, *match, []fit) {}

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
	for _, s := range g.inflect(text) {
		if !slices.ContainsFunc(out, func(f coreForm) bool { return f.text == s }) {
			out = append(out, coreForm{text: s, tier: 3, why: "number or gender"})
		}
	}
	return out
}

// inflect gives the forms of a word in number and gender.
func (g *romance) inflect(w string) []string {
	var out []string
	for _, e := range g.endings {
		if stem, ok := strings.CutSuffix(w, e.end); ok && len([]rune(stem)) >= 2 {
			for _, a := range e.adds {
				out = append(out, stem+a)
			}
			break
		}
	}
	return append(out, g.general(w)...)
}

// frenchEndings are the general endings s, e, es.
func frenchEndings(w string) []string {
	var out []string
	silent := strings.HasSuffix(w, "s") || strings.HasSuffix(w, "x") || strings.HasSuffix(w, "z")
	if !silent {
		out = append(out, w+"s")
	}
	if !strings.HasSuffix(w, "e") {
		out = append(out, w+"e", w+"es")
	}
	return out
}

// spanishEndings are the general plurals; a plural may need an accent that
// the singular has not: crimen, crímenes.
func spanishEndings(w string) []string {
	rs := []rune(w)
	last := rs[len(rs)-1]
	switch {
	case strings.ContainsRune("aeioué", last):
		return []string{w + "s"}
	case strings.ContainsRune("íú", last):
		return []string{w + "s", w + "es"}
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
