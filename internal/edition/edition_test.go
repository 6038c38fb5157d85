package edition_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dragoman/content"
	"dragoman/internal/edition"
)

func TestTheTableOfStates(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		from edition.State
		ev   edition.Event
		to   edition.State // "" for a refusal
	}{
		{edition.Drafting, edition.Drafted, edition.InReview},
		{edition.Revising, edition.Drafted, edition.Revising},
		{edition.InReview, edition.Approve, edition.Approved},
		{edition.Approved, edition.Publish, edition.Published},
		{edition.Scheduled, edition.Publish, edition.Published},
		{edition.Published, edition.Revise, edition.Revising},
		{edition.Failed, edition.Retry, edition.Drafting},
		{edition.Failed, edition.Again, edition.Approved},
		{edition.Withdrawn, edition.Revise, edition.Withdrawn},
		{edition.InReview, edition.Publish, ""},
		{edition.Drafting, edition.Approve, ""},
		{edition.Withdrawn, edition.Publish, ""},
		{edition.Published, edition.Fail, ""},
	} {
		got, err := tc.from.After(tc.ev)
		var te *edition.TransitionError
		switch {
		case tc.to == "" && !errors.As(err, &te):
			t.Errorf("%s + %s gives %s, want a refusal", tc.from, tc.ev, got)
		case tc.to != "" && (err != nil || got != tc.to):
			t.Errorf("%s + %s gives %s, %v; want %s", tc.from, tc.ev, got, err, tc.to)
		}
	}
}

// TestNothingUnapprovedCanBePublished follows every path of events: before
// any that ends in Published there was an Approve after the last change.
func TestNothingUnapprovedCanBePublished(t *testing.T) {
	t.Parallel()
	events := []edition.Event{edition.Drafted, edition.Approve, edition.Schedule, edition.Publish, edition.Reopen, edition.Revise, edition.Fail, edition.Retry, edition.Withdraw}
	type at struct {
		s        edition.State
		approved bool
	}
	seen := map[at]bool{}
	var walk func(at)
	walk = func(a at) {
		if seen[a] {
			return
		}
		seen[a] = true
		for _, ev := range events {
			next, err := a.s.After(ev)
			if err != nil {
				continue
			}
			b := at{next, a.approved}
			switch ev {
			case edition.Approve:
				b.approved = true
			case edition.Reopen, edition.Revise, edition.Retry:
				b.approved = false
			}
			if next == edition.Published && !b.approved {
				t.Errorf("%s + %s publishes what nobody approved", a.s, ev)
			}
			walk(b)
		}
	}
	walk(at{edition.Drafting, false})
}

func units(texts []string) []edition.AlignUnit {
	var us []edition.AlignUnit
	for _, s := range texts {
		us = append(us, edition.AlignUnit{Exact: content.ExactHash(s), Norm: content.NormalisedHash(s), Text: s})
	}
	return us
}

// TestAlign runs the cases of testdata/align.txt: old sentences, new ones,
// and what links them.
func TestAlign(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/align.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range strings.Split(string(data), "\n\n") {
		if strings.HasPrefix(strings.TrimSpace(block), "//") || strings.TrimSpace(block) == "" {
			continue
		}
		var name string
		var old, new, want []string
		for _, line := range strings.Split(strings.TrimSpace(block), "\n") {
			key, rest, _ := strings.Cut(line, " ")
			switch key {
			case "case":
				name = rest
			case "-":
				old = append(old, rest)
			case "+":
				text, link, _ := strings.Cut(rest, " => ")
				new, want = append(new, text), append(want, link)
			default:
				t.Fatalf("%s: line %q is neither a case, an old (-) nor a new (+) sentence", name, line)
			}
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			links, _ := edition.Align(units(old), units(new))
			var got []string
			for _, l := range links {
				s := string(l.Kind)
				for _, j := range l.Old {
					s += fmt.Sprintf(" %d", j+1)
				}
				got = append(got, s)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func FuzzAlign(f *testing.F) {
	f.Add("a b c.d e f.g h", "d e f.a b c.x y")
	f.Add("a b.a b.c d", "a b.c d.a b.a b")
	f.Fuzz(func(t *testing.T, a, b string) {
		old, new := strings.Split(a, "."), strings.Split(b, ".")
		if len(old)+len(new) > 60 {
			return
		}
		links, gone := edition.Align(units(old), units(new))
		if len(links) != len(new) {
			t.Fatalf("%d links for %d segments", len(links), len(new))
		}
		homes := map[int]int{}
		for i, l := range links {
			for _, j := range l.Old {
				if j < 0 || j >= len(old) {
					t.Fatalf("link %d to %d", i, j)
				}
				if l.Kind == edition.Same || l.Kind == edition.Near || l.Kind == edition.Folded || l.Kind == edition.Merged {
					homes[j]++
				}
				if l.Kind == edition.Same && old[j] != new[i] {
					t.Fatalf("%q is not the same as %q", new[i], old[j])
				}
			}
		}
		for j, n := range homes {
			if n > 1 {
				t.Fatalf("old segment %d went to %d places", j, n)
			}
		}
		for _, j := range gone {
			if homes[j] > 0 {
				t.Fatalf("old segment %d is gone and has a place", j)
			}
		}
	})
}

func TestDiff(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ a, b, want string }{
		{"one two three", "one 2 three", "one [-two-]{+2+} three"},
		{"same", "same", "same"},
		{"", "new text", "{+new text+}"},
		{"قتل ستة مدنيين", "قتل ثلاثة مدنيين", "قتل [-ستة-]{+ثلاثة+} مدنيين"},
		{"the ⟦1⟧bold⟦/1⟧ word", "the bold word", "the [-⟦1⟧-]bold[-⟦/1⟧-] word"},
		{"a b c", "c", "[-a b -]c"},
	} {
		var got strings.Builder
		for _, p := range edition.Diff(tc.a, tc.b) {
			switch p.Op {
			case edition.Delete:
				got.WriteString("[-" + p.Text + "-]")
			case edition.Insert:
				got.WriteString("{+" + p.Text + "+}")
			default:
				got.WriteString(p.Text)
			}
		}
		if got.String() != tc.want {
			t.Errorf("%q to %q\n got %s\nwant %s", tc.a, tc.b, got.String(), tc.want)
		}
	}
}

// FuzzDiff checks that the pieces give both texts back.
func FuzzDiff(f *testing.F) {
	f.Add("one two three", "two ⟦1⟧three⟦/1⟧ four")
	f.Add("⟦⟦x", "⟦")
	f.Fuzz(func(t *testing.T, a, b string) {
		var before, after strings.Builder
		for _, p := range edition.Diff(a, b) {
			if p.Op != edition.Insert {
				before.WriteString(p.Text)
			}
			if p.Op != edition.Delete {
				after.WriteString(p.Text)
			}
		}
		if before.String() != a || after.String() != b {
			t.Errorf("%q %q gave %q %q", a, b, before.String(), after.String())
		}
	})
}
