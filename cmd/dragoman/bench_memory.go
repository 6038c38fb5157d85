package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"dragoman/content"
	"dragoman/glossary"
	"dragoman/internal/edition"
	"dragoman/internal/interchange"
	"dragoman/internal/memory"
	"dragoman/internal/store"
)

// memoryBench measures the memory on this machine.
type memoryBench struct {
	*globals
	pairs, units, queries int
	refs                  string
	asJSON                bool
	glossary              *glossary.Glossary
	archive               *archive
	report                memoryReport
}

func newBenchMemory(g *globals) *cobra.Command {
	b := &memoryBench{globals: g}
	c := &cobra.Command{
		Use:   "memory",
		Short: "Measure look-up, index and import of the memory",
		Long: `Makes an archive of the samples and the starter memory with names, numbers and words
varied (always the same one), and prints how long the index of it takes to build and
how big it is, the time of exact and fuzzy look-ups on one core, how many of the best
matches that a full scan finds are found, how long a search at the desk takes, and how
fast a TMX file of as many units is imported into a scratch database. Beside them stand the limits of this machine: a bare
map of the same texts, and raw inserts of as many rows.

Last, each sample release that has a translation is held out of the memory, and so is
each pair of the starter memory: how much of it does the memory know without it?`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return b.run(c.Context()) },
	}
	c.Flags().IntVar(&b.pairs, "pairs", 1_000_000, "how many pairs the index holds")
	c.Flags().IntVar(&b.units, "import", -1, "how many units are imported; 0 for none, by default as many as pairs")
	c.Flags().IntVar(&b.queries, "queries", 1000, "how many fuzzy look-ups are compared with a full scan")
	c.Flags().StringVar(&b.refs, "references", "content/reference", "`FOLDER` of the reference translations, by locale")
	c.Flags().BoolVar(&b.asJSON, "json", false, "print one JSON object")
	return c
}

// memoryReport is what was measured. Times are in the unit of their name.
type memoryReport struct {
	Cores         int       `json:"cores"`
	Pairs         int       `json:"pairs"`
	Sources       int       `json:"distinct_sources"`
	BuildSeconds  float64   `json:"build_seconds"`
	MapSeconds    float64   `json:"bare_map_seconds"`
	MapLookupUS   float64   `json:"bare_map_lookup_median_us"`
	ScanMS        float64   `json:"full_scan_ms"` // a query, on one core
	TextBytes     float64   `json:"text_bytes_a_pair"`
	IndexBytes    float64   `json:"index_bytes_a_pair"`
	ExactFirstUS  float64   `json:"exact_first_median_us"` // the terms are verified
	ExactMedianUS float64   `json:"exact_median_us"`
	ExactP99US    float64   `json:"exact_p99_us"`
	FuzzyMedianMS float64   `json:"fuzzy_median_ms"`
	FuzzyP99MS    float64   `json:"fuzzy_p99_ms"`
	SearchMS      float64   `json:"search_median_ms"` // of what is typed at the desk, on all cores
	Queries       int       `json:"queries"`
	ScanFound     int       `json:"scan_found"` // best matches that look-up found too
	ScanWant      int       `json:"scan_want"`  // best matches of the full scan
	Units         int       `json:"import_units"`
	ImportRate    float64   `json:"import_units_a_second"`
	FirstTenth    float64   `json:"import_first_tenth_a_second"`
	LastTenth     float64   `json:"import_last_tenth_a_second"`
	RawRate       float64   `json:"raw_inserts_a_second"`
	PeakMB        int       `json:"peak_memory_mb"`
	HeldOut       []heldOut `json:"held_out"`
}

