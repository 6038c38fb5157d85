package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"dragoman/content"
	"dragoman/internal/edition"
	"dragoman/internal/interchange"
	"dragoman/internal/memory"
	"dragoman/locales"
	"dragoman/pipeline"
)

func newMemoryCommand(g *globals) *cobra.Command {
	c := &cobra.Command{
		Use:   "memory",
		Short: "Look up, search, import, export, delete and count approved translations",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newMemoryLookup(g), newMemoryImport(g), newMemoryExport(g), newMemorySearch(g), newMemoryDelete(g), newMemoryTemplates(g), newMemoryStats(g))
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
	ID     int64              `json:"id"` // of the entry
	// Ambiguous: the memory says it in several ways. Outdated: a term in it
	// has changed since.
	Ambiguous bool   `json:"ambiguous,omitempty"`
	Outdated  bool   `json:"outdated,omitempty"`
	NoRepair  string `json:"no_repair,omitempty"` // why nothing was put in
	// Diff is how the source of the pair differs from the query, word by word:
	// "=" what both have, "-" what only the pair has, "+" what only the query has.
	Diff []diffJSON `json:"diff,omitempty"`
	// Template is the pattern that the match was made from, and Slots what a
	// person still has to fill in the target.
	Template string        `json:"template,omitempty"`
	Slots    []memory.Slot `json:"slots,omitempty"`
}

type diffJSON struct {
	Op   string `json:"op"`
	Text string `json:"text"`
}

// diffJSONs is how two coded texts differ, nil where they do not.
func diffJSONs(before, after string) (out []diffJSON) {
	if before == after {
		return nil
	}
	for _, p := range edition.Diff(before, after) {
		op := "="
		switch p.Op {
		case edition.Delete:
			op = "-"
		case edition.Insert:
			op = "+"
		}
		out = append(out, diffJSON{op, content.Plain(p.Text)})
	}
	return out
}

