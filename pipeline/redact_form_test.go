package pipeline

import (
	"testing"

	"dragoman/glossary"
)

// TestCertainForm: where a name may be put back, in each language.
func TestCertainForm(t *testing.T) {
	t.Parallel()
	per := &glossary.Concept{Kind: glossary.PER}
	loc := &glossary.Concept{Kind: glossary.LOC}
	for _, c := range []struct {
		lang                string
		c                   *glossary.Concept
		before, after, term string
		want                string // "" for not certain
	}{
		{"ar", per, "قال ", " ذلك", "سليم", "قال سليم ذلك"},
		{"ar", per, "قال ل", " ذلك", "سليم", "قال لسليم ذلك"},
		{"ar", per, "قال ل", " ذلك", "الحداد", "قال للحداد ذلك"},
		{"ar", per, "قال لـ", " ذلك", "الحداد", "قال للحداد ذلك"},
		{"ar", per, "قال بـ", " ذلك", "سليم", "قال بسليم ذلك"},
		{"ar", per, "وب", " ذلك", "سليم", "وبسليم ذلك"},
		{"ar", per, "قال ال", " ذلك", "سليم", ""},
		{"ar", per, "قال ", "ي ذلك", "سليم", ""},
		{"ar", per, "مع ", " ذلك", "أبو سليم", ""},
		{"ar", per, "قال ⟦1⟧", "⟦/1⟧ ذلك", "سليم", "قال ⟦1⟧سليم⟦/1⟧ ذلك"},
		{"ar", per, "قال ل⟦1⟧", "⟦/1⟧ ذلك", "الحداد", ""},
		{"ar", per, "قال لـ⟦1⟧", "⟦/1⟧ ذلك", "سليم", ""},
		{"ar", per, "قال ⟦1⟧", "⟦/1⟧ي ذلك", "سليم", ""},
		{"fr", per, "a dit ", " hier", "Salim", "a dit Salim hier"},
		{"fr", per, "celui de ", " hier", "Ahmad", ""},
		{"fr", per, "celui d’", " hier", "Salim", ""},
		{"fr", loc, "à ", " hier", "Idlib", ""},
		{"es", loc, "en ", " ayer", "Idlib", "en Idlib ayer"},
		{"es", loc, "en ", " ayer", "La Habana", ""},
		{"tr", per, "dün ", " dedi", "Selim", "dün Selim dedi"},
		{"tr", per, "dün ", "’in dedi", "Selim", ""},
		{"ru", per, "сказал ", " вчера", "Салим", ""},
	} {
		before, term, ok := certainForm(c.lang, c.c, c.before, c.after, c.term)
		if got := before + term + c.after; ok != (c.want != "") || ok && got != c.want {
			t.Errorf("%s %q + %q + %q: %q, %v, want %q", c.lang, c.before, c.term, c.after, got, ok, c.want)
		}
	}
}
