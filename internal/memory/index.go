package memory

import (
	"fmt"
	"iter"
	"maps"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
)

// Index answers look-ups over entries that come and go. All its methods are
// safe for concurrent use: look-ups run beside each other and beside a
// rebuild, and wait only while a single entry is being written.
type Index struct {
	opt   Options
	names atomic.Pointer[Names]
	core  atomic.Pointer[core]

	writing sync.Mutex // one writer at a time
	rebuild sync.Mutex // one rebuild at a time
	log     []write    // what was written since the rebuild began
	logging bool
}

// write is what a writer did: an entry put in, or where its Source is empty the id of
// one taken out.
type write Entry

// NewIndex gives an empty index.
func NewIndex(o Options) *Index {
	o.Penalties = maps.Clone(o.Penalties)
	if o.AmbiguityPenalty == 0 {
		o.AmbiguityPenalty = 5
	}
	ix := &Index{opt: o}
	ix.names.Store(&o.Names)
	ix.core.Store(newCore(o.Names, o))
	return ix
}

// Add puts an entry in; one with the same ID is replaced. An error means that
// the entry is unusable or the index full, and nothing changed.
func (ix *Index) Add(e Entry) error { return ix.AddAll([]Entry{e}) }

// batch is how many entries are written under one lock: about a millisecond.
const batch = 64

// AddAll puts many entries in, preparing them on all cores. Look-ups go on
// meanwhile and see what is in already. At an error the entries before the
// one that it names are in.
func (ix *Index) AddAll(es []Entry) error {
	for i := range es {
		if err := usable(&es[i]); err != nil {
			return err
		}
	}
	ix.writing.Lock()
	defer ix.writing.Unlock()
	c := ix.core.Load()
	if err := c.addAll(es); err != nil {
		return err
	}
	if ix.logging {
		for _, e := range es {
			ix.log = append(ix.log, write(e))
		}
	}
	return nil
}

func usable(e *Entry) error {
	switch {
	case e.ID <= 0:
		return fmt.Errorf("memory: entry %d: the id must be above 0", e.ID)
	case strings.TrimSpace(e.Source) == "":
		return fmt.Errorf("memory: entry %d: no source text", e.ID)
	case e.Locale == "":
		return fmt.Errorf("memory: entry %d: no locale", e.ID)
	}
	return nil
}

// addAll prepares the entries on all cores and writes them in order.
func (c *core) addAll(es []Entry) error {
	if len(es) <= batch {
		return c.addBatch(c.prepareAll(es))
	}
	workers := runtime.GOMAXPROCS(0)
	jobs := make(chan chan []prepared, workers)
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		defer close(jobs)
		for i := 0; i < len(es); i += batch {
			part := es[i:min(i+batch, len(es))]
			done := make(chan []prepared, 1)
			select {
			case jobs <- done:
				go func() { done <- c.prepareAll(part) }()
			case <-stop:
				return
			}
		}
	}()
	for done := range jobs {
		if err := c.addBatch(<-done); err != nil {
			return err
		}
	}
	return nil
}

func (c *core) prepareAll(es []Entry) []prepared {
	ps := make([]prepared, len(es))
	all := make([]token, 0, 24*len(es)) // of all entries; grows where they are long
	for i := range es {
		from := len(all)
		all = tokenise(all, es[i].Source, c.names)
		ps[i] = prepared{Entry: es[i], hash: lookupHash(es[i].Source), tokens: all[from:len(all):len(all)]}
	}
	return ps
}

func (c *core) addBatch(ps []prepared) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range ps {
		if err := c.add(&ps[i]); err != nil {
			return fmt.Errorf("entry %d: %w", ps[i].ID, err)
		}
	}
	return nil
}

// Remove takes the entry of this id out and reports whether there was one.
func (ix *Index) Remove(id int64) bool {
	ix.writing.Lock()
	defer ix.writing.Unlock()
	if ix.logging {
		ix.log = append(ix.log, write{ID: id})
	}
	c := ix.core.Load()
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.remove(id)
}

// Replace puts e in place of the entry old, which may be the same or none.
func (ix *Index) Replace(old int64, e Entry) error {
	if err := ix.Add(e); err != nil {
		return err
	}
	if old != e.ID {
		ix.Remove(old)
	}
	return nil
}

// Get gives the entry of an id.
func (ix *Index) Get(id int64) (Entry, bool) {
	c := ix.core.Load()
	c.mu.RLock()
	defer c.mu.RUnlock()
	at := c.pairByID(id)
	if at == 0 {
		return Entry{}, false
	}
	return c.entry(at), true
}

// All gives every entry, in no order. Entries written meanwhile may be missed.
func (ix *Index) All() iter.Seq[Entry] { return ix.core.Load().all }

