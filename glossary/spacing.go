package glossary

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// gluedLetters is the length from which an Arabic word is taken for several
// that have lost their spaces.
const gluedLetters = 14

// spacing looks for a term with all white space ignored (tier 4): words glued
// together or torn apart. Where the term's ends are ends of words it is always
// looked for; within words only in a segment that has lost its spaces.
func (t *target) spacing(r *reader, n *need, v *Verdict) bool {
	t.foldAll(r)
	glued := t.glued(r)
	for i := range n.e.terms {
		tm := &n.e.terms[i]
		if tm.class > classAccepted {
			continue
		}
		want := t.folded(tm)
		if len(want) < 4 {
			continue
		}
		for w := range r.words {
			if t.spaced(r, tm, w, want, glued, v) {
				v.Reason, v.Tier, v.Term = ReasonSpacing, 4, tm.listed.Text
				return true
			}
		}
	}
	return false
}

// foldAll folds the letters of the text, once.
func (t *target) foldAll(r *reader) {
	if len(r.folded) == len(r.letters) {
		return
	}
	r.folded = r.folded[:0]
	fold := t.grammar.spelling().fold
	for i := range r.words {
		l := r.lettersOf(&r.words[i])
		for _, c := range l {
			r.folded = append(r.folded, fold(c, len(l)))
		}
	}
}

// glued reports an Arabic segment that has lost spaces: a very long word, or
// none after a comma.
func (t *target) glued(r *reader) bool {
	for i := range r.words {
		w := &r.words[i]
		if scriptOf(r.letters[w.r0]) != scriptArabic {
			continue
		}
		if w.r1-w.r0 >= gluedLetters || strings.HasSuffix(r.text[:w.start], "،") {
			return true
		}
	}
	return false
}

// folded gives the folded letters of a term without spaces.
func (t *target) folded(tm *term) []rune {
	var out []rune
	fold := t.grammar.spelling().fold
	for i := range tm.ctx.words {
		l := tm.ctx.words[i].letters
		for _, c := range l {
			out = append(out, fold(c, len(l)))
		}
	}
	return out
}

// spaced tries the term in the words from w on. The letters of all words stand
// side by side, so that white space is ignored by itself.
func (t *target) spaced(r *reader, tm *term, w int, want []rune, glued bool, v *Verdict) bool {
	word := &r.words[w]
	most := int(word.r1 - word.r0)
	if !glued || len(want) < 5 {
		most = min(most, 3) // a conjunction and a preposition
	}
	for at := range most {
		from := int(word.r0) + at
		to := from + len(want)
		if to > len(r.folded) || r.folded[from] != want[0] || !slices.Equal(r.folded[from:to], want) {
			continue
		}
		last, ok := r.lastWord(w, to)
		if !ok || last-w > tm.n+2 {
			continue
		}
		rest := int(r.words[last].r1) - to
		lead := at == 0 || t.isProclitic(r.letters[word.r0:from])
		aligned := lead && rest == 0
		if at == 0 && aligned && last-w+1 == tm.n || !aligned && (!glued || len(want) < 5) {
			continue // the spaces are right, or chance
		}
		t.respace(r, tm, w, last, at, rest, lead, v)
		return true
	}
	return false
}

// lastWord gives the word in which the letter before to stands, if no
// punctuation parts it from w.
func (r *reader) lastWord(w, to int) (int, bool) {
	last := w
	for int(r.words[last].r1) < to {
		last++
		if r.words[last].flags&wordBreak != 0 {
			return 0, false
		}
	}
	return last, true
}

// isProclitic reports whether letters are a conjunction and preposition.
func (t *target) isProclitic(l []rune) bool {
	if _, ok := t.grammar.(*arabic); !ok || len(l) > 2 {
		return false
	}
	s := string(l)
	return strings.Contains(" و ف ب ك ل وب وك ول فب فك فل ", " "+s+" ")
}

// respace fills in the span of a term in the words w to last and the text
// with its spaces put right: at letters precede it in the first word, rest
// follow it in the last.
func (t *target) respace(r *reader, tm *term, w, last, at, rest int, lead bool, v *Verdict) {
	start := r.byteOf(&r.words[w], at)
	end := r.byteOf(&r.words[last], int(r.words[last].r1-r.words[last].r0)-rest)
	v.Text = r.text[start:end]
	v.Start, v.End = start, end
	var b strings.Builder
	if at > 0 && !lead {
		b.WriteByte(' ')
	}
	letters := 0
	cuts := map[int]bool{}
	for i := range tm.ctx.words {
		cuts[letters] = i > 0
		letters += len(tm.ctx.words[i].letters)
	}
	k := 0
	for i := w; i <= last; i++ {
		word := &r.words[i]
		lo, hi := 0, int(word.r1-word.r0)
		if i == w {
			lo = at
		}
		if i == last {
			hi -= rest
		}
		for ; lo < hi; lo++ {
			if cuts[k] {
				b.WriteByte(' ')
			}
			b.WriteString(r.text[r.byteOf(word, lo):r.byteOf(word, lo+1)])
			k++
		}
	}
	if rest > 0 {
		b.WriteByte(' ')
	}
	v.Fix = &Fix{Start: start, End: end, Text: b.String(), Certain: lead && rest == 0 || tm.n > 1 || letters >= 6}
}

// lettersFor gives the number of letters that a character stands for.
func (r *reader) lettersFor(raw, out rune) int {
	switch {
	case out == 'œ', out == 'æ':
		return 2
	case isPresentation(raw):
		n := 0
		for _, c := range norm.NFKC.String(string(raw)) {
			if _, kind := r.sp.look(c); kind == kindLetter {
				n++
			}
		}
		return n
	}
	return 1
}

// byteOf gives the byte at which letter n of a word begins; its end for the
// letter after the last.
func (r *reader) byteOf(w *word, n int) int {
	at := int(w.start)
	for at < int(w.end) {
		c, size := utf8.DecodeRuneInString(r.text[at:])
		if c == codeOpen {
			if end, _ := codeEnd(r.text, at); end > at {
				at = end
				continue
			}
		}
		out, kind := r.sp.look(c)
		letters := 0
		switch {
		case kind == kindDigit, kind == kindApostrophe && r.sp.keepsApostrophe:
			letters = 1
		case kind == kindLetter:
			letters = r.lettersFor(c, out)
		}
		if letters > 0 && n < letters {
			return at
		}
		n -= letters
		at += size
	}
	return int(w.end)
}
