package edition_test

import (
	"os"
	"strings"
	"testing"

	"dragoman/internal/edition"
)

func TestWordDiff(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/worddiff.txt")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for no, line := range strings.Split(string(raw), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		c := strings.Split(line, " | ")
		if len(c) != 4 {
			t.Fatalf("worddiff.txt:%d has %d columns, not 4", no+1, len(c))
		}
		n++
		before, after, shown := "", "", ""
		for _, p := range edition.WordDiff(c[0], c[1], c[2]) {
			switch p.Op {
			case edition.Keep:
				before, after, shown = before+p.Text, after+p.Text, shown+p.Text
			case edition.Delete:
				before, shown = before+p.Text, shown+"[-"+p.Text+"-]"
			case edition.Insert:
				after, shown = after+p.Text, shown+"{+"+p.Text+"+}"
			}
		}
		if before != c[1] || after != c[2] {
			t.Errorf("worddiff.txt:%d: the pieces make %q and %q", no+1, before, after)
		}
		if shown != c[3] {
			t.Errorf("worddiff.txt:%d: %s\nwant %s", no+1, shown, c[3])
		}
	}
	if n < 20 {
		t.Errorf("only %d cases", n)
	}
}
