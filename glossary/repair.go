package glossary

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// This file writes a term in the place of another one, in the same clitic and
// case shell (terminology rules, section 9): وبسرقب becomes وبسراقب, Halab'da
// becomes Halep'te. What cannot be done with certainty is proposed only.

// Swap is one replacement of a rendering by another.
type Swap struct {
	Concept int    // index in the glossary
	ID      string // of the concept
	// Start and End are bytes of the text before any swap.
	Start, End int
	Old, New   string
	// Certain tells a swap that needs no person. Reason says why one does.
	Certain bool
	Reason  string
}

// The reasons why a swap is only proposed.
const (
	SwapAgreement = "agreement" // words around the term may have to change
	SwapCase      = "case"      // the old form may be several cases
	SwapHarmony   = "harmony"   // how the new name is pronounced is not known
	SwapInflected = "inflected" // the form cannot be carried over with certainty
	SwapCodes     = "codes"     // inline codes stand within the old rendering
	SwapKind      = "kind"      // only names are repaired without a person
)

// swap is what a language needs to recast a match.
type swap struct {
	t     *target
	r     *reader
	e     *entry
	m     *match
	old   *term
	fresh *termContext
	text  string // the new term as listed
	spans [][2]int
	first reading // of the first word of the match
	last  reading // of the last one
}

// recasting is the new term in its shell. What stands between the shell and
// the core in the text (codes, an apostrophe) is kept there.
type recasting struct {
	prefix, core, suffix string
	// cut is the number of bytes before the match that prefix replaces.
	cut     int
	certain bool
	why     string
}

// recast writes term in place of m and gives the replacement.
func (t *target) recast(r *reader, e *entry, m *match, c *Concept, fresh *Term) (Swap, bool) {
	old := &e.terms[m.term]
	to := t.fresh(c, fresh, old.class, old.kind)
	if len(to.ctx.words) == 0 {
		return Swap{}, false
	}
	s := &swap{t: t, r: r, e: e, m: m, old: old, text: fresh.Text, fresh: to.ctx, spans: to.spans}
	s.first, s.last = s.reading(0), s.reading(s.old.n-1)
	s.unquote()
	out, ok := t.grammar.recast(s)
	if !ok {
		return Swap{}, false
	}
	return s.finish(out), true
}

// reading finds the reading by which word k of the match fits.
func (s *swap) reading(k int) reading {
	w := &s.r.words[int(s.m.first)+k]
	best, found := fit{}, s.r.readings[w.n0]
	ok := false
	for i := w.n0; i < w.n1; i++ {
		rd := s.r.readings[i]
		forms := s.e.head(rd.core)
		if k > 0 {
			forms = withCore(s.old.rest[k-1], rd.core)
		}
		for j := range forms {
			if k == 0 && int32(forms[j].term) != s.m.term {
				continue
			}
			f, fits := s.t.grammar.fits(s.r, w, &rd, &forms[j])
			if fits && (!ok || f.tier < best.tier || f.tier == best.tier && f.notes < best.notes) {
				best, found, ok = f, rd, true
			}
		}
	}
	return found
}

// word gives word k of the match.
func (s *swap) word(k int) *word { return &s.r.words[int(s.m.first)+k] }

// unquote drops quotation marks of the new term where the text has its own.
func (s *swap) unquote() {
	start, end := s.r.span(s.m)
	lead, _ := utf8.DecodeLastRuneInString(s.r.text[:start])
	trail, _ := utf8.DecodeRuneInString(s.r.text[end:])
	if s.spans[0][0] > 0 && unicode.Is(unicode.Quotation_Mark, lead) && unicode.Is(unicode.Quotation_Mark, trail) {
		from, to := s.spans[0][0], s.spans[len(s.spans)-1][1]
		s.text = s.text[from:to]
		s.spans = slices.Clone(s.spans)
		for i := range s.spans {
			s.spans[i][0] -= from
			s.spans[i][1] -= from
		}
	}
}

// build gives the new term with its words replaced.
func (s *swap) build(words []string) string {
	var b strings.Builder
	at := 0
	for i, span := range s.spans {
		b.WriteString(s.text[at:span[0]])
		b.WriteString(words[i])
		at = span[1]
	}
	b.WriteString(s.text[at:])
	return b.String()
}

// surfaces gives the words of the new term as listed.
func (s *swap) surfaces() []string {
	out := make([]string, len(s.fresh.words))
	for i := range out {
		out[i] = s.fresh.words[i].surface
	}
	return out
}

