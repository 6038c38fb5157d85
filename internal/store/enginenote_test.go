package store_test

import (
	"testing"

	"dragoman/internal/store"
)

func TestEngineNotes(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		for _, value := range []string{"", "operation 1", "operation 2"} {
			if value != "" {
				if err := s.SetEngineNote(t.Context(), "google", "glossary en ar", value); err != nil {
					t.Fatal(err)
				}
			}
			if got, err := s.EngineNote(t.Context(), "google", "glossary en ar"); err != nil || got != value {
				t.Errorf("noted %q, read %q, %v", value, got, err)
			}
		}
		if got, err := s.EngineNote(t.Context(), "deepl", "glossary en ar"); err != nil || got != "" {
			t.Errorf("another engine's: %q, %v", got, err)
		}
	})
}
