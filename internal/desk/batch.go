package desk

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"dragoman/internal/edition"
)

// Bounds of the batches' pages.
const (
	perGroups    = 20
	perItems     = 50
	maxSets      = 50
	maxListed    = 100 // batches in the list
	maxChosen    = 500 // groups or items that one form decides about
	batchPoll    = time.Second
	maxBatchLive = 15 * time.Minute
)

// batchLine is a batch in the list, or on top of its page.
type batchLine struct {
	*words
	ID              int64
	Href            string
	Name, Who, By   string
	State           string // running, paused …
	Word, Phase     string
	Working         bool
	Done, Total     int
	Progress, Speed string
	When            string
	Problem         string
	Counts          []statusCount
}

// statusCount is how many items have a status.
type statusCount struct {
	Href, Name, Tag, Count string
	Current                bool
}

// batchesView is the list of change sets that wait and of batches.
type batchesView struct {
	frame
	Sets    []setLine
	Batches []batchLine
	Keep    bool
}

type setLine struct {
	Href, Name, Who, When, Status, Why string
	Effective                          string // the date of effect, "" for none
	Overdue                            bool
}

func (d *Desk) batchesPage(c *call) error {
	view := batchesView{Keep: c.me.MayAnywhere(toKeep)}
	sets, err := d.pipe.ChangeSets(c.ctx(), maxSets, edition.DraftSet, edition.ScheduledSet)
	if err != nil {
		return err
	}
	for _, s := range sets {
		l := setLine{Href: changeHref(s.ID), Name: c.told(s.Title), Who: c.author(s.Author), When: c.When(s.Created), Status: c.T("desk.change.status." + string(s.Status)), Why: c.told(s.Reason), Overdue: c.overdue(&s)}
		if s.Status == edition.ScheduledSet {
			l.Effective = c.When(s.Effective)
		}
		view.Sets = append(view.Sets, l)
	}
	bs, err := d.pipe.Batches(c.ctx())
	if err != nil {
		return err
	}
	for i := range bs[:min(len(bs), maxListed)] {
		view.Batches = append(view.Batches, c.batchLine(&bs[i]))
	}
	view.frame = c.frame("batches", c.T("nav.batches"))
	return c.list("batches-list", "batches.html", view)
}

func (c *call) batchLine(b *edition.Batch) batchLine {
	l := batchLine{
		words: c.words, ID: b.ID, Href: batchHref(b.ID), Name: c.told(b.Title), Who: c.author(b.Author), By: c.author(b.By), State: string(b.State), Working: b.State.AtWork(),
		Word: c.T("desk.batch.state." + string(b.State)), Done: min(b.Done, b.Total), Total: b.Total, When: c.When(b.Started), Problem: b.Problem,
		Progress: c.progressOf(b),
	}
	if l.Working && b.Phase != "" {
		l.Phase = c.T("desk.batch.phase." + string(b.Phase))
	}
	if rate, left := b.Rate(); l.Working && rate > 0 {
		l.Speed = c.N("desk.batch.rate", int(rate))
		if left > 0 {
			l.Speed += " · " + c.T("desk.batch.left", "Time", c.duration(left))
		}
	}
	l.Counts = c.statuses(b.Counts, "")
	return l
}

// progressOf says how much of what a batch has looked at, or gone through in
// undoing it: not all of that is put back.
func (c *call) progressOf(b *edition.Batch) string {
	switch {
	case b.Total == 0 && b.State == edition.BatchDone:
		return c.T("desk.change.nothing")
	case b.Total == 0:
		return "" // it is not known yet
	}
	id := "desk.batch.looked"
	if b.State.TakenBack() {
		id = "desk.batch.returned"
	}
	return c.N(id, b.Total, "Done", c.Int(min(b.Done, b.Total)))
}

// statuses adds up counts by status, in the language that is chosen or in
// those that the person may read, so that what is said is what they see.
func (c *call) statuses(counts []edition.BatchCount, locale string) (out []statusCount) {
	by := map[edition.ItemStatus]int{}
	for _, n := range counts {
		if n.Locale == locale || locale == "" && may(c.me, toRead, n.Locale) {
			by[n.Status] += n.N
		}
	}
	for _, s := range edition.ItemStatuses() {
		if n := by[s]; n > 0 {
			out = append(out, statusCount{Name: c.T("desk.batch.status." + string(s)), Tag: string(s), Count: c.Int(n)})
		}
	}
	return out
}

