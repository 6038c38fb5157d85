package main

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"dragoman/internal/edition"
	"dragoman/internal/interchange"
	"dragoman/internal/store"
	"dragoman/locales"
)

func newMemoryImport(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "import FILE.tmx…",
		Short: "Add the pairs of TMX files to the memory",
		Long: `Reads TMX 1.4b files of any size, unit by unit, and adds the pairs with an English
source. A pair that the memory has already (same locale, source and target) is not
added again, so an import that was stopped is simply run again. A broken unit is
reported with its line and passed over. Of a file that ends in the middle, what stands
before its end is taken, and the command fails.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return g.withLateMemory(c.Context(), func(a *app) error {
				who, err := a.person(c.Context())
				if err != nil {
					return err
				}
				im := newImporter(a.store, a.cfg.Locales)
				if err := im.load(c.Context()); err != nil {
					return err
				}
				var cut []error
				for _, name := range args {
					err := a.importTMX(c.Context(), im, name, who.Name)
					if errors.Is(err, errCut) {
						cut = append(cut, err)
					} else if err != nil {
						return err
					}
				}
				return errors.Join(cut...)
			})
		},
	}
}

// importSlice is how many pairs go into one transaction: some 50 ms of work.
const importSlice = 2000

// errCut is of a file that ends before its end; what it has was taken.
var errCut = errors.New("the file ends in the middle: only what stands before its end was taken; get the whole file and import it again (nothing is added twice)")

// importTMX imports one file and says what came of it.
func (a *app) importTMX(ctx context.Context, im *importer, name, who string) error {
	f, err := openFile("TMX file", name)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	in := &countingReader{r: f}
	bar := newProgress(a.stderr, "Pairs")
	done := im.sum
	im.tell = func(sum importSum) {
		n := sum.read - done.read
		bar.show(n, max(n, int(float64(n)*float64(info.Size())/float64(max(1, in.n.Load())))))
	}
	report, err := im.read(ctx, in, "import "+filepath.Base(name), who)
	bar.end()
	for _, p := range report.Problems {
		fmt.Fprintf(a.stderr, "%s: %v\n", name, p)
	}
	if more := report.Skipped - len(report.Problems); more > 0 {
		fmt.Fprintf(a.stderr, "%s: and at least %d more\n", name, more)
	}
	if err != nil {
		if errors.Is(err, context.Canceled) {
			return errStopped
		}
		return fmt.Errorf("%s: %w", name, err)
	}
	s := im.sum
	fmt.Fprintf(a.stdout, "%s: %s read, %s added; %s were there already, %s are in a language that is not one of the locales; %s skipped.\n",
		name, plural(s.read-done.read, "pair"), grouped(s.added-done.added), grouped(s.known-done.known), grouped(s.foreign-done.foreign), plural(report.Skipped, "unit"))
	if report.Truncated {
		return fmt.Errorf("%s: %w", name, errCut)
	}
	return nil
}

// countingReader counts what was read; another goroutine may ask.
type countingReader struct {
	r io.Reader
	n atomic.Int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// importer adds pairs to the memory, each once.
type importer struct {
	store   *store.Store
	tags    []string // the locales
	tagOf   map[string]string
	seeds   [2]maphash.Seed
	known   map[pairKey]struct{}
	sum     importSum
	tell    func(importSum) // whenever a slice is on its way, or nil
	pending []edition.MemoryEntry
}

// maxTags is how many languages of files are remembered: a file that gives
// every unit another one must not fill the memory with them.
const maxTags = 1000

// importSum is what became of the pairs.
type importSum struct{ read, added, known, foreign int }

// pairKey stands for a locale, source and target. 128 bits of the pairs of
// ten million are the same by chance once in 10^24 imports.
type pairKey [2]uint64

func newImporter(s *store.Store, tags []string) *importer {
	return &importer{store: s, tags: tags, tagOf: map[string]string{}, seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}, known: map[pairKey]struct{}{}}
}

func (im *importer) key(m *edition.MemoryEntry, context bool) (k pairKey) {
	var h maphash.Hash
	for i, seed := range im.seeds {
		h.SetSeed(seed)
		if context {
			_, _ = h.Write(m.Prev[:])
			_, _ = h.Write(m.Next[:])
		}
		for _, s := range []string{m.Locale, m.Source, m.Target} {
			_, _ = h.WriteString(s) // never fails
			_ = h.WriteByte(0)
		}
		k[i] = h.Sum64()
	}
	return k
}

// load takes note of the pairs that the memory has.
func (im *importer) load(ctx context.Context) error {
	_, err := im.store.EachMemory(ctx, func(ms []edition.MemoryEntry) error {
		for i := range ms {
			im.note(&ms[i])
		}
		return nil
	})
	return err
}

// has reports whether the memory has a pair. One with a context is another
// than the same pair without, or between other neighbours; one without tells
// nothing that the same pair with a context does not.
func (im *importer) has(m *edition.MemoryEntry) bool {
	_, have := im.known[im.key(m, hasContext(m))]
	return have
}

func (im *importer) note(m *edition.MemoryEntry) {
	im.known[im.key(m, false)] = struct{}{}
	if hasContext(m) {
		im.known[im.key(m, true)] = struct{}{}
	}
}

func hasContext(m *edition.MemoryEntry) bool { return !m.Prev.IsZero() || !m.Next.IsZero() }

// read imports one file; parsing and writing go on beside each other.
func (im *importer) read(ctx context.Context, r io.Reader, origin, who string) (interchange.Report, error) {
	var report interchange.Report
	slices := make(chan []edition.MemoryEntry, 2)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer close(slices)
		send := func() error {
			select {
			case slices <- im.pending:
				im.pending = nil
				if im.tell != nil {
					im.tell(im.sum)
				}
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		var err error
		report, err = interchange.ReadTMX(r, interchange.TMXOptions{Source: "en"}, func(u interchange.Unit) error {
			im.take(u, origin, who)
			if len(im.pending) < importSlice {
				return nil
			}
			return send()
		})
		if err != nil {
			return err
		}
		return send()
	})
	g.Go(func() error {
		for part := range slices {
			if err := im.store.InTx(ctx, func(tx *store.Tx) error { return tx.Remember(ctx, part) }); err != nil {
				return err
			}
		}
		return nil
	})
	err := g.Wait()
	im.pending = nil
	return report, err
}

// take adds the new pairs of a unit to the slice at hand.
func (im *importer) take(u interchange.Unit, origin, who string) {
	prev, next := tmxContext(u.Props)
	for _, t := range u.Targets {
		im.sum.read++
		m := edition.MemoryEntry{Locale: im.locale(t.Lang), Source: u.Source.Text, Target: t.Text, Origin: origin, Approver: u.Author, Created: latest(u)}
		if m.Approver == "" {
			m.Approver = who
		}
		if m.Locale == "" {
			im.sum.foreign++
			continue
		}
		m.Prev, m.Next = prev, next
		if im.has(&m) || strings.TrimSpace(m.Source) == "" || strings.TrimSpace(m.Target) == "" {
			im.sum.known++
			continue
		}
		im.note(&m)
		im.sum.added++
		im.pending = append(im.pending, m)
	}
}

// locale gives the locale that a language of a file stands for: the same tag,
// else the one of the same language, else any that is known; "" for none.
func (im *importer) locale(tag string) string {
	if l, ok := im.tagOf[tag]; ok {
		return l
	}
	found := ""
	for _, l := range im.tags {
		if strings.EqualFold(l, tag) {
			found = l
			break
		}
		if found == "" && interchange.SameLanguage(l, tag) {
			found = l
		}
	}
	if p, err := locales.Get(tag); found == "" && err == nil && !interchange.SameLanguage(tag, "en") {
		found = p.Tag
	}
	if len(im.tagOf) < maxTags {
		im.tagOf[strings.Clone(tag)] = found
	}
	return found
}
