package glossary

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"
)

// This file holds the target side of a glossary: for each language the legal
// forms of every term (terminology rules, section 1). Forms are generated when
// a concept is first needed, and kept. A form is a core within a shell of
// clitics or suffixes; since the shells of a language are few and the same for
// all words, the product is kept as its factors: a word of a text is read as
// every core and shell that spell it, and the core is looked up.

// targetSet holds the compiled languages of a glossary.
type targetSet struct {
	mu   sync.Mutex
	made atomic.Pointer[map[string]*target]
}

// target is the compiled target side of one language.
type target struct {
	g       *Glossary
	lang    string
	grammar grammar
	entries []atomic.Pointer[entry]
	base    baseIndex
	guards  sync.Map                  // guardKey -> []int32: concepts that may cover a forbidden term
	single  kept[singleKey, *entry]   // terms that were asked for by themselves
	written kept[freshKey, freshTerm] // terms that were written in the place of others
	all     struct {
		once sync.Once
		rows []indexRow
	}
}

// grammar is what the target side must know about a language.
type grammar interface {
	// spelling says how its letters are normalised.
	spelling() *spelling
	// read appends to r.readings every way to take w apart; the first is the
	// whole word.
	read(r *reader, w *word)
	// cores generates the legal cores of word i of a term.
	cores(c *termContext, i int) []coreForm
	// fits reports whether the word with this reading is the form, and at
	// which tier.
	fits(r *reader, w *word, rd *reading, f *form) (fit, bool)
	// agree judges the words of a match together: it may raise the tier or
	// add notes.
	agree(r *reader, t *term, m *match, fits []fit)
	// shells spells out a core with some or all of its legal shells, for
	// listing.
	shells(c *termContext, i int, f *coreForm, full bool) []wordForm
	// recast gives newTerm in the grammatical shell in which a match stands.
	recast(s *swap) (recasting, bool)
}

// fit is how well a word fits a form.
type fit struct {
	tier  int8
	notes notes
	cases cases // what must agree within a term, coded by the language
}

// notes are observations about a match.
type notes uint16

const (
	noteOrthography notes = 1 << iota // right word, unusual spelling
	noteMisspelled                    // a spelling that is wrong but certain: لالX
	noteAgreement                     // the words of the term do not agree
	noteHarmony                       // the suffix does not fit the stem's vowels
	noteDerived                       // an adjective made of the name
	noteDefinite                      // Arabic: the word is definite
	noteShell                         // stands in a clitic or suffix
	noteAmbiguous                     // the form is also another word
	noteUnsure                        // the same, but the name is likelier
)

// coreForm is one generated core of a word of a term.
type coreForm struct {
	text  string // normalised letters
	allow uint16 // which shells it may stand in, coded by the language
	tier  int8
	mark  uint8  // further properties, coded by the language
	why   string // how it was made, for listing
	cases cases  // Slavic case and number
}

// markCaps marks a core of a word in capitals, in which Turkish I and İ are
// not told apart.
const markCaps = 0x80

// form is a coreForm in the tables.
type form struct {
	core        uint64
	exact, tail uint32
	allow       uint16
	term        uint16
	tier        int8
	mark        uint8
}

// wordForm is a form spelled out with its shell.
type wordForm struct {
	text string
	tier int8
	why  string
}

// termClass is how a term may be used; a lower one is better.
type termClass uint8

const (
	classPreferred termClass = iota
	classAccepted
	classDerived
	classForbidden
)

// term is a listed term made ready for matching.
type term struct {
	listed  *Term
	class   termClass
	kind    Kind
	flags   Flags
	ctx     *termContext // kept small: words only
	rest    [][]form     // forms of the words after the first, sorted by core
	n       int          // number of words
	capital bool         // at least one capital must be kept
}

// entry is a concept in one language.
type entry struct {
	terms    []term
	heads    []form // forms of the first words of all terms, sorted by core
	slots    []uint16
	shift    uint8
	collided []collision
	forbids  bool
}

