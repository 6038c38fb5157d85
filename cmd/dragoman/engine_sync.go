package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"dragoman/internal/engine"
	"dragoman/pipeline"
)

func newEngineSync(g *globals) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "sync [NAME]",
		Short: "Make the glossaries that engines keep say what Dragoman's says",
		Long: `Brings the glossaries of the engines that are set to keep them (sync_glossary: true)
up to date, for every locale on whose route they are; with a name, those of that
engine. Concepts marked sensitive, and those known from confidential releases only,
stay in the house. It can be run again at any time, and goes on where it was
interrupted.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			g.lateMemory = true
			return g.withApp(c.Context(), func(a *app) error { return a.syncEngines(c.Context(), args, asJSON) })
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}

// syncLine is what is told of one engine and locale.
type syncLine struct {
	Engine   string            `json:"engine"`
	Locale   string            `json:"locale"`
	Glossary string            `json:"glossary"`
	Version  int64             `json:"glossary_version"`
	Entries  int               `json:"entries"`
	Added    int               `json:"added"`
	Changed  int               `json:"changed"`
	Removed  int               `json:"removed"`
	Created  bool              `json:"created"`
	Resumed  bool              `json:"resumed"`
	Held     pipeline.HeldBack `json:"held_back"`
	Error    string            `json:"error,omitempty"`
}

func (a *app) syncEngines(ctx context.Context, names []string, asJSON bool) error {
	if err := a.keepsGlossaries(names); err != nil {
		return err
	}
	done, err := a.pipe.SyncGlossaries(ctx, names...)
	lines := []syncLine{}
	for _, s := range done {
		l := syncLine{
			Engine: s.Engine, Locale: s.Locale, Glossary: s.ID, Version: s.Glossary, Entries: s.Entries,
			Added: s.Added, Changed: s.Changed, Removed: s.Removed, Created: s.Created, Resumed: s.Resumed, Held: s.Held,
		}
		if s.Err != nil {
			l.Error = s.Err.Error()
		}
		lines = append(lines, l)
	}
	if asJSON {
		if jerr := json.NewEncoder(a.stdout).Encode(map[string]any{"glossaries": lines}); jerr != nil {
			return jerr
		}
		return err
	}
	if terr := writeSync(a, lines); terr != nil {
		return terr
	}
	return err
}

// keepsGlossaries refuses an engine that is not on a route or keeps none.
func (a *app) keepsGlossaries(names []string) error {
	for _, name := range names {
		on := slices.ContainsFunc(a.cfg.Locales, func(l string) bool { return slices.Contains(a.cfg.Route(l), name) })
		if !on {
			return fmt.Errorf("no locale's route names an engine %q: see `dragoman engine list`", name)
		}
		e, err := a.openEngine(name)
		if err != nil {
			return err
		}
		if k, ok := engine.As[engine.GlossarySyncer](e); !ok || !k.KeepsGlossaries() {
			return fmt.Errorf("the engine %s keeps no glossaries: google and deepl do, with sync_glossary: true among their settings", name)
		}
	}
	return nil
}

func writeSync(a *app, lines []syncLine) error {
	if len(lines) == 0 {
		fmt.Fprintln(a.stdout, "No engine on a route keeps glossaries: google and deepl do, with sync_glossary: true among their settings.")
		return nil
	}
	tw := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "ENGINE\tLOCALE\tENTRIES\tADDED\tCHANGED\tREMOVED\tKEPT IN THE HOUSE\tGLOSSARY")
	for _, l := range lines {
		id := l.Glossary
		if l.Error != "" {
			id = "failed: see below"
		}
		fmt.Fprintf(tw, "%s\t%s\t%d\t%d\t%d\t%d\t%s\t%s\n", l.Engine, l.Locale, l.Entries, l.Added, l.Changed, l.Removed, heldBack(l.Held), id)
	}
	return tw.Flush()
}

// heldBack says how many concepts a service does not get, and why.
func heldBack(h pipeline.HeldBack) string {
	var parts []string
	for _, c := range []struct {
		n    int
		what string
	}{{h.Sensitive, "sensitive"}, {h.Confidential, "confidential"}, {h.Conditional, "conditional"}, {h.Ambiguous, "ambiguous"}} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.n, c.what))
		}
	}
	if len(parts) == 0 {
		return "-"
	}
	return strings.Join(parts, ", ")
}
