package check

import (
	"bufio"
	_ "embed"
	"strings"
	"sync"
)

//go:embed data/negation.txt
var negationText string

// negators are the words by which a language says no: strong ones say
// nothing else, soft ones may, and a word that begins as one of the starts
// counts as soft.
type negators struct {
	strong, soft map[string]bool
	starts       map[byte][]string // by their first byte
}

var negatorLists = sync.OnceValue(func() map[string]*negators {
	m := make(map[string]*negators)
	s := bufio.NewScanner(strings.NewReader(negationText))
	for s.Scan() {
		f := strings.Split(s.Text(), "|")
		if len(f) != 3 || strings.HasPrefix(f[0], "#") {
			continue
		}
		tag := strings.TrimSpace(f[0])
		if m[tag] == nil {
			m[tag] = &negators{strong: map[string]bool{}, soft: map[string]bool{}, starts: map[byte][]string{}}
		}
		for w := range strings.FieldsSeq(f[2]) {
			switch {
			case strings.HasSuffix(w, "*"):
				m[tag].starts[w[0]] = append(m[tag].starts[w[0]], strings.TrimSuffix(w, "*"))
			case strings.TrimSpace(f[1]) == "strong":
				m[tag].strong[w] = true
			default:
				m[tag].soft[w] = true
			}
		}
	}
	return m
})

// negation reports, as a note, a sentence in which only one side says no. It
// speaks up only where one side is plain and the other has no word that
// could carry the negation.
func (c *checker) negation() {
	source, target := negatorLists()[c.src.p.Tag], negatorLists()[c.p.Tag]
	if source == nil || target == nil || c.in.Joined {
		return
	}
	srcStrong, srcAny := source.find(&c.src)
	if srcStrong < 0 && srcAny {
		return
	}
	tgtStrong, tgtAny := target.find(&c.tgt)
	if srcStrong >= 0 && !tgtAny {
		w := c.src.words[srcStrong]
		c.addSource("negation.flipped", w.start, w.end)
	} else if tgtStrong >= 0 && !srcAny {
		w := c.tgt.words[tgtStrong]
		c.add("negation.flipped", w.start, w.end)
	}
}

// find gives the first word that strongly says no, -1 for none, and whether
// any word may.
func (n *negators) find(t *text) (strong int, any bool) {
	strong = -1
	var buf [64]byte
	for i, w := range t.words {
		if w.end-w.start > 40 {
			continue
		}
		k := lowered(buf[:0], t.plain[w.start:w.end])
		switch {
		case n.strong[string(k)]:
			if strong < 0 && !notOnly(t, i) {
				strong = i
			}
			any = true
		case !any && (n.soft[string(k)] || n.begins(k)):
			any = true
		}
	}
	return strong, any
}

func (n *negators) begins(k []byte) bool {
	for _, s := range n.starts[k[0]] {
		if len(k) > len(s) && string(k[:len(s)]) == s {
			return true
		}
	}
	return false
}

// notOnly reports "not only", "not just", "no fewer than" and the like,
// which negate nothing.
func notOnly(t *text, i int) bool {
	if i+1 == len(t.words) {
		return false
	}
	switch strings.ToLower(t.word(t.words[i+1])) {
	case "only", "just", "fewer", "less", "later", "doubt", "longer", "matter", "least", "more", "merely", "yet", "sólo", "solo", "seulement", "только", "менее", "более", "меньше", "больше", "позднее", "раньше", "менше", "більше", "пізніше", "тільки", "menos", "más", "sadece", "فقط", "يقل", "تقل", "بد", "سيما", "شك", "يزال", "تزال", "يزالون", "زال", "زالت":
		return true
	}
	return false
}

// lowered appends s in small letters; ASCII, Cyrillic and Latin-1 suffice.
func lowered(dst []byte, s string) []byte {
	for i := range len(s) {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		dst = append(dst, c)
	}
	return dst
}
