package pipeline_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"dragoman/internal/edition"
	"dragoman/internal/engine"
	"dragoman/internal/store"
	"dragoman/pipeline"
)

// frames are sentences about a name, or about two, in English, Arabic and
// Turkish. Those whose translation does not name anybody cannot be swapped.
var frames = [][3]string{
	{"%s was hit.", "تعرضت %s للقصف.", "%s vuruldu."},
	{"People fled to %s.", "فر الناس إلى %s.", "Halk %s kentine kaçtı."},
	{"Shells fell in %s and %s.", "سقطت قذائف في %s و%s.", "%s ve %s bombalandı."},
	{"The market of %s opened.", "افتتح سوق %s.", "%s pazarı açıldı."},
	{"The road to %s closed.", "أغلق الطريق إليها.", "Yol kapandı."},
	{"Nobody came.", "لم يأت أحد.", "Kimse gelmedi."},
	{"The night was calm.", "كان الليل هادئًا.", "Gece sakindi."},
}

// mentions are how sentences name things, with what the engine makes of them.
// Some are names that the glossary does not have, or not yet.
var mentions = [][3]string{
	{"Maasran", "معصران", "Maasran"},
	{"Ma’saran", "معصران", "Maasran"},
	{"Kafranbel", "كفرنبل", "Kefranbel"},
	{"Idlib", "إدلب", "İdlib"},
	{"Idlib Hospital", "مشفى إدلب", "İdlib Hastanesi"},
	{"Sarmin", "سرمين", "Sermin"},
	{"Binnish", "بنش", "Binniş"},
	{"the Syrian Coalition", "الائتلاف الوطني السوري", "Suriye Koalisyonu"},
	{"the Coalition", "الائتلاف", "Koalisyon"},
}

// world is an archive in which people, files, workers and batches do things.
type world struct {
	*house
	r       *rand.Rand
	locales []string

	mu     sync.Mutex
	words  map[string]string // what the engine says, by locale and source
	knows  bool              // the engine uses the names that count
	asked  int               // characters that the engine was sent since the snapshot
	losing bool              // the engine fails now and then

	said    map[int64]string // what a person said last, by target
	taken   map[int64]string // what stands since a proposal was accepted
	touched map[int64]bool   // targets that people changed since the snapshot
	moved   map[int64]bool   // editions that people or files took elsewhere since
	before  map[int64]edition.Target
	were    map[int64]edition.Edition // editions at the snapshot
	slugs   []string
	changes []*change // that were applied
}

// sentence makes a sentence, and teaches the engine what it is.
func (w *world) sentence() string {
	f := frames[w.r.IntN(len(frames))]
	var named [3][]any
	for range strings.Count(f[0], "%s") {
		n := mentions[w.r.IntN(len(mentions))]
		for i := range n {
			named[i] = append(named[i], n[i])
		}
	}
	source := fmt.Sprintf(f[0], named[0]...)
	source = strings.ToUpper(source[:1]) + source[1:]
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, locale := range []string{"ar", "tr"} {
		w.words[locale+source] = fmt.Sprintf(f[i+1], named[i+1][:strings.Count(f[i+1], "%s")]...)
	}
	return source
}

func (w *world) translate(r engine.Request) ([]engine.Reply, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := make([]engine.Reply, len(r.Segments))
	for i, s := range r.Segments {
		w.asked += engine.SizeOf(s.Text).CodePoints
		text, ok := w.words[r.Target+s.Text]
		if !ok {
			text = "نص"
		}
		for _, h := range s.Terms {
			if w.knows && !strings.Contains(text, h.Target) {
				text += " " + h.Target
			}
		}
		out[i].Text = text
		if w.losing && w.asked%5 == 0 {
			out[i] = engine.Reply{Err: &engine.Error{Engine: "mt", Kind: engine.Broken, What: "not this one"}}
		}
	}
	return out, nil
}

// load writes a release and has it drafted.
func (w *world) load() {
	slug := fmt.Sprintf("release-%d", len(w.slugs))
	w.slugs = append(w.slugs, slug)
	w.file(slug)
}

