package desk

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"

	"dragoman/internal/edition"
	"dragoman/pipeline"
)

// problem is an error that a person is told in a sentence of the catalogues.
type problem struct {
	Status int
	ID     string // of the message
	Args   []any
}

func (p *problem) Error() string { return http.StatusText(p.Status) + ": " + p.ID }

// The problems that need nothing said about them.
var (
	errNowhere     = &problem{Status: http.StatusNotFound, ID: "error.not-found"}
	errSignedOut   = &problem{Status: http.StatusUnauthorized, ID: "error.session"}
	errMethod      = &problem{Status: http.StatusMethodNotAllowed, ID: "desk.error.method"}
	errTooLarge    = &problem{Status: http.StatusRequestEntityTooLarge, ID: "desk.error.large"}
	errForm        = &problem{Status: http.StatusBadRequest, ID: "desk.error.form"}
	errCrossOrigin = &problem{Status: http.StatusForbidden, ID: "desk.error.origin"}
	errLocale      = &problem{Status: http.StatusForbidden, ID: "desk.error.locale"}
	errWait        = &problem{Status: http.StatusTooManyRequests, ID: "desk.error.wait"}
	errExpired     = &problem{Status: http.StatusForbidden, ID: "sign-in.expired"}
	errReason      = &problem{Status: http.StatusUnprocessableEntity, ID: "desk.error.reason"}
	errNoFile      = &problem{Status: http.StatusUnprocessableEntity, ID: "desk.error.no-file"}
	errClosed      = &problem{Status: http.StatusServiceUnavailable, ID: "error.busy"}
)

func badForm(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return errTooLarge
	}
	return errForm
}

// missing says whether an error means that a thing is not there.
func missing(err error) bool { return errors.Is(err, edition.ErrNotFound) }

// told is an error as a person is told it.
type told struct {
	Status    int
	Text      string
	Reference string // of the log entry, "" where none was needed
}

// tell finds the sentence for an error, and logs one that nobody expected.
func (c *call) tell(err error) told {
	var known *problem
	var no *edition.Refusal
	var stale *pipeline.Stale
	switch {
	case errors.As(err, &known):
		return told{Status: known.Status, Text: c.T(known.ID, known.Args...)}
	case errors.As(err, &no):
		return told{Status: http.StatusUnprocessableEntity, Text: c.RefusalText(no)}
	case errors.As(err, &stale):
		return told{Status: http.StatusConflict, Text: c.T("edition.conflict")}
	case missing(err):
		return told{Status: http.StatusNotFound, Text: c.T("error.not-found")}
	case errors.Is(err, context.Canceled):
		return told{Status: 499, Text: c.T("error.busy")} // the browser has gone; nobody reads this
	}
	ref := rand.Text()[:8]
	c.d.Log.Error("request failed", "method", c.r.Method, "path", c.r.URL.Path, "who", c.me.Name, "reference", ref, "error", err)
	return told{Status: http.StatusInternalServerError, Text: c.T("error.internal", "Reference", ref), Reference: ref}
}

// errorView is the page of an error.
type errorView struct {
	frame
	told
	Typed  string // what the person had typed, so that it is not lost
	SignIn bool
}

// fail answers with an error: a sentence, on a page or for the page's script.
func (c *call) fail(err error) {
	t := c.tell(err)
	c.note(t)
	if c.json {
		_ = c.reply(t.Status, map[string]any{"error": t.Text, "signedOut": t.Status == http.StatusUnauthorized})
		return
	}
	if t.Status == http.StatusUnauthorized && c.r.Method == http.MethodGet {
		_ = c.goTo("/sign-in")
		return
	}
	view := errorView{told: t, SignIn: c.me.ID == 0, Typed: c.r.Form.Get("text")}
	view.frame = c.bareFrame("error", c.T("error.title"))
	if err := c.page(t.Status, "error.html", view); err != nil {
		http.Error(c.w, t.Text, t.Status)
	}
}

// note logs what was refused because of who asked or how, so that an attack
// can be seen. What goes wrong inside is logged where it is told.
func (c *call) note(t told) {
	switch t.Status {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusMethodNotAllowed, http.StatusRequestEntityTooLarge, http.StatusTooManyRequests:
		c.d.Log.Info("refused", "status", t.Status, "method", c.r.Method, "path", c.r.URL.Path, "who", c.me.Name, "from", c.r.RemoteAddr)
	}
}

// bareFrame is a frame that needs no session, which may be what failed.
func (c *call) bareFrame(page, title string) frame {
	f := frame{words: c.words, Me: c.me, Title: title, Page: page, Here: "/", Static: staticBase}
	for _, tag := range deskLanguages() {
		f.Tongues = append(f.Tongues, tongue{Tag: tag, Name: scriptOf(tag).profile.NativeName, Current: tag == c.Lang})
	}
	return f
}
