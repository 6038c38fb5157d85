// Package deeplfake is a local counterpart of DeepL's API (v2, glossaries v3): an HTTP server
// with its limits, statuses and habits, for demonstrations, tests and fault
// drills. It does not translate: its words are invented, every reply begins with
// a mark that says so, and it keeps a ledger of what the real service would
// bill.
//
//	s, err := deeplfake.Start("127.0.0.1:0", deeplfake.Options{})
//	defer s.Stop()
//	e, err := deepl.New(engine.Settings{Endpoint: s.URL(), Insecure: true})
package deeplfake

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"dragoman/internal/engine/fake"
	"dragoman/internal/engine/fake/httpfake"
)

// The limits of one request: texts, and bytes of its body.
const (
	MaxTexts = 50
	MaxBody  = 128 << 10
)

// Options say how the counterpart behaves.
type Options struct {
	httpfake.Options
	// Key is what callers must present; anybody may where empty.
	Key string
	// Targets and Sources are DeepL's codes of the languages that it has; those
	// that DeepL documents where empty.
	Sources, Targets []string
	// CharacterLimit is the period's allotment; 0 is none.
	CharacterLimit int
	// MaxGlossaries is how many glossaries the account may have; 0 is no bound.
	MaxGlossaries int
	// Glossaries are entries by glossary id and, in DeepL's small letters,
	// target language: source term to target term.
	Glossaries map[string]map[string]map[string]string
}

// Server is a running counterpart.
type Server struct {
	*httpfake.Server
	o Options

	mu         sync.Mutex
	glossaries []*glossary
	made       int
}

const (
	sources = "AR BG CS DA DE EL EN ES ET FI FR HE HU ID IT JA KO LT LV NB NL PL PT RO RU SK SL SV TH TR UK VI ZH"
	targets = "AR BG CS DA DE EL EN-GB EN-US ES ES-419 ET FI FR HE HU ID IT JA KO LT LV NB NL PL PT-BR PT-PT RO RU SK SL SV TH TR UK VI ZH ZH-HANS ZH-HANT"
)

// Start serves on a TCP address; "127.0.0.1:0" takes any free port.
func Start(addr string, o Options) (*Server, error) {
	if len(o.Sources) == 0 {
		o.Sources = strings.Fields(sources)
	}
	if len(o.Targets) == 0 {
		o.Targets = strings.Fields(targets)
	}
	s := &Server{o: o}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v2/translate", s.translate)
	mux.HandleFunc("GET /v2/languages", s.languages)
	mux.HandleFunc("GET /v2/usage", s.usage)
	s.handleGlossaries(mux)
	var err error
	s.Server, err = httpfake.Start(addr, "deepl", o.Options, s.authorized(mux), s.fail)
	return s, err
}

func problem(w http.ResponseWriter, status int, message string) {
	httpfake.JSON(w, status, map[string]string{"message": message})
}

// authorized asks for the key.
func (s *Server) authorized(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.o.Key != "" && r.Header.Get("Authorization") != "DeepL-Auth-Key "+s.o.Key {
			problem(w, http.StatusForbidden, "Forbidden")
			return
		}
		next.ServeHTTP(w, r)
	})
}

const quotaExceeded = 456

func (s *Server) fail(w http.ResponseWriter, f fake.Fault) {
	switch f {
	case fake.RateLimited:
		w.Header().Set("Retry-After", strconv.Itoa(int(max(1, s.RetryAfter()/time.Second))))
		problem(w, http.StatusTooManyRequests, "Too many requests")
	case fake.QuotaUsed:
		problem(w, quotaExceeded, "Quota Exceeded")
	case fake.BadCredentials:
		problem(w, http.StatusForbidden, "Forbidden")
	case fake.Unavailable:
		problem(w, http.StatusServiceUnavailable, "Resource temporarily unavailable")
	default:
		problem(w, http.StatusInternalServerError, "Internal server error")
	}
}

