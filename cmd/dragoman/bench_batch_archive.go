package main

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"dragoman/content"
	"dragoman/glossary"
	"dragoman/internal/edition"
	"dragoman/internal/store"
	"dragoman/pipeline"
)

// batchArchive writes a large archive in bulk: what drafting and reviewing
// would have left behind, without doing it.
type batchArchive struct {
	g        *glossary.Glossary
	ids      []int64 // of the concepts, by index
	version  int64
	texts    *archiveTexts
	locales  []string
	segments int
}

// builtRelease is a release made ready to be written.
type builtRelease struct {
	number int
	bytes  []byte
	doc    *content.Document
	units  []edition.Unit
	segs   []edition.Segment
	cand   [][]glossary.Occurrence
	lic    [][]glossary.Occurrence
	words  [][]string // by locale, then segment
}

// releasesATime is how many releases one transaction writes.
const releasesATime = 20

// build makes the archive.
func (b *batchBench) build(ctx context.Context) error {
	cfg, err := b.settings()
	if err != nil {
		return usageError{err}
	}
	concepts, from, err := readGlossary(cfg.Glossary)
	if err != nil {
		return err
	}
	s, err := store.Open(ctx, b.o.archive, store.Options{Unsafe: true})
	if err != nil {
		return err
	}
	defer s.Close()
	pairs, err := readMemory(cfg.Memory, cfg.Locales)
	if err != nil {
		return err
	}
	_, err = pipeline.Setup(ctx, pipeline.Bind(s), s, pipeline.Starter{
		Concepts: concepts, GlossaryFrom: from, Memory: func() ([]edition.MemoryEntry, error) { return pairs, nil },
	})
	if err != nil {
		return err
	}
	stored, ids, version, err := s.Glossary(ctx)
	if err != nil {
		return err
	}
	g, problems := glossary.Compile(stored, glossary.Options{Trusted: true})
	if g == nil {
		return problems
	}
	texts, err := newArchiveTexts(g, cfg.Locales, pairs)
	if err != nil {
		return err
	}
	a := &batchArchive{g: g, ids: ids, version: version, texts: texts, locales: cfg.Locales, segments: b.o.segments}
	return a.write(ctx, s, b)
}

// write makes releases on all cores and writes them in order.
func (a *batchArchive) write(ctx context.Context, s *store.Store, b *batchBench) error {
	bar := newProgress(b.stderr, "Writing releases:")
	defer bar.end()
	parts := make(chan chan []*builtRelease, runtime.GOMAXPROCS(0))
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		defer close(parts)
		for i := 0; i < b.o.releases; i += releasesATime {
			done := make(chan []*builtRelease, 1)
			select {
			case parts <- done:
				go func() { done <- a.releases(i, min(b.o.releases, i+releasesATime)) }()
			case <-stop:
				return
			}
		}
	}()
	n := 0
	for part := range parts {
		rs := <-part
		if rs == nil {
			return fmt.Errorf("a release that was made does not read as one")
		}
		if err := s.InTx(ctx, func(tx *store.Tx) error { return a.save(ctx, tx, rs) }); err != nil {
			return err
		}
		n += len(rs)
		bar.show(n, b.o.releases)
	}
	return nil
}

func (a *batchArchive) releases(from, to int) []*builtRelease {
	var out []*builtRelease
	for i := from; i < to; i++ {
		r := a.release(i)
		if r == nil {
			return nil
		}
		out = append(out, r)
	}
	return out
}

// release makes release i: its text, cut as drafting would, and what stands in
// its editions.
func (a *batchArchive) release(i int) *builtRelease {
	var md strings.Builder
	said := map[string][]string{}
	title, titles := a.texts.title(i)
	said[title] = titles
	fmt.Fprintf(&md, "---\ntitle: %s\ndate: 2018-02-05\nslug: bench-%d\n---\n\n", title, i)
	for n := range a.segments - 1 {
		source, targets := a.texts.sentence(i*a.segments + n)
		said[source] = targets
		md.WriteString(source + "\n\n")
	}
	r := &builtRelease{number: i, bytes: []byte(md.String())}
	docs, err := content.Load(r.bytes, content.Options{Format: content.FormatMarkdown, Path: fmt.Sprintf("bench-%d.md", i)})
	if err != nil || len(docs) != 1 {
		return nil
	}
	r.doc = docs[0]
	run := a.g.NewDocument(r.doc.Meta.Source, r.doc.Meta.Date)
	for u := range r.doc.Units {
		unit := &r.doc.Units[u]
		r.units = append(r.units, edition.Unit{Position: u, Kind: unit.Kind, Level: unit.Level})
		for _, seg := range unit.Segments {
			r.segs = append(r.segs, edition.Segment{
				Position: len(r.segs), Unit: u, Kind: unit.Kind, Level: unit.Level, Source: seg.Text,
				Exact: content.ExactHash(seg.Text), Norm: content.NormalisedHash(seg.Text),
			})
			cand := a.g.Find(nil, seg.Text)
			r.cand, r.lic = append(r.cand, cand), append(r.lic, a.g.License(run, cand, seg.Text))
		}
	}
	r.words = make([][]string, len(a.locales))
	for l, locale := range a.locales {
		for s := range r.segs {
			r.words[l] = append(r.words[l], a.say(l, locale, &r.segs[s], r.lic[s], said))
		}
	}
	return r
}