func (b *memoryBench) run(ctx context.Context) error {
	cfg, err := b.settings()
	if err != nil {
		return usageError{err}
	}
	concepts, _, err := readGlossary(cfg.Glossary)
	if err != nil {
		return err
	}
	g, problems := glossary.Compile(concepts, glossary.Options{})
	if g == nil {
		return problems
	}
	b.glossary = g
	pairs, err := readMemory(cfg.Memory, cfg.Locales)
	if err != nil {
		return err
	}
	if b.units < 0 {
		b.units = b.pairs
	}
	b.report.Cores, b.report.Pairs, b.report.Queries, b.report.Units = runtime.NumCPU(), b.pairs, b.queries, b.units
	if b.archive, err = b.makeArchive(cfg.Content, pairs); err != nil {
		return err
	}
	b.index(ctx)
	if err := ctx.Err(); err != nil {
		return errStopped
	}
	if b.units > 0 {
		if err := b.measureImport(ctx); err != nil {
			return err
		}
	}
	if b.report.HeldOut, err = b.holdOut(cfg.Content, pairs, cfg.Locales); err != nil {
		return err
	}
	b.report.PeakMB = peakMB()
	return b.print()
}

// makeArchive takes the sentences of the starter memory's first locale and
// of the samples.
func (b *memoryBench) makeArchive(dir string, pairs []edition.MemoryEntry) (*archive, error) {
	var seeds [][2]string
	for _, p := range pairs {
		if p.Locale == pairs[0].Locale {
			seeds = append(seeds, [2]string{p.Source, p.Target})
		}
	}
	if len(seeds) == 0 {
		return nil, fmt.Errorf("there is no starter memory to make an archive of")
	}
	docs, err := loadAll(dir)
	if err != nil {
		return nil, err
	}
	for _, d := range docs {
		for i, s := range d.doc.Segments() {
			seeds = append(seeds, [2]string{s.Text, seeds[i%len(seeds)][1]})
		}
	}
	return newArchive(b.glossary, pairs[0].Locale, seeds), nil
}

// benchPart is how many pairs are made at a time.
const benchPart = 20_000

// parts gives the archive as entries, some at a time, and says on stderr how
// far it is.
func (b *memoryBench) parts(what string, f func([]memory.Entry)) {
	bar := newProgress(b.stderr, what)
	defer bar.end()
	es := make([]memory.Entry, 0, benchPart)
	for i, p := range b.archive.pairs(b.pairs) {
		if es = append(es, memory.Entry{ID: int64(i + 1), Locale: b.archive.lang, Source: p[0], Target: p[1], Origin: "bench"}); len(es) == benchPart || i == b.pairs-1 {
			f(es)
			es = es[:0]
			bar.show(i+1, b.pairs)
		}
	}
}

// index measures the index and its limit.
func (b *memoryBench) index(ctx context.Context) {
	r := &b.report
	bare := map[string]int64{}
	var took time.Duration
	b.parts("bare map:", func(es []memory.Entry) {
		begin := time.Now()
		for i := range es {
			bare[es[i].Source] = es[i].ID
		}
		took += time.Since(begin)
	})
	r.MapSeconds, r.MapLookupUS = took.Seconds(), b.bareLookups(bare)
	bare, took = nil, 0
	before := heap()
	ix := memory.NewIndex(memory.Options{Names: b.glossary})
	b.parts("index:", func(es []memory.Entry) {
		begin := time.Now()
		if err := ix.AddAll(es); err != nil {
			panic(err) // an archive of our own making fits
		}
		took += time.Since(begin)
	})
	r.BuildSeconds = took.Seconds()
	st, after := ix.Stats(), heap()
	r.Sources, r.TextBytes = st.Sources, float64(st.TextBytes)/float64(b.pairs)
	r.IndexBytes = float64(after-before-st.TextBytes) / float64(b.pairs)
	b.lookups(ctx, ix)
}

// heap is the memory in use after a collection, in bytes.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// exactLookups is how many exact look-ups are timed.
const exactLookups = 20_000

