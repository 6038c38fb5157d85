package desk

import (
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// doors counts attempts to sign in, by the address they come from.
type doors struct {
	mu   sync.Mutex
	now  func() time.Time
	from map[string]*rate.Limiter
}

// Ten attempts at once, then one each six seconds.
const (
	doorBurst = 10
	doorEvery = 6 * time.Second
	maxDoors  = 10_000
)

func newDoors(now func() time.Time) *doors {
	return &doors{now: now, from: map[string]*rate.Limiter{}}
}

// knock says whether one more attempt may be made from an address.
func (d *doors) knock(r *http.Request) bool {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	l := d.from[host]
	if l == nil {
		if len(d.from) >= maxDoors {
			clear(d.from)
		}
		l = rate.NewLimiter(rate.Every(doorEvery), doorBurst)
		d.from[host] = l
	}
	return l.AllowN(d.now(), 1)
}

// signInView is the page that asks for the sign-in, or says how to get a link.
type signInView struct {
	frame
	Token string
}

// signInPage only shows a button: what looks at links before a person does
// must not spend the token.
func (d *Desk) signInPage(c *call) error {
	token := c.r.URL.Query().Get("token")
	if token == "" && c.me.ID != 0 {
		return c.goTo("/")
	}
	if len(token) > 200 {
		return errNowhere
	}
	c.w.Header().Set("Referrer-Policy", "no-referrer")
	return c.page(http.StatusOK, "sign-in.html", signInView{c.frame("sign-in", c.T("sign-in.title")), token})
}

func (d *Desk) signIn(c *call) error {
	if !d.doors.knock(c.r) {
		c.w.Header().Set("Retry-After", "60")
		return errWait
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
	if err := d.sessions.RenewToken(c.ctx()); err != nil {
		return err
	}
	d.sessions.Put(c.ctx(), keyPerson, strconv.FormatInt(who.ID, 10))
	return c.goTo("/")
}

func (d *Desk) signOut(c *call) error {
	if err := d.sessions.Destroy(c.ctx()); err != nil {
		return err
	}
	c.w.Header().Set("Clear-Site-Data", `"storage"`)
	return c.goTo("/sign-in")
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