// batchView is the page of a batch.
type batchView struct {
	frame
	Line       batchLine
	SetHref    string
	Locale     string
	Status     string
	Locales    []choice
	Statuses   []statusCount
	Groups     []groupView
	Pages      pager
	Tells      []string // what accepting does to each class
	Memory     string
	CanPause   bool
	CanResume  bool
	CanCancel  bool
	CanUndo    bool
	Decide     bool // the person may decide somewhere
	Choose     bool // something on the page can be chosen
	Waiting    int  // how many wait where the person may decide about all at once
	AllTold    string
	FourEyes   bool
	Decisions  []string
	Locals     []localeDone
	Items      []itemView // of a group, or of a status that has no groups
	Group      *groupView
	Next       string
	DecideHref string
	correctionsView
}

// localeDone is how far people have come in a locale.
type localeDone struct{ Language, Accepted, Rejected, Waiting string }

// itemView is one target of a batch.
type itemView struct {
	*words
	Target          int64
	Href, Slug      string
	No              int
	Class, Status   string
	Word, Why, By   string
	To              script
	Source          string
	Stood, Diff     any
	Waiting, Decide bool
	Three           []threeView // of a conflict: what was, what stands, what the change wants
}

type threeView struct {
	Name string
	Text any
}

// batch is the batch that the address names.
func (c *call) batch() (edition.Batch, error) {
	id, err := c.id("id")
	if err != nil {
		return edition.Batch{}, err
	}
	return c.d.pipe.Batch(c.ctx(), id)
}

// batchOf leads to the batch that a change set made, "" where there is none.
func (d *Desk) batchOf(c *call, set int64) (string, error) {
	bs, err := d.pipe.Batches(c.ctx())
	if err != nil {
		return "", err
	}
	for i := range bs {
		if bs[i].ChangeSet == set {
			return batchHref(bs[i].ID), nil
		}
	}
	return "", nil
}

// batchPage shows a batch: one line a replacement.
func (d *Desk) batchPage(c *call) error {
	b, err := c.batch()
	if err != nil {
		return err
	}
	if c.json {
		html, err := fragment("batch-progress", c.batchLine(&b))
		if err != nil {
			return err
		}
		return c.reply(http.StatusOK, map[string]any{"html": html, "working": b.State.AtWork()})
	}
	view, err := c.batchView(&b)
	if err != nil {
		return err
	}
	page := c.pageNo()
	gs, total, err := d.pipe.Groups(c.ctx(), b.ID, edition.GroupFilter{Locale: view.Locale, Status: edition.ItemStatus(view.Status), Limit: perGroups, Offset: (page - 1) * perGroups})
	if err != nil {
		return err
	}
	for i := range gs {
		if may(c.me, toRead, gs[i].Locale) {
			g := c.group(&b, &gs[i])
			view.Groups, view.Choose = append(view.Groups, g), view.Choose || g.Decide
		}
	}
	view.Pages = c.pages(page, perGroups, len(gs), total)
	if view.Memory, err = c.memoryOf(b.ID); err != nil {
		return err
	}
	if err := c.corrections(view, b.ID); err != nil {
		return err
	}
	return c.page(http.StatusOK, "batch.html", view)
}

func (c *call) memoryOf(batch int64) (string, error) {
	corrected, aside, err := c.d.pipe.BatchMemory(c.ctx(), batch)
	if err != nil || corrected+aside == 0 {
		return "", err
	}
	return c.T("desk.batch.memory", "Corrected", corrected, "Aside", aside), nil
}

