package pipeline_test

import (
	"testing"

	"dragoman/internal/edition"
	"dragoman/pipeline"
)

// first is a release of four sentences, each of which gets a person's words.
const first = `---
title: Revisions
slug: rev
---

One thing happened in the north. Two things were said about it. Three people came to see. Four of them stayed for the night.
`

var words = map[string]string{
	"Revisions":                            "مراجعات",
	"One thing happened in the north.":     "حدث أمر في الشمال.",
	"Two things were said about it.":       "قيل عنه أمران.",
	"Three people came to see.":            "جاء ثلاثة أشخاص ليروا.",
	"Four of them stayed for the night.":   "بقي أربعة منهم تلك الليلة.",
	"Three people came to see it all now.": "",
}

// reviewed is a house with the first release, every segment reviewed.
func reviewed(t *testing.T) *house {
	h := build(t, options{})
	h.write("rev.md", first)
	h.run()
	for _, r := range h.view("rev", "ar").Rows {
		h.approve("Omar", h.say("Lina", r, words[r.Segment.Source]))
	}
	return h
}

// body is the release with another text.
func body(text string) string { return "---\ntitle: Revisions\nslug: rev\n---\n\n" + text + "\n" }

// wantRow checks what became of a segment.
func wantRow(t *testing.T, r pipeline.Row, text string, state edition.TargetState) {
	t.Helper()
	if r.Target.Standing.Text != text || r.Target.State != state {
		t.Errorf("%q is %s %q, want %s %q", r.Segment.Source, r.Target.State, r.Target.Standing.Text, state, text)
	}
}

func TestRevisionOfOneSentenceKeepsTheOthers(t *testing.T) {
	t.Parallel()
	h := reviewed(t)
	h.write("rev.md", body("One thing happened in the north. Two things were said about it. Three people came here to see. Four of them stayed for the night."))
	if r := h.run(); r.Changed != 1 {
		t.Fatalf("report %+v", r)
	}
	v := h.view("rev", "ar")
	for s, w := range words {
		if w != "" && s != "Three people came to see." {
			wantRow(t, h.row(v, s), w, edition.Reviewed)
		}
	}
	r := h.row(v, "Three people came here to see.")
	wantRow(t, r, "جاء ثلاثة أشخاص ليروا.", edition.Translated)
	if r.OldSource != "Three people came to see." {
		t.Errorf("the old source is %q", r.OldSource)
	}
	if v.State != edition.InReview {
		t.Errorf("state %s", v.State)
	}
}

func TestRevisionMovesSentences(t *testing.T) {
	t.Parallel()
	h := reviewed(t)
	h.write("rev.md", body("Four of them stayed for the night. One thing happened in the north. Two things were said about it.\n\nThree people came to see."))
	h.run()
	v := h.view("rev", "ar")
	for s, w := range words {
		if w != "" {
			wantRow(t, h.row(v, s), w, edition.Reviewed)
		}
	}
	if v.Rows[1].Segment.Source != "Four of them stayed for the night." {
		t.Errorf("the order is the old one: %q", v.Rows[1].Segment.Source)
	}
}

func TestRevisionRepeatsASentence(t *testing.T) {
	t.Parallel()
	h := reviewed(t)
	h.write("rev.md", body("One thing happened in the north. Two things were said about it. Three people came to see. Four of them stayed for the night. Two things were said about it."))
	h.run()
	v := h.view("rev", "ar")
	w := words["Two things were said about it."]
	wantRow(t, v.Rows[2], w, edition.Reviewed)
	wantRow(t, v.Rows[5], w, edition.Translated)
	if v.Counts.Reviewed != 5 {
		t.Errorf("%d are reviewed", v.Counts.Reviewed)
	}
}

func TestRevisionSplitsASentence(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	h.write("rev.md", body("They came in the morning, and they left at night."))
	h.run()
	for _, r := range h.view("rev", "ar").Rows {
		text := "جاؤوا صباحًا. وغادروا ليلًا."
		if r.Segment.Source == "Revisions" {
			text = "مراجعات"
		}
		h.approve("Omar", h.say("Lina", r, text))
	}
	h.write("rev.md", body("They came in the morning. And they left at night."))
	h.run()
	v := h.view("rev", "ar")
	wantRow(t, h.row(v, "They came in the morning."), "جاؤوا صباحًا.", edition.Translated)
	wantRow(t, h.row(v, "And they left at night."), "وغادروا ليلًا.", edition.Translated)
	if a := h.row(v, "And they left at night.").Target.Standing.Author; a != "Lina" {
		t.Errorf("the author is %q", a)
	}
}

