package pipeline_test

import (
	"slices"
	"strings"
	"testing"

	"dragoman/internal/edition"
	"dragoman/internal/memory"
	"dragoman/pipeline"
)

const longSource = "Russian airstrikes killed six civilians in the town, and three others were injured in **Maasran** on Monday."

// long is a release with a long sentence in Arabic and French.
func long(h *house) {
	h.t.Helper()
	h.write("rev.md", body("They came in the morning. "+longSource+" They left."))
	h.run()
	for _, locale := range []string{"ar", "fr"} {
		for i, text := range map[string][]string{
			"ar": {"تقرير", "جاؤوا صباحًا.", "قتلت الغارات الروسية ستة مدنيين في البلدة. وأصيب ثلاثة آخرون في ⟦1⟧معصران⟦/1⟧ يوم الاثنين.", "ثم غادروا."},
			"fr": {"Rapport", "Ils sont venus le matin.", "Les frappes russes ont tué six civils dans la ville et blessé trois autres à ⟦1⟧Maasran⟦/1⟧ lundi.", "Ils sont partis."},
		}[locale] {
			h.say("Lina", h.view("rev", locale).Rows[i], text)
		}
	}
}

// split cuts the source of a row in Arabic before some words.
func (h *house) split(r pipeline.Row, before string, text int) error {
	h.t.Helper()
	_, err := h.pipe.SplitSource(h.t.Context(), "Lina", r.Target.ID, r.Target.Standing.ID, r.Segment.Exact, strings.Index(r.Segment.Source, before), text)
	return err
}

func sources(v *pipeline.View) (out []string) {
	for _, r := range v.Rows {
		out = append(out, r.Segment.Source)
	}
	return out
}

func TestASegmentThatWasNeverMergedIsSplit(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		h := build(t, options{postgres: postgres, locales: []string{"ar", "fr"}})
		long(h)
		h.approveAll("Omar", "rev", "fr")
		fr := h.view("rev", "fr")
		before, err := h.pipe.Preview(t.Context(), fr.ID)
		if err != nil {
			t.Fatal(err)
		}
		r := h.at("rev", 3)
		if err := h.split(r, "and three", -1); err != nil {
			t.Fatal(err)
		}
		a, b := h.at("rev", 3), h.at("rev", 4)
		if !strings.HasSuffix(a.Segment.Source, "in the town,") || !strings.HasPrefix(b.Segment.Source, "and three others") || len(h.view("rev", "ar").Rows) != 5 {
			t.Fatalf("the sources are %q", sources(h.view("rev", "ar")))
		}
		if a.Target.Standing.Text != "قتلت الغارات الروسية ستة مدنيين في البلدة." || !strings.HasPrefix(b.Target.Standing.Text, "وأصيب ثلاثة") || len(a.Codes) != 0 || len(b.Codes) != 1 {
			t.Errorf("the words are %q and %q", a.Target.Standing.Text, b.Target.Standing.Text)
		}
		if b.Target.Errors > 0 || len(b.Terms) == 0 {
			t.Errorf("the second part: %d errors, terms %v", b.Target.Errors, b.Terms)
		}
		h.counted(h.view("rev", "ar"))
		// The others say both together, approved as they were.
		now := h.view("rev", "fr")
		if head := now.Rows[2].Target; now.State != edition.Approved || head.Joined != 1 || head.State != edition.Final || now.Rows[2].Segment.Source != fr.Rows[2].Segment.Source || now.Rows[2].OldSource != "" || !now.Rows[3].Target.Merged() || now.Rows[4].Target.Standing.Text != "Ils sont partis." {
			t.Errorf("French is %s with %+v", now.State, head)
		}
		h.counted(now)
		after, err := h.pipe.Preview(t.Context(), fr.ID)
		if err != nil || after.BodyMarkdown != before.BodyMarkdown {
			t.Errorf("the French page is now %q, %v", after.BodyMarkdown, err)
		}
		// The memory learns each part by itself, and French keeps the whole.
		h.approveAll("Omar", "rev", "ar")
		h.settle()
		for _, x := range []struct {
			locale, source string
			n              int
		}{{"ar", a.Segment.Source, 1}, {"ar", b.Segment.Source, 1}, {"ar", longSourceCoded, 0}, {"fr", longSourceCoded, 1}, {"fr", a.Segment.Source, 0}} {
			if ms, _ := h.pipe.Lookup(t.Context(), memory.Query{Locale: x.locale, Text: x.source, Threshold: 100}); len(ms) != x.n {
				t.Errorf("%s: the memory has %d for %q, want %d", x.locale, len(ms), x.source, x.n)
			}
		}
		page, err := h.pipe.Preview(t.Context(), h.view("rev", "ar").ID)
		if err != nil || !strings.Contains(page.BodyMarkdown, "في البلدة. وأصيب ثلاثة آخرون في **معصران** يوم الاثنين. ثم غادروا.") {
			t.Errorf("the page says %q, %v", page.BodyMarkdown, err)
		}
	})
}

