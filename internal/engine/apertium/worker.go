package apertium

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// errFlood is a reply far longer than any translation.
var errFlood = errors.New("the process answered without end")

// worker is the process of one pair, which answers one question at a time. It
// is started by the first question and after everything that leaves it in the
// middle of an answer.
type worker struct {
	script func(context.Context) (string, error)
	turn   chan struct{} // holds one token; who has it has the process
	p      *process
}

func newWorker(script func(context.Context) (string, error)) *worker {
	w := &worker{script: script, turn: make(chan struct{}, 1)}
	w.turn <- struct{}{}
	return w
}

// ask gives the process's answer to text, both plain. After an error the
// process is gone and the next question starts another.
func (w *worker) ask(ctx context.Context, text string) (string, error) {
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case <-w.turn:
	}
	defer func() { w.turn <- struct{}{} }()
	if w.p == nil {
		script, err := w.script(ctx)
		if err != nil {
			return "", errors.Join(ctx.Err(), err)
		}
		p, err := start(script)
		if err != nil {
			return "", err
		}
		w.p = p
	}
	// Reading cannot be told to stop; the end of the process stops it.
	p := w.p
	stop := context.AfterFunc(ctx, p.kill)
	out, err := p.exchange(escape(text)+end, 8192+32*len(text))
	if !stop() && err == nil { // killed, though after its answer
		w.drop()
		return unescape(out), nil
	}
	if err != nil {
		w.drop()
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		return "", p.explain(err)
	}
	return unescape(out), nil
}

// close ends the process after the question that it is answering.
func (w *worker) close() {
	<-w.turn
	defer func() { w.turn <- struct{}{} }()
	w.drop()
}

func (w *worker) drop() {
	if w.p != nil {
		w.p.stop()
		w.p = nil
	}
}

// process is a running pipeline.
type process struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	errors tail
	once   sync.Once
}

// start runs the pipeline with the arguments that it expects: -n, unknown
// words stay unmarked, and nothing for the tagger.
func start(script string) (*process, error) {
	p := &process{cmd: exec.Command("bash", "-c", script, "--", "-n", "")}
	// Of the environment it needs nothing else, and secrets may be in it.
	p.cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8"}
	p.cmd.Stderr = &p.errors
	p.cmd.WaitDelay = 2 * time.Second // a program that outlives its shell
	group(p.cmd)
	in, err := p.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.in, p.out = in, bufio.NewReader(out)
	return p, p.cmd.Start()
}

// exchange writes a text and reads its translation, each ended by a NUL. What
// is written is far less than a pipe holds or is read while it comes.
func (p *process) exchange(text string, most int) (string, error) {
	written := make(chan error, 1)
	go func() {
		_, err := io.WriteString(p.in, text+"\x00")
		written <- err
	}()
	out, err := p.read(most)
	if err != nil {
		p.kill() // else the write could wait for ever
		<-written
		return "", err
	}
	return out, <-written
}

// read gives everything before the next NUL, at most so many bytes.
func (p *process) read(most int) (string, error) {
	var b bytes.Buffer
	for {
		chunk, err := p.out.ReadSlice(0)
		b.Write(chunk)
		switch {
		case err == nil:
			return strings.TrimSuffix(b.String(), "\x00"), nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return "", err
		case b.Len() > most:
			return "", errFlood
		}
	}
}

func (p *process) kill() { p.once.Do(func() { killGroup(p.cmd) }) }

// stop ends the process and waits until it is gone.
func (p *process) stop() {
	_ = p.in.Close()
	p.kill()
	_ = p.cmd.Wait() // it was killed: how it ended says nothing
}

// explain adds what the process said of its own accord. It is called after stop.
func (p *process) explain(err error) error {
	if said := p.errors.String(); said != "" {
		return fmt.Errorf("%w: %s", err, said)
	}
	return err
}

// tail keeps the last bytes written to it.
type tail struct{ data []byte }

func (t *tail) Write(b []byte) (int, error) {
	const most = 400
	t.data = append(t.data, b...)
	if n := len(t.data); n > most {
		t.data = append(t.data[:0], t.data[n-most:]...)
	}
	return len(b), nil
}

func (t *tail) String() string { return strings.TrimSpace(strings.ToValidUTF8(string(t.data), "")) }
