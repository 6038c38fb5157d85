package desk

import (
	"net/http"
	"slices"
	"strings"
	"sync"
)

// presence is who has which edition open, and which segment of it, at this
// server.
type presence struct {
	mu sync.Mutex
	by map[int64]map[string]*spot // by edition and name
}

// spot is where somebody is.
type spot struct {
	segment int // counted from 1, 0 while it is not known
	windows int // that show the edition
}

// someone is a person who has an edition open.
type someone struct {
	Name    string `json:"name"`
	Segment int    `json:"segment,omitempty"`
}

// enter notes a window of an edition; leave that it was closed.
func (p *presence) enter(ed int64, name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.by == nil {
		p.by = map[int64]map[string]*spot{}
	}
	if p.by[ed] == nil {
		p.by[ed] = map[string]*spot{}
	}
	if p.by[ed][name] == nil {
		p.by[ed][name] = &spot{}
	}
	p.by[ed][name].windows++
}

func (p *presence) leave(ed int64, name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.by[ed][name]
	if s == nil {
		return
	}
	if s.windows--; s.windows > 0 {
		return
	}
	delete(p.by[ed], name)
	if len(p.by[ed]) == 0 {
		delete(p.by, ed)
	}
}

// move notes which segment somebody is in, and reports whether that is news.
func (p *presence) move(ed int64, name string, segment int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.by[ed][name]
	if s == nil || s.segment == segment {
		return false
	}
	s.segment = segment
	return true
}

// others are those who have an edition open besides one, by name.
func (p *presence) others(ed int64, me string) []someone {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := []someone{}
	for name, s := range p.by[ed] {
		if name != me {
			out = append(out, someone{name, s.segment})
		}
	}
	slices.SortFunc(out, func(a, b someone) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// here notes which segment of an edition somebody looks at.
func (d *Desk) here(c *call) error {
	e, err := c.onEdition(toRead)
	if err != nil {
		return err
	}
	n := c.number("segment")
	if n < 0 || n > 1<<20 {
		return errForm
	}
	if d.hub.present.move(e.ID, c.me.Name, int(n)) {
		d.hub.tell(news{here: e.ID})
	}
	return c.reply(http.StatusOK, map[string]bool{"ok": true})
}
