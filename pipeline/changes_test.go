package pipeline_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"dragoman/glossary"
	"dragoman/internal/edition"
	"dragoman/internal/store"
	"dragoman/pipeline"
)

// concept is a copy of a concept of the glossary that counts.
func (h *house) concept(id string) *glossary.Concept {
	h.t.Helper()
	g := h.pipe.Glossary()
	i, ok := g.ByID(id)
	if !ok {
		h.t.Fatalf("there is no concept %s", id)
	}
	c := *g.Concept(i)
	c.Targets = map[string]glossary.Terms{}
	for lang, ts := range g.Concept(i).Targets {
		c.Targets[lang] = ts
	}
	return &c
}

// prefer is the edit that gives a concept another preferred Arabic term.
func (h *house) prefer(id, term string) edition.ConceptEdit {
	h.t.Helper()
	c := h.concept(id)
	ts := c.Targets["ar"]
	ts.Preferred = []glossary.Term{{Text: term}}
	ts.Forbidden = slices.DeleteFunc(slices.Clone(ts.Forbidden), func(t glossary.Term) bool { return t.Text == term })
	c.Targets["ar"] = ts
	return edition.ConceptEdit{ID: id, After: c}
}

// draft saves a change set of Lina's.
func (h *house) draft(edits ...edition.ConceptEdit) edition.ChangeSet {
	h.t.Helper()
	set, _, err := h.pipe.SaveChangeSet(h.t.Context(), "Lina", edition.ChangeSet{Title: "a change", Reason: "the council decided", Edits: edits}, edition.OldForbidden)
	if err != nil {
		h.t.Fatal(err)
	}
	return set
}

// touched lists what a change set touches, a line each, in pages of two
// segments.
func (h *house) touched(set int64) []string {
	h.t.Helper()
	c, err := h.pipe.Changes(h.t.Context(), set)
	if err != nil {
		h.t.Fatal(err)
	}
	var out []string
	for from, done := (edition.Cursor{}), false; !done; {
		var page []edition.Affected
		page, from, done, err = h.pipe.EachAffected(h.t.Context(), set, from, 2)
		if err != nil {
			h.t.Fatal(err)
		}
		for i := range page {
			a := &page[i]
			pl := c.Planner.PlanTarget(a)
			out = append(out, strings.TrimRight(fmt.Sprintf("%s %s %d: %s %s %s", a.Slug, a.Locale, a.Position, pl.Class, pl.Action, pl.Text), " "))
		}
	}
	slices.Sort(out)
	return out
}

func TestAChangeSetTouchesWhatNamesItsConcepts(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		h := build(t, options{postgres: postgres})
		h.write("one.md", "---\ntitle: Attack on Maasran\nslug: one\n---\n\nMaasran was hit. Nobody came. Maasran burns.\n")
		h.write("two.md", "---\ntitle: Two\nslug: two\n---\n\nMaasran was hit. Idlib was calm.\n")
		h.run()
		one, two := h.view("one", "ar"), h.view("two", "ar")
		h.say("Lina", one.Rows[1], "قصفت معصران.")
		h.say("Lina", one.Rows[2], "لم يأت أحد.")
		h.say("Lina", one.Rows[3], "المدينة تحترق.")
		h.say("Lina", two.Rows[1], "قصف على بمعصران.")
		h.say("Lina", two.Rows[2], "إدلب هادئة.")
		set := h.draft(h.prefer("loc.maasran", "معر شمارين"))
		want := []string{
			"one ar 0: right none",
			"one ar 1: person propose قصفت معر شمارين.",
			"one ar 3: person task",
			"two ar 1: person propose قصف على بمعر شمارين.",
		}
		if d := gocmp.Diff(want, h.touched(set.ID)); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	})
}

