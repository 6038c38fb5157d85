package desk_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// A form that was opened before somebody else changed the same name takes
// nothing back: it says what they did.
func TestAFormThatIsOutOfDateSaysWhatChanged(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	b := h.as("terminologist")
	const path = "/concepts/loc.kafranbel/edit"
	seen := regexp.MustCompile(`name="seen" value="(\d+)"`)
	first := seen.FindStringSubmatch(b.get(path).Body)
	if first == nil {
		t.Fatal("the form does not say what it was made of")
	}
	set := b.post(path, "seen", first[1], "ar", "كفر نبل", "reason", "as the town writes itself")
	if a := b.post(set.URL.Path + "/apply"); !strings.HasPrefix(a.URL.Path, "/batches/") {
		t.Fatalf("not applied: %s", said(a))
	}
	late := b.post(path, "seen", first[1], "ar", "كفرنبل", "fr", "Kafr Nabl", "reason", "another thing")
	if late.Status != http.StatusConflict || !strings.Contains(late.Body, "كفر نبل") || !strings.Contains(late.Body, ">Kafr Nabl</textarea>") {
		t.Errorf("%d: %s", late.Status, said(late))
	}
	again := seen.FindStringSubmatch(late.Body)
	if again == nil || again[1] == first[1] {
		t.Fatalf("the form is still of version %v", again)
	}
	if a := b.post(path, "seen", again[1], "ar", "كفر نبل", "fr", "Kafr Nabl", "reason", "another thing"); !strings.HasPrefix(a.URL.Path, "/changes/") {
		t.Errorf("seen, and refused: %d", a.Status)
	}
	h.settle()
}
