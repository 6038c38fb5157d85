package memory

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// repairCase is a case of testdata/repair_*.txt.
type repairCase struct {
	line                          int
	source, target, query, expect string
}

func readRepairs(t *testing.T, name string) []repairCase {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []repairCase
	s := bufio.NewScanner(f)
	for n := 1; s.Scan(); n++ {
		key, text, ok := strings.Cut(s.Text(), ":")
		if !ok || strings.HasPrefix(key, "#") {
			continue
		}
		text = strings.TrimSpace(text)
		switch key {
		case "source":
			out = append(out, repairCase{line: n, source: text})
		case "target":
			out[len(out)-1].target = text
		case "query":
			out[len(out)-1].query = text
		case "expect":
			out[len(out)-1].expect = text
		default:
			t.Fatalf("%s:%d: unknown line %q", name, n, s.Text())
		}
	}
	return out
}

func TestRepair(t *testing.T) {
	t.Parallel()
	names := starterNames(t)
	files, err := filepath.Glob("testdata/repair_*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, f := range files {
		locale := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(f), "repair_"), ".txt")
		t.Run(locale, func(t *testing.T) {
			t.Parallel()
			for _, c := range readRepairs(t, f) {
				if d := c.check(names, locale); d != "" {
					t.Errorf("%s:%d: %s", f, c.line, d)
				}
			}
		})
	}
}

func (c repairCase) check(names Names, locale string) string {
	got, swaps, err := Repair(names, locale, c.source, c.target, c.query)
	reason, none := strings.CutPrefix(c.expect, "none:")
	reason = strings.TrimSpace(reason)
	switch {
	case none && err == nil:
		return fmt.Sprintf("%s\n\trepaired to %s\n\twant none: %s", c.query, got, reason)
	case none && !strings.Contains(err.Error(), reason):
		return fmt.Sprintf("%s\n\tnone: %v\n\twant none: %s", c.query, err, reason)
	case !none && err != nil:
		return fmt.Sprintf("%s\n\tnone: %v\n\twant %s", c.query, err, c.expect)
	case !none && got != c.expect:
		return fmt.Sprintf("%s\n\tgot  %s\n\twant %s", c.query, got, c.expect)
	case !none && len(swaps) == 0:
		return c.query + ": no swaps"
	}
	return ""
}
