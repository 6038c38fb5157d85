package desk

import (
	"cmp"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"time"

	"dragoman/content"
	"dragoman/internal/edition"
	"dragoman/pipeline"
)

// editionOf opens the edition that the address names, for somebody who has
// the right to it.
func (c *call) editionOf(do right) (*pipeline.View, error) {
	id, err := c.id("id")
	if err != nil {
		return nil, err
	}
	v, err := c.d.pipe.View(c.ctx(), id, c.me.Name)
	if err != nil {
		return nil, err
	}
	return v, c.allow(do, v.Locale)
}

// allow refuses what somebody has no right to.
func (c *call) allow(do right, locale string) error {
	switch {
	case may(c.me, do, locale):
		return nil
	case !may(c.me, toRead, locale):
		return &problem{Status: errLocale.Status, ID: errLocale.ID, Args: []any{"Language", c.Language(locale)}}
	default:
		return c.forbidden(do)
	}
}

// forbidden names the role that would do.
func (c *call) forbidden(do right) error {
	return &problem{Status: http.StatusForbidden, ID: "error.forbidden", Args: []any{"Role", c.Role(edition.LeastRole(do))}}
}

// head is what all pages of an edition have on top.
type head struct {
	frame
	E              edition.Edition
	Can            rights
	Tab            string // text, diff, preview, comments, history
	Marks          bool   // show what cannot be seen
	Talk           int    // comments that nobody has closed
	Source, Target script
	SourceTitle    template.HTML
	TargetTitle    template.HTML // "" while there is none
	LanguageName   string
	Siblings       []sibling
	Confidential   bool
	PublicHref     string
	Bar            bar
	Notes          []note
}

// sibling is the release's edition in another locale.
type sibling struct {
	Href, Tag, Name, Word string
	State                 edition.State
	Current               bool
}

// note is something that everybody who opens the edition should know.
type note struct {
	Kind string // warn or info
	Text string
}

// bar is the strip that stays in view: how far the review is, and what can be
// done with the whole edition.
type bar struct {
	*words
	ID            int64
	State         edition.State
	Word          string
	Counts        edition.Counts
	Done          int // reviewed or left out
	Clean         int // can be approved all at once
	CanWrite      bool
	CanReview     bool
	CanPublish    bool
	AtWork        bool
	Ready         bool   // the edition can be approved now
	Obstacle      string // why it cannot
	ObstacleAt    int    // the segment where, 0 for none
	Reopen        bool
	Publish       bool
	Withdraw      bool
	Revision      int64
	Embargo       time.Time
	WaitingSource bool
}

func (c *call) head(v *pipeline.View, tab string) head {
	h := head{E: v.Edition, Can: rightsOf(c.me, v.Edition), Tab: tab, Source: scriptOf("en"), Target: scriptOf(v.Locale), LanguageName: c.Language(v.Locale), Confidential: v.Meta.Confidential}
	h.SourceTitle = template.HTML(h.Source.profile.IsolateRuns(v.Release.Title, false))
	if r := titleRow(v.Rows); r != nil && r.Target.Standing.ID != 0 {
		h.TargetTitle = setText(h.Target, content.Plain(r.Target.Standing.Text), nil, nil)
	}
	page := map[string]string{"text": "edition", "preview": "preview"}[tab]
	h.frame = c.frame(cmp.Or(page, "about"), v.Release.Title+" · "+h.LanguageName)
	for _, e := range v.Siblings {
		if may(c.me, toRead, e.Locale) {
			h.Siblings = append(h.Siblings, sibling{
				Href: editionHref(e.ID), Tag: e.Locale, Name: c.Language(e.Locale), State: e.State, Word: c.State(e.State), Current: e.ID == v.ID,
			})
		}
	}
	slices.SortStableFunc(h.Siblings, func(a, b sibling) int { return c.d.place(a.Tag) - c.d.place(b.Tag) })
	if !v.Public.IsZero() && c.d.Public != "" {
		h.PublicHref = publicHref(v.Locale, v.Release.Slug)
	}
	for _, r := range v.Remarks {
		if r.ResolvedBy == "" {
			h.Talk++
		}
	}
	h.Marks = c.r.URL.Query().Has("marks")
	h.Bar = c.bar(v)
	h.Notes = c.notes(v)
	return h
}

// place is a locale's place in the order in which they are shown.
func (d *Desk) place(tag string) int {
	if i := slices.Index(d.Locales, tag); i >= 0 {
		return i
	}
	return len(d.Locales)
}

func editionHref(id int64) string { return "/editions/" + strconv.FormatInt(id, 10) }

// segmentHref leads to a segment, counted from 1.
func segmentHref(ed int64, n int) string {
	s := strconv.Itoa(n)
	return editionHref(ed) + "?segment=" + s + "#s" + s
}

func titleRow(rows []pipeline.Row) *pipeline.Row {
	for i := range rows {
		if rows[i].Segment.Kind == content.KindTitle {
			return &rows[i]
		}
	}
	return nil
}

