// Package google translates with Google Cloud Translation v3. It takes the
// credentials in the usual Google ways: a file named in the settings, the file
// that GOOGLE_APPLICATION_CREDENTIALS names, what `gcloud auth
// application-default login` left, or the machine's own service account.
//
//	e, err := engine.New(engine.Settings{Kind: "google", Project: "newsroom-1"})
package google

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"unicode"

	translate "cloud.google.com/go/translate/apiv3"
	"cloud.google.com/go/translate/apiv3/translatepb"
	"github.com/googleapis/gax-go/v2"
	"golang.org/x/text/language"
	"google.golang.org/api/option"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"dragoman/content"
	"dragoman/internal/edition"
	"dragoman/internal/engine"
	"dragoman/internal/engine/transport"
)

// The service's limits for one request, and its default quota of characters
// (cloud.google.com/translate/quotas).
var limits = engine.Limits{
	Items: 1024, CodePoints: 30_000, Recommended: 5_000,
	Concurrency: 8, CharactersPerMinute: 6_000_000,
}

// adaptiveItems is how many contents one request for an adaptive translation
// holds. The service names no limit for it; each has its own reference pairs.
const adaptiveItems = 20

// prices by model in millionths of a US dollar for a million characters, as
// published; the settings override them.
var prices = map[string]engine.Price{
	"nmt":             {Currency: "USD", In: 20_000_000},
	"translation-llm": {Currency: "USD", In: 10_000_000, Out: 10_000_000},
	adaptive:          {Currency: "USD", In: 25_000_000, Out: 25_000_000},
}

// maxReply bounds what one answer may weigh: 30,000 code points of four bytes,
// eight times longer than what was sent, twice over for a glossary's.
const maxReply = 8 << 20

// Engine speaks to one project with one model.
type Engine struct {
	s       engine.Settings
	options []option.ClientOption
	notes   *engine.GlossaryNotes
	clock   engine.Clock
	// plain are the targets for which the service takes no contextual glossary.
	plain sync.Map

	mu        sync.Mutex // guards client
	client    *translate.TranslationClient
	languages atomic.Pointer[engine.Languages]

	syncing sync.Mutex // one glossary at a time
}

// New makes the engine that s describes; see WithOptions.
func New(s engine.Settings) (engine.Engine, error) { return WithOptions(s) }

// WithOptions makes the engine with more options for Google's client, which
// count over the settings. Nothing is sent before the engine is used.
//
// Of the settings: Project is required; Location is "global" where empty, and
// must be a region for a Glossary (a name in the same project and location, or
// a full resource name), for SyncGlossary and for adaptive translation; Model is
// "nmt" where empty, or "translation-llm", or "adaptive", or a full resource
// name. SyncGlossary needs a GlossaryBucket to make glossaries from.
func WithOptions(s engine.Settings, o ...option.ClientOption) (*Engine, error) {
	if s.Name == "" {
		s.Name = "google"
	}
	if s.Location == "" {
		s.Location = "global"
	}
	if s.Model == "" {
		s.Model = "nmt"
	}
	if err := validate(s); err != nil {
		return nil, err
	}
	return &Engine{
		s: s, options: append(settingsOptions(s), o...),
		notes: engine.NewGlossaryNotes(s.Name, s.Notebook), clock: engine.SystemClock{},
	}, nil
}

