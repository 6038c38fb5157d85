package publish

import (
	"encoding/json"
	"encoding/xml"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
	"go.yaml.in/yaml/v3"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// attacks are what somebody may put where a title, a tag or a name belongs.
var attacks = []string{
	`</script><script>alert(1)</script>`,
	`</title><script>alert(1)</script>`,
	`"><img src=x onerror=alert(1)>`,
	`' onmouseover='alert(1)`,
	`<!-- <script> -->`,
	`</style><svg onload=alert(1)>`,
	`javascript:alert(1)`,
	"\u2028alert(1)\u2029",
	`{{.Title}} ${alert(1)} ]]>`,
	`&lt;script&gt;alert(1)&lt;/script&gt;`,
	`: # - [x]: {y}, "z" | > ! % @` + " `",
	"--- \n---\n...",
	`yes`, `null`, `2018-02-05`, `1_000`, `~`, `!!binary x`, `*a`, `&a`,
	"\x00\x1b[31m\x7f\u0085x",
	"\xff\xfe",
	"# not a heading\n\n1. nor a list",
	"الأمن <b>OCHA</b> </bdi>",
	"\u2068<script>\u2069",
}

// attacked is a page with the same text in every field.
func attacked(locale, s string) Page {
	p := Page{
		Locale: locale, Slug: "x", Date: sampleDate, Published: sampleDate, Modified: sampleDate.Add(48 * time.Hour),
		BodyHTML: "<p>¶</p>", BodyMarkdown: "¶\n", Tags: []string{s}, QuotesTranslated: true,
		Corrections: []Correction{{Date: sampleDate, What: s}, {Date: sampleDate, Old: s, New: s}},
	}
	v := reflect.ValueOf(&p).Elem()
	for i := range v.NumField() {
		if f := v.Field(i); f.Kind() == reflect.String && f.IsZero() {
			f.SetString(s)
		}
	}
	return p
}

// shape is a page's mark-up without its texts: elements and the names of
// their attributes. Isolation adds <bdi>, which is left out.
func shape(n *html.Node) []string {
	var all []string
	for d := range n.Descendants() {
		if d.Type == html.CommentNode {
			all = append(all, "<!--")
		}
		if d.Type != html.ElementNode || d.DataAtom == atom.Bdi {
			continue
		}
		s := d.Data
		for _, a := range d.Attr {
			s += " " + a.Key
		}
		all = append(all, s)
	}
	return all
}

// Whatever stands in the fields, the page has the mark-up that it has with
// harmless ones.
func TestHostileFields(t *testing.T) {
	t.Parallel()
	for _, locale := range []string{"ar", "en", "ckb"} {
		site := func(s string) Site { return Site{Name: s, BaseURL: "https://e.org"} }
		want := shape(parse(t, render(t, site("x"), attacked(locale, "x"), sampleAlternates)))
		for _, s := range attacks {
			page := render(t, site(s), attacked(locale, s), sampleAlternates)
			doc := parse(t, page)
			if oneLine(s) == "" {
				continue
			}
			if diff := cmp.Diff(want, shape(doc)); diff != "" {
				t.Errorf("%s %q changes the mark-up:\n%s", locale, s, diff)
			}
			if got := structured(t, doc); got.Headline != oneLine(s) || got.Publisher.Name != oneLine(s) {
				t.Errorf("%s %q: structured data %q", locale, s, got.Headline)
			}
		}
	}
}

func structured(t *testing.T, doc *html.Node) (a newsArticle) {
	t.Helper()
	for n := range doc.Descendants() {
		if n.DataAtom == atom.Script {
			if attr(n, "type") != "application/ld+json" {
				t.Errorf("a script of type %q", attr(n, "type"))
			}
			if err := json.Unmarshal([]byte(textOf(n)), &a); err != nil {
				t.Error(err)
			}
		}
	}
	return a
}

func TestHostileLists(t *testing.T) {
	t.Parallel()
	list := func(s string) Index {
		return Index{Locale: "ar", Entries: []Entry{{Slug: "x", Title: s, Summary: s, Category: s, Date: sampleDate}}}
	}
	want := shape(parse(t, index(t, list("x"))["ar/index.html"]))
	for _, s := range attacks {
		if oneLine(s) == "" {
			continue
		}
		if diff := cmp.Diff(want, shape(parse(t, index(t, list(s))["ar/index.html"]))); diff != "" {
			t.Errorf("%q changes the mark-up:\n%s", s, diff)
		}
		f, err := RenderFeed(Site{Name: s}, list(s))
		if err != nil {
			t.Fatal(err)
		}
		var feed atomFeed
		if err := xml.Unmarshal(f.Data, &feed); err != nil {
			t.Errorf("%q: feed: %v", s, err)
		} else if feed.Entries[0].Title != oneLine(s) || feed.Title != oneLine(s) {
			t.Errorf("%q: feed: %q", s, feed.Entries[0].Title)
		}
	}
}

// The front matter says what went in, and the text after it is still a text.
func TestHostileFrontMatter(t *testing.T) {
	t.Parallel()
	for _, s := range attacks {
		if oneLine(s) == "" {
			continue
		}
		data, err := RenderMarkdown(Site{}, attacked("ar", s))
		if err != nil {
			t.Fatal(err)
		}
		front, rest, _ := strings.Cut(strings.TrimPrefix(string(data), "---\n"), "\n---\n")
		var got struct {
			Title, Category, Place, Source, Author, Summary, Social string
			Tags                                                    []string
			Date                                                    time.Time
		}
		if err := yaml.Unmarshal([]byte(front), &got); err != nil {
			t.Errorf("%q: %v\n%s", s, err, front)
			continue
		}
		line := oneLine(s)
		all := []string{got.Title, got.Category, got.Place, got.Source, got.Author, got.Summary, got.Social}
		if slices.ContainsFunc(append(all, got.Tags...), func(v string) bool { return v != line }) {
			t.Errorf("%q: %+v", s, got)
		}
		if !got.Date.Equal(sampleDate) {
			t.Errorf("%q: date %v", s, got.Date)
		}
		checkParagraphs(t, rest, "¶", line)
	}
}

// checkParagraphs holds Markdown to being just these plain paragraphs.
func checkParagraphs(t *testing.T, markdown string, want ...string) {
	t.Helper()
	source := []byte(markdown)
	doc := goldmark.DefaultParser().Parse(text.NewReader(source))
	var got []string
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		if n.Kind() != ast.KindParagraph {
			t.Errorf("%q has a %v", markdown, n.Kind())
		}
		var b strings.Builder
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			leaf, ok := c.(*ast.Text)
			if !ok {
				t.Errorf("%q has a %v", markdown, c.Kind())
				continue
			}
			b.Write(leaf.Segment.Value(source))
		}
		got = append(got, markdownEscape.ReplaceAllString(b.String(), "$1"))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%q: %s", markdown, diff)
	}
}

