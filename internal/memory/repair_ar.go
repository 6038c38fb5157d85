package memory

import (
	"strings"

	"dragoman/glossary"
	"dragoman/locales"
)

// arabicFree are words that may follow a counted noun or a figure and agree
// with neither: prepositions, conjunctions, adverbs of time, and verbs whose
// form is the same after three and after twelve.
var arabicFree = set(`
	في من على إلى عن حتى منذ خلال بعد قبل بين ضد مع جراء جرّاء إثر نتيجة بسبب لدى عند حول أثناء
	عقب ضمن داخل خارج قرب تحت فوق أمام خلف عبر نحو رغم حيث كما حين عندما بينما فيما لكن بل أو أم ثم مما
	بلا دون بدون بحسب وفق تقريبًا يوميًا يوم صباح مساء ليل ليلة ظهر فجر عصر أمس اليوم غدًا
	بينهم بينهن بينها منهم منهن منها فيهم فيها عليهم لهم إليهم بهم الذين اللواتي اللاتي ممن
	بريف بقصف بغارة بغارات بمدينة ببلدة بقرية بجروح بانفجار كانوا قتلوا قضوا سقطوا أصيبوا جرحوا
	أصيب جرح قتل فر نزح وقع أدى أسفر كان قال أضاف أفاد أكد ذلك إصابة مقتل جرح`)

// freeArabic reports whether nothing after the noun agrees with it: a free
// word or a stop follows, or the conjunction و, or with a feminine noun an
// adjective in ة, which is the same beside the singular and the plural.
func (s *site) freeArabic(n *locales.Noun, end int) bool {
	w, at := s.wordAfter(end)
	if w == "" {
		return s.closes(end) || strings.HasPrefix(strings.TrimLeft(s.text[end:], spaces), "(")
	}
	if arabicFree[w] {
		return true
	}
	if n.Gender == locales.Feminine && strings.HasSuffix(w, "ة") && !strings.HasPrefix(w, "ال") {
		return s.freeArabic(n, at+len(w))
	}
	if strings.HasPrefix(w, "لل") || strings.HasPrefix(w, "بال") && !strings.HasPrefix(w, "بالغ") {
		return true // a preposition and the article
	}
	// After و another counted noun could stand (60 امرأة ورجلًا): only a verb,
	// a number or a free word is free.
	joined, ok := strings.CutPrefix(w, "و")
	if !ok {
		return false
	}
	_, _, number := s.p.ParseNumberWord(joined)
	return number || joined == "" || arabicFree[joined] ||
		len(joined) >= 8 && strings.HasSuffix(joined, "ت") && !strings.HasSuffix(joined, "ات")
}

// detach writes a numeral after a joined preposition: figures stand off it by
// a tatweel (لـ25), words do not (لسبعة).
func (s *site) detach(start int, text string) string {
	head := strings.TrimSuffix(s.text[:start], "ـ")
	r, _ := lastRune(head)
	word, _ := s.wordBefore(start)
	bound := strings.ContainsRune("بلك", r) && len(word) <= 8 && head == strings.TrimRight(head, spaces)
	f, _ := firstRune(text)
	switch {
	case !bound || isLetter(f) == (len(head) == start):
		return text
	case isLetter(f):
		s.put(len(head), start, "")
		return text
	}
	return "ـ" + text
}

// governedArabic reports whether a preposition or a noun of place governs the
// name at byte i, so that no verb agrees with it.
func (s *site) governedArabic(i int) bool {
	w, _ := s.wordBefore(i)
	return strings.HasSuffix(w, "بـ") || strings.HasSuffix(w, "لـ") || arabicGoverns[w] || arabicGoverns[strings.TrimPrefix(w, "و")] || arabicGoverns[strings.TrimPrefix(w, "ب")] || arabicGoverns[strings.TrimPrefix(w, "ل")]
}

// joinedPreposition reports whether a name stands with ب, ل or ك before it.
func joinedPreposition(have, name string) bool {
	have = fold(have)
	for _, p := range []string{"و", "ف"} {
		have = strings.TrimPrefix(have, p)
	}
	for _, p := range []string{"ب", "ل", "ك"} {
		if rest, ok := strings.CutPrefix(have, p); ok && !strings.HasPrefix(fold(name), have) &&
			(strings.HasPrefix(fold(name), rest) || strings.HasPrefix(fold(name), "ال") && p == "ل") {
			return true
		}
	}
	return false
}

// arabicGoverns are words after which a name stands in the genitive.
var arabicGoverns = set(`
	في من على إلى عن حتى منذ خلال بعد قبل بين ضد مع لدى عند حول عبر نحو قرب داخل خارج عقب دون باتجاه باسم
	بلدة مدينة قرية محافظة منطقة ريف حي ضاحية مدن بلدات قرى سكان أهالي أطراف محيط شمال جنوب شرق غرب وسط
	مجلس رئيس عضو وفد مكتب ممثل مستشار بيان تصريح لقاء زيارة`)

// arabicFeminine guesses the gender with which a verb agrees: places are
// feminine but for some countries; of an organisation the first word says it,
// or the adjective that follows it where both are definite (الأمم المتحدة).
func arabicFeminine(name string, kind glossary.Kind) bool {
	if kind == glossary.LOC {
		return !arabicMasculine[name]
	}
	first, rest, _ := strings.Cut(name, " ")
	if strings.HasSuffix(first, "ة") || strings.HasSuffix(first, "ات") || strings.HasSuffix(first, "اء") {
		return true
	}
	second, _, _ := strings.Cut(rest, " ")
	return strings.HasPrefix(first, "ال") && strings.HasPrefix(second, "ال") &&
		(strings.HasSuffix(second, "ة") || strings.HasSuffix(second, "اء"))
}

var arabicMasculine = set("لبنان العراق الأردن السودان المغرب اليمن الصومال")
