// Package config is the only place that knows where settings come from: the
// file dragoman.yaml, then the environment (DRAGOMAN_…), then flags, the
// later winning. What goes out is a plain struct.
//
//	cfg, err := config.Load(config.Sources{File: "dragoman.yaml"})
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/go-viper/mapstructure/v2"
	"github.com/spf13/viper"
	"golang.org/x/text/language"

	"dragoman/locales"
)

// Config is what a house decides. Every field has a default; a fresh machine
// needs no file.
type Config struct {
	// Database is an SQLite file's path or a postgres:// URL.
	Database string `mapstructure:"database"`
	// Content is the folder of the English releases.
	Content string `mapstructure:"content"`
	// Glossary and Memory are the folders that the starter glossary and
	// memory are read from; the built-in ones serve where they are missing.
	Glossary string `mapstructure:"glossary"`
	Memory   string `mapstructure:"memory"`
	// Public is the folder that editions are published to.
	Public string `mapstructure:"public"`
	// Locales are the target locales, BCP 47, in the order they are shown.
	Locales []string `mapstructure:"locales"`
	// Timezone is that of dates without one, such as "Asia/Damascus".
	Timezone    string      `mapstructure:"timezone"`
	Recall      Recall      `mapstructure:"recall"`
	Review      Review      `mapstructure:"review"`
	Engines     []Engine    `mapstructure:"engines"`
	Routes      []Route     `mapstructure:"routes"`
	Desk        Desk        `mapstructure:"desk"`
	OIDC        OIDC        `mapstructure:"oidc"`
	Corrections Corrections `mapstructure:"corrections"`
	Site        Site        `mapstructure:"site"`
}

// Recall says when the memory's matches are taken.
type Recall struct {
	// Threshold is the least score of a fuzzy match, 50 to 100.
	Threshold int `mapstructure:"threshold"`
	// Thresholds are those of locales that have their own. (Lists, since viper
	// lower-cases the keys of maps.)
	Thresholds []Threshold `mapstructure:"thresholds"`
	// Penalties are taken off the score of matches by where they come from.
	Penalties []Penalty `mapstructure:"penalties"`
	// OldPenalty, 0 to 50, is taken off the score of matches approved OldYears
	// ago or longer.
	OldPenalty int `mapstructure:"old_penalty"`
	OldYears   int `mapstructure:"old_years"`
	// BeforeEngine is the least score at which a fuzzy match is preferred to
	// an engine's translation.
	BeforeEngine int `mapstructure:"before_engine"`
}

// Threshold is the least score of a fuzzy match in one locale, 50 to 100.
type Threshold struct {
	Locale    string `mapstructure:"locale"`
	Threshold int    `mapstructure:"threshold"`
}

// Penalty is taken off the score of matches whose entry has an origin, as
// `memory stats` names it, such as "import old.tmx"; 0 to 50.
type Penalty struct {
	Origin  string `mapstructure:"origin"`
	Penalty int    `mapstructure:"penalty"`
}

// ByLocale gives the thresholds of the locales that have their own.
func (r Recall) ByLocale() map[string]int {
	out := map[string]int{}
	for _, t := range r.Thresholds {
		out[t.Locale] = t.Threshold
	}
	return out
}

// ByOrigin gives the penalties by origin.
func (r Recall) ByOrigin() map[string]int {
	out := map[string]int{}
	for _, p := range r.Penalties {
		out[p.Origin] = p.Penalty
	}
	return out
}

// Review holds the house's rules of reviewing.
type Review struct {
	// FourEyes forbids approving one's own words.
	FourEyes bool `mapstructure:"four_eyes"`
}