func (b *memoryBench) lookups(ctx context.Context, ix *memory.Index) {
	r := &b.report
	texts := make([]string, b.queries)
	for i := range texts {
		texts[i] = b.archive.query(i*7919%b.pairs, i)
	}
	cores := runtime.GOMAXPROCS(1)
	took := b.exact(ix)
	r.ExactFirstUS, _ = exactTimes(took) // the terms are verified once
	r.ExactMedianUS, r.ExactP99US = exactTimes(b.exact(ix))
	took = took[:0]
	for _, text := range texts {
		begin := time.Now()
		ix.Lookup(memory.Query{Locale: b.archive.lang, Text: text})
		took = append(took, time.Since(begin))
	}
	median, p99 := quantiles(took)
	r.FuzzyMedianMS, r.FuzzyP99MS = micros(median)/1000, micros(p99)/1000
	const scans = 3
	begin := time.Now()
	ix.Prove(b.archive.lang, texts[:min(scans, len(texts))], memory.DefaultThreshold, 1)
	r.ScanMS = micros(time.Since(begin)) / 1000 / scans
	runtime.GOMAXPROCS(cores)
	r.SearchMS = searchMS(ix)
	bar := newProgress(b.stderr, "full scan: queries")
	defer bar.end()
	const keep, some = 5, 50
	for done := 0; done < len(texts) && ctx.Err() == nil; done += some {
		found, want := ix.Prove(b.archive.lang, texts[done:min(done+some, len(texts))], memory.DefaultThreshold, keep)
		r.ScanFound, r.ScanWant = r.ScanFound+found, r.ScanWant+want
		bar.show(min(done+some, len(texts)), len(texts))
	}
}

// searchMS gives the median time in ms of searches for what somebody types:
// each reads every text.
func searchMS(ix *memory.Index) float64 {
	var took []time.Duration
	for _, typed := range []string{"Kafranbel", "civil defense", "ادلب", "الدفاع المدني", "'s", "no such words"} {
		begin := time.Now()
		ix.Search(memory.Search{Text: typed, Limit: 50})
		took = append(took, time.Since(begin))
	}
	median, _ := quantiles(took)
	return micros(median) / 1000
}

// bareLookups gives the median time in which a map finds the same texts.
func (b *memoryBench) bareLookups(bare map[string]int64) float64 {
	took := make([]time.Duration, 0, exactLookups)
	found := int64(0)
	for i := range exactLookups {
		source, _ := b.archive.pair(i * 104729 % b.pairs)
		begin := time.Now()
		found += bare[source]
		took = append(took, time.Since(begin))
	}
	if found == 0 {
		panic("the archive is not always the same")
	}
	median, _ := exactTimes(took)
	return median
}

// exact times exact look-ups.
func (b *memoryBench) exact(ix *memory.Index) []time.Duration {
	took := make([]time.Duration, 0, exactLookups)
	for i := range exactLookups {
		source, _ := b.archive.pair(i * 104729 % b.pairs)
		begin := time.Now()
		ix.Lookup(memory.Query{Locale: b.archive.lang, Text: source})
		took = append(took, time.Since(begin))
	}
	return took
}

func exactTimes(took []time.Duration) (median, p99 float64) {
	m, p := quantiles(took)
	return micros(m), micros(p)
}

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }

func quantiles(took []time.Duration) (median, p99 time.Duration) {
	if len(took) == 0 {
		return 0, 0
	}
	slices.Sort(took)
	return took[len(took)/2], took[len(took)*99/100]
}

// measureImport imports the archive as TMX into a scratch database, as
// `memory import` does.
func (b *memoryBench) measureImport(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "dragoman-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "archive.tmx")
	fmt.Fprintf(b.stderr, "Writing %d units…\n", b.units)
	if err := b.writeArchive(file); err != nil {
		return err
	}
	where := filepath.Join(dir, "dragoman.db")
	if url, ok := b.flags["database"].(string); ok && strings.Contains(url, "://") {
		where = url
	}
	s, err := store.Open(ctx, where, store.Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	if err := b.timeImport(ctx, s, file); err != nil {
		return err
	}
	took, err := s.RawInserts(ctx, b.units, importSlice)
	b.report.RawRate = float64(b.units) / took.Seconds()
	return err
}

func (b *memoryBench) writeArchive(file string) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer f.Close()
	err = interchange.WriteTMX(f, interchange.Header{Source: "en", Tool: "dragoman bench"}, func(yield func(interchange.Unit, error) bool) {
		for i, p := range b.archive.pairs(b.units) {
			u := interchange.Unit{
				ID: fmt.Sprint(i), Source: interchange.Variant{Lang: "en", Text: content.Escape(p[0])},
				Targets: []interchange.Variant{{Lang: b.archive.lang, Text: content.Escape(p[1])}},
			}
			if !yield(u, nil) {
				return
			}
		}
	})
	if err != nil {
		return err
	}
	return f.Close()
}

