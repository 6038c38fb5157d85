package desk_test

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"dragoman/internal/edition"
)

// Without JavaScript a release is read, edited, approved and published by
// plain links and forms, in English and in Arabic.
func TestWithoutJavaScript(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ar"} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			h := build(t, options{})
			b := h.as("Lina")
			b.lang = lang
			v := h.view("attack", "ar", "")
			ed := "/editions/" + itoa(v.ID)
			if q := b.get("/"); !strings.Contains(q.Body, `href="`+ed+`"`) {
				t.Fatal("the queue does not lead to the edition")
			}
			b.post(ed+"/assign", "to", "me")
			page := b.get(ed)
			if page.Status != http.StatusOK || !strings.Contains(page.Body, "Nobody had ") {
				t.Fatalf("the edition: %d", page.Status)
			}
			texts := []string{"هجوم على معصران", "أدان الائتلاف الوطني السوري الهجوم.", "أصيب ثلاثة مدنيين في معصران.", "لم ⟦1⟧يتوقع⟦/1⟧ أحد ذلك.", "أكد ناشطون التقرير."}
			for i, text := range texts {
				n := i + 1
				page := b.get(ed + "?segment=" + itoa(int64(n)))
				action, base := editorOf(t, page.Body)
				a := b.post(action, "base", base, "text", text, "then", "approve")
				if a.Status != http.StatusOK || !strings.HasPrefix(a.URL.RequestURI(), ed) {
					t.Fatalf("segment %d: %d at %s", n, a.Status, a.URL)
				}
				if strings.Contains(a.Body, `class="said error"`) {
					t.Fatalf("segment %d was refused: %s", n, regexp.MustCompile(`(?s)class="said error".*?</div>`).FindString(a.Body))
				}
				if want := "segment=" + itoa(int64(n+1)); n < len(texts) && !strings.Contains(a.URL.RawQuery, want) {
					t.Errorf("after segment %d the browser is at %s", n, a.URL)
				}
			}
			if a := b.post(ed + "/approve"); a.Status != http.StatusOK || h.view("attack", "ar", "").State != edition.Approved {
				t.Fatalf("approving the edition: %d, it is %s", a.Status, h.view("attack", "ar", "").State)
			}
			b.post(ed + "/publish")
			h.until("the edition is published", func() bool { return h.view("attack", "ar", "").State == edition.Published })
			published, err := os.ReadFile(filepath.Join(h.pub, "ar", "attack.html"))
			h.must(err)
			if !strings.Contains(string(published), "<strong>يتوقع</strong>") {
				t.Errorf("the published page lacks the words:\n%s", published)
			}
			if a := b.get("/public/ar/attack.html"); a.Status != http.StatusOK || a.Body != string(published) || !strings.HasPrefix(a.Header.Get("Content-Security-Policy"), "sandbox") {
				t.Errorf("the published page at the desk: %d, %s", a.Status, a.Header.Get("Content-Security-Policy"))
			}
			if a := b.get(ed); !strings.Contains(a.Body, `href="/public/ar/attack.html"`) {
				t.Error("the edition does not lead to its published page")
			}
			b.post(ed+"/reopen", "reason", "A name is wrong")
			if v := h.view("attack", "ar", ""); v.State != edition.Revising || v.Reason != "A name is wrong" {
				t.Errorf("sent back, it is %s for %q", v.State, v.Reason)
			}
			b.post(ed+"/withdraw", "reason", "It was a mistake")
			h.until("the page is gone", func() bool { _, err := os.Stat(filepath.Join(h.pub, "ar", "attack.html")); return err != nil })
		})
	}
}

var editorForm = regexp.MustCompile(`(?s)<form class="editor" method="post" action="(/targets/[1-9]\d*/edit)">.*?name="base" value="(\d+)"`)

// editorOf finds the form of the segment that is open on a page.
func editorOf(t *testing.T, page string) (action, base string) {
	t.Helper()
	m := editorForm.FindStringSubmatch(page)
	if m == nil {
		t.Fatal("no segment is open for editing")
	}
	return m[1], m[2]
}

// Two people save the same segment: the second is shown both texts, nothing
// is lost, and a second save goes over the first.
func TestAStaleSaveShowsBothTexts(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	lina, omar := h.as("Lina"), h.as("Omar")
	tg := h.target("attack", "ar", 2)
	path, base := "/targets/"+itoa(tg.ID)+"/edit", itoa(tg.Standing.ID)
	lina.post(path, "base", base, "text", "أدان الائتلاف الوطني السوري الهجوم بشدة.")
	a := omar.post(path, "base", base, "text", "دان الائتلاف الوطني السوري الهجوم.")
	for _, want := range []string{"Somebody else changed this segment", "Lina", ">بشدة<", ">أدان<", ">دان<"} {
		if !strings.Contains(strings.Join(strings.Fields(a.Body), " "), want) && !strings.Contains(a.Body, strings.Trim(want, "><")) {
			t.Errorf("the conflict does not show %q", want)
		}
	}
	if a.URL.Query().Get("segment") != "2" {
		t.Errorf("the conflict is shown at %s", a.URL)
	}
	merged := "دان الائتلاف الوطني السوري الهجوم بشدة."
	if !strings.Contains(a.Body, ">"+merged+"</textarea>") {
		t.Error("the editor does not hold both changes")
	}
	if h.target("attack", "ar", 2).Standing.Author != "Lina" {
		t.Error("Omar's save went over Lina's")
	}
	_, fresh := editorOf(t, a.Body)
	omar.post(path, "base", fresh, "text", merged)
	if got := h.target("attack", "ar", 2).Standing; got.Author != "Omar" || got.Text != merged {
		t.Errorf("saved again it is %q by %s", got.Text, got.Author)
	}
	if v := h.view("attack", "ar", "Omar"); v.Rows[1].Draft != nil {
		t.Error("the draft is still there")
	}
}

