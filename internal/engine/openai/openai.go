// Package openai translates with a chat model behind any endpoint of the form
// that OpenAI made common: Ollama, llama.cpp, vLLM and LM Studio on a machine in
// the house, or a hosted service. The model gets the sentences with their terms
// and the memory's best examples as JSON and answers in JSON; what the server
// does not understand of that is found out once and remembered.
//
//	e, err := engine.New(engine.Settings{Kind: "openai", Endpoint: "http://127.0.0.1:11434/v1", Model: "qwen3:14b"})
package openai

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"dragoman/internal/edition"
	"dragoman/internal/engine"
	"dragoman/internal/engine/httpjson"
)

// limits are ours: models keep their place in short lists, and lose sentences
// in long ones.
var limits = engine.Limits{Items: 64, CodePoints: 12_000, Recommended: 3_000, Concurrency: 4}

// maxReply bounds an answer in bytes: eight times what was sent in characters of
// four bytes, and as much again and more for thinking in a field of its own.
const maxReply = 2 << 20

// Engine speaks to one endpoint with one model.
type Engine struct {
	s      engine.Settings
	client *httpjson.Client

	mu      sync.Mutex // guards dialect
	dialect dialect

	sent, received, calls atomic.Int64
}

// Usage is what the service says it counted, since the start.
type Usage struct{ Calls, PromptTokens, CompletionTokens int64 }

// New makes the engine that s describes: Endpoint (as far as before
// /chat/completions, usually ending in /v1) and Model are required, APIKey is
// what the service takes as a bearer, Price what a million characters cost.
func New(s engine.Settings) (engine.Engine, error) { return WithClient(s, nil) }

// WithClient makes the engine with another HTTP client than the usual.
func WithClient(s engine.Settings, hc *http.Client) (*Engine, error) {
	if s.Name == "" {
		s.Name = "openai"
	}
	wrong := func(what, remedy string) error {
		return &engine.Error{Engine: s.Name, Kind: engine.Permanent, What: what, Remedy: remedy}
	}
	switch {
	case s.Endpoint == "":
		return nil, wrong("no endpoint is set", "set the engine's endpoint, such as http://127.0.0.1:11434/v1 (Ollama) or https://api.openai.com/v1")
	case s.Model == "":
		return nil, wrong("no model is set", "set the engine's model to the name that the server has for it")
	case s.Glossary != "":
		return nil, wrong("a chat model has no glossary of its own", "take the engine's glossary out of the configuration: terms are sent with every sentence")
	case s.CredentialsFile != "":
		return nil, wrong("it takes no file of credentials", "set the engine's api_key instead")
	}
	base, err := httpjson.Endpoint(strings.TrimSuffix(strings.TrimRight(s.Endpoint, "/"), "/chat/completions"))
	if err != nil {
		return nil, wrong("its endpoint cannot be used: "+err.Error(), "set the engine's endpoint, such as http://127.0.0.1:11434/v1")
	}
	if s.Local && hc == nil {
		hc = httpjson.House()
	}
	c := &httpjson.Client{Engine: s.Name, House: s.Local, Service: "the chat service", Header: http.Header{}, MaxReply: maxReply, HTTP: flattened(hc, s.APIKey)}
	if s.APIKey != "" {
		c.Header.Set("Authorization", "Bearer "+s.APIKey)
	}
	if c, err = httpjson.New(c, base); err != nil {
		return nil, err
	}
	return &Engine{s: s, client: c}, nil
}

// Name is the engine's name.
func (e *Engine) Name() string { return e.s.Name }

// Info says what the engine is. It is local where its endpoint is on this
// machine and the model too; what a counterpart of our own answered is never
// published.
func (e *Engine) Info() engine.Info {
	return engine.Info{
		Local: e.client.Local() && !elsewhere(e.s.Model), Publishable: !e.client.Fake(),
		Hints: true, Examples: true,
		Model: e.s.Model, Variant: PromptVersion,
		Limits: limits, Price: e.s.Price,
	}
}

// elsewhere reports whether a model runs at Ollama's own service, though it is
// asked for here (docs.ollama.com/cloud).
func elsewhere(model string) bool {
	return strings.HasSuffix(model, "-cloud") || strings.HasSuffix(model, ":cloud")
}

// Usage gives the tokens that the service counted.
func (e *Engine) Usage() Usage {
	return Usage{Calls: e.calls.Load(), PromptTokens: e.sent.Load(), CompletionTokens: e.received.Load()}
}

// Close gives up the connections that are not in use.
func (e *Engine) Close() error { return e.client.Close() }

// Measure gives the sizes of the segments as they are sent, codes included; the
// instructions, terms and examples around them do not count.
func (e *Engine) Measure(r engine.Request) []engine.Size {
	sizes := make([]engine.Size, len(r.Segments))
	for i, s := range r.Segments {
		sizes[i] = engine.SizeOf(write(s.Text).text)
	}
	return sizes
}

