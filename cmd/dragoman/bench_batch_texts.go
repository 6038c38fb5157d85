package main

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"dragoman/content"
	"dragoman/glossary"
	"dragoman/internal/edition"
)

// archiveTexts makes sentences with their translations as a house's archive has
// them: those of the starter memory with other names, swapped in every language
// by its grammar, with other numbers, and in the English with other words. The
// same numbers give the same sentences.
type archiveTexts struct {
	g       *glossary.Glossary
	locales []string
	frames  []textFrame
	words   []string
	towns   []string
}

// textFrame is a sentence to be varied, with its translations by locale.
type textFrame struct {
	source  string
	targets []string
	slots   []textSlot
}

// textSlot is a place of a sentence in which something else may stand: another
// common word, or one of the choices.
type textSlot struct {
	start, end int
	kind       glossary.Kind // of a name
	choices    []slotChoice
}

// slotChoice is another name or number, with what it changes in the
// translations.
type slotChoice struct {
	source string
	edits  [][]textEdit // by locale
}

// textEdit puts a text in a place of another.
type textEdit struct {
	start, end int
	text       string
}

// benchTitles are the titles of releases, by locale; other locales have the
// English one.
var benchTitles = map[string]string{
	"ar": "التقرير رقم %d: %s", "es": "Informe número %d: %s", "fr": "Rapport numéro %d\u00a0: %s", "ru": "Отчёт номер %d: %s", "tr": "%d numaralı rapor: %s",
}

// newArchiveTexts makes frames of the sentences that are known in all locales.
func newArchiveTexts(g *glossary.Glossary, locales []string, pairs []edition.MemoryEntry) (*archiveTexts, error) {
	a := &archiveTexts{g: g, locales: locales}
	names := newArchive(g, "", nil)
	a.towns = sortedNames(names, glossary.LOC)
	said := map[string][]string{}
	var sources []string
	for _, p := range pairs {
		source := content.Plain(p.Source)
		if said[source] == nil {
			said[source] = make([]string, len(locales))
			sources = append(sources, source)
		}
		if i := slices.Index(locales, p.Locale); i >= 0 {
			said[source][i] = content.Plain(p.Target)
		}
	}
	for _, source := range sources {
		f := a.frame(source, said[source])
		if len(f.slots) >= leastVaried && !slices.Contains(f.targets, "") { // shorter ones would come a thousand times each
			a.frames = append(a.frames, f)
		}
	}
	if len(a.frames) == 0 {
		return nil, fmt.Errorf("the starter memory has no sentence in all of %s to make an archive of", strings.Join(locales, ", "))
	}
	a.vary(names)
	return a, nil
}

// counting are words that say how many there are, when, or that something is
// not so: another word in their place, or they in its, would make the
// translation a wrong one.
var counting = strings.Fields(`three four five seven eight nine eleven twelve dozens hundreds thousands million hundred thousand half third quarter
	first second fourth seventh never without cannot nobody neither none nothing once twice least than last next`)

// common reports whether a word may stand in the place of another: it is no
// name or term, and does not count.
func (a *archiveTexts) common(word string) bool {
	return !slices.Contains(counting, word) && len(a.g.Find(nil, word)) == 0
}

// frame finds the names, numbers and common words of a sentence.
func (a *archiveTexts) frame(source string, targets []string) textFrame {
	f := textFrame{source: source, targets: targets}
	at := 0
	for _, o := range a.g.Find(nil, source) {
		if c := a.g.Concept(o.Concept); o.Start >= at && !o.Nested {
			f.cut(a, at, o.Start)
			if c.Kind.Proper() {
				f.slots = append(f.slots, textSlot{start: o.Start, end: o.End, kind: c.Kind})
			}
			at = o.End
		}
	}
	f.cut(a, at, len(source))
	return f
}

// cut finds the numbers and common words in a part of a sentence.
func (f *textFrame) cut(a *archiveTexts, from, to int) {
	for at := from; at < to; {
		n := strings.IndexByte(f.source[at:to], ' ')
		if n < 0 {
			n = to - at
		}
		word := strings.TrimRightFunc(f.source[at:at+n], unicode.IsPunct)
		_, err := strconv.Atoi(word)
		free := len(word) > 3 && strings.ToLower(word) == word && !strings.ContainsFunc(word, unicode.IsPunct) && a.common(word)
		if err == nil || free {
			f.slots = append(f.slots, textSlot{start: at, end: at + len(word)})
		}
		if err != nil && free && !slices.Contains(a.words, word) {
			a.words = append(a.words, word)
		}
		at += n + 1
	}
}

// vary finds, on all cores, what else may stand in the frames.
func (a *archiveTexts) vary(names *archive) {
	var all sync.WaitGroup
	n := runtime.GOMAXPROCS(0)
	for k := range n {
		all.Go(func() {
			for i := k; i < len(a.frames); i += n {
				f := &a.frames[i]
				for w := range f.slots {
					s := &f.slots[w]
					if n, err := strconv.Atoi(f.source[s.start:s.end]); err == nil {
						s.choices = otherNumbers(f, s, n)
					} else if s.kind != "" {
						s.choices = a.otherNames(f, s, names.names[s.kind])
					}
				}
			}
		})
	}
	all.Wait()
}

