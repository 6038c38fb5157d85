// Package deepl translates with DeepL (API v2; glossaries of v2 and v3). A key
// that ends in ":fx" belongs to DeepL API Free, which has a host of its own.
//
//	e, err := engine.New(engine.Settings{Kind: "deepl", APIKey: key})
package deepl

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unicode"

	"dragoman/internal/edition"
	"dragoman/internal/engine"
	"dragoman/internal/engine/httpjson"
)

const (
	proHost  = "https://api.deepl.com"
	freeHost = "https://api-free.deepl.com"
	// freeKey ends the keys of DeepL API Free.
	freeKey = ":fx"
)

// limits are the service's for one request (developers.deepl.com, "Usage and
// limits"): 50 texts, and 128 KiB of body, of which we keep some for what is
// not text.
var limits = engine.Limits{
	Items: 50, Bytes: maxBody - reserved, Recommended: 5_000, Concurrency: 4,
}

const (
	maxBody  = 128 << 10
	reserved = 8 << 10
	// maxContext bounds the document's title in code points; four bytes each,
	// it fits what is reserved.
	maxContext = 1_000
)

// price is what a million characters cost in DeepL API Pro, as published, its
// monthly fee apart; the settings override it.
var price = engine.Price{Currency: "EUR", In: 20_000_000}

// models are DeepL's model_type, "" for its own choice.
var models = []string{"", "quality_optimized", "prefer_quality_optimized", "latency_optimized"}

// Engine speaks to one account.
type Engine struct {
	s         engine.Settings
	client    *httpjson.Client
	languages atomic.Pointer[engine.Languages]
	notes     *engine.GlossaryNotes
	clock     engine.Clock

	syncing sync.Mutex // one glossary at a time
}

// New makes the engine that s describes. Of the settings: APIKey is required
// but where Insecure is set, which speaks to a test server on this machine and
// sends none; Endpoint is DeepL's host for the key where empty; Glossary is a
// glossary's id, and SyncGlossary has Dragoman keep one of its own; Model is one of DeepL's model types, its own choice where empty.
func New(s engine.Settings) (engine.Engine, error) { return WithClient(s, nil) }

// WithClient makes the engine with an HTTP client other than the usual one.
func WithClient(s engine.Settings, h *http.Client) (*Engine, error) {
	if s.Name == "" {
		s.Name = "deepl"
	}
	s.APIKey = strings.TrimSpace(s.APIKey)
	wrong := func(what, remedy string) error {
		return &engine.Error{Engine: s.Name, Kind: engine.Permanent, What: what, Remedy: remedy}
	}
	switch {
	case s.APIKey == "" && !s.Insecure:
		return nil, &engine.Error{Engine: s.Name, Kind: engine.Auth, What: "no API key is set", Remedy: "set the engine's api_key to one from deepl.com/your-account/keys", Trouble: edition.Trouble{Reason: edition.TroubleNoCredentials, Where: "DeepL", See: "api_key"}}
	case strings.ContainsFunc(s.APIKey, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) || r > unicode.MaxASCII }):
		return nil, &engine.Error{Engine: s.Name, Kind: engine.Auth, What: "the API key has characters that no key has", Remedy: "check the engine's api_key", Trouble: edition.Trouble{Reason: edition.TroubleCredentials, Where: "DeepL", See: "api_key"}}
	case s.Glossary != "" && s.SyncGlossary:
		return nil, wrong("both glossary and sync_glossary are set", "leave glossary out: with sync_glossary, Dragoman makes it")
	case !slices.Contains(models, s.Model):
		return nil, wrong(fmt.Sprintf("DeepL has no model %q", s.Model), "leave the engine's model out, or set it to one of "+strings.Join(models[1:], ", "))
	}
	endpoint := s.Endpoint
	if endpoint == "" {
		endpoint = host(s.APIKey)
	}
	base, err := httpjson.Endpoint(endpoint)
	if err != nil {
		return nil, wrong("its endpoint cannot be used: "+err.Error(), "leave the engine's endpoint out for DeepL's own")
	}
	switch local := httpjson.Loopback(base); {
	case s.Insecure && !local:
		return nil, wrong(fmt.Sprintf("an unencrypted connection to %q is refused", base.Host), "use insecure with an endpoint on this machine only")
	case base.Scheme == "http" && !s.Insecure:
		return nil, wrong(fmt.Sprintf("the API key is not sent to %q without encryption", base.Host), "set an endpoint that begins with https://, or insecure for a test server on this machine")
	}
	c := &httpjson.Client{Engine: s.Name, Service: "DeepL", Secret: s.APIKey, HTTP: h}
	if !s.Insecure {
		c.Header = http.Header{"Authorization": {"DeepL-Auth-Key " + s.APIKey}}
	}
	if c, err = httpjson.New(c, base); err != nil {
		return nil, err
	}
	return &Engine{s: s, client: c, notes: engine.NewGlossaryNotes(s.Name, s.Notebook), clock: engine.SystemClock{}}, nil
}

