package content

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"go.yaml.in/yaml/v3"
	"golang.org/x/net/html"
)

// The two properties of splicing: a document whose every segment is
// "translated" to itself keeps its bytes, and a document with any other text in
// the place of its segments has the same structure with exactly those texts.
// Both are judged from outside: by HTML that goldmark makes of the documents
// and that x/net/html parses, and by what a YAML parser reads.

// nasty are the pieces that random targets are made of.
var nasty = []string{
	"a", "b", "c", "word", "Word", "النظام", "Şırnak", "Россия", "é", "字", " ", " ", " ", "  ", "1", "23", "2.5",
	"*", "**", "_", "__", "~", "~~", "`", "``", "```", "|", "||", "\\", "\\|", "\\\\", "[", "]", "(", ")", "![", "](", "](x)", "[^1]", "[^1]: ",
	"<", ">", "<b>", "</b>", "<!--", "-->", "<div>", "</p>", "<script>", "&", "&amp;", "&#35;", "&lt", "&copy;", "#", "# ", "## ", "-", "- ", "--", "---", "+ ", "=", "===",
	"1. ", "2) ", "1.", ":", ": ", " #", "- - -", "\"", "'", "“", "”", "«", "»", "’", "http://a.b/c", "https://x.org", "www.x.org", "a@b.org", "ftp://q.r",
	"{", "}", "$", "%", "^", "!", "?", ".", ",", ";", "\t", "\n", "\n\n", "⟦", "⟧", "@", "🙂", "\u200f", "\u00a0", "\u2028", "…", "true", "null", "0x1F", "2018-02-05", "---\n", "x\n===", "x\n- y",
}

// randomText gives text of up to n pieces; it has a letter, so that it is
// something to translate, and no white space at its edges.
func randomText(r *rand.Rand, n int) string {
	for {
		var b strings.Builder
		for range 1 + r.IntN(n) {
			b.WriteString(nasty[r.IntN(len(nasty))])
		}
		if s := strings.TrimSpace(b.String()); translatable(Escape(s)) {
			return s
		}
	}
}

// retarget gives coded text with every run of text in it replaced.
func retarget(coded string, text func() string) string {
	var b strings.Builder
	for _, t := range Tokens(coded) {
		if t.Kind != Text {
			b.WriteString(coded[t.Start:t.End])
		} else if strings.TrimSpace(t.Text) != "" {
			b.WriteString(Escape(text()))
		}
	}
	return b.String()
}

// checkIdentity tests the first property.
func checkIdentity(t testing.TB, d *Document) {
	t.Helper()
	out, err := d.Splice(func(i int) (string, bool) { return d.segments[i].Text, true })
	if err != nil {
		t.Fatalf("splice with itself: %v", err)
	}
	if !bytes.Equal(out, d.Source) {
		t.Fatalf("splice with itself:\n%q\nwant\n%q", out, d.Source)
	}
}

// checkRandom tests the second property. It writes the document twice: with a
// mark for every run of text, and with random texts. The first must have the
// source's structure; the second must be the first with the marks replaced.
func checkRandom(t testing.TB, d *Document, r *rand.Rand) {
	t.Helper()
	plain, wild, marks := randomTargets(d, r)
	one, err := d.Splice(func(i int) (string, bool) { return plain[i], true })
	if err != nil {
		t.Fatalf("splice with marks: %v\nsource %q", err, d.Source)
	}
	two, err := d.Splice(func(i int) (string, bool) { return wild[i], true })
	if err != nil {
		t.Fatalf("splice with random text: %v\nsource %q\ntexts %q", err, d.Source, wild)
	}
	frontA, bodyA := halves(t, d, one)
	frontB, bodyB := halves(t, d, two)
	want := replaceMarks(outline(bodyA, true), marks)
	if got := outline(bodyB, true); squeeze(got) != squeeze(want) {
		t.Fatalf("random text changes the body:\ngot  %s\nwant %s\nsource %q\nwritten %q", got, want, d.Source, two)
	}
	if got, want := frontB, replaceMarks(frontA, marks); squeeze(got) != squeeze(want) {
		t.Fatalf("random text changes the front matter:\ngot  %q\nwant %q\nwritten %s", got, want, two)
	}
	_, source := halves(t, d, d.Source)
	// A page whose elements overlap has no structure but what the parser makes
	// of it, word by word.
	if len(d.mends) == 0 && !(d.Format == FormatHTML && strings.HasPrefix(t.Name(), "Fuzz")) {
		if got, want := outline(bodyA, false), outline(source, false); got != want {
			t.Fatalf("the structure changes:\ngot  %s\nwant %s\nsource %q\nwritten %q", got, want, d.Source, one)
		}
	}
}

