package glossary

// Result is how a concept fared in a translation.
type Result string

// The results. OK, OKAccepted and OKDerived are passes; Warn and Fail want a
// person; ResultInfo is for knowledge only.
const (
	ResultOK       Result = "ok"          // rendered by a preferred term
	ResultAccepted Result = "ok-accepted" // by an accepted one
	ResultDerived  Result = "ok-derived"  // by an adjective where one may stand
	ResultWarn     Result = "warn"
	ResultFail     Result = "fail"
	ResultInfo     Result = "info"
)

// Passed reports whether r is one of the three passes.
func (r Result) Passed() bool {
	return r == ResultOK || r == ResultAccepted || r == ResultDerived
}

// The reasons of a verdict; "" where there is nothing to say.
const (
	ReasonMissing     = "missing"     // no rendering was found
	ReasonForbidden   = "forbidden"   // a forbidden rendering stands in the target
	ReasonSpacing     = "spacing"     // found only with white space ignored
	ReasonDerived     = "derived"     // an adjective stands where the name is wanted
	ReasonAgreement   = "agreement"   // the words of the term do not agree
	ReasonHarmony     = "harmony"     // the suffix does not fit the stem's vowels
	ReasonCount       = "count"       // fewer mentions than in the source
	ReasonOrthography = "orthography" // the right word in an unusual or wrong spelling
	ReasonAmbiguous   = "ambiguous"   // the form is another word as well
)

// NoTier is the tier of a verdict without a match.
const NoTier = -1

// Verdict is what was found out about one required concept.
type Verdict struct {
	Concept int    // index in the glossary
	ID      string // of the concept
	// Source is the first required occurrence in the source.
	Source Occurrence
	Result Result
	Reason string
	// Tier is 0 exact, 1 orthography, 2 clitic or apostrophe, 3 inflection,
	// 4 spacing, and NoTier where nothing was found.
	Tier int
	// Start and End bound the rendering, in bytes of the target; both are 0
	// where there is none. Text is what stands there.
	Start, End int
	Text       string
	// Term is the listed term that was found, or the preferred one where
	// nothing was.
	Term string
	// Hint is the nearest words of the target where the concept is missing: a
	// hint for a person, never a pass.
	Hint string
	// Fix replaces bytes of the target; nil where none is known.
	Fix *Fix
}

// Fix replaces the bytes Start to End of the target by Text. Only a certain
// fix may be applied without a person.
type Fix struct {
	Start, End int
	Text       string
	Certain    bool
}

// need is one required concept of a source text.
type need struct {
	concept     int
	occ         Occurrence
	mentions    int
	attributive bool // an adjective may stand for at least one mention
	e           *entry
	from, to    int32 // its matches
	best        int32 // the match that satisfies it, -1
	found       int   // mentions in the target
}

// Verify judges how the concepts that occur in source are rendered in target,
// both coded text, and appends its verdicts to dst: one for each required
// concept that has a term in the language, in the order of first occurrence;
// one more for each further forbidden rendering, and an "info" one where a
// concept is mentioned less often than in the source. A language without
// rules gives none.
func (g *Glossary) Verify(dst []Verdict, lang, source string, occ []Occurrence, target string) []Verdict {
	t := g.target(lang)
	if t == nil || len(occ) == 0 {
		return dst
	}
	r := textReaders.Get().(*reader)
	t.readAll(r, target)
	t.collect(r, occ)
	for i := range r.needs {
		n := &r.needs[i]
		n.from = int32(len(r.matches))
		t.find(r, n.e, int32(i))
		n.to = int32(len(r.matches))
	}
	r.assign(t)
	for i := range r.needs {
		dst = t.verdicts(dst, r, &r.needs[i])
	}
	textReaders.Put(r)
	return dst
}

// collect gathers the required concepts of the occurrences.
func (t *target) collect(r *reader, occ []Occurrence) {
next:
	for i := range occ {
		o := &occ[i]
		if o.Nested || o.Concept < 0 || o.Concept >= len(t.entries) {
			continue
		}
		adjective := o.Attributive || o.Coordinated
		for k := range r.needs {
			if n := &r.needs[k]; n.concept == o.Concept {
				n.mentions++
				n.attributive = n.attributive || adjective
				continue next
			}
		}
		if e := t.entry(o.Concept); e != nil {
			r.needs = append(r.needs, need{concept: o.Concept, occ: *o, mentions: 1, attributive: adjective, e: e, best: -1})
		}
	}
}