func validate(s engine.Settings) error {
	wrong := func(what, remedy string) error {
		return &engine.Error{Engine: s.Name, Kind: engine.Permanent, What: what, Remedy: remedy}
	}
	switch {
	case s.Project == "":
		return wrong("no Google Cloud project is set", "set the engine's project (its id, not its title)")
	case s.Glossary != "" && s.SyncGlossary:
		return wrong("both glossary and sync_glossary are set", "leave glossary out: with sync_glossary, Dragoman names the glossaries")
	case s.SyncGlossary && s.Location == "global":
		return wrong("Google's glossaries need a region", "set the engine's location to one, such as us-central1")
	case s.Model == adaptive && s.Location == "global":
		return wrong("adaptive translation needs a region", "set the engine's location to one that has it, such as us-central1")
	case s.GlossaryBucket != "" && !bucketAddress.MatchString(s.GlossaryBucket):
		return wrong(fmt.Sprintf("%q is no bucket", s.GlossaryBucket), "write glossary_bucket like gs://name or gs://name/folder")
	case s.Glossary != "" && !strings.Contains(s.Glossary, "/") && s.Location == "global":
		return wrong("Google's glossaries need a region", "set the engine's location to the glossary's, such as us-central1")
	case s.APIKey != "":
		return wrong("Google's Translation v3 takes no API key", "set the engine's credentials (a file) or GOOGLE_APPLICATION_CREDENTIALS instead")
	case s.Insecure && !loopback(s.Endpoint):
		return wrong(fmt.Sprintf("an unencrypted connection to %q is refused", s.Endpoint), "use insecure with an endpoint on this machine only")
	}
	return nil
}

func loopback(endpoint string) bool {
	host, _, err := net.SplitHostPort(endpoint)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func settingsOptions(s engine.Settings) []option.ClientOption {
	o := []option.ClientOption{
		option.WithUserAgent("dragoman"),
		option.WithGRPCDialOption(grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxReply))),
	}
	if at := cmp.Or(s.Endpoint, regionalEndpoint(s.Location)); at != "" {
		o = append(o, option.WithEndpoint(at))
	}
	if s.Insecure {
		return append(o, option.WithoutAuthentication(),
			option.WithGRPCDialOption(grpc.WithTransportCredentials(insecure.NewCredentials())))
	}
	return o
}

// regionalEndpoint is the endpoint whose texts stay in a part of the world, for
// the regions that have one (cloud.google.com/translate/docs/advanced/endpoints).
func regionalEndpoint(location string) string {
	switch {
	case strings.HasPrefix(location, "europe-"):
		return "translate-eu.googleapis.com:443"
	case location == "us-west1":
		return "translate-us.googleapis.com:443"
	}
	return ""
}

// Name is the engine's name.
func (e *Engine) Name() string { return e.s.Name }

// Info says what the engine is. Output that came over an unencrypted
// connection is no Google's and never published.
func (e *Engine) Info() engine.Info {
	model := path.Base(e.s.Model)
	info := engine.Info{
		Publishable: !e.s.Insecure,
		Glossaries:  e.s.Glossary != "" || e.s.SyncGlossary,
		Examples:    model == adaptive,
		Model:       model,
		Variant:     e.s.Glossary,
		Limits:      limits,
		Price:       prices[model],
	}
	if info.Examples {
		info.Limits.Items = adaptiveItems
	}
	if e.s.Price != (engine.Price{}) {
		info.Price = e.s.Price
	}
	if l := e.languages.Load(); l != nil {
		info.Languages = *l
	}
	return info
}

// Close ends the connection. The engine can be used again.
func (e *Engine) Close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.client == nil {
		return nil
	}
	err := e.client.Close()
	e.client = nil
	return err
}

// connect gives the client; the first use makes it.
func (e *Engine) connect(ctx context.Context) (*translate.TranslationClient, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.client != nil {
		return e.client, nil
	}
	credentials, err := e.credentials()
	if err != nil {
		return nil, err
	}
	// The client outlives the call for which it is made.
	c, err := translate.NewTranslationClient(context.WithoutCancel(ctx), append(credentials, e.options...)...)
	if err != nil {
		return nil, e.auth("no usable credentials were found", err)
	}
	once(c)
	e.client = c
	return c, nil
}

// once takes from the client its own retries and deadlines of ten minutes: both
// are the caller's.
func once(c *translate.TranslationClient) {
	none := []gax.CallOption{gax.WithRetry(func() gax.Retryer { return nil })}
	c.CallOptions.TranslateText = none
	c.CallOptions.GetSupportedLanguages = none
	c.CallOptions.AdaptiveMtTranslate = none
	c.CallOptions.CreateGlossary = none
	c.CallOptions.UpdateGlossary = none
	c.CallOptions.DeleteGlossary = none
	c.CallOptions.GetGlossary = none
	c.CallOptions.ListGlossaryEntries = none
	c.CallOptions.CreateGlossaryEntry = none
	c.CallOptions.UpdateGlossaryEntry = none
	c.CallOptions.DeleteGlossaryEntry = none
	c.CallOptions.GetOperation = none
	c.CallOptions.ListOperations = none
}