// randomTargets gives targets with a mark for every run of text, targets with
// random texts, and which mark stands for which text.
func randomTargets(d *Document, r *rand.Rand) (plain, wild []string, marks map[string]string) {
	marks = map[string]string{}
	n := 0
	for _, seg := range d.segments {
		k := n
		plain = append(plain, retarget(seg.Text, func() string { n++; return fmt.Sprintf("Qz%dzQ", n) }))
		wild = append(wild, retarget(seg.Text, func() string {
			k++
			text := randomText(r, 8)
			marks[fmt.Sprintf("Qz%dzQ", k)] = text
			return text
		}))
	}
	return plain, wild, marks
}

// checkMarkdown tests the second property for what is published as Markdown,
// whatever format the release has.
func checkMarkdown(t testing.TB, d *Document, r *rand.Rand) {
	t.Helper()
	plain, wild, marks := randomTargets(d, r)
	html := func(targets []string) (md, out string) {
		data, err := d.Markdown(func(i int) (string, bool) { return targets[i], true })
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := judge.Convert(data, &b); err != nil {
			t.Fatal(err)
		}
		return string(data), outline(b.String(), true)
	}
	_, one := html(plain)
	md, two := html(wild)
	if want := replaceMarks(one, marks); squeeze(two) != squeeze(want) {
		t.Fatalf("random text changes the Markdown:\ngot  %s\nwant %s\nsource %q\nwritten %q", two, want, d.Source, md)
	}
}

// judge makes HTML of Markdown. It leaves raw HTML out, since a piece of it can
// swallow what follows and hide it from the judgement.
var judge = goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.Footnote, extension.TaskList, extension.Linkify))

// halves gives the values of the front matter, and the body as HTML.
func halves(t testing.TB, d *Document, data []byte) (front, body string) {
	t.Helper()
	if d.Format == FormatHTML {
		return "", string(data)
	}
	rest := bytes.TrimPrefix(data, bom)
	if d.front != nil {
		from := bytes.IndexByte(rest, '\n') + 1
		end := from
		for end < len(rest) && !fenceEnd.Match(firstLine(rest[end:])) {
			end = lineAfter(rest, end)
		}
		var v yaml.Node
		if err := yaml.Unmarshal(rest[from:end], &v); err != nil {
			t.Fatalf("the front matter is broken: %v\n%s", err, data)
		}
		var b strings.Builder
		for _, n := range v.Content {
			yamlValues(&b, n)
		}
		front = b.String()
		rest = rest[lineAfter(rest, end):]
	}
	var b bytes.Buffer
	if err := judge.Convert(rest, &b); err != nil {
		t.Fatal(err)
	}
	return front, b.String()
}

func yamlValues(b *strings.Builder, n *yaml.Node) {
	if n.Kind == yaml.ScalarNode {
		fmt.Fprintf(b, "%s\x01", strings.TrimSpace(n.Value))
	}
	for _, c := range n.Content {
		yamlValues(b, c)
	}
}

func replaceMarks(s string, marks map[string]string) string {
	for {
		i := strings.Index(s, "Qz")
		if i < 0 {
			return s
		}
		j := strings.Index(s[i:], "zQ")
		if j < 0 {
			return s
		}
		text, ok := marks[s[i:i+j+2]]
		if !ok {
			return s
		}
		s = s[:i] + strings.ReplaceAll(text, "Qz", "") + s[i+j+2:]
	}
}

// squeeze leaves white space out.
func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }

// outline gives the elements of HTML, with or without its text.
func outline(src string, text bool) string {
	doc, err := html.Parse(strings.NewReader(src))
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		switch n.Type {
		case html.TextNode:
			if text {
				b.WriteString(n.Data)
			}
		case html.CommentNode:
			fmt.Fprintf(&b, "<!--%s-->", n.Data)
		case html.ElementNode:
			fmt.Fprintf(&b, "<%s", n.Data)
			for _, a := range n.Attr {
				translated := a.Key == "alt" || a.Key == "title" || a.Key == "content"
				if text || !translated {
					fmt.Fprintf(&b, " %s=%s", a.Key, a.Val)
				}
			}
			b.WriteByte('>')
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
		if n.Type == html.ElementNode {
			fmt.Fprintf(&b, "</%s>", n.Data)
		}
	}
	walk(doc)
	return b.String()
}

// read loads a document for the properties; nil where it has no text or is
// refused.
func read(data []byte, f Format) *Document {
	docs, err := Load(data, Options{Format: f, Path: "test"})
	if err != nil {
		return nil
	}
	return docs[0]
}

