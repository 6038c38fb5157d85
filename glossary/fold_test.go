package glossary

import (
	"math/rand/v2"
	"testing"
)

func TestAppendFoldIsTheSlowFold(t *testing.T) {
	t.Parallel()
	for r := range rune(0x3000) {
		for _, s := range []string{"a" + string(r) + "b", string(r), string(r) + " x", "أ" + string(r) + "ة"} {
			if got, want := FoldName(s), string(appendFoldSlow(nil, []byte(s))); got != want {
				t.Fatalf("%q folds to %q, want %q", s, got, want)
			}
		}
	}
}

// TestAppendFoldOfTextsIsTheSlowFold is that of letters for texts at random, with
// and without the marks of printing, and for broken ones.
func TestAppendFoldOfTextsIsTheSlowFold(t *testing.T) {
	t.Parallel()
	same := func(text string) {
		fast, slow := AppendFold([]byte("x "), []byte(text)), appendFoldSlow([]byte("x "), []byte(text))
		if string(fast) != string(slow) {
			t.Fatalf("%q (%x) folds to %q, letter by letter to %q", text, text, fast, slow)
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	blocks := []rune{0x20, 0x60, 0xC0, 0x300, 0x400, 0x600, 0x640, 0x2000, 0x2010, 0x2030, 0x2050, 0x2060, 0xFEF0}
	for range 20_000 {
		var text []rune
		for range r.IntN(12) {
			text = append(text, blocks[r.IntN(len(blocks))]+rune(r.IntN(0x40)))
		}
		same(string(text))
	}
	for _, bad := range []string{"\xff", "a\xe2\x80", "\xd8", "سرا\xd9قب"} {
		same(bad)
	}
}
