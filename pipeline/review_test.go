package pipeline_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dragoman/internal/edition"
	"dragoman/pipeline"
)

// read reads a public file.
func (h *house) read(name string) string {
	h.t.Helper()
	data, err := os.ReadFile(filepath.Join(h.pub, filepath.FromSlash(name)))
	if err != nil {
		h.t.Fatal(err)
	}
	return string(data)
}

func TestAPersonsWordsGoThroughReviewToTheSiteAndTheMemory(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		h := build(t, options{postgres: postgres})
		h.write("attack.md", attack)
		h.run()
		v := h.view("attack", "ar")
		_, err := h.pipe.Approve(t.Context(), "Omar", v.ID)
		refusal(t, err, "untranslated")
		_, err = h.pipe.Publish(t.Context(), "Omar", v.ID)
		refusal(t, err, "not-approved")
		h.say("Lina", h.row(v, "Nobody had seen this coming."), "لم يتوقع أحد ذلك.")
		h.say("Lina", h.row(v, "Attack on Maasran"), "هجوم على معصران")
		if n, err := h.pipe.ApproveClean(t.Context(), "Omar", v.ID); err != nil || n != 4 {
			t.Fatalf("approved %d clean, %v", n, err)
		}
		_, err = h.pipe.Approve(t.Context(), "Omar", v.ID)
		refusal(t, err, "unreviewed") // the repaired one was left to be looked at
		h.approve("Omar", h.row(h.view("attack", "ar"), "Three civilians were injured in Maasran.").Target)
		e, err := h.pipe.Approve(t.Context(), "Omar", v.ID)
		if err != nil || e.State != edition.Approved {
			t.Fatalf("%s, %v", e.State, err)
		}
		if _, err := h.pipe.Publish(t.Context(), "Omar", v.ID); err != nil {
			t.Fatal(err)
		}
		h.settle()
		if v = h.view("attack", "ar"); v.State != edition.Published {
			t.Fatalf("state %s %s", v.State, v.Reason)
		}
		page := h.read("ar/attack.html")
		for _, want := range []string{`lang="ar"`, `dir="rtl"`, "هجوم على معصران", "لم يتوقع أحد ذلك."} {
			if !strings.Contains(page, want) {
				t.Errorf("the page lacks %q", want)
			}
		}
		if !strings.Contains(h.read("ar/index.html"), "هجوم على معصران") {
			t.Error("the index lacks the release")
		}
		h.write("later.md", "# Later\n\nNobody had seen this coming.\n")
		h.run()
		if got := h.row(h.view("later", "ar"), "Nobody had seen this coming.").Target.Standing; got.Origin.Kind != edition.FromExact || got.Text != "لم يتوقع أحد ذلك." {
			t.Errorf("the memory gave %+v", got)
		}
	})
}

func TestPublishingTwiceChangesNoByte(t *testing.T) {
	t.Parallel()
	h := reviewed(t)
	v := h.view("rev", "ar")
	if _, err := h.pipe.Approve(t.Context(), "Omar", v.ID); err != nil {
		t.Fatal(err)
	}
	publish := func() map[string]string {
		if _, err := h.pipe.Publish(t.Context(), "Omar", v.ID); err != nil {
			t.Fatal(err)
		}
		h.settle()
		return h.files()
	}
	first := publish()
	if len(first) < 4 {
		t.Errorf("only %d files were written", len(first))
	}
	for name, second := range publish() {
		if first[name] != second {
			t.Errorf("%s has changed", name)
		}
	}
}

