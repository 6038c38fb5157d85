package glossary

import (
	"cmp"
	"slices"
	"strings"
)

// This file deletes generated forms that are words of other concepts
// (terminology rules, section 1, "COLLISION CHECK").

// baseIndex finds, for a generated form, the one-word terms of other concepts
// that it may be taken for.
type baseIndex struct {
	r     reader
	owner []baseOwner // one for each word of r
	rows  []indexRow  // readings by core
}

type baseOwner struct {
	concept   int32
	forbidden bool
	text      string
}

type indexRow struct {
	core uint64
	at   int32 // the word, or the concept
	rd   int32 // the reading
}

// build reads every one-word term of the glossary.
func (b *baseIndex) build(t *target) {
	sp := t.grammar.spelling()
	var one reader
	b.r.sp = sp
	add := func(concept int, text string, forbidden bool) {
		if strings.IndexByte(strings.TrimSpace(text), ' ') >= 0 {
			return
		}
		one.scan(sp, text)
		if len(one.words) != 1 {
			return
		}
		w := one.words[0]
		at := int32(len(b.r.letters))
		b.r.letters = append(b.r.letters, one.lettersOf(&w)...)
		w.r0, w.r1 = at, int32(len(b.r.letters))
		b.r.words = append(b.r.words, w)
		b.owner = append(b.owner, baseOwner{int32(concept), forbidden, text})
	}
	for i := range t.g.concepts {
		ts, ok := t.terms(i)
		if !ok {
			continue
		}
		for _, list := range [][]Term{ts.Preferred, ts.Accepted} {
			for k := range list {
				add(i, list[k].Text, false)
			}
		}
		for k := range ts.Forbidden {
			add(i, ts.Forbidden[k].Text, true)
		}
	}
	for i := range b.r.words {
		w := &b.r.words[i]
		w.n0 = int32(len(b.r.readings))
		t.grammar.read(&b.r, w)
		w.n1 = int32(len(b.r.readings))
		for k := w.n0; k < w.n1; k++ {
			b.rows = append(b.rows, indexRow{b.r.readings[k].core, int32(i), k})
		}
	}
	slices.SortFunc(b.rows, func(x, y indexRow) int { return cmp.Compare(x.core, y.core) })
}

// findCollisions notes the generated forms of the entry's one-word terms that
// are base forms of other concepts, or forbidden terms of its own: they are
// legal words, but not this concept's (terminology rules, section 1).
func (t *target) findCollisions(e *entry, concept int) {
	b := &t.base
	for k := range e.heads {
		f := &e.heads[k]
		tm := &e.terms[f.term]
		if tm.n != 1 || tm.class == classForbidden {
			continue
		}
		i, _ := slices.BinarySearchFunc(b.rows, f.core, func(r indexRow, c uint64) int { return cmp.Compare(r.core, c) })
		for ; i < len(b.rows) && b.rows[i].core == f.core; i++ {
			t.collide(e, concept, f, &b.rows[i])
		}
	}
}

// collide notes one collision, where the other concept's word really is a
// legal form of the term at tier 2 or higher.
func (t *target) collide(e *entry, concept int, f *form, row *indexRow) {
	b := &t.base
	own := b.owner[row.at]
	if (int(own.concept) == concept) != own.forbidden {
		return
	}
	w := &b.r.words[row.at]
	ft, ok := t.grammar.fits(&b.r, w, &b.r.readings[row.rd], f)
	tm := &e.terms[f.term]
	if !ok || ft.tier < 2 || ft.notes&noteDerived != 0 || !own.forbidden && t.lists(int(own.concept), tm.ctx, false) {
		return
	}
	c := collision{
		term:    f.term,
		concept: own.concept,
		whole:   b.r.readings[w.n0].core,
		text:    own.text,
		related: !own.forbidden && t.lists(int(own.concept), tm.ctx, true),
		capital: w.flags&wordCapital != 0 && tm.ctx.words[0].flags&wordCapital == 0,
	}
	for i := range e.collided {
		if e.collided[i].term == c.term && e.collided[i].whole == c.whole {
			e.collided[i].related = e.collided[i].related && c.related
			return
		}
	}
	e.collided = append(e.collided, c)
}

// lists reports whether a concept lists the one-word term itself, as its
// rendering (two concepts then share a word and all its forms) or as its
// derived form: the place and its adjective, whose forms may coincide (سورية).
func (t *target) lists(concept int, ctx *termContext, derived bool) bool {
	ts, _ := t.terms(concept)
	r := readers.Get().(*reader)
	defer readers.Put(r)
	lists := [][]Term{ts.Preferred, ts.Accepted}
	if derived {
		lists = [][]Term{ts.Derived}
	}
	want := withoutArticle(ctx.words[0].letters)
	for _, list := range lists {
		for i := range list {
			words := readTerm(r, t.grammar.spelling(), list[i].Text)
			if len(words) == 1 && withoutArticle(words[0].letters) == want {
				return true
			}
		}
	}
	return false
}

func withoutArticle(l []rune) string {
	if hasArticle(l) {
		l = l[2:]
	}
	return string(l)
}
