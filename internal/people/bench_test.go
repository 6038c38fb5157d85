package people_test

import (
	"testing"

	"dragoman/internal/people"
)

// BenchmarkSignIn measures what checking one password takes at the cost of
// today.
func BenchmarkSignIn(b *testing.B) {
	h := people.NewHasher(people.DefaultCost)
	hash, err := h.Hash(b.Context(), "five words that she knows")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if ok, _, err := h.Check(b.Context(), "five words that she knows", hash); !ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}
