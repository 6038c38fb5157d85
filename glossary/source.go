package glossary

import (
	"bytes"
	"math/bits"
	"slices"
	"strings"
	"sync"
	"time"
)

// Occurrence is a place in a source text where a concept stands.
type Occurrence struct {
	Concept    int    // index in the glossary
	ID         string // of the concept
	Start, End int    // bytes of the text given, without a possessive 's
	// Nested is set where a longer occurrence covers this one, or begins
	// earlier and overlaps it: it is shown, not required.
	Nested bool
	// Attributive is set where the name stands before a noun ("U.S.
	// officials", "UN envoy") or is a possessive: an adjective is then a
	// proper rendering.
	Attributive bool
	// Coordinated is set where the name shares its head with another one
	// ("the Russian and Assad regimes"): the target need not keep the words
	// together.
	Coordinated bool
}

// sourceIndex finds concepts in English text: a trie over folded words. The
// words of the variants are numbered in a dictionary; the edges of the trie
// stand in one flat hash table. It is immutable once built.
type sourceIndex struct {
	words *dictionary
	first []uint32 // by word: the node below the root, 0 = no variant begins so
	edges edgeTable
	// marks numbers, as words of the dictionary, the marks that some name has
	// between its words ("International, Impartial and …").
	marks   [256]uint32
	longest int     // bytes of the longest variant, with room for codes
	outs    []int32 // by node: 1 + the last entry that ends there, 0 = none
	list    []sourceEntry
	ids     []string              // of the concepts, close together
	rules   map[int32]*sourceRule // of the concepts that have one
	// licensers are the concepts that some licence names.
	licensers map[int32]bool
	conds     []uint64 // bit set: concepts that License has to judge
	scanners  sync.Pool
}

// sourceEntry is one variant of a concept at the node where its words end.
type sourceEntry struct {
	caps    uint64 // two bits a word: what capitals it must have
	concept int32
	next    int32 // 1 + the next entry at the node, 0 = none
	flags   uint8
}

// Properties of a sourceEntry.
const (
	// entCommon: one common word, whose capital counts for nothing at the
	// beginning of a sentence (the Coalition).
	entCommon uint8 = 1 << iota
	// entPronoun: an acronym that looks like a small word (US, WHO, IT), no
	// evidence in a line of capitals.
	entPronoun
	// entCoordinated: a plural head, good only after "X and" (the Russian
	// and Assad regimes).
	entCoordinated
)

// What capitals a word of a variant asks of a word of the text.
const (
	capsFree uint64 = iota
	capsInitial
	capsAll
)

// sourceRule is what a concept asks beyond its words.
type sourceRule struct {
	blockedBy, licence []int32
	from, to           time.Time
}

// conditional reports whether the rule depends on the document.
func (r *sourceRule) conditional() bool {
	return len(r.licence) > 0 || !r.from.IsZero() || !r.to.IsZero()
}

// newSourceIndex builds the index. The problems are warnings: variants that
// can never be found.
func newSourceIndex(concepts []Concept, byID map[string]int) (*sourceIndex, Problems) {
	ix := &sourceIndex{words: newDictionary(len(concepts)), rules: map[int32]*sourceRule{}, licensers: map[int32]bool{}}
	ix.words.article = ix.words.add("al")
	ix.words.addPredicates()
	ix.edges.init(len(concepts))
	ix.outs = make([]int32, 1, 2*len(concepts)+1) // node 0 is none
	ix.first = make([]uint32, len(concepts)+2)
	ix.list = make([]sourceEntry, 0, len(concepts)+len(concepts)/4)
	ix.conds = make([]uint64, (len(concepts)+63)/64)
	b := sourceBuilder{sourceIndex: ix, concepts: concepts}
	b.scanner.words, b.scanner.grow = ix.words, true
	b.commons()
	ix.ids = make([]string, len(concepts))
	for i := range concepts {
		ix.ids[i] = concepts[i].ID
		if !concepts[i].retired() {
			b.add(int32(i), byID)
		}
	}
	ix.scanners.New = func() any { return &scanner{words: ix.words, toks: make([]token, 0, 256)} }
	b.problems.Sort()
	return ix, b.problems
}

