package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"dragoman/glossary"
	"dragoman/internal/edition"
	"dragoman/pipeline"
)

// batchBenchOptions are what `bench batch` is asked for.
type batchBenchOptions struct {
	names              int    // changed in all languages, applied and undone
	scope              string // of that change
	releases, segments int
	archive            string
	concept            string
	phrase, longer     string
	json               bool
}

func newBenchBatch(g *globals) *cobra.Command {
	o := batchBenchOptions{}
	c := &cobra.Command{
		Use:   "batch",
		Short: "Measure what a change of the glossary costs over a large archive",
		Long: `Makes an archive out of the samples: releases whose sentences have other names, numbers and
words, with editions in five locales, some of the machine's words, some of people's, some
public. Then it previews a changed name, a new concept (a search of the whole archive) and
a new, longer name that swallows another, and prints how long each took; then it applies
other forms of many names as one batch, with somebody at the desk, and undoes it. The archive is a
scratch database, or the file given with --archive, which is made once and used again.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			b := &batchBench{globals: g, o: o}
			if o.archive == "" {
				dir, err := os.MkdirTemp("", "dragoman-bench")
				if err != nil {
					return err
				}
				defer os.RemoveAll(dir)
				b.o.archive = filepath.Join(dir, "archive.db")
			}
			return b.run(c.Context())
		},
	}
	f := c.Flags()
	f.IntVar(&o.releases, "releases", 50_000, "how many releases the archive has")
	f.IntVar(&o.segments, "segments", 20, "how many sentences each of them has")
	f.StringVar(&o.archive, "archive", "", "database `FILE` to make the archive in, or to use again")
	f.StringVar(&o.concept, "concept", "loc.sarqib", "the concept whose Arabic name is changed")
	f.StringVar(&o.phrase, "phrase", "monthly report", "the English name of the new concept")
	f.StringVar(&o.longer, "longer", "Assad regime jets", "the English name of a new concept that swallows another")
	f.IntVar(&o.names, "names", 40, "how many names are changed in all languages, applied and undone (0 for none)")
	f.StringVar(&o.scope, "scope", "all", "which editions that reaches: all, or some of drafts, archive and published")
	f.BoolVar(&o.json, "json", false, "print one JSON object")
	return c
}

// batchBench is one measurement of change sets.
type batchBench struct {
	*globals
	o      batchBenchOptions
	report batchBenchReport
	slices sliceTimes
}

// batchBenchReport is what was measured.
type batchBenchReport struct {
	Cores        int            `json:"cores"`
	Releases     int            `json:"releases"`
	Targets      int            `json:"targets"`
	BuildSeconds float64        `json:"build_seconds"` // 0 where the archive was there
	DatabaseMB   int64          `json:"database_mb"`
	OpenSeconds  float64        `json:"open_seconds"`
	Previews     []previewBench `json:"previews"`
	Apply        *applyBench    `json:"apply,omitempty"`
	PeakMB       int            `json:"peak_memory_mb"`
}

// previewBench is one preview: of what, what it found, and how long it took.
type previewBench struct {
	What       string  `json:"what"`
	Seconds    float64 `json:"seconds"`
	Sources    int     `json:"sources"`
	Targets    int     `json:"targets"`
	Right      int     `json:"right"`
	Swap       int     `json:"swap"`
	Propose    int     `json:"propose"`
	Again      int     `json:"retranslate"`
	Task       int     `json:"task"`
	Characters int     `json:"characters"`
}

func (b *batchBench) run(ctx context.Context) error {
	b.flags["database"] = b.o.archive
	b.sliced = b.slices.add
	if _, err := os.Stat(b.o.archive); err != nil {
		begin := time.Now()
		if err := b.build(ctx); err != nil {
			return err
		}
		b.report.BuildSeconds = time.Since(begin).Seconds()
	}
	begin := time.Now()
	a, err := b.open(ctx)
	if err != nil {
		return err
	}
	defer a.close()
	if err := a.pipe.Ready(ctx); err != nil {
		return err
	}
	b.report.OpenSeconds = time.Since(begin).Seconds()
	if err := b.measure(ctx, a); err != nil {
		return err
	}
	if b.o.names > 0 {
		if err := b.apply(ctx, a); err != nil {
			return err
		}
	}
	return b.print(ctx, a)
}

// measure previews the changes, each for the first time in this process.
func (b *batchBench) measure(ctx context.Context, a *app) error {
	g := a.pipe.Glossary()
	i, err := findConcept(g, b.o.concept)
	if err != nil {
		return err
	}
	k := g.Concept(i)
	if len(k.Targets["ar"].Preferred) == 0 {
		return fmt.Errorf("%s has no Arabic name to change: name another concept with --concept", k.ID)
	}
	for _, p := range []struct {
		what string
		edit edition.ConceptEdit
	}{
		{"a changed name, " + k.ID, renamed(k)},
		{"a new concept, " + b.o.phrase, fresh("bench.new", b.o.phrase, glossary.COMMON, "تقرير شهري")},
		{"a longer name, " + b.o.longer, fresh("bench.longer", b.o.longer, glossary.TERM, "قرار مجلس الأمن")},
	} {
		begin := time.Now()
		set := edition.ChangeSet{Edits: edition.Outdate([]edition.ConceptEdit{p.edit}, edition.OldForbidden, g.Concepts())}
		im, err := a.pipe.PreviewEdits(ctx, set, pipeline.PreviewOptions{})
		if err != nil {
			return err
		}
		row := previewBench{What: p.what, Seconds: time.Since(begin).Seconds(), Sources: im.Sources, Targets: im.Targets}
		sum := im.Sum()
		row.Right = im.Sum(edition.ClassRight).Targets
		row.Swap, row.Propose, row.Again, row.Task = sum.Swap, sum.Propose, sum.Retranslate, sum.Task
		for _, e := range im.Engines {
			row.Characters += e.Characters
		}
		b.report.Previews = append(b.report.Previews, row)
	}
	return nil
}

// renamed is the edit that gives a concept another Arabic name: its own with
// two letters exchanged.
func renamed(k *glossary.Concept) edition.ConceptEdit {
	after := *k
	after.Targets = map[string]glossary.Terms{}
	for lang, ts := range k.Targets {
		after.Targets[lang] = ts
	}
	letters := []rune(k.Targets["ar"].Preferred[0].Text)
	n := len(letters)
	letters[n-1], letters[n-2] = letters[n-2], letters[n-1]
	after.Targets["ar"] = glossary.Terms{Preferred: []glossary.Term{{Text: string(letters)}}}
	return edition.ConceptEdit{ID: k.ID, Before: k, After: &after}
}

// fresh is the edit that adds a concept.
func fresh(id, name string, kind glossary.Kind, ar string) edition.ConceptEdit {
	return edition.ConceptEdit{ID: id, After: &glossary.Concept{
		ID: id, Kind: kind, Source: name, Rule: glossary.Rule{CaseSensitive: kind.Proper()},
		Targets: map[string]glossary.Terms{"ar": {Preferred: []glossary.Term{{Text: ar}}}},
	}}
}

func (b *batchBench) print(ctx context.Context, a *app) error {
	r := &b.report
	r.Cores, r.PeakMB = runtime.NumCPU(), peakMB()
	if info, err := os.Stat(b.o.archive); err == nil {
		r.DatabaseMB = info.Size() >> 20
	}
	sums, err := a.store.Sums(ctx)
	if err != nil {
		return err
	}
	for _, s := range sums {
		r.Targets += s.Counts.Segments
		r.Releases = max(r.Releases, s.Editions)
	}
	locales := map[string]int{}
	for _, s := range sums {
		locales[s.Locale] += s.Editions
	}
	for _, n := range locales {
		r.Releases = max(r.Releases, n)
	}
	if b.o.json {
		return jsonLines(b.stdout).Encode(r)
	}
	fmt.Fprintf(b.stdout, "%d cores; %s releases in %d locales, %s targets, %d MB on disk", r.Cores, grouped(r.Releases), len(locales), grouped(r.Targets), r.DatabaseMB)
	if r.BuildSeconds > 0 {
		fmt.Fprintf(b.stdout, ", made in %.0f s", r.BuildSeconds)
	}
	fmt.Fprintf(b.stdout, "; opened in %.1f s\n", r.OpenSeconds)
	for _, p := range r.Previews {
		fmt.Fprintf(b.stdout, "preview of %s: %.2f s; %s texts looked at, %s targets touched: %s right, %s swapped, %s proposed, %s translated again (%s characters), %s for a person\n",
			p.What, p.Seconds, grouped(p.Sources), grouped(p.Targets), grouped(p.Right), grouped(p.Swap), grouped(p.Propose), grouped(p.Again), grouped(p.Characters), grouped(p.Task))
	}
	if r.Apply != nil {
		r.Apply.print(b.stdout)
	}
	fmt.Fprintf(b.stdout, "peak memory: %d MB\n", r.PeakMB)
	return nil
}

// sortedNames are the names of a kind, in order.
func sortedNames(a *archive, k glossary.Kind) []string {
	names := slices.Clone(a.names[k])
	slices.SortFunc(names, strings.Compare)
	return names
}
