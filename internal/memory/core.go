package memory

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"strings"
	"sync"
	"sync/atomic"

	"dragoman/content"
)

// source is a distinct source text. Row 0 is none.
type source struct {
	record uint32 // arena: tokens, then the text
	key    uint32 // row of keys: hash of the text as it is looked up
	next   uint32 // next source with the same key
	first  uint32 // first entry, 0 where nothing refers to the text any more
}

// pair is an entry: what a source is in a locale. Row 0 is none.
type pair struct {
	id      int64
	created int64
	source  uint32
	next    uint32 // next pair of the same source
	target  uint32 // arena
	before  uint32 // row of keys: the neighbours' hashes
	after   uint32
	birth   uint16 // number of births
	locale  uint8
	private bool
}

// key is a hash of a text, with the first source that has it. Row 0 is the
// zero hash.
type key struct {
	hash  content.Hash
	first uint32
}

// birth is what many entries have in common of where they come from.
type birth struct {
	origin   string
	glossary int64
}

// core is an index over a fixed glossary. Index puts a new core in place of
// the old one when the glossary changes or too much of it is garbage.
type core struct {
	mu    sync.RWMutex
	names Names
	opt   Options // never changed

	dict     dictionary
	postings []posting // by class
	arena    arena
	sources  rows[source]
	briefs   rows[brief] // by source
	pairs    rows[pair]
	freed    []uint32     // rows of pairs to be used again
	sound    rows[uint32] // by pair, a bit: its terms were found to be right
	keys     rows[key]
	byKey    probe // keys by hash
	byID     probe // pairs by id
	locales  []string
	births   []birth
	birthNo  map[birth]uint16
	dead     int    // sources without pairs
	least    uint32 // commonLeast
}

func newCore(names Names, o Options) *core {
	c := &core{names: names, opt: o, dict: newDictionary(), birthNo: map[birth]uint16{}, least: commonLeast}
	c.sources.add(source{})
	c.briefs.add(brief{})
	c.pairs.add(pair{})
	c.keys.add(key{})
	return c
}

// prepared is an entry made ready outside the lock.
type prepared struct {
	Entry
	hash   content.Hash
	tokens []token
}

// lookupHash is the hash that finds a text whatever its quotes, spaces,
// dashes and the numbers of its codes.
func lookupHash(coded string) content.Hash { return content.NormalisedHash(renumber(coded)) }

// add puts an entry in, in place of the one with its id. The caller holds mu.
func (c *core) add(p *prepared) error {
	locale, err := intern(&c.locales, p.Locale, 1<<8-1, "locales")
	if err != nil {
		return err
	}
	born, err := c.birth(p.Origin, p.Glossary)
	if err != nil {
		return err
	}
	src, err := c.source(p)
	if err != nil {
		return err
	}
	target, err := c.arena.addString(p.Target)
	if err != nil {
		return err
	}
	c.remove(p.ID)
	s := c.sources.at(src)
	row := pair{
		id: p.ID, created: p.Created, source: src, next: s.first, target: target,
		before: c.key(p.Prev), after: c.key(p.Next),
		birth: born, locale: uint8(locale), private: p.Confidential,
	}
	at := c.freePair()
	*c.pairs.at(at) = row
	for at/32 >= uint32(c.sound.n) {
		c.sound.add(0)
	}
	if s.first == 0 {
		c.dead--
	}
	s.first = at
	c.byID.insert(at, c.pairHash)
	return nil
}

func (c *core) freePair() uint32 {
	if n := len(c.freed); n > 0 {
		at := c.freed[n-1]
		c.freed = c.freed[:n-1]
		return at
	}
	return c.pairs.add(pair{})
}

// remove takes the entry of this id out and reports whether there was one.
// The caller holds mu.
func (c *core) remove(id int64) bool {
	at := c.pairByID(id)
	if at == 0 {
		return false
	}
	c.byID.remove(at, c.pairHash)
	p := c.pairs.at(at)
	s := c.sources.at(p.source)
	if s.first == at {
		s.first = p.next
	} else {
		prev := s.first
		for c.pairs.at(prev).next != at {
			prev = c.pairs.at(prev).next
		}
		c.pairs.at(prev).next = p.next
	}
	if s.first == 0 {
		c.dead++
	}
	c.arena.spare += len(c.arena.bytes(p.target))
	*p = pair{}
	*c.sound.at(at / 32) &^= 1 << (at % 32)
	c.freed = append(c.freed, at)
	return true
}

