package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"dragoman/internal/edition"
)

// LoadReport says what Load found.
type LoadReport struct {
	All       bool // the content folder was looked at, not files that were named
	Files     int  // looked at
	New       int  // releases
	Changed   int  // releases with a new revision
	Moved     []string
	Removed   []RemovedRelease
	Problems  []error // files, or releases in them, that could not be taken
	Unchanged int     // files
	Added     int     // editions of releases that were known, in a locale that is new
	// Keys are the files that were looked at, as releases name them.
	Keys []string
}

// RemovedRelease is a release whose file is gone. Its editions stay.
type RemovedRelease struct {
	edition.Release
	Public []string // locales in which it is still public
}

// loadSlice is how many files go into one transaction.
const loadSlice = 16

// Load looks at the files below the content folder, or at those named, and
// saves each new or changed release with the job that drafts its editions.
// Named files that nothing was read of before are taken wherever they are.
// A file that cannot be taken is a problem of the report; the others go on.
func (p *Pipeline) Load(ctx context.Context, paths []string, urgency edition.Urgency, progress func(done, total int)) (LoadReport, error) {
	l := &loader{p: p, urgency: urgency, roots: map[string]*os.Root{}, report: LoadReport{All: len(paths) == 0}}
	known, err := p.store.Files(ctx)
	if err != nil {
		return l.report, err
	}
	l.known = known
	defer l.close()
	found, err := l.find(paths)
	if err != nil {
		return l.report, err
	}
	l.report.Files = len(found)
	var fresh []source
	for _, f := range found {
		l.report.Keys = append(l.report.Keys, f.key)
		if k, ok := known[f.key]; ok && k.Problem == "" && k.Size == f.info.Size() && k.Modified == f.info.ModTime().UnixMicro() {
			l.report.Unchanged++
			continue
		}
		fresh = append(fresh, f)
	}
	if len(fresh) > loadSlice && urgency == edition.Today {
		l.urgency = edition.Bulk
	}
	if len(paths) == 0 {
		l.missing(found)
	}
	for i := 0; i < len(fresh); i += loadSlice {
		if err := ctx.Err(); err != nil {
			return l.report, err
		}
		if err := l.take(ctx, fresh[i:min(i+loadSlice, len(fresh))]); err != nil {
			return l.report, err
		}
		if progress != nil {
			progress(min(i+loadSlice, len(fresh)), len(fresh))
		}
	}
	if err := l.remove(ctx); err != nil || !l.report.All {
		return l.report, err
	}
	return l.report, l.recut(ctx)
}

type loader struct {
	p       *Pipeline
	known   map[string]edition.File
	gone    map[string]edition.File // known, below the content folder, not found; nil where files were named
	unread  []string                // keys of files and folders that are there but cannot be looked into
	roots   map[string]*os.Root
	urgency edition.Urgency
	report  LoadReport
}

// take reads files and saves them in one transaction.
func (l *loader) take(ctx context.Context, files []source) error {
	reads := make([]*read, 0, len(files))
	for _, f := range files {
		r, err := l.read(f)
		if err != nil {
			r.file.Problem = err.Error()
			l.report.Problems = append(l.report.Problems, err)
		}
		reads = append(reads, &r)
	}
	before := l.report
	var refused map[*read]error
	err := l.p.store.InTx(ctx, func(tx Tx) (err error) {
		l.report = before // the transaction may be run again
		refused, err = l.save(ctx, tx, reads)
		return err
	})
	for _, r := range reads {
		if refused[r] != nil {
			l.report.Problems = append(l.report.Problems, refused[r])
		}
	}
	return err
}

