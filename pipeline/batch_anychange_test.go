package pipeline_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"dragoman/content"
	"dragoman/glossary"
	"dragoman/internal/edition"
	"dragoman/pipeline"
)

// change is a change set of the property test that was applied.
type change struct {
	kinds   []string
	set     edition.ChangeSet
	batch   edition.Batch
	scope   edition.Scope
	english []string // names that sentences may have which it is about
	impact  edition.Impact
	quiet   bool
}

func (c *change) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "change set %d, batch %d, scope %s %v: %s", c.set.ID, c.batch.ID, c.scope, c.scope.Locales, strings.Join(c.kinds, ", "))
	for _, d := range glossary.Diff(sides(c.set.Edits)) {
		fmt.Fprintf(&b, "; %s", d.String())
	}
	return b.String()
}

// sides are the concepts of edits as they were and as they shall be.
func sides(edits []edition.ConceptEdit) (was, is []glossary.Concept) {
	for _, e := range edits {
		if e.Before != nil {
			was = append(was, *e.Before)
		}
		if e.After != nil {
			is = append(is, *e.After)
		}
	}
	return was, is
}

// names reports whether a sentence may name what the change is about.
func (c *change) names(source string) bool {
	return slices.ContainsFunc(c.english, func(n string) bool { return strings.Contains(strings.ToLower(source), n) })
}

// edits reports whether the change makes a difference for a concept in a
// locale, but for sentences in which it may be said otherwise.
func (c *change) edits(concept, locale string) bool {
	return slices.ContainsFunc(glossary.Diff(sides(c.set.Edits)), func(d glossary.Change) bool {
		_, only := d.OnlyExceptions()
		return d.ID == concept && !only && (d.Rescan || len(d.AddedKeys)+len(d.RemovedKeys) > 0 || slices.Contains(d.Verify, locale) || slices.Contains(d.Verify, "*"))
	})
}

// others are further names of the concepts, by language; the last of each is
// what some sentence says of another.
var others = map[string]map[string][]string{
	"loc.maasran":   {"ar": {"معر شمارين", "معرشورين", "المعصرانية"}, "tr": {"Mar Şamarin", "Maaşurin"}},
	"loc.kafranbel": {"ar": {"كفر نبودة", "كفرومة"}, "tr": {"Kefrenbil", "Kefrume"}},
	"loc.idlib":     {"ar": {"أدلب الخضراء", "سلقين", "ادلب"}, "tr": {"Edlib", "Salkin"}},
	"loc.sarmin":    {"ar": {"سرمدا", "صرمين"}, "tr": {"Sarmada"}},
	"org.coalition": {"ar": {"ائتلاف قوى الثورة", "التحالف السوري"}, "tr": {"Suriye Ulusal Koalisyonu"}},
	"org.ana":       {"ar": {"التحالف", "التكتل"}, "tr": {"Birlik"}},
}

// begin gives the glossary of the tests Turkish terms and two more concepts.
func (w *world) begin() {
	turkish := map[string]string{"loc.idlib": "İdlib", "loc.maasran": "Maasran", "loc.kafranbel": "Kefranbel", "org.coalition": "Suriye Koalisyonu"}
	var edits []edition.ConceptEdit
	for _, id := range []string{"loc.idlib", "loc.maasran", "loc.kafranbel", "org.coalition"} {
		c := w.concept(id)
		c.Targets["tr"] = preferring(turkish[id])
		edits = append(edits, edition.ConceptEdit{ID: id, After: c})
	}
	for _, c := range []*glossary.Concept{
		{ID: "loc.sarmin", Kind: glossary.LOC, Source: "Sarmin", Targets: map[string]glossary.Terms{"ar": preferring("سرمين"), "tr": preferring("Sermin")}},
		{ID: "org.ana", Kind: glossary.ORG, Source: "the Coalition", Rule: glossary.Rule{CaseSensitive: true, Licence: []string{"org.coalition"}},
			Targets: map[string]glossary.Terms{"ar": preferring("الائتلاف"), "tr": preferring("Koalisyon")}},
	} {
		edits = append(edits, edition.ConceptEdit{ID: c.ID, After: c})
	}
	if w.r.IntN(2) == 0 {
		edits = append(edits, addition(additions[0]))
	}
	w.change(edits...)
}

func preferring(texts ...string) glossary.Terms {
	var ts glossary.Terms
	for _, t := range texts {
		ts.Preferred = append(ts.Preferred, glossary.Term{Text: t})
	}
	return ts
}