// file writes a release, which may have been there with other sentences.
func (w *world) file(slug string) {
	var s []string
	for range 2 + w.r.IntN(5) {
		s = append(s, w.sentence())
	}
	w.write(slug+".md", fmt.Sprintf("---\ntitle: Report of %s\nslug: %s\n---\n\n%s\n", slug, slug, strings.Join(s, " ")))
	if _, err := w.pipe.Load(w.t.Context(), nil, edition.Today, nil); err != nil {
		w.t.Fatal(err)
	}
}

// revise has a release say something else: with it goes all that was known of
// its editions.
func (w *world) revise(slug string) {
	for _, locale := range w.locales {
		if v, ok := w.seen(slug, locale); ok {
			w.moved[v.ID] = true
		}
	}
	w.file(slug)
}

// seen is an edition that has been drafted.
func (w *world) seen(slug, locale string) (*pipeline.View, bool) {
	lines, _, err := w.pipe.Queue(w.t.Context(), edition.Filter{Locales: []string{locale}, Removed: true})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, l := range lines {
		if l.Slug == slug {
			v, err := w.pipe.View(w.t.Context(), l.ID, "Omar")
			if err != nil {
				w.t.Fatal(err)
			}
			return v, len(v.Rows) > 0
		}
	}
	return nil, false
}

// people edit, approve and publish some of the archive.
func (w *world) people() {
	for _, slug := range w.slugs {
		for _, locale := range w.locales {
			switch w.r.IntN(5) {
			case 0:
				w.edit(slug, locale)
			case 1, 2:
				w.edit(slug, locale)
				w.finish(slug, locale, w.r.IntN(2) == 0)
			}
		}
	}
}

// finish approves an edition, whatever is found in it, and publishes it.
func (w *world) finish(slug, locale string, publish bool) {
	v, ok := w.seen(slug, locale)
	if !ok {
		return
	}
	ctx := w.t.Context()
	w.moved[v.ID] = true
	try := func(err error) bool {
		if !expected(err) {
			w.t.Fatal(err)
		}
		return err == nil
	}
	for _, r := range v.Rows {
		for _, f := range r.Findings {
			if f.Severity == edition.Error && f.DismissedBy == "" {
				_, err := w.pipe.Dismiss(ctx, "Omar", r.Target.ID, r.Target.Standing.ID, f.Seq, "right as it is")
				try(err)
			}
		}
		_, err := w.pipe.ApproveTarget(ctx, "Omar", r.Target.ID, r.Target.Standing.ID)
		try(err)
	}
	_, err := w.pipe.Approve(ctx, "Omar", v.ID)
	if try(err) && publish {
		_, err = w.pipe.Publish(ctx, "Omar", v.ID)
		try(err)
	}
}

// edit has a person say something else in an edition, if it can be changed.
func (w *world) edit(slug, locale string) {
	v, ok := w.seen(slug, locale)
	if !ok || !v.State.AtWork() {
		return
	}
	row := v.Rows[w.r.IntN(len(v.Rows))]
	if row.Target.Standing.ID == 0 {
		return
	}
	if w.r.IntN(4) == 0 { // somebody begins, and has not ended yet
		err := w.pipe.Type(w.t.Context(), "Omar", row.Target.ID, row.Target.Standing.ID, "قال")
		if !expected(err) {
			w.t.Fatal(err)
		}
		return
	}
	text := strings.TrimSuffix(row.Target.Standing.Text, ".") + " حقا."
	if w.r.IntN(4) == 0 {
		text = "قالها شخص بطريقته " + strconv.Itoa(w.r.IntN(1000)) + "."
	}
	t, err := w.pipe.Edit(w.t.Context(), "Omar", row.Target.ID, row.Target.Standing.ID, text)
	if !expected(err) {
		w.t.Fatal(err)
	}
	if err == nil {
		w.said[t.ID], w.touched[t.ID] = t.Standing.Text, true
		delete(w.taken, t.ID)
	}
}

// shown is a target as a reviewer sees it.
type shown struct {
	pipeline.Row
	edition edition.Edition
	where   string
}

