package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dragoman/internal/interchange"
	"dragoman/internal/store"
)

// TestAKilledImportIsRunAgain kills an import in the middle. Run again, it
// adds what is missing, and nothing twice.
func TestAKilledImportIsRunAgain(t *testing.T) {
	t.Parallel()
	const units = 30_000
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "big.tmx"))
	if err != nil {
		t.Fatal(err)
	}
	err = interchange.WriteTMX(f, interchange.Header{Source: "en"}, func(yield func(interchange.Unit, error) bool) {
		for i := range units {
			u := interchange.Unit{Source: interchange.Variant{Lang: "en", Text: fmt.Sprintf("Sentence %d.", i)},
				Targets: []interchange.Variant{{Lang: "ar", Text: fmt.Sprintf("الجملة %d.", i)}}}
			if !yield(u, nil) {
				return
			}
		}
	})
	if err != nil || f.Close() != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "none"), 0o700); err != nil {
		t.Fatal(err)
	}
	args := []string{"memory", "import", "big.tmx", "--database", "d.db"}
	if err := os.WriteFile(filepath.Join(dir, "dragoman.yaml"), []byte("locales: [ar]\nmemory: none\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	count := func() int {
		s, err := store.Open(t.Context(), filepath.Join(dir, "d.db"), store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		n := 0
		counts, err := s.MemoryCounts(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range counts {
			n += c.Pairs
		}
		return n
	}
	first := program(t, dir, args...)
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for range tick.C {
		if count() > 0 {
			break
		}
	}
	if err := first.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = first.Wait() // it was killed
	before := count()
	if before == 0 || before >= units {
		t.Skipf("the import was not killed in the middle: %d of %d pairs", before, units)
	}
	out, err := program(t, dir, args...).CombinedOutput()
	want := fmt.Sprintf("%s pairs read, %s added; %s were there already", grouped(units), grouped(units-before), grouped(before))
	if err != nil || !strings.Contains(string(out), want) {
		t.Errorf("run again: %v, %s; want %q", err, out, want)
	}
	if n := count(); n != units {
		t.Errorf("%d pairs, want %d", n, units)
	}
}

// A file may give each of its millions of units another language.
func TestLanguagesOfAnImportAreBounded(t *testing.T) {
	t.Parallel()
	im := newImporter(nil, []string{"ar"})
	for i := range 2 * maxTags {
		if got := im.locale(fmt.Sprintf("ar-x-a%d", i)); got != "ar" {
			t.Fatalf("%d: %q", i, got)
		}
	}
	if len(im.tagOf) > maxTags {
		t.Errorf("%d languages are kept", len(im.tagOf))
	}
}
