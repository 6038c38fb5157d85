package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
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
	present  presence
	stop     context.CancelFunc // of the looking, nil while nobody watches
	closed   chan struct{}
	isClosed bool
}

// watcher is one open page.
type watcher struct {
	news chan news
	lost atomic.Bool // news came faster than they could be told
}

// news are the editions that changed, or that too many did.
type news struct {
	changed []edition.Edition
	all     bool
	here    int64 // the edition in which somebody came, went or moved
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
	w := &watcher{news: make(chan news, 8)}
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
	f := &follower{pipe: h.pipe, since: h.pipe.Now(), told: map[int64]time.Time{}}
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		n, err := f.next(ctx)
		if err != nil && ctx.Err() == nil {
			h.log.Warn("looking for changes", "error", err)
		}
		if n.all || len(n.changed) > 0 {
			h.tell(n)
		}
	}
}

// follower reads changes in order. A change can be committed after a later
// one was seen, so it looks back a little and leaves out what it has told.
type follower struct {
	pipe  *pipeline.Pipeline
	since time.Time
	told  map[int64]time.Time // by edition, when that change was made
}

// lookBack is longer than any transaction takes.
const lookBack = 3 * time.Second

func (f *follower) next(ctx context.Context) (n news, err error) {
	changed, err := f.pipe.ChangedSince(ctx, f.since.Add(-lookBack), maxNews)
	if err != nil {
		return n, err
	}
	if len(changed) == maxNews { // a batch is at work: more than anybody wants to be told one by one
		f.since = f.pipe.Now().Add(lookBack)
		clear(f.told)
		return news{all: true}, nil
	}
	for _, e := range changed {
		if !f.told[e.ID].Equal(e.Updated) {
			n.changed = append(n.changed, e)
			f.told[e.ID] = e.Updated
		}
		if e.Updated.After(f.since) {
			f.since = e.Updated
		}
	}
	for id, at := range f.told {
		if at.Before(f.since.Add(-lookBack)) {
			delete(f.told, id)
		}
	}
	return n, nil
}

// tell passes news on. A watcher that does not keep up is told to ask for
// everything.
func (h *hub) tell(n news) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for w := range h.watchers {
		select {
		case w.news <- n:
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
	missed, err := d.missed(c)
	if err != nil {
		return err
	}
	shown, err := d.shown(c)
	if err != nil {
		return err
	}
	if shown != 0 {
		d.hub.present.enter(shown, c.me.Name)
		d.hub.tell(news{here: shown})
		defer func() {
			d.hub.present.leave(shown, c.me.Name)
			d.hub.tell(news{here: shown})
		}()
	}
	if !send("retry: 3000\n\n" + c.eventsOf(missed)) {
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
			ok = c.still() && send(": here\n\n")
		case n := <-w.news:
			if !c.still() {
				return nil
			}
			n.all = n.all || w.lost.Swap(false)
			if n.here != 0 && n.here == shown {
				ok = send(c.hereOf(shown))
				continue
			}
			if text := c.eventsOf(n); text != "" {
				ok = send(text)
			}
		}
	}
	return nil
}

// still says whether who opened the stream may go on reading it: the session
// has not been ended, nor their roles changed.
func (c *call) still() bool {
	p, err := c.d.People.PersonByID(c.ctx(), c.me.ID)
	return err == nil && !p.Disabled && p.Epoch == c.me.Epoch
}

// shown is the edition that the page shows, 0 for none that the person may
// read.
func (d *Desk) shown(c *call) (int64, error) {
	id, err := strconv.ParseInt(c.r.URL.Query().Get("edition"), 10, 64)
	if err != nil || id <= 0 {
		return 0, nil
	}
	e, err := d.pipe.Edition(c.ctx(), id)
	if err != nil && !missing(err) {
		return 0, err
	}
	if err != nil || !may(c.me, toRead, e.Locale) {
		return 0, nil
	}
	return id, nil
}

// hereOf tells who else has an edition open.
func (c *call) hereOf(ed int64) string {
	b, err := json.Marshal(c.d.hub.present.others(ed, c.me.Name))
	if err != nil {
		return ""
	}
	return "event: here\ndata: " + string(b) + "\n\n"
}

// missed is what changed between the making of a page, or the end of its last
// stream, and now.
func (d *Desk) missed(c *call) (n news, err error) {
	at, err := strconv.ParseInt(cmp.Or(c.r.Header.Get("Last-Event-ID"), c.r.URL.Query().Get("since")), 10, 64)
	if err != nil || at <= 0 {
		return n, nil
	}
	n.changed, err = d.pipe.ChangedSince(c.ctx(), time.UnixMicro(at), maxNews)
	n.all = len(n.changed) == maxNews
	return n, err
}

// eventsOf is the news as events, of the editions that the watcher may read.
func (c *call) eventsOf(n news) string {
	if n.all {
		return "event: everything\ndata: 1\n\n"
	}
	var out []event
	var last time.Time
	for _, e := range n.changed {
		last = e.Updated
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
	return "id: " + strconv.FormatInt(last.UnixMicro(), 10) + "\nevent: editions\ndata: " + string(b) + "\n\n"
}