// question is the body of POST /v2/translate.
type question struct {
	Text       []string `json:"text"`
	SourceLang string   `json:"source_lang"`
	TargetLang string   `json:"target_lang"`
	Tags       string   `json:"tag_handling"`
	Context    string   `json:"context"`
	Glossary   string   `json:"glossary_id"`
	Model      string   `json:"model_type"`
}

func (s *Server) translate(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, MaxBody+1))
	if len(body) > MaxBody {
		problem(w, http.StatusRequestEntityTooLarge, "Request Entity Too Large")
		return
	}
	var q question
	if err != nil || json.Unmarshal(body, &q) != nil {
		problem(w, http.StatusBadRequest, "Could not decode JSON")
		return
	}
	charge := httpfake.Charge{Path: r.URL.Path, Target: q.TargetLang, Format: q.Tags, Context: q.Context, Glossary: q.Glossary}
	status, refusal := s.refusal(q)
	if refusal != "" {
		charge.Items, charge.Characters = len(q.Text), httpfake.Characters(q.Text)
		s.Charge(charge)
		problem(w, status, refusal)
		return
	}
	terms, _ := s.terms(q)
	s.Translate(w, r, httpfake.Call{
		Charge: charge, Texts: q.Text, Flood: `{"translations":[{"detected_source_language":"EN","text":"`,
		Reply: func(text string) string {
			if q.Tags == "" {
				return fake.Text(text, q.TargetLang, terms)
			}
			return fake.Unsettle(fake.HTML(text, q.TargetLang, terms))
		},
		Answer: func(replies []string) any { return answer(q.SourceLang, replies) },
	})
}

func answer(source string, replies []string) any {
	type translation struct {
		Source string `json:"detected_source_language"`
		Text   string `json:"text"`
	}
	list := make([]translation, len(replies))
	for i, text := range replies {
		list[i] = translation{source, text}
	}
	return map[string]any{"translations": list}
}

// refusal is what the service says to a request that it does not take.
func (s *Server) refusal(q question) (status int, message string) {
	status = http.StatusBadRequest
	known := q.Glossary == "" || s.has(q.Glossary)
	_, paired := s.terms(q)
	switch {
	case len(q.Text) == 0:
		message = "Parameter 'text' not specified."
	case len(q.Text) > MaxTexts:
		message = "Too many texts. Maximum 50 texts are allowed."
	case !slices.Contains(s.o.Targets, q.TargetLang):
		message = "Value for 'target_lang' not supported."
	case q.SourceLang != "" && !slices.Contains(s.o.Sources, q.SourceLang):
		message = "Value for 'source_lang' not supported."
	case !slices.Contains([]string{"", "xml", "html"}, q.Tags):
		message = "Value for 'tag_handling' not supported."
	case q.Glossary != "" && q.SourceLang == "":
		message = "Use of a glossary requires the source_lang parameter to be specified."
	case q.Glossary != "" && !known:
		status, message = http.StatusNotFound, "Invalid or missing glossary id."
	case q.Glossary != "" && !paired:
		message = "No dictionary found for language pair in the glossary."
	case s.o.CharacterLimit > 0 && s.Billed()+httpfake.Characters(q.Text) > s.o.CharacterLimit:
		status, message = quotaExceeded, "Quota Exceeded"
	}
	return status, message
}

func (s *Server) languages(w http.ResponseWriter, r *http.Request) {
	list := s.o.Sources
	if r.URL.Query().Get("type") == "target" {
		list = s.o.Targets
	}
	type entry struct {
		Language string `json:"language"`
		Name     string `json:"name"`
	}
	entries := make([]entry, len(list))
	for i, l := range list {
		entries[i] = entry{l, l}
	}
	httpfake.JSON(w, http.StatusOK, entries)
}

func (s *Server) usage(w http.ResponseWriter, _ *http.Request) {
	limit := s.o.CharacterLimit
	if limit == 0 {
		limit = 1_000_000_000_000 // what DeepL says of accounts without one
	}
	httpfake.JSON(w, http.StatusOK, map[string]int{"character_count": s.Billed(), "character_limit": limit})
}
