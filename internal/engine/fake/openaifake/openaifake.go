// Package openaifake is a local counterpart of a server for chat models: the
// endpoint that OpenAI made common, with the habits of hosted services, Ollama,
// llama.cpp and vLLM, for demonstrations, tests and fault drills. It does not
// translate: its words are invented, every reply begins with a mark that says
// so, every answer has the header X-Dragoman-Fake, and it keeps a ledger.
//
//	s, err := openaifake.Start("127.0.0.1:0", openaifake.Options{})
//	defer s.Stop()
//	e, err := openai.New(engine.Settings{Endpoint: s.Endpoint(), Model: openaifake.Model})
package openaifake

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"dragoman/internal/engine/fake"
	"dragoman/internal/engine/fake/httpfake"
)

// Model is the model that the counterpart has where no other is named.
const Model = "fake-8b"

// The forms of an answer that can be asked for.
const (
	Schema = "json_schema"
	Object = "json_object"
)

// Thinking is how a model thinks before it answers.
type Thinking string

// The ways of thinking.
const (
	Silent   Thinking = ""         // not at all, or unseen
	Tagged   Thinking = "tagged"   // <think>…</think> in the answer
	Untagged Thinking = "untagged" // …</think> in the answer: the template began it
	InField  Thinking = "field"    // in reasoning_content
	// Endless leaves no room for an answer unless thinking is turned off by the
	// chat template; EndlessEffort refuses that, and knows reasoning_effort.
	Endless       Thinking = "endless"
	EndlessEffort Thinking = "endless-effort"
	// Hopeless thinks whatever it is told.
	Hopeless Thinking = "hopeless"
)

// Options say how the counterpart behaves. The zero value is a service that
// does what it is asked, at once and for everybody.
type Options struct {
	httpfake.Options
	// Models are those that it has; Model where the list is empty.
	Models []string
	// Key is what callers must present as a bearer; anybody may where empty.
	Key string
	// Formats are the values of response_format that it takes: both where nil,
	// none where empty.
	Formats []string
	// Warm refuses a temperature of its own.
	Warm     bool
	Thinking Thinking
	// Chatter puts talk and a fence around the answer, also where a form was
	// asked for. Extra adds an item that nobody asked for. Bare answers with a
	// plain list of strings.
	Chatter, Extra, Bare bool
	// Context is how many code points the messages may have, Longest how many
	// items an answer has before it is cut off; 0 is no bound.
	Context, Longest int
}

// Server is a running counterpart.
type Server struct {
	*httpfake.Server
	o Options

	mu    sync.Mutex
	asked []Request
}

// Request is what a caller asked, as it came.
type Request struct {
	Model    string `json:"model"`
	Messages []struct {
		Role    string `json:"role"`
		Content string `json:"content"`
	} `json:"messages"`
	Temperature    *float64 `json:"temperature"`
	ResponseFormat *struct {
		Type string `json:"type"`
	} `json:"response_format"`
	Effort   string          `json:"reasoning_effort"`
	Template map[string]bool `json:"chat_template_kwargs"`
}

// Start serves on a TCP address; "127.0.0.1:0" takes any free port.
func Start(addr string, o Options) (*Server, error) {
	if len(o.Models) == 0 {
		o.Models = []string{Model}
	}
	if o.Formats == nil {
		o.Formats = []string{Schema, Object}
	}
	s := &Server{o: o}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/chat/completions", s.authorized(s.chat))
	mux.HandleFunc("GET /v1/models", s.authorized(s.models))
	var err error
	s.Server, err = httpfake.Start(addr, "openai", o.Options, mux, s.fail)
	return s, err
}

// Endpoint is what an engine is configured with.
func (s *Server) Endpoint() string { return s.URL() + "/v1" }

// Asked gives every request to chat so far, refused ones included.
func (s *Server) Asked() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

// refuse answers with an error in the service's form.
func refuse(w http.ResponseWriter, status int, code, message string) {
	httpfake.JSON(w, status, map[string]any{"error": map[string]any{
		"message": message, "type": "invalid_request_error", "code": code,
	}})
}

