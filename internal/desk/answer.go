package desk

import "net/http"

// answering is a response of which there is one only: what comes after an
// error page that was written in its stead goes nowhere. The session library
// saves a session when the first byte is written; where that fails, as when
// the browser has gone, it has the error said and then goes on with the page.
type answering struct {
	http.ResponseWriter
	begun bool // a status was sent
	over  bool // what follows is dropped
}

// WriteHeader sends the status, once.
func (a *answering) WriteHeader(status int) {
	if a.over || a.begun && status >= 200 {
		return
	}
	a.begun = a.begun || status >= 200
	a.ResponseWriter.WriteHeader(status)
}

// Write sends a part of the page, unless the answer is over.
func (a *answering) Write(b []byte) (int, error) {
	if a.over {
		return len(b), nil
	}
	a.begun = true
	return a.ResponseWriter.Write(b)
}

// Unwrap gives what http.ResponseController works on.
func (a *answering) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// instead has f answer in the place of what would follow. Where the answer has
// begun there is nothing to be said any more.
func instead(w http.ResponseWriter, f func(http.ResponseWriter)) {
	a, ok := w.(*answering)
	switch {
	case !ok:
		f(w)
	case !a.begun:
		f(a)
		a.over = true
	}
}
