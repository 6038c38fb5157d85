// Package apertium translates with Apertium, a program that runs on this
// machine: no text leaves the house, nothing is paid, and the quality is enough
// to get the gist. Each language pair is one process that is started when it is
// first needed and kept warm. On Debian the pairs are packages: `apt-get install
// apertium apertium-eng-spa`.
//
//	e, err := engine.New(engine.Settings{Kind: "apertium"})
package apertium

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/language"

	"dragoman/internal/edition"
	"dragoman/internal/engine"
	"dragoman/internal/engine/transport"
)

// limits are none of Apertium's: they bound how long one call can take, at a
// few milliseconds for a sentence.
var limits = engine.Limits{Items: 200, CodePoints: 20_000, Recommended: 5_000, Concurrency: 2}

// modeFolders are where packages put the files that describe a pair's pipeline.
var modeFolders = []string{"/usr/share/apertium/modes", "/usr/local/share/apertium/modes"}

// packages is what to install, for messages.
const packages = "apertium and one package for each pair, such as apertium-eng-spa or apertium-eng-cat"

// pair is a source and a target, BCP 47.
type pair struct{ source, target string }

// Engine runs the installed pairs.
type Engine struct {
	name string
	// script gives the shell's pipeline that a mode file stands for.
	script func(ctx context.Context, modeFile string) (string, error)
	modes  map[pair]string // mode file
	pairs  [][2]string

	mu      sync.Mutex // guards running
	running map[pair]*worker
}

// New makes the engine that s describes. Endpoint may name another folder of
// mode files; nothing else of the settings counts. A machine without Apertium
// is no error before something is to be translated.
func New(s engine.Settings) (engine.Engine, error) {
	if s.Name == "" {
		s.Name = "apertium"
	}
	folders := modeFolders
	if s.Endpoint != "" {
		folders = []string{s.Endpoint}
	}
	switch {
	case s.APIKey != "" || s.CredentialsFile != "":
		return nil, &engine.Error{
			Engine: s.Name, Kind: engine.Permanent, What: "Apertium takes no credentials",
			Remedy: "take the engine's credentials or api_key out of the configuration",
		}
	case s.Endpoint != "" && !filepath.IsAbs(s.Endpoint):
		return nil, &engine.Error{
			Engine: s.Name, Kind: engine.Permanent, What: fmt.Sprintf("its endpoint %q is not the path of a folder", s.Endpoint),
			Remedy: "leave it out, or name the folder with Apertium's mode files",
		}
	}
	return newEngine(s.Name, discover(folders), pipeline), nil
}

func newEngine(name string, modes map[pair]string, script func(context.Context, string) (string, error)) *Engine {
	e := &Engine{name: name, script: script, modes: modes, running: map[pair]*worker{}}
	for p := range modes {
		e.pairs = append(e.pairs, [2]string{p.source, p.target})
	}
	slices.SortFunc(e.pairs, func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
	return e
}

// modeName is how a pair's file is called: eng-spa.mode, eng-cat_valencia.mode.
var modeName = regexp.MustCompile(`^([a-z]{2,3})-([a-z]{2,3})(?:_(valencia|[A-Z]{2}))?\.mode$`)

// discover finds the pairs whose mode files are installed; the first folder
// that has a pair counts.
func discover(folders []string) map[pair]string {
	modes := map[pair]string{}
	for _, folder := range folders {
		files, _ := os.ReadDir(folder) // a folder that is not there has no pairs
		for _, f := range files {
			m := modeName.FindStringSubmatch(f.Name())
			if m == nil {
				continue
			}
			p := pair{tag(m[1]), tag(m[2])}
			if m[3] != "" {
				p.target += "-" + m[3]
			}
			if _, had := modes[p]; !had && p.source != "" && p.target != "" {
				modes[p] = filepath.Join(folder, f.Name())
			}
		}
	}
	return modes
}

// tag gives the BCP 47 tag of an ISO 639-3 code: "eng" is "en".
func tag(code string) string {
	base, err := language.ParseBase(code)
	if err != nil {
		return ""
	}
	return base.String()
}

// pipeline asks Apertium for the pipeline of a mode in the form that flushes at
// every NUL. `apertium -z` itself does not answer before its input ends.
func pipeline(ctx context.Context, modeFile string) (string, error) {
	out, err := exec.CommandContext(ctx, "apertium-wblank-mode", "-z", modeFile).Output()
	return strings.TrimSpace(string(out)), err
}

// Name is the engine's name.
func (e *Engine) Name() string { return e.name }

// Info says what the engine is.
func (e *Engine) Info() engine.Info {
	return engine.Info{
		Local: true, Publishable: true, Limits: limits,
		Languages: engine.Languages{Pairs: slices.Clone(e.pairs)},
	}
}

// Close ends the processes. The engine can be used again, which starts them.
func (e *Engine) Close() error {
	e.mu.Lock()
	running := e.running
	e.running = map[pair]*worker{}
	e.mu.Unlock()
	for _, w := range running {
		w.close()
	}
	return nil
}

// Check starts every pair that is installed.
func (e *Engine) Check(ctx context.Context) error {
	if len(e.modes) == 0 {
		return e.notInstalled()
	}
	for _, p := range e.pairs {
		w, err := e.worker(pair{p[0], p[1]})
		if err != nil {
			return err
		}
		if _, err := w.ask(ctx, "1"); err != nil {
			return e.classify(ctx, pair{p[0], p[1]}, err)
		}
	}
	return nil
}

// Measure gives the sizes of the segments with the words that stand for codes.
func (e *Engine) Measure(r engine.Request) []engine.Size {
	sizes := make([]engine.Size, len(r.Segments))
	for i, s := range r.Segments {
		sizes[i] = engine.SizeOf(s.Text)
		if text, _, err := write(s.Text); err == nil {
			sizes[i] = engine.SizeOf(text)
		}
	}
	return sizes
}

// Translate writes the segments to the pair's process one after the other. What
// concerns a single segment is in its reply; a process that ends or does not
// answer is an error of the call, and is started again at the next.
func (e *Engine) Translate(ctx context.Context, r engine.Request) ([]engine.Reply, error) {
	p, err := e.find(r.Source, r.Target)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, e.classify(ctx, p, err)
	}
	w, err := e.worker(p)
	if err != nil {
		return nil, err
	}
	replies := make([]engine.Reply, len(r.Segments))
	for i, s := range r.Segments {
		if s.Blank() {
			replies[i].Text = s.Text
			continue
		}
		if replies[i], err = e.translate(ctx, w, s); err != nil {
			return nil, e.classify(ctx, p, err)
		}
	}
	return replies, nil
}

