package desk_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

var lineID = regexp.MustCompile(`<li class="line" data-id="(\d+)"`)

func lines(page string) []string {
	var out []string
	for _, m := range lineID.FindAllStringSubmatch(page, -1) {
		out = append(out, m[1])
	}
	return out
}

// fragments are the pieces of HTML in an answer to the page's script.
func fragments(t *testing.T, body string) []string {
	t.Helper()
	var u struct {
		Rows            []struct{ HTML string }
		Pane, Bar, HTML string
		List            string
	}
	if err := json.Unmarshal([]byte(body), &u); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	out := []string{u.Pane, u.Bar, u.HTML, u.List}
	for _, r := range u.Rows {
		out = append(out, r.HTML)
	}
	return out
}

// The queue shows fifty editions a page, each once, and its filters stand in
// the address.
func TestQueuePagesAndFilters(t *testing.T) {
	t.Parallel()
	files := map[string]string{}
	for i := range 40 {
		files[fmt.Sprintf("r%02d.md", i)] = fmt.Sprintf("---\ntitle: Release %02d\nslug: r%02d\n---\n\nActivists confirmed the report.\n", i, i)
	}
	h := build(t, options{files: files})
	b := h.as("Lina")
	first := b.get("/")
	one := lines(first.Body)
	if len(one) != 50 || !strings.Contains(first.Body, "1–50 of 80") {
		t.Fatalf("%d lines on the first page", len(one))
	}
	next := regexp.MustCompile(`rel="next" href="([^"]+)"`).FindStringSubmatch(first.Body)
	if next == nil {
		t.Fatal("no next page")
	}
	second := b.get(strings.ReplaceAll(next[1], "&amp;", "&"))
	two := lines(second.Body)
	seen := map[string]bool{}
	for _, id := range append(one, two...) {
		seen[id] = true
	}
	if len(two) != 30 || len(seen) != 80 || !strings.Contains(second.Body, `rel="prev" href="/"`) {
		t.Errorf("%d lines on the second page, %d different ones", len(two), len(seen))
	}
	ar := h.view("r07", "ar", "")
	b.post("/editions/"+itoa(ar.ID)+"/assign", "to", "me", "back", "/?who=me")
	tg := h.target("r09", "ar", 2)
	b.ask("/targets/"+itoa(tg.ID)+"/edit", "base", itoa(tg.Standing.ID), "text", "أكد ناشطون التقرير. ⟦7/⟧")
	for path, want := range map[string]int{
		"/?locale=ar": 40, "/?who=me": 1, "/?found=errors": 1, "/?q=release+1": 20, "/?q=RELEASE+01&locale=fr": 1, "/?q=%25": 0, "/?state=approved": 0,
		"/?state=all&page=2": 30, "/?page=99": 50, "/?page=-5": 50, "/?page=x": 50, "/?locale=xx": 0, "/?order=newest&locale=ar": 40,
	} {
		a := b.get(path)
		if got := len(lines(a.Body)); got != want || a.Status != http.StatusOK {
			t.Errorf("%s: %d lines, want %d (%d)", path, got, want, a.Status)
		}
		if want == 0 && !strings.Contains(a.Body, "Nothing") {
			t.Errorf("%s: an empty list says nothing", path)
		}
	}
	if newest := lines(b.get("/?order=newest&locale=ar").Body); newest[0] != itoa(h.view("r09", "ar", "").ID) {
		t.Errorf("the newest first: %s", newest[0])
	}
	if a := b.get("/?locale=ar", "Accept", "application/json"); len(lines(fragments(t, a.Body)[3])) != 40 {
		t.Error("the list for the page's script differs")
	}
	if a := b.get("/?q=x&who=me"); !strings.Contains(a.Body, `value="x"`) || !strings.Contains(a.Body, `value="me" selected`) {
		t.Error("the filters are not shown as they are set")
	}
}

// A due time that a reviewer sets moves the edition to the top, and is kept as
// the house's clocks show it.
func TestDueTimes(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	b := h.as("reviewer")
	fr := h.view("attack", "fr", "")
	due := "/editions/" + itoa(fr.ID) + "/due"
	for _, bad := range []string{"tomorrow", "2018-02-30T10:00", "0001-01-01T00:00"} {
		b.post(due, "due", bad)
		if e := h.view("attack", "fr", ""); !e.Due.IsZero() {
			t.Errorf("%q: due %v", bad, e.Due)
		}
	}
	b.post(due, "due", "2018-02-05T14:30")
	if e := h.view("attack", "fr", ""); e.Due.Format("2006-01-02 15:04") != "2018-02-05 14:30" {
		t.Errorf("due %v", e.Due)
	}
	page := b.get("/?time=late")
	if got := lines(page.Body); len(got) != 1 || got[0] != itoa(fr.ID) || lines(b.get("/").Body)[0] != got[0] {
		t.Errorf("overdue: %v", got)
	}
	if a := h.as("translator").post(due, "due", ""); a.Status != http.StatusForbidden {
		t.Errorf("a translator sets a due time: %d", a.Status)
	}
	b.post(due, "due", "")
	if e := h.view("attack", "fr", ""); !e.Due.IsZero() {
		t.Errorf("due %v", e.Due)
	}
}

func TestTheEmptyQueue(t *testing.T) {
	t.Parallel()
	h := build(t, options{files: map[string]string{}})
	if a := h.as("Lina").get("/"); !strings.Contains(a.Body, "Nothing waits for you.") {
		t.Errorf("%.400s", a.Body)
	}
}
