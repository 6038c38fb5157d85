package glossary

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Candidates collects capitalised names that recur in texts and are in no
// glossary, for the terminologist to decide on. Not safe for concurrent use.
//
//	c := g.NewCandidates()
//	for _, segment := range segments {
//		c.Add("2018/02/05.md", segment)
//	}
//	for _, name := range c.List(2) { … }
type Candidates struct {
	g     *Glossary
	toks  []token
	marks []byte            // of the tokens
	names map[string]*tally // by key, words joined with spaces
	// small are the words seen with a small letter: a name of one of them
	// that stands at the beginning of a sentence is no name.
	small map[string]bool
}

// Candidate is a name that a glossary might want.
type Candidate struct {
	Text     string // the spelling seen most often
	Count    int    // how often it was seen
	Sources  int    // in how many sources
	Contexts []Context
	// Near are names of the glossary that sound alike: the candidate may be
	// an unlisted spelling of one.
	Near []Near
}

// Context is a place where a candidate stands.
type Context struct {
	Source string // as given to Add
	Text   string // words around it, without codes
}

// tally is what is known of one candidate.
type tally struct {
	spellings map[string]int
	sources   map[string]bool
	count     int
	sure      int // times seen where the capital is evidence
	words     int
	contexts  []Context
}

// Limits of what is kept: a hostile archive must not fill the memory.
const (
	maxCandidates = 200_000
	maxContexts   = 5
	contextBytes  = 60 // on either side
	maxNameWords  = 6
)

// NewCandidates begins a collection.
func (g *Glossary) NewCandidates() *Candidates {
	return &Candidates{g: g, names: map[string]*tally{}, small: map[string]bool{}}
}

// Add looks for names in one segment of coded text, which comes from source:
// a file, an address or an id.
func (c *Candidates) Add(source, text string) {
	s := c.g.source.scanners.Get().(*scanner)
	defer c.g.source.scanners.Put(s)
	s.scan(text)
	c.toks = append(c.toks[:0], s.toks...)
	c.markStops(c.g.source.find(nil, c.toks, text), text)
	headline := isHeadline(c.toks, text)
	for i := 0; i < len(c.toks); {
		if c.toks[i].flags&tokCapital == 0 || c.marks[i] == markStop {
			c.noteSmall(c.toks[i], text)
			i++
			continue
		}
		n := c.run(i, text)
		c.addRun(source, text, i, n, headline)
		i += n
	}
}

// What a token is to the names around it.
const (
	markNone  byte = iota
	markKnown      // an adjective of the glossary: part of a name, no name itself
	markStop       // a name of the glossary, or a title: names end before it
)

// markStops marks the tokens that the glossary has, and titles of persons
// ("President Mustafa"; but "Ministry of Defense" is one name).
func (c *Candidates) markStops(found []Occurrence, text string) {
	c.marks = append(c.marks[:0], make([]byte, len(c.toks))...)
	for k, t := range c.toks {
		if titleWords[strings.ToLower(text[t.start:t.end])] && !c.linked(k+1, text) {
			c.marks[k] = markStop
		}
		for _, o := range found {
			if o.Nested || int(t.end) <= o.Start || o.End <= int(t.start) {
				continue
			}
			if c.marks[k] = markStop; c.g.concepts[o.Concept].Kind == NISBA {
				c.marks[k] = markKnown
			}
		}
	}
}

// noteSmall remembers a word seen with a small letter.
func (c *Candidates) noteSmall(t token, text string) {
	if w := text[t.start:t.end]; t.flags&tokCapital == 0 && len(c.small) < maxCandidates && len(w) < 32 {
		c.small[w] = true
	}
}

// run gives the number of words of the name that begins at token i.
func (c *Candidates) run(i int, text string) int {
	n := 1
	for i+n < len(c.toks) && n < maxNameWords {
		switch t := c.toks[i+n]; {
		case t.flags&tokJoined == 0, c.marks[i+n] == markStop, c.toks[i+n-1].flags&tokPossessive != 0:
			return n
		case t.flags&tokCapital != 0:
			n++
		case c.linked(i+n, text) && c.marks[i+n+1] != markStop:
			n += 2
		default:
			return n
		}
	}
	return min(n, maxNameWords)
}

// linked reports whether token k is a small word inside a name: an Arabic
// article, or "of" between capitalised words.
func (c *Candidates) linked(k int, text string) bool {
	if k < 1 || k+1 >= len(c.toks) || c.toks[k].flags&tokJoined == 0 || c.toks[k+1].flags&(tokCapital|tokJoined) != tokCapital|tokJoined {
		return false
	}
	switch text[c.toks[k].start:c.toks[k].end] {
	case "of", "al", "el", "de", "bin", "ibn", "abu", "for":
		return true
	}
	return c.toks[k].flags&tokArticle != 0
}