// bodies are fragments that should never have come this far, and what is left
// of them.
var bodies = []struct{ in, want string }{
	{`<p>a<script>alert(1)</script></p>`, `<p>a</p>`},
	{`<p onclick="x()" style="color:red" class="masthead" id="text">a</p>`, `<p>a</p>`},
	{`<a href="javascript:alert(1)">a</a>`, `a`},
	{`<a href=" java&#10;script:alert(1)">a</a>`, `a`},
	{`<a href="data:text/html,x">a</a>`, `a`},
	{`<a href="vbscript:x">a</a>`, `a`},
	{`<a href="https://example.org/?a=1&amp;b=2">a</a>`, `<a href="https://example.org/?a=1&amp;b=2">a</a>`},
	{`<a href="mailto:a@example.org">a</a>`, `<a href="mailto:a@example.org">a</a>`},
	{`<a href="../fr/x.html">a</a>`, `<a href="../fr/x.html">a</a>`},
	{`<img src="x.jpg" onerror="x()" alt="b">`, `<img src="x.jpg" alt="b" loading="lazy"/>`},
	{`<img src="javascript:x">`, ``},
	{`<iframe src="https://example.org"></iframe><p>a</p>`, `<p>a</p>`},
	{`<form action="/x"><input name="a"><button>b</button></form>`, `b`},
	{`<svg><script>x</script></svg><math><mi>y</mi></math>`, `y`},
	{`<style>p{}</style><link rel="stylesheet" href="x"><meta http-equiv="refresh" content="0">`, ``},
	{`<p>a</article></main><h1>b`, `<p>a</p><h2>b</h2>`},
	{`<!-- c --><p>a</p>`, `<p>a</p>`},
	{`<table><tr><th align="right" onclick="x">a</th></tr></table>`,
		`<div class="wide" tabindex="0"><table><tbody><tr><th align="right">a</th></tr></tbody></table></div>`},
	{`<table><tr><td style="text-align:right">1</td><td style="text-align:right;position:fixed">2</td><td style="color:red">3</td></tr></table>`,
		`<div class="wide" tabindex="0"><table><tbody><tr><td align="right">1</td><td align="right">2</td><td>3</td></tr></tbody></table></div>`},
	{`<sup id="fnref:1"><a href="#fn:1">1</a></sup>`, `<sup id="fnref:1"><a href="#fn:1">1</a></sup>`},
	{`<blockquote lang="ar" dir="rtl"><p>نص</p></blockquote>`, `<blockquote lang="ar" dir="rtl"><p>نص</p></blockquote>`},
	{`<p>a` + "\x00" + `b</p>`, `<p>ab</p>`},
}

