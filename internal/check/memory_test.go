package check_test

import (
	"encoding/xml"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"dragoman/internal/check"
	"dragoman/locales"
)

var inlineCode = regexp.MustCompile(`<(bpt|ept|ph|it)[^>]*?(/>|>.*?</(bpt|ept|ph|it)>)`)

// The starter memory is correct text of the genre that nobody wrote for these
// rules: at most one pair in a hundred may be reported.
func TestStarterMemoryIsClean(t *testing.T) {
	t.Parallel()
	files, _ := filepath.Glob("../../content/memory/*.tmx")
	if len(files) == 0 {
		t.Skip("no starter memory")
	}
	for _, file := range files {
		p, err := locales.Get(strings.TrimSuffix(filepath.Base(file), ".tmx"))
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		pairs, reported := 0, 0
		for _, u := range readTMX(t, file) {
			if len(u) < 2 {
				continue
			}
			pairs++
			if found := check.Run(check.Input{Locale: p, Source: u[0], Target: u[1]}); len(found) > 0 {
				reported++
				t.Logf("%s\n< %s\n> %s\n%s", file, u[0], u[1], describe(found))
			}
		}
		if reported*100 > pairs {
			t.Errorf("%s: %d of %d pairs reported", file, reported, pairs)
		}
	}
}

// readTMX returns the texts of each unit, without inline codes.
func readTMX(t *testing.T, file string) [][]string {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Units []struct {
			Texts []struct {
				Inner string `xml:",innerxml"`
			} `xml:"tuv>seg"`
		} `xml:"body>tu"`
	}
	if err := xml.Unmarshal(raw, &doc); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	var out [][]string
	for _, u := range doc.Units {
		var texts []string
		for _, s := range u.Texts {
			s := inlineCode.ReplaceAllString(s.Inner, "")
			texts = append(texts, strings.NewReplacer("&lt;", "<", "&gt;", ">", "&quot;", `"`, "&apos;", "'", "&amp;", "&").Replace(s))
		}
		out = append(out, texts)
	}
	return out
}
