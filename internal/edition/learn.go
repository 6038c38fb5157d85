package edition

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"dragoman/content"
	"dragoman/glossary"
)

// HandEdit is a standing wording of a person's with the machine's that it was
// made from.
type HandEdit struct {
	Release, Edition, Target, SourceID int64
	Slug, Locale, Source               string
	Position                           int
	Before, After                      string // coded text
	By                                 string
}

// NameCorrection is a name corrected by hand: in place of Old, a term of the
// concept, a person wrote New, in whatever form.
type NameCorrection struct {
	Concept, Locale, Old, New string
	HandEdit
}

// FindCorrections tells which names a person has written otherwise. Only what
// the grammar proves counts: the new name in the old one's place and shell gives
// the person's words.
func FindCorrections(g *glossary.Glossary, e *HandEdit) []NameCorrection {
	if e.Before == e.After || !glossary.Verifiable(e.Locale) {
		return nil
	}
	occ := g.License(nil, g.Find(nil, e.Source), e.Source)
	var out []NameCorrection
	for _, v := range g.Verify(nil, e.Locale, e.Source, occ, e.Before) {
		if !v.Result.Passed() || v.End <= v.Start {
			continue
		}
		old := v.Term
		for _, name := range candidates(e, &v) {
			if name == old || !swapsTo(g, e, &v, old, name) {
				continue
			}
			out = append(out, NameCorrection{Concept: v.ID, Locale: e.Locale, Old: old, New: name, HandEdit: *e})
			break
		}
	}
	return out
}

// swapsTo reports whether the new name in the old one's place is what the
// person wrote there: all its places at least are changed alike.
func swapsTo(g *glossary.Glossary, e *HandEdit, v *glossary.Verdict, old, name string) bool {
	text, swaps, _ := g.SwapTerm(e.Locale, e.Before, old, name, v.Concept)
	if len(swaps) == 0 {
		return false
	}
	for _, s := range swaps {
		if !strings.Contains(e.After, s.New) {
			return false
		}
	}
	// The old form must be gone, and the new one not have stood there before.
	return text != e.Before && !strings.Contains(content.Plain(e.After), content.Plain(swaps[0].Old)) && !strings.Contains(content.Plain(e.Before), content.Plain(swaps[0].New))
}

// candidates are the names that may have been put in place of a rendering: what
// the difference of the two texts has there, and like words that
// are new elsewhere, out of the old one's shell; the most alike first.
func candidates(e *HandEdit, v *glossary.Verdict) []string {
	var out []string
	placed := putInPlace(e.Before, e.After, v.Start, v.End)
	for i, surface := range append(placed, newWords(e, len(strings.Fields(v.Text)))...) {
		for _, name := range unshell(v.Text, v.Term, surface) {
			alike := 2*lettersApart(name, v.Term) <= utf8.RuneCountInString(v.Term)
			if (i < len(placed) || alike) && !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b string) int { return lettersApart(a, v.Term) - lettersApart(b, v.Term) })
	return out
}

// newWords gives runs of n words of what a person wrote that hold a word which
// was not there before.
func newWords(e *HandEdit, n int) []string {
	bare := func(w string) string { return strings.TrimFunc(w, unicode.IsPunct) }
	old := map[string]bool{}
	for _, w := range strings.Fields(content.Plain(e.Before)) {
		old[bare(w)] = true
	}
	words := strings.Fields(content.Plain(e.After))
	var out []string
	for i := 0; i+n <= len(words); i++ {
		run := words[i : i+n]
		if slices.ContainsFunc(run, func(w string) bool { return !old[bare(w)] }) {
			out = append(out, strings.TrimFunc(strings.Join(run, " "), unicode.IsPunct))
		}
	}
	return out
}

