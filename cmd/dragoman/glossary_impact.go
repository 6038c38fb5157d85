package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"dragoman/content"
	"dragoman/glossary"
	"dragoman/internal/edition"
	"dragoman/pipeline"
)

func newGlossaryImpact(g *globals) *cobra.Command {
	var asJSON bool
	var o pipeline.PreviewOptions
	c := &cobra.Command{
		Use:   "impact CONCEPT",
		Short: "Show what a change of a concept would touch",
		Long: `Counts the segments and editions in which a concept (an id or an English name) is named,
by locale and by whose words they are, and what of them is not right under the glossary as
it is. A change of its terms looks at these, and at nothing else.`,
		Example: "  dragoman glossary impact loc.sarqib",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return g.withApp(c.Context(), func(a *app) error {
				i, err := findConcept(a.pipe.Glossary(), args[0])
				if err != nil {
					return err
				}
				k := a.pipe.Glossary().Concept(i)
				im, err := a.pipe.Impact(c.Context(), k.ID, o)
				if err != nil {
					return err
				}
				if asJSON {
					return jsonLines(a.stdout).Encode(im)
				}
				fmt.Fprintf(a.stdout, "%s (%s)\n", k.ID, k.Source)
				printImpact(a.stdout, &im)
				return nil
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	c.Flags().IntVar(&o.Groups, "groups", 10, "how many groups to show")
	return c
}

// shownGroups is how many groups of an impact people are shown.
const shownGroups = 10

// printImpact prints an impact for people.
func printImpact(w io.Writer, im *edition.Impact) {
	if im.Targets == 0 && im.Sum(edition.ClassMemory).Targets == 0 {
		fmt.Fprintln(w, "No translation is touched.")
		return
	}
	fmt.Fprintf(w, "Touches %s in %s of %s.\n", plural(im.Targets, "segment"), plural(im.Editions, "edition"), plural(im.Releases, "release"))
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "locale\twhose\tsegments\teditions\tswapped\tproposed\ttranslated again\tfor a person\t")
	for _, l := range im.Locales {
		for _, c := range l.Classes {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", l.Locale, c.Class, grouped(c.Targets), grouped(c.Editions),
				grouped(c.Swap), grouped(c.Propose), grouped(c.Retranslate), grouped(c.Task))
		}
	}
	t.Flush()
	for i := range im.Groups[:min(len(im.Groups), shownGroups)] {
		printGroup(w, &im.Groups[i])
	}
	if n := len(im.Groups) - shownGroups + im.MoreGroups; n > 0 {
		fmt.Fprintf(w, "… and %s\n", plural(n, "more group"))
	}
	for _, e := range im.Engines {
		printEngine(w, &e)
	}
	fmt.Fprintf(w, "Time: about %s.\n", time.Duration(im.Seconds*float64(time.Second)).Round(time.Second))
	for _, e := range im.Echoes {
		fmt.Fprintf(w, "%s has the old term in its own (%s): %s would be %s\n", e.Concept, e.Locale, e.Term, e.New)
	}
}

// printGroup prints a group with its first sample.
func printGroup(w io.Writer, g *edition.GroupImpact) {
	what := g.Concept + ": " + orWhy(g.Why)
	if g.Old != "" {
		var parts []string
		for _, r := range g.Replaced {
			parts = append(parts, r.Old+" → "+r.New)
		}
		what = strings.Join(parts, ", ")
		if !g.Certain {
			what += " (to be looked at: " + orWhy(g.Why) + ")"
		}
	}
	fmt.Fprintf(w, "%s  %s: %s in %s\n", g.Locale, what, plural(g.Targets, "segment"), plural(g.Releases, "release"))
	for _, s := range g.Samples[:min(len(g.Samples), 1)] {
		fmt.Fprintf(w, "    %s %d (%s): %s\n", s.Slug, s.Position+1, s.Class, content.Plain(s.Before))
		if s.After != "" {
			fmt.Fprintf(w, "    → %s\n", content.Plain(s.After))
		}
	}
}

// whys are the reasons of plans in words.
var whys = map[string]string{
	glossary.SwapAgreement: "words around it would have to agree", glossary.SwapCase: "the case is not certain",
	glossary.SwapHarmony: "how it is pronounced is not known", glossary.SwapInflected: "the form is not certain",
	glossary.SwapCodes: "codes stand within it", glossary.SwapKind: "the kind of word changes",
	glossary.ReasonDerived: "an adjective stands there", glossary.ReasonMissing: "nothing to swap was found",
	glossary.ReasonForbidden: "a forbidden rendering stands there",
	edition.WhyNoSwap:        "no old rendering stands there", edition.WhyOthers: "it would take the words of another name",
	edition.WhyNotClear: "it would still not comply", edition.WhyBeside: "the right name stands there already", edition.WhyBefore: "it was not found before, either",
}

func orWhy(why string) string {
	if why == "" {
		return "not right"
	}
	return cmp.Or(whys[why], why)
}

func printEngine(w io.Writer, e *edition.EngineImpact) {
	if e.Engine == "" {
		fmt.Fprintf(w, "%s: %s: %s for people.\n", e.Locale, cmp.Or(e.Why, "no engine is set"), plural(e.Segments, "segment"))
		return
	}
	cost := "costs nothing"
	if e.Cost > 0 {
		cost = fmt.Sprintf("about %s %.2f", e.Currency, float64(e.Cost)/1e6)
	}
	known := ""
	if e.Known > 0 {
		known = fmt.Sprintf(" It has replied to %s before.", grouped(e.Known))
	}
	fmt.Fprintf(w, "%s: %s is asked for %s, %s; %s.%s\n", e.Locale, e.Engine, plural(e.Segments, "segment"), plural(e.Characters, "character"), cost, known)
}
