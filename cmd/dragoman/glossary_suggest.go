package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"dragoman/content"
	"dragoman/glossary"
)

func newGlossarySuggest(g *globals) *cobra.Command {
	var files glossaryFiles
	var asJSON bool
	c := &cobra.Command{
		Use:   "suggest [FILE…]",
		Short: "Find spellings that the glossary does not list but that sound like its names",
		Long: `Finds capitalised words in English texts (files, or standard input) that are no names
of the glossary but have the consonants of one: an unlisted spelling (Sarakeb for
Sarqib), or another name (Homs and Hamas). Nothing is ever matched by it; a spelling that
is meant goes into the column en.variants.`,
		Example: "  dragoman glossary suggest release.txt",
		RunE: func(c *cobra.Command, args []string) error {
			return g.suggestSpellings(c.Context(), files, args, asJSON)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a place, offsets in bytes of the line")
	files.flag(c)
	return c
}

// suggestionJSON is a place as `glossary suggest --json` gives it.
type suggestionJSON struct {
	File  string     `json:"file"`
	Line  int        `json:"line"`
	Start int        `json:"start"`
	End   int        `json:"end"`
	Text  string     `json:"text"`
	Names []nearJSON `json:"names"`
}

type nearJSON struct {
	Concept string `json:"concept"`
	Name    string `json:"name"`
	Score   int    `json:"score"`
}

func nearList(names []glossary.Near) []nearJSON {
	out := make([]nearJSON, len(names))
	for i, n := range names {
		out[i] = nearJSON{n.ID, n.Name, n.Score}
	}
	return out
}

// spelling is an unlisted spelling with the places where it stands.
type spelling struct {
	text   string
	names  []glossary.Near
	places []string
	count  int
}

// spellingPlaces is how many places of a spelling are shown.
const spellingPlaces = 5

func (g *globals) suggestSpellings(ctx context.Context, files glossaryFiles, paths []string, asJSON bool) error {
	gl, err := files.compile(g)
	if err != nil {
		return err
	}
	if len(paths) == 0 {
		paths = []string{"-"}
	}
	out := bufio.NewWriterSize(g.stdout, 1<<16)
	enc := jsonLines(out)
	seen := map[string]*spelling{}
	for _, path := range paths {
		err := g.eachLine(ctx, path, func(in *lineReader, t *textLine) error {
			for _, s := range gl.Suggest(t.text) {
				start, end := t.span(s.Start, s.End)
				text := t.raw[start:end]
				if asJSON {
					if err := enc.Encode(suggestionJSON{in.name, in.n, start, end, text, nearList(s.Names)}); err != nil {
						return err
					}
					continue
				}
				note(seen, text, fmt.Sprintf("%s:%d", in.name, in.n), s.Names)
			}
			return nil
		})
		if err != nil {
			return errors.Join(out.Flush(), err)
		}
	}
	if !asJSON {
		printSpellings(out, seen)
	}
	return out.Flush()
}

func note(seen map[string]*spelling, text, place string, names []glossary.Near) {
	s := seen[text]
	if s == nil {
		s = &spelling{text: text, names: names}
		seen[text] = s
	}
	if s.count++; len(s.places) < spellingPlaces {
		s.places = append(s.places, place)
	}
}

func printSpellings(w io.Writer, seen map[string]*spelling) {
	list := make([]*spelling, 0, len(seen))
	for _, s := range seen {
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b *spelling) int { return cmp.Or(b.count-a.count, strings.Compare(a.text, b.text)) })
	for _, s := range list {
		more := ""
		if s.count > len(s.places) {
			more = " …"
		}
		fmt.Fprintf(w, "%s  %s: %s%s\n", s.text, plural(s.count, "time"), strings.Join(s.places, ", "), more)
		for _, n := range s.names {
			fmt.Fprintf(w, "    perhaps %s (%s), %d%% alike\n", n.Name, n.ID, n.Score)
		}
	}
	if len(list) == 0 {
		fmt.Fprintln(w, "No unlisted spelling was found.")
	}
}

// eachLine calls f with every line of a text file.
func (g *globals) eachLine(ctx context.Context, path string, f func(*lineReader, *textLine) error) error {
	in, err := g.openLines("text", path)
	if err != nil {
		return err
	}
	defer in.close()
	for {
		t, err := in.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = f(in, &t)
		}
		if err = errors.Join(err, ctx.Err()); err != nil {
			return err
		}
	}
}