// host is DeepL's for a key.
func host(key string) string {
	if strings.HasSuffix(key, freeKey) {
		return freeHost
	}
	return proHost
}

// Name is the engine's name.
func (e *Engine) Name() string { return e.s.Name }

// Info says what the engine is. It is never local. What came from a counterpart
// is never published.
func (e *Engine) Info() engine.Info {
	info := engine.Info{
		Publishable: !e.s.Insecure && !e.client.Fake(),
		Glossaries:  e.s.Glossary != "" || e.s.SyncGlossary,
		Model:       e.s.Model,
		Variant:     e.s.Glossary,
		Limits:      limits,
	}
	if !strings.HasSuffix(e.s.APIKey, freeKey) {
		info.Price = price
	}
	if e.s.Price != (engine.Price{}) {
		info.Price = e.s.Price
	}
	if l := e.languages.Load(); l != nil {
		info.Languages = *l
	}
	return info
}

// Close gives up the connections. The engine can be used again.
func (e *Engine) Close() error { return e.client.Close() }

// Measure gives the sizes of the segments as they are sent: code points of the
// texts, tags included, and bytes within the request's body.
func (e *Engine) Measure(r engine.Request) []engine.Size { return httpjson.Sizes(r) }

// request is the body of POST /v2/translate. Our segments are sentences and
// parts of them, which DeepL shall neither split nor complete with a capital
// or a full stop.
type request struct {
	Text               []string `json:"text"`
	SourceLang         string   `json:"source_lang"`
	TargetLang         string   `json:"target_lang"`
	TagHandling        string   `json:"tag_handling,omitempty"`
	Context            string   `json:"context,omitempty"`
	GlossaryID         string   `json:"glossary_id,omitempty"`
	ModelType          string   `json:"model_type,omitempty"`
	SplitSentences     string   `json:"split_sentences"`
	PreserveFormatting bool     `json:"preserve_formatting"`
}

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
	glossary, err := e.glossaryFor(ctx, r)
	if err != nil {
		return nil, err
	}
	q := request{
		Text: b.Texts, SourceLang: sourceCode(r.Source), TargetLang: targetCode(r.Target),
		Context: title(r.Document.Title), GlossaryID: glossary, ModelType: e.s.Model,
		SplitSentences: "0", PreserveFormatting: true,
	}
	if b.HTML {
		q.TagHandling = "html"
	}
	var a struct {
		Translations []struct{ Text string }
	}
	if err := e.client.Call(ctx, http.MethodPost, "/v2/translate", q, &a); err != nil {
		return nil, e.classify(err, r)
	}
	results := make([]string, len(a.Translations))
	for i, t := range a.Translations {
		results[i] = t.Text
	}
	return b.Replies(e.s.Name, results)
}

// title is a document's title as context, which is free of charge.
func title(s string) string {
	if r := []rune(s); len(r) > maxContext {
		return string(r[:maxContext])
	}
	return s
}

// Languages asks the service which languages it has.
func (e *Engine) Languages(ctx context.Context) (engine.Languages, error) {
	var l engine.Languages
	for kind, list := range map[string]*[]string{"source": &l.Sources, "target": &l.Targets} {
		var got []struct{ Language string }
		if err := e.client.Call(ctx, http.MethodGet, "/v2/languages?type="+kind, nil, &got); err != nil {
			return engine.Languages{}, e.classify(err, engine.Request{})
		}
		for _, g := range got {
			*list = append(*list, tags(g.Language, kind == "target")...)
		}
	}
	e.languages.Store(&l)
	return l, nil
}

// usage is the answer of GET /v2/usage.
type usage struct {
	Count int64 `json:"character_count"`
	Limit int64 `json:"character_limit"`
}

// Check asks for the languages, what is left of the allotment, and the
// glossary; all of it is free.
func (e *Engine) Check(ctx context.Context) error {
	if _, err := e.Languages(ctx); err != nil {
		return err
	}
	var u usage
	if err := e.client.Call(ctx, http.MethodGet, "/v2/usage", nil, &u); err != nil {
		return e.classify(err, engine.Request{})
	}
	if u.Limit > 0 && u.Count >= u.Limit {
		return e.usedUp(fmt.Errorf("%d of %d characters are used", u.Count, u.Limit))
	}
	if e.s.Glossary == "" {
		return nil
	}
	var glossary struct{}
	if err := e.client.Call(ctx, http.MethodGet, "/v3/glossaries/"+url.PathEscape(e.s.Glossary), nil, &glossary); err != nil {
		return e.classifyGlossary(err)
	}
	return nil
}
