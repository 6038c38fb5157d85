package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/mattn/go-isatty"
)

// progress draws a bar on a terminal, and on anything else prints a line now
// and then. It counts jobs that are done of those that were seen.
type progress struct {
	w        io.Writer
	terminal bool
	what     string
	start    time.Time
	last     time.Time
	most     int
	shown    bool
	done     int
}

func newProgress(w io.Writer, what string) *progress {
	f, ok := w.(*os.File)
	return &progress{w: w, what: what, start: time.Now(), last: time.Now(), terminal: ok && isatty.IsTerminal(f.Fd())}
}

const (
	drawEvery  = 100 * time.Millisecond
	printEvery = 5 * time.Second
	barWidth   = 30
)

// left says how many are still to be done.
func (p *progress) left(n int) {
	p.most = max(p.most, n)
	p.show(p.most-n, p.most)
}

// show says how many of how many are done.
func (p *progress) show(done, total int) {
	every := printEvery
	if p.terminal {
		every = drawEvery
	}
	if now := time.Now(); total == 0 || now.Sub(p.last) < every {
		return
	}
	p.last, p.shown, p.done = time.Now(), true, done
	line := fmt.Sprintf("%s %d of %d%s", p.what, done, total, p.rate(done, total))
	if !p.terminal {
		fmt.Fprintln(p.w, line)
		return
	}
	full := barWidth * done / total
	fmt.Fprintf(p.w, "\r\x1b[K%s%s %s", strings.Repeat("█", full), strings.Repeat("░", barWidth-full), line)
}

// rate is how fast it goes and how long it will take, once that can be said.
func (p *progress) rate(done, total int) string {
	took := time.Since(p.start).Seconds()
	if done == 0 || took < 1 {
		return ""
	}
	perSecond := float64(done) / took
	left := time.Duration(float64(total-done) / perSecond * float64(time.Second)).Round(time.Second)
	return fmt.Sprintf(", %.0f a second, about %s left", perSecond, left)
}

// end clears the bar.
func (p *progress) end() {
	if p.shown && p.terminal {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