func TestHostileBodies(t *testing.T) {
	t.Parallel()
	w, err := speak("en")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range bodies {
		p, err := Page{Locale: "en", Slug: "x", Title: "t", BodyHTML: tt.in}.clean()
		if err != nil {
			t.Fatal(err)
		}
		got, err := prepare(&p, w)
		if err != nil {
			t.Fatal(err)
		}
		if got.html != tt.want {
			t.Errorf("%s\n gives %s\n   not %s", tt.in, got.html, tt.want)
		}
	}
}

// FuzzMarkdown looks for fields that the front matter or the text after it
// would give back otherwise.
func FuzzMarkdown(f *testing.F) {
	for _, s := range attacks {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, field string) {
		line := oneLine(field)
		if line == "" || strings.Contains("¶", line) {
			t.Skip()
		}
		data, err := RenderMarkdown(Site{}, attacked("ar", field))
		if err != nil {
			t.Fatal(err)
		}
		front, rest, _ := strings.Cut(strings.TrimPrefix(string(data), "---\n"), "\n---\n")
		var got struct{ Title string }
		if err := yaml.Unmarshal([]byte(front), &got); err != nil || got.Title != line {
			t.Errorf("%q: %q, %v\n%s", field, got.Title, err, front)
		}
		checkParagraphs(t, rest, "¶", line)
	})
}

// FuzzRender looks for fields and bodies that break out of their places.
func FuzzRender(f *testing.F) {
	for i, s := range attacks {
		f.Add(s, bodies[i%len(bodies)].in)
	}
	want := []string(nil)
	f.Fuzz(func(t *testing.T, field, fragment string) {
		if f := oneLine(field); f == "" || f == "¶" {
			t.Skip()
		}
		if want == nil {
			want = shape(parse(t, render(t, Site{}, attacked("ar", "x"), nil)))
		}
		doc := parse(t, render(t, Site{}, attacked("ar", field), nil))
		if diff := cmp.Diff(want, shape(doc)); diff != "" {
			t.Errorf("%q changes the mark-up:\n%s", field, diff)
		}
		p := attacked("ar", "x")
		p.BodyHTML = fragment
		for n := range parse(t, render(t, Site{}, p, nil)).Descendants() {
			switch n.DataAtom {
			case atom.Script:
				if attr(n, "type") != "application/ld+json" {
					t.Errorf("%q brings a script", fragment)
				}
			case atom.Iframe, atom.Object, atom.Embed, atom.Form, atom.Base, atom.Svg, atom.Math:
				t.Errorf("%q brings <%s>", fragment, n.Data)
			}
			for _, a := range n.Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" || strings.HasPrefix(strings.TrimSpace(strings.ToLower(a.Val)), "javascript:") && a.Key == "href" {
					t.Errorf("%q brings %s=%q", fragment, a.Key, a.Val)
				}
			}
		}
	})
}
