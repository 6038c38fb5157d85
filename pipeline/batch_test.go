package pipeline_test

import (
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"dragoman/internal/edition"
	"dragoman/internal/engine"
	"dragoman/pipeline"
)

// said is what the tests' engine says, by source.
var said = map[string]string{
	"Attack on Maasran":           "هجوم على معصران",
	"Maasran was hit.":            "تعرضت معصران للقصف.",
	"People fled to Maasran.":     "فر الناس إلى معصران.",
	"The road to Maasran closed.": "أغلق طريق المدينة.", // no name: nothing can be swapped
	"Idlib was calm.":             "كانت إدلب هادئة.",
	"Nobody came.":                "لم يأت أحد.",
}

// saying answers with what is said, and with what another name makes of it.
func saying(mu *sync.Mutex, words map[string]string) *stub {
	return &stub{name: "mt", say: func(r engine.Request) ([]engine.Reply, error) {
		mu.Lock()
		defer mu.Unlock()
		out := make([]engine.Reply, len(r.Segments))
		for i, s := range r.Segments {
			out[i].Text = words[s.Text]
			if out[i].Text == "" {
				out[i].Err = &engine.Error{Engine: "mt", Kind: engine.Broken, What: "no idea"}
			}
		}
		return out, nil
	}}
}

// press is a house with an engine that says what it is told.
type press struct {
	*house
	mu    sync.Mutex
	words map[string]string
	mt    *stub
}

func newPress(t *testing.T, o options) *press {
	p := &press{words: maps.Clone(said)}
	p.mt = saying(&p.mu, p.words)
	o.routes = map[string][]engine.Engine{"ar": {p.mt}}
	p.house = build(t, o)
	return p
}

func (p *press) release(slug string, sentences ...string) {
	p.write(slug+".md", "---\ntitle: Attack on Maasran\nslug: "+slug+"\n---\n\n"+strings.Join(sentences, " ")+"\n")
}

// apply applies a change set and waits until the batch has nothing to do.
func (h *house) apply(who string, edits ...edition.ConceptEdit) edition.Batch {
	h.t.Helper()
	set := h.draft(edits...)
	b, err := h.pipe.Apply(h.t.Context(), who, set.ID)
	if err != nil {
		h.t.Fatal(err)
	}
	h.settle()
	return h.batch(b.ID)
}

func (h *house) batch(id int64) edition.Batch {
	h.t.Helper()
	b, err := h.pipe.Batch(h.t.Context(), id)
	if err != nil {
		h.t.Fatal(err)
	}
	return b
}

// standing lists what stands in an edition.
func (h *house) standing(slug string) []string {
	h.t.Helper()
	v := h.view(slug, "ar")
	out := []string{string(v.State)}
	for _, r := range v.Rows {
		line := fmt.Sprintf("%s %s", r.Target.State, r.Target.Standing.Text)
		if r.Target.ApprovedBy != "" {
			line += " by " + r.Target.ApprovedBy
		}
		for _, pr := range r.Proposals {
			line += fmt.Sprintf(" [%s %s]", pr.Status, pr.Text)
		}
		if r.Target.Errors > 0 {
			line += fmt.Sprintf(" %d!", r.Target.Errors)
		}
		out = append(out, line)
	}
	return out
}

