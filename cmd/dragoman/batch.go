package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"dragoman/content"
	"dragoman/internal/edition"
	"dragoman/internal/store"
)

func newBatchCommand(g *globals) *cobra.Command {
	c := &cobra.Command{
		Use:   "batch",
		Short: "See, review and undo what changes of the glossary did to the archive",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newBatchList(g), newBatchShow(g), newBatchMove(g, "pause", "Have a batch stop after what it has at hand"),
		newBatchMove(g, "resume", "Have a paused batch go on, and work on it here if nobody does"),
		newBatchMove(g, "cancel", "End a batch before it is done; what it did stays"),
		newBatchMove(g, "publish", "Publish corrections again that could not be published"),
		newBatchMove(g, "undo", "Take a batch back: glossary, memory and every target that nobody touched since"),
		newBatchDecide(g, true), newBatchDecide(g, false))
	return c
}

// batchJSON is a batch as the commands print it.
type batchJSON struct {
	ID          int64                      `json:"id"`
	ChangeSet   int64                      `json:"change_set"`
	Title       string                     `json:"title"`
	Author      string                     `json:"author"`
	By          string                     `json:"applied_by"`
	State       string                     `json:"state"`
	Phase       string                     `json:"phase,omitempty"`
	Scope       string                     `json:"scope"`
	Locales     []string                   `json:"locales,omitempty"`
	Before      int64                      `json:"glossary_before"`
	After       int64                      `json:"glossary_after"`
	Restored    int64                      `json:"glossary_restored,omitempty"`
	Done        int                        `json:"done"`
	Total       int                        `json:"total"`
	PerSecond   float64                    `json:"per_second,omitempty"`
	LeftSeconds float64                    `json:"seconds_left,omitempty"`
	Problem     string                     `json:"problem,omitempty"`
	Started     time.Time                  `json:"started"`
	Ended       *time.Time                 `json:"ended,omitempty"`
	UndoneBy    string                     `json:"undone_by,omitempty"`
	Counts      []edition.BatchCount       `json:"counts,omitempty"`
	Decided     map[string]edition.Decided `json:"decided,omitempty"`
	Groups      []groupJSON                `json:"groups,omitempty"`
	Items       []itemJSON                 `json:"items,omitempty"`
	Memory      *batchMemoryJSON           `json:"memory,omitempty"`
	Corrections []correctionJSON           `json:"corrections,omitempty"`
}

type batchMemoryJSON struct {
	Corrected int `json:"corrected"`
	SetAside  int `json:"set_aside"`
}

type groupJSON struct {
	ID       int64                `json:"id"`
	Locale   string               `json:"locale"`
	Concept  string               `json:"concept"`
	Old      string               `json:"old"`
	New      string               `json:"new"`
	Certain  bool                 `json:"certain"`
	Why      string               `json:"why,omitempty"`
	Items    int                  `json:"items"`
	Releases int                  `json:"releases"`
	Counts   []edition.BatchCount `json:"counts"`
	Examples []itemJSON           `json:"examples"`
}

type itemJSON struct {
	Target   int64  `json:"target"`
	Group    int64  `json:"group"`
	Edition  int64  `json:"edition"`
	Release  string `json:"release"`
	Locale   string `json:"locale"`
	Segment  int    `json:"segment"`
	Class    string `json:"class"`
	Action   string `json:"action"`
	Status   string `json:"status"`
	Why      string `json:"why,omitempty"`
	By       string `json:"decided_by,omitempty"`
	Source   string `json:"source"`
	Before   string `json:"before"`
	After    string `json:"after,omitempty"`
	Now      string `json:"now,omitempty"` // what stands now, where that is neither
	BeforeID int64  `json:"before_version"`
	AfterID  int64  `json:"after_version,omitempty"`
}

type correctionJSON struct {
	Release   string     `json:"release"`
	Locale    string     `json:"locale"`
	Edition   int64      `json:"edition"`
	Old       string     `json:"old"`
	New       string     `json:"new"`
	By        string     `json:"accepted_by"`
	At        time.Time  `json:"accepted"`
	Published *time.Time `json:"published,omitempty"`
	State     string     `json:"edition_state"`
	Problem   string     `json:"problem,omitempty"`
}

