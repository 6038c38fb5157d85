package pipeline_test

import (
	"strings"
	"testing"

	"dragoman/internal/edition"
	"dragoman/pipeline"
)

// undo takes back Lina's last act on a segment of the release rev.
func (h *house) undo(n int, want string) {
	h.t.Helper()
	what, err := h.pipe.Undo(h.t.Context(), "Lina", h.at("rev", n).Target.ID)
	if err != nil || what != want {
		h.t.Fatalf("took back %q, %v; want %q", what, err, want)
	}
}

func TestUndoTakesBackActByAct(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		h := build(t, options{postgres: postgres})
		h.write("rev.md", body("Activists confirmed the report. They left the town of Maasran."))
		h.run()
		ctx := t.Context()
		machine := h.at("rev", 2).Target
		id := machine.ID
		h.say("Lina", h.at("rev", 2), "أكد ناشطون صحة التقرير.")
		h.approve("Lina", h.at("rev", 2).Target)
		_, err := h.pipe.Reject(ctx, "Lina", id, "no")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.pipe.Omit(ctx, "Lina", id, "not for them"); err != nil {
			t.Fatal(err)
		}
		h.undo(2, "omit")
		if r := h.at("rev", 2).Target; r.Omitted != "" || r.State != edition.Translated {
			t.Fatalf("%+v", r)
		}
		h.undo(2, "reject")
		if r := h.at("rev", 2).Target; r.State != edition.Reviewed || r.ApprovedBy != "Lina" {
			t.Fatalf("%+v", r)
		}
		h.undo(2, "approve")
		h.undo(2, "edit")
		r := h.at("rev", 2).Target
		if r.Standing.Text != machine.Standing.Text || r.Standing.Origin.Kind != machine.Standing.Origin.Kind || r.Standing.Author != "" || r.Standing.ID == machine.Standing.ID {
			t.Fatalf("what stood before: %+v\nand now: %+v", machine.Standing, r.Standing)
		}
		if vs, _ := h.pipe.History(ctx, id); len(vs) != 3 {
			t.Errorf("the history has %d versions: nothing may go from it", len(vs))
		}
		_, err = h.pipe.Undo(ctx, "Lina", id)
		refusal(t, err, "undo-none")
		// Words where there were none.
		h.say("Lina", h.at("rev", 3), "غادروا بلدة معسران.")
		wrong := h.at("rev", 3)
		seq := -1
		for _, f := range wrong.Findings {
			if f.Severity == edition.Error {
				seq = f.Seq
			}
		}
		if _, err := h.pipe.Dismiss(ctx, "Lina", wrong.Target.ID, wrong.Target.Standing.ID, seq, "so they call it"); err != nil {
			t.Fatal(err)
		}
		if got := h.at("rev", 3).Target.Errors; got != wrong.Target.Errors-1 {
			t.Fatalf("%d errors", got)
		}
		h.undo(3, "dismiss")
		if got := h.at("rev", 3).Target.Errors; got != wrong.Target.Errors {
			t.Fatalf("%d errors", got)
		}
		h.undo(3, "edit")
		if got := h.at("rev", 3).Target; got.Standing.ID != 0 || got.State != edition.Initial || got.Errors != 0 {
			t.Errorf("%+v", got)
		}
		h.counted(h.view("rev", "ar"))
	})
}

func TestUndoIsRefusedWhereSomebodyWentOn(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	h.write("rev.md", body("Activists confirmed the report."))
	h.run()
	h.say("Lina", h.at("rev", 2), "أكد ناشطون صحة التقرير.")
	h.say("Omar", h.at("rev", 2), "أكد الناشطون صحة التقرير.")
	_, err := h.pipe.Undo(t.Context(), "Lina", h.at("rev", 2).Target.ID)
	refusal(t, err, "undo-moved")
	if got := h.at("rev", 2).Target.Standing.Author; got != "Omar" {
		t.Errorf("%s's words stand", got)
	}
}