// Translate asks for all segments in one call. A server that refuses the form
// of a question is asked again in a simpler form at once, since it did nothing
// for it. A model that only thought did work, so that the call fails and the
// next one turns its thinking off.
func (e *Engine) Translate(ctx context.Context, r engine.Request) ([]engine.Reply, error) {
	from, to := languageName(r.Source), languageName(r.Target)
	if from == "" || to == "" {
		return nil, engine.NoLanguage(e.s.Name, r.Source, r.Target)
	}
	if err := ctx.Err(); errors.Is(err, context.Canceled) {
		return nil, fmt.Errorf("engine %s: %w", e.s.Name, err)
	}
	replies := make([]engine.Reply, len(r.Segments))
	var at []int
	var texts []coded
	for i, s := range r.Segments {
		if s.Blank() {
			replies[i].Text = s.Text
			continue
		}
		at, texts = append(at, i), append(texts, write(s.Text))
	}
	if len(at) == 0 {
		return replies, nil
	}
	if err := e.fits(texts); err != nil {
		return nil, err
	}
	a, err := e.chat(ctx, messages(r, from, to, at, texts))
	if err != nil {
		return nil, err
	}
	if err := e.read(a, replies, at, texts); err != nil {
		return nil, err
	}
	return replies, nil
}

// fits refuses what is far too much for one answer.
func (e *Engine) fits(texts []coded) error {
	var sum engine.Size
	for _, t := range texts {
		size := engine.SizeOf(t.text)
		sum.CodePoints += size.CodePoints
		sum.Bytes += size.Bytes
	}
	switch {
	case sum.CodePoints <= limits.CodePoints:
		return nil
	case len(texts) == 1:
		return engine.TooLong(e.s.Name, sum, limits)
	}
	return &engine.Error{
		Engine: e.s.Name, Kind: engine.Permanent,
		What:    fmt.Sprintf("a request of %d characters is more than the %d that one answer can hold", sum.CodePoints, limits.CodePoints),
		Trouble: edition.Trouble{Reason: edition.TroubleLong, Where: e.s.Model},
	}
}

// read puts the items of an answer in their places. An answer that was cut off
// counts as far as it goes; any other has to be complete.
func (e *Engine) read(a answer, replies []engine.Reply, at []int, texts []coded) error {
	items, err := parse(a.content)
	if err != nil && !a.cut {
		return engine.Unreadable(e.s.Name, err)
	}
	if len(items) != len(at) && !a.cut {
		return engine.WrongCount(e.s.Name, len(at), len(items))
	}
	for n, i := range at {
		found := slices.IndexFunc(items, func(it item) bool { return it.ID == n+1 })
		switch {
		case found >= 0:
			replies[i] = e.reply(items[found], texts[n])
		case a.cut:
			replies[i].Err = e.cutOff()
		default:
			return engine.BrokenReply(e.s.Name, []engine.Violation{{
				Rule: engine.RuleItems, Detail: fmt.Sprintf("no reply to sentence %d of %d", n+1, len(at)),
			}})
		}
	}
	return nil
}

func (e *Engine) reply(it item, t coded) engine.Reply {
	text, err := t.read(it.Text)
	if err != nil {
		return engine.Reply{Raw: it.Text, Err: engine.Unreadable(e.s.Name, err)}
	}
	return engine.Reply{Raw: it.Text, Text: text}
}

// cutOff is the error of a segment to which the answer did not come.
func (e *Engine) cutOff() error {
	err := engine.BrokenReply(e.s.Name, []engine.Violation{{Rule: engine.RuleItems, Detail: "the answer was cut off before it"}})
	err.What = "the model's answer was cut off at its length limit"
	err.Remedy = "let the server give longer answers, or lower the engine's limits"
	err.Trouble = edition.Trouble{Reason: edition.TroubleCut, Where: e.s.Model}
	return err
}

// Check asks which models there are, which is free. A server without that list
// is taken at its word.
func (e *Engine) Check(ctx context.Context) error {
	var list struct {
		Data []struct {
			ID string `json:"id"`
		} `json:"data"`
	}
	err := e.client.Call(ctx, http.MethodGet, "/models", nil, &list)
	var st *httpjson.Status
	if errors.As(err, &st) {
		if st.Code == http.StatusNotFound || st.Code == http.StatusMethodNotAllowed {
			return nil
		}
		return e.classify(st)
	}
	if err != nil || len(list.Data) == 0 {
		return err
	}
	var names []string
	for _, m := range list.Data {
		if m.ID == e.s.Model || m.ID == e.s.Model+":latest" {
			return nil
		}
		names = append(names, m.ID)
	}
	const most = 8
	if len(names) > most {
		names = append(names[:most], "…")
	}
	return e.noModel("it has "+strings.Join(names, ", "), nil)
}
