package edition_test

import (
	"slices"
	"testing"

	"dragoman/internal/edition"
)

func TestMentioned(t *testing.T) {
	t.Parallel()
	names := []string{"Lina", "Lina Haddad", "لينا", "Omar"}
	for text, want := range map[string][]string{
		"@Lina look":                     {"Lina"},
		"@lina haddad, and @Omar.":       {"Lina Haddad", "Omar"},
		"ask @Linaa":                     nil,
		"mail lina@Omar.example":         nil,
		"يا @لينا، انظري":                {"لينا"},
		"@لينات":                         nil,
		"@Omar @omar @Lina":              {"Omar", "Lina"},
		"":                               nil,
		"@@Omar":                         {"Omar"},
		"no one is called, only Omar is": nil,
	} {
		if got := edition.Mentioned(text, names); !slices.Equal(got, want) {
			t.Errorf("%q names %q, want %q", text, got, want)
		}
	}
}

func TestQuotations(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"He said: “We will not leave our land.” They left.": {"We will not leave our land."},
		"The “safe zone” is not safe.":                      nil,
		"“This goes on in the":                              {"This goes on in the"},
		`He said, "no one was there" and left.`:             {"no one was there"},
		"قال «لن نغادر أرضنا أبدًا» ثم مضى.":                {"لن نغادر أرضنا أبدًا"},
		"It’s Ma’saran’s people who’d say so.":              nil,
		"“One two three” and “four five six”":               {"One two three", "four five six"},
	} {
		var got []string
		for _, s := range edition.Quotations(text) {
			got = append(got, text[s.Start:s.End])
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q quotes %q, want %q", text, got, want)
		}
	}
}
