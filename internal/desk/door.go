package desk

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"dragoman/internal/edition"
	"dragoman/internal/people"
)

// signInView is the page that asks for the sign-in.
type signInView struct {
	frame
	Token    string
	Name     string // that was typed
	Wrong    string // what was not right
	Provider string // what the button of the provider is called, "" for none
}

// signInPage only shows a button for a link: what looks at links before a
// person does must not spend the token.
func (d *Desk) signInPage(c *call) error {
	token := c.r.URL.Query().Get("token")
	if token == "" && c.me.ID != 0 {
		return c.goTo("/")
	}
	if len(token) > 200 {
		return errNowhere
	}
	return c.door(http.StatusOK, signInView{Token: token})
}

func (c *call) door(status int, v signInView) error {
	c.w.Header().Set("Referrer-Policy", "no-referrer")
	v.frame = c.frame("sign-in", c.T("sign-in.title"))
	if p := c.d.People.Provider; p != nil && v.Token == "" {
		v.Provider = p.Name
	}
	return c.page(status, "sign-in.html", v)
}

// signIn takes a one-time token, or a name and a password. What is wrong with
// these it does not say.
func (d *Desk) signIn(c *call) error {
	if !d.byAddress.take(sender(c.r.RemoteAddr)) {
		return c.wait()
	}
	if c.r.PostForm.Has("password") {
		return d.signInWithPassword(c)
	}
	token := c.r.PostForm.Get("token")
	if token == "" || len(token) > 200 {
		return errExpired
	}
	who, err := d.People.SignIn(c.ctx(), token)
	if missing(err) {
		d.Log.Info("sign-in refused", "from", c.r.RemoteAddr)
		return errExpired
	}
	if err != nil {
		return err
	}
	return c.enter(who, byLink)
}

func (c *call) wait() error {
	c.w.Header().Set("Retry-After", "60")
	return errWait
}

// maxSecret bounds what is taken as a name or a password, in bytes.
const maxSecret = 1024

func (d *Desk) signInWithPassword(c *call) error {
	name, password := strings.TrimSpace(c.r.PostForm.Get("name")), c.r.PostForm.Get("password")
	if len(name) > 240 || !utf8.ValidString(name) || len(password) > maxSecret {
		name, password = "", ""
	}
	if !d.byName.take(strings.ToLower(name)) {
		return c.wait()
	}
	who, err := d.People.SignInWithPassword(c.ctx(), name, password)
	switch {
	case errors.Is(err, people.ErrBusy):
		return c.wait()
	case missing(err):
		d.Log.Info("sign-in refused", "from", c.r.RemoteAddr, "name", name)
		return c.door(http.StatusForbidden, signInView{Name: name, Wrong: c.T("sign-in.wrong")})
	case err != nil:
		return err
	}
	return c.enter(who, byPassword)
}

// enter begins a session for somebody who has shown who they are.
func (c *call) enter(who edition.Person, how string) error {
	if err := c.begin(who, how); err != nil {
		return err
	}
	if how == byLink {
		a, err := c.d.People.Accounts(c.ctx(), who.ID)
		if err == nil && len(a) == 1 && !a[0].HasPassword && a[0].Issuer == "" {
			c.say(notice{Kind: "done", Text: c.T("desk.me.set-one"), Href: "/me#password", Link: c.T("desk.me.password-set")})
		}
	}
	return c.goTo("/")
}

// begin makes the session a new one, of a person.
func (c *call) begin(who edition.Person, how string) error {
	s := c.d.sessions
	if err := s.Clear(c.ctx()); err != nil {
		return err
	}
	if err := s.RenewToken(c.ctx()); err != nil {
		return err
	}
	s.Put(c.ctx(), keyPerson, strconv.FormatInt(who.ID, 10))
	s.Put(c.ctx(), keyEpoch, strconv.FormatInt(who.Epoch, 10))
	s.Put(c.ctx(), keyHow, how)
	s.Put(c.ctx(), keyName, rand.Text()[:16])
	s.Put(c.ctx(), keyBegan, strconv.FormatInt(c.d.Now().Unix(), 10))
	s.Put(c.ctx(), keyFrom, sender(c.r.RemoteAddr))
	s.Put(c.ctx(), keyAgent, browserOf(c.r.UserAgent()))
	return nil
}

// signOut ends the session, here and in the database.
func (d *Desk) signOut(c *call) error {
	if c.me.ID != 0 {
		if err := d.People.Note(c.ctx(), edition.Act{Who: c.me.Name, What: "sign-out", Subject: "person", SubjectID: c.me.ID}); err != nil {
			return err
		}
	}
	return c.leave()
}

