package edition_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"dragoman/glossary"
	"dragoman/internal/edition"
)

// TestPlanTarget runs testdata/plans.txt, which says how to read and extend it.
func TestPlanTarget(t *testing.T) {
	t.Parallel()
	for _, c := range readPlans(t, "testdata/plans.txt") {
		t.Run(fmt.Sprintf("line%d_%s", c.line, c.locale), func(t *testing.T) {
			t.Parallel()
			c.run(t)
		})
	}
}

// planCase is a block of testdata/plans.txt.
type planCase struct {
	line                 int
	name, locale         string
	old, fresh           []glossary.Concept
	source, target, text string
	machine, person, why string
	group                string
	origin               edition.OriginKind
}

func (c *planCase) run(t *testing.T) {
	old, fresh := planGlossary(t, c.old), planGlossary(t, c.fresh)
	p := edition.NewPlanner(old, fresh, edition.EditsOf(c.old, c.fresh), nil)
	for _, byPerson := range []bool{false, true} {
		want := c.machine
		if byPerson {
			want = c.person
		}
		if want == "" {
			continue
		}
		a := &edition.Affected{
			Target: 1, Locale: c.locale, Source: c.source, ByPerson: byPerson, EditionState: edition.InReview,
			Standing: edition.Version{ID: 1, Text: c.target, Origin: edition.Origin{Kind: c.origin}},
			Occ:      fresh.License(nil, fresh.Find(nil, c.source), c.source),
			Was:      old.License(nil, old.Find(nil, c.source), c.source),
		}
		got := p.PlanTarget(a)
		if string(got.Action) != want || got.Why != c.why && c.why != "*" {
			t.Errorf("%s (line %d), by a person %v: %s, why %q; want %s, why %q\n%+v", c.name, c.line, byPerson, got.Action, got.Why, want, c.why, got)
			continue
		}
		if (got.Action == edition.ActSwap || got.Action == edition.ActPropose) && got.Text != c.text {
			t.Errorf("%s (line %d): text\n got %s\nwant %s", c.name, c.line, got.Text, c.text)
		}
		if c.group != "" && got.Group != c.group {
			t.Errorf("%s (line %d): group %q, want %q", c.name, c.line, got.Group, c.group)
		}
	}
}

func planGlossary(t *testing.T, cs []glossary.Concept) *glossary.Glossary {
	t.Helper()
	g, problems := glossary.Compile(cs, glossary.Options{})
	if g == nil {
		t.Fatal(problems)
	}
	return g
}

// readPlans reads the blocks of a file.
func readPlans(t *testing.T, path string) []*planCase {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out []*planCase
	var c *planCase
	for n, line := range strings.Split(string(data), "\n") {
		line = strings.TrimRight(line, " ")
		if line == "" {
			c = nil
			continue
		}
		if strings.HasPrefix(line, "#") {
			continue
		}
		key, value, ok := strings.Cut(line, ":")
		if !ok {
			t.Fatalf("%s:%d: no key: %s", path, n+1, line)
		}
		if c == nil {
			c = &planCase{line: n + 1, origin: edition.FromEngine}
			out = append(out, c)
		}
		if err := c.set(key, strings.TrimSpace(value)); err != nil {
			t.Fatalf("%s:%d: %v", path, n+1, err)
		}
	}
	return out
}

func (c *planCase) set(key, value string) error {
	switch key {
	case "case":
		c.name = value
	case "locale":
		c.locale = value
	case "old", "new", "both":
		concept, err := planConcept(c.locale, value)
		if err != nil {
			return err
		}
		if key != "new" {
			c.old = append(c.old, concept)
		}
		if key != "old" {
			c.fresh = append(c.fresh, concept)
		}
	case "source":
		c.source = value
	case "target", "before":
		c.target = value
	case "machine":
		c.machine = value
	case "person":
		c.person = value
	case "text", "after":
		c.text = value
	case "why", "learn":
		c.why = value
	case "group":
		c.group = value
	case "origin":
		c.origin = edition.OriginKind(value)
	default:
		return fmt.Errorf("there is no key %q", key)
	}
	return nil
}

// planConcept reads "loc.sarqib LOC Sarqib|Saraqib = سراقب; forbidden سرقب".
func planConcept(locale, line string) (glossary.Concept, error) {
	f := strings.SplitN(line, " ", 3)
	if len(f) < 3 {
		return glossary.Concept{}, fmt.Errorf("a concept needs id, kind and names: %s", line)
	}
	names, terms, _ := strings.Cut(f[2], "=")
	en := strings.Split(strings.TrimSpace(names), "|")
	c := glossary.Concept{ID: f[0], Kind: glossary.Kind(f[1]), Source: en[0], Variants: en[1:]}
	c.Rule.CaseSensitive = c.Kind.Proper()
	var ts glossary.Terms
	for i, part := range strings.Split(terms, ";") {
		part = strings.TrimSpace(part)
		class, list := "preferred", part
		if i > 0 {
			class, list, _ = strings.Cut(part, " ")
		}
		var parsed []glossary.Term
		for _, text := range strings.Split(list, "|") {
			if text = strings.TrimSpace(text); text != "" {
				parsed = append(parsed, glossary.Term{Text: text})
			}
		}
		switch class {
		case "preferred":
			ts.Preferred = parsed
		case "accepted":
			ts.Accepted = parsed
		case "derived":
			ts.Derived = parsed
		case "forbidden":
			ts.Forbidden = parsed
		case "replaced-by":
			c.ReplacedBy = list
		default:
			return c, fmt.Errorf("there is no class %q", class)
		}
	}
	if !slices.ContainsFunc([][]glossary.Term{ts.Preferred, ts.Accepted, ts.Derived, ts.Forbidden}, func(l []glossary.Term) bool { return len(l) > 0 }) {
		return c, nil
	}
	c.Targets = map[string]glossary.Terms{locale: ts}
	return c, nil
}
