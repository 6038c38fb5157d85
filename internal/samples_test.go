package internal_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dragoman/content"
	starter "dragoman/content/memory"
	"dragoman/glossary"
	"dragoman/glossary/terms"
	"dragoman/internal/check"
	"dragoman/internal/edition"
	"dragoman/internal/interchange"
	"dragoman/internal/memory"
	"dragoman/locales"
)

// pair is a unit of the starter memory in one language.
type pair struct{ id, locale, source, target string }

// starterPairs reads every TMX file of the starter memory.
func starterPairs(t *testing.T) map[string][]pair {
	t.Helper()
	names, err := fs.Glob(starter.FS(), "*.tmx")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]pair{}
	for _, name := range names {
		f, err := starter.FS().Open(name)
		if err != nil {
			t.Fatal(err)
		}
		report, err := interchange.ReadTMX(f, interchange.TMXOptions{Source: "en"}, func(u interchange.Unit) error {
			for _, v := range u.Targets {
				out[v.Lang] = append(out[v.Lang], pair{u.ID, v.Lang, u.Source.Text, v.Text})
			}
			return nil
		})
		f.Close()
		if err != nil || len(report.Problems) > 0 {
			t.Errorf("%s: %v %v", name, err, report.Problems)
		}
	}
	return out
}

func starterGlossary(t *testing.T) *glossary.Glossary {
	t.Helper()
	cs, err := glossary.Load(terms.FS())
	if err != nil {
		t.Fatal(err)
	}
	g, problems := glossary.Compile(cs, glossary.Options{})
	if g == nil {
		t.Fatal(problems)
	}
	return g
}

// reasons are the pairs that may break a rule, and why: "locale id rule reason".
func reasons(t *testing.T) map[string]string {
	t.Helper()
	data, err := os.ReadFile("testdata/memory-exceptions.txt")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, line := range strings.Split(string(data), "\n") {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.SplitN(line, " ", 4)
		if len(f) < 4 {
			t.Fatalf("exception %q has no reason", line)
		}
		out[strings.Join(f[:3], " ")] = f[3]
	}
	return out
}

// TestStarterMemoryPasses holds every pair of the starter memory against the
// quality rules and the glossary.
func TestStarterMemoryPasses(t *testing.T) {
	t.Parallel()
	g, why, used := starterGlossary(t), reasons(t), map[string]bool{}
	all := starterPairs(t)
	for _, loc := range []string{"ar", "fr", "tr", "es", "ru"} {
		if n := len(all[loc]); n < 200 {
			t.Errorf("the starter memory has %d pairs in %s, want at least 200", n, loc)
		}
		profile, err := locales.Get(loc)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range all[loc] {
			for _, rule := range broken(g, profile, p) {
				key := loc + " " + p.id + " " + rule
				if used[key] = true; why[key] == "" {
					t.Errorf("%s %s: %s\n\t%s\n\t%s", loc, p.id, rule, p.source, p.target)
				}
			}
		}
	}
	for key := range why {
		if !used[key] {
			t.Errorf("the exception %q is needed no more", key)
		}
	}
}

// broken are the rules that a pair breaks. A sentence stands alone here, so
// what only a document licenses is not asked for.
func broken(g *glossary.Glossary, l *locales.Profile, p pair) []string {
	var rules []string
	for _, f := range check.Run(check.Input{Locale: l, Source: p.source, Target: p.target}) {
		if f.Severity != edition.Info {
			rules = append(rules, f.Rule)
		}
	}
	doc := g.NewDocument("", time.Time{})
	occ := g.License(doc, g.Find(nil, p.source), p.source)
	for _, v := range g.Verify(nil, p.locale, p.source, occ, p.target) {
		if v.Result == glossary.ResultFail || v.Result == glossary.ResultWarn {
			rules = append(rules, fmt.Sprintf("term.%s:%s", v.Reason, v.ID))
		}
	}
	return rules
}

