package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"

	"dragoman/internal/edition"
)

const (
	// quiet is how long a file must have been left alone before it is read.
	quiet = 250 * time.Millisecond
	// patience is how long something in the folder may go on changing until
	// everything else is read all the same.
	patience = 2 * time.Second
	// rescan is how often everything is looked at all the same: some file
	// systems tell nothing.
	rescan = time.Minute
)

// Watch loads releases as they appear or change below the content folder,
// until ctx ends. It begins with a look at everything, so that nothing is
// missed that was saved before, and takes what is saved meanwhile first. tell
// gets what each look found, the look at everything among them.
func (p *Pipeline) Watch(ctx context.Context, tell func(LoadReport, error)) error {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watch %s: %w", p.cfg.Content, err)
	}
	defer w.Close()
	p.watchTree(w, p.cfg.Content)
	all := p.lookAtAll(ctx)
	changed := map[string]bool{}
	var first time.Time // of the changes
	settled := time.NewTimer(time.Hour)
	settled.Stop()
	note := func(name string) {
		if len(changed) == 0 {
			first = time.Now()
		}
		changed[name] = true
		if time.Since(first) < patience {
			settled.Reset(quiet)
		}
	}
	regularly := time.NewTicker(rescan)
	defer regularly.Stop()
	for {
		select {
		case <-ctx.Done():
			if all != nil {
				<-all
			}
			return nil
		case look := <-all:
			tell(look())
			all = nil
		case ev := <-w.Events:
			note(ev.Name)
		case err := <-w.Errors: // events were lost: look at everything
			p.log.Warn("watching", "error", err)
			note(p.cfg.Content)
		case <-settled.C:
			p.look(ctx, w, changed, tell)
			changed = map[string]bool{}
		case <-regularly.C:
			if all == nil {
				p.watchTree(w, p.cfg.Content)
				all = p.lookAtAll(ctx)
			}
		}
	}
}

// lookAtAll looks at everything in the background and gives what it found.
func (p *Pipeline) lookAtAll(ctx context.Context) <-chan func() (LoadReport, error) {
	done := make(chan func() (LoadReport, error), 1)
	go func() {
		r, err := p.Load(ctx, nil, edition.Today, nil)
		done <- func() (LoadReport, error) { return r, err }
	}()
	return done
}

// look loads the files that changed; where one is gone, or a folder came,
// everything is looked at.
func (p *Pipeline) look(ctx context.Context, w *fsnotify.Watcher, changed map[string]bool, tell func(LoadReport, error)) {
	var files []string
	all := false
	for name := range changed {
		info, err := os.Stat(name)
		switch {
		case errors.Is(err, fs.ErrNotExist) && isSource(filepath.Base(name)):
			all = true
		case err == nil && info.IsDir():
			p.watchTree(w, name)
			all = true
		case err == nil && isSource(filepath.Base(name)):
			files = append(files, name)
		}
	}
	if all {
		files = nil
	}
	if all || len(files) > 0 {
		tell(p.Load(ctx, files, edition.Today, nil))
	}
}

// watchTree watches a folder and those below it. What cannot be watched is
// looked at regularly all the same.
func (p *Pipeline) watchTree(w *fsnotify.Watcher, root string) {
	// With the separator a link to a folder is followed.
	_ = filepath.WalkDir(root+string(filepath.Separator), func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && strings.HasPrefix(d.Name(), ".") && filepath.Clean(path) != filepath.Clean(root) {
			return filepath.SkipDir // nothing is read of it either
		}
		if err == nil && d.IsDir() {
			err = w.Add(path)
		}
		if err != nil {
			p.log.Warn("watching", "folder", path, "error", err)
		}
		return nil
	})
}