// usable reports whether a match may satisfy its need.
func (t *target) usable(r *reader, m *match) bool {
	n := &r.needs[m.need]
	switch {
	case m.class == classForbidden:
		return false
	case m.notes&noteDerived != 0:
		return n.attributive
	case m.notes&noteAmbiguous != 0 && m.tier >= 2:
		a, ok := t.grammar.(*arabic)
		return n.attributive && (!ok || a.asAdjective(r, m))
	}
	return true
}

// span gives the bytes of a match.
func (r *reader) span(m *match) (start, end int) {
	return int(r.words[m.first].start), int(r.words[m.after-1].end)
}

// verdicts appends what there is to say about one need.
func (t *target) verdicts(dst []Verdict, r *reader, n *need) []Verdict {
	base := Verdict{Concept: n.concept, ID: t.g.concepts[n.concept].ID, Source: n.occ, Tier: NoTier}
	if n.e.forbids {
		before := len(dst)
		if dst = t.forbidden(dst, r, n, base); len(dst) > before {
			return dst
		}
	}
	if n.best < 0 {
		return append(dst, t.missing(r, n, base))
	}
	m := &r.matches[n.best]
	v := base
	t.describe(r, n, m, &v)
	v.Result, v.Reason = t.result(n, m)
	if m.notes&noteMisspelled != 0 || m.notes&noteOrthography != 0 && v.Result.Passed() {
		v.Fix = t.respell(r, n, m)
	}
	dst = append(dst, v)
	if n.found < n.mentions {
		v.Result, v.Reason, v.Fix = ResultInfo, ReasonCount, nil
		dst = append(dst, v)
	}
	return dst
}

// describe fills in where and what a match is.
func (t *target) describe(r *reader, n *need, m *match, v *Verdict) {
	v.Start, v.End = r.span(m)
	v.Text = r.text[v.Start:v.End]
	v.Tier = int(m.tier)
	v.Term = n.e.terms[m.term].listed.Text
}

// result gives the result and reason of a match that satisfies a need.
func (t *target) result(n *need, m *match) (Result, string) {
	derived := m.class == classDerived || m.notes&noteDerived != 0
	switch {
	case derived && !n.attributive:
		return ResultWarn, ReasonDerived
	case m.notes&noteAgreement != 0:
		return ResultWarn, ReasonAgreement
	case m.notes&noteHarmony != 0:
		return ResultWarn, ReasonHarmony
	case m.notes&noteAmbiguous != 0 && m.tier < 2:
		return ResultWarn, ReasonAmbiguous
	}
	reason := ""
	switch {
	case m.notes&(noteOrthography|noteMisspelled) != 0:
		reason = ReasonOrthography
	case m.notes&(noteAmbiguous|noteUnsure) != 0:
		reason = ReasonAmbiguous
	}
	switch {
	case derived:
		return ResultDerived, reason
	case m.class == classAccepted:
		return ResultAccepted, reason
	}
	return ResultOK, reason
}

// missing tells more about a concept without a rendering: spacing, a spelling
// slip that is certain, or the nearest words.
func (t *target) missing(r *reader, n *need, v Verdict) Verdict {
	v.Result, v.Reason = ResultFail, ReasonMissing
	v.Term = t.g.Preferred(t.lang, n.concept)
	if t.g.concepts[n.concept].Rule.WarnOnly {
		v.Result = ResultWarn
	}
	if t.spacing(r, n, &v) || t.finalHa(r, n, &v) {
		return v
	}
	v.Hint = t.hint(r, n)
	return v
}

// forbidden appends a verdict for every forbidden rendering that is not part
// of an accepted one, of this concept or of another.
func (t *target) forbidden(dst []Verdict, r *reader, n *need, base Verdict) []Verdict {
	for i := n.from; i < n.to; i++ {
		m := &r.matches[i]
		if m.class != classForbidden || r.excused(m) || t.covered(r, n, m) {
			continue
		}
		v := base
		t.describe(r, n, m, &v)
		v.Result, v.Reason = ResultFail, ReasonForbidden
		v.Fix = t.correct(r, n, m)
		if v.Fix != nil && n.best >= 0 && n.found-n.banned(r) >= n.mentions {
			v.Fix.Certain = false // the name has its rendering: this may be something else
		}
		dst = append(dst, v)
	}
	return dst
}

