package glossary

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"
)

// Suggestion is a capitalised word or group of words that is no name of the
// glossary but sounds like one: an unlisted spelling, or another name. Only a
// person can tell; nothing is ever matched by it.
type Suggestion struct {
	Start, End int    // bytes of the text
	Text       string // without its codes
	Names      []Near // best first, at least one
}

// Near is a name of the glossary that a suggestion may mean.
type Near struct {
	Concept int
	ID      string
	Name    string // the spelling that comes nearest
	Score   int    // likeness of the letters, 0 to 100
}

// skeletons finds names by their consonants. It is made when first asked for.
type skeletons struct {
	once  sync.Once
	names map[string][]skeletonName
}

type skeletonName struct {
	concept int
	name    string
	folded  string // the key without spaces
}

// minLikeness is the least likeness at which a name is suggested: short
// skeletons are shared by words that have nothing in common (Center, Quneitra).
const minLikeness = 60

// suggestWords is how many words a suggestion has at most.
const suggestWords = 5

// Suggest gives the unlisted spellings in text, which is coded text. A longer
// group of words goes before a shorter one.
func (g *Glossary) Suggest(text string) []Suggestion {
	g.skeletons.once.Do(g.makeSkeletons)
	s := g.source.scanners.Get().(*scanner)
	defer g.source.scanners.Put(s)
	s.scan(text)
	found := g.source.find(nil, s.toks, text)
	var out []Suggestion
	for i := 0; i < len(s.toks); {
		n, sugg := g.suggestAt(s.toks, i, text, found)
		if n == 0 {
			i++
			continue
		}
		out = append(out, sugg)
		i += n
	}
	return out
}

// suggestAt looks for the longest suggestion that begins at token i, and
// gives its number of words.
func (g *Glossary) suggestAt(toks []token, i int, text string, found []Occurrence) (int, Suggestion) {
	if toks[i].flags&tokCapital == 0 {
		return 0, Suggestion{}
	}
	longest := 1
	for longest < suggestWords && i+longest < len(toks) && nameGoesOn(toks, i+longest) {
		longest++
	}
	for n := longest; n > 0; n-- {
		last := toks[i+n-1]
		if last.flags&(tokCapital|tokArticle) == 0 || last.flags&tokArticle != 0 {
			continue
		}
		start, end := int(toks[i].start), int(last.end)
		if overlaps(found, start, end) {
			continue
		}
		if names := g.near(toks[i:i+n], text); len(names) > 0 {
			return n, Suggestion{Start: start, End: end, Text: plainSpan(text[start:end]), Names: names}
		}
	}
	return 0, Suggestion{}
}

// nameGoesOn reports whether token k may be inside a name: capitalised, or an
// article before such a word.
func nameGoesOn(toks []token, k int) bool {
	if toks[k].flags&tokJoined == 0 {
		return false
	}
	if toks[k].flags&tokCapital != 0 {
		return true
	}
	article := toks[k].flags&tokArticle != 0 || toks[k].end-toks[k].start == 2
	return article && k+1 < len(toks) && toks[k+1].flags&(tokCapital|tokJoined) == tokCapital|tokJoined
}

// overlaps reports whether a required occurrence lies in the span.
func overlaps(found []Occurrence, start, end int) bool {
	return slices.ContainsFunc(found, func(o Occurrence) bool { return o.Start < end && start < o.End })
}

// near gives the names whose skeleton the words toks have.
func (g *Glossary) near(toks []token, text string) []Near {
	return g.nearName(plainSpan(text[toks[0].start:toks[len(toks)-1].end]))
}

