package desk

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"dragoman/internal/edition"
	"dragoman/pipeline"
)

// job is an act on one target: where it is, and who may do it.
type job struct {
	*call
	target  int64
	n       int // the segment, counted from 1
	edition int64
	spread  bool // it can change the rows around it too
	recut   bool // it changes which rows there are
}

// onTarget opens the target that the address names, for somebody who has the
// right to change it.
func (c *call) onTarget(do right) (*job, error) {
	id, err := c.id("id")
	if err != nil {
		return nil, err
	}
	t, err := c.d.pipe.Target(c.ctx(), id)
	if err != nil {
		return nil, err
	}
	e, err := c.d.pipe.Edition(c.ctx(), t.Edition)
	if err != nil {
		return nil, err
	}
	return &job{call: c, target: id, n: t.Position + 1, edition: e.ID}, c.allow(do, e.Locale)
}

// answer ends an act: the page's script gets what changed, the browser goes
// back to the segment, or on to the next one that needs a person.
func (j *job) answer(done string, err error, goOn bool) error {
	v, verr := j.d.pipe.View(j.ctx(), j.edition, j.me.Name)
	if verr != nil {
		return errors.Join(err, verr)
	}
	n := j.n
	if goOn && err == nil {
		if n = next(v, j.n); n == 0 {
			done = j.T("desk.all-reviewed")
		}
	}
	if !j.json {
		return j.goBack(done, err, n)
	}
	u := update{Done: done, Next: n, AllDone: n == 0}
	status := http.StatusOK
	if err != nil {
		t := j.tell(err)
		u.Error, u.Done, status = t.Text, "", t.Status
	}
	if err := j.fill(&u, v, err); err != nil {
		return err
	}
	return j.reply(status, u)
}

// fill puts the target's row, its pane and the bar into an update. Where the
// save was stale, or the script is about to edit over a newer text, the row
// holds the editor with the conflict.
func (j *job) fill(u *update, v *pipeline.View, failed error) error {
	at := slices.IndexFunc(v.Rows, func(r pipeline.Row) bool { return r.Target.ID == j.target })
	if at < 0 || j.recut && failed == nil {
		u.Reload = true
		return nil
	}
	row := j.row(v, &v.Rows[at])
	var stale *pipeline.Stale
	if (errors.As(failed, &stale) || j.r.URL.Query().Has("edit")) && row.Editable {
		e, err := j.editor(v, &v.Rows[at])
		if err != nil {
			return err
		}
		if e.Conflict != nil {
			row.Editor, row.Active = e, true
		}
	}
	if err := u.addRow(row); err != nil {
		return err
	}
	if j.spread {
		from, to := touched(v, at)
		for i := from; i < to; i++ {
			if i == at {
				continue
			}
			if err := u.addRow(j.row(v, &v.Rows[i])); err != nil {
				return err
			}
		}
	}
	pane, err := j.pane(v, at)
	if err != nil {
		return err
	}
	if u.Pane, err = fragment("pane", pane); err != nil {
		return err
	}
	u.PaneFor = j.target
	u.Bar, err = fragment("bar", j.bar(v))
	return err
}

// goBack sends the browser back to the text. A refusal is said there; any
// other error has a page of its own, with what was typed.
func (j *job) goBack(done string, err error, n int) error {
	var no *edition.Refusal
	var stale *pipeline.Stale
	switch {
	case errors.As(err, &stale):
		// The page shows the conflict itself.
	case errors.As(err, &no) && !j.typedRisk():
		j.say(notice{Kind: "error", Text: j.RefusalText(no)})
	case err != nil:
		return err
	case done != "":
		j.say(notice{Kind: "done", Text: done})
	}
	if n == 0 {
		return j.goTo(editionHref(j.edition))
	}
	return j.goTo(segmentHref(j.edition, n))
}

// typedRisk says that going back would lose what the person typed.
func (j *job) typedRisk() bool {
	return strings.HasSuffix(j.r.URL.Path, "/edit") && !j.r.Form.Has("kept") && strings.TrimSpace(j.r.Form.Get("text")) != ""
}

// targetPage leads to a target's segment; the page's script gets its row and
// pane.
func (d *Desk) targetPage(c *call) error {
	j, err := c.onTarget(toRead)
	if err != nil {
		return err
	}
	return j.answer("", nil, false)
}

// edit saves what a person wrote as the standing version, and approves it
// where they ask for that ("then" = "approve").
func (d *Desk) edit(c *call) error {
	j, err := c.onTarget(toWrite)
	if err != nil {
		return err
	}
	f := c.r.PostForm
	base, text := c.number("base"), f.Get("text")
	t, err := d.pipe.Edit(c.ctx(), c.me.Name, j.target, base, text)
	var stale *pipeline.Stale
	if errors.As(err, &stale) {
		// Keep what was typed over the old version: the segment shows the
		// conflict until its author has answered it.
		if kept := d.pipe.Type(c.ctx(), c.me.Name, j.target, base, text); kept != nil {
			return kept
		}
		return j.answer("", err, false)
	}
	if err != nil {
		return j.answer("", err, false)
	}
	c.r.Form.Set("kept", "1") // the words are saved, whatever follows
	if f.Get("then") != "approve" {
		return j.answer(c.savedNow(), nil, false)
	}
	if err := c.allow(toReview, d.localeOf(c, j.edition)); err != nil {
		return err
	}
	_, err = d.pipe.ApproveTarget(c.ctx(), c.me.Name, j.target, t.Standing.ID)
	return j.answer(c.T("desk.done.approved"), err, true)
}

