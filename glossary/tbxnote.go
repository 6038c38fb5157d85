package glossary

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// extra is a data category of TBX-Basic that Dragoman does not use and keeps
// as a line of the concept's note.
type extra struct {
	lang, term string // what it belongs to: "" for the concept, or the language
	category   string
	target     string // what it points to: an id or an address
	value      string
	part       bool // belongs to the extra before it, as the source of a definition does
}

// dataCategory is what TBX-Basic says of a category.
type dataCategory struct {
	meta   string // the core element it is a type of
	module string // the prefix of its tag
}

// dataCategories are those of TBX-Basic, with the levels where the module
// definitions allow them left out: we write back what was read where it was.
var dataCategories = map[string]dataCategory{
	"administrativeStatus":   {"termNote", "min"},
	"context":                {"descrip", "basic"},
	"crossReference":         {"ref", "basic"},
	"customerSubset":         {"admin", "min"},
	"definition":             {"descrip", "basic"},
	"externalCrossReference": {"xref", "basic"},
	"geographicalUsage":      {"termNote", "basic"},
	"grammaticalGender":      {"termNote", "basic"},
	"partOfSpeech":           {"termNote", "min"},
	"projectSubset":          {"admin", "basic"},
	"responsibility":         {"transacNote", "basic"},
	"source":                 {"admin", "basic"},
	"subjectField":           {"descrip", "min"},
	"termLocation":           {"termNote", "basic"},
	"termType":               {"termNote", "basic"},
	"transactionType":        {"transac", "basic"},
	"xGraphic":               {"xref", "basic"},
	"date":                   {"date", ""},
	"note":                   {"note", ""},
}

// line writes an extra as a line of a note.
func (x *extra) line() string {
	var b strings.Builder
	b.WriteByte('[')
	if x.lang != "" {
		b.WriteString(x.lang + " ")
	}
	if x.term != "" {
		b.WriteString("«" + x.term + "» ")
	}
	if x.part {
		b.WriteByte('+')
	}
	b.WriteString(x.category)
	if x.target != "" {
		b.WriteString(" <" + x.target + ">")
	}
	b.WriteByte(']')
	if x.value != "" {
		b.WriteString(" " + x.value)
	}
	return b.String()
}

var extraLine = regexp.MustCompile(`^\[(?:([A-Za-z0-9-]+) (?:«(.+)» )?)?(\+?)([A-Za-z]+)(?: <([^<>]+)>)?\](?: (.*))?$`)

// parseExtra reads a line that line has written.
func parseExtra(line string) (extra, bool) {
	m := extraLine.FindStringSubmatch(line)
	if m == nil {
		return extra{}, false
	}
	x := extra{lang: m[1], term: m[2], part: m[3] != "", category: m[4], target: m[5], value: m[6]}
	_, known := dataCategories[x.category]
	return x, known && x.line() == line && squeeze(x.value) == x.value
}

// appendExtras puts extras under a note.
func appendExtras(note string, extras []extra) string {
	var b strings.Builder
	b.WriteString(note)
	for i := range extras {
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(extras[i].line())
	}
	return b.String()
}

// splitNote takes the extras off the end of the concept's note, if they are
// such that reading them back from TBX gives the same note; else the whole
// note is free text.
func splitNote(c *Concept) (note string, extras []extra) {
	note = c.Note
	for note != "" {
		cut := strings.LastIndexByte(note, '\n')
		x, ok := parseExtra(note[cut+1:])
		if !ok || !c.hasPlace(&x) {
			break
		}
		extras = append(extras, x)
		note = note[:max(cut, 0)]
		if cut == 0 { // a note that begins with an empty line
			return c.Note, nil
		}
	}
	slices.Reverse(extras)
	if len(extras) > 0 && (extras[0].part || appendExtras(note, sortExtras(slices.Clone(extras), c)) != c.Note) {
		return c.Note, nil
	}
	return note, extras
}

// hasPlace reports whether the concept has the language and term that x
// belongs to.
func (c *Concept) hasPlace(x *extra) bool {
	if x.lang == "" {
		return x.category != "note" && x.category != "administrativeStatus"
	}
	if x.lang != "en" {
		if _, ok := c.Targets[x.lang]; !ok {
			return false
		}
	}
	if x.category == "administrativeStatus" {
		return c.statusFits(x)
	}
	return x.term == "" || c.termIndex(x.lang, x.term) >= 0
}

// statusFits reports whether a status that a note gives is one that reading
// TBX leaves in the note: one that the lists of terms do not say already, and
// that puts the term into the list where it is.
func (c *Concept) statusFits(x *extra) bool {
	n := c.termIndex(x.lang, x.term)
	if x.part || n < 0 {
		return false
	}
	if x.lang == "en" {
		return !plainStatus[x.value] && (n > 0 || statusList(x.value) == "") || n > 0 && x.value == "deprecatedTerm-admn-sts"
	}
	terms := c.Targets[x.lang]
	for _, ending := range termColumns {
		list := *terms.list(ending)
		if n < len(list) {
			if ending == ".derived" {
				ending = ".accepted"
			}
			return !plainStatus[x.value] && statusList(x.value) == ending
		}
		n -= len(list)
	}
	return false
}

// termIndex gives the place of a term among the term sections of a language
// as they are written; -1 if it is not there, or twice.
func (c *Concept) termIndex(lang, term string) int {
	at, n := -1, 0
	see := func(text string) {
		if text == term {
			if at >= 0 {
				at = -2
			} else if at == -1 {
				at = n
			}
		}
		n++
	}
	if lang == "en" {
		for name := range c.names() {
			see(name)
		}
	}
	terms := c.Targets[lang]
	for _, ending := range termColumns {
		for _, t := range *terms.list(ending) {
			see(t.Text)
		}
	}
	return max(at, -1)
}

// sortExtras brings extras into the order in which TBX has them: of the
// concept, then by language, English first, then by term, and of a term the
// notes on the word before the rest. Parts stay with what they belong to.
func sortExtras(extras []extra, c *Concept) []extra {
	var groups [][]extra
	for i, x := range extras {
		if x.part && i > 0 {
			groups[len(groups)-1] = append(groups[len(groups)-1], x)
		} else {
			groups = append(groups, []extra{x})
		}
	}
	rank := func(x *extra) int {
		if dataCategories[x.category].meta == "termNote" {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(groups, func(a, b []extra) int {
		x, y := &a[0], &b[0]
		return cmp.Or(
			cmp.Compare(languageRank(x.lang), languageRank(y.lang)),
			c.placeOf(x)-c.placeOf(y),
			rank(x)-rank(y),
		)
	})
	return slices.Concat(groups...)
}

// placeOf gives the place of the term that x belongs to, -1 for the language
// as a whole.
func (c *Concept) placeOf(x *extra) int {
	if x.term == "" {
		return -1
	}
	return c.termIndex(x.lang, x.term)
}

// languageRank orders languages: none, English, then by tag.
func languageRank(lang string) string {
	switch lang {
	case "":
		return ""
	case "en":
		return " "
	}
	return lang
}