func batchOf(b *edition.Batch) batchJSON {
	rate, left := b.Rate()
	j := batchJSON{
		ID: b.ID, ChangeSet: b.ChangeSet, Title: b.Title, Author: b.Author, By: b.By, State: string(b.State), Phase: string(b.Phase),
		Scope: b.Scope.String(), Locales: b.Scope.Locales, Before: b.Before, After: b.After, Restored: b.Restored, Done: b.Done, Total: b.Total,
		PerSecond: rate, LeftSeconds: left.Seconds(), Problem: b.Problem, Started: b.Started, UndoneBy: b.UndoneBy, Counts: b.Counts,
	}
	if !b.Ended.IsZero() {
		j.Ended = &b.Ended
	}
	if len(b.Counts) > 0 {
		j.Decided = b.Accepted()
	}
	return j
}

func batchesOf(bs []edition.Batch) []batchJSON {
	out := make([]batchJSON, len(bs))
	for i := range bs {
		out[i] = batchOf(&bs[i])
	}
	return out
}

func itemOf(m *edition.Item) itemJSON {
	j := itemJSON{
		Target: m.Target, Group: m.Group, Edition: m.Edition, Release: m.Slug, Locale: m.Locale, Segment: m.Position + 1,
		Class: string(m.Class), Action: string(m.Action), Status: string(m.Status), Why: m.Why, By: m.By,
		Source: m.Source, Before: m.Stood, After: m.Stand, BeforeID: m.Before, AfterID: m.After,
	}
	if m.Now != m.Stood && m.Now != m.Stand {
		j.Now = m.Now
	}
	return j
}

func groupOf(g *edition.Group) groupJSON {
	j := groupJSON{ID: g.ID, Locale: g.Locale, Concept: g.Concept, Old: g.Old, New: g.New, Certain: g.Certain, Why: g.Why, Items: g.Items, Releases: g.Releases, Counts: g.Counts}
	for i := range g.Examples {
		j.Examples = append(j.Examples, itemOf(&g.Examples[i]))
	}
	return j
}

func newBatchList(g *globals) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "list",
		Short: "List the batches, the newest first",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return g.withApp(c.Context(), func(a *app) error {
				bs, err := a.pipe.Batches(c.Context())
				if err != nil {
					return err
				}
				if asJSON {
					for i := range bs {
						if err := jsonLines(a.stdout).Encode(batchOf(&bs[i])); err != nil {
							return err
						}
					}
					return nil
				}
				a.printBatches(bs)
				return nil
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a line")
	return c
}

func (a *app) printBatches(bs []edition.Batch) {
	if len(bs) == 0 {
		fmt.Fprintln(a.stdout, "No change of the glossary was applied yet: dragoman glossary apply FILE")
		return
	}
	tw := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "BATCH\tSTATE\tSTARTED\tBY\tGLOSSARY\tDONE\tTITLE")
	for i := range bs {
		b := &bs[i]
		fmt.Fprintf(tw, "%d\t%s\t%s\t%s\t%d → %d\t%s\t%s\n", b.ID, stateOfBatch(b), b.Started.In(a.cfg.Location()).Format("2006-01-02 15:04"), b.By, b.Before, b.After, doneOf(b), b.Title)
	}
	tw.Flush()
}

// stateOfBatch is a batch's state with what it is at.
func stateOfBatch(b *edition.Batch) string {
	if b.State == edition.BatchRunning && b.Phase != "" {
		return fmt.Sprintf("%s (%s)", b.State, b.Phase)
	}
	return string(b.State)
}

// doneOf is how far a batch has come, with its pace.
func doneOf(b *edition.Batch) string {
	if b.Total == 0 {
		return "-"
	}
	what := "English sentence"
	if b.State.TakenBack() {
		what = "translation"
	}
	text := fmt.Sprintf("%s of %s", grouped(b.Done), plural(b.Total, what))
	if rate, left := b.Rate(); left > 0 {
		text += fmt.Sprintf(", %.0f a second, about %s left", rate, left.Round(time.Second))
	}
	return text
}

// batchShowOptions are the choices of `batch show`.
type batchShowOptions struct {
	json, follow, items bool
	locale, status      string
	group               int64
	most                int
}