// waits reports whether a target still needs a person.
func waits(t *edition.Target) bool {
	return t.Omitted == "" && t.State != edition.Reviewed && t.State != edition.Final
}

// clean reports whether a target is among those that can be approved at once:
// it has words, nothing was found in them, and it is no near match.
func clean(t *edition.Target) bool {
	k := t.Standing.Origin.Kind
	return t.State == edition.Translated && t.Standing.ID != 0 && t.Errors+t.Warnings == 0 && k != edition.FromFuzzy && k != edition.FromRepaired
}

func (c *call) bar(v *pipeline.View) bar {
	b := bar{
		words: c.words, ID: v.ID, State: v.State, Word: c.State(v.State), Counts: v.Counts, AtWork: v.State.AtWork(), Revision: v.Revision, Embargo: v.Embargo,
		CanWrite: may(c.me, toWrite, v.Locale), CanReview: may(c.me, toReview, v.Locale), CanPublish: may(c.me, toPublish, v.Locale),
	}
	b.Counts.Segments = len(v.Rows)
	rules := c.d.pipe.Config().Rules
	var targets []*edition.Target
	for _, r := range v.Rows {
		targets = append(targets, r.Target)
		if !waits(r.Target) {
			b.Done++
		}
		if clean(r.Target) && rules.CanApproveTarget(r.Target, c.me.Name) == nil {
			b.Clean++
		}
	}
	b.Reopen = can(v.State, edition.Reopen) && !b.AtWork && (v.State != edition.Drafting || v.Hold.Kind == edition.HoldWaiting)
	b.Publish = v.State == edition.Approved || v.State == edition.Scheduled && !v.Embargo.After(c.now)
	b.Withdraw = can(v.State, edition.Withdraw)
	if !b.AtWork {
		return b
	}
	if no := refusalOf(rules.CanApproveEdition(&v.Edition, targets)); no != nil {
		b.Obstacle = c.RefusalText(no)
		b.ObstacleAt, _ = strconv.Atoi(no.Args["Segment"])
	} else {
		b.Ready = len(targets) > 0
	}
	return b
}

func can(s edition.State, ev edition.Event) bool {
	_, err := s.After(ev)
	return err == nil
}

func (c *call) notes(v *pipeline.View) []note {
	var out []note
	add := func(kind, text string) { out = append(out, note{kind, text}) }
	if v.Reason != "" {
		add("warn", c.T("desk.reason."+reasonKind(v.State), "Reason", v.Reason))
	}
	if text := c.hold(&v.Edition); text != "" {
		add("warn", text)
	}
	if !v.Publishable {
		add("warn", c.RefusalText(&edition.Refusal{Rule: "pseudo"}))
	}
	if v.Meta.Confidential {
		add("warn", c.T("edition.confidential"))
	}
	if v.Embargo.After(c.now) {
		add("info", c.T("edition.embargo", "Time", c.When(v.Embargo)))
	}
	if !v.Due.IsZero() {
		add("info", c.T("edition.due", "Time", c.When(v.Due)))
	}
	if v.State == edition.Revising && !v.Public.IsZero() {
		add("info", c.T("desk.still-public", "Time", c.When(v.Public)))
	}
	if v.State == edition.Drafting && !v.Hold.Held() {
		add("info", c.T("desk.drafting"))
	}
	if !v.Release.Removed.IsZero() {
		add("warn", c.T("desk.removed"))
	}
	return out
}

// reasonKind says what an edition's reason is the reason of.
func reasonKind(s edition.State) string {
	switch s {
	case edition.Failed:
		return "failed"
	case edition.Withdrawn:
		return "withdrawn"
	}
	return "sent-back"
}

// textView is the page on which an edition is read and edited.
type textView struct {
	head
	Groups []group
	Active *rowView
	Pane   *paneView
	Blank  *editorView // the editor that the page's script opens
	First  bool        // the target's column comes first
}

func (d *Desk) editionPage(c *call) error {
	v, err := c.editionOf(toRead)
	if err != nil {
		return err
	}
	if c.r.Method == http.MethodHead {
		return nil
	}
	n, _ := strconv.Atoi(c.r.URL.Query().Get("segment"))
	return c.textPage(http.StatusOK, v, n)
}

