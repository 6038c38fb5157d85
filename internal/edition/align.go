package edition

import (
	"sort"
	"strings"

	"dragoman/content"
)

// LinkKind says how a segment of a new revision follows from the old one.
type LinkKind string

// The kinds of link.
const (
	Same     LinkKind = "same"     // the exact same text, in order or moved: keeps its target and its approval
	Repeated LinkKind = "repeated" // a further copy of an old segment: gets a copy of its target
	Folded   LinkKind = "folded"   // only quotes, spaces or dashes differ: keeps its target, to be approved again
	Near     LinkKind = "near"     // reworded: keeps its target as history, with both differences shown
	Split    LinkKind = "split"    // part of an old segment that was cut in several
	Merged   LinkKind = "merged"   // several old segments joined
	New      LinkKind = "new"
)

// Link ties one segment of the new revision to the old ones it comes from.
type Link struct {
	Kind LinkKind
	// Old are positions in the old revision: none for New, several for
	// Merged, one otherwise. A position is the home of at most one link of
	// the kinds Same, Folded and Near, and of the first of a Split or Merged.
	Old []int
}

// AlignUnit is what Align needs to know of a segment.
type AlignUnit struct {
	Exact, Norm content.Hash
	Text        string
}

// nearEnough is the least share of common words for Near.
const nearEnough = 0.5

// Align ties the segments of a new revision to those of the old one as two
// sequences: equal runs first, then moves, repeats, changes of punctuation
// only, splits and merges, and last near wordings. It returns one link for
// each new segment and the old positions that no link took up.
func Align(old, new []AlignUnit) (links []Link, gone []int) {
	a := &aligner{old: old, new: new, links: make([]Link, len(new)), used: make([]bool, len(old))}
	a.sequence(func(u AlignUnit) content.Hash { return u.Exact }, Same)
	a.scattered(func(u AlignUnit) content.Hash { return u.Exact }, Same)
	a.repeats()
	a.sequence(func(u AlignUnit) content.Hash { return u.Norm }, Folded)
	a.scattered(func(u AlignUnit) content.Hash { return u.Norm }, Folded)
	a.splitsAndMerges()
	a.near()
	for i := range a.links {
		if a.links[i].Kind == "" {
			a.links[i].Kind = New
		}
	}
	for j, used := range a.used {
		if !used {
			gone = append(gone, j)
		}
	}
	return a.links, gone
}

type aligner struct {
	old, new []AlignUnit
	links    []Link
	used     []bool
}

func (a *aligner) take(i, j int, k LinkKind) {
	a.links[i] = Link{Kind: k, Old: []int{j}}
	a.used[j] = true
}

// maxPairs bounds how many pairs of segments are looked at, so that a long
// document of equal or alike lines takes no more time and memory than others.
// Where there are more, each is compared with those about its place.
const maxPairs = 200_000

// sequence links a longest common subsequence of what is still free, found
// as the longest rising run of old positions (Hunt and Szymanski 1977).
func (a *aligner) sequence(key func(AlignUnit) content.Hash, kind LinkKind) {
	at := map[content.Hash][]int{}
	for j := range a.old {
		if !a.used[j] {
			k := key(a.old[j])
			at[k] = append(at[k], j)
		}
	}
	about := max(32, maxPairs/max(1, len(a.new)))
	seen := map[content.Hash]int{}
	type node struct{ i, j, prev int }
	var nodes []node
	var tails []int // tails[l] = node that ends the best run of length l+1
	for i := range a.new {
		if a.links[i].Kind != "" {
			continue
		}
		k := key(a.new[i])
		js, n := at[k], seen[k]
		seen[k]++
		for x := min(len(js), n+about) - 1; x >= max(0, n-about); x-- { // falling, so that one new segment takes one old
			j := js[x]
			l := sort.Search(len(tails), func(x int) bool { return nodes[tails[x]].j >= j })
			prev := -1
			if l > 0 {
				prev = tails[l-1]
			}
			nodes = append(nodes, node{i, j, prev})
			if l == len(tails) {
				tails = append(tails, len(nodes)-1)
			} else {
				tails[l] = len(nodes) - 1
			}
		}
	}
	if len(tails) == 0 {
		return
	}
	for n := tails[len(tails)-1]; n >= 0; n = nodes[n].prev {
		a.take(nodes[n].i, nodes[n].j, kind)
	}
}

// scattered links what moved: equal, but out of order.
func (a *aligner) scattered(key func(AlignUnit) content.Hash, kind LinkKind) {
	at := map[content.Hash][]int{}
	for j := range a.old {
		if !a.used[j] {
			k := key(a.old[j])
			at[k] = append(at[k], j)
		}
	}
	for i := range a.new {
		k := key(a.new[i])
		if js := at[k]; a.links[i].Kind == "" && len(js) > 0 {
			a.take(i, js[0], kind)
			at[k] = js[1:]
		}
	}
}

// repeats links further copies of a segment that is already linked.
func (a *aligner) repeats() {
	at := map[content.Hash]int{}
	for j := len(a.old) - 1; j >= 0; j-- {
		at[a.old[j].Exact] = j
	}
	for i := range a.new {
		if j, ok := at[a.new[i].Exact]; ok && a.links[i].Kind == "" {
			a.links[i] = Link{Kind: Repeated, Old: []int{j}}
		}
	}
}

// placeBonus decides between wordings that are about as near.
const placeBonus = 0.1

