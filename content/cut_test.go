package content

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// Where segments are cut in two by people, both properties of splicing hold,
// both parts have their codes whole, and together they are the sentence again.
func TestPropertiesOfCutDocuments(t *testing.T) {
	t.Parallel()
	files, _ := filepath.Glob("en/*.*")
	more, _ := filepath.Glob("testdata/shapes/*")
	r := rand.New(rand.NewPCG(7, 7))
	cut := 0
	for _, file := range append(files, more...) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		docs, err := Load(data, Options{Path: file})
		if err != nil {
			continue
		}
		for _, d := range docs {
			cuts := randomCuts(t, d, r)
			cut += len(cuts)
			again, err := ParseCuts(CutsString(cuts))
			if err != nil || !slices.Equal(again, cuts) {
				t.Fatalf("%s: the cuts are read as %v, %v", file, again, err)
			}
			checkIdentity(t, d)
			if d.Format == FormatText || d.Format == FormatPage {
				checkPlain(t, d)
			} else {
				checkRandom(t, d, r)
			}
		}
	}
	if cut < 100 {
		t.Errorf("only %d cuts were tried", cut)
	}
}

// randomCuts cuts every third segment of a document somewhere, some of the
// parts once more.
func randomCuts(t *testing.T, d *Document, r *rand.Rand) (cuts []Cut) {
	t.Helper()
	for i := 0; i < len(d.segments); i++ {
		s := d.segments[i]
		places := CutPlaces(s.Text)
		if r.IntN(3) > 0 || len(places) == 0 {
			continue
		}
		c := Cut{Text: ExactHash(s.Text), At: places[r.IntN(len(places))]}
		for _, before := range d.segments[:i] {
			if ExactHash(before.Text) == c.Text {
				c.Nth++
			}
		}
		whole, n := s.Text, len(d.segments)
		d.Cut([]Cut{c})
		if d.Units[s.Unit].Kind.Whole() {
			if len(d.segments) != n {
				t.Errorf("a %s was cut", d.Units[s.Unit].Kind)
			}
			continue
		}
		a, b := d.segments[i], d.segments[i+1]
		if len(d.segments) != n+1 || a.Text+" "+b.Text != whole {
			t.Fatalf("%q is cut into %q and %q", whole, a.Text, b.Text)
		}
		for k, s := range d.segments {
			if s.Index != k || d.Units[s.Unit].coded[s.Start:s.End] != s.Text {
				t.Fatalf("segment %d stands wrong: %+v", k, s)
			}
		}
		for _, part := range []string{a.Text, b.Text} {
			if !wholePairs(part) {
				t.Errorf("%q has half a pair", part)
			}
		}
		cuts = append(cuts, c)
	}
	return cuts
}

// wholePairs reports whether every pair of codes opens and closes in order.
func wholePairs(coded string) bool {
	var open []int
	for _, tok := range Tokens(coded) {
		switch tok.Kind {
		case Open:
			open = append(open, tok.ID)
		case Close:
			if len(open) == 0 || open[len(open)-1] != tok.ID {
				return false
			}
			open = open[:len(open)-1]
		}
	}
	return len(open) == 0
}

func TestCutPlaces(t *testing.T) {
	t.Parallel()
	for coded, want := range map[string][]int{
		"one":                          nil,
		"one two":                      {4},
		"one  two":                     nil, // its spaces could not be put back
		"one – two":                    {4, 8},
		"– two":                        nil, // nothing to translate before it
		"one ⟦1⟧two three⟦/1⟧ four":    {4, 29},
		"⟦1⟧one two⟦/1⟧":               nil,
		"one two⟦/1⟧ three":            nil, // the pair opens in another segment
		"six (two children) were hurt": {4, 9, 19, 24},
		"قُتل ستة\u00a0مدنيين":         {9},
		"⟦2/⟧ one two":                 {13},
		"a ⟦⟦ b":                       {2, 9},
	} {
		if got := CutPlaces(coded); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", coded, got, want)
		}
	}
}

// Cuts are for sentences: they hold in a later revision that has them, and
// elsewhere nothing happens.
func TestCutsFollowTheirSentence(t *testing.T) {
	t.Parallel()
	load := func(text string) *Document {
		docs, err := Load([]byte(text), Options{Path: "x.md"})
		if err != nil {
			t.Fatal(err)
		}
		return docs[0]
	}
	texts := func(d *Document) (out []string) {
		for _, s := range d.Segments() {
			out = append(out, s.Text)
		}
		return out
	}
	h := ExactHash("Six were hurt and two died.")
	cuts := []Cut{{h, 1, 14}, {ExactHash("and two died."), 0, 4}, {h, 5, 14}, {h, 0, 15}}
	for text, want := range map[string][]string{
		"# T\n\nSix were hurt and two died. Six were hurt and two died.\n": {"T", "Six were hurt and two died.", "Six were hurt", "and", "two died."},
		"# T\n\nSix were hurt and two died.\n":                             {"T", "Six were hurt and two died."},
		"# T\n\nSix were hurt.\n":                                          {"T", "Six were hurt."},
	} {
		d := load(text)
		if d.Cut(cuts); !slices.Equal(texts(d), want) {
			t.Errorf("%q is cut into %q", text, texts(d))
		}
	}
	for _, wrong := range []string{"x", "00:1:2", h.String() + ":1", h.String() + ":a:1", h.String() + ":1:b"} {
		if _, err := ParseCuts(wrong); err == nil {
			t.Errorf("%q is read as cuts", wrong)
		}
	}
}
