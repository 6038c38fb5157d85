package engine

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
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
	// the program was ended between the question and the answer.
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

// recall answers from the cache what it can and gives the segments that the
// engine is still to be asked for; nil stands for none.
func (l *LimitedEngine) recall(ctx context.Context, r Request, replies []Reply) (ask []bool, err error) {
	ask = make([]bool, len(r.Segments))
	for i := range ask {
		ask[i] = true
	}
	cache, ok := l.cfg.Journal.(Cache)
	if !ok || r.Trial {
		return ask, nil
	}
	known, err := cache.Known(ctx, Call{Engine: l.Name(), Model: l.engine.Info().Model, Info: l.Info(), Request: r})
	if err != nil {
		return nil, fmt.Errorf("look up former replies of engine %s: %w", l.Name(), err)
	}
	for i, k := range known {
		s := r.Segments[i]
		switch {
		case s.Blank():
		case k.Reply != nil && len(Contract(s, Clean(s.Text, k.Reply.Text), r.Target)) == 0:
			replies[i] = Reply{Text: Clean(s.Text, k.Reply.Text), Raw: k.Reply.Raw, Engine: l.Name(), Cached: true}
			ask[i] = false
		case k.Broken >= mostBroken:
			replies[i] = Reply{Err: &Error{
				Engine: l.Name(), Kind: Broken, What: "its translations of this sentence were not fit to use",
				Remedy: "translate the sentence by hand, or with another engine",
			}}
			ask[i] = false
		case k.Lost >= mostLost:
			replies[i] = Reply{Err: &Error{
				Engine: l.Name(), Kind: Permanent, What: "it was asked for this sentence twice, and each time the program was ended before the answer came",
				Trouble: edition.Trouble{Reason: edition.TroubleLost},
				Remedy:  "translate the sentence by hand, or with another engine",
			}}
			ask[i] = false
		}
	}
	return ask, nil
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
	ask, err := l.recall(ctx, r, make([]Reply, len(r.Segments)))
	if err != nil {
		return nil, err
	}
	l.twins(r, ask)
	var out []Due
	for i, size := range measure(l.engine, r) {
		if !ask[i] || r.Segments[i].Blank() {
			continue
		}
		d := Due{At: i, Size: size}
		if l.keeps(r) {
			d.Key = Key(l.Name(), l.Info(), r, i)
		}
		out = append(out, d)
	}
	return out, nil
}

// keeps reports whether the replies to r are kept, to be used again.
func (l *LimitedEngine) keeps(r Request) bool {
	_, ok := l.cfg.Journal.(Cache)
	return ok && !r.Trial
}

// twins leaves out of ask the segments that share their reply with an earlier
// one of r, and gives them with that one.
func (l *LimitedEngine) twins(r Request, ask []bool) map[int]int {
	if !l.keeps(r) {
		return nil
	}
	first, out := map[content.Hash]int{}, map[int]int{}
	info := l.Info()
	for i := range ask {
		if !ask[i] || r.Segments[i].Blank() {
			continue
		}
		key := Key(l.Name(), info, r, i)
		if k, ok := first[key]; ok {
			out[i], ask[i] = k, false
		} else {
			first[key] = i
		}
	}
	return out
}
