package desk

import (
	"html/template"
	"net/http"
	"slices"

	"dragoman/content"
	"dragoman/internal/edition"
	"dragoman/pipeline"
)

// versionView is one wording of a target in its history, the newest first.
type versionView struct {
	*words
	ID      int64
	Author  string
	Origin  string
	When    string
	Machine string
	Diff    template.HTML // against the one before it
	Same    bool          // nothing but where it came from changed
	Current bool
}

// versionsView is a target's history.
type versionsView struct {
	*words
	Target   int64
	Base     int64
	To       script
	Write    bool
	Versions []versionView
}

func (c *call) versions(v *pipeline.View, r *pipeline.Row) (versionsView, error) {
	all, err := c.d.pipe.History(c.ctx(), r.Target.ID)
	if err != nil {
		return versionsView{}, err
	}
	to := scriptOf(v.Locale)
	out := versionsView{words: c.words, Target: r.Target.ID, Base: r.Target.Standing.ID, To: to, Write: v.State.AtWork() && may(c.me, toWrite, v.Locale)}
	before := ""
	for i, x := range all {
		vv := versionView{
			words: c.words, ID: x.ID, Author: c.author(x.Author), Origin: c.Origin(x.Origin), When: c.When(x.Created), Machine: c.Machine(x.Created),
			Diff: c.setDiff(to, r.Codes, before, x.Text), Same: x.Text == before, Current: x.ID == r.Target.Standing.ID,
		}
		if i == 0 {
			vv.Diff = setText(to, x.Text, r.Codes, nil)
		}
		before = x.Text
		out.Versions = append(out.Versions, vv)
	}
	slices.Reverse(out.Versions)
	return out, nil
}

// targetHistoryView is the page of one target's history.
type targetHistoryView struct {
	head
	No   int
	Text template.HTML // of the source
	Back string
	List versionsView
}

func (d *Desk) targetHistory(c *call) error {
	j, err := c.onTarget(toRead)
	if err != nil {
		return err
	}
	v, err := d.pipe.View(c.ctx(), j.edition, c.me.Name)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(v.Rows, func(r pipeline.Row) bool { return r.Target.ID == j.target })
	if at < 0 {
		return errNowhere
	}
	r := &v.Rows[at]
	list, err := c.versions(v, r)
	if err != nil {
		return err
	}
	if c.json {
		html, err := fragment("versions", list)
		if err != nil {
			return err
		}
		return c.reply(http.StatusOK, map[string]string{"html": html})
	}
	view := targetHistoryView{head: c.head(v, "history"), No: j.n, List: list, Back: segmentHref(v.ID, j.n)}
	view.Text = setText(view.Source, r.Segment.Source, r.Codes, nil)
	return c.page(http.StatusOK, "target-history.html", view)
}

// actView is one line of an edition's log.
type actView struct {
	Who, What, Detail, When, Machine string
}

type historyView struct {
	head
	Acts []actView
}

func (d *Desk) historyPage(c *call) error {
	v, err := c.editionOf(toRead)
	if err != nil {
		return err
	}
	view := historyView{head: c.head(v, "history")}
	for _, a := range v.Acts {
		view.Acts = append(view.Acts, actView{
			Who: c.author(a.Who), What: c.or("desk.act."+actKey(a.What), a.What), Detail: a.Detail, When: c.When(a.At), Machine: c.Machine(a.At),
		})
	}
	return c.page(http.StatusOK, "history.html", view)
}

// actKey makes a catalogue key of an act's name.
func actKey(what string) string {
	b := []byte(what)
	for i, ch := range b {
		if ch == ' ' || ch == '_' {
			b[i] = '-'
		}
	}
	return string(b)
}

// diffView shows what changed in an edition, segment by segment.
type diffView struct {
	head
	Base  string
	Side  bool
	Bases []choice
	Modes []choice
	None  string // why there is nothing to compare with
	Rows  []diffRow
	Same  int // segments that did not change
}

