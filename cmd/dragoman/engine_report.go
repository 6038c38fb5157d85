package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"dragoman/internal/edition"
	"dragoman/pipeline"
)

func newEngineReport(g *globals) *cobra.Command {
	var asJSON bool
	var month string
	c := &cobra.Command{
		Use:   "report",
		Short: "Say what engines were sent and cost, what they got right and wrong, and what waits for them",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			g.lateMemory = true
			return g.withApp(c.Context(), func(a *app) error {
				r, err := a.pipe.EngineReport(c.Context(), month)
				if err != nil {
					return usageError{err}
				}
				if asJSON {
					return json.NewEncoder(a.stdout).Encode(r)
				}
				return printEngineReport(a.stdout, r)
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	c.Flags().StringVar(&month, "month", "", "the `MONTH`, like 2026-11 (this month)")
	return c
}

func printEngineReport(w io.Writer, r *pipeline.EngineReport) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	if len(r.Engines) == 0 {
		fmt.Fprintf(w, "No engine was asked in %s, and none is on a route.\n", r.Month)
	} else {
		fmt.Fprintf(w, "What engines were sent in %s, and how the terms came right:\n\n", r.Month)
		fmt.Fprintln(tw, "ENGINE\tLOCALE\tCALLS\tUNKNOWN\tCHARACTERS\tPRICE\tBUDGET\tTERMS AT ONCE\tASKED AGAIN\tREPAIRED\tLEFT TO PEOPLE\tUNFIT REPLIES")
	}
	for _, s := range r.Engines {
		budget := ""
		if s.Budget > 0 {
			budget = edition.Money(s.Budget, s.Currency)
			if s.OverBudget() {
				budget += " (spent)"
			}
		}
		terms, broken := map[string]int{}, map[string]int{}
		for _, l := range s.Locales {
			for k, n := range l.Terms {
				terms[k] += n
			}
			for k, n := range l.Broken {
				broken[k] += n
			}
		}
		fmt.Fprintf(tw, "%s\tall\t%d\t%d\t%d\t%s\t%s\t%s\t%s\n", s.Name, s.Calls, s.Unknown, s.Characters, price(s.Spent, s.Currency), budget, steps(terms), counted(broken))
		for _, l := range s.Locales {
			fmt.Fprintf(tw, "\t%s\t%d\t%d\t%d\t%s\t\t%s\t%s\n", l.Locale, l.Calls, l.Unknown, l.Characters, price(l.Spent, s.Currency), steps(l.Terms), counted(l.Broken))
		}
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	if len(r.Releases) > 0 {
		fmt.Fprintln(w)
		fmt.Fprintln(tw, "RELEASE\tLOCALE\tENGINE\tCALLS\tCHARACTERS\tPRICE")
		for _, m := range r.Releases {
			fmt.Fprintf(tw, "%s\t%s\t%s\t%d\t%d\t%s\n", cmp.Or(m.Title, "(a trial)"), m.Locale, m.Engine, m.Calls, m.Characters, price(m.Price, m.Currency))
		}
		if err := tw.Flush(); err != nil {
			return err
		}
	}
	printHeld(w, r.Held)
	return nil
}

// steps are the terms by the step that won them, as columns.
func steps(won map[string]int) string {
	var cells []string
	for _, step := range edition.TermSteps() {
		cells = append(cells, fmt.Sprint(won[step]))
	}
	return strings.Join(cells, "\t")
}

// counted lists counts, the most frequent first.
func counted(n map[string]int) string {
	var names []string
	for name := range n {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(n[b]-n[a], strings.Compare(a, b)) })
	for i, name := range names {
		names[i] = fmt.Sprintf("%d %s", n[name], name)
	}
	return strings.Join(names, ", ")
}

// printHeld says what waits for engines, or is left to people by them, with the
// same reason once.
func printHeld(w io.Writer, held []pipeline.HeldEdition) {
	type reason struct {
		kind           edition.HoldKind
		engine, detail string
	}
	var order []reason
	first := map[reason]edition.Hold{}
	which := map[reason][]string{}
	for _, h := range held {
		r := reason{h.Hold.Kind, h.Hold.Engine, h.Hold.Detail}
		if which[r] == nil {
			order, first[r] = append(order, r), h.Hold
		} else {
			sum := first[r]
			sum.Segments += h.Hold.Segments
			first[r] = sum
		}
		which[r] = append(which[r], h.Release+"/"+h.Locale)
	}
	for _, r := range order {
		names := which[r]
		more := ""
		if len(names) > 5 {
			more = fmt.Sprintf(" and %d more", len(names)-5)
			names = names[:5]
		}
		fmt.Fprintf(w, "\n%d edition(s): %s\n  %s%s\n", len(which[r]), first[r], strings.Join(names, ", "), more)
	}
}