func TestANewConceptIsSearchedForInTheWholeArchive(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		h := build(t, options{postgres: postgres})
		h.write("one.md", "---\ntitle: One\nslug: one\n---\n\nThe mayor of Binnish came. Nobody came. The Idlib Council met. Idlib was calm.\n")
		h.run()
		one := h.view("one", "ar")
		h.say("Lina", one.Rows[1], "جاء رئيس بلدية بنيش.")
		h.say("Lina", one.Rows[3], "اجتمع مجلس إدلب.")
		h.say("Lina", one.Rows[4], "إدلب هادئة.")
		ar := func(p, f string) map[string]glossary.Terms {
			ts := glossary.Terms{Preferred: []glossary.Term{{Text: p}}}
			if f != "" {
				ts.Forbidden = []glossary.Term{{Text: f}}
			}
			return map[string]glossary.Terms{"ar": ts}
		}
		set := h.draft(
			edition.ConceptEdit{ID: "loc.binnish", After: &glossary.Concept{ID: "loc.binnish", Kind: glossary.LOC, Source: "Binnish", Rule: glossary.Rule{CaseSensitive: true}, Targets: ar("بنش", "بنيش")}},
			edition.ConceptEdit{ID: "org.idlib", After: &glossary.Concept{ID: "org.idlib", Kind: glossary.ORG, Source: "Idlib Council", Rule: glossary.Rule{CaseSensitive: true}, Targets: ar("مجلس مدينة إدلب", "")}},
		)
		want := []string{"one ar 1: person propose جاء رئيس بلدية بنش.", "one ar 3: person task"}
		if d := gocmp.Diff(want, h.touched(set.ID)); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	})
}

func TestAChangeSetIsPutOnTheGlossaryThatCounts(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	first := edition.ChangeSet{Title: "a", Base: 1, Edits: []edition.ConceptEdit{h.prefer("loc.maasran", "معر شمارين")}}
	first.Edits[0].Before = h.concept("loc.maasran")
	h.change(h.prefer("loc.idlib", "ادلب الخضراء"))
	saved, _, err := h.pipe.SaveChangeSet(t.Context(), "Lina", first, edition.OldForbidden)
	if err != nil || saved.Base != 2 {
		t.Fatalf("a change of another concept is in the way: base %d, %v", saved.Base, err)
	}
	if ts := saved.Edits[0].After.Targets["ar"]; !slices.ContainsFunc(ts.Forbidden, func(t glossary.Term) bool { return t.Text == "معصران" }) {
		t.Errorf("the old term is not forbidden: %+v", ts)
	}
	h.change(h.prefer("loc.maasran", "معرشورين"))
	var conflict *pipeline.ChangeConflict
	if _, _, err := h.pipe.SaveChangeSet(t.Context(), "Lina", saved, edition.OldForbidden); !errors.As(err, &conflict) {
		t.Fatalf("got %v", err)
	}
	for _, want := range []string{"loc.maasran", "معر شمارين", "معرشورين"} {
		if !strings.Contains(conflict.Error(), want) {
			t.Errorf("%q is not in: %v", want, conflict)
		}
	}
}

// change makes a new version of the glossary with edits.
func (h *house) change(edits ...edition.ConceptEdit) {
	h.t.Helper()
	err := h.store.InTx(h.t.Context(), func(tx *store.Tx) error {
		_, err := tx.SaveEdits(h.t.Context(), edits, "Omar", "test", "")
		return err
	})
	if err == nil {
		err = h.pipe.Refresh(h.t.Context())
	}
	if err != nil {
		h.t.Fatal(err)
	}
}

