package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"dragoman/glossary"
)

// matchOptions are the choices of `glossary match`.
type matchOptions struct {
	files  glossaryFiles
	locale string
	source string // that the document names as its own
	date   string
	json   bool
}

func newGlossaryMatch(g *globals) *cobra.Command {
	var o matchOptions
	c := &cobra.Command{
		Use:   "match [FILE…]",
		Short: "Find the glossary's names in English texts",
		Long: `Finds the names of the glossary in plain English text: files, or standard input. Each
file is one document, in the order of its lines: a name such as "the Coalition" counts
only after the document has said which one, or if --source says who speaks.`,
		Example: "  dragoman glossary match --locale en release.txt\n  echo 'The U.N. envoy visited Sarqib.' | dragoman glossary match --json",
		RunE: func(c *cobra.Command, args []string) error {
			return g.matchGlossary(c.Context(), o, args)
		},
	}
	c.Flags().StringVar(&o.locale, "locale", "en", "`LOCALE` of the text; names are found in English")
	c.Flags().StringVar(&o.source, "source", "", "the document's source line, such as \"Syrian Coalition’s Media Department\"")
	c.Flags().StringVar(&o.date, "date", "", "the document's `DAY`, such as 2018-02-05, for names that count for a time")
	c.Flags().BoolVar(&o.json, "json", false, `print one JSON object an occurrence: {"line":1,"concept":"loc.sarqib","start":0,"end":6,"text":"Sarqib","nested":false}, offsets in bytes of the line`)
	o.files.flag(c)
	return c
}

func (g *globals) matchGlossary(ctx context.Context, o matchOptions, files []string) error {
	if o.locale != "en" {
		return usagef("--locale %s: names are found in English texts only; to prove a translation use `dragoman glossary verify --target %s`", o.locale, o.locale)
	}
	day, err := parseDay(o.date)
	if err != nil {
		return err
	}
	gl, err := o.files.compile(g)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		files = []string{"-"}
	}
	m := &matcher{o: o, gl: gl, day: day, out: bufio.NewWriterSize(g.stdout, 1<<16), several: len(files) > 1}
	m.enc = jsonLines(m.out)
	for _, name := range files {
		if err := m.file(ctx, g, name); err != nil {
			return errors.Join(m.out.Flush(), err)
		}
	}
	if err := m.out.Flush(); err != nil {
		return err
	}
	m.summary(g)
	return nil
}

// matcher prints the occurrences of one run.
type matcher struct {
	o       matchOptions
	gl      *glossary.Glossary
	day     time.Time
	out     *bufio.Writer
	enc     *json.Encoder
	several bool
	occ     []glossary.Occurrence
	row     occurrenceJSON

	lines, names int
}

// occurrenceJSON is an occurrence as `glossary match --json` gives it.
type occurrenceJSON struct {
	File    string `json:"file,omitempty"` // where there are several
	Line    int    `json:"line"`
	Concept string `json:"concept"`
	Start   int    `json:"start"`
	End     int    `json:"end"`
	Text    string `json:"text"`
	Nested  bool   `json:"nested"`
}

// file finds the names in one document.
func (m *matcher) file(ctx context.Context, g *globals, name string) error {
	in, err := g.openLines("text", name)
	if err != nil {
		return err
	}
	defer in.close()
	doc := m.gl.NewDocument(m.o.source, m.day)
	if m.several {
		m.row.File = in.name
	}
	for {
		if in.waiting() {
			if err := errors.Join(ctx.Err(), m.out.Flush()); err != nil {
				return err
			}
		}
		t, err := in.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		m.lines++
		m.occ = m.gl.License(doc, m.gl.Find(m.occ[:0], t.text), t.text)
		for i := range m.occ {
			if err := m.print(in.n, &t, &m.occ[i]); err != nil {
				return err
			}
		}
	}
}

func (m *matcher) print(line int, t *textLine, o *glossary.Occurrence) error {
	start, end := t.span(o.Start, o.End)
	if !o.Nested {
		m.names++
	}
	if m.o.json {
		m.row.Line, m.row.Concept, m.row.Start, m.row.End, m.row.Text, m.row.Nested = line, o.ID, start, end, t.raw[start:end], o.Nested
		return m.enc.Encode(&m.row)
	}
	where := fmt.Sprintf("%d:%d", line, utf8.RuneCountInString(t.raw[t.head:start])+1)
	if m.several {
		where = m.row.File + ":" + where
	}
	nested := ""
	if o.Nested {
		nested = "  (inside a longer name)"
	}
	_, err := fmt.Fprintf(m.out, "%s  %s  %s  %s%s\n", where, t.raw[start:end], o.ID, m.gl.Concept(o.Concept).Kind, nested)
	return err
}

// summary counts on stderr, so that stdout holds nothing but occurrences.
func (m *matcher) summary(g *globals) {
	if !m.o.json {
		fmt.Fprintf(g.stderr, "%s in %s.\n", plural(m.names, "name"), plural(m.lines, "line"))
	}
}
