package google

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/translate/apiv3/translatepb"
	"google.golang.org/api/option"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"

	"dragoman/internal/engine"
	"dragoman/internal/engine/enginetest"
	"dragoman/internal/engine/fake"
	"dragoman/internal/engine/fake/googlefake"
)

// overTCP starts a counterpart and an engine that speaks to it through a port.
func overTCP(t testing.TB, o googlefake.Options, s engine.Settings) (*Engine, *googlefake.Server) {
	t.Helper()
	server, err := googlefake.Start("127.0.0.1:0", o)
	if err != nil {
		t.Fatal(err)
	}
	s.Project, s.Endpoint, s.Insecure = "newsroom-1", server.Addr(), true
	return open(t, server, s)
}

// overMemory does so without a port.
func overMemory(t testing.TB, o googlefake.Options, s engine.Settings) (*Engine, *googlefake.Server) {
	t.Helper()
	lis := bufconn.Listen(1 << 20)
	server := googlefake.Serve(lis, o)
	conn, err := grpc.NewClient("passthrough:///memory", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return lis.DialContext(ctx) }))
	if err != nil {
		t.Fatal(err)
	}
	s.Project = "newsroom-1"
	return open(t, server, s, option.WithGRPCConn(conn))
}

func open(t testing.TB, server *googlefake.Server, s engine.Settings, o ...option.ClientOption) (*Engine, *googlefake.Server) {
	t.Helper()
	e, err := WithOptions(s, o...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = e.Close()
		server.Stop()
	})
	return e, server
}

func harness(e *Engine, server *googlefake.Server) enginetest.Harness {
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
}

func TestConformance(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(testing.TB, googlefake.Options, engine.Settings) (*Engine, *googlefake.Server){
		"tcp": overTCP, "memory": overMemory,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			enginetest.Run(t, func(t *testing.T) enginetest.Harness {
				return harness(start(t, googlefake.Options{}, engine.Settings{}))
			})
		})
	}
}

