package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"dragoman/content"
	"dragoman/internal/edition"
	"dragoman/internal/publish"
)

// LoadReport says what Load found.
type LoadReport struct {
	Files     int // looked at
	New       int // releases
	Changed   int // releases with a new revision
	Moved     []string
	Removed   []RemovedRelease
	Problems  []error // files, or releases in them, that could not be taken
	Unchanged int     // files
	// Keys are the files that were looked at, as releases name them.
	Keys []string
}

// RemovedRelease is a release whose file is gone. Its editions stay.
type RemovedRelease struct {
	edition.Release
	Public []string // locales in which it is still public
}

// sourceEndings are the files that are taken for releases.
var sourceEndings = []string{".md", ".markdown", ".html", ".htm", ".txt"}

// loadSlice is how many files go into one transaction.
const loadSlice = 16

// Load looks at the files below the content folder, or at those named, and
// saves each new or changed release with the job that drafts its editions.
// Named files that nothing was read of before are taken wherever they are.
// A file that cannot be taken is a problem of the report; the others go on.
func (p *Pipeline) Load(ctx context.Context, paths []string, urgency edition.Urgency, progress func(done, total int)) (LoadReport, error) {
	known, err := p.store.Files(ctx)
	if err != nil {
		return LoadReport{}, err
	}
	l := &loader{p: p, known: known, urgency: urgency}
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
	return l.report, l.remove(ctx)
}

type loader struct {
	p       *Pipeline
	known   map[string]edition.File
	gone    map[string]edition.File // known, below the content folder, not found
	urgency edition.Urgency
	report  LoadReport
}

// source is a file that may hold releases.
type source struct {
	path string // to open
	key  string // to remember: below the content folder, with slashes
	info fs.FileInfo
}

func (l *loader) find(paths []string) ([]source, error) {
	if len(paths) == 0 {
		paths = []string{l.p.cfg.Content}
		if _, err := os.Stat(paths[0]); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("there is no folder %s: make it and put English releases there, or name files or another folder", paths[0])
		}
	}
	var found []source
	for _, path := range paths {
		err := filepath.WalkDir(path, func(file string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				l.report.Problems = append(l.report.Problems, fmt.Errorf("%s: %w", file, err))
				return nil
			case strings.HasPrefix(d.Name(), ".") && d.IsDir() && file != path:
				return filepath.SkipDir
			case d.IsDir() || file != path && !isSource(d.Name()):
				return nil
			}
			info, err := os.Stat(file)
			if err != nil {
				l.report.Problems = append(l.report.Problems, err)
				return nil
			}
			if info.Mode().IsRegular() {
				found = append(found, source{file, l.key(file), info})
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(found, func(a, b source) int { return strings.Compare(a.key, b.key) })
	return slices.CompactFunc(found, func(a, b source) bool { return a.key == b.key }), nil
}

func isSource(name string) bool {
	return !strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "~") &&
		!strings.EqualFold(name, "README.md") && slices.Contains(sourceEndings, strings.ToLower(filepath.Ext(name)))
}

// key is a file's lasting name: its path below the content folder, or, for a
// file elsewhere, its cleaned absolute path.
func (l *loader) key(file string) string {
	base, err1 := filepath.Abs(l.p.cfg.Content)
	abs, err2 := filepath.Abs(file)
	if err1 == nil && err2 == nil {
		if rel, err := filepath.Rel(base, abs); err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
			return filepath.ToSlash(rel)
		}
		file = abs
	}
	return filepath.ToSlash(filepath.Clean(file))
}

// missing works out which known files of the content folder are gone.
func (l *loader) missing(found []source) {
	l.gone = map[string]edition.File{}
	for key, f := range l.known {
		if !path.IsAbs(key) && !filepath.IsAbs(filepath.FromSlash(key)) {
			l.gone[key] = f
		}
	}
	for _, f := range found {
		delete(l.gone, f.key)
	}
}

// read is a file as it was read.
type read struct {
	source
	file edition.File
	docs []*content.Document
	same bool // the bytes are those that were read before
}

