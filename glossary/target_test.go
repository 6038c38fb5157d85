package glossary

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// pair is one line of testdata/target_pairs.tsv: a term, a text, and whether
// the one stands in the other.
type pair struct {
	line                    int
	lang, expect            string
	concept                 Concept
	term, text, tier, trap_ string
}

// readPairs reads the golden pairs. Lines that begin with # are comments.
func readPairs(t testing.TB) []pair {
	t.Helper()
	data, err := os.ReadFile("testdata/target_pairs.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var out []pair
	for i, line := range strings.Split(strings.TrimRight(string(data), "\n"), "\n") {
		if i == 0 || strings.HasPrefix(line, "#") || line == "" {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 9 {
			t.Fatalf("testdata/target_pairs.tsv:%d: %d columns, want 9", i+1, len(f))
		}
		p := pair{line: i + 1, lang: f[0], expect: f[1], term: f[3], text: f[6], tier: f[7], trap_: f[8]}
		p.concept = Concept{ID: "c.test", Kind: Kind(f[2]), Source: "Test", Targets: map[string]Terms{
			f[0]: {Preferred: []Term{termOf(f[3])}, Accepted: termsOf(f[4]), Forbidden: termsOf(f[5])},
		}}
		out = append(out, p)
	}
	return out
}

// termsOf reads terms parted by |, each with flags in braces.
func termsOf(cell string) []Term {
	var out []Term
	for _, s := range strings.Split(cell, "|") {
		if s != "" {
			out = append(out, termOf(s))
		}
	}
	return out
}

func termOf(s string) Term {
	text, flags, _ := strings.Cut(strings.TrimSuffix(s, "}"), "{")
	t := Term{Text: text}
	for _, f := range strings.FieldsFunc(flags, func(r rune) bool { return r == ',' || r == ' ' }) {
		switch f {
		case "triptote":
			t.Flags.Triptote = true
		case "plural-ok":
			t.Flags.PluralOK = true
		case "indeclinable":
			t.Flags.Indeclinable = true
		case "short":
			t.Flags.Short = true
		case "dnt":
			t.Flags.DNT = true
		case "article=free":
			t.Flags.Article = "free"
		case "article=fixed":
			t.Flags.Article = "fixed"
		default:
			panic("unknown flag " + f)
		}
	}
	return t
}

func compiled(t testing.TB, concepts ...Concept) *Glossary {
	t.Helper()
	g, problems := Compile(concepts, Options{Trusted: true})
	if g == nil {
		t.Fatal(problems)
	}
	return g
}

// verifyOne verifies a single required mention of concept 0.
func verifyOne(g *Glossary, lang, target string) Verdict {
	vs := g.Verify(nil, lang, "Test", []Occurrence{{Concept: 0, ID: g.concepts[0].ID, End: 4}}, target)
	if len(vs) == 0 {
		return Verdict{Result: "none"}
	}
	return vs[0]
}

func TestTargetPairs(t *testing.T) {
	t.Parallel()
	positive, negative := 0, 0
	for _, p := range readPairs(t) {
		if p.expect == "+" {
			positive++
		} else {
			negative++
		}
		t.Run(fmt.Sprintf("%d_%s", p.line, p.lang), func(t *testing.T) {
			t.Parallel()
			v := verifyOne(compiled(t, p.concept), p.lang, p.text)
			tier := fmt.Sprint(v.Tier)
			if !v.Result.Passed() {
				tier = "none"
			}
			if p.expect == "+" != v.Result.Passed() || tier != p.tier {
				t.Errorf("line %d: %s in %q (%s): %s %s tier %s %q, want %s tier %s", p.line, p.term, p.text, p.trap_, v.Result, v.Reason, tier, v.Text, p.expect, p.tier)
			}
		})
	}
	t.Logf("%d positive, %d negative pairs", positive, negative)
}
