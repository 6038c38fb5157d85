package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"dragoman/internal/edition"
	"dragoman/pipeline"
)

// hub looks for changed editions while somebody watches, once for all of
// them, and tells each watcher. It closes for good with close.
type hub struct {
	pipe  *pipeline.Pipeline
	every time.Duration
	log   *slog.Logger

	mu       sync.Mutex
	watchers map[*watcher]bool
	stop     context.CancelFunc // of the looking, nil while nobody watches
	closed   chan struct{}
	isClosed bool
}

// watcher is one open page.
type watcher struct {
	news chan []edition.Edition
	lost atomic.Bool // news came faster than they could be told
}

// Bounds of the hub.
const (
	maxWatchers = 2000
	maxNews     = 200 // editions told at once; more say "everything"
	heartbeat   = 20 * time.Second
	maxWatch    = time.Hour // a page asks anew after that, with its rights looked at again
)

func newHub(p *pipeline.Pipeline, every time.Duration, log *slog.Logger) *hub {
	return &hub{pipe: p, every: every, log: log, watchers: map[*watcher]bool{}, closed: make(chan struct{})}
}

// join adds a watcher, nil where there are too many or the hub is closed.
func (h *hub) join() *watcher {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.isClosed || len(h.watchers) >= maxWatchers {
		return nil
	}
	w := &watcher{news: make(chan []edition.Edition, 8)}
	h.watchers[w] = true
	if h.stop == nil {
		ctx, stop := context.WithCancel(context.Background())
		h.stop = stop
		go h.look(ctx)
	}
	return w
}

func (h *hub) leave(w *watcher) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.watchers, w)
	if len(h.watchers) == 0 && h.stop != nil {
		h.stop()
		h.stop = nil
	}
}

func (h *hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.isClosed {
		return
	}
	h.isClosed = true
	close(h.closed)
	if h.stop != nil {
		h.stop()
		h.stop = nil
	}
}

// look asks for changes until ctx ends.
func (h *hub) look(ctx context.Context) {
	tick := time.NewTicker(h.every)
	defer tick.Stop()
	since := h.pipe.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		changed, err := h.pipe.ChangedSince(ctx, since, maxNews)
		if err != nil {
			if ctx.Err() == nil {
				h.log.Warn("looking for changes", "error", err)
			}
			continue
		}
		if len(changed) == 0 {
			continue
		}
		since = changed[len(changed)-1].Updated
		h.tell(changed)
	}
}

// tell passes news on. A watcher that does not keep up is told to ask for
// everything.
func (h *hub) tell(changed []edition.Edition) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for w := range h.watchers {
		select {
		case w.news <- changed:
		default:
			w.lost.Store(true)
		}
	}
}

// event is what a page is told of an edition.
type event struct {
	ID       int64         `json:"id"`
	Revision int64         `json:"revision"`
	State    edition.State `json:"state"`
}

// events tells a page which editions change, as server-sent events.
func (d *Desk) events(c *call) error {
	w := d.hub.join()
	if w == nil {
		return errClosed
	}
	defer d.hub.leave(w)
	c.w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	c.w.Header().Set("X-Accel-Buffering", "no")
	out := http.NewResponseController(c.w)
	send := func(text string) bool {
		if _, err := fmt.Fprint(c.w, text); err != nil {
			return false
		}
		return out.Flush() == nil
	}
	if !send("retry: 3000\n\n") {
		return nil
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	end := time.NewTimer(maxWatch)
	defer end.Stop()
	for ok := true; ok; {
		select {
		case <-c.ctx().Done():
			return nil
		case <-d.hub.closed:
			return nil
		case <-end.C:
			return nil
		case <-beat.C:
			ok = send(": here\n\n")
		case news := <-w.news:
			text := c.news(news)
			if w.lost.Swap(false) {
				text += "event: everything\ndata: 1\n\n"
			}
			if text != "" {
				ok = send(text)
			}
		}
	}
	return nil
}

// news is an event of the editions that the watcher may read.
func (c *call) news(changed []edition.Edition) string {
	var out []event
	for _, e := range changed {
		if may(c.me, toRead, e.Locale) {
			out = append(out, event{e.ID, e.Revision, e.State})
		}
	}
	if out == nil {
		return ""
	}
	b, err := json.Marshal(out)
	if err != nil {
		return ""
	}
	return "event: editions\ndata: " + string(b) + "\n\n"
}