// banned counts the places that are found as a legal rendering and as a
// forbidden one: where a spelling alone is forbidden (ادلب for إدلب), they are
// the same words.
func (n *need) banned(r *reader) int {
	places := map[int32]bool{}
	for i := n.from; i < n.to; i++ {
		m := &r.matches[i]
		for k := n.from; k < n.to && m.class != classForbidden; k++ {
			if f := &r.matches[k]; f.class == classForbidden && f.first == m.first && f.after == m.after {
				places[m.first] = true
			}
		}
	}
	return len(places)
}

// excused reports a forbidden match within the legal match of a required
// concept. Of two matches of the same words the better spelt one counts: a
// forbidden spelling may fold to the preferred one.
func (r *reader) excused(f *match) bool {
	for i := range r.matches {
		m := &r.matches[i]
		if m.class == classForbidden {
			if m.need == f.need && m.first <= f.first && m.after >= f.after && m.after-m.first > f.after-f.first {
				return true // reported by itself
			}
			continue
		}
		if m.first > f.first || m.after < f.after || m.class == classDerived {
			continue
		}
		if m.after-m.first > f.after-f.first || m.need != f.need || !f.better(m) {
			return true
		}
	}
	return false
}

// guardKey names a concept and the beginning of one of its terms.
type guardKey struct {
	concept int
	stem    string
}

// covered reports whether another concept of the glossary, required or not,
// has a longer rendering at this place: التحالف within التحالف الدولي.
func (t *target) covered(r *reader, n *need, f *match) bool {
	return t.coveredBy(r, n.concept, n.e.terms[f.term].ctx.words, f)
}

// coveredBy does so for a match of the term with these words.
func (t *target) coveredBy(r *reader, concept int, words []termWord, f *match) bool {
	key := guardKey{concept, commonStem(words[0].letters)}
	guards, ok := t.guards.Load(key)
	if !ok {
		guards, _ = t.guards.LoadOrStore(key, t.guardConcepts(concept, words, key.stem))
	}
	for _, c := range guards.([]int32) {
		if t.coversWith(r, int(c), f) {
			return true
		}
	}
	return false
}

// coversWith reports whether concept c has a legal match around f.
func (t *target) coversWith(r *reader, c int, f *match) bool {
	e := t.entry(c)
	if e == nil {
		return false
	}
	from := len(r.matches)
	defer func() { r.matches = r.matches[:from] }()
	t.find(r, e, -1)
	for i := from; i < len(r.matches); i++ {
		m := &r.matches[i]
		if m.class <= classAccepted && m.first <= f.first && m.after >= f.after && m.after-m.first > f.after-f.first {
			return true
		}
	}
	return false
}

// guardConcepts finds the other concepts that may have a term longer than
// words with the same first one.
func (t *target) guardConcepts(concept int, words []termWord, first string) []int32 {
	r := readers.Get().(*reader)
	defer readers.Put(r)
	var out []int32
concepts:
	for c := range t.g.concepts {
		ts, ok := t.terms(c)
		if !ok || c == concept {
			continue
		}
		for _, list := range [][]Term{ts.Preferred, ts.Accepted} {
			for i := range list {
				if len(list[i].Text) > len(first) && t.mayCover(r, list[i].Text, words, first) {
					out = append(out, int32(c))
					continue concepts
				}
			}
		}
	}
	return out
}

// mayCover compares stems roughly; coversWith decides.
func (t *target) mayCover(r *reader, text string, words []termWord, first string) bool {
	r.scan(t.grammar.spelling(), text)
	if len(r.words) <= len(words) {
		return false
	}
	for i := range r.words {
		if commonStem(r.lettersOf(&r.words[i])) == first {
			return true
		}
	}
	return false
}

// commonStem gives a few letters that all forms of a word share.
func commonStem(l []rune) string {
	if hasArticle(l) {
		l = l[2:]
	}
	return string(l[:min(3, len(l))])
}