// credentials reads what kind of credentials the configured file holds. Where
// none is configured, Google's library looks for them; we only see to it that
// the file which the variable names is there, since it says less well.
func (e *Engine) credentials() ([]option.ClientOption, error) {
	file := e.s.CredentialsFile
	if file == "" {
		file = os.Getenv(credentialsVariable)
	}
	if file == "" || e.s.Insecure {
		return nil, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, e.auth("its credentials file cannot be read", err)
	}
	var held struct {
		Type option.CredentialsType `json:"type"`
	}
	if err := json.Unmarshal(data, &held); err != nil || held.Type == "" {
		return nil, e.auth("its credentials file is not one of Google's (no \"type\" in it)", nil)
	}
	if e.s.CredentialsFile == "" {
		return nil, nil
	}
	return []option.ClientOption{option.WithAuthCredentialsFile(held.Type, file)}, nil
}

// parent is the resource name of the project's location.
func (e *Engine) parent() string {
	return "projects/" + e.s.Project + "/locations/" + e.s.Location
}

func (e *Engine) model() string {
	switch {
	case strings.Contains(e.s.Model, "/"):
		return e.s.Model
	case e.s.Model == adaptive: // what serves where there are no examples
		return e.parent() + "/models/general/translation-llm"
	}
	return e.parent() + "/models/general/" + e.s.Model
}

// glossaryName is the glossary's resource name, "" for none.
func (e *Engine) glossaryName() string {
	if e.s.Glossary == "" || strings.Contains(e.s.Glossary, "/") {
		return e.s.Glossary
	}
	return e.parent() + "/glossaries/" + e.s.Glossary
}

// contents gives what is sent for each segment, and its MIME type: HTML where
// any segment has codes, since one request has one type. A blank type would
// mean HTML.
func contents(r engine.Request) (texts []string, mime string) {
	texts = make([]string, len(r.Segments))
	write, mime := content.Plain, "text/plain"
	if slices.ContainsFunc(r.Segments, engine.Segment.Coded) {
		write, mime = transport.HTML, "text/html"
	}
	for i, s := range r.Segments {
		texts[i] = write(s.Text)
	}
	return texts, mime
}

// Measure gives the sizes of the segments as they are sent, tags included,
// which is what the service counts.
func (e *Engine) Measure(r engine.Request) []engine.Size {
	texts, _ := contents(r)
	sizes := make([]engine.Size, len(texts))
	for i, t := range texts {
		sizes[i] = engine.SizeOf(t)
	}
	return sizes
}

// Translate makes one call.
func (e *Engine) Translate(ctx context.Context, r engine.Request) ([]engine.Reply, error) {
	if !e.Info().Languages.Has(r.Source, r.Target) {
		return nil, engine.NoLanguage(e.s.Name, r.Source, r.Target)
	}
	replies, at, send := split(r)
	if len(at) == 0 {
		return replies, nil
	}
	texts, mime := contents(send)
	if err := e.fits(texts); err != nil {
		return nil, err
	}
	client, err := e.connect(ctx)
	if err != nil {
		return nil, err
	}
	glossary, err := e.glossaryFor(ctx, r)
	if err != nil {
		return nil, err
	}
	ask := e.translateText
	if e.s.Model == adaptive && hasExamples(send) {
		ask = e.translateAdaptively
	}
	results, err := ask(withReceipt(ctx), client, question{r: send, texts: texts, mime: mime, glossary: glossary})
	if err != nil {
		return nil, e.contextual(e.classify(ctx, err, r), err, r.Target, glossary)
	}
	if len(results) != len(at) {
		return nil, engine.WrongCount(e.s.Name, len(at), len(results))
	}
	for n, i := range at {
		replies[i] = e.read(r.Segments[i], results[n].GetTranslatedText(), mime)
	}
	return replies, nil
}

