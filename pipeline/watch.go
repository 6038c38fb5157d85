package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"

	"dragoman/internal/edition"
)

const (
	// quiet is how long a file must have been left alone before it is read.
	quiet = 250 * time.Millisecond
	// rescan is how often everything is looked at all the same: some file
	// systems tell nothing.
	rescan = time.Minute
)

// Watch loads releases as they appear or change below the content folder,
// until ctx ends. tell gets what each look found.
func (p *Pipeline) Watch(ctx context.Context, tell func(LoadReport, error)) error {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watch %s: %w", p.cfg.Content, err)
	}
	defer w.Close()
	if err := watchTree(w, p.cfg.Content); err != nil {
		return fmt.Errorf("watch %s: %w", p.cfg.Content, err)
	}
	changed := map[string]bool{}
	settled := time.NewTimer(time.Hour)
	settled.Stop()
	regularly := time.NewTicker(rescan)
	defer regularly.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case ev := <-w.Events:
			changed[ev.Name] = true
			settled.Reset(quiet)
		case err := <-w.Errors: // events were lost: look at everything
			p.log.Warn("watching", "error", err)
			changed[p.cfg.Content] = true
			settled.Reset(quiet)
		case <-settled.C:
			p.look(ctx, w, changed, tell)
			changed = map[string]bool{}
		case <-regularly.C:
			tell(p.Load(ctx, nil, edition.Today, nil))
		}
	}
}

// look loads the files that changed; where one is gone, or a folder came,
// everything is looked at.
func (p *Pipeline) look(ctx context.Context, w *fsnotify.Watcher, changed map[string]bool, tell func(LoadReport, error)) {
	var files []string
	for name := range changed {
		info, err := os.Stat(name)
		switch {
		case errors.Is(err, fs.ErrNotExist) && isSource(filepath.Base(name)):
			files = nil
		case err == nil && info.IsDir():
			if err := watchTree(w, name); err != nil {
				p.log.Warn("watching", "folder", name, "error", err)
			}
			files = nil
		case err == nil && isSource(info.Name()):
			files = append(files, name)
			continue
		default:
			continue
		}
		tell(p.Load(ctx, nil, edition.Today, nil))
		return
	}
	if len(files) > 0 {
		tell(p.Load(ctx, files, edition.Today, nil))
	}
}

// watchTree watches a folder and those below it.
func watchTree(w *fsnotify.Watcher, root string) error {
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		return w.Add(path)
	})
}
