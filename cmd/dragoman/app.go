package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	starter "dragoman/content/memory"
	"dragoman/glossary"
	"dragoman/glossary/terms"
	"dragoman/internal/config"
	"dragoman/internal/edition"
	_ "dragoman/internal/engine/all" // every engine registers itself
	"dragoman/internal/interchange"
	"dragoman/internal/publish"
	"dragoman/internal/store"
	"dragoman/pipeline"
)

// app is an open Dragoman: settings, database and pipeline.
type app struct {
	*globals
	cfg   *config.Loaded
	store *store.Store
	pipe  *pipeline.Pipeline
	// journal books the calls to engines, nil where there is no database.
	journal *pipeline.Ledger
	log     *slog.Logger
	// difference says how the glossary files differ from the database, "" if
	// they do not.
	difference string
	made       bool            // the database was set up just now
	told       map[string]bool // problems of the last look at everything
	full       atomic.Pointer[fullDisk]
	settling   atomic.Bool // a command waits for what it began, and tells what went wrong
}

// open reads the settings, opens the database, sets it up if it is fresh, and
// loads glossary and memory.
func (g *globals) open(ctx context.Context) (*app, error) {
	cfg, err := g.settings()
	if err != nil {
		return nil, usageError{err}
	}
	level := new(slog.LevelVar)
	level.Set(slog.LevelError) // what is told with a reference has to be found by it
	a := &app{globals: g, cfg: cfg, log: slog.New(slog.NewTextHandler(g.stderr, &slog.HandlerOptions{Level: level}))}
	var queue *slog.Logger // it repeats what the pipeline tells of steps that fail
	if name := os.Getenv("DRAGOMAN_LOG"); name != "" {
		if err := level.UnmarshalText([]byte(name)); err != nil {
			return nil, usagef("DRAGOMAN_LOG=%s: not a level: debug, info, warn or error", name)
		}
		queue = a.log.With("part", "queue")
	}
	if a.store, err = store.Open(ctx, cfg.Database, store.Options{Log: queue, Zone: cfg.Location()}); err != nil {
		return nil, err
	}
	if err := a.start(ctx); err != nil {
		return nil, errors.Join(err, a.store.Close())
	}
	return a, nil
}

func (a *app) start(ctx context.Context) error {
	concepts, from, broken := readGlossary(a.cfg.Glossary)
	if broken != nil {
		// What is in the database counts: mistakes in the files keep nobody from work.
		if v, err := a.store.GlossaryVersion(ctx); err != nil || v == 0 {
			return cmp.Or(err, broken)
		}
	}
	var err error
	bound := pipeline.Bind(a.store)
	a.made, err = pipeline.Setup(ctx, bound, a.store, pipeline.Starter{
		Concepts: concepts, GlossaryFrom: from,
		Memory: func() ([]edition.MemoryEntry, error) { return readMemory(a.cfg.Memory, a.cfg.Locales) },
	})
	if err != nil {
		return err
	}
	a.journal = pipeline.NewLedger(bound, a.budgets())
	routes, err := a.routes()
	if err != nil {
		return err
	}
	a.pipe, err = pipeline.New(ctx, bound, pipeline.Config{
		Content: a.cfg.Content, Locales: a.cfg.Locales, Routes: routes, Engines: a.engineRules(), LocalOnly: a.cfg.LocalOnly(),
		Rules:     edition.Rules{FourEyes: a.cfg.Review.FourEyes},
		Threshold: a.cfg.Recall.Threshold, Thresholds: a.cfg.Recall.ByLocale(), Penalties: a.cfg.Recall.ByOrigin(), OldPenalty: a.cfg.Recall.OldPenalty, OldYears: a.cfg.Recall.OldYears, LateMemory: a.lateMemory,
		FuzzyBeforeEngine: a.cfg.Recall.BeforeEngine,
		CorrectByHand:     a.cfg.Corrections.ByHand, CorrectionNotes: a.cfg.Corrections.Notes,
		Site:     publish.Site{Name: a.cfg.Site.Name, BaseURL: a.cfg.Site.URL, Locales: a.cfg.Locales},
		Public:   &lazyWriter{dir: a.cfg.Public},
		Location: a.cfg.Location(), Log: a.log, Sliced: a.sliced,
	})
	if err != nil {
		return err
	}
	a.difference = glossaryDifference(from, concepts, a.pipe.Glossary())
	if broken != nil {
		a.difference = fmt.Sprintf("%s has mistakes and was not read; the glossary in the database counts: see `dragoman glossary check`", from)
	}
	return nil
}

// close ends everything in order: the steps at hand first.
func (a *app) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if a.pipe != nil {
		a.pipe.Stop()
	}
	return errors.Join(a.store.Stop(ctx), a.store.Close())
}

