package glossary

import (
	"bufio"
	"bytes"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// Update is what some files say of a glossary that is there already. What a
// file has no column for is no part of it.
type Update struct {
	Concepts []Concept
	// Columns are those that each CSV file has, in small letters, by the
	// file's name in the concepts. A TBX file has none: its concepts are whole
	// but for the languages that are not in it.
	Columns map[string]map[string]bool
}

// ReadUpdate reads a native CSV or TBX file, told apart by their beginning.
// The error is Problems, with line and column of each where they are known.
func ReadUpdate(data []byte, name string) (*Update, error) {
	name = filepath.Base(name)
	if text := bytes.TrimLeft(bytes.TrimPrefix(data, []byte(byteOrderMark)), " \t\r\n"); bytes.HasPrefix(text, []byte("<")) {
		cs, err := ReadTBX(bytes.NewReader(data), name)
		if err != nil {
			return nil, err
		}
		return &Update{Concepts: cs}, nil
	}
	cs, err := ReadCSV(bytes.NewReader(data), name)
	if err != nil {
		return nil, err
	}
	return &Update{Concepts: cs, Columns: map[string]map[string]bool{name: HeaderOf(bytes.NewReader(data))}}, nil
}

const byteOrderMark = "\ufeff"

// HeaderOf reads the names of the columns of a native CSV file that ReadCSV
// has taken: they are the first line that is not empty, and no name in it
// holds a separator.
func HeaderOf(file io.Reader) map[string]bool {
	cols := map[string]bool{}
	r := bufio.NewReader(file)
	for err := error(nil); len(cols) == 0 && err == nil; {
		var line string
		line, err = r.ReadString('\n')
		if line = strings.TrimPrefix(line, byteOrderMark); strings.HasPrefix(line, "sep=") {
			continue
		}
		for _, name := range strings.FieldsFunc(line, func(r rune) bool { return r == ',' || r == ';' }) {
			if name = strings.ToLower(strings.Trim(name, "\" \t\r\n")); name != "" {
				cols[name] = true
			}
		}
	}
	return cols
}

// sheetColumns are the columns of one file; nil are those of a TBX.
type sheetColumns map[string]bool

// Merge gives the glossary that the update leads to: concepts with an id that
// is there are changed, others added at the end; with replace the update is
// the whole glossary and what it lacks goes.
func (u *Update) Merge(old []Concept, replace bool) []Concept {
	was := make(map[string]*Concept, len(old))
	for i := range old {
		was[old[i].ID] = &old[i]
	}
	langs := u.languages()
	fresh := make(map[string]Concept, len(u.Concepts))
	order := make([]string, 0, len(u.Concepts))
	for _, c := range u.Concepts {
		cols := sheetColumns(u.Columns[c.File])
		c.File = filepath.Base(c.File)
		if o := was[c.ID]; o != nil {
			if !replace {
				c = cols.over(o, c, langs)
			}
			c.Exceptions = o.Exceptions // no sheet has them
			if c.Fingerprint() == o.Fingerprint() {
				c = *o
			}
		}
		fresh[c.ID] = c
		order = append(order, c.ID)
	}
	var out []Concept
	if !replace {
		for _, o := range old {
			c, ok := fresh[o.ID]
			if !ok {
				c = o
			}
			out = append(out, c)
		}
	}
	for _, id := range order {
		if replace || was[id] == nil {
			out = append(out, fresh[id])
		}
	}
	return out
}

// languages are those that the files have terms in.
func (u *Update) languages() map[string]bool {
	langs := map[string]bool{}
	for i := range u.Concepts {
		for lang := range u.Concepts[i].Targets {
			langs[lang] = true
		}
	}
	return langs
}

// over lays a concept of a file over the one that is there: what the file has
// no column for stays. Without columns only the languages that are nowhere in
// the file do.
func (cols sheetColumns) over(old *Concept, c Concept, langs map[string]bool) Concept {
	has := func(col string) bool { return cols == nil || cols[col] }
	if !has("flags") {
		c.Flags, c.LangFlags = old.Flags, old.LangFlags
	}
	if !has("valid_from") {
		c.ValidFrom = old.ValidFrom
	}
	if !has("valid_to") {
		c.ValidTo = old.ValidTo
	}
	if !has("replaced_by") {
		c.ReplacedBy = old.ReplacedBy
	}
	if !has("en.variants") {
		c.Variants = old.Variants
	}
	if !has("rule") {
		c.Rule = old.Rule
	}
	if !has("note") {
		c.Note = old.Note
	}
	targets := maps.Clone(c.Targets)
	for lang, was := range old.Targets {
		if cols == nil && langs[lang] {
			continue
		}
		if ts := cols.terms(strings.ToLower(languageColumn(lang)), was, targets[lang]); len(ts.Preferred)+len(ts.Accepted)+len(ts.Derived)+len(ts.Forbidden) > 0 {
			if targets == nil {
				targets = map[string]Terms{}
			}
			targets[lang] = ts
		}
	}
	c.Targets = targets
	return c
}

// terms lays the terms of a language over those that are there. A term that
// the file makes preferred or accepted leaves the lists that it has no column
// for: whoever changes a name back in a sheet lifts the ban on it.
func (cols sheetColumns) terms(column string, old, fresh Terms) Terms {
	var now []Term // that the file lists
	for ending, is := range map[string][]Term{"": fresh.Preferred, ".accepted": fresh.Accepted} {
		if cols[column+ending] {
			now = append(now, is...)
		}
	}
	keep := func(ending string, was, is []Term) []Term {
		if cols[column+ending] || len(is) > 0 {
			return is
		}
		listed := func(t Term) bool {
			return (ending == ".accepted" || ending == ".forbidden") && slices.ContainsFunc(now, func(n Term) bool { return n.Text == t.Text })
		}
		if slices.ContainsFunc(was, listed) {
			was = slices.DeleteFunc(slices.Clone(was), listed)
		}
		return was
	}
	return Terms{
		Preferred: keep("", old.Preferred, fresh.Preferred), Accepted: keep(".accepted", old.Accepted, fresh.Accepted),
		Derived: keep(".derived", old.Derived, fresh.Derived), Forbidden: keep(".forbidden", old.Forbidden, fresh.Forbidden),
	}
}
