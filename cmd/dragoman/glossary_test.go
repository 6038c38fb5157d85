package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dragoman/glossary"
	"dragoman/glossary/terms"
)

const testNames = `id,kind,en,en.variants,rule,ar,ar.forbidden
loc.sarqib,LOC,Sarqib,Saraqib,cs,سراقب,سرقيب
loc.idlib,LOC,Idlib,,cs,إدلب,
`

// files writes files into a new folder and gives their paths by name.
func files(t testing.TB, contents map[string]string) func(string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range contents {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return func(name string) string { return filepath.Join(dir, name) }
}

// dragoman runs a command as a person types it.
func dragoman(stdin string, args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = run(args, strings.NewReader(stdin), &out, &errs)
	return code, out.String(), errs.String()
}

// TestVerifyOffsetsAreThoseOfTheLine holds the spans against the bytes of the
// files, with byte order marks, Windows line ends and literal brackets.
func TestVerifyOffsetsAreThoseOfTheLine(t *testing.T) {
	t.Parallel()
	source := "\ufeffSarqib ⟦1⟧ and ⟦⟦Saraqib⟧\r\n⟦⟦Idlib\r\nNobody.\r\nIn Sarqib\r\nno end: Idlib"
	translation := "\ufeffفي ⟦1⟧ وبسرقيب ⟦⟦\r\n⟦إدلب⟧\r\nلا أحد.\r\n⟦2⟧ \u00a0سرقيب⟦⟦x\r\nبلا نهاية: إدلب"
	at := files(t, map[string]string{"names.csv": testNames, "s.txt": source, "t.txt": translation})
	code, out, errs := dragoman("", "glossary", "verify", "--target", "ar", "--source", at("s.txt"), "--translation", at("t.txt"), "--glossary", at("names.csv"), "--json", "--repair", at("fixed.txt"))
	if code != exitDone {
		t.Errorf("exit code %d: %s", code, errs)
	}
	src, dst := strings.Split(source, "\n"), strings.Split(translation, "\n")
	verdicts := 0
	for dec := json.NewDecoder(strings.NewReader(out)); dec.More(); verdicts++ {
		var v verdictJSON
		if err := dec.Decode(&v); err != nil {
			t.Fatal(err)
		}
		if got := src[v.Line-1][v.Source.Start:v.Source.End]; got != v.Source.Text || !strings.Contains("Sarqib Saraqib Idlib", got) {
			t.Errorf("line %d: source %q is %q", v.Line, v.Source.Text, got)
		}
		if v.Target == nil {
			t.Fatalf("line %d: %s was not found", v.Line, v.Concept)
		}
		if got := dst[v.Line-1][v.Target.Start:v.Target.End]; got != v.Target.Text {
			t.Errorf("line %d: target %q is %q", v.Line, v.Target.Text, got)
		}
		if v.Fix != nil && dst[v.Line-1][v.Fix.Start:v.Fix.End] != v.Target.Text {
			t.Errorf("line %d: the fix is of %q", v.Line, dst[v.Line-1][v.Fix.Start:v.Fix.End])
		}
	}
	if verdicts != 4 {
		t.Errorf("%d verdicts:\n%s", verdicts, out)
	}
	fixed, err := os.ReadFile(at("fixed.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(strings.ReplaceAll(translation, "سرقيب", "سراقب"), string(fixed)); d != "" {
		t.Errorf("repaired (-want +got):\n%s", d)
	}
}

// TestVerifyKeepsTheOrderOfTheLines verifies more lines than one core takes.
func TestVerifyKeepsTheOrderOfTheLines(t *testing.T) {
	t.Parallel()
	const lines = 3000
	source, translation := benchLines(lines)
	at := files(t, map[string]string{"names.csv": testNames, "s.txt": source})
	code, out, errs := dragoman(translation, "glossary", "verify", "--target", "ar", "--source", at("s.txt"), "--translation", "-", "--glossary", at("names.csv"), "--json")
	if code != exitDone {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	n := 0
	for dec := json.NewDecoder(strings.NewReader(out)); dec.More(); n++ {
		var v verdictJSON
		if err := dec.Decode(&v); err != nil {
			t.Fatal(err)
		}
		if v.Line != n/2+1 || v.Verdict != glossary.ResultOK {
			t.Fatalf("verdict %d: %+v", n, v)
		}
	}
	if n != 2*lines {
		t.Errorf("%d verdicts", n)
	}
}

// TestWhatIsNoTextIsRefused gives files in other encodings and of other kinds.
func TestWhatIsNoTextIsRefused(t *testing.T) {
	t.Parallel()
	at := files(t, map[string]string{
		"names.csv":  testNames,
		"latin1.csv": "id,kind,en,fr\nloc.a,LOC,Alep,Al\xe9p\nloc.b,LOC,B,b\n",
		"mixed.csv":  "id,kind,en,fr\nloc.a,LOC,Alép,Alép\nloc.b,LOC,B,\xe9\nloc.c,LOC,C,\xe8\n",
		"utf16.csv":  "\xff\xfei\x00d\x00,\x00",
		"long.csv":   "id,kind,en,ar\nloc.a,LOC,Long," + strings.Repeat("ا", 10_000) + "\n",
		"latin1.txt": "Sarqib.\nAl\xe9p.\n",
		"utf16.txt":  "S\x00a\x00r\x00q\x00i\x00b\x00",
		"empty.tbx":  "",
	})
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"check", "latin1.csv"}, exitFound, "latin1.csv:2:18: byte 0xE9 at offset"},
		{[]string{"check", "mixed.csv"}, exitFound, "mixed.csv:4:13: byte 0xE8 at offset"},
		{[]string{"check", "utf16.csv"}, exitFound, "the file is UTF-16 (save it as UTF-8: in Excel “CSV UTF-8”"},
		{[]string{"check", "long.csv"}, exitFound, "long.csv:2:16: loc.a: ar has 10000 characters (shorten it to 500)"},
		{[]string{"check", "empty.tbx"}, exitFound, "empty.tbx:1:1: "},
		{[]string{"match", "latin1.txt", "--glossary", "names.csv"}, exitFailed, "latin1.txt:2:3: byte 0xE9 is not UTF-8: save the file as plain text in UTF-8"},
		{[]string{"match", "utf16.txt", "--glossary", "names.csv"}, exitFailed, "utf16.txt:1: a zero byte: the file is UTF-16 or no text"},
		{[]string{"verify", "--target", "ar", "--source", "names.csv", "--translation", "latin1.csv", "--glossary", "names.csv"}, exitFailed, "latin1.csv:2:18: byte 0xE9"},
		{[]string{"export", "--glossary", "latin1.csv", "-o", "out.csv"}, exitFailed, "latin1.csv:2:18: byte 0xE9"},
	} {
		args := []string{"glossary"}
		for _, a := range c.args {
			if strings.Contains(a, ".") {
				a = at(a)
			}
			args = append(args, a)
		}
		code, out, errs := dragoman("", args...)
		if code != c.code || !strings.Contains(out+errs, c.want) {
			t.Errorf("%v: exit code %d, want %d and %q:\n%s%s", c.args, code, c.code, c.want, out, errs)
		}
	}
	if _, err := os.Stat(at("out.csv")); err == nil {
		t.Error("a file was written of a glossary that was refused")
	}
}

