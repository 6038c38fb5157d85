package glossary

import (
	"math"
	"slices"
	"strings"
	"time"
)

// Find appends to dst the occurrences of concepts in text, which is coded
// text: inline codes such as ⟦1⟧ are transparent, and spans are bytes of the
// text with its codes. What it gives depends on text and glossary alone, so
// that it can be kept by the hash of the text; License then judges it for one
// document.
//
// Occurrences come by Start, the longest first; of two that overlap, the one
// that begins first is required, then the longer one, then that of the concept
// which comes first in the glossary. The other is Nested.
//
// Capitals: a case-sensitive variant needs the capitals it is written with; a
// capital in the text where the variant has none does no harm. In a headline
// where every word has a capital, capitals are therefore as good as
// elsewhere: a missed name costs more there than a common noun taken for one.
// The one exception is an acronym that is also a small word (US, WHO, IT) in
// a line of capitals.
//
// A text of 2 GiB or more is not searched.
func (g *Glossary) Find(dst []Occurrence, text string) []Occurrence {
	if len(text) > math.MaxInt32 {
		return dst
	}
	s := g.source.scanners.Get().(*scanner)
	s.scan(text)
	dst = g.source.find(dst, s.toks, text)
	g.source.scanners.Put(s)
	return dst
}

// find appends what stands in the words toks of text.
func (ix *sourceIndex) find(dst []Occurrence, toks []token, text string) []Occurrence {
	base := len(dst)
	for i := range toks {
		from := len(dst)
		dst = ix.findAt(dst, toks, i, i, text)
		if toks[i].flags&tokArticle != 0 && i+1 < len(toks) {
			dst = ix.findArticle(dst, from, toks, i, text)
		}
	}
	if len(dst) > base {
		found := ix.cover(ix.block(dst[base:], false))
		dst = dst[:base+len(found)]
	}
	return dst
}

// findAt appends what begins at token i, the longest first. start is the token
// where it is said to begin: i, or an article before it.
func (ix *sourceIndex) findAt(dst []Occurrence, toks []token, start, i int, text string) []Occurrence {
	id := toks[i].id
	if id == 0 || int(id) >= len(ix.first) {
		return dst
	}
	node := ix.first[id]
	if node == 0 {
		return dst
	}
	from := len(dst)
	for j := i; ; {
		if k := ix.outs[node]; k != 0 {
			n := len(dst)
			dst = ix.emit(dst, toks, i, j, k, text)
			for ; n < len(dst); n++ {
				dst[n].Start = int(toks[start].start)
			}
		}
		if j++; j == len(toks) || toks[j].id == 0 {
			break
		}
		if node = ix.step(node, &toks[j]); node == 0 {
			break
		}
	}
	slices.Reverse(dst[from:])
	return dst
}

// step gives the node that token t leads to, 0 if none.
func (ix *sourceIndex) step(node uint32, t *token) uint32 {
	if t.flags&tokJoined == 0 {
		mark := ix.marks[t.mark]
		if mark == 0 {
			return 0
		}
		if node = ix.edges.get(node, mark); node == 0 {
			return 0
		}
	}
	return ix.edges.get(node, t.id)
}

// findArticle appends what begins after the article at token i as if it began
// with it, so that "al-Assad regime" is one name as "Assad regime" is, and not
// al-Assad and a regime. A variant that has the article goes before one that
// has not.
func (ix *sourceIndex) findArticle(dst []Occurrence, from int, toks []token, i int, text string) []Occurrence {
	dst = ix.findAt(dst, toks, i, i+1, text)
	slices.SortStableFunc(dst[from:], func(a, b Occurrence) int { return b.End - a.End })
	return dst
}

// emit appends the variants that end at token j, from entry k on.
func (ix *sourceIndex) emit(dst []Occurrence, toks []token, i, j int, k int32, text string) []Occurrence {
	last := int32(-1)
	for ; k != 0; k = ix.list[k-1].next {
		e := &ix.list[k-1]
		if e.concept == last || !e.fits(toks, i, j, text) {
			continue
		}
		last = e.concept
		dst = append(dst, Occurrence{
			Concept: int(e.concept), ID: ix.ids[e.concept],
			Start: int(toks[i].start), End: int(toks[j].end),
			Attributive: attributive(ix.words, toks, j, text),
			Coordinated: e.flags&entCoordinated != 0 || coordinated(toks, i, j, text),
		})
	}
	return dst
}

