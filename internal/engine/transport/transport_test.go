package transport

import (
	"errors"
	"strings"
	"testing"

	"dragoman/content"
	"dragoman/internal/engine/golden"
)

func check(t *testing.T, c map[string]string, got string, err error) {
	t.Helper()
	switch c["error"] {
	case "markup":
		if !errors.Is(err, ErrMarkup) {
			t.Errorf("line %s: %s\n got %q, %v\nwant mark-up refused", c["line"], c["reply"], got, err)
		}
	case "codes":
		if !errors.Is(err, ErrCodes) {
			t.Errorf("line %s: %s\n got %q, %v\nwant damaged codes refused", c["line"], c["reply"], got, err)
		}
	default:
		if err != nil || got != c["target"] {
			t.Errorf("line %s: %s\n got %q, %v\nwant %q", c["line"], c["reply"], got, err, c["target"])
		}
	}
}

func TestHTML(t *testing.T) {
	t.Parallel()
	for _, c := range golden.Cases(t, "testdata/html.txt") {
		if sent := HTML(c["source"]); c["sent"] != "" && sent != c["sent"] {
			t.Errorf("HTML(%q)\n got %q\nwant %q", c["source"], sent, c["sent"])
		}
		got, err := FromHTML(c["source"], c["reply"])
		check(t, c, got, err)
	}
}

func TestLetters(t *testing.T) {
	t.Parallel()
	for _, c := range golden.Cases(t, "testdata/letters.txt") {
		l, err := NewLetters(c["source"])
		if err != nil {
			t.Fatal(err)
		}
		if c["sent"] != "" && l.Text() != c["sent"] {
			t.Errorf("Text of %q\n got %q\nwant %q", c["source"], l.Text(), c["sent"])
		}
		got, err := l.From(c["reply"])
		check(t, c, got, err)
	}
}

func TestLettersRefusesWhatItCannotCarry(t *testing.T) {
	t.Parallel()
	if _, err := NewLetters(strings.Join(prefixes, " ")); !errors.Is(err, ErrCodes) {
		t.Errorf("text with every prefix: %v", err)
	}
	if _, err := NewLetters("⟦99999/⟧"); !errors.Is(err, ErrCodes) {
		t.Errorf("large id: %v", err)
	}
	l, err := NewLetters("zux ⟦1/⟧")
	if err != nil || strings.Contains(l.Text(), "Zux") {
		t.Errorf("a prefix that the text holds is used: %v", err)
	}
}

// wellFormed reports whether s can be a segment: every id once, whole or half.
func wellFormed(s string) bool {
	seen := map[[2]int]bool{}
	for _, tok := range content.Tokens(s) {
		k := [2]int{int(tok.Kind), tok.ID}
		if tok.Kind != content.Text && seen[k] {
			return false
		}
		seen[k] = true
	}
	return content.CheckCodes(s, s) == nil
}

// folded is s as HTML and line ends let it come back.
func folded(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	return join(pieces(strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")))
}

var seeds = []string{
	"", "plain", "The ⟦1⟧Coalition⟦/1⟧ met.", "⟦1⟧a⟦2⟧b⟦/2⟧⟦/1⟧ & <c> \"d\" ⟦3/⟧.",
	"half ⟦1⟧open", "close⟦/1⟧ half", "a ⟦⟦ b", "⟦1⟧ a ⟦/1⟧ ( ⟦2/⟧ )", "⟦1/⟧⟦2/⟧x", "&amp;lt; ]]> <!-- ",
	"⟦1⟧a⟦2⟧b⟦/1⟧c⟦/2⟧", "⟦1⟧⟦/1⟧",
}

func FuzzHTMLRoundTrip(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = folded(s)
		if !wellFormed(s) {
			t.Skip()
		}
		got, err := FromHTML(s, HTML(s))
		if err != nil || folded(got) != s {
			t.Fatalf("%q\nsent %q\n got %q, %v", s, HTML(s), got, err)
		}
	})
}

func FuzzLettersRoundTrip(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = folded(s)
		if !wellFormed(s) {
			t.Skip()
		}
		l, err := NewLetters(s)
		if err != nil {
			t.Skip()
		}
		got, err := l.From(l.Text())
		if err != nil || letterFold(got) != letterFold(s) {
			t.Fatalf("%q\nsent %q\n got %q, %v", s, l.Text(), got, err)
		}
	})
}

// letterFold takes out the spaces, of which a transport by words may keep one
// that was not there.
func letterFold(s string) string { return strings.ReplaceAll(s, " ", "") }

func FuzzReplies(f *testing.F) {
	for _, s := range seeds {
		f.Add(s, HTML(s))
	}
	f.Add("⟦1⟧a⟦/1⟧", `<span data-c="1">a`)
	f.Add("a", "<script>alert(1)</script>")
	f.Fuzz(func(t *testing.T, source, reply string) {
		got, err := FromHTML(source, reply)
		if err == nil && content.CheckCodes(source, got) != nil {
			t.Fatalf("FromHTML(%q, %q) = %q: codes damaged", source, reply, got)
		}
		l, err := NewLetters(source)
		if err != nil {
			return
		}
		got, err = l.From(reply)
		if err == nil && content.CheckCodes(source, got) != nil {
			t.Fatalf("From(%q) of %q = %q: codes damaged", reply, source, got)
		}
	})
}