// collision is a generated form that is also another word of the glossary.
type collision struct {
	term    uint16
	concept int32  // whose base form it is
	whole   uint64 // folded hash of the form
	text    string
	related bool // the other concept lists this term as its derived form
	// capital is set where the other word has a capital and the term has none:
	// Spanish siria is the adjective, Siria the country.
	capital bool
}

// target gives the target side of a language, or nil for a language that has
// no rules here.
func (g *Glossary) target(lang string) *target {
	if m := g.targets.made.Load(); m != nil {
		if t, ok := (*m)[lang]; ok {
			return t
		}
	}
	return g.makeTarget(lang)
}

func (g *Glossary) makeTarget(lang string) *target {
	g.targets.mu.Lock()
	defer g.targets.mu.Unlock()
	made := map[string]*target{}
	if m := g.targets.made.Load(); m != nil {
		if t, ok := (*m)[lang]; ok {
			return t
		}
		for k, v := range *m {
			made[k] = v
		}
	}
	var t *target
	if gr := grammarFor(lang); gr != nil {
		t = &target{g: g, lang: lang, grammar: gr, entries: make([]atomic.Pointer[entry], len(g.concepts))}
		t.base.build(t)
	}
	made[lang] = t
	g.targets.made.Store(&made)
	return t
}

// Verifiable reports whether terms in this language can be verified, that is
// whether its grammar is known.
func Verifiable(lang string) bool { return grammarFor(lang) != nil }

// grammarFor gives the rules of a language; a region or script is ignored.
func grammarFor(lang string) grammar {
	base, _, _ := strings.Cut(strings.ReplaceAll(lang, "_", "-"), "-")
	switch base {
	case "ar":
		return arabicGrammar()
	case "tr":
		return turkishGrammar()
	case "ru":
		return russianGrammar()
	case "uk":
		return ukrainianGrammar()
	case "fr":
		return frenchGrammar()
	case "es":
		return spanishGrammar()
	case "kmr", "ku":
		return kurmanjiGrammar()
	case "ckb":
		return soraniGrammar()
	}
	return nil
}

// terms gives the terms of a concept in the language. What is not to be
// translated stays as in the source; a missing entry for a region falls back
// to the language.
func (t *target) terms(concept int) (Terms, bool) {
	c := &t.g.concepts[concept]
	ts, ok := c.Targets[t.lang]
	if !ok {
		base, _, cut := strings.Cut(t.lang, "-")
		if cut {
			ts, ok = c.Targets[base]
		}
	}
	if !t.flags(c).DNT {
		return ts, ok && len(ts.Preferred)+len(ts.Accepted)+len(ts.Forbidden) > 0
	}
	if len(ts.Preferred) == 0 {
		ts.Preferred = []Term{{Text: c.Source}}
		for _, v := range c.Variants {
			ts.Accepted = append(ts.Accepted[:len(ts.Accepted):len(ts.Accepted)], Term{Text: v})
		}
	}
	return ts, true
}

// flags gives a concept's flags, with those of the language on top.
func (t *target) flags(c *Concept) Flags {
	f := mergeFlags(c.Flags, c.LangFlags[t.lang])
	if base, _, cut := strings.Cut(t.lang, "-"); cut {
		f = mergeFlags(f, c.LangFlags[base])
	}
	return f
}

func mergeFlags(a, b Flags) Flags {
	if b.Article != "" {
		a.Article = b.Article
	}
	a.Triptote = a.Triptote || b.Triptote
	a.PluralOK = a.PluralOK || b.PluralOK
	a.Indeclinable = a.Indeclinable || b.Indeclinable
	a.Short = a.Short || b.Short
	a.Sensitive = a.Sensitive || b.Sensitive
	a.DNT = a.DNT || b.DNT
	return a
}

// entry gives a concept's forms, generated when first asked for; nil where
// the concept has no term in the language.
func (t *target) entry(concept int) *entry {
	if e := t.entries[concept].Load(); e != nil {
		if len(e.terms) == 0 {
			return nil
		}
		return e
	}
	e := t.compile(concept)
	t.entries[concept].CompareAndSwap(nil, e)
	return t.entry(concept)
}

