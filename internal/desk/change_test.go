package desk_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"dragoman/internal/edition"
)

// upload sends a form with a file.
func (b *browser) upload(path, name, content string, fields ...string) answer {
	b.h.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for i := 0; i+1 < len(fields); i += 2 {
		b.h.must(w.WriteField(fields[i], fields[i+1]))
	}
	f, err := w.CreateFormFile("file", name)
	b.h.must(err)
	_, err = f.Write([]byte(content))
	b.h.must(err)
	b.h.must(w.Close())
	return b.do(http.MethodPost, path, &body, "Content-Type", w.FormDataContentType())
}

// town is a release whose drafts and approvals name Kafranbel.
const town = "---\ntitle: Towns\nslug: towns\n---\n\nSix civilians were injured in Kafranbel.\n\nKafranbel was hit again.\n"

// The terminologist changes a name without JavaScript: sees what it touches
// before anything happens, applies it, a reviewer accepts what waits, and all
// of it is undone.
func TestAChangeOfTheGlossary(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ar"} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			h := build(t, options{files: map[string]string{"towns.md": town}})
			tg := h.target("towns", "ar", 2)
			if _, err := h.pipe.ApproveTarget(t.Context(), "Lina", tg.ID, tg.Standing.ID); err != nil {
				t.Fatal(err)
			}
			b := h.as("terminologist")
			b.lang = lang
			form := b.get("/concepts/loc.kafranbel/edit")
			if form.Status != http.StatusOK || !strings.Contains(form.Body, ">كفرنبل</textarea>") {
				t.Fatalf("the form: %d", form.Status)
			}
			if a := b.post("/concepts/loc.kafranbel/edit", "ar", "كفر نبل", "show", "ar"); !strings.Contains(a.Body, "وبكفر نبل") {
				t.Error("what would be accepted is not shown")
			}
			if a := b.post("/concepts/loc.kafranbel/edit", "ar", "كفر نبل"); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, ">كفر نبل</textarea>") {
				t.Errorf("without a reason: %d, or what was typed is lost", a.Status)
			}
			if a := b.post("/concepts/loc.kafranbel/edit", "ar", "كفر{nonsense}", "reason", "x"); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "nonsense") {
				t.Errorf("with a mistake: %d", a.Status)
			}
			preview := b.post("/concepts/loc.kafranbel/edit", "ar", "كفر نبل", "reason", "as the town writes itself")
			if preview.Status != http.StatusOK || !strings.HasPrefix(preview.URL.Path, "/changes/") {
				t.Fatalf("the preview: %d at %s\n%s", preview.Status, preview.URL, h.log)
			}
			for _, want := range []string{"كفر نبل", "as the town writes itself", "/apply"} {
				if !strings.Contains(preview.Body, want) {
					t.Errorf("the preview lacks %q", want)
				}
			}
			if got := h.target("towns", "ar", 2).Standing.Text; strings.Contains(got, "كفر نبل") {
				t.Error("something was changed before it was applied")
			}
			set := preview.URL.Path
			if a := h.as("Lina").post(set + "/apply"); a.Status != http.StatusForbidden {
				t.Errorf("a publisher may apply it: %d", a.Status)
			}
			applied := b.post(set + "/apply")
			if !strings.HasPrefix(applied.URL.Path, "/batches/") {
				t.Fatalf("applied, the browser is at %s: %s", applied.URL, said(applied))
			}
			batch := applied.URL.Path
			h.settle()
			reviewer := h.as("reviewer")
			reviewer.lang = lang
			page := reviewer.get(batch + "?locale=ar&status=waiting")
			group := regexp.MustCompile(`name="group" value="(\d+)"`).FindStringSubmatch(page.Body)
			if group == nil {
				t.Fatalf("no group waits: %s", page.Body)
			}
			if a := reviewer.get(batch + "/groups/" + group[1]); a.Status != http.StatusOK || !strings.Contains(a.Body, "towns") {
				t.Errorf("the group's page: %d", a.Status)
			}
			if a := h.as("Farah").post(batch+"/decide", "group", group[1], "accept", "yes"); a.Status != http.StatusForbidden {
				t.Errorf("Farah, for French, may decide about Arabic: %d", a.Status)
			}
			// What keeps an approval is not a translator's to accept, in the edition either.
			for _, pr := range h.view("towns", "ar", "").Rows[tg.Position].Proposals {
				if a := h.as("translator").post("/targets/"+itoa(tg.ID)+"/decide", "proposal", itoa(pr.ID), "accept", "yes"); a.Status != http.StatusForbidden {
					t.Errorf("a translator may accept a change in approved words: %d", a.Status)
				}
			}
			reviewer.post(batch+"/decide", "group", group[1], "accept", "yes")
			h.settle()
			if got := h.target("towns", "ar", 2); !strings.Contains(got.Standing.Text, "كفر نبل") || got.ApprovedBy == "" {
				t.Errorf("accepted, it is %q, approved by %q", got.Standing.Text, got.ApprovedBy)
			}
			b.post(batch + "/undo")
			h.settle()
			if got := h.target("towns", "ar", 2); strings.Contains(got.Standing.Text, "كفر نبل") {
				t.Errorf("undone, it is %q", got.Standing.Text)
			}
			if a := b.get("/batches"); a.Status != http.StatusOK || !strings.Contains(a.Body, `href="`+batch+`"`) {
				t.Error("the list does not lead to the batch")
			}
		})
	}
}

