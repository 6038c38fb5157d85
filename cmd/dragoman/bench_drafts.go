package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"dragoman/content"
	"dragoman/glossary"
	"dragoman/internal/edition"
	"dragoman/internal/memory"
)

func newBenchDrafts(g *globals) *cobra.Command {
	var refs, locale string
	var asJSON bool
	c := &cobra.Command{
		Use:   "drafts",
		Short: "Compare what the memory drafts with reference translations by people",
		Long: `Looks every segment of the releases that have a reference translation up in the
starter memory, and says by origin how many segments there are, how many equal the
reference, and how alike they are on average (words in common and in order).`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			cfg, err := g.settings()
			if err != nil {
				return usageError{err}
			}
			d := &draftBench{globals: g, sums: map[edition.OriginKind]*draftSum{}}
			if err := d.prepare(cfg.Glossary, cfg.Memory, locale); err != nil {
				return err
			}
			if err := d.compare(cfg.Content, filepath.Join(refs, locale), locale, cfg.Recall.Threshold); err != nil {
				return err
			}
			return d.print(asJSON)
		},
	}
	c.Flags().StringVar(&refs, "references", "content/reference", "`FOLDER` of the reference translations, by locale")
	c.Flags().StringVar(&locale, "locale", "ar", "target `LOCALE`")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object an origin")
	return c
}

// draftBench compares drafts with references.
type draftBench struct {
	*globals
	index *memory.Index
	sums  map[edition.OriginKind]*draftSum
}

// draftSum is what was found of one origin.
type draftSum struct {
	Origin   edition.OriginKind `json:"origin"`
	Segments int                `json:"segments"`
	Equal    int                `json:"equal"`
	Likeness float64            `json:"likeness"` // mean, 0 to 1
}

func (d *draftBench) prepare(glossaryDir, memoryDir, locale string) error {
	concepts, _, err := readGlossary(glossaryDir)
	if err != nil {
		return err
	}
	g, problems := glossary.Compile(concepts, glossary.Options{})
	if g == nil {
		return problems
	}
	pairs, err := readMemory(memoryDir, []string{locale})
	if err != nil {
		return err
	}
	d.index = memory.NewIndex(memory.Options{Names: g})
	for i, p := range pairs {
		if err := d.index.Add(memory.Entry{ID: int64(i + 1), Locale: p.Locale, Source: p.Source, Target: p.Target, Origin: p.Origin}); err != nil {
			return err
		}
	}
	return nil
}

// compare looks at every release that has a reference of the same name.
func (d *draftBench) compare(sources, refs, locale string, threshold int) error {
	entries, err := os.ReadDir(refs)
	if err != nil {
		return fmt.Errorf("%w: name the folder of the references with --references", err)
	}
	for _, e := range entries {
		source, err := loadOne(filepath.Join(sources, e.Name()))
		if err != nil {
			return err
		}
		ref, err := loadOne(filepath.Join(refs, e.Name()))
		if err != nil {
			return err
		}
		a, b := source.Segments(), ref.Segments()
		if len(a) != len(b) {
			return fmt.Errorf("%s: the release has %d segments and its reference %d", e.Name(), len(a), len(b))
		}
		for i := range a {
			ms := d.index.Lookup(memory.Query{Locale: locale, Text: a[i].Text, Threshold: threshold, Limit: 1})
			if len(ms) == 0 {
				d.add(edition.Untranslated, "", "")
				continue
			}
			d.add(ms[0].Kind, ms[0].Target, b[i].Text)
		}
	}
	return nil
}

func loadOne(path string) (*content.Document, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	docs, err := content.Load(data, content.Options{Path: path})
	if err != nil {
		return nil, err
	}
	if len(docs) != 1 {
		return nil, fmt.Errorf("%s holds %d releases, not one", path, len(docs))
	}
	return docs[0], nil
}

func (d *draftBench) add(kind edition.OriginKind, draft, ref string) {
	s := d.sums[kind]
	if s == nil {
		s = &draftSum{Origin: kind}
		d.sums[kind] = s
	}
	s.Segments++
	if draft == "" {
		return
	}
	if draft == ref {
		s.Equal++
	}
	s.Likeness += edition.Likeness(strings.Fields(draft), strings.Fields(ref))
}

func (d *draftBench) print(asJSON bool) error {
	order := []edition.OriginKind{edition.FromContext, edition.FromExact, edition.FromNormalised, edition.FromRepaired, edition.FromFuzzy, edition.Untranslated}
	tw := tabwriter.NewWriter(d.stdout, 0, 0, 2, ' ', 0)
	if !asJSON {
		fmt.Fprintln(tw, "ORIGIN\tSEGMENTS\tEQUAL TO THE REFERENCE\tMEAN LIKENESS")
	}
	enc := json.NewEncoder(d.stdout)
	for _, kind := range order {
		s := d.sums[kind]
		if s == nil {
			continue
		}
		s.Likeness /= float64(s.Segments)
		if asJSON {
			if err := enc.Encode(s); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintf(tw, "%s\t%d\t%d\t%.2f\n", s.Origin, s.Segments, s.Equal, s.Likeness)
	}
	return tw.Flush()
}
