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
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"dragoman/glossary"
	"dragoman/internal/edition"
)

// importOptions are the choices of `glossary import`.
type importOptions struct {
	replace bool
	yes     bool
	dry     bool
	reason  string
	json    bool
}

func newGlossaryImport(g *globals) *cobra.Command {
	var o importOptions
	c := &cobra.Command{
		Use:   "import FILE.csv|FILE.tbx|DIR",
		Short: "Make a file part of the glossary in the database, as a new version",
		Long: `Adds the concepts of a file to the glossary that counts, as a new version of it; the old
versions stay in the history. Concepts with an id that is there already are changed: each
column of a CSV file takes the place of what was there, an empty cell included; columns
and languages that the file does not have stay as they are, and so do all other concepts.
With --replace the file is the whole glossary: what it does not have is retired.
A file with a mistake is refused with line, column and remedy; nothing of it is taken.`,
		Example: "  dragoman glossary import names.csv --dry-run\n  dragoman glossary import names.csv",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			im, err := readImport(args[0])
			if err != nil {
				return err
			}
			return g.withApp(c.Context(), func(a *app) error { return a.importGlossary(c.Context(), im, o) })
		},
	}
	f := c.Flags()
	f.BoolVar(&o.replace, "replace", false, "the file is the whole glossary: retire what it does not have")
	f.BoolVar(&o.yes, "yes", false, fmt.Sprintf("retire more than %d concepts without asking", edition.RetireUnasked))
	f.BoolVar(&o.dry, "dry-run", false, "show what would change, and change nothing")
	f.StringVar(&o.reason, "reason", "", "why, in a sentence, for the history")
	f.BoolVar(&o.json, "json", false, "print the counts as a JSON object")
	return c
}

// glossaryImport is a file that was read, to be imported.
type glossaryImport struct {
	path string
	*glossary.Update
}

// readImport reads a file or folder.
func readImport(path string) (*glossaryImport, error) {
	concepts, err := readGlossaryPath(path)
	if err != nil {
		return nil, err
	}
	return importOf(path, concepts)
}

// importOf adds to concepts that were read from files which columns these have.
func importOf(path string, concepts []glossary.Concept) (im *glossaryImport, err error) {
	if len(concepts) == 0 {
		return nil, fmt.Errorf("%s has no concepts: write them below the row that names the columns. Nothing was changed", path)
	}
	im = &glossaryImport{path, &glossary.Update{Concepts: concepts, Columns: map[string]map[string]bool{}}}
	for i := range concepts {
		file := concepts[i].File
		if im.Columns[file] != nil || strings.ToLower(filepath.Ext(file)) != ".csv" {
			continue
		}
		if im.Columns[file], err = csvColumns(file); err != nil {
			return nil, err
		}
	}
	return im, nil
}

// alone is the glossary that the files lead to if what they lack is retired;
// columns and languages that they do not have stay as they are.
func (im *glossaryImport) alone(was []glossary.Concept) []glossary.Concept {
	in := make(map[string]bool, len(im.Concepts))
	for i := range im.Concepts {
		in[im.Concepts[i].ID] = true
	}
	return slices.DeleteFunc(im.Merge(was, false), func(c glossary.Concept) bool { return !in[c.ID] })
}

// csvColumns reads the header of a native CSV file.
func csvColumns(path string) (map[string]bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fileError("glossary", path, err)
	}
	defer f.Close()
	return glossary.HeaderOf(f), nil
}

// importJSON is what `glossary import --json` prints.
type importJSON struct {
	File      string `json:"file"`
	Concepts  int    `json:"concepts"` // of the file
	Added     int    `json:"added"`
	Changed   int    `json:"changed"`
	Retired   int    `json:"retired"`
	Unchanged int    `json:"unchanged"`
	Version   int64  `json:"version"` // that counts now
	Imported  bool   `json:"imported"`
	Batch     int64  `json:"batch,omitempty"` // that brings the archive after it
}