// Engine configures one machine-translation engine.
type Engine struct {
	Name     string `mapstructure:"name"` // what routes call it; the kind if empty
	Kind     string `mapstructure:"kind"` // google, pseudo …
	Project  string `mapstructure:"project"`
	Location string `mapstructure:"location"`
	Model    string `mapstructure:"model"`
	Glossary string `mapstructure:"glossary"`
	// SyncGlossary keeps glossaries of the service in step with Dragoman's;
	// Google makes them from files in GlossaryBucket (gs://name/folder).
	SyncGlossary   bool   `mapstructure:"sync_glossary"`
	GlossaryBucket string `mapstructure:"glossary_bucket"`
	Credentials    string `mapstructure:"credentials"` // a file
	Endpoint       string `mapstructure:"endpoint"`
	Insecure       bool   `mapstructure:"insecure"` // no TLS: for local test servers only
	// Local says that the endpoint is in the house, though on another machine.
	Local bool `mapstructure:"local"`
	// APIKey is the key itself, APIKeyEnv the environment variable and
	// APIKeyFile the file that holds it; one of them at most.
	APIKey     string        `mapstructure:"api_key"`
	APIKeyEnv  string        `mapstructure:"api_key_env"`
	APIKeyFile string        `mapstructure:"api_key_file"`
	Timeout    time.Duration `mapstructure:"timeout"`
	// RequestsPerMinute, CharactersPerMinute and Concurrency narrow the
	// service's own limits.
	RequestsPerMinute   int `mapstructure:"requests_per_minute"`
	CharactersPerMinute int `mapstructure:"characters_per_minute"`
	Concurrency         int `mapstructure:"concurrency"`
	// Price is what a million characters cost; nil means what is known of the
	// service.
	Price *Price `mapstructure:"price"`
	// Budget is what it may cost in a calendar month, in the price's currency;
	// 0 means no limit.
	Budget float64 `mapstructure:"budget"`
	// Labels go with every call, as far as the service has such a thing.
	Labels []Label `mapstructure:"labels"`
	// Redact hides the names that the glossary marks sensitive from it.
	Redact bool `mapstructure:"redact"`
	// WhenDown is what editions do while it cannot be reached: "wait" for it,
	// or go to the "next" on the route.
	WhenDown string `mapstructure:"when_down"`
}

// Price is what a million characters cost: In for what is sent, Out for what
// comes back.
type Price struct {
	Currency string  `mapstructure:"currency"` // ISO 4217
	In       float64 `mapstructure:"in"`
	Out      float64 `mapstructure:"out"`
}

// Label is a name with a value. (A list, since viper lower-cases the keys of
// maps.)
type Label struct {
	Name  string `mapstructure:"name"`
	Value string `mapstructure:"value"`
}

// What editions do while an engine is down.
const (
	Wait = "wait"
	Next = "next"
)

// Route names the engines that are asked for a locale after the memory, in
// order. The locale "*" stands for all that have no route of their own.
type Route struct {
	Locale  string   `mapstructure:"locale"`
	Engines []string `mapstructure:"engines"`
	// Local keeps the locale's texts in the house: of its engines only those
	// there are asked.
	Local bool `mapstructure:"local"`
}

// Desk says where the desk is served.
type Desk struct {
	Listen string `mapstructure:"listen"` // host:port
	// URL is the desk's public address where it stands behind a proxy; links
	// for signing in are made from it.
	URL string `mapstructure:"url"`
	// Proxies are the addresses (10.0.0.7, 10.0.0.0/8) of proxies in front of
	// the desk: what they say in X-Forwarded-For and X-Forwarded-Proto is
	// believed, and nobody else's word.
	Proxies []string `mapstructure:"proxies"`
}

// Prefixes gives the proxies as ranges of addresses.
func (d Desk) Prefixes() ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, text := range d.Proxies {
		p, err := netip.ParsePrefix(text)
		if ip, err2 := netip.ParseAddr(text); err2 == nil {
			p, err = netip.PrefixFrom(ip.Unmap(), ip.Unmap().BitLen()), nil
		}
		if err != nil {
			return nil, fmt.Errorf("%q is not an address: write one as 127.0.0.1, or a range as 10.0.0.0/8", text)
		}
		out = append(out, p.Masked())
	}
	return out, nil
}