// otherNames finds the names that may stand in the place of one: those with
// which the verifier passes the translation into every language.
func (a *archiveTexts) otherNames(f *textFrame, s *textSlot, names []string) (out []slotChoice) {
	was := a.g.Find(nil, f.source[s.start:s.end])
	if len(was) == 0 {
		return nil
	}
	for _, name := range names {
		fresh := a.g.Find(nil, name)
		if len(fresh) == 0 || fresh[0].Concept == was[0].Concept {
			continue
		}
		c := slotChoice{source: name, edits: make([][]textEdit, len(a.locales))}
		source := f.source[:s.start] + name + f.source[s.end:]
		occ := a.g.License(nil, a.g.Find(nil, source), source)
		fits := true
		for l, lang := range a.locales {
			if c.edits[l] = a.swapped(lang, f.targets[l], was[0].Concept, fresh[0].Concept); c.edits[l] == nil {
				fits = false
				break
			}
			for _, v := range a.g.Verify(nil, lang, source, occ, edited(f.targets[l], c.edits[l])) {
				fits = fits && v.Result.Passed()
			}
		}
		if fits {
			out = append(out, c)
		}
	}
	return out
}

// swapped says what a text has to be changed in for one name to stand in the
// place of another, nil where its grammar does not vouch for it.
func (a *archiveTexts) swapped(lang, text string, was, fresh int) (out []textEdit) {
	from, to := a.g.Preferred(lang, was), a.g.Preferred(lang, fresh)
	if from == "" || to == "" {
		return nil
	}
	_, swaps, certain := a.g.SwapTerm(lang, text, from, to, was)
	if !certain || len(swaps) != 1 {
		return nil
	}
	return []textEdit{{swaps[0].Start, swaps[0].End, swaps[0].New}}
}

// otherNumbers gives numbers that take the same forms of words as one that
// stands in all translations as it stands in the source; not of a day or year.
func otherNumbers(f *textFrame, s *textSlot, n int) (out []slotChoice) {
	rest := strings.TrimLeft(f.source[s.end:], " ")
	if n > 99 || rest == "" || !unicode.IsLower(rune(rest[0])) || strings.HasPrefix(rest, "and ") {
		return nil
	}
	text := strconv.Itoa(n)
	for k := range 9 {
		more := strconv.Itoa(n + 100*(k+1))
		c := slotChoice{source: more, edits: make([][]textEdit, len(f.targets))}
		for l, target := range f.targets {
			at := strings.Index(target, text)
			if strings.Count(target, text) != 1 {
				return nil
			}
			c.edits[l] = []textEdit{{at, at + len(text), more}}
		}
		out = append(out, c)
	}
	return out
}

// edited is a text with edits that do not overlap.
func edited(text string, edits []textEdit) string {
	slices.SortFunc(edits, func(a, b textEdit) int { return cmp.Compare(a.start, b.start) })
	var b strings.Builder
	at := 0
	for _, e := range edits {
		if e.start < at {
			continue
		}
		b.WriteString(text[at:e.start] + e.text)
		at = e.end
	}
	return b.String() + text[at:]
}

// sentence makes the sentence of a number with its translations, by locale.
func (a *archiveTexts) sentence(n int) (source string, targets []string) {
	r := rand.New(rand.NewPCG(uint64(n), 7))
	f := &a.frames[r.IntN(len(a.frames))]
	var own []textEdit
	edits := make([][]textEdit, len(a.locales))
	for i := range f.slots {
		s := &f.slots[i]
		switch _, err := strconv.Atoi(f.source[s.start:s.end]); {
		case len(s.choices) > 0:
			c := &s.choices[r.IntN(len(s.choices))]
			own = append(own, textEdit{s.start, s.end, c.source})
			for l := range edits {
				edits[l] = append(edits[l], c.edits[l]...)
			}
		case err != nil && s.kind == "" && r.IntN(4) == 0:
			own = append(own, textEdit{s.start, s.end, a.words[r.IntN(len(a.words))]})
		}
	}
	for l := range edits {
		targets = append(targets, edited(f.targets[l], edits[l]))
	}
	return edited(f.source, own), targets
}

// title makes the title of release i with its translations, by locale.
func (a *archiveTexts) title(i int) (source string, targets []string) {
	town := a.towns[i%len(a.towns)]
	source = fmt.Sprintf("Report number %d from %s", i+1, town)
	for _, locale := range a.locales {
		target := source
		if t, ok := benchTitles[locale]; ok {
			name := town
			if occ := a.g.Find(nil, town); len(occ) > 0 {
				name = cmp.Or(a.g.Preferred(locale, occ[0].Concept), town)
			}
			target = fmt.Sprintf(t, i+1, name)
		}
		targets = append(targets, target)
	}
	return source, targets
}
