package content

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestBadInput holds what an editor is told of a file that cannot be taken: the
// place, what is wrong and what to do.
func TestBadInput(t *testing.T) {
	t.Parallel()
	const md = "release.md"
	tests := []struct {
		name, in string
		o        Options
		want     string // what and remedy begin so
		line     int
	}{
		{"empty", "", Options{Path: md}, "The file holds no text. Write", 1},
		{"white space", " \n\n", Options{Path: md}, "The file holds no text", 1},
		{"front matter alone", "---\nslug: a\n---\n", Options{Path: md}, "The file holds no text", 1},
		{"not UTF-8", "One line.\nCaf\xe9 here.", Options{Path: md}, "The file is not UTF-8: byte 13 (0xE9) belongs to no character. Save it again with the encoding UTF-8", 2},
		{"UTF-16", "\xff\xfeA\x00", Options{Path: md}, "The file is written in UTF-16", 0},
		{"NUL", "a\x00b", Options{Path: md}, "Byte 1 of the file is NUL", 1},
		{"too large", strings.Repeat("a", 100), Options{Path: md, MaxBytes: 99}, "The file has 100 bytes, more than the limit of 99. Take", 0},
		{"unknown format", "a", Options{Path: md, Format: "docx"}, `There is no format "docx". Use markdown, html, text or page`, 0},
		{"200 quotes", strings.Repeat("> ", 200) + "deep", Options{Path: md}, "Quotes or lists lie more than 100 deep in each other. Take", 1},
		{"200 quotes without spaces", "text\n\n" + strings.Repeat(">", 200) + "deep", Options{Path: md}, "Quotes or lists lie more than 100 deep", 3},
		{"200 quotes in HTML", strings.Repeat("<blockquote>", 200) + "deep", Options{Path: "a.html"}, "Quotes or lists lie more than 100 deep", 1},
		{"150 lists by indent", indented(150), Options{Path: md}, "Quotes or lists lie more than 100 deep", 101},
		{"brackets", strings.Repeat("[a](", 10_001), Options{Path: md}, "A paragraph has more than 10000 brackets. Part it", 1},
		{"front matter without end", "---\ntitle: A\n\nThe body.", Options{Path: md}, "The front matter begins here and never ends. Write a line with three hyphens", 1},
		{"bad YAML", "---\ntitle: A\ntags: [a\n---\nb", Options{Path: md}, "The front matter is not YAML: ", 2},
		{"colon in YAML", "---\nslug: a\ntitle: A: B\n---\nb", Options{Path: md}, "The front matter is not YAML: mapping values", 3},
		{"a list as front matter", "---\n# list\n- a\n---\nb", Options{Path: md}, "The front matter is no list of names and values", 3},
		{"twice", "---\ntitle: A\ndate: 2018-01-01\nTitle: B\n---\nb", Options{Path: md}, `The entry "title" stands twice`, 4},
		{"title is a list", "---\ntitle: [A]\n---\nb", Options{Path: md}, `The entry "title" of the front matter is not a text`, 2},
		{"bad date", "---\ntitle: A\ndate: last Monday\n---\nb", Options{Path: md}, `The date "last Monday" is no date. Write 2018-02-05, 2018-02-05 14:00`, 3},
		{"no such day", "---\nembargo: 2018-02-30\n---\nb", Options{Path: md}, `The embargo "2018-02-30" is no date. Write`, 2},
		{"slug leads out", "---\nslug: ../../etc/passwd\n---\nb", Options{Path: md}, `The slug "../../etc/passwd" cannot be the name of a file. Use the letters`, 2},
		{"slug with spaces", "---\nslug: a b\n---\nb", Options{Path: md}, `The slug "a b" cannot be`, 2},
		{"slug in Arabic", "---\nslug: خبر\n---\nb", Options{Path: md}, `The slug "خبر" cannot be`, 2},
		{"confidential maybe", "---\nconfidential: maybe\n---\nb", Options{Path: md}, `The entry "confidential" of the front matter says neither yes nor no`, 2},
		{"tags", "---\ntags: {a: b}\n---\nb", Options{Path: md}, "The tags of the front matter are no list", 2},
		{"originals", "---\noriginals:\n- quote: a\n---\nb", Options{Path: md}, "An entry of originals has no quote or no wording", 3},
		{"old Macintosh", "---\rtitle: A\r---\r\rThe body.\r", Options{Path: md}, "The lines end as they did on old Macs (CR alone). Save the file", 1},
		{"old Macintosh, text", "News\r\n\r\nOne.\rTwo.\rThree.\rFour.", Options{Path: "a.txt"}, "The lines end as they did on old Macs", 3},
		{"no name", "\n\nالنص", Options{Path: "خبر.txt"}, "No name for the release's files can be drawn from its title. Give it a slug", 1},
		{"no such day on a page", "News\n31 February 2018 In News\n\nText.", Options{Path: "p.txt"}, "The date line 31 February 2018 names no day of the calendar", 2},
		{"date of a page", `<meta name="date" content="soon"><p>a`, Options{Path: "p.html"}, "The date soon of this page is no date", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := Load([]byte(tt.in), tt.o)
			var p *Problem
			if !errors.As(err, &p) {
				t.Fatalf("error %v, want a Problem", err)
			}
			if got := p.What + ". " + p.Remedy; !strings.HasPrefix(got, tt.want) || p.Line != tt.line || p.Path != tt.o.Path || p.Remedy == "" {
				t.Errorf("got line %d: %s\nwant line %d: %s", p.Line, got, tt.line, tt.want)
			}
		})
	}
}