func newBatchShow(g *globals) *cobra.Command {
	var o batchShowOptions
	c := &cobra.Command{
		Use:   "show BATCH",
		Short: "Show what a batch did: counts, groups of the same replacement with examples, corrections",
		Long: `Shows how far a batch is, what it did by locale, class and status, its groups (the same
replacement in many sentences is one) with three examples each, what became of the memory,
and what was corrected in public editions and when. --items lists single targets, such as
those that a person has to look at: --items --status task.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			id, err := batchNumber(args[0])
			if err != nil {
				return err
			}
			return g.withApp(c.Context(), func(a *app) error { return noBatch(id, a.showBatch(c.Context(), id, o)) })
		},
	}
	f := c.Flags()
	f.BoolVar(&o.json, "json", false, "print one JSON object")
	f.BoolVar(&o.follow, "follow", false, "watch it until it has nothing to do, and work on it here if nobody does")
	f.BoolVar(&o.items, "items", false, "list single targets")
	f.Int64Var(&o.group, "group", 0, "only the items of this `GROUP`")
	f.StringVar(&o.locale, "locale", "", "only this locale")
	f.StringVar(&o.status, "status", "", "only items with this status: applied, waiting, accepted, rejected, conflict, pending, task, stale, undone, moved")
	f.IntVar(&o.most, "most", 20, "how many groups or items to show")
	return c
}

func batchNumber(text string) (int64, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, usagef("%q is not the number of a batch: `dragoman batch list` lists them", text)
	}
	return id, nil
}

// noBatch says so where a batch is not there.
func noBatch(id int64, err error) error { return notThere("batch", id, "dragoman batch list", err) }

func (a *app) showBatch(ctx context.Context, id int64, o batchShowOptions) error {
	if o.status != "" && !slices.Contains(edition.ItemStatuses(), edition.ItemStatus(o.status)) {
		return usagef("--status %s: choose one of %s", o.status, listed(edition.ItemStatuses()))
	}
	if o.follow {
		if err := a.followBatch(ctx, id); err != nil {
			return err
		}
	}
	b, err := a.pipe.Batch(ctx, id)
	if err != nil {
		return err
	}
	if o.most < 1 {
		return usagef("--most %d: 1 or more", o.most)
	}
	j := batchOf(&b)
	more := ""
	if o.items || o.group != 0 {
		items, err := a.pipe.Items(ctx, id, edition.ItemFilter{Group: o.group, Locale: o.locale, Status: edition.ItemStatus(o.status), Limit: o.most + 1})
		if err != nil {
			return err
		}
		if len(items) > o.most {
			items, more = items[:o.most], fmt.Sprintf("There are more targets than these %d: --most shows more", o.most)
		}
		for i := range items {
			j.Items = append(j.Items, itemOf(&items[i]))
		}
	} else {
		groups, n, err := a.pipe.Groups(ctx, id, edition.GroupFilter{Locale: o.locale, Status: edition.ItemStatus(o.status), Limit: o.most})
		if err != nil {
			return err
		}
		for i := range groups {
			j.Groups = append(j.Groups, groupOf(&groups[i]))
		}
		if n > len(groups) {
			more = fmt.Sprintf("These are %d of %s: --most shows more", len(groups), plural(n, "group"))
		}
	}
	if err := a.batchExtras(ctx, id, &j); err != nil {
		return err
	}
	if o.json {
		return jsonLines(a.stdout).Encode(j)
	}
	a.printBatch(&b, &j)
	if more != "" {
		fmt.Fprintf(a.stdout, "\n%s.\n", more)
	}
	return nil
}

// batchExtras adds what became of the memory and of public editions.
func (a *app) batchExtras(ctx context.Context, id int64, j *batchJSON) error {
	corrected, aside, err := a.pipe.BatchMemory(ctx, id)
	if err != nil {
		return err
	}
	j.Memory = &batchMemoryJSON{corrected, aside}
	cs, err := a.pipe.Corrections(ctx, id, 0, 1000)
	if err != nil {
		return err
	}
	for i := range cs {
		c := &cs[i]
		line := correctionJSON{Release: c.Slug, Locale: c.Locale, Edition: c.Edition, Old: c.Old, New: c.New, By: c.By, At: c.At, State: string(c.State), Problem: c.Problem}
		if !c.Published.IsZero() && c.Problem == "" {
			line.Published = &c.Published
		}
		j.Corrections = append(j.Corrections, line)
	}
	return nil
}

func (a *app) printBatch(b *edition.Batch, j *batchJSON) {
	at := func(t time.Time) string { return t.In(a.cfg.Location()).Format("2006-01-02 15:04") }
	fmt.Fprintf(a.stdout, "Batch %d: %s\n%s, applied by %s on %s, glossary version %d → %d; %s\n", b.ID, b.Title, stateOfBatch(b), b.By, at(b.Started), b.Before, b.After, doneOf(b))
	if b.Problem != "" {
		fmt.Fprintf(a.stdout, "It does not go on: %s\n", b.Problem)
	}
	if b.UndoneBy != "" {
		fmt.Fprintf(a.stdout, "Undone by %s, glossary version %d\n", b.UndoneBy, b.Restored)
	}
	if len(j.Counts) > 0 {
		tw := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(tw, "\nLOCALE\tCLASS\tACTION\tSTATUS\tTARGETS")
		for _, c := range j.Counts {
			fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%d\n", c.Locale, c.Class, c.Action, c.Status, c.N)
		}
		tw.Flush()
	}
	if j.Memory.Corrected+j.Memory.SetAside > 0 {
		fmt.Fprintf(a.stdout, "\nMemory: %d corrected, %d set aside\n", j.Memory.Corrected, j.Memory.SetAside)
	}
	for i := range j.Groups {
		printBatchGroup(a, &j.Groups[i])
	}
	for i := range j.Items {
		m := &j.Items[i]
		fmt.Fprintf(a.stdout, "\n%d  %s/%s %d: %s, %s%s\n", m.Target, m.Release, m.Locale, m.Segment, m.Class, m.Status, because(m.Why))
		printItemText(a, m)
	}
	for _, d := range b.Decisions {
		fmt.Fprintf(a.stdout, "\n%s decides: %d of %d\n", d.Who, d.Done, d.Total)
	}
	if len(j.Corrections) > 0 {
		tw := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(tw, "\nCORRECTED\tOLD\tNEW\tACCEPTED BY\tON\tPUBLIC SINCE")
		failed := false
		for _, c := range j.Corrections {
			public := "not yet"
			switch {
			case c.Problem != "":
				public, failed = "could not be published: "+c.Problem, true
			case c.Published != nil:
				public = at(*c.Published)
			case c.State == string(edition.Revising), c.State == string(edition.InReview):
				public = "not yet: in review"
			}
			fmt.Fprintf(tw, "%s/%s\t%s\t%s\t%s\t%s\t%s\n", c.Release, c.Locale, c.Old, c.New, c.By, at(c.At), public)
		}
		tw.Flush()
		if failed {
			fmt.Fprintf(a.stdout, "Try again once that is put right: dragoman batch publish %d\n", b.ID)
		}
	}
}

func because(why string) string {
	if why == "" {
		return ""
	}
	return " (" + why + ")"
}

func printBatchGroup(a *app, g *groupJSON) {
	change := fmt.Sprintf("%s → %s", g.Old, g.New)
	if g.Old == "" {
		change = g.Concept
	}
	var parts []string
	for _, c := range g.Counts {
		parts = append(parts, fmt.Sprintf("%d %s %s", c.N, c.Class, c.Status))
	}
	fmt.Fprintf(a.stdout, "\nGroup %d, %s: %s%s\n  %d in %d release(s): %s\n", g.ID, g.Locale, change, because(g.Why), g.Items, g.Releases, strings.Join(parts, ", "))
	for i := range g.Examples {
		m := &g.Examples[i]
		fmt.Fprintf(a.stdout, "  %s %d\n", m.Release, m.Segment)
		printItemText(a, m)
	}
}

// printItemText shows the words before and after.
func printItemText(a *app, m *itemJSON) {
	fmt.Fprintf(a.stdout, "    %s\n", content.Plain(m.Source))
	fmt.Fprintf(a.stdout, "  - %s\n", content.Plain(m.Before))
	if m.After != "" && m.After != m.Before {
		fmt.Fprintf(a.stdout, "  + %s\n", content.Plain(m.After))
	}
	if m.Now != "" {
		fmt.Fprintf(a.stdout, "  now: %s\n", content.Plain(m.Now))
	}
}

// followBatch watches a batch until it has nothing to do, and works on it here
// where no other process does.
func (a *app) followBatch(ctx context.Context, id int64) error {
	bar := newProgress(a.stderr, fmt.Sprintf("Batch %d:", id))
	defer bar.end()
	for try := 0; ; try++ {
		b, err := a.pipe.Batch(ctx, id)
		if err != nil {
			return err
		}
		if !b.State.AtWork() && len(b.Decisions) == 0 {
			return nil
		}
		done, total := b.Done, b.Total
		if len(b.Decisions) > 0 {
			done, total = b.Decisions[0].Done, b.Decisions[0].Total
		}
		bar.show(done, total)
		if !a.store.Working() && try%20 == 0 {
			if err := a.store.Work(ctx, a.handle(), store.DefaultSlots()); err != nil && !errors.Is(err, store.ErrLocked) {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return errStopped
		case <-time.After(lookEvery):
		}
	}
}

func newBatchMove(g *globals, what, short string) *cobra.Command {
	var asJSON, leave bool
	c := &cobra.Command{
		Use:   what + " BATCH",
		Short: short,
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			id, err := batchNumber(args[0])
			if err != nil {
				return err
			}
			return g.withApp(c.Context(), func(a *app) error { return noBatch(id, a.moveBatch(c.Context(), id, what, asJSON, leave)) })
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	if what == "resume" || what == "undo" || what == "publish" {
		c.Flags().BoolVar(&leave, "no-wait", false, "leave the work to the process that serves the desk")
	}
	return c
}

func (a *app) moveBatch(ctx context.Context, id int64, what string, asJSON, leave bool) error {
	who, err := a.terminologist(ctx)
	if err != nil {
		return err
	}
	var b edition.Batch
	switch what {
	case "pause":
		b, err = a.pipe.PauseBatch(ctx, who.Name, id)
	case "resume":
		b, err = a.pipe.ResumeBatch(ctx, who.Name, id)
	case "cancel":
		b, err = a.pipe.CancelBatch(ctx, who.Name, id)
	case "publish":
		return a.publishCorrections(ctx, who.Name, id, asJSON, leave)
	default:
		b, err = a.pipe.UndoBatch(ctx, who.Name, id)
	}
	if err != nil {
		return err
	}
	if b.State.AtWork() && !leave {
		if err := a.followBatch(ctx, id); err != nil {
			return err
		}
		if err := a.settle(ctx, newProgress(a.stderr, "Publishing:")); err != nil {
			return err
		}
	}
	if b, err = a.pipe.Batch(ctx, id); err != nil {
		return err
	}
	if asJSON {
		return jsonLines(a.stdout).Encode(batchOf(&b))
	}
	fmt.Fprintf(a.stdout, "Batch %d is %s.\n", b.ID, stateOfBatch(&b))
	if n := b.Count(edition.ItemMoved); n > 0 {
		fmt.Fprintf(a.stdout, "%d target(s) were changed since and stay as they are: dragoman batch show %d --items --status moved\n", n, b.ID)
	}
	return nil
}

// publishCorrections has corrections published that could not be.
func (a *app) publishCorrections(ctx context.Context, who string, id int64, asJSON, leave bool) error {
	n, err := a.pipe.PublishCorrections(ctx, who, id)
	if err != nil {
		return err
	}
	if !leave {
		if err := a.settle(ctx, newProgress(a.stderr, "Publishing:")); err != nil {
			return err
		}
	}
	cs, err := a.pipe.Corrections(ctx, id, 0, 1000)
	if err != nil {
		return err
	}
	failed := map[int64]bool{}
	for i := range cs {
		if cs[i].Problem != "" {
			failed[cs[i].Edition] = true
		}
	}
	if asJSON {
		return jsonLines(a.stdout).Encode(map[string]int{"editions": n, "failed": len(failed)})
	}
	fmt.Fprintf(a.stdout, "%s published again, %d could not be: dragoman batch show %d\n", plural(n-len(failed), "edition"), len(failed), id)
	return nil
}

// decideOptions are the choices of `batch accept` and `batch reject`.
type decideOptions struct {
	groups, items []int64
	locale        string
	teach, reason string
	json          bool
}

func newBatchDecide(g *globals, accept bool) *cobra.Command {
	var o decideOptions
	c := &cobra.Command{
		Use:   "accept BATCH",
		Short: "Accept what a batch proposes beside people's words: all of it, groups, or single targets",
		Long: `Accepts the change, and nothing else: each target keeps the standing that it had, approved
by whom it was. A public edition is published again with a correction. Where four eyes hold,
the author of the change set may not decide.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			id, err := batchNumber(args[0])
			if err != nil {
				return err
			}
			return g.withApp(c.Context(), func(a *app) error { return noBatch(id, a.decideBatch(c.Context(), id, accept, o)) })
		},
	}
	f := c.Flags()
	f.Int64SliceVar(&o.groups, "group", nil, "only these `GROUP`s, see `dragoman batch show`")
	f.Int64SliceVar(&o.items, "item", nil, "only these `TARGET`s, see `dragoman batch show --items`")
	f.StringVar(&o.locale, "locale", "", "only this locale")
	f.StringVar(&o.reason, "reason", "", "why, in a sentence")
	f.BoolVar(&o.json, "json", false, "print one JSON object")
	if !accept {
		c.Use, c.Short = "reject BATCH", "Refuse what a batch proposes: all of it, groups, or single targets"
		c.Long = `Leaves people's words as they are, and answers what the new glossary finds in them. --teach
variant makes a draft change set in which the renderings that stand are right as well;
--teach exception lets them stand in these very sentences only.`
		f.StringVar(&o.teach, "teach", "", "what the glossary learns from it: variant or exception")
	}
	return c
}