// batchView is what both pages of a batch have.
func (c *call) batchView(b *edition.Batch) (*batchView, error) {
	locale, err := c.chosen("locale", false)
	if err != nil {
		return nil, err
	}
	if mine := c.readable(); locale == "" && !may(c.me, toRead, "") && len(mine) > 0 {
		locale = mine[0] // groups come by locale
	}
	q := c.r.URL.Query()
	v := &batchView{Line: c.batchLine(b), SetHref: changeHref(b.ChangeSet), Locale: locale, Locales: c.localeTabs(locale, may(c.me, toRead, "")), DecideHref: batchHref(b.ID) + "/decide"}
	if s := edition.ItemStatus(q.Get("status")); slices.Contains(edition.ItemStatuses(), s) {
		v.Status = string(s)
	}
	for _, s := range c.statuses(b.Counts, locale) {
		s.Href, s.Current = c.with("status", s.Tag), s.Tag == v.Status
		v.Statuses = append(v.Statuses, s)
	}
	if v.Status != "" {
		v.Statuses = slices.Insert(v.Statuses, 0, statusCount{Href: c.with("status", ""), Name: c.T("desk.batch.all")})
	}
	keep := may(c.me, toKeep, "")
	v.CanPause = keep && b.State == edition.BatchRunning
	v.CanResume = keep && b.State == edition.BatchPaused
	v.CanCancel = keep && (b.State == edition.BatchRunning || b.State == edition.BatchPaused)
	v.CanUndo = keep && !b.State.TakenBack()
	v.FourEyes = c.d.pipe.Config().Rules.FourEyes && c.me.Name == b.Author
	v.Decide = !v.FourEyes && c.me.MayAnywhere(toReview) && !b.State.TakenBack()
	if v.Decide && may(c.me, toReview, locale) {
		for _, n := range b.Counts {
			if n.Status == edition.ItemWaiting && (locale == "" || n.Locale == locale) {
				v.Waiting += n.N
			}
		}
		v.AllTold = c.T("desk.batch.all-told")
		if locale != "" {
			v.AllTold = c.T("desk.batch.all-told-in", "Language", c.Language(locale))
		}
	}
	for _, x := range b.Decisions {
		v.Decisions = append(v.Decisions, c.T("desk.batch.deciding", "Name", x.Who, "Done", x.Done, "All", x.Total))
	}
	done := b.Accepted()
	for _, l := range c.readable() {
		if x, ok := done[l]; ok {
			v.Locals = append(v.Locals, localeDone{c.Language(l), c.Int(x.Accepted), c.Int(x.Rejected), c.Int(x.Waiting)})
		}
	}
	if !b.State.TakenBack() { // else there is nothing to accept any more
		for _, class := range []edition.Class{edition.ClassMachine, edition.ClassPerson, edition.ClassPublished} {
			v.Tells = append(v.Tells, c.T("desk.batch.tells."+string(class)))
		}
	}
	v.frame = c.frame("batch", v.Line.Name)
	v.Room = "batches"
	return v, nil
}

// group is one replacement with its counts and examples.
func (c *call) group(b *edition.Batch, g *edition.Group) groupView {
	v := c.groupHead(g.Locale, g.Concept, g.Old, g.New, g.Certain, g.Why)
	v.ID, v.Href = g.ID, fmt.Sprintf("%s/groups/%d", batchHref(b.ID), g.ID)
	v.Where = c.T("desk.change.where", "Sentences", c.N("batch.sentences", g.Items), "Releases", c.N("batch.releases", g.Releases))
	byClass, byStatus := map[edition.Class]int{}, map[edition.ItemStatus]int{}
	for _, n := range g.Counts {
		byClass[n.Class] += n.N
		byStatus[n.Status] += n.N
	}
	var parts []string
	for _, class := range edition.Classes() {
		if n := byClass[class]; n > 0 {
			parts = append(parts, c.N("desk.change.of."+string(class), n))
		}
	}
	v.Classes = joinList(c, parts)
	for _, s := range edition.ItemStatuses() {
		if n := byStatus[s]; n > 0 {
			v.States = append(v.States, c.T("desk.batch.status."+string(s))+" "+c.Int(n))
		}
	}
	v.Waiting = byStatus[edition.ItemWaiting]
	v.AcceptWord = c.N("batch.accept", v.Waiting)
	v.Decide = v.Waiting > 0 && may(c.me, toReview, g.Locale) && !(c.d.pipe.Config().Rules.FourEyes && c.me.Name == b.Author)
	for i := range g.Examples {
		x := &g.Examples[i]
		v.Samples = append(v.Samples, c.sample(v.To, x.Edition, x.Position, x.Slug, x.Class, x.Source, x.Stood, x.Stand))
	}
	return v
}

// joinList writes a list in a sentence.
func joinList(c *call, parts []string) (s string) {
	for i, p := range parts {
		if i > 0 {
			s += c.T("desk.glossary.and")
		}
		s += p
	}
	return s
}

// groupPage shows each target of a replacement.
func (d *Desk) groupPage(c *call) error {
	b, err := c.batch()
	if err != nil {
		return err
	}
	group, err := c.id("group")
	if err != nil {
		return err
	}
	view, err := c.batchView(&b)
	if err != nil {
		return err
	}
	after, _ := strconv.ParseInt(c.r.URL.Query().Get("after"), 10, 64)
	items, err := d.pipe.Items(c.ctx(), b.ID, edition.ItemFilter{Group: group, Status: edition.ItemStatus(view.Status), After: after, Limit: perItems})
	if err != nil {
		return err
	}
	if g, err := d.groupOf(c, &b, group); err != nil {
		return err
	} else if g != nil {
		view.Group = g
	} else {
		return errNowhere
	}
	for i := range items {
		x := c.item(&items[i], view.Decide)
		view.Items, view.Choose = append(view.Items, x), view.Choose || x.Decide
	}
	if len(items) == perItems {
		view.Next = c.with("after", strconv.FormatInt(items[len(items)-1].Target, 10))
	}
	return c.page(http.StatusOK, "batch-group.html", view)
}

