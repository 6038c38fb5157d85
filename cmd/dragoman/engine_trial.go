package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"dragoman/content"
	"dragoman/pipeline"
)

// testSentence has a name, a number and a code, which an engine must keep.
const testSentence = "The ⟦1⟧Syrian Coalition⟦/1⟧ said on Monday that 12 civilians had been injured in Idlib."

func newEngineTest(g *globals) *cobra.Command {
	var asJSON, confidential bool
	c := &cobra.Command{
		Use:   "test LOCALE [TEXT]",
		Short: "Have every engine of a locale's route translate a sentence",
		Long: `Have every engine of a locale's route translate a sentence, with its terms, and
say whether the reply can be used, which terms it has, and what was wrong with
the engine's replies this month. Engines are really asked: it may cost what one
sentence costs. A text that stands in a confidential release goes to engines in
the house only, and sensitive names are hidden as in a release.`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(c *cobra.Command, args []string) error {
			return g.withApp(c.Context(), func(a *app) error {
				text, codes := testSentence, []content.Code{{ID: 1, Type: "strong", Paired: true}}
				if len(args) == 2 {
					text, codes = content.Escape(args[1]), nil
				}
				trials, err := a.testEngines(c.Context(), args[0], text, codes, confidential)
				if err != nil {
					return err
				}
				if asJSON {
					err = json.NewEncoder(a.stdout).Encode(trials)
				} else {
					a.printTrials(trials)
				}
				if err == nil && slices.ContainsFunc(trials, func(t pipeline.EngineTrial) bool { return t.Error != "" && !t.NotAsked }) {
					return errFound
				}
				return err
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print a JSON list")
	c.Flags().BoolVar(&confidential, "confidential", false, "ask engines in the house only")
	return c
}

// testEngines has the engines of a locale's route translate a text.
func (a *app) testEngines(ctx context.Context, locale, text string, codes []content.Code, confidential bool) ([]pipeline.EngineTrial, error) {
	switch {
	case !slices.Contains(a.cfg.Locales, locale):
		return nil, usagef("%s is not one of the locales (%s)", locale, strings.Join(a.cfg.Locales, ", "))
	case len(a.cfg.Route(locale)) == 0:
		return nil, fmt.Errorf("no engine is on the route of %s: drafts come from the memory alone; see docs/engines.md", locale)
	}
	return a.pipe.TryEngines(ctx, locale, text, codes, confidential, func(name string) { fmt.Fprintf(a.stderr, "Asking %s …\n", name) })
}

// printTrials prints one block an engine.
func (a *app) printTrials(trials []pipeline.EngineTrial) {
	for i, t := range trials {
		if i > 0 {
			fmt.Fprintln(a.stdout)
		}
		where := map[bool]string{true: "in the house", false: "outside the house"}[t.Local]
		if t.Model != "" {
			where = t.Model + ", " + where
		}
		fmt.Fprintf(a.stdout, "%s (%s)\n", t.Engine, where)
		tw := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
		line := func(name, format string, args ...any) {
			fmt.Fprintf(tw, "  %s\t%s\n", name, fmt.Sprintf(format, args...))
		}
		switch {
		case t.NotAsked:
			line("not asked", "%s", t.Error)
		case t.Error != "":
			line("failed", "%s (after %s)", t.Error, took(t.Took))
		default:
			line("reply", "%s", content.Plain(t.Text))
			line("kept the contract", "yes: codes, numbers, script and length are right (%s)", took(t.Took))
			line("terms", "%s", termsOf(t))
		}
		if t.Hidden > 0 {
			line("hidden names", "%d", t.Hidden)
		}
		if len(t.Broken) > 0 {
			line("unfit this month", "%s", counted(t.Broken))
		}
		_ = tw.Flush() // a terminal's or a buffer's
	}
}

func took(ms int64) string { return (time.Duration(ms) * time.Millisecond).String() }

func termsOf(t pipeline.EngineTrial) string {
	if t.Terms == 0 {
		return "none in this sentence"
	}
	s := fmt.Sprintf("%d of %d", t.Terms-len(t.Missed), t.Terms)
	if len(t.Missed) > 0 {
		s += "; missed: " + strings.Join(t.Missed, ", ")
	}
	return s
}
