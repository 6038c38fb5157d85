package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"dragoman/internal/edition"
)

func newStatusCommand(g *globals) *cobra.Command {
	var asJSON, each bool
	c := &cobra.Command{
		Use:   "status",
		Short: "Say how many editions stand where, and what still waits to be done",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return g.withApp(c.Context(), func(a *app) error {
				if each {
					lines, _, err := a.pipe.Queue(c.Context(), edition.Filter{})
					if err != nil {
						return err
					}
					if asJSON {
						return printLinesJSON(a.stdout, lines)
					}
					printLines(a.stdout, lines)
					return nil
				}
				sums, err := a.store.Sums(c.Context())
				if err != nil {
					return err
				}
				pending, err := a.store.Pending(c.Context())
				if err != nil {
					return err
				}
				held, err := a.pipe.HeldEditions(c.Context())
				if err != nil {
					return err
				}
				batches, err := a.batchLines(c.Context())
				if err != nil {
					return err
				}
				if asJSON {
					out := map[string]any{"editions": byLocale(sums), "jobs": pending, "held": held}
					if len(batches) > 0 {
						out["batches"] = batchesOf(batches)
					}
					return json.NewEncoder(a.stdout).Encode(out)
				}
				if err := a.printStates(byLocale(sums), pending); err != nil {
					return err
				}
				printHeld(a.stdout, held)
				printRunning(a, batches)
				return nil
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.Flags().BoolVar(&each, "editions", false, "list every edition")
	return c
}

// byLocale counts editions by locale and state.
func byLocale(sums []edition.Sum) map[string]map[edition.State]int {
	out := map[string]map[edition.State]int{}
	for _, s := range sums {
		if out[s.Locale] == nil {
			out[s.Locale] = map[edition.State]int{}
		}
		out[s.Locale][s.State] = s.Editions
	}
	return out
}

func (a *app) printStates(counts map[string]map[edition.State]int, pending int) error {
	tw := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprint(tw, "LOCALE")
	for _, s := range edition.States() {
		fmt.Fprint(tw, "\t", strings.ToUpper(strings.ReplaceAll(string(s), "_", " ")))
	}
	fmt.Fprintln(tw)
	var locs []string
	for l := range counts {
		locs = append(locs, l)
	}
	slices.SortFunc(locs, func(x, y string) int {
		if r := a.rank(x) - a.rank(y); r != 0 {
			return r
		}
		return strings.Compare(x, y)
	})
	for _, l := range locs {
		fmt.Fprint(tw, l)
		for _, s := range edition.States() {
			fmt.Fprint(tw, "\t", counts[l][s])
		}
		fmt.Fprintln(tw)
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "\n%d job(s) wait or run.\n", pending)
	return nil
}
