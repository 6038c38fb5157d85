package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"dragoman/internal/edition"
	"dragoman/internal/store"
	"dragoman/pipeline"
)

// runOptions are what `dragoman run` is asked for.
type runOptions struct {
	paths   []string
	locales []string
	retry   bool
	json    bool
}

func newRunCommand(g *globals) *cobra.Command {
	var o runOptions
	c := &cobra.Command{
		Use:   "run [PATH…]",
		Short: "Draft editions of every new or changed release, then print a table of them",
		Long: `Sets everything up where that is needed, reads every release under content/en
(or the files and folders named), drafts editions of what is new or changed in
every locale, prints a table of them and the next step, and exits. Running it
again when nothing has changed does nothing.`,
		Example: "  dragoman run\n  dragoman run --locales ar,fr content/en/2018-02-05-security-council.md\n  dragoman run --json",
		Args:    cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			o.paths = args
			if c.Flags().Changed("locales") {
				g.flags["locales"] = o.locales
			}
			return runRun(c.Context(), g, o)
		},
	}
	c.Flags().StringSliceVar(&o.locales, "locales", nil, "only these target `LOCALES`, such as ar,fr")
	c.Flags().BoolVar(&o.retry, "retry", false, "take failed editions up again")
	c.Flags().BoolVar(&o.json, "json", false, "print one JSON object an edition")
	return c
}

func runRun(ctx context.Context, g *globals, o runOptions) error {
	a, err := g.open(ctx)
	if err != nil {
		return err
	}
	err = a.run(ctx, o)
	return errors.Join(err, a.close())
}

func (a *app) run(ctx context.Context, o runOptions) error {
	report, err := a.takeIn(ctx, o)
	if err != nil {
		return err
	}
	if err := a.tell(ctx, o, report); err != nil {
		return err
	}
	if len(report.Problems) > 0 {
		return fmt.Errorf("%d file(s) could not be taken; the others were", len(report.Problems))
	}
	return nil
}

// takeIn loads what is new and waits until it is drafted.
func (a *app) takeIn(ctx context.Context, o runOptions) (pipeline.LoadReport, error) {
	if o.retry {
		who, err := a.person(ctx)
		if err != nil {
			return pipeline.LoadReport{}, err
		}
		n, err := a.pipe.Retry(ctx, who.Name)
		if err != nil {
			return pipeline.LoadReport{}, err
		}
		fmt.Fprintf(a.stderr, "Taking up %d edition(s) again that failed, or that engines left unfinished.\n", n)
	}
	added, err := a.pipe.AddLocales(ctx)
	if err != nil {
		return pipeline.LoadReport{}, err
	}
	bar := newProgress(a.stderr, "Reading releases:")
	report, err := a.pipe.Load(ctx, o.paths, edition.Today, func(done, total int) {
		bar.show(done, total)
		if !a.store.Working() && total > done { // begin while the rest is read
			if err := a.store.Work(ctx, a.handle(), store.DefaultSlots()); err != nil && !errors.Is(err, store.ErrLocked) {
				a.log.Warn("workers", "error", err)
			}
		}
	})
	bar.end()
	report.Added = added
	if err != nil {
		if ctx.Err() != nil {
			return report, errStopped
		}
		return report, err
	}
	bar = newProgress(a.stderr, "Drafting releases:")
	err = a.settle(ctx, bar)
	bar.end()
	return report, err
}

// tell prints what was done.
func (a *app) tell(ctx context.Context, o runOptions, r pipeline.LoadReport) error {
	for _, p := range r.Problems {
		fmt.Fprintln(a.stderr, "Not taken:", p)
	}
	for _, m := range r.Moved {
		fmt.Fprintln(a.stderr, "Moved:", m)
	}
	for _, rem := range r.Removed {
		public := "it was not public"
		if len(rem.Public) > 0 {
			public = "still public in " + strings.Join(rem.Public, ", ") + ": withdraw it at the desk or with `dragoman review withdraw`, or put the file back"
		}
		fmt.Fprintf(a.stderr, "Removed: %s is gone; its editions are kept, %s.\n", rem.Key, public)
	}
	if a.difference != "" {
		fmt.Fprintln(a.stderr, "Note:", a.difference)
	}
	sums, err := a.store.Sums(ctx)
	if err != nil {
		return err
	}
	if total(sums) > maxTable && !o.json && len(o.paths) == 0 {
		a.printSums(sums)
		a.nextStep(sums, r)
		return nil
	}
	lines, _, err := a.store.Queue(ctx, edition.Filter{})
	if err != nil {
		return err
	}
	lines = a.asked(lines, o, r)
	slices.SortStableFunc(lines, func(x, y edition.Line) int {
		if x.Key != y.Key {
			return strings.Compare(x.Key, y.Key)
		}
		return a.rank(x.Locale) - a.rank(y.Locale)
	})
	if o.json {
		return printLinesJSON(a.stdout, lines)
	}
	if len(lines) > 0 {
		printLines(a.stdout, lines)
	}
	a.nextStep(sums, r)
	return nil
}

func total(sums []edition.Sum) (n int) {
	for _, s := range sums {
		n += s.Editions
	}
	return n
}

// asked keeps the editions in the configured locales and, where files were
// named, of the releases in them.
func (a *app) asked(lines []edition.Line, o runOptions, r pipeline.LoadReport) []edition.Line {
	keys := map[string]bool{}
	for _, k := range r.Keys {
		keys[k] = true
	}
	return slices.DeleteFunc(lines, func(l edition.Line) bool {
		return a.rank(l.Locale) == len(a.cfg.Locales) || len(o.paths) > 0 && !keys[l.Path]
	})
}

