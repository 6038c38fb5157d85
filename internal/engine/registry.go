package engine

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Settings configure one engine. Which fields count depends on Kind; an engine
// says what it misses.
type Settings struct {
	// Name is what people call this engine; Kind where it is empty.
	Name string
	// Kind is the registered name of its package: "google", "pseudo", …
	Kind string
	// Project and Location are Google's.
	Project, Location string
	// Model is the service's name for the model, its default where empty.
	Model string
	// Glossary is the service's name for the glossary to use, none where empty.
	Glossary string
	// SyncGlossary keeps glossaries of the service in step with Dragoman's and
	// uses them; GlossaryBucket is the bucket of Cloud Storage ("gs://name/folder")
	// that Google makes them from. Notebook remembers them, in memory where nil.
	SyncGlossary   bool
	GlossaryBucket string
	Notebook       Notebook
	// CredentialsFile and APIKey are secrets' place and a secret; neither
	// reaches a message (the file's path does).
	CredentialsFile, APIKey string
	// Endpoint overrides where the service is. Insecure speaks to it without
	// encryption or credentials, on this machine only.
	Endpoint string
	Insecure bool
	// Local says that the endpoint is in the house though not on this machine:
	// its address must be a private one (RFC 1918, RFC 4193, link-local), which
	// is seen to when it is connected to; then plain http is allowed, too.
	Local bool
	// Limits narrow the service's own.
	Limits Limits
	// Timeout bounds one call; DefaultTimeout where it is 0.
	Timeout time.Duration
	// KeyFrom says where APIKey or the credentials come from, for messages: an
	// environment variable, a file, a setting.
	KeyFrom string
	// Price overrides the price that the adapter knows.
	Price Price
	// Labels go with every call where the service has such a thing.
	Labels map[string]string
}

// Factory makes an engine. It checks the settings and does no network I/O:
// an engine that cannot be reached fails when it is asked, not at the start.
type Factory func(Settings) (Engine, error)

var registry = struct {
	sync.RWMutex
	kinds map[string]Factory
}{kinds: map[string]Factory{}}

// Register makes a kind of engine known to New. Package engine/all has the one
// line for each kind.
func Register(kind string, f Factory) {
	registry.Lock()
	defer registry.Unlock()
	if _, twice := registry.kinds[kind]; twice {
		panic("engine: kind " + kind + " registered twice")
	}
	registry.kinds[kind] = f
}

// Kinds lists the registered kinds in order.
func Kinds() []string {
	registry.RLock()
	defer registry.RUnlock()
	kinds := make([]string, 0, len(registry.kinds))
	for k := range registry.kinds {
		kinds = append(kinds, k)
	}
	slices.Sort(kinds)
	return kinds
}

// New makes the engine that s describes.
func New(s Settings) (Engine, error) {
	if s.Name == "" {
		s.Name = s.Kind
	}
	registry.RLock()
	f, ok := registry.kinds[s.Kind]
	registry.RUnlock()
	if !ok {
		return nil, &Error{
			Engine: s.Name, Kind: Permanent,
			What:   fmt.Sprintf("there is no kind of engine called %q", s.Kind),
			Remedy: "use one of " + strings.Join(Kinds(), ", "),
		}
	}
	return f(s)
}

// Open makes the engine that s describes and puts it within its limits. What c
// leaves open of limits and timeout is taken from s.
func Open(s Settings, c Config) (*LimitedEngine, error) {
	e, err := New(s)
	if err != nil {
		return nil, err
	}
	c.Limits = c.Limits.Or(s.Limits)
	if c.Timeout == 0 {
		c.Timeout = s.Timeout
	}
	if c.KeyFrom == "" {
		c.KeyFrom = s.KeyFrom
	}
	if c.Price == (Price{}) {
		c.Price = s.Price
	}
	return Limited(e, c), nil
}