// translate asks for one segment. An error is the process's.
func (e *Engine) translate(ctx context.Context, w *worker, s engine.Segment) (engine.Reply, error) {
	text, read, err := write(s.Text)
	if err != nil {
		return engine.Reply{Err: engine.Unreadable(e.name, err)}, nil
	}
	if size := engine.SizeOf(text); size.CodePoints > limits.CodePoints {
		return engine.Reply{Err: engine.TooLong(e.name, size, limits)}, nil
	}
	raw, err := w.ask(ctx, text)
	if err != nil {
		return engine.Reply{}, err
	}
	target, err := read(raw)
	if err != nil {
		return engine.Reply{Raw: raw, Err: engine.Unreadable(e.name, err)}, nil
	}
	return engine.Reply{Text: target, Raw: raw}, nil
}

// write gives the words to send for coded text and what reads the reply. Codes
// and addresses, whose words would be translated, go as words of letters.
func write(coded string) (text string, read func(string) (string, error), err error) {
	shielded, addresses := shield(coded)
	letters, err := transport.NewLetters(shielded)
	if err != nil {
		return "", nil, err
	}
	return letters.Text(), func(reply string) (string, error) {
		target, err := letters.From(settleQuotes(coded, reply))
		if err != nil {
			return "", err
		}
		return addresses.Replace(target), nil
	}, nil
}

// find gives the pair that serves source and target: as they stand, or by
// their languages.
func (e *Engine) find(source, target string) (pair, error) {
	if len(e.modes) == 0 {
		return pair{}, e.notInstalled()
	}
	for _, s := range []string{source, baseOf(source)} {
		for _, t := range []string{target, baseOf(target)} {
			if p := (pair{s, t}); e.modes[p] != "" {
				return p, nil
			}
		}
	}
	err := engine.NoLanguage(e.name, source, target)
	err.Remedy = "install the pair's package (Debian: " + packages + "), or name another engine for this locale"
	return pair{}, err
}

func baseOf(tag string) string {
	base, _, _ := strings.Cut(tag, "-")
	return base
}

// worker gives the pair's process, which its first question starts.
func (e *Engine) worker(p pair) (*worker, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if w, ok := e.running[p]; ok {
		return w, nil
	}
	if _, err := exec.LookPath("bash"); err != nil {
		return nil, &engine.Error{
			Engine: e.name, Kind: engine.Permanent, Err: err,
			What: "Apertium's pipelines need bash, which is not there", Remedy: "install bash", Trouble: edition.Trouble{Reason: edition.TroubleInstall, See: "bash"},
		}
	}
	w := newWorker(func(ctx context.Context) (string, error) { return e.script(ctx, e.modes[p]) })
	e.running[p] = w
	return w, nil
}

func (e *Engine) notInstalled() error {
	return &engine.Error{
		Engine: e.name, Kind: engine.Unsupported, What: "no language pair of Apertium is installed on this machine",
		Remedy: "install the Debian packages " + packages, Trouble: edition.Trouble{Reason: edition.TroubleInstall, See: packages},
	}
}

// classify decides what a failure of the pair's process means.
func (e *Engine) classify(ctx context.Context, p pair, err error) error {
	named := fmt.Sprintf("Apertium for %s to %s", p.source, p.target)
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return fmt.Errorf("engine %s: %w", e.name, ctx.Err())
	case errors.Is(err, context.DeadlineExceeded):
		return &engine.Error{
			Engine: e.name, Kind: engine.Retryable, MayBeBilled: true, Err: err,
			What: named + " did not answer in time", Remedy: "it is started again; give the engine a longer timeout if this stays",
			Trouble: edition.Trouble{Reason: edition.TroubleLate, Where: "Apertium", See: "timeout"},
		}
	case errors.Is(err, exec.ErrNotFound):
		return &engine.Error{
			Engine: e.name, Kind: engine.Unsupported, Err: err,
			What: "a program of Apertium is not installed", Remedy: "install the Debian packages " + packages,
			Trouble: edition.Trouble{Reason: edition.TroubleInstall, See: packages},
		}
	case errors.Is(err, errFlood):
		return engine.BrokenReply(e.name, []engine.Violation{{Rule: engine.RuleSize, Detail: err.Error()}})
	}
	return &engine.Error{
		Engine: e.name, Kind: engine.Retryable, Err: err,
		What: named + " ended before it answered", Remedy: "it is started again; install the pair's packages anew if this stays",
		Trouble: edition.Trouble{Reason: edition.TroubleFault, Where: "Apertium"},
	}
}
