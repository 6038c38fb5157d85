package main

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"

	"github.com/spf13/cobra"

	"dragoman/internal/edition"
	"dragoman/internal/memory"
	"dragoman/locales"
)

func newMemoryTemplates(g *globals) *cobra.Command {
	var locale string
	var least int
	var asJSON bool
	c := &cobra.Command{
		Use:   "templates",
		Short: "List the patterns that recur in approved pairs, with their slots",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if _, err := locales.Get(locale); err != nil {
				return usageError{err}
			}
			return g.withLateMemory(c.Context(), func(a *app) error { return a.templates(c.Context(), locale, least, asJSON) })
		},
	}
	c.Flags().StringVar(&locale, "locale", "ar", "target `LOCALE`")
	c.Flags().IntVar(&least, "least", 3, "how many different sentences must have a pattern")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a pattern")
	return c
}

func (a *app) templates(ctx context.Context, locale string, least int, asJSON bool) error {
	var failed error
	found, err := memory.Templates(a.pipe.Glossary(), locale, a.pairsOf(ctx, locale, &failed), least)
	if err == nil {
		err = failed
	}
	if err != nil {
		return err
	}
	enc := json.NewEncoder(a.stdout)
	enc.SetEscapeHTML(false)
	for _, t := range found {
		if asJSON {
			if err := enc.Encode(t); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintf(a.stdout, "%d (%d agree)  %s\n      %s\n", t.Count, t.Agree, t.Source, t.Target)
	}
	if len(found) == 0 && !asJSON {
		fmt.Fprintln(a.stdout, "No pattern recurs.")
	}
	return nil
}

// pairsOf gives the pairs of a locale; failed says afterwards why there were
// no more.
func (a *app) pairsOf(ctx context.Context, locale string, failed *error) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		_, err := a.store.EachMemory(ctx, func(ms []edition.MemoryEntry) error {
			for _, m := range ms {
				if m.Locale == locale && !yield(m.Source, m.Target) {
					return errEnough
				}
			}
			return nil
		})
		if err != errEnough {
			*failed = err
		}
	}
}
