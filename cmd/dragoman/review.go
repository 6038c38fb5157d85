package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"

	"dragoman/content"
	"dragoman/internal/edition"
	"dragoman/locales"
	"dragoman/pipeline"
)

func newReviewCommand(g *globals) *cobra.Command {
	c := &cobra.Command{
		Use:   "review",
		Short: "List, show, compare, edit, approve and reject editions and their segments",
		Long: `Reviews on the command line. An EDITION is written SLUG/LOCALE, such as
security-council-urged-to-act/ar, or by its number; a SEGMENT by its number in the
edition, from 1.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newReviewList(g), newReviewShow(g), newReviewDiff(g), newReviewEdit(g), newReviewApprove(g), newReviewReject(g), newReviewWithdraw(g))
	return c
}

// withApp opens Dragoman for the time of f.
func (g *globals) withApp(ctx context.Context, f func(*app) error) error {
	a, err := g.open(ctx)
	if err != nil {
		return err
	}
	err = f(a)
	return errors.Join(err, a.close())
}

// edition finds the edition that a person means.
func (a *app) edition(ctx context.Context, ref string) (edition.Line, error) {
	f := edition.Filter{}
	slug, locale, named := strings.Cut(ref, "/")
	id, err := strconv.ParseInt(ref, 10, 64)
	if !named && err != nil {
		return edition.Line{}, usagef("%q does not name an edition: write SLUG/LOCALE, such as some-release/ar, or its number; `dragoman review list` shows both", ref)
	}
	if named {
		f.Search, f.Locales = slug, []string{locale}
	}
	for _, f.Removed = range []bool{false, true} { // a slug may have passed from a removed release to another
		lines, _, err := a.pipe.Queue(ctx, f)
		if err != nil {
			return edition.Line{}, err
		}
		for _, l := range lines {
			if named && l.Slug == slug || !named && l.ID == id {
				return l, nil
			}
		}
	}
	return edition.Line{}, fmt.Errorf("there is no edition %s: `dragoman status` lists all", ref)
}

// row finds a segment of an edition by its number.
func row(v *pipeline.View, number string) (*pipeline.Row, error) {
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > len(v.Rows) {
		return nil, usagef("%q is not the number of a segment: this edition has segments 1 to %d; `dragoman review show` lists them", number, len(v.Rows))
	}
	return &v.Rows[n-1], nil
}

// view opens an edition for a person.
func (a *app) view(ctx context.Context, ref string) (*pipeline.View, edition.Person, error) {
	who, err := a.person(ctx)
	if err != nil {
		return nil, who, err
	}
	l, err := a.edition(ctx, ref)
	if err != nil {
		return nil, who, err
	}
	v, err := a.pipe.View(ctx, l.ID, who.Name)
	return v, who, err
}

func newReviewList(g *globals) *cobra.Command {
	var locs, states []string
	var asJSON, all bool
	c := &cobra.Command{
		Use:   "list",
		Short: "List the editions that wait for review",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return g.withApp(c.Context(), func(a *app) error {
				for _, l := range locs {
					if _, err := locales.Get(l); err != nil {
						return usageError{err}
					}
				}
				f := edition.Filter{Locales: locs, States: []edition.State{edition.InReview, edition.Revising}}
				if all {
					f.States = nil
				}
				if len(states) > 0 {
					f.States = nil
				}
				for _, s := range states {
					st := edition.State(strings.ReplaceAll(s, " ", "_"))
					if !st.Valid() {
						return usagef("there is no state %q: choose one of %s", s, listed(edition.States()))
					}
					f.States = append(f.States, st)
				}
				lines, _, err := a.pipe.Queue(c.Context(), f)
				if err != nil {
					return err
				}
				if asJSON {
					return printLinesJSON(a.stdout, lines)
				}
				if len(lines) == 0 {
					fmt.Fprintln(a.stdout, "Nothing waits.")
					return nil
				}
				tw := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
				fmt.Fprintln(tw, "EDITION\tREVIEWED\tUNTRANSLATED\tERRORS\tWARNINGS\tPROPOSALS\tSTATE\tTITLE")
				for _, l := range lines {
					fmt.Fprintf(tw, "%s/%s\t%d of %d\t%d\t%d\t%d\t%d\t%s\t%s\n", l.Slug, l.Locale, l.Counts.Reviewed, l.Counts.Segments,
						l.Counts.Untranslated, l.Counts.Errors, l.Counts.Warnings, l.Counts.Proposals, stateText(l.Edition), l.Title)
				}
				return tw.Flush()
			})
		},
	}
	c.Flags().StringSliceVar(&locs, "locale", nil, "only these `LOCALES`")
	c.Flags().StringSliceVar(&states, "state", nil, "only these `STATES`")
	c.Flags().BoolVar(&all, "all", false, "in every state")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object an edition")
	return c
}

// rowJSON is a segment as `review show --json` gives it.
type rowJSON struct {
	Segment   int                       `json:"segment"`
	Kind      content.UnitKind          `json:"kind"`
	Source    string                    `json:"source"`
	OldSource string                    `json:"old_source,omitempty"`
	Target    string                    `json:"target"`
	State     edition.TargetState       `json:"state"`
	Omitted   string                    `json:"omitted,omitempty"`
	Origin    edition.Origin            `json:"origin"`
	Author    string                    `json:"author,omitempty"`
	Approved  string                    `json:"approved_by,omitempty"`
	Findings  []edition.StandingFinding `json:"findings"`
	Proposals []string                  `json:"proposals,omitempty"`
}

func newReviewShow(g *globals) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "show EDITION",
		Short: "Show an edition segment by segment: source, translation, origin, findings",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return g.withApp(c.Context(), func(a *app) error {
				v, _, err := a.view(c.Context(), args[0])
				if err != nil {
					return err
				}
				if asJSON {
					return showJSON(a.stdout, v)
				}
				return a.show(v)
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a segment")
	return c
}

func showJSON(w io.Writer, v *pipeline.View) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for i, r := range v.Rows {
		t := r.Target
		j := rowJSON{
			Segment: i + 1, Kind: r.Segment.Kind, Source: r.Segment.Source, OldSource: r.OldSource, Target: t.Standing.Text, State: t.State,
			Omitted: t.Omitted, Origin: t.Standing.Origin, Author: t.Standing.Author, Approved: t.ApprovedBy, Findings: r.Findings,
		}
		if t.Standing.ID == 0 {
			j.Origin.Kind = edition.Untranslated
		}
		for _, p := range r.Proposals {
			j.Proposals = append(j.Proposals, p.Text)
		}
		if err := enc.Encode(j); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) show(v *pipeline.View) error {
	profile, err := locales.Get(v.Locale)
	if err != nil {
		return err
	}
	say := locales.NewLocalizer("en")
	fmt.Fprintf(a.stdout, "%s\n%s/%s · %s · %d of %d reviewed · %d error(s), %d warning(s)\n", v.Release.Title, v.Release.Slug, v.Locale,
		stateText(v.Edition), v.Counts.Reviewed, v.Counts.Segments, v.Counts.Errors, v.Counts.Warnings)
	if v.Reason != "" && v.State != edition.Failed {
		fmt.Fprintln(a.stdout, "Sent back:", v.Reason)
	}
	for i, r := range v.Rows {
		t := r.Target
		fmt.Fprintf(a.stdout, "\n%d  %s · %s\n", i+1, r.Segment.Kind, targetText(t))
		fmt.Fprintf(a.stdout, "   en  %s\n", content.Plain(r.Segment.Source))
		text := content.Plain(t.Standing.Text)
		switch {
		case t.Omitted != "":
			text = "(left out: " + t.Omitted + ")"
		case t.Standing.ID == 0:
			text = "(untranslated)"
		}
		fmt.Fprintf(a.stdout, "   %-3s %s\n", profile.Tag, text)
		if r.OldSource != "" {
			fmt.Fprintf(a.stdout, "   the source was: %s\n", a.diff(r.OldSource, r.Segment.Source))
		}
		for _, s := range t.Standing.Origin.Swaps {
			fmt.Fprintf(a.stdout, "   repaired: %s → %s\n", s.TargetFrom, s.TargetTo)
		}
		for _, f := range r.Findings {
			a.showFinding(say, f)
		}
		for _, p := range r.Proposals {
			fmt.Fprintf(a.stdout, "   proposal %d (%s): %s\n", p.ID, p.Cause, a.diff(t.Standing.Text, p.Text))
		}
	}
	return nil
}

func targetText(t *edition.Target) string {
	if t.Standing.ID == 0 {
		return string(t.State)
	}
	o := t.Standing.Origin
	from := string(o.Kind)
	switch {
	case o.Kind == edition.FromEngine:
		from = "engine " + o.Engine
	case o.Score > 0:
		from = fmt.Sprintf("memory %d%% %s", o.Score, o.Kind)
	case t.Standing.Author != "":
		from = "by " + t.Standing.Author
	}
	s := fmt.Sprintf("%s · %s", t.State, from)
	if t.ApprovedBy != "" && t.State != edition.Translated {
		s += " · approved by " + t.ApprovedBy
	}
	return s
}

func (a *app) showFinding(say *locales.Localizer, f edition.StandingFinding) {
	answer := ""
	if f.DismissedBy != "" {
		answer = fmt.Sprintf(" (dismissed by %s: %s)", f.DismissedBy, f.DismissedWhy)
	}
	fmt.Fprintf(a.stdout, "   %s: %s%s\n", f.Severity, say.Finding(f.Rule, f.Args), answer)
}

// diff shows what changed word by word: in colour on a terminal, else with
// [-deletions-] and {+insertions+}.
func (a *app) diff(before, after string) string {
	f, ok := a.stdout.(*os.File)
	del, ins := "[-%s-]", "{+%s+}"
	if ok && isatty.IsTerminal(f.Fd()) && os.Getenv("NO_COLOR") == "" {
		del, ins = "\x1b[31;9m%s\x1b[0m", "\x1b[32;4m%s\x1b[0m"
	}
	var b strings.Builder
	for _, p := range edition.Diff(before, after) {
		text := content.Plain(p.Text)
		switch p.Op {
		case edition.Delete:
			fmt.Fprintf(&b, del, text)
		case edition.Insert:
			fmt.Fprintf(&b, ins, text)
		default:
			b.WriteString(text)
		}
	}
	return b.String()
}

func newReviewDiff(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "diff EDITION [SEGMENT…]",
		Short: "Show what changed: the source since it was translated, each version, and what is proposed",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return g.withApp(c.Context(), func(a *app) error {
				v, _, err := a.view(c.Context(), args[0])
				if err != nil {
					return err
				}
				rows, err := chosen(v, args[1:])
				if err != nil {
					return err
				}
				return a.diffs(c.Context(), rows)
			})
		},
	}
}

// chosen are the segments named, or all.
func chosen(v *pipeline.View, numbers []string) ([]*pipeline.Row, error) {
	var rows []*pipeline.Row
	for _, n := range numbers {
		r, err := row(v, n)
		if err != nil {
			return nil, err
		}
		rows = append(rows, r)
	}
	if len(numbers) == 0 {
		for i := range v.Rows {
			rows = append(rows, &v.Rows[i])
		}
	}
	return rows, nil
}

func (a *app) diffs(ctx context.Context, rows []*pipeline.Row) error {
	shown := 0
	for _, r := range rows {
		vs, err := a.pipe.History(ctx, r.Target.ID)
		if err != nil {
			return err
		}
		if len(vs) < 2 && r.OldSource == "" && len(r.Proposals) == 0 {
			continue
		}
		shown++
		fmt.Fprintf(a.stdout, "%d\n", r.Segment.Position+1)
		if r.OldSource != "" {
			fmt.Fprintf(a.stdout, "   source    %s\n", a.diff(r.OldSource, r.Segment.Source))
		}
		for i := 1; i < len(vs); i++ {
			if vs[i].Text == vs[i-1].Text {
				continue // looked at again under another source
			}
			who := vs[i].Author
			if who == "" {
				who = edition.Machine
			}
			fmt.Fprintf(a.stdout, "   %s, %s  %s\n", who, vs[i].Created.Format("2006-01-02 15:04"), a.diff(vs[i-1].Text, vs[i].Text))
		}
		for _, p := range r.Proposals {
			fmt.Fprintf(a.stdout, "   proposed  %s\n", a.diff(r.Target.Standing.Text, p.Text))
		}
	}
	if shown == 0 {
		fmt.Fprintln(a.stdout, "Nothing has changed since the first draft.")
	}
	return nil
}

func newReviewEdit(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:     "edit EDITION SEGMENT [TEXT]",
		Short:   "Give a segment your own words (TEXT, or standard input)",
		Long:    "Saves your words for a segment. Inline codes are written as they are shown by `review show --json`: ⟦1⟧…⟦/1⟧.",
		Example: "  dragoman review edit security-council-urged-to-act/ar 3 \"نص الترجمة\"",
		Args:    cobra.RangeArgs(2, 3),
		RunE: func(c *cobra.Command, args []string) error {
			return g.withApp(c.Context(), func(a *app) error {
				v, who, err := a.view(c.Context(), args[0])
				if err != nil {
					return err
				}
				r, err := row(v, args[1])
				if err != nil {
					return err
				}
				var text string
				if len(args) == 3 {
					text = args[2]
				} else {
					data, err := io.ReadAll(io.LimitReader(a.stdin, 1<<20))
					if err != nil {
						return err
					}
					text = string(data)
				}
				t, err := a.pipe.Edit(c.Context(), who.Name, r.Target.ID, r.Target.Standing.ID, text)
				if err != nil {
					return err
				}
				fmt.Fprintf(a.stdout, "Saved segment %s as %s: %s\n", args[1], who.Name, a.diff(r.Target.Standing.Text, t.Standing.Text))
				say := locales.NewLocalizer("en")
				for i, f := range t.Standing.Findings {
					a.showFinding(say, edition.StandingFinding{Finding: f, Seq: i})
				}
				return nil
			})
		},
	}
}

func newReviewApprove(g *globals) *cobra.Command {
	var clean bool
	c := &cobra.Command{
		Use:   "approve EDITION [SEGMENT…]",
		Short: "Approve segments, or the whole edition once all its segments are reviewed",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return g.withApp(c.Context(), func(a *app) error { return a.approve(c.Context(), args, clean) })
		},
	}
	c.Flags().BoolVar(&clean, "clean", false, "approve every segment in which nothing was found")
	return c
}

func (a *app) approve(ctx context.Context, args []string, clean bool) error {
	v, who, err := a.view(ctx, args[0])
	if err != nil {
		return err
	}
	if clean {
		n, err := a.pipe.ApproveClean(ctx, who.Name, v.ID)
		if err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "Approved %d segment(s) in which nothing was found.\n", n)
		return nil
	}
	if len(args) == 1 {
		e, err := a.pipe.Approve(ctx, who.Name, v.ID)
		if err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "%s is %s. Publish it with `dragoman publish %s`.\n", args[0], e.State, args[0])
		return nil
	}
	for _, n := range args[1:] {
		r, err := row(v, n)
		if err != nil {
			return err
		}
		if _, err := a.pipe.ApproveTarget(ctx, who.Name, r.Target.ID, r.Target.Standing.ID); err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "Approved segment %s.\n", n)
	}
	return nil
}

func newReviewReject(g *globals) *cobra.Command {
	var reason string
	c := &cobra.Command{
		Use:   "reject EDITION [SEGMENT…] --reason TEXT",
		Short: "Send segments, or the whole edition, back with a reason",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if strings.TrimSpace(reason) == "" {
				return usagef("say why with --reason")
			}
			return g.withApp(c.Context(), func(a *app) error {
				v, who, err := a.view(c.Context(), args[0])
				if err != nil {
					return err
				}
				if len(args) == 1 {
					e, err := a.pipe.Reopen(c.Context(), who.Name, v.ID, reason)
					if err == nil {
						fmt.Fprintf(a.stdout, "%s is %s again.\n", args[0], strings.ReplaceAll(string(e.State), "_", " "))
					}
					return err
				}
				for _, n := range args[1:] {
					r, err := row(v, n)
					if err != nil {
						return err
					}
					if _, err := a.pipe.Reject(c.Context(), who.Name, r.Target.ID, reason); err != nil {
						return err
					}
					fmt.Fprintf(a.stdout, "Sent segment %s back.\n", n)
				}
				return nil
			})
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "why, in a sentence")
	return c
}

func newReviewWithdraw(g *globals) *cobra.Command {
	var reason string
	c := &cobra.Command{
		Use:   "withdraw EDITION --reason TEXT",
		Short: "Take an edition out of review, of the public place and of the memory",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if strings.TrimSpace(reason) == "" {
				return usagef("say why with --reason")
			}
			return g.withApp(c.Context(), func(a *app) error {
				v, who, err := a.view(c.Context(), args[0])
				if err != nil {
					return err
				}
				if _, err := a.pipe.Withdraw(c.Context(), who.Name, v.ID, reason); err != nil {
					return err
				}
				if err := a.settle(c.Context(), newProgress(a.stderr, "Taking files away:")); err != nil {
					return err
				}
				fmt.Fprintf(a.stdout, "%s is withdrawn.\n", args[0])
				return nil
			})
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "why, in a sentence")
	return c
}
