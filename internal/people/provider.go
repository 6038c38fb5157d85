package people

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"dragoman/internal/edition"
)

// ProviderConfig says how people sign in with OpenID Connect.
type ProviderConfig struct {
	// Issuer is the provider's address; it must be https: but on this machine.
	Issuer           string
	ClientID, Secret string
	// Name is what the button calls the provider.
	Name string
	// Redirect is the desk's address that the provider sends people back to.
	Redirect string
	// Domains are the mail domains whose verified addresses are let in; all
	// if there are none, and then only groups give roles.
	Domains []string
	// GroupsClaim is the claim that lists a person's groups, "groups" if "".
	GroupsClaim string
	// Scopes are asked for besides openid, profile and email.
	Scopes []string
	// Groups give roles to those who are in them.
	Groups []GroupRole
	// Default are the roles of those whom a domain lets in and no group gives
	// a role; without them such people are not let in.
	Default []edition.Grant
	// Client asks the provider, one with a deadline if nil.
	Client *http.Client
	// Now is the clock, time.Now if nil.
	Now func() time.Time
}

// GroupRole is the role that a group gives.
type GroupRole struct {
	Group string
	edition.Grant
}

// Provider lets people sign in with OpenID Connect: the code flow with PKCE,
// state and nonce. It is safe for concurrent use. That the provider is down
// stops nothing but signing in with it.
type Provider struct {
	ProviderConfig

	mu       sync.Mutex
	found    *oidc.Provider
	failed   error
	lastTime time.Time // of looking
}

// NewProvider makes a Provider; it does not ask for anything yet. The error
// names what is wrong in the configuration.
func NewProvider(c ProviderConfig) (*Provider, error) {
	u, err := url.Parse(c.Issuer)
	switch {
	case err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("oidc.issuer: %q is no address: write it like https://login.example.org/realms/press", c.Issuer)
	case u.Scheme != "https" && !(u.Scheme == "http" && (u.Hostname() == "127.0.0.1" || u.Hostname() == "localhost" || u.Hostname() == "::1")):
		return nil, fmt.Errorf("oidc.issuer: %q must be an https address", c.Issuer)
	case c.ClientID == "":
		return nil, errors.New("oidc.client_id: give the id under which the provider knows Dragoman")
	case len(c.Default) > 0 && len(c.Domains) == 0:
		return nil, errors.New("oidc.default_roles: name the mail domains that they are for (oidc.domains), else everybody with an account of the provider would get in")
	}
	if c.Client == nil {
		c.Client = &http.Client{Timeout: 10 * time.Second}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.GroupsClaim == "" {
		c.GroupsClaim = "groups"
	}
	if c.Name == "" {
		c.Name = u.Hostname()
	}
	return &Provider{ProviderConfig: c}, nil
}

// Flow is what must be remembered between sending somebody to the provider
// and their coming back. It belongs to one browser and is used once.
type Flow struct {
	State, Nonce, Verifier string
	Began                  time.Time
}

// flowLife is how long somebody may take at the provider.
const flowLife = 15 * time.Minute

// ErrProvider means that the provider cannot be asked, or that what it
// answered cannot be trusted.
var ErrProvider = errors.New("the provider of sign-ins could not be used")

// retryAfter is how long a provider that could not be reached is left alone.
const retryAfter = 3 * time.Second

// discover gives the provider's own description of itself, asked for once.
func (p *Provider) discover(ctx context.Context) (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found != nil {
		return p.found, nil
	}
	if p.failed != nil && p.Now().Sub(p.lastTime) < retryAfter {
		return nil, p.failed
	}
	found, err := oidc.NewProvider(oidc.ClientContext(ctx, p.Client), p.Issuer)
	p.lastTime, p.failed = p.Now(), nil
	if err != nil {
		err = fmt.Errorf("%w: %v", ErrProvider, err)
		if ctx.Err() == nil {
			p.failed = err
		}
		return nil, err
	}
	p.found = found
	return found, nil
}

func (p *Provider) oauth(found *oidc.Provider) oauth2.Config {
	return oauth2.Config{
		ClientID: p.ClientID, ClientSecret: p.Secret, Endpoint: found.Endpoint(), RedirectURL: p.Redirect,
		Scopes: append([]string{oidc.ScopeOpenID, "profile", "email"}, p.Scopes...),
	}
}

// Begin gives the provider's address to send somebody to, and what to
// remember. It gives ErrProvider where the provider cannot be reached.
func (p *Provider) Begin(ctx context.Context) (string, Flow, error) {
	found, err := p.discover(ctx)
	if err != nil {
		return "", Flow{}, err
	}
	f := Flow{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), Began: p.Now()}
	c := p.oauth(found)
	return c.AuthCodeURL(f.State, oidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier)), f, nil
}

