// Command dragoman turns English press releases into reviewed, published
// editions in other languages. Start with
//
//	go run ./cmd/dragoman run
//
// which sets everything up, drafts every release under content/en and says
// what comes next.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"dragoman/internal/config"
)

// The exit codes.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
	exitFound  = 3 // a checking command found errors
)

func main() {
	spare := make([]byte, spareSize)
	code := run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	runtime.KeepAlive(spare)
	os.Exit(code)
}

// spareSize is the size of memory that is asked for and that nobody touches, so
// that the system never gives it. The garbage collector begins when as much has
// been asked for as was in use before: with it, it lets 64 MB come together at
// the least, which saves about a twentieth of the work of a batch, and is little
// beside what a large memory takes.
const spareSize = 64 << 20

// run is the whole program; tests call it as main does.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := newRoot(stdin, stdout, stderr)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err != nil && !errors.Is(err, errFound) {
		fmt.Fprintln(stderr, "dragoman:", err)
	}
	return exitCode(err)
}

// errFound ends a checking command that found errors and has said so.
var errFound = errors.New("errors were found")

// usageError is a mistake in the command line.
type usageError struct{ error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

func exitCode(err error) int {
	var usage usageError
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errFound):
		return exitFound
	case errors.As(err, &usage):
		return exitUsage
	}
	return exitFailed
}

// globals are the flags that every command has.
type globals struct {
	config string
	flags  map[string]any // settings given as flags, by their full names
	as     string
	// lateMemory leaves building the memory's index until it is asked: for
	// commands that work on the database.
	lateMemory bool
	// sliced is told how long each transaction of a batch took.
	sliced func(time.Duration)

	// warned says that the names of the environment were looked at.
	warned bool

	stdin          io.Reader
	stdout, stderr io.Writer
}

func newRoot(stdin io.Reader, stdout, stderr io.Writer) *cobra.Command {
	g := &globals{flags: map[string]any{}, stdin: stdin, stdout: stdout, stderr: stderr}
	root := &cobra.Command{
		Use:           "dragoman",
		Short:         "Turn English press releases into reviewed, published editions in other languages",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("there is no command %q: dragoman --help lists them", args[0])
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	pf := root.PersistentFlags()
	var database string
	pf.StringVar(&g.config, "config", "", "settings `FILE` (dragoman.yaml)")
	pf.StringVar(&database, "database", "", "`PATH|URL` of the database (var/dragoman.db)")
	pf.StringVar(&g.as, "as", "", "act as this `USER` (the name you are signed in with on this machine)")
	root.PersistentPreRunE = func(c *cobra.Command, _ []string) error {
		if c.Flags().Changed("database") {
			g.flags["database"] = database
		}
		return nil
	}
	root.SetFlagErrorFunc(wrongFlag)
	root.AddCommand(
		newRunCommand(g), newUpCommand(g), newServeCommand(g), newWorkerCommand(g), newStatusCommand(g),
		newReviewCommand(g), newPublishCommand(g), newGlossaryCommand(g), newMemoryCommand(g), newSegmentCommand(g), newBatchCommand(g),
		newUserCommand(g), newEngineCommand(g), newDoctorCommand(g), newBenchCommand(g),
	)
	for _, c := range root.Commands() {
		checkArgs(c)
	}
	return root
}

// settings reads the configuration as the flags want it.
func (g *globals) settings() (*config.Loaded, error) {
	cfg, err := config.Load(config.Sources{File: g.config, Flags: g.flags})
	if cfg != nil && !g.warned {
		g.warned = true
		for _, text := range cfg.Unknown(os.Environ()) {
			fmt.Fprintf(g.stderr, "dragoman: %s\n", text)
		}
	}
	return cfg, err
}
