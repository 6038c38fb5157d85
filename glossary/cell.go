package glossary

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/language"
)

// This file holds the small notations that stand in a cell of the native CSV
// and in a note of TBX: lists of values, flags, rules and dates. Every parse
// function is the inverse of its format function.

// dateLayout is how a date is written: ISO 8601.
const dateLayout = "2006-01-02"

// badCell is an error of a cell.
func badCell(rule, remedy, format string, args ...any) error {
	return ruled(rule, remedy, format, args...)
}

// splitList cuts a cell at | and takes spaces off the values. A | that belongs
// to a value is written \|; braces keep theirs.
func splitList(cell string) []string {
	if strings.TrimSpace(cell) == "" {
		return nil
	}
	var list []string
	start, depth := 0, 0
	for i := 0; i < len(cell); i++ {
		switch cell[i] {
		case '\\':
			i++
		case '{':
			depth++
		case '}':
			depth = max(0, depth-1)
		case '|':
			if depth == 0 {
				list = append(list, strings.TrimSpace(cell[start:i]))
				start = i + 1
			}
		}
	}
	return append(list, strings.TrimSpace(cell[start:]))
}

// escaped are the characters that a backslash makes literal: those with a
// meaning in a cell, and those at which a spreadsheet begins a formula.
const escaped = `\|{}=+-@＝＋－＠`

