package glossary

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of what a glossary may hold, in characters.
const (
	maxTermLength = 500
	maxNoteLength = 20_000
	maxIDLength   = 200
	// maxTerms is how many terms one list may have.
	maxTerms = 1000
)

// locator says where a field of a concept stands; fields are called as the
// columns of the native CSV.
type locator func(concept int, field string) (file string, line, column int)

// byPlace is the locator of concepts that know no more than their line.
func byPlace(concepts []Concept) locator {
	return func(i int, _ string) (string, int, int) { return concepts[i].File, concepts[i].Line, 0 }
}

// Validate checks concepts that are to make one glossary: each by itself, that
// ids are unique and those referred to exist, and that no two concepts
// contradict each other. Problems are sorted; there are at most 100.
func Validate(concepts []Concept) Problems {
	return check(concepts, byPlace(concepts), true)
}

// checker collects the problems of a set of concepts.
type checker struct {
	concepts []Concept
	at       locator
	byID     map[string]int
	langs    map[string]*targetColumns
	banned   map[bannedTerm][]int // which concepts forbid it
	skip     map[int]bool         // concepts not to be complained of
	problems Problems
}

// targetColumns are the four columns of a language, in the order of
// termColumns; valid tells that it may be a target language.
type targetColumns struct {
	names [4]string
	valid bool
}

type bannedTerm struct{ lang, text string }

// columns gives the columns of a language.
func (k *checker) columns(lang string) *targetColumns {
	if c := k.langs[lang]; c != nil {
		return c
	}
	tag, err := parseLanguage(lang)
	c := &targetColumns{valid: err == nil && tag == lang && lang != "en"}
	for n, ending := range termColumns {
		c.names[n] = languageColumn(lang) + ending
	}
	k.langs[lang] = c
	return c
}

// check is Validate with places; whole tells that the set is complete, so
// that every id referred to has to be in it.
func check(concepts []Concept, at locator, whole bool) Problems {
	k := &checker{concepts: concepts, at: at}
	k.run(whole)
	return k.problems
}

// run checks everything.
func (k *checker) run(whole bool) {
	k.byID, k.langs = make(map[string]int, len(k.concepts)), map[string]*targetColumns{}
	k.banned = map[bannedTerm][]int{}
	concepts := k.concepts
	for i := range concepts {
		k.identity(i)
		k.names(i)
		k.targets(i)
	}
	if whole {
		for i := range concepts {
			k.references(i)
		}
		k.cycles()
		k.contradictions()
	}
	k.problems.Sort()
}

// checkRead checks what has been read with problems, and gives all of them.
// Concepts in skip are in part unread, and have been complained of enough.
func checkRead(concepts []Concept, at locator, whole bool, skip map[int]bool, problems Problems) error {
	k := &checker{concepts: concepts, at: at, skip: skip, problems: problems}
	k.run(whole && len(problems) == 0)
	return k.problems.errOrNil()
}

// add lists one problem; from the hundredth on they are only counted.
func (ps *Problems) add(p Problem) {
	if len(*ps) < maxProblems {
		*ps = append(*ps, p)
	}
}

func (k *checker) report(s Severity, i int, field, rule, remedy, format string, args ...any) {
	if k.skip[i] || len(k.problems) >= maxProblems && s != Error {
		return
	}
	file, line, column := k.at(i, field)
	p := Problem{File: file, Line: line, Column: column, Severity: s}
	p.say(k.concepts[i].ID, ruled(rule, remedy, format, args...))
	if len(k.problems) >= maxProblems { // an error goes before a warning
		for n := range k.problems {
			if k.problems[n].Severity != Error {
				k.problems[n] = p
				return
			}
		}
	}
	k.problems.add(p)
}