// each calls f for every live target.
func (w *world) each(f func(s *shown)) {
	w.t.Helper()
	for _, slug := range w.slugs {
		for _, locale := range w.locales {
			v := w.view(slug, locale)
			for _, r := range v.Rows {
				f(&shown{r, v.Edition, fmt.Sprintf("%s/%s (%s), target %d %q: %q", slug, locale, v.State, r.Target.ID, r.Segment.Source, r.Target.Standing.Text)})
			}
		}
	}
}

func (w *world) snapshot() {
	w.before, w.touched, w.moved, w.were = map[int64]edition.Target{}, map[int64]bool{}, map[int64]bool{}, map[int64]edition.Edition{}
	w.each(func(s *shown) {
		w.before[s.Target.ID], w.were[s.edition.ID] = *s.Target, s.edition
		if s.Target.ByPerson() {
			w.said[s.Target.ID] = s.Target.Standing.Text
		}
	})
	w.asked = 0
}

// cutOff ends what the workers do in the middle, and starts them again.
func (w *world) cutOff() {
	hurry, cancel := context.WithTimeout(w.t.Context(), time.Duration(w.r.IntN(5000))*time.Microsecond)
	defer cancel()
	_ = w.store.Stop(hurry)
	if err := w.store.Work(w.t.Context(), w.pipe.Handle, store.DefaultSlots()); err != nil {
		w.t.Fatal(err)
	}
}

// listed are the targets that a batch has something to say of.
func (w *world) listed(b edition.Batch) map[int64]edition.Item {
	out := map[int64]edition.Item{}
	items, err := w.pipe.Items(w.t.Context(), b.ID, edition.ItemFilter{Limit: 1 << 20})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, m := range items {
		out[m.Target] = m
	}
	return out
}

// reach says what the scopes of the batches make of a target: whether all of
// them reach it, or none; both are false where people have moved it.
func (w *world) reach(s *shown) (all, none bool) {
	was, ok := w.were[s.edition.ID]
	all, none = true, true
	for _, c := range w.changes {
		if c.scope.All() && len(c.scope.Locales) == 0 {
			none = false
			continue
		}
		if !ok || w.moved[s.edition.ID] || w.touched[s.Target.ID] {
			return false, false
		}
		wants := c.scope.Wants(was.Locale, was.State, !was.Public.IsZero(), false)
		all, none = all && wants, none && !wants
	}
	return all, none
}

// applied checks what has to hold when batches are done.
func (w *world) applied() {
	w.t.Helper()
	var items []map[int64]edition.Item
	for _, c := range w.changes {
		items = append(items, w.listed(c.batch))
	}
	w.each(func(s *shown) {
		t := s.Target
		old, had := w.before[t.ID]
		all, none := w.reach(s)
		about := slices.ContainsFunc(w.changes, func(c *change) bool { return c.names(s.Segment.Source) })
		if had && (none || !about) && !w.touched[t.ID] && !w.moved[s.edition.ID] && (t.Standing.ID != old.Standing.ID || t.ApprovedBy != old.ApprovedBy) {
			w.t.Errorf("%s: it is none of the batch's business, and said %q%s", s.where, old.Standing.Text, w.story(t.ID))
		}
		if said, ok := w.said[t.ID]; ok && t.Standing.Text != cmp.Or(w.taken[t.ID], said) && !w.moved[s.edition.ID] {
			w.t.Errorf("%s: a person said %q%s", s.where, said, w.story(t.ID))
		}
		if all {
			w.told(s, items)
		}
		for _, pr := range s.Proposals {
			if s.edition.Counts.Proposals == 0 && pr.Status == edition.Waiting {
				w.t.Errorf("%s: the edition counts no proposals", s.where)
			}
		}
	})
	w.counted()
	w.public()
}

// open are the statuses of items that a person has to look at, or has.
var openItems = []edition.ItemStatus{edition.ItemWaiting, edition.ItemTask, edition.ItemConflict, edition.ItemRejected}

