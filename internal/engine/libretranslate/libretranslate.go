// Package libretranslate translates with a LibreTranslate server, or with an
// MTranServer where the model is "mtran". Both are free and run in the house:
// an endpoint on this machine makes the engine a local one, which confidential
// releases may go to.
//
//	e, err := engine.New(engine.Settings{Kind: "libretranslate", Endpoint: "http://127.0.0.1:5000"})
package libretranslate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"

	"golang.org/x/text/language"

	"dragoman/internal/engine"
	"dragoman/internal/engine/httpjson"
)

// MTran is the model that means an MTranServer.
const MTran = "mtran"

// limits are ours: the servers have none until their operator sets some. They
// keep a request within seconds on a machine without a graphics card.
var limits = engine.Limits{Items: 32, CodePoints: 10_000, Recommended: 2_000, Concurrency: 4}

// Engine speaks to one server.
type Engine struct {
	s         engine.Settings
	client    *httpjson.Client
	languages atomic.Pointer[engine.Languages]
	codes     atomic.Pointer[map[string]bool] // the server's own, where it was asked
}

// New makes the engine that s describes. Of the settings: Endpoint is required,
// and begins with https:// unless it is on this machine; APIKey where the server
// wants one; Model is empty, or "mtran" for an MTranServer.
func New(s engine.Settings) (engine.Engine, error) { return WithClient(s, nil) }

// WithClient makes the engine with an HTTP client other than the usual one.
func WithClient(s engine.Settings, h *http.Client) (*Engine, error) {
	if s.Name == "" {
		s.Name = "libretranslate"
	}
	wrong := func(what, remedy string) error {
		return &engine.Error{Engine: s.Name, Kind: engine.Permanent, What: what, Remedy: remedy}
	}
	if s.Model != "" && s.Model != MTran {
		return nil, wrong(fmt.Sprintf("there is no model %q", s.Model), `leave the engine's model out, or set it to "mtran" for an MTranServer`)
	}
	if s.Endpoint == "" {
		return nil, wrong("no endpoint is set", "set the engine's endpoint to the server's address, such as http://127.0.0.1:5000")
	}
	base, err := httpjson.Endpoint(s.Endpoint)
	if err != nil {
		return nil, wrong("its endpoint cannot be used: "+err.Error(), "set the engine's endpoint to the server's address, such as http://127.0.0.1:5000")
	}
	if s.Insecure && !httpjson.Loopback(base) {
		return nil, wrong(fmt.Sprintf("an unencrypted connection to %q is refused", base.Host), "use insecure with an endpoint on this machine only")
	}
	s.APIKey = strings.TrimSpace(s.APIKey)
	c := &httpjson.Client{Engine: s.Name, House: s.Local, Service: service(s.Model), Secret: s.APIKey, HTTP: h}
	if s.Model == MTran && s.APIKey != "" {
		c.Header = http.Header{"Authorization": {"Bearer " + s.APIKey}}
	}
	if c, err = httpjson.New(c, base); err != nil {
		return nil, err
	}
	return &Engine{s: s, client: c}, nil
}

func service(model string) string {
	if model == MTran {
		return "MTranServer"
	}
	return "LibreTranslate"
}

// Name is the engine's name.
func (e *Engine) Name() string { return e.s.Name }

// Info says what the engine is. It is local where the server is on this
// machine, or in the house by the settings. What came from a counterpart that says it is fake, or from one that
// the settings call insecure, is never published.
func (e *Engine) Info() engine.Info {
	info := engine.Info{
		Local:       e.client.Local(),
		Publishable: !e.s.Insecure && !e.client.Fake(),
		Model:       e.s.Model,
		Limits:      limits,
		Price:       e.s.Price,
	}
	if l := e.languages.Load(); l != nil {
		info.Languages = *l
	}
	return info
}

// Close gives up the connections. The engine can be used again.
func (e *Engine) Close() error { return e.client.Close() }

// Measure gives the sizes of the segments as they are sent, tags included.
func (e *Engine) Measure(r engine.Request) []engine.Size { return httpjson.Sizes(r) }

// Translate makes one call.
func (e *Engine) Translate(ctx context.Context, r engine.Request) ([]engine.Reply, error) {
	if !e.Info().Languages.Has(r.Source, r.Target) {
		return nil, engine.NoLanguage(e.s.Name, r.Source, r.Target)
	}
	b := httpjson.NewBatch(r)
	if len(b.Texts) == 0 {
		return b.Replies(e.s.Name, nil)
	}
	if err := b.Fits(e.s.Name, limits); err != nil {
		return nil, err
	}
	ask := e.libre
	if e.s.Model == MTran {
		ask = e.mtran
	}
	results, err := ask(ctx, r, b)
	if err != nil {
		return nil, e.classify(err, r)
	}
	return b.Replies(e.s.Name, results)
}

// libreRequest is the body of POST /translate (docs.libretranslate.com).
type libreRequest struct {
	Q      []string `json:"q"`
	Source string   `json:"source"`
	Target string   `json:"target"`
	Format string   `json:"format"`
	APIKey string   `json:"api_key,omitempty"`
}

