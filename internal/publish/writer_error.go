package publish

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
	"syscall"
)

// Error says to a person which file could not be written, why, and what to do
// about it. None of them goes away by trying again at once.
type Error struct {
	Path   string // of the file or directory, as the operating system has it
	What   string // a sentence without its stop
	Remedy string // a sentence without its stop
	Err    error  // the cause
}

// Error gives "path: what. Remedy. (cause)".
func (e *Error) Error() string {
	return fmt.Sprintf("%s: %s. %s. (%v)", e.Path, e.What, e.Remedy, e.Err)
}

// Unwrap gives the cause, so that errors.Is(err, fs.ErrPermission) and the
// like hold.
func (e *Error) Unwrap() error { return e.Err }

var (
	errOutside  = errors.New("the path leads out of the output directory")
	errNotFile  = errors.New("not a plain file")
	errTempGone = errors.New("the temporary file was removed while it was being written")
)

// checkName holds a name to the form that Write takes.
func checkName(name string) error {
	if !fs.ValidPath(name) || name == "." || !filepath.IsLocal(filepath.FromSlash(name)) || strings.ContainsRune(name, '\\') {
		return errOutside
	}
	return nil
}

// explain makes an error of a file below the directory one for people.
func (w *Writer) explain(op, name string, err error) error {
	full := filepath.Join(w.dir, filepath.FromSlash(name))
	if errors.Is(err, errOutside) {
		// Shown as it was given: joined, its dots would be gone.
		full = name
	}
	if link := w.link(name); link != "" && !errors.Is(err, errOutside) {
		return &Error{
			Path:   full,
			What:   fmt.Sprintf("%s is a symbolic link, and links are not followed out of %s", link, w.dir),
			Remedy: "Remove the link, or choose as output directory the place it leads to",
			Err:    err,
		}
	}
	return explain(op, full, err)
}

// link returns the first part of the path that is a symbolic link, or "".
func (w *Writer) link(name string) string {
	root, err := w.hold()
	if err != nil || checkName(name) != nil {
		return ""
	}
	parts := strings.Split(name, "/")
	for i := range parts {
		part := path.Join(parts[:i+1]...)
		info, err := root.Lstat(part)
		if err != nil {
			return ""
		}
		if info.Mode()&fs.ModeSymlink != 0 {
			return filepath.Join(w.dir, filepath.FromSlash(part))
		}
	}
	return ""
}

// reasons are what the system says, in words; the first that holds counts.
var reasons = []struct {
	is           []error
	what, remedy string
}{
	{
		[]error{errOutside},
		"the path leads out of the output directory",
		"Give the release a slug of letters, digits and hyphens",
	},
	{
		[]error{errNotFile, syscall.EISDIR, syscall.ENOTDIR},
		"something that is not a plain file stands in the way",
		"Move it out of the output directory, which belongs to the published files",
	},
	{
		[]error{syscall.EROFS},
		"the file system is mounted read-only",
		"Mount it for writing, or choose another output directory",
	},
	{
		[]error{fs.ErrPermission},
		"the directory does not let this user write",
		"Give the user that runs dragoman the right to write there, or choose another output directory",
	},
	{
		fullDisk,
		"the disk is full, or the user's share of it",
		"Free some space and publish again; what was public before is still there, unchanged",
	},
	{
		[]error{syscall.ENAMETOOLONG},
		"the file's name is too long for the file system",
		"Give the release a shorter slug",
	},
}

// explain makes an error of the system one for people. op is what was being
// done: "open", "write", "remove", "clean".
func explain(op, full string, err error) error {
	for _, r := range reasons {
		for _, is := range r.is {
			if errors.Is(err, is) {
				return &Error{Path: full, What: "cannot " + op + ": " + r.what, Remedy: r.remedy, Err: err}
			}
		}
	}
	return &Error{
		Path: full, What: "cannot " + op, Err: err,
		Remedy: "Look at what the system says, put it right and publish again",
	}
}
