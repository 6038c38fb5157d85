package desk

import (
	"errors"
	"io"
	"net/http"
	"path"
	"strings"
)

// route is one address of the desk with the right that it needs, "" for one
// that is open to everybody.
type route struct {
	Pattern string
	Needs   right
	Upload  bool
}

// Bounds of what a request may hold, in bytes.
const (
	// maxBody is that of a form: a target of 64 KB with each byte escaped, and
	// some room.
	maxBody = 256 << 10
	// maxUpload is that of a form with files.
	maxUpload = 32 << 20
	// maxName bounds the name of an uploaded file.
	maxName = 200
)

// bare registers a handler that needs no session, open one that anybody may
// call.
func (d *Desk) bare(pattern string, h func(*call) error) {
	d.known = append(d.known, route{Pattern: pattern})
	d.handle(pattern, h)
}

func (d *Desk) open(pattern string, h func(*call) error) {
	d.bare(pattern, func(c *call) error {
		if err := c.prepare(maxBody); err != nil {
			return err
		}
		return h(c)
	})
}

// in registers a handler for people who are signed in and have a right in one
// locale at least. Where the right is about one locale, the handler asks for
// it there (call.allow).
func (d *Desk) in(pattern string, do right, h func(*call) error) {
	d.known = append(d.known, route{Pattern: pattern, Needs: do})
	d.handle(pattern, within(do, maxBody, h))
}

// upload is in for a form with files, which may be large; see call.file.
func (d *Desk) upload(pattern string, do right, h func(*call) error) {
	d.known = append(d.known, route{Pattern: pattern, Needs: do, Upload: true})
	d.handle(pattern, within(do, maxUpload, h))
}

func within(do right, limit int64, h func(*call) error) func(*call) error {
	return func(c *call) error {
		// Nobody sends much before it is known who they are.
		if err := c.who(); err != nil {
			return err
		}
		if c.me.ID != 0 && !c.mayEnter(do) {
			return c.forbidden(do)
		}
		if err := c.prepare(limit); err != nil {
			return err
		}
		if c.me.ID == 0 {
			return errSignedOut
		}
		return h(c)
	}
}

// mayEnter says whether a person has a right anywhere; what concerns the
// whole house needs a role that holds everywhere.
func (c *call) mayEnter(do right) bool {
	switch do {
	case toEnter:
		return c.me.ID != 0
	case toRun:
		return may(c.me, toRun, "")
	default:
		return c.me.MayAnywhere(do)
	}
}

func (d *Desk) handle(pattern string, h func(*call) error) {
	d.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		c := d.call(w, r)
		if err := h(c); err != nil {
			c.fail(err)
		}
	})
}

// uploaded is a file that a person sent.
type uploaded struct {
	Name string // without folders
	Data []byte
}

// file is the file that a form sent in a field. What a file is, is for the
// reader of its format to say, never for its name or the browser.
func (c *call) file(field string) (uploaded, error) {
	f, head, err := c.r.FormFile(field)
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return uploaded{}, errNoFile
	}
	if err != nil {
		return uploaded{}, badForm(err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxUpload+1))
	if err != nil {
		return uploaded{}, badForm(err)
	}
	if len(b) > maxUpload {
		return uploaded{}, errTooLarge
	}
	name := path.Base(strings.ReplaceAll(head.Filename, `\`, "/"))
	if len(b) == 0 || len(name) > maxName {
		return uploaded{}, errNoFile
	}
	return uploaded{name, b}, nil
}