func TestBadChangeSetsAreRefused(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	bad := func(name, want string, edits ...edition.ConceptEdit) {
		t.Helper()
		_, _, err := h.pipe.SaveChangeSet(t.Context(), "Lina", edition.ChangeSet{Edits: edits}, edition.OldForbidden)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	other := h.concept("loc.maasran")
	other.Source, other.Variants = "Foreign Ministry", nil
	other.Targets = map[string]glossary.Terms{"ar": {Preferred: []glossary.Term{{Text: "وزارة الخارجية"}}}}
	bad("another thing", "the id named", edition.ConceptEdit{ID: "loc.maasran", After: other})
	a, b := h.concept("loc.maasran"), h.concept("loc.idlib")
	a.ReplacedBy, b.ReplacedBy = b.ID, a.ID
	bad("a circle", "circle", edition.ConceptEdit{ID: a.ID, After: a}, edition.ConceptEdit{ID: b.ID, After: b})
	bad("nothing", "changes nothing", edition.ConceptEdit{ID: a.ID, After: h.concept(a.ID)})
	bad("twice", "twice", h.prefer(a.ID, "معر"), h.prefer(a.ID, "معرة"))
	gone := h.concept("loc.idlib")
	gone.ReplacedBy = "loc.nowhere"
	bad("a concept that is not there", "is no concept", edition.ConceptEdit{ID: gone.ID, After: gone})
}

func TestADecidedChangeSetStays(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	set := h.draft(h.prefer("loc.maasran", "معر شمارين"))
	if _, err := h.pipe.Discard(t.Context(), "Omar", set.ID, "not now"); err != nil {
		t.Fatal(err)
	}
	var no *edition.Refusal
	if _, err := h.pipe.Discard(t.Context(), "Omar", set.ID, "again"); !errors.As(err, &no) || no.Rule != "change-decided" {
		t.Errorf("got %v", err)
	}
	if _, _, err := h.pipe.SaveChangeSet(t.Context(), "Lina", set, edition.OldForbidden); !errors.As(err, &no) {
		t.Errorf("got %v", err)
	}
	got, err := h.pipe.ChangeSets(t.Context(), 0, edition.DiscardedSet)
	if err != nil || len(got) != 1 || got[0].DecidedBy != "Omar" || got[0].Size != 1 {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestAPreviewCountsWhatABatchWouldDo(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		h := build(t, options{postgres: postgres})
		h.write("one.md", "---\ntitle: Attack on Maasran\nslug: one\n---\n\nMaasran was hit. Nobody came. Maasran burns.\n")
		h.write("two.md", "---\ntitle: Two\nslug: two\n---\n\nMaasran was hit. Idlib was calm.\n")
		h.run()
		one, two := h.view("one", "ar"), h.view("two", "ar")
		h.say("Lina", one.Rows[1], "قصفت معصران.")
		h.say("Lina", one.Rows[3], "المدينة تحترق.")
		h.say("Lina", two.Rows[1], "قصف على بمعصران.")
		set := h.draft(h.prefer("loc.maasran", "معر شمارين"))
		im, err := h.pipe.PreviewChanges(t.Context(), set.ID, pipeline.PreviewOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if im.Targets != 4 || im.Editions != 2 || im.Releases != 2 || im.Concepts != 1 {
			t.Errorf("got %+v", im)
		}
		person := im.Sum(edition.ClassPerson)
		if person.Propose != 2 || person.Task != 1 || im.Sum().Targets != 3 {
			t.Errorf("people's: %+v, all: %+v", person, im.Sum())
		}
		if len(im.Groups) != 2 || im.Groups[0].Old != "معصران" || im.Groups[0].New != "معر شمارين" || im.Groups[0].Releases != 2 || len(im.Groups[0].Samples) != 2 || len(im.Groups[0].Samples[0].Diff) == 0 {
			t.Errorf("groups: %+v", im.Groups)
		}
		of, err := h.pipe.Impact(t.Context(), "loc.maasran", pipeline.PreviewOptions{})
		if err != nil || of.Targets != 4 || of.Sum().Task != 1 {
			t.Errorf("the concept as it is: %+v, %v", of, err)
		}
	})
}

// A name that needs a licence counts only in the documents that give it, under
// the old glossary and under the new one.
func TestAChangeOfALicenceTouchesTheDocumentsThatGiveIt(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		h := build(t, options{postgres: postgres})
		ana := &glossary.Concept{ID: "org.ana", Kind: glossary.ORG, Source: "the Coalition", Rule: glossary.Rule{CaseSensitive: true, Licence: []string{"org.coalition"}},
			Targets: map[string]glossary.Terms{"ar": {Preferred: []glossary.Term{{Text: "الائتلاف"}}}}}
		h.change(edition.ConceptEdit{ID: ana.ID, After: ana})
		h.write("one.md", "---\ntitle: One\nslug: one\n---\n\nThe Syrian Coalition met. The Coalition was glad.\n")
		h.write("two.md", "---\ntitle: Two\nslug: two\n---\n\nThe Coalition was glad. Maasran was hit.\n")
		h.write("three.md", "---\ntitle: Three\nslug: three\n---\n\nIn Maasran they spoke. The Coalition was glad.\n")
		h.run()
		one, two, three := h.view("one", "ar"), h.view("two", "ar"), h.view("three", "ar")
		h.say("Lina", one.Rows[2], "سر الائتلاف.")
		h.say("Lina", two.Rows[1], "سر التحالف.")
		h.say("Lina", three.Rows[2], "سر التحالف.")
		set := h.draft(h.prefer("org.ana", "التحالف"))
		if d := gocmp.Diff([]string{"one ar 2: person propose سر التحالف."}, h.touched(set.ID)); d != "" {
			t.Errorf("another term (-want +got):\n%s", d)
		}
		free := h.concept("org.ana")
		free.Rule.Licence = []string{"org.coalition", "loc.maasran"}
		set = h.draft(edition.ConceptEdit{ID: free.ID, After: free})
		if d := gocmp.Diff([]string{"one ar 2: right none", "three ar 2: person task"}, h.touched(set.ID)); d != "" {
			t.Errorf("another licence (-want +got):\n%s", d)
		}
	})
}