// told checks that people are told of every wrong name in a target, and of
// none that is right.
func (w *world) told(s *shown, items []map[int64]edition.Item) {
	w.t.Helper()
	want, have := w.wrong(s)
	if !slices.Equal(want, have) {
		w.t.Errorf("%s: wrong are %v, found %v%s", s.where, want, have, w.story(s.Target.ID))
	}
	for _, term := range s.Terms {
		if term.Result != "fail" || w.excepted(s, term.ID) {
			continue
		}
		told := slices.ContainsFunc(s.Findings, func(f edition.StandingFinding) bool { return f.Args["Concept"] == term.ID && f.DismissedBy != "" })
		if _, had := w.before[s.Target.ID]; !had || w.moved[s.edition.ID] {
			told = true // a draft that came in since, with its finding
		}
		edited := false
		for k, c := range w.changes {
			if !c.edits(term.ID, s.edition.Locale) {
				continue
			}
			edited = true
			m, ok := items[k][s.Target.ID]
			told = told || ok && slices.Contains(openItems, m.Status)
		}
		if edited && !told {
			w.t.Errorf("%s: %s is wrong, and nobody is told%s", s.where, term.ID, w.story(s.Target.ID))
		}
	}
}

// wrong gives the concepts that are not right in a target under the glossary
// that counts, and those that its findings name.
func (w *world) wrong(s *shown) (want, have []string) {
	if s.Target.Standing.ID == 0 || s.Target.Omitted != "" || s.Target.Merged() {
		return nil, nil
	}
	for _, term := range s.Terms {
		if (term.Result == "fail" || term.Result == "warn") && !w.excepted(s, term.ID) {
			want = append(want, term.ID+" "+term.Reason)
		}
	}
	for _, f := range s.Findings {
		if reason, ok := strings.CutPrefix(f.Rule, "term."); ok {
			have = append(have, f.Args["Concept"]+" "+reason)
		}
	}
	slices.Sort(want)
	slices.Sort(have)
	return want, have
}

// counted checks the counts of all editions against their targets.
func (w *world) counted() {
	w.t.Helper()
	for _, slug := range w.slugs {
		for _, locale := range w.locales {
			v := w.view(slug, locale)
			have := v.Counts
			if err := w.store.InTx(w.t.Context(), func(tx *store.Tx) error { return tx.Recount(w.t.Context(), v.ID) }); err != nil {
				w.t.Fatal(err)
			}
			if now := w.view(slug, locale).Counts; now != have {
				w.t.Errorf("%s/%s: counts %+v, are %+v", slug, locale, have, now)
			}
		}
	}
}

// public checks that what is public says what stands.
func (w *world) public() {
	w.t.Helper()
	for _, slug := range w.slugs {
		for _, locale := range w.locales {
			v := w.view(slug, locale)
			if v.State != edition.Published {
				continue
			}
			page := w.shown(locale + "/" + slug + ".html")
			for _, r := range v.Rows {
				if text := r.Target.Standing.Text; r.Target.Omitted == "" && !strings.Contains(page, text) {
					w.t.Errorf("%s/%s: %q stands, and is not public", slug, locale, text)
				}
			}
		}
	}
}

