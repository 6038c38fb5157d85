package main

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"strconv"
	"strings"
	"unicode"

	"dragoman/content"
	"dragoman/glossary"
)

// archive makes pairs as a house's archive has them: the sentences of the
// samples and the starter memory with other names, numbers and words. The
// same numbers give the same pairs.
type archive struct {
	glossary *glossary.Glossary
	lang     string
	frames   []frame
	names    map[glossary.Kind][]string // sources, by kind
	words    []string                   // of the samples, in the order of first use
}

// frame is a sentence to be varied.
type frame struct {
	words  []slot
	target string
}

// slot is a word of a frame with what may stand in its place.
type slot struct {
	text string
	kind glossary.Kind // of a name
	tail string        // marks after it
	free bool          // a common word
}

// leastVaried is how many words of a frame must be free to be others.
const leastVaried = 5

func newArchive(g *glossary.Glossary, lang string, pairs [][2]string) *archive {
	a := &archive{glossary: g, lang: lang, names: map[glossary.Kind][]string{}}
	for _, c := range g.Concepts() {
		if c.Kind.Proper() && c.Source != "" {
			a.names[c.Kind] = append(a.names[c.Kind], c.Source)
		}
	}
	known := map[string]bool{}
	for _, p := range pairs {
		f := a.frame(g, content.Plain(p[0]), content.Plain(p[1]))
		varied := 0
		for _, s := range f.words {
			if s.free && !known[s.text] {
				known[s.text] = true
				a.words = append(a.words, s.text)
			}
			if s.free || s.kind != "" {
				varied++
			}
		}
		if varied >= leastVaried { // shorter ones would come a thousand times each
			a.frames = append(a.frames, f)
		}
	}
	return a
}

// frame cuts a sentence at its spaces; names of the glossary stay whole.
func (a *archive) frame(g *glossary.Glossary, source, target string) frame {
	f := frame{target: target}
	at := 0
	plain := func(end int) {
		for _, w := range strings.Fields(source[at:end]) {
			word := strings.TrimRightFunc(w, unicode.IsPunct)
			f.words = append(f.words, slot{text: word, tail: w[len(word):], free: len(word) > 3 && strings.ToLower(word) == word && !strings.ContainsFunc(word, unicode.IsDigit)})
		}
	}
	for _, o := range g.Find(nil, source) {
		if c := g.Concept(o.Concept); o.Start >= at && !o.Nested && c.Kind.Proper() {
			plain(o.Start)
			f.words = append(f.words, slot{text: source[o.Start:o.End], kind: c.Kind})
			at = o.End
		}
	}
	plain(len(source))
	return f
}

// pair makes the pair of a number.
func (a *archive) pair(n int) (source, target string) {
	r := rand.New(rand.NewPCG(uint64(n), 7))
	f := &a.frames[r.IntN(len(a.frames))]
	var b strings.Builder
	for _, s := range f.words {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(a.other(r, s, 4))
		b.WriteString(s.tail)
	}
	return b.String(), f.target + a.terms(b.String())
}

// terms names what a sentence has of the glossary, so that its translation
// does not break it.
func (a *archive) terms(source string) string {
	var b strings.Builder
	for _, o := range a.glossary.Find(nil, source) {
		if name := a.glossary.Preferred(a.lang, o.Concept); name != "" && !o.Nested {
			b.WriteString(" " + name)
		}
	}
	return b.String()
}

// other gives what stands in a slot: another value, and one time in often
// another word.
func (a *archive) other(r *rand.Rand, s slot, often int) string {
	switch {
	case s.kind != "":
		names := a.names[s.kind]
		return names[r.IntN(len(names))]
	case s.text != "" && strings.Trim(s.text, "0123456789") == "":
		return strconv.Itoa(1 + r.IntN(2000))
	case s.free && r.IntN(often) == 0:
		return a.words[r.IntN(len(a.words))]
	}
	return s.text
}

// query makes a sentence that is like that of a number but for one to three
// words, as the next release has it.
func (a *archive) query(n, seed int) string {
	r := rand.New(rand.NewPCG(uint64(seed), 11))
	source, _ := a.pair(n)
	words := strings.Fields(source)
	for range 1 + r.IntN(3) {
		i := r.IntN(len(words))
		switch r.IntN(3) {
		case 0:
			words[i] = a.words[r.IntN(len(a.words))]
		case 1:
			names := a.names[glossary.LOC]
			words[i] = names[r.IntN(len(names))]
		default:
			words[i] = strconv.Itoa(r.IntN(2000))
		}
	}
	return strings.Join(words, " ")
}

// pairs gives the pairs of the numbers below n.
func (a *archive) pairs(n int) iter.Seq2[int, [2]string] {
	return func(yield func(int, [2]string) bool) {
		for i := range n {
			source, target := a.pair(i)
			if !yield(i, [2]string{source, target}) {
				return
			}
		}
	}
}

func (a *archive) String() string {
	return fmt.Sprintf("%d sentences, %d words and the glossary's names varied", len(a.frames), len(a.words))
}
