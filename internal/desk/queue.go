package desk

import (
	"context"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"dragoman/content"
	"dragoman/internal/edition"
)

// perPage is how many editions one page of the queue shows.
const perPage = 50

// tabs are the queue's lists by state. What waits for people comes first.
var tabs = []struct {
	Name   string
	States []edition.State
}{
	{"waiting", []edition.State{edition.InReview, edition.Revising}},
	{"approved", []edition.State{edition.Approved}},
	{"scheduled", []edition.State{edition.Scheduled}},
	{"published", []edition.State{edition.Published}},
	{"drafting", []edition.State{edition.Drafting}},
	{"failed", []edition.State{edition.Failed}},
	{"withdrawn", []edition.State{edition.Withdrawn}},
	{"all", nil},
}

// choosable are the filters that are a choice among few, by their name in the
// address; the first of each is what holds without the filter.
var choosable = []struct {
	Name   string
	Values []string
}{
	{"found", []string{"any", "errors", "findings", "nothing", "proposals"}},
	{"who", []string{"anybody", "me", "nobody"}},
	{"wait", []string{"any", "day", "days", "week"}},
	{"time", []string{"any", "late", "today", "embargo"}},
	{"order", []string{"turn", "language", "newest"}},
}

// asked is what the queue's address asks for.
type asked struct {
	Tab    string
	Locale string
	Search string
	Chosen map[string]string // by the names of choosable, without what is usual
	Batch  int64             // only what waits in this batch
	Page   int               // from 1
}

func readAsked(q url.Values) asked {
	a := asked{Tab: q.Get("state"), Locale: q.Get("locale"), Search: clip(strings.TrimSpace(q.Get("q")), 100), Chosen: map[string]string{}}
	for _, f := range choosable {
		if v := q.Get(f.Name); slices.Contains(f.Values[1:], v) {
			a.Chosen[f.Name] = v
		}
	}
	a.Batch, _ = strconv.ParseInt(q.Get("batch"), 10, 64)
	a.Page, _ = strconv.Atoi(q.Get("page"))
	a.Page = min(max(a.Page, 1), 1_000_000)
	if !slices.ContainsFunc(tabs, func(t struct {
		Name   string
		States []edition.State
	}) bool {
		return t.Name == a.Tab
	}) {
		a.Tab = tabs[0].Name
	}
	return a
}

// With is the queue's address with one thing changed; the page starts anew.
func (a asked) with(change func(*asked)) string {
	b := a
	b.Page = 1
	change(&b)
	q := url.Values{}
	set := func(name, value string, when bool) {
		if when {
			q.Set(name, value)
		}
	}
	set("state", b.Tab, b.Tab != tabs[0].Name)
	set("locale", b.Locale, b.Locale != "")
	set("q", b.Search, b.Search != "")
	set("batch", strconv.FormatInt(b.Batch, 10), b.Batch > 0)
	set("page", strconv.Itoa(b.Page), b.Page > 1)
	for name, value := range b.Chosen {
		q.Set(name, value)
	}
	if len(q) == 0 {
		return "/"
	}
	return "/?" + q.Encode()
}

// filtered says whether a filter beside the list's own narrows it.
func (a asked) filtered() bool {
	n := len(a.Chosen)
	if a.Chosen["order"] != "" {
		n--
	}
	return n > 0 || a.Locale != "" || a.Search != "" || a.Batch > 0
}

// filter is what the database is asked for. Whoever has a role in some
// locales only sees these only.
func (a asked) filter(me edition.Person, now time.Time) (f edition.Filter, some bool) {
	f = edition.Filter{Search: a.Search, Batch: a.Batch, Locales: me.Locales, Limit: perPage, Offset: (a.Page - 1) * perPage}
	for _, t := range tabs {
		if t.Name == a.Tab {
			f.States = t.States
		}
	}
	if a.Locale != "" {
		if len(me.Locales) > 0 && !slices.Contains(me.Locales, a.Locale) {
			return f, false
		}
		f.Locales = []string{a.Locale}
	}
	for _, v := range a.Chosen {
		switch v {
		case "errors":
			f.Errors = true
		case "findings":
			f.Warnings = true
		case "nothing":
			f.Clean = true
		case "proposals":
			f.Proposals = true
		case "me":
			f.Assignee = me.Name
		case "nobody":
			f.Unassigned = true
		case "day":
			f.Since = now.AddDate(0, 0, -1)
		case "days":
			f.Since = now.AddDate(0, 0, -3)
		case "week":
			f.Since = now.AddDate(0, 0, -7)
		case "late":
			f.DueBefore = now
		case "today":
			y, m, d := now.Date()
			f.DueBefore = time.Date(y, m, d+1, 0, 0, 0, 0, now.Location())
		case "embargo":
			f.Embargoed = now
		case "language":
			f.ByLocale = true
		case "newest":
			f.Newest = true
		}
	}
	return f, true
}