func (h *house) same(what string, got []string, want ...string) {
	h.t.Helper()
	if d := gocmp.Diff(want, got); d != "" {
		h.t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

// bringOut approves and publishes an edition.
func (h *house) bringOut(who, slug string) {
	h.t.Helper()
	h.approveAll(who, slug, "ar")
	if _, err := h.pipe.Publish(h.t.Context(), who, h.view(slug, "ar").ID); err != nil {
		h.t.Fatal(err)
	}
	h.settle()
}

// items counts a batch's items by status.
func (h *house) items(b edition.Batch) map[edition.ItemStatus]int {
	out := map[edition.ItemStatus]int{}
	for _, s := range edition.ItemStatuses() {
		if n := b.Count(s); n > 0 {
			out[s] = n
		}
	}
	return out
}

func TestABatchSwapsProposesAndLists(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		p := newPress(t, options{postgres: postgres, rules: edition.Rules{FourEyes: true}})
		p.release("draft", "Maasran was hit.", "The road to Maasran closed.", "Idlib was calm.")
		p.release("human", "Maasran was hit.", "The road to Maasran closed.", "Nobody came.")
		p.release("public", "People fled to Maasran.", "Nobody came.")
		p.run()
		v := p.view("human", "ar")
		p.say("Omar", v.Rows[1], "قصفت معصران.")
		p.say("Omar", v.Rows[2], "أغلق الطريق.")
		p.bringOut("Omar", "public")
		before := p.shown("ar/public.html")
		p.words["The road to Maasran closed."] = "أغلق طريق معر شمارين."

		b := p.apply("Lina", p.prefer("loc.maasran", "معر شمارين"))
		if b.State != edition.BatchDone {
			t.Fatalf("%+v", b)
		}
		p.same("a draft", p.standing("draft"), "in_review",
			"translated هجوم على معر شمارين", "translated تعرضت معر شمارين للقصف.", "translated أغلق طريق معر شمارين.", "translated كانت إدلب هادئة.")
		p.same("with a person's words", p.standing("human"), "in_review",
			"translated هجوم على معر شمارين", "translated قصفت معصران. [waiting قصفت معر شمارين.] 1!", "translated أغلق الطريق. 1!", "translated لم يأت أحد.")
		p.same("a public one", p.standing("public"), "revising",
			"reviewed هجوم على معصران by Omar [waiting هجوم على معر شمارين] 1!", "reviewed فر الناس إلى معصران. by Omar [waiting فر الناس إلى معر شمارين.] 1!", "reviewed لم يأت أحد. by Omar")
		if p.shown("ar/public.html") != before {
			t.Error("what is public has changed")
		}
		if d := gocmp.Diff(map[edition.ItemStatus]int{edition.ItemApplied: 4, edition.ItemWaiting: 3, edition.ItemTask: 1}, p.items(b)); d != "" {
			t.Errorf("items (-want +got):\n%s", d)
		}

		_, err := p.pipe.DecideGroup(t.Context(), "Lina", b.ID, nil, true, "", "")
		refusal(t, err, "batch-four-eyes")
		d, err := p.pipe.DecideGroup(t.Context(), "Omar", b.ID, nil, true, "", "")
		if err != nil || d.Accepted != 3 || d.Ended.IsZero() {
			t.Fatalf("%+v, %v", d, err)
		}
		p.settle()
		p.same("a person's words, accepted", p.standing("human")[2:3], "translated قصفت معر شمارين.")
		p.same("a public one, accepted", p.standing("public"), "published",
			"final هجوم على معر شمارين by Omar", "final فر الناس إلى معر شمارين. by Omar", "final لم يأت أحد. by Omar")
		page := p.shown("ar/public.html")
		if !strings.Contains(page, "فر الناس إلى معر شمارين.") || !strings.Contains(page, `"CorrectionComment"`) || strings.Contains(page, `class="corrections"`) {
			t.Errorf("the page is not the corrected one: %s", page)
		}
		cs, err := p.pipe.Corrections(t.Context(), b.ID, 0, 10)
		if err != nil || len(cs) != 1 || cs[0].Old != "معصران" || cs[0].New != "معر شمارين" || cs[0].Published.IsZero() || cs[0].By != "Omar" {
			t.Errorf("corrections %+v, %v", cs, err)
		}
		ms, err := p.store.MemoryExact(t.Context(), "People fled to Maasran.")
		if err != nil || len(ms) != 1 || ms[0].Target != "فر الناس إلى معر شمارين." {
			t.Errorf("the memory has %+v, %v", ms, err)
		}

		if _, err := p.pipe.UndoBatch(t.Context(), "Lina", b.ID); err != nil {
			t.Fatal(err)
		}
		p.settle()
		b = p.batch(b.ID)
		if b.State != edition.BatchUndone || b.Count(edition.ItemUndone) != 8 {
			t.Errorf("undone: %+v", b)
		}
		p.same("a draft, undone", p.standing("draft"), "in_review",
			"translated هجوم على معصران", "translated تعرضت معصران للقصف.", "translated أغلق طريق المدينة. 1!", "translated كانت إدلب هادئة.")
		p.same("a public one, undone", p.standing("public"), "published",
			"final هجوم على معصران by Omar", "final فر الناس إلى معصران. by Omar", "final لم يأت أحد. by Omar")
		if !strings.Contains(p.shown("ar/public.html"), "فر الناس إلى معصران.") {
			t.Error("the page is not what it was")
		}
		if ms, err = p.store.MemoryExact(t.Context(), "People fled to Maasran."); err != nil || len(ms) != 1 || ms[0].Target != "فر الناس إلى معصران." {
			t.Errorf("the memory has %+v, %v", ms, err)
		}
		if g := p.pipe.Glossary(); g.Preferred("ar", mustID(t, p, "loc.maasran")) != "معصران" {
			t.Error("the glossary is not what it was")
		}
		if again, err := p.pipe.UndoBatch(t.Context(), "Lina", b.ID); err != nil || again.State != edition.BatchUndone {
			t.Errorf("undone twice: %+v, %v", again, err)
		}
	})
}

