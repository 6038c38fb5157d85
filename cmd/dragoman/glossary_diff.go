package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"dragoman/glossary"
	"dragoman/internal/edition"
	"dragoman/pipeline"
)

func newGlossaryDiff(g *globals) *cobra.Command {
	var asJSON, noImpact bool
	c := &cobra.Command{
		Use:   "diff [FILE|DIR…]",
		Short: "Show how glossary files differ from the glossary in the database",
		Long: `Shows what would change if the files (the folder of the settings if none is named) were
the glossary: concepts added, removed and changed, with each field, and which translations
that would touch. Columns and languages that the files do not have stay as they are, as
"glossary apply" leaves them, and what that would refuse is said. Changes nothing; see
"dragoman glossary apply" and "glossary import".`,
		RunE: func(c *cobra.Command, args []string) error {
			files := glossaryFiles(args)
			fresh, from, err := files.read(g)
			var mistakes glossary.Problems
			if errors.As(err, &mistakes) {
				fresh, err = files.sound(g)
			}
			if err != nil {
				return err
			}
			if len(mistakes) > 0 && len(fresh) == 0 {
				return mistakes // there is nothing to compare
			}
			return g.withApp(c.Context(), func(a *app) error {
				old, _, version, err := a.store.Glossary(c.Context())
				if err != nil {
					return err
				}
				edits, err := editsOfFiles(old, fresh, from)
				if err != nil {
					return err
				}
				changes := changesOf(edits)
				if len(mistakes) > 0 {
					changes = slices.DeleteFunc(changes, func(c glossary.Change) bool { return c.Kind == glossary.Removed })
				}
				if err := a.printDiff(changes, from, version, asJSON, len(mistakes) > 0); err != nil {
					return err
				}
				if len(mistakes) > 0 {
					return fmt.Errorf("%w\nonly what is sound was compared, and nothing is said of what the files lack: correct these lines first", mistakes)
				}
				if len(changes) == 0 {
					return nil
				}
				if err := a.pipe.CheckEdits(c.Context(), edits); err != nil {
					return err // as "glossary apply" would say it
				}
				if asJSON || noImpact {
					return nil
				}
				im, err := a.pipe.PreviewEdits(c.Context(), edition.ChangeSet{Base: version, Edits: edits}, pipeline.PreviewOptions{})
				if err != nil {
					return err
				}
				printImpact(a.stdout, &im)
				return nil
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a concept that differs")
	c.Flags().BoolVar(&noImpact, "no-impact", false, "leave out which translations would be touched")
	return c
}

// editsOfFiles are those that `glossary apply` would make of concepts that were
// read from files, or are the built-in ones, which are whole.
func editsOfFiles(old, fresh []glossary.Concept, from string) ([]edition.ConceptEdit, error) {
	im := &glossaryImport{from, &glossary.Update{Concepts: fresh}}
	if from != builtIn {
		var err error
		if im, err = importOf(from, fresh); err != nil {
			return nil, err
		}
	}
	return edition.Outdate(edition.EditsOf(old, im.alone(old)), im.oldTerms(), old), nil
}

// sound reads what is sound of the CSV files, where some have mistakes.
func (f glossaryFiles) sound(g *globals) ([]glossary.Concept, error) {
	if len(f) == 0 {
		cfg, err := g.settings()
		if err != nil {
			return nil, usageError{err}
		}
		f = glossaryFiles{cfg.Glossary}
	}
	var out []glossary.Concept
	for _, path := range f {
		files := []string{path}
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			if files, err = filepath.Glob(filepath.Join(path, "*.csv")); err != nil {
				return nil, err
			}
		}
		for _, name := range files {
			file, err := os.Open(name)
			if err != nil {
				return nil, fileError("glossary", name, err)
			}
			concepts, _ := glossary.ReadCSVPartly(file, name)
			out = append(out, concepts...)
			file.Close()
		}
	}
	return out, nil
}

// changeJSON is a concept as `glossary diff --json` gives it.
type changeJSON struct {
	Concept string              `json:"concept"`
	Change  glossary.ChangeKind `json:"change"`
	Name    string              `json:"name"`
	Fields  []fieldJSON         `json:"fields"`
	Verify  []string            `json:"verify"` // languages to be verified again
}

type fieldJSON struct {
	Field string `json:"field"`
	Old   string `json:"old"`
	New   string `json:"new"`
}

func (a *app) printDiff(changes []glossary.Change, from string, version int64, asJSON, partly bool) error {
	out := bufio.NewWriter(a.stdout)
	enc := jsonLines(out)
	count := map[glossary.ChangeKind]int{}
	for i := range changes {
		c := &changes[i]
		count[c.Kind]++
		if !asJSON {
			printChange(out, c)
			continue
		}
		if err := enc.Encode(jsonOfChange(c)); err != nil {
			return err
		}
	}
	switch {
	case asJSON || partly && len(changes) == 0:
	case len(changes) == 0:
		fmt.Fprintf(out, "%s and the database (version %d) are the same.\n", from, version)
	default:
		fmt.Fprintf(out, "%s against the database (version %d): %d added, %d removed, %d changed.\n", from, version,
			count[glossary.Added], count[glossary.Removed], count[glossary.Changed])
	}
	return out.Flush()
}

// jsonOfChange puts a change as `glossary diff --json` gives it.
func jsonOfChange(c *glossary.Change) changeJSON {
	j := changeJSON{Concept: c.ID, Change: c.Kind, Name: changedName(c), Fields: []fieldJSON{}, Verify: append([]string{}, c.Verify...)}
	for _, f := range c.Fields {
		if c.Kind == glossary.Added {
			f.Old = "" // not what an empty concept has
		} else if c.Kind == glossary.Removed {
			f.New = ""
		}
		j.Fields = append(j.Fields, fieldJSON{f.Field, f.Old, f.New})
	}
	return j
}

// changesOf are the differences that edits make.
func changesOf(edits []edition.ConceptEdit) []glossary.Change {
	var old, fresh []glossary.Concept
	for _, e := range edits {
		if e.Before != nil {
			old = append(old, *e.Before)
		}
		if e.After != nil {
			fresh = append(fresh, *e.After)
		}
	}
	return glossary.Diff(old, fresh)
}

func changedName(c *glossary.Change) string {
	if c.New != nil {
		return c.New.Source
	}
	return c.Old.Source
}

var changeSigns = map[glossary.ChangeKind]string{glossary.Added: "+", glossary.Removed: "-", glossary.Changed: "~"}

// changeLine is a change in one line.
func changeLine(c *glossary.Change) string {
	if c.Kind != glossary.Changed {
		return fmt.Sprintf("%s %s (%s)", changeSigns[c.Kind], c.ID, changedName(c))
	}
	return changeSigns[c.Kind] + " " + c.String()
}

// printChange prints a change with its fields.
func printChange(w io.Writer, c *glossary.Change) {
	fmt.Fprintf(w, "%s %s  %s\n", changeSigns[c.Kind], c.ID, changedName(c))
	if c.Kind == glossary.Removed {
		return
	}
	for _, f := range c.Fields {
		switch {
		case f.Field == "id" || f.Field == "en" && c.Kind == glossary.Added:
		case c.Kind == glossary.Added || f.Old == "":
			fmt.Fprintf(w, "    %s: %s\n", f.Field, f.New)
		case f.New == "":
			fmt.Fprintf(w, "    %s: %s → (nothing)\n", f.Field, f.Old)
		default:
			fmt.Fprintf(w, "    %s: %s → %s\n", f.Field, f.Old, f.New)
		}
	}
}