const longSourceCoded = "Russian airstrikes killed six civilians in the town, and three others were injured in ⟦1⟧Maasran⟦/1⟧ on Monday."

// Merging the parts, or taking the act back, makes one sentence of them again.
func TestASplitIsTakenBack(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		for name, back := range map[string]func(h *house){
			"merged": func(h *house) { h.merge("Lina", 3) },
			"undone": func(h *house) {
				if what, err := h.pipe.Undo(h.t.Context(), "Lina", h.at("rev", 4).Target.ID); err != nil || what != "split" {
					h.t.Fatalf("%q, %v", what, err)
				}
			},
		} {
			t.Run(name, func(t *testing.T) {
				h := build(t, options{postgres: postgres, locales: []string{"ar", "fr"}})
				long(h)
				was := h.at("rev", 3)
				if err := h.split(was, "and three", -1); err != nil {
					t.Fatal(err)
				}
				back(h)
				if r := h.at("rev", 3); r.Segment.Source != was.Segment.Source || r.Segment.Exact != was.Segment.Exact || r.Target.Standing.Text != was.Target.Standing.Text || r.Target.Joined != 1 {
					t.Errorf("it is %q: %+v", r.Segment.Source, r.Target)
				}
				h.counted(h.view("rev", "ar"))
			})
		}
	})
}