func TestRevisionMergesSentences(t *testing.T) {
	t.Parallel()
	h := reviewed(t)
	h.write("rev.md", body("One thing happened in the north; two things were said about it. Three people came to see. Four of them stayed for the night."))
	h.run()
	v := h.view("rev", "ar")
	r := h.row(v, "One thing happened in the north; two things were said about it.")
	wantRow(t, r, "حدث أمر في الشمال. قيل عنه أمران.", edition.Translated)
	wantRow(t, h.row(v, "Three people came to see."), words["Three people came to see."], edition.Reviewed)
	if v.Counts.Segments != 4 {
		t.Errorf("%d segments", v.Counts.Segments)
	}
}

func TestRevisionOfPunctuationAlone(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	h.write("rev.md", body("They said \"no\" to it."))
	h.run()
	r := h.row(h.view("rev", "ar"), "They said \"no\" to it.")
	h.approve("Omar", h.say("Lina", r, "قالوا «لا» لذلك."))
	h.write("rev.md", body("They said “no” to it."))
	h.run()
	wantRow(t, h.row(h.view("rev", "ar"), "They said “no” to it."), "قالوا «لا» لذلك.", edition.Translated)
}

func TestRevisionProposesBesideAPersonsWords(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	h.write("rev.md", body("Six civilians were hurt in Kafranbel."))
	h.run()
	h.approve("Omar", h.say("Lina", h.row(h.view("rev", "ar"), "Six civilians were hurt in Kafranbel."), "تضرر ستة مدنيين في كفرنبل."))
	h.write("rev.md", body("Six civilians were injured in Kafranbel."))
	h.run()
	r := h.row(h.view("rev", "ar"), "Six civilians were injured in Kafranbel.")
	wantRow(t, r, "تضرر ستة مدنيين في كفرنبل.", edition.Translated)
	if len(r.Proposals) != 1 || r.Proposals[0].Text != "أصيب ستة مدنيين في كفرنبل." || r.Proposals[0].Base != r.Target.Standing.ID {
		t.Fatalf("proposals %+v", r.Proposals)
	}
	if _, err := h.pipe.Decide(t.Context(), "Lina", r.Target.ID, r.Proposals[0].ID, true); err != nil {
		t.Fatal(err)
	}
	r = h.row(h.view("rev", "ar"), "Six civilians were injured in Kafranbel.")
	wantRow(t, r, "أصيب ستة مدنيين في كفرنبل.", edition.Translated)
	if len(r.Proposals) != 0 {
		t.Errorf("proposals %+v", r.Proposals)
	}
	vs, err := h.pipe.History(t.Context(), r.Target.ID)
	if err != nil || len(vs) != 4 { // drafted, said, looked at under the new source, taken
		t.Errorf("history %+v, %v", vs, err)
	}
}

func TestRevisionOfAMachinesWordsDraftsAnew(t *testing.T) {
	t.Parallel()
	h := build(t, options{routes: pseudoRoutes(t, "ar")})
	h.write("rev.md", body("Nobody had seen this coming at all."))
	h.run()
	before := h.row(h.view("rev", "ar"), "Nobody had seen this coming at all.").Target
	h.write("rev.md", body("Nobody had ever seen this coming at all."))
	h.run()
	after := h.row(h.view("rev", "ar"), "Nobody had ever seen this coming at all.").Target
	if after.ID != before.ID || after.Standing.Text == before.Standing.Text || after.Standing.Parent != before.Standing.ID {
		t.Errorf("before %+v\nafter %+v", before, after)
	}
}

func TestRevisionOfAPublishedReleaseStaysPublic(t *testing.T) {
	t.Parallel()
	h := reviewed(t)
	v := h.view("rev", "ar")
	if _, err := h.pipe.Approve(t.Context(), "Omar", v.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := h.pipe.Publish(t.Context(), "Omar", v.ID); err != nil {
		t.Fatal(err)
	}
	h.settle()
	public := h.read("ar/rev.html")
	h.write("rev.md", body("One thing happened in the north. Five things were said about it. Three people came to see. Four of them stayed for the night."))
	h.run()
	v = h.view("rev", "ar")
	if v.State != edition.Revising || v.Public.IsZero() {
		t.Errorf("state %s, public %v", v.State, v.Public)
	}
	if got := h.read("ar/rev.html"); got != public {
		t.Error("what is public has changed before anybody approved it")
	}
	h.approve("Omar", h.say("Lina", h.row(v, "Five things were said about it."), "قيلت عنه خمسة أمور."))
	if _, err := h.pipe.Approve(t.Context(), "Omar", v.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := h.pipe.Publish(t.Context(), "Omar", v.ID); err != nil {
		t.Fatal(err)
	}
	h.settle()
	if got := h.read("ar/rev.html"); got == public {
		t.Error("the new revision is not public")
	}
}
