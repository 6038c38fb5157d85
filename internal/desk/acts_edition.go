package desk

import (
	"cmp"
	"errors"
	"net/http"
	"strings"
	"time"

	"dragoman/internal/edition"
)

// onEdition finds the edition that the address names, for somebody who has
// the right to change it.
func (c *call) onEdition(do right) (edition.Edition, error) {
	id, err := c.id("id")
	if err != nil {
		return edition.Edition{}, err
	}
	e, err := c.d.pipe.Edition(c.ctx(), id)
	if err != nil {
		return e, err
	}
	return e, c.allow(do, e.Locale)
}

// back ends an act on an edition: what was done, or why it was not, is said
// on the page that the person came from.
func (c *call) back(e edition.Edition, done notice, err error) error {
	var no *edition.Refusal
	var known *problem
	switch {
	case errors.As(err, &no), errors.As(err, &known) && known.Status == http.StatusUnprocessableEntity:
		done = notice{Kind: "error", Text: c.tell(err).Text}
	case err != nil:
		return err
	}
	done.Kind = cmp.Or(done.Kind, "done")
	if c.json {
		status := http.StatusOK
		if done.Kind == "error" {
			status = http.StatusUnprocessableEntity
		}
		return c.reply(status, map[string]string{done.Kind: done.Text})
	}
	c.say(done)
	where := editionHref(e.ID)
	if to := c.r.PostForm.Get("back"); to != "" {
		where = local(to)
	}
	return c.goTo(where)
}

func (d *Desk) approveClean(c *call) error {
	e, err := c.onEdition(toReview)
	if err != nil {
		return err
	}
	n, err := d.pipe.ApproveClean(c.ctx(), c.me.Name, e.ID)
	return c.back(e, notice{Text: c.N("desk.done.approved-clean", n)}, err)
}

func (d *Desk) approveEdition(c *call) error {
	e, err := c.onEdition(toReview)
	if err != nil {
		return err
	}
	_, err = d.pipe.Approve(c.ctx(), c.me.Name, e.ID)
	return c.back(e, notice{Text: c.T("desk.done.edition-approved"), Href: "/", Link: c.T("desk.to-queue")}, err)
}

func (d *Desk) reopen(c *call) error {
	e, err := c.onEdition(toReview)
	if err != nil {
		return err
	}
	why, err := c.reason()
	if err == nil {
		_, err = d.pipe.Reopen(c.ctx(), c.me.Name, e.ID, why)
	}
	return c.back(e, notice{Text: c.T("desk.done.reopened")}, err)
}

func (d *Desk) publish(c *call) error {
	e, err := c.onEdition(toPublish)
	if err != nil {
		return err
	}
	e, err = d.pipe.Publish(c.ctx(), c.me.Name, e.ID)
	done := c.T("desk.done.publishing")
	if e.State == edition.Scheduled {
		done = c.T("desk.done.scheduled", "Time", c.When(e.Embargo))
	}
	return c.back(e, notice{Text: done}, err)
}

func (d *Desk) withdraw(c *call) error {
	e, err := c.onEdition(toPublish)
	if err != nil {
		return err
	}
	why, err := c.reason()
	if err == nil {
		_, err = d.pipe.Withdraw(c.ctx(), c.me.Name, e.ID, why)
	}
	return c.back(e, notice{Text: c.T("desk.done.withdrawn")}, err)
}

// retry takes up what failed, in all locales.
func (d *Desk) retry(c *call) error {
	if !mayRetry(c.me) {
		return c.forbidden(toReview)
	}
	n, err := d.pipe.Retry(c.ctx(), c.me.Name)
	if err != nil {
		return err
	}
	c.say(notice{Kind: "done", Text: c.N("desk.done.retried", n)})
	return c.goTo(local(c.r.PostForm.Get("back")))
}

// mayRetry asks for a role that holds everywhere.
func mayRetry(p edition.Person) bool { return may(p, toReview, "") }

// assign gives an edition to somebody: to the one who asks ("me"), to nobody
// (""), or by name to somebody who can work on it.
func (d *Desk) assign(c *call) error {
	e, err := c.onEdition(toWrite)
	if err != nil {
		return err
	}
	to := strings.TrimSpace(c.r.PostForm.Get("to"))
	done := notice{Text: c.T("desk.done.given", "Name", to)}
	switch to {
	case "":
		done.Text = c.T("desk.done.released")
	case "me", c.me.Name:
		to, done.Text = c.me.Name, c.T("desk.done.assigned")
	default:
		p, err := d.People.Person(c.ctx(), to)
		if missing(err) || err == nil && !may(p, toWrite, e.Locale) {
			return c.back(e, notice{Kind: "error", Text: c.T("desk.error.person", "Name", to)}, nil)
		}
		if err != nil {
			return err
		}
	}
	_, err = d.pipe.Assign(c.ctx(), c.me.Name, e.ID, to)
	return c.back(e, done, err)
}

// due sets the time by which an edition is to be ready, as the house's clocks
// show it, or takes it away.
func (d *Desk) due(c *call) error {
	e, err := c.onEdition(toReview)
	if err != nil {
		return err
	}
	var due time.Time
	done := notice{Text: c.T("desk.queue.due-gone")}
	if given := c.r.PostForm.Get("due"); given != "" {
		if due, err = time.ParseInLocation("2006-01-02T15:04", given, d.zone); err != nil || due.Year() < 2000 || due.Year() > 2200 {
			return c.back(e, notice{Kind: "error", Text: c.T("desk.queue.due-wrong")}, nil)
		}
		done.Text = c.T("desk.queue.due-done", "Time", c.When(due))
	}
	_, err = d.pipe.SetDue(c.ctx(), c.me.Name, e.ID, due)
	return c.back(e, done, err)
}