func TestUndoOfAMergeAndOfAProposal(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	joined(h)
	h.undo(4, "merge") // from the part as well
	if a, b := h.at("rev", 3).Target, h.at("rev", 4).Target; a.Joined != 0 || b.Joined != 0 || a.Standing.Text != "كان ستة أشخاص في معصران." || b.Standing.Text != "لم يرَ أحد الرجال الـ 12." || b.Omitted != "" {
		t.Fatalf("%+v\n%+v", a, b)
	}
	h.merge("Lina", 3)
	head := h.at("rev", 3).Target
	if _, err := h.pipe.SplitOff(t.Context(), "Lina", head.ID, head.Standing.ID, 1, -1); err != nil {
		t.Fatal(err)
	}
	h.undo(3, "split")
	if r := h.at("rev", 3); r.Target.Joined != 1 || r.Target.Standing.Text != head.Standing.Text || !h.at("rev", 4).Target.Merged() || r.OldSource != "" {
		t.Fatalf("%+v", r.Target)
	}
	h.undo(3, "merge")
	h.approve("Omar", h.at("rev", 3).Target)
	h.write("rev.md", body("They came in the morning. Six people were injured in Kafranbel. Nobody saw the 12 men. They left."))
	h.run()
	r := h.at("rev", 3)
	if len(r.Proposals) == 0 {
		t.Fatal("the memory offers nothing for the changed sentence")
	}
	before := r.Target.Standing.Text
	if _, err := h.pipe.Decide(t.Context(), "Lina", r.Target.ID, r.Proposals[0].ID, true); err != nil {
		t.Fatal(err)
	}
	h.undo(3, "proposal")
	if r := h.at("rev", 3); r.Target.Standing.Text != before || len(r.Proposals) == 0 {
		t.Errorf("%q with %d proposals", r.Target.Standing.Text, len(r.Proposals))
	}
}

// What needs the whole edition is found in it and follows each change.
func TestFindingsOfTheWholeEdition(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	h.write("rev.md", body("The 12 men came in the morning. The 15 women left. Nobody saw the 17 children."))
	h.run()
	h.say("Lina", h.at("rev", 2), "جاء الرجال الـ 12 صباحًا.")
	h.say("Lina", h.at("rev", 3), "غادرت النساء الـ ١٥.")
	found := func(n int, rule string) *edition.StandingFinding {
		for _, f := range h.at("rev", n).Findings {
			if f.Rule == rule {
				return &f
			}
		}
		return nil
	}
	if found(3, "digits.document") == nil || h.at("rev", 3).Target.Errors == 0 {
		t.Fatalf("two systems of digits in one edition were not found: %+v", h.at("rev", 3).Findings)
	}
	f := found(3, "digits.document")
	tg := h.at("rev", 3).Target
	if _, err := h.pipe.Dismiss(t.Context(), "Lina", tg.ID, tg.Standing.ID, f.Seq, "as quoted"); err != nil {
		t.Fatal(err)
	}
	h.say("Lina", h.at("rev", 4), "لم يرَ أحد الأطفال الـ 17.")
	if f := found(3, "digits.document"); f == nil || f.DismissedBy != "Lina" {
		t.Errorf("the answer did not outlive another's edit: %+v", f)
	}
	h.counted(h.view("rev", "ar"))
	// The other segments' digits go: nothing is left to be one with.
	h.say("Lina", h.at("rev", 2), "جاء الرجال صباحًا.")
	h.say("Lina", h.at("rev", 4), "لم يرَ أحد الأطفال.")
	if found(3, "digits.document") != nil {
		t.Error("what was found stays when its cause has gone")
	}
}

