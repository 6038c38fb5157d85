package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"dragoman/content"
	"dragoman/internal/engine"
)

func newEngineCommand(g *globals) *cobra.Command {
	c := &cobra.Command{
		Use:   "engine",
		Short: "List the machine-translation engines and try them",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newEngineList(g), newEngineTest(g), newEngineSync(g), newEngineFake(g))
	return c
}

func newEngineList(g *globals) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "list",
		Short: "List the engines that are configured and the routes that use them",
		Args:  cobra.NoArgs,
		RunE: func(_ *cobra.Command, _ []string) error {
			cfg, err := g.settings()
			if err != nil {
				return usageError{err}
			}
			if asJSON {
				routes := map[string][]string{}
				for _, l := range cfg.Locales {
					routes[l] = append([]string{"memory"}, cfg.Route(l)...)
				}
				return json.NewEncoder(g.stdout).Encode(map[string]any{"kinds": engine.Kinds(), "routes": routes})
			}
			tw := tabwriter.NewWriter(g.stdout, 0, 0, 2, ' ', 0)
			fmt.Fprintln(tw, "LOCALE\tROUTE")
			for _, l := range cfg.Locales {
				fmt.Fprintf(tw, "%s\t%s\n", l, strings.Join(append([]string{"memory"}, cfg.Route(l)...), " → "))
			}
			if err := tw.Flush(); err != nil {
				return err
			}
			fmt.Fprintf(g.stdout, "\nKinds of engine: memory, %s. See docs/configuration.md for adding one.\n", strings.Join(engine.Kinds(), ", "))
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}

// testSentence has a name, a number and a code, which an engine must keep.
const testSentence = "The ⟦1⟧Syrian Coalition⟦/1⟧ said on Monday that 12 civilians had been injured in Idlib."

func newEngineTest(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "test LOCALE [TEXT]",
		Short: "Have every engine of a locale's route translate a sentence",
		Args:  cobra.RangeArgs(1, 2),
		RunE: func(c *cobra.Command, args []string) error {
			return g.withApp(c.Context(), func(a *app) error {
				text := testSentence
				if len(args) == 2 {
					text = content.Escape(args[1])
				}
				return a.testEngines(c.Context(), args[0], text)
			})
		},
	}
}

func (a *app) testEngines(ctx context.Context, locale, text string) error {
	names := a.cfg.Route(locale)
	if len(names) == 0 {
		return fmt.Errorf("no engine is on the route of %s: drafts come from the memory alone; see docs/configuration.md", locale)
	}
	failed := 0
	for _, n := range names {
		e, err := a.openEngine(n)
		if err != nil {
			return err
		}
		begin := time.Now()
		replies, err := e.Translate(ctx, engine.Request{Source: "en", Target: locale, Segments: []engine.Segment{{Text: text}}})
		if err == nil {
			err = replies[0].Err
		}
		if err != nil {
			failed++
			fmt.Fprintf(a.stdout, "%s: %v\n", n, err)
			continue
		}
		fmt.Fprintf(a.stdout, "%s (%s): %s\n", n, time.Since(begin).Round(time.Millisecond), replies[0].Text)
	}
	if failed > 0 {
		return errFound
	}
	return nil
}
