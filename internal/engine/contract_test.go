package engine_test

import (
	"encoding/xml"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dragoman/content"
	"dragoman/internal/engine"
	"dragoman/internal/engine/golden"
)

func rules(vs []engine.Violation) string {
	var names []string
	for _, v := range vs {
		if !slices.Contains(names, v.Rule) {
			names = append(names, v.Rule)
		}
	}
	return strings.Join(names, " ")
}

func TestContract(t *testing.T) {
	t.Parallel()
	for _, c := range golden.Cases(t, "testdata/contract.txt") {
		vs := engine.Contract(engine.Segment{Text: c["source"]}, c["reply"], c["to"])
		if got := rules(vs); got != c["breaks"] {
			t.Errorf("line %s: %s\n%s\nbreaks %v, want %q", c["line"], c["source"], c["reply"], vs, c["breaks"])
		}
	}
}

func TestContractOnSize(t *testing.T) {
	t.Parallel()
	huge := strings.Repeat("نعم ", 10<<20/8)
	if vs := engine.Contract(engine.Segment{Text: "Yes."}, huge, "ar"); rules(vs) != engine.RuleSize {
		t.Errorf("10 MB for one word: %v", vs)
	}
}

// TestContractOnApprovedPairs: what people translated keeps the contract.
func TestContractOnApprovedPairs(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../content/memory/*.tmx")
	if err != nil || len(files) == 0 {
		t.Fatalf("no starter memory: %v", err)
	}
	for _, file := range files {
		for _, u := range units(t, file) {
			for _, v := range u.Variants {
				if v.Lang == "en" {
					continue
				}
				s := engine.Segment{Text: content.Escape(u.source())}
				if vs := engine.Contract(s, content.Escape(v.Seg), v.Lang); vs != nil {
					t.Errorf("%s\n%s\n%s breaks %v", file, u.source(), v.Seg, vs)
				}
			}
		}
	}
}

type unit struct {
	Variants []struct {
		Lang string `xml:"lang,attr"`
		Seg  string `xml:"seg"`
	} `xml:"tuv"`
}

func (u unit) source() string {
	for _, v := range u.Variants {
		if v.Lang == "en" {
			return v.Seg
		}
	}
	return ""
}

func units(t *testing.T, file string) []unit {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Units []unit `xml:"body>tu"`
	}
	if err := xml.Unmarshal(data, &doc); err != nil || len(doc.Units) == 0 {
		t.Fatalf("%s: %d units, %v", file, len(doc.Units), err)
	}
	return doc.Units
}

func TestClean(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ source, reply, want string }{
		{"Aid", "\uFEFF\u200Bمساعدات\u200F ", "مساعدات"},
		{" Aid\n", "مساعدات", " مساعدات\n"},
		{"Aid came", "وصلت\nالمساعدات", "وصلت المساعدات"},
		{"Aid\ncame", "وصلت\nالمساعدات", "وصلت\nالمساعدات"},
		{"a\u200Fb", "\u200Fب", "\u200Fب"},
		{"Aid", "\u202Eمساعدات", "\u202Eمساعدات"}, // for the contract to refuse
	} {
		if got := engine.Clean(c.source, c.reply); got != c.want {
			t.Errorf("Clean(%q, %q) = %q, want %q", c.source, c.reply, got, c.want)
		}
	}
}

func TestScriptOf(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string]string{
		"ar": "Arab", "ckb": "Arab", "kmr": "Latn", "ku-Arab": "Arab", "ru": "Cyrl", "fr": "Latn", "tr": "Latn",
		"uk": "Cyrl", "zh-Hant": "Hant", "sr-Latn": "Latn", "not a tag": "",
	} {
		if got := engine.ScriptOf(tag); got != want {
			t.Errorf("%s: %q, want %q", tag, got, want)
		}
	}
}

func FuzzContract(f *testing.F) {
	f.Add("The ⟦1⟧Coalition⟦/1⟧ met 3 times.", "اجتمع ⟦1⟧الائتلاف⟦/1⟧ 3 مرات.", "ar")
	f.Add("3 p.m.", "<b>", "zz")
	f.Fuzz(func(t *testing.T, source, reply, target string) {
		reply = engine.Clean(source, reply)
		if engine.Contract(engine.Segment{Text: source}, reply, target) == nil && content.CheckCodes(source, reply) != nil {
			t.Fatalf("codes damaged: %q %q", source, reply)
		}
		for _, v := range engine.Contract(engine.Segment{Text: source}, source, "xx") {
			if v.Rule == engine.RuleNumbers || v.Rule == engine.RuleMarkup || v.Rule == engine.RuleSentences {
				t.Fatalf("the source does not keep itself: %q %v", source, v)
			}
		}
	})
}

func BenchmarkContract(b *testing.B) {
	s := engine.Segment{Text: "The ⟦1⟧Coalition⟦/1⟧ met 25,000 families on 05 February 2018 in the north of Aleppo."}
	for b.Loop() {
		engine.Contract(s, "التقى ⟦1⟧الائتلاف⟦/1⟧ بـ ٢٥٬٠٠٠ عائلة في ٥ شباط ٢٠١٨ في شمال حلب.", "ar")
	}
}