// finish puts the parts together, with the codes that stood between them.
func (s *swap) finish(c recasting) Swap {
	r := s.r
	firstWord, lastWord := s.word(0), s.word(s.old.n-1)
	start, end := r.span(s.m)
	coreStart := r.byteOf(firstWord, int(s.first.from))
	coreEnd := s.afterLetter(lastWord, int(s.last.to)-1)
	shellEnd := max(coreEnd, r.byteOf(lastWord, int(s.last.to)))
	lead, inner, after := r.text[start:coreStart], onlyCodes(r.text[coreStart:coreEnd]), r.text[coreEnd:shellEnd]
	if s.letters(lead) != c.prefix {
		lead = c.prefix + onlyCodes(lead)
	}
	if c.suffix == "" {
		after = onlyCodes(after)
	}
	tail := onlyCodes(r.text[shellEnd:end])
	core := s.capitalise(c.core)
	out := Swap{
		Concept: -1, Start: start - c.cut, End: end,
		Old: r.text[start-c.cut : end], New: lead + core + inner + after + c.suffix + tail,
		Certain: c.certain, Reason: c.why,
	}
	if inner != "" || tail != "" {
		out.Certain, out.Reason = false, SwapCodes
	}
	if out.Certain {
		out.Reason = ""
	}
	return out
}

// letters gives the letters of a text, without marks and codes.
func (s *swap) letters(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); {
		c, size := utf8.DecodeRuneInString(text[i:])
		if end, _ := codeEnd(text, i); c == codeOpen && end > i {
			i = end
			continue
		}
		if _, kind := s.r.sp.look(c); kind == kindLetter {
			b.WriteString(text[i : i+size])
		}
		i += size
	}
	return b.String()
}

// afterLetter gives the byte after letter n of a word, before what follows
// it: an apostrophe, a code, a mark.
func (s *swap) afterLetter(w *word, n int) int {
	at := s.r.byteOf(w, n)
	for at < int(w.end) {
		c, size := utf8.DecodeRuneInString(s.r.text[at:])
		at += size
		next, _ := utf8.DecodeRuneInString(s.r.text[at:])
		_, kind := s.r.sp.look(next)
		if _, now := s.r.sp.look(c); now == kindLetter || now == kindMark || now == kindTanwin || now == kindCombine || now == kindDigit {
			if kind != kindMark && kind != kindTanwin && kind != kindCombine {
				return at
			}
		}
	}
	return at
}

// onlyCodes keeps the inline codes of a text.
func onlyCodes(text string) string {
	if !strings.ContainsRune(text, codeOpen) {
		return ""
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		c, size := utf8.DecodeRuneInString(text[i:])
		if c == codeOpen {
			if end, _ := codeEnd(text, i); end > i {
				b.WriteString(text[i:end])
				i = end
				continue
			}
		}
		i += size
	}
	return b.String()
}

// capitalise follows the capitals of the text: all of them, or the first of a
// sentence.
func (s *swap) capitalise(core string) string {
	first := s.word(0)
	listed := s.old.ctx.words[0]
	if first.flags&wordCaps != 0 && listed.flags&wordCaps == 0 {
		if _, ok := s.t.grammar.(*turkish); ok {
			return strings.ToUpperSpecial(unicode.TurkishCase, core)
		}
		return strings.ToUpper(core)
	}
	if first.flags&wordCapital != 0 && listed.flags&wordCapital == 0 {
		c, size := utf8.DecodeRuneInString(core)
		up := unicode.ToUpper(c)
		if _, ok := s.t.grammar.(*turkish); ok {
			up = unicode.TurkishCase.ToUpper(c)
		}
		return string(up) + core[size:]
	}
	return core
}

// before gives the word before the match and whether only a space or an
// apostrophe parts them; nil where there is none.
func (s *swap) before() *word {
	if s.m.first == 0 || s.word(0).flags&wordBreak != 0 {
		return nil
	}
	return &s.r.words[s.m.first-1]
}

// correct gives the fix for a forbidden rendering: the preferred term in its
// shell. It is certain for names only.
func (t *target) correct(r *reader, n *need, m *match) *Fix {
	c := &t.g.concepts[n.concept]
	ts, _ := t.terms(n.concept)
	if len(ts.Preferred) == 0 {
		return nil
	}
	s, ok := t.recast(r, n.e, m, c, &ts.Preferred[0])
	if !ok {
		return nil
	}
	return &Fix{Start: s.Start, End: s.End, Text: s.New, Certain: s.Certain && c.Kind.Proper()}
}

// respell gives the fix for an unusual or wrong spelling of a legal term.
func (t *target) respell(r *reader, n *need, m *match) *Fix {
	if m.tier >= 3 && m.notes&noteMisspelled == 0 {
		return nil
	}
	for i := m.first; i < m.after; i++ {
		if r.words[i].flags&wordCaps != 0 {
			return nil // set in capitals on purpose
		}
	}
	tm := &n.e.terms[m.term]
	s, ok := t.recast(r, n.e, m, &t.g.concepts[n.concept], tm.listed)
	if !ok || s.New == s.Old {
		return nil
	}
	return &Fix{Start: s.Start, End: s.End, Text: s.New, Certain: s.Certain}
}

