package libretranslate

import (
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
	"dragoman/internal/engine/fake/librefake"
)

// start gives an engine and the counterpart that it speaks to through a port.
func start(t testing.TB, o librefake.Options, s engine.Settings) (*Engine, *librefake.Server) {
	t.Helper()
	server, err := librefake.Start("127.0.0.1:0", o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	s.Endpoint = server.URL()
	if o.MTran {
		s.Model = MTran
	}
	return open(t, s), server
}

func open(t testing.TB, s engine.Settings) *Engine {
	t.Helper()
	e, err := WithClient(s, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return e
}

func request(target string, texts ...string) engine.Request {
	r := engine.Request{Source: "en", Target: target}
	for _, text := range texts {
		r.Segments = append(r.Segments, engine.Segment{Text: text})
	}
	return r
}

func TestConformance(t *testing.T) {
	t.Parallel()
	for name, mtran := range map[string]bool{"libretranslate": false, "mtran": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			enginetest.Run(t, func(t *testing.T) enginetest.Harness {
				e, server := start(t, librefake.Options{MTran: mtran}, engine.Settings{})
				return enginetest.Harness{
					Engine: e, Source: "en", Target: "ar", Unsupported: "xh",
					Force: server.Force,
					Calls: func() (sizes []engine.Size) {
						for _, c := range server.Ledger() {
							sizes = append(sizes, engine.Size{CodePoints: c.Characters})
						}
						return sizes
					},
				}
			})
		})
	}
}

