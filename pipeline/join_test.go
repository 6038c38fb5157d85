package pipeline_test

import (
	"strings"
	"testing"

	"dragoman/internal/edition"
	"dragoman/internal/memory"
	"dragoman/pipeline"
)

// at is the row at a place, counted from 1.
func (h *house) at(slug string, n int) pipeline.Row {
	h.t.Helper()
	return h.view(slug, "ar").Rows[n-1]
}

// joined is a release whose second and third sentence are said together.
func joined(h *house) {
	h.t.Helper()
	h.write("rev.md", body("They came in the morning. Six people were in Maasran. Nobody saw the 12 men. They left."))
	h.run()
	h.say("Lina", h.at("rev", 1), "تقرير")
	h.say("Lina", h.at("rev", 2), "جاؤوا صباحًا.")
	h.say("Lina", h.at("rev", 3), "كان ستة أشخاص في معصران.")
	h.say("Lina", h.at("rev", 4), "لم يرَ أحد الرجال الـ 12.")
	h.say("Lina", h.at("rev", 5), "ثم غادروا.")
	h.merge("Lina", 3)
}

func (h *house) merge(who string, n int) *edition.Target {
	h.t.Helper()
	r := h.at("rev", n)
	t, err := h.pipe.Merge(h.t.Context(), who, r.Target.ID, r.Target.Standing.ID)
	if err != nil {
		h.t.Fatal(err)
	}
	return t
}

func TestMergedSegmentsAreOne(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		h := build(t, options{postgres: postgres})
		joined(h)
		head, part := h.at("rev", 3), h.at("rev", 4)
		if head.Segment.Source != "Six people were in Maasran. Nobody saw the 12 men." || head.Target.Standing.Text != "كان ستة أشخاص في معصران. لم يرَ أحد الرجال الـ 12." || head.Target.Joined != 1 {
			t.Fatalf("the head is %+v over %q", head.Target, head.Segment.Source)
		}
		if !part.Target.Merged() || part.Target.Omitted != edition.MergedReason || part.Target.Head() != 2 {
			t.Fatalf("the part is %+v", part.Target)
		}
		h.counted(h.view("rev", "ar"))
		// The checks and the verifier see both sources.
		tg := h.say("Omar", head, "كان ستة أشخاص في معسران، ولم يرَ أحد الرجال.")
		rules := map[string]bool{}
		for _, f := range tg.Standing.Findings {
			rules[f.Rule] = true
		}
		if !rules["numbers.missing"] || tg.Errors < 2 {
			t.Errorf("found in the words for both: %v", rules)
		}
		if _, err := h.pipe.Edit(t.Context(), "Omar", part.Target.ID, part.Target.Standing.ID, "شيء"); err == nil {
			t.Error("words were written into a merged segment")
		} else {
			refusal(t, err, "merged")
		}
		h.say("Omar", h.at("rev", 3), "كان ستة أشخاص في معصران، ولم يرَ أحد الرجال الـ 12.")
		h.approveAll2("Lina")
		// The memory holds the pair of both, not half of one.
		h.settle()
		for _, source := range []string{"Six people were in Maasran.", "Nobody saw the 12 men."} {
			if ms, _ := h.pipe.Lookup(t.Context(), memory.Query{Locale: "ar", Text: source, Threshold: 100}); len(ms) > 0 {
				t.Errorf("the memory says %q for %q", ms[0].Target, source)
			}
		}
		if ms, _ := h.pipe.Lookup(t.Context(), memory.Query{Locale: "ar", Text: head.Segment.Source, Threshold: 100}); len(ms) != 1 || !strings.Contains(ms[0].Target, "ولم يرَ") {
			t.Errorf("the memory has %+v", ms)
		}
		page, err := h.pipe.Preview(t.Context(), h.view("rev", "ar").ID)
		if err != nil || strings.Count(page.BodyMarkdown, "12") != 1 || !strings.Contains(page.BodyMarkdown, "جاؤوا صباحًا. كان ستة أشخاص في معصران، ولم يرَ أحد الرجال الـ 12. ثم غادروا.") {
			t.Errorf("the page says %q, %v", page.BodyMarkdown, err)
		}
	})
}

// approveAll2 approves what there is to approve of the release rev.
func (h *house) approveAll2(who string) {
	h.t.Helper()
	v := h.view("rev", "ar")
	for _, r := range v.Rows {
		if r.Target.Omitted == "" {
			h.approve(who, r.Target)
		}
	}
	if _, err := h.pipe.Approve(h.t.Context(), who, v.ID); err != nil {
		h.t.Fatal(err)
	}
}