func (a *app) importGlossary(ctx context.Context, im *glossaryImport, o importOptions) error {
	old, _, version, err := a.store.Glossary(ctx)
	if err != nil {
		return err
	}
	next := im.Merge(old, o.replace)
	if gl, problems := glossary.Compile(next, glossary.Options{}); gl == nil {
		return fmt.Errorf("%s would make the glossary unusable, nothing was imported:\n%w", im.path, problems)
	}
	if o.replace && !sameOrder(old, next) {
		fmt.Fprintln(a.stderr, "The order of the file is not taken over: concepts keep their places, new ones come last.")
	}
	changes := glossary.Diff(old, next)
	sum := importJSON{File: im.path, Concepts: len(im.Concepts), Version: version}
	for i := range changes {
		switch changes[i].Kind {
		case glossary.Added:
			sum.Added++
		case glossary.Removed:
			sum.Retired++
		default:
			sum.Changed++
		}
	}
	sum.Unchanged = len(next) - sum.Added - sum.Changed
	if !o.json {
		a.printImport(&sum, changes)
	}
	if !o.dry && len(changes) > 0 {
		if err := a.importMayRetire(&sum, o); err != nil {
			return err
		}
		if err := a.saveImport(ctx, im, o, old, next, &sum); err != nil {
			return err
		}
	}
	switch {
	case o.json:
		return jsonLines(a.stdout).Encode(sum)
	case len(changes) == 0:
		fmt.Fprintln(a.stdout, "Nothing differs: the glossary has all of it.")
	case o.dry:
		fmt.Fprintln(a.stdout, "Nothing was changed: leave out --dry-run to import it.")
	default:
		fmt.Fprintf(a.stdout, "Imported: the glossary is at version %d. Drafts made from now on follow it; batch %d brings the archive after it: dragoman batch show %d\n", sum.Version, sum.Batch, sum.Batch)
	}
	return nil
}

// printImport shows the difference in counts, and by language.
func (a *app) printImport(sum *importJSON, changes []glossary.Change) {
	fmt.Fprintf(a.stdout, "%s: %s; %d added, %d changed, %d retired; %d of the glossary stay as they are.\n",
		sum.File, plural(sum.Concepts, "concept"), sum.Added, sum.Changed, sum.Retired, sum.Unchanged)
	langs := map[string]int{}
	for i := range changes {
		if changes[i].Kind == glossary.Changed {
			for _, l := range changes[i].Verify {
				langs[l]++
			}
		}
	}
	var parts []string
	for l, n := range langs {
		parts = append(parts, fmt.Sprintf("%s in %s", plural(n, "concept"), l))
	}
	if slices.Sort(parts); len(parts) > 0 {
		fmt.Fprintf(a.stdout, "Changed terms: %s.\n", strings.Join(parts, ", "))
	}
	for i := range changes[:min(len(changes), 10)] {
		fmt.Fprintf(a.stdout, "    %s\n", changeLine(&changes[i]))
	}
	if len(changes) > 10 {
		fmt.Fprintf(a.stdout, "    … and %d more: see `dragoman glossary diff %s`\n", len(changes)-10, sum.File)
	}
}

// importMayRetire asks before much is retired.
func (a *app) importMayRetire(sum *importJSON, o importOptions) error {
	if sum.Retired <= edition.RetireUnasked || o.yes {
		return nil
	}
	ok, err := a.ask(fmt.Sprintf("%s would be retired. Retire them?", plural(sum.Retired, "concept")), "--yes")
	if err == nil && !ok {
		err = errors.New("nothing was imported")
	}
	return err
}

// saveImport makes a change set of the import and applies it: the archive
// follows in a batch. The order of concepts is no part of it.
func (a *app) saveImport(ctx context.Context, im *glossaryImport, o importOptions, old, next []glossary.Concept, sum *importJSON) error {
	who, err := a.terminologist(ctx)
	if err != nil {
		return err
	}
	name := filepath.Base(im.path)
	reason := cmp.Or(o.reason, "import of "+name)
	set, notes, err := a.pipe.SaveChangeSet(ctx, who.Name, edition.ChangeSet{
		Title: name, Reason: reason, Cause: "import " + name, Base: sum.Version, Edits: edition.EditsOf(old, next),
	}, im.oldTerms())
	if err != nil {
		return err
	}
	if !o.json {
		for _, n := range notes {
			fmt.Fprintln(a.stderr, n.Error())
		}
	}
	b, err := a.pipe.Apply(ctx, who.Name, set.ID)
	if err != nil {
		return err
	}
	sum.Version, sum.Batch, sum.Imported = b.After, b.ID, true
	return nil
}