// addRun counts the name of n words at token i, unless the glossary has all of
// it.
func (c *Candidates) addRun(source, text string, i, n int, headline bool) {
	initial := c.toks[i].flags&tokStart != 0
	// Small words and titles at the beginning are no part of the name.
	for n > 0 && c.noName(i, text) {
		i, n, initial = i+1, n-1, false
		for n > 0 && c.toks[i].flags&tokCapital == 0 {
			i, n = i+1, n-1
		}
	}
	for n > 0 && c.noName(i+n-1, text) {
		n--
	}
	if n == 0 {
		return
	}
	c.count(source, text, i, n, !headline && !initial)
	// "Residents of Binnish" at the beginning of a sentence may be a name
	// after a common noun.
	if initial && n > 2 && c.toks[i+1].flags&tokCapital == 0 {
		c.count(source, text, i+2, n-2, false)
	}
}

// count counts the name of n words at token i; sure tells that its capitals
// are evidence.
func (c *Candidates) count(source, text string, i, n int, sure bool) {
	start, end := int(c.toks[i].start), int(c.toks[i+n-1].end)
	name := plainSpan(text[start:end])
	if !slices.Contains(c.marks[i:i+n], markNone) || !hasLetter(name) || utf8.RuneCountInString(name) < 2 {
		return
	}
	key := strings.Join(Key(name), " ")
	t := c.names[key]
	if t == nil {
		if len(c.names) >= maxCandidates {
			return
		}
		t = &tally{spellings: map[string]int{}, sources: map[string]bool{}, words: n}
		c.names[key] = t
	}
	t.count++
	t.spellings[name]++
	t.sources[source] = true
	if sure {
		t.sure++
	}
	if len(t.contexts) < maxContexts {
		t.contexts = append(t.contexts, Context{Source: source, Text: around(text, start, end)})
	}
}

// noName reports whether the capitalised word of token k names nobody by
// itself: small words, months, days, titles.
func (c *Candidates) noName(k int, text string) bool {
	w := strings.ToLower(text[c.toks[k].start:c.toks[k].end])
	return functionWords[w] || reportVerbs[w] || calendarWords[w] || titleWords[w] && !c.linked(k+1, text) || !hasLetter(w)
}

// isHeadline reports whether most words of the text have a capital, so that a
// capital is no evidence.
func isHeadline(toks []token, text string) bool {
	capitals, words := 0, 0
	for _, t := range toks {
		if w := text[t.start:t.end]; len(w) > 3 && hasLetter(w) {
			words++
			if t.flags&tokCapital != 0 {
				capitals++
			}
		}
	}
	return words > 2 && capitals*5 > words*4
}

// around gives the words about a span, without codes.
func around(text string, start, end int) string {
	from, to := max(0, start-contextBytes), min(len(text), end+contextBytes)
	if from > 0 {
		if i := strings.IndexByte(text[from:start], ' '); i >= 0 {
			from += i + 1
		} else {
			from = start
		}
	}
	if to < len(text) {
		if i := strings.LastIndexByte(text[end:to], ' '); i >= 0 {
			to = end + i
		} else {
			to = end
		}
	}
	return plainSpan(text[from:to])
}

// List gives the names seen at least least times, the most frequent first. A
// name that was seen only where any word has a capital (at the beginning of a
// sentence, in a headline) is left out, unless it has several words and was
// never seen small.
func (c *Candidates) List(least int) []Candidate {
	c.g.skeletons.once.Do(c.g.makeSkeletons)
	var out []Candidate
	for key, t := range c.names {
		if t.count < least || t.sure == 0 && (t.words == 1 || c.isProse(key)) {
			continue
		}
		name := t.best()
		out = append(out, Candidate{Text: name, Count: t.count, Sources: len(t.sources), Contexts: t.contexts, Near: c.g.nearName(name)})
	}
	slices.SortFunc(out, func(a, b Candidate) int {
		return cmp.Or(b.Count-a.Count, strings.Compare(a.Text, b.Text))
	})
	return out
}

// isProse reports whether a word of the key was seen with a small letter.
func (c *Candidates) isProse(key string) bool {
	for w := range strings.FieldsSeq(key) {
		if c.small[w] && !functionWords[w] {
			return true
		}
	}
	return false
}

// best gives the spelling seen most often.
func (t *tally) best() string {
	name := ""
	for s, n := range t.spellings {
		if m := t.spellings[name]; n > m || n == m && s < name {
			name = s
		}
	}
	return name
}
