package desk_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"dragoman/internal/store"
	"dragoman/pipeline"
)

// program is dragoman as people install it, built once for all tests.
var program struct {
	once sync.Once
	path string
	err  error
}

// buildProgram builds dragoman. TestMain takes it away.
func buildProgram() {
	dir, err := os.MkdirTemp("", "dragoman")
	if err != nil {
		program.err = err
		return
	}
	program.path = filepath.Join(dir, "dragoman")
	if out, err := exec.Command("go", "build", "-o", program.path, "dragoman/cmd/dragoman").CombinedOutput(); err != nil {
		program.err = fmt.Errorf("building dragoman: %w\n%s", err, out)
	}
}

// process is a dragoman that runs.
type process struct {
	cmd   *exec.Cmd
	ended chan struct{}
	mu    sync.Mutex
	said  strings.Builder
}

// text is what it wrote on standard error so far.
func (p *process) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said.String()
}

// live makes a house whose Dragoman is the real program: `dragoman up` in a
// folder of its own. The test reads the same database beside it.
func live(t testing.TB, o options) *house {
	t.Helper()
	browsing(t)
	program.once.Do(buildProgram)
	if program.err != nil {
		t.Fatal(program.err)
	}
	home := t.TempDir()
	h := &house{t: t, dir: filepath.Join(home, "content"), pub: filepath.Join(home, "public"), home: home, held: o.held, patience: 2 * time.Minute}
	if o.locales == nil {
		o.locales = []string{"ar", "fr"}
	}
	h.must(os.MkdirAll(filepath.Join(home, "glossary", "terms"), 0o755))
	h.must(os.MkdirAll(filepath.Join(home, "memory"), 0o755))
	h.must(os.MkdirAll(h.dir, 0o755))
	if !o.samples {
		h.must(os.WriteFile(filepath.Join(home, "glossary", "terms", "house.csv"), []byte(concepts), 0o644))
	}
	h.must(os.WriteFile(filepath.Join(home, "dragoman.yaml"), []byte(fmt.Sprintf(
		"database: %s\ncontent: %s\nglossary: glossary/terms\nmemory: memory\npublic: %s\nlocales: [%s]\nsite: {name: Syrian Coalition}\nreview: {four_eyes: %t}\n%s",
		filepath.Join(home, "d.db"), h.dir, h.pub, strings.Join(o.locales, ", "), o.rules.FourEyes, o.settings)), 0o644))
	var err error
	h.store, err = store.Open(t.Context(), filepath.Join(home, "d.db"), store.Options{})
	h.must(err)
	t.Cleanup(func() { h.must(h.store.Close()) })
	h.fill(o)
	h.up("127.0.0.1:0")
	h.pipe, err = pipeline.New(t.Context(), pipeline.Bind(h.store), pipeline.Config{
		Content: h.dir, Locales: o.locales, Rules: o.rules, Threshold: 70, FuzzyBeforeEngine: 85, Location: time.UTC,
	})
	h.must(err)
	t.Cleanup(h.pipe.Stop)
	return h
}

// up starts the program at an address and waits until it has drafted what is
// there; where an engine is down, until the desk answers, since the program
// goes on trying for a while.
func (h *house) up(listen string) {
	h.t.Helper()
	// Not the test's context: it ends before the clean-up that stops it kindly.
	p := &process{cmd: exec.CommandContext(context.Background(), program.path, "up", "--listen", listen), ended: make(chan struct{})}
	p.cmd.Dir = h.home
	p.cmd.Env = append(os.Environ(), "USER=admin", "DRAGOMAN_USER=admin", "HOME="+h.home)
	out, err := p.cmd.StderrPipe()
	h.must(err)
	h.must(p.cmd.Start())
	h.program = p
	ready := make(chan string, 1)
	go func() {
		defer close(p.ended)
		url := ""
		for lines := bufio.NewScanner(out); lines.Scan(); {
			p.mu.Lock()
			p.said.WriteString(lines.Text() + "\n")
			p.mu.Unlock()
			if _, at, ok := strings.Cut(lines.Text(), "The desk is at "); ok {
				url = at
			}
			if strings.HasPrefix(lines.Text(), "Watching ") || h.held && url != "" {
				select {
				case ready <- url:
				default:
				}
			}
		}
		_ = p.cmd.Wait() // how it ended is for the test to say
	}()
	h.t.Cleanup(func() { h.end(p) })
	select {
	case url := <-ready:
		h.server = &httptest.Server{URL: url}
	case <-p.ended:
		h.t.Fatalf("dragoman ended:\n%s", p.text())
	case <-time.After(h.patience):
		h.t.Fatalf("dragoman is not ready:\n%s", p.text())
	}
}

// end stops a program as Ctrl-C does; what it leaves undone is a fault.
func (h *house) end(p *process) {
	h.t.Helper()
	select {
	case <-p.ended:
		return
	default:
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(h.patience):
		_ = p.cmd.Process.Kill()
		h.t.Errorf("dragoman does not end:\n%s", p.text())
	}
	if h.t.Failed() {
		h.t.Logf("dragoman said:\n%s", p.text())
	}
}

// kill ends the program without a word, as a power cut does, and gives its
// address.
func (h *house) kill() string {
	h.t.Helper()
	h.must(h.program.cmd.Process.Kill())
	<-h.program.ended
	return strings.TrimPrefix(h.server.URL, "http://")
}

// task is what somebody does at the desk, in a browser, with the real
// program, in each language and on each size of window.
type task struct {
	who     string
	options options
	// before prepares the house, over the database alone.
	before func(h *house)
	do     func(b *tab)
}

// perform lets somebody do a task in English and Arabic, on a laptop and on a
// phone.
func perform(t *testing.T, k task) {
	t.Parallel()
	for _, lang := range []string{"en", "ar"} {
		for _, size := range sizes {
			t.Run(lang+" "+size.name, func(t *testing.T) {
				t.Parallel()
				h := live(t, k.options)
				if k.before != nil {
					k.before(h)
				}
				b := h.sitDown(t, k.who, lang, size.name)
				k.do(b)
			})
		}
	}
}

// sitDown opens a window of a size in which somebody has signed in, in a language.
func (h *house) sitDown(t testing.TB, who, lang, size string) *tab {
	t.Helper()
	b := h.window(t, lang, size)
	b.signIn(who)
	if lang != "en" {
		b.speak(lang)
	}
	return b
}

// beside is another person's window, like this one.
func (b *tab) beside(who string) *tab { return b.h.sitDown(b.t, who, b.lang, b.size) }