// libre asks a LibreTranslate server. It undoes the entities of its HTML, so
// that a "<" of the text comes back as it is: what then looks like mark-up
// counts as mark-up that was not sent.
func (e *Engine) libre(ctx context.Context, r engine.Request, b *httpjson.Batch) ([]string, error) {
	q := libreRequest{Q: b.Texts, Source: e.code(r.Source), Target: e.code(r.Target), Format: "text", APIKey: e.s.APIKey}
	if b.HTML {
		q.Format = "html"
	}
	var a struct {
		TranslatedText texts `json:"translatedText"`
	}
	err := e.client.Call(ctx, http.MethodPost, "/translate", q, &a)
	return a.TranslatedText, err
}

// texts are an array, or the one text that servers before 1.3 answer with.
type texts []string

// UnmarshalJSON reads either.
func (t *texts) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil && string(data) != "null" {
		*t = texts{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(t))
}

// mtranRequest is the body of MTranServer's POST /translate, which has Text,
// and of POST /translate/batch, which has Texts.
type mtranRequest struct {
	From  string   `json:"from"`
	To    string   `json:"to"`
	Text  string   `json:"text,omitempty"`
	Texts []string `json:"texts,omitempty"`
	HTML  bool     `json:"html"`
}

// mtran asks an MTranServer. Tags that do not match crash it; what we write is
// always well-formed, since half a pair goes out as an empty element. A server
// too old for batches answers 404, whereupon segments are asked for one by one.
func (e *Engine) mtran(ctx context.Context, r engine.Request, b *httpjson.Batch) ([]string, error) {
	q := mtranRequest{From: e.code(r.Source), To: e.code(r.Target), HTML: b.HTML}
	path := "/translate"
	if len(b.Texts) == 1 {
		q.Text = b.Texts[0]
	} else {
		path, q.Texts = "/translate/batch", b.Texts
	}
	var a struct {
		Result  *string  `json:"result"`
		Results []string `json:"results"`
	}
	err := e.client.Call(ctx, http.MethodPost, path, q, &a)
	if a.Result != nil {
		a.Results = []string{*a.Result}
	}
	return a.Results, err
}

// Languages asks the server which languages it has.
func (e *Engine) Languages(ctx context.Context) (engine.Languages, error) {
	var raw json.RawMessage
	if err := e.client.Call(ctx, http.MethodGet, "/languages", nil, &raw); err != nil {
		return engine.Languages{}, e.classify(err, engine.Request{})
	}
	l, codes, ok := readLanguages(raw)
	if !ok {
		return l, engine.Unreadable(e.s.Name, errors.New("the list of languages does not have the form that "+e.client.Service+" documents"))
	}
	e.languages.Store(&l)
	e.codes.Store(&codes)
	return l, nil
}

// readLanguages reads LibreTranslate's list, where every source has its own
// targets, or MTranServer's, which is codes alone.
func readLanguages(raw []byte) (l engine.Languages, codes map[string]bool, ok bool) {
	codes = map[string]bool{}
	var list []struct {
		Code    string   `json:"code"`
		Targets []string `json:"targets"`
	}
	if err := json.Unmarshal(raw, &list); err == nil {
		for _, s := range list {
			codes[s.Code] = true
			for _, source := range tags(s.Code) {
				for _, t := range s.Targets {
					for _, target := range tags(t) {
						if t != s.Code {
							l.Pairs = append(l.Pairs, [2]string{source, target})
						}
					}
				}
			}
		}
		return l, codes, l.Known()
	}
	var object struct{ Languages []string }
	plain := json.Unmarshal(raw, &object.Languages)
	if plain != nil && json.Unmarshal(raw, &object) != nil {
		return l, nil, false
	}
	for _, c := range object.Languages {
		codes[c] = true
		l.Sources = append(l.Sources, tags(c)...)
	}
	l.Targets = l.Sources
	return l, codes, l.Known()
}

// Check asks for the languages, which is free. Whether the key is right shows
// only when something is translated: the list is open to everybody.
func (e *Engine) Check(ctx context.Context) error {
	_, err := e.Languages(ctx)
	return err
}

// aliases are the codes that servers have had for a tag, the newest first.
var aliases = map[string][]string{
	"zh-Hans": {"zh-Hans", "zh"}, "zh-Hant": {"zh-Hant", "zt"}, "pt-BR": {"pt-BR", "pb", "pt"},
	"kmr": {"kmr", "ku"}, "nb": {"nb", "no"}, "no": {"no", "nb"}, "fil": {"fil", "tl"},
}

// code gives the server's code of a BCP 47 tag: the one that it is known to
// have, else the newest.
func (e *Engine) code(tag string) string {
	base := tag
	if t, err := language.Parse(tag); err == nil {
		b, _ := t.Base()
		base = b.String()
	}
	candidates := aliases[tag]
	if candidates == nil {
		candidates = []string{base, tag}
	}
	if had := e.codes.Load(); had != nil {
		for _, c := range candidates {
			if (*had)[c] {
				return c
			}
		}
	}
	return candidates[0]
}

// tags gives the BCP 47 tags that a server's code serves.
func tags(code string) []string {
	all := []string{code}
	for tag, codes := range aliases {
		if tag != code && slices.Contains(codes, code) {
			all = append(all, tag)
		}
	}
	slices.Sort(all)
	return all
}