// TestTheManualsExampleIsRight checks the table that docs/glossary.md shows.
func TestTheManualsExampleIsRight(t *testing.T) {
	t.Parallel()
	manual, err := os.ReadFile(filepath.FromSlash("../../docs/glossary.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(manual), "```csv\n")
	table, _, ok := strings.Cut(table, "```")
	if !ok {
		t.Fatal("the manual shows no table")
	}
	at := files(t, map[string]string{"manual.csv": table})
	code, out, errs := dragoman("", "glossary", "check", "--brief", at("manual.csv"))
	if code != exitDone || !strings.Contains(out, "5 concepts; 0 errors, 0 warnings.") {
		t.Errorf("exit code %d:\n%s%s", code, out, errs)
	}
}

// TestMergeKeepsWhatAFileDoesNotHave lays a file over a glossary.
func TestMergeKeepsWhatAFileDoesNotHave(t *testing.T) {
	t.Parallel()
	const old = `id,kind,flags,en,en.variants,rule,ar,ar.accepted,ar.forbidden,fr,ind,note
loc.a,LOC,short,A,Aa,cs,ا,اا,ب,A,Aind,first
loc.b,LOC,,B,,cs,ب,,,B,,
`
	for _, c := range []struct {
		name, file, text, want string
		replace                bool
	}{
		{name: "own columns only", file: "f.csv", text: "id,kind,en,ar\nloc.a,LOC,A,جديد\n",
			want: "loc.a,LOC,short,,,,A,Aa,cs,جديد,اا,,ب,A,,,,Aind,,,,first|loc.b,LOC,,,,,B,,cs,ب,,,,B,,,,,,,,"},
		{name: "a ban is lifted by preferring", file: "f.csv", text: "id,kind,en,ar\nloc.a,LOC,A,ب\n",
			want: "loc.a,LOC,short,,,,A,Aa,cs,ب,اا,,,A,,,,Aind,,,,first|loc.b,LOC,,,,,B,,cs,ب,,,,B,,,,,,,,"},
		{name: "an accepted term is preferred", file: "f.csv", text: "id,kind,en,ar\nloc.a,LOC,A,اا\n",
			want: "loc.a,LOC,short,,,,A,Aa,cs,اا,,,ب,A,,,,Aind,,,,first|loc.b,LOC,,,,,B,,cs,ب,,,,B,,,,,,,,"},
		{name: "an empty cell empties", file: "f.csv", text: "id;kind;en;en.variants;fr;ar;ar.accepted;AR.Forbidden;note\nloc.a;LOC;A;;A;ا;;;\n",
			want: "loc.a,LOC,short,,,,A,,cs,ا,,,,A,,,,Aind,,,,|loc.b,LOC,,,,,B,,cs,ب,,,,B,,,,,,,,"},
		{name: "a new one comes last", file: "f.csv", text: "\ufeffsep=;\nid;kind;en;ar\nloc.c;LOC;C;ج\n",
			want: "loc.a,LOC,short,,,,A,Aa,cs,ا,اا,,ب,A,,,,Aind,,,,first|loc.b,LOC,,,,,B,,cs,ب,,,,B,,,,,,,,|loc.c,LOC,,,,,C,,cs,ج,,,,,,,,,,,,"},
		{name: "a language can be emptied", file: "f.csv", text: "id,kind,en,ar,fr,fr.accepted\nloc.b,LOC,B,ب,,\n",
			want: "loc.a,LOC,short,,,,A,Aa,cs,ا,اا,,ب,A,,,,Aind,,,,first|loc.b,LOC,,,,,B,,cs,ب,,,,,,,,,,,,"},
		{name: "the whole glossary", file: "f.csv", text: "id,kind,en,ar\nloc.c,LOC,C,ج\nloc.a,LOC,A,ا\n", replace: true,
			want: "loc.c,LOC,,,,,C,,cs,ج,,,,|loc.a,LOC,,,,,A,,cs,ا,,,,"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			at := files(t, map[string]string{c.file: c.text})
			im, err := readImport(at(c.file))
			if err != nil {
				t.Fatal(err)
			}
			have, err := glossary.ReadCSV(strings.NewReader(old), "old.csv")
			if err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			if err := (glossary.CSVOptions{NoBOM: true}).Write(&b, im.Merge(have, c.replace)); err != nil {
				t.Fatal(err)
			}
			_, rows, _ := strings.Cut(strings.TrimSpace(b.String()), "\n")
			if d := cmp.Diff(c.want, strings.ReplaceAll(rows, "\n", "|")); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// TestWriteWholeLeavesWhatWasThere fails in the middle of writing.
func TestWriteWholeLeavesWhatWasThere(t *testing.T) {
	t.Parallel()
	at := files(t, map[string]string{"a.txt": "before"})
	broken := errors.New("broken")
	err := writeWhole(at("a.txt"), func(w io.Writer) error {
		_, err := io.WriteString(w, "half")
		return errors.Join(err, broken)
	})
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	left, err := os.ReadDir(filepath.Dir(at("a.txt")))
	if err != nil || len(left) != 1 {
		t.Errorf("%v, %v", left, err)
	}
	if data, err := os.ReadFile(at("a.txt")); err != nil || string(data) != "before" {
		t.Errorf("%q, %v", data, err)
	}
	if err := os.Symlink(at("a.txt"), at("link.txt")); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	if err := writeWhole(at("link.txt"), func(w io.Writer) error { _, err := io.WriteString(w, "after"); return err }); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(at("a.txt")); err != nil || string(data) != "after" {
		t.Errorf("through the link: %q, %v", data, err)
	}
}

// benchLines are n lines of a text with names, and a translation.
func benchLines(n int) (source, translation string) {
	var s, t strings.Builder
	for i := range n {
		fmt.Fprintf(&s, "On Monday %d, airstrikes on Saraqib and Idlib province killed three civilians, the Syrian Civil Defense said.\n", i)
		fmt.Fprintf(&t, "يوم الاثنين %d أدت غارات جوية على سراقب ومحافظة إدلب إلى مقتل ثلاثة مدنيين، بحسب الدفاع المدني السوري.\n", i)
	}
	return s.String(), t.String()
}

// BenchmarkGlossaryCommands runs match and verify over 20,000 lines with the
// built-in glossary, from files to JSON.
func BenchmarkGlossaryCommands(b *testing.B) {
	const lines = 20_000
	source, translation := benchLines(lines)
	at := files(b, map[string]string{"s.txt": source, "t.txt": translation})
	for _, name := range []string{"starter.csv", "extended.csv"} {
		data, err := terms.FS().Open(name)
		if err != nil {
			continue
		}
		text, err := io.ReadAll(data)
		if err := errors.Join(err, data.Close(), os.WriteFile(at(name), text, 0o644)); err != nil {
			b.Fatal(err)
		}
	}
	for _, args := range [][]string{
		{"match", at("s.txt"), "--json"},
		{"verify", "--target", "ar", "--source", at("s.txt"), "--translation", at("t.txt"), "--json"},
	} {
		b.Run(args[0], func(b *testing.B) {
			b.SetBytes(int64(len(source)))
			for b.Loop() {
				var errs bytes.Buffer
				if code := run(append(append([]string{"glossary"}, args...), "--glossary", filepath.Dir(at("s.txt"))), strings.NewReader(""), io.Discard, &errs); code != exitDone {
					b.Fatalf("exit code %d: %s", code, errs.String())
				}
			}
			b.ReportMetric(lines*float64(b.N)/b.Elapsed().Seconds(), "lines/s")
		})
	}
}
