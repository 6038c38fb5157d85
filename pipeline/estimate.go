package pipeline

import (
	"context"
	"fmt"
	"os"

	"dragoman/content"
	"dragoman/internal/edition"
)

// EngineEstimate says what drafting some releases would ask of the engines.
type EngineEstimate struct {
	Files    int `json:"files"`
	Releases int `json:"releases"`
	// Segments are those of all editions that would be drafted, Recalled those
	// of them that the memory (or the edition as it is) has.
	Segments int           `json:"segments"`
	Recalled int           `json:"recalled"`
	Quotes   []EngineQuote `json:"quotes"`
	// Problems are files that cannot be read.
	Problems []error `json:"-"`
}

// EstimateEngines says what `run` would send to engines for the releases in
// paths (or in the content folder), by locale and engine: after what stands in
// their editions, the memory and the cache. It asks nobody and writes nothing.
// Where an engine fails, more may be asked than this.
func (p *Pipeline) EstimateEngines(ctx context.Context, paths []string) (*EngineEstimate, error) {
	if err := p.Ready(ctx); err != nil {
		return nil, err
	}
	if err := p.Refresh(ctx); err != nil {
		return nil, err
	}
	l := &loader{p: p, roots: map[string]*os.Root{}, known: map[string]edition.File{}}
	defer l.close()
	found, err := l.find(paths)
	if err != nil {
		return nil, err
	}
	est := &estimator{p: p, g: p.terms.Load(), EngineEstimate: EngineEstimate{Files: len(found), Problems: l.report.Problems}, quotes: newQuotes()}
	if err := est.releases(ctx); err != nil {
		return nil, err
	}
	for _, f := range found {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		r, err := l.read(f)
		if err != nil {
			est.Problems = append(est.Problems, err)
			continue
		}
		for _, doc := range r.docs {
			if err := est.release(ctx, f.key, doc, len(r.docs) == 1); err != nil {
				return nil, fmt.Errorf("%s: %w", f.path, err)
			}
		}
	}
	est.Quotes = est.quotes.list()
	return &est.EngineEstimate, nil
}

// estimator adds up what releases would ask of engines.
type estimator struct {
	EngineEstimate
	p      *Pipeline
	g      *terms
	quotes quotes
	byFile map[string][]edition.Release
}

func (e *estimator) releases(ctx context.Context) error {
	rels, err := e.p.store.LiveReleases(ctx)
	e.byFile = map[string][]edition.Release{}
	for _, r := range rels {
		e.byFile[r.Path] = append(e.byFile[r.Path], r)
	}
	return err
}

// known finds the release that a text was, the zero value for a new one.
func (e *estimator) known(key, slug string, only bool) edition.Release {
	have := e.byFile[key]
	for _, r := range have {
		if r.Slug == slug {
			return r
		}
	}
	if only && len(have) == 1 {
		return have[0]
	}
	return edition.Release{}
}

// release adds one release: a new one, a changed one, or one that waits for
// engines.
func (e *estimator) release(ctx context.Context, key string, doc *content.Document, only bool) error {
	e.Releases++
	rel := e.known(key, doc.Meta.Slug, only)
	rev := edition.Revision{Release: rel.ID, Format: doc.Format, Path: key, Bytes: doc.Source}
	var have []edition.Edition
	if rel.ID != 0 {
		old, err := e.p.store.Revision(ctx, rel.Revision)
		if err != nil {
			return err
		}
		if old.Hash == content.ExactHash(string(doc.Source)) {
			rev = old
		}
		if have, err = e.p.store.Editions(ctx, rel.ID); err != nil {
			return err
		}
	}
	d, err := e.p.open(ctx, e.g, rev)
	if err != nil {
		return err
	}
	for _, locale := range e.p.cfg.Locales {
		ed := edition.Edition{Locale: locale, State: edition.Drafting}
		for _, h := range have {
			if h.Locale == locale {
				ed = h
			}
		}
		if err := e.edition(ctx, d, ed); err != nil {
			return fmt.Errorf("%s: %w", locale, err)
		}
	}
	return nil
}

// edition adds what one edition would ask for.
func (e *estimator) edition(ctx context.Context, d *document, ed edition.Edition) error {
	var open []int
	dr, err := e.p.drafter(e.g, d, ed)
	if err != nil {
		return err
	}
	switch {
	case ed.State == edition.Withdrawn:
		return nil
	case d.rev.ID != 0 && ed.Revision == d.rev.ID: // drafted, or waiting for engines
		if ed.State == edition.Drafting || ed.State == edition.Revising || ed.State == edition.Failed {
			if open, err = e.p.openSegments(ctx, d, ed); err != nil {
				return err
			}
		}
	default:
		if dr.isInstant() {
			break // it costs nothing
		}
		pl, err := e.p.plan(ctx, e.g, d, ed)
		if err != nil {
			return err
		}
		offered := map[int64]bool{}
		for _, pr := range pl.proposals {
			offered[pr.Target] = true
		}
		for t, i := range pl.segment {
			if wantsEngine(t, d.segs[i].Exact) && !(t.ID != 0 && offered[t.ID]) {
				open = append(open, i)
			}
		}
	}
	e.Segments += len(d.segs)
	e.Recalled += len(d.segs) - len(open)
	return e.quotes.add(ctx, dr, open)
}
