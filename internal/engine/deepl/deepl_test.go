package deepl

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"dragoman/internal/engine"
	"dragoman/internal/engine/enginetest"
	"dragoman/internal/engine/fake"
	"dragoman/internal/engine/fake/deeplfake"
)

// start gives an engine and the counterpart that it speaks to through a port,
// without a key.
func start(t testing.TB, o deeplfake.Options, s engine.Settings) (*Engine, *deeplfake.Server) {
	t.Helper()
	server, err := deeplfake.Start("127.0.0.1:0", o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	s.Endpoint, s.Insecure = server.URL(), true
	return open(t, s, nil), server
}

// encrypted does so with TLS, as DeepL is spoken to, and so with a key.
func encrypted(t testing.TB, o deeplfake.Options, s engine.Settings) (*Engine, *deeplfake.Server) {
	t.Helper()
	issuer := httptest.NewUnstartedServer(nil) // has a certificate for 127.0.0.1
	issuer.StartTLS()
	t.Cleanup(issuer.Close)
	o.TLS = &tls.Config{Certificates: issuer.TLS.Certificates}
	server, err := deeplfake.Start("127.0.0.1:0", o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	roots := x509.NewCertPool()
	roots.AddCert(issuer.Certificate())
	s.Endpoint = server.URL()
	return open(t, s, &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}), server
}

func open(t testing.TB, s engine.Settings, h *http.Client) *Engine {
	t.Helper()
	e, err := WithClient(s, h)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return e
}

func ask(target string, texts ...string) engine.Request {
	r := engine.Request{Source: "en", Target: target}
	for _, text := range texts {
		r.Segments = append(r.Segments, engine.Segment{Text: text})
	}
	return r
}

func TestConformance(t *testing.T) {
	t.Parallel()
	enginetest.Run(t, func(t *testing.T) enginetest.Harness {
		e, server := start(t, deeplfake.Options{}, engine.Settings{})
		return enginetest.Harness{
			Engine: e, Source: "en", Target: "ar", Unsupported: "kmr",
			Force: server.Force,
			Calls: func() (sizes []engine.Size) {
				for _, c := range server.Ledger() {
					sizes = append(sizes, engine.Size{CodePoints: c.Characters})
				}
				return sizes
			},
		}
	})
}

func TestEveryTargetKeepsTheContract(t *testing.T) {
	t.Parallel()
	e, _ := start(t, deeplfake.Options{}, engine.Settings{})
	l := engine.Limited(e, engine.Config{})
	for _, target := range []string{"ar", "fr", "tr", "es", "ru", "uk", "pt-BR", "he", "en-GB"} {
		source := "en"
		if target == "en-GB" {
			source = "fr"
		}
		replies, err := l.Translate(t.Context(), engine.Request{Source: source, Target: target, Segments: enginetest.Sentences(60)})
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range replies {
			if r.Err != nil && target != "en-GB" { // a fake's invented words are no English
				t.Fatalf("%s, segment %d: %v", target, i, r.Err)
			}
			if r.Err == nil && !strings.Contains(r.Text, "‹") {
				t.Errorf("%s, segment %d is not marked as fake: %s", target, i, r.Text)
			}
		}
	}
	if e.Info().Publishable || e.Info().Local {
		t.Errorf("a test server's output: %+v", e.Info())
	}
}

func TestWhatIsSent(t *testing.T) {
	t.Parallel()
	const id = "a1b2"
	glossaries := map[string]map[string]map[string]string{id: {"zh-hant": {"Coalition": "聯盟"}}}
	e, server := encrypted(t, deeplfake.Options{Key: "k3y:fx", Glossaries: glossaries}, engine.Settings{APIKey: " k3y:fx\n", Glossary: id})
	r := ask("zh-Hant", "The Coalition met & spoke.")
	r.Document.Title = strings.Repeat("題", 2_000)
	if _, err := e.Translate(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	r.Segments = append(r.Segments, engine.Segment{Text: "⟦1⟧x⟦/1⟧"}, engine.Segment{Text: " "})
	replies, err := e.Translate(t.Context(), r)
	if err != nil || !strings.Contains(replies[0].Text, "聯盟") {
		t.Fatalf("%v, %v", replies, err)
	}
	calls := server.Ledger()
	if calls[0].Format != "" || calls[1].Format != "html" || calls[1].Items != 2 {
		t.Errorf("sent %+v", calls)
	}
	if c := calls[0]; c.Target != "ZH-HANT" || c.Glossary != id || len([]rune(c.Context)) != maxContext {
		t.Errorf("sent %+v", c)
	}
	if sizes := e.Measure(r); calls[1].Characters != sizes[0].CodePoints+sizes[1].CodePoints {
		t.Errorf("measured %v, billed %d", sizes, calls[1].Characters)
	}
	if e.Info().Publishable {
		t.Error("what a fake server invents could be published")
	}
}

// TestFullRequestFits: what Measure lets through, DeepL takes.
func TestFullRequestFits(t *testing.T) {
	t.Parallel()
	e, server := start(t, deeplfake.Options{}, engine.Settings{})
	r := ask("ru")
	for range limits.Items {
		r.Segments = append(r.Segments, engine.Segment{Text: strings.Repeat("я", 1150) + strings.Repeat(`"\`, 10)})
	}
	r.Document.Title = strings.Repeat("題", maxContext)
	sum := 0
	for _, s := range e.Measure(r) {
		sum += s.Bytes
	}
	if sum > limits.Bytes || sum < limits.Bytes*9/10 {
		t.Fatalf("%d bytes are not nearly %d", sum, limits.Bytes)
	}
	if _, err := e.Translate(t.Context(), r); err != nil || !server.Ledger()[0].Billed {
		t.Error(err)
	}
}

func TestCodesOfLanguages(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string]string{
		"ar": "AR", "fr-CA": "FR", "uk": "UK", "nb": "NB", "no": "NB", "he": "HE", "kmr": "KMR", "ckb": "CKB",
		"en": "EN-US", "en-GB": "EN-GB", "en-AU": "EN-GB", "en-US": "EN-US",
		"pt": "PT-BR", "pt-BR": "PT-BR", "pt-PT": "PT-PT", "pt-AO": "PT-PT",
		"zh": "ZH-HANS", "zh-Hans": "ZH-HANS", "zh-Hant": "ZH-HANT", "zh-TW": "ZH-HANT", "zh-CN": "ZH-HANS",
		"es": "ES", "es-419": "ES-419", "es-ES": "ES",
	} {
		if got := targetCode(tag); got != want {
			t.Errorf("%s as a target is %s, want %s", tag, got, want)
		}
	}
	for tag, want := range map[string]string{"en-GB": "EN", "pt-BR": "PT", "zh-Hans": "ZH", "no": "NB"} {
		if got := sourceCode(tag); got != want {
			t.Errorf("%s as a source is %s, want %s", tag, got, want)
		}
	}
}

func TestSettingsAreChecked(t *testing.T) {
	t.Parallel()
	const key = "s3cret"
	for want, s := range map[string]engine.Settings{
		"no API key is set":             {},
		"characters that no key has":    {APIKey: key + "\nX: y"},
		`no model "nmt"`:                {APIKey: key, Model: "nmt"},
		"unencrypted connection":        {APIKey: key, Insecure: true, Endpoint: "http://deepl.example"},
		`"deepl.example" without`:       {APIKey: key, Endpoint: "http://deepl.example"},
		`"127.0.0.1:1" without`:         {APIKey: key, Endpoint: "http://127.0.0.1:1"},
		"does not belong in it":         {APIKey: key, Endpoint: "https://deepl.example/?auth_key=" + key},
		`unencrypted connection to "ap`: {APIKey: key, Insecure: true},
	} {
		_, err := New(s)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), key) {
			t.Errorf("%q: %v", want, err)
		}
	}
}

func TestHostByKey(t *testing.T) {
	t.Parallel()
	free, pro := open(t, engine.Settings{APIKey: "a:fx"}, nil), open(t, engine.Settings{APIKey: "a"}, nil)
	if free.client.Host() != "api-free.deepl.com" || pro.client.Host() != "api.deepl.com" {
		t.Errorf("hosts %s, %s", free.client.Host(), pro.client.Host())
	}
	if free.Info().Price != (engine.Price{}) || pro.Info().Price != price || !pro.Info().Publishable {
		t.Errorf("%+v, %+v", free.Info(), pro.Info())
	}
}

// answering speaks to a server that gives one answer, whatever is asked.
func answering(t *testing.T, s engine.Settings, h http.HandlerFunc) *Engine {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	s.Endpoint, s.Insecure = server.URL, true
	return open(t, s, nil)
}

func TestErrors(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status  int
		message string
		kind    engine.Kind
		says    string
	}{
		"key":       {403, "Forbidden", engine.Auth, "api_key"},
		"no key":    {401, "Unauthorized", engine.Auth, "api_key"},
		"busy":      {429, "Too many requests s3cret", engine.Retryable, "more than it takes"},
		"quota":     {456, "Quota Exceeded", engine.Quota, "next month"},
		"target":    {400, "Value for 'target_lang' not supported.", engine.Unsupported, "from en to ar"},
		"source":    {400, "Value for 'source_lang' not supported.", engine.Unsupported, "from en to ar"},
		"glossary":  {404, "Invalid or missing glossary id.", engine.Permanent, `glossary "g1"`},
		"pair":      {400, "No dictionary found for language pair", engine.Permanent, "dictionary for this pair"},
		"model":     {400, "model_type not supported", engine.Permanent, "model"},
		"other 400": {400, "Bad request", engine.Permanent, "HTTP 400"},
		"no path":   {404, "", engine.Permanent, "endpoint"},
		"too large": {413, "", engine.Permanent, "split the sentence"},
		"too long":  {414, "", engine.Permanent, "split the sentence"},
		"500":       {500, "Internal", engine.Retryable, "HTTP 500"},
		"503":       {503, "", engine.Retryable, "overloaded"},
		"529":       {529, "", engine.Retryable, "overloaded"},
		"504":       {504, "", engine.Retryable, "HTTP 504"},
		"redirect":  {307, "", engine.Permanent, "where it really is"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := answering(t, engine.Settings{Name: "dl", APIKey: "s3cret:fx", Glossary: "g1"}, func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Authorization") != "" {
					t.Error("the key went out without encryption")
				}
				w.Header().Set("Location", "https://example.invalid/")
				w.Header().Set("Retry-After", "7")
				w.WriteHeader(c.status)
				fmt.Fprintf(w, `{"message":%q}`, c.message)
			})
			_, err := e.Translate(t.Context(), ask("ar", "The delegates met."))
			var got *engine.Error
			if !errors.As(err, &got) || got.Kind != c.kind {
				t.Fatalf("got %v, want kind %s", err, c.kind)
			}
			if safe := got.Safe(); !strings.Contains(safe, c.says) || !strings.Contains(safe, "engine dl") || got.Remedy == "" {
				t.Errorf("the message %q does not say %q", safe, c.says)
			}
			if got.Kind == engine.Retryable && got.After != 7*time.Second {
				t.Errorf("asks to wait %v", got.After)
			}
			if strings.Contains(err.Error(), "s3cret:fx") || strings.Contains(err.Error(), "delegates") {
				t.Errorf("the message tells too much: %v", err)
			}
		})
	}
}