func said(a answer) string {
	return regexp.MustCompile(`(?s)class="said.*?</div>`).FindString(a.Body)
}

// A file that is not what it says, or has mistakes, is refused with its lines,
// and nothing of it is taken.
func TestImportsAreRefusedWithTheirLines(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	b := h.as("terminologist")
	for name, c := range map[string]struct{ text, want string }{
		"kind.csv":     {"id,kind,en,ar\nloc.a,LOC,Alpha,ألفا\nloc.b,PLACE,Beta,بيتا\n", "kind.csv:3"},
		"columns.csv":  {"id,kind,en,arabic\nloc.a,LOC,Alpha,x\n", "columns.csv:1"},
		"binary.csv":   {"PK\x03\x04\x00\x00", "binary.csv"},
		"entities.tbx": {`<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><tbx>&a;</tbx>`, "entities.tbx"},
		"same.csv":     {"id,kind,en,ar\nloc.kafranbel,LOC,Kafranbel,كفرنبل\n", "Nothing differs"},
		"clash.csv":    {"id,kind,en,ar,ar.forbidden\nloc.z,LOC,Zeta,زيتا,زيتا\n", "زيتا"},
		"<b>.csv":      {"no sheet at all", "&lt;b&gt;.csv"},
	} {
		a := b.upload("/glossary/import", name, c.text)
		if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, c.want) {
			t.Errorf("%s: %d, or the answer lacks %q\n%s", name, a.Status, c.want, said(a))
		}
		inspect(t, name, a.Body)
	}
	if a := h.as("reviewer").upload("/glossary/import", "a.csv", "id,kind,en,ar\nloc.a,LOC,Alpha,ألفا\n"); a.Status != http.StatusForbidden {
		t.Errorf("a reviewer may import: %d", a.Status)
	}
	a := b.upload("/glossary/import", "good.csv", "id,kind,en,ar\nloc.a,LOC,Alpha,ألفا\n", "reason", "new town")
	if !strings.HasPrefix(a.URL.Path, "/changes/") || !strings.Contains(a.Body, "ألفا") {
		t.Errorf("a good file: %d at %s", a.Status, a.URL)
	}
	if a := b.post(a.URL.Path+"/discard", "reason", "not now"); a.Status != http.StatusOK || strings.Contains(a.Body, a.URL.Path+`/apply`) {
		t.Errorf("discarded: %d", a.Status)
	}
	sets, err := h.pipe.ChangeSets(t.Context(), 10, edition.DiscardedSet)
	if err != nil || len(sets) != 1 {
		t.Errorf("%d sets are discarded, %v", len(sets), err)
	}
}

// A new concept is added through a change set; who keeps one language changes
// that one only.
func TestAddAConcept(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	b := h.as("terminologist")
	if a := b.get("/concepts/new?en=Atmeh"); a.Status != http.StatusOK || !strings.Contains(a.Body, `value="Atmeh"`) {
		t.Fatalf("the form: %d", a.Status)
	}
	fields := []string{"id", "loc.atmeh", "kind", "LOC", "en", "Atmeh", "rule", "cs", "ar", "أطمة", "reason", "it recurs"}
	a := b.post("/concepts", fields...)
	if !strings.HasPrefix(a.URL.Path, "/changes/") {
		t.Fatalf("%d at %s: %s", a.Status, a.URL, said(a))
	}
	b.post(a.URL.Path + "/apply")
	h.settle()
	if _, ok := h.pipe.Glossary().ByID("loc.atmeh"); !ok {
		h.must(h.pipe.Refresh(t.Context()))
		if _, ok := h.pipe.Glossary().ByID("loc.atmeh"); !ok {
			t.Error("the concept was not added")
		}
	}
	if a := b.post("/concepts", fields...); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("added twice: %d", a.Status)
	}
	for _, role := range []string{"viewer", "translator", "reviewer", "publisher"} {
		if a := h.as(role).get("/concepts/new"); a.Status != http.StatusForbidden {
			t.Errorf("%s may add concepts: %d", role, a.Status)
		}
	}
}
