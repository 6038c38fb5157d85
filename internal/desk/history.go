package desk

import (
	"html/template"
	"net/http"
	"slices"

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
	Base     string // draft: since the machine's first wording; before: since the wording before
	Side     bool
	Rows     []diffRow
	Same     int // segments that did not change
	BaseHref map[string]string
	SideHref map[bool]string
}

type diffRow struct {
	No          int
	Href        string
	Source      template.HTML
	SourceDiff  bool
	Before      template.HTML
	After       template.HTML
	Diff        template.HTML
	Who, Origin string
	When        string
	Fresh       bool // there was nothing before
	Proposals   []proposalView
}

func (d *Desk) diffPage(c *call) error {
	v, err := c.editionOf(toRead)
	if err != nil {
		return err
	}
	view := diffView{head: c.head(v, "diff"), Base: "draft", Side: c.r.URL.Query().Get("mode") == "side"}
	if c.r.URL.Query().Get("base") == "before" {
		view.Base = "before"
	}
	here := func(base string, side bool) string {
		href := editionHref(v.ID) + "/diff?base=" + base
		if side {
			href += "&mode=side"
		}
		return href
	}
	view.BaseHref = map[string]string{"draft": here("draft", view.Side), "before": here("before", view.Side)}
	view.SideHref = map[bool]string{true: here(view.Base, true), false: here(view.Base, false)}
	for i := range v.Rows {
		row, changed, err := c.diffRow(v, &v.Rows[i], view.Base)
		if err != nil {
			return err
		}
		if !changed {
			view.Same++
			continue
		}
		view.Rows = append(view.Rows, row)
	}
	return c.page(http.StatusOK, "diff.html", view)
}

func (c *call) diffRow(v *pipeline.View, r *pipeline.Row, since string) (diffRow, bool, error) {
	t := r.Target
	from, to := scriptOf("en"), scriptOf(v.Locale)
	row := diffRow{No: t.Position + 1, Href: segmentHref(v.ID, t.Position+1), Source: setText(from, r.Segment.Source, r.Codes, nil)}
	if r.OldSource != "" {
		row.Source, row.SourceDiff = c.setDiff(from, r.Codes, r.OldSource, r.Segment.Source), true
	}
	var pane paneView
	pane.words, pane.To = c.words, to
	c.paneProposals(&pane, r)
	row.Proposals = pane.Proposals
	versions, err := c.d.pipe.History(c.ctx(), t.ID)
	if err != nil {
		return row, false, err
	}
	before := baseOf(versions, t.Standing, since)
	if before == t.Standing.Text && !row.SourceDiff && len(row.Proposals) == 0 {
		return row, false, nil
	}
	row.Fresh = before == "" && t.Standing.Text != ""
	row.Before, row.After = setText(to, before, r.Codes, nil), setText(to, t.Standing.Text, r.Codes, nil)
	row.Diff = c.setDiff(to, r.Codes, before, t.Standing.Text)
	if t.Standing.ID != 0 {
		row.Who, row.Origin, row.When = c.author(t.Standing.Author), c.Origin(t.Standing.Origin), c.When(t.Standing.Created)
	}
	return row, true, nil
}

// baseOf is the wording that a standing one is compared with: the first that
// the machine gave, or the one before it.
func baseOf(versions []edition.Version, standing edition.Version, since string) string {
	if len(versions) == 0 || standing.ID == 0 {
		return ""
	}
	if since == "draft" {
		if versions[0].Author == "" {
			return versions[0].Text
		}
		return ""
	}
	for _, x := range versions {
		if x.ID == standing.Parent {
			return x.Text
		}
	}
	if standing.Author == "" {
		return standing.Text // the machine's first: nothing has changed
	}
	return ""
}
