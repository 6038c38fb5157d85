package pipeline_test

import (
	"strings"
	"testing"

	"dragoman/internal/edition"
)

// A name in the second of two segments that are said together is put right
// like any other.
func TestABatchSeesWhatIsMerged(t *testing.T) {
	t.Parallel()
	p := newPress(t, options{})
	p.words["It went on."] = "استمر ذلك."
	p.release("rev", "It went on.", "Maasran was hit.", "Nobody came.")
	p.run()
	p.merge("Lina", 2)
	if got := p.at("rev", 2).Target.Standing.Text; got != "استمر ذلك. تعرضت معصران للقصف." {
		t.Fatal(got)
	}
	p.approveAll2("Omar")
	if _, err := p.pipe.Publish(t.Context(), "Omar", p.view("rev", "ar").ID); err != nil {
		t.Fatal(err)
	}
	p.settle()
	b := p.apply("Lina", p.prefer("loc.maasran", "معر شمارين"))
	p.same("merged", p.standing("rev"), "revising",
		"reviewed هجوم على معصران by Omar [waiting هجوم على معر شمارين] 1!",
		"reviewed استمر ذلك. تعرضت معصران للقصف. by Omar [waiting استمر ذلك. تعرضت معر شمارين للقصف.] 1!",
		"reviewed تعرضت معصران للقصف.",
		"reviewed لم يأت أحد. by Omar")
	if _, err := p.pipe.DecideGroup(t.Context(), "Omar", b.ID, nil, true, "", ""); err != nil {
		t.Fatal(err)
	}
	p.settle()
	if page := p.shown("ar/rev.html"); strings.Contains(page, "تعرضت معصران") || !strings.Contains(page, "تعرضت معر شمارين للقصف.") {
		t.Errorf("the page says %s", page)
	}
}

// To reject a change is to answer what is found of its name, not of another
// one in the same words.
func TestRejectingAChangeAnswersForItsNameOnly(t *testing.T) {
	t.Parallel()
	p := newPress(t, options{})
	p.words["Maasran and Idlib were hit."] = "تعرضت معصران وإدلب للقصف."
	p.release("two", "Maasran and Idlib were hit.")
	p.run()
	p.say("Omar", p.at("two", 2), "تعرضت معصران ومدينة أخرى للقصف.") // Idlib is missing
	if p.at("two", 2).Target.Errors != 1 {
		t.Fatalf("%+v", p.at("two", 2).Findings)
	}
	b := p.apply("Lina", p.prefer("loc.maasran", "معر شمارين"))
	if p.at("two", 2).Target.Errors != 2 {
		t.Fatalf("%+v", p.at("two", 2).Findings)
	}
	if _, err := p.pipe.DecideGroup(t.Context(), "Omar", b.ID, nil, false, "", "both are said"); err != nil {
		t.Fatal(err)
	}
	for _, f := range p.at("two", 2).Findings {
		if want := f.Args["Concept"] == "loc.maasran"; (f.DismissedBy != "") != want {
			t.Errorf("%s of %s was answered by %q", f.Rule, f.Args["Concept"], f.DismissedBy)
		}
	}
}

// Words that nobody ever approved are not approved when a batch is undone
// whose own words were.
func TestUndoingABatchApprovesNothing(t *testing.T) {
	t.Parallel()
	p := newPress(t, options{})
	p.release("rev", "Maasran was hit.")
	p.run()
	p.say("Omar", p.at("rev", 2), "قصفت معصران.")
	b := p.apply("Lina", p.prefer("loc.maasran", "معر شمارين"))
	if _, err := p.pipe.DecideGroup(t.Context(), "Omar", b.ID, nil, true, "", ""); err != nil {
		t.Fatal(err)
	}
	p.approveAll("Lina", "rev", "ar")
	if _, err := p.pipe.UndoBatch(t.Context(), "Lina", b.ID); err != nil {
		t.Fatal(err)
	}
	p.settle()
	r := p.at("rev", 2).Target
	if r.Standing.Text != "قصفت معر شمارين." && r.ApprovedBy != "" {
		t.Errorf("%q is %s, approved by %q, who never saw it", r.Standing.Text, r.State, r.ApprovedBy)
	}
}

// What is said in words that came into the edition past a batch is found
// before the edition is approved.
func TestNothingIsApprovedAgainstTheGlossaryUnseen(t *testing.T) {
	t.Parallel()
	p := newPress(t, options{})
	p.release("rev", "Maasran was hit.", "Nobody came.")
	p.run()
	for n := range 3 {
		p.approve("Omar", p.at("rev", n+1).Target)
	}
	p.write("rev.md", "---\ntitle: Attack on Maasran\nslug: rev\n---\n\nNobody came.\n")
	p.run()
	p.apply("Lina", p.prefer("loc.maasran", "معر شمارين"))
	p.release("rev", "Maasran was hit.", "Nobody came.")
	p.run()
	r := p.at("rev", 2)
	if strings.Contains(r.Target.Standing.Text, "معصران") && r.Target.Errors == 0 {
		t.Errorf("nothing is found in %q, which is %s", r.Target.Standing.Text, r.Target.State)
	}
}