// retired reports whether the concept is found no more: another one took its
// place, and no date keeps it for older releases.
func (c *Concept) retired() bool { return c.ReplacedBy != "" && c.ValidTo.IsZero() }

// sourceBuilder is the index while it is being built.
type sourceBuilder struct {
	*sourceIndex
	concepts []Concept
	scanner  scanner
	common   map[string]bool // single words that are common nouns somewhere
	problems Problems
}

// commons collects the single words that some concept uses as common nouns.
func (b *sourceBuilder) commons() {
	b.common = map[string]bool{}
	for i := range b.concepts {
		c := &b.concepts[i]
		if c.Kind.Proper() || c.Kind == NISBA || c.Rule.CaseSensitive {
			continue
		}
		for v := range c.names() {
			if v = trimThe(v); isLowerWord(v) {
				b.common[v] = true
			}
		}
	}
}

// isLowerWord reports whether v is one word of small ASCII letters.
func isLowerWord(v string) bool {
	for i := range len(v) {
		if v[i] < 'a' || v[i] > 'z' {
			return false
		}
	}
	return v != ""
}

// names yields the English name and its variants.
func (c *Concept) names() func(func(string) bool) {
	return func(yield func(string) bool) {
		if !yield(c.Source) {
			return
		}
		for _, v := range c.Variants {
			if !yield(v) {
				return
			}
		}
	}
}

// trimThe drops a leading article: a name is found with and without it.
func trimThe(v string) string {
	if len(v) > 4 && strings.EqualFold(v[:4], "the ") {
		return strings.TrimSpace(v[4:])
	}
	return v
}

// add puts the variants of concept i into the trie.
func (b *sourceBuilder) add(i int32, byID map[string]int) {
	c := &b.concepts[i]
	b.addRule(i, c, byID)
	keep := keepCase(c.Rule.KeepCase)
	for v := range c.names() {
		e := sourceEntry{concept: i}
		b.scanner.scan(trimThe(v))
		b.longest = max(b.longest, len(v)+16)
		toks := b.scanner.toks
		if len(toks) == 0 || slices.ContainsFunc(toks, func(t token) bool { return t.id == 0 }) {
			b.warn(c, "name-never", "write it with letters or digits, in words of at most 128 letters", "%q can never be found", v)
			continue
		}
		if slices.ContainsFunc(toks[1:], func(t token) bool { return t.flags&tokJoined == 0 && t.mark == 0 }) {
			b.warn(c, "name-marks", "write it as it stands in running text, or make two variants of it", "%q can never be found: there is more than one mark between two of its words", v)
			continue
		}
		e.caps = b.capitals(c, toks, keep)
		if c.Rule.CaseSensitive && len(toks) == 1 {
			e.flags = b.single(c, toks[0], trimThe(v))
		}
		b.output(b.walk(toks), e, v)
		b.addCoordinated(toks, e)
	}
}

// addRule notes the concept's rule and what it depends on.
func (b *sourceBuilder) addRule(i int32, c *Concept, byID map[string]int) {
	if len(c.Rule.BlockedBy) == 0 && len(c.Rule.Licence) == 0 && c.ValidFrom.IsZero() && c.ValidTo.IsZero() {
		return
	}
	r := &sourceRule{from: c.ValidFrom, to: c.ValidTo}
	for _, id := range c.Rule.BlockedBy {
		if k, ok := byID[id]; ok {
			r.blockedBy = append(r.blockedBy, int32(k))
		}
	}
	for _, id := range c.Rule.Licence {
		if k, ok := byID[id]; ok {
			r.licence = append(r.licence, int32(k))
			b.licensers[int32(k)] = true
		}
	}
	b.rules[i] = r
	if r.conditional() {
		b.conds[i/64] |= 1 << (i % 64)
	}
}

