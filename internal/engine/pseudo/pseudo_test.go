package pseudo

import (
	"context"
	"strings"
	"testing"
	"unicode/utf8"

	"dragoman/content"
	"dragoman/internal/engine"
	"dragoman/internal/engine/enginetest"
)

func open(t testing.TB) engine.Engine {
	t.Helper()
	e, err := New(engine.Settings{Name: "pseudo"})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestConformance(t *testing.T) {
	t.Parallel()
	for _, target := range []string{"ar", "fr", "tr", "es", "ru", "uk", "kmr", "ckb"} {
		t.Run(target, func(t *testing.T) {
			t.Parallel()
			enginetest.Run(t, func(t *testing.T) enginetest.Harness {
				return enginetest.Harness{Engine: open(t), Source: "en", Target: target, Unsupported: "th"}
			})
		})
	}
}

func TestShows(t *testing.T) {
	t.Parallel()
	cases := []struct{ target, source, want string }{
		{"fr", "The ⟦1⟧Coalition⟦/1⟧ met 3 times.", "[Ţĥéé ⟦1⟧Çöááļíţííöñ⟦/1⟧ ɱééţ 3 ţííɱééš.]"},
		{"ar", "Met 3 times", "[ميت 3 تىىمييس]"},
		{"ru", " Read https://example.org/a, now ", " [Реаад https://example.org/a, ноош] "},
		{"fr", "a ⟦⟦ b", "[á ⟦⟦ ƀ]"},
	}
	for _, c := range cases {
		r := engine.Request{Source: "en", Target: c.target, Segments: []engine.Segment{{Text: c.source}}}
		got, err := open(t).Translate(context.Background(), r)
		if err != nil || got[0].Text != c.want {
			t.Errorf("%s in %s\n got %s\nwant %s (%v)", c.source, c.target, got[0].Text, c.want, err)
		}
	}
}

func TestGrowsByAThird(t *testing.T) {
	t.Parallel()
	source := strings.Repeat("The delegation visited the northern districts and met their councils. ", 20)
	r := engine.Request{Target: "ar", Segments: []engine.Segment{{Text: source}}}
	got, err := open(t).Translate(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	ratio := float64(utf8.RuneCountInString(got[0].Text)) / float64(utf8.RuneCountInString(source))
	if ratio < 1.2 || ratio > 1.4 {
		t.Errorf("grows by the factor %.2f", ratio)
	}
}

func TestNotForPublishing(t *testing.T) {
	t.Parallel()
	if i := open(t).Info(); i.Publishable || !i.Local {
		t.Errorf("%+v", i)
	}
}

func FuzzKeepsCodes(f *testing.F) {
	f.Add("The ⟦1⟧Coalition⟦/1⟧ met ⟦2/⟧.")
	f.Add(" ")
	f.Fuzz(func(t *testing.T, s string) {
		got := alphabets["Arab"].show(s)
		if content.CheckCodes(s, s) == nil && content.CheckCodes(s, got) != nil {
			t.Fatalf("%q became %q", s, got)
		}
	})
}

func BenchmarkSegments(b *testing.B) {
	segments := enginetest.Sentences(1000)
	e := open(b)
	r := engine.Request{Source: "en", Target: "ar", Segments: segments}
	for b.Loop() {
		if _, err := e.Translate(b.Context(), r); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*len(segments))/b.Elapsed().Seconds(), "segments/s")
}