// claims are what is read of an ID token.
type claims struct {
	Email    string `json:"email"`
	Verified any    `json:"email_verified"` // some write the word
	Name     string `json:"name"`
	Username string `json:"preferred_username"`
}

// Finish takes what the provider sent back and says who it is. It gives
// ErrProvider for everything that is not exactly as it should be.
func (p *Provider) Finish(ctx context.Context, f Flow, back url.Values) (Identity, error) {
	no := func(format string, args ...any) (Identity, error) {
		return Identity{}, fmt.Errorf("%w: %w", ErrProvider, fmt.Errorf(format, args...))
	}
	switch {
	case f.State == "" || subtle.ConstantTimeCompare([]byte(f.State), []byte(back.Get("state"))) != 1:
		return no("the state is not the one that was sent")
	case p.Now().Sub(f.Began) > flowLife:
		return no("it took longer than %v", flowLife)
	case back.Get("error") != "":
		return no("it says %.100q", back.Get("error"))
	case back.Has("iss") && back.Get("iss") != p.Issuer:
		return no("another issuer answered: %.200q", back.Get("iss"))
	case back.Get("code") == "":
		return no("there is no code")
	}
	found, err := p.discover(ctx)
	if err != nil {
		return Identity{}, err
	}
	ctx = oidc.ClientContext(ctx, p.Client)
	c := p.oauth(found)
	token, err := c.Exchange(ctx, back.Get("code"), oauth2.VerifierOption(f.Verifier))
	if err != nil {
		return no("exchange: %w", err)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return no("there is no ID token")
	}
	id, err := found.Verifier(&oidc.Config{ClientID: p.ClientID, Now: p.Now}).Verify(ctx, raw)
	if err != nil {
		return no("verify: %w", err)
	}
	if f.Nonce == "" || subtle.ConstantTimeCompare([]byte(f.Nonce), []byte(id.Nonce)) != 1 {
		return no("the nonce is not the one that was sent")
	}
	return p.identity(id)
}

func (p *Provider) identity(id *oidc.IDToken) (Identity, error) {
	var c claims
	var all map[string]any
	if err := errors.Join(id.Claims(&c), id.Claims(&all)); err != nil {
		return Identity{}, fmt.Errorf("%w: claims: %w", ErrProvider, err)
	}
	if id.Subject == "" || len(id.Subject) > 255 {
		return Identity{}, fmt.Errorf("%w: the token has no usable subject", ErrProvider)
	}
	who := Identity{Issuer: id.Issuer, Subject: id.Subject, Name: c.Name}
	if who.Name == "" {
		who.Name = c.Username
	}
	if c.Verified == true || c.Verified == "true" {
		who.Email = c.Email
	}
	switch groups := all[p.GroupsClaim].(type) {
	case string:
		who.Groups = []string{groups}
	case []any:
		for _, g := range groups {
			if name, ok := g.(string); ok {
				who.Groups = append(who.Groups, name)
			}
		}
	}
	return who, nil
}

// Roles are what the provider's rules give somebody, and whether they let
// them in at all.
func (p *Provider) Roles(i Identity) (gs []edition.Grant, let bool) {
	if len(p.Domains) > 0 {
		at := strings.LastIndexByte(i.Email, '@')
		if at < 1 || !slices.ContainsFunc(p.Domains, func(d string) bool { return strings.EqualFold(d, i.Email[at+1:]) }) {
			return nil, false
		}
	}
	for _, g := range p.Groups {
		if slices.Contains(i.Groups, g.Group) {
			gs = append(gs, g.Grant)
		}
	}
	if gs == nil {
		gs = p.Default
	}
	return gs, len(gs) > 0
}

// Manages says that groups decide about roles, so that these are brought up
// to date at each sign-in.
func (p *Provider) Manages() bool { return len(p.Groups) > 0 }