func (c *core) all(yield func(Entry) bool) {
	for from := uint32(1); ; {
		part, next := c.part(from)
		for _, e := range part {
			if !yield(e) {
				return
			}
		}
		if next == 0 {
			return
		}
		from = next
	}
}

// part gives the entries of the next rows, and where to go on, 0 for the end.
func (c *core) part(from uint32) (es []Entry, next uint32) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	end := min(from+8*batch, uint32(c.pairs.n))
	for r := from; r < end; r++ {
		if c.pairs.at(r).id != 0 {
			es = append(es, c.entry(r))
		}
	}
	if end == uint32(c.pairs.n) {
		return es, 0
	}
	return es, end
}

// Len gives the number of entries.
func (ix *Index) Len() int {
	c := ix.core.Load()
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.byID.n
}

// SetNames changes the glossary: the index is built anew beside the old one,
// which answers until the new one is ready. It returns when that is done,
// some microseconds an entry later; call it in the background.
func (ix *Index) SetNames(names Names) {
	ix.names.Store(&names)
	_ = ix.renew() // what was in the old index fits into the new one
}

// Compact gives back the memory of what was removed or replaced, as SetNames
// does without a change of names. Worth its while where Stats says that a
// good part of the index is Garbage.
func (ix *Index) Compact() error { return ix.renew() }

func (ix *Index) renew() error {
	ix.rebuild.Lock()
	defer ix.rebuild.Unlock()
	ix.writing.Lock()
	ix.log, ix.logging = nil, true
	ix.writing.Unlock()
	old, fresh := ix.core.Load(), newCore(*ix.names.Load(), ix.opt)
	err := fresh.copyFrom(old)
	ix.writing.Lock()
	defer ix.writing.Unlock()
	for _, e := range ix.log {
		if e.Source == "" {
			fresh.remove(e.ID)
		} else if err == nil {
			err = fresh.addBatch(fresh.prepareAll([]Entry{Entry(e)}))
		}
	}
	ix.log, ix.logging = nil, false
	if err == nil {
		ix.core.Store(fresh)
	}
	return err
}

// copyFrom adds all entries of another core, some thousand at a time.
func (c *core) copyFrom(old *core) error {
	var es []Entry
	for e := range old.all {
		if es = append(es, e); len(es) == 128*batch {
			if err := c.addAll(es); err != nil {
				return err
			}
			es = es[:0]
		}
	}
	return c.addAll(es)
}

// Stats describe an index.
type Stats struct {
	Entries int            `json:"entries"`
	Sources int            `json:"sources"` // distinct source texts
	Terms   int            `json:"terms"`   // distinct words, marks and values
	Locales map[string]int `json:"locales"` // entries by locale
	Origins map[string]int `json:"origins"` // entries by origin
	// TextBytes are the texts, Bytes all that the index holds, and Garbage
	// the part of it that Compact would free (bytes of texts).
	TextBytes int64 `json:"text_bytes"`
	Bytes     int64 `json:"bytes"`
	Garbage   int64 `json:"garbage"`
}

// Stats counts; it reads the whole index.
func (ix *Index) Stats() Stats {
	c := ix.core.Load()
	c.mu.RLock()
	defer c.mu.RUnlock()
	st := Stats{
		Entries: c.byID.n, Sources: c.sources.n - 1 - c.dead, Terms: len(c.dict.terms) - 1,
		Locales: map[string]int{}, Origins: map[string]int{}, Garbage: int64(c.arena.spare),
	}
	for r := uint32(1); r < uint32(c.pairs.n); r++ {
		if p := c.pairs.at(r); p.id != 0 {
			st.Locales[c.locales[p.locale]]++
			st.Origins[c.births[p.birth].origin]++
			st.TextBytes += int64(len(c.arena.bytes(p.target)))
		}
	}
	for r := uint32(1); r < uint32(c.sources.n); r++ {
		n := int64(len(c.text(r)))
		if c.sources.at(r).first == 0 {
			st.Garbage += n
		} else {
			st.TextBytes += n
		}
	}
	st.Bytes = c.bytes()
	return st
}

// bytes is about what the index takes: the arrays at their capacity and the
// dictionary's keys.
func (c *core) bytes() int64 {
	n := 0
	for _, b := range c.arena.blocks {
		n += len(b)
	}
	n += rowsChunk * (16*len(c.sources.chunks) + 16*len(c.briefs.chunks) +
		40*len(c.pairs.chunks) + 20*len(c.keys.chunks) + 4*len(c.sound.chunks))
	n += 4*(len(c.byKey.slots)+len(c.byID.slots)+cap(c.freed)) + 12*cap(c.dict.terms)
	for _, p := range c.postings {
		n += 64 + cap(p.data) + 8*cap(p.bits)
	}
	for k := range c.dict.ids {
		n += 28 + len(k)
	}
	return int64(n)
}
