package glossary_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/rogpeppe/go-internal/txtar"

	"dragoman/glossary"
)

// sameContent compares concepts but for where they were read from.
var sameContent = cmp.Options{
	cmpopts.IgnoreFields(glossary.Concept{}, "File", "Line"),
	cmpopts.EquateEmpty(),
}

// readCSV reads text, which has to be good.
func readCSV(t testing.TB, text string) []glossary.Concept {
	t.Helper()
	concepts, err := glossary.ReadCSV(strings.NewReader(text), "test.csv")
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return concepts
}

// nasty is a concept with everything that a format could lose.
func nasty() glossary.Concept {
	return glossary.Concept{
		ID: "loc.al-x_1.b", Kind: glossary.LOC,
		Flags:      glossary.Flags{Article: "fixed", Triptote: true, PluralOK: true, Indeclinable: true, Short: true, Sensitive: true, DNT: true},
		LangFlags:  map[string]glossary.Flags{"ru": {Indeclinable: true}, "ar": {Article: "free", Short: true}},
		ValidFrom:  time.Date(2015, 1, 2, 0, 0, 0, 0, time.UTC),
		ValidTo:    time.Date(2019, 12, 31, 0, 0, 0, 0, time.UTC),
		ReplacedBy: "loc.other",
		Source:     `The "X, Y; Z" | {of} a\b`,
		Variants:   []string{"=1+1", "-x", "a|b", `back\slash`, `\=x`, "a,-b;=c"},
		Rule: glossary.Rule{CaseSensitive: true, BlockedBy: []string{"a", "b.c"}, Licence: []string{"d"},
			KeepCase: []string{"X", "Y"}, WarnOnly: true},
		Targets: map[string]glossary.Terms{
			"ar": {
				Preferred: []glossary.Term{{Text: "محمد", Flags: glossary.Flags{Triptote: true}}, {Text: "@SUM(A1)"}},
				Accepted:  []glossary.Term{{Text: "+963"}, {Text: "a{b}c"}},
				Derived:   []glossary.Term{{Text: "محمدي", Flags: glossary.Flags{Article: "fixed", Short: true}}},
				Forbidden: []glossary.Term{{Text: "＝x"}, {Text: `\`}, {Text: `x\|y`}},
			},
			"kmr":   {Preferred: []glossary.Term{{Text: "-î"}}},
			"pt-BR": {Preferred: []glossary.Term{{Text: "Curdistão\u00a0do Norte"}}},
			"id":    {Preferred: []glossary.Term{{Text: "Suriah"}}},
		},
		Note: "=HYPERLINK(\"http://x\")\nsecond line; -2, @x \\ {y} | z\n[definition] not at the end\nend",
	}
}

func TestCSVRoundTrip(t *testing.T) {
	t.Parallel()
	for name, concepts := range map[string][]glossary.Concept{"starter": starterConcepts(t), "nasty": {nasty()}, "none": {}} {
		for _, o := range []glossary.CSVOptions{{}, {NoBOM: true}, {Semicolon: true}, {NoBOM: true, Semicolon: true}} {
			var b bytes.Buffer
			if err := o.Write(&b, concepts); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(concepts, readCSV(t, b.String()), sameContent); d != "" {
				t.Errorf("%s %+v (-want +got):\n%s", name, o, d)
			}
		}
	}
}

// TestCSVWrittenTwice makes sure that the text is the same, too: files in a
// repository should not change without cause.
func TestCSVWrittenTwice(t *testing.T) {
	t.Parallel()
	var first, second bytes.Buffer
	if err := glossary.WriteCSV(&first, []glossary.Concept{nasty()}); err != nil {
		t.Fatal(err)
	}
	if err := glossary.WriteCSV(&second, readCSV(t, first.String())); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(first.String(), second.String()); d != "" {
		t.Error(d)
	}
}

// TestCSVFormulas opens an export as a spreadsheet would, with its own
// separator and with the other one: no cell may begin a formula.
func TestCSVFormulas(t *testing.T) {
	t.Parallel()
	for _, o := range []glossary.CSVOptions{{NoBOM: true}, {NoBOM: true, Semicolon: true}} {
		var b bytes.Buffer
		if err := o.Write(&b, []glossary.Concept{nasty()}); err != nil {
			t.Fatal(err)
		}
		for _, comma := range []rune{',', ';', '\t'} {
			if b.Len() == 0 {
				continue
			}
			text := b.String()
			r := csv.NewReader(strings.NewReader(text))
			r.Comma, r.LazyQuotes, r.FieldsPerRecord = comma, true, -1
			records, err := r.ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			for _, record := range records {
				for _, cell := range record {
					if cell = strings.TrimLeft(cell, " \"'"); cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
						t.Errorf("with %q a cell begins %.20q", comma, cell)
					}
				}
			}
		}
	}
}

// TestCSVSpreadsheets reads what spreadsheets make of a file.
func TestCSVSpreadsheets(t *testing.T) {
	t.Parallel()
	want := readCSV(t, "id,kind,en,ar,note\nloc.x,LOC,Xabc,\"اكس|إكس{short}\",a; b\n")
	for name, text := range map[string]string{
		"byte order mark":   "\ufeffid,kind,en,ar,note\nloc.x,LOC,Xabc,اكس|إكس{short},a; b\n",
		"CRLF":              "id,kind,en,ar,note\r\nloc.x,LOC,Xabc,اكس|إكس{short},a; b\r\n",
		"semicolons":        "id;kind;en;ar;note\nloc.x;LOC;Xabc;اكس|إكس{short};\"a; b\"\n",
		"sep=":              "sep=;\r\nid;kind;en;ar;note\r\nloc.x;LOC;Xabc;اكس|إكس{short};\"a; b\"\r\n",
		"quotes everywhere": "\"id\",\"kind\",\"en\",\"ar\",\"note\"\n\"loc.x\",\"LOC\",\"Xabc\",\"اكس|إكس{short}\",\"a; b\"",
		"empty columns":     "id,kind,en,ar,note,,\nloc.x,LOC,Xabc,اكس|إكس{short},a; b,,\n,,,,,,\n\n",
		"spaces, capitals":  "ID, Kind ,EN,ar,Note\n loc.x , LOC,Xabc , اكس | إكس { short } ,a; b\n",
		"another order":     "note,ar,en,kind,id\na; b,اكس|إكس{short},Xabc,LOC,loc.x\n",
		"rule column":       "id,kind,en,rule,ar,note\nloc.x,LOC,Xabc,cs,اكس|إكس{short},a; b\n",
	} {
		if d := cmp.Diff(want, readCSV(t, text), sameContent); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

// TestCSVDefaults: with no rule, names need their capitals and terms do not.
func TestCSVDefaults(t *testing.T) {
	t.Parallel()
	got := readCSV(t, "id,kind,en,rule,ar\na,LOC,Xa,,ا\nb,TERM,xb,,ب\nc,NISBA,Xc,warn-only,ج\nd,TERM,Xd,cs,د\n")
	want := []bool{true, false, true, true}
	for i, c := range got {
		if c.Rule.CaseSensitive != want[i] {
			t.Errorf("%s: case-sensitive %v", c.ID, c.Rule.CaseSensitive)
		}
	}
	if !got[2].Rule.WarnOnly {
		t.Error("warn-only is lost")
	}
}

// TestProblems runs the golden cases of testdata/problems: a file, in.csv or
// in.tbx, and the problems that refuse it.
func TestProblems(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/problems/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no golden files", err)
	}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i+1 < len(a.Files); i += 2 {
			in, want := a.Files[i], a.Files[i+1]
			t.Run(filepath.Base(file)+"/"+want.Name, func(t *testing.T) {
				t.Parallel()
				got := problemsOf(t, in.Name, bytes.TrimSuffix(in.Data, []byte("\n")))
				if d := cmp.Diff(strings.TrimSpace(string(want.Data)), got); d != "" {
					t.Errorf("(-want +got):\n%s\ngot:\n%s", d, got)
				}
			})
		}
	}
}

// problemsOf reads a file as a folder of one, so that ids must exist.
func problemsOf(t *testing.T, name string, data []byte) string {
	t.Helper()
	var concepts []glossary.Concept
	var err error
	if strings.HasSuffix(name, ".tbx") {
		concepts, err = glossary.ReadTBX(bytes.NewReader(data), name)
	} else {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
		concepts, err = glossary.Load(os.DirFS(dir))
	}
	if err == nil {
		_, problems := glossary.Compile(concepts, glossary.Options{})
		haveRules(t, problems)
		return strings.TrimSpace(problems.Error())
	}
	if concepts != nil {
		t.Error("an error and concepts")
	}
	var problems glossary.Problems
	if !errors.As(err, &problems) {
		t.Fatalf("%T is not Problems", err)
	}
	haveRules(t, problems)
	return problems.Error()
}

// haveRules: every problem has a rule that is listed, with all that its
// sentence needs.
func haveRules(t *testing.T, problems glossary.Problems) {
	t.Helper()
	for _, p := range problems {
		if !slices.Contains(glossary.ProblemRules(), p.Rule) {
			t.Errorf("%v: the rule %q is not listed", p, p.Rule)
		}
		for _, name := range glossary.ProblemArgs(p.Rule) {
			if _, ok := p.Args[name]; !ok {
				t.Errorf("%v: %s lacks %s", p, p.Rule, name)
			}
		}
	}
}

// TestEncodings: what is no UTF-8 is refused with the place and a remedy.
func TestEncodings(t *testing.T) {
	t.Parallel()
	const head = "id,kind,en,fr\n"
	for _, c := range []struct{ name, in, want string }{
		{"UTF-16 little-endian", "\xff\xfei\x00d\x00", "the file is UTF-16 (save it as UTF-8"},
		{"UTF-16 big-endian", "\xfe\xff\x00i\x00d", "the file is UTF-16 (save it as UTF-8"},
		{"UTF-16 without a mark", "i\x00d\x00,\x00", "a zero byte at offset 1"},
		{"Latin-1", head + "a,LOC,Xa,\xc9l\xe9gance\n", "t.csv:2:10: byte 0xC9 at offset 23 is not UTF-8"},
		{"mixed", head + "a,LOC,Xa,Élégance\nb,LOC,Xb,Od\xe9on\n", "t.csv:3:12: byte 0xE9"},
		{"cut off", head + "a,LOC,Xa,\xd8", "t.csv:2:10: byte 0xD8"},
		{"old Macintosh", "id,kind,en,fr\ra,LOC,Xa,b\r", "t.csv:1:1: the lines end with a bare carriage return"},
		{"CESU", head + "a,LOC,Xa,\xed\xa0\x80", "t.csv:2:10: byte 0xED"},
	} {
		if _, err := glossary.ReadCSV(strings.NewReader(c.in), "t.csv"); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
	if _, err := glossary.ReadTBX(strings.NewReader("\xff\xfe<\x00"), "t.tbx"); err == nil || !strings.Contains(err.Error(), "t.tbx:1:1: the file is UTF-16") {
		t.Errorf("TBX in UTF-16: %v", err)
	}
	if _, err := glossary.ReadTBX(strings.NewReader(`<?xml version="1.0" encoding="windows-1256"?><tbx/>`), "t.tbx"); err == nil || !strings.Contains(err.Error(), "windows-1256") {
		t.Errorf("TBX in another encoding: %v", err)
	}
}

// TestBadText: what a term must not hold.
func TestBadText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ term, want string }{
		{strings.Repeat("ا", 10_000), "t.csv:2:10: a: ar has 10000 characters (shorten it to 500)"},
		{strings.Repeat("ا", 501), "t.csv:2:10: a: ar has 501 characters"},
		{strings.Repeat("ا", 500), ""},
		{strings.Repeat("ا|", 1001) + "ا", "t.csv:2:10: a: ar has 1002 terms"},
		{"x\ay", "holds the control character U+0007"},
		{"\"x\ny\"", "holds the control character U+000A"},
		{"\u202ex", "holds the direction override U+202E"},
		{"x\ufffd", "holds the replacement character U+FFFD"},
		{"x\u2028y", "holds the control character U+2028"},
		{"x\ufffe", "holds the control character U+FFFE"},
	} {
		_, err := glossary.ReadCSV(strings.NewReader("id,kind,en,ar\na,LOC,Xa,"+c.term+"\n"), "t.csv")
		switch {
		case c.want == "" && err != nil:
			t.Error(err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%.20q: %v, want %s", c.term, err, c.want)
		}
	}
}

// TestManyProblems: no more than a hundred are listed, errors first.
func TestManyProblems(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("id,kind,en,en.variants,ar\n")
	for range 150 {
		b.WriteString("x,LOC,Xa,Xa,ا\n") // a warning for the variant, an error for the id
	}
	_, err := glossary.ReadCSV(strings.NewReader(b.String()), "t.csv")
	var problems glossary.Problems
	if !errors.As(err, &problems) || len(problems) != 100 {
		t.Fatalf("%d problems", len(problems))
	}
	errorsSeen := 0
	for _, p := range problems {
		if p.Severity == glossary.Error {
			errorsSeen++
		}
	}
	if errorsSeen < 99 {
		t.Errorf("only %d errors among them", errorsSeen)
	}
}

// letters are characters that formats like to lose.
var letters = []rune("abzABZ éİıßαЖعلىةـ٠٪\u00a0\u200c\u0301'’\"`,;|{}[]<>&=+-@＝\\/:.!?#%«»")

// randomConcept makes a valid concept of odd text.
func randomConcept(r *rand.Rand, id string) glossary.Concept {
	text := func(lines bool) string {
		b := []rune{'x'}
		for range r.IntN(12) {
			c := letters[r.IntN(len(letters))]
			if lines && r.IntN(6) == 0 {
				c = '\n'
			}
			b = append(b, c)
		}
		b = append(b, letters[r.IntN(6)/5*6])
		return strings.TrimSpace(strings.ReplaceAll(string(b), "\u00a0", "\u00a0"))
	}
	flags := func() glossary.Flags {
		return glossary.Flags{
			Article: []string{"", "", "fixed", "free"}[r.IntN(4)], Triptote: r.IntN(5) == 0, PluralOK: r.IntN(5) == 0,
			Indeclinable: r.IntN(5) == 0, Short: r.IntN(5) == 0, Sensitive: r.IntN(5) == 0, DNT: r.IntN(5) == 0,
		}
	}
	seen := map[string]bool{}
	list := func(least int) (terms []glossary.Term) {
		for range least + r.IntN(3) {
			if s := text(false); !seen[s] {
				seen[s] = true
				terms = append(terms, glossary.Term{Text: s, Flags: flags()})
			}
		}
		return terms
	}
	c := glossary.Concept{ID: id, Kind: []glossary.Kind{glossary.PER, glossary.LOC, glossary.TERM}[r.IntN(3)], Flags: flags(), Source: text(false), Note: text(true)}
	c.Rule.CaseSensitive = r.IntN(2) == 0
	for range r.IntN(3) {
		c.Variants = append(c.Variants, text(false))
	}
	c.Targets = map[string]glossary.Terms{}
	for _, lang := range []string{"ar", "fr", "id", "sr-Latn"}[:1+r.IntN(4)] {
		t := glossary.Terms{Preferred: list(1), Accepted: list(0), Derived: list(0), Forbidden: list(0)}
		if len(t.Preferred) > 0 {
			c.Targets[lang] = t
		}
	}
	if len(c.Targets) == 0 {
		c.Flags.DNT = true
	}
	if r.IntN(2) == 0 {
		c.Note += "\n[definition] " + strings.ReplaceAll(text(false), "\n", " ")
		for lang, t := range c.Targets {
			c.Note += "\n[" + lang + " «" + t.Preferred[0].Text + "» partOfSpeech] noun"
			break
		}
	}
	return c
}

// TestRandomRoundTrips sends odd concepts through every format.
func TestRandomRoundTrips(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 8))
	for n := range 100 {
		concepts := []glossary.Concept{randomConcept(r, "a"), randomConcept(r, "b.c"), randomConcept(r, "9-d")}
		var b bytes.Buffer
		if err := glossary.WriteCSV(&b, concepts); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(concepts, readCSV(t, b.String()), sameContent); d != "" {
			t.Fatalf("CSV %d (-want +got):\n%s", n, d)
		}
		for _, style := range []glossary.TBXStyle{glossary.DCA, glossary.DCT} {
			b.Reset()
			if err := glossary.WriteTBX(&b, concepts, style); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(concepts, readTBX(t, b.String()), sameContent); d != "" {
				t.Fatalf("TBX %s %d (-want +got):\n%s\n%s", style, n, d, b.String())
			}
		}
	}
}

func FuzzReadCSV(f *testing.F) {
	f.Add("id,kind,en,ar\na,LOC,Xa,ا\n")
	f.Add("\ufeffid;kind;flags;valid_from;en;en.variants;rule;ar;ar.forbidden;note\n\"a\";LOC;ar:short|dnt;2018-02-05;X;Y|Z;cs; blocked-by=a;ا{triptote};ب;\"n\n\"\"m\"\"\"\n")
	f.Add("id,kind,en,ar\na,LOC,\"Xa,ا\n")
	f.Add("sep=;\nid;kind;en;ind\n")
	var b bytes.Buffer
	if err := glossary.WriteCSV(&b, []glossary.Concept{nasty()}); err != nil {
		f.Fatal(err)
	}
	f.Add(b.String())
	f.Fuzz(func(t *testing.T, text string) {
		concepts, err := glossary.ReadCSV(strings.NewReader(text), "fuzz.csv")
		if err != nil {
			if concepts != nil {
				t.Fatal("an error and concepts")
			}
			return
		}
		var b bytes.Buffer
		if err := glossary.WriteCSV(&b, concepts); err != nil {
			t.Fatal(err)
		}
		again, err := glossary.ReadCSV(&b, "again.csv")
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		if d := cmp.Diff(concepts, again, sameContent); d != "" {
			t.Fatal(d)
		}
	})
}