// keepCase maps the folded words of keep-case to the capitals they need.
func keepCase(words []string) map[string]uint64 {
	if len(words) == 0 {
		return nil
	}
	m := make(map[string]uint64, len(words))
	for _, w := range words {
		need := capsInitial
		if len(w) > 1 && strings.ToUpper(w) == w {
			need = capsAll
		}
		for _, k := range Key(w) {
			m[k] = need
		}
	}
	return m
}

// capitals gives what capitals the words of a variant ask for.
func (b *sourceBuilder) capitals(c *Concept, toks []token, keep map[string]uint64) uint64 {
	var caps uint64
	for k, t := range toks[:min(len(toks), 32)] {
		word := b.words.word(t.id)
		need := capsFree
		if n, ok := keep[string(word)]; ok {
			need = n
		} else if c.Rule.CaseSensitive && t.flags&tokArticle == 0 {
			switch {
			case t.flags&tokAllCaps != 0:
				need = capsAll
			case t.flags&tokCapital != 0 && (len(toks) == 1 || !functionWords[string(word)]):
				need = capsInitial
			}
		}
		caps |= need << (2 * k)
	}
	return caps
}

// single gives the properties of a case-sensitive variant of one word, which
// is called name without its article.
func (b *sourceBuilder) single(c *Concept, t token, name string) uint8 {
	word := b.words.word(t.id)
	switch {
	case t.flags&tokAllCaps != 0:
		if functionWords[string(word)] {
			return entPronoun
		}
		return 0
	case t.flags&tokCapital == 0:
		return 0
	case len(c.Rule.Licence) > 0, c.hasArticle(name), b.common[string(word)], c.Kind == COMMON, c.Kind == TERM, c.Kind == GROUP:
		return entCommon
	}
	return 0
}

// hasArticle reports whether one of the names is "the" and this word: a common
// word, then, that the article makes a name (the Coalition).
func (c *Concept) hasArticle(word string) bool {
	for v := range c.names() {
		if len(v) > len(word) && trimThe(v) == word {
			return true
		}
	}
	return false
}

// walk gives the node at the end of the words, making it where need be.
func (b *sourceBuilder) walk(toks []token) uint32 {
	if n := int(toks[0].id); n >= len(b.first) {
		b.first = append(b.first, make([]uint32, max(n+1-len(b.first), len(b.first)/2, 64))...)
	}
	node := b.first[toks[0].id]
	if node == 0 {
		node = b.newNode()
		b.first[toks[0].id] = node
	}
	for i := range toks[1:] {
		t := &toks[i+1]
		if t.flags&tokJoined == 0 {
			if b.marks[t.mark] == 0 {
				b.marks[t.mark] = b.words.add(string(rune(t.mark)))
			}
			node = b.child(node, b.marks[t.mark])
		}
		node = b.child(node, t.id)
	}
	return node
}

// child gives the node below node for a word, making it where need be.
func (b *sourceBuilder) child(node, word uint32) uint32 {
	child := b.edges.get(node, word)
	if child == 0 {
		child = b.newNode()
		b.edges.put(node, word, child)
	}
	return child
}

func (b *sourceBuilder) newNode() uint32 {
	b.outs = append(b.outs, 0)
	return uint32(len(b.outs) - 1)
}

// maxSameName is how many concepts may share one name: for different dates or
// in different documents.
const maxSameName = 64

// output notes that a variant ends at node. Entries stand in reverse order,
// so that the first concept of the glossary comes out last, and wins.
func (b *sourceBuilder) output(node uint32, e sourceEntry, variant string) {
	same := 0
	for k := b.outs[node]; k != 0; k = b.list[k-1].next {
		o := &b.list[k-1]
		if same++; same >= maxSameName {
			b.warn(&b.concepts[e.concept], "name-crowded", "keep it in one of them", "%q is not found for it: %d concepts before have it too", variant, same)
			return
		}
		if o.concept == e.concept {
			if o.caps == e.caps && o.flags == e.flags {
				return
			}
			continue
		}
		if variant != "" {
			b.shadowed(o, &e, variant)
		}
	}
	e.next = b.outs[node]
	b.list = append(b.list, e)
	b.outs[node] = int32(len(b.list))
}

