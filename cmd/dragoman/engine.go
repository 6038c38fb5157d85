package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"dragoman/internal/engine"
)

func newEngineCommand(g *globals) *cobra.Command {
	c := &cobra.Command{
		Use:   "engine",
		Short: "List the machine-translation engines and try them",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newEngineList(g), newEngineTest(g), newEngineSync(g), newEngineFake(g), newEngineEstimate(g), newEngineReport(g))
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