// isSound reports whether markSound was called for a pair. The caller holds
// mu for reading at least.
func (c *core) isSound(at uint32) bool {
	return atomic.LoadUint32(c.sound.at(at/32))&(1<<(at%32)) != 0
}

// markSound notes that an entry's terms are right under the core's glossary,
// so that they need not be looked at again.
func (c *core) markSound(at uint32, id int64) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if c.pairs.at(at).id == id { // it may have gone meanwhile
		atomic.OrUint32(c.sound.at(at/32), 1<<(at%32))
	}
}

func (c *core) pairByID(id int64) uint32 {
	return c.byID.find(mix(uint64(id)), func(r uint32) bool { return c.pairs.at(r).id == id })
}

func (c *core) pairHash(r uint32) uint64 { return mix(uint64(c.pairs.at(r).id)) }

// mix spreads consecutive numbers over 64 bits (the finaliser of MurmurHash3).
func mix(x uint64) uint64 {
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}

// key gives the row of a hash, a new one where it has none.
func (c *core) key(h content.Hash) uint32 {
	if h == (content.Hash{}) {
		return 0
	}
	if r := c.findKey(h); r != 0 {
		return r
	}
	r := c.keys.add(key{hash: h})
	c.byKey.insert(r, func(r uint32) uint64 { return hashBits(c.keys.at(r).hash) })
	return r
}

func (c *core) findKey(h content.Hash) uint32 {
	return c.byKey.find(hashBits(h), func(r uint32) bool { return c.keys.at(r).hash == h })
}

func hashBits(h content.Hash) uint64 { return binary.BigEndian.Uint64(h[:8]) }

// source gives the row of a source text, a new one where it has none.
func (c *core) source(p *prepared) (uint32, error) {
	k := c.keys.at(c.key(p.hash))
	for r := k.first; r != 0; r = c.sources.at(r).next {
		if string(c.text(r)) == p.Source {
			return r, nil
		}
	}
	record, weight, sign, classes, err := c.record(p)
	if err != nil {
		return 0, err
	}
	r := c.sources.add(source{record: record, key: c.key(p.hash), next: k.first})
	c.briefs.add(sign.weighing(weight))
	k.first = r
	c.dead++ // until its first pair
	for len(c.postings) < len(c.dict.terms) {
		c.postings = append(c.postings, posting{})
	}
	for _, class := range classes {
		if l := &c.postings[class]; l.last != r {
			l.add(r, c.least)
		}
	}
	return r, nil
}

// record writes the tokens' ids and the text to the arena: the length in bytes
// of the ids, the ids, the length of the text, the text.
func (c *core) record(p *prepared) (ref uint32, weight int, sign brief, classes []termID, err error) {
	ids := make([]byte, 0, 2*len(p.tokens))
	var buf []byte
	for _, t := range p.tokens {
		var id termID
		id, buf = c.dict.add(t, p.Source, c.names, buf)
		ids = binary.AppendUvarint(ids, uint64(id))
		x := c.dict.get(id)
		weight += int(x.weight)
		if x.weight == fullWeight {
			sign.add(x.class)
		}
		classes = append(classes, x.class)
	}
	var room [2 * binary.MaxVarintLen64]byte
	head := binary.AppendUvarint(room[:0], uint64(len(ids)))
	mid := binary.AppendUvarint(room[len(head):len(head)], uint64(len(p.Source)))
	b, ref, err := c.arena.alloc(len(head) + len(ids) + len(mid) + len(p.Source))
	if err != nil {
		return 0, 0, sign, nil, err
	}
	for _, part := range [][]byte{head, ids, mid, []byte(p.Source)} {
		b = b[copy(b, part):]
	}
	return ref, weight, sign, classes, nil
}