// A segment that was left out is looked at again when it is taken in.
func TestWhatIsTakenInIsLookedAtAgain(t *testing.T) {
	t.Parallel()
	p := newPress(t, options{})
	p.release("rev", "Maasran was hit.", "Nobody came.")
	p.run()
	if _, err := p.pipe.Omit(t.Context(), "Omar", p.at("rev", 2).Target.ID, "not needed"); err != nil {
		t.Fatal(err)
	}
	p.apply("Lina", p.prefer("loc.maasran", "معر شمارين"))
	if _, err := p.pipe.Reject(t.Context(), "Omar", p.at("rev", 2).Target.ID, "needed after all"); err != nil {
		t.Fatal(err)
	}
	if r := p.at("rev", 2).Target; r.Errors == 0 {
		t.Errorf("nothing is found in %q", r.Standing.Text)
	}
}

// Taking a rejection back approves nothing for another source.
func TestUndoingARejectionAfterARevision(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	h.write("rev.md", body("People saw the big attack. They left."))
	h.run()
	h.say("Lina", h.at("rev", 2), "شاهد الناس الهجوم.")
	h.approve("Omar", h.at("rev", 2).Target)
	if _, err := h.pipe.Reject(t.Context(), "Omar", h.at("rev", 2).Target.ID, "no"); err != nil {
		t.Fatal(err)
	}
	h.write("rev.md", body("People saw the attack. They left."))
	h.run()
	_, err := h.pipe.Undo(t.Context(), "Omar", h.at("rev", 2).Target.ID)
	if r := h.at("rev", 2); r.Target.State == edition.Reviewed {
		t.Errorf("%q is approved for %q (%v)", r.Target.Standing.Text, r.Segment.Source, err)
	}
}

// What a batch has set aside in the memory does not come back with its undoing
// where the edition that it was of has been withdrawn.
func TestUndoingABatchLeavesWithdrawnPairs(t *testing.T) {
	t.Parallel()
	p := newPress(t, options{})
	p.release("a", "The road to Maasran closed.")
	p.release("b", "Maasran was hit.")
	p.run()
	p.say("Omar", p.at("a", 2), "أغلق طريق المعصرانيين.") // no swap can put it right
	v := p.view("a", "ar")
	for _, f := range p.at("a", 2).Findings {
		if _, err := p.pipe.Dismiss(t.Context(), "Omar", v.Rows[1].Target.ID, p.at("a", 2).Target.Standing.ID, f.Seq, "fine"); err != nil {
			t.Fatal(err)
		}
	}
	p.bringOut("Omar", "a")
	pairs := func() int {
		p.settle()
		ms, err := p.store.MemoryExact(t.Context(), "The road to Maasran closed.")
		if err != nil {
			t.Fatal(err)
		}
		return len(ms)
	}
	if n := pairs(); n != 1 {
		t.Fatalf("%d pairs", n)
	}
	b := p.apply("Lina", p.prefer("loc.maasran", "معر شمارين"))
	if n := pairs(); n != 0 {
		t.Fatalf("%d pairs after the batch", n)
	}
	if _, err := p.pipe.Withdraw(t.Context(), "Omar", v.ID, "wrong"); err != nil {
		t.Fatal(err)
	}
	if _, err := p.pipe.UndoBatch(t.Context(), "Lina", b.ID); err != nil {
		t.Fatal(err)
	}
	if n := pairs(); n != 0 {
		t.Errorf("%d pairs of a withdrawn edition came back", n)
	}
}

// An edition that a change set left out is looked over before it is approved,
// and what somebody has answered stays answered.
func TestAnEditionIsLookedOverBeforeItIsApproved(t *testing.T) {
	t.Parallel()
	p := newPress(t, options{})
	p.release("rev", "Maasran was hit.")
	p.run()
	for n := range 2 {
		p.approve("Omar", p.at("rev", n+1).Target)
	}
	set, _, err := p.pipe.SaveChangeSet(t.Context(), "Lina", edition.ChangeSet{
		Title: "public ones only", Reason: "the council decided", Edits: []edition.ConceptEdit{p.prefer("loc.maasran", "معر شمارين")}, Scope: edition.Scope{Published: true},
	}, edition.OldForbidden)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.pipe.Apply(t.Context(), "Lina", set.ID); err != nil {
		t.Fatal(err)
	}
	p.settle()
	v := p.view("rev", "ar")
	_, err = p.pipe.Approve(t.Context(), "Omar", v.ID)
	refusal(t, err, "errors")
	for n := range 2 {
		r := p.at("rev", n+1)
		if r.Target.Errors != 1 || len(r.Findings) != 1 {
			t.Fatalf("%+v", r.Findings)
		}
		if _, err := p.pipe.Dismiss(t.Context(), "Omar", r.Target.ID, r.Target.Standing.ID, r.Findings[0].Seq, "as it was called then"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err = p.pipe.Approve(t.Context(), "Omar", v.ID); err != nil {
		t.Error(err)
	}
}