// sameOrder reports whether the concepts that are in both lists stand in the
// same order, and new ones behind them.
func sameOrder(old, next []glossary.Concept) bool {
	at := make(map[string]int, len(old))
	for i := range old {
		at[old[i].ID] = i
	}
	last := -1
	for i := range next {
		k, ok := at[next[i].ID]
		if !ok {
			k = len(old)
		}
		if k < last {
			return false
		}
		last = k
	}
	return true
}

// oldTerms is what becomes of preferred terms that others replace where nobody
// has said it: a file that has a column of forbidden terms has said it.
func (im *glossaryImport) oldTerms() edition.OldTerms {
	for i := range im.Concepts {
		cols := im.Columns[im.Concepts[i].File]
		if cols == nil {
			return edition.OldDropped
		}
		for col := range cols {
			if strings.HasSuffix(col, ".forbidden") {
				return edition.OldDropped
			}
		}
	}
	return edition.OldForbidden
}

func newGlossaryExport(g *globals) *cobra.Command {
	var files glossaryFiles
	var format, to, style string
	var semicolon, plain bool
	c := &cobra.Command{
		Use:   "export",
		Short: "Write the glossary as CSV for a spreadsheet, or as TBX",
		Long: `Writes the glossary of the database, or the files given with --glossary, as native CSV
or TBX version 3 (TBX-Basic). A file is written whole or not at all.`,
		Example: "  dragoman glossary export -o names.csv\n  dragoman glossary export --glossary names.csv --format tbx -o names.tbx",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			write, err := exporter(format, to, style, semicolon, plain)
			if err != nil {
				return err
			}
			put := func(concepts []glossary.Concept) error { return g.export(concepts, to, write) }
			if len(files) > 0 {
				concepts, _, err := files.read(g)
				if err != nil {
					return err
				}
				return put(concepts)
			}
			return g.withApp(c.Context(), func(a *app) error {
				concepts, _, _, err := a.store.Glossary(c.Context())
				if err != nil {
					return err
				}
				return put(concepts)
			})
		},
	}
	f := c.Flags()
	f.StringVar(&format, "format", "", "csv or tbx (by the name of the file; csv)")
	f.StringVarP(&to, "output", "o", "", "write to this `FILE` (standard output)")
	f.StringVar(&style, "style", "dca", "of TBX: dca (attributes) or dct (tags)")
	f.BoolVar(&semicolon, "semicolon", false, "of CSV: separate cells by semicolons, for Excel in countries with a decimal comma")
	f.BoolVar(&plain, "no-bom", false, "of CSV: without the byte order mark that Excel needs")
	files.flag(c)
	return c
}

// exporter chooses how to write.
func exporter(format, to, style string, semicolon, noBOM bool) (func(io.Writer, []glossary.Concept) error, error) {
	if format == "" {
		format = "csv"
		if strings.EqualFold(filepath.Ext(to), ".tbx") {
			format = "tbx"
		}
	}
	switch {
	case format == "csv":
		return glossary.CSVOptions{NoBOM: noBOM, Semicolon: semicolon}.Write, nil
	case format != "tbx":
		return nil, usagef("--format %s: csv or tbx", format)
	case style != string(glossary.DCA) && style != string(glossary.DCT):
		return nil, usagef("--style %s: dca or dct", style)
	}
	return func(w io.Writer, cs []glossary.Concept) error {
		return glossary.WriteTBX(w, cs, glossary.TBXStyle(style))
	}, nil
}

func (g *globals) export(concepts []glossary.Concept, to string, write func(io.Writer, []glossary.Concept) error) error {
	if to == "" || to == "-" {
		out := bufio.NewWriter(g.stdout)
		return errors.Join(write(out, concepts), out.Flush())
	}
	err := writeWhole(to, func(w io.Writer) error {
		out := bufio.NewWriter(w)
		return errors.Join(write(out, concepts), out.Flush())
	})
	if err == nil {
		fmt.Fprintf(g.stderr, "%s: %s.\n", to, plural(len(concepts), "concept"))
	}
	return err
}