func (a *app) decideBatch(ctx context.Context, id int64, accept bool, o decideOptions) error {
	if !slices.Contains([]string{"", string(edition.TeachVariant), string(edition.TeachException)}, o.teach) {
		return usagef("--teach %s: variant or exception", o.teach)
	}
	if len(o.groups) > 0 && len(o.items) > 0 {
		return usagef("name groups or items, not both")
	}
	who, err := a.person(ctx)
	if err != nil {
		return err
	}
	if !slices.Contains([]string{"admin", "reviewer", "terminologist", "publisher"}, who.Role) {
		return fmt.Errorf("%s is a %s: a reviewer decides about proposals", who.Name, who.Role)
	}
	if len(who.Locales) > 0 && !slices.Contains(who.Locales, o.locale) {
		return fmt.Errorf("%s decides for %s: say which with --locale", who.Name, strings.Join(who.Locales, ", "))
	}
	d, err := a.pipe.Resolve(ctx, edition.Decision{
		Batch: id, Who: who.Name, Accept: accept, Groups: o.groups, Targets: o.items, Locale: o.locale, Teach: edition.Teach(o.teach), Reason: o.reason,
	})
	if err != nil {
		return err
	}
	if d.Ended.IsZero() {
		if err := a.followBatch(ctx, id); err != nil {
			return err
		}
	}
	if err := a.settle(ctx, newProgress(a.stderr, "Publishing:")); err != nil {
		return err
	}
	if d, err = a.pipe.Decision(ctx, d.ID); err != nil {
		return err
	}
	if o.json {
		return jsonLines(a.stdout).Encode(map[string]any{"decision": d.ID, "accepted": d.Accepted, "rejected": d.Rejected, "left": d.Left, "change_set": d.Taught})
	}
	fmt.Fprintf(a.stdout, "%d accepted, %d rejected", d.Accepted, d.Rejected)
	if d.Left > 0 {
		fmt.Fprintf(a.stdout, "; %d could not be decided: they were changed since, see --items --status conflict", d.Left)
	}
	fmt.Fprintln(a.stdout, ".")
	if d.Taught != 0 {
		fmt.Fprintf(a.stdout, "Change set %d has what the glossary is to learn: dragoman glossary changes show %d\n", d.Taught, d.Taught)
	}
	return nil
}

// batchLines are the sentences of `status` about batches at work.
func (a *app) batchLines(ctx context.Context) ([]edition.Batch, error) {
	return a.pipe.Batches(ctx, edition.BatchRunning, edition.BatchPaused, edition.BatchUndoing)
}

func printRunning(a *app, bs []edition.Batch) {
	for i := range bs {
		b := &bs[i]
		fmt.Fprintf(a.stdout, "Batch %d (%s) is %s: %s%s\n", b.ID, b.Title, stateOfBatch(b), doneOf(b), cmp.Or(problemOf(b), "."))
	}
}

func problemOf(b *edition.Batch) string {
	if b.Problem == "" {
		return ""
	}
	return ". " + b.Problem
}