// textPage shows an edition with one segment open: n, counted from 1, or the
// first that needs a person.
func (c *call) textPage(status int, v *pipeline.View, n int) error {
	view := textView{head: c.head(v, "text")}
	view.First = view.Dir == "rtl" && view.Target.Dir == "rtl"
	at := slices.IndexFunc(v.Rows, func(r pipeline.Row) bool { return r.Target.Position+1 == n })
	if at < 0 {
		at = max(0, slices.IndexFunc(v.Rows, func(r pipeline.Row) bool { return waits(r.Target) }))
	}
	var rows []rowView
	for i := range v.Rows {
		r := c.row(v, &v.Rows[i])
		if i == at {
			r.Active = true
			pane, err := c.pane(v, at)
			if err != nil {
				return err
			}
			view.Pane = pane
			if r.Editable {
				if r.Editor, err = c.editor(v, &v.Rows[i]); err != nil {
					return err
				}
			}
		}
		rows = append(rows, r)
	}
	if at < len(rows) {
		view.Active = &rows[at]
	}
	view.Groups = c.groups(rows)
	if view.Bar.AtWork && view.Can.Write {
		view.Blank = c.blankEditor(v)
	}
	return c.page(status, "edition.html", view)
}

// group is a run of units that belong together: what is said about the
// release, a list, a table, a quotation, or running text.
type group struct {
	*words
	Kind  string // meta, list, table, quote, body
	Units []unit
}

// unit is one block with its segments.
type unit struct {
	Kind  content.UnitKind
	Level int
	Label string // what it is, where its shape does not show it
	Rows  []rowView
}

// groupOf is the group that a kind of unit stands in.
func groupOf(k content.UnitKind) string {
	switch k {
	case content.KindTitle, content.KindSummary, content.KindSocial, content.KindCategory, content.KindTag:
		return "meta"
	case content.KindItem:
		return "list"
	case content.KindCell:
		return "table"
	case content.KindQuote:
		return "quote"
	}
	return "body"
}

// shown are the kinds whose shape on the page says what they are.
var shown = []content.UnitKind{content.KindParagraph, content.KindHeading, content.KindItem, content.KindQuote, content.KindCell}

func (c *call) groups(rows []rowView) []group {
	var out []group
	last := -1
	for _, r := range rows {
		kind := groupOf(r.Kind)
		if len(out) == 0 || out[len(out)-1].Kind != kind {
			out = append(out, group{words: c.words, Kind: kind})
			last = -1
		}
		g := &out[len(out)-1]
		if r.Unit != last {
			u := unit{Kind: r.Kind, Level: r.Level}
			before := content.UnitKind("")
			if n := len(g.Units); n > 0 {
				before = g.Units[n-1].Kind
			}
			if !slices.Contains(shown, r.Kind) && r.Kind != before {
				u.Label = c.or("desk.unit."+string(r.Kind), string(r.Kind))
			}
			g.Units = append(g.Units, u)
			last = r.Unit
		}
		u := &g.Units[len(g.Units)-1]
		u.Rows = append(u.Rows, r)
	}
	return out
}

// update is what the page's script gets after an act, or when something
// changed elsewhere.
type update struct {
	Rows    []rowUpdate `json:"rows,omitempty"`
	Pane    string      `json:"pane,omitempty"`
	PaneFor int64       `json:"paneFor,omitempty"`
	Bar     string      `json:"bar,omitempty"`
	Next    int         `json:"next,omitempty"` // the segment to go to, counted from 1
	AllDone bool        `json:"allDone,omitempty"`
	Done    string      `json:"done,omitempty"`  // what was done, in a sentence
	Error   string      `json:"error,omitempty"` // what could not be
	Reload  bool        `json:"reload,omitempty"`
}

type rowUpdate struct {
	ID    int64  `json:"id"`
	Stamp string `json:"stamp"`
	HTML  string `json:"html"`
}

// rows gives the rows that differ from those that the page has.
func (d *Desk) rows(c *call) error {
	v, err := c.editionOf(toRead)
	if err != nil {
		return err
	}
	q := c.r.URL.Query()
	if q.Get("revision") != strconv.FormatInt(v.Revision, 10) || q.Get("state") != string(v.State) {
		return c.reply(http.StatusOK, update{Reload: true})
	}
	if n := len(q["have"]); n > 0 && n != len(v.Rows) { // a segment was split
		return c.reply(http.StatusOK, update{Reload: true})
	}
	have := map[string]bool{}
	for _, s := range q["have"] {
		have[s] = true
	}
	var u update
	for i := range v.Rows {
		r := c.row(v, &v.Rows[i])
		if have[r.Stamp] {
			continue
		}
		if err := u.addRow(r); err != nil {
			return err
		}
	}
	if u.Bar, err = fragment("bar", c.bar(v)); err != nil {
		return err
	}
	return c.reply(http.StatusOK, u)
}

func (u *update) addRow(r rowView) error {
	html, err := fragment("row", r)
	if err != nil {
		return err
	}
	u.Rows = append(u.Rows, rowUpdate{ID: r.ID, Stamp: r.Stamp, HTML: html})
	return nil
}

// next is the segment after n, counted from 1, that needs a person, 0 where
// none does.
func next(v *pipeline.View, n int) int {
	first := 0
	for _, r := range v.Rows {
		at := r.Target.Position + 1
		if !waits(r.Target) || at == n {
			continue
		}
		if at > n {
			return at
		}
		first = cmp.Or(first, at)
	}
	return first
}
