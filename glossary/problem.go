package glossary

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Severity says how bad a Problem is.
type Severity int

// The severities. Only an Error keeps a glossary from being used.
const (
	Info Severity = iota
	Warning
	Error
)

// String gives "info", "warning" or "error".
func (s Severity) String() string {
	switch s {
	case Info:
		return "info"
	case Warning:
		return "warning"
	}
	return "error"
}

// Problem is one thing wrong with a glossary: where, what, and what to do.
type Problem struct {
	File   string
	Line   int // from 1; 0 where no line is known
	Column int // from 1, in characters; 0 where no column is known
	// What and Remedy are in English. Rule names the kind of problem (see
	// ProblemRules) and Args what its sentence needs, for those who say it in
	// another language; Rule is "" for an error of another library.
	What   string
	Remedy string
	Rule   string
	Args   map[string]string
	Severity
}

// Error gives "file:line:column: what (remedy)"; parts that are not known
// are left out.
func (p Problem) Error() string {
	var b strings.Builder
	if p.File != "" {
		b.WriteString(p.File)
		b.WriteByte(':')
	}
	if p.Line > 0 {
		fmt.Fprintf(&b, "%d:", p.Line)
		if p.Column > 0 {
			fmt.Fprintf(&b, "%d:", p.Column)
		}
	}
	if b.Len() > 0 {
		b.WriteByte(' ')
	}
	if p.Severity != Error {
		b.WriteString(p.Severity.String())
		b.WriteString(": ")
	}
	b.WriteString(p.What)
	if p.Remedy != "" {
		fmt.Fprintf(&b, " (%s)", p.Remedy)
	}
	return b.String()
}

// maxProblems is how many problems are listed before a reader gives up: a
// file in the wrong format has one cause and as many problems as lines.
const maxProblems = 100

// Problems are problems in the order of their places. As an error it prints
// one a line.
type Problems []Problem

// Error gives one problem a line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap lets errors.As find a single Problem.
func (ps Problems) Unwrap() []error {
	errs := make([]error, len(ps))
	for i, p := range ps {
		errs[i] = p
	}
	return errs
}

// HasErrors reports whether one of ps is an Error.
func (ps Problems) HasErrors() bool {
	return slices.ContainsFunc(ps, func(p Problem) bool { return p.Severity == Error })
}

// Sort orders ps by file, line, column, worst first, then by text.
func (ps Problems) Sort() {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		if c := strings.Compare(a.File, b.File); c != 0 {
			return c
		}
		if c := a.Line - b.Line; c != 0 {
			return c
		}
		if c := a.Column - b.Column; c != 0 {
			return c
		}
		if c := int(b.Severity) - int(a.Severity); c != 0 {
			return c
		}
		return strings.Compare(a.What, b.What)
	})
}

// errOrNil gives ps, sorted, as an error where one of them is an Error.
func (ps Problems) errOrNil() error {
	if !ps.HasErrors() {
		return nil
	}
	ps.Sort()
	return ps
}

// asProblems finds the problems in err, so that a caller can print them one
// by one.
func asProblems(err error) Problems {
	var ps Problems
	if errors.As(err, &ps) {
		return ps
	}
	var p Problem
	if errors.As(err, &p) {
		return Problems{p}
	}
	return Problems{{What: err.Error(), Severity: Error}}
}
