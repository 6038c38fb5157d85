package main

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"dragoman/glossary"
)

func newGlossaryForms(g *globals) *cobra.Command {
	var files glossaryFiles
	var asJSON, all bool
	c := &cobra.Command{
		Use:   "forms CONCEPT LOCALE",
		Short: "Show which forms of a name will be accepted, and why",
		Long: `Shows every form in which a name is accepted in a translation, by term, with its tier
and how it was made. CONCEPT is an id or an English name. Spelling variants that are
accepted everywhere (a missing hamza, other apostrophes) are not listed one by one.`,
		Example: "  dragoman glossary forms loc.sarqib ar\n  dragoman glossary forms \"barrel bomb\" ru",
		Args:    cobra.ExactArgs(2),
		RunE:    func(_ *cobra.Command, args []string) error { return g.listForms(files, args[0], args[1], asJSON, all) },
	}
	c.Flags().BoolVar(&all, "all", false, fmt.Sprintf("print every form, not only the first %d of a kind", formsShown))
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a form")
	files.flag(c)
	return c
}

// formJSON is a form as `glossary forms --json` gives it.
type formJSON struct {
	Concept string `json:"concept"`
	Locale  string `json:"locale"`
	Term    string `json:"term"`
	Class   string `json:"class"` // preferred, accepted, derived, forbidden
	Form    string `json:"form"`
	Tier    int    `json:"tier"`
	Why     string `json:"why"`
}

func (g *globals) listForms(files glossaryFiles, name, locale string, asJSON, all bool) error {
	gl, err := files.compile(g)
	if err != nil {
		return err
	}
	i, err := findConcept(gl, name)
	if err != nil {
		return err
	}
	c := gl.Concept(i)
	locale, known := proofLanguage(locale)
	if !known {
		return usagef("%s: the grammar of this language is not known; forms are made for %s", locale, proofLanguages)
	}
	forms, err := gl.Forms(c.ID, locale)
	if err != nil {
		return fmt.Errorf("%s (%s) has no term in %s: add one in the column %s", c.ID, c.Source, locale, locale)
	}
	out := bufio.NewWriter(g.stdout)
	if asJSON {
		enc := jsonLines(out)
		for _, f := range forms {
			if err := enc.Encode(formJSON{c.ID, locale, f.Term, f.Class, f.Text, f.Tier, f.Why}); err != nil {
				return err
			}
		}
		return out.Flush()
	}
	fmt.Fprintf(out, "%s  %s  %s  %s\n", c.ID, c.Source, c.Kind, locale)
	for len(forms) > 0 {
		n := 1
		for n < len(forms) && forms[n].Term == forms[0].Term && forms[n].Class == forms[0].Class {
			n++
		}
		printTerm(out, forms[:n], all)
		forms = forms[n:]
	}
	return out.Flush()
}

// tierNames say what the tiers mean.
var tierNames = [...]string{"as listed", "spelling", "with a clitic, prefix or apostrophe", "inflected", "spaces lost"}

// formsShown is how many forms made in the same way are shown.
const formsShown = 12

// printTerm prints the forms of one term by tier, then by how they are made.
func printTerm(w io.Writer, forms []glossary.Form, all bool) {
	class := forms[0].Class
	if class == "forbidden" {
		class = "forbidden: none of these is accepted"
	}
	fmt.Fprintf(w, "\n%s (%s): %s\n", forms[0].Term, class, plural(len(forms), "form"))
	slices.SortStableFunc(forms, func(a, b glossary.Form) int {
		return cmp.Or(a.Tier-b.Tier, cmp.Compare(a.Why, b.Why))
	})
	for i := 0; i < len(forms); {
		n := i + 1
		for n < len(forms) && forms[n].Tier == forms[i].Tier && forms[n].Why == forms[i].Why {
			n++
		}
		if i == 0 || forms[i].Tier != forms[i-1].Tier {
			fmt.Fprintf(w, "  tier %d, %s\n", forms[i].Tier, tierNames[min(forms[i].Tier, len(tierNames)-1)])
		}
		fmt.Fprintf(w, "    %s: %s\n", forms[i].Why, formList(forms[i:n], all))
		i = n
	}
}

func formList(forms []glossary.Form, all bool) string {
	shown := len(forms)
	if !all {
		shown = min(shown, formsShown)
	}
	texts := make([]string, shown)
	for i := range texts {
		texts[i] = forms[i].Text
	}
	list := strings.Join(texts, ", ")
	if shown < len(forms) {
		list += fmt.Sprintf(" … and %d more", len(forms)-shown)
	}
	return list
}