type diffRow struct {
	No          int // 0 for a segment that is gone from the source
	Href        string
	Source      template.HTML // both, as one
	SourceOld   template.HTML
	SourceNew   template.HTML
	SourceDiff  bool
	Word        string // what became of the segment in the source
	Before      template.HTML
	After       template.HTML
	Diff        template.HTML
	Who, Origin string
	When        string
	Fresh       bool // there was nothing before
	Proposals   []proposalView
}

// bases are what an edition can be compared with, and their messages.
var bases = []struct {
	Since pipeline.Since
	ID    string
}{
	{pipeline.SinceDraft, "desk.since-draft"}, {pipeline.SinceBefore, "desk.since-before"},
	{pipeline.SinceRevision, "review.since-revision"}, {pipeline.SinceApproved, "review.since-approved"},
}

func (d *Desk) diffPage(c *call) error {
	v, err := c.editionOf(toRead)
	if err != nil {
		return err
	}
	q := c.r.URL.Query()
	view := diffView{head: c.head(v, "diff"), Base: string(pipeline.SinceDraft), Side: q.Get("mode") == "side"}
	for _, b := range bases {
		if q.Get("base") == string(b.Since) {
			view.Base = q.Get("base")
		}
	}
	here := func(base string, side bool) string {
		href := editionHref(v.ID) + "/diff?base=" + base
		if side {
			href += "&mode=side"
		}
		return href
	}
	for _, b := range bases {
		view.Bases = append(view.Bases, choice{Href: here(string(b.Since), view.Side), Name: c.T(b.ID), Current: view.Base == string(b.Since)})
	}
	view.Modes = []choice{{Href: here(view.Base, false), Name: c.T("desk.inline"), Current: !view.Side}, {Href: here(view.Base, true), Name: c.T("desk.side"), Current: view.Side}}
	all, ok, err := d.pipe.Compare(c.ctx(), v, pipeline.Since(view.Base), c.me.Name)
	if err != nil {
		return err
	}
	if !ok {
		view.None = c.T("review.one-revision")
		if view.Base == string(pipeline.SinceApproved) {
			view.None = c.T("review.never-approved")
		}
	}
	for i := range all {
		row := c.diffRow(v, &all[i])
		if !all[i].Changed() && len(row.Proposals) == 0 && row.Word == "" {
			view.Same++
			continue
		}
		view.Rows = append(view.Rows, row)
	}
	return c.page(http.StatusOK, "diff.html", view)
}

func (c *call) diffRow(v *pipeline.View, x *pipeline.Change) diffRow {
	from, to := scriptOf("en"), scriptOf(v.Locale)
	row := diffRow{SourceDiff: x.SourceBefore != x.SourceAfter, Fresh: x.Fresh}
	var codes []content.Code
	if at := slices.IndexFunc(v.Rows, func(r pipeline.Row) bool { return r.Target.Position == x.Position }); at >= 0 {
		r := &v.Rows[at]
		codes = r.Codes
		row.No, row.Href = x.Position+1, segmentHref(v.ID, x.Position+1)
		pane := paneView{words: c.words, To: to}
		c.paneProposals(&pane, r)
		row.Proposals = pane.Proposals
		if t := r.Target; t.Standing.ID != 0 {
			row.Who, row.Origin, row.When = c.author(t.Standing.Author), c.Origin(t.Standing.Origin), c.When(t.Standing.Created)
		}
	}
	switch {
	case x.Position < 0:
		row.Word = c.T("review.source-gone")
	case x.Link == edition.New:
		row.Word = c.T("review.source-new")
	}
	row.Source = setText(from, x.SourceAfter, codes, nil)
	if row.SourceDiff {
		row.Source = c.setDiff(from, codes, x.SourceBefore, x.SourceAfter)
	}
	row.SourceOld, row.SourceNew = setText(from, x.SourceBefore, codes, nil), setText(from, x.SourceAfter, codes, nil)
	row.Before, row.After = setText(to, x.Before, codes, nil), setText(to, x.After, codes, nil)
	row.Diff = c.setDiff(to, codes, x.Before, x.After)
	return row
}
