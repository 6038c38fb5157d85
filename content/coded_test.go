package content

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTokens(t *testing.T) {
	t.Parallel()
	tests := []struct {
		coded string
		want  []Token
	}{
		{"", nil},
		{"plain", []Token{{Text, 0, 0, 5, "plain"}}},
		{"a ⟦1⟧b⟦/1⟧", []Token{{Text, 0, 0, 2, "a "}, {Open, 1, 2, 9, "⟦1⟧"}, {Text, 0, 9, 10, "b"}, {Close, 1, 10, 18, "⟦/1⟧"}}},
		{"⟦12/⟧", []Token{{Single, 12, 0, 9, "⟦12/⟧"}}},
		{"x⟦⟦1⟧", []Token{{Text, 0, 0, 11, "x⟦1⟧"}}},
		{"⟦", []Token{{Text, 0, 0, 3, "⟦"}}},
		{"⟦⟦⟦1⟧", []Token{{Text, 0, 0, 6, "⟦"}, {Open, 1, 6, 13, "⟦1⟧"}}},
		{"⟦0⟧⟦01⟧⟦/⟧⟦a⟧⟦1 ⟧", []Token{{Text, 0, 0, 37, "⟦0⟧⟦01⟧⟦/⟧⟦a⟧⟦1 ⟧"}}},
		{"⟦/1/⟧", []Token{{Text, 0, 0, 9, "⟦/1/⟧"}}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, Tokens(tt.coded)); diff != "" {
			t.Errorf("Tokens(%q) (-want +got):\n%s", tt.coded, diff)
		}
	}
}

func TestEscapePlain(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "a", "⟦", "⟦1⟧", "⟦⟦", "x ⟦/1⟧ y ⟦2/⟧", "⟧", "⟦⟦⟦"} {
		if got := Plain(Escape(s)); got != s {
			t.Errorf("Plain(Escape(%q)) = %q", s, got)
		}
	}
	if got, want := Plain("The ⟦1⟧Syrian⟦/1⟧ Coalition⟦2/⟧"), "The Syrian Coalition"; got != want {
		t.Errorf("Plain = %q, want %q", got, want)
	}
}

func TestCheckCodes(t *testing.T) {
	t.Parallel()
	tests := []struct{ source, target, want string }{
		{"a", "b", ""},
		{"⟦1⟧a⟦/1⟧ ⟦2/⟧", "⟦2/⟧ ⟦1⟧b⟦/1⟧", ""},
		{"⟦1⟧a⟦/1⟧", "b", "missing⟦1⟧ missing⟦/1⟧"},
		{"a", "⟦1⟧b⟦/1⟧", "extra⟦1⟧ extra⟦/1⟧"},
		{"⟦1/⟧", "⟦1/⟧⟦1/⟧", "doubled⟦1/⟧"},
		{"⟦1⟧a⟦/1⟧", "⟦/1⟧b⟦1⟧", "order⟦/1⟧"},
		{"⟦1⟧a⟦/1⟧⟦2⟧b⟦/2⟧", "⟦1⟧a⟦2⟧b⟦/1⟧c⟦/2⟧", "unnested⟦/1⟧"},
		{"a⟦/1⟧ b", "c⟦/1⟧", ""},
		{"⟦1⟧a", "⟦1⟧b", ""},
		{"a", "⟦⟦1⟧", ""},
	}
	for _, tt := range tests {
		var got []string
		for _, p := range CheckCodes(tt.source, tt.target) {
			got = append(got, p.Kind+p.Token.Text)
		}
		if g := strings.Join(got, " "); g != tt.want {
			t.Errorf("CheckCodes(%q, %q) = %s, want %s", tt.source, tt.target, g, tt.want)
		}
	}
}

func FuzzTokens(f *testing.F) {
	for _, s := range []string{"a ⟦1⟧b⟦/1⟧", "⟦⟦⟦1/⟧", "⟦/⟧⟦999999999⟧"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		at := 0
		for _, tok := range Tokens(s) {
			if tok.Start != at || tok.End <= tok.Start {
				t.Fatalf("token %+v does not begin at %d", tok, at)
			}
			at = tok.End
		}
		if at != len(s) {
			t.Fatalf("tokens end at %d of %d", at, len(s))
		}
		if got := Plain(Escape(s)); got != s {
			t.Fatalf("Plain(Escape(%q)) = %q", s, got)
		}
	})
}