// fits reports whether tokens i to j have what the variant asks for beyond
// its words.
func (e *sourceEntry) fits(toks []token, i, j int, text string) bool {
	caps := e.caps
	for k := i; caps != 0; k++ {
		switch f := toks[k].flags; caps & 3 {
		case capsInitial:
			if f&tokCapital == 0 {
				return false
			}
		case capsAll:
			if f&tokAllCaps == 0 {
				return false
			}
		}
		caps >>= 2
	}
	switch {
	case e.flags == 0:
		return true
	case e.flags&entCommon != 0 && toks[i].flags&tokStart != 0:
		return false
	case e.flags&entPronoun != 0 && toks[i].flags&tokDotted == 0 && shouting(toks, i, text):
		return false
	case e.flags&entCoordinated != 0 && !afterAnd(toks, i, text):
		return false
	}
	return true
}

// shouting reports whether token i stands in a line of capitals: no word
// beside it has a small letter.
func shouting(toks []token, i int, text string) bool {
	beside := false
	for k := max(0, i-2); k <= min(len(toks)-1, i+2); k++ {
		if k == i || !hasLetter(text[toks[k].start:toks[k].end]) {
			continue
		}
		if toks[k].flags&tokAllCaps == 0 {
			return false
		}
		beside = true
	}
	return beside
}

func hasLetter(w string) bool {
	return strings.ContainsFunc(w, func(r rune) bool { return isWordRune(r) && (r < '0' || r > '9') })
}

// attributive reports whether the name that ends at token j stands before a
// noun or is a possessive. English does not mark nouns; what is no small
// word, no verb of the list and does not end as a participle or an adverb is
// taken for one, since a name before it is then at worst read generously.
func attributive(words *dictionary, toks []token, j int, text string) bool {
	if toks[j].flags&tokPossessive != 0 {
		return true
	}
	if j+1 == len(toks) || toks[j+1].flags&tokJoined == 0 {
		return false
	}
	next := &toks[j+1]
	if next.flags&tokCapital != 0 {
		return next.id == 0 || next.id > words.small
	}
	if next.flags&tokHyphen != 0 {
		return true // UN-backed, Assad-held
	}
	if next.id != 0 && next.id <= words.predicates {
		return false
	}
	word := text[next.start:next.end]
	for _, end := range [...]string{"ed", "ing", "ly"} {
		if len(word) > 4 && strings.HasSuffix(word, end) {
			return false
		}
	}
	return hasLetter(word)
}

// coordinated reports whether the name of tokens i to j shares its last word
// with another one before "and": "Russian and Assad regime jets".
func coordinated(toks []token, i, j int, text string) bool {
	if i == j || toks[j].flags&tokCapital != 0 || toks[i].flags&tokCapital == 0 {
		return false
	}
	return afterAnd(toks, i, text)
}

// afterAnd reports whether token i comes after a capitalised word and "and"
// or "or".
func afterAnd(toks []token, i int, text string) bool {
	if i < 2 || toks[i].flags&tokJoined == 0 || toks[i-1].flags&tokJoined == 0 {
		return false
	}
	and := text[toks[i-1].start:toks[i-1].end]
	return (and == "and" || and == "or") && toks[i-2].flags&(tokCapital|tokPossessive) == tokCapital
}

// cover sets Nested: occ comes by Start, longest first, and the first to take
// a byte keeps it. What is nested and lies in another occurrence of the same
// concept ("Assad" in "Bashar al-Assad") is not worth showing and goes.
func (ix *sourceIndex) cover(occ []Occurrence) []Occurrence {
	n, end := 0, 0
	for _, o := range occ {
		if o.Nested = o.Start < end; !o.Nested {
			end = o.End
		} else if inSame(occ[:n], &o, ix.longest) {
			continue
		}
		occ[n] = o
		n++
	}
	return occ[:n]
}

// inSame reports whether one of the occurrences before o, beginning less than
// far bytes before it, has the same concept and holds it.
func inSame(before []Occurrence, o *Occurrence, far int) bool {
	for k := len(before) - 1; k >= 0 && o.Start-before[k].Start < far; k-- {
		if before[k].Concept == o.Concept && before[k].End >= o.End {
			return true
		}
	}
	return false
}

