package desk

import (
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"
)

// policy forbids pages everything but their own files: no inline script or
// style, no other site, no frame around the desk.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; " +
	"require-trusted-types-for 'script'; trusted-types desk"

// guard stands before all handlers: headers, cross-origin protection,
// sessions, and what to do when a handler breaks.
func (d *Desk) guard(next http.Handler) http.Handler {
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d.call(w, r).fail(errCrossOrigin)
	}))
	h := cross.Handler(d.sessions.LoadAndSave(next))
	d.sessions.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) {
		instead(w, func(w http.ResponseWriter) { d.call(w, r).fail(fmt.Errorf("session: %w", err)) })
	}
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		w := http.ResponseWriter(&answering{ResponseWriter: out})
		r = d.seenThrough(r)
		d.headers(w.Header())
		defer func() {
			if broken := recover(); broken != nil && broken != http.ErrAbortHandler {
				d.Log.Error("handler broke", "path", r.URL.Path, "error", broken, "stack", string(debug.Stack()))
				instead(w, func(w http.ResponseWriter) { d.call(w, r).fail(fmt.Errorf("handler broke: %v", broken)) })
			} else if broken != nil {
				panic(broken)
			}
		}()
		if strings.HasPrefix(r.URL.Path, "/static/") {
			next.ServeHTTP(w, r) // no session is read for a style sheet
			return
		}
		h.ServeHTTP(w, r)
	})
}

func (d *Desk) headers(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("Cache-Control", "no-store")
	h.Set("Vary", "Accept, Accept-Language, Cookie")
	if d.Secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// nowhere answers every address that is none of the desk's: with 405 where
// another method would do, else with 404.
func (d *Desk) nowhere(w http.ResponseWriter, r *http.Request) {
	c := d.call(w, r)
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := d.mux.Handler(other); pattern != "/" && method != r.Method {
			allowed = append(allowed, method)
		}
	}
	if allowed != nil {
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		c.fail(errMethod)
		return
	}
	if !strings.HasPrefix(r.URL.Path, "/static/") { // there nobody has a session
		if err := c.who(); err != nil {
			c.fail(err)
			return
		}
	}
	c.fail(errNowhere)
}
