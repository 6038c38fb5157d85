// Package httpfake is what the counterparts of services that speak JSON over
// HTTP have in common: a listener, a ledger of what the real service would
// bill, and faults where a seed says. Every answer has the header
// X-Dragoman-Fake.
//
//	s, err := httpfake.Start("127.0.0.1:0", "deepl", o, mux, fail)
//	s.Translate(w, r, httpfake.Call{…})
package httpfake

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"dragoman/internal/engine"
	"dragoman/internal/engine/fake"
	"dragoman/internal/engine/httpjson"
)

// Options say how a counterpart behaves. The zero value is a service that works
// at once and for everybody.
type Options struct {
	Faults fake.Faults
	// Delay is how long a translation takes.
	Delay time.Duration
	// TLS serves encrypted with these certificates.
	TLS *tls.Config
	// Unmarked leaves out the mark before every reply.
	Unmarked bool
	// Log is where calls are told, marked as fake; nowhere where nil.
	Log *slog.Logger
}

// Charge is one line of the ledger: a call to translate and what it cost.
type Charge struct {
	// Path is what was called.
	Path, Target string
	// Call is the caller's own number of the call, 0 where it gave none.
	Call int64
	// Format is how the texts were written, in the service's words.
	Format string
	// Context and Glossary are what DeepL's calls have more.
	Context, Glossary string
	Items             int
	// Characters are the code points of the texts; they are billed where Billed
	// is set.
	Characters int
	Billed     bool
	Fault      fake.Fault
}

// Call is a request to translate that the service accepts.
type Call struct {
	Charge Charge
	Texts  []string
	// Reply invents the reply to one text, before any damage.
	Reply func(text string) string
	// Answer wraps the replies in the service's form. Flood is how an answer
	// begins, as far as the first reply.
	Answer func(replies []string) any
	Flood  string
}

// Server is a running counterpart.
type Server struct {
	name     string
	o        Options
	injector *fake.Injector
	fail     func(http.ResponseWriter, fake.Fault)
	lis      net.Listener
	http     *http.Server

	mu     sync.Mutex
	ledger []Charge
}

// Start serves h on a TCP address; "127.0.0.1:0" takes any free port. fail
// writes the service's own answer to a fault of a call.
func Start(addr, name string, o Options, h http.Handler, fail func(http.ResponseWriter, fake.Fault)) (*Server, error) {
	lis, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("fake %s: listening on %s: %w", name, addr, err)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{name: name, o: o, injector: fake.NewInjector(o.Faults), fail: fail, lis: lis}
	s.http = &http.Server{
		ReadHeaderTimeout: 10 * time.Second, TLSConfig: o.TLS,
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug),
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set(httpjson.FakeHeader, name)
			if r.Method == http.MethodGet && r.URL.Path == "/bill" {
				JSON(w, http.StatusOK, s.Bill())
				return
			}
			o.Log.Info("FAKE "+name+" call", "method", r.Method, "path", r.URL.Path)
			h.ServeHTTP(w, r)
		}),
	}
	o.Log.Info("FAKE "+name+" translation service: its words are invented", "address", s.URL())
	go func() {
		if o.TLS != nil {
			_ = s.http.ServeTLS(lis, "", "")
			return
		}
		_ = s.http.Serve(lis)
	}()
	return s, nil
}

// URL is where the server is.
func (s *Server) URL() string {
	if s.o.TLS != nil {
		return "https://" + s.lis.Addr().String()
	}
	return "http://" + s.lis.Addr().String()
}

// Stop ends the server and its connections. It may be called again.
func (s *Server) Stop() { _ = s.http.Close() }

// Force makes the next n translations meet f.
func (s *Server) Force(f fake.Fault, n int) { s.injector.Force(f, n) }

// RetryAfter is what a 429 asks for.
func (s *Server) RetryAfter() time.Duration { return s.injector.Faults().RetryAfter }

// Ledger gives every call to translate so far, in the order of their arrival.
func (s *Server) Ledger() []Charge {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.ledger)
}

// Billed is the sum of the characters that were billed.
func (s *Server) Billed() (characters int) {
	for _, c := range s.Ledger() {
		if c.Billed {
			characters += c.Characters
		}
	}
	return characters
}

// Bill is what was asked so far and what it cost.
func (s *Server) Bill() fake.Bill {
	b := fake.Bill{Fake: s.name}
	for _, c := range s.Ledger() {
		b.Add(fake.BillLine{Call: c.Call, Target: c.Target, Items: c.Items, Characters: c.Characters, Billed: c.Billed, Fault: c.Fault})
	}
	return b
}

// Characters counts code points.
func Characters(texts []string) (n int) {
	for _, t := range texts {
		n += utf8.RuneCountInString(t)
	}
	return n
}

// Charge writes a line to the ledger.
func (s *Server) Charge(c Charge) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ledger = append(s.ledger, c)
}

// Translate answers a call, with whatever fault was decided for it.
func (s *Server) Translate(w http.ResponseWriter, r *http.Request, c Call) {
	begin := time.Now()
	d := s.injector.Call(strings.Join(append([]string{c.Charge.Path, c.Charge.Target}, c.Texts...), "\x00"))
	charge := c.Charge
	charge.Items, charge.Characters, charge.Fault = len(c.Texts), Characters(c.Texts), d.Call
	charge.Call, _ = strconv.ParseInt(r.Header.Get(engine.ReceiptHeader), 10, 64)
	switch d.Call {
	case fake.None, fake.MissingItem, fake.Flood, fake.Slow, fake.Truncated:
		charge.Billed = true
	case fake.Reset:
		charge.Billed = d.Even()
	}
	s.Charge(charge)
	switch d.Call {
	case fake.RateLimited, fake.Unavailable, fake.QuotaUsed, fake.BadCredentials, fake.Internal:
		s.fail(w, d.Call)
		return
	case fake.Reset:
		panic(http.ErrAbortHandler)
	case fake.Slow:
		if !pause(r.Context(), s.injector.Faults().Slow) {
			return
		}
	case fake.Flood:
		flood(w, c.Flood)
		return
	}
	answer := c.Answer(s.replies(c, d))
	if !pause(r.Context(), s.o.Delay-time.Since(begin)) { // inventing it takes some of the time
		return
	}
	if d.Call == fake.Truncated {
		truncated(w, answer)
		return
	}
	JSON(w, http.StatusOK, answer)
}

// truncated answers with the first half of v and hangs up.
func truncated(w http.ResponseWriter, v any) {
	data, _ := json.Marshal(v)
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	_, _ = w.Write(data[:len(data)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

func (s *Server) replies(c Call, d fake.Decision) []string {
	n := len(c.Texts)
	if d.Call == fake.MissingItem {
		n--
	}
	replies := make([]string, n)
	for i, text := range c.Texts[:n] {
		reply := c.Reply(text)
		if !s.o.Unmarked {
			reply = fake.Mark(c.Charge.Target) + reply
		}
		replies[i] = fake.Damage(d.Reply(i, len(c.Texts)), text, reply, c.Charge.Target)
	}
	return replies
}

// flood answers with 50 MB, or as much as the caller takes.
func flood(w http.ResponseWriter, begin string) {
	w.Header().Set("Content-Type", "application/json")
	_, err := io.WriteString(w, begin)
	chunk := []byte(strings.Repeat("flood ", 8<<10))
	for sent := 0; err == nil && sent < 50<<20; sent += len(chunk) {
		_, err = w.Write(chunk)
	}
}

// pause waits; it is false where the caller went away.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// JSON answers with v.
func JSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
