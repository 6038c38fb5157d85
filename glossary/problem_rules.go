package glossary

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// problemArgs are the rules of problems, with the names of what their
// sentences need in the order in which it is given. Language is a tag that may
// be said as the name of a language, Tag one that stands as it was written;
// Field is a column of the native CSV; Class is a list of terms.
var problemArgs = map[string][]string{
	"id-missing": nil, "id-bad": {"ID"}, "id-twice": {"Line"}, "id-twice-file": {"File", "Line"},
	"kind-unknown": {"Kind"}, "dates-reversed": nil, "date-bad": {"Text"},
	"name-missing": nil, "name-many": {"Number"}, "name-flags": {"Name"}, "name-lost": {"Name", "ID"},
	"name-never": {"Name"}, "name-marks": {"Name"}, "name-crowded": {"Name", "Number"}, "name-taken": {"Name", "Own", "ID"},
	"variant-empty": nil, "variant-twice": {"Name"}, "keep-case-unknown": {"Word"}, "rule-value": {"Word"},
	"case-both": nil, "clause-empty": {"Clause"}, "clause-unknown": {"Clause"},
	"flags-empty": {"Language"}, "flag-unknown": {"Flag"}, "article-bad": {"Word"}, "article-both": nil,
	"brace-second": {"Term"}, "brace-close": {"Term"}, "brace-open": {"Term"},
	"language-unknown": {"Tag"}, "language-not-target": {"Tag"}, "preferred-missing": {"Language"},
	"term-none": nil, "term-empty": nil, "term-twice": {"Term"}, "terms-many": {"Field", "Number", "Limit"},
	"term-forbidden-too": {"Term", "Class"}, "term-accepted-too": {"Term"},
	"term-contradiction": {"Term", "ID"}, "term-elsewhere-forbidden": {"Term", "ID"},
	"collision": {"Form", "Term", "Language", "ID"}, "collision-capital": {"Form", "Term", "Language", "ID"},
	"collision-forbidden": {"Form", "Term", "Language", "ID"}, "collision-adjective": {"Form", "Term", "Language", "ID"},
	"text-long": {"Field", "Number", "Limit"}, "text-encoding": {"Field"}, "text-spaces": {"Text"},
	"text-control": {"Text", "Character"}, "text-replacement": {"Text"}, "text-override": {"Text", "Character"}, "text-invisible": {"Text", "Character"},
	"reference-unknown": {"Field", "ID"}, "reference-self": {"Field"}, "reference-circle": {"ID"},
	"file-large": nil, "file-utf16": nil, "file-zero": {"Offset"}, "file-empty": nil, "byte-bad": {"Byte", "Offset"},
	"cells-tabs": nil, "lines-return": nil, "quote-bare": nil, "quote-broken": {"Line"}, "quote-open": nil,
	"column-unnamed": nil, "column-twice": {"Column"}, "column-missing": {"Column"}, "column-no-language": nil, "column-unknown": {"Column"},
	"row-short": {"Number", "Columns"}, "row-long": {"Number", "Columns", "Comma"},
	"tbx-none": nil, "tbx-old": nil, "tbx-root": {"Element", "Namespace"}, "tbx-dialect": {"Dialect"}, "tbx-foreign": {"Element", "Namespace"},
	"tbx-place": {"Element"}, "tbx-element": {"Element"}, "tbx-language-twice": {"Tag"}, "tbx-term-missing": nil,
	"xml-broken": {"Detail", "Encoding"}, "xml-encoding": {"Detail", "Encoding"}, "xml-doctype": nil, "xml-deep": nil,
}

// ProblemRules gives the rules that a Problem of this package may have, sorted.
func ProblemRules() []string { return sortedKeys(problemArgs) }

// ProblemArgs gives the names of the arguments of a rule.
func ProblemArgs(rule string) []string { return slices.Clone(problemArgs[rule]) }

// ruledText is what is wrong and what to do, by its rule and in English.
type ruledText struct {
	rule, what, remedy string
	args               map[string]string
}

func (e ruledText) Error() string { return e.what + " (" + e.remedy + ")" }

// ruled makes the text of a problem. args are those of the format, which are
// those of the rule too; a format with numbered arguments need not use all.
func ruled(rule, remedy, format string, args ...any) ruledText {
	e := ruledText{rule: rule, remedy: remedy, what: fmt.Sprintf(format, args...)}
	names := problemArgs[rule]
	for i, arg := range args[:min(len(args), len(names))] {
		if e.args == nil {
			e.args = map[string]string{}
		}
		e.args[names[i]] = argText(arg)
	}
	return e
}

// maxArg is how long an argument may be, in characters.
const maxArg = 60

// argText writes an argument as it can stand in a sentence: short, and with
// what cannot be seen as an escape.
func argText(arg any) string {
	switch v := arg.(type) {
	case rune:
		return fmt.Sprintf("%U", v)
	case byte:
		return fmt.Sprintf("0x%02X", v)
	}
	text := fmt.Sprint(arg)
	if r := []rune(text); len(r) > maxArg {
		text = string(r[:maxArg]) + "…"
	}
	if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		q := strconv.Quote(text)
		text = strings.ReplaceAll(q[1:len(q)-1], `\"`, `"`)
	}
	return text
}

// say sets what the problem is, of the concept with this id ("" for none). An
// error that is none of ours has no rule.
func (p *Problem) say(id string, err error) {
	var e ruledText
	if !errors.As(err, &e) {
		e = ruledText{what: err.Error()}
	}
	p.Rule, p.Args, p.What, p.Remedy = e.rule, e.args, e.what, e.remedy
	if id == "" {
		return
	}
	p.What = id + ": " + p.What
	if p.Args == nil {
		p.Args = map[string]string{}
	}
	p.Args["Concept"] = id
}