func TestEveryTargetKeepsTheContract(t *testing.T) {
	t.Parallel()
	e, _ := overTCP(t, googlefake.Options{}, engine.Settings{})
	l := engine.Limited(e, engine.Config{})
	for _, target := range []string{"ar", "fr", "tr", "es", "ru", "kmr", "ckb", "uk", "fa", "pt-BR", "he"} {
		replies, err := l.Translate(t.Context(), engine.Request{Source: "en", Target: target, Segments: enginetest.Sentences(120)})
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
}

func TestWhatIsSent(t *testing.T) {
	t.Parallel()
	e, server := overTCP(t, googlefake.Options{}, engine.Settings{Model: "translation-llm", Labels: map[string]string{"Desk": "Media Dept"}})
	r := engine.Request{
		Source: "en", Target: "zh-Hant", Segments: []engine.Segment{{Text: "Salt & pepper"}},
		Document: engine.Document{Labels: map[string]string{"release": "2018-02-05 Aid", "1x": "no"}},
	}
	if _, err := e.Translate(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	r.Segments = append(r.Segments, engine.Segment{Text: "⟦1⟧x⟦/1⟧"})
	if _, err := e.Translate(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	calls := server.Ledger()
	c := calls[0]
	if c.MimeType != "text/plain" || calls[1].MimeType != "text/html" {
		t.Errorf("MIME types %q, %q", c.MimeType, calls[1].MimeType)
	}
	if c.Target != "zh-TW" || c.Model != "projects/newsroom-1/locations/global/models/general/translation-llm" {
		t.Errorf("target %s, model %s", c.Target, c.Model)
	}
	if got := fmt.Sprint(c.Labels); got != "map[desk:media-dept release:2018-02-05-aid]" {
		t.Errorf("labels %s", got)
	}
	if sizes := e.Measure(r); calls[1].Characters != sizes[0].CodePoints+sizes[1].CodePoints {
		t.Errorf("measured %v, billed %d", sizes, calls[1].Characters)
	}
}

const objects = "en,ar,fr\nCoalition,الائتلاف الوطني,Coalition nationale\nthe,ال,le\n"

func TestGlossary(t *testing.T) {
	t.Parallel()
	e, _ := overTCP(t, googlefake.Options{Objects: map[string]string{"gs://b/terms.csv": objects}, OperationPolls: 1},
		engine.Settings{Location: "us-central1", Glossary: "press"})
	r := engine.Request{Source: "en", Target: "ar", Segments: []engine.Segment{{Text: "The ⟦1⟧Coalition⟦/1⟧ met."}}}
	if err := e.Check(t.Context()); engine.KindOf(err) != engine.Permanent || !strings.Contains(err.Error(), `glossary "press"`) {
		t.Fatalf("a glossary that is not there: %v", err)
	}
	client, err := e.connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	op, err := client.CreateGlossary(t.Context(), &translatepb.CreateGlossaryRequest{
		Parent: e.parent(), Glossary: &translatepb.Glossary{
			Name:      e.glossaryName(),
			Languages: &translatepb.Glossary_LanguageCodesSet_{LanguageCodesSet: &translatepb.Glossary_LanguageCodesSet{LanguageCodes: []string{"en", "ar", "fr"}}},
			InputConfig: &translatepb.GlossaryInputConfig{Source: &translatepb.GlossaryInputConfig_GcsSource{
				GcsSource: &translatepb.GcsSource{InputUri: "gs://b/terms.csv"},
			}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	// resumed by its name, as after a restart
	again := client.CreateGlossaryOperation(op.Name())
	if g, err := again.Poll(t.Context()); err != nil || g.GetEntryCount() != 2 {
		t.Fatalf("operation resumed: %v, %v", g, err)
	}
	if err := e.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	replies, err := e.Translate(t.Context(), r)
	if err != nil || !strings.Contains(replies[0].Text, "⟦1⟧الائتلاف الوطني⟦/1⟧") {
		t.Errorf("the glossary's results are not used: %v, %v", replies, err)
	}
	r.Target = "tr"
	if _, err := e.Translate(t.Context(), r); engine.KindOf(err) == "" {
		t.Error("a language that the glossary lacks goes unnoticed")
	}
	if entry, err := client.CreateGlossaryEntry(t.Context(), &translatepb.CreateGlossaryEntryRequest{
		Parent: e.glossaryName(), GlossaryEntry: &translatepb.GlossaryEntry{},
	}); err != nil {
		t.Errorf("adding an entry: %v", err)
	} else if err := client.DeleteGlossaryEntry(t.Context(), &translatepb.DeleteGlossaryEntryRequest{Name: entry.Name}); err != nil {
		t.Errorf("deleting an entry: %v", err)
	}
}

func TestSettingsAreChecked(t *testing.T) {
	t.Parallel()
	for want, s := range map[string]engine.Settings{
		"no Google Cloud project":      {},
		"need a region":                {Project: "p", Glossary: "press"},
		"takes no API key":             {Project: "p", APIKey: "secret-key"},
		"unencrypted connection":       {Project: "p", Insecure: true, Endpoint: "translate.example.org:443"},
		`unencrypted connection to ""`: {Project: "p", Insecure: true},
	} {
		_, err := New(s)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%+v: %v, want %q", s, err, want)
		}
	}
}

// TestCredentials: whatever is wrong with the credentials, the message names
// the file or the variable to look at.
func TestCredentials(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "key.json")
	e, err := New(engine.Settings{Project: "p", CredentialsFile: missing})
	if err != nil {
		t.Fatal(err)
	}
	wantAuth(t, e, "credentials", missing)

	empty := filepath.Join(t.TempDir(), "empty.json")
	if err := os.WriteFile(empty, []byte(`{"private_key":"secret"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	e, _ = New(engine.Settings{Project: "p", CredentialsFile: empty})
	wantAuth(t, e, "credentials", empty, `no "type"`)

	t.Setenv(credentialsVariable, missing)
	e, _ = New(engine.Settings{Project: "p"})
	wantAuth(t, e, credentialsVariable, missing)

	server, err := googlefake.Start("127.0.0.1:0", googlefake.Options{Token: "right"})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Stop()
	e, _ = New(engine.Settings{Project: "p", Endpoint: server.Addr(), Insecure: true})
	wantAuth(t, e, credentialsVariable, missing)
	t.Setenv(credentialsVariable, "")
	wantAuth(t, e, credentialsVariable, "gcloud auth application-default login")
}

func wantAuth(t *testing.T, e engine.Engine, words ...string) {
	t.Helper()
	_, err := e.Translate(t.Context(), engine.Request{Source: "en", Target: "ar", Segments: enginetest.Sentences(1)})
	var auth *engine.Error
	if !errors.As(err, &auth) || auth.Kind != engine.Auth {
		t.Fatalf("got %v, want an error of credentials", err)
	}
	for _, w := range words {
		if !strings.Contains(auth.Safe(), w) {
			t.Errorf("%q does not name %q", auth.Safe(), w)
		}
	}
}

func TestCertificateThatDoesNotVerify(t *testing.T) {
	t.Parallel()
	server, err := googlefake.Start("127.0.0.1:0", googlefake.Options{TLS: selfSigned(t)})
	if err != nil {
		t.Fatal(err)
	}
	e, err := WithOptions(engine.Settings{Project: "p", Endpoint: server.Addr()}, option.WithoutAuthentication())
	if err != nil {
		t.Fatal(err)
	}
	open(t, server, e.s)
	defer e.Close()
	_, err = e.Translate(t.Context(), engine.Request{Source: "en", Target: "ar", Segments: enginetest.Sentences(1)})
	if engine.KindOf(err) != engine.Permanent || !strings.Contains(err.Error(), "does not verify") {
		t.Errorf("got %v", err)
	}
}

func selfSigned(t *testing.T) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "fake"}, NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, NextProtos: []string{"h2"}}
}

func TestLanguages(t *testing.T) {
	t.Parallel()
	e, _ := overTCP(t, googlefake.Options{Languages: []string{"en", "ku", "zh-TW"}}, engine.Settings{})
	if e.Info().Languages.Known() {
		t.Error("the languages are known before anybody asked")
	}
	if err := e.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	l := e.Info().Languages
	for tag, want := range map[string]bool{"kmr": true, "ku": true, "zh-Hant": true, "ar": false} {
		if l.Has("en", tag) != want {
			t.Errorf("%s: had = %v", tag, !want)
		}
	}
	r := engine.Request{Source: "en", Target: "ar", Segments: enginetest.Sentences(1)}
	if _, err := e.Translate(t.Context(), r); engine.KindOf(err) != engine.Unsupported {
		t.Errorf("a language that is not had: %v", err)
	}
}

func TestCheckNamesAWrongModel(t *testing.T) {
	t.Parallel()
	e, _ := overTCP(t, googlefake.Options{}, engine.Settings{Model: "nmt-2"})
	if err := e.Check(t.Context()); engine.KindOf(err) != engine.Permanent || !strings.Contains(err.Error(), `no model "nmt-2"`) {
		t.Errorf("got %v", err)
	}
}

// TestDrill: with a fifth of the calls going wrong, every segment ends
// translated or with an error, and the journal knows of every character that
// was billed.
func TestDrill(t *testing.T) {
	t.Parallel()
	// The breaker stays out of it: the clock does not wait between retries, so
	// they come faster than a cut connection can be made again.
	for _, concurrency := range []int{1, 8} {
		t.Run(fmt.Sprint(concurrency), func(t *testing.T) {
			t.Parallel()
			faults, err := fake.ParseFaults("seed=3,rate=0.2,slow-for=1m")
			if err != nil {
				t.Fatal(err)
			}
			e, server := overTCP(t, googlefake.Options{Faults: faults}, engine.Settings{})
			journal := &enginetest.Journal{}
			l := engine.Limited(e, engine.Config{
				Clock: &enginetest.Clock{}, Journal: journal, Timeout: 3 * time.Second, Attempts: 6, BreakAfter: 1000,
				Limits: engine.Limits{Items: 5, Concurrency: concurrency, CharactersPerMinute: 100_000},
			})
			segments := enginetest.Sentences(500)
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
			// A call that may have been billed is repeated once only, and a cut
			// connection has cut off all that were on it.
			if failed > len(segments)/10 {
				t.Errorf("%d of %d segments failed", failed, len(segments))
			}
			compare(t, journal.Records(), server.Ledger())
			t.Logf("%d segments, %d failed, %+v", len(segments), failed, l.Status().Stats)
		})
	}
}

// compare holds the journal to the bill, call by call. What the journal calls
// unknown may be billed, or never have arrived.
func compare(t *testing.T, records []enginetest.Record, bill []googlefake.Charge) {
	t.Helper()
	on := map[int64]googlefake.Charge{}
	for _, c := range bill {
		on[c.Call] = c
	}
	sure, maybe, billed := 0, 0, 0
	for i, r := range records {
		if !r.Ended {
			t.Fatalf("call %d has no end in the journal", i)
		}
		c := on[int64(i+1)] // the journal numbers them so
		switch {
		case r.Outcome.Unknown():
			maybe += r.Call.Size.CodePoints
		case r.Outcome.Err == nil:
			sure += r.Call.Size.CodePoints
			if !c.Billed || c.Characters != r.Call.Size.CodePoints {
				t.Errorf("call %d: %+v in the journal; in the bill %+v", i, r.Call.Size, c)
			}
		case c.Billed:
			t.Errorf("call %d: %v in the journal; in the bill %+v", i, r.Outcome.Err, c)
		}
	}
	for _, c := range bill {
		if c.Billed {
			billed += c.Characters
		}
	}
	if billed < sure || billed > sure+maybe {
		t.Errorf("billed %d characters; the journal has %d sure and %d unknown", billed, sure, maybe)
	}
}

// TestPaced: nothing is refused by a service that counts whole minutes, which
// begin with the first call in them: its quota and one call are enough.
func TestPaced(t *testing.T) {
	t.Parallel()
	clock := &enginetest.Clock{}
	e, server := overTCP(t, googlefake.Options{CharactersPerMinute: 6_400, Now: clock.Now}, engine.Settings{})
	l := engine.Limited(e, engine.Config{Clock: clock, Limits: engine.Limits{Items: 4, Concurrency: 1, CharactersPerMinute: 6_000}})
	if _, err := l.Translate(t.Context(), engine.Request{Source: "en", Target: "ar", Segments: enginetest.Sentences(400)}); err != nil {
		t.Fatal(err)
	}
	for _, c := range server.Ledger() {
		if !c.Billed {
			t.Fatalf("refused: %+v", c)
		}
	}
	ideal := time.Duration(float64(server.Billed()) / 6_000 * float64(time.Minute))
	if clock.Slept > ideal*105/100 {
		t.Errorf("took %v, ideally %v", clock.Slept, ideal)
	}
}

// TestNothingIsBilledWithoutAConnection, so such a call may be made as often as
// it takes.
func TestNothingIsBilledWithoutAConnection(t *testing.T) {
	t.Parallel()
	e, server := overTCP(t, googlefake.Options{}, engine.Settings{})
	server.Stop()
	_, err := e.Translate(t.Context(), engine.Request{Source: "en", Target: "ar", Segments: enginetest.Sentences(1)})
	var failed *engine.Error
	if !errors.As(err, &failed) || failed.Kind != engine.Retryable || failed.MayBeBilled {
		t.Errorf("%+v", err)
	}
}