func mustID(t *testing.T, p *press, id string) int {
	t.Helper()
	i, ok := p.pipe.Glossary().ByID(id)
	if !ok {
		t.Fatalf("no concept %s", id)
	}
	return i
}

// TestARejectionTeaches keeps a rendering: as one that is right everywhere,
// or in its own sentences only; either is a draft change set.
func TestARejectionTeaches(t *testing.T) {
	t.Parallel()
	p := newPress(t, options{})
	p.release("human", "Maasran was hit.", "People fled to Maasran.")
	p.release("twin", "Maasran was hit.")
	p.run()
	v := p.view("human", "ar")
	p.say("Omar", v.Rows[1], "قصفت معصران.")
	p.say("Omar", v.Rows[2], "فروا إلى معصران.")
	p.say("Omar", p.row(p.view("twin", "ar"), "Maasran was hit."), "ضربت معصران.")
	b := p.apply("Lina", p.prefer("loc.maasran", "معر شمارين"))
	first, second := v.Rows[1].Target.ID, v.Rows[2].Target.ID

	d, err := p.pipe.DecideItems(t.Context(), "Omar", b.ID, []int64{first}, false, edition.TeachException, "an old song")
	if err != nil || d.Rejected != 1 || d.Taught == 0 {
		t.Fatalf("%+v, %v", d, err)
	}
	row := p.row(p.view("human", "ar"), "Maasran was hit.")
	if row.Target.Errors != 0 || len(row.Proposals) != 0 || row.Target.Standing.Text != "قصفت معصران." {
		t.Errorf("%+v", row.Target)
	}
	// It is a change like any other: nothing counts before it is applied.
	if twin := p.row(p.view("twin", "ar"), "Maasran was hit."); twin.Target.Errors != 1 {
		t.Errorf("%+v", twin.Findings)
	}
	learnt, err := p.pipe.ChangeSet(t.Context(), d.Taught)
	if err != nil || learnt.Author != "Omar" || learnt.Reason != "an old song" || learnt.Status != edition.DraftSet {
		t.Errorf("%+v, %v", learnt, err)
	}
	im, err := p.pipe.PreviewChanges(t.Context(), d.Taught, pipeline.PreviewOptions{})
	if err != nil || im.Targets != 2 || im.Sum().Targets != 0 {
		t.Errorf("%+v, %v", im, err)
	}
	exception, err := p.pipe.Apply(t.Context(), "Lina", d.Taught)
	if err != nil {
		t.Fatal(err)
	}
	p.settle()
	if twin := p.row(p.view("twin", "ar"), "Maasran was hit."); twin.Target.Errors != 0 {
		t.Errorf("%+v", twin.Findings)
	}
	if again := p.say("Omar", row, "قصفت معصران اليوم."); again.Errors != 0 {
		t.Errorf("the sentence is excepted, and has %+v", again.Standing.Findings)
	}
	if _, err := p.pipe.UndoBatch(t.Context(), "Lina", exception.ID); err != nil {
		t.Fatal(err)
	}
	p.settle()
	if twin := p.row(p.view("twin", "ar"), "Maasran was hit."); twin.Target.Errors != 1 {
		t.Errorf("undone: %+v", twin.Findings)
	}

	d, err = p.pipe.DecideItems(t.Context(), "Omar", b.ID, []int64{second}, false, edition.TeachVariant, "both are said")
	if err != nil || d.Rejected != 1 || d.Taught == 0 {
		t.Fatalf("%+v, %v", d, err)
	}
	set, err := p.pipe.ChangeSet(t.Context(), d.Taught)
	if err != nil || set.Status != edition.DraftSet || len(set.Edits) != 1 {
		t.Fatalf("%+v, %v", set, err)
	}
	ts := set.Edits[0].After.Targets["ar"]
	if len(ts.Accepted) != 1 || ts.Accepted[0].Text != "معصران" || ts.Preferred[0].Text != "معر شمارين" {
		t.Errorf("%+v", ts)
	}
}

