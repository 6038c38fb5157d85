package desk

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"dragoman/internal/edition"
	"dragoman/internal/people"
)

// meView is one's own page.
type meView struct {
	frame
	Account    edition.Account
	Roles      []roleLine
	Sessions   []sessionView
	NeedsOld   bool // the old password is asked for
	LeastChars int
	Provider   string
}

// roleLine is a role and where it holds.
type roleLine struct{ Role, Locales string }

// sessionView is one browser that somebody is signed in with.
type sessionView struct {
	Name, Agent, From string
	Began, Seen       time.Time
	Current           bool
}

// linesOf says roles in the desk's language.
func (c *call) linesOf(gs []edition.Grant) (out []roleLine) {
	for _, g := range gs {
		out = append(out, roleLine{c.Role(g.Role), c.localeNames(g.Locales)})
	}
	return out
}

// localeNames names locales, or says that it is all of them.
func (c *call) localeNames(tags []string) string {
	if len(tags) == 0 {
		return c.T("desk.users.everywhere")
	}
	text := ""
	for i, l := range tags {
		if i > 0 {
			text += c.T("desk.users.and")
		}
		text += c.Language(l)
	}
	return text
}

func (c *call) account(id int64) (edition.Account, error) {
	all, err := c.d.People.Accounts(c.ctx(), id)
	if err != nil {
		return edition.Account{}, err
	}
	return all[0], nil
}

// mePage is one's own page: language and look, password, and where one is
// signed in.
func (d *Desk) mePage(c *call) error {
	v := meView{frame: c.frame("me", c.T("desk.me.title")), LeastChars: people.MinPassword}
	var err error
	if v.Account, err = c.account(c.me.ID); err != nil {
		return err
	}
	v.Roles = c.linesOf(v.Account.Grants)
	v.NeedsOld = v.Account.HasPassword && d.sessions.GetString(c.ctx(), keyHow) != byLink
	if d.People.Provider != nil {
		v.Provider = d.People.Provider.Name
	}
	if v.Sessions, err = c.sessionsOf(c.me.ID); err != nil {
		return err
	}
	return c.page(http.StatusOK, "me.html", v)
}

// sessionsOf lists somebody's sessions, the present one first.
func (c *call) sessionsOf(person int64) ([]sessionView, error) {
	kept, err := c.d.People.SessionsOf(c.ctx(), person)
	if err != nil {
		return nil, err
	}
	var out []sessionView
	for _, k := range kept {
		_, values, err := jsonCodec{}.Decode(k.Data)
		if err != nil {
			continue
		}
		text := func(key string) string { s, _ := values[key].(string); return s }
		s := sessionView{Name: text(keyName), Agent: text(keyAgent), From: text(keyFrom), Began: unixOf(text(keyBegan)), Seen: k.Ends.Add(-sessionIdle)}
		if s.Name == "" {
			continue
		}
		if s.Seen.Before(s.Began) {
			s.Seen = s.Began
		}
		if s.Current = person == c.me.ID && s.Name == c.d.sessions.GetString(c.ctx(), keyName); s.Current {
			out = append([]sessionView{s}, out...)
			continue
		}
		out = append(out, s)
	}
	return out, nil
}

// keyOf finds where one of somebody's sessions is kept, by its name.
func (c *call) keyOf(person int64, name string) (string, error) {
	kept, err := c.d.People.SessionsOf(c.ctx(), person)
	if err != nil {
		return "", err
	}
	for _, k := range kept {
		if _, values, err := (jsonCodec{}).Decode(k.Data); err == nil && name != "" && values[keyName] == name {
			return k.Key, nil
		}
	}
	return "", errNowhere
}

// endOwn ends one of one's sessions, or all of them but this one.
func (d *Desk) endOwn(c *call) error {
	if name := c.r.PostForm.Get("session"); name != "" {
		key, err := c.keyOf(c.me.ID, name)
		if err != nil {
			return err
		}
		if _, err := d.People.SignOut(c.ctx(), c.me.Name, c.me.ID, key); err != nil {
			return err
		}
		if name == d.sessions.GetString(c.ctx(), keyName) {
			return c.leave()
		}
		c.say(notice{Kind: "done", Text: c.T("desk.me.ended")})
		return c.goTo("/me#sessions")
	}
	how := d.sessions.GetString(c.ctx(), keyHow)
	p, err := d.People.SignOut(c.ctx(), c.me.Name, c.me.ID, "")
	if err != nil {
		return err
	}
	if err := c.begin(p, how); err != nil {
		return err
	}
	c.say(notice{Kind: "done", Text: c.T("desk.me.ended-others")})
	return c.goTo("/me#sessions")
}

// setOwnPassword changes one's password. Whoever came by a one-time link has
// shown who they are and needs not know the old one.
func (d *Desk) setOwnPassword(c *call) error {
	f := c.r.PostForm
	a, err := c.account(c.me.ID)
	if err != nil {
		return err
	}
	back := func(id string, args ...any) error {
		c.say(notice{Kind: "error", Text: c.T(id, args...)})
		return c.goTo("/me#password")
	}
	if f.Get("new") != f.Get("again") {
		return back("desk.me.differ")
	}
	how := d.sessions.GetString(c.ctx(), keyHow)
	if a.HasPassword && how != byLink {
		if !d.byName.take("change " + strconv.FormatInt(c.me.ID, 10)) {
			return c.wait()
		}
		ok, err := d.People.CheckPassword(c.ctx(), c.me.ID, f.Get("old"))
		if errors.Is(err, people.ErrBusy) {
			return c.wait()
		}
		if err != nil {
			return err
		}
		if !ok {
			return back("desk.me.wrong")
		}
	}
	if f.Get("new") == "" {
		return back("desk.refusal.password-short", "Least", people.MinPassword)
	}
	p, err := d.People.SetPassword(c.ctx(), c.me.Name, c.me.ID, f.Get("new"))
	var no *edition.Refusal
	switch {
	case errors.Is(err, people.ErrBusy):
		return c.wait()
	case errors.As(err, &no):
		c.say(notice{Kind: "error", Text: c.RefusalText(no)})
		return c.goTo("/me#password")
	case err != nil:
		return err
	}
	if err := c.begin(p, byPassword); err != nil {
		return err
	}
	c.say(notice{Kind: "done", Text: c.T("desk.me.password-done")})
	return c.goTo("/me")
}

// unlinkOwn takes the link to a provider away, unless there would be no other
// way in.
func (d *Desk) unlinkOwn(c *call) error {
	a, err := c.account(c.me.ID)
	if err != nil {
		return err
	}
	if !a.HasPassword {
		c.say(notice{Kind: "error", Text: c.T("desk.me.password-first")})
		return c.goTo("/me#password")
	}
	if err := d.People.Unlink(c.ctx(), c.me.Name, c.me.ID); err != nil {
		return err
	}
	c.say(notice{Kind: "done", Text: c.T("desk.me.unlinked")})
	return c.goTo("/me")
}
