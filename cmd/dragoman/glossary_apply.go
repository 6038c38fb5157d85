package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"

	"dragoman/glossary"
	"dragoman/internal/edition"
	"dragoman/pipeline"
)

// applyOptions are the choices of `glossary apply`.
type applyOptions struct {
	reason, title string
	scope         string
	locales       []string
	old           string
	effective     string
	keepMissing   bool
	retireMissing bool
	draft         bool
	yes           bool
	json          bool
}

// missingShare is the part of a glossary that a file may lack before somebody
// has to say that this is meant: in percent.
const missingShare = 10

// retireNamed is how many concepts a question names before they are retired.
const retireNamed = 5

func newGlossaryApply(g *globals) *cobra.Command {
	var o applyOptions
	c := &cobra.Command{
		Use:   "apply FILE.csv|FILE.tbx|DIR",
		Short: "Make the glossary what a file says, and bring the archive after it",
		Long: `Makes a change set of how the file differs from the glossary in the database, shows what
it would do to every edition, and applies it as one batch: certain swaps in the machine's
words, proposals beside people's, tasks where only a person can decide. Columns and
languages that the file does not have stay as they are. Concepts that it lacks are retired;
if that is more than a tenth of the glossary, only with --retire-missing (see also
--keep-missing). Without --yes it asks before it applies; the draft stays either way, see
"dragoman glossary changes".`,
		Example: "  dragoman glossary apply names.csv --reason \"as the town writes itself\"\n  dragoman glossary apply names.csv --draft --scope drafts --locale ar",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			im, err := readImport(args[0])
			if err != nil {
				return err
			}
			return g.withApp(c.Context(), func(a *app) error { return a.applyFile(c.Context(), im, o) })
		},
	}
	f := c.Flags()
	f.StringVar(&o.reason, "reason", "", "why, in a sentence, for the history")
	f.StringVar(&o.title, "title", "", "what the change set is called (the file's name)")
	f.StringVar(&o.scope, "scope", "all", "which editions it reaches: drafts, archive, published, several with commas, or all")
	f.StringSliceVar(&o.locales, "locale", nil, "only these locales")
	f.StringVar(&o.old, "old-terms", "", "what becomes of preferred terms that others replace: forbidden, accepted or dropped (forbidden, unless the file has a column of forbidden terms)")
	f.StringVar(&o.effective, "effective", "", "when it takes effect: 2026-12-01 or 2026-12-01T09:00 (at once)")
	f.BoolVar(&o.keepMissing, "keep-missing", false, "only add and change: keep the concepts that the file lacks")
	f.BoolVar(&o.retireMissing, "retire-missing", false, "retire the concepts that the file lacks, however many they are")
	f.BoolVar(&o.draft, "draft", false, "keep it as a draft, and apply nothing")
	f.BoolVar(&o.yes, "yes", false, "apply without asking")
	f.BoolVar(&o.json, "json", false, "print one JSON object")
	return c
}

// set makes a change set of the options.
func (o *applyOptions) set(im *glossaryImport) (edition.ChangeSet, edition.OldTerms, error) {
	scope, err := edition.ParseScope(o.scope)
	if err != nil {
		return edition.ChangeSet{}, "", usageError{err}
	}
	scope.Locales = o.locales
	old, ok := map[string]edition.OldTerms{"": im.oldTerms(), "forbidden": edition.OldForbidden, "accepted": edition.OldAccepted, "dropped": edition.OldDropped}[o.old]
	if !ok {
		return edition.ChangeSet{}, "", usagef("--old-terms %s: forbidden, accepted or dropped", o.old)
	}
	name := filepath.Base(im.path)
	return edition.ChangeSet{Title: cmp.Or(o.title, name), Reason: cmp.Or(o.reason, "changes of "+name), Scope: scope, Cause: "file " + name}, old, nil
}

