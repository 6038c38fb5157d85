package httpjson_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"dragoman/internal/engine"
	"dragoman/internal/engine/httpjson"
)

func TestEndpoint(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"127.0.0.1:5000":          "http://127.0.0.1:5000",
		"localhost":               "http://localhost",
		"[::1]:80/lt/":            "http://[::1]:80/lt",
		"lt.example.org":          "https://lt.example.org",
		"http://lt.example.org/a": "http://lt.example.org/a",
		"https://":                "", "ftp://a": "", "https://u:p@a": "", "https://a?k=1": "", "https://a#b": "", "": "",
	} {
		u, err := httpjson.Endpoint(address)
		if got := asString(u); got != want || (err == nil) != (want != "") {
			t.Errorf("%q is %q, %v", address, got, err)
		}
	}
}

func asString(u *url.URL) string {
	if u == nil {
		return ""
	}
	return u.String()
}

// client speaks to a server that answers as h does.
func client(t *testing.T, c *httpjson.Client, h http.HandlerFunc) *httpjson.Client {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	base, err := httpjson.Endpoint(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	c.Engine, c.Service = "e", "S"
	if c, err = httpjson.New(c, base); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func TestStatus(t *testing.T) {
	t.Parallel()
	for after, want := range map[string]time.Duration{
		"": 0, "7": 7 * time.Second, "-3": 0, "soon": 0, "99999999": 24 * time.Hour,
		time.Now().Add(time.Hour).UTC().Format(http.TimeFormat): time.Hour, // less what the test has taken
		"Mon, 02 Jan 2006 15:04:05 GMT":                         0,
	} {
		c := client(t, &httpjson.Client{Secret: "k3y"}, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", after)
			w.WriteHeader(http.StatusTooManyRequests)
			_, _ = io.WriteString(w, `{"message":"Too Many for k3y","detail":"Really"}`)
		})
		var st *httpjson.Status
		if err := c.Call(t.Context(), http.MethodGet, "/", nil, nil); !errors.As(err, &st) {
			t.Fatal(err)
		}
		if d := st.After - want; d != 0 && (want != time.Hour || d < -5*time.Minute || d > 0) {
			t.Errorf("Retry-After %q asks for %v", after, st.After)
		}
		if !st.Says("too many") || !st.Says("really") || st.Says("Too") || strings.Contains(st.Error(), "k3y") {
			t.Errorf("the service says %q", st.Message)
		}
	}
}

// TestRedirectsAreNotFollowed: text and key stay with the host that was set.
func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	c := client(t, &httpjson.Client{Header: http.Header{"X-Key": {"k"}}}, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/a" {
			t.Error("followed")
		}
		http.Redirect(w, r, "/b", http.StatusTemporaryRedirect)
	})
	var st *httpjson.Status
	if err := c.Call(t.Context(), http.MethodPost, "/a", "text", nil); !errors.As(err, &st) || engine.KindOf(c.Classify(st)) != engine.Permanent {
		t.Errorf("got %v", err)
	}
}

func TestTooLarge(t *testing.T) {
	t.Parallel()
	c := client(t, &httpjson.Client{MaxReply: 10}, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, `"`+strings.Repeat("x", len(r.URL.Path))+`"`)
	})
	var s string
	if err := c.Call(t.Context(), http.MethodGet, "/1234567", nil, &s); err != nil || s != "xxxxxxxx" {
		t.Errorf("%q, %v", s, err)
	}
	if err := c.Call(t.Context(), http.MethodGet, "/123456789", nil, &s); engine.KindOf(err) != engine.Broken {
		t.Errorf("%q, %v", s, err)
	}
}

func TestContext(t *testing.T) {
	t.Parallel()
	c := client(t, &httpjson.Client{}, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	var e *engine.Error
	if err := c.Call(ctx, http.MethodGet, "/", nil, nil); !errors.As(err, &e) || e.Kind != engine.Retryable || !e.MayBeBilled {
		t.Errorf("no answer in time: %v", err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	cancel()
	if err := c.Call(ctx, http.MethodGet, "/", nil, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestSizes: what is measured is what the body grows by.
func TestSizes(t *testing.T) {
	t.Parallel()
	r := engine.Request{Segments: []engine.Segment{{Text: "a \"⟦1⟧b⟦/1⟧\" <&> \u2028 𝄞"}, {Text: ""}, {Text: "plain\n"}}}
	b := httpjson.NewBatch(r)
	data, err := httpjson.Marshal(b.Texts)
	if err != nil {
		t.Fatal(err)
	}
	sizes := httpjson.Sizes(r)
	if sum := sizes[0].Bytes + sizes[2].Bytes; sum != len(data)-1 { // two brackets, one comma less
		t.Errorf("%v for %d bytes: %s", sizes, len(data), data)
	}
	if !b.HTML || len(b.Texts) != 2 || sizes[2].CodePoints != 6 {
		t.Errorf("%+v, %v", b, sizes)
	}
}