func newGlossaryCandidates(g *globals) *cobra.Command {
	var files glossaryFiles
	var asJSON bool
	least := 2
	c := &cobra.Command{
		Use:   "candidates [PATH…]",
		Short: "Propose names that recur in the releases and are in no glossary",
		Long: `Collects capitalised names that recur in English releases (files or folders; the content
folder if none is named; - for plain text on standard input) and that no glossary has, the
most frequent first, with words around them and names of the glossary that sound alike.`,
		RunE: func(c *cobra.Command, args []string) error {
			return g.listCandidates(c.Context(), files, args, least, asJSON)
		},
	}
	c.Flags().IntVar(&least, "least", least, "leave out names seen less than `N` times")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a name")
	files.flag(c)
	return c
}

// candidateJSON is a name as `glossary candidates --json` gives it.
type candidateJSON struct {
	Name     string        `json:"name"`
	Count    int           `json:"count"`
	Sources  int           `json:"sources"`
	Contexts []contextJSON `json:"contexts"`
	Near     []nearJSON    `json:"near"`
}

type contextJSON struct {
	Source string `json:"source"`
	Text   string `json:"text"`
}

func (g *globals) listCandidates(ctx context.Context, files glossaryFiles, paths []string, least int, asJSON bool) error {
	gl, err := files.compile(g)
	if err != nil {
		return err
	}
	if len(paths) == 0 {
		cfg, err := g.settings()
		if err != nil {
			return usageError{err}
		}
		paths = []string{cfg.Content}
	}
	c := gl.NewCandidates()
	for _, path := range paths {
		if path == "-" {
			err = g.eachLine(ctx, path, func(in *lineReader, t *textLine) error { c.Add(in.name, t.text); return nil })
		} else {
			err = g.gather(ctx, c, path)
		}
		if err != nil {
			return err
		}
	}
	out := bufio.NewWriterSize(g.stdout, 1<<16)
	list := c.List(least)
	if asJSON {
		enc := jsonLines(out)
		for _, n := range list {
			j := candidateJSON{Name: n.Text, Count: n.Count, Sources: n.Sources, Contexts: []contextJSON{}, Near: nearList(n.Near)}
			for _, x := range n.Contexts {
				j.Contexts = append(j.Contexts, contextJSON{x.Source, x.Text})
			}
			if err := enc.Encode(j); err != nil {
				return err
			}
		}
		return out.Flush()
	}
	printCandidates(out, list)
	return out.Flush()
}

func printCandidates(w io.Writer, list []glossary.Candidate) {
	for _, n := range list {
		fmt.Fprintf(w, "%s  %s in %s\n", n.Text, plural(n.Count, "time"), plural(n.Sources, "text"))
		for _, x := range n.Contexts[:min(len(n.Contexts), 2)] {
			fmt.Fprintf(w, "    %s: … %s …\n", x.Source, x.Text)
		}
		for _, near := range n.Near[:min(len(n.Near), 2)] {
			fmt.Fprintf(w, "    perhaps a spelling of %s (%s)\n", near.Name, near.ID)
		}
	}
	if len(list) == 0 {
		fmt.Fprintln(w, "No name recurs that is not in the glossary.")
	}
}

// releaseEndings are the files that hold releases.
var releaseEndings = []string{".md", ".markdown", ".html", ".htm", ".txt"}

// gather collects the names of a release, or of all below a folder. A release
// that cannot be read is named; the others go on. Plain text that is too long
// for a release is read line by line.
func (g *globals) gather(ctx context.Context, c *glossary.Candidates, root string) error {
	if _, err := os.Stat(root); err != nil {
		return fileError("releases", root, err)
	}
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			return fileError("releases", path, err)
		case d.IsDir() && path != root && strings.HasPrefix(d.Name(), "."):
			return filepath.SkipDir
		case d.IsDir(), path != root && (strings.HasPrefix(d.Name(), ".") || strings.EqualFold(d.Name(), "README.md") || !slices.Contains(releaseEndings, strings.ToLower(filepath.Ext(path)))):
			return nil
		}
		if info, err := d.Info(); err == nil && info.Size() > content.DefaultMaxBytes && strings.EqualFold(filepath.Ext(path), ".txt") {
			return g.eachLine(ctx, path, func(_ *lineReader, t *textLine) error { c.Add(path, t.text); return nil })
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return fileError("release", path, err)
		}
		docs, err := content.Load(data, content.Options{Path: path})
		if err != nil {
			fmt.Fprintln(g.stderr, "left out:", err)
			return nil
		}
		for _, doc := range docs {
			for _, s := range doc.Segments() {
				c.Add(path, s.Text)
			}
		}
		return nil
	})
}
