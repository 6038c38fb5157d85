package store

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"dragoman/content"
	"dragoman/internal/edition"
)

// ended is a call whose outcome stands in its row and has yet to be posted: to
// the sums of its month, to the cache, and to the tallies.
type ended struct {
	call    edition.EngineCall
	replies []edition.EngineReply
	// judged gives what is known of the replies by the time of posting, and what
	// is to be counted; nil where they are as they stand.
	judged  func() ([]edition.EngineReply, []edition.EngineTally)
	tallies []edition.EngineTally
}

// posting has the calls that this process has to post, in the order of their
// ends. They are posted several at once, while the engines are at work.
type posting struct {
	one sync.Mutex // who posts

	mu      sync.Mutex
	waiting []ended
	keys    map[content.Hash]int // how many of waiting have a reply under it
	busy    bool                 // a goroutine is on its way
}

// has reports whether a reply under one of keys has yet to be posted.
func (p *posting) has(keys []content.Hash) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.keys) > 0 && slices.ContainsFunc(keys, func(k content.Hash) bool { return p.keys[k] > 0 })
}

func (p *posting) add(e ended) (first bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.keys == nil {
		p.keys = map[content.Hash]int{}
	}
	for _, r := range e.replies {
		p.keys[r.Key]++
	}
	p.waiting = append(p.waiting, e)
	first = !p.busy
	p.busy = true
	return first
}

// mostPosted is how many replies are posted in one transaction, unless a single
// call has more: it has to be short.
const mostPosted = 128

// next gives the first calls that wait, without taking them out.
func (p *posting) next() []ended {
	p.mu.Lock()
	defer p.mu.Unlock()
	n, replies := 0, 0
	for n < len(p.waiting) && (n == 0 || replies+len(p.waiting[n].replies) <= mostPosted) {
		replies += len(p.waiting[n].replies)
		n++
	}
	return slices.Clone(p.waiting[:n])
}

// done takes out the first n calls, which have been posted.
func (p *posting) done(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, e := range p.waiting[:n] {
		for _, r := range e.replies {
			if p.keys[r.Key]--; p.keys[r.Key] == 0 {
				delete(p.keys, r.Key)
			}
		}
	}
	p.waiting = slices.Delete(p.waiting, 0, n)
}

// EndCall writes what came of a call that BeginCall has booked into its row: its
// status, price, characters, detail and replies, so that they are there before
// anything is made of them. From then on all see them; the disk has them by the
// end of the next transaction that waits for it, and so before anything that
// is made of them. Should the power fail before, the call is as if it had been
// interrupted.
//
// Sums, cache and tallies follow by themselves, or when this store is asked
// for them. judged, unless nil, is called then: it gives the replies again,
// where Broken counts as one more that cannot be used, and what is to be
// counted. What follows is made up for by another process should this one end.
func (s *Store) EndCall(ctx context.Context, c *edition.EngineCall, replies []edition.EngineReply, judged func() ([]edition.EngineReply, []edition.EngineTally)) error {
	c.Ended = s.now()
	kept := packReplies(replies)
	if err := s.together(ctx, true, func(t *Tx) error { return t.endCall(ctx, c, kept) }); err != nil {
		return err
	}
	if s.posting.add(ended{call: *c, replies: replies, judged: judged}) {
		go s.follow(context.WithoutCancel(ctx))
	}
	return nil
}

func (t *Tx) endCall(ctx context.Context, c *edition.EngineCall, kept []byte) error {
	const set = `UPDATE engine_call SET status = $1, price = $2, characters_out = $3, ended = $4, detail = $5, replies = $6, posted = 0 WHERE id = $7`
	args := []any{string(c.Status), c.Price, c.CharactersOut, micros(c.Ended), c.Detail, kept, c.ID}
	done, err := t.exec(ctx, set+` AND posted = 0`, args...)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); n > 0 || err != nil {
		return err
	}
	// Another process has taken this one for dead, and the call for lost.
	was := edition.EngineCall{Engine: c.Engine, Locale: c.Locale, Started: c.Started, Currency: c.Currency, Status: edition.CallUnknown}
	if err := t.queryRow(ctx, `SELECT price, characters FROM engine_call WHERE id = $1`+t.forUpdate(), c.ID).Scan(&was.Price, &was.Characters); err != nil {
		return one(err, "call %d", c.ID)
	}
	if err := t.addMonths(ctx, t.s.sumOf(&was).times(-1)); err != nil {
		return err
	}
	_, err = t.exec(ctx, set, args...)
	return err
}