// ownFolder reports whether there is a folder where a setting says; without one
// what is built in counts.
func ownFolder(setting, dir string) (bool, error) {
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		return false, fmt.Errorf("%s is a file: the setting %s takes the folder that it is in", dir, setting)
	}
	return err == nil, nil
}

// readGlossary reads the concepts from a folder, or the built-in ones where
// there is none.
func readGlossary(dir string) ([]glossary.Concept, string, error) {
	var files fs.FS = terms.FS()
	from := "the built-in glossary"
	if own, err := ownFolder("glossary", dir); err != nil {
		return nil, dir, err
	} else if own {
		files, from = os.DirFS(dir), dir
	}
	concepts, err := glossary.Load(files)
	if err != nil {
		return nil, from, fmt.Errorf("glossary %s: %w", from, err)
	}
	return concepts, from, nil
}

// glossaryDifference says in a sentence how files and database differ.
func glossaryDifference(from string, files []glossary.Concept, db *glossary.Glossary) string {
	g, _ := glossary.Compile(files, glossary.Options{})
	if g == nil || g.Fingerprint() == db.Fingerprint() {
		return ""
	}
	return fmt.Sprintf("%s differs from the glossary in the database, which is the one that counts: see `dragoman glossary diff`", from)
}

// readMemory reads the starter memory's pairs of the locales.
func readMemory(dir string, locales []string) ([]edition.MemoryEntry, error) {
	var files fs.FS = starter.FS()
	if own, err := ownFolder("memory", dir); err != nil {
		return nil, err
	} else if own {
		files = os.DirFS(dir)
	}
	names, err := fs.Glob(files, "*.tmx")
	if err != nil {
		return nil, err
	}
	var out []edition.MemoryEntry
	for _, name := range names {
		pairs, _, err := readTMX(files, name, "starter")
		if err != nil {
			return nil, err
		}
		out = append(out, pairs...)
	}
	return out, nil
}

// readTMX reads the pairs of one TMX file with English sources.
func readTMX(files fs.FS, name, origin string) ([]edition.MemoryEntry, interchange.Report, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, interchange.Report{}, err
	}
	defer f.Close()
	var out []edition.MemoryEntry
	report, err := interchange.ReadTMX(f, interchange.TMXOptions{Source: "en"}, func(u interchange.Unit) error {
		for _, t := range u.Targets {
			out = append(out, edition.MemoryEntry{Locale: t.Lang, Source: u.Source.Text, Target: t.Text, Origin: origin, Approver: u.Author, Created: latest(u)})
		}
		return nil
	})
	if err != nil {
		return nil, report, fmt.Errorf("memory %s: %w", name, err)
	}
	return out, report, nil
}

// latest is when a unit was last touched.
func latest(u interchange.Unit) time.Time {
	if u.Changed.After(u.Created) {
		return u.Changed
	}
	return u.Created
}

// lazyWriter opens the public folder when something is first published.
type lazyWriter struct {
	dir string
	w   *publish.Writer
}

func (l *lazyWriter) open() (err error) {
	if l.w == nil {
		l.w, err = publish.Open(l.dir)
	}
	return err
}

// WriteAll writes files below the folder.
func (l *lazyWriter) WriteAll(files []publish.File) (int, error) {
	if err := l.open(); err != nil {
		return 0, err
	}
	return l.w.WriteAll(files)
}

// Remove removes a file below the folder.
func (l *lazyWriter) Remove(name string) error {
	if err := l.open(); err != nil {
		return err
	}
	return l.w.Remove(name)
}

// Keep removes the files of a folder but for those named.
func (l *lazyWriter) Keep(dir string, names []string) error {
	if err := l.open(); err != nil {
		return err
	}
	return l.w.Keep(dir, names)
}

// person is the user that a command acts as: --as, DRAGOMAN_USER, or the
// name on this machine. Who can open the database may do everything, so an
// unknown name becomes a user with the role admin; one given with --as must
// be known.
func (a *app) person(ctx context.Context) (edition.Person, error) {
	name := cmp.Or(a.as, os.Getenv("DRAGOMAN_USER"))
	asked := name != ""
	if name == "" {
		name = "editor"
		if u, err := user.Current(); err == nil && u.Username != "" {
			name = filepath.Base(strings.ReplaceAll(u.Username, `\`, "/"))
		}
	}
	p, err := a.store.Person(ctx, name)
	switch {
	case err == nil && p.Disabled:
		return p, fmt.Errorf("user %q has been disabled", name)
	case err == nil:
		return p, nil
	case !errors.Is(err, store.ErrNotFound):
		return p, err
	case asked:
		return p, fmt.Errorf("there is no user %q: add one with `dragoman user add %s --role reviewer`", name, name)
	}
	p = edition.Person{Name: name, Role: "admin"}
	return p, a.store.InTx(ctx, func(tx *store.Tx) error { return tx.SavePerson(ctx, &p, edition.Machine) })
}
