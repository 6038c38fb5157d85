package desk

import (
	"context"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"dragoman/internal/edition"
	"dragoman/pipeline"
)

// remarkView is what somebody said about a segment or the edition.
type remarkView struct {
	*words
	ID, Edition int64
	Who, When   string
	Machine     string
	Text        template.HTML
	ClosedBy    string
	No          int // the segment, 0 for the edition
	Href        string
	CanClose    bool
	Back        string
	NamesMe     bool
	Target      int64
}

func (c *call) remarkView(v *pipeline.View, r *edition.Remark) remarkView {
	rv := remarkView{
		words: c.words, ID: r.ID, Edition: v.ID, Who: r.Who, When: c.When(r.Created), Machine: c.Machine(r.Created), ClosedBy: r.ResolvedBy,
		Text: mentionsIn(r.Text, r.Mentioned), CanClose: may(c.me, toRead, v.Locale), NamesMe: slices.Contains(r.Mentioned, c.me.Name), Target: r.Target,
		Back: editionHref(v.ID) + "/comments",
	}
	for i := range v.Rows {
		if t := v.Rows[i].Target; t.ID == r.Target {
			rv.No, rv.Href = t.Position+1, segmentHref(v.ID, t.Position+1)
		}
	}
	return rv
}

// mentionsIn sets a remark as text whose lines are kept and whose people
// stand out.
func mentionsIn(text string, people []string) template.HTML {
	out := template.HTMLEscapeString(text)
	for _, name := range people {
		at := "@" + template.HTMLEscapeString(name)
		for i := 0; i < len(out); {
			n := indexFold(out[i:], at)
			if n < 0 {
				break
			}
			said := out[i+n : i+n+len(at)]
			set := `<bdi class="at">` + said + `</bdi>`
			out = out[:i+n] + set + out[i+n+len(at):]
			i += n + len(set)
		}
	}
	return template.HTML(strings.ReplaceAll(out, "\n", "<br>"))
}

func indexFold(s, part string) int {
	for i := 0; i+len(part) <= len(s); i++ {
		if strings.EqualFold(s[i:i+len(part)], part) {
			return i
		}
	}
	return -1
}

// said are the remarks about a target, 0 for those about the edition, the
// open ones and the closed.
func (c *call) remarks(v *pipeline.View, target int64) (open, closed []remarkView) {
	for i := range v.Remarks {
		r := &v.Remarks[i]
		if r.Target != target {
			continue
		}
		if rv := c.remarkView(v, r); r.ResolvedBy == "" {
			open = append(open, rv)
		} else {
			closed = append(closed, rv)
		}
	}
	return open, closed
}

// openRemarks counts those that nobody has closed, by target.
func openRemarks(v *pipeline.View, target int64) int {
	n := 0
	for _, r := range v.Remarks {
		if r.Target == target && r.ResolvedBy == "" {
			n++
		}
	}
	return n
}

// see notes that the person has seen what was said about a target.
func (c *call) see(ctx context.Context, v *pipeline.View, target int64) error {
	for _, r := range v.Remarks {
		if r.Target == target && slices.Contains(r.Unseen, c.me.Name) {
			return c.d.pipe.SeeMentions(ctx, c.me.Name, v.ID, target)
		}
	}
	return nil
}

// commentsView is the page of all that was said about an edition.
type commentsView struct {
	head
	About  []remarkView
	Places []remarkView
	People []string
	Form   remarkForm
}

// remarkForm is where something is said.
type remarkForm struct {
	*words
	Edition, Target int64
	Back            string
	People          []string
	Live            bool // sent by the page's script
}

func (d *Desk) commentsPage(c *call) error {
	v, err := c.editionOf(toRead)
	if err != nil {
		return err
	}
	view := commentsView{}
	people, err := c.colleagues(v.Locale)
	if err != nil {
		return err
	}
	seen := map[int64]bool{}
	for i := range v.Remarks {
		r := &v.Remarks[i]
		if r.Target == 0 {
			view.About = append(view.About, c.remarkView(v, r))
		} else {
			view.Places = append(view.Places, c.remarkView(v, r))
		}
		if !seen[r.Target] {
			seen[r.Target] = true
			if err := c.see(c.ctx(), v, r.Target); err != nil {
				return err
			}
		}
	}
	slices.SortStableFunc(view.Places, func(a, b remarkView) int { return a.No - b.No })
	view.head = c.head(v, "comments")
	view.Form = remarkForm{words: c.words, Edition: v.ID, Back: editionHref(v.ID) + "/comments", People: people}
	return c.page(http.StatusOK, "comments.html", view)
}

// colleagues are the names of those who may read editions of a locale, the
// person who asks left out.
func (c *call) colleagues(locale string) ([]string, error) {
	all, err := c.d.People.People(c.ctx())
	if err != nil {
		return nil, err
	}
	var names []string
	for _, p := range all {
		if p.ID != c.me.ID && may(p, toRead, locale) {
			names = append(names, p.Name)
		}
	}
	return names, nil
}

// comment keeps what a person says, about a segment or the edition.
func (d *Desk) comment(c *call) error {
	e, err := c.onEdition(toRead)
	if err != nil {
		return err
	}
	people, err := c.colleagues(e.Locale)
	if err != nil {
		return err
	}
	target := c.number("target")
	_, err = d.pipe.Remark(c.ctx(), c.me.Name, e.ID, target, c.r.PostForm.Get("text"), people)
	return c.aboutTarget(e, target, c.T("review.commented"), err)
}

// closeComment closes something that was said, or opens it again.
func (d *Desk) closeComment(c *call) error {
	e, err := c.onEdition(toRead)
	if err != nil {
		return err
	}
	id, err := c.id("remark")
	if err != nil {
		return err
	}
	open, done := c.r.PostForm.Get("open") != "", "review.closed"
	if open {
		done = "review.opened"
	}
	r, err := d.pipe.ResolveRemark(c.ctx(), c.me.Name, e.ID, id, open)
	return c.aboutTarget(e, r.Target, c.T(done), err)
}

// aboutTarget answers an act on an edition that is about one target: the
// page's script gets that one's row and pane.
func (c *call) aboutTarget(e edition.Edition, target int64, done string, err error) error {
	if !c.json || target == 0 || missing(err) {
		return c.back(e, notice{Text: done}, err)
	}
	t, terr := c.d.pipe.Target(c.ctx(), target)
	if terr != nil {
		return terr
	}
	if t.Edition != e.ID {
		return errNowhere
	}
	j := &job{call: c, target: target, n: t.Position + 1, edition: e.ID}
	return j.answer(done, err, false)
}