// say is the translation of a segment: its sentence's, or of what was cut
// otherwise the English with the names of the locale in their places.
func (a *batchArchive) say(l int, locale string, seg *edition.Segment, occ []glossary.Occurrence, said map[string][]string) string {
	if texts := said[seg.Source]; texts != nil {
		return texts[l]
	}
	var b strings.Builder
	at := 0
	for _, o := range occ {
		name := a.g.Preferred(locale, o.Concept)
		if o.Nested || name == "" || o.Start < at {
			continue
		}
		b.WriteString(seg.Source[at:o.Start])
		b.WriteString(name)
		at = o.End
	}
	b.WriteString(seg.Source[at:])
	return b.String()
}

// save writes releases with their editions.
func (a *batchArchive) save(ctx context.Context, tx *store.Tx, rs []*builtRelease) error {
	for _, r := range rs {
		key := fmt.Sprintf("bench-%d.md", r.number)
		rel := edition.Release{Key: key, Path: key, Slug: strings.TrimSuffix(filepath.Base(key), ".md"), Title: r.doc.Meta.Title}
		if err := tx.SaveRelease(ctx, &rel); err != nil {
			return err
		}
		rev := edition.Revision{Release: rel.ID, Hash: content.ExactHash(string(r.bytes)), Format: content.FormatMarkdown, Path: key, Bytes: r.bytes}
		if err := tx.AddRevision(ctx, &rev); err != nil {
			return err
		}
		rel.Revision = rev.ID
		if err := tx.SaveRelease(ctx, &rel); err != nil {
			return err
		}
		if err := tx.SaveSegments(ctx, rev.ID, content.Version, r.units, r.segs, a.finder(r)); err != nil {
			return err
		}
		if err := tx.SaveLicences(ctx, a.licences(r)); err != nil {
			return err
		}
		if err := a.editions(ctx, tx, r, rel, rev); err != nil {
			return err
		}
	}
	return nil
}

func (a *batchArchive) finder(r *builtRelease) edition.Finder {
	by := make(map[string][]glossary.Occurrence, len(r.segs))
	for i := range r.segs {
		by[r.segs[i].Source] = r.cand[i]
	}
	return edition.Finder{Version: a.version, Find: func(text string) []edition.Occurrence {
		var out []edition.Occurrence
		for _, o := range by[text] {
			out = append(out, edition.Occurrence{Concept: a.ids[o.Concept], Start: o.Start, End: o.End, Nested: o.Nested})
		}
		return out
	}}
}

func (a *batchArchive) licences(r *builtRelease) []edition.Licence {
	var out []edition.Licence
	for i := range r.segs {
		for _, o := range r.lic[i] {
			if len(a.g.Concept(o.Concept).Rule.Licence) > 0 {
				out = append(out, edition.Licence{Segment: r.segs[i].ID, Concept: a.ids[o.Concept], Start: o.Start, End: o.End})
			}
		}
	}
	return out
}

// editions writes the editions of a release: of ten releases seven have the
// machine's words in review, one has a person's, and two are public.
func (a *batchArchive) editions(ctx context.Context, tx *store.Tx, r *builtRelease, rel edition.Release, rev edition.Revision) error {
	es := make([]edition.Edition, len(a.locales))
	for i, l := range a.locales {
		es[i] = edition.Edition{Release: rel.ID, Locale: l, Revision: rev.ID, State: edition.InReview}
		if r.number%10 >= 8 {
			es[i].State = edition.Published
		}
	}
	if err := tx.AddEditions(ctx, es); err != nil {
		return err
	}
	var ts []*edition.Target
	for i := range es {
		for n := range r.segs {
			ts = append(ts, a.target(r, &es[i], n, r.words[i][n]))
		}
	}
	if err := tx.AddTargets(ctx, ts); err != nil {
		return err
	}
	for i := range es {
		own := ts[i*len(r.segs) : (i+1)*len(r.segs)]
		var c edition.Counts
		for _, t := range own {
			c.Count(t.Standing.Origin.Kind)
			if t.State == edition.Final {
				c.Reviewed++
			}
		}
		if err := tx.SaveCounts(ctx, es[i].ID, c, own[0]); err != nil {
			return err
		}
		if es[i].State == edition.Published {
			es[i].Public = time.Date(2018, 2, 5, 0, 0, 0, 0, time.UTC)
			if err := tx.SaveEdition(ctx, &es[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *batchArchive) target(r *builtRelease, e *edition.Edition, n int, text string) *edition.Target {
	t := &edition.Target{Edition: e.ID, Segment: r.segs[n].ID, Position: n, State: edition.Translated}
	t.Standing = edition.Version{Text: text, Source: r.segs[n].Exact, Glossary: a.version, Origin: edition.Origin{Kind: edition.FromEngine, Engine: "bench"}}
	if r.number%10 == 7 {
		t.Standing.Origin, t.Standing.Author = edition.Origin{Kind: edition.FromHuman}, "Lina"
	}
	if e.State == edition.Published {
		t.State, t.ApprovedBy, t.ApprovedSource = edition.Final, "Omar", r.segs[n].Exact
	}
	return t
}
