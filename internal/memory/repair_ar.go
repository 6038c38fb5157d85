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
	بينهم بينهن بينها منهم منهن منها فيهم فيها عليهم لهم إليهم بهم أمس اليوم غدًا الذين اللواتي اللاتي ممن
	بريف بقصف بغارة بغارات بمدينة ببلدة بقرية بجروح بانفجار كانوا قتلوا قضوا سقطوا أصيبوا جرحوا
	وأصابت وأصيب وجرح وجرحت وقتل وقتلت وإصابة ومقتل وجرح`)

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
	// و before a noun or verb begins a new member; an adjective after it would
	// need one before it.
	return strings.HasPrefix(w, "و") && len(w) > 6
}

// governedArabic reports whether a preposition or a noun of place governs the
// name at byte i, so that no verb agrees with it.
func (s *site) governedArabic(i int) bool {
	if r, _ := lastRune(s.text[:i]); isLetter(r) {
		return true // a joined preposition or conjunction: see below
	}
	w, _ := s.wordBefore(i)
	return arabicGoverns[w] || arabicGoverns[strings.TrimPrefix(w, "و")] || arabicGoverns[strings.TrimPrefix(w, "ب")] || arabicGoverns[strings.TrimPrefix(w, "ل")]
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
