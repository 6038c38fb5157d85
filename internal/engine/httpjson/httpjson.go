// Package httpjson makes one call to a translation service that speaks JSON
// over HTTP, and decides what its failures mean where that does not depend on
// the service: names, connections, certificates, deadlines, answers that are
// too large, cut short or no JSON at all. It neither retries nor follows
// redirects, and nothing that it says holds a header or a query.
//
//	base, err := httpjson.Endpoint("api.deepl.com")
//	c, err := httpjson.New(&httpjson.Client{Engine: "deepl", Service: "DeepL"}, base)
//	err = c.Call(ctx, http.MethodPost, "/v2/translate", request, &answer)
//	var st *httpjson.Status
//	if errors.As(err, &st) { … } // the service answered, with another status than 2xx
package httpjson

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"dragoman/internal/edition"
	"dragoman/internal/engine"
)

// FakeHeader is the header in which Dragoman's own counterparts say what they
// are.
const FakeHeader = "X-Dragoman-Fake"

const (
	// DefaultMaxReply bounds an answer in bytes, after decompression.
	DefaultMaxReply = 8 << 20
	// maxProblem bounds what is read of an answer that is an error.
	maxProblem = 16 << 10
)

// Client speaks to one service for one engine. Use New to make it.
type Client struct {
	// Engine is the engine's name and Service the service's, for messages.
	Engine, Service string
	// Header goes with every call and may hold secrets. Secret is taken out of
	// whatever the service says.
	Header http.Header
	Secret string
	// MaxReply bounds an answer in bytes; DefaultMaxReply where it is 0.
	MaxReply int64
	// House says that the service is in the house, though on another machine:
	// plain http is allowed then, and connections go to private addresses only.
	House bool
	// HTTP makes the calls. A client of its own with the usual proxies where it
	// is nil.
	HTTP *http.Client

	base *url.URL
	fake atomic.Bool
}

// Endpoint reads an address as people write it: a URL, or host:port, whose
// scheme is http on this machine and https elsewhere.
func Endpoint(address string) (*url.URL, error) {
	if !strings.Contains(address, "://") {
		host, _, _ := strings.Cut(address, "/")
		scheme := "https://"
		if loopback(hostOf(host)) {
			scheme = "http://"
		}
		address = scheme + address
	}
	u, err := url.Parse(strings.TrimRight(address, "/"))
	switch {
	case err != nil: // url.Error quotes the address, which may hold a password
		return nil, errors.New("it is not an address")
	case u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return nil, errors.New("an address begins with https://, or with http:// on this machine")
	case u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		return nil, errors.New("a user, a password, a query or a fragment does not belong in it")
	}
	return u, nil
}

// Loopback reports whether u is on this machine.
func Loopback(u *url.URL) bool { return loopback(u.Hostname()) }

func hostOf(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		return host
	}
	return strings.Trim(hostport, "[]")
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// New completes c to speak to the service at base. It refuses to speak without
// encryption to another machine than this one, unless that is in the house.
func New(c *Client, base *url.URL) (*Client, error) {
	if c.House {
		if ip, err := netip.ParseAddr(base.Hostname()); err == nil && !private(ip) {
			return nil, outside(c.Engine, base.Host)
		}
		if c.HTTP == nil {
			c.HTTP = House()
		}
	}
	if base.Scheme == "http" && !Loopback(base) && !c.House {
		return nil, &engine.Error{
			Engine: c.Engine, Kind: engine.Permanent,
			What:   fmt.Sprintf("an unencrypted connection to %q is refused", base.Host),
			Remedy: "set an endpoint that begins with https://, or one on this machine, or local: true for one in your own network",
		}
	}
	c.base = base
	if c.MaxReply == 0 {
		c.MaxReply = DefaultMaxReply
	}
	own := http.Client{Transport: roundTripper()}
	if c.HTTP != nil {
		own = *c.HTTP
	}
	// A redirect could carry text and key to another host.
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c.HTTP = &own
	return c, nil
}

// roundTripper is the usual one, with as many connections kept as calls may be
// under way. It takes the environment's proxies, but none to this machine.
func roundTripper() http.RoundTripper {
	t, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport
	}
	t = t.Clone()
	t.MaxIdleConnsPerHost = 16
	return t
}

// Local reports whether the service runs in the house: on this machine, or
// where House says so.
func (c *Client) Local() bool { return c.House || Loopback(c.base) }

// outside is the error of an address that is said to be in the house.
func outside(name, host string) *engine.Error {
	return &engine.Error{
		Engine: name, Kind: engine.Permanent, Err: ErrOutside,
		What:    fmt.Sprintf("the settings say that %s is in the house (local: true), and its address is not a private one", host),
		Remedy:  "name an address in your own network (10.…, 172.16.…–172.31.…, 192.168.…), or take local: true out",
		Trouble: edition.Trouble{Reason: edition.TroubleEndpoint, Where: host, See: "local"},
	}
}

// Host is where the service is, for messages.
func (c *Client) Host() string { return c.base.Host }

// Fake reports whether a counterpart of Dragoman's own has answered.
func (c *Client) Fake() bool { return c.fake.Load() }

// Close gives up the connections that are not in use.
func (c *Client) Close() error {
	c.HTTP.CloseIdleConnections()
	return nil
}