// question is what one call asks.
type question struct {
	r              engine.Request // without what is blank
	texts          []string
	mime, glossary string
}

// translated is a translation in either method's answer.
type translated interface{ GetTranslatedText() string }

func list[T translated](ts []T) []translated {
	out := make([]translated, len(ts))
	for i, t := range ts {
		out[i] = t
	}
	return out
}

// withReceipt sends the journal's receipt along.
func withReceipt(ctx context.Context) context.Context {
	if n, ok := engine.ReceiptOf(ctx); ok {
		return metadata.AppendToOutgoingContext(ctx, strings.ToLower(engine.ReceiptHeader), strconv.FormatInt(n, 10))
	}
	return ctx
}

// translateText gives the translations; those with a glossary stand apart.
func (e *Engine) translateText(ctx context.Context, c *translate.TranslationClient, q question) ([]translated, error) {
	got, err := c.TranslateText(ctx, e.request(q))
	if err != nil {
		return nil, err
	}
	if q.glossary != "" {
		return list(got.GetGlossaryTranslations()), nil
	}
	return list(got.GetTranslations()), nil
}

// contextual notes that the service takes no contextual glossary for a target,
// and has the call made again without.
func (e *Engine) contextual(classified, err error, target, glossary string) error {
	if glossary == "" || status.Code(err) != codes.InvalidArgument || !strings.Contains(strings.ToLower(err.Error()), "contextual") {
		return classified
	}
	if _, known := e.plain.LoadOrStore(target, true); known {
		return classified
	}
	return e.fail(engine.Error{
		Kind: engine.Retryable, What: "Google has no contextual glossaries for " + target,
		Remedy: "it is tried again without", Err: err,
		Trouble: edition.Trouble{Reason: edition.TroubleGlossary, Where: "Google", See: target},
	})
}

// split answers the blank segments and gives the others with their places.
func split(r engine.Request) (replies []engine.Reply, at []int, send engine.Request) {
	replies = make([]engine.Reply, len(r.Segments))
	send = r
	send.Segments = nil
	for i, s := range r.Segments {
		if s.Blank() {
			replies[i].Text = s.Text
			continue
		}
		at, send.Segments = append(at, i), append(send.Segments, s)
	}
	return replies, at, send
}

// fits refuses a request that the service would refuse.
func (e *Engine) fits(texts []string) error {
	var sum engine.Size
	for _, t := range texts {
		size := engine.SizeOf(t)
		sum.CodePoints += size.CodePoints
		sum.Bytes += size.Bytes
	}
	if len(texts) == 1 && sum.CodePoints > limits.CodePoints {
		return engine.TooLong(e.s.Name, sum, limits)
	}
	if len(texts) > limits.Items || sum.CodePoints > limits.CodePoints {
		return &engine.Error{
			Engine: e.s.Name, Kind: engine.Permanent,
			What: fmt.Sprintf("a request of %d texts and %d characters is over Google's limits", len(texts), sum.CodePoints),
		}
	}
	return nil
}

func (e *Engine) request(q question) *translatepb.TranslateTextRequest {
	out := &translatepb.TranslateTextRequest{
		Parent: e.parent(), Model: e.model(),
		Contents: q.texts, MimeType: q.mime,
		SourceLanguageCode: toGoogle(q.r.Source), TargetLanguageCode: toGoogle(q.r.Target),
		Labels: labels(e.s.Labels, q.r.Document.Labels),
	}
	if q.glossary != "" {
		out.GlossaryConfig = &translatepb.TranslateTextGlossaryConfig{Glossary: q.glossary, ContextualTranslationEnabled: e.bends(q.r.Target)}
	}
	return out
}

// bends reports whether glossary terms may be inflected for a target.
func (e *Engine) bends(target string) bool {
	_, no := e.plain.Load(target)
	return !no
}