// TestWrongKey: a key that DeepL refuses, here one of the other plan's host.
func TestWrongKey(t *testing.T) {
	t.Parallel()
	e, _ := encrypted(t, deeplfake.Options{Key: "right"}, engine.Settings{APIKey: "wr0ng:fx"})
	err := e.Check(t.Context())
	if engine.KindOf(err) != engine.Auth || !strings.Contains(err.Error(), "api_key") || !strings.Contains(err.Error(), "DeepL API Free") || strings.Contains(err.Error(), "wr0ng") {
		t.Errorf("got %v", err)
	}
}

func TestHostileReplies(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body string
		kind engine.Kind
	}{
		"html where text was asked": {`{"translations":[{"text":"<b>x</b> التقى المندوبون"}]}`, engine.Broken},
		"script":                    {`{"translations":[{"text":"التقى المندوبون<script>alert(1)</script>"}]}`, engine.Broken},
		"bidi controls":             {`{"translations":[{"text":"\u202eالتقى المندوبون"}]}`, engine.Broken},
		"another language":          {`{"translations":[{"text":"The delegates met today."}]}`, engine.Broken},
		"too many":                  {`{"translations":[{"text":"التقى"},{"text":"المندوبون"}]}`, engine.Broken},
		"none":                      {`{}`, engine.Broken},
		"null in it":                {`{"translations":[null]}`, engine.Broken},
		"another form":              {`{"translations":"x"}`, engine.Broken},
		"a page":                    {`<html>Sign in</html>`, engine.Permanent},
		"cut short":                 {`{"translations":[{"text":"التق`, engine.Retryable}, // whatever it is asked: it is down
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := answering(t, engine.Settings{}, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, c.body) })
			l := engine.Limited(e, engine.Config{Clock: &enginetest.Clock{}})
			replies, err := l.Translate(t.Context(), ask("ar", "The delegates met today."))
			if err != nil {
				t.Fatal(err)
			}
			if got := engine.KindOf(replies[0].Err); got != c.kind {
				t.Errorf("%q, %v; want kind %q", replies[0].Text, replies[0].Err, c.kind)
			}
		})
	}
}

