package glossary

import (
	"embed"
	"strings"
)

// Affixes, paradigms and word lists of the target languages are plain text, so
// that a linguist can read and extend them. A file holds [sections] of lines
// of fields; # begins a comment; – stands for an empty field.

//go:embed rules/*.txt
var ruleFiles embed.FS

// ruleSet is the content of one file: the lines of each section, in fields.
type ruleSet map[string][][]string

// loadRules reads a file of rules. The files are part of the program, so a
// missing one is a programming error.
func loadRules(name string) ruleSet {
	data, err := ruleFiles.ReadFile("rules/" + name + ".txt")
	if err != nil {
		panic("glossary: " + err.Error())
	}
	set, section := ruleSet{}, ""
	for line := range strings.Lines(string(data)) {
		line, _, _ = strings.Cut(line, "#")
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		if name, ok := strings.CutPrefix(fields[0], "["); ok {
			section = strings.TrimSuffix(name, "]")
			continue
		}
		for i, f := range fields {
			if f == "–" {
				fields[i] = ""
			}
		}
		set[section] = append(set[section], fields)
	}
	return set
}

// words gives all fields of a section as a set.
func (s ruleSet) words(section string) map[string]bool {
	set := map[string]bool{}
	for _, line := range s[section] {
		for _, f := range line {
			set[f] = true
		}
	}
	return set
}

// list gives all fields of a section in order.
func (s ruleSet) list(section string) []string {
	var out []string
	for _, line := range s[section] {
		out = append(out, line...)
	}
	return out
}