// additions are concepts that may come: longer names that hold others, and
// names that stand in the archive unknown.
var additions = [][4]string{
	{"org.idlib-hospital", "Idlib Hospital", "مستشفى إدلب", "İdlib Hastanesi"},
	{"loc.binnish", "Binnish", "بنيش", "Binniş"},
	{"org.binnish", "market of Binnish", "سوق بنش", "Binniş pazarı"},
	{"org.road", "road to Maasran", "طريق معصران", "Maasran yolu"},
}

func addition(a [4]string) edition.ConceptEdit {
	return edition.ConceptEdit{ID: a[0], After: &glossary.Concept{ID: a[0], Kind: glossary.ORG, Source: a[1],
		Targets: map[string]glossary.Terms{"ar": preferring(a[2]), "tr": preferring(a[3])}}}
}

// kinds are what may be done to a concept; each reports whether it can.
var kinds = []struct {
	name string
	do   func(w *world, c *glossary.Concept) bool
}{
	{"prefer", func(w *world, c *glossary.Concept) bool {
		lang, name := w.otherName(c)
		ts := c.Targets[lang]
		ts.Preferred = []glossary.Term{{Text: name}}
		ts.Forbidden, ts.Accepted = without(ts.Forbidden, name), without(ts.Accepted, name)
		c.Targets[lang] = ts
		return true
	}},
	{"prefer in all", func(w *world, c *glossary.Concept) bool {
		for _, lang := range w.locales {
			names := others[c.ID][lang]
			if len(names) == 0 {
				return false
			}
			c.Targets[lang] = preferring(names[w.r.IntN(len(names))])
		}
		return true
	}},
	{"accept", func(w *world, c *glossary.Concept) bool {
		lang, name := w.otherName(c)
		ts := c.Targets[lang]
		ts.Forbidden = without(ts.Forbidden, name)
		ts.Accepted = append(without(ts.Accepted, name), glossary.Term{Text: name})
		c.Targets[lang] = ts
		return true
	}},
	{"forbid", func(w *world, c *glossary.Concept) bool {
		lang, name := w.otherName(c)
		ts := c.Targets[lang]
		ts.Accepted = without(ts.Accepted, name)
		ts.Forbidden = append(without(ts.Forbidden, name), glossary.Term{Text: name})
		c.Targets[lang] = ts
		return true
	}},
	{"forbid nothing", func(w *world, c *glossary.Concept) bool {
		for lang, ts := range c.Targets {
			ts.Forbidden, ts.Accepted = nil, nil
			c.Targets[lang] = ts
		}
		return true
	}},
	{"no term", func(w *world, c *glossary.Concept) bool {
		delete(c.Targets, w.anyLocale())
		return true
	}},
	{"variants", func(w *world, c *glossary.Concept) bool {
		for _, name := range []string{"Ma’saran", "Sarmin", "Binnish"} {
			if !slices.Contains(c.Variants, name) && c.Source != name && w.r.IntN(3) == 0 {
				c.Variants = append(slices.Clone(c.Variants), name)
				return true
			}
		}
		c.Variants = nil
		return true
	}},
	{"rename in English", func(w *world, c *glossary.Concept) bool {
		c.Variants = append(slices.Clone(c.Variants), c.Source)
		c.Source = "New " + c.Source
		return true
	}},
	{"kind", func(w *world, c *glossary.Concept) bool {
		c.Kind = []glossary.Kind{glossary.LOC, glossary.ORG, glossary.TERM, glossary.COMMON}[w.r.IntN(4)]
		return true
	}},
	{"capitals", func(w *world, c *glossary.Concept) bool { c.Rule.CaseSensitive = !c.Rule.CaseSensitive; return true }},
	{"warn only", func(w *world, c *glossary.Concept) bool { c.Rule.WarnOnly = !c.Rule.WarnOnly; return true }},
	{"licence", func(w *world, c *glossary.Concept) bool {
		if len(c.Rule.Licence) > 0 {
			c.Rule.Licence = nil
		} else {
			c.Rule.Licence = []string{"loc.idlib"}
		}
		return c.ID != "loc.idlib"
	}},
	{"blocked", func(w *world, c *glossary.Concept) bool {
		c.Rule.BlockedBy = []string{"loc.sarmin"}
		return c.ID != "loc.sarmin"
	}},
	{"flags", func(w *world, c *glossary.Concept) bool {
		f := &c.Flags
		*[]*bool{&f.DNT, &f.Indeclinable, &f.Sensitive, &f.Triptote}[w.r.IntN(4)] = true
		return true
	}},
	{"dates", func(w *world, c *glossary.Concept) bool {
		if w.r.IntN(2) == 0 {
			c.ValidFrom = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
		} else {
			c.ValidTo = time.Date(2010, 1, 1, 0, 0, 0, 0, time.UTC)
		}
		return true
	}},
	{"note", func(w *world, c *glossary.Concept) bool { c.Note += "!"; return true }},
	{"exception", func(w *world, c *glossary.Concept) bool {
		v, ok := w.seen(w.anySlug(), w.anyLocale())
		if !ok {
			return false
		}
		x := glossary.Exception{Language: v.Locale, Source: v.Rows[w.r.IntN(len(v.Rows))].Segment.Source}
		c.Exceptions = append(slices.Clone(c.Exceptions), x)
		return true
	}},
}