// groupOf finds a group of a batch that the person may read.
func (d *Desk) groupOf(c *call, b *edition.Batch, id int64) (*groupView, error) {
	gs, _, err := d.pipe.Groups(c.ctx(), b.ID, edition.GroupFilter{})
	if err != nil {
		return nil, err
	}
	for i := range gs {
		if gs[i].ID == id {
			if err := c.allow(toRead, gs[i].Locale); err != nil {
				return nil, err
			}
			v := c.group(b, &gs[i])
			return &v, nil
		}
	}
	return nil, nil
}

func (c *call) item(x *edition.Item, decide bool) itemView {
	to := scriptOf(x.Locale)
	v := itemView{
		words: c.words, Target: x.Target, Href: segmentHref(x.Edition, x.Position+1), Slug: x.Slug, No: x.Position + 1, To: to, Status: string(x.Status),
		Class: c.T("desk.change.class." + string(x.Class)), Word: c.T("desk.batch.status." + string(x.Status)), By: x.By,
	}
	if v.Why = c.trouble("", x.Trouble); v.Why == "" && x.Why != "" {
		v.Why = c.or("desk.change.why."+x.Why, c.T("desk.change.why.unknown", "Reason", x.Why))
	}
	s := c.sample(to, x.Edition, x.Position, x.Slug, x.Class, x.Source, x.Stood, x.Stand)
	v.Stood, v.Diff = s.Source, s.Diff
	v.Waiting = x.Status == edition.ItemWaiting
	v.Decide = v.Waiting && decide && may(c.me, toReview, x.Locale)
	switch x.Status {
	case edition.ItemConflict:
		v.Three = c.three(x, to)
	case edition.ItemMoved:
		v.Three = c.moved(x, to)
	}
	return v
}

// three are the texts of a conflict: what was, what a person made of it, what
// the change wants.
func (c *call) three(x *edition.Item, to script) []threeView {
	return []threeView{
		{c.T("desk.batch.was"), setText(to, x.Stood, nil, nil)},
		{c.T("desk.batch.now"), c.setDiff(to, nil, x.Stood, x.Now)},
		{c.T("desk.batch.wanted"), c.setDiff(to, nil, x.Stood, cmp.Or(x.Stand, x.Stood))},
	}
}

// moved are the texts of what could not be undone: what the undoing would have
// brought back, what the batch had put there, and what stands now.
func (c *call) moved(x *edition.Item, to script) []threeView {
	put := cmp.Or(x.Stand, x.Stood)
	return []threeView{
		{c.T("desk.batch.was"), setText(to, x.Stood, nil, nil)},
		{c.T("desk.batch.put"), c.setDiff(to, nil, x.Stood, put)},
		{c.T("desk.batch.since"), c.setDiff(to, nil, put, x.Now)},
	}
}

// decideBatch accepts or rejects the change in groups, in single targets, or
// in all that waits.
func (d *Desk) decideBatch(c *call) error {
	b, err := c.batch()
	if err != nil {
		return err
	}
	f := c.r.PostForm
	x := edition.Decision{Batch: b.ID, Who: c.me.Name, Accept: f.Get("accept") == "yes", Reason: clip(squeezed(f.Get("reason")), maxReason/4)}
	if x.Groups, err = numbers(f["group"]); err != nil {
		return err
	}
	if x.Targets, err = numbers(f["target"]); err != nil {
		return err
	}
	if !x.Accept && f.Get("accept") != "no" {
		return errForm
	}
	if !x.Accept {
		switch t := edition.Teach(f.Get("teach")); t {
		case edition.TeachNothing, edition.TeachVariant, edition.TeachException:
			x.Teach = t
		default:
			return errForm
		}
	}
	back := local(cmp.Or(f.Get("back"), batchHref(b.ID)))
	switch all := f.Get("all") != ""; {
	case all && len(x.Groups)+len(x.Targets) > 0:
		return errForm
	case all:
		if x.Locale = f.Get("locale"); x.Locale != "" && !c.knows(x.Locale) {
			return errNowhere
		}
		if err := c.allow(toReview, x.Locale); err != nil {
			return err
		}
	case len(x.Groups)+len(x.Targets) == 0:
		return c.ended(back, back, &problem{Status: http.StatusUnprocessableEntity, ID: "desk.batch.none-chosen"})
	}
	if err := d.mayDecide(c, &b, &x); err != nil {
		return err
	}
	x, err = d.pipe.Resolve(c.ctx(), x)
	if err == nil {
		c.say(c.decided(&x))
	}
	return c.ended(back, back, err)
}