// postAfter is how long posting lets the calls go first that begin as others
// end.
const postAfter = 10 * time.Millisecond

// follow posts what waits; what cannot be posted now is the next one's.
func (s *Store) follow(ctx context.Context) {
	time.Sleep(postAfter)
	if err := s.post(ctx); err != nil {
		s.log.Warn("posting the calls of engines", "error", err)
	}
}

// post posts all calls of this process that have ended.
func (s *Store) post(ctx context.Context) error {
	p := &s.posting
	p.one.Lock()
	defer p.one.Unlock()
	for {
		p.mu.Lock()
		more := len(p.waiting) > 0
		p.busy = more
		p.mu.Unlock()
		if !more {
			return nil
		}
		es := p.next()
		for i := range es {
			if es[i].judged != nil {
				es[i].replies, es[i].tallies = es[i].judged()
			}
		}
		if err := s.inTx(ctx, true, func(t *Tx) error { return t.postCalls(ctx, es) }); err != nil {
			p.mu.Lock()
			p.busy = false
			p.mu.Unlock()
			return fmt.Errorf("post the calls of engines: %w", err)
		}
		p.done(len(es))
	}
}

// postCalls adds calls to the sums, the cache and the tallies, each once.
func (t *Tx) postCalls(ctx context.Context, es []ended) error {
	var sums []monthSum
	var tallies []edition.EngineTally
	for i := range es {
		e := &es[i]
		done, err := t.exec(ctx, `UPDATE engine_call SET posted = 1, asked = NULL, replies = NULL WHERE id = $1 AND posted = 0`, e.call.ID)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil {
			return err
		} else if n == 0 {
			continue // another process has done it
		}
		sums = append(sums, t.s.sumOf(&e.call))
		tallies = append(tallies, e.tallies...)
		if err := t.keepReplies(ctx, &e.call, e.replies); err != nil {
			return err
		}
	}
	if err := t.addMonths(ctx, sums...); err != nil {
		return err
	}
	return t.AddTallies(ctx, tallies)
}

// sumOf is what a call that has ended adds to its month. One that failed was
// not billed.
func (s *Store) sumOf(c *edition.EngineCall) monthSum {
	m := monthSum{engine: c.Engine, month: edition.Month(c.Started.In(s.zone)), locale: c.Locale, currency: c.Currency}
	if c.Status == edition.CallFailed {
		return m
	}
	m.calls, m.characters, m.out, m.price = 1, c.Characters, c.CharactersOut, c.Price
	if c.Status == edition.CallUnknown {
		m.lost = 1
	}
	return m
}

// times is m so many times.
func (m monthSum) times(n int) monthSum {
	m.calls, m.lost, m.characters, m.out, m.price = n*m.calls, n*m.lost, n*m.characters, n*m.out, int64(n)*m.price
	return m
}

// addMonths adds sums to their months, those of one line together.
func (t *Tx) addMonths(ctx context.Context, sums ...monthSum) error {
	slices.SortFunc(sums, func(a, b monthSum) int {
		return cmp.Or(cmp.Compare(a.engine, b.engine), cmp.Compare(a.month, b.month), cmp.Compare(a.locale, b.locale))
	})
	for len(sums) > 0 {
		m, n := sums[0], 1
		for ; n < len(sums) && sums[n].engine == m.engine && sums[n].month == m.month && sums[n].locale == m.locale; n++ {
			m = m.plus(sums[n])
		}
		if _, err := t.addMonth(ctx, m); err != nil {
			return err
		}
		sums = sums[n:]
	}
	return nil
}

func (m monthSum) plus(o monthSum) monthSum {
	m.calls, m.lost, m.characters, m.out, m.price = m.calls+o.calls, m.lost+o.lost, m.characters+o.characters, m.out+o.out, m.price+o.price
	return m
}