// fail is the service's answer to a fault of a call.
func (s *Server) fail(w http.ResponseWriter, f fake.Fault) {
	switch f {
	case fake.RateLimited:
		w.Header().Set("Retry-After", fmt.Sprint(max(1, int(s.RetryAfter().Seconds()))))
		refuse(w, http.StatusTooManyRequests, "rate_limit_exceeded", "Rate limit reached for requests per min.")
	case fake.Unavailable:
		refuse(w, http.StatusServiceUnavailable, "overloaded", "The engine is currently overloaded, please try again later.")
	case fake.QuotaUsed:
		refuse(w, http.StatusTooManyRequests, "insufficient_quota", "You exceeded your current quota, please check your plan and billing details.")
	case fake.BadCredentials:
		refuse(w, http.StatusUnauthorized, "invalid_api_key", "Incorrect API key provided: "+s.o.Key+".")
	default:
		refuse(w, http.StatusInternalServerError, "server_error", "The server had an error while processing your request.")
	}
}

func (s *Server) authorized(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		given := r.Header.Get("Authorization")
		if s.o.Key != "" && given != "Bearer "+s.o.Key {
			refuse(w, http.StatusUnauthorized, "invalid_api_key", "Incorrect API key provided: "+strings.TrimPrefix(given, "Bearer ")+".")
			return
		}
		next(w, r)
	}
}

func (s *Server) models(w http.ResponseWriter, _ *http.Request) {
	var list []map[string]string
	for _, m := range s.o.Models {
		list = append(list, map[string]string{"id": m, "object": "model"})
	}
	httpfake.JSON(w, http.StatusOK, map[string]any{"object": "list", "data": list})
}

// chat answers a question in the form of package openai; anything else is taken
// for one sentence to be translated into English.
func (s *Server) chat(w http.ResponseWriter, r *http.Request) {
	var q Request
	const most = 4 << 20
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, most)).Decode(&q); err != nil || len(q.Messages) == 0 {
		refuse(w, http.StatusBadRequest, "", "We could not parse the JSON body of your request.")
		return
	}
	s.mu.Lock()
	s.asked = append(s.asked, q)
	s.mu.Unlock()
	if s.refused(w, q) {
		return
	}
	t := read(q.Messages[len(q.Messages)-1].Content)
	n := 0
	s.Translate(w, r, httpfake.Call{
		Charge: httpfake.Charge{Path: r.URL.Path, Target: t.To.Tag, Format: form(q)},
		Texts:  t.texts(),
		Reply: func(text string) string {
			n++
			return translate(text, t.To.Tag, t.terms(n-1))
		},
		Answer: func(replies []string) any { return s.answer(q, t, replies) },
		Flood:  `{"choices":[{"message":{"role":"assistant","content":"`,
	})
}

func form(q Request) string {
	if q.ResponseFormat == nil {
		return ""
	}
	return q.ResponseFormat.Type
}

// refused refuses what such a server refuses.
func (s *Server) refused(w http.ResponseWriter, q Request) bool {
	size := 0
	for _, m := range q.Messages {
		size += utf8.RuneCountInString(m.Content)
	}
	switch f := form(q); {
	case !slices.Contains(s.o.Models, q.Model):
		refuse(w, http.StatusNotFound, "model_not_found", fmt.Sprintf("The model `%s` does not exist or you do not have access to it.", q.Model))
	case s.o.Warm && q.Temperature != nil && *q.Temperature != 1:
		refuse(w, http.StatusBadRequest, "unsupported_value", "Unsupported value: 'temperature' does not support 0 with this model.")
	case f != "" && !slices.Contains(s.o.Formats, f):
		refuse(w, http.StatusBadRequest, "", fmt.Sprintf("Invalid parameter: 'response_format' of type '%s' is not supported with this model.", f))
	case s.o.Thinking == EndlessEffort && q.Template != nil:
		refuse(w, http.StatusBadRequest, "unknown_parameter", "Unknown parameter: 'chat_template_kwargs'.")
	case s.o.Context > 0 && size > s.o.Context:
		refuse(w, http.StatusBadRequest, "context_length_exceeded", fmt.Sprintf("This model's maximum context length is %d tokens.", s.o.Context/4))
	default:
		return false
	}
	return true
}