func TestEveryTargetKeepsTheContract(t *testing.T) {
	t.Parallel()
	for _, mtran := range []bool{false, true} {
		e, server := start(t, librefake.Options{MTran: mtran}, engine.Settings{})
		l := engine.Limited(e, engine.Config{})
		if _, err := l.Languages(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, target := range []string{"ar", "fr", "tr", "es", "ru", "kmr", "ckb", "uk", "fa", "pt-BR", "he"} {
			replies, err := l.Translate(t.Context(), engine.Request{Source: "en", Target: target, Segments: enginetest.Sentences(60)})
			if err != nil {
				t.Fatal(err)
			}
			for i, r := range replies {
				if r.Err != nil {
					t.Fatalf("%s, segment %d: %v", target, i, r.Err)
				} else if !strings.Contains(r.Text, "‹") {
					t.Errorf("%s, segment %d is not marked as fake: %s", target, i, r.Text)
				}
			}
		}
		if server.Crashed() {
			t.Error("mismatched tags were sent")
		}
		if e.Info().Publishable {
			t.Error("what a fake server invents could be published")
		}
	}
}

func TestWhatIsSent(t *testing.T) {
	t.Parallel()
	e, server := start(t, librefake.Options{Key: "k3y"}, engine.Settings{APIKey: " k3y\n"})
	if !e.Info().Publishable || !e.Info().Local {
		t.Errorf("on this machine: %+v", e.Info())
	}
	for _, r := range []engine.Request{request("ar", "Salt & pepper"), request("ar", "a ⟦1⟧pair⟦/1⟧ & more", "plain", " ")} {
		if _, err := e.Translate(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	calls := server.Ledger()
	if calls[0].Format != "text" || calls[1].Format != "html" || calls[1].Items != 2 {
		t.Errorf("sent %+v", calls)
	}
	sizes := e.Measure(request("ar", "a ⟦1⟧pair⟦/1⟧ & more", "plain"))
	if calls[1].Characters != sizes[0].CodePoints+sizes[1].CodePoints {
		t.Errorf("measured %v, counted %d", sizes, calls[1].Characters)
	}
}

// TestTextComesBackAsItWas: the server undoes entities; a text's own "<" and
// "&" survive, and what then looks like a tag is refused.
func TestTextComesBackAsItWas(t *testing.T) {
	t.Parallel()
	e, _ := start(t, librefake.Options{}, engine.Settings{})
	r := request("ar", "5 < 6 & 7 ⟦1⟧pair⟦/1⟧")
	replies, err := e.Translate(t.Context(), r)
	if err != nil || !strings.Contains(replies[0].Text, "5 < 6 & 7") {
		t.Errorf("got %v, %v", replies, err)
	}
	url := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"translatedText":["5 < 6 <b>&</b> 7 <span data-c=\"1\">زوج</span>"]}`)
	})
	replies, err = open(t, engine.Settings{Endpoint: url}).Translate(t.Context(), r)
	if err != nil || engine.KindOf(replies[0].Err) != engine.Broken {
		t.Errorf("a tag that was not sent: %v, %v", replies, err)
	}
}

func TestSettingsAreChecked(t *testing.T) {
	t.Parallel()
	for want, s := range map[string]engine.Settings{
		"no endpoint is set":                        {APIKey: "s3cret"},
		`no model "argos"`:                          {Model: "argos", Endpoint: "127.0.0.1:5000"},
		`unencrypted connection to "lt.example:50"`: {Endpoint: "http://lt.example:50", APIKey: "s3cret"},
		`unencrypted connection to "lt.example"`:    {Endpoint: "https://lt.example", Insecure: true},
		"does not belong in it":                     {Endpoint: "https://me:s3cret@lt.example"},
		"begins with https://":                      {Endpoint: "ftp://lt.example"},
		"is not an address":                         {Endpoint: "https://lt.example:s3cret"},
	} {
		_, err := New(s)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%+v: %v, want %q", s, err, want)
		}
	}
}

func TestLocalOnThisMachineOnly(t *testing.T) {
	t.Parallel()
	for endpoint, want := range map[string]bool{
		"http://127.0.0.1:5000": true, "localhost:5000": true, "http://[::1]:5000": true, "127.8.0.1": true,
		"https://libretranslate.com": false, "translate.example.org": false, "https://10.0.0.5": false, "https://localhost.example.org": false,
	} {
		if got := open(t, engine.Settings{Endpoint: endpoint}).Info().Local; got != want {
			t.Errorf("%s: local = %v", endpoint, got)
		}
	}
}

// answering serves one answer, whatever is asked.
func answering(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

func TestErrors(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status  int
		message string
		model   string
		kind    engine.Kind
		says    string
	}{
		"missing key":   {400, "Please contact the server operator to get an API key", "", engine.Auth, "api_key"},
		"visit for key": {400, "Visit https://portal to get an API key", "", engine.Auth, "api_key"},
		"wrong key":     {403, "Invalid API key", "", engine.Auth, "api_key"},
		"banned":        {403, "Too many request limits violations", "", engine.Quota, "too often"},
		"language":      {400, "xh is not supported", "", engine.Unsupported, "from en to ar"},
		"pair":          {400, "Arabic (ar) is not available as a target language from English (en)", "", engine.Unsupported, "from en to ar"},
		"format":        {400, "html format is not supported", "", engine.Permanent, "update"},
		"size":          {400, "Invalid request: request (9) exceeds text limit (5)", "", engine.Permanent, "LT_CHAR_LIMIT"},
		"other 400":     {400, "Invalid request: s3cret", "", engine.Permanent, "HTTP 400"},
		"minute":        {429, "Slowdown: 10 per 1 minute", "", engine.Retryable, "more than it takes"},
		"day":           {429, "Slowdown: 500 per 1 day", "", engine.Quota, "tomorrow"},
		"500":           {500, "Cannot translate text: boom", "", engine.Retryable, "HTTP 500"},
		"502":           {502, "", "", engine.Retryable, "HTTP 502"},
		"503":           {503, "", "", engine.Retryable, "overloaded"},
		"404":           {404, "", "", engine.Permanent, "endpoint"},
		"413":           {413, "", "", engine.Permanent, "split the sentence"},
		"redirect":      {302, "", "", engine.Permanent, "where it really is"},
		"mtran token":   {401, "Unauthorized", MTran, engine.Auth, "api_key"},
		"mtran pair":    {500, "Translation failed: language pair en -> ar is not supported", MTran, engine.Unsupported, "from en to ar"},
		"mtran crash":   {500, "Translation failed: worker died", MTran, engine.Retryable, "MTranServer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := answering(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", "http://example.invalid/")
				w.WriteHeader(c.status)
				fmt.Fprintf(w, `{"error":%q}`, c.message)
			})
			e := open(t, engine.Settings{Name: "house", Endpoint: url, Model: c.model, APIKey: "s3cret"})
			_, err := e.Translate(t.Context(), request("ar", "The delegates met."))
			var got *engine.Error
			if !errors.As(err, &got) || got.Kind != c.kind {
				t.Fatalf("got %v, want kind %s", err, c.kind)
			}
			if safe := got.Safe(); !strings.Contains(safe, c.says) || !strings.Contains(safe, "house") || got.Remedy == "" {
				t.Errorf("the message %q does not say %q", safe, c.says)
			}
			if strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "delegates") {
				t.Errorf("the message tells too much: %v", err)
			}
		})
	}
}

func TestHostileReplies(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body string
		kind engine.Kind // of the call or, where that succeeds, of the reply
	}{
		"html where text was asked": {`{"translatedText":["<b>x</b> التقى المندوبون"]}`, engine.Broken},
		"script":                    {`{"translatedText":["التقى المندوبون<script>alert(1)</script>"]}`, engine.Broken},
		"bidi controls":             {`{"translatedText":["\u202eالتقى المندوبون"]}`, engine.Broken},
		"another language":          {`{"translatedText":["The delegates met today."]}`, engine.Broken},
		"too many":                  {`{"translatedText":["التقى","المندوبون"]}`, engine.Broken},
		"none":                      {`{"translatedText":[]}`, engine.Broken},
		"null":                      {`{"translatedText":null}`, engine.Broken},
		"null in it":                {`{"translatedText":[null]}`, engine.Broken},
		"another form":              {`{"translatedText":{"a":1}}`, engine.Broken},
		"not the documented object": {`[1,2]`, engine.Broken},
		"a page":                    {`<!DOCTYPE html><title>Sign in</title>`, engine.Permanent},
		"cut short":                 {`{"translatedText":["التقى المند`, engine.Retryable}, // whatever it is asked: it is down
		"nothing":                   {``, engine.Retryable},
		"as servers before arrays":  {`{"translatedText":"التقى المندوبون اليوم."}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := answering(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, c.body) })
			l := engine.Limited(open(t, engine.Settings{Endpoint: url}), engine.Config{Clock: &enginetest.Clock{}})
			replies, err := l.Translate(t.Context(), request("ar", "The delegates met today."))
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
	url := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, `{"translatedText":["الت`)
	})
	_, err := open(t, engine.Settings{Endpoint: url}).Translate(t.Context(), request("ar", "The delegates met."))
	var e *engine.Error
	if !errors.As(err, &e) || e.Kind != engine.Retryable || !e.MayBeBilled {
		t.Errorf("got %v", err)
	}
}

func TestConnectionErrors(t *testing.T) {
	t.Parallel()
	unverified := httptest.NewTLSServer(http.NotFoundHandler())
	unverified.Config.ErrorLog = quiet
	t.Cleanup(unverified.Close)
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for _, c := range []struct {
		endpoint string
		kind     engine.Kind
		says     string
	}{
		{unverified.URL, engine.Permanent, "does not verify"},
		{strings.Replace(plain.URL, "http:", "https:", 1), engine.Permanent, "does not speak TLS"},
		{gone.URL, engine.Retryable, "cannot be reached at 127.0.0.1"},
	} {
		_, err := open(t, engine.Settings{Endpoint: c.endpoint}).Translate(t.Context(), request("ar", "The delegates met."))
		var e *engine.Error
		if !errors.As(err, &e) || e.Kind != c.kind || !strings.Contains(e.Safe(), c.says) || e.MayBeBilled {
			t.Errorf("%s: %v, want %s %q", c.endpoint, err, c.kind, c.says)
		}
	}
}

func TestLanguages(t *testing.T) {
	t.Parallel()
	for _, mtran := range []bool{false, true} {
		e, server := start(t, librefake.Options{MTran: mtran, Languages: []string{"en", "ku", "zt", "pb"}}, engine.Settings{})
		if err := e.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
		l := e.Info().Languages
		for tag, want := range map[string]bool{"kmr": true, "ku": true, "zh-Hant": true, "pt-BR": true, "ar": false, "zh-Hans": false} {
			if l.Has("en", tag) != want {
				t.Errorf("%s: had = %v", tag, !want)
			}
		}
		if _, err := e.Translate(t.Context(), request("ar", "x")); engine.KindOf(err) != engine.Unsupported {
			t.Errorf("a language that is not had: %v", err)
		}
		// the codes are the server's own, once they are known
		if _, err := e.Translate(t.Context(), request("pt-BR", "The delegates met.")); err != nil {
			t.Fatal(err)
		}
		if got := server.Ledger()[0].Target; got != "pb" {
			t.Errorf("asked for %s", got)
		}
	}
}

// TestOldMTranServer: without batches, segments are asked for one by one.
func TestOldMTranServer(t *testing.T) {
	t.Parallel()
	url := answering(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/translate" {
			http.NotFound(w, r)
			return
		}
		_, _ = io.WriteString(w, `{"result":"التقى المندوبون اليوم."}`)
	})
	l := engine.Limited(open(t, engine.Settings{Endpoint: url, Model: MTran}), engine.Config{Clock: &enginetest.Clock{}})
	replies, err := l.Translate(t.Context(), request("ar", "The delegates met today.", "They will meet again."))
	if err != nil || replies[0].Err != nil || replies[1].Err != nil {
		t.Errorf("%v, %v", replies, err)
	}
}

// TestDrill: with a fifth of the calls going wrong, nearly every segment is
// translated and none is lost; the journal knows of every call.
func TestDrill(t *testing.T) {
	t.Parallel()
	faults, err := fake.ParseFaults("seed=3,rate=0.2,slow-for=1m")
	if err != nil {
		t.Fatal(err)
	}
	o := librefake.Options{}
	o.Faults = faults
	e, server := start(t, o, engine.Settings{})
	journal := &enginetest.Journal{}
	l := engine.Limited(e, engine.Config{
		Clock: &enginetest.Clock{}, Journal: journal, Timeout: drillTimeout, Attempts: 6, BreakAfter: 1000,
		Limits: engine.Limits{Items: 5, Concurrency: 8},
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
	if got, want := len(journal.Records()), len(server.Ledger()); got < want {
		t.Errorf("%d calls in the journal, %d at the server", got, want)
	}
}

// drillTimeout is what the slow answers of a drill run into.
const drillTimeout = 3 * time.Second

// quiet hides what the test's own server says about us hanging up.
var quiet = log.New(io.Discard, "", 0)
