package desk_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// A segment that was never merged is split without JavaScript, its words stay,
// another's page loads again, and merging takes it back.
func TestSplittingASegment(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ar"} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			h := build(t, options{})
			b := h.as("Lina")
			b.lang = lang
			ed := "/editions/" + itoa(h.view("attack", "ar", "").ID)
			page := b.get(ed + "?segment=3")
			at := regexp.MustCompile(`<button name="at" value="(\d+)"[^>]*><span[^>]*>[^<]*</span>injured</button>`).FindStringSubmatch(page.Body)
			source := regexp.MustCompile(`name="source" value="([0-9a-f]+)"`).FindStringSubmatch(page.Body)
			if at == nil || source == nil {
				t.Fatalf("no place to split: %s", regexp.MustCompile(`(?s)cut-here.*?</details>`).FindString(page.Body))
			}
			if strings.Contains(b.get(ed+"?segment=1").Body, "cut-here") {
				t.Error("a title can be split")
			}
			tg := h.target("attack", "ar", 3)
			split := "/targets/" + itoa(tg.ID) + "/split"
			base := itoa(tg.Standing.ID)
			for name, form := range map[string][]string{
				"a place in a word": {"version", base, "source", source[1], "at", "2"},
				"another source":    {"version", base, "source", strings.Repeat("0", 32), "at", at[1]},
				"no source":         {"version", base, "source", "x", "at", at[1]},
				"no number":         {"version", base, "source", source[1], "at", "x"},
			} {
				if a := b.post(split, form...); len(h.view("attack", "ar", "").Rows) != 5 {
					t.Fatalf("%s is taken: %d", name, a.Status)
				}
			}
			if a := h.as("viewer").post(split, "version", base, "source", source[1], "at", at[1]); a.Status != http.StatusForbidden {
				t.Errorf("a viewer may split: %d", a.Status)
			}
			if a := b.post(split, "version", base, "source", source[1], "at", at[1]); !strings.Contains(said(a), "said done") {
				t.Fatalf("it is not split: %s", said(a))
			}
			v := h.view("attack", "ar", "")
			if len(v.Rows) != 6 || !strings.HasPrefix(v.Rows[3].Segment.Source, "injured") {
				t.Fatalf("the rows are %+v", v.Rows)
			}
			old := ed + "/rows?revision=" + itoa(v.Revision) + "&state=" + string(v.State) + "&have=a&have=b&have=c&have=d&have=e"
			if a := b.get(old, "Accept", "application/json"); !strings.Contains(a.Body, `"reload":true`) {
				t.Errorf("another's page is told %s", a.Body)
			}
			first := v.Rows[2].Target
			if a := b.post("/targets/"+itoa(first.ID)+"/merge", "version", itoa(first.Standing.ID)); !strings.Contains(said(a), "said done") {
				t.Errorf("it cannot be merged again: %s", said(a))
			}
			if got := h.view("attack", "ar", "").Rows[2].Segment.Source; got != "Three civilians were injured in Maasran." {
				t.Errorf("merged, it is %q", got)
			}
		})
	}
}
