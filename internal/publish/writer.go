package publish

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
)

// A file is first written under such a name beside its place. Whatever has
// the name and was there before this process wrote to the directory, a killed
// one left behind.
const (
	tempPrefix = ".dragoman-"
	tempSuffix = ".tmp"
)

// Writer puts files into one directory and never outside it. A file is
// written whole or not at all, and one that would not change is not touched.
// A Writer is safe for concurrent use, also beside other processes that write
// to the same directory; of two that write the same file the later one wins.
// Writing and removing can be repeated with the effect of once.
type Writer struct {
	dir string

	mu   sync.Mutex
	root *os.Root
	info os.FileInfo     // of the directory that root holds open
	tidy map[string]bool // the directories that were rid of leftovers

	// fault stands in for the system in tests: it is called before each step
	// of a write ("create", "write", "sync", "rename"), and its error is
	// taken for the system's.
	fault func(step, name string) error
}

// Open makes a Writer for the files below dir, which is created where it is
// missing. The error is an *Error.
func Open(dir string) (*Writer, error) {
	w := &Writer{dir: filepath.Clean(dir)}
	if _, err := w.hold(); err != nil {
		return nil, explain("open", w.dir, err)
	}
	return w, nil
}

// Close lets go of the directory. The Writer can still be used: the next
// write opens the directory again.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.release()
}

// Dir is the directory that the files go to.
func (w *Writer) Dir() string { return w.dir }

// Write makes data the content of the file name, a slash-separated path below
// the directory ("ar/some-slug.html"), and makes the folders it needs. It
// reports whether the file is new or changed; one that has this very content
// already keeps its time. After an error the file is what it was before. The
// error is an *Error.
func (w *Writer) Write(name string, data []byte) (changed bool, err error) {
	n, err := w.WriteAll([]File{{Path: name, Data: data}})
	return n > 0, err
}

// WriteAll writes the files in their order and stops at the first that cannot
// be written. It returns how many are new or changed. Each file is whole; the
// files together are not one step.
func (w *Writer) WriteAll(files []File) (changed int, err error) {
	var touched []string
	for _, f := range files {
		new, err := w.replace(f.Path, f.Data)
		if err != nil {
			return changed, w.explain("write", f.Path, err)
		}
		if dir := path.Dir(f.Path); new && (len(touched) == 0 || touched[len(touched)-1] != dir) {
			touched = append(touched, dir)
		}
		if new {
			changed++
		}
	}
	for _, dir := range touched {
		if err := w.syncDir(dir); err != nil {
			return changed, w.explain("write", dir, err)
		}
	}
	return changed, nil
}

// Remove deletes the file name. A file that is not there is no error.
func (w *Writer) Remove(name string) error {
	err := w.remove(name)
	if err != nil {
		return w.explain("remove", name, err)
	}
	return nil
}

func (w *Writer) remove(name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	root, err := w.hold()
	if err != nil {
		return err
	}
	info, err := root.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.IsDir() {
		return errNotFile
	}
	if err := root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return w.syncDir(path.Dir(name))
}

// Keep removes what the folder dir holds besides the files of these names, and
// the folder itself where that is all. A folder that is not there is no error.
func (w *Writer) Keep(dir string, names []string) error {
	if err := w.keep(dir, names); err != nil {
		return w.explain("remove", dir, err)
	}
	return nil
}

func (w *Writer) keep(dir string, names []string) error {
	if err := checkName(dir); err != nil {
		return err
	}
	root, err := w.hold()
	if err != nil {
		return err
	}
	there, err := fs.ReadDir(root.FS(), dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, d := range there {
		if slices.Contains(names, d.Name()) || d.IsDir() {
			continue
		}
		if err := w.remove(path.Join(dir, d.Name())); err != nil {
			return err
		}
	}
	if len(names) > 0 {
		return nil
	}
	if err := root.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return w.syncDir(path.Dir(dir))
}

// Clean removes what killed runs left anywhere below the directory, and
// returns how many files that were. Writing does the same in each folder that
// it comes to; Clean is for those that it does not.
func (w *Writer) Clean() (removed int, err error) {
	root, err := w.hold()
	if err != nil {
		return 0, explain("open", w.dir, err)
	}
	err = fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !leftover(d.Name()) {
			return err
		}
		removed++
		return root.Remove(name)
	})
	if err != nil {
		return removed, explain("clean", w.dir, err)
	}
	return removed, nil
}

