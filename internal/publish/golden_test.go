package publish

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares data with a file under testdata. The style sheet and its
// hash stand in a file of their own and would only be noise here.
func golden(t *testing.T, name string, data []byte) {
	t.Helper()
	text := strings.ReplaceAll(string(data), style, "…")
	text = strings.ReplaceAll(text, strings.ReplaceAll(strings.ReplaceAll(contentPolicy, "'", "&#39;"), "+", "&#43;"), "…")
	file := filepath.Join("testdata", filepath.FromSlash(name))
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (run the test with -update to make it)", err)
	}
	if diff := cmp.Diff(string(want), text); diff != "" {
		t.Errorf("%s differs (-golden +now):\n%s", name, diff)
	}
}

func TestEditionFiles(t *testing.T) {
	t.Parallel()
	for _, p := range []Page{arabicPage(), frenchPage(), englishPage()} {
		t.Run(p.Locale, func(t *testing.T) {
			t.Parallel()
			files, err := Render(sampleSite, p, sampleAlternates)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range files {
				golden(t, f.Path, f.Data)
			}
		})
	}
}

// A site without an address links from file to file.
func TestEditionWithoutBaseURL(t *testing.T) {
	t.Parallel()
	data, err := RenderHTML(Site{}, englishPage(), sampleAlternates)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "plain/edition.html", data)
}

// Kurdish has a profile and no catalogue: the page's own words are English
// and say so.
func TestEditionWithoutCatalogue(t *testing.T) {
	t.Parallel()
	p := Page{
		Locale: "ckb", Slug: "x", Title: "داوای بڕیارێک", Date: sampleDate, DateOnly: true,
		Source: "نووسینگەی ڕاگەیاندن", BodyHTML: "<p>دەقێک</p>",
	}
	data, err := RenderHTML(sampleSite, p, nil)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "plain/ckb.html", data)
}

func sampleEntries(p Page) []Entry {
	newer := p.Entry()
	newer.Slug, newer.Title = "later", newer.Title+" (2)"
	newer.Date = newer.Date.AddDate(0, 0, 3)
	bare := Entry{Slug: "undated", Title: "?"}
	return []Entry{p.Entry(), bare, newer}
}

func TestLists(t *testing.T) {
	t.Parallel()
	for _, p := range []Page{arabicPage(), englishPage()} {
		t.Run(p.Locale, func(t *testing.T) {
			t.Parallel()
			x := Index{Locale: p.Locale, Entries: sampleEntries(p), Locales: []string{"en", "ar", "fr"}}
			files, err := RenderIndex(sampleSite, x)
			if err != nil {
				t.Fatal(err)
			}
			feed, err := RenderFeed(sampleSite, x)
			if err != nil {
				t.Fatal(err)
			}
			maps, err := RenderSitemaps(sampleSite, x)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range slices.Concat(files, []File{feed}, maps) {
				golden(t, f.Path, f.Data)
			}
		})
	}
}

func TestEmptyLists(t *testing.T) {
	t.Parallel()
	x := Index{Locale: "ru"}
	files, err := RenderIndex(Site{}, x)
	if err != nil {
		t.Fatal(err)
	}
	feed, err := RenderFeed(Site{}, x)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "plain/empty.html", files[0].Data)
	golden(t, "plain/empty.xml", feed.Data)
	if maps, err := RenderSitemaps(Site{}, x); err != nil || maps != nil {
		t.Errorf("sitemaps of a site without an address: %v, %v", maps, err)
	}
}

func TestRootPages(t *testing.T) {
	t.Parallel()
	files, err := RenderRoot(sampleSite, map[string]int{"fr": 1, "ru": 3, "ar": sitemapSize + 1, "kmr": sitemapSize})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		golden(t, "root/"+f.Path, f.Data)
	}
	bare, err := RenderRoot(Site{}, map[string]int{"ar": 1})
	if err != nil || len(bare) != 1 {
		t.Errorf("the root of a site without an address: %d files, %v", len(bare), err)
	}
}
