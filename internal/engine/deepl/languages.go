package deepl

import (
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// regional are the targets that DeepL tells apart from their language, as tags
// of BCP 47; the first of a language is what its bare tag means here.
var regional = map[string][]string{
	"en": {"en-US", "en-GB"},
	"pt": {"pt-BR", "pt-PT"},
	"zh": {"zh-Hans", "zh-Hant"},
	"es": {"es", "es-419"},
}

// renamed are the languages that DeepL calls otherwise.
var renamed = map[string]string{"no": "nb", "iw": "he"}

// base gives the language of a tag.
func base(tag string) string {
	b := tag
	if t, err := language.Parse(tag); err == nil {
		l, _ := t.Base()
		b = l.String()
	}
	if other, ok := renamed[b]; ok {
		return other
	}
	return b
}

// sourceCode gives DeepL's code of a source: it knows no regions there.
func sourceCode(tag string) string { return strings.ToUpper(base(tag)) }

// targetCode gives DeepL's code of a target.
func targetCode(tag string) string {
	b := base(tag)
	variants, ok := regional[b]
	if !ok {
		return strings.ToUpper(b)
	}
	return strings.ToUpper(variant(tag, variants))
}

// variant chooses the variant of a language that is nearest to tag: the one of
// its region or script, else, where tag has another region, the second (British
// for Australian English, European for Angolan Portuguese), else the first.
func variant(tag string, variants []string) string {
	if i := slices.IndexFunc(variants, func(v string) bool { return strings.EqualFold(v, tag) }); i >= 0 {
		return variants[i]
	}
	t, err := language.Parse(tag)
	if err != nil {
		return variants[0]
	}
	b, _, region := t.Raw()
	switch b.String() {
	case "zh":
		if script, _ := t.Script(); script.String() == "Hant" {
			return "zh-Hant"
		}
		return "zh-Hans"
	case "es":
		return "es"
	}
	if own := b.String() + "-" + region.String(); slices.Contains(variants, own) {
		return own
	}
	if region.IsCountry() {
		return variants[1]
	}
	return variants[0]
}

// tags gives the BCP 47 tags that DeepL's code serves. A bare code beside
// variants serves every region; a variant that is the bare tag's meaning serves
// that too.
func tags(code string, target bool) []string {
	t, err := language.Parse(code)
	if err != nil {
		return []string{strings.ToLower(code)}
	}
	tag := t.String()
	all := []string{tag}
	b := base(tag)
	if variants := regional[b]; target && len(variants) > 0 && variants[0] == tag && tag != b {
		all = append(all, b)
	}
	if b == "nb" {
		all = append(all, "no")
	}
	return all
}