// identity checks id, kind, dates and rule.
func (k *checker) identity(i int) {
	c := &k.concepts[i]
	switch first, twice := k.byID[c.ID]; {
	case c.ID == "":
		k.report(Error, i, "id", "id-missing", "give it one, such as loc.sarqib", "the concept has no id")
	case !validID(c.ID):
		k.report(Error, i, "id", "id-bad", "begin with a letter or digit, go on with letters, digits, points, hyphens or underlines, 200 at most", "the id %.220q cannot be used", c.ID)
	case twice:
		file, line, _ := k.at(first, "id")
		const remedy = "an id names one concept: give this one another, or merge the two"
		if here, _, _ := k.at(i, "id"); here != file {
			k.report(Error, i, "id", "id-twice-file", remedy, "the id stands already in %s, line %d", file, line)
		} else {
			k.report(Error, i, "id", "id-twice", remedy, "the id stands already in line %d", line)
		}
	default:
		k.byID[c.ID] = i
	}
	switch c.Kind {
	case PER, LOC, ORG, FIXED, NISBA, GROUP, COMMON, TERM:
	default:
		k.report(Error, i, "kind", "kind-unknown", "use PER, LOC, ORG, FIXED, NISBA, GROUP, COMMON or TERM", "unknown kind %.40q", string(c.Kind))
	}
	if !c.ValidTo.IsZero() && c.ValidTo.Before(c.ValidFrom) {
		k.report(Error, i, "valid_to", "dates-reversed", "put the earlier day into valid_from", "valid_to is before valid_from")
	}
	k.text(i, "note", c.Note, maxNoteLength, true)
}

// validID reports whether id may name a concept.
func validID(id string) bool {
	if id == "" || len(id) > maxIDLength {
		return false
	}
	for n, r := range id {
		plain := unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_'
		if !plain && (n == 0 || r != '.' && r != '-') {
			return false
		}
	}
	return utf8.ValidString(id)
}

// names checks the English side.
func (k *checker) names(i int) {
	c := &k.concepts[i]
	if c.Source == "" {
		k.report(Error, i, "en", "name-missing", "write the English name", "the concept has no English name")
	} else {
		k.text(i, "en", c.Source, maxTermLength, false)
	}
	if !k.few(i, "en.variants", len(c.Variants)) {
		return
	}
	for n, v := range c.Variants {
		if v == "" {
			k.report(Error, i, "en.variants", "variant-empty", "delete one |", "an English variant is empty")
			continue
		}
		k.text(i, "en.variants", v, maxTermLength, false)
		if v == c.Source || slices.Contains(c.Variants[:n], v) {
			k.report(Warning, i, "en.variants", "variant-twice", "delete one", "the variant %q stands twice", v)
		}
	}
	for _, w := range c.Rule.KeepCase {
		if !c.hasWord(w) {
			k.report(Warning, i, "rule", "keep-case-unknown", "write it as it stands in the name", "keep-case names %q, which is in none of its names", w)
		}
	}
	for _, list := range [][]string{c.Rule.KeepCase, c.Rule.BlockedBy, c.Rule.Licence} {
		for _, w := range list {
			if w == "" || strings.ContainsAny(w, ",;") || strings.TrimSpace(w) != w {
				k.report(Error, i, "rule", "rule-value", "use ids or words without spaces around, commas or semicolons", "the rule cannot hold %q", w)
			}
		}
	}
}

// hasWord reports whether one of the English names has the word w.
func (c *Concept) hasWord(w string) bool {
	for v := range c.names() {
		if strings.Contains(v, w) {
			return true
		}
	}
	return false
}

// targets checks the terms of every language.
func (k *checker) targets(i int) {
	c := &k.concepts[i]
	preferred := c.Flags.DNT
	for lang, f := range c.LangFlags {
		preferred = preferred || f.DNT
		if f == (Flags{}) {
			k.report(Error, i, "flags", "flags-empty", "delete the entry", "the flags for %s are empty", lang)
		}
	}
	for lang, terms := range c.Targets { // problems are sorted in the end
		preferred = preferred || len(terms.Preferred) > 0
		k.language(i, lang, &terms)
	}
	if !preferred {
		k.report(Error, i, "en", "term-none", "add a term in one language, or the flag dnt where the English name is used everywhere", "the concept has no preferred term in any language")
	}
}

