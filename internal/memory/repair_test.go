package memory

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dragoman/content"
	"dragoman/internal/edition"
	"dragoman/locales"
)

// repairCase is a case of testdata/repair_*.txt.
type repairCase struct {
	line                          int
	source, target, query, expect string
}

func readRepairs(t *testing.T, name string) []repairCase {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []repairCase
	s := bufio.NewScanner(f)
	for n := 1; s.Scan(); n++ {
		key, text, ok := strings.Cut(s.Text(), ":")
		if !ok || strings.HasPrefix(key, "#") {
			continue
		}
		text = strings.TrimSpace(text)
		switch key {
		case "source":
			out = append(out, repairCase{line: n, source: text})
		case "target":
			out[len(out)-1].target = text
		case "query":
			out[len(out)-1].query = text
		case "expect":
			out[len(out)-1].expect = text
		default:
			t.Fatalf("%s:%d: unknown line %q", name, n, s.Text())
		}
	}
	return out
}

func TestRepair(t *testing.T) {
	t.Parallel()
	names := starterNames(t)
	files, err := filepath.Glob("testdata/repair_*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, f := range files {
		locale := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(f), "repair_"), ".txt")
		t.Run(locale, func(t *testing.T) {
			t.Parallel()
			for _, c := range readRepairs(t, f) {
				if d := c.check(names, locale); d != "" {
					t.Errorf("%s:%d: %s", f, c.line, d)
				}
			}
		})
	}
}

func (c repairCase) check(names Names, locale string) string {
	got, swaps, err := repaired(names, locale, c.source, c.target, c.query)
	reason, none := strings.CutPrefix(c.expect, "none:")
	reason = strings.TrimSpace(reason)
	switch {
	case none && err == nil:
		return fmt.Sprintf("%s\n\trepaired to %s\n\twant none: %s", c.query, got, reason)
	case none && !strings.Contains(err.Error(), reason):
		return fmt.Sprintf("%s\n\tnone: %v\n\twant none: %s", c.query, err, reason)
	case !none && err != nil:
		return fmt.Sprintf("%s\n\tnone: %v\n\twant %s", c.query, err, c.expect)
	case !none && got != c.expect:
		return fmt.Sprintf("%s\n\tgot  %s\n\twant %s", c.query, got, c.expect)
	case !none && len(swaps) == 0:
		return c.query + ": no swaps"
	}
	return ""
}

// TestRepairThereAndBack repairs each repaired target back to the entry's
// source: what comes of it, if anything, must be the entry's target but for
// the choice between words and figures.
func TestRepairThereAndBack(t *testing.T) {
	t.Parallel()
	names := starterNames(t)
	files, _ := filepath.Glob("testdata/repair_*.txt")
	for _, f := range files {
		locale := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(f), "repair_"), ".txt")
		for _, c := range readRepairs(t, f) {
			if strings.HasPrefix(c.expect, "none:") {
				continue
			}
			back, _, err := repaired(names, locale, c.query, c.expect, c.source)
			if err == nil && back != c.target && !strings.ContainsAny(c.source+c.query, "0123456789") {
				t.Errorf("%s:%d: back again it is\n\t%s\n\t%s", f, c.line, back, c.target)
			}
		}
	}
}

