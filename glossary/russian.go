package glossary

import (
	"slices"
	"strings"
	"sync"
)

var russianGrammar = sync.OnceValue(func() grammar {
	s := loadSlavic("russian")
	s.prepositions = loadPrepositions("prepositions-ru")
	s.participle, s.shortPlural = "н", "ы"
	s.sp = newSpelling(spelling{lower: lowerRussian, fold: noFold, joinsApostrophe: true})
	s.nounClass, s.adjective, s.variants = russianNoun, russianAdjective, russianVariants
	return s
})

// lowerRussian makes ё an е as well: writers use them alike.
func lowerRussian(r rune) rune {
	switch r {
	case 'ё', 'Ё':
		return 'е'
	}
	return lowerLatin(r)
}

func noFold(r rune, _ int) rune { return r }

func isVelar(r rune) bool    { return r == 'г' || r == 'к' || r == 'х' }
func isSibilant(r rune) bool { return strings.ContainsRune("жчшщ", r) }

func isCyrillicVowel(r rune) bool { return strings.ContainsRune("аеёиоуыэюяіїє", r) }

func isCyrillicConsonant(r rune) bool {
	return r != 0 && !isCyrillicVowel(r) && r != 'ь' && r != 'ъ' && r != 'й' && scriptOf(r) == scriptCyrillic
}

// russianNoun chooses the paradigms of a noun by its end (terminology rules, section 4).
func russianNoun(s *slavic, w *slavicWord) []nounClass {
	last, prev := w.before(0), w.before(1)
	one := func(name string, cut int) []nounClass { return []nounClass{{name, w.cut(cut)}} }
	switch {
	case w.ctx.kind == PER && w.proper && len(w.runes) >= 4 && (w.ends("ов") || w.ends("ев") || w.ends("ин") || w.ends("ын")):
		return one("-ов", 0)
	case w.ctx.kind == PER && w.proper && len(w.runes) >= 5 && (w.ends("ова") || w.ends("ева")):
		return one("-ова", 1)
	case isCyrillicConsonant(last):
		return russianConsonant(s, w, last)
	case last == 'й':
		if prev == 'и' {
			return one("ий", 1)
		}
		return one("й", 1)
	case w.ends("тель"), w.ends("арь"):
		return one("тель", 1)
	case last == 'ь' && !w.proper && !s.masculineSoft[w.text] && feminineSoft(w):
		return one("ость", 1)
	case (w.ends("ане") || w.ends("яне")) && !w.proper:
		return one("ане-", 1)
	case last == 'ь':
		return one("ь", 1)
	case last == 'а' && w.proper && isCyrillicVowel(prev):
		return nil // Дераа
	case last == 'а':
		return russianA(w, prev)
	case last == 'я':
		return russianYa(w, prev)
	}
	return russianVowel(s, w, last, prev)
}

// feminineSoft reports the ends of feminines in -ь: ночь, власть, казнь.
func feminineSoft(w *slavicWord) bool {
	for _, end := range []string{"чь", "щь", "шь", "жь", "знь", "сть", "вь", "дь", "мь", "сь", "зь"} {
		if w.ends(end) {
			return true
		}
	}
	return false
}

// russianConsonant handles masculines, with the fleeting vowel of -ец and -ок.
func russianConsonant(s *slavic, w *slavicWord, last rune) []nounClass {
	name := "hard"
	switch {
	case isVelar(last):
		name = "velar"
	case isSibilant(last):
		name = "sibilant"
	case last == 'ц':
		name = "ц"
	}
	if w.ends("анин") || w.ends("янин") {
		return []nounClass{{name, w.text}, {"ане-", w.cut(2)}}
	}
	if stem := fleetingStem(s, w); stem != "" {
		return []nounClass{{name, stem}}
	}
	return []nounClass{{name, w.text}}
}

// fleetingStem gives the stem of a noun in -ец or -ок that loses its vowel,
// "" where it does not: сириец, сирийц-; рынок, рынк-.
func fleetingStem(s *slavic, w *slavicWord) string {
	n := len(w.runes)
	if n < 4 {
		return ""
	}
	before := w.before(2)
	switch {
	case w.ends("ец"):
		switch {
		case isCyrillicVowel(before):
			return w.cut(2) + "йц"
		case before == 'л':
			return w.cut(2) + "ьц"
		case isCyrillicConsonant(w.before(3)) && isCyrillicConsonant(before) && !strings.ContainsRune("нрл", w.before(3)):
			return ""
		}
		return w.cut(2) + "ц"
	case w.ends("ок") && !w.proper && !s.keeps(w.text):
		return w.cut(2) + "к"
	}
	return ""
}

// keeps reports a word that keeps its vowel, also as the end of another one
// (Владивосток).
func (s *slavic) keeps(word string) bool {
	if s.keepsVowel[word] {
		return true
	}
	for k := range s.keepsVowel {
		if len(k) >= 8 && strings.HasSuffix(word, k) {
			return true
		}
	}
	return false
}

func russianA(w *slavicWord, prev rune) []nounClass {
	stem := w.cut(1)
	if w.afterPlural {
		return []nounClass{{"а-", stem}}
	}
	switch {
	case isVelar(prev):
		return []nounClass{{"ка", stem}}
	case isSibilant(prev):
		return []nounClass{{"жа", stem}}
	case prev == 'ц':
		return []nounClass{{"ца", stem}}
	}
	return []nounClass{{"а", stem}}
}

func russianYa(w *slavicWord, prev rune) []nounClass {
	stem := w.cut(1)
	switch {
	case w.afterPlural:
		return []nounClass{{"я-", stem}}
	case prev == 'и':
		return []nounClass{{"ия", stem}}
	}
	return []nounClass{{"я", stem}}
}

