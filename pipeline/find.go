package pipeline

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"dragoman/content"
	"dragoman/internal/edition"
)

// sourceEndings are the files that are taken for releases.
var sourceEndings = []string{".md", ".markdown", ".html", ".htm", ".txt"}

// source is a file that may hold releases.
type source struct {
	path string   // for messages and, without root, to open
	root *os.Root // of the folder that it was found in, nil for a file that was named
	name string   // below root
	key  string   // to remember: below the content folder, with slashes
	info fs.FileInfo
}

func (s *source) bytes() ([]byte, error) {
	if s.root != nil {
		return s.root.ReadFile(s.name)
	}
	return os.ReadFile(s.path)
}

func (s *source) stat() (fs.FileInfo, error) {
	if s.root != nil {
		return s.root.Stat(s.name)
	}
	return os.Stat(s.path)
}

// find lists the files that may hold releases, in the content folder or where
// paths say.
func (l *loader) find(paths []string) ([]source, error) {
	if len(paths) == 0 {
		paths = []string{l.p.cfg.Content}
		switch info, err := os.Stat(paths[0]); {
		case errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("there is no folder %s: make it and put English releases there, or name files or another folder", paths[0])
		case err == nil && !info.IsDir():
			return nil, fmt.Errorf("%s is a file: name the folder of the English releases in the setting content, or give the file's name after the command", paths[0])
		}
	}
	var found []source
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			found = append(found, l.walk(path)...)
			continue
		}
		s := source{path: path, key: l.key(path)}
		if !elsewhere(s.key) {
			if s.root, s.name = l.root(l.p.cfg.Content), filepath.FromSlash(s.key); s.root == nil {
				continue
			}
		}
		found = l.add(found, s)
	}
	slices.SortFunc(found, func(a, b source) int { return strings.Compare(a.key, b.key) })
	return slices.CompactFunc(found, func(a, b source) bool { return a.key == b.key }), nil
}

// walk lists the files below a folder. Links that lead out of it are not
// followed: who may put files there may not have others read.
func (l *loader) walk(dir string) (found []source) {
	root := l.root(dir)
	if root == nil {
		return nil
	}
	_ = fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		file := filepath.Join(dir, filepath.FromSlash(name))
		switch {
		case d != nil && name != "." && d.IsDir() && strings.HasPrefix(d.Name(), "."):
			return filepath.SkipDir
		case d != nil && !d.IsDir() && !isSource(d.Name()):
			return nil
		case d != nil && name != "." && d.IsDir() && !l.named(name, file):
			return filepath.SkipDir
		case err != nil:
			l.unreadable(l.key(file), err)
			return nil
		case d.IsDir():
			return nil
		}
		found = l.add(found, source{path: file, root: root, name: filepath.FromSlash(name), key: l.key(file)})
		return nil
	})
	return found
}

// root opens a folder that stays open until close; nil where that cannot be.
func (l *loader) root(dir string) *os.Root {
	if l.roots[dir] == nil {
		root, err := os.OpenRoot(dir)
		if err != nil {
			l.unreadable(l.key(dir), err)
			return nil
		}
		l.roots[dir] = root
	}
	return l.roots[dir]
}

// add adds a file to those found, if it is one that can be read.
func (l *loader) add(found []source, s source) []source {
	if !l.named(s.key, s.path) {
		return found
	}
	var err error
	if s.info, err = s.stat(); err != nil {
		l.unreadable(s.key, err)
	} else if s.info.Mode().IsRegular() {
		return append(found, s)
	}
	return found
}

// unreadable notes a file or folder that is there, or may be, but cannot be
// looked into: what was read of it before is not taken for gone.
func (l *loader) unreadable(key string, err error) {
	l.unread = append(l.unread, key)
	why := "check its permissions"
	link := ""
	if info, lerr := os.Lstat(l.file(key)); lerr == nil && info.Mode()&fs.ModeSymlink != 0 {
		why = "the link must lead to a file, and not out of the folder"
		link = "link "
	} else if errors.Is(lerr, fs.ErrNotExist) {
		why = "check its name"
	}
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		err = pathErr.Err // without the name, which is told already
	}
	l.report.Problems = append(l.report.Problems, fmt.Errorf("%s%s: cannot read: %w: %s", link, l.file(key), err, why))
}

// named reports whether a name is text, and notes a problem where it is not.
func (l *loader) named(key, file string) bool {
	if utf8.ValidString(key) && !strings.ContainsFunc(key, unicode.IsControl) {
		return true
	}
	l.report.Problems = append(l.report.Problems, fmt.Errorf("%q: the name holds bytes that are not text: rename the file", file))
	return false
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

// elsewhere reports whether a key is that of a file outside the content folder.
func elsewhere(key string) bool {
	return path.IsAbs(key) || filepath.IsAbs(filepath.FromSlash(key))
}

// missing works out which known files of the content folder are gone.
func (l *loader) missing(found []source) {
	l.gone = map[string]edition.File{}
	for key, f := range l.known {
		if !elsewhere(key) && !slices.ContainsFunc(l.unread, func(u string) bool { return u == "." || u == key || strings.HasPrefix(key, u+"/") }) {
			l.gone[key] = f
		}
	}
	for _, f := range found {
		delete(l.gone, f.key)
	}
}

// isGone reports whether a known file is not there any more.
func (l *loader) isGone(key string) bool {
	if _, known := l.known[key]; !known {
		return false
	}
	if l.gone != nil && !elsewhere(key) {
		_, gone := l.gone[key]
		return gone
	}
	_, err := os.Lstat(l.file(key))
	return errors.Is(err, fs.ErrNotExist)
}

// file is where the file of a key is.
func (l *loader) file(key string) string {
	if elsewhere(key) {
		return filepath.FromSlash(key)
	}
	return filepath.Join(l.p.cfg.Content, filepath.FromSlash(key))
}

// close lets go of the folders.
func (l *loader) close() {
	for _, r := range l.roots {
		r.Close()
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

// read reads a file whole and cuts it into releases. A file that changes
// meanwhile is read again, up to three times.
func (l *loader) read(f source) (read, error) {
	r := read{source: f}
	for range 3 {
		if f.info.Size() > content.DefaultMaxBytes {
			r.file = edition.File{Path: f.key, Size: f.info.Size(), Modified: f.info.ModTime().UnixMicro()}
			return r, fmt.Errorf("%s: the file has %d MB and a release may have %d at most: split it, or take out what is not text", f.path, f.info.Size()>>20, content.DefaultMaxBytes>>20)
		}
		data, err := f.bytes()
		if err != nil {
			return r, fmt.Errorf("cannot read: %w: check that the file is there and may be read", err)
		}
		after, err := f.stat()
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
