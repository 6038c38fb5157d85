package main

import (
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"dragoman/internal/edition"
	"dragoman/internal/store"
)

// TestAFullDiskEndsTheWait: with a full disk no step can be saved, and a
// command that waited for its end would wait for ever.
func TestAFullDiskEndsTheWait(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeReleases(t, dir, 3)
	g := &globals{flags: map[string]any{
		"database": filepath.Join(dir, "d.db"), "content": filepath.Join(dir, "content", "en"), "public": filepath.Join(dir, "public"),
		"glossary": filepath.Join(dir, "none"), "memory": filepath.Join(dir, "none"),
	}, stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard}
	a, err := g.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer a.close()
	if _, err := a.pipe.Load(t.Context(), nil, edition.Today, nil); err != nil {
		t.Fatal(err)
	}
	free, err := a.store.FillUp(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	err = a.settle(t.Context(), newProgress(io.Discard, ""))
	if !errors.Is(err, store.ErrFull) || !strings.Contains(err.Error(), "d.db") {
		t.Errorf("got %v", err)
	}
	if err := free(); err != nil {
		t.Fatal(err)
	}
	a.full.Store(nil) // as a new start has it
	if err := a.settle(t.Context(), newProgress(io.Discard, "")); err != nil {
		t.Fatal(err)
	}
	sums, err := a.store.Sums(t.Context())
	if err != nil || total(sums) != 3*len(a.cfg.Locales) {
		t.Errorf("%+v %v", sums, err)
	}
	for _, s := range sums {
		if s.State != edition.InReview {
			t.Errorf("%+v", s)
		}
	}
}
