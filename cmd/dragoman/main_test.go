package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"

	"dragoman/internal/store/storetest"
)

// asProgram makes the test program behave as dragoman itself, so that tests
// can start it, and kill it, as a process.
const asProgram = "DRAGOMAN_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	testscript.Main(tests{m}, map[string]func(){
		"dragoman": func() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// tests are the package's tests, after which the servers they started end.
type tests struct{ m *testing.M }

func (t tests) Run() int { return storetest.Main(t.m) }

// TestScripts runs the text scripts: what a person types and reads.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("DRAGOMAN_USER", "")
			e.Setenv("USER", "tester")
			e.Setenv("HOME", e.WorkDir)
			return nil
		},
	})
}

// program is dragoman as a process of its own, in a folder.
func program(t *testing.T, dir string, args ...string) *exec.Cmd {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0], args...)
	c.Dir = dir
	c.Env = append(os.Environ(), asProgram+"=1", "USER=tester")
	return c
}

// writeReleases puts n releases into dir/content/en and the settings beside.
func writeReleases(t *testing.T, dir string, n int) {
	t.Helper()
	content := filepath.Join(dir, "content", "en")
	if err := os.MkdirAll(content, 0o755); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if err := writeBenchRelease(content, i); err != nil {
			t.Fatal(err)
		}
	}
	settings := "locales: [ar, fr]\nroutes:\n  - {locale: fr, engines: [pseudo]}\n"
	if err := os.WriteFile(filepath.Join(dir, "dragoman.yaml"), []byte(settings), 0o644); err != nil {
		t.Fatal(err)
	}
}

// outcome is what `run --json` says, without the database's numbers.
func outcome(t *testing.T, dir string, args ...string) []lineJSON {
	t.Helper()
	c := program(t, dir, append([]string{"run", "--json"}, args...)...)
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); err != nil {
		t.Fatalf("run: %v\n%s", err, errs.String())
	}
	var lines []lineJSON
	for dec := json.NewDecoder(&out); dec.More(); {
		var l lineJSON
		if err := dec.Decode(&l); err != nil {
			t.Fatal(err)
		}
		l.ID = 0
		lines = append(lines, l)
	}
	return lines
}

// TestKilledAtAnyMoment kills the program again and again in the middle of
// its work; the run that is left alone gives what an undisturbed one gives.
func TestKilledAtAnyMoment(t *testing.T) {
	t.Parallel()
	const releases = 40
	calm, rough := t.TempDir(), t.TempDir()
	writeReleases(t, calm, releases)
	writeReleases(t, rough, releases)
	want := outcome(t, calm)
	if len(want) != 2*releases {
		t.Fatalf("%d editions", len(want))
	}
	killed := 0
	for wait := 30 * time.Millisecond; wait < 800*time.Millisecond; wait += wait / 3 {
		c := program(t, rough, "run")
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(wait, func() { _ = c.Process.Signal(syscall.SIGKILL) })
		var exit *exec.ExitError
		if err := c.Wait(); errors.As(err, &exit) {
			killed++
		}
		timer.Stop()
	}
	if killed < 3 {
		t.Logf("only %d runs were killed before they were done", killed)
	}
	if d := cmp.Diff(want, outcome(t, rough)); d != "" {
		t.Errorf("after %d kills (-undisturbed +killed):\n%s", killed, d)
	}
}

// TestStoppedByAPerson interrupts a run: it ends soon, and the next goes on.
func TestStoppedByAPerson(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeReleases(t, dir, 60)
	c := program(t, dir, "run")
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(300*time.Millisecond, func() { _ = c.Process.Signal(os.Interrupt) })
	_ = c.Wait() // stopped or done, both are right
	if got := outcome(t, dir); len(got) != 120 || slices.ContainsFunc(got, func(l lineJSON) bool { return l.State != "in_review" }) {
		t.Errorf("%d editions, not all in review", len(got))
	}
}

// TestRunBesideUp runs `run` while `up` has the database: it hands its work
// over and watches.
func TestRunBesideUp(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeReleases(t, dir, 5)
	up := program(t, dir, "up", "--listen", "127.0.0.1:0")
	var said lockedBuffer
	up.Stderr = &said
	if err := up.Start(); err != nil {
		t.Fatal(err)
	}
	until(t, func() bool { return strings.Contains(said.String(), "Watching") })
	extra := filepath.Join(t.TempDir(), "extra.md")
	if err := os.WriteFile(extra, []byte("# Extra release\n\nNobody had seen this coming.\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	got := outcome(t, dir, extra)
	if len(got) != 2 || got[0].State != "in_review" {
		t.Errorf("got %+v", got)
	}
	if err := writeBenchRelease(filepath.Join(dir, "content", "en"), 77); err != nil {
		t.Fatal(err)
	}
	until(t, func() bool { return len(outcome(t, dir)) == 14 })
	if err := up.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := up.Wait(); err != nil {
		t.Errorf("up ended with %v\n%s", err, said.String())
	}
}

// TestWorkersOnPostgres lets two worker processes draft what run loads.
func TestWorkersOnPostgres(t *testing.T) {
	t.Parallel()
	url := storetest.Postgres(t)
	dir := t.TempDir()
	writeReleases(t, dir, 20)
	var workers []*exec.Cmd
	for range 2 {
		w := program(t, dir, "worker", "--database", url)
		if err := w.Start(); err != nil {
			t.Fatal(err)
		}
		workers = append(workers, w)
	}
	got := outcome(t, dir, "--database", url)
	if len(got) != 40 || slices.ContainsFunc(got, func(l lineJSON) bool { return l.State != "in_review" }) {
		t.Errorf("%d editions: %+v", len(got), got)
	}
	calm := t.TempDir()
	writeReleases(t, calm, 20)
	if d := cmp.Diff(outcome(t, calm), got); d != "" {
		t.Errorf("PostgreSQL and SQLite differ (-sqlite +postgres):\n%s", d)
	}
	for _, w := range workers {
		if err := w.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		if err := w.Wait(); err != nil {
			t.Errorf("a worker ended with %v", err)
		}
	}
}

// until waits for something to become true.
func until(t *testing.T, ok func() bool) {
	t.Helper()
	end := time.After(time.Minute)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-end:
			t.Fatal("waited a minute in vain")
		case <-tick.C:
		}
	}
}

// TestTwoRunsAtOnce starts two runs on a fresh folder at the same moment: one
// works, the other watches or finds nothing left, and nothing is doubled.
func TestTwoRunsAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeReleases(t, dir, 15)
	var runs []*exec.Cmd
	var said [2]lockedBuffer
	for i := range said {
		c := program(t, dir, "run")
		c.Stderr = &said[i]
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		runs = append(runs, c)
	}
	for i, c := range runs {
		if err := c.Wait(); err != nil {
			t.Errorf("run %d: %v\n%s", i+1, err, said[i].String())
		}
	}
	calm := t.TempDir()
	writeReleases(t, calm, 15)
	if d := cmp.Diff(outcome(t, calm), outcome(t, dir)); d != "" {
		t.Errorf("(-one run +two at once):\n%s", d)
	}
}
