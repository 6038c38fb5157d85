package engine

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"dragoman/content"
	"dragoman/internal/edition"
)

// Cache is a Journal that remembers what engines replied. Known gives what it
// knows of the segments of c, one entry each, under the keys that Key gives
// them; it changes nothing and is safe to call at once. Its error fails the
// request.
type Cache interface {
	Known(ctx context.Context, c Call) ([]Known, error)
}

// Known is what is known of an engine's replies to one segment.
type Known struct {
	// Reply is the one to use again, as the engine gave it before it was held
	// to the contract; nil where there is none.
	Reply *Reply
	// Broken is how often in a row a reply broke the contract, Lost how often
	// a call ended without one though it may have been carried out: it timed out,
	// the connection was cut, or the program was ended.
	Broken, Lost int
}

// mostBroken and mostLost are how often an engine is asked for one segment
// that it does not give, or whose answer never arrives: once more each.
const mostBroken, mostLost = 2, 2

// Key identifies the reply of an engine, described by name and info, to segment
// i of r: two segments with the same key may share it. It holds everything that
// the answer depends on for certain (languages, text with its codes, engine,
// model, variant, the terms that this very segment requires and what the
// engine's own glossary says of them) and nothing of the rest of the glossary, so that an edit of a term which does not occur in the
// segment changes no key. Examples and title only help and are left out.
func Key(name string, info Info, r Request, i int) content.Hash {
	s := &r.Segments[i]
	h := sha256.New()
	put := func(texts ...string) {
		for _, t := range texts {
			var n [8]byte
			binary.BigEndian.PutUint64(n[:], uint64(len(t)))
			h.Write(n[:])
			h.Write([]byte(t))
		}
	}
	put("reply-1", name, info.Model, info.Variant, r.Source, r.Target, s.Text)
	for _, c := range s.Codes {
		put(fmt.Sprint(c.ID, c.Paired), c.Type)
	}
	put(r.glossary.VersionFor(s.Terms))
	if info.Hints || info.Glossaries { // else no term reaches the engine
		for what, hints := range [][]Hint{s.Terms, s.Missed} {
			put(fmt.Sprint("terms", what))
			for _, t := range distinct(hints) {
				put(t.Source, t.Target)
			}
		}
	}
	return content.Hash(h.Sum(nil)[:16])
}

// distinct gives each hint once, in order.
func distinct(hints []Hint) []Hint {
	hints = slices.Clone(hints)
	slices.SortFunc(hints, func(a, b Hint) int {
		if c := strings.Compare(a.Source, b.Source); c != 0 {
			return c
		}
		return strings.Compare(a.Target, b.Target)
	})
	return slices.Compact(hints)
}

// recalled is what a cache says of the segments of a request: whether each is
// still to be asked for, and how often its question got lost.
type recalled struct {
	ask  []bool
	lost []int
}

// recall answers from the cache what it can, and notes the keys of the replies
// in r.
func (l *LimitedEngine) recall(ctx context.Context, r *Request, replies []Reply) (known recalled, err error) {
	known = recalled{make([]bool, len(r.Segments)), make([]int, len(r.Segments))}
	for i := range known.ask {
		known.ask[i] = true
	}
	cache, ok := l.cfg.Journal.(Cache)
	if !ok || r.Trial {
		return known, nil
	}
	c := Call{Engine: l.Name(), Model: l.engine.Info().Model, Info: l.Info(), Request: *r}
	r.keys = c.Keys()
	have, err := cache.Known(ctx, c)
	if err != nil {
		return known, fmt.Errorf("look up former replies of engine %s: %w", l.Name(), err)
	}
	for i, k := range have {
		if reply, answered := l.former(r.Segments[i], k, r.Target); answered {
			replies[i], known.ask[i] = reply, false
		}
		known.lost[i] = k.Lost
	}
	return known, nil
}

// former is the reply to a segment by what is known of it, where it is not to
// be asked for.
func (l *LimitedEngine) former(s Segment, k Known, target string) (Reply, bool) {
	if s.Blank() {
		return Reply{}, false
	}
	if k.Reply != nil {
		if text := Clean(s.Text, k.Reply.Text); len(Contract(s, text, target)) == 0 {
			return Reply{Text: text, Raw: k.Reply.Raw, Engine: l.Name(), Cached: true}, true
		}
	}
	switch {
	case k.Broken >= mostBroken:
		return Reply{Err: &Error{
			Engine: l.Name(), Kind: Broken, What: "its translations of this sentence were not fit to use",
			Remedy: "translate the sentence by hand, or with another engine",
		}}, true
	case k.Lost >= mostLost:
		return Reply{Err: lostTwice(l.Name(), nil)}, true
	}
	return Reply{}, false
}

// errLost is in the chain of the error of what is not to be asked for again.
var errLost = errors.New("it was lost as often as it may be")

// lostTwice is the error of a question that was put as often as it may be to an
// engine without an answer that could be read.
func lostTwice(name string, cause error) *Error {
	return &Error{
		Engine: name, Kind: Permanent, MayBeBilled: true, Err: errors.Join(errLost, cause), Trouble: edition.Trouble{Reason: edition.TroubleLost},
		What:   "it was asked for this sentence twice and no answer came, though it may have charged for it; it is not asked again for a day",
		Remedy: "translate the sentence by hand, or with another engine",
	}
}

// withGlossary notes in r what the engine's own glossary says, for the keys of
// its replies.
func (l *LimitedEngine) withGlossary(ctx context.Context, r Request) (Request, error) {
	keeper, ok := As[GlossarySyncer](l.engine)
	if _, cached := l.cfg.Journal.(Cache); !ok || !cached || !keeper.KeepsGlossaries() {
		return r, nil
	}
	var err error
	r.glossary, err = keeper.SyncedGlossary(ctx, r.Source, r.Target)
	return r, err
}

// Due is a segment that an engine would be sent.
type Due struct {
	At   int // its index in the request
	Size Size
	// Key is that of the reply: who keeps replies is sent what has the same key
	// once. It is zero where replies are not kept.
	Key content.Hash
}

// Unpaid gives the segments of r that the engine would be sent, without sending
// anything: blank ones, those that the cache knows, and those that come twice
// are left out.
func (l *LimitedEngine) Unpaid(ctx context.Context, r Request) ([]Due, error) {
	if err := l.refusal(r); err != nil {
		return nil, err
	}
	r, err := l.withGlossary(ctx, r)
	if err != nil {
		return nil, err
	}
	known, err := l.recall(ctx, &r, make([]Reply, len(r.Segments)))
	if err != nil {
		return nil, err
	}
	l.twins(r, known.ask)
	var out []Due
	for i, size := range measure(l.engine, r) {
		if !known.ask[i] || r.Segments[i].Blank() {
			continue
		}
		d := Due{At: i, Size: size}
		if r.keys != nil {
			d.Key = r.keys[i]
		}
		out = append(out, d)
	}
	return out, nil
}

// twins leaves out of ask the segments that share their reply with an earlier
// one of r, and gives them with that one.
func (l *LimitedEngine) twins(r Request, ask []bool) map[int]int {
	if r.keys == nil {
		return nil // replies are not kept
	}
	first, out := map[content.Hash]int{}, map[int]int{}
	for i := range ask {
		if !ask[i] || r.Segments[i].Blank() {
			continue
		}
		if k, ok := first[r.keys[i]]; ok {
			out[i], ask[i] = k, false
		} else {
			first[r.keys[i]] = i
		}
	}
	return out
}