// TestABatchIsPausedAndCancelled by people, between its slices.
func TestABatchIsPausedAndCancelled(t *testing.T) {
	t.Parallel()
	p := newPress(t, options{idle: true})
	p.release("draft", "Maasran was hit.")
	p.load()
	if err := p.step(t.Context(), "draft", p.newest()); err != nil {
		t.Fatal(err)
	}
	if err := p.step(t.Context(), "translate", p.view("draft", "ar").ID); err != nil {
		t.Fatal(err)
	}
	b, err := p.pipe.Apply(t.Context(), "Lina", p.draft(p.prefer("loc.maasran", "معر شمارين")).ID)
	if err != nil {
		t.Fatal(err)
	}
	if b, err = p.pipe.PauseBatch(t.Context(), "Lina", b.ID); err != nil || b.State != edition.BatchPaused {
		t.Fatalf("%+v, %v", b, err)
	}
	if err := p.step(t.Context(), "batch", b.ID); err != nil {
		t.Fatal(err)
	}
	p.same("paused", p.standing("draft")[2:], "translated تعرضت معصران للقصف.")
	if _, err = p.pipe.ResumeBatch(t.Context(), "Lina", b.ID); err != nil {
		t.Fatal(err)
	}
	if err := p.step(t.Context(), "batch", b.ID); err != nil {
		t.Fatal(err)
	}
	p.same("resumed", p.standing("draft")[2:], "translated تعرضت معر شمارين للقصف.")
	_, err = p.pipe.CancelBatch(t.Context(), "Lina", b.ID)
	refusal(t, err, "batch-state") // it is done

	b, err = p.pipe.Apply(t.Context(), "Lina", p.draft(p.prefer("loc.maasran", "معرشورين")).ID)
	if err != nil {
		t.Fatal(err)
	}
	if b, err = p.pipe.CancelBatch(t.Context(), "Lina", b.ID); err != nil || b.State != edition.BatchCancelled {
		t.Fatalf("%+v, %v", b, err)
	}
	if err := p.step(t.Context(), "batch", b.ID); err != nil {
		t.Fatal(err)
	}
	p.same("cancelled", p.standing("draft")[2:], "translated تعرضت معر شمارين للقصف.")
	if _, err = p.pipe.UndoBatch(t.Context(), "Lina", b.ID); err != nil {
		t.Fatal(err)
	}
	if err := p.step(t.Context(), "batch", b.ID); err != nil {
		t.Fatal(err)
	}
	if b = p.batch(b.ID); b.State != edition.BatchUndone || p.pipe.Glossary().Preferred("ar", mustID(t, p, "loc.maasran")) != "معر شمارين" {
		t.Errorf("undone after it was cancelled: %+v", b)
	}
}

// TestBatchesInOneSentenceAreUndoneInAnyOrder: each takes back its own words,
// and leaves the other's; what a person has said stays.
func TestBatchesInOneSentenceAreUndoneInAnyOrder(t *testing.T) {
	t.Parallel()
	p := newPress(t, options{})
	p.words["Maasran and Idlib."] = "معصران وإدلب."
	p.words["From Maasran to Idlib."] = "من معصران إلى إدلب."
	p.release("both", "Maasran and Idlib.", "From Maasran to Idlib.")
	p.run()
	first := p.apply("Lina", p.prefer("loc.maasran", "معر شمارين"))
	second := p.apply("Lina", p.prefer("loc.idlib", "سلقين"))
	p.same("changed", p.standing("both")[2:], "translated معر شمارين وسلقين.", "translated من معر شمارين إلى سلقين.")
	row := p.view("both", "ar").Rows[2]
	if _, err := p.pipe.Edit(t.Context(), "Omar", row.Target.ID, row.Target.Standing.ID, "من معر شمارين إلى سلقين!"); err != nil {
		t.Fatal(err)
	}
	for i, b := range []edition.Batch{first, second} {
		if _, err := p.pipe.UndoBatch(t.Context(), "Lina", b.ID); err != nil {
			t.Fatal(err)
		}
		p.settle()
		b = p.batch(b.ID)
		if b.State != edition.BatchUndone || b.Count(edition.ItemUndone) == 0 || b.Count(edition.ItemMoved) != 1 {
			t.Errorf("%+v", b)
		}
		if i == 0 {
			p.same("without the first", p.standing("both")[2:3], "translated معصران وسلقين.")
		}
	}
	p.same("without both", p.standing("both")[2:3], "translated معصران وإدلب.")
	if said := p.view("both", "ar").Rows[2].Target.Standing.Text; said != "من معر شمارين إلى سلقين!" {
		t.Errorf("a person's words became %q", said)
	}
}

