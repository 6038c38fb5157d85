package desk

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"dragoman/internal/edition"
	"dragoman/internal/people"
)

// usersView is the list of users.
type usersView struct {
	frame
	Search   string
	Users    []userLine
	Total    int
	Choices  []roleChoice
	Typed    string // the name that could not be added
	Provider string
}

// userLine is a user in the list.
type userLine struct {
	edition.Account
	Roles []roleLine
	Me    bool
}

// roleChoice is a role with the locales that it can be given for.
type roleChoice struct {
	Role, Word, About string
	Grants            []grantChoice
}

// grantChoice is a box to tick.
type grantChoice struct {
	Value, Word string
	Held        bool
}

// userView is a user's page.
type userView struct {
	frame
	User     edition.Account
	Mine     bool
	Roles    []roleLine
	Choices  []roleChoice
	Sessions []sessionView
	Acts     []auditLine // the latest about the user
	Link     string      // a one-time link that was made just now
	LinkEnds time.Time
	Last     bool // the last admin
}

// rolesToChoose lists the boxes of roles and locales, those ticked that are
// held.
func (c *call) rolesToChoose(held []edition.Grant) []roleChoice {
	var out []roleChoice
	for _, role := range edition.Roles() {
		at := slices.IndexFunc(held, func(g edition.Grant) bool { return g.Role == role })
		var in []string
		if at >= 0 {
			in = held[at].Locales
		}
		choice := roleChoice{Role: role, Word: c.Role(role), About: c.T("desk.users.about." + role)}
		choice.Grants = append(choice.Grants, grantChoice{role + ":*", c.T("desk.users.everywhere"), at >= 0 && len(in) == 0})
		for _, l := range c.d.localesAnd(in) {
			choice.Grants = append(choice.Grants, grantChoice{role + ":" + l, c.Language(l), slices.Contains(in, l)})
		}
		out = append(out, choice)
	}
	return out
}

