package apertium

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"dragoman/internal/engine"
	"dragoman/internal/engine/enginetest"
)

// shared is the real thing, whose start takes a second: one for all tests.
var shared = sync.OnceValues(func() (*Engine, error) {
	e, err := New(engine.Settings{Kind: "apertium"})
	if err != nil {
		return nil, err
	}
	return e.(*Engine), nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if e, err := shared(); err == nil {
		_ = e.Close()
	}
	os.Exit(code)
}

// real gives the installed Apertium. Without it a test is skipped, in CI it
// fails.
func real(t testing.TB) *Engine {
	t.Helper()
	e, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	_, found := exec.LookPath("apertium-wblank-mode")
	if found == nil && e.Info().Languages.Has("en", "es") && len(e.modes) > 0 {
		return e
	}
	const missing = "Apertium is not installed: apt-get install apertium apertium-eng-spa"
	if os.Getenv("CI") == "true" {
		t.Fatal(missing)
	}
	t.Skip(missing)
	return nil
}

func TestConformance(t *testing.T) {
	t.Parallel()
	e := real(t)
	enginetest.Run(t, func(*testing.T) enginetest.Harness {
		return enginetest.Harness{Engine: e, Source: "en", Target: "es", Unsupported: "ar"}
	})
}

func TestTranslates(t *testing.T) {
	t.Parallel()
	e := real(t)
	for source, want := range map[string]string{
		"The house is white.":                                "La casa es blanca.",
		"The ⟦1⟧house⟦/1⟧ is white⟦2/⟧.":                     "⟦1⟧casa⟦/1⟧",
		"\"The house is white,\" she said; \"it is small.\"": "\"La casa es blanca,\" dijo; \"",
		"Read https://example.org/the/house?a=b&c=d.":        "https://example.org/the/house?a=b&c=d.",
		"Write to the.house@example.org about #WhiteHouse.":  "the.house@example.org",
		"a [b] {c} $5 ^d 5 < 6 > 4 e\\f g/h":                 "$5",
	} {
		replies, err := e.Translate(t.Context(), engine.Request{Source: "en-GB", Target: "es-ES", Segments: []engine.Segment{{Text: source}}})
		if err != nil {
			t.Fatalf("%s: %v", source, err)
		}
		if !strings.Contains(replies[0].Text, want) {
			t.Errorf("%s\nbecame %s, %v\nwant   %s", source, replies[0].Text, replies[0].Err, want)
		}
	}
	if i := e.Info(); !i.Local || !i.Publishable {
		t.Errorf("it runs here: %+v", i)
	}
}

// scripted is an engine whose processes are shell scripts.
func scripted(t *testing.T, script string) *Engine {
	t.Helper()
	modes := map[pair]string{{"en", "es"}: "eng-spa.mode"}
	e := newEngine("gist", modes, func(context.Context, string) (string, error) { return script, nil })
	t.Cleanup(func() { _ = e.Close() })
	return e
}

func ask(t *testing.T, e *Engine, ctx context.Context, text string) (string, error) {
	t.Helper()
	replies, err := e.Translate(ctx, engine.Request{Source: "en", Target: "es", Segments: []engine.Segment{{Text: text}}})
	if err != nil {
		return "", err
	}
	return replies[0].Text, replies[0].Err
}

func TestEveryCharacterIsCarried(t *testing.T) {
	t.Parallel()
	e := scripted(t, "cat")
	for _, text := range []string{
		special, `\\ \[ "x" ^$`, "[][\n]", "ñ – “x” ☃ العربية", "two\nlines", "⟦1⟧⟦2⟧a⟦/2⟧ b⟦/1⟧⟦3/⟧ ⟦⟦", "#tag www.example.org/a.",
		strings.Repeat("long ", 3900),
	} {
		if got, err := ask(t, e, t.Context(), text); err != nil || got != text {
			t.Errorf("%q came back as %q, %v", text, got, err)
		}
	}
	if got, err := ask(t, e, t.Context(), "nul\x00and \xff"); err != nil || got != "nuland \uFFFD" {
		t.Errorf("what is no text: %q, %v", got, err)
	}
}

func TestStartedAgainAfterTheEnd(t *testing.T) {
	t.Parallel()
	once := filepath.Join(t.TempDir(), "once")
	e := scripted(t, fmt.Sprintf(`if [ ! -e %q ]; then touch %q; echo "no dictionary" >&2; exit 1; fi; cat`, once, once))
	_, err := ask(t, e, t.Context(), "Good morning")
	var wrong *engine.Error
	if !errors.As(err, &wrong) || wrong.Kind != engine.Retryable || !strings.Contains(err.Error(), "no dictionary") {
		t.Errorf("a process that ends: %v", err)
	}
	if strings.Contains(wrong.Safe(), "morning") || !strings.Contains(wrong.Safe(), "gist") {
		t.Errorf("the message: %s", wrong.Safe())
	}
	if got, err := ask(t, e, t.Context(), "Good morning"); err != nil || got != "Good morning" {
		t.Errorf("after its end: %q, %v", got, err)
	}
}

// TestDeadline: a process that never answers is ended, and what comes after it
// does not get its late answer.
func TestDeadline(t *testing.T) {
	t.Parallel()
	e := scripted(t, `IFS= read -r -d '' x; if [[ $x == never* ]]; then cat >/dev/null; else printf '%s\0' "$x"; cat; fi`)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	_, err := ask(t, e, ctx, "never")
	var late *engine.Error
	if !errors.As(err, &late) || late.Kind != engine.Retryable || !late.MayBeBilled {
		t.Errorf("no answer in time: %v", err)
	}
	if got, err := ask(t, e, t.Context(), "now"); err != nil || got != "now" {
		t.Errorf("after it: %q, %v", got, err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(20*time.Millisecond, cancel)
	if _, err := ask(t, e, ctx, "never"); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestFlood(t *testing.T) {
	t.Parallel()
	e := scripted(t, "yes flood")
	if _, err := ask(t, e, t.Context(), "Good morning"); engine.KindOf(err) != engine.Broken {
		t.Errorf("an answer without end: %v", err)
	}
	e = scripted(t, `IFS= read -r -d '' x; printf '<html>Error</html>\0'`)
	if got, err := ask(t, e, t.Context(), "⟦1⟧Good⟦/1⟧"); engine.KindOf(err) != engine.Broken {
		t.Errorf("an answer without the codes: %q, %v", got, err)
	}
}

func TestNotInstalled(t *testing.T) {
	t.Parallel()
	e, err := New(engine.Settings{Endpoint: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	check := e.(engine.Checker).Check(t.Context())
	_, err = ask(t, e.(*Engine), t.Context(), "x")
	for _, err := range []error{err, check} {
		if engine.KindOf(err) != engine.Unsupported || !strings.Contains(err.Error(), "apertium-eng-spa") {
			t.Errorf("nothing is installed: %v", err)
		}
	}
	gone := newEngine("gist", map[pair]string{{"en", "es"}: "x"}, func(context.Context, string) (string, error) {
		return "", &exec.Error{Name: "apertium-wblank-mode", Err: exec.ErrNotFound}
	})
	if _, err := ask(t, gone, t.Context(), "x"); engine.KindOf(err) != engine.Unsupported || !strings.Contains(err.Error(), "apertium-wblank-mode") {
		t.Errorf("half of it is installed: %v", err)
	}
	for _, s := range []engine.Settings{{APIKey: "secret"}, {Endpoint: "http://localhost"}} {
		if _, err := New(s); engine.KindOf(err) != engine.Permanent || strings.Contains(err.Error(), "secret") {
			t.Errorf("%+v: %v", s, err)
		}
	}
}

func TestDiscover(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for _, name := range []string{
		"eng-spa.mode", "eng-cat.mode", "eng-cat_valencia.mode", "spa-eng_US.mode", "eng-cat_valencia_uni.mode",
		"eng-spa-morph.mode", "README", "kir-eng.mode", "qqq-zzzz.mode",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got := discover([]string{filepath.Join(folder, "none"), folder})
	want := []pair{{"en", "es"}, {"en", "ca"}, {"en", "ca-valencia"}, {"es", "en-US"}, {"ky", "en"}}
	if len(got) != len(want) {
		t.Errorf("found %v", got)
	}
	for _, p := range want {
		if got[p] == "" {
			t.Errorf("%v is not found in %v", p, got)
		}
	}
}

// BenchmarkWarm is one sentence through a process that runs already.
func BenchmarkWarm(b *testing.B) {
	e := real(b)
	r := engine.Request{Source: "en", Target: "es", Segments: enginetest.Sentences(1)}
	for b.Loop() {
		if _, err := e.Translate(b.Context(), r); err != nil {
			b.Fatal(err)
		}
	}
}
