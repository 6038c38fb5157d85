package publish

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// The test binary runs itself as a process that gets killed while it writes,
// and as a user who may not write.
func TestMain(m *testing.M) {
	switch os.Getenv("PUBLISH_TEST_AS") {
	case "killed":
		dieWhileWriting(os.Getenv("PUBLISH_TEST_DIR"))
	case "stranger":
		w, err := Open(os.Getenv("PUBLISH_TEST_DIR"))
		if err == nil {
			_, err = w.Write("ar/x.html", []byte("new"))
		}
		fmt.Print(err)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func dieWhileWriting(dir string) {
	w, err := Open(dir)
	if err != nil {
		panic(err)
	}
	w.fault = func(step, _ string) error {
		if step == "rename" {
			p, _ := os.FindProcess(os.Getpid())
			p.Kill()
			select {}
		}
		return nil
	}
	w.Write("ar/x.html", []byte("new text"))
}

// again runs the test binary in another role and gives its output. change may
// change the command before it runs.
func again(t *testing.T, role, dir string, change func(*exec.Cmd)) string {
	t.Helper()
	// Through /proc the file can be run where its folder cannot be entered.
	exe := "/proc/self/exe"
	if _, err := os.Stat(exe); err != nil {
		exe = os.Args[0]
	}
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), "PUBLISH_TEST_AS="+role, "PUBLISH_TEST_DIR="+dir)
	cmd.Dir = "/"
	if change != nil {
		change(cmd)
	}
	out, _ := cmd.CombinedOutput() // a killed process is an error, too
	return string(out)
}

func open(t *testing.T) (*Writer, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "public")
	w, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w, dir
}

