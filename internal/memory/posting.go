package memory

import (
	"encoding/binary"
	"math/bits"
)

// posting is the ascending list of the sources that hold a class.
//
// The list is the steps from one source to the next, a byte each, so that
// reading it needs no decisions, which the processor would guess wrongly half
// of the time: a byte below skip is a step to a source, skip is a step of so
// many to none, and far says that a step in a variable-length integer follows.
// A class that more than one source in commonShare holds has a bit for each
// source instead, which takes no more.
type posting struct {
	data   []byte
	bits   []uint64 // of a common class
	last   uint32
	n      uint32
	common bool
}

const (
	skip  = 254
	far   = 255
	skips = 8 // more of them together take more room than a far step
)

// Where a class becomes common; small indexes keep all lists.
const (
	commonShare = 8
	commonLeast = 4096
)

func (p *posting) add(src, least uint32) {
	p.n++
	if !p.common && p.n > least && p.n > src/commonShare {
		p.toBits()
	}
	if p.common {
		p.setBit(src)
	} else {
		if n := len(p.data); n+1+binary.MaxVarintLen32 > cap(p.data) {
			// A tenth of spare room: append would double it.
			p.data = append(make([]byte, 0, n+n/10+8), p.data...)
		}
		p.data = appendStep(p.data, src-p.last)
	}
	p.last = src
}

func appendStep(b []byte, step uint32) []byte {
	if step >= skips*skip {
		return binary.AppendUvarint(append(b, far), uint64(step))
	}
	for ; step >= skip; step -= skip {
		b = append(b, skip)
	}
	return append(b, byte(step))
}

// toBits makes the class common.
func (p *posting) toBits() {
	src := uint32(0)
	for i := 0; i < len(p.data); i++ {
		b := p.data[i]
		step := uint32(b)
		if b == far {
			step, i = farStep(p.data, i)
		}
		if src += step; b != skip {
			p.setBit(src)
		}
	}
	p.data, p.common = nil, true
}

func (p *posting) setBit(src uint32) {
	for len(p.bits) <= int(src/64) {
		p.bits = append(p.bits, 0)
	}
	p.bits[src/64] |= 1 << (src % 64)
}

// cost is about how long counting the list takes, in nanoseconds, among n
// sources.
func (p *posting) cost(n int) float64 {
	if p.common {
		return float64(n) / 4
	}
	return 3.5 * float64(p.n)
}

// count adds weight to what each source of the list shares with a query. The
// sources that reach need by it are appended to ids, except those of a common
// class.
func (p *posting) count(shared []uint8, ids []uint32, weight, need uint8) []uint32 {
	if p.common {
		p.countBits(shared, weight)
		return ids
	}
	src, data := uint32(0), p.data
	for i := 0; i < len(data); i++ {
		step := uint32(data[i])
		none := uint8(-(((step ^ skip) - 1) >> 31)) // 255 for skip, else 0: no decision
		w := weight &^ none
		if step == far {
			step, i = farStep(data, i)
		}
		src += step
		was := shared[src]
		now := was + w
		shared[src] = now
		if now >= need && was < need {
			ids = append(ids, src)
		}
	}
	return ids
}

// farStep reads the step after a far, and gives the number of its last byte.
//
//go:noinline
func farStep(data []byte, at int) (uint32, int) {
	step, n := binary.Uvarint(data[at+1:])
	return uint32(step), at + n
}

// countBits adds weight to what the sources of a common class share, eight at
// a time.
func (p *posting) countBits(shared []uint8, weight uint8) {
	for i, word := range p.bits {
		for at := 64 * i; word != 0; at, word = at+8, word>>8 {
			eight := shared[at : at+8]
			sum := binary.LittleEndian.Uint64(eight) + spread[word&0xff]*uint64(weight)
			binary.LittleEndian.PutUint64(eight, sum)
		}
	}
}

// spread makes a byte of each bit.
var spread = func() (t [256]uint64) {
	for b := range t {
		for i := range 8 {
			t[b] |= uint64(b>>i&1) << (8 * i)
		}
	}
	return t
}()

// reaching appends the sources that share need or more to ids; both are below
// 128.
func reaching(shared []uint8, ids []uint32, need uint8) []uint32 {
	const ones = 0x0101010101010101
	for at := 0; at+8 <= len(shared); at += 8 {
		eight := binary.LittleEndian.Uint64(shared[at:])
		for high := (eight + uint64(128-need)*ones) & (128 * ones); high != 0; high &= high - 1 {
			ids = append(ids, uint32(at+bits.TrailingZeros64(high)/8))
		}
	}
	return ids
}
