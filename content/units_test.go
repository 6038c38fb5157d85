package content

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestUnits compares what Load makes of testdata/shapes with the golden files
// in testdata/units: kind and level of every unit, its segments, its codes.
func TestUnits(t *testing.T) {
	t.Parallel()
	golden(t, "testdata/units", func(docs []*Document) string {
		var b strings.Builder
		for _, d := range docs {
			describe(&b, d)
		}
		return b.String()
	})
}

// TestPublished does so with what goes public: Markdown and HTML.
func TestPublished(t *testing.T) {
	t.Parallel()
	golden(t, "testdata/published", func(docs []*Document) string {
		var b strings.Builder
		for _, d := range docs {
			md, err := d.Markdown(nil)
			if err != nil {
				t.Fatal(err)
			}
			html, err := d.HTML(nil)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, "%s\n\n==== markdown\n%s\n==== html\n%s\n", d.Title(nil), md, html)
			for _, bad := range []string{"javascript:", "vbscript:", "data:", "<script", "onclick", "alert("} {
				if strings.Contains(strings.ToLower(html), bad) && bad != "alert(" || strings.Contains(strings.ToLower(string(md)), bad) && bad != "alert(" {
					t.Errorf("%s is in what goes public:\n%s\n%s", bad, md, html)
				}
			}
		}
		return b.String()
	})
}

func golden(t *testing.T, dir string, make func([]*Document) string) {
	t.Helper()
	shapes, err := filepath.Glob("testdata/shapes/*")
	if err != nil || len(shapes) < 10 {
		t.Fatalf("%d shapes: %v", len(shapes), err)
	}
	for _, file := range shapes {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			docs, err := Load(data, Options{Path: file})
			if err != nil {
				t.Fatal(err)
			}
			got := make(docs)
			name := filepath.Join(dir, filepath.Base(file)+".golden")
			if *update {
				if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		})
	}
}

func describe(b *strings.Builder, d *Document) {
	m := d.Meta
	fmt.Fprintf(b, "format %s, %d bytes\ntitle %q\nslug %s\ncategory %q place %q source %q author %q tags %q\n",
		d.Format, len(d.Source), m.Title, m.Slug, m.Category, m.Place, m.Source, m.Author, m.Tags)
	fmt.Fprintf(b, "date %s (day %t) embargo %s confidential %t\nsummary %q\nsocial %q\noriginals %q\n",
		m.Date, m.DateOnly, m.Embargo, m.Confidential, m.Summary, m.Social, m.Originals)
	for _, w := range d.Warnings {
		fmt.Fprintf(b, "warning %s\n", w.Error())
	}
	for _, u := range d.Units {
		fmt.Fprintf(b, "\n%s", u.Kind)
		if u.Level > 0 {
			fmt.Fprintf(b, " %d", u.Level)
		}
		b.WriteByte('\n')
		for _, s := range u.Segments {
			fmt.Fprintf(b, "  %s\n", s.Text)
		}
		for _, c := range u.Codes {
			fmt.Fprintf(b, "    %d %s %q %q %s\n", c.ID, c.Type, c.Open, c.Close, c.Href)
		}
	}
	b.WriteByte('\n')
}
