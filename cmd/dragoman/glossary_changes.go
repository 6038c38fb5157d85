package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"dragoman/internal/edition"
	"dragoman/pipeline"
)

func newGlossaryChanges(g *globals) *cobra.Command {
	var asJSON, all bool
	c := &cobra.Command{
		Use:   "changes",
		Short: "List change sets: proposed edits of the glossary",
		Long: `Lists the change sets that wait: drafts and those that are ordered for a date; with --all
also those that were applied or discarded. They are made at the desk, by "dragoman glossary
apply" and by "dragoman glossary suggest-changes".`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return g.withApp(c.Context(), func(a *app) error {
				statuses := []edition.ChangeSetStatus{edition.DraftSet, edition.ScheduledSet}
				if all {
					statuses = nil
				}
				sets, err := a.pipe.ChangeSets(c.Context(), 0, statuses...)
				if err != nil {
					return err
				}
				return a.printChangeSets(sets, asJSON)
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a change set")
	c.Flags().BoolVar(&all, "all", false, "also those that were applied or discarded")
	c.AddCommand(newChangesShow(g), newChangesApply(g), newChangesUnschedule(g), newChangesDiscard(g))
	return c
}

// changeSetJSON is a change set as the commands give it.
type changeSetJSON struct {
	ID        int64           `json:"id"`
	Title     string          `json:"title"`
	Reason    string          `json:"reason"`
	Author    string          `json:"author"`
	Cause     string          `json:"cause"`
	Status    string          `json:"status"`
	Scope     string          `json:"scope"`
	Locales   []string        `json:"locales,omitempty"`
	Concepts  int             `json:"concepts"`
	Base      int64           `json:"base"`
	Version   int64           `json:"version,omitempty"`
	Created   string          `json:"created"`
	Effective string          `json:"effective,omitempty"`
	DecidedBy string          `json:"decided_by,omitempty"`
	Changes   []changeJSON    `json:"changes,omitempty"`
	Impact    *edition.Impact `json:"impact,omitempty"`
}

func setJSON(s *edition.ChangeSet) changeSetJSON {
	j := changeSetJSON{
		ID: s.ID, Title: s.Title, Reason: s.Reason, Author: s.Author, Cause: s.Cause, Status: string(s.Status), Scope: s.Scope.String(), Locales: s.Scope.Locales,
		Concepts: s.Size, Base: s.Base, Version: s.Version, Created: s.Created.Format(time.RFC3339), DecidedBy: s.DecidedBy,
	}
	if !s.Effective.IsZero() {
		j.Effective = s.Effective.Format(time.RFC3339)
	}
	return j
}

func (a *app) printChangeSets(sets []edition.ChangeSet, asJSON bool) error {
	if asJSON {
		enc := jsonLines(a.stdout)
		for i := range sets {
			if err := enc.Encode(setJSON(&sets[i])); err != nil {
				return err
			}
		}
		return nil
	}
	if len(sets) == 0 {
		fmt.Fprintln(a.stdout, "No change set waits.")
		return nil
	}
	t := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "ID\tSTATUS\tTAKES EFFECT\tCONCEPTS\tBY\tFROM\tTITLE")
	for i := range sets {
		s := &sets[i]
		effect := "-"
		if s.Status == edition.ScheduledSet {
			effect = a.at(s.Effective)
		}
		fmt.Fprintf(t, "%d\t%s\t%s\t%d\t%s\t%s\t%s\n", s.ID, s.Status, effect, s.Size, s.Author, s.Cause, s.Title)
	}
	return t.Flush()
}

// setID reads the number of a change set.
func setID(text string) (int64, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id <= 0 {
		return 0, usagef("%q is not the number of a change set: `dragoman glossary changes` lists them", text)
	}
	return id, nil
}

// noSet says so where a change set is not there.
func noSet(id int64, err error) error {
	return notThere("change set", id, "dragoman glossary changes", err)
}

func newChangesShow(g *globals) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "show ID",
		Short: "Show a change set and what it would do",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			id, err := setID(args[0])
			if err != nil {
				return err
			}
			return g.withApp(c.Context(), func(a *app) error {
				set, err := a.pipe.ChangeSet(c.Context(), id)
				if err != nil {
					return noSet(id, err)
				}
				changes := changesOf(set.Edits)
				j := setJSON(&set)
				if set.Status == edition.DraftSet || set.Status == edition.ScheduledSet {
					im, err := a.pipe.PreviewChanges(c.Context(), id, pipeline.PreviewOptions{})
					if err != nil {
						return err
					}
					j.Impact = &im
				}
				if asJSON {
					for i := range changes {
						j.Changes = append(j.Changes, jsonOfChange(&changes[i]))
					}
					return jsonLines(a.stdout).Encode(j)
				}
				fmt.Fprintf(a.stdout, "Change set %d: %s. %s, by %s (%s), against version %d: %s\nReason: %s\n",
					set.ID, set.Title, set.Status, set.Author, set.Cause, set.Base, editCounts(set.Edits), set.Reason)
				if line, err := a.whatBecame(c.Context(), &set); err != nil {
					return err
				} else if line != "" {
					fmt.Fprintln(a.stdout, line)
				}
				for i := range changes {
					printChange(a.stdout, &changes[i])
				}
				if j.Impact != nil {
					printImpact(a.stdout, j.Impact)
				}
				return nil
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}

// at is a time as the house's clocks show it.
func (a *app) at(t time.Time) string { return t.In(a.cfg.Location()).Format("2006-01-02 15:04") }

// whatBecame says what was decided about a change set, "" for a draft.
func (a *app) whatBecame(ctx context.Context, set *edition.ChangeSet) (string, error) {
	switch set.Status {
	case edition.ScheduledSet:
		return fmt.Sprintf("Takes effect on %s, as %s ordered; to have it a draft again: dragoman glossary changes unschedule %d", a.at(set.Effective), set.DecidedBy, set.ID), nil
	case edition.DiscardedSet:
		return fmt.Sprintf("Discarded by %s on %s.", set.DecidedBy, a.at(set.Decided)), nil
	case edition.AppliedSet:
		bs, err := a.pipe.Batches(ctx)
		if err != nil {
			return "", err
		}
		line := fmt.Sprintf("Applied by %s on %s as version %d of the glossary", set.DecidedBy, a.at(set.Decided), set.Version)
		if i := slices.IndexFunc(bs, func(b edition.Batch) bool { return b.ChangeSet == set.ID }); i >= 0 {
			line += fmt.Sprintf("; what became of the archive: dragoman batch show %d", bs[i].ID)
		}
		return line, nil
	}
	return "", nil
}

func newChangesApply(g *globals) *cobra.Command {
	var o applyOptions
	c := &cobra.Command{
		Use:   "apply ID",
		Short: "Apply a draft, after showing what it would do",
		Long: `Shows what a draft would do to every edition, asks, and applies it, or orders it for a date.
One that retires more than a tenth of the glossary, as a file does that lacks half of it,
is applied only with --retire-missing.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			id, err := setID(args[0])
			if err != nil {
				return err
			}
			return g.withApp(c.Context(), func(a *app) error {
				at, err := a.effective(o.effective)
				if err != nil {
					return err
				}
				who, err := a.terminologist(c.Context())
				if err != nil {
					return err
				}
				set, err := a.pipe.ChangeSet(c.Context(), id)
				if err != nil {
					return noSet(id, err)
				}
				if set.Status == edition.DraftSet || set.Status == edition.ScheduledSet {
					if err := a.mayRetire(c.Context(), &set, o); err != nil {
						return err
					}
				}
				return a.previewAndApply(c.Context(), who.Name, set, at, o)
			})
		},
	}
	c.Flags().StringVar(&o.effective, "effective", "", "when it takes effect: 2026-12-01 or 2026-12-01T09:00 (at once)")
	c.Flags().BoolVar(&o.retireMissing, "retire-missing", false, "retire concepts, however many they are")
	c.Flags().BoolVar(&o.yes, "yes", false, "apply without asking")
	c.Flags().BoolVar(&o.json, "json", false, "print one JSON object")
	return c
}

// onSet lets a terminologist do something with the change set that an argument
// names.
func (g *globals) onSet(ctx context.Context, arg string, f func(a *app, who string, id int64) error) error {
	id, err := setID(arg)
	if err != nil {
		return err
	}
	return g.withApp(ctx, func(a *app) error {
		who, err := a.terminologist(ctx)
		if err != nil {
			return err
		}
		return noSet(id, f(a, who.Name, id))
	})
}

func newChangesUnschedule(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "unschedule ID",
		Short: "Make a change set that is ordered for a date a draft again",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return g.onSet(c.Context(), args[0], func(a *app, who string, id int64) error {
				if _, err := a.pipe.Unschedule(c.Context(), who, id); err != nil {
					return err
				}
				fmt.Fprintf(a.stdout, "Change set %d is a draft.\n", id)
				return nil
			})
		},
	}
}

func newChangesDiscard(g *globals) *cobra.Command {
	var reason string
	c := &cobra.Command{
		Use:   "discard ID",
		Short: "Discard a change set; it stays in the history",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return g.onSet(c.Context(), args[0], func(a *app, who string, id int64) error {
				if _, err := a.pipe.Discard(c.Context(), who, id, reason); err != nil {
					return err
				}
				fmt.Fprintf(a.stdout, "Change set %d is discarded.\n", id)
				return nil
			})
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "why, in a sentence, for the history")
	return c
}
