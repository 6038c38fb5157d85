// Package peopletest gives tests a provider of sign-ins: OpenID Connect over
// a real server on this machine, with tokens that are really signed, and
// every fault that a test asks for.
package peopletest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// Provider is a provider of sign-ins at which one person has always signed in
// already.
type Provider struct {
	*httptest.Server
	ID, Secret string // of the client that it knows

	mu     sync.Mutex
	claims map[string]any
	bend   func(claims map[string]any)
	key    *rsa.PrivateKey // that tokens are signed with
	codes  map[string]request
	down   bool
	none   bool
}

// request is what somebody was sent with.
type request struct{ nonce, challenge, redirect string }

var keys = sync.OnceValue(func() [2]*rsa.PrivateKey {
	var out [2]*rsa.PrivateKey
	for i := range out {
		k, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		out[i] = k
	}
	return out
})

// New starts a provider that knows one person by these claims, such as sub,
// name, email, email_verified and groups.
func New(t testing.TB, claims map[string]any) *Provider {
	p := &Provider{ID: "dragoman", Secret: "a secret", claims: claims, key: keys()[0], codes: map[string]request{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.discovery)
	mux.HandleFunc("GET /keys", p.published)
	mux.HandleFunc("GET /authorize", p.authorize)
	mux.HandleFunc("POST /token", p.token)
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		down := p.down
		p.mu.Unlock()
		if down {
			http.Error(w, "down", http.StatusServiceUnavailable)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(p.Close)
	return p
}

// Be makes the person who has signed in another one.
func (p *Provider) Be(claims map[string]any) { p.with(func() { p.claims = claims }) }

// Bend changes the claims of every token just before it is signed, nil
// leaving them as they are.
func (p *Provider) Bend(f func(claims map[string]any)) { p.with(func() { p.bend = f }) }

// Down says that the provider answers nothing.
func (p *Provider) Down(down bool) { p.with(func() { p.down = down }) }

// Forge signs tokens with a key that is not the provider's.
func (p *Provider) Forge(forge bool) {
	p.with(func() { p.key = keys()[map[bool]int{true: 1}[forge]] })
}

// Unsigned gives tokens without a signature.
func (p *Provider) Unsigned(none bool) { p.with(func() { p.none = none }) }

func (p *Provider) with(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f()
}

func write(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // the client notices
}

func (p *Provider) discovery(w http.ResponseWriter, _ *http.Request) {
	write(w, map[string]any{
		"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
		"id_token_signing_alg_values_supported": []string{"RS256"}, "response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
		"code_challenge_methods_supported": []string{"S256"},
	})
}

func (p *Provider) published(w http.ResponseWriter, _ *http.Request) {
	write(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &keys()[0].PublicKey, KeyID: "one", Algorithm: "RS256", Use: "sig"}}})
}

// authorize sends whoever comes back at once, signed in.
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("client_id") != p.ID || q.Get("code_challenge_method") != "S256" || q.Get("response_type") != "code" || q.Get("state") == "" || q.Get("nonce") == "" {
		http.Error(w, "a request that a careful provider refuses", http.StatusBadRequest)
		return
	}
	code := rand.Text()
	p.with(func() { p.codes[code] = request{q.Get("nonce"), q.Get("code_challenge"), q.Get("redirect_uri")} })
	back := url.Values{"code": {code}, "state": {q.Get("state")}, "iss": {p.URL}}
	http.Redirect(w, r, q.Get("redirect_uri")+"?"+back.Encode(), http.StatusFound)
}

// token changes a code, once, for a token.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	asked, ok := p.codes[r.PostFormValue("code")]
	delete(p.codes, r.PostFormValue("code"))
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	id, secret, basic := r.BasicAuth()
	if !basic {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	if !ok || base64.RawURLEncoding.EncodeToString(sum[:]) != asked.challenge || asked.redirect != r.PostFormValue("redirect_uri") || id != p.ID || secret != url.QueryEscape(p.Secret) && secret != p.Secret {
		w.WriteHeader(http.StatusBadRequest)
		write(w, map[string]string{"error": "invalid_grant"})
		return
	}
	claims := map[string]any{"iss": p.URL, "aud": p.ID, "nonce": asked.nonce, "iat": time.Now().Unix(), "exp": time.Now().Add(time.Hour).Unix()}
	for k, v := range p.claims {
		claims[k] = v
	}
	if p.bend != nil {
		p.bend(claims)
	}
	raw, err := p.sign(claims)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	write(w, map[string]any{"access_token": rand.Text(), "token_type": "Bearer", "expires_in": 3600, "id_token": raw})
}

func (p *Provider) sign(claims map[string]any) (string, error) {
	if p.none {
		b, err := json.Marshal(claims)
		return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + base64.RawURLEncoding.EncodeToString(b) + ".", err
	}
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: p.key, KeyID: "one"}}, nil)
	if err != nil {
		return "", err
	}
	return jwt.Signed(s).Claims(claims).Serialize()
}