// decided says what came of a decision.
func (c *call) decided(x *edition.Decision) notice {
	n := notice{Kind: "done"}
	switch {
	case x.Ended.IsZero():
		n.Text = c.T("desk.batch.done.later", "All", x.Total)
	case x.Accept:
		n.Text = c.N("desk.batch.done.accepted", x.Accepted)
	default:
		n.Text = c.N("desk.batch.done.rejected", x.Rejected)
	}
	if x.Left > 0 {
		n.Text += " " + c.N("desk.batch.done.left", x.Left)
	}
	if x.Taught != 0 {
		n.Href, n.Link = changeHref(x.Taught), c.T("desk.batch.done.taught")
	}
	return n
}

// mayDecide asks for the right to review in the locale of each group and
// target.
func (d *Desk) mayDecide(c *call, b *edition.Batch, x *edition.Decision) error {
	if may(c.me, toReview, "") {
		return nil
	}
	if len(x.Groups) > 0 {
		gs, _, err := d.pipe.Groups(c.ctx(), b.ID, edition.GroupFilter{})
		if err != nil {
			return err
		}
		for _, id := range x.Groups {
			at := slices.IndexFunc(gs, func(g edition.Group) bool { return g.ID == id })
			if at < 0 {
				return errNowhere
			}
			if err := c.allow(toReview, gs[at].Locale); err != nil {
				return err
			}
		}
	}
	for _, id := range x.Targets {
		t, err := d.pipe.Target(c.ctx(), id)
		if err != nil {
			return err
		}
		if err := c.allow(toReview, d.localeOf(c, t.Edition)); err != nil {
			return err
		}
	}
	return nil
}

// numbers reads the chosen groups or targets of a form.
func numbers(values []string) ([]int64, error) {
	if len(values) > maxChosen {
		return nil, errTooLarge
	}
	var out []int64
	for _, v := range values {
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil || n <= 0 {
			return nil, errForm
		}
		out = append(out, n)
	}
	return out, nil
}

// moveBatch pauses, resumes, cancels or undoes a batch.
func (d *Desk) moveBatch(c *call) error {
	if err := c.allow(toKeep, ""); err != nil {
		return err
	}
	b, err := c.batch()
	if err != nil {
		return err
	}
	act := c.r.PathValue("act")
	move, ok := map[string]func() (edition.Batch, error){
		"pause":  func() (edition.Batch, error) { return d.pipe.PauseBatch(c.ctx(), c.me.Name, b.ID) },
		"resume": func() (edition.Batch, error) { return d.pipe.ResumeBatch(c.ctx(), c.me.Name, b.ID) },
		"cancel": func() (edition.Batch, error) { return d.pipe.CancelBatch(c.ctx(), c.me.Name, b.ID) },
		"undo":   func() (edition.Batch, error) { return d.pipe.UndoBatch(c.ctx(), c.me.Name, b.ID) },
		"publish": func() (edition.Batch, error) {
			_, err := d.pipe.PublishCorrections(c.ctx(), c.me.Name, b.ID)
			return b, err
		},
	}[act]
	if !ok {
		return errNowhere
	}
	_, err = move()
	c.sayIf(err, "desk.batch.done."+act)
	return c.ended(batchHref(b.ID), batchHref(b.ID), err)
}

// batchEvents tells a batch's page how far it is, as server-sent events,
// until it rests.
func (d *Desk) batchEvents(c *call) error {
	b, err := c.batch()
	if err != nil {
		return err
	}
	c.w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	c.w.Header().Set("X-Accel-Buffering", "no")
	out := http.NewResponseController(c.w)
	tick := time.NewTicker(batchPoll)
	defer tick.Stop()
	end := time.NewTimer(maxBatchLive)
	defer end.Stop()
	for last := ""; ; {
		html, err := fragment("batch-progress", c.batchLine(&b))
		if err != nil {
			return err
		}
		kind := "progress"
		if !b.State.AtWork() {
			kind = "rest"
		}
		if html != last || kind == "rest" {
			if _, err := fmt.Fprintf(c.w, "event: %s\ndata: %s\n\n", kind, jsonText(html)); err != nil || out.Flush() != nil {
				return nil
			}
		}
		if last = html; kind == "rest" {
			return nil
		}
		select {
		case <-c.ctx().Done():
			return nil
		case <-d.hub.closed:
			return nil
		case <-end.C:
			return nil
		case <-tick.C:
		}
		if b, err = d.pipe.Batch(c.ctx(), b.ID); err != nil {
			return nil // the page asks again
		}
	}
}