func (b *memoryBench) timeImport(ctx context.Context, s *store.Store, file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	bar := newProgress(b.stderr, "import:")
	defer bar.end()
	im := newImporter(s, []string{b.archive.lang})
	begin := time.Now()
	var first, last time.Duration // when the first and the last tenth were through, and began
	im.tell = func(sum importSum) {
		bar.show(sum.read, b.units)
		if first == 0 && sum.read >= b.units/10 {
			first = time.Since(begin)
		}
		if last == 0 && sum.read >= b.units-b.units/10 {
			last = time.Since(begin)
		}
	}
	if _, err := im.read(ctx, f, "bench", "bench"); err != nil {
		return err
	}
	took, tenth := time.Since(begin), float64(b.units/10)
	b.report.ImportRate = float64(im.sum.read) / took.Seconds()
	b.report.FirstTenth, b.report.LastTenth = tenth/first.Seconds(), tenth/(took-last).Seconds()
	return nil
}

// heldOut is what a memory without a text knows of it.
type heldOut struct {
	What       string `json:"what"`
	Locale     string `json:"locale"`
	Segments   int    `json:"segments"`
	Exact      int    `json:"exact"` // context, exact and normalised
	Repaired   int    `json:"repaired"`
	Equal      int    `json:"repaired_equal"` // to the human one
	Fuzzy      int    `json:"fuzzy"`
	Nothing    int    `json:"nothing"`
	ExactEqual int    `json:"exact_equal"`
}

func (h *heldOut) add(ms []memory.Match, human string) {
	h.Segments++
	if len(ms) == 0 {
		h.Nothing++
		return
	}
	equal := ms[0].Target == human
	switch ms[0].Kind {
	case edition.FromRepaired:
		h.Repaired++
		if equal {
			h.Equal++
		}
	case edition.FromFuzzy:
		h.Fuzzy++
	default:
		h.Exact++
		if equal {
			h.ExactEqual++
		}
	}
}

type sample struct {
	name string
	doc  *content.Document
}

// loadAll loads the releases of a folder that stand alone in their file.
func loadAll(dir string) ([]sample, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var out []sample
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		d, err := loadOne(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		out = append(out, sample{e.Name(), d})
	}
	return out, nil
}

// holdOut runs the experiment with the releases that have a translation and
// with the pairs of the starter memory, each held out in turn.
func (b *memoryBench) holdOut(dir string, pairs []edition.MemoryEntry, tags []string) ([]heldOut, error) {
	docs, err := loadAll(dir)
	if err != nil {
		return nil, err
	}
	var out []heldOut
	for _, tag := range tags {
		ix := memory.NewIndex(memory.Options{Names: b.glossary})
		var es []memory.Entry
		for _, p := range pairs {
			if p.Locale == tag {
				es = append(es, memory.Entry{ID: int64(len(es) + 1), Locale: tag, Source: p.Source, Target: p.Target})
			}
		}
		if err := ix.AddAll(es); err != nil {
			return nil, err
		}
		releases, err := b.holdReleases(ix, docs, tag)
		if err != nil {
			return nil, err
		}
		out = append(out, releases...)
		h := heldOut{What: "starter memory, pair by pair", Locale: tag}
		for _, e := range es {
			ix.Remove(e.ID)
			h.add(ix.Lookup(memory.Query{Locale: tag, Text: e.Source, Limit: 1}), e.Target)
			if err := ix.Add(e); err != nil {
				return nil, err
			}
		}
		out = append(out, h)
	}
	return out, nil
}

