package glossary

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// worldGlossary is the glossary of testdata/target_world.csv: countries,
// people, organisations and common words of the news, beside the starter
// glossary's own subject.
func worldGlossary(t testing.TB) *Glossary {
	t.Helper()
	return compiled(t, readConcepts(t, "testdata/target_world.csv")...)
}

func readConcepts(t testing.TB, path string) []Concept {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	concepts, err := ReadCSV(f, path)
	if err != nil {
		t.Fatal(err)
	}
	return concepts
}

// occurrences finds the licensed concepts of a source text.
func occurrences(g *Glossary, source string) []Occurrence {
	doc := g.NewDocument("", time.Time{})
	return g.License(doc, g.Find(nil, source), source)
}

// verdictCase is one case of testdata/target_verdicts.txt.
type verdictCase struct {
	line                           int
	glossary, lang, source, target string
	want                           []string
}

// readVerdicts reads the cases: blocks of "key: value" lines parted by empty
// ones. "glossary" and "lang" hold for the blocks that follow.
func readVerdicts(t testing.TB) []verdictCase {
	t.Helper()
	data, err := os.ReadFile("testdata/target_verdicts.txt")
	if err != nil {
		t.Fatal(err)
	}
	var out []verdictCase
	var c verdictCase
	for i, line := range strings.Split(string(data)+"\n", "\n") {
		key, value, _ := strings.Cut(line, ": ")
		switch key {
		case "glossary":
			c.glossary = value
		case "lang":
			c.lang = value
		case "source":
			c.source, c.line = value, i+1
		case "target":
			c.target = value
		case "want":
			c.want = append(c.want, value)
		case "":
			if c.source != "" {
				out = append(out, c)
			}
			c = verdictCase{glossary: c.glossary, lang: c.lang}
		default:
			if !strings.HasPrefix(line, "#") {
				t.Fatalf("testdata/target_verdicts.txt:%d: what is %q?", i+1, key)
			}
		}
	}
	return out
}

// verdictLine writes a verdict as the golden file does.
func verdictLine(v Verdict) string {
	parts := []string{v.ID, string(v.Result)}
	if v.Reason != "" {
		parts = append(parts, v.Reason)
	}
	if v.Text != "" {
		parts = append(parts, fmt.Sprintf("%q", v.Text))
	}
	if v.Hint != "" && v.Text == "" {
		parts = append(parts, fmt.Sprintf("near %q", v.Hint))
	}
	if v.Fix != nil {
		certain := "maybe"
		if v.Fix.Certain {
			certain = "fix"
		}
		parts = append(parts, fmt.Sprintf("%s %q", certain, v.Fix.Text))
	}
	return strings.Join(parts, " ")
}

// TestVerdicts runs the whole segments of testdata/target_verdicts.txt. What
// passes without a remark is not written down. A case
// without "want" is a correct translation: every concept of its source must
// pass, and at least one must be found.
func TestVerdicts(t *testing.T) {
	t.Parallel()
	glossaries := map[string]*Glossary{
		"world":   worldGlossary(t),
		"starter": compiled(t, readConcepts(t, "testdata/starter.csv")...),
	}
	for _, c := range readVerdicts(t) {
		t.Run(fmt.Sprintf("%d_%s", c.line, c.lang), func(t *testing.T) {
			t.Parallel()
			g := glossaries[c.glossary]
			vs := g.Verify(nil, c.lang, c.source, occurrences(g, c.source), c.target)
			if len(vs) == 0 {
				t.Errorf("line %d: no concept in %q", c.line, c.source)
			}
			var got []string
			for _, v := range vs {
				if !v.Result.Passed() && v.Result != ResultInfo || v.Reason != "" && v.Result != ResultInfo && len(c.want) > 0 {
					got = append(got, verdictLine(v))
				}
			}
			if strings.Join(got, "\n") != strings.Join(c.want, "\n") {
				t.Errorf("line %d: %s\n%s\n got: %s\nwant: %s", c.line, c.source, c.target, strings.Join(got, "\n      "), strings.Join(c.want, "\n      "))
			}
		})
	}
}

// TestLongTargets: a target as long as a chapter is verified in a moment, also
// where it repeats every name hundreds of times.
func TestLongTargets(t *testing.T) {
	g := compiled(t, readConcepts(t, "testdata/starter.csv")...)
	source := strings.Repeat("The Syrian Coalition, the Coalition, Civil Defense, Syrian Civil Defense, UN, UN Security Council, Security Council, Sarqib, Idlib, rural Idlib. ", 20)
	occ := occurrences(g, source)
	for name, target := range map[string]string{
		"names":   strings.Repeat("الائتلاف الوطني السوري والدفاع المدني السوري ومجلس الأمن التابع للأمم المتحدة وسراقب وريف إدلب ", 300),
		"misses":  strings.Repeat("كلمات كثيرة لا اسم فيها تتكرر وتتكرر دون نهاية سارقب ", 600),
		"glued":   strings.Repeat("كلماتكثيرةلااسمفيها", 1000),
		"nothing": strings.Repeat("، ", 20000),
	} {
		start := time.Now()
		g.Verify(nil, "ar", source, occ, target)
		g.Repair("ar", source, occ, target)
		t.Log(name, time.Since(start))
		if d := time.Since(start); d > time.Minute {
			t.Errorf("%s: %d bytes took %s", name, len(target), d)
		}
	}
}