// decide accepts or rejects some of what waits, in groups, by locale or one by
// one.
func (w *world) decide(c *change) {
	ctx := w.t.Context()
	groups, _, err := w.pipe.Groups(ctx, c.batch.ID, edition.GroupFilter{Status: edition.ItemWaiting})
	if err != nil {
		w.t.Fatal(err)
	}
	before := map[int64]*edition.Target{}
	w.each(func(s *shown) { before[s.Target.ID] = s.Target })
	if w.r.IntN(4) == 0 {
		locale := w.locales[w.r.IntN(len(w.locales))]
		_, err = w.pipe.Resolve(ctx, edition.Decision{Batch: c.batch.ID, Who: "Omar", Accept: true, Locale: locale})
		groups = slices.DeleteFunc(groups, func(g edition.Group) bool { return g.Locale == locale })
	}
	for _, g := range groups {
		if !expected(err) {
			w.t.Fatal(err)
		}
		switch w.r.IntN(4) {
		case 0:
			_, err = w.pipe.DecideGroup(ctx, "Omar", c.batch.ID, []int64{g.ID}, true, "", "")
		case 1:
			_, err = w.pipe.DecideGroup(ctx, "Omar", c.batch.ID, []int64{g.ID}, false, []edition.Teach{"", edition.TeachVariant, edition.TeachException}[w.r.IntN(3)], "as it was")
		case 2:
			_, err = w.pipe.DecideItems(ctx, "Omar", c.batch.ID, []int64{g.Examples[0].Target}, true, "", "")
		}
	}
	if !expected(err) {
		w.t.Fatal(err)
	}
	w.settle()
	for _, m := range w.listed(c.batch) {
		if m.Status != edition.ItemAccepted && m.Status != edition.ItemRejected {
			continue
		}
		t, err := w.pipe.Target(ctx, m.Target)
		if err != nil {
			w.t.Fatal(err)
		}
		was := before[m.Target]
		if was == nil {
			continue // a file has taken it out
		}
		if t.ApprovedBy != was.ApprovedBy || t.ApprovedSource != was.ApprovedSource || t.Standing.Author != was.Standing.Author {
			w.t.Errorf("target %d was %s, approved by %q, and is %s by %q", t.ID, was.State, was.ApprovedBy, t.State, t.ApprovedBy)
		}
		if m.Status == edition.ItemAccepted {
			w.taken[m.Target] = t.Standing.Text
		}
		if t.Errors > was.Errors && was.ApprovedBy != "" && !w.listedElsewhere(c, t.ID) {
			w.t.Errorf("target %d is approved and has %d errors%s", t.ID, t.Errors, w.story(t.ID))
		}
	}
}

// listedElsewhere reports whether another batch still has a target for a person.
func (w *world) listedElsewhere(c *change, target int64) bool {
	return slices.ContainsFunc(w.changes, func(other *change) bool {
		m, ok := w.listed(other.batch)[target]
		return ok && other != c && slices.Contains([]edition.ItemStatus{edition.ItemWaiting, edition.ItemTask, edition.ItemConflict}, m.Status)
	})
}

// story tells what became of a target, where something is wrong with it.
func (w *world) story(target int64) string {
	var b strings.Builder
	for _, c := range w.changes {
		fmt.Fprintf(&b, "\n\t%s", c)
		if m, ok := w.listed(c.batch)[target]; ok {
			fmt.Fprintf(&b, "\n\tbatch %d: %s, %s (%s): %q > %q", c.batch.ID, m.Action, m.Status, m.Why, m.Stood, m.Stand)
		}
	}
	versions, err := w.pipe.History(w.t.Context(), target)
	if err != nil {
		w.t.Error(err)
	}
	for _, v := range versions {
		fmt.Fprintf(&b, "\n\tversion %d of %d (batch %d, glossary %d, %s): %q", v.ID, v.Parent, v.Origin.Batch, v.Glossary, v.Origin.Kind, v.Text)
	}
	return b.String()
}

// undone checks what has to hold when all batches are undone.
func (w *world) undone() {
	w.t.Helper()
	w.each(func(s *shown) {
		t := s.Target
		old, had := w.before[t.ID]
		if want, have := w.wrong(s); !slices.Equal(want, have) {
			if all, _ := w.reach(s); all {
				w.t.Errorf("%s: undone, wrong are %v, found %v%s", s.where, want, have, w.story(t.ID))
			}
		}
		switch {
		case w.moved[s.edition.ID]:
		case !had:
		case !w.touched[t.ID] && t.Standing.Text != old.Standing.Text:
			w.t.Errorf("%s: it said %q, and nobody touched it%s", s.where, old.Standing.Text, w.story(t.ID))
		case !w.touched[t.ID] && t.ApprovedBy != old.ApprovedBy:
			w.t.Errorf("%s: it was approved by %q", s.where, old.ApprovedBy)
		case w.touched[t.ID] && t.Standing.Text != w.said[t.ID]:
			w.t.Errorf("%s: a person said %q%s", s.where, w.said[t.ID], w.story(t.ID))
		}
		if slices.ContainsFunc(s.Proposals, func(pr edition.Proposal) bool { return pr.Cause == edition.ByBatch }) {
			w.t.Errorf("%s: still proposed %+v%s", s.where, s.Proposals, w.story(t.ID))
		}
	})
	w.counted()
	w.public()
}