// files are all public files with their content and time.
func (h *house) files() map[string]string {
	h.t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(h.pub, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		data, err := os.ReadFile(path)
		out[path] = info.ModTime().String() + string(data)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return out
}

func TestFourEyes(t *testing.T) {
	t.Parallel()
	h := build(t, options{rules: edition.Rules{FourEyes: true}})
	h.write("rev.md", first)
	h.run()
	tg := h.say("Lina", h.row(h.view("rev", "ar"), "Three people came to see."), "جاء ثلاثة أشخاص ليروا.")
	_, err := h.pipe.ApproveTarget(t.Context(), "Lina", tg.ID, tg.Standing.ID)
	refusal(t, err, "four-eyes")
	h.approve("Omar", tg)
}

func TestAStaleSaveIsRefusedWithBothTexts(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	h.write("rev.md", first)
	h.run()
	r := h.row(h.view("rev", "ar"), "Three people came to see.")
	h.say("Lina", r, "جاء ثلاثة أشخاص ليروا.")
	_, err := h.pipe.Edit(t.Context(), "Omar", r.Target.ID, r.Target.Standing.ID, "أتى ثلاثة.")
	var stale *pipeline.Stale
	if !errors.As(err, &stale) || stale.Mine != "أتى ثلاثة." || stale.Theirs.Author != "Lina" {
		t.Fatalf("got %v", err)
	}
	if _, err := h.pipe.Edit(t.Context(), "Omar", r.Target.ID, stale.Theirs.ID, "أتى ثلاثة."); err != nil {
		t.Error(err)
	}
}

func TestWhatIsTypedIsKeptAndMakesNoVersion(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	h.write("rev.md", first)
	h.run()
	r := h.row(h.view("rev", "ar"), "Three people came to see.")
	if err := h.pipe.Type(t.Context(), "Lina", r.Target.ID, 0, "جاء ثلا"); err != nil {
		t.Fatal(err)
	}
	if r = h.row(h.view("rev", "ar"), "Three people came to see."); r.Draft == nil || r.Draft.Text != "جاء ثلا" || r.Target.Standing.ID != 0 {
		t.Fatalf("%+v", r)
	}
	h.say("Lina", r, "جاء ثلاثة.")
	if r = h.row(h.view("rev", "ar"), "Three people came to see."); r.Draft != nil {
		t.Error("the draft outlived the save")
	}
}

func TestErrorsMustBeAnswered(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	h.write("rev.md", "# Report\n\nThe 12 men were seen in Maasran.\n")
	h.run()
	tg := h.say("Lina", h.row(h.view("report", "ar"), "The 12 men were seen in Maasran."), "شوهد 12 رجلًا في معسران.")
	if tg.Errors == 0 {
		t.Fatalf("a wrong name passed: %+v", tg.Standing.Findings)
	}
	_, err := h.pipe.ApproveTarget(t.Context(), "Omar", tg.ID, tg.Standing.ID)
	refusal(t, err, "errors")
	for seq, f := range tg.Standing.Findings {
		if f.Fix == nil {
			continue
		}
		tg, err = h.pipe.Fix(t.Context(), "Lina", tg.ID, tg.Standing.ID, seq)
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	if tg.Standing.Text != "شوهد 12 رجلًا في معصران." || tg.Errors != 0 {
		t.Errorf("after the fix: %q, %+v", tg.Standing.Text, tg.Standing.Findings)
	}
	h.approve("Omar", tg)
}

func TestLeavingASegmentOut(t *testing.T) {
	t.Parallel()
	h := reviewed(t)
	v := h.view("rev", "ar")
	r := h.row(v, "Two things were said about it.")
	_, err := h.pipe.Omit(t.Context(), "Lina", r.Target.ID, " ")
	refusal(t, err, "reason")
	if _, err := h.pipe.Omit(t.Context(), "Lina", r.Target.ID, "said in the sentence before"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.pipe.Approve(t.Context(), "Omar", v.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := h.pipe.Publish(t.Context(), "Omar", v.ID); err != nil {
		t.Fatal(err)
	}
	h.settle()
	if page := h.read("ar/rev.html"); strings.Contains(page, words[r.Segment.Source]) {
		t.Error("what was left out is on the page")
	}
}

func TestReopenAndWithdraw(t *testing.T) {
	t.Parallel()
	h := reviewed(t)
	v := h.view("rev", "ar")
	if _, err := h.pipe.Approve(t.Context(), "Omar", v.ID); err != nil {
		t.Fatal(err)
	}
	_, err := h.pipe.Edit(t.Context(), "Lina", v.Rows[1].Target.ID, v.Rows[1].Target.Standing.ID, "غير ذلك.")
	refusal(t, err, "state")
	if e, err := h.pipe.Reopen(t.Context(), "Omar", v.ID, "a name is wrong"); err != nil || e.State != edition.InReview || e.Reason != "a name is wrong" {
		t.Fatalf("%s %q, %v", e.State, e.Reason, err)
	}
	if v = h.view("rev", "ar"); v.Rows[1].Target.State != edition.Reviewed {
		t.Errorf("the reviews were lost: %s", v.Rows[1].Target.State)
	}
	if _, err := h.pipe.Approve(t.Context(), "Omar", v.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := h.pipe.Publish(t.Context(), "Omar", v.ID); err != nil {
		t.Fatal(err)
	}
	h.settle()
	size := h.pipe.Memory().Len()
	if _, err := h.pipe.Withdraw(t.Context(), "Omar", v.ID, "not ours"); err != nil {
		t.Fatal(err)
	}
	h.settle()
	if _, err := os.Stat(filepath.Join(h.pub, "ar", "rev.html")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the page is still there: %v", err)
	}
	if got := h.pipe.Memory().Len(); got != size-5 {
		t.Errorf("the memory has %d entries, had %d", got, size)
	}
}

func TestEmbargoSchedules(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	until := time.Unix(h.clock.at.Load(), 0).UTC().Add(48 * time.Hour)
	h.write("rev.md", strings.Replace(first, "slug: rev", "slug: rev\nembargo: "+until.Format(time.RFC3339), 1))
	h.run()
	for _, r := range h.view("rev", "ar").Rows {
		h.approve("Omar", h.say("Lina", r, words[r.Segment.Source]))
	}
	v := h.view("rev", "ar")
	if _, err := h.pipe.Approve(t.Context(), "Omar", v.ID); err != nil {
		t.Fatal(err)
	}
	e, err := h.pipe.Publish(t.Context(), "Omar", v.ID)
	if err != nil || e.State != edition.Scheduled {
		t.Fatalf("%s, %v", e.State, err)
	}
	h.settle()
	if len(h.files()) != 0 {
		t.Error("something is public under embargo")
	}
	h.clock.forward(49 * time.Hour)
	if _, err := h.pipe.Publish(t.Context(), "Omar", v.ID); err != nil {
		t.Fatal(err)
	}
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for end := time.After(2 * time.Minute); h.view("rev", "ar").State != edition.Published; {
		select {
		case <-tick.C:
		case <-end:
			t.Fatal("it was not published when its embargo ended")
		}
	}
}

func TestEditionsLinkToEachOther(t *testing.T) {
	t.Parallel()
	h := build(t, options{locales: []string{"ar", "fr"}})
	h.write("rev.md", "# Report\n\nThey came.\n")
	h.run()
	for _, loc := range []string{"ar", "fr"} {
		for _, r := range h.view("report", loc).Rows {
			text := map[string]string{"arReport": "تقرير", "arThey came.": "جاؤوا.", "frReport": "Rapport", "frThey came.": "Ils sont venus."}[loc+r.Segment.Source]
			h.approve("Omar", h.say("Lina", r, text))
		}
		v := h.view("report", loc)
		if _, err := h.pipe.Approve(t.Context(), "Omar", v.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := h.pipe.Publish(t.Context(), "Omar", v.ID); err != nil {
			t.Fatal(err)
		}
		h.settle()
	}
	for _, name := range []string{"ar/report.html", "fr/report.html"} {
		page := h.read(name)
		for _, want := range []string{`hreflang="ar"`, `hreflang="fr"`} {
			if !strings.Contains(page, want) {
				t.Errorf("%s lacks %s", name, want)
			}
		}
	}
}
