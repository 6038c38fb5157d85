package glossary

import (
	"slices"
	"strings"
)

// ExceptionColumn is the ending of the field, after the language, under which a
// difference of exceptions is told: "ar.exceptions".
const ExceptionColumn = ".exceptions"

// exceptions are the sentences of a language, told as a cell would be.
func (c *Concept) exceptions(lang string) string {
	var out []string
	for _, x := range c.Exceptions {
		if x.Language == lang {
			out = append(out, strings.ReplaceAll(x.Source, "|", `\|`))
		}
	}
	return strings.Join(out, "|")
}

func exceptionLanguages(a, b *Concept) []string {
	var out []string
	for _, c := range []*Concept{a, b} {
		for _, x := range c.Exceptions {
			out = append(out, x.Language)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// OnlyExceptions reports whether a change is of nothing but exceptions, and
// which ones are new or gone.
func (c *Change) OnlyExceptions() ([]Exception, bool) {
	if c.Kind != Changed {
		return nil, false
	}
	for _, f := range c.Fields {
		if !strings.HasSuffix(f.Field, ExceptionColumn) {
			return nil, false
		}
	}
	var out []Exception
	for _, pair := range [][2]*Concept{{c.Old, c.New}, {c.New, c.Old}} {
		for _, x := range pair[0].Exceptions {
			if !slices.Contains(pair[1].Exceptions, x) {
				out = append(out, x)
			}
		}
	}
	return out, true
}
