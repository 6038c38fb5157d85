package desk

import (
	"strings"
	"testing"
	"time"

	"dragoman/internal/edition"
)

// TestHoldIsSaid: who waits for an engine reads which and since when, in their
// own language; what people have done since is no longer held.
func TestHoldIsSaid(t *testing.T) {
	t.Parallel()
	now := time.Date(2018, 3, 4, 12, 0, 0, 0, time.UTC)
	e := &edition.Edition{Hold: edition.Hold{Kind: edition.HoldWaiting, Engine: "google", Since: time.Date(2018, 3, 2, 9, 5, 0, 0, time.UTC), Detail: "it cannot be reached"}}
	for _, lang := range []string{"en", "ar", "fr"} {
		w := speak(lang, time.UTC, now)
		if got := w.hold(e); !strings.Contains(got, "google") || !strings.Contains(got, "cannot be reached") || !strings.Contains(got, w.When(e.Hold.Since)) {
			t.Errorf("%s: %q", lang, got)
		}
	}
	w := speak("en", time.UTC, now)
	e.Hold.Kind = edition.HoldBudget
	if got := w.hold(e); got != "" {
		t.Errorf("nothing is untranslated, yet %q", got)
	}
	e.Counts.Untranslated = 2
	if got := w.hold(e); !strings.Contains(got, "budget") {
		t.Errorf("%q", got)
	}
}
