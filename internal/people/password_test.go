package people_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"dragoman/internal/edition"
	"dragoman/internal/people"
)

var cheap = people.Cost{Memory: 8, Passes: 1, Threads: 1}

func TestHashes(t *testing.T) {
	t.Parallel()
	h := people.NewHasher(cheap)
	hash, err := h.Hash(t.Context(), "correct horse battery")
	if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=8,t=1,p=1$") {
		t.Fatalf("%q, %v", hash, err)
	}
	again, err := h.Hash(t.Context(), "correct horse battery")
	if err != nil || again == hash {
		t.Errorf("the same salt twice, or %v", err)
	}
	for _, c := range []struct {
		password, hash string
		ok             bool
	}{{"correct horse battery", hash, true}, {"correct horse batterY", hash, false}, {"", hash, false}, {"x", "", false}, {"", "", false}} {
		if ok, weak, err := h.Check(t.Context(), c.password, c.hash); ok != c.ok || weak || err != nil {
			t.Errorf("%q, %q: %v, weak %v, %v", c.password, c.hash, ok, weak, err)
		}
	}
	if _, _, err := h.Check(t.Context(), "x", "$2a$10$bcrypt"); err == nil {
		t.Error("another kind of hash was taken")
	}
	stronger := people.NewHasher(people.Cost{Memory: 16, Passes: 2, Threads: 1})
	if ok, weak, err := stronger.Check(t.Context(), "correct horse battery", hash); !ok || !weak || err != nil {
		t.Errorf("a hash of a lower cost: %v, weak %v, %v", ok, weak, err)
	}
}

// A flood takes two places to compute in and thirty more to wait in; all
// others are sent away at once, and who leaves the line frees a place.
func TestHashesAreBounded(t *testing.T) {
	t.Parallel()
	h := people.NewHasher(people.Cost{Memory: 4 << 10, Passes: 40, Threads: 1})
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	var mu sync.Mutex
	busy, left := 0, 0
	start := time.Now()
	for range 200 {
		wg.Go(func() {
			_, err := h.Hash(ctx, "x")
			mu.Lock()
			defer mu.Unlock()
			switch {
			case errors.Is(err, people.ErrBusy):
				busy++
			case errors.Is(err, context.Canceled):
				left++
			}
			if busy == 100 {
				cancel()
			}
		})
	}
	wg.Wait()
	cancel()
	if busy < 100 {
		t.Errorf("only %d of 200 were sent away, in %v", busy, time.Since(start))
	}
	if _, err := h.Hash(t.Context(), "x"); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Lina": "Lina", "  Lina   Haddad ": "Lina Haddad", "لينا حداد": "لينا حداد", "Анна": "Анна", "Zoë O’Neil-Smith": "Zoë O’Neil-Smith", "e\u0301ric": "éric", "l.haddad@press": "l.haddad@press", "R2": "R2",
	} {
		if got, err := people.CheckName(name); got != want || err != nil {
			t.Errorf("%q: %q, %v", name, got, err)
		}
	}
	for _, bad := range []string{"", " ", "...", "42", "machine", "MACHINE", "Me", "a\u202eb", "a\u200bb", "a\u2066b", "\ufeffLina", "Lin\u0430", "αdmin", "a\x00b", "a\nb"[:1] + "\x1b", "<b>Lina</b>", "a/b", "a,b", `"a"`, "a;b", "a|b", "\xff", strings.Repeat("x", 61), "😀 Lina", "a\u00adb"} {
		var no *edition.Refusal
		if got, err := people.CheckName(bad); !errors.As(err, &no) {
			t.Errorf("%q is taken as %q, %v", bad, got, err)
		}
	}
}