// maxPieces is how many sentences one sentence may be cut into.
const maxPieces = 4

func (a *aligner) splitsAndMerges() {
	squeezed := func(us []AlignUnit) string {
		var b strings.Builder
		for _, u := range us {
			b.WriteString(squeeze(u.Text))
		}
		return b.String()
	}
	whole := map[string]int{}
	for j := range a.old {
		if !a.used[j] {
			whole[squeeze(a.old[j].Text)] = j
		}
	}
	for i := range a.new { // one old segment became new[i:i+n]
		for n := 2; n <= maxPieces && i+n <= len(a.new) && a.freeNew(i, n); n++ {
			if j, ok := whole[squeezed(a.new[i:i+n])]; ok && !a.used[j] {
				for x := i; x < i+n; x++ {
					a.take(x, j, Split)
				}
				break
			}
		}
	}
	joined := map[string]int{}
	for i := range a.new {
		if a.links[i].Kind == "" {
			joined[squeeze(a.new[i].Text)] = i
		}
	}
	for j := range a.old { // old[j:j+n] became one new segment
		for n := 2; n <= maxPieces && j+n <= len(a.old) && a.freeOld(j, n); n++ {
			i, ok := joined[squeezed(a.old[j:j+n])]
			if !ok || a.links[i].Kind != "" {
				continue
			}
			a.links[i] = Link{Kind: Merged}
			for x := j; x < j+n; x++ {
				a.links[i].Old = append(a.links[i].Old, x)
				a.used[x] = true
			}
			break
		}
	}
}

func (a *aligner) freeNew(i, n int) bool {
	for x := i; x < i+n; x++ {
		if a.links[x].Kind != "" {
			return false
		}
	}
	return true
}

func (a *aligner) freeOld(j, n int) bool {
	for x := j; x < j+n; x++ {
		if a.used[x] {
			return false
		}
	}
	return true
}

// squeeze folds away what changes where a sentence is cut or joined: white
// space, case of the first letter and the stops between.
func squeeze(s string) string {
	var b strings.Builder
	for _, w := range strings.Fields(strings.ToLower(content.Plain(s))) {
		b.WriteString(strings.TrimRight(w, ".;,:"))
	}
	return b.String()
}

// near links the best remaining pairs of alike wording, those at the same
// place between fixed neighbours first.
func (a *aligner) near() {
	type pair struct {
		i, j  int
		score float64
	}
	var pairs []pair
	number := map[string]int{} // of words, which are faster to compare
	words := func(us []AlignUnit, free func(int) bool) (at []int, texts [][]int) {
		for x := range us {
			if !free(x) {
				continue
			}
			var text []int
			for _, w := range strings.Fields(content.Plain(us[x].Text)) {
				if number[w] == 0 {
					number[w] = len(number) + 1
				}
				text = append(text, number[w])
			}
			at, texts = append(at, x), append(texts, text)
		}
		return at, texts
	}
	newAt, news := words(a.new, func(i int) bool { return a.links[i].Kind == "" })
	oldAt, olds := words(a.old, func(j int) bool { return !a.used[j] })
	about := maxPairs/max(1, 2*len(news)) + 1
	var row []int
	for x, nw := range news {
		place := x * len(olds) / len(news)
		for y := max(0, place-about); y < min(len(olds), place+about+1); y++ {
			ow := olds[y]
			if 2*min(len(ow), len(nw)) < int(nearEnough*float64(len(ow)+len(nw))) {
				continue
			}
			row = append(row[:0], make([]int, len(nw)+1)...)
			s := likeness(ow, nw, row)
			if s < nearEnough {
				continue
			}
			i, j := newAt[x], oldAt[y]
			if a.samePlace(i, j) {
				s += placeBonus
			}
			pairs = append(pairs, pair{i, j, s})
		}
	}
	sort.Slice(pairs, func(x, y int) bool {
		p, q := pairs[x], pairs[y]
		if p.score != q.score {
			return p.score > q.score
		}
		if p.i != q.i {
			return p.i < q.i
		}
		return p.j < q.j
	})
	for _, p := range pairs {
		if a.links[p.i].Kind == "" && !a.used[p.j] {
			a.take(p.i, p.j, Near)
		}
	}
}

// samePlace reports whether new i and old j follow, or precede, linked twins.
func (a *aligner) samePlace(i, j int) bool {
	follows := func(ni, oj int) bool {
		if ni < 0 || ni >= len(a.new) {
			return oj < 0 || oj >= len(a.old)
		}
		l := a.links[ni]
		return len(l.Old) > 0 && l.Old[0] == oj
	}
	return follows(i-1, j-1) || follows(i+1, j+1)
}

// Likeness is the share of words that two wordings have in common and in
// order, 0 to 1.
func Likeness(a, b []string) float64 { return likeness(a, b, make([]int, len(b)+1)) }

// likeness is Likeness of words of any kind. row is room to work in: a zero
// for each word of b, and one more.
func likeness[T comparable](a, b []T, row []int) float64 {
	n := len(a) + len(b)
	if n == 0 {
		return 1
	}
	for _, x := range a { // the length of the longest common subsequence
		diag := 0
		for j, y := range b {
			up := row[j+1]
			if x == y {
				row[j+1] = diag + 1
			} else {
				row[j+1] = max(row[j+1], row[j])
			}
			diag = up
		}
	}
	return 2 * float64(row[len(b)]) / float64(n)
}
