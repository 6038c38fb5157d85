package glossary_test

import (
	"strings"
	"testing"
)

// TestSuggest: unlisted spellings are suggested, listed ones and other words
// are not.
func TestSuggest(t *testing.T) {
	t.Parallel()
	g := starter(t)
	for text, want := range map[string]string{
		"the town of Sarqeb was hit":         "Sarqeb=loc.sarqib",
		"near Saraqueb and Kafr Nobl":        "Saraqueb=loc.sarqib Kafr Nobl=loc.kafranbel",
		"in Maarrat al-Nooman on Sunday":     "Maarrat al-Nooman=loc.maarat",
		"in Ma'arrat Numan":                  "Ma'arrat Numan=loc.maarat",
		"to Khan Sheykhoon and back":         "Khan Sheykhoon=loc.khansheikhoun",
		"from Dayr az-Zur":                   "Dayr az-Zur=loc.deirezzor",
		"⟦1⟧Sar⟦/1⟧qeb was hit":              "Sarqeb=loc.sarqib",
		"the Hamas leaders":                  "Hamas=loc.homs",
		"in Sarqib":                          "",
		"in Saraqib and Homs":                "",
		"sarqeb in small letters":            "",
		"The hospital said that it was hit.": "",
		"He met them in London on Monday.":   "",
		"Bashar al-Asad":                     "",
		"Basher al-Assad":                    "",
		"President Beshar Alassad":           "",
		"the Hizbollah fighters":             "Hizbollah=org.hezbollah",
		"Hizbollah’s men":                    "Hizbollah=org.hezbollah",
		"Coalition forces advanced":          "",
		"Home and Center, Source":            "",
		"":                                   "",
	} {
		var got []string
		for _, s := range g.Suggest(text) {
			got = append(got, s.Text+"="+s.Names[0].ID)
		}
		if got := strings.Join(got, " "); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestSuggestOrder: the likeliest name comes first, with the spelling that
// comes nearest.
func TestSuggestOrder(t *testing.T) {
	t.Parallel()
	g := compile(t, "id,kind,en,en.variants,ar\nloc.homs,LOC,Homs,Hims,حمص\norg.hamas,ORG,Hamas,,حماس\n")
	s := g.Suggest("in Homms today")
	if len(s) != 1 || len(s[0].Names) != 2 || s[0].Names[0].Name != "Homs" || s[0].Names[0].Score != 80 || s[0].Names[1].ID != "org.hamas" {
		t.Errorf("%+v", s)
	}
}