// unescape takes the backslash off an escaped character. A backslash before
// anything else is itself.
func unescape(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			if r, _ := utf8.DecodeRuneInString(s[i+1:]); strings.ContainsRune(escaped, r) {
				b.WriteRune(r)
				i += utf8.RuneLen(r)
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

var (
	escapeNote = strings.NewReplacer(`\`, `\\`)
	escapeTerm = strings.NewReplacer(`\`, `\\`, `|`, `\|`, `{`, `\{`, `}`, `\}`)
)

// formatTerm writes a term with its flags.
func formatTerm(t Term) string {
	text := escapeTerm.Replace(t.Text)
	if flags := t.Flags.names(); len(flags) > 0 {
		text += "{" + strings.Join(flags, ",") + "}"
	}
	return text
}

// guard puts a backslash before every character at which a spreadsheet would
// begin a formula: at the beginning of the cell, and after a mark that a
// spreadsheet with another separator takes for the end of a cell.
func guard(cell string) string {
	if !strings.ContainsAny(cell, "=+-@＝＋－＠") {
		return cell
	}
	var b strings.Builder
	begins := true
	for _, r := range cell {
		if begins && strings.ContainsRune("=+-@＝＋－＠", r) {
			b.WriteByte('\\')
		}
		begins = r == ',' || r == ';' || r == '\t' || r == '\n' || begins && r == ' '
		b.WriteRune(r)
	}
	return b.String()
}

// parseTerm reads one value of a list of terms: its text, and flags in braces
// at its end.
func parseTerm(value string) (Term, error) {
	open := -1
	for i := 0; i < len(value); i++ {
		switch value[i] {
		case '\\':
			i++
		case '{':
			if open >= 0 {
				return Term{}, badCell("brace-second", `write one pair of braces at the end of the term, or \{ for a brace of the name`, "a second { in %q", value)
			}
			open = i
		case '}':
			if open < 0 || i != len(value)-1 {
				return Term{}, badCell("brace-close", `write flags at the end of the term, as in محمد{triptote}, or \} for a brace of the name`, "a } out of place in %q", value)
			}
		}
	}
	if open < 0 {
		return Term{Text: unescape(value)}, nil
	}
	if value[len(value)-1] != '}' {
		return Term{}, badCell("brace-open", "close the braces, as in محمد{triptote}", "the { in %q is not closed", value)
	}
	t := Term{Text: unescape(strings.TrimSpace(value[:open]))}
	for _, f := range fieldsOf(value[open+1 : len(value)-1]) {
		if err := t.Flags.set(f); err != nil {
			return Term{}, err
		}
	}
	return t, nil
}

// fieldsOf cuts flags at |, comma, semicolon or space.
func fieldsOf(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == '|' || r == ',' || r == ';' || r == ' ' || r == '\u00a0' })
}

// flagNames are the flags that are either there or not.
const flagNames = "article=fixed, article=free, triptote, plural-ok, indeclinable, short, sensitive, dnt"

// set sets the flag called name.
func (f *Flags) set(name string) error {
	switch name {
	case "article=fixed", "article=free":
		v := strings.TrimPrefix(name, "article=")
		if f.Article != "" && f.Article != v {
			return badCell("article-both", "keep one of the two", "article is both fixed and free")
		}
		f.Article = v
	case "triptote":
		f.Triptote = true
	case "plural-ok", "plural=ok":
		f.PluralOK = true
	case "indeclinable":
		f.Indeclinable = true
	case "short":
		f.Short = true
	case "sensitive":
		f.Sensitive = true
	case "dnt":
		f.DNT = true
	default:
		return badCell("flag-unknown", "use one of "+flagNames, "unknown flag %q", name)
	}
	return nil
}

// names gives the flags that are set, in the order of flagNames.
func (f Flags) names() []string {
	var names []string
	add := func(set bool, name string) {
		if set {
			names = append(names, name)
		}
	}
	add(f.Article != "", "article="+f.Article)
	add(f.Triptote, "triptote")
	add(f.PluralOK, "plural-ok")
	add(f.Indeclinable, "indeclinable")
	add(f.Short, "short")
	add(f.Sensitive, "sensitive")
	add(f.DNT, "dnt")
	return names
}

// parseFlags reads the flags of a concept: names, with a language before a
// colon where they hold for one language.
func parseFlags(cell string) (all Flags, byLang map[string]Flags, err error) {
	for _, name := range fieldsOf(cell) {
		lang, flag, one := strings.Cut(name, ":")
		if !one {
			if err := all.set(name); err != nil {
				return Flags{}, nil, err
			}
			continue
		}
		tag, err := parseLanguage(lang)
		if err != nil {
			return Flags{}, nil, err
		}
		f := byLang[tag]
		if err := f.set(flag); err != nil {
			return Flags{}, nil, err
		}
		if byLang == nil {
			byLang = map[string]Flags{}
		}
		byLang[tag] = f
	}
	return all, byLang, nil
}

// formatFlags writes the flags of a concept.
func formatFlags(all Flags, byLang map[string]Flags) string {
	names := all.names()
	for _, lang := range sortedKeys(byLang) {
		for _, name := range byLang[lang].names() {
			names = append(names, lang+":"+name)
		}
	}
	return strings.Join(names, "|")
}

// parseRule reads how a concept is found: "cs" or "ci", then clauses after
// semicolons. With neither, a name needs its capitals and a common term does
// not.
func parseRule(cell string, kind Kind) (Rule, error) {
	r := Rule{CaseSensitive: kind.Proper() || kind == NISBA}
	cased := false
	for clause := range strings.SplitSeq(cell, ";") {
		clause = strings.TrimSpace(clause)
		name, value, hasValue := strings.Cut(clause, "=")
		name = strings.TrimSpace(name)
		switch {
		case clause == "":
		case clause == "cs", clause == "ci":
			if cased && r.CaseSensitive != (clause == "cs") {
				return Rule{}, badCell("case-both", "keep one of the two", "the rule says both cs and ci")
			}
			r.CaseSensitive, cased = clause == "cs", true
		case clause == "warn-only":
			r.WarnOnly = true
		case hasValue && (name == "blocked-by" || name == "licence" || name == "license" || name == "keep-case"):
			list := ruleValues(value)
			if len(list) == 0 {
				return Rule{}, badCell("clause-empty", "write what it names, as in "+name+"=org.un", "%s names nothing", name)
			}
			r.addClause(name, list)
		default:
			return Rule{}, badCell("clause-unknown", "use cs or ci; blocked-by=ID,… ; licence=ID,… ; keep-case=WORD ; warn-only", "unknown rule %q", clause)
		}
	}
	return r, nil
}

func (r *Rule) addClause(name string, list []string) {
	switch name {
	case "blocked-by":
		r.BlockedBy = append(r.BlockedBy, list...)
	case "keep-case":
		r.KeepCase = append(r.KeepCase, list...)
	default:
		r.Licence = append(r.Licence, list...)
	}
}

// ruleValues cuts the value of a clause at commas.
func ruleValues(s string) []string {
	var list []string
	for v := range strings.SplitSeq(s, ",") {
		if v = strings.TrimSpace(v); v != "" {
			list = append(list, v)
		}
	}
	return list
}

// formatRule writes how a concept is found.
func formatRule(r Rule) string {
	clauses := []string{"ci"}
	if r.CaseSensitive {
		clauses[0] = "cs"
	}
	add := func(name string, list []string) {
		if len(list) > 0 {
			clauses = append(clauses, name+"="+strings.Join(list, ","))
		}
	}
	add("blocked-by", r.BlockedBy)
	add("licence", r.Licence)
	add("keep-case", r.KeepCase)
	if r.WarnOnly {
		clauses = append(clauses, "warn-only")
	}
	return strings.Join(clauses, "; ")
}

// parseDate reads a day; "" gives the zero time.
func parseDate(cell string) (time.Time, error) {
	if cell == "" {
		return time.Time{}, nil
	}
	d, err := time.Parse(dateLayout, cell)
	if err != nil || d.IsZero() {
		return time.Time{}, badCell("date-bad", "write year, month and day as in 2018-02-05; in a spreadsheet make the column text first", "%q is no date", cell)
	}
	return d, nil
}

func formatDate(d time.Time) string {
	if d.IsZero() {
		return ""
	}
	return d.Format(dateLayout)
}

// parseLanguage reads a BCP 47 tag and gives it its usual case.
func parseLanguage(s string) (string, error) {
	tag, err := language.Raw.Parse(s)
	if err != nil || strings.ContainsRune(s, '_') || tag == language.Und {
		return "", badCell("language-unknown", "use a language tag of BCP 47 such as ar, fr or kmr", "%q is no language", s)
	}
	return tag.String(), nil
}

// sortedKeys gives the keys of m in order.
func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
