package check_test

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"dragoman/content"
	"dragoman/internal/check"
	"dragoman/internal/edition"
	"dragoman/locales"
)

// testCase is one case of a golden file; see testdata/README.txt.
type testCase struct {
	name  string // file:line
	title string
	in    check.Input
	want  []string // rule ids, sorted, doubles kept once
	fixed string   // "" where it is not said
}

var escaped = regexp.MustCompile(`\\u([0-9A-Fa-f]{4})`)

// unescape turns \u200B into the character it stands for, \n into a line
// break.
func unescape(s string) string {
	s = escaped.ReplaceAllStringFunc(s, func(e string) string {
		n, err := strconv.ParseInt(strings.TrimPrefix(e, `\u`), 16, 32)
		if err != nil {
			return e
		}
		return string(rune(n))
	})
	return strings.ReplaceAll(s, `\n`, "\n")
}

func readCases(t testing.TB) []testCase {
	t.Helper()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no golden files", err)
	}
	var all []testCase
	for _, name := range files {
		if filepath.Base(name) == "README.txt" {
			continue
		}
		all = append(all, readFile(t, name)...)
	}
	return all
}

func readFile(t testing.TB, name string) []testCase {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var cases []testCase
	s := bufio.NewScanner(f)
	for line := 1; s.Scan(); line++ {
		text := s.Text()
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		mark, rest, _ := strings.Cut(text, " ")
		if mark == "==" {
			tag, title, _ := strings.Cut(rest, " ")
			p, err := locales.Get(tag)
			if err != nil {
				t.Fatalf("%s:%d: %v", name, line, err)
			}
			cases = append(cases, testCase{name: fmt.Sprintf("%s:%d", filepath.Base(name), line), title: title, in: check.Input{Locale: p}})
			continue
		}
		if len(cases) == 0 {
			t.Fatalf("%s:%d: a case begins with ==", name, line)
		}
		c := &cases[len(cases)-1]
		switch mark {
		case "<":
			c.in.Source = unescape(rest)
		case ">":
			c.in.Target = unescape(rest)
		case "!":
			c.want = strings.Fields(rest)
			slices.Sort(c.want)
		case "~":
			c.fixed = unescape(rest)
		case "kind":
			c.in.Kind = content.UnitKind(rest)
		case "keep":
			c.in.Keep = strings.Split(rest, ", ")
		case "limit":
			c.in.Limit, _ = strconv.Atoi(rest)
		case "joined":
			c.in.Joined = true
		case "left-out":
			c.in.LeftOut = true
		default:
			t.Fatalf("%s:%d: %q: unknown mark", name, line, mark)
		}
	}
	return cases
}