// queueView is the queue's page.
type queueView struct {
	frame
	Asked    asked
	Tabs     []choice
	Locales  []choice
	Filters  []selection
	Retry    bool   // what failed can be taken up again
	Without  string // the address without the batch, "" where none is asked for
	Groups   []lineGroup
	Total    int
	From, To int
	Previous string
	Next     string
	Filtered bool
	Clear    string
}

// choice is a filter with how many editions it gives.
type choice struct {
	Href, Name, Tag string
	Count           int
	Current         bool
}

// selection is a filter that is a choice among few.
type selection struct {
	Name    string
	Options []choice
}

// flagView is a count with its sign; Text says it in words.
type flagView struct{ Kind, Count, Text string }

// Flag makes a count's sign.
func (l lineView) Flag(kind, message string, n int) flagView {
	return flagView{kind, l.Int(n), l.N(message, n)}
}

// lineGroup is a release's editions where they follow each other, or a
// language's; Title and Language are "" where an edition stands alone.
type lineGroup struct {
	Title    template.HTML
	Language string
	Lines    []lineView
}

// lineView is one edition in the queue.
type lineView struct {
	*words
	ID       int64
	Href     string
	Title    template.HTML
	Target   template.HTML // "" while untranslated
	To       script
	Language string
	State    edition.State
	Word     string
	Counts   edition.Counts
	Open     int // not reviewed
	Named    int // comments that name the person and were not seen
	Since    time.Time
	Due      time.Time
	Embargo  time.Time
	Late     bool
	Who      string
	Mine     bool
	CanTake  bool
	Reason   string
	Back     string
}

func (d *Desk) queuePage(c *call) error {
	a := readAsked(c.r.URL.Query())
	view := queueView{Asked: a}
	f, some := a.filter(c.me, c.now)
	var lines []edition.Line
	if some {
		var err error
		if lines, view.Total, err = d.pipe.Queue(c.ctx(), f); err != nil {
			return err
		}
	}
	if len(lines) == 0 && a.Page > 1 && c.r.Method == http.MethodGet && !c.json {
		return c.goTo(a.with(func(*asked) {})) // past the end: the first page
	}
	if err := view.choices(c, a); err != nil {
		return err
	}
	view.frame = c.frame("queue", c.T("queue.title"))
	view.Filters = c.selections(a)
	view.Groups = c.groupLines(lines, a)
	view.nameIn()
	view.page(a, len(lines))
	if c.json {
		html, err := fragment("queue-list", view)
		if err != nil {
			return err
		}
		return c.reply(http.StatusOK, map[string]string{"list": html})
	}
	return c.page(http.StatusOK, "queue.html", view)
}

func (v *queueView) page(a asked, shown int) {
	v.From, v.To = (a.Page-1)*perPage+1, (a.Page-1)*perPage+shown
	if a.Page > 1 {
		v.Previous = a.with(func(b *asked) { b.Page = a.Page - 1 })
	}
	if v.To < v.Total {
		v.Next = a.with(func(b *asked) { b.Page = a.Page + 1 })
	}
	v.Filtered = a.filtered()
	v.Clear = asked{Tab: a.Tab}.with(func(*asked) {})
	if a.Batch > 0 {
		v.Without = a.with(func(b *asked) { b.Batch = 0 })
	}
}