// read makes a reply of what came back for one segment.
func (e *Engine) read(s engine.Segment, raw, mime string) engine.Reply {
	if mime == "text/plain" {
		return engine.Reply{Text: transport.FromPlain(raw), Raw: raw}
	}
	text, err := transport.FromHTML(s.Text, raw)
	if err != nil {
		return engine.Reply{Raw: raw, Err: engine.Unreadable(e.s.Name, err)}
	}
	return engine.Reply{Text: text, Raw: raw}
}

// Languages asks the service which languages the model has.
func (e *Engine) Languages(ctx context.Context) (engine.Languages, error) {
	client, err := e.connect(ctx)
	if err != nil {
		return engine.Languages{}, err
	}
	got, err := client.GetSupportedLanguages(ctx, &translatepb.GetSupportedLanguagesRequest{Parent: e.parent(), Model: e.model()})
	if err != nil {
		return engine.Languages{}, e.classify(ctx, err, engine.Request{})
	}
	var l engine.Languages
	for _, g := range got.GetLanguages() {
		tags := fromGoogle(g.GetLanguageCode())
		if g.GetSupportSource() {
			l.Sources = append(l.Sources, tags...)
		}
		if g.GetSupportTarget() {
			l.Targets = append(l.Targets, tags...)
		}
	}
	e.languages.Store(&l)
	return l, nil
}

// Check asks for the languages and the glossary, which is free: it finds wrong
// credentials, projects, locations, models and glossaries.
func (e *Engine) Check(ctx context.Context) error {
	if _, err := e.Languages(ctx); err != nil {
		return err
	}
	if e.s.Glossary == "" {
		return nil
	}
	client, err := e.connect(ctx)
	if err != nil {
		return err
	}
	if _, err := client.GetGlossary(ctx, &translatepb.GetGlossaryRequest{Name: e.glossaryName()}); err != nil {
		return e.classify(ctx, err, engine.Request{})
	}
	return nil
}

// tagCodes are the tags that Google calls otherwise.
var tagCodes = map[string]string{"kmr": "ku", "zh-Hans": "zh-CN", "zh-Hant": "zh-TW", "nb": "no", "fil": "tl"}

// regional are the tags with a region or script that Google tells apart.
var regional = map[string]bool{
	"zh-CN": true, "zh-TW": true, "pt-PT": true, "fr-CA": true, "mni-Mtei": true,
	"sr-Latn": true, "sr-Cyrl": true, "ms-Arab": true, "pa-Arab": true, "ber-Latn": true, "bm-Nkoo": true, "crh-Latn": true, "iu-Latn": true, "sat-Latn": true,
}

// toGoogle gives Google's code of a BCP 47 tag.
func toGoogle(tag string) string {
	if c, ok := tagCodes[tag]; ok {
		return c
	}
	if regional[tag] {
		return tag
	}
	t, err := language.Parse(tag)
	if err != nil {
		return tag
	}
	base, _ := t.Base()
	if c, ok := tagCodes[base.String()]; ok {
		return c
	}
	return base.String()
}

// fromGoogle gives the tags that Google's code serves.
func fromGoogle(code string) []string {
	tags := []string{code}
	for tag, c := range tagCodes {
		if c == code {
			tags = append(tags, tag)
		}
	}
	if code == "iw" {
		tags = append(tags, "he")
	}
	return tags
}

// labels joins maps of labels in the form that the service takes: small
// letters, digits, _ and -, at most 63 of them, a letter first.
func labels(maps ...map[string]string) map[string]string {
	out := map[string]string{}
	for _, m := range maps {
		for k, v := range m {
			if k = labelled(k); k != "" && unicode.IsLetter([]rune(k)[0]) {
				out[k] = labelled(v)
			}
		}
	}
	return out
}

func labelled(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsLower(r) || unicode.Is(unicode.Lo, r) || unicode.IsDigit(r) || r == '_' || r == '-' {
			return r
		}
		return '-'
	}, strings.ToLower(s))
	if r := []rune(s); len(r) > 63 {
		return string(r[:63])
	}
	return s
}