func without(ts []glossary.Term, text string) []glossary.Term {
	return slices.DeleteFunc(slices.Clone(ts), func(t glossary.Term) bool { return t.Text == text })
}

// otherName gives a concept another name in some language.
func (w *world) otherName(c *glossary.Concept) (lang, name string) {
	lang = w.anyLocale()
	names := others[c.ID][lang]
	if len(names) == 0 {
		return lang, c.Source + " X"
	}
	return lang, names[w.r.IntN(len(names))]
}

// concepts are the ids of the glossary that counts, in its order.
func (w *world) concepts() (ids []string) {
	g := w.pipe.Glossary()
	for i := range g.Len() {
		ids = append(ids, g.Concept(i).ID)
	}
	return ids
}

// edits makes one of the things that a change set can do, with its kind; none
// where it cannot be done here.
func (w *world) edits() (kind string, edits []edition.ConceptEdit) {
	ids := w.concepts()
	id := ids[w.r.IntN(len(ids))]
	c := w.concept(id)
	switch n := w.r.IntN(len(kinds) + 5); n {
	case 0, 1:
		a := additions[w.r.IntN(len(additions))]
		if !slices.Contains(ids, a[0]) {
			return "add", []edition.ConceptEdit{addition(a)}
		}
	case 2:
		return "retire", []edition.ConceptEdit{{ID: id}}
	case 3: // the other one takes its names
		other := w.concept(ids[w.r.IntN(len(ids))])
		if other.ID != id && other.ReplacedBy == "" {
			c.ReplacedBy = other.ID
			other.Variants = append(slices.Clone(other.Variants), append([]string{c.Source}, c.Variants...)...)
			return "merge", []edition.ConceptEdit{{ID: id, After: c}, {ID: other.ID, After: other}}
		}
	case 4: // its other names become another's
		if len(c.Variants) > 0 {
			split := &glossary.Concept{ID: id + "-2", Kind: c.Kind, Source: c.Variants[0], Targets: map[string]glossary.Terms{"ar": preferring("الثانية"), "tr": preferring("İkinci")}}
			c.Variants = c.Variants[1:]
			return "split", []edition.ConceptEdit{{ID: id, After: c}, {ID: split.ID, After: split}}
		}
	default:
		k := kinds[n-5]
		if k.do(w, c) {
			return k.name, []edition.ConceptEdit{{ID: id, After: c}}
		}
	}
	return "", nil
}

// apply applies a change set of some kinds.
func (w *world) apply(quiet bool) *change {
	w.t.Helper()
	for {
		c := w.propose()
		if c == nil {
			continue
		}
		var err error
		if c.quiet = quiet; quiet {
			if c.impact, err = w.pipe.PreviewChanges(w.t.Context(), c.set.ID, pipeline.PreviewOptions{}); err != nil {
				w.t.Fatal(err)
			}
		}
		if c.batch, err = w.pipe.Apply(w.t.Context(), "Lina", c.set.ID); err != nil {
			w.t.Fatal(err)
		}
		w.changes = append(w.changes, c)
		w.t.Log(c)
		return c
	}
}