// Repair puts right what can be put right in target with certainty: forbidden
// renderings of names in their shell, spelling slips and lost spaces. The
// swaps hold also those that are only proposed; they are not applied.
func (g *Glossary) Repair(lang, source string, occ []Occurrence, target string) (string, []Swap) {
	var swaps []Swap
	for _, v := range g.Verify(nil, lang, source, occ, target) {
		if v.Fix == nil || v.Result == ResultInfo {
			continue
		}
		s := Swap{
			Concept: v.Concept, ID: v.ID, Start: v.Fix.Start, End: v.Fix.End,
			Old: target[v.Fix.Start:v.Fix.End], New: v.Fix.Text, Certain: v.Fix.Certain,
		}
		if !s.Certain {
			s.Reason = SwapAgreement
			if !g.concepts[v.Concept].Kind.Proper() {
				s.Reason = SwapKind
			}
		}
		swaps = append(swaps, s)
	}
	swaps = disjoint(swaps)
	return applySwaps(target, swaps, false), swaps
}

// disjoint orders swaps by place and drops those that overlap an earlier one.
func disjoint(swaps []Swap) []Swap {
	slices.SortStableFunc(swaps, func(a, b Swap) int { return a.Start - b.Start })
	out, end := swaps[:0], -1
	for _, s := range swaps {
		if s.Start >= end {
			out = append(out, s)
			end = s.End
		}
	}
	return out
}

// applySwaps writes the certain swaps, or all of them, into the text.
func applySwaps(text string, swaps []Swap, all bool) string {
	var b strings.Builder
	at := 0
	for _, s := range swaps {
		if !all && !s.Certain {
			continue
		}
		b.WriteString(text[at:s.Start])
		b.WriteString(s.New)
		at = s.End
	}
	b.WriteString(text[at:])
	return b.String()
}

// SwapTerm replaces oldTerm, an outdated rendering of a concept, by newTerm
// wherever it stands in target, in the same clitic and case shell. What is
// part of a longer rendering (of the new term, of this concept or of another
// one) stays. The text holds all swaps; it may be used without a person only
// if certain, else it is a proposal.
func (g *Glossary) SwapTerm(lang, target, oldTerm, newTerm string, conceptIndex int) (text string, swaps []Swap, certain bool) {
	t := g.target(lang)
	if t == nil || conceptIndex < 0 || conceptIndex >= len(g.concepts) {
		return target, nil, false
	}
	r := textReaders.Get().(*reader)
	defer textReaders.Put(r)
	c := &g.concepts[conceptIndex]
	e := t.adHoc(c, t.listed(conceptIndex, oldTerm))
	if len(e.terms) == 0 {
		return target, nil, false
	}
	fresh := t.listed(conceptIndex, newTerm)
	t.readAll(r, target)
	t.find(r, e, 0)
	matches := slices.Clone(r.matches)
	kept := t.keptSpans(r, c, conceptIndex, fresh)
	n := &need{concept: conceptIndex, e: e}
	certain = true
	for i := range matches {
		m := &matches[i]
		if within(kept, m) || t.coveredBy(r, conceptIndex, e.terms[0].ctx.words, m) {
			continue
		}
		s, ok := t.recast(r, n.e, m, c, fresh)
		if !ok {
			certain = false
			continue
		}
		s.Concept, s.ID = conceptIndex, c.ID
		swaps = append(swaps, s)
		certain = certain && s.Certain
	}
	swaps = disjoint(swaps)
	return applySwaps(target, swaps, true), swaps, certain && len(swaps) > 0
}

// listed gives the concept's own term with this text, with its flags, or a
// plain one.
func (t *target) listed(concept int, text string) *Term {
	ts, _ := t.terms(concept)
	for _, list := range [][]Term{ts.Preferred, ts.Accepted, ts.Derived, ts.Forbidden} {
		for i := range list {
			if list[i].Text == text {
				return &list[i]
			}
		}
	}
	return &Term{Text: text}
}

// singleKey names a single term of a concept.
type singleKey struct {
	concept *Concept
	term    Term
}

// adHoc compiles a single term of a concept, or takes it from where it was
// asked for before: a batch asks for the same few again and again.
func (t *target) adHoc(c *Concept, listed *Term) *entry {
	key := singleKey{c, *listed}
	if e, ok := t.single.get(key); ok {
		return e
	}
	r := readers.Get().(*reader)
	defer readers.Put(r)
	e := &entry{}
	t.compileTerm(e, r, c, t.flags(c), listed, classAccepted)
	if len(e.terms) > 0 {
		e.index()
	}
	t.single.put(key, e)
	return e
}

// freshKey names a term that is written in the place of one of a class and kind.
type freshKey struct {
	singleKey
	class termClass
	kind  Kind
}

