package pipeline_test

import (
	"strings"
	"testing"

	"dragoman/internal/edition"
	"dragoman/internal/engine"
	"dragoman/pipeline"
)

// counted checks an edition's counts against its segments.
func (h *house) counted(v *pipeline.View) {
	h.t.Helper()
	var want edition.Counts
	for _, r := range v.Rows {
		kind := r.Target.Standing.Origin.Kind
		if r.Target.Omitted != "" {
			kind = edition.FromHuman
		}
		want.Count(kind)
		if r.Target.State == edition.Reviewed || r.Target.State == edition.Final {
			want.Reviewed++
		}
		want.Errors += r.Target.Errors
		want.Warnings += r.Target.Warnings
		want.Proposals += len(r.Proposals)
	}
	if v.Counts != want {
		h.t.Errorf("%s/%s counts %+v\nits segments are %+v", v.Release.Slug, v.Locale, v.Counts, want)
	}
}

// TestMergingKeepsWhatAPersonSaid of one of the sentences, whatever an engine
// or the memory would say for all.
func TestMergingKeepsWhatAPersonSaid(t *testing.T) {
	t.Parallel()
	for name, routes := range map[string]map[string][]engine.Engine{
		"memory alone": nil, "an engine": route(&stub{name: "mt", say: answerAll("نص من المحرك.")}), "one that answers at once": pseudoRoutes(t, "ar"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := build(t, options{routes: routes})
			h.write("rev.md", body("They came in the morning. They left at night. Nobody saw them."))
			h.run()
			h.approve("Omar", h.say("Lina", h.row(h.view("rev", "ar"), "They left at night."), "وغادروا ليلًا."))
			h.write("rev.md", body("They came in the morning; they left at night. Nobody saw them."))
			h.run()
			v := h.view("rev", "ar")
			got := h.row(v, "They came in the morning; they left at night.").Target
			if !strings.Contains(got.Standing.Text, "وغادروا ليلًا.") || got.State != edition.Translated || got.Standing.Author != "Lina" {
				t.Errorf("%s %+v", got.State, got.Standing)
			}
			h.counted(v)
		})
	}
}

// TestASentenceThatComesBack has its words and its review again: editors save
// half a text, and the whole a moment later.
func TestASentenceThatComesBack(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		for name, half := range map[string]string{
			"a few are gone": "One thing happened in the north.", "cut within": "One thing happened in the north. Two things were said", "all others": "Not a word of it.",
		} {
			h := build(t, options{postgres: postgres})
			h.write("rev.md", first)
			h.run()
			h.translate("rev")
			for _, r := range h.view("rev", "ar").Rows {
				h.approve("Omar", r.Target)
			}
			h.write("rev.md", body(half))
			h.run()
			h.counted(h.view("rev", "ar"))
			h.write("rev.md", first)
			h.run()
			v := h.view("rev", "ar")
			for _, r := range v.Rows {
				if r.Target.Standing.Text != words[r.Segment.Source] || r.Target.State != edition.Reviewed {
					t.Errorf("%s: %q is %s %q", name, r.Segment.Source, r.Target.State, r.Target.Standing.Text)
				}
			}
			h.counted(v)
			if _, err := h.pipe.Approve(t.Context(), "Omar", v.ID); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// TestWhatTheMemoryHasLearnedMeanwhile fills what was untranslated.
func TestWhatTheMemoryHasLearnedMeanwhile(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	h.write("rev.md", body("Nobody had seen this coming. They left at night."))
	h.write("other.md", "---\ntitle: Other\nslug: other\n---\n\nNobody had seen this coming.\n")
	h.run()
	h.translate("other")
	h.approveAll("Omar", "other", "ar")
	h.write("rev.md", body("Nobody had seen this coming. They left at dawn."))
	h.run()
	v := h.view("rev", "ar")
	wantRow(t, h.row(v, "Nobody had seen this coming."), "نص", edition.Translated)
	h.counted(v)
}

// TestAProposalWaitsThroughRevisionsOfOtherSegments: it answers its segment's
// source still.
func TestAProposalWaitsThroughRevisionsOfOtherSegments(t *testing.T) {
	t.Parallel()
	e := &stub{name: "mt", say: answerAll("نص من المحرك.")}
	for name, routes := range map[string]map[string][]engine.Engine{"the memory's": nil, "an engine's": route(e)} {
		t.Run(name, func(t *testing.T) {
			h := build(t, options{routes: routes})
			h.write("rev.md", body("Six civilians were hurt in Kafranbel. They left at night."))
			h.run()
			h.approve("Omar", h.say("Lina", h.row(h.view("rev", "ar"), "Six civilians were hurt in Kafranbel."), "تضرر ستة مدنيين في كفرنبل."))
			for _, when := range []string{"night", "dawn", "noon"} {
				h.write("rev.md", body("Six civilians were injured in Kafranbel. They left at "+when+"."))
				h.run()
				v := h.view("rev", "ar")
				r := h.row(v, "Six civilians were injured in Kafranbel.")
				if len(r.Proposals) != 1 || r.Proposals[0].Base != r.Target.Standing.ID {
					t.Errorf("%s: proposals %+v over version %d", when, r.Proposals, r.Target.Standing.ID)
				}
				h.counted(v)
			}
		})
	}
}
