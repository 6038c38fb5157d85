package desk_test

import (
	"strings"
	"testing"
	"time"
)

// A change is ordered for a later time, given another one and none again,
// without JavaScript; nothing happens before its time, and a time that has
// passed is refused.
func TestAChangeTakesEffectAtATime(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ar"} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			h := build(t, options{files: map[string]string{"towns.md": town}})
			b := h.as("terminologist")
			b.lang = lang
			set := b.post("/concepts/loc.kafranbel/edit", "ar", "كفر نبل", "reason", "x").URL.Path
			if !strings.HasPrefix(set, "/changes/") {
				t.Fatalf("the change is at %s", set)
			}
			for _, wrong := range []string{"", "soon", "2026-13-01T09:00", "2020-01-01T09:00", "9999-01-01T00:00"} {
				if a := b.post(set+"/effect", "at", wrong); !strings.Contains(said(a), "said error") {
					t.Errorf("the time %q is taken: %s", wrong, said(a))
				}
			}
			if a := h.as("Lina").post(set+"/effect", "at", "2199-12-01T09:00"); a.Status != 403 {
				t.Errorf("a publisher may set the time: %d", a.Status)
			}
			for _, year := range []string{"2198", "2199"} {
				a := b.post(set+"/effect", "at", year+"-12-01T09:00")
				if !strings.Contains(said(a), "said done") || !strings.Contains(a.Body, `value="`+year+`-12-01T09:00"`) {
					t.Fatalf("the time is not set: %s", said(a))
				}
			}
			page, list := b.get(set), b.get("/batches")
			for what, ok := range map[string]bool{
				"the preview does not say when":          strings.Contains(page.Body, `#i-scheduled`),
				"the preview is gone":                    strings.Contains(page.Body, "كفر نبل") && strings.Contains(page.Body, "/apply"),
				"what is scheduled can be scoped":        !strings.Contains(page.Body, "/scope"),
				"the list does not say when":             strings.Contains(list.Body, "#i-scheduled"),
				"the list says that the time has passed": !strings.Contains(list.Body, `<p class="why">`),
			} {
				if !ok {
					t.Error(what)
				}
			}
			if got := h.target("towns", "ar", 2).Standing.Text; strings.Contains(got, "كفر نبل") {
				t.Error("it took effect before its time")
			}
			if a := b.post(set+"/effect", "none", "1"); !strings.Contains(said(a), "said done") || !strings.Contains(a.Body, "/scope") {
				t.Errorf("the time cannot be taken away: %s", said(a))
			}
			b.post(set+"/effect", "at", "2199-12-01T09:00")
			if a := b.post(set + "/apply"); !strings.HasPrefix(a.URL.Path, "/batches/") {
				t.Errorf("what is scheduled cannot be applied now: %s", said(a))
			}
		})
	}
}

// A time that has passed without the change being applied is said, and the
// change can still be applied.
func TestAChangeWhoseTimeHasPassed(t *testing.T) {
	t.Parallel()
	h := build(t, options{idle: true})
	b := h.as("terminologist")
	set := b.post("/concepts/loc.kafranbel/edit", "ar", "كفر نبل", "reason", "x").URL.Path
	b.post(set+"/effect", "at", time.Now().UTC().Add(2*time.Hour).Format("2006-01-02T15:04"))
	h.options.Now = func() time.Time { return time.Now().Add(3 * time.Hour) }
	h.start(h.stop())
	for _, path := range []string{set, "/batches"} {
		if a := h.as("terminologist").get(path); !strings.Contains(a.Body, "That time has passed") {
			t.Errorf("%s does not say that the time has passed", path)
		}
	}
}