// nearName gives the names that have the skeleton of name but other letters.
func (g *Glossary) nearName(name string) []Near {
	key := Key(name)
	sk := skeleton(key)
	if utf8.RuneCountInString(sk) < 2 {
		return nil
	}
	folded := strings.Join(key, "")
	best := map[int]Near{}
	for _, n := range g.skeletons.names[sk] {
		score := likeness(folded, n.folded)
		if score < minLikeness || slices.Equal(key, Key(n.name)) { // listed, but not found here for a reason
			continue
		}
		if old, ok := best[n.concept]; !ok || score > old.Score {
			best[n.concept] = Near{Concept: n.concept, ID: g.concepts[n.concept].ID, Name: n.name, Score: score}
		}
	}
	names := make([]Near, 0, len(best))
	for _, n := range best {
		names = append(names, n)
	}
	slices.SortFunc(names, func(a, b Near) int {
		return cmp.Or(b.Score-a.Score, a.Concept-b.Concept)
	})
	return names
}

// makeSkeletons indexes the proper names.
func (g *Glossary) makeSkeletons() {
	g.skeletons.names = map[string][]skeletonName{}
	for i := range g.concepts {
		c := &g.concepts[i]
		if !c.Kind.Proper() || c.retired() {
			continue
		}
		for v := range c.names() {
			key := Key(v)
			sk := skeleton(key)
			if utf8.RuneCountInString(sk) < 2 {
				continue
			}
			g.skeletons.names[sk] = append(g.skeletons.names[sk], skeletonName{concept: i, name: v, folded: strings.Join(key, "")})
		}
	}
}

// skeleton gives the consonants of a key, in which the ways to transliterate
// one Arabic name agree: vowels, w and y inside a word, doubled letters, a
// last h and the article go; kh, gh, sh (ch) and th are one letter; q and c
// are k.
//
// Sarqib, Saraqib, Saraqeb and Sarakeb are all srkb; so are Kafr Nobol and
// Kafranbel kfrnbl. That Homs and Hamas are both hms is why a skeleton only
// suggests.
func skeleton(key []string) string {
	var b strings.Builder
	var last rune
	put := func(r rune) {
		if r != last {
			b.WriteRune(r)
		}
		last = r
	}
	for n, w := range key {
		if isArabicArticle(w) && len(key) > 1 && n+1 < len(key) {
			continue
		}
		if len(w) > 2 {
			w = strings.TrimSuffix(w, "h")
		}
		for i := 0; i < len(w); i++ {
			switch c := w[i]; {
			case i+1 < len(w) && w[i+1] == 'h' && strings.IndexByte("kgstc", c) >= 0:
				put(digraphs[c])
				i++
			case strings.IndexByte("aeiou", c) >= 0, (c == 'w' || c == 'y') && i > 0:
			case c == 'q', c == 'c':
				put('k')
			default:
				put(rune(c))
			}
		}
	}
	return b.String()
}

// digraphs are the letters for kh, gh, sh, th and French ch.
var digraphs = map[byte]rune{'k': 'خ', 'g': 'غ', 's': 'ش', 't': 'ث', 'c': 'ش'}

// isArabicArticle reports the article as a word of its own.
func isArabicArticle(w string) bool {
	switch w {
	case "al", "el", "ul", "ad", "an", "ar", "as", "ash", "at", "ath", "az", "ed", "en", "er", "es", "esh", "et", "ez":
		return true
	}
	return false
}

// likeness gives how much two words have in common, 0 to 100: 100 less the
// share of letters to be changed.
func likeness(a, b string) int {
	longest := max(utf8.RuneCountInString(a), utf8.RuneCountInString(b))
	if longest == 0 {
		return 100
	}
	return 100 - 100*levenshtein.ComputeDistance(a, b)/longest
}

// plainSpan takes the codes out of a piece of coded text.
func plainSpan(coded string) string {
	if !strings.ContainsRune(coded, codeOpen) {
		return coded
	}
	var b strings.Builder
	for i := 0; i < len(coded); {
		r, size := utf8.DecodeRuneInString(coded[i:])
		if r == codeOpen {
			if end, single := codeEnd(coded, i); end > i {
				if single {
					b.WriteByte(' ')
				}
				i = end
				continue
			}
		}
		b.WriteString(coded[i : i+size])
		i += size
	}
	return b.String()
}