// termWord is one word of a listed term.
type termWord struct {
	letters []rune
	surface string
	lead    string // what stands between the word before and this one
	flags   wordFlags
	apos    int
}

// termContext is what a language needs to generate the forms of a term.
type termContext struct {
	words  []termWord
	kind   Kind
	flags  Flags
	class  termClass
	source string // the English name: tells an adapted spelling

	mu    sync.Mutex
	forms [][]coreForm // of its words, as far as they were asked for
}

// cores gives the forms of word i as the grammar generates them, once.
func (c *termContext) cores(g grammar, i int) []coreForm {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.forms == nil {
		c.forms = make([][]coreForm, len(c.words))
	}
	if c.forms[i] == nil {
		c.forms[i] = g.cores(c, i)
	}
	return c.forms[i]
}

func (c *termContext) last() int { return len(c.words) - 1 }

// proper reports whether the term is a frozen name.
func (c *termContext) proper() bool { return c.kind.Proper() }

// readTerm takes a listed term apart.
func readTerm(r *reader, sp *spelling, text string) []termWord {
	r.scan(sp, text)
	words := make([]termWord, len(r.words))
	at := int32(0)
	for i := range r.words {
		w := &r.words[i]
		words[i] = termWord{
			letters: slices.Clone(r.lettersOf(w)),
			surface: text[w.start:w.end],
			lead:    text[at:w.start],
			flags:   w.flags,
			apos:    int(w.apos),
		}
		at = w.end
	}
	return words
}

// readers are for terms, textReaders for texts: a text is verified, swapped in
// and verified again, so the reader that had it last has mostly read it.
var (
	readers     = sync.Pool{New: func() any { return new(reader) }}
	textReaders = sync.Pool{New: func() any { return new(reader) }}
)

// compile generates the forms of one concept.
func (t *target) compile(concept int) *entry {
	e := &entry{}
	listed, ok := t.terms(concept)
	if !ok {
		return e
	}
	r := readers.Get().(*reader)
	defer readers.Put(r)
	c := &t.g.concepts[concept]
	flags := t.flags(c)
	for class, list := range [][]Term{listed.Preferred, listed.Accepted, listed.Derived, listed.Forbidden} {
		for i := range list {
			t.compileTerm(e, r, c, flags, &list[i], termClass(class))
		}
	}
	e.index()
	t.findCollisions(e, concept)
	return e
}

// compileTerm adds one listed term to an entry.
func (t *target) compileTerm(e *entry, r *reader, c *Concept, flags Flags, listed *Term, class termClass) {
	ctx := t.context(r, c, flags, listed, class)
	if len(ctx.words) == 0 || len(e.terms) >= 1<<15 {
		return
	}
	e.forbids = e.forbids || class == classForbidden
	tm := term{listed: listed, class: class, kind: ctx.kind, flags: ctx.flags, ctx: ctx, n: len(ctx.words)}
	tm.capital = needsCapital(ctx)
	for i := range ctx.words {
		forms := t.forms(ctx, i, uint16(len(e.terms)))
		if i == 0 {
			e.heads = append(e.heads, forms...)
			continue
		}
		slices.SortFunc(forms, compareForms)
		tm.rest = append(tm.rest, forms)
	}
	e.terms = append(e.terms, tm)
}

// context prepares a listed term. A derived term is an adjective whatever
// the concept is.
func (t *target) context(r *reader, c *Concept, flags Flags, listed *Term, class termClass) *termContext {
	ctx := &termContext{
		words:  readTerm(r, t.grammar.spelling(), listed.Text),
		kind:   c.Kind,
		flags:  mergeFlags(flags, listed.Flags),
		class:  class,
		source: c.Source,
	}
	if class == classDerived {
		ctx.kind = NISBA
	}
	if ctx.flags.DNT {
		ctx.flags.Indeclinable = true
	}
	return ctx
}