// Untranslated parts leave the page's bytes as they are; words that cannot be
// told apart stay whole with the first.
func TestASplitWithoutWords(t *testing.T) {
	t.Parallel()
	h := build(t, options{locales: []string{"ar", "fr"}})
	h.write("rev.md", body(longSource))
	h.run()
	was, err := h.pipe.Preview(t.Context(), h.view("rev", "ar").ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.split(h.at("rev", 2), "and three", -1); err != nil {
		t.Fatal(err)
	}
	if err := h.split(h.at("rev", 3), "were injured", -1); err != nil {
		t.Fatal(err)
	}
	for _, locale := range []string{"ar", "fr"} {
		v := h.view("rev", locale)
		if len(v.Rows) != 4 || v.Rows[1].Target.Joined != 0 || v.Rows[1].Target.State != edition.Initial {
			t.Errorf("%s: %q, %+v", locale, sources(v), v.Rows[1].Target)
		}
		h.counted(v)
	}
	now, err := h.pipe.Preview(t.Context(), h.view("rev", "ar").ID)
	if err != nil || now.BodyMarkdown != was.BodyMarkdown {
		t.Errorf("untranslated, the page is %q, %v", now.BodyMarkdown, err)
	}
	h.say("Lina", h.at("rev", 4), "أصيبوا في ⟦1⟧معصران⟦/1⟧ يوم الاثنين كلهم")
	if err := h.split(h.at("rev", 4), "on Monday", -1); err != nil {
		t.Fatal(err)
	}
	if a, b := h.at("rev", 4), h.at("rev", 5); a.Target.Standing.Text != "أصيبوا في ⟦1⟧معصران⟦/1⟧ يوم الاثنين كلهم" || b.Target.Standing.ID != 0 || b.Segment.Source != "on Monday." {
		t.Errorf("%q, %q", a.Target.Standing.Text, b.Target.Standing.Text)
	}
}

func TestWhereASegmentIsSplit(t *testing.T) {
	t.Parallel()
	h := build(t, options{locales: []string{"ar", "fr"}})
	long(h)
	r := h.at("rev", 3)
	places := h.pipe.CutPlaces(h.view("rev", "ar"), 2)
	if !slices.Contains(places, strings.Index(r.Segment.Source, "and three")) || slices.Contains(places, strings.Index(r.Segment.Source, "Maasran")) {
		t.Errorf("the places are %v", places)
	}
	for before, rule := range map[string]string{"nd three": "split-place", "Maasran": "split-place", "Russian": "split-place"} {
		refusal(t, h.split(r, before, -1), rule)
	}
	refusal(t, h.split(h.at("rev", 1), "x", -1), "split-whole")
	refusal(t, h.split(r, "and three", 3), "split-place") // in the middle of a letter
	if _, err := h.pipe.SplitSource(t.Context(), "Lina", r.Target.ID, r.Target.Standing.ID+1, r.Segment.Exact, 8, -1); err == nil {
		t.Error("a stale split is taken")
	}
	h.merge("Lina", 2)
	refusal(t, h.split(h.at("rev", 2), "in the", -1), "split-joined")
	if _, err := h.pipe.Omit(t.Context(), "Lina", h.at("rev", 4).Target.ID, "x"); err != nil {
		t.Fatal(err)
	}
	refusal(t, h.split(h.at("rev", 4), "left", -1), "split-omitted")
	// What others have merged or left out goes on so.
	v := h.view("rev", "fr")
	if err := h.split(v.Rows[2], "and three", -1); err != nil {
		t.Fatal(err)
	}
	v = h.view("rev", "fr")
	if err := h.split(v.Rows[4], "left", -1); err != nil {
		t.Fatal(err)
	}
	ar := h.view("rev", "ar")
	if a, b := ar.Rows[1].Target, ar.Rows[3].Target; a.Joined != 2 || b.Joined != -2 || ar.Rows[4].Target.Omitted != "x" || ar.Rows[5].Target.Omitted != "x" {
		t.Errorf("%+v", sources(ar))
	}
	h.counted(ar)
}

// A split holds in a new revision that has the sentence, with what was
// approved, and goes with the sentence.
func TestASplitInANewRevision(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		rows int
	}{
		"another sentence changed": {"They came in the evening. " + longSource + " They left.", 5},
		"one before it":            {"This is new. They came in the morning. " + longSource + " They left.", 6},
		"the sentence changed":     {"They came in the morning. " + strings.Replace(longSource, "six", "seven", 1) + " They left.", 4},
		"the sentence is gone":     {"They came in the morning. They left.", 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := build(t, options{locales: []string{"ar", "fr"}})
			long(h)
			if err := h.split(h.at("rev", 3), "and three", -1); err != nil {
				t.Fatal(err)
			}
			h.approve("Omar", h.at("rev", 3).Target)
			h.approve("Omar", h.at("rev", 4).Target)
			h.write("rev.md", body(c.text))
			h.run()
			ar, fr := h.view("rev", "ar"), h.view("rev", "fr")
			if len(ar.Rows) != c.rows || len(fr.Rows) != c.rows {
				t.Fatalf("%d rows: %q", len(ar.Rows), sources(ar))
			}
			h.counted(ar)
			h.counted(fr)
			kept, heads := 0, 0
			for i, r := range ar.Rows {
				if r.Target.State == edition.Reviewed {
					kept++
				}
				if fr.Rows[i].Target.Joined == 1 {
					heads++
				}
				if strings.Contains(r.Segment.Source, "seven") && !strings.Contains(r.Target.Standing.Text, "وأصيب") {
					t.Errorf("the words of both are not together: %q", r.Target.Standing.Text)
				}
			}
			if whole := c.rows > 4; whole != (kept == 2) || whole != (heads == 1) {
				t.Errorf("%d approved, %d said together in French", kept, heads)
			}
		})
	}
}