// The same as the page's script sees it, where both changed the same words.
func TestAStaleSaveAsJSON(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	lina, omar := h.as("Lina"), h.as("Omar")
	tg := h.target("attack", "ar", 2)
	path, base := "/targets/"+itoa(tg.ID)+"/edit", itoa(tg.Standing.ID)
	lina.ask(path, "base", base, "text", "ندد الائتلاف الوطني السوري بالهجوم.")
	a := omar.ask(path, "base", base, "text", "استنكر الائتلاف الوطني السوري الهجوم.")
	if a.Status != http.StatusConflict || !strings.Contains(a.Body, "same words") || !strings.Contains(a.Body, "استنكر الائتلاف الوطني السوري الهجوم.") {
		t.Errorf("%d %s", a.Status, a.Body)
	}
	if a := omar.ask("/targets/"+itoa(tg.ID)+"/approve", "version", base); a.Status != http.StatusConflict {
		t.Errorf("approving a version that no longer stands: %d", a.Status)
	}
}

// What is typed is kept, is nobody else's to see, makes no version, and comes
// up again.
func TestTypingIsKept(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	lina, omar := h.as("Lina"), h.as("Omar")
	v := h.view("attack", "ar", "")
	tg := v.Rows[3].Target
	a := lina.ask("/targets/"+itoa(tg.ID)+"/type", "base", itoa(tg.Standing.ID), "text", "لم ير أحد")
	if a.Status != http.StatusOK || !strings.Contains(a.Body, "Saved ") {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	page := "/editions/" + itoa(v.ID) + "?segment=4"
	if a := lina.get(page); !strings.Contains(a.Body, ">لم ير أحد</textarea>") || !strings.Contains(a.Body, "begun, not finished yet") {
		t.Error("the draft does not come up again")
	}
	if a := omar.get(page); strings.Contains(a.Body, "لم ير أحد") {
		t.Error("somebody else sees the draft")
	}
	history, err := h.pipe.History(t.Context(), tg.ID)
	h.must(err)
	if len(history) != 0 {
		t.Errorf("typing made %d versions", len(history))
	}
}

// The acts of the pane, one after the other, as the page's script asks.
func TestActsOnASegment(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	b := h.as("Lina")
	at := func() *edition.Target { return h.target("attack", "ar", 3) }
	do := func(act string, want int, fields ...string) answer {
		t.Helper()
		a := b.ask("/targets/"+itoa(at().ID)+"/"+act, fields...)
		if a.Status != want {
			t.Errorf("%s: %d %s", act, a.Status, a.Body)
		}
		return a
	}
	// A wrong number is found, and keeps the segment from being approved.
	do("edit", 200, "base", itoa(at().Standing.ID), "text", "أصيب 5 مدنيين في معصران.")
	if at().Errors == 0 {
		t.Fatal("the wrong number was not found")
	}
	do("approve", 422, "version", itoa(at().Standing.ID))
	v := h.view("attack", "ar", "Lina")
	for _, f := range v.Rows[2].Findings {
		do("dismiss", 200, "version", itoa(at().Standing.ID), "seq", itoa(int64(f.Seq)), "reason", "counted again")
	}
	if a := do("approve", 200, "version", itoa(at().Standing.ID)); !strings.Contains(a.Body, `"next":`) {
		t.Errorf("no way to the next segment: %s", a.Body)
	}
	do("reject", 200, "reason", "look again")
	if at().ApprovedBy != "" {
		t.Error("sent back, it is still approved")
	}
	do("omit", 200, "reason", "not for these readers")
	if at().Omitted == "" {
		t.Error("it was not left out")
	}
	do("reject", 200, "reason", "for them after all")
	history, err := h.pipe.History(t.Context(), at().ID)
	h.must(err)
	do("restore", 200, "base", itoa(at().Standing.ID), "version", itoa(history[0].ID))
	if at().Standing.Text != history[0].Text {
		t.Errorf("put back: %q", at().Standing.Text)
	}
	if a := b.get("/targets/"+itoa(at().ID)+"/history", "Accept", "application/json"); !strings.Contains(a.Body, "Lina") {
		t.Errorf("history: %s", a.Body)
	}
	if a := b.get("/editions/" + itoa(v.ID) + "/diff?base=before&mode=side"); a.Status != 200 || !strings.Contains(a.Body, "class=\"change\"") {
		t.Errorf("the diff: %d", a.Status)
	}
}

// A fix is one act.
func TestFix(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	b := h.as("translator")
	tg := h.target("attack", "ar", 3)
	b.ask("/targets/"+itoa(tg.ID)+"/edit", "base", itoa(tg.Standing.ID), "text", "أصيب ثلاثة مدنيين في معسران.")
	v := h.view("attack", "ar", "")
	for _, f := range v.Rows[2].Findings {
		if f.Fix == nil {
			continue
		}
		page := b.get("/editions/" + itoa(v.ID) + "?segment=3")
		if !strings.Contains(page.Body, "/fix") {
			t.Error("the fix is not offered")
		}
		a := b.ask("/targets/"+itoa(tg.ID)+"/fix", "version", itoa(v.Rows[2].Target.Standing.ID), "seq", itoa(int64(f.Seq)))
		if got := h.target("attack", "ar", 3).Standing.Text; a.Status != 200 || got != "أصيب ثلاثة مدنيين في معصران." {
			t.Errorf("%d: %q", a.Status, got)
		}
		return
	}
	t.Errorf("nothing to fix in %+v", v.Rows[2].Findings)
}

// A new revision of the source shows what changed in it, and the machine's
// new words beside those that a person approved.
func TestAChangedSource(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	b := h.as("Lina")
	tg := h.target("attack", "ar", 2)
	b.ask("/targets/"+itoa(tg.ID)+"/approve", "version", itoa(tg.Standing.ID))
	path := filepath.Join(h.dir, "attack.md")
	h.must(os.WriteFile(path, []byte(strings.Replace(attack, "condemned the attack.", "condemned the attacks.", 1)), 0o644))
	_, err := h.pipe.Load(t.Context(), nil, edition.Urgent, func(int, int) {})
	h.must(err)
	h.settle()
	v := h.view("attack", "ar", "")
	page := b.get("/editions/" + itoa(v.ID) + "?segment=2")
	for _, want := range []string{"The source has changed", "attacks</ins>", "attack</del>"} {
		if !strings.Contains(page.Body, want) {
			t.Errorf("the page does not show %q", want)
		}
	}
	if len(v.Rows[1].Proposals) == 0 {
		t.Fatal("no proposal")
	}
	if !strings.Contains(page.Body, "/decide") {
		t.Error("the proposal is not offered")
	}
	a := b.ask("/targets/"+itoa(tg.ID)+"/decide", "proposal", itoa(v.Rows[1].Proposals[0].ID), "accept", "yes")
	if got := h.target("attack", "ar", 2).Standing.Text; a.Status != 200 || got != "أدان الائتلاف الوطني السوري الهجمات." {
		t.Errorf("%d: %q", a.Status, got)
	}
}

// The rows that a page lacks are sent, the others are not; a page of another
// revision or state is told to load again.
func TestRowsThatChanged(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	b := h.as("Lina")
	v := h.view("attack", "ar", "")
	page := b.get("/editions/" + itoa(v.ID))
	query := "/editions/" + itoa(v.ID) + "/rows?revision=" + itoa(v.Revision) + "&state=" + string(v.State)
	for _, m := range regexp.MustCompile(`data-stamp="(\w+)"`).FindAllStringSubmatch(page.Body, -1) {
		query += "&have=" + m[1]
	}
	json := func() string { return b.get(query, "Accept", "application/json").Body }
	if got := json(); strings.Contains(got, `"rows"`) {
		t.Errorf("nothing changed, and rows come: %s", got)
	}
	tg := v.Rows[1].Target
	h.as("Omar").ask("/targets/"+itoa(tg.ID)+"/edit", "base", itoa(tg.Standing.ID), "text", "دان الائتلاف الوطني السوري الهجوم.")
	if got := json(); strings.Count(got, `"stamp"`) != 1 || !strings.Contains(got, `"id":`+itoa(tg.ID)) {
		t.Errorf("one row changed: %s", got)
	}
	if got := b.get(strings.Replace(query, "state=in_review", "state=approved", 1), "Accept", "application/json").Body; !strings.Contains(got, `"reload":true`) {
		t.Errorf("another state: %s", got)
	}
}

// The preview is the page to be published, in a box of its own.
func TestPreview(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	b := h.as("viewer")
	v := h.view("attack", "ar", "")
	a := b.get("/editions/" + itoa(v.ID) + "/page")
	if !strings.Contains(a.Body, `dir="rtl"`) || !strings.Contains(a.Body, "أدان الائتلاف") || !strings.Contains(a.Body, "Nobody had") {
		t.Errorf("the preview: %s", a.Body)
	}
	if csp := a.Header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "sandbox") || !strings.Contains(csp, "default-src 'none'") {
		t.Errorf("its policy: %s", csp)
	}
	if a := b.get("/editions/" + itoa(v.ID) + "/preview"); !strings.Contains(a.Body, `sandbox`) {
		t.Error("the frame has no sandbox")
	}
}
