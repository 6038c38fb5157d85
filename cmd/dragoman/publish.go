package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"dragoman/internal/edition"
)

func newPublishCommand(g *globals) *cobra.Command {
	var public string
	c := &cobra.Command{
		Use:   "publish [EDITION…]",
		Short: "Write approved editions (all of them, or those named) to the public folder",
		Long: `Writes approved editions as Markdown, HTML and JSON below public/<locale>/, with
the locale's index and feed. Publishing twice changes nothing; an edition under
embargo is scheduled. Nothing that is not approved is ever written.`,
		RunE: func(c *cobra.Command, args []string) error {
			if c.Flags().Changed("public") {
				g.flags["public"] = public
			}
			return g.withApp(c.Context(), func(a *app) error { return a.publish(c.Context(), args) })
		},
	}
	c.Flags().StringVar(&public, "public", "", "`FOLDER` to write to (public)")
	return c
}

func (a *app) publish(ctx context.Context, refs []string) error {
	who, err := a.person(ctx)
	if err != nil {
		return err
	}
	var lines []edition.Line
	for _, ref := range refs {
		l, err := a.edition(ctx, ref)
		if err != nil {
			return err
		}
		lines = append(lines, l)
	}
	if len(refs) == 0 {
		if lines, _, err = a.pipe.Queue(ctx, edition.Filter{States: []edition.State{edition.Approved}}); err != nil {
			return err
		}
	}
	if len(lines) == 0 {
		fmt.Fprintln(a.stdout, "No edition is approved and waits to be published.")
		return nil
	}
	for _, l := range lines {
		if _, err := a.pipe.Publish(ctx, who.Name, l.ID); err != nil {
			return fmt.Errorf("%s/%s: %w", l.Slug, l.Locale, err)
		}
	}
	bar := newProgress(a.stderr, "Publishing:")
	err = a.settle(ctx, bar)
	bar.end()
	if err != nil {
		return err
	}
	return a.published(ctx, lines)
}

// published says what became of the editions.
func (a *app) published(ctx context.Context, lines []edition.Line) error {
	failed := 0
	for _, l := range lines {
		e, err := a.store.Edition(ctx, l.ID)
		if err != nil {
			return err
		}
		switch e.State {
		case edition.Published:
			fmt.Fprintf(a.stdout, "Published %s\n", filepath.Join(a.cfg.Public, l.Locale, l.Slug+".html"))
		case edition.Scheduled:
			fmt.Fprintf(a.stdout, "Scheduled %s/%s: its embargo ends %s\n", l.Slug, l.Locale, e.Embargo.In(a.cfg.Location()).Format("2006-01-02 15:04 MST"))
		default:
			failed++
			fmt.Fprintf(a.stdout, "Not published %s/%s: %s\n", l.Slug, l.Locale, stateText(e))
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d edition(s) could not be published", failed)
	}
	return nil
}
