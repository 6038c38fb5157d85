package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"dragoman/internal/engine/fake"
	"dragoman/internal/engine/fake/deeplfake"
	"dragoman/internal/engine/fake/googlefake"
	"dragoman/internal/engine/fake/httpfake"
	"dragoman/internal/engine/fake/librefake"
	"dragoman/internal/engine/fake/openaifake"
)

// fakeOptions are what `engine fake` is asked for.
type fakeOptions struct {
	listen, faults, key string
	seed                uint64
	delay               time.Duration
	perMinute           int
	json                bool
}

func newEngineFake(g *globals) *cobra.Command {
	var o fakeOptions
	c := &cobra.Command{
		Use:   "fake " + strings.Join(fakeKinds(), "|"),
		Short: "Serve a counterpart of a translation service, for demonstrations, tests and fault drills",
		Long: `Serves a counterpart of a service on this machine, until it is interrupted. It has the
limits, error codes and habits of the real one, and does not translate: its words are
invented, always the same for the same text, and every reply begins with a mark that
says so. An edition that holds any of it can never be approved or published.

It prints its address and the settings to use it with, and keeps a bill of what the real
service would charge, call by call, at http://ADDRESS/bill.

--fault takes shares from 0 to 1, separated by commas:
  rate            of the calls meet one of 429, 503, reset, slow, or a broken reply
  429, 503, 500, reset, slow, quota, auth, missing-item, flood, truncate
                  of the calls
  drop-placeholder, drop-digit, script, untranslated, extra-sentences, tag, html, bidi,
  chatter, empty, huge
                  of the replies
and slow-for=30s (how long a slow answer takes) and retry-after=1s (what a 429 asks for).`,
		Example: `  dragoman engine fake google --fault rate=0.1,drop-placeholder=0.05 --seed 7 --delay 200ms`,
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return g.serveFake(c.Context(), args[0], o)
		},
	}
	f := c.Flags()
	f.StringVar(&o.listen, "listen", "127.0.0.1:0", "`HOST:PORT` to serve on; port 0 is any free one")
	f.StringVar(&o.faults, "fault", "", "what goes wrong how often, such as rate=0.1")
	f.Uint64Var(&o.seed, "seed", 1, "decides where it goes wrong: the same seed, the same faults")
	f.DurationVar(&o.delay, "delay", 0, "how long each translation takes")
	f.StringVar(&o.key, "key", "", "libretranslate, mtran, openai: the key that callers must present; google: a token, which no call without encryption has")
	f.IntVar(&o.perMinute, "per-minute", 0, "google: characters a minute before it answers 429; 0 is no bound")
	f.BoolVar(&o.json, "json", false, "print one JSON object with the address and the settings")
	return c
}

// counterpart is a running fake service.
type counterpart interface {
	Bill() fake.Bill
	Stop()
}

// started is a counterpart with where it is and the settings to use it.
type started struct {
	counterpart
	address, url string
	engine       string   // a line of YAML
	more         []string // other lines that may be used instead
}

// fakeServices start the counterparts by kind.
var fakeServices = map[string]func(fakeOptions, fake.Faults) (started, error){
	"google": func(o fakeOptions, f fake.Faults) (started, error) {
		s, err := googlefake.Start(o.listen, googlefake.Options{Faults: f, Delay: o.delay, Token: o.key, CharactersPerMinute: o.perMinute, OperationPolls: 1})
		if err != nil {
			return started{}, err
		}
		line := fmt.Sprintf(`{name: fake-google, kind: google, project: demo, insecure: true, endpoint: "%s"`, s.Addr())
		return started{s, s.Addr(), "http://" + s.Addr(), line + "}", []string{
			line + `, location: us-central1, sync_glossary: true, glossary_bucket: "gs://demo"}`,
			line + `, location: us-central1, model: adaptive}`,
		}}, nil
	},
	"deepl": func(o fakeOptions, f fake.Faults) (started, error) {
		if o.key != "" {
			return started{}, usagef("--key: the DeepL engine sends no key without encryption, which the counterpart has none of; use --fault auth=1")
		}
		s, err := deeplfake.Start(o.listen, deeplfake.Options{Options: httpOptions(o, f)})
		if err != nil {
			return started{}, err
		}
		line := fmt.Sprintf(`{name: fake-deepl, kind: deepl, insecure: true, endpoint: "%s"`, s.URL())
		return overHTTP(s, s.URL(), line+"}", line+", sync_glossary: true}"), nil
	},
	"libretranslate": func(o fakeOptions, f fake.Faults) (started, error) { return startLibre(o, f, false) },
	"mtran":          func(o fakeOptions, f fake.Faults) (started, error) { return startLibre(o, f, true) },
	"openai": func(o fakeOptions, f fake.Faults) (started, error) {
		s, err := openaifake.Start(o.listen, openaifake.Options{Options: httpOptions(o, f), Key: o.key})
		if err != nil {
			return started{}, err
		}
		return overHTTP(s, s.URL(), fmt.Sprintf(`{name: fake-openai, kind: openai, endpoint: "%s", model: %s%s}`, s.Endpoint(), openaifake.Model, keyLine(o))), nil
	},
}