func (a *app) applyFile(ctx context.Context, im *glossaryImport, o applyOptions) error {
	set, old, err := o.set(im)
	if err != nil {
		return err
	}
	at, err := a.effective(o.effective)
	if err != nil {
		return err
	}
	who, err := a.terminologist(ctx)
	if err != nil {
		return err
	}
	was, _, version, err := a.store.Glossary(ctx)
	if err != nil {
		return err
	}
	next, err := a.withoutMissing(im, was, o)
	if err != nil {
		return err
	}
	set.Base, set.Edits = version, edition.EditsOf(was, next)
	if len(set.Edits) == 0 {
		return a.nothingDiffers(im.path, o.json)
	}
	set, notes, err := a.pipe.SaveChangeSet(ctx, who.Name, set, old)
	if err != nil {
		return err
	}
	for _, n := range notes {
		fmt.Fprintln(a.stderr, n.Error())
	}
	return a.previewAndApply(ctx, who.Name, set, at, o)
}

func (a *app) nothingDiffers(path string, asJSON bool) error {
	if asJSON {
		return jsonLines(a.stdout).Encode(struct {
			Differs bool `json:"differs"`
		}{})
	}
	fmt.Fprintf(a.stdout, "Nothing differs: the glossary has all of %s.\n", path)
	return nil
}

// withoutMissing is the glossary that the file leads to. Before much of it
// would be retired a person has to say that this is meant.
func (a *app) withoutMissing(im *glossaryImport, was []glossary.Concept, o applyOptions) ([]glossary.Concept, error) {
	next := im.Merge(was, false)
	if o.keepMissing {
		return next, nil
	}
	kept := im.alone(was)
	missing := len(next) - len(kept)
	if tooMany(missing, len(was)) && !o.retireMissing {
		return nil, fmt.Errorf("%s lacks %s of the %s in the database, which would be retired: add --retire-missing if that is meant, or --keep-missing to add and change only. Nothing was changed",
			im.path, grouped(missing), plural(len(was), "concept"))
	}
	if o.draft {
		return kept, nil
	}
	return kept, a.sureToRetire(missing, fmt.Sprintf("that %s lacks", im.path), o)
}

// tooMany reports whether so many concepts of a glossary are retired by a slip
// rather than on purpose.
func tooMany(retired, of int) bool { return retired*100 > of*missingShare }

// sureToRetire asks before more than a few concepts are retired.
func (a *app) sureToRetire(retired int, which string, o applyOptions) error {
	if retired <= edition.RetireUnasked || o.yes {
		return nil
	}
	ok, err := a.ask(fmt.Sprintf("Retire %s %s?", plural(retired, "concept"), which), "--yes")
	if err == nil && !ok {
		err = errors.New("nothing was changed")
	}
	return err
}

// mayRetire holds a change set that retires many concepts to the same as a
// file that lacks them: a draft may have been made of one long ago.
func (a *app) mayRetire(ctx context.Context, set *edition.ChangeSet, o applyOptions) error {
	names := set.Retired()
	if len(names) <= edition.RetireUnasked {
		return nil
	}
	was, _, _, err := a.store.Glossary(ctx)
	if err != nil {
		return err
	}
	which := strings.Join(names[:retireNamed], ", ") + ", …"
	if tooMany(len(names), len(was)) && !o.retireMissing {
		return fmt.Errorf("change set %d retires %s of the %s in the database (%s): add --retire-missing if that is meant. Nothing was changed",
			set.ID, grouped(len(names)), plural(len(was), "concept"), which)
	}
	return a.sureToRetire(len(names), "("+which+")", o)
}

