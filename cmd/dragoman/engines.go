package main

import (
	"cmp"
	"context"
	"math"
	"strings"

	"dragoman/internal/config"
	"dragoman/internal/edition"
	"dragoman/internal/engine"
	"dragoman/pipeline"
)

// routes makes the engines of each locale.
func (a *app) routes() (map[string][]engine.Engine, error) {
	made := map[string]engine.Engine{}
	routes := map[string][]engine.Engine{}
	for _, loc := range a.cfg.Locales {
		for _, name := range a.cfg.Route(loc) {
			e := made[name]
			if e == nil {
				var err error
				if e, err = a.openEngine(name); err != nil {
					return nil, err
				}
				made[name] = e
			}
			routes[loc] = append(routes[loc], e)
		}
	}
	return routes, nil
}

// openEngine makes an engine within its limits. One that answers at once has
// none to keep.
func (a *app) openEngine(name string) (engine.Engine, error) {
	s, err := a.engineSettings(name)
	if err != nil {
		s.APIKey = "missing"
		var info engine.Info
		if e, err := engine.New(s); err == nil {
			info = engine.Limited(e, engine.Config{Limits: s.Limits, Price: s.Price}).Info()
		}
		return &unready{name, info, &engine.Error{Engine: name, Kind: engine.Auth, What: "its key is missing", Remedy: strings.TrimPrefix(err.Error(), "engine "+name+": "), Trouble: missingKey(a.engineConfig(name))}}, nil
	}
	e, err := engine.New(s)
	if err != nil {
		return nil, err
	}
	if p := cmp.Or(s.Price, e.Info().Price); a.engineConfig(name).Budget > 0 && p.In+p.Out == 0 {
		return nil, &engine.Error{
			Engine: name, Kind: engine.Permanent, What: "it has a budget and no price, so that nothing would ever count against the budget",
			Remedy: "set its price, such as {currency: EUR, in: 20} for a million characters, or take the budget out",
		}
	}
	if at, ok := e.(engine.Instant); ok && at.Instant() {
		return e, nil
	}
	c := engine.Config{Limits: s.Limits, Timeout: s.Timeout, KeyFrom: s.KeyFrom, Price: s.Price}
	if a.journal != nil {
		c.Journal = a.journal
	}
	return engine.Limited(e, c), nil
}

// missingKey is a missing key for the desk.
func missingKey(e config.Engine) edition.Trouble {
	return edition.Trouble{Reason: edition.TroubleNoCredentials, See: cmp.Or(e.APIKeyEnv, e.APIKeyFile, "api_key")}
}

// unready is an engine whose key is not there. It refuses all work and says
// why, so that people can go on with theirs.
type unready struct {
	name string
	info engine.Info // what it would be
	err  *engine.Error
}

func (u *unready) Name() string      { return u.name }
func (u *unready) Info() engine.Info { return u.info }
func (u *unready) Translate(context.Context, engine.Request) ([]engine.Reply, error) {
	return nil, u.err
}
func (u *unready) Check(context.Context) error { return u.err }

// engineConfig finds an engine's settings; pseudo needs none.
func (a *app) engineConfig(name string) config.Engine {
	for _, e := range a.cfg.Engines {
		if e.Name == name {
			return e
		}
	}
	return config.Engine{Name: name, Kind: name}
}

// engineSettings are an engine's settings as the engine takes them; the error
// says that its key is missing.
func (a *app) engineSettings(name string) (engine.Settings, error) {
	e := a.engineConfig(name)
	key, from, missing := e.Key()
	s := engine.Settings{
		Name: e.Name, Kind: e.Kind, Project: e.Project, Location: e.Location, Model: e.Model, Glossary: e.Glossary,
		CredentialsFile: e.Credentials, Endpoint: e.Endpoint, Insecure: e.Insecure, Local: e.Local, APIKey: key, KeyFrom: from, Timeout: e.Timeout,
		SyncGlossary: e.SyncGlossary, GlossaryBucket: e.GlossaryBucket,
		Limits: engine.Limits{RequestsPerMinute: e.RequestsPerMinute, CharactersPerMinute: e.CharactersPerMinute, Concurrency: e.Concurrency},
	}
	if a.store != nil {
		s.Notebook = a.store
	}
	if p := e.Price; p != nil {
		s.Price = engine.Price{Currency: p.Currency, In: millionths(p.In), Out: millionths(p.Out)}
	}
	for _, l := range e.Labels {
		if s.Labels == nil {
			s.Labels = map[string]string{}
		}
		s.Labels[l.Name] = l.Value
	}
	return s, missing
}

func millionths(amount float64) int64 { return int64(math.Round(amount * 1_000_000)) }

// budgets are what engines may cost in a month, in millionths.
func (a *app) budgets() map[string]int64 {
	out := map[string]int64{}
	for _, e := range a.cfg.Engines {
		if e.Budget > 0 {
			out[e.Name] = millionths(e.Budget)
		}
	}
	return out
}

// engineRules are the house's choices about each engine.
func (a *app) engineRules() map[string]pipeline.EngineRule {
	out := map[string]pipeline.EngineRule{}
	for _, e := range a.cfg.Engines {
		out[e.Name] = pipeline.EngineRule{Wait: e.WhenDown == config.Wait, Redact: e.Redact, Budget: millionths(e.Budget)}
	}
	return out
}
