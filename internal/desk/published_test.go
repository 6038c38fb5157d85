package desk_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"dragoman/internal/edition"
)

// What was public when is shown with what a correction changed, and a
// published edition is withdrawn from its list.
func TestPublishedPages(t *testing.T) {
	t.Parallel()
	h, pages := buildRooms(t)
	b := h.as("Lina")
	list := b.get("/published")
	if !strings.Contains(list.Body, "Les camps") || !strings.Contains(list.Body, "/withdraw") {
		t.Errorf("the list: %s", list.Body)
	}
	for query, want := range map[string]bool{"?q=cam": true, "?q=nothing": false, "?locale=ar": false, "?locale=fr": true} {
		if got := strings.Contains(b.get("/published"+query).Body, "Les camps"); got != want {
			t.Errorf("%s: %v", query, got)
		}
	}
	log := b.get(pages["published-log"])
	if a := h.as("Farah").get(pages["published-log"]); a.Status != http.StatusOK || !strings.Contains(a.Body, "Corrected") {
		t.Errorf("for somebody with languages of her own: %d", a.Status)
	}
	thens := regexp.MustCompile(`href="(/published/\d+/at/\d+)"`).FindAllStringSubmatch(log.Body, -1)
	if len(thens) != 2 || !strings.Contains(log.Body, "Corrected") || !strings.Contains(log.Body, "<del>") {
		t.Fatalf("the log has %d pages: %s", len(thens), log.Body)
	}
	for i, want := range []string{"Atmeh", "Atmé"} { // the newest first
		a := b.get(thens[i][1])
		if a.Status != http.StatusOK || !strings.Contains(a.Body, want) || !strings.HasPrefix(a.Header.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("page %d: %d, or it lacks %s", i, a.Status, want)
		}
	}
	if a := h.as("viewer").get("/published"); strings.Contains(a.Body, "/withdraw") || strings.Contains(a.Body, "/reopen") {
		t.Error("a viewer is offered to withdraw")
	}
	v := h.view("camps", "fr", "")
	b.post("/editions/"+itoa(v.ID)+"/withdraw", "reason", "a mistake", "back", "/published")
	if a := b.get("/published"); strings.Contains(a.Body, "Les camps") {
		t.Error("it is still in the list")
	}
	if a := b.get(pages["published-log"]); !strings.Contains(a.Body, "Withdrawn") {
		t.Error("the log does not say that it was withdrawn")
	}
}

// The memory is searched on both sides, says where a pair comes from, and
// forgets one for a reason.
func TestMemoryPages(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	b := h.as("terminologist")
	for query, want := range map[string]int{"?q=activists": 1, "?q=ناشطون": 1, "?q=Coalition": 2, "?locale=fr": 0, "?q=nowhere": 0, "": 4} {
		if got := strings.Count(b.get("/memory"+query).Body, `name="pair"`); got != want {
			t.Errorf("%q: %d pairs, want %d", query, got, want)
		}
	}
	id := regexp.MustCompile(`name="pair" value="(\d+)"`).FindStringSubmatch(b.get("/memory?q=activists").Body)[1]
	b.post("/memory/delete", "pair", id, "back", "/memory")
	if got := strings.Count(b.get("/memory").Body, `name="pair"`); got != 4 {
		t.Errorf("without a reason %d pairs are left", got)
	}
	if a := h.as("reviewer").post("/memory/delete", "pair", id, "reason", "x"); a.Status != http.StatusForbidden {
		t.Errorf("a reviewer may delete: %d", a.Status)
	}
	if a := b.post("/memory/delete", "pair", id, "reason", "wrong name", "back", "/memory"); a.Status != http.StatusOK || strings.Count(a.Body, `name="pair"`) != 3 {
		t.Errorf("%d, %d pairs are left", a.Status, strings.Count(a.Body, `name="pair"`))
	}
	if a := b.post("/memory/delete", "pair", id, "reason", "again"); a.Status != http.StatusNotFound {
		t.Errorf("deleted twice: %d", a.Status)
	}
	if a := h.as("Farah").get("/memory"); strings.Contains(a.Body, "ناشطون") {
		t.Error("Farah, for French, sees Arabic pairs")
	}
	if a := h.as("Farah").get("/memory?locale=ar"); a.Status != http.StatusForbidden {
		t.Errorf("Farah asks for Arabic pairs: %d", a.Status)
	}
}

// The dashboard draws four figures with a table behind each, mirrored in
// Arabic, and holds to the locales of who reads it.
func TestDashboard(t *testing.T) {
	t.Parallel()
	h, _ := buildRooms(t)
	b := h.as("Lina")
	a := b.get("/dashboard")
	for _, id := range []string{"waiting", "states", "origins"} {
		if !strings.Contains(a.Body, `<title id="f-`+id+`-t">`) || !strings.Contains(a.Body, `<desc id="f-`+id+`-d">`) {
			t.Errorf("no drawing of %s", id)
		}
	}
	if n := strings.Count(a.Body, "<svg class=\"chart\""); n == 0 || n != strings.Count(a.Body, "The numbers as a table</summary>") {
		t.Errorf("%d drawings, not all with a table", n)
	}
	first := regexp.MustCompile(`<rect x="(\d+)" y="\d+" width="\d+" height="\d+" class="s`)
	english := first.FindStringSubmatch(a.Body)[1]
	b.lang = "ar"
	if arabic := first.FindStringSubmatch(b.get("/dashboard").Body)[1]; arabic == english {
		t.Error("the drawing is not mirrored in Arabic")
	}
	if a := h.as("Farah").get("/dashboard"); strings.Contains(a.Body, ">Arabic<") || !strings.Contains(a.Body, ">French<") {
		t.Error("Farah, for French, sees other figures than hers")
	}
	if a := h.as("viewer").get("/dashboard"); strings.Contains(a.Body, "f-cost-name") {
		t.Error("a viewer sees what engines cost")
	}
	for role, want := range map[string]int{"viewer": 403, "publisher": 403, "admin": 200} {
		if a := h.as(role).get("/engines"); a.Status != want {
			t.Errorf("%s, engines: %d", role, a.Status)
		}
	}
	if a := h.as("admin").get("/engines?month=nonsense"); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("a month that is none: %d %s", a.Status, h.log)
	}
}

// The states of past days are counted back from today's.
func TestStatesByDay(t *testing.T) {
	t.Parallel()
	h, _ := buildRooms(t)
	f, err := h.pipe.Figures(t.Context())
	h.must(err)
	days, counts := f.StatesByDay(func(string) bool { return true })
	if len(days) != 30 || len(counts) != 30 {
		t.Fatalf("%d days", len(days))
	}
	today, yesterday := counts[29], counts[28]
	if today[edition.Published] != 1 || today[edition.InReview]+today[edition.Revising]+today[edition.Published]+today[edition.Drafting] != 6 {
		t.Errorf("today: %v", today)
	}
	for s, n := range yesterday {
		if n != 0 {
			t.Errorf("before anything was there, %d editions were %s", n, s)
		}
	}
}