// packReplies writes the replies that have words one after the other: for each
// its key, the words and what the service sent, with their lengths.
func packReplies(rs []edition.EngineReply) []byte {
	size := 0
	for _, r := range rs {
		size += len(r.Key) + len(r.Text) + len(r.Raw) + 2*binary.MaxVarintLen32
	}
	out := make([]byte, 0, size)
	for _, r := range rs {
		if r.Text == "" {
			continue
		}
		out = append(out, r.Key[:]...)
		for _, s := range []string{r.Text, r.Raw} {
			out = append(binary.AppendUvarint(out, uint64(len(s))), s...)
		}
	}
	return out
}

var errPacked = errors.New("the replies of a call cannot be read")

// unpackReplies reads what packReplies wrote; the error is of a row that it did
// not write.
func unpackReplies(b []byte, confidential bool) (rs []edition.EngineReply, err error) {
	text := func() string {
		n, used := binary.Uvarint(b)
		if used <= 0 || n > uint64(len(b)-used) {
			b, err = nil, errPacked
			return ""
		}
		s := string(b[used : used+int(n)])
		b = b[used+int(n):]
		return s
	}
	for len(b) > 0 && err == nil {
		r := edition.EngineReply{Confidential: confidential}
		if len(b) < len(r.Key) {
			return nil, errPacked
		}
		b = b[copy(r.Key[:], b):]
		r.Text, r.Raw = text(), text()
		rs = append(rs, r)
	}
	return rs, err
}

// loseCalls makes up for processes that are not there any more: what they had
// been asking becomes unknown, since nobody can say whether it was carried
// out, and billed; what had been answered is posted. where chooses the
// processes, with one argument.
func (t *Tx) loseCalls(ctx context.Context, where string, arg any) error {
	rows, err := t.query(ctx, `SELECT id, engine, locale, started, confidential, characters, characters_out, price, currency, status, asked, replies
		FROM engine_call WHERE posted = 0 AND `+where+` ORDER BY id`+t.forUpdate(), arg)
	type row struct {
		edition.EngineCall
		asked, replies []byte
	}
	calls, err := collect(rows, err, func(r scanner) (c row, err error) {
		var started, confidential int64
		err = r.Scan(&c.ID, &c.Engine, &c.Locale, &started, &confidential, &c.Characters, &c.CharactersOut, &c.Price, &c.Currency, &c.Status, &c.asked, &c.replies)
		c.Started, c.Confidential = fromMicros(started), confidential != 0
		return c, err
	})
	if err != nil {
		return err
	}
	var es []ended
	for _, c := range calls {
		e := ended{call: c.EngineCall}
		if c.Status == edition.CallIntended {
			e.call.Status = edition.CallUnknown
			if _, err := t.exec(ctx, `UPDATE engine_call SET status = 'unknown', detail = $1 WHERE id = $2`, "the program was ended before the answer came", c.ID); err != nil {
				return err
			}
		}
		if e.replies, err = unpackReplies(c.replies, c.Confidential); err != nil {
			return fmt.Errorf("call %d: %w", c.ID, err)
		}
		if e.call.Status == edition.CallUnknown {
			for k := range slices.Chunk(c.asked, len(content.Hash{})) {
				e.replies = append(e.replies, edition.EngineReply{Key: hash(k), Confidential: c.Confidential, Lost: 1})
			}
		}
		es = append(es, e)
	}
	return t.postCalls(ctx, es)
}

// abandoned is how long a call that no worker made may take.
const abandoned = time.Hour

// loseAbandoned makes up for what this SQLite file's former workers were asking
// engines for; the caller holds the lock that the worker has. (A call that
// some other process is making just now books its end all the same.)
func (s *Store) loseAbandoned(ctx context.Context) error {
	return s.InTx(ctx, func(t *Tx) error {
		if err := t.loseCalls(ctx, `process <> '' AND process <> $1`, s.process.Load()); err != nil {
			return err
		}
		return t.loseCalls(ctx, `process = '' AND started < $1`, micros(s.now().Add(-abandoned)))
	})
}

// loseOf makes up for a killed process.
func (s *Store) loseOf(ctx context.Context, process string) error {
	return s.InTx(ctx, func(t *Tx) error { return t.loseCalls(ctx, `process = $1`, process) })
}
