package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"dragoman/internal/edition"
	"dragoman/pipeline"
)

func newEngineEstimate(g *globals) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "estimate [PATH…]",
		Short: "Say what drafting releases would send to engines, and cost, by locale",
		Long: `Say what drafting the releases in PATH (files or folders, the content folder
without any) would send to engines, and cost, by locale and engine: after what
the memory knows and what engines have replied before. Nobody is asked, and
nothing is written.`,
		RunE: func(c *cobra.Command, args []string) error {
			return g.withApp(c.Context(), func(a *app) error {
				est, err := a.pipe.EstimateEngines(c.Context(), args)
				if err != nil {
					return err
				}
				if asJSON {
					err = json.NewEncoder(a.stdout).Encode(est)
				} else {
					err = a.printEstimate(c.Context(), est)
				}
				for _, p := range est.Problems {
					fmt.Fprintln(a.stderr, "Not read:", p)
				}
				if err == nil && len(est.Problems) > 0 {
					return fmt.Errorf("%d file(s) could not be read; the others are counted", len(est.Problems))
				}
				return err
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}

func (a *app) printEstimate(ctx context.Context, est *pipeline.EngineEstimate) error {
	report, err := a.pipe.EngineReport(ctx, "")
	if err != nil {
		return err
	}
	if len(est.Quotes) == 0 && len(a.cfg.Routes) == 0 {
		fmt.Fprintln(a.stdout, "No engine is asked for any locale: nothing would be sent, and nothing costs anything.")
		return nil
	}
	fmt.Fprintf(a.stdout, "%d release(s) in %d file(s): %d segment(s) in all locales, of which %d need no engine.\n", est.Releases, est.Files, est.Segments, est.Recalled)
	if len(est.Quotes) == 0 {
		return nil
	}
	fmt.Fprintln(a.stdout)
	tw := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "LOCALE\tENGINE\tSEGMENTS\tREPLIED BEFORE\tCHARACTERS\tPRICE\tAT LEAST\t")
	cost, paid, characters := map[string]int64{}, map[string]int64{}, 0
	for _, q := range est.Quotes {
		if q.Engine == "" {
			fmt.Fprintf(tw, "%s\t(a person)\t%d\t\t\t\t\t%s\n", q.Locale, q.Segments, q.Why)
			continue
		}
		cost[q.Engine] += q.Price
		characters += q.Characters
		if q.Price > 0 {
			paid[q.Currency] += q.Price
		}
		fmt.Fprintf(tw, "%s\t%s\t%d\t%d\t%d\t%s\t%s\t\n", q.Locale, q.Engine, q.Segments, q.Known, q.Characters, price(q.Price, q.Currency), q.Takes.Round(time.Second))
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "\nAltogether %d characters, for %s.\n", characters, amounts(paid))
	for _, s := range report.Engines {
		if s.Budget > 0 && cost[s.Name] > 0 {
			fmt.Fprintf(a.stdout, "\n%s: %s of this month's %s are spent", s.Name, edition.Money(s.Spent, s.Currency), edition.Money(s.Budget, s.Currency))
			if s.Spent+cost[s.Name] > s.Budget {
				fmt.Fprint(a.stdout, "; the budget does not reach, and what is left goes on down the route or to people")
			}
			fmt.Fprintln(a.stdout, ".")
		}
	}
	return nil
}

// amounts are sums by currency, in words.
func amounts(paid map[string]int64) string {
	var all []string
	for _, currency := range slices.Sorted(maps.Keys(paid)) {
		all = append(all, edition.Money(paid[currency], currency))
	}
	return cmp.Or(strings.Join(all, " and "), "nothing")
}

// price is an amount for a table; what has no price costs nothing that is
// known here.
func price(millionths int64, currency string) string {
	if currency == "" && millionths == 0 {
		return "-"
	}
	return edition.Money(millionths, currency)
}
