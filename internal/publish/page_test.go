package publish

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

func render(t *testing.T, s Site, p Page, alts []Alternate) string {
	t.Helper()
	data, err := RenderHTML(s, p, alts)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestPath(t *testing.T) {
	t.Parallel()
	tests := []struct{ locale, slug, want, wrong string }{
		{"ar", "some-slug", "ar/some-slug.html", ""},
		{"pt-BR", "x", "", "not known"},
		{"kmr", "sê_1", "kmr/sê_1.html", ""},
		{"ar", "", "", "it is empty"},
		{"ar", "../x", "", "begins with a dot"},
		{"ar", "a/../../x", "", "no place in a file name"},
		{"ar", `a\x`, "", "no place in a file name"},
		{"ar", "a\x00b", "", "no place in a file name"},
		{"ar", "a\xffb", "", "no place in a file name"},
		{"ar", "a\u202eb", "", "no place in a file name"},
		{"ar", "a ", "", "no place in a file name"},
		{"ar", "Index", "", "has a file of that name"},
		{"ar", "page-12", "", "has a file of that name"},
		{"ar", "feed", "", "has a file of that name"},
		{"ar", strings.Repeat("a", 201), "", "longer than 200 bytes"},
		{"../ar", "x", "", "not a language tag"},
		{"ar-/../..", "x", "", "not a language tag"},
		{"", "x", "", "not a language tag"},
	}
	for _, tt := range tests {
		got, err := Path(tt.locale, tt.slug, HTML)
		if got != tt.want || (err == nil) != (tt.wrong == "") {
			t.Errorf("Path(%q, %q) = %q, %v", tt.locale, tt.slug, got, err)
		}
		if err != nil && !strings.Contains(err.Error(), tt.wrong) {
			t.Errorf("Path(%q, %q): %v does not say %q", tt.locale, tt.slug, err, tt.wrong)
		}
	}
}

func TestPathsCoverEveryFile(t *testing.T) {
	t.Parallel()
	paths, err := Paths("ar", sampleSlug)
	if err != nil {
		t.Fatal(err)
	}
	files, err := Render(sampleSite, arabicPage(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var written []string
	for _, f := range files {
		written = append(written, f.Path)
	}
	if diff := cmp.Diff(written, paths); diff != "" {
		t.Error(diff)
	}
}

func TestRelative(t *testing.T) {
	t.Parallel()
	tests := []struct{ from, to, want string }{
		{"ar/a.html", "ar/b.html", "b.html"},
		{"ar/a.html", "fr/a.html", "../fr/a.html"},
		{"index.html", "ar/index.html", "ar/index.html"},
		{"ar/a.html", "index.html", "../index.html"},
		{"ar/a.html", "ar/سلام x.html", "%D8%B3%D9%84%D8%A7%D9%85%20x.html"},
	}
	for _, tt := range tests {
		if got := relative(tt.from, tt.to); got != tt.want {
			t.Errorf("relative(%q, %q) = %q, not %q", tt.from, tt.to, got, tt.want)
		}
	}
	if got := address("https://e.org/", "", "ar/the-index.html"); got != "https://e.org/ar/the-index.html" {
		t.Error(got)
	}
}

// The same editions in another order give the same bytes.
func TestDeterministic(t *testing.T) {
	t.Parallel()
	backwards := slices.Clone(sampleAlternates)
	slices.Reverse(backwards)
	first, err := Render(sampleSite, arabicPage(), sampleAlternates)
	if err != nil {
		t.Fatal(err)
	}
	for _, alts := range [][]Alternate{backwards, sampleAlternates, append(backwards, sampleAlternates...)} {
		again, err := Render(sampleSite, arabicPage(), alts)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(first, again); diff != "" {
			t.Error(diff)
		}
	}
}

// Rendering leaves its input as it was.
func TestRenderChangesNoInput(t *testing.T) {
	t.Parallel()
	p := arabicPage()
	p.Tags = []string{"", " a\nb ", "c"}
	p.Corrections = []Correction{{What: " x\n"}}
	if _, err := Render(sampleSite, p, sampleAlternates); err != nil {
		t.Fatal(err)
	}
	if p.Tags[0] != "" || p.Tags[1] != " a\nb " || p.Corrections[0].What != " x\n" {
		t.Errorf("%q %q", p.Tags, p.Corrections)
	}
}

func TestAlternates(t *testing.T) {
	t.Parallel()
	site := Site{BaseURL: "https://e.org", Locales: []string{"fr", "ar"}}
	tests := []struct {
		public []string
		want   string
	}{
		{nil, "ar ar, x-default ar"},
		{[]string{"en"}, "ar ar, en en, x-default en"},
		{[]string{"tr", "es", "fr", "ar"}, "fr fr, ar ar, es es, tr tr, x-default fr"},
		{[]string{"tr"}, "ar ar, tr tr, x-default ar"},
	}
	for _, tt := range tests {
		var alts []Alternate
		for _, l := range tt.public {
			alts = append(alts, Alternate{l, l + "/x.html"})
		}
		doc := parse(t, render(t, site, Page{Locale: "ar", Slug: "x", Title: "t"}, alts))
		var got []string
		for n := range doc.Descendants() {
			if n.DataAtom == atom.Link && attr(n, "rel") == "alternate" && attr(n, "hreflang") != "" {
				short := strings.TrimSuffix(strings.TrimPrefix(attr(n, "href"), "https://e.org/"), "/x.html")
				got = append(got, attr(n, "hreflang")+" "+short)
			}
		}
		if list := strings.Join(got, ", "); list != tt.want {
			t.Errorf("%v: %s, not %s", tt.public, list, tt.want)
		}
	}
}

// The line that says whom the release comes from is there once, wherever the
// text has it.
func TestAttributionOnce(t *testing.T) {
	t.Parallel()
	const line = "(المصدر: الدائرة الإعلامية)"
	tests := []struct {
		name, body, markdown string
		attribution, source  string
		want                 string
	}{
		{"a paragraph of its own", "<p>نص</p><p>" + line + "</p>", "نص\n\n" + line, line, "", line},
		{"wrapped", "<div><p>نص</p><p>(المصدر:\nالدائرة <strong>الإعلامية</strong>)</p></div>", "نص\n\n" + line, line, "", line},
		{"inside the last paragraph", "<p>نص " + line + "</p>", "نص " + line, line, "", line},
		{"missing", "<p>نص</p>", "نص", line, "", line},
		{"after a table", "<p>نص</p><table><tr><td>1</td></tr></table>", "نص", line, "", line},
		{"no text at all", "", "", line, "", line},
		{"source only", "<p>نص</p>", "نص", "", "الدائرة الإعلامية", line},
		{"source, and a line in the text", "<p>نص</p><p>(عن: الدائرة الإعلامية)</p>", "نص\n\n(عن: الدائرة الإعلامية)", "", "الدائرة الإعلامية", "(عن: الدائرة الإعلامية)"},
		{"neither", "<p>نص</p>", "نص", "", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := Page{Locale: "ar", Slug: "x", Title: "t", BodyHTML: tt.body, BodyMarkdown: tt.markdown, Attribution: tt.attribution, Source: tt.source}
			var main string
			for n := range parse(t, render(t, Site{}, p, nil)).Descendants() {
				if n.DataAtom == atom.Article {
					main = oneLine(textOf(n))
				}
			}
			want := 1
			if tt.want == "" {
				want = 0
			}
			if got := strings.Count(main, "الدائرة"); got != want || !strings.Contains(main, tt.want) {
				t.Errorf("page: %q", main)
			}
			p.Source = "" // it stands in the front matter, too
			if tt.attribution == "" {
				return
			}
			md, err := RenderMarkdown(Site{}, p)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Count(string(md), line) != 1 {
				t.Errorf("Markdown:\n%s", md)
			}
		})
	}
}

// Runs of the other direction are isolated, in the title and in the text, and
// code is left alone.
func TestIsolation(t *testing.T) {
	t.Parallel()
	p := Page{
		Locale: "ar", Slug: "x", Title: "تقرير OCHA عن سوريا",
		BodyHTML: "<p>قال (OCHA <em>UN</em>) إن</p><p><code>go run</code> <bdi>X</bdi> <span dir=\"ltr\">abc</span></p>",
	}
	got := render(t, Site{}, p, nil)
	for _, want := range []string{
		"<h1>تقرير <bdi>OCHA</bdi> عن سوريا</h1>",
		"<p>قال (<bdi>OCHA</bdi> <em><bdi>UN</bdi></em>) إن</p>",
		`<p><code>go run</code> <bdi>X</bdi> <span dir="ltr">abc</span></p>`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got[strings.Index(got, "<body>"):])
		}
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		page Page
		site Site
		says string
	}{
		{Page{Locale: "ar", Slug: "x", Title: " \n"}, Site{}, "ar/x: the edition has no title; give the release one"},
		{Page{Locale: "xx", Slug: "x", Title: "t"}, Site{}, "known are"},
		{Page{Locale: "ar", Slug: "../x", Title: "t"}, Site{}, "use letters, digits and hyphens"},
		{Page{Locale: "ar", Slug: "x", Title: "t"}, Site{BaseURL: "example.org"}, "write it like https://"},
		{Page{Locale: "ar", Slug: "x", Title: "t"}, Site{BaseURL: "javascript:alert(1)//x"}, "write it like https://"},
	}
	for _, tt := range tests {
		files, err := Render(tt.site, tt.page, nil)
		if err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%v: %v", tt.page.Slug, err)
		}
		if files != nil {
			t.Error("files beside an error")
		}
	}
	if _, err := RenderHTML(Site{}, Page{Locale: "ar", Slug: "x", Title: "t"}, []Alternate{{"zz", "zz/x.html"}}); err == nil {
		t.Error("an unknown alternate was taken")
	}
}