// TestStarterMemoryDoesNotContradictItself: one source, one translation.
func TestStarterMemoryDoesNotContradictItself(t *testing.T) {
	t.Parallel()
	for loc, pairs := range starterPairs(t) {
		said := map[content.Hash]pair{}
		for _, p := range pairs {
			h := content.NormalisedHash(p.source)
			if q, ok := said[h]; ok && q.target != p.target {
				t.Errorf("%s: %s and %s translate %q differently", loc, q.id, p.id, p.source)
			}
			said[h] = p
		}
	}
}

// samples reads the sample releases.
func samples(t *testing.T, dir string) map[string]*content.Document {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]*content.Document{}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		docs, err := content.Load(data, content.Options{Path: path})
		if err != nil || len(docs) != 1 {
			t.Fatalf("%s: %d releases, %v", path, len(docs), err)
		}
		out[e.Name()] = docs[0]
	}
	return out
}

// TestSamplesMeetTheMemoryAsAnArchiveWould: some sentences were said before,
// most were not.
func TestSamplesMeetTheMemoryAsAnArchiveWould(t *testing.T) {
	t.Parallel()
	docs := samples(t, "../content/en")
	if len(docs) < 12 {
		t.Errorf("%d samples, want 12", len(docs))
	}
	ix := memory.NewIndex(memory.Options{Names: starterGlossary(t)})
	for _, p := range starterPairs(t)["ar"] {
		if err := ix.Add(memory.Entry{ID: int64(ix.Len() + 1), Locale: "ar", Source: p.source, Target: p.target}); err != nil {
			t.Fatal(err)
		}
	}
	kinds := map[edition.OriginKind]int{}
	total := 0
	for _, d := range docs {
		for _, s := range d.Segments() {
			total++
			if ms := ix.Lookup(memory.Query{Locale: "ar", Text: s.Text, Limit: 1}); len(ms) > 0 {
				kinds[ms[0].Kind]++
			}
		}
	}
	exact := kinds[edition.FromExact] + kinds[edition.FromNormalised] + kinds[edition.FromContext]
	t.Logf("%d segments: %v", total, kinds)
	if 4*exact >= total {
		t.Errorf("%d of %d segments are exact; the memory is to be of other events", exact, total)
	}
	if exact == 0 || kinds[edition.FromRepaired] == 0 || kinds[edition.FromFuzzy] == 0 {
		t.Errorf("not every origin is seen: %v", kinds)
	}
}

// TestReferencesFollowTheirSamples: a reference has the same segments as its
// sample, breaks no rule, and names what the glossary names.
func TestReferencesFollowTheirSamples(t *testing.T) {
	t.Parallel()
	g := starterGlossary(t)
	ar, err := locales.Get("ar")
	if err != nil {
		t.Fatal(err)
	}
	english := samples(t, "../content/en")
	refs := samples(t, "../content/reference/ar")
	if len(refs) < 4 {
		t.Errorf("%d references, want 4", len(refs))
	}
	why := reasons(t)
	for name, ref := range refs {
		src, ok := english[name]
		if !ok {
			t.Errorf("%s has no sample", name)
			continue
		}
		a, b := src.Segments(), ref.Segments()
		if len(a) != len(b) {
			t.Errorf("%s: %d segments in English, %d in the reference", name, len(a), len(b))
			continue
		}
		doc := g.NewDocument(src.Meta.Source, src.Meta.Date)
		for i := range a {
			p := pair{fmt.Sprintf("%s:%d", name, i+1), "ar", a[i].Text, b[i].Text}
			var rules []string
			for _, f := range check.Run(check.Input{Locale: ar, Source: p.source, Target: p.target}) {
				if f.Severity == edition.Error {
					rules = append(rules, f.Rule)
				}
			}
			occ := g.License(doc, g.Find(nil, p.source), p.source)
			for _, v := range g.Verify(nil, "ar", p.source, occ, p.target) {
				if v.Result == glossary.ResultFail {
					rules = append(rules, fmt.Sprintf("term.%s:%s", v.Reason, v.ID))
				}
			}
			for _, rule := range rules {
				if why["ar "+p.id+" "+rule] == "" {
					t.Errorf("%s: %s\n\t%s\n\t%s", p.id, rule, p.source, p.target)
				}
			}
		}
	}
}