func TestLookupRepairs(t *testing.T) {
	t.Parallel()
	ix := NewIndex(Options{Names: starterNames(t), Penalties: map[string]int{"import": 10}})
	must(t, ix.AddAll([]Entry{
		{ID: 1, Locale: "ar", Source: "The attack killed six civilians in Kafranbel.", Target: "أدى الهجوم إلى مقتل ستة مدنيين في كفرنبل."},
		{ID: 2, Locale: "ar", Source: "The attack killed six people in Kafranbel.", Target: "أدى الهجوم إلى مقتل ستة أشخاص في كفرنبل."},
		{ID: 3, Locale: "ar", Source: "The attack killed two civilians in Kafranbel.", Target: "أدى الهجوم إلى مقتل مدنيين في كفرنبل."},
		{ID: 4, Locale: "ar", Source: "Aleppo", Target: "حلب"},
		{ID: 5, Locale: "xx", Source: "The attack killed six civilians in Kafranbel.", Target: "…"},
	}))
	ms := ix.Lookup(Query{Locale: "ar", Text: "The attack killed 12 civilians in Maasran."})
	if len(ms) != 3 || ms[0].Entry.ID != 1 || ms[0].Kind != "repaired" || ms[0].Score != 97 ||
		ms[0].Target != "أدى الهجوم إلى مقتل 12 مدنيًا في معصران." || len(ms[0].Swaps) != 2 {
		t.Fatalf("%+v", ms)
	}
	if ms[1].Entry.ID != 3 || ms[1].Kind != "fuzzy" || ms[1].NoRepair == "" {
		t.Errorf("second is %+v", ms[1])
	}
	if ms[2].Entry.ID != 2 || ms[2].Kind != "fuzzy" || ms[2].NoRepair != "" {
		t.Errorf("third is %+v", ms[2])
	}
	if o := ms[0].Origin(); o.Kind != "repaired" || o.Entry != 1 || len(o.Swaps) != 2 || o.Score != 97 {
		t.Errorf("origin is %+v", o)
	}
	if ms := ix.Lookup(Query{Locale: "ar", Text: "Homs"}); len(ms) != 1 || ms[0].Target != "حمص" {
		t.Errorf("a name alone: %+v", ms)
	}
	if ms := ix.Lookup(Query{Locale: "xx", Text: "The attack killed 12 civilians in Maasran."}); len(ms) != 1 || ms[0].Kind != "fuzzy" {
		t.Errorf("a locale without rules: %+v", ms)
	}
}

// FuzzRepair: no panic, and the codes of what comes out are those of the
// query.
func FuzzRepair(f *testing.F) {
	files, _ := filepath.Glob("testdata/repair_*.txt")
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		locale := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "repair_"), ".txt")
		for part := range strings.SplitSeq(string(data), "\n\n") {
			var v []string
			for line := range strings.SplitSeq(part, "\n") {
				if key, text, ok := strings.Cut(line, ":"); ok && (key == "source" || key == "target" || key == "query") {
					v = append(v, strings.TrimSpace(text))
				}
			}
			if len(v) == 3 {
				f.Add(locale, v[0], v[1], v[2])
			}
		}
	}
	names := newFakeNames()
	f.Fuzz(func(t *testing.T, locale, source, target, query string) {
		got, swaps, err := repaired(names, locale, source, target, query)
		if err != nil || len(swaps) == 0 {
			return
		}
		if ps := content.CheckCodes(query, got); len(ps) > len(content.CheckCodes(source, target)) {
			t.Errorf("codes of %q do not fit %q: %+v", got, query, ps)
		}
	})
}

// FuzzTokenise: tokens are in order, within the text, and no two overlap.
func FuzzTokenise(f *testing.F) {
	f.Add("Russian airstrikes killed six civilians in ⟦1⟧Kafranbel⟦/1⟧ on 5 May, U.S. officials said.")
	f.Add("⟦⟦1⟧ ⟦2/⟧ O’Neill's 1,200.5 ٣٫٥")
	names := newFakeNames()
	f.Fuzz(func(t *testing.T, text string) {
		last := 0
		for _, tok := range tokenise(nil, text, names) {
			if tok.start < last || tok.end <= tok.start || tok.end > len(text) {
				t.Fatalf("%q: token %+v after byte %d", text, tok, last)
			}
			last = tok.end
		}
	})
}

// repaired gives a target, which says source, the values of a query.
func repaired(names Names, locale, source, target, query string) (string, []edition.Swap, error) {
	profile, err := locales.Get(locale)
	if err != nil {
		return "", nil, err
	}
	return newSide(names, query).repair(locale, profile, source, target)
}