// OIDC says how people sign in to the desk with OpenID Connect; without an
// issuer they do not.
type OIDC struct {
	Issuer   string `mapstructure:"issuer"`
	ClientID string `mapstructure:"client_id"`
	// Secret is given itself or, better, in a file that only Dragoman reads.
	Secret     string `mapstructure:"client_secret"`
	SecretFile string `mapstructure:"client_secret_file"`
	// Name is what the button calls the provider.
	Name string `mapstructure:"name"`
	// Domains are the mail domains whose verified addresses are let in.
	Domains []string `mapstructure:"domains"`
	// GroupsClaim is the claim of the token that lists groups.
	GroupsClaim string   `mapstructure:"groups_claim"`
	Scopes      []string `mapstructure:"scopes"`
	// Groups give roles, as `user role` writes them: "reviewer:ar,fr".
	Groups []OIDCGroup `mapstructure:"groups"`
	// DefaultRoles are those of people whom a domain lets in and no group
	// gives a role.
	DefaultRoles string `mapstructure:"default_roles"`
}

// OIDCGroup gives the people of a group roles.
type OIDCGroup struct {
	Group string `mapstructure:"group"`
	Roles string `mapstructure:"roles"`
}

// Corrections say what becomes of public editions that a change of the glossary
// puts right.
type Corrections struct {
	// ByHand leaves it to people to publish them.
	ByHand bool `mapstructure:"by_hand"`
	// Notes tells readers of them on the page.
	Notes bool `mapstructure:"notes"`
}

// Site describes the published site.
type Site struct {
	Name string `mapstructure:"name"`
	// URL is the site's address, "" for links relative to the folder.
	URL string `mapstructure:"url"`
}

// Defaults are the settings of a fresh machine.
func Defaults() Config {
	return Config{
		Database: "var/dragoman.db", Content: "content/en", Glossary: "glossary/terms", Memory: "content/memory", Public: "public",
		Locales: []string{"ar", "fr", "tr", "es", "ru"}, Timezone: "UTC",
		Recall: Recall{Threshold: 70, BeforeEngine: 85, OldPenalty: 1, OldYears: 10},
		Desk:   Desk{Listen: "127.0.0.1:8741"},
	}
}

// Sources say where to look.
type Sources struct {
	// File is the settings file; "" means dragoman.yaml here, if there is one.
	File string
	// Flags are settings given on the command line, by key ("database",
	// "desk::listen").
	Flags map[string]any
}

// Loaded is a Config with where each setting came from.
type Loaded struct {
	Config
	File string // that was read, "" for none
	// From says for each setting that is not a default where it came from:
	// the file's name, "environment DRAGOMAN_…" or "command line".
	From map[string]string
}

const delimiter = "::"