// freshTerm is such a term, with where its words stand in it.
type freshTerm struct {
	ctx   *termContext
	spans [][2]int
}

// fresh prepares a term to be written, or takes it from where it was before.
func (t *target) fresh(c *Concept, listed *Term, class termClass, kind Kind) freshTerm {
	key := freshKey{singleKey{c, *listed}, class, kind}
	if f, ok := t.written.get(key); ok {
		return f
	}
	r := readers.Get().(*reader)
	defer readers.Put(r)
	f := freshTerm{ctx: t.context(r, c, t.flags(c), listed, class)}
	f.ctx.kind = kind
	for i := range r.words {
		f.spans = append(f.spans, [2]int{int(r.words[i].start), int(r.words[i].end)})
	}
	t.written.put(key, f)
	return f
}

// keptSpans finds the renderings that are right already.
func (t *target) keptSpans(r *reader, c *Concept, concept int, fresh *Term) []match {
	from := len(r.matches)
	t.find(r, t.adHoc(c, fresh), 0)
	if e := t.entry(concept); e != nil {
		t.find(r, e, 0)
	}
	out := slices.Clone(r.matches[from:])
	r.matches = r.matches[:from]
	return slices.DeleteFunc(out, func(m match) bool { return m.class > classAccepted })
}

// within reports whether m is part of a longer one of the matches, or is
// itself the new term, better spelt.
func within(kept []match, m *match) bool {
	for i := range kept {
		k := &kept[i]
		if k.first <= m.first && k.after >= m.after && (k.after-k.first > m.after-m.first) {
			return true
		}
	}
	return false
}

// SwapConcept replaces the rendering of concept from that stands at bytes start
// to end of target by the preferred term of concept to, in the same shell and
// with the elision that it asks for: «d’Alep» becomes «de Damas». The text is a
// proposal where the swap is not certain; ok is false where there is none.
func (g *Glossary) SwapConcept(lang, target string, start, end, from, to int) (text string, swap Swap, ok bool) {
	t := g.target(lang)
	if t == nil || min(from, to) < 0 || max(from, to) >= len(g.concepts) {
		return target, Swap{}, false
	}
	e := t.entry(from)
	ts, has := t.terms(to)
	if e == nil || !has || len(ts.Preferred) == 0 {
		return target, Swap{}, false
	}
	r := readers.Get().(*reader)
	defer readers.Put(r)
	t.readAll(r, target)
	t.find(r, e, 0)
	m := r.matchAt(start, end)
	if m == nil {
		return target, Swap{}, false
	}
	swap, ok = t.recast(r, e, m, &g.concepts[to], &ts.Preferred[0])
	if !ok {
		return target, Swap{}, false
	}
	swap.Concept, swap.ID = to, g.concepts[to].ID
	if g.concepts[from].Kind != g.concepts[to].Kind {
		swap.Certain, swap.Reason = false, SwapKind
	}
	return target[:swap.Start] + swap.New + target[swap.End:], swap, true
}

// matchAt gives the best match of these bytes.
func (r *reader) matchAt(start, end int) *match {
	var best *match
	for i := range r.matches {
		m := &r.matches[i]
		if s, e := r.span(m); s == start && e == end && (best == nil || m.better(best)) {
			best = m
		}
	}
	return best
}

// Inflect gives the surface of concept in the grammatical shell in which
// likeConcept stands as the surface like: بكفرنبل gives بمعصران. It reports
// false where that cannot be done with certainty. What stands around the
// surface is not looked at: see SwapConcept for elisions, and mind that verbs
// agree with the gender of a person.
func (g *Glossary) Inflect(lang string, concept int, like string, likeConcept int) (string, bool) {
	t := g.target(lang)
	if t == nil || min(concept, likeConcept) < 0 || max(concept, likeConcept) >= len(g.concepts) {
		return "", false
	}
	e := t.entry(likeConcept)
	ts, ok := t.terms(concept)
	if e == nil || !ok || len(ts.Preferred) == 0 {
		return "", false
	}
	r := readers.Get().(*reader)
	defer readers.Put(r)
	t.readAll(r, like)
	t.find(r, e, 0)
	whole := -1
	for i := range r.matches {
		m := &r.matches[i]
		if m.class <= classAccepted && m.first == 0 && int(m.after) == len(r.words) &&
			m.notes&(noteDerived|noteMisspelled) == 0 && (whole < 0 || m.better(&r.matches[whole])) {
			whole = i
		}
	}
	if whole < 0 {
		return "", false
	}
	m := r.matches[whole]
	s, ok := t.recast(r, e, &m, &g.concepts[concept], &ts.Preferred[0])
	if !ok || !s.Certain || g.concepts[concept].Kind != g.concepts[likeConcept].Kind {
		return "", false
	}
	return like[:s.Start] + s.New + like[s.End:], true
}