func TestTruncatedStream(t *testing.T) {
	t.Parallel()
	e := answering(t, engine.Settings{}, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, `{"translations":[{"te`)
	})
	_, err := e.Translate(t.Context(), ask("ar", "The delegates met."))
	var got *engine.Error
	if !errors.As(err, &got) || got.Kind != engine.Retryable || !got.MayBeBilled {
		t.Errorf("got %v", err)
	}
}

func TestCertificateThatDoesNotVerify(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // it says that we hung up
	server.StartTLS()
	t.Cleanup(server.Close)
	_, err := open(t, engine.Settings{APIKey: "s3cret", Endpoint: server.URL}, nil).Translate(t.Context(), ask("ar", "x"))
	if engine.KindOf(err) != engine.Permanent || !strings.Contains(err.Error(), "does not verify") || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("got %v", err)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	e, server := start(t, deeplfake.Options{CharacterLimit: 30}, engine.Settings{})
	if e.Info().Languages.Known() {
		t.Error("the languages are known before anybody asked")
	}
	if err := e.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	l := e.Info().Languages
	for tag, want := range map[string]bool{
		"ar": true, "uk": true, "pt": true, "pt-BR": true, "en": true, "en-GB": true, "zh-Hant": true, "no": true, "es-419": true,
		"kmr": false, "ckb": false, "ku": false, "fa": false,
	} {
		if l.Has("en-GB", tag) != want {
			t.Errorf("%s: had = %v", tag, !want)
		}
	}
	if _, err := e.Translate(t.Context(), ask("ckb", "x")); engine.KindOf(err) != engine.Unsupported || len(server.Ledger()) > 0 {
		t.Errorf("a language that is not had: %v", err)
	}
	if _, err := e.Translate(t.Context(), ask("ar", strings.Repeat("x", 30))); err != nil {
		t.Fatal(err)
	}
	if err := e.Check(t.Context()); engine.KindOf(err) != engine.Quota {
		t.Errorf("all is used up: %v", err)
	}
	if _, err := e.Translate(t.Context(), ask("ar", "more")); engine.KindOf(err) != engine.Quota {
		t.Errorf("all is used up: %v", err)
	}
}