// lettersApart is the edit distance of two short texts in code points.
func lettersApart(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j := range y {
			cost := diagonal
			if x[i] != y[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(y)]
}

// putInPlace gives what a text has where another one has the bytes start to
// end: whole words.
func putInPlace(before, after string, start, end int) []string {
	var out []string
	at, from, to := 0, -1, -1 // from and to are bytes of after
	pos := 0
	for _, p := range Diff(before, after) {
		switch p.Op {
		case Keep:
			if from >= 0 && at < end {
				to = pos + min(len(p.Text), end-at) // the rest of the name stays
			}
			at, pos = at+len(p.Text), pos+len(p.Text)
		case Delete:
			if at < end && at+len(p.Text) > start && from < 0 {
				from, to = pos-max(0, at-start), pos
			}
			at += len(p.Text)
		case Insert:
			if from >= 0 && pos == to {
				to += len(p.Text)
			}
			pos += len(p.Text)
		}
	}
	if from < 0 || to > len(after) || from > to {
		return nil
	}
	from, to = widen(after, from, to)
	put := strings.TrimFunc(content.Plain(after[from:to]), func(r rune) bool { return unicode.IsSpace(r) || unicode.IsPunct(r) })
	if put != "" && len(put) <= 120 {
		out = append(out, put)
	}
	return out
}

// widen takes a span of a text to the ends of its words.
func widen(text string, from, to int) (int, int) {
	for from > 0 && !isGap(text[:from], true) {
		from--
	}
	for to < len(text) && !isGap(text[to:], false) {
		to++
	}
	return from, to
}

// isGap reports whether a text ends, or begins, with a space, or is not whole
// there.
func isGap(text string, ends bool) bool {
	if ends {
		return text[len(text)-1] == ' ' || text[len(text)-1] == '\n'
	}
	return text[0] == ' ' || text[0] == '\n'
}

// unshell takes a surface out of the shell in which a term stands as like:
// what stands before it (clitics) and behind it (endings).
func unshell(like, term, surface string) []string {
	like = content.Plain(like)
	if head, tail, ok := strings.Cut(like, term); ok {
		core, a := strings.CutPrefix(surface, head)
		if a {
			out := []string{}
			if tail != "" {
				if c, b := strings.CutSuffix(core, tail); b {
					out = append(out, c)
				}
				if i := strings.IndexAny(core, "'’"); i > 0 {
					out = append(out, core[:i])
				}
				return out
			}
			return append(out, core)
		}
		return nil
	}
	a, b := []rune(like), []rune(term)
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	if n < 2 {
		return nil
	}
	if core, ok := strings.CutSuffix(surface, string(a[n:])); ok {
		return []string{core + string(b[n:])}
	}
	return nil
}

// Learnt is a name that people have corrected by hand in the same way several
// times.
type Learnt struct {
	Concept  string   `json:"concept"`
	Locale   string   `json:"locale"`
	Old      string   `json:"old"`
	New      string   `json:"new"`
	Targets  int      `json:"targets"`
	Editions int      `json:"editions"`
	People   []string `json:"people"`
	// Samples are some of the corrections.
	Samples []NameCorrection `json:"-"`
	// ChangeSet is the change set that proposes it already, 0 for none.
	ChangeSet int64 `json:"change_set,omitempty"`
}

// Cause is the cause of the change set that proposes it.
func (l *Learnt) Cause() string {
	return "corrections " + l.Locale + " " + l.Concept + " " + l.Old + ">" + l.New
}

// A correction counts as learnt from so many targets in so many editions on.
const (
	LearnTargets  = 3
	LearnEditions = 2
)

// Learn gives what was corrected alike often enough, the most frequent first.
func Learn(cs []NameCorrection) []Learnt {
	type sum struct {
		Learnt
		targets, editions map[int64]bool
		people            map[string]bool
	}
	by := map[string]*sum{}
	for _, c := range cs {
		l := Learnt{Concept: c.Concept, Locale: c.Locale, Old: c.Old, New: c.New}
		s := by[l.Cause()]
		if s == nil {
			s = &sum{Learnt: l, targets: map[int64]bool{}, editions: map[int64]bool{}, people: map[string]bool{}}
			by[l.Cause()] = s
		}
		s.targets[c.Target], s.editions[c.Edition], s.people[c.By] = true, true, true
		if len(s.Samples) < 5 {
			s.Samples = append(s.Samples, c)
		}
	}
	var out []Learnt
	for _, s := range by {
		if s.Targets, s.Editions = len(s.targets), len(s.editions); s.Targets < LearnTargets || s.Editions < LearnEditions {
			continue
		}
		for who := range s.people {
			s.People = append(s.People, who)
		}
		slices.Sort(s.People)
		out = append(out, s.Learnt)
	}
	slices.SortFunc(out, func(a, b Learnt) int { return cmp.Or(b.Targets-a.Targets, cmp.Compare(a.Cause(), b.Cause())) })
	return out
}

// Edit is the edit of the glossary that a lesson asks for: the new name is the
// preferred one.
func (l *Learnt) Edit(c *glossary.Concept) ConceptEdit {
	after := *c
	after.Targets = map[string]glossary.Terms{}
	for lang, ts := range c.Targets {
		after.Targets[lang] = ts
	}
	ts := after.Targets[l.Locale]
	isNew := func(t glossary.Term) bool { return t.Text == l.New }
	fresh := glossary.Term{Text: l.New}
	if i := slices.IndexFunc(ts.Accepted, isNew); i >= 0 {
		fresh = ts.Accepted[i]
	}
	ts.Preferred = append([]glossary.Term{fresh}, slices.DeleteFunc(slices.Clone(ts.Preferred), func(t glossary.Term) bool { return isNew(t) || t.Text == l.Old })...)
	ts.Accepted = slices.DeleteFunc(slices.Clone(ts.Accepted), isNew)
	ts.Forbidden = slices.DeleteFunc(slices.Clone(ts.Forbidden), isNew)
	after.Targets[l.Locale] = ts
	return ConceptEdit{ID: c.ID, Before: c, After: &after}
}