// replace gives the file its content by way of a temporary one beside it.
func (w *Writer) replace(name string, data []byte) (changed bool, err error) {
	if err := checkName(name); err != nil {
		return false, err
	}
	root, err := w.hold()
	if err != nil {
		return false, err
	}
	same, err := sameContent(root, name, data)
	if err != nil || same {
		return false, err
	}
	dir := path.Dir(name)
	if err := root.MkdirAll(dir, 0o755); err != nil {
		return false, err
	}
	if err := w.sweep(root, dir); err != nil {
		return false, err
	}
	// Another process that comes to this folder for the first time may take
	// the temporary file for a leftover. Each can do so once only.
	for try := 1; ; try++ {
		temp := path.Join(dir, tempPrefix+rand.Text()+tempSuffix)
		err := w.writeTemp(root, temp, name, data)
		if err == nil {
			return true, nil
		}
		root.Remove(temp)
		if try == 4 || !errors.Is(err, errTempGone) {
			return false, err
		}
	}
}

// writeTemp writes temp, makes it durable and gives it its name.
func (w *Writer) writeTemp(root *os.Root, temp, name string, data []byte) error {
	if err := w.step("create", name); err != nil {
		return err
	}
	f, err := root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	err = w.step("write", name)
	if err == nil {
		_, err = f.Write(data)
	}
	if err == nil {
		err = w.step("sync", name)
	}
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := w.step("rename", name); err != nil {
		return err
	}
	err = root.Rename(temp, name)
	if errors.Is(err, fs.ErrNotExist) {
		return errTempGone
	}
	return err
}

func (w *Writer) step(step, name string) error {
	if w.fault == nil {
		return nil
	}
	return w.fault(step, name)
}

// sameContent reports whether the file has the content already. What is there
// and is no plain file is an error: it is not ours to replace.
func sameContent(root *os.Root, name string, data []byte) (bool, error) {
	info, err := root.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, err
	case !info.Mode().IsRegular():
		return false, errNotFile
	case info.Size() != int64(len(data)):
		return false, nil
	}
	old, err := root.ReadFile(name)
	if err != nil {
		// What cannot be read may still be replaced.
		return false, nil
	}
	return bytes.Equal(old, data), nil
}

// sweep removes the leftovers of killed runs from dir, once.
func (w *Writer) sweep(root *os.Root, dir string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.tidy[dir] {
		return nil
	}
	f, err := root.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	names, err := f.Readdirnames(-1)
	if err != nil {
		return err
	}
	for _, n := range names {
		if leftover(n) {
			root.Remove(path.Join(dir, n))
		}
	}
	w.tidy[dir] = true
	return nil
}

func leftover(name string) bool {
	return strings.HasPrefix(name, tempPrefix) && strings.HasSuffix(name, tempSuffix)
}

// hold returns the open directory, opened anew where somebody has deleted or
// replaced it meanwhile, as people do with a directory of generated files.
func (w *Writer) hold() (*os.Root, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now, err := os.Stat(w.dir)
	if err == nil && w.root != nil && os.SameFile(now, w.info) {
		return w.root, nil
	}
	if err := os.MkdirAll(w.dir, 0o755); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(w.dir)
	if err != nil {
		return nil, err
	}
	info, err := root.Stat(".")
	if err != nil {
		return nil, errors.Join(err, root.Close())
	}
	// The old one is left to the garbage collector: another goroutine may be
	// writing to it.
	w.root, w.info, w.tidy = root, info, make(map[string]bool)
	return root, nil
}

func (w *Writer) release() error {
	if w.root == nil {
		return nil
	}
	err := w.root.Close()
	w.root = nil
	return err
}

// syncDir makes the names in dir durable, where the system can.
func (w *Writer) syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	root, err := w.hold()
	if err != nil {
		return err
	}
	f, err := root.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	err = f.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		return nil // a file system without it
	}
	return err
}
