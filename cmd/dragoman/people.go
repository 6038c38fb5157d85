package main

import (
	"fmt"
	"os"
	"strings"

	"dragoman/internal/config"
	"dragoman/internal/edition"
	"dragoman/internal/people"
	"dragoman/locales"
)

// people opens the accounts; base is the desk's address, "" where nobody is
// served.
func (a *app) people(base string) (*people.People, error) {
	o := people.Options{}
	if a.cfg.OIDC.Issuer != "" && base != "" {
		var err error
		if o.Provider, err = provider(a.cfg.OIDC, base); err != nil {
			return nil, usageError{err}
		}
	}
	return people.New(people.Bind(a.store), o), nil
}

// provider makes the provider of sign-ins that the settings name.
func provider(c config.OIDC, base string) (*people.Provider, error) {
	secret := c.Secret
	if c.SecretFile != "" {
		b, err := os.ReadFile(c.SecretFile)
		if err != nil {
			return nil, fmt.Errorf("setting oidc.client_secret_file: %w: give the path of a file that holds the secret alone", err)
		}
		secret = strings.TrimSpace(string(b))
	}
	out := people.ProviderConfig{
		Issuer: c.Issuer, ClientID: c.ClientID, Secret: secret, Name: c.Name, Redirect: base + "/sign-in/back",
		Domains: c.Domains, GroupsClaim: c.GroupsClaim, Scopes: c.Scopes,
	}
	for _, g := range c.Groups {
		gs, err := grants(g.Roles)
		if err != nil || len(gs) == 0 || g.Group == "" {
			return nil, fmt.Errorf("setting oidc.groups: group %q: give it a name and roles such as reviewer:ar,fr (%v)", g.Group, err)
		}
		for _, one := range gs {
			out.Groups = append(out.Groups, people.GroupRole{Group: g.Group, Grant: one})
		}
	}
	var err error
	if out.Default, err = grants(c.DefaultRoles); err != nil {
		return nil, fmt.Errorf("setting oidc.default_roles: %w", err)
	}
	return people.NewProvider(out)
}

// grants reads roles as a person writes them: "reviewer:ar,fr publisher:fr".
func grants(line string) ([]edition.Grant, error) {
	gs, err := edition.ParseGrants(line)
	if err != nil {
		return nil, err
	}
	for _, g := range gs {
		for _, l := range g.Locales {
			if _, err := locales.Get(l); err != nil {
				return nil, err
			}
		}
	}
	return gs, nil
}

// signInURL is the address of a one-time link.
func signInURL(base, token string) string { return base + "/sign-in?token=" + token }