func indented(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat("  ", i) + "- a\n")
	}
	return b.String()
}

func TestProblem(t *testing.T) {
	t.Parallel()
	p := &Problem{Path: "a.md", Line: 3, Column: 7, What: "It is wrong", Remedy: "Mend it"}
	if got, want := p.Error(), "a.md:3:7: It is wrong. Mend it."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	// Columns count characters, lines any line.
	_, err := Load([]byte("\ufeff---\r\ntitle: \"é\"\r\nslug: é\r\n---\r\nb"), Options{Path: "a.md"})
	if got := fmt.Sprint(err); !strings.HasPrefix(got, "a.md:3:7: ") {
		t.Errorf("got %q", got)
	}
}

// TestGoodDepth holds that 90 levels are taken.
func TestGoodDepth(t *testing.T) {
	t.Parallel()
	for _, in := range []string{strings.Repeat("> ", 90) + "deep", indented(90)} {
		if _, err := Load([]byte(in), Options{Path: "a.md"}); err != nil {
			t.Error(err)
		}
	}
}

func TestDetect(t *testing.T) {
	t.Parallel()
	tests := []struct {
		path, in string
		want     Format
	}{
		{"a.md", "text", FormatMarkdown},
		{"a.MARKDOWN", "<p>text", FormatMarkdown},
		{"a.htm", "text", FormatHTML},
		{"a.txt", "# not a heading\n\n**text**", FormatText},
		{"a.txt", "News\n05 February 2018 In News\n\ntext", FormatPage},
		{"a.txt", "\r\nNews\r\nMonday, 5 February 2018 In News\r\n\r\ntext", FormatPage},
		{"a.txt", "text\n\nHome Media Center Items filtered by date: x", FormatPage},
		{"", "---\ntitle: x\n---\ntext", FormatMarkdown},
		{"", "\ufeff---\ntitle: x\n---\ntext", FormatMarkdown},
		{"", "  <!DOCTYPE html><p>x", FormatHTML},
		{"", "<!-- c --> <article>x", FormatHTML},
		{"", "# Heading\n\ntext", FormatMarkdown},
		{"", "text with [a link](http://example.org)", FormatMarkdown},
		{"", "- item\n- item", FormatMarkdown},
		{"", "Just text. 2 * 3 = 6.", FormatText},
		{"", "a < b", FormatText},
	}
	for _, tt := range tests {
		if got := detect([]byte(tt.in), tt.path); got != tt.want {
			t.Errorf("detect(%q, %q) = %s, want %s", tt.in, tt.path, got, tt.want)
		}
	}
}

func TestParseDate(t *testing.T) {
	t.Parallel()
	damascus := time.FixedZone("", 3*60*60)
	tests := []struct {
		in, want string
		day      bool
	}{
		{"2018-02-05", "2018-02-05T00:00:00+03:00", true},
		{"2018-02-05 14:00", "2018-02-05T14:00:00+03:00", false},
		{"2018-02-05T14:00:30", "2018-02-05T14:00:30+03:00", false},
		{"2018-02-05T14:00:00Z", "2018-02-05T14:00:00Z", false},
		{"2018-02-05 14:00 +01:00", "2018-02-05T14:00:00+01:00", false},
		{"05 February 2018", "2018-02-05T00:00:00+03:00", true},
		{"5 Feb 2018", "2018-02-05T00:00:00+03:00", true},
		{"Monday, 5 February 2018", "2018-02-05T00:00:00+03:00", true},
		{"February 5, 2018", "2018-02-05T00:00:00+03:00", true},
		{"5  February  2018", "2018-02-05T00:00:00+03:00", true},
	}
	for _, tt := range tests {
		got, day, err := parseDate(tt.in, damascus)
		if err != nil || got.Format(time.RFC3339) != tt.want || day != tt.day {
			t.Errorf("parseDate(%q) = %s, %t, %v; want %s, %t", tt.in, got.Format(time.RFC3339), day, err, tt.want, tt.day)
		}
	}
	for _, bad := range []string{"", "soon", "2018", "05/02/2018", "2018-13-01", "31 February 2018"} {
		if got, _, err := parseDate(bad, nil); err == nil {
			t.Errorf("parseDate(%q) = %s, want an error", bad, got)
		}
	}
}