func TestQuotationsAsFirstSpoken(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		h := build(t, options{postgres: postgres})
		h.write("rev.md", body("“We will not leave our land.” He said: “They came at night.” Nobody answered."))
		h.run()
		ctx := t.Context()
		h.say("Lina", h.at("rev", 2), "«لن نترك أرضنا.»")
		h.say("Lina", h.at("rev", 3), "وقال: «أتوا في الليل.»")
		if qs := h.at("rev", 3).Quotations; len(qs) != 1 || qs[0].Quote != "They came at night." || qs[0].Wording != "" {
			t.Fatalf("the quotations are %+v", qs)
		}
		original := func(n int, quote, wording string) {
			t.Helper()
			tg := h.at("rev", n).Target
			if _, err := h.pipe.Original(ctx, "Lina", tg.ID, tg.Standing.ID, quote, wording); err != nil {
				t.Fatal(err)
			}
		}
		rule := func(n int) string {
			for _, f := range h.at("rev", n).Findings {
				if strings.HasPrefix(f.Rule, "quotation.") {
					return f.Rule
				}
			}
			return ""
		}
		// Spoken in Arabic, and nobody has the words.
		original(3, "They came at night.", "")
		if got := rule(3); got != "quotation.back-translated" {
			t.Errorf("found %q", got)
		}
		// No, they were not.
		original(3, "They came at night.", pipeline.NothingSaid)
		if got := rule(3); got != "" || h.at("rev", 3).Quotations[0].Spoken {
			t.Errorf("taken back, and found %q", got)
		}
		r3 := h.at("rev", 3).Target
		_, again := h.pipe.Original(ctx, "Lina", r3.ID, r3.Standing.ID, "They came at night.", pipeline.NothingSaid)
		refusal(t, again, "quotation-empty")
		// The words have come.
		original(3, "They came at night.", "جاؤوا ليلًا")
		if got := rule(3); got != "quotation.original" {
			t.Fatalf("found %q", got)
		}
		r := h.at("rev", 3)
		for _, f := range r.Findings {
			if f.Rule == "quotation.original" {
				if _, err := h.pipe.Fix(ctx, "Lina", r.Target.ID, r.Target.Standing.ID, f.Seq); err != nil {
					t.Fatal(err)
				}
			}
		}
		if got := h.at("rev", 3).Target.Standing.Text; got != "وقال: «جاؤوا ليلًا»" || rule(3) != "" {
			t.Errorf("%q, %s", got, rule(3))
		}
		// A segment that is nothing but the quotation says the original.
		original(2, "We will not leave our land.", "لن نغادر أرضنا")
		if v := h.at("rev", 2).Target.Standing; v.Text != "«لن نغادر أرضنا»" || v.Origin.Kind != edition.FromOriginal {
			t.Errorf("%+v", v)
		}
		h.undo(2, "original")
		_, err := h.pipe.Original(ctx, "Lina", h.at("rev", 4).Target.ID, 0, "Somebody else said this", "كلام")
		refusal(t, err, "quotation")
		// Another revision knows it still.
		h.write("rev.md", body("“We will not leave our land.” Nobody answered them."))
		h.run()
		if qs := h.at("rev", 2).Quotations; len(qs) == 0 || qs[0].Wording != "لن نغادر أرضنا" {
			t.Errorf("%+v", qs)
		}
	})
}

func TestRemarks(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		h := build(t, options{postgres: postgres})
		h.write("rev.md", body("Activists confirmed the report."))
		h.run()
		v := h.view("rev", "ar")
		ctx := t.Context()
		tg := v.Rows[1].Target
		people := []string{"Lina", "Omar"}
		if _, err := h.pipe.Remark(ctx, "Lina", v.ID, tg.ID, "@Omar is this his word?", people); err != nil {
			t.Fatal(err)
		}
		whole, err := h.pipe.Remark(ctx, "Lina", v.ID, 0, "Due at noon, @omar", people)
		if err != nil {
			t.Fatal(err)
		}
		_, err = h.pipe.Remark(ctx, "Lina", v.ID, 0, " \n", people)
		refusal(t, err, "remark-empty")
		rs, err := h.pipe.Remarks(ctx, v.ID)
		if err != nil || len(rs) != 2 || rs[0].Target != tg.ID || len(rs[0].Mentioned) != 1 || rs[0].Mentioned[0] != "Omar" || rs[1].Target != 0 {
			t.Fatalf("%+v, %v", rs, err)
		}
		count := func(want int) {
			t.Helper()
			if ms, err := h.pipe.Mentions(ctx, "Omar"); err != nil || ms.Total() != want || want > 0 && ms[v.ID] != want {
				t.Errorf("Omar is told of %v, %v", ms, err)
			}
		}
		count(2)
		if err := h.pipe.SeeMentions(ctx, "Omar", v.ID, tg.ID); err != nil {
			t.Fatal(err)
		}
		count(1)
		if _, err := h.pipe.ResolveRemark(ctx, "Lina", v.ID, whole.ID, false); err != nil {
			t.Fatal(err)
		}
		count(0)
		if _, err := h.pipe.ResolveRemark(ctx, "Lina", v.ID, whole.ID, true); err != nil {
			t.Fatal(err)
		}
		count(1)
		if acts, _ := h.store.Acts(ctx, "target", tg.ID, 5); len(acts) == 0 || acts[0].What != "comment" {
			t.Errorf("the log has %+v", acts)
		}
		if err := h.pipe.SavePreference(ctx, 7, "keys", `{"next":"KeyJ"}`); err != nil {
			t.Fatal(err)
		}
		if err := h.pipe.SavePreference(ctx, 7, "keys", `{"next":"KeyK"}`); err != nil {
			t.Fatal(err)
		}
		if got, err := h.pipe.Preference(ctx, 7, "keys"); err != nil || got != `{"next":"KeyK"}` {
			t.Errorf("%q, %v", got, err)
		}
	})
}
