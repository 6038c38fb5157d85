package desk

import (
	"strings"
	"testing"
	"time"
	"unicode"

	"dragoman/internal/edition"
)

// TestHoldIsSaid: who waits for an engine reads which and since when, in their
// own language; what people have done since is no longer held.
func TestHoldIsSaid(t *testing.T) {
	t.Parallel()
	now := time.Date(2018, 3, 4, 12, 0, 0, 0, time.UTC)
	e := &edition.Edition{Hold: edition.Hold{
		Kind: edition.HoldWaiting, Engine: "google", Since: time.Date(2018, 3, 2, 9, 5, 0, 0, time.UTC), Detail: "Google cannot be reached",
		Trouble: edition.Trouble{Reason: edition.TroubleUnreachable, Where: "Google"},
	}}
	for lang, say := range map[string]string{"en": "cannot be reached", "ar": "تعذّر الوصول إلى", "fr": "est injoignable"} {
		w := speak(lang, time.UTC, now)
		if got := w.hold(e); !strings.Contains(got, "google") || !strings.Contains(got, say) || !strings.Contains(got, w.When(e.Hold.Since)) {
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

// TestEveryTroubleIsSaidInTheReadersLanguage: no English is left in the
// Arabic sentence, and what is to be looked at stands in it.
func TestEveryTroubleIsSaidInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	now := time.Date(2018, 3, 4, 12, 0, 0, 0, time.UTC)
	seen := map[string]bool{}
	for _, reason := range edition.TroubleReasons() {
		h := edition.Hold{Kind: edition.HoldUnable, Engine: "e", Detail: "in English", Trouble: edition.Trouble{Reason: reason, Where: "w", See: "s", Detail: "numbers,bidi"}}
		if reason == edition.TroubleRefused {
			h.Trouble.Detail = "HTTP"
		}
		for _, lang := range []string{"en", "ar", "fr"} {
			got := speak(lang, time.UTC, now).held(h)
			if strings.Contains(got, "in English") || seen[got] || hole(got) {
				t.Errorf("%s %s: %q", lang, reason, got)
			}
			seen[got] = true
			if lang != "ar" {
				continue
			}
			for _, word := range strings.FieldsFunc(got, func(r rune) bool { return r >= unicode.MaxLatin1 || !unicode.IsLetter(r) }) {
				if len(word) > 1 && word != "HTTP" && reason != edition.TroubleLanguage {
					t.Errorf("%s: %q in %q", reason, word, got)
				}
			}
		}
	}
}

func hole(text string) bool {
	return strings.Contains(text, "[desk.") || strings.Contains(text, "<no value>") || strings.Contains(text, "()")
}
