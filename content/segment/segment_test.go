package segment

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestGolden reads testdata/*.txt: cases between blank lines, one sentence a
// line as it must come out. The text that is cut is the lines joined by
// spaces. "|" in place of the line's end joins without a space, "\n" stands
// for a line break; a line that begins with # is a comment.
func TestGolden(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, file := range files {
		lang := strings.TrimSuffix(filepath.Base(file), ".txt")
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range strings.Split(string(data), "\n\n") {
				checkCase(t, lang, c)
			}
		})
	}
}

func checkCase(t *testing.T, lang, c string) {
	t.Helper()
	var text strings.Builder
	var want []string
	for _, line := range strings.Split(strings.TrimSpace(c), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		line = strings.ReplaceAll(line, `\n`, "\n")
		line, joined := strings.CutSuffix(line, "|")
		want = append(want, strings.TrimSpace(line))
		text.WriteString(line)
		if !joined {
			text.WriteByte(' ')
		}
	}
	if len(want) == 0 {
		return
	}
	var got []string
	for _, s := range Split(lang, text.String()) {
		got = append(got, text.String()[s.Start:s.End])
	}
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Errorf("%s: got\n%s\nwant\n%s\n", lang, g, w)
	}
}