// language checks the terms of one language.
func (k *checker) language(i int, lang string, terms *Terms) {
	c, cols := &k.concepts[i], k.columns(lang)
	if !cols.valid {
		k.report(Error, i, cols.names[0], "language-not-target", "use a language tag of BCP 47 other than en, such as ar, fr or kmr", "%q is no target language", lang)
	}
	if len(terms.Preferred) == 0 && !c.Flags.DNT && !c.LangFlags[lang].DNT {
		k.report(Error, i, cols.names[0], "preferred-missing", "write the term that translations have to use", "%s has terms but no preferred one", lang)
	}
	for n, ending := range termColumns {
		if !k.terms(i, cols.names[n], *terms.list(ending)) {
			return
		}
	}
	for _, t := range terms.Forbidden {
		for n, ending := range termColumns[:3] {
			if hasTerm(*terms.list(ending), t.Text) {
				k.report(Error, i, cols.names[3], "term-forbidden-too", "decide for one", "%q is forbidden and %s", t.Text, []string{"preferred", "accepted", "derived"}[n])
			}
		}
		if at := (bannedTerm{lang, t.Text}); len(k.banned[at]) < maxProblems {
			k.banned[at] = append(k.banned[at], i)
		}
	}
	for _, t := range terms.Accepted {
		if hasTerm(terms.Preferred, t.Text) {
			k.report(Warning, i, cols.names[1], "term-accepted-too", "delete it here", "%q is preferred and accepted", t.Text)
		}
	}
}

// terms checks one list of terms, and reports whether it is of a length that
// can be worked with.
func (k *checker) terms(i int, column string, list []Term) bool {
	if !k.few(i, column, len(list)) {
		return false
	}
	for n, t := range list {
		if t.Text == "" {
			k.report(Error, i, column, "term-empty", "delete one |", "a term is empty")
			continue
		}
		k.text(i, column, t.Text, maxTermLength, false)
		k.article(i, column, t.Flags)
		if hasTerm(list[:n], t.Text) {
			k.report(Warning, i, column, "term-twice", "delete one", "the term %q stands twice", t.Text)
		}
	}
	return true
}

func hasTerm(list []Term, text string) bool {
	for i := range list {
		if list[i].Text == text {
			return true
		}
	}
	return false
}

// few checks the length of a list.
func (k *checker) few(i int, field string, n int) bool {
	if n > maxTerms {
		k.report(Error, i, field, "terms-many", fmt.Sprintf("keep %d at most", maxTerms), "%[1]s has %[2]d terms", field, n, maxTerms)
	}
	return n <= maxTerms
}

func (k *checker) article(i int, field string, f Flags) {
	if f.Article != "" && f.Article != "fixed" && f.Article != "free" {
		k.report(Error, i, field, "article-bad", "use fixed or free", "article cannot be %q", f.Article)
	}
}

// text checks what any text of a glossary may hold.
func (k *checker) text(i int, field, s string, limit int, lines bool) {
	if n := len(s); n > limit {
		if n = utf8.RuneCountInString(s); n > limit {
			k.report(Error, i, field, "text-long", fmt.Sprintf("shorten it to %d", limit), "%[1]s has %[2]d characters", field, n, limit)
			return
		}
	}
	if plainText(s) {
		return
	}
	if !utf8.ValidString(s) {
		k.report(Error, i, field, "text-encoding", "save the file as UTF-8", "%s is not UTF-8", field)
		return
	}
	if strings.TrimSpace(s) != s {
		severity := Error
		if lines {
			severity = Warning
		}
		k.report(severity, i, field, "text-spaces", "take them off", "%q has spaces around it", s)
	}
	for _, r := range s {
		switch {
		case lines && (r == '\n' || r == '\t'):
		case unicode.IsControl(r), r == '\u2028', r == '\u2029', '\ufdd0' <= r && r <= '\ufdef', r&0xfffe == 0xfffe:
			k.report(Error, i, field, "text-control", "delete it", "%.60q holds the control character %U", s, r)
			return
		case r == utf8.RuneError:
			k.report(Error, i, field, "text-replacement", "write the letter that was lost in an earlier conversion", "%.60q holds the replacement character U+FFFD", s)
			return
		case '\u202a' <= r && r <= '\u202e':
			k.report(Error, i, field, "text-override", "delete it: text is stored in its logical order", "%.60q holds the direction override %U", s, r)
			return
		case r == '\u200e', r == '\u200f', '\u2066' <= r && r <= '\u2069':
			k.report(Warning, i, field, "text-invisible", "delete it unless it is meant", "%.60q holds the invisible mark %U", s, r)
			return
		}
	}
}

// plainText reports whether s is printable ASCII without spaces at its ends.
func plainText(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return s == "" || s[0] != ' ' && s[len(s)-1] != ' '
}

