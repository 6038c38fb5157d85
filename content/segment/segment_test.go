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
	if g, w := strings.Join(got, "\n· "), strings.Join(want, "\n· "); g != w {
		t.Errorf("%s: got\n· %s\nwant\n· %s\n", lang, g, w)
	}
}

// TestRules reads every rule file, so that a mistake in one is found here.
func TestRules(t *testing.T) {
	t.Parallel()
	names, err := files.ReadDir("rules")
	if err != nil || len(names) < 8 {
		t.Fatalf("%d rule files: %v", len(names), err)
	}
	for _, f := range names {
		if f.Name() == "README.txt" {
			continue
		}
		data, err := files.ReadFile("rules/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		if err := newRules().read(f.Name(), string(data)); err != nil {
			t.Error(err)
		}
	}
	for _, bad := range []string{"[never]\nDr", "[nothing]\nDr.", "[never]\n\"EE. UU.", "[options]\nnone"} {
		err := newRules().read("bad.txt", bad)
		if err == nil || !strings.Contains(err.Error(), "bad.txt:2") {
			t.Errorf("rules %q: error %v, want one that names line 2", bad, err)
		}
	}
}

func TestLanguageTags(t *testing.T) {
	t.Parallel()
	const text = "EE. UU. votó. Sí."
	if got := len(Split("es-MX", text)); got != 2 {
		t.Errorf("es-MX: %d sentences, want 2", got)
	}
	// A language without rules of its own has those of all.
	if got := len(Split("sw", "Dr. Juma alikuja. Aliondoka.")); got != 2 {
		t.Errorf("sw: %d sentences, want 2", got)
	}
	if got := Split("", " \n\t"); got != nil {
		t.Errorf("white space: %v", got)
	}
}

// FuzzSplit holds what Split promises of any text: spans in order, nothing but
// white space outside of them, none at their edges.
func FuzzSplit(f *testing.F) {
	for _, s := range []string{"Dr. A. b? “C.” ", "1. a\n2. b\n\n• c", "« x. » Y…", "a.b.c\u2028d", "\xff. A", "[1] ¹. [2]"} {
		f.Add("en", s)
		f.Add("ar", s)
	}
	f.Fuzz(func(t *testing.T, lang, text string) {
		at := 0
		for _, s := range Split(lang, text) {
			if s.Start < at || s.End <= s.Start || s.End > len(text) {
				t.Fatalf("span %+v after %d of %d", s, at, len(text))
			}
			if strings.TrimSpace(text[at:s.Start]) != "" {
				t.Fatalf("text %q is in no span", text[at:s.Start])
			}
			if part := text[s.Start:s.End]; part != strings.TrimSpace(part) {
				t.Fatalf("span %q has white space at its edges", part)
			}
			at = s.End
		}
		if strings.TrimSpace(text[at:]) != "" {
			t.Fatalf("text %q is in no span", text[at:])
		}
	})
}

func BenchmarkSplit(b *testing.B) {
	data, err := os.ReadFile("testdata/en.txt")
	if err != nil {
		b.Fatal(err)
	}
	text := string(data)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		Split("en", text)
	}
}