func TestSlug(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{"Syrian Coalition Urges Security Council to Act", "syrian-coalition-urges-security-council-to-act"},
		{"Ma’arat al-Nu'man: 5,000 displaced!", "maarat-al-numan-5-000-displaced"},
		{"Café — Ünal", "cafe-unal"},
		{"خبر", ""},
		{strings.Repeat("word ", 40), strings.TrimSuffix(strings.Repeat("word-", 16), "-")},
		{strings.Repeat("x", 200), strings.Repeat("x", 80)},
	}
	for _, tt := range tests {
		if got := slugOf(tt.in); got != tt.want {
			t.Errorf("slugOf(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
	docs, err := Load([]byte("عنوان\n\nنص."), Options{Path: "/in/Some File.txt"})
	if err != nil || docs[0].Meta.Slug != "some-file" {
		t.Errorf("slug from the file's name: %v, %v", docs, err)
	}
}

// TestTitle holds where a title comes from.
func TestTitle(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("Many words make a lead that is long ", 5)
	tests := []struct {
		name, path, in, want, html string
	}{
		{"front matter", "a.md", "---\ntitle: The title\n---\n# Heading\n\nText.", "The title", "<h1>Heading</h1>\n<p>Text.</p>\n"},
		{"repeated in the text", "a.md", "---\ntitle: The “title”\n---\n# The \"title\"\n\nText.", "The “title”", "<p>Text.</p>\n"},
		{"heading", "a.md", "## The *title*\n\nText.", "The title", "<p>Text.</p>\n"},
		{"underlined heading", "a.md", "The title\n===\nText.", "The title", "<p>Text.</p>\n"},
		{"heading further down", "a.md", "Text.\n\n## Title", "Title", "<p>Text.</p>\n<h2>Title</h2>\n"},
		{"lead", "a.md", "The lead says it. More follows.", "The lead says it", "<p>The lead says it. More follows.</p>\n"},
		{"lead with a mark", "a.md", "Who says so? We do.", "Who says so?", "<p>Who says so? We do.</p>\n"},
		{"long lead", "a.md", long, "Many words make a lead that is long Many words make a lead that is long Many words make a lead that…", ""},
		{"plain text", "a.txt", "The title\nin two lines\n\nText.", "The title in two lines", "<p>Text.</p>\n"},
		{"plain text without", "a.txt", "It begins with a sentence.\n\nText.", "It begins with a sentence", "<p>It begins with a sentence.</p>\n<p>Text.</p>\n"},
		{"page", "a.html", "<title>A</title><h1>B <b>c</b></h1><p>Text.</p>", "B c", "<p>Text.</p>\n"},
		{"page without heading", "a.html", "<title>A &amp; b</title><p>Text.</p>", "A & b", "<p>Text.</p>\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			docs, err := Load([]byte(tt.in), Options{Path: tt.path})
			if err != nil {
				t.Fatal(err)
			}
			d := docs[0]
			if got := d.Title(nil); got != tt.want || d.Meta.Title != tt.want {
				t.Errorf("title %q, in Meta %q, want %q", got, d.Meta.Title, tt.want)
			}
			got, err := d.HTML(nil)
			if err != nil || tt.html != "" && got != tt.html {
				t.Errorf("HTML %q, %v, want %q", got, err, tt.html)
			}
			translated := d.Title(func(i int) (string, bool) { return Escape("عنوان"), true })
			if want := "عنوان"; !strings.HasPrefix(translated, want) {
				t.Errorf("translated title %q", translated)
			}
		})
	}
}

// TestPageParts holds that the releases of a page are its bytes, cut where each
// begins.
func TestPageParts(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/shapes/page.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range [][]byte{data, bytes.ReplaceAll(data, []byte("\n"), []byte("\r\n")), append([]byte("Home Media Center\n\n"), data...)} {
		docs, err := Load(in, Options{Path: "page.txt"})
		if err != nil || len(docs) != 2 {
			t.Fatalf("%d releases, %v", len(docs), err)
		}
		if got := append(bytes.Clone(docs[0].Source), docs[1].Source...); !bytes.Equal(got, in) {
			t.Errorf("the parts are not the page: %q", got)
		}
		if !bytes.HasPrefix(docs[1].Source, []byte("Statements")) {
			t.Errorf("the second release begins with %q", docs[1].Source[:20])
		}
		for _, s := range docs[1].Segments() {
			if strings.Contains(s.Text, "Home Media") || strings.Contains(s.Text, "filtered") {
				t.Errorf("navigation is a segment: %q", s.Text)
			}
		}
		last := docs[1].Segments()[len(docs[1].Segments())-1]
		if docs[1].Units[last.Unit].Kind != KindAttribution {
			t.Errorf("the last unit is a %s", docs[1].Units[last.Unit].Kind)
		}
	}
}

func TestNearMissInFrontMatter(t *testing.T) {
	t.Parallel()
	docs, err := Load([]byte("---\nembarg: 2018-01-01\nlayout: post\ntilte: a\n---\nText."), Options{Path: "a.md"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, w := range docs[0].Warnings {
		got = append(got, w.Error())
	}
	want := []string{
		`a.md:2:1: The front matter has an entry "embarg", which means nothing to Dragoman. Write embargo, if that is meant.`,
		`a.md:4:1: The front matter has an entry "tilte", which means nothing to Dragoman. Write title, if that is meant.`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestOriginalsNotInText(t *testing.T) {
	t.Parallel()
	docs, err := Load([]byte("---\noriginals:\n- {quote: '\"We stay\"', wording: {ar: x}}\n- {quote: We go, wording: {ar: y}}\n---\nThey said: “We stay”."), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if w := docs[0].Warnings; len(w) != 1 || !strings.Contains(w[0].What, "We go") {
		t.Errorf("warnings %v", w)
	}
}

func TestOriginalsInALanguageNobodyKnows(t *testing.T) {
	t.Parallel()
	docs, err := Load([]byte("---\noriginals:\n- quote: We stay\n  wording:\n    AR: x\n    arb: y\n---\nThey said: “We stay”."), Options{Path: "a.md"})
	if err != nil {
		t.Fatal(err)
	}
	want := `a.md:6:5: A wording of originals is in "arb", which is no language that is known. Write the code of the language, such as ar: or fr:.`
	if w := docs[0].Warnings; len(w) != 1 || w[0].Error() != want {
		t.Errorf("warnings %v", w)
	}
	if o := docs[0].Meta.Originals; len(o) != 1 || o[0].Wording["ar"] != "x" {
		t.Errorf("originals %v", o)
	}
}

// TestManyUnsafeLinks are all put out of action; of the first some hundred it
// is said where they are.
func TestManyUnsafeLinks(t *testing.T) {
	t.Parallel()
	const n = 20_000
	docs, err := Load([]byte(strings.Repeat("[a](javascript:x)\n\n", n)), Options{Path: "a.md"})
	if err != nil {
		t.Fatal(err)
	}
	if d := docs[0]; len(d.mends) != n || len(d.Warnings) != manyWarnings+1 {
		t.Errorf("%d mended, %d warnings", len(d.mends), len(d.Warnings))
	}
}

// TestSpans compares with looking at all ranges.
func TestSpans(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var s spans
		var all []Range
		for range 40 {
			r := Range{Start: rnd.IntN(60), End: 0}
			r.End = r.Start + rnd.IntN(20)
			want := slices.ContainsFunc(all, func(m Range) bool { return m.Start <= r.Start && r.End <= m.End })
			if got := s.covers(r); got != want {
				t.Fatalf("%v in %v: %t", r, all, got)
			}
			if rnd.IntN(2) == 0 {
				s.add(r)
				all = append(all, r)
			}
		}
	}
}

func TestSafeURL(t *testing.T) {
	t.Parallel()
	for _, ok := range []string{"", "a", "/a:b", "#a", "?a:b", "./x", "//h/p", "http://a", "HTTPS://a", "mailto:a@b", "tel:+1", ":"} {
		if !safeURL(ok) {
			t.Errorf("safeURL(%q) = false", ok)
		}
	}
	for _, bad := range []string{"javascript:x", "JavaScript:x", " javascript:x", "java\nscript:x", "\x01javascript:x", "vbscript:x", "data:text/html,x", "file:///x", "blob:x", "java\u200bscript:x"} {
		if safeURL(bad) {
			t.Errorf("safeURL(%q) = true", bad)
		}
	}
}

// TestPartOfUnit holds that a unit of which one sentence is translated keeps
// the others' words, and that other units keep their bytes.
func TestPartOfUnit(t *testing.T) {
	t.Parallel()
	const in = "> One *is* here. Two is\n> there.\n\nThree  is   wrapped\nby hand. Four.\n"
	docs, err := Load([]byte(in), Options{Format: FormatMarkdown})
	if err != nil {
		t.Fatal(err)
	}
	got, err := docs[0].Splice(func(i int) (string, bool) { return "اثنان | #", i == 1 })
	if err != nil {
		t.Fatal(err)
	}
	if want := "> One *is* here. اثنان | #\n\nThree  is   wrapped\nby hand. Four.\n"; string(got) != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestLeftOut holds that a sentence, and a unit, may be left out on purpose.
func TestLeftOut(t *testing.T) {
	t.Parallel()
	const in = "# T\n\nOne. Two. Three.\n\nFour.\n\n- five\n- six\n\n| a | b |\n|---|---|\n"
	docs, err := Load([]byte(in), Options{Format: FormatMarkdown})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{"Two.": true, "Four.": true, "five": true, "a": true}
	d := docs[0]
	targets := func(i int) (string, bool) { return "", out[d.Segments()[i].Text] }
	got, err := d.Splice(targets)
	if err != nil {
		t.Fatal(err)
	}
	if want := "# T\n\nOne. Three.\n\n&#32;\n\n- &#32;\n- six\n\n| &#32; | b |\n|---|---|\n"; string(got) != want {
		t.Errorf("got %q, want %q", got, want)
	}
	html, err := d.HTML(targets)
	if err != nil || strings.Contains(html, "<p> </p>") {
		t.Errorf("HTML %q, %v", html, err)
	}
}

// TestCodesGoneAstray holds that codes which do not fit do no harm.
func TestCodesGoneAstray(t *testing.T) {
	t.Parallel()
	const in = "A **b** [c](d) `e`."
	tests := []struct{ target, want string }{
		{"⟦1⟧x", "x"},
		{"x⟦/1⟧⟦1⟧", "x"},
		{"⟦1⟧x⟦2⟧y⟦/1⟧z⟦/2⟧", "x[yz](d)"},
		{"⟦9⟧x⟦/9⟧⟦8/⟧", "x"},
		{"⟦3/⟧⟦3/⟧x", "`e`x"},
		{"⟦1⟧⟦/1⟧x", "x"},
		{"⟦2⟧⟦1⟧x⟦/1⟧⟦/2⟧⟦3/⟧", "[**x**](d)`e`"},
		{"⟦⟦1⟧x", "⟦1⟧x"},
		{"كلمة⟦1⟧«س»⟦/1⟧كلمة", "كلم&#1577;**«س»**&#1603;لمة"},
	}
	docs, err := Load([]byte(in), Options{Format: FormatMarkdown})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		got, err := docs[0].Splice(func(int) (string, bool) { return tt.target, true })
		if err != nil || string(got) != tt.want {
			t.Errorf("%s: got %q, %v, want %q", tt.target, got, err, tt.want)
		}
	}
}

// TestSegmentsOfCodes holds to which sentence a code between two goes.
func TestSegmentsOfCodes(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{"**One.** Two.", "⟦1⟧One.⟦/1⟧|Two."},
		{"One. **Two.**", "One.|⟦1⟧Two.⟦/1⟧"},
		{"**One. Two.**", "⟦1⟧One.|Two.⟦/1⟧"},
		{"One.[^1] Two.\n\n[^1]: x", "One.⟦1/⟧|Two."},
		{"One.  \nTwo.", "One.⟦1/⟧|Two."},
		{"Run `a.B()`. Then `c`.", "Run ⟦1/⟧.|Then ⟦2/⟧."},
		{"He said “*Go.*” Then he went.", "He said “⟦1⟧Go.⟦/1⟧”|Then he went."},
		{"*One.* **Two.** Three.", "⟦1⟧One.⟦/1⟧|⟦2⟧Two.⟦/2⟧|Three."},
		{"See [the *U.S.* report](x). It is long.", "See ⟦1⟧the ⟦2⟧U.S.⟦/2⟧ report⟦/1⟧.|It is long."},
	}
	for _, tt := range tests {
		docs, err := Load([]byte(tt.in), Options{Format: FormatMarkdown})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range docs[0].Units[0].Segments {
			got = append(got, s.Text)
		}
		if g := strings.Join(got, "|"); g != tt.want {
			t.Errorf("%q: %s, want %s", tt.in, g, tt.want)
		}
	}
}
