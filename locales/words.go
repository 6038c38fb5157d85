package locales

// NumberWord returns the word for n, one to ten, as it stands before a noun
// of gender g. In Arabic three to ten take the ending opposite to the noun's:
// NumberWord(6, Masculine) is ستة (مدنيين), NumberWord(3, Feminine) is ثلاث
// (غارات). ok is false where the locale has no such word.
func (p *Profile) NumberWord(n int, g Gender) (word string, ok bool) {
	if n < 1 || n > 10 || g > Neuter {
		return "", false
	}
	for _, try := range [...]Gender{g, AnyGender} {
		if w := p.written[n][try]; w != "" {
			return w, true
		}
	}
	if g == AnyGender || g == Neuter {
		if w := p.written[n][Masculine]; w != "" {
			return w, true
		}
	}
	return "", false
}

// ParseNumberWord reads a cardinal one to ten; g is the gender of the noun
// that it counts, AnyGender where the word does not tell. Prefixes (Arabic
// و ب ل ال) are not taken off: Numbers does that.
func (p *Profile) ParseNumberWord(word string) (n int, g Gender, ok bool) {
	e := p.entries[p.key(word)]
	if e == nil {
		return 0, AnyGender, false
	}
	for _, w := range e.numbers {
		if w.kind == Cardinal && w.value <= 10 {
			return int(w.value), w.gender, true
		}
	}
	return 0, AnyGender, false
}
