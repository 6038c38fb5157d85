package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/text/language"

	"dragoman/glossary"
	"dragoman/glossary/terms"
)

func newGlossaryCommand(g *globals) *cobra.Command {
	c := &cobra.Command{
		Use:   "glossary",
		Short: "Find terms, check them in translations, and look after the glossary",
		Long: `Works with the names of the house. match, verify, check, forms, suggest and
candidates read glossary files (--glossary, else the folder of the settings, else the
built-in glossary) and need no database. import, export, diff, ledger and drift work
with the glossary in the database, which is the one that counts for drafts.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newGlossaryMatch(g), newGlossaryVerify(g), newGlossaryCheck(g), newGlossaryForms(g), newGlossarySuggest(g), newGlossaryCandidates(g),
		newGlossaryDiff(g), newGlossaryImport(g), newGlossaryExport(g), newGlossaryLedger(g), newGlossaryDrift(g),
		newGlossaryApply(g), newGlossaryImpact(g), newGlossaryChanges(g), newGlossaryLearnt(g))
	return c
}

// glossaryFiles are the files that a command takes its names from; none means
// the folder of the settings, and the built-in glossary where that is missing.
type glossaryFiles []string

func (f *glossaryFiles) flag(c *cobra.Command) {
	c.Flags().StringArrayVar((*[]string)(f), "glossary", nil, "take the names from this `FILE|DIR` (.csv, .tbx or a folder; may be given several times)")
}

// builtIn is where concepts come from that no file has.
const builtIn = "the built-in glossary"

// read reads the concepts of all files, and says where they come from. The
// error names every problem; it holds glossary.Problems where the files could
// be opened.
func (f glossaryFiles) read(g *globals) ([]glossary.Concept, string, error) {
	if len(f) == 0 {
		cfg, err := g.settings()
		if err != nil {
			return nil, "", usageError{err}
		}
		if info, err := os.Stat(cfg.Glossary); err != nil || !info.IsDir() {
			concepts, err := glossary.Load(terms.FS())
			return concepts, builtIn, err
		}
		f = glossaryFiles{cfg.Glossary}
	}
	var all []glossary.Concept
	var problems glossary.Problems
	for _, path := range f {
		concepts, err := readGlossaryPath(path)
		var ps glossary.Problems
		switch {
		case errors.As(err, &ps):
			problems = append(problems, ps...)
		case err != nil:
			return nil, "", err
		}
		all = append(all, concepts...)
	}
	from := strings.Join(f, ", ")
	if len(problems) > 0 {
		return nil, from, problems
	}
	return all, from, nil
}

// compile reads and compiles the glossary.
func (f glossaryFiles) compile(g *globals) (*glossary.Glossary, error) {
	concepts, _, err := f.read(g)
	if err != nil {
		return nil, err
	}
	gl, problems := glossary.Compile(concepts, glossary.Options{})
	if gl == nil {
		return nil, problems
	}
	return gl, nil
}

// readGlossaryPath reads a glossary file, or all those of a folder.
func readGlossaryPath(path string) ([]glossary.Concept, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fileError("glossary", path, err)
	}
	if info.IsDir() {
		return readGlossaryFolder(path)
	}
	read, ok := glossaryReaders[strings.ToLower(filepath.Ext(path))]
	if !ok {
		return nil, fmt.Errorf("%s: a glossary is a .csv or .tbx file, or a folder of them: save a spreadsheet as “CSV UTF-8”", path)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fileError("glossary", path, err)
	}
	defer file.Close()
	return read(file, path)
}

var glossaryReaders = map[string]func(io.Reader, string) ([]glossary.Concept, error){
	".csv": glossary.ReadCSV, ".tbx": glossary.ReadTBX,
}

// readGlossaryFolder reads the CSV files of a folder as one glossary, and the
// TBX files behind them.
func readGlossaryFolder(dir string) ([]glossary.Concept, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fileError("glossary", dir, err)
	}
	var found bool
	var tbx []string
	for _, e := range entries {
		name, ext := e.Name(), strings.ToLower(filepath.Ext(e.Name()))
		if e.IsDir() || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~") {
			continue
		}
		found = found || ext == ".csv" || ext == ".tbx"
		if ext == ".tbx" {
			tbx = append(tbx, filepath.Join(dir, name))
		}
	}
	if !found {
		return nil, fmt.Errorf("%s: no .csv or .tbx file is in the folder: name the folder that holds the glossary", dir)
	}
	concepts, err := glossary.Load(os.DirFS(dir))
	var ps glossary.Problems
	if errors.As(err, &ps) {
		for i := range ps {
			if ps[i].File != "" {
				ps[i].File = filepath.Join(dir, ps[i].File)
			}
		}
		return nil, ps
	}
	if err != nil {
		return nil, err
	}
	for i := range concepts {
		concepts[i].File = filepath.Join(dir, concepts[i].File)
	}
	for _, path := range tbx {
		more, err := readGlossaryPath(path)
		if err != nil {
			return nil, err
		}
		concepts = append(concepts, more...)
	}
	return concepts, nil
}

// fileError says in plain words why a file cannot be opened.
func fileError(what, path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s %s: there is no such file or folder: check the path", what, path)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s %s: it may not be read: ask for the right to, or copy it", what, path)
	}
	return fmt.Errorf("%s %s: %w", what, path, err)
}

// openFile opens a file to be read; a folder is refused.
func openFile(what, path string) (*os.File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fileError(what, path, err)
	}
	if info, err := f.Stat(); err != nil || info.IsDir() {
		f.Close()
		return nil, fmt.Errorf("%s %s: this is a folder: name a file in it", what, path)
	}
	return f, nil
}

// findConcept finds a concept by its id or by one of its English names.
func findConcept(gl *glossary.Glossary, name string) (int, error) {
	if i, ok := gl.ByID(name); ok {
		return i, nil
	}
	key := strings.Join(glossary.Key(name), " ")
	var found []int
	for i := range gl.Len() {
		c := gl.Concept(i)
		if slices.ContainsFunc(append([]string{c.Source}, c.Variants...), func(v string) bool { return strings.Join(glossary.Key(v), " ") == key }) {
			found = append(found, i)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		near := nearNames(gl, name)
		return 0, fmt.Errorf("no concept has the id or English name %q%s", name, near)
	}
	ids := make([]string, len(found))
	for k, i := range found {
		ids[k] = gl.Concept(i).ID
	}
	return 0, fmt.Errorf("%q is the name of several concepts: say which one by its id: %s", name, strings.Join(ids, ", "))
}

// nearNames says which names sound like one that is not there.
func nearNames(gl *glossary.Glossary, name string) string {
	ids := []string{}
	for _, s := range gl.Suggest(name) {
		for _, n := range s.Names {
			ids = append(ids, fmt.Sprintf("%s (%s)", n.ID, n.Name))
		}
	}
	if part := strings.ToLower(name); len(ids) == 0 && len(part) > 2 {
		for i := range gl.Len() {
			if c := gl.Concept(i); strings.Contains(c.ID, part) || strings.Contains(strings.ToLower(c.Source), part) {
				ids = append(ids, fmt.Sprintf("%s (%s)", c.ID, c.Source))
			}
		}
	}
	if len(ids) == 0 {
		return ""
	}
	return ": perhaps " + strings.Join(ids[:min(len(ids), 5)], ", ")
}

// proofLanguages are those whose grammar is known.
const proofLanguages = "ar, ckb, es, fr, kmr, ru, tr and uk"

// proofLanguage gives a language tag as it is written in glossaries; known
// tells whether its grammar is.
func proofLanguage(tag string) (canonical string, known bool) {
	t, err := language.Parse(tag)
	if err != nil {
		return tag, false
	}
	return t.String(), glossary.Verifiable(t.String())
}

// jsonLines writes one JSON object a line.
func jsonLines(w io.Writer) *json.Encoder {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc
}

// parseDay reads the day of a document, "" for none.
func parseDay(day string) (time.Time, error) {
	if day == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return t, usagef("--date %s: write the day as 2018-02-05", day)
	}
	return t, nil
}

// plural writes a count with its noun.
func plural(n int, one string, many ...string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%s %s", grouped(n), cmp.Or(strings.Join(many, ""), one+"s"))
}

// grouped writes a number with commas between the thousands.
func grouped(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