func (d *Desk) localeOf(c *call, ed int64) string {
	e, err := d.pipe.Edition(c.ctx(), ed)
	if err != nil {
		return "?" // nobody has a right there
	}
	return e.Locale
}

func (c *call) savedNow() string { return c.T("edition.saved", "Time", c.Clock(c.now)) }

// typing keeps what a person is typing.
func (d *Desk) typing(c *call) error {
	j, err := c.onTarget(toWrite)
	if err != nil {
		return err
	}
	if err := d.pipe.Type(c.ctx(), c.me.Name, j.target, c.number("base"), c.r.PostForm.Get("text")); err != nil {
		return err
	}
	if !c.json {
		return j.goBack(c.savedNow(), nil, j.n)
	}
	return c.reply(http.StatusOK, map[string]string{"saved": c.savedNow()})
}

func (d *Desk) approve(c *call) error {
	j, err := c.onTarget(toReview)
	if err != nil {
		return err
	}
	_, err = d.pipe.ApproveTarget(c.ctx(), c.me.Name, j.target, c.number("version"))
	return j.answer(c.T("desk.done.approved"), err, true)
}

func (d *Desk) reject(c *call) error {
	return c.withReason(toReview, "desk.done.rejected", func(j *job, why string) error {
		_, err := d.pipe.Reject(c.ctx(), c.me.Name, j.target, why)
		return err
	})
}

func (d *Desk) omit(c *call) error {
	return c.withReason(toReview, "desk.done.omitted", func(j *job, why string) error {
		_, err := d.pipe.Omit(c.ctx(), c.me.Name, j.target, why)
		return err
	})
}

func (d *Desk) dismiss(c *call) error {
	return c.withReason(toReview, "desk.done.dismissed", func(j *job, why string) error {
		_, err := d.pipe.Dismiss(c.ctx(), c.me.Name, j.target, c.number("version"), int(c.number("seq")), why)
		return err
	})
}

// maxReason bounds a reason, in bytes.
const maxReason = 2000

// reason is what a form gives as the reason; it must say something.
func (c *call) reason() (string, error) {
	why := strings.Join(strings.Fields(c.r.PostForm.Get("reason")), " ")
	if why == "" || len(why) > maxReason {
		return "", errReason
	}
	return why, nil
}

func (c *call) withReason(do right, done string, f func(j *job, why string) error) error {
	j, err := c.onTarget(do)
	if err != nil {
		return err
	}
	why, err := c.reason()
	if err == nil {
		err = f(j, why)
	} else if !c.json {
		c.say(notice{Kind: "error", Text: c.tell(err).Text})
		return c.goTo(segmentHref(j.edition, j.n))
	}
	return j.answer(c.T(done), err, false)
}

func (d *Desk) fix(c *call) error {
	j, err := c.onTarget(toWrite)
	if err != nil {
		return err
	}
	_, err = d.pipe.Fix(c.ctx(), c.me.Name, j.target, c.number("version"), int(c.number("seq")))
	return j.answer(c.T("desk.done.fixed"), err, false)
}

// decide takes or refuses a proposal. One of a batch leaves the target in the
// standing that it had, approved or public: that is for reviewers.
func (d *Desk) decide(c *call) error {
	do := toWrite
	if id, err := c.id("id"); err != nil {
		return err
	} else if of, err := d.pipe.OfBatch(c.ctx(), id, c.number("proposal")); err != nil {
		return err
	} else if of {
		do = toReview
	}
	j, err := c.onTarget(do)
	if err != nil {
		return err
	}
	accept, done := c.r.PostForm.Get("accept") == "yes", "desk.done.refused"
	if accept {
		done = "desk.done.taken"
	}
	_, err = d.pipe.Decide(c.ctx(), c.me.Name, j.target, c.number("proposal"), accept)
	return j.answer(c.T(done), err, false)
}

// restore puts an older version back, as a new one.
func (d *Desk) restore(c *call) error {
	j, err := c.onTarget(toWrite)
	if err != nil {
		return err
	}
	versions, err := d.pipe.History(c.ctx(), j.target)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(versions, func(v edition.Version) bool { return v.ID == c.number("version") })
	if at < 0 {
		return errNowhere
	}
	_, err = d.pipe.Edit(c.ctx(), c.me.Name, j.target, c.number("base"), versions[at].Text)
	return j.answer(c.T("desk.done.restored"), err, false)
}
