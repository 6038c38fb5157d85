// Package librefake is a local counterpart of LibreTranslate, or of MTranServer
// where Options.MTran is set: an HTTP server with their limits, error shapes and
// habits, for demonstrations, tests and fault drills. It does not translate: its
// words are invented, and every reply begins with a mark that says so.
//
//	s, err := librefake.Start("127.0.0.1:0", librefake.Options{})
//	defer s.Stop()
//	e, err := libretranslate.New(engine.Settings{Endpoint: s.URL()})
package librefake

import (
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	xhtml "golang.org/x/net/html"

	"dragoman/internal/engine/fake"
	"dragoman/internal/engine/fake/httpfake"
)

// Options say how the counterpart behaves.
type Options struct {
	httpfake.Options
	// MTran answers as MTranServer does.
	MTran bool
	// Languages are those that it has; those of the desk and some more where
	// the list is empty.
	Languages []string
	// Key is what callers must present; anybody may where empty.
	Key string
	// CharLimit and BatchLimit bound one request, as LT_CHAR_LIMIT and
	// LT_BATCH_LIMIT do; RequestsPerMinute refuses more. 0 is no bound.
	CharLimit, BatchLimit, RequestsPerMinute int
	// Now is the clock of the limit, time.Now where nil.
	Now func() time.Time
}

// Server is a running counterpart.
type Server struct {
	*httpfake.Server
	o       Options
	crashed atomic.Bool

	mu     sync.Mutex
	window time.Time
	asked  int
}

// maxBody bounds what is read of a request.
const maxBody = 16 << 20

// Start serves on a TCP address; "127.0.0.1:0" takes any free port.
func Start(addr string, o Options) (*Server, error) {
	if len(o.Languages) == 0 {
		o.Languages = strings.Fields("en ar ckb de es fa fr he it ku nl pt pt-BR ru tr uk zh-Hans zh-Hant")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Server{o: o}
	mux := http.NewServeMux()
	name := "libretranslate"
	if o.MTran {
		name = "mtran"
		mux.HandleFunc("POST /translate", s.mtran)
		mux.HandleFunc("POST /translate/batch", s.mtran)
	} else {
		mux.HandleFunc("POST /translate", s.translate)
	}
	mux.HandleFunc("GET /languages", s.languages)
	var err error
	s.Server, err = httpfake.Start(addr, name, o.Options, mux, s.fail)
	return s, err
}

// Crashed reports whether mismatched tags have brought the server down.
func (s *Server) Crashed() bool { return s.crashed.Load() }

// problem answers with an error in the shape of both servers.
func problem(w http.ResponseWriter, status int, message string) {
	httpfake.JSON(w, status, map[string]string{"error": message})
}

func (s *Server) fail(w http.ResponseWriter, f fake.Fault) {
	switch f {
	case fake.RateLimited:
		s.slowDown(w, s.RetryAfter(), "10 per 1 minute")
	case fake.QuotaUsed:
		s.slowDown(w, 0, "500 per 1 day")
	case fake.BadCredentials:
		problem(w, http.StatusForbidden, "Invalid API key")
	case fake.Unavailable: // what stands before it says so, in its own form
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = io.WriteString(w, "<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>")
	default:
		problem(w, http.StatusInternalServerError, "Cannot translate text: CUDA failed with error out of memory")
	}
}

func (s *Server) slowDown(w http.ResponseWriter, after time.Duration, limit string) {
	if after > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(max(1, after/time.Second))))
	}
	problem(w, http.StatusTooManyRequests, "Slowdown: "+limit)
}

