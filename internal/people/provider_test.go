package people_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"dragoman/internal/edition"
	"dragoman/internal/people"
	"dragoman/internal/people/peopletest"
)

var lina = map[string]any{"sub": "17", "name": "Lina", "email": "lina@press.example", "email_verified": true, "groups": []string{"arabic", "staff"}}

func provider(t *testing.T, at *peopletest.Provider, change func(*people.ProviderConfig)) *people.Provider {
	t.Helper()
	c := people.ProviderConfig{Issuer: at.URL, ClientID: at.ID, Secret: at.Secret, Redirect: "http://desk.test/sign-in/back"}
	if change != nil {
		change(&c)
	}
	p, err := people.NewProvider(c)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// visit goes to the provider as a browser does and gives what it comes back
// with.
func visit(t *testing.T, address string) url.Values {
	t.Helper()
	c := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := c.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	u, err := res.Location()
	if err != nil {
		t.Fatalf("the provider answered %d: %v", res.StatusCode, err)
	}
	return u.Query()
}

func TestProviderSaysWhoItIs(t *testing.T) {
	t.Parallel()
	at := peopletest.New(t, lina)
	p := provider(t, at, nil)
	where, flow, err := p.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	back := visit(t, where)
	who, err := p.Finish(t.Context(), flow, back)
	if err != nil {
		t.Fatal(err)
	}
	if who.Subject != "17" || who.Issuer != at.URL || who.Email != "lina@press.example" || strings.Join(who.Groups, " ") != "arabic staff" {
		t.Errorf("%+v", who)
	}
	if _, err := p.Finish(t.Context(), flow, back); !errors.Is(err, people.ErrProvider) {
		t.Errorf("the code a second time: %v", err)
	}
}

// What is not exactly as it should be lets nobody in.
func TestProviderFaults(t *testing.T) {
	t.Parallel()
	bend := func(claim string, value any) func(*peopletest.Provider) {
		return func(at *peopletest.Provider) { at.Bend(func(c map[string]any) { c[claim] = value }) }
	}
	for name, c := range map[string]struct {
		provider func(*peopletest.Provider)
		back     func(url.Values)
		flow     func(*people.Flow)
	}{
		"wrong audience": {provider: bend("aud", "another client")},
		"expired":        {provider: bend("exp", time.Now().Add(-time.Hour).Unix())},
		"not yet":        {provider: bend("nbf", time.Now().Add(time.Hour).Unix())},
		"wrong nonce":    {provider: bend("nonce", "another")},
		"no nonce":       {provider: func(at *peopletest.Provider) { at.Bend(func(c map[string]any) { delete(c, "nonce") }) }},
		"wrong issuer":   {provider: bend("iss", "https://evil.example")},
		"no subject":     {provider: bend("sub", "")},
		"long subject":   {provider: bend("sub", strings.Repeat("x", 300))},
		"forged":         {provider: func(at *peopletest.Provider) { at.Forge(true) }},
		"unsigned":       {provider: func(at *peopletest.Provider) { at.Unsigned(true) }},
		"issuer down":    {provider: func(at *peopletest.Provider) { at.Down(true) }},
		"wrong state":    {back: func(v url.Values) { v.Set("state", "x") }},
		"no state":       {back: func(v url.Values) { v.Del("state") }},
		"mixed up":       {back: func(v url.Values) { v.Set("iss", "https://evil.example") }},
		"refused":        {back: func(v url.Values) { v.Set("error", "access_denied") }},
		"no code":        {back: func(v url.Values) { v.Del("code") }},
		"wrong code":     {back: func(v url.Values) { v.Set("code", "x") }},
		"no flow":        {flow: func(f *people.Flow) { *f = people.Flow{} }},
		"wrong verifier": {flow: func(f *people.Flow) { f.Verifier = strings.Repeat("y", 43) }},
		"too late":       {flow: func(f *people.Flow) { f.Began = f.Began.Add(-time.Hour) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := peopletest.New(t, lina)
			p := provider(t, at, nil)
			where, flow, err := p.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			back := visit(t, where)
			if c.provider != nil {
				c.provider(at)
			}
			if c.back != nil {
				c.back(back)
			}
			if c.flow != nil {
				c.flow(&flow)
			}
			if who, err := p.Finish(t.Context(), flow, back); !errors.Is(err, people.ErrProvider) {
				t.Errorf("%+v, %v", who, err)
			}
		})
	}
}

// A provider that was down when the desk started is used once it is up.
func TestProviderComesUpLater(t *testing.T) {
	t.Parallel()
	at := peopletest.New(t, lina)
	at.Down(true)
	now := time.Now()
	p := provider(t, at, func(c *people.ProviderConfig) { c.Now = func() time.Time { return now } })
	if _, _, err := p.Begin(t.Context()); !errors.Is(err, people.ErrProvider) {
		t.Fatalf("%v", err)
	}
	at.Down(false)
	if _, _, err := p.Begin(t.Context()); !errors.Is(err, people.ErrProvider) {
		t.Errorf("it was asked again at once: %v", err)
	}
	now = now.Add(time.Minute)
	if _, _, err := p.Begin(t.Context()); err != nil {
		t.Errorf("it is up: %v", err)
	}
}

func TestProviderRoles(t *testing.T) {
	t.Parallel()
	arabic := people.GroupRole{Group: "arabic", Grant: edition.Grant{Role: "reviewer", Locales: []string{"ar"}}}
	chief := people.GroupRole{Group: "chiefs", Grant: edition.Grant{Role: "publisher"}}
	viewer := []edition.Grant{{Role: "viewer"}}
	for _, c := range []struct {
		name    string
		config  people.ProviderConfig
		email   string
		groups  []string
		want    string
		refused bool
	}{
		{"a group", people.ProviderConfig{Groups: []people.GroupRole{arabic, chief}}, "", []string{"arabic", "x"}, "reviewer:ar", false},
		{"two groups", people.ProviderConfig{Groups: []people.GroupRole{arabic, chief}}, "", []string{"arabic", "chiefs"}, "reviewer:ar publisher", false},
		{"no group", people.ProviderConfig{Groups: []people.GroupRole{arabic}}, "", nil, "", true},
		{"a domain", people.ProviderConfig{Domains: []string{"press.example"}, Default: viewer}, "a@Press.Example", nil, "viewer", false},
		{"another domain", people.ProviderConfig{Domains: []string{"press.example"}, Default: viewer}, "a@press.example.evil.example", nil, "", true},
		{"a domain before the at", people.ProviderConfig{Domains: []string{"press.example"}, Default: viewer}, "press.example", nil, "", true},
		{"two ats", people.ProviderConfig{Domains: []string{"press.example"}, Default: viewer}, "a@press.example@evil.example", nil, "", true},
		{"no mail", people.ProviderConfig{Domains: []string{"press.example"}, Groups: []people.GroupRole{arabic}}, "", []string{"arabic"}, "", true},
		{"nothing configured", people.ProviderConfig{}, "a@b.example", []string{"arabic"}, "", true},
	} {
		c.config.Issuer, c.config.ClientID = "https://login.example", "x"
		p, err := people.NewProvider(c.config)
		if err != nil {
			t.Fatal(err)
		}
		gs, let := p.Roles(people.Identity{Email: c.email, Groups: c.groups})
		if let == c.refused || edition.FormatGrants(gs) != c.want {
			t.Errorf("%s: %q, let in %v", c.name, edition.FormatGrants(gs), let)
		}
	}
}

// An address that the provider has not verified counts for nothing.
func TestUnverifiedMailIsNone(t *testing.T) {
	t.Parallel()
	for _, verified := range []any{false, nil, "false", "yes", 1} {
		claims := map[string]any{"sub": "17", "email": "boss@press.example", "email_verified": verified}
		at := peopletest.New(t, claims)
		p := provider(t, at, nil)
		where, flow, err := p.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		who, err := p.Finish(t.Context(), flow, visit(t, where))
		if err != nil || who.Email != "" {
			t.Errorf("email_verified %v: %+v, %v", verified, who, err)
		}
	}
}

func TestProviderConfiguration(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]people.ProviderConfig{
		"no issuer":    {ClientID: "x"},
		"not https":    {Issuer: "http://login.example.org", ClientID: "x"},
		"no client":    {Issuer: "https://login.example.org"},
		"open to all":  {Issuer: "https://login.example.org", ClientID: "x", Default: []edition.Grant{{Role: "admin"}}},
		"with a query": {Issuer: "https://login.example.org/?x=1", ClientID: "x"},
	} {
		if _, err := people.NewProvider(c); err == nil || !strings.Contains(err.Error(), "oidc.") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