// settling is how long after it was written a file may still be written again
// without its time telling: file systems count in steps of up to two seconds.
// Such a file is read again the next time, whatever its time says.
const (
	settling  = 2 * time.Second
	unsettled = -1
)

// take reads files and saves them in one transaction.
func (l *loader) take(ctx context.Context, files []source) error {
	reads := make([]read, 0, len(files))
	for _, f := range files {
		r, err := l.read(f)
		if err != nil {
			r.file.Problem = err.Error()
			l.report.Problems = append(l.report.Problems, err)
		}
		reads = append(reads, r)
	}
	before := l.report
	var problems []error
	err := l.p.store.InTx(ctx, func(tx Tx) error {
		l.report = before // the transaction may be run again
		problems = nil
		for _, r := range reads {
			if err := l.save(ctx, tx, r, &problems); err != nil {
				return fmt.Errorf("%s: %w", r.path, err)
			}
		}
		return nil
	})
	l.report.Problems = append(l.report.Problems, problems...)
	return err
}

// read reads a file whole and cuts it into releases. A file that changes
// meanwhile is read again, up to three times.
func (l *loader) read(f source) (read, error) {
	r := read{source: f}
	for range 3 {
		if f.info.Size() > content.DefaultMaxBytes {
			r.file = edition.File{Path: f.key, Size: f.info.Size(), Modified: f.info.ModTime().UnixMicro()}
			return r, fmt.Errorf("%s: the file has %d MB and a release may have %d at most: split it, or take out what is not text", f.path, f.info.Size()>>20, content.DefaultMaxBytes>>20)
		}
		data, err := os.ReadFile(f.path)
		if err != nil {
			return r, fmt.Errorf("cannot read: %w: check that the file is there and may be read", err)
		}
		after, err := os.Stat(f.path)
		if err != nil {
			return r, fmt.Errorf("cannot read: %w", err)
		}
		if after.Size() != f.info.Size() || !after.ModTime().Equal(f.info.ModTime()) || int64(len(data)) != after.Size() {
			f.info = after
			continue
		}
		r.file = edition.File{Path: f.key, Size: after.Size(), Modified: after.ModTime().UnixMicro(), Hash: content.ExactHash(string(data))}
		if time.Since(after.ModTime()).Abs() < settling {
			r.file.Modified = unsettled
		}
		if k := l.known[f.key]; k.Problem == "" && k.Hash == r.file.Hash {
			r.same = true
			return r, nil
		}
		r.docs, err = content.Load(data, content.Options{Path: f.path, Location: l.p.cfg.Location})
		return r, err
	}
	return r, fmt.Errorf("%s: the file is being changed while it is read: save it, then run again", f.path)
}

// save writes what a file holds: its releases, new revisions and jobs.
func (l *loader) save(ctx context.Context, tx Tx, r read, problems *[]error) error {
	if r.file.Path == "" {
		return nil // could not be read at all: look again next time
	}
	if r.same {
		l.report.Unchanged++
	}
	if r.docs == nil {
		return tx.SaveFile(ctx, r.file)
	}
	if from, ok := l.movedFrom(r); ok {
		if err := tx.MoveFile(ctx, from, r.key); err != nil {
			return err
		}
		l.report.Moved = append(l.report.Moved, from+" → "+r.key)
		delete(l.gone, from)
	}
	have, err := tx.ReleasesAt(ctx, r.key)
	if err != nil {
		return err
	}
	pairs, left := matchReleases(ctx, tx, have, r.docs)
	for i, doc := range r.docs {
		if err := l.saveRelease(ctx, tx, r, doc, pairs[i], len(have)+i); err != nil {
			var taken *slugTaken
			var bad *badSlug
			if !errors.As(err, &taken) && !errors.As(err, &bad) {
				return err
			}
			r.file.Problem = err.Error()
			*problems = append(*problems, err)
		}
	}
	for _, rel := range left {
		if err := l.removeRelease(ctx, tx, rel); err != nil {
			return err
		}
	}
	return tx.SaveFile(ctx, r.file)
}