// ask asks a question on a terminal; elsewhere it says which flag answers it.
func (a *app) ask(question, flag string) (bool, error) {
	in, ok := a.stdin.(*os.File)
	if !ok || !isatty.IsTerminal(in.Fd()) {
		return false, fmt.Errorf("%s Add %s if that is meant: there is nobody to ask here, and nothing was changed", question, flag)
	}
	fmt.Fprintf(a.stderr, "%s [y/N] ", question)
	answer, err := bufio.NewReader(in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	s := strings.ToLower(strings.TrimSpace(answer))
	return s == "y" || s == "yes", nil
}

// terminologist is the person, who has to be one.
func (a *app) terminologist(ctx context.Context) (edition.Person, error) {
	who, err := a.person(ctx)
	if err == nil && who.Role != "admin" && who.Role != "terminologist" {
		err = fmt.Errorf("%s is a %s: a terminologist or admin changes the glossary", who.Name, who.Role)
	}
	return who, err
}

// effective reads a date of effect, the zero time for "".
func (a *app) effective(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.DateOnly, "2006-01-02T15:04", "2006-01-02 15:04", time.RFC3339} {
		if t, err := time.ParseInLocation(layout, text, a.cfg.Location()); err == nil {
			return t, nil
		}
	}
	return time.Time{}, usagef("--effective %s: write the day as 2026-12-01, with a time as 2026-12-01T09:00", text)
}

// applyJSON is what `glossary apply --json` prints.
type applyJSON struct {
	ChangeSet int64           `json:"change_set"`
	Status    string          `json:"status"`
	Version   int64           `json:"version,omitempty"` // of the glossary, where applied
	Batch     int64           `json:"batch,omitempty"`
	Effective string          `json:"effective,omitempty"`
	Impact    *edition.Impact `json:"impact"`
}

// previewAndApply shows what a draft would do and, if that is wanted, has it
// done or ordered.
func (a *app) previewAndApply(ctx context.Context, who string, set edition.ChangeSet, at time.Time, o applyOptions) error {
	im, err := a.pipe.PreviewChanges(ctx, set.ID, pipeline.PreviewOptions{})
	if err != nil {
		return err
	}
	if !o.json {
		fmt.Fprintf(a.stdout, "Change set %d: %s. %s.\n", set.ID, set.Title, editCounts(set.Edits))
		printImpact(a.stdout, &im)
	}
	out := applyJSON{ChangeSet: set.ID, Status: string(set.Status), Impact: &im}
	if !o.draft {
		if !o.yes {
			ok, err := a.ask("Apply it?", "--yes")
			if err != nil || !ok {
				fmt.Fprintf(a.stderr, "It stays a draft: dragoman glossary changes apply %d\n", set.ID)
				return err
			}
		}
		if err := a.applySet(ctx, who, set.ID, at, &out); err != nil {
			return err
		}
	}
	if o.json {
		return jsonLines(a.stdout).Encode(out)
	}
	fmt.Fprintln(a.stdout, out.sentence())
	return nil
}

// applySet applies a change set now, or orders it for a time.
func (a *app) applySet(ctx context.Context, who string, id int64, at time.Time, out *applyJSON) error {
	if !at.IsZero() {
		set, err := a.pipe.Schedule(ctx, who, id, at)
		out.Status, out.Effective = string(set.Status), at.Format(time.RFC3339)
		return err
	}
	b, err := a.pipe.Apply(ctx, who, id)
	if err != nil {
		return err
	}
	out.Status, out.Version, out.Batch = string(edition.AppliedSet), b.After, b.ID
	return nil
}

// sentence says what has become of a change set.
func (j *applyJSON) sentence() string {
	switch edition.ChangeSetStatus(j.Status) {
	case edition.AppliedSet:
		return fmt.Sprintf("Applied: the glossary is at version %d. Batch %d brings the archive after it, in the process that serves the desk; to work on it here, or watch it: dragoman batch show %d --follow", j.Version, j.Batch, j.Batch)
	case edition.ScheduledSet:
		return fmt.Sprintf("Ordered: it takes effect at %s.", j.Effective)
	}
	return fmt.Sprintf("It is a draft: dragoman glossary changes apply %d", j.ChangeSet)
}

// editCounts counts edits by their kinds.
func editCounts(edits []edition.ConceptEdit) string {
	n := map[edition.EditKind]int{}
	for i := range edits {
		n[edits[i].Kind()]++
	}
	var parts []string
	for _, k := range []edition.EditKind{edition.EditAdded, edition.EditChanged, edition.EditMerged, edition.EditRetired} {
		if n[k] > 0 {
			parts = append(parts, fmt.Sprintf("%s %s", grouped(n[k]), k))
		}
	}
	return strings.Join(parts, ", ")
}