// Load reads the settings and checks them. The error names the setting, where
// it was given and what would be right; several are joined.
func Load(src Sources) (*Loaded, error) {
	v := viper.NewWithOptions(viper.KeyDelimiter(delimiter), viper.ExperimentalBindStruct())
	v.SetEnvPrefix("DRAGOMAN")
	v.SetEnvKeyReplacer(strings.NewReplacer(delimiter, "_"))
	v.AutomaticEnv()
	l := &Loaded{Config: Defaults(), From: map[string]string{}}
	for key, val := range flatten("", reflect.ValueOf(l.Config)) {
		v.SetDefault(key, val)
	}
	if err := l.read(v, src.File); err != nil {
		return nil, err
	}
	for key, val := range src.Flags {
		v.Set(key, val)
	}
	if err := l.origins(src); err != nil {
		return nil, err
	}
	var cfg Config
	err := v.Unmarshal(&cfg, func(c *mapstructure.DecoderConfig) {
		c.ErrorUnused = true
		c.DecodeHook = mapstructure.ComposeDecodeHookFunc(mapstructure.StringToTimeDurationHookFunc(), mapstructure.StringToSliceHookFunc(","))
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %s: see docs/configuration.md for the settings and their forms", l.place(), plain(err))
	}
	l.Config = cfg
	return l, l.check()
}

func (l *Loaded) place() string {
	if l.File != "" {
		return l.File
	}
	return "settings"
}

// plain is a decoding error in one line, in words that name no types of Go.
func plain(err error) string {
	text := strings.Join(strings.Fields(err.Error()), " ")
	text = strings.TrimPrefix(text, "decoding failed due to the following error(s): ")
	for _, p := range plainer {
		text = p.find.ReplaceAllString(text, p.say)
	}
	return text
}

var plainer = []struct {
	find *regexp.Regexp
	say  string
}{
	{regexp.MustCompile(`'' has invalid keys:`), "there is no setting"},
	{regexp.MustCompile(`'([^']+)' has invalid keys:`), "in $1 there is no setting"},
	{regexp.MustCompile(`'([^']+)' cannot parse value as 'u?int\d*': strconv\.\w+: (invalid syntax|value out of range)`), "$1 takes a whole number"},
	{regexp.MustCompile(`'([^']+)' cannot parse value as 'float\d*': strconv\.\w+: (invalid syntax|value out of range)`), "$1 takes a number"},
	{regexp.MustCompile(`'([^']+)' cannot parse value as 'bool': strconv\.\w+: invalid syntax`), "$1 takes true or false"},
	{regexp.MustCompile(`'([^']+)' time: (invalid duration|unknown unit[^:]*|missing unit[^:]*)( in duration)?( "[^"]*")?`), "$1 takes a time such as 30s or 5m"},
	{regexp.MustCompile(`'([^']+)' expected a map or struct, got "\w+"`), "$1 takes settings of its own, each in a line below it"},
	{regexp.MustCompile(`'([^']+)' expected type '\w+', got unconvertible type '[^']*'(, value: '[^']*')?`), "$1 has a value of the wrong form"},
}

// read reads the settings file.
func (l *Loaded) read(v *viper.Viper, file string) error {
	named := file != ""
	if !named {
		file = "dragoman.yaml"
	}
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !named:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("settings file %s: there is no such file: give the path of a YAML file with --config", file)
	case err != nil:
		return fmt.Errorf("settings file %s: %w: give the path of a YAML file with --config", file, err)
	case info.IsDir():
		return fmt.Errorf("settings file %s: this is a folder: give the path of a YAML file with --config", file)
	}
	v.SetConfigFile(file)
	v.SetConfigType("yaml")
	err = v.ReadInConfig()
	switch {
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("settings file %s: it may not be read: change its permissions", file)
	case err != nil:
		return fmt.Errorf("settings file %s: %w: correct the YAML at the line named", file, err)
	}
	l.File = file
	return nil
}

// origins notes where each setting came from.
func (l *Loaded) origins(src Sources) error {
	file := viper.NewWithOptions(viper.KeyDelimiter(delimiter))
	if l.File != "" {
		file.SetConfigFile(l.File)
		file.SetConfigType("yaml")
		if err := file.ReadInConfig(); err != nil {
			return fmt.Errorf("settings file %s: %w", l.File, err)
		}
	}
	for key := range flatten("", reflect.ValueOf(l.Config)) {
		env := variable(key)
		_, inEnv := os.LookupEnv(env)
		_, inFlags := src.Flags[key]
		switch {
		case inFlags:
			l.From[key] = "command line"
		case inEnv:
			l.From[key] = "environment " + env
		case file.IsSet(key):
			l.From[key] = l.File
		}
	}
	return nil
}

// Keys are the settings' names with their values, sorted.
func (c Config) Keys() []Setting {
	var out []Setting
	for key, val := range flatten("", reflect.ValueOf(c)) {
		out = append(out, Setting{key, val})
	}
	slices.SortFunc(out, func(a, b Setting) int { return strings.Compare(a.Key, b.Key) })
	return out
}

// Setting is one setting by its full name ("desk::listen").
type Setting struct {
	Key   string
	Value any
}