func newMatchJSON(query string, m memory.Match) matchJSON {
	j := matchJSON{
		Query: query, Score: m.Score, Kind: m.Kind, Source: m.Entry.Source, Target: m.Target, Swaps: m.Swaps, Origin: m.Entry.Origin, ID: m.Entry.ID,
		Ambiguous: m.Ambiguous, Outdated: m.Outdated, NoRepair: m.NoRepair, Diff: diffJSONs(m.Entry.Source, content.Escape(query)), Slots: m.OpenSlots(),
	}
	if j.Swaps == nil {
		j.Swaps = []edition.Swap{}
	}
	if m.Template != nil {
		j.Template = m.Template.Source
	}
	return j
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
					return a.lookup(c.Context(), locale, args[0], asJSON)
				}
				in := bufio.NewScanner(a.stdin)
				in.Buffer(nil, maxQuery)
				for in.Scan() {
					if err := a.lookup(c.Context(), locale, in.Text(), asJSON); err != nil {
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

// maxQuery is the longest line that is looked up, in bytes.
const maxQuery = 4 << 20

func (a *app) lookup(ctx context.Context, locale, text string, asJSON bool) error {
	ms, err := a.pipe.Lookup(ctx, memory.Query{Locale: locale, Text: content.Escape(text)})
	if err != nil {
		return err
	}
	if asJSON {
		enc := json.NewEncoder(a.stdout)
		enc.SetEscapeHTML(false)
		for _, m := range ms {
			if err := enc.Encode(newMatchJSON(text, m)); err != nil {
				return err
			}
		}
		return nil
	}
	if len(ms) == 0 {
		fmt.Fprintln(a.stdout, "The memory has nothing near it.")
	}
	for _, m := range ms {
		from := fmt.Sprintf("entry %d, %s", m.Entry.ID, m.Entry.Origin)
		if m.Template != nil {
			from = "template " + m.Template.Source
		}
		fmt.Fprintf(a.stdout, "%d%%  %s  (%s)\n      %s\n      %s\n", m.Score, m.Kind, from, a.diff(m.Entry.Source, content.Escape(text)), content.Plain(m.Target))
		for _, s := range m.OpenSlots() {
			fmt.Fprintf(a.stdout, "      to fill: %s %s\n", s.Name, s.From)
		}
		for _, s := range m.Swaps {
			fmt.Fprintf(a.stdout, "      repaired: %s → %s\n", s.TargetFrom, s.TargetTo)
		}
		if m.Ambiguous {
			fmt.Fprintln(a.stdout, "      ambiguous: the memory says it in several ways")
		}
		if m.Outdated {
			fmt.Fprintf(a.stdout, "      outdated: %s\n", m.NoRepair)
		}
	}
	return nil
}

// withLateMemory is withApp for commands that work on the database: the index
// is built only where they ask it.
func (g *globals) withLateMemory(ctx context.Context, f func(*app) error) error {
	g.lateMemory = true
	return g.withApp(ctx, f)
}

// memoryFilter is what `memory search` asks for.
type memoryFilter struct {
	text, locale, origin string
	release              int64
	outdated             bool
	limit                int // 0 for all
}

func newMemorySearch(g *globals) *cobra.Command {
	var f memoryFilter
	var asJSON bool
	c := &cobra.Command{
		Use:   "search [TEXT]",
		Short: "List the pairs that have TEXT in the source or the target, whatever the capitals",
		Example: `  dragoman memory search Kafranbel
  dragoman memory search --locale ar --origin "import old.tmx"
  dragoman memory search --outdated`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 1 {
				f.text = args[0]
			}
			if f == (memoryFilter{limit: f.limit}) {
				return usagef("say what to search for: a TEXT, or a flag (see --help)")
			}
			return g.withLateMemory(c.Context(), func(a *app) error {
				if f.outdated {
					return a.searchOutdated(c.Context(), f, asJSON)
				}
				return a.searchMemory(c.Context(), f, asJSON)
			})
		},
	}
	c.Flags().StringVar(&f.locale, "locale", "", "only this target `LOCALE`")
	c.Flags().StringVar(&f.origin, "origin", "", "only pairs that came from `ORIGIN` (see memory stats)")
	c.Flags().Int64Var(&f.release, "release", 0, "only pairs of the release with this `NUMBER`")
	c.Flags().BoolVar(&f.outdated, "outdated", false, "only pairs that break the glossary because a term has changed since; the newest first")
	c.Flags().IntVar(&f.limit, "limit", 50, "how many pairs at most; 0 for all")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a pair")
	return c
}

// entryJSON is a pair as `memory search --json` gives it.
type entryJSON struct {
	ID           int64     `json:"id"`
	Locale       string    `json:"locale"`
	Source       string    `json:"source"`
	Target       string    `json:"target"`
	Origin       string    `json:"origin"`
	Release      int64     `json:"release,omitempty"`
	Edition      int64     `json:"edition,omitempty"`
	Approver     string    `json:"approver,omitempty"`
	Engine       string    `json:"engine,omitempty"`
	Glossary     int64     `json:"glossary,omitempty"` // version
	Created      time.Time `json:"created"`
	Confidential bool      `json:"confidential"`
}

// errEnough ends a search at its limit.
var errEnough = errors.New("enough")

func (a *app) searchMemory(ctx context.Context, f memoryFilter, asJSON bool) error {
	finder, n := memory.NewFinder(f.text), 0
	_, err := a.store.EachMemory(ctx, func(ms []edition.MemoryEntry) error {
		for _, m := range ms {
			if f.locale != "" && m.Locale != f.locale || f.origin != "" && m.Origin != f.origin || f.release != 0 && m.Release != f.release ||
				!finder.In(m.Source) && !finder.In(m.Target) {
				continue
			}
			if n++; f.limit > 0 && n > f.limit {
				return errEnough
			}
			if err := a.printPair(m, asJSON); err != nil {
				return err
			}
		}
		return nil
	})
	return a.endOfSearch(err, f, n, asJSON)
}

// searchOutdated asks the index, which knows the glossary and its past.
func (a *app) searchOutdated(ctx context.Context, f memoryFilter, asJSON bool) error {
	n := 0
	q := pipeline.MemorySearch{Text: f.text, Locale: f.locale, Origin: f.origin, Release: f.release, Outdated: true}
	for more := true; more; more = q.Before != 0 {
		page, err := a.pipe.SearchMemory(ctx, q)
		if err != nil {
			return err
		}
		for _, hit := range page.Hits {
			if n++; f.limit > 0 && n > f.limit {
				return a.endOfSearch(errEnough, f, n, asJSON)
			}
			if err := a.printPair(hit.MemoryEntry, asJSON); err != nil {
				return err
			}
			switch {
			case asJSON:
			case hit.Mended != "":
				fmt.Fprintf(a.stdout, "      now: %s\n", content.Plain(hit.Mended))
			default:
				fmt.Fprintf(a.stdout, "      outdated: %s\n", hit.Why)
			}
		}
		q.Before = page.Next
	}
	return a.endOfSearch(nil, f, n, asJSON)
}

func (a *app) printPair(m edition.MemoryEntry, asJSON bool) error {
	if asJSON {
		enc := json.NewEncoder(a.stdout)
		enc.SetEscapeHTML(false)
		return enc.Encode(entryJSON{m.ID, m.Locale, m.Source, m.Target, m.Origin, m.Release, m.Edition, m.Approver, m.Engine, m.Glossary, m.Created, m.Confidential})
	}
	_, err := fmt.Fprintf(a.stdout, "%d  %s  %s\n      %s\n      %s\n", m.ID, m.Locale, birthLine(m), content.Plain(m.Source), content.Plain(m.Target))
	return err
}

// endOfSearch says what the list does not: that there is more, or nothing.
func (a *app) endOfSearch(err error, f memoryFilter, n int, asJSON bool) error {
	switch {
	case errors.Is(err, errEnough):
		fmt.Fprintf(a.stderr, "There are more than %d: ask for more with --limit.\n", f.limit)
		return nil
	case err == nil && n == 0 && !asJSON:
		fmt.Fprintln(a.stdout, "The memory has no such pair.")
	}
	return err
}

// birthLine says where a pair comes from.
func birthLine(m edition.MemoryEntry) string {
	parts := []string{m.Origin}
	if m.Edition != 0 {
		parts = append(parts, fmt.Sprintf("edition %d", m.Edition))
	}
	if m.Approver != "" {
		parts = append(parts, m.Approver)
	}
	if m.Engine != "" {
		parts = append(parts, "engine "+m.Engine)
	}
	if parts = append(parts, m.Created.Format(time.DateOnly)); m.Confidential {
		parts = append(parts, "confidential")
	}
	return strings.Join(parts, ", ")
}

func newMemoryDelete(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:     "delete ID…",
		Short:   "Take pairs out of the memory, by their numbers (see memory search)",
		Example: "  dragoman memory delete 4711 4712",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			ids := make([]int64, len(args))
			for i, s := range args {
				var err error
				if ids[i], err = strconv.ParseInt(s, 10, 64); err != nil {
					return usagef("%q is not the number of a pair: see `dragoman memory search`", s)
				}
			}
			return g.withLateMemory(c.Context(), func(a *app) error { return a.deleteMemory(c.Context(), ids) })
		},
	}
}

