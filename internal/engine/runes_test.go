package engine

import (
	"strings"
	"testing"
	"unicode"
)

// TestClasses: the table says what package unicode says, of every character.
func TestClasses(t *testing.T) {
	t.Parallel()
	for r := rune(0); r <= unicode.MaxRune; r++ {
		c := classOf(r)
		for _, is := range []struct {
			class
			want bool
		}{
			{letter, unicode.IsLetter(r)}, {upper, unicode.IsUpper(r)}, {lower, unicode.IsLower(r)}, {accent, unicode.IsMark(r)},
			{decimal, unicode.IsDigit(r)}, {blank, unicode.IsSpace(r)}, {bidi, unicode.Is(unicode.Bidi_Control, r)},
		} {
			if c.is(is.class) != is.want {
				t.Fatalf("%U: class %b is %v", r, is.class, !is.want)
			}
		}
		if s := string(r); lowered(s) != strings.ToLower(s) {
			t.Fatalf("%U: lowered %q, not %q", r, lowered(s), strings.ToLower(s))
		}
	}
	if got := lowered("Ⓐ ÀÉ Ж ﷺ زائف"); got != "ⓐ àé ж ﷺ زائف" {
		t.Error(got)
	}
}
