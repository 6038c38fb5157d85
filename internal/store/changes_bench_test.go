package store_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"dragoman/glossary"
	"dragoman/internal/edition"
	"dragoman/internal/store"
)

// BenchmarkSaveEdits measures a change of ten concepts in a glossary of 25,000,
// synced to disk.
func BenchmarkSaveEdits(b *testing.B) {
	s, err := store.Open(b.Context(), filepath.Join(b.TempDir(), "d.db"), store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	cs := make([]glossary.Concept, 25_000)
	for i := range cs {
		cs[i] = place(fmt.Sprint("loc.", i), fmt.Sprint("مدينة ", i))
	}
	save := func(f func(*store.Tx) error) {
		if err := s.InTx(b.Context(), f); err != nil {
			b.Fatal(err)
		}
	}
	save(func(tx *store.Tx) error {
		_, err := tx.SaveGlossary(b.Context(), cs, "Lina", "all", "")
		return err
	})
	n := 0
	for b.Loop() {
		n++
		edits := make([]edition.ConceptEdit, 10)
		for i := range edits {
			c := place(cs[i*37].ID, fmt.Sprint("بلدة ", n))
			edits[i] = edition.ConceptEdit{ID: c.ID, After: &c}
		}
		save(func(tx *store.Tx) error {
			_, err := tx.SaveEdits(b.Context(), edits, "Lina", "ten", "")
			return err
		})
	}
}
