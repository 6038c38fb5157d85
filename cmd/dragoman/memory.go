package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"dragoman/content"
	"dragoman/internal/edition"
	"dragoman/internal/interchange"
	"dragoman/internal/memory"
	"dragoman/internal/store"
	"dragoman/locales"
)

func newMemoryCommand(g *globals) *cobra.Command {
	c := &cobra.Command{
		Use:   "memory",
		Short: "Look up, import, export and count approved translations",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newMemoryLookup(g), newMemoryImport(g), newMemoryExport(g), newMemoryStats(g))
	return c
}

// matchJSON is a match as `memory lookup --json` gives it.
type matchJSON struct {
	Query  string             `json:"query"`
	Score  int                `json:"score"`
	Kind   edition.OriginKind `json:"kind"`
	Source string             `json:"source"`
	Target string             `json:"target"`
	Swaps  []edition.Swap     `json:"swaps"`
	Origin string             `json:"origin"`
}

func newMemoryLookup(g *globals) *cobra.Command {
	var locale string
	var asJSON bool
	c := &cobra.Command{
		Use:     "lookup [TEXT]",
		Short:   "Say what the memory knows of a sentence (TEXT, or one a line on standard input)",
		Example: "  dragoman memory lookup --locale ar \"Russian airstrikes killed three civilians in the town of Maasran.\"",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if _, err := locales.Get(locale); err != nil {
				return usageError{err}
			}
			return g.withApp(c.Context(), func(a *app) error {
				if len(args) == 1 {
					return a.lookup(locale, args[0], asJSON)
				}
				in := bufio.NewScanner(a.stdin)
				in.Buffer(nil, 1<<20)
				for in.Scan() {
					if err := a.lookup(locale, in.Text(), asJSON); err != nil {
						return err
					}
				}
				return in.Err()
			})
		},
	}
	c.Flags().StringVar(&locale, "locale", "ar", "target `LOCALE`")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a match")
	return c
}

func (a *app) lookup(locale, text string, asJSON bool) error {
	ms := a.pipe.Memory().Lookup(memory.Query{Locale: locale, Text: content.Escape(text), Threshold: a.cfg.Recall.Threshold})
	if asJSON {
		enc := json.NewEncoder(a.stdout)
		enc.SetEscapeHTML(false)
		for _, m := range ms {
			swaps := m.Swaps
			if swaps == nil {
				swaps = []edition.Swap{}
			}
			if err := enc.Encode(matchJSON{text, m.Score, m.Kind, m.Entry.Source, m.Target, swaps, m.Entry.Origin}); err != nil {
				return err
			}
		}
		return nil
	}
	if len(ms) == 0 {
		fmt.Fprintln(a.stdout, "The memory has nothing near it.")
	}
	for _, m := range ms {
		fmt.Fprintf(a.stdout, "%d%%  %s\n      %s\n      %s\n", m.Score, m.Kind, a.diff(m.Entry.Source, content.Escape(text)), content.Plain(m.Target))
		for _, s := range m.Swaps {
			fmt.Fprintf(a.stdout, "      repaired: %s → %s\n", s.TargetFrom, s.TargetTo)
		}
	}
	return nil
}

func newMemoryImport(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "import FILE.tmx…",
		Short: "Add the pairs of TMX files to the memory",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return g.withApp(c.Context(), func(a *app) error {
				who, err := a.person(c.Context())
				if err != nil {
					return err
				}
				for _, name := range args {
					if err := a.importTMX(c, name, who.Name); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
}

// importSlice is how many pairs go into one transaction.
const importSlice = 500

func (a *app) importTMX(c *cobra.Command, name, who string) error {
	dir, file := filepath.Split(filepath.Clean(name))
	if dir == "" {
		dir = "."
	}
	pairs, report, err := readTMX(os.DirFS(dir), file, "import "+file)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for e := range a.pipe.Memory().All() {
		known[e.Locale+"\x00"+e.Source+"\x00"+e.Target] = true
	}
	read := len(pairs)
	pairs = slices.DeleteFunc(pairs, func(m edition.MemoryEntry) bool {
		_, err := locales.Get(m.Locale)
		return err != nil || known[m.Locale+"\x00"+m.Source+"\x00"+m.Target]
	})
	for part := range slices.Chunk(pairs, importSlice) {
		err := a.store.InTx(c.Context(), func(tx *store.Tx) error { return tx.Remember(c.Context(), part) })
		if err != nil {
			return err
		}
	}
	for _, p := range report.Problems {
		fmt.Fprintf(a.stderr, "%s: %v\n", name, p)
	}
	fmt.Fprintf(a.stdout, "%s: %d pairs read, %d added for %s; the others were there already or are in a language that is not known.\n", name, read, len(pairs), who)
	return a.pipe.Refresh(c.Context())
}

func newMemoryExport(g *globals) *cobra.Command {
	var locale string
	c := &cobra.Command{
		Use:   "export",
		Short: "Print the memory of a locale as TMX",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return g.withApp(c.Context(), func(a *app) error { return a.exportTMX(a.stdout, locale) })
		},
	}
	c.Flags().StringVar(&locale, "locale", "ar", "target `LOCALE`")
	return c
}

func (a *app) exportTMX(w io.Writer, locale string) error {
	return interchange.WriteTMX(w, interchange.Header{Source: "en", Tool: "dragoman"}, func(yield func(interchange.Unit, error) bool) {
		for e := range a.pipe.Memory().All() {
			if e.Locale != locale || e.Confidential {
				continue
			}
			u := interchange.Unit{
				ID: fmt.Sprint(e.ID), Source: interchange.Variant{Lang: "en", Text: e.Source},
				Targets: []interchange.Variant{{Lang: e.Locale, Text: e.Target}},
				Props:   []interchange.Prop{{Type: "x-origin", Value: e.Origin}},
			}
			if !yield(u, nil) {
				return
			}
		}
	})
}

func newMemoryStats(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "stats",
		Short: "Count the memory's pairs by locale",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return g.withApp(c.Context(), func(a *app) error {
				sizes, err := a.store.MemorySize(c.Context())
				if err != nil {
					return err
				}
				var locs []string
				for l := range sizes {
					locs = append(locs, l)
				}
				slices.SortFunc(locs, strings.Compare)
				for _, l := range locs {
					fmt.Fprintf(a.stdout, "%s  %d\n", l, sizes[l])
				}
				return nil
			})
		},
	}
}