// block takes out the occurrences that another concept's rule lets win
// wherever both stand. Where the winner depends on the document, only License
// can tell (certain), and Find leaves both.
func (ix *sourceIndex) block(occ []Occurrence, certain bool) []Occurrence {
	if len(ix.rules) == 0 {
		return occ
	}
	return slices.DeleteFunc(occ, func(o Occurrence) bool {
		r := ix.rules[int32(o.Concept)]
		if r == nil || len(r.blockedBy) == 0 {
			return false
		}
		return slices.ContainsFunc(occ, func(by Occurrence) bool {
			return by.Start < o.End && o.Start < by.End && (certain || !ix.conditional(by.Concept)) &&
				slices.Contains(r.blockedBy, int32(by.Concept))
		})
	})
}

// conditional reports whether License has to judge the concept.
func (ix *sourceIndex) conditional(concept int) bool {
	return ix.conds[concept/64]&(1<<(concept%64)) != 0
}

// Document is the running state of one document: what has been mentioned, and
// the day for which it is written. It is not safe for concurrent use.
type Document struct {
	date time.Time
	seen map[int32]bool // of the concepts that license others
}

// NewDocument begins a document that comes from source (its source line, such
// as "Syrian Coalition’s Media Department"; its names count as mentioned) and
// is dated date; with a zero date every concept counts whatever its dates.
func (g *Glossary) NewDocument(source string, date time.Time) *Document {
	doc := &Document{date: date}
	if source != "" {
		g.source.see(doc, g.Find(nil, source))
	}
	return doc
}

// see notes the names that license others.
func (ix *sourceIndex) see(doc *Document, occ []Occurrence) {
	for i := range occ {
		if ix.licensers[int32(occ[i].Concept)] {
			if doc.seen == nil {
				doc.seen = map[int32]bool{}
			}
			doc.seen[int32(occ[i].Concept)] = true
		}
	}
}

// License gives those of occ, what Find gave for a text, that count in the
// document: concepts whose dates hold, and names such as "the Coalition" only
// once the document has said which one. Texts must come in the order of the
// document, each once; a nil doc stands for a document of this text only. occ
// itself is not changed, but may be what is given back.
func (g *Glossary) License(doc *Document, occ []Occurrence, _ string) []Occurrence {
	ix := g.source
	if doc == nil {
		doc = new(Document)
	}
	if !slices.ContainsFunc(occ, func(o Occurrence) bool { return ix.conditional(o.Concept) }) {
		ix.see(doc, occ)
		return occ
	}
	out := make([]Occurrence, 0, len(occ))
	for i, o := range occ {
		if ix.conditional(o.Concept) && !ix.rules[int32(o.Concept)].holds(doc) {
			continue
		}
		out = append(out, o)
		ix.see(doc, occ[i:i+1])
	}
	return ix.cover(ix.block(out, true))
}

// Conditional reports whether it depends on the document if the concept at
// index i counts: it needs a licence, or has dates.
func (g *Glossary) Conditional(i int) bool { return g.source.conditional(i) }

// LicenseBy is License where it is known from before which occurrences of
// conditional concepts count in the document: those for which counts is true.
func (g *Glossary) LicenseBy(occ []Occurrence, counts func(Occurrence) bool) []Occurrence {
	ix := g.source
	if !slices.ContainsFunc(occ, func(o Occurrence) bool { return ix.conditional(o.Concept) }) {
		return occ
	}
	out := make([]Occurrence, 0, len(occ))
	for _, o := range occ {
		if !ix.conditional(o.Concept) || counts(o) {
			out = append(out, o)
		}
	}
	return ix.cover(ix.block(out, true))
}

// holds reports whether the rule lets its concept count at this point of the
// document.
func (r *sourceRule) holds(doc *Document) bool {
	if !doc.date.IsZero() {
		day := time.Date(doc.date.Year(), doc.date.Month(), doc.date.Day(), 0, 0, 0, 0, time.UTC)
		if !r.from.IsZero() && day.Before(r.from) || !r.to.IsZero() && day.After(r.to) {
			return false
		}
	}
	return len(r.licence) == 0 || slices.ContainsFunc(r.licence, func(c int32) bool { return doc.seen[c] })
}
