package desk_test

import (
	"net/http"
	"strings"
	"testing"

	"dragoman/internal/edition"
)

// Each act is open to those whose role reaches it, and to nobody else. What
// is refused by the state of things (422, 409) was allowed.
func TestRoles(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	v := h.view("attack", "ar", "")
	target := "/targets/" + itoa(v.Rows[0].Target.ID)
	ed := "/editions/" + itoa(v.ID)
	roles := []string{"viewer", "terminologist", "translator", "reviewer", "publisher", "admin"}
	from := map[string][]string{
		"translator": {target + "/edit", target + "/type", target + "/fix", target + "/decide", ed + "/assign"},
		"reviewer":   {target + "/approve", target + "/reject", target + "/omit", target + "/dismiss", ed + "/approve", ed + "/approve-clean", ed + "/reopen"},
		"publisher":  {ed + "/publish", ed + "/withdraw"},
	}
	for _, role := range roles {
		b := h.as(role)
		for least, paths := range from {
			reach := position(roles, role) >= position(roles, least)
			for _, path := range paths {
				a := b.ask(path, "text", "", "version", "1")
				switch refused := a.Status == http.StatusForbidden; {
				case refused == reach:
					t.Errorf("%s, POST %s: %d %s", role, path, a.Status, a.Body)
				case refused && !strings.Contains(a.Body, least):
					t.Errorf("%s, POST %s: the answer does not name the role that is needed: %s", role, path, a.Body)
				case a.Status >= http.StatusInternalServerError:
					t.Errorf("%s, POST %s: %d", role, path, a.Status)
				}
			}
		}
		if a := b.post("/retry"); (a.Status == http.StatusForbidden) == (position(roles, role) >= position(roles, "reviewer")) {
			t.Errorf("%s, POST /retry: %d", role, a.Status)
		}
		for _, path := range []string{"/", ed, ed + "/diff", ed + "/history", ed + "/preview", ed + "/page", target + "/history", "/concepts/loc.maasran?locale=ar"} {
			if a := b.get(path); a.Status != http.StatusOK {
				t.Errorf("%s, GET %s: %d", role, path, a.Status)
			}
		}
	}
	if after := h.view("attack", "ar", ""); after.Rows[0].Target.Standing.ID != v.Rows[0].Target.Standing.ID {
		t.Error("something was changed")
	}
}

// What a person may not do is not offered to them.
func TestThePageOffersWhatOneMayDo(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	v := h.view("attack", "ar", "")
	for _, c := range []struct {
		role       string
		has, hasno []string
	}{
		{"viewer", nil, []string{"class=\"editor\"", "/approve", "/omit", "/assign", "/withdraw"}},
		{"translator", []string{"class=\"editor\"", "/assign"}, []string{"/approve", "/omit", "/withdraw", "Approve and go on"}},
		{"reviewer", []string{"class=\"editor\"", "/approve-clean", "/omit"}, []string{"/withdraw"}},
		{"publisher", []string{"/approve-clean", "/withdraw"}, nil},
	} {
		a := h.as(c.role).get("/editions/" + itoa(v.ID))
		for _, want := range c.has {
			if !strings.Contains(a.Body, want) {
				t.Errorf("%s is not offered %s", c.role, want)
			}
		}
		for _, no := range c.hasno {
			if strings.Contains(a.Body, no) {
				t.Errorf("%s is offered %s", c.role, no)
			}
		}
	}
}

// A role for French alone shows nothing of the Arabic editions.
func TestARoleHoldsInItsLocales(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	ar, fr := h.view("attack", "ar", ""), h.view("attack", "fr", "")
	b := h.as("Farah")
	if a := b.get("/?state=all"); strings.Contains(a.Body, "/editions/"+itoa(ar.ID)+`"`) || !strings.Contains(a.Body, "/editions/"+itoa(fr.ID)+`"`) {
		t.Error("the queue shows the wrong editions")
	}
	if a := b.get("/?state=all&locale=ar"); strings.Contains(a.Body, "/editions/") {
		t.Error("the filter shows another locale's editions")
	}
	if a := b.get("/editions/" + itoa(fr.ID)); a.Status != http.StatusOK || strings.Contains(a.Body, "/editions/"+itoa(ar.ID)) {
		t.Errorf("the French edition: %d, or it leads to the Arabic one", a.Status)
	}
	target := itoa(ar.Rows[0].Target.ID)
	for _, path := range []string{"/editions/" + itoa(ar.ID), "/editions/" + itoa(ar.ID) + "/page", "/editions/" + itoa(ar.ID) + "/rows", "/targets/" + target, "/targets/" + target + "/history", "/concepts/loc.maasran?locale=ar"} {
		if a := b.get(path); a.Status != http.StatusForbidden || strings.Contains(a.Body, "الائتلاف") {
			t.Errorf("GET %s: %d", path, a.Status)
		}
	}
	for _, path := range []string{"/targets/" + target + "/edit", "/targets/" + target + "/approve", "/editions/" + itoa(ar.ID) + "/approve", "/editions/" + itoa(ar.ID) + "/assign"} {
		if a := b.ask(path, "text", "x", "to", "me"); a.Status != http.StatusForbidden {
			t.Errorf("POST %s: %d", path, a.Status)
		}
	}
}

// Nobody approves what they wrote where the house wants four eyes, and the
// page says so before they try.
func TestFourEyes(t *testing.T) {
	t.Parallel()
	h := build(t, options{rules: edition.Rules{FourEyes: true}})
	lina, omar := h.as("Lina"), h.as("Omar")
	tg := h.target("attack", "ar", 1)
	path := "/targets/" + itoa(tg.ID)
	if a := lina.ask(path+"/edit", "base", itoa(tg.Standing.ID), "text", "هجوم على معصران"); a.Status != http.StatusOK || !strings.Contains(a.Body, "another person must approve") {
		t.Errorf("%d %s", a.Status, a.Body)
	}
	version := itoa(h.target("attack", "ar", 1).Standing.ID)
	if a := lina.ask(path+"/approve", "version", version); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "another person must approve") {
		t.Errorf("Lina approved her own words: %d %s", a.Status, a.Body)
	}
	if a := omar.ask(path+"/approve", "version", version); a.Status != http.StatusOK {
		t.Errorf("Omar cannot approve: %d %s", a.Status, a.Body)
	}
}

// Editions are given to people who can work on them.
func TestAssign(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	v := h.view("attack", "ar", "")
	path := "/editions/" + itoa(v.ID) + "/assign"
	b := h.as("Lina")
	for _, c := range []struct{ to, want string }{{"me", "Lina"}, {"Omar", "Omar"}, {"nobody at all", "Omar"}, {"viewer", "Omar"}, {"Farah", "Omar"}, {"gone", "Omar"}, {"", ""}} {
		b.post(path, "to", c.to)
		if got := h.view("attack", "ar", "").Assignee; got != c.want {
			t.Errorf("given to %q it is %q's, want %q", c.to, got, c.want)
		}
	}
}

func position(list []string, s string) int {
	for i, x := range list {
		if x == s {
			return i
		}
	}
	return -1
}