func TestGlossary(t *testing.T) {
	t.Parallel()
	o := deeplfake.Options{Glossaries: map[string]map[string]map[string]string{"g1": {"ar": {"Coalition": "الائتلاف الوطني"}}}}
	e, _ := start(t, o, engine.Settings{Glossary: "g1"})
	if err := e.Check(t.Context()); err != nil || !e.Info().Glossaries || e.Info().Variant != "g1" {
		t.Fatalf("%v, %+v", err, e.Info())
	}
	replies, err := e.Translate(t.Context(), ask("ar", "The ⟦1⟧Coalition⟦/1⟧ met."))
	if err != nil || !strings.Contains(replies[0].Text, "⟦1⟧الائتلاف الوطني⟦/1⟧") {
		t.Errorf("%v, %v", replies, err)
	}
	if _, err := e.Translate(t.Context(), ask("fr", "x")); engine.KindOf(err) != engine.Permanent || !strings.Contains(err.Error(), `glossary "g1"`) {
		t.Errorf("a pair that the glossary lacks: %v", err)
	}
	e, _ = start(t, o, engine.Settings{Glossary: "g/2"})
	if err := e.Check(t.Context()); engine.KindOf(err) != engine.Permanent || !strings.Contains(err.Error(), `glossary "g/2"`) {
		t.Errorf("a glossary that is not there: %v", err)
	}
}

// TestDrill: with a fifth of the calls going wrong, nearly every segment is
// translated and the journal knows of every character that was billed.
func TestDrill(t *testing.T) {
	t.Parallel()
	faults, err := fake.ParseFaults("seed=3,rate=0.2,slow-for=1m")
	if err != nil {
		t.Fatal(err)
	}
	var o deeplfake.Options
	o.Faults = faults
	e, server := start(t, o, engine.Settings{})
	journal := &enginetest.Journal{}
	l := engine.Limited(e, engine.Config{
		Clock: &enginetest.Clock{}, Journal: journal, Timeout: 3 * time.Second, Attempts: 6, BreakAfter: 1000,
		Limits: engine.Limits{Items: 5, Concurrency: 4},
	})
	segments := enginetest.Sentences(200)
	replies, err := l.Translate(t.Context(), engine.Request{Source: "en", Target: "ar", Segments: segments})
	if err != nil {
		t.Fatal(err)
	}
	failed := 0
	for i, r := range replies {
		switch {
		case r.Err != nil:
			failed++
		case engine.Contract(segments[i], r.Text, "ar") != nil:
			t.Errorf("segment %d breaks the contract: %s", i, r.Text)
		}
	}
	if failed > len(segments)/50 {
		t.Errorf("%d of %d segments failed", failed, len(segments))
	}
	sure, maybe := 0, 0
	for _, r := range journal.Records() {
		switch {
		case r.Outcome.Unknown():
			maybe += r.Call.Size.CodePoints
		case r.Outcome.Err == nil:
			sure += r.Call.Size.CodePoints
		}
	}
	if billed := server.Billed(); billed < sure || billed > sure+maybe {
		t.Errorf("billed %d characters; the journal has %d sure and %d unknown", billed, sure, maybe)
	}
}