// forms generates the forms of word i.
func (t *target) forms(ctx *termContext, i int, number uint16) []form {
	cores := t.grammar.cores(ctx, i)
	forms := make([]form, 0, len(cores))
	sp := t.grammar.spelling()
	for k := range cores {
		f := hashForm(cores[k].text, sp)
		if cores[k].mark == markCaps {
			f = form{core: hashCaps([]rune(cores[k].text))}
		}
		f.allow, f.tier, f.mark, f.term = cores[k].allow, cores[k].tier, cores[k].mark, number
		forms = append(forms, f)
	}
	return forms
}

// hashForm hashes a generated core as reader.plain hashes a word.
func hashForm(text string, sp *spelling) form {
	core, exact, tail := letterSeed, letterSeed, letterSeed
	n, prev, before := utf8.RuneCountInString(text), rune(-1), rune(-1)
	for i, c := range text {
		if f := sp.fold(c, n); f != sp.collapse || c != prev || c == before {
			core = hashRune(core, f)
		}
		before, prev = prev, c
		exact = hashRune(exact, c)
		if i > 0 {
			tail = hashRune(tail, c)
		}
	}
	return form{core: core, exact: short(exact), tail: short(tail)}
}

func compareForms(a, b form) int {
	if c := cmp.Compare(a.core, b.core); c != 0 {
		return c
	}
	if c := cmp.Compare(a.term, b.term); c != 0 {
		return c
	}
	return cmp.Compare(a.tier, b.tier)
}

// needsCapital reports whether a match must keep at least one of the capitals
// of the term: single words and names of persons and places would else be
// found in common words (Russian хама, French damas).
func needsCapital(ctx *termContext) bool {
	capitals, caps := 0, false
	for i := range ctx.words {
		if ctx.words[i].flags&wordCapital != 0 {
			capitals++
		}
		caps = caps || ctx.words[i].flags&wordCaps != 0
	}
	if capitals == 0 {
		return false
	}
	return ctx.kind == PER || ctx.kind == LOC || caps && len(ctx.words) == 1
}

// index makes the table of first words.
func (e *entry) index() {
	slices.SortFunc(e.heads, compareForms)
	if len(e.heads) >= 1<<16-1 {
		e.heads = e.heads[:1<<16-2]
	}
	bits := 2
	for 1<<bits < 2*len(e.heads) {
		bits++
	}
	e.shift = uint8(64 - bits)
	e.slots = make([]uint16, 1<<bits)
	mask := uint64(len(e.slots) - 1)
	for i := range e.heads {
		if i > 0 && e.heads[i].core == e.heads[i-1].core {
			continue
		}
		at := e.heads[i].core >> e.shift
		for e.slots[at] != 0 {
			at = (at + 1) & mask
		}
		e.slots[at] = uint16(i + 1)
	}
}

// head gives the forms with this core, none if there are none.
func (e *entry) head(core uint64) []form {
	mask := uint64(len(e.slots) - 1)
	for at := core >> e.shift; ; at = (at + 1) & mask {
		i := int(e.slots[at])
		if i == 0 {
			return nil
		}
		if e.heads[i-1].core != core {
			continue
		}
		end := i
		for end < len(e.heads) && e.heads[end].core == core {
			end++
		}
		return e.heads[i-1 : end]
	}
}

// withCore gives the forms with this core of a sorted list.
func withCore(forms []form, core uint64) []form {
	if len(forms) > 8 {
		i, _ := slices.BinarySearchFunc(forms, core, func(f form, c uint64) int { return cmp.Compare(f.core, c) })
		forms = forms[i:]
	} else {
		for len(forms) > 0 && forms[0].core != core {
			forms = forms[1:]
		}
	}
	end := 0
	for end < len(forms) && forms[end].core == core {
		end++
	}
	return forms[:end]
}

// Preferred gives the term that Dragoman writes for a concept in a language,
// "" where there is none.
func (g *Glossary) Preferred(lang string, concept int) string {
	if t := g.target(lang); t != nil {
		if ts, ok := t.terms(concept); ok && len(ts.Preferred) > 0 {
			return ts.Preferred[0].Text
		}
		return ""
	}
	if ts := g.concepts[concept].Targets[lang]; len(ts.Preferred) > 0 {
		return ts.Preferred[0].Text
	}
	return ""
}
