package glossary

import (
	"fmt"
	"slices"
	"strings"
)

// ChangeKind says what happened to a concept.
type ChangeKind string

// The kinds of change.
const (
	Added   ChangeKind = "added"
	Removed ChangeKind = "removed"
	Changed ChangeKind = "changed"
)

// Change is the difference that one concept makes between two glossaries.
type Change struct {
	ID       string
	Kind     ChangeKind
	Old, New *Concept      // nil where added or removed
	Fields   []FieldChange // in the order of the columns
	// AddedKeys and RemovedKeys are the English names, as keys joined with
	// spaces, that are found now or no longer: segments that hold the first
	// word of one have to be searched again.
	AddedKeys, RemovedKeys []string
	// Rescan is set where the concept is found under other conditions than
	// before (rule, dates, replacement): segments that hold any of its names
	// have to be searched again.
	Rescan bool
	// Verify are the languages whose translations have to be verified again
	// in segments that hold the concept, sorted; what still complies stays as
	// it is. "*" stands for all, also those without terms.
	Verify []string
}

// FieldChange is one field that changed. Field is the column of the native
// CSV, and the values are written as in its cells.
type FieldChange struct {
	Field    string
	Old, New string
}

// String gives a line for a person: "loc.sarqib: ar: سرقيب -> سراقب".
func (c *Change) String() string {
	if c.Kind != Changed {
		return fmt.Sprintf("%s: %s", c.ID, c.Kind)
	}
	parts := make([]string, len(c.Fields))
	for i, f := range c.Fields {
		parts[i] = fmt.Sprintf("%s: %s -> %s", f.Field, orNone(f.Old), orNone(f.New))
	}
	return c.ID + ": " + strings.Join(parts, "; ")
}

func orNone(s string) string {
	if s == "" {
		return "(none)"
	}
	return s
}

// Diff gives the changes that lead from one list of concepts to another, in
// the order of the new list, then the removed ones in that of the old. Where
// concepts stand is no content; nor is the order of two concepts, though it
// decides between those with the same name.
func Diff(old, new []Concept) []Change {
	before := make(map[string]*Concept, len(old))
	for i := range old {
		before[old[i].ID] = &old[i]
	}
	var out []Change
	kept := make(map[string]bool, len(new))
	for i := range new {
		c := &new[i]
		kept[c.ID] = true
		if change, differs := compare(before[c.ID], c); differs {
			out = append(out, change)
		}
	}
	for i := range old {
		if c := &old[i]; !kept[c.ID] {
			change, _ := compare(c, nil)
			out = append(out, change)
		}
	}
	return out
}

// compare gives the change from old to new, either of which may be nil.
func compare(old, new *Concept) (Change, bool) {
	var none Concept
	c := Change{Kind: Changed, Old: old, New: new}
	a, b := old, new
	switch {
	case old == nil:
		c.ID, c.Kind, a = new.ID, Added, &none
	case new == nil:
		c.ID, c.Kind, b = old.ID, Removed, &none
	default:
		c.ID = new.ID
	}
	c.fields(a, b)
	if c.Kind == Changed && len(c.Fields) == 0 {
		return c, false
	}
	c.keys(a, b)
	slices.Sort(c.Verify)
	c.Verify = slices.Compact(c.Verify)
	return c, true
}

// fields compares every column.
func (c *Change) fields(a, b *Concept) {
	langs := termLanguages([]Concept{*a, *b})
	if a.Flags.DNT != b.Flags.DNT {
		c.Verify = append(c.Verify, "*")
	}
	compare := func(col string) bool {
		was, is := a.cell(col), b.cell(col)
		if was == is {
			return false
		}
		switch c.Kind { // what was not there had no way of being found, either
		case Added:
			was = ""
		case Removed:
			is = ""
		}
		c.Fields = append(c.Fields, FieldChange{Field: col, Old: was, New: is})
		return true
	}
	for _, col := range fixedColumns {
		if !compare(col) {
			continue
		}
		switch col {
		case "kind":
			c.Verify = append(c.Verify, langs...) // a kind decides how terms inflect
			c.Rescan = c.Kind == Changed
		case "flags":
			c.Verify = append(c.Verify, flagLanguages(a, b, langs)...)
		case "rule", "valid_from", "valid_to", "replaced_by":
			c.Rescan = c.Kind == Changed
		}
	}
	for _, lang := range exceptionLanguages(a, b) {
		was, is := a.exceptions(lang), b.exceptions(lang)
		if was == is {
			continue
		}
		c.Fields = append(c.Fields, FieldChange{Field: languageColumn(lang) + ExceptionColumn, Old: was, New: is})
		c.Verify = append(c.Verify, lang)
	}
	for _, lang := range langs {
		for _, ending := range termColumns {
			if compare(languageColumn(lang) + ending) {
				c.Verify = append(c.Verify, lang)
			}
		}
	}
}

// flagLanguages gives the languages for which flags changed.
func flagLanguages(a, b *Concept, langs []string) []string {
	if a.Flags != b.Flags {
		return langs
	}
	var out []string
	for _, flags := range []map[string]Flags{a.LangFlags, b.LangFlags} {
		for lang := range flags {
			if a.LangFlags[lang] != b.LangFlags[lang] {
				out = append(out, lang)
			}
		}
	}
	return out
}

// keys compares the English names.
func (c *Change) keys(a, b *Concept) {
	was, is := a.keys(), b.keys()
	for _, k := range is {
		if !slices.Contains(was, k) {
			c.AddedKeys = append(c.AddedKeys, k)
		}
	}
	for _, k := range was {
		if !slices.Contains(is, k) {
			c.RemovedKeys = append(c.RemovedKeys, k)
		}
	}
	if c.Kind == Changed && a.Rule.CaseSensitive && !slices.Equal(slices.Collect(a.names()), slices.Collect(b.names())) {
		c.Rescan = true // other capitals may be asked for
	}
}

// keys gives the keys of the English names, each once.
func (c *Concept) keys() []string {
	var keys []string
	if c.Source == "" {
		return nil
	}
	for v := range c.names() {
		if k := strings.Join(Key(v), " "); k != "" && !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	return keys
}
