package main

import (
	"bufio"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"dragoman/glossary"
)

func newGlossaryCheck(g *globals) *cobra.Command {
	var asJSON, brief bool
	c := &cobra.Command{
		Use:   "check [FILE|DIR…]",
		Short: "Say what is wrong with glossary files",
		Long: `Checks glossary files (the folder of the settings if none is named; several are checked
as one glossary): mistakes in cells, ids that stand twice, concepts that contradict each
other, English names that can never be found, and, for each language, forms of one name
that are another name and are therefore not accepted. Exit code 3 means that errors keep
the glossary from being used.`,
		Example: "  dragoman glossary check names.csv",
		RunE: func(_ *cobra.Command, args []string) error {
			return g.checkGlossary(args, asJSON, brief)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a problem")
	c.Flags().BoolVar(&brief, "brief", false, "leave out what is for information only")
	return c
}

// problemJSON is a problem as `glossary check --json` gives it.
type problemJSON struct {
	File     string `json:"file"`
	Line     int    `json:"line"`   // 0 where none is known
	Column   int    `json:"column"` // in characters, 0 where none is known
	Severity string `json:"severity"`
	What     string `json:"what"`
	Remedy   string `json:"remedy"`
}

func (g *globals) checkGlossary(files glossaryFiles, asJSON, brief bool) error {
	concepts, from, err := files.read(g)
	var problems glossary.Problems
	if err != nil && !errors.As(err, &problems) {
		return err
	}
	if len(problems) == 0 {
		problems = examine(concepts)
	}
	if len(problems) == 0 && len(concepts) == 0 {
		problems = append(problems, glossary.Problem{File: from, Severity: glossary.Warning, What: "there are no concepts", Remedy: "write them below the row that names the columns"})
	}
	problems.Sort()
	if brief {
		problems = slices.DeleteFunc(problems, func(p glossary.Problem) bool { return p.Severity == glossary.Info })
	}
	out := bufio.NewWriter(g.stdout)
	enc := jsonLines(out)
	count := map[glossary.Severity]int{}
	for _, p := range problems {
		count[p.Severity]++
		if asJSON {
			err = enc.Encode(problemJSON{p.File, p.Line, p.Column, p.Severity.String(), p.What, p.Remedy})
		} else {
			_, err = fmt.Fprintln(out, p.Error())
		}
		if err != nil {
			return err
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	to := g.stdout
	if asJSON {
		to = g.stderr
	}
	what := plural(len(concepts), "concept")
	if concepts == nil {
		what = "nothing can be used of it"
	}
	fmt.Fprintf(to, "%s: %s; %s, %s", from, what, plural(count[glossary.Error], "error"), plural(count[glossary.Warning], "warning"))
	if !brief {
		fmt.Fprintf(to, ", %s", plural(count[glossary.Info], "remark"))
	}
	fmt.Fprintln(to, ".")
	if count[glossary.Error] > 0 {
		return errFound
	}
	return nil
}

// examine looks for everything that can be said of concepts that were read.
func examine(concepts []glossary.Concept) glossary.Problems {
	gl, problems := glossary.Compile(concepts, glossary.Options{})
	if gl == nil {
		return problems
	}
	for _, lang := range gl.Languages() {
		if !glossary.Verifiable(lang) {
			problems = append(problems, glossary.Problem{
				Severity: glossary.Info, What: fmt.Sprintf("%s: the grammar of this language is not known, so its terms are given to translators and engines but not proved", lang),
			})
			continue
		}
		for _, p := range gl.Collisions(lang) {
			problems = append(problems, placed(gl, lang, p))
		}
	}
	return append(problems, sharedTerms(gl)...)
}

// placed adds the file and the language to a collision, which begins with the
// id of its concept.
func placed(gl *glossary.Glossary, lang string, p glossary.Problem) glossary.Problem {
	if id, _, ok := strings.Cut(p.What, ": "); ok {
		if i, ok := gl.ByID(id); ok {
			p.File, p.Line = gl.Concept(i).File, gl.Concept(i).Line
			p.What = id + ": " + lang + p.What[len(id):]
		}
	}
	return p
}

// sharedTerms reports concepts of one kind that have the same preferred term
// in every language that both have: they may be one concept, listed twice.
func sharedTerms(gl *glossary.Glossary) glossary.Problems {
	type key struct {
		kind       glossary.Kind
		lang, term string
	}
	first := map[key]int{}
	told := map[[2]int]bool{}
	var out glossary.Problems
	for i := range gl.Len() {
		c := gl.Concept(i)
		for lang, ts := range c.Targets {
			if len(ts.Preferred) == 0 {
				continue
			}
			k := key{c.Kind, lang, ts.Preferred[0].Text}
			f, ok := first[k]
			if !ok {
				first[k] = i
				continue
			}
			if other := gl.Concept(f); !told[[2]int{f, i}] && sameEverywhere(other, c) {
				told[[2]int{f, i}] = true
				out = append(out, glossary.Problem{
					File: c.File, Line: c.Line, Severity: glossary.Info,
					What:   fmt.Sprintf("%s: has the same preferred terms as %s", c.ID, other.ID),
					Remedy: "nothing if the two are different things; else list the names of one as variants of the other",
				})
			}
		}
	}
	return out
}

func sameEverywhere(a, b *glossary.Concept) bool {
	for lang, ts := range a.Targets {
		other := b.Targets[lang]
		if len(ts.Preferred) > 0 && len(other.Preferred) > 0 && ts.Preferred[0].Text != other.Preferred[0].Text {
			return false
		}
	}
	return true
}