// russianVowel handles the other ends: neuters, and words listed in the
// plural. Names of persons and places in these vowels do not change, but for
// plural places in -ы.
func russianVowel(s *slavic, w *slavicWord, last, prev rune) []nounClass {
	stem := w.cut(1)
	one := func(name string) []nounClass { return []nounClass{{name, stem}} }
	if w.proper && !w.afterPlural {
		if w.ctx.kind == PER || !(last == 'ы' || last == 'и' && s.pluralPlaces[w.text] || w.ends("ство") || w.ends("ние")) {
			return nil
		}
	}
	switch last {
	case 'о':
		if w.ctx.kind == ORG && w.capital && !w.ends("во") {
			return nil // Боко Харам
		}
		return one("о")
	case 'е':
		switch {
		case prev == 'и':
			return one("ие")
		case prev == 'ь':
			return one("ье")
		case isSibilant(prev), prev == 'ц':
			return one("же")
		}
		return one("е")
	case 'ы':
		return one("ы-")
	case 'и':
		switch {
		case prev == 'и':
			return one("ии-")
		case isVelar(prev):
			return one("ки-")
		case isSibilant(prev):
			return one("жи-")
		}
		return one("и-")
	}
	return nil
}

// russianAdjective gives the stem and class of a word with the end of an
// adjective, "" where it has none.
func russianAdjective(_ *slavic, w *slavicWord) (stem, class string) {
	if len(w.runes) < 5 && !w.ends("ый") && !w.ends("ая") && !w.ends("ые") {
		return "", ""
	}
	end := string(w.runes[max(0, len(w.runes)-2):])
	stem = w.cut(2)
	last := w.before(2)
	switch end {
	case "ый", "ая", "ое", "ые":
	case "ий":
		if w.ctx.kind == PER && last != 'к' || !isVelar(last) && !isSibilant(last) && last != 'н' {
			return "", "" // Дмитрий, критерий
		}
	case "яя", "ее":
	case "ой":
		if !w.proper && w.final && w.i == 0 {
			return "", ""
		}
	case "ие":
		if w.final && !w.afterPlural {
			return "", ""
		}
	default:
		return "", ""
	}
	switch {
	case isVelar(last):
		return stem, "velar"
	case isSibilant(last):
		return stem, "sibilant"
	case end == "ий" || end == "яя" || end == "ее" || end == "ие":
		return stem, "soft"
	}
	return stem, "hard"
}

// russianVariants adds and corrects what the tables cannot say: the fleeting
// vowel of the genitive plural, and the stem of -ец and -ок in the nominative.
func russianVariants(_ *slavic, w *slavicWord, n nounClass, cells []inflectedForm) []inflectedForm {
	const genPl = (caseGen | caseAcc) << pluralShift
	for i := range cells {
		f := &cells[i]
		if f.text == n.stem && f.cases&(caseNom|caseAcc) != 0 && w.text != n.stem && isCyrillicConsonant(w.before(0)) {
			f.text = w.text
		}
	}
	cells = slices.DeleteFunc(cells, func(f inflectedForm) bool { return oddCell(n, f) })
	if !slices.ContainsFunc(cells, func(f inflectedForm) bool { return f.cases&pluralCases != 0 }) {
		return cells
	}
	if g := insertVowel(n.stem); g != "" && (n.name == "ка" || n.name == "ки-") {
		cells = slices.DeleteFunc(cells, func(f inflectedForm) bool { return f.text == n.stem })
	}
	switch n.name {
	case "ка", "а", "жа", "ца", "о", "же", "ки-", "ы-", "а-", "жи-":
		if g := insertVowel(n.stem); g != "" {
			cells = append(cells, inflectedForm{g, genPl})
		}
	case "я", "и-":
		if strings.HasSuffix(n.stem, "ь") {
			cells = append(cells, inflectedForm{strings.TrimSuffix(n.stem, "ь") + "ей", genPl})
		} else if g := insertVowel(n.stem); g != "" {
			cells = append(cells, inflectedForm{g + "ь", genPl}, inflectedForm{g, genPl})
		}
	case "ье":
		cells = append(cells, inflectedForm{strings.TrimSuffix(n.stem, "ь") + "ий", genPl})
	}
	return cells
}

// oddCell reports a form of a paradigm that its stem does not allow: the bare
// plurals of -я depend on the letter before, яблоки and облаков are for velars.
func oddCell(n nounClass, f inflectedForm) bool {
	rest := strings.TrimPrefix(f.text, n.stem)
	end := last(n.stem)
	switch {
	case n.name == "о" && (rest == "и" || rest == "ов"):
		return !isVelar(end)
	case n.name == "я" && f.cases&pluralCases != 0 && (rest == "ь" || rest == "й" || rest == "ей"):
		return end == 'ь' || (rest == "й") != isCyrillicVowel(end)
	}
	return false
}

// insertVowel gives the genitive plural of a stem that ends in two
// consonants: каск-, касок; бомбежк-, бомбежек; "" where none is put in.
func insertVowel(stem string) string {
	rs := []rune(stem)
	n := len(rs)
	if n < 3 {
		return ""
	}
	last, before := rs[n-1], rs[n-2]
	if last != 'к' && last != 'н' && last != 'ц' && last != 'л' {
		return ""
	}
	head := string(rs[:n-1])
	switch {
	case before == 'ь' || before == 'й':
		return string(rs[:n-2]) + "е" + string(last)
	case isSibilant(before) || before == 'ц' || last != 'к' && isCyrillicConsonant(before):
		return head + "е" + string(last)
	case isCyrillicConsonant(before):
		return head + "о" + string(last)
	}
	return ""
}