func startLibre(o fakeOptions, f fake.Faults, mtran bool) (started, error) {
	s, err := librefake.Start(o.listen, librefake.Options{Options: httpOptions(o, f), Key: o.key, MTran: mtran})
	if err != nil {
		return started{}, err
	}
	name, model := "fake-libretranslate", ""
	if mtran {
		name, model = "fake-mtran", ", model: mtran"
	}
	return overHTTP(s, s.URL(), fmt.Sprintf(`{name: %s, kind: libretranslate, endpoint: "%s"%s%s}`, name, s.URL(), model, keyLine(o))), nil
}

func keyLine(o fakeOptions) string {
	if o.key == "" {
		return ""
	}
	return fmt.Sprintf(`, api_key: "%s"`, o.key)
}

func httpOptions(o fakeOptions, f fake.Faults) httpfake.Options {
	return httpfake.Options{Faults: f, Delay: o.delay}
}

func overHTTP(c counterpart, url, line string, more ...string) started {
	_, address, _ := strings.Cut(url, "://")
	return started{c, address, url, line, more}
}

func fakeKinds() []string { return slices.Sorted(maps.Keys(fakeServices)) }

// startFake starts a counterpart.
func startFake(kind string, o fakeOptions) (started, error) {
	start, ok := fakeServices[kind]
	if !ok {
		return started{}, usagef("there is no counterpart of %q: use one of %s", kind, strings.Join(fakeKinds(), ", "))
	}
	faults, err := fake.ParseFaults(o.faults)
	if err != nil {
		return started{}, usageError{err}
	}
	faults.Seed = cmp.Or(faults.Seed, o.seed)
	return start(o, faults)
}

func (g *globals) serveFake(ctx context.Context, kind string, o fakeOptions) error {
	s, err := startFake(kind, o)
	if err != nil {
		return err
	}
	defer s.Stop()
	if err := g.introduce(kind, o, s); err != nil {
		return err
	}
	<-ctx.Done()
	b := s.Bill()
	fmt.Fprintf(g.stderr, "The FAKE %s was asked %d times, and would have billed %d calls with %d characters.\n", kind, b.Requests, b.Billed, b.Characters)
	return nil
}

// introduce says what is served, and how it is used.
func (g *globals) introduce(kind string, o fakeOptions, s started) error {
	name, _, _ := strings.Cut(strings.TrimPrefix(s.engine, "{name: "), ",")
	if o.json {
		return json.NewEncoder(g.stdout).Encode(map[string]any{
			"fake": kind, "address": s.address, "bill": s.url + "/bill", "name": name, "engine": s.engine, "others": s.more, "seed": o.seed, "faults": o.faults,
		})
	}
	fmt.Fprintf(g.stdout, `FAKE %s at %s: it does not translate. Its words are invented and marked as fake.
What the real service would bill: %s/bill

engines:
  - %s
routes:
  - {locale: "*", engines: [%s]}
`, kind, s.address, s.url, s.engine, name)
	for i, line := range s.more {
		if i == 0 {
			fmt.Fprintln(g.stdout, "\n# instead, for what else it can do:")
		}
		fmt.Fprintln(g.stdout, "#  - "+line)
	}
	return nil
}