// deleteMemory takes all of the entries out, or none where one is not there.
func (a *app) deleteMemory(ctx context.Context, ids []int64) error {
	who, err := a.person(ctx)
	if err != nil {
		return err
	}
	ms, err := a.pipe.DeleteMemory(ctx, who.Name, ids)
	if errors.Is(err, edition.ErrNotFound) {
		return fmt.Errorf("%w: see `dragoman memory search`; nothing was deleted", err)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "%d pair(s) deleted by %s.\n", len(ms), who.Name)
	return nil
}

func newMemoryExport(g *globals) *cobra.Command {
	var locale string
	c := &cobra.Command{
		Use:   "export",
		Short: "Print the memory of a locale as TMX, without pairs from confidential releases",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if _, err := locales.Get(locale); err != nil {
				return usagef("%v", err)
			}
			return g.withLateMemory(c.Context(), func(a *app) error { return a.exportTMX(c.Context(), a.stdout, locale) })
		},
	}
	c.Flags().StringVar(&locale, "locale", "ar", "target `LOCALE`")
	return c
}

// exportTMX writes what the memory has of a locale, and says how much that is.
func (a *app) exportTMX(ctx context.Context, w io.Writer, locale string) error {
	n := 0
	err := interchange.WriteTMX(w, interchange.Header{Source: "en", Tool: "dragoman"}, func(yield func(interchange.Unit, error) bool) {
		_, err := a.store.EachMemory(ctx, func(ms []edition.MemoryEntry) error {
			for _, m := range ms {
				if m.Locale != locale || m.Confidential {
					continue
				}
				u := interchange.Unit{
					ID: fmt.Sprint(m.ID), Source: interchange.Variant{Lang: "en", Text: m.Source},
					Targets:    []interchange.Variant{{Lang: m.Locale, Text: m.Target}},
					Props:      tmxProps(m),
					Provenance: interchange.Provenance{Created: m.Created, Author: m.Approver},
				}
				if !yield(u, nil) {
					return errEnough
				}
				n++
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(interchange.Unit{}, err)
		}
	})
	if err == nil {
		fmt.Fprintf(a.stderr, "%s in %s.\n", plural(n, "pair"), locale)
	}
	return err
}

// The names of the properties by which an exported pair keeps its context:
// the normalised hashes of the sentences before and after it.
const (
	originProp = "x-origin"
	prevProp   = "x-dragoman-before"
	nextProp   = "x-dragoman-after"
)

func tmxProps(m edition.MemoryEntry) []interchange.Prop {
	ps := []interchange.Prop{{Type: originProp, Value: m.Origin}}
	if !m.Prev.IsZero() {
		ps = append(ps, interchange.Prop{Type: prevProp, Value: m.Prev.String()})
	}
	if !m.Next.IsZero() {
		ps = append(ps, interchange.Prop{Type: nextProp, Value: m.Next.String()})
	}
	return ps
}

// tmxContext reads what tmxProps wrote; hashes that are none are no context.
func tmxContext(ps []interchange.Prop) (prev, next content.Hash) {
	for _, p := range ps {
		h, err := content.ParseHash(p.Value)
		switch {
		case err != nil:
		case p.Type == prevProp:
			prev = h
		case p.Type == nextProp:
			next = h
		}
	}
	return prev, next
}

func newMemoryStats(g *globals) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "stats",
		Short: "Count the memory's pairs by locale and by where they come from",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return g.withLateMemory(c.Context(), func(a *app) error {
				counts, err := a.store.MemoryCounts(c.Context())
				if err != nil {
					return err
				}
				enc := json.NewEncoder(a.stdout)
				tw := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
				for _, n := range counts {
					if asJSON {
						if err := enc.Encode(n); err != nil {
							return err
						}
						continue
					}
					fmt.Fprintf(tw, "%s\t%d\t%s\n", n.Locale, n.Pairs, n.Origin)
				}
				return tw.Flush()
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a line")
	return c
}
