package glossary_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"dragoman/glossary"
)

// Every rule that the code gives a problem is listed, and no other: what is
// not would be said in English to everybody.
func TestRulesAreListed(t *testing.T) {
	t.Parallel()
	given := map[string]bool{}
	files, _ := filepath.Glob("*.go")
	call := regexp.MustCompile(`(?:problem\([^"]*?, |badCell\(|bad\(|ruled\(|warn\([^"]*?, |rule, format :?= |rule :?= |rule, detail := )"([a-z0-9-]+)"`)
	report := regexp.MustCompile(`report\(\w+, i, (?:"[^"]*"|[^",]+), "([a-z0-9-]+)"`)
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, find := range []*regexp.Regexp{call, report} {
			for _, m := range find.FindAllStringSubmatch(string(b), -1) {
				given[m[1]] = true
			}
		}
	}
	for _, rule := range glossary.ProblemRules() {
		if !given[rule] {
			t.Errorf("no problem has the rule %q", rule)
		}
	}
	for rule := range given {
		if !slices.Contains(glossary.ProblemRules(), rule) {
			t.Errorf("the rule %q is not listed", rule)
		}
	}
}