// localesAnd are the house's locales and those of a role that the house no
// longer has.
func (d *Desk) localesAnd(in []string) []string {
	out := slices.Clone(d.Locales)
	for _, l := range in {
		if !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	return out
}

// grantsOf reads the boxes that were ticked. What is no role or no locale of
// the house, nor held before, is refused.
func (c *call) grantsOf(held []edition.Grant) ([]edition.Grant, error) {
	var out []edition.Grant
	for _, v := range c.r.PostForm["grant"] {
		role, locale, _ := strings.Cut(v, ":")
		at := slices.IndexFunc(held, func(g edition.Grant) bool { return g.Role == role })
		var in []string
		if at >= 0 {
			in = held[at].Locales
		}
		switch {
		case len(out) > 500, !slices.Contains(edition.Roles(), role):
			return nil, errForm
		case locale == "*":
			out = append(out, edition.Grant{Role: role})
		case slices.Contains(c.d.localesAnd(in), locale):
			out = append(out, edition.Grant{Role: role, Locales: []string{locale}})
		default:
			return nil, errForm
		}
	}
	return out, nil
}

// usersPage lists the users.
func (d *Desk) usersPage(c *call) error { return c.users(http.StatusOK, "", nil) }

func (c *call) users(status int, typed string, ticked []edition.Grant) error {
	v := usersView{frame: c.frame("users", c.T("desk.users.title")), Search: c.r.URL.Query().Get("q"), Typed: typed}
	if len(v.Search) > 200 {
		v.Search = ""
	}
	all, err := c.d.People.Accounts(c.ctx(), 0)
	if err != nil {
		return err
	}
	if ticked == nil {
		ticked = []edition.Grant{{Role: "reviewer"}}
	}
	v.Total, v.Choices = len(all), c.rolesToChoose(ticked)
	for _, a := range all {
		if strings.Contains(strings.ToLower(a.Name), strings.ToLower(strings.TrimSpace(v.Search))) {
			v.Users = append(v.Users, userLine{a, c.linesOf(a.Grants), a.ID == c.me.ID})
		}
	}
	return c.page(status, "users.html", v)
}

// addUser adds a user and shows a link to invite them with.
func (d *Desk) addUser(c *call) error {
	gs, err := c.grantsOf(nil)
	if err != nil {
		return err
	}
	name := c.r.PostForm.Get("name")
	p, err := d.People.Add(c.ctx(), c.me.Name, name, gs)
	var no *edition.Refusal
	if errors.As(err, &no) {
		c.say(notice{Kind: "error", Text: c.RefusalText(no)})
		return c.users(http.StatusUnprocessableEntity, name, gs)
	}
	if err != nil {
		return err
	}
	return c.invite(p.ID, c.T("desk.users.added", "Name", p.Name))
}

// invite makes a one-time link and shows it, this once: it stands in no
// address and in no session.
func (c *call) invite(id int64, done string) error {
	token, err := c.d.People.Link(c.ctx(), c.me.Name, id, people.LinkLife)
	if err != nil {
		return c.refused(id, err)
	}
	if done != "" {
		c.say(notice{Kind: "done", Text: done})
	}
	return c.user(id, c.base()+"/sign-in?token="+token)
}

// base is the desk's address as this browser knows it, or as it is
// configured.
func (c *call) base() string {
	if c.d.URL != "" {
		return strings.TrimRight(c.d.URL, "/")
	}
	scheme := "http://"
	if c.r.TLS != nil || c.d.Secure || c.r.Header.Get(forwardedProto) == "https" {
		scheme = "https://"
	}
	return scheme + c.r.Host
}

// refused says on a user's page why something was not done.
func (c *call) refused(id int64, err error) error {
	var no *edition.Refusal
	if !errors.As(err, &no) {
		return err
	}
	c.say(notice{Kind: "error", Text: c.RefusalText(no)})
	return c.goTo(userHref(id))
}

func userHref(id int64) string { return "/users/" + itoa(id) }

// userPage shows a user.
func (d *Desk) userPage(c *call) error {
	id, err := c.id("id")
	if err != nil {
		return err
	}
	return c.user(id, "")
}

func (c *call) user(id int64, link string) error {
	a, err := c.account(id)
	if err != nil {
		return err
	}
	v := userView{User: a, Mine: id == c.me.ID, Roles: c.linesOf(a.Grants), Choices: c.rolesToChoose(a.Grants), Link: link, LinkEnds: c.d.Now().Add(people.LinkLife)}
	v.frame = c.frame("users", a.Name+" · "+c.T("desk.users.title"))
	if c.r.Method != http.MethodGet {
		v.Here = userHref(id)
	}
	if v.Sessions, err = c.sessionsOf(id); err != nil {
		return err
	}
	acts, err := c.d.People.AuditLog(c.ctx(), edition.ActFilter{Subject: "person", SubjectID: id, Limit: 10})
	if err != nil {
		return err
	}
	v.Acts = c.auditLines(acts)
	if a.RunsTheHouse() {
		if v.Last, err = c.lastAdmin(id); err != nil {
			return err
		}
	}
	return c.page(http.StatusOK, "user.html", v)
}

func (c *call) lastAdmin(id int64) (bool, error) {
	all, err := c.d.People.People(c.ctx())
	return !slices.ContainsFunc(all, func(p edition.Person) bool { return p.ID != id && p.RunsTheHouse() }), err
}

// onUser registers an act on the user that the address names.
func (c *call) onUser(done string, f func(id int64) (edition.Person, error)) error {
	id, err := c.id("id")
	if err != nil {
		return err
	}
	p, err := f(id)
	if err != nil {
		return c.refused(id, err)
	}
	if id == c.me.ID && p.Epoch != c.me.Epoch {
		return c.leave() // one's own session is among those that ended
	}
	c.say(notice{Kind: "done", Text: c.T(done, "Name", p.Name)})
	return c.goTo(userHref(id))
}

func (d *Desk) setRoles(c *call) error {
	return c.onUser("desk.users.done.roles", func(id int64) (edition.Person, error) {
		p, err := d.People.PersonByID(c.ctx(), id)
		if err != nil {
			return p, err
		}
		gs, err := c.grantsOf(p.Grants)
		if err != nil {
			return p, err
		}
		return d.People.SetRoles(c.ctx(), c.me.Name, id, gs)
	})
}

func (d *Desk) disableUser(c *call) error {
	return c.onUser("desk.users.done.disabled", func(id int64) (edition.Person, error) {
		return d.People.Disable(c.ctx(), c.me.Name, id, true)
	})
}

func (d *Desk) enableUser(c *call) error {
	return c.onUser("desk.users.done.enabled", func(id int64) (edition.Person, error) {
		return d.People.Disable(c.ctx(), c.me.Name, id, false)
	})
}

func (d *Desk) signUserOut(c *call) error {
	return c.onUser("desk.users.done.signed-out", func(id int64) (edition.Person, error) {
		return d.People.SignOut(c.ctx(), c.me.Name, id, "")
	})
}

func (d *Desk) unlinkUser(c *call) error {
	return c.onUser("desk.users.done.unlinked", func(id int64) (edition.Person, error) {
		if err := d.People.Unlink(c.ctx(), c.me.Name, id); err != nil {
			return edition.Person{}, err
		}
		return d.People.PersonByID(c.ctx(), id)
	})
}

func (d *Desk) linkUser(c *call) error {
	id, err := c.id("id")
	if err != nil {
		return err
	}
	return c.invite(id, "")
}
