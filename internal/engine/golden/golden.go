// Package golden reads cases from plain text, so that a linguist can extend
// them without Go: lines "key: value", a blank line between cases, # begins a
// comment. A value may be written in Go's double quotes where it holds what a
// line cannot show ("\u202E").
//
//	for _, c := range golden.Cases(t, "testdata/contract.txt") { … c["source"] … }
package golden

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

// Cases reads the cases of a file. Each also has "line", where it begins.
func Cases(t testing.TB, file string) []map[string]string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all []map[string]string
	var c map[string]string
	for i, line := range strings.Split(string(data), "\n") {
		key, value, ok := strings.Cut(line, ":")
		switch {
		case strings.HasPrefix(line, "#"):
		case strings.TrimSpace(line) == "":
			c = nil
		case !ok:
			t.Fatalf("%s:%d: a line has the form \"key: value\"", file, i+1)
		default:
			if c == nil {
				c = map[string]string{"line": strconv.Itoa(i + 1)}
				all = append(all, c)
			}
			c[key] = unquoted(strings.TrimPrefix(value, " "))
		}
	}
	if len(all) == 0 {
		t.Fatalf("%s holds no cases", file)
	}
	return all
}

func unquoted(s string) string {
	if strings.HasPrefix(s, `"`) {
		if u, err := strconv.Unquote(s); err == nil {
			return u
		}
	}
	return s
}
