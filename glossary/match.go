package glossary

// This file finds the forms of terms in a text that has been read.

// match is a term found in a text.
type match struct {
	need         int32 // index of the need, or of the concept
	term         int32
	first, after int32 // words
	class        termClass
	tier         int8
	notes        notes
}

// better orders matches of the same span: exact spelling and low tiers first.
func (m *match) better(o *match) bool {
	a, b := m.cost(), o.cost()
	if a != b {
		return a < b
	}
	return m.class < o.class
}

func (m *match) cost() int {
	c := int(m.tier) * 8
	if m.notes&(noteOrthography|noteMisspelled) != 0 {
		c += 4
	}
	if m.notes&(noteAgreement|noteHarmony) != 0 {
		c += 2
	}
	if m.notes&(noteAmbiguous|noteDerived) != 0 {
		c++
	}
	return c
}

// readAll scans a text and takes all its words apart, unless the reader has
// just done so.
func (t *target) readAll(r *reader, text string) {
	if r.readBy == t.grammar && r.text == text {
		r.matches, r.needs, r.folded = r.matches[:0], r.needs[:0], r.folded[:0]
		return
	}
	r.scan(t.grammar.spelling(), text)
	for i := range r.words {
		w := &r.words[i]
		w.n0 = int32(len(r.readings))
		t.grammar.read(r, w)
		w.n1 = int32(len(r.readings))
	}
	r.readBy = t.grammar
}

// find appends to r.matches every match of the entry's terms.
func (t *target) find(r *reader, e *entry, need int32) {
	for wi := range r.words {
		w := &r.words[wi]
		from := len(r.matches)
		for ri := w.n0; ri < w.n1; ri++ {
			heads := e.head(r.readings[ri].core)
			for k := range heads {
				t.extend(r, e, need, wi, &r.readings[ri], &heads[k], from)
			}
		}
	}
}

// maxTermWords bounds the words of a term that are judged for agreement.
const maxTermWords = 24

// extend tries to match the rest of a term whose first word may fit.
func (t *target) extend(r *reader, e *entry, need int32, wi int, rd *reading, head *form, from int) {
	tm := &e.terms[head.term]
	if wi+tm.n > len(r.words) || tm.n > maxTermWords || r.words[wi].flags&wordGlued != 0 {
		return
	}
	fits, ok := r.fits[:tm.n], false
	if fits[0], ok = t.grammar.fits(r, &r.words[wi], rd, head); !ok {
		return
	}
	for k := range tm.rest {
		w := &r.words[wi+1+k]
		if w.flags&wordBreak != 0 {
			return
		}
		if fits[k+1], ok = t.fitWord(r, w, tm.rest[k]); !ok {
			return
		}
	}
	m := &r.trial
	*m = match{need: need, term: int32(head.term), first: int32(wi), after: int32(wi + tm.n), class: tm.class}
	for _, f := range fits {
		m.tier = max(m.tier, f.tier)
		m.notes |= f.notes
	}
	if !t.judge(r, e, tm, m, fits) {
		return
	}
	for i := from; i < len(r.matches); i++ {
		if o := &r.matches[i]; o.term == m.term && o.need == m.need {
			if m.better(o) {
				*o = *m
			}
			return
		}
	}
	r.matches = append(r.matches, *m)
}

// fitWord gives the best fit of a word among the forms of a term's word.
func (t *target) fitWord(r *reader, w *word, forms []form) (best fit, ok bool) {
	for ri := w.n0; ri < w.n1; ri++ {
		same := withCore(forms, r.readings[ri].core)
		for k := range same {
			f, fitsOne := t.grammar.fits(r, w, &r.readings[ri], &same[k])
			if fitsOne && (!ok || f.tier < best.tier || f.tier == best.tier && f.notes < best.notes) {
				best, ok = f, true
			}
		}
	}
	return best, ok
}

// judge applies what concerns a match as a whole.
func (t *target) judge(r *reader, e *entry, tm *term, m *match, fits []fit) bool {
	if tm.capital && !r.keepsCapital(tm, m) {
		return false
	}
	t.grammar.agree(r, tm, m, fits)
	if tm.class == classForbidden && r.chance(tm, m) {
		return false
	}
	if m.tier < 2 || len(e.collided) == 0 || tm.n > 1 {
		return true
	}
	w := &r.words[m.first]
	whole := r.readings[w.n0].core
	for i := range e.collided {
		if c := &e.collided[i]; int32(c.term) == m.term && c.whole == whole {
			if c.capital && w.flags&wordCapital == 0 {
				continue
			}
			if w.flags&wordTanwin != 0 && r.letters[w.r1-1] == 'ا' {
				return true // ـًا is never the end of a name
			}
			if !c.related {
				return false
			}
			m.notes |= noteAmbiguous
		}
	}
	return true
}

// chance reports a forbidden word of three letters or fewer behind a bare
// conjunction or preposition, which is more often another word: ورقة, paper,
// is not و and رقة.
func (r *reader) chance(tm *term, m *match) bool {
	l := tm.ctx.words[0].letters
	return tm.n == 1 && len(l) <= 3 && scriptOf(l[0]) == scriptArabic && m.notes&noteShell != 0 && m.notes&noteDefinite == 0
}

// keepsCapital reports whether a word that is capitalised in the term is so
// in the text.
func (r *reader) keepsCapital(tm *term, m *match) bool {
	for i := range tm.ctx.words {
		if tm.ctx.words[i].flags&wordCapital != 0 && r.words[int(m.first)+i].flags&wordCapital != 0 {
			return true
		}
	}
	return false
}
