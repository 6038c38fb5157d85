package pipeline_test

import (
	"strings"
	"testing"

	"dragoman/internal/edition"
)

// wholeRulesOf lists what was found in a segment that needs the whole edition
// or its document, with who answered it.
func (h *house) wholeRulesOf(slug string, n int) string {
	h.t.Helper()
	var out []string
	for _, f := range h.at(slug, n).Findings {
		if strings.HasPrefix(f.Rule, "quotation.") || strings.HasPrefix(f.Rule, "consistency.") || f.Rule == "digits.document" {
			out = append(out, strings.TrimSpace(f.Rule+" "+f.DismissedBy))
		}
	}
	return strings.Join(out, ", ")
}

func TestABatchLooksAtEditionsAsWholes(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		p := newPress(t, options{postgres: postgres})
		quote := "He said: “Maasran was hit.”"
		p.words[quote] = "وقال: «تعرضت معصران للقصف.»"
		p.release("rev", "People fled to Maasran.", "Nobody came.", "People fled to Maasran.", quote)
		p.run()
		p.approve("Omar", p.at("rev", 2).Target)
		r := p.at("rev", 5)
		if _, err := p.pipe.Original(t.Context(), "Omar", r.Target.ID, r.Target.Standing.ID, "Maasran was hit.", "قصفوا معصران"); err != nil {
			t.Fatal(err)
		}
		r = p.at("rev", 5)
		for _, f := range r.Findings {
			if f.Rule == "quotation.original" {
				if _, err := p.pipe.Dismiss(t.Context(), "Omar", r.Target.ID, r.Target.Standing.ID, f.Seq, "the speaker wants it so"); err != nil {
					t.Fatal(err)
				}
			}
		}
		look := func(when, second, quotation string) {
			t.Helper()
			if got := p.wholeRulesOf("rev", 4); got != second {
				t.Errorf("%s: in the second sentence that is the same: %q, want %q", when, got, second)
			}
			if got := p.wholeRulesOf("rev", 5); got != quotation {
				t.Errorf("%s: in the quotation: %q, want %q", when, got, quotation)
			}
			e, err := p.store.Edition(t.Context(), p.view("rev", "ar").ID)
			if err != nil {
				t.Fatal(err)
			}
			errs, warns := 0, 0
			for _, r := range p.view("rev", "ar").Rows {
				errs, warns = errs+r.Target.Errors, warns+r.Target.Warnings
			}
			if e.Counts.Errors != errs || e.Counts.Warnings != warns {
				t.Errorf("%s: the edition counts %d errors and %d warnings, its segments %d and %d", when, e.Counts.Errors, e.Counts.Warnings, errs, warns)
			}
		}
		look("before", "", "quotation.original Omar")
		b := p.apply("Lina", p.prefer("loc.maasran", "معر شمارين"))
		if got := p.at("rev", 5).Target.Standing.Text; got != "وقال: «تعرضت معر شمارين للقصف.»" {
			t.Fatal(got)
		}
		look("after the batch", "consistency.source", "quotation.original Omar")
		if _, err := p.pipe.DecideGroup(t.Context(), "Omar", b.ID, nil, true, edition.TeachNothing, ""); err != nil {
			t.Fatal(err)
		}
		p.settle()
		look("accepted", "", "quotation.original Omar")
		if _, err := p.pipe.UndoBatch(t.Context(), "Lina", b.ID); err != nil {
			t.Fatal(err)
		}
		p.settle()
		look("undone", "", "quotation.original Omar")
	})
}