func write(t *testing.T, w *Writer, name, text string) bool {
	t.Helper()
	changed, err := w.Write(name, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// files lists all files below dir, temporary ones too.
func files(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(dir, p)
			names = append(names, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestWriteTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	w, dir := open(t)
	if !write(t, w, "ar/x.html", "text") {
		t.Error("a new file is no change")
	}
	file := filepath.Join(dir, "ar", "x.html")
	old := time.Now().Add(-time.Hour).Truncate(time.Second)
	if err := os.Chtimes(file, old, old); err != nil {
		t.Fatal(err)
	}
	if write(t, w, "ar/x.html", "text") {
		t.Error("the same text is a change")
	}
	if info, _ := os.Stat(file); !info.ModTime().Equal(old) {
		t.Errorf("the unchanged file was touched: %v", info.ModTime())
	}
	if !write(t, w, "ar/x.html", "tex2") || read(t, dir, "ar/x.html") != "tex2" {
		t.Error("another text of the same length was not written")
	}
	if got := files(t, dir); len(got) != 1 {
		t.Errorf("files: %v", got)
	}
}

func TestWriteAllCountsChanges(t *testing.T) {
	t.Parallel()
	w, _ := open(t)
	all := []File{{"ar/a.html", []byte("a")}, {"fr/a.html", []byte("b")}, {"index.html", nil}}
	for _, want := range []int{3, 0} {
		n, err := w.WriteAll(all)
		if err != nil || n != want {
			t.Errorf("%d changed, not %d; %v", n, want, err)
		}
	}
}

func TestRemove(t *testing.T) {
	t.Parallel()
	w, dir := open(t)
	write(t, w, "ar/x.html", "text")
	for range 2 {
		if err := w.Remove("ar/x.html"); err != nil {
			t.Fatal(err)
		}
	}
	if got := files(t, dir); len(got) != 0 {
		t.Errorf("files: %v", got)
	}
	if err := w.Remove("ar"); err == nil {
		t.Error("a folder was removed")
	}
	if err := w.Remove("../x"); err == nil {
		t.Error("a path outside was taken")
	}
}

// A process killed between writing and renaming leaves the old file, and the
// next one tidies up.
func TestKilledWhileWriting(t *testing.T) {
	t.Parallel()
	w, dir := open(t)
	write(t, w, "ar/x.html", "old text")
	again(t, "killed", dir, nil)
	if got := read(t, dir, "ar/x.html"); got != "old text" {
		t.Errorf("after the kill the file holds %q", got)
	}
	left := files(t, dir)
	if len(left) != 2 || !leftover(filepath.Base(left[0])) {
		t.Fatalf("the process was not killed on its way: %v", left)
	}
	next, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	write(t, next, "ar/x.html", "new text")
	if got := files(t, dir); len(got) != 1 || read(t, dir, "ar/x.html") != "new text" {
		t.Errorf("after the next run: %v", got)
	}
}

func TestClean(t *testing.T) {
	t.Parallel()
	w, dir := open(t)
	write(t, w, "ar/x.html", "text")
	for _, name := range []string{".dragoman-A.tmp", "ar/.dragoman-B.tmp"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := w.Clean(); n != 2 || err != nil {
		t.Errorf("removed %d, %v", n, err)
	}
	if got := files(t, dir); len(got) != 1 {
		t.Errorf("files: %v", got)
	}
}

// Whatever fails at whatever step, the old file stands and nothing else is
// left.
func TestFailuresLeaveTheOldFile(t *testing.T) {
	t.Parallel()
	full := fullDisk[0]
	tests := []struct {
		step string
		err  error
		says []string
	}{
		{"create", syscall.EROFS, []string{"read-only", "another output directory"}},
		{"create", fs.ErrPermission, []string{"does not let this user write", "right to write"}},
		{"write", full, []string{"disk is full", "Free some space"}},
		{"sync", full, []string{"disk is full"}},
		{"rename", syscall.EIO, []string{"cannot write", "Look at what the system says"}},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%s %v", tt.step, tt.err), func(t *testing.T) {
			t.Parallel()
			w, dir := open(t)
			write(t, w, "ar/x.html", "old")
			w.fault = func(step, _ string) error {
				if step == tt.step {
					return tt.err
				}
				return nil
			}
			changed, err := w.Write("ar/x.html", []byte("new"))
			if changed || !errors.Is(err, tt.err) {
				t.Fatalf("changed %v, error %v", changed, err)
			}
			var e *Error
			if !errors.As(err, &e) || e.Path != filepath.Join(dir, "ar", "x.html") {
				t.Errorf("the error does not name the file: %#v", err)
			}
			for _, s := range tt.says {
				if !strings.Contains(err.Error(), s) {
					t.Errorf("%q does not say %q", err, s)
				}
			}
			if got := files(t, dir); len(got) != 1 || read(t, dir, "ar/x.html") != "old" {
				t.Errorf("files: %v", got)
			}
		})
	}
}

// The first files of a run that fails later are whole.
func TestWriteAllStopsAtTheFirstFailure(t *testing.T) {
	t.Parallel()
	w, dir := open(t)
	w.fault = func(step, name string) error {
		if name == "b" {
			return fullDisk[0]
		}
		return nil
	}
	n, err := w.WriteAll([]File{{"a", []byte("1")}, {"b", []byte("2")}, {"c", []byte("3")}})
	if n != 1 || err == nil {
		t.Errorf("%d changed, %v", n, err)
	}
	if got := files(t, dir); len(got) != 1 || got[0] != "a" {
		t.Errorf("files: %v", got)
	}
}

func TestPathsThatLeave(t *testing.T) {
	t.Parallel()
	w, dir := open(t)
	for _, name := range []string{
		"../x", "ar/../../x", "/etc/x", "", ".", "..", "ar/", "ar//x", "./x", `ar\..\..\x`, "ar/..",
	} {
		_, err := w.Write(name, []byte("x"))
		if !errors.Is(err, errOutside) {
			t.Errorf("%q: %v", name, err)
		} else if !strings.Contains(err.Error(), "leads out of the output directory") {
			t.Errorf("%q: %v", name, err)
		}
	}
	if got := files(t, filepath.Dir(dir)); len(got) != 0 {
		t.Errorf("files: %v", got)
	}
}

func TestSymbolicLinks(t *testing.T) {
	t.Parallel()
	w, dir := open(t)
	outside := t.TempDir()
	victim := filepath.Join(outside, "victim.html")
	if err := os.WriteFile(victim, []byte("untouched"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "ar")); err != nil {
		t.Skip(err)
	}
	if err := os.Symlink(victim, filepath.Join(dir, "index.html")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"ar/victim.html", "ar/new.html", "index.html"} {
		_, err := w.Write(name, []byte("x"))
		if err == nil || !strings.Contains(err.Error(), "symbolic link") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := w.Remove("ar/victim.html"); err == nil {
		t.Error("a file outside was removed")
	}
	if got := files(t, outside); len(got) != 1 || read(t, outside, "victim.html") != "untouched" {
		t.Errorf("outside: %v", got)
	}
}

func TestSomethingInTheWay(t *testing.T) {
	t.Parallel()
	w, dir := open(t)
	if err := os.MkdirAll(filepath.Join(dir, "ar", "x.html"), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, w, "fr", "a file")
	for _, name := range []string{"ar/x.html", "fr/x.html"} {
		_, err := w.Write(name, []byte("x"))
		if err == nil || !strings.Contains(err.Error(), "stands in the way") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Open(filepath.Join(dir, "fr")); err == nil || !strings.Contains(err.Error(), "stands in the way") {
		t.Errorf("opening a file: %v", err)
	}
}

// People delete directories of generated files while the program runs.
func TestDirectoryDeletedMeanwhile(t *testing.T) {
	t.Parallel()
	w, dir := open(t)
	write(t, w, "ar/x.html", "text")
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if !write(t, w, "ar/x.html", "text") || read(t, dir, "ar/x.html") != "text" {
		t.Error("the file was not written again")
	}
}

// Several writers at once, as of several processes: each file is one that
// somebody wrote, and nothing else is left.
func TestWritersAtOnce(t *testing.T) {
	t.Parallel()
	_, dir := open(t)
	var group sync.WaitGroup
	for i := range 4 {
		group.Go(func() {
			w, err := Open(dir)
			if err != nil {
				t.Error(err)
				return
			}
			defer w.Close()
			for n := range 20 {
				name := fmt.Sprintf("ar/%d.html", n%3)
				if _, err := w.Write(name, []byte(strings.Repeat(fmt.Sprint(i), 5000))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	got := files(t, dir)
	if len(got) != 3 {
		t.Errorf("files: %v", got)
	}
	for _, name := range got {
		text := read(t, dir, name)
		if text != strings.Repeat(text[:1], 5000) {
			t.Errorf("%s is a mixture", name)
		}
	}
}
