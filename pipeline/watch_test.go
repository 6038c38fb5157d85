package pipeline_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"dragoman/pipeline"
)

// watched starts to watch a house's folder and gives what was found new.
func (h *house) watched() (found chan pipeline.LoadReport) {
	found = make(chan pipeline.LoadReport, 99)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- h.pipe.Watch(ctx, func(r pipeline.LoadReport, err error) {
			if err != nil {
				h.t.Error(err)
			} else if r.New+r.Changed+len(r.Removed)+len(r.Moved)+len(r.Problems) > 0 {
				found <- r
			}
		})
	}()
	h.t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			h.t.Error(err)
		}
	})
	return found
}

// until waits for a report that f is content with.
func until(t *testing.T, what string, found chan pipeline.LoadReport, f func(pipeline.LoadReport) bool) {
	t.Helper()
	end := time.After(50 * time.Second) // well below the regular look
	for {
		select {
		case r := <-found:
			if f(r) {
				return
			}
			t.Logf("meanwhile: %+v", r)
		case <-end:
			t.Fatalf("%s was not seen", what)
		}
	}
}

func isNew(r pipeline.LoadReport) bool     { return r.New == 1 }
func isChanged(r pipeline.LoadReport) bool { return r.Changed == 1 }

func TestWatchingSeesWhatPeopleDo(t *testing.T) {
	t.Parallel()
	h := build(t, options{idle: true})
	h.write("early.md", release("early", "rain")) // before anybody watches
	found := h.watched()
	until(t, "a file that was there before", found, isNew)
	h.write("a.md", release("north", "snow"))
	until(t, "a new file", found, isNew)
	other := t.TempDir()
	if err := os.WriteFile(filepath.Join(other, "a.md.new"), []byte(release("north", "sand")), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(other, "a.md.new"), filepath.Join(h.dir, "a.md")); err != nil {
		t.Fatal(err)
	}
	until(t, "a file saved under another name", found, isChanged)
	if err := os.MkdirAll(filepath.Join(other, "feb", "deep"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(other, "feb", "deep", "b.md"), []byte(release("south", "salt")), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(other, "feb"), filepath.Join(h.dir, "feb")); err != nil {
		t.Fatal(err)
	}
	until(t, "a folder", found, isNew)
	h.write("feb/deep/b.md", release("south", "sugar"))
	until(t, "a file in a new folder", found, isChanged)
	h.rename("a.md", "c.md")
	until(t, "a renamed file", found, func(r pipeline.LoadReport) bool { return len(r.Moved) == 1 })
	h.remove("c.md")
	until(t, "a removed file", found, func(r pipeline.LoadReport) bool { return len(r.Removed) == 1 })
}

// TestWatchingBesideABusyFile: something is always written to the folder.
func TestWatchingBesideABusyFile(t *testing.T) {
	t.Parallel()
	h := build(t, options{idle: true})
	found := h.watched()
	h.write("first.md", release("first", "rain"))
	until(t, "the first file", found, isNew)
	stop, busy := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(busy)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				if err := os.WriteFile(filepath.Join(h.dir, "server.log"), []byte(time.Now().String()), 0o644); err != nil {
					t.Error(err)
					return
				}
			}
		}
	}()
	h.write("a.md", release("north", "snow"))
	until(t, "a new file", found, isNew)
	close(stop)
	<-busy
}

func TestWatchingAFolderBehindALink(t *testing.T) {
	t.Parallel()
	link := filepath.Join(t.TempDir(), "en")
	h := build(t, options{idle: true, pipeline: func(c *pipeline.Config) {
		if err := os.Symlink(c.Content, link); err != nil {
			t.Fatal(err)
		}
		c.Content = link
	}})
	found := h.watched()
	h.write("first.md", release("first", "rain"))
	until(t, "a new file", found, isNew)
	h.write("first.md", release("first", "snow"))
	until(t, "a changed file", found, isChanged)
	if there := h.slugs(); len(there) != 1 {
		t.Errorf("%v", there)
	}
}

// TestWatchingALinkOutOfTheFolder reads no more than a look at everything.
func TestWatchingALinkOutOfTheFolder(t *testing.T) {
	t.Parallel()
	h := build(t, options{idle: true})
	found := h.watched()
	h.write("first.md", release("first", "rain"))
	until(t, "a new file", found, isNew)
	secret := filepath.Join(t.TempDir(), "secret.md")
	if err := os.WriteFile(secret, []byte(release("secret", "keys")), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(secret, filepath.Join(h.dir, "out.md")); err != nil {
		t.Fatal(err)
	}
	until(t, "the link", found, func(r pipeline.LoadReport) bool { return len(r.Problems) == 1 && r.New == 0 })
}

// held is a store whose first transaction waits.
type held struct {
	pipeline.Store
	first atomic.Bool
	until chan struct{}
}

func (s *held) InTx(ctx context.Context, f func(pipeline.Tx) error) error {
	if s.first.CompareAndSwap(false, true) {
		<-s.until
	}
	return s.Store.InTx(ctx, f)
}

// TestWatchingWhileTheFirstLookTakesLong: a release of today does not wait for
// an archive that is being read.
func TestWatchingWhileTheFirstLookTakesLong(t *testing.T) {
	t.Parallel()
	h := build(t, options{idle: true})
	h.write("archive.md", release("archive", "rain"))
	s := &held{Store: pipeline.Bind(h.store), until: make(chan struct{})}
	var err error
	if h.pipe, err = pipeline.New(t.Context(), s, h.pipe.Config()); err != nil {
		t.Fatal(err)
	}
	found := h.watched()
	for !s.first.Load() { // until the look is at it
		runtime.Gosched()
	}
	h.write("a.md", release("north", "snow"))
	until(t, "a new file", found, func(r pipeline.LoadReport) bool { return !r.All && isNew(r) })
	close(s.until)
	until(t, "the archive", found, func(r pipeline.LoadReport) bool { return r.All && isNew(r) })
}