// shadowed warns where a variant can never count since an earlier concept has
// the same one and is no more demanding.
func (b *sourceBuilder) shadowed(earlier, e *sourceEntry, variant string) {
	if earlier.caps&^e.caps != 0 || earlier.flags&^e.flags != 0 {
		return
	}
	if r := b.rules[earlier.concept]; r != nil && (r.conditional() || len(r.blockedBy) > 0) {
		return
	}
	c, by := &b.concepts[e.concept], &b.concepts[earlier.concept]
	b.warn(c, "name-taken", "keep it in one of the two, or give the other a licence or dates",
		"%q is never found as %s: %s comes first and has it too", variant, c.ID, by.ID)
}

// addCoordinated adds the plural of a name whose last word is a common noun,
// for coordinations only: "the Russian and Assad regimes".
func (b *sourceBuilder) addCoordinated(toks []token, e sourceEntry) {
	last := &toks[len(toks)-1]
	if len(toks) < 2 || toks[0].flags&tokCapital == 0 || last.flags&tokCapital != 0 {
		return
	}
	word := b.words.word(last.id)
	if n := len(word); word[n-1] == 's' || word[0] < 'a' || functionWords[string(word)] {
		return
	}
	last.id = b.words.add(plural(string(word)))
	e.flags |= entCoordinated
	b.output(b.walk(toks), e, "")
}

// plural gives the regular plural of an English noun.
func plural(w string) string {
	for _, end := range []string{"x", "ch", "sh", "z"} {
		if strings.HasSuffix(w, end) {
			return w + "es"
		}
	}
	if n := len(w); n > 1 && w[n-1] == 'y' && strings.IndexByte("aeiou", w[n-2]) < 0 {
		return w[:n-1] + "ies"
	}
	return w + "s"
}

func (b *sourceBuilder) warn(c *Concept, rule, remedy, format string, args ...any) {
	p := Problem{File: c.File, Line: c.Line, Severity: Warning}
	p.say(c.ID, ruled(rule, remedy, format, args...))
	b.problems.add(p)
}

// Key gives the folded words by which an English name is found: two spellings
// with the same key are the same name to Find. "Ma’arat al-Nu’man" and
// "Maarat an-Numan" have the key [maarat al numan].
func Key(variant string) []string {
	s := scanner{words: newDictionary(8), grow: true}
	s.words.article = s.words.add("al")
	s.scan(trimThe(variant))
	key := make([]string, 0, len(s.toks))
	for _, t := range s.toks {
		if t.id != 0 {
			key = append(key, string(s.words.word(t.id)))
		}
	}
	return key
}

// dictionary numbers folded words, from 1.
type dictionary struct {
	slots   []dictSlot // open addressing, a power of two
	shift   int
	text    []byte // all words, one after the other
	ends    []uint32
	article uint32 // the number of "al"
	// predicates: the words up to this number are small words and verbs, of
	// which small are small words. The rest belongs to names only.
	small, predicates uint32
}

type dictSlot struct {
	tag uint32 // the low half of the hash, to tell most misses apart
	id  uint32
}

func newDictionary(words int) *dictionary {
	d := &dictionary{ends: make([]uint32, 1, words+1)}
	d.resize(max(words*2, 16))
	return d
}

// resize makes room for at least n slots and puts the words into them.
func (d *dictionary) resize(n int) {
	size := 1 << bits.Len(uint(n-1))
	d.slots = make([]dictSlot, size)
	d.shift = 64 - bits.Len(uint(size-1))
	for id := uint32(1); int(id) < len(d.ends); id++ {
		h := hashOf(string(d.word(id)))
		*d.slot(h, d.word(id)) = dictSlot{tag: uint32(h), id: id}
	}
}

// hashOf gives the hash of a folded word, as the scanner computes it.
func hashOf(w string) uint64 {
	h := hashSeed
	for i := range len(w) {
		h = (h ^ uint64(w[i])) * hashPrime
	}
	return h
}