// Status is an answer of the service that is not 2xx.
type Status struct {
	Code int
	// After is what Retry-After asks for, 0 where it asks for nothing.
	After time.Duration
	// Message is what the service says: error, message and detail in its JSON. It may quote the text or the key.
	Message string
	// JSON is false where the answer is not the service's own form, as from a
	// proxy in between.
	JSON bool
}

// Error is the status with what the service said.
func (s *Status) Error() string { return fmt.Sprintf("HTTP %d: %s", s.Code, s.Message) }

// Says reports whether the service's message holds any of the words, which are
// in small letters.
func (s *Status) Says(words ...string) bool {
	message := strings.ToLower(s.Message)
	for _, w := range words {
		if strings.Contains(message, w) {
			return true
		}
	}
	return false
}

// Call sends in as JSON, nothing where it is nil, to path (with its query) and
// reads the answer into out. The error is ctx's own where that was cancelled, a
// *Status where the service answered with anything but 2xx, else an
// *engine.Error.
func (c *Client) Call(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		data, err := Marshal(in)
		if err != nil {
			return c.fail(engine.Error{Kind: engine.Permanent, What: "the request cannot be written", Err: err})
		}
		body = bytes.NewReader(data)
	}
	q, err := http.NewRequestWithContext(ctx, method, c.base.String()+path, body)
	if err != nil {
		return c.fail(engine.Error{Kind: engine.Permanent, What: "the request cannot be written"})
	}
	for k, v := range c.Header {
		q.Header[k] = v
	}
	q.Header.Set("Accept", "application/json")
	q.Header.Set("User-Agent", "dragoman")
	if n, ok := engine.ReceiptOf(ctx); ok {
		q.Header.Set(engine.ReceiptHeader, strconv.FormatInt(n, 10))
	}
	if in != nil {
		q.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.HTTP.Do(q)
	if err != nil {
		return c.broken(ctx, err)
	}
	defer resp.Body.Close()
	if resp.Header.Get(FakeHeader) != "" {
		c.fake.Store(true)
	}
	if resp.StatusCode/100 != 2 {
		return c.status(resp)
	}
	if resp.StatusCode == http.StatusNoContent {
		return nil
	}
	return c.read(ctx, resp, out)
}

// Marshal writes v as JSON without the escapes meant for pages, which would
// make every tag and quotation longer.
func Marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimRight(b.Bytes(), "\n"), err
}

// read reads an answer with status 2xx.
func (c *Client) read(ctx context.Context, resp *http.Response, out any) error {
	data, err := io.ReadAll(io.LimitReader(resp.Body, c.MaxReply+1))
	if int64(len(data)) > c.MaxReply {
		return engine.TooLarge(c.Engine, int(c.MaxReply))
	}
	if err != nil {
		return c.broken(ctx, err)
	}
	err = json.Unmarshal(data, out)
	var syntax *json.SyntaxError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &syntax) && !isJSON(resp.Header) && bytes.HasPrefix(bytes.TrimSpace(data), []byte("<")):
		return c.fail(engine.Error{
			Kind: engine.Permanent, What: fmt.Sprintf("%s answers with a page instead of %s's data", c.Host(), c.Service),
			Remedy:  "check the engine's endpoint; a proxy or a login page may be in between",
			Trouble: edition.Trouble{Reason: edition.TroubleEndpoint, Where: c.Host(), See: "endpoint"},
		})
	case errors.As(err, &syntax) && syntax.Offset >= int64(len(data)):
		return c.fail(engine.Error{
			Kind: engine.Retryable, MayBeBilled: true, What: c.Service + "'s answer was cut short", Remedy: "it is tried again",
			Trouble: edition.Trouble{Reason: edition.TroubleCut, Where: c.Host()},
		})
	}
	return engine.Unreadable(c.Engine, errors.New("the answer does not have the form that "+c.Service+" documents"))
}

// status reads an answer that is an error.
func (c *Client) status(resp *http.Response) *Status {
	st := &Status{Code: resp.StatusCode, After: retryAfter(resp.Header.Get("Retry-After"))}
	data, _ := io.ReadAll(io.LimitReader(resp.Body, maxProblem))
	var problem struct{ Error, Message, Detail any }
	if json.Unmarshal(data, &problem) == nil {
		st.JSON = true
		for _, v := range []any{problem.Error, problem.Message, problem.Detail} {
			if s, ok := v.(string); ok && s != "" {
				st.Message = strings.TrimSpace(strings.Join([]string{st.Message, s}, " "))
			}
		}
	}
	if c.Secret != "" {
		st.Message = strings.ReplaceAll(st.Message, c.Secret, "…")
	}
	return st
}

// retryAfter reads seconds or a date (RFC 9110, section 10.2.3).
func retryAfter(v string) time.Duration {
	if s, err := strconv.Atoi(strings.TrimSpace(v)); err == nil && s > 0 {
		return time.Duration(min(s, 24*60*60)) * time.Second
	}
	if t, err := http.ParseTime(v); err == nil {
		return max(0, time.Until(t).Round(time.Second))
	}
	return 0
}

func isJSON(h http.Header) bool {
	t, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	return err == nil && (t == "application/json" || strings.HasSuffix(t, "+json"))
}

func (c *Client) fail(err engine.Error) error {
	err.Engine = c.Engine
	return &err
}
