package memory

import "strings"

// turkishDigits are the last words with which numbers are spoken: ones, tens,
// and what stands for two, three and more zeros.
var (
	turkishOnes  = [10]string{"sıfır", "bir", "iki", "üç", "dört", "beş", "altı", "yedi", "sekiz", "dokuz"}
	turkishTens  = [10]string{"", "on", "yirmi", "otuz", "kırk", "elli", "altmış", "yetmiş", "seksen", "doksan"}
	turkishZeros = []struct {
		zeros int
		word  string
	}{{9, "milyar"}, {6, "milyon"}, {3, "bin"}, {2, "yüz"}}
)

// turkishSpoken gives the last word that is spoken of a word or figures; ""
// where it is not certain.
func turkishSpoken(text string) string {
	digits := strings.Map(func(r rune) rune {
		if r == '.' {
			return -1
		}
		return r
	}, text)
	switch {
	case digits == "" || strings.Contains(digits, ","):
		return ""
	case strings.Trim(digits, "0123456789") != "":
		return text
	}
	n := len(digits)
	switch zeros := n - len(strings.TrimRight(digits, "0")); {
	case zeros == n:
		return turkishOnes[0]
	case zeros == 0:
		return turkishOnes[digits[n-1]-'0']
	case zeros == 1:
		return turkishTens[digits[n-2]-'0']
	default:
		for _, z := range turkishZeros {
			if zeros >= z.zeros {
				return z.word
			}
		}
	}
	return ""
}

// turkishEndings are the endings that figures, dates and names take, with A, I
// and D for what harmony decides and letters in brackets that stand after a
// vowel only.
var turkishEndings = []string{
	"DA", "DAn", "DAki", "(y)A", "(y)I", "(n)In", "(s)I", "(y)lA",
	"(s)InA", "(s)InI", "(s)InIn", "(s)IndA", "(s)IndAn", "lAr", "lArI", "lArA", "lArdA",
	"nDA", "nDAn", "nA", "nI",
}

// harmonise gives an ending that hangs on a word the form that it has on
// another one. False means that it could be two endings with different forms
// there, or none that is known.
func harmonise(old, new, ending string) (string, bool) {
	if old == "" || new == "" {
		return "", false
	}
	fitted := ""
	for _, e := range turkishEndings {
		if turkishEnding(old, e) != ending {
			continue
		}
		to := turkishEnding(new, e)
		if fitted != "" && fitted != to {
			return "", false
		}
		fitted = to
	}
	return fitted, fitted != ""
}

// fitsTurkish holds the ending of a name that the glossary has written against
// the one that harmony gives: they must be the same. Names that end in a common
// word (İdlib ili, Humus kırsalı) take their endings without an apostrophe.
func fitsTurkish(have, text string) bool {
	from, ending, ok := cutApostrophe(have)
	to, fitted, ok2 := cutApostrophe(text)
	if !ok && !ok2 {
		return true
	}
	if !ok || !ok2 || described(lastWord(from)) || described(lastWord(to)) {
		return false
	}
	want, certain := harmonise(from, to, ending)
	return certain && want == fitted
}

func cutApostrophe(s string) (before, after string, ok bool) {
	for i := range s {
		if n := apostrophe(s[i:]); n > 0 && i > 0 {
			before, after, ok = s[:i], s[i+n:], true
		}
	}
	return before, after, ok
}

func lastWord(s string) string { return s[strings.LastIndexByte(s, ' ')+1:] }

// turkishEnding spells an ending on a word.
func turkishEnding(word, ending string) string {
	last, final := turkishVowel(word)
	var b strings.Builder
	rs := []rune(ending)
	for i := 0; i < len(rs); i++ {
		switch r := rs[i]; r {
		case '(':
			if strings.ContainsRune(turkishVowels, final) {
				b.WriteRune(rs[i+1])
				final = rs[i+1]
			}
			i += 2
		case 'A':
			v := 'e'
			if strings.ContainsRune("aıou", last) {
				v = 'a'
			}
			b.WriteRune(v)
			last, final = v, v
		case 'I':
			v := map[rune]rune{'a': 'ı', 'ı': 'ı', 'e': 'i', 'i': 'i', 'o': 'u', 'u': 'u', 'ö': 'ü', 'ü': 'ü'}[last]
			b.WriteRune(v)
			last, final = v, v
		case 'D':
			d := 'd'
			if strings.ContainsRune("fstkçşhp", final) {
				d = 't'
			}
			b.WriteRune(d)
			final = d
		default:
			b.WriteRune(r)
			final = r
			if strings.ContainsRune(turkishVowels, r) {
				last = r
			}
		}
	}
	return b.String()
}

const turkishVowels = "aıoueiöü"

// turkishVowel gives the last vowel of a word and its last letter, both small.
func turkishVowel(word string) (last, final rune) {
	for _, r := range word {
		switch r {
		case 'I':
			r = 'ı'
		case 'İ':
			r = 'i'
		case 'Ö':
			r = 'ö'
		case 'Ü':
			r = 'ü'
		case 'â':
			r = 'a'
		default:
			r = []rune(strings.ToLower(string(r)))[0]
		}
		if strings.ContainsRune(turkishVowels, r) {
			last = r
		}
		final = r
	}
	return last, final
}
