package glossary

import (
	"slices"
	"strings"
)

// automaton recognises the suffix chains of an agglutinating language. The
// chains are the generated product of the slots in a rules file (some tens of
// thousands of strings), kept as the states that spell them.
type automaton struct {
	symbol [0x800]uint8 // 0 = no letter of any suffix
	width  int
	next   []uint16 // state*width + symbol
	accept []chainClass
}

// chainClass says how a chain may be attached.
type chainClass uint16

const (
	chainC      chainClass = 1 << iota // after a consonant
	chainV                             // after a vowel
	chainPlural                        // a plural without a possessive
	chainPoss                          // with a possessive
	chainDeriv                         // begins with a derivation
	chainVowel                         // begins with a vowel
)

// morpheme is one line of a [chain] section.
type morpheme struct {
	slot  int
	name  string
	after string // of "CVP"
	form  string
	poss  bool
}

// Contexts: what the last letter before a suffix is.
const (
	ctxC = 'C'
	ctxV = 'V'
	ctxP = 'P'
)

// path is a state of the nondeterministic automaton: somewhere within a
// morpheme, with what is needed to choose the next one.
type path struct {
	rest  string // letters of the morpheme still to come
	slot  int    // the next slot that may follow
	ctx   byte
	vowel rune // last vowel, 0 = unknown (the stem's)
	last  rune // last letter, 0 = unknown
	class chainClass
}

// morphemes reads a section; its slots are numbered as they come.
func morphemes(lines [][]string) []morpheme {
	var out []morpheme
	slots := map[string]int{}
	for _, f := range lines {
		n, ok := slots[f[0]]
		if !ok {
			n = len(slots)
			slots[f[0]] = n
		}
		m := morpheme{slot: n, name: f[0], after: f[1], form: f[2]}
		m.poss = len(f) > 3 && f[3] == "P"
		out = append(out, m)
	}
	return out
}

// buildAutomaton determinises the chains that ms spell, by sets of paths.
func buildAutomaton(ms []morpheme) *automaton {
	a := &automaton{}
	b := &chainBuilder{morphemes: ms}
	var start []path
	for _, ctx := range []byte{ctxC, ctxV, ctxP} {
		class := chainC
		if ctx != ctxC {
			class = chainV
		}
		start = b.follow(start, path{ctx: ctx, class: class})
	}
	a.width = 1
	for _, p := range b.spellings {
		for _, r := range p {
			if a.symbol[r] == 0 {
				a.symbol[r] = uint8(a.width)
				a.width++
			}
		}
	}
	a.determinise(b, start)
	return a
}

type chainBuilder struct {
	morphemes []morpheme
	spellings []string
}

// follow appends every way to go on after p.
func (b *chainBuilder) follow(out []path, p path) []path {
	for _, m := range b.morphemes {
		if m.slot < p.slot || strings.IndexByte(m.after, p.ctx) < 0 {
			continue
		}
		for _, s := range spell(m.form, p.vowel, p.last) {
			q := path{rest: s.text, slot: m.slot + 1, vowel: s.vowel, last: s.last, class: p.class}
			q.ctx = contextAfter(s.last, m.poss)
			q.class |= classOf(m, p, s.text)
			out = append(out, q)
			b.spellings = append(b.spellings, s.text)
		}
	}
	return out
}

// classOf gives what a morpheme adds to the class of its chain.
func classOf(m morpheme, p path, text string) chainClass {
	var c chainClass
	switch m.name {
	case "plural":
		c = chainPlural
	case "poss":
		c = chainPoss
	case "deriv":
		c = chainDeriv
	}
	if p.slot == 0 {
		if r := []rune(text); isVowel(r[0]) {
			c |= chainVowel
		}
	}
	return c
}

func contextAfter(last rune, poss bool) byte {
	switch {
	case poss:
		return ctxP
	case isVowel(last):
		return ctxV
	}
	return ctxC
}

type spelled struct {
	text  string
	vowel rune
	last  rune
}

// spell gives the letters of a suffix after a vowel and a last letter; where
// these are unknown, all that may be.
func spell(form string, vowel, last rune) []spelled {
	out := []spelled{{vowel: vowel, last: last}}
	for _, c := range form {
		var grown []spelled
		for _, s := range out {
			for _, r := range realise(c, s.vowel, s.last) {
				t := spelled{text: s.text + string(r), vowel: s.vowel, last: r}
				if isVowel(r) {
					t.vowel = r
				}
				grown = append(grown, t)
			}
		}
		out = grown
	}
	return out
}