// save writes what files hold: their releases, new revisions and jobs. It
// returns what could not be taken of a file.
func (l *loader) save(ctx context.Context, tx Tx, reads []*read) (refused map[*read]error, err error) {
	wants, left, err := l.match(ctx, tx, reads)
	if err != nil {
		return nil, err
	}
	for _, rel := range left {
		if err := l.removeRelease(ctx, tx, *rel); err != nil {
			return nil, err
		}
	}
	if err := settleSlugs(ctx, tx, wants); err != nil {
		return nil, err
	}
	refused = map[*read]error{}
	for _, w := range wants {
		if w.refused != nil {
			refused[w.read] = errors.Join(refused[w.read], w.refused)
			continue
		}
		if err := l.saveRelease(ctx, tx, w); err != nil {
			return nil, fmt.Errorf("%s: %w", w.read.path, err)
		}
	}
	for _, r := range reads {
		if r.file.Path == "" {
			continue // could not be read at all: look again next time
		}
		if r.same {
			l.report.Unchanged++
		}
		file := r.file
		if refused[r] != nil {
			file.Problem = refused[r].Error()
		}
		if err := tx.SaveFile(ctx, file); err != nil {
			return nil, fmt.Errorf("%s: %w", r.path, err)
		}
	}
	return refused, nil
}

// saveRelease saves a release as its file has it now.
func (l *loader) saveRelease(ctx context.Context, tx Tx, w *want) (err error) {
	rel := w.rel
	fresh := rel == nil
	same := false
	if fresh {
		rel = &edition.Release{Path: w.read.key}
		if rel.Key, err = tx.FreeKey(ctx, rel.Path); err != nil {
			return err
		}
	} else {
		old, err := tx.RevisionHash(ctx, rel.Revision)
		if err != nil {
			return err
		}
		same = old == w.hash
	}
	rel.Slug, rel.Title, rel.Removed = w.slug, w.doc.Meta.Title, time.Time{}
	if same {
		return tx.SaveRelease(ctx, rel)
	}
	return l.newRevision(ctx, tx, w, rel, fresh)
}

func (l *loader) newRevision(ctx context.Context, tx Tx, w *want, rel *edition.Release, fresh bool) error {
	if err := tx.SaveRelease(ctx, rel); err != nil {
		return err
	}
	rev := edition.Revision{Release: rel.ID, Hash: w.hash, Format: w.doc.Format, Path: w.read.path, Bytes: w.doc.Source}
	if err := tx.AddRevision(ctx, &rev); err != nil {
		return err
	}
	rel.Revision = rev.ID
	if err := tx.SaveRelease(ctx, rel); err != nil {
		return err
	}
	if w.doc.Meta.Confidential && !fresh {
		if err := tx.HideMemory(ctx, rel.ID); err != nil {
			return err
		}
	}
	if fresh {
		l.report.New++
	} else {
		l.report.Changed++
	}
	if err := l.p.editionsFor(ctx, tx, rel, w.doc.Meta.Embargo, fresh); err != nil {
		return err
	}
	return tx.Enqueue(ctx, edition.Job{Kind: draftJob, Subject: rev.ID, Urgency: l.urgency})
}

// remove marks the releases of files that are gone.
func (l *loader) remove(ctx context.Context) error {
	if len(l.gone) == 0 {
		return nil
	}
	before := len(l.report.Removed)
	return l.p.store.InTx(ctx, func(tx Tx) error {
		l.report.Removed = l.report.Removed[:before]
		for key := range l.gone {
			have, err := tx.ReleasesAt(ctx, key)
			if err != nil {
				return err
			}
			for _, rel := range have {
				if !rel.Removed.IsZero() {
					continue
				}
				if err := l.removeRelease(ctx, tx, rel); err != nil {
					return err
				}
			}
			if err := tx.ForgetFile(ctx, key); err != nil {
				return err
			}
		}
		return nil
	})
}

func (l *loader) removeRelease(ctx context.Context, tx Tx, rel edition.Release) error {
	rel.Removed = l.p.store.Now()
	if err := tx.SaveRelease(ctx, &rel); err != nil {
		return err
	}
	es, err := tx.Editions(ctx, rel.ID)
	if err != nil {
		return err
	}
	gone := RemovedRelease{Release: rel}
	for _, e := range es {
		if !e.Public.IsZero() {
			gone.Public = append(gone.Public, e.Locale)
		}
	}
	l.report.Removed = append(l.report.Removed, gone)
	return tx.Audit(ctx, edition.Act{Who: edition.Machine, What: "removed", Subject: "release", SubjectID: rel.ID, Detail: rel.Key})
}
