package glossary

import (
	"slices"
	"strings"
	"sync"
)

var ukrainianGrammar = sync.OnceValue(func() grammar {
	s := loadSlavic("ukrainian")
	s.prepositions = loadPrepositions("prepositions-uk")
	s.participle, s.shortPlural = "", "і"
	s.guesses = true
	s.sp = newSpelling(spelling{lower: lowerLatin, fold: noFold, joinsApostrophe: true, keepsApostrophe: true})
	s.nounClass, s.adjective, s.variants = ukrainianNoun, ukrainianAdjective, ukrainianVariants
	return s
})

// ukrainianNoun chooses the paradigms of a noun by its end.
func ukrainianNoun(s *slavic, w *slavicWord) []nounClass {
	last, prev := w.before(0), w.before(1)
	one := func(name string, cut int) []nounClass { return []nounClass{{name, w.cut(cut)}} }
	if open, ok := s.alternation[w.text]; ok {
		return ukrainianOpen(w, open, last)
	}
	switch {
	case w.ctx.kind == PER && w.proper && len(w.runes) >= 4 && (w.ends("ов") || w.ends("ев") || w.ends("єв") || w.ends("ін") || w.ends("їн")):
		return one("-ов", 0)
	case w.ctx.kind == PER && w.proper && len(w.runes) >= 5 && (w.ends("ова") || w.ends("ева") || w.ends("єва")):
		return one("-ова", 1)
	case w.ends("ець") && len(w.runes) >= 5:
		if isCyrillicVowel(w.before(3)) {
			return []nounClass{{"ць", w.cut(3) + "йц"}}
		}
		return []nounClass{{"ць", w.cut(3) + "ц"}}
	case w.ends("ість") && len(w.runes) >= 6:
		return []nounClass{{"ость", w.cut(4) + "ост"}}
	case w.ends("сть"):
		return one("ость", 1)
	case isCyrillicConsonant(last):
		return ukrainianConsonant(s, w, last)
	case last == 'й':
		return one("й", 1)
	case last == 'ь':
		return one("ь", 1)
	case last == 'а':
		return ukrainianA(w, prev)
	case last == 'я':
		return ukrainianYa(w, prev)
	}
	return ukrainianVowel(s, w, last, prev)
}

// ukrainianOpen gives the paradigm of a word of [alternation].
func ukrainianOpen(w *slavicWord, open string, last rune) []nounClass {
	switch {
	case last == 'ь':
		return []nounClass{{"ь", open}}
	case last == 'й':
		return []nounClass{{"й", open}}
	case isVelar(last):
		return []nounClass{{"velar", open}}
	case isSibilant(last):
		return []nounClass{{"sibilant", open}}
	}
	return []nounClass{{"hard", open}}
}

func ukrainianConsonant(s *slavic, w *slavicWord, last rune) []nounClass {
	name := "hard"
	switch {
	case isVelar(last):
		name = "velar"
	case isSibilant(last):
		name = "sibilant"
	case last == 'ц':
		name = "ц"
	}
	switch {
	case w.ends("анин") || w.ends("янин"):
		return []nounClass{{name, w.text}, {"ани-", w.cut(2)}}
	case w.ends("ок") && len(w.runes) >= 4 && !w.proper && !s.keeps(w.text):
		return []nounClass{{name, w.cut(2) + "к"}}
	}
	return []nounClass{{name, w.text}}
}

func ukrainianA(w *slavicWord, prev rune) []nounClass {
	stem := w.cut(1)
	switch {
	case w.afterPlural:
		return []nounClass{{"а-", stem}}
	case isVelar(prev):
		return []nounClass{{"ка", stem}}
	case isSibilant(prev):
		return []nounClass{{"жа", stem}}
	}
	return []nounClass{{"а", stem}}
}

func ukrainianYa(w *slavicWord, prev rune) []nounClass {
	stem := w.cut(1)
	switch {
	case isCyrillicVowel(prev):
		return []nounClass{{"ія", stem}}
	case w.ctx.kind == PER:
		return []nounClass{{"я", stem}}
	case prev != 0 && prev == w.before(2), prev == '\'':
		return []nounClass{{"ння", stem}}
	}
	return []nounClass{{"я", stem}}
}

