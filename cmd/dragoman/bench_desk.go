package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"dragoman/glossary"
	"dragoman/internal/edition"
	"dragoman/internal/people"
	"dragoman/internal/store"
)

// deskOptions are what `bench desk` is asked for.
type deskOptions struct {
	editions, people, seconds int
	archive                   string
	batch                     bool
	json                      bool
}

func newBenchDesk(g *globals) *cobra.Command {
	o := deskOptions{}
	c := &cobra.Command{
		Use:   "desk",
		Short: "Measure the desk's pages over a large archive, and with many people at work",
		Long: `Makes an archive out of the samples in a scratch database (or takes the file given
with --archive, which is made once and used again, also by bench batch), serves its
desk as a process of its own, and prints how long the queue and the edition pages take
as a browser on this machine sees them, how large they are, and how long acts take
while many people review at once, with and without a batch at work. A page that needs
no data stands beside them as the limit.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			dir, err := os.MkdirTemp("", "dragoman-bench")
			if err != nil {
				return err
			}
			defer os.RemoveAll(dir)
			if o.archive == "" {
				o.archive = filepath.Join(dir, "archive.db")
			}
			b := &deskBench{bench: bench{globals: g, dir: dir}, o: o}
			return b.run(c.Context())
		},
	}
	f := c.Flags()
	f.IntVar(&o.editions, "editions", 50000, "how many editions in the archive, of 20 segments each")
	f.IntVar(&o.people, "people", 50, "how many people review at once, one act every 5 seconds each")
	f.IntVar(&o.seconds, "seconds", 60, "for how long they do")
	f.StringVar(&o.archive, "archive", "", "database `FILE` to make the archive in, or to use again")
	f.BoolVar(&o.batch, "batch", true, "measure again while a glossary change is at work")
	f.BoolVar(&o.json, "json", false, "print one JSON object")
	return c
}

// deskBench is one measurement of the desk.
type deskBench struct {
	bench
	o       deskOptions
	base    string // the desk's address
	clients []*deskClient
	made    deskReport
}

// deskReport is what was measured. Times are in milliseconds.
type deskReport struct {
	Cores    int          `json:"cores"`
	Database string       `json:"database"`
	Editions int          `json:"editions"`
	Segments int          `json:"targets"`
	Pages    []pageReport `json:"pages"`
	People   int          `json:"people"`
	Work     []pageReport `json:"work"`
}

// pageReport is how long one kind of request took.
type pageReport struct {
	Name    string  `json:"name"`
	Count   int     `json:"count"`
	Median  float64 `json:"median_ms"`
	P95     float64 `json:"p95_ms"`
	Max     float64 `json:"max_ms"`
	Bytes   int     `json:"bytes,omitempty"` // of the largest answer
	Refused int     `json:"refused,omitempty"`
}

func (b *deskBench) run(ctx context.Context) error {
	b.flags["database"] = b.o.archive
	if _, err := os.Stat(b.o.archive); err != nil {
		made := &batchBench{globals: b.globals, o: batchBenchOptions{releases: b.o.editions / benchLocales, segments: benchSegments, archive: b.o.archive}}
		if err := made.build(ctx); err != nil {
			return err
		}
	}
	b.config = filepath.Join(b.dir, "dragoman.yaml") // nothing of this folder's is read or published
	settings := fmt.Sprintf("content: %s\npublic: %s\n", filepath.Join(b.dir, "en"), filepath.Join(b.dir, "public"))
	if err := os.WriteFile(b.config, []byte(settings), 0o644); err != nil {
		return err
	}
	tokens, err := b.prepare(ctx)
	if err != nil {
		return err
	}
	stop, err := b.serve(ctx)
	if err != nil {
		return err
	}
	for i, token := range tokens {
		c, err := newDeskClient(b.base, i, token)
		if err != nil {
			return errors.Join(err, stop())
		}
		b.clients = append(b.clients, c)
	}
	err = b.measure(ctx)
	return errors.Join(err, stop(), b.tell())
}

// prepare counts the archive, writes the change that is measured later, and
// gives each of the people a link.
func (b *deskBench) prepare(ctx context.Context) (tokens []string, err error) {
	a, err := b.open(ctx)
	if err != nil {
		return nil, err
	}
	defer a.close()
	if err := b.writeChange(a.pipe.Glossary()); err != nil {
		return nil, err
	}
	rows, err := a.store.Rows(ctx)
	if err != nil {
		return nil, err
	}
	b.made = deskReport{Cores: runtime.NumCPU(), Database: store.Redacted(a.cfg.Database), Editions: int(rows["edition"]), Segments: int(rows["target"]), People: b.o.people}
	accounts, err := a.people("http://127.0.0.1")
	if err != nil {
		return nil, err
	}
	for i := range b.o.people {
		p := edition.Person{Name: fmt.Sprintf("Reviewer %d", i+1), Role: "publisher"}
		if err := a.store.InTx(ctx, func(tx *store.Tx) error { return tx.SavePerson(ctx, &p, "bench") }); err != nil {
			return nil, err
		}
		token, err := accounts.Link(ctx, p.Name, p.ID, people.ShortLinkLife)
		if err != nil {
			return nil, err
		}
		tokens = append(tokens, token)
	}
	return tokens, nil
}

// serve starts the desk as a process of its own.
func (b *deskBench) serve(ctx context.Context) (stop func() error, err error) {
	ctx, cancel := context.WithCancel(ctx)
	c, err := b.command(ctx, "serve", "--listen", "127.0.0.1:0")
	if err != nil {
		cancel()
		return nil, err
	}
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	said, err := c.StderrPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		cancel()
		return nil, err
	}
	in := bufio.NewScanner(said)
	var heard []string
	for b.base == "" && in.Scan() {
		heard = append(heard, in.Text())
		if _, base, found := strings.Cut(in.Text(), "The desk is at "); found {
			b.base = base
		}
	}
	stop = func() error {
		cancel()
		if err := c.Wait(); err != nil && ctx.Err() == nil {
			return err
		}
		return nil
	}
	if b.base == "" {
		return nil, errors.Join(fmt.Errorf("the desk did not start: %s", strings.Join(heard, "; ")), stop())
	}
	go func() { _, _ = io.Copy(io.Discard, said) }()
	return stop, nil
}

func (b *deskBench) measure(ctx context.Context) error {
	me := b.clients[0]
	some := b.someEditions()
	if len(some) == 0 {
		return errors.New("the queue shows no editions")
	}
	r := rand.New(rand.NewPCG(1, 2))
	for _, p := range []struct {
		name string
		path func() string
	}{
		{"a page without data (the limit)", func() string { return "/keyboard" }},
		{"queue", func() string { return "/" }},
		{"queue, one language", func() string { return "/?locale=ar" }},
		{"queue, page 400", func() string { return "/?page=400" }},
		{"queue, all states", func() string { return "/?state=all" }},
		{"queue, by language", func() string { return "/?order=language" }},
		{"queue, last changed first", func() string { return "/?order=newest" }},
		{"queue, with errors", func() string { return "/?found=errors" }},
		{"queue, without findings", func() string { return "/?found=nothing" }},
		{"queue, mine", func() string { return "/?who=me" }},
		{"queue, search", func() string { return "/?q=" + url.QueryEscape("number "+strconv.Itoa(r.IntN(10000))) }},
		{"dashboard", func() string { return "/dashboard" }},
		{"published", func() string { return "/published" }},
		{"glossary", func() string { return "/glossary" }},
		{"edition", func() string { return "/editions/" + some[r.IntN(len(some))] }},
		{"edition, a segment's pane", func() string { return "/editions/" + some[r.IntN(len(some))] + "?s=" + strconv.Itoa(1+r.IntN(20)) }},
	} {
		t := &laps{}
		for range 60 {
			if err := me.get(ctx, p.path(), t); err != nil {
				return err
			}
		}
		b.made.Pages = append(b.made.Pages, t.report(p.name))
	}
	if err := b.together(ctx, ""); err != nil || !b.o.batch {
		return err
	}
	return b.whileABatchRuns(ctx)
}

var editionLink = regexp.MustCompile(`<li class="line" data-id="(\d+)"`)

// someEditions are editions from several pages of the queue.
func (b *deskBench) someEditions() (ids []string) {
	for page := 1; page < b.o.editions/50 && page < 200; page += 7 {
		body, _, err := b.clients[0].do(context.Background(), http.MethodGet, "/?page="+strconv.Itoa(page), nil)
		if err != nil {
			break
		}
		for _, m := range editionLink.FindAllSubmatch(body, -1) {
			ids = append(ids, string(m[1]))
		}
	}
	return ids
}

// together lets everybody work: an act every five seconds each. Each person
// works through editions of their own.
func (b *deskBench) together(ctx context.Context, suffix string) error {
	fmt.Fprintf(b.stderr, "%d people at work for %d s%s…\n", len(b.clients), b.o.seconds, suffix)
	ctx, cancel := context.WithTimeout(ctx, time.Duration(b.o.seconds)*time.Second)
	defer cancel()
	ids := b.someEditions()
	acts := map[string]*laps{}
	for _, name := range workNames {
		acts[name] = &laps{}
	}
	group := errgroup.Group{}
	for i, c := range b.clients {
		group.Go(func() error {
			select { // not all at the same moment
			case <-time.After(5 * time.Second * time.Duration(i) / time.Duration(len(b.clients))):
			case <-ctx.Done():
			}
			w := &deskWorker{deskClient: c, r: rand.New(rand.NewPCG(uint64(i), 3)), ids: ids[i*len(ids)/len(b.clients) : (i+1)*len(ids)/len(b.clients)], acts: acts}
			return w.work(ctx)
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for _, name := range workNames {
		b.made.Work = append(b.made.Work, acts[name].report(name+suffix))
	}
	return nil
}

// renamedPlace is what the change gives another Arabic name; the archive names
// it often.
const renamedPlace = "loc.sarqib"

// writeChange writes the change of the glossary that whileABatchRuns applies.
func (b *deskBench) writeChange(g *glossary.Glossary) error {
	i, err := findConcept(g, renamedPlace)
	if err != nil {
		return err
	}
	after := *renamed(g.Concept(i)).After
	var text bytes.Buffer
	if err := glossary.WriteCSV(&text, []glossary.Concept{after}); err != nil {
		return err
	}
	return os.WriteFile(b.change(), text.Bytes(), 0o644)
}

func (b *deskBench) change() string { return filepath.Join(b.dir, "change.csv") }

// whileABatchRuns applies the change and lets everybody work meanwhile.
func (b *deskBench) whileABatchRuns(ctx context.Context) error {
	c, err := b.command(ctx, "glossary", "apply", b.change(), "--keep-missing", "--reason", "measuring", "--yes")
	if err != nil {
		return err
	}
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("apply a change of the glossary: %w: %s", err, out)
	}
	return b.together(ctx, ", while a batch runs")
}

func (b *deskBench) tell() error {
	r := b.made
	if b.o.json {
		return json.NewEncoder(b.stdout).Encode(r)
	}
	fmt.Fprintf(b.stdout, "%d cores, %s\n%d editions, %d targets\n\n", r.Cores, r.Database, r.Editions, r.Segments)
	tw := tabwriter.NewWriter(b.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "page\ttimes\tmedian ms\tp95 ms\tmax ms\tKB")
	for _, p := range r.Pages {
		p.row(tw)
	}
	fmt.Fprintf(tw, "\n%d people, an act every 5 s each\n", r.People)
	for _, p := range r.Work {
		p.row(tw)
	}
	return tw.Flush()
}

func (p pageReport) row(w io.Writer) {
	fmt.Fprintf(w, "%s\t%d\t%.1f\t%.1f\t%.1f\t%d\n", p.Name, p.Count, p.Median, p.P95, p.Max, (p.Bytes+1023)/1024)
}

// laps collects how long requests of one kind took.
type laps struct {
	mu      sync.Mutex
	took    []time.Duration
	bytes   int
	refused int
}

func (t *laps) add(took time.Duration, size, status int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.took = append(t.took, took)
	t.bytes = max(t.bytes, size)
	if status >= 400 {
		t.refused++
	}
}

func (t *laps) report(name string) pageReport {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := pageReport{Name: name, Count: len(t.took), Bytes: t.bytes, Refused: t.refused}
	if len(t.took) == 0 {
		return r
	}
	slices.Sort(t.took)
	ms := func(share float64) float64 {
		return float64(t.took[int(share*float64(len(t.took)-1))].Microseconds()) / 1000
	}
	r.Median, r.P95, r.Max = ms(.5), ms(.95), ms(1)
	return r
}

// deskClient is one person's browser.
type deskClient struct {
	http *http.Client
	base string
}

// newDeskClient signs in. Everybody comes from an address of their own on the
// loopback, as from machines of their own.
func newDeskClient(base string, n int, token string) (*deskClient, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	dialer := &net.Dialer{}
	if runtime.GOOS == "linux" {
		dialer.LocalAddr = &net.TCPAddr{IP: net.IPv4(127, 0, byte(1+n/200), byte(1+n%200))}
	}
	c := &deskClient{base: base, http: &http.Client{Jar: jar, Timeout: time.Minute, Transport: &http.Transport{DialContext: dialer.DialContext}}}
	_, status, err := c.do(context.Background(), http.MethodPost, "/sign-in", url.Values{"token": {token}})
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("person %d cannot sign in: status %d", n+1, status)
	}
	return c, err
}

func (c *deskClient) do(ctx context.Context, method, path string, form url.Values) (body []byte, status int, err error) {
	var in io.Reader
	if form != nil {
		in = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, in)
	if err != nil {
		return nil, 0, err
	}
	req.Header.Set("Accept", "text/html")
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
		if path != "/sign-in" {
			req.Header.Set("Accept", "application/json")
		}
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, 0, err
	}
	defer res.Body.Close()
	body, err = io.ReadAll(res.Body)
	return body, res.StatusCode, err
}

// get times one page.
func (c *deskClient) get(ctx context.Context, path string, t *laps) error {
	begin := time.Now()
	body, status, err := c.do(ctx, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return fmt.Errorf("%s: status %d", path, status)
	}
	t.add(time.Since(begin), len(body), status)
	return nil
}

// workNames are the acts of people at work.
var workNames = []string{"open the queue", "open an edition", "save a segment", "approve a segment"}

// deskWorker is a person at work: opens the queue, opens an edition, and goes
// through its segments, saving some and approving others.
type deskWorker struct {
	*deskClient
	r    *rand.Rand
	ids  []string
	acts map[string]*laps
	segs [][2]string // target and standing version, of the edition at hand
}

func (w *deskWorker) work(ctx context.Context) error {
	tick := time.NewTicker(5 * time.Second)
	defer tick.Stop()
	for {
		if err := w.act(ctx); err != nil && ctx.Err() == nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

var rowMark = regexp.MustCompile(`<article class="seg[^>]* data-id="(\d+)"[^>]* data-base="(\d+)" data-edit`)

func (w *deskWorker) act(ctx context.Context) error {
	if len(w.segs) == 0 {
		if w.r.IntN(2) == 0 {
			return w.get(ctx, "/", w.acts["open the queue"])
		}
		return w.openOne(ctx)
	}
	seg := w.segs[0]
	w.segs = w.segs[1:]
	if w.r.IntN(3) > 0 {
		text := "نص راجعه شخص " + strconv.Itoa(w.r.IntN(1_000_000)) + "."
		return w.post(ctx, "save a segment", "/targets/"+seg[0]+"/edit", url.Values{"base": {seg[1]}, "text": {text}})
	}
	return w.post(ctx, "approve a segment", "/targets/"+seg[0]+"/approve", url.Values{"version": {seg[1]}})
}

func (w *deskWorker) openOne(ctx context.Context) error {
	path := "/editions/" + w.ids[w.r.IntN(len(w.ids))]
	begin := time.Now()
	body, status, err := w.do(ctx, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	w.acts["open an edition"].add(time.Since(begin), len(body), status)
	for _, m := range rowMark.FindAllSubmatch(bytes.ReplaceAll(body, []byte("\n"), []byte(" ")), 8) {
		w.segs = append(w.segs, [2]string{string(m[1]), string(m[2])})
	}
	return nil
}

func (w *deskWorker) post(ctx context.Context, name, path string, form url.Values) error {
	begin := time.Now()
	body, status, err := w.do(ctx, http.MethodPost, path, form)
	if err != nil {
		return err
	}
	w.acts[name].add(time.Since(begin), len(body), status)
	if status >= 500 {
		return fmt.Errorf("%s: status %d: %.200s", path, status, body)
	}
	return nil
}