// movedFrom finds a file that is gone and had the same bytes.
func (l *loader) movedFrom(r read) (string, bool) {
	if _, known := l.known[r.key]; known {
		return "", false
	}
	for key, f := range l.gone {
		if f.Hash == r.file.Hash && f.Problem == "" {
			return key, true
		}
	}
	return "", false
}

// matchReleases pairs the documents of a file with the releases it had: by
// the same bytes, else by slug, else by order. What is left over of the
// releases that are not removed is returned, too.
func matchReleases(ctx context.Context, tx Tx, have []edition.Release, docs []*content.Document) (pairs []*edition.Release, left []edition.Release) {
	pairs = make([]*edition.Release, len(docs))
	used := make([]bool, len(have))
	match := func(same func(*edition.Release, *content.Document) bool) {
		for i, d := range docs {
			for j := range have {
				if pairs[i] == nil && !used[j] && same(&have[j], d) {
					pairs[i], used[j] = &have[j], true
				}
			}
		}
	}
	match(func(r *edition.Release, d *content.Document) bool {
		h, err := tx.RevisionHash(ctx, r.Revision)
		return err == nil && h == content.ExactHash(string(d.Source))
	})
	match(func(r *edition.Release, d *content.Document) bool { return r.Slug == d.Meta.Slug })
	match(func(*edition.Release, *content.Document) bool { return true })
	for j, r := range have {
		if !used[j] && r.Removed.IsZero() {
			left = append(left, r)
		}
	}
	return pairs, left
}

// slugTaken says that two releases want the same address.
type slugTaken struct{ path, slug, owner string }

func (e *slugTaken) Error() string {
	return fmt.Sprintf("%s: the slug %q is already that of %s: give this release another one (slug: … in its front matter)", e.path, e.slug, e.owner)
}

// badSlug says that a slug cannot be an address of the site.
type badSlug struct{ path, slug string }

func (e *badSlug) Error() string {
	return fmt.Sprintf("%s: the site has pages of its own by the name %q: give this release another slug (slug: … in its front matter)", e.path, e.slug)
}

func (l *loader) saveRelease(ctx context.Context, tx Tx, r read, doc *content.Document, rel *edition.Release, n int) error {
	if _, err := publish.Path(sourceLocale, doc.Meta.Slug, publish.HTML); err != nil {
		return &badSlug{r.path, doc.Meta.Slug}
	}
	h := content.ExactHash(string(doc.Source))
	fresh := rel == nil
	if fresh {
		rel = &edition.Release{Key: r.key}
		if n > 0 {
			rel.Key = fmt.Sprintf("%s#%d", r.key, n+1)
		}
	}
	if fresh || rel.Slug != doc.Meta.Slug || !rel.Removed.IsZero() {
		owner, err := tx.SlugOwner(ctx, doc.Meta.Slug)
		if err != nil {
			return err
		}
		if owner != "" && owner != rel.Key {
			return &slugTaken{r.path, doc.Meta.Slug, owner}
		}
	}
	same := false
	if !fresh {
		old, err := tx.RevisionHash(ctx, rel.Revision)
		if err != nil {
			return err
		}
		same = old == h
	}
	rel.Slug, rel.Title = doc.Meta.Slug, doc.Meta.Title
	rel.Removed = time.Time{}
	if same {
		return tx.SaveRelease(ctx, rel)
	}
	return l.newRevision(ctx, tx, r, doc, rel, h, fresh)
}

func (l *loader) newRevision(ctx context.Context, tx Tx, r read, doc *content.Document, rel *edition.Release, h content.Hash, fresh bool) error {
	if err := tx.SaveRelease(ctx, rel); err != nil {
		return err
	}
	rev := edition.Revision{Release: rel.ID, Hash: h, Format: doc.Format, Path: r.path, Bytes: doc.Source}
	if err := tx.AddRevision(ctx, &rev); err != nil {
		return err
	}
	rel.Revision = rev.ID
	if err := tx.SaveRelease(ctx, rel); err != nil {
		return err
	}
	if fresh {
		l.report.New++
	} else {
		l.report.Changed++
	}
	if err := l.p.editionsFor(ctx, tx, rel, doc.Meta.Embargo, fresh); err != nil {
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
