package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"dragoman/internal/edition"
	"dragoman/internal/store"
)

func newBenchCommand(g *globals) *cobra.Command {
	c := &cobra.Command{
		Use:   "bench",
		Short: "Measure Dragoman on this machine",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newBenchPipeline(g), newBenchDrafts(g), newBenchMemory(g), newBenchEngine(g), newBenchBatch(g), newBenchDesk(g))
	return c
}

// benchOptions are what `bench pipeline` is asked for.
type benchOptions struct {
	editions int
	json     bool
}

func newBenchPipeline(g *globals) *cobra.Command {
	o := benchOptions{}
	c := &cobra.Command{
		Use:   "pipeline",
		Short: "Measure the way from files to the review queue, in a scratch database",
		Long: `Writes releases of 20 segments into a scratch folder, drafts them with the pseudo
engine in five locales on a scratch database, durable as in daily use, and prints
editions a second at the start and at the end, the time that a release dropped in
the middle takes, the peak memory, a run with nothing to do, and a cold start. Raw
inserts of as many rows into the same database stand beside it as the limit.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			dir, err := os.MkdirTemp("", "dragoman-bench")
			if err != nil {
				return err
			}
			defer os.RemoveAll(dir)
			b := &bench{globals: g, o: o, dir: dir}
			return b.run(c.Context())
		},
	}
	c.Flags().IntVar(&o.editions, "editions", 50000, "how many editions in all")
	c.Flags().BoolVar(&o.json, "json", false, "print one JSON object")
	return c
}

// bench is one measurement of the pipeline.
type bench struct {
	*globals
	o      benchOptions
	dir    string
	app    *app
	report benchReport
}

// benchReport is what was measured.
type benchReport struct {
	Cores           int     `json:"cores"`
	Database        string  `json:"database"`
	Editions        int     `json:"editions"`
	Seconds         float64 `json:"seconds"`
	PerSecond       float64 `json:"editions_per_second"`
	FirstPerSecond  float64 `json:"first_editions_per_second"` // of the first 1,000
	LastPerSecond   float64 `json:"last_editions_per_second"`  // of the last 1,000
	Flatness        float64 `json:"last_to_first_cost"`
	Rows            int64   `json:"rows"`
	RawSeconds      float64 `json:"raw_insert_seconds"`
	RawRatio        float64 `json:"seconds_to_raw"`
	DroppedSeconds  float64 `json:"dropped_release_seconds"`
	PeakMB          int     `json:"peak_memory_mb"`
	IdleRunSeconds  float64 `json:"idle_run_seconds"`
	IdleReleases    int     `json:"idle_run_releases"`
	ColdStartMillis float64 `json:"cold_start_ms"`
}

const (
	benchLocales  = 5
	benchSegments = 20
)

func (b *bench) run(ctx context.Context) error {
	releases := b.o.editions / benchLocales
	content := filepath.Join(b.dir, "en")
	fmt.Fprintf(b.stderr, "Writing %d releases…\n", releases)
	if err := os.MkdirAll(content, 0o755); err != nil {
		return err
	}
	for i := range releases {
		if err := writeBenchRelease(content, i); err != nil {
			return err
		}
	}
	settings := filepath.Join(b.dir, "dragoman.yaml")
	if err := os.WriteFile(settings, []byte("content: "+content+"\npublic: "+filepath.Join(b.dir, "public")+"\nroutes:\n  - {locale: \"*\", engines: [pseudo]}\n"), 0o644); err != nil {
		return err
	}
	b.config = settings
	if _, given := b.flags["database"]; !given {
		b.flags["database"] = filepath.Join(b.dir, "dragoman.db")
	}
	if err := b.throughput(ctx, content, releases); err != nil {
		return err
	}
	for _, measure := range []func(context.Context) error{b.idleRun, b.coldStart} {
		if err := measure(ctx); err != nil {
			return err
		}
	}
	return b.print()
}

// throughput drafts all releases and one dropped in the middle.
func (b *bench) throughput(ctx context.Context, content string, releases int) error {
	a, err := b.open(ctx)
	if err != nil {
		return err
	}
	defer a.close()
	b.app = a
	if err := a.store.Work(ctx, a.handle(), store.DefaultSlots()); err != nil {
		return err
	}
	total := releases * benchLocales
	loaded := make(chan error, 1)
	begin := time.Now()
	go func() {
		_, err := a.pipe.Load(ctx, nil, edition.Bulk, nil)
		loaded <- err
	}()
	if err := b.follow(ctx, begin, total, content); err != nil {
		return err
	}
	if err := <-loaded; err != nil {
		return err
	}
	r := &b.report
	r.Cores, r.Editions = runtime.NumCPU(), total
	r.Database = store.Redacted(a.cfg.Database)
	r.Seconds = time.Since(begin).Seconds()
	r.PerSecond = float64(total) / r.Seconds
	r.PeakMB = peakMB()
	return b.limit(ctx)
}

// follow watches the editions come, times the first and last thousand, and
// drops a release when half is done.
func (b *bench) follow(ctx context.Context, begin time.Time, total int, content string) error {
	slice := min(1000, total/2)
	var firstAt, lastFrom time.Time
	lastBase := 0
	dropped := make(chan error, 1)
	drop := false
	bar := newProgress(b.stderr, "Drafting editions:")
	defer bar.end()
	for {
		n, err := b.app.store.CountDrafted(ctx)
		if err != nil {
			return err
		}
		bar.show(min(n, total), total)
		now := time.Now()
		if firstAt.IsZero() && n >= slice {
			firstAt = now
			b.report.FirstPerSecond = float64(n) / now.Sub(begin).Seconds()
		}
		if lastFrom.IsZero() && n >= total-slice {
			lastFrom, lastBase = now, n
		}
		if !drop && n >= total/2 {
			drop = true
			go func() { dropped <- b.drop(ctx, content) }()
		}
		if n >= total && len(dropped) > 0 {
			if took := now.Sub(lastFrom).Seconds(); took > 0 && n > lastBase {
				b.report.LastPerSecond = float64(n-lastBase) / took
				b.report.Flatness = b.report.FirstPerSecond / b.report.LastPerSecond
			}
			return <-dropped
		}
		select {
		case <-ctx.Done():
			return errStopped
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// drop puts one more release in the folder and waits until it is in review.
func (b *bench) drop(ctx context.Context, content string) error {
	begin := time.Now()
	if err := writeBenchRelease(content, 1<<24); err != nil {
		return err
	}
	file := filepath.Join(content, benchName(1<<24))
	if _, err := b.app.pipe.Load(ctx, []string{file}, edition.Today, nil); err != nil {
		return err
	}
	for {
		lines, _, err := b.app.pipe.Queue(ctx, edition.Filter{Search: strings.TrimSuffix(benchName(1<<24), ".md"), States: []edition.State{edition.InReview}})
		if err != nil {
			return err
		}
		if len(lines) == benchLocales {
			b.report.DroppedSeconds = time.Since(begin).Seconds()
			return nil
		}
		select {
		case <-ctx.Done():
			return errStopped
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// limit inserts as many rows raw into the same database.
func (b *bench) limit(ctx context.Context) error {
	rows, err := b.app.store.Rows(ctx)
	if err != nil {
		return err
	}
	for _, n := range rows {
		b.report.Rows += n
	}
	if err := b.app.store.Stop(ctx); err != nil {
		return err
	}
	perTx := int(b.report.Rows) / max(1, b.report.Editions/benchLocales)
	took, err := b.app.store.RawInserts(ctx, int(b.report.Rows), max(1, perTx))
	b.report.RawSeconds = took.Seconds()
	b.report.RawRatio = b.report.Seconds / took.Seconds()
	return err
}

// command is this program again, as a process of its own.
func (b *bench) command(ctx context.Context, args ...string) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	args = append(args, "--config", b.config, "--database", fmt.Sprint(b.flags["database"]))
	return exec.CommandContext(ctx, self, args...), nil
}

// idleRun times `run` with nothing to do.
func (b *bench) idleRun(ctx context.Context) error {
	c, err := b.command(ctx, "run")
	if err != nil {
		return err
	}
	begin := time.Now()
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("run with nothing to do: %w: %s", err, out)
	}
	b.report.IdleRunSeconds = time.Since(begin).Seconds()
	b.report.IdleReleases = b.report.Editions / benchLocales
	return nil
}

// coldStart times the way from starting the program to the desk's first byte.
func (b *bench) coldStart(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	c, err := b.command(ctx, "serve", "--listen", "127.0.0.1:0")
	if err != nil {
		return err
	}
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	said, err := c.StderrPipe()
	if err != nil {
		return err
	}
	begin := time.Now()
	if err := c.Start(); err != nil {
		return err
	}
	in := bufio.NewScanner(said)
	for in.Scan() {
		_, url, found := strings.Cut(in.Text(), "The desk is at ")
		if !found {
			continue
		}
		resp, err := http.Get(url + "/sign-in")
		if err != nil {
			return err
		}
		if _, err := io.ReadFull(resp.Body, make([]byte, 1)); err != nil {
			return err
		}
		b.report.ColdStartMillis = float64(time.Since(begin).Microseconds()) / 1000
		resp.Body.Close()
		break
	}
	cancel()
	_, _ = io.Copy(io.Discard, said)
	if err := c.Wait(); err != nil && ctx.Err() == nil {
		return err
	}
	if b.report.ColdStartMillis == 0 {
		return errors.New("the desk did not start")
	}
	return nil
}

func (b *bench) print() error {
	r := b.report
	if b.o.json {
		return json.NewEncoder(b.stdout).Encode(r)
	}
	fmt.Fprintf(b.stdout, `%d cores, %s
%d editions of %d segments, files to review queue: %.1f s, %.0f editions a second
  the first 1,000: %.0f a second; the last: %.0f a second; cost of the last to the first: %.2f
  the same %d rows inserted raw: %.1f s; the pipeline takes %.1f times as long
  a release dropped in the middle was in review after %.2f s
  peak memory: %d MB
run with nothing to do over %d releases: %.2f s
cold start to the desk's first byte: %.0f ms
`, r.Cores, r.Database, r.Editions, benchSegments, r.Seconds, r.PerSecond, r.FirstPerSecond, r.LastPerSecond, r.Flatness,
		r.Rows, r.RawSeconds, r.RawRatio, r.DroppedSeconds, r.PeakMB, r.IdleReleases, r.IdleRunSeconds, r.ColdStartMillis)
	return nil
}

// peakMB is the most memory that this process has had, in MB.
func peakMB() int {
	f, err := os.Open("/proc/self/status")
	if err == nil {
		defer f.Close()
		for in := bufio.NewScanner(f); in.Scan(); {
			if kb, ok := strings.CutPrefix(in.Text(), "VmHWM:"); ok {
				n, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(kb), " kB"))
				return n >> 10
			}
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.Sys >> 20)
}

// cpuSeconds is how long this process has been at work so far, on all cores; 0
// where the system does not tell.
func cpuSeconds() float64 {
	body, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(body), ") ") // after the name of the program
	fields := strings.Fields(after)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return float64(user+system) / 100 // Linux counts hundredths for programs
}

func benchName(i int) string { return fmt.Sprintf("bench-release-%08d.md", i) }

// benchPlaces and benchSentences vary names and numbers, as an archive does.
var (
	benchPlaces    = []string{"Sarqib", "Kafranbel", "Maasran", "Khan Sheikhoun", "Sarmin", "Idlib", "Aleppo", "Homs", "Hama", "Daraa", "Douma", "Afrin", "Manbij"}
	benchSentences = []string{
		"Russian airstrikes killed %[2]d civilians in the town of %[1]s.",
		"Activists said that %[2]d shells had fallen on the outskirts of %[1]s on Monday.",
		"The Syrian Coalition condemned the attack on %[1]s, in which %[2]d people were injured.",
		"Civil Defense teams pulled %[2]d survivors from the rubble in %[1]s.",
		"The Syrian Interim Government opened %[2]d schools in and around %[1]s.",
		"A convoy of %[2]d lorries with food and medicine reached %[1]s in the morning.",
		"The UN Security Council will discuss the situation in %[1]s, case %[2]d on its list.",
		"Doctors in %[1]s treated %[2]d cases of asphyxiation after the barrel bomb.",
	}
)

// writeBenchRelease writes release i: a title and 19 sentences.
func writeBenchRelease(dir string, i int) error {
	var b strings.Builder
	place := func(n int) string { return benchPlaces[(i+n)%len(benchPlaces)] }
	fmt.Fprintf(&b, "---\ntitle: Attack number %d on %s\ndate: 2018-02-05\nslug: %s\n---\n\n", i, place(0), strings.TrimSuffix(benchName(i), ".md"))
	for n := range benchSegments - 1 {
		fmt.Fprintf(&b, benchSentences[(i+n)%len(benchSentences)], place(n), i*benchSegments+n+3)
		b.WriteString([]string{" ", " ", "\n\n"}[n%3])
	}
	return os.WriteFile(filepath.Join(dir, benchName(i)), []byte(b.String()), 0o644)
}
