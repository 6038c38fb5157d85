package desk

import (
	"bytes"
	"context"
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"dragoman/internal/edition"
)

// call is one request with who makes it and the language it is answered in.
type call struct {
	*words
	d    *Desk
	w    http.ResponseWriter
	r    *http.Request
	me   edition.Person // zero while signed out
	at   int64          // when the request came, by the database's clock, in µs
	json bool           // the page's script asks, not the browser
}

func (d *Desk) call(w http.ResponseWriter, r *http.Request) *call {
	return &call{
		words: speak(languageOf(r), d.zone, d.Now()), d: d, w: w, r: r, at: d.pipe.Now().UnixMicro(),
		json: strings.HasPrefix(r.Header.Get("Accept"), "application/json"),
	}
}

// prepare finds out who asks and reads the form, of so many bytes at most.
func (c *call) prepare(limit int64) error {
	if err := c.who(); err != nil || c.r.Method != http.MethodPost {
		return err
	}
	if c.me.ID == 0 {
		limit = min(limit, maxBody)
	}
	c.r.Body = http.MaxBytesReader(c.w, c.r.Body, limit)
	kind, _, _ := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	var err error
	switch {
	case kind != "multipart/form-data":
		err = c.r.ParseForm()
	case limit > maxBody:
		err = c.r.ParseMultipartForm(1 << 20)
	default:
		return errForm // no file is expected here
	}
	if err != nil {
		return badForm(err)
	}
	return nil
}

// who finds out who asks.
func (c *call) who() error {
	id, _ := strconv.ParseInt(c.d.sessions.GetString(c.ctx(), keyPerson), 10, 64)
	if id == 0 || c.me.ID != 0 {
		return nil
	}
	p, err := c.d.People.PersonByID(c.ctx(), id)
	if err != nil && !missing(err) {
		return err
	}
	if err == nil && !p.Disabled && c.d.sessions.GetString(c.ctx(), keyEpoch) == strconv.FormatInt(p.Epoch, 10) {
		c.me = p
		return nil
	}
	// The session was ended: nothing of it is left for the next.
	return c.d.sessions.Clear(c.ctx())
}

func (c *call) ctx() context.Context { return c.r.Context() }

// id is a number in the address; one that is none leads nowhere.
func (c *call) id(name string) (int64, error) {
	n, err := strconv.ParseInt(c.r.PathValue(name), 10, 64)
	if err != nil || n <= 0 {
		return 0, errNowhere
	}
	return n, nil
}

// number is a number in the form, 0 for none.
func (c *call) number(name string) int64 {
	n, _ := strconv.ParseInt(c.r.Form.Get(name), 10, 64)
	return n
}

// page writes an HTML page from a template.
func (c *call) page(status int, name string, view any) error {
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, name, view); err != nil {
		return err
	}
	c.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	c.w.WriteHeader(status)
	_, _ = b.WriteTo(c.w) // nobody is left to tell
	return nil
}

// fragment gives a part of a page as text.
func fragment(name string, view any) (string, error) {
	var b strings.Builder
	err := templates.ExecuteTemplate(&b, name, view)
	return b.String(), err
}

// reply answers the page's script.
func (c *call) reply(status int, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	c.w.Header().Set("Content-Type", "application/json; charset=utf-8")
	c.w.WriteHeader(status)
	_, _ = c.w.Write(b)
	return nil
}

// goTo sends the browser to another page of the desk.
func (c *call) goTo(where string) error {
	http.Redirect(c.w, c.r, where, http.StatusSeeOther)
	return nil
}

// local makes an address of the desk of what a form says, "/" where it is
// none.
func local(where string) string {
	u, err := url.Parse(where)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(where, "/") || strings.HasPrefix(where, "//") ||
		strings.ContainsAny(where, "\\\t\r\n") {
		return "/"
	}
	return where
}

// notice is a sentence that the next page shows.
type notice struct {
	Kind string `json:"kind"` // done or error
	Text string `json:"text"`
	Href string `json:"href,omitempty"` // where the sentence leads
	Link string `json:"link,omitempty"` // and in which words
}

// say keeps a notice for the next page.
func (c *call) say(n notice) {
	b, err := json.Marshal(n)
	if err == nil {
		c.d.sessions.Put(c.ctx(), keySaid, string(b))
	}
}

// said takes the notice that the page before left, nil for none.
func (c *call) said() *notice {
	text := c.d.sessions.PopString(c.ctx(), keySaid)
	var n notice
	if text == "" || json.Unmarshal([]byte(text), &n) != nil {
		return nil
	}
	return &n
}

// frame is what every page has.
type frame struct {
	*words
	Me      edition.Person
	Title   string // of the window
	Page    string // the page's name, for its script and style
	Room    string // the room that it belongs to, where that has another name
	Here    string // its address, to come back to
	Static  string // where the static files are
	At      int64  // when the page began to be made, in µs, for live updates
	Theme   string // light, dark, or "" for the browser's choice
	Said    *notice
	Tongues []tongue
	Keys    ownKeys
	Named   named // where comments name the person
}

// named are the comments that name a person who has not seen them.
type named struct {
	Count int
	Href  string
	by    edition.Mentions
}

// tongue is a language that the desk speaks.
type tongue struct {
	Tag, Name string
	Current   bool
}

func (c *call) frame(page, title string) frame {
	f := frame{words: c.words, Me: c.me, Title: title, Page: page, Static: staticBase, Here: "/", Said: c.said(), At: c.at}
	if c.r.Method == http.MethodGet {
		f.Here = c.r.URL.RequestURI()
	}
	if k, err := c.r.Cookie(themeCookie); err == nil && (k.Value == "light" || k.Value == "dark") {
		f.Theme = k.Value
	}
	for _, tag := range deskLanguages() {
		f.Tongues = append(f.Tongues, tongue{Tag: tag, Name: scriptOf(tag).profile.NativeName, Current: tag == c.Lang})
	}
	c.own(&f)
	return f
}

// own adds what a person has chosen and is told. A page is shown without it
// rather than not at all.
func (c *call) own(f *frame) {
	f.Keys = usualKeys()
	if c.me.ID == 0 {
		return
	}
	text, err := c.d.pipe.Preference(c.ctx(), c.me.ID, keysPreference)
	if err == nil {
		f.Keys = readKeys(text)
		f.Named.by, err = c.d.pipe.Mentions(c.ctx(), c.me.Name)
	}
	if err != nil {
		c.d.Log.Warn("reading a person's own things", "who", c.me.Name, "error", err)
		return
	}
	f.Named.Count = f.Named.by.Total()
	for ed := range f.Named.by {
		if href := editionHref(ed) + "/comments"; f.Named.Href == "" || href < f.Named.Href {
			f.Named.Href = href
		}
	}
}
