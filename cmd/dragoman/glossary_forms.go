package main

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"dragoman/glossary"
)

func newGlossaryForms(g *globals) *cobra.Command {
	var files glossaryFiles
	var asJSON bool
	c := &cobra.Command{
		Use:   "forms CONCEPT LOCALE",
		Short: "Show which forms of a name will be accepted, and why",
		Long: `Shows every form in which a name is accepted in a translation, by term, with its tier
and how it was made. CONCEPT is an id or an English name. Spelling variants that are
accepted everywhere (a missing hamza, other apostrophes) are not listed one by one.`,
		Example: "  dragoman glossary forms loc.sarqib ar\n  dragoman glossary forms \"barrel bomb\" ru",
		Args:    cobra.ExactArgs(2),
		RunE:    func(_ *cobra.Command, args []string) error { return g.listForms(files, args[0], args[1], asJSON) },
	}
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

func (g *globals) listForms(files glossaryFiles, name, locale string, asJSON bool) error {
	gl, err := files.compile(g)
	if err != nil {
		return err
	}
	i, err := findConcept(gl, name)
	if err != nil {
		return err
	}
	c := gl.Concept(i)
	if !glossary.Verifiable(locale) {
		return usagef("%s: the grammar of this language is not known; forms are made for ar, ckb, es, fr, kmr, ru, tr and uk", locale)
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
		printTerm(out, forms[:n])
		forms = forms[n:]
	}
	return out.Flush()
}

// tierNames say what the tiers mean.
var tierNames = [...]string{"as listed", "spelling", "with a clitic, prefix or apostrophe", "inflected", "spaces lost"}

// printTerm prints the forms of one term by tier, then by how they are made.
func printTerm(w io.Writer, forms []glossary.Form) {
	fmt.Fprintf(w, "\n%s (%s): %s\n", forms[0].Term, forms[0].Class, plural(len(forms), "form"))
	slices.SortStableFunc(forms, func(a, b glossary.Form) int {
		return cmp.Or(a.Tier-b.Tier, cmp.Compare(a.Why, b.Why))
	})
	for i := range forms {
		f := &forms[i]
		switch {
		case i > 0 && f.Tier == forms[i-1].Tier && f.Why == forms[i-1].Why:
			fmt.Fprintf(w, ", %s", f.Text)
			continue
		case i > 0:
			fmt.Fprintln(w)
		}
		if i == 0 || f.Tier != forms[i-1].Tier {
			fmt.Fprintf(w, "  tier %d, %s\n", f.Tier, tierNames[min(f.Tier, len(tierNames)-1)])
		}
		fmt.Fprintf(w, "    %s: %s", f.Why, f.Text)
	}
	fmt.Fprintln(w)
}