func TestSpans(t *testing.T) {
	t.Parallel()
	tests := []struct {
		total int
		want  string
	}{
		{0, "0:0-0"},
		{50, "0:0-50"},
		{99, "0:0-99"},
		{100, "0:0-50 1:50-100"},
		{149, "0:0-99 1:99-149"},
		{150, "0:0-50 2:50-100 1:100-150"},
	}
	for _, tt := range tests {
		var got []string
		for _, s := range Spans(tt.total) {
			got = append(got, fmt.Sprintf("%d:%d-%d", s.Number, s.Start, s.End))
		}
		if list := strings.Join(got, " "); list != tt.want {
			t.Errorf("Spans(%d) = %s, not %s", tt.total, list, tt.want)
		}
	}
}

func manyEntries(n int) []Entry {
	var all []Entry
	for i := range n {
		all = append(all, Entry{Slug: fmt.Sprintf("release-%d", i), Title: "t", Date: sampleDate.AddDate(0, 0, i), DateOnly: true})
	}
	return all
}

// A new release changes the front page and none of the archive's but for the
// link to it.
func TestNewReleaseChangesTheFrontPageOnly(t *testing.T) {
	t.Parallel()
	before := index(t, Index{Locale: "ar", Entries: manyEntries(220)})
	after := index(t, Index{Locale: "ar", Entries: manyEntries(221)})
	if len(before) != 4 || len(after) != len(before) {
		t.Fatalf("%d and %d pages", len(before), len(after))
	}
	for name := range before {
		if changed := entriesOf(t, before[name]) != entriesOf(t, after[name]); changed != (name == "ar/index.html") {
			t.Errorf("%s: changed %v", name, changed)
		}
	}
}

