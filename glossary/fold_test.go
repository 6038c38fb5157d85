package glossary

import "testing"

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