// TestEnginesAreAskedForWhatThePreviewCounted and for nothing else.
func TestEnginesAreAskedForWhatThePreviewCounted(t *testing.T) {
	t.Parallel()
	p := newPress(t, options{})
	p.release("draft", "Maasran was hit.", "The road to Maasran closed.", "Idlib was calm.", "Nobody came.")
	p.run()
	set := p.draft(p.prefer("loc.maasran", "معر شمارين"))
	im, err := p.pipe.PreviewChanges(t.Context(), set.ID, pipeline.PreviewOptions{})
	if err != nil {
		t.Fatal(err)
	}
	counted := 0
	for _, e := range im.Engines {
		counted += e.Characters
	}
	asked := 0
	say := p.mt.say
	p.mt.say = func(r engine.Request) ([]engine.Reply, error) {
		for _, s := range r.Segments {
			asked += engine.SizeOf(s.Text).CodePoints
		}
		return say(r)
	}
	b, err := p.pipe.Apply(t.Context(), "Lina", set.ID)
	if err != nil {
		t.Fatal(err)
	}
	p.settle()
	if counted == 0 || asked != counted {
		t.Errorf("the preview counted %d characters, engines were asked for %d", counted, asked)
	}
	if b = p.batch(b.ID); b.Count(edition.ItemTask) != 1 {
		t.Errorf("what the engine says wrong again is no task: %+v", b.Counts)
	}
}

// TestAPersonAtWorkIsLeftAlone: where somebody is typing, the new words are
// proposed; what they save is joined with them.
func TestAPersonAtWorkIsLeftAlone(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		p := newPress(t, options{postgres: postgres})
		p.release("draft", "Maasran was hit.", "People fled to Maasran.")
		p.run()
		v := p.view("draft", "ar")
		typing, said := v.Rows[1].Target, v.Rows[2]
		if err := p.pipe.Type(t.Context(), "Omar", typing.ID, typing.Standing.ID, "تعرضت معصران"); err != nil {
			t.Fatal(err)
		}
		p.say("Omar", said, "فر الناس كلهم إلى معصران.")
		b := p.apply("Lina", p.prefer("loc.maasran", "معر شمارين"))
		p.same("proposed", p.standing("draft")[2:],
			"translated تعرضت معصران للقصف. [waiting تعرضت معر شمارين للقصف.] 1!", "translated فر الناس كلهم إلى معصران. [waiting فر الناس كلهم إلى معر شمارين.] 1!")
		if _, err := p.pipe.Edit(t.Context(), "Omar", typing.ID, typing.Standing.ID, "تعرضت معصران أمس للقصف."); err != nil {
			t.Fatal(err)
		}
		row := p.row(p.view("draft", "ar"), "People fled to Maasran.")
		p.say("Omar", row, "فر الناس إلى بلدة معرصان.")
		p.same("rebased and in conflict", p.standing("draft")[2:],
			"translated تعرضت معصران أمس للقصف. [waiting تعرضت معر شمارين أمس للقصف.] 1!", "translated فر الناس إلى بلدة معرصان. [conflict فر الناس كلهم إلى معر شمارين.] 1!")
		b = p.batch(b.ID)
		if b.Count(edition.ItemWaiting) != 1 || b.Count(edition.ItemConflict) != 1 {
			t.Errorf("%+v", b.Counts)
		}
		row = p.row(p.view("draft", "ar"), "People fled to Maasran.")
		p.say("Omar", row, "فروا إلى معر شمارين.")
		if b = p.batch(b.ID); b.Count(edition.ItemConflict) != 0 || b.Count(edition.ItemStale) != 1 {
			t.Errorf("said by hand: %+v", b.Counts)
		}
	})
}