// flatten lists a struct's settings by their full names.
func flatten(prefix string, v reflect.Value) map[string]any {
	out := map[string]any{}
	for i := range v.NumField() {
		key := prefix + v.Type().Field(i).Tag.Get("mapstructure")
		if f := v.Field(i); f.Kind() == reflect.Struct {
			for k, val := range flatten(key+delimiter, f) {
				out[k] = val
			}
		} else {
			out[key] = f.Interface()
		}
	}
	return out
}

// check says what is wrong with the settings, all at once.
func (l *Loaded) check() error {
	var errs []error
	bad := func(key, format string, args ...any) {
		where := l.From[key]
		if where == "" {
			where = "default"
		}
		errs = append(errs, fmt.Errorf("setting %s (%s): %s", strings.ReplaceAll(key, delimiter, "."), where, fmt.Sprintf(format, args...)))
	}
	if len(l.Locales) == 0 {
		bad("locales", "no target locale: name at least one, such as ar")
	}
	for i, tag := range l.Locales {
		tag = strings.TrimSpace(tag)
		t, err := language.Parse(tag)
		if err != nil {
			bad("locales", "%q is not a language tag: write it like ar, pt-BR or zh-Hant", tag)
			continue
		}
		l.Locales[i] = t.String()
		if _, err := locales.Get(t.String()); err != nil {
			bad("locales", "%v", err)
		}
		if t.String() == "en" {
			bad("locales", "releases are in English already: name the languages to translate into")
		}
		if slices.Index(l.Locales, t.String()) < i {
			bad("locales", "%s is named twice", tag)
		}
	}
	if l.Recall.Threshold < 50 || l.Recall.Threshold > 100 {
		bad("recall::threshold", "%d is not between 50 and 100", l.Recall.Threshold)
	}
	for i, t := range l.Recall.Thresholds {
		if !slices.Contains(l.Locales, t.Locale) {
			bad("recall::thresholds", "%q is not one of the locales", t.Locale)
		}
		if t.Threshold < 50 || t.Threshold > 100 {
			bad("recall::thresholds", "%s: %d is not between 50 and 100", t.Locale, t.Threshold)
		}
		if slices.ContainsFunc(l.Recall.Thresholds[:i], func(o Threshold) bool { return o.Locale == t.Locale }) {
			bad("recall::thresholds", "%s is named twice", t.Locale)
		}
	}
	for _, p := range l.Recall.Penalties {
		if p.Origin == "" {
			bad("recall::penalties", "a penalty without an origin: `dragoman memory stats` names them")
		}
		if p.Penalty < 0 || p.Penalty > 50 {
			bad("recall::penalties", "%s: %d is not between 0 and 50", p.Origin, p.Penalty)
		}
	}
	if l.Recall.OldPenalty < 0 || l.Recall.OldPenalty > 50 {
		bad("recall::old_penalty", "%d is not between 0 and 50", l.Recall.OldPenalty)
	}
	if l.Recall.OldYears < 0 || l.Recall.OldYears > 100 {
		bad("recall::old_years", "%d is not between 0 and 100", l.Recall.OldYears)
	}
	if _, err := time.LoadLocation(l.Timezone); err != nil {
		bad("timezone", "%q is not a time zone: write it like Asia/Damascus", l.Timezone)
	}
	if scheme, _, ok := strings.Cut(l.Database, "://"); ok && scheme != "postgres" && scheme != "postgresql" {
		bad("database", "%q: write the path of a file, or an address that begins with postgres://", scheme+"://…")
	}
	if _, _, err := net.SplitHostPort(l.Desk.Listen); err != nil {
		bad("desk::listen", "%q: write an address of this machine and a port, like 127.0.0.1:8741", l.Desk.Listen)
	}
	if _, err := l.Desk.Prefixes(); err != nil {
		bad("desk::proxies", "%v", err)
	}
	l.checkEngines(bad)
	return errors.Join(errs...)
}

// Location is the time zone of dates without one.
func (c Config) Location() *time.Location {
	l, err := time.LoadLocation(c.Timezone)
	if err != nil {
		return time.UTC
	}
	return l
}