func ids(findings []edition.Finding) []string {
	var out []string
	for _, f := range findings {
		out = append(out, f.Rule)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func TestGolden(t *testing.T) {
	t.Parallel()
	cases := readCases(t)
	clean := 0
	for _, c := range cases {
		if len(c.want) == 0 {
			clean++
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			found := check.Run(c.in)
			if got := ids(found); !slices.Equal(got, slices.Compact(c.want)) {
				t.Errorf("%s\n< %s\n> %s\n got %v\nwant %v\n%s", c.title, c.in.Source, c.in.Target, got, c.want, describe(found))
			}
			if c.fixed != "" {
				if got := settle(c.in, found); got != c.fixed {
					t.Errorf("%s\n> %s\nfixed %q\n want %q", c.title, c.in.Target, got, c.fixed)
				}
			}
		})
	}
	if len(cases) < 150 || clean*2 < len(cases) {
		t.Errorf("%d cases, %d of them clean; there must be 150, half of them clean", len(cases), clean)
	}
}

// settle applies the fixes until none is left.
func settle(in check.Input, found []edition.Finding) string {
	for range 4 {
		fixed := check.Fixed(in.Target, found)
		if fixed == in.Target {
			break
		}
		in.Target = fixed
		found = check.Run(in)
	}
	return in.Target
}

func describe(found []edition.Finding) string {
	en := locales.NewLocalizer("en")
	var b strings.Builder
	for _, f := range found {
		fmt.Fprintf(&b, "  %s %s [%d:%d] %s\n", f.Severity, f.Rule, f.Start, f.End, en.Finding(f.Rule, f.Args))
	}
	return b.String()
}

// Each finding is sound: its rule is listed, its offsets lie in the texts and
// on characters, its message is complete in every catalogue, its fix keeps
// the codes, and a fixed text has no fix left.
func TestFindingsAreSound(t *testing.T) {
	t.Parallel()
	rules := make(map[string]check.Rule)
	for _, r := range check.Rules() {
		rules[r.ID] = r
	}
	for _, c := range readCases(t) {
		found := check.Run(c.in)
		for _, f := range found {
			r, ok := rules[f.Rule]
			if !ok {
				t.Fatalf("%s: %s is no rule", c.name, f.Rule)
			}
			sound(t, c, f, r)
		}
		last := c.in
		last.Target = settle(c.in, found)
		for _, f := range check.Run(last) {
			if f.Fix != nil {
				t.Errorf("%s: %s still has a fix in %q", c.name, f.Rule, last.Target)
			}
		}
	}
}

func sound(t *testing.T, c testCase, f edition.Finding, r check.Rule) {
	t.Helper()
	for _, at := range []struct {
		text string
		i    int
	}{{c.in.Target, f.Start}, {c.in.Target, f.End}, {c.in.Source, f.SourceStart}, {c.in.Source, f.SourceEnd}} {
		if at.i < 0 || at.i > len(at.text) || at.i < len(at.text) && at.text[at.i]&0xC0 == 0x80 {
			t.Errorf("%s: %s: offset %d is not in the text or within a character", c.name, f.Rule, at.i)
		}
	}
	if f.End < f.Start || f.SourceEnd < f.SourceStart {
		t.Errorf("%s: %s: ends before it starts", c.name, f.Rule)
	}
	if f.Fix != nil {
		if !r.Fixes {
			t.Errorf("%s: %s has a fix, the list of rules says it never does", c.name, f.Rule)
		}
		fixed := check.Fixed(c.in.Target, []edition.Finding{f})
		if got, want := len(content.CheckCodes(c.in.Source, fixed)), len(content.CheckCodes(c.in.Source, c.in.Target)); got > want {
			t.Errorf("%s: the fix of %s breaks a code: %q", c.name, f.Rule, fixed)
		}
	}
	for _, a := range r.Args {
		if _, ok := f.Args[a]; !ok {
			t.Errorf("%s: %s has no value for %s", c.name, f.Rule, a)
		}
	}
	for _, tag := range locales.DeskCatalogues() {
		if text := locales.NewLocalizer(tag).Finding(f.Rule, f.Args); strings.Contains(text, "<no value>") || strings.HasPrefix(text, "[") {
			t.Errorf("%s: %s in %s: %q", c.name, f.Rule, tag, text)
		}
	}
}

// Every rule has its message in every catalogue, filled by its own values,
// and a golden case that shows it.
func TestRulesAreWhole(t *testing.T) {
	t.Parallel()
	shown := make(map[string]bool)
	for _, c := range readCases(t) {
		for _, id := range c.want {
			shown[id] = true
		}
	}
	seen := make(map[string]bool)
	for _, r := range check.Rules() {
		if seen[r.ID] {
			t.Errorf("%s is listed twice", r.ID)
		}
		seen[r.ID] = true
		if !shown[r.ID] && !r.Document {
			t.Errorf("%s: no golden case shows it", r.ID)
		}
		args := make(map[string]string)
		for _, a := range r.Args {
			args[a] = "‹" + a + "›"
		}
		for _, tag := range locales.DeskCatalogues() {
			text := locales.NewLocalizer(tag).Finding(r.ID, args)
			if strings.HasPrefix(text, "[") || strings.Contains(text, "<no value>") {
				t.Errorf("%s: message in %s: %q", r.ID, tag, text)
			}
			for _, a := range r.Args {
				if !strings.Contains(text, args[a]) {
					t.Errorf("%s: the message in %s does not say %s: %q", r.ID, tag, a, text)
				}
			}
		}
	}
}