// realise gives the letters that an archiphoneme may be.
func realise(c, vowel, last rune) []rune {
	switch c {
	case 'A':
		if vowel == 0 {
			return []rune{'a', 'e'}
		}
		return []rune{harmonyA(vowel)}
	case 'I':
		if vowel == 0 {
			return []rune{'ı', 'i', 'u', 'ü'}
		}
		return []rune{harmonyI(vowel)}
	case 'D':
		return voicing(last, 'd', 't')
	case 'K':
		return voicing(last, 'c', 'ç')
	}
	return []rune{c}
}

func voicing(last, voiced, voiceless rune) []rune {
	switch {
	case last == 0:
		return []rune{voiced, voiceless}
	case strings.ContainsRune("fstkçşhp", last):
		return []rune{voiceless}
	}
	return []rune{voiced}
}

func harmonyA(vowel rune) rune {
	if strings.ContainsRune("aıouâû", vowel) {
		return 'a'
	}
	return 'e'
}

func harmonyI(vowel rune) rune {
	switch vowel {
	case 'a', 'ı', 'â':
		return 'ı'
	case 'o', 'u', 'û':
		return 'u'
	case 'ö', 'ü':
		return 'ü'
	}
	return 'i'
}

func isVowel(r rune) bool {
	return strings.ContainsRune("aeıioöuüâîûêéáíóúàèìòùäë", r)
}

// determinise builds the tables from the sets of paths.
func (a *automaton) determinise(b *chainBuilder, start []path) {
	ids := map[string]uint16{}
	var sets [][]path
	intern := func(set []path) uint16 {
		slices.SortFunc(set, comparePaths)
		set = slices.Compact(set)
		k := pathsKey(set)
		if id, ok := ids[k]; ok {
			return id
		}
		id := uint16(len(sets))
		ids[k] = id
		sets = append(sets, set)
		a.next = append(a.next, make([]uint16, a.width)...)
		a.accept = append(a.accept, 0)
		return id
	}
	intern(nil) // state 0 is failure
	intern(start)
	for id := 1; id < len(sets); id++ {
		bySymbol := map[uint8][]path{}
		for _, p := range sets[id] {
			r := []rune(p.rest)
			sym := a.symbol[r[0]]
			p.rest = string(r[1:])
			if p.rest != "" {
				bySymbol[sym] = append(bySymbol[sym], p)
				continue
			}
			bySymbol[sym] = append(b.follow(bySymbol[sym], p), p)
		}
		for sym := uint8(1); int(sym) < a.width; sym++ {
			set := bySymbol[sym]
			if len(set) == 0 {
				continue
			}
			var accept chainClass
			open := set[:0:0]
			for _, p := range set {
				if p.rest == "" {
					accept |= p.class
				} else {
					open = append(open, p)
				}
			}
			// The accepting class is part of the identity of a state.
			open = append(open, path{rest: "\x00", class: accept})
			to := intern(open)
			a.accept[to] = accept
			a.next[id*a.width+int(sym)] = to
		}
		if id == 1<<16-2 {
			panic("glossary: suffix automaton too large")
		}
	}
}

func comparePaths(x, y path) int {
	if c := strings.Compare(x.rest, y.rest); c != 0 {
		return c
	}
	for _, d := range []int{x.slot - y.slot, int(x.ctx) - int(y.ctx), int(x.vowel - y.vowel), int(x.last - y.last), int(x.class) - int(y.class)} {
		if d != 0 {
			return d
		}
	}
	return 0
}

func pathsKey(set []path) string {
	var k strings.Builder
	for _, p := range set {
		k.WriteString(p.rest)
		for _, v := range []rune{0x1f, rune(p.slot), rune(p.ctx), p.vowel, p.last, rune(p.class), 0x1e} {
			k.WriteRune(v)
		}
	}
	return k.String()
}

// match runs the automaton over letters and gives the class of the chain they
// spell, 0 if they are none.
func (a *automaton) match(letters []rune) chainClass {
	state := 1
	for _, r := range letters {
		if int(r) >= len(a.symbol) {
			return 0
		}
		sym := a.symbol[r]
		if sym == 0 {
			return 0
		}
		state = int(a.next[state*a.width+int(sym)])
		if state == 0 {
			return 0
		}
	}
	return a.accept[state]
}