// limited counts a request against the minute's limit.
func (s *Server) limited(w http.ResponseWriter) bool {
	if s.o.RequestsPerMinute == 0 {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.o.Now()
	if now.Sub(s.window) >= time.Minute {
		s.window, s.asked = now, 0
	}
	if s.asked++; s.asked <= s.o.RequestsPerMinute {
		return false
	}
	s.slowDown(w, time.Minute-now.Sub(s.window), fmt.Sprintf("%d per 1 minute", s.o.RequestsPerMinute))
	return true
}

// translate is LibreTranslate's POST /translate.
func (s *Server) translate(w http.ResponseWriter, r *http.Request) {
	var q struct {
		Q              any `json:"q"`
		Source, Target string
		Format         string
		APIKey         string `json:"api_key"`
	}
	if err := json.NewDecoder(io.LimitReader(r.Body, maxBody)).Decode(&q); err != nil {
		problem(w, http.StatusBadRequest, "Invalid JSON format")
		return
	}
	texts, batch := list(q.Q)
	charge := httpfake.Charge{Path: r.URL.Path, Target: q.Target, Format: q.Format}
	status, refusal := s.refusal(texts, batch, q.Source, q.Target, q.Format, q.APIKey)
	if refusal != "" || s.limited(w) {
		charge.Items, charge.Characters = len(texts), httpfake.Characters(texts)
		s.Charge(charge)
		if refusal != "" {
			problem(w, status, refusal)
		}
		return
	}
	s.Translate(w, r, httpfake.Call{
		Charge: charge, Texts: texts, Flood: `{"translatedText":["`,
		Reply: func(text string) string { return html.UnescapeString(reply(text, q.Target, q.Format == "html")) },
		Answer: func(replies []string) any {
			if !batch && len(replies) == 1 {
				return map[string]any{"translatedText": replies[0]}
			}
			return map[string]any{"translatedText": replies}
		},
	})
}

// list reads q, a string or an array.
func list(q any) (texts []string, batch bool) {
	switch q := q.(type) {
	case string:
		return []string{q}, false
	case []any:
		for _, t := range q {
			text, _ := t.(string)
			texts = append(texts, text)
		}
	}
	return texts, true
}

// refusal is what the server says to a request that it does not take.
func (s *Server) refusal(texts []string, batch bool, source, target, format, key string) (status int, message string) {
	status = http.StatusBadRequest
	characters := httpfake.Characters(texts)
	switch {
	case s.o.Key != "" && key == "":
		message = "Please contact the server operator to get an API key"
	case s.o.Key != "" && key != s.o.Key:
		status, message = http.StatusForbidden, "Invalid API key"
	case len(texts) == 0:
		message = "Invalid request: missing q parameter"
	case source == "":
		message = "Invalid request: missing source parameter"
	case target == "":
		message = "Invalid request: missing target parameter"
	case batch && s.o.BatchLimit > 0 && len(texts) > s.o.BatchLimit:
		message = fmt.Sprintf("Invalid request: request (%d) exceeds text limit (%d)", len(texts), s.o.BatchLimit)
	case s.o.CharLimit > 0 && characters > s.o.CharLimit:
		message = fmt.Sprintf("Invalid request: request (%d) exceeds text limit (%d)", characters, s.o.CharLimit)
	case !slices.Contains(s.o.Languages, source):
		message = source + " is not supported"
	case !slices.Contains(s.o.Languages, target):
		message = target + " is not supported"
	case !slices.Contains([]string{"", "text", "html"}, format):
		message = format + " format is not supported"
	}
	return status, message
}

// reply invents a translation.
func reply(text, target string, asHTML bool) string {
	if asHTML {
		return fake.Unsettle(fake.HTML(text, target, nil))
	}
	return fake.Text(text, target, nil)
}

// mtran is MTranServer's POST /translate and POST /translate/batch.
func (s *Server) mtran(w http.ResponseWriter, r *http.Request) {
	if !s.admitted(w, r) {
		return
	}
	var q struct {
		From, To, Text string
		Texts          []string
		HTML           bool
	}
	if err := json.NewDecoder(io.LimitReader(r.Body, maxBody)).Decode(&q); err != nil {
		problem(w, http.StatusBadRequest, err.Error())
		return
	}
	single := r.URL.Path == "/translate"
	if single {
		q.Texts = []string{q.Text}
	}
	charge := httpfake.Charge{Path: r.URL.Path, Target: q.To, Format: map[bool]string{false: "text", true: "html"}[q.HTML]}
	switch {
	case len(q.Texts) == 0 || q.From == "" || q.To == "" || single && q.Text == "":
		problem(w, http.StatusBadRequest, "Key: 'TranslateRequest' Error: Field validation failed on the 'required' tag")
		return
	case !slices.Contains(s.o.Languages, q.From) || !slices.Contains(s.o.Languages, q.To):
		charge.Items, charge.Characters = len(q.Texts), httpfake.Characters(q.Texts)
		s.Charge(charge)
		problem(w, http.StatusInternalServerError, fmt.Sprintf("Translation failed: language pair %s -> %s is not supported", q.From, q.To))
		return
	case q.HTML && slices.ContainsFunc(q.Texts, mismatched):
		s.crashed.Store(true)
	}
	if s.crashed.Load() {
		panic(http.ErrAbortHandler)
	}
	call := httpfake.Call{
		Charge: charge, Texts: q.Texts, Flood: `{"results":["`,
		Reply:  func(text string) string { return reply(text, q.To, q.HTML) },
		Answer: func(replies []string) any { return map[string]any{"results": replies} },
	}
	if single {
		call.Flood = `{"result":"`
		call.Answer = func(replies []string) any {
			if len(replies) == 0 {
				return map[string]any{}
			}
			return map[string]any{"result": replies[0]}
		}
	}
	s.Translate(w, r, call)
}

// admitted asks for MTranServer's token.
func (s *Server) admitted(w http.ResponseWriter, r *http.Request) bool {
	if s.o.Key == "" || r.Header.Get("Authorization") == "Bearer "+s.o.Key || r.URL.Query().Get("token") == s.o.Key {
		return true
	}
	problem(w, http.StatusUnauthorized, "Unauthorized")
	return false
}

// mismatched reports whether the tags of a fragment do not match.
func mismatched(fragment string) bool {
	var open []string
	z := xhtml.NewTokenizer(strings.NewReader(fragment))
	for {
		switch z.Next() {
		case xhtml.ErrorToken:
			return len(open) > 0
		case xhtml.StartTagToken:
			if name, _ := z.TagName(); string(name) != "img" && string(name) != "br" {
				open = append(open, string(name))
			}
		case xhtml.EndTagToken:
			name, _ := z.TagName()
			if len(open) == 0 || open[len(open)-1] != string(name) {
				return true
			}
			open = open[:len(open)-1]
		}
	}
}

// languages lists the languages: every one to every other.
func (s *Server) languages(w http.ResponseWriter, r *http.Request) {
	if s.o.MTran {
		if s.admitted(w, r) {
			httpfake.JSON(w, http.StatusOK, map[string]any{"languages": s.o.Languages})
		}
		return
	}
	type entry struct {
		Code    string   `json:"code"`
		Name    string   `json:"name"`
		Targets []string `json:"targets"`
	}
	entries := make([]entry, len(s.o.Languages))
	for i, l := range s.o.Languages {
		entries[i] = entry{Code: l, Name: l, Targets: s.o.Languages}
	}
	httpfake.JSON(w, http.StatusOK, entries)
}
