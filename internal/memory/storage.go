package memory

import (
	"encoding/binary"
	"errors"
	"math/bits"
)

// rows is a growing array without the spare room and the copying of append:
// row i stands in chunk i/rowsChunk.
type rows[T any] struct {
	chunks [][]T
	n      int
}

const rowsChunk = 1 << 12

func (r *rows[T]) at(i uint32) *T { return &r.chunks[i/rowsChunk][i%rowsChunk] }

// add appends v and gives its number.
func (r *rows[T]) add(v T) uint32 {
	i := r.n
	if i == len(r.chunks)*rowsChunk {
		r.chunks = append(r.chunks, make([]T, rowsChunk))
	}
	r.n++
	*r.at(uint32(i)) = v
	return uint32(i)
}

// probe is a hash table of row numbers (above 0) with linear probing: the keys
// stay in the rows. Four bytes a slot; it grows by a quarter when four fifths
// are full.
type probe struct {
	slots []uint32
	n     int
}

// home is the slot where a hash belongs (its high bits count).
func (p *probe) home(hash uint64) int {
	hi, _ := bits.Mul64(hash, uint64(len(p.slots)))
	return int(hi)
}

func (p *probe) after(i int) int {
	if i++; i == len(p.slots) {
		return 0
	}
	return i
}

// find gives the row that eq accepts among those of this hash, or 0.
func (p *probe) find(hash uint64, eq func(row uint32) bool) uint32 {
	if p.n == 0 {
		return 0
	}
	for i := p.home(hash); p.slots[i] != 0; i = p.after(i) {
		if eq(p.slots[i]) {
			return p.slots[i]
		}
	}
	return 0
}

// insert adds a row that is not in the table; hashOf gives any row's hash.
func (p *probe) insert(row uint32, hashOf func(row uint32) uint64) {
	if (p.n+1)*5 > len(p.slots)*4 {
		old := p.slots
		p.slots = make([]uint32, len(old)+len(old)/4+16)
		for _, r := range old {
			if r != 0 {
				p.put(r, hashOf(r))
			}
		}
	}
	p.put(row, hashOf(row))
	p.n++
}

func (p *probe) put(row uint32, hash uint64) {
	i := p.home(hash)
	for p.slots[i] != 0 {
		i = p.after(i)
	}
	p.slots[i] = row
}

// remove takes a row out and closes the gap.
func (p *probe) remove(row uint32, hashOf func(row uint32) uint64) {
	i := p.home(hashOf(row))
	for p.slots[i] != row {
		if p.slots[i] == 0 {
			return
		}
		i = p.after(i)
	}
	p.slots[i] = 0
	p.n--
	n := len(p.slots)
	for j := p.after(i); p.slots[j] != 0; j = p.after(j) {
		home := p.home(hashOf(p.slots[j]))
		if (j-home+n)%n >= (j-i+n)%n {
			p.slots[i], p.slots[j] = p.slots[j], 0
			i = j
		}
	}
}

// arena keeps byte strings back to back. A reference counts units of four
// bytes, so that 16 GiB fit in 32 bits.
type arena struct {
	blocks [][]byte
	used   int // bytes in the last block
	spare  int // bytes that nothing refers to any more
}

const (
	arenaUnit  = 4
	arenaBlock = 1 << 20 // bytes; a power of two
)

var errFull = errors.New("memory: the index is full (16 GiB of text)")

// alloc gives n bytes to be filled and their reference.
func (a *arena) alloc(n int) ([]byte, uint32, error) {
	if len(a.blocks) == 0 || a.used+n > len(a.blocks[len(a.blocks)-1]) {
		size := (n + arenaBlock - 1) / arenaBlock * arenaBlock
		if (len(a.blocks)+size/arenaBlock)*(arenaBlock/arenaUnit) > 1<<32-1 {
			return nil, 0, errFull
		}
		a.blocks = append(a.blocks, make([]byte, max(size, arenaBlock)))
		a.used = 0
	}
	last := len(a.blocks) - 1
	b := a.blocks[last][a.used : a.used+n : a.used+n]
	ref := uint32(last*(arenaBlock/arenaUnit) + a.used/arenaUnit)
	a.used = (a.used + n + arenaUnit - 1) &^ (arenaUnit - 1)
	if size := len(a.blocks[last]); size > arenaBlock {
		// A long one takes the numbers of as many blocks as it fills.
		for range size/arenaBlock - 1 {
			a.blocks = append(a.blocks, nil)
		}
		a.used = 0
	}
	return b, ref, nil
}

// at gives the bytes from a reference to the end of its block.
func (a *arena) at(ref uint32) []byte {
	return a.blocks[ref/(arenaBlock/arenaUnit)][ref%(arenaBlock/arenaUnit)*arenaUnit:]
}

// addString keeps s with its length before it.
func (a *arena) addString(s string) (uint32, error) {
	var head [binary.MaxVarintLen64]byte
	n := binary.PutUvarint(head[:], uint64(len(s)))
	b, ref, err := a.alloc(n + len(s))
	if err != nil {
		return 0, err
	}
	copy(b, head[:n])
	copy(b[n:], s)
	return ref, nil
}

// bytes gives what addString kept, not to be changed.
func (a *arena) bytes(ref uint32) []byte {
	b := a.at(ref)
	n, k := binary.Uvarint(b)
	return b[k : k+int(n)]
}
