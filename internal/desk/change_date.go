package desk

import (
	"net/http"
	"time"

	"dragoman/internal/edition"
)

// effect sets the time at which a change set takes effect, as the house's
// clocks show it, or takes it away, so that the change set is a draft again.
func (d *Desk) effect(c *call) error {
	return c.onChange(func(set edition.ChangeSet) (string, error) {
		back := changeHref(set.ID)
		if c.r.PostForm.Has("none") {
			_, err := d.pipe.Unschedule(c.ctx(), c.me.Name, set.ID)
			c.sayIf(err, "desk.change.date-gone")
			return back, err
		}
		at, err := time.ParseInLocation("2006-01-02T15:04", c.r.PostForm.Get("at"), d.zone)
		if err != nil || at.Year() > 2200 {
			return "", &problem{Status: http.StatusUnprocessableEntity, ID: "desk.change.date-wrong"}
		}
		if err := c.mayRetire(&set); err != nil {
			return "", err
		}
		if _, err = d.pipe.Schedule(c.ctx(), c.me.Name, set.ID, at); err == nil {
			c.say(notice{Kind: "done", Text: c.T("desk.change.date-done", "Time", c.When(at))})
		}
		return back, err
	})
}

// overdue reports whether a change set's date of effect has passed some time
// ago and it was not applied: what it changes has been changed by somebody
// else, or nothing is at work.
func (c *call) overdue(set *edition.ChangeSet) bool {
	return set.Status == edition.ScheduledSet && c.now.Sub(set.Effective) > time.Minute
}
