package config

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"
)

// checkEngines says what is wrong with the engines and routes.
func (l *Loaded) checkEngines(bad func(key, format string, args ...any)) {
	names := map[string]bool{}
	for i := range l.Engines {
		e := &l.Engines[i]
		if e.Name == "" {
			e.Name = e.Kind
		}
		if names[e.Name] {
			bad("engines", "two engines are named %q: give one another name", e.Name)
		}
		names[e.Name] = true
		e.check(func(format string, args ...any) {
			bad("engines", "engine %s: %s", e.Name, fmt.Sprintf(format, args...))
		})
	}
	seen := map[string]bool{}
	for _, r := range l.Routes {
		if seen[strings.ToLower(r.Locale)] {
			bad("routes", "%s has two routes: name all its engines in one", r.Locale)
		}
		seen[strings.ToLower(r.Locale)] = true
		if r.Locale != "*" && !slices.ContainsFunc(l.Locales, func(o string) bool { return strings.EqualFold(o, r.Locale) }) {
			bad("routes", "%q is not one of the locales", r.Locale)
		}
		for _, n := range r.Engines {
			if !names[n] && n != "memory" && n != "pseudo" {
				bad("routes", "the route of %s names the engine %q, which is not configured under engines", r.Locale, n)
			}
		}
	}
}

var currency = regexp.MustCompile(`^[A-Z]{3}$`)

// check says what is wrong with one engine, but for what only its kind knows.
func (e *Engine) check(bad func(format string, args ...any)) {
	if e.Kind == "" {
		bad("it has no kind")
	}
	if e.WhenDown != "" && e.WhenDown != Wait && e.WhenDown != Next {
		bad("when_down: %q is neither wait nor next", e.WhenDown)
	}
	if e.Local && slices.Contains([]string{"google", "deepl"}, e.Kind) {
		bad("local: %s is a service outside the house", e.Kind)
	}
	keys := 0
	for _, k := range []string{e.APIKey, e.APIKeyEnv, e.APIKeyFile} {
		if k != "" {
			keys++
		}
	}
	if keys > 1 {
		bad("its key is given twice: keep one of api_key, api_key_env and api_key_file")
	}
	for name, n := range map[string]int{"requests_per_minute": e.RequestsPerMinute, "characters_per_minute": e.CharactersPerMinute, "concurrency": e.Concurrency} {
		if n < 0 {
			bad("%s: %d is below 0", name, n)
		}
	}
	if e.Timeout < 0 {
		bad("timeout: %v is below 0", e.Timeout)
	}
	if e.Timeout > 0 && e.Timeout < time.Millisecond {
		bad("timeout: a number alone is no time: write its unit too, like %ds", e.Timeout)
	}
	if p := e.Price; p != nil && (p.In < 0 || p.Out < 0 || p.In+p.Out > 0 && !currency.MatchString(p.Currency)) {
		bad("price: write it like {currency: EUR, in: 20}, for a million characters")
	}
	if e.Budget < 0 {
		bad("budget: %v is below 0", e.Budget)
	}
}

// Key is the engine's API key. where says what it was read from, for messages;
// the error says which variable or file has none.
func (e *Engine) Key() (key, where string, err error) {
	switch {
	case e.APIKeyEnv != "":
		where = "environment variable " + e.APIKeyEnv
		if key = strings.TrimSpace(os.Getenv(e.APIKeyEnv)); key == "" {
			return "", where, fmt.Errorf("engine %s: the %s, named by api_key_env, is empty: set it to the key", e.Name, where)
		}
	case e.APIKeyFile != "":
		where = "file " + e.APIKeyFile
		data, err := os.ReadFile(e.APIKeyFile)
		if err != nil {
			return "", where, fmt.Errorf("engine %s: the file named by api_key_file cannot be read: %w", e.Name, err)
		}
		if key = strings.TrimSpace(string(data)); key == "" {
			return "", where, fmt.Errorf("engine %s: the %s, named by api_key_file, is empty: put the key into it", e.Name, where)
		}
	case e.APIKey != "":
		return e.APIKey, "setting api_key of engine " + e.Name, nil
	case e.Credentials != "":
		where = "file " + e.Credentials
	}
	return key, where, nil
}

// route is a locale's route: its own, or that of "*".
func (c Config) route(locale string) (found Route) {
	for _, r := range c.Routes {
		if strings.EqualFold(r.Locale, locale) {
			return r
		}
		if r.Locale == "*" {
			found = r
		}
	}
	return found
}

// Route lists the engines of a locale, without the memory, which always comes
// first.
func (c Config) Route(locale string) []string {
	return slices.DeleteFunc(slices.Clone(c.route(locale).Engines), func(n string) bool { return n == "memory" })
}

// LocalOnly lists the locales whose texts stay in the house.
func (c Config) LocalOnly() (out []string) {
	for _, l := range c.Locales {
		if c.route(l).Local {
			out = append(out, l)
		}
	}
	return out
}