// references checks the ids that a concept names.
func (k *checker) references(i int) {
	c := &k.concepts[i]
	k.refer(i, "replaced_by", c.ReplacedBy)
	k.retired(i)
	for _, id := range c.Rule.BlockedBy {
		k.refer(i, "rule", id)
	}
	for _, id := range c.Rule.Licence {
		k.refer(i, "rule", id)
	}
}

// retired warns of names that are found no more since the concept that took
// over does not have them.
func (k *checker) retired(i int) {
	c := &k.concepts[i]
	next, ok := k.byID[c.ReplacedBy]
	if !c.retired() || !ok || next == i || k.concepts[next].retired() {
		return
	}
	heir := k.concepts[next].keys()
	for v := range c.names() {
		if !slices.Contains(heir, strings.Join(Key(v), " ")) {
			k.report(Warning, i, "replaced_by", "name-lost", "add it to en.variants of "+c.ReplacedBy+", or give this concept a valid_to",
				"%q is no longer found: %s has taken over and does not have it", v, c.ReplacedBy)
		}
	}
}

func (k *checker) refer(i int, field, id string) {
	if id == "" {
		return
	}
	if _, ok := k.byID[id]; !ok {
		k.report(Error, i, field, "reference-unknown", "correct the id, or add that concept", "%s names %q, which is no concept", field, id)
	} else if id == k.concepts[i].ID {
		k.report(Error, i, field, "reference-self", "name another concept or none", "%s names the concept itself", field)
	}
}

// cycles finds concepts that replace each other in a circle. Each circle is
// reported once, at its first concept.
func (k *checker) cycles() {
	done := map[int]bool{}
	for i := range k.concepts {
		if k.concepts[i].ReplacedBy == "" {
			continue
		}
		path := map[int]bool{}
		for n := i; k.concepts[n].ReplacedBy != "" && !done[n]; {
			path[n] = true
			next, ok := k.byID[k.concepts[n].ReplacedBy]
			if !ok || next == n {
				break
			}
			if path[next] {
				k.report(Error, i, "replaced_by", "reference-circle", "let the chain end at the concept that counts today", "replaced_by goes in a circle back to %s", k.concepts[next].ID)
				break
			}
			n = next
		}
		for n := range path {
			done[n] = true
		}
	}
}

// contradictions finds terms that one concept prefers or accepts and another
// forbids. Where both have a common English name that is an error: no
// translation of it could be right. Else it is worth knowing: most often the
// two are easily confused, and the ban is there for that.
func (k *checker) contradictions() {
	if len(k.banned) == 0 {
		return
	}
	for i := range k.concepts {
		for _, lang := range sortedKeys(k.concepts[i].Targets) {
			terms := k.concepts[i].Targets[lang]
			for n, t := range slices.Concat(terms.Preferred, terms.Accepted) {
				for _, by := range k.banned[bannedTerm{lang, t.Text}] {
					k.contradiction(i, by, lang, t.Text, n < len(terms.Preferred))
				}
			}
		}
	}
}

func (k *checker) contradiction(i, by int, lang, text string, preferred bool) {
	a, b := &k.concepts[i], &k.concepts[by]
	if i == by || !overlap(a, b) {
		return
	}
	field := k.columns(lang).names[0]
	if !preferred {
		field = k.columns(lang).names[1]
	}
	if preferred && sameName(a, b) && len(a.Rule.Licence) == 0 && len(b.Rule.Licence) == 0 {
		k.report(Error, i, field, "term-contradiction", "give the two different English names, or lift the ban",
			"%q is preferred here and forbidden for %s, which has the same English name", text, b.ID)
		return
	}
	k.report(Info, i, field, "term-elsewhere-forbidden", "nothing, if the two are meant to be told apart", "%q is right here and forbidden for %s", text, b.ID)
}

// overlap reports whether there is a day on which both concepts count.
func overlap(a, b *Concept) bool {
	if a.retired() || b.retired() {
		return false
	}
	return (a.ValidTo.IsZero() || !a.ValidTo.Before(b.ValidFrom)) && (b.ValidTo.IsZero() || !b.ValidTo.Before(a.ValidFrom))
}

// sameName reports whether two concepts share an English name.
func sameName(a, b *Concept) bool {
	keys := map[string]bool{}
	for v := range a.names() {
		keys[strings.Join(Key(v), " ")] = true
	}
	for v := range b.names() {
		if keys[strings.Join(Key(v), " ")] {
			return true
		}
	}
	return false
}