// propose drafts a change set, nil where it is refused.
func (w *world) propose() *change {
	c := &change{}
	var all []edition.ConceptEdit
	for range 1 + w.r.IntN(2) {
		kind, edits := w.edits()
		if slices.ContainsFunc(all, func(e edition.ConceptEdit) bool {
			return slices.ContainsFunc(edits, func(o edition.ConceptEdit) bool { return o.ID == e.ID })
		}) {
			continue
		}
		if kind != "" {
			c.kinds = append(c.kinds, kind)
		}
		all = append(all, edits...)
	}
	if w.r.IntN(4) == 0 {
		c.scope = edition.Scope{Drafts: w.r.IntN(2) == 0, Archive: w.r.IntN(2) == 0, Published: w.r.IntN(2) == 0}
	}
	if w.r.IntN(6) == 0 {
		c.scope.Locales = []string{w.anyLocale()}
	}
	if len(all) == 0 {
		return nil
	}
	old := []edition.OldTerms{edition.OldForbidden, edition.OldForbidden, edition.OldAccepted, edition.OldDropped}[w.r.IntN(4)]
	var err error
	c.set, _, err = w.pipe.SaveChangeSet(w.t.Context(), "Lina", edition.ChangeSet{Title: strings.Join(c.kinds, ", "), Reason: "a test", Edits: all, Scope: c.scope}, old)
	var bad *pipeline.BadChangeSet
	if errors.As(err, &bad) || err != nil && expected(err) {
		return nil
	}
	if err != nil {
		w.t.Fatal(err)
	}
	w.about(c)
	return c
}

// about lists the names of the changed concepts, and of those that they
// license or block.
func (w *world) about(c *change) {
	add := func(k *glossary.Concept) {
		if k == nil {
			return
		}
		for _, n := range append([]string{k.Source}, k.Variants...) {
			c.english = append(c.english, strings.TrimPrefix(strings.ToLower(n), "the "))
		}
	}
	g := w.pipe.Glossary()
	for i := range c.set.Edits {
		e := &c.set.Edits[i]
		add(e.Before)
		add(e.After)
		for k := range g.Len() {
			if r := g.Concept(k).Rule; slices.Contains(r.Licence, e.ID) || slices.Contains(r.BlockedBy, e.ID) {
				add(g.Concept(k))
			}
		}
	}
}

// excepted reports whether a concept may be said otherwise in a sentence.
func (w *world) excepted(s *shown, concept string) bool {
	i, ok := w.pipe.Glossary().ByID(concept)
	return ok && slices.ContainsFunc(w.pipe.Glossary().Concept(i).Exceptions, func(x glossary.Exception) bool {
		return x.Language == s.edition.Locale && content.ExactHash(x.Source) == content.ExactHash(s.Segment.Source)
	})
}

// foretold checks that a batch which nobody disturbed has done what its
// preview counted.
func (w *world) foretold(c *change) {
	w.t.Helper()
	type line struct {
		locale string
		class  edition.Class
		action edition.Action
	}
	want, have := map[line]int{}, map[line]int{}
	for _, l := range c.impact.Locales {
		for _, k := range l.Classes {
			if k.Class == edition.ClassMemory {
				continue
			}
			for action, n := range map[edition.Action]int{edition.ActSwap: k.Swap, edition.ActPropose: k.Propose, edition.ActRetranslate: k.Retranslate, edition.ActTask: k.Task} {
				if n > 0 {
					want[line{l.Locale, k.Class, action}] = n
				}
			}
		}
	}
	for _, n := range c.batch.Counts {
		have[line{n.Locale, n.Class, n.Action}] += n.N
	}
	typed := 0 // where somebody types, words are proposed instead of swapped
	for l, n := range want {
		if l.action == edition.ActSwap {
			typed += n - have[l]
		}
	}
	for l, n := range have {
		if l.action == edition.ActSwap || l.class == edition.ClassPerson && l.action == edition.ActPropose && n-want[l] <= typed {
			continue
		}
		if want[l] != n {
			w.t.Errorf("%v: %d in the preview, %d in the batch\n%s", l, want[l], n, c)
		}
	}
	for l, n := range want {
		if have[l] == 0 && l.action != edition.ActSwap {
			w.t.Errorf("%v: %d in the preview, none in the batch\n%s", l, n, c)
		}
	}
	corrected, aside, err := w.pipe.BatchMemory(w.t.Context(), c.batch.ID)
	if m := c.impact.Sum(edition.ClassMemory); err != nil || m.Swap != corrected || m.Task != aside {
		w.t.Errorf("memory: %+v in the preview, %d corrected and %d set aside by the batch, %v\n%s", m, corrected, aside, err, c)
	}
	characters := 0
	for _, e := range c.impact.Engines {
		characters += e.Characters
	}
	if characters != w.asked {
		w.t.Errorf("the preview counted %d characters, the engine was sent %d\n%s", characters, w.asked, c)
	}
}