func TestPropertiesOfSamples(t *testing.T) {
	t.Parallel()
	files, _ := filepath.Glob("en/*.*")
	more, _ := filepath.Glob("testdata/shapes/*")
	if len(more) == 0 {
		t.Fatal("no shapes")
	}
	for _, file := range append(files, more...) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		docs, err := Load(data, Options{Path: file})
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range docs {
			checkIdentity(t, d)
			for seed := range uint64(10) {
				checkMarkdown(t, d, rand.New(rand.NewPCG(seed, 6)))
			}
			if d.Format == FormatText || d.Format == FormatPage {
				checkPlain(t, d)
				continue
			}
			for seed := range uint64(20) {
				checkRandom(t, d, rand.New(rand.NewPCG(seed, 1)))
			}
		}
	}
}

// checkPlain tests the second property where there is no mark-up: the blocks
// stay the blocks that they were.
func checkPlain(t *testing.T, d *Document) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		targets := make([]string, len(d.segments))
		for i := range targets {
			targets[i] = Escape("x " + randomText(r, 8))
		}
		out, err := d.Splice(func(i int) (string, bool) { return targets[i], true })
		if err != nil {
			t.Fatal(err)
		}
		back := &Document{Source: out}
		want := &Document{Source: d.Source}
		if got, want := len(back.textBlocks(Range{0, len(out)})), len(want.textBlocks(Range{0, len(d.Source)})); got != want {
			t.Fatalf("%d blocks, want %d:\n%s", got, want, out)
		}
		for i, target := range targets {
			if !strings.Contains(squeeze(string(out)), squeeze(Plain(target))) {
				t.Fatalf("segment %d: %q is not in\n%s", i, target, out)
			}
		}
	}
}

// TestPropertiesOfCommonMark tests the examples of CommonMark's specification,
// which come with goldmark's module.
func TestPropertiesOfCommonMark(t *testing.T) {
	t.Parallel()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/yuin/goldmark").Output()
	if err != nil {
		t.Skipf("go list: %v", err)
	}
	data, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "_test", "spec.json"))
	if err != nil {
		t.Skipf("the module is there without its examples: %v", err)
	}
	var examples []struct {
		Markdown string `json:"markdown"`
		Example  int    `json:"example"`
	}
	if err := json.Unmarshal(data, &examples); err != nil || len(examples) < 600 {
		t.Fatalf("%d examples: %v", len(examples), err)
	}
	tested, segments := 0, 0
	for _, e := range examples {
		for _, md := range []string{e.Markdown, strings.ReplaceAll(e.Markdown, "\n", "\r\n"), "> " + e.Markdown, "- a\n\n  " + strings.ReplaceAll(e.Markdown, "\n", "\n  ")} {
			d := read([]byte(md), FormatMarkdown)
			if d == nil {
				continue
			}
			tested++
			segments += len(d.segments)
			t.Run(fmt.Sprint(e.Example), func(t *testing.T) {
				checkIdentity(t, d)
				for seed := range uint64(6) {
					checkRandom(t, d, rand.New(rand.NewPCG(seed, 3)))
				}
			})
		}
	}
	t.Logf("%d documents, %d segments", tested, segments)
}

func FuzzMarkdown(f *testing.F) {
	files, _ := filepath.Glob("testdata/shapes/*.md")
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data), uint64(1))
	}
	for _, s := range []string{"# a\n\n> b\n> c\n", "a | b\n--|--\nc | d", "[a](b \"c\")", "*a **b** c*", "- a\n  - b\n\n1. c"} {
		f.Add(s, uint64(2))
	}
	f.Fuzz(func(t *testing.T, md string, seed uint64) {
		if !utf8.ValidString(md) || len(md) > 4096 {
			return
		}
		d := read([]byte(md), FormatMarkdown)
		if d == nil {
			return
		}
		checkIdentity(t, d)
		checkRandom(t, d, rand.New(rand.NewPCG(seed, 4)))
	})
}

func FuzzHTML(f *testing.F) {
	for _, s := range []string{"<p>a <b>b</b> c</p>", "<ul><li>a<li>b</ul>", "<img alt=x src=y>", "<a href=\"javascript:x\" title='t'>u</a>", "<table><tr><td>a<td>b</table>", "<p>a<br>b"} {
		f.Add(s, uint64(1))
	}
	f.Fuzz(func(t *testing.T, src string, seed uint64) {
		if !utf8.ValidString(src) || len(src) > 4096 {
			return
		}
		d := read([]byte(src), FormatHTML)
		if d == nil {
			return
		}
		checkIdentity(t, d)
		checkRandom(t, d, rand.New(rand.NewPCG(seed, 5)))
		checkMarkdown(t, d, rand.New(rand.NewPCG(seed, 8)))
	})
}