// rank orders locales as they are configured.
func (a *app) rank(locale string) int {
	if i := slices.Index(a.cfg.Locales, locale); i >= 0 {
		return i
	}
	return len(a.cfg.Locales)
}

// lineJSON is an edition as `run --json` and `status --json` give it.
type lineJSON struct {
	ID           int64         `json:"id"`
	Release      string        `json:"release"`
	Locale       string        `json:"locale"`
	Title        string        `json:"title"`
	Segments     int           `json:"segments"`
	Exact        int           `json:"exact"`
	Context      int           `json:"context"`
	Fuzzy        int           `json:"fuzzy"`
	Repaired     int           `json:"repaired"`
	Engine       int           `json:"engine"`
	Human        int           `json:"human"`
	Untranslated int           `json:"untranslated"`
	Reviewed     int           `json:"reviewed"`
	Findings     int           `json:"findings"`
	Errors       int           `json:"errors"`
	State        edition.State `json:"state"`
	Reason       string        `json:"reason,omitempty"`
	Hold         *edition.Hold `json:"hold,omitempty"` // why engines have not done all
}

func printLinesJSON(w io.Writer, lines []edition.Line) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, l := range lines {
		c := l.Counts
		line := lineJSON{
			ID: l.ID, Release: l.Slug, Locale: l.Locale, Title: l.Title, Segments: c.Segments, Exact: c.Exact, Context: c.Context, Fuzzy: c.Fuzzy,
			Repaired: c.Repaired, Engine: c.Engine, Human: c.Human, Untranslated: c.Untranslated, Reviewed: c.Reviewed,
			Findings: c.Errors + c.Warnings, Errors: c.Errors, State: l.State, Reason: l.Reason,
		}
		if l.Hold.Held() {
			line.Hold = &l.Hold
		}
		if err := enc.Encode(line); err != nil {
			return err
		}
	}
	return nil
}

// maxTable is how many editions a table shows; more are summed up.
const maxTable = 300

func printLines(w io.Writer, lines []edition.Line) {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "RELEASE\tLOCALE\tSEGMENTS\tCONTEXT\tEXACT\tREPAIRED\tFUZZY\tENGINE\tHUMAN\tUNTRANSLATED\tERRORS\tWARNINGS\tSTATE")
	for _, l := range lines {
		c := l.Counts
		fmt.Fprintf(tw, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%s\n", l.Slug, l.Locale, c.Segments, c.Context, c.Exact, c.Repaired, c.Fuzzy,
			c.Engine, c.Human, c.Untranslated, c.Errors, c.Warnings, stateText(l.Edition))
	}
	tw.Flush()
}

func stateText(e edition.Edition) string {
	s := strings.ReplaceAll(string(e.State), "_", " ")
	if e.State == edition.Failed {
		s += ": " + e.Reason
	}
	if e.Hold.Kind == edition.HoldWaiting || e.Hold.Held() && e.Counts.Untranslated > 0 {
		s += ": " + e.Hold.String()
	}
	return s
}

// printSums prints many editions summed up by locale.
func (a *app) printSums(sums []edition.Sum) {
	tw := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "LOCALE\tEDITIONS\tSEGMENTS\tCONTEXT\tEXACT\tREPAIRED\tFUZZY\tENGINE\tHUMAN\tUNTRANSLATED\tERRORS\tWARNINGS\tSTATES")
	for _, loc := range a.cfg.Locales {
		var n int
		var c edition.Counts
		var states []string
		for _, s := range sums {
			if s.Locale == loc {
				n += s.Editions
				c.Add(s.Counts)
				states = append(states, fmt.Sprintf("%d %s", s.Editions, strings.ReplaceAll(string(s.State), "_", " ")))
			}
		}
		fmt.Fprintf(tw, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%s\n", loc, n, c.Segments, c.Context, c.Exact, c.Repaired, c.Fuzzy,
			c.Engine, c.Human, c.Untranslated, c.Errors, c.Warnings, strings.Join(states, ", "))
	}
	tw.Flush()
}

// nextStep says what a person does now.
func (a *app) nextStep(sums []edition.Sum, r pipeline.LoadReport) {
	var review, failed, approved int
	for _, s := range sums {
		switch s.State {
		case edition.InReview, edition.Revising:
			review += s.Editions
		case edition.Failed:
			failed += s.Editions
		case edition.Approved:
			approved += s.Editions
		}
	}
	fmt.Fprintln(a.stdout)
	switch {
	case r.New+r.Changed > 0 || len(r.Problems) > 0:
		fmt.Fprintf(a.stdout, "%d new and %d changed release(s) drafted.\n", r.New, r.Changed)
	case r.Added == 0:
		fmt.Fprintln(a.stdout, "Nothing new: every release was drafted before.")
	}
	if r.Added > 0 {
		fmt.Fprintf(a.stdout, "%d edition(s) drafted of releases that had none in their language.\n", r.Added)
	}
	switch {
	case failed > 0:
		fmt.Fprintf(a.stdout, "Next: %d edition(s) failed; when the reason is put right, `dragoman run --retry`.\n", failed)
	case review > 0:
		fmt.Fprintf(a.stdout, "Next: %d edition(s) wait for review. `dragoman up` opens the desk, `dragoman review list` the queue.\n", review)
	case approved > 0:
		fmt.Fprintf(a.stdout, "Next: %d edition(s) are approved. `dragoman publish` publishes them.\n", approved)
	}
}