// leave takes the session away from the browser.
func (c *call) leave() error {
	if err := c.d.sessions.Destroy(c.ctx()); err != nil {
		return err
	}
	c.w.Header().Set("Clear-Site-Data", `"storage"`)
	return c.goTo("/sign-in")
}

// toProvider sends the browser to the provider of sign-ins.
func (d *Desk) toProvider(c *call) error {
	if d.People.Provider == nil {
		return errNowhere
	}
	if !d.byAddress.take(sender(c.r.RemoteAddr)) {
		return c.wait()
	}
	where, flow, err := d.People.Provider.Begin(c.ctx())
	if err != nil {
		return c.notProvided(err)
	}
	b, err := json.Marshal(flow)
	if err != nil {
		return err
	}
	d.sessions.Put(c.ctx(), keyFlow, string(b))
	http.Redirect(c.w, c.r, where, http.StatusSeeOther)
	return nil
}

// notProvided tells that the provider could not be used, and logs why.
func (c *call) notProvided(err error) error {
	if !errors.Is(err, people.ErrProvider) {
		return err
	}
	c.d.Log.Warn("sign-in by provider refused", "from", c.r.RemoteAddr, "error", err)
	return &problem{Status: http.StatusBadGateway, ID: "desk.error.provider", Args: []any{"Name", c.d.People.Provider.Name}}
}

// fromProvider is where the provider sends people back to; it takes only what
// toProvider began, once.
func (d *Desk) fromProvider(c *call) error {
	if d.People.Provider == nil {
		return errNowhere
	}
	var flow people.Flow
	if text := d.sessions.PopString(c.ctx(), keyFlow); text == "" || json.Unmarshal([]byte(text), &flow) != nil {
		return errExpired
	}
	q := c.r.URL.Query()
	if len(c.r.URL.RawQuery) > 8<<10 {
		q = url.Values{}
	}
	who, err := d.People.Provider.Finish(c.ctx(), flow, q)
	if err != nil {
		return c.notProvided(err)
	}
	p, err := d.People.SignInWithIdentity(c.ctx(), who, c.me.ID)
	switch {
	case errors.Is(err, people.ErrNotInvited):
		d.Log.Info("sign-in by provider: not let in", "subject", who.Subject, "email", who.Email)
		return &problem{Status: http.StatusForbidden, ID: "desk.error.not-invited"}
	case err != nil:
		return err
	case c.me.ID != 0:
		c.say(notice{Kind: "done", Text: c.T("desk.me.linked", "Name", d.People.Provider.Name)})
		return c.goTo("/me")
	}
	return c.enter(p, byProvider)
}

// preferences keeps the desk's language and look in cookies, which also hold
// while nobody is signed in.
func (d *Desk) preferences(c *call) error {
	set := func(name, value string) {
		http.SetCookie(c.w, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: 365 * 24 * 3600,
			HttpOnly: true, Secure: d.Secure, SameSite: http.SameSiteLaxMode})
	}
	for _, tag := range deskLanguages() {
		if tag == c.r.PostForm.Get("language") {
			set(languageCookie, tag)
		}
	}
	if theme := c.r.PostForm.Get("theme"); theme == "light" || theme == "dark" || theme == "auto" {
		set(themeCookie, theme)
	}
	return c.goTo(local(c.r.PostForm.Get("back")))
}

// browserOf says in a few words which browser an agent's name is: enough for
// its owner to know it again.
func browserOf(agent string) string {
	first := func(names ...[2]string) string {
		for _, n := range names {
			if strings.Contains(agent, n[0]) {
				return n[1]
			}
		}
		return ""
	}
	browser := first([2]string{"Edg", "Edge"}, [2]string{"OPR/", "Opera"}, [2]string{"SamsungBrowser", "Samsung Internet"}, [2]string{"Firefox/", "Firefox"}, [2]string{"FxiOS", "Firefox"},
		[2]string{"CriOS", "Chrome"}, [2]string{"Chromium", "Chromium"}, [2]string{"Chrome/", "Chrome"}, [2]string{"Safari/", "Safari"})
	system := first([2]string{"Android", "Android"}, [2]string{"iPhone", "iPhone"}, [2]string{"iPad", "iPad"}, [2]string{"Windows", "Windows"}, [2]string{"Mac OS X", "macOS"}, [2]string{"CrOS", "ChromeOS"}, [2]string{"Linux", "Linux"})
	return strings.Trim(browser+" · "+system, " ·")
}

// unixOf reads a time that a session holds.
func unixOf(text string) time.Time {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n <= 0 {
		return time.Time{}
	}
	return time.Unix(n, 0)
}