// holdReleases puts the releases with a translation into the memory, all but
// one at a time, and looks that one up.
func (b *memoryBench) holdReleases(ix *memory.Index, docs []sample, tag string) ([]heldOut, error) {
	id := int64(ix.Len())
	held := map[string][]memory.Entry{}
	for _, d := range docs {
		ref, err := loadOne(filepath.Join(b.refs, tag, d.name))
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		from, to := d.doc.Segments(), ref.Segments()
		if len(from) != len(to) {
			return nil, fmt.Errorf("%s: the release has %d segments and its reference %d", d.name, len(from), len(to))
		}
		for i := range from {
			id++
			held[d.name] = append(held[d.name], memory.Entry{ID: id, Locale: tag, Source: from[i].Text, Target: to[i].Text})
		}
		if err := ix.AddAll(held[d.name]); err != nil {
			return nil, err
		}
	}
	var out []heldOut
	for _, d := range docs {
		es := held[d.name]
		if es == nil {
			continue
		}
		for _, e := range es {
			ix.Remove(e.ID)
		}
		h := heldOut{What: d.name, Locale: tag}
		for _, e := range es {
			h.add(ix.Lookup(memory.Query{Locale: tag, Text: e.Source, Limit: 1}), e.Target)
		}
		out = append(out, h)
		if err := ix.AddAll(es); err != nil {
			return nil, err
		}
	}
	for _, es := range held {
		for _, e := range es {
			ix.Remove(e.ID)
		}
	}
	return out, nil
}

func (b *memoryBench) print() error {
	r := &b.report
	if b.asJSON {
		enc := json.NewEncoder(b.stdout)
		enc.SetEscapeHTML(false)
		return enc.Encode(r)
	}
	fmt.Fprintf(b.stdout, `%d cores; %s
index of %d pairs (%d distinct sources): built in %.1f s on all cores; a bare map of the sources on one: %.1f s
  %.0f bytes a pair beyond %.0f of text
exact look-up: median %.1f µs, p99 %.1f µs, on one core; the first of an entry, which verifies its terms: median %.1f µs; a bare map: %.1f µs
fuzzy look-up at threshold %d: median %.2f ms, p99 %.2f ms, on one core; a full scan: %.0f ms
  of the %d best matches of a full scan, %d queries, %d were found: %s
search in all texts, as at the desk: median %.0f ms, on all cores
`, r.Cores, b.archive, r.Pairs, r.Sources, r.BuildSeconds, r.MapSeconds, r.IndexBytes, r.TextBytes, r.ExactMedianUS, r.ExactP99US, r.ExactFirstUS, r.MapLookupUS,
		memory.DefaultThreshold, r.FuzzyMedianMS, r.FuzzyP99MS, r.ScanMS, r.ScanWant, r.Queries, r.ScanFound, percent(r.ScanFound, r.ScanWant), r.SearchMS)
	if r.Units > 0 {
		fmt.Fprintf(b.stdout, `import of %d TMX units: %.0f a second; the first tenth %.0f, the last %.0f; raw inserts of as many rows: %.0f
`, r.Units, r.ImportRate, r.FirstTenth, r.LastTenth, r.RawRate)
	}
	fmt.Fprintf(b.stdout, "peak memory: %d MB\n\nHeld out of the memory:\n", r.PeakMB)
	return b.printHeldOut(b.stdout)
}

func percent(n, of int) string {
	if of == 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f%%", 100*float64(n)/float64(of))
}

func (b *memoryBench) printHeldOut(w io.Writer) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "LOCALE\tWHAT\tSEGMENTS\tEXACT\tREPAIRED\tEQUAL TO THE HUMAN ONE\tFUZZY\tNOTHING")
	for _, h := range b.report.HeldOut {
		fmt.Fprintf(tw, "%s\t%s\t%d\t%d\t%d\t%d (%s)\t%d\t%d\n", h.Locale, h.What, h.Segments, h.Exact, h.Repaired, h.Equal, percent(h.Equal, h.Repaired), h.Fuzzy, h.Nothing)
	}
	return tw.Flush()
}