func TestNamesCorrectedByHandAreProposedToTheGlossary(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		h := build(t, options{postgres: postgres})
		for _, slug := range []string{"one", "two", "three"} {
			h.write(slug+".md", "---\ntitle: "+slug+"\nslug: "+slug+"\n---\n\nSix civilians were injured in Kafranbel.\n")
		}
		h.run()
		since := h.pipe.Now().Add(-time.Hour)
		h.say("Lina", h.view("one", "ar").Rows[1], "أصيب ستة مدنيين في كفر نبل.")
		h.say("Lina", h.view("two", "ar").Rows[1], "أصيب ستة في كفر نبل.")
		if got, err := h.pipe.Learnt(t.Context(), since); err != nil || len(got) != 0 {
			t.Fatalf("learnt too early: %+v, %v", got, err)
		}
		h.say("Omar", h.view("three", "ar").Rows[1], "أصيب ستة مدنيين في كفر نبل.")
		got, err := h.pipe.Learnt(t.Context(), since)
		if err != nil || len(got) != 1 || got[0].Old != "كفرنبل" || got[0].New != "كفر نبل" || got[0].Targets != 3 || got[0].Editions != 3 {
			t.Fatalf("got %+v, %v", got, err)
		}
		set, err := h.pipe.ProposeLearnt(t.Context(), "Lina", got[0])
		if err != nil {
			t.Fatal(err)
		}
		again, err := h.pipe.ProposeLearnt(t.Context(), "Omar", got[0])
		if err != nil || again.ID != set.ID {
			t.Errorf("it is proposed twice: %d and %d, %v", set.ID, again.ID, err)
		}
		im, err := h.pipe.PreviewChanges(t.Context(), set.ID, pipeline.PreviewOptions{})
		if right := im.Sum(edition.ClassRight); err != nil || right.Targets != 3 {
			t.Errorf("what was corrected is not right: %+v, %v", im, err)
		}
	})
}