// choices counts what each filter would give.
func (v *queueView) choices(c *call, a asked) error {
	counts, err := c.d.counts(c.ctx())
	if err != nil {
		return err
	}
	for locale := range counts {
		if !may(c.me, toRead, locale) {
			delete(counts, locale)
		}
	}
	for _, t := range tabs {
		ch := choice{Href: a.with(func(b *asked) { b.Tab = t.Name }), Name: c.T("desk.tab." + t.Name), Tag: t.Name, Current: t.Name == a.Tab}
		for locale, states := range counts {
			if a.Locale == "" || a.Locale == locale {
				ch.Count += sum(states, t.States)
			}
		}
		if t.Name == "failed" && ch.Current && ch.Count > 0 {
			v.Retry = mayRetry(c.me)
		}
		if ch.Count > 0 || ch.Current || t.Name == "waiting" || t.Name == "all" {
			v.Tabs = append(v.Tabs, ch)
		}
		if !ch.Current {
			continue
		}
		for locale, states := range counts {
			v.Locales = append(v.Locales, choice{
				Href: a.with(func(b *asked) { b.Locale = locale }), Name: c.Language(locale), Tag: locale,
				Count: sum(states, t.States), Current: locale == a.Locale,
			})
		}
	}
	slices.SortFunc(v.Locales, func(x, y choice) int {
		if n := c.d.place(x.Tag) - c.d.place(y.Tag); n != 0 {
			return n
		}
		return strings.Compare(x.Tag, y.Tag)
	})
	return nil
}

// sum counts the editions in some states, in all where none is named.
func sum(counts map[edition.State]int, states []edition.State) (n int) {
	for s, k := range counts {
		if states == nil || slices.Contains(states, s) {
			n += k
		}
	}
	return n
}

// counts are all editions by locale and state.
func (d *Desk) counts(ctx context.Context) (map[string]map[edition.State]int, error) {
	return d.pipe.Counts(ctx)
}

// nameIn marks the editions in which comments name the person.
func (v *queueView) nameIn() {
	for _, g := range v.Groups {
		for i := range g.Lines {
			g.Lines[i].Named = v.Named.by[g.Lines[i].ID]
		}
	}
}

// selections are the choices with what is chosen.
func (c *call) selections(a asked) (out []selection) {
	for _, f := range choosable {
		sel := selection{Name: f.Name}
		for i, v := range f.Values {
			o := choice{Name: c.T("desk.queue." + f.Name + "." + v), Tag: v, Current: a.Chosen[f.Name] == v}
			if i == 0 {
				o.Tag = ""
			}
			sel.Options = append(sel.Options, o)
		}
		out = append(out, sel)
	}
	return out
}

// groupLines puts together what follows each other and is of one release, or
// of one language where that is the order.
func (c *call) groupLines(lines []edition.Line, a asked) []lineGroup {
	byLocale := a.Chosen["order"] == "language"
	var out []lineGroup
	for i := range lines {
		l := c.line(&lines[i], a)
		follows := i > 0 && (byLocale && lines[i-1].Locale == lines[i].Locale || !byLocale && lines[i-1].Release == lines[i].Release)
		if !follows {
			out = append(out, lineGroup{})
		}
		g := &out[len(out)-1]
		g.Lines = append(g.Lines, l)
		switch {
		case byLocale:
			g.Language = l.Language
		case len(g.Lines) > 1:
			g.Title = l.Title
		}
	}
	return out
}

func (c *call) line(l *edition.Line, a asked) lineView {
	to := scriptOf(l.Locale)
	v := lineView{
		words: c.words, ID: l.ID, Href: editionHref(l.ID), To: to, Language: c.Language(l.Locale), State: l.State, Word: c.State(l.State), Counts: l.Counts,
		Open: max(0, l.Counts.Segments-l.Counts.Reviewed), Since: l.Since, Due: l.Due, Embargo: l.Embargo, Late: !l.Due.IsZero() && l.Due.Before(c.now),
		Who: l.Assignee, Mine: l.Assignee == c.me.Name, CanTake: may(c.me, toWrite, l.Locale) && l.State.AtWork(),
		Title: template.HTML(scriptOf("en").profile.IsolateRuns(l.Title, false)), Back: a.with(func(b *asked) { b.Page = a.Page }),
	}
	if l.TargetTitle != "" {
		v.Target = setText(to, content.Escape(content.Plain(l.TargetTitle)), nil, nil)
	}
	if l.State == edition.Failed || l.State == edition.Withdrawn {
		v.Reason = l.Reason
	} else {
		v.Reason = c.hold(&l.Edition)
	}
	return v
}
