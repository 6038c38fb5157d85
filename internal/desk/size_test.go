package desk_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"dragoman/internal/edition"
)

// The figures that pages are held to, in bytes.
const (
	maxPage   = 150 << 10 // one page, without its style and scripts
	maxStatic = 100 << 10 // style and scripts together, which a browser keeps
)

func TestPagesAreSmall(t *testing.T) {
	t.Parallel()
	h := build(t, options{samples: true, locales: []string{"ar"}})
	b := h.as("Lina")
	list, _, err := h.pipe.Queue(t.Context(), edition.Filter{})
	h.must(err)
	largest, where := 0, ""
	for _, l := range list {
		path := "/editions/" + itoa(l.ID)
		for _, page := range []string{path, path + "/diff", path + "/history"} {
			if n := len(b.get(page).Body); n > largest {
				largest, where = n, fmt.Sprintf("%s of %s, %d segments", page, l.Slug, l.Counts.Segments)
			}
		}
	}
	if queue := len(b.get("/").Body); largest > maxPage || queue > maxPage {
		t.Errorf("the largest page has %d bytes (%s), the queue %d", largest, where, queue)
	}
	total := 0
	for _, path := range []string{"/", "/editions/" + itoa(list[0].ID), "/glossary", "/users"} {
		total = max(total, staticSize(t, b.get(path).Body))
	}
	if total > maxStatic {
		t.Errorf("style and scripts have %d bytes", total)
	}
	t.Logf("largest page %d bytes (%s), queue of %d lines %d bytes, style and scripts %d bytes", largest, where, len(list), len(b.get("/").Body), total)
}

// staticSize is the size of the styles and scripts that a page asks for, with
// what these import.
func staticSize(t *testing.T, page string) int {
	t.Helper()
	seen, total := map[string]bool{}, 0
	var add func(names [][]string)
	add = func(names [][]string) {
		for _, m := range names {
			if seen[m[1]] {
				continue
			}
			seen[m[1]] = true
			text, err := os.ReadFile(filepath.Join("static", m[1]))
			if err != nil {
				t.Fatal(err)
			}
			total += len(text)
			add(regexp.MustCompile(`from '\./([\w.-]+)'`).FindAllStringSubmatch(string(text), -1))
		}
	}
	add(regexp.MustCompile(`"/static/\w+/([\w.-]+)"`).FindAllStringSubmatch(page, -1))
	if total == 0 {
		t.Fatal("the page asks for no styles and scripts: the pattern of this test is out of date")
	}
	return total
}

// BenchmarkPages measures pages as a browser on the same machine gets them;
// DRAGOMAN_BENCH_RELEASES says over how many releases in two locales.
func BenchmarkPages(b *testing.B) {
	n := 200
	if s := os.Getenv("DRAGOMAN_BENCH_RELEASES"); s != "" {
		if _, err := fmt.Sscan(s, &n); err != nil {
			b.Fatal(err)
		}
	}
	files := map[string]string{}
	for i := range n {
		text := fmt.Sprintf("---\ntitle: Release %d on Maasran\nslug: r%d\n---\n\n", i, i)
		for j := range 18 {
			text += fmt.Sprintf("The Syrian Coalition said that %d people were injured in Maasran on day %d.\n\n", i, j)
		}
		files[fmt.Sprintf("r%d.md", i)] = text
	}
	h := build(b, options{files: files})
	who := h.as("Lina")
	v := h.view(fmt.Sprintf("r%d", n/2), "ar", "")
	for name, path := range map[string]string{
		"queue": "/", "filtered": "/?locale=ar&q=release+1&state=all", "last": fmt.Sprintf("/?page=%d", 2*n/50), "edition": "/editions/" + itoa(v.ID), "target": "/targets/" + itoa(v.Rows[3].Target.ID),
	} {
		b.Run(name, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				start := time.Now()
				accept := "text/html"
				if name == "target" {
					accept = "application/json"
				}
				if a := who.get(path, "Accept", accept); a.Status != 200 {
					b.Fatal(a.Status)
				}
				took = append(took, time.Since(start))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
		})
	}
}
