package glossary_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestCandidates: names that recur and are in no glossary.
func TestCandidates(t *testing.T) {
	t.Parallel()
	g := starter(t)
	c := g.NewCandidates()
	for i, text := range []string{
		"The mayor of Binnish spoke to reporters in Binnish on Monday, 5 February.",
		"Residents of Binnish’s old quarter fled to Idlib and Sarqib.",
		"Ministry of Health officials met President Anas al-Abdah in Geneva.",
		"The Ministry of Health said so. However, Anas al-Abdah disagreed.",
		"However, the talks went on. Residents left.",
		"Binnish Hospital Hit Again As Residents Flee Northern Villages",
		"In London, Syrian Salvation Party members met. The Syrian Salvation Party won.",
		"They saw Sarqeb burn, and Sarqeb’s people left.",
		"⟦1⟧Jabal⟦/1⟧ al-Zawiya and Jabal al‑Zawiya",
	} {
		c.Add(fmt.Sprintf("%d.md", i), text)
	}
	var got []string
	for _, n := range c.List(2) {
		s := fmt.Sprintf("%s %d/%d", n.Text, n.Count, n.Sources)
		if len(n.Near) > 0 {
			s += " = " + n.Near[0].ID
		}
		got = append(got, s)
	}
	want := "Binnish 3/2\nAnas al-Abdah 2/2\nJabal al-Zawiya 2/1\nMinistry of Health 2/2\nSarqeb 2/1 = loc.sarqib\nSyrian Salvation Party 2/1"
	if got := strings.Join(got, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	first := c.List(2)[0]
	if len(first.Contexts) != 3 || first.Contexts[0].Source != "0.md" || !strings.Contains(first.Contexts[0].Text, "The mayor of Binnish spoke") {
		t.Errorf("%+v", first.Contexts)
	}
	for _, n := range c.List(1) {
		switch n.Text {
		case "Residents", "However", "Monday", "February", "President", "Idlib", "Sarqib", "They", "In":
			t.Errorf("%q is no name", n.Text)
		}
	}
}
