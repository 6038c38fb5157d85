package desk

import (
	"errors"
	"fmt"
	"strconv"

	"dragoman/glossary"
	"dragoman/pipeline"
)

// said is a sentence about something that was sent. Place is where it is in a
// file and Concept whose it is, "" where neither helps; English says that no
// catalogue has the sentence.
type said struct {
	Place, Concept, Text string
	English              bool
}

// formEmpty is the problem of a form in which nothing was written.
const formEmpty = "form-empty"

// problemsOf are the sentences of an error of the glossary, nil for another
// error. Where a form has no lines they are without places.
func (c *call) problemsOf(err error, places bool) []said {
	var ps glossary.Problems
	var one glossary.Problem
	var bad *pipeline.BadChangeSet
	switch {
	case errors.As(err, &bad):
		ps = bad.Problems
	case errors.As(err, &ps):
	case errors.As(err, &one):
		ps = glossary.Problems{one}
	}
	var out []said
	for i := range ps {
		if ps[i].Severity == glossary.Error {
			out = append(out, c.problem(&ps[i], places))
		}
	}
	return out
}

// problem says one problem in the desk's language, in English where the
// catalogues do not know its rule.
func (w *words) problem(p *glossary.Problem, places bool) said {
	var s said
	if places {
		s.Place = placeOf(p)
	}
	if p.Rule != "" {
		args := make(map[string]any, len(p.Args))
		for k, v := range p.Args {
			args[k] = w.problemArg(k, v, places)
		}
		if text, tag := w.Lookup("desk.problem."+p.Rule, args); tag == w.Lang {
			s.Text, s.Concept = text, p.Args["Concept"]
			return s
		}
	}
	bare := *p
	bare.File, bare.Line, bare.Column = "", 0, 0
	s.Text, s.English = bare.Error(), true
	return s
}

// problemArg says one argument of a problem: columns as the form calls them
// where it is one, languages, kinds and lists by their names.
func (w *words) problemArg(name, value string, places bool) any {
	switch name {
	case "Line", "Number", "Limit", "Columns", "Offset":
		if n, err := strconv.Atoi(value); err == nil {
			return n
		}
	case "Language":
		return w.Language(value)
	case "Class":
		return w.or("desk.glossary.class."+value, value)
	case "WasKind", "NowKind":
		return w.or("desk.kind."+value, value)
	case "Field":
		if !places {
			return w.fieldName(value)
		}
	}
	return value
}

// fieldName is what a form calls a column.
func (w *words) fieldName(column string) string {
	if lang, list, ok := termColumn(column); ok && lang != "en" {
		return w.T("desk.glossary.term", "Language", w.Language(lang), "List", w.T("desk.glossary.list."+list))
	}
	return w.columnName(column)
}

// placeOf is where a problem stands: "file:line:column:", without what is not
// known.
func placeOf(p *glossary.Problem) string {
	var place string
	if p.File != "" {
		place = p.File + ":"
	}
	if p.Line > 0 {
		place += fmt.Sprintf("%d:", p.Line)
		if p.Column > 0 {
			place += fmt.Sprintf("%d:", p.Column)
		}
	}
	return place
}