// TestWhateverTheArchiveAndTheChange is the promise of batches: whatever the
// archive, the change set and the moment, after a batch every affected target
// complies, is proposed or is listed; nothing else has changed by a byte;
// people's words stand until somebody accepts; and undoing restores what nobody
// has touched since. DRAGOMAN_BATCH_ROUNDS has it try more than a few, from
// DRAGOMAN_BATCH_SEED on.
func TestWhateverTheArchiveAndTheChange(t *testing.T) {
	t.Parallel()
	rounds, seed := 4, uint64(1)
	if n, err := strconv.Atoi(os.Getenv("DRAGOMAN_BATCH_ROUNDS")); err == nil {
		rounds, seed = n, uint64(time.Now().UnixNano())
	}
	if n, err := strconv.ParseUint(os.Getenv("DRAGOMAN_BATCH_SEED"), 10, 64); err == nil {
		seed = n
	}
	for i := range rounds {
		seed := seed + uint64(i)
		t.Run(fmt.Sprint("seed-", seed), func(t *testing.T) {
			t.Parallel()
			w := &world{
				r: rand.New(rand.NewPCG(seed, 3)), locales: []string{"ar", "tr"}, words: map[string]string{}, said: map[int64]string{},
				taken: map[int64]string{}, touched: map[int64]bool{}, moved: map[int64]bool{},
			}
			mt := &stub{name: "mt", say: w.translate}
			w.house = build(t, options{postgres: seed%4 == 2, locales: w.locales, routes: map[string][]engine.Engine{"ar": {mt}, "tr": {mt}}})
			w.round()
		})
	}
}

func (w *world) round() {
	w.begin()
	for range 4 + w.r.IntN(6) {
		w.load()
	}
	w.settle()
	w.people()
	w.settle()
	w.knows, w.losing = w.r.IntN(2) == 0, w.r.IntN(4) == 0
	w.snapshot()
	quiet := w.r.IntN(3) == 0

	first := w.apply(quiet)
	for range w.r.IntN(8) {
		if quiet {
			break
		}
		w.disturb()
	}
	w.settle()
	for _, c := range w.changes {
		if c.batch = w.batch(c.batch.ID); c.batch.State != edition.BatchDone {
			w.t.Fatalf("%+v", c.batch)
		}
	}
	if quiet {
		w.foretold(first)
	}
	w.applied()
	if w.r.IntN(3) > 0 {
		for _, c := range w.changes {
			w.decide(c)
		}
		w.applied()
	}
	if w.r.IntN(2) == 0 {
		w.edit(w.anySlug(), w.anyLocale())
	}
	for _, c := range slices.Backward(w.changes) {
		if _, err := w.pipe.UndoBatch(w.t.Context(), "Lina", c.batch.ID); err != nil {
			w.t.Fatal(err)
		}
		if w.r.IntN(2) == 0 {
			w.cutOff()
		}
		w.settle()
	}
	w.undone()
}

func (w *world) anySlug() string   { return w.slugs[w.r.IntN(len(w.slugs))] }
func (w *world) anyLocale() string { return w.locales[w.r.IntN(len(w.locales))] }

// disturb does something while batches are at work.
func (w *world) disturb() {
	switch w.r.IntN(8) {
	case 0:
		w.load()
	case 1, 2:
		w.edit(w.anySlug(), w.anyLocale())
	case 3:
		w.cutOff()
	case 4:
		if len(w.changes) < 3 {
			w.apply(false)
		}
	case 5:
		w.revise(w.anySlug())
	case 6:
		w.finish(w.anySlug(), w.anyLocale(), w.r.IntN(2) == 0)
	case 7:
		b := w.changes[w.r.IntN(len(w.changes))].batch.ID
		if _, err := w.pipe.PauseBatch(w.t.Context(), "Lina", b); err != nil {
			var no *edition.Refusal
			if !errors.As(err, &no) {
				w.t.Fatal(err)
			}
			return // it is done
		}
		w.edit(w.anySlug(), w.anyLocale())
		if _, err := w.pipe.ResumeBatch(w.t.Context(), "Lina", b); err != nil {
			w.t.Fatal(err)
		}
	}
}