// The front page alone is the same as the front page of all.
func TestFrontPageFromTheNewestEntries(t *testing.T) {
	t.Parallel()
	all := manyEntries(220)
	whole := index(t, Index{Locale: "ar", Entries: all})
	newest := index(t, Index{Locale: "ar", Entries: all[220-2*PageSize:], Total: 220})
	if len(newest) != 1 || newest["ar/index.html"] != whole["ar/index.html"] {
		t.Errorf("%d pages", len(newest))
	}
}

func index(t *testing.T, x Index) map[string]string {
	t.Helper()
	files, err := RenderIndex(Site{}, x)
	if err != nil {
		t.Fatal(err)
	}
	m := make(map[string]string)
	for _, f := range files {
		m[f.Path] = string(f.Data)
	}
	return m
}

func entriesOf(t *testing.T, page string) string {
	t.Helper()
	var b strings.Builder
	for n := range parse(t, page).Descendants() {
		if n.DataAtom == atom.A && n.Parent.DataAtom == atom.H2 {
			b.WriteString(attr(n, "href") + "\n")
		}
	}
	return b.String()
}

// What a shorter list no longer has is named, and nothing that it has.
func TestSurplus(t *testing.T) {
	t.Parallel()
	before := index(t, Index{Locale: "ar", Entries: manyEntries(220)})
	after := index(t, Index{Locale: "ar", Entries: manyEntries(99)})
	surplus := Surplus("ar", 99)
	for name := range before {
		if _, stays := after[name]; stays == slices.Contains(surplus, name) {
			t.Errorf("%s: stays %v, surplus %v", name, stays, surplus)
		}
	}
}

