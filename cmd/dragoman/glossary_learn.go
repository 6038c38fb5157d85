package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"dragoman/internal/edition"
	"dragoman/pipeline"
)

func newGlossaryLearnt(g *globals) *cobra.Command {
	var asJSON, draft bool
	var days int
	c := &cobra.Command{
		Use:   "suggest-changes",
		Short: "Show names that reviewers correct by hand again and again",
		Long: `Looks through what people wrote over the machine's words for names that were replaced in the
same way in at least three segments of two editions: the glossary may want the change. With
--draft each becomes a draft change set, with its impact, for a terminologist to decide.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if days < 1 {
				return usagef("--days %d: at least one", days)
			}
			return g.withApp(c.Context(), func(a *app) error {
				learnt, err := a.pipe.Learnt(c.Context(), a.pipe.Now().AddDate(0, 0, -days))
				if err != nil {
					return err
				}
				var who edition.Person
				if draft {
					if who, err = a.terminologist(c.Context()); err != nil {
						return err
					}
				}
				for i := range learnt {
					l := &learnt[i]
					if draft && l.ChangeSet == 0 {
						set, err := a.pipe.ProposeLearnt(c.Context(), who.Name, *l)
						if err != nil {
							return err
						}
						l.ChangeSet = set.ID
					}
					if err := a.printLearnt(c, l, asJSON); err != nil {
						return err
					}
				}
				if len(learnt) == 0 && !asJSON {
					fmt.Fprintf(a.stdout, "No name was corrected in the same way %d times in the last %s.\n", edition.LearnTargets, plural(days, "day"))
				}
				return nil
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a name")
	c.Flags().BoolVar(&draft, "draft", false, "make a draft change set of each")
	c.Flags().IntVar(&days, "days", 90, "how far to look back")
	return c
}

func (a *app) printLearnt(c *cobra.Command, l *edition.Learnt, asJSON bool) error {
	if asJSON {
		return jsonLines(a.stdout).Encode(l)
	}
	fmt.Fprintf(a.stdout, "%s (%s): %s → %s, by %s in %s of %s\n", l.Concept, l.Locale, l.Old, l.New, strings.Join(l.People, ", "),
		plural(l.Targets, "segment"), plural(l.Editions, "edition"))
	for _, s := range l.Samples[:min(len(l.Samples), 2)] {
		fmt.Fprintf(a.stdout, "    %s %d: %s\n", s.Slug, s.Position+1, s.After)
	}
	if l.ChangeSet == 0 {
		return nil
	}
	set, err := a.pipe.ChangeSet(c.Context(), l.ChangeSet)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "    change set %d, %s: dragoman glossary changes show %d\n", set.ID, set.Status, set.ID)
	if set.Status != edition.DraftSet {
		return nil
	}
	im, err := a.pipe.PreviewChanges(c.Context(), set.ID, pipeline.PreviewOptions{})
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "    it would touch %s in %s\n", plural(im.Sum().Targets, "segment"), plural(im.Editions, "edition"))
	return nil
}