func TestSplittingWhatWasMerged(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	joined(h)
	h.merge("Lina", 3) // and the fifth
	head := h.at("rev", 3).Target
	if head.Joined != 2 || head.Standing.Text != "كان ستة أشخاص في معصران. لم يرَ أحد الرجال الـ 12. ثم غادروا." {
		t.Fatalf("%+v", head)
	}
	// At a place that a person chose: the rest stays together.
	at := strings.Index(head.Standing.Text, "لم يرَ")
	_, err := h.pipe.SplitOff(t.Context(), "Lina", head.ID, head.Standing.ID, 1, at+1)
	refusal(t, err, "split-place")
	if _, err := h.pipe.SplitOff(t.Context(), "Lina", head.ID, head.Standing.ID, 1, at); err != nil {
		t.Fatal(err)
	}
	if a, b := h.at("rev", 3), h.at("rev", 4); a.Target.Joined != 0 || a.Target.Standing.Text != "كان ستة أشخاص في معصران." || b.Target.Joined != 1 ||
		b.Target.Standing.Text != "لم يرَ أحد الرجال الـ 12. ثم غادروا." || b.Segment.Source != "Nobody saw the 12 men. They left." || !h.at("rev", 5).Target.Merged() {
		t.Fatalf("%+v\n%+v", a.Target, b.Target)
	}
	// By its sentences.
	second := h.at("rev", 4).Target
	if _, err := h.pipe.SplitOff(t.Context(), "Lina", second.ID, second.Standing.ID, 1, -1); err != nil {
		t.Fatal(err)
	}
	if b, c := h.at("rev", 4).Target, h.at("rev", 5).Target; b.Standing.Text != "لم يرَ أحد الرجال الـ 12." || c.Standing.Text != "ثم غادروا." || c.Merged() || c.Omitted != "" || c.State != edition.Translated {
		t.Fatalf("%+v\n%+v", b, c)
	}
	h.counted(h.view("rev", "ar"))
	for _, r := range h.view("rev", "ar").Rows {
		if r.OldSource != "" {
			t.Errorf("segment %d: its words are said to be for %q", r.Target.Position+1, r.OldSource)
		}
	}
}

func TestWhatCannotBeMerged(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	h.write("rev.md", "---\ntitle: Rev\nslug: rev\n---\n\nOne is here. Two is here.\n\nThree has **a mark**.\n")
	h.run()
	for n, rule := range map[int]string{1: "merge-kind", 3: "merge-kind", 4: "merge-last"} {
		r := h.at("rev", n)
		_, err := h.pipe.Merge(t.Context(), "Lina", r.Target.ID, r.Target.Standing.ID)
		refusal(t, err, rule)
	}
	r := h.at("rev", 3)
	if _, err := h.pipe.Omit(t.Context(), "Lina", r.Target.ID, "not needed"); err != nil {
		t.Fatal(err)
	}
	_, err := h.pipe.Merge(t.Context(), "Lina", h.at("rev", 2).Target.ID, 0)
	refusal(t, err, "merge-omitted")
}

// A new revision keeps what was merged where both sentences stand as they
// did, and takes it apart, for a person to look at, where one has changed.
func TestMergedSegmentsInANewRevision(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		kept bool
	}{
		"another sentence changed": {"They came in the evening. Six people were in Maasran. Nobody saw the 12 men. They left.", true},
		"one before them":          {"This is new. They came in the morning. Six people were in Maasran. Nobody saw the 12 men. They left.", true},
		"the second changed":       {"They came in the morning. Six people were in Maasran. Nobody saw the 13 men there. They left.", false},
		"one between them":         {"They came in the morning. Six people were in Maasran. This is quite new. Nobody saw the 12 men. They left.", false},
		"the second is gone":       {"They came in the morning. Six people were in Maasran. They left.", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := build(t, options{})
			joined(h)
			h.approve("Omar", h.at("rev", 3).Target)
			h.write("rev.md", body(c.text))
			h.run()
			v := h.view("rev", "ar")
			joins, head := 0, (*edition.Target)(nil)
			for _, r := range v.Rows {
				joins += max(r.Target.Joined, 0)
				if strings.HasPrefix(r.Segment.Source, "Six people") {
					head = r.Target
				}
				if r.Target.Omitted == edition.MergedReason && !c.kept {
					t.Errorf("segment %d is still left out as merged", r.Target.Position+1)
				}
			}
			h.counted(v)
			if c.kept != (joins == 1) || c.kept != (head.State == edition.Reviewed) {
				t.Errorf("%d joins, the head is %s", joins, head.State)
			}
			if !strings.Contains(head.Standing.Text, "لم يرَ") {
				t.Errorf("the words of both are gone: %q", head.Standing.Text)
			}
		})
	}
}