func TestOrder(t *testing.T) {
	t.Parallel()
	day := sampleDate
	want := []Entry{
		{Slug: "c", Date: day.AddDate(0, 0, 1)},
		{Slug: "z", Date: day, Published: day.Add(2 * time.Hour)},
		{Slug: "a", Date: day, Published: day.Add(time.Hour)},
		{Slug: "b", Date: day, Published: day.Add(time.Hour)},
		{Slug: "undated"},
	}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, Order)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestShorten(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		n    int
		want string
	}{
		{"one two three", 13, "one two three"},
		{"one two three", 12, "one two…"},
		{"one, two", 6, "one…"},
		{"onetwothree", 5, "onet…"},
		{"مجلس الأمن الدولي", 12, "مجلس الأمن…"},
	}
	for _, tt := range tests {
		if got := shorten(tt.text, tt.n, "…"); got != tt.want {
			t.Errorf("shorten(%q, %d) = %q, not %q", tt.text, tt.n, got, tt.want)
		}
	}
}

func parse(t *testing.T, page string) *html.Node {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func BenchmarkRender(b *testing.B) {
	p := arabicPage()
	for b.Loop() {
		if _, err := Render(sampleSite, p, sampleAlternates); err != nil {
			b.Fatal(err)
		}
	}
}

// The front page of an archive of 50,000 releases, from its newest entries.
func BenchmarkFrontPage(b *testing.B) {
	newest := manyEntries(2 * PageSize)
	for b.Loop() {
		if _, err := RenderIndex(sampleSite, Index{Locale: "ar", Entries: newest, Total: 50_000}); err != nil {
			b.Fatal(err)
		}
	}
}

// All pages of the index of 10,000 releases.
func BenchmarkWholeIndex(b *testing.B) {
	all := manyEntries(10_000)
	for b.Loop() {
		if _, err := RenderIndex(sampleSite, Index{Locale: "ar", Entries: all}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWriteUnchanged(b *testing.B) {
	w, err := Open(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	files, err := Render(sampleSite, arabicPage(), nil)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := w.WriteAll(files); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWriteChanged(b *testing.B) {
	w, err := Open(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	data := make([]byte, 20_000)
	for n := 0; b.Loop(); n++ {
		data[n%len(data)]++
		if _, err := w.Write("ar/x.html", data); err != nil {
			b.Fatal(err)
		}
	}
}
