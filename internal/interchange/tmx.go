package interchange

import (
	"fmt"
	"strings"
	"time"

	"dragoman/content"
)

// Unit is a translation unit: one text in several languages.
type Unit struct {
	ID string
	// Source is the text in the language asked for, Targets the others in the
	// order of the file; a language may stand there more than once.
	Source  Variant
	Targets []Variant
	// Codes say what the ids in the coded texts stand for. Elements that
	// belong together in several languages have one id.
	Codes []content.Code
	Props []Prop
	Notes []string
	// Line is where the unit began in the file, from 1 (not written).
	Line int
	Provenance
}

// Variant is a unit's text in one language.
type Variant struct {
	Lang  string // as the file has it, such as "en-US"
	Text  string // coded text
	Props []Prop
	Notes []string
	Provenance
}

// Provenance says when and by whom something was written and last changed.
// Times are UTC, whole seconds; zero where they are not known.
type Provenance struct {
	Created, Changed time.Time
	Author           string // creationid
	Editor           string // changeid
}

// Prop is a named property that a tool left; the names are the tools' own.
type Prop struct{ Type, Value string }

// Problem is what is wrong at one place of a file.
type Problem struct {
	Line   int    // from 1, 0 where it is not known
	Unit   string // tuid, or ""
	What   string
	Remedy string
	// Skipped is set where the unit was left out, and not where it was taken
	// with a loss.
	Skipped bool
}

// Error gives "line 12: unit 7: what (remedy)".
func (p Problem) Error() string {
	var b strings.Builder
	if p.Line > 0 {
		fmt.Fprintf(&b, "line %d: ", p.Line)
	}
	if p.Unit != "" {
		fmt.Fprintf(&b, "unit %s: ", p.Unit)
	}
	b.WriteString(p.What)
	if p.Remedy != "" {
		fmt.Fprintf(&b, " (%s)", p.Remedy)
	}
	return b.String()
}

// Report is what came of reading a file.
type Report struct {
	Header  Header
	Units   int // given to the caller
	Skipped int // broken, or without the source language
	// Problems are the first MaxProblems of all.
	Problems []Problem
	// Truncated is set where the file ends before its end.
	Truncated bool
}

// MaxProblems is how many problems a Report lists.
const MaxProblems = 1000

func (r *Report) add(p Problem) {
	if p.Skipped {
		r.Skipped++
	}
	if len(r.Problems) < MaxProblems {
		r.Problems = append(r.Problems, p)
	}
}

// Header is the head of a TMX file: what made it, and from what.
type Header struct {
	Tool, ToolVersion string // creationtool, creationtoolversion
	// Source is srclang: a language, or "*all*" where every one may be asked
	// for.
	Source   string
	Admin    string // adminlang
	DataType string // datatype, such as "html" or "plaintext"
	Format   string // o-tmf
	Segment  string // segtype: sentence, paragraph, phrase or block
	Props    []Prop
	Notes    []string
	Provenance
}

// tmxTime is TMX's form of ISO 8601, always UTC.
const tmxTime = "20060102T150405Z"

// SameLanguage reports whether two BCP 47 tags are of one language, whatever
// their region and case: "en" and "EN-US" are.
func SameLanguage(a, b string) bool { return strings.EqualFold(primary(a), primary(b)) }

func primary(tag string) string {
	if i := strings.IndexAny(tag, "-_"); i >= 0 {
		return tag[:i]
	}
	return tag
}