// place spreads a hash over the slots.
func place(h uint64, shift int) uint64 { return (h * hashSeed) >> shift }

// slot gives the place of a word: its own or the free one where it belongs.
func (d *dictionary) slot(h uint64, w []byte) *dictSlot {
	mask := uint64(len(d.slots) - 1)
	for i := place(h, d.shift); ; i = (i + 1) & mask {
		s := &d.slots[i]
		if s.id == 0 || s.tag == uint32(h) && bytes.Equal(d.word(s.id), w) {
			return s
		}
	}
}

func (d *dictionary) word(id uint32) []byte { return d.text[d.ends[id-1]:d.ends[id]] }

// intern gives the number of a folded word, a new one if need be.
func (d *dictionary) intern(h uint64, w []byte) uint32 {
	s := d.slot(h, w)
	if s.id != 0 {
		return s.id
	}
	if len(d.ends)*2 > len(d.slots) {
		d.resize(len(d.slots) * 2)
		s = d.slot(h, w)
	}
	d.text = append(d.text, w...)
	d.ends = append(d.ends, uint32(len(d.text)))
	*s = dictSlot{tag: uint32(h), id: uint32(len(d.ends) - 1)}
	return s.id
}

// add gives the number of a folded word, a new one if need be.
func (d *dictionary) add(w string) uint32 { return d.intern(hashOf(w), []byte(w)) }

// addPredicates numbers the words that a name stands before without being
// their attribute.
func (d *dictionary) addPredicates() {
	for w := range functionWords {
		d.add(w)
	}
	d.small = uint32(len(d.ends) - 1)
	for w := range reportVerbs {
		d.add(w)
	}
	d.predicates = uint32(len(d.ends) - 1)
}

// find gives the number of a folded word, 0 if it has none.
func (d *dictionary) find(h uint64, w []byte, long bool) uint32 {
	if long {
		return 0
	}
	return d.slot(h, w).id
}

// findASCII gives the number of an ASCII word that is not folded yet.
func (d *dictionary) findASCII(h uint64, w string) uint32 {
	mask := uint64(len(d.slots) - 1)
	for i := place(h, d.shift); ; i = (i + 1) & mask {
		s := d.slots[i]
		if s.id == 0 || s.tag == uint32(h) && equalFold(d.word(s.id), w) {
			return s.id
		}
	}
}

// equalFold compares a folded word with an ASCII one.
func equalFold(folded []byte, w string) bool {
	if len(folded) != len(w) {
		return false
	}
	for i, c := range folded {
		if c != fold[w[i]] {
			return false
		}
	}
	return true
}

// edgeTable holds the edges of the trie: (node, word) -> node.
type edgeTable struct {
	keys  []uint64 // 0 = free
	nodes []uint32
	shift int
	n     int
}

func (t *edgeTable) init(n int) {
	size := 1 << bits.Len(uint(max(n*2, 16)-1))
	t.keys, t.nodes = make([]uint64, size), make([]uint32, size)
	t.shift = 64 - bits.Len(uint(size-1))
	t.n = 0
}

func (t *edgeTable) get(node, word uint32) uint32 {
	key := uint64(node)<<32 | uint64(word)
	mask := uint64(len(t.keys) - 1)
	for i := place(key, t.shift); ; i = (i + 1) & mask {
		switch t.keys[i] {
		case key:
			return t.nodes[i]
		case 0:
			return 0
		}
	}
}

func (t *edgeTable) put(node, word, child uint32) {
	if (t.n+1)*2 > len(t.keys) {
		old := *t
		t.init(len(old.keys))
		for i, key := range old.keys {
			if key != 0 {
				t.put(uint32(key>>32), uint32(key), old.nodes[i])
			}
		}
	}
	key := uint64(node)<<32 | uint64(word)
	mask := uint64(len(t.keys) - 1)
	i := place(key, t.shift)
	for t.keys[i] != 0 {
		i = (i + 1) & mask
	}
	t.keys[i], t.nodes[i] = key, child
	t.n++
}
