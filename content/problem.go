package content

import (
	"fmt"
	"strings"
)

// Problem says to an editor, in plain sentences, what is wrong with a release
// and what to do about it. Load returns one as its error where the input
// cannot be taken, and keeps others as a Document's Warnings.
type Problem struct {
	// Path is Options.Path, "" where none was given.
	Path string
	// Line and Column count from 1; Column counts characters. Both are 0 where
	// the problem is of the file as a whole.
	Line, Column int
	// What is wrong, a sentence without its stop.
	What string
	// Remedy is what the person can do, a sentence without its stop.
	Remedy string
}

// Error gives "path:line:column: what. Remedy."
func (p *Problem) Error() string {
	var b strings.Builder
	if p.Path != "" {
		b.WriteString(p.Path)
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
	b.WriteString(p.What)
	b.WriteByte('.')
	if p.Remedy != "" {
		b.WriteByte(' ')
		b.WriteString(p.Remedy)
		b.WriteByte('.')
	}
	return b.String()
}