func ukrainianVowel(s *slavic, w *slavicWord, last, prev rune) []nounClass {
	stem := w.cut(1)
	one := func(name string) []nounClass { return []nounClass{{name, stem}} }
	if w.proper && !w.afterPlural {
		declines := last == 'и' || w.ends("ство") || w.ends("ово") || w.ends("ево") || s.pluralPlaces[w.text] || s.declinedNames[w.text]
		if w.ctx.kind == PER {
			if w.ends("ко") || s.declinedNames[w.text] { // Порошенка, Петра
				return one("ко")
			}
			return nil
		}
		if !declines {
			return nil
		}
	}
	switch last {
	case 'о':
		return one("о")
	case 'е':
		if isSibilant(prev) || prev == 'ц' {
			return one("же")
		}
		return one("е")
	case 'и':
		if isVelar(prev) {
			return one("ки-")
		}
		return one("и-")
	case 'і':
		return one("і-")
	case 'ї':
		return one("ї-")
	}
	return nil
}

// ukrainianAdjective: -ий and -ій are adjectives; -а, -е and -і are where
// another word of the term follows.
func ukrainianAdjective(_ *slavic, w *slavicWord) (stem, class string) {
	if len(w.runes) < 4 {
		return "", ""
	}
	guess := !w.final && w.ctx.kind != PER
	switch {
	case w.ends("ий"):
		return w.cut(2), "hard"
	case w.ends("ій") && (w.before(2) == 'н' || w.before(2) == 'ж' || w.before(2) == 'ч'):
		return w.cut(2), "soft"
	case w.ends("ої"):
		return w.cut(2), "hard"
	case guess && (w.ends("а") || w.ends("е") || w.ends("і")) && isCyrillicConsonant(w.before(1)):
		if strings.ContainsRune("нквлрт", w.before(1)) || isSibilant(w.before(1)) {
			return w.cut(1), "hard"
		}
	case guess && (w.ends("ня") || w.ends("нє")):
		return w.cut(1), "soft"
	}
	return "", ""
}

// ukrainianVariants softens к г х before the locative (ц stands for that in
// the tables), restores the closed syllable, and adds the genitive plural.
func ukrainianVariants(_ *slavic, w *slavicWord, n nounClass, cells []inflectedForm) []inflectedForm {
	const genPl = (caseGen | caseAcc) << pluralShift
	var out []inflectedForm
	for _, f := range cells {
		switch {
		case f.text == n.stem+"ц" && (n.name == "ка" || n.name == "velar"):
			f.text = softenVelar(n.stem) + "і"
		case (f.text == n.stem || f.text == n.stem+"ь" || f.text == n.stem+"й") && f.cases&(caseNom|caseAcc) != 0 && isCyrillicConsonant(last(w.text)):
			f.text = w.text
		case (f.text == n.stem+"ь" || f.text == n.stem+"й") && f.cases&(caseNom|caseAcc) != 0:
			f.text = w.text
		case n.name == "ость" && f.cases&caseIns != 0:
			f.text = w.cut(1) + "ю"
		case n.name == "ь" && f.text == n.stem+"ю" && f.cases&caseIns != 0:
			out = append(out, inflectedForm{doubled(w.cut(1)) + "ю", caseIns})
			f.text = w.cut(1) + "ю"
		}
		out = append(out, f)
	}
	if !slices.ContainsFunc(out, func(f inflectedForm) bool { return f.cases&pluralCases != 0 }) {
		return out
	}
	switch n.name {
	case "ка", "а", "жа", "о", "же", "ки-", "и-", "а-":
		if g := insertVowel(n.stem); g != "" && (n.name == "ка" || n.name == "ки-") {
			out = slices.DeleteFunc(out, func(f inflectedForm) bool { return f.text == n.stem && w.text != n.stem })
		}
		if g := insertVowel(n.stem); g != "" && !strings.Contains(n.stem, "й") {
			out = append(out, inflectedForm{g, genPl})
		}
	case "я":
		if g := insertVowel(n.stem); g != "" {
			out = append(out, inflectedForm{g + "ь", genPl})
		}
	case "ння":
		if strings.HasSuffix(n.stem, "'") {
			break
		}
		single := string([]rune(n.stem)[:len([]rune(n.stem))-1])
		out = append(out, inflectedForm{single + "ь", genPl})
	}
	return out
}

func last(s string) rune {
	rs := []rune(s)
	return rs[len(rs)-1]
}

// doubled repeats the last consonant: сіль, сіллю.
func doubled(stem string) string {
	if c := last(stem); strings.ContainsRune("дтзсцлнжшч", c) && !strings.HasSuffix(stem, "ст") {
		return stem + string(c)
	}
	return stem
}

// softenVelar turns a final к г х into ц з с.
func softenVelar(stem string) string {
	rs := []rune(stem)
	soft := map[rune]rune{'к': 'ц', 'г': 'з', 'х': 'с'}
	if s := soft[rs[len(rs)-1]]; s != 0 {
		rs[len(rs)-1] = s
	}
	return string(rs)
}