// task is what is asked for.
type task struct {
	To struct {
		Tag string `json:"tag"`
	} `json:"to"`
	Segments []struct {
		ID    int    `json:"id"`
		Text  string `json:"text"`
		Terms []struct {
			Source string `json:"source"`
			Target string `json:"target"`
		} `json:"terms"`
	} `json:"segments"`
}

func read(message string) (t task) {
	if json.Unmarshal([]byte(message), &t) == nil && len(t.Segments) > 0 {
		return t
	}
	one, _ := json.Marshal(message)
	_ = json.Unmarshal([]byte(`{"to":{"tag":"en"},"segments":[{"id":1,"text":`+string(one)+`}]}`), &t)
	return t
}

func (t task) texts() (texts []string) {
	for _, s := range t.Segments {
		texts = append(texts, s.Text)
	}
	return texts
}

func (t task) terms(i int) map[string]string {
	terms := map[string]string{}
	for _, h := range t.Segments[i].Terms {
		terms[h.Source] = h.Target
	}
	return terms
}

var mark = regexp.MustCompile(`</?\d+/?>|<span data-c="\d+">|</span>|<img data-c="\d+[oc]?">`)

// translate invents a translation in which the marks of formatting stay.
func translate(text, target string, terms map[string]string) string {
	var b strings.Builder
	at := 0
	for _, m := range mark.FindAllStringIndex(text, -1) {
		b.WriteString(fake.Text(text[at:m[0]], target, terms) + text[m[0]:m[1]])
		at = m[1]
	}
	return b.String() + fake.Text(text[at:], target, terms)
}

// answer wraps replies as a chat model does.
func (s *Server) answer(q Request, t task, replies []string) any {
	reason := "stop"
	content := s.list(t, replies)
	if s.o.Longest > 0 && len(replies) > s.o.Longest {
		reason = "length"
		content = s.list(t, replies[:s.o.Longest+1])
		content = content[:len(content)-len(replies[s.o.Longest])/2-4] // within the last item
	} else if s.o.Chatter {
		content = "Sure! Here are the translations [as requested]:\n\n```json\n" + content + "\n```\nLet me know if you need anything else."
	}
	message := map[string]any{"role": "assistant", "content": content}
	const thought = "The user wants {\"translations\": []} of these sentences. Let me think."
	switch {
	case s.o.Thinking == Tagged:
		message["content"] = "<think>\n" + thought + "\n</think>\n\n" + content
	case s.o.Thinking == Untagged:
		message["content"] = thought + "\n</think>\n\n" + content
	case s.o.Thinking == InField:
		message["reasoning_content"] = thought
	case s.endless(q):
		message["content"], message["reasoning_content"], reason = "", thought, "length"
	}
	const perToken = 4
	return map[string]any{
		"id": "chatcmpl-fake", "object": "chat.completion", "model": q.Model,
		"choices": []any{map[string]any{"index": 0, "message": message, "finish_reason": reason}},
		"usage": map[string]int{
			"prompt_tokens": httpfake.Characters(t.texts())/perToken + 1, "completion_tokens": len(content)/perToken + 1,
		},
	}
}

// endless reports whether thinking takes up all of the answer.
func (s *Server) endless(q Request) bool {
	on, said := q.Template["enable_thinking"]
	switch s.o.Thinking {
	case Hopeless:
		return true
	case Endless:
		return !said || on
	case EndlessEffort:
		return q.Effort != "none"
	}
	return false
}

// list is the content of an answer.
func (s *Server) list(t task, replies []string) string {
	type item struct {
		ID   int    `json:"id"`
		Text string `json:"text"`
	}
	var items []item
	for i, r := range replies {
		items = append(items, item{t.Segments[i].ID, r})
	}
	if s.o.Extra {
		items = append(items, item{len(t.Segments) + 1, fake.Mark(t.To.Tag)})
	}
	var v any = map[string]any{"translations": items}
	if s.o.Bare {
		v = replies
	}
	data, _ := json.Marshal(v) // strings and numbers: it cannot fail
	return string(data)
}