// brief is what is looked at of a source before it is read: a bit for each
// class that weighs fully, of 112, and its weight, saturated, in the highest 16
// bits. It is all in one place, since most of the time of a look-up goes into
// waiting for it.
type brief [2]uint64

const (
	briefBits   = 112
	briefMask   = 1<<48 - 1
	mostWeight  = 1<<16 - 1
	weightShift = 48
)

// add sets the bit of a class.
func (s *brief) add(class termID) {
	bit, _ := bits.Mul64(mix(uint64(class)), briefBits)
	s[bit>>6] |= 1 << (bit & 63)
}

// weighing gives the brief with a weight.
func (s brief) weighing(weight int) brief {
	s[1] = s[1]&briefMask | uint64(min(weight, mostWeight))<<weightShift
	return s
}

func (s *brief) weight() int { return int(s[1] >> weightShift) }

// without counts the classes' bits that o has not.
func (s *brief) without(o *brief) int {
	return bits.OnesCount64(s[0]&^o[0]) + bits.OnesCount64((s[1]&^o[1])&briefMask)
}

// text gives a source's text, not to be changed.
func (c *core) text(src uint32) []byte {
	b := c.arena.at(c.sources.at(src).record)
	n, k := binary.Uvarint(b)
	b = b[k+int(n):]
	n, k = binary.Uvarint(b)
	return b[k : k+int(n)]
}

// terms appends a source's tokens to dst.
func (c *core) terms(dst []term, src uint32) []term {
	b := c.arena.at(c.sources.at(src).record)
	n, k := binary.Uvarint(b)
	for b = b[k : k+int(n)]; len(b) > 0; {
		id, k := termID(b[0]), 1
		if id >= 0x80 {
			if len(b) > 1 && b[1] < 0x80 {
				id, k = id&0x7f|termID(b[1])<<7, 2
			} else {
				wide, n := binary.Uvarint(b)
				id, k = termID(wide), n
			}
		}
		dst = append(dst, c.dict.terms[id])
		b = b[k:]
	}
	return dst
}

// entry gives a pair as it was added.
func (c *core) entry(at uint32) Entry {
	p := c.pairs.at(at)
	return Entry{
		ID: p.id, Locale: c.locales[p.locale], Origin: c.births[p.birth].origin, Glossary: c.births[p.birth].glossary,
		Source: string(c.text(p.source)), Target: string(c.arena.bytes(p.target)),
		Prev: c.keys.at(p.before).hash, Next: c.keys.at(p.after).hash,
		Created: p.created, Confidential: p.private,
	}
}

// penalty is what an entry loses by where it comes from and by its age.
func (c *core) penalty(p *pair) int {
	n := c.opt.Penalties[c.births[p.birth].origin]
	if p.created > 0 && p.created < c.opt.OldBefore {
		n += c.opt.OldPenalty
	}
	return n
}

// birth gives the number of an origin under a version of the glossary.
func (c *core) birth(origin string, glossary int64) (uint16, error) {
	if n, ok := c.birthNo[birth{origin, glossary}]; ok {
		return n, nil
	}
	if len(c.births) == 1<<16 {
		if glossary != 0 { // held against the glossary at every look-up instead
			return c.birth(origin, 0)
		}
		return 0, errOrigins
	}
	b, n := birth{strings.Clone(origin), glossary}, uint16(len(c.births))
	c.births, c.birthNo[b] = append(c.births, b), n
	return n, nil
}

var errOrigins = errors.New("memory: more than 65536 origins")

// locale gives the number of a locale, or false where no entry has it.
func (c *core) locale(tag string) (uint8, bool) {
	for i, l := range c.locales {
		if l == tag {
			return uint8(i), true
		}
	}
	return 0, false
}

// intern gives the number of s in list, added where it is new. The list keeps
// a copy, so that a long buffer that s is part of can go.
func intern(list *[]string, s string, limit int, what string) (int, error) {
	for i, x := range *list {
		if x == s {
			return i, nil
		}
	}
	if len(*list) > limit {
		return 0, fmt.Errorf("memory: more than %d %s", limit, what)
	}
	*list = append(*list, strings.Clone(s))
	return len(*list) - 1, nil
}
