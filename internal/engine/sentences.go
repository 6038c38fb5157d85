package engine

import "unicode"

// countSentences counts roughly, in the same way for every language, so that a
// source and its translation can be compared: a full stop counts where space
// follows and no abbreviation precedes; "!", "?" and their kin count always.
// Segmenting proper is content/segment's; this only has to be even-handed.
func countSentences(text string) int {
	n, open := 0, false
	runes := []rune(text)
	for i, r := range runes {
		switch {
		case ends(runes, i):
			if open {
				n++
			}
			open = false
		case classOf(r).is(letter | decimal):
			open = true
		}
	}
	if open {
		n++
	}
	return n
}

// ends reports whether the character at i ends a sentence.
func ends(runes []rune, i int) bool {
	switch runes[i] {
	case '。', '！', '？':
		return true
	case '!', '?', '؟', '۔', '।':
		return spaceAfter(runes, i)
	case '.':
		return spaceAfter(runes, i) && !abbreviated(runes[:i])
	}
	return false
}

// spaceAfter reports whether the text ends or space follows after position i,
// quotes and brackets not counted.
func spaceAfter(runes []rune, i int) bool {
	for _, r := range runes[i+1:] {
		if classOf(r).is(blank) {
			return true
		}
		if !unicode.In(r, unicode.Pe, unicode.Pf, unicode.Pi) && r != '"' && r != '\'' {
			return false
		}
	}
	return true
}

// abbreviated reports whether a text that ends before a full stop ends in what
// may be an abbreviation: one letter, up to three that begin with a capital
// ("Dr", "No", "Gen"), or another full stop.
func abbreviated(before []rune) bool {
	end := len(before)
	start := end
	for start > 0 && classOf(before[start-1]).is(letter) {
		start--
	}
	word := before[start:end]
	switch {
	case len(word) == 0:
		return start > 0 && before[start-1] == '.'
	case len(word) == 1:
		return true
	}
	return len(word) <= 3 && classOf(word[0]).is(upper)
}
